/* Random bytes: every byte is written, and two calls differ. */

#include "sys/entropy.h"

#include "tests/test.h"

static void fills_the_whole_buffer(void)
{
    /* In 64 draws a byte that is always written stays 0 with a chance of 2^-512. */
    uint8_t seen[1000] = {0};
    for (int draw = 0; draw < 64; draw++) {
        uint8_t bytes[sizeof(seen)] = {0};
        CHECK_EQ(entropy_bytes(bytes, sizeof(bytes), NULL), OK);
        for (size_t i = 0; i < sizeof(seen); i++) {
            seen[i] |= bytes[i];
        }
    }
    for (size_t i = 0; i < sizeof(seen); i++) {
        CHECK(seen[i] != 0);
    }
}

static void differs_each_time(void)
{
    uint8_t a[32];
    uint8_t b[32];
    CHECK_EQ(entropy_bytes(a, sizeof(a), NULL), OK);
    CHECK_EQ(entropy_bytes(b, sizeof(b), NULL), OK);
    CHECK(memcmp(a, b, sizeof(a)) != 0);
    CHECK_EQ(entropy_bytes(a, 0, NULL), OK);
}

static const struct test_case cases[] = {
    CASE(fills_the_whole_buffer),
    CASE(differs_each_time),
};

TEST_MAIN(cases)
