/* The extension fields of bn254. Products are Karatsuba's, kept wide up to the coefficient they end
 * in (Aranha et al. 2011, "lazy reduction"), so that a product in Fp12 costs 54
 * multiplications of integers but only 12 reductions. */

#include "crypto/bn254_tower.h"

const struct fp12 FP12_ONE = {{{BN254_ONE, {{0}}}, {{{0}}, {{0}}}, {{{0}}, {{0}}}},
                              {{{{0}}, {{0}}}, {{{0}}, {{0}}}, {{{0}}, {{0}}}}};

/* w^(p-1), ..., w^(5(p-1)); the same for p^2. */
static const struct fp2 FROBENIUS_1[5] = BN254_FROBENIUS_1;
static const struct fp FROBENIUS_2[5] = BN254_FROBENIUS_2;

/* ---- Fp2, wide ------------------------------------------------------------------------------ */

/* fp2w_mul_inline: c0 = a0 b0 - a1 b1, c1 = (a0 + a1)(b0 + b1) - a0 b0 - a1 b1. The product of the
 * sums is < 4 p^2; what is left of it, a0 b1 + a1 b0, is < 2 p^2. */
static ALWAYS_INLINE void fp2w_mul_inline(struct fp2w *out, const struct fp2 *a,
                                          const struct fp2 *b)
{
    struct fp sum_a;
    struct fp sum_b;
    struct fpw v0;
    struct fpw v1;
    fp_add_lazy(&sum_a, &a->c0, &a->c1);
    fp_add_lazy(&sum_b, &b->c0, &b->c1);
    fpw_mul(&v0, &a->c0, &b->c0);
    fpw_mul(&v1, &a->c1, &b->c1);
    fpw_mul(&out->c1, &sum_a, &sum_b);
    fpw_sub_plain(&out->c1, &out->c1, &v0);
    fpw_sub_plain(&out->c1, &out->c1, &v1);
    fpw_sub(&out->c0, &v0, &v1);
}

static NOINLINE void fp2w_mul(struct fp2w *out, const struct fp2 *a, const struct fp2 *b)
{
    fp2w_mul_inline(out, a, b);
}

/* fp2w_sqr_inline: c0 = (a0 + a1)(a0 - a1) < 2 p^2, c1 = (2 a0) a1 < 2 p^2. */
static ALWAYS_INLINE void fp2w_sqr_inline(struct fp2w *out, const struct fp2 *a)
{
    struct fp sum;
    struct fp difference;
    struct fp twice;
    fp_add_lazy(&sum, &a->c0, &a->c1);
    fp_sub(&difference, &a->c0, &a->c1);
    fp_add_lazy(&twice, &a->c0, &a->c0);
    fpw_mul(&out->c1, &twice, &a->c1);
    fpw_mul(&out->c0, &sum, &difference);
}

static NOINLINE void fp2w_sqr(struct fp2w *out, const struct fp2 *a)
{
    fp2w_sqr_inline(out, a);
}

static NOINLINE void fp2w_add(struct fp2w *out, const struct fp2w *a, const struct fp2w *b)
{
    fpw_add(&out->c0, &a->c0, &b->c0);
    fpw_add(&out->c1, &a->c1, &b->c1);
}

static NOINLINE void fp2w_sub(struct fp2w *out, const struct fp2w *a, const struct fp2w *b)
{
    fpw_sub(&out->c0, &a->c0, &b->c0);
    fpw_sub(&out->c1, &a->c1, &b->c1);
}

/* fp2w_mul_xi: (9 + i) a = (9 a0 - a1) + (9 a1 + a0) i. `out` is not `a`. */
static NOINLINE void fp2w_mul_xi(struct fp2w *out, const struct fp2w *a)
{
    fpw_mul9_sub(&out->c0, &a->c0, &a->c1);
    fpw_mul9_add(&out->c1, &a->c1, &a->c0);
}

static NOINLINE void fp2w_reduce(struct fp2 *out, const struct fp2w *a)
{
    fpw_reduce(&out->c0, &a->c0);
    fpw_reduce(&out->c1, &a->c1);
}

/* ---- Fp2 ------------------------------------------------------------------------------------ */

void fp2_mul(struct fp2 *out, const struct fp2 *a, const struct fp2 *b)
{
    struct fp2w t;
    fp2w_mul_inline(&t, a, b);
    fpw_reduce(&out->c0, &t.c0);
    fpw_reduce(&out->c1, &t.c1);
}

