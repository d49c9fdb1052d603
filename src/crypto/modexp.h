#ifndef CRYPTO_MODEXP_H
#define CRYPTO_MODEXP_H

/* modexp.h: modular exponentiation of big-endian byte strings, as EIP-198 defines its result. */

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* MODEXP_SCRATCH: bytes of arena that are enough for a modulus of `modulus_len` bytes, whatever the
 * other lengths are. */
#define MODEXP_SCRATCH(modulus_len) (96 * (size_t)(modulus_len) + 8192)

/* modexp: out = base^exponent mod modulus.
 * In: three big-endian numbers of any length each; leading zeros are allowed, and so is an empty
 *   string, which is 0. scratch, for the duration of the call: what is taken is given back.
 * Out: out, modulus.len bytes, big-endian; may overlap the inputs.
 * EIP-198: "if the modulus is zero, the output is zero" (as many zeros as the modulus has bytes);
 *   x^0 is 1 mod modulus, for x = 0 too, so 0 only when the modulus is 1.
 * Errors: ERR_MEMORY when less than MODEXP_SCRATCH(modulus.len) bytes are left in the arena, in
 *   which case nothing is written. Calls no malloc.
 * Cost: with leading zeros stripped, let m be the words (of 64 bits) of the modulus, b those of the
 *   base and e the bits of the exponent: about 1.2 e multiplications of m^2 word products, and
 *   (b + m) m word products before them; never more, for any shape of input. The caller bounds the
 *   lengths by the gas; power.h has the times. Time depends on the values: not for secrets.
 */
enum err modexp(struct arena *scratch, uint8_t *out, struct bytes base, struct bytes exponent,
                struct bytes modulus);

#endif
