#ifndef CRYPTO_BN254_TOWER_H
#define CRYPTO_BN254_TOWER_H

/* bn254_tower.h: the extension fields of bn254. Inside crypto/bn254*.c only.
 *
 *   Fp2  = Fp[i]  / (i^2 + 1)      c0 + c1 i
 *   Fp6  = Fp2[v] / (v^3 - xi)     c0 + c1 v + c2 v^2,   xi = 9 + i
 *   Fp12 = Fp6[w] / (w^2 - v)      c0 + c1 w
 *
 * so that w^6 = xi and an element of Fp12 is also a polynomial in w over Fp2:
 *
 *   w^0 c0.c0   w^1 c1.c0   w^2 c0.c1   w^3 c1.c1   w^4 c0.c2   w^5 c1.c2
 *
 * Every coefficient is reduced (bn254_fp.h) before and after each function; the wide types hold
 * sums of products before their reduction, one per coefficient. Outputs may be inputs. */

#include "crypto/bn254_fp.h"

struct fp2 {
    struct fp c0, c1;
};

struct fp6 {
    struct fp2 c0, c1, c2;
};

struct fp12 {
    struct fp6 c0, c1;
};

struct fp2w {
    struct fpw c0, c1;
};

struct fp6w {
    struct fp2w c0, c1, c2;
};

/* struct line: l0 + l1 w + l3 w^3, the value of a line through points of the twist. */
struct line {
    struct fp2 l0, l1, l3;
};

/* struct line_product: the product of two lines, which has no w^5: c1.c2 = 0. */
struct line_product {
    struct fp6 c0;
    struct fp2 c1_c0, c1_c1;
};

/* ---- Fp2 ------------------------------------------------------------------------------------ */

static ALWAYS_INLINE void fp2_add(struct fp2 *out, const struct fp2 *a, const struct fp2 *b)
{
    fp_add(&out->c0, &a->c0, &b->c0);
    fp_add(&out->c1, &a->c1, &b->c1);
}

static ALWAYS_INLINE void fp2_sub(struct fp2 *out, const struct fp2 *a, const struct fp2 *b)
{
    fp_sub(&out->c0, &a->c0, &b->c0);
    fp_sub(&out->c1, &a->c1, &b->c1);
}

static ALWAYS_INLINE void fp2_dbl(struct fp2 *out, const struct fp2 *a)
{
    fp2_add(out, a, a);
}

static ALWAYS_INLINE void fp2_neg(struct fp2 *out, const struct fp2 *a)
{
    fp_neg(&out->c0, &a->c0);
    fp_neg(&out->c1, &a->c1);
}

/* fp2_conjugate: c0 - c1 i, which is a^p. */
static ALWAYS_INLINE void fp2_conjugate(struct fp2 *out, const struct fp2 *a)
{
    out->c0 = a->c0;
    fp_neg(&out->c1, &a->c1);
}

static inline bool fp2_is_zero(const struct fp2 *a)
{
    return fp_is_zero(&a->c0) && fp_is_zero(&a->c1);
}

static inline bool fp2_equal(const struct fp2 *a, const struct fp2 *b)
{
    return fp_equal(&a->c0, &b->c0) && fp_equal(&a->c1, &b->c1);
}

void fp2_mul(struct fp2 *out, const struct fp2 *a, const struct fp2 *b);
void fp2_sqr(struct fp2 *out, const struct fp2 *a);
void fp2_mul_fp(struct fp2 *out, const struct fp2 *a, const struct fp *b);
void fp2_mul_xi(struct fp2 *out, const struct fp2 *a);

/* fp2_mul_sub: a b - c d, reduced once. */
void fp2_mul_sub(struct fp2 *out, const struct fp2 *a, const struct fp2 *b, const struct fp2 *c,
                 const struct fp2 *d);

/* fp2_inv: 1/a, and 0 for 0. */
void fp2_inv(struct fp2 *out, const struct fp2 *a);

/* ---- Fp6 ------------------------------------------------------------------------------------ */

void fp6_mul(struct fp6 *out, const struct fp6 *a, const struct fp6 *b);
void fp6_inv(struct fp6 *out, const struct fp6 *a);

/* ---- Fp12 ----------------------------------------------------------------------------------- */

extern const struct fp12 FP12_ONE;

bool fp12_equal(const struct fp12 *a, const struct fp12 *b);
void fp12_mul(struct fp12 *out, const struct fp12 *a, const struct fp12 *b);
void fp12_sqr(struct fp12 *out, const struct fp12 *a);
void fp12_inv(struct fp12 *out, const struct fp12 *a);

/* fp12_conjugate: c0 - c1 w, which is a^(p^6), and 1/a in the cyclotomic subgroup. */
void fp12_conjugate(struct fp12 *out, const struct fp12 *a);

/* fp12_frobenius: a^p. fp12_frobenius_2: a^(p^2). */
void fp12_frobenius(struct fp12 *out, const struct fp12 *a);
void fp12_frobenius_2(struct fp12 *out, const struct fp12 *a);

/* fp12_cyclotomic_sqr: a^2 for a in the cyclotomic subgroup, where a^(p^4 - p^2 + 1) = 1. */
void fp12_cyclotomic_sqr(struct fp12 *out, const struct fp12 *a);

/* fp12_mul_line: a l. line_mul: the product of two lines. fp12_mul_line_product: a times it. */
void fp12_mul_line(struct fp12 *out, const struct fp12 *a, const struct line *l);
void line_mul(struct line_product *out, const struct line *a, const struct line *b);
void fp12_mul_line_product(struct fp12 *out, const struct fp12 *a, const struct line_product *l);

#endif
