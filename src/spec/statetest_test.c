/* The runner of official state tests, on files made here: one small test whose roots an independent
 * program computed, and what becomes of it when it is changed: post-states that are wrong in one
 * thing, transactions of every type and with every way to spell a number, other JSON, no JSON. A
 * file that is bad is an error that says where; a case that is wrong is a failure that says why. */

#include "spec/statetest.h"

#include "codec/json.h"
#include "tests/evm_fixture.h"

static struct world w;

/* ---- the file -----------------------------------------------------------------------------------
 * With ' for ", as all texts here. The contract stores CALLVALUE in slot 0 and logs nothing at all:
 * CALLVALUE PUSH0 SSTORE PUSH0 PUSH0 LOG0. */

#define SENDER   "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"
#define RECEIVER "0x1000000000000000000000000000000000000001"

#define ROOT_0 \
    "0x28d1ce348dc7d4394e18cb840addb813a95d2ee4f877dad9e5cc38ea4a6a43e6" /* after value 0 */
#define ROOT_1 \
    "0x1c0caa08d9fcc03ce664320ce586e4f79c550633fe9a642dd038e1b6fc804885" /* after value 1 */
#define LOGS    "0x90beec2ffb0f5e79030f592ad3e040dcbd614ded3f2d50ece6664203a075fe47"
#define NOTHING "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"

#define ENV                                                                                  \
    "'env': {'currentCoinbase': '0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba',"               \
    " 'currentGasLimit': '0x0f4240', 'currentNumber': '0x01', 'currentTimestamp': '0x03e8'," \
    " 'currentBaseFee': '0x07', 'currentRandom': '0x00', 'currentDifficulty': '0x00',"       \
    " 'currentExcessBlobGas': '0x00'},"
#define PRE                                                                                  \
    "'pre': {'" SENDER "': {'balance': '0x0de0b6b3a7640000', 'nonce': '0x00', 'code': '0x'," \
    " 'storage': {}}, '" RECEIVER "': {'balance': '0x05', 'nonce': '0x01',"                  \
    " 'code': '0x345f555f5fa0', 'storage': {'0x05': '0x06'}}},"
#define FEES "'gasPrice': '0x0a',"
#define TX_REST                                                                       \
    " 'sender': '" SENDER "', 'to': '" RECEIVER "', 'nonce': '0x00', 'data': ['0x']," \
    " 'gasLimit': ['0x0186a0', '0x5207'], 'value': ['0x00', '0x01']},"
#define POST_0 \
    "{'indexes': {'data': 0, 'gas': 0, 'value': 0}, 'hash': '" ROOT_0 "', 'logs': '" LOGS "'}"
#define POST_1 \
    "{'indexes': {'data': 0, 'gas': 0, 'value': 1}, 'hash': '" ROOT_1 "', 'logs': '" LOGS "'}"
/* Gas limit 0x5207 is one too low. */
#define POST_2                                                                                    \
    "{'indexes': {'data': 0, 'gas': 1, 'value': 0}, 'hash': '" ROOT_0 "', 'logs': '" NOTHING "'," \
    " 'expectException': 'TransactionException.INTRINSIC_GAS_TOO_LOW'}"

#define TEST(fees, posts) "{" ENV PRE "'transaction': {" fees TX_REST " 'post': {" posts "}}"

#define GOOD "{'good': " TEST(FEES, "'Cancun': [" POST_0 ", " POST_1 ", " POST_2 "]") "}"

/* One post-state with an exception, for a fork: what a transaction is refused for. */
#define REFUSED(fork, exception)                                                   \
    "'" fork "': [{'indexes': {'data': 0, 'gas': 0, 'value': 0}, 'hash': '" ROOT_0 \
    "', 'logs': '" NOTHING "', 'expectException': '" exception "'}]"

/* ---- running --------------------------------------------------------------------------------- */

/* struct seen: what the callback was told; of a failure the last. */
struct seen {
    unsigned passed;
    unsigned failed;
    char test[64];
    char fork[64];
    size_t index;
    char reason[64];
    char expected[128];
    char got[128];
    uint64_t gas_used;
    size_t next; /* of claim_odd */
};

static void copy_text(char *out, size_t cap, const char *text)
{
    (void)snprintf(out, cap, "%s", text == NULL ? "(null)" : text);
}

