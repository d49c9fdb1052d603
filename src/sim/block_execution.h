#ifndef SIM_BLOCK_EXECUTION_H
#define SIM_BLOCK_EXECUTION_H

/* block_execution.h: a whole block, executed from its witness and checked against its header. */

#include "exec/block.h"
#include "sim/request.h"
#include "sim/result.h"
#include "sim/sim.h"

/* struct block_execution: what to execute. Views are the caller's and outlive the execution. */
struct block_execution {
    const struct chain_config *chain;
    struct bytes block;      /* RLP */
    struct bytes_list nodes; /* trie nodes, in any order */
    struct bytes_list codes;
    struct bytes_list headers; /* RLP: the parent and further ancestors, in any order */
    bool has_block_hash;       /* the hash of the block that the user trusts */
    struct hash32 block_hash;
    bool has_root; /* the state root before the block that the user trusts */
    struct hash32 root;
    struct hash32 digest; /* keccak256 of the request's text */
};

struct block_execution_result {
    uint64_t chain_id;
    const char *fork_name;
    uint64_t number;
    struct hash32 hash;
    struct hash32 pre_root;
    bool is_parent_checked; /* the parent's header was there, and the rules that tie a header to it
                               were checked; else the request vouched for the root */
    struct block_verdict verdict; /* BLOCK_OK: the block is valid, and the rest is set */
    uint64_t gas_used;
    size_t tx_count;
    struct hash32 state_root;
    struct hash32 receipts_root;
};

/* sim_execute_block checks and executes a block: its header after its parent's, its body, all
 * transactions, and everything that its header commits to. A block that breaks a rule is an answer,
 * in out->verdict. Out: *out; *failure after an error.
 * Errors: ERR_MALFORMED and the like (the block or a header cannot be read; the headers are no
 *   chain that ends in the block's parent; a hash or root is not the one that was named),
 *   ERR_STATE_MISSING, ERR_MEMORY. */
enum err sim_execute_block(struct sim *sim, struct block_execution_result *out,
                           struct sim_failure *failure, const struct block_execution *request);

#endif
