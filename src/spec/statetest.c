/* Reads and runs official state tests. */

#include "spec/statetest.h"

#include <strings.h>

#include "exec/receipt.h"
#include "spec/fixture.h"
#include "state/root.h"

#define DATA_BYTES_MAX ((size_t)64 << 20)

static const struct json_limits limits = {(size_t)1 << 30, (size_t)1 << 28, 64};

/* struct alternative: a case's transaction: which of the data, gas limits and values. */
struct alternative {
    size_t data;
    size_t gas;
    size_t value;
};

/* ---- the transaction ------------------------------------------------------------------------- */

/* wide_u256 reads a number that an older test may give as "0x:bigint 0x..", one too great for its
 * field; *is_wide tells so. */
static enum err wide_u256(struct u256 *out, bool *is_wide, json_t *value, const char *name,
                          struct err_detail *detail)
{
    const char *text = json_string_value(value);
    if (text != NULL && strncmp(text, "0x:bigint ", 10) == 0) {
        *is_wide = true;
        return OK;
    }
    return json_as_padded_u256(out, value, name, detail);
}

static enum err read_fees(struct tx *tx, bool *is_wide, json_t *json, struct err_detail *detail)
{
    json_t *price = json_find(json, "gasPrice");
    if (price != NULL) {
        TRY(wide_u256(&tx->max_fee_per_gas, is_wide, price, "gasPrice", detail));
        tx->max_priority_fee_per_gas = tx->max_fee_per_gas;
        return OK;
    }
    tx->type = TX_FEE_MARKET;
    TRY(wide_u256(&tx->max_fee_per_gas, is_wide, json_find(json, "maxFeePerGas"), "maxFeePerGas",
                  detail));
    return wide_u256(&tx->max_priority_fee_per_gas, is_wide,
                     json_find(json, "maxPriorityFeePerGas"), "maxPriorityFeePerGas", detail);
}

static enum err read_blobs(struct tx *tx, struct arena *arena, json_t *json,
                           struct err_detail *detail)
{
    json_t *hashes = json_find(json, "blobVersionedHashes");
    json_t *fee = json_find(json, "maxFeePerBlobGas");
    if (hashes == NULL && fee == NULL) {
        return OK;
    }
    tx->type = TX_BLOB;
    if (fee != NULL) {
        TRY(json_as_padded_u256(&tx->max_fee_per_blob_gas, fee, "maxFeePerBlobGas", detail));
    }
    if (hashes != NULL) {
        TRY(json_as_array(&hashes, hashes, "blobVersionedHashes", detail));
    }
    size_t count = json_array_size(hashes);
    struct hash32 *out = ARENA_NEW(arena, struct hash32, count);
    if (out == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        TRY(json_as_hash32(&out[i], json_array_get(hashes, i), "blobVersionedHashes", detail));
    }
    tx->blob_versioned_hashes = out;
    tx->blob_count = count;
    return OK;
}

static enum err read_authorizations(struct tx *tx, struct arena *arena, json_t *json,
                                    struct err_detail *detail)
{
    json_t *list = json_find(json, "authorizationList");
    if (list == NULL) {
        return OK;
    }
    tx->type = TX_SET_CODE;
    TRY(json_as_array(&list, list, "authorizationList", detail));
    size_t count = json_array_size(list);
    struct authorization *out = ARENA_NEW(arena, struct authorization, count);
    if (out == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_array_get(list, i);
        const char *parity = json_find(item, "yParity") != NULL ? "yParity" : "v";
        TRY(json_get_padded_u256(&out[i].chain_id, item, "chainId", detail));
        TRY(json_get_address(&out[i].address, item, "address", detail));
        TRY(json_get_padded_u64(&out[i].nonce, item, "nonce", detail));
        TRY(json_get_padded_u256(&out[i].y_parity, item, parity, detail));
        TRY(json_get_padded_u256(&out[i].r, item, "r", detail));
        TRY(json_get_padded_u256(&out[i].s, item, "s", detail));
    }
    tx->authorizations = out;
    tx->authorization_count = count;
    return OK;
}

