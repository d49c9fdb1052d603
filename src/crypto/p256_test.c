/* P-256 verification: the signatures of RFC 6979, signatures made here by libcrypto, and signatures
 * constructed backwards for any key: choose u1 and u2, take r from u1 G + u2 Q, then s = r / u2 and
 * h = u1 s. That reaches the corners that random signatures never do. */

#include "crypto/p256.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>

#include "crypto/sha2.h"
#include "tests/test.h"

/* SP 800-186, section 3.2.1.3. */
#define N  "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define P  "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
#define GX "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define GY "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

struct signature {
    struct hash32 hash;
    uint8_t r[32];
    uint8_t s[32];
    uint8_t x[32];
    uint8_t y[32];
};

/* The curve and numbers of a test, released together. */
struct curve {
    EC_GROUP *group;
    BN_CTX *ctx;
    EC_POINT *q;   /* the key */
    EC_POINT *sum; /* u1 G + u2 Q */
    BIGNUM *u1;
    BIGNUM *u2;
};

static struct curve curve_new(void)
{
    struct curve c = {.group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1),
                      .ctx = BN_CTX_new(),
                      .u1 = BN_new(),
                      .u2 = BN_new()};
    c.q = EC_POINT_new(c.group);
    c.sum = EC_POINT_new(c.group);
    return c;
}

static void curve_free(struct curve *c)
{
    BN_free(c->u1);
    BN_free(c->u2);
    EC_POINT_free(c->q);
    EC_POINT_free(c->sum);
    BN_CTX_free(c->ctx);
    EC_GROUP_free(c->group);
}

static void set(uint8_t out[static 32], const char *hex)
{
    (void)test_hex(out, 32, hex);
}

static void set_small(uint8_t out[static 32], uint8_t value)
{
    memset(out, 0, 32);
    out[31] = value;
}

/* add: number += other (big-endian, 32 bytes); returns the carry. */
static unsigned add(uint8_t number[static 32], const uint8_t other[static 32])
{
    unsigned carry = 0;
    for (size_t i = 32; i-- != 0;) {
        carry += (unsigned)number[i] + other[i];
        number[i] = (uint8_t)carry;
        carry >>= 8;
    }
    return carry;
}

/* subtract_from: number = from - number. */
static void subtract_from(const char *from, uint8_t number[static 32])
{
    uint8_t whole[32];
    set(whole, from);
    int borrow = 0;
    for (size_t i = 32; i-- != 0;) {
        int difference = whole[i] - number[i] - borrow;
        borrow = difference < 0;
        number[i] = (uint8_t)difference;
    }
}

static enum err verify(const struct signature *sig)
{
    struct p256 *p256 = p256_new();
    const enum err e =
        p256 == NULL ? ERR_MEMORY : p256_verify(p256, &sig->hash, sig->r, sig->s, sig->x, sig->y);
    p256_free(p256);
    return e;
}

static void random_scalar(BIGNUM *out)
{
    uint8_t bytes[32];
    test_random_bytes(bytes, sizeof(bytes));
    bytes[0] &= 0x7f;
    bytes[31] |= 1;
    CHECK(BN_bin2bn(bytes, sizeof(bytes), out) != NULL);
}

/* point_set makes a point of two coordinates below p. */
static void point_set(const struct curve *c, EC_POINT *out, const uint8_t x[static 32],
                      const uint8_t y[static 32])
{
    BIGNUM *bx = BN_bin2bn(x, 32, NULL);
    BIGNUM *by = BN_bin2bn(y, 32, NULL);
    CHECK(EC_POINT_set_affine_coordinates(c->group, out, bx, by, c->ctx) == 1);
    BN_free(bx);
    BN_free(by);
}

static void point_get(const struct curve *c, const EC_POINT *point, uint8_t x[static 32],
                      uint8_t y[static 32])
{
    BIGNUM *bx = BN_new();
    BIGNUM *by = BN_new();
    CHECK(EC_POINT_get_affine_coordinates(c->group, point, bx, by, c->ctx) == 1);
    CHECK(BN_bn2binpad(bx, x, 32) == 32);
    CHECK(BN_bn2binpad(by, y, 32) == 32);
    BN_free(bx);
    BN_free(by);
}

