#ifndef CRYPTO_BN254_PAIRING_H
#define CRYPTO_BN254_PAIRING_H

/* bn254_pairing.h: the two halves of the pairing. Inside crypto/bn254*.c only. */

#include "crypto/bn254_curve.h"
#include "crypto/bn254_tower.h"

/* struct g2: a point of the twist other than infinity, affine. */
struct g2 {
    struct fp2 x, y;
};

/* struct g2_projective: (X : Y : Z) = (X/Z, Y/Z), Z = 0 at infinity. */
struct g2_projective {
    struct fp2 x, y, z;
};

/* struct pairing_input: one pair, and the multiple of q that the Miller loop has reached. */
struct pairing_input {
    struct g2 q;
    struct g2_projective t;
    struct fp x, minus_y; /* of P, in G1 */
    bool p_is_infinity;   /* then e(P, Q) = 1 and x, minus_y are not looked at */
};

/* g2_read reads a point of the twist, or infinity; *out is set unless it is infinity.
 * Errors: ERR_MALFORMED when a coordinate is not below p or the point is not on the twist. Whether
 *   it is in G2 is left to miller_loop. */
enum err g2_read(struct g2 *out, bool *is_infinity, const uint8_t in[static 128]);

/* miller_loop writes the product of the Miller functions of the pairs, shared doublings and all.
 * In: q, x, minus_y and p_is_infinity of each pair; t is scratch.
 * Errors: ERR_MALFORMED when a q, a point of the twist, is not in G2. */
enum err miller_loop(struct fp12 *out, struct pairing_input *pairs, size_t count);

/* final_exponentiation: a^((p^12 - 1)/r * m), m = 2u (6u^2 + 3u + 1), which is prime to r: 1
 * exactly where the pairing's value is 1. a is not 0. */
void final_exponentiation(struct fp12 *out, const struct fp12 *a);

#endif
