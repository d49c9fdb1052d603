/* The operations of EIP-2537 on valid inputs, decoding and encoding included. "sum" and "sum large"
 * are the two ways to a sum of products, without the checks: where they cross is
 * BLS12_381_G1_TERMS_MAX and BLS12_381_G2_TERMS_MAX. */

#include "crypto/bls12_381.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "crypto/bls12_381_group.h"
#include "tests/bench.h"

#define COUNT_MAX 256
#define ARENA_CAP ((size_t)8 << 20)

static uint8_t g1_products[COUNT_MAX * BLS12_381_G1_PRODUCT_SIZE];
static uint8_t g2_products[COUNT_MAX * BLS12_381_G2_PRODUCT_SIZE];
static uint8_t pairs[16 * BLS12_381_PAIR_SIZE];
static uint8_t out[BLS12_381_G2_SIZE];
static blst_p1_affine g1_points[COUNT_MAX];
static blst_p2_affine g2_points[COUNT_MAX];
static struct bls12_381_g1_term g1_terms[COUNT_MAX];
static struct bls12_381_g2_term g2_terms[COUNT_MAX];
static struct arena arena;

static void check(enum err e)
{
    if (e != OK) {
        abort();
    }
}

/* Different points and full-length scalars, by hashing the index to the curve. */
static void prepare(void)
{
    void *region = aligned_alloc(64, ARENA_CAP);
    if (region == NULL) {
        abort();
    }
    memset(region, 0, ARENA_CAP);
    arena_init(&arena, region, ARENA_CAP);
    for (size_t i = 0; i < COUNT_MAX; i++) {
        uint8_t *g1 = g1_products + i * BLS12_381_G1_PRODUCT_SIZE;
        uint8_t *g2 = g2_products + i * BLS12_381_G2_PRODUCT_SIZE;
        uint8_t element[2 * BLS12_381_FP_SIZE] = {0};
        element[BLS12_381_FP_SIZE - 1] = (uint8_t)i;
        element[2 * BLS12_381_FP_SIZE - 1] = 1;
        check(bls12_381_map_fp_to_g1(g1, element));
        check(bls12_381_map_fp2_to_g2(g2, element));
        blst_sha256(g1 + BLS12_381_G1_SIZE, element, sizeof(element));
        memcpy(g2 + BLS12_381_G2_SIZE, g1 + BLS12_381_G1_SIZE, BLS12_381_SCALAR_SIZE);
        if (i < 16) {
            memcpy(pairs + i * BLS12_381_PAIR_SIZE, g1, BLS12_381_G1_SIZE);
            memcpy(pairs + i * BLS12_381_PAIR_SIZE + BLS12_381_G1_SIZE, g2, BLS12_381_G2_SIZE);
        }
        blst_p1 p1;
        blst_p2 p2;
        blst_fp x = {{i + 1}};
        blst_fp2 x2 = {{{{i + 1}}, {{1}}}};
        blst_map_to_g1(&p1, &x, NULL);
        blst_map_to_g2(&p2, &x2, NULL);
        blst_p1_to_affine(&g1_points[i], &p1);
        blst_p2_to_affine(&g2_points[i], &p2);
        g1_terms[i].point = g1_points[i];
        g2_terms[i].point = g2_points[i];
        memcpy(g1_terms[i].scalar, g1 + BLS12_381_G1_SIZE, BLS12_381_SCALAR_SIZE);
        memcpy(g2_terms[i].scalar, g1 + BLS12_381_G1_SIZE, BLS12_381_SCALAR_SIZE);
    }
}

static void run_g1_add(void *context, size_t count)
{
    (void)context;
    uint8_t in[2 * BLS12_381_G1_SIZE];
    memcpy(in, g1_products, BLS12_381_G1_SIZE);
    memcpy(in + BLS12_381_G1_SIZE, g1_products + BLS12_381_G1_PRODUCT_SIZE, BLS12_381_G1_SIZE);
    for (size_t i = 0; i < count; i++) {
        check(bls12_381_g1_add(out, in));
        bench_keep(out);
    }
}

static void run_g2_add(void *context, size_t count)
{
    (void)context;
    uint8_t in[2 * BLS12_381_G2_SIZE];
    memcpy(in, g2_products, BLS12_381_G2_SIZE);
    memcpy(in + BLS12_381_G2_SIZE, g2_products + BLS12_381_G2_PRODUCT_SIZE, BLS12_381_G2_SIZE);
    for (size_t i = 0; i < count; i++) {
        check(bls12_381_g2_add(out, in));
        bench_keep(out);
    }
}

