/* 256-bit integers: the operations too long to be inline.
 *
 * Division is schoolbook division by digits of 64 bits (Knuth, The Art of Computer Programming,
 * volume 2, 4.3.1, algorithm D). Three ways to find a digit:
 *   - one hardware division of two words by one, where one or two digits are needed at all;
 *   - by a reciprocal of the divisor's top word, for divisors of one word;
 *   - by a reciprocal of its top two words, for longer ones: the digit is then right but for about
 *     one in 2^64, and the remainder of the top words comes with it.
 * The reciprocals are those of N. Moeller and T. Granlund, "Improved division by invariant
 * integers", IEEE Transactions on Computers 60 (2011), whose names u, d, v, q, r are used below. A
 * reciprocal costs one hardware division, and a digit then three multiplications; the hardware
 * takes 18 cycles for a digit on Zen 5, and up to 90 on Intel processors before Ice Lake. */

#include "base/u256.h"

#include "base/assume.h"

/* ---- loading --------------------------------------------------------------------------------- */

void u256_load_be_short(struct u256 *out, const uint8_t *in, size_t len)
{
    uint8_t padded[32] = {0};
    bytes_copy(padded + (32 - len), in, len);
    u256_load_be(out, padded);
}

/* is_power_of_two. Most numbers are turned away by their lowest word. */
static ALWAYS_INLINE bool is_power_of_two(const struct u256 *a)
{
    return (a->w[0] & (a->w[0] - 1)) == 0 &&
           __builtin_popcountll(a->w[0]) + __builtin_popcountll(a->w[1]) +
                   __builtin_popcountll(a->w[2]) + __builtin_popcountll(a->w[3]) ==
               1;
}

/* ---- digits ---------------------------------------------------------------------------------- */

/* divide_2by1 divides (high:low) by d; high < d, so that the quotient is one word. */
static ALWAYS_INLINE uint64_t divide_2by1(uint64_t *rem, uint64_t high, uint64_t low, uint64_t d)
{
#if defined(__x86_64__)
    uint64_t quot;
    __asm__("divq %4" : "=a"(quot), "=d"(*rem) : "0"(low), "1"(high), "r"(d) : "cc");
    return quot;
#else
    const u128 u = u128_from_words(high, low);
    *rem = (uint64_t)(u % d);
    return (uint64_t)(u / d);
#endif
}

/* reciprocal_1 gives v = floor((2^128 - 1) / d) - 2^64, for a d with its top bit set. */
static ALWAYS_INLINE uint64_t reciprocal_1(uint64_t d)
{
    uint64_t rem;
    return divide_2by1(&rem, ~d, UINT64_MAX, d); /* (2^128 - 1) - 2^64 d = (~d : 2^64 - 1) */
}

/* reciprocal_2 gives v = floor((2^192 - 1) / d) - 2^64, for a d with its top bit set: the quotient
 * of (2^192 - 1) - 2^64 d = (~d1 : ~d0 : 2^64 - 1) by d. Divided by d1 alone it comes out at most 2
 * too high; v d1 + rem = (~d1 : ~d0) tells, where v d0 must not pass (rem : 2^64 - 1). */
static ALWAYS_INLINE uint64_t reciprocal_2(u128 d)
{
    const uint64_t d1 = (uint64_t)(d >> 64);
    const uint64_t d0 = (uint64_t)d;
    uint64_t rem;
    uint64_t v = divide_2by1(&rem, ~d1, ~d0, d1);
    u128 product = (u128)v * d0;
    if ((uint64_t)(product >> 64) > rem) {
        v--;
        product -= d0;
        rem += d1;
        if (rem >= d1 && (uint64_t)(product >> 64) > rem) { /* rem still is one word */
            v--;
        }
    }
    return u256_scalar(v); /* else clang 19 multiplies by v as a number of two words */
}

