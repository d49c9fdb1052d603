/* SHA-256: the standard's vectors (FIPS 180-4's example files), and every length around the edges
 * of blocks against digests of an independent implementation (Python's hashlib). */

#include "crypto/sha2.h"

#include "tests/test.h"

static void check(const void *data, size_t len, const char *expected)
{
    uint8_t wanted[32];
    CHECK_EQ(test_hex(wanted, sizeof(wanted), expected), 32);
    struct hash32 out;
    sha256(&out, data, len);
    CHECK_BYTES(out.b, wanted, 32);
}

static void standard_vectors(void)
{
    static const struct {
        const char *message;
        const char *digest;
    } vectors[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrl"
         "mno"
         "pqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        check(vectors[i].message, strlen(vectors[i].message), vectors[i].digest);
    }
    static uint8_t million[1000000];
    memset(million, 'a', sizeof(million));
    check(million, sizeof(million),
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void empty_data_may_be_null(void)
{
    check(NULL, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* The digest of the digests of all lengths below 300; byte i of length n is 7 i + n. */
static void all_lengths(void)
{
    static uint8_t digests[300 * 32];
    for (size_t len = 0; len < 300; len++) {
        uint8_t *data = test_guarded(NULL, len);
        for (size_t i = 0; i < len; i++) {
            data[i] = (uint8_t)(7 * i + len);
        }
        struct hash32 out;
        sha256(&out, data, len);
        memcpy(digests + 32 * len, out.b, 32);
    }
    check(digests, sizeof(digests),
          "d5238871a46ac4a1a75ac3fb19d645b0b3b9e5f35f5f720e2b240d605c6b694e");
}

static void output_may_overlap_the_data(void)
{
    struct hash32 bytes = {"abc"};
    sha256(&bytes, bytes.b, 3);
    uint8_t wanted[32];
    (void)test_hex(wanted, sizeof(wanted),
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_BYTES(bytes.b, wanted, 32);
}

static const struct test_case cases[] = {
    CASE(standard_vectors),
    CASE(empty_data_may_be_null),
    CASE(all_lengths),
    CASE(output_may_overlap_the_data),
};

TEST_MAIN(cases)