static void on_case(void *context, const struct statetest_case *c)
{
    struct seen *seen = context;
    seen->passed += c->passed;
    seen->failed += !c->passed;
    seen->gas_used = c->gas_used;
    if (!c->passed) {
        copy_text(seen->test, sizeof(seen->test), c->test);
        copy_text(seen->fork, sizeof(seen->fork), c->fork);
        copy_text(seen->reason, sizeof(seen->reason), c->reason);
        copy_text(seen->expected, sizeof(seen->expected), c->expected);
        copy_text(seen->got, sizeof(seen->got), c->got);
        seen->index = c->index;
    }
}

static struct statetest runner_for(struct seen *seen)
{
    *seen = (struct seen){.passed = 0};
    return (struct statetest){
        .evm = &w.evm, .arena = &w.arena, .key = w.key, .report = on_case, .context = seen};
}

/* quoted copies a text and makes its ' into ". */
static struct bytes quoted(char *buffer, size_t cap, const char *text)
{
    size_t len = strlen(text);
    ASSERT(len < cap);
    memcpy(buffer, text, len + 1);
    for (size_t i = 0; i < len; i++) {
        if (buffer[i] == '\'') {
            buffer[i] = '"';
        }
    }
    return bytes_from(buffer, len);
}

#define TEXT_MAX 16384

/* run runs a file. Whatever becomes of it, nothing is left in the arena and the EVM. */
static enum err run(struct seen *seen, struct err_detail *detail, const char *text)
{
    char buffer[TEXT_MAX];
    struct statetest runner = runner_for(seen);
    *detail = (struct err_detail){""};
    enum err e = statetest_run(&runner, quoted(buffer, sizeof(buffer), text), detail);
    if (w.arena.used != 0 || w.evm.frames_high != 0 || w.evm.state != NULL) {
        test_fail(__FILE__, __LINE__, "something is left");
    }
    return e;
}

