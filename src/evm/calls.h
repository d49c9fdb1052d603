#ifndef EVM_CALLS_H
#define EVM_CALLS_H

/* calls.h: the instructions that begin messages of their own or give up the contract they run in.
 */

#include "evm/frames.h"

enum call_kind { CALL_CALL, CALL_CALLCODE, CALL_DELEGATECALL, CALL_STATICCALL };

/* frame_call does CALL and its kin. The operands are at f->sp, from the top: gas, to, [value,]
 * input offset and size, output offset and size; the result goes to f->sp[-1]. */
void frame_call(struct frame *f, enum call_kind kind);

/* frame_create does CREATE (salt NULL) and CREATE2; the result goes to f->sp[-1]. The operands may
 * be where the result goes. */
void frame_create(struct frame *f, const struct u256 *value, const struct u256 *offset,
                  const struct u256 *len, const struct u256 *salt);

/* frame_selfdestruct does SELFDESTRUCT. */
void frame_selfdestruct(struct frame *f, const struct u256 *beneficiary);

#endif
