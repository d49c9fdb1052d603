/* Powers in words: the plan of an exponent, the way into Montgomery's form, and the fixed and
 * portable multiplications.
 *
 * A number x stands for x R mod m, R = 2^(64 n) (2^(52 k) in the ifma form). Going in, base R mod m
 * comes from one long division, which takes the base at any length, so no second constant (R^2 mod
 * m) is needed; going out is one more multiplication, by 1.
 *
 * From GMP only mpn functions are used, and mpn_mul_n and mpn_sqr only up to PRODUCT_WORDS, where
 * they work on the stack: GMP never calls malloc here, and cannot abort. */

#include "crypto/power.h"

#include <gmp.h>

#include "base/u256.h"
#include "crypto/power_fixed4.h"
#include "crypto/power_ifma.h"
#include "crypto/power_window.h"

static_assert(sizeof(mp_limb_t) == sizeof(uint64_t), "GMP's limbs are our words");

/* Longer products are made of products of this size. It is EIP-7823's largest modulus; GMP's
 * scratch for it is a few KiB of stack. */
#define PRODUCT_WORDS 128u

/* ---- exponents and numbers as bytes ---------------------------------------------------------- */

struct bytes bytes_strip(struct bytes number)
{
    while (number.len != 0 && *number.ptr == 0) {
        number.ptr++;
        number.len--;
    }
    return number;
}

struct exponent exponent_from(struct bytes bytes)
{
    ASSERT(bytes.len != 0 && bytes.ptr[0] != 0);
    struct exponent e = {.bytes = bytes, .window = 1};
    e.bit_count = 8 * bytes.len - ((size_t)__builtin_clz(bytes.ptr[0]) - 24);
    size_t ones = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        ones += (size_t)__builtin_popcount(bytes.ptr[i]);
    }
    /* Multiplications beside the squarings, which are always bit_count - 1: without a table one for
     * each bit that is set; else those for the table, and about one in window + 1 bits. So 65537
     * gets no table. */
    size_t best = ones - 1;
    for (unsigned window = 2; window <= POWER_WINDOW_MAX; window++) {
        size_t count = ((size_t)1 << (window - 1)) + e.bit_count / (window + 1);
        if (count < best) {
            best = count;
            e.window = window;
        }
    }
    return e;
}

/* word_at gives word `index`, counted from the lowest, of a big-endian number; 0 above its end. */
static uint64_t word_at(struct bytes number, size_t index)
{
    size_t skip = 8 * index;
    if (skip >= number.len) {
        return 0;
    }
    const uint8_t *end = number.ptr + (number.len - skip);
    if (number.len - skip >= 8) {
        return load_be64(end - 8);
    }
    uint64_t word = 0;
    for (const uint8_t *p = number.ptr; p != end; p++) {
        word = word << 8 | *p;
    }
    return word;
}

void words_load(uint64_t *out, size_t n, struct bytes number)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = word_at(number, i);
    }
}

/* ---- into Montgomery's form ------------------------------------------------------------------ */

/* divide_step takes the multiple of d (n words, top bit set) off the n + 1 words of u that leaves
 * them less than d; before, the upper n words must be less than d. (Knuth, The Art of Computer
 * Programming, volume 2, section 4.3.1, algorithm D, steps D3 to D6. The hardware's division is
 * good enough for the one digit in a row of n multiplications.) */
static void divide_step(uint64_t *u, const uint64_t *d, size_t n)
{
    const uint64_t d1 = d[n - 1];
    const uint64_t d0 = n > 1 ? d[n - 2] : 0;
    const uint64_t u0 = n > 1 ? u[n - 2] : 0;
    uint64_t q = UINT64_MAX;
    u128 rest = (u128)u[n - 1] + d1; /* what the digit leaves of the two top words, if u[n] = d1 */
    if (u[n] < d1) {
        const u128 top = u128_from_words(u[n], u[n - 1]);
        q = (uint64_t)(top / d1);
        rest = top - (u128)q * d1;
    }
    /* The digit is right or too large by one or two; the next word tells nearly always. */
    while (rest >> 64 == 0 && (u128)q * d0 > u128_from_words((uint64_t)rest, u0)) {
        q--;
        rest += d1;
    }
    const uint64_t borrow = mpn_submul_1(u, d, (mp_size_t)n, q);
    if (UNLIKELY(u[n] != borrow)) {
        /* One too large after all: about once in 2^63 digits that nobody chose. */
        const uint64_t carry = mpn_add_n(u, u, d, (mp_size_t)n);
        ASSERT(u[n] + carry == borrow);
    }
    u[n] = 0;
}

