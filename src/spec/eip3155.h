#ifndef SPEC_EIP3155_H
#define SPEC_EIP3155_H

/* eip3155.h: a tracer that prints a JSON line for each instruction, as EIP-3155 asks, so that the
 * traces of two implementations can be compared. An instruction's line is printed when its price is
 * known: at the next instruction, or when its message ends. */

#include <stdio.h>

#include "evm/interp.h"

/* struct eip3155_step: an instruction whose price is not known yet. */
struct eip3155_step {
    bool is_pending;
    uint64_t pc;
    uint8_t opcode;
    int64_t gas;
    size_t memory_len;
    int64_t refund;
    size_t stack_count;
    struct u256 stack[EVM_STACK_MAX];
};

/* EIP3155_STEPS: one for each depth a message can have, from 1. */
#define EIP3155_STEPS (EVM_FRAMES + 1)

struct eip3155 {
    FILE *out;
    struct tracer tracer;         /* for evm->tracer */
    struct eip3155_step *pending; /* by depth: EIP3155_STEPS of them, the caller's */
};

/* eip3155_init makes a tracer that prints to `out`. `pending` has EIP3155_STEPS elements and stays
 * the caller's; they are large, and touched as deep as calls go. */
void eip3155_init(struct eip3155 *trace, FILE *out, struct eip3155_step *pending);

/* eip3155_summary prints the last line: output, gas used, whether it succeeded. */
void eip3155_summary(struct eip3155 *trace, const struct outcome *outcome, int64_t gas_limit);

#endif
