/* Requests and answers as JSON: what is read, what each mistake is called, and that an answer
 * survives being printed and read. */

#include "rpc/payload.h"

#include <stdio.h>

#include "tests/test.h"

#define SENDER      "0xdafea492d9c6733ae3d56b7ed1adb60692c98bc5"
#define REQUEST(a)  "{\"sender\":\"" SENDER "\",\"amount\":" a "}"
#define ARENA_BYTES ((size_t)1 << 20)

static enum err parse(struct transfer *out, const char *text, struct err_detail *detail)
{
    return payload_parse(out, bytes_from(text, strlen(text)), detail);
}

struct good {
    const char *text;
    struct u256 amount;
};

static void reads_requests(void)
{
    static const struct good goods[] = {
        {REQUEST("\"0x2a\""), {{42, 0, 0, 0}}},
        {REQUEST("40"), {{40, 0, 0, 0}}},
        {REQUEST("0"), U256_ZERO},
        {REQUEST("\"0x0\""), U256_ZERO},
        {REQUEST("9223372036854775807"), {{INT64_MAX, 0, 0, 0}}},
        {REQUEST("\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\""),
         U256_MAX},
        {" { \"amount\" : 7 , \"sender\" : \"" SENDER "\" } \r", {{7, 0, 0, 0}}},
    };
    uint8_t sender[20];
    (void)test_hex(sender, sizeof(sender), &SENDER[2]);
    for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
        struct transfer transfer;
        CHECK_EQ(parse(&transfer, goods[i].text, NULL), OK);
        CHECK_BYTES(transfer.sender.b, sender, sizeof(sender));
        CHECK(u256_eq(&transfer.amount, &goods[i].amount));
        /* And printed, it reads the same. */
        uint8_t text[200];
        struct writer to = writer_to(text, sizeof(text));
        payload_print(&to, &transfer);
        struct transfer again;
        CHECK_EQ(payload_parse(&again, writer_view(&to), NULL), OK);
        CHECK_BYTES(again.sender.b, sender, sizeof(sender));
        CHECK(u256_eq(&again.amount, &transfer.amount));
    }
}

struct bad {
    const char *text;
    enum err err;
    const char *says; /* both words are in the detail */
    const char *says_too;
};

