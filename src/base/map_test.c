/* The hash map against a naive list, at its edges (growth, wrap-around, hashes that all collide, no
 * memory), and its keyed hash: which bits count, and that no two keys give one
 * order. */

#include "base/map.h"

#include "tests/test.h"

#define CAP ((size_t)4 << 20)

/* What a user of the map makes: items that hold their keys, and a test for equality. */
struct item {
    uint64_t key;
    unsigned number;
};

static bool item_is(const void *item, const void *key)
{
    return ((const struct item *)item)->key == *(const uint64_t *)key;
}

static struct item *find(const struct map *map, uint64_t hash, uint64_t key)
{
    return map_find(map, hash, item_is, &key);
}

static struct map_key random_key(void)
{
    uint8_t seed[32];
    test_random_bytes(seed, sizeof(seed));
    return map_key_from(seed);
}

static uint64_t hash_of(const struct map_key *key, uint64_t number)
{
    const uint64_t words[4] = {number, 0, 0, 0};
    return map_hash_words(key, words, 0);
}

/* ---- the map --------------------------------------------------------------------------------- */

static const struct item *find_in_list(const struct item *items, size_t count, uint64_t key)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].key == key) {
            return &items[i];
        }
    }
    return NULL;
}

/* Random keys out of a space that is small enough for hits and misses alike: the map and the list
 * agree at every step, down to the pointer. */
static void agrees_with_a_list(void)
{
    enum { STEPS = 12000, KEYS = 6000 };
    static struct item items[KEYS];
    void *region = test_region(CAP);
    struct arena arena;
    struct map map;
    size_t count = 0;
    arena_init(&arena, region, CAP);
    const struct map_key key = random_key();
    CHECK_EQ(map_init(&map, &arena, 2), OK);
    for (unsigned step = 0; step < STEPS; step++) {
        uint64_t wanted = test_random() % KEYS;
        uint64_t hash = hash_of(&key, wanted);
        const struct item *known = find_in_list(items, count, wanted);
        CHECK(find(&map, hash, wanted) == known);
        if (known == NULL) {
            items[count] = (struct item){wanted, step};
            CHECK_EQ(map_insert(&map, &arena, hash, &items[count]), OK);
            count++;
            CHECK_EQ(map.count, count);
        }
    }
    CHECK(count > KEYS / 2);
    for (size_t i = 0; i < count; i++) {
        CHECK(find(&map, hash_of(&key, items[i].key), items[i].key) == &items[i]);
    }
    test_region_free(region, CAP);
}

/* A probe ends at a free slot, so there must always be some: half of them, says the header. And the
 * array is no larger than that needs, since every old array stays in the arena. */
static void is_at_most_half_full(void)
{
    enum { COUNT = 1000 };
    static struct item items[COUNT];
    for (uint64_t slot_count = 2; slot_count <= 64; slot_count *= 2) {
        void *region = test_region(CAP);
        struct arena arena;
        struct map map;
        arena_init(&arena, region, CAP);
        const struct map_key key = random_key();
        CHECK_EQ(map_init(&map, &arena, slot_count), OK);
        for (unsigned i = 0; i < COUNT; i++) {
            items[i] = (struct item){i, i};
            CHECK_EQ(map_insert(&map, &arena, hash_of(&key, i), &items[i]), OK);
            uint64_t slots = map.mask + 1;
            CHECK_EQ(slots & map.mask, 0);
            CHECK(map.count * 2 <= slots);
            CHECK(slots == slot_count || slots <= map.count * 4);
        }
        test_region_free(region, CAP);
    }
}

/* Every item in one probe sequence, which begins at the last slot and so wraps around at once; the
 * hash of everything is equal, and only `equal` tells items apart. */
static void works_when_all_hashes_collide(void)
{
    enum { COUNT = 300 };
    static struct item items[COUNT];
    static const uint64_t hashes[] = {0, 1, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63};
    for (size_t h = 0; h < sizeof(hashes) / sizeof(hashes[0]); h++) {
        void *region = test_region(CAP);
        struct arena arena;
        struct map map;
        arena_init(&arena, region, CAP);
        CHECK_EQ(map_init(&map, &arena, 2), OK);
        for (unsigned i = 0; i < COUNT; i++) {
            CHECK(find(&map, hashes[h], i) == NULL);
            items[i] = (struct item){i, i};
            CHECK_EQ(map_insert(&map, &arena, hashes[h], &items[i]), OK);
        }
        for (unsigned i = 0; i < COUNT; i++) {
            CHECK(find(&map, hashes[h], i) == &items[i]);
        }
        CHECK(find(&map, hashes[h], COUNT) == NULL);
        test_region_free(region, CAP);
    }
}

/* Hashes that differ only above the mask share a slot but are told apart. */
static void compares_whole_hashes(void)
{
    static struct item items[8];
    void *region = test_region(CAP);
    struct arena arena;
    struct map map;
    arena_init(&arena, region, CAP);
    CHECK_EQ(map_init(&map, &arena, 32), OK);
    for (unsigned i = 0; i < 8; i++) {
        items[i] = (struct item){7, i}; /* equal by key: the hash alone decides */
        CHECK_EQ(map_insert(&map, &arena, (uint64_t)i << 60 | 5, &items[i]), OK);
    }
    for (unsigned i = 0; i < 8; i++) {
        CHECK(find(&map, (uint64_t)i << 60 | 5, 7) == &items[i]);
    }
    CHECK(find(&map, (uint64_t)9 << 60 | 5, 7) == NULL);
    test_region_free(region, CAP);
}

