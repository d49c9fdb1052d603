/* Modular exponentiation of any three numbers: against libcrypto's, and, for odd moduli, each form
 * of multiplication that this machine can do against the others. The arena has exactly the promised
 * size.
 *
 * Input: base length, exponent length, modulus length, shape (one byte each), then the bytes of the
 * three; what is missing is zeros, or ones if the shape says so. */

#include "crypto/modexp.h"

#include <openssl/bn.h>
#include <string.h>
#include <sys/mman.h>

#include "crypto/power.h"
#include "tests/fuzz.h"

#define NUMBER_MAX  (4u * 255u)
#define REGION_SIZE ((MODEXP_SCRATCH(NUMBER_MAX) + 4095) / 4096 * 4096)

/* take copies the next `len` bytes of the input, and fills up with `filler` when it ends. */
static struct bytes take(uint8_t *out, size_t len, struct bytes *input, uint8_t filler)
{
    const size_t have = len < input->len ? len : input->len;
    bytes_copy(out, input->ptr, have);
    memset(out + have, filler, len - have);
    if (have != 0) {
        input->ptr += have;
        input->len -= have;
    }
    return bytes_from(out, len);
}

static void reference(uint8_t *out, struct bytes base, struct bytes exponent, struct bytes modulus)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *b = BN_bin2bn(base.ptr, (int)base.len, NULL);
    BIGNUM *e = BN_bin2bn(exponent.ptr, (int)exponent.len, NULL);
    BIGNUM *m = BN_bin2bn(modulus.ptr, (int)modulus.len, NULL);
    BIGNUM *r = BN_new();
    FUZZ_CHECK(BN_is_zero(m) || BN_is_one(m) || BN_mod_exp(r, b, e, m, ctx) == 1);
    FUZZ_CHECK(BN_bn2binpad(r, out, (int)modulus.len) == (int)modulus.len);
    BN_free(b);
    BN_free(e);
    BN_free(m);
    BN_free(r);
    BN_CTX_free(ctx);
}

/* check_forms: the forms of power.h give the number `wanted` (big-endian, as long as the modulus).
 */
static void check_forms(struct arena *arena, const uint8_t *wanted, struct bytes base,
                        struct bytes exponent, struct bytes modulus)
{
    uint64_t m[NUMBER_MAX / 8 + 1];
    uint64_t wanted_words[NUMBER_MAX / 8 + 1];
    uint64_t out[NUMBER_MAX / 8 + 1];
    const struct bytes stripped = bytes_strip(modulus);
    const size_t n = (stripped.len + 7) / 8;
    words_load(m, n, stripped);
    words_load(wanted_words, n, bytes_from(wanted, modulus.len));
    const struct exponent e = exponent_from(bytes_strip(exponent));
    static const enum power_form forms[] = {POWER_FIXED, POWER_IFMA, POWER_PORTABLE};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (power_form_possible(forms[i], n)) {
            FUZZ_CHECK(power_mod_odd(arena, out, base, &e, m, n, forms[i]) == OK);
            FUZZ_CHECK(memcmp(out, wanted_words, n * sizeof(*out)) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t base_bytes[NUMBER_MAX];
    static uint8_t exponent_bytes[255];
    static uint8_t modulus_bytes[NUMBER_MAX];
    static uint8_t out[NUMBER_MAX];
    static uint8_t wanted[NUMBER_MAX];
    static void *region;
    if (region == NULL) {
        region =
            mmap(NULL, REGION_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        FUZZ_CHECK(region != MAP_FAILED);
    }
    if (len < 4) {
        return 0;
    }
    const uint8_t shape = data[3];
    /* Now and then a number four times as long, so that all sizes up to 1020 bytes come up; long
     * moduli get short exponents, so that the fuzzer is not slowed down. */
    const size_t base_len = (size_t)data[0] * (shape & 1 ? 4 : 1);
    const size_t modulus_len = (size_t)data[2] * (shape & 2 ? 4 : 1);
    const size_t exponent_max = modulus_len <= 64 ? 255 : modulus_len <= 256 ? 16 : 3;
    const size_t exponent_len = data[1] % (exponent_max + 1);
    const uint8_t filler = shape & 4 ? 0xff : 0;
    struct bytes input = bytes_from(data + 4, len - 4);
    const struct bytes modulus = take(modulus_bytes, modulus_len, &input, filler);
    const struct bytes exponent = take(exponent_bytes, exponent_len, &input, filler);
    const struct bytes base = take(base_bytes, base_len, &input, filler);
    if (shape & 8 && modulus_len != 0) {
        modulus_bytes[modulus_len - 1] |= 1;
    }

    struct arena arena;
    arena_init(&arena, region, MODEXP_SCRATCH(modulus_len));
    FUZZ_CHECK(modexp(&arena, out, base, exponent, modulus) == OK);
    FUZZ_CHECK(arena.used == 0);
    reference(wanted, base, exponent, modulus);
    FUZZ_CHECK(modulus_len == 0 || memcmp(out, wanted, modulus_len) == 0);
    const struct bytes stripped = bytes_strip(modulus);
    const bool is_odd = stripped.len != 0 && (stripped.ptr[stripped.len - 1] & 1) == 1;
    if (is_odd && (stripped.len > 1 || stripped.ptr[0] != 1) && bytes_strip(exponent).len != 0) {
        check_forms(&arena, wanted, base, exponent, modulus);
    }
    arena_reset(&arena);
    return 0;
}
