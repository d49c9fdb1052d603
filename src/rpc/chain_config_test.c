/* Chain configurations of geth's form: those of public chains come out as exec/chain.h has them,
 * and whatever is missing, out of order or not known is refused with the keys' names. */

#include "rpc/chain_config.h"

#include "tests/test.h"

#define CAP ((size_t)1 << 20)

struct room {
    void *region;
    struct arena arena;
};

static struct room room_make(void)
{
    struct room room = {.region = test_region(CAP)};
    arena_init(&room.arena, room.region, CAP);
    return room;
}

/* read_text reads a configuration in which ' stands for ". */
static enum err read_text(struct chain_config *out, struct arena *arena, const char *text,
                          struct err_detail *detail)
{
    char json[4096];
    size_t len = strlen(text);
    ASSERT(len < sizeof(json));
    for (size_t i = 0; i < len; i++) {
        json[i] = text[i] == '\'' ? '"' : text[i];
    }
    return chain_config_parse(out, arena, bytes_from(json, len), detail);
}

/* same_rules compares what two chains say of a block. */
static bool same_rules(const struct chain_config *a, const struct chain_config *b, uint64_t number,
                       uint64_t timestamp, bool is_merged)
{
    struct chain_rules of_a;
    struct chain_rules of_b;
    chain_rules_at(&of_a, a, number, timestamp, is_merged);
    chain_rules_at(&of_b, b, number, timestamp, is_merged);
    return of_a.upgrade == of_b.upgrade && of_a.fork == of_b.fork &&
           of_a.blobs.target == of_b.blobs.target && of_a.blobs.max == of_b.blobs.max &&
           of_a.blobs.base_fee_update_fraction == of_b.blobs.base_fee_update_fraction &&
           (of_a.fork >= FORK_PARIS || of_a.difficulty_bomb_delay == of_b.difficulty_bomb_delay);
}

#define SCHEDULES                                                                           \
    "'blobSchedule': {'cancun': {'target': 3, 'max': 6, 'baseFeeUpdateFraction': 3338477}," \
    "'prague': {'target': 6, 'max': 9, 'baseFeeUpdateFraction': 5007716},"                  \
    "'osaka': {'target': 6, 'max': 9, 'baseFeeUpdateFraction': 5007716},"                   \
    "'bpo1': {'target': 10, 'max': 15, 'baseFeeUpdateFraction': 8346193},"                  \
    "'bpo2': {'target': 14, 'max': 21, 'baseFeeUpdateFraction': 11684671}}"

/* ---- public chains --------------------------------------------------------------------------- */

static void mainnet(void)
{
    static const char text[] =
        "{'config': {'chainId': 1, 'homesteadBlock': 1150000, 'daoForkBlock': 1920000,"
        "'daoForkSupport': true, 'eip150Block': 2463000, 'eip155Block': 2675000,"
        "'eip158Block': 2675000, 'byzantiumBlock': 4370000, 'constantinopleBlock': 7280000,"
        "'petersburgBlock': 7280000, 'istanbulBlock': 9069000, 'muirGlacierBlock': 9200000,"
        "'berlinBlock': 12244000, 'londonBlock': 12965000, 'arrowGlacierBlock': 13773000,"
        "'grayGlacierBlock': 15050000, 'terminalTotalDifficulty': 58750000000000000000000,"
        "'shanghaiTime': 1681338455, 'cancunTime': 1710338135, 'pragueTime': 1746612311,"
        "'osakaTime': 1764798551, 'bpo1Time': 1765290071, 'bpo2Time': 1767747671,"
        "'ethash': {}, " SCHEDULES ","
        "'depositContractAddress': '0x00000000219ab540356cBB839Cbe05303d7705Fa'},"
        "'nonce': '0x42', 'alloc': {'a': {'balance': '0x1'}}}";
    struct room room = room_make();
    const struct chain_config *public = chain_by_id(1);
    struct chain_config chain;
    CHECK_EQ(read_text(&chain, &room.arena, text, NULL), OK);
    CHECK_EQ(chain.chain_id, 1);
    CHECK_STR(chain.name, "custom");
    CHECK(chain.has_dao_fork);
    CHECK_EQ(chain.dao_fork_number, 1920000);
    CHECK_BYTES(chain.deposit_contract.b, public->deposit_contract.b, 20);
    CHECK_EQ(chain.fork_count, public->fork_count);
    const struct u256 terminal = U256_WORDS(UINT64_C(0xd808a128d7380000), 0xc70, 0, 0);
    CHECK(u256_eq(&chain.terminal_total_difficulty, &terminal));
    for (size_t i = 0; i < public->fork_count; i++) {
        const uint64_t at = public->forks[i].at;
        if (public->forks[i].by == CHAIN_BY_TIME) {
            CHECK(same_rules(&chain, public, 20000000, at - 1, true));
            CHECK(same_rules(&chain, public, 20000000, at, true));
        } else {
            CHECK(same_rules(&chain, public, at, 0, at >= 15537394));
            CHECK(at == 0 || same_rules(&chain, public, at - 1, 0, at - 1 >= 15537394));
        }
    }
    test_region_free(room.region, CAP);
}

