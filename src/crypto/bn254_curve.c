/* G1 of bn254: reading points, adding two, multiplying one by a scalar (EIP-196).
 *
 * An addition works on affine points and pays one inversion. A multiplication splits the scalar in
 * two halves (GLV), and runs both over one chain of doublings in Jacobian coordinates,
 * (X : Y : Z) = (X/Z^2, Y/Z^3), Z = 0 at infinity, with odd multiples of the point from a table. */

#include "crypto/bn254_curve.h"

#include "crypto/bn254.h"

#define G1_BYTES 64

/* TABLE: odd multiples 1, 3, ..., 15 of a point, as the digits need them. */
#define TABLE (1 << (WNAF_WIDTH - 2))

struct g1_jacobian {
    struct fp x, y, z;
};

static const struct fp CURVE_B = BN254_B;
static const struct fp BETA = BN254_BETA;

/* ---- reading and writing -------------------------------------------------------------------- */

static bool g1_on_curve(const struct g1 *a)
{
    struct fp left;
    struct fp right;
    fp_mul(&left, &a->y, &a->y);
    fp_mul(&right, &a->x, &a->x);
    fp_mul(&right, &right, &a->x);
    fp_add(&right, &right, &CURVE_B);
    return fp_equal(&left, &right);
}

enum err g1_read(struct g1 *out, bool *is_infinity, const uint8_t in[static 64])
{
    struct g1 a;
    if (fp_from_bytes(&a.x, in) != OK || fp_from_bytes(&a.y, in + 32) != OK) {
        return ERR_MALFORMED;
    }
    /* (0, 0) is not on the curve, so it can stand for infinity. */
    *is_infinity = fp_is_zero(&a.x) && fp_is_zero(&a.y);
    if (*is_infinity) {
        return OK;
    }
    if (!g1_on_curve(&a)) {
        return ERR_MALFORMED;
    }
    *out = a;
    return OK;
}

static void g1_write(uint8_t out[static G1_BYTES], const struct g1 *a)
{
    fp_to_bytes(out, &a->x);
    fp_to_bytes(out + 32, &a->y);
}

/* ---- addition ------------------------------------------------------------------------------- */

/* g1_slope: that of the line through a and b, or of the tangent when they are equal. False when the
 * line is vertical: a + b is infinity. No point has y = 0, since the order is odd. */
static bool g1_slope(struct fp *out, const struct g1 *a, const struct g1 *b)
{
    struct fp numerator;
    struct fp denominator;
    if (!fp_equal(&a->x, &b->x)) {
        fp_sub(&numerator, &b->y, &a->y);
        fp_sub(&denominator, &b->x, &a->x);
    } else if (fp_equal(&a->y, &b->y)) {
        struct fp xx;
        fp_mul(&xx, &a->x, &a->x);
        fp_dbl(&numerator, &xx);
        fp_add(&numerator, &numerator, &xx);
        fp_dbl(&denominator, &a->y);
    } else {
        return false;
    }
    fp_inv(&denominator, &denominator);
    fp_mul(out, &numerator, &denominator);
    return true;
}

enum err bn254_add(uint8_t out[static 64], const uint8_t a[static 64], const uint8_t b[static 64])
{
    struct g1 p;
    struct g1 q;
    bool p_infinity;
    bool q_infinity;
    TRY(g1_read(&p, &p_infinity, a));
    TRY(g1_read(&q, &q_infinity, b));
    struct fp slope;
    if (p_infinity) {
        memmove(out, b, G1_BYTES);
    } else if (q_infinity) {
        memmove(out, a, G1_BYTES);
    } else if (!g1_slope(&slope, &p, &q)) {
        memset(out, 0, G1_BYTES);
    } else {
        struct g1 sum;
        fp_mul(&sum.x, &slope, &slope);
        fp_sub(&sum.x, &sum.x, &p.x);
        fp_sub(&sum.x, &sum.x, &q.x);
        fp_sub(&sum.y, &p.x, &sum.x);
        fp_mul(&sum.y, &sum.y, &slope);
        fp_sub(&sum.y, &sum.y, &p.y);
        g1_write(out, &sum);
    }
    return OK;
}

