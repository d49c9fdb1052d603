#ifndef CRYPTO_KECCAK_BATCH_H
#define CRYPTO_KECCAK_BATCH_H

/* keccak_batch.h: many Keccak-256 hashes at once. One hash cannot fill a core's vector units, since
 * each step of the permutation waits for the last; messages that have nothing to do with each other
 * can, one to a lane of the registers. */

#include "crypto/keccak.h"

/* keccak256_batch hashes in[i] into out[i], for `count` messages of any lengths; the same as as many
 * calls of keccak256. `out` does not overlap the messages. Never fails, allocates nothing. Time
 * depends on the lengths alone.
 * Cost: 8 permutations in the time of 1.3 where the machine has AVX-512, 4 in that of 2.2 with AVX2
 * (Zen 5), as long as there are messages left to fill the lanes. */
void keccak256_batch(struct hash32 *out, const struct bytes *in, size_t count);

/* The forms, for tests and benchmarks; the second may only be called where keccak_has_avx512. */
void keccak256_batch_avx2(struct hash32 *out, const struct bytes *in, size_t count);
void keccak256_batch_avx512(struct hash32 *out, const struct bytes *in, size_t count);

#endif
