/* The bitmap of jump destinations, against a scan that decides each byte from the start of the code
 * anew, on code made of PUSHes and JUMPDESTs. */

#include "evm/analysis.h"

#include "tests/test.h"

#define ARENA_BYTES 65536u

static const uint64_t *analyse(struct arena *arena, const uint8_t *code, size_t len)
{
    arena_reset(arena);
    return analysis_jumpdests(arena, code, len);
}

static void open_arena(struct arena *arena)
{
    arena_init(arena, test_region(ARENA_BYTES), ARENA_BYTES);
}

static void close_arena(struct arena *arena)
{
    arena_reset(arena);
    test_region_free(arena->base, ARENA_BYTES);
}

/* is_jumpdest is the definition (Yellow Paper 9.4.3): walk the instructions from 0 until one begins
 * at `at`, or one passes it. 0x5b is JUMPDEST; 0x60 to 0x7f are PUSH1 to PUSH32. */
static bool is_jumpdest(const uint8_t *code, size_t at)
{
    size_t pc = 0;
    while (pc < at) {
        pc += code[pc] >= 0x60 && code[pc] <= 0x7f ? (size_t)code[pc] - 0x5e : 1;
    }
    return pc == at && code[at] == 0x5b;
}

/* check compares a code's bitmap, and the bits after its end, with the definition. */
static void check(struct arena *arena, const uint8_t *code, size_t len)
{
    const uint64_t *jumpdests = analyse(arena, code, len);
    CHECK(jumpdests != NULL);
    for (size_t at = 0; at < (len / 64 + 1) * 64; at++) {
        if (analysis_is_jumpdest(jumpdests, at) != (at < len && is_jumpdest(code, at))) {
            test_fail(__FILE__, __LINE__, "byte %zu of %zu", at, len);
            return;
        }
    }
}

/* Code with many PUSHes and JUMPDESTs; ends at an unreadable page, with its padding or without. */
static void agrees_with_the_definition_on_random_code(void)
{
    struct arena arena;
    open_arena(&arena);
    for (size_t round = 0; round < 400 && !test_failed(); round++) {
        uint8_t code[300];
        size_t len = round < 70 ? round : test_random() % sizeof(code);
        for (size_t i = 0; i < len; i++) {
            uint64_t r = test_random();
            code[i] = r % 4 == 0   ? (uint8_t)(r >> 8)
                      : r % 4 == 1 ? (uint8_t)(0x60 + (r >> 8) % 32)
                                   : 0x5b;
        }
        check(&arena, test_guarded(code, len), len);
    }
    close_arena(&arena);
}

static void data_of_every_push_is_skipped(void)
{
    struct arena arena;
    open_arena(&arena);
    for (unsigned size = 1; size <= 32; size++) {
        uint8_t code[80];
        memset(code, 0x5b, sizeof(code));
        code[3] = (uint8_t)(0x60 + size - 1);
        const uint64_t *jumpdests = analyse(&arena, code, sizeof(code));
        CHECK(jumpdests != NULL);
        for (unsigned i = 0; i < sizeof(code); i++) {
            CHECK_EQ(analysis_is_jumpdest(jumpdests, i), i < 3 || i > 3 + size);
        }
    }
    close_arena(&arena);
}

/* No other byte has data: 0x5f (PUSH0) and 0x80 (DUP1) are its neighbours. */
static void data_belongs_to_push_alone(void)
{
    struct arena arena;
    open_arena(&arena);
    for (unsigned op = 0; op < 256; op++) {
        const uint8_t code[2] = {(uint8_t)op, 0x5b};
        const uint64_t *jumpdests = analyse(&arena, code, sizeof(code));
        CHECK(jumpdests != NULL);
        CHECK_EQ(analysis_is_jumpdest(jumpdests, 0), op == 0x5b);
        CHECK_EQ(analysis_is_jumpdest(jumpdests, 1), op < 0x60 || op > 0x7f);
    }
    close_arena(&arena);
}

/* A PUSH whose data runs past the end: every size, at every distance from the end, in front of an
 * unreadable page. */
static void push_may_run_past_the_end(void)
{
    struct arena arena;
    open_arena(&arena);
    for (size_t len = 1; len <= 34; len++) {
        uint8_t *code = test_guarded(NULL, len);
        for (unsigned size = 1; size <= 32; size++) {
            memset(code, 0x5b, len);
            code[len > size ? len - 1 - size / 2 : 0] = (uint8_t)(0x60 + size - 1);
            check(&arena, code, len);
        }
    }
    close_arena(&arena);
}

static void lengths_around_a_word_of_the_bitmap(void)
{
    struct arena arena;
    open_arena(&arena);
    uint8_t code[200];
    memset(code, 0x5b, sizeof(code));
    for (size_t len = 0; len <= sizeof(code) && !test_failed(); len++) {
        check(&arena, code, len);
    }
    close_arena(&arena);
}

static void full_arena_gives_null(void)
{
    struct arena arena;
    static const uint8_t code[640];
    void *region = test_region(ARENA_BYTES);
    for (size_t cap = 0; cap < 11 * sizeof(uint64_t); cap++) {
        arena_init(&arena, region, cap);
        CHECK(analysis_jumpdests(&arena, code, sizeof(code)) == NULL);
        CHECK_EQ(arena.used, 0);
    }
    arena_init(&arena, region, 11 * sizeof(uint64_t));
    CHECK(analysis_jumpdests(&arena, code, sizeof(code)) != NULL);
    arena_reset(&arena);
    test_region_free(region, ARENA_BYTES);
}

static const struct test_case cases[] = {
    CASE(agrees_with_the_definition_on_random_code),
    CASE(data_of_every_push_is_skipped),
    CASE(data_belongs_to_push_alone),
    CASE(push_may_run_past_the_end),
    CASE(lengths_around_a_word_of_the_bitmap),
    CASE(full_arena_gives_null),
};

TEST_MAIN(cases)
