/* Modular exponentiation: EIP-198's examples and other vectors (computed with Python's integers),
 * all small numbers, the shapes on which implementations have failed (zeros in front, lengths that
 * differ wildly, powers of two), libcrypto as an independent implementation, and the arena: its
 * bound, running out of it, and that GMP never asks for memory of its own. */

#include "crypto/modexp.h"

#include <gmp.h>
#include <openssl/bn.h>
#include <stdlib.h>

#include "crypto/power.h"
#include "tests/test.h"

#define ARENA_CAP  ((size_t)4 << 20)
#define NUMBER_MAX 4096u

struct vector {
    const char *name;
    const char *base;
    const char *exponent;
    const char *modulus;
    const char *result;
};

static const struct vector vectors[] = {
    {"EIP-198: 3^(p-1) mod p, p of secp256k1", "03",
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e",
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
     "0000000000000000000000000000000000000000000000000000000000000001"},
    {"EIP-198: 0^e", "", "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e",
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
     "0000000000000000000000000000000000000000000000000000000000000000"},
    {"EIP-198: 3^0xffff mod 2^255", "03", "ffff",
     "8000000000000000000000000000000000000000000000000000000000000000",
     "3b01b01ac41f2d6e917c6d6a221ce793802469026d9ab7578fa2e79e4da6aaab"},
    {"inverse modulo the order of bn254, as contracts do it",
     "00ff9b9e9ba057171ed40c227dab7ad28687b18d8ce14c8b6edd3a249018775a",
     "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593efffffff",
     "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001",
     "1a2242b7b7835d7f234dcee561943cfa14ee5bf3361d7ab45699a75d6dc89b66"},
    {"square root modulo the prime of bn254",
     "02ebf2ae20f0ac5c57b39e4dbda513bd2d38de7c3bec5519cb674d999253f6b7",
     "0c19139cb84c680a6e14116da060561765e05aa45a1c72a34f082305b61f3f52",
     "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47",
     "075ec10542df7c1835b75e6253616219df172cdeed34d7279269536e25da936d"},
    {"modulus 2^256 - 1, base 2^256 - 2",
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"},
    {"modulus 2^256 - 189, base above it",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "8000000000000000000000000000000000000000000000000000000000000001",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff43",
     "5f2119f30decc13b7efc3b4cc14dbbfef65065d218d5a6ab19a84061382a18b4"},
    {"even modulus, odd part of 255 bits",
     "f0db71c4a6d5169ee2c532cf9756a036a93f99f2e8a4987e06082c084826f652",
     "88b065e74dd5a9ec0b0084f7de574f6d7f5364eb98d00ba6b51d8b61ea81606d",
     "eacc5fa209ae3ad42d4cc06b3a1290fc187e81ac2c112e79373020538dcceab0",
     "921361d7ed86a23ac5cd31ebfdda8bb60ac18b8a2dbddccdd31f2551e1002ff0"},
    {"even modulus, odd part 3", "40eb60ed801cf3574e9ac62aa1b018a7374cc47ee0d33d024285a3e8267133ef",
     "1dba58587dc7abbe", "0000000000000300000000000000000000000000000000000000000000000000",
     "0000000000000225b5c387539ff83180306592a5c1c82314324289bf76ca06e1"},
    {"even base, power of two vanishes",
     "189c32bf71c61315f78a2b517d521eaf4df03e1122d5189bb4d343a84b68f1c6", "012c",
     "1400000000000000000000000000000000000000000000000000000000000000",
     "1000000000000000000000000000000000000000000000000000000000000000"},
    {"even base, power of two stays",
     "ade2c9db97f4b9abc1831ccfd486bcab3f03b20506f41821386ae5b1b1466682", "0009",
     "1c00000000000000000000000000000000000000000000000000000000000000",
     "1a2e4241487e9293e99e2db128119d82f4ebeeb31c0fbf428388a405521a8200"},
    {"384 bits: p of BLS12-381",
     "072ce2b981ba40bba5c7bac6a99bd634ada11e9451fc914b999753ea56fca68d"
     "353e81ce74592c37f7525481775fdcc1",
     "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
     "1eabfffeb153ffffb9feffffffffaaa9",
     "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
     "1eabfffeb153ffffb9feffffffffaaab",
     "0f95d64da1cbc8aa16136d2d9f5bab0597a875e8d1ba734a6b1edd494058d33c"
     "3efc060c2357b64b9d136229960a3fc3"},
    {"65 bytes",
     "c27f31f3257b05dee562bfc05ac8e65212fbc17bff601f46969c0109457924d5"
     "d63e2b585df625e510bba06c4cbb847ea73ddf5687b4ae07d487e15dc4738be5"
     "40",
     "010001",
     "87584e9cb7108aea221324c266fe662778b674d90d30f3b4ff76760431029d22"
     "e1fc83b786d700d83f57c8ded057c0bf6c0b9dbe79ceb56d9160effb82f3660c"
     "09",
     "057c9e4710a39a1620526cd60d39c84bc2cd370be7f4848626c190e9e49137f0"
     "1236ea3ae90e56a3a931afd1c36e46ebef1955491a7c9ad79aa6f9e8626d8360"
     "af"},
    {"1024 bits",
     "9b43380af1de1d008d1af78861e2412c3741f3ae8d7fd0c6ae160fd5f6ddf0b8"
     "bd1c8831be873bab0c7450763c375d474032fe3bfee1ca6886c074ecdeaa3171"
     "aa880385d606563ec42416dda1204208daa0e46bb15779ced056c66c37316c00"
     "88cea9fee945a791c84b039cbae0e87b636feb0ce7e56d537bafa7fc3425bec4",
     "010001",
     "cb1bb61960448e56b134aa70ff0ec4a8df91e44a7ee9d805131dad12b0149b4c"
     "2e28cc720318fb7795e40570f7d5068d36bfb6b9d2a829de1317e2c8d419f8d7"
     "704b041330cc96845ed2fce29c476bc9f530d78640c58b8c3a27cceb7bf464dd"
     "74612510418466b578fa89d52bbedfc5d6f0e60c2d36caa19ec92e15cfdc20f3",
     "b75343a50079e9c81e59931aa7e4b112be5bd97ee108a96f2f3c449e4b5faee6"
     "fc99ea3721cef5c025c5d38a319876948116f0ea9da3fb2be7cae79de9bc533a"
     "80c551fb30c4ab9db5ba2de0929eb1eb6b7a48e0a9e52b2f8b9a8696686189c6"
     "abec3926f1574e46320deefc0e0bfae2b9bf5a677cbaad9e625c8a066ba8591b"},
    {"1024 bits, even",
     "a120dacebfcad4d1247200a8c4a8360957a05468390cd11729bc2b8eb78d1e7e"
     "13d13cbc6ae890c79b1eb53b188b2fc3bbca868e543329ec0924faaf8b4b122c"
     "626e45b403d1bb54fd5e42c14e93334f973f83deb892e89ac98b708c43c12b59"
     "204c1bfd485a61c204c711fe703b43bfc8344c9faf79fa817c43230ec5b1a4ab",
     "69b83a102febab13",
     "e36a617b53c74dbd190fe42ee82396a72b846a85b742db00265525e74b94aefa"
     "32f6dd7927009bf77b8d7d8036a1b1ee71369e319aea401e3f4c73e75680035e"
     "f582753ae90c2d8a00b736912e66c8972214e09c45cbee010622d292805230f5"
     "f35e760730c175ed1c8795618832da04782c95c7648d2a400000000000000000",
     "743658e28ebaf78004018c9a9224b3b0a4818e154fb903e16eee29a378e48ad6"
     "881d7632700446dfd9252fa3ea8b06b3fb49cb7d82c3e83d9add285bb3f68779"
     "2257062be9833bce77a64a83ee8a02b000c24760df82fdfd5c3245b096f33a4e"
     "43a6b6afd023e3a62536a26f596eaa9dbdf4f00094671d9b144c9080d35e7a53"},
};

static struct bytes bytes_hex(uint8_t *buffer, size_t cap, const char *hex)
{
    return bytes_from(buffer, test_hex(buffer, cap, hex));
}

/* run calls modexp with an arena of exactly the size that the header promises to be enough. */
static enum err run(uint8_t *out, struct bytes base, struct bytes exponent, struct bytes modulus)
{
    const size_t cap = (MODEXP_SCRATCH(modulus.len) + 4095) / 4096 * 4096;
    void *region = test_region(cap);
    struct arena arena;
    arena_init(&arena, region, MODEXP_SCRATCH(modulus.len));
    const enum err e = modexp(&arena, out, base, exponent, modulus);
    if (arena.used != 0) {
        test_fail(__FILE__, __LINE__, "%zu bytes of the arena not given back", arena.used);
    }
    arena_reset(&arena);
    test_region_free(region, cap);
    return e;
}

/* reference computes the same with libcrypto. */
static void reference(uint8_t *out, struct bytes base, struct bytes exponent, struct bytes modulus)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *b = BN_bin2bn(base.ptr, (int)base.len, NULL);
    BIGNUM *e = BN_bin2bn(exponent.ptr, (int)exponent.len, NULL);
    BIGNUM *m = BN_bin2bn(modulus.ptr, (int)modulus.len, NULL);
    BIGNUM *r = BN_new();
    if (!BN_is_zero(m) && !BN_is_one(m) && BN_mod_exp(r, b, e, m, ctx) != 1) {
        abort();
    }
    if (BN_bn2binpad(r, out, (int)modulus.len) != (int)modulus.len) {
        abort();
    }
    BN_free(b);
    BN_free(e);
    BN_free(m);
    BN_free(r);
    BN_CTX_free(ctx);
}

