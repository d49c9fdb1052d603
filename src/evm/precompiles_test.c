/* Precompiles as the EVM sees them: where they are, in which forks, what they cost at the edges of
 * their formulas, which lengths of input they take and how much they give back. What they compute
 * is tested in crypto/; a vector or two here show that the right thing is wired to each. */

#include "evm/precompiles.h"

#include "tests/evm_fixture.h"

#define SCRATCH_BYTES ((size_t)16 << 20)
#define OUTPUT_BYTES  4096u

#define PLENTY INT64_C(1000000000)

enum {
    ECRECOVER = 1,
    SHA256,
    RIPEMD160,
    IDENTITY,
    MODEXP,
    BN254_ADD,
    BN254_MUL,
    BN254_PAIRING,
    BLAKE2F,
    KZG,
    G1ADD,
    G1MSM,
    G2ADD,
    G2MSM,
    PAIRING,
    MAP_FP,
    MAP_FP2,
    P256VERIFY = 0x100,
};

/* struct bench: where the precompiles run. */
struct bench {
    void *region;
    struct arena scratch;
    struct p256 *p256;
    uint8_t *output;             /* ends at an unreadable page */
    struct precompile_call call; /* the last one */
};

static struct bench bench;

static void bench_open(void)
{
    if (bench.region == NULL) {
        bench.region = test_region(SCRATCH_BYTES);
        arena_init(&bench.scratch, bench.region, SCRATCH_BYTES);
        bench.p256 = p256_new();
        bench.output = test_guarded(NULL, OUTPUT_BYTES);
        ASSERT(bench.p256 != NULL);
    }
}

/* run_at runs the precompile at an address; the scratch arena is left as it was. */
static enum precompile_result run_at(unsigned fork, unsigned at, struct bytes input, int64_t gas)
{
    bench_open();
    struct address address = test_address(at);
    precompile_fn *run = precompile_find(fork_rules((enum fork)fork), &address);
    ASSERT(run != NULL);
    bench.call = (struct precompile_call){
        .rules = fork_rules((enum fork)fork),
        .scratch = &bench.scratch,
        .p256 = bench.p256,
        .input = input,
        .gas_left = gas,
        .output = bench.output,
        .output_cap = OUTPUT_BYTES,
    };
    size_t used = bench.scratch.used;
    enum precompile_result result = run(&bench.call);
    if (bench.scratch.used != used || bench.call.output_len > OUTPUT_BYTES) {
        test_fail(__FILE__, __LINE__, "precompile 0x%x left something behind", at);
    }
    return result;
}

/* run_hex is run_at of input in hex, with gas to spare. */
static enum precompile_result run_hex(unsigned fork, unsigned at, const char *hex)
{
    static uint8_t input[2048];
    size_t len = test_hex(input, sizeof(input), hex);
    return run_at(fork, at, bytes_from(test_guarded(input, len), len), PLENTY);
}

static int64_t price_of_last(void)
{
    return PLENTY - bench.call.gas_left;
}

/* CHECK_OUTPUT compares the output of the last run. */
#define CHECK_OUTPUT(hex)                                      \
    do {                                                       \
        uint8_t want[256];                                     \
        size_t want_len = test_hex(want, sizeof(want), (hex)); \
        CHECK_EQ(bench.call.output_len, want_len);             \
        CHECK_BYTES(bench.call.output, want, want_len);        \
    } while (0)

/* CHECK_PRICE runs with plenty, with one unit less than the price, and, last, with just the price.
 */
#define CHECK_PRICE(fork, at, input, price)                                              \
    do {                                                                                 \
        enum precompile_result how = run_at((fork), (at), (input), PLENTY);              \
        CHECK_EQ(price_of_last(), (price));                                              \
        if ((price) > 0) {                                                               \
            CHECK_EQ(run_at((fork), (at), (input), (price) - 1), PRECOMPILE_OUT_OF_GAS); \
            CHECK_EQ(run_at((fork), (at), (input), 0), PRECOMPILE_OUT_OF_GAS);           \
        }                                                                                \
        CHECK_EQ(run_at((fork), (at), (input), (price)), how);                           \
        CHECK_EQ(bench.call.gas_left, 0);                                                \
    } while (0)

static struct bytes zeros(size_t len)
{
    static const uint8_t bytes[65536];
    ASSERT(len <= sizeof(bytes));
    return bytes_from(bytes, len);
}

/* ---- addresses ------------------------------------------------------------------------------- */

static enum fork first_fork(unsigned at)
{
    return at == 0               ? FORK_COUNT
           : at <= IDENTITY      ? FORK_FRONTIER
           : at <= BN254_PAIRING ? FORK_BYZANTIUM /* EIP-196, EIP-197, EIP-198 */
           : at == BLAKE2F       ? FORK_ISTANBUL  /* EIP-152 */
           : at == KZG           ? FORK_CANCUN    /* EIP-4844 */
           : at <= MAP_FP2       ? FORK_PRAGUE    /* EIP-2537 */
           : at == P256VERIFY    ? FORK_OSAKA     /* EIP-7951 */
                                 : FORK_COUNT;
}

