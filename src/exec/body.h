#ifndef EXEC_BODY_H
#define EXEC_BODY_H

/* body.h: blocks and their RLP (Yellow Paper 4.4.2, EIP-2718, 4895), and what their headers say of
 * their lists.
 *
 *   [header, [transaction, ...], [ommer, ...]]                          before Shanghai
 *   [header, [transaction, ...], [ommer, ...], [withdrawal, ...]]       from Shanghai
 *   withdrawal: [index, validator_index, address, amount]
 *   transaction: a list (legacy), or a string `type || payload` (EIP-2718) */

#include "base/arena.h"
#include "exec/header.h"

/* struct withdrawal: EIP-4895. */
struct withdrawal {
    uint64_t index;
    uint64_t validator_index;
    struct address address;
    uint64_t amount_gwei;
};

/* struct block: a decoded block. Arrays are in the arena, bytes are views of the encoding. */
struct block {
    struct header header;
    struct bytes header_encoded; /* its keccak256 is the block's hash */
    const struct bytes *txs;     /* each as tx_decode takes it, and as its hash is of: the list of a
                                    legacy one, `type || payload` of another */
    size_t tx_count;
    const struct header *ommers;
    const struct bytes *ommer_encodings; /* the encoding of each */
    struct bytes ommers_encoded;         /* the list of all: its keccak256 is ommers_hash */
    size_t ommer_count;
    bool has_withdrawals; /* the list is there, perhaps empty */
    const struct withdrawal *withdrawals;
    size_t withdrawal_count;
    size_t encoded_len; /* bytes of the whole: what EIP-7934 limits */
};

/* block_decode reads a block that is all of `encoded`. Transactions are cut out, not decoded: each
 * is a list, or a string that begins with a type (00 to 7f). Memory taken is at most twice the
 * length of `encoded`, whatever it claims; an error gives it back.
 * Errors: ERR_MALFORMED, ERR_TRUNCATED, ERR_TRAILING, ERR_RANGE (a number over 2^64 - 1), those of
 * header_decode; ERR_MEMORY. */
enum err block_decode(struct block *out, struct arena *arena, struct bytes encoded);

/* block_size gives the bytes that block_encode writes: the header, lists and withdrawals anew, the
 * transactions as they are. */
size_t block_size(const struct block *block);
void block_encode(struct writer *w, const struct block *block);

/* withdrawal_size, withdrawal_encode: one withdrawal as a list of four. */
size_t withdrawal_size(const struct withdrawal *withdrawal);
void withdrawal_encode(struct writer *w, const struct withdrawal *withdrawal);

/* block_transactions_root and block_withdrawals_root compute what the header's transactions_root
 * and withdrawals_root should be: the root of a trie from RLP of each index to the transaction as
 * it is in `txs`, and to the withdrawal. Memory is taken from the arena and given back. Errors:
 * ERR_MEMORY. */
enum err block_transactions_root(struct hash32 *out, struct arena *arena,
                                 const struct block *block);
enum err block_withdrawals_root(struct hash32 *out, struct arena *arena, const struct block *block);

/* block_ommers_hash computes what the header's ommers_hash should be. */
struct hash32 block_ommers_hash(const struct block *block);

#endif
