#ifndef RPC_CALL_OBJECT_H
#define RPC_CALL_OBJECT_H

/* call_object.h: transactions in requests: signed bytes, or a call object, execution-apis'
 * GenericTransaction:
 *
 *   "0x02f8..."   {"raw": "0x02f8..."}
 *   {type, from, to, gas, gasPrice, maxFeePerGas, maxPriorityFeePerGas, value, nonce, input, data,
 *    chainId, accessList, maxFeePerBlobGas, blobVersionedHashes, authorizationList}
 *
 * All members of a call object may be left out. `input` and `data` are two names of one thing. The
 * type is the lowest that has all members that are there, unless `type` says. */

#include "codec/json.h"
#include "sim/request.h"

/* call_object_read reads a transaction into the arena. Errors: ERR_MALFORMED (also for members that
 * do not go together, or with the type), ERR_RANGE, ERR_LIMIT, ERR_MEMORY; *detail names the
 * member. */
enum err call_object_read(struct sim_tx *out, struct arena *arena, json_t *value,
                          struct err_detail *detail);

#endif