/* pick gives an alternative of a list, or an error that names the list. */
static enum err pick(json_t **out, json_t *json, const char *key, size_t index,
                     struct err_detail *detail)
{
    json_t *list;
    TRY(json_get_array(&list, json, key, detail));
    *out = json_array_get(list, index);
    if (*out == NULL) {
        return err_explain(detail, ERR_MALFORMED, "%s: no alternative %zu", key, index);
    }
    return OK;
}

/* read_tx reads the alternative `which` of a test's transaction. *is_wide: a number in it is too
 * great to be encoded. */
static enum err read_tx(struct tx *tx, bool *is_wide, struct arena *arena, json_t *json,
                        const struct alternative *which, struct err_detail *detail)
{
    json_t *item;
    struct bytes to;
    *tx = (struct tx){.type = TX_LEGACY};
    *is_wide = false;
    TRY(json_get_address(&tx->sender, json, "sender", detail));
    TRY(json_get_padded_u64(&tx->nonce, json, "nonce", detail));
    TRY(json_get_string(&to, json, "to", detail));
    tx->is_create = to.len == 0;
    if (!tx->is_create) {
        TRY(json_get_address(&tx->to, json, "to", detail));
    }
    TRY(pick(&item, json, "gasLimit", which->gas, detail));
    TRY(json_as_padded_u64(&tx->gas_limit, item, "gasLimit", detail));
    TRY(pick(&item, json, "value", which->value, detail));
    TRY(wide_u256(&tx->value, is_wide, item, "value", detail));
    TRY(pick(&item, json, "data", which->data, detail));
    TRY(json_as_data(&tx->data, arena, item, DATA_BYTES_MAX, "data", detail));
    json_t *access_lists = json_find(json, "accessLists");
    if (access_lists != NULL) {
        TRY(json_as_array(&access_lists, access_lists, "accessLists", detail));
    }
    json_t *access_list = json_array_get(access_lists, which->data);
    if (access_list != NULL && !json_is_null(access_list)) {
        tx->type = TX_ACCESS_LIST;
        TRY(fixture_access_list(tx, arena, access_list, detail));
    }
    TRY(read_fees(tx, is_wide, json, detail));
    TRY(read_blobs(tx, arena, json, detail));
    return read_authorizations(tx, arena, json, detail);
}

/* ---- a case ---------------------------------------------------------------------------------- */

static void hash_text(char out[static 67], const struct hash32 *hash)
{
    out[hex_encode_data(out, hash->b, sizeof(hash->b))] = '\0';
}

/* struct expectation: what a post-state asks for. */
struct expectation {
    struct alternative which;
    const char *exception; /* NULL: the transaction is valid */
    struct hash32 state_root;
    struct hash32 logs_hash;
};

static enum err read_expectation(struct expectation *out, json_t *post, struct err_detail *detail)
{
    json_t *indexes;
    TRY(json_get_object(&indexes, post, "indexes", detail));
    uint64_t data;
    uint64_t gas;
    uint64_t value;
    TRY(json_get_u64(&data, indexes, "data", detail));
    TRY(json_get_u64(&gas, indexes, "gas", detail));
    TRY(json_get_u64(&value, indexes, "value", detail));
    out->which = (struct alternative){data, gas, value};
    json_t *exception = json_find(post, "expectException");
    if (exception != NULL) {
        struct bytes text;
        TRY(json_as_string(&text, exception, "expectException", detail));
    }
    out->exception = json_string_value(exception);
    TRY(json_get_hash32(&out->state_root, post, "hash", detail));
    return json_get_hash32(&out->logs_hash, post, "logs", detail);
}

static const char *trouble_of(const struct tx_result *got)
{
    if (got->status != TX_OK) {
        return tx_status_name(got->status);
    }
    return got->halt == EVM_SUCCESS ? NULL : evm_status_text(got->halt);
}