/* digit_1 divides (*rem:u0) by d, *rem < d, and leaves the remainder in *rem. (Algorithm 4) */
static ALWAYS_INLINE uint64_t digit_1(uint64_t *rem, uint64_t u0, uint64_t d, uint64_t v)
{
    const u128 product = (u128)v * *rem;
    uint8_t carry = 0;
    const uint64_t q0 = add_carry((uint64_t)product, u0, &carry);
    uint64_t q = add_carry((uint64_t)(product >> 64), *rem, &carry) + 1;
    uint64_t r = u0 - q * d;
    if (r > q0) {
        q--;
        r += d;
    }
    if (UNLIKELY(r >= d)) {
        q++;
        r -= d;
    }
    *rem = r;
    return q;
}

/* digit_2 divides (*rem:u0) by d, *rem < d, and leaves the remainder in *rem. (Algorithm 5) */
static ALWAYS_INLINE uint64_t digit_2(u128 *rem, uint64_t u0, u128 d, uint64_t v)
{
    const uint64_t u2 = (uint64_t)(*rem >> 64);
    const uint64_t u1 = (uint64_t)*rem;
    const u128 product = (u128)v * u2;
    uint8_t carry = 0;
    const uint64_t q0 = add_carry((uint64_t)product, u1, &carry);
    uint64_t q = add_carry((uint64_t)(product >> 64), u2, &carry);
    const uint64_t r1 = u1 - q * (uint64_t)(d >> 64);
    u128 r = u128_from_words(r1, u0) - (u128)q * (uint64_t)d - d;
    q++;
    if ((uint64_t)(r >> 64) >= q0) {
        q--;
        r += d;
    }
    if (UNLIKELY(r >= d)) {
        q++;
        r -= d;
    }
    *rem = r;
    return q;
}

/* ---- rows of words: u is a number of n (or n + 1) words, d one of n -------------------------- */

/* subtract_product: u -= q d over n words; returns the word that is borrowed from above. */
static ALWAYS_INLINE uint64_t subtract_product(uint64_t *u, const uint64_t *d, unsigned n,
                                               uint64_t q)
{
    uint64_t high = 0;
    for (unsigned i = 0; i < n; i++) {
        const u128 product = (u128)q * d[i] + high; /* at most 2^128 - 2^64 */
        high = (uint64_t)(product >> 64) + (u[i] < (uint64_t)product);
        u[i] -= (uint64_t)product;
    }
    return high;
}

/* add_row: u += d over n words; returns the carry. */
static ALWAYS_INLINE uint8_t add_row(uint64_t *u, const uint64_t *d, unsigned n)
{
    uint8_t carry = 0;
    for (unsigned i = 0; i < n; i++) {
        u[i] = add_carry(u[i], d[i], &carry);
    }
    return carry;
}

/* digit_long divides the n + 1 words of u by the n >= 3 words of d, whose top bit is set; the top
 * n words of u are less than d. Leaves the remainder in the lower n words of u; the top one is
 * not written. v is the reciprocal of d's top two words. */
static ALWAYS_INLINE uint64_t digit_long(uint64_t *u, const uint64_t *d, unsigned n, uint64_t v)
{
    const u128 d_top = u128_from_words(d[n - 1], d[n - 2]);
    u128 r = u128_from_words(u[n], u[n - 1]);
    if (UNLIKELY(r == d_top)) {
        /* The digit would not fit; since u < 2^64 d, it is 2^64 - 1. */
        (void)subtract_product(u, d, n, UINT64_MAX);
        return UINT64_MAX;
    }
    uint64_t q = digit_2(&r, u[n - 2], d_top, v);
    const uint64_t borrow = subtract_product(u, d, n - 2, q);
    u[n - 2] = (uint64_t)(r - borrow);
    u[n - 1] = (uint64_t)((r - borrow) >> 64);
    if (UNLIKELY(r < borrow)) {
        q--;
        (void)add_row(u, d, n);
    }
    return q;
}

/* ---- dividing -------------------------------------------------------------------------------- */

/* shift_left shifts the n words of a left by bits < 64 into out; returns what is shifted out. */
static ALWAYS_INLINE uint64_t shift_left(uint64_t *out, const uint64_t *a, unsigned n,
                                         unsigned bits)
{
    const uint64_t high = word_shift_left(0, a[n - 1], bits);
    for (unsigned i = n - 1; i != 0; i--) {
        out[i] = word_shift_left(a[i], a[i - 1], bits);
    }
    out[0] = a[0] << bits;
    return high;
}