void fp2_sqr(struct fp2 *out, const struct fp2 *a)
{
    struct fp sum;
    struct fp difference;
    struct fp twice;
    fp_add_lazy(&sum, &a->c0, &a->c1);
    fp_sub(&difference, &a->c0, &a->c1);
    fp_add_lazy(&twice, &a->c0, &a->c0);
    fp_mul_inline(&out->c1, &twice, &a->c1);
    fp_mul_inline(&out->c0, &sum, &difference);
}

void fp2_mul_fp(struct fp2 *out, const struct fp2 *a, const struct fp *b)
{
    const struct fp factor = *b;
    fp_mul_inline(&out->c0, &a->c0, &factor);
    fp_mul_inline(&out->c1, &a->c1, &factor);
}

void fp2_mul_sub(struct fp2 *out, const struct fp2 *a, const struct fp2 *b, const struct fp2 *c,
                 const struct fp2 *d)
{
    struct fp2w ab;
    struct fp2w cd;
    fp2w_mul(&ab, a, b);
    fp2w_mul(&cd, c, d);
    fp2w_sub(&ab, &ab, &cd);
    fp2w_reduce(out, &ab);
}

void fp2_mul_xi(struct fp2 *out, const struct fp2 *a)
{
    struct fp2 t; /* 8a */
    fp2_dbl(&t, a);
    fp2_dbl(&t, &t);
    fp2_dbl(&t, &t);
    fp2_add(&t, &t, a);
    struct fp c0 = a->c0;
    fp_sub(&out->c0, &t.c0, &a->c1);
    fp_add(&out->c1, &t.c1, &c0);
}

/* 1/(a0 + a1 i) = (a0 - a1 i)/(a0^2 + a1^2). */
void fp2_inv(struct fp2 *out, const struct fp2 *a)
{
    struct fp norm;
    struct fp t;
    fp_mul(&norm, &a->c0, &a->c0);
    fp_mul(&t, &a->c1, &a->c1);
    fp_add(&norm, &norm, &t);
    fp_inv(&norm, &norm);
    fp2_conjugate(out, a);
    fp2_mul_fp(out, out, &norm);
}

/* ---- Fp6 ------------------------------------------------------------------------------------ */

static ALWAYS_INLINE void fp6_add(struct fp6 *out, const struct fp6 *a, const struct fp6 *b)
{
    fp2_add(&out->c0, &a->c0, &b->c0);
    fp2_add(&out->c1, &a->c1, &b->c1);
    fp2_add(&out->c2, &a->c2, &b->c2);
}

static ALWAYS_INLINE void fp6_sub(struct fp6 *out, const struct fp6 *a, const struct fp6 *b)
{
    fp2_sub(&out->c0, &a->c0, &b->c0);
    fp2_sub(&out->c1, &a->c1, &b->c1);
    fp2_sub(&out->c2, &a->c2, &b->c2);
}

static ALWAYS_INLINE void fp6_neg(struct fp6 *out, const struct fp6 *a)
{
    fp2_neg(&out->c0, &a->c0);
    fp2_neg(&out->c1, &a->c1);
    fp2_neg(&out->c2, &a->c2);
}

/* fp6_mul_v: v a = xi c2 + c0 v + c1 v^2. */
static void fp6_mul_v(struct fp6 *out, const struct fp6 *a)
{
    struct fp2 t;
    fp2_mul_xi(&t, &a->c2);
    out->c2 = a->c1;
    out->c1 = a->c0;
    out->c0 = t;
}

static ALWAYS_INLINE void fp6w_sub(struct fp6w *out, const struct fp6w *a, const struct fp6w *b)
{
    fp2w_sub(&out->c0, &a->c0, &b->c0);
    fp2w_sub(&out->c1, &a->c1, &b->c1);
    fp2w_sub(&out->c2, &a->c2, &b->c2);
}

static void fp6w_reduce(struct fp6 *out, const struct fp6w *a)
{
    fp2w_reduce(&out->c0, &a->c0);
    fp2w_reduce(&out->c1, &a->c1);
    fp2w_reduce(&out->c2, &a->c2);
}

/* fp6w_add_mul_v: a + v b. */
static void fp6w_add_mul_v(struct fp6w *out, const struct fp6w *a, const struct fp6w *b)
{
    struct fp2w t;
    fp2w_mul_xi(&t, &b->c2);
    fp2w_add(&out->c0, &a->c0, &t);
    fp2w_add(&out->c1, &a->c1, &b->c0);
    fp2w_add(&out->c2, &a->c2, &b->c1);
}

