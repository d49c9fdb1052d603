/* The methods about the program itself, and the walkthrough's transfer. */

#include "base/limits.h"
#include "rpc/methods.h"
#include "rpc/payload.h"

enum err rpc_version(struct rpc_call *call, struct json_writer *result)
{
    const struct rpc_server *server = call->server;
    if (json_array_size(call->params) + json_object_size(call->params) != 0) {
        return err_explain(&call->detail, ERR_MALFORMED, "nitro_version takes no params");
    }
    json_open(result, NULL, '{');
    json_put_text(result, "version", server->version);
    json_put_text(result, "fork", fork_name(FORK_NEWEST));
    json_open(result, "methods", '[');
    for (size_t i = 0; i < server->method_count; i++) {
        json_put_text(result, NULL, server->methods[i].name);
    }
    json_close(result, ']');
    json_open(result, "limits", '{');
    json_put_number(result, "requestBytes", server->request_max);
    json_put_number(result, "answerBytes", server->answer_max);
    json_put_number(result, "jsonBytes", server->json_max);
    json_put_number(result, "jsonDepth", LIMIT_JSON_DEPTH);
    json_put_number(result, "batch", LIMIT_RPC_BATCH);
    json_close(result, '}');
    json_close(result, '}');
    return OK;
}

enum err rpc_transfer(struct rpc_call *call, struct json_writer *result)
{
    json_t *payload;
    struct transfer transfer;
    struct transfer_result outcome;
    struct answer answer;
    TRY(rpc_only_param(&payload, call));
    TRY(payload_from_json(&transfer, payload, &call->detail));
    TRY(sim_transfer(call->sim, &outcome, &transfer));
    answer_from(&answer, &transfer, &outcome);
    answer_put(result, NULL, &answer);
    return OK;
}
