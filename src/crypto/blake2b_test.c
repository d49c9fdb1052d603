/* F of BLAKE2b: the vectors of EIP-152 and RFC 7693, whole hashes of every length against those of
 * a library, results of an independent implementation (written from the RFC in another language)
 * for other counts of rounds, and the two forms against each other. */

#include "crypto/blake2b.h"

#include "tests/test.h"

typedef void compress_fn(uint64_t h[static 8], const uint64_t m[static 16],
                         const uint64_t t[static 2], bool is_final, uint32_t rounds);

static compress_fn *const forms[] = {blake2b_compress_portable, blake2b_compress};

#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

/* The state before the first block of an unkeyed BLAKE2b-512: the initialization vector, its first
 * word mixed with the parameters (RFC 7693, section 2.5: 64 bytes of hash, no key, fanout and depth
 * 1). */
static const uint64_t first_state[8] = {
    0x6a09e667f3bcc908 ^ 0x01010040,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
};

static void store_words(uint8_t *out, const uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        store_le64(out + 8 * i, words[i]);
    }
}

/* The unkeyed BLAKE2b-512 of any data, section 3.3. */
static void blake2b_512(uint8_t out[static 64], compress_fn *compress, const uint8_t *data,
                        size_t len)
{
    uint64_t h[8];
    memcpy(h, first_state, sizeof(h));
    uint64_t t[2] = {0, 0};
    bool is_final = false;
    while (!is_final) {
        size_t left = len - (size_t)t[0];
        is_final = left <= 128;
        uint8_t block[128] = {0};
        bytes_copy(block, data + t[0], is_final ? left : 128);
        t[0] += is_final ? left : 128;
        uint64_t m[16];
        for (size_t i = 0; i < 16; i++) {
            m[i] = load_le64(block + 8 * i);
        }
        compress(h, m, t, is_final, 12);
    }
    store_words(out, h, 8);
}

static void check_hash(const void *data, size_t len, const char *expected)
{
    uint8_t wanted[64];
    CHECK_EQ(test_hex(wanted, sizeof(wanted), expected), 64);
    for (size_t f = 0; f < FORM_COUNT; f++) {
        uint8_t got[64];
        blake2b_512(got, forms[f], data, len);
        CHECK_BYTES(got, wanted, 64);
    }
}

/* RFC 7693, appendix A: "abc". The second is the hash of no bytes at all. */
static void hashes_the_rfc_example(void)
{
    check_hash("abc", 3,
               "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
               "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    check_hash("", 0,
               "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
               "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce");
}

/* The hash of the 301 hashes of messages of 0 to 300 bytes, one after the other, made with Python's
 * hashlib; byte j of the message of `len` bytes is len + 7 j, modulo 256. */
static void hashes_every_length(void)
{
    static uint8_t hashes[301][64];
    for (size_t f = 0; f < FORM_COUNT; f++) {
        for (size_t len = 0; len <= 300; len++) {
            uint8_t data[300];
            for (size_t j = 0; j < len; j++) {
                data[j] = (uint8_t)(len + 7 * j);
            }
            blake2b_512(hashes[len], forms[f], data, len);
        }
        check_hash(hashes, sizeof(hashes),
                   "37c508666a6ac79e9eb4c6d15501b2c460bfa5461083ff1c94985b3a4d677ea2"
                   "9fcef134f3b3765ded58067b3f670b17a733c24f7ea5e301880b389b260ff32a");
    }
}

/* EIP-152, "Test Cases", vectors 4 to 7. 0 to 3 are of malformed calls of the precompile; 8 has
 * 2^32 - 1 rounds and takes half a minute; blake2b_compress gave its result when run by hand. */
static void compresses_as_eip_152_says(void)
{
    static const struct {
        uint32_t rounds;
        bool is_final;
        const char *state;
    } rows[] = {
        {0, true,
         "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
         "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b"},
        {12, true,
         "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
         "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"},
        {12, false,
         "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
         "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735"},
        {1, true,
         "b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb"
         "a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421"},
    };
    static const uint64_t m[16] = {0x636261}; /* "abc" */
    static const uint64_t t[2] = {3, 0};
    for (size_t f = 0; f < FORM_COUNT; f++) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            uint64_t h[8];
            memcpy(h, first_state, sizeof(h));
            forms[f](h, m, t, rows[i].is_final, rows[i].rounds);
            uint8_t got[64];
            uint8_t wanted[64];
            store_words(got, h, 8);
            (void)test_hex(wanted, sizeof(wanted), rows[i].state);
            CHECK_BYTES(got, wanted, 64);
        }
    }
}

