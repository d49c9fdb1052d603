/* Times of the 256-bit operations by the lengths of their operands in bits: _A_by_B, or one length
 * for all. A plain row is the time for each of many independent operations; a row that ends in
 * "_chain" has every operation wait for the one before. Operands lie in memory, as on the EVM's
 * stack, and come from a fixed generator. */

#include "base/u256.h"

#include "tests/bench.h"

#define OPERANDS 1024u

/* Added to a length in bits: the sign is random. */
#define SIGNED 0x1000u

/* The operands of a row, each with its highest bit set, and odd (powers of even numbers soon are
 * 0). */
struct operands {
    struct u256 a[OPERANDS];
    struct u256 b[OPERANDS];
    struct u256 c[OPERANDS];
};

/* A 64-bit linear congruential generator (Knuth's constants), upper half used. */
static uint64_t next_word(uint64_t *state)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 2; i++) {
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        word = word << 32 | *state >> 32;
    }
    return word;
}

static struct u256 number(uint64_t *state, unsigned bits)
{
    struct u256 value = U256_ZERO;
    for (unsigned i = 0; i < 4; i++) {
        value.w[i] = next_word(state);
    }
    value.w[3] |= UINT64_C(1) << 63;
    const struct u256 shift = u256_from_u64(256 - bits % SIGNED);
    u256_shr(&value, &value, &shift);
    value.w[0] |= 1;
    if (bits >= SIGNED && next_word(state) % 2 != 0) {
        u256_neg(&value, &value);
    }
    return value;
}

/* fill makes operands of the given lengths; `fixed` replaces the last one. */
static void fill(struct operands *o, const unsigned bits[static 3], const struct u256 *fixed)
{
    uint64_t state = 1;
    for (unsigned i = 0; i < OPERANDS; i++) {
        o->a[i] = number(&state, bits[0]);
        o->b[i] = number(&state, bits[1]);
        o->c[i] = fixed != NULL ? *fixed : number(&state, bits[2]);
    }
}

/* An operation in two loops: `plain` over independent operands; in `chain` the words of the result,
 * masked to zero in a way the compiler does not see, go into the next first operand. */
struct operation {
    void (*plain)(void *context, size_t count);
    void (*chain)(void *context, size_t count);
};

/* OPERATION makes operation_NAME; `call` computes `out` from a, b and c. */
#define OPERATION(name, call)                                                                   \
    static void plain_##name(void *context, size_t count)                                       \
    {                                                                                           \
        const struct operands *o = context;                                                     \
        [[maybe_unused]] struct u256_modulus last = {.is_scaled = false};                       \
        struct u256 result = U256_ZERO;                                                         \
        struct u256 *out = &result;                                                             \
        for (size_t i = 0; i < count; i++) {                                                    \
            const struct u256 *a = &o->a[i % OPERANDS];                                         \
            [[maybe_unused]] const struct u256 *b = &o->b[i % OPERANDS];                        \
            [[maybe_unused]] const struct u256 *c = &o->c[i % OPERANDS];                        \
            call;                                                                               \
            bench_keep(out);                                                                    \
        }                                                                                       \
    }                                                                                           \
    static void chain_##name(void *context, size_t count)                                       \
    {                                                                                           \
        const struct operands *o = context;                                                     \
        [[maybe_unused]] struct u256_modulus last = {.is_scaled = false};                       \
        const uint64_t none = u256_scalar(0);                                                   \
        struct u256 result = U256_ZERO;                                                         \
        struct u256 first;                                                                      \
        struct u256 *out = &result;                                                             \
        for (size_t i = 0; i < count; i++) {                                                    \
            u256_set_words(&first, o->a[i % OPERANDS].w[0] | (u256_scalar(result.w[0]) & none), \
                           o->a[i % OPERANDS].w[1] | (u256_scalar(result.w[1]) & none),         \
                           o->a[i % OPERANDS].w[2] | (u256_scalar(result.w[2]) & none),         \
                           o->a[i % OPERANDS].w[3] | (u256_scalar(result.w[3]) & none));        \
            bench_keep(&first);                                                                 \
            const struct u256 *a = &first;                                                      \
            [[maybe_unused]] const struct u256 *b = &o->b[i % OPERANDS];                        \
            [[maybe_unused]] const struct u256 *c = &o->c[i % OPERANDS];                        \
            call;                                                                               \
            bench_keep(out);                                                                    \
        }                                                                                       \
    }                                                                                           \
    static const struct operation operation_##name = {plain_##name, chain_##name};

