/* Our Miller loops against blst's: after the final exponentiation both must be the same number, up
 * to the conjugation that ours leave out. And the subgroup check that comes with the loop against
 * blst's own, on points of all kinds of order. */

#include "crypto/bls12_381_pairing.h"

#include <string.h>

#include "base/bytes.h"
#include "crypto/kzg_lines.h"
#include "tests/test.h"

static void random_points(blst_p1_affine *p1, blst_p2_affine *p2)
{
    byte k[64];
    test_random_bytes(k, sizeof(k));
    blst_p1 q1;
    blst_p2 q2;
    blst_p1_mult(&q1, blst_p1_generator(), k, 250);
    blst_p2_mult(&q2, blst_p2_generator(), k + 32, 250);
    blst_p1_to_affine(p1, &q1);
    blst_p2_to_affine(p2, &q2);
}

/* same_pairing tells whether a product of our Miller values and one of blst's are the same pairing.
 */
static bool same_pairing(const blst_fp12 *ours, const blst_fp12 *theirs)
{
    blst_fp12 a;
    blst_fp12 b;
    blst_final_exp(&a, ours);
    blst_fp12_conjugate(&a);
    blst_final_exp(&b, theirs);
    return blst_fp12_is_equal(&a, &b);
}

static void agrees_with_blst(void)
{
    for (size_t count = 1; count <= BLS12_381_PAIRS_MAX; count++) {
        blst_p1_affine p[BLS12_381_PAIRS_MAX];
        blst_p2_affine q[BLS12_381_PAIRS_MAX];
        for (size_t i = 0; i < count; i++) {
            random_points(&p[i], &q[i]);
        }
        const blst_p1_affine *ps[] = {p, NULL};
        const blst_p2_affine *qs[] = {q, NULL};
        blst_fp12 theirs;
        blst_miller_loop_n(&theirs, qs, ps, count);
        blst_fp12 ours = *blst_fp12_one();
        CHECK(bls12_381_miller(&ours, p, q, count));
        CHECK(same_pairing(&ours, &theirs));
        CHECK(!bls12_381_is_one(&ours));

        /* It multiplies what was there. */
        blst_fp12_mul(&theirs, &theirs, &theirs);
        CHECK(bls12_381_miller(&ours, p, q, count));
        CHECK(same_pairing(&ours, &theirs));
    }
}

static void fixed_lines_agree(void)
{
    blst_p1_affine p[2];
    blst_p2_affine q[2];
    byte compressed[96];
    CHECK_EQ(test_hex(compressed, sizeof(compressed), KZG_TAU_G2), 96);
    for (size_t round = 0; round < 5; round++) {
        random_points(&p[0], &q[0]);
        random_points(&p[1], &q[1]);
        q[0] = *blst_p2_affine_generator();
        CHECK_EQ(blst_p2_uncompress(&q[1], compressed), BLST_SUCCESS);
        const struct bls12_381_line *const lines[] = {kzg_g2_lines, kzg_tau_g2_lines};
        for (size_t count = 1; count <= 2; count++) {
            blst_fp12 fixed = *blst_fp12_one();
            CHECK(bls12_381_miller(&fixed, p, q, 2)); /* it multiplies what is there */
            blst_fp12 walked = fixed;
            bls12_381_miller_fixed(&fixed, p, lines, count);
            CHECK(bls12_381_miller(&walked, p, q, count));
            blst_fp12 a;
            blst_fp12 b;
            blst_final_exp(&a, &fixed);
            blst_final_exp(&b, &walked);
            CHECK(blst_fp12_is_equal(&a, &b));
        }
    }
}

static void is_one_after_the_final_exponentiation(void)
{
    blst_p1_affine p[2];
    blst_p2_affine q[2];
    random_points(&p[0], &q[0]);
    p[1] = p[0];
    q[1] = q[0];
    blst_fp_cneg(&p[1].y, &p[1].y, true);
    blst_fp12 f = *blst_fp12_one();
    CHECK(bls12_381_is_one(&f));
    CHECK(bls12_381_miller(&f, p, q, 2));
    CHECK(!blst_fp12_is_one(&f));
    CHECK(bls12_381_is_one(&f));
    CHECK(bls12_381_miller(&f, p, q, 1));
    CHECK(!bls12_381_is_one(&f));
}

