#ifndef BASE_U256_H
#define BASE_U256_H

/* u256.h: 256-bit integers, the EVM's words. An integer is unsigned and taken modulo 2^256; the
 * functions that say "signed" read the same bits as two's complement.
 *
 * All functions take pointers, and every output may be the same object as any input (outputs and
 * inputs that overlap in part are not allowed). They allocate nothing and cannot fail. Division
 * and modulo by zero give zero, as the Yellow Paper, appendix H.2, wants it.
 *
 * None of them is for secrets: the time they take depends on the values.
 *
 * The short operations are inline, and work on four 64-bit words in general registers. An operand
 * is seldom older than the last few instructions, and a vector load of a value that was just
 * written word by word has to wait until the stores reach the cache (ten cycles and more), so that
 * vectors, which compilers like for the bitwise operations, lose here. u256_scalar keeps them
 * away. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/compiler.h"

#if defined(__x86_64__) && !defined(__clang__)
#include <x86gprintrin.h>
#endif

/* struct u256 is w[0] + w[1] 2^64 + w[2] 2^128 + w[3] 2^192. */
struct u256 {
    uint64_t w[4];
};

/* Initialisers, of four words, lowest first: struct u256 x = U256_ZERO; */
#define U256_WORDS(w0, w1, w2, w3) \
    {                              \
        .w = { w0, w1, w2, w3 }    \
    }
#define U256_ZERO U256_WORDS(0, 0, 0, 0)
#define U256_ONE  U256_WORDS(1, 0, 0, 0)
#define U256_MAX  U256_WORDS(UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX)

/* ---- single words ---------------------------------------------------------------------------- */

/* u256_scalar gives back its argument, in a general register: the compiler cannot merge the
 * operations around it into vector ones. */
static ALWAYS_INLINE uint64_t u256_scalar(uint64_t word)
{
    __asm__("" : "+r"(word));
    return word;
}

/* add_carry gives a + b + *carry and sub_borrow a - b - *carry, modulo 2^64; *carry, 0 or 1, is
 * replaced by what is carried to (borrowed from) the next word. Both compilers make chains of
 * add/adc of them; GCC 12 needs its intrinsic for that, the portable form costs it a compare and a
 * second addition for each word. */
static ALWAYS_INLINE uint64_t add_carry(uint64_t a, uint64_t b, uint8_t *carry)
{
#if defined(__clang__)
    unsigned long long carry_out;
    uint64_t sum = __builtin_addcll(a, b, *carry, &carry_out);
    *carry = (uint8_t)carry_out;
    return sum;
#elif defined(__x86_64__)
    unsigned long long sum;
    *carry = _addcarry_u64(*carry, a, b, &sum);
    return sum;
#else
    u128 sum = (u128)a + b + *carry;
    *carry = (uint8_t)(sum >> 64);
    return (uint64_t)sum;
#endif
}

static ALWAYS_INLINE uint64_t sub_borrow(uint64_t a, uint64_t b, uint8_t *carry)
{
#if defined(__clang__)
    unsigned long long carry_out;
    uint64_t difference = __builtin_subcll(a, b, *carry, &carry_out);
    *carry = (uint8_t)carry_out;
    return difference;
#elif defined(__x86_64__)
    unsigned long long difference;
    *carry = _subborrow_u64(*carry, a, b, &difference);
    return difference;
#else
    u128 difference = (u128)a - b - *carry;
    *carry = (uint8_t)((difference >> 64) & 1);
    return (uint64_t)difference;
#endif
}

/* word_leading_zeros counts the zero bits above the highest one bit, 64 for 0. */
static ALWAYS_INLINE unsigned word_leading_zeros(uint64_t word)
{
    return word != 0 ? (unsigned)__builtin_clzll(word) : 64;
}

/* u128_from_words is 2^64 high + low. */
static ALWAYS_INLINE u128 u128_from_words(uint64_t high, uint64_t low)
{
    return (u128)high << 64 | low;
}

/* word_shift_left gives the upper word of (high:low) << bits, word_shift_right the lower one of
 * (high:low) >> bits; bits < 64. The word that lends its bits is shifted in two steps, since bits
 * may be 0 and a shift by 64 is undefined; u256_scalar between them keeps clang from making a
 * SHLD of the whole, which makes the shifts below 10 % slower on Zen 5. */
static ALWAYS_INLINE uint64_t word_shift_left(uint64_t high, uint64_t low, unsigned bits)
{
    return high << bits | u256_scalar(low >> 1) >> (63 - bits);
}