static void hoodi(void)
{
    static const char text[] =
        "{'chainId': 560048, 'homesteadBlock': 0, 'daoForkSupport': true, 'eip150Block': 0,"
        "'eip155Block': 0, 'eip158Block': 0, 'byzantiumBlock': 0, 'constantinopleBlock': 0,"
        "'petersburgBlock': 0, 'istanbulBlock': 0, 'berlinBlock': 0, 'londonBlock': 0,"
        "'mergeNetsplitBlock': 0, 'terminalTotalDifficulty': 0,"
        "'terminalTotalDifficultyPassed': true, 'shanghaiTime': 0, 'cancunTime': 0,"
        "'pragueTime': 1742999832, 'osakaTime': 1761677592, 'bpo1Time': 1762365720,"
        "'bpo2Time': 1762955544, " SCHEDULES ","
        "'depositContractAddress': '0x00000000219ab540356cbb839cbe05303d7705fa'}";
    struct room room = room_make();
    const struct chain_config *public = chain_by_id(560048);
    struct chain_config chain;
    CHECK_EQ(read_text(&chain, &room.arena, text, NULL), OK);
    CHECK_EQ(chain.chain_id, 560048);
    CHECK(!chain.has_dao_fork);
    CHECK_BYTES(chain.deposit_contract.b, public->deposit_contract.b, 20);
    for (size_t i = 0; i < public->fork_count; i++) {
        const uint64_t at = public->forks[i].at;
        CHECK(same_rules(&chain, public, 5, at, false));
        CHECK(at == 0 || same_rules(&chain, public, 5, at - 1, false));
    }
    test_region_free(room.region, CAP);
}

/* ---- what may be left out -------------------------------------------------------------------- */

/* expect_upgrade wants an upgrade at a block of a chain given as text. */
static void expect_upgrade(const char *text, uint64_t number, uint64_t timestamp, bool is_merged,
                           enum chain_upgrade upgrade)
{
    struct room room = room_make();
    struct err_detail detail = {""};
    struct chain_config chain;
    struct chain_rules rules;
    if (read_text(&chain, &room.arena, text, &detail) != OK) {
        test_fail(__FILE__, __LINE__, "%s: %s", text, detail.text);
    } else {
        chain_rules_at(&rules, &chain, number, timestamp, is_merged);
        if (rules.upgrade != upgrade) {
            test_fail(__FILE__, __LINE__, "%s: %s", text, chain_upgrade_name(rules.upgrade));
        }
    }
    test_region_free(room.region, CAP);
}

