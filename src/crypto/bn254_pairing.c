/* The optimal ate pairing of bn254 (EIP-197):
 *
 *   e(P, Q) = (f(P) l1(P) l2(P))^((p^12 - 1)/r)
 *
 * with f the Miller function of 6u+2 and Q, and l1, l2 the lines that then add psi(Q) and -psi^2(Q)
 * (Vercauteren, "Optimal Pairings", 2008). Q moves on the twist y^2 = x^3 + 3/xi; the
 * untwist (x, y) -> (w^2 x, w^3 y) takes it to the curve over Fp12, and psi is the untwist, the
 * Frobenius map and the twist in a row.
 *
 * Pairs go through the loop together, so that the squarings are shared, and lines are multiplied
 * two by two before they meet the accumulator (23 products in Fp2 for two instead of 26).
 *
 * The subgroup test costs nothing: on the twist, f(psi)(Q) = 0 for f = 6u+2 + X - X^2 + X^3 holds
 * on G2 and nowhere else (proof and check in tools/gen-bn254), and the loop ends with T = (6u+2) Q
 * + psi(Q) - psi^2(Q) anyway; what is left is to compare T with -psi^3(Q).
 *
 * The steps use incomplete addition formulas. No point of the twist, in G2 or not, meets a case
 * where they fail (asserted in tools/gen-bn254), so Z is never 0. */

#include "crypto/bn254_pairing.h"

#include "crypto/bn254.h"

#define G1_BYTES   64
#define G2_BYTES   128
#define PAIR_BYTES (G1_BYTES + G2_BYTES)

/* BATCH: pairs that share a Miller loop. A loop's own squarings cost as much as half a pair, so
 * more than this gains nothing, and the stack stays small (400 bytes for each). */
#define BATCH 16

static const struct fp2 TWIST_B = BN254_TWIST_B;
static const struct fp2 TWIST_3B = BN254_TWIST_3B;

/* w^(2(p-1)) and w^(3(p-1)), which psi multiplies coordinates by, and the first for psi^2. */
static const struct fp2 FROBENIUS_1[5] = BN254_FROBENIUS_1;
static const struct fp FROBENIUS_2[5] = BN254_FROBENIUS_2;

static const int8_t LOOP_NAF[] = BN254_LOOP_NAF;
static const int8_t U_DIGITS[] = BN254_U_DIGITS;

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- points of the twist -------------------------------------------------------------------- */

/* EIP-197 writes the imaginary part first. */
static enum err fp2_from_bytes(struct fp2 *out, const uint8_t in[static 64])
{
    TRY(fp_from_bytes(&out->c1, in));
    return fp_from_bytes(&out->c0, in + 32);
}

static bool g2_on_twist(const struct g2 *a)
{
    struct fp2 left;
    struct fp2 right;
    fp2_sqr(&left, &a->y);
    fp2_sqr(&right, &a->x);
    fp2_mul(&right, &right, &a->x);
    fp2_add(&right, &right, &TWIST_B);
    return fp2_equal(&left, &right);
}

enum err g2_read(struct g2 *out, bool *is_infinity, const uint8_t in[static 128])
{
    struct g2 a;
    if (fp2_from_bytes(&a.x, in) != OK || fp2_from_bytes(&a.y, in + 64) != OK) {
        return ERR_MALFORMED;
    }
    *is_infinity = fp2_is_zero(&a.x) && fp2_is_zero(&a.y);
    if (*is_infinity) {
        return OK;
    }
    if (!g2_on_twist(&a)) {
        return ERR_MALFORMED;
    }
    *out = a;
    return OK;
}

static void g2_psi(struct g2 *out, const struct g2 *a)
{
    fp2_conjugate(&out->x, &a->x);
    fp2_conjugate(&out->y, &a->y);
    fp2_mul(&out->x, &out->x, &FROBENIUS_1[1]);
    fp2_mul(&out->y, &out->y, &FROBENIUS_1[2]);
}