static ALWAYS_INLINE uint64_t word_shift_right(uint64_t high, uint64_t low, unsigned bits)
{
    return low >> bits | u256_scalar(high << 1) << (63 - bits);
}

/* ---- making, loading, storing ---------------------------------------------------------------- */

static ALWAYS_INLINE struct u256 u256_from_u64(uint64_t value)
{
    return (struct u256){{value, 0, 0, 0}};
}

/* u256_set_words stores the four words, lowest first. u256_set_u64 stores a 64-bit value.
 * u256_copy copies; unlike an assignment it never moves vectors. */
static ALWAYS_INLINE void u256_set_words(struct u256 *out, uint64_t w0, uint64_t w1, uint64_t w2,
                                         uint64_t w3)
{
    __asm__("" : "+r"(w0), "+r"(w1), "+r"(w2), "+r"(w3)); /* as u256_scalar */
    out->w[0] = w0;
    out->w[1] = w1;
    out->w[2] = w2;
    out->w[3] = w3;
}

static ALWAYS_INLINE void u256_set_u64(struct u256 *out, uint64_t value)
{
    uint64_t zero = 0;
    __asm__("" : "+r"(value), "+r"(zero)); /* as u256_scalar */
    out->w[0] = value;
    out->w[1] = zero;
    out->w[2] = zero;
    out->w[3] = zero;
}

static ALWAYS_INLINE void u256_copy(struct u256 *out, const struct u256 *a)
{
    u256_set_words(out, a->w[0], a->w[1], a->w[2], a->w[3]);
}

/* u256_load_be reads 32 bytes, u256_store_be writes 32 bytes, highest byte first; any alignment.
 * u256_load_be_short reads `len` bytes, at most 32, as a number (the missing bytes are high zeros;
 * 0 for len 0, when `in` may be NULL). The bytes may overlap the struct. */
static ALWAYS_INLINE void u256_load_be(struct u256 *out, const uint8_t in[static 32])
{
    u256_set_words(out, load_be64(in + 24), load_be64(in + 16), load_be64(in + 8), load_be64(in));
}

static ALWAYS_INLINE void u256_store_be(uint8_t out[static 32], const struct u256 *a)
{
    const uint64_t w0 = u256_scalar(__builtin_bswap64(a->w[0]));
    const uint64_t w1 = u256_scalar(__builtin_bswap64(a->w[1]));
    const uint64_t w2 = u256_scalar(__builtin_bswap64(a->w[2]));
    const uint64_t w3 = u256_scalar(__builtin_bswap64(a->w[3]));
    store_le64(out, w3);
    store_le64(out + 8, w2);
    store_le64(out + 16, w1);
    store_le64(out + 24, w0);
}

void u256_load_be_short(struct u256 *out, const uint8_t *in, size_t len);

/* ---- comparing ------------------------------------------------------------------------------- */

static ALWAYS_INLINE bool u256_is_zero(const struct u256 *a)
{
    return (u256_scalar(a->w[0] | a->w[1]) | u256_scalar(a->w[2] | a->w[3])) == 0;
}

/* u256_fits_u64 tells whether a < 2^64, so that a->w[0] is all of it. */
static ALWAYS_INLINE bool u256_fits_u64(const struct u256 *a)
{
    return (u256_scalar(a->w[1] | a->w[2]) | a->w[3]) == 0;
}

/* u256_is_negative tells whether a < 0, signed. */
static ALWAYS_INLINE bool u256_is_negative(const struct u256 *a)
{
    return a->w[3] >> 63 != 0;
}

static ALWAYS_INLINE bool u256_eq(const struct u256 *a, const struct u256 *b)
{
    uint64_t low = u256_scalar(a->w[0] ^ b->w[0]) | u256_scalar(a->w[1] ^ b->w[1]);
    uint64_t high = u256_scalar(a->w[2] ^ b->w[2]) | u256_scalar(a->w[3] ^ b->w[3]);
    return (low | high) == 0;
}

/* u256_lt tells whether a < b; u256_slt the same of signed numbers. (By halves: out of a chain of
 * borrows whose differences nobody wants clang 19 makes compares of single words, which take half
 * as long again.) */
static ALWAYS_INLINE bool u256_lt(const struct u256 *a, const struct u256 *b)
{
    const u128 a_high = u128_from_words(a->w[3], a->w[2]);
    const u128 b_high = u128_from_words(b->w[3], b->w[2]);
    const u128 a_low = u128_from_words(a->w[1], a->w[0]);
    const u128 b_low = u128_from_words(b->w[1], b->w[0]);
    return a_high < b_high || (a_high == b_high && a_low < b_low);
}

