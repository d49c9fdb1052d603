/* 256-bit integers against GMP: every operation over all pairs (and triples) of edge values, and
 * over random operands of mixed lengths, with every way outputs and inputs can be one object.
 * Shifts and byte positions over every index; laws that tie the operations together; a few values
 * that the EIPs spell out. */

#include <gmp.h>
#include <stdio.h>

#include "base/assume.h"
#include "base/u256.h"

#include "tests/test.h"

#define RANDOM_CASES 100000u

/* ---- edge values ----------------------------------------------------------------------------- */

#define EDGES_MAX 96u

struct edges {
    struct u256 value[EDGES_MAX];
    size_t count;
};

static void add_edge(struct edges *edges, struct u256 value)
{
    for (size_t i = 0; i < edges->count; i++) {
        if (memcmp(&edges->value[i], &value, sizeof(value)) == 0) {
            return;
        }
    }
    if (edges->count == EDGES_MAX) {
        test_fail(__FILE__, __LINE__, "more than %u edge values", EDGES_MAX);
        return;
    }
    edges->value[edges->count++] = value;
}

/* word_patterns: the sixteen values with each word 0 or all ones. */
static void add_word_patterns(struct edges *edges)
{
    for (unsigned mask = 0; mask < 16; mask++) {
        struct u256 value;
        for (unsigned i = 0; i < 4; i++) {
            value.w[i] = (mask >> i & 1) != 0 ? UINT64_MAX : 0;
        }
        add_edge(edges, value);
    }
}

/* 2^k - 1, 2^k and 2^k + 1. */
static void add_around_power(struct edges *edges, unsigned k)
{
    const struct u256 one = U256_ONE;
    struct u256 power = U256_ZERO;
    struct u256 near;
    power.w[k / 64] = UINT64_C(1) << (k % 64);
    add_edge(edges, power);
    u256_sub(&near, &power, &one);
    add_edge(edges, near);
    u256_add(&near, &power, &one);
    add_edge(edges, near);
}

/* The few that triples are made of. */
static struct edges small_edges(void)
{
    const uint64_t top = UINT64_C(1) << 63;
    struct edges edges = {.count = 0};
    add_word_patterns(&edges);
    add_around_power(&edges, 1);
    add_around_power(&edges, 64);
    add_around_power(&edges, 128);
    add_around_power(&edges, 192);
    add_around_power(&edges, 255);
    add_edge(&edges, (struct u256){{UINT64_MAX - 1, UINT64_MAX, UINT64_MAX, UINT64_MAX}});
    /* Divisors whose quotient digits are guessed too high, and need the correction. */
    add_edge(&edges, (struct u256){{UINT64_MAX, 0, top, 0}});
    add_edge(&edges, (struct u256){{0, UINT64_MAX, 0, top}});
    add_edge(&edges, (struct u256){{UINT64_MAX, UINT64_MAX, 0, top}});
    add_edge(&edges, (struct u256){{1, 0, UINT64_MAX, top - 1}});
    add_edge(&edges, (struct u256){{0, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX}});
    /* The field of secp256k1, its order, the fields of bn254: moduli that contracts use. */
    add_edge(&edges, (struct u256){{0xfffffffefffffc2f, UINT64_MAX, UINT64_MAX, UINT64_MAX}});
    add_edge(&edges,
             (struct u256){{0xbfd25e8cd0364141, 0xbaaedce6af48a03b, UINT64_MAX - 1, UINT64_MAX}});
    add_edge(&edges, (struct u256){{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d,
                                    0x30644e72e131a029}});
    return edges;
}

/* The more that pairs are made of. */
static struct edges all_edges(void)
{
    struct edges edges = small_edges();
    for (uint64_t i = 0; i < 12; i++) {
        add_edge(&edges, u256_from_u64(i));
    }
    static const unsigned powers[] = {5, 8, 31, 32, 63, 127, 129, 191};
    for (size_t i = 0; i < sizeof(powers) / sizeof(powers[0]); i++) {
        add_around_power(&edges, powers[i]);
    }
    add_edge(&edges, u256_from_u64(255));
    add_edge(&edges, u256_from_u64(256));
    add_edge(&edges,
             (struct u256){{10, 0, 0, 1}}); /* not the shift or index that its low word is */
    return edges;
}

/* random_u256 gives a number of 0 to 256 bits, each length as likely; now and then with long runs
 * of equal bits, where carries travel far. */
