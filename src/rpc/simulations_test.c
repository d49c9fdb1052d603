/* The methods from text to text: every member of a result, every kind of failure, and blocks that
 * are valid, invalid, or not to be judged. */

#include "rpc/simulations.h"

#include <stdarg.h>
#include <stdio.h>

#include "codec/hex.h"
#include "exec/body.h"
#include "rpc/simulate_result.h"
#include "tests/test.h"
#include "trie/mpt.h"

#define TEXT_BYTES ((size_t)1 << 20)

static struct sim sim;
static char *answer; /* of the last method that was run, with a NUL */
static struct sim_failure failure;

static enum err ask(const char *method, const char *text)
{
    static const uint8_t seed[32] = "a simulator for tests";
    if (answer == NULL) {
        uint8_t *region = test_region(SIM_REGION_BYTES + EVM_STACK_SLOT + TEXT_BYTES);
        region += (0 - (uintptr_t)region) & (EVM_STACK_SLOT - 1);
        enum err e = sim_open(&sim, region, seed);
        ASSERT(e == OK);
        answer = (char *)region + SIM_REGION_BYTES;
    }
    struct writer to = writer_to(answer, TEXT_BYTES - 1);
    struct json_writer json = json_writer_to(&to, false);
    enum simulation_method which;
    struct simulation request;
    bool is_known = simulation_find(&which, method);
    ASSERT(is_known);
    failure = (struct sim_failure){.tx_index = SIM_NO_TX};
    enum err e = simulation_parse(&request, which, &sim.arena, bytes_from(text, strlen(text)),
                                  &failure.detail);
    if (e == OK) {
        e = simulation_run(&json, NULL, &sim, &request, &failure);
    }
    ASSERT(writer_fits(&to));
    answer[to.len] = '\0';
    sim_reset(&sim);
    return e;
}

/* has checks that the answer holds a piece of text. */
#define CHECK_HAS(piece)                                                   \
    do {                                                                   \
        if (strstr(answer, (piece)) == NULL) {                             \
            test_fail(__FILE__, __LINE__, "no %s in %s", (piece), answer); \
            return;                                                        \
        }                                                                  \
    } while (0)

#define A1   "0x1111111111111111111111111111111111111111"
#define A2   "0x2222222222222222222222222222222222222222"
#define WORD "0x00000000000000000000000000000000000000000000000000000000000000"

static void knows_its_methods(void)
{
    enum simulation_method method;
    CHECK(simulation_find(&method, "nitro_simulate") && method == SIMULATION_SIMULATE);
    CHECK(simulation_find(&method, "nitro_executeBlock") && method == SIMULATION_EXECUTE_BLOCK);
    CHECK(!simulation_find(&method, "nitro_Simulate"));
    CHECK(!simulation_find(&method, ""));
}

static void answers_with_all_members(void)
{
    /* Stores 5 in slot 1, logs a topic and two bytes, returns a byte. */
    CHECK_EQ(ask("nitro_simulate",
                 "{\"fork\":\"Prague\",\"accounts\":{\"" A1 "\":{\"balance\":\"0x64\"},\"" A2
                 "\":{\"code\":\"0x600560015560aa60025260096002601ea160aa5f5360015ff3\"}},"
                 "\"transactions\":[{\"from\":\"" A1 "\",\"to\":\"" A2
                 "\",\"value\":\"0x7\",\"gas\":\"0x186a0\"}],"
                 "\"options\":{\"stateDiff\":true,\"accessList\":true,\"postStateRoot\":true}}"),
             OK);
    CHECK_HAS("{\"chainId\":\"0x1\",\"fork\":\"Prague\",\"block\":{\"number\":\"0x0\",\"time\":"
              "\"0x0\",\"gasLimit\":\"0x3938700\",\"feeRecipient\":"
              "\"0x0000000000000000000000000000000000000000\",\"prevRandao\":\"" WORD "00\","
              "\"baseFeePerGas\":\"0x0\",\"blobBaseFee\":\"0x1\"},\"preStateRoot\":\"0x");
    CHECK_HAS("\",\"blockHash\":null,\"gasUsed\":\"0xab85\",\"transactions\":[{\"status\":"
              "\"success\",\"from\":\"" A1 "\",\"gasUsed\":\"0xab85\",\"gasRefunded\":\"0x0\","
              "\"output\":\"0xaa\",\"logs\":[{\"address\":\"" A2 "\",\"topics\":[\"" WORD "09\"],"
              "\"data\":\"0x0000\"}],\"accessList\":[{\"address\":\"" A2
              "\",\"storageKeys\":[\"" WORD "01\"]}]}],\"stateDiff\":{\"" A1
              "\":{\"balance\":{\"pre\":\"0x64\",\"post\":"
              "\"0x5d\"},\"nonce\":{\"pre\":\"0x0\",\"post\":\"0x1\"}},\"" A2 "\":{\"balance\":"
              "{\"pre\":\"0x0\",\"post\":\"0x7\"},\"storage\":{\"" WORD "01\":{\"pre\":\"0x0\","
              "\"post\":\"0x5\"}}}},\"postStateRoot\":\"0x");
    CHECK_HAS("\",\"digest\":{\"request\":\"0x");
    CHECK_HAS("\"result\":\"0x");
    /* Nothing that was not asked for. */
    CHECK_EQ(ask("nitro_simulate",
                 "{\"accounts\":{},\"transactions\":[{}],\"options\":{\"logs\":false}}"),
             OK);
    static const char *const absent[] = {"logs",  "stateDiff",    "accessList", "postStateRoot",
                                         "trace", "revertReason", "error"};
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        CHECK(strstr(answer, absent[i]) == NULL);
    }
    CHECK_HAS("\"contractAddress\":\"0x");
}

