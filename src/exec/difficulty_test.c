/* The difficulty formulas: rows of the official difficulty tests (ethereum/tests, BasicTests,
 * difficultyMainNetwork and difficultyCustomMainNetwork; one for each kind that differs), mainnet's
 * own headers at its forks, the bomb around each of its delays (EIP-649, 1234, 2384, 3554, 4345,
 * 5133) computed from the formula with integers that have no end, and the ends of the range. */

#include "exec/difficulty.h"

#include "tests/test.h"

struct row {
    enum chain_upgrade upgrade;
    uint64_t number;
    uint64_t seconds; /* since the parent */
    bool parent_has_ommers;
    uint64_t parent_difficulty;
    uint64_t difficulty;
};

/* rules_of gives the rules from an upgrade on, where it and all before it are there from the
 * genesis block on. */
static struct chain_rules rules_of(enum chain_upgrade upgrade)
{
    struct chain_fork forks[CHAIN_UPGRADE_COUNT];
    struct chain_rules rules;
    for (int i = 0; i <= (int)upgrade; i++) {
        forks[i] = (struct chain_fork){(enum chain_upgrade)i, CHAIN_BY_NUMBER, 0, NULL};
    }
    const struct chain_config chain = {.forks = forks, .fork_count = (size_t)upgrade + 1};
    chain_rules_at(&rules, &chain, 0, 0, false);
    return rules;
}

static struct header parent_of(const struct row *row)
{
    struct header parent = {
        .number = row->number - 1,
        .timestamp = 1500000000,
        .difficulty = u256_from_u64(row->parent_difficulty),
        .ommers_hash = EMPTY_OMMERS_HASH,
    };
    parent.ommers_hash.b[31] ^= row->parent_has_ommers;
    return parent;
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct chain_rules rules = rules_of(rows[i].upgrade);
        const struct header parent = parent_of(&rows[i]);
        struct u256 difficulty;
        CHECK(difficulty_after(&difficulty, &rules, &parent, parent.timestamp + rows[i].seconds));
        if (!u256_fits_u64(&difficulty) || difficulty.w[0] != rows[i].difficulty) {
            test_fail(__FILE__, __LINE__, "row %zu: %llu", i, (unsigned long long)difficulty.w[0]);
            return;
        }
    }
}

