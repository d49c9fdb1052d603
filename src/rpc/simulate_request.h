#ifndef RPC_SIMULATE_REQUEST_H
#define RPC_SIMULATE_REQUEST_H

/* simulate_request.h: the parameter of nitro_simulate as JSON; docs/api.md lists its members. It is
 * read strictly: a member that is not known is an error that names it. */

#include "codec/json.h"
#include "sim/request.h"

/* simulate_request_read reads a request from its object into the arena; nothing in *out is a view
 * of the object. The request's digest stays unset. Errors: ERR_MALFORMED, ERR_RANGE, ERR_LIMIT,
 * ERR_MEMORY; *detail names the member and the reason. */
enum err simulate_request_read(struct sim_request *out, struct arena *arena, json_t *object,
                               struct err_detail *detail);

#endif