/* finish_with fills the signature in from the key c->q, r, c->u1 and c->u2 (not 0). */
static void finish_with(const struct curve *c, struct signature *sig, const BIGNUM *r)
{
    const BIGNUM *n = EC_GROUP_get0_order(c->group);
    BIGNUM *s = BN_new();
    BIGNUM *h = BN_new();
    CHECK(BN_mod_inverse(s, c->u2, n, c->ctx) != NULL);
    CHECK(BN_mod_mul(s, s, r, n, c->ctx) == 1);
    CHECK(BN_mod_mul(h, c->u1, s, n, c->ctx) == 1);
    CHECK(BN_bn2binpad(r, sig->r, 32) == 32);
    CHECK(BN_bn2binpad(s, sig->s, 32) == 32);
    CHECK(BN_bn2binpad(h, sig->hash.b, 32) == 32);
    point_get(c, c->q, sig->x, sig->y);
    BN_free(s);
    BN_free(h);
}

/* finish does so with the r that makes the signature valid, from c->sum. */
static void finish(const struct curve *c, struct signature *sig)
{
    uint8_t x[32];
    uint8_t y[32];
    point_get(c, c->sum, x, y);
    BIGNUM *r = BN_bin2bn(x, 32, NULL);
    CHECK(BN_nnmod(r, r, EC_GROUP_get0_order(c->group), c->ctx) == 1);
    finish_with(c, sig, r);
    BN_free(r);
}

/* construct: a signature by the key c->q, from c->u1 and c->u2. */
static void construct(const struct curve *c, struct signature *sig)
{
    CHECK(EC_POINT_mul(c->group, c->sum, c->u1, c->q, c->u2, c->ctx) == 1);
    finish(c, sig);
}

/* random_signature: by a random key. */
static void random_signature(struct signature *sig)
{
    struct curve c = curve_new();
    random_scalar(c.u1);
    CHECK(EC_POINT_mul(c.group, c.q, c.u1, NULL, NULL, c.ctx) == 1);
    random_scalar(c.u1);
    random_scalar(c.u2);
    construct(&c, sig);
    curve_free(&c);
}

/* RFC 6979, appendix A.2.5, with SHA-256. */
static void rfc_6979(void)
{
    static const struct {
        const char *message;
        const char *r;
        const char *s;
    } vectors[] = {
        {"sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
         "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
        {"test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
         "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"},
    };
    struct signature sig = {0};
    set(sig.x, "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    set(sig.y, "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
    for (size_t i = 0; i < 2; i++) {
        sha256(&sig.hash, vectors[i].message, strlen(vectors[i].message));
        set(sig.r, vectors[i].r);
        set(sig.s, vectors[i].s);
        CHECK_EQ(verify(&sig), OK);
        sha256(&sig.hash, "another message", 15);
        CHECK_EQ(verify(&sig), ERR_SIGNATURE);
    }
}

static void signatures_of_libcrypto(void)
{
    EC_KEY *key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    struct curve c = curve_new();
    struct p256 *p256 = p256_new();
    CHECK(p256 != NULL);
    for (int i = 0; i < 50; i++) {
        CHECK(EC_KEY_generate_key(key) == 1);
        struct signature sig = {0};
        test_random_bytes(sig.hash.b, 32);
        ECDSA_SIG *made = ECDSA_do_sign(sig.hash.b, 32, key);
        CHECK(made != NULL);
        CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(made), sig.r, 32) == 32);
        CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(made), sig.s, 32) == 32);
        ECDSA_SIG_free(made);
        point_get(&c, EC_KEY_get0_public_key(key), sig.x, sig.y);
        CHECK_EQ(p256_verify(p256, &sig.hash, sig.r, sig.s, sig.x, sig.y), OK);
        /* EIP-7951 has no rule against the other value of s. */
        subtract_from(N, sig.s);
        CHECK_EQ(p256_verify(p256, &sig.hash, sig.r, sig.s, sig.x, sig.y), OK);
        subtract_from(P, sig.y);
        CHECK_EQ(p256_verify(p256, &sig.hash, sig.r, sig.s, sig.x, sig.y), ERR_SIGNATURE);
    }
    p256_free(p256);
    curve_free(&c);
    EC_KEY_free(key);
}

