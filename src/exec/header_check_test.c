/* Headers after their parents: pairs of mainnet and Hoodi, from block 1 to BPO2, with what the
 * rules read of them; each rule broken in such a pair; EIP-1559's and EIP-4844's rules at their
 * first blocks; and ommers in a small chain that the test makes. */

#include "exec/header_check.h"

#include "exec/difficulty.h"
#include "tests/test.h"

/* ---- real headers ---------------------------------------------------------------------------- */

/* struct facts: what the rules read of a header. */
struct facts {
    uint64_t timestamp;
    uint64_t gas_limit;
    uint64_t gas_used;
    uint64_t difficulty;
    uint64_t base_fee;
    uint64_t blob_gas_used;
    uint64_t excess_blob_gas;
};

struct pair {
    uint64_t chain_id;
    uint64_t number;
    const char *extra_data;
    bool parent_has_ommers;
    struct facts parent;
    struct facts header;
};

#define FRONTIER_1      0
#define DAO_1920000     2
#define GRAY_15050000   6
#define CANCUN_19426587 7
#define CANCUN_21230867 10
#define PRAGUE_23879620 13
#define BPO2_24628607   14

static const struct pair pairs[] = {
    {1,
     1,
     "Geth/v1.0.0/linux/go1.4.2",
     false,
     {0, 5000, 0, 17179869184, 0, 0, 0},
     {1438269988, 5000, 0, 17171480576, 0, 0, 0}},
    {1,
     1150000,
     "",
     false,
     {1457981342, 4712388, 21000, 20513164863791, 0, 0, 0},
     {1457981393, 4712388, 649041, 20473100089179, 0, 0, 0}},
    {1,
     1920000,
     "dao-hard-fork",
     false,
     {1469020838, 4707788, 0, 62382916183238, 0, 0, 0},
     {1469020840, 4712384, 84000, 62413376722602, 0, 0, 0}},
    {1,
     2463000,
     "",
     false,
     {1476796747, 500000, 0, 92875357362934, 0, 0, 0},
     {1476796771, 500000, 0, 92830012261651, 0, 0, 0}},
    {1,
     4370000,
     "xixixi",
     false,
     {1508131303, 6712355, 6630311, 2997274096101735, 0, 0, 0},
     {1508131331, 6705806, 6609719, 2994347070619309, 0, 0, 0}},
    {1,
     9069000,
     "PPYE sparkpool-eth-tw",
     false,
     {1575764708, 8959381, 0, 2556199775842264, 0, 0, 0},
     {1575764709, 8950633, 8762935, 2557722798171005, 0, 0, 0}},
    {1,
     15050000,
     "poolin.com",
     true,
     {1656586434, 30000000, 11251811, 14296525396309425, 30999532183, 0, 0},
     {1656586444, 29970705, 3978731, 14303523301469775, 30031264637, 0, 0}},
    {1,
     19426587,
     "",
     false,
     {1710338123, 30000000, 15757891, 0, 61563636216, 0, 0},
     {1710338135, 30000000, 2633933, 0, 61952457264, 0, 0}},
    {1,
     20612842,
     "",
     false,
     {1724676215, 30000000, 13970481, 0, 2431335650, 0, 0},
     {1724676227, 30000000, 1318761, 0, 2410476432, 655360, 0}},
    {1,
     20852412,
     "",
     false,
     {1727566043, 30000000, 18229045, 0, 5421148098, 262144, 0},
     {1727566055, 30000000, 3000029, 0, 5567024191, 0, 0}},
    {1,
     21230867,
     "",
     false,
     {1732128875, 30000000, 19309154, 0, 17864997454, 0, 52822016},
     {1732128887, 30000000, 3657314, 0, 18506522664, 786432, 52428800}},
    {560048,
     1151683,
     "erigon-3.1.0-rc1-06d6f2e2",
     false,
     {1757087064, 59999886, 58132300, 0, 951069506, 524288, 0},
     {1757087076, 60000000, 21000, 0, 1062552329, 131072, 0}},
    {560048,
     1265656,
     "erigon-3.2.0-dev-d712fa57",
     false,
     {1758544416, 60000000, 43251184, 0, 1344470920, 262144, 0},
     {1758544428, 59941408, 4402947, 0, 1418703551, 524288, 0}},
    {1,
     23879620,
     "Nethermind v1.32.2",
     false,
     {1764120047, 55191966, 55180964, 0, 53433629, 524288, 524288},
     {1764120059, 55138069, 50224062, 0, 60110169, 393216, 262144}},
    {1,
     24628607,
     "Titan (titanbuilder.xyz)",
     false,
     {1773164291, 59999943, 12370223, 0, 164000331, 131072, 186807136},
     {1773164303, 60000000, 7372614, 0, 151953301, 0, 186850826}},
    {1,
     24647140,
     "Titan (titanbuilder.xyz)",
     false,
     {1773387971, 60000000, 45289105, 0, 124498695, 131072, 180249426},
     {1773387983, 60000000, 7704951, 0, 132429835, 0, 180293116}},
    {1,
     25229957,
     "Quasar (quasar.win)",
     false,
     {1780406423, 60000000, 25378358, 0, 443347050, 0, 198333077},
     {1780406435, 60000000, 9768139, 0, 434809587, 0, 198333077}},
};

