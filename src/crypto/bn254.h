#ifndef CRYPTO_BN254_H
#define CRYPTO_BN254_H

/* bn254.h: the curve alt_bn128 of EIP-196 and the pairing of EIP-197.
 *
 *   G1: y^2 = x^3 + 3 over Fp; prime order r, so every point of the curve is in G1.
 *   G2: the subgroup of order r of y^2 = x^3 + 3/(9 + i) over Fp2 = Fp[i]/(i^2 + 1).
 *   p = 36 u^4 + 36 u^3 + 24 u^2 + 6 u + 1, u = 4965661367192848881; both have 254 bits.
 *
 * Numbers are big-endian, 32 bytes. A point of G1 is x || y; a point of G2 is x || y with each
 * coordinate as imaginary || real. All zeros is the point at infinity.
 *
 * All inputs are public: functions take time depending on them. They use a bounded amount of stack
 * (under 32 KiB), no other memory, and no state. */

#include "base/bytes.h"
#include "base/err.h"

/* bn254_add writes a + b. `out` may be `a` or `b`.
 * Errors: ERR_MALFORMED when a coordinate of a or b is not below p, or the point is not on the
 *   curve; *out is then unchanged. Source: EIP-196, "ADD". */
enum err bn254_add(uint8_t out[static 64], const uint8_t a[static 64], const uint8_t b[static 64]);

/* bn254_mul writes scalar * point, for any 256-bit scalar. `out` may be `point`.
 * Errors: as bn254_add. Source: EIP-196, "MUL". */
enum err bn254_mul(uint8_t out[static 64], const uint8_t point[static 64],
                   const uint8_t scalar[static 32]);

/* bn254_pairing_check tells whether e(P1, Q1) * ... * e(Pn, Qn) = 1. `pairs` holds `count` times
 * 192 bytes, P in G1 and then Q in G2; NULL is allowed when count is 0, whose product is 1.
 * Errors: ERR_MALFORMED when a coordinate is not below p, a point is not on its curve, or a Q is
 *   not in G2; also in a pair whose other point is infinity. *out is then unchanged.
 * Source: EIP-197. Cost: linear in count, plus the same again as two pairs once. */
enum err bn254_pairing_check(bool *out, const uint8_t *pairs, size_t count);

#endif
