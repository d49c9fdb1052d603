#ifndef SIM_RESULT_H
#define SIM_RESULT_H

/* result.h: what came of a simulation. Arrays and bytes are in the simulator's arena, valid until
 * sim_reset. */

#include "exec/tx.h"
#include "sim/recorder.h"
#include "sim/state_diff.h"
#include "state/db_trie.h"

enum sim_status { SIM_SUCCESS, SIM_REVERT, SIM_HALT, SIM_REJECTED, SIM_STATUS_COUNT };

/* sim_status_name returns "success", "revert", "halt" or "rejected". */
const char *sim_status_name(enum sim_status status);

/* struct sim_tx_result: what came of one transaction. */
struct sim_tx_result {
    enum sim_status status;
    enum tx_status rejection; /* REJECTED: why it is not valid; it changed nothing then */
    enum evm_status halt;     /* else: how its message ended */
    bool has_sender;          /* not where the signature gave none */
    struct address sender;
    uint64_t gas_used;
    uint64_t gas_refunded;
    struct bytes output;
    bool is_created; /* a contract was created, at `created` */
    struct address created;
    const struct log_entry *logs;
    size_t log_count;
    const struct access_list_entry *access_list; /* what it accessed, if that was asked for */
    size_t access_list_count;
    const struct trace_record *trace; /* the first step, if a trace was asked for */
    bool is_trace_cut;                /* there were more steps than could be kept */
};

struct sim_result {
    const char *fork_name;
    struct block_env block;
    struct hash32 pre_root;
    bool has_block_hash;      /* the state is that of a header: */
    struct hash32 block_hash; /* its hash */
    const struct sim_tx_result *txs;
    size_t tx_count; /* fewer than asked for when it stopped on a failure */
    uint64_t gas_used;
    struct state_diff diff; /* if asked for */
    bool has_post_root;     /* asked for and provable */
    struct hash32 post_root;
    struct err_detail post_root_missing; /* asked for and not provable: why */
};

/* SIM_NO_TX: a failure that is not about a transaction. */
#define SIM_NO_TX SIZE_MAX

/* struct sim_failure: why a simulation could not be done. */
struct sim_failure {
    struct err_detail detail;
    size_t tx_index;           /* or SIM_NO_TX */
    struct db_missing missing; /* for ERR_STATE_MISSING: what */
};

#endif
