#ifndef STATE_LEAF_H
#define STATE_LEAF_H

/* leaf.h: what the state trie and the storage tries hold, and under which keys (Yellow Paper 4.1):
 *
 *   state trie    keccak256(address)         [nonce, balance, storage root, code hash]
 *   storage trie  keccak256(slot, 32 bytes)  value, a number that is not 0 */

#include "base/bytes.h"
#include "base/err.h"
#include "base/u256.h"

/* struct leaf_account: an account as the state trie has it. */
struct leaf_account {
    uint64_t nonce;
    struct u256 balance; /* wei */
    struct hash32 storage_root;
    struct hash32 code_hash;
};

/* LEAF_ACCOUNT_MAX, LEAF_SLOT_MAX: the most bytes of either value: 9 + 33 + 33 + 33 and the header
 * of a list; a number of 32 bytes. */
#define LEAF_ACCOUNT_MAX 110u
#define LEAF_SLOT_MAX    33u

struct hash32 leaf_account_key(const struct address *address);
struct hash32 leaf_slot_key(const struct u256 *slot);

/* leaf_account_decode and leaf_slot_decode read a value of the tries, all of it. Errors:
 * ERR_MALFORMED: other bytes than the encoder gives for what was read. */
enum err leaf_account_decode(struct leaf_account *out, struct bytes value);
enum err leaf_slot_decode(struct u256 *out, struct bytes value);

/* leaf_account_encode and leaf_slot_encode write into the buffer and return a view of it; a slot of
 * 0 is empty, which removes it. */
struct bytes leaf_account_encode(uint8_t buffer[static LEAF_ACCOUNT_MAX],
                                 const struct leaf_account *account);
struct bytes leaf_slot_encode(uint8_t buffer[static LEAF_SLOT_MAX], const struct u256 *value);

#endif
