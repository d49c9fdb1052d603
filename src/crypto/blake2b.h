#ifndef CRYPTO_BLAKE2B_H
#define CRYPTO_BLAKE2B_H

/* blake2b.h: the compression function F of BLAKE2b (RFC 7693, section 3.2) with a free number of
 * rounds, which is what the precompile of EIP-152 offers. */

#include <stdbool.h>
#include <stdint.h>

/* blake2b_compress is F: it mixes the block `m` into the state `h`.
 * In/out: h, the state. In: m, the block's words; t, the number of bytes hashed so far, low word
 *   first; is_final, the flag of the last block; rounds, any number, 12 for BLAKE2b itself. The
 *   words are those of the standard, loaded little-endian. `h` may not overlap `m` or `t`.
 * Cost: proportional to `rounds`, 2^32 - 1 of which take half a minute: the caller charges for them
 *   first. Time depends on `rounds` alone. Does not allocate. */
void blake2b_compress(uint64_t h[static 8], const uint64_t m[static 16], const uint64_t t[static 2],
                      bool is_final, uint32_t rounds);

/* blake2b_compress_portable is the same in the words of the standard: what the fast form is tested
 * against. */
void blake2b_compress_portable(uint64_t h[static 8], const uint64_t m[static 16],
                               const uint64_t t[static 2], bool is_final, uint32_t rounds);

#endif
