#ifndef CRYPTO_BLS12_381_GROUP_H
#define CRYPTO_BLS12_381_GROUP_H

/* bls12_381_group.h: what blst lacks for points that are public: additions of affine points, sums
 * of products for a handful of points, and the split of a scalar that makes both kinds of sums
 * cheap. Works on blst's own types. Everything here takes time that depends on its inputs.
 *
 * Names: p and r are the field's and the group's primes, z = 0xd201000000010000 the absolute value
 * of the curve's parameter; r = z^4 - z^2 + 1.
 *
 * The split. On points of order r, multiplication by z^2 in G1 and by z in G2 costs next to
 * nothing, thanks to an endomorphism:
 *   G1: z^2 (x, y) = (b x, -y), with b a cube root of one in Fp
 *   G2: z (x, y) = -psi(x, y), psi(x, y) = (c x', d y') with x' the conjugate of x
 * So a product k P with a 255-bit k is a sum of two products with 128-bit scalars in G1, and of
 * four with 64-bit scalars in G2, which share their doublings. (Gallant, Lambert, Vanstone: "Faster
 * point multiplication on elliptic curves with efficient endomorphisms", 2001; Galbraith, Lin,
 * Scott, 2009, for psi.) */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <blst.h>

#include "base/arena.h"
#include "base/err.h"

/* BLS12_381_Z: z, the absolute value of the curve's (negative) parameter x. */
#define BLS12_381_Z UINT64_C(0xd201000000010000)

/* Up to this many terms bls12_381_g*_sum is faster, from there on bls12_381_g*_sum_large. Measured
 * on AMD EPYC (Zen 5); see bls12_381_bench.c. */
#define BLS12_381_G1_TERMS_MAX 56
#define BLS12_381_G2_TERMS_MAX 28

/* How many multiples of a point a term keeps (1, 3, 5 and 7 times the point), and how many digits a
 * part of a scalar can have: a 128-bit or a 64-bit number, and one for the carry. */
#define BLS12_381_MULTIPLES 4
#define BLS12_381_G1_DIGITS 129
#define BLS12_381_G2_DIGITS 65

/* struct bls12_381_g1_term is one product of a sum: the caller sets `point`, which must be of
 * order r (and so not infinity), and `scalar`, any 256-bit number, big-endian. The rest is working
 * space of bls12_381_g1_sum. */
struct bls12_381_g1_term {
    blst_p1_affine point;
    uint8_t scalar[32];
    blst_p1_affine multiples[2][BLS12_381_MULTIPLES]; /* [e][i]: (2i + 1) z^(2e) point */
    blst_fp z[BLS12_381_MULTIPLES];
    blst_fp product[BLS12_381_MULTIPLES];
    int8_t digits[2][BLS12_381_G1_DIGITS];
};

struct bls12_381_g2_term {
    blst_p2_affine point;
    uint8_t scalar[32];
    blst_p2_affine multiples[4][BLS12_381_MULTIPLES]; /* [e][i]: (2i + 1) z^e point */
    blst_fp2 z[BLS12_381_MULTIPLES];
    blst_fp2 product[BLS12_381_MULTIPLES];
    int8_t digits[4][BLS12_381_G2_DIGITS];
};

/* bls12_381_g1_affine_add and bls12_381_g2_affine_add add two points of the curve, of any order;
 * (0, 0) stands for infinity, as in all of blst. *out may be one of the inputs. */
void bls12_381_g1_affine_add(blst_p1_affine *out, const blst_p1_affine *a, const blst_p1_affine *b);
void bls12_381_g2_affine_add(blst_p2_affine *out, const blst_p2_affine *a, const blst_p2_affine *b);

/* bls12_381_g2_times_z computes -psi(P), which is z P if and only if P is in G2. *out may be *p. */
void bls12_381_g2_times_z(blst_p2_affine *out, const blst_p2_affine *p);

/* bls12_381_g1_sum and bls12_381_g2_sum compute the sum of the products of `count` terms. The cost
 * grows by the same amount with each term. */
void bls12_381_g1_sum(blst_p1 *out, struct bls12_381_g1_term terms[], size_t count);
void bls12_381_g2_sum(blst_p2 *out, struct bls12_381_g2_term terms[], size_t count);

/* bls12_381_g1_sum_large and bls12_381_g2_sum_large do the same with buckets, which pays for many
 * terms (at least BLS12_381_TERMS_MAX of them). In: points of order r or infinity; scalars as in a
 * term, scalars[i] at scalars + i * stride. The arena is left as it was. Errors: ERR_MEMORY. */
enum err bls12_381_g1_sum_large(blst_p1 *out, const blst_p1_affine points[], const uint8_t *scalars,
                                size_t stride, size_t count, struct arena *arena);
enum err bls12_381_g2_sum_large(blst_p2 *out, const blst_p2_affine points[], const uint8_t *scalars,
                                size_t stride, size_t count, struct arena *arena);

#endif