#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static const struct hash32 parent_hash = {{0xab, [31] = 0xcd}};

/* header_from makes a header with the fields that the rules want. */
static struct header header_from(const struct facts *facts, const struct fork_rules *rules,
                                 uint64_t number, const char *extra_data)
{
    struct header header = {
        .parent_hash = parent_hash,
        .ommers_hash = EMPTY_OMMERS_HASH,
        .difficulty = u256_from_u64(facts->difficulty),
        .number = number,
        .gas_limit = facts->gas_limit,
        .gas_used = facts->gas_used,
        .timestamp = facts->timestamp,
        .extra_data = bytes_from(extra_data, strlen(extra_data)),
        .has_base_fee = rules->eip1559,
        .base_fee_per_gas = u256_from_u64(facts->base_fee),
        .has_withdrawals_root = rules->eip4895,
        .has_blob_gas = rules->eip4844,
        .blob_gas_used = facts->blob_gas_used,
        .excess_blob_gas = facts->excess_blob_gas,
        .has_beacon_root = rules->eip4788,
        .has_requests_hash = rules->eip7685,
    };
    if (!rules->eip3675) {
        header.nonce[0] = 0x42;
    }
    return header;
}

/* struct test_pair is a pair made into headers, to be broken. */
struct test_pair {
    const struct chain_config *chain;
    struct chain_rules rules;
    struct header header;
    struct header parent;
};

static struct test_pair pair_at(size_t index)
{
    const struct pair *pair = &pairs[index];
    struct test_pair out = {.chain = chain_by_id(pair->chain_id)};
    struct chain_rules rules;
    chain_rules_at(&rules, out.chain, pair->number - 1, pair->parent.timestamp, false);
    out.parent = header_from(&pair->parent, fork_rules(rules.fork), pair->number - 1, "");
    out.parent.ommers_hash.b[0] ^= pair->parent_has_ommers;
    chain_rules_at(&out.rules, out.chain, pair->number, pair->header.timestamp, false);
    out.header =
        header_from(&pair->header, fork_rules(out.rules.fork), pair->number, pair->extra_data);
    return out;
}

static enum block_status check(const struct test_pair *pair)
{
    return header_check(pair->chain, &pair->rules, &pair->header, &pair->parent, &parent_hash);
}

static void real_headers_are_valid(void)
{
    for (size_t i = 0; i < PAIRS; i++) {
        const struct test_pair pair = pair_at(i);
        if (check(&pair) != BLOCK_OK) {
            test_fail(__FILE__, __LINE__, "block %llu: %s", (unsigned long long)pairs[i].number,
                      block_status_name(check(&pair)));
        }
    }
}

/* ---- rules broken one by one ----------------------------------------------------------------- */

/* EXPECT breaks pair `index` by a statement on `p` and wants a status. */
#define EXPECT(index, statement, wanted)                                    \
    do {                                                                    \
        struct test_pair p = pair_at(index);                                \
        statement;                                                          \
        if (check(&p) != (wanted)) {                                        \
            test_fail(__FILE__, __LINE__, "%s, %s: %s", #index, #statement, \
                      block_status_name(check(&p)));                        \
        }                                                                   \
    } while (0)