/* -psi^2: (x, y) -> (w^(2(p^2-1)) x, y), since w^(3(p^2-1)) = -1. */
static void g2_minus_psi_2(struct g2 *out, const struct g2 *a)
{
    fp2_mul_fp(&out->x, &a->x, &FROBENIUS_2[1]);
    out->y = a->y;
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* step_double: t becomes 2t, *line the tangent's value at P, up to a factor in Fp2, which the final
 * exponentiation makes 1: -2YZ yP + 3X^2 xP w + (3b' Z^2 - Y^2) w^3.
 * The doubling of Aranha et al. 2011, its coordinates multiplied by 4 instead of halved:
 *   X' = 2XY (B - F)   Y' = (B + F)^2 - 12 E^2   Z' = 4B (2YZ)
 * where B = Y^2, C = Z^2, E = 3b' C, F = 3E. */
static void step_double(struct line *line, struct pairing_input *pair)
{
    struct g2_projective *t = &pair->t;
    struct fp2 xx;
    struct fp2 b;
    struct fp2 c;
    struct fp2 xy2;
    struct fp2 yz2;
    struct fp2 e;
    struct fp2 f;
    fp2_sqr(&xx, &t->x);
    fp2_sqr(&b, &t->y);
    fp2_sqr(&c, &t->z);
    fp2_add(&xy2, &t->x, &t->y);
    fp2_sqr(&xy2, &xy2);
    fp2_sub(&xy2, &xy2, &xx);
    fp2_sub(&xy2, &xy2, &b);
    fp2_add(&yz2, &t->y, &t->z);
    fp2_sqr(&yz2, &yz2);
    fp2_sub(&yz2, &yz2, &b);
    fp2_sub(&yz2, &yz2, &c);
    fp2_mul(&e, &c, &TWIST_3B);
    fp2_dbl(&f, &e);
    fp2_add(&f, &f, &e);

    fp2_sub(&line->l3, &e, &b);
    fp2_mul_fp(&line->l0, &yz2, &pair->minus_y);
    fp2_dbl(&line->l1, &xx);
    fp2_add(&line->l1, &line->l1, &xx);
    fp2_mul_fp(&line->l1, &line->l1, &pair->x);

    fp2_sub(&t->x, &b, &f);
    fp2_mul(&t->x, &t->x, &xy2);
    fp2_add(&f, &f, &b);
    fp2_sqr(&f, &f);
    fp2_sqr(&e, &e);
    fp2_dbl(&e, &e);
    fp2_dbl(&e, &e);
    fp2_sub(&f, &f, &e);
    fp2_dbl(&e, &e);
    fp2_sub(&t->y, &f, &e);
    fp2_mul(&t->z, &b, &yz2);
    fp2_dbl(&t->z, &t->z);
    fp2_dbl(&t->z, &t->z);
}

/* step_add: t becomes t + q, *line the value at P of the line through both, up to a factor in Fp2:
 * -L yP + H xP w + (L yQ - H xQ) w^3 with H = Y - yQ Z, L = X - xQ Z.
 * Costello, Lange, Naehrig, "Faster Pairing Computations on Curves with High-Degree Twists" (2010),
 * the mixed addition; t is neither +-q nor infinity. */
static void step_add(struct line *line, struct pairing_input *pair, const struct g2 *q)
{
    struct g2_projective *t = &pair->t;
    struct fp2 h;
    struct fp2 l;
    struct fp2 hh;
    struct fp2 ll;
    struct fp2 lll;
    struct fp2 xll;
    struct fp2 s;
    fp2_mul(&h, &q->y, &t->z);
    fp2_sub(&h, &t->y, &h);
    fp2_mul(&l, &q->x, &t->z);
    fp2_sub(&l, &t->x, &l);

    fp2_mul_fp(&line->l0, &l, &pair->minus_y);
    fp2_mul_fp(&line->l1, &h, &pair->x);
    fp2_mul_sub(&line->l3, &l, &q->y, &h, &q->x);

    /* With S = L^3 + Z H^2 - 2 X L^2: X' = L S, Y' = H (X L^2 - S) - Y L^3, Z' = Z L^3. */
    fp2_sqr(&hh, &h);
    fp2_sqr(&ll, &l);
    fp2_mul(&lll, &ll, &l);
    fp2_mul(&xll, &t->x, &ll);
    fp2_mul(&s, &t->z, &hh);
    fp2_add(&s, &s, &lll);
    fp2_sub(&s, &s, &xll);
    fp2_sub(&s, &s, &xll);
    fp2_mul(&t->x, &l, &s);
    fp2_sub(&xll, &xll, &s);
    fp2_mul_sub(&t->y, &h, &xll, &t->y, &lll);
    fp2_mul(&t->z, &t->z, &lll);
}

/* ---- the loop ------------------------------------------------------------------------------- */

/* struct accumulator: the Miller function so far, and a line that waits for a second one. */
struct accumulator {
    struct fp12 f;
    struct line waiting;
    bool has_waiting;
};

static void accumulator_put(struct accumulator *acc, const struct pairing_input *pair,
                            const struct line *line)
{
    if (pair->p_is_infinity) {
        return;
    }
    if (!acc->has_waiting) {
        acc->waiting = *line;
        acc->has_waiting = true;
        return;
    }
    struct line_product product;
    line_mul(&product, &acc->waiting, line);
    fp12_mul_line_product(&acc->f, &acc->f, &product);
    acc->has_waiting = false;
}

/* accumulator_flush: nothing may wait across a squaring. */
static void accumulator_flush(struct accumulator *acc)
{
    if (acc->has_waiting) {
        fp12_mul_line(&acc->f, &acc->f, &acc->waiting);
        acc->has_waiting = false;
    }
}

static void add_multiples(struct accumulator *acc, struct pairing_input *pairs, size_t count,
                          int digit)
{
    for (size_t i = 0; i < count; i++) {
        struct g2 q = pairs[i].q;
        struct line line;
        if (digit < 0) {
            fp2_neg(&q.y, &q.y);
        }
        step_add(&line, &pairs[i], &q);
        accumulator_put(acc, &pairs[i], &line);
    }
}

/* close_loop adds psi(q) and -psi^2(q) to each t and tells whether every q is in G2. */
static enum err close_loop(struct accumulator *acc, struct pairing_input *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct g2_projective *t = &pairs[i].t;
        struct g2 q;
        struct line line;
        g2_psi(&q, &pairs[i].q);
        step_add(&line, &pairs[i], &q);
        accumulator_put(acc, &pairs[i], &line);
        g2_minus_psi_2(&q, &pairs[i].q);
        step_add(&line, &pairs[i], &q);
        accumulator_put(acc, &pairs[i], &line);
        g2_psi(&q, &q); /* -psi^3 */
        fp2_mul(&q.x, &q.x, &t->z);
        fp2_mul(&q.y, &q.y, &t->z);
        if (!fp2_equal(&q.x, &t->x) || !fp2_equal(&q.y, &t->y)) {
            return ERR_MALFORMED;
        }
    }
    return OK;
}

enum err miller_loop(struct fp12 *out, struct pairing_input *pairs, size_t count)
{
    struct accumulator acc;
    acc.f = FP12_ONE;
    acc.has_waiting = false;
    for (size_t i = 0; i < count; i++) {
        pairs[i].t = (struct g2_projective){pairs[i].q.x, pairs[i].q.y, {FP_ONE, {{0, 0, 0, 0}}}};
    }
    for (int i = COUNT(LOOP_NAF) - 2; i >= 0; i--) {
        fp12_sqr(&acc.f, &acc.f);
        for (size_t j = 0; j < count; j++) {
            struct line line;
            step_double(&line, &pairs[j]);
            accumulator_put(&acc, &pairs[j], &line);
        }
        if (LOOP_NAF[i] != 0) {
            add_multiples(&acc, pairs, count, LOOP_NAF[i]);
        }
        accumulator_flush(&acc);
    }
    TRY(close_loop(&acc, pairs, count)); /* two lines for each pair, so none waits now */
    *out = acc.f;
    return OK;
}

/* ---- the final exponentiation --------------------------------------------------------------- */

/* power_u: a^u for a in the cyclotomic subgroup, where inversion is conjugation. `out` is not `a`.
 */
static void power_u(struct fp12 *out, const struct fp12 *a)
{
    struct fp12 odd[4]; /* a, a^3, a^5, a^7 */
    struct fp12 t;
    odd[0] = *a;
    fp12_cyclotomic_sqr(&t, a);
    for (int i = 1; i < 4; i++) {
        fp12_mul(&odd[i], &odd[i - 1], &t);
    }
    *out = *a;
    for (int i = COUNT(U_DIGITS) - 2; i >= 0; i--) {
        int8_t digit = U_DIGITS[i];
        fp12_cyclotomic_sqr(out, out);
        if (digit > 0) {
            fp12_mul(out, out, &odd[digit / 2]);
        } else if (digit < 0) {
            fp12_conjugate(&t, &odd[-digit / 2]);
            fp12_mul(out, out, &t);
        }
    }
}

/* (p^12 - 1)/r = (p^6 - 1)(p^2 + 1) * (p^4 - p^2 + 1)/r. The first two factors are the easy part.
 * The third times m is
 *   (1 + 6u + 12u^2 + 12u^3) + (4u + 6u^2 + 12u^3) p + (6u + 6u^2 + 12u^3) p^2
 *   + (-1 + 4u + 6u^2 + 12u^3) p^3
 * Source: Fuentes-Castaneda, Knapp, Rodriguez-Henriquez, "Faster Hashing to G2" (2011);
 * asserted in tools/gen-bn254. */
void final_exponentiation(struct fp12 *out, const struct fp12 *in)
{
    struct fp12 a;
    struct fp12 b;
    struct fp12 f;
    struct fp12 t;
    struct fp12 u2;
    fp12_inv(&a, in);
    fp12_conjugate(&f, in);
    fp12_mul(&f, &f, &a);
    fp12_frobenius_2(&t, &f);
    fp12_mul(&f, &f, &t);

    power_u(&u2, &f);
    fp12_cyclotomic_sqr(&u2, &u2); /* f^(2u) */
    fp12_cyclotomic_sqr(&t, &u2);
    fp12_mul(&t, &t, &u2); /* f^(6u) */
    power_u(&b, &t);       /* f^(6u^2) */
    fp12_mul(&a, &t, &b);  /* f^(6u + 6u^2) */
    fp12_cyclotomic_sqr(&t, &b);
    struct fp12 cube;
    power_u(&cube, &t);      /* f^(12u^3) */
    fp12_mul(&a, &a, &cube); /* f^(6u + 6u^2 + 12u^3) */

    fp12_mul(&t, &a, &b);
    fp12_mul(&t, &t, &f); /* the coefficient of 1 */
    fp12_conjugate(&u2, &u2);
    fp12_mul(&b, &a, &u2); /* of p */
    fp12_frobenius_2(&a, &a);
    fp12_mul(&t, &t, &a); /* of p^2 */
    fp12_frobenius(&a, &b);
    fp12_mul(&t, &t, &a);
    fp12_conjugate(&f, &f);
    fp12_mul(&b, &b, &f); /* of p^3 */
    fp12_frobenius(&b, &b);
    fp12_frobenius_2(&b, &b);
    fp12_mul(out, &t, &b);
}

/* ---- the check ------------------------------------------------------------------------------ */

/* read_pair reads one pair; *is_needed is false when Q is infinity, and then there is nothing left
 * to do for it. */
static enum err read_pair(struct pairing_input *out, bool *is_needed,
                          const uint8_t in[static PAIR_BYTES])
{
    struct g1 p;
    bool q_is_infinity;
    TRY(g1_read(&p, &out->p_is_infinity, in));
    TRY(g2_read(&out->q, &q_is_infinity, in + G1_BYTES));
    *is_needed = !q_is_infinity;
    if (out->p_is_infinity) {
        p = (struct g1){FP_ONE, FP_ONE};
    }
    out->x = p.x;
    fp_neg(&out->minus_y, &p.y);
    return OK;
}

enum err bn254_pairing_check(bool *out, const uint8_t *pairs, size_t count)
{
    struct fp12 product = FP12_ONE;
    while (count != 0) {
        struct pairing_input batch[BATCH];
        size_t filled = 0;
        while (count != 0 && filled < BATCH) {
            bool is_needed;
            TRY(read_pair(&batch[filled], &is_needed, pairs));
            filled += is_needed;
            pairs += PAIR_BYTES;
            count--;
        }
        struct fp12 f;
        TRY(miller_loop(&f, batch, filled));
        fp12_mul(&product, &product, &f);
    }
    final_exponentiation(&product, &product);
    *out = fp12_equal(&product, &FP12_ONE);
    return OK;
}