static bool same_as_reference(struct bytes base, struct bytes exponent, struct bytes modulus)
{
    static uint8_t out[NUMBER_MAX];
    static uint8_t wanted[NUMBER_MAX];
    memset(out, 0x5a, modulus.len);
    reference(wanted, base, exponent, modulus);
    const enum err e = run(out, base, exponent, modulus);
    if (e != OK || memcmp(out, wanted, modulus.len) != 0) {
        test_fail(__FILE__, __LINE__, "%s: base of %zu bytes, exponent of %zu, modulus of %zu",
                  err_name(e), base.len, exponent.len, modulus.len);
        return false;
    }
    return true;
}

static void fixed_vectors(void)
{
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        uint8_t base[128];
        uint8_t exponent[128];
        uint8_t modulus[128];
        uint8_t wanted[128];
        uint8_t out[128];
        const struct bytes m = bytes_hex(modulus, sizeof(modulus), vectors[i].modulus);
        CHECK_EQ(test_hex(wanted, sizeof(wanted), vectors[i].result), m.len);
        CHECK_EQ(run(out, bytes_hex(base, sizeof(base), vectors[i].base),
                     bytes_hex(exponent, sizeof(exponent), vectors[i].exponent), m),
                 OK);
        CHECK_BYTES(out, wanted, m.len);
    }
}

