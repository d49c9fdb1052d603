/* KZG openings. A polynomial a + b X has the commitment [a]G1 + [b][tau]G1 and, at any z, the proof
 * [b]G1; so valid openings can be made without a library, from [tau]G1 alone. The constants are
 * held against the ceremony's file as the package c-kzg has it, and against blst. */

#include "crypto/kzg.h"

#include <string.h>

#include <blst.h>
#include <trusted_setup.h> /* written by tools/build-blst */

#include "base/bytes.h"
#include "crypto/kzg_lines.h"
#include "tests/test.h"

/* [tau]G1, the second of the g1_monomial points of the file that KZG_TAU_G2 is from. */
#define TAU_G1                                                         \
    "ad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42" \
    "d25926fc0c97b336e9f0fb35e5a04c81"

static const char group_order[] =
    "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

struct opening {
    uint8_t commitment[KZG_POINT_SIZE];
    uint8_t z[KZG_SCALAR_SIZE];
    uint8_t y[KZG_SCALAR_SIZE];
    uint8_t proof[KZG_POINT_SIZE];
};

static enum err verify(bool *is_valid, const struct opening *o)
{
    const struct opening *guarded = (const struct opening *)test_guarded(o, sizeof(*o));
    return kzg_verify_point(is_valid, guarded->commitment, guarded->z, guarded->y, guarded->proof);
}

static bool is_valid(const struct opening *o)
{
    bool valid = false;
    enum err e = verify(&valid, o);
    if (e != OK) {
        test_fail(__FILE__, __LINE__, "%s", err_name(e));
    }
    return valid;
}

static bool is_malformed(const struct opening *o)
{
    bool valid = true;
    enum err e = verify(&valid, o);
    bool other = false;
    (void)verify(&other, o);
    return e == ERR_MALFORMED && valid && !other;
}

static void put_infinity(uint8_t point[static KZG_POINT_SIZE])
{
    memset(point, 0, KZG_POINT_SIZE);
    point[0] = 0xc0;
}

static void put_scalar(uint8_t out[static KZG_SCALAR_SIZE], const blst_fr *a)
{
    blst_scalar scalar;
    blst_scalar_from_fr(&scalar, a);
    blst_bendian_from_scalar(out, &scalar);
}

static void random_fr(blst_fr *a)
{
    uint64_t words[4] = {test_random(), test_random(), test_random(), test_random() >> 2};
    blst_fr_from_uint64(a, words);
}

static void times(blst_p1 *out, const blst_p1_affine *p, const blst_fr *k)
{
    blst_scalar scalar;
    blst_scalar_from_fr(&scalar, k);
    blst_p1_from_affine(out, p);
    blst_p1_mult(out, out, scalar.b, 255);
}

/* open_line makes the opening of a + b X at z. */
static void open_line(struct opening *o, const blst_fr *a, const blst_fr *b, const blst_fr *z)
{
    byte compressed[KZG_POINT_SIZE];
    blst_p1_affine tau_g1;
    blst_p1 left;
    blst_p1 right;
    CHECK_EQ(test_hex(compressed, sizeof(compressed), TAU_G1), sizeof(compressed));
    CHECK_EQ(blst_p1_uncompress(&tau_g1, compressed), BLST_SUCCESS);
    times(&left, blst_p1_affine_generator(), a);
    times(&right, &tau_g1, b);
    blst_p1_add_or_double(&left, &left, &right);
    blst_p1_compress(o->commitment, &left);
    times(&right, blst_p1_affine_generator(), b);
    blst_p1_compress(o->proof, &right);
    blst_fr y;
    blst_fr_mul(&y, b, z);
    blst_fr_add(&y, &y, a);
    put_scalar(o->y, &y);
    put_scalar(o->z, z);
}

static struct opening random_opening(void)
{
    struct opening o;
    blst_fr a;
    blst_fr b;
    blst_fr z;
    random_fr(&a);
    random_fr(&b);
    random_fr(&z);
    open_line(&o, &a, &b, &z);
    return o;
}

/* The precompile's test vector of go-ethereum and execution-specs: a blob of a real polynomial. */
static void accepts_a_known_opening(void)
{
    struct opening o;
    test_hex(o.commitment, KZG_POINT_SIZE,
             "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
             "5f26936857bc3a7c2539ea8ec3a952b7");
    test_hex(o.z, KZG_SCALAR_SIZE,
             "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000");
    test_hex(o.y, KZG_SCALAR_SIZE,
             "1522a4a7f34e1ea350ae07c29c96c7e79655aa926122e95fe69fcbd932ca49e9");
    test_hex(o.proof, KZG_POINT_SIZE,
             "a62ad71d14c5719385c0686f1871430475bf3a00f0aa3f7b8dd99a9abc2160744"
             "faf0070725e00b60ad9a026a15b1a8c");
    CHECK(is_valid(&o));
    o.y[31] ^= 1;
    CHECK(!is_valid(&o));
}