static void every_bit_counts(void)
{
    struct signature sig = {0};
    random_signature(&sig);
    struct p256 *p256 = p256_new();
    CHECK(p256 != NULL);
    uint8_t *const fields[] = {sig.hash.b, sig.r, sig.s, sig.x, sig.y};
    for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++) {
        for (size_t bit = 0; bit < 256; bit++) {
            fields[f][bit / 8] ^= (uint8_t)(1u << (bit % 8));
            CHECK_EQ(p256_verify(p256, &sig.hash, sig.r, sig.s, sig.x, sig.y), ERR_SIGNATURE);
            fields[f][bit / 8] ^= (uint8_t)(1u << (bit % 8));
        }
    }
    CHECK_EQ(p256_verify(p256, &sig.hash, sig.r, sig.s, sig.x, sig.y), OK);
    p256_free(p256);
}

/* EIP-7951: 0 < r < n, 0 < s < n, 0 <= x < p, 0 <= y < p. */
static void numbers_out_of_range(void)
{
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        N,
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552",
        P,
        "ffffffff00000001000000000000000000000001000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};
    struct signature good = {0};
    random_signature(&good);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct signature sig = good;
        set(sig.r, bad[i]);
        CHECK_EQ(verify(&sig), ERR_SIGNATURE);
        sig = good;
        set(sig.s, bad[i]);
        CHECK_EQ(verify(&sig), ERR_SIGNATURE);
        sig = good;
        set(sig.x, bad[i]);
        CHECK_EQ(verify(&sig), ERR_SIGNATURE);
        sig = good;
        set(sig.y, bad[i]);
        CHECK_EQ(verify(&sig), ERR_SIGNATURE);
    }
}

/* r + n and s + n are the same modulo n, x + p and y + p modulo p, but they are not allowed. Most
 * do not fit into 32 bytes; these points have a small coordinate. */
static void numbers_are_not_reduced(void)
{
    static const struct {
        const char *x;
        const char *y;
    } points[] = {{"0000000000000000000000000000000000000000000000000000000000000000",
                   "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"},
                  {"d7325d7646cd60d80a92738ceb345f844cffaf35841022cab176f692de8de1d7",
                   "0000000000000000000000000000000000000000000000000000000000000005"}};
    uint8_t p[32];
    uint8_t n[32];
    set(p, P);
    set(n, N);
    struct curve c = curve_new();
    for (size_t i = 0; i < 2; i++) {
        struct signature sig = {0};
        set(sig.x, points[i].x);
        set(sig.y, points[i].y);
        point_set(&c, c.q, sig.x, sig.y);
        random_scalar(c.u1);
        random_scalar(c.u2);
        construct(&c, &sig);
        CHECK_EQ(verify(&sig), OK);
        CHECK_EQ(add(i == 0 ? sig.x : sig.y, p), 0);
        CHECK_EQ(verify(&sig), ERR_SIGNATURE);
    }
    /* s = 1 in range and s = 1 + n out of it: u2 = r, so r must be known first. */
    struct signature sig = {0};
    random_scalar(c.u2);
    CHECK(EC_POINT_mul(c.group, c.sum, c.u2, NULL, NULL, c.ctx) == 1);
    point_get(&c, c.sum, sig.r, sig.y);
    CHECK(BN_bin2bn(sig.r, 32, c.u2) != NULL);
    random_scalar(c.u1);
    CHECK(BN_mod_inverse(c.u2, c.u2, EC_GROUP_get0_order(c.group), c.ctx) != NULL);
    /* Q = (sum - u1 G) / r */
    EC_POINT *u1_g = EC_POINT_new(c.group);
    CHECK(EC_POINT_mul(c.group, u1_g, c.u1, NULL, NULL, c.ctx) == 1);
    CHECK(EC_POINT_invert(c.group, u1_g, c.ctx) == 1);
    CHECK(EC_POINT_add(c.group, c.q, c.sum, u1_g, c.ctx) == 1);
    CHECK(EC_POINT_mul(c.group, c.q, NULL, c.q, c.u2, c.ctx) == 1);
    CHECK(BN_mod_inverse(c.u2, c.u2, EC_GROUP_get0_order(c.group), c.ctx) != NULL);
    finish(&c, &sig);
    uint8_t one[32];
    set_small(one, 1);
    CHECK_BYTES(sig.s, one, 32);
    CHECK_EQ(verify(&sig), OK);
    CHECK_EQ(add(sig.s, n), 0);
    CHECK_EQ(verify(&sig), ERR_SIGNATURE);
    EC_POINT_free(u1_g);
    curve_free(&c);
}

