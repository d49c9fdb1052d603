/* Keccak-256: known hashes, hashes of every length made by an independent implementation (written
 * from FIPS 202 in another language, itself checked against a library's SHA3-256), and the forms of
 * the permutation against each other. A form that the machine cannot run is left out. */

#include "crypto/keccak.h"

#include <stdio.h>

#include "tests/test.h"

#define RATE    136u
#define LEN_MAX 600u

struct form {
    const char *name;
    void (*permute)(uint64_t lanes[static 25]);
};

static const struct form forms[] = {
    {"portable", keccak_f1600_portable},
    {"scalar", keccak_f1600_scalar},
    {"avx512", keccak_f1600_avx512},
};

#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

static bool runs_here(const struct form *form)
{
    return form->permute != keccak_f1600_avx512 || keccak_has_avx512();
}

/* The sponge byte by byte, over a given form: slow and short. */
static void sponge(struct hash32 *out, const struct form *form, const uint8_t *data, size_t len)
{
    uint64_t lanes[25] = {0};
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        lanes[at / 8] ^= (uint64_t)data[i] << (8 * (at % 8));
        at++;
        if (at == RATE) {
            form->permute(lanes);
            at = 0;
        }
    }
    lanes[at / 8] ^= UINT64_C(0x01) << (8 * (at % 8));
    lanes[16] ^= UINT64_C(0x80) << 56;
    form->permute(lanes);
    for (size_t i = 0; i < sizeof(out->b); i++) {
        out->b[i] = (uint8_t)(lanes[i / 8] >> (8 * (i % 8)));
    }
}

/* The messages of the vectors: byte j of the one with `len` bytes is len + 7 j, modulo 256. */
static void message(uint8_t *out, size_t len)
{
    for (size_t j = 0; j < len; j++) {
        out[j] = (uint8_t)(len + 7 * j);
    }
}

static void check_hash(const void *data, size_t len, const char *expected)
{
    uint8_t wanted[32];
    CHECK_EQ(test_hex(wanted, sizeof(wanted), expected), 32);
    struct hash32 got;
    keccak256(&got, data, len);
    CHECK_BYTES(got.b, wanted, 32);
    for (size_t f = 0; f < FORM_COUNT; f++) {
        if (runs_here(&forms[f])) {
            sponge(&got, &forms[f], data, len);
            CHECK_BYTES(got.b, wanted, 32);
        }
    }
}