static ALWAYS_INLINE bool u256_slt(const struct u256 *a, const struct u256 *b)
{
    const uint64_t sign = UINT64_C(1) << 63; /* flipped, it sorts signed words as unsigned ones */
    const u128 a_high = u128_from_words(a->w[3] ^ sign, a->w[2]);
    const u128 b_high = u128_from_words(b->w[3] ^ sign, b->w[2]);
    const u128 a_low = u128_from_words(a->w[1], a->w[0]);
    const u128 b_low = u128_from_words(b->w[1], b->w[0]);
    return a_high < b_high || (a_high == b_high && a_low < b_low);
}

/* u256_leading_zeros counts the zero bits above the highest one bit, 256 for zero; u256_clz is the
 * same as an operation (EIP-7939). u256_bit_len is the number of bits without those, u256_byte_len
 * the number of bytes; both 0 for zero. */
static ALWAYS_INLINE unsigned u256_leading_zeros(const struct u256 *a)
{
    unsigned zeros = 192 + word_leading_zeros(a->w[0]);
    zeros = a->w[1] != 0 ? 128 + word_leading_zeros(a->w[1]) : zeros;
    zeros = a->w[2] != 0 ? 64 + word_leading_zeros(a->w[2]) : zeros;
    return a->w[3] != 0 ? word_leading_zeros(a->w[3]) : zeros;
}

static ALWAYS_INLINE void u256_clz(struct u256 *out, const struct u256 *a)
{
    u256_set_u64(out, u256_leading_zeros(a));
}

static ALWAYS_INLINE unsigned u256_bit_len(const struct u256 *a)
{
    return 256 - u256_leading_zeros(a);
}

static ALWAYS_INLINE unsigned u256_byte_len(const struct u256 *a)
{
    return (u256_bit_len(a) + 7) / 8;
}

/* ---- adding and multiplying ------------------------------------------------------------------ */

/* u256_add_overflow: *out = a + b modulo 2^256; true when the exact sum does not fit.
 * u256_sub_borrow: *out = a - b modulo 2^256; true when a < b. */
static ALWAYS_INLINE bool u256_add_overflow(struct u256 *out, const struct u256 *a,
                                            const struct u256 *b)
{
    uint8_t carry = 0;
    uint64_t w0 = add_carry(a->w[0], b->w[0], &carry);
    uint64_t w1 = add_carry(a->w[1], b->w[1], &carry);
    uint64_t w2 = add_carry(a->w[2], b->w[2], &carry);
    uint64_t w3 = add_carry(a->w[3], b->w[3], &carry);
    u256_set_words(out, w0, w1, w2, w3);
    return carry != 0;
}

static ALWAYS_INLINE bool u256_sub_borrow(struct u256 *out, const struct u256 *a,
                                          const struct u256 *b)
{
    uint8_t borrow = 0;
    uint64_t w0 = sub_borrow(a->w[0], b->w[0], &borrow);
    uint64_t w1 = sub_borrow(a->w[1], b->w[1], &borrow);
    uint64_t w2 = sub_borrow(a->w[2], b->w[2], &borrow);
    uint64_t w3 = sub_borrow(a->w[3], b->w[3], &borrow);
    u256_set_words(out, w0, w1, w2, w3);
    return borrow != 0;
}

static ALWAYS_INLINE void u256_add(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    (void)u256_add_overflow(out, a, b);
}

static ALWAYS_INLINE void u256_sub(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    (void)u256_sub_borrow(out, a, b);
}

/* u256_neg: *out = -a modulo 2^256. */
static ALWAYS_INLINE void u256_neg(struct u256 *out, const struct u256 *a)
{
    const struct u256 zero = U256_ZERO;
    (void)u256_sub_borrow(out, &zero, a);
}

/* u256_mul: *out = a b modulo 2^256. Of the sixteen products of two words the six that lie above
 * 2^256 are left out, and of the four that straddle it only the low half is made. */
