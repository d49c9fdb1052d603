/* EIP-198's modular exponentiation: strips the zeros, takes the powers of two out of the modulus,
 * and puts the two results together (Garner's form of the Chinese remainder theorem, Handbook of
 * Applied Cryptography, algorithm 14.71):
 *
 *   modulus = odd 2^k      x1 = base^e mod odd      x2 = base^e mod 2^k
 *   x = x1 + odd h,        h = (x2 - x1) / odd mod 2^k */

#include "crypto/modexp.h"

#include <gmp.h>

#include "base/u256.h"
#include "crypto/power.h"

/* store_words writes the low 8 len bits of n words big-endian into `len` bytes, zeros in front. */
static void store_words(uint8_t *out, size_t len, const uint64_t *words, size_t n)
{
    for (size_t i = 0; i < len; i++) {
        out[len - 1 - i] = i / 8 < n ? (uint8_t)(words[i / 8] >> (i % 8 * 8)) : 0;
    }
}

/* reduced_exponent shortens an exponent for a power modulo 2^k. Of an odd base only the exponent
 * modulo 2^k matters, since the order of the group of odd numbers, 2^(k-1), divides that. A base
 * with a factor 2 gives 0 from exponent k on: *vanishes is then set. */
static struct bytes reduced_exponent(struct bytes exponent, bool base_is_odd, size_t k,
                                     bool *vanishes)
{
    const size_t k_bytes = (k + 7) / 8;
    if (base_is_odd) {
        if (exponent.len <= k_bytes) {
            return exponent;
        }
        return bytes_strip(bytes_from(exponent.ptr + (exponent.len - k_bytes), k_bytes));
    }
    uint64_t value = 0;
    if (exponent.len <= 8) {
        words_load(&value, 1, exponent);
    }
    *vanishes = exponent.len > 8 || value >= k;
    return exponent;
}

/* power_mod_2k: out = base^exponent mod 2^(64 n), of which the caller uses k bits, k <= 64 n. The
 * exponent is not 0. */
static enum err power_mod_2k(struct arena *scratch, uint64_t *out, struct bytes base,
                             struct bytes exponent, size_t k, size_t n)
{
    const bool base_is_odd = base.len != 0 && (base.ptr[base.len - 1] & 1) == 1;
    bool vanishes = false;
    exponent = reduced_exponent(exponent, base_is_odd, k, &vanishes);
    memset(out, 0, n * sizeof(*out));
    if (vanishes) {
        return OK;
    }
    if (exponent.len == 0) {
        out[0] = 1;
        return OK;
    }
    const struct exponent e = exponent_from(exponent);
    return power_mod_words(scratch, out, base, &e, n);
}

/* combine: x += odd h with h = (x2 - x) / odd mod 2^k, a word at a time: each word of h is the one
 * that makes the lowest word of x2 - x - odd h vanish.
 * In/out: x, n words, holds x1. In: x2, k_words words, destroyed; odd, odd_n words. */
static void combine(uint64_t *x, size_t n, uint64_t *x2, size_t k_words, size_t k,
                    const uint64_t *odd, size_t odd_n)
{
    const uint64_t inverse = word_inverse(odd[0]);
    (void)mpn_sub_n(x2, x2, x, (mp_size_t)k_words); /* x has n >= k_words words */
    for (size_t i = 0; i < k_words; i++) {
        uint64_t h = x2[i] * inverse;
        if (i == k_words - 1 && k % 64 != 0) {
            h &= (UINT64_C(1) << (k % 64)) - 1;
        }
        const size_t in_x2 = odd_n < k_words - i ? odd_n : k_words - i;
        uint64_t borrow = mpn_submul_1(x2 + i, odd, (mp_size_t)in_x2, h);
        if (in_x2 < k_words - i) {
            (void)mpn_sub_1(x2 + i + in_x2, x2 + i + in_x2, (mp_size_t)(k_words - i - in_x2),
                            borrow);
        }
        /* x < odd 2^k = modulus < 2^(64 n) all along, so nothing is carried out of it. */
        const size_t in_x = odd_n < n - i ? odd_n : n - i;
        const uint64_t carry = mpn_addmul_1(x + i, odd, (mp_size_t)in_x, h);
        if (in_x < n - i) {
            (void)mpn_add_1(x + i + in_x, x + i + in_x, (mp_size_t)(n - i - in_x), carry);
        }
    }
}

/* modexp_words is modexp for a modulus above 1, an exponent above 0, and both without leading
 * zeros. */
static enum err modexp_words(struct arena *scratch, uint8_t *out, size_t out_len, struct bytes base,
                             struct bytes exponent, struct bytes modulus)
{
    const size_t n = (modulus.len + 7) / 8;
    uint64_t *odd = ARENA_NEW(scratch, uint64_t, n);
    uint64_t *x = ARENA_NEW(scratch, uint64_t, n);
    uint64_t *x2 = ARENA_NEW(scratch, uint64_t, n);
    if (odd == NULL || x == NULL || x2 == NULL) {
        return ERR_MEMORY;
    }
    words_load(odd, n, modulus);
    const size_t k = mpn_scan1(odd, 0);
    if (k >= 64) {
        memmove(odd, odd + k / 64, (n - k / 64) * sizeof(*odd));
        memset(odd + (n - k / 64), 0, k / 64 * sizeof(*odd));
    }
    if (k % 64 != 0) {
        (void)mpn_rshift(odd, odd, (mp_size_t)n, (unsigned)(k % 64));
    }
    size_t odd_n = n;
    while (odd[odd_n - 1] == 0) {
        odd_n--;
    }
    if (odd_n != 1 || odd[0] != 1) {
        const struct exponent e = exponent_from(exponent);
        TRY(power_mod_odd(scratch, x, base, &e, odd, odd_n, POWER_AUTO));
    }
    if (k != 0) {
        const size_t k_words = (k + 63) / 64;
        TRY(power_mod_2k(scratch, x2, base, exponent, k, k_words));
        combine(x, n, x2, k_words, k, odd, odd_n);
    }
    store_words(out, out_len, x, n);
    return OK;
}

enum err modexp(struct arena *scratch, uint8_t *out, struct bytes base, struct bytes exponent,
                struct bytes modulus)
{
    const size_t out_len = modulus.len;
    base = bytes_strip(base);
    exponent = bytes_strip(exponent);
    modulus = bytes_strip(modulus);
    const bool modulus_is_one = modulus.len == 1 && modulus.ptr[0] == 1;
    if (modulus.len == 0 || modulus_is_one || (base.len == 0 && exponent.len != 0)) {
        for (size_t i = 0; i < out_len; i++) {
            out[i] = 0;
        }
        return OK;
    }
    if (exponent.len == 0) {
        for (size_t i = 0; i < out_len; i++) {
            out[i] = i + 1 == out_len;
        }
        return OK;
    }
    const size_t mark = arena_mark(scratch);
    const enum err e = modexp_words(scratch, out, out_len, base, exponent, modulus);
    arena_rewind(scratch, mark);
    return e;
}
