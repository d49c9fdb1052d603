/* The arena: alignment, cap, wiping and the high-water mark. */

#include "base/arena.h"

#include "tests/test.h"

#define CAP 65536u

static void allocates_zeroed_and_aligned(void)
{
    uint8_t *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    for (size_t align = 1; align <= 4096; align *= 2) {
        uint8_t *p = arena_alloc(&arena, 3, 5, align);
        CHECK(p != NULL);
        CHECK_EQ((uintptr_t)p % align, 0);
        for (size_t i = 0; i < 15; i++) {
            CHECK_EQ(p[i], 0);
            p[i] = 0xff;
        }
    }
    test_region_free(region, CAP);
}

static void stops_at_the_cap(void)
{
    uint8_t *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    CHECK(arena_alloc(&arena, CAP + 1, 1, 1) == NULL);
    CHECK(arena_alloc(&arena, SIZE_MAX, 2, 1) == NULL);
    CHECK(arena_alloc(&arena, SIZE_MAX / 2 + 1, 2, 1) == NULL);
    CHECK_EQ(arena.used, 0);
    CHECK(arena_alloc(&arena, CAP, 1, 1) != NULL);
    CHECK(arena_alloc(&arena, 0, 1, 1) != NULL);
    CHECK(arena_alloc(&arena, 1, 1, 1) == NULL);
    /* The padding counts against the cap too. */
    arena_reset(&arena);
    CHECK(arena_alloc(&arena, CAP - 4095, 1, 1) != NULL);
    CHECK(arena_alloc(&arena, 0, 1, 4096) != NULL);
    CHECK(arena_alloc(&arena, 1, 1, 4096) == NULL);
    test_region_free(region, CAP);
}

static void wipes_what_it_takes_back(void)
{
    uint8_t *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    uint8_t *keep = ARENA_NEW(&arena, uint8_t, 100);
    size_t mark = arena_mark(&arena);
    uint8_t *secret = ARENA_NEW(&arena, uint8_t, 1000);
    memset(keep, 1, 100);
    memset(secret, 2, 1000);
    arena_rewind(&arena, mark);
    CHECK_EQ(arena.used, 100);
    CHECK_EQ(arena.high_water, 1100);
    CHECK_EQ(keep[99], 1);
    secret = ARENA_NEW(&arena, uint8_t, 1000);
    for (size_t i = 0; i < 1000; i++) {
        CHECK_EQ(secret[i], 0);
    }
    memset(secret, 3, 1000);
    arena_reset(&arena);
    uint8_t *all = ARENA_NEW(&arena, uint8_t, CAP);
    for (size_t i = 0; i < CAP; i++) {
        CHECK_EQ(all[i], 0);
    }
    test_region_free(region, CAP);
}

static const struct test_case cases[] = {
    CASE(allocates_zeroed_and_aligned),
    CASE(stops_at_the_cap),
    CASE(wipes_what_it_takes_back),
};

TEST_MAIN(cases)
