#ifndef CRYPTO_BLS12_381_H
#define CRYPTO_BLS12_381_H

/* bls12_381.h: the operations of EIP-2537 on its encodings, over blst.
 *
 *   field element  64 bytes, big-endian, below the field's prime p (so 16 zero bytes lead)
 *   Fp2 element   128 bytes: c0, c1 of c0 + c1 i
 *   G1 point      128 bytes: x, y                 infinity: zeros
 *   G2 point      256 bytes: x, y, each in Fp2    infinity: zeros
 *   scalar         32 bytes, big-endian, any value
 *
 * Each function checks what the EIP's "ABI for operations" asks for and returns ERR_MALFORMED,
 * leaving the output alone, where it says that the call fails: a field element that is not below p,
 * a point that is not on its curve and, for sums of products and pairings but not for additions, a
 * point outside the subgroup of order r. Lengths and gas are the caller's.
 *
 * Inputs and outputs may be the same memory. Time depends on the inputs, which are public. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define BLS12_381_FP_SIZE     64
#define BLS12_381_SCALAR_SIZE 32
#define BLS12_381_G1_SIZE     128
#define BLS12_381_G2_SIZE     256

/* The input of one product in a sum of products, and of one pairing: a G1 point, then a G2 point.
 */
#define BLS12_381_G1_PRODUCT_SIZE (BLS12_381_G1_SIZE + BLS12_381_SCALAR_SIZE)
#define BLS12_381_G2_PRODUCT_SIZE (BLS12_381_G2_SIZE + BLS12_381_SCALAR_SIZE)
#define BLS12_381_PAIR_SIZE       (BLS12_381_G1_SIZE + BLS12_381_G2_SIZE)

/* bls12_381_g1_add and bls12_381_g2_add add the two points that follow each other
 * at `in`. EIP-2537, "ABI for G1 addition", "ABI for G2 addition": no subgroup check. */
enum err bls12_381_g1_add(uint8_t out[static BLS12_381_G1_SIZE],
                          const uint8_t in[static 2 * BLS12_381_G1_SIZE]);
enum err bls12_381_g2_add(uint8_t out[static BLS12_381_G2_SIZE],
                          const uint8_t in[static 2 * BLS12_381_G2_SIZE]);

/* bls12_381_g1_msm and bls12_381_g2_msm compute the sum of `count` products of a point and a
 * scalar: `in` holds count * BLS12_381_G1_PRODUCT_SIZE (G2_PRODUCT_SIZE) bytes. EIP-2537, "ABI for
 * G1 MSM", "ABI for G2 MSM". A count of 0 is ERR_MALFORMED, as an empty input is there. Works in
 * `arena`, which is left as it was: up to 2 KB a product in G1 and 5 KB in G2. Errors:
 * ERR_MALFORMED, ERR_MEMORY (the arena is full). */
enum err bls12_381_g1_msm(uint8_t out[static BLS12_381_G1_SIZE], const uint8_t *in, size_t count,
                          struct arena *arena);
enum err bls12_381_g2_msm(uint8_t out[static BLS12_381_G2_SIZE], const uint8_t *in, size_t count,
                          struct arena *arena);

/* bls12_381_pairing_check tells in *is_one whether the product of the pairings of `count` pairs is
 * one: `in` holds count * BLS12_381_PAIR_SIZE bytes. EIP-2537, "ABI for pairing check". A count of
 * 0 is ERR_MALFORMED, as an empty input is there. Does not allocate; 16 KB of stack. */
enum err bls12_381_pairing_check(bool *is_one, const uint8_t *in, size_t count);

/* bls12_381_map_fp_to_g1 and bls12_381_map_fp2_to_g2 map a field element to a point of the
 * subgroup. EIP-2537, "ABI for mapping Fp element to G1 point", "... Fp2 element to G2 point"; RFC
 * 9380, sections 6.6.3 (map_to_curve), 7 (clear_cofactor), 8.8.1 and 8.8.2 (the suites). */
enum err bls12_381_map_fp_to_g1(uint8_t out[static BLS12_381_G1_SIZE],
                                const uint8_t in[static BLS12_381_FP_SIZE]);
enum err bls12_381_map_fp2_to_g2(uint8_t out[static BLS12_381_G2_SIZE],
                                 const uint8_t in[static 2 * BLS12_381_FP_SIZE]);

#endif