/* Every base, exponent and modulus below 40, each as one byte. */
static void all_small_numbers(void)
{
    void *region = test_region(16384);
    struct arena arena;
    arena_init(&arena, region, 16384);
    for (unsigned b = 0; b < 40; b++) {
        for (unsigned m = 0; m < 40; m++) {
            unsigned wanted = m == 0 ? 0 : 1 % m;
            for (unsigned e = 0; e < 40; e++) {
                const uint8_t base = (uint8_t)b;
                const uint8_t exponent = (uint8_t)e;
                const uint8_t modulus = (uint8_t)m;
                uint8_t out = 0x5a;
                CHECK_EQ(modexp(&arena, &out, bytes_from(&base, 1), bytes_from(&exponent, 1),
                                bytes_from(&modulus, 1)),
                         OK);
                CHECK_EQ(out, wanted);
                wanted = m == 0 ? 0 : wanted * b % m;
            }
        }
    }
    test_region_free(region, 16384);
}

/* EIP-198: numbers of no bytes are 0; a modulus of no bytes makes an output of none; the output is
 * as long as the modulus was given, zeros in front included. */
static void empty_and_zero(void)
{
    static const uint8_t zeros[100];
    static const uint8_t nines[3] = {9, 9, 9};
    const struct bytes none = {NULL, 0};
    const struct bytes nine = bytes_from(nines, 1);
    uint8_t out[100];
    uint8_t wanted[100];
    CHECK_EQ(run(NULL, nine, nine, none), OK);
    CHECK_EQ(run(NULL, none, none, none), OK);
    for (size_t len = 1; len < sizeof(out); len++) {
        memset(wanted, 0, len);
        /* modulus 0 */
        memset(out, 0x5a, len);
        CHECK_EQ(run(out, nine, nine, bytes_from(zeros, len)), OK);
        CHECK_BYTES(out, wanted, len);
        memset(out, 0x5a, len);
        CHECK_EQ(run(out, none, none, bytes_from(zeros, len)), OK);
        CHECK_BYTES(out, wanted, len);
        /* modulus 1: everything is 0, x^0 too */
        uint8_t one[100] = {0};
        one[len - 1] = 1;
        memset(out, 0x5a, len);
        CHECK_EQ(run(out, nine, none, bytes_from(one, len)), OK);
        CHECK_BYTES(out, wanted, len);
        memset(out, 0x5a, len);
        CHECK_EQ(run(out, none, none, bytes_from(one, len)), OK);
        CHECK_BYTES(out, wanted, len);
        memset(out, 0x5a, len);
        CHECK_EQ(run(out, nine, nine, bytes_from(one, len)), OK);
        CHECK_BYTES(out, wanted, len);
        /* x^0 = 1, 0^0 = 1 */
        uint8_t seven[100] = {0};
        seven[len - 1] = 7;
        wanted[len - 1] = 1;
        memset(out, 0x5a, len);
        CHECK_EQ(run(out, bytes_from(zeros, len), bytes_from(zeros, len), bytes_from(seven, len)),
                 OK);
        CHECK_BYTES(out, wanted, len);
        memset(out, 0x5a, len);
        CHECK_EQ(run(out, nine, bytes_from(zeros, len), bytes_from(seven, len)), OK);
        CHECK_BYTES(out, wanted, len);
        /* 0^9 = 0, 7^9 = 0 mod 7 */
        wanted[len - 1] = 0;
        memset(out, 0x5a, len);
        CHECK_EQ(run(out, none, nine, bytes_from(seven, len)), OK);
        CHECK_BYTES(out, wanted, len);
        memset(out, 0x5a, len);
        CHECK_EQ(run(out, bytes_from(seven, len), nine, bytes_from(seven, len)), OK);
        CHECK_BYTES(out, wanted, len);
    }
}