static void place_in_the_chain(void)
{
    for (size_t i = 0; i < PAIRS; i++) {
        EXPECT(i, p.header.number++, BLOCK_INVALID_BLOCK_NUMBER);
        EXPECT(i, p.header.number--, BLOCK_INVALID_BLOCK_NUMBER);
        EXPECT(i, p.header.parent_hash.b[31] ^= 1, BLOCK_UNKNOWN_PARENT);
        EXPECT(i, memset(p.header.parent_hash.b, 0, 32), BLOCK_UNKNOWN_PARENT_ZERO);
        EXPECT(i, p.header.timestamp = p.parent.timestamp,
               BLOCK_INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT);
        EXPECT(i, p.parent.timestamp = p.header.timestamp + 1,
               BLOCK_INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT);
    }
    EXPECT(FRONTIER_1, p.header.number = 0;
           p.parent.number = UINT64_MAX, BLOCK_INVALID_BLOCK_NUMBER);
}

static const char long_extra[] = "123456789012345678901234567890123";

static void extra_data(void)
{
    for (size_t i = 0; i < PAIRS; i++) {
        EXPECT(i, p.header.extra_data = bytes_from(long_extra, 33), BLOCK_EXTRA_DATA_TOO_BIG);
        if (i != DAO_1920000) {
            EXPECT(i, p.header.extra_data = bytes_from(long_extra, 32), BLOCK_OK);
            EXPECT(i, p.header.extra_data = bytes_from(NULL, 0), BLOCK_OK);
        }
    }
}

/* move puts a pair that has no number in its difficulty elsewhere on its chain. */
static void move(struct test_pair *p, uint64_t number)
{
    p->header.number = number;
    p->parent.number = number - 1;
}

/* The first ten blocks of the DAO fork, on a chain that has it. */
static void extra_data_of_the_dao_fork(void)
{
    for (uint64_t i = 0; i < 10; i++) {
        EXPECT(DAO_1920000, move(&p, 1920000 + i), BLOCK_OK);
        EXPECT(DAO_1920000, move(&p, 1920000 + i);
               p.header.extra_data = bytes_from("dao-hard-forks", 14),
               BLOCK_EXTRA_DATA_INVALID_DAO);
    }
    EXPECT(DAO_1920000, p.header.extra_data.len--, BLOCK_EXTRA_DATA_INVALID_DAO);
    EXPECT(DAO_1920000, p.header.extra_data = bytes_from(NULL, 0), BLOCK_EXTRA_DATA_INVALID_DAO);
    EXPECT(DAO_1920000, p.header.extra_data = bytes_from("DAO-hard-fork", 13),
           BLOCK_EXTRA_DATA_INVALID_DAO);
    EXPECT(DAO_1920000, move(&p, 1919999); p.header.extra_data.len--, BLOCK_OK);
    EXPECT(DAO_1920000, move(&p, 1920010); p.header.extra_data.len--, BLOCK_OK);
    struct test_pair p = pair_at(DAO_1920000);
    struct chain_config without = *p.chain;
    without.has_dao_fork = false;
    p.chain = &without;
    p.header.extra_data.len--;
    CHECK_EQ(check(&p), BLOCK_OK);
}

static void gas(void)
{
    for (size_t i = 0; i < PAIRS; i++) {
        EXPECT(i, p.header.gas_limit = p.parent.gas_limit + p.parent.gas_limit / 1024,
               BLOCK_INVALID_GASLIMIT);
        EXPECT(i, p.header.gas_limit = p.parent.gas_limit - p.parent.gas_limit / 1024,
               BLOCK_INVALID_GASLIMIT);
        EXPECT(i, p.header.gas_limit = p.parent.gas_limit + p.parent.gas_limit / 1024 - 1,
               BLOCK_OK);
        EXPECT(i, p.header.gas_limit = UINT64_MAX, BLOCK_GASLIMIT_TOO_BIG);
        EXPECT(i, p.header.gas_used = p.header.gas_limit, BLOCK_OK);
        EXPECT(i, p.header.gas_used = p.header.gas_limit + 1, BLOCK_INVALID_GAS_USED_ABOVE_LIMIT);
    }
    /* the least limit, and the greatest */
    EXPECT(FRONTIER_1, p.parent.gas_limit = p.header.gas_limit = 4999, BLOCK_INVALID_GASLIMIT);
    EXPECT(FRONTIER_1, p.parent.gas_limit = 5003; p.header.gas_limit = 5000, BLOCK_OK);
    EXPECT(FRONTIER_1, p.parent.gas_limit = 5003;
           p.header.gas_limit = 4999, BLOCK_INVALID_GASLIMIT);
    EXPECT(FRONTIER_1, p.parent.gas_limit = 4998; p.header.gas_limit = 5000, BLOCK_OK);
    EXPECT(FRONTIER_1, p.parent.gas_limit = 0; p.header.gas_limit = 5000, BLOCK_INVALID_GASLIMIT);
    EXPECT(FRONTIER_1, p.parent.gas_limit = p.header.gas_limit = INT64_MAX, BLOCK_OK);
    EXPECT(FRONTIER_1, p.parent.gas_limit = p.header.gas_limit = (uint64_t)INT64_MAX + 1,
           BLOCK_GASLIMIT_TOO_BIG);
}