static struct u256 random_u256(void)
{
    struct u256 value;
    for (unsigned i = 0; i < 4; i++) {
        value.w[i] = test_random();
    }
    const uint64_t shape = test_random();
    if (shape % 4 == 0) {
        for (unsigned i = 0; i < 4; i++) {
            value.w[i] = (uint64_t)((int64_t)value.w[i] >> (shape >> (8 + 6 * i) & 63));
        }
    }
    const struct u256 shift = u256_from_u64((shape >> 32) % 257);
    u256_shr(&value, &value, &shift);
    return value;
}

/* ---- the reference --------------------------------------------------------------------------- */

/* as_mpz makes a read-only view of a number: GMP's limbs are our words. */
static mpz_srcptr as_mpz(mpz_t view, const struct u256 *a)
{
    static_assert(sizeof(mp_limb_t) == sizeof(uint64_t), "GMP with 64-bit limbs");
    return mpz_roinit_n(view, (const mp_limb_t *)a->w, 4);
}

/* to_u256 takes a number of any sign modulo 2^256. */
static struct u256 to_u256(mpz_t a)
{
    struct u256 out;
    mpz_fdiv_r_2exp(a, a, 256);
    for (unsigned i = 0; i < 4; i++) {
        out.w[i] = mpz_getlimbn(a, i);
    }
    return out;
}

/* set_signed reads a number as two's complement. */
static void set_signed(mpz_t out, mpz_srcptr a)
{
    mpz_set(out, a);
    if (mpz_tstbit(a, 255) != 0) {
        mpz_t top;
        mpz_init(top);
        mpz_setbit(top, 256);
        mpz_sub(out, out, top);
        mpz_clear(top);
    }
}

/* Each reference sets `r` to the exact result or to anything equal to it modulo 2^256. */
typedef void reference_fn(mpz_t r, mpz_srcptr a, mpz_srcptr b, mpz_srcptr c);

#define REFERENCE(name)                                                  \
    static void reference_##name(mpz_t r, [[maybe_unused]] mpz_srcptr a, \
                                 [[maybe_unused]] mpz_srcptr b, [[maybe_unused]] mpz_srcptr c)

REFERENCE(add)
{
    mpz_add(r, a, b);
}

REFERENCE(sub)
{
    mpz_sub(r, a, b);
}

REFERENCE(mul)
{
    mpz_mul(r, a, b);
}

REFERENCE(neg)
{
    mpz_neg(r, a);
}

REFERENCE(not)
{
    mpz_com(r, a);
}

REFERENCE(and)
{
    mpz_and(r, a, b);
}

REFERENCE(or)
{
    mpz_ior(r, a, b);
}

REFERENCE(xor)
{
    mpz_xor(r, a, b);
}

REFERENCE(copy)
{
    mpz_set(r, a);
}

REFERENCE(clz)
{
    mpz_set_ui(r, mpz_sgn(a) == 0 ? 256 : 256 - mpz_sizeinbase(a, 2));
}

REFERENCE(div)
{
    if (mpz_sgn(b) == 0) {
        mpz_set_ui(r, 0);
    } else {
        mpz_tdiv_q(r, a, b);
    }
}

REFERENCE(mod)
{
    if (mpz_sgn(b) == 0) {
        mpz_set_ui(r, 0);
    } else {
        mpz_tdiv_r(r, a, b);
    }
}

static void signed_division(mpz_t r, mpz_srcptr a, mpz_srcptr b, reference_fn *divide)
{
    mpz_t x;
    mpz_t y;
    mpz_inits(x, y, NULL);
    set_signed(x, a);
    set_signed(y, b);
    divide(r, x, y, NULL);
    mpz_clears(x, y, NULL);
}

REFERENCE(sdiv)
{
    signed_division(r, a, b, reference_div);
}

REFERENCE(smod)
{
    signed_division(r, a, b, reference_mod);
}

REFERENCE(addmod)
{
    mpz_add(r, a, b);
    reference_mod(r, r, c, NULL);
}

REFERENCE(mulmod)
{
    mpz_mul(r, a, b);
    reference_mod(r, r, c, NULL);
}

REFERENCE(exp)
{
    mpz_t top;
    mpz_init(top);
    mpz_setbit(top, 256);
    mpz_powm(r, a, b, top);
    mpz_clear(top);
}

