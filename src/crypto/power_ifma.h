#ifndef CRYPTO_POWER_IFMA_H
#define CRYPTO_POWER_IFMA_H

/* power_ifma.h: the form of power.h for CPUs with AVX-512 IFMA, which multiply eight pairs of
 * 52-bit digits at once. Inside crypto/power*.c only. */

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "crypto/power.h"

/* 1023 digits; more would overflow the sums. Up to 128 words, EIP-7823's 1024 bytes, the sums stay
 * in registers. */
#define POWER_IFMA_WORDS_MAX 831u

/* power_ifma_supported tells whether the CPU and the operating system let us. */
bool power_ifma_supported(void);

/* power_ifma_r_bits gives the number of bits of Montgomery's R for a modulus m of n words, top word
 * not 0. */
size_t power_ifma_r_bits(const uint64_t *m, size_t n);

/* power_ifma: x = (x / R)^e mod m, for n <= POWER_IFMA_WORDS_MAX.
 * In/out: x, n words, less than m. In: neg_inv, -1/m mod 2^64.
 * Errors: ERR_MEMORY when the arena is too small; what was taken is for the caller to give back. */
enum err power_ifma(struct arena *scratch, uint64_t *x, const struct exponent *e, const uint64_t *m,
                    size_t n, uint64_t neg_inv);

#endif
