/* Montgomery multiplication with AVX-512 IFMA (after S. Gueron, V. Krasnov: "Software
 * Implementation of Modular Exponentiation, Using Advanced Vector Instructions Architectures",
 * 2012, whose "almost Montgomery multiplication" leaves results below 2m).
 *
 * A number is `digits` digits of 52 bits, lowest first, in memory padded with zeros to whole
 * vectors of eight. VPMADD52LUQ adds the low 52 bits of eight products of digits to eight 64-bit
 * sums, VPMADD52HUQ the high ones. Multiplying goes over the digits b of one factor; for each
 *
 *   sums += low halves of a b          y = -lowest sum / m mod 2^52, so that
 *   sums += low halves of m y          the lowest sum becomes a multiple of 2^52
 *   sums move down one place, the upper bits of the lowest going to the next
 *   sums += high halves of a b, of m y
 *
 * Bounds. R = 2^(52 digits) >= 4m. Factors below 2m give (a b + q m) / R < (4 m^2 + R m) / R <= 2m,
 * so nothing is ever subtracted on the way. A sum moves down with each digit of b and leaves after
 * at most DIGITS_MAX of them, gaining less than 2^54 from each; with the carry from below, of at
 * most 12 bits, it stays below 2^64.
 *
 * What limits short numbers is the way from one y to the next, through a vector register and back.
 * So the lowest sum lives in a general register, and the low product that it gets from its
 * neighbour is made there too; and the sums of a b and of m y are kept apart as long as the
 * registers last, which halves the chain of additions (2048 bits on Zen 5: 242 ns with one set of
 * sums, 184 with two; libcrypto's assembly 560, GMP 670). */

#include "crypto/power_ifma.h"

#include "crypto/power_window.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define DIGIT_BITS 52
#define DIGIT_MASK ((UINT64_C(1) << DIGIT_BITS) - 1)
#define LANES      8u

/* The sums of longer numbers do not fit into 32 registers. */
#define VECTORS_UNROLLED_MAX 20u

/* Bounds the sums, see above; and with it POWER_IFMA_WORDS_MAX. */
#define DIGITS_MAX 1023u
static_assert((64 * POWER_IFMA_WORDS_MAX + 2 + DIGIT_BITS - 1) / DIGIT_BITS <= DIGITS_MAX,
              "the longest modulus has too many digits");

/* The build's floor is x86-64-v3; these functions run only after power_ifma_supported. */
#define IFMA_CODE __attribute__((target("avx512f,avx512ifma")))

/* Two sets of sums and a temporary fit in 32 registers. At 15 vectors two sets are slower by 15 %.
 */
#define VECTORS_SPLIT_MAX 10u

/* Above this the factors do not stay in registers but are read for each digit. */
#define VECTORS_HELD_MAX 7u

bool power_ifma_supported(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512ifma");
}

static size_t digit_count(const uint64_t *m, size_t n)
{
    const size_t bits = 64 * n - (size_t)__builtin_clzll(m[n - 1]);
    return (bits + 2 + DIGIT_BITS - 1) / DIGIT_BITS; /* R >= 4m */
}

size_t power_ifma_r_bits(const uint64_t *m, size_t n)
{
    return DIGIT_BITS * digit_count(m, n);
}

/* digits_padded: the size of a number in memory. */
static size_t digits_padded(size_t digits)
{
    return (digits + LANES - 1) / LANES * LANES;
}

static ALWAYS_INLINE IFMA_CODE __m512i load(const uint64_t *from)
{
    return _mm512_load_si512(from);
}

/* add_row: sums = (sums + low halves of a b), one place down, + high halves of a b. A vector moves
 * down with the lowest lane of the next one, whose low halves are therefore added one vector ahead.
 */
static ALWAYS_INLINE IFMA_CODE void add_row(__m512i *sums, const uint64_t *a, __m512i b,
                                            size_t vectors)
{
    __m512i sum = _mm512_madd52lo_epu64(sums[0], load(a), b);
#pragma GCC unroll 20
    for (size_t v = 0; v < vectors; v++) {
        __m512i above = _mm512_setzero_si512();
        if (v + 1 < vectors) {
            above = _mm512_madd52lo_epu64(sums[v + 1], load(a + LANES * (v + 1)), b);
        }
        sums[v] = _mm512_madd52hi_epu64(_mm512_alignr_epi64(above, sum, 1), load(a + LANES * v), b);
        sum = above;
    }
}

