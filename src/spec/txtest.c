/* Reads and runs official transaction tests. */

#include "spec/txtest.h"

#include <stdio.h>
#include <strings.h>

#include "exec/tx_rlp.h"
#include "spec/fixture.h"

#define TX_BYTES_MAX ((size_t)64 << 20)

/* The chain of all these tests. */
#define CHAIN_ID 1

static const struct json_limits limits = {(size_t)1 << 30, (size_t)1 << 24, 16};

/* struct expectation: what a fork's result asks for. */
struct expectation {
    const char *exception; /* NULL: the transaction is valid, and the rest is set */
    struct hash32 hash;
    struct address sender;
    uint64_t intrinsic_gas;
};

static enum err read_expectation(struct expectation *out, json_t *result, struct err_detail *detail)
{
    struct bytes text;
    json_t *exception = json_find(result, "exception");
    out->exception = json_string_value(exception);
    if (exception != NULL) {
        return json_as_string(&text, exception, "exception", detail);
    }
    TRY(json_get_hash32(&out->hash, result, "hash", detail));
    TRY(json_get_address(&out->sender, result, "sender", detail));
    return json_get_padded_u64(&out->intrinsic_gas, result, "intrinsicGas", detail);
}

/* struct reading: what the bytes are under the rules of a fork. */
struct reading {
    enum tx_status status;
    enum tx_status mistake; /* in a typed transaction, if the fork knew the type; TX_OK: none */
    struct hash32 hash;
    struct address sender;
    uint64_t intrinsic_gas;
};

/* read_mistake looks into a typed transaction. Where the fork does not know the type and it is
 * malformed too, the files have either reason: the type's for types that were new when they were
 * made, else the mistake. */
static enum err read_mistake(struct reading *out, struct arena *arena, struct bytes raw)
{
    struct tx tx;
    struct tx_signature signature;
    enum err e = tx_decode(&tx, &signature, &out->mistake, arena, raw);
    return e == ERR_MEMORY ? e : OK;
}

static enum err read_tx(struct reading *out, struct arena *arena, struct bytes raw,
                        const struct fork_rules *rules)
{
    struct tx tx;
    size_t mark = arena_mark(arena);
    TRY(tx_read(&tx, &out->status, arena, raw, CHAIN_ID, rules));
    if (out->status == TX_OK) {
        struct tx_gas gas = tx_gas(&tx, rules);
        out->status = tx_check(&tx, &gas, rules);
        out->intrinsic_gas = gas.intrinsic;
        out->sender = tx.sender;
        out->hash = tx_hash(raw);
    } else if (raw.len != 0 && raw.ptr[0] < TX_TYPE_COUNT) {
        TRY(read_mistake(out, arena, raw));
    }
    arena_rewind(arena, mark);
    return OK;
}

/* Room for the text of a hash, an address or a number with its NUL. */
#define TEXT_MAX 67

static void data_text(char out[static TEXT_MAX], const uint8_t *data, size_t len)
{
    out[hex_encode_data(out, data, len)] = '\0';
}

static void u64_text(char out[static TEXT_MAX], uint64_t value)
{
    out[hex_encode_quantity_u64(out, value)] = '\0';
}

/* is_as_expected tells whether the transaction is refused for the reason given, or for none. */
static bool is_as_expected(const struct expectation *expected, const struct reading *got)
{
    if (expected->exception == NULL || got->status == TX_OK) {
        return expected->exception == NULL && got->status == TX_OK;
    }
    return fixture_exception_allows(expected->exception, got->status) ||
           (got->mistake != TX_OK && fixture_exception_allows(expected->exception, got->mistake));
}

/* judge compares what came out with what should, and reports the case. */
static void judge(const struct txtest *runner, struct txtest_case *result,
                  const struct expectation *expected, const struct reading *got)
{
    char wanted_text[TEXT_MAX];
    char got_text[TEXT_MAX];
    bool is_valid = got->status == TX_OK;
    result->expected = wanted_text;
    result->got = got_text;
    if (!is_as_expected(expected, got)) {
        result->reason = "exception";
        result->expected = expected->exception == NULL ? "none" : expected->exception;
        result->got = tx_status_name(got->status);
    } else if (is_valid && !hash32_equal(&got->hash, &expected->hash)) {
        result->reason = "hash";
        data_text(wanted_text, expected->hash.b, sizeof(expected->hash.b));
        data_text(got_text, got->hash.b, sizeof(got->hash.b));
    } else if (is_valid && !address_equal(&got->sender, &expected->sender)) {
        result->reason = "sender";
        data_text(wanted_text, expected->sender.b, sizeof(expected->sender.b));
        data_text(got_text, got->sender.b, sizeof(got->sender.b));
    } else if (is_valid && got->intrinsic_gas != expected->intrinsic_gas) {
        result->reason = "intrinsic gas";
        u64_text(wanted_text, expected->intrinsic_gas);
        u64_text(got_text, got->intrinsic_gas);
    } else {
        result->passed = true;
    }
    runner->report(runner->context, result);
}

static void report_other(const struct txtest *runner, struct txtest_case *result,
                         const char *reason, const char *expected, const char *got)
{
    result->reason = reason;
    result->expected = expected;
    result->got = got;
    runner->report(runner->context, result);
}

static enum err run_case(const struct txtest *runner, const char *test, const char *fork_text,
                         json_t *json, struct bytes raw, struct err_detail *detail)
{
    struct txtest_case result = {.test = test, .fork = fork_text, .passed = false};
    struct expectation expected = {.exception = NULL};
    struct reading got = {.status = TX_OK};
    enum fork fork;
    TRY(read_expectation(&expected, json, detail));
    if (!fork_from_name(&fork, fork_text)) {
        report_other(runner, &result, "unknown fork", fork_text, fork_name(FORK_NEWEST));
        return OK;
    }
    enum err e = read_tx(&got, runner->arena, raw, fork_rules(fork));
    if (e != OK) {
        report_other(runner, &result, "error", "none", err_text(e));
        return OK;
    }
    judge(runner, &result, &expected, &got);
    return OK;
}

static enum err run_test(const struct txtest *runner, const char *name, json_t *test,
                         struct err_detail *detail)
{
    struct bytes raw;
    json_t *results;
    const char *fork;
    json_t *result;
    TRY(json_get_data(&raw, runner->arena, test, TX_BYTES_MAX, "txbytes", detail));
    TRY(json_get_object(&results, test, "result", detail));
    json_object_foreach(results, fork, result)
    {
        if (runner->only_fork == NULL || strcasecmp(fork, runner->only_fork) == 0) {
            TRY(run_case(runner, name, fork, result, raw, detail));
        }
    }
    return OK;
}

enum err txtest_run(const struct txtest *runner, struct bytes text, struct err_detail *detail)
{
    json_t *file;
    const char *name;
    json_t *test;
    TRY(json_parse(&file, text, &limits, detail));
    enum err e = json_is_object(file)
                     ? OK
                     : err_explain(detail, ERR_MALFORMED, "not a file of transaction tests");
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
