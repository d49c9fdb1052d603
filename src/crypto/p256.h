#ifndef CRYPTO_P256_H
#define CRYPTO_P256_H

/* p256.h: verifying ECDSA signatures on the curve P-256 (secp256r1; SP 800-186, section 3.2.1.3;
 * FIPS 186-5, section 6.4.2), with the checks and the order of EIP-7951. */

#include "base/bytes.h"
#include "base/err.h"

/* struct p256 holds what libcrypto needs for one verification at a time: the curve and room for
 * numbers. It owns them; one for each thread. */
struct p256;

/* p256_new makes one; NULL when memory is short. p256_free releases it; NULL is fine. */
struct p256 *p256_new(void);
void p256_free(struct p256 *p256);

/* p256_verify checks whether (r, s) is a signature of `message_hash` by the public key (x, y).
 * In: message_hash, the 32 bytes that were signed; r, s, x, y, big-endian, any value.
 * EIP-7951: 0 < r < n and 0 < s < n (both values of s that ECDSA allows count), x and y below p,
 * the point on the curve and not at infinity; then r must equal, modulo n, the x coordinate of (h /
 * s) G + (r / s) (x, y), which must not be the point at infinity. Errors: OK when it is one;
 * ERR_SIGNATURE when it is not; ERR_MEMORY when libcrypto could not get memory, and nothing is
 * known. Cost: about 35 us, less than 1 us when a check of the numbers fails. libcrypto allocates a
 * few KiB for the time of the call. */
enum err p256_verify(struct p256 *p256, const struct hash32 *message_hash,
                     const uint8_t r[static 32], const uint8_t s[static 32],
                     const uint8_t x[static 32], const uint8_t y[static 32]);

#endif
