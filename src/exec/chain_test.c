/* The public chains' upgrades against fork identifiers (EIP-2124), which hash the genesis hash and
 * every activation before, so that no number can be off; the rules on both sides of each of
 * mainnet's activations; and what makes an upgrade active. */

#include "exec/chain.h"

#include "tests/test.h"

/* ---- fork identifiers ------------------------------------------------------------------------ */

/* crc32 continues a CRC-32 (the checksum of Ethernet, reflected polynomial edb88320). */
static uint32_t crc32(uint32_t crc, const uint8_t *data, size_t len)
{
    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
        }
    }
    return ~crc;
}

struct identity {
    const char *name;
    uint64_t chain_id;
    const char *genesis_hash;
    uint64_t genesis_time;
    uint64_t extra_number; /* an activation by number that changes no rule; 0: none */
    const char *deposit_contract;
    uint32_t fork_ids[20]; /* one for each activation after the genesis block */
};

static const struct identity identities[] = {
    {"mainnet",
     1,
     "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
     0,
     1920000, /* the DAO fork */
     "00000000219ab540356cbb839cbe05303d7705fa",
     {0x97c2c34c, 0x91d1f948, 0x7a64da13, 0x3edd5b10, 0xa00bc324, 0x668db0af, 0x879d6e30,
      0xe029e991, 0x0eb440f6, 0xb715077d, 0x20c327fc, 0xf0afd0e3, 0xdce96c2d, 0x9f3d2254,
      0xc376cf8b, 0x5167e2a6, 0xcba2a1c0, 0x07c9462e}},
    {"sepolia",
     11155111,
     "25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9",
     1633267481,
     1735371, /* the network split after its merge */
     "7f02c3e3c98b133055b8b348b2ac625669ed295d",
     {0xb96cbd13, 0xf7f9bc08, 0x88cf81d9, 0xed88b5fd, 0xe2ae4999, 0x56078a1e, 0x268956b6}},
    {"hoodi",
     560048,
     "bbe312868b376a3001692a646dd2d7d1e4406380dfd86b98aa8a34d1557c971b",
     1742212800,
     0,
     "00000000219ab540356cbb839cbe05303d7705fa",
     {0x0929e24e, 0xe7e0e7ff, 0x3893353e, 0x23aa1351}},
};

#define IDENTITIES (sizeof(identities) / sizeof(identities[0]))

/* next_activation gives the first activation after `last` of the numbers (or times) that count:
 * not Paris, whose number nobody agreed on beforehand. */
static uint64_t next_activation(const struct chain_config *chain, const struct identity *identity,
                                enum chain_trigger by, uint64_t last)
{
    uint64_t next = UINT64_MAX;
    for (size_t i = 0; i < chain->fork_count; i++) {
        const struct chain_fork *fork = &chain->forks[i];
        if (fork->by == by && fork->upgrade != CHAIN_PARIS && fork->at > last && fork->at < next) {
            next = fork->at;
        }
    }
    if (by == CHAIN_BY_NUMBER && identity->extra_number > last && identity->extra_number < next) {
        next = identity->extra_number;
    }
    return next;
}

static void check_fork_ids(const struct identity *identity)
{
    const struct chain_config *chain = chain_by_id(identity->chain_id);
    uint8_t word[32];
    (void)test_hex(word, 32, identity->genesis_hash);
    uint32_t crc = crc32(0, word, 32);
    enum chain_trigger by = CHAIN_BY_NUMBER;
    uint64_t last = 0;
    size_t count = 0;
    for (;;) {
        last = next_activation(chain, identity, by, last);
        if (last == UINT64_MAX && by == CHAIN_BY_NUMBER) {
            by = CHAIN_BY_TIME;
            last = identity->genesis_time;
            continue;
        }
        if (last == UINT64_MAX) {
            break;
        }
        store_be64(word, last);
        crc = crc32(crc, word, 8);
        CHECK(count < 20);
        CHECK_EQ(crc, identity->fork_ids[count]);
        count++;
    }
    CHECK(count > 0 && (count == 20 || identity->fork_ids[count] == 0));
}

static void fork_ids_are_the_public_ones(void)
{
    for (size_t i = 0; i < IDENTITIES; i++) {
        check_fork_ids(&identities[i]);
    }
}

