#ifndef SPEC_RUNCODE_H
#define SPEC_RUNCODE_H

/* runcode.h: runs bytecode as one call, without a transaction around it: no intrinsic gas, no fees,
 * no refunds. For `evm run` and the workloads of `evm bench`. */

#include "evm/interp.h"
#include "state/db_memory.h"

/* struct code_call: what to run. Views are the caller's. */
struct code_call {
    enum fork fork;
    struct block_env block;
    struct address caller;
    struct address to;
    struct bytes code; /* what runs at `to` in the place of what the database has there;
                           none: that. A precompile at `to` goes before either. */
    struct bytes input;
    struct u256 value; /* wei; the caller is given at least that much */
    int64_t gas;
};

/* runcode starts from the accounts of `db` (which it does not change), warms caller and target as a
 * transaction would, and runs the call. *state holds what it changed, with its logs; it lives in
 * `arena`, as *out's views live in the EVM's region. Errors: those of evm_run. */
enum err runcode(struct evm *evm, struct state *state, struct outcome *out, struct arena *arena,
                 const struct map_key *key, struct db_memory *db, const struct code_call *call);

#endif