/* fp2w_cross: (a + b)(c + d) - ac - bd = ad + bc, from the two products. The sums s = a + b and
 * t = c + d are not reduced: their coefficients are < 2p and s0 t0 and s1 t1 are < 4 p^2, in range.
 * (s0 + s1)(t0 + t1) < 16 p^2 < 2^512 is not, but as integers it is s0 t0 + s1 t1 + the imaginary
 * parts of ac, bd, ad and bc, none of which was reduced: the plain differences are exact and leave
 * the last two, < 4 p^2. */
static NOINLINE void fp2w_cross(struct fp2w *out, const struct fp2 *a, const struct fp2 *b,
                                const struct fp2 *c, const struct fp2 *d, const struct fp2w *ac,
                                const struct fp2w *bd)
{
    struct fp2 s;
    struct fp2 t;
    struct fpw v0;
    struct fpw v1;
    fp_add_lazy(&s.c0, &a->c0, &b->c0);
    fp_add_lazy(&s.c1, &a->c1, &b->c1);
    fp_add_lazy(&t.c0, &c->c0, &d->c0);
    fp_add_lazy(&t.c1, &c->c1, &d->c1);
    fpw_mul(&v0, &s.c0, &t.c0);
    fpw_mul(&v1, &s.c1, &t.c1);
    fp_add_lazy(&s.c0, &s.c0, &s.c1);
    fp_add_lazy(&t.c0, &t.c0, &t.c1);
    fpw_mul(&out->c1, &s.c0, &t.c0);
    fpw_sub_plain(&out->c1, &out->c1, &v0);
    fpw_sub_plain(&out->c1, &out->c1, &v1);
    fpw_sub_plain(&out->c1, &out->c1, &ac->c1);
    fpw_sub_plain(&out->c1, &out->c1, &bd->c1);
    fpw_sub(&v0, &v0, &v1);
    fpw_sub(&v0, &v0, &ac->c0);
    fpw_sub(&out->c0, &v0, &bd->c0);
}

/* Six products (Karatsuba): with v_k = a_k b_k,
 *   c0 = v0 + xi (a1 b2 + a2 b1)   c1 = a0 b1 + a1 b0 + xi v2   c2 = a0 b2 + a2 b0 + v1 */
static NOINLINE void fp6w_mul(struct fp6w *out, const struct fp6 *a, const struct fp6 *b)
{
    struct fp2w v0;
    struct fp2w v1;
    struct fp2w v2;
    struct fp2w t;
    fp2w_mul(&v0, &a->c0, &b->c0);
    fp2w_mul(&v1, &a->c1, &b->c1);
    fp2w_mul(&v2, &a->c2, &b->c2);
    fp2w_cross(&t, &a->c1, &a->c2, &b->c1, &b->c2, &v1, &v2);
    fp2w_mul_xi(&out->c0, &t);
    fp2w_add(&out->c0, &out->c0, &v0);
    fp2w_cross(&out->c1, &a->c0, &a->c1, &b->c0, &b->c1, &v0, &v1);
    fp2w_mul_xi(&t, &v2);
    fp2w_add(&out->c1, &out->c1, &t);
    fp2w_cross(&out->c2, &a->c0, &a->c2, &b->c0, &b->c2, &v0, &v2);
    fp2w_add(&out->c2, &out->c2, &v1);
}

/* fp6w_mul_2: a (b0 + b1 v), five products. */
static NOINLINE void fp6w_mul_2(struct fp6w *out, const struct fp6 *a, const struct fp2 *b0,
                                const struct fp2 *b1)
{
    struct fp2w v0;
    struct fp2w v1;
    struct fp2w t;
    fp2w_mul(&v0, &a->c0, b0);
    fp2w_mul(&v1, &a->c1, b1);
    fp2w_mul(&t, &a->c2, b1);
    fp2w_mul_xi(&out->c0, &t);
    fp2w_add(&out->c0, &out->c0, &v0);
    fp2w_cross(&out->c1, &a->c0, &a->c1, b0, b1, &v0, &v1);
    fp2w_mul(&out->c2, &a->c2, b0);
    fp2w_add(&out->c2, &out->c2, &v1);
}

