/* Insertion and growth of the hash map; look-ups are inline in the header. */

#include "base/map.h"

enum err map_init(struct map *map, struct arena *arena, uint64_t slot_count)
{
    ASSERT(slot_count >= 2 && (slot_count & (slot_count - 1)) == 0);
    struct map_slot *slots = ARENA_NEW(arena, struct map_slot, slot_count);
    if (slots == NULL) {
        return ERR_MEMORY;
    }
    *map = (struct map){slots, slot_count - 1, 0};
    return OK;
}

/* place puts an entry into the first free slot of its probe sequence; there is one, since at most
 * half of the slots are taken. */
static void place(struct map *map, uint64_t hash, void *item)
{
    uint64_t i = hash & map->mask;
    while (map->slots[i].item != NULL) {
        i = (i + 1) & map->mask;
    }
    map->slots[i] = (struct map_slot){hash, item};
    map->count++;
}

static enum err grow(struct map *map, struct arena *arena)
{
    struct map bigger;
    TRY(map_init(&bigger, arena, (map->mask + 1) * 2));
    for (uint64_t i = 0; i <= map->mask; i++) {
        if (map->slots[i].item != NULL) {
            place(&bigger, map->slots[i].hash, map->slots[i].item);
        }
    }
    *map = bigger;
    return OK;
}

enum err map_insert(struct map *map, struct arena *arena, uint64_t hash, void *item)
{
    if (map->count * 2 > map->mask) {
        TRY(grow(map, arena));
    }
    place(map, hash, item);
    return OK;
}
