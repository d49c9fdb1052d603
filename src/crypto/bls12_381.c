/* EIP-2537: decodes and checks the inputs, and leaves the arithmetic to blst, to bls12_381_group
 * (additions, sums of products) and to bls12_381_pairing. */

#include "crypto/bls12_381.h"

#include <string.h>

#include "base/bytes.h"
#include "crypto/bls12_381_group.h"
#include "crypto/bls12_381_pairing.h"

/* p, least significant word first. */
static const uint64_t field_prime[6] = {UINT64_C(0xb9feffffffffaaab), UINT64_C(0x1eabfffeb153ffff),
                                        UINT64_C(0x6730d2a0f6b0f624), UINT64_C(0x64774b84f38512bf),
                                        UINT64_C(0x4b1ba7b6434bacd7), UINT64_C(0x1a0111ea397fe69a)};

/* ---- encodings (EIP-2537, "Fine points and encoding of base elements") ----------------------- */

/* decode_fp: EIP-2537: "The corresponding integer must be less than field modulus." */
static enum err decode_fp(blst_fp *out, const uint8_t in[static BLS12_381_FP_SIZE])
{
    if ((load_be64(in) | load_be64(in + 8)) != 0) {
        return ERR_MALFORMED;
    }
    uint64_t words[6];
    uint64_t borrow = 0;
    for (size_t i = 0; i < 6; i++) {
        words[i] = load_be64(in + BLS12_381_FP_SIZE - 8 * (i + 1));
        borrow = (uint64_t)(((u128)words[i] - field_prime[i] - borrow) >> 64) & 1;
    }
    if (borrow == 0) {
        return ERR_MALFORMED;
    }
    blst_fp_from_uint64(out, words);
    return OK;
}

static void encode_fp(uint8_t out[static BLS12_381_FP_SIZE], const blst_fp *a)
{
    uint64_t words[6];
    blst_uint64_from_fp(words, a);
    memset(out, 0, BLS12_381_FP_SIZE);
    for (size_t i = 0; i < 6; i++) {
        store_be64(out + BLS12_381_FP_SIZE - 8 * (i + 1), words[i]);
    }
}

static enum err decode_fp2(blst_fp2 *out, const uint8_t in[static 2 * BLS12_381_FP_SIZE])
{
    TRY(decode_fp(&out->fp[0], in));
    return decode_fp(&out->fp[1], in + BLS12_381_FP_SIZE);
}

static void encode_fp2(uint8_t out[static 2 * BLS12_381_FP_SIZE], const blst_fp2 *a)
{
    encode_fp(out, &a->fp[0]);
    encode_fp(out + BLS12_381_FP_SIZE, &a->fp[1]);
}

/* The point decoders accept every point of the curve, and infinity. EIP-2537 encodes it as (0, 0),
 * and so does blst, whose tests of affine points for being on the curve let it pass. */
static enum err decode_g1(blst_p1_affine *out, const uint8_t in[static BLS12_381_G1_SIZE])
{
    TRY(decode_fp(&out->x, in));
    TRY(decode_fp(&out->y, in + BLS12_381_FP_SIZE));
    return blst_p1_affine_on_curve(out) ? OK : ERR_MALFORMED;
}

static enum err decode_g2(blst_p2_affine *out, const uint8_t in[static BLS12_381_G2_SIZE])
{
    TRY(decode_fp2(&out->x, in));
    TRY(decode_fp2(&out->y, in + 2 * BLS12_381_FP_SIZE));
    return blst_p2_affine_on_curve(out) ? OK : ERR_MALFORMED;
}

/* decode_*_in_subgroup also want a point of order r, or infinity. */
static enum err decode_g1_in_subgroup(blst_p1_affine *out,
                                      const uint8_t in[static BLS12_381_G1_SIZE])
{
    TRY(decode_g1(out, in));
    return blst_p1_affine_in_g1(out) ? OK : ERR_MALFORMED;
}

static enum err decode_g2_in_subgroup(blst_p2_affine *out,
                                      const uint8_t in[static BLS12_381_G2_SIZE])
{
    TRY(decode_g2(out, in));
    return blst_p2_affine_in_g2(out) ? OK : ERR_MALFORMED;
}

static void encode_g1_affine(uint8_t out[static BLS12_381_G1_SIZE], const blst_p1_affine *p)
{
    encode_fp(out, &p->x);
    encode_fp(out + BLS12_381_FP_SIZE, &p->y);
}

