#ifndef CRYPTO_SECP256K1_H
#define CRYPTO_SECP256K1_H

/* secp256k1.h: recovering the signer's public key from an ECDSA signature on the curve secp256k1
 * (SEC 1, version 2, section 4.1.6). */

#include "base/bytes.h"
#include "base/err.h"

/* ecdsa_recover finds the key under which (r, s) is a signature of `message_hash`.
 * In: message_hash, the 32 bytes that were signed, taken modulo the group order n as ECDSA does;
 *   r and s, big-endian; recovery_id, 0 to 3: bit 0 is the parity of the y coordinate of the
 *   signature's point R, bit 1 tells that its x coordinate is r + n rather than r.
 * Out: public_key, the affine coordinates x and y, 32 bytes each, big-endian; on success only.
 * Both values of s that ECDSA allows (s and n - s) are accepted: whether the high one is, is for
 *   the caller to decide.
 * Errors: ERR_SIGNATURE when there is no such key: r or s is 0 or at least n, recovery_id is above
 *   3, no point has that x coordinate, or the key would be the point at infinity.
 * Cost: one double scalar multiplication, about 31 us. Allocates nothing. */
enum err ecdsa_recover(uint8_t public_key[static 64], const struct hash32 *message_hash,
                       const uint8_t r[static 32], const uint8_t s[static 32],
                       unsigned recovery_id);

#endif