OPERATION(add, u256_add(out, a, b))
OPERATION(sub, u256_sub(out, a, b))
OPERATION(and, u256_and(out, a, b))
OPERATION(not, u256_not(out, a))
OPERATION(lt, u256_set_u64(out, u256_lt(a, b)))
OPERATION(slt, u256_set_u64(out, u256_slt(a, b)))
OPERATION(eq, u256_set_u64(out, u256_eq(a, b)))
OPERATION(is_zero, u256_set_u64(out, u256_is_zero(a)))
OPERATION(clz, u256_clz(out, a))
OPERATION(shl, u256_shl(out, a, b))
OPERATION(shr, u256_shr(out, a, b))
OPERATION(sar, u256_sar(out, a, b))
OPERATION(byte, u256_byte(out, b, a))
OPERATION(signextend, u256_signextend(out, b, a))
OPERATION(mul, u256_mul(out, a, b))
OPERATION(mul_overflow, (void)u256_mul_overflow(out, a, b))
OPERATION(div, u256_div(out, a, b))
OPERATION(mod, u256_mod(out, a, b))
OPERATION(divmod, struct u256 rem; u256_divmod(out, &rem, a, b))
OPERATION(sdiv, u256_sdiv(out, a, b))
OPERATION(smod, u256_smod(out, a, b))
OPERATION(exp, u256_exp(out, a, b))
OPERATION(addmod, u256_addmod(out, a, b, c))
OPERATION(mulmod_cached, u256_mulmod_cached(&last, out, a, b, c))
OPERATION(mulmod, u256_mulmod(out, a, b, c))

