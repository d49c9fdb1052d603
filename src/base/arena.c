/* A bump allocator whose free part is always zero: it wipes when it gives back, not when it hands
 * out, so that nothing of a request outlives it. */

#include "base/arena.h"

#include "base/checked.h"

#if HAVE_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(ptr, len)   ASAN_POISON_MEMORY_REGION((ptr), (len))
#define UNPOISON(ptr, len) ASAN_UNPOISON_MEMORY_REGION((ptr), (len))
#else
#define POISON(ptr, len)   ((void)(ptr), (void)(len))
#define UNPOISON(ptr, len) ((void)(ptr), (void)(len))
#endif

void arena_init(struct arena *arena, void *region, size_t cap)
{
    ASSERT(((uintptr_t)region & 63) == 0);
    *arena = (struct arena){.base = region, .cap = cap};
    POISON(arena->base, cap);
}

void *arena_alloc(struct arena *arena, size_t count, size_t size, size_t align)
{
    ASSERT(align != 0 && (align & (align - 1)) == 0 && align <= 4096);
    size_t len;
    if (ckd_mul_size(&len, count, size)) {
        return NULL;
    }
    size_t address = (uintptr_t)arena->base + arena->used;
    size_t padding = (0 - address) & (align - 1);
    if (padding > arena->cap - arena->used || len > arena->cap - arena->used - padding) {
        return NULL;
    }
    uint8_t *out = arena->base + arena->used + padding;
    arena->used += padding + len;
    if (arena->used > arena->high_water) {
        arena->high_water = arena->used;
    }
    UNPOISON(out, len);
    return out;
}

void arena_rewind(struct arena *arena, size_t mark)
{
    ASSERT(mark <= arena->used);
    UNPOISON(arena->base + mark, arena->used - mark);
    secure_zero(arena->base + mark, arena->used - mark);
    POISON(arena->base + mark, arena->used - mark);
    arena->used = mark;
}

void arena_reset(struct arena *arena)
{
    arena_rewind(arena, 0);
}