#define TO_CONSTANTINOPLE                                                                       \
    "'chainId': 5, 'homesteadBlock': 1, 'eip150Block': 2, 'eip155Block': 3, 'eip158Block': 3, " \
    "'byzantiumBlock': 4, 'constantinopleBlock': 5"
#define TO_LONDON   TO_CONSTANTINOPLE ", 'istanbulBlock': 7, 'berlinBlock': 8, 'londonBlock': 9"
#define TO_SHANGHAI TO_LONDON ", 'terminalTotalDifficulty': '0x20000', 'shanghaiTime': 100"
#define TO_OSAKA    TO_SHANGHAI ", 'cancunTime': 200, 'pragueTime': 300, 'osakaTime': 400"

static void upgrades_may_be_missing(void)
{
    expect_upgrade("{'chainId': 5}", UINT64_MAX, UINT64_MAX, true, CHAIN_FRONTIER);
    expect_upgrade("{'chainId': 5, 'homesteadBlock': 7}", 6, 0, false, CHAIN_FRONTIER);
    expect_upgrade("{'chainId': '0x5', 'homesteadBlock': '0x7'}", 7, 0, false, CHAIN_HOMESTEAD);
    expect_upgrade("{'chainId': 5, 'homesteadBlock': null}", 7, 0, false, CHAIN_FRONTIER);
    /* Petersburg is where Constantinople is, if it says nothing itself */
    expect_upgrade("{" TO_CONSTANTINOPLE "}", 4, 0, false, CHAIN_BYZANTIUM);
    expect_upgrade("{" TO_CONSTANTINOPLE "}", 5, 0, false, CHAIN_PETERSBURG);
    expect_upgrade("{" TO_CONSTANTINOPLE ", 'petersburgBlock': 6}", 5, 0, false,
                   CHAIN_CONSTANTINOPLE);
    expect_upgrade("{" TO_CONSTANTINOPLE ", 'petersburgBlock': 6}", 6, 0, false, CHAIN_PETERSBURG);
    /* glaciers and BPOs */
    expect_upgrade("{" TO_LONDON "}", 100, UINT64_MAX, true, CHAIN_LONDON);
    expect_upgrade("{" TO_LONDON ", 'arrowGlacierBlock': 9}", 9, 0, false, CHAIN_ARROW_GLACIER);
    expect_upgrade("{" TO_OSAKA ", 'bpo2Time': 500, " SCHEDULES "}", 9, 500, true, CHAIN_BPO2);
    expect_upgrade("{" TO_OSAKA ", 'bpo2Time': 500, " SCHEDULES "}", 9, 499, true, CHAIN_OSAKA);
}

static void paris_comes_by_difficulty(void)
{
    expect_upgrade("{" TO_SHANGHAI "}", 100, 100, false, CHAIN_LONDON);
    expect_upgrade("{" TO_SHANGHAI "}", 100, 99, true, CHAIN_PARIS);
    expect_upgrade("{" TO_SHANGHAI "}", 100, 100, true, CHAIN_SHANGHAI);
    expect_upgrade("{" TO_LONDON ", 'terminalTotalDifficulty': 0}", 9, 0, false, CHAIN_PARIS);
    expect_upgrade("{" TO_LONDON ", 'terminalTotalDifficulty': 0}", 8, 0, true, CHAIN_BERLIN);
    expect_upgrade("{" TO_LONDON ", 'terminalTotalDifficulty': '10'}", 9, 0, true, CHAIN_PARIS);
    expect_upgrade("{" TO_LONDON ", 'terminalTotalDifficulty': 9999999999999999999}", 9, 0, true,
                   CHAIN_PARIS);
    /* times and numbers are not compared */
    expect_upgrade("{" TO_LONDON ", 'terminalTotalDifficulty': 0, 'shanghaiTime': 5}", 9, 5, false,
                   CHAIN_SHANGHAI);
    expect_upgrade("{" TO_LONDON ", 'terminalTotalDifficulty': 1234567890123456789}", 9, 0, false,
                   CHAIN_LONDON);
}

