/* The operations of EIP-2537 on any bytes, and on points made from the bytes, where laws must hold:
 * additions commute and associate; a sum of products is the sum of its products and linear; a point
 * is refused exactly when blst's own decoding says so; pairings are bilinear.
 *
 * Input: a byte for what to do, then choices (a byte selects a point, 32 are a scalar) or raw
 * input. */

#include "crypto/bls12_381.h"

#include <string.h>

#include <blst.h>

#include "base/bytes.h"
#include "tests/fuzz.h"

#define ARENA_CAP    ((size_t)1 << 20)
#define PRODUCTS_MAX 4

/* Bytes taken from the front of the input; zeros when it is used up. */
struct source {
    const uint8_t *data;
    size_t len;
};

static void take(struct source *s, void *out, size_t len)
{
    size_t n = len < s->len ? len : s->len;
    memset(out, 0, len);
    bytes_copy(out, s->data, n);
    if (n != 0) {
        s->data += n;
        s->len -= n;
    }
}

static uint8_t take_byte(struct source *s)
{
    uint8_t byte;
    take(s, &byte, 1);
    return byte;
}

static void put_fp(uint8_t out[static BLS12_381_FP_SIZE], const blst_fp *a)
{
    memset(out, 0, 16);
    blst_bendian_from_fp(out + 16, a);
}

/* g1_at and g2_at find a point by its x, mostly one outside the subgroup; false if there is none.
 */
static bool g1_at(blst_p1_affine *out, uint8_t x)
{
    const uint64_t words[2][6] = {{x}, {4}};
    blst_fp four;
    blst_fp_from_uint64(&out->x, words[0]);
    blst_fp_from_uint64(&four, words[1]);
    blst_fp_sqr(&out->y, &out->x);
    blst_fp_mul(&out->y, &out->y, &out->x);
    blst_fp_add(&out->y, &out->y, &four);
    return blst_fp_sqrt(&out->y, &out->y);
}

static bool g2_at(blst_p2_affine *out, uint8_t x)
{
    const uint64_t words[3][6] = {{x}, {1}, {4}};
    blst_fp2 b;
    blst_fp_from_uint64(&out->x.fp[0], words[0]);
    blst_fp_from_uint64(&out->x.fp[1], words[1]);
    blst_fp_from_uint64(&b.fp[0], words[2]);
    b.fp[1] = b.fp[0];
    blst_fp2_sqr(&out->y, &out->x);
    blst_fp2_mul(&out->y, &out->y, &out->x);
    blst_fp2_add(&out->y, &out->y, &b);
    return blst_fp2_sqrt(&out->y, &out->y);
}

/* take_g1 and take_g2 choose a point: infinity, a small multiple of the generator or its negative,
 * a point by its x, or raw bytes. They return what blst says of it. */
struct verdict {
    bool on_curve;
    bool in_subgroup;
};

static struct verdict take_g1(struct source *s, uint8_t out[static BLS12_381_G1_SIZE])
{
    uint8_t kind = take_byte(s);
    uint8_t n = take_byte(s);
    blst_p1_affine p = {0};
    if (kind % 4 == 1) {
        blst_p1 q;
        blst_p1_mult(&q, blst_p1_generator(), &n, 8);
        blst_p1_cneg(&q, kind / 4 % 2 != 0);
        if (n != 0) {
            blst_p1_to_affine(&p, &q);
        }
    } else if (kind % 4 == 2 && !g1_at(&p, n)) {
        p = *blst_p1_affine_generator();
    }
    put_fp(out, &p.x);
    put_fp(out + BLS12_381_FP_SIZE, &p.y);
    if (kind % 4 == 3) {
        take(s, out, BLS12_381_G1_SIZE);
        blst_fp_from_bendian(&p.x, out + 16);
        blst_fp_from_bendian(&p.y, out + BLS12_381_FP_SIZE + 16);
        uint8_t canonical[BLS12_381_G1_SIZE];
        put_fp(canonical, &p.x);
        put_fp(canonical + BLS12_381_FP_SIZE, &p.y);
        if (memcmp(canonical, out, sizeof(canonical)) != 0 || !blst_p1_affine_on_curve(&p)) {
            return (struct verdict){false, false};
        }
    }
    return (struct verdict){true, blst_p1_affine_in_g1(&p)};
}