/* Shifts: a is the value, b the shift. */
REFERENCE(shl)
{
    mpz_set_ui(r, 0);
    if (mpz_cmp_ui(b, 256) < 0) {
        mpz_mul_2exp(r, a, mpz_get_ui(b));
    }
}

REFERENCE(shr)
{
    mpz_set_ui(r, 0);
    if (mpz_cmp_ui(b, 256) < 0) {
        mpz_fdiv_q_2exp(r, a, mpz_get_ui(b));
    }
}

REFERENCE(sar)
{
    set_signed(r, a);
    mpz_fdiv_q_2exp(r, r, mpz_cmp_ui(b, 256) < 0 ? mpz_get_ui(b) : 256);
}

/* Positions: a is the index, b the value. */
REFERENCE(byte)
{
    mpz_set_ui(r, 0);
    if (mpz_cmp_ui(a, 32) < 0) {
        mpz_fdiv_q_2exp(r, b, 8 * (31 - mpz_get_ui(a)));
        mpz_fdiv_r_2exp(r, r, 8);
    }
}

REFERENCE(signextend)
{
    mpz_set(r, b);
    if (mpz_cmp_ui(a, 31) < 0) {
        const mp_bitcnt_t bits = 8 * (mpz_get_ui(a) + 1);
        mpz_fdiv_r_2exp(r, b, bits);
        if (mpz_tstbit(b, bits - 1) != 0) {
            mpz_t top;
            mpz_init(top);
            mpz_setbit(top, bits);
            mpz_sub(r, r, top);
            mpz_clear(top);
        }
    }
}

/* ---- the operations -------------------------------------------------------------------------- */

typedef void operation_fn(struct u256 *out, const struct u256 *a, const struct u256 *b,
                          const struct u256 *c);

struct operation {
    const char *name;
    operation_fn *run;
    reference_fn *reference;
    unsigned operands;
};

#define UNARY(name)                                                \
    static void run_##name(struct u256 *out, const struct u256 *a, \
                           [[maybe_unused]] const struct u256 *b,  \
                           [[maybe_unused]] const struct u256 *c)  \
    {                                                              \
        u256_##name(out, a);                                       \
    }
#define BINARY(name)                                                                     \
    static void run_##name(struct u256 *out, const struct u256 *a, const struct u256 *b, \
                           [[maybe_unused]] const struct u256 *c)                        \
    {                                                                                    \
        (void)u256_##name(out, a, b);                                                    \
    }
#define TERNARY(name)                                                                    \
    static void run_##name(struct u256 *out, const struct u256 *a, const struct u256 *b, \
                           const struct u256 *c)                                         \
    {                                                                                    \
        u256_##name(out, a, b, c);                                                       \
    }

UNARY(neg)
UNARY(not)
UNARY(copy)
UNARY(clz)
BINARY(add)
BINARY(add_overflow)
BINARY(sub)
BINARY(sub_borrow)
BINARY(mul)
BINARY(mul_overflow)
BINARY(and)
BINARY(or)
BINARY(xor)
BINARY(shl)
BINARY(shr)
BINARY(sar)
BINARY(byte)
BINARY(signextend)
BINARY(div)
BINARY(mod)
BINARY(sdiv)
BINARY(smod)
BINARY(exp)
TERNARY(addmod)
TERNARY(mulmod)

/* u256_divmod as two operations, each with the other output aside. */
static void run_divmod_quot(struct u256 *out, const struct u256 *a, const struct u256 *b,
                            [[maybe_unused]] const struct u256 *c)
{
    struct u256 rem;
    u256_divmod(out, &rem, a, b);
}

static void run_divmod_rem(struct u256 *out, const struct u256 *a, const struct u256 *b,
                           [[maybe_unused]] const struct u256 *c)
{
    struct u256 quot;
    u256_divmod(&quot, out, a, b);
}

/* u256_mulmod_cached through its three states: another modulus before, the second use (which makes
 * the reciprocal), and one more. */
static void run_mulmod_cached(struct u256 *out, const struct u256 *a, const struct u256 *b,
                              const struct u256 *c)
{
    struct u256_modulus last = {.is_scaled = false};
    struct u256 first;
    struct u256 second;
    u256_mulmod_cached(&last, &first, a, b, c);
    u256_mulmod_cached(&last, &second, a, b, c);
    u256_mulmod_cached(&last, out, a, b, c);
    if (!u256_eq(&first, &second) || !u256_eq(&second, out)) {
        test_fail(__FILE__, __LINE__, "u256_mulmod_cached: results differ");
    }
}

