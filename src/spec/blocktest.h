#ifndef SPEC_BLOCKTEST_H
#define SPEC_BLOCKTEST_H

/* blocktest.h: runs official block tests (BlockchainTests of ethereum/tests, blockchain_tests of
 * execution-spec-tests). A test holds a network's name, a genesis block and its state, and blocks in
 * the order in which a node hears of them: some invalid, some perhaps beside the chain. The last
 * block of the chain that a node then follows must have the hash that the test names.
 *
 * With `stateless`, every valid block runs a second time, from nothing but what the first run used
 * of the state: trie nodes, codes, block hashes. It must end in the same root. With `minimal` it
 * runs once more for each node of that witness, without the node, and must each time say that a
 * node is missing. */

#include "base/arena.h"
#include "base/err.h"
#include "evm/interp.h"

/* struct blocktest_case: what came of a test. The strings hold only during the callback. */
struct blocktest_case {
    const char *test;
    const char *network;
    bool passed;
    size_t block;       /* number in the test's list of the block that failed; of a failure */
    const char *reason; /* of a failure: "exception", "last block", "witness", ... */
    const char *expected;
    const char *got;
    struct hash32 state_root; /* of the last block of the chain */
    uint64_t gas_used;        /* of all valid blocks */
};

/* struct blocktest: a runner, one per thread. The caller sets all but the last part. */
struct blocktest {
    struct evm *evm;       /* prepared by evm_open; evm->tracer is used when set */
    struct arena *arena;   /* for one test: its chain and its state */
    struct arena *scratch; /* for one block */
    struct map_key key;
    const char *only_network; /* run only this network's tests; NULL: all */
    bool stateless;
    bool minimal;
    void (*report)(void *context, const struct blocktest_case *result);
    void *context;
};

/* blocktest_run runs all tests of a file's text. The arenas and the EVM are wiped in between.
 * Errors, none of which stops other files: ERR_MALFORMED and the like when the text is not a file of
 * block tests, with *detail saying what and where; tests before the bad place have been reported.
 * An error while a test runs (ERR_MEMORY) is that test's failure. */
enum err blocktest_run(struct blocktest *runner, struct bytes text, struct err_detail *detail);

#endif
