#ifndef SPEC_STATETEST_H
#define SPEC_STATETEST_H

/* statetest.h: runs official state tests (GeneralStateTests of ethereum/tests, state_tests of
 * execution-spec-tests). A file holds tests; a test holds a pre-state, an environment, a
 * transaction with alternatives for data, gas limit and value, and for each fork the post-states
 * that the alternatives must lead to: the hash of the state and the hash of the logs, or the reason
 * why the transaction is refused. One such post-state is a case. */

#include "base/arena.h"
#include "base/err.h"
#include "evm/interp.h"
#include "spec/simulatetest.h"

/* struct statetest_case: what came of a case. The strings hold only during the callback. */
struct statetest_case {
    const char *test;
    const char *fork;
    size_t index; /* in the fork's list of post-states */
    bool passed;
    const char *reason;   /* of a failure: "state root", "logs", "exception", ... */
    const char *expected; /* and what it is about */
    const char *got;
    struct hash32 state_root;
    uint64_t gas_used;
    bool was_run;        /* the rest is set */
    struct bytes output; /* of the transaction's message */
    const char *trouble; /* why it was refused or its message failed; NULL: success */
    const char *skipped; /* why it could not be run as a simulation; NULL: it was run */
};

/* struct statetest: a runner, one per thread. The caller sets the first part; the callback is
 * called for every case. */
struct statetest {
    struct evm *evm;     /* prepared by evm_open; evm->tracer is used when set */
    struct arena *arena; /* for one case at a time and its test's pre-state */
    struct map_key key;
    const char *only_fork;               /* run only this fork's cases; NULL: all */
    const struct simulatetest *simulate; /* run them as simulations; NULL: as they are */
    void (*report)(void *context, const struct statetest_case *result);
    /* claim returns the ordinal in the file of the next case that this runner is to run; ever
     * greater. Runners that share a file take turns by it: a few cases take most of the time.
     * NULL: all cases. */
    size_t (*claim)(void *context);
    void *context;
    size_t next; /* the machine's: ordinal of the next case in the file, and of ours */
    size_t claimed;
};

/* statetest_run runs all cases of a file's text. The arena and the EVM are wiped in between.
 * Errors, none of which stops other files: ERR_MALFORMED and the like when the text is not a state
 * test file, with *detail saying what and where; cases before the bad place have been reported. An
 * error while a case runs (ERR_MEMORY) is that case's failure. */
enum err statetest_run(struct statetest *runner, struct bytes text, struct err_detail *detail);

#endif
