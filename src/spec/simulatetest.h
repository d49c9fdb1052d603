#ifndef SPEC_SIMULATETEST_H
#define SPEC_SIMULATETEST_H

/* simulatetest.h: a state test's transaction as a request of nitro_simulate: the pre-state becomes
 * a witness of all its trie nodes and codes, the request is written as JSON, read and simulated. The
 * outcome must be what the plain pre-state gives; and with the root's node or some other left out it
 * must be that, or say what is missing. */

#include "sim/simulate.h"
#include "state/db_memory.h"

/* struct simulatetest: the caller sets it; one per thread. */
struct simulatetest {
    struct sim *sim;
    struct arena *arena; /* for requests: another than the simulator's */
};

/* struct simulatetest_case: what to simulate; views are the caller's. */
struct simulatetest_case {
    const char *fork; /* by the name of the test files */
    const struct block_env *block;
    const struct tx *tx;
    const struct db_memory *pre;
};

/* struct simulatetest_result: what came of it. Logs and bytes hold until the simulator is used
 * again. */
struct simulatetest_result {
    const char *skipped; /* why it cannot be asked for in a request; NULL: it was run */
    const char *problem; /* what is wrong with the answers, NULL: nothing */
    struct tx_result tx;
    const struct log_entry *logs;
    size_t log_count;
    struct hash32 state_root;
};

/* simulatetest_run simulates a case. Takes memory from the runner's arena and gives it back.
 * Errors: ERR_MEMORY. */
enum err simulatetest_run(const struct simulatetest *runner, struct simulatetest_result *out,
                          const struct simulatetest_case *c);

#endif