void fp6_mul(struct fp6 *out, const struct fp6 *a, const struct fp6 *b)
{
    struct fp6w t;
    fp6w_mul(&t, a, b);
    fp6w_reduce(out, &t);
}

/* Beuchat et al., "High-Speed Software Implementation of the Optimal Ate Pairing over
 * Barreto-Naehrig Curves" (2010): with A = a0^2 - xi a1 a2, B = xi a2^2 - a0 a1 and
 * C = a1^2 - a0 a2, the inverse is (A + B v + C v^2) / (a0 A + xi (a2 B + a1 C)). */
void fp6_inv(struct fp6 *out, const struct fp6 *a)
{
    struct fp6 n;
    struct fp2 t;
    struct fp2 norm;
    fp2_mul(&t, &a->c1, &a->c2);
    fp2_mul_xi(&t, &t);
    fp2_sqr(&n.c0, &a->c0);
    fp2_sub(&n.c0, &n.c0, &t);
    fp2_sqr(&t, &a->c2);
    fp2_mul_xi(&t, &t);
    fp2_mul(&n.c1, &a->c0, &a->c1);
    fp2_sub(&n.c1, &t, &n.c1);
    fp2_sqr(&t, &a->c1);
    fp2_mul(&n.c2, &a->c0, &a->c2);
    fp2_sub(&n.c2, &t, &n.c2);

    fp2_mul(&norm, &a->c2, &n.c1);
    fp2_mul(&t, &a->c1, &n.c2);
    fp2_add(&norm, &norm, &t);
    fp2_mul_xi(&norm, &norm);
    fp2_mul(&t, &a->c0, &n.c0);
    fp2_add(&norm, &norm, &t);
    fp2_inv(&norm, &norm);
    fp2_mul(&out->c0, &n.c0, &norm);
    fp2_mul(&out->c1, &n.c1, &norm);
    fp2_mul(&out->c2, &n.c2, &norm);
}

/* ---- Fp12 ----------------------------------------------------------------------------------- */

bool fp12_equal(const struct fp12 *a, const struct fp12 *b)
{
    return fp2_equal(&a->c0.c0, &b->c0.c0) && fp2_equal(&a->c0.c1, &b->c0.c1) &&
           fp2_equal(&a->c0.c2, &b->c0.c2) && fp2_equal(&a->c1.c0, &b->c1.c0) &&
           fp2_equal(&a->c1.c1, &b->c1.c1) && fp2_equal(&a->c1.c2, &b->c1.c2);
}

void fp12_conjugate(struct fp12 *out, const struct fp12 *a)
{
    out->c0 = a->c0;
    fp6_neg(&out->c1, &a->c1);
}

/* fp12_from_products: (t0 + v t1) + (t01 - t0 - t1) w, where t0 = a0 b0, t1 = a1 b1 and
 * t01 = (a0 + a1)(b0 + b1). Changes *t01. */
static void fp12_from_products(struct fp12 *out, const struct fp6w *t0, const struct fp6w *t1,
                               struct fp6w *t01)
{
    struct fp6w t;
    fp6w_sub(t01, t01, t0);
    fp6w_sub(t01, t01, t1);
    fp6w_reduce(&out->c1, t01);
    fp6w_add_mul_v(&t, t0, t1);
    fp6w_reduce(&out->c0, &t);
}

void fp12_mul(struct fp12 *out, const struct fp12 *a, const struct fp12 *b)
{
    struct fp6w t0;
    struct fp6w t1;
    struct fp6w t01;
    struct fp6 sum_a;
    struct fp6 sum_b;
    fp6_add(&sum_a, &a->c0, &a->c1);
    fp6_add(&sum_b, &b->c0, &b->c1);
    fp6w_mul(&t0, &a->c0, &b->c0);
    fp6w_mul(&t1, &a->c1, &b->c1);
    fp6w_mul(&t01, &sum_a, &sum_b);
    fp12_from_products(out, &t0, &t1, &t01);
}