static void answers_with_failures(void)
{
    /* Error("no é"), Panic(0x11), an invalid jump, 3 bytes of revert data, too little money. */
    CHECK_EQ(
        ask("nitro_simulate",
            "{\"accounts\":{\"" A1 "\":{},"
            "\"0x0000000000000000000000000000000000001001\":{\"code\":\"0x6308c379a060e01b5f5260"
            "206004526005602452646e6f20c3a960d81b60445260645ffd\"},"
            "\"0x0000000000000000000000000000000000001002\":{\"code\":"
            "\"0x634e487b7160e01b5f52601160045260245ffd\"},"
            "\"0x0000000000000000000000000000000000001003\":{\"code\":\"0x5f56\"},"
            "\"0x0000000000000000000000000000000000001004\":{\"code\":\"0x60035ffd\"}},"
            "\"transactions\":["
            "{\"to\":\"0x0000000000000000000000000000000000001001\"},"
            "{\"to\":\"0x0000000000000000000000000000000000001002\"},"
            "{\"to\":\"0x0000000000000000000000000000000000001003\",\"gas\":\"0xc350\"},"
            "{\"to\":\"0x0000000000000000000000000000000000001004\"},"
            "{\"from\":\"" A1 "\",\"to\":\"" A2 "\",\"value\":\"0x1\"},\"0xc0\"]}"),
        OK);
    CHECK_HAS("\"error\":{\"name\":\"REVERT\",\"message\":\"reverted\"},\"revertReason\":{\"kind\":"
              "\"Error\",\"message\":\"no \xc3\xa9\"},\"logs\":[]}");
    CHECK_HAS("\"revertReason\":{\"kind\":\"Panic\",\"code\":\"0x11\",\"message\":\"arithmetic "
              "overflow or underflow\"}");
    CHECK_HAS(
        "{\"status\":\"halt\",\"from\":\"0x0000000000000000000000000000000000000000\","
        "\"gasUsed\":\"0xc350\",\"gasRefunded\":\"0x0\",\"output\":\"0x\",\"error\":{\"name\":"
        "\"INVALID_JUMP_DEST\",\"message\":\"");
    CHECK_HAS("\"output\":\"0x000000\",\"error\":{\"name\":\"REVERT\",\"message\":\"reverted\"},"
              "\"logs\":[]}");
    CHECK_HAS("{\"status\":\"rejected\",\"from\":\"" A1 "\",\"error\":{\"name\":"
              "\"INSUFFICIENT_ACCOUNT_FUNDS\",\"message\":\"insufficient funds for gas and "
              "value\"}}");
    CHECK_HAS("{\"status\":\"rejected\",\"error\":{\"name\":\"");
}

