/* Miller loops in homogeneous coordinates. Doubling and its line: Costello, Lange, Naehrig, "Faster
 * pairing computations on curves with high-degree twists" (2010), section 5, and Aranha, Karabina,
 * Longa, Gebotys, Lopez, "Faster explicit formulas for computing pairings over ordinary curves"
 * (2011), section 4, all coordinates times four, which saves the halvings. */

#include "crypto/bls12_381_pairing.h"

#include <string.h>

#include "base/err.h"
#include "crypto/bls12_381_group.h"

/* A pair on its way: t = k q for the bits of z read so far, homogeneous: x = X / Z, y = Y / Z. */
struct walker {
    blst_fp2 x, y, z;
    const blst_p2_affine *q;
    blst_fp px_neg, px_neg3, py; /* -px, -3 px, py */
};

static bool is_zero(const blst_fp2 *a)
{
    static const blst_fp2 zero = {0};
    return memcmp(a, &zero, sizeof(zero)) == 0;
}

/* scale multiplies by a number of the base field. */
static void scale(blst_fp2 *out, const blst_fp2 *a, const blst_fp *by)
{
    blst_fp_mul(&out->fp[0], &a->fp[0], by);
    blst_fp_mul(&out->fp[1], &a->fp[1], by);
}

/* times_3b multiplies by 3b = 12 (1 + i). */
static void times_3b(blst_fp2 *out, const blst_fp2 *a)
{
    blst_fp2 t;
    blst_fp_sub(&t.fp[0], &a->fp[0], &a->fp[1]);
    blst_fp_add(&t.fp[1], &a->fp[0], &a->fp[1]);
    blst_fp2_mul_by_3(&t, &t);
    blst_fp2_lshift(out, &t, 2);
}

/* step_double doubles t and multiplies f by the tangent at t, times 2YZ:
 * (Y^2 - 3b Z^2) - 3 X^2 px w^2 + 2YZ py w^3. */
static void step_double(blst_fp12 *f, struct walker *w)
{
    blst_fp6 line;
    blst_fp2 xx, yy, xy2, yz2, e, e3, t;
    blst_fp2_sqr(&xx, &w->x);
    blst_fp2_sqr(&yy, &w->y);
    blst_fp2_sqr(&e, &w->z);
    blst_fp2_add(&xy2, &w->x, &w->y);
    blst_fp2_sqr(&xy2, &xy2);
    blst_fp2_sub(&xy2, &xy2, &xx);
    blst_fp2_sub(&xy2, &xy2, &yy); /* 2XY = (X + Y)^2 - X^2 - Y^2 */
    blst_fp2_add(&yz2, &w->y, &w->z);
    blst_fp2_sqr(&yz2, &yz2);
    blst_fp2_sub(&yz2, &yz2, &yy);
    blst_fp2_sub(&yz2, &yz2, &e); /* 2YZ */
    times_3b(&e, &e);             /* e = 3b Z^2 */
    blst_fp2_mul_by_3(&e3, &e);

    blst_fp2_sub(&line.fp2[0], &yy, &e);
    scale(&line.fp2[1], &xx, &w->px_neg3);
    scale(&line.fp2[2], &yz2, &w->py);
    blst_fp12_mul_by_xy00z0(f, f, &line);

    blst_fp2_sub(&t, &yy, &e3);
    blst_fp2_mul(&w->x, &xy2, &t); /* X' = 2XY (Y^2 - 3e) */
    blst_fp2_add(&t, &yy, &e3);
    blst_fp2_sqr(&t, &t);
    blst_fp2_sqr(&e, &e);
    blst_fp2_mul_by_3(&e, &e);
    blst_fp2_lshift(&e, &e, 2);
    blst_fp2_sub(&w->y, &t, &e); /* Y' = (Y^2 + 3e)^2 - 12 e^2 */
    blst_fp2_mul(&t, &yy, &yz2);
    blst_fp2_lshift(&w->z, &t, 2); /* Z' = 4 Y^2 2YZ */
}

/* step_add adds q to t and multiplies f by the chord, times m: with o = Y - y_q Z, m = X - x_q Z
 * (o / m is the slope): (o x_q - m y_q) - o px w^2 + m py w^3.
 * Where the formula does not hold, t = q, -q or infinity, the result has Z = 0, and keeps it. */
