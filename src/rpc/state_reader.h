#ifndef RPC_STATE_READER_H
#define RPC_STATE_READER_H

/* state_reader.h: the state in requests. As members of the request's object:
 *
 *   header     data, RLP of a block header        headers    [data, ...], its ancestors
 *   blockHash  32 bytes                           stateRoot  32 bytes
 *   accounts   {address: {balance, nonce, code, storage: {slot: value}}}
 *   proofs     [what eth_getProof returns, ...]   codes      [data, ...]
 *   witness    {state: [data, ...], codes: [data, ...], headers: [data, ...], keys: [...]}
 *   stateOverrides  {address: {balance, nonce, code, state or stateDiff: {slot: value}}}
 *
 * All may be left out, but one of accounts, proofs and witness is there; accounts alone. Members of
 * an account that are left out are 0 or empty. `keys` of a witness are not read. */

#include "codec/json.h"
#include "sim/request.h"

/* The names of these members, for json_only_keys. */
#define STATE_READER_KEYS                                                                    \
    "header", "headers", "blockHash", "stateRoot", "accounts", "proofs", "codes", "witness", \
        "stateOverrides"

/* struct witness: the lists of an execution witness. */
struct witness {
    struct bytes_list nodes;
    struct bytes_list codes;
    struct bytes_list headers;
};

/* Each of these reads into the arena, from the object that has the members. Errors: ERR_MALFORMED,
 * ERR_RANGE, ERR_LIMIT, ERR_MEMORY; *detail names the member. */
enum err state_reader_pre_state(struct pre_state *out, struct arena *arena, json_t *object,
                                struct err_detail *detail);
enum err state_reader_overrides(const struct account_override **out, size_t *count,
                                struct arena *arena, json_t *object, struct err_detail *detail);
enum err state_reader_witness(struct witness *out, struct arena *arena, json_t *witness,
                              struct err_detail *detail);

#endif
