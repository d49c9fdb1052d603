/* Simulation of a list of transactions. */

#include "sim/simulate.h"

#include "exec/block.h"
#include "exec/tx_rlp.h"
#include "sim/chosen_block.h"
#include "sim/opened_state.h"

/* struct run: a simulation on its way. */
struct run {
    const struct sim_request *request;
    struct sim *sim;
    struct sim_result *out;
    struct sim_failure *failure;
    struct opened_state opened;
    struct chosen_block block;
    struct state state;
    struct before before;
    struct recorder recorder;
    struct sim_tx_result *txs;
    uint64_t gas_budget; /* what the gas cap has left */
    uint64_t blob_count; /* of the transactions so far */
};

const char *sim_status_name(enum sim_status status)
{
    static const char *const names[] = {"success", "revert", "halt", "rejected"};
    ASSERT((unsigned)status < SIM_STATUS_COUNT);
    return names[status];
}

/* ---- one transaction ------------------------------------------------------------------------- */

static bool is_validated(const struct run *run, const struct sim_tx *from)
{
    switch (run->request->options.validation) {
    case SIM_VALIDATE_SIGNED:
        return from->is_raw;
    case SIM_VALIDATE_ALL:
        return true;
    case SIM_VALIDATE_NONE:
        break;
    }
    return false;
}

/* gas_available is what the block has left for one more transaction. */
static uint64_t gas_available(const struct run *run)
{
    uint64_t limit = run->block.env.gas_limit;
    uint64_t used = run->out->gas_used;
    return used < limit ? limit - used : 0;
}

/* default_gas is what a call that names no gas gets. */
static uint64_t default_gas(const struct run *run, bool validated)
{
    uint64_t gas = gas_available(run);
    uint64_t cap = fork_rules(run->block.rules.fork)->tx_gas_cap;
    gas = gas < run->gas_budget ? gas : run->gas_budget;
    return validated && gas > cap ? cap : gas;
}

/* read_call makes the transaction that a call object stands for. */
static enum err read_call(struct tx *out, enum tx_status *status, struct run *run,
                          const struct sim_tx *from)
{
    struct u256 chain_id = u256_from_u64(run->request->chain->chain_id);
    *out = from->call;
    *status = TX_OK;
    if (from->has_chain_id && !u256_eq(&from->chain_id, &chain_id)) {
        *status = TX_INVALID_CHAINID;
        return OK;
    }
    if (!from->has_gas) {
        out->gas_limit = default_gas(run, is_validated(run, from));
    }
    if (!from->has_nonce) {
        struct account *sender;
        TRY(state_account(&run->state, &sender, &out->sender));
        out->nonce = sender->nonce;
    }
    return OK;
}

/* check_blobs checks that the blobs of all transactions fit in one block. */
static enum tx_status check_blobs(const struct run *run, const struct tx *tx)
{
    uint64_t max = run->block.env.max_blobs;
    uint64_t left = max > run->blob_count ? max - run->blob_count : 0;
    return tx->blob_count > left && tx->blob_count <= max
               ? TX_TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED
               : TX_OK;
}

static enum sim_status status_of(const struct tx_result *result)
{
    if (result->status != TX_OK) {
        return SIM_REJECTED;
    }
    return result->halt == EVM_SUCCESS  ? SIM_SUCCESS
           : result->halt == EVM_REVERT ? SIM_REVERT
                                        : SIM_HALT;
}

/* keep_output and keep_logs copy what the next transaction overwrites. */
static enum err keep_output(struct sim_tx_result *out, struct arena *arena, struct bytes output)
{
    uint8_t *copy = ARENA_NEW(arena, uint8_t, output.len);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(copy, output.ptr, output.len);
    out->output = bytes_from(copy, output.len);
    return OK;
}