static void base_fee(void)
{
    for (size_t i = GRAY_15050000; i < PAIRS; i++) {
        EXPECT(i, p.header.base_fee_per_gas.w[0]++, BLOCK_INVALID_BASEFEE_PER_GAS);
        EXPECT(i, p.header.base_fee_per_gas.w[0]--, BLOCK_INVALID_BASEFEE_PER_GAS);
        EXPECT(i, p.header.base_fee_per_gas.w[3]++, BLOCK_INVALID_BASEFEE_PER_GAS);
        EXPECT(i, p.parent.base_fee_per_gas = (struct u256)U256_MAX;
               p.parent.gas_used *= 2, BLOCK_INVALID_BASEFEE_PER_GAS);
    }
}

/* EIP-1559's first block: the limit counts twice, the base fee is 1 gwei. */
static void first_block_of_london(void)
{
    struct test_pair p = pair_at(GRAY_15050000);
    p.parent.has_base_fee = false;
    p.parent.base_fee_per_gas = u256_from_u64(0);
    p.header.base_fee_per_gas = u256_from_u64(1000000000);
    p.parent.gas_limit = 14985353;
    CHECK_EQ(check(&p), BLOCK_OK);
    p.parent.gas_limit = 15000000;
    CHECK_EQ(check(&p), BLOCK_OK);
    p.header.base_fee_per_gas = u256_from_u64(1000000001);
    CHECK_EQ(check(&p), BLOCK_INVALID_BASEFEE_PER_GAS);
    p.header.base_fee_per_gas = u256_from_u64(1000000000);
    p.header.gas_limit = 15000000;
    CHECK_EQ(check(&p), BLOCK_INVALID_GASLIMIT);
    p.header.gas_limit = 30000000 - 30000000 / 1024;
    CHECK_EQ(check(&p), BLOCK_INVALID_GASLIMIT);
    p.header.gas_limit++;
    CHECK_EQ(check(&p), BLOCK_OK);
    p.parent.gas_limit = (uint64_t)1 << 63; /* doubled it is 2^64 */
    CHECK_EQ(check(&p), BLOCK_INVALID_GASLIMIT);
    p.parent.gas_limit += 15000000; /* modulo 2^64 that would be the header's */
    p.header.gas_limit = 30000000;
    CHECK_EQ(check(&p), BLOCK_INVALID_GASLIMIT);
    p.parent.gas_limit = (uint64_t)1 << 62;
    p.header.gas_limit = INT64_MAX;
    CHECK_EQ(check(&p), BLOCK_OK);
}

static void proof_of_work(void)
{
    for (size_t i = 0; i < CANCUN_19426587; i++) {
        EXPECT(i, p.header.difficulty.w[0]++, BLOCK_INVALID_DIFFICULTY);
        EXPECT(i, p.header.difficulty.w[0]--, BLOCK_INVALID_DIFFICULTY);
        EXPECT(i, p.header.difficulty.w[2]++, BLOCK_INVALID_DIFFICULTY);
        EXPECT(i, p.header.difficulty = u256_from_u64(0), BLOCK_IMPORT_IMPOSSIBLE_PARIS_WRONG_POS);
        EXPECT(i, p.header.difficulty = p.parent.difficulty = (struct u256)U256_MAX;
               p.header.timestamp = p.parent.timestamp + 1, BLOCK_INVALID_DIFFICULTY);
        /* the seal is not looked at, nor are ommers */
        EXPECT(i, p.header.nonce[3] ^= 1, BLOCK_OK);
        EXPECT(i, p.header.prev_randao.b[3] ^= 1, BLOCK_OK);
        EXPECT(i, p.header.ommers_hash.b[3] ^= 1, BLOCK_OK);
    }
    EXPECT(GRAY_15050000, p.parent.ommers_hash = EMPTY_OMMERS_HASH, BLOCK_INVALID_DIFFICULTY);
}

