/* Feeds bn254 points and scalars made of the input. Properties: what is not a point is refused by
 * every function and leaves the output alone; results are points; (a + b) P = aP + bP and small
 * multiples are repeated sums; a product of pairings that is 1 by construction is 1, and is not
 * with one bit of a scalar changed. The first byte picks what is tried, pairings rarely: they are
 * slow. */

#include "crypto/bn254.h"

#include "tests/fuzz.h"

#define PAIR_BYTES  192
#define PAIRS_MAX   3
#define INPUT_BYTES 600

/* The generators of EIP-197. */
static const uint8_t G1[64] = {[31] = 1, [63] = 2};
static const uint8_t G2[128] = {
    0x19, 0x8e, 0x93, 0x93, 0x92, 0x0d, 0x48, 0x3a, 0x72, 0x60, 0xbf, 0xb7, 0x31, 0xfb, 0x5d, 0x25,
    0xf1, 0xaa, 0x49, 0x33, 0x35, 0xa9, 0xe7, 0x12, 0x97, 0xe4, 0x85, 0xb7, 0xae, 0xf3, 0x12, 0xc2,
    0x18, 0x00, 0xde, 0xef, 0x12, 0x1f, 0x1e, 0x76, 0x42, 0x6a, 0x00, 0x66, 0x5e, 0x5c, 0x44, 0x79,
    0x67, 0x43, 0x22, 0xd4, 0xf7, 0x5e, 0xda, 0xdd, 0x46, 0xde, 0xbd, 0x5c, 0xd9, 0x92, 0xf6, 0xed,
    0x09, 0x06, 0x89, 0xd0, 0x58, 0x5f, 0xf0, 0x75, 0xec, 0x9e, 0x99, 0xad, 0x69, 0x0c, 0x33, 0x95,
    0xbc, 0x4b, 0x31, 0x33, 0x70, 0xb3, 0x8e, 0xf3, 0x55, 0xac, 0xda, 0xdc, 0xd1, 0x22, 0x97, 0x5b,
    0x12, 0xc8, 0x5e, 0xa5, 0xdb, 0x8c, 0x6d, 0xeb, 0x4a, 0xab, 0x71, 0x80, 0x8d, 0xcb, 0x40, 0x8f,
    0xe3, 0xd1, 0xe7, 0x69, 0x0c, 0x43, 0xd3, 0x7b, 0x4c, 0xe6, 0xcc, 0x01, 0x66, 0xfa, 0x7d, 0xaa,
};

/* mul: k P, which must work. */
static void mul(uint8_t out[static 64], const uint8_t point[static 64], const uint8_t k[static 32])
{
    enum err e = bn254_mul(out, point, k);
    FUZZ_CHECK(e == OK);
}

static void add(uint8_t out[static 64], const uint8_t a[static 64], const uint8_t b[static 64])
{
    enum err e = bn254_add(out, a, b);
    FUZZ_CHECK(e == OK);
}

/* sum_of_scalars: a + b mod 2^256; the carry. */
static unsigned sum_of_scalars(uint8_t out[static 32], const uint8_t a[static 32],
                               const uint8_t b[static 32])
{
    unsigned carry = 0;
    for (int i = 31; i >= 0; i--) {
        carry += (unsigned)a[i] + b[i];
        out[i] = (uint8_t)carry;
        carry >>= 8;
    }
    return carry;
}

/* Raw bytes as two points and a scalar. */
static void try_points(const uint8_t *in)
{
    uint8_t sum[64];
    uint8_t product[64];
    uint8_t again[64];
    memset(sum, 0x5a, sizeof(sum));
    memset(product, 0x5a, sizeof(product));
    memset(again, 0x5a, sizeof(again));
    enum err b_alone = bn254_mul(product, in + 64, in + 128);
    FUZZ_CHECK(b_alone == OK || memcmp(product, again, sizeof(again)) == 0);
    enum err e = bn254_add(sum, in, in + 64);
    FUZZ_CHECK(e == OK || e == ERR_MALFORMED);
    FUZZ_CHECK(e == OK || memcmp(sum, again, sizeof(sum)) == 0);
    FUZZ_CHECK(e != OK || b_alone == OK);
    if (e == OK) {
        add(again, in + 64, in);
        FUZZ_CHECK(memcmp(again, sum, sizeof(sum)) == 0);
        add(again, sum, product); /* both are points */
    }
}

