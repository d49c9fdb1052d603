/* The runner of a test program, and what test programs share. */

#include "tests/test.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *current;
static bool current_failed;
static uint64_t seed = UINT64_C(0x6e6974726f2d7265);
static uint64_t random_state;

void test_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)printf("FAIL %s: %s:%d: ", current, file, line);
    (void)vprintf(format, args);
    (void)printf(" (TEST_SEED=%" PRIu64 ")\n", seed);
    va_end(args);
    current_failed = true;
}

bool test_failed(void)
{
    return current_failed;
}

static void print_hex(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        (void)printf("%02x", data[i]);
    }
}

bool test_bytes_equal(const char *file, int line, const void *a, const void *b, size_t len)
{
    if (len == 0 || memcmp(a, b, len) == 0) {
        return true;
    }
    test_fail(file, line, "%zu bytes differ:", len);
    print_hex(a, len);
    (void)printf("\n");
    print_hex(b, len);
    (void)printf("\n");
    return false;
}

/* SplitMix64 (Steele, Lea, Flood 2014): one addition and a mixer, enough for tests. */
uint64_t test_random(void)
{
    random_state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = random_state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void test_random_bytes(void *out, size_t len)
{
    uint8_t *to = out;
    for (size_t i = 0; i < len; i++) {
        to[i] = (uint8_t)test_random();
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    abort();
}

size_t test_hex(uint8_t *out, size_t cap, const char *hex)
{
    size_t len = strlen(hex);
    if (len % 2 != 0 || len / 2 > cap) {
        abort();
    }
    for (size_t i = 0; i < len / 2; i++) {
        out[i] = (uint8_t)(hex_digit(hex[2 * i]) * 16 + hex_digit(hex[2 * i + 1]));
    }
    return len / 2;
}

void *test_region(size_t len)
{
    void *region = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED) {
        abort();
    }
    return region;
}

void test_region_free(void *region, size_t len)
{
    if (munmap(region, len) != 0) {
        abort();
    }
}

uint8_t *test_guarded(const void *data, size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t body = (len + page - 1) / page * page;
    uint8_t *region = test_region(body + page);
    if (mprotect(region + body, page, PROT_NONE) != 0) {
        abort();
    }
    uint8_t *out = region + body - len;
    if (data != NULL) {
        bytes_copy(out, data, len);
    }
    return out;
}

int test_main(int argc, char **argv, const struct test_case *cases, size_t count)
{
    bool verbose = false;
    const char *only = "";
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0) {
            verbose = true;
        } else if (strcmp(argv[i], "-l") == 0) {
            for (size_t c = 0; c < count; c++) {
                (void)printf("%s\n", cases[c].name);
            }
            return 0;
        } else {
            only = argv[i];
        }
    }
    const char *wanted_seed = getenv("TEST_SEED");
    if (wanted_seed != NULL) {
        seed = strtoull(wanted_seed, NULL, 10);
    }
    size_t passed = 0;
    size_t failed = 0;
    for (size_t c = 0; c < count; c++) {
        if (strstr(cases[c].name, only) == NULL) {
            continue;
        }
        if (verbose) {
            (void)printf("%s\n", cases[c].name);
        }
        (void)fflush(stdout);
        current = cases[c].name;
        current_failed = false;
        random_state = seed;
        cases[c].run();
        if (current_failed) {
            failed++;
        } else {
            passed++;
        }
    }
    (void)printf("%zu passed, %zu failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