/* EIP-3675: what is left of proof of work's fields is constant. */
static void after_paris(void)
{
    for (size_t i = CANCUN_19426587; i < PAIRS; i++) {
        EXPECT(i, p.header.difficulty.w[0]++, BLOCK_IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS);
        EXPECT(i, p.header.difficulty.w[3]++, BLOCK_IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS);
        EXPECT(i, p.header.ommers_hash.b[31] ^= 1, BLOCK_IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS);
        EXPECT(i, p.header.nonce[7]++, BLOCK_INCORRECT_BLOCK_FORMAT);
        EXPECT(i, p.header.prev_randao.b[3] ^= 1, BLOCK_OK);
        EXPECT(i, p.parent.difficulty.w[0]++, BLOCK_OK); /* as in the first block */
    }
}

/* A header has exactly the fields of its fork. */
static void fields(void)
{
    for (size_t i = 0; i < GRAY_15050000; i++) {
        EXPECT(i, p.header.has_base_fee = true, BLOCK_IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT);
    }
    for (size_t i = GRAY_15050000; i < PAIRS; i++) {
        EXPECT(i, p.header.has_base_fee = false, BLOCK_IMPORT_IMPOSSIBLE_LEGACY);
    }
    EXPECT(GRAY_15050000, p.header.has_withdrawals_root = true, BLOCK_IMPORT_IMPOSSIBLE_SHANGHAI);
    EXPECT(GRAY_15050000, p.header.has_blob_gas = true, BLOCK_INCORRECT_BLOCK_FORMAT);
    for (size_t i = CANCUN_19426587; i < PAIRS; i++) {
        EXPECT(i, p.header.has_withdrawals_root = false,
               BLOCK_IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI);
        EXPECT(i, p.header.has_blob_gas = false, BLOCK_INCORRECT_BLOCK_FORMAT);
        EXPECT(i, p.header.has_beacon_root = false, BLOCK_INCORRECT_BLOCK_FORMAT);
        EXPECT(i, p.header.has_requests_hash = !p.header.has_requests_hash,
               BLOCK_INCORRECT_BLOCK_FORMAT);
    }
}

static void blob_gas(void)
{
    for (size_t i = CANCUN_19426587; i < PAIRS; i++) {
        const uint64_t max = pair_at(i).rules.blobs.max * 131072;
        EXPECT(i, p.header.excess_blob_gas++, BLOCK_INCORRECT_EXCESS_BLOB_GAS);
        EXPECT(i, p.header.excess_blob_gas--, BLOCK_INCORRECT_EXCESS_BLOB_GAS);
        EXPECT(i, p.header.blob_gas_used = max, BLOCK_OK);
        EXPECT(i, p.header.blob_gas_used = max - 1, BLOCK_INCORRECT_BLOB_GAS_USED);
        EXPECT(i, p.header.blob_gas_used = max + 1, BLOCK_BLOB_GAS_USED_ABOVE_LIMIT);
        EXPECT(i, p.header.blob_gas_used = UINT64_MAX, BLOCK_BLOB_GAS_USED_ABOVE_LIMIT);
        EXPECT(i, p.parent.excess_blob_gas = UINT64_MAX;
               p.parent.blob_gas_used = UINT64_MAX, BLOCK_INCORRECT_EXCESS_BLOB_GAS);
    }
    /* EIP-7918 holds the excess up where a blob costs less than its reserve, from Osaka on: there
     * what Prague would say is wrong, and the other way round. */
    EXPECT(BPO2_24628607, p.header.excess_blob_gas = 186807136 + 131072 - 14 * 131072,
           BLOCK_INCORRECT_EXCESS_BLOB_GAS);
    EXPECT(BPO2_24628607, p.rules.fork = FORK_PRAGUE;
           p.header.excess_blob_gas = 186807136 + 131072 - 14 * 131072, BLOCK_OK);
    EXPECT(PRAGUE_23879620, p.rules.fork = FORK_OSAKA, BLOCK_INCORRECT_EXCESS_BLOB_GAS);
}

/* ---- the base fee ---------------------------------------------------------------------------- */

static void check_base_fee_after(uint64_t gas_limit, uint64_t gas_used, uint64_t before,
                                 uint64_t after)
{
    const struct header parent = {.gas_limit = gas_limit,
                                  .gas_used = gas_used,
                                  .has_base_fee = true,
                                  .base_fee_per_gas = u256_from_u64(before)};
    struct u256 fee;
    CHECK(header_base_fee(&fee, &parent));
    CHECK(u256_fits_u64(&fee));
    CHECK_EQ(fee.w[0], after);
}

