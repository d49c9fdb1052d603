/* The runner of official transaction tests, on files made here: EIP-155's example and a transaction
 * of type 1; results wrong in one thing; exceptions by their names; other JSON. */

#include "spec/txtest.h"

#include <stdio.h>

#include "tests/test.h"

#define CAP ((size_t)1 << 20)

static _Alignas(64) uint8_t region[CAP];
static struct arena arena;

/* ---- files, with ' for " --------------------------------------------------------------------- */

/* EIP-155, "Example"; its sender is known from the key, its hash from an independent program. */
#define RAW_155                                                                                   \
    "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080"    \
    "25a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb70" \
    "3304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
#define HASH_155   "0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788"
#define SENDER_155 "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"

#define GOOD_RESULT   "{'hash': '" HASH_155 "', 'sender': '" SENDER_155 "', 'intrinsicGas': '0x5208'}"
#define REFUSED(name) "{'exception': '" name "', 'intrinsicGas': '0x00'}"
#define FILE_OF(raw, results) \
    "{'good': {'_info': {}, 'txbytes': '" raw "', 'result': {" results "}}}"
#define GOOD                                                                                    \
    FILE_OF(RAW_155, "'Frontier': " REFUSED(                                                    \
                         "TransactionException.INVALID_SIGNATURE_VRS") ", "                     \
                                                                       "'EIP158': " GOOD_RESULT \
                                                                       ", 'Osaka': " GOOD_RESULT)

struct seen {
    unsigned passed;
    unsigned failed;
    char fork[64];
    char reason[64];
    char expected[128];
    char got[128];
};

static void on_case(void *context, const struct txtest_case *c)
{
    struct seen *seen = context;
    seen->passed += c->passed;
    seen->failed += !c->passed;
    if (!c->passed) {
        (void)snprintf(seen->fork, sizeof(seen->fork), "%s", c->fork);
        (void)snprintf(seen->reason, sizeof(seen->reason), "%s", c->reason);
        (void)snprintf(seen->expected, sizeof(seen->expected), "%s", c->expected);
        (void)snprintf(seen->got, sizeof(seen->got), "%s", c->got);
    }
}

#define TEXT_MAX 4096

/* run runs a file; nothing is left in the arena. */
static enum err run(struct seen *seen, struct err_detail *detail, const char *text,
                    const char *only_fork)
{
    char quoted[TEXT_MAX];
    size_t len = strlen(text);
    ASSERT(len < sizeof(quoted));
    for (size_t i = 0; i <= len; i++) {
        quoted[i] = text[i] == '\'' ? '"' : text[i];
    }
    *seen = (struct seen){.passed = 0};
    *detail = (struct err_detail){""};
    arena_init(&arena, region, CAP);
    const struct txtest runner = {
        .arena = &arena, .only_fork = only_fork, .report = on_case, .context = seen};
    enum err e = txtest_run(&runner, bytes_from(quoted, len), detail);
    if (arena.used != 0) {
        test_fail(__FILE__, __LINE__, "something is left");
    }
    return e;
}

static void check_counts(const char *text, unsigned passed, unsigned failed)
{
    struct seen seen;
    struct err_detail detail;
    CHECK_EQ(run(&seen, &detail, text, NULL), OK);
    CHECK_EQ(seen.passed, passed);
    CHECK_EQ(seen.failed, failed);
}

static void check_fails(const char *text, const char *reason, const char *expected, const char *got)
{
    struct seen seen;
    struct err_detail detail;
    CHECK_EQ(run(&seen, &detail, text, NULL), OK);
    CHECK_EQ(seen.failed, 1);
    CHECK_STR(seen.reason, reason);
    CHECK_STR(seen.expected, expected);
    CHECK_STR(seen.got, got);
}

static void check_unusable(const char *text, enum err wanted, const char *word)
{
    struct seen seen;
    struct err_detail detail;
    CHECK_STR(err_name(run(&seen, &detail, text, NULL)), err_name(wanted));
    if (strstr(detail.text, word) == NULL) {
        test_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", word, detail.text);
    }
}

/* ---- cases ----------------------------------------------------------------------------------- */

static void a_good_file(void)
{
    check_counts(GOOD, 3, 0);
    check_counts("{}", 0, 0);
}

static void only_one_fork(void)
{
    struct seen seen;
    struct err_detail detail;
    CHECK_EQ(run(&seen, &detail, GOOD, "osaka"), OK);
    CHECK_EQ(seen.passed, 1);
    CHECK_EQ(run(&seen, &detail, GOOD, "Prague"), OK);
    CHECK_EQ(seen.passed, 0);
}