/* shift_right shifts the n words of a right by bits < 64 in place. */
static ALWAYS_INLINE void shift_right(uint64_t *a, unsigned n, unsigned bits)
{
    for (unsigned i = 0; i < n - 1; i++) {
        a[i] = word_shift_right(a[i + 1], a[i], bits);
    }
    a[n - 1] >>= bits;
}

/* divide_by_word: a of four words by d of one. */
static ALWAYS_INLINE uint64_t divide_by_word(uint64_t q[static 4], const uint64_t *a, uint64_t d)
{
    const unsigned bits = word_leading_zeros(d);
    const uint64_t v = reciprocal_1(d << bits);
    uint64_t u[4];
    const uint64_t top = shift_left(u, a, 4, bits);
    uint64_t r = u[3];
    if (a[3] != 0) {
        r = top;
        q[3] = digit_1(&r, u[3], d << bits, v);
    }
    q[2] = digit_1(&r, u[2], d << bits, v);
    q[1] = digit_1(&r, u[1], d << bits, v);
    q[0] = digit_1(&r, u[0], d << bits, v);
    return r >> bits;
}

/* divide_digit divides n + 1 words of a by the n >= 2 words of d, whose top word is not 0; the top
 * n words of a are less than d. Leaves the remainder in a. */
static ALWAYS_INLINE uint64_t divide_digit(uint64_t *a, const uint64_t *d, unsigned n)
{
    /* As if both were shifted left until the top bit of d is one. */
    const unsigned bits = word_leading_zeros(d[n - 1]);
    const uint64_t d1 = word_shift_left(d[n - 1], d[n - 2], bits);
    const uint64_t d0 = word_shift_left(d[n - 2], n > 2 ? d[n - 3] : 0, bits);
    const uint64_t u2 = word_shift_left(a[n], a[n - 1], bits);
    const uint64_t u1 = word_shift_left(a[n - 1], a[n - 2], bits);
    const uint64_t u0 = word_shift_left(a[n - 2], n > 2 ? a[n - 3] : 0, bits);
    uint64_t q = UINT64_MAX;
    if (LIKELY(u2 < d1)) {
        uint64_t rem;
        q = divide_2by1(&rem, u2, u1, d1);
        q -= (u128)q * d0 > u128_from_words(rem, u0);
    }
    uint64_t missing = subtract_product(a, d, n, q) - a[n];
    while (UNLIKELY(missing != 0)) { /* at most twice */
        q--;
        missing -= add_row(a, d, n);
    }
    a[n] = 0;
    return q;
}

/* divide_by_two_words: a of four words by d of two, whose upper one is not 0. Leaves the remainder
 * in a. */
static ALWAYS_INLINE void divide_by_two_words(uint64_t q[static 4], uint64_t *a, const uint64_t *d)
{
    const unsigned bits = word_leading_zeros(d[1]);
    const u128 e = u128_from_words(d[1], d[0]) << bits;
    const uint64_t v = reciprocal_2(e);
    uint64_t u[4];
    const uint64_t top = shift_left(u, a, 4, bits);
    u128 r = u128_from_words(u[3], u[2]);
    if (a[3] != 0) {
        r = u128_from_words(top, u[3]);
        q[2] = digit_2(&r, u[2], e, v);
    }
    q[1] = digit_2(&r, u[1], e, v);
    q[0] = digit_2(&r, u[0], e, v);
    r >>= bits;
    a[0] = (uint64_t)r;
    a[1] = (uint64_t)(r >> 64);
    a[2] = 0;
    a[3] = 0;
}

