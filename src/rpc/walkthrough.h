#ifndef RPC_WALKTHROUGH_H
#define RPC_WALKTHROUGH_H

/* walkthrough.h: the console text of the walkthrough, byte for byte what the proof of concept (in
 * Rust, over revm) printed: a value's debug form, with four spaces for each level and a comma after
 * every item. What it could not show has a form of the same kind here:
 *
 *   a halt               result: Halt { reason: OutOfGas, gas_used: 5, }
 *   a revert             result: Revert { gas_used: 5, output: b"...", }
 *   a refused transfer   Err( Transaction { reason: "insufficient funds", needs: ..., has: ..., },
 * ) a refused request    refused: ERR_RANGE: "amount" is out of range ...
 *
 * (each item on a line of its own; `needs` and `has` only with too little money). `place` is the
 * file and line of ours that prints, "src/x.c:1". */

#include "base/cursor.h"
#include "rpc/payload.h"

/* walkthrough_received and walkthrough_payload show a request as it came in and as it is used. */
void walkthrough_received(struct writer *to, const struct transfer *transfer);
void walkthrough_payload(struct writer *to, const char *place, const struct transfer *transfer);

/* walkthrough_answer shows what came of it. */
void walkthrough_answer(struct writer *to, const char *place, const struct answer *answer);

#endif
