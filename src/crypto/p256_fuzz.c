/* P-256 verification of any bytes, and of valid signatures with bits changed: never crashes, and
 * agrees with libcrypto's ECDSA_do_verify wherever that can be asked.
 *
 * Input: mode, then 160 bytes, zeros where it ends early.
 *   mode even   hash, r, s, x, y as they are
 *   mode odd    a key (32 bytes), u1, u2; the signature is made from them; then one byte that is
 *               xored into the signature at the place that two more bytes give */

#include "crypto/p256.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <string.h>

#include "tests/fuzz.h"

struct signature {
    struct hash32 hash;
    uint8_t r[32];
    uint8_t s[32];
    uint8_t x[32];
    uint8_t y[32];
};

static_assert(sizeof(struct signature) == 160, "the fields in a row");

/* What is made once. */
struct state {
    struct p256 *p256;
    EC_KEY *key;
    const EC_GROUP *group;
    BN_CTX *ctx;
};

static struct state make_state(void)
{
    struct state st = {.p256 = p256_new(),
                       .key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1),
                       .ctx = BN_CTX_new()};
    FUZZ_CHECK(st.p256 != NULL && st.key != NULL && st.ctx != NULL);
    st.group = EC_KEY_get0_group(st.key);
    return st;
}

static bool libcrypto_accepts(const struct state *st, const struct signature *sig)
{
    EC_POINT *point = EC_POINT_new(st->group);
    BIGNUM *x = BN_bin2bn(sig->x, 32, NULL);
    BIGNUM *y = BN_bin2bn(sig->y, 32, NULL);
    bool accepted = false;
    /* It takes coordinates modulo p; EIP-7951 does not. */
    const BIGNUM *prime = EC_GROUP_get0_field(st->group);
    if (BN_cmp(x, prime) < 0 && BN_cmp(y, prime) < 0 &&
        EC_POINT_set_affine_coordinates(st->group, point, x, y, st->ctx) == 1 &&
        EC_KEY_set_public_key(st->key, point) == 1) {
        ECDSA_SIG *parsed = ECDSA_SIG_new();
        FUZZ_CHECK(
            ECDSA_SIG_set0(parsed, BN_bin2bn(sig->r, 32, NULL), BN_bin2bn(sig->s, 32, NULL)) == 1);
        accepted = ECDSA_do_verify(sig->hash.b, 32, parsed, st->key) == 1;
        ECDSA_SIG_free(parsed);
    }
    BN_free(x);
    BN_free(y);
    EC_POINT_free(point);
    ERR_clear_error();
    return accepted;
}

/* construct makes a signature of u1 and u2 by the public key of `secret`; false if one is 0. */
static bool construct(const struct state *st, struct signature *sig, const uint8_t *secret,
                      const uint8_t *u1_bytes, const uint8_t *u2_bytes)
{
    const BIGNUM *n = EC_GROUP_get0_order(st->group);
    BIGNUM *d = BN_bin2bn(secret, 32, NULL);
    BIGNUM *u1 = BN_bin2bn(u1_bytes, 32, NULL);
    BIGNUM *u2 = BN_bin2bn(u2_bytes, 32, NULL);
    BIGNUM *r = BN_new();
    BIGNUM *s = BN_new();
    BIGNUM *y = BN_new();
    EC_POINT *q = EC_POINT_new(st->group);
    EC_POINT *sum = EC_POINT_new(st->group);
    bool made = false;
    FUZZ_CHECK(BN_nnmod(d, d, n, st->ctx) == 1 && BN_nnmod(u1, u1, n, st->ctx) == 1 &&
               BN_nnmod(u2, u2, n, st->ctx) == 1);
    FUZZ_CHECK(EC_POINT_mul(st->group, q, d, NULL, NULL, st->ctx) == 1);
    FUZZ_CHECK(EC_POINT_mul(st->group, sum, u1, q, u2, st->ctx) == 1);
    if (!BN_is_zero(d) && !BN_is_zero(u2) && EC_POINT_is_at_infinity(st->group, sum) == 0) {
        FUZZ_CHECK(EC_POINT_get_affine_coordinates(st->group, q, r, y, st->ctx) == 1);
        FUZZ_CHECK(BN_bn2binpad(r, sig->x, 32) == 32 && BN_bn2binpad(y, sig->y, 32) == 32);
        FUZZ_CHECK(EC_POINT_get_affine_coordinates(st->group, sum, r, y, st->ctx) == 1);
        FUZZ_CHECK(BN_nnmod(r, r, n, st->ctx) == 1);
        FUZZ_CHECK(BN_mod_inverse(s, u2, n, st->ctx) != NULL);
        FUZZ_CHECK(BN_mod_mul(s, s, r, n, st->ctx) == 1 && BN_mod_mul(u1, u1, s, n, st->ctx) == 1);
        FUZZ_CHECK(BN_bn2binpad(r, sig->r, 32) == 32 && BN_bn2binpad(s, sig->s, 32) == 32 &&
                   BN_bn2binpad(u1, sig->hash.b, 32) == 32);
        made = !BN_is_zero(r);
    }
    BN_free(d);
    BN_free(u1);
    BN_free(u2);
    BN_free(r);
    BN_free(s);
    BN_free(y);
    EC_POINT_free(q);
    EC_POINT_free(sum);
    return made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct state st;
    if (st.p256 == NULL) {
        st = make_state();
    }
    uint8_t input[161] = {0};
    bytes_copy(input, data, len < sizeof(input) ? len : sizeof(input));
    struct signature sig;
    bool valid = false;
    if (input[0] % 2 == 1) {
        if (!construct(&st, &sig, input + 1, input + 33, input + 65)) {
            return 0;
        }
        const size_t place = (size_t)(input[98] << 8 | input[99]) % sizeof(sig);
        ((uint8_t *)&sig)[place] ^= input[97];
        valid = input[97] == 0;
    } else {
        memcpy(&sig, input + 1, sizeof(sig));
    }
    const enum err e = p256_verify(st.p256, &sig.hash, sig.r, sig.s, sig.x, sig.y);
    FUZZ_CHECK(e == OK || e == ERR_SIGNATURE);
    FUZZ_CHECK((e == OK) == libcrypto_accepts(&st, &sig));
    FUZZ_CHECK(!valid || e == OK);
    return 0;
}