static struct verdict take_g2(struct source *s, uint8_t out[static BLS12_381_G2_SIZE])
{
    uint8_t kind = take_byte(s);
    uint8_t n = take_byte(s);
    blst_p2_affine p = {0};
    if (kind % 4 == 1) {
        blst_p2 q;
        blst_p2_mult(&q, blst_p2_generator(), &n, 8);
        blst_p2_cneg(&q, kind / 4 % 2 != 0);
        if (n != 0) {
            blst_p2_to_affine(&p, &q);
        }
    } else if (kind % 4 == 2 && !g2_at(&p, n)) {
        p = *blst_p2_affine_generator();
    }
    blst_fp *const elements[4] = {&p.x.fp[0], &p.x.fp[1], &p.y.fp[0], &p.y.fp[1]};
    for (size_t i = 0; i < 4; i++) {
        put_fp(out + i * BLS12_381_FP_SIZE, elements[i]);
    }
    if (kind % 4 == 3) {
        uint8_t canonical[BLS12_381_G2_SIZE];
        take(s, out, BLS12_381_G2_SIZE);
        for (size_t i = 0; i < 4; i++) {
            blst_fp_from_bendian(elements[i], out + i * BLS12_381_FP_SIZE + 16);
            put_fp(canonical + i * BLS12_381_FP_SIZE, elements[i]);
        }
        if (memcmp(canonical, out, sizeof(canonical)) != 0 || !blst_p2_affine_on_curve(&p)) {
            return (struct verdict){false, false};
        }
    }
    return (struct verdict){true, blst_p2_affine_in_g2(&p)};
}

/* ---- laws, one function for both groups ------------------------------------------------------ */

struct group {
    size_t size;
    struct verdict (*take)(struct source *s, uint8_t *out);
    enum err (*add)(uint8_t *out, const uint8_t *in);
    enum err (*msm)(uint8_t *out, const uint8_t *in, size_t count, struct arena *arena);
};

static struct verdict take_g1_point(struct source *s, uint8_t *out)
{
    return take_g1(s, out);
}

static struct verdict take_g2_point(struct source *s, uint8_t *out)
{
    return take_g2(s, out);
}

static enum err g1_add(uint8_t *out, const uint8_t *in)
{
    return bls12_381_g1_add(out, in);
}

static enum err g2_add(uint8_t *out, const uint8_t *in)
{
    return bls12_381_g2_add(out, in);
}

static enum err g1_msm(uint8_t *out, const uint8_t *in, size_t count, struct arena *arena)
{
    return bls12_381_g1_msm(out, in, count, arena);
}

static enum err g2_msm(uint8_t *out, const uint8_t *in, size_t count, struct arena *arena)
{
    return bls12_381_g2_msm(out, in, count, arena);
}

static const struct group groups[2] = {
    {BLS12_381_G1_SIZE, take_g1_point, g1_add, g1_msm},
    {BLS12_381_G2_SIZE, take_g2_point, g2_add, g2_msm},
};

static enum err add(const struct group *g, uint8_t *out, const uint8_t *a, const uint8_t *b)
{
    uint8_t in[2 * BLS12_381_G2_SIZE];
    memcpy(in, a, g->size);
    memcpy(in + g->size, b, g->size);
    return g->add(out, in);
}

static void check_additions(const struct group *g, struct source *s)
{
    uint8_t points[3][BLS12_381_G2_SIZE];
    bool are_valid = true;
    for (size_t i = 0; i < 3; i++) {
        are_valid = g->take(s, points[i]).on_curve && are_valid;
    }
    uint8_t left[BLS12_381_G2_SIZE];
    uint8_t right[BLS12_381_G2_SIZE];
    enum err e = add(g, left, points[0], points[1]);
    FUZZ_CHECK(e == OK || e == ERR_MALFORMED);
    FUZZ_CHECK(e == add(g, right, points[1], points[0]));
    FUZZ_CHECK(e != OK || memcmp(left, right, g->size) == 0);
    if (are_valid) {
        FUZZ_CHECK(e == OK);
        FUZZ_CHECK(add(g, left, left, points[2]) == OK);
        FUZZ_CHECK(add(g, right, points[1], points[2]) == OK);
        FUZZ_CHECK(add(g, right, points[0], right) == OK);
        FUZZ_CHECK(memcmp(left, right, g->size) == 0);
    }
}

static void check_sums(const struct group *g, struct source *s, struct arena *arena)
{
    uint8_t in[PRODUCTS_MAX * (BLS12_381_G2_SIZE + 32)];
    const size_t stride = g->size + BLS12_381_SCALAR_SIZE;
    size_t count = 1 + take_byte(s) % PRODUCTS_MAX;
    bool are_valid = true;
    uint8_t sum[BLS12_381_G2_SIZE] = {0};
    uint8_t out[BLS12_381_G2_SIZE];
    for (size_t i = 0; i < count; i++) {
        bool is_valid = g->take(s, in + i * stride).in_subgroup;
        take(s, in + i * stride + g->size, BLS12_381_SCALAR_SIZE);
        FUZZ_CHECK(g->msm(out, in + i * stride, 1, arena) == (is_valid ? OK : ERR_MALFORMED));
        are_valid = are_valid && is_valid;
        if (are_valid) {
            FUZZ_CHECK(add(g, sum, sum, out) == OK);
        }
    }
    FUZZ_CHECK(g->msm(out, in, count, arena) == (are_valid ? OK : ERR_MALFORMED));
    FUZZ_CHECK(!are_valid || memcmp(out, sum, g->size) == 0);
    FUZZ_CHECK(arena->used == 0);
}

