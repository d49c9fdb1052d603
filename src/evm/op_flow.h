#ifndef EVM_OP_FLOW_H
#define EVM_OP_FLOW_H

/* op_flow.h: jumps, and the ends of a message (Yellow Paper, appendix H.2, 50s and f0s). */

#include "evm/analysis.h"
#include "evm/op_step.h"

static ALWAYS_INLINE enum step step_jump(struct frame *f, struct regs *r, const struct u256 *to)
{
    if (UNLIKELY(!u256_fits_u64(to) || to->w[0] >= f->code_len ||
                 !analysis_is_jumpdest(f->jumpdests, to->w[0]))) {
        return step_halt(f, r, EVM_INVALID_JUMP_DEST);
    }
    r->pc = f->code + to->w[0];
    return STEP_NEXT;
}

OP(jump)
{
    return step_jump(f, r, &r->sp[0]);
}

OP(jumpi)
{
    if (u256_is_zero(&r->sp[0])) {
        return STEP_NEXT;
    }
    return step_jump(f, r, &r->sp[1]);
}

OP(jumpdest)
{
    return STEP_NEXT;
}

OP(pc)
{
    u256_set_u64(&r->sp[-1], (uint64_t)(r->pc - 1 - f->code));
    return STEP_NEXT;
}

OP(gas)
{
    u256_set_u64(&r->sp[-1], (uint64_t)r->gas_left);
    return STEP_NEXT;
}

OP(stop)
{
    static const struct u256 zero = U256_ZERO;
    regs_save(f, r);
    frame_return(f, EVM_SUCCESS, &zero, &zero);
    return STEP_RELOAD;
}

OP(return)
{
    regs_save(f, r);
    frame_return(f, EVM_SUCCESS, &r->sp[1], &r->sp[0]);
    return STEP_RELOAD;
}

OP(revert)
{
    regs_save(f, r);
    frame_return(f, EVM_REVERT, &r->sp[1], &r->sp[0]);
    return STEP_RELOAD;
}

/* 0xfe, and whatever a fork does not define. */
OP(invalid)
{
    return step_halt(f, r, EVM_INVALID_OPCODE);
}

OP(selfdestruct)
{
    regs_save(f, r);
    frame_selfdestruct(f, &r->sp[0]);
    return STEP_RELOAD;
}

#endif