/* changed gives a text with the first occurrence of `from` replaced. */
static const char *changed(char *buffer, const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    ASSERT(at != NULL);
    int len = snprintf(buffer, TEXT_MAX, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    ASSERT(len > 0 && len < TEXT_MAX);
    return buffer;
}

/* check_passes: a file all of whose `count` cases pass. check_fails: one case fails, with these
 * words. check_unusable: an error, whose text has `word` in it. */
static void check_passes(const char *text, unsigned count)
{
    struct seen seen;
    struct err_detail detail;
    CHECK_EQ(run(&seen, &detail, text), OK);
    if (seen.failed != 0) {
        test_fail(__FILE__, __LINE__, "%s: expected %s, got %s", seen.reason, seen.expected,
                  seen.got);
    }
    CHECK_EQ(seen.passed, count);
}

static void check_fails(const char *text, const char *reason, const char *expected, const char *got)
{
    struct seen seen;
    struct err_detail detail;
    CHECK_EQ(run(&seen, &detail, text), OK);
    CHECK_EQ(seen.failed, 1);
    CHECK_STR(seen.test, "good");
    CHECK_STR(seen.reason, reason);
    CHECK_STR(seen.expected, expected);
    CHECK_STR(seen.got, got);
}

static void check_unusable(const char *text, enum err wanted, const char *word)
{
    struct seen seen;
    struct err_detail detail;
    CHECK_STR(err_name(run(&seen, &detail, text)), err_name(wanted));
    if (strstr(detail.text, word) == NULL) {
        test_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", word, detail.text);
    }
}

/* ---- cases that pass and cases that fail ----------------------------------------------------- */

static void a_good_file(void)
{
    struct seen seen;
    struct err_detail detail;
    check_passes(GOOD, 3);
    /* Gas: 21,000; CALLVALUE and PUSH0 2 each; SSTORE of nothing new, 2,200; LOG0 375. */
    CHECK_EQ(run(&seen, &detail, "{'good': " TEST(FEES, "'Cancun': [" POST_0 "]") "}"), OK);
    CHECK_EQ(seen.gas_used, 21000 + 4 + 2200 + 4 + 375);
    CHECK_EQ(run(&seen, &detail, "{'good': " TEST(FEES, "'Cancun': [" POST_1 "]") "}"), OK);
    CHECK_EQ(seen.gas_used, 21000 + 4 + 22100 + 4 + 375);
    check_passes("{}", 0);
}

static void wrong_post_states(void)
{
    char buffer[TEXT_MAX];
    static const char wrong[] =
        "0x0000000000000000000000000000000000000000000000000000000000000bad";
    check_fails(changed(buffer, GOOD, ROOT_0, wrong), "state root", wrong, ROOT_0);
    check_fails(changed(buffer, GOOD, LOGS, NOTHING), "logs", NOTHING, LOGS);
    /* The first thing that is wrong is reported, and which of the cases it was. */
    struct seen seen;
    struct err_detail detail;
    CHECK_EQ(run(&seen, &detail, changed(buffer, GOOD, ROOT_1, wrong)), OK);
    CHECK_EQ(seen.passed, 2);
    CHECK_EQ(seen.failed, 1);
    CHECK_EQ(seen.index, 1);
    CHECK_STR(seen.fork, "Cancun");
}

static void exceptions(void)
{
    char buffer[TEXT_MAX];
    static const char name[] = "TransactionException.INTRINSIC_GAS_TOO_LOW";
    /* Refused though nothing was expected; executed though something was; for another reason. */
    check_fails(changed(buffer, GOOD, "expectException", "expectNothing"), "exception", "none",
                "INTRINSIC_GAS_TOO_LOW");
    check_fails(changed(buffer, GOOD, "'gas': 1", "'gas': 0"), "exception", name, "OK");
    check_fails(changed(buffer, GOOD, name, "TransactionException.NONCE_IS_MAX"), "exception",
                "TransactionException.NONCE_IS_MAX", "INTRINSIC_GAS_TOO_LOW");
    /* The names of the older fillings, one of several, and without the prefix. */
    static const char *const good[] = {
        "INTRINSIC_GAS_TOO_LOW",
        "IntrinsicGas",
        "TR_IntrinsicGas",
        "TR_NoFundsOrGas",
        "TransactionException.NONCE_IS_MAX|TransactionException.INTRINSIC_GAS_TOO_LOW",
        "TransactionException.INTRINSIC_GAS_TOO_LOW|TransactionException.NONCE_IS_MAX",
        "|INTRINSIC_GAS_TOO_LOW",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        check_passes(changed(buffer, GOOD, name, good[i]), 3);
    }
    static const char *const bad[] = {
        "",
        "|",
        "INTRINSIC_GAS_TOO_LO",
        "INTRINSIC_GAS_TOO_LOWW",
        "TransactionException.",
        "TransactionException.IntrinsicGa",
        "INTRINSIC_GAS",
        "OK",
        "TR_NoFunds",
        "BlockException.INTRINSIC_GAS_TOO_LOW",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        check_fails(changed(buffer, GOOD, name, bad[i]), "exception", bad[i],
                    "INTRINSIC_GAS_TOO_LOW");
    }
}

static void forks(void)
{
    char buffer[TEXT_MAX];
    /* A fork we do not know is a failure, not an error: the file's other cases still run. */
    struct seen seen;
    struct err_detail detail;
    const char *text =
        "{'good': " TEST(FEES, "'Nowhere': [" POST_0 ", " POST_1 "], 'Cancun': [" POST_0 "]") "}";
    CHECK_EQ(run(&seen, &detail, text), OK);
    CHECK_EQ(seen.passed, 1);
    CHECK_EQ(seen.failed, 1);
    CHECK_STR(seen.reason, "unknown fork");
    CHECK_STR(seen.expected, "Nowhere");
    CHECK_STR(seen.fork, "Nowhere");
    /* The same transaction leads to the same state in Shanghai and Osaka; before Shanghai PUSH0 is
     * no instruction. */
    check_passes("{'good': " TEST(FEES, "'Shanghai': [" POST_0 "], 'Osaka': [" POST_1
                                        "], 'BPO1': [" POST_0 "]") "}",
                 3);
    CHECK_EQ(run(&seen, &detail, changed(buffer, GOOD, "Cancun", "Paris")), OK);
    CHECK_EQ(seen.failed, 2);
    CHECK_STR(seen.reason, "state root");
}

static void only_one_fork(void)
{
    char buffer[TEXT_MAX];
    struct seen seen;
    struct statetest runner = runner_for(&seen);
    const char *text = "{'a': " TEST(FEES, "'Cancun': [" POST_0 "], 'Osaka': [" POST_1
                                           "]") ", 'b': " TEST(FEES, "'Osaka': [" POST_0 "]") "}";
    struct bytes file = quoted(buffer, sizeof(buffer), text);
    static const struct {
        const char *fork;
        unsigned count;
    } rows[] = {{"Cancun", 1}, {"Osaka", 2}, {"osaka", 2}, {"Prague", 0}, {NULL, 3}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        runner = runner_for(&seen);
        runner.only_fork = rows[i].fork;
        CHECK_EQ(statetest_run(&runner, file, NULL), OK);
        CHECK_EQ(seen.passed, rows[i].count);
    }
}

static size_t claim_odd(void *context)
{
    struct seen *seen = context;
    seen->next += 2;
    return seen->next - 1;
}

static size_t claim_even(void *context)
{
    struct seen *seen = context;
    seen->next += 2;
    return seen->next - 2;
}

/* Runners that share a file run each case once between them. */
static void runners_share_a_file(void)
{
    char buffer[TEXT_MAX];
    struct bytes file = quoted(buffer, sizeof(buffer),
                               "{'good': " TEST(FEES, "'Cancun': [" POST_0 ", " POST_1 ", " POST_2
                                                      "], 'Nowhere': [" POST_0
                                                      "], 'Osaka': [" POST_0 ", " POST_1 "]") "}");
    struct seen seen;
    struct statetest runner = runner_for(&seen);
    runner.claim = claim_even; /* 0, 2 and 4 */
    CHECK_EQ(statetest_run(&runner, file, NULL), OK);
    CHECK_EQ(seen.passed, 3);
    CHECK_EQ(seen.failed, 0);
    seen.next = 0; /* the next file counts from 0 again */
    CHECK_EQ(statetest_run(&runner, file, NULL), OK);
    CHECK_EQ(seen.passed, 6);
    runner = runner_for(&seen);
    runner.claim = claim_odd; /* 1, 3 (which is nowhere) and 5 */
    CHECK_EQ(statetest_run(&runner, file, NULL), OK);
    CHECK_EQ(seen.passed, 2);
    CHECK_EQ(seen.failed, 1);
}

/* ---- transactions ---------------------------------------------------------------------------- */

/* What makes a transaction one of a type: each is refused one fork too early. */
static void types_of_transactions(void)
{
    check_passes("{'good': " TEST(FEES "'accessLists': [[]],",
                                  REFUSED("Istanbul", "TYPE_1_TX_PRE_FORK")) "}",
                 1);
    check_passes("{'good': " TEST("'maxFeePerGas': '0x0a', 'maxPriorityFeePerGas': '0x0a',",
                                  REFUSED("Berlin", "TYPE_2_TX_PRE_FORK")) "}",
                 1);
    check_passes("{'good': " TEST("'maxFeePerGas': '0x0a', 'maxPriorityFeePerGas': '0x0a',"
                                  " 'maxFeePerBlobGas': '0x01', 'blobVersionedHashes': [],",
                                  REFUSED("Shanghai", "TYPE_3_TX_PRE_FORK")) "}",
                 1);
    check_passes("{'good': " TEST("'maxFeePerGas': '0x0a', 'maxPriorityFeePerGas': '0x0a',"
                                  " 'authorizationList': [],",
                                  REFUSED("Cancun", "TYPE_4_TX_PRE_FORK")) "}",
                 1);
    check_passes("{'good': " TEST("'maxFeePerGas': '0x0a', 'maxPriorityFeePerGas': '0x0a',"
                                  " 'authorizationList': [],",
                                  REFUSED("Prague", "TYPE_4_EMPTY_AUTHORIZATION_LIST")) "}",
                 1);
    /* No alternative of its own, or null, is no access list. */
    check_passes("{'good': " TEST(FEES "'accessLists': [],", "'Cancun': [" POST_0 "]") "}", 1);
    check_passes("{'good': " TEST(FEES "'accessLists': [null],", "'Cancun': [" POST_0 "]") "}", 1);
    /* An empty `to` makes a contract. */
    char buffer[TEXT_MAX];
    char second[TEXT_MAX];
    const char *text =
        changed(buffer, "{'good': " TEST(FEES, REFUSED("Cancun", "INTRINSIC_GAS_TOO_LOW")) "}",
                "'to': '" RECEIVER "'", "'to': ''");
    check_passes(changed(second, text, "0x0186a0", "0xcf07"), 1); /* 52,999 */
}

/* The parts of a transaction reach the state: an address and a key of an access list cost 4,300, an
 * authorization 25,000. */
static void parts_of_transactions(void)
{
    struct seen seen;
    struct err_detail detail;
    const char *list = "{'good': " TEST(FEES "'accessLists': [[{'address': '" RECEIVER
                                             "', 'storageKeys': ['0x00', '0x07']}]],",
                                        "'Cancun': [" POST_0 "]") "}";
    CHECK_EQ(run(&seen, &detail, list), OK);
    CHECK_EQ(seen.gas_used, 21000 + 2400 + 2 * 1900 + 4 + 100 + 4 + 375);
    const char *authorization =
        "{'good': " TEST("'maxFeePerGas': '0x0a', 'maxPriorityFeePerGas': '0x0a',"
                         " 'authorizationList': [{'chainId': '0x00', 'address': '" RECEIVER
                         "', 'nonce': '0x00', 'v': '0x00', 'r': '0x00', 's': '0x00'},"
                         " {'chainId': '0x00', 'address': '" RECEIVER
                         "', 'nonce': '0x00', 'yParity': '0x00', 'r': '0x00', 's': '0x00'}],",
                         "'Prague': [" POST_0 "]") "}";
    CHECK_EQ(run(&seen, &detail, authorization), OK);
    CHECK_EQ(seen.gas_used, 21000 + 2 * 25000 + 4 + 2200 + 4 + 375);
}

#define BLOBS(count_of_hashes)                                                            \
    "'maxFeePerGas': '0x0a', 'maxPriorityFeePerGas': '0x0a', 'maxFeePerBlobGas': '0x01'," \
    " 'blobVersionedHashes': [" count_of_hashes "],"
#define HASH "'0x0100000000000000000000000000000000000000000000000000000000000000'"

/* The price of blobs comes from the excess, their number from the fork, or from the test's own
 * config. */
static void blobs(void)
{
    char buffer[TEXT_MAX];
    char second[TEXT_MAX];
    const char *text = "{'good': " TEST(BLOBS(HASH ", " HASH), REFUSED("Cancun", "none")) "}";
    check_fails(text, "exception", "none", "OK"); /* two can be sent, at a price of 1 */
    text = changed(buffer, text, "'currentExcessBlobGas': '0x00'",
                   "'currentExcessBlobGas': '0x234f4a'"); /* 2,314,058: price 2 (EIP-4844) */
    check_passes(changed(second, text, "'none'", "'INSUFFICIENT_MAX_FEE_PER_BLOB_GAS'"), 1);

    text = "{'good': " TEST(BLOBS(HASH ", " HASH),
                            REFUSED("Cancun", "TYPE_3_TX_BLOB_COUNT_EXCEEDED")) "}";
    text = changed(buffer, text, "'env'",
                   "'config': {'blobSchedule': {'Cancun': {'max': '0x01',"
                   " 'baseFeeUpdateFraction': '0x32f0ed'}}}, 'env'");
    check_passes(text, 1);
    check_unusable(changed(second, text, "'0x32f0ed'", "'0x00'"), ERR_RANGE,
                   "baseFeeUpdateFraction");
    check_fails(changed(second, text, "'max': '0x01'", "'max': '0x02'"), "exception",
                "TYPE_3_TX_BLOB_COUNT_EXCEEDED", "OK");
}

/* Numbers have leading zeros; those that no field has room for are spelt "0x:bigint 0x...". */
static void numbers(void)
{
    char buffer[TEXT_MAX];
    char second[TEXT_MAX];
    check_passes(changed(buffer, GOOD, "'value': ['0x00'", "'value': ['0x0000000000'"), 3);
    check_passes(changed(buffer, GOOD, "'gasLimit': ['0x0186a0'", "'gasLimit': ['0x00000186a0'"),
                 3);
    static const char wide[] = "0x:bigint 0x10000000000000000000000000000000000000000000000000000"
                               "000000000000";
    const char *text = "{'good': " TEST(FEES, REFUSED("Cancun", "TR_RLP_WRONGVALUE")) "}";
    char value[128];
    (void)snprintf(value, sizeof(value), "'value': ['%s'", wide);
    check_passes(changed(buffer, text, "'value': ['0x00'", value), 1);
    (void)snprintf(value, sizeof(value), "'gasPrice': '%s'", wide);
    check_passes(changed(second, text, "'gasPrice': '0x0a'", value), 1);
    /* A number beyond 256 bits that is not spelt so is an error, as one beyond 64 for gas. */
    (void)snprintf(value, sizeof(value), "'value': ['%s'", wide + 10);
    check_unusable(changed(buffer, GOOD, "'value': ['0x00'", value), ERR_RANGE, "value");
    check_unusable(changed(buffer, GOOD, "0x0186a0", "0x010000000000000000"), ERR_RANGE,
                   "gasLimit");
}

/* The names that the older fillings give to the reasons. */
static void older_names_of_reasons(void)
{
#define PLAIN(exception) "{'good': " TEST(FEES, REFUSED("Cancun", exception)) "}"
#define WITH_BLOBS(hashes, exception) \
    "{'good': " TEST(BLOBS(hashes), REFUSED("Cancun", exception)) "}"
    static const struct {
        const char *text;
        const char *from;
        const char *to;
    } rows[] = {
        {PLAIN("TR_NoFunds"), "0x0de0b6b3a7640000", "0x00"},
        {PLAIN("TR_NoFundsX"), "0x0de0b6b3a7640000", "0x00"},
        {PLAIN("TR_NoFundsOrGas"), "0x0de0b6b3a7640000", "0x00"},
        {PLAIN("GASLIMIT_PRICE_PRODUCT_OVERFLOW"), "'gasPrice': '0x0a'",
         "'gasPrice': '0x8000000000000000000000000000000000000000000000000000000000000000'"},
        {PLAIN("SenderNotEOA"), "'code': '0x'", "'code': '0x00'"},
        {PLAIN("TR_FeeCapLessThanBlocks"), "'gasPrice': '0x0a'", "'gasPrice': '0x06'"},
        {PLAIN("TR_NonceHasMaxValue"), "'nonce': '0x00', 'data'",
         "'nonce': '0xffffffffffffffff', 'data'"},
        {PLAIN("TR_TipGtFeeCap"), "'gasPrice': '0x0a'",
         "'maxFeePerGas': '0x0a', 'maxPriorityFeePerGas': '0x0b'"},
        {PLAIN("TR_GasLimitReached"), "0x0f4240", "0x5208"},
        {WITH_BLOBS(HASH, "TR_EMPTYBLOB"), HASH, ""},
        {WITH_BLOBS(HASH, "TR_BLOBLIST_OVERSIZE"), HASH,
         HASH "," HASH "," HASH "," HASH "," HASH "," HASH "," HASH},
        {WITH_BLOBS(HASH, "TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED"), HASH,
         HASH "," HASH "," HASH "," HASH "," HASH "," HASH "," HASH},
        {WITH_BLOBS(HASH, "TR_BLOBCREATE"), "'to': '" RECEIVER "'", "'to': ''"},
        {WITH_BLOBS(HASH, "TYPE_3_TX_ZERO_BLOBS_PRE_FORK"), "Cancun", "Shanghai"},
        {WITH_BLOBS(HASH, "TR_TypeNotSupported"), "Cancun", "Shanghai"},
    };
#undef PLAIN
#undef WITH_BLOBS
    char buffer[TEXT_MAX];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_passes(changed(buffer, rows[i].text, rows[i].from, rows[i].to), 1);
    }
}