/* add_two_rows: the same for the halves of a b and of m y together. */
static ALWAYS_INLINE IFMA_CODE void add_two_rows(__m512i *sums, const uint64_t *a, __m512i b,
                                                 const uint64_t *m, __m512i y, size_t vectors)
{
    __m512i sum = _mm512_madd52lo_epu64(sums[0], load(a), b);
    sum = _mm512_madd52lo_epu64(sum, load(m), y);
#pragma GCC unroll 20
    for (size_t v = 0; v < vectors; v++) {
        __m512i above = _mm512_setzero_si512();
        if (v + 1 < vectors) {
            above = _mm512_madd52lo_epu64(sums[v + 1], load(a + LANES * (v + 1)), b);
            above = _mm512_madd52lo_epu64(above, load(m + LANES * (v + 1)), y);
        }
        sum = _mm512_alignr_epi64(above, sum, 1);
        sum = _mm512_madd52hi_epu64(sum, load(a + LANES * v), b);
        sums[v] = _mm512_madd52hi_epu64(sum, load(m + LANES * v), y);
        sum = above;
    }
}

static ALWAYS_INLINE IFMA_CODE uint64_t lane_1(__m512i v)
{
    return (uint64_t)_mm_extract_epi64(_mm512_castsi512_si128(v), 1);
}

/* carry_and_store writes the sums as digits below 2^52. */
static ALWAYS_INLINE IFMA_CODE void carry_and_store(uint64_t *out, __m512i *sums, size_t vectors)
{
    const __m512i mask = _mm512_set1_epi64((long long)DIGIT_MASK);
    const __m512i one = _mm512_set1_epi64(1);
    /* First the upper bits of each sum go up one place. After it a digit is below 2^52 + 2^10, and
     * so sends a carry of at most one: when it is above the mask, or is the mask and gets one. */
    uint64_t generate[3] = {0};
    uint64_t propagate[3] = {0};
    __m512i upper_below = _mm512_setzero_si512();
#pragma GCC unroll 20
    for (size_t v = 0; v < vectors; v++) {
        const __m512i upper = _mm512_srli_epi64(sums[v], DIGIT_BITS);
        sums[v] = _mm512_add_epi64(_mm512_and_si512(sums[v], mask),
                                   _mm512_alignr_epi64(upper, upper_below, 7));
        upper_below = upper;
        generate[v / 8] |= (uint64_t)_mm512_cmpgt_epu64_mask(sums[v], mask) << (v % 8 * LANES);
        propagate[v / 8] |= (uint64_t)_mm512_cmpeq_epu64_mask(sums[v], mask) << (v % 8 * LANES);
    }
    /* One bit a digit now. A run of propagating digits is a run of ones; adding the carry that
     * comes in below flips it and shows up above it, so that an addition finds all carries at once.
     */
    uint64_t carries[3];
    uint64_t shifted_out = 0;
    uint64_t overflow = 0;
#pragma GCC unroll 3
    for (size_t i = 0; i < 3; i++) {
        const uint64_t in = generate[i] << 1 | shifted_out;
        shifted_out = generate[i] >> 63;
        const u128 sum = (u128)in + propagate[i] + overflow;
        overflow = (uint64_t)(sum >> 64);
        carries[i] = (uint64_t)sum ^ propagate[i];
    }
#pragma GCC unroll 20
    for (size_t v = 0; v < vectors; v++) {
        const __mmask8 lanes = (__mmask8)(carries[v / 8] >> (v % 8 * LANES));
        const __m512i sum = _mm512_mask_add_epi64(sums[v], lanes, sums[v], one);
        _mm512_store_si512(out + LANES * v, _mm512_and_si512(sum, mask));
    }
}

/* ifma_mul: out = a b / R mod m, up to a multiple of m; all below 2m. ring->n counts digits. */
static ALWAYS_INLINE IFMA_CODE void ifma_mul(const struct ring *ring, uint64_t *out,
                                             const uint64_t *a, const uint64_t *b, size_t vectors)
{
    const bool split = vectors <= VECTORS_SPLIT_MAX;
    const uint64_t *m = ring->m;
    const uint64_t a0 = a[0];
    const uint64_t a1 = a[1];
    const uint64_t m0 = m[0];
    const uint64_t m1 = m[1];
    const uint64_t neg_inv = ring->neg_inv;
    __m512i sums[VECTORS_UNROLLED_MAX];
    __m512i sums_m[VECTORS_SPLIT_MAX];
#pragma GCC unroll 20
    for (size_t v = 0; v < vectors; v++) {
        sums[v] = _mm512_setzero_si512();
        if (split) {
            sums_m[v] = _mm512_setzero_si512();
        }
    }
    uint64_t lowest = 0; /* stands for lane 0 of the sums, which is not kept */
    const size_t digits = ring->n;
    for (size_t i = 0; i < digits; i++) {
        if (vectors > VECTORS_HELD_MAX) {
            /* As if a and m could have changed: else clang 19 copies them to the stack before the
             * loop, where no vector is aligned (20 vectors: 1,640 ns, or 2,100 to 2,400). */
            __asm__ volatile("" : "+r"(a), "+r"(m));
        }
        const uint64_t digit = b[i];
        uint64_t next = lane_1(sums[0]);
        if (split) {
            next += lane_1(sums_m[0]);
        }
        u128 low = (u128)a0 * digit + lowest;
        const uint64_t y = ((uint64_t)low * neg_inv) & DIGIT_MASK;
        low += (u128)m0 * y;
        lowest = (uint64_t)(low >> DIGIT_BITS) + next + (a1 * digit & DIGIT_MASK) +
                 (m1 * y & DIGIT_MASK);
        const __m512i all_digit = _mm512_set1_epi64((long long)digit);
        const __m512i all_y = _mm512_set1_epi64((long long)y);
        if (split) {
            add_row(sums, a, all_digit, vectors);
            add_row(sums_m, m, all_y, vectors);
        } else {
            add_two_rows(sums, a, all_digit, m, all_y, vectors);
        }
    }
#pragma GCC unroll 10
    for (size_t v = 0; split && v < vectors; v++) {
        sums[v] = _mm512_add_epi64(sums[v], sums_m[v]);
    }
    sums[0] = _mm512_mask_set1_epi64(sums[0], 1, (long long)lowest);
    carry_and_store(out, sums, vectors);
}

