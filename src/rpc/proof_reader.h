#ifndef RPC_PROOF_READER_H
#define RPC_PROOF_READER_H

/* proof_reader.h: what eth_getProof answers (EIP-1186), as JSON:
 *
 *   {address, nonce, balance, storageHash, codeHash, accountProof: [data, ...],
 *    storageProof: [{key, value, proof: [data, ...]}, ...]}
 *
 * Servers write numbers and keys with leading zeros or without, and leave out storageProof, or make
 * it null, when no slot was asked for. Other members are not looked at. */

#include "codec/json.h"
#include "state/account_proof.h"

/* proof_reader_read reads an answer into the arena; what it claims is then still to be verified.
 * Errors: ERR_MALFORMED, ERR_RANGE, ERR_MEMORY; *detail names the member. */
enum err proof_reader_read(struct account_proof *out, struct arena *arena, json_t *answer,
                           struct err_detail *detail);

#endif