static void chains_are_found(void)
{
    for (size_t i = 0; i < IDENTITIES; i++) {
        const struct identity *identity = &identities[i];
        const struct chain_config *chain = chain_by_id(identity->chain_id);
        struct address deposit_contract;
        (void)test_hex(deposit_contract.b, 20, identity->deposit_contract);
        CHECK(chain != NULL);
        CHECK(chain_by_name(identity->name) == chain);
        CHECK_STR(chain->name, identity->name);
        CHECK_EQ(chain->chain_id, identity->chain_id);
        CHECK_BYTES(chain->deposit_contract.b, deposit_contract.b, 20);
        CHECK_EQ(chain->has_dao_fork, i == 0);
    }
    CHECK_EQ(chain_by_id(1)->dao_fork_number, 1920000);
    CHECK(chain_by_name("Mainnet") == chain_by_id(1));
    CHECK(chain_by_id(0) == NULL);
    CHECK(chain_by_id(3) == NULL);
    CHECK(chain_by_name("") == NULL);
    CHECK(chain_by_name("main") == NULL);
}

/* What struct chain_config promises of the order of forks. */
static void forks_are_in_order(void)
{
    for (size_t i = 0; i < IDENTITIES; i++) {
        const struct chain_config *chain = chain_by_id(identities[i].chain_id);
        CHECK(chain->fork_count > 0 && chain->fork_count <= CHAIN_FORKS_MAX);
        CHECK_EQ(chain->forks[0].at, 0);
        for (size_t k = 1; k < chain->fork_count; k++) {
            const struct chain_fork *before = &chain->forks[k - 1];
            const struct chain_fork *fork = &chain->forks[k];
            CHECK(before->upgrade < fork->upgrade);
            CHECK(before->by <= fork->by);
            CHECK(before->by != fork->by || before->at <= fork->at);
            CHECK((chain_upgrade_fork(fork->upgrade) >= FORK_CANCUN) == (fork->blobs != NULL));
        }
    }
}

/* ---- rules ----------------------------------------------------------------------------------- */

struct expected {
    bool by_time;
    uint64_t at;
    enum chain_upgrade upgrade;
    enum fork fork;
    uint64_t bomb_delay;
    uint64_t target;
    uint64_t max;
    uint64_t fraction;
};

/* Mainnet, in the order in which it happened. */
static const struct expected mainnet[] = {
    {false, 0, CHAIN_FRONTIER, FORK_FRONTIER, 0, 0, 0, 0},
    {false, 1150000, CHAIN_HOMESTEAD, FORK_HOMESTEAD, 0, 0, 0, 0},
    {false, 2463000, CHAIN_TANGERINE_WHISTLE, FORK_TANGERINE_WHISTLE, 0, 0, 0, 0},
    {false, 2675000, CHAIN_SPURIOUS_DRAGON, FORK_SPURIOUS_DRAGON, 0, 0, 0, 0},
    {false, 4370000, CHAIN_BYZANTIUM, FORK_BYZANTIUM, 3000000, 0, 0, 0},
    {false, 7280000, CHAIN_PETERSBURG, FORK_PETERSBURG, 5000000, 0, 0, 0},
    {false, 9069000, CHAIN_ISTANBUL, FORK_ISTANBUL, 5000000, 0, 0, 0},
    {false, 9200000, CHAIN_MUIR_GLACIER, FORK_ISTANBUL, 9000000, 0, 0, 0},
    {false, 12244000, CHAIN_BERLIN, FORK_BERLIN, 9000000, 0, 0, 0},
    {false, 12965000, CHAIN_LONDON, FORK_LONDON, 9700000, 0, 0, 0},
    {false, 13773000, CHAIN_ARROW_GLACIER, FORK_LONDON, 10700000, 0, 0, 0},
    {false, 15050000, CHAIN_GRAY_GLACIER, FORK_LONDON, 11400000, 0, 0, 0},
    {false, 15537394, CHAIN_PARIS, FORK_PARIS, 11400000, 0, 0, 0},
    {true, 1681338455, CHAIN_SHANGHAI, FORK_SHANGHAI, 11400000, 0, 0, 0},
    {true, 1710338135, CHAIN_CANCUN, FORK_CANCUN, 11400000, 3, 6, 3338477},
    {true, 1746612311, CHAIN_PRAGUE, FORK_PRAGUE, 11400000, 6, 9, 5007716},
    {true, 1764798551, CHAIN_OSAKA, FORK_OSAKA, 11400000, 6, 9, 5007716},
    {true, 1765290071, CHAIN_BPO1, FORK_OSAKA, 11400000, 10, 15, 8346193},
    {true, 1767747671, CHAIN_BPO2, FORK_OSAKA, 11400000, 14, 21, 11684671},
};