static void encode_g2_affine(uint8_t out[static BLS12_381_G2_SIZE], const blst_p2_affine *p)
{
    encode_fp2(out, &p->x);
    encode_fp2(out + 2 * BLS12_381_FP_SIZE, &p->y);
}

static void encode_g1(uint8_t out[static BLS12_381_G1_SIZE], const blst_p1 *p)
{
    blst_p1_affine affine = {0};
    if (!blst_p1_is_inf(p)) {
        blst_p1_to_affine(&affine, p);
    }
    encode_g1_affine(out, &affine);
}

static void encode_g2(uint8_t out[static BLS12_381_G2_SIZE], const blst_p2 *p)
{
    blst_p2_affine affine = {0};
    if (!blst_p2_is_inf(p)) {
        blst_p2_to_affine(&affine, p);
    }
    encode_g2_affine(out, &affine);
}

/* ---- additions ------------------------------------------------------------------------------- */

enum err bls12_381_g1_add(uint8_t out[static BLS12_381_G1_SIZE],
                          const uint8_t in[static 2 * BLS12_381_G1_SIZE])
{
    blst_p1_affine a;
    blst_p1_affine b;
    TRY(decode_g1(&a, in));
    TRY(decode_g1(&b, in + BLS12_381_G1_SIZE));
    bls12_381_g1_affine_add(&a, &a, &b);
    encode_g1_affine(out, &a);
    return OK;
}

enum err bls12_381_g2_add(uint8_t out[static BLS12_381_G2_SIZE],
                          const uint8_t in[static 2 * BLS12_381_G2_SIZE])
{
    blst_p2_affine a;
    blst_p2_affine b;
    TRY(decode_g2(&a, in));
    TRY(decode_g2(&b, in + BLS12_381_G2_SIZE));
    bls12_381_g2_affine_add(&a, &a, &b);
    encode_g2_affine(out, &a);
    return OK;
}

/* ---- sums of products ------------------------------------------------------------------------ */

static enum err g1_msm_few(blst_p1 *out, const uint8_t *in, size_t count, struct arena *arena)
{
    struct bls12_381_g1_term *terms = ARENA_NEW(arena, struct bls12_381_g1_term, count);
    if (terms == NULL) {
        return ERR_MEMORY;
    }
    size_t used = 0;
    for (size_t i = 0; i < count; i++, in += BLS12_381_G1_PRODUCT_SIZE) {
        struct bls12_381_g1_term *term = &terms[used];
        TRY(decode_g1_in_subgroup(&term->point, in));
        if (!blst_p1_affine_is_inf(&term->point)) {
            memcpy(term->scalar, in + BLS12_381_G1_SIZE, BLS12_381_SCALAR_SIZE);
            used++;
        }
    }
    bls12_381_g1_sum(out, terms, used);
    return OK;
}

static enum err g1_msm_many(blst_p1 *out, const uint8_t *in, size_t count, struct arena *arena)
{
    blst_p1_affine *points = ARENA_NEW(arena, blst_p1_affine, count);
    if (points == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        TRY(decode_g1_in_subgroup(&points[i], in + i * BLS12_381_G1_PRODUCT_SIZE));
    }
    return bls12_381_g1_sum_large(out, points, in + BLS12_381_G1_SIZE, BLS12_381_G1_PRODUCT_SIZE,
                                  count, arena);
}

enum err bls12_381_g1_msm(uint8_t out[static BLS12_381_G1_SIZE], const uint8_t *in, size_t count,
                          struct arena *arena)
{
    if (count == 0) {
        return ERR_MALFORMED;
    }
    blst_p1 sum;
    size_t mark = arena_mark(arena);
    enum err e = count <= BLS12_381_G1_TERMS_MAX ? g1_msm_few(&sum, in, count, arena)
                                                 : g1_msm_many(&sum, in, count, arena);
    arena_rewind(arena, mark);
    TRY(e);
    encode_g1(out, &sum);
    return OK;
}

