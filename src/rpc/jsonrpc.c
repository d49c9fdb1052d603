/* JSON-RPC 2.0: requests in, methods called, answers out. */

#include "rpc/jsonrpc.h"

#include <malloc.h>
#include <time.h>

#include "base/limits.h"
#include "rpc/json_span.h"
#include "rpc/methods.h"

/* The most that an answer without a result or data takes, with a comma: its id, and a message that
 * is escaped to six characters each. */
#define ERROR_BYTES_MAX ((size_t)LIMIT_RPC_ID_BYTES + 6 * ERR_DETAIL_MAX + 128)

const struct rpc_entry rpc_methods[RPC_METHOD_COUNT] = {
#define X(method, handler) {#method, handler},
#include "rpc/methods.def"
#undef X
};

/* What all requests of a text share. */
struct exchange {
    struct writer *to;
    const struct rpc_server *server;
    struct sim *sim;
    struct bytes text;
    size_t index;        /* of the request in the batch, or RPC_NO_BATCH */
    uint64_t started_ms; /* the batch */
};

static uint64_t clock_ms(void)
{
    struct timespec now;
    ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* is_late tells whether a batch has had its time; its first request is always run. */
static bool is_late(const struct exchange *x)
{
    return x->index != RPC_NO_BATCH && x->index != 0 &&
           clock_ms() - x->started_ms >= x->server->batch_ms;
}

static bool is_long(struct bytes text)
{
    return text.len > LIMIT_REQUEST_BYTES;
}

/* struct id is the text of a request's id. */
struct id {
    char text[LIMIT_RPC_ID_BYTES];
    size_t len; /* 0: it has none, and wants no answer */
};

static const struct id null_id = {"null", 4};

int rpc_code_of(enum err e)
{
    switch (e) {
#define X(error, code) \
    case error:        \
        return (code);
#include "rpc/codes.def"
#undef X
    case OK:
    case ERR_COUNT:
        break;
    }
    ASSERT(false);
    return RPC_INTERNAL_ERROR;
}

/* ---- answers --------------------------------------------------------------------------------- */

static void open_answer(struct json_writer *json, const struct id *id)
{
    json_open(json, NULL, '{');
    json_put_text(json, "jsonrpc", "2.0");
    json_put_raw(json, "id", bytes_from(id->text, id->len));
}

static void put_error(struct writer *to, const struct id *id, int code, const char *message,
                      struct bytes data)
{
    struct json_writer json = json_writer_to(to, false);
    open_answer(&json, id);
    json_open(&json, "error", '{');
    json_put_integer(&json, "code", code);
    json_put_text(&json, "message", message);
    if (data.len != 0) {
        json_put_raw(&json, "data", data);
    }
    json_close(&json, '}');
    json_close(&json, '}');
}

/* fail answers with an error that has no data. */
static void fail(struct writer *to, const struct id *id, int code, const char *message)
{
    put_error(to, id, code, message, bytes_from(NULL, 0));
}

/* take_back removes what was written after `mark`, and leaves nothing of it behind. */
static void take_back(struct writer *to, size_t mark)
{
    const size_t written = writer_fits(to) ? to->len : to->cap;
    secure_zero(to->buf + mark, written - mark);
    to->len = mark;
}

void rpc_refuse(struct writer *to, enum err e, const char *why)
{
    const int code = rpc_code_of(e);
    /* What is no request has no params either. */
    fail(to, &null_id, code == RPC_INVALID_PARAMS ? RPC_INVALID_REQUEST : code, why);
}

/* ---- one request ----------------------------------------------------------------------------- */

enum err rpc_only_param(json_t **out, struct rpc_call *call)
{
    if (!json_is_array(call->params) || json_array_size(call->params) != 1 ||
        !json_is_object(json_array_get(call->params, 0))) {
        return err_explain(&call->detail, ERR_MALFORMED,
                           "\"params\" must be an array of one object");
    }
    *out = json_array_get(call->params, 0);
    return OK;
}

enum err rpc_param_text(struct bytes *out, struct rpc_call *call)
{
    struct bytes request = call->text;
    struct bytes params;
    if ((call->index != RPC_NO_BATCH && !json_span_item(&request, call->text, call->index)) ||
        !json_span_member(&params, request, "params") || !json_span_item(out, params, 0)) {
        return err_explain(&call->detail, ERR_MALFORMED,
                           "\"params\" must be written without escapes");
    }
    return OK;
}

void rpc_drop_params(struct rpc_call *call)
{
    (void)json_object_del(call->request, "params");
    call->params = NULL;
    if (is_long(call->text)) {
        (void)malloc_trim(0);
    }
}

static rpc_method *method_of(const struct rpc_server *server, struct bytes name)
{
    for (size_t i = 0; i < server->method_count; i++) {
        const char *known = server->methods[i].name;
        if (name.len == strlen(known) && memcmp(name.ptr, known, name.len) == 0) {
            return server->methods[i].handler;
        }
    }
    return NULL;
}

/* call_method runs a method and writes its answer. */
static void call_method(const struct exchange *x, const struct id *id, rpc_method *method,
                        json_t *request)
{
    struct rpc_call call = {
        .server = x->server,
        .sim = x->sim,
        .params = json_find(request, "params"),
        .request = request,
        .text = x->text,
        .index = x->index,
    };
    const size_t mark = x->to->len;
    struct json_writer json = json_writer_to(x->to, false);
    open_answer(&json, id);
    json_put_raw(&json, "result", bytes_from(NULL, 0)); /* the value is the method's */
    struct json_writer result = json_writer_to(x->to, false);
    enum err err = method(&call, &result);
    json_close(&json, '}');
    if (err != OK) {
        take_back(x->to, mark);
        put_error(x->to, id, rpc_code_of(err),
                  call.detail.text[0] != '\0' ? call.detail.text : err_text(err), call.data);
        if (!writer_fits(x->to)) {
            take_back(x->to, mark);
            fail(x->to, id, rpc_code_of(err),
                 call.detail.text[0] != '\0' ? call.detail.text : err_text(err));
        }
    } else if (!writer_fits(x->to)) {
        take_back(x->to, mark);
        fail(x->to, id, rpc_code_of(ERR_LIMIT), "the answer is longer than this server sends");
    }
    sim_reset(x->sim);
}

/* read_id reads a request's id; false when it is none. */
static bool read_id(struct id *out, const json_t *request)
{
    const json_t *id = json_object_get(request, "id");
    out->len = 0;
    if (id == NULL) {
        return true;
    }
    if (!json_is_string(id) && !json_is_number(id) && !json_is_null(id)) {
        return false;
    }
    out->len = json_dumpb(id, out->text, sizeof(out->text), JSON_ENCODE_ANY | JSON_COMPACT);
    return out->len != 0 && out->len <= sizeof(out->text);
}

/* answer_request answers one request, or what stands in the place of one. */
static void answer_request(const struct exchange *x, json_t *request)
{
    static const char *const keys[] = {"jsonrpc", "id", "method", "params"};
    struct err_detail detail;
    struct id id;
    struct bytes version;
    struct bytes name;
    if (!json_is_object(request)) {
        fail(x->to, &null_id, RPC_INVALID_REQUEST, "a request must be an object");
        return;
    }
    if (!read_id(&id, request)) {
        fail(x->to, &null_id, RPC_INVALID_REQUEST,
             "\"id\" must be a string, a number or null, and short");
        return;
    }
    const bool is_notification = id.len == 0;
    const struct id *to = is_notification ? &null_id : &id;
    if (json_only_keys(request, keys, sizeof(keys) / sizeof(keys[0]), &detail) != OK) {
        fail(x->to, to, RPC_INVALID_REQUEST, detail.text);
        return;
    }
    if (json_get_string(&version, request, "jsonrpc", NULL) != OK || version.len != 3 ||
        memcmp(version.ptr, "2.0", 3) != 0) {
        fail(x->to, to, RPC_INVALID_REQUEST, "\"jsonrpc\" must be \"2.0\"");
        return;
    }
    if (json_get_string(&name, request, "method", NULL) != OK) {
        fail(x->to, to, RPC_INVALID_REQUEST, "\"method\" must be a string");
        return;
    }
    const json_t *params = json_find(request, "params");
    if (params != NULL && !json_is_array(params) && !json_is_object(params)) {
        fail(x->to, to, RPC_INVALID_REQUEST, "\"params\" must be an array or an object");
        return;
    }
    if (is_notification) {
        return;
    }
    rpc_method *method = method_of(x->server, name);
    if (method == NULL) {
        fail(x->to, to, RPC_METHOD_NOT_FOUND, "there is no such method; see nitro_version");
        return;
    }
    if (is_late(x)) {
        fail(x->to, to, rpc_code_of(ERR_TIMEOUT), "the requests before this one took too long");
        return;
    }
    call_method(x, to, method, request);
}

/* ---- a whole text ---------------------------------------------------------------------------- */

/* answer_batch answers the requests of an array. Each leaves room for those after it to fail. */
static void answer_batch(struct exchange *x, json_t *requests)
{
    const size_t count = json_array_size(requests);
    const size_t cap = x->to->cap;
    const size_t mark = x->to->len;
    if (count == 0) {
        fail(x->to, &null_id, RPC_INVALID_REQUEST, "a batch must not be empty");
        return;
    }
    if (count > LIMIT_RPC_BATCH || cap - mark < count * ERROR_BYTES_MAX + 2) {
        fail(x->to, &null_id, rpc_code_of(ERR_LIMIT), "the batch has too many requests");
        return;
    }
    writer_byte(x->to, '[');
    for (size_t i = 0; i < count; i++) {
        const size_t start = x->to->len;
        x->to->cap = cap - (count - 1 - i) * ERROR_BYTES_MAX - 1;
        if (start > mark + 1) {
            writer_byte(x->to, ',');
        }
        const size_t before = x->to->len;
        x->index = i;
        answer_request(x, json_array_get(requests, i));
        if (x->to->len == before) {
            take_back(x->to, start); /* a notification */
        }
    }
    x->to->cap = cap;
    if (x->to->len == mark + 1) {
        take_back(x->to, mark); /* nothing but notifications */
    } else {
        writer_byte(x->to, ']');
    }
}

/* parse reads a text within the memory that its JSON may take. */
static enum err parse(json_t **out, const struct rpc_server *server, struct bytes text,
                      struct err_detail *detail)
{
    /* codec/json.h: 3 * n + values_max * JSON_VALUE_BYTES. */
    if (text.len > server->json_max / 3) {
        return err_explain(detail, ERR_LIMIT, "JSON: %zu bytes are too many", text.len);
    }
    const struct json_limits limits = {
        .bytes_max = text.len,
        .values_max = (server->json_max - 3 * text.len) / JSON_VALUE_BYTES,
        .depth_max = LIMIT_JSON_DEPTH,
    };
    return json_parse(out, text, &limits, detail);
}

void rpc_answer(struct writer *to, const struct rpc_server *server, struct sim *sim,
                struct bytes text)
{
    struct exchange x = {to, server, sim, text, RPC_NO_BATCH, clock_ms()};
    struct err_detail detail;
    json_t *root = NULL;
    enum err err = parse(&root, server, text, &detail);
    if (err != OK) {
        const bool is_full = err == ERR_LIMIT || err == ERR_MEMORY;
        fail(to, &null_id, is_full ? rpc_code_of(err) : RPC_PARSE_ERROR, detail.text);
        return;
    }
    if (json_is_array(root)) {
        answer_batch(&x, root);
    } else {
        answer_request(&x, root);
    }
    json_free(root);
    if (is_long(text)) {
        (void)malloc_trim(0); /* its pages go back now, not when the heap happens to end there */
    }
}