/* ---- Jacobian coordinates ------------------------------------------------------------------- */

/* 2a. Bernstein and Lange, Explicit-Formulas Database, "dbl-2009-l" for a = 0, with 4 X Y^2 as a
 * product, since a square costs no less here. Infinity (Z = 0) gives infinity. */
static void g1_double(struct g1_jacobian *out, const struct g1_jacobian *a)
{
    struct fp xx;
    struct fp yy;
    struct fp s;
    struct fp m;
    struct fp t;
    fp_mul_inline(&xx, &a->x, &a->x);
    fp_mul_inline(&yy, &a->y, &a->y);
    fp_mul_inline(&s, &a->x, &yy);
    fp_dbl(&s, &s);
    fp_dbl(&s, &s);
    fp_dbl(&m, &xx);
    fp_add(&m, &m, &xx);
    fp_mul_inline(&t, &a->y, &a->z);
    fp_dbl(&out->z, &t);
    fp_mul_inline(&t, &m, &m);
    fp_sub(&t, &t, &s);
    fp_sub(&out->x, &t, &s);
    fp_sub(&s, &s, &out->x);
    /* Y' = m (s - X') - 8 Y^4, both products reduced once: 2 (2 yy) (2 yy) = (4 yy) (2 yy). */
    struct fpw left;
    struct fpw right;
    fp_dbl(&yy, &yy);
    fp_add_lazy(&t, &yy, &yy);
    fpw_mul(&left, &m, &s);
    fpw_mul(&right, &t, &yy);
    fpw_sub(&left, &left, &right);
    fpw_reduce(&out->y, &left);
}

/* a + b, b affine. "madd" of the Explicit-Formulas Database (Cohen, Miyaji, Ono 1998). *ratio, if
 * not NULL, becomes Z'/Z; it must be NULL unless a is neither infinity nor +-b. */
static void g1_add_affine(struct g1_jacobian *out, struct fp *ratio, const struct g1_jacobian *a,
                          const struct g1 *b)
{
    if (fp_is_zero(&a->z)) {
        *out = (struct g1_jacobian){b->x, b->y, FP_ONE};
        return;
    }
    struct fp zz;
    struct fp h;
    struct fp s;
    fp_mul_inline(&zz, &a->z, &a->z);
    fp_mul_inline(&h, &b->x, &zz);
    fp_sub(&h, &h, &a->x);
    fp_mul_inline(&zz, &zz, &a->z);
    fp_mul_inline(&s, &b->y, &zz);
    fp_sub(&s, &s, &a->y);
    if (UNLIKELY(fp_is_zero(&h))) {
        if (fp_is_zero(&s)) {
            g1_double(out, a);
        } else {
            *out = (struct g1_jacobian){FP_ONE, FP_ONE, {{0, 0, 0, 0}}};
        }
        return;
    }
    struct fp hh;
    struct fp hhh;
    struct fp v;
    fp_mul_inline(&hh, &h, &h);
    fp_mul_inline(&hhh, &hh, &h);
    fp_mul_inline(&v, &a->x, &hh);
    fp_mul_inline(&out->z, &a->z, &h);
    struct fp x;
    fp_mul_inline(&x, &s, &s);
    fp_sub(&x, &x, &hhh);
    fp_sub(&x, &x, &v);
    fp_sub(&out->x, &x, &v);
    fp_sub(&v, &v, &out->x);
    struct fpw left;
    struct fpw right;
    fpw_mul(&left, &s, &v);
    fpw_mul(&right, &a->y, &hhh);
    fpw_sub(&left, &left, &right);
    fpw_reduce(&out->y, &left);
    if (ratio != NULL) {
        *ratio = h;
    }
}

