/* The methods that simulate. */

#include "rpc/simulations.h"

#include "base/limits.h"
#include "rpc/block_execution_request.h"
#include "rpc/json_span.h"
#include "rpc/methods.h"
#include "rpc/simulate_request.h"
#include "rpc/simulate_result.h"
#include "sim/digest.h"

bool simulation_find(enum simulation_method *out, const char *name)
{
    static const char *const names[SIMULATION_METHODS] = {
        [SIMULATION_SIMULATE] = "nitro_simulate",
        [SIMULATION_EXECUTE_BLOCK] = "nitro_executeBlock",
    };
    for (int i = 0; i < SIMULATION_METHODS; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = (enum simulation_method)i;
            return true;
        }
    }
    return false;
}

enum err simulation_read(struct simulation *out, enum simulation_method method, struct arena *arena,
                         json_t *param, struct bytes text, struct err_detail *detail)
{
    struct hash32 digest = digest_request(json_span_trim(text));
    *out = (struct simulation){.method = method};
    if (method == SIMULATION_SIMULATE) {
        TRY(simulate_request_read(&out->simulate, arena, param, detail));
        out->simulate.digest = digest;
    } else {
        TRY(block_execution_read(&out->block, arena, param, detail));
        out->block.digest = digest;
    }
    return OK;
}

enum err simulation_parse(struct simulation *out, enum simulation_method method,
                          struct arena *arena, struct bytes text, struct err_detail *detail)
{
    const size_t text_max = LIMIT_RPC_JSON_BYTES / 3; /* see codec/json.h */
    const size_t text_bytes = 3 * (text.len < text_max ? text.len : text_max);
    const struct json_limits limits = {
        .bytes_max = text_max,
        .values_max = (LIMIT_RPC_JSON_BYTES - text_bytes) / JSON_VALUE_BYTES,
        .depth_max = LIMIT_JSON_DEPTH,
    };
    json_t *param;
    TRY(json_parse(&param, text, &limits, detail));
    enum err e = simulation_read(out, method, arena, param, text, detail);
    json_free(param);
    return e;
}

static enum err run_simulate(struct json_writer *json, const char *key, struct sim *sim,
                             const struct sim_request *request, struct sim_failure *failure)
{
    struct sim_result result;
    struct hash32 digest;
    TRY(sim_simulate(sim, &result, failure, request));
    enum err e = digest_result(&digest, &sim->arena, request, &result);
    if (e != OK) {
        return err_explain(&failure->detail, e, "%s", err_text(e));
    }
    simulate_result_print(json, key, request, &result, &digest);
    return OK;
}

enum err simulation_run(struct json_writer *json, const char *key, struct sim *sim,
                        const struct simulation *request, struct sim_failure *failure)
{
    struct block_execution_result result;
    *failure = (struct sim_failure){.tx_index = SIM_NO_TX};
    if (request->method == SIMULATION_SIMULATE) {
        return run_simulate(json, key, sim, &request->simulate, failure);
    }
    TRY(sim_execute_block(sim, &result, failure, &request->block));
    block_result_print(json, key, &request->block, &result);
    return OK;
}

/* ---- over JSON-RPC --------------------------------------------------------------------------- */

/* FAILURE_BYTES_MAX: more than sim_failure_print writes. */
#define FAILURE_BYTES_MAX 512u

/* explain hands a failure on to the answer; without memory for the rest, its text alone. */
static void explain(struct rpc_call *call, enum err e, const struct sim_failure *failure)
{
    call->detail = failure->detail;
    uint8_t *buffer = ARENA_NEW(&call->sim->arena, uint8_t, FAILURE_BYTES_MAX);
    if (buffer != NULL) {
        struct writer to = writer_to(buffer, FAILURE_BYTES_MAX);
        struct json_writer json = json_writer_to(&to, false);
        sim_failure_print(&json, NULL, e, failure);
        call->data = writer_view(&to);
    }
}

static enum err answer(struct rpc_call *call, struct json_writer *result,
                       enum simulation_method method)
{
    struct simulation request;
    struct sim_failure failure = {.tx_index = SIM_NO_TX};
    struct bytes text;
    json_t *param;
    TRY(rpc_only_param(&param, call));
    TRY(rpc_param_text(&text, call));
    enum err e = simulation_read(&request, method, &call->sim->arena, param, text, &failure.detail);
    rpc_drop_params(call);
    if (e == OK) {
        e = simulation_run(result, NULL, call->sim, &request, &failure);
    }
    if (e != OK) {
        explain(call, e, &failure);
    }
    return e;
}

enum err rpc_simulate(struct rpc_call *call, struct json_writer *result)
{
    return answer(call, result, SIMULATION_SIMULATE);
}

enum err rpc_execute_block(struct rpc_call *call, struct json_writer *result)
{
    return answer(call, result, SIMULATION_EXECUTE_BLOCK);
}