static ALWAYS_INLINE void u256_mul(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    const uint64_t a0 = a->w[0];
    const uint64_t a1 = a->w[1];
    const uint64_t b0 = b->w[0];
    const uint64_t b1 = b->w[1];
    /* The sums cannot overflow: (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1. */
    u128 p00 = (u128)a0 * b0;
    u128 p01 = (u128)a0 * b1 + (uint64_t)(p00 >> 64);
    u128 p10 = (u128)a1 * b0 + (uint64_t)p01;
    /* Modulo 2^128 from here on: the upper two words. */
    u128 high = (u128)a1 * b1 + (uint64_t)(p01 >> 64) + (uint64_t)(p10 >> 64);
    high += (u128)a0 * b->w[2] + (u128)a->w[2] * b0;
    uint64_t top = a0 * b->w[3] + a1 * b->w[2] + a->w[2] * b1 + a->w[3] * b0;
    u256_set_words(out, (uint64_t)p00, (uint64_t)p10, (uint64_t)high, (uint64_t)(high >> 64) + top);
}

/* ---- bits ------------------------------------------------------------------------------------ */

static ALWAYS_INLINE void u256_and(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    u256_set_words(out, a->w[0] & b->w[0], a->w[1] & b->w[1], a->w[2] & b->w[2], a->w[3] & b->w[3]);
}

static ALWAYS_INLINE void u256_or(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    u256_set_words(out, a->w[0] | b->w[0], a->w[1] | b->w[1], a->w[2] | b->w[2], a->w[3] | b->w[3]);
}

static ALWAYS_INLINE void u256_xor(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    u256_set_words(out, a->w[0] ^ b->w[0], a->w[1] ^ b->w[1], a->w[2] ^ b->w[2], a->w[3] ^ b->w[3]);
}

static ALWAYS_INLINE void u256_not(struct u256 *out, const struct u256 *a)
{
    u256_set_words(out, ~a->w[0], ~a->w[1], ~a->w[2], ~a->w[3]);
}

/* u256_shl: *out = value 2^shift modulo 2^256. u256_shr: *out = value / 2^shift, rounded down.
 * u256_sar: the same of a signed number, rounded towards minus infinity. A shift of 256 or more
 * leaves no bit: 0, or -1 for u256_sar of a negative number. (EIP-145)
 *
 * One way for each number of whole words, chosen by branches: contracts shift by constants, which
 * the processor predicts, and the long shifts have less to do. Without branches (conditional moves
 * of words) the same takes 1.7 times as long. */
static ALWAYS_INLINE void u256_shl(struct u256 *out, const struct u256 *value,
                                   const struct u256 *shift)
{
    const uint64_t n = shift->w[0];
    const unsigned bits = n % 64;
    const uint64_t *w = value->w;
    if (UNLIKELY(!u256_fits_u64(shift) || n >= 256)) {
        u256_set_u64(out, 0);
    } else if (n >= 192) {
        u256_set_words(out, 0, 0, 0, w[0] << bits);
    } else if (n >= 128) {
        u256_set_words(out, 0, 0, w[0] << bits, word_shift_left(w[1], w[0], bits));
    } else if (n >= 64) {
        u256_set_words(out, 0, w[0] << bits, word_shift_left(w[1], w[0], bits),
                       word_shift_left(w[2], w[1], bits));
    } else {
        u256_set_words(out, w[0] << bits, word_shift_left(w[1], w[0], bits),
                       word_shift_left(w[2], w[1], bits), word_shift_left(w[3], w[2], bits));
    }
}

/* u256_shift_right is u256_sar, or u256_shr. */
static ALWAYS_INLINE void u256_shift_right(struct u256 *out, const struct u256 *value,
                                           const struct u256 *shift, bool is_signed)
{
    const uint64_t n = shift->w[0];
    const unsigned bits = n % 64;
    const uint64_t *w = value->w;
    const uint64_t fill = is_signed ? (uint64_t)((int64_t)w[3] >> 63) : 0;
    const uint64_t top = is_signed ? (uint64_t)((int64_t)w[3] >> bits) : w[3] >> bits;
    if (UNLIKELY(!u256_fits_u64(shift) || n >= 256)) {
        u256_set_words(out, fill, fill, fill, fill);
    } else if (n >= 192) {
        u256_set_words(out, top, fill, fill, fill);
    } else if (n >= 128) {
        u256_set_words(out, word_shift_right(w[3], w[2], bits), top, fill, fill);
    } else if (n >= 64) {
        u256_set_words(out, word_shift_right(w[2], w[1], bits), word_shift_right(w[3], w[2], bits),
                       top, fill);
    } else {
        u256_set_words(out, word_shift_right(w[1], w[0], bits), word_shift_right(w[2], w[1], bits),
                       word_shift_right(w[3], w[2], bits), top);
    }
}

static ALWAYS_INLINE void u256_shr(struct u256 *out, const struct u256 *value,
                                   const struct u256 *shift)
{
    u256_shift_right(out, value, shift, false);
}