static void answers_with_a_trace(void)
{
    CHECK_EQ(ask("nitro_simulate",
                 "{\"accounts\":{\"" A2 "\":{\"code\":\"0x6005600016fe\"}},\"transactions\":[{"
                 "\"to\":\"" A2 "\",\"gas\":\"0x5300\"}],\"options\":{\"trace\":true}}"),
             OK);
    CHECK_HAS("\"trace\":[{\"pc\":0,\"op\":96,\"gas\":\"0xf8\",\"gasCost\":\"0x3\",\"memSize\":0,"
              "\"stack\":[],\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"},");
    CHECK_HAS("{\"pc\":4,\"op\":22,\"gas\":\"0xf2\",\"gasCost\":\"0x3\",\"memSize\":0,\"stack\":["
              "\"0x5\",\"0x0\"],\"depth\":1,\"refund\":0,\"opName\":\"AND\"},{\"pc\":5,\"op\":254,"
              "\"gas\":\"0xef\",\"gasCost\":\"0x0\",\"memSize\":0,\"stack\":[\"0x0\"],\"depth\":1,"
              "\"refund\":0,\"opName\":\"INVALID\",\"error\":\"");
    CHECK_HAS("],\"traceCut\":false}");
    CHECK_EQ(ask("nitro_simulate",
                 "{\"accounts\":{\"" A2 "\":{\"code\":\"0x6005600016fe\"}},\"transactions\":[{"
                 "\"to\":\"" A2 "\",\"gas\":\"0x5300\"}],\"options\":{\"trace\":true,"
                 "\"traceSteps\":1}}"),
             OK);
    CHECK_HAS("\"opName\":\"PUSH1\"}],\"traceCut\":true}");
}

/* Before Cancun: a contract with storage destroys itself; another is created. */
static void answers_with_lives_and_deaths(void)
{
    CHECK_EQ(ask("nitro_simulate",
                 "{\"fork\":\"Shanghai\",\"accounts\":{\"" A2 "\":{\"nonce\":\"0x1\",\"code\":"
                 "\"0x33ff\",\"storage\":{\"0x1\":\"0x2\"}}},\"transactions\":[{\"from\":\"" A1
                 "\",\"to\":\"" A2 "\"},{\"from\":\"" A1 "\",\"input\":\"0x60fe5f5360015ff3\"}],"
                 "\"options\":{\"stateDiff\":true}}"),
             OK);
    CHECK_HAS("\"" A1 "\":{\"exists\":{\"pre\":false,\"post\":true},\"nonce\":{\"pre\":\"0x0\","
              "\"post\":\"0x2\"}}");
    CHECK_HAS("\"" A2 "\":{\"exists\":{\"pre\":true,\"post\":false},\"nonce\":{\"pre\":\"0x1\","
              "\"post\":\"0x0\"},\"code\":{\"pre\":\"0x33ff\",\"post\":\"0x\"},\"storageCleared\":"
              "true}");
    CHECK_HAS("\"code\":{\"pre\":\"0x\",\"post\":\"0xfe\"}");
}

static void refuses_and_says_why(void)
{
    CHECK_EQ(ask("nitro_simulate", "{\"transactions\":[]}"), ERR_MALFORMED);
    CHECK(strstr(failure.detail.text, "no state") != NULL);
    CHECK_STR(answer, "");
    CHECK_EQ(ask("nitro_executeBlock", "{\"block\":\"0xc0\"}"), ERR_MALFORMED);
    CHECK(strstr(failure.detail.text, "witness") != NULL);
    CHECK_EQ(ask("nitro_executeBlock", "{\"block\":\"0xc0\",\"witness\":{},\"state\":1}"),
             ERR_MALFORMED);
    CHECK(strstr(failure.detail.text, "\"state\"") != NULL);
    CHECK(ask("nitro_executeBlock", "{\"block\":\"0xc0\",\"witness\":{}}") != OK);
    CHECK(strstr(failure.detail.text, "not a block") != NULL);
}

static void check_failure(enum err e, const struct sim_failure *from, const char *expected)
{
    char text[400];
    struct writer to = writer_to(text, sizeof(text) - 1);
    struct json_writer json = json_writer_to(&to, false);
    sim_failure_print(&json, NULL, e, from);
    ASSERT(writer_fits(&to));
    text[to.len] = '\0';
    CHECK_STR(text, expected);
}