/* With t = a0 a1: c0 = (a0 + a1)(a0 + v a1) - t - v t, c1 = 2t. */
void fp12_sqr(struct fp12 *out, const struct fp12 *a)
{
    struct fp6w product;
    struct fp6w t;
    struct fp6w u;
    struct fp6 sum;
    struct fp6 sum_v;
    fp6_mul_v(&sum_v, &a->c1);
    fp6_add(&sum_v, &sum_v, &a->c0);
    fp6_add(&sum, &a->c0, &a->c1);
    fp6w_mul(&product, &sum, &sum_v);
    fp6w_mul(&t, &a->c0, &a->c1);
    fp6w_add_mul_v(&u, &t, &t);
    fp6w_sub(&product, &product, &u);
    fp6w_reduce(&out->c0, &product);
    fp6w_reduce(&out->c1, &t);
    fp6_add(&out->c1, &out->c1, &out->c1);
}

/* 1/(a0 + a1 w) = (a0 - a1 w)/(a0^2 - v a1^2). */
void fp12_inv(struct fp12 *out, const struct fp12 *a)
{
    struct fp6 norm;
    struct fp6 t;
    fp6_mul(&norm, &a->c0, &a->c0);
    fp6_mul(&t, &a->c1, &a->c1);
    fp6_mul_v(&t, &t);
    fp6_sub(&norm, &norm, &t);
    fp6_inv(&norm, &norm);
    fp6_mul(&out->c0, &a->c0, &norm);
    fp6_mul(&t, &a->c1, &norm);
    fp6_neg(&out->c1, &t);
}

/* The coefficient of w^j becomes its conjugate times w^(j (p - 1)). */
void fp12_frobenius(struct fp12 *out, const struct fp12 *a)
{
    fp2_conjugate(&out->c0.c0, &a->c0.c0);
    fp2_conjugate(&out->c1.c0, &a->c1.c0);
    fp2_conjugate(&out->c0.c1, &a->c0.c1);
    fp2_conjugate(&out->c1.c1, &a->c1.c1);
    fp2_conjugate(&out->c0.c2, &a->c0.c2);
    fp2_conjugate(&out->c1.c2, &a->c1.c2);
    fp2_mul(&out->c1.c0, &out->c1.c0, &FROBENIUS_1[0]);
    fp2_mul(&out->c0.c1, &out->c0.c1, &FROBENIUS_1[1]);
    fp2_mul(&out->c1.c1, &out->c1.c1, &FROBENIUS_1[2]);
    fp2_mul(&out->c0.c2, &out->c0.c2, &FROBENIUS_1[3]);
    fp2_mul(&out->c1.c2, &out->c1.c2, &FROBENIUS_1[4]);
}

void fp12_frobenius_2(struct fp12 *out, const struct fp12 *a)
{
    out->c0.c0 = a->c0.c0;
    fp2_mul_fp(&out->c1.c0, &a->c1.c0, &FROBENIUS_2[0]);
    fp2_mul_fp(&out->c0.c1, &a->c0.c1, &FROBENIUS_2[1]);
    fp2_mul_fp(&out->c1.c1, &a->c1.c1, &FROBENIUS_2[2]);
    fp2_mul_fp(&out->c0.c2, &a->c0.c2, &FROBENIUS_2[3]);
    fp2_mul_fp(&out->c1.c2, &a->c1.c2, &FROBENIUS_2[4]);
}

/* fp4_sqr: (a + b s)^2 in Fp2[s]/(s^2 - xi): c0 = a^2 + xi b^2, c1 = 2ab. */
static NOINLINE void fp4_sqr(struct fp2 *c0, struct fp2 *c1, const struct fp2 *a,
                             const struct fp2 *b)
{
    struct fp2w aa;
    struct fp2w bb;
    struct fp2w t;
    fp2_mul(c1, a, b);
    fp2_dbl(c1, c1);
    fp2w_sqr(&aa, a);
    fp2w_sqr(&bb, b);
    fp2w_mul_xi(&t, &bb);
    fp2w_add(&t, &t, &aa);
    fp2w_reduce(c0, &t);
}

/* 3a - 2b and 3a + 2b. */
static void fp2_3a_minus_2b(struct fp2 *out, const struct fp2 *a, const struct fp2 *b)
{
    struct fp2 t;
    fp2_sub(&t, a, b);
    fp2_dbl(&t, &t);
    fp2_add(out, &t, a);
}

static void fp2_3a_plus_2b(struct fp2 *out, const struct fp2 *a, const struct fp2 *b)
{
    struct fp2 t;
    fp2_add(&t, a, b);
    fp2_dbl(&t, &t);
    fp2_add(out, &t, a);
}

