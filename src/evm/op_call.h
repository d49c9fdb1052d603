#ifndef EVM_OP_CALL_H
#define EVM_OP_CALL_H

/* op_call.h: calls and creations (Yellow Paper, appendix H.2, f0s). The work is in calls.c. */

#include "evm/op_step.h"

#define CALL_OP(name, kind)  \
    OP(name)                 \
    {                        \
        regs_save(f, r);     \
        frame_call(f, kind); \
        return STEP_RELOAD;  \
    }

CALL_OP(call, CALL_CALL)
CALL_OP(callcode, CALL_CALLCODE)
CALL_OP(delegatecall, CALL_DELEGATECALL)
CALL_OP(staticcall, CALL_STATICCALL)

#undef CALL_OP

OP(create)
{
    regs_save(f, r);
    frame_create(f, &r->sp[1], &r->sp[0], &r->sp[-1], NULL);
    return STEP_RELOAD;
}

OP(create2)
{
    regs_save(f, r);
    frame_create(f, &r->sp[2], &r->sp[1], &r->sp[0], &r->sp[-1]);
    return STEP_RELOAD;
}

#endif