static enum err keep_logs(struct sim_tx_result *out, struct arena *arena, const struct state *state)
{
    struct log_entry *logs = ARENA_NEW(arena, struct log_entry, state->log_count);
    if (logs == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(logs, state->logs, state->log_count * sizeof(*logs));
    out->logs = logs;
    out->log_count = state->log_count;
    return OK;
}

/* report tells what came of a transaction that was executed. */
static enum err report(struct sim_tx_result *out, struct run *run, const struct tx *tx,
                       const struct tx_result *result)
{
    const struct sim_options *options = &run->request->options;
    struct arena *arena = &run->sim->arena;
    out->halt = result->halt;
    out->gas_used = result->gas_used;
    out->gas_refunded = result->gas_refunded;
    out->is_created = result->is_created;
    out->created = result->created;
    TRY(keep_output(out, arena, result->output));
    if (options->wants_logs) {
        TRY(keep_logs(out, arena, &run->state));
    }
    if (options->wants_access_lists) {
        TRY(recorder_access_list(&run->recorder, &out->access_list, &out->access_list_count, tx,
                                 &result->created));
    }
    out->trace = run->recorder.first;
    out->is_trace_cut = run->recorder.is_cut;
    return OK;
}

/* transact runs one transaction. */
static enum err transact(struct sim_tx_result *out, struct run *run, const struct sim_tx *from)
{
    struct evm *evm = &run->sim->evm;
    struct tx tx;
    struct tx_result result = {.status = TX_OK};
    *out = (struct sim_tx_result){.status = SIM_REJECTED};
    if (from->is_raw) {
        TRY(tx_read(&tx, &result.status, &run->sim->arena, from->raw, run->request->chain->chain_id,
                    evm->rules));
    } else {
        TRY(read_call(&tx, &result.status, run, from));
    }
    out->has_sender = !from->is_raw || result.status == TX_OK;
    if (out->has_sender) {
        out->sender = tx.sender;
    }
    if (result.status == TX_OK) {
        result.status = check_blobs(run, &tx);
    }
    if (result.status == TX_OK) {
        tx.is_call = !is_validated(run, from);
        if (tx.gas_limit > run->gas_budget && tx.gas_limit <= gas_available(run)) {
            return err_explain(
                &run->failure->detail, ERR_LIMIT, "gas limit %llu, and the gas cap has %llu left",
                (unsigned long long)tx.gas_limit, (unsigned long long)run->gas_budget);
        }
        TRY(recorder_begin(&run->recorder));
        TRY(tx_execute(evm, &result, &tx, gas_available(run)));
        TRY(run->recorder.err);
    }
    out->status = status_of(&result);
    out->rejection = result.status;
    if (result.status != TX_OK) {
        return OK;
    }
    run->out->gas_used += result.gas_used;
    run->gas_budget -= result.gas_used;
    run->blob_count += tx.blob_count;
    return report(out, run, &tx, &result);
}

static enum err transact_all(struct run *run)
{
    const struct sim_request *request = run->request;
    bool stops = false;
    for (size_t i = 0; i < request->tx_count && !stops; i++) {
        run->failure->tx_index = i;
        TRY(transact(&run->txs[i], run, &request->txs[i]));
        run->out->tx_count++;
        stops = request->options.stops_on_failure && run->txs[i].status != SIM_SUCCESS;
    }
    run->failure->tx_index = SIM_NO_TX;
    return OK;
}

/* ---- before and after ------------------------------------------------------------------------ */

/* begin makes everything ready for the first transaction. */
static enum err begin(struct run *run)
{
    const struct sim_request *request = run->request;
    struct sim *sim = run->sim;
    struct evm *evm = &sim->evm;
    const struct opened_state *opened = &run->opened;
    TRY(state_init(&run->state, &sim->arena, &sim->key, db_trie_db(&run->opened.db)));
    evm->state = &run->state;
    evm->rules = fork_rules(run->block.rules.fork);
    evm->block = &run->block.env;
    TRY(overrides_apply(&run->before, &run->state, request->overrides, request->override_count,
                        &run->failure->detail));
    if (request->options.calls_system) {
        TRY(block_open(evm, request->chain, &opened->header_hash, &run->block.beacon_root));
    }
    TRY(recorder_init(&run->recorder, evm, &sim->arena, &sim->key, request->options.trace_steps_max,
                      request->options.wants_access_lists));
    if (request->options.trace_steps_max != 0 || request->options.wants_access_lists) {
        evm->tracer = &run->recorder.tracer;
    }
    run->txs = ARENA_NEW(&sim->arena, struct sim_tx_result, request->tx_count);
    return run->txs == NULL ? ERR_MEMORY : OK;
}

/* finish compares the states and computes the root: in this order, since the root takes the changes
 * into the database. */
static enum err finish(struct run *run)
{
    const struct sim_options *options = &run->request->options;
    struct sim_result *out = run->out;
    struct db_trie *db = &run->opened.db;
    if (options->wants_state_diff) {
        TRY(state_diff_make(&out->diff, &run->state, &run->before));
    }
    if (!options->wants_post_root) {
        return OK;
    }
    enum err e = db_trie_apply(db, &run->state);
    if (e == ERR_STATE_MISSING) {
        (void)db_trie_explain(db, &out->post_root_missing);
        return OK;
    }
    TRY(e);
    TRY(db_trie_root(db, &out->post_root));
    out->has_post_root = true;
    return OK;
}

static enum err run_all(struct run *run)
{
    const struct sim_request *request = run->request;
    struct sim *sim = run->sim;
    struct sim_result *out = run->out;
    struct err_detail *detail = &run->failure->detail;
    TRY(opened_state_open(&run->opened, &sim->arena, &sim->key, &request->pre, detail));
    const struct opened_state *opened = &run->opened;
    TRY(chosen_block_make(&run->block, request, opened->has_header ? &opened->header : NULL,
                          detail));
    if (request->options.calls_system && !opened->has_header) {
        return err_explain(detail, ERR_MALFORMED,
                           "\"systemCalls\" without a header: one of them takes its hash");
    }
    *out = (struct sim_result){
        .fork_name = chain_upgrade_name(run->block.rules.upgrade),
        .block = run->block.env,
        .pre_root = opened->root,
        .has_block_hash = opened->has_header && !request->pre.is_plain,
        .block_hash = opened->header_hash,
        .txs = NULL,
    };
    run->gas_budget = request->options.gas_cap;
    TRY(begin(run));
    out->txs = run->txs;
    TRY(transact_all(run));
    return finish(run);
}

/* explain_failure completes what is said of an error. */
static void explain_failure(const struct run *run, enum err e)
{
    struct sim_failure *failure = run->failure;
    struct err_detail why = failure->detail;
    if (e == ERR_STATE_MISSING && run->opened.db.missing.kind != DB_MISSING_NOTHING) {
        failure->missing = run->opened.db.missing;
        (void)db_trie_explain(&run->opened.db, &why);
    } else if (why.text[0] == '\0') {
        (void)err_explain(&why, e, "%s", err_text(e));
    }
    if (failure->tx_index == SIM_NO_TX) {
        failure->detail = why;
    } else {
        (void)err_explain(&failure->detail, e, "transactions[%zu]: %s", failure->tx_index,
                          why.text);
    }
}

enum err sim_simulate(struct sim *sim, struct sim_result *out, struct sim_failure *failure,
                      const struct sim_request *request)
{
    struct evm *evm = &sim->evm;
    *failure = (struct sim_failure){.tx_index = SIM_NO_TX};
    struct run *run = ARENA_NEW(&sim->arena, struct run, 1); /* 30 KB: not for a small stack */
    if (run == NULL) {
        return err_explain(&failure->detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    run->request = request;
    run->sim = sim;
    run->out = out;
    run->failure = failure;
    evm->tracer = NULL;
    enum err e = run_all(run);
    evm->tracer = NULL;
    evm->state = NULL;
    evm->block = NULL;
    if (e != OK) {
        explain_failure(run, e);
    }
    return e;
}
