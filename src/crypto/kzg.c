/* The check of EIP-4844, e(C - [y]G1, -G2) e(proof, [tau]G2 - [z]G2) = 1, rearranged so that both
 * G2 points are constants and all that depends on the input is a sum in G1:
 *
 *   e([y]G1 - [z]proof - C, G2) e(proof, [tau]G2) = 1 */

#include "crypto/kzg.h"

#include <string.h>

#include <blst.h>

#include "crypto/bls12_381_group.h"
#include "crypto/bls12_381_pairing.h"
#include "crypto/kzg_lines.h"

/* r, big-endian. */
static const uint8_t group_order[KZG_SCALAR_SIZE] = {
    0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05,
    0x53, 0xbd, 0xa4, 0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01};

static bool is_canonical(const uint8_t scalar[static KZG_SCALAR_SIZE])
{
    return memcmp(scalar, group_order, KZG_SCALAR_SIZE) < 0;
}

static enum err decode_point(blst_p1_affine *out, const uint8_t in[static KZG_POINT_SIZE])
{
    if (blst_p1_uncompress(out, in) != BLST_SUCCESS || !blst_p1_affine_in_g1(out)) {
        return ERR_MALFORMED;
    }
    return OK;
}

/* left_point computes [y]G1 - [z]proof - C; (0, 0) for infinity. */
static void left_point(blst_p1_affine *out, const blst_p1_affine *commitment,
                       const uint8_t z[static KZG_SCALAR_SIZE],
                       const uint8_t y[static KZG_SCALAR_SIZE], const blst_p1_affine *proof)
{
    struct bls12_381_g1_term terms[2];
    size_t count = 1;
    terms[0].point = *blst_p1_affine_generator();
    memcpy(terms[0].scalar, y, KZG_SCALAR_SIZE);
    if (!blst_p1_affine_is_inf(proof)) {
        count = 2;
        terms[1].point = *proof;
        blst_fp_cneg(&terms[1].point.y, &terms[1].point.y, true);
        memcpy(terms[1].scalar, z, KZG_SCALAR_SIZE);
    }
    blst_p1 sum;
    bls12_381_g1_sum(&sum, terms, count);
    blst_p1_affine negated = *commitment;
    blst_fp_cneg(&negated.y, &negated.y, true);
    blst_p1_add_or_double_affine(&sum, &sum, &negated);
    *out = (blst_p1_affine){0};
    if (!blst_p1_is_inf(&sum)) {
        blst_p1_to_affine(out, &sum);
    }
}

enum err kzg_verify_point(bool *is_valid, const uint8_t commitment[static KZG_POINT_SIZE],
                          const uint8_t z[static KZG_SCALAR_SIZE],
                          const uint8_t y[static KZG_SCALAR_SIZE],
                          const uint8_t proof[static KZG_POINT_SIZE])
{
    if (!is_canonical(z) || !is_canonical(y)) {
        return ERR_MALFORMED;
    }
    blst_p1_affine commitment_point;
    blst_p1_affine points[2];
    TRY(decode_point(&commitment_point, commitment));
    TRY(decode_point(&points[1], proof));
    left_point(&points[0], &commitment_point, z, y, &points[1]);

    if (blst_p1_affine_is_inf(&points[0]) || blst_p1_affine_is_inf(&points[1])) {
        /* A pairing with infinity is one, and one with a finite point of G1 and G2 or [tau]G2 is
         * not. */
        *is_valid = blst_p1_affine_is_inf(&points[0]) && blst_p1_affine_is_inf(&points[1]);
        return OK;
    }
    const struct bls12_381_line *const lines[2] = {kzg_g2_lines, kzg_tau_g2_lines};
    blst_fp12 product = *blst_fp12_one();
    bls12_381_miller_fixed(&product, points, lines, 2);
    *is_valid = bls12_381_is_one(&product);
    return OK;
}
