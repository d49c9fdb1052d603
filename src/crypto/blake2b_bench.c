/* F of BLAKE2b at some counts of rounds: its fixed part (0), one round, BLAKE2b's own 12, and what
 * a long call of the precompile costs a round (1000). */

#include "crypto/blake2b.h"

#include "tests/bench.h"

static uint64_t state[8];
static uint64_t block[16] = {0x636261};
static const uint64_t counter[2] = {3, 0};

static void fast(void *context, size_t count)
{
    const uint32_t *rounds = context;
    for (size_t i = 0; i < count; i++) {
        blake2b_compress(state, block, counter, true, *rounds);
        bench_keep(state);
    }
}

static void portable(void *context, size_t count)
{
    const uint32_t *rounds = context;
    for (size_t i = 0; i < count; i++) {
        blake2b_compress_portable(state, block, counter, true, *rounds);
        bench_keep(state);
    }
}

int main(int argc, char **argv)
{
    static uint32_t rounds[] = {0, 1, 12, 1000};
    const struct bench_case cases[] = {
        {"blake2b_0", fast, &rounds[0], 0},
        {"blake2b_1", fast, &rounds[1], 0},
        {"blake2b_12", fast, &rounds[2], 128},
        {"blake2b_1000", fast, &rounds[3], 0},
        {"blake2b_12_portable", portable, &rounds[2], 128},
        {"blake2b_1000_portable", portable, &rounds[3], 0},
    };
    return bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
