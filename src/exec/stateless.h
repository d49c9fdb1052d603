#ifndef EXEC_STATELESS_H
#define EXEC_STATELESS_H

/* stateless.h: executes a block from nothing but a witness: the trie nodes, codes and ancestors'
 * headers that it needs (the execution witness of `debug_executionWitness`). What the result rests
 * on is the block's hash alone: it commits to the parent's header, that to the state root, and that
 * to every node and code; each is found by its hash.
 *
 *   stateless_open      decodes the block, and ties the headers to it by their hashes
 *   stateless_witness   takes nodes and codes
 *   stateless_execute   checks and executes the block
 *   stateless_finish    computes the state root after it
 *
 * in this order, in steps that a caller can time. */

#include "exec/block.h"

/* STATELESS_HEADERS_MAX: no block can ask for an older one (BLOCKHASH). */
#define STATELESS_HEADERS_MAX DB_TRIE_BLOCK_HASHES

/* struct stateless: a block on its way. The first part is the caller's; everything lives in the
 * arena, but the bytes that were handed in, which must outlive it. */
struct stateless {
    const struct chain_config *chain;
    struct evm *evm; /* opened; tracer and dispatcher as set */
    struct arena *arena;
    struct map_key key;

    struct block block;
    struct hash32 hash; /* the block's */
    struct chain_rules rules;
    struct header *ancestors; /* the parent first, as far as the headers reach */
    size_t ancestor_count;
    struct db_trie db;
    struct state_db
        view; /* what the state reads: `db`, unless the caller puts something before it */
    struct state state;
};

/* stateless_open reads the block and the headers. Those that are ancestors of the block, in any
 * order, give the state root before it and the hashes for BLOCKHASH; others do no harm.
 * `pre_state_root`, when not NULL, stands in where the parent's header is not given: the caller then
 * vouches for it, and rules that tie a header to its parent are not checked.
 * Errors: ERR_MALFORMED and the like (not a block, not a header), ERR_STATE_MISSING (no parent, and
 *   no root instead), ERR_LIMIT (more than STATELESS_HEADERS_MAX headers), ERR_MEMORY. */
enum err stateless_open(struct stateless *s, struct bytes block, const struct bytes *headers,
                        size_t header_count, const struct hash32 *pre_state_root,
                        struct err_detail *detail);

/* stateless_witness adds trie nodes and codes. May be called repeatedly. Errors: ERR_MEMORY. */
enum err stateless_witness(struct stateless *s, const struct bytes *nodes, size_t node_count,
                           const struct bytes *codes, size_t code_count);

/* stateless_execute checks and executes the block; stateless_finish compares its state root. A rule
 * that is broken is an answer, in *verdict; *result is set when that is BLOCK_OK. Errors:
 * ERR_STATE_MISSING, with *detail naming what the witness lacks; ERR_MALFORMED (a node that is none);
 * ERR_MEMORY. */
enum err stateless_execute(struct stateless *s, struct block_verdict *verdict,
                           struct block_result *result, struct err_detail *detail);
enum err stateless_finish(struct stateless *s, struct block_verdict *verdict,
                          struct block_result *result, struct err_detail *detail);

#endif
