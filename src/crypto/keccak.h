#ifndef CRYPTO_KECCAK_H
#define CRYPTO_KECCAK_H

/* keccak.h: Keccak-256 as Ethereum uses it (Yellow Paper, section 3, "KEC"): the sponge of FIPS 202
 * with capacity 512 and the padding of the original submission, which appends 0x01 where SHA-3
 * appends 0x06. The permutation exists in several forms that compute the same; keccak256 uses the
 * fastest that the machine has. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* keccak256 hashes `len` bytes at `data` into *out. `data` may be NULL when `len` is 0; *out may
 * overlap the data. Never fails. Time depends on `len` alone.
 * Cost: len / 136 + 1 permutations (rounded down). Does not allocate. */
void keccak256(struct hash32 *out, const void *data, size_t len);

/* keccak_f1600_* apply the permutation KECCAK-p[1600, 24] (FIPS 202, section 3.3) to `lanes`, where
 * lane (x, y) of the standard is lanes[x + 5 * y]. For tests and benchmarks.
 *   portable  the steps of the standard, one by one: what the other forms are tested against
 *   scalar    unrolled, in 64-bit registers
 *   avx512    the same, with two of the five rows of each round in vector registers; may only be
 *             called where keccak_has_avx512 says so */
void keccak_f1600_portable(uint64_t lanes[static 25]);
void keccak_f1600_scalar(uint64_t lanes[static 25]);
void keccak_f1600_avx512(uint64_t lanes[static 25]);

/* keccak_has_avx512 tells whether this machine can run keccak_f1600_avx512, and so whether
 * keccak256 does. */
bool keccak_has_avx512(void);

#endif
