/* Public key recovery: a published signature, signatures made here by libsecp256k1 with known keys,
 * and every way in which there is no key. */

#include "crypto/secp256k1.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include "crypto/sha2.h"
#include "tests/test.h"

/* SEC 2, version 2, section 2.4.1. */
#define GX "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
#define GY "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
#define N  "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
#define P  "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"

struct signature {
    struct hash32 hash;
    uint8_t r[32];
    uint8_t s[32];
    unsigned id;
};

static void set(uint8_t out[static 32], const char *hex)
{
    (void)test_hex(out, 32, hex);
}

/* add_small: number += step, big-endian, modulo 2^256. */
static void add_small(uint8_t number[static 32], int step)
{
    int carry = step;
    for (size_t i = 32; i-- != 0 && carry != 0;) {
        int sum = number[i] + carry;
        number[i] = (uint8_t)sum;
        carry = (sum - (uint8_t)sum) / 256;
    }
}

/* negate: s = n - s. */
static void negate(uint8_t s[static 32])
{
    uint8_t n[32];
    set(n, N);
    int borrow = 0;
    for (size_t i = 32; i-- != 0;) {
        int difference = n[i] - s[i] - borrow;
        borrow = difference < 0;
        s[i] = (uint8_t)difference;
    }
}

static enum err recover(uint8_t key[static 64], const struct signature *sig)
{
    return ecdsa_recover(key, &sig->hash, sig->r, sig->s, sig->id);
}

/* verifies: libsecp256k1's own check of (r, s) under the key, with s made low as it wants it. */
static bool verifies(const uint8_t key[static 64], const struct signature *sig)
{
    const secp256k1_context *ctx = secp256k1_context_static;
    uint8_t serialized[65] = {4};
    memcpy(serialized + 1, key, 64);
    uint8_t compact[64];
    memcpy(compact, sig->r, 32);
    memcpy(compact + 32, sig->s, 32);
    secp256k1_pubkey parsed;
    secp256k1_ecdsa_signature parsed_sig;
    if (secp256k1_ec_pubkey_parse(ctx, &parsed, serialized, sizeof(serialized)) != 1 ||
        secp256k1_ecdsa_signature_parse_compact(ctx, &parsed_sig, compact) != 1) {
        return false;
    }
    (void)secp256k1_ecdsa_signature_normalize(ctx, &parsed_sig, &parsed_sig);
    return secp256k1_ecdsa_verify(ctx, &parsed_sig, sig->hash.b, &parsed) == 1;
}

/* sign makes a signature with a random key and gives the key's public half. */
static void sign(struct signature *sig, uint8_t public_key[static 64])
{
    secp256k1_context *ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    uint8_t secret[32];
    test_random_bytes(secret, sizeof(secret));
    secret[0] = 1; /* below n, not 0 */
    test_random_bytes(sig->hash.b, sizeof(sig->hash.b));
    secp256k1_ecdsa_recoverable_signature made;
    secp256k1_pubkey key;
    uint8_t compact[64];
    uint8_t serialized[65];
    size_t len = sizeof(serialized);
    int id = -1;
    CHECK(secp256k1_ecdsa_sign_recoverable(ctx, &made, sig->hash.b, secret, NULL, NULL) == 1);
    CHECK(secp256k1_ecdsa_recoverable_signature_serialize_compact(ctx, compact, &id, &made) == 1);
    CHECK(secp256k1_ec_pubkey_create(ctx, &key, secret) == 1);
    CHECK(secp256k1_ec_pubkey_serialize(ctx, serialized, &len, &key, SECP256K1_EC_UNCOMPRESSED) ==
          1);
    secp256k1_context_destroy(ctx);
    memcpy(sig->r, compact, 32);
    memcpy(sig->s, compact + 32, 32);
    sig->id = (unsigned)id;
    memcpy(public_key, serialized + 1, 64);
}

/* The library asks for it before the static context is used. */
static void library_works(void)
{
    secp256k1_selftest();
}