/* ---- files that are none --------------------------------------------------------------------- */

static void texts_that_are_no_tests(void)
{
    check_unusable("", ERR_TRUNCATED, "");
    check_unusable("{", ERR_TRUNCATED, "");
    check_unusable("hello", ERR_MALFORMED, "");
    check_unusable("[]", ERR_MALFORMED, "not a file of state tests");
    check_unusable("{} {}", ERR_TRAILING, "");
    check_unusable("{'a': 5}", ERR_MALFORMED, "pre");
    check_unusable("{'a': {}}", ERR_MALFORMED, "pre");
    check_unusable("{'a': {'pre': {}}}", ERR_MALFORMED, "post");
    check_unusable("{'a': {'pre': {}, 'post': {'Cancun': 5}}}", ERR_MALFORMED, "Cancun");
    check_unusable("{'a': {'pre': {}, 'post': {'Cancun': []}}}", ERR_MALFORMED, "env");
    /* A file cut off anywhere is none. */
    char buffer[TEXT_MAX];
    struct bytes file = quoted(buffer, sizeof(buffer), GOOD);
    for (size_t len = 0; len < file.len; len += 3) {
        struct seen seen;
        struct statetest runner = runner_for(&seen);
        struct err_detail detail = {""};
        const uint8_t *cut = test_guarded(file.ptr, len);
        CHECK(statetest_run(&runner, bytes_from(cut, len), &detail) != OK);
        CHECK(detail.text[0] != '\0');
        CHECK_EQ(seen.passed + seen.failed, 0);
    }
}

