/* From a signature to an address. */

#include "exec/signature.h"

#include "crypto/keccak.h"
#include "crypto/secp256k1.h"

/* The order n of secp256k1 (SEC 2, version 2, section 2.4.1), and n / 2 rounded down. */
static const struct u256 ORDER =
    U256_WORDS(UINT64_C(0xbfd25e8cd0364141), UINT64_C(0xbaaedce6af48a03b),
               UINT64_C(0xfffffffffffffffe), UINT64_C(0xffffffffffffffff));
static const struct u256 HALF_ORDER =
    U256_WORDS(UINT64_C(0xdfe92f46681b20a0), UINT64_C(0x5d576e7357a4501d),
               UINT64_C(0xffffffffffffffff), UINT64_C(0x7fffffffffffffff));

bool signature_is_in_range(const struct u256 *r, const struct u256 *s, bool is_low_s)
{
    return !u256_is_zero(r) && u256_lt(r, &ORDER) && !u256_is_zero(s) && u256_lt(s, &ORDER) &&
           (!is_low_s || !u256_lt(&HALF_ORDER, s));
}

enum err signature_recover(struct address *signer, const struct hash32 *hash, const struct u256 *r,
                           const struct u256 *s, bool y_parity)
{
    uint8_t r_bytes[32];
    uint8_t s_bytes[32];
    uint8_t public_key[64];
    struct hash32 key_hash;
    u256_store_be(r_bytes, r);
    u256_store_be(s_bytes, s);
    TRY(ecdsa_recover(public_key, hash, r_bytes, s_bytes, y_parity ? 1 : 0));
    keccak256(&key_hash, public_key, sizeof(public_key));
    memcpy(signer->b, key_hash.b + 12, sizeof(signer->b));
    return OK;
}