/* g1_table writes the odd multiples p, 3p, ..., 15p as "affine" points that share the denominator
 * *z: table[i] stands for (x/z^2, y/z^3). No inversion: where the curve's a is 0, affine formulas
 * hold for coordinates scaled so (they belong to the curve y^2 = x^3 + 3 z^6), as secp256k1 uses
 * it. Neither infinity nor equal points occur, since r is a prime above 15. */
static void g1_table(struct g1 table[static TABLE], struct fp *z, const struct g1 *p)
{
    struct g1_jacobian twice = {p->x, p->y, FP_ONE};
    g1_double(&twice, &twice);
    /* Scaled by the Z of 2p, 2p is affine, and so is p. */
    const struct g1 step = {twice.x, twice.y};
    struct g1_jacobian a;
    struct fp zz;
    fp_mul(&zz, &twice.z, &twice.z);
    fp_mul(&a.x, &p->x, &zz);
    fp_mul(&zz, &zz, &twice.z);
    fp_mul(&a.y, &p->y, &zz);
    a.z = FP_ONE;
    struct fp ratios[TABLE];
    for (int i = 0;; i++) {
        table[i] = (struct g1){a.x, a.y};
        if (i == TABLE - 1) {
            break;
        }
        g1_add_affine(&a, &ratios[i + 1], &a, &step);
    }
    fp_mul(z, &a.z, &twice.z);
    /* To the last one's denominator: ratio is Z_last / Z_i. */
    struct fp ratio = FP_ONE;
    for (int i = TABLE - 2; i >= 0; i--) {
        struct fp power;
        fp_mul(&ratio, &ratio, &ratios[i + 1]);
        fp_mul(&power, &ratio, &ratio);
        fp_mul(&table[i].x, &table[i].x, &power);
        fp_mul(&power, &power, &ratio);
        fp_mul(&table[i].y, &table[i].y, &power);
    }
}

/* ---- scalars -------------------------------------------------------------------------------- */

/* product_limbs: limbs `from` to `from + count - 1` of a b, where a has a_count limbs and b has
 * b_count, at most 8 together. */
static void product_limbs(uint64_t *out, int from, int count, const uint64_t *a, int a_count,
                          const uint64_t *b, int b_count)
{
    uint64_t t[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < a_count; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < b_count; j++) {
            t[i + j] = word_mul_add(&carry, a[i], b[j], t[i + j]);
        }
        t[i + b_count] = carry;
    }
    memcpy(out, t + from, (size_t)count * sizeof(t[0]));
}

#define HALF_LIMBS 3 /* the halves and what leads to them, mod 2^192 */

static void half_sub(uint64_t a[static HALF_LIMBS], const uint64_t b[static HALF_LIMBS])
{
    uint64_t borrow = 0;
    for (int i = 0; i < HALF_LIMBS; i++) {
        a[i] = word_sub(&borrow, a[i], b[i]);
    }
}

/* wnaf: the digits of k, of two limbs and at most 2^128 - 16, so that a negative digit's carry
 * stays inside; each digit negated when `negate`. */
static void wnaf(int8_t digits[static WNAF_DIGITS], const uint64_t *k, bool negate)
{
    uint64_t low = k[0];
    uint64_t high = k[1];
    for (int i = 0; i < WNAF_DIGITS; i++) {
        int digit = 0;
        if (low & 1) {
            digit = (int)(low & ((1 << WNAF_WIDTH) - 1));
            if (digit >= 1 << (WNAF_WIDTH - 1)) {
                digit -= 1 << WNAF_WIDTH;
            }
            if (digit > 0) {
                low -= (uint64_t)digit;
            } else {
                low += (uint64_t)-digit;
                high += low < (uint64_t)-digit;
            }
        }
        digits[i] = (int8_t)(negate ? -digit : digit);
        low = low >> 1 | high << 63;
        high >>= 1;
    }
}

