#ifndef EVM_OP_ARITH_H
#define EVM_OP_ARITH_H

/* op_arith.h: arithmetic, comparison and bits (Yellow Paper, appendix H.2, 0s and 10s). */

#include "evm/op_step.h"

/* Two operands, one result: the top operand is sp[0], the other one gives way to the result. */
#define BINARY(name)                                    \
    OP(name)                                            \
    {                                                   \
        u256_##name(&r->sp[-1], &r->sp[0], &r->sp[-1]); \
        return STEP_NEXT;                               \
    }

#define COMPARISON(name, holds)          \
    OP(name)                             \
    {                                    \
        u256_set_u64(&r->sp[-1], holds); \
        return STEP_NEXT;                \
    }

#define TERNARY(name)                                              \
    OP(name)                                                       \
    {                                                              \
        u256_##name(&r->sp[-1], &r->sp[1], &r->sp[0], &r->sp[-1]); \
        return STEP_NEXT;                                          \
    }

/* The shifts, BYTE and SIGNEXTEND have their small operand on top, and u256.h takes it where it
 * reads best: value first for shifts. */
#define SHIFT(name)                                     \
    OP(name)                                            \
    {                                                   \
        u256_##name(&r->sp[-1], &r->sp[-1], &r->sp[0]); \
        return STEP_NEXT;                               \
    }

BINARY(add)
BINARY(mul)
BINARY(sub)
BINARY(div)
BINARY(sdiv)
BINARY(mod)
BINARY(smod)
TERNARY(addmod)

OP(mulmod)
{
    /* Field arithmetic repeats its modulus: the machine remembers the last one. */
    u256_mulmod_cached(&f->evm->modulus, &r->sp[-1], &r->sp[1], &r->sp[0], &r->sp[-1]);
    return STEP_NEXT;
}

BINARY(signextend)

OP(exp)
{
    /* EIP-160: a price for each byte of the exponent. */
    const struct fork_rules *rules = f->evm->rules;
    r->gas_left -= (int64_t)u256_byte_len(&r->sp[-1]) * rules->exp_byte;
    if (UNLIKELY(r->gas_left < 0)) {
        return step_halt(f, r, EVM_OUT_OF_GAS);
    }
    u256_exp(&r->sp[-1], &r->sp[0], &r->sp[-1]);
    return STEP_NEXT;
}

COMPARISON(lt, u256_lt(&r->sp[0], &r->sp[-1]))
COMPARISON(gt, u256_lt(&r->sp[-1], &r->sp[0]))
COMPARISON(slt, u256_slt(&r->sp[0], &r->sp[-1]))
COMPARISON(sgt, u256_slt(&r->sp[-1], &r->sp[0]))
COMPARISON(eq, u256_eq(&r->sp[0], &r->sp[-1]))
COMPARISON(iszero, u256_is_zero(&r->sp[-1]))

BINARY(and)
BINARY(or)
BINARY(xor)
BINARY(byte)
SHIFT(shl)
SHIFT(shr)
SHIFT(sar)

OP(not)
{
    u256_not(&r->sp[-1], &r->sp[-1]);
    return STEP_NEXT;
}

OP(clz)
{
    u256_clz(&r->sp[-1], &r->sp[-1]);
    return STEP_NEXT;
}

OP(keccak256)
{
    return step_paid(f, r, memory_keccak(f, r->gas_left, &r->sp[-1], &r->sp[0], &r->sp[-1]));
}

#undef BINARY
#undef COMPARISON
#undef TERNARY
#undef SHIFT

#endif
