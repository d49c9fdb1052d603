/* P-256 verification, libcrypto's ECDSA_do_verify with a key made beforehand, and the check that
 * fails first. RFC 6979, appendix A.2.5. */

#include "crypto/p256.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <stdlib.h>

#include "crypto/sha2.h"
#include "tests/bench.h"

struct context {
    struct p256 *p256;
    EC_KEY *key;
    ECDSA_SIG *sig;
    struct hash32 hash;
    uint8_t r[32];
    uint8_t s[32];
    uint8_t x[32];
    uint8_t y[32];
};

static void run(void *context, size_t count)
{
    const struct context *c = context;
    for (size_t i = 0; i < count; i++) {
        if (p256_verify(c->p256, &c->hash, c->r, c->s, c->x, c->y) != OK) {
            abort();
        }
    }
}

static void run_libcrypto(void *context, size_t count)
{
    const struct context *c = context;
    for (size_t i = 0; i < count; i++) {
        if (ECDSA_do_verify(c->hash.b, 32, c->sig, c->key) != 1) {
            abort();
        }
    }
}

static void run_off_curve(void *context, size_t count)
{
    const struct context *c = context;
    for (size_t i = 0; i < count; i++) {
        if (p256_verify(c->p256, &c->hash, c->r, c->s, c->x, c->x) != ERR_SIGNATURE) {
            abort();
        }
    }
}

static void from_hex(uint8_t out[static 32], const char *hex)
{
    BIGNUM *number = NULL;
    if (BN_hex2bn(&number, hex) == 0 || BN_bn2binpad(number, out, 32) != 32) {
        abort();
    }
    BN_free(number);
}

int main(int argc, char **argv)
{
    struct context c = {.p256 = p256_new(),
                        .key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1),
                        .sig = ECDSA_SIG_new()};
    sha256(&c.hash, "sample", 6);
    from_hex(c.x, "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    from_hex(c.y, "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
    from_hex(c.r, "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
    from_hex(c.s, "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
    BIGNUM *x = BN_bin2bn(c.x, 32, NULL);
    BIGNUM *y = BN_bin2bn(c.y, 32, NULL);
    if (EC_KEY_set_public_key_affine_coordinates(c.key, x, y) != 1 ||
        ECDSA_SIG_set0(c.sig, BN_bin2bn(c.r, 32, NULL), BN_bin2bn(c.s, 32, NULL)) != 1) {
        abort();
    }
    const struct bench_case cases[] = {
        {"p256verify", run, &c, 0},
        {"p256verify_off_curve", run_off_curve, &c, 0},
        {"libcrypto_ecdsa_do_verify", run_libcrypto, &c, 0},
    };
    const int status = bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
    BN_free(x);
    BN_free(y);
    ECDSA_SIG_free(c.sig);
    EC_KEY_free(c.key);
    p256_free(c.p256);
    return status;
}
