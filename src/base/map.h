#ifndef BASE_MAP_H
#define BASE_MAP_H

/* map.h: a hash map from keys inside caller-owned items to those items. Open addressing with linear
 * probing over an array in an arena; at most half full, so that a probe is short; never shrinks and
 * has no delete (the state keeps items and marks them instead).
 *
 * The keys come from outside, so the hash is keyed with random bytes: who does not know the key
 * cannot choose keys that collide. Nothing about a hash is ever sent out, and the order of a map is
 * never part of an answer (two workers with other keys give equal answers). */

#include <stdbool.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* The secret of a map's hash: 32 random bytes as four words, none of them zero. */
struct map_key {
    uint64_t k[4];
};

struct map_slot {
    uint64_t hash;
    void *item; /* NULL: free */
};

/* struct map: the slots live in the arena of map_init; the items are the caller's. */
struct map {
    struct map_slot *slots;
    uint64_t mask; /* number of slots - 1; the number is a power of two */
    uint64_t count;
};

/* map_key_from makes a key of 32 random bytes. */
static inline struct map_key map_key_from(const uint8_t seed[static 32])
{
    struct map_key key;
    for (unsigned i = 0; i < 4; i++) {
        key.k[i] = load_le64(seed + 8 * (size_t)i) | 1; /* never zero: see map_fold */
    }
    return key;
}

/* map_fold multiplies to 128 bits and folds the halves: every bit of the result depends on every
 * bit of both factors. A zero factor would swallow the other one, but the caller adds secret words
 * first, so nobody outside can make one on purpose. */
static ALWAYS_INLINE uint64_t map_fold(uint64_t a, uint64_t b)
{
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* map_hash_20 and map_hash_32 hash an address and 32 bytes; `tweak` is mixed in, for keys that are
 * a pair (an account's number and a slot). */
static ALWAYS_INLINE uint64_t map_hash_20(const struct map_key *key, const uint8_t in[static 20])
{
    uint64_t h = map_fold(load_le64(in) + key->k[0], load_le64(in + 8) + key->k[1]);
    return map_fold(h + key->k[2], load_le32(in + 16) + key->k[3]);
}

static ALWAYS_INLINE uint64_t map_hash_words(const struct map_key *key, const uint64_t w[static 4],
                                             uint64_t tweak)
{
    uint64_t low = map_fold(w[0] + key->k[0], w[1] + key->k[1]);
    uint64_t high = map_fold(w[2] + key->k[2], w[3] + key->k[3]);
    return map_fold(low + key->k[3] + tweak, high + key->k[0]);
}

/* map_init makes an empty map with `slot_count` slots (a power of two). Errors: ERR_MEMORY. */
enum err map_init(struct map *map, struct arena *arena, uint64_t slot_count);

/* map_insert adds an item whose key is known to be absent. Doubles the slots when they are half
 * full (the old array stays in the arena until it is reset). Errors: ERR_MEMORY, and the map is as
 * before. */
enum err map_insert(struct map *map, struct arena *arena, uint64_t hash, void *item);

/* map_find returns the item with this hash for which equal(item, key) holds, or NULL. Inline, so
 * that a constant `equal` is inlined with it. */
static ALWAYS_INLINE void *map_find(const struct map *map, uint64_t hash,
                                    bool (*equal)(const void *item, const void *key),
                                    const void *key)
{
    for (uint64_t i = hash & map->mask;; i = (i + 1) & map->mask) {
        const struct map_slot *slot = &map->slots[i];
        if (slot->item == NULL) {
            return NULL;
        }
        if (slot->hash == hash && equal(slot->item, key)) {
            return slot->item;
        }
    }
}

#endif