static void official_rows(void)
{
    static const struct row rows[] = {
        {CHAIN_FRONTIER, 100000, 8, false, UINT64_C(8593114645658640624),
         UINT64_C(8597310502419216132)},
        {CHAIN_FRONTIER, 800000, 6, true, UINT64_C(4065709808533532531),
         UINT64_C(4067695018400980608)},
        {CHAIN_FRONTIER, 1100000, 22, false, UINT64_C(4677167512207970155),
         UINT64_C(4674883739008650370)},
        {CHAIN_FRONTIER, 1100000, 40, true, UINT64_C(4011995713673977207),
         UINT64_C(4010036731391910348)},
        {CHAIN_HOMESTEAD, 1400000, 2, false, UINT64_C(3717244531583310643),
         UINT64_C(3719059592389751902)},
        {CHAIN_HOMESTEAD, 1600000, 12, false, UINT64_C(4498818399389081283),
         UINT64_C(4498818399389097667)},
        {CHAIN_HOMESTEAD, 3000000, 20, false, UINT64_C(2714331700026695039),
         UINT64_C(2713006343019726836)},
        {CHAIN_HOMESTEAD, 3200000, 42, true, UINT64_C(9178540899857058066),
         UINT64_C(9165095772659524903)},
        {CHAIN_HOMESTEAD, 4270000, 0, true, UINT64_C(4000), UINT64_C(1099511631777)},
        {CHAIN_HOMESTEAD, 4270000, 1, true, UINT64_C(1000), UINT64_C(1099511628776)},
        {CHAIN_HOMESTEAD, 4270000, 1, true, UINT64_C(2048), UINT64_C(1099511629825)},
        {CHAIN_HOMESTEAD, 4270000, 8, false, UINT64_C(2048), UINT64_C(1099511629825)},
        {CHAIN_HOMESTEAD, 4270000, 10, true, UINT64_C(1000000), UINT64_C(1099512627776)},
        {CHAIN_HOMESTEAD, 4270000, 13, true, UINT64_C(2048), UINT64_C(1099511629824)},
        {CHAIN_HOMESTEAD, 4270000, 13, true, UINT64_C(1000000), UINT64_C(1099512627776)},
        {CHAIN_HOMESTEAD, 4270000, 100, true, UINT64_C(2048), UINT64_C(1099511629815)},
        {CHAIN_HOMESTEAD, 4270000, 100, true, UINT64_C(4000), UINT64_C(1099511631767)},
        {CHAIN_HOMESTEAD, 4270000, 800, true, UINT64_C(2048), UINT64_C(1099511629745)},
        {CHAIN_HOMESTEAD, 4270000, 1500, false, UINT64_C(1000), UINT64_C(1099511628776)},
        {CHAIN_BYZANTIUM, 4370000, 0, false, UINT64_C(1000000), UINT64_C(1002536)},
        {CHAIN_BYZANTIUM, 4370000, 10, false, UINT64_C(1000000), UINT64_C(1002048)},
        {CHAIN_BYZANTIUM, 4370000, 13, false, UINT64_C(1000000), UINT64_C(1002048)},
        {CHAIN_BYZANTIUM, 4370000, 20, false, UINT64_C(4000), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4370000, 20, true, UINT64_C(1000), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4370000, 100, false, UINT64_C(1000), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4370000, 100, false, UINT64_C(4000), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4370000, 100, false, UINT64_C(1000000), UINT64_C(997168)},
        {CHAIN_BYZANTIUM, 4370000, 100, true, UINT64_C(4000), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4470000, 13, false, UINT64_C(2048), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4470000, 13, true, UINT64_C(2048), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4470000, 20, false, UINT64_C(1000), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4470000, 100, true, UINT64_C(1000000), UINT64_C(999704)},
        {CHAIN_BYZANTIUM, 4470000, 800, false, UINT64_C(1000), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4470000, 800, false, UINT64_C(1000000), UINT64_C(961640)},
        {CHAIN_BYZANTIUM, 4470000, 1000, false, UINT64_C(2048), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4470000, 1000, true, UINT64_C(1000000), UINT64_C(955784)},
        {CHAIN_BYZANTIUM, 4470000, 1500, true, UINT64_C(2048), UINT64_C(131072)},
        {CHAIN_BYZANTIUM, 4500000, 10, false, UINT64_C(7614680183023777370),
         UINT64_C(7614680183023785562)},
        {CHAIN_BYZANTIUM, 4500000, 22, false, UINT64_C(8427317367147395674),
         UINT64_C(8423202466089226427)},
        {CHAIN_BYZANTIUM, 4600000, 40, false, UINT64_C(4652560680728592680),
         UINT64_C(4645745406293948040)},
        {CHAIN_BYZANTIUM, 4900000, 2, true, UINT64_C(8683164161206452902),
         UINT64_C(8691643813707762150)},
        {CHAIN_BYZANTIUM, 4900000, 4, false, UINT64_C(5577843018255499409),
         UINT64_C(5580566574416888049)},
        {CHAIN_BYZANTIUM, 4900000, 10, true, UINT64_C(6353980077969659726),
         UINT64_C(6357082607304736920)},
        {CHAIN_BYZANTIUM, 4900000, 22, true, UINT64_C(6218786890703829287),
         UINT64_C(6218786890703960359)},
        {CHAIN_BYZANTIUM, 4900000, 34, true, UINT64_C(4488281074783757785),
         UINT64_C(4486089531290342101)},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void mainnet_headers(void)
{
    static const struct row rows[] = {
        {CHAIN_FRONTIER, 1, 1438269988, false, UINT64_C(17179869184), UINT64_C(17171480576)},
        {CHAIN_HOMESTEAD, 1150000, 51, false, UINT64_C(20513164863791), UINT64_C(20473100089179)},
        {CHAIN_HOMESTEAD, 1920000, 2, false, UINT64_C(62382916183238), UINT64_C(62413376722602)},
        {CHAIN_TANGERINE_WHISTLE, 2463000, 24, false, UINT64_C(92875357362934),
         UINT64_C(92830012261651)},
        {CHAIN_BYZANTIUM, 4370000, 28, false, UINT64_C(2997274096101735),
         UINT64_C(2994347070619309)},
        {CHAIN_ISTANBUL, 9069000, 1, false, UINT64_C(2556199775842264), UINT64_C(2557722798171005)},
        {CHAIN_GRAY_GLACIER, 15050000, 10, true, UINT64_C(14296525396309425),
         UINT64_C(14303523301469775)},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void bomb_begins_after_each_delay(void)
{
    static const struct row rows[] = {
        {CHAIN_BYZANTIUM, 2999999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_BYZANTIUM, 3199999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_BYZANTIUM, 3200000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_BYZANTIUM, 3299999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_BYZANTIUM, 3300000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234569)},
        {CHAIN_BYZANTIUM, 5999999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679035452295)},
        {CHAIN_BYZANTIUM, 6000000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679169670023)},
        {CHAIN_CONSTANTINOPLE, 4999999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_CONSTANTINOPLE, 5199999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_CONSTANTINOPLE, 5200000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_CONSTANTINOPLE, 5299999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_CONSTANTINOPLE, 5300000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234569)},
        {CHAIN_CONSTANTINOPLE, 7999999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679035452295)},
        {CHAIN_CONSTANTINOPLE, 8000000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679169670023)},
        {CHAIN_MUIR_GLACIER, 8999999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_MUIR_GLACIER, 9199999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_MUIR_GLACIER, 9200000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_MUIR_GLACIER, 9299999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_MUIR_GLACIER, 9300000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234569)},
        {CHAIN_MUIR_GLACIER, 11999999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679035452295)},
        {CHAIN_MUIR_GLACIER, 12000000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679169670023)},
        {CHAIN_LONDON, 9699999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_LONDON, 9899999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_LONDON, 9900000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_LONDON, 9999999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_LONDON, 10000000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234569)},
        {CHAIN_LONDON, 12699999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679035452295)},
        {CHAIN_LONDON, 12700000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679169670023)},
        {CHAIN_ARROW_GLACIER, 10699999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_ARROW_GLACIER, 10899999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_ARROW_GLACIER, 10900000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_ARROW_GLACIER, 10999999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_ARROW_GLACIER, 11000000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234569)},
        {CHAIN_ARROW_GLACIER, 13699999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679035452295)},
        {CHAIN_ARROW_GLACIER, 13700000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679169670023)},
        {CHAIN_GRAY_GLACIER, 11399999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_GRAY_GLACIER, 11599999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234567)},
        {CHAIN_GRAY_GLACIER, 11600000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_GRAY_GLACIER, 11699999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234568)},
        {CHAIN_GRAY_GLACIER, 11700000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345678901234569)},
        {CHAIN_GRAY_GLACIER, 14399999, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679035452295)},
        {CHAIN_GRAY_GLACIER, 14400000, 13, false, UINT64_C(12345678901234567),
         UINT64_C(12345679169670023)},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Before Byzantium ommers do not count; no block has less than the least difficulty, which holds
 * for the sum with the bomb and not for what the bomb is added to; and an adjustment ends at
 * -99/2048, for any time. */