static void base_fee_follows_the_gas(void)
{
    check_base_fee_after(20000000, 10000000, 1000000000, 1000000000);
    check_base_fee_after(20000000, 9000000, 1000000000, 987500000);
    check_base_fee_after(20000000, 11000000, 1000000000, 1012500000);
    check_base_fee_after(20000000, 20000000, 1000000000, 1125000000);
    check_base_fee_after(20000000, 0, 1000000000, 875000000);
    /* at least 1 up, and 0 down */
    check_base_fee_after(20000000, 10000001, 7, 8);
    check_base_fee_after(20000000, 0, 7, 7);
    check_base_fee_after(20000000, 0, 8, 7);
    check_base_fee_after(20000000, 20000000, 0, 1);
    /* an odd limit; a parent that nobody makes */
    check_base_fee_after(20000001, 10000000, 1000, 1000);
    check_base_fee_after(1, 1, 1000, 1000);
    check_base_fee_after(0, 0, 1000, 1000);
}

/* Exact up to the end of 256 bits: of products that are wider, and not beyond. */
static void base_fee_at_the_end_of_the_range(void)
{
    struct header parent = {.gas_limit = 20000000, .has_base_fee = true};
    const struct u256 top = U256_WORDS(0, 0, 0, UINT64_C(1) << 63);
    const struct u256 up = U256_WORDS(0, 0, 0, UINT64_C(9) << 60);
    const struct u256 down = U256_WORDS(0, 0, 0, UINT64_C(7) << 60);
    struct u256 fee;
    parent.base_fee_per_gas = top;
    CHECK(header_base_fee(&fee, &parent));
    CHECK(u256_eq(&fee, &down));
    parent.gas_used = 20000000;
    CHECK(header_base_fee(&fee, &parent));
    CHECK(u256_eq(&fee, &up));
    parent.base_fee_per_gas = (struct u256)U256_MAX;
    CHECK(!header_base_fee(&fee, &parent));
    parent.gas_used = 10000001; /* the change fits, the sum does not */
    CHECK(!header_base_fee(&fee, &parent));
    parent.gas_used = UINT64_MAX; /* the change does not fit */
    CHECK(!header_base_fee(&fee, &parent));
    parent.base_fee_per_gas = top;
    CHECK(!header_base_fee(&fee, &parent));
    /* the change is 2^256 or a little more: its whole part fits, the sum with what the division
     * leaves not */
    parent.gas_used = 20000001;
    parent.base_fee_per_gas =
        (struct u256)U256_WORDS(UINT64_C(0xc2741287d603a00f), UINT64_C(0x0f70cc010e743543),
                                UINT64_C(0x7795bffe63b33073), UINT64_C(0xfffffe5280d924c8));
    CHECK(!header_base_fee(&fee, &parent));
    parent.gas_used = UINT64_MAX;
    parent.base_fee_per_gas = u256_from_u64(1000);
    CHECK(header_base_fee(&fee, &parent));
}

/* ---- ommers ---------------------------------------------------------------------------------- */

/* A chain of ten blocks of Byzantium and one that names ommers; each ommer is the child of one of
 * the chain's blocks beside that block's own. */
#define CHAIN_LENGTH 10

static const struct chain_fork byzantium[] = {{CHAIN_BYZANTIUM, CHAIN_BY_NUMBER, 0, NULL}};
static const struct chain_config ommer_chain = {
    .name = "test", .chain_id = 1, .forks = byzantium, .fork_count = 1};

struct ommer_test {
    struct header ancestors[CHAIN_LENGTH]; /* the parent, number 9, first; the genesis block last */
    struct header header;                  /* number 10 */
    struct chain_rules rules;
    struct ommers_past past;
};

/* child_of makes a valid child of a header. */
static struct header child_of(const struct header *parent, const char *extra)
{
    struct header header = *parent;
    struct chain_rules rules;
    header.parent_hash = header_hash(parent);
    header.number = parent->number + 1;
    header.timestamp = parent->timestamp + 15;
    header.extra_data = bytes_from(extra, strlen(extra));
    chain_rules_at(&rules, &ommer_chain, header.number, header.timestamp, false);
    ASSERT(difficulty_after(&header.difficulty, &rules, parent, header.timestamp));
    return header;
}