static void points_off_the_curve(void)
{
    struct signature good = {0};
    random_signature(&good);
    struct signature sig = good;
    memset(sig.x, 0, 32); /* EIP-7951's encoding of the point at infinity */
    memset(sig.y, 0, 32);
    CHECK_EQ(verify(&sig), ERR_SIGNATURE);
    sig = good;
    memcpy(sig.x, good.y, 32);
    memcpy(sig.y, good.x, 32);
    CHECK_EQ(verify(&sig), ERR_SIGNATURE);
}

/* A key of another curve, y^2 = x^3 - 3 x + b', on which the formulas, which do not use b, work as
 * well: without the check this would be a signature (of the hash 0, so that G plays no part). */
static void key_of_another_curve(void)
{
    struct curve c = curve_new();
    struct signature sig = {0};
    uint8_t x[32];
    uint8_t y[32];
    set_small(x, 7);
    set_small(y, 9);
    BIGNUM *bx = BN_bin2bn(x, 32, NULL);
    BIGNUM *by = BN_bin2bn(y, 32, NULL);
    CHECK(EC_POINT_set_Jprojective_coordinates_GFp(c.group, c.q, bx, by, BN_value_one(), c.ctx) ==
          1);
    BN_free(bx);
    BN_free(by);
    BN_zero(c.u1);
    /* Its order is not n, so that it matters which of u2 and n - u2 is worked with: some of each.
     */
    for (int i = 0; i < 16; i++) {
        random_scalar(c.u2);
        construct(&c, &sig);
        CHECK_BYTES(sig.x, x, 32);
        CHECK_EQ(verify(&sig), ERR_SIGNATURE);
    }
    curve_free(&c);
}

/* u1 G + u2 Q with an x coordinate in [n, p): r is that less n. About one signature in 2^128. */
static void coordinate_above_the_order(void)
{
    struct curve c = curve_new();
    EC_POINT *u1_g = EC_POINT_new(c.group);
    unsigned found = 0;
    for (uint8_t small = 1; small < 20; small++) {
        uint8_t x[32];
        uint8_t n[32];
        set_small(x, small);
        set(n, N);
        CHECK_EQ(add(x, n), 0);
        BIGNUM *bx = BN_bin2bn(x, 32, NULL);
        const int on_curve =
            EC_POINT_set_compressed_coordinates(c.group, c.sum, bx, small & 1, c.ctx);
        BN_free(bx);
        if (on_curve != 1) {
            continue;
        }
        found++;
        random_scalar(c.u1);
        random_scalar(c.u2);
        BIGNUM *inverse = BN_new();
        CHECK(BN_mod_inverse(inverse, c.u2, EC_GROUP_get0_order(c.group), c.ctx) != NULL);
        CHECK(EC_POINT_mul(c.group, u1_g, c.u1, NULL, NULL, c.ctx) == 1);
        CHECK(EC_POINT_invert(c.group, u1_g, c.ctx) == 1);
        CHECK(EC_POINT_add(c.group, c.q, c.sum, u1_g, c.ctx) == 1);
        CHECK(EC_POINT_mul(c.group, c.q, NULL, c.q, inverse, c.ctx) == 1);
        BN_free(inverse);
        struct signature sig = {0};
        finish(&c, &sig);
        uint8_t wanted[32];
        set_small(wanted, small);
        CHECK_BYTES(sig.r, wanted, 32);
        CHECK_EQ(verify(&sig), OK);
        /* r + n is the coordinate itself, but not below n. */
        struct signature unreduced = sig;
        CHECK_EQ(add(unreduced.r, n), 0);
        CHECK_EQ(verify(&unreduced), ERR_SIGNATURE);
        sig.hash.b[0] ^= 1;
        CHECK_EQ(verify(&sig), ERR_SIGNATURE);
    }
    CHECK(found != 0);
    EC_POINT_free(u1_g);
    curve_free(&c);
}