/* point_at gives a point of the twisted curve with a small x, mostly outside G2; false if none. */
static bool point_at(blst_p2_affine *out, uint64_t x0, uint64_t x1)
{
    blst_fp2 b;
    const uint64_t words[3][6] = {{x0}, {x1}, {4}};
    blst_fp_from_uint64(&out->x.fp[0], words[0]);
    blst_fp_from_uint64(&out->x.fp[1], words[1]);
    blst_fp_from_uint64(&b.fp[0], words[2]);
    blst_fp_from_uint64(&b.fp[1], words[2]);
    blst_fp2_sqr(&out->y, &out->x);
    blst_fp2_mul(&out->y, &out->y, &out->x);
    blst_fp2_add(&out->y, &out->y, &b);
    return blst_fp2_sqrt(&out->y, &out->y);
}

/* times multiplies by doubling and adding, for points of any order. */
static void times(blst_p2 *out, const blst_p2 *p, const uint8_t *scalar, size_t size)
{
    const blst_p2 base = *p;
    *out = (blst_p2){0};
    for (size_t i = 0; i < size * 8; i++) {
        blst_p2_add_or_double(out, out, out);
        if ((scalar[i / 8] >> (7 - i % 8) & 1) != 0) {
            blst_p2_add_or_double(out, out, &base);
        }
    }
}

/* The number of points of the twisted curve divided by 13^2 and by 23^2, so that a point times one
 * of them has order 13 or 23 (or 1). */
static const char points_over_13_13[] =
    "0004005449cda731a7136c440a0c65b728ba1c1fa6b6708356f3b9bdc84396ca"
    "b33907d71557a7d33677f5d45f7cedb8cfdac10ff1fc5b48d6461e907737d78e"
    "96568f2d18c750b4b3ca5c33c3fd8ff8a70629888281914529f4e3380941cfdd";
static const char points_over_23_23[] =
    "0001473e413236dd889cb5381880d0a576821c578a6e8c7952f26668aaed6d26"
    "23f6a2afa96b5e43f5d126da598b99dbb518655c33a8b236b990d5fbd2d9b42b"
    "21fe9e0346d3c23104b06fb96e09de2555c861790a3cc012b5540aa5804bb595";

/* check_verdict compares what the loop says about q with what blst says; alone, and last of three.
 */
static void check_verdict(const blst_p2_affine *q)
{
    blst_p1_affine p[3];
    blst_p2_affine qs[3];
    for (size_t i = 0; i < 3; i++) {
        random_points(&p[i], &qs[i]);
    }
    qs[2] = *q;
    blst_fp12 f = *blst_fp12_one();
    CHECK(blst_p2_affine_on_curve(q));
    CHECK_EQ(bls12_381_miller(&f, p, q, 1), blst_p2_affine_in_g2(q));
    CHECK_EQ(bls12_381_miller(&f, p, qs, 3), blst_p2_affine_in_g2(q));
}

static void finds_points_outside_the_subgroup(void)
{
    size_t outside = 0;
    size_t small = 0;
    for (uint64_t x = 0; x < 40; x++) {
        blst_p2_affine q;
        if (!point_at(&q, x, x / 3)) {
            continue;
        }
        check_verdict(&q);
        outside += blst_p2_affine_in_g2(&q) ? 0 : 1;
        for (size_t i = 0; i < 2; i++) {
            uint8_t scalar[96];
            blst_p2 point;
            blst_p2_from_affine(&point, &q);
            test_hex(scalar, sizeof(scalar), i == 0 ? points_over_13_13 : points_over_23_23);
            times(&point, &point, scalar, sizeof(scalar));
            if (blst_p2_is_inf(&point)) {
                continue;
            }
            small++;
            blst_p2_affine sum;
            blst_p2_to_affine(&sum, &point);
            check_verdict(&sum);
            CHECK(!blst_p2_affine_in_g2(&sum));
            /* A point of order r plus one of order 13: on the curve, nearly in the subgroup. */
            blst_p1_affine unused;
            random_points(&unused, &sum);
            check_verdict(&sum);
            blst_p2_add_or_double_affine(&point, &point, &sum);
            blst_p2_to_affine(&sum, &point);
            check_verdict(&sum);
            CHECK(!blst_p2_affine_in_g2(&sum));
        }
    }
    CHECK(outside > 10);
    CHECK(small > 20);
}

static const struct test_case cases[] = {
    CASE(agrees_with_blst),
    CASE(fixed_lines_agree),
    CASE(is_one_after_the_final_exponentiation),
    CASE(finds_points_outside_the_subgroup),
};

TEST_MAIN(cases)