/* The moduli that contracts use most. 2^256 - 1 makes the upper half of a product. */
static const struct u256 max_word = U256_MAX;
static const struct u256 secp256k1_p = {{0xfffffffefffffc2f, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
static const struct u256 secp256k1_n = {
    {0xbfd25e8cd0364141, 0xbaaedce6af48a03b, UINT64_MAX - 1, UINT64_MAX}};
static const struct u256 bn254_r = {
    {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029}};

struct row {
    const char *name;
    const struct operation *operation;
    enum { PLAIN, CHAIN } loop;
    unsigned bits[3]; /* of a, b, c */
    const struct u256 *fixed;
};

static const struct row rows[] = {
    {"add", &operation_add, PLAIN, {256, 256, 1}, NULL},
    {"add_chain", &operation_add, CHAIN, {256, 256, 1}, NULL},
    {"sub", &operation_sub, PLAIN, {256, 256, 1}, NULL},
    {"and", &operation_and, PLAIN, {256, 256, 1}, NULL},
    {"and_chain", &operation_and, CHAIN, {256, 256, 1}, NULL},
    {"not", &operation_not, PLAIN, {256, 256, 1}, NULL},
    {"not_chain", &operation_not, CHAIN, {256, 256, 1}, NULL},
    {"lt", &operation_lt, PLAIN, {256, 256, 1}, NULL},
    {"slt", &operation_slt, PLAIN, {256, 256, 1}, NULL},
    {"eq", &operation_eq, PLAIN, {256, 256, 1}, NULL},
    {"is_zero", &operation_is_zero, PLAIN, {256, 256, 1}, NULL},
    {"is_zero_chain", &operation_is_zero, CHAIN, {256, 256, 1}, NULL},
    {"clz", &operation_clz, PLAIN, {256, 256, 1}, NULL},
    {"shl_by_32_to_63", &operation_shl, PLAIN, {256, 6, 1}, NULL},
    {"shl_by_32_to_63_chain", &operation_shl, CHAIN, {256, 6, 1}, NULL},
    {"shl_by_128_to_255", &operation_shl, PLAIN, {256, 8, 1}, NULL},
    {"shr_by_32_to_63", &operation_shr, PLAIN, {256, 6, 1}, NULL},
    {"shr_by_32_to_63_chain", &operation_shr, CHAIN, {256, 6, 1}, NULL},
    {"shr_by_128_to_255", &operation_shr, PLAIN, {256, 8, 1}, NULL},
    {"sar_by_32_to_63", &operation_sar, PLAIN, {256, 6, 1}, NULL},
    {"sar_by_32_to_63_chain", &operation_sar, CHAIN, {256, 6, 1}, NULL},
    {"sar_by_128_to_255", &operation_sar, PLAIN, {256, 8, 1}, NULL},
    {"byte", &operation_byte, PLAIN, {256, 5, 1}, NULL},
    {"byte_chain", &operation_byte, CHAIN, {256, 5, 1}, NULL},
    {"signextend", &operation_signextend, PLAIN, {256, 5, 1}, NULL},
    {"signextend_chain", &operation_signextend, CHAIN, {256, 5, 1}, NULL},
    {"mul_64", &operation_mul, PLAIN, {64, 64, 1}, NULL},
    {"mul", &operation_mul, PLAIN, {256, 256, 1}, NULL},
    {"mul_chain", &operation_mul, CHAIN, {256, 256, 1}, NULL},
    {"mul_overflow", &operation_mul_overflow, PLAIN, {256, 256, 1}, NULL},
    {"mul_overflow_128", &operation_mul_overflow, PLAIN, {128, 128, 1}, NULL},
    {"div_small_by_large", &operation_div, PLAIN, {64, 256, 1}, NULL},
    {"div_64_by_32", &operation_div, PLAIN, {64, 32, 1}, NULL},
    {"div_64_by_32_chain", &operation_div, CHAIN, {64, 32, 1}, NULL},
    {"div_128_by_64", &operation_div, PLAIN, {128, 64, 1}, NULL},
    {"div_128_by_64_chain", &operation_div, CHAIN, {128, 64, 1}, NULL},
    {"div_128_by_127", &operation_div, PLAIN, {128, 127, 1}, NULL},
    {"div_128_by_127_chain", &operation_div, CHAIN, {128, 127, 1}, NULL},
    {"div_192_by_64", &operation_div, PLAIN, {192, 64, 1}, NULL},
    {"div_192_by_64_chain", &operation_div, CHAIN, {192, 64, 1}, NULL},
    {"div_192_by_127", &operation_div, PLAIN, {192, 127, 1}, NULL},
    {"div_192_by_127_chain", &operation_div, CHAIN, {192, 127, 1}, NULL},
    {"div_256_by_8", &operation_div, PLAIN, {256, 8, 1}, NULL},
    {"div_256_by_8_chain", &operation_div, CHAIN, {256, 8, 1}, NULL},
    {"div_256_by_32", &operation_div, PLAIN, {256, 32, 1}, NULL},
    {"div_256_by_32_chain", &operation_div, CHAIN, {256, 32, 1}, NULL},
    {"div_256_by_64", &operation_div, PLAIN, {256, 64, 1}, NULL},
    {"div_256_by_64_chain", &operation_div, CHAIN, {256, 64, 1}, NULL},
    {"div_256_by_128", &operation_div, PLAIN, {256, 128, 1}, NULL},
    {"div_256_by_128_chain", &operation_div, CHAIN, {256, 128, 1}, NULL},
    {"div_256_by_190", &operation_div, PLAIN, {256, 190, 1}, NULL},
    {"div_256_by_190_chain", &operation_div, CHAIN, {256, 190, 1}, NULL},
    {"div_256_by_250", &operation_div, PLAIN, {256, 250, 1}, NULL},
    {"div_256_by_250_chain", &operation_div, CHAIN, {256, 250, 1}, NULL},
    {"mod_64_by_32", &operation_mod, PLAIN, {64, 32, 1}, NULL},
    {"mod_128_by_64", &operation_mod, PLAIN, {128, 64, 1}, NULL},
    {"mod_256_by_32", &operation_mod, PLAIN, {256, 32, 1}, NULL},
    {"mod_256_by_64", &operation_mod, PLAIN, {256, 64, 1}, NULL},
    {"mod_256_by_128", &operation_mod, PLAIN, {256, 128, 1}, NULL},
    {"mod_256_by_190", &operation_mod, PLAIN, {256, 190, 1}, NULL},
    {"mod_256_by_250", &operation_mod, PLAIN, {256, 250, 1}, NULL},
    {"divmod_256_by_128", &operation_divmod, PLAIN, {256, 128, 1}, NULL},
    {"sdiv_60_by_30", &operation_sdiv, PLAIN, {SIGNED + 60, SIGNED + 30, 1}, NULL},
    {"sdiv_60_by_30_chain", &operation_sdiv, CHAIN, {SIGNED + 60, SIGNED + 30, 1}, NULL},
    {"sdiv_128_by_60", &operation_sdiv, PLAIN, {SIGNED + 120, SIGNED + 60, 1}, NULL},
    {"sdiv_256_by_128", &operation_sdiv, PLAIN, {256, 128, 1}, NULL},
    {"smod_256_by_128", &operation_smod, PLAIN, {256, 128, 1}, NULL},
    {"addmod_reduced", &operation_addmod, PLAIN, {250, 250, 256}, NULL},
    {"addmod_256_by_250", &operation_addmod, PLAIN, {256, 256, 250}, NULL},
    {"addmod_256_by_64", &operation_addmod, PLAIN, {256, 256, 64}, NULL},
    {"mulmod_64", &operation_mulmod, PLAIN, {64, 64, 64}, NULL},
    {"mulmod_128", &operation_mulmod, PLAIN, {128, 128, 128}, NULL},
    {"mulmod_192", &operation_mulmod, PLAIN, {192, 192, 192}, NULL},
    {"mulmod_256", &operation_mulmod, PLAIN, {256, 256, 256}, NULL},
    {"mulmod_256_chain", &operation_mulmod, CHAIN, {256, 256, 256}, NULL},
    {"mulmod_250", &operation_mulmod, PLAIN, {250, 250, 250}, NULL},
    {"mulmod_256_by_128", &operation_mulmod, PLAIN, {256, 256, 128}, NULL},
    {"mulmod_256_by_64", &operation_mulmod, PLAIN, {256, 256, 64}, NULL},
    {"mulmod_max_word", &operation_mulmod, PLAIN, {253, 253, 1}, &max_word},
    {"mulmod_secp256k1_p", &operation_mulmod, PLAIN, {253, 253, 1}, &secp256k1_p},
    {"mulmod_secp256k1_p_chain", &operation_mulmod, CHAIN, {253, 253, 1}, &secp256k1_p},
    {"mulmod_secp256k1_n", &operation_mulmod, PLAIN, {253, 253, 1}, &secp256k1_n},
    {"mulmod_bn254_r", &operation_mulmod, PLAIN, {253, 253, 1}, &bn254_r},
    {"mulmod_bn254_r_chain", &operation_mulmod, CHAIN, {253, 253, 1}, &bn254_r},
    {"mulmod_cached_bn254_r", &operation_mulmod_cached, PLAIN, {253, 253, 1}, &bn254_r},
    {"mulmod_cached_bn254_r_chain", &operation_mulmod_cached, CHAIN, {253, 253, 1}, &bn254_r},
    {"mulmod_cached_miss", &operation_mulmod_cached, PLAIN, {250, 250, 256}, NULL},
    {"exp_10_by_18", &operation_exp, PLAIN, {4, 5, 1}, NULL},
    {"exp_1byte", &operation_exp, PLAIN, {256, 8, 1}, NULL},
    {"exp_8byte", &operation_exp, PLAIN, {256, 64, 1}, NULL},
    {"exp_32byte", &operation_exp, PLAIN, {256, 256, 1}, NULL},
};

int main(int argc, char **argv)
{
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
    static struct operands operands[ROWS];
    static struct bench_case cases[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        fill(&operands[i], row->bits, row->fixed);
        cases[i].name = row->name;
        cases[i].run = row->loop == PLAIN ? row->operation->plain : row->operation->chain;
        cases[i].context = &operands[i];
    }
    return bench_main(argc, argv, cases, ROWS);
}