static void addresses_are_active_from_their_fork(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        const struct fork_rules *rules = fork_rules((enum fork)fork);
        for (unsigned at = 0; at < 0x20000; at++) {
            struct address address = test_address(at);
            bool want = first_fork(at) <= fork;
            CHECK_EQ(precompile_find(rules, &address) != NULL, want);
            CHECK_EQ(evm_is_precompile(rules, &address), want);
        }
    }
}

/* A bit anywhere else makes it another address: 0x0100 is one, 0x10000 and 0x01...00 are none. */
static void other_bits_make_other_addresses(void)
{
    const struct fork_rules *rules = fork_rules(FORK_NEWEST);
    static const unsigned ats[] = {1, 4, 0x11, 0x100};
    for (size_t i = 0; i < sizeof(ats) / sizeof(ats[0]); i++) {
        for (unsigned bit = 0; bit < 18 * 8; bit++) {
            struct address address = test_address(ats[i]);
            CHECK(precompile_find(rules, &address) != NULL);
            address.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
            CHECK(precompile_find(rules, &address) == NULL);
        }
    }
}

/* ---- lengths --------------------------------------------------------------------------------- */

/* outcome_of_zeros: what a precompile makes of zeros, from its EIP: points at infinity, no rounds,
 * no signature. The output's length, or -1 for a failure. */
static int outcome_of_zeros(unsigned at, int len)
{
    switch (at) {
    case SHA256:
    case RIPEMD160:
        return 32;
    case IDENTITY:
        return len;
    case BN254_ADD:
    case BN254_MUL:
        return 64;
    case BN254_PAIRING:
        return len % 192 == 0 ? 32 : -1;
    case BLAKE2F:
        return len == 213 ? 64 : -1;
    case KZG:
        return -1; /* the versioned hash is not zero */
    case G1ADD:
        return len == 256 ? 128 : -1;
    case G1MSM:
        return len != 0 && len % 160 == 0 ? 128 : -1;
    case G2ADD:
        return len == 512 ? 256 : -1;
    case G2MSM:
        return len != 0 && len % 288 == 0 ? 256 : -1;
    case PAIRING:
        return len != 0 && len % 384 == 0 ? 32 : -1;
    case MAP_FP:
        return len == 64 ? 128 : -1;
    case MAP_FP2:
        return len == 128 ? 256 : -1;
    default: /* ECRECOVER, MODEXP, P256VERIFY: no output, no failure */
        return 0;
    }
}

static void every_length_of_input(void)
{
    enum { LEN_MAX = 600 };
    const uint8_t *end = test_guarded(NULL, LEN_MAX) + LEN_MAX;
    for (unsigned at = 1; at <= P256VERIFY; at++) {
        for (int len = 0; len <= LEN_MAX && first_fork(at) != FORK_COUNT; len++) {
            enum precompile_result result =
                run_at(FORK_NEWEST, at, bytes_from(end - len, (size_t)len), PLENTY);
            int want = outcome_of_zeros(at, len);
            if (result != (want < 0 ? PRECOMPILE_FAILED : PRECOMPILE_OK) ||
                (want >= 0 && bench.call.output_len != (size_t)want)) {
                test_fail(__FILE__, __LINE__, "precompile 0x%x, %d bytes: %d, %zu bytes", at, len,
                          (int)result, bench.call.output_len);
                return;
            }
        }
    }
}

/* ---- hashes and signatures ------------------------------------------------------------------- */

/* Yellow Paper, appendix E: a price for each started word. */
static void words_cost(void)
{
    static const size_t lens[] = {0, 1, 31, 32, 33, 63, 64, 65, 1000, 1024, 65536};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        int64_t words = ((int64_t)lens[i] + 31) / 32;
        for (unsigned fork = 0; fork < FORK_COUNT; fork += FORK_COUNT - 1) {
            CHECK_PRICE(fork, SHA256, zeros(lens[i]), 60 + 12 * words);
            CHECK_PRICE(fork, RIPEMD160, zeros(lens[i]), 600 + 120 * words);
            if (lens[i] <= OUTPUT_BYTES) {
                CHECK_PRICE(fork, IDENTITY, zeros(lens[i]), 15 + 3 * words);
            }
            CHECK_PRICE(fork, ECRECOVER, zeros(lens[i]), 3000);
        }
    }
}