/* Granger and Scott, "Faster Squaring in the Cyclotomic Subgroup of Sixth Degree Extensions"
 * (2010), over Fp4 = Fp2[s], s = w^3: as A + B w + C w^2 with A, B, C in Fp4,
 *   A' = 3 A^2 - 2 conj(A)   B' = 3 s C^2 + 2 conj(B)   C' = 3 B^2 - 2 conj(C) */
void fp12_cyclotomic_sqr(struct fp12 *out, const struct fp12 *a)
{
    struct fp2 a0;
    struct fp2 a1;
    struct fp2 b0;
    struct fp2 b1;
    struct fp2 c0;
    struct fp2 c1;
    fp4_sqr(&a0, &a1, &a->c0.c0, &a->c1.c1);
    fp4_sqr(&b0, &b1, &a->c1.c0, &a->c0.c2);
    fp4_sqr(&c0, &c1, &a->c0.c1, &a->c1.c2);
    fp2_mul_xi(&c1, &c1);
    fp2_3a_minus_2b(&out->c0.c0, &a0, &a->c0.c0);
    fp2_3a_plus_2b(&out->c1.c1, &a1, &a->c1.c1);
    fp2_3a_plus_2b(&out->c1.c0, &c1, &a->c1.c0);
    fp2_3a_minus_2b(&out->c0.c2, &c0, &a->c0.c2);
    fp2_3a_minus_2b(&out->c0.c1, &b0, &a->c0.c1);
    fp2_3a_plus_2b(&out->c1.c2, &b1, &a->c1.c2);
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* l = l0 + (l1 + l3 v) w: 3 + 5 + 5 products in Fp2. */
void fp12_mul_line(struct fp12 *out, const struct fp12 *a, const struct line *l)
{
    struct fp6w t0;
    struct fp6w t1;
    struct fp6w t01;
    struct fp6 sum;
    struct fp2 l01;
    fp2w_mul(&t0.c0, &a->c0.c0, &l->l0);
    fp2w_mul(&t0.c1, &a->c0.c1, &l->l0);
    fp2w_mul(&t0.c2, &a->c0.c2, &l->l0);
    fp6w_mul_2(&t1, &a->c1, &l->l1, &l->l3);
    fp6_add(&sum, &a->c0, &a->c1);
    fp2_add(&l01, &l->l0, &l->l1);
    fp6w_mul_2(&t01, &sum, &l01, &l->l3);
    fp12_from_products(out, &t0, &t1, &t01);
}

/* Six products; w^6 = xi brings a3 b3 back to w^0. */
void line_mul(struct line_product *out, const struct line *a, const struct line *b)
{
    struct fp2w v0;
    struct fp2w v1;
    struct fp2w v3;
    struct fp2w t;
    fp2w_mul(&v0, &a->l0, &b->l0);
    fp2w_mul(&v1, &a->l1, &b->l1);
    fp2w_mul(&v3, &a->l3, &b->l3);
    fp2w_cross(&t, &a->l0, &a->l1, &b->l0, &b->l1, &v0, &v1);
    fp2w_reduce(&out->c1_c0, &t);
    fp2w_cross(&t, &a->l0, &a->l3, &b->l0, &b->l3, &v0, &v3);
    fp2w_reduce(&out->c1_c1, &t);
    fp2w_cross(&t, &a->l1, &a->l3, &b->l1, &b->l3, &v1, &v3);
    fp2w_reduce(&out->c0.c2, &t);
    fp2w_reduce(&out->c0.c1, &v1);
    fp2w_mul_xi(&t, &v3);
    fp2w_add(&t, &t, &v0);
    fp2w_reduce(&out->c0.c0, &t);
}

/* 6 + 5 + 6 products. */
void fp12_mul_line_product(struct fp12 *out, const struct fp12 *a, const struct line_product *l)
{
    struct fp6w t0;
    struct fp6w t1;
    struct fp6w t01;
    struct fp6 sum_a;
    struct fp6 sum_l;
    fp6w_mul(&t0, &a->c0, &l->c0);
    fp6w_mul_2(&t1, &a->c1, &l->c1_c0, &l->c1_c1);
    fp6_add(&sum_a, &a->c0, &a->c1);
    fp2_add(&sum_l.c0, &l->c0.c0, &l->c1_c0);
    fp2_add(&sum_l.c1, &l->c0.c1, &l->c1_c1);
    sum_l.c2 = l->c0.c2;
    fp6w_mul(&t01, &sum_a, &sum_l);
    fp12_from_products(out, &t0, &t1, &t01);
}
