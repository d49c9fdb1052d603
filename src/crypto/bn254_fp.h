#ifndef CRYPTO_BN254_FP_H
#define CRYPTO_BN254_FP_H

/* bn254_fp.h: the field Fp of bn254, p of 254 bits. Inside crypto/bn254*.c only; names are short
 * because the formulas above are long.
 *
 * Two kinds of value, each with one invariant that every function here expects and keeps:
 *   struct fp    an element a as a 2^256 mod p (Montgomery 1985), in [0, p).
 *   struct fpw   "wide", a product on its way: an integer in [0, p 2^256) that stands for itself
 *                divided by 2^256, mod p. Sums and differences of products are taken wide and
 *                reduced once, which is the larger half of a multiplication (Aranha, Karabina,
 *                Longa, Gebotys, Lopez: "Faster Explicit Formulas for Computing Pairings over
 *                Ordinary Curves", 2011). Adding p 2^256 does not change the value, so
 *                the range is kept by looking at the upper four limbs only.
 * Since p < 0.19 * 2^256, up to five products of elements fit: 5 p^2 < p 2^256.
 *
 * Inputs are public wherever this is used, so nothing here tries to hide them: time may depend on
 * every value, and names carry no `_vartime`. Outputs may be inputs. */

#include "base/err.h"
#include "crypto/bn254_limbs_asm.h"

struct fp {
    uint64_t l[4];
};

struct fpw {
    uint64_t l[8];
};

extern const struct fp FP_ONE;

#if BN254_ASM
#define limbs_add        limbs_add_asm
#define limbs_sub        limbs_sub_asm
#define limbs_reduce     limbs_reduce_asm
#define limbs_mul_reduce limbs_mul_reduce_asm
#define wide_add         wide_add_asm
#define wide_sub         wide_sub_asm
#define wide_mul         wide_mul_asm
#define wide_mul9_add    wide_mul9_add_asm
#define wide_reduce      wide_reduce_asm
#else
#define limbs_add        limbs_add_portable
#define limbs_sub        limbs_sub_portable
#define limbs_reduce     limbs_reduce_portable
#define limbs_mul_reduce limbs_mul_reduce_portable
#define wide_add         wide_add_portable
#define wide_sub         wide_sub_portable
#define wide_mul         wide_mul_portable
#define wide_mul9_add    wide_mul9_add_portable
#define wide_reduce      wide_reduce_portable
#endif

/* ---- elements ------------------------------------------------------------------------------- */

static inline bool fp_is_zero(const struct fp *a)
{
    return (a->l[0] | a->l[1] | a->l[2] | a->l[3]) == 0;
}

static inline bool fp_equal(const struct fp *a, const struct fp *b)
{
    return ((a->l[0] ^ b->l[0]) | (a->l[1] ^ b->l[1]) | (a->l[2] ^ b->l[2]) |
            (a->l[3] ^ b->l[3])) == 0;
}

/* fp_add_lazy: a + b as integers, not reduced; below 2^256. Only for operands of fpw_mul and
 * fp_mul_inline, within their bounds. */
static ALWAYS_INLINE void fp_add_lazy(struct fp *out, const struct fp *a, const struct fp *b)
{
    limbs_store(out->l, limbs_add(limbs_load(a->l), b->l));
}

static ALWAYS_INLINE void fp_add(struct fp *out, const struct fp *a, const struct fp *b)
{
    limbs_store(out->l, limbs_reduce(limbs_add(limbs_load(a->l), b->l)));
}

static ALWAYS_INLINE void fp_dbl(struct fp *out, const struct fp *a)
{
    fp_add(out, a, a);
}

/* limbs_add_modulus: x + p where the mask is all ones, x where it is 0; mod 2^256. */
static ALWAYS_INLINE struct limbs limbs_add_modulus(struct limbs x, uint64_t mask)
{
    const uint64_t y[4] = {FP_MODULUS[0] & mask, FP_MODULUS[1] & mask, FP_MODULUS[2] & mask,
                           FP_MODULUS[3] & mask};
    return limbs_add(x, y);
}

static ALWAYS_INLINE void fp_sub(struct fp *out, const struct fp *a, const struct fp *b)
{
    uint64_t less;
    struct limbs x = limbs_sub(&less, limbs_load(a->l), b->l);
    limbs_store(out->l, limbs_add_modulus(x, less));
}

