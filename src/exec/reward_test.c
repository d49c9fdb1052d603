/* Rewards: Yellow Paper 11.3 with the rewards of EIP-649 and EIP-1234, in 32nds and eighths of an
 * ether. */

#include "exec/reward.h"

#include "tests/test.h"

static const struct {
    enum fork fork;
    uint64_t wei;
} rows[] = {
    {FORK_FRONTIER, UINT64_C(5000000000000000000)},
    {FORK_HOMESTEAD, UINT64_C(5000000000000000000)},
    {FORK_SPURIOUS_DRAGON, UINT64_C(5000000000000000000)},
    {FORK_BYZANTIUM, UINT64_C(3000000000000000000)},
    {FORK_CONSTANTINOPLE, UINT64_C(2000000000000000000)},
    {FORK_PETERSBURG, UINT64_C(2000000000000000000)},
    {FORK_LONDON, UINT64_C(2000000000000000000)},
    {FORK_PARIS, 0},
    {FORK_OSAKA, 0},
};

static void blocks(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t ommers = 0; ommers <= 2; ommers++) {
            const struct u256 reward = reward_block(fork_rules(rows[i].fork), ommers);
            CHECK(u256_fits_u64(&reward));
            CHECK_EQ(reward.w[0], rows[i].wei + ommers * (rows[i].wei / 32));
        }
    }
}

static void ommers(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (uint64_t age = 1; age <= 6; age++) {
            const struct u256 reward = reward_ommer(fork_rules(rows[i].fork), 1000, 1000 - age);
            CHECK(u256_fits_u64(&reward));
            CHECK_EQ(reward.w[0], rows[i].wei / 8 * (8 - age));
        }
    }
}

/* Values written out: two ommers on Frontier make 5.3125 ether, one of Byzantium's block before
 * gets 2.625. */
static void examples(void)
{
    const struct u256 block = reward_block(fork_rules(FORK_FRONTIER), 2);
    const struct u256 ommer = reward_ommer(fork_rules(FORK_BYZANTIUM), 4370001, 4370000);
    CHECK_EQ(block.w[0], UINT64_C(5312500000000000000));
    CHECK_EQ(ommer.w[0], UINT64_C(2625000000000000000));
}

static const struct test_case cases[] = {
    CASE(blocks),
    CASE(ommers),
    CASE(examples),
};

TEST_MAIN(cases)