static void accepts_openings_of_lines(void)
{
    for (size_t i = 0; i < 20; i++) {
        struct opening o = random_opening();
        CHECK(is_valid(&o));
    }
}

/* Another y, z, commitment or proof, valid in themselves, does not pass. */
static void refuses_what_does_not_match(void)
{
    struct opening o = random_opening();
    struct opening other = random_opening();
    struct opening mixed = o;
    memcpy(mixed.commitment, other.commitment, sizeof(mixed.commitment));
    CHECK(!is_valid(&mixed));
    mixed = o;
    memcpy(mixed.proof, other.proof, sizeof(mixed.proof));
    CHECK(!is_valid(&mixed));
    mixed = o;
    memcpy(mixed.z, other.z, sizeof(mixed.z));
    CHECK(!is_valid(&mixed));
    mixed = o;
    memcpy(mixed.y, other.y, sizeof(mixed.y));
    CHECK(!is_valid(&mixed));
    /* Bit 5 of a compressed point is the sign of y: the negative point. */
    mixed = o;
    mixed.commitment[0] ^= 0x20;
    CHECK(!is_valid(&mixed));
    mixed = o;
    mixed.proof[0] ^= 0x20;
    CHECK(!is_valid(&mixed));
    for (size_t bit = 0; bit < 250; bit += 25) {
        mixed = o;
        mixed.y[31 - bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK(!is_valid(&mixed));
        mixed = o;
        mixed.z[31 - bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK(!is_valid(&mixed));
    }
}

/* A constant has the proof infinity at any z; zero also the commitment infinity. The sum in front
 * of G2 is then infinity, and it doubles or cancels on the way in some of these. */
static void knows_infinity(void)
{
    struct opening o = {0};
    blst_fr zero = {0};
    for (size_t i = 0; i < 4; i++) {
        blst_fr a;
        blst_fr z;
        random_fr(&a);
        random_fr(&z);
        open_line(&o, i % 2 == 0 ? &a : &zero, &zero, i / 2 == 0 ? &z : &zero);
        CHECK_EQ(o.proof[0], 0xc0);
        CHECK(is_valid(&o));
        o.y[31] ^= 1;
        CHECK(!is_valid(&o));
        o.y[31] ^= 1;
        put_infinity(o.commitment);
        CHECK(is_valid(&o) == (i % 2 != 0));
    }
    /* a + b X at 0, and b X where y = b z: the commitment infinity needs another proof. */
    blst_fr b;
    random_fr(&b);
    open_line(&o, &b, &b, &zero);
    CHECK(is_valid(&o));
    put_infinity(o.commitment);
    CHECK(!is_valid(&o));
    put_infinity(o.proof);
    CHECK(!is_valid(&o));
    /* C = [y]G1 - [z]proof, so that the left point is infinity and the proof is not: not valid. */
    blst_fr one = {0};
    const uint64_t words[4] = {1};
    blst_fr_from_uint64(&one, words);
    open_line(&o, &zero, &one, &one); /* proof = G1, z = 1 */
    put_infinity(o.commitment);
    CHECK(!is_valid(&o)); /* y = 1 */
    memset(o.y, 0, sizeof(o.y));
    blst_p1 minus_g1 = *blst_p1_generator();
    blst_p1_cneg(&minus_g1, true);
    blst_p1_compress(o.commitment, &minus_g1);
    CHECK(!is_valid(&o));
}

static void refuses_scalars_that_are_not_canonical(void)
{
    struct opening good = random_opening();
    for (size_t i = 0; i < 2; i++) {
        struct opening o = good;
        uint8_t *scalar = i == 0 ? o.z : o.y;
        test_hex(scalar, KZG_SCALAR_SIZE, group_order);
        CHECK(is_malformed(&o));
        scalar[31] = 0; /* r - 1 */
        CHECK(!is_valid(&o));
        scalar[31] = 2;
        CHECK(is_malformed(&o));
        memset(scalar, 0xff, KZG_SCALAR_SIZE);
        CHECK(is_malformed(&o));
    }
    /* The same numbers, plus r. */
    uint8_t r[KZG_SCALAR_SIZE];
    test_hex(r, sizeof(r), group_order);
    unsigned carry = 0;
    for (size_t i = KZG_SCALAR_SIZE; i-- > 0;) {
        carry += (unsigned)good.y[i] + r[i];
        good.y[i] = (uint8_t)carry;
        carry >>= 8;
    }
    CHECK(is_malformed(&good));
}

static void refuses_points_that_are_malformed(void)
{
    struct opening good = random_opening();
    CHECK(is_valid(&good));
    for (size_t i = 0; i < 2; i++) {
        struct opening o = good;
        uint8_t *point = i == 0 ? o.commitment : o.proof;
        const uint8_t first = point[0];
        point[0] = first & 0x7f; /* not marked as compressed */
        CHECK(is_malformed(&o));
        point[0] = first | 0x40; /* infinity with coordinates */
        CHECK(is_malformed(&o));
        put_infinity(point);
        point[0] |= 0x20; /* infinity with a sign */
        CHECK(is_malformed(&o));
        put_infinity(point);
        point[47] = 1;
        CHECK(is_malformed(&o));
        memset(point, 0, KZG_POINT_SIZE); /* what EIP-2537 calls infinity */
        CHECK(is_malformed(&o));
        /* x = p */
        test_hex(point, KZG_POINT_SIZE,
                 "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
                 "1eabfffeb153ffffb9feffffffffaaab");
        CHECK(is_malformed(&o));
        /* x = 0: (0, 2), of order 3 */
        memset(point, 0, KZG_POINT_SIZE);
        point[0] = 0x80;
        CHECK(is_malformed(&o));
        /* Small x: of the first few, some are on the curve, none in the subgroup. */
        size_t on_curve = 0;
        for (uint8_t x = 1; x < 20; x++) {
            blst_p1_affine p;
            point[47] = x;
            on_curve += blst_p1_uncompress(&p, point) == BLST_SUCCESS;
            CHECK(is_malformed(&o));
        }
        CHECK(on_curve > 3 && on_curve < 19);
    }
}

/* ---- the constants --------------------------------------------------------------------------- */

static void has_the_ceremonys_point(void)
{
    CHECK_STR(KZG_TAU_G2, TRUSTED_SETUP_TAU_G2);
}

/* check_lines works the lines out again: slopes of tangents and chords in affine coordinates. */
static void check_lines(const struct bls12_381_line lines[static BLS12_381_LINES],
                        const blst_p2_affine *q)
{
    const uint64_t z = UINT64_C(0xd201000000010000);
    blst_p2_affine t = *q;
    size_t line = 0;
    for (int bit = 62; bit >= 0; bit--) {
        for (int step = 0; step <= (int)(z >> bit & 1); step++) {
            const blst_p2_affine *other = step == 0 ? &t : q;
            blst_fp2 slope;
            blst_fp2 d;
            if (step == 0) {
                blst_fp2_sqr(&slope, &t.x);
                blst_fp2_mul_by_3(&slope, &slope);
                blst_fp2_add(&d, &t.y, &t.y);
            } else {
                blst_fp2_sub(&slope, &t.y, &q->y);
                blst_fp2_sub(&d, &t.x, &q->x);
            }
            blst_fp2_inverse(&d, &d);
            blst_fp2_mul(&slope, &slope, &d);
            blst_fp2 c0;
            blst_fp2 c1;
            blst_fp2_mul(&c0, &slope, &t.x);
            blst_fp2_sub(&c0, &c0, &t.y);
            blst_fp2_cneg(&c1, &slope, true);
            CHECK_BYTES(&lines[line].c0, &c0, sizeof(c0));
            CHECK_BYTES(&lines[line].c1, &c1, sizeof(c1));
            line++;
            blst_p2 sum;
            blst_p2_from_affine(&sum, &t);
            blst_p2_add_or_double_affine(&sum, &sum, other);
            blst_p2_to_affine(&t, &sum);
        }
    }
    CHECK_EQ(line, BLS12_381_LINES);
}

static void has_the_lines_of_its_points(void)
{
    byte compressed[96];
    blst_p2_affine tau_g2;
    CHECK_EQ(test_hex(compressed, sizeof(compressed), KZG_TAU_G2), sizeof(compressed));
    CHECK_EQ(blst_p2_uncompress(&tau_g2, compressed), BLST_SUCCESS);
    CHECK(blst_p2_affine_in_g2(&tau_g2));
    check_lines(kzg_g2_lines, blst_p2_affine_generator());
    check_lines(kzg_tau_g2_lines, &tau_g2);
}

static const struct test_case cases[] = {
    CASE(accepts_a_known_opening),
    CASE(accepts_openings_of_lines),
    CASE(refuses_what_does_not_match),
    CASE(knows_infinity),
    CASE(refuses_scalars_that_are_not_canonical),
    CASE(refuses_points_that_are_malformed),
    CASE(has_the_ceremonys_point),
    CASE(has_the_lines_of_its_points),
};

TEST_MAIN(cases)