/* What struct chain_config promises of the order of forks. */
static void forks_are_in_order(void)
{
    struct room room = room_make();
    struct chain_config chain;
    CHECK_EQ(read_text(&chain, &room.arena,
                       "{" TO_LONDON ", 'terminalTotalDifficulty': 0, 'shanghaiTime': 5}", NULL),
             OK);
    CHECK_EQ(chain.fork_count, 12);
    for (size_t i = 1; i < chain.fork_count; i++) {
        const struct chain_fork *before = &chain.forks[i - 1];
        const struct chain_fork *fork = &chain.forks[i];
        CHECK(before->upgrade < fork->upgrade);
        CHECK(before->by < fork->by || (before->by == fork->by && before->at <= fork->at));
    }
    test_region_free(room.region, CAP);
}

static void defaults(void)
{
    struct room room = room_make();
    struct chain_config chain;
    struct chain_rules rules;
    static const struct address none;
    CHECK_EQ(read_text(&chain, &room.arena, "{" TO_OSAKA "}", NULL), OK);
    CHECK_BYTES(chain.deposit_contract.b, none.b, 20);
    CHECK_EQ(chain.terminal_total_difficulty.w[0], 0x20000);
    chain_rules_at(&rules, &chain, 100, 200, true);
    CHECK_EQ(rules.blobs.max, 6);
    chain_rules_at(&rules, &chain, 100, 300, true);
    CHECK_EQ(rules.blobs.max, 9);
    CHECK_EQ(rules.blobs.target, 6);
    CHECK_EQ(read_text(&chain, &room.arena,
                       "{" TO_OSAKA ", 'blobSchedule': {'prague': {'target': 1, 'max': 2,"
                       "'baseFeeUpdateFraction': 3}, 'amsterdam': {}}}",
                       NULL),
             OK);
    chain_rules_at(&rules, &chain, 100, 300, true);
    CHECK_EQ(rules.blobs.target, 1);
    CHECK_EQ(rules.blobs.max, 2);
    CHECK_EQ(rules.blobs.base_fee_update_fraction, 3);
    chain_rules_at(&rules, &chain, 100, 400, true);
    CHECK_EQ(rules.blobs.max, 9);
    test_region_free(room.region, CAP);
}

/* The DAO fork is there if it has a number and is supported. */
static void dao_fork(void)
{
    static const struct {
        const char *text;
        bool has;
        uint64_t number;
    } rows[] = {
        {"{'chainId': 5, 'daoForkBlock': 10, 'daoForkSupport': true}", true, 10},
        {"{'chainId': 5, 'daoForkBlock': 10, 'daoForkSupport': false}", false, 0},
        {"{'chainId': 5, 'daoForkBlock': 10}", false, 0},
        {"{'chainId': 5, 'daoForkSupport': true}", false, 0},
        {"{'chainId': 5, 'daoForkBlock': null, 'daoForkSupport': true}", false, 0},
    };
    struct room room = room_make();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct chain_config chain;
        CHECK_EQ(read_text(&chain, &room.arena, rows[i].text, NULL), OK);
        CHECK_EQ(chain.has_dao_fork, rows[i].has);
        CHECK_EQ(chain.dao_fork_number, rows[i].number);
    }
    test_region_free(room.region, CAP);
}

/* ---- what is refused ------------------------------------------------------------------------- */

struct refusal {
    const char *text;
    enum err err;
    const char *first; /* what the detail names */
    const char *second;
};

static void check_refusals(const struct refusal *rows, size_t count)
{
    struct room room = room_make();
    for (size_t i = 0; i < count; i++) {
        struct err_detail detail = {""};
        struct chain_config chain;
        const enum err e = read_text(&chain, &room.arena, rows[i].text, &detail);
        if (e != rows[i].err || strstr(detail.text, rows[i].first) == NULL ||
            strstr(detail.text, rows[i].second) == NULL) {
            test_fail(__FILE__, __LINE__, "row %zu: %s, \"%s\"", i, err_name(e), detail.text);
        }
    }
    test_region_free(room.region, CAP);
}

