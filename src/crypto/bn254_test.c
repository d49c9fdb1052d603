/* bn254, from the limbs up: the assembly against the portable form, the field against GMP, the
 * tower against polynomials multiplied term by term, the curve against its laws, and the whole
 * against vectors of a slow model (tools/gen-bn254) and against what EIP-196 and EIP-197 refuse.
 * Ranges are where arithmetic of this kind fails, so elements are drawn from the edges half of the
 * time. */

#include "crypto/bn254.h"

#include <gmp.h>

#include "crypto/bn254_curve.h"
#include "crypto/bn254_fp.h"
#include "crypto/bn254_pairing.h"
#include "crypto/bn254_tower.h"
#include "tests/test.h"

#include "crypto/bn254_vectors.inc"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PAIR_BYTES   192
#define PAIRS_MAX    40
#define MODULUS_HEX  "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47"
#define ORDER_HEX    "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001"
#define ALL_ONES_HEX "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define GENERATOR_HEX                                                  \
    "0000000000000000000000000000000000000000000000000000000000000001" \
    "0000000000000000000000000000000000000000000000000000000000000002"

static const uint8_t AT_INFINITY[128]; /* of either group */

/* ---- elements ------------------------------------------------------------------------------- */

/* random_word: any, or one that makes carries, also when it is multiplied by 9. */
static uint64_t random_word(void)
{
    static const uint64_t edges[] = {
        0,
        1,
        UINT64_MAX,
        UINT64_MAX - 1,
        UINT64_C(1) << 63,
        UINT64_C(0x71c71c71c71c71c7), /* 9 times it is 2^66 - 1 */
        UINT64_C(0x1c71c71c71c71c71), /* and 2^64 - 7 */
    };
    uint64_t r = test_random();
    return r % 2 == 0 ? test_random() : edges[(r >> 8) % COUNT(edges)];
}

static void random_limbs(uint64_t *out, int count)
{
    for (int i = 0; i < count; i++) {
        out[i] = random_word();
    }
}

/* random_below: `count` limbs below `bound`, often right at its ends. */
static void random_below(uint64_t *out, const uint64_t *bound, int count)
{
    random_limbs(out, count);
    mpz_t x;
    mpz_t m;
    mpz_inits(x, m, NULL);
    mpz_import(x, (size_t)count, -1, 8, 0, 0, out);
    mpz_import(m, (size_t)count, -1, 8, 0, 0, bound);
    uint64_t r = test_random();
    if (r % 4 == 0) {
        mpz_set_ui(x, (r >> 8) % 3);
    } else if (r % 4 == 1) {
        mpz_sub_ui(x, m, 1 + (r >> 8) % 3);
    }
    mpz_mod(x, x, m);
    memset(out, 0, (size_t)count * sizeof(out[0]));
    mpz_export(out, NULL, -1, 8, 0, 0, x);
    mpz_clears(x, m, NULL);
}

static void random_fp(struct fp *out)
{
    random_below(out->l, FP_MODULUS, 4);
}

static void random_fpw(struct fpw *out)
{
    const uint64_t bound[8] = {0, 0, 0, 0, BN254_P_LIMBS};
    random_below(out->l, bound, 8);
}

static void random_fp2(struct fp2 *out)
{
    random_fp(&out->c0);
    random_fp(&out->c1);
}

static void random_fp6(struct fp6 *out)
{
    random_fp2(&out->c0);
    random_fp2(&out->c1);
    random_fp2(&out->c2);
}

static void random_fp12(struct fp12 *out)
{
    random_fp6(&out->c0);
    random_fp6(&out->c1);
}

/* is_reduced: the invariant of struct fp. */
static bool is_reduced(const struct fp *a)
{
    uint64_t less;
    (void)limbs_sub_portable(&less, limbs_load(a->l), FP_MODULUS);
    return less != 0;
}

static bool fp12_is_reduced(const struct fp12 *a)
{
    const struct fp2 *c[6] = {&a->c0.c0, &a->c0.c1, &a->c0.c2, &a->c1.c0, &a->c1.c1, &a->c1.c2};
    bool reduced = true;
    for (size_t i = 0; i < COUNT(c); i++) {
        reduced = reduced && is_reduced(&c[i]->c0) && is_reduced(&c[i]->c1);
    }
    return reduced;
}

/* ---- limbs ---------------------------------------------------------------------------------- */

#if BN254_ASM
static void limbs_equal(struct limbs a, struct limbs b)
{
    CHECK_BYTES(&a, &b, sizeof(a));
}

static void assembly_agrees_with_portable(void)
{
    const uint64_t p2[4] = {FP_MODULUS[0] << 1, FP_MODULUS[1] << 1 | FP_MODULUS[0] >> 63,
                            FP_MODULUS[2] << 1 | FP_MODULUS[1] >> 63,
                            FP_MODULUS[3] << 1 | FP_MODULUS[2] >> 63};
    for (int round = 0; round < 3000 && !test_failed(); round++) {
        uint64_t a[8];
        uint64_t b[8];
        uint64_t out[2][8] = {{0}};
        struct limbs upper[2] = {{0, 0, 0, 0}, {0, 0, 0, 0}};
        uint64_t word[2];
        random_limbs(a, 8);
        random_limbs(b, 8);
        struct limbs x = limbs_load(a);
        limbs_equal(limbs_add_asm(x, b), limbs_add_portable(x, b));
        limbs_equal(limbs_sub_asm(&word[0], x, b), limbs_sub_portable(&word[1], x, b));
        CHECK_EQ(word[0], word[1]);
        limbs_equal(wide_add_asm(out[0], a, b), wide_add_portable(out[1], a, b));
        CHECK_BYTES(out[0], out[1], sizeof(out[0]));
        limbs_equal(wide_sub_asm(&word[0], out[0], a, b),
                    wide_sub_portable(&word[1], out[1], a, b));
        CHECK_EQ(word[0], word[1]);
        CHECK_BYTES(out[0], out[1], sizeof(out[0]));
        CHECK_EQ(wide_mul9_add_asm(out[0], &upper[0], a, b),
                 wide_mul9_add_portable(out[1], &upper[1], a, b));
        CHECK_BYTES(out[0], out[1], sizeof(out[0]));
        limbs_equal(upper[0], upper[1]);
        wide_mul_asm(out[0], a, b);
        wide_mul_portable(out[1], a, b);
        CHECK_BYTES(out[0], out[1], sizeof(out[0]));

        /* Within the bounds that these state. */
        random_below(a, p2, 4);
        limbs_equal(limbs_reduce_asm(limbs_load(a)), limbs_reduce_portable(limbs_load(a)));
        random_below(b, FP_MODULUS, 4);
        limbs_equal(limbs_mul_reduce_asm(a, b), limbs_mul_reduce_portable(a, b));
        limbs_equal(limbs_mul_reduce_asm(b, a), limbs_mul_reduce_portable(b, a));
        struct fpw w;
        random_fpw(&w);
        limbs_equal(wide_reduce_asm(w.l), wide_reduce_portable(w.l));
    }
}
#endif