/* One function for each number of vectors: 9 words have 2, 128 words have 20. */
#define IFMA(vectors)                                                                \
    static IFMA_CODE void ifma_mul_##vectors(const struct ring *ring, uint64_t *out, \
                                             const uint64_t *a, const uint64_t *b)   \
    {                                                                                \
        ifma_mul(ring, out, a, b, vectors);                                          \
    }
IFMA(1)
IFMA(2)
IFMA(3)
IFMA(4)
IFMA(5)
IFMA(6)
IFMA(7)
IFMA(8)
IFMA(9)
IFMA(10)
IFMA(11)
IFMA(12)
IFMA(13)
IFMA(14)
IFMA(15)
IFMA(16)
IFMA(17)
IFMA(18)
IFMA(19)
IFMA(20)

static ring_mul *const MUL[VECTORS_UNROLLED_MAX] = {
    ifma_mul_1,  ifma_mul_2,  ifma_mul_3,  ifma_mul_4,  ifma_mul_5,  ifma_mul_6,  ifma_mul_7,
    ifma_mul_8,  ifma_mul_9,  ifma_mul_10, ifma_mul_11, ifma_mul_12, ifma_mul_13, ifma_mul_14,
    ifma_mul_15, ifma_mul_16, ifma_mul_17, ifma_mul_18, ifma_mul_19, ifma_mul_20,
};

/* ifma_mul_long is ifma_mul for any number of vectors, with the sums in memory at ring->product. */
static NOINLINE IFMA_CODE void ifma_mul_long(const struct ring *ring, uint64_t *out,
                                             const uint64_t *a, const uint64_t *b)
{
    const uint64_t *m = ring->m;
    uint64_t *sums = ring->product;
    const uint64_t a0 = a[0];
    const uint64_t a1 = a[1];
    const uint64_t m0 = m[0];
    const uint64_t m1 = m[1];
    const size_t digits = ring->n;
    const size_t width = digits_padded(digits);
    memset(sums, 0, width * sizeof(*sums));
    uint64_t lowest = 0;
    for (size_t i = 0; i < digits; i++) {
        const uint64_t digit = b[i];
        u128 low = (u128)a0 * digit + lowest;
        const uint64_t y = ((uint64_t)low * ring->neg_inv) & DIGIT_MASK;
        low += (u128)m0 * y;
        lowest = (uint64_t)(low >> DIGIT_BITS) + sums[1] + (a1 * digit & DIGIT_MASK) +
                 (m1 * y & DIGIT_MASK);
        const __m512i all_digit = _mm512_set1_epi64((long long)digit);
        const __m512i all_y = _mm512_set1_epi64((long long)y);
        /* A vector moves down with the lowest lane of the next one, which needs that one's low
         * halves: they are added one vector ahead. */
        __m512i sum = _mm512_madd52lo_epu64(load(sums), load(a), all_digit);
        sum = _mm512_madd52lo_epu64(sum, load(m), all_y);
        for (size_t v = 0; v < width; v += LANES) {
            __m512i above = _mm512_setzero_si512();
            if (v + LANES < width) {
                above =
                    _mm512_madd52lo_epu64(load(sums + v + LANES), load(a + v + LANES), all_digit);
                above = _mm512_madd52lo_epu64(above, load(m + v + LANES), all_y);
            }
            sum = _mm512_alignr_epi64(above, sum, 1);
            sum = _mm512_madd52hi_epu64(sum, load(a + v), all_digit);
            sum = _mm512_madd52hi_epu64(sum, load(m + v), all_y);
            _mm512_store_si512(sums + v, sum);
            sum = above;
        }
    }
    sums[0] = lowest;
    uint64_t carry = 0;
    for (size_t i = 0; i < width; i++) {
        /* Sums are below DIGITS_MAX 2^54, carries below 2^13. */
        const uint64_t sum = sums[i] + carry;
        out[i] = sum & DIGIT_MASK;
        carry = sum >> DIGIT_BITS;
    }
}

