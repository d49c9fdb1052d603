#ifndef CRYPTO_KZG_H
#define CRYPTO_KZG_H

/* kzg.h: verification of KZG openings, the arithmetic of EIP-4844's point evaluation precompile
 * (consensus-specs, deneb/polynomial-commitments.md, verify_kzg_proof). Over blst. */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define KZG_POINT_SIZE  48
#define KZG_SCALAR_SIZE 32

/* kzg_verify_point tells in *is_valid whether the polynomial p behind a commitment has p(z) = y.
 * In: commitment and proof, G1 points in blst's and the consensus layer's compressed form; z and y,
 *   big-endian scalars. The versioned hash of the commitment is the caller's to check.
 * Errors: ERR_MALFORMED when z or y is not below the group's order r (EIP-4844: "The precompile
 * MUST reject non-canonical field elements"), or a point is not the encoding of a point of the
 * subgroup (infinity is one); *is_valid is then left alone. Does not allocate. Time depends on the
 * inputs, which are public. */
enum err kzg_verify_point(bool *is_valid, const uint8_t commitment[static KZG_POINT_SIZE],
                          const uint8_t z[static KZG_SCALAR_SIZE],
                          const uint8_t y[static KZG_SCALAR_SIZE],
                          const uint8_t proof[static KZG_POINT_SIZE]);

#endif
