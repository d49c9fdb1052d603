/* Public key recovery. */

#include "crypto/secp256k1.h"

#include <stdlib.h>

#include "tests/bench.h"

/* Any r that is an x coordinate, s and hash have a key; 1 is one. */
static void run(void *context, size_t count)
{
    (void)context;
    struct hash32 hash;
    uint8_t r[32] = {0};
    uint8_t s[32];
    uint8_t key[64];
    memset(hash.b, 0x37, sizeof(hash.b));
    memset(s, 0x59, sizeof(s));
    r[31] = 1;
    for (size_t i = 0; i < count; i++) {
        hash.b[0] = (uint8_t)i;
        if (ecdsa_recover(key, &hash, r, s, 0) != OK) {
            abort();
        }
        bench_keep(key);
    }
}

int main(int argc, char **argv)
{
    const struct bench_case cases[] = {{"ecrecover", run, NULL, 0}};
    return bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
