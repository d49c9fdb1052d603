/* Blocks: where the heap ends and mappings begin, and that an empty one can be released. */

#include "net/block.h"

#include "base/limits.h"
#include "tests/test.h"

static void takes_short_ones_from_the_heap(void)
{
    static const size_t caps[] = {1, 1024, LIMIT_REQUEST_BYTES + LIMIT_HTTP_HEAD_BYTES};
    for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
        struct block block = {0};
        CHECK(block_take(&block, caps[i]));
        CHECK(!block.is_mapping);
        CHECK_EQ(block.cap, caps[i]);
        memset(block.ptr, 1, block.cap);
        block_release(&block, block.cap);
        CHECK(block.ptr == NULL && block.cap == 0);
    }
}

static void maps_long_ones(void)
{
    struct block block = {0};
    CHECK(block_take(&block, LIMIT_REQUEST_BYTES + LIMIT_HTTP_HEAD_BYTES + 1));
    CHECK(block.is_mapping);
    CHECK_EQ(block.cap % 4096, 0);
    for (size_t i = 0; i < block.cap; i++) {
        CHECK_EQ(block.ptr[i], 0);
    }
    memset(block.ptr, 1, block.cap);
    block_release(&block, block.cap);
    CHECK(block.ptr == NULL && !block.is_mapping);
}

static void releases_none(void)
{
    struct block block = {0};
    block_release(&block, 0);
    CHECK(block.ptr == NULL);
}

static void fails_for_more_than_there_is(void)
{
    struct block block = {0};
    CHECK(!block_take(&block, (size_t)1 << 50));
    CHECK(block.ptr == NULL && block.cap == 0);
}

static const struct test_case cases[] = {
    CASE(takes_short_ones_from_the_heap),
    CASE(maps_long_ones),
    CASE(releases_none),
    CASE(fails_for_more_than_there_is),
};

TEST_MAIN(cases)
