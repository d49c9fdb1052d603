#ifndef STATE_ACCOUNT_PROOF_H
#define STATE_ACCOUNT_PROOF_H

/* account_proof.h: what eth_getProof answers (EIP-1186): claims about an account and some of its
 * slots, each with the trie nodes that prove it. A claim counts only as far as it is proven. */

#include "base/u256.h"
#include "trie/proof.h"

/* struct slot_proof: a slot, the value that it is said to have (0: absent), and the nodes for it
 * under the account's storage root. */
struct slot_proof {
    struct u256 slot;
    struct u256 value;
    const struct bytes *nodes;
    size_t node_count;
};

/* struct account_proof: an account, what it is said to be, and the nodes for it under the state
 * root. All views are the caller's. */
struct account_proof {
    struct address address;
    uint64_t nonce;
    struct u256 balance; /* wei */
    struct hash32 storage_root;
    struct hash32 code_hash;
    const struct bytes *nodes;
    size_t node_count;
    const struct slot_proof *slots;
    size_t slot_count;
};

/* account_proof_verify checks that every claim is exactly what is proven under the state root
 * `root`: the account's four fields or its absence, and each slot. Of an account that is proven
 * absent nonce, balance and slots must be 0, and the two hashes those of an account without storage
 * and code, or zero: servers differ in what they give there. Lists of nodes are as proof_verify
 * takes them. Out: *end, where the account's path ended (PROOF_VALUE: it is there), and
 * slot_ends[i] for slot i; slot_ends may be NULL.
 * Errors: ERR_MALFORMED (a list that proves nothing, or something else than is claimed),
 *   ERR_STATE_MISSING (a list that ends too early); *detail names account, slot and reason. *end
 *   and slot_ends are then of no use.
 * Cost: a keccak256 of every node. Takes no memory. */
enum err account_proof_verify(enum proof_end *end, enum proof_end *slot_ends,
                              const struct hash32 *root, const struct account_proof *proof,
                              struct err_detail *detail);

#endif
