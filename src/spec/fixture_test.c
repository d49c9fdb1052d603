/* The parts that test files share, read from small pieces of JSON: accounts into a database, the
 * environment as a fork sees it, access lists. What a bad piece is called is tested with whole
 * files, in statetest_test.c. */

#include "spec/fixture.h"

#include "tests/test.h"

#define CAP ((size_t)1 << 20)

static const struct map_key map_key = {{0x1234567, 0x89abcdef, 0xfedcba9, 0x87654321}};
static const struct blob_schedule cancun = {3, 6, 3338477};

/* parse reads a text with ' for ". */
static json_t *parse(const char *text)
{
    const struct json_limits limits = {4096, 1000, 16};
    char buffer[4096];
    size_t len = strlen(text);
    ASSERT(len < sizeof(buffer));
    for (size_t i = 0; i < len; i++) {
        buffer[i] = text[i] == '\'' ? '"' : text[i];
    }
    json_t *out;
    enum err e = json_parse(&out, bytes_from(buffer, len), &limits, NULL);
    ASSERT(e == OK);
    return out;
}

/* ---- pre ------------------------------------------------------------------------------------- */

static void accounts(void)
{
    void *region = test_region(CAP);
    struct arena arena;
    struct db_memory db;
    arena_init(&arena, region, CAP);
    CHECK_EQ(db_memory_init(&db, &arena, &map_key), OK);
    json_t *pre = parse("{'0x00000000000000000000000000000000000000A1': {'balance': '0x0100',"
                        " 'nonce': '0x02', 'code': '0x6001', 'storage': {'0x00': '0x00',"
                        " '0x01': '0x0b', '0xffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                        "ffffffffff': '0x01'}}, '0x00000000000000000000000000000000000000b0':"
                        " {'balance': '0x00', 'nonce': '0x00', 'code': '0x', 'storage': {}}}");
    CHECK_EQ(fixture_pre(&db, pre, NULL), OK);
    json_free(pre);
    const struct address a1 = {{[19] = 0xa1}};
    const struct address b0 = {{[19] = 0xb0}};
    const struct db_memory_account *account = db_memory_find(&db, &a1);
    CHECK(account != NULL);
    CHECK_EQ(account->info.balance.w[0], 0x100);
    CHECK_EQ(account->info.nonce, 2);
    CHECK_EQ(account->code.len, 2);
    CHECK_EQ(account->code.ptr[0], 0x60);
    CHECK(account->info.has_storage);
    CHECK_EQ(db.slots.count, 2); /* a zero is none */
    struct state_db vtable = db_memory_db(&db);
    const struct u256 keys[] = {U256_ZERO, U256_ONE, U256_MAX};
    const uint64_t values[] = {0, 11, 1};
    for (unsigned i = 0; i < 3; i++) {
        struct u256 value;
        CHECK_EQ(vtable.ops->storage(vtable.db, &value, &a1, &keys[i]), OK);
        CHECK(u256_fits_u64(&value));
        CHECK_EQ(value.w[0], values[i]);
    }
    account = db_memory_find(&db, &b0); /* there, though empty */
    CHECK(account != NULL && !account->info.has_storage);
    CHECK_EQ(db.count, 2);
    test_region_free(region, CAP);
}

/* ---- env ------------------------------------------------------------------------------------- */

#define REQUIRED                                                                           \
    "'currentCoinbase': '0x00000000000000000000000000000000000000cb', 'currentGasLimit': " \
    "'0x0100',"                                                                            \
    " 'currentNumber': '0x02', 'currentTimestamp': '0x03'"