static void names_every_mistake(void)
{
    static const struct bad bads[] = {
        {REQUEST("\"ten\""), ERR_MALFORMED, "amount", "must be"},
        {REQUEST("\"2a\""), ERR_MALFORMED, "amount", "0x"},
        {REQUEST("\"0x\""), ERR_MALFORMED, "amount", "must be"},
        {REQUEST("\"0x02a\""), ERR_MALFORMED, "amount", "must be"},
        {REQUEST("\"42\""), ERR_MALFORMED, "amount", "must be"},
        {REQUEST("1.5"), ERR_MALFORMED, "amount", "must be"},
        {REQUEST("1e3"), ERR_MALFORMED, "amount", "must be"},
        {REQUEST("true"), ERR_MALFORMED, "amount", "must be"},
        {REQUEST("null"), ERR_MALFORMED, "amount", "missing"},
        {REQUEST("[42]"), ERR_MALFORMED, "amount", "must be"},
        {REQUEST("-1"), ERR_RANGE, "amount", "negative"},
        {REQUEST("\"0x10000000000000000000000000000000000000000000000000000000000000000\""),
         ERR_RANGE, "amount", "64 hex digits"},
        {REQUEST("9223372036854775808"), ERR_RANGE, "JSON", "column"},
        {REQUEST("1157920892373161954235709850086879078532699846656405640394575840079131296399"
                 "36"),
         ERR_RANGE, "JSON", "column"},
        /* a sender of 19 bytes, of 21, and others that are no address */
        {"{\"sender\":\"0xdafea492d9c6733ae3d56b7ed1adb60692c98b\",\"amount\":1}", ERR_MALFORMED,
         "sender", "40 hex digits"},
        {"{\"sender\":\"" SENDER "00\",\"amount\":1}", ERR_MALFORMED, "sender", "40 hex digits"},
        {"{\"sender\":\"dafea492d9c6733ae3d56b7ed1adb60692c98bc5\",\"amount\":1}", ERR_MALFORMED,
         "sender", "40 hex digits"},
        {"{\"sender\":12,\"amount\":1}", ERR_MALFORMED, "sender", "40 hex digits"},
        /* other keys */
        {"{\"amount\":1}", ERR_MALFORMED, "sender", "missing"},
        {"{\"sender\":\"" SENDER "\"}", ERR_MALFORMED, "amount", "missing"},
        {"{\"sender\":\"" SENDER "\",\"amount\":1,\"gas\":2}", ERR_MALFORMED, "gas", "not a key"},
        {"{\"sender\":\"" SENDER "\",\"amount\":1,\"amount\":1}", ERR_MALFORMED, "JSON", "already"},
        /* not a whole text */
        {"", ERR_TRUNCATED, "JSON", "column"},
        {"{\"sender\":\"" SENDER "\",\"amou", ERR_TRUNCATED, "JSON", "column"},
        {"{\"sender\":\"" SENDER "\",\"amount\":1", ERR_TRUNCATED, "JSON", "column"},
        {REQUEST("1") "}", ERR_TRAILING, "JSON", "column"},
        {"[]", ERR_MALFORMED, "payload", "an object"},
        {"{]", ERR_MALFORMED, "JSON", "column"},
    };
    for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
        struct transfer transfer;
        struct err_detail detail = {""};
        enum err err = parse(&transfer, bads[i].text, &detail);
        if (err != bads[i].err || strstr(detail.text, bads[i].says) == NULL ||
            strstr(detail.text, bads[i].says_too) == NULL) {
            test_fail(__FILE__, __LINE__, "%s: %s: %s", bads[i].text, err_name(err), detail.text);
        }
    }
}

/* A whole request cut anywhere is never one. */
static void refuses_every_prefix(void)
{
    static const char whole[] = REQUEST("\"0x2a\"");
    for (size_t len = 0; len < sizeof(whole) - 1; len++) {
        struct transfer transfer;
        CHECK(payload_parse(&transfer, bytes_from(test_guarded(whole, len), len), NULL) != OK);
    }
}

static void example_result(struct answer *out)
{
    *out = (struct answer){.kind = ANSWER_RESULT};
    out->result.gas_used = 21000;
    out->result.account_count = 2;
    struct transfer_account *account = out->result.accounts;
    account[0].address = TRANSFER_CALLER;
    account[0].balance = u256_from_u64(69);
    account[0].nonce = 1;
    memset(account[0].code_hash.b, 0xc5, 32);
    account[0].touched = true;
    account[1].touched = true;
    account[1].loaded_as_not_existing = true;
}

static void prints_a_result(void)
{
    static const char expected[] =
        "{\"result\":{\"status\":\"success\",\"reason\":\"stop\",\"gasUsed\":21000,"
        "\"gasRefunded\":0,\"logs\":[],\"output\":\"0x\"},\"state\":{"
        "\"0x4838b106fce9647bdf1e7877bf73ce8b0bad5f97\":{\"balance\":\"0x45\",\"nonce\":1,"
        "\"codeHash\":\"0xc5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5\","
        "\"code\":\"0x\",\"storage\":{},\"status\":[\"touched\"]},"
        "\"0x0000000000000000000000000000000000000000\":{\"balance\":\"0x0\",\"nonce\":0,"
        "\"codeHash\":\"0x0000000000000000000000000000000000000000000000000000000000000000\","
        "\"code\":\"0x\",\"storage\":{},\"status\":[\"touched\",\"loadedAsNotExisting\"]}}}";
    struct answer answer;
    example_result(&answer);
    uint8_t text[4096];
    struct writer to = writer_to(text, sizeof(text));
    answer_print(&to, &answer, false);
    CHECK_EQ(to.len, sizeof(expected) - 1);
    CHECK_BYTES(text, expected, to.len);
}