/* divide gives quotient and remainder; either output may be NULL. */
static ALWAYS_INLINE void divide(struct u256 *quot, struct u256 *rem, const struct u256 *a,
                                 const struct u256 *b)
{
    uint64_t q[4] = {0};
    uint64_t r[5] = {a->w[0], a->w[1], a->w[2], a->w[3], 0};
    const uint64_t d[4] = {b->w[0], b->w[1], b->w[2], b->w[3]};
    if (d[3] != 0) {
        q[0] = divide_digit(r, d, 4);
    } else if (d[2] != 0) {
        if (r[3] != 0) {
            q[1] = divide_digit(r + 1, d, 3);
        }
        q[0] = divide_digit(r, d, 3);
    } else if (d[1] != 0) {
        if ((r[2] | r[3]) == 0) {
            q[0] = divide_digit(r, d, 2);
        } else {
            divide_by_two_words(q, r, d);
        }
    } else if ((r[2] | r[3]) == 0) {
        q[1] = r[1] / d[0];
        q[0] = divide_2by1(&r[0], r[1] % d[0], r[0], d[0]);
        r[1] = 0;
    } else {
        r[0] = divide_by_word(q, r, d[0]);
        r[1] = 0;
        r[2] = 0;
        r[3] = 0;
    }
    if (quot != NULL) {
        u256_set_words(quot, q[0], q[1], q[2], q[3]);
    }
    if (rem != NULL) {
        u256_set_words(rem, r[0], r[1], r[2], r[3]);
    }
}

static NOINLINE void divide_by_power_of_two(struct u256 *out, const struct u256 *a,
                                            const struct u256 *b)
{
    const struct u256 shift = u256_from_u64(u256_bit_len(b) - 1);
    u256_shr(out, a, &shift);
}

static NOINLINE void modulo_power_of_two(struct u256 *out, const struct u256 *a,
                                         const struct u256 *b)
{
    const struct u256 one = U256_ONE;
    struct u256 mask;
    u256_sub(&mask, b, &one);
    u256_and(out, a, &mask);
}

/* The three of them: numbers of one word and quotients of 0 here, the rest in functions of their
 * own, so that these do not pay for what those keep on the stack. */
static NOINLINE void divide_for_quot(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    divide(out, NULL, a, b);
}

static NOINLINE void divide_for_rem(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    divide(NULL, out, a, b);
}

static NOINLINE void divide_for_both(struct u256 *quot, struct u256 *rem, const struct u256 *a,
                                     const struct u256 *b)
{
    divide(quot, rem, a, b);
}

void u256_div(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    if (u256_fits_u64(a) && u256_fits_u64(b)) {
        u256_set_u64(out, b->w[0] != 0 ? a->w[0] / b->w[0] : 0);
    } else if (u256_lt(a, b) || u256_is_zero(b)) {
        u256_set_u64(out, 0);
    } else if (is_power_of_two(b)) { /* how old code shifts: the shifts came with EIP-145 */
        divide_by_power_of_two(out, a, b);
    } else {
        divide_for_quot(out, a, b);
    }
}

void u256_mod(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    if (u256_fits_u64(a) && u256_fits_u64(b)) {
        u256_set_u64(out, b->w[0] != 0 ? a->w[0] % b->w[0] : 0);
    } else if (u256_lt(a, b)) {
        u256_copy(out, a);
    } else if (u256_is_zero(b)) {
        u256_set_u64(out, 0);
    } else if (is_power_of_two(b)) {
        modulo_power_of_two(out, a, b);
    } else {
        divide_for_rem(out, a, b);
    }
}

void u256_divmod(struct u256 *quot, struct u256 *rem, const struct u256 *a, const struct u256 *b)
{
    if (u256_is_zero(b)) {
        u256_set_u64(quot, 0);
        u256_set_u64(rem, 0);
    } else if (u256_lt(a, b)) {
        u256_copy(rem, a);
        u256_set_u64(quot, 0);
    } else {
        divide_for_both(quot, rem, a, b);
    }
}

/* negate_if: *out = condition ? -a : a; without a branch: signs that cannot be predicted make the
 * whole division take 9.3 ns instead of 4.8 otherwise (and 1 ns less those that can). */
static ALWAYS_INLINE void negate_if(struct u256 *out, const struct u256 *a, bool condition)
{
    const uint64_t mask = (uint64_t)0 - condition; /* -a = ~a + 1 */
    uint8_t carry = condition;
    const uint64_t w0 = add_carry(a->w[0] ^ mask, 0, &carry);
    const uint64_t w1 = add_carry(a->w[1] ^ mask, 0, &carry);
    const uint64_t w2 = add_carry(a->w[2] ^ mask, 0, &carry);
    const uint64_t w3 = add_carry(a->w[3] ^ mask, 0, &carry);
    u256_set_words(out, w0, w1, w2, w3);
}

