#ifndef SPEC_TRIETEST_H
#define SPEC_TRIETEST_H

/* trietest.h: runs official trie tests (TrieTests of ethereum/tests). A test is {"in": ..., "root":
 * hash}, where `in` is [[key, value], ...] to be put in this order, null removing the key, or {key:
 * value, ...}, to be put in any order: in that of the file, in the reverse, and in all rotations of
 * both. Keys and values that begin with 0x are hex, others text; in files with "secure" in their
 * name a key's keccak256 takes its place.
 *
 * Each trie is then stored and opened again as a partial trie, where every key must be found, and
 * be proven.
 *
 * Tests for the neighbours of keys that are not there ("tests": [[key, previous, next], ...]) are
 * skipped: the trie has no ordered walk, which nothing here needs. */

#include "base/map.h"

/* struct trietest_case: what came of a test. The strings hold only during the callback. */
struct trietest_case {
    const char *test;
    bool passed;
    bool skipped;
    const char *reason;   /* of a failure: "root", "opened trie", "proof", or why it is skipped */
    const char *expected; /* and what it is about */
    const char *got;
};

/* struct trietest: a runner, one per thread. */
struct trietest {
    struct arena *arena; /* for one test at a time */
    struct map_key key;
    void (*report)(void *context, const struct trietest_case *result);
    void *context;
};

/* trietest_run runs all tests of a file's text. The arena is wiped after each. In: `name`, the
 * file's, of which only the part after the last slash counts.
 * Errors, none of which stops other files: ERR_MALFORMED and the like when the text is not a file
 * of trie tests, with *detail saying what and where; cases before it have been reported. */
enum err trietest_run(const struct trietest *runner, const char *name, struct bytes text,
                      struct err_detail *detail);

#endif
