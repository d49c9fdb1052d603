#ifndef CRYPTO_BN254_CURVE_H
#define CRYPTO_BN254_CURVE_H

/* bn254_curve.h: points of G1 as they come in. Inside crypto/bn254*.c only. */

#include "crypto/bn254_fp.h"

/* struct g1: a point other than infinity, affine. */
struct g1 {
    struct fp x, y;
};

/* g1_read reads a point of the curve, or infinity; *out is set unless it is infinity.
 * Errors: ERR_MALFORMED, as bn254_add. */
enum err g1_read(struct g1 *out, bool *is_infinity, const uint8_t in[static 64]);

/* struct glv_scalar: k1 + k2 lambda, each in width-WNAF_WIDTH signed digits, lowest first: odd or
 * 0, below 2^(WNAF_WIDTH - 1) in size, WNAF_WIDTH - 1 zeros after each. */
#define WNAF_WIDTH  5
#define WNAF_DIGITS 129
struct glv_scalar {
    int8_t digits[2][WNAF_DIGITS];
};

/* glv_split writes k, any 256-bit number (lowest limb first), as k1 + k2 lambda mod r with
 * 0 <= k1 < 2^128, |k2| < 2^128. Source: Gallant, Lambert, Vanstone, "Faster Point Multiplication
 * on Elliptic Curves with Efficient Endomorphisms" (2001), section 4. */
void glv_split(struct glv_scalar *out, const uint64_t k[static 4]);

#endif
