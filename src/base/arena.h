#ifndef BASE_ARENA_H
#define BASE_ARENA_H

/* arena.h: the memory of one simulation. A region with a hard cap that the caller reserves once;
 * allocations are cut from its front and given back all together.
 *
 *   base            used          high_water                cap
 *   |---allocated---|---wiped on---|---never touched---------|
 *                     the next reset
 *
 * Invariants: used <= high_water <= cap; bytes past high_water are as the caller gave them. */

#include "base/bytes.h"
#include "base/err.h"

/* struct arena does not own its region: whoever gave it to arena_init releases it. */
struct arena {
    uint8_t *base;
    size_t used;
    size_t high_water;
    size_t cap;
};

/* arena_init prepares an arena over `cap` bytes at `region`, which must be zero and aligned to 64
 * bytes. Under AddressSanitizer the region is poisoned until it is allocated. */
void arena_init(struct arena *arena, void *region, size_t cap);

/* arena_alloc gives `count` items of `size` bytes each, zeroed, aligned to `align` bytes (a power
 * of two, at most 4096); NULL when the cap would be passed (or count * size overflows). Valid until
 * the next arena_reset or an arena_rewind to before it. */
void *arena_alloc(struct arena *arena, size_t count, size_t size, size_t align);

/* ARENA_NEW allocates `count` zeroed objects of a type; NULL over the cap. */
#define ARENA_NEW(arena, type, count) \
    ((type *)arena_alloc((arena), (count), sizeof(type), _Alignof(type)))

/* arena_mark and arena_rewind give back everything allocated since the mark; what is given back
 * is wiped. Cost: proportional to the bytes given back. */
static inline size_t arena_mark(const struct arena *arena)
{
    return arena->used;
}
void arena_rewind(struct arena *arena, size_t mark);

/* arena_reset gives everything back and wipes it, so that no request can see another's bytes. */
void arena_reset(struct arena *arena);

#endif