static void run_g1_msm(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check(bls12_381_g1_msm(out, g1_products, *(const size_t *)context, &arena));
        bench_keep(out);
    }
}

static void run_g2_msm(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check(bls12_381_g2_msm(out, g2_products, *(const size_t *)context, &arena));
        bench_keep(out);
    }
}

static void run_pairing(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_one;
        check(bls12_381_pairing_check(&is_one, pairs, *(const size_t *)context));
        bench_keep(&is_one);
    }
}

static void run_map_g1(void *context, size_t count)
{
    (void)context;
    for (size_t i = 0; i < count; i++) {
        check(bls12_381_map_fp_to_g1(out, g1_products));
        bench_keep(out);
    }
}

static void run_map_g2(void *context, size_t count)
{
    (void)context;
    for (size_t i = 0; i < count; i++) {
        check(bls12_381_map_fp2_to_g2(out, g2_products));
        bench_keep(out);
    }
}

static void run_g1_sum(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        blst_p1 sum;
        bls12_381_g1_sum(&sum, g1_terms, *(const size_t *)context);
        bench_keep(&sum);
    }
}

static void run_g1_sum_large(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        blst_p1 sum;
        check(bls12_381_g1_sum_large(&sum, g1_points, g1_products + BLS12_381_G1_SIZE,
                                     BLS12_381_G1_PRODUCT_SIZE, *(const size_t *)context, &arena));
        bench_keep(&sum);
    }
}

static void run_g2_sum(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        blst_p2 sum;
        bls12_381_g2_sum(&sum, g2_terms, *(const size_t *)context);
        bench_keep(&sum);
    }
}

static void run_g2_sum_large(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        blst_p2 sum;
        check(bls12_381_g2_sum_large(&sum, g2_points, g2_products + BLS12_381_G2_SIZE,
                                     BLS12_381_G2_PRODUCT_SIZE, *(const size_t *)context, &arena));
        bench_keep(&sum);
    }
}

static size_t n[] = {1, 2, 4, 8, 16, 28, 32, 56, 64, 128, 256};

int main(int argc, char **argv)
{
    prepare();
    const struct bench_case cases[] = {
        {"g1 add", run_g1_add, NULL, 0},
        {"g2 add", run_g2_add, NULL, 0},
        {"g1 msm 1", run_g1_msm, &n[0], 0},
        {"g1 msm 2", run_g1_msm, &n[1], 0},
        {"g1 msm 16", run_g1_msm, &n[4], 0},
        {"g1 msm 128", run_g1_msm, &n[9], 0},
        {"g2 msm 1", run_g2_msm, &n[0], 0},
        {"g2 msm 2", run_g2_msm, &n[1], 0},
        {"g2 msm 16", run_g2_msm, &n[4], 0},
        {"g2 msm 32", run_g2_msm, &n[6], 0},
        {"g2 msm 128", run_g2_msm, &n[9], 0},
        {"pairing 1", run_pairing, &n[0], 0},
        {"pairing 2", run_pairing, &n[1], 0},
        {"pairing 4", run_pairing, &n[2], 0},
        {"pairing 8", run_pairing, &n[3], 0},
        {"pairing 16", run_pairing, &n[4], 0},
        {"map fp to g1", run_map_g1, NULL, 0},
        {"map fp2 to g2", run_map_g2, NULL, 0},
        {"g1 sum 1", run_g1_sum, &n[0], 0},
        {"g1 sum 28", run_g1_sum, &n[5], 0},
        {"g1 sum 56", run_g1_sum, &n[7], 0},
        {"g1 sum 64", run_g1_sum, &n[8], 0},
        {"g1 sum large 28", run_g1_sum_large, &n[5], 0},
        {"g1 sum large 56", run_g1_sum_large, &n[7], 0},
        {"g1 sum large 64", run_g1_sum_large, &n[8], 0},
        {"g1 sum large 128", run_g1_sum_large, &n[9], 0},
        {"g2 sum 1", run_g2_sum, &n[0], 0},
        {"g2 sum 28", run_g2_sum, &n[5], 0},
        {"g2 sum 32", run_g2_sum, &n[6], 0},
        {"g2 sum large 28", run_g2_sum_large, &n[5], 0},
        {"g2 sum large 32", run_g2_sum_large, &n[6], 0},
        {"g2 sum large 128", run_g2_sum_large, &n[9], 0},
    };
    return bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
