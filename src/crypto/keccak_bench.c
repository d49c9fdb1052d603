/* Keccak-256 at the sizes the EVM and the trie hash (an address, a word, two words, a branch node,
 * a contract's code), the forms of the permutation, and a witness's nodes in one batch, by each form. */

#include "crypto/keccak.h"
#include "crypto/keccak_batch.h"

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

/* A batch as a witness has it: branches of 532 bytes, and as many leaves and small branches. */
#define BATCH 64u

struct batch {
    void (*form)(struct hash32 *out, const struct bytes *in, size_t count);
    struct bytes in[BATCH];
    size_t len; /* of all together */
};

static void one_by_one(struct hash32 *out, const struct bytes *in, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        keccak256(&out[i], in[i].ptr, in[i].len);
    }
}

static void batch_fill(struct batch *batch, const uint8_t *data)
{
    batch->len = 0;
    for (size_t i = 0; i < BATCH; i++) {
        batch->in[i] = bytes_from(data, i % 2 == 0 ? 532 : 40 + 3 * i);
        batch->len += batch->in[i].len;
    }
}

static void hash_batch(void *context, size_t count)
{
    const struct batch *batch = context;
    for (size_t i = 0; i < count; i++) {
        struct hash32 out[BATCH];
        batch->form(out, batch->in, BATCH);
        bench_keep(out);
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
    struct bench_case cases[LENS + 7];
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
    static struct batch batches[3];
    static const char *const batch_names[] = {"witness_64_one_by_one", "witness_64_avx2",
                                              "witness_64_avx512"};
    batches[0].form = one_by_one;
    batches[1].form = keccak256_batch_avx2;
    batches[2].form = keccak256_batch_avx512;
    for (size_t i = 0; i < (keccak_has_avx512() ? 3 : 2); i++) {
        batch_fill(&batches[i], data);
        cases[count++] =
            (struct bench_case){batch_names[i], hash_batch, &batches[i], batches[i].len};
    }
    return bench_main(argc, argv, cases, count);
}