/* into_montgomery: x = base 2^r_bits mod m, n words. The bytes of the base and then zeros are
 * brought down a chunk at a time, as in a division on paper without its quotient:
 *
 *   u:  |<- chunk words: next part ->|<- n words: remainder so far ->| 1 word |
 *       low                                                              high */
static enum err into_montgomery(struct arena *scratch, uint64_t *x, struct bytes base,
                                const uint64_t *m, size_t n, size_t r_bits)
{
    const size_t chunk = n < 16 ? 16 : n;
    uint64_t *u = ARENA_NEW(scratch, uint64_t, chunk + n + 1);
    uint64_t *d = ARENA_NEW(scratch, uint64_t, n);
    if (u == NULL || d == NULL) {
        return ERR_MEMORY;
    }
    /* Divide by d = m 2^shift, whose top bit is set. Then the remainder times 2^shift, once more
     * reduced, is the one wanted times 2^shift. */
    const unsigned shift = word_leading_zeros(m[n - 1]);
    memcpy(d, m, n * sizeof(*d));
    if (shift != 0) {
        (void)mpn_lshift(d, d, (mp_size_t)n, shift);
    }
    size_t zeros = r_bits / 64;
    unsigned bits = (unsigned)(r_bits % 64) + shift;
    if (bits >= 64) {
        zeros++;
        bits -= 64;
    }
    uint64_t *const rest = u + chunk;
    size_t left = (base.len + 7) / 8 + zeros; /* words to bring down */
    /* Fewer than n words are less than d whatever they are. */
    for (size_t i = left < n - 1 ? left : n - 1; i-- != 0;) {
        left--;
        rest[i] = left < zeros ? 0 : word_at(base, left - zeros);
    }
    while (left != 0) {
        const size_t now = left < chunk ? left : chunk;
        for (size_t i = 1; i <= now; i++) {
            left--;
            rest[-(ptrdiff_t)i] = left < zeros ? 0 : word_at(base, left - zeros);
        }
        for (size_t i = 1; i <= now; i++) {
            divide_step(rest - i, d, n);
        }
        memmove(rest, rest - now, n * sizeof(*rest));
    }
    if (bits != 0) {
        rest[n] = mpn_lshift(rest, rest, (mp_size_t)n, bits);
        divide_step(rest, d, n);
    }
    if (shift != 0) {
        (void)mpn_rshift(rest, rest, (mp_size_t)n, shift);
    }
    memcpy(x, rest, n * sizeof(*x));
    return OK;
}

uint64_t word_inverse(uint64_t a)
{
    /* Newton's iteration: 3 a xor 2 is the inverse mod 2^5, and each round doubles the bits. */
    uint64_t inverse = (3 * a) ^ 2;
    for (unsigned bits = 5; bits < 64; bits *= 2) {
        inverse *= 2 - a * inverse;
    }
    return inverse;
}

/* ---- the fixed form --------------------------------------------------------------------------
 *
 * Numbers are in [0, m). ring->m holds m and behind it -1/m mod 2^128, two words. Everything below
 * is inlined with a constant n, and its loops unrolled. A whole product first and then its
 * reduction leave the compiler a carry chain for each row; it takes 15 ns for n = 4 on Zen 5, rows
 * of both kinds in turn 18 ns, and one chain of 128-bit sums 20 ns. */

/* row_product: out = a b, n + 1 words. */
static ALWAYS_INLINE void row_product(uint64_t *out, const uint64_t *a, uint64_t b, size_t n)
{
    uint64_t high = 0;
    uint8_t carry = 0;
#pragma GCC unroll 8
    for (size_t i = 0; i < n; i++) {
        const u128 product = (u128)a[i] * b;
        out[i] = add_carry((uint64_t)product, high, &carry);
        high = (uint64_t)(product >> 64);
    }
    out[n] = high + carry; /* a b < 2^(64 (n + 1)) */
}

/* row_add: t += a b over the n + 1 words of t; returns the carry. */
static ALWAYS_INLINE uint8_t row_add(uint64_t *t, const uint64_t *a, uint64_t b, size_t n)
{
    uint64_t row[POWER_FIXED_WORDS_MAX + 1];
    row_product(row, a, b, n);
    uint8_t carry = 0;
#pragma GCC unroll 9
    for (size_t i = 0; i <= n; i++) {
        t[i] = add_carry(t[i], row[i], &carry);
    }
    return carry;
}

