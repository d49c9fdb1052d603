#ifndef RPC_METHODS_H
#define RPC_METHODS_H

/* methods.h: the handlers of methods.def.
 *
 * nitro_version   params: none, or []
 *   result {"version": TEXT, "fork": NAME, "methods": [NAME, ...], "limits": {...}}: the program's
 *   version, the newest fork that it knows, what it can be asked, and up to where (bytes, and values
 *   nested)
 *
 * nitro_transfer  params: [PAYLOAD]
 *   result: the answer to the walkthrough's payload, as in rpc/payload.h; a transfer that is not
 *   valid is a result with status "rejected". A payload that is none is an error.
 *
 * nitro_simulate, nitro_executeBlock  params: [REQUEST]
 *   result: what came of it; docs/api.md lists the members of both. Of what could not be simulated
 *   the error's data says what a program can use: its name, the transaction, what was missing. */

#include "rpc/jsonrpc.h"

#define X(method, handler) rpc_method handler;
#include "rpc/methods.def"
#undef X

#endif