/* What is missing or of no use is named. Cases before the bad place have been run. */
static void the_message_names_the_place(void)
{
    static const struct {
        const char *from;
        const char *to;
        const char *word;
        enum err err;
    } rows[] = {
        {"'currentCoinbase'", "'x'", "currentCoinbase", ERR_MALFORMED},
        {"'currentGasLimit'", "'x'", "currentGasLimit", ERR_MALFORMED},
        {"'currentBaseFee': '0x07'", "'currentBaseFee': 'x'", "currentBaseFee", ERR_MALFORMED},
        {"'currentExcessBlobGas': '0x00'", "'currentExcessBlobGas': 0.5", "currentExcessBlobGas",
         ERR_MALFORMED},
        {"'" SENDER "': {", "'0x12': {", "pre", ERR_MALFORMED},
        {"'balance': '0x05'", "'balance': 'five'", "balance", ERR_MALFORMED},
        {"'nonce': '0x01'", "'nonce': '0x010000000000000000'", "nonce", ERR_RANGE},
        {"'code': '0x345f555f5fa0'", "'code': '0x345'", "code", ERR_MALFORMED},
        {"'0x05': '0x06'", "'five': '0x06'", "storage", ERR_MALFORMED},
        {"'0x05': '0x06'", "'0x05': 'six'", "storage", ERR_MALFORMED},
        {"'transaction'", "'x'", "transaction", ERR_MALFORMED},
        {"'sender'", "'x'", "sender", ERR_MALFORMED},
        {"'to': '" RECEIVER "'", "'to': '0x1234'", "to", ERR_MALFORMED},
        {"'to': '" RECEIVER "'", "'to': null", "to", ERR_MALFORMED},
        {"'gasPrice': '0x0a'", "'gasPrice': 'ten'", "gasPrice", ERR_MALFORMED},
        {"'gasPrice': '0x0a'", "'x': '0x0a'", "maxFeePerGas", ERR_MALFORMED},
        {"'data': ['0x']", "'data': ['0x0']", "data", ERR_MALFORMED},
        {"'data': ['0x']", "'data': []", "data: no alternative 0", ERR_MALFORMED},
        {"'data': ['0x']", "'data': '0x'", "data", ERR_MALFORMED},
        {"'indexes'", "'x'", "indexes", ERR_MALFORMED},
        {"'data': 0", "'data': 7", "data: no alternative 7", ERR_MALFORMED},
        {"'gas': 0", "'gas': -1", "gas", ERR_RANGE},
        {"'hash'", "'x'", "hash", ERR_MALFORMED},
        {"'logs'", "'x'", "logs", ERR_MALFORMED},
    };
    char buffer[TEXT_MAX];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_unusable(changed(buffer, GOOD, rows[i].from, rows[i].to), rows[i].err, rows[i].word);
    }
    struct seen seen;
    struct err_detail detail;
    CHECK_EQ(run(&seen, &detail, changed(buffer, GOOD, ROOT_1, "0x")), ERR_MALFORMED);
    CHECK_EQ(seen.passed, 1);
}