/* e(kP, Q) = e(P, kQ), written as e(kP, Q) e(P, k(-Q)) = 1: the negative by the scalar r - 1. */
static void check_pairing(struct source *s, struct arena *arena)
{
    static const uint8_t minus_one[32] = {
        0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1,
        0xd8, 0x05, 0x53, 0xbd, 0xa4, 0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff};
    uint8_t p[BLS12_381_G1_PRODUCT_SIZE];
    uint8_t q[BLS12_381_G2_PRODUCT_SIZE];
    uint8_t pairs[2 * BLS12_381_PAIR_SIZE];
    bool are_valid = take_g1(s, p).in_subgroup;
    are_valid = take_g2(s, q).in_subgroup && are_valid;
    memcpy(pairs, p, BLS12_381_G1_SIZE);
    memcpy(pairs + BLS12_381_G1_SIZE, q, BLS12_381_G2_SIZE);
    bool is_one = false;
    FUZZ_CHECK(bls12_381_pairing_check(&is_one, pairs, 1) == (are_valid ? OK : ERR_MALFORMED));
    if (!are_valid) {
        return;
    }
    take(s, p + BLS12_381_G1_SIZE, 32);
    memcpy(q + BLS12_381_G2_SIZE, p + BLS12_381_G1_SIZE, 32);
    FUZZ_CHECK(bls12_381_g1_msm(pairs, p, 1, arena) == OK);
    FUZZ_CHECK(bls12_381_g2_msm(q, q, 1, arena) == OK);
    memcpy(q + BLS12_381_G2_SIZE, minus_one, 32);
    memcpy(pairs + BLS12_381_PAIR_SIZE, p, BLS12_381_G1_SIZE);
    FUZZ_CHECK(bls12_381_g2_msm(pairs + BLS12_381_PAIR_SIZE + BLS12_381_G1_SIZE, q, 1, arena) ==
               OK);
    FUZZ_CHECK(bls12_381_pairing_check(&is_one, pairs, 2) == OK);
    FUZZ_CHECK(is_one);
}

/* Raw input: no more than "some answer". */
static void check_raw(struct source *s, struct arena *arena)
{
    uint8_t in[2 * BLS12_381_PAIR_SIZE];
    uint8_t out[BLS12_381_G2_SIZE];
    bool is_one;
    uint8_t count = take_byte(s) % 3;
    take(s, in, sizeof(in));
    const enum err results[] = {bls12_381_g1_add(out, in),
                                bls12_381_g2_add(out, in),
                                bls12_381_g1_msm(out, in, count, arena),
                                bls12_381_g2_msm(out, in, count, arena),
                                bls12_381_pairing_check(&is_one, in, count),
                                bls12_381_map_fp_to_g1(out, in),
                                bls12_381_map_fp2_to_g2(out, in)};
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        FUZZ_CHECK(results[i] == OK || results[i] == ERR_MALFORMED);
    }
}

/* A map's result is in the subgroup, and a number with 16 zero bytes on top is refused exactly when
 * it is not below p. */
static void check_maps(struct source *s, struct arena *arena)
{
    uint8_t in[2 * BLS12_381_FP_SIZE];
    uint8_t product[BLS12_381_G2_PRODUCT_SIZE] = {0};
    uint8_t canonical[BLS12_381_FP_SIZE];
    take(s, in, sizeof(in));
    memset(in, 0, 16);
    memset(in + BLS12_381_FP_SIZE, 0, 16);
    bool are_valid[2];
    for (size_t i = 0; i < 2; i++) {
        blst_fp a;
        blst_fp_from_bendian(&a, in + i * BLS12_381_FP_SIZE + 16);
        put_fp(canonical, &a);
        are_valid[i] = memcmp(canonical, in + i * BLS12_381_FP_SIZE, sizeof(canonical)) == 0;
    }
    enum err e = bls12_381_map_fp_to_g1(product, in);
    FUZZ_CHECK(e == (are_valid[0] ? OK : ERR_MALFORMED));
    FUZZ_CHECK(bls12_381_g1_msm(product, product, 1, arena) == OK);
    memset(product, 0, sizeof(product));
    e = bls12_381_map_fp2_to_g2(product, in);
    FUZZ_CHECK(e == (are_valid[0] && are_valid[1] ? OK : ERR_MALFORMED));
    FUZZ_CHECK(bls12_381_g2_msm(product, product, 1, arena) == OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static _Alignas(64) uint8_t region[ARENA_CAP];
    static bool is_ready;
    static struct arena arena;
    if (!is_ready) {
        arena_init(&arena, region, sizeof(region));
        is_ready = true;
    }
    struct source s = {data, len};
    switch (take_byte(&s) % 7) {
    case 0:
    case 1:
        check_additions(&groups[0], &s);
        check_additions(&groups[1], &s);
        break;
    case 2:
        check_sums(&groups[0], &s, &arena);
        break;
    case 3:
        check_sums(&groups[1], &s, &arena);
        break;
    case 4:
        check_pairing(&s, &arena);
        break;
    case 5:
        check_maps(&s, &arena);
        break;
    default:
        check_raw(&s, &arena);
        break;
    }
    return 0;
}
