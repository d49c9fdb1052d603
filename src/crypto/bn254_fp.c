/* The field of bn254: inversion, and the bytes at the border. */

#include "crypto/bn254_fp.h"

const struct fp FP_ONE = BN254_ONE;

static const struct fp R2 = BN254_R2;
static const struct fp R3 = BN254_R3;

void fp_mul(struct fp *out, const struct fp *a, const struct fp *b)
{
    fp_mul_inline(out, a, b);
}

/* ---- inversion ------------------------------------------------------------------------------
 *
 * Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019), with the
 * start delta = 1/2 that Wuille found to need at most 590 division steps for 256-bit inputs, in a
 * form that takes time depending on the input. STEPS of them at a time are run on the lowest words
 * of f and g alone and collected in a matrix, which is then applied to the whole numbers:
 *
 *   f, g   signed, |f|, |g| <= p, starting as p and a; ends with g = 0, f = +-1
 *   d, e   elements, with d a = f s and e a = g s mod p for a scale s that the end takes out
 *
 * STEPS is 62 and not 64 so that the matrix, whose rows have absolute sums of at most 2^STEPS,
 * fits signed words with room for the sums. */

#define STEPS       62
#define BATCHES_MAX 10 /* 10 * 62 >= 590 */

/* 2^STEPS times the product of the steps' matrices: (f, g) -> (u f + v g, q f + r g) / 2^STEPS. */
struct transition {
    int64_t u, v, q, r;
};

/* division_steps runs STEPS steps on f and g, of which only the lowest 64 bits are looked at, and
 * returns the new `excess`, which is delta - 1/2. In unsigned words, so that wrapping is defined;
 * all entries are in [-2^62, 2^62]. */
