#ifndef EXEC_HEADER_H
#define EXEC_HEADER_H

/* header.h: block headers and their RLP (Yellow Paper 4.4; EIP-1559, 4399, 4788, 4844, 4895, 7685).
 * Whether a header obeys the rules of its fork is exec/header_check.h's question; here it is bytes.
 *
 *   [parent_hash, ommers_hash, beneficiary, state_root, transactions_root, receipts_root,
 *    logs_bloom, difficulty, number, gas_limit, gas_used, timestamp, extra_data, prev_randao,
 * nonce, base_fee_per_gas,                  from London withdrawals_root,                  from
 * Shanghai blob_gas_used, excess_blob_gas,    from Cancun parent_beacon_block_root,          from
 * Cancun requests_hash]                     from Prague
 *
 * A field has no mark of its own, so one can be there only when all before it are. */

#include "base/bytes.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/u256.h"

/* HEADER_EXTRA_DATA_MAX: the longest extra_data that is decoded. The rule is 32 bytes; a header
 * over it is to be refused by that rule and so must be readable, but no header is to be of any
 * size. */
#define HEADER_EXTRA_DATA_MAX 1024u

/* HEADER_RLP_MIN and HEADER_RLP_MAX: the shortest and the longest encoding. The parts are, in
 * bytes: header of the list 3, a hash 33 (6 to 9 of them), beneficiary 21, logs_bloom 259, nonce 9,
 * extra_data 1 to 1027, a number of 256 bits 1 to 33 (1 or 2), one of 64 bits 1 to 9 (4 to 6). */
#define HEADER_RLP_MIN (3u + 6 * 33 + 21 + 259 + 9 + 1 + 1 + 4)
#define HEADER_RLP_MAX (3u + 9 * 33 + 21 + 259 + 9 + 1027 + 2 * 33 + 6 * 9)

/* struct header: extra_data is a view of what was decoded. */
struct header {
    struct hash32 parent_hash;
    struct hash32 ommers_hash;
    struct address beneficiary;
    struct hash32 state_root;
    struct hash32 transactions_root;
    struct hash32 receipts_root;
    uint8_t logs_bloom[256];
    struct u256 difficulty;
    uint64_t number;
    uint64_t gas_limit;
    uint64_t gas_used;
    uint64_t timestamp;
    struct bytes extra_data;
    struct hash32 prev_randao; /* before Paris: mix_hash, of the proof of work */
    uint8_t nonce[8];
    bool has_base_fee;
    struct u256 base_fee_per_gas;
    bool has_withdrawals_root;
    struct hash32 withdrawals_root;
    bool has_blob_gas; /* both of the next */
    uint64_t blob_gas_used;
    uint64_t excess_blob_gas;
    bool has_beacon_root;
    struct hash32 parent_beacon_block_root;
    bool has_requests_hash;
    struct hash32 requests_hash;
};

/* header_decode reads a header that is all of `encoded`. Errors: ERR_MALFORMED, ERR_TRUNCATED,
 * ERR_TRAILING (not the fields above); ERR_RANGE (a number over 2^64 - 1, or 2^256 - 1 where it has
 * so much room); ERR_LIMIT (extra_data over HEADER_EXTRA_DATA_MAX). */
enum err header_decode(struct header *out, struct bytes encoded);

/* header_encode writes a header, header_size gives the bytes it takes. In: extra_data of at most
 * HEADER_EXTRA_DATA_MAX bytes, optional fields only after those before them, as header_decode gives
 * them. */
size_t header_size(const struct header *header);
void header_encode(struct writer *w, const struct header *header);

/* header_hash is keccak256 of the encoding: the block's hash. In: as header_encode. Where the
 * encoding is at hand, hash that: a header is decoded from no other. */
struct hash32 header_hash(const struct header *header);

#endif
