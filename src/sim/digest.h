#ifndef SIM_DIGEST_H
#define SIM_DIGEST_H

/* digest.h: one hash for a request, one for a result, and the statement that joins them: what is
 * signed, so that a client can check that an answer belongs to its question, by computing the same
 * from what it sent and got. docs/api.md describes it for clients.
 *
 * A request's digest is keccak256 of its JSON text, byte for byte as sent. A result's text may be
 * spaced in many ways, so its digest is keccak256 of an encoding with one form only: its fields in
 * a fixed order, without names, each as
 *
 *   number      uint: 8 bytes, word: 32 bytes; the highest first
 *   flag        1 byte, 0 or 1
 *   address     20 bytes          hash    32 bytes
 *   bytes       their length as a uint, then they; text is bytes
 *   list        the count as a uint, then the items
 *   optional    a flag, then the value if it is 1
 *
 * Traces and texts for people are not part of it. */

#include "sim/block_execution.h"
#include "sim/request.h"
#include "sim/result.h"

/* DIGEST_PCR0_BYTES: SHA-384, what a Nitro enclave's image measures. */
#define DIGEST_PCR0_BYTES 48

/* digest_request hashes the text of a request, from its '{' to its '}'. */
struct hash32 digest_request(struct bytes text);

/* digest_result hashes:
 *
 *   text "nitro_simulate result 1"
 *   chain id uint, fork text, hash of the pre-state root, optional hash of the header
 *   block: number uint, time uint, gas limit uint, beneficiary address, prev_randao word,
 *     base fee word, blob base fee word
 *   gas used uint
 *   list of transactions: status text, name of the rejection or the halt text (neither: ""),
 *     optional sender address, gas used uint, gas refunded uint, output bytes, optional created
 *     address, list of logs: address, list of topics word, data bytes
 *     list of access list entries: address, list of slots word
 *   optional state diff: list of accounts: address, then what changed:
 *     optional existence: before flag, after flag; optional balance: before word, after word
 *     optional nonce: before uint, after uint; optional code: before bytes, after bytes
 *     storage is cleared flag, list of slots: slot word, optional before word, after word
 *   optional hash of the post-state root
 *
 * Lists of logs and of access lists that were not asked for are empty. Takes memory from `arena`
 * and gives it back. Errors: ERR_MEMORY. */
enum err digest_result(struct hash32 *out, struct arena *arena, const struct sim_request *request,
                       const struct sim_result *result);

/* digest_block_result hashes:
 *
 *   text "nitro_executeBlock result 1"
 *   chain id uint, fork text, number uint, hash of the block, hash of the pre-state root
 *   parent checked flag, valid flag, status text, optional index of the transaction it is about uint, name of the
 *     transaction's rejection text ("": none)
 *   if valid: gas used uint, number of transactions uint, hash of the post-state root, hash of the
 *     receipts root */
struct hash32 digest_block_result(const struct block_execution_result *result);

/* struct digest_statement: what is signed of an answer. */
struct digest_statement {
    uint64_t chain_id;
    struct hash32 request;
    struct hash32 pre_root;
    struct hash32 block_hash; /* of the header that the state is of; zeros: it is of none */
    struct hash32 result;
    uint8_t pcr0[DIGEST_PCR0_BYTES]; /* of the image that computed it; zeros: none */
};

/* digest_statement_hash hashes the text "nitro-revm statement 1" and the fields in their order:
 * uint, hash, hash, hash, hash, 48 bytes. */
struct hash32 digest_statement_hash(const struct digest_statement *statement);

#endif
