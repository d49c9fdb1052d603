/* The forms of multiplication against each other and against GMP's mpz_powm: every number of words,
 * random moduli and those with long carries, for exponents of every window. */

#include "crypto/power.h"

#include <gmp.h>

#include "tests/test.h"

#define WORDS_MAX 832u
#define ARENA_CAP ((size_t)4 << 20)

static const enum power_form forms[] = {POWER_FIXED, POWER_IFMA, POWER_PORTABLE, POWER_AUTO};

/* reference: out = base^exponent mod m by GMP, n words. */
static void reference(uint64_t *out, struct bytes base, struct bytes exponent, const uint64_t *m,
                      size_t n)
{
    mpz_t b;
    mpz_t e;
    mpz_t modulus;
    mpz_inits(b, e, modulus, NULL);
    mpz_import(b, base.len, 1, 1, 1, 0, base.ptr);
    mpz_import(e, exponent.len, 1, 1, 1, 0, exponent.ptr);
    mpz_import(modulus, n, -1, 8, 0, 0, m);
    mpz_powm(b, b, e, modulus);
    memset(out, 0, n * sizeof(*out));
    (void)mpz_export(out, NULL, -1, 8, 0, 0, b);
    mpz_clears(b, e, modulus, NULL);
}

/* check_forms compares all forms that can do the size. */
static void check_forms(struct arena *arena, struct bytes base, struct bytes exponent,
                        const uint64_t *m, size_t n)
{
    static uint64_t wanted[WORDS_MAX];
    static uint64_t out[WORDS_MAX];
    const struct exponent e = exponent_from(exponent);
    reference(wanted, base, exponent, m, n);
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (!power_form_possible(forms[i], n)) {
            continue;
        }
        memset(out, 0x5a, sizeof(out));
        CHECK_EQ(power_mod_odd(arena, out, base, &e, m, n, forms[i]), OK);
        if (memcmp(out, wanted, n * sizeof(*out)) != 0) {
            test_fail(__FILE__, __LINE__, "form %d, %zu words, exponent of %zu bits, window %u",
                      (int)forms[i], n, e.bit_count, e.window);
            return;
        }
        CHECK_EQ(arena->used, 0);
    }
}

/* A modulus of n words of one of several shapes; the shapes by turns. */
static void make_modulus(uint64_t *m, size_t n, unsigned shape)
{
    for (size_t i = 0; i < n; i++) {
        m[i] = test_random();
        if (shape == 1 || (shape == 2 && test_random() % 4 != 0)) {
            m[i] = UINT64_MAX; /* long carries, and the largest remainders */
        } else if (shape == 3 && i + 1 < n && test_random() % 4 != 0) {
            m[i] = 0;
        }
    }
    if (shape == 4) {
        m[n - 1] = test_random() >> test_random() % 64; /* any number of bits */
    }
    m[0] |= 1;
    if (m[n - 1] == 0 || (n == 1 && m[0] == 1)) {
        m[n - 1] |= 2;
    }
}

static void every_size(void)
{
    void *region = test_region(ARENA_CAP);
    struct arena arena;
    arena_init(&arena, region, ARENA_CAP);
    static uint64_t m[WORDS_MAX];
    static uint8_t base[8 * WORDS_MAX + 16];
    for (size_t n = 1; n <= 140 && !test_failed(); n++) {
        for (unsigned shape = 0; shape < 5 && !test_failed(); shape++) {
            make_modulus(m, n, shape);
            uint8_t exponent[24];
            test_random_bytes(exponent, sizeof(exponent));
            exponent[0] |= 1;
            const size_t exponent_len = 1 + test_random() % (n < 40 ? sizeof(exponent) : 3);
            const size_t base_len = test_random() % (8 * n + 16);
            test_random_bytes(base, base_len);
            if (shape == 1) {
                memset(base, 0xff, base_len);
            }
            check_forms(&arena, bytes_from(base, base_len), bytes_from(exponent, exponent_len), m,
                        n);
        }
    }
    test_region_free(region, ARENA_CAP);
}

/* Sizes made of blocks of 128 words, and the borders of the ifma form: the largest with sums in
 * registers, and the largest of all, where ones everywhere bring the sums closest to overflowing.
 */
static void sizes_of_blocks(void)
{
    static const size_t sizes[] = {127, 128, 129, 200, 256, 257, 831, 832};
    void *region = test_region(ARENA_CAP);
    struct arena arena;
    arena_init(&arena, region, ARENA_CAP);
    static uint64_t m[WORDS_MAX];
    static uint8_t base[8 * WORDS_MAX];
    static const uint8_t exponent[2] = {0x02, 0xb7};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]) && !test_failed(); i++) {
        for (unsigned shape = 0; shape < 5 && !test_failed(); shape++) {
            make_modulus(m, sizes[i], shape);
            test_random_bytes(base, 8 * sizes[i]);
            check_forms(&arena, bytes_from(base, 8 * sizes[i]), bytes_from(exponent, 2), m,
                        sizes[i]);
        }
    }
    test_region_free(region, ARENA_CAP);
}

/* 2^(64 n) divided by 2^(64 n - 1) + 2^64 - 1: the two upper words suggest the digit 2, the right
 * one is 1, and only the lowest word can tell. Random numbers never get there. */
