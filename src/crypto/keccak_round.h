#ifndef CRYPTO_KECCAK_ROUND_H
#define CRYPTO_KECCAK_ROUND_H

/* keccak_round.h: what the files that implement Keccak share. */

#include <stdint.h>

/* Bytes of a block: 1600 bits less the capacity, which is twice the 256 bits of the hash. */
#define KECCAK_RATE   136u
#define KECCAK_ROUNDS 24u

/* The constants of iota (FIPS 202, section 3.2.5). The portable form derives them as the standard
 * says, and the tests compare the forms. */
extern const uint64_t keccak_round_constants[KECCAK_ROUNDS];

#endif
