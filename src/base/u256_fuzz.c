/* 256-bit integers against GMP, on three numbers from the input (32 bytes each, missing ones zero)
 * and on a dividend made to lie near a multiple of the divisor. */

#include <gmp.h>

#include "base/assume.h"
#include "base/u256.h"

#include "tests/fuzz.h"

/* What the checks calculate with. */
struct numbers {
    mpz_t a;
    mpz_t b;
    mpz_t c;
    mpz_t r;
    mpz_t t;
    mpz_t top; /* 2^256 */
};

static void set(mpz_t out, const struct u256 *a)
{
    mpz_import(out, 4, -1, sizeof(a->w[0]), 0, 0, a->w);
}

static void set_signed(mpz_t out, const struct u256 *a, mpz_srcptr top)
{
    set(out, a);
    if (u256_is_negative(a)) {
        mpz_sub(out, out, top);
    }
}

/* check: got = expected modulo 2^256. */
static void check(const struct u256 *got, mpz_t expected)
{
    mpz_fdiv_r_2exp(expected, expected, 256);
    for (unsigned i = 0; i < 4; i++) {
        FUZZ_CHECK(mpz_getlimbn(expected, i) == got->w[i]);
    }
}

static void check_sums(struct numbers *n, const struct u256 *a, const struct u256 *b)
{
    struct u256 out;
    set(n->a, a);
    set(n->b, b);
    mpz_add(n->r, n->a, n->b);
    FUZZ_CHECK(u256_add_overflow(&out, a, b) == (mpz_cmp(n->r, n->top) >= 0));
    check(&out, n->r);
    mpz_sub(n->r, n->a, n->b);
    FUZZ_CHECK(u256_sub_borrow(&out, a, b) == (mpz_sgn(n->r) < 0));
    check(&out, n->r);
    FUZZ_CHECK(u256_lt(a, b) == (mpz_cmp(n->a, n->b) < 0));
    mpz_mul(n->r, n->a, n->b);
    FUZZ_CHECK(u256_mul_overflow(&out, a, b) == (mpz_cmp(n->r, n->top) >= 0));
    check(&out, n->r);
    u256_mul(&out, a, b);
    check(&out, n->r);
    FUZZ_CHECK(u256_bit_len(a) == (mpz_sgn(n->a) == 0 ? 0 : mpz_sizeinbase(n->a, 2)));
    set_signed(n->a, a, n->top);
    set_signed(n->b, b, n->top);
    FUZZ_CHECK(u256_slt(a, b) == (mpz_cmp(n->a, n->b) < 0));
}

static void check_shifts(struct numbers *n, const struct u256 *a, const struct u256 *shift)
{
    const bool is_long = !u256_fits_u64(shift) || shift->w[0] >= 256;
    const mp_bitcnt_t bits = is_long ? 256 : shift->w[0];
    struct u256 out;
    set(n->a, a);
    mpz_mul_2exp(n->r, n->a, bits);
    u256_shl(&out, a, shift);
    check(&out, n->r);
    mpz_fdiv_q_2exp(n->r, n->a, bits);
    u256_shr(&out, a, shift);
    check(&out, n->r);
    set_signed(n->a, a, n->top);
    mpz_fdiv_q_2exp(n->r, n->a, bits);
    u256_sar(&out, a, shift);
    check(&out, n->r);
}

static void check_division(struct numbers *n, const struct u256 *a, const struct u256 *b)
{
    struct u256 quot;
    struct u256 rem;
    struct u256 out;
    u256_divmod(&quot, &rem, a, b);
    u256_div(&out, a, b);
    FUZZ_CHECK(u256_eq(&out, &quot));
    u256_mod(&out, a, b);
    FUZZ_CHECK(u256_eq(&out, &rem));
    if (u256_is_zero(b)) {
        FUZZ_CHECK(u256_is_zero(&quot) && u256_is_zero(&rem));
        u256_sdiv(&quot, a, b);
        u256_smod(&rem, a, b);
        FUZZ_CHECK(u256_is_zero(&quot) && u256_is_zero(&rem));
        return;
    }
    set(n->a, a);
    set(n->b, b);
    mpz_tdiv_qr(n->r, n->t, n->a, n->b);
    check(&quot, n->r);
    check(&rem, n->t);
    set_signed(n->a, a, n->top);
    set_signed(n->b, b, n->top);
    mpz_tdiv_qr(n->r, n->t, n->a, n->b);
    u256_sdiv(&quot, a, b);
    u256_smod(&rem, a, b);
    check(&quot, n->r);
    check(&rem, n->t);
}

static void check_modular(struct numbers *n, const struct u256 *a, const struct u256 *b,
                          const struct u256 *m)
{
    struct u256_modulus last = {.is_scaled = false};
    struct u256 sum;
    struct u256 product;
    struct u256 out;
    u256_addmod(&sum, a, b, m);
    u256_mulmod(&product, a, b, m);
    for (unsigned i = 0; i < 3; i++) {
        u256_mulmod_cached(&last, &out, a, b, m);
        FUZZ_CHECK(u256_eq(&out, &product));
    }
    if (u256_is_zero(m)) {
        FUZZ_CHECK(u256_is_zero(&sum) && u256_is_zero(&product));
        return;
    }
    set(n->a, a);
    set(n->b, b);
    set(n->c, m);
    mpz_add(n->r, n->a, n->b);
    mpz_tdiv_r(n->r, n->r, n->c);
    check(&sum, n->r);
    mpz_mul(n->r, n->a, n->b);
    mpz_tdiv_r(n->r, n->r, n->c);
    check(&product, n->r);
}

static void check_power(struct numbers *n, const struct u256 *base, const struct u256 *exponent)
{
    struct u256 out;
    u256_exp(&out, base, exponent);
    set(n->a, base);
    set(n->b, exponent);
    mpz_powm(n->r, n->a, n->b, n->top);
    check(&out, n->r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t bytes[96] = {0};
    bytes_copy(bytes, data, len < sizeof(bytes) ? len : sizeof(bytes));
    struct u256 a;
    struct u256 b;
    struct u256 c;
    u256_load_be(&a, bytes);
    u256_load_be(&b, bytes + 32);
    u256_load_be(&c, bytes + 64);
    struct numbers n;
    mpz_inits(n.a, n.b, n.c, n.r, n.t, n.top, NULL);
    mpz_setbit(n.top, 256);
    check_sums(&n, &a, &b);
    check_shifts(&n, &a, &c);
    check_division(&n, &a, &b);
    check_modular(&n, &a, &b, &c);
    check_power(&n, &a, &b);
    /* a b and a b - 1 by b: where a b fits, the smallest and the largest remainder. */
    const struct u256 one = U256_ONE;
    struct u256 near;
    u256_mul(&near, &a, &b);
    check_division(&n, &near, &b);
    u256_sub(&near, &near, &one);
    check_division(&n, &near, &b);
    check_modular(&n, &near, &a, &b);
    mpz_clears(n.a, n.b, n.c, n.r, n.t, n.top, NULL);
    return 0;
}