/* Random numbers of all shapes: ones, sparse, dense; odd, even and very even moduli; lengths around
 * the borders between the forms of multiplication. */
static void fill(uint8_t *out, size_t len)
{
    test_random_bytes(out, len);
    const uint64_t shape = test_random() % 6;
    for (size_t i = 0; i < len; i++) {
        if (shape == 0) {
            out[i] = 0xff;
        } else if (shape == 1 && test_random() % 8 != 0) {
            out[i] = 0xff;
        } else if (shape == 2 && test_random() % 8 != 0) {
            out[i] = 0;
        }
    }
}

static void random_shapes(void)
{
    static const size_t lens[] = {1,  2,  7,  8,  9,   15,  16,  17,  24,  25,  31,
                                  32, 33, 40, 48, 49,  63,  64,  65,  66,  71,  72,
                                  73, 80, 96, 97, 127, 128, 129, 130, 255, 256, 257};
    static uint8_t base[600];
    static uint8_t exponent[40];
    static uint8_t modulus[300];
    for (int i = 0; i < 2000; i++) {
        const size_t modulus_len = lens[test_random() % (sizeof(lens) / sizeof(lens[0]))];
        const size_t base_len = test_random() % (test_random() % 2 == 0 ? 40 : 600);
        const size_t exponent_len = test_random() % (modulus_len > 130 ? 4 : 40);
        fill(base, base_len);
        fill(exponent, exponent_len);
        fill(modulus, modulus_len);
        const uint64_t parity = test_random() % 4;
        if (parity == 0) {
            const size_t zeros = test_random() % (modulus_len + 1);
            memset(modulus + modulus_len - zeros, 0, zeros);
        } else if (parity != 1) {
            modulus[modulus_len - 1] |= 1;
        }
        if (test_random() % 8 == 0) {
            /* The base is the modulus, or one off. */
            memcpy(base, modulus, modulus_len);
            base[modulus_len - 1] ^= (uint8_t)(test_random() & 1);
        }
        if (!same_as_reference(bytes_from(base, base_len), bytes_from(exponent, exponent_len),
                               bytes_from(modulus, modulus_len))) {
            return;
        }
    }
}

