/* Public key recovery from any bytes: never crashes; a recovered key verifies the signature; the
 * mirrored signature (n - s, other parity) gives the same key.
 *
 * Input: recovery id, hash, r, s: 97 bytes, zeros where it ends early. */

#include "crypto/secp256k1.h"

#include <secp256k1.h>
#include <string.h>

#include "tests/fuzz.h"

/* SEC 2, version 2, section 2.4.1. */
static const uint8_t ORDER[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48,
                                  0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};

static void negate(uint8_t s[static 32])
{
    int borrow = 0;
    for (size_t i = 32; i-- != 0;) {
        const int difference = ORDER[i] - s[i] - borrow;
        borrow = difference < 0;
        s[i] = (uint8_t)difference;
    }
}

static void check_verifies(const uint8_t key[static 64], const struct hash32 *hash,
                           const uint8_t r[static 32], const uint8_t s[static 32])
{
    const secp256k1_context *ctx = secp256k1_context_static;
    uint8_t serialized[65] = {4};
    uint8_t compact[64];
    memcpy(serialized + 1, key, 64);
    memcpy(compact, r, 32);
    memcpy(compact + 32, s, 32);
    secp256k1_pubkey parsed;
    secp256k1_ecdsa_signature signature;
    FUZZ_CHECK(secp256k1_ec_pubkey_parse(ctx, &parsed, serialized, sizeof(serialized)) == 1);
    FUZZ_CHECK(secp256k1_ecdsa_signature_parse_compact(ctx, &signature, compact) == 1);
    (void)secp256k1_ecdsa_signature_normalize(ctx, &signature, &signature);
    FUZZ_CHECK(secp256k1_ecdsa_verify(ctx, &signature, hash->b, &parsed) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t input[97] = {0};
    bytes_copy(input, data, len < sizeof(input) ? len : sizeof(input));
    const unsigned id = input[0];
    struct hash32 hash;
    memcpy(hash.b, input + 1, 32);
    const uint8_t *r = input + 33;
    uint8_t *s = input + 65;
    uint8_t key[64];
    const enum err e = ecdsa_recover(key, &hash, r, s, id);
    FUZZ_CHECK(e == OK || e == ERR_SIGNATURE);
    if (e != OK) {
        return 0;
    }
    FUZZ_CHECK(id < 4 && memcmp(r, ORDER, 32) < 0 && memcmp(s, ORDER, 32) < 0);
    check_verifies(key, &hash, r, s);
    negate(s);
    uint8_t mirrored[64];
    FUZZ_CHECK(ecdsa_recover(mirrored, &hash, r, s, id ^ 1) == OK);
    FUZZ_CHECK(memcmp(key, mirrored, sizeof(key)) == 0);
    return 0;
}
