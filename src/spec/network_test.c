/* The chains that networks' names stand for: every form of a name, names that are none, the test's
 * own blob schedules and what is wrong with them. */

#include "spec/network.h"

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

static json_t *parse(const char *text)
{
    static const struct json_limits limits = {10000, 1000, 10};
    json_t *json;
    enum err e = json_parse(&json, bytes_from(text, strlen(text)), &limits, NULL);
    return e == OK ? json : NULL;
}

static void check_upgrade(const struct chain_config *chain, uint64_t number, uint64_t timestamp,
                          bool is_merged, const char *name)
{
    struct chain_rules rules;
    chain_rules_at(&rules, chain, number, timestamp, is_merged);
    CHECK_STR(chain_upgrade_name(rules.upgrade), name);
}

/* A name without a transition: from the genesis block on, with the bomb's delay of that time. */
static void plain_names(void)
{
    static const struct {
        const char *name;
        enum fork fork;
        uint64_t bomb_delay;
        uint64_t max;
    } rows[] = {
        {"Frontier", FORK_FRONTIER, 0, 0},
        {"Homestead", FORK_HOMESTEAD, 0, 0},
        {"EIP150", FORK_TANGERINE_WHISTLE, 0, 0},
        {"EIP158", FORK_SPURIOUS_DRAGON, 0, 0},
        {"Byzantium", FORK_BYZANTIUM, 3000000, 0},
        {"Constantinople", FORK_CONSTANTINOPLE, 5000000, 0},
        {"ConstantinopleFix", FORK_PETERSBURG, 5000000, 0},
        {"Istanbul", FORK_ISTANBUL, 5000000, 0},
        {"MuirGlacier", FORK_ISTANBUL, 9000000, 0},
        {"Berlin", FORK_BERLIN, 9000000, 0},
        {"London", FORK_LONDON, 9700000, 0},
        {"ArrowGlacier", FORK_LONDON, 10700000, 0},
        {"GrayGlacier", FORK_LONDON, 11400000, 0},
        {"Paris", FORK_PARIS, 11400000, 0},
        {"Merge", FORK_PARIS, 11400000, 0},
        {"Shanghai", FORK_SHANGHAI, 11400000, 0},
        {"Cancun", FORK_CANCUN, 11400000, 6},
        {"Prague", FORK_PRAGUE, 11400000, 9},
        {"Osaka", FORK_OSAKA, 11400000, 9},
        {"BPO1", FORK_OSAKA, 11400000, 15},
        {"BPO2", FORK_OSAKA, 11400000, 21},
    };
    struct room room = room_make();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct chain_config chain;
        struct chain_rules rules;
        bool found;
        CHECK_EQ(network_chain(&chain, &found, &room.arena, rows[i].name, NULL, NULL), OK);
        CHECK(found);
        CHECK_STR(chain.name, rows[i].name);
        CHECK_EQ(chain.chain_id, 1);
        CHECK(!chain.has_dao_fork);
        CHECK_BYTES(chain.deposit_contract.b, chain_by_id(1)->deposit_contract.b, 20);
        chain_rules_at(&rules, &chain, 0, 0, false);
        CHECK_EQ(rules.fork, rows[i].fork);
        CHECK_EQ(rules.difficulty_bomb_delay, rows[i].bomb_delay);
        CHECK_EQ(rules.blobs.max, rows[i].max);
        chain_rules_at(&rules, &chain, UINT64_MAX, UINT64_MAX, true);
        CHECK_EQ(rules.fork, rows[i].fork);
    }
    test_region_free(room.region, CAP);
}

/* A transition: what holds before it, and from it on. */
static void transitions(void)
{
    static const struct {
        const char *name;
        uint64_t number; /* of the first block of the new rules, or their time */
        uint64_t timestamp;
        const char *before;
        const char *after;
    } rows[] = {
        {"FrontierToHomesteadAt5", 5, 0, "Frontier", "Homestead"},
        {"HomesteadToEIP150At5", 5, 0, "Homestead", "EIP150"},
        {"EIP158ToByzantiumAt5", 5, 0, "EIP158", "Byzantium"},
        {"ByzantiumToConstantinopleAt5", 5, 0, "Byzantium", "Constantinople"},
        {"ByzantiumToConstantinopleFixAt5", 5, 0, "Byzantium", "ConstantinopleFix"},
        {"ConstantinopleFixToIstanbulAt5", 5, 0, "ConstantinopleFix", "Istanbul"},
        {"BerlinToLondonAt5", 5, 0, "Berlin", "London"},
        {"BerlinToLondonAt12965000", 12965000, 0, "Berlin", "London"},
        {"ParisToShanghaiAtTime15k", 0, 15000, "Paris", "Shanghai"},
        {"ShanghaiToCancunAtTime15k", 0, 15000, "Shanghai", "Cancun"},
        {"CancunToPragueAtTime15k", 0, 15000, "Cancun", "Prague"},
        {"PragueToOsakaAtTime15k", 0, 15000, "Prague", "Osaka"},
        {"OsakaToBPO1AtTime15k", 0, 15000, "Osaka", "BPO1"},
        {"BPO1ToBPO2AtTime15k", 0, 15000, "BPO1", "BPO2"},
        {"BPO1ToBPO2AtTime15001", 0, 15001, "BPO1", "BPO2"},
    };
    struct room room = room_make();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct chain_config chain;
        bool found;
        CHECK_EQ(network_chain(&chain, &found, &room.arena, rows[i].name, NULL, NULL), OK);
        CHECK(found);
        if (rows[i].number != 0) {
            check_upgrade(&chain, rows[i].number - 1, UINT64_MAX, true, rows[i].before);
        } else {
            check_upgrade(&chain, UINT64_MAX, rows[i].timestamp - 1, true, rows[i].before);
        }
        check_upgrade(&chain, rows[i].number, rows[i].timestamp, false, rows[i].after);
    }
    test_region_free(room.region, CAP);
}