/* Beyond EIP-7823's 1024 bytes, where the forks before it bound the lengths by gas only: numbers
 * made of blocks, odd, even, and a power of two. */
static void large_numbers(void)
{
    static const size_t lens[] = {1016, 1024, 1025, 1032, 1033, 2047, 2048, 2049, 3000};
    static uint8_t base[NUMBER_MAX];
    static uint8_t modulus[NUMBER_MAX];
    static const uint8_t exponents[][3] = {{0, 0, 2}, {0, 0, 3}, {0, 1, 5}, {1, 0, 1}};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        for (unsigned kind = 0; kind < 4; kind++) {
            const size_t len = lens[i];
            fill(base, len + kind);
            fill(modulus, len);
            modulus[0] |= 0x80;
            modulus[len - 1] |= 1;
            if (kind == 1) {
                modulus[len - 1] &= 0xf0;
            } else if (kind == 2) {
                memset(modulus + len / 2, 0, len - len / 2);
            } else if (kind == 3) {
                memset(modulus, 0, len);
                modulus[0] = 1;
            }
            const struct bytes exponent = bytes_from(exponents[(i + kind) % 4], 3);
            if (!same_as_reference(bytes_from(base, len + kind), exponent,
                                   bytes_from(modulus, len))) {
                return;
            }
        }
    }
}

/* Moduli whose quotient digits are hardest to guess, and results next to 0 and to the modulus. */
static void moduli_of_ones_and_zeros(void)
{
    static uint8_t base[300];
    static uint8_t modulus[150];
    for (size_t len = 1; len <= 140; len++) {
        for (unsigned kind = 0; kind < 6; kind++) {
            memset(modulus, kind & 1 ? 0xff : 0, len);
            modulus[0] = kind < 2 ? 0x80 : kind < 4 ? 0xff : 0x01;
            modulus[len - 1] |= 1;
            memset(base, 0xff, len + 2);
            base[len / 2] = (uint8_t)test_random();
            static const uint8_t exponent[2] = {0x01, 0x37};
            if (!same_as_reference(bytes_from(base, len + 2), bytes_from(exponent, 2),
                                   bytes_from(modulus, len))) {
                return;
            }
            /* m - 1: its odd powers are itself, its even ones 1 */
            memcpy(base, modulus, len);
            base[len - 1] ^= 1;
            if (!same_as_reference(bytes_from(base, len), bytes_from(exponent, 2),
                                   bytes_from(modulus, len))) {
                return;
            }
        }
    }
}

/* Powers of two: all exponents around k for even and odd bases. */
static void powers_of_two(void)
{
    for (unsigned k = 1; k < 200; k += k < 70 ? 1 : 13) {
        for (unsigned odd = 1; odd < 6; odd += 2) {
            uint8_t modulus[32] = {0};
            unsigned value = odd << (k % 8);
            modulus[31 - k / 8] = (uint8_t)value;
            modulus[30 - k / 8] = (uint8_t)(value >> 8);
            for (unsigned e = k < 3 ? 0 : k - 3; e < k + 3; e++) {
                const uint8_t exponent[2] = {(uint8_t)(e >> 8), (uint8_t)e};
                const uint8_t bases[4] = {2, 3, 6, 255};
                for (size_t b = 0; b < 4; b++) {
                    if (!same_as_reference(bytes_from(&bases[b], 1), bytes_from(exponent, 2),
                                           bytes_from(modulus, 32))) {
                        return;
                    }
                }
            }
        }
    }
    /* Exponents far above the order of the group, and far above 64 bits. */
    uint8_t exponent[40];
    test_random_bytes(exponent, sizeof(exponent));
    uint8_t modulus[20] = {0x10};
    for (uint8_t base = 0; base < 8; base++) {
        for (size_t skip = 0; skip < sizeof(exponent); skip++) {
            if (!same_as_reference(bytes_from(&base, 1),
                                   bytes_from(exponent + skip, sizeof(exponent) - skip),
                                   bytes_from(modulus, sizeof(modulus)))) {
                return;
            }
        }
    }
}