/* Secret key 1, RFC 6979's nonce with SHA-256, message "Satoshi Nakamoto": the signature that the
 * authors of several libraries agreed on as a test; its key is G. */
static void published_signature(void)
{
    struct signature sig;
    sha256(&sig.hash, "Satoshi Nakamoto", 16);
    set(sig.r, "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8");
    set(sig.s, "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
    uint8_t g[64];
    set(g, GX);
    set(g + 32, GY);
    unsigned found = 0;
    for (sig.id = 0; sig.id < 2; sig.id++) {
        uint8_t key[64];
        CHECK_EQ(recover(key, &sig), OK);
        found += memcmp(key, g, 64) == 0;
        CHECK(verifies(key, &sig));
    }
    CHECK_EQ(found, 1);
}

static void known_keys_come_back(void)
{
    for (int i = 0; i < 50; i++) {
        struct signature sig;
        uint8_t wanted[64];
        uint8_t key[64];
        sign(&sig, wanted);
        CHECK_EQ(recover(key, &sig), OK);
        CHECK_BYTES(key, wanted, 64);
    }
}

/* The other s, with the other parity, is as good a signature: ecrecover takes both. */
static void high_s_is_accepted(void)
{
    for (int i = 0; i < 10; i++) {
        struct signature sig;
        uint8_t wanted[64];
        uint8_t key[64];
        sign(&sig, wanted); /* makes the low one */
        negate(sig.s);
        CHECK(sig.s[0] >= 0x7f);
        CHECK_EQ(recover(key, &sig), OK);
        CHECK(memcmp(key, wanted, 64) != 0);
        sig.id ^= 1;
        CHECK_EQ(recover(key, &sig), OK);
        CHECK_BYTES(key, wanted, 64);
    }
}

static void another_hash_gives_another_key(void)
{
    struct signature sig;
    uint8_t wanted[64];
    uint8_t key[64];
    sign(&sig, wanted);
    sig.hash.b[31] ^= 1;
    CHECK_EQ(recover(key, &sig), OK);
    CHECK(memcmp(key, wanted, 64) != 0);
    CHECK(verifies(key, &sig));
}

/* Hashes are taken modulo n: h and h + n are the same. */
static void hash_is_reduced(void)
{
    struct signature sig;
    uint8_t ignored[64];
    sign(&sig, ignored);
    set(sig.hash.b, "0000000000000000000000000000000000000000000000000000000000000005");
    uint8_t small[64];
    CHECK_EQ(recover(small, &sig), OK);
    set(sig.hash.b, N);
    add_small(sig.hash.b, 5);
    uint8_t large[64];
    CHECK_EQ(recover(large, &sig), OK);
    CHECK_BYTES(large, small, 64);
    memset(sig.hash.b, 0, 32);
    CHECK_EQ(recover(small, &sig), OK);
    set(sig.hash.b, N);
    CHECK_EQ(recover(large, &sig), OK);
    CHECK_BYTES(large, small, 64);
    memset(sig.hash.b, 0xff, 32);
    CHECK_EQ(recover(large, &sig), OK);
}

/* r and s must be in 1 to n - 1; `out` must stay as it is. */
static void scalars_out_of_range(void)
{
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000", N,
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142", P,
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};
    struct signature good;
    uint8_t ignored[64];
    sign(&good, ignored);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (good.id = 0; good.id < 4; good.id++) {
            uint8_t key[64];
            uint8_t before[64];
            memset(key, 0x5a, 64);
            memset(before, 0x5a, 64);
            struct signature sig = good;
            set(sig.r, bad[i]);
            CHECK_EQ(recover(key, &sig), ERR_SIGNATURE);
            sig = good;
            set(sig.s, bad[i]);
            CHECK_EQ(recover(key, &sig), ERR_SIGNATURE);
            CHECK_BYTES(key, before, 64);
        }
    }
    /* n - 1 is still good for s. */
    sign(&good, ignored);
    set(good.s, N);
    add_small(good.s, -1);
    uint8_t key[64];
    CHECK_EQ(recover(key, &good), OK);
    CHECK(verifies(key, &good));
}