static void transition_by_difficulty(void)
{
    struct room room = room_make();
    struct chain_config chain;
    bool found;
    CHECK_EQ(
        network_chain(&chain, &found, &room.arena, "ArrowGlacierToParisAtDiffC0000", NULL, NULL),
        OK);
    CHECK(found);
    CHECK(u256_fits_u64(&chain.terminal_total_difficulty));
    CHECK_EQ(chain.terminal_total_difficulty.w[0], 0xc0000);
    check_upgrade(&chain, 1000, 1000, false, "ArrowGlacier");
    check_upgrade(&chain, 1, 1, true, "Paris");
    test_region_free(room.region, CAP);
}

static void dao_fork(void)
{
    struct room room = room_make();
    struct chain_config chain;
    bool found;
    CHECK_EQ(network_chain(&chain, &found, &room.arena, "HomesteadToDaoAt5", NULL, NULL), OK);
    CHECK(found && chain.has_dao_fork);
    CHECK_EQ(chain.dao_fork_number, 5);
    check_upgrade(&chain, 100, 100, false, "Homestead");
    test_region_free(room.region, CAP);
}

static const char digits_65[] = "ArrowGlacierToParisAtDiff"
                                "12345678901234567890123456789012"
                                "345678901234567890123456789012345";

static void other_names_are_not_found(void)
{
    static const char *const names[] = {
        "",
        "Amsterdam",
        "BPO6",
        "Osaka ",
        "OsakaTo",
        "OsakaToBPO1",
        "OsakaToBPO1At",
        "OsakaToBPO1AtTime",
        "OsakaToBPO1AtTimek",
        "OsakaToBPO1AtTime15kk",
        "OsakaToBPO1AtTime15 ",
        "OsakaToBPO1AtTime-1",
        "OsakaToBPO1AtTime1234567890123456",
        "OsakaToBPO1Attime15k",
        "OsakaToAmsterdamAtTime15k",
        "AmsterdamToOsakaAtTime15k",
        "BPO1ToOsakaAtTime15k",
        "OsakaToOsakaAtTime15k",
        "ToOsakaAtTime15k",
        "HomesteadToDaoAtTime5",
        "HomesteadToDa0At5",
        "DaoToEIP150At5",
        "ArrowGlacierToParisAtDiff",
        "ArrowGlacierToParisAtDiffxyz",
        digits_65,
        "FrontierFrontierFrontierFrontier",
    };
    struct room room = room_make();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct chain_config chain;
        bool found = true;
        CHECK_EQ(network_chain(&chain, &found, &room.arena, names[i], NULL, NULL), OK);
        if (found) {
            test_fail(__FILE__, __LINE__, "%s", names[i]);
        }
    }
    test_region_free(room.region, CAP);
}

