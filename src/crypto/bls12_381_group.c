/* Sums of products by interleaved windows (Straus 1964, with signed digits: Moller 2001) on scalars
 * that are split by an endomorphism; the many-point case goes to blst's buckets (Pippenger). What
 * is the same in both groups is in bls12_381_group.inc. */

#include "crypto/bls12_381_group.h"

#include <string.h>

#include "base/bytes.h"

/* The constants below are field elements as blst holds them: times 2^384, modulo p. */

#define ONE                                                                 \
    {                                                                       \
        {                                                                   \
            UINT64_C(0x760900000002fffd), UINT64_C(0xebf4000bc40c0002),     \
                UINT64_C(0x5f48985753c758ba), UINT64_C(0x77ce585370525745), \
                UINT64_C(0x5c071a97a256ec6d), UINT64_C(0x15f65ec3fa80e493)  \
        }                                                                   \
    }

static const blst_fp bls12_381_g1_one = ONE;
static const blst_fp2 bls12_381_g2_one = {{ONE, {{0}}}};

/* The cube root of one for which z^2 (x, y) = (CUBE_ROOT x, -y) in G1:
 * 0x5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffe. */
static const blst_fp cube_root = {{UINT64_C(0x30f1361b798a64e8), UINT64_C(0xf3b8ddab7ece5a2a),
                                   UINT64_C(0x16a8ca3ac61577f7), UINT64_C(0xc26a2ff874fd029b),
                                   UINT64_C(0x3636b76660701c6e), UINT64_C(0x051ba4ab241b6160)}};

/* z (x, y) = (PSI_X x', -PSI_Y y') in G2, x' the conjugate of x, PSI_X = 1 / (1 + i)^((p - 1) / 3),
 * whose real part is 0, and PSI_Y = 1 / (1 + i)^((p - 1) / 2). */
static const blst_fp2 psi_x = {
    {{{0}},
     {{UINT64_C(0x890dc9e4867545c3), UINT64_C(0x2af322533285a5d5), UINT64_C(0x50880866309b7e2c),
       UINT64_C(0xa20d1b8c7e881024), UINT64_C(0x14e4f04fe2db9068), UINT64_C(0x14e56d3f1564853a)}}}};
static const blst_fp2 psi_y_neg = {
    {{{UINT64_C(0x7bcfa7a25aa30fda), UINT64_C(0xdc17dec12a927e7c), UINT64_C(0x2f088dd86b4ebef1),
       UINT64_C(0xd1ca2087da74d4a7), UINT64_C(0x2da2596696cebc1d), UINT64_C(0x0e2b7eedbbfd87d2)}},
     {{UINT64_C(0x3e2f585da55c9ad1), UINT64_C(0x4294213d86c18183), UINT64_C(0x382844c88b623732),
       UINT64_C(0x92ad2afd19103e18), UINT64_C(0x1d794e4fac7cf0b9), UINT64_C(0x0bd592fc7d825ec8)}}}};

/* r, least significant word first. */
static const uint64_t group_order[4] = {UINT64_C(0xffffffff00000001), UINT64_C(0x53bda402fffe5bfe),
                                        UINT64_C(0x3339d80809a1d805), UINT64_C(0x73eda753299d7d48)};

/* divide_by_z divides a number of `count` words, below z 2^(64 (count - 1)), by z in place and
 * returns the remainder. */
static uint64_t divide_by_z(uint64_t words[], size_t count)
{
    uint64_t rest = 0;
    for (size_t i = count; i-- > 0;) {
        u128 part = (u128)rest << 64 | words[i];
        words[i] = (uint64_t)(part / BLS12_381_Z);
        rest = (uint64_t)(part % BLS12_381_Z);
    }
    return rest;
}

/* digits_base_z writes a 256-bit big-endian number, modulo r, with digits below z: since r < z^4,
 * four are enough. digits[i] counts z^i. */
