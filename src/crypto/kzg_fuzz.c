/* KZG verification on any bytes: an opening is valid, not valid, or malformed, and malformed
 * exactly when blst says so of a point or a scalar is not below r. With constants and lines made
 * from the bytes, valid openings must be valid and others not. */

#include "crypto/kzg.h"

#include <string.h>

#include <blst.h>

#include "base/bytes.h"
#include "tests/fuzz.h"

struct opening {
    uint8_t commitment[KZG_POINT_SIZE];
    uint8_t z[KZG_SCALAR_SIZE];
    uint8_t y[KZG_SCALAR_SIZE];
    uint8_t proof[KZG_POINT_SIZE];
};

static bool point_is_valid(const uint8_t point[static KZG_POINT_SIZE])
{
    blst_p1_affine p;
    return blst_p1_uncompress(&p, point) == BLST_SUCCESS && blst_p1_affine_in_g1(&p);
}

static bool scalar_is_valid(const uint8_t bytes[static KZG_SCALAR_SIZE])
{
    blst_scalar scalar;
    blst_scalar_from_bendian(&scalar, bytes);
    return blst_scalar_fr_check(&scalar);
}

static void check_raw(const struct opening *o)
{
    bool is_valid = false;
    bool is_well_formed = point_is_valid(o->commitment) && point_is_valid(o->proof) &&
                          scalar_is_valid(o->z) && scalar_is_valid(o->y);
    enum err e = kzg_verify_point(&is_valid, o->commitment, o->z, o->y, o->proof);
    FUZZ_CHECK(e == (is_well_formed ? OK : ERR_MALFORMED));
}

static void put_product(uint8_t out[static KZG_POINT_SIZE], const blst_p1 *p, const blst_fr *k)
{
    blst_scalar scalar;
    blst_p1 product;
    blst_scalar_from_fr(&scalar, k);
    blst_p1_mult(&product, p, scalar.b, 255);
    blst_p1_compress(out, &product);
}

static void put_scalar(uint8_t out[static KZG_SCALAR_SIZE], const blst_fr *a)
{
    blst_scalar scalar;
    blst_scalar_from_fr(&scalar, a);
    blst_bendian_from_scalar(out, &scalar);
}

/* check_line opens a + b X at z: C = [a]G1 + [b][tau]G1, proof = [b]G1, y = a + b z. */
static void check_line(const uint8_t bytes[static 96])
{
    /* [tau]G1 of the KZG ceremony, compressed. */
    static const byte tau_g1_bytes[KZG_POINT_SIZE] = {
        0xad, 0x3e, 0xb5, 0x01, 0x21, 0x13, 0x9a, 0xa3, 0x4d, 0xb1, 0xd5, 0x45,
        0x09, 0x3a, 0xc9, 0x37, 0x4a, 0xb7, 0xbc, 0xa2, 0xc0, 0xf3, 0xbf, 0x28,
        0xe2, 0x7c, 0x8d, 0xcd, 0x8f, 0xc7, 0xcb, 0x42, 0xd2, 0x59, 0x26, 0xfc,
        0x0c, 0x97, 0xb3, 0x36, 0xe9, 0xf0, 0xfb, 0x35, 0xe5, 0xa0, 0x4c, 0x81};
    blst_scalar scalars[3];
    blst_fr numbers[4]; /* a, b, z, y */
    for (size_t i = 0; i < 3; i++) {
        (void)blst_scalar_from_le_bytes(&scalars[i], bytes + 32 * i, 32);
        blst_fr_from_scalar(&numbers[i], &scalars[i]);
    }
    blst_fr_mul(&numbers[3], &numbers[1], &numbers[2]);
    blst_fr_add(&numbers[3], &numbers[3], &numbers[0]);
    blst_p1_affine tau_g1;
    FUZZ_CHECK(blst_p1_uncompress(&tau_g1, tau_g1_bytes) == BLST_SUCCESS);
    blst_p1 sum;
    blst_p1 product;
    blst_p1_from_affine(&sum, &tau_g1);
    blst_p1_mult(&sum, &sum, scalars[1].b, 255);
    blst_p1_mult(&product, blst_p1_generator(), scalars[0].b, 255);
    blst_p1_add_or_double(&sum, &sum, &product);
    struct opening o;
    blst_p1_compress(o.commitment, &sum);
    put_product(o.proof, blst_p1_generator(), &numbers[1]);
    put_scalar(o.z, &numbers[2]);
    put_scalar(o.y, &numbers[3]);
    bool is_valid = false;
    FUZZ_CHECK(kzg_verify_point(&is_valid, o.commitment, o.z, o.y, o.proof) == OK);
    FUZZ_CHECK(is_valid);
    o.y[31] ^= 1;
    if (scalar_is_valid(o.y)) {
        FUZZ_CHECK(kzg_verify_point(&is_valid, o.commitment, o.z, o.y, o.proof) == OK);
        FUZZ_CHECK(!is_valid);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct opening o = {0};
    uint8_t bytes[96] = {0};
    if (len == 0) {
        return 0;
    }
    if (data[0] % 4 == 0) {
        bytes_copy(bytes, data + 1, len - 1 < sizeof(bytes) ? len - 1 : sizeof(bytes));
        check_line(bytes);
    } else {
        bytes_copy(&o, data + 1, len - 1 < sizeof(o) ? len - 1 : sizeof(o));
        check_raw(&o);
    }
    return 0;
}
