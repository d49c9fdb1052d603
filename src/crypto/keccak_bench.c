/* Keccak-256 at the sizes the EVM and the trie hash (an address, a word, two words, a branch node,
 * a contract's code), and the forms of the permutation. */

#include "crypto/keccak.h"

#include <stdio.h>

#include "tests/bench.h"

#define LEN_MAX 24576u

struct input {
    size_t len;
    uint8_t *data;
};

static void hash(void *context, size_t count)
{
    const struct input *in = context;
    for (size_t i = 0; i < count; i++) {
        struct hash32 out;
        keccak256(&out, in->data, in->len);
        bench_keep(&out);
    }
}

/* Each hash is of the hash before: what a loop in a contract waits for. */
static void hash_chain(void *context, size_t count)
{
    const struct input *in = context;
    for (size_t i = 0; i < count; i++) {
        keccak256((struct hash32 *)in->data, in->data, in->len);
    }
    bench_keep(in->data);
}

static void portable(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        keccak_f1600_portable(context);
    }
}

static void scalar(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        keccak_f1600_scalar(context);
    }
}

static void avx512(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        keccak_f1600_avx512(context);
    }
}

int main(int argc, char **argv)
{
    static uint8_t data[LEN_MAX];
    static uint64_t lanes[25];
    static const size_t lens[] = {0, 20, 32, 64, 128, 135, 136, 256, 532, 1024, 4096, LEN_MAX};
    enum { LENS = sizeof(lens) / sizeof(lens[0]) };
    static struct input inputs[LENS];
    static char names[LENS][32];
    struct bench_case cases[LENS + 4];
    size_t count = 0;
    for (size_t i = 0; i < LENS; i++) {
        inputs[i] = (struct input){lens[i], data};
        (void)snprintf(names[i], sizeof(names[i]), "keccak256_%zu", lens[i]);
        cases[count++] = (struct bench_case){names[i], hash, &inputs[i], lens[i]};
    }
    static struct input chain = {32, data};
    cases[count++] = (struct bench_case){"keccak256_chain_32", hash_chain, &chain, 32};
    cases[count++] = (struct bench_case){"keccak_f1600_portable", portable, lanes, 0};
    cases[count++] = (struct bench_case){"keccak_f1600_scalar", scalar, lanes, 0};
    if (keccak_has_avx512()) {
        cases[count++] = (struct bench_case){"keccak_f1600_avx512", avx512, lanes, 0};
    }
    return bench_main(argc, argv, cases, count);
}
