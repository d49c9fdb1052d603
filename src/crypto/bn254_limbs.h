#ifndef CRYPTO_BN254_LIMBS_H
#define CRYPTO_BN254_LIMBS_H

/* bn254_limbs.h: the integer arithmetic under bn254's field, in portable C. Inside crypto/bn254*.c
 * only. bn254_limbs_asm.h has the same functions in assembly; bn254_fp.h picks one form of each and
 * the test compares the two.
 *
 * Numbers are limbs of 64 bits, lowest first: four, or eight ("wide"). Outputs may be inputs, but
 * for wide_mul's. */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "crypto/bn254_constants.h"

/* FP_MODULUS: the limbs of p, then -1/p mod 2^64; one object, so that the assembly needs one
 * operand for all of it. p < 0.19 * 2^256. */
static const uint64_t FP_MODULUS[5] = {BN254_P_LIMBS, BN254_P_NEG_INV};

/* struct limbs: a number in registers, so that a sum and its reduction meet without memory. */
struct limbs {
    uint64_t l0, l1, l2, l3;
};

static ALWAYS_INLINE struct limbs limbs_load(const uint64_t from[static 4])
{
    return (struct limbs){from[0], from[1], from[2], from[3]};
}

static ALWAYS_INLINE void limbs_store(uint64_t to[static 4], struct limbs x)
{
    to[0] = x.l0;
    to[1] = x.l1;
    to[2] = x.l2;
    to[3] = x.l3;
}

/* ---- words ---------------------------------------------------------------------------------- */

/* word_add and word_sub: one limb of a carry chain; *carry and *borrow are 0 or 1. */
static ALWAYS_INLINE uint64_t word_add(uint64_t *carry, uint64_t a, uint64_t b)
{
    u128 t = (u128)a + b + *carry;
    *carry = (uint64_t)(t >> 64);
    return (uint64_t)t;
}

static ALWAYS_INLINE uint64_t word_sub(uint64_t *borrow, uint64_t a, uint64_t b)
{
    u128 t = (u128)a - b - *borrow;
    *borrow = (uint64_t)(t >> 64) & 1;
    return (uint64_t)t;
}

/* word_mul_add: the lower word of a b + c + *carry, whose upper word becomes *carry. It fits:
 * (2^64 - 1)^2 + 2 (2^64 - 1) < 2^128. */
static ALWAYS_INLINE uint64_t word_mul_add(uint64_t *carry, uint64_t a, uint64_t b, uint64_t c)
{
    u128 t = (u128)a * b + c + *carry;
    *carry = (uint64_t)(t >> 64);
    return (uint64_t)t;
}

/* ---- four limbs ----------------------------------------------------------------------------- */

/* limbs_add: x + y mod 2^256. */
static ALWAYS_INLINE struct limbs limbs_add_portable(struct limbs x, const uint64_t y[static 4])
{
    uint64_t carry = 0;
    x.l0 = word_add(&carry, x.l0, y[0]);
    x.l1 = word_add(&carry, x.l1, y[1]);
    x.l2 = word_add(&carry, x.l2, y[2]);
    x.l3 = word_add(&carry, x.l3, y[3]);
    return x;
}

/* limbs_sub: x - y mod 2^256. *mask is all ones when x < y and 0 otherwise. */
static ALWAYS_INLINE struct limbs limbs_sub_portable(uint64_t *mask, struct limbs x,
                                                     const uint64_t y[static 4])
{
    uint64_t borrow = 0;
    x.l0 = word_sub(&borrow, x.l0, y[0]);
    x.l1 = word_sub(&borrow, x.l1, y[1]);
    x.l2 = word_sub(&borrow, x.l2, y[2]);
    x.l3 = word_sub(&borrow, x.l3, y[3]);
    *mask = 0 - borrow;
    return x;
}

/* limbs_reduce: x mod p, for x < 2p. */
static ALWAYS_INLINE struct limbs limbs_reduce_portable(struct limbs x)
{
    uint64_t less;
    struct limbs y = limbs_sub_portable(&less, x, FP_MODULUS);
    return less != 0 ? x : y;
}

/* limbs_mul_reduce: a b / 2^256 mod p, for a b < p 2^256 and b < 2^256 - p.
 * Row by row (CIOS: Koc, Acar, Kaliski, "Analyzing and Comparing Montgomery Multiplication
 * Algorithms", 1996). With t < b + p before a row, t + a_i b + m p < 2^64 (b + p), so that t < b +
 * p after it and needs no fifth limb. At the end t < a b / 2^256 + p < 2p. */