static void order(void)
{
    static const struct refusal rows[] = {
        {"{'chainId': 5, 'eip150Block': 2}", ERR_MALFORMED, "eip150Block", "homesteadBlock"},
        {"{'chainId': 5, 'homesteadBlock': 5, 'byzantiumBlock': 9}", ERR_MALFORMED,
         "byzantiumBlock", "eip150Block"},
        {"{'chainId': 5, 'petersburgBlock': 5}", ERR_MALFORMED, "petersburgBlock",
         "homesteadBlock"},
        {"{" TO_CONSTANTINOPLE ", 'petersburgBlock': 4}", ERR_MALFORMED, "petersburgBlock",
         "constantinopleBlock"},
        {"{" TO_CONSTANTINOPLE ", 'istanbulBlock': 4}", ERR_MALFORMED, "istanbulBlock",
         "petersburgBlock"},
        {"{" TO_LONDON ", 'muirGlacierBlock': 6}", ERR_MALFORMED, "muirGlacierBlock",
         "istanbulBlock"},
        {"{" TO_LONDON ", 'muirGlacierBlock': 9}", ERR_MALFORMED, "berlinBlock",
         "muirGlacierBlock"},
        {"{" TO_LONDON ", 'shanghaiTime': 6}", ERR_MALFORMED, "shanghaiTime",
         "terminalTotalDifficulty"},
        {"{" TO_CONSTANTINOPLE ", 'terminalTotalDifficulty': 0}", ERR_MALFORMED,
         "terminalTotalDifficulty", "istanbulBlock"},
        {"{" TO_SHANGHAI ", 'cancunTime': 99}", ERR_MALFORMED, "cancunTime", "shanghaiTime"},
        {"{" TO_SHANGHAI ", 'pragueTime': 300}", ERR_MALFORMED, "pragueTime", "cancunTime"},
        {"{" TO_OSAKA ", 'bpo1Time': 399, " SCHEDULES "}", ERR_MALFORMED, "bpo1Time", "osakaTime"},
        {"{" TO_OSAKA ", 'bpo1Time': 401, 'bpo2Time': 400, " SCHEDULES "}", ERR_MALFORMED,
         "bpo2Time", "bpo1Time"},
        {"{" TO_SHANGHAI ", 'bpo1Time': 399, " SCHEDULES "}", ERR_MALFORMED, "bpo1Time",
         "cancunTime"},
    };
    check_refusals(rows, sizeof(rows) / sizeof(rows[0]));
}