/* JSON has two spellings for an address or a slot that are two keys of an object: that they are one
 * is an error, and it says so. */
static void the_same_thing_twice(void)
{
    char buffer[TEXT_MAX];
    check_unusable(changed(buffer, GOOD, "'0x05': '0x06'", "'0x05': '0x06', '0x5': '0x07'"),
                   ERR_MALFORMED, "storage");
    check_unusable(changed(buffer, GOOD, "'pre': {",
                           "'pre': {'0xA94F5374FCE5EDBC8E2A8697C15331677E6EBF0B': {'balance':"
                           " '0x00', 'nonce': '0x00', 'code': '0x', 'storage': {}}, "),
                   ERR_MALFORMED, "pre");
}

/* with_value copies a value, with `other` in the place of the value number *at in it, counted from
 * 0 with the value itself. *at is negative after that, and not if there are fewer values. Recursion
 * is bounded by the file, eight deep. */
static json_t *with_value(json_t *value, int64_t *at, json_t *other) /* NOLINT(misc-no-recursion) */
{
    if ((*at)-- == 0) {
        return json_incref(other);
    }
    if (json_is_array(value)) {
        json_t *out = json_array();
        for (size_t i = 0; i < json_array_size(value); i++) {
            (void)json_array_append_new(out, with_value(json_array_get(value, i), at, other));
        }
        return out;
    }
    if (json_is_object(value)) {
        json_t *out = json_object();
        const char *key;
        json_t *member;
        json_object_foreach(value, key, member)
        {
            (void)json_object_set_new(out, key, with_value(member, at, other));
        }
        return out;
    }
    return json_incref(value);
}