static void prints_a_rejection(void)
{
    static const char expected[] =
        "{\"result\":{\"status\":\"rejected\",\"reason\":\"%s\",\"needs\":\"0x70\",\"has\":"
        "\"0x6f\"}}";
    const struct transfer transfer = {.amount = u256_from_u64(112)};
    const struct transfer_result result = {.status = TX_INSUFFICIENT_ACCOUNT_FUNDS};
    struct answer answer;
    answer_from(&answer, &transfer, &result);
    char text[400];
    struct writer to = writer_to(text, sizeof(text) - 1);
    answer_print(&to, &answer, false);
    text[to.len] = '\0';
    char with_reason[400];
    (void)snprintf(with_reason, sizeof(with_reason), expected,
                   tx_status_text(TX_INSUFFICIENT_ACCOUNT_FUNDS));
    CHECK_STR(text, with_reason);
}

static void prints_an_error(void)
{
    const struct answer answer = {
        .kind = ANSWER_ERROR, .err = ERR_RANGE, .message = {"\"amount\" is out of range"}};
    static const char expected[] = "{\"error\":{\"name\":\"ERR_RANGE\",\"message\":\"\\u0022amount"
                                   "\\u0022 is out of range\"}}";
    uint8_t text[400];
    struct writer to = writer_to(text, sizeof(text));
    answer_print(&to, &answer, false);
    CHECK_EQ(to.len, sizeof(expected) - 1);
    CHECK_BYTES(text, expected, to.len);
}

/* check_round_trip prints an answer in both layouts, reads it, and prints what it read. */
static void check_round_trip(const struct answer *answer)
{
    uint8_t *region = test_region(ARENA_BYTES);
    struct arena arena;
    arena_init(&arena, region, ARENA_BYTES);
    uint8_t first[8192];
    uint8_t second[8192];
    for (int indented = 0; indented < 2; indented++) {
        struct writer to = writer_to(first, sizeof(first));
        answer_print(&to, answer, indented);
        struct answer read;
        struct err_detail detail = {""};
        enum err err = answer_parse(&read, &arena, writer_view(&to), &detail);
        if (err != OK) {
            test_fail(__FILE__, __LINE__, "%s: %s", err_name(err), detail.text);
            break;
        }
        struct writer again = writer_to(second, sizeof(second));
        answer_print(&again, &read, indented);
        if (again.len != to.len || memcmp(first, second, to.len) != 0) {
            test_fail(__FILE__, __LINE__, "%.*s", (int)again.len, (const char *)second);
            break;
        }
    }
    test_region_free(region, ARENA_BYTES);
}

static void reads_every_answer_it_prints(void)
{
    struct answer answer;
    example_result(&answer);
    check_round_trip(&answer);
    answer.result.output = bytes_from("output", 6);
    for (unsigned halt = 0; halt < EVM_STATUS_COUNT; halt++) {
        answer.result.halt = (enum evm_status)halt;
        check_round_trip(&answer);
    }
    for (unsigned status = TX_OK + 1; status < TX_STATUS_COUNT; status++) {
        const struct transfer transfer = {.amount = U256_MAX};
        const struct transfer_result result = {.status = (enum tx_status)status};
        answer_from(&answer, &transfer, &result);
        check_round_trip(&answer);
    }
    for (unsigned err = OK + 1; err < ERR_COUNT; err++) {
        answer = (struct answer){.kind = ANSWER_ERROR, .err = (enum err)err, .message = {"why"}};
        check_round_trip(&answer);
    }
}

#define RUN                                                                      \
    "\"result\":{\"status\":\"success\",\"reason\":\"stop\",\"gasUsed\":1,\"gas" \
    "Refunded\":0,\"logs\":[],\"output\":\"0x\"}"