static void step_add(blst_fp12 *f, struct walker *w)
{
    blst_fp6 line;
    blst_fp2 o, m, mm, mmm, g, h, t;
    blst_fp2_mul(&t, &w->q->y, &w->z);
    blst_fp2_sub(&o, &w->y, &t);
    blst_fp2_mul(&t, &w->q->x, &w->z);
    blst_fp2_sub(&m, &w->x, &t);

    blst_fp2_mul(&line.fp2[0], &o, &w->q->x);
    blst_fp2_mul(&t, &m, &w->q->y);
    blst_fp2_sub(&line.fp2[0], &line.fp2[0], &t);
    scale(&line.fp2[1], &o, &w->px_neg);
    scale(&line.fp2[2], &m, &w->py);
    blst_fp12_mul_by_xy00z0(f, f, &line);

    blst_fp2_sqr(&mm, &m);
    blst_fp2_mul(&mmm, &mm, &m);
    blst_fp2_mul(&g, &mm, &w->x); /* g = m^2 X */
    blst_fp2_sqr(&h, &o);
    blst_fp2_mul(&h, &h, &w->z);
    blst_fp2_add(&h, &h, &mmm);
    blst_fp2_sub(&h, &h, &g);
    blst_fp2_sub(&h, &h, &g);    /* h = m^3 + o^2 Z - 2g */
    blst_fp2_mul(&w->x, &m, &h); /* X' = m h */
    blst_fp2_sub(&g, &g, &h);
    blst_fp2_mul(&g, &g, &o);
    blst_fp2_mul(&t, &mmm, &w->y);
    blst_fp2_sub(&w->y, &g, &t);      /* Y' = o (g - h) - m^3 Y */
    blst_fp2_mul(&w->z, &w->z, &mmm); /* Z' = m^3 Z */
}

/* arrived_in_g2 tells, of a walk that ended at t = zq, whether q is in G2: it is if and only if
 * z q = -psi(q) (Scott, "A note on group membership tests for G1, G2 and GT on BLS pairing-friendly
 * curves", 2021, section 4). The curve has no point of order two, so a doubling is always what it
 * should be; an addition that was not has left Z = 0. For a q in G2 none is: the multiples of q
 * that it is added to are smaller than r and not 0, 1 or -1 times q. */
static bool arrived_in_g2(const struct walker *w)
{
    blst_p2_affine zq;
    blst_fp2 x, y;
    bls12_381_g2_times_z(&zq, w->q);
    blst_fp2_mul(&x, &zq.x, &w->z);
    blst_fp2_mul(&y, &zq.y, &w->z);
    return !is_zero(&w->z) && memcmp(&x, &w->x, sizeof(x)) == 0 &&
           memcmp(&y, &w->y, sizeof(y)) == 0;
}

bool bls12_381_miller(blst_fp12 *f, const blst_p1_affine p[], const blst_p2_affine q[],
                      size_t count)
{
    ASSERT(count <= BLS12_381_PAIRS_MAX);
    struct walker walkers[BLS12_381_PAIRS_MAX];
    for (size_t i = 0; i < count; i++) {
        struct walker *w = &walkers[i];
        w->q = &q[i];
        w->x = q[i].x;
        w->y = q[i].y;
        w->z = blst_p2_generator()->z; /* one */
        blst_fp_cneg(&w->px_neg, &p[i].x, true);
        blst_fp_mul_by_3(&w->px_neg3, &w->px_neg);
        w->py = p[i].y;
    }
    blst_fp12 g = *blst_fp12_one();
    for (int bit = 62; bit >= 0; bit--) {
        if (bit != 62) {
            blst_fp12_sqr(&g, &g);
        }
        for (size_t i = 0; i < count; i++) {
            step_double(&g, &walkers[i]);
        }
        for (size_t i = 0; (BLS12_381_Z >> bit & 1) != 0 && i < count; i++) {
            step_add(&g, &walkers[i]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!arrived_in_g2(&walkers[i])) {
            return false;
        }
    }
    blst_fp12_mul(f, f, &g);
    return true;
}

static void step_fixed(blst_fp12 *f, const blst_p1_affine p[],
                       const struct bls12_381_line *const lines[], size_t count, size_t step)
{
    for (size_t i = 0; i < count; i++) {
        blst_fp6 line = {{lines[i][step].c0, {{{{0}}}}, {{p[i].y, {{0}}}}}};
        scale(&line.fp2[1], &lines[i][step].c1, &p[i].x);
        blst_fp12_mul_by_xy00z0(f, f, &line);
    }
}

void bls12_381_miller_fixed(blst_fp12 *f, const blst_p1_affine p[],
                            const struct bls12_381_line *const lines[], size_t count)
{
    blst_fp12 g = *blst_fp12_one();
    size_t step = 0;
    for (int bit = 62; bit >= 0; bit--) {
        if (bit != 62) {
            blst_fp12_sqr(&g, &g);
        }
        step_fixed(&g, p, lines, count, step++);
        if ((BLS12_381_Z >> bit & 1) != 0) {
            step_fixed(&g, p, lines, count, step++);
        }
    }
    ASSERT(step == BLS12_381_LINES);
    blst_fp12_mul(f, f, &g);
}

bool bls12_381_is_one(const blst_fp12 *f)
{
    blst_fp12 g;
    blst_final_exp(&g, f);
    return blst_fp12_is_one(&g);
}