static enum err g2_msm_few(blst_p2 *out, const uint8_t *in, size_t count, struct arena *arena)
{
    struct bls12_381_g2_term *terms = ARENA_NEW(arena, struct bls12_381_g2_term, count);
    if (terms == NULL) {
        return ERR_MEMORY;
    }
    size_t used = 0;
    for (size_t i = 0; i < count; i++, in += BLS12_381_G2_PRODUCT_SIZE) {
        struct bls12_381_g2_term *term = &terms[used];
        TRY(decode_g2_in_subgroup(&term->point, in));
        if (!blst_p2_affine_is_inf(&term->point)) {
            memcpy(term->scalar, in + BLS12_381_G2_SIZE, BLS12_381_SCALAR_SIZE);
            used++;
        }
    }
    bls12_381_g2_sum(out, terms, used);
    return OK;
}

static enum err g2_msm_many(blst_p2 *out, const uint8_t *in, size_t count, struct arena *arena)
{
    blst_p2_affine *points = ARENA_NEW(arena, blst_p2_affine, count);
    if (points == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        TRY(decode_g2_in_subgroup(&points[i], in + i * BLS12_381_G2_PRODUCT_SIZE));
    }
    return bls12_381_g2_sum_large(out, points, in + BLS12_381_G2_SIZE, BLS12_381_G2_PRODUCT_SIZE,
                                  count, arena);
}

enum err bls12_381_g2_msm(uint8_t out[static BLS12_381_G2_SIZE], const uint8_t *in, size_t count,
                          struct arena *arena)
{
    if (count == 0) {
        return ERR_MALFORMED;
    }
    blst_p2 sum;
    size_t mark = arena_mark(arena);
    enum err e = count <= BLS12_381_G2_TERMS_MAX ? g2_msm_few(&sum, in, count, arena)
                                                 : g2_msm_many(&sum, in, count, arena);
    arena_rewind(arena, mark);
    TRY(e);
    encode_g2(out, &sum);
    return OK;
}

/* ---- pairings -------------------------------------------------------------------------------- */

/* decode_pair decodes a pair and checks it, but for one thing: when *is_trivial comes back false,
 * the subgroup of the G2 point is left to bls12_381_miller. A pair with a point at infinity is
 * trivial, its pairing is one; EIP-2537 wants its other point in the subgroup all the same. */
static enum err decode_pair(blst_p1_affine *p, blst_p2_affine *q, bool *is_trivial,
                            const uint8_t in[static BLS12_381_PAIR_SIZE])
{
    TRY(decode_g1_in_subgroup(p, in));
    if (blst_p1_affine_is_inf(p)) {
        *is_trivial = true;
        return decode_g2_in_subgroup(q, in + BLS12_381_G1_SIZE);
    }
    TRY(decode_g2(q, in + BLS12_381_G1_SIZE));
    *is_trivial = blst_p2_affine_is_inf(q);
    return OK;
}

enum err bls12_381_pairing_check(bool *is_one, const uint8_t *in, size_t count)
{
    if (count == 0) {
        return ERR_MALFORMED;
    }
    blst_p1_affine p[BLS12_381_PAIRS_MAX];
    blst_p2_affine q[BLS12_381_PAIRS_MAX];
    size_t used = 0;
    blst_fp12 product = *blst_fp12_one();
    for (size_t i = 0; i < count; i++) {
        bool is_trivial;
        TRY(decode_pair(&p[used], &q[used], &is_trivial, in + i * BLS12_381_PAIR_SIZE));
        used += is_trivial ? 0 : 1;
        if (used == BLS12_381_PAIRS_MAX || (used > 0 && i + 1 == count)) {
            if (!bls12_381_miller(&product, p, q, used)) {
                return ERR_MALFORMED;
            }
            used = 0;
        }
    }
    *is_one = bls12_381_is_one(&product);
    return OK;
}

/* ---- maps ------------------------------------------------------------------------------------ */

enum err bls12_381_map_fp_to_g1(uint8_t out[static BLS12_381_G1_SIZE],
                                const uint8_t in[static BLS12_381_FP_SIZE])
{
    blst_fp u;
    TRY(decode_fp(&u, in));
    blst_p1 p;
    blst_map_to_g1(&p, &u, NULL);
    encode_g1(out, &p);
    return OK;
}

enum err bls12_381_map_fp2_to_g2(uint8_t out[static BLS12_381_G2_SIZE],
                                 const uint8_t in[static 2 * BLS12_381_FP_SIZE])
{
    blst_fp2 u;
    TRY(decode_fp2(&u, in));
    blst_p2 p;
    blst_map_to_g2(&p, &u, NULL);
    encode_g2(out, &p);
    return OK;
}
