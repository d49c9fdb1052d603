/* RIPEMD-160: the vectors of the paper's authors, and every length around the edges of blocks
 * against libcrypto's implementation. */

#include "crypto/ripemd160.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/ripemd.h>

#include "tests/test.h"

static void check(const void *data, size_t len, const char *expected)
{
    uint8_t wanted[RIPEMD160_LEN];
    CHECK_EQ(test_hex(wanted, sizeof(wanted), expected), RIPEMD160_LEN);
    uint8_t out[RIPEMD160_LEN];
    ripemd160(out, data, len);
    CHECK_BYTES(out, wanted, RIPEMD160_LEN);
}

static void vectors_of_the_authors(void)
{
    static const struct {
        const char *message;
        const char *digest;
    } vectors[] = {
        {"", "9c1185a5c5e9fc54612808977ee8f548b2258d31"},
        {"a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"},
        {"abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
        {"message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"},
        {"abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "12a053384a9c0c88e405a06c27dcf49ada62eb2b"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
         "b0e20b6e3116640286ed3a87a5713079b21f5189"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "9b752e45573d4b39f4dbd3323cab82bf63326bfb"},
    };
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        check(vectors[i].message, strlen(vectors[i].message), vectors[i].digest);
    }
    static uint8_t million[1000000];
    memset(million, 'a', sizeof(million));
    check(million, sizeof(million), "52783243c1697bdbe16d37f97f68f08325dc1528");
}

static void empty_data_may_be_null(void)
{
    check(NULL, 0, "9c1185a5c5e9fc54612808977ee8f548b2258d31");
}

static void all_lengths_as_libcrypto(void)
{
    for (size_t len = 0; len < 300; len++) {
        uint8_t *data = test_guarded(NULL, len);
        test_random_bytes(data, len);
        uint8_t out[RIPEMD160_LEN];
        uint8_t wanted[RIPEMD160_LEN];
        ripemd160(out, data, len);
        CHECK(RIPEMD160(data, len, wanted) != NULL);
        CHECK_BYTES(out, wanted, RIPEMD160_LEN);
    }
}

static void output_may_overlap_the_data(void)
{
    uint8_t bytes[RIPEMD160_LEN] = "abc";
    ripemd160(bytes, bytes, 3);
    uint8_t wanted[RIPEMD160_LEN];
    (void)test_hex(wanted, sizeof(wanted), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    CHECK_BYTES(bytes, wanted, RIPEMD160_LEN);
}

static const struct test_case cases[] = {
    CASE(vectors_of_the_authors),
    CASE(empty_data_may_be_null),
    CASE(all_lengths_as_libcrypto),
    CASE(output_may_overlap_the_data),
};

TEST_MAIN(cases)