static void digits_base_z(uint64_t digits[static 4], const uint8_t scalar[static 32])
{
    uint64_t k[4];
    for (size_t i = 0; i < 4; i++) {
        k[i] = load_be64(scalar + 24 - 8 * i);
    }
    /* 2^256 < 3r: two subtractions at most. */
    for (int round = 0; round < 2; round++) {
        uint64_t reduced[4];
        uint64_t borrow = 0;
        for (size_t i = 0; i < 4; i++) {
            u128 difference = (u128)k[i] - group_order[i] - borrow;
            reduced[i] = (uint64_t)difference;
            borrow = (uint64_t)(difference >> 64) & 1;
        }
        if (borrow != 0) {
            break;
        }
        memcpy(k, reduced, sizeof(k));
    }
    digits[0] = divide_by_z(k, 4);
    digits[1] = divide_by_z(k, 4);
    digits[2] = divide_by_z(k, 3);
    digits[3] = k[0];
}

/* digits_from writes k in signed digits: k = sum of digits[i] 2^i, each zero or odd and below 8 in
 * absolute value, at most one in any four in a row not zero. Returns how many digits there are;
 * the rest up to `max` are zero. k is at most 2^128 - 16, so that it can be rounded up. */
static size_t digits_from(int8_t digits[], size_t max, u128 k)
{
    const unsigned window = 4 * BLS12_381_MULTIPLES;
    memset(digits, 0, max);
    size_t length = 0;
    for (size_t i = 0; k != 0; i++, k >>= 1) {
        if ((k & 1) == 0) {
            continue;
        }
        ASSERT(i < max);
        unsigned low = (unsigned)k % window;
        if (low < window / 2) {
            digits[i] = (int8_t)low;
            k -= low;
        } else {
            digits[i] = (int8_t)((int)low - (int)window);
            k += window - low;
        }
        length = i + 1;
    }
    return length;
}

/* The splits: k = the sum of parts[e] z^(2e) in G1, of parts[e] z^e in G2, modulo r. A part is
 * below z^2 < 2^128 - 16 and below z < 2^64. */
static void bls12_381_g1_split(u128 parts[static 2], const uint8_t scalar[static 32])
{
    uint64_t digits[4];
    digits_base_z(digits, scalar);
    parts[0] = digits[0] + (u128)digits[1] * BLS12_381_Z;
    parts[1] = digits[2] + (u128)digits[3] * BLS12_381_Z;
}

static void bls12_381_g2_split(u128 parts[static 4], const uint8_t scalar[static 32])
{
    uint64_t digits[4];
    digits_base_z(digits, scalar);
    for (size_t i = 0; i < 4; i++) {
        parts[i] = digits[i];
    }
}

/* The endomorphisms: out and p may be the same. */
static void times_zz(blst_p1_affine *out, const blst_p1_affine *p)
{
    blst_fp_mul(&out->x, &p->x, &cube_root);
    blst_fp_cneg(&out->y, &p->y, true);
}

void bls12_381_g2_times_z(blst_p2_affine *out, const blst_p2_affine *p)
{
    *out = *p;
    blst_fp_cneg(&out->x.fp[1], &out->x.fp[1], true);
    blst_fp_cneg(&out->y.fp[1], &out->y.fp[1], true);
    blst_fp2_mul(&out->x, &out->x, &psi_x);
    blst_fp2_mul(&out->y, &out->y, &psi_y_neg);
}

#define G(name)      bls12_381_g1_##name
#define FE           blst_fp
#define FE_(op)      blst_fp_##op
#define POINT        blst_p1
#define POINTS_(op)  blst_p1s_##op
#define AFFINE       blst_p1_affine
#define ENDOMORPHISM times_zz
#define PARTS        2
#define PART_BYTES   16
#define DIGITS       BLS12_381_G1_DIGITS
#include "crypto/bls12_381_group.inc"

#define G(name)      bls12_381_g2_##name
#define FE           blst_fp2
#define FE_(op)      blst_fp2_##op
#define POINT        blst_p2
#define POINTS_(op)  blst_p2s_##op
#define AFFINE       blst_p2_affine
#define ENDOMORPHISM bls12_381_g2_times_z
#define PARTS        4
#define PART_BYTES   8
#define DIGITS       BLS12_381_G2_DIGITS
#include "crypto/bls12_381_group.inc"