static void try_scalars(const uint8_t *in)
{
    uint8_t point[64];
    uint8_t a[64];
    uint8_t b[64];
    uint8_t c[64];
    uint8_t scalar[32];
    mul(point, G1, in);
    mul(a, point, in + 32);
    mul(b, point, in + 64);
    add(a, a, b);
    if (sum_of_scalars(scalar, in + 32, in + 64) == 0) {
        mul(c, point, scalar);
        FUZZ_CHECK(memcmp(a, c, sizeof(a)) == 0);
    }
    memset(scalar, 0, sizeof(scalar));
    scalar[31] = in[96] % 64;
    memset(a, 0, sizeof(a));
    for (unsigned i = 0; i < scalar[31]; i++) {
        add(a, a, point);
    }
    mul(c, point, scalar);
    FUZZ_CHECK(memcmp(a, c, sizeof(a)) == 0);
}

/* Raw bytes as pairs; with G2's generator in each, when asked. */
static void try_pairs(const uint8_t *in, bool valid_g2)
{
    uint8_t pairs[PAIRS_MAX * PAIR_BYTES];
    memcpy(pairs, in, sizeof(pairs));
    for (size_t i = 0; valid_g2 && i < PAIRS_MAX; i++) {
        mul(pairs + i * PAIR_BYTES, G1, in + i * PAIR_BYTES);
        memcpy(pairs + i * PAIR_BYTES + 64, G2, sizeof(G2));
    }
    bool result = true;
    enum err e = bn254_pairing_check(&result, pairs, PAIRS_MAX);
    FUZZ_CHECK(e == OK || (e == ERR_MALFORMED && result));
    FUZZ_CHECK(e == OK || !valid_g2);
}

/* e(aP, Q) e(bP, Q) e(cP, Q) with P the generator of G1, Q of G2: 1 exactly where (a + b + c) P is
 * infinity. c is -(a + b), or close to it. */
static void try_products(const uint8_t *in)
{
    static const uint8_t order_minus_1[32] = {
        0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45,
        0xb6, 0x81, 0x81, 0x58, 0x5d, 0x28, 0x33, 0xe8, 0x48, 0x79, 0xb9,
        0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x00,
    };
    uint8_t pairs[PAIRS_MAX * PAIR_BYTES];
    uint8_t sum[64];
    for (size_t i = 0; i < PAIRS_MAX; i++) {
        memcpy(pairs + i * PAIR_BYTES + 64, G2, sizeof(G2));
    }
    mul(pairs, G1, in);
    mul(pairs + PAIR_BYTES, G1, in + 32);
    add(sum, pairs, pairs + PAIR_BYTES);
    mul(pairs + (size_t)2 * PAIR_BYTES, sum, order_minus_1);
    bool expected = in[64] % 2 == 0;
    if (!expected) {
        add(pairs + (size_t)2 * PAIR_BYTES, pairs + (size_t)2 * PAIR_BYTES, G1);
    }
    bool result = !expected;
    enum err e = bn254_pairing_check(&result, pairs, PAIRS_MAX);
    FUZZ_CHECK(e == OK && result == expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t in[INPUT_BYTES] = {0};
    if (len == 0) {
        return 0;
    }
    memcpy(in, data + 1, len - 1 < sizeof(in) ? len - 1 : sizeof(in));
    switch (data[0] % 32) {
    case 0:
        try_pairs(in, false);
        break;
    case 1:
        try_pairs(in, true);
        break;
    case 2:
        try_products(in);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
        try_scalars(in);
        break;
    default:
        try_points(in);
        break;
    }
    return 0;
}
