/* The arithmetic that we do beside blst against blst's own, slower functions. Scalars that matter
 * are those around the numbers that splits are made of (powers of z) and signed digits (carries),
 * and those for which a partial sum meets the point to be added, its negative, or infinity. */

#include "crypto/bls12_381_group.h"

#include <string.h>

#include "base/bytes.h"
#include "tests/test.h"

#define ARENA_CAP ((size_t)4 << 20)
#define TERMS     70

static const char group_order[] =
    "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

/* z, z^2, z^3 and z^4 modulo r. */
static const char *const powers_of_z[] = {
    "000000000000000000000000000000000000000000000000d201000000010000",
    "00000000000000000000000000000000ac45a4010001a4020000000100000000",
    "00000000000000008d51ccce760304d0ec030002760300000001000000000000",
    "00000000000000000000000000000000ac45a4010001a40200000000ffffffff"};

/* add_small adds a small number, positive or negative, to a 256-bit big-endian number, modulo
 * 2^256. */
static void add_small(uint8_t k[static 32], int n)
{
    int carry = n;
    for (size_t i = 32; i-- > 0;) {
        carry += k[i];
        k[i] = (uint8_t)(carry & 0xff);
        carry >>= 8;
    }
}

/* The scalar with number `index`: the interesting ones first, then random ones. */
static void scalar_at(uint8_t k[static 32], size_t index)
{
    memset(k, 0, 32);
    if (index < 40) {
        add_small(k, (int)index);
    } else if (index < 80) {
        test_hex(k, 32, group_order);
        add_small(k, (int)index - 60);
    } else if (index < 120) {
        test_hex(k, 32, powers_of_z[(index - 80) / 10]);
        add_small(k, (int)(index - 80) % 10 - 5);
    } else if (index < 376) {
        size_t bit = index - 120;
        k[31 - bit / 8] = (uint8_t)(1 << bit % 8);
    } else if (index < 632) {
        size_t bit = index - 376; /* 2^256 - 2^bit: all ones, then zeros */
        memset(k, 0xff, 31 - bit / 8);
        k[31 - bit / 8] = (uint8_t)(0xff << bit % 8);
    } else {
        test_random_bytes(k, 32);
    }
}

#define SCALARS 700

/* blst_*_mult reads a little-endian scalar; below r or not, it is right for points of order r. */
static void g1_product(blst_p1 *out, const blst_p1_affine *p, const uint8_t k[static 32])
{
    byte reversed[32];
    for (size_t i = 0; i < 32; i++) {
        reversed[i] = k[31 - i];
    }
    blst_p1_from_affine(out, p);
    blst_p1_mult(out, out, reversed, 256);
}

static void g2_product(blst_p2 *out, const blst_p2_affine *p, const uint8_t k[static 32])
{
    byte reversed[32];
    for (size_t i = 0; i < 32; i++) {
        reversed[i] = k[31 - i];
    }
    blst_p2_from_affine(out, p);
    blst_p2_mult(out, out, reversed, 256);
}

static void random_points(blst_p1_affine *p1, blst_p2_affine *p2)
{
    uint8_t k[32];
    test_random_bytes(k, 32);
    blst_p1 q1;
    blst_p2 q2;
    g1_product(&q1, blst_p1_affine_generator(), k);
    g2_product(&q2, blst_p2_affine_generator(), k);
    blst_p1_to_affine(p1, &q1);
    blst_p2_to_affine(p2, &q2);
}

/* The constants of the endomorphisms: multiplication by z, which blst can do too. */
static void multiplies_by_z(void)
{
    uint8_t z[32];
    test_hex(z, 32, powers_of_z[0]);
    for (size_t i = 0; i < 10; i++) {
        blst_p1_affine p1;
        blst_p2_affine p2;
        blst_p2_affine zp2;
        blst_p2 want;
        blst_p2 got;
        random_points(&p1, &p2);
        g2_product(&want, &p2, z);
        bls12_381_g2_times_z(&zp2, &p2);
        blst_p2_from_affine(&got, &zp2);
        CHECK(blst_p2_is_equal(&got, &want));
        bls12_381_g2_times_z(&p2, &p2);
        CHECK(blst_p2_affine_is_equal(&p2, &zp2));
    }
}

static void sums_one_product(void)
{
    static struct bls12_381_g1_term term1;
    static struct bls12_381_g2_term term2;
    for (size_t i = 0; i < SCALARS; i++) {
        if (i % 100 == 0) {
            random_points(&term1.point, &term2.point);
        }
        blst_p1 want1;
        blst_p1 got1;
        scalar_at(term1.scalar, i);
        g1_product(&want1, &term1.point, term1.scalar);
        bls12_381_g1_sum(&got1, &term1, 1);
        CHECK(blst_p1_is_equal(&got1, &want1));
        blst_p2 want2;
        blst_p2 got2;
        memcpy(term2.scalar, term1.scalar, 32);
        g2_product(&want2, &term2.point, term2.scalar);
        bls12_381_g2_sum(&got2, &term2, 1);
        CHECK(blst_p2_is_equal(&got2, &want2));
    }
}

/* Sums in which points meet themselves and their negatives: multiples of one point by small
 * numbers, with small scalars or two of them the same. Both methods. */
