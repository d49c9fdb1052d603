#ifndef CRYPTO_POWER_H
#define CRYPTO_POWER_H

/* power.h: powers modulo an odd number, and modulo a power of two, of any size. The machinery below
 * modexp.h: numbers are `n` words of 64 bits, lowest first, and exponents views of big-endian
 * bytes.
 *
 * Three forms of multiplication modulo an odd number, all Montgomery's (P. L. Montgomery, "Modular
 * Multiplication Without Trial Division", 1985):
 *   fixed     up to 8 words, unrolled for each size
 *   ifma      9 to 831 words, on CPUs with AVX-512 IFMA (power_ifma.h)
 *   portable  any size, over GMP's assembly for rows of words
 * POWER_AUTO takes the fastest that can do the size on this machine; the others are for tests,
 * which compare them. Times depend on the values: not for secrets.
 *
 * One multiplication on Zen 5 at 4.1 GHz, clang 19, ns. Before them a base as long as the modulus
 * is brought into Montgomery's form, in the time of about ten of the fixed form's, five to eight of
 * the ifma form's, two of the portable form's.
 *
 *   words       1     2     4     6     8     9    16    32    64     128     256      512     1024
 *   fixed     3.3   6.7  11.4  29.5  47.7
 *   ifma                                     65    97   182   476   1,610  10,700   33,600
 *   portable   12    16    23    45    66    78   194   716 2,740  10,800  33,800  122,000  465,000
 *
 * For comparison, GMP's mpz_powm takes 18 for 4 words, 180 for 16, 680 for 32, 7,000 for 128;
 * libcrypto's BN_mod_exp 39, 165, 570, 9,400. */

#include <stdbool.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

enum power_form { POWER_AUTO, POWER_FIXED, POWER_IFMA, POWER_PORTABLE };

#define POWER_FIXED_WORDS_MAX 8u

/* struct exponent is a positive exponent and the plan for it: the width of the sliding window.
 * A view: valid as long as the bytes it was made from. */
struct exponent {
    struct bytes bytes; /* big-endian, first byte not 0 */
    size_t bit_count;   /* bits from the highest one down */
    unsigned window;    /* bits taken at once, 1 to POWER_WINDOW_MAX */
};

/* Wider windows would save less than 2 % of the multiplications and double the table. */
#define POWER_WINDOW_MAX 6u

/* bytes_strip leaves the zeros at the beginning of a big-endian number out. */
struct bytes bytes_strip(struct bytes number);

/* exponent_from plans for the exponent `bytes`, which must not be empty or begin with a zero. Cost:
 * one pass over it. */
struct exponent exponent_from(struct bytes bytes);

/* power_form_possible tells whether `form` can work on moduli of `n` words here. */
bool power_form_possible(enum power_form form, size_t n);

/* power_mod_odd: out = base^exponent mod m.
 * In: base, big-endian, any length; m, n words, odd, above 1, top word not 0; form, possible for n.
 * Out: out, n words; may not overlap m.
 * Errors: ERR_MEMORY when the arena is too small; what was taken is given back in any case.
 * Cost: about 1.2 multiplications modulo m for each bit of the exponent, and n words of work for
 *   each word of the base and the modulus. */
enum err power_mod_odd(struct arena *scratch, uint64_t *out, struct bytes base,
                       const struct exponent *exponent, const uint64_t *m, size_t n,
                       enum power_form form);

/* power_mod_words: out = base^exponent mod 2^(64 n). The rest as for power_mod_odd. */
enum err power_mod_words(struct arena *scratch, uint64_t *out, struct bytes base,
                         const struct exponent *exponent, size_t n);

/* word_inverse gives 1/a mod 2^64 for an odd a. */
uint64_t word_inverse(uint64_t a);

/* words_load reads the low 64 n bits of a big-endian number of any length into n words. */
void words_load(uint64_t *out, size_t n, struct bytes number);

#endif
