#ifndef SIM_REQUEST_H
#define SIM_REQUEST_H

/* request.h: what a simulation is asked for: a chain and its rules, a state and what binds it, what
 * to change in it and in the block first, the transactions, and what to tell of them. All of it is
 * the caller's, mostly in the simulator's arena, and outlives the simulation. */

#include "exec/chain.h"
#include "exec/tx.h"
#include "state/account_proof.h"

struct bytes_list {
    const struct bytes *items;
    size_t count;
};

/* ---- the state ------------------------------------------------------------------------------- */

struct storage_value {
    struct u256 slot;
    struct u256 value;
};

/* struct plain_account: an account as somebody says it is. */
struct plain_account {
    struct address address;
    struct u256 balance; /* wei */
    uint64_t nonce;
    struct bytes code;
    const struct storage_value *storage; /* slots that are not listed are zero */
    size_t storage_count;
};

/* struct pre_state: the state before the first transaction, in one of two forms:
 *
 *   plain    all accounts there are; nothing binds them, their root is computed
 *   proved   a root, and trie nodes and codes that are found by their hash under it
 *
 * The root is `root`, or that of `header`, whose hash may be named too. The other headers are that
 * one's ancestors, in any order, without a gap; all of them give block hashes. Without `header` the
 * one with the highest number takes its place. With plain accounts a header only says which block
 * is simulated on. */
struct pre_state {
    bool is_plain;
    const struct plain_account *accounts;
    size_t account_count;

    bool has_root;
    struct hash32 root;
    bool has_block_hash; /* the hash of the header that the user trusts */
    struct hash32 block_hash;
    struct bytes header; /* RLP; empty: none */
    struct bytes_list headers;
    const struct account_proof *proofs; /* each is checked against the root first */
    size_t proof_count;
    struct bytes_list nodes;
    struct bytes_list codes;
};

/* struct account_override: what to change in an account before the first transaction, as the state
 * overrides of eth_call. */
struct account_override {
    struct address address;
    bool has_balance;
    bool has_nonce;
    bool has_code;
    bool replaces_storage; /* slots that are not listed become zero */
    struct u256 balance;
    uint64_t nonce;
    struct bytes code;
    const struct storage_value *storage;
    size_t storage_count;
};

/* ---- the block ------------------------------------------------------------------------------- */

/* struct block_overrides: fields of the block; those that are not set have defaults
 * (chosen_block.h). */
struct block_overrides {
    bool has_number;
    bool has_time;
    bool has_gas_limit;
    bool has_beneficiary;
    bool has_prev_randao;
    bool has_difficulty;
    bool has_base_fee;
    bool has_blob_base_fee;
    bool has_excess_blob_gas;
    bool has_beacon_root;
    uint64_t number;
    uint64_t time; /* seconds */
    uint64_t gas_limit;
    struct address beneficiary;
    struct u256 prev_randao;
    struct u256 difficulty;
    struct u256 base_fee;
    struct u256 blob_base_fee;
    uint64_t excess_blob_gas;
    struct hash32 beacon_root; /* EIP-4788, for the system call */
};

/* ---- the transactions ------------------------------------------------------------------------ */

/* struct sim_tx: a transaction, as signed bytes or as a call whose sender is taken for granted. */
struct sim_tx {
    bool is_raw;
    struct bytes raw;
    struct tx call;    /* its nonce and gas limit: if has_nonce, has_gas */
    bool has_nonce;    /* else: the sender's */
    bool has_gas;      /* else: what the block and the gas cap have left */
    bool has_chain_id; /* else: the chain's */
    struct u256 chain_id;
};

enum sim_validation {
    SIM_VALIDATE_SIGNED, /* signed transactions are validated, calls are not */
    SIM_VALIDATE_ALL,
    SIM_VALIDATE_NONE,
};

struct sim_options {
    enum sim_validation validation;
    uint64_t gas_cap;      /* for all transactions together */
    bool stops_on_failure; /* the first that does not succeed is the last */
    bool calls_system;     /* what a block does before its transactions (exec/block.h) */
    bool wants_logs;
    bool wants_state_diff;
    bool wants_access_lists;
    bool wants_post_root;
    size_t trace_steps_max; /* 0: no trace */
};

struct sim_request {
    const struct chain_config *chain;
    bool has_upgrade; /* else: the chain's at the block */
    enum chain_upgrade upgrade;
    struct pre_state pre;
    const struct account_override *overrides;
    size_t override_count;
    struct block_overrides block;
    const struct sim_tx *txs;
    size_t tx_count;
    struct sim_options options;
    struct hash32 digest; /* keccak256 of the request's text */
};

#endif
