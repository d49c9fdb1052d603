#ifndef EVM_MEMORY_H
#define EVM_MEMORY_H

/* memory.h: the memory of the running frame (Yellow Paper 9.1, appendix H.1). gas_left as
 * frames.h says. */

#include "evm/frames.h"

/* memory_grow makes memory reach `offset` + `len` bytes, zeroed, and pays for it. `len` is not 0.
 */
int64_t memory_grow(struct frame *f, int64_t gas_left, const struct u256 *offset, uint64_t len);

/* memory_range does the same for a length from the stack and gives both as sizes. When the length
 * is 0 nothing grows and the offset is taken as 0, however large it is. */
int64_t memory_range(struct frame *f, int64_t gas_left, size_t *out_offset, size_t *out_len,
                     const struct u256 *offset, const struct u256 *len);

/* memory_pay_words charges `price` for each started word of a length from the stack. */
int64_t memory_pay_words(int64_t gas_left, const struct u256 *len, int64_t price);

/* memory_copy does the *COPY instructions: `len` bytes from `source` at `from` to memory at `to`,
 * zeros past the source's end. memory_move does MCOPY (EIP-5656). */
int64_t memory_copy(struct frame *f, int64_t gas_left, const struct u256 *to,
                    const struct u256 *from, const struct u256 *len, struct bytes source);
int64_t memory_move(struct frame *f, int64_t gas_left, const struct u256 *to,
                    const struct u256 *from, const struct u256 *len);

/* memory_keccak does KECCAK256; *out may be one of the operands. */
int64_t memory_keccak(struct frame *f, int64_t gas_left, struct u256 *out,
                      const struct u256 *offset, const struct u256 *len);

/* memory_log does LOG0 to LOG4. `sp` is the stack pointer after the operands were taken. */
int64_t memory_log(struct frame *f, int64_t gas_left, unsigned topic_count, const struct u256 *sp);

#endif
