/* Benchmark programs: reading, checking, timing. */

#include "spec/workload.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "codec/json.h"

#define SAMPLES_MAX 1000

/* Code and data of a workload, in bytes. */
#define DATA_BYTES_MAX ((size_t)16 << 20)

static const struct json_limits limits = {(size_t)64 << 20, (size_t)1 << 20, 16};

static enum err read_env(struct code_call *call, const json_t *env, struct err_detail *detail)
{
    TRY(json_get_address(&call->caller, env, "sender", detail));
    TRY(json_get_address(&call->to, env, "to", detail));
    TRY(json_get_u256(&call->value, env, "value", detail));
    TRY(json_get_u64(&call->block.number, env, "block_number", detail));
    TRY(json_get_u64(&call->block.timestamp, env, "timestamp", detail));
    TRY(json_get_u64(&call->block.chain_id, env, "chain_id", detail));
    TRY(json_get_u256(&call->block.prev_randao, env, "prevrandao", detail));
    TRY(json_get_u256(&call->block.base_fee_per_gas, env, "base_fee", detail));
    return json_get_address(&call->block.beneficiary, env, "coinbase", detail);
}

static enum err read_members(struct workload *out, struct arena *arena, const json_t *file,
                             struct err_detail *detail)
{
    struct bytes text;
    json_t *env;
    uint64_t gas;
    char *name;
    *out = (struct workload){.name = NULL};
    TRY(json_get_string(&text, file, "name", detail));
    name = ARENA_NEW(arena, char, text.len + 1);
    if (name == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(name, text.ptr, text.len);
    out->name = name;
    TRY(json_get_string(&text, file, "fork", detail));
    if (!fork_from_name(&out->call.fork, json_string_value(json_find(file, "fork")))) {
        return err_explain(detail, ERR_MALFORMED, "fork: not a fork we know");
    }
    TRY(json_get_data(&out->call.code, arena, file, DATA_BYTES_MAX, "code", detail));
    TRY(json_get_data(&out->call.input, arena, file, DATA_BYTES_MAX, "calldata", detail));
    TRY(json_get_data(&out->expected_output, arena, file, DATA_BYTES_MAX, "expected_output",
                      detail));
    TRY(json_get_u64(&gas, file, "gas_limit", detail));
    out->call.gas = gas > INT64_MAX ? INT64_MAX : (int64_t)gas;
    out->call.block.gas_limit = gas;
    TRY(json_get_u64(&gas, file, "gas_used", detail));
    out->gas_used = gas > INT64_MAX ? INT64_MAX : (int64_t)gas;
    TRY(json_get_object(&env, file, "env", detail));
    return read_env(&out->call, env, detail);
}

enum err workload_read(struct workload *out, struct arena *arena, struct bytes text,
                       struct err_detail *detail)
{
    json_t *file;
    TRY(json_parse(&file, text, &limits, detail));
    enum err e = read_members(out, arena, file, detail);
    json_free(file);
    return e;
}

/* run_once runs a workload from an empty state and gives its memory back. */
static enum err run_once(struct outcome *outcome, struct evm *evm, struct arena *arena,
                         const struct map_key *key, const struct workload *workload)
{
    struct db_memory db;
    struct state state;
    size_t mark = arena_mark(arena);
    enum err e = db_memory_init(&db, arena, key);
    if (e == OK) {
        e = runcode(evm, &state, outcome, arena, key, &db, &workload->call);
    }
    evm->state = NULL;
    arena_rewind(arena, mark);
    return e;
}

static uint64_t now_ns(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

enum err workload_measure(struct workload_times *out, struct evm *evm, struct arena *arena,
                          const struct map_key *key, const struct workload *workload,
                          size_t samples, uint64_t min_ns, struct err_detail *detail)
{
    double times[SAMPLES_MAX];
    struct outcome outcome;
    ASSERT(samples >= 1 && samples <= SAMPLES_MAX);
    TRY(run_once(&outcome, evm, arena, key, workload));
    int64_t used = workload->call.gas - outcome.gas_left;
    if (outcome.status != EVM_SUCCESS) {
        return err_explain(detail, ERR_MALFORMED, "ended with: %s",
                           evm_status_text(outcome.status));
    }
    if (used != workload->gas_used) {
        return err_explain(detail, ERR_MALFORMED, "gas used: expected %" PRId64 ", got %" PRId64,
                           workload->gas_used, used);
    }
    if (outcome.output.len != workload->expected_output.len ||
        (outcome.output.len != 0 &&
         memcmp(outcome.output.ptr, workload->expected_output.ptr, outcome.output.len) != 0)) {
        return err_explain(detail, ERR_MALFORMED, "the output is not as expected");
    }
    size_t runs = 1;
    for (;;) {
        uint64_t start = now_ns();
        for (size_t i = 0; i < runs; i++) {
            TRY(run_once(&outcome, evm, arena, key, workload));
        }
        if (now_ns() - start >= min_ns || runs > ((size_t)1 << 30)) {
            break;
        }
        runs *= 2;
    }
    for (size_t s = 0; s < samples; s++) {
        uint64_t start = now_ns();
        for (size_t i = 0; i < runs; i++) {
            TRY(run_once(&outcome, evm, arena, key, workload));
        }
        times[s] = (double)(now_ns() - start) / (double)runs;
    }
    qsort(times, samples, sizeof(times[0]), compare);
    *out = (struct workload_times){times[samples / 2], times[0], times[samples - 1], samples, runs};
    return OK;
}