static ALWAYS_INLINE void fp_neg(struct fp *out, const struct fp *a)
{
    const struct fp zero = {{0, 0, 0, 0}};
    fp_sub(out, &zero, a);
}

/* fp_mul_inline: a b. Each may be a lazy sum of two elements if a b < p 2^256. */
static ALWAYS_INLINE void fp_mul_inline(struct fp *out, const struct fp *a, const struct fp *b)
{
    limbs_store(out->l, limbs_mul_reduce(a->l, b->l));
}

/* ---- wide values ---------------------------------------------------------------------------- */

/* fpw_mul: a b as integers, for any a and b below 2^256; in range if a b < p 2^256. */
static ALWAYS_INLINE void fpw_mul(struct fpw *out, const struct fp *a, const struct fp *b)
{
    wide_mul(out->l, a->l, b->l);
}

/* fpw_reduce: the element that a stands for. */
static ALWAYS_INLINE void fpw_reduce(struct fp *out, const struct fpw *a)
{
    limbs_store(out->l, wide_reduce(a->l));
}

static ALWAYS_INLINE void fpw_add(struct fpw *out, const struct fpw *a, const struct fpw *b)
{
    limbs_store(out->l + 4, limbs_reduce(wide_add(out->l, a->l, b->l)));
}

static ALWAYS_INLINE void fpw_sub(struct fpw *out, const struct fpw *a, const struct fpw *b)
{
    uint64_t less;
    struct limbs upper = wide_sub(&less, out->l, a->l, b->l);
    limbs_store(out->l + 4, limbs_add_modulus(upper, less));
}

/* fpw_sub_plain: a - b as integers, for a >= b. */
static ALWAYS_INLINE void fpw_sub_plain(struct fpw *out, const struct fpw *a, const struct fpw *b)
{
    uint64_t less;
    limbs_store(out->l + 4, wide_sub(&less, out->l, a->l, b->l));
}

/* limbs_reduce_small: (top 2^256 + x) mod p, for top 2^256 + x < 10 p. The quotient is estimated
 * from the bits above 2^224 and at most 1 too small (asserted by tools/gen-bn254), so that what
 * remains is < 2p and its lower four limbs are all of it. */
static ALWAYS_INLINE struct limbs limbs_reduce_small(uint64_t top, struct limbs x)
{
    static const uint64_t multiples[10][4] = BN254_P_MULTIPLES;
    uint64_t high = top << 32 | x.l3 >> 32;
    uint64_t q = (high * BN254_QUOTIENT) >> BN254_QUOTIENT_BITS;
    uint64_t less;
    return limbs_reduce(limbs_sub(&less, x, multiples[q]));
}

/* fpw_mul9_add: 9a + b. fpw_mul9_sub: 9a - b. */
static ALWAYS_INLINE void fpw_mul9_add(struct fpw *out, const struct fpw *a, const struct fpw *b)
{
    struct limbs upper;
    uint64_t top = wide_mul9_add(out->l, &upper, a->l, b->l);
    limbs_store(out->l + 4, limbs_reduce_small(top, upper));
}

static ALWAYS_INLINE void fpw_mul9_sub(struct fpw *out, const struct fpw *a, const struct fpw *b)
{
    static const struct fpw modulus = {{0, 0, 0, 0, BN254_P_LIMBS}};
    struct fpw minus_b;
    fpw_sub_plain(&minus_b, &modulus, b); /* in (0, p 2^256] */
    fpw_mul9_add(out, a, &minus_b);
}

/* ---- not inline (bn254_fp.c) ---------------------------------------------------------------- */

/* fp_mul is fp_mul_inline behind a call, for where speed does not count. */
void fp_mul(struct fp *out, const struct fp *a, const struct fp *b);

/* fp_inv: 1/a, and 0 for 0. */
void fp_inv(struct fp *out, const struct fp *a);

/* fp_from_bytes reads a big-endian number of 32 bytes. Errors: ERR_RANGE when it is not below p. */
enum err fp_from_bytes(struct fp *out, const uint8_t in[static 32]);

/* fp_to_bytes writes an element as a big-endian number below p. */
void fp_to_bytes(uint8_t out[static 32], const struct fp *a);

#endif
