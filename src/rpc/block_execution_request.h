#ifndef RPC_BLOCK_EXECUTION_REQUEST_H
#define RPC_BLOCK_EXECUTION_REQUEST_H

/* block_execution_request.h: the parameter of nitro_executeBlock as JSON:
 *
 *   {chain, block: data, witness: {state, codes, headers, keys}, stateRoot, blockHash} */

#include "codec/json.h"
#include "sim/block_execution.h"

/* block_execution_read reads a request from its object into the arena; nothing in *out is a view of
 * the object. The request's digest stays unset. Errors: ERR_MALFORMED, ERR_RANGE, ERR_MEMORY;
 * *detail names the member and the reason. */
enum err block_execution_read(struct block_execution *out, struct arena *arena, json_t *object,
                              struct err_detail *detail);

#endif