static void check_rules(const struct chain_config *chain, uint64_t number, uint64_t timestamp,
                        bool is_merged, const struct expected *expected)
{
    struct chain_rules rules;
    chain_rules_at(&rules, chain, number, timestamp, is_merged);
    CHECK_EQ(rules.upgrade, expected->upgrade);
    CHECK_EQ(rules.fork, expected->fork);
    CHECK_EQ(rules.difficulty_bomb_delay, expected->bomb_delay);
    CHECK_EQ(rules.blobs.target, expected->target);
    CHECK_EQ(rules.blobs.max, expected->max);
    CHECK_EQ(rules.blobs.base_fee_update_fraction, expected->fraction);
}

static void mainnet_changes_its_rules_where_it_did(void)
{
    const struct chain_config *chain = chain_by_id(1);
    for (size_t i = 0; i < sizeof(mainnet) / sizeof(mainnet[0]); i++) {
        const struct expected *now = &mainnet[i];
        const struct expected *before = i > 0 ? &mainnet[i - 1] : now;
        const uint64_t next =
            i + 1 < sizeof(mainnet) / sizeof(mainnet[0]) ? mainnet[i + 1].at - 1 : UINT64_MAX;
        if (now->by_time) {
            /* Whatever a header claims of its difficulty, mainnet's merge is behind it. */
            check_rules(chain, 20000000, now->at - 1, false, before);
            check_rules(chain, 20000000, now->at, false, now);
            check_rules(chain, 20000000, next, true, now);
        } else {
            check_rules(chain, now->at, 0, false, now);
            if (i > 0) {
                check_rules(chain, now->at - 1, 0, true, before);
            }
        }
    }
}

static void other_chains_end_where_mainnet_does(void)
{
    const struct expected *newest = &mainnet[sizeof(mainnet) / sizeof(mainnet[0]) - 1];
    const struct chain_config *sepolia = chain_by_id(11155111);
    const struct chain_config *hoodi = chain_by_id(560048);
    struct expected hoodi_newest = *newest;
    struct expected sepolia_newest = *newest;
    sepolia_newest.bomb_delay = 9700000;
    hoodi_newest.bomb_delay = 0;
    check_rules(sepolia, 1450409, UINT64_MAX, false, &sepolia_newest);
    check_rules(hoodi, 1, UINT64_MAX, false, &hoodi_newest);
    check_rules(sepolia, 1450408, 1655733600, true,
                &(struct expected){false, 0, CHAIN_LONDON, FORK_LONDON, 9700000, 0, 0, 0});
    check_rules(sepolia, 1450409, 1655733600, false,
                &(struct expected){false, 0, CHAIN_PARIS, FORK_PARIS, 9700000, 0, 0, 0});
    check_rules(hoodi, 0, 1742212800, false,
                &(struct expected){false, 0, CHAIN_CANCUN, FORK_CANCUN, 0, 3, 6, 3338477});
}

/* EIP-3675: Paris by total difficulty; a header that claims difficulty 0 says that it came. */
static void paris_by_difficulty(void)
{
    static const struct chain_fork forks[] = {
        {CHAIN_LONDON, CHAIN_BY_NUMBER, 0, NULL},
        {CHAIN_PARIS, CHAIN_BY_DIFFICULTY, 0, NULL},
        {CHAIN_SHANGHAI, CHAIN_BY_TIME, 1000, NULL},
    };
    const struct chain_config chain = {.name = "test", .forks = forks, .fork_count = 3};
    const struct expected london = {false, 0, CHAIN_LONDON, FORK_LONDON, 9700000, 0, 0, 0};
    const struct expected paris = {false, 0, CHAIN_PARIS, FORK_PARIS, 9700000, 0, 0, 0};
    const struct expected shanghai = {false, 0, CHAIN_SHANGHAI, FORK_SHANGHAI, 9700000, 0, 0, 0};
    check_rules(&chain, 5, 999, false, &london);
    check_rules(&chain, 5, 999, true, &paris);
    check_rules(&chain, 5, 1000, true, &shanghai);
    /* no upgrade before those that it builds on */
    check_rules(&chain, 5, 1000, false, &london);

    struct header header = {.number = 5, .timestamp = 1000};
    struct chain_rules rules;
    chain_rules_of(&rules, &chain, &header);
    CHECK_EQ(rules.fork, FORK_SHANGHAI);
    header.difficulty = u256_from_u64(131072);
    chain_rules_of(&rules, &chain, &header);
    CHECK_EQ(rules.fork, FORK_LONDON);
    header = (struct header){.number = 15537394, .timestamp = 1663224179};
    chain_rules_of(&rules, chain_by_id(1), &header);
    CHECK_EQ(rules.fork, FORK_PARIS);
}

/* The first fork holds from the genesis block on, whatever it says; blob schedules stay until the
 * next that has one. */