/* Megabytes of zeros, of base, or of exponent cost what they must and no more: this test would take
 * minutes if one of them were worked on as it is. */
static void lopsided_lengths(void)
{
    const size_t len = (size_t)1 << 20;
    uint8_t *big = test_region(len);
    static const uint8_t three = 3;
    static const uint8_t modulus[2] = {0xff, 0xf1}; /* the largest prime below 2^16 */
    const struct bytes small = bytes_from(&three, 1);
    const struct bytes m = bytes_from(modulus, 2);
    uint8_t out[2];
    /* zeros in front of each */
    big[len - 1] = 5;
    CHECK_EQ(run(out, small, bytes_from(big, len), m), OK);
    CHECK_EQ(out[1], 243);
    CHECK_EQ(run(out, bytes_from(big, len), small, m), OK);
    CHECK_EQ(out[1], 125);
    uint8_t *long_out = test_region(len);
    struct arena arena;
    void *region = test_region(ARENA_CAP);
    arena_init(&arena, region, ARENA_CAP);
    CHECK_EQ(modexp(&arena, long_out, small, small, bytes_from(big, len)), OK);
    CHECK_EQ(long_out[len - 1], 2);
    CHECK_EQ(long_out[0], 0);
    CHECK(arena.high_water < 8192);
    test_region_free(region, ARENA_CAP);
    test_region_free(long_out, len);
    /* a long base; 256^k mod 0xfff1 by Horner's rule */
    test_random_bytes(big, len);
    unsigned rest = 0;
    for (size_t i = 0; i < len; i++) {
        rest = (rest * 256 + big[i]) % 0xfff1;
    }
    static const uint8_t one = 1;
    CHECK_EQ(run(out, bytes_from(big, len), bytes_from(&one, 1), m), OK);
    CHECK_EQ(out[0] * 256 + out[1], rest);
    /* a long exponent; only its value modulo 0xfff0 matters (Fermat) */
    const size_t exponent_len = 100000;
    unsigned order = 0;
    for (size_t i = 0; i < exponent_len; i++) {
        order = (order * 256 + big[i]) % 0xfff0;
    }
    unsigned wanted = 1;
    for (unsigned i = 0; i < order; i++) {
        wanted = wanted * 3 % 0xfff1;
    }
    CHECK_EQ(run(out, small, bytes_from(big, exponent_len), m), OK);
    CHECK_EQ(out[0] * 256 + out[1], wanted);
    test_region_free(big, len);
}

static void output_may_overlap_the_inputs(void)
{
    for (unsigned even = 0; even < 2; even++) {
        uint8_t all[3][40];
        uint8_t wanted[40];
        test_random_bytes(all, sizeof(all));
        all[2][39] = (uint8_t)((all[2][39] & ~1u) | (1 - even));
        reference(wanted, bytes_from(all[0], 40), bytes_from(all[1], 40), bytes_from(all[2], 40));
        for (size_t which = 0; which < 3; which++) {
            uint8_t copy[3][40];
            memcpy(copy, all, sizeof(all));
            CHECK_EQ(run(copy[which], bytes_from(copy[0], 40), bytes_from(copy[1], 40),
                         bytes_from(copy[2], 40)),
                     OK);
            CHECK_BYTES(copy[which], wanted, 40);
        }
    }
}

