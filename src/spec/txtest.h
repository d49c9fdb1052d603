#ifndef SPEC_TXTEST_H
#define SPEC_TXTEST_H

/* txtest.h: runs official transaction tests (TransactionTests of ethereum/tests, transaction_tests
 * of execution-spec-tests). A test holds a transaction's bytes, and for each fork its hash, sender
 * and intrinsic gas, or the reason why it is none. One fork's result is a case. */

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* struct txtest_case: what came of a case. The strings hold only during the callback. */
struct txtest_case {
    const char *test;
    const char *fork;
    bool passed;
    const char *reason;   /* of a failure: "exception", "hash", "sender", "intrinsic gas", ... */
    const char *expected; /* and what it is about */
    const char *got;
};

/* struct txtest: a runner, one per thread. The callback is called for every case. */
struct txtest {
    struct arena *arena;   /* for one test at a time */
    const char *only_fork; /* run only this fork's cases; NULL: all */
    void (*report)(void *context, const struct txtest_case *result);
    void *context;
};

/* txtest_run runs all cases of a file's text. The arena is wiped after each test.
 * Errors, none of which stops other files: ERR_MALFORMED and the like when the text is not a file of
 * transaction tests, with *detail saying what and where; cases before the bad place have been
 * reported. */
enum err txtest_run(const struct txtest *runner, struct bytes text, struct err_detail *detail);

#endif
