#ifndef SPEC_BLOCKFILE_H
#define SPEC_BLOCKFILE_H

/* blockfile.h: runs a file that holds a block of a public chain with its execution witness:
 *
 *   {"chainId", "block": RLP, "witness": {"state": [node], "codes": [code], "headers": [RLP]}}
 *
 * and, as far as the file has them, checks "number", "hash", "stateRoot", "receiptsRoot" and
 * "gasUsed" against what came out. A file without the parent's header may name "preStateRoot" and
 * "blockHashes", the parent's first.
 *
 * Witnesses made by geth leave out the proof that an account is absent when the block only looks at
 * it. Such a block runs again with those accounts taken as absent; if it then agrees with its header
 * in everything, that is reported, with the number of accounts that nothing proves. A file only: no
 * server does this. */

#include "exec/stateless.h"

/* BLOCKFILE_REPEAT_MAX: the most runs of one file. */
#define BLOCKFILE_REPEAT_MAX 1000u

/* struct blockfile_times: CPU time of the phases, in nanoseconds. */
struct blockfile_times {
    uint64_t decode;  /* JSON and hex, the block's RLP, headers */
    uint64_t witness; /* hashing nodes and codes */
    uint64_t execute; /* senders, transactions, everything but the root */
    uint64_t root;    /* the changes into the tries, and their new root */
};

/* struct blockfile_result: what came of a file. */
struct blockfile_result {
    uint64_t number;
    struct hash32 hash;
    const char *fork; /* "Prague", "BPO2" */
    size_t tx_count;
    uint64_t gas_used;
    size_t node_count;
    size_t code_count;
    size_t assumed_absent;        /* accounts that the witness says nothing of */
    struct block_verdict verdict; /* BLOCK_OK: as the header says in everything */
    const char *differs; /* BLOCK_OK: the member of the file that is another; NULL: none is */
    struct blockfile_times times;
};

/* struct blockfile: a runner. */
struct blockfile {
    struct evm *evm;
    struct arena *arena; /* reset after each run */
    struct map_key key;
    const struct chain_config *chain; /* NULL: the file's chain id names it */
};

/* blockfile_run runs a file's text `repeat` times, 1 to BLOCKFILE_REPEAT_MAX; the times are those of
 * the run with the median total. Errors: ERR_MALFORMED and the like (the text cannot be used),
 * ERR_STATE_MISSING (the witness is not enough), ERR_MEMORY; *detail says more. */
enum err blockfile_run(struct blockfile *runner, struct blockfile_result *out, struct bytes text,
                       size_t repeat, struct err_detail *detail);

#endif
