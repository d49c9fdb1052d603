#ifndef EVM_OPS_H
#define EVM_OPS_H

/* ops.h: the bodies of all opcodes, for the dispatchers, and what both need to know of a row. */

#include "evm/op_arith.h"
#include "evm/op_call.h"
#include "evm/op_env.h"
#include "evm/op_flow.h"
#include "evm/op_mem.h"
#include "evm/op_storage.h"

/* stack_bytes: height of the stack in bytes, from the low bits of its pointer. */
static ALWAYS_INLINE size_t stack_bytes(const struct u256 *sp)
{
    return (uintptr_t)sp & (EVM_STACK_SLOT - 1);
}

/* op_price_<body>: the static price of an opcode in a fork, from its row; a constant when the fork
 * is. */
#define PRICE_FUNCTION(F, code, NAME, fn, in, out, since, price)       \
    static ALWAYS_INLINE int64_t op_price_##fn([[maybe_unused]] int F) \
    {                                                                  \
        return price;                                                  \
    }
OPCODES(PRICE_FUNCTION, fork)
#undef PRICE_FUNCTION

/* price_is_fixed tells whether all forks agree on a price. Inlined with a constant function it
 * folds to a constant, so that the opcodes no fork has repriced, nearly all, read no table. */
static ALWAYS_INLINE bool price_is_fixed(int64_t (*price)(int F))
{
#define SAME_PRICE(name, fixture_name, other_name)  \
    if (price(FORK_##name) != price(FORK_NEWEST)) { \
        return false;                               \
    }
    FORKS(SAME_PRICE)
#undef SAME_PRICE
    return true;
}

/* OP_COST: what a frame's fork charges for an opcode that it defines. */
#define OP_COST(f, code, fn)                                    \
    (price_is_fixed(op_price_##fn) ? op_price_##fn(FORK_NEWEST) \
                                   : rules_cost((f)->evm->rules, (code)))

/* trace_step tells the tracer about the instruction at `pc`. */
void trace_step(const struct frame *f, const uint8_t *pc, const struct u256 *sp, int64_t gas_left);

#endif
