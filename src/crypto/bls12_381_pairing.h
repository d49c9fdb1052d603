#ifndef CRYPTO_BLS12_381_PAIRING_H
#define CRYPTO_BLS12_381_PAIRING_H

/* bls12_381_pairing.h: Miller loops for checks that a product of pairings is one. blst has its own;
 * these give two things that it does not:
 *   - the loop walks from Q to zQ, which is all it takes to see whether Q is in G2: the subgroup
 *     check, a third of the loop's time if done apart, costs nothing;
 *   - the lines of a point known in advance need two coordinates each instead of three, and several
 *     such points share the squarings.
 *
 * A loop's result is a representative: the optimal ate pairing's Miller value up to factors that
 * the final exponentiation removes, and conjugated (the curve's parameter is negative and we leave
 * out the conjugation that repairs it). Whether a product of such values is one after the final
 * exponentiation does not depend on either. */

#include <stdbool.h>
#include <stddef.h>

#include <blst.h>

/* BLS12_381_PAIRS_MAX: how many pairs one loop takes. What they share, the squarings, costs half as
 * much as a pair, so with 16 of them it is 3 % of the whole, and more would only need more stack.
 */
#define BLS12_381_PAIRS_MAX 16

/* BLS12_381_LINES: the steps of a loop: 63 doublings and 5 additions. */
#define BLS12_381_LINES 68

/* struct bls12_381_line is the line of one step, tangent or chord with slope s at the point (x, y)
 * of the twisted curve y^2 = x^3 + 4 (1 + i): c0 = s x - y, c1 = -s. At P = (px, py) its value is
 * c0 + c1 px w^2 + py w^3, where w^6 = 1 + i. */
struct bls12_381_line {
    blst_fp2 c0;
    blst_fp2 c1;
};

/* bls12_381_miller multiplies *f by the Miller values of `count` pairs, at most
 * BLS12_381_PAIRS_MAX. In: p[i] on the curve, q[i] on the twisted curve, none of them infinity;
 * p[i] of order r. Returns false, with *f of no use, when a q[i] is not of order r. */
bool bls12_381_miller(blst_fp12 *f, const blst_p1_affine p[], const blst_p2_affine q[],
                      size_t count);

/* bls12_381_miller_fixed does the same for points whose lines are known: lines[i] is a list of
 * BLS12_381_LINES, in the order of the loop. p[i] must not be infinity. */
void bls12_381_miller_fixed(blst_fp12 *f, const blst_p1_affine p[],
                            const struct bls12_381_line *const lines[], size_t count);

/* bls12_381_is_one tells whether a product of Miller values is one after the final exponentiation.
 */
bool bls12_381_is_one(const blst_fp12 *f);

#endif
