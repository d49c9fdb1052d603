#ifndef EVM_TRACE_H
#define EVM_TRACE_H

/* trace.h: what a tracer is told. Tracing swaps the dispatcher's table, so that a run without it
 * pays nothing. */

#include <stdint.h>

#include "base/bytes.h"
#include "base/u256.h"

/* struct trace_step: the machine just before an instruction, before its checks. */
struct trace_step {
    uint64_t pc;
    uint8_t opcode;
    int64_t price; /* its static price; 0 when the fork does not define it */
    int64_t gas_left;
    unsigned depth;           /* 1 for the message of a transaction, as EIP-3155 counts */
    const struct u256 *stack; /* the lowest item first */
    size_t stack_count;
    struct bytes memory;
    int64_t refund;
};

/* GAS_NONE stands for what is left after a failure that is not for want of gas, or for want of more
 * gas than there can be. */
#define GAS_NONE INT64_MIN

/* struct trace_end: the machine after the instruction that ends a message. */
struct trace_end {
    unsigned depth;
    int status;       /* enum evm_status */
    int64_t gas_left; /* negative: what is missing to pay the instruction, or GAS_NONE */
    int64_t refund;
};

/* struct tracer: callbacks; the views in a step hold only during the call. */
struct tracer {
    void *context;
    void (*step)(void *context, const struct trace_step *step);
    /* charged reports what is left after the whole price of a CALL or CREATE, when it goes on to
     * begin a message: later the callee may give gas back. */
    void (*charged)(void *context, unsigned depth, int64_t gas_left);
    /* ending reports that the instruction of the last step at a depth ends its message, before a
     * halt takes all gas and what was done is reverted, and before a creation pays for its code. A
     * message that needs no code to run ends without a step. NULL: not wanted. */
    void (*ending)(void *context, const struct trace_end *end);
    /* frame_end reports how the message at `depth` ended; `status` is an enum evm_status. NULL: not
     * wanted. */
    void (*frame_end)(void *context, unsigned depth, int status, int64_t gas_left);
};

#endif