static void hashes_what_ethereum_knows(void)
{
    static const uint8_t zeros[64];
    /* The code hash of an account without code; the root of an empty trie (of the RLP of the empty
     * string); an event's topic and a function's selector; the storage slots of the first element
     * of an array, and of key 0 of a mapping, in slot 0. */
    check_hash("", 0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    check_hash("\x80", 1, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    static const char event[] = "Transfer(address,address,uint256)";
    check_hash(event, strlen(event),
               "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    static const char function[] = "transfer(address,uint256)";
    check_hash(function, strlen(function),
               "a9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b");
    check_hash(zeros, 32, "290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563");
    check_hash(zeros, 64, "ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5");
    check_hash("abc", 3, "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

static void hashes_around_words_and_blocks(void)
{
    static const struct {
        size_t len;
        const char *hash;
    } rows[] = {
        {1, "5fe7f977e71dba2ea1a68e21057beebb9be2ac30c6410aa38d4f3fbe41dcffd2"},
        {7, "1ceda151e21262ae35aed0f8e3ad898e7ccd45ff03d25508e25e5701bc31c989"},
        {8, "66d6ac686bbe637cb6cf3e4deb8a1bb6aec0163cbbbd2c22747069455e660457"},
        {9, "c53f0080e65849581b3d6565207057d911e42e70134a6aefa8270a86ba8f0a38"},
        {20, "80e77bdbe249a4e9b50ba82cc601373e1e7d8ea815d14342c13c816a55d39833"},
        {32, "75ddc22689ac5cfab91ff4f11af7f47658c89f63dcb005c00824017d8081c7e8"},
        {64, "d432c602ee561dfffe10aa1a7df28751b7990fcb5ba7a66055452fd680beb44c"},
        {135, "8ab570337c9a3a773c3605160ca58e3f0546d92d217c908669cc4f35a31933bc"},
        {136, "16b30a6be318a7acbcba7a2194789f628abf68dfbbf55a4d840f22f6a4d29efd"},
        {137, "6a7e8293441d51be41bf4994995b35981f90c07866c7fd0465f405e2b7a8f8dd"},
        {271, "bb02bca6be57f42d131406260c6f1a81fd9922af8bd1c96d78f454b19ae10add"},
        {272, "443464c0c3ac8036d14a6f8647fc93b592d514adefbe88683cbbda3b4b2c4553"},
        {273, "73d5960773e36742ead7c872d84d535f35e75b9517ccb1023491276013f88890"},
        {300, "041e8c517fe884213c996b802c6da4f4db2513bf81ff42dd9c36748dace31bb8"},
    };
    uint8_t data[300];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        message(data, rows[i].len);
        check_hash(data, rows[i].len, rows[i].hash);
    }
}

/* The hash of the 301 hashes of the messages of 0 to 300 bytes, one after the other. */
static void hashes_every_length(void)
{
    static struct hash32 hashes[301];
    uint8_t data[300];
    for (size_t len = 0; len <= 300; len++) {
        message(data, len);
        keccak256(&hashes[len], data, len);
    }
    check_hash(hashes, sizeof(hashes),
               "1c239d59092031520cb4dbaef3b475b9e8a5cd5c2d72c95ba96ca3f60a26c0ad");
}

static void permutes_the_zero_state(void)
{
    static const uint64_t expected[25] = {
        0xf1258f7940e1dde7, 0x84d5ccf933c0478a, 0xd598261ea65aa9ee, 0xbd1547306f80494d,
        0x8b284e056253d057, 0xff97a42d7f8e6fd4, 0x90fee5a0a44647c4, 0x8c5bda0cd6192e76,
        0xad30a6f71b19059c, 0x30935ab7d08ffc64, 0xeb5aa93f2317d635, 0xa9a6e6260d712103,
        0x81a57c16dbcf555f, 0x43b831cd0347c826, 0x01f22f1a11a5569f, 0x05e5635a21d9ae61,
        0x64befef28cc970f2, 0x613670957bc46611, 0xb87c5a554fd00ecb, 0x8c3ee88a1ccf32c8,
        0x940c7922ae3a2614, 0x1841f924a2c509e4, 0x16f53526e70465c2, 0x75f644e97f30a13b,
        0xeaf1ff7b5ceca249,
    };
    for (size_t f = 0; f < FORM_COUNT; f++) {
        if (runs_here(&forms[f])) {
            uint64_t lanes[25] = {0};
            forms[f].permute(lanes);
            CHECK_BYTES(lanes, expected, sizeof(lanes));
        }
    }
}

static void check_forms_agree(const uint64_t state[static 25])
{
    uint64_t expected[25];
    memcpy(expected, state, sizeof(expected));
    keccak_f1600_portable(expected);
    for (size_t f = 1; f < FORM_COUNT; f++) {
        if (runs_here(&forms[f])) {
            uint64_t lanes[25];
            memcpy(lanes, state, sizeof(lanes));
            forms[f].permute(lanes);
            if (memcmp(lanes, expected, sizeof(lanes)) != 0) {
                test_fail(__FILE__, __LINE__, "%s differs from portable", forms[f].name);
                return;
            }
        }
    }
}

static void forms_agree(void)
{
    uint64_t lanes[25];
    for (size_t bit = 0; bit < 1600 && !test_failed(); bit++) {
        memset(lanes, 0, sizeof(lanes));
        lanes[bit / 64] = UINT64_C(1) << (bit % 64);
        check_forms_agree(lanes);
        memset(lanes, 0xff, sizeof(lanes));
        lanes[bit / 64] ^= UINT64_C(1) << (bit % 64);
        check_forms_agree(lanes);
    }
    for (size_t i = 0; i < 5000 && !test_failed(); i++) {
        test_random_bytes(lanes, sizeof(lanes));
        check_forms_agree(lanes);
    }
}

/* Every length, the data ending at an unreadable page: nothing past it is read. */
static void reads_no_further_than_the_data(void)
{
    uint8_t data[LEN_MAX];
    test_random_bytes(data, sizeof(data));
    uint8_t *end = test_guarded(NULL, LEN_MAX) + LEN_MAX;
    struct hash32 *out = (struct hash32 *)test_guarded(NULL, sizeof(*out));
    for (size_t len = 0; len <= LEN_MAX; len++) {
        bytes_copy(end - len, data, len);
        keccak256(out, end - len, len);
        struct hash32 expected;
        sponge(&expected, &forms[0], data, len);
        CHECK_BYTES(out->b, expected.b, 32);
        CHECK_BYTES(end - len, data, len);
    }
}

static void takes_null_when_empty(void)
{
    struct hash32 expected;
    struct hash32 out;
    keccak256(&expected, "", 0);
    keccak256(&out, NULL, 0);
    CHECK_BYTES(out.b, expected.b, 32);
}

static void takes_any_alignment(void)
{
    uint8_t data[LEN_MAX];
    test_random_bytes(data, sizeof(data));
    uint8_t in[64 + LEN_MAX];
    uint8_t out[64 + 32];
    static const size_t lens[] = {0, 1, 20, 32, 64, 135, 136, 137, 300, LEN_MAX};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        struct hash32 expected;
        sponge(&expected, &forms[0], data, lens[i]);
        for (size_t offset = 0; offset < 64; offset++) {
            memset(out, 0xa5, sizeof(out));
            memcpy(in + offset, data, lens[i]);
            keccak256((struct hash32 *)(out + offset), in + offset, lens[i]);
            CHECK_BYTES(out + offset, expected.b, 32);
            for (size_t j = 0; j < sizeof(out); j++) {
                CHECK((j >= offset && j < offset + 32) || out[j] == 0xa5);
            }
        }
    }
}

/* The hash may be put anywhere over the data. */
static void takes_overlapping_output(void)
{
    uint8_t data[LEN_MAX];
    test_random_bytes(data, sizeof(data));
    static const size_t lens[] = {32, 33, 64, 135, 136, 168, 272, 300};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        struct hash32 expected;
        sponge(&expected, &forms[0], data, lens[i]);
        for (size_t offset = 0; offset + 32 <= lens[i]; offset++) {
            uint8_t both[LEN_MAX];
            memcpy(both, data, sizeof(both));
            keccak256((struct hash32 *)(both + offset), both, lens[i]);
            CHECK_BYTES(both + offset, expected.b, 32);
            CHECK_BYTES(both, data, offset);
            CHECK_BYTES(both + offset + 32, data + offset + 32, sizeof(both) - offset - 32);
        }
    }
}

/* The compiler's runtime has looked at the processor by the time main runs, in a static-pie program
 * too: what it says is what the kernel says. */
static void knows_the_processor(void)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (file == NULL) {
        (void)printf("skipped knows_the_processor: no /proc/cpuinfo\n");
        return;
    }
    static char line[8192];
    bool has_flags = false;
    bool has_avx512 = false;
    while (!has_flags && fgets(line, sizeof(line), file) != NULL) {
        has_flags = strncmp(line, "flags", 5) == 0;
        has_avx512 = has_flags && strstr(line, " avx512vl") != NULL;
    }
    (void)fclose(file);
    CHECK(!has_flags || has_avx512 == keccak_has_avx512());
}

static const struct test_case cases[] = {
    CASE(hashes_what_ethereum_knows),
    CASE(hashes_around_words_and_blocks),
    CASE(hashes_every_length),
    CASE(permutes_the_zero_state),
    CASE(forms_agree),
    CASE(reads_no_further_than_the_data),
    CASE(takes_null_when_empty),
    CASE(takes_any_alignment),
    CASE(takes_overlapping_output),
    CASE(knows_the_processor),
};

TEST_MAIN(cases)