/* ---- the field against GMP ------------------------------------------------------------------ */

struct reference {
    mpz_t p, wide_p, r_inverse, a, b, expected, actual;
};

static void reference_init(struct reference *r)
{
    mpz_inits(r->p, r->wide_p, r->r_inverse, r->a, r->b, r->expected, r->actual, NULL);
    mpz_set_str(r->p, MODULUS_HEX, 16);
    mpz_mul_2exp(r->wide_p, r->p, 256);
    mpz_ui_pow_ui(r->r_inverse, 2, 256);
    mpz_invert(r->r_inverse, r->r_inverse, r->p);
}

static void reference_clear(struct reference *r)
{
    mpz_clears(r->p, r->wide_p, r->r_inverse, r->a, r->b, r->expected, r->actual, NULL);
}

/* same_fp: out = expected mod p, and is reduced. */
static bool same_fp(struct reference *r, const struct fp *out)
{
    mpz_mod(r->expected, r->expected, r->p);
    mpz_import(r->actual, 4, -1, 8, 0, 0, out->l);
    return mpz_cmp(r->expected, r->actual) == 0;
}

/* same_fpw: out = expected mod p 2^256, which is stricter than what it stands for. */
static bool same_fpw(struct reference *r, const struct fpw *out)
{
    mpz_mod(r->expected, r->expected, r->wide_p);
    mpz_import(r->actual, 8, -1, 8, 0, 0, out->l);
    return mpz_cmp(r->expected, r->actual) == 0;
}

static void check_elements(struct reference *r)
{
    struct fp a;
    struct fp b;
    struct fp c;
    random_fp(&a);
    random_fp(&b);
    mpz_import(r->a, 4, -1, 8, 0, 0, a.l);
    mpz_import(r->b, 4, -1, 8, 0, 0, b.l);
    fp_add(&c, &a, &b);
    mpz_add(r->expected, r->a, r->b);
    CHECK(same_fp(r, &c));
    fp_sub(&c, &a, &b);
    mpz_sub(r->expected, r->a, r->b);
    CHECK(same_fp(r, &c));
    fp_neg(&c, &a);
    mpz_neg(r->expected, r->a);
    CHECK(same_fp(r, &c));
    fp_mul(&c, &a, &b);
    mpz_mul(r->expected, r->a, r->b);
    mpz_mul(r->expected, r->expected, r->r_inverse);
    CHECK(same_fp(r, &c));
    /* A lazy sum as one operand, on either side. */
    struct fp sum;
    fp_add_lazy(&sum, &a, &b);
    mpz_add(r->expected, r->a, r->b);
    mpz_mul(r->expected, r->expected, r->b);
    mpz_mul(r->expected, r->expected, r->r_inverse);
    fp_mul_inline(&c, &sum, &b);
    CHECK(same_fp(r, &c));
    fp_mul_inline(&c, &b, &sum);
    CHECK(same_fp(r, &c));
    /* Outputs may be inputs. */
    c = a;
    fp_sub(&c, &b, &c);
    mpz_sub(r->expected, r->b, r->a);
    CHECK(same_fp(r, &c));
    c = a;
    fp_mul(&c, &c, &c);
    mpz_mul(r->expected, r->a, r->a);
    mpz_mul(r->expected, r->expected, r->r_inverse);
    CHECK(same_fp(r, &c));
}

static void check_wide(struct reference *r)
{
    struct fpw a;
    struct fpw b;
    struct fpw c;
    struct fp reduced;
    random_fpw(&a);
    random_fpw(&b);
    mpz_import(r->a, 8, -1, 8, 0, 0, a.l);
    mpz_import(r->b, 8, -1, 8, 0, 0, b.l);
    fpw_add(&c, &a, &b);
    mpz_add(r->expected, r->a, r->b);
    CHECK(same_fpw(r, &c));
    fpw_sub(&c, &a, &b);
    mpz_sub(r->expected, r->a, r->b);
    CHECK(same_fpw(r, &c));
    fpw_mul9_add(&c, &a, &b);
    mpz_mul_ui(r->expected, r->a, 9);
    mpz_add(r->expected, r->expected, r->b);
    CHECK(same_fpw(r, &c));
    fpw_mul9_sub(&c, &a, &b);
    mpz_mul_ui(r->expected, r->a, 9);
    mpz_sub(r->expected, r->expected, r->b);
    CHECK(same_fpw(r, &c));
    fpw_reduce(&reduced, &a);
    mpz_mul(r->expected, r->a, r->r_inverse);
    CHECK(same_fp(r, &reduced));
}

static void field_agrees_with_gmp(void)
{
    struct reference r;
    reference_init(&r);
    for (int round = 0; round < 3000 && !test_failed(); round++) {
        check_elements(&r);
        check_wide(&r);
    }
    reference_clear(&r);
}

/* Every multiple of p and what stands next to it, through the quotient's estimate. */
static void small_reductions_at_the_edges(void)
{
    struct reference r;
    reference_init(&r);
    for (unsigned k = 0; k <= 10; k++) {
        for (int offset = -2; offset <= 2; offset++) {
            mpz_mul_ui(r.a, r.p, k);
            if (offset < 0) {
                mpz_sub_ui(r.a, r.a, (unsigned)-offset);
            } else {
                mpz_add_ui(r.a, r.a, (unsigned)offset);
            }
            if (mpz_sgn(r.a) < 0 || (k == 10 && offset >= 0)) {
                continue;
            }
            uint64_t x[5] = {0, 0, 0, 0, 0};
            struct fp out;
            mpz_export(x, NULL, -1, 8, 0, 0, r.a);
            limbs_store(out.l, limbs_reduce_small(x[4], limbs_load(x)));
            mpz_set(r.expected, r.a);
            CHECK(same_fp(&r, &out));
        }
    }
    reference_clear(&r);
}

