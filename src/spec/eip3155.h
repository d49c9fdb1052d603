#ifndef SPEC_EIP3155_H
#define SPEC_EIP3155_H

/* eip3155.h: a tracer that prints a JSON line for each instruction, as EIP-3155 asks, so that the
 * traces of two implementations can be compared:
 *
 *   {"pc":2,"op":85,"gas":"0x61","gasCost":"0x3","memSize":0,"stack":["0xab","0x0"],"depth":1,
 *    "refund":0,"opName":"SSTORE"}
 *
 * What the EIP leaves open is as geth, execution-specs and Nimbus have it:
 *   gasCost   with the gas that a CALL and its kin pass on, without the stipend; without what a
 *             creation passes on. Of an instruction that fails: what it asks for, as far as that is
 *             known when it fails, at least the static price.
 *   refund    a number; after the instruction has changed it. gas, stack, memSize: before.
 *   error     only where an instruction ends its message other than with success. The EIP says
 *             nothing about its words.
 *   STOP      past the end of the code has a line; a message to an account without code and one to
 *             a precompile have none.
 * They leave out memory, storage and, though the EIP wants it, returnData unless asked to print
 * them; so does this.
 *
 * An instruction's line is printed when its price is known: at the next instruction, when it begins
 * a message, or when its own message ends. */

#include <stdio.h>

#include "evm/interp.h"

/* struct eip3155_step: an instruction whose price is not known yet. */
struct eip3155_step {
    bool is_pending;
    uint64_t pc;
    uint8_t opcode;
    int64_t price;
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

/* eip3155_forget forgets instructions whose lines are due, after an operating error. */
void eip3155_forget(struct eip3155 *trace);

/* struct eip3155_summary: what the last line says. */
struct eip3155_summary {
    const struct hash32 *state_root; /* after the transaction */
    struct bytes output;
    uint64_t gas_used; /* of the transaction */
    const char *fork;  /* its name */
    const char *error; /* NULL: it succeeded */
};

/* eip3155_summary prints the last line of a transaction's trace. Texts are printed as they are:
 * they hold no quote and no backslash. */
void eip3155_summary(struct eip3155 *trace, const struct eip3155_summary *summary);

#endif
