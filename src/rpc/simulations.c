/* The methods that simulate. */

#include "rpc/simulations.h"

#include "base/limits.h"
#include "rpc/block_execution_request.h"
#include "rpc/json_span.h"
#include "rpc/simulate_request.h"
#include "rpc/simulate_result.h"
#include "sim/digest.h"

enum err simulation_nitro_simulate(struct json_writer *json, const char *key, struct sim *sim,
                                   struct bytes text, struct sim_failure *failure)
{
    struct sim_request request;
    struct sim_result result;
    struct hash32 digest;
    *failure = (struct sim_failure){.tx_index = SIM_NO_TX};
    TRY(simulate_request_parse(&request, &sim->arena, text, &failure->detail));
    TRY(sim_simulate(sim, &result, failure, &request));
    enum err e = digest_result(&digest, &sim->arena, &request, &result);
    if (e != OK) {
        return err_explain(&failure->detail, e, "%s", err_text(e));
    }
    simulate_result_print(json, key, &request, &result, &digest);
    return OK;
}

/* parse_block reads the parameter; what it parsed is gone when the block runs. */
static enum err parse_block(struct block_execution *out, struct arena *arena, struct bytes text,
                            struct err_detail *detail)
{
    const struct json_limits limits = {text.len, LIMIT_JSON_VALUES, LIMIT_JSON_DEPTH};
    json_t *object;
    TRY(json_parse(&object, text, &limits, detail));
    enum err e = block_execution_read(out, arena, object, detail);
    json_free(object);
    out->digest = digest_request(json_span_trim(text));
    return e;
}

enum err simulation_nitro_execute_block(struct json_writer *json, const char *key, struct sim *sim,
                                        struct bytes text, struct sim_failure *failure)
{
    struct block_execution request;
    struct block_execution_result result;
    *failure = (struct sim_failure){.tx_index = SIM_NO_TX};
    TRY(parse_block(&request, &sim->arena, text, &failure->detail));
    TRY(sim_execute_block(sim, &result, failure, &request));
    block_result_print(json, key, &request, &result);
    return OK;
}

simulation_fn *simulation_find(const char *name)
{
    if (strcmp(name, "nitro_simulate") == 0) {
        return simulation_nitro_simulate;
    }
    return strcmp(name, "nitro_executeBlock") == 0 ? simulation_nitro_execute_block : NULL;
}