static const struct operation operations[] = {
    {"neg", run_neg, reference_neg, 1},
    {"not", run_not, reference_not, 1},
    {"copy", run_copy, reference_copy, 1},
    {"clz", run_clz, reference_clz, 1},
    {"add", run_add, reference_add, 2},
    {"add_overflow", run_add_overflow, reference_add, 2},
    {"sub", run_sub, reference_sub, 2},
    {"sub_borrow", run_sub_borrow, reference_sub, 2},
    {"mul", run_mul, reference_mul, 2},
    {"mul_overflow", run_mul_overflow, reference_mul, 2},
    {"and", run_and, reference_and, 2},
    {"or", run_or, reference_or, 2},
    {"xor", run_xor, reference_xor, 2},
    {"shl", run_shl, reference_shl, 2},
    {"shr", run_shr, reference_shr, 2},
    {"sar", run_sar, reference_sar, 2},
    {"byte", run_byte, reference_byte, 2},
    {"signextend", run_signextend, reference_signextend, 2},
    {"div", run_div, reference_div, 2},
    {"mod", run_mod, reference_mod, 2},
    {"divmod quot", run_divmod_quot, reference_div, 2},
    {"divmod rem", run_divmod_rem, reference_mod, 2},
    {"sdiv", run_sdiv, reference_sdiv, 2},
    {"smod", run_smod, reference_smod, 2},
    {"exp", run_exp, reference_exp, 2},
    {"addmod", run_addmod, reference_addmod, 3},
    {"mulmod", run_mulmod, reference_mulmod, 3},
    {"mulmod_cached", run_mulmod_cached, reference_mulmod, 3},
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static bool same(const struct u256 *a, const struct u256 *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static void fail(const char *name, const char *what, const struct u256 *in, const struct u256 *got,
                 const struct u256 *expected)
{
    test_fail(__FILE__, __LINE__, "%s: %s", name, what);
    const struct u256 *shown[] = {&in[0], &in[1], &in[2], got, expected};
    static const char *const label[] = {"a", "b", "c", "got", "expected"};
    for (size_t i = 0; i < 5; i++) {
        uint8_t be[32];
        u256_store_be(be, shown[i]);
        (void)printf("  %-8s 0x", label[i]);
        for (size_t j = 0; j < 32; j++) {
            (void)printf("%02x", be[j]);
        }
        (void)printf("\n");
    }
}

/* check_aliases runs the operation with each set of its operands (a bit each in `mask`) made one
 * object with the output; the operands in the set must be equal. */
static void check_aliases(const struct operation *op, const struct u256 *in,
                          const struct u256 *expected)
{
    for (unsigned mask = 1; mask < 1u << op->operands; mask++) {
        struct u256 copy[3] = {in[0], in[1], in[2]};
        const struct u256 *p[3] = {&copy[0], &copy[1], &copy[2]};
        struct u256 *shared = NULL;
        bool equal = true;
        for (unsigned i = 0; i < op->operands; i++) {
            if ((mask >> i & 1) != 0) {
                shared = shared == NULL ? &copy[i] : shared;
                equal = equal && same(shared, &copy[i]);
                p[i] = shared;
            }
        }
        if (!equal) {
            continue;
        }
        op->run(shared, p[0], p[1], p[2]);
        if (!same(shared, expected)) {
            fail(op->name, "output is also an input", in, shared, expected);
            return;
        }
    }
}

static void check_operation(const struct operation *op, const struct u256 *in, mpz_t r)
{
    /* Ones around each operand, so that a word from beside it shows. */
    struct u256 fenced[7] = {U256_MAX, in[0], U256_MAX, in[1], U256_MAX, in[2], U256_MAX};
    struct u256 before[7];
    memcpy(before, fenced, sizeof(before));
    mpz_t view[3];
    op->reference(r, as_mpz(view[0], &in[0]), as_mpz(view[1], &in[1]), as_mpz(view[2], &in[2]));
    const struct u256 expected = to_u256(r);
    struct u256 got = {{1, 2, 3, 4}};
    op->run(&got, &fenced[1], &fenced[3], &fenced[5]);
    if (!same(&got, &expected)) {
        fail(op->name, "wrong result", in, &got, &expected);
        return;
    }
    if (memcmp(fenced, before, sizeof(before)) != 0) {
        fail(op->name, "an input changed", in, &got, &expected);
        return;
    }
    check_aliases(op, in, &expected);
}

static void for_all_edges(unsigned operands, const struct edges *edges)
{
    const size_t b_count = operands > 1 ? edges->count : 1;
    const size_t c_count = operands > 2 ? edges->count : 1;
    mpz_t r;
    mpz_init(r);
    for (size_t o = 0; o < OPERATIONS; o++) {
        if (operations[o].operands != operands) {
            continue;
        }
        for (size_t i = 0; i < edges->count * b_count * c_count && !test_failed(); i++) {
            const struct u256 in[3] = {edges->value[i % edges->count],
                                       edges->value[i / edges->count % b_count],
                                       edges->value[i / edges->count / b_count]};
            check_operation(&operations[o], in, r);
        }
    }
    mpz_clear(r);
}

static void edge_values_alone(void)
{
    const struct edges edges = all_edges();
    for_all_edges(1, &edges);
}

static void edge_values_in_pairs(void)
{
    const struct edges edges = all_edges();
    for_all_edges(2, &edges);
}

static void edge_values_in_triples(void)
{
    const struct edges edges = small_edges();
    for_all_edges(3, &edges);
}

static void random_values(void)
{
    mpz_t r;
    mpz_init(r);
    for (unsigned i = 0; i < RANDOM_CASES && !test_failed(); i++) {
        const struct u256 in[3] = {random_u256(), random_u256(), random_u256()};
        for (size_t o = 0; o < OPERATIONS; o++) {
            check_operation(&operations[o], in, r);
        }
    }
    mpz_clear(r);
}

/* near_multiples: dividends just below, at and above a multiple of the divisor, where a digit that
 * is guessed one too high or too low shows. */
static void near_multiples(void)
{
    const struct u256 one = U256_ONE;
    mpz_t r;
    mpz_init(r);
    for (unsigned i = 0; i < RANDOM_CASES / 10 && !test_failed(); i++) {
        struct u256 in[3] = {U256_ZERO, random_u256(), U256_ZERO};
        struct u256 *dividend = &in[0];
        const struct u256 *divisor = &in[1];
        const struct u256 max = U256_MAX;
        struct u256 quot = random_u256();
        struct u256 most;
        u256_div(&most, &max, divisor);
        if (u256_lt(&most, &quot)) {
            quot = most;
        }
        u256_mul(dividend, &quot, divisor);
        u256_sub(dividend, dividend, &one);
        for (unsigned step = 0; step < 3; step++) {
            for (size_t o = 0; o < OPERATIONS; o++) {
                if (operations[o].operands == 2 && (strstr(operations[o].name, "div") != NULL ||
                                                    strstr(operations[o].name, "mod") != NULL)) {
                    check_operation(&operations[o], in, r);
                }
            }
            u256_add(dividend, dividend, &one);
        }
    }
    mpz_clear(r);
}

/* divmod_aliases: both outputs of u256_divmod may be inputs at once. */
static void divmod_aliases(void)
{
    for (unsigned i = 0; i < 10000; i++) {
        const struct u256 a = random_u256();
        const struct u256 b = random_u256();
        struct u256 quot;
        struct u256 rem;
        u256_divmod(&quot, &rem, &a, &b);
        struct u256 x = a;
        struct u256 y = b;
        u256_divmod(&x, &y, &x, &y);
        CHECK(same(&x, &quot) && same(&y, &rem));
        x = a;
        y = b;
        u256_divmod(&y, &x, &x, &y);
        CHECK(same(&y, &quot) && same(&x, &rem));
        u256_divmod(&quot, &rem, &a, &a);
        x = a;
        u256_divmod(&y, &x, &x, &x);
        CHECK(same(&y, &quot) && same(&x, &rem));
    }
}

/* One cache for moduli that change now and then, as an interpreter has it. */
static void mulmod_cached_follows_the_modulus(void)
{
    struct u256_modulus last = {.is_scaled = false};
    const struct u256 max = U256_MAX;
    const struct u256 moduli[6] = {random_u256(), random_u256(), U256_ZERO,
                                   max,           U256_ONE,      random_u256()};
    size_t m = 0;
    for (unsigned i = 0; i < 20000; i++) {
        if (test_random() % 3 == 0) {
            m = test_random() % 6;
        }
        const struct u256 a = random_u256();
        const struct u256 b = random_u256();
        struct u256 got;
        struct u256 expected;
        u256_mulmod_cached(&last, &got, &a, &b, &moduli[m]);
        u256_mulmod(&expected, &a, &b, &moduli[m]);
        CHECK(same(&got, &expected));
    }
}

/* ---- what is not a number -------------------------------------------------------------------- */

static void check_predicates(const struct u256 *a, const struct u256 *b)
{
    mpz_t view[2];
    mpz_t x;
    mpz_t y;
    mpz_inits(x, y, NULL);
    mpz_srcptr ua = as_mpz(view[0], a);
    mpz_srcptr ub = as_mpz(view[1], b);
    set_signed(x, ua);
    set_signed(y, ub);
    const bool lt = mpz_cmp(ua, ub) < 0;
    const bool slt = mpz_cmp(x, y) < 0;
    const bool negative = mpz_sgn(x) < 0;
    const size_t bits = mpz_sgn(ua) == 0 ? 0 : mpz_sizeinbase(ua, 2);
    mpz_add(x, ua, ub);
    const bool add_overflows = mpz_sizeinbase(x, 2) > 256;
    mpz_mul(x, ua, ub);
    const bool mul_overflows = mpz_sizeinbase(x, 2) > 256;
    mpz_clears(x, y, NULL);
    struct u256 out;
    CHECK_EQ(u256_lt(a, b), lt);
    CHECK_EQ(u256_slt(a, b), slt);
    CHECK_EQ(u256_eq(a, b), same(a, b));
    CHECK(u256_eq(a, a) && !u256_lt(a, a) && !u256_slt(a, a));
    CHECK_EQ(u256_is_negative(a), negative);
    CHECK_EQ(u256_is_zero(a), bits == 0);
    CHECK_EQ(u256_fits_u64(a), bits <= 64);
    CHECK_EQ(u256_bit_len(a), bits);
    CHECK_EQ(u256_byte_len(a), (bits + 7) / 8);
    CHECK_EQ(u256_add_overflow(&out, a, b), add_overflows);
    CHECK_EQ(u256_sub_borrow(&out, a, b), lt);
    CHECK_EQ(u256_mul_overflow(&out, a, b), mul_overflows);
}

static void comparisons_and_overflow(void)
{
    const struct edges edges = all_edges();
    for (size_t i = 0; i < edges.count; i++) {
        for (size_t j = 0; j < edges.count && !test_failed(); j++) {
            check_predicates(&edges.value[i], &edges.value[j]);
        }
    }
    for (unsigned i = 0; i < RANDOM_CASES && !test_failed(); i++) {
        const struct u256 a = random_u256();
        const struct u256 b = random_u256();
        check_predicates(&a, &b);
        check_predicates(&a, &a);
    }
}

/* one_bit_apart: every bit counts in every comparison. */
static void one_bit_apart(void)
{
    for (unsigned k = 0; k < 256; k++) {
        const struct u256 zero = U256_ZERO;
        struct u256 a = random_u256();
        struct u256 b = a;
        struct u256 power = U256_ZERO;
        a.w[k / 64] &= ~(UINT64_C(1) << (k % 64));
        b.w[k / 64] |= UINT64_C(1) << (k % 64);
        power.w[k / 64] = UINT64_C(1) << (k % 64);
        CHECK(!u256_eq(&a, &b) && !u256_eq(&b, &a));
        CHECK(u256_lt(&a, &b) && !u256_lt(&b, &a));
        CHECK_EQ(u256_slt(&a, &b), k != 255);
        CHECK_EQ(u256_slt(&b, &a), k == 255);
        CHECK(!u256_is_zero(&power) && u256_is_zero(&zero));
        CHECK_EQ(u256_fits_u64(&power), k < 64);
        CHECK_EQ(u256_bit_len(&power), k + 1);
        CHECK_EQ(u256_byte_len(&power), k / 8 + 1);
    }
}

static void bytes_in_and_out(void)
{
    uint8_t bytes[32];
    for (unsigned i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)(i + 1);
    }
    struct u256 a;
    u256_load_be(&a, bytes);
    CHECK_EQ(a.w[3], 0x0102030405060708);
    CHECK_EQ(a.w[2], 0x090a0b0c0d0e0f10);
    CHECK_EQ(a.w[1], 0x1112131415161718);
    CHECK_EQ(a.w[0], 0x191a1b1c1d1e1f20);
    for (unsigned i = 0; i < 1000; i++) {
        const struct u256 value = random_u256();
        struct u256 back;
        uint8_t buffer[40];
        uint8_t *unaligned = buffer + i % 8;
        u256_store_be(unaligned, &value);
        u256_load_be(&back, unaligned);
        CHECK(same(&back, &value));
        back = value; /* in place */
        u256_store_be((uint8_t *)&back, &back);
        CHECK_BYTES(&back, unaligned, 32);
        u256_load_be(&back, (const uint8_t *)&back);
        CHECK(same(&back, &value));
    }
}

/* Every length, read from bytes that end at an unreadable page. */
static void short_bytes(void)
{
    for (size_t len = 0; len <= 32; len++) {
        uint8_t bytes[32];
        test_random_bytes(bytes, len);
        const uint8_t *in = test_guarded(bytes, len);
        uint8_t padded[32] = {0};
        bytes_copy(padded + (32 - len), bytes, len);
        struct u256 got;
        struct u256 expected;
        u256_load_be_short(&got, in, len);
        u256_load_be(&expected, padded);
        CHECK(same(&got, &expected));
    }
    struct u256 got = U256_MAX;
    u256_load_be_short(&got, NULL, 0);
    CHECK(u256_is_zero(&got));
}

static void words(void)
{
    const struct u256 a = u256_from_u64(7);
    CHECK(a.w[0] == 7 && (a.w[1] | a.w[2] | a.w[3]) == 0);
    struct u256 b = U256_MAX;
    u256_set_u64(&b, 7);
    CHECK(same(&a, &b));
    u256_set_words(&b, 1, 2, 3, 4);
    CHECK(b.w[0] == 1 && b.w[1] == 2 && b.w[2] == 3 && b.w[3] == 4);
    uint8_t carry = 1;
    CHECK(add_carry(UINT64_MAX, UINT64_MAX, &carry) == UINT64_MAX && carry == 1);
    CHECK(add_carry(UINT64_MAX - 1, 0, &carry) == UINT64_MAX && carry == 0);
    CHECK(sub_borrow(0, 0, &carry) == 0 && carry == 0);
    carry = 1;
    CHECK(sub_borrow(0, UINT64_MAX, &carry) == 0 && carry == 1);
    CHECK(sub_borrow(1, 0, &carry) == 0 && carry == 0);
}

/* ---- every index ----------------------------------------------------------------------------- */

/* Shifts and positions take their index from all four words: 0 to 260, and indexes whose low word
 * alone would be in range. */
static void every_index(void)
{
    static const char *const names[] = {"shl", "shr", "sar", "byte", "signextend"};
    const struct edges edges = all_edges();
    mpz_t r;
    mpz_init(r);
    for (size_t o = 0; o < OPERATIONS; o++) {
        bool indexed = false;
        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
            indexed = indexed || strcmp(operations[o].name, names[n]) == 0;
        }
        const bool index_first = strcmp(operations[o].name, "byte") == 0 ||
                                 strcmp(operations[o].name, "signextend") == 0;
        for (uint64_t i = 0; indexed && i <= 260 + 4 * 64; i++) {
            struct u256 index = u256_from_u64(i);
            if (i > 260) { /* one bit above bit 8, over a low index */
                const uint64_t bit = i - 260;
                index = u256_from_u64(bit % 31);
                if (bit >= 9 && bit < 256) {
                    index.w[bit / 64] |= UINT64_C(1) << (bit % 64);
                }
            }
            for (size_t e = 0; e < edges.count + 4 && !test_failed(); e++) {
                const struct u256 value = e < edges.count ? edges.value[e] : random_u256();
                const struct u256 in[3] = {index_first ? index : value, index_first ? value : index,
                                           U256_ZERO};
                check_operation(&operations[o], in, r);
            }
        }
    }
    mpz_clear(r);
}

