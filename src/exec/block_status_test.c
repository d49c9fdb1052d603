/* What may be wrong with a block: names, texts, and the way back from a name. */

#include "exec/block_status.h"

#include "tests/test.h"

static void names_and_texts(void)
{
    CHECK_STR(block_status_name(BLOCK_OK), "OK");
    CHECK_STR(block_status_text(BLOCK_OK), "valid");
    CHECK_STR(block_status_name(BLOCK_INVALID_GASLIMIT), "INVALID_GASLIMIT");
    CHECK_STR(block_status_name(BLOCK_INVALID_DEPOSIT_EVENT_LAYOUT),
              "INVALID_DEPOSIT_EVENT_LAYOUT");
    CHECK_STR(block_status_text(BLOCK_TOO_MANY_UNCLES), "more than two ommers");
}

/* OK, the 50 names of the official list, and one for a block with a bad transaction, each once and
 * with a text. */
static void all_are_found_by_name(void)
{
    CHECK_EQ(BLOCK_STATUS_COUNT, 52);
    for (int i = 0; i < BLOCK_STATUS_COUNT; i++) {
        enum block_status status;
        CHECK(block_status_from_name(&status, block_status_name((enum block_status)i)));
        CHECK_EQ(status, i);
        CHECK(block_status_text((enum block_status)i)[0] != '\0');
    }
}

static void other_names_are_unknown(void)
{
    static const char *const names[] = {"", "INVALID_GASLIMI", "invalid_gaslimit",
                                        "BlockException.INVALID_GASLIMIT", "NONCE_IS_MAX"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        enum block_status status;
        CHECK(!block_status_from_name(&status, names[i]));
    }
}

static const struct test_case cases[] = {
    CASE(names_and_texts),
    CASE(all_are_found_by_name),
    CASE(other_names_are_unknown),
};

TEST_MAIN(cases)