static void hashes(void)
{
    CHECK_EQ(run_hex(FORK_FRONTIER, SHA256, "616263"), PRECOMPILE_OK); /* FIPS 180-4: "abc" */
    CHECK_OUTPUT("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_EQ(run_hex(FORK_FRONTIER, RIPEMD160, "616263"), PRECOMPILE_OK);
    CHECK_OUTPUT("0000000000000000000000008eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    CHECK_EQ(run_hex(FORK_FRONTIER, IDENTITY, "00ff00"), PRECOMPILE_OK);
    CHECK_OUTPUT("00ff00");
}

/* An output that does not fit is the machine's trouble, not the input's. */
static void identity_needs_room(void)
{
    CHECK_EQ(run_at(FORK_OSAKA, IDENTITY, zeros(OUTPUT_BYTES), PLENTY), PRECOMPILE_OK);
    CHECK_EQ(run_at(FORK_OSAKA, IDENTITY, zeros(OUTPUT_BYTES + 1), PLENTY), PRECOMPILE_ERROR);
}

#define RECOVER_HASH "456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3"
#define RECOVER_RS                                                     \
    "9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608" \
    "4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada"
#define RECOVER_ADDRESS "0000000000000000000000007156526fbd7a3c72969b54f64e42c10fbb768c8a"

static void ecrecover(void)
{
    static const struct {
        const char *v;
        bool recovers;
    } rows[] = {
        {"000000000000000000000000000000000000000000000000000000000000001c", true},
        {"000000000000000000000000000000000000000000000000000000000000001a", false}, /* 26 */
        {"000000000000000000000000000000000000000000000000000000000000001d", false}, /* 29 */
        {"0000000000000000000000000000000000000000000000000000000000000001", false},
        {"000000000000000000000000000000000000000000000001000000000000001c", false}, /* 2^64 + 28 */
        {"800000000000000000000000000000000000000000000000000000000000001c", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char hex[300];
        (void)snprintf(hex, sizeof(hex), "%s%s%s", RECOVER_HASH, rows[i].v, RECOVER_RS);
        CHECK_EQ(run_hex(FORK_FRONTIER, ECRECOVER, hex), PRECOMPILE_OK);
        CHECK_OUTPUT(rows[i].recovers ? RECOVER_ADDRESS : "");
        CHECK_EQ(price_of_last(), 3000);
        /* What follows is ignored; what is missing is zeros, here of s. */
        (void)snprintf(hex, sizeof(hex), "%s%s%sff", RECOVER_HASH, rows[i].v, RECOVER_RS);
        CHECK_EQ(run_hex(FORK_FRONTIER, ECRECOVER, hex), PRECOMPILE_OK);
        CHECK_OUTPUT(rows[i].recovers ? RECOVER_ADDRESS : "");
        hex[192] = '\0';
        CHECK_EQ(run_hex(FORK_FRONTIER, ECRECOVER, hex), PRECOMPILE_OK);
        CHECK_OUTPUT("");
    }
}

/* RFC 6979, A.2.5: the key, and the signature of "sample" with SHA-256. */
#define P256_INPUT                                                     \
    "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf" \
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" \
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" \
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" \
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

/* EIP-7951: 32 bytes of one when the signature is good, none when it is not; never a failure. */
static void p256verify(void)
{
    char hex[] = P256_INPUT "00";
    hex[320] = '\0';
    CHECK_EQ(run_hex(FORK_OSAKA, P256VERIFY, hex), PRECOMPILE_OK);
    CHECK_OUTPUT("0000000000000000000000000000000000000000000000000000000000000001");
    CHECK_EQ(price_of_last(), 6900);
    for (unsigned part = 0; part < 5; part++) {
        char *digit = &hex[64 * part + 63];
        char before = *digit;
        *digit = before == '0' ? '1' : '0';
        CHECK_EQ(run_hex(FORK_OSAKA, P256VERIFY, hex), PRECOMPILE_OK);
        CHECK_OUTPUT("");
        *digit = before;
    }
    hex[318] = '\0';
    CHECK_EQ(run_hex(FORK_OSAKA, P256VERIFY, hex), PRECOMPILE_OK);
    CHECK_OUTPUT("");
    CHECK_EQ(run_hex(FORK_OSAKA, P256VERIFY, P256_INPUT "00"), PRECOMPILE_OK);
    CHECK_OUTPUT("");
    for (size_t len = 159; len <= 161; len++) {
        CHECK_PRICE(FORK_OSAKA, P256VERIFY, zeros(len), 6900);
    }
}

/* EIP-152, "Test vectors": h, m and t are those of blake2b("abc"). */
#define BLAKE2F_H                                                      \
    "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5" \
    "d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"
#define ZEROS_15  "000000000000000000000000000000"
#define ZEROS_30  ZEROS_15 ZEROS_15
#define BLAKE2F_M "6162630000" ZEROS_30 ZEROS_30 ZEROS_30 ZEROS_30 "000000"
#define BLAKE2F_T "03000000000000000000000000000000"

static void blake2f(void)
{
    static const struct {
        const char *rounds;
        const char *final;
        const char *output; /* NULL: fails */
        int64_t gas;
    } vectors[] = {
        {"0000000c", "02", NULL, 12},
        {"00000000", "01",
         "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
         "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b",
         0},
        {"0000000c", "01",
         "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
         "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
         12},
        {"0000000c", "00",
         "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
         "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735",
         12},
        {"00000001", "01",
         "b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb"
         "a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421",
         1},
    };
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        char hex[500];
        uint8_t input[213];
        (void)snprintf(hex, sizeof(hex), "%s" BLAKE2F_H BLAKE2F_M BLAKE2F_T "%s", vectors[i].rounds,
                       vectors[i].final);
        CHECK_EQ(run_hex(FORK_ISTANBUL, BLAKE2F, hex),
                 vectors[i].output == NULL ? PRECOMPILE_FAILED : PRECOMPILE_OK);
        if (vectors[i].output != NULL) {
            CHECK_OUTPUT(vectors[i].output);
            (void)test_hex(input, sizeof(input), hex);
            CHECK_PRICE(FORK_ISTANBUL, BLAKE2F, bytes_from(input, sizeof(input)), vectors[i].gas);
        }
    }
    /* 2^32 - 1 rounds: the price is known before any is done. */
    uint8_t input[213] = {0xff, 0xff, 0xff, 0xff};
    CHECK_EQ(run_at(FORK_OSAKA, BLAKE2F, bytes_from(input, 213), 0xfffffffe),
             PRECOMPILE_OUT_OF_GAS);
    CHECK_EQ(run_at(FORK_OSAKA, BLAKE2F, bytes_from(input, 212), PLENTY), PRECOMPILE_FAILED);
    CHECK_EQ(run_at(FORK_OSAKA, BLAKE2F, zeros(214), PLENTY), PRECOMPILE_FAILED);
    CHECK_EQ(run_at(FORK_OSAKA, BLAKE2F, zeros(0), PLENTY), PRECOMPILE_FAILED);
}

/* ---- MODEXP ---------------------------------------------------------------------------------- */

#define ZEROS_32 ZEROS_30 "0000"
#define LEN_0    ZEROS_32
#define LEN_1    ZEROS_30 "0001"
#define LEN_2    ZEROS_30 "0002"
#define LEN_32   ZEROS_30 "0020"
/* The prime of secp256k1's field, and what is one less. */
#define FIELD_PRIME        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"
#define FIELD_PRIME_LESS_1 "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e"

/* EIP-198, "Examples", and their prices in EIP-2565 ("eip_example1", "eip_example2") and EIP-7883.
 */
static void modexp_examples(void)
{
    static const struct {
        const char *input;
        const char *output; /* NULL: out of gas */
        int64_t eip198;
        int64_t eip2565;
        int64_t eip7883;
    } rows[] = {
        {LEN_1 LEN_32 LEN_32 "03" FIELD_PRIME_LESS_1 FIELD_PRIME, ZEROS_30 "0001", 13056, 1360,
         4080},
        {LEN_0 LEN_32 LEN_32 FIELD_PRIME_LESS_1 FIELD_PRIME, ZEROS_32, 13056, 1360, 4080},
        {LEN_0 LEN_32 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
                      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd",
         NULL, 0, 0, 0},
        {LEN_1 LEN_2 LEN_32 "03ffff80" ZEROS_30 "0007",
         "3b01b01ac41f2d6e917c6d6a221ce793802469026d9ab7578fa2e79e4da6aaab", 768, 200, 500},
        {LEN_1 LEN_2 LEN_32 "03ffff80",
         "3b01b01ac41f2d6e917c6d6a221ce793802469026d9ab7578fa2e79e4da6aaab", 768, 200, 500},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t input[256];
        const struct bytes in = bytes_from(input, test_hex(input, sizeof(input), rows[i].input));
        for (unsigned fork = FORK_BYZANTIUM; fork < FORK_COUNT; fork++) {
            if (rows[i].output == NULL) {
                CHECK_EQ(run_at(fork, MODEXP, in, INT64_MAX),
                         fork >= FORK_OSAKA ? PRECOMPILE_FAILED : PRECOMPILE_OUT_OF_GAS);
                continue;
            }
            int64_t price = fork >= FORK_OSAKA    ? rows[i].eip7883
                            : fork >= FORK_BERLIN ? rows[i].eip2565
                                                  : rows[i].eip198;
            CHECK_PRICE(fork, MODEXP, in, price);
            CHECK_EQ(run_at(fork, MODEXP, in, PLENTY), PRECOMPILE_OK);
            CHECK_OUTPUT(rows[i].output);
        }
    }
}

/* struct lengths: a header, the number of bytes that are one at the exponent's front, and the
 * prices. */
struct lengths {
    uint32_t base;
    uint32_t exponent;
    uint32_t modulus;
    const char *head; /* the exponent's first bytes */
    int64_t eip198;
    int64_t eip2565;
    int64_t eip7883; /* negative: longer than EIP-7823 allows */
};

/* The tables of EIP-2565 and EIP-7883 ("nagydani"), which depend on the lengths alone, and the
 * edges of each formula: 32, 64, 1,024 bytes; an exponent of 32 bytes and more; no bits in its
 * head. */
static const struct lengths lengths_rows[] = {
    {64, 1, 64, "02", 204, 200, 500},
    {64, 1, 64, "03", 204, 200, 500},
    {64, 3, 64, "010001", 3276, 341, 2048},
    {128, 1, 128, "02", 665, 200, 512},
    {128, 1, 128, "03", 665, 200, 512},
    {128, 3, 128, "010001", 10649, 1365, 8192},
    {256, 1, 256, "02", 1894, 341, 2048},
    {256, 1, 256, "03", 1894, 341, 2048},
    {256, 3, 256, "010001", 30310, 5461, 32768},
    {512, 1, 512, "02", 5580, 1365, 8192},
    {512, 1, 512, "03", 5580, 1365, 8192},
    {512, 3, 512, "010001", 89292, 21845, 131072},
    {1024, 1, 1024, "02", 17868, 5461, 32768},
    {1024, 1, 1024, "03", 17868, 5461, 32768},
    {1024, 3, 1024, "010001", 285900, 87381, 524288},
    {0, 0, 0, "", 0, 200, 500},
    {1, 0, 0, "", 0, 200, 500},
    {0, 1, 0, "ff", 0, 200, 500},
    {32, 0, 0, "", 51, 200, 500}, /* 32^2 / 20 */
    {33, 0, 0, "", 54, 200, 500}, /* 33^2 / 20 */
    {64, 0, 1, "", 204, 200, 500},
    {65, 0, 1, "", 211, 200, 500}, /* (65^2 / 4 + 96 65 - 3072) / 20 */
    {1, 0, 1024, "", 17868, 5461, 32768},
    {1, 0, 1025, "", 17899, 5547, -1}, /* (1025^2 / 16 + 480 1025 - 199680) / 20 */
    {1025, 0, 1, "", 17899, 5547, -1},
    {1, 32, 1, "00", 0, 200, 500},
    {1, 32, 32, "00", 51, 200, 500},      /* one is the least iteration count */
    {1, 32, 32, "80", 13056, 1360, 4080}, /* 255 iterations */
    {1, 33, 32, "80", 13465, 1402, 4336}, /* and 8, 16 with EIP-7883 */
    {1, 33, 32, "00", 409, 200, 500},     /* 8 alone; 16 * 16 = 256 */
    {1, 64, 32, "00", 13107, 1365, 8192}, /* 256; 512 */
    {1, 1024, 8, "80", 26211, 2730, 258032},
    {1, 1025, 8, "80", 26236, 2733, -1},
    {0, 1025, 0, "80", 0, 200, -1},
    {40, 1, 24, "01", 80, 200, 500}, /* the longer one counts: 1600 / 20 */
    {24, 1, 40, "01", 80, 200, 500},
    {33, 4, 33, "80000000", 1687, 258, 2 * 25 * 31},
    {32, 4, 32, "80000000", 1587, 200, 500},
};

static void modexp_prices(void)
{
    static uint8_t input[96 + 3 * 1100];
    for (size_t i = 0; i < sizeof(lengths_rows) / sizeof(lengths_rows[0]); i++) {
        const struct lengths *l = &lengths_rows[i];
        memset(input, 0, sizeof(input));
        store_be32(input + 28, l->base);
        store_be32(input + 60, l->exponent);
        store_be32(input + 92, l->modulus);
        (void)test_hex(input + 96 + l->base, 4, l->head);
        const struct bytes in = bytes_from(input, (size_t)96 + l->base + l->exponent + l->modulus);
        for (unsigned fork = FORK_BYZANTIUM; fork < FORK_COUNT; fork++) {
            if (fork >= FORK_OSAKA && l->eip7883 < 0) {
                CHECK_EQ(run_at(fork, MODEXP, in, PLENTY), PRECOMPILE_FAILED);
                continue;
            }
            int64_t price = fork >= FORK_OSAKA    ? l->eip7883
                            : fork >= FORK_BERLIN ? l->eip2565
                                                  : l->eip198;
            CHECK_EQ(run_at(fork, MODEXP, in, PLENTY), PRECOMPILE_OK);
            if (price_of_last() != price) {
                test_fail(__FILE__, __LINE__, "row %zu, %s: %lld", i, fork_name((enum fork)fork),
                          (long long)price_of_last());
                return;
            }
            CHECK_EQ(bench.call.output_len, l->modulus);
            CHECK_PRICE(fork, MODEXP, in, price);
        }
    }
}

/* Lengths of 2^32, 2^64, 2^255 and their like: no gas pays for a base or a modulus of that length,
 * nor, with either of them, for an exponent. Osaka refuses them whatever the gas (EIP-7823). */
static void modexp_of_huge_lengths(void)
{
    for (unsigned which = 0; which < 3; which++) {
        for (unsigned bit = 32; bit < 256; bit++) {
            for (unsigned low = 0; low < 2; low++) {
                uint8_t input[99] = {[31] = 1, [63] = 1, [95] = 1, [96] = 2, [97] = 3, [98] = 5};
                input[32 * which + 31] = (uint8_t)low;
                input[32 * which + 31 - bit / 8] |= (uint8_t)(1u << bit % 8);
                for (unsigned fork = FORK_BYZANTIUM; fork < FORK_COUNT; fork++) {
                    CHECK_EQ(run_at(fork, MODEXP, bytes_from(input, sizeof(input)), PLENTY),
                             fork >= FORK_OSAKA ? PRECOMPILE_FAILED : PRECOMPILE_OUT_OF_GAS);
                }
            }
        }
    }
    /* Without base and modulus there is nothing to compute, and the exponent's length is free. */
    for (unsigned bit = 32; bit < 256; bit++) {
        uint8_t input[96] = {0};
        input[63 - bit / 8] = (uint8_t)(1u << bit % 8);
        for (unsigned fork = FORK_BYZANTIUM; fork < FORK_OSAKA; fork++) {
            CHECK_EQ(run_at(fork, MODEXP, bytes_from(input, sizeof(input)), PLENTY), PRECOMPILE_OK);
            CHECK_EQ(bench.call.output_len, 0);
            CHECK_EQ(price_of_last(), fork >= FORK_BERLIN ? 200 : 0);
        }
    }
}

/* With 64 bits of gas a long base, or exponent, over a modulus of a byte can be paid for up to
 * lengths far over what a machine holds: one unit below its price it is out of gas, however long it
 * is. */
static void modexp_is_out_of_gas_below_its_price(void)
{
    const int64_t most = INT64_C(1) << 62;
    for (unsigned bit = 11; bit < 256; bit++) {
        uint8_t long_base[96] = {[95] = 1};
        uint8_t long_exponent[96] = {[95] = 1};
        long_base[31 - bit / 8] = (uint8_t)(1u << bit % 8);
        long_exponent[63 - bit / 8] = (uint8_t)(1u << bit % 8);
        u128 x = (u128)1 << (bit < 60 ? bit : 60);
        u128 y = (u128)1 << (bit < 80 ? bit : 80);
        for (unsigned fork = FORK_BYZANTIUM; fork < FORK_OSAKA; fork++) {
            bool has_eip2565 = fork >= FORK_BERLIN;
            u128 price = has_eip2565 ? x / 8 * (x / 8) / 3 : (x * x / 16 + 480 * x - 199680) / 20;
            int64_t gas = price > most ? most : (int64_t)price - 1;
            CHECK_EQ(run_at(fork, MODEXP, bytes_from(long_base, 96), gas), PRECOMPILE_OUT_OF_GAS);
            price = (y - 32) * 8 / (has_eip2565 ? 3 : 20);
            gas = price > most ? most : (int64_t)price - 1;
            CHECK_EQ(run_at(fork, MODEXP, bytes_from(long_exponent, 96), gas),
                     PRECOMPILE_OUT_OF_GAS);
        }
    }
}

/* A scratch arena that is full is an operating error. The base is not all there, so it is copied.
 */
static void modexp_needs_scratch(void)
{
    uint8_t input[97] = {[30] = 4, [63] = 1, [94] = 4};
    bench_open();
    struct arena whole = bench.scratch;
    bench.scratch.cap = 512;
    enum precompile_result result = run_at(FORK_OSAKA, MODEXP, bytes_from(input, 97), PLENTY);
    bench.scratch.cap = whole.cap;
    CHECK_EQ(result, PRECOMPILE_ERROR);
    CHECK_EQ(run_at(FORK_OSAKA, MODEXP, bytes_from(input, 97), PLENTY), PRECOMPILE_OK);
    CHECK_EQ(bench.call.output_len, 1024);
}

/* ---- bn254 ----------------------------------------------------------------------------------- */

static void bn254_costs(void)
{
    for (unsigned fork = FORK_BYZANTIUM; fork < FORK_COUNT; fork++) {
        bool has_eip1108 = fork >= FORK_ISTANBUL;
        CHECK_PRICE(fork, BN254_ADD, zeros(128), has_eip1108 ? 150 : 500);
        CHECK_PRICE(fork, BN254_MUL, zeros(96), has_eip1108 ? 6000 : 40000);
        for (unsigned pairs = 0; pairs <= 4; pairs++) {
            int64_t price =
                has_eip1108 ? 45000 + 34000 * (int64_t)pairs : 100000 + 80000 * (int64_t)pairs;
            CHECK_PRICE(fork, BN254_PAIRING, zeros((size_t)192 * pairs), price);
            CHECK_OUTPUT(ZEROS_30 "0001");
            /* Whole pairs are what is paid for, even where the length is wrong. */
            CHECK_EQ(run_at(fork, BN254_PAIRING, zeros((size_t)192 * pairs + 191), PLENTY),
                     PRECOMPILE_FAILED);
            CHECK_EQ(price_of_last(), price);
        }
    }
}

/* Twice the base point (1, 2), by addition and by multiplication; what is missing is zeros. */
#define BN254_G ZEROS_30 "0001" ZEROS_30 "0002"
#define BN254_2G                                                       \
    "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3" \
    "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4"

static void bn254_points(void)
{
    CHECK_EQ(run_hex(FORK_OSAKA, BN254_ADD, BN254_G BN254_G), PRECOMPILE_OK);
    CHECK_OUTPUT(BN254_2G);
    CHECK_EQ(run_hex(FORK_OSAKA, BN254_ADD, BN254_G), PRECOMPILE_OK);
    CHECK_OUTPUT(BN254_G);
    CHECK_EQ(run_hex(FORK_OSAKA, BN254_ADD, BN254_G BN254_G "ff"), PRECOMPILE_OK);
    CHECK_OUTPUT(BN254_2G);
    CHECK_EQ(run_hex(FORK_OSAKA, BN254_MUL, BN254_G ZEROS_30 "0002"), PRECOMPILE_OK);
    CHECK_OUTPUT(BN254_2G);
    CHECK_EQ(run_hex(FORK_OSAKA, BN254_MUL, BN254_G), PRECOMPILE_OK);
    CHECK_OUTPUT(ZEROS_32 ZEROS_32);
    /* (1, 1) is not on the curve. */
    CHECK_EQ(run_hex(FORK_OSAKA, BN254_ADD, ZEROS_30 "0001" ZEROS_30 "0001"), PRECOMPILE_FAILED);
    CHECK_EQ(run_hex(FORK_OSAKA, BN254_MUL, ZEROS_30 "0001" ZEROS_30 "0001"), PRECOMPILE_FAILED);
    CHECK_EQ(run_hex(FORK_OSAKA, BN254_PAIRING,
                     ZEROS_30 "0001" ZEROS_30 "0001" ZEROS_32 ZEROS_32 ZEROS_32 ZEROS_32),
             PRECOMPILE_FAILED);
}

/* e(P, Q) alone is not one: a zero word, and no failure. Q is the base point of G2 (EIP-197). */
static void bn254_pairing_that_is_not_one(void)
{
    CHECK_EQ(run_hex(FORK_OSAKA, BN254_PAIRING,
                     BN254_G "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                             "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                             "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                             "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"),
             PRECOMPILE_OK);
    CHECK_OUTPUT(ZEROS_32);
}

/* ---- BLS12-381 and KZG ----------------------------------------------------------------------- */

/* EIP-2537, "Gas schedule". */
static void bls12_costs(void)
{
    CHECK_PRICE(FORK_PRAGUE, G1ADD, zeros(256), 375);
    CHECK_PRICE(FORK_PRAGUE, G2ADD, zeros(512), 600);
    CHECK_PRICE(FORK_PRAGUE, MAP_FP, zeros(64), 5500);
    CHECK_PRICE(FORK_PRAGUE, MAP_FP2, zeros(128), 23800);
    for (int64_t pairs = 1; pairs <= 4; pairs++) {
        CHECK_PRICE(FORK_PRAGUE, PAIRING, zeros((size_t)pairs * 384), 37700 + 32600 * pairs);
        CHECK_OUTPUT(ZEROS_30 "0001");
    }
    /* Nothing to pair, or half a pair, is a failure that has been paid for. */
    CHECK_EQ(run_at(FORK_PRAGUE, PAIRING, zeros(0), PLENTY), PRECOMPILE_FAILED);
    CHECK_EQ(price_of_last(), 37700);
    CHECK_EQ(run_at(FORK_PRAGUE, PAIRING, zeros(383), PLENTY), PRECOMPILE_FAILED);
}

/* k products cost k 12,000 (22,500) times a discount in thousandths, which does not change after
 * 128. */
static void bls12_msm_discounts(void)
{
    static const struct {
        int64_t count;
        int64_t g1;
        int64_t g2;
    } rows[] = {
        {1, 1000, 1000}, {2, 949, 1000},  {3, 848, 923},   {4, 797, 884},   {5, 764, 855},
        {10, 712, 770},  {127, 520, 524}, {128, 519, 524}, {129, 519, 524}, {200, 519, 524},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t k = rows[i].count;
        CHECK_PRICE(FORK_PRAGUE, G1MSM, zeros((size_t)k * 160), k * 12000 * rows[i].g1 / 1000);
        CHECK_PRICE(FORK_PRAGUE, G2MSM, zeros((size_t)k * 288), k * 22500 * rows[i].g2 / 1000);
    }
    /* More products never cost less, and each one less than the one before. */
    int64_t before[2] = {0, 0};
    int64_t step_before[2] = {INT64_MAX, INT64_MAX};
    for (size_t k = 1; k <= 130; k++) {
        for (unsigned g = 0; g < 2; g++) {
            enum precompile_result result = run_at(FORK_PRAGUE, g == 0 ? G1MSM : G2MSM,
                                                   zeros(k * (g == 0 ? 160 : 288)), PLENTY);
            CHECK_EQ(result, PRECOMPILE_OK);
            int64_t step = price_of_last() / (int64_t)k;
            CHECK(price_of_last() > before[g]);
            CHECK(step <= step_before[g]);
            before[g] = price_of_last();
            step_before[g] = step;
        }
    }
    /* No products are a failure that costs nothing. */
    CHECK_EQ(run_at(FORK_PRAGUE, G1MSM, zeros(0), PLENTY), PRECOMPILE_FAILED);
    CHECK_EQ(price_of_last(), 0);
    CHECK_EQ(run_at(FORK_PRAGUE, G2MSM, zeros(0), PLENTY), PRECOMPILE_FAILED);
    CHECK_EQ(price_of_last(), 0);
    CHECK_EQ(run_at(FORK_PRAGUE, G1MSM, zeros(161), PLENTY), PRECOMPILE_FAILED);
    CHECK_EQ(price_of_last(), 12000);
}

static void bls12_msm_needs_scratch(void)
{
    uint8_t input[160 * 8] = {0};
    bench_open();
    size_t cap = bench.scratch.cap;
    /* Eight times the base point: blst works in the arena when there is something to add up. */
    for (size_t i = 0; i < 8; i++) {
        (void)test_hex(input + 160 * i, 160,
                       ZEROS_15 "0017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171b"
                                "ac586c55e83ff97a1aeffb3af00adb22c6bb" ZEROS_15
                                "0008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04"
                                "b3edd03cc744a2888ae40caa232946c5e7e1" ZEROS_30 "0003");
    }
    bench.scratch.cap = 64;
    enum precompile_result result =
        run_at(FORK_PRAGUE, G1MSM, bytes_from(input, sizeof(input)), PLENTY);
    bench.scratch.cap = cap;
    CHECK_EQ(result, PRECOMPILE_ERROR);
    CHECK_EQ(run_at(FORK_PRAGUE, G1MSM, bytes_from(input, sizeof(input)), PLENTY), PRECOMPILE_OK);
    CHECK_EQ(bench.call.output_len, 128);
}

/* EIP-4844: the commitment to the zero polynomial is the point at infinity, which has the value 0
 * everywhere, and infinity is the proof of that. */
#define INFINITY_48             "c00000" ZEROS_30 ZEROS_15
#define INFINITY_VERSIONED_HASH "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014"

static void kzg_point_evaluation(void)
{
    char hex[] = INFINITY_VERSIONED_HASH ZEROS_30 "0005" ZEROS_32 INFINITY_48 INFINITY_48;
    CHECK_EQ(run_hex(FORK_CANCUN, KZG, hex), PRECOMPILE_OK);
    CHECK_OUTPUT(ZEROS_30 "1000"
                          "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
    CHECK_EQ(price_of_last(), 50000);
    uint8_t input[192];
    (void)test_hex(input, sizeof(input), hex);
    CHECK_PRICE(FORK_CANCUN, KZG, bytes_from(input, sizeof(input)), 50000);
    CHECK_EQ(run_at(FORK_CANCUN, KZG, bytes_from(input, 191), PLENTY), PRECOMPILE_FAILED);
    /* Each part matters: the version, the hash, y, commitment, proof; z = 5 does not. */
    static const size_t ats[] = {0, 31, 95, 96, 144};
    for (size_t i = 0; i < sizeof(ats) / sizeof(ats[0]); i++) {
        input[ats[i]] ^= 1;
        CHECK_EQ(run_at(FORK_CANCUN, KZG, bytes_from(input, sizeof(input)), PLENTY),
                 PRECOMPILE_FAILED);
        input[ats[i]] ^= 1;
    }
    input[63] ^= 1;
    CHECK_EQ(run_at(FORK_CANCUN, KZG, bytes_from(input, sizeof(input)), PLENTY), PRECOMPILE_OK);
}

/* ---- from a contract ------------------------------------------------------------------------- */

/* A precompile that fails takes the gas it was given, and there is no output; one that succeeds
 * takes its price. Value reaches it as it does any account, unless it fails. */
static void failure_takes_the_gas_of_the_call(void)
{
    static struct world w;
    RUN_CODE(&w, FORK_OSAKA,
             "0 0 212 0 5 9 50000 CALL 0 MSTORE RETURNDATASIZE 32 MSTORE 64 0 RETURN");
    CHECK_EQ(world_number(&w), 0);
    CHECK_EQ(world_word_at(&w, 1).w[0], 0);
    world_reset(&w, FORK_OSAKA);
    world_contract(
        &w, CONTRACT, 100,
        "0 0 212 0 5 9 50000 CALL 0 MSTORE 0 0 213 0 6 9 50000 CALL 32 MSTORE 64 0 RETURN");
    RUN(&w);
    CHECK_EQ(world_number(&w), 0);
    CHECK_EQ(world_word_at(&w, 1).w[0], 1);
    CHECK_EQ(world_account(&w, 9)->balance.w[0], 6);
    /* 9000 and a new account for each (EIP-161: the first one failed, so it is none yet); the
     * stipend goes with the failure, and comes back from the success, which costs no rounds. */
    CHECK_EQ(world_used(&w), 2 * (21 + 100 + 9000 + 25000) + 50000 - 2300 + 3 * 7 + 6 + 6 + 6);
}

static const struct test_case cases[] = {
    CASE(addresses_are_active_from_their_fork),
    CASE(other_bits_make_other_addresses),
    CASE(every_length_of_input),
    CASE(words_cost),
    CASE(hashes),
    CASE(identity_needs_room),
    CASE(ecrecover),
    CASE(p256verify),
    CASE(blake2f),
    CASE(modexp_examples),
    CASE(modexp_prices),
    CASE(modexp_of_huge_lengths),
    CASE(modexp_is_out_of_gas_below_its_price),
    CASE(modexp_needs_scratch),
    CASE(bn254_costs),
    CASE(bn254_points),
    CASE(bn254_pairing_that_is_not_one),
    CASE(bls12_costs),
    CASE(bls12_msm_discounts),
    CASE(bls12_msm_needs_scratch),
    CASE(kzg_point_evaluation),
    CASE(failure_takes_the_gas_of_the_call),
};

TEST_MAIN(cases)
