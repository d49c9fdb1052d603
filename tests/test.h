#ifndef TESTS_TEST_H
#define TESTS_TEST_H

/* test.h: the little that test programs share. A test program lists its cases and calls test_main;
 * it prints a line for each failure and ends with "N passed, N failed". Options: -l lists the
 * cases, -v names each as it runs, any other argument runs only the cases whose name contains it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/compiler.h"

struct test_case {
    const char *name;
    void (*run)(void);
};

/* CASE makes a row of the list from a function's name. */
#define CASE(function) {#function, function}

#define TEST_MAIN(cases)                                                           \
    int main(int argc, char **argv)                                                \
    {                                                                              \
        return test_main(argc, argv, (cases), sizeof(cases) / sizeof((cases)[0])); \
    }

/* test_main runs the cases; returns main's exit status (1 when one failed). */
int test_main(int argc, char **argv, const struct test_case *cases, size_t count);

/* CHECK ends the current function (which returns void) when the condition does not hold. CHECK_EQ
 * compares two integers and prints both. CHECK_BYTES compares `len` bytes and prints both. */
#define CHECK(condition)                                     \
    do {                                                     \
        if (!(condition)) {                                  \
            test_fail(__FILE__, __LINE__, "%s", #condition); \
            return;                                          \
        }                                                    \
    } while (0)

#define CHECK_EQ(a, b)                                                                      \
    do {                                                                                    \
        unsigned long long test_a = (unsigned long long)(a);                                \
        unsigned long long test_b = (unsigned long long)(b);                                \
        if (test_a != test_b) {                                                             \
            test_fail(__FILE__, __LINE__, "%s == %s: %llu (0x%llx), %llu (0x%llx)", #a, #b, \
                      test_a, test_a, test_b, test_b);                                      \
            return;                                                                         \
        }                                                                                   \
    } while (0)

#define CHECK_STR(a, b)                                                                        \
    do {                                                                                       \
        const char *test_a = (a);                                                              \
        const char *test_b = (b);                                                              \
        if (strcmp(test_a, test_b) != 0) {                                                     \
            test_fail(__FILE__, __LINE__, "%s == %s: \"%s\", \"%s\"", #a, #b, test_a, test_b); \
            return;                                                                            \
        }                                                                                      \
    } while (0)

#define CHECK_BYTES(a, b, len)                                        \
    do {                                                              \
        if (!test_bytes_equal(__FILE__, __LINE__, (a), (b), (len))) { \
            return;                                                   \
        }                                                             \
    } while (0)

/* test_fail marks the current case as failed and says why. test_failed tells whether the current
 * case has failed already (for loops that should stop at the first). */
void test_fail(const char *file, int line, const char *format, ...) PRINTF_FORMAT(3, 4);
bool test_failed(void);
bool test_bytes_equal(const char *file, int line, const void *a, const void *b, size_t len);

/* test_random gives 64 random bits from a generator seeded with TEST_SEED (environment; default a
 * constant), which a failing program prints. test_random_bytes fills a buffer. */
uint64_t test_random(void);
void test_random_bytes(void *out, size_t len);

/* test_hex decodes a hex string (no prefix) of at most `cap` bytes; returns the number of bytes.
 * Aborts on anything else: the string is a constant of the test. */
size_t test_hex(uint8_t *out, size_t cap, const char *hex);

/* test_guarded gives a copy of `len` bytes that ends at an unreadable page, so that a read past its
 * end faults. Never freed. `data` may be NULL: zeros then. */
uint8_t *test_guarded(const void *data, size_t len);

/* test_region gives `len` zeroed bytes aligned to a page, for arenas. Freed by test_region_free. */
void *test_region(size_t len);
void test_region_free(void *region, size_t len);

#endif
