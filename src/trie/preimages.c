/* A map of the arena's items by their hash, and a list of them in the order of adding. */

#include "trie/preimages.h"

#include "crypto/keccak_batch.h"

/* Hashes that are computed together; enough that the lanes are full most of the time. */
#define BATCH 64u

static uint64_t hash_of_key(const struct preimages *set, const struct hash32 *hash)
{
    const uint64_t words[4] = {load_le64(hash->b), load_le64(hash->b + 8), load_le64(hash->b + 16),
                               load_le64(hash->b + 24)};
    return map_hash_words(&set->key, words, 0);
}

static bool item_is(const void *item, const void *key)
{
    const struct preimage *preimage = item;
    return hash32_equal(&preimage->hash, key);
}

static struct preimage *find(const struct preimages *set, const struct hash32 *hash)
{
    return map_find(&set->map, hash_of_key(set, hash), item_is, hash);
}

enum err preimages_init(struct preimages *set, struct arena *arena, const struct map_key *key,
                        size_t expected_count)
{
    /* A map grows when it is half full: past slot_count / 2 items. */
    uint64_t slot_count = 2;
    while (slot_count / 2 < expected_count && slot_count <= UINT64_MAX / 2) {
        slot_count *= 2;
    }
    *set = (struct preimages){.arena = arena, .key = *key};
    return map_init(&set->map, arena, slot_count);
}

enum err preimages_add(struct preimages *set, struct bytes bytes)
{
    struct hash32 hash;
    keccak256(&hash, bytes.ptr, bytes.len);
    return preimages_add_hashed(set, &hash, bytes);
}

enum err preimages_add_all(struct preimages *set, const struct bytes *items, size_t count)
{
    while (count != 0) {
        struct hash32 hashes[BATCH];
        size_t batch = count < BATCH ? count : BATCH;
        keccak256_batch(hashes, items, batch);
        for (size_t i = 0; i < batch; i++) {
            TRY(preimages_add_hashed(set, &hashes[i], items[i]));
        }
        items += batch;
        count -= batch;
    }
    return OK;
}

enum err preimages_add_hashed(struct preimages *set, const struct hash32 *hash, struct bytes bytes)
{
    if (preimages_has(set, hash)) {
        return OK;
    }
    struct preimage *item = ARENA_NEW(set->arena, struct preimage, 1);
    if (item == NULL) {
        return ERR_MEMORY;
    }
    *item = (struct preimage){.hash = *hash, .bytes = bytes};
    TRY(map_insert(&set->map, set->arena, hash_of_key(set, hash), item));
    if (set->last == NULL) {
        set->first = item;
    } else {
        set->last->next = item;
    }
    set->last = item;
    return OK;
}

enum err preimages_get(struct preimages *set, struct bytes *out, const struct hash32 *hash)
{
    struct preimage *item = find(set, hash);
    if (item == NULL) {
        return ERR_STATE_MISSING;
    }
    item->used = true;
    *out = item->bytes;
    return OK;
}

bool preimages_has(const struct preimages *set, const struct hash32 *hash)
{
    return find(set, hash) != NULL;
}

enum err preimages_each_used(const struct preimages *set, mpt_visit *visit, void *context)
{
    for (const struct preimage *item = set->first; item != NULL; item = item->next) {
        if (item->used) {
            TRY(visit(context, &item->hash, item->bytes));
        }
    }
    return OK;
}

void preimages_forget_uses(struct preimages *set)
{
    for (struct preimage *item = set->first; item != NULL; item = item->next) {
        item->used = false;
    }
}

static enum err source_node(void *context, struct bytes *out, const struct hash32 *hash)
{
    return preimages_get(context, out, hash);
}

struct mpt_source preimages_source(struct preimages *set)
{
    return (struct mpt_source){source_node, set};
}