static void keys_and_values(void)
{
    static const struct refusal rows[] = {
        {"{}", ERR_MALFORMED, "chainId", ""},
        {"[]", ERR_MALFORMED, "config", ""},
        {"{'config': 5}", ERR_MALFORMED, "config", ""},
        {"{'config': {}, 'chainId': 5}", ERR_MALFORMED, "chainId", ""},
        {"{'chainId': -1}", ERR_RANGE, "chainId", ""},
        {"{'chainId': '5'}", ERR_MALFORMED, "chainId", ""},
        {"{'chainId': '0x10000000000000000'}", ERR_RANGE, "chainId", ""},
        {"{'chainId': 12345678901234567890}", ERR_MALFORMED, "chainId", ""},
        {"{'chainId': 5, 'clique': {'period': 15, 'epoch': 30000}}", ERR_MALFORMED, "clique",
         "authority"},
        {"{'chainId': 5, 'amsterdamTime': 5}", ERR_MALFORMED, "amsterdamTime", ""},
        {"{'chainId': 5, 'homesteadblock': 5}", ERR_MALFORMED, "homesteadblock", ""},
        {"{'chainId': 5, 'homesteadBlock': true}", ERR_MALFORMED, "homesteadBlock", ""},
        {"{'chainId': 5, 'homesteadBlock': 1.5}", ERR_MALFORMED, "homesteadBlock", ""},
        {"{'chainId': 5, 'daoForkBlock': 'x', 'daoForkSupport': true}", ERR_MALFORMED,
         "daoForkBlock", ""},
        {"{'chainId': 5, 'daoForkBlock': 1, 'daoForkSupport': 1}", ERR_MALFORMED, "daoForkSupport",
         ""},
        {"{'chainId': 5, 'homesteadBlock': 1, 'eip150Block': 2, 'eip155Block': 3}", ERR_MALFORMED,
         "eip155Block", "eip158Block"},
        {"{'chainId': 5, 'homesteadBlock': 0, 'eip150Block': 0, 'eip155Block': 0}", ERR_MALFORMED,
         "eip155Block", "eip158Block"},
        {"{'chainId': 5, 'homesteadBlock': 1, 'eip150Block': 2, 'eip158Block': 3}", ERR_MALFORMED,
         "eip155Block", "eip158Block"},
        {"{'chainId': 5, 'homesteadBlock': 1, 'eip150Block': 2, 'eip155Block': 3,"
         "'eip158Block': 4}",
         ERR_MALFORMED, "eip155Block", "eip158Block"},
        {"{'chainId': 5, 'depositContractAddress': '0x00'}", ERR_MALFORMED,
         "depositContractAddress", ""},
        {"{" TO_LONDON ", 'terminalTotalDifficulty': 'x'}", ERR_MALFORMED,
         "terminalTotalDifficulty", ""},
        {"{" TO_LONDON ", 'terminalTotalDifficulty': '1x'}", ERR_MALFORMED,
         "terminalTotalDifficulty", ""},
        {"{" TO_LONDON ", 'terminalTotalDifficulty': '007'}", ERR_MALFORMED,
         "terminalTotalDifficulty", ""},
        {"{" TO_LONDON ", 'terminalTotalDifficulty': -5}", ERR_RANGE, "terminalTotalDifficulty",
         ""},
        {"{" TO_LONDON ", 'terminalTotalDifficulty': 11579208923731619542357098500868790785326998"
         "4665640564039457584007913129639936}",
         ERR_RANGE, "terminalTotalDifficulty", ""},
        {"{" TO_LONDON
         ", 'terminalTotalDifficulty': 99999999999999999999999999999999999999999999999"
         "99999999999999999999999999999999999999999}",
         ERR_RANGE, "terminalTotalDifficulty", ""},
    };
    check_refusals(rows, sizeof(rows) / sizeof(rows[0]));
}

static void blob_schedules_that_are_none(void)
{
    static const struct refusal rows[] = {
        {"{" TO_OSAKA ", 'blobSchedule': 5}", ERR_MALFORMED, "blobSchedule", ""},
        {"{" TO_OSAKA ", 'bpo1Time': 500}", ERR_MALFORMED, "bpo1", "missing"},
        {"{" TO_OSAKA ", 'bpo3Time': 500, " SCHEDULES "}", ERR_MALFORMED, "bpo3", "missing"},
        {"{" TO_OSAKA ", 'blobSchedule': {'osaka': 5}}", ERR_MALFORMED, "osaka", ""},
        {"{" TO_OSAKA ", 'blobSchedule': {'osaka': {'target': 1, 'max': 2}}}", ERR_MALFORMED,
         "baseFeeUpdateFraction", ""},
        {"{" TO_OSAKA ", 'blobSchedule': {'osaka': {'target': 1, 'max': 2,"
         "'baseFeeUpdateFraction': 0}}}",
         ERR_RANGE, "osaka", "fraction"},
        {"{" TO_OSAKA ", 'blobSchedule': {'osaka': {'target': 3, 'max': 2,"
         "'baseFeeUpdateFraction': 1}}}",
         ERR_RANGE, "osaka", "target"},
    };
    check_refusals(rows, sizeof(rows) / sizeof(rows[0]));
}

