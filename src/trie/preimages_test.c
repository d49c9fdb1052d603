/* The set against keccak256 itself: what was added is found by its hash, and nothing else is. Then
 * which elements count as used, and what happens when the arena is full. */

#include "trie/preimages.h"

#include "crypto/keccak.h"
#include "tests/test.h"

#define ARENA_CAP ((size_t)1 << 20)
#define MANY      1000u

static const uint8_t seed[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static uint8_t *region;

/* set_start makes a set in an arena of its own over the shared region. */
static enum err set_start(struct preimages *set, struct arena *arena, size_t cap, size_t expected)
{
    if (region == NULL) {
        region = test_region(ARENA_CAP);
    }
    struct map_key key = map_key_from(seed);
    arena_init(arena, region, cap);
    return preimages_init(set, arena, &key, expected);
}

/* element gives different bytes for each number: its digits, and none for 0. */
static struct bytes element(size_t i)
{
    static uint16_t digits[MANY];
    digits[i] = (uint16_t)i;
    return bytes_from(&digits[i], i == 0 ? 0 : sizeof(digits[i]));
}

static struct hash32 hash_of(struct bytes bytes)
{
    struct hash32 hash;
    keccak256(&hash, bytes.ptr, bytes.len);
    return hash;
}

static void what_was_added_is_found_by_its_hash(void)
{
    /* From far too little room to more than enough. */
    for (size_t expected = 0; expected <= 4 * MANY; expected += MANY / 2) {
        struct arena arena;
        struct preimages set;
        CHECK_EQ(set_start(&set, &arena, ARENA_CAP, expected), OK);
        for (size_t i = 0; i < MANY; i++) {
            struct hash32 hash = hash_of(element(i));
            CHECK(!preimages_has(&set, &hash));
            CHECK_EQ(i % 2 == 0 ? preimages_add(&set, element(i))
                                : preimages_add_hashed(&set, &hash, element(i)),
                     OK);
            CHECK(preimages_has(&set, &hash));
        }
        for (size_t i = 0; i < MANY; i++) {
            struct hash32 hash = hash_of(element(i));
            struct bytes got;
            CHECK_EQ(preimages_get(&set, &got, &hash), OK);
            CHECK(got.ptr == element(i).ptr && got.len == element(i).len);
            hash.b[i % 32] ^= (uint8_t)(1u << i % 8);
            CHECK(!preimages_has(&set, &hash));
            CHECK_EQ(preimages_get(&set, &got, &hash), ERR_STATE_MISSING);
        }
        arena_reset(&arena);
    }
}

/* Batches of all sizes up to a few, with empty elements and equal ones among them. */
static void added_together(void)
{
    for (size_t count = 0; count < 200; count++) {
        static struct bytes items[200];
        struct arena arena;
        struct preimages set;
        struct bytes got;
        for (size_t i = 0; i < count; i++) {
            items[i] = element(i % 150);
        }
        CHECK_EQ(set_start(&set, &arena, ARENA_CAP, 0), OK);
        CHECK_EQ(preimages_add_all(&set, items, count), OK);
        CHECK_EQ(set.map.count, count < 150 ? count : 150);
        const struct preimage *item = set.first;
        for (size_t i = 0; i < count && i < 150; i++) {
            struct hash32 hash = hash_of(items[i]);
            CHECK_EQ(preimages_get(&set, &got, &hash), OK);
            CHECK(got.ptr == items[i].ptr && got.len == items[i].len);
            CHECK(item->bytes.ptr == items[i].ptr);
            item = item->next;
        }
        arena_reset(&arena);
    }
    struct arena arena;
    struct preimages set;
    struct bytes items[10];
    for (size_t i = 0; i < 10; i++) {
        items[i] = element(i);
    }
    CHECK_EQ(set_start(&set, &arena, 700, 10), OK);
    CHECK_EQ(preimages_add_all(&set, items, 10), ERR_MEMORY);
    arena_reset(&arena);
}

/* Whoever knows the map's key can make hashes that the map cannot tell apart: a first word that
 * cancels the key's swallows the second. They are different hashes for all that. */
static void hashes_that_fall_together_are_told_apart(void)
{
    struct arena arena;
    struct preimages set;
    struct bytes got;
    struct hash32 a = {{0}};
    struct hash32 b = {{0}};
    CHECK_EQ(set_start(&set, &arena, ARENA_CAP, 4), OK);
    store_le64(a.b, 0 - set.key.k[0]);
    store_le64(b.b, 0 - set.key.k[0]);
    b.b[15] = 1;
    CHECK_EQ(preimages_add_hashed(&set, &a, element(1)), OK);
    CHECK(!preimages_has(&set, &b));
    CHECK_EQ(preimages_get(&set, &got, &b), ERR_STATE_MISSING);
    CHECK_EQ(preimages_add_hashed(&set, &b, element(2)), OK);
    CHECK_EQ(preimages_get(&set, &got, &a), OK);
    CHECK(got.ptr == element(1).ptr);
    CHECK_EQ(preimages_get(&set, &got, &b), OK);
    CHECK(got.ptr == element(2).ptr);
    arena_reset(&arena);
}

/* Room for what is expected is made at once. */
static void what_is_expected_does_not_make_it_grow(void)
{
    for (size_t expected = 1; expected < 70; expected++) {
        struct arena arena;
        struct preimages set;
        CHECK_EQ(set_start(&set, &arena, ARENA_CAP, expected), OK);
        uint64_t mask = set.map.mask;
        for (size_t i = 0; i < expected; i++) {
            CHECK_EQ(preimages_add(&set, element(i)), OK);
        }
        CHECK_EQ(set.map.mask, mask);
        arena_reset(&arena);
    }
}

static void adding_again_is_nothing(void)
{
    struct arena arena;
    struct preimages set;
    CHECK_EQ(set_start(&set, &arena, ARENA_CAP, 2), OK);
    CHECK_EQ(preimages_add(&set, element(7)), OK);
    size_t used = arena.used;
    uint16_t seven = 7;
    struct bytes equal = bytes_from(&seven, sizeof(seven));
    struct hash32 hash = hash_of(equal);
    struct bytes got;
    CHECK_EQ(preimages_add(&set, equal), OK);
    CHECK_EQ(preimages_add_hashed(&set, &hash, equal), OK);
    CHECK_EQ(arena.used, used);
    CHECK_EQ(set.map.count, 1);
    CHECK_EQ(preimages_get(&set, &got, &hash), OK);
    CHECK(got.ptr == element(7).ptr);
    arena_reset(&arena);
}

/* ---- uses ------------------------------------------------------------------------------------ */

struct visits {
    size_t expected[MANY]; /* the numbers of the elements to come, in order */
    size_t count;
    size_t seen;
};

static enum err visit(void *context, const struct hash32 *hash, struct bytes bytes)
{
    struct visits *v = context;
    if (v->seen == v->count) {
        return ERR_LIMIT;
    }
    struct hash32 want = hash_of(element(v->expected[v->seen]));
    v->seen++;
    struct hash32 got = hash_of(bytes);
    return hash32_equal(hash, &want) && hash32_equal(&got, &want) ? OK : ERR_MALFORMED;
}

static void used_are_those_that_were_got(void)
{
    static struct visits v;
    struct arena arena;
    struct preimages set;
    struct bytes got;
    CHECK_EQ(set_start(&set, &arena, ARENA_CAP, 0), OK);
    for (size_t i = 0; i < MANY; i++) {
        CHECK_EQ(preimages_add(&set, element(i)), OK);
    }
    for (unsigned round = 0; round < 3; round++) {
        v = (struct visits){.count = 0};
        CHECK_EQ(preimages_each_used(&set, visit, &v), OK);
        for (size_t i = 0; i < MANY; i++) {
            struct hash32 hash = hash_of(element(i));
            CHECK(preimages_has(&set, &hash));
            if (test_random() % 3 == 0) {
                v.expected[v.count++] = i;
            }
        }
        for (size_t i = v.count; i-- > 0;) {
            struct hash32 hash = hash_of(element(v.expected[i]));
            CHECK_EQ(preimages_get(&set, &got, &hash), OK);
        }
        CHECK_EQ(preimages_each_used(&set, visit, &v), OK);
        CHECK_EQ(v.seen, v.count);
        preimages_forget_uses(&set);
    }
    arena_reset(&arena);
}

static enum err stop(void *context, const struct hash32 *hash, struct bytes bytes)
{
    size_t *left = context;
    (void)hash;
    (void)bytes;
    return --*left == 0 ? ERR_IO : OK;
}

static void a_visits_error_ends_the_visits(void)
{
    struct arena arena;
    struct preimages set;
    struct bytes got;
    CHECK_EQ(set_start(&set, &arena, ARENA_CAP, 0), OK);
    for (size_t i = 0; i < 5; i++) {
        struct hash32 hash = hash_of(element(i));
        CHECK_EQ(preimages_add(&set, element(i)), OK);
        CHECK_EQ(preimages_get(&set, &got, &hash), OK);
    }
    size_t left = 3;
    CHECK_EQ(preimages_each_used(&set, stop, &left), ERR_IO);
    CHECK_EQ(left, 0);
    arena_reset(&arena);
}

static void it_is_a_source_of_nodes(void)
{
    struct arena arena;
    struct preimages set;
    CHECK_EQ(set_start(&set, &arena, ARENA_CAP, 1), OK);
    CHECK_EQ(preimages_add(&set, element(3)), OK);
    struct mpt_source source = preimages_source(&set);
    struct hash32 hash = hash_of(element(3));
    struct bytes got;
    CHECK_EQ(source.node(source.context, &got, &hash), OK);
    CHECK(got.ptr == element(3).ptr);
    CHECK(set.first->used);
    hash.b[31] ^= 1;
    CHECK_EQ(source.node(source.context, &got, &hash), ERR_STATE_MISSING);
    arena_reset(&arena);
}

/* At every size of the arena: adding succeeds, or fails with ERR_MEMORY and leaves the set as it
 * was. */
static void the_arena_fills_up(void)
{
    size_t failed = 0;
    for (size_t cap = 0; cap < 8192 && !test_failed(); cap += 24) {
        struct arena arena;
        struct preimages set;
        enum err e = set_start(&set, &arena, cap, 0);
        CHECK(e == OK || e == ERR_MEMORY);
        size_t count = 0;
        for (size_t i = 0; e == OK && i < 60; i++) {
            enum err added = preimages_add(&set, element(i));
            struct hash32 hash = hash_of(element(i));
            CHECK(added == OK || added == ERR_MEMORY);
            CHECK_EQ(preimages_has(&set, &hash), added == OK);
            failed += added != OK;
            count += added == OK;
            CHECK_EQ(set.map.count, count);
        }
        size_t listed = 0;
        for (const struct preimage *item = e == OK ? set.first : NULL; item != NULL;
             item = item->next) {
            listed++;
        }
        CHECK_EQ(listed, count);
        arena_reset(&arena);
    }
    CHECK(failed > 100);
}

static const struct test_case cases[] = {
    CASE(what_was_added_is_found_by_its_hash),
    CASE(added_together),
    CASE(hashes_that_fall_together_are_told_apart),
    CASE(what_is_expected_does_not_make_it_grow),
    CASE(adding_again_is_nothing),
    CASE(used_are_those_that_were_got),
    CASE(a_visits_error_ends_the_visits),
    CASE(it_is_a_source_of_nodes),
    CASE(the_arena_fills_up),
};

TEST_MAIN(cases)
