/* Modular exponentiation in the shapes of docs/performance.md, and beside them what decides which
 * form serves a size: GMP's mpz_powm (mpz_), libcrypto's BN_mod_exp (bn_), and our own portable
 * form (portable_). A name is bits of the modulus, e and the exponent (its value up to 65537, else
 * its bits); operands are random, the modulus has all its bits, the base is below it. */

#include "crypto/modexp.h"

#include <gmp.h>
#include <openssl/bn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "crypto/power.h"
#include "tests/bench.h"

#define LEN_MAX   2048u
#define ARENA_CAP ((size_t)4 << 20)

struct shape {
    const char *name;
    unsigned bits;
    unsigned exponent_bits; /* 5 is the exponent 17, 17 is 65537, 254 the inverse */
    bool odd;
};

static const struct shape shapes[] = {
    {"64_e256", 64, 256, true},        {"128_e256", 128, 256, true},
    {"256_e256_odd", 256, 256, true},  {"256_e256_even", 256, 256, false},
    {"bn254_inverse", 254, 254, true}, {"384_e256", 384, 256, true},
    {"512_e512", 512, 512, true},      {"576_e512", 576, 512, true},
    {"1024_e65537", 1024, 17, true},   {"2048_e65537", 2048, 17, true},
    {"4096_e65537", 4096, 17, true},   {"1024_e1024", 1024, 1024, true},
    {"2048_e2048", 2048, 2048, true},  {"2048_e256_even", 2048, 256, false},
    {"8192_e17", 8192, 5, true},       {"16384_e65537", 16384, 17, true},
};

#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

/* The order of bn254's groups (EIP-197). */
static const char BN254_ORDER[] =
    "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";

struct context {
    struct arena *arena;
    uint8_t base[LEN_MAX];
    uint8_t exponent[LEN_MAX];
    uint8_t modulus[LEN_MAX];
    uint8_t out[LEN_MAX];
    size_t len;
    size_t exponent_len;
};

static uint8_t random_byte(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint8_t)(state >> 56);
}

static void make(struct context *c, const struct shape *shape)
{
    c->len = (shape->bits + 7) / 8;
    c->exponent_len = (shape->exponent_bits + 7) / 8;
    for (size_t i = 0; i < c->len; i++) {
        c->base[i] = random_byte();
        c->modulus[i] = random_byte();
    }
    for (size_t i = 0; i < c->exponent_len; i++) {
        c->exponent[i] = random_byte();
    }
    c->modulus[0] |= 0x80;
    c->base[0] &= 0x7f;
    c->exponent[0] |= 0x80;
    c->modulus[c->len - 1] = (uint8_t)((c->modulus[c->len - 1] & 0xfe) | shape->odd);
    if (shape->exponent_bits == 5) {
        c->exponent[0] = 17;
    } else if (shape->exponent_bits == 17) {
        memcpy(c->exponent, (const uint8_t[3]){1, 0, 1}, 3);
    } else if (shape->exponent_bits == 254) {
        for (size_t i = 0; i < 32; i++) {
            unsigned byte = 0;
            if (sscanf(BN254_ORDER + 2 * i, "%2x", &byte) != 1) {
                abort();
            }
            c->modulus[i] = (uint8_t)byte;
        }
        /* The order ends in f0000001. */
        memcpy(c->exponent, c->modulus, 28);
        memcpy(c->exponent + 28, (const uint8_t[4]){0xef, 0xff, 0xff, 0xff}, 4);
        c->base[0] &= 0x1f;
    }
}

static void run(void *context, size_t count)
{
    struct context *c = context;
    for (size_t i = 0; i < count; i++) {
        if (modexp(c->arena, c->out, bytes_from(c->base, c->len),
                   bytes_from(c->exponent, c->exponent_len),
                   bytes_from(c->modulus, c->len)) != OK) {
            abort();
        }
    }
}

static void run_portable(void *context, size_t count)
{
    struct context *c = context;
    uint64_t m[LEN_MAX / 8];
    uint64_t out[LEN_MAX / 8];
    const size_t n = (c->len + 7) / 8;
    for (size_t i = 0; i < count; i++) {
        words_load(m, n, bytes_from(c->modulus, c->len));
        const struct exponent e = exponent_from(bytes_from(c->exponent, c->exponent_len));
        if (power_mod_odd(c->arena, out, bytes_from(c->base, c->len), &e, m, n, POWER_PORTABLE) !=
            OK) {
            abort();
        }
    }
}

static void run_gmp(void *context, size_t count)
{
    struct context *c = context;
    for (size_t i = 0; i < count; i++) {
        mpz_t b;
        mpz_t e;
        mpz_t m;
        mpz_inits(b, e, m, NULL);
        mpz_import(b, c->len, 1, 1, 1, 0, c->base);
        mpz_import(e, c->exponent_len, 1, 1, 1, 0, c->exponent);
        mpz_import(m, c->len, 1, 1, 1, 0, c->modulus);
        mpz_powm(b, b, e, m);
        (void)mpz_export(c->out, NULL, 1, 1, 1, 0, b);
        mpz_clears(b, e, m, NULL);
    }
}

static void run_libcrypto(void *context, size_t count)
{
    struct context *c = context;
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *b = BN_new();
    BIGNUM *e = BN_new();
    BIGNUM *m = BN_new();
    for (size_t i = 0; i < count; i++) {
        (void)BN_bin2bn(c->base, (int)c->len, b);
        (void)BN_bin2bn(c->exponent, (int)c->exponent_len, e);
        (void)BN_bin2bn(c->modulus, (int)c->len, m);
        if (BN_mod_exp(b, b, e, m, ctx) != 1 || BN_bn2binpad(b, c->out, (int)c->len) < 0) {
            abort();
        }
    }
    BN_free(b);
    BN_free(e);
    BN_free(m);
    BN_CTX_free(ctx);
}

int main(int argc, char **argv)
{
    static struct context contexts[SHAPES];
    static struct bench_case cases[4 * SHAPES];
    static char names[4 * SHAPES][40];
    static const struct {
        const char *prefix;
        void (*run)(void *, size_t);
    } kinds[] = {
        {"modexp", run}, {"portable", run_portable}, {"mpz", run_gmp}, {"bn", run_libcrypto}};
    struct arena arena;
    void *region =
        mmap(NULL, ARENA_CAP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED) {
        return 2;
    }
    arena_init(&arena, region, ARENA_CAP);
    size_t count = 0;
    for (size_t i = 0; i < SHAPES; i++) {
        contexts[i].arena = &arena;
        make(&contexts[i], &shapes[i]);
        for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
            if (kinds[k].run == run_portable && !shapes[i].odd) {
                continue;
            }
            (void)snprintf(names[count], sizeof(names[count]), "%s_%s", kinds[k].prefix,
                           shapes[i].name);
            cases[count] = (struct bench_case){names[count], kinds[k].run, &contexts[i], 0};
            count++;
        }
    }
    return bench_main(argc, argv, cases, count);
}
