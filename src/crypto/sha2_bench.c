/* SHA-256 at the lengths of docs/performance.md. */

#include "crypto/sha2.h"

#include "tests/bench.h"

static uint8_t data[1024];

static void run(void *context, size_t count)
{
    const size_t len = *(const size_t *)context;
    struct hash32 out;
    for (size_t i = 0; i < count; i++) {
        bench_keep(data);
        sha256(&out, data, len);
        bench_keep(&out);
    }
}

int main(int argc, char **argv)
{
    static size_t lens[] = {0, 32, 64, 128, 1024};
    const struct bench_case cases[] = {
        {"sha256_0", run, &lens[0], 0},       {"sha256_32", run, &lens[1], 32},
        {"sha256_64", run, &lens[2], 64},     {"sha256_128", run, &lens[3], 128},
        {"sha256_1024", run, &lens[4], 1024},
    };
    return bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
