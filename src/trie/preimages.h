#ifndef TRIE_PREIMAGES_H
#define TRIE_PREIMAGES_H

/* preimages.h: bytes found by their keccak256. What a witness is made of, trie nodes and contract
 * codes, comes in any order and says nothing of itself but its hash: a set that computed the hashes
 * itself proves each element by how it is found. */

#include "base/map.h"
#include "trie/mpt.h"

/* struct preimage: `bytes` has this hash. */
struct preimage {
    struct hash32 hash;
    struct bytes bytes;
    bool used; /* preimages_get has found it */
    struct preimage *next;
};

/* struct preimages: the set. Its items live in the arena, the bytes stay the caller's. */
struct preimages {
    struct arena *arena;
    struct map_key key;
    struct map map;
    struct preimage *first; /* in the order of adding */
    struct preimage *last;
};

/* preimages_init makes an empty set with room for `expected_count` elements; more make it grow.
 * Errors: ERR_MEMORY. */
enum err preimages_init(struct preimages *set, struct arena *arena, const struct map_key *key,
                        size_t expected_count);

/* preimages_add adds bytes, as a view that must hold as long as the set. Adding equal ones again
 * changes nothing. Errors: ERR_MEMORY, and the set is as before. Cost: a keccak256 of them. */
enum err preimages_add(struct preimages *set, struct bytes bytes);

/* preimages_add_all is preimages_add for each of `count` items, whose hashes are computed together.
 * After an error, those before some item have been added. */
enum err preimages_add_all(struct preimages *set, const struct bytes *items, size_t count);

/* preimages_add_hashed is preimages_add for a caller that has computed the hash already. */
enum err preimages_add_hashed(struct preimages *set, const struct hash32 *hash, struct bytes bytes);

/* preimages_get finds the bytes with this hash and marks them as used.
 * Errors: ERR_STATE_MISSING. */
enum err preimages_get(struct preimages *set, struct bytes *out, const struct hash32 *hash);

/* preimages_has tells whether the set has bytes with this hash, and marks nothing. */
bool preimages_has(const struct preimages *set, const struct hash32 *hash);

/* preimages_each_used visits the elements that preimages_get has found, in the order of adding.
 * Errors: those of `visit`, which end it. */
enum err preimages_each_used(const struct preimages *set, mpt_visit *visit, void *context);

/* preimages_forget_uses marks every element as not used. */
void preimages_forget_uses(struct preimages *set);

/* preimages_source is the source of a partial trie's nodes (trie/mpt.h) that asks `set`. */
struct mpt_source preimages_source(struct preimages *set);

#endif