static ALWAYS_INLINE void u256_sar(struct u256 *out, const struct u256 *value,
                                   const struct u256 *shift)
{
    u256_shift_right(out, value, shift, true);
}

/* u256_byte: *out = byte `index` of value, counted from the highest, which is byte 0; 0 for an
 * index above 31. (Yellow Paper, appendix H.2, BYTE) */
static ALWAYS_INLINE void u256_byte(struct u256 *out, const struct u256 *index,
                                    const struct u256 *value)
{
    uint64_t byte = 0;
    if (LIKELY(u256_fits_u64(index) && index->w[0] < 32)) {
        byte = value->w[3 - index->w[0] / 8] >> (56 - index->w[0] % 8 * 8) & 0xff;
    }
    u256_set_u64(out, byte);
}

/* u256_signextend: *out = the signed number that is in the lowest index + 1 bytes of value; all of
 * value for an index above 30. (Yellow Paper, appendix H.2, SIGNEXTEND) */
static ALWAYS_INLINE void u256_signextend(struct u256 *out, const struct u256 *index,
                                          const struct u256 *value)
{
    uint64_t w0 = value->w[0];
    uint64_t w1 = value->w[1];
    uint64_t w2 = value->w[2];
    uint64_t w3 = value->w[3];
    if (LIKELY(u256_fits_u64(index) && index->w[0] < 31)) {
        const uint64_t i = index->w[0];
        const unsigned unused = (unsigned)(56 - i % 8 * 8); /* bits above the sign in its word */
        const uint64_t word = (uint64_t)((int64_t)(value->w[i / 8] << unused) >> unused);
        const uint64_t fill = (uint64_t)((int64_t)word >> 63);
        w0 = i < 8 ? word : w0;
        w1 = i < 8 ? fill : i < 16 ? word : w1;
        w2 = i < 16 ? fill : i < 24 ? word : w2;
        w3 = i < 24 ? fill : word;
    }
    u256_set_words(out, w0, w1, w2, w3);
}

/* ---- dividing, and what needs it ------------------------------------------------------------- */

/* u256_div: *out = a / b rounded down. u256_mod: *out = a mod b. u256_divmod: both at once (*quot
 * and *rem must be two objects). All are 0 for b = 0. */
void u256_div(struct u256 *out, const struct u256 *a, const struct u256 *b);
void u256_mod(struct u256 *out, const struct u256 *a, const struct u256 *b);
void u256_divmod(struct u256 *quot, struct u256 *rem, const struct u256 *a, const struct u256 *b);

/* u256_sdiv, u256_smod: signed; the quotient is rounded towards zero, the remainder has the sign of
 * a; 0 for b = 0. The one quotient that does not fit wraps: -2^255 / -1 = -2^255. */
void u256_sdiv(struct u256 *out, const struct u256 *a, const struct u256 *b);
void u256_smod(struct u256 *out, const struct u256 *a, const struct u256 *b);

/* u256_addmod, u256_mulmod: *out = (a + b) mod m and a b mod m, of the exact sum and product; 0 for
 * m = 0. */
void u256_addmod(struct u256 *out, const struct u256 *a, const struct u256 *b,
                 const struct u256 *m);
void u256_mulmod(struct u256 *out, const struct u256 *a, const struct u256 *b,
                 const struct u256 *m);

/* u256_mulmod_cached: the same as u256_mulmod, which takes 3 times as long, for a caller that
 * expects the same modulus again and again, as field arithmetic has it. *last remembers the modulus
 * of the last call and, from its second use in a row, the reciprocal; the caller owns it, and makes
 * it all zero before the first call. It is a value that may be copied, and never changes a result.
 */
struct u256_modulus {
    struct u256 m; /* 0: none yet; never one that u256_mulmod has a faster way for */
    bool is_scaled;
    struct u256 bits; /* if is_scaled: the zero bits above m, */
    struct u256 d;    /* m 2^bits, */
    struct u256 v;    /* and floor((2^512 - 1) / d) - 2^256 */
};

void u256_mulmod_cached(struct u256_modulus *last, struct u256 *out, const struct u256 *a,
                        const struct u256 *b, const struct u256 *m);

/* u256_exp: *out = base^exponent modulo 2^256; 0^0 = 1. */
void u256_exp(struct u256 *out, const struct u256 *base, const struct u256 *exponent);

/* u256_mul_overflow: *out = a b modulo 2^256; true when the exact product does not fit. */
bool u256_mul_overflow(struct u256 *out, const struct u256 *a, const struct u256 *b);

#endif