static void an_environment_as_each_fork_sees_it(void)
{
    static const char text[] =
        "{" REQUIRED ", 'currentDifficulty': '0x04', 'currentRandom': '0x05', 'currentBaseFee':"
        " '0x06', 'currentExcessBlobGas': '0x234f4a'}";
    static const struct {
        enum fork fork;
        uint64_t prev_randao;
        uint64_t base_fee;
        uint64_t blob_base_fee;
    } rows[] = {
        {FORK_FRONTIER, 4, 0, 0}, {FORK_BERLIN, 4, 0, 0},   {FORK_LONDON, 4, 6, 0},
        {FORK_PARIS, 5, 6, 0},    {FORK_SHANGHAI, 5, 6, 0}, {FORK_CANCUN, 5, 6, 2},
        {FORK_OSAKA, 5, 6, 2},
    };
    json_t *env = parse(text);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct block_env block;
        CHECK_EQ(fixture_env(&block, env, rows[i].fork, &cancun, NULL), OK);
        CHECK_EQ(block.beneficiary.b[19], 0xcb);
        CHECK_EQ(block.gas_limit, 0x100);
        CHECK_EQ(block.number, 2);
        CHECK_EQ(block.timestamp, 3);
        CHECK_EQ(block.chain_id, 1);
        CHECK_EQ(block.max_blobs, 6);
        CHECK_EQ(block.prev_randao.w[0], rows[i].prev_randao);
        CHECK_EQ(block.base_fee_per_gas.w[0], rows[i].base_fee);
        CHECK_EQ(block.blob_base_fee.w[0], rows[i].blob_base_fee);
    }
    json_free(env);
}

/* Files of old forks lack what was not there yet; files of new ones lack the difficulty. */
static void what_may_be_missing(void)
{
    json_t *env = parse("{" REQUIRED "}");
    struct block_env block;
    CHECK_EQ(fixture_env(&block, env, FORK_OSAKA, &cancun, NULL), OK);
    CHECK(u256_is_zero(&block.prev_randao) && u256_is_zero(&block.base_fee_per_gas));
    CHECK_EQ(block.blob_base_fee.w[0], 1); /* at no excess */
    json_free(env);
    env = parse("{" REQUIRED ", 'currentDifficulty': '0x04'}");
    CHECK_EQ(fixture_env(&block, env, FORK_PARIS, &cancun, NULL), OK);
    CHECK_EQ(block.prev_randao.w[0], 4);
    json_free(env);
    static const char *const required[] = {"currentCoinbase", "currentGasLimit", "currentNumber",
                                           "currentTimestamp"};
    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        struct err_detail detail = {""};
        env = parse("{" REQUIRED "}");
        CHECK_EQ(json_object_del(env, required[i]), 0);
        CHECK_EQ(fixture_env(&block, env, FORK_OSAKA, &cancun, &detail), ERR_MALFORMED);
        CHECK(strstr(detail.text, required[i]) != NULL);
        json_free(env);
    }
}

/* ---- access lists ---------------------------------------------------------------------------- */

static void access_lists(void)
{
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    struct tx tx = {.type = TX_ACCESS_LIST};
    json_t *list = parse("[{'address': '0x00000000000000000000000000000000000000a1', 'storageKeys':"
                         " ['0x00', '0x07']}, {'address':"
                         " '0x00000000000000000000000000000000000000b0', 'storageKeys': []}]");
    CHECK_EQ(fixture_access_list(&tx, &arena, list, NULL), OK);
    json_free(list);
    CHECK_EQ(tx.access_list_count, 2);
    CHECK_EQ(tx.access_list[0].address.b[19], 0xa1);
    CHECK_EQ(tx.access_list[0].key_count, 2);
    CHECK_EQ(tx.access_list[0].keys[0].w[0], 0);
    CHECK_EQ(tx.access_list[0].keys[1].w[0], 7);
    CHECK_EQ(tx.access_list[1].address.b[19], 0xb0);
    CHECK_EQ(tx.access_list[1].key_count, 0);

    static const struct {
        const char *text;
        const char *word;
    } bad[] = {
        {"{}", "accessList"},
        {"[5]", "address"},
        {"[{'address': '0x12', 'storageKeys': []}]", "address"},
        {"[{'address': '0x00000000000000000000000000000000000000a1'}]", "storageKeys"},
        {"[{'address': '0x00000000000000000000000000000000000000a1', 'storageKeys': {}}]",
         "storageKeys"},
        {"[{'address': '0x00000000000000000000000000000000000000a1', 'storageKeys': ['x']}]",
         "storageKeys"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err_detail detail = {""};
        list = parse(bad[i].text);
        CHECK_EQ(fixture_access_list(&tx, &arena, list, &detail), ERR_MALFORMED);
        CHECK(strstr(detail.text, bad[i].word) != NULL);
        json_free(list);
    }
    test_region_free(region, CAP);
}

static const struct test_case cases[] = {
    CASE(accounts),
    CASE(an_environment_as_each_fork_sees_it),
    CASE(what_may_be_missing),
    CASE(access_lists),
};

TEST_MAIN(cases)