static void digit_one_too_large(void)
{
    void *region = test_region(ARENA_CAP);
    struct arena arena;
    arena_init(&arena, region, ARENA_CAP);
    for (size_t n = 3; n < 20 && !test_failed(); n++) {
        uint64_t m[20] = {0};
        m[0] = UINT64_MAX;
        m[n - 1] = UINT64_C(1) << 63;
        uint8_t base[8 * 20 + 1] = {1};
        static const uint8_t one[1] = {1};
        check_forms(&arena, bytes_from(base, 8 * n + 1), bytes_from(one, 1), m, n);
    }
    test_region_free(region, ARENA_CAP);
}

/* Powers that become 0 without the base being 0: 3^i modulo 3^j. On the way out of Montgomery's
 * form that is where the modulus itself may come out. */
static void powers_that_vanish(void)
{
    void *region = test_region(ARENA_CAP);
    struct arena arena;
    arena_init(&arena, region, ARENA_CAP);
    for (size_t n = 1; n < 30 && !test_failed(); n++) {
        /* 3^(40 n) and 3^(20 n + 1) by schoolbook; 3^40 < 2^64 < 3^41. */
        uint64_t m[30] = {1};
        uint64_t b[30] = {1};
        for (size_t i = 0; i < 40 * n; i++) {
            (void)mpn_mul_1(m, m, (mp_size_t)n, 3);
            if (i <= 20 * n) {
                (void)mpn_mul_1(b, b, (mp_size_t)n, 3);
            }
        }
        uint8_t base[8 * 30];
        for (size_t i = 0; i < n; i++) {
            store_be64(base + 8 * (n - 1 - i), b[i]);
        }
        for (uint8_t e = 1; e < 5; e++) {
            check_forms(&arena, bytes_from(base, 8 * n), bytes_from(&e, 1), m, n);
        }
    }
    test_region_free(region, ARENA_CAP);
}

/* Exponents of all lengths and of patterns that put the borders of windows everywhere. */
static void every_exponent(void)
{
    void *region = test_region(ARENA_CAP);
    struct arena arena;
    arena_init(&arena, region, ARENA_CAP);
    static const size_t sizes[] = {1, 4, 9};
    static const uint8_t base[5] = {1, 2, 3, 4, 5};
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        uint64_t m[9];
        make_modulus(m, sizes[s], 0);
        for (unsigned value = 1; value < 600 && !test_failed(); value++) {
            const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
            check_forms(&arena, bytes_from(base, 5), bytes_strip(bytes_from(bytes, 2)), m,
                        sizes[s]);
        }
        for (size_t len = 1; len < 130 && !test_failed(); len++) {
            uint8_t bytes[130];
            static const uint8_t patterns[] = {0xff, 0x00, 0xaa, 0x11, 0x92};
            memset(bytes, patterns[len % 5], len);
            bytes[0] |= 1;
            check_forms(&arena, bytes_from(base, 5), bytes_from(bytes, len), m, sizes[s]);
            test_random_bytes(bytes, len);
            bytes[0] |= 1;
            check_forms(&arena, bytes_from(base, 5), bytes_from(bytes, len), m, sizes[s]);
        }
    }
    test_region_free(region, ARENA_CAP);
}

/* The plan: exact numbers of bits, and windows that grow with the exponent; 65537 and other sparse
 * ones need no table. */
static void exponents_are_planned(void)
{
    static const uint8_t f4[3] = {1, 0, 1};
    struct exponent e = exponent_from(bytes_from(f4, 3));
    CHECK_EQ(e.bit_count, 17);
    CHECK_EQ(e.window, 1);
    uint8_t ones[512];
    memset(ones, 0xff, sizeof(ones));
    static const struct {
        size_t len;
        unsigned window;
    } plans[] = {{1, 2}, {6, 3}, {16, 4}, {32, 5}, {128, 6}, {512, 6}};
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        e = exponent_from(bytes_from(ones, plans[i].len));
        CHECK_EQ(e.bit_count, 8 * plans[i].len);
        CHECK_EQ(e.window, plans[i].window);
    }
    for (unsigned bit = 0; bit < 8; bit++) {
        const uint8_t byte = (uint8_t)(1u << bit);
        e = exponent_from(bytes_from(&byte, 1));
        CHECK_EQ(e.bit_count, bit + 1);
        CHECK_EQ(e.window, 1);
    }
    memset(ones, 0, sizeof(ones));
    ones[0] = 0x80;
    e = exponent_from(bytes_from(ones, sizeof(ones)));
    CHECK_EQ(e.bit_count, 4096);
    CHECK_EQ(e.window, 1);
}

static void inverses_of_words(void)
{
    for (int i = 0; i < 1000; i++) {
        const uint64_t a = i == 0 ? 1 : i == 1 ? UINT64_MAX : test_random() | 1;
        CHECK_EQ(a * word_inverse(a), 1);
    }
}

static void words_are_loaded(void)
{
    uint8_t bytes[30];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i + 1);
    }
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        uint64_t words[5];
        words_load(words, 5, bytes_from(bytes, len));
        for (size_t i = 0; i < 40; i++) {
            const uint8_t wanted = i < len ? bytes[len - 1 - i] : 0;
            CHECK_EQ((uint8_t)(words[i / 8] >> (i % 8 * 8)), wanted);
        }
        /* fewer words than the number has: its low ones */
        uint64_t low[1];
        words_load(low, 1, bytes_from(bytes, len));
        CHECK_EQ(low[0], words[0]);
    }
}

static const struct test_case cases[] = {
    CASE(every_size),
    CASE(sizes_of_blocks),
    CASE(every_exponent),
    CASE(digit_one_too_large),
    CASE(powers_that_vanish),
    CASE(inverses_of_words),
    CASE(exponents_are_planned),
    CASE(words_are_loaded),
};

TEST_MAIN(cases)