static void sums_many_products(void)
{
    static struct bls12_381_g1_term terms1[TERMS];
    static struct bls12_381_g2_term terms2[TERMS];
    static blst_p1_affine points1[TERMS];
    static blst_p2_affine points2[TERMS];
    static uint8_t scalars[TERMS * 40]; /* 32 each, with room between */
    struct arena arena;
    arena_init(&arena, test_region(ARENA_CAP), ARENA_CAP);
    for (size_t round = 0; round < 12; round++) {
        blst_p1_affine p1;
        blst_p2_affine p2;
        blst_p1 want1 = {0};
        blst_p2 want2 = {0};
        random_points(&p1, &p2);
        for (size_t i = 0; i < TERMS; i++) {
            uint8_t *k = scalars + i * 40;
            uint8_t multiple[32] = {0};
            blst_p1 product1;
            blst_p2 product2;
            add_small(multiple, 1 + (int)(test_random() % (round < 6 ? 2 : 5)));
            g1_product(&product1, &p1, multiple);
            g2_product(&product2, &p2, multiple);
            bool negative = test_random() % 2 != 0;
            blst_p1_cneg(&product1, negative);
            blst_p2_cneg(&product2, negative);
            blst_p1_to_affine(&points1[i], &product1);
            blst_p2_to_affine(&points2[i], &product2);
            scalar_at(k, (size_t)(test_random() % (round % 2 == 0 ? 16 : SCALARS)));
            if (i > 0 && test_random() % 4 == 0) {
                memcpy(k, k - 40, 32);
            }
            terms1[i].point = points1[i];
            terms2[i].point = points2[i];
            memcpy(terms1[i].scalar, k, 32);
            memcpy(terms2[i].scalar, k, 32);
            g1_product(&product1, &points1[i], k);
            g2_product(&product2, &points2[i], k);
            blst_p1_add_or_double(&want1, &want1, &product1);
            blst_p2_add_or_double(&want2, &want2, &product2);
        }
        blst_p1 got1;
        blst_p2 got2;
        bls12_381_g1_sum(&got1, terms1, TERMS);
        CHECK(blst_p1_is_equal(&got1, &want1));
        bls12_381_g2_sum(&got2, terms2, TERMS);
        CHECK(blst_p2_is_equal(&got2, &want2));
        CHECK_EQ(bls12_381_g1_sum_large(&got1, points1, scalars, 40, TERMS, &arena), OK);
        CHECK(blst_p1_is_equal(&got1, &want1));
        CHECK_EQ(bls12_381_g2_sum_large(&got2, points2, scalars, 40, TERMS, &arena), OK);
        CHECK(blst_p2_is_equal(&got2, &want2));
        CHECK_EQ(arena.used, 0);
    }
    test_region_free(arena.base, ARENA_CAP);
}

static void sums_nothing(void)
{
    blst_p1 got1;
    blst_p2 got2;
    bls12_381_g1_sum(&got1, NULL, 0);
    CHECK(blst_p1_is_inf(&got1));
    bls12_381_g2_sum(&got2, NULL, 0);
    CHECK(blst_p2_is_inf(&got2));
}

static void sum_large_takes_infinity(void)
{
    static blst_p1_affine points1[TERMS];
    static blst_p2_affine points2[TERMS];
    static uint8_t scalars[TERMS * 32];
    struct arena arena;
    arena_init(&arena, test_region(ARENA_CAP), ARENA_CAP);
    test_random_bytes(scalars, sizeof(scalars));
    random_points(&points1[TERMS / 2], &points2[TERMS / 2]);
    blst_p1 want1;
    blst_p2 want2;
    g1_product(&want1, &points1[TERMS / 2], scalars + TERMS / 2 * 32);
    g2_product(&want2, &points2[TERMS / 2], scalars + TERMS / 2 * 32);
    blst_p1 got1;
    blst_p2 got2;
    CHECK_EQ(bls12_381_g1_sum_large(&got1, points1, scalars, 32, TERMS, &arena), OK);
    CHECK(blst_p1_is_equal(&got1, &want1));
    CHECK_EQ(bls12_381_g2_sum_large(&got2, points2, scalars, 32, TERMS, &arena), OK);
    CHECK(blst_p2_is_equal(&got2, &want2));
    test_region_free(arena.base, ARENA_CAP);
}

static void sum_large_gives_memory_back(void)
{
    static blst_p1_affine points1[TERMS];
    static blst_p2_affine points2[TERMS];
    static uint8_t scalars[TERMS * 32];
    uint8_t *region = test_region(ARENA_CAP);
    for (size_t cap = 64; cap < 18000; cap += 512) {
        struct arena arena;
        blst_p1 sum1;
        blst_p2 sum2;
        arena_init(&arena, region, cap);
        CHECK_EQ(bls12_381_g1_sum_large(&sum1, points1, scalars, 32, TERMS, &arena), ERR_MEMORY);
        CHECK_EQ(arena.used, 0);
        CHECK_EQ(bls12_381_g2_sum_large(&sum2, points2, scalars, 32, TERMS, &arena), ERR_MEMORY);
        CHECK_EQ(arena.used, 0);
    }
    test_region_free(region, ARENA_CAP);
}

static const struct test_case cases[] = {
    CASE(multiplies_by_z), CASE(sums_one_product),         CASE(sums_many_products),
    CASE(sums_nothing),    CASE(sum_large_takes_infinity), CASE(sum_large_gives_memory_back),
};

TEST_MAIN(cases)
