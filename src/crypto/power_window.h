#ifndef CRYPTO_POWER_WINDOW_H
#define CRYPTO_POWER_WINDOW_H

/* power_window.h: raising to a power by a sliding window (A. Menezes, P. van Oorschot, S. Vanstone:
 * Handbook of Applied Cryptography, algorithm 14.85), over any multiplication. Inside
 * crypto/power*.c only: inlined, so that the multiplications are direct calls. */

#include "base/compiler.h"
#include "crypto/power.h"

/* struct ring is a set of numbers with a multiplication, and the room to do it in. What the fields
 * hold is between the ring's maker and its functions. */
struct ring {
    const uint64_t *m;
    size_t n;
    uint64_t neg_inv;  /* -1/m mod 2^64, or mod 2^52 */
    uint64_t *product; /* room for a product */
};

/* ring_mul: out = a * b; ring_square: out = a * a. `out` may be `a`. */
typedef void ring_mul(const struct ring *ring, uint64_t *out, const uint64_t *a, const uint64_t *b);
typedef void ring_square(const struct ring *ring, uint64_t *out, const uint64_t *a);

/* power_table_count: numbers in the table for an exponent: the odd powers below 2^window. */
static inline size_t power_table_count(const struct exponent *e)
{
    return (size_t)1 << (e->window - 1);
}

/* exponent_bits gives `count` (1 to POWER_WINDOW_MAX) bits of the exponent, the lowest of them bit
 * `low`. */
static ALWAYS_INLINE unsigned exponent_bits(const struct exponent *e, size_t low, unsigned count)
{
    ASSERT(count <= POWER_WINDOW_MAX);
    const uint8_t *byte = e->bytes.ptr + (e->bytes.len - 1 - low / 8);
    unsigned two = byte[0];
    if (low % 8 + count > 8) {
        two |= (unsigned)byte[-1] << 8; /* there is one: bit low + count - 1 is in it */
    }
    return (two >> (low % 8)) & ((1u << count) - 1);
}

/* power_window: x = x^e, for numbers of `width` words in the ring. `table` has room for
 * power_table_count of them. */
static ALWAYS_INLINE void power_window(const struct ring *ring, uint64_t *x, uint64_t *table,
                                       size_t width, const struct exponent *e, ring_mul *mul,
                                       ring_square *square)
{
    const unsigned window = e->window;
    /* table[i] = x^(2i + 1) */
    memcpy(table, x, width * sizeof(*x));
    if (window > 1) {
        square(ring, x, x);
        for (size_t i = 1; i < power_table_count(e); i++) {
            mul(ring, table + i * width, table + (i - 1) * width, x);
        }
    }
    bool started = false;
    size_t left = e->bit_count; /* bits below are still to come */
    while (left != 0) {
        unsigned count = left < window ? (unsigned)left : window;
        unsigned bits = exponent_bits(e, left - count, count);
        if (bits >> (count - 1) == 0) {
            square(ring, x, x);
            left--;
            continue;
        }
        /* The window ends at a one, so that only odd powers are needed. */
        unsigned zeros = (unsigned)__builtin_ctz(bits);
        count -= zeros;
        const uint64_t *entry = table + (bits >> zeros >> 1) * width;
        if (started) {
            for (unsigned i = 0; i < count; i++) {
                square(ring, x, x);
            }
            mul(ring, x, x, entry);
        } else {
            memcpy(x, entry, width * sizeof(*x)); /* the highest bit is a one */
            started = true;
        }
        left -= count;
    }
}

#endif
