/* The console text: the walkthrough's, which the file in tests/vectors holds, and the forms that
 * it does not show. */

#include "rpc/walkthrough.h"

#include <stdio.h>

#include "tests/test.h"

#define VECTOR "tests/vectors/walkthrough.txt"

static const struct hash32 no_code_hash = {{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c,
                                            0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
                                            0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b,
                                            0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}};

static void prints_the_walkthrough(void)
{
    static uint8_t expected[8192];
    static uint8_t text[8192];
    FILE *file = fopen(VECTOR, "rb");
    CHECK(file != NULL);
    size_t len = fread(expected, 1, sizeof(expected), file);
    (void)fclose(file);

    struct transfer transfer = {.amount = u256_from_u64(42)};
    (void)test_hex(transfer.sender.b, 20, "dafea492d9c6733ae3d56b7ed1adb60692c98bc5");
    struct answer answer = {.kind = ANSWER_RESULT};
    answer.result.gas_used = 21000;
    answer.result.account_count = 3;
    struct transfer_account *account = answer.result.accounts;
    account[0] =
        (struct transfer_account){TRANSFER_CALLER, u256_from_u64(69), 1, no_code_hash, true, false};
    account[1] = (struct transfer_account){
        .code_hash = no_code_hash, .touched = true, .loaded_as_not_existing = true};
    account[2] =
        (struct transfer_account){transfer.sender, transfer.amount, 0, no_code_hash, true, true};
    struct writer to = writer_to(text, sizeof(text));
    walkthrough_received(&to, &transfer);
    walkthrough_payload(&to, "FILE:LINE", &transfer);
    walkthrough_answer(&to, "FILE:LINE", &answer);
    CHECK_EQ(to.len, len);
    CHECK_BYTES(text, expected, len);
}

static void check_answer(const struct answer *answer, const char *expected)
{
    char text[2048];
    struct writer to = writer_to(text, sizeof(text) - 1);
    walkthrough_answer(&to, "f.c:1", answer);
    CHECK(writer_fits(&to));
    text[to.len] = '\0';
    CHECK_STR(text, expected);
}

static void prints_what_the_walkthrough_does_not_show(void)
{
    struct answer answer = {.kind = ANSWER_RESULT};
    answer.result.gas_used = 5;
    answer.result.halt = EVM_OUT_OF_GAS;
    check_answer(&answer, "[f.c:1] &result = ResultAndState {\n"
                          "    result: Halt {\n"
                          "        reason: OutOfGas,\n"
                          "        gas_used: 5,\n"
                          "    },\n"
                          "    state: {\n"
                          "    },\n"
                          "}\n");
    answer.result.halt = EVM_REVERT;
    answer.result.output = bytes_from("a\"\\\0\t\n\r~\x7f\xff", 10);
    check_answer(&answer, "[f.c:1] &result = ResultAndState {\n"
                          "    result: Revert {\n"
                          "        gas_used: 5,\n"
                          "        output: b\"a\\\"\\\\\\0\\t\\n\\r~\\x7f\\xff\",\n"
                          "    },\n"
                          "    state: {\n"
                          "    },\n"
                          "}\n");
    answer.result.halt = EVM_SUCCESS;
    answer.result.output = bytes_from("x", 1);
    check_answer(&answer, "[f.c:1] &result = ResultAndState {\n"
                          "    result: Success {\n"
                          "        reason: Return,\n"
                          "        gas_used: 5,\n"
                          "        gas_refunded: 0,\n"
                          "        logs: [],\n"
                          "        output: Call(\n"
                          "            b\"x\",\n"
                          "        ),\n"
                          "    },\n"
                          "    state: {\n"
                          "    },\n"
                          "}\n");
    answer = (struct answer){.kind = ANSWER_ERROR, .err = ERR_RANGE, .message = {"too much"}};
    check_answer(&answer, "refused: ERR_RANGE: too much\n");
}

static void prints_a_refused_transfer(void)
{
    struct answer answer = {.kind = ANSWER_REJECTED};
    answer.result.status = TX_INSUFFICIENT_ACCOUNT_FUNDS;
    answer.needs = u256_from_u64(112);
    char expected[512];
    (void)snprintf(expected, sizeof(expected),
                   "[f.c:1] &result = Err(\n"
                   "    Transaction {\n"
                   "        reason: \"%s\",\n"
                   "        needs: "
                   "0x0000000000000000000000000000000000000000000000000000000000000070_U256,\n"
                   "        has: 0x0_U256,\n"
                   "    },\n"
                   ")\n",
                   tx_status_text(TX_INSUFFICIENT_ACCOUNT_FUNDS));
    check_answer(&answer, expected);
}

static const struct test_case cases[] = {
    CASE(prints_the_walkthrough),
    CASE(prints_what_the_walkthrough_does_not_show),
    CASE(prints_a_refused_transfer),
};

TEST_MAIN(cases)