/* fixed_reduce: out = t / 2^(64 n) mod m, for the 2n words of a t < m 2^(64 n). Then the sum of t
 * and the multiples of m is less than 2 m 2^(64 n), so that one subtraction ends it. */
static ALWAYS_INLINE void fixed_reduce(const struct ring *ring, uint64_t *out, uint64_t *t,
                                       size_t n)
{
    uint64_t top = 0;
#pragma GCC unroll 8
    for (size_t i = 0; i < n; i++) {
        uint8_t carry = row_add(t + i, ring->m, t[i] * ring->neg_inv, n);
#pragma GCC unroll 8
        for (size_t j = i + n + 1; j < 2 * n; j++) {
            t[j] = add_carry(t[j], 0, &carry);
        }
        top += carry;
    }
    const uint64_t *sum = t + n;
    uint64_t less[POWER_FIXED_WORDS_MAX];
    uint8_t borrow = 0;
#pragma GCC unroll 8
    for (size_t i = 0; i < n; i++) {
        less[i] = sub_borrow(sum[i], ring->m[i], &borrow);
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < n; i++) {
        out[i] = top >= borrow ? less[i] : sum[i];
    }
}

static ALWAYS_INLINE void fixed_mul(const struct ring *ring, uint64_t *out, const uint64_t *a,
                                    const uint64_t *b, size_t n)
{
    uint64_t t[2 * POWER_FIXED_WORDS_MAX];
    row_product(t, a, b[0], n);
#pragma GCC unroll 8
    for (size_t i = 1; i < n; i++) {
        t[i + n] = 0;
        (void)row_add(t + i, a, b[i], n); /* no carry: the sum is a times the low words of b */
    }
    fixed_reduce(ring, out, t, n);
}

static ALWAYS_INLINE void fixed_square(const struct ring *ring, uint64_t *out, const uint64_t *a,
                                       size_t n)
{
    /* The products of different words, once, from word 1 up ... */
    uint64_t t[2 * POWER_FIXED_WORDS_MAX];
    t[0] = 0;
    row_product(t + 1, a + 1, a[0], n - 1);
#pragma GCC unroll 8
    for (size_t i = 1; i + 1 < n; i++) {
        t[i + n] = 0;
        (void)row_add(t + 2 * i + 1, a + i + 1, a[i], n - 1 - i);
    }
    t[2 * n - 1] = 0;
    /* ... doubled, and the squares of the words. */
    uint8_t carry = 0;
    uint64_t below = 0;
#pragma GCC unroll 8
    for (size_t i = 0; i < n; i++) {
        const u128 product = (u128)a[i] * a[i];
        const uint64_t low = t[2 * i] << 1 | below >> 63;
        const uint64_t high = t[2 * i + 1] << 1 | t[2 * i] >> 63;
        below = t[2 * i + 1];
        t[2 * i] = add_carry(low, (uint64_t)product, &carry);
        t[2 * i + 1] = add_carry(high, (uint64_t)(product >> 64), &carry);
    }
    fixed_reduce(ring, out, t, n);
}

/* The functions of each size. */
#define FIXED(words)                                                                            \
    static void fixed_mul_##words(const struct ring *ring, uint64_t *out, const uint64_t *a,    \
                                  const uint64_t *b)                                            \
    {                                                                                           \
        fixed_mul(ring, out, a, b, words);                                                      \
    }                                                                                           \
    static void fixed_square_##words(const struct ring *ring, uint64_t *out, const uint64_t *a) \
    {                                                                                           \
        fixed_square(ring, out, a, words);                                                      \
    }