static void check_inverse(const struct fp *a)
{
    struct fp inverse;
    struct fp product;
    fp_inv(&inverse, a);
    CHECK(is_reduced(&inverse));
    fp_mul(&product, a, &inverse);
    CHECK(fp_equal(&product, fp_is_zero(a) ? a : &FP_ONE));
}

static void inverses(void)
{
    struct fp a = {{0, 0, 0, 0}};
    check_inverse(&a);
    for (int i = 0; i < 254; i++) {
        /* 2^i and p - 2^i (253 is the highest power below p), as stored. */
        a = (struct fp){{0, 0, 0, 0}};
        a.l[i / 64] = UINT64_C(1) << (i % 64);
        check_inverse(&a);
        fp_neg(&a, &a);
        check_inverse(&a);
    }
    for (int round = 0; round < 3000 && !test_failed(); round++) {
        random_fp(&a);
        check_inverse(&a);
    }
    random_fp(&a);
    struct fp b = a;
    fp_inv(&b, &b);
    fp_inv(&b, &b);
    CHECK(fp_equal(&a, &b));
}

static void bytes_of_the_field(void)
{
    static const struct {
        const char *hex;
        enum err expected;
    } rows[] = {
        {"0000000000000000000000000000000000000000000000000000000000000000", OK},
        {"0000000000000000000000000000000000000000000000000000000000000001", OK},
        {"30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd46", OK},
        {MODULUS_HEX, ERR_RANGE},
        {"30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd48", ERR_RANGE},
        {"30644e72e131a029b85045b68181585d97816a916871ca8e0000000000000000", ERR_RANGE},
        {"30644e72e131a02a000000000000000000000000000000000000000000000000", ERR_RANGE},
        {"30644e72e131a028ffffffffffffffffffffffffffffffffffffffffffffffff", OK},
        {"8000000000000000000000000000000000000000000000000000000000000000", ERR_RANGE},
        {ALL_ONES_HEX, ERR_RANGE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t in[32];
        uint8_t out[32];
        struct fp a;
        (void)test_hex(in, sizeof(in), rows[i].hex);
        CHECK_EQ(fp_from_bytes(&a, in), rows[i].expected);
        if (rows[i].expected == OK) {
            CHECK(is_reduced(&a));
            fp_to_bytes(out, &a);
            CHECK_BYTES(out, in, sizeof(out));
        }
    }
}

/* ---- the tower against polynomials ---------------------------------------------------------- */

/* struct poly: sum of c[i] w^i in Fp[w]/(w^12 - 18 w^6 + 82), where i = w^6 - 9. */
struct poly {
    struct fp c[12];
};

static const struct fp2 *coefficient(const struct fp12 *a, int power_of_w)
{
    const struct fp6 *half = power_of_w % 2 == 0 ? &a->c0 : &a->c1;
    const struct fp2 *c[3] = {&half->c0, &half->c1, &half->c2};
    return c[power_of_w / 2];
}

/* times_small: n a by additions. */
static struct fp times_small(const struct fp *a, int n)
{
    struct fp sum = {{0, 0, 0, 0}};
    for (int i = 0; i < n; i++) {
        fp_add(&sum, &sum, a);
    }
    return sum;
}

static void poly_from(struct poly *out, const struct fp12 *a)
{
    for (int i = 0; i < 6; i++) {
        const struct fp2 *c = coefficient(a, i);
        struct fp nine = times_small(&c->c1, 9);
        fp_sub(&out->c[i], &c->c0, &nine);
        out->c[i + 6] = c->c1;
    }
}

static void poly_mul(struct poly *out, const struct poly *a, const struct poly *b)
{
    struct fp t[23] = {{{0, 0, 0, 0}}};
    for (int i = 0; i < 12; i++) {
        for (int j = 0; j < 12; j++) {
            struct fp product;
            fp_mul(&product, &a->c[i], &b->c[j]);
            fp_add(&t[i + j], &t[i + j], &product);
        }
    }
    for (int i = 22; i >= 12; i--) {
        struct fp times_18 = times_small(&t[i], 18);
        struct fp times_82 = times_small(&t[i], 82);
        fp_add(&t[i - 6], &t[i - 6], &times_18);
        fp_sub(&t[i - 12], &t[i - 12], &times_82);
    }
    memcpy(out->c, t, sizeof(out->c));
}

/* is_product: c = a b, term by term. */
static bool is_product(const struct fp12 *c, const struct fp12 *a, const struct fp12 *b)
{
    struct poly pa;
    struct poly pb;
    struct poly pc;
    poly_from(&pa, a);
    poly_from(&pb, b);
    poly_from(&pc, c);
    poly_mul(&pa, &pa, &pb);
    return fp12_is_reduced(c) && memcmp(&pa, &pc, sizeof(pa)) == 0;
}

static void products_of_the_tower(void)
{
    for (int round = 0; round < 200 && !test_failed(); round++) {
        struct fp12 a;
        struct fp12 b;
        struct fp12 c;
        random_fp12(&a);
        random_fp12(&b);
        fp12_mul(&c, &a, &b);
        CHECK(is_product(&c, &a, &b));
        fp12_sqr(&c, &a);
        CHECK(is_product(&c, &a, &a));

        /* Fp6 and Fp2 as parts of Fp12. */
        const struct fp12 zero = {{{{{0}}, {{0}}}, {{{0}}, {{0}}}, {{{0}}, {{0}}}},
                                  {{{{0}}, {{0}}}, {{{0}}, {{0}}}, {{{0}}, {{0}}}}};
        struct fp12 a6 = zero;
        struct fp12 b6 = zero;
        struct fp12 c6 = zero;
        a6.c0 = a.c0;
        b6.c0 = b.c0;
        fp6_mul(&c6.c0, &a.c0, &b.c0);
        CHECK(is_product(&c6, &a6, &b6));
        a6 = zero;
        b6 = zero;
        c6 = zero;
        a6.c0.c0 = a.c0.c0;
        b6.c0.c0 = b.c0.c0;
        fp2_mul(&c6.c0.c0, &a.c0.c0, &b.c0.c0);
        CHECK(is_product(&c6, &a6, &b6));
        fp2_sqr(&c6.c0.c0, &a.c0.c0);
        CHECK(is_product(&c6, &a6, &a6));
        b6.c0.c0 = (struct fp2){times_small(&FP_ONE, 9), FP_ONE};
        fp2_mul_xi(&c6.c0.c0, &a.c0.c0);
        CHECK(is_product(&c6, &a6, &b6));
        b6.c0.c0 = (struct fp2){b.c1.c1.c0, {{0, 0, 0, 0}}};
        fp2_mul_fp(&c6.c0.c0, &a.c0.c0, &b.c1.c1.c0);
        CHECK(is_product(&c6, &a6, &b6));

        struct fp2 left;
        struct fp2 right;
        struct fp2 difference;
        fp2_mul(&left, &a.c0.c0, &b.c0.c0);
        fp2_mul(&right, &a.c1.c0, &b.c1.c0);
        fp2_sub(&left, &left, &right);
        fp2_mul_sub(&difference, &a.c0.c0, &b.c0.c0, &a.c1.c0, &b.c1.c0);
        CHECK(fp2_equal(&left, &difference));
    }
}

static void line_to_fp12(struct fp12 *out, const struct line *l)
{
    const struct fp2 zero = {{{0, 0, 0, 0}}, {{0, 0, 0, 0}}};
    *out = (struct fp12){{l->l0, zero, zero}, {l->l1, l->l3, zero}};
}

static void products_of_lines(void)
{
    for (int round = 0; round < 200 && !test_failed(); round++) {
        struct line k;
        struct line l;
        struct fp12 a;
        struct fp12 b;
        struct fp12 c;
        struct fp12 d;
        random_fp2(&k.l0);
        random_fp2(&k.l1);
        random_fp2(&k.l3);
        random_fp2(&l.l0);
        random_fp2(&l.l1);
        random_fp2(&l.l3);
        random_fp12(&a);
        line_to_fp12(&b, &k);
        fp12_mul_line(&c, &a, &k);
        CHECK(is_product(&c, &a, &b));

        struct line_product kl;
        line_mul(&kl, &k, &l);
        line_to_fp12(&d, &l);
        c = (struct fp12){kl.c0, {kl.c1_c0, kl.c1_c1, {{{0, 0, 0, 0}}, {{0, 0, 0, 0}}}}};
        CHECK(is_product(&c, &b, &d));
        fp12_mul_line_product(&d, &a, &kl);
        CHECK(is_product(&d, &a, &c));
    }
}

static void inverses_of_the_tower(void)
{
    for (int round = 0; round < 100 && !test_failed(); round++) {
        struct fp12 a;
        struct fp12 b;
        random_fp12(&a);
        fp12_inv(&b, &a);
        fp12_mul(&b, &b, &a);
        CHECK(fp12_equal(&b, &FP12_ONE));
    }
    struct fp12 a = FP12_ONE;
    fp12_inv(&a, &a);
    CHECK(fp12_equal(&a, &FP12_ONE));
}

/* power: a^e for e of four limbs, by squaring. */
static void power(struct fp12 *out, const struct fp12 *a, const uint64_t e[static 4])
{
    const struct fp12 base = *a;
    struct fp12 t = FP12_ONE;
    for (int i = 255; i >= 0; i--) {
        fp12_sqr(&t, &t);
        if (e[i / 64] >> (i % 64) & 1) {
            fp12_mul(&t, &t, &base);
        }
    }
    *out = t;
}

static void frobenius_maps(void)
{
    struct fp12 a;
    struct fp12 b;
    struct fp12 c;
    random_fp12(&a);
    power(&b, &a, FP_MODULUS);
    fp12_frobenius(&c, &a);
    CHECK(fp12_equal(&b, &c));
    fp12_frobenius(&c, &c);
    fp12_frobenius_2(&b, &a);
    CHECK(fp12_equal(&b, &c));
    fp12_frobenius_2(&b, &b);
    fp12_frobenius_2(&b, &b);
    fp12_conjugate(&c, &a);
    CHECK(fp12_equal(&b, &c));
    for (int i = 0; i < 6; i++) {
        CHECK(i == 0 || !fp12_equal(&a, &c));
        c = a;
        for (int j = 0; j < 2 * i + 2; j++) {
            fp12_frobenius(&c, &c);
        }
    }
    CHECK(fp12_equal(&a, &c));
}

static void cyclotomic_squares(void)
{
    for (int round = 0; round < 20 && !test_failed(); round++) {
        struct fp12 a;
        struct fp12 b;
        struct fp12 c;
        random_fp12(&a);
        fp12_cyclotomic_sqr(&b, &a);
        fp12_sqr(&c, &a);
        CHECK(!fp12_equal(&b, &c)); /* a is not in the subgroup yet */
        fp12_inv(&b, &a);
        fp12_conjugate(&a, &a);
        fp12_mul(&a, &a, &b);
        fp12_frobenius_2(&b, &a);
        fp12_mul(&a, &a, &b);
        for (int i = 0; i < 4; i++) {
            fp12_sqr(&b, &a);
            fp12_cyclotomic_sqr(&a, &a);
            CHECK(fp12_equal(&a, &b));
        }
        fp12_conjugate(&b, &a);
        fp12_mul(&b, &b, &a);
        CHECK(fp12_equal(&b, &FP12_ONE));
    }
}

/* ---- the curve ------------------------------------------------------------------------------ */

static void generator(uint8_t out[static 64])
{
    (void)test_hex(out, 64, GENERATOR_HEX);
}

static void scalar_from(uint8_t out[static 32], uint64_t n)
{
    memset(out, 0, 32);
    store_be64(out + 24, n);
}

static void random_point(uint8_t out[static 64])
{
    uint8_t scalar[32];
    uint8_t point[64];
    generator(point);
    test_random_bytes(scalar, sizeof(scalar));
    CHECK_EQ(bn254_mul(out, point, scalar), OK);
}

/* negate_g1: y becomes p - y, for a point that is not infinity. */
static void negate_g1(uint8_t point[static 64])
{
    mpz_t p;
    mpz_t y;
    mpz_inits(p, y, NULL);
    mpz_set_str(p, MODULUS_HEX, 16);
    mpz_import(y, 32, 1, 1, 1, 0, point + 32);
    mpz_sub(y, p, y);
    memset(point + 32, 0, 32);
    size_t len = (mpz_sizeinbase(y, 2) + 7) / 8;
    mpz_export(point + 64 - len, NULL, 1, 1, 1, 0, y);
    mpz_clears(p, y, NULL);
}

static void addition_vectors(void)
{
    for (size_t i = 0; i < COUNT(ADD_VECTORS); i++) {
        uint8_t a[64];
        uint8_t b[64];
        uint8_t expected[64];
        uint8_t out[64];
        (void)test_hex(a, sizeof(a), ADD_VECTORS[i][0]);
        (void)test_hex(b, sizeof(b), ADD_VECTORS[i][1]);
        (void)test_hex(expected, sizeof(expected), ADD_VECTORS[i][2]);
        CHECK_EQ(bn254_add(out, a, b), OK);
        CHECK_BYTES(out, expected, sizeof(out));
        CHECK_EQ(bn254_add(out, b, a), OK);
        CHECK_BYTES(out, expected, sizeof(out));
        memcpy(out, a, sizeof(out));
        CHECK_EQ(bn254_add(out, out, b), OK);
        CHECK_BYTES(out, expected, sizeof(out));
        memcpy(out, b, sizeof(out));
        CHECK_EQ(bn254_add(out, a, out), OK);
        CHECK_BYTES(out, expected, sizeof(out));
    }
}

static void multiplication_vectors(void)
{
    for (size_t i = 0; i < COUNT(MUL_VECTORS); i++) {
        uint8_t point[64];
        uint8_t scalar[32];
        uint8_t expected[64];
        uint8_t out[64];
        (void)test_hex(point, sizeof(point), MUL_VECTORS[i][0]);
        (void)test_hex(scalar, sizeof(scalar), MUL_VECTORS[i][1]);
        (void)test_hex(expected, sizeof(expected), MUL_VECTORS[i][2]);
        CHECK_EQ(bn254_mul(out, point, scalar), OK);
        CHECK_BYTES(out, expected, sizeof(out));
        CHECK_EQ(bn254_mul(point, point, scalar), OK);
        CHECK_BYTES(point, expected, sizeof(point));
    }
}

static void group_laws(void)
{
    for (int round = 0; round < 50 && !test_failed(); round++) {
        uint8_t a[64];
        uint8_t b[64];
        uint8_t c[64];
        uint8_t left[64];
        uint8_t right[64];
        random_point(a);
        random_point(b);
        random_point(c);
        CHECK_EQ(bn254_add(left, a, b), OK);
        CHECK_EQ(bn254_add(left, left, c), OK);
        CHECK_EQ(bn254_add(right, b, c), OK);
        CHECK_EQ(bn254_add(right, a, right), OK);
        CHECK_BYTES(left, right, sizeof(left));
        memcpy(b, a, sizeof(b));
        negate_g1(b);
        CHECK_EQ(bn254_add(left, a, b), OK);
        CHECK_BYTES(left, AT_INFINITY, sizeof(left));
    }
}

/* n P as a sum, for n from 0 to 300: covers every digit the table serves. */
static void small_multiples_are_sums(void)
{
    uint8_t point[64];
    uint8_t sum[64] = {0};
    uint8_t product[64];
    uint8_t scalar[32];
    random_point(point);
    for (uint64_t n = 0; n <= 300; n++) {
        scalar_from(scalar, n);
        CHECK_EQ(bn254_mul(product, point, scalar), OK);
        CHECK_BYTES(product, sum, sizeof(sum));
        CHECK_EQ(bn254_add(sum, sum, point), OK);
    }
}

/* (c r + n) P = nP for every c that fits and small n, below 0 too: sums that pass infinity, and
 * that meet the table's points. */
static void scalars_around_multiples_of_the_order(void)
{
    uint8_t point[64];
    random_point(point);
    mpz_t scalar;
    mpz_t order;
    mpz_inits(scalar, order, NULL);
    mpz_set_str(order, ORDER_HEX, 16);
    for (unsigned c = 1; c <= 5 && !test_failed(); c++) {
        for (int n = -17; n <= 17; n++) {
            uint8_t big[32] = {0};
            uint8_t small[32];
            uint8_t out[64];
            uint8_t expected[64];
            mpz_mul_ui(scalar, order, c);
            mpz_add_ui(scalar, scalar, 17);
            mpz_sub_ui(scalar, scalar, (unsigned)(17 - n));
            size_t len = (mpz_sizeinbase(scalar, 2) + 7) / 8;
            mpz_export(big + 32 - len, NULL, 1, 1, 1, 0, scalar);
            scalar_from(small, (uint64_t)(n < 0 ? -n : n));
            if (bn254_mul(expected, point, small) != OK || bn254_mul(out, point, big) != OK) {
                test_fail(__FILE__, __LINE__, "a scalar is refused");
            }
            if (n < 0) {
                negate_g1(expected);
            }
            (void)test_bytes_equal(__FILE__, __LINE__, out, expected, sizeof(out));
        }
    }
    mpz_clears(scalar, order, NULL);
}

/* (a + b mod 2^256, plus 2^256 when it wrapped) P = aP + bP. */
static void multiplication_is_linear(void)
{
    for (int round = 0; round < 100 && !test_failed(); round++) {
        uint8_t point[64];
        uint64_t a[4];
        uint64_t b[4];
        uint64_t c[4];
        uint8_t scalar[3][32];
        uint8_t product[3][64];
        random_point(point);
        random_limbs(a, 4);
        random_limbs(b, 4);
        a[3] >>= 1;
        b[3] >>= 1;
        limbs_store(c, limbs_add_portable(limbs_load(a), b));
        for (int i = 0; i < 4; i++) {
            store_be64(scalar[0] + 24 - 8 * i, a[i]);
            store_be64(scalar[1] + 24 - 8 * i, b[i]);
            store_be64(scalar[2] + 24 - 8 * i, c[i]);
        }
        for (int i = 0; i < 3; i++) {
            CHECK_EQ(bn254_mul(product[i], point, scalar[i]), OK);
        }
        CHECK_EQ(bn254_add(product[0], product[0], product[1]), OK);
        CHECK_BYTES(product[0], product[2], sizeof(product[0]));
    }
}

/* check_split: k1 + k2 lambda = k mod r, and the digits' form. */
static void check_split(const uint64_t k[static 4])
{
    struct glv_scalar halves;
    glv_split(&halves, k);
    mpz_t half[2];
    mpz_t expected;
    mpz_t order;
    mpz_t lambda;
    mpz_inits(half[0], half[1], expected, order, lambda, NULL);
    mpz_set_str(order, ORDER_HEX, 16);
    mpz_set_str(lambda, GLV_LAMBDA_HEX, 16);
    bool digits_ok = true;
    for (int h = 0; h < 2; h++) {
        int zeros_due = 0;
        for (int i = WNAF_DIGITS - 1; i >= 0; i--) {
            int8_t digit = halves.digits[h][i];
            mpz_mul_2exp(half[h], half[h], 1);
            mpz_add_ui(half[h], half[h], (unsigned)(digit + 16));
            mpz_sub_ui(half[h], half[h], 16);
            digits_ok = digits_ok && (digit == 0 || (digit % 2 != 0 && digit > -16 && digit < 16));
        }
        for (int i = 0; i < WNAF_DIGITS; i++) {
            digits_ok = digits_ok && (zeros_due == 0 || halves.digits[h][i] == 0);
            zeros_due = halves.digits[h][i] != 0 ? WNAF_WIDTH - 1 : zeros_due - (zeros_due > 0);
        }
    }
    bool sizes_ok = mpz_sgn(half[0]) >= 0 && mpz_sizeinbase(half[0], 2) <= 128 &&
                    mpz_sizeinbase(half[1], 2) <= 128;
    mpz_mul(half[1], half[1], lambda);
    mpz_add(half[0], half[0], half[1]);
    mpz_import(expected, 4, -1, 8, 0, 0, k);
    bool sum_ok = mpz_congruent_p(half[0], expected, order) != 0;
    mpz_clears(half[0], half[1], expected, order, lambda, NULL);
    CHECK(digits_ok);
    CHECK(sizes_ok);
    CHECK(sum_ok);
}

static void scalars_split(void)
{
    static const uint64_t edges[][4] = {
        {0, 0, 0, 0},
        {1, 0, 0, 0},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
        {0x43e1f593f0000000, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029},
        {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029},
        {0, 0, 1, 0},
    };
    for (size_t i = 0; i < COUNT(edges); i++) {
        check_split(edges[i]);
    }
    for (int round = 0; round < 2000 && !test_failed(); round++) {
        uint64_t k[4];
        random_limbs(k, 4);
        check_split(k);
    }
}

/* EIP-196: "any of the field elements is not less than p" and "the point is not on the curve" fail.
 */
static void points_refused(void)
{
    static const char *const bad[] = {
        /* off the curve: (1, 1), (0, 1), (1, 0), (0, 2) */
        "000000000000000000000000000000000000000000000000000000000000000100000000000000000000000000"
        "00"
        "000000000000000000000000000000000001",
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00"
        "000000000000000000000000000000000001",
        "000000000000000000000000000000000000000000000000000000000000000100000000000000000000000000"
        "00"
        "000000000000000000000000000000000000",
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "00"
        "000000000000000000000000000000000002",
        /* infinity and the generator with p added to a coordinate */
        MODULUS_HEX "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000" MODULUS_HEX,
        MODULUS_HEX MODULUS_HEX,
        "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd48"
        "0000000000000000000000000000000000000000000000000000000000000002",
        "0000000000000000000000000000000000000000000000000000000000000001"
        "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd49",
        /* p - 1 and all ones */
        "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd46"
        "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd46",
        ALL_ONES_HEX ALL_ONES_HEX,
    };
    uint8_t good[64];
    uint8_t scalar[32];
    generator(good);
    scalar_from(scalar, 0);
    for (size_t i = 0; i < COUNT(bad); i++) {
        uint8_t point[64];
        uint8_t out[64];
        uint8_t untouched[64];
        memset(out, 0xa5, sizeof(out));
        memset(untouched, 0xa5, sizeof(untouched));
        (void)test_hex(point, sizeof(point), bad[i]);
        CHECK_EQ(bn254_add(out, point, good), ERR_MALFORMED);
        CHECK_EQ(bn254_add(out, good, point), ERR_MALFORMED);
        CHECK_EQ(bn254_add(out, AT_INFINITY, point), ERR_MALFORMED);
        CHECK_EQ(bn254_add(out, point, AT_INFINITY), ERR_MALFORMED);
        CHECK_EQ(bn254_mul(out, point, scalar), ERR_MALFORMED);
        CHECK_BYTES(out, untouched, sizeof(out));
    }
}

/* ---- the pairing ---------------------------------------------------------------------------- */

/* check_pairs: bn254_pairing_check on bytes that end at an unreadable page. */
static bool check_pairs(const uint8_t *pairs, size_t count)
{
    static uint8_t *page;
    if (page == NULL) {
        page = test_guarded(NULL, PAIRS_MAX * PAIR_BYTES);
    }
    uint8_t *at = page + (PAIRS_MAX - count) * PAIR_BYTES;
    memcpy(at, pairs, count * PAIR_BYTES);
    bool result = false;
    if (bn254_pairing_check(&result, at, count) != OK) {
        test_fail(__FILE__, __LINE__, "%zu valid pairs are refused", count);
    }
    return result;
}

static bool refused(const uint8_t *pairs, size_t count)
{
    bool result = true;
    bool kept = bn254_pairing_check(&result, pairs, count) == ERR_MALFORMED && result;
    result = false;
    return kept && bn254_pairing_check(&result, pairs, count) == ERR_MALFORMED && !result;
}

static void g2_generator(uint8_t out[static 128])
{
    (void)test_hex(out, 128, VALUE_VECTORS[0][1]);
}

static void random_g2(uint8_t out[static 128])
{
    (void)test_hex(out, 128, VALUE_VECTORS[test_random() % COUNT(VALUE_VECTORS)][1]);
}

static void pairing_vectors(void)
{
    for (size_t i = 0; i < COUNT(PAIRING_VECTORS); i++) {
        static uint8_t pairs[PAIRS_MAX * PAIR_BYTES];
        size_t len = test_hex(pairs, sizeof(pairs), PAIRING_VECTORS[i][0]);
        bool expected = strcmp(PAIRING_VECTORS[i][1], "01") == 0;
        CHECK_EQ(len % PAIR_BYTES, 0);
        CHECK_EQ(check_pairs(pairs, len / PAIR_BYTES), expected);
    }
}

/* The value before it is compared with 1, coefficient by coefficient. */
static void pairing_values(void)
{
    for (size_t i = 0; i < COUNT(VALUE_VECTORS); i++) {
        uint8_t p_bytes[64];
        uint8_t q_bytes[128];
        uint8_t value[12 * 32];
        (void)test_hex(p_bytes, sizeof(p_bytes), VALUE_VECTORS[i][0]);
        (void)test_hex(q_bytes, sizeof(q_bytes), VALUE_VECTORS[i][1]);
        (void)test_hex(value, sizeof(value), VALUE_VECTORS[i][2]);
        struct pairing_input pair;
        struct g1 p;
        bool is_infinity;
        CHECK_EQ(g1_read(&p, &is_infinity, p_bytes), OK);
        CHECK(!is_infinity);
        CHECK_EQ(g2_read(&pair.q, &is_infinity, q_bytes), OK);
        CHECK(!is_infinity);
        pair.x = p.x;
        fp_neg(&pair.minus_y, &p.y);
        pair.p_is_infinity = false;
        struct fp12 f;
        struct poly actual;
        CHECK_EQ(miller_loop(&f, &pair, 1), OK);
        final_exponentiation(&f, &f);
        CHECK(fp12_is_reduced(&f));
        poly_from(&actual, &f);
        for (int j = 0; j < 12; j++) {
            uint8_t bytes[32];
            fp_to_bytes(bytes, &actual.c[j]);
            CHECK_BYTES(bytes, value + (ptrdiff_t)32 * j, sizeof(bytes));
        }
    }
}

/* bilinear_pairs: e(aP, Q) e(bP, Q) ... e(-(a + b + ...) P, Q), whose product is 1, of `count` >= 2
 * pairs. */
static void bilinear_pairs(uint8_t *pairs, size_t count)
{
    uint8_t sum[64] = {0};
    uint8_t q[128];
    random_g2(q);
    for (size_t i = 0; i + 1 < count; i++) {
        random_point(pairs + i * PAIR_BYTES);
        CHECK_EQ(bn254_add(sum, sum, pairs + i * PAIR_BYTES), OK);
    }
    negate_g1(sum);
    memcpy(pairs + (count - 1) * PAIR_BYTES, sum, sizeof(sum));
    for (size_t i = 0; i < count; i++) {
        memcpy(pairs + i * PAIR_BYTES + 64, q, sizeof(q));
    }
}

/* 16 pairs share a loop: counts around it and its double. */
static void pairing_counts(void)
{
    static const size_t counts[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 17, 18, 31, 32, 33, 40};
    static uint8_t pairs[PAIRS_MAX * PAIR_BYTES];
    bool result = false;
    CHECK_EQ(bn254_pairing_check(&result, NULL, 0), OK);
    CHECK(result);
    for (size_t i = 0; i < COUNT(counts) && !test_failed(); i++) {
        bilinear_pairs(pairs, counts[i]);
        CHECK(check_pairs(pairs, counts[i]));
        CHECK(!check_pairs(pairs, counts[i] - 1));
        random_point(pairs + (counts[i] - 1) * PAIR_BYTES);
        CHECK(!check_pairs(pairs, counts[i]));
    }
}

/* The vectors give e(aP, bQ) = e(abP, Q); here more of them, with both sides' scalars on G1. */
static void pairing_is_bilinear(void)
{
    for (int round = 0; round < 5 && !test_failed(); round++) {
        uint8_t pairs[2 * PAIR_BYTES];
        uint8_t scalar[32];
        random_point(pairs);
        random_g2(pairs + 64);
        memcpy(pairs + PAIR_BYTES, pairs, PAIR_BYTES);
        negate_g1(pairs + PAIR_BYTES);
        CHECK(check_pairs(pairs, 2));
        CHECK(!check_pairs(pairs, 1)); /* never degenerate */
        /* e(P, Q)^n e(-nP, Q) = 1 with n pairs, and not with n - 1. */
        uint8_t many[8 * PAIR_BYTES];
        size_t n = 2 + (size_t)(test_random() % 6);
        for (size_t i = 0; i < n; i++) {
            memcpy(many + i * PAIR_BYTES, pairs, PAIR_BYTES);
        }
        memcpy(many + n * PAIR_BYTES, pairs + PAIR_BYTES, PAIR_BYTES);
        scalar_from(scalar, n);
        CHECK_EQ(bn254_mul(many + n * PAIR_BYTES, many + n * PAIR_BYTES, scalar), OK);
        CHECK(check_pairs(many, n + 1));
        CHECK(!check_pairs(many + PAIR_BYTES, n));
    }
}

static void pairing_with_infinity(void)
{
    uint8_t pairs[4 * PAIR_BYTES];
    uint8_t good[2 * PAIR_BYTES];
    bilinear_pairs(good, 2);
    /* Alone: infinity on either side or both gives 1. */
    memset(pairs, 0, sizeof(pairs));
    CHECK(check_pairs(pairs, 1));
    CHECK(check_pairs(pairs, 4));
    memcpy(pairs, good, 64);
    CHECK(check_pairs(pairs, 1));
    memset(pairs, 0, sizeof(pairs));
    memcpy(pairs + 64, good + 64, 128);
    CHECK(check_pairs(pairs, 1));
    /* Beside others: they do not change the product, in any place. */
    for (int place = 0; place < 3; place++) {
        for (int kind = 0; kind < 3; kind++) {
            uint8_t odd[PAIR_BYTES] = {0};
            if (kind == 1) {
                memcpy(odd, good, 64);
            } else if (kind == 2) {
                memcpy(odd + 64, good + 64, 128);
            }
            for (int i = 0, from = 0; i < 3; i++) {
                uint8_t *to = pairs + (ptrdiff_t)i * PAIR_BYTES;
                const uint8_t *next = good + (ptrdiff_t)from * PAIR_BYTES;
                memcpy(to, i == place ? odd : next, PAIR_BYTES);
                from += i != place;
            }
            CHECK(check_pairs(pairs, 3));
        }
    }
    /* e(P, Q) with infinity beside it is not 1. */
    memset(pairs, 0, sizeof(pairs));
    memcpy(pairs + PAIR_BYTES, good, PAIR_BYTES);
    CHECK(!check_pairs(pairs, 3));
}

/* refused_in_every_place: a bad G2 point fails alone, with P at infinity, and last of 17 pairs (in
 * the second batch). */
static void refused_in_every_place(const uint8_t q[static 128])
{
    static uint8_t pairs[17 * PAIR_BYTES];
    bilinear_pairs(pairs, 17);
    memcpy(pairs + 16 * PAIR_BYTES + 64, q, 128);
    CHECK(refused(pairs + 16 * PAIR_BYTES, 1));
    CHECK(refused(pairs + 15 * PAIR_BYTES, 2));
    CHECK(refused(pairs, 17));
    memset(pairs + 16 * PAIR_BYTES, 0, 64);
    CHECK(refused(pairs + 16 * PAIR_BYTES, 1));
    CHECK(refused(pairs, 17));
}

static void points_outside_g2(void)
{
    for (size_t i = 0; i < COUNT(OUTSIDE_G2_VECTORS) && !test_failed(); i++) {
        uint8_t q[128];
        struct g2 point;
        bool is_infinity;
        (void)test_hex(q, sizeof(q), OUTSIDE_G2_VECTORS[i][0]);
        CHECK_EQ(g2_read(&point, &is_infinity, q), OK); /* it is on the twist */
        CHECK(!is_infinity);
        refused_in_every_place(q);
    }
}

static void pairs_refused(void)
{
    uint8_t pair[PAIR_BYTES];
    generator(pair);
    g2_generator(pair + 64);
    CHECK(!check_pairs(pair, 1));
    /* Each of the six coordinates out of range: p, p plus itself, all ones. */
    for (int i = 0; i < 6; i++) {
        uint8_t bad[PAIR_BYTES];
        uint8_t *at = bad + (ptrdiff_t)32 * i;
        memcpy(bad, pair, sizeof(bad));
        (void)test_hex(at, 32, ALL_ONES_HEX);
        CHECK(refused(bad, 1));
        (void)test_hex(at, 32, MODULUS_HEX);
        CHECK(refused(bad, 1));
        mpz_t x;
        mpz_t p;
        mpz_inits(x, p, NULL);
        mpz_set_str(p, MODULUS_HEX, 16);
        mpz_import(x, 32, 1, 1, 1, 0, pair + (ptrdiff_t)32 * i);
        mpz_add(x, x, p);
        mpz_export(at, NULL, 1, 1, 1, 0, x);
        mpz_clears(x, p, NULL);
        CHECK(refused(bad, 1));
        /* In range but off the curve. */
        memcpy(at, pair + (ptrdiff_t)32 * i, 32);
        at[31] ^= 1;
        CHECK(refused(bad, 1));
        /* One coordinate 0 does not make infinity. */
        memset(at, 0, 32);
        CHECK(refused(bad, 1));
        /* p in a point that is otherwise infinity. */
        memset(bad, 0, sizeof(bad));
        (void)test_hex(at, 32, MODULUS_HEX);
        CHECK(refused(bad, 1));
    }
    /* Both parts of a coordinate of Q: x = 0, y = 0. Neither is on the twist, which g2_read finds.
     */
    for (int i = 0; i < 2; i++) {
        uint8_t bad[PAIR_BYTES];
        struct g2 q;
        bool is_infinity;
        memcpy(bad, pair, sizeof(bad));
        memset(bad + 64 + (ptrdiff_t)64 * i, 0, 64);
        CHECK(refused(bad, 1));
        CHECK_EQ(g2_read(&q, &is_infinity, bad + 64), ERR_MALFORMED);
    }
    /* The parts of G2's coordinates the other way round: real first. */
    uint8_t swapped[PAIR_BYTES];
    memcpy(swapped, pair, 64);
    for (int i = 0; i < 4; i++) {
        memcpy(swapped + 64 + (ptrdiff_t)32 * i, pair + 64 + (ptrdiff_t)32 * (i ^ 1), 32);
    }
    CHECK(refused(swapped, 1));
    /* A bad P beside an infinite Q, and in the second of two pairs. */
    uint8_t two[2 * PAIR_BYTES];
    memcpy(two, pair, PAIR_BYTES);
    memcpy(two + PAIR_BYTES, pair, PAIR_BYTES);
    two[PAIR_BYTES + 63] ^= 1;
    CHECK(refused(two, 2));
    memset(two + PAIR_BYTES + 64, 0, 128);
    CHECK(refused(two, 2));
}

static const struct test_case cases[] = {
#if BN254_ASM
    CASE(assembly_agrees_with_portable),
#endif
    CASE(field_agrees_with_gmp),
    CASE(small_reductions_at_the_edges),
    CASE(inverses),
    CASE(bytes_of_the_field),
    CASE(products_of_the_tower),
    CASE(products_of_lines),
    CASE(inverses_of_the_tower),
    CASE(frobenius_maps),
    CASE(cyclotomic_squares),
    CASE(addition_vectors),
    CASE(multiplication_vectors),
    CASE(group_laws),
    CASE(small_multiples_are_sums),
    CASE(scalars_around_multiples_of_the_order),
    CASE(multiplication_is_linear),
    CASE(scalars_split),
    CASE(points_refused),
    CASE(pairing_vectors),
    CASE(pairing_values),
    CASE(pairing_counts),
    CASE(pairing_is_bilinear),
    CASE(pairing_with_infinity),
    CASE(points_outside_g2),
    CASE(pairs_refused),
};

TEST_MAIN(cases)
