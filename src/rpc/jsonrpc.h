#ifndef RPC_JSONRPC_H
#define RPC_JSONRPC_H

/* jsonrpc.h: the envelope of JSON-RPC 2.0, around the methods of methods.def.
 *
 *   request   {"jsonrpc": "2.0", "id": ID, "method": NAME, "params": [...]}      or an array of them
 *   answer    {"jsonrpc": "2.0", "id": ID, "result": ...}                        or an array of them
 *             {"jsonrpc": "2.0", "id": ID, "error": {"code": N, "message": TEXT, "data": ...}}
 *
 * An id is a string, a number or null, and comes back as it was, up to LIMIT_RPC_ID_BYTES of JSON.
 * A request without one is a notification: it has no answer, and since nothing here has an effect
 * but its answer, it is not run. What cannot be told apart has the id null. A batch has 1 to
 * LIMIT_RPC_BATCH requests; its answers are in their order, and those for which there was no time are
 * errors. A request with other members is none: a
 * misspelt "id" would make it a notification, and nobody would know.
 *
 * Codes: RPC_PARSE_ERROR, the text is no JSON; RPC_INVALID_REQUEST, it is no request;
 * RPC_METHOD_NOT_FOUND; and for what a method finds, codes.def. Messages are texts for people. */

#include "codec/json.h"
#include "rpc/json_writer.h"
#include "sim/sim.h"

enum rpc_code {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_METHOD_NOT_FOUND = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL_ERROR = -32603,
};

struct rpc_call;

/* An rpc_method answers a call by writing one JSON value. It does not have to look whether it fits.
 * When it returns an error, all it wrote is taken back. */
typedef enum err rpc_method(struct rpc_call *call, struct json_writer *result);

struct rpc_entry {
    const char *name;
    rpc_method *handler;
};

/* rpc_methods: the rows of methods.def. */
enum {
#define X(method, handler) RPC_INDEX_##method,
#include "rpc/methods.def"
#undef X
    RPC_METHOD_COUNT
};
extern const struct rpc_entry rpc_methods[RPC_METHOD_COUNT];

/* struct rpc_server is what is served, and up to where: bytes of a request's text, of the answer to
 * it, and of the memory that its JSON takes (codec/json.h). */
struct rpc_server {
    const struct rpc_entry *methods; /* rpc_methods, but for tests */
    size_t method_count;
    const char *version;
    size_t request_max;
    size_t answer_max;
    size_t json_max;
    uint64_t batch_ms; /* after this time, no further request of a batch is run */
};

/* struct rpc_call is one call of a method. */
struct rpc_call {
    const struct rpc_server *server;
    struct sim *sim; /* at rest; whatever a call leaves in its memory is wiped after it */
    json_t *params;  /* an array or an object; NULL: none. Valid until rpc_drop_params */
    /* Of a call that fails: what happened, and perhaps more about it, a JSON value that lives until
     * the call ends (in the simulator's arena); empty: nothing more. */
    struct err_detail detail;
    struct bytes data;
    /* Of jsonrpc. */
    json_t *request;   /* what holds the params */
    struct bytes text; /* all that was sent: the request, or a batch */
    size_t index;      /* of the request in a batch; RPC_NO_BATCH: it is no batch */
};

#define RPC_NO_BATCH SIZE_MAX

/* rpc_only_param gives the only parameter of a method that takes one, an object, in an array.
 * Errors: ERR_MALFORMED. */
enum err rpc_only_param(json_t **out, struct rpc_call *call);

/* rpc_param_text gives the same as it was sent, byte for byte, for a digest: a view that is valid
 * until the call ends. Errors: ERR_MALFORMED ("params" was written with escapes). Cost: a look at all
 * that was sent up to there. */
enum err rpc_param_text(struct bytes *out, struct rpc_call *call);

/* rpc_drop_params gives back the memory of the params, for methods that need much of their own after
 * they have read them: JSON takes more than what it says. */
void rpc_drop_params(struct rpc_call *call);

/* rpc_answer answers a text: runs its request or requests on `sim`, one after the other, and appends
 * the answer, or nothing when there was nothing to answer. An answer that does not fit in *to is an
 * error in its place, so that only a room too small for that is too small. */
void rpc_answer(struct writer *to, const struct rpc_server *server, struct sim *sim,
                struct bytes text);

/* rpc_refuse appends the answer to a text that nobody has looked at, because of `e`. */
void rpc_refuse(struct writer *to, enum err e, const char *why);

/* rpc_code_of gives the code for an error, of codes.def. */
int rpc_code_of(enum err e);

#endif