#define FIXED_POWER(words)                                                                 \
    static void fixed_power_##words(const struct ring *ring, uint64_t *x, uint64_t *table, \
                                    const struct exponent *e)                              \
    {                                                                                      \
        const uint64_t one[words] = {1};                                                   \
        power_window(ring, x, table, words, e, fixed_mul_##words, fixed_square_##words);   \
        fixed_mul_##words(ring, x, x, one);                                                \
    }
/* With one word the multiple of m that has the same low word as the product is taken off instead of
 * the opposite one added: no carry to wait for, 3.3 ns against 4.1 for the general form. Both high
 * words are below m. */
static void fixed_mul_1(const struct ring *ring, uint64_t *out, const uint64_t *a,
                        const uint64_t *b)
{
    const uint64_t m = ring->m[0];
    const u128 product = (u128)*a * *b;
    const uint64_t q = (uint64_t)product * (0 - ring->neg_inv);
    const uint64_t high = (uint64_t)(product >> 64);
    const uint64_t taken = (uint64_t)((u128)q * m >> 64);
    *out = high - taken + (high < taken ? m : 0);
}
static void fixed_square_1(const struct ring *ring, uint64_t *out, const uint64_t *a)
{
    fixed_mul_1(ring, out, a, a);
}
FIXED(2)
FIXED(3)
#if HAVE_POWER_FIXED4
static NOINLINE void fixed_mul_4(const struct ring *ring, uint64_t *out, const uint64_t *a,
                                 const uint64_t *b)
{
    fixed4_reduce(out, fixed4_product(a, b), ring->m);
}
static NOINLINE void fixed_square_4(const struct ring *ring, uint64_t *out, const uint64_t *a)
{
    fixed4_reduce(out, fixed4_square(a), ring->m);
}
#else
FIXED(4)
#endif
FIXED(5)
FIXED(6)
FIXED(7)
FIXED(8)
FIXED_POWER(1)
FIXED_POWER(2)
FIXED_POWER(3)
FIXED_POWER(4)
FIXED_POWER(5)
FIXED_POWER(6)
FIXED_POWER(7)
FIXED_POWER(8)

/* ---- the portable form -----------------------------------------------------------------------
 *
 * Up to PRODUCT_WORDS the product is GMP's, and the reduction goes word by word. Longer numbers are
 * padded to blocks of PRODUCT_WORDS, and both go block by block, in products of two blocks. In
 * words, at ring->product (short numbers: the first two only):
 *
 *   2n      the product    1  its carry    2 blocks  a product of two blocks
 *   1 block the multiple   1 block  -1/m mod 2^(64 PRODUCT_WORDS) */

/* padded_words: the size a number of n words is worked on with in the portable form. */
static size_t padded_words(size_t n)
{
    return n <= PRODUCT_WORDS ? n : (n + PRODUCT_WORDS - 1) / PRODUCT_WORDS * PRODUCT_WORDS;
}

/* product_room: words at ring->product; n as padded_words gives it. */
static size_t product_room(size_t n)
{
    return 2 * n + 1 + (n <= PRODUCT_WORDS ? 0 : 4 * PRODUCT_WORDS);
}

/* add_block_product: t += a b for two blocks; t has `len` words, more than two blocks or just
 * those, and room for the sum. */
static void add_block_product(uint64_t *t, size_t len, uint64_t *room, const uint64_t *a,
                              const uint64_t *b)
{
    mpn_mul_n(room, a, b, PRODUCT_WORDS);
    (void)mpn_add(t, t, (mp_size_t)len, room, 2 * PRODUCT_WORDS);
}

/* words_product: out = a b, 2n words, at the beginning of a ring's room for products. */
static void words_product(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n)
{
    if (n <= PRODUCT_WORDS) {
        if (a == b) {
            mpn_sqr(out, a, (mp_size_t)n);
        } else {
            mpn_mul_n(out, a, b, (mp_size_t)n);
        }
        return;
    }
    memset(out, 0, (2 * n + 1) * sizeof(*out));
    for (size_t i = 0; i < n; i += PRODUCT_WORDS) {
        for (size_t j = 0; j < n; j += PRODUCT_WORDS) {
            add_block_product(out + i + j, 2 * n - (i + j), out + 2 * n + 1, a + i, b + j);
        }
    }
}

/* subtract_once: out = sum - m if carry:sum is not less than m, else sum. */
static void subtract_once(uint64_t *out, const uint64_t *sum, uint64_t carry, const uint64_t *m,
                          size_t n)
{
    if (carry != 0 || mpn_cmp(sum, m, (mp_size_t)n) >= 0) {
        (void)mpn_sub_n(out, sum, m, (mp_size_t)n);
    } else {
        memcpy(out, sum, n * sizeof(*out));
    }
}

/* portable_reduce: out = t / 2^(64 n) mod m, as fixed_reduce, for the t at ring->product. */
static void portable_reduce(const struct ring *ring, uint64_t *out)
{
    uint64_t *t = ring->product;
    const size_t n = ring->n;
    if (n <= PRODUCT_WORDS) {
        /* A row's carry belongs n words above its lowest word, which has become 0: it is kept there
         * until the end. */
        for (size_t i = 0; i < n; i++) {
            t[i] = mpn_addmul_1(t + i, ring->m, (mp_size_t)n, t[i] * ring->neg_inv);
        }
        const uint64_t carry = mpn_add_n(t, t, t + n, (mp_size_t)n);
        subtract_once(out, t, carry, ring->m, n);
        return;
    }
    uint64_t *block = t + 2 * n + 1;
    uint64_t *multiple = block + 2 * PRODUCT_WORDS;
    const uint64_t *neg_inv = multiple + PRODUCT_WORDS;
    for (size_t i = 0; i < n; i += PRODUCT_WORDS) {
        mpn_mul_n(block, t + i, neg_inv, PRODUCT_WORDS);
        memcpy(multiple, block, PRODUCT_WORDS * sizeof(*multiple));
        for (size_t j = 0; j < n; j += PRODUCT_WORDS) {
            add_block_product(t + i + j, 2 * n + 1 - (i + j), block, multiple, ring->m + j);
        }
    }
    subtract_once(out, t + n, t[2 * n], ring->m, n);
}

static void portable_mul(const struct ring *ring, uint64_t *out, const uint64_t *a,
                         const uint64_t *b)
{
    words_product(ring->product, a, b, ring->n);
    portable_reduce(ring, out);
}

static void portable_square(const struct ring *ring, uint64_t *out, const uint64_t *a)
{
    portable_mul(ring, out, a, a);
}

/* block_inverse writes -1/m mod 2^(64 PRODUCT_WORDS) where portable_reduce wants it: word by word,
 * the number that times m takes 1 to 0. */
static void block_inverse(const struct ring *ring)
{
    uint64_t *rest = ring->product;
    uint64_t *out = ring->product + 2 * ring->n + 1 + 3 * PRODUCT_WORDS;
    memset(rest, 0, PRODUCT_WORDS * sizeof(*rest));
    rest[0] = 1;
    for (size_t i = 0; i < PRODUCT_WORDS; i++) {
        out[i] = rest[i] * ring->neg_inv;
        (void)mpn_addmul_1(rest + i, ring->m, (mp_size_t)(PRODUCT_WORDS - i), out[i]);
    }
}

/* portable_power works on padded numbers: x comes as n words with zeros behind. */
static enum err portable_power(struct arena *scratch, uint64_t *x, const struct exponent *e,
                               const uint64_t *m, size_t n)
{
    const size_t padded = padded_words(n);
    uint64_t *m_padded = ARENA_NEW(scratch, uint64_t, padded);
    uint64_t *product = ARENA_NEW(scratch, uint64_t, product_room(padded));
    uint64_t *table = ARENA_NEW(scratch, uint64_t, power_table_count(e) * padded);
    if (m_padded == NULL || product == NULL || table == NULL) {
        return ERR_MEMORY;
    }
    memcpy(m_padded, m, n * sizeof(*m));
    const struct ring ring = {m_padded, padded, 0 - word_inverse(m[0]), product};
    if (padded > PRODUCT_WORDS) {
        block_inverse(&ring);
    }
    power_window(&ring, x, table, padded, e, portable_mul, portable_square);
    /* Out of Montgomery's form: x / R. */
    memcpy(product, x, padded * sizeof(*x));
    memset(product + padded, 0, (padded + 1) * sizeof(*x));
    portable_reduce(&ring, x);
    return OK;
}

/* ---- modulo an odd number -------------------------------------------------------------------- */

static enum err fixed_power(struct arena *scratch, uint64_t *x, const struct exponent *e,
                            const uint64_t *m, size_t n)
{
    static void (*const power[POWER_FIXED_WORDS_MAX])(const struct ring *, uint64_t *, uint64_t *,
                                                      const struct exponent *) = {
        fixed_power_1, fixed_power_2, fixed_power_3, fixed_power_4,
        fixed_power_5, fixed_power_6, fixed_power_7, fixed_power_8,
    };
    uint64_t *table = ARENA_NEW(scratch, uint64_t, power_table_count(e) * n);
    if (table == NULL) {
        return ERR_MEMORY;
    }
    const uint64_t inverse = word_inverse(m[0]);
    const u128 m_low = u128_from_words(n > 1 ? m[1] : 0, m[0]);
    const u128 neg_inv = 0 - inverse * (2 - m_low * inverse); /* one more round */
    uint64_t constants[POWER_FIXED_WORDS_MAX + 2];
    memcpy(constants, m, n * sizeof(*m));
    constants[n] = (uint64_t)neg_inv;
    constants[n + 1] = (uint64_t)(neg_inv >> 64);
    const struct ring ring = {constants, n, constants[n], NULL};
    power[n - 1](&ring, x, table, e);
    return OK;
}

bool power_form_possible(enum power_form form, size_t n)
{
    switch (form) {
    case POWER_FIXED:
        return n <= POWER_FIXED_WORDS_MAX;
    case POWER_IFMA:
        return n <= POWER_IFMA_WORDS_MAX && power_ifma_supported();
    case POWER_AUTO:
    case POWER_PORTABLE:
        break;
    }
    return true;
}

static enum power_form fastest_form(size_t n)
{
    if (power_form_possible(POWER_FIXED, n)) {
        return POWER_FIXED;
    }
    return power_form_possible(POWER_IFMA, n) ? POWER_IFMA : POWER_PORTABLE;
}

static enum err power_in_form(struct arena *scratch, uint64_t *out, struct bytes base,
                              const struct exponent *e, const uint64_t *m, size_t n,
                              enum power_form form)
{
    /* The portable form pads the numbers, and R with them. */
    const size_t padded = form == POWER_PORTABLE ? padded_words(n) : n;
    const size_t r_bits = form == POWER_IFMA ? power_ifma_r_bits(m, n) : 64 * padded;
    uint64_t *x = ARENA_NEW(scratch, uint64_t, padded);
    if (x == NULL) {
        return ERR_MEMORY;
    }
    const size_t mark = arena_mark(scratch);
    TRY(into_montgomery(scratch, x, base, m, n, r_bits));
    arena_rewind(scratch, mark);
    switch (form) {
    case POWER_FIXED:
        TRY(fixed_power(scratch, x, e, m, n));
        break;
    case POWER_IFMA:
        TRY(power_ifma(scratch, x, e, m, n, 0 - word_inverse(m[0])));
        break;
    case POWER_AUTO:
    case POWER_PORTABLE:
        TRY(portable_power(scratch, x, e, m, n));
        break;
    }
    memcpy(out, x, n * sizeof(*out));
    return OK;
}

enum err power_mod_odd(struct arena *scratch, uint64_t *out, struct bytes base,
                       const struct exponent *exponent, const uint64_t *m, size_t n,
                       enum power_form form)
{
    ASSERT(n != 0 && m[n - 1] != 0 && (m[0] & 1) == 1 && power_form_possible(form, n));
    if (form == POWER_AUTO) {
        form = fastest_form(n);
    }
    const size_t mark = arena_mark(scratch);
    const enum err e = power_in_form(scratch, out, base, exponent, m, n, form);
    arena_rewind(scratch, mark);
    return e;
}

/* ---- modulo a power of two ------------------------------------------------------------------- */

static void low_mul(const struct ring *ring, uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    words_product(ring->product, a, b, ring->n);
    memcpy(out, ring->product, ring->n * sizeof(*out));
}

static void low_square(const struct ring *ring, uint64_t *out, const uint64_t *a)
{
    low_mul(ring, out, a, a);
}

static enum err power_low(struct arena *scratch, uint64_t *out, struct bytes base,
                          const struct exponent *e, size_t n)
{
    const size_t padded = padded_words(n);
    uint64_t *x = ARENA_NEW(scratch, uint64_t, padded);
    uint64_t *product = ARENA_NEW(scratch, uint64_t, product_room(padded));
    uint64_t *table = ARENA_NEW(scratch, uint64_t, power_table_count(e) * padded);
    if (x == NULL || product == NULL || table == NULL) {
        return ERR_MEMORY;
    }
    words_load(x, n, base);
    const struct ring ring = {NULL, padded, 0, product};
    power_window(&ring, x, table, padded, e, low_mul, low_square);
    memcpy(out, x, n * sizeof(*out));
    return OK;
}

enum err power_mod_words(struct arena *scratch, uint64_t *out, struct bytes base,
                         const struct exponent *exponent, size_t n)
{
    const size_t mark = arena_mark(scratch);
    const enum err e = power_low(scratch, out, base, exponent, n);
    arena_rewind(scratch, mark);
    return e;
}
