/* Precompile 0x05: modular exponentiation and its price (EIP-198, EIP-2565, EIP-7823, EIP-7883). */

#include "base/checked.h"
#include "base/u256.h"
#include "crypto/modexp.h"
#include "evm/precompiles.h"

/* struct lengths: of base, exponent and modulus, as the input's header gives them. */
struct lengths {
    uint64_t base;
    uint64_t exponent;
    uint64_t modulus;
};

/* read_length reads a length; one of 2^64 or more counts as 2^64 - 1, which no gas pays for either.
 */
static uint64_t read_length(const uint8_t in[static 32])
{
    struct u256 length;
    u256_load_be(&length, in);
    return u256_fits_u64(&length) ? length.w[0] : UINT64_MAX;
}

/* read_at gives `len` bytes of the input at an offset, as a view when they are all there, else as a
 * copy with zeros past the input's end. False when the arena is full. */
static bool read_at(struct bytes *out, const struct precompile_call *call, uint64_t offset,
                    uint64_t len)
{
    size_t have = call->input.len > offset ? call->input.len - (size_t)offset : 0;
    if (len <= have) {
        *out = bytes_from(len == 0 ? NULL : call->input.ptr + offset, (size_t)len);
        return true;
    }
    uint8_t *copy = ARENA_NEW(call->scratch, uint8_t, (size_t)len);
    if (copy == NULL) {
        return false;
    }
    bytes_copy(copy, have == 0 ? NULL : call->input.ptr + offset, have);
    *out = bytes_from(copy, (size_t)len);
    return true;
}

/* multiplication_complexity of EIP-198, 2565 and 7883. */
static u128 multiplication_complexity(const struct fork_rules *rules, const struct lengths *len)
{
    u128 x = len->base > len->modulus ? len->base : len->modulus;
    if (rules->eip7883) {
        u128 words = (x + 7) / 8;
        return x <= 32 ? 16 : 2 * words * words;
    }
    if (rules->eip2565) {
        u128 words = (x + 7) / 8;
        return words * words;
    }
    if (x <= 64) {
        return x * x;
    }
    return x <= 1024 ? x * x / 4 + 96 * x - 3072 : x * x / 16 + 480 * x - 199680;
}

/* iteration_count: the "adjusted exponent length", from the exponent's length and first 32 bytes.
 */
static u128 iteration_count(const struct fork_rules *rules, uint64_t exponent_len,
                            const struct u256 *head)
{
    uint64_t bits = u256_bit_len(head);
    u128 count = bits == 0 ? 0 : bits - 1;
    if (exponent_len > 32) {
        count += (u128)(rules->eip7883 ? 16 : 8) * (exponent_len - 32);
    }
    return count == 0 ? 1 : count;
}

static uint64_t price_of(const struct fork_rules *rules, const struct lengths *len,
                         const struct u256 *head)
{
    u128 price;
    if (ckd_mul_u128(&price, multiplication_complexity(rules, len),
                     iteration_count(rules, len->exponent, head))) {
        return UINT64_MAX;
    }
    price /= rules->modexp_divisor;
    if (price < rules->modexp_minimum) {
        price = rules->modexp_minimum;
    }
    return price > UINT64_MAX ? UINT64_MAX : (uint64_t)price;
}

/* exponent_head: the first 32 bytes of the exponent, or all of it, as a number. */
static struct u256 exponent_head(const struct precompile_call *call, const struct lengths *len)
{
    uint8_t bytes[32] = {0};
    size_t count = len->exponent < 32 ? (size_t)len->exponent : 32;
    /* Past the input's end everything is zero; checked first, since the sum may not fit. */
    size_t offset = len->base < call->input.len ? 96 + (size_t)len->base : call->input.len;
    for (size_t i = 0; i < count && offset + i < call->input.len; i++) {
        bytes[i] = call->input.ptr[offset + i];
    }
    struct u256 head;
    u256_load_be_short(&head, bytes, count);
    return head;
}

/* compute runs the exponentiation itself. */
static enum precompile_result compute(struct precompile_call *call, const struct lengths *len)
{
    struct bytes base;
    struct bytes exponent;
    struct bytes modulus;
    if (len->modulus > call->output_cap || !read_at(&base, call, 96, len->base) ||
        !read_at(&exponent, call, 96 + len->base, len->exponent) ||
        !read_at(&modulus, call, 96 + len->base + len->exponent, len->modulus) ||
        modexp(call->scratch, call->output, base, exponent, modulus) != OK) {
        return PRECOMPILE_ERROR;
    }
    call->output_len = (size_t)len->modulus;
    return PRECOMPILE_OK;
}

enum precompile_result pre_modexp(struct precompile_call *call)
{
    uint8_t header[96];
    precompile_padded(header, sizeof(header), call);
    const struct lengths len = {read_length(header), read_length(header + 32),
                                read_length(header + 64)};
    uint64_t max = call->rules->modexp_max_length;
    if (len.base > max || len.exponent > max || len.modulus > max) {
        return PRECOMPILE_FAILED;
    }
    struct u256 head = exponent_head(call, &len);
    if (!precompile_charge(call, price_of(call->rules, &len, &head))) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    /* Without base and modulus the price says nothing of the exponent's length, and the output is
     * empty whatever it is. */
    if (len.base == 0 && len.modulus == 0) {
        return PRECOMPILE_OK;
    }
    size_t mark = arena_mark(call->scratch);
    enum precompile_result result = compute(call, &len);
    arena_rewind(call->scratch, mark);
    return result;
}
