#ifndef CLI_SUITE_H
#define CLI_SUITE_H

/* suite.h: runs files of official tests on several threads and counts. What a file holds and how a
 * case runs is the business of a kind of suite; this is the rest: files, options, threads, progress
 * on a terminal, output lines, exit status. */

#include "cli/command.h"
#include "spec/eip3155.h"

struct suite;

/* struct suite_worker: one thread's part. */
struct suite_worker {
    struct suite *suite;
    struct machine *machine;
    const char *path;      /* the file in hand */
    struct eip3155 *trace; /* with --trace, where the EVM's trace goes; NULL: nowhere */
};

/* struct suite_kind: a kind of tests. */
struct suite_kind {
    const char *name;          /* of the command */
    const char *help;          /* the paragraphs of --help */
    const struct arg *options; /* its own, ended by a row without a name */
    /* set takes one of its own options; *context is the kind's. */
    enum err (*set)(void *context, size_t option, const char *value, struct err_detail *detail);
    /* run runs the cases of a file's text and reports each by suite_report. Where workers may share
     * a file it asks suite_claim which case is its own, and `shares` is set. An error says that the
     * file cannot be used; it stops no other file. */
    enum err (*run)(struct suite_worker *worker, void *context, struct bytes text,
                    struct err_detail *detail);
    bool shares;
};

/* suite_run is a command: reads the arguments, runs the files, prints
 *   FAIL path ...                   for each failure
 *   skipped path ...                for each test that is left out
 *   N passed, N failed, N skipped   at the end
 * or with --json an object for each case. */
enum exit_status suite_run(const struct suite_kind *kind, void *context, int argc, char **argv);

/* struct suite_case: what came of a case. Strings hold during the call. */
struct suite_case {
    const char *test;
    const char *fork; /* "": none */
    size_t index;     /* among the test's cases for the fork */
    bool passed;
    const char *reason; /* of a failure: what is wrong */
    const char *expected;
    const char *got;
    const struct hash32 *state_root; /* NULL: the case has none */
    uint64_t gas_used;               /* with a state root */
};

/* suite_report counts a case, and prints it where it failed or --json is set. */
void suite_report(struct suite_worker *worker, const struct suite_case *c);

/* suite_skip counts a test that is left out, and prints why. */
void suite_skip(struct suite_worker *worker, const char *test, const char *why);

/* suite_only_fork is --fork's value, or NULL. */
const char *suite_only_fork(const struct suite_worker *worker);

/* suite_claim returns the ordinal in the file of the next case that this worker is to run. */
size_t suite_claim(struct suite_worker *worker);

#endif