/* ---- laws ------------------------------------------------------------------------------------ */

static void check_laws(const struct u256 *a, const struct u256 *b, const struct u256 *c)
{
    struct u256 x;
    struct u256 y;
    struct u256 z;
    /* a (b + c) = a b + a c */
    u256_add(&x, b, c);
    u256_mul(&x, a, &x);
    u256_mul(&y, a, b);
    u256_mul(&z, a, c);
    u256_add(&y, &y, &z);
    CHECK(same(&x, &y));
    /* a - b = a + -b; -a = ~a + 1 */
    u256_sub(&x, a, b);
    u256_neg(&y, b);
    u256_add(&y, a, &y);
    CHECK(same(&x, &y));
    /* a = (a / b) b + a mod b, with a mod b < b */
    if (!u256_is_zero(b)) {
        u256_divmod(&x, &y, a, b);
        CHECK(u256_lt(&y, b));
        CHECK(!u256_mul_overflow(&x, &x, b));
        CHECK(!u256_add_overflow(&x, &x, &y));
        CHECK(same(&x, a));
        u256_sdiv(&x, a, b);
        u256_smod(&y, a, b);
        u256_mul(&x, &x, b);
        u256_add(&x, &x, &y);
        CHECK(same(&x, a));
    }
    /* (a b) / b = a, when it fits */
    if (!u256_is_zero(b) && !u256_mul_overflow(&x, a, b)) {
        u256_divmod(&x, &y, &x, b);
        CHECK(same(&x, a) && u256_is_zero(&y));
    }
    /* a^(b + c) = a^b a^c, when b + c fits */
    if (!u256_add_overflow(&x, b, c)) {
        u256_exp(&x, a, &x);
        u256_exp(&y, a, b);
        u256_exp(&z, a, c);
        u256_mul(&y, &y, &z);
        CHECK(same(&x, &y));
    }
    /* (a + b) c = a c + b c modulo any modulus, here 2^256 - 1 */
    const struct u256 max = U256_MAX;
    u256_addmod(&x, a, b, &max);
    u256_mulmod(&x, &x, c, &max);
    u256_mulmod(&y, a, c, &max);
    u256_mulmod(&z, b, c, &max);
    u256_addmod(&y, &y, &z, &max);
    CHECK(same(&x, &y));
}

