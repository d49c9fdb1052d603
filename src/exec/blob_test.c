/* Blob gas: which fork and schedule a name stands for, the price of blob gas and the excess,
 * against values of EIP-4844's fake_exponential and EIP-7918's calc_excess_blob_gas computed with
 * integers that have no end. */

#include "exec/blob.h"

#include "tests/test.h"

/* EIP-7840's values of mainnet: what EIP-4844, EIP-7691 and EIP-7892's forks say. Zero: no blobs
 * yet. */
static void names_stand_for_schedules(void)
{
    static const struct {
        const char *name;
        enum fork fork;
        uint64_t target;
        uint64_t max;
        uint64_t fraction;
    } rows[] = {
        {"Frontier", FORK_FRONTIER, 0, 0, 0},
        {"Shanghai", FORK_SHANGHAI, 0, 0, 0},
        {"Cancun", FORK_CANCUN, 3, 6, 3338477},
        {"Prague", FORK_PRAGUE, 6, 9, 5007716},
        {"Osaka", FORK_OSAKA, 6, 9, 5007716},
        {"BPO1", FORK_OSAKA, 10, 15, 8346193},
        {"BPO2", FORK_OSAKA, 14, 21, 11684671},
        /* without regard to case, and by the forks' other names */
        {"cancun", FORK_CANCUN, 3, 6, 3338477},
        {"bpo1", FORK_OSAKA, 10, 15, 8346193},
        {"Merge", FORK_PARIS, 0, 0, 0},
        {"ConstantinopleFix", FORK_PETERSBURG, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum fork fork = FORK_COUNT;
        struct blob_schedule schedule = {99, 99, 99};
        CHECK(blob_fork_from_name(&fork, &schedule, rows[i].name));
        CHECK_EQ(fork, rows[i].fork);
        CHECK_EQ(schedule.target, rows[i].target);
        CHECK_EQ(schedule.max, rows[i].max);
        CHECK_EQ(schedule.base_fee_update_fraction, rows[i].fraction);
    }
}

static void other_names_are_unknown(void)
{
    static const char *const names[] = {"",        "BPO",    "BPO0",  "BPO9",
                                        "Cancun ", "Osaka1", "Cancu", "CancunToPragueAtTime15k"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        enum fork fork;
        struct blob_schedule schedule;
        CHECK(!blob_fork_from_name(&fork, &schedule, names[i]));
    }
}

static void valid_schedules(void)
{
    static const struct {
        struct blob_schedule schedule;
        bool is_valid;
    } rows[] = {
        {{3, 6, 1}, true},  {{6, 6, 1}, true},  {{0, 0, 1}, true},
        {{7, 6, 1}, false}, {{3, 6, 0}, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_EQ(blob_schedule_is_valid(&rows[i].schedule), rows[i].is_valid);
    }
    for (size_t i = 0; i < BLOB_SCHEDULE_COUNT; i++) {
        CHECK(blob_schedule_is_valid(&blob_schedules[i]));
    }
}

struct price {
    uint64_t excess;
    uint64_t fraction;
    const char *wei; /* 32 bytes in hex */
};

static void check_prices(const struct price *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t wanted[32];
        uint8_t got[32];
        (void)test_hex(wanted, sizeof(wanted), rows[i].wei);
        const struct u256 price = blob_base_fee(rows[i].excess, rows[i].fraction);
        u256_store_be(got, &price);
        if (memcmp(got, wanted, 32) != 0) {
            test_fail(__FILE__, __LINE__, "excess %llu, fraction %llu",
                      (unsigned long long)rows[i].excess, (unsigned long long)rows[i].fraction);
            return;
        }
    }
}

/* The price is 1 up to the excess that makes it 2, and so on; with each schedule's fraction. */
static void prices(void)
{
    static const struct price rows[] = {
        {0, 3338477, "0000000000000000000000000000000000000000000000000000000000000001"},
        {1, 3338477, "0000000000000000000000000000000000000000000000000000000000000001"},
        {131072, 3338477, "0000000000000000000000000000000000000000000000000000000000000001"},
        {2314057, 3338477, "0000000000000000000000000000000000000000000000000000000000000001"},
        {2314058, 3338477, "0000000000000000000000000000000000000000000000000000000000000002"},
        {10485760, 3338477, "0000000000000000000000000000000000000000000000000000000000000017"},
        {69184146, 3338477, "000000000000000000000000000000000000000000000000000000003b9ac992"},
        {69184147, 3338477, "000000000000000000000000000000000000000000000000000000003b9acabe"},
        {148099578, 3338477, "000000000000000000000000000000000000000000000000fffffb9a532776f9"},
        {148099579, 3338477, "000000000000000000000000000000000000000000000001000000a04d7c5166"},
        {296199158, 3338477, "0000000000000000000000000000000100000142caba9eb0bb6827e721254804"},
        {444298737, 3338477, "0000000000000001000001e447bd2a3ff27652298b0aafc83f00854bd941895b"},
        {0, 5007716, "0000000000000000000000000000000000000000000000000000000000000001"},
        {1, 5007716, "0000000000000000000000000000000000000000000000000000000000000001"},
        {131072, 5007716, "0000000000000000000000000000000000000000000000000000000000000001"},
        {3471086, 5007716, "0000000000000000000000000000000000000000000000000000000000000001"},
        {3471087, 5007716, "0000000000000000000000000000000000000000000000000000000000000002"},
        {10485760, 5007716, "0000000000000000000000000000000000000000000000000000000000000008"},
        {103776229, 5007716, "000000000000000000000000000000000000000000000000000000003b9ac94b"},
        {103776230, 5007716, "000000000000000000000000000000000000000000000000000000003b9aca12"},
        {222149390, 5007716, "000000000000000000000000000000000000000000000000fffffe59968104b1"},
        {222149391, 5007716, "000000000000000000000000000000000000000000000001000001b2e814a8e1"},
        {444298781, 5007716, "000000000000000000000000000000010000000cbdb87ff85ab66dbce07f2db8"},
        {666448172, 5007716, "0000000000000001000001c02c2a629abc05413507ec900a751daf08ed98578f"},
        {0, 8346193, "0000000000000000000000000000000000000000000000000000000000000001"},
        {1, 8346193, "0000000000000000000000000000000000000000000000000000000000000001"},
        {131072, 8346193, "0000000000000000000000000000000000000000000000000000000000000001"},
        {5785141, 8346193, "0000000000000000000000000000000000000000000000000000000000000001"},
        {5785142, 8346193, "0000000000000000000000000000000000000000000000000000000000000002"},
        {10485760, 8346193, "0000000000000000000000000000000000000000000000000000000000000003"},
        {172960376, 8346193, "000000000000000000000000000000000000000000000000000000003b9ac9df"},
        {172960377, 8346193, "000000000000000000000000000000000000000000000000000000003b9aca57"},
        {370248969, 8346193, "000000000000000000000000000000000000000000000000ffffff42b6598008"},
        {370248970, 8346193, "00000000000000000000000000000000000000000000000100000145a208d9f0"},
        {740497939, 8346193, "0000000000000000000000000000000100000088e4e785192a8bb192cd717b83"},
        {1110746909, 8346193, "0000000000000001000001ce9d9856b6fe9af6f963a94a5de317c2be905c765d"},
        {0, 11684671, "0000000000000000000000000000000000000000000000000000000000000001"},
        {1, 11684671, "0000000000000000000000000000000000000000000000000000000000000001"},
        {131072, 11684671, "0000000000000000000000000000000000000000000000000000000000000001"},
        {8099198, 11684671, "0000000000000000000000000000000000000000000000000000000000000001"},
        {8099199, 11684671, "0000000000000000000000000000000000000000000000000000000000000002"},
        {10485760, 11684671, "0000000000000000000000000000000000000000000000000000000000000002"},
        {242144543, 11684671, "000000000000000000000000000000000000000000000000000000003b9ac9e1"},
        {242144544, 11684671, "000000000000000000000000000000000000000000000000000000003b9aca37"},
        {518348592, 11684671, "000000000000000000000000000000000000000000000000ffffff222ad1ef91"},
        {518348593, 11684671, "0000000000000000000000000000000000000000000000010000009196e9950e"},
        {1036697186, 11684671, "0000000000000000000000000000000100000123d873836112cd932773772847"},
        {1555045778, 11684671, "0000000000000001000000464929c2ec3118e0d6e07081f8c8f1c025f6d337f5"},
        {1, 1, "0000000000000000000000000000000000000000000000000000000000000002"},
        {2, 1, "0000000000000000000000000000000000000000000000000000000000000006"},
        {50, 1, "0000000000000000000000000000000000000000000001190ef40e3896f96721"},
        {100, 1, "0000000000000000000000000001349458cb93d8c196eac8ec28b17cf9e521bf"},
        {UINT64_C(9223372036854775808), 4611686018427387904,
         "0000000000000000000000000000000000000000000000000000000000000007"},
        {UINT64_C(18446744073709551615), 1152921504606846976,
         "000000000000000000000000000000000000000000000000000000000087975e"},
        {0, 1, "0000000000000000000000000000000000000000000000000000000000000001"},
    };
    check_prices(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Up to the greatest excess whose price is below 2^256, it is exact. */
static void great_prices(void)
{
    static const struct price rows[] = {
        {490579856, 3338477, "00000000001000004ea5d9e840f6e335480d383ce98587898704f0b48c6542df"},
        {555373421, 3338477, "00010000011bc2e98af47875bb3038d24b9b94dfe2f7fca3debd6f6d7f0b5449"},
        {592398315, 3338477, "fffffd7f37d871923e777c8e1698f4a355b593742cb7f676ce08cf31f51e8874"},
        {735869857, 5007716, "0000000000100000354307df6fc9f5cda055d59c7dd8e85c5e9c2ef731ee8e77"},
        {833060215, 5007716, "0001000002303e7afda59a0a6ab42ff14bf4f2c9344f38b6e4fe9817fa02ca36"},
        {888597561, 5007716, "fffffcc01cea17a7237cdea6c0e070e808cfb1c2998b719689eb66dc07ca0943"},
        {1226449712, 8346193, "00000000001000001f41a753cdbd9e02eecb5e7feb40c5fa2379b63ed171d147"},
        {1388433636, 8346193, "0001000001c1a6d3e9a2199a09d8cffc479e14937dbe464f047a9ad95f78fe12"},
        {1480995877, 8346193, "ffffff0f2cea9e7de19d0c779e9ff35dfd67e3ac74c0610ea2ce3d789064b557"},
        {1717029713, 11684671, "0000000000100000001063a86dd2c68c35f8fbcf5f4fff161a12dac904be9d7d"},
        {1943807223, 11684671, "00010000010fa64778bd630059ed56f949e5ee3e5cf38cad718f29624fabb2da"},
        {2073394370, 11684671, "ffffff68aedcb5c60ec93259a66d79a67a8e174a0aff2c8329a805404a91f253"},
        {177, 1, "a3ef3f14b98c47625f22f1693ec89c27052649a6d9530006ce9c8bca6b7b6379"},
    };
    check_prices(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Beyond, it is the greatest number, for any excess: no header makes this run long or wrap. */
static void prices_beyond_the_range(void)
{
    static const struct {
        uint64_t excess;
        uint64_t fraction;
    } rows[] = {
        {592398316, 3338477},
        {888597562, 5007716},
        {1480995878, 8346193},
        {2073394371, 11684671},
        {178, 1},
        {UINT64_MAX, 3338477},
        {UINT64_MAX, 1},
        {UINT64_MAX, 11684671},
        {1000, 1},
    };
    const struct u256 most = U256_MAX;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct u256 price = blob_base_fee(rows[i].excess, rows[i].fraction);
        CHECK_BYTES(&price, &most, sizeof(most));
    }
}

/* More excess never costs less. */
static void prices_rise(void)
{
    struct u256 last = U256_ZERO;
    for (uint64_t excess = 0; excess < 700000000; excess += 1234567) {
        const struct u256 price = blob_base_fee(excess, 3338477);
        CHECK(!u256_lt(&price, &last));
        last = price;
    }
}

/* Below the target the excess is 0; at it and above, the target is taken off, or, from Osaka on and
 * where a blob costs less than EIP-7918's reserve, a part of what was used stays: with each
 * schedule, at the target, and around the base fee at which the two prices meet. */
static void excess_follows_the_parent(void)
{
    static const struct {
        enum blob_schedule_id id;
        bool has_eip7918;
        uint64_t parent_excess;
        uint64_t parent_used;
        uint64_t base_fee;
        uint64_t excess;
    } rows[] = {
        {BLOB_CANCUN, false, 0, 0, 7, 0},
        {BLOB_CANCUN, false, 0, 393215, 1000000000, 0},
        {BLOB_CANCUN, false, 0, 393216, 1000000000, 0},
        {BLOB_CANCUN, false, 3932160, 786432, 1000000000, 4325376},
        {BLOB_CANCUN, false, 123456789, 262144, 1, 123325717},
        {BLOB_CANCUN, false, 35460344, 655360, 656241, 35722488},
        {BLOB_PRAGUE, false, 0, 0, 7, 0},
        {BLOB_PRAGUE, false, 0, 786431, 1000000000, 0},
        {BLOB_PRAGUE, false, 0, 786432, 1000000000, 0},
        {BLOB_PRAGUE, false, 5898240, 1179648, 1000000000, 6291456},
        {BLOB_PRAGUE, false, 123456789, 655360, 1, 123325717},
        {BLOB_PRAGUE, false, 12916299, 1048576, 209, 13178443},
        {BLOB_OSAKA, true, 0, 0, 7, 0},
        {BLOB_OSAKA, true, 0, 786431, 1000000000, 0},
        {BLOB_OSAKA, true, 0, 786432, 1000000000, 262144},
        {BLOB_OSAKA, true, 5898240, 1179648, 1000000000, 6291456},
        {BLOB_OSAKA, true, 123456789, 655360, 1, 123325717},
        {BLOB_OSAKA, true, 0, 786432, 16, 0},
        {BLOB_OSAKA, true, 0, 786432, 17, 262144},
        {BLOB_OSAKA, true, 655360, 131072, 30000000000, 699050},
        {BLOB_OSAKA, true, 524288, 131072, 30000000000, 0},
        {BLOB_OSAKA, true, 8864619, 1048576, 79, 9126763},
        {BLOB_OSAKA, true, 8864619, 1048576, 80, 9126763},
        {BLOB_OSAKA, true, 8864619, 1048576, 81, 9214144},
        {BLOB_BPO1, true, 0, 0, 7, 0},
        {BLOB_BPO1, true, 0, 1310719, 1000000000, 0},
        {BLOB_BPO1, true, 0, 1310720, 1000000000, 436906},
        {BLOB_BPO1, true, 9830400, 1966080, 1000000000, 10485760},
        {BLOB_BPO1, true, 123456789, 1179648, 1, 123325717},
        {BLOB_BPO1, true, 0, 1310720, 16, 0},
        {BLOB_BPO1, true, 0, 1310720, 17, 436906},
        {BLOB_BPO1, true, 1179648, 131072, 30000000000, 1223338},
        {BLOB_BPO1, true, 1048576, 131072, 30000000000, 0},
        {BLOB_BPO1, true, 29703876, 1835008, 559, 30228164},
        {BLOB_BPO1, true, 29703876, 1835008, 560, 30228164},
        {BLOB_BPO1, true, 29703876, 1835008, 561, 30315545},
        {BLOB_BPO2, true, 0, 0, 7, 0},
        {BLOB_BPO2, true, 0, 1835007, 1000000000, 0},
        {BLOB_BPO2, true, 0, 1835008, 1000000000, 611669},
        {BLOB_BPO2, true, 13762560, 2752512, 1000000000, 14680064},
        {BLOB_BPO2, true, 123456789, 1703936, 1, 123325717},
        {BLOB_BPO2, true, 0, 1835008, 16, 0},
        {BLOB_BPO2, true, 0, 1835008, 17, 611669},
        {BLOB_BPO2, true, 1703936, 131072, 30000000000, 1747626},
        {BLOB_BPO2, true, 1572864, 131072, 30000000000, 0},
        {BLOB_BPO2, true, 21660624, 2621440, 95, 22447056},
        {BLOB_BPO2, true, 21660624, 2621440, 96, 22447056},
        {BLOB_BPO2, true, 21660624, 2621440, 97, 22534437},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct u256 base_fee = u256_from_u64(rows[i].base_fee);
        uint64_t excess = 99;
        CHECK(blob_excess_gas(&excess, &blob_schedules[rows[i].id], rows[i].has_eip7918,
                              rows[i].parent_excess, rows[i].parent_used, &base_fee));
        if (excess != rows[i].excess) {
            test_fail(__FILE__, __LINE__, "row %zu: %llu", i, (unsigned long long)excess);
            return;
        }
    }
}

/* No header and no configuration makes it wrap, divide by zero or overflow the comparison. */
static void excess_beyond_the_range(void)
{
    const struct blob_schedule *bpo2 = &blob_schedules[BLOB_BPO2];
    const struct blob_schedule none = {0, 0, 1};
    const struct blob_schedule slow = {0, 1, UINT64_C(1) << 62};
    const struct blob_schedule wide = {UINT64_MAX, UINT64_MAX, 1};
    const struct u256 one = U256_ONE;
    const struct u256 most = U256_MAX;
    uint64_t excess = 99;
    CHECK(!blob_excess_gas(&excess, bpo2, false, UINT64_MAX, UINT64_MAX, &one));
    CHECK(!blob_excess_gas(&excess, &slow, true, UINT64_MAX, 1, &most));
    CHECK(!blob_excess_gas(&excess, bpo2, true, UINT64_MAX - 1, 6 * GAS_BLOB * 3, &one));
    CHECK_EQ(excess, 99);
    CHECK(blob_excess_gas(&excess, bpo2, true, UINT64_MAX, 14 * GAS_BLOB, &one));
    CHECK_EQ(excess, UINT64_MAX);
    CHECK(blob_excess_gas(&excess, bpo2, true, 0, UINT64_MAX, &most));
    CHECK_EQ(excess, UINT64_MAX / 3);
    CHECK(blob_excess_gas(&excess, &none, true, 5, 7, &most));
    CHECK_EQ(excess, 5);
    CHECK(blob_excess_gas(&excess, &none, true, 5, 7, &one));
    CHECK_EQ(excess, 12);
    CHECK(blob_excess_gas(&excess, &wide, true, UINT64_MAX, UINT64_MAX, &most));
    CHECK_EQ(excess, 0);
}

static const struct test_case cases[] = {
    CASE(names_stand_for_schedules),
    CASE(other_names_are_unknown),
    CASE(valid_schedules),
    CASE(prices),
    CASE(great_prices),
    CASE(prices_beyond_the_range),
    CASE(prices_rise),
    CASE(excess_follows_the_parent),
    CASE(excess_beyond_the_range),
};

TEST_MAIN(cases)
