#ifndef SPEC_RLPTEST_H
#define SPEC_RLPTEST_H

/* rlptest.h: runs official RLP tests (RLPTests of ethereum/tests). A test is {"in": ..., "out": hex}:
 *   "in": "INVALID"   the decoder must refuse `out`, somewhere in it
 *   "in": "VALID"     it must take all of it
 *   otherwise         `in` encodes to `out`, and `out` decodes to `in`: a string is its bytes, but
 *                     "#123" and 123 are numbers, and an array is a list */

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* struct rlptest_case: what came of a test. The strings hold only during the callback. */
struct rlptest_case {
    const char *test;
    bool passed;
    const char *reason;   /* of a failure: "encoding", "decoding" */
    const char *expected; /* and what it is about */
    const char *got;
};

/* struct rlptest: a runner, one per thread. The callback is called for every test. */
struct rlptest {
    struct arena *arena; /* for one test at a time */
    void (*report)(void *context, const struct rlptest_case *result);
    void *context;
};

/* rlptest_run runs all tests of a file's text. The arena is wiped after each.
 * Errors, none of which stops other files: ERR_MALFORMED and the like when the text is not a file of
 * RLP tests, with *detail saying what and where; ERR_LIMIT (lists nested deeper than 64); cases
 * before the bad place have been reported. */
enum err rlptest_run(const struct rlptest *runner, struct bytes text, struct err_detail *detail);

#endif
