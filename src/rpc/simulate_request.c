/* The parameter of nitro_simulate. */

#include "rpc/simulate_request.h"

#include "base/limits.h"
#include "rpc/call_object.h"
#include "rpc/chain_reader.h"
#include "rpc/fields.h"
#include "rpc/state_reader.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static enum err read_fork(struct sim_request *out, json_t *object, struct err_detail *detail)
{
    json_t *fork = json_find(object, "fork");
    struct bytes ignored;
    if (fork == NULL) {
        return OK;
    }
    TRY(json_as_string(&ignored, fork, "fork", detail));
    out->has_upgrade = true;
    return chain_upgrade_from_name(&out->upgrade, json_string_value(fork))
               ? OK
               : err_explain(detail, ERR_MALFORMED,
                             "\"fork\": not a fork that is known here, as \"Prague\"");
}

static enum err read_block(struct block_overrides *out, json_t *object, struct err_detail *detail)
{
    static const char *const keys[] = {
        "number",     "time",          "gasLimit",    "feeRecipient",  "prevRandao",
        "difficulty", "baseFeePerGas", "blobBaseFee", "excessBlobGas", "parentBeaconBlockRoot",
    };
    json_t *block = json_find(object, "block");
    if (block == NULL) {
        return OK;
    }
    TRY(json_as_object(&block, block, "block", detail));
    TRY(json_only_keys(block, keys, COUNT_OF(keys), detail));
    TRY(field_u64(&out->has_number, &out->number, block, "number", detail));
    TRY(field_u64(&out->has_time, &out->time, block, "time", detail));
    TRY(field_u64(&out->has_gas_limit, &out->gas_limit, block, "gasLimit", detail));
    TRY(field_address(&out->has_beneficiary, &out->beneficiary, block, "feeRecipient", detail));
    TRY(field_padded_u256(&out->has_prev_randao, &out->prev_randao, block, "prevRandao", detail));
    TRY(field_u256(&out->has_difficulty, &out->difficulty, block, "difficulty", detail));
    TRY(field_u256(&out->has_base_fee, &out->base_fee, block, "baseFeePerGas", detail));
    TRY(field_u256(&out->has_blob_base_fee, &out->blob_base_fee, block, "blobBaseFee", detail));
    TRY(field_u64(&out->has_excess_blob_gas, &out->excess_blob_gas, block, "excessBlobGas",
                  detail));
    TRY(field_hash32(&out->has_beacon_root, &out->beacon_root, block, "parentBeaconBlockRoot",
                     detail));
    return out->has_blob_base_fee && out->has_excess_blob_gas
               ? err_explain(detail, ERR_MALFORMED,
                             "\"blobBaseFee\" together with \"excessBlobGas\"")
               : OK;
}

/* capped reads a number that has a ceiling. */
static enum err capped(uint64_t *out, const json_t *object, const char *key, uint64_t max,
                       struct err_detail *detail)
{
    bool has;
    TRY(field_u64(&has, out, object, key, detail));
    return *out <= max ? OK
                       : err_explain(detail, ERR_LIMIT, "\"%s\" is over the limit of %llu", key,
                                     (unsigned long long)max);
}

static enum err read_options(struct sim_options *out, json_t *object, struct err_detail *detail)
{
    static const char *const keys[] = {
        "validate",  "gasCap",     "stopOnFailure", "systemCalls", "logs",
        "stateDiff", "accessList", "postStateRoot", "trace",       "traceSteps",
    };
    *out = (struct sim_options){.gas_cap = LIMIT_GAS, .wants_logs = true};
    json_t *options = json_find(object, "options");
    if (options == NULL) {
        return OK;
    }
    TRY(json_as_object(&options, options, "options", detail));
    TRY(json_only_keys(options, keys, COUNT_OF(keys), detail));
    if (json_find(options, "validate") != NULL) {
        bool validate;
        TRY(json_get_bool(&validate, options, "validate", detail));
        out->validation = validate ? SIM_VALIDATE_ALL : SIM_VALIDATE_NONE;
    }
    TRY(capped(&out->gas_cap, options, "gasCap", LIMIT_GAS, detail));
    TRY(field_bool(&out->stops_on_failure, options, "stopOnFailure", detail));
    TRY(field_bool(&out->calls_system, options, "systemCalls", detail));
    TRY(field_bool(&out->wants_logs, options, "logs", detail));
    TRY(field_bool(&out->wants_state_diff, options, "stateDiff", detail));
    TRY(field_bool(&out->wants_access_lists, options, "accessList", detail));
    TRY(field_bool(&out->wants_post_root, options, "postStateRoot", detail));
    bool trace = false;
    uint64_t steps = LIMIT_TRACE_STEPS;
    TRY(field_bool(&trace, options, "trace", detail));
    TRY(capped(&steps, options, "traceSteps", LIMIT_TRACE_STEPS, detail));
    out->trace_steps_max = trace ? (size_t)steps : 0;
    return OK;
}

static enum err read_transactions(struct sim_request *out, struct arena *arena, json_t *object,
                                  struct err_detail *detail)
{
    json_t *list;
    TRY(json_get_array(&list, object, "transactions", detail));
    size_t count = json_array_size(list);
    if (count > LIMIT_TRANSACTIONS) {
        return err_explain(detail, ERR_LIMIT,
                           "\"transactions\" has %zu of them, at most %u are allowed", count,
                           LIMIT_TRANSACTIONS);
    }
    struct sim_tx *txs = ARENA_NEW(arena, struct sim_tx, count);
    if (txs == NULL) {
        return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    for (size_t i = 0; i < count; i++) {
        TRY(within(detail, call_object_read(&txs[i], arena, json_array_get(list, i), detail),
                   "transactions[%zu]", i));
    }
    out->txs = txs;
    out->tx_count = count;
    return OK;
}

enum err simulate_request_read(struct sim_request *out, struct arena *arena, json_t *object,
                               struct err_detail *detail)
{
    static const char *const keys[] = {"chain", "fork",         STATE_READER_KEYS,
                                       "block", "transactions", "options"};
    *out = (struct sim_request){.chain = NULL};
    TRY(json_as_object(&object, object, "request", detail));
    TRY(json_only_keys(object, keys, COUNT_OF(keys), detail));
    TRY(chain_reader_read(&out->chain, arena, json_find(object, "chain"), detail));
    TRY(read_fork(out, object, detail));
    TRY(within(detail, read_block(&out->block, object, detail), "block"));
    TRY(within(detail, read_options(&out->options, object, detail), "options"));
    TRY(read_transactions(out, arena, object, detail));
    TRY(state_reader_overrides(&out->overrides, &out->override_count, arena, object, detail));
    return state_reader_pre_state(&out->pre, arena, object, detail);
}