static ALWAYS_INLINE struct limbs limbs_mul_reduce_portable(const uint64_t a[static 4],
                                                            const uint64_t b[static 4])
{
    uint64_t t[4] = {0, 0, 0, 0};
    for (int i = 0; i < 4; i++) {
        uint64_t upper = 0;
        uint64_t carry = 0;
        t[0] = word_mul_add(&upper, a[i], b[0], t[0]);
        uint64_t m = t[0] * FP_MODULUS[4];
        (void)word_mul_add(&carry, m, FP_MODULUS[0], t[0]);
        for (int j = 1; j < 4; j++) {
            t[j] = word_mul_add(&upper, a[i], b[j], t[j]);
            t[j - 1] = word_mul_add(&carry, m, FP_MODULUS[j], t[j]);
        }
        t[3] = upper + carry;
    }
    return limbs_reduce_portable(limbs_load(t));
}

/* ---- eight limbs ---------------------------------------------------------------------------- */

/* wide_add: a + b mod 2^512; the lower limbs go to `out`, the upper ones are returned, since most
 * callers change them. */
static ALWAYS_INLINE struct limbs
wide_add_portable(uint64_t out[static 4], const uint64_t a[static 8], const uint64_t b[static 8])
{
    uint64_t carry = 0;
    uint64_t t[8];
    for (int i = 0; i < 8; i++) {
        t[i] = word_add(&carry, a[i], b[i]);
    }
    memcpy(out, t, 4 * sizeof(t[0]));
    return limbs_load(t + 4);
}

/* wide_sub: a - b mod 2^512, likewise. *mask is all ones when a < b and 0 otherwise. */
static ALWAYS_INLINE struct limbs wide_sub_portable(uint64_t *mask, uint64_t out[static 4],
                                                    const uint64_t a[static 8],
                                                    const uint64_t b[static 8])
{
    uint64_t borrow = 0;
    uint64_t t[8];
    for (int i = 0; i < 8; i++) {
        t[i] = word_sub(&borrow, a[i], b[i]);
    }
    memcpy(out, t, 4 * sizeof(t[0]));
    *mask = 0 - borrow;
    return limbs_load(t + 4);
}

/* wide_mul: a b. */
static ALWAYS_INLINE void wide_mul_portable(uint64_t out[static 8], const uint64_t a[static 4],
                                            const uint64_t b[static 4])
{
    uint64_t t[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < 4; j++) {
            t[i + j] = word_mul_add(&carry, a[i], b[j], t[i + j]);
        }
        t[i + 4] = carry;
    }
    memcpy(out, t, sizeof(t));
}

/* wide_mul9_add: 9a + b; the lower four limbs go to `out`, the next four to *upper, and the ninth
 * is returned. */
static ALWAYS_INLINE uint64_t wide_mul9_add_portable(uint64_t out[static 4], struct limbs *upper,
                                                     const uint64_t a[static 8],
                                                     const uint64_t b[static 8])
{
    uint64_t carry = 0;
    uint64_t t[8];
    for (int i = 0; i < 8; i++) {
        t[i] = word_mul_add(&carry, a[i], 9, b[i]);
    }
    memcpy(out, t, 4 * sizeof(t[0]));
    *upper = limbs_load(t + 4);
    return carry;
}

/* wide_reduce: a / 2^256 mod p, for a < p 2^256. The lower half becomes (lower + m p) / 2^256 <= p
 * row by row; with the upper half, < p, the sum is < 2p. */
static ALWAYS_INLINE struct limbs wide_reduce_portable(const uint64_t a[static 8])
{
    uint64_t t[4];
    memcpy(t, a, sizeof(t));
    for (int i = 0; i < 4; i++) {
        uint64_t m = t[0] * FP_MODULUS[4];
        uint64_t carry = 0;
        (void)word_mul_add(&carry, m, FP_MODULUS[0], t[0]);
        for (int j = 1; j < 4; j++) {
            t[j - 1] = word_mul_add(&carry, m, FP_MODULUS[j], t[j]);
        }
        t[3] = carry;
    }
    return limbs_reduce_portable(limbs_add_portable(limbs_load(t), a + 4));
}

#endif