static void laws(void)
{
    for (unsigned i = 0; i < RANDOM_CASES / 5 && !test_failed(); i++) {
        const struct u256 a = random_u256();
        const struct u256 b = random_u256();
        const struct u256 c = random_u256();
        check_laws(&a, &b, &c);
    }
}

/* ---- the specifications' own words ----------------------------------------------------------- */

static struct u256 from_hex(const char *hex)
{
    uint8_t bytes[32];
    struct u256 out;
    u256_load_be_short(&out, bytes, test_hex(bytes, sizeof(bytes), hex));
    return out;
}

/* EIP-7939: "If the input is zero, return 256." */
static void eip7939_clz(void)
{
    const struct u256 zero = U256_ZERO;
    const struct u256 max = U256_MAX;
    const struct u256 half =
        from_hex("80"
                 "00000000000000000000000000000000000000000000000000000000000000");
    struct u256 out;
    u256_clz(&out, &zero);
    CHECK(out.w[0] == 256 && u256_fits_u64(&out));
    u256_clz(&out, &max);
    CHECK(u256_is_zero(&out));
    u256_clz(&out, &half);
    CHECK(u256_is_zero(&out));
}

/* Yellow Paper, appendix H.2, SDIV: "-2^255 when a = -2^255 and b = -1"; and the zero divisors. */
static void division_outside_the_rule(void)
{
    const struct u256 min = {{0, 0, 0, UINT64_C(1) << 63}};
    const struct u256 minus_one = U256_MAX;
    const struct u256 zero = U256_ZERO;
    struct u256 out;
    u256_sdiv(&out, &min, &minus_one);
    CHECK(same(&out, &min));
    u256_smod(&out, &min, &minus_one);
    CHECK(u256_is_zero(&out));
    for (size_t o = 0; o < OPERATIONS; o++) {
        const char *name = operations[o].name;
        if (strstr(name, "div") != NULL || strstr(name, "mod") != NULL) {
            out = minus_one;
            operations[o].run(&out, &minus_one, operations[o].operands == 2 ? &zero : &min, &zero);
            CHECK(u256_is_zero(&out));
        }
    }
    u256_exp(&out, &zero, &zero);
    CHECK(out.w[0] == 1 && u256_fits_u64(&out));
}

static const struct test_case cases[] = {
    CASE(words),
    CASE(bytes_in_and_out),
    CASE(short_bytes),
    CASE(edge_values_alone),
    CASE(edge_values_in_pairs),
    CASE(edge_values_in_triples),
    CASE(random_values),
    CASE(near_multiples),
    CASE(divmod_aliases),
    CASE(mulmod_cached_follows_the_modulus),
    CASE(comparisons_and_overflow),
    CASE(one_bit_apart),
    CASE(every_index),
    CASE(laws),
    CASE(eip7939_clz),
    CASE(division_outside_the_rule),
};

TEST_MAIN(cases)
