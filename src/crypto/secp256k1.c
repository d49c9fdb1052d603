/* Public key recovery over libsecp256k1 with its recovery module.
 *
 * Everything here is public data, so the library's constant context serves: it is made for calls
 * that involve no secret key, and needs no memory and no set-up. */

#include "crypto/secp256k1.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

/* The library's uncompressed form of a point: a tag byte, x, y (SEC 1, section 2.3.3). */
#define UNCOMPRESSED_LEN 65

enum err ecdsa_recover(uint8_t public_key[static 64], const struct hash32 *message_hash,
                       const uint8_t r[static 32], const uint8_t s[static 32], unsigned recovery_id)
{
    /* The library takes a wrong recovery id for a programmer's mistake and aborts. */
    if (recovery_id > 3) {
        return ERR_SIGNATURE;
    }
    const secp256k1_context *ctx = secp256k1_context_static;
    uint8_t compact[64];
    memcpy(compact, r, 32);
    memcpy(compact + 32, s, 32);
    secp256k1_ecdsa_recoverable_signature signature;
    secp256k1_pubkey key;
    /* Parsing refuses numbers from n up, recovering refuses zeros and everything else. */
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(ctx, &signature, compact,
                                                            (int)recovery_id) != 1 ||
        secp256k1_ecdsa_recover(ctx, &key, &signature, message_hash->b) != 1) {
        return ERR_SIGNATURE;
    }
    uint8_t uncompressed[UNCOMPRESSED_LEN];
    size_t len = sizeof(uncompressed);
    int ok =
        secp256k1_ec_pubkey_serialize(ctx, uncompressed, &len, &key, SECP256K1_EC_UNCOMPRESSED);
    ASSERT(ok == 1 && len == sizeof(uncompressed));
    memcpy(public_key, uncompressed + 1, 64);
    return OK;
}
