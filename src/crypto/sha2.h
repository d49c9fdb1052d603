#ifndef CRYPTO_SHA2_H
#define CRYPTO_SHA2_H

/* sha2.h: SHA-256 (FIPS 180-4, section 6.2). */

#include <stddef.h>

#include "base/bytes.h"

/* sha256 hashes `len` bytes at `data` into *out. `data` may be NULL when `len` is 0; *out may
 * overlap the data. Never fails, allocates nothing.
 * Cost: one compression for each started 64 bytes (and one more when fewer than 9 bytes are left in
 * the last), with the CPU's SHA instructions where it has them. */
void sha256(struct hash32 *out, const void *data, size_t len);

#endif
