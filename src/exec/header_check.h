#ifndef EXEC_HEADER_CHECK_H
#define EXEC_HEADER_CHECK_H

/* header_check.h: the rules that tie a header to its parent, and ommers to the chain (Yellow Paper
 * 4.3.4, 11.1; EIP-779, 1559, 1985, 3675, 4788, 4844, 4895, 7685, 7691, 7892, 7918).
 *
 * Proof of work is not checked: nonce and mix hash of a header from before Paris are taken as they
 * are, and a header that follows every rule here could be anybody's. What makes a block canonical,
 * then as now, is its hash, which the caller knows from elsewhere. */

#include "exec/block_status.h"
#include "exec/chain.h"
#include "exec/header.h"

/* BLOCK_BYTES_MAX: EIP-7934, MAX_RLP_BLOCK_SIZE: 10 MiB for a block on the wire, less 2 MiB for
 * what the consensus layer puts around it. Where the rules have eip7934, no block is longer. */
#define BLOCK_BYTES_MAX ((size_t)(10 - 2) * 1024 * 1024)

/* INITIAL_BASE_FEE: EIP-1559, wei per gas in the first block that has a base fee. */
#define INITIAL_BASE_FEE UINT64_C(1000000000)

/* OMMER_AGE_MAX: generations from an ommer to the block that names it (Yellow Paper 11.1). */
#define OMMER_AGE_MAX 6u

/* header_base_fee computes the base fee of the block after `parent`, whose gas_used is at most its
 * gas_limit: INITIAL_BASE_FEE when the parent has none (EIP-1559). False when the number is 2^256
 * or more, so that no header can hold it; *out is not set then. */
bool header_base_fee(struct u256 *out, const struct header *parent);

/* header_check compares a header with its parent's, of which `parent_hash` is the hash and which is
 * taken to be valid itself, under the rules at the header's block: number, parent hash, timestamp,
 * gas limit and base fee, extra data, difficulty before Paris and its absence after, excess blob
 * gas, and that the header has exactly the fields of its fork. What needs the block's body or its
 * execution is not looked at. Returns BLOCK_OK, or the first rule that is broken. */
enum block_status header_check(const struct chain_config *chain, const struct chain_rules *rules,
                               const struct header *header, const struct header *parent,
                               const struct hash32 *parent_hash);

/* struct ommers_past: what is known of the chain before a block that names ommers. For a full check
 * that is 7 ancestors, or all down to the genesis block if there are fewer, and every ommer that
 * these have included. Where less is known, an ommer is checked against what there is. */
struct ommers_past {
    const struct header *ancestors; /* the parent first, each the parent of the one before it */
    size_t ancestor_count;
    const struct hash32 *included; /* hashes of the ommers that the ancestors name */
    size_t included_count;
};

/* ommers_check checks the ommers of a block whose header has passed header_check: at most two, not
 * the same, none an ancestor or included before, each a child of one of the 2nd to 7th ancestor,
 * with a header that header_check accepts there. Returns BLOCK_OK, or the first rule that is
 * broken. */
enum block_status ommers_check(const struct chain_config *chain, const struct chain_rules *rules,
                               const struct header *header, const struct header *ommers,
                               size_t count, const struct ommers_past *past);

#endif
