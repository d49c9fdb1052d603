/* Reserved memory: aligned, zero, writable to its last byte, and cheap until it is touched. */

#include "sys/memory.h"

#include <sys/resource.h>

#include "tests/test.h"

static void gives_zeroed_aligned_memory(void)
{
    for (size_t align = 4096; align <= (size_t)1 << 24; align *= 16) {
        void *region;
        CHECK_EQ(memory_reserve(&region, 1 << 20, align, NULL), OK);
        CHECK_EQ((uintptr_t)region % align, 0);
        uint8_t *bytes = region;
        CHECK_EQ(bytes[0], 0);
        bytes[(1 << 20) - 1] = 1;
        memory_release(region, 1 << 20);
    }
    memory_release(NULL, 1 << 20);
}

static void costs_nothing_until_touched(void)
{
    struct rusage before;
    struct rusage after;
    CHECK_EQ(getrusage(RUSAGE_SELF, &before), 0);
    void *region;
    CHECK_EQ(memory_reserve(&region, (size_t)1 << 33, 65536, NULL), OK);
    ((uint8_t *)region)[(size_t)5 << 28] = 1;
    CHECK_EQ(getrusage(RUSAGE_SELF, &after), 0);
    CHECK(after.ru_maxrss - before.ru_maxrss < 1024); /* KiB; one huge page would be 2048 */
    memory_release(region, (size_t)1 << 33);
}

static void says_when_it_cannot(void)
{
    struct err_detail detail;
    void *region;
    CHECK_EQ(memory_reserve(&region, (size_t)1 << 50, 65536, &detail), ERR_MEMORY);
    CHECK(strstr(detail.text, "1125899906842624") != NULL);
    CHECK_EQ(memory_reserve(&region, SIZE_MAX - 4095, 65536, &detail), ERR_MEMORY);
    CHECK_EQ(memory_reserve(&region, 0, 65536, &detail), ERR_MEMORY);
}

static const struct test_case cases[] = {
    CASE(gives_zeroed_aligned_memory),
    CASE(costs_nothing_until_touched),
    CASE(says_when_it_cannot),
};

TEST_MAIN(cases)
