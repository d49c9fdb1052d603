#ifndef SIM_RECORDER_H
#define SIM_RECORDER_H

/* recorder.h: notes what a transaction does while it runs: each instruction, with what EIP-3155 asks
 * for, as spec/eip3155.h prints it; and the accounts and slots it accesses, in frames that were
 * undone too (EIP-2930). */

#include "evm/interp.h"
#include "exec/tx.h"

/* struct trace_record: one instruction. */
struct trace_record {
    uint64_t pc;
    uint8_t opcode;
    int64_t price; /* the static part of gas_cost */
    int64_t gas;
    int64_t gas_cost; /* with what a CALL passes on; of one that fails, what it asked for */
    unsigned depth;   /* 1 for the transaction's own message */
    size_t memory_len;
    int64_t refund;           /* after it */
    const struct u256 *stack; /* the lowest item first */
    size_t stack_count;
    enum evm_status error; /* how its message ended there; EVM_SUCCESS: well, or not there */
    struct trace_record *next;
};

/* struct recorder: one per simulation; recorder_begin starts each transaction anew. */
struct recorder {
    struct tracer tracer; /* for evm->tracer */
    const struct evm *evm;
    struct arena *arena;
    struct map_key key;
    size_t steps_left; /* that may still be kept, in all transactions */
    size_t words_left; /* stack items, the same */
    bool wants_accesses;
    enum err err; /* the first error; later steps are not looked at */

    struct trace_record *first;
    struct trace_record **last;
    bool is_cut;
    struct trace_record **pending; /* by depth: the step whose cost is not known yet */

    struct map accounts;
    struct map slots;
    struct accessed_account *first_account;
    struct accessed_account **last_account;
    size_t account_count;
};

/* recorder_init makes a recorder of messages of `evm`; steps_max of 0 asks for no trace.
 * Errors: ERR_MEMORY. */
enum err recorder_init(struct recorder *recorder, const struct evm *evm, struct arena *arena,
                       const struct map_key *key, size_t steps_max, bool wants_accesses);

/* recorder_begin forgets the transaction before. Errors: ERR_MEMORY. */
enum err recorder_begin(struct recorder *recorder);

/* recorder_access_list gives what was accessed as an access list, in the order of first access. An
 * account stands in it for its slots, or for itself where that saves gas: not the sender, the
 * target, the beneficiary that is warm by itself (EIP-3651), nor a precompile.
 * Errors: ERR_MEMORY. */
enum err recorder_access_list(struct recorder *recorder, const struct access_list_entry **out,
                              size_t *count, const struct tx *tx, const struct address *created);

#endif
