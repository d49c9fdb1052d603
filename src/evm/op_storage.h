#ifndef EVM_OP_STORAGE_H
#define EVM_OP_STORAGE_H

/* op_storage.h: storage, transient storage and logs (Yellow Paper, appendix H.2, 50s and a0s;
 * EIP-1153). */

#include "evm/op_step.h"

OP(sload)
{
    return step_paid(f, r, storage_load(f, r->gas_left, &r->sp[-1]));
}

OP(tload)
{
    return step_paid(f, r, transient_load(f, r->gas_left, &r->sp[-1]));
}

OP(sstore)
{
    if (UNLIKELY(f->is_static)) {
        return step_halt(f, r, EVM_WRITE_IN_STATIC_CONTEXT);
    }
    return step_paid(f, r, storage_store(f, r->gas_left, &r->sp[1], &r->sp[0]));
}

OP(tstore)
{
    if (UNLIKELY(f->is_static)) {
        return step_halt(f, r, EVM_WRITE_IN_STATIC_CONTEXT);
    }
    return step_paid(f, r, transient_store(f, r->gas_left, &r->sp[1], &r->sp[0]));
}

#define LOG(n)                                                        \
    OP(log##n)                                                        \
    {                                                                 \
        if (UNLIKELY(f->is_static)) {                                 \
            return step_halt(f, r, EVM_WRITE_IN_STATIC_CONTEXT);      \
        }                                                             \
        return step_paid(f, r, memory_log(f, r->gas_left, n, r->sp)); \
    }

LOG(0)
LOG(1)
LOG(2)
LOG(3)
LOG(4)

#undef LOG

#endif
