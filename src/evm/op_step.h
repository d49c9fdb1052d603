#ifndef EVM_OP_STEP_H
#define EVM_OP_STEP_H

/* op_step.h: what the body of an opcode is written in. A body is an inline function that both
 * dispatchers wrap; it does not know which.
 *
 *   OP(add)
 *   {
 *       u256_add(&r->sp[-1], &r->sp[0], &r->sp[-1]);
 *       return STEP_NEXT;
 *   }
 *
 * When a body begins, the dispatcher has checked the stack, charged the static price, moved `pc`
 * past the opcode and moved `sp` (first free item) by what the row takes and gives. The operands
 * are still where they were: of `in` taken and `out` given, the top one is sp[in - out - 1], the
 * next one below it, and the results are sp[-1] down to sp[-out].
 *
 * `r` never leaves a body except into functions that are inlined: then its fields stay in
 * registers. Slow functions take and return gas_left by value. */

#include "evm/access.h"
#include "evm/calls.h"
#include "evm/memory.h"

struct regs {
    const uint8_t *pc;
    struct u256 *sp;
    int64_t gas_left;
};

/* STEP_NEXT: go on at r->pc. STEP_RELOAD: the registers are in evm->frame, or all is over. */
enum step { STEP_NEXT, STEP_RELOAD };

#define OP(name)                                                               \
    static ALWAYS_INLINE enum step op_##name([[maybe_unused]] struct frame *f, \
                                             [[maybe_unused]] struct regs *r)

/* regs_save puts the registers into the frame, before a function that may change frames. */
static ALWAYS_INLINE void regs_save(struct frame *f, const struct regs *r)
{
    f->pc = r->pc;
    f->sp = r->sp;
    f->gas_left = r->gas_left;
}

/* step_halt ends the message exceptionally. */
static ALWAYS_INLINE enum step step_halt(struct frame *f, const struct regs *r,
                                         enum evm_status status)
{
    regs_save(f, r);
    frame_halt(f, status);
    return STEP_RELOAD;
}

/* step_paid goes on when a slow function could pay. */
static ALWAYS_INLINE enum step step_paid(struct frame *f, struct regs *r, int64_t gas_left)
{
    r->gas_left = gas_left;
    if (UNLIKELY(gas_left < 0)) {
        return step_halt(f, r, EVM_OUT_OF_GAS);
    }
    return STEP_NEXT;
}

#endif
