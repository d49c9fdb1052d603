#ifndef EXEC_TX_RLP_H
#define EXEC_TX_RLP_H

/* tx_rlp.h: transactions as bytes: their RLP, hashes and senders (Yellow Paper 4.3 and appendix F;
 * EIP-155, 1559, 2681, 2718, 2930, 4844, 7702).
 *
 *   legacy  [nonce, gas_price, gas_limit, to, value, data, v, r, s]
 *   01      [chain_id, nonce, gas_price, gas_limit, to, value, data, access_list, y_parity, r, s]
 *   02      [chain_id, nonce, max_priority_fee_per_gas, max_fee_per_gas, gas_limit, to, value,
 * data, access_list, y_parity, r, s] 03      [..., access_list, max_fee_per_blob_gas,
 * blob_versioned_hashes, y_parity, r, s] 04      [..., access_list, authorization_list, y_parity,
 * r, s]
 *
 *   access_list: [[address, [storage_key, ...]], ...]
 *   authorization_list: [[chain_id, address, nonce, y_parity, r, s], ...]
 *
 * A type's byte stands before its list. `to` is empty for a creation; for types 3 and 4, which
 * cannot create, that is decoded all the same and refused as TX_TYPE_3_TX_CONTRACT_CREATION. */

#include "base/arena.h"
#include "base/cursor.h"
#include "exec/tx.h"

/* struct tx_signature: what a transaction says of its chain and signer. Of a legacy one's v, 27 and
 * 28 have no chain id, and v = chain_id * 2 + 35 + y_parity (EIP-155). */
struct tx_signature {
    bool has_chain_id; /* false: legacy without EIP-155 */
    uint64_t chain_id;
    bool y_parity;
    struct u256 r;
    struct u256 s;
};

/* tx_decode reads the transaction that is all of `raw`: a legacy one's list, or `type || list`.
 * Out: *out but for `sender`, *signature. Lists are in the arena, `data` is a view of `raw`; memory
 *   taken is at most six times the length of `raw`, and an error gives it back.
 *   *status: TX_OK, or after an error other than ERR_MEMORY the name of the mistake.
 * Fields out of range are mistakes, but for those of authorizations that EIP-7702 allows.
 * Errors: ERR_MALFORMED, ERR_TRUNCATED, ERR_TRAILING (not one of the lists above); ERR_RANGE (a
 *   number over what its field holds, or a v or y_parity that means nothing); ERR_MEMORY. */
enum err tx_decode(struct tx *out, struct tx_signature *signature, enum tx_status *status,
                   struct arena *arena, struct bytes raw);

/* tx_encode writes what tx_decode reads, tx_size gives the bytes it takes. */
size_t tx_size(const struct tx *tx, const struct tx_signature *signature);
void tx_encode(struct writer *w, const struct tx *tx, const struct tx_signature *signature);

/* tx_hash is what the field calls the transaction's hash. */
struct hash32 tx_hash(struct bytes raw);

/* tx_signing_hash computes what the signer signed: keccak256 of the encoding without the signature,
 * a legacy one with [..., chain_id, empty, empty] where it has a chain id. Of `signature` only the
 * chain id is read. Memory is taken from the arena and given back. Errors: ERR_MEMORY. */
enum err tx_signing_hash(struct hash32 *out, struct arena *arena, const struct tx *tx,
                         const struct tx_signature *signature);

/* tx_recover finds the sender by the rules of a fork. Whether the chain id is the chain's is the
 * caller's to check. Memory is taken from the arena and given back.
 * Errors: ERR_SIGNATURE (r or s is 0 or not below the group's order; from Homestead s is over half
 *   of it, EIP-2; a chain id before EIP-155; or no key has such a signature); ERR_MEMORY.
 * Cost: 31 us for the key, and a keccak256 of the transaction. */
enum err tx_recover(struct address *sender, struct arena *arena, const struct tx *tx,
                    const struct tx_signature *signature, const struct fork_rules *rules);

/* tx_read does all that comes before a transaction's execution in a block: decodes it, and checks
 * its type, its chain id and its signature. Out: *status; *out, with its sender, when that is
 * TX_OK. A transaction that is not in order is an answer, not an error. Errors: ERR_MEMORY. */
enum err tx_read(struct tx *out, enum tx_status *status, struct arena *arena, struct bytes raw,
                 uint64_t chain_id, const struct fork_rules *rules);

#endif