static void ommer_test_init(struct ommer_test *test)
{
    *test = (struct ommer_test){.past = {.ancestor_count = CHAIN_LENGTH}};
    test->past.ancestors = test->ancestors;
    test->ancestors[CHAIN_LENGTH - 1] = (struct header){
        .ommers_hash = EMPTY_OMMERS_HASH,
        .difficulty = u256_from_u64(1000000),
        .gas_limit = 5000000,
        .timestamp = 1000,
    };
    for (size_t i = CHAIN_LENGTH - 1; i-- > 0;) {
        test->ancestors[i] = child_of(&test->ancestors[i + 1], "");
    }
    test->header = child_of(&test->ancestors[0], "");
    chain_rules_at(&test->rules, &ommer_chain, 10, test->header.timestamp, false);
}

/* ommer_of makes a valid ommer that is so many generations old. */
static struct header ommer_of(const struct ommer_test *test, size_t age, const char *extra)
{
    return child_of(&test->ancestors[age], extra);
}

static enum block_status check_ommers(const struct ommer_test *test, const struct header *ommers,
                                      size_t count)
{
    return ommers_check(&ommer_chain, &test->rules, &test->header, ommers, count, &test->past);
}

static void ommers_of_each_age(void)
{
    struct ommer_test test;
    ommer_test_init(&test);
    CHECK_EQ(check_ommers(&test, NULL, 0), BLOCK_OK);
    for (size_t age = 1; age <= 6; age++) {
        const struct header ommers[2] = {ommer_of(&test, age, "a"), ommer_of(&test, 7 - age, "b")};
        CHECK_EQ(check_ommers(&test, ommers, 1), BLOCK_OK);
        CHECK_EQ(check_ommers(&test, ommers, 2), BLOCK_OK);
    }
    const struct header sibling = ommer_of(&test, 0, "a");
    const struct header old = ommer_of(&test, 7, "a");
    const struct header oldest = ommer_of(&test, 9, "a");
    CHECK_EQ(check_ommers(&test, &sibling, 1), BLOCK_UNCLE_PARENT_INCORRECT);
    CHECK_EQ(check_ommers(&test, &old, 1), BLOCK_UNCLE_PARENT_INCORRECT);
    CHECK_EQ(check_ommers(&test, &oldest, 1), BLOCK_UNCLE_PARENT_INCORRECT);
}

static void ommers_that_are_not(void)
{
    struct ommer_test test;
    ommer_test_init(&test);
    const struct header good = ommer_of(&test, 2, "a");
    const struct header three[3] = {good, ommer_of(&test, 3, "b"), ommer_of(&test, 4, "c")};
    CHECK_EQ(check_ommers(&test, three, 3), BLOCK_TOO_MANY_UNCLES);
    CHECK_EQ(check_ommers(&test, three, 2), BLOCK_OK);
    const struct header twice[2] = {good, good};
    CHECK_EQ(check_ommers(&test, twice, 2), BLOCK_UNCLE_IS_BROTHER);
    for (size_t i = 0; i <= 6; i++) {
        CHECK_EQ(check_ommers(&test, &test.ancestors[i], 1), BLOCK_UNCLE_IS_ANCESTOR);
    }
    CHECK_EQ(check_ommers(&test, &test.ancestors[7], 1), BLOCK_UNCLE_PARENT_INCORRECT);
    /* included by a block before */
    const struct hash32 included[2] = {{{1}}, header_hash(&good)};
    test.past.included = included;
    test.past.included_count = 2;
    CHECK_EQ(check_ommers(&test, &good, 1), BLOCK_UNCLE_IN_CHAIN);
    test.past.included_count = 1;
    CHECK_EQ(check_ommers(&test, &good, 1), BLOCK_OK);
    /* the second is looked at too */
    const struct header second[2] = {good, test.ancestors[3]};
    CHECK_EQ(check_ommers(&test, second, 2), BLOCK_UNCLE_IS_ANCESTOR);
}