/* mul_any and square_any look the function up, so that power_window exists once for all sizes. */
static void mul_any(const struct ring *ring, uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    const size_t last = (ring->n - 1) / LANES; /* vector */
    if (last < VECTORS_UNROLLED_MAX) {
        MUL[last](ring, out, a, b);
    } else {
        ifma_mul_long(ring, out, a, b);
    }
}

static void square_any(const struct ring *ring, uint64_t *out, const uint64_t *a)
{
    mul_any(ring, out, a, a);
}

/* digits_from_words and words_from_digits: the same number in 52-bit digits and in n words. */
static void digits_from_words(uint64_t *digits, size_t count, const uint64_t *words, size_t n)
{
    for (size_t i = 0; i < count; i++) {
        const size_t word = i * DIGIT_BITS / 64;
        const unsigned bit = (unsigned)(i * DIGIT_BITS % 64);
        u128 two = word < n ? words[word] : 0;
        if (word + 1 < n) {
            two |= (u128)words[word + 1] << 64;
        }
        digits[i] = (uint64_t)(two >> bit) & DIGIT_MASK;
    }
}

static void words_from_digits(uint64_t *words, size_t n, const uint64_t *digits, size_t count)
{
    u128 pending = 0; /* fewer than 64 bits are left over */
    unsigned bits = 0;
    size_t next = 0;
    for (size_t i = 0; i < n; i++) {
        while (bits < 64 && next < count) {
            pending |= (u128)digits[next] << bits;
            next++;
            bits += DIGIT_BITS;
        }
        words[i] = (uint64_t)pending;
        pending >>= 64;
        bits = bits < 64 ? 0 : bits - 64;
    }
}

/* words_subtract_if_not_less: x -= m when x >= m. */
static void words_subtract_if_not_less(uint64_t *x, const uint64_t *m, size_t n)
{
    for (size_t i = n; i-- != 0;) {
        if (x[i] != m[i]) {
            if (x[i] < m[i]) {
                return;
            }
            break;
        }
    }
    uint64_t borrow = 0;
    for (size_t i = 0; i < n; i++) {
        const u128 difference = (u128)x[i] - m[i] - borrow;
        x[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
}

enum err power_ifma(struct arena *scratch, uint64_t *x, const struct exponent *e, const uint64_t *m,
                    size_t n, uint64_t neg_inv)
{
    const size_t digits = digit_count(m, n);
    const size_t width = digits_padded(digits);
    ASSERT(digits <= DIGITS_MAX);
    const size_t size = sizeof(uint64_t);
    uint64_t *m_digits = arena_alloc(scratch, width, size, 64);
    uint64_t *x_digits = arena_alloc(scratch, width, size, 64);
    uint64_t *one = arena_alloc(scratch, width, size, 64);
    uint64_t *sums = arena_alloc(scratch, width, size, 64);
    uint64_t *table = arena_alloc(scratch, width * power_table_count(e), size, 64);
    if (m_digits == NULL || x_digits == NULL || one == NULL || sums == NULL || table == NULL) {
        return ERR_MEMORY;
    }
    digits_from_words(m_digits, digits, m, n);
    digits_from_words(x_digits, digits, x, n);
    one[0] = 1;
    const struct ring ring = {m_digits, digits, neg_inv & DIGIT_MASK, sums};
    power_window(&ring, x_digits, table, width, e, mul_any, square_any);
    /* Out of Montgomery's form: (x + q m) / R < (2m + R m) / R < m + 1, so at most m. */
    mul_any(&ring, x_digits, x_digits, one);
    words_from_digits(x, n, x_digits, digits);
    words_subtract_if_not_less(x, m, n);
    return OK;
}

#else

bool power_ifma_supported(void)
{
    return false;
}

size_t power_ifma_r_bits(const uint64_t *m, size_t n)
{
    (void)m;
    return 64 * n;
}

enum err power_ifma(struct arena *scratch, uint64_t *x, const struct exponent *e, const uint64_t *m,
                    size_t n, uint64_t neg_inv)
{
    (void)scratch, (void)x, (void)e, (void)m, (void)n, (void)neg_inv;
    ASSERT(!"reached only where power_ifma_supported");
    return ERR_MEMORY;
}

#endif