/* Every value of the file in turn replaced by one of every kind: never a crash, and an error says
 * something. */
static void values_of_other_kinds(void)
{
    static const char *const others[] = {"null", "true", "5",  "-1",       "0.5",   "''",
                                         "'0x'", "[]",   "{}", "[[], {}]", "'0x01'"};
    static const char text[] = "{'good': " TEST(
        BLOBS(HASH) "'accessLists': [[{'address': '" RECEIVER "', 'storageKeys': ['0x00']}]],",
        "'Cancun': [" POST_0 ", " POST_2 "]") "}";
    const struct json_limits limits = {TEXT_MAX, 1000, 32};
    char buffer[TEXT_MAX];
    json_t *file;
    CHECK_EQ(json_parse(&file, quoted(buffer, sizeof(buffer), text), &limits, NULL), OK);
    for (size_t o = 0; o < sizeof(others) / sizeof(others[0]); o++) {
        char other_text[32];
        struct bytes view = quoted(other_text, sizeof(other_text), others[o]);
        json_t *other = json_loadb((const char *)view.ptr, view.len, JSON_DECODE_ANY, NULL);
        CHECK(other != NULL);
        for (int64_t number = 1;; number++) {
            int64_t at = number;
            json_t *mutant = with_value(file, &at, other);
            bool is_end = at >= 0;
            char *dump = json_dumps(mutant, JSON_COMPACT);
            struct seen seen;
            struct err_detail detail = {""};
            struct statetest runner = runner_for(&seen);
            enum err e = statetest_run(&runner, bytes_from(dump, strlen(dump)), &detail);
            CHECK(e == OK || detail.text[0] != '\0');
            CHECK(strcmp(seen.reason, "(null)") != 0 && strcmp(seen.got, "(null)") != 0);
            free(dump);
            json_decref(mutant);
            if (is_end) {
                CHECK(number > 50);
                break;
            }
        }
        json_decref(other);
    }
    json_free(file);
}