void u256_sdiv(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    const bool a_negative = u256_is_negative(a);
    const bool b_negative = u256_is_negative(b);
    struct u256 x;
    struct u256 y;
    negate_if(&x, a, a_negative);
    negate_if(&y, b, b_negative);
    if (u256_fits_u64(&x) && u256_fits_u64(&y)) {
        x.w[0] = y.w[0] != 0 ? x.w[0] / y.w[0] : 0;
    } else {
        u256_div(&x, &x, &y);
    }
    negate_if(out, &x, a_negative != b_negative);
}

void u256_smod(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    const bool a_negative = u256_is_negative(a);
    struct u256 x;
    struct u256 y;
    negate_if(&x, a, a_negative);
    negate_if(&y, b, u256_is_negative(b));
    if (u256_fits_u64(&x) && u256_fits_u64(&y)) {
        x.w[0] = y.w[0] != 0 ? x.w[0] % y.w[0] : 0;
    } else {
        u256_mod(&x, &x, &y);
    }
    negate_if(out, &x, a_negative);
}

/* ---- modular arithmetic ---------------------------------------------------------------------- */

/* subtract_if_not_less: *out = (2^256 carry + a) - m if that is not negative, else a. */
static ALWAYS_INLINE void subtract_if_not_less(struct u256 *out, bool carry, const struct u256 *a,
                                               const struct u256 *m)
{
    struct u256 difference;
    const bool less = u256_sub_borrow(&difference, a, m) && !carry;
    u256_copy(out, less ? a : &difference);
}

void u256_addmod(struct u256 *out, const struct u256 *a, const struct u256 *b, const struct u256 *m)
{
    struct u256 sum;
    bool carry = u256_add_overflow(&sum, a, b);
    if (LIKELY(u256_lt(a, m) && u256_lt(b, m))) {
        subtract_if_not_less(out, carry, &sum, m);
    } else if (!carry || u256_is_zero(m)) {
        u256_mod(out, &sum, m);
    } else {
        struct u256 x;
        struct u256 y;
        u256_mod(&x, a, m);
        u256_mod(&y, b, m);
        carry = u256_add_overflow(&sum, &x, &y);
        subtract_if_not_less(out, carry, &sum, m);
    }
}

/* add_product: adds the n words of d, times q, to the n words of u; sets u[n]. One chain of carries
 * makes the product, another adds it. */
static ALWAYS_INLINE void add_product(uint64_t *u, const uint64_t *d, unsigned n, uint64_t q)
{
    uint64_t row[4];
    uint8_t carry = 0;
    uint64_t high = 0;
    for (unsigned i = 0; i < n; i++) {
        const u128 product = (u128)q * d[i];
        row[i] = add_carry((uint64_t)product, high, &carry);
        high = (uint64_t)(product >> 64);
    }
    high += carry; /* a product of n words by one has n + 1 */
    carry = 0;
    for (unsigned i = 0; i < n; i++) {
        u[i] = add_carry(u[i], row[i], &carry);
    }
    u[n] = high + carry;
}

/* multiply: the 2 n words of a b, each of n, 2 to 4. (No loop over the rows, since the compilers
 * would keep it, and the words in memory.) */
static ALWAYS_INLINE void multiply(uint64_t *out, const uint64_t *a, const uint64_t *b, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        out[i] = 0;
    }
    add_product(out, b, n, a[0]);
    add_product(out + 1, b, n, a[1]);
    if (n > 2) {
        add_product(out + 2, b, n, a[2]);
    }
    if (n > 3) {
        add_product(out + 3, b, n, a[3]);
    }
}

/* scaled_residue: (a mod m) 2^bits, where m 2^bits = d has its top bit set and v is the reciprocal
 * of d. */
