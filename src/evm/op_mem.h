#ifndef EVM_OP_MEM_H
#define EVM_OP_MEM_H

/* op_mem.h: stack and memory (Yellow Paper, appendix H.2, 50s to 90s, without storage and flow). */

#include "evm/op_step.h"

OP(pop)
{
    return STEP_NEXT;
}

/* memory_reach makes memory reach offset + len; false when that cannot be paid. */
static ALWAYS_INLINE bool memory_reach(struct frame *f, struct regs *r, const struct u256 *offset,
                                       size_t len)
{
    if (LIKELY(u256_fits_u64(offset) && f->memory_len >= len &&
               offset->w[0] <= f->memory_len - len)) {
        return true;
    }
    r->gas_left = memory_grow(f, r->gas_left, offset, len);
    return r->gas_left >= 0;
}

OP(mload)
{
    if (UNLIKELY(!memory_reach(f, r, &r->sp[-1], 32))) {
        return step_halt(f, r, EVM_OUT_OF_GAS);
    }
    u256_load_be(&r->sp[-1], f->memory + r->sp[-1].w[0]);
    return STEP_NEXT;
}

OP(mstore)
{
    if (UNLIKELY(!memory_reach(f, r, &r->sp[1], 32))) {
        return step_halt(f, r, EVM_OUT_OF_GAS);
    }
    u256_store_be(f->memory + r->sp[1].w[0], &r->sp[0]);
    return STEP_NEXT;
}

OP(mstore8)
{
    if (UNLIKELY(!memory_reach(f, r, &r->sp[1], 1))) {
        return step_halt(f, r, EVM_OUT_OF_GAS);
    }
    f->memory[r->sp[1].w[0]] = (uint8_t)r->sp[0].w[0];
    return STEP_NEXT;
}

OP(msize)
{
    u256_set_u64(&r->sp[-1], f->memory_len);
    return STEP_NEXT;
}

OP(mcopy)
{
    return step_paid(f, r, memory_move(f, r->gas_left, &r->sp[2], &r->sp[1], &r->sp[0]));
}

OP(push0)
{
    u256_set_u64(&r->sp[-1], 0);
    return STEP_NEXT;
}

/* push_word reads the big-endian bytes of a PUSH that belong to word `i` of the result; the padding
 * after the code makes reading a whole word safe at its end. */
static ALWAYS_INLINE uint64_t push_word(const uint8_t *data, unsigned size, unsigned i)
{
    if (size >= 8 * (i + 1)) {
        return load_be64(data + size - 8 * (i + 1));
    }
    if (size > 8 * i) {
        return load_be64(data) >> (64 - 8 * (size - 8 * i));
    }
    return 0;
}

#define PUSH(n)                                                                    \
    OP(push##n)                                                                    \
    {                                                                              \
        u256_set_words(&r->sp[-1], push_word(r->pc, n, 0), push_word(r->pc, n, 1), \
                       push_word(r->pc, n, 2), push_word(r->pc, n, 3));            \
        r->pc += n;                                                                \
        return STEP_NEXT;                                                          \
    }

#define DUP(n)                                 \
    OP(dup##n)                                 \
    {                                          \
        u256_copy(&r->sp[-1], &r->sp[-1 - n]); \
        return STEP_NEXT;                      \
    }

#define SWAP(n)                                \
    OP(swap##n)                                \
    {                                          \
        struct u256 top;                       \
        u256_copy(&top, &r->sp[-1]);           \
        u256_copy(&r->sp[-1], &r->sp[-1 - n]); \
        u256_copy(&r->sp[-1 - n], &top);       \
        return STEP_NEXT;                      \
    }

/* clang-format off */
#define TIMES_16(X)                                                                                \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)

TIMES_16(PUSH)
PUSH(17) PUSH(18) PUSH(19) PUSH(20) PUSH(21) PUSH(22) PUSH(23) PUSH(24)
PUSH(25) PUSH(26) PUSH(27) PUSH(28) PUSH(29) PUSH(30) PUSH(31) PUSH(32)
TIMES_16(DUP)
TIMES_16(SWAP)
/* clang-format on */

#undef PUSH
#undef DUP
#undef SWAP
#undef TIMES_16

#endif