static int64_t division_steps(struct transition *out, int64_t excess, uint64_t f, uint64_t g)
{
    uint64_t u = 1;
    uint64_t v = 0;
    uint64_t q = 0;
    uint64_t r = 1;
    int left = STEPS;
    for (;;) {
        /* Steps with an even g only halve it. The set bit stops the count at the last step. */
        int zeros = __builtin_ctzll(g | UINT64_C(1) << left);
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        excess += zeros;
        left -= zeros;
        if (left == 0) {
            break;
        }
        if (excess >= 0) {
            /* delta > 0 and g odd: (f, g) -> (g, (g - f)/2), here without the halving. */
            uint64_t t = f;
            f = g;
            g = 0 - t;
            t = u;
            u = q;
            q = 0 - t;
            t = v;
            v = r;
            r = 0 - t;
            excess = -excess - 1;
        }
        /* The next -excess steps leave f alone: g + w f has as many low zero bits as steps can be
         * taken at once. f (f^2 - 2) is -1/f mod 64. */
        int64_t at_once = -excess < left ? -excess : left;
        uint64_t mask = at_once < 6 ? (UINT64_C(1) << at_once) - 1 : 63;
        uint64_t w = (g * f * (f * f - 2)) & mask;
        g += w * f;
        q += w * u;
        r += w * v;
    }
    *out = (struct transition){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
    return excess;
}

/* magnitude: |a| for |a| <= 2^62. */
static uint64_t magnitude(int64_t a)
{
    return a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
}

/* combine_signed: (a x + b y) / 2^STEPS for signed numbers x, y of four limbs, where the division
 * is exact and |a| + |b| <= 2^STEPS: the result is no larger than x and y. */
static void combine_signed(uint64_t out[4], int64_t a, const uint64_t x[4], int64_t b,
                           const uint64_t y[4])
{
    uint64_t flip_x = a < 0 ? UINT64_MAX : 0;
    uint64_t flip_y = b < 0 ? UINT64_MAX : 0;
    uint64_t t[5];
    uint64_t carry_x = 0;
    uint64_t carry_y = 0;
    uint64_t negate_x = flip_x & 1;
    uint64_t negate_y = flip_y & 1;
    uint64_t limb_x = 0;
    uint64_t limb_y = 0;
    for (int i = 0; i < 4; i++) {
        limb_x = word_add(&negate_x, x[i] ^ flip_x, 0);
        limb_y = word_add(&negate_y, y[i] ^ flip_y, 0);
        t[i] = word_mul_add(&carry_x, magnitude(a), limb_x, 0);
        t[i] = word_mul_add(&carry_y, magnitude(b), limb_y, t[i]);
    }
    /* As unsigned numbers negative ones were 2^256 too large. */
    t[4] = carry_x + carry_y;
    t[4] -= limb_x >> 63 ? magnitude(a) : 0;
    t[4] -= limb_y >> 63 ? magnitude(b) : 0;
    for (int i = 0; i < 4; i++) {
        out[i] = t[i] >> STEPS | t[i + 1] << (64 - STEPS);
    }
}

/* combine_elements: (a x + b y) / 2^64 mod p for elements x, y and |a| + |b| <= 2^STEPS: one row
 * of a Montgomery reduction. (2^62 p + 2^64 p) / 2^64 < 2p. */
static void combine_elements(struct fp *out, int64_t a, const struct fp *x, int64_t b,
                             const struct fp *y)
{
    struct fp minus_x;
    struct fp minus_y;
    if (a < 0) {
        fp_neg(&minus_x, x);
        x = &minus_x;
    }
    if (b < 0) {
        fp_neg(&minus_y, y);
        y = &minus_y;
    }
    uint64_t t[5];
    uint64_t carry_x = 0;
    uint64_t carry_y = 0;
    for (int i = 0; i < 4; i++) {
        t[i] = word_mul_add(&carry_x, magnitude(a), x->l[i], 0);
        t[i] = word_mul_add(&carry_y, magnitude(b), y->l[i], t[i]);
    }
    t[4] = carry_x + carry_y;
    uint64_t m = t[0] * FP_MODULUS[4];
    uint64_t carry = 0;
    (void)word_mul_add(&carry, m, FP_MODULUS[0], t[0]);
    for (int i = 1; i < 4; i++) {
        t[i - 1] = word_mul_add(&carry, m, FP_MODULUS[i], t[i]);
    }
    t[3] = t[4] + carry;
    limbs_store(out->l, limbs_reduce(limbs_load(t)));
}

void fp_inv(struct fp *out, const struct fp *a)
{
    uint64_t f[4] = {BN254_P_LIMBS};
    uint64_t g[4];
    memcpy(g, a->l, sizeof(g));
    struct fp d = {{0, 0, 0, 0}};
    struct fp e = R3;
    int64_t excess = 0;
    unsigned batches = 0;
    while ((g[0] | g[1] | g[2] | g[3]) != 0) {
        ASSERT(batches < BATCHES_MAX);
        batches++;
        struct transition m;
        excess = division_steps(&m, excess, f[0], g[0]);
        uint64_t next_f[4];
        combine_signed(next_f, m.u, f, m.v, g);
        combine_signed(g, m.q, f, m.r, g);
        memcpy(f, next_f, sizeof(f));
        struct fp next_d;
        combine_elements(&next_d, m.u, &d, m.v, &e);
        combine_elements(&e, m.q, &d, m.r, &e);
        d = next_d;
    }
    /* Each batch divided f and g by 2^62 but d and e by 2^64: d a = f 2^768 / 4^batches, where a is
     * already the Montgomery form. Multiplying by the plain integer 4^batches divides by 2^256 too
     * and leaves 2^512 / a. For a = 0 no batch ran and d = 0. */
    if (f[3] >> 63) {
        fp_neg(&d, &d);
    }
    const struct fp scale = {{UINT64_C(1) << (2 * batches), 0, 0, 0}};
    fp_mul_inline(out, &d, &scale);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

enum err fp_from_bytes(struct fp *out, const uint8_t in[static 32])
{
    struct fp a;
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        a.l[i] = load_be64(in + 24 - 8 * i);
        (void)word_sub(&borrow, a.l[i], FP_MODULUS[i]);
    }
    if (borrow == 0) {
        return ERR_RANGE;
    }
    fp_mul(out, &a, &R2);
    return OK;
}

void fp_to_bytes(uint8_t out[static 32], const struct fp *a)
{
    const struct fp one = {{1, 0, 0, 0}};
    struct fp plain;
    fp_mul(&plain, a, &one);
    for (int i = 0; i < 4; i++) {
        store_be64(out + 24 - 8 * i, plain.l[i]);
    }
}