static void limits_of_the_adjustment(void)
{
    static const struct row rows[] = {
        {CHAIN_HOMESTEAD, 1000, 9, true, 2048000, 2049000},
        {CHAIN_BYZANTIUM, 1000, 9, true, 2048000, 2049000},
        {CHAIN_BYZANTIUM, 1000, 9, false, 2048000, 2048000},
        {CHAIN_BYZANTIUM, 1000, 8, true, 2048000, 2050000},
        {CHAIN_FRONTIER, 1000, 12, false, 2048000, 2049000},
        {CHAIN_FRONTIER, 1000, 13, false, 2048000, 2047000},
        {CHAIN_FRONTIER, 1000, 1000000, false, 2048000, 2047000},
        {CHAIN_HOMESTEAD, 1000, 999, false, 2048000, 1950000},
        {CHAIN_HOMESTEAD, 1000, 1000, false, 2048000, 1949000},
        {CHAIN_HOMESTEAD, 1000, 1010, false, 2048000, 1949000},
        {CHAIN_HOMESTEAD, 1000, UINT64_MAX - 1500000000, false, 2048000, 1949000},
        {CHAIN_BYZANTIUM, 1000, UINT64_MAX - 1500000000, true, 2048000, 1949000},
        {CHAIN_BYZANTIUM, 1000, 908, true, 2048000, 1950000},
        {CHAIN_BYZANTIUM, 1000, 909, true, 2048000, 1949000},
        {CHAIN_BYZANTIUM, 1000, 1000, true, 2048000, 1949000},
        {CHAIN_HOMESTEAD, 1000, 10000, false, 131072, 131072},
        {CHAIN_FRONTIER, 1000, 100, false, 131072, 131072},
        {CHAIN_HOMESTEAD, 1000, 10000, false, 137729, 131096},
        {CHAIN_HOMESTEAD, 1499999, 10000, false, 131072, 131072},
        {CHAIN_HOMESTEAD, 1500000, 10000, false, 131072, 132928},
        {CHAIN_HOMESTEAD, 200000, 10, false, 131072, 131073},
        {CHAIN_HOMESTEAD, 199999, 10, false, 131072, 131072},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* A number that no header can hold is not wrapped. */
static void beyond_the_range(void)
{
    struct chain_rules rules = rules_of(CHAIN_HOMESTEAD);
    struct header parent = {.ommers_hash = EMPTY_OMMERS_HASH, .difficulty = U256_MAX};
    struct u256 difficulty = U256_ONE;
    CHECK(!difficulty_after(&difficulty, &rules, &parent, 0));
    CHECK(difficulty_after(&difficulty, &rules, &parent, 10));
    CHECK(u256_eq(&difficulty, &parent.difficulty));
    /* 2^256 - 1 less 99 times 2^245 - 1 */
    const struct u256 least = U256_WORDS(98, 0, 0, UINT64_C(0xf3a0000000000000));
    CHECK(difficulty_after(&difficulty, &rules, &parent, 100000));
    CHECK(u256_eq(&difficulty, &least));
    /* the bomb's bit 255, then 256 */
    parent.difficulty = u256_from_u64(131072);
    parent.number = 25800000 - 1;
    CHECK(!difficulty_after(&difficulty, &rules, &parent, 10));
    parent.number = 25800000 - 2;
    const struct u256 top = U256_WORDS(131072, 0, 0, UINT64_C(1) << 63);
    CHECK(difficulty_after(&difficulty, &rules, &parent, 10));
    CHECK(u256_eq(&difficulty, &top));
    parent.difficulty = top;
    CHECK(!difficulty_after(&difficulty, &rules, &parent, 10));
    parent.number = UINT64_MAX - 1;
    CHECK(!difficulty_after(&difficulty, &rules, &parent, 10));
}

static const struct test_case cases[] = {
    CASE(official_rows),
    CASE(mainnet_headers),
    CASE(bomb_begins_after_each_delay),
    CASE(limits_of_the_adjustment),
    CASE(beyond_the_range),
};

TEST_MAIN(cases)
