/* Revert reasons: both forms, and everything that is almost one of them. */

#include "sim/revert_reason.h"

#include "tests/test.h"

#define WORD(low) "00000000000000000000000000000000000000000000000000000000000000" low

static struct revert_reason decode(const char *hex)
{
    static uint8_t bytes[512];
    size_t len = test_hex(bytes, sizeof(bytes), hex);
    return revert_reason_decode(bytes_from(test_guarded(bytes, len), len));
}

static void reads_errors(void)
{
    struct revert_reason reason = decode("08c379a0" WORD("20") WORD("03") "616263");
    CHECK_EQ(reason.kind, REVERT_ERROR);
    CHECK_EQ(reason.text.len, 3);
    CHECK_BYTES(reason.text.ptr, "abc", 3);
    reason = decode("08c379a0" WORD("20") WORD("03") "6162630000");
    CHECK_EQ(reason.kind, REVERT_ERROR);
    reason = decode("08c379a0" WORD("20") WORD("00"));
    CHECK_EQ(reason.kind, REVERT_ERROR);
    CHECK_EQ(reason.text.len, 0);
}

static void reads_panics(void)
{
    struct revert_reason reason = decode("4e487b71" WORD("32"));
    CHECK_EQ(reason.kind, REVERT_PANIC);
    CHECK_EQ(reason.code.w[0], 0x32);
    CHECK_STR(revert_panic_text(&reason.code), "an index out of bounds");
    static const uint64_t known[] = {0, 1, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32, 0x41, 0x51};
    size_t count = 0;
    for (uint64_t i = 0; i < 256; i++) {
        struct u256 code = u256_from_u64(i);
        count += revert_panic_text(&code) != NULL;
    }
    CHECK_EQ(count, sizeof(known) / sizeof(known[0]));
    struct u256 large = {{0x11, 0, 0, 1}};
    CHECK(revert_panic_text(&large) == NULL);
}

static void leaves_the_rest_alone(void)
{
    static const char *const others[] = {
        "",
        "08c379",
        "08c379a0",
        "08c379a0" WORD("20"),
        "08c379a0" WORD("20") "00",
        "08c379a0" WORD("20") WORD("04") "616263", /* longer than what is there */
        "08c379a0" WORD("21") WORD("03") "616263", /* elsewhere */
        "08c379a0" WORD("00") WORD("03") "616263",
        "08c379a0"
        "ff" WORD("20") WORD("03") "616263",
        "08c379a0" WORD("20") "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "08c379a0" WORD("20") "0000000000000000000000000000000000000000000000010000000000000003"
                              "616263",
        "08c379a1" WORD("20") WORD("03") "616263",
        "4e487b71",
        "4e487b71"
        "00000000000000000000000000000000000000000000000000000000000001",
        "4e487b72" WORD("11"),
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        CHECK_EQ(decode(others[i]).kind, REVERT_OTHER);
    }
}

static const struct test_case cases[] = {
    CASE(reads_errors),
    CASE(reads_panics),
    CASE(leaves_the_rest_alone),
};

TEST_MAIN(cases)