static void texts_that_are_none(void)
{
    static const struct refusal rows[] = {
        {"", ERR_TRUNCATED, "JSON", ""},
        {"{'chainId': 5", ERR_TRUNCATED, "JSON", ""},
        {"{'chainId': 5}}", ERR_TRAILING, "JSON", ""},
        {"{'chainId': 5, 'x", ERR_TRUNCATED, "JSON", ""},
        {"{'chainId': 5, 'x\\", ERR_MALFORMED, "JSON", ""},
        /* long digits that are no integers stay what they are */
        {"{'chainId': 0000000000000000000000005}", ERR_MALFORMED, "JSON", ""},
        {"{'chainId': -1234567890123456789012}", ERR_RANGE, "JSON", ""},
        {"{'chainId': 1234567890123456789012.5}", ERR_MALFORMED, "chainId", ""},
        {"{'chainId': 1.1234567890123456789012}", ERR_MALFORMED, "chainId", ""},
        {"{'chainId': 1234567890123456789012e3}", ERR_MALFORMED, "chainId", ""},
        {"{1234567890123456789012: 5}", ERR_MALFORMED, "1234567890123456789012", ""},
    };
    check_refusals(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Digits inside of strings are not touched, whatever stands around them. */
static void long_digits_in_strings(void)
{
    struct room room = room_make();
    struct chain_config chain;
    CHECK_EQ(read_text(&chain, &room.arena,
                       "{'config': {'chainId': 5}, 'a\\': 1234567890123456789012, ': 1,"
                       "'b\\\\': ['1234567890123456789012', 1234567890123456789012]}",
                       NULL),
             OK);
    CHECK_EQ(chain.chain_id, 5);
    test_region_free(room.region, CAP);
}

static void too_long(void)
{
    const size_t len = ((size_t)16 << 20) + 1;
    struct arena arena;
    struct err_detail detail = {""};
    struct chain_config chain;
    void *region = test_region(CAP);
    uint8_t *text = test_region(len);
    memset(text, ' ', len);
    arena_init(&arena, region, CAP);
    CHECK_EQ(chain_config_parse(&chain, &arena, bytes_from(text, len), &detail), ERR_LIMIT);
    CHECK(strstr(detail.text, "16777216") != NULL);
    CHECK_EQ(chain_config_parse(&chain, &arena, bytes_from(text, len - 1), &detail), ERR_MEMORY);
    test_region_free(text, len);
    test_region_free(region, CAP);
}

static void memory_runs_out(void)
{
    struct room room = room_make();
    unsigned failures = 0;
    enum err e = ERR_MEMORY;
    for (size_t cap = 0; e == ERR_MEMORY && cap <= CAP; cap += 8) {
        struct chain_config chain;
        arena_init(&room.arena, room.region, cap);
        e = read_text(&chain, &room.arena, "{" TO_OSAKA ", " SCHEDULES "}", NULL);
        CHECK(e == OK || e == ERR_MEMORY);
        failures += e != OK;
        arena_reset(&room.arena);
    }
    CHECK(e == OK && failures > 50);
    test_region_free(room.region, CAP);
}

static const struct test_case cases[] = {
    CASE(mainnet),
    CASE(hoodi),
    CASE(upgrades_may_be_missing),
    CASE(paris_comes_by_difficulty),
    CASE(forks_are_in_order),
    CASE(defaults),
    CASE(dao_fork),
    CASE(order),
    CASE(keys_and_values),
    CASE(blob_schedules_that_are_none),
    CASE(texts_that_are_none),
    CASE(long_digits_in_strings),
    CASE(too_long),
    CASE(memory_runs_out),
};

TEST_MAIN(cases)