/* A chain of calls of 0 to 40 rounds, every word of every argument set, then one of 1000: results
 * of the independent implementation. */
static void takes_any_number_of_rounds(void)
{
    static const uint64_t after_40[8] = {
        0x594eeb41766f4bd0, 0xf0fee6ce16eede8d, 0x239e36982193235c, 0x754d8d4cebec116e,
        0x464168f34dee22cc, 0xf6366b9b1c632215, 0x9a34f93c376ee6b0, 0x1e1f7ed69e18876d,
    };
    static const uint64_t after_1000[8] = {
        0x4ced6d5f7e9db896, 0x1e2f7a1b8090e894, 0x65c6eeb1f8bc8bf9, 0xb6dabc18d13a55d8,
        0x82c9d087dad00f0e, 0x192d5c9c61cef9ed, 0xf564ebd74295b71e, 0x6aebe05f9c2e70b0,
    };
    for (size_t f = 0; f < FORM_COUNT; f++) {
        uint64_t h[8];
        uint64_t m[16];
        for (uint64_t i = 0; i < 8; i++) {
            h[i] = i * 0x0123456789abcdef;
        }
        for (uint64_t i = 0; i < 16; i++) {
            m[i] = i * 0xfedcba9876543210 + i;
        }
        for (uint32_t rounds = 0; rounds <= 40; rounds++) {
            const uint64_t t[2] = {UINT64_MAX - rounds, rounds * UINT64_C(0x1111111111111111)};
            forms[f](h, m, t, rounds % 2 != 0, rounds);
        }
        CHECK_BYTES(h, after_40, sizeof(h));
        forms[f](h, m, (const uint64_t[2]){1, 2}, true, 1000);
        CHECK_BYTES(h, after_1000, sizeof(h));
    }
}

static void forms_agree(void)
{
    for (uint32_t i = 0; i < 3000 && !test_failed(); i++) {
        uint64_t h[8];
        uint64_t m[16];
        uint64_t t[2];
        test_random_bytes(h, sizeof(h));
        test_random_bytes(m, sizeof(m));
        test_random_bytes(t, sizeof(t));
        uint64_t expected[8];
        memcpy(expected, h, sizeof(h));
        bool is_final = (i & 64) != 0;
        blake2b_compress_portable(expected, m, t, is_final, i % 64);
        blake2b_compress(h, m, t, is_final, i % 64);
        CHECK_BYTES(h, expected, sizeof(h));
    }
}

static uint64_t *guarded_words(const uint64_t *words, size_t count)
{
    void *copy = test_guarded(words, count * sizeof(words[0]));
    return copy;
}

/* The arguments end at unreadable pages, and only `h` changes. */
static void touches_only_its_arguments(void)
{
    uint64_t m[16];
    uint64_t t[2];
    test_random_bytes(m, sizeof(m));
    test_random_bytes(t, sizeof(t));
    const uint64_t *guarded_m = guarded_words(m, 16);
    const uint64_t *guarded_t = guarded_words(t, 2);
    uint64_t *guarded_h = guarded_words(first_state, 8);
    for (uint32_t rounds = 0; rounds <= 25; rounds++) {
        uint64_t h[8];
        memcpy(h, guarded_h, sizeof(h));
        blake2b_compress_portable(h, m, t, true, rounds);
        blake2b_compress(guarded_h, guarded_m, guarded_t, true, rounds);
        CHECK_BYTES(guarded_h, h, sizeof(h));
        CHECK_BYTES(guarded_m, m, sizeof(m));
        CHECK_BYTES(guarded_t, t, sizeof(t));
    }
}

static const struct test_case cases[] = {
    CASE(hashes_the_rfc_example),     CASE(hashes_every_length), CASE(compresses_as_eip_152_says),
    CASE(takes_any_number_of_rounds), CASE(forms_agree),         CASE(touches_only_its_arguments),
};

TEST_MAIN(cases)