static void ommers_with_bad_headers(void)
{
    struct ommer_test test;
    struct header bad;
    ommer_test_init(&test);
    bad = ommer_of(&test, 2, "a");
    bad.parent_hash.b[0] ^= 1;
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_UNCLE_UNKNOWN_PARENT);
    bad = ommer_of(&test, 2, "a");
    bad.parent_hash = test.header.parent_hash;
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_UNCLE_UNKNOWN_PARENT);
    bad = ommer_of(&test, 2, "a");
    bad.number++;
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_UNCLE_UNKNOWN_PARENT);
    bad = ommer_of(&test, 2, "a");
    bad.number = 0;
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_UNCLE_PARENT_INCORRECT);
    bad.number = UINT64_MAX;
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_UNCLE_PARENT_INCORRECT);
    bad = ommer_of(&test, 2, "a");
    bad.difficulty.w[0]++;
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_INVALID_DIFFICULTY);
    bad = ommer_of(&test, 2, "a");
    bad.gas_limit *= 2;
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_INVALID_GASLIMIT);
    bad = ommer_of(&test, 2, "a");
    bad.timestamp = test.ancestors[2].timestamp;
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT);
    bad = ommer_of(&test, 2, long_extra);
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_EXTRA_DATA_TOO_BIG);
}

/* No ommer is as old as the genesis block, even where that is near enough. */
static void ommers_of_the_genesis_block(void)
{
    struct ommer_test test;
    ommer_test_init(&test);
    const size_t third = CHAIN_LENGTH - 1 - 3;
    test.header = test.ancestors[third];
    test.past.ancestors = &test.ancestors[third + 1];
    test.past.ancestor_count = 3;
    const struct header good = child_of(&test.ancestors[CHAIN_LENGTH - 1], "a");
    struct header bad = test.ancestors[CHAIN_LENGTH - 1];
    bad.extra_data = bytes_from("a", 1);
    CHECK_EQ(check_ommers(&test, &good, 1), BLOCK_OK);
    CHECK_EQ(check_ommers(&test, &bad, 1), BLOCK_UNCLE_PARENT_INCORRECT);
}

/* With fewer ancestors known, what can be told is: a wrong parent's hash where the ancestor after
 * it is known, a wrong header where the parent is. */
static void ommers_of_a_past_in_part_unknown(void)
{
    struct ommer_test test;
    ommer_test_init(&test);
    for (size_t known = 0; known <= 7; known++) {
        test.past.ancestor_count = known;
        for (size_t age = 1; age <= 6; age++) {
            const struct header good = ommer_of(&test, age, "a");
            struct header orphan = good;
            struct header wrong = good;
            orphan.parent_hash.b[0] ^= 1;
            wrong.difficulty.w[0]++;
            CHECK_EQ(check_ommers(&test, &good, 1), BLOCK_OK);
            CHECK_EQ(check_ommers(&test, &orphan, 1),
                     known >= age ? BLOCK_UNCLE_UNKNOWN_PARENT : BLOCK_OK);
            CHECK_EQ(check_ommers(&test, &wrong, 1),
                     known > age ? BLOCK_INVALID_DIFFICULTY : BLOCK_OK);
        }
        CHECK_EQ(check_ommers(&test, &test.ancestors[0], 1), BLOCK_UNCLE_IS_ANCESTOR);
    }
}

static void no_ommers_after_paris(void)
{
    struct ommer_test test;
    ommer_test_init(&test);
    const struct header good = ommer_of(&test, 2, "a");
    test.rules.fork = FORK_PARIS;
    CHECK_EQ(check_ommers(&test, &good, 1), BLOCK_IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS);
    CHECK_EQ(check_ommers(&test, NULL, 0), BLOCK_OK);
}

/* EIP-7934: "MAX_BLOCK_SIZE" of 10 MiB less a "SAFETY_MARGIN" of 2 MiB. */
static void constants(void)
{
    CHECK_EQ(BLOCK_BYTES_MAX, 8388608);
}

static const struct test_case cases[] = {
    CASE(real_headers_are_valid),
    CASE(place_in_the_chain),
    CASE(extra_data),
    CASE(extra_data_of_the_dao_fork),
    CASE(gas),
    CASE(base_fee),
    CASE(first_block_of_london),
    CASE(proof_of_work),
    CASE(after_paris),
    CASE(fields),
    CASE(blob_gas),
    CASE(base_fee_follows_the_gas),
    CASE(base_fee_at_the_end_of_the_range),
    CASE(ommers_of_each_age),
    CASE(ommers_that_are_not),
    CASE(ommers_with_bad_headers),
    CASE(ommers_of_the_genesis_block),
    CASE(ommers_of_a_past_in_part_unknown),
    CASE(no_ommers_after_paris),
    CASE(constants),
};

TEST_MAIN(cases)