static ALWAYS_INLINE uint64_t scaled_residue(const struct u256 *a, uint64_t d, unsigned bits,
                                             uint64_t v)
{
    unsigned i = 3;
    while (i != 0 && a->w[i] == 0) {
        i--;
    }
    uint64_t r = word_shift_left(0, a->w[i], bits);
    for (; i != 0; i--) {
        (void)digit_1(&r, word_shift_left(a->w[i], a->w[i - 1], bits), d, v);
    }
    (void)digit_1(&r, a->w[0] << bits, d, v);
    return r;
}

/* mulmod_word: any a and b, one word of modulus, not 0. */
static ALWAYS_INLINE uint64_t mulmod_word(const struct u256 *a, const struct u256 *b, uint64_t m)
{
    const unsigned bits = word_leading_zeros(m);
    const uint64_t d = m << bits;
    const uint64_t v = reciprocal_1(d);
    const uint64_t x = scaled_residue(a, d, bits, v);
    const uint64_t y = scaled_residue(b, d, bits, v) >> bits;
    const u128 product = (u128)x * y; /* < d 2^64: one digit divides it */
    uint64_t r = (uint64_t)(product >> 64);
    (void)digit_1(&r, (uint64_t)product, d, v);
    return r >> bits;
}

/* reduced gives a if it is less than m, else a mod m, in *space. */
static ALWAYS_INLINE const struct u256 *reduced(struct u256 *space, const struct u256 *a,
                                                const struct u256 *m)
{
    if (LIKELY(u256_lt(a, m))) {
        return a;
    }
    u256_mod(space, a, m);
    return space;
}

/* mulmod_long: m of n words, 2 to 4, the top one not 0. */
static ALWAYS_INLINE void mulmod_long(struct u256 *out, const struct u256 *a, const struct u256 *b,
                                      const struct u256 *m, unsigned n)
{
    const unsigned bits = word_leading_zeros(m->w[n - 1]);
    struct u256 space_a;
    struct u256 space_b;
    uint64_t d[4];
    uint64_t x[4];
    uint64_t u[8];
    (void)shift_left(d, m->w, n, bits);
    (void)shift_left(x, reduced(&space_a, a, m)->w, n, bits); /* < d: nothing is shifted out */
    multiply(u, x, reduced(&space_b, b, m)->w, n);            /* < 2^(64 n) d: n digits divide it */
    const u128 d_top = u128_from_words(d[n - 1], d[n - 2]);
    const uint64_t v = reciprocal_2(d_top);
    if (n == 2) {
        u128 r = u128_from_words(u[3], u[2]);
        (void)digit_2(&r, u[1], d_top, v);
        (void)digit_2(&r, u[0], d_top, v);
        u[0] = (uint64_t)r;
        u[1] = (uint64_t)(r >> 64);
    } else {
        if (n == 4) {
            (void)digit_long(u + 3, d, n, v);
        }
        (void)digit_long(u + 2, d, n, v);
        (void)digit_long(u + 1, d, n, v);
        (void)digit_long(u, d, n, v);
    }
    shift_right(u, n, bits);
    u256_set_words(out, u[0], u[1], n > 2 ? u[2] : 0, n > 3 ? u[3] : 0);
}

/* mulmod_fold: m = 2^256 - c, 0 < c < 2^64. Modulo m, 2^256 is c, so that the upper half of the
 * product is added, c times, to the lower one; the sum has five words, and the upper one is folded
 * down again. */
static ALWAYS_INLINE void mulmod_fold(struct u256 *out, const struct u256 *a, const struct u256 *b,
                                      const struct u256 *m)
{
    const uint64_t c = 0 - m->w[0];
    uint64_t u[8];
    multiply(u, a->w, b->w, 4);
    uint64_t high = 0;
    for (unsigned i = 0; i < 4; i++) {
        const u128 sum = (u128)u[i + 4] * c + u[i] + high;
        u[i] = (uint64_t)sum;
        high = (uint64_t)(sum >> 64);
    }
    const u128 product = (u128)high * c;
    struct u256 sum;
    uint8_t carry = 0;
    sum.w[0] = add_carry(u[0], (uint64_t)product, &carry);
    sum.w[1] = add_carry(u[1], (uint64_t)(product >> 64), &carry);
    sum.w[2] = add_carry(u[2], 0, &carry);
    sum.w[3] = add_carry(u[3], 0, &carry);
    subtract_if_not_less(out, carry != 0, &sum, m);
}