static void failures_are_for_programs_too(void)
{
    struct sim_failure f = {.tx_index = SIM_NO_TX};
    check_failure(ERR_LIMIT, &f, "{\"name\":\"ERR_LIMIT\"}");
    f.tx_index = 3;
    check_failure(ERR_STATE_MISSING, &f,
                  "{\"name\":\"ERR_STATE_MISSING\",\"transaction\":\"0x3\"}");
    memset(f.missing.address.b, 0x11, 20);
    f.missing.slot = u256_from_u64(0xab);
    f.missing.kind = DB_MISSING_ACCOUNT;
    check_failure(
        ERR_STATE_MISSING, &f,
        "{\"name\":\"ERR_STATE_MISSING\",\"transaction\":\"0x3\",\"missing\":{\"account\":"
        "\"" A1 "\"}}");
    f.missing.kind = DB_MISSING_SLOT;
    f.tx_index = SIM_NO_TX;
    check_failure(ERR_STATE_MISSING, &f,
                  "{\"name\":\"ERR_STATE_MISSING\",\"missing\":{\"account\":\"" A1
                  "\",\"slot\":\"" WORD "ab\"}}");
    f.missing.kind = DB_MISSING_BLOCK;
    f.missing.number = 77;
    check_failure(ERR_STATE_MISSING, &f,
                  "{\"name\":\"ERR_STATE_MISSING\",\"missing\":{\"blockNumber\":\"0x4d\"}}");
    f.missing.kind = DB_MISSING_CODE;
    f.missing.hash.b[31] = 0xcd;
    check_failure(ERR_STATE_MISSING, &f,
                  "{\"name\":\"ERR_STATE_MISSING\",\"missing\":{\"codeHash\":\"" WORD "cd\"}}");
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* A chain that is at Cancun from its beginning. */
#define CANCUN_CHAIN                                                                             \
    "{\"chainId\":7,\"homesteadBlock\":0,\"eip150Block\":0,\"eip155Block\":0,\"eip158Block\":0," \
    "\"byzantiumBlock\":0,\"constantinopleBlock\":0,\"petersburgBlock\":0,\"istanbulBlock\":0,"  \
    "\"berlinBlock\":0,\"londonBlock\":0,\"terminalTotalDifficulty\":0,\"shanghaiTime\":0,"      \
    "\"cancunTime\":0}"

struct chain_of_two {
    struct header parent;
    struct block block; /* on it, without transactions, on the empty state */
};

static struct header empty_header(uint64_t number)
{
    struct header header = {
        .number = number,
        .timestamp = 1000 + 12 * number,
        .gas_limit = 30000000,
        .state_root = MPT_EMPTY_ROOT,
        .transactions_root = MPT_EMPTY_ROOT,
        .receipts_root = MPT_EMPTY_ROOT,
        .withdrawals_root = MPT_EMPTY_ROOT,
        .has_base_fee = true,
        .base_fee_per_gas = {{7, 0, 0, 0}},
        .has_withdrawals_root = true,
        .has_blob_gas = true,
        .has_beacon_root = true,
    };
    struct block none = {.ommers_encoded = {(const uint8_t *)"\xc0", 1}};
    header.ommers_hash = block_ommers_hash(&none);
    return header;
}

static void make_chain(struct chain_of_two *out)
{
    out->parent = empty_header(1);
    out->block = (struct block){.header = empty_header(2), .has_withdrawals = true};
    out->block.header.parent_hash = header_hash(&out->parent);
}

/* block_text writes a request for a block, with `more` members. */
PRINTF_FORMAT(3, 4)
static const char *block_text(const struct chain_of_two *chain, bool with_parent, const char *more,
                              ...)
{
    static char text[16384];
    static uint8_t bytes[2048];
    static char digits[4097];
    struct writer w = writer_to(bytes, sizeof(bytes));
    block_encode(&w, &chain->block);
    hex_encode(digits, bytes, w.len);
    digits[2 * w.len] = '\0';
    size_t len = (size_t)snprintf(
        text, sizeof(text), "{\"chain\":" CANCUN_CHAIN ",\"block\":\"0x%s\",\"witness\":{", digits);
    if (with_parent) {
        w = writer_to(bytes, sizeof(bytes));
        header_encode(&w, &chain->parent);
        hex_encode(digits, bytes, w.len);
        digits[2 * w.len] = '\0';
        len += (size_t)snprintf(text + len, sizeof(text) - len, "\"headers\":[\"0x%s\"]", digits);
    }
    len += (size_t)snprintf(text + len, sizeof(text) - len, "}");
    va_list args;
    va_start(args, more);
    len += (size_t)vsnprintf(text + len, sizeof(text) - len, more, args);
    va_end(args);
    (void)snprintf(text + len, sizeof(text) - len, "}");
    return text;
}

struct hash_text {
    char s[67];
};

static struct hash_text text_of(const struct hash32 *hash)
{
    struct hash_text text = {""};
    (void)hex_encode_data(text.s, hash->b, sizeof(hash->b));
    return text;
}

static void executes_blocks(void)
{
    struct chain_of_two chain;
    char expected[800];
    make_chain(&chain);
    struct hash32 hash = header_hash(&chain.block.header);
    const struct hash32 root = MPT_EMPTY_ROOT;
    CHECK_EQ(ask("nitro_executeBlock", block_text(&chain, true,
                                                  ",\"blockHash\":\"%s\","
                                                  "\"stateRoot\":\"%s\"",
                                                  text_of(&hash).s, text_of(&root).s)),
             OK);
    (void)snprintf(expected, sizeof(expected),
                   "{\"valid\":true,\"status\":\"OK\",\"chainId\":\"0x7\",\"number\":\"0x2\","
                   "\"hash\":\"%s\",\"fork\":\"Cancun\",\"preStateRoot\":\"%s\","
                   "\"parentChecked\":true,\"gasUsed\":\"0x0\",\"transactions\":\"0x0\","
                   "\"stateRoot\":\"%s\",\"receiptsRoot\":\"%s\",\"digest\":{\"request\":\"0x",
                   text_of(&hash).s, text_of(&root).s, text_of(&root).s, text_of(&root).s);
    CHECK_HAS(expected);

    /* With the root that the user trusts instead of the parent, of which nothing is checked then. */
    CHECK_EQ(ask("nitro_executeBlock",
                 block_text(&chain, false, ",\"stateRoot\":\"%s\"", text_of(&root).s)),
             OK);
    CHECK_HAS("\"valid\":true");
    CHECK_HAS("\"parentChecked\":false");
}

static void judges_blocks(void)
{
    struct chain_of_two chain;
    make_chain(&chain);
    chain.block.header.gas_used = 5;
    CHECK_EQ(ask("nitro_executeBlock", block_text(&chain, true, " ")), OK);
    CHECK_HAS("{\"valid\":false,\"status\":\"INVALID_GAS_USED\",\"error\":{\"name\":"
              "\"INVALID_GAS_USED\",\"message\":\"");
    CHECK(strstr(answer, "stateRoot\":\"0x") == NULL);

    make_chain(&chain);
    chain.block.header.state_root.b[0] ^= 1;
    CHECK_EQ(ask("nitro_executeBlock", block_text(&chain, true, " ")), OK);
    CHECK_HAS("\"status\":\"INVALID_STATE_ROOT\"");

    /* A transaction that nobody signed. */
    static const struct bytes txs[] = {
        {(const uint8_t *)"\xc9\x80\x80\x80\x80\x80\x80\x80\x80\x80", 10}};
    static uint8_t region[65536] __attribute__((aligned(64)));
    struct arena arena;
    make_chain(&chain);
    chain.block.txs = txs;
    chain.block.tx_count = 1;
    arena_init(&arena, region, sizeof(region));
    CHECK_EQ(block_transactions_root(&chain.block.header.transactions_root, &arena, &chain.block),
             OK);
    CHECK_EQ(ask("nitro_executeBlock", block_text(&chain, true, " ")), OK);
    CHECK_HAS("\"status\":\"INVALID_TRANSACTION\"");
    CHECK_HAS("\"transaction\":{\"index\":\"0x0\",\"error\":{\"name\":\"");
}

static void holds_blocks_to_what_is_trusted(void)
{
    struct chain_of_two chain;
    struct hash32 other = {{1}};
    make_chain(&chain);
    CHECK_EQ(ask("nitro_executeBlock", block_text(&chain, false, " ")), ERR_STATE_MISSING);
    CHECK(strstr(failure.detail.text, "parent") != NULL);
    CHECK_EQ(ask("nitro_executeBlock",
                 block_text(&chain, true, ",\"blockHash\":\"%s\"", text_of(&other).s)),
             ERR_MALFORMED);
    CHECK(strstr(failure.detail.text, "blockHash") != NULL);
    CHECK_EQ(ask("nitro_executeBlock",
                 block_text(&chain, true, ",\"stateRoot\":\"%s\"", text_of(&other).s)),
             ERR_MALFORMED);
    CHECK(strstr(failure.detail.text, "stateRoot") != NULL);
    /* A state of which nothing is shown: the beacon roots contract cannot be looked up. */
    chain.parent.state_root = other;
    chain.block.header.parent_hash = header_hash(&chain.parent);
    CHECK_EQ(ask("nitro_executeBlock", block_text(&chain, true, " ")), ERR_STATE_MISSING);
    CHECK_EQ(failure.missing.kind, DB_MISSING_ACCOUNT);
    CHECK(strstr(failure.detail.text, "account 0x000f3df6") != NULL);
}

static const struct test_case cases[] = {
    CASE(knows_its_methods),
    CASE(answers_with_all_members),
    CASE(answers_with_failures),
    CASE(answers_with_a_trace),
    CASE(answers_with_lives_and_deaths),
    CASE(refuses_and_says_why),
    CASE(failures_are_for_programs_too),
    CASE(executes_blocks),
    CASE(judges_blocks),
    CASE(holds_blocks_to_what_is_trusted),
};

TEST_MAIN(cases)