/* No type of transaction has both blobs and authorizations; the sender has what the gas costs, and
 * nothing for a blob. */
static void types_that_exclude_each_other(void)
{
    char buffer[TEXT_MAX];
    static const char both[] =
        "{'good': " TEST("'maxFeePerGas': '0x0a', 'maxPriorityFeePerGas': '0x0a',"
                         " 'blobVersionedHashes': [" HASH "], 'authorizationList': ["
                         " {'chainId': '0x00', 'address': '" RECEIVER "', 'nonce': '0x00',"
                         " 'v': '0x00', 'r': '0x00', 's': '0x00'}],",
                         "'Prague': [" POST_0 "]") "}";
    check_fails(changed(buffer, both, "0x0de0b6b3a7640000", "0x0f4240"), "exception", "none",
                "TYPE_NOT_SUPPORTED");
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* An arena of every size: the file is read and run, or there is an error, or a case failed with
 * one. */
static void check_every_arena(const char *text, unsigned count)
{
    char buffer[TEXT_MAX];
    struct bytes file = quoted(buffer, sizeof(buffer), text);
    const size_t cap = w.arena.cap;
    unsigned errors = 0;
    unsigned failures = 0;
    struct seen seen = {.passed = 0};
    for (size_t size = 0; seen.passed != count; size += 32) {
        CHECK(size < cap);
        struct statetest runner = runner_for(&seen);
        w.arena.cap = size;
        enum err e = statetest_run(&runner, file, NULL);
        w.arena.cap = cap;
        CHECK(e == OK || e == ERR_MEMORY);
        errors += e != OK;
        if (seen.failed != 0) {
            failures++;
            CHECK_STR(seen.reason, "error");
            CHECK_STR(seen.got, err_text(ERR_MEMORY));
        }
    }
    CHECK(errors > 0 && failures > 0);
}

static void arenas_that_are_full(void)
{
    check_every_arena(GOOD, 3);
    check_every_arena("{'good': " TEST(FEES "'accessLists': [[{'address': '" RECEIVER
                                            "', 'storageKeys': ['0x00', '0x07']}]],",
                                       REFUSED("Istanbul", "TYPE_1_TX_PRE_FORK")) "}",
                      1);
    check_every_arena(
        "{'good': " TEST(BLOBS(HASH ", " HASH), REFUSED("Shanghai", "TYPE_3_TX_PRE_FORK")) "}", 1);
    check_every_arena(
        "{'good': " TEST("'maxFeePerGas': '0x0a', 'maxPriorityFeePerGas': '0x0a',"
                         " 'authorizationList': [{'chainId': '0x00', 'address': '" RECEIVER
                         "', 'nonce': '0x00', 'v': '0x00', 'r': '0x00',"
                         " 's': '0x00'}],",
                         REFUSED("Cancun", "TYPE_4_TX_PRE_FORK")) "}",
        1);
}

static const struct test_case cases[] = {
    CASE(a_good_file),
    CASE(wrong_post_states),
    CASE(exceptions),
    CASE(forks),
    CASE(only_one_fork),
    CASE(runners_share_a_file),
    CASE(types_of_transactions),
    CASE(parts_of_transactions),
    CASE(blobs),
    CASE(numbers),
    CASE(older_names_of_reasons),
    CASE(texts_that_are_no_tests),
    CASE(the_message_names_the_place),
    CASE(the_same_thing_twice),
    CASE(values_of_other_kinds),
    CASE(types_that_exclude_each_other),
    CASE(arenas_that_are_full),
};

int main(int argc, char **argv)
{
    world_open(&w, (size_t)1 << 20, (size_t)4 << 20);
    int status = test_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
    world_close(&w);
    return status;
}