static void recovery_id_out_of_range(void)
{
    static const unsigned bad[] = {4, 5, 27, 28, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff};
    struct signature sig;
    uint8_t key[64];
    sign(&sig, key);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        sig.id = bad[i];
        CHECK_EQ(recover(key, &sig), ERR_SIGNATURE);
    }
}

/* About half of all x have a point; both answers must occur, and be right. */
static void not_every_r_is_a_coordinate(void)
{
    struct signature sig;
    uint8_t key[64];
    sign(&sig, key);
    unsigned none = 0;
    memset(sig.r, 0, 32);
    sig.id = 0;
    for (int i = 0; i < 40; i++) {
        add_small(sig.r, 1);
        const enum err e = recover(key, &sig);
        CHECK(e == OK || e == ERR_SIGNATURE);
        none += e == ERR_SIGNATURE;
        CHECK(e != OK || verifies(key, &sig));
    }
    CHECK(none > 8 && none < 32);
    /* 5^3 + 7 = 132 is not a square modulo p. */
    set(sig.r, "0000000000000000000000000000000000000000000000000000000000000005");
    CHECK_EQ(recover(key, &sig), ERR_SIGNATURE);
    sig.id = 1;
    CHECK_EQ(recover(key, &sig), ERR_SIGNATURE);
}

/* With bit 1 of the recovery id the coordinate is r + n, which is below p only for r < p - n. */
static void coordinates_above_the_order(void)
{
    struct signature sig;
    uint8_t key[64];
    sign(&sig, key);
    memset(sig.r, 0, 32);
    unsigned found = 0;
    for (int i = 0; i < 20; i++) {
        add_small(sig.r, 1);
        for (sig.id = 2; sig.id < 4; sig.id++) {
            if (recover(key, &sig) == OK) {
                found++;
                CHECK(verifies(key, &sig));
            }
        }
    }
    CHECK(found != 0);
    /* p - n is too large by one already; p - n - 1 (the coordinate p - 1) has no point, -1 + 7
     * being no square; so the next ones below are tried until one has. */
    set(sig.r, "000000000000000000000000000000014551231950b75fc4402da1722fc9baee");
    sig.id = 2;
    CHECK_EQ(recover(key, &sig), ERR_SIGNATURE);
    found = 0;
    for (int i = 0; i < 20; i++) {
        add_small(sig.r, -1);
        found += recover(key, &sig) == OK;
    }
    CHECK(found != 0);
    memset(sig.r, 0, 32);
    sig.r[0] = 0x7f;
    sig.id = 3;
    CHECK_EQ(recover(key, &sig), ERR_SIGNATURE);
}

/* R = G and h = s make the key (s G - h G) / r, the point at infinity. */
static void key_at_infinity(void)
{
    struct signature sig;
    uint8_t key[64];
    set(sig.r, GX);
    set(sig.s, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    memcpy(sig.hash.b, sig.s, 32);
    sig.id = 0; /* GY is even */
    CHECK_EQ(recover(key, &sig), ERR_SIGNATURE);
    sig.id = 1;
    CHECK_EQ(recover(key, &sig), OK);
    sig.id = 0;
    add_small(sig.hash.b, 1);
    CHECK_EQ(recover(key, &sig), OK);
}

static const struct test_case cases[] = {
    CASE(library_works),
    CASE(published_signature),
    CASE(known_keys_come_back),
    CASE(high_s_is_accepted),
    CASE(another_hash_gives_another_key),
    CASE(hash_is_reduced),
    CASE(scalars_out_of_range),
    CASE(recovery_id_out_of_range),
    CASE(not_every_r_is_a_coordinate),
    CASE(coordinates_above_the_order),
    CASE(key_at_infinity),
};

TEST_MAIN(cases)
