/* Memory of the running frame: growth and its price, and the instructions on ranges of it. */

#include "evm/memory.h"

#include "base/checked.h"
#include "crypto/keccak.h"

/* Memory that ends past this costs more gas than there can be: 2^35 words cost 2^61. */
#define MEMORY_END_MAX ((uint64_t)1 << 40)

static int64_t memory_price(uint64_t words)
{
    return (int64_t)(GAS_MEMORY_WORD * words + (uint64_t)((u128)words * words / 512));
}

/* grow_to makes memory reach byte `end`, which is more than it has. */
static int64_t grow_to(struct frame *f, int64_t gas_left, uint64_t end)
{
    if (end > MEMORY_END_MAX) {
        return GAS_NONE;
    }
    uint64_t words = (end + 31) / 32;
    gas_left -= memory_price(words) - memory_price(f->memory_len / 32);
    if (gas_left < 0) {
        return gas_left;
    }
    struct evm *evm = f->evm;
    size_t new_len = (size_t)words * 32;
    size_t base = (size_t)(f->memory - evm->memory_base);
    if (new_len > evm->memory_cap - base) {
        evm->err = ERR_MEMORY;
        return GAS_NONE;
    }
    /* Bytes past the high-water mark are zero already; below it an ended frame may have written. */
    size_t old_end = base + f->memory_len;
    size_t new_end = base + new_len;
    size_t dirty_end = new_end < evm->memory_high ? new_end : evm->memory_high;
    if (old_end < dirty_end) {
        memset(evm->memory_base + old_end, 0, dirty_end - old_end);
    }
    if (new_end > evm->memory_high) {
        evm->memory_high = new_end;
    }
    f->memory_len = new_len;
    return gas_left;
}

int64_t memory_grow(struct frame *f, int64_t gas_left, const struct u256 *offset, uint64_t len)
{
    uint64_t end;
    if (!u256_fits_u64(offset) || ckd_add_u64(&end, offset->w[0], len)) {
        return GAS_NONE;
    }
    if (end <= f->memory_len) {
        return gas_left;
    }
    return grow_to(f, gas_left, end);
}

int64_t memory_range(struct frame *f, int64_t gas_left, size_t *out_offset, size_t *out_len,
                     const struct u256 *offset, const struct u256 *len)
{
    if (!u256_fits_u64(len)) {
        return GAS_NONE;
    }
    size_t wanted_len = len->w[0];
    size_t wanted_offset = offset->w[0];
    if (wanted_len == 0) {
        wanted_offset = 0;
    } else {
        gas_left = memory_grow(f, gas_left, offset, wanted_len);
    }
    *out_offset = wanted_offset;
    *out_len = wanted_len;
    return gas_left;
}

int64_t memory_pay_words(int64_t gas_left, const struct u256 *len, int64_t price)
{
    if (!u256_fits_u64(len) || len->w[0] > MEMORY_END_MAX) {
        return GAS_NONE;
    }
    return gas_left - (int64_t)((len->w[0] + 31) / 32) * price;
}

int64_t memory_copy(struct frame *f, int64_t gas_left, const struct u256 *to,
                    const struct u256 *from, const struct u256 *len, struct bytes source)
{
    gas_left = memory_pay_words(gas_left, len, GAS_COPY_WORD);
    size_t at;
    size_t count;
    if (gas_left < 0 || (gas_left = memory_range(f, gas_left, &at, &count, to, len)) < 0) {
        return gas_left;
    }
    size_t have = 0;
    if (u256_fits_u64(from) && from->w[0] < source.len) {
        have = source.len - from->w[0] < count ? source.len - from->w[0] : count;
        bytes_copy(f->memory + at, source.ptr + from->w[0], have);
    }
    if (count > have) {
        memset(f->memory + at + have, 0, count - have);
    }
    return gas_left;
}

int64_t memory_move(struct frame *f, int64_t gas_left, const struct u256 *to,
                    const struct u256 *from, const struct u256 *len)
{
    gas_left = memory_pay_words(gas_left, len, GAS_COPY_WORD);
    size_t target;
    size_t source;
    size_t count;
    if (gas_left < 0 || (gas_left = memory_range(f, gas_left, &target, &count, to, len)) < 0 ||
        (gas_left = memory_range(f, gas_left, &source, &count, from, len)) < 0) {
        return gas_left;
    }
    if (count != 0) {
        memmove(f->memory + target, f->memory + source, count);
    }
    return gas_left;
}

int64_t memory_keccak(struct frame *f, int64_t gas_left, struct u256 *out,
                      const struct u256 *offset, const struct u256 *len)
{
    gas_left = memory_pay_words(gas_left, len, GAS_KECCAK_WORD);
    size_t at;
    size_t count;
    if (gas_left < 0 || (gas_left = memory_range(f, gas_left, &at, &count, offset, len)) < 0) {
        return gas_left;
    }
    struct hash32 hash;
    keccak256(&hash, f->memory + at, count);
    u256_load_be(out, hash.b);
    return gas_left;
}

int64_t memory_log(struct frame *f, int64_t gas_left, unsigned topic_count, const struct u256 *sp)
{
    const struct u256 *offset = &sp[topic_count + 1];
    const struct u256 *len = &sp[topic_count];
    if (!u256_fits_u64(len) || len->w[0] > MEMORY_END_MAX) {
        return GAS_NONE;
    }
    gas_left -= (int64_t)len->w[0] * GAS_LOG_BYTE;
    size_t at;
    size_t count;
    if (gas_left < 0 || (gas_left = memory_range(f, gas_left, &at, &count, offset, len)) < 0) {
        return gas_left;
    }
    struct u256 topics[4];
    for (unsigned i = 0; i < topic_count; i++) {
        topics[i] = sp[topic_count - 1 - i];
    }
    if (frame_fails(f, state_log(f->evm->state, &f->target->address, topics, topic_count,
                                 bytes_from(f->memory + at, count)))) {
        return GAS_NONE;
    }
    return gas_left;
}
