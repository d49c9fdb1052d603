#ifndef EVM_FRAMES_H
#define EVM_FRAMES_H

/* frames.h: the slow half of the machine, shared: how messages begin and end. Called by the bodies
 * in op_*.h and by calls.c, nobody else.
 *
 * Slow functions come in two shapes. One that takes and returns `gas_left` leaves the frame
 * running; a negative result means that the body must end the message with OUT_OF_GAS, which also
 * carries an operating error out (frame_halt). It is what the price leaves, so that a trace can
 * tell the price, or GAS_NONE (trace.h). One that may change the running frame is named frame_*;
 * the body has put its registers into the frame before and returns STEP_RELOAD after. */

#include "evm/interp.h"

/* frame_stop ends everything because of an operating error. */
void frame_stop(struct evm *evm, enum err e);

/* frame_fails notes an operating error for frame_halt to find; true when there was one. */
static inline bool frame_fails(struct frame *f, enum err e)
{
    if (LIKELY(e == OK)) {
        return false;
    }
    f->evm->err = e;
    return true;
}

/* frame_begin pushes a frame for a message. When it needs no code to run (no code, a precompile, a
 * collision) it is over on return. The output goes to the caller's memory at `output_offset`, at
 * most `output_len` bytes of it. */
void frame_begin(struct evm *evm, const struct message *m, size_t output_offset, size_t output_len);

/* frame_end ends the running message: keeps or reverts what it changed, and hands the outcome to
 * the frame that called. A successful creation may still fail, on its deposit. */
void frame_end(struct frame *f, enum evm_status status, struct bytes output);

/* frame_halt ends the running message with an exceptional halt, or, when evm->err is set, stops the
 * machine. */
void frame_halt(struct frame *f, enum evm_status status);

/* frame_return ends the running message with SUCCESS or REVERT and a range of memory as output. */
void frame_return(struct frame *f, enum evm_status status, const struct u256 *offset,
                  const struct u256 *len);

#endif