/* is_near_power tells whether m is what mulmod_fold needs. */
static ALWAYS_INLINE bool is_near_power(const struct u256 *m)
{
    return (m->w[1] & m->w[2] & m->w[3]) == UINT64_MAX && m->w[0] != 0;
}

void u256_mulmod(struct u256 *out, const struct u256 *a, const struct u256 *b, const struct u256 *m)
{
    if (is_near_power(m)) {
        mulmod_fold(out, a, b, m);
    } else if (m->w[3] != 0) {
        mulmod_long(out, a, b, m, 4);
    } else if (m->w[2] != 0) {
        mulmod_long(out, a, b, m, 3);
    } else if (m->w[1] != 0) {
        mulmod_long(out, a, b, m, 2);
    } else if (m->w[0] != 0) {
        u256_set_u64(out, mulmod_word(a, b, m->w[0]));
    } else {
        u256_set_u64(out, 0);
    }
}

/* scale_modulus fills in what u256_mulmod_cached needs to know about last->m. */
static void scale_modulus(struct u256_modulus *last)
{
    last->bits = u256_from_u64(u256_leading_zeros(&last->m));
    u256_shl(&last->d, &last->m, &last->bits);
    /* (2^512 - 1) - 2^256 d = (~d : 2^256 - 1), of which the quotient by d has four digits. */
    const uint64_t *d = last->d.w;
    uint64_t u[8] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, ~d[0], ~d[1], ~d[2], ~d[3]};
    const uint64_t v = reciprocal_2(u128_from_words(d[3], d[2]));
    for (unsigned i = 4; i-- != 0;) {
        last->v.w[i] = digit_long(u + i, d, 4, v);
    }
    last->is_scaled = true;
}

/* mulmod_by_reciprocal: a and b less than last->m. The product, with a scaled as the modulus is, is
 * divided as if 256 bits were one digit: digit_1, word for word. */
static ALWAYS_INLINE void mulmod_by_reciprocal(struct u256 *out, const struct u256 *a,
                                               const struct u256 *b,
                                               const struct u256_modulus *last)
{
    struct u256 x;
    uint64_t u[8];
    uint64_t estimate[8];
    u256_shl(&x, a, &last->bits);
    multiply(u, x.w, b->w, 4);
    multiply(estimate, u + 4, last->v.w, 4);
    (void)add_row(estimate, u, 8);
    const struct u256 one = U256_ONE;
    const struct u256 low = {{estimate[0], estimate[1], estimate[2], estimate[3]}};
    struct u256 q = {{estimate[4], estimate[5], estimate[6], estimate[7]}};
    struct u256 r = {{u[0], u[1], u[2], u[3]}};
    u256_add(&q, &q, &one);
    u256_mul(&q, &q, &last->d);
    u256_sub(&r, &r, &q);
    if (u256_lt(&low, &r)) {
        u256_add(&r, &r, &last->d);
    }
    subtract_if_not_less(&r, false, &r, &last->d);
    u256_shr(out, &r, &last->bits);
}

void u256_mulmod_cached(struct u256_modulus *last, struct u256 *out, const struct u256 *a,
                        const struct u256 *b, const struct u256 *m)
{
    if (u256_fits_u64(m) || is_near_power(m)) {
        u256_mulmod(out, a, b, m);
    } else if (!u256_eq(&last->m, m)) {
        u256_copy(&last->m, m);
        last->is_scaled = false;
        u256_mulmod(out, a, b, m);
    } else {
        struct u256 x;
        struct u256 y;
        if (!last->is_scaled) {
            scale_modulus(last);
        }
        mulmod_by_reciprocal(out, reduced(&x, a, m), reduced(&y, b, m), last);
    }
}

/* ---- powers, products ------------------------------------------------------------------------ */