#define HASH "\"0x0000000000000000000000000000000000000000000000000000000000000000\""
#define ACCOUNT                                                                             \
    "{\"balance\":\"0x0\",\"nonce\":0,\"codeHash\":" HASH ",\"code\":\"0x\",\"storage\":{}" \
    ",\"status\":[]}"

/* A server that lies or is not one. */
static void trusts_no_answer(void)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\"result\":{}}",
        "{\"result\":[],\"state\":{}}",
        "{" RUN "}",
        "{" RUN ",\"state\":[]}",
        "{" RUN ",\"state\":{},\"more\":1}",
        "{" RUN ",\"state\":{},\"error\":{\"name\":\"ERR_IO\",\"message\":\"\"}}",
        "{" RUN ",\"state\":{\"0x00\":" ACCOUNT "}}",
        "{" RUN ",\"state\":{\"" SENDER "\":{}}}",
        "{" RUN ",\"state\":{\"0x0000000000000000000000000000000000000001\":" ACCOUNT
        ",\"0x0000000000000000000000000000000000000002\":" ACCOUNT
        ",\"0x0000000000000000000000000000000000000003\":" ACCOUNT
        ",\"0x0000000000000000000000000000000000000004\":" ACCOUNT "}}",
        "{\"result\":{\"status\":\"success\",\"reason\":\"return\",\"gasUsed\":1,\"gasRefunded\":0,"
        "\"logs\":[],\"output\":\"0x\"},\"state\":{}}",
        "{\"result\":{\"status\":\"success\",\"reason\":\"stop\",\"gasUsed\":-1,\"gasRefunded\":0,"
        "\"logs\":[],\"output\":\"0x\"},\"state\":{}}",
        "{\"result\":{\"status\":\"success\",\"reason\":\"stop\",\"gasUsed\":1,\"gasRefunded\":0,"
        "\"logs\":[1],\"output\":\"0x\"},\"state\":{}}",
        "{\"result\":{\"status\":\"halt\",\"reason\":\"success\",\"gasUsed\":1,\"gasRefunded\":0,"
        "\"logs\":[],\"output\":\"0x\"},\"state\":{}}",
        "{\"result\":{\"status\":\"rejected\",\"reason\":\"I say so\"}}",
        "{\"result\":{\"status\":\"accepted\",\"reason\":\"stop\"}}",
        "{\"error\":{\"name\":\"OK\",\"message\":\"\"}}",
        "{\"error\":{\"name\":\"ERR_NONE\",\"message\":\"\"}}",
        "{\"error\":{\"name\":\"ERR_IO\"}}",
        "{\"error\":\"ERR_IO\"}",
    };
    uint8_t *region = test_region(ARENA_BYTES);
    struct arena arena;
    arena_init(&arena, region, ARENA_BYTES);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct answer answer;
        struct err_detail detail = {""};
        if (answer_parse(&answer, &arena, bytes_from(texts[i], strlen(texts[i])), &detail) == OK ||
            detail.text[0] == '\0') {
            test_fail(__FILE__, __LINE__, "taken: %s", texts[i]);
        }
    }
    test_region_free(region, ARENA_BYTES);
}

/* A terminal must not obey what a server says. */
static void disarms_messages(void)
{
    static const char text[] =
        "{\"error\":{\"name\":\"ERR_IO\",\"message\":\"a\\u001b[2Jb\\n\\u00e9\"}}";
    struct answer answer;
    CHECK_EQ(answer_parse(&answer, NULL, bytes_from(text, sizeof(text) - 1), NULL), OK);
    CHECK_STR(answer.message.text, "a?[2Jb???");
    CHECK_EQ(answer.err, ERR_IO);
}

static const struct test_case cases[] = {
    CASE(reads_requests),   CASE(names_every_mistake),          CASE(refuses_every_prefix),
    CASE(prints_a_result),  CASE(prints_a_rejection),           CASE(prints_an_error),
    CASE(trusts_no_answer), CASE(reads_every_answer_it_prints), CASE(disarms_messages),
};

TEST_MAIN(cases)