/* judge compares what came out with what should; sets the result's fields and reports it. */
static void judge(struct statetest *runner, struct statetest_case *result,
                  const struct expectation *expected, const struct tx_result *got,
                  const struct hash32 *logs_hash)
{
    char wanted_text[67];
    char got_text[67];
    bool is_valid = got->status == TX_OK;
    result->gas_used = got->gas_used;
    result->was_run = true;
    result->output = got->output;
    result->trouble = trouble_of(got);
    result->passed = false;
    if (is_valid != (expected->exception == NULL) ||
        (!is_valid && !fixture_exception_allows(expected->exception, got->status))) {
        result->reason = "exception";
        result->expected = expected->exception == NULL ? "none" : expected->exception;
        result->got = tx_status_name(got->status);
    } else if (!is_valid) {
        /* The state is as before, whatever hash the file has: before EIP-161 fillers gave the
         * beneficiary a reward of zero even then, and that made it exist. */
        result->passed = true;
    } else if (!hash32_equal(&result->state_root, &expected->state_root)) {
        result->reason = "state root";
        hash_text(wanted_text, &expected->state_root);
        hash_text(got_text, &result->state_root);
        result->expected = wanted_text;
        result->got = got_text;
    } else if (!hash32_equal(logs_hash, &expected->logs_hash)) {
        result->reason = "logs";
        hash_text(wanted_text, &expected->logs_hash);
        hash_text(got_text, logs_hash);
        result->expected = wanted_text;
        result->got = got_text;
    } else {
        result->passed = true;
    }
    runner->report(runner->context, result);
}

/* execute runs the transaction of a case on a fresh state over the test's database. */
static enum err execute(struct statetest *runner, struct statetest_case *result,
                        struct tx_result *tx_result, struct hash32 *logs_hash, const struct tx *tx,
                        bool is_wide, struct db_memory *db)
{
    struct evm *evm = runner->evm;
    struct state state;
    TRY(state_init(&state, runner->arena, &runner->key, db_memory_db(db)));
    evm->state = &state;
    if (is_wide) {
        *tx_result = (struct tx_result){.status = TX_RLP_WRONG_VALUE};
    } else {
        TRY(tx_execute(evm, tx_result, tx, evm->block->gas_limit));
    }
    TRY(state_root(&result->state_root, &state, db));
    return receipt_logs_hash(logs_hash, runner->arena, state.logs, state.log_count);
}

/* simulate does the same through a request. Out: result->skipped, result->reason. */
static enum err simulate(struct statetest *runner, struct statetest_case *result,
                         struct tx_result *tx_result, struct hash32 *logs_hash, const struct tx *tx,
                         const struct db_memory *db)
{
    struct simulatetest_result got;
    const struct simulatetest_case c = {result->fork, runner->evm->block, tx, db};
    TRY(simulatetest_run(runner->simulate, &got, &c));
    result->skipped = got.skipped;
    result->reason = got.problem;
    result->state_root = got.state_root;
    *tx_result = got.tx;
    return receipt_logs_hash(logs_hash, runner->arena, got.logs, got.log_count);
}

/* report_trouble reports a case that has no outcome to judge. */
static void report_trouble(struct statetest *runner, struct statetest_case *result,
                           const char *reason, const char *got)
{
    result->was_run = false;
    result->passed = false;
    result->reason = reason;
    result->expected = "none";
    result->got = got;
    runner->report(runner->context, result);
}

/* run_case runs one post-state of a test. Errors are about the file's text. */
static enum err run_case(struct statetest *runner, struct statetest_case *result, json_t *test,
                         json_t *post, struct db_memory *db, struct err_detail *detail)
{
    struct expectation expected;
    json_t *tx_json;
    struct tx tx;
    bool is_wide;
    TRY(read_expectation(&expected, post, detail));
    TRY(json_get_object(&tx_json, test, "transaction", detail));
    TRY(read_tx(&tx, &is_wide, runner->arena, tx_json, &expected.which, detail));

    struct tx_result tx_result;
    struct hash32 logs_hash;
    result->skipped = NULL;
    result->reason = NULL;
    enum err e = runner->simulate != NULL && !is_wide
                     ? simulate(runner, result, &tx_result, &logs_hash, &tx, db)
                     : execute(runner, result, &tx_result, &logs_hash, &tx, is_wide, db);
    if (e != OK) {
        report_trouble(runner, result, "error", err_text(e));
    } else if (result->skipped != NULL || result->reason != NULL) {
        report_trouble(runner, result, "simulation", result->reason);
    } else {
        judge(runner, result, &expected, &tx_result, &logs_hash);
    }
    evm_wipe(runner->evm);
    runner->evm->state = NULL;
    return OK;
}