/* With every smaller arena there is one clean error, and nothing written. */
static void arena_too_small(void)
{
    static const size_t lens[] = {1, 32, 64, 72, 128, 1024, 1100};
    void *region = test_region(ARENA_CAP);
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        for (unsigned even = 0; even < 2; even++) {
            static uint8_t base[1100];
            static uint8_t modulus[1100];
            static uint8_t out[1100];
            static uint8_t before[1100];
            const uint8_t exponent[2] = {0xab, 0xcd};
            const size_t len = lens[i];
            memset(base, 0x77, len);
            memset(modulus, 0x99, len);
            if (even == 1) {
                memset(modulus + (len + 1) / 2, 0, len / 2);
                modulus[len - 1] &= 0x98;
            }
            memset(out, 0x5a, len);
            memcpy(before, out, len);
            size_t cap = 0;
            size_t failures = 0;
            for (;;) {
                struct arena arena;
                arena_init(&arena, region, cap);
                const enum err e = modexp(&arena, out, bytes_from(base, len),
                                          bytes_from(exponent, 2), bytes_from(modulus, len));
                CHECK_EQ(arena.used, 0);
                if (e == OK) {
                    break;
                }
                CHECK_EQ(e, ERR_MEMORY);
                CHECK_BYTES(out, before, len);
                failures++;
                cap += cap < 4096 ? 64 : 1024;
                CHECK(cap <= MODEXP_SCRATCH(len) + 1024);
            }
            CHECK(failures > 2);
            CHECK(len < 3 || memcmp(out, before, len) != 0);
        }
    }
    test_region_free(region, ARENA_CAP);
}

/* The header's bound, with the widest window, up to EIP-7823's limit and just above it, where the
 * numbers are padded most. (run() gives each call of the other tests no more than the bound
 * either.)
 */
static void scratch_is_bounded(void)
{
    static uint8_t modulus[2100];
    static uint8_t exponent[90];
    memset(exponent, 0xaa, sizeof(exponent));
    const struct exponent plan = exponent_from(bytes_from(exponent, sizeof(exponent)));
    CHECK_EQ(plan.window, POWER_WINDOW_MAX);
    void *region = test_region(ARENA_CAP);
    for (size_t len = 1; len <= sizeof(modulus); len += len < 100 ? 1 : len < 1000 ? 116 : 212) {
        memset(modulus, 0xff, len);
        for (unsigned even = 0; even < 2; even++) {
            modulus[len - 1] = even ? 0xfe : 0xff;
            struct arena arena;
            arena_init(&arena, region, ARENA_CAP);
            uint8_t out[sizeof(modulus)];
            CHECK_EQ(modexp(&arena, out, bytes_from(exponent, 3),
                            bytes_from(exponent, sizeof(exponent)), bytes_from(modulus, len)),
                     OK);
            CHECK(arena.high_water <= MODEXP_SCRATCH(len));
        }
    }
    test_region_free(region, ARENA_CAP);
}

/* GMP aborts when it gets no memory, so it must never ask. */
static void *no_alloc(size_t size)
{
    test_fail(__FILE__, __LINE__, "GMP asks for %zu bytes", size);
    abort();
}

static void *no_realloc(void *ptr, size_t old_size, size_t new_size)
{
    (void)ptr, (void)old_size;
    return no_alloc(new_size);
}

static void no_free(void *ptr, size_t size)
{
    (void)ptr, (void)size;
}

static void gmp_allocates_nothing(void)
{
    mp_set_memory_functions(no_alloc, no_realloc, no_free);
    random_shapes();
    large_numbers();
    mp_set_memory_functions(NULL, NULL, NULL);
}

static const struct test_case cases[] = {
    CASE(fixed_vectors),   CASE(all_small_numbers),  CASE(empty_and_zero),
    CASE(random_shapes),   CASE(large_numbers),      CASE(moduli_of_ones_and_zeros),
    CASE(powers_of_two),   CASE(lopsided_lengths),   CASE(output_may_overlap_the_inputs),
    CASE(arena_too_small), CASE(scratch_is_bounded), CASE(gmp_allocates_nothing),
};

TEST_MAIN(cases)