static void wrong_results(void)
{
    static const char other_hash[] =
        "0x0000000000000000000000000000000000000000000000000000000000000bad";
    static const char other_sender[] = "0x0000000000000000000000000000000000000bad";
    check_fails(FILE_OF(RAW_155, "'Osaka': {'hash': '0x0000000000000000000000000000000000000000000"
                                 "000000000000000000bad', 'sender': '" SENDER_155
                                 "', 'intrinsicGas': '0x5208'}"),
                "hash", other_hash, HASH_155);
    check_fails(FILE_OF(RAW_155, "'Osaka': {'hash': '" HASH_155
                                 "', 'sender': '0x0000000000000000000000000000000000000bad',"
                                 " 'intrinsicGas': '0x5208'}"),
                "sender", other_sender, SENDER_155);
    check_fails(FILE_OF(RAW_155, "'Osaka': {'hash': '" HASH_155 "', 'sender': '" SENDER_155
                                 "', 'intrinsicGas': '0x5209'}"),
                "intrinsic gas", "0x5209", "0x5208");
    check_fails(FILE_OF(RAW_155, "'Osaka': " REFUSED("TransactionException.INVALID_CHAINID")),
                "exception", "TransactionException.INVALID_CHAINID", "OK");
    check_fails(FILE_OF(RAW_155, "'Frontier': " GOOD_RESULT), "exception", "none",
                "INVALID_SIGNATURE_VRS");
    check_fails(FILE_OF(RAW_155, "'Frontier': " REFUSED("TransactionException.INVALID_CHAINID")),
                "exception", "TransactionException.INVALID_CHAINID", "INVALID_SIGNATURE_VRS");
    check_fails(FILE_OF(RAW_155, "'Nowhere': " GOOD_RESULT), "unknown fork", "Nowhere", "Osaka");
}

/* Gas is looked at too: EIP-155's example with a gas limit of 0x5207 (and so another signer). */
static void checks_beyond_decoding(void)
{
    check_counts(
        FILE_OF(
            "0xf86c098504a817c800825207943535353535353535353535353535353535353535880de0b6b3a76"
            "400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9"
            "d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            "'Osaka': " REFUSED("TransactionException.INTRINSIC_GAS_TOO_LOW")),
        1, 0);
}

/* A transaction of a type that the fork does not know is refused for the type; where it is malformed
 * too, either reason will do, as the official files have it. No other second reason counts. */
static void types_and_mistakes(void)
{
#define SHORT_TYPE_1 "0x01c101"
    check_counts(
        FILE_OF(
            SHORT_TYPE_1,
            "'Istanbul': " REFUSED(
                "TransactionException.TYPE_NOT_SUPPORTED") ", "
                                                           "'Byzantium': " REFUSED(
                                                               "TransactionException.RLP_TOO_FEW_"
                                                               "ELEMENTS") ", "
                                                                           "'Berlin': " REFUSED(
                                                                               "TransactionExceptio"
                                                                               "n.RLP_TOO_FEW_"
                                                                               "ELEMENTS")),
        3, 0);
    check_fails(
        FILE_OF(SHORT_TYPE_1, "'Berlin': " REFUSED("TransactionException.TYPE_NOT_SUPPORTED")),
        "exception", "TransactionException.TYPE_NOT_SUPPORTED", "RLP_TOO_FEW_ELEMENTS");
    check_fails(
        FILE_OF(SHORT_TYPE_1, "'Istanbul': " REFUSED("TransactionException.RLP_TOO_MANY_ELEMENTS")),
        "exception", "TransactionException.RLP_TOO_MANY_ELEMENTS", "TYPE_1_TX_PRE_FORK");
    check_counts(FILE_OF("0x", "'Osaka': " REFUSED("TransactionException.RLP_ERROR_EOF")), 1, 0);
}

static void unusable_files(void)
{
    check_unusable("[]", ERR_MALFORMED, "not a file of transaction tests");
    check_unusable("{'a': ", ERR_TRUNCATED, "JSON");
    check_unusable("{'a': {'result': {}}}", ERR_MALFORMED, "txbytes");
    check_unusable("{'a': {'txbytes': '0x0', 'result': {}}}", ERR_MALFORMED, "txbytes");
    check_unusable("{'a': {'txbytes': '0x00'}}", ERR_MALFORMED, "result");
    check_unusable(FILE_OF("0x00", "'Osaka': {}"), ERR_MALFORMED, "hash");
    check_unusable(FILE_OF("0x00", "'Osaka': {'exception': 5}"), ERR_MALFORMED, "exception");
    check_unusable(FILE_OF("0x00", "'Osaka': {'hash': '" HASH_155 "'}"), ERR_MALFORMED, "sender");
    check_unusable(FILE_OF("0x00", "'Osaka': {'hash': '" HASH_155 "', 'sender': '" SENDER_155 "'}"),
                   ERR_MALFORMED, "intrinsicGas");
}

static const struct test_case cases[] = {
    CASE(a_good_file),        CASE(only_one_fork),
    CASE(wrong_results),      CASE(checks_beyond_decoding),
    CASE(types_and_mistakes), CASE(unusable_files),
};

TEST_MAIN(cases)