static void no_memory_leaves_the_map_as_it_was(void)
{
    enum { COUNT = 2 };
    struct item items[COUNT + 1] = {{1, 0}, {2, 0}, {3, 0}};
    const size_t cap = 4 * sizeof(struct map_slot);
    void *region = test_region(CAP);
    struct arena arena;
    struct map map;
    arena_init(&arena, region, cap - 1);
    CHECK_EQ(map_init(&map, &arena, 4), ERR_MEMORY);
    arena_init(&arena, region, cap);
    CHECK_EQ(map_init(&map, &arena, 4), OK);
    for (unsigned i = 0; i < COUNT; i++) {
        CHECK_EQ(map_insert(&map, &arena, items[i].key, &items[i]), OK);
    }
    /* The third needs eight slots. However often that fails, nothing is lost and nothing added. */
    const struct map before = map;
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(map_insert(&map, &arena, 3, &items[COUNT]), ERR_MEMORY);
        CHECK_BYTES(&map, &before, sizeof(map));
        CHECK(find(&map, 3, 3) == NULL);
        CHECK(find(&map, 1, 1) == &items[0]);
        CHECK(find(&map, 2, 2) == &items[1]);
    }
    test_region_free(region, CAP);
}

/* ---- the hash -------------------------------------------------------------------------------- */

static void every_bit_changes_the_hash(void)
{
    const struct map_key key = random_key();
    uint8_t address[20];
    uint64_t words[4];
    test_random_bytes(address, sizeof(address));
    test_random_bytes(words, sizeof(words));
    const uint64_t tweak = test_random();
    const uint64_t hash_20 = map_hash_20(&key, address);
    const uint64_t hash_32 = map_hash_words(&key, words, tweak);
    CHECK_EQ(hash_20, map_hash_20(&key, address));
    CHECK_EQ(hash_32, map_hash_words(&key, words, tweak));
    for (unsigned bit = 0; bit < 160; bit++) {
        address[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK(map_hash_20(&key, address) != hash_20);
        address[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (unsigned bit = 0; bit < 256; bit++) {
        words[bit / 64] ^= UINT64_C(1) << bit % 64;
        CHECK(map_hash_words(&key, words, tweak) != hash_32);
        words[bit / 64] ^= UINT64_C(1) << bit % 64;
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        CHECK(map_hash_words(&key, words, tweak ^ UINT64_C(1) << bit) != hash_32);
    }
}

/* A word of the key that is zero would let a word of the input that is zero swallow its partner. */
static void keys_have_no_zero_words(void)
{
    const uint8_t zeros[32] = {0};
    struct map_key key = map_key_from(zeros);
    for (unsigned i = 0; i < 4; i++) {
        CHECK(key.k[i] != 0);
    }
    uint8_t seed[32];
    test_random_bytes(seed, sizeof(seed));
    key = map_key_from(seed);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(key.k[i] | 1, load_le64(seed + 8 * (size_t)i) | 1);
    }
}

/* Slots of a contract are numbered 0, 1, 2, ..., and addresses of precompiles too: such keys must
 * not fall together. With 4,096 slots half full the longest run of taken ones stays short. */
static void counting_keys_spread(void)
{
    enum { SLOTS = 4096, COUNT = SLOTS / 2 };
    static bool taken[SLOTS];
    for (unsigned shape = 0; shape < 2; shape++) {
        const struct map_key key = random_key();
        memset(taken, 0, sizeof(taken));
        for (unsigned i = 0; i < COUNT; i++) {
            uint8_t address[20] = {0};
            store_be32(address + 16, i);
            uint64_t at = shape == 0 ? hash_of(&key, i) : map_hash_20(&key, address);
            unsigned probes = 1;
            while (taken[at % SLOTS]) {
                at++;
                probes++;
                CHECK(probes < 200); /* linear probing at one half: 60 is already rare */
            }
            taken[at % SLOTS] = true;
        }
    }
}

/* The order of the slots, which is what somebody who wants to make keys collide would have to know,
 * is another one under every key of the hash. */
static void every_key_gives_another_order(void)
{
    enum { COUNT = 64, KEYS = 16 };
    static struct item items[COUNT];
    uint8_t orders[KEYS][COUNT];
    for (unsigned k = 0; k < KEYS; k++) {
        void *region = test_region(CAP);
        struct arena arena;
        struct map map;
        arena_init(&arena, region, CAP);
        const struct map_key key = random_key();
        CHECK_EQ(map_init(&map, &arena, 2), OK);
        for (unsigned i = 0; i < COUNT; i++) {
            items[i] = (struct item){i, i};
            CHECK_EQ(map_insert(&map, &arena, hash_of(&key, i), &items[i]), OK);
        }
        unsigned found = 0;
        for (uint64_t i = 0; i <= map.mask; i++) {
            if (map.slots[i].item != NULL) {
                orders[k][found++] = (uint8_t)((const struct item *)map.slots[i].item)->number;
            }
        }
        CHECK_EQ(found, COUNT);
        for (unsigned other = 0; other < k; other++) {
            CHECK(memcmp(orders[k], orders[other], COUNT) != 0);
        }
        test_region_free(region, CAP);
    }
}

static const struct test_case cases[] = {
    CASE(agrees_with_a_list),
    CASE(is_at_most_half_full),
    CASE(works_when_all_hashes_collide),
    CASE(compares_whole_hashes),
    CASE(no_memory_leaves_the_map_as_it_was),
    CASE(every_bit_changes_the_hash),
    CASE(keys_have_no_zero_words),
    CASE(counting_keys_spread),
    CASE(every_key_gives_another_order),
};

TEST_MAIN(cases)