/* The schedules of a test's own: for the upgrades that have one, at their place. */
static void own_schedules(void)
{
    json_t *config = parse("{\"network\": \"x\", \"chainid\": \"0x0a\", \"blobSchedule\": {"
                           "\"Cancun\": {\"target\": \"0x01\", \"max\": \"0x02\", "
                           "\"baseFeeUpdateFraction\": \"0x32f0ed\"},"
                           "\"BPO3\": {\"target\": \"0x15\", \"max\": \"0x20\", "
                           "\"baseFeeUpdateFraction\": \"0x013a7aa1\"},"
                           "\"BPO4\": {\"target\": \"0x0e\", \"max\": \"0x15\", "
                           "\"baseFeeUpdateFraction\": \"0xd1a66e\"}, \"Amsterdam\": 5}}");
    struct room room = room_make();
    struct chain_config chain;
    struct chain_rules rules;
    bool found;
    CHECK(config != NULL);
    CHECK_EQ(network_chain(&chain, &found, &room.arena, "BPO3ToBPO4AtTime15k", config, NULL), OK);
    CHECK(found);
    CHECK_EQ(chain.chain_id, 10);
    chain_rules_at(&rules, &chain, 0, 14999, false);
    CHECK_EQ(rules.upgrade, CHAIN_BPO3);
    CHECK_EQ(rules.fork, FORK_OSAKA);
    CHECK_EQ(rules.blobs.target, 21);
    CHECK_EQ(rules.blobs.max, 32);
    CHECK_EQ(rules.blobs.base_fee_update_fraction, 20609697);
    chain_rules_at(&rules, &chain, 0, 15000, false);
    CHECK_EQ(rules.upgrade, CHAIN_BPO4);
    CHECK_EQ(rules.blobs.target, 14);
    CHECK_EQ(rules.blobs.max, 21);
    CHECK_EQ(rules.blobs.base_fee_update_fraction, 13739630);
    CHECK_EQ(network_chain(&chain, &found, &room.arena, "Cancun", config, NULL), OK);
    chain_rules_at(&rules, &chain, 0, 0, false);
    CHECK_EQ(rules.blobs.target, 1);
    CHECK_EQ(rules.blobs.max, 2);
    CHECK_EQ(network_chain(&chain, &found, &room.arena, "Prague", config, NULL), OK);
    chain_rules_at(&rules, &chain, 0, 0, false);
    CHECK_EQ(rules.blobs.max, 9);
    json_free(config);
    test_region_free(room.region, CAP);
}

static void bad_configs(void)
{
    static const struct {
        const char *network;
        const char *config;
        enum err err;
        const char *says;
    } rows[] = {
        {"BPO3", "{}", ERR_MALFORMED, "BPO3"},
        {"Cancun", "{\"chainid\": 1.5}", ERR_MALFORMED, "chainid"},
        {"Cancun", "{\"blobSchedule\": {\"Cancun\": 5}}", ERR_MALFORMED, "Cancun"},
        {"Cancun", "{\"blobSchedule\": {\"Cancun\": {}}}", ERR_MALFORMED, "target"},
        {"Cancun", "{\"blobSchedule\": {\"Cancun\": {\"target\": \"0x1\"}}}", ERR_MALFORMED, "max"},
        {"Cancun", "{\"blobSchedule\": {\"Cancun\": {\"target\": \"0x1\", \"max\": \"0x1\"}}}",
         ERR_MALFORMED, "baseFeeUpdateFraction"},
        {"Cancun",
         "{\"blobSchedule\": {\"Cancun\": {\"target\": \"0x1\", \"max\": \"0x1\", "
         "\"baseFeeUpdateFraction\": \"0x0\"}}}",
         ERR_RANGE, "Cancun"},
        {"Cancun",
         "{\"blobSchedule\": {\"Cancun\": {\"target\": \"0x2\", \"max\": \"0x1\", "
         "\"baseFeeUpdateFraction\": \"0x1\"}}}",
         ERR_RANGE, "Cancun"},
    };
    struct room room = room_make();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err_detail detail = {""};
        struct chain_config chain;
        bool found;
        json_t *config = parse(rows[i].config);
        CHECK(config != NULL);
        CHECK_EQ(network_chain(&chain, &found, &room.arena, rows[i].network, config, &detail),
                 rows[i].err);
        CHECK(strstr(detail.text, rows[i].says) != NULL);
        json_free(config);
    }
    test_region_free(room.region, CAP);
}

static void memory_runs_out(void)
{
    json_t *config = parse("{\"blobSchedule\": {\"Cancun\": {\"target\": \"0x1\", \"max\": \"0x2\","
                           "\"baseFeeUpdateFraction\": \"0x1\"}}}");
    struct room room = room_make();
    unsigned failures = 0;
    enum err e = ERR_MEMORY;
    CHECK(config != NULL);
    for (size_t cap = 0; e == ERR_MEMORY && cap <= CAP; cap += 8) {
        struct chain_config chain;
        bool found;
        arena_init(&room.arena, room.region, cap);
        e = network_chain(&chain, &found, &room.arena, "Cancun", config, NULL);
        CHECK(e == OK || e == ERR_MEMORY);
        failures += e != OK;
        arena_reset(&room.arena);
    }
    CHECK(e == OK && failures > 1);
    json_free(config);
    test_region_free(room.region, CAP);
}

static const struct test_case cases[] = {
    CASE(plain_names),
    CASE(transitions),
    CASE(transition_by_difficulty),
    CASE(dao_fork),
    CASE(other_names_are_not_found),
    CASE(own_schedules),
    CASE(bad_configs),
    CASE(memory_runs_out),
};

TEST_MAIN(cases)
