/* Times bn254's three operations, and below them the pieces that decide. */

#include "crypto/bn254.h"
#include "crypto/bn254_pairing.h"
#include "tests/bench.h"

#define PAIR_BYTES 192
#define PAIRS_MAX  8
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))

/* The generators of EIP-197. */
static const uint8_t PAIR[PAIR_BYTES] = {
    [31] = 1, [63] = 2, [64] = 0x19, 0x8e, 0x93, 0x93, 0x92, 0x0d, 0x48, 0x3a, 0x72, 0x60, 0xbf,
    0xb7,     0x31,     0xfb,        0x5d, 0x25, 0xf1, 0xaa, 0x49, 0x33, 0x35, 0xa9, 0xe7, 0x12,
    0x97,     0xe4,     0x85,        0xb7, 0xae, 0xf3, 0x12, 0xc2, 0x18, 0x00, 0xde, 0xef, 0x12,
    0x1f,     0x1e,     0x76,        0x42, 0x6a, 0x00, 0x66, 0x5e, 0x5c, 0x44, 0x79, 0x67, 0x43,
    0x22,     0xd4,     0xf7,        0x5e, 0xda, 0xdd, 0x46, 0xde, 0xbd, 0x5c, 0xd9, 0x92, 0xf6,
    0xed,     0x09,     0x06,        0x89, 0xd0, 0x58, 0x5f, 0xf0, 0x75, 0xec, 0x9e, 0x99, 0xad,
    0x69,     0x0c,     0x33,        0x95, 0xbc, 0x4b, 0x31, 0x33, 0x70, 0xb3, 0x8e, 0xf3, 0x55,
    0xac,     0xda,     0xdc,        0xd1, 0x22, 0x97, 0x5b, 0x12, 0xc8, 0x5e, 0xa5, 0xdb, 0x8c,
    0x6d,     0xeb,     0x4a,        0xab, 0x71, 0x80, 0x8d, 0xcb, 0x40, 0x8f, 0xe3, 0xd1, 0xe7,
    0x69,     0x0c,     0x43,        0xd3, 0x7b, 0x4c, 0xe6, 0xcc, 0x01, 0x66, 0xfa, 0x7d, 0xaa,
};

struct work {
    uint8_t point[64];
    uint8_t scalar[32];
    uint8_t pairs[PAIRS_MAX * PAIR_BYTES];
    struct fp a, b;
    struct fp2 a2;
    struct fp12 f;
};

static void require(enum err e)
{
    ASSERT(e == OK);
}

static void run_add(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        require(bn254_add(w->point, w->point, PAIR));
    }
    bench_keep(w);
}

static void run_mul(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        require(bn254_mul(w->point, w->point, w->scalar));
    }
    bench_keep(w);
}

static void run_pairing(struct work *w, size_t pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool result;
        require(bn254_pairing_check(&result, w->pairs, pairs));
        bench_keep(&result);
    }
}

static void run_pairing_1(void *context, size_t count)
{
    run_pairing(context, 1, count);
}

static void run_pairing_2(void *context, size_t count)
{
    run_pairing(context, 2, count);
}

static void run_pairing_4(void *context, size_t count)
{
    run_pairing(context, 4, count);
}

static void run_pairing_8(void *context, size_t count)
{
    run_pairing(context, 8, count);
}

static void run_final_exponentiation(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        final_exponentiation(&w->f, &w->f);
    }
    bench_keep(w);
}

static void run_fp_mul(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        fp_mul(&w->a, &w->a, &w->b);
    }
    bench_keep(w);
}

static void run_fp_mul_portable(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        limbs_store(w->a.l, limbs_mul_reduce_portable(w->a.l, w->b.l));
        bench_keep(w);
    }
}

static void run_fp_inv(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        fp_inv(&w->a, &w->a);
    }
    bench_keep(w);
}

static void run_fp2_mul(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        fp2_mul(&w->a2, &w->a2, &w->f.c0.c0);
    }
    bench_keep(w);
}

static void run_fp12_mul(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        fp12_mul(&w->f, &w->f, &w->f);
    }
    bench_keep(w);
}

static void run_fp12_sqr(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        fp12_sqr(&w->f, &w->f);
    }
    bench_keep(w);
}

static void run_fp12_cyclotomic_sqr(void *context, size_t count)
{
    struct work *w = context;
    for (size_t i = 0; i < count; i++) {
        fp12_cyclotomic_sqr(&w->f, &w->f);
    }
    bench_keep(w);
}

int main(int argc, char **argv)
{
    static struct work w;
    memcpy(w.point, PAIR, sizeof(w.point));
    for (size_t i = 0; i < PAIRS_MAX; i++) {
        memcpy(w.pairs + i * PAIR_BYTES, PAIR, PAIR_BYTES);
    }
    /* A scalar without a pattern, and elements likewise. */
    uint8_t point[64];
    for (size_t i = 0; i < sizeof(w.scalar); i++) {
        w.scalar[i] = (uint8_t)(PAIR[64 + i] ^ PAIR[128 + i]);
    }
    require(bn254_mul(point, PAIR, w.scalar));
    require(fp_from_bytes(&w.a, point));
    require(fp_from_bytes(&w.b, point + 32));
    w.a2 = (struct fp2){w.a, w.b};
    w.f = (struct fp12){{w.a2, w.a2, w.a2}, {w.a2, w.a2, {w.b, w.a}}};
    const struct bench_case cases[] = {
        {"bn254_add", run_add, &w, 0},
        {"bn254_mul", run_mul, &w, 0},
        {"bn254_pairing_check, 1 pair", run_pairing_1, &w, 0},
        {"bn254_pairing_check, 2 pairs", run_pairing_2, &w, 0},
        {"bn254_pairing_check, 4 pairs", run_pairing_4, &w, 0},
        {"bn254_pairing_check, 8 pairs", run_pairing_8, &w, 0},
        {"final_exponentiation", run_final_exponentiation, &w, 0},
        {"fp_mul", run_fp_mul, &w, 0},
        {"fp_mul, portable", run_fp_mul_portable, &w, 0},
        {"fp_inv", run_fp_inv, &w, 0},
        {"fp2_mul", run_fp2_mul, &w, 0},
        {"fp12_mul", run_fp12_mul, &w, 0},
        {"fp12_sqr", run_fp12_sqr, &w, 0},
        {"fp12_cyclotomic_sqr", run_fp12_cyclotomic_sqr, &w, 0},
    };
    return bench_main(argc, argv, cases, COUNT(cases));
}
