#ifndef EXEC_BLOCK_H
#define EXEC_BLOCK_H

/* block.h: executes a block: what a chain does to its state (Yellow Paper 11; EIP-2935, 4788, 4895,
 * 6110, 7002, 7251, 7685, 7934). A block that breaks a rule is an answer, in a struct
 * block_verdict, not an error.
 *
 *   block_check     what needs no state: the header after its parent, the body after the header
 *   block_execute   the rest but for the state root; the state is then that after the block
 *   block_finish    the state root */

#include "exec/block_status.h"
#include "exec/body.h"
#include "exec/chain.h"
#include "exec/header_check.h"
#include "exec/receipt.h"
#include "exec/tx.h"
#include "state/db_trie.h"

/* BLOCK_NO_TX: a verdict that is not about a transaction. */
#define BLOCK_NO_TX SIZE_MAX

/* struct block_verdict: BLOCK_OK, or the first rule that was found broken. */
struct block_verdict {
    enum block_status status;
    enum tx_status tx_status; /* of the transaction, if it is about one; else TX_OK */
    size_t tx_index;          /* or BLOCK_NO_TX */
};

/* struct block_context: what a block stands in. The caller sets it. */
struct block_context {
    const struct chain_config *chain;
    struct chain_rules rules; /* at this block */
    struct evm *evm; /* its state, over `db`, is evm->state; tracer and dispatcher as set */
    struct db_trie *db;
    struct arena *arena; /* for receipts and scratch; may be the state's */
};

/* struct block_result: what executing gave. Views are in the context's arena. */
struct block_result {
    uint64_t gas_used;
    struct receipt *receipts; /* one for each transaction */
    size_t receipt_count;
    struct hash32 receipts_root;
    struct hash32 state_root; /* set by block_finish */
};

/* block_check compares a block with its parent's header, past->ancestors[0], and with its own: the
 * rules of exec/header_check.h, the block's size (EIP-7934), the roots of transactions, ommers and
 * withdrawals. The caller found the parent by header.parent_hash; without one, what needs it is not
 * checked. Proof of work is not checked. Takes memory from `arena` and gives it back. Errors:
 * ERR_MEMORY. */
enum err block_check(struct block_verdict *out, struct arena *arena,
                     const struct chain_config *chain, const struct chain_rules *rules,
                     const struct block *block, const struct ommers_past *past);

/* block_env makes the environment in which a block's transactions run. */
void block_env(struct block_env *out, const struct header *header, const struct chain_config *chain,
               const struct chain_rules *rules);

/* block_open does what comes before the transactions, in an environment that evm->block holds and
 * under evm->rules: the DAO fork at its block, the call of the beacon roots contract with
 * `parent_beacon_block_root` (EIP-4788; NULL: none), that of the history contract with
 * `parent_hash` (EIP-2935). Errors: those of the state. */
enum err block_open(struct evm *evm, const struct chain_config *chain,
                    const struct hash32 *parent_hash,
                    const struct hash32 *parent_beacon_block_root);

/* block_execute runs a block that passed block_check: system calls, transactions, withdrawals or
 * rewards, requests; then compares gas, blob gas, bloom, receipts root and requests hash with the
 * header. Sets evm->rules and evm->block. Before Byzantium it carries the changes of each
 * transaction into `db`, since receipts then hold the state root.
 * Out: *verdict; *out when that is BLOCK_OK. Errors: those of the state; they stop everything. */
enum err block_execute(struct block_verdict *verdict, struct block_result *out,
                       const struct block_context *context, const struct block *block);

/* block_finish carries the changes into the database and compares the state root.
 * Out: *verdict, out->state_root. Errors: those of db_trie_apply. */
enum err block_finish(struct block_verdict *verdict, struct block_result *out,
                      const struct block_context *context, const struct block *block);

#endif
