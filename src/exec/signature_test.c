/* Signers: the signature of EIP-155's example, whose sender the EIP's key makes known, and the
 * ranges of r and s at each edge. */

#include "exec/signature.h"

#include "tests/test.h"

/* SEC 2, version 2, section 2.4.1, and half of it rounded down. */
static const struct u256 ORDER = {{UINT64_C(0xbfd25e8cd0364141), UINT64_C(0xbaaedce6af48a03b),
                                   UINT64_C(0xfffffffffffffffe), UINT64_MAX}};
static const struct u256 HALF = {
    {UINT64_C(0xdfe92f46681b20a0), UINT64_C(0x5d576e7357a4501d), UINT64_MAX, UINT64_MAX >> 1}};

static void ranges(void)
{
    const struct u256 zero = U256_ZERO;
    const struct u256 one = U256_ONE;
    const struct u256 max = U256_MAX;
    struct u256 below;
    struct u256 above_half;
    struct u256 above;
    u256_sub(&below, &ORDER, &one);
    u256_add(&above_half, &HALF, &one);
    u256_add(&above, &ORDER, &one);
    const struct {
        const struct u256 *number;
        bool is_r;     /* may be r */
        bool is_s;     /* may be s */
        bool is_low_s; /* the same from Homestead */
    } rows[] = {
        {&zero, false, false, false},  {&one, true, true, true},
        {&HALF, true, true, true},     {&above_half, true, true, false},
        {&below, true, true, false},   {&ORDER, false, false, false},
        {&above, false, false, false}, {&max, false, false, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_EQ(signature_is_in_range(rows[i].number, &one, false), rows[i].is_r);
        CHECK_EQ(signature_is_in_range(rows[i].number, &one, true), rows[i].is_r);
        CHECK_EQ(signature_is_in_range(&one, rows[i].number, false), rows[i].is_s);
        CHECK_EQ(signature_is_in_range(&one, rows[i].number, true), rows[i].is_low_s);
    }
}

static struct u256 number_of(const char *hex)
{
    uint8_t bytes[32];
    struct u256 out;
    (void)test_hex(bytes, sizeof(bytes), hex);
    u256_load_be(&out, bytes);
    return out;
}

static void recovering(void)
{
    const struct u256 r =
        number_of("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276");
    const struct u256 s =
        number_of("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
    struct hash32 hash;
    struct address got;
    struct address wanted;
    (void)test_hex(hash.b, 32, "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
    (void)test_hex(wanted.b, 20, "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
    CHECK_EQ(signature_recover(&got, &hash, &r, &s, false), OK);
    CHECK_BYTES(got.b, wanted.b, sizeof(got.b));
    /* The other point with this x is another key's; -s and the other point are this one's. */
    struct u256 high;
    u256_sub(&high, &ORDER, &s);
    CHECK_EQ(signature_recover(&got, &hash, &r, &s, true), OK);
    CHECK(!address_equal(&got, &wanted));
    CHECK_EQ(signature_recover(&got, &hash, &r, &high, true), OK);
    CHECK(address_equal(&got, &wanted));
    /* No point has x = n - 1. */
    struct u256 below;
    const struct u256 one = U256_ONE;
    u256_sub(&below, &ORDER, &one);
    CHECK_EQ(signature_recover(&got, &hash, &below, &s, false), ERR_SIGNATURE);
    CHECK(address_equal(&got, &wanted));
}

static const struct test_case cases[] = {CASE(ranges), CASE(recovering)};

TEST_MAIN(cases)
