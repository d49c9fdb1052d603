/* Sorting: every order of a few items, and many random ones with repeats. */

#include "base/sort.h"

#include "tests/test.h"

static int by_value(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *)a;
    const unsigned y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

/* check_sorted sorts pointers to `values` and checks that all of them are there, in order. */
static void check_sorted(unsigned *values, size_t count)
{
    void *items[512];
    uint64_t sum = 0;
    CHECK(count <= sizeof(items) / sizeof(items[0]));
    for (size_t i = 0; i < count; i++) {
        items[i] = &values[i];
    }
    sort_pointers(items, count, by_value);
    for (size_t i = 0; i < count; i++) {
        CHECK(i == 0 || by_value(items[i - 1], items[i]) <= 0);
        size_t index = (size_t)((unsigned *)items[i] - values);
        CHECK(index < count);
        sum += index;
    }
    CHECK_EQ(sum, (uint64_t)count * (count > 0 ? count - 1 : 0) / 2);
}

static void sorts_every_order_of_six(void)
{
    for (unsigned code = 0; code < 46656; code++) { /* 6 to the 6: with repeats, too */
        unsigned values[6];
        unsigned rest = code;
        for (unsigned i = 0; i < 6; i++) {
            values[i] = rest % 6;
            rest /= 6;
        }
        for (size_t count = 0; count <= 6 && !test_failed(); count++) {
            check_sorted(values, count);
        }
    }
}

static void sorts_random_items(void)
{
    for (size_t count = 0; count <= 512 && !test_failed(); count += 7) {
        unsigned values[512];
        for (size_t i = 0; i < count; i++) {
            values[i] = (unsigned)(test_random() % (count + 1));
        }
        check_sorted(values, count);
    }
}

static const struct test_case cases[] = {
    CASE(sorts_every_order_of_six),
    CASE(sorts_random_items),
};

TEST_MAIN(cases)
