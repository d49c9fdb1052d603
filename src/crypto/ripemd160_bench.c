/* RIPEMD-160 at the lengths of docs/performance.md, and libcrypto's beside it. */

#include "crypto/ripemd160.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/ripemd.h>

#include "tests/bench.h"

static uint8_t data[1024];

static void run(void *context, size_t count)
{
    const size_t len = *(const size_t *)context;
    uint8_t out[RIPEMD160_LEN];
    for (size_t i = 0; i < count; i++) {
        bench_keep(data);
        ripemd160(out, data, len);
        bench_keep(out);
    }
}

static void run_libcrypto(void *context, size_t count)
{
    const size_t len = *(const size_t *)context;
    uint8_t out[RIPEMD160_LEN];
    for (size_t i = 0; i < count; i++) {
        bench_keep(data);
        RIPEMD160_CTX ctx;
        (void)RIPEMD160_Init(&ctx);
        (void)RIPEMD160_Update(&ctx, data, len);
        (void)RIPEMD160_Final(out, &ctx);
        bench_keep(out);
    }
}

int main(int argc, char **argv)
{
    static size_t lens[] = {32, 128, 1024};
    const struct bench_case cases[] = {
        {"ripemd160_32", run, &lens[0], 32},
        {"ripemd160_128", run, &lens[1], 128},
        {"ripemd160_1024", run, &lens[2], 1024},
        {"libcrypto_ripemd160_32", run_libcrypto, &lens[0], 32},
        {"libcrypto_ripemd160_128", run_libcrypto, &lens[1], 128},
        {"libcrypto_ripemd160_1024", run_libcrypto, &lens[2], 1024},
    };
    return bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