static void what_a_fork_does_not_say_stays(void)
{
    static const struct blob_schedule own = {1, 2, 3};
    static const struct chain_fork forks[] = {
        {CHAIN_CANCUN, CHAIN_BY_TIME, 500, &own},
        {CHAIN_PRAGUE, CHAIN_BY_TIME, 1000, NULL},
        {CHAIN_BPO3, CHAIN_BY_TIME, 2000, &blob_schedules[BLOB_BPO2]},
    };
    const struct chain_config chain = {.name = "test", .forks = forks, .fork_count = 3};
    check_rules(&chain, 0, 0, true,
                &(struct expected){true, 0, CHAIN_CANCUN, FORK_CANCUN, 0, 1, 2, 3});
    check_rules(&chain, 0, 1000, true,
                &(struct expected){true, 0, CHAIN_PRAGUE, FORK_PRAGUE, 0, 1, 2, 3});
    check_rules(&chain, 0, 2000, true,
                &(struct expected){true, 0, CHAIN_BPO3, FORK_OSAKA, 0, 14, 21, 11684671});
}

/* ---- names ----------------------------------------------------------------------------------- */

static void names(void)
{
    static const struct {
        const char *name;
        enum chain_upgrade upgrade;
    } rows[] = {
        {"Frontier", CHAIN_FRONTIER},
        {"EIP150", CHAIN_TANGERINE_WHISTLE},
        {"TangerineWhistle", CHAIN_TANGERINE_WHISTLE},
        {"SpuriousDragon", CHAIN_SPURIOUS_DRAGON},
        {"ConstantinopleFix", CHAIN_PETERSBURG},
        {"petersburg", CHAIN_PETERSBURG},
        {"Istanbul", CHAIN_ISTANBUL},
        {"MuirGlacier", CHAIN_MUIR_GLACIER},
        {"ArrowGlacier", CHAIN_ARROW_GLACIER},
        {"GrayGlacier", CHAIN_GRAY_GLACIER},
        {"Merge", CHAIN_PARIS},
        {"Paris", CHAIN_PARIS},
        {"Osaka", CHAIN_OSAKA},
        {"BPO1", CHAIN_BPO1},
        {"bpo5", CHAIN_BPO5},
    };
    enum chain_upgrade upgrade;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK(chain_upgrade_from_name(&upgrade, rows[i].name));
        CHECK_EQ(upgrade, rows[i].upgrade);
    }
    for (int i = 0; i < CHAIN_UPGRADE_COUNT; i++) {
        CHECK(chain_upgrade_from_name(&upgrade, chain_upgrade_name((enum chain_upgrade)i)));
        CHECK_EQ(upgrade, i);
    }
    CHECK(!chain_upgrade_from_name(&upgrade, ""));
    CHECK(!chain_upgrade_from_name(&upgrade, "BPO6"));
    CHECK(!chain_upgrade_from_name(&upgrade, "Amsterdam"));
    CHECK_EQ(chain_upgrade_fork(CHAIN_MUIR_GLACIER), FORK_ISTANBUL);
    CHECK_EQ(chain_upgrade_fork(CHAIN_BPO4), FORK_OSAKA);
    CHECK(chain_upgrade_blobs(CHAIN_SHANGHAI) == NULL);
    CHECK(chain_upgrade_blobs(CHAIN_CANCUN) == &blob_schedules[BLOB_CANCUN]);
    CHECK(chain_upgrade_blobs(CHAIN_BPO2) == &blob_schedules[BLOB_BPO2]);
    CHECK(chain_upgrade_blobs(CHAIN_BPO3) == NULL);
}

/* Every fork is an upgrade of the same name, and upgrades keep the order of forks. */
static void upgrades_cover_the_forks(void)
{
    for (int fork = 0; fork < FORK_COUNT; fork++) {
        enum chain_upgrade upgrade;
        CHECK(chain_upgrade_from_name(&upgrade, fork_name((enum fork)fork)));
        CHECK_EQ(chain_upgrade_fork(upgrade), fork);
    }
    for (int i = 1; i < CHAIN_UPGRADE_COUNT; i++) {
        CHECK(chain_upgrade_fork((enum chain_upgrade)(i - 1)) <=
              chain_upgrade_fork((enum chain_upgrade)i));
    }
}

static const struct test_case cases[] = {
    CASE(fork_ids_are_the_public_ones),
    CASE(chains_are_found),
    CASE(forks_are_in_order),
    CASE(mainnet_changes_its_rules_where_it_did),
    CASE(other_chains_end_where_mainnet_does),
    CASE(paris_by_difficulty),
    CASE(what_a_fork_does_not_say_stays),
    CASE(names),
    CASE(upgrades_cover_the_forks),
};

TEST_MAIN(cases)