/* square: *out = a^2 modulo 2^256; the products of two different words once, and then doubled. */
static ALWAYS_INLINE void square(struct u256 *out, const struct u256 *a)
{
    const uint64_t a0 = a->w[0];
    const uint64_t a1 = a->w[1];
    const u128 p00 = (u128)a0 * a0;
    const u128 p01 = (u128)a0 * a1;
    const u128 p02 = (u128)a0 * a->w[2] + (uint64_t)(p01 >> 64);
    const u128 p11 = (u128)a1 * a1;
    const uint64_t c1 = (uint64_t)p01;
    const uint64_t c2 = (uint64_t)p02;
    const uint64_t c3 = (uint64_t)(p02 >> 64) + a0 * a->w[3] + a1 * a->w[2];
    uint8_t carry = 0;
    const uint64_t w1 = add_carry((uint64_t)(p00 >> 64), c1 << 1, &carry);
    const uint64_t w2 = add_carry((uint64_t)p11, word_shift_left(c2, c1, 1), &carry);
    const uint64_t w3 = add_carry((uint64_t)(p11 >> 64), word_shift_left(c3, c2, 1), &carry);
    u256_set_words(out, (uint64_t)p00, w1, w2, w3);
}

/* exp_short: an exponent of at most 32 bits, not 0. From its lowest bit up, so that multiplying and
 * the next squaring do not wait for each other. */
static ALWAYS_INLINE void exp_short(struct u256 *out, const struct u256 *base, uint64_t exponent)
{
    struct u256 power = *base; /* base^(2^i) after i rounds */
    struct u256 result = U256_ONE;
    for (;;) { /* at most 32 rounds */
        if ((exponent & 1) != 0) {
            u256_mul(&result, &result, &power);
        }
        exponent >>= 1;
        if (exponent == 0) {
            break;
        }
        square(&power, &power);
    }
    u256_copy(out, &result);
}

/* exp_long: any exponent but 0, four bits at a time from the top; the 14 products that the table of
 * powers costs pay from about 32 bits on. */
static NOINLINE void exp_long(struct u256 *out, const struct u256 *base,
                              const struct u256 *exponent)
{
    const struct u256 e = *exponent;
    struct u256 power[16];
    power[0] = u256_from_u64(1);
    power[1] = *base;
    for (unsigned i = 2; i < 16; i++) {
        u256_mul(&power[i], &power[i - 1], &power[1]);
    }
    unsigned i = (u256_bit_len(&e) - 1) / 4 * 4;
    struct u256 result = power[e.w[i / 64] >> (i % 64)];
    while (i != 0) {
        i -= 4;
        square(&result, &result);
        square(&result, &result);
        square(&result, &result);
        square(&result, &result);
        const uint64_t digit = e.w[i / 64] >> (i % 64) & 15;
        if (digit != 0) {
            u256_mul(&result, &result, &power[digit]);
        }
    }
    u256_copy(out, &result);
}

void u256_exp(struct u256 *out, const struct u256 *base, const struct u256 *exponent)
{
    if (u256_is_zero(exponent)) {
        u256_set_u64(out, 1);
    } else if (base->w[0] % 2 == 0 && (!u256_fits_u64(exponent) || exponent->w[0] >= 256)) {
        u256_set_u64(out, 0); /* 2^256 divides it */
    } else if (is_power_of_two(base)) {
        const struct u256 one = U256_ONE;
        const uint64_t log2 = u256_bit_len(base) - 1; /* not 0 only with an exponent below 256 */
        const struct u256 shift = u256_from_u64(log2 * exponent->w[0]);
        u256_shl(out, &one, &shift);
    } else if (u256_bit_len(exponent) <= 32) {
        exp_short(out, base, exponent->w[0]);
    } else {
        exp_long(out, base, exponent);
    }
}

bool u256_mul_overflow(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
    if ((a->w[2] | a->w[3] | b->w[2] | b->w[3]) == 0) {
        u256_mul(out, a, b);
        return false;
    }
    uint64_t u[8];
    multiply(u, a->w, b->w, 4);
    u256_set_words(out, u[0], u[1], u[2], u[3]);
    return (u[4] | u[5] | u[6] | u[7]) != 0;
}