void glv_split(struct glv_scalar *out, const uint64_t k[static 4])
{
    /* k1 = k - c1 a - c2 b, k2 = c1 d - c2 a; the constants' derivation and the bounds on k1 and k2
     * are in tools/gen-bn254. */
    static const uint64_t a[2] = BN254_GLV_A;
    static const uint64_t b[2] = BN254_GLV_B;
    static const uint64_t d[2] = BN254_GLV_D;
    static const uint64_t g1[4] = BN254_GLV_G1;
    static const uint64_t g2[4] = BN254_GLV_G2;
    uint64_t c1[HALF_LIMBS];
    uint64_t c2[HALF_LIMBS];
    uint64_t t[HALF_LIMBS];
    product_limbs(c1, 5, HALF_LIMBS, k, 4, g1, 4); /* (k g1) / 2^320 */
    product_limbs(c2, 5, HALF_LIMBS, k, 4, g2, 4);

    uint64_t k1[HALF_LIMBS] = {k[0], k[1], k[2]};
    product_limbs(t, 0, HALF_LIMBS, c1, HALF_LIMBS, a, 2);
    half_sub(k1, t);
    product_limbs(t, 0, HALF_LIMBS, c2, HALF_LIMBS, b, 2);
    half_sub(k1, t);
    wnaf(out->digits[0], k1, false);

    uint64_t k2[HALF_LIMBS];
    product_limbs(k2, 0, HALF_LIMBS, c1, HALF_LIMBS, d, 2);
    product_limbs(t, 0, HALF_LIMBS, c2, HALF_LIMBS, a, 2);
    half_sub(k2, t);
    bool negative = k2[HALF_LIMBS - 1] >> 63 != 0;
    if (negative) {
        memset(t, 0, sizeof(t));
        half_sub(t, k2);
        memcpy(k2, t, sizeof(t));
    }
    wnaf(out->digits[1], k2, negative);
}

/* ---- multiplication ------------------------------------------------------------------------- */

/* g1_add_digit: adds digit times the table's point. */
static void g1_add_digit(struct g1_jacobian *sum, const struct g1 table[static TABLE], int digit)
{
    if (digit > 0) {
        g1_add_affine(sum, NULL, sum, &table[digit / 2]);
    } else if (digit < 0) {
        struct g1 minus = table[-digit / 2];
        fp_neg(&minus.y, &minus.y);
        g1_add_affine(sum, NULL, sum, &minus);
    }
}

enum err bn254_mul(uint8_t out[static 64], const uint8_t point[static 64],
                   const uint8_t scalar[static 32])
{
    struct g1 p;
    bool is_infinity;
    TRY(g1_read(&p, &is_infinity, point));
    if (is_infinity) {
        memset(out, 0, G1_BYTES);
        return OK;
    }
    uint64_t k[4];
    for (int i = 0; i < 4; i++) {
        k[i] = load_be64(scalar + 24 - 8 * i);
    }
    struct glv_scalar halves;
    glv_split(&halves, k);

    struct g1 table[2][TABLE];
    struct fp z;
    g1_table(table[0], &z, &p);
    for (int i = 0; i < TABLE; i++) {
        fp_mul(&table[1][i].x, &table[0][i].x, &BETA);
        table[1][i].y = table[0][i].y;
    }

    struct g1_jacobian sum = {FP_ONE, FP_ONE, {{0, 0, 0, 0}}};
    for (int i = WNAF_DIGITS - 1; i >= 0; i--) {
        if (!fp_is_zero(&sum.z)) {
            g1_double(&sum, &sum);
        }
        g1_add_digit(&sum, table[0], halves.digits[0][i]);
        g1_add_digit(&sum, table[1], halves.digits[1][i]);
    }

    if (fp_is_zero(&sum.z)) {
        memset(out, 0, G1_BYTES);
        return OK;
    }
    struct fp power;
    struct g1 affine;
    fp_mul(&z, &z, &sum.z);
    fp_inv(&z, &z);
    fp_mul(&power, &z, &z);
    fp_mul(&affine.x, &sum.x, &power);
    fp_mul(&power, &power, &z);
    fp_mul(&affine.y, &sum.y, &power);
    g1_write(out, &affine);
    return OK;
}