/* r + n is compared as it is, not modulo p: r = x + p - n is no signature. */
static void coordinate_is_not_reduced_twice(void)
{
    struct curve c = curve_new();
    struct signature sig = {0};
    BIGNUM *r = BN_new();
    do {
        random_scalar(c.u1);
        CHECK(EC_POINT_mul(c.group, c.q, c.u1, NULL, NULL, c.ctx) == 1);
        random_scalar(c.u1);
        random_scalar(c.u2);
        CHECK(EC_POINT_mul(c.group, c.sum, c.u1, c.q, c.u2, c.ctx) == 1);
        CHECK(EC_POINT_get_affine_coordinates(c.group, c.sum, r, NULL, c.ctx) == 1);
        CHECK(BN_add(r, r, EC_GROUP_get0_field(c.group)) == 1);
        CHECK(BN_sub(r, r, EC_GROUP_get0_order(c.group)) == 1);
    } while (BN_cmp(r, EC_GROUP_get0_order(c.group)) >= 0);
    finish_with(&c, &sig, r);
    CHECK_EQ(verify(&sig), ERR_SIGNATURE);
    finish(&c, &sig);
    CHECK_EQ(verify(&sig), OK);
    BN_free(r);
    curve_free(&c);
}

/* Q = G. With h = -r the two products cancel: no signature, whatever s. With h = r they are the
 * same point, and the sum is a doubling. */
static void sums_of_equal_points(void)
{
    struct signature sig = {0};
    set(sig.x, GX);
    set(sig.y, GY);
    test_random_bytes(sig.r, 32);
    sig.r[0] = 1;
    test_random_bytes(sig.s, 32);
    sig.s[0] = 1;
    memcpy(sig.hash.b, sig.r, 32);
    subtract_from(N, sig.hash.b);
    CHECK_EQ(verify(&sig), ERR_SIGNATURE);

    struct curve c = curve_new();
    point_set(&c, c.q, sig.x, sig.y);
    random_scalar(c.u1);
    CHECK(BN_copy(c.u2, c.u1) != NULL);
    construct(&c, &sig);
    CHECK_BYTES(sig.hash.b, sig.r, 32);
    CHECK_EQ(verify(&sig), OK);
    curve_free(&c);
}

/* A hash of 0 leaves u2 Q alone; n is 0 too, and a hash above n counts modulo n. */
static void hashes_are_reduced(void)
{
    struct curve c = curve_new();
    random_scalar(c.u2);
    CHECK(EC_POINT_mul(c.group, c.q, c.u2, NULL, NULL, c.ctx) == 1);
    BN_zero(c.u1);
    struct signature sig = {0};
    construct(&c, &sig);
    uint8_t zero[32] = {0};
    CHECK_BYTES(sig.hash.b, zero, 32);
    CHECK_EQ(verify(&sig), OK);
    set(sig.hash.b, N);
    CHECK_EQ(verify(&sig), OK);
    sig.hash.b[31] ^= 1;
    CHECK_EQ(verify(&sig), ERR_SIGNATURE);
    curve_free(&c);
}

static void nothing_can_be_freed(void)
{
    p256_free(NULL);
}

static const struct test_case cases[] = {
    CASE(rfc_6979),
    CASE(signatures_of_libcrypto),
    CASE(every_bit_counts),
    CASE(numbers_out_of_range),
    CASE(numbers_are_not_reduced),
    CASE(points_off_the_curve),
    CASE(key_of_another_curve),
    CASE(coordinate_above_the_order),
    CASE(coordinate_is_not_reduced_twice),
    CASE(sums_of_equal_points),
    CASE(hashes_are_reduced),
    CASE(nothing_can_be_freed),
};

TEST_MAIN(cases)