/* schedule_of takes the blob parameters from a test's own "config" where it has them. */
static enum err schedule_of(struct blob_schedule *schedule, json_t *test, const char *fork,
                            struct err_detail *detail)
{
    json_t *own = json_find(json_find(json_find(test, "config"), "blobSchedule"), fork);
    if (own != NULL) {
        TRY(json_get_padded_u64(&schedule->max, own, "max", detail));
        TRY(json_get_padded_u64(&schedule->base_fee_update_fraction, own, "baseFeeUpdateFraction",
                                detail));
        if (schedule->base_fee_update_fraction == 0) {
            return err_explain(detail, ERR_RANGE, "baseFeeUpdateFraction: must not be 0");
        }
    }
    return OK;
}

static void claim_next(struct statetest *runner)
{
    if (runner->claim != NULL) {
        runner->claimed = runner->claim(runner->context);
    }
}

/* is_claimed counts the next case and tells whether it is this runner's. */
static bool is_claimed(struct statetest *runner)
{
    return runner->next++ == runner->claimed || runner->claim == NULL;
}

/* run_fork runs all cases of a test for one fork. */
static enum err run_fork(struct statetest *runner, const char *name, json_t *test,
                         const char *fork_text, json_t *posts, struct db_memory *db,
                         struct err_detail *detail)
{
    struct statetest_case result = {.test = name, .fork = fork_text};
    enum fork fork;
    struct blob_schedule schedule;
    struct block_env block;
    json_t *env;
    TRY(json_as_array(&posts, posts, fork_text, detail));
    if (!blob_fork_from_name(&fork, &schedule, fork_text)) {
        if (!is_claimed(runner)) {
            return OK;
        }
        claim_next(runner);
        result.reason = "unknown fork";
        result.expected = fork_text;
        result.got = fork_name(FORK_NEWEST);
        runner->report(runner->context, &result);
        return OK;
    }
    TRY(schedule_of(&schedule, test, fork_text, detail));
    TRY(json_get_object(&env, test, "env", detail));
    TRY(fixture_env(&block, env, fork, &schedule, detail));
    runner->evm->rules = fork_rules(fork);
    runner->evm->block = &block;
    for (size_t i = 0; i < json_array_size(posts); i++) {
        if (!is_claimed(runner)) {
            continue;
        }
        size_t mark = arena_mark(runner->arena);
        result.index = i;
        enum err e = run_case(runner, &result, test, json_array_get(posts, i), db, detail);
        arena_rewind(runner->arena, mark);
        TRY(e);
        claim_next(runner);
    }
    return OK;
}

static enum err run_test(struct statetest *runner, const char *name, json_t *test,
                         struct err_detail *detail)
{
    struct db_memory db;
    json_t *pre;
    json_t *posts;
    const char *fork;
    json_t *fork_posts;
    TRY(json_get_object(&pre, test, "pre", detail));
    TRY(json_get_object(&posts, test, "post", detail));
    TRY(db_memory_init(&db, runner->arena, &runner->key));
    TRY(fixture_pre(&db, pre, detail));
    json_object_foreach(posts, fork, fork_posts)
    {
        if (runner->only_fork == NULL || strcasecmp(fork, runner->only_fork) == 0) {
            TRY(run_fork(runner, name, test, fork, fork_posts, &db, detail));
        }
    }
    return OK;
}

enum err statetest_run(struct statetest *runner, struct bytes text, struct err_detail *detail)
{
    json_t *file;
    TRY(json_parse(&file, text, &limits, detail));
    const char *name;
    json_t *test;
    runner->next = 0;
    claim_next(runner);
    enum err e =
        json_is_object(file) ? OK : err_explain(detail, ERR_MALFORMED, "not a file of state tests");
    json_object_foreach(file, name, test)
    {
        if (e == OK) {
            e = run_test(runner, name, test, detail);
        }
        arena_reset(runner->arena);
    }
    json_free(file);
    return e;
}
