/* The walkthrough's request and answer, between JSON and the simulator's types. */

#include "rpc/payload.h"

#include "base/limits.h"
#include "codec/hex.h"

/* Values of a text, keys included. A request has 5, an answer of three accounts 72. */
#define REQUEST_VALUES_MAX 32
#define ANSWER_VALUES_MAX  128

/* "0x", 40 digits and a NUL. */
#define ADDRESS_TEXT_BYTES 43

static const char *const status_words[] = {"success", "revert", "halt", "rejected"};
enum status_word { WORD_SUCCESS, WORD_REVERT, WORD_HALT, WORD_REJECTED, WORD_COUNT };

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the request ----------------------------------------------------------------------------- */

enum err payload_from_json(struct transfer *out, json_t *object, struct err_detail *detail)
{
    static const char *const keys[] = {"sender", "amount"};
    struct transfer transfer;
    TRY(json_as_object(&object, object, "payload", detail));
    TRY(json_only_keys(object, keys, COUNT_OF(keys), detail));
    TRY(json_get_address(&transfer.sender, object, "sender", detail));
    TRY(json_get_u256(&transfer.amount, object, "amount", detail));
    *out = transfer;
    return OK;
}

enum err payload_parse(struct transfer *out, struct bytes text, struct err_detail *detail)
{
    /* The length is the transport's to bound. */
    const struct json_limits limits = {text.len, REQUEST_VALUES_MAX, LIMIT_JSON_DEPTH};
    json_t *object;
    TRY(json_parse(&object, text, &limits, detail));
    enum err err = payload_from_json(out, object, detail);
    json_free(object);
    return err;
}

void payload_print(struct writer *to, const struct transfer *transfer)
{
    struct json_writer json = json_writer_to(to, false);
    json_open(&json, NULL, '{');
    json_put_data(&json, "sender", transfer->sender.b, sizeof(transfer->sender.b));
    json_put_quantity(&json, "amount", &transfer->amount);
    json_close(&json, '}');
}

/* ---- the answer, written --------------------------------------------------------------------- */

void answer_from(struct answer *out, const struct transfer *transfer,
                 const struct transfer_result *result)
{
    *out = (struct answer){.kind = ANSWER_RESULT, .result = *result};
    if (result->status != TX_OK) {
        out->kind = ANSWER_REJECTED;
        out->needs = transfer->amount; /* and nothing for gas: its price is 0 */
        out->has = u256_from_u64(TRANSFER_CALLER_WEI);
    }
}

static enum status_word word_of(const struct answer *answer)
{
    if (answer->kind == ANSWER_REJECTED) {
        return WORD_REJECTED;
    }
    switch (answer->result.halt) {
    case EVM_SUCCESS:
        return WORD_SUCCESS;
    case EVM_REVERT:
        return WORD_REVERT;
    default:
        return WORD_HALT;
    }
}

static const char *reason_of(const struct answer *answer)
{
    if (answer->kind == ANSWER_REJECTED) {
        return tx_status_text(answer->result.status);
    }
    if (answer->result.halt == EVM_SUCCESS) {
        return answer->result.output.len == 0 ? "stop" : "return";
    }
    return evm_status_text(answer->result.halt);
}

static void print_account(struct json_writer *json, const struct transfer_account *account)
{
    char key[ADDRESS_TEXT_BYTES] = "";
    (void)hex_encode_data(key, account->address.b, sizeof(account->address.b));
    json_open(json, key, '{');
    json_put_quantity(json, "balance", &account->balance);
    json_put_number(json, "nonce", account->nonce);
    json_put_data(json, "codeHash", account->code_hash.b, sizeof(account->code_hash.b));
    json_put_data(json, "code", NULL, 0);
    json_open(json, "storage", '{');
    json_close(json, '}');
    json_open(json, "status", '[');
    if (account->touched) {
        json_put_text(json, NULL, "touched");
    }
    if (account->loaded_as_not_existing) {
        json_put_text(json, NULL, "loadedAsNotExisting");
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void print_result(struct json_writer *json, const struct answer *answer)
{
    const struct transfer_result *result = &answer->result;
    json_open(json, "result", '{');
    json_put_text(json, "status", status_words[word_of(answer)]);
    json_put_text(json, "reason", reason_of(answer));
    if (answer->kind == ANSWER_RESULT) {
        json_put_number(json, "gasUsed", result->gas_used);
        json_put_number(json, "gasRefunded", result->gas_refunded);
        json_open(json, "logs", '[');
        json_close(json, ']');
        json_put_data(json, "output", result->output.ptr, result->output.len);
    } else if (result->status == TX_INSUFFICIENT_ACCOUNT_FUNDS) {
        json_put_quantity(json, "needs", &answer->needs);
        json_put_quantity(json, "has", &answer->has);
    }
    json_close(json, '}');
    if (answer->kind == ANSWER_RESULT) {
        json_open(json, "state", '{');
        for (size_t i = 0; i < result->account_count; i++) {
            print_account(json, &result->accounts[i]);
        }
        json_close(json, '}');
    }
}

static void print_error(struct json_writer *json, const struct answer *answer)
{
    json_open(json, "error", '{');
    json_put_text(json, "name", err_name(answer->err));
    json_put_text(json, "message", answer->message.text);
    json_close(json, '}');
}

void answer_put(struct json_writer *json, const char *key, const struct answer *answer)
{
    json_open(json, key, '{');
    if (answer->kind == ANSWER_ERROR) {
        print_error(json, answer);
    } else {
        print_result(json, answer);
    }
    json_close(json, '}');
}

void answer_print(struct writer *to, const struct answer *answer, bool indented)
{
    struct json_writer json = json_writer_to(to, indented);
    answer_put(&json, NULL, answer);
}

/* ---- the answer, read ------------------------------------------------------------------------ */

static bool is_word(struct bytes text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

static enum err unknown(const char *name, struct err_detail *detail)
{
    return err_explain(detail, ERR_MALFORMED, "\"%s\" has a value that is not known here", name);
}

/* read_nothing checks a member that a transfer leaves empty: an array or an object. */
static enum err read_nothing(const json_t *object, const char *key, bool is_array,
                             struct err_detail *detail)
{
    json_t *value;
    TRY(is_array ? json_get_array(&value, object, key, detail)
                 : json_get_object(&value, object, key, detail));
    return json_array_size(value) + json_object_size(value) == 0 ? OK : unknown(key, detail);
}

static enum err read_flags(struct transfer_account *out, const json_t *object,
                           struct err_detail *detail)
{
    json_t *flags;
    TRY(json_get_array(&flags, object, "status", detail));
    for (size_t i = 0; i < json_array_size(flags); i++) {
        struct bytes flag;
        TRY(json_as_string(&flag, json_array_get(flags, i), "status", detail));
        if (is_word(flag, "touched")) {
            out->touched = true;
        } else if (is_word(flag, "loadedAsNotExisting")) {
            out->loaded_as_not_existing = true;
        } else {
            return unknown("status", detail);
        }
    }
    return OK;
}

static enum err read_account(struct transfer_account *out, const char *key, json_t *object,
                             struct err_detail *detail)
{
    static const char *const keys[] = {"balance", "nonce", "codeHash", "code", "storage", "status"};
    *out = (struct transfer_account){0};
    if (hex_decode_address(&out->address, bytes_from(key, strlen(key))) != OK) {
        return err_explain(detail, ERR_MALFORMED, "a key of \"state\" is not an address");
    }
    TRY(json_as_object(&object, object, "account", detail));
    TRY(json_only_keys(object, keys, COUNT_OF(keys), detail));
    TRY(json_get_u256(&out->balance, object, "balance", detail));
    TRY(json_get_u64(&out->nonce, object, "nonce", detail));
    TRY(json_get_hash32(&out->code_hash, object, "codeHash", detail));
    struct bytes code;
    TRY(json_get_string(&code, object, "code", detail));
    if (!is_word(code, "0x")) {
        return unknown("code", detail);
    }
    TRY(read_nothing(object, "storage", false, detail));
    return read_flags(out, object, detail);
}

static enum err read_state(struct transfer_result *out, const json_t *root,
                           struct err_detail *detail)
{
    json_t *state;
    TRY(json_get_object(&state, root, "state", detail));
    if (json_object_size(state) > TRANSFER_ACCOUNTS_MAX) {
        return err_explain(detail, ERR_LIMIT, "\"state\" has more than %d accounts",
                           TRANSFER_ACCOUNTS_MAX);
    }
    const char *key;
    json_t *account;
    json_object_foreach(state, key, account)
    { /* in the order of the text */
        TRY(read_account(&out->accounts[out->account_count], key, account, detail));
        out->account_count++;
    }
    return OK;
}

/* read_halt finds the halt whose text is `reason`. */
static enum err read_halt(enum evm_status *out, struct bytes reason, struct err_detail *detail)
{
    for (unsigned i = 0; i < EVM_STATUS_COUNT; i++) {
        if (i != EVM_SUCCESS && i != EVM_REVERT &&
            is_word(reason, evm_status_text((enum evm_status)i))) {
            *out = (enum evm_status)i;
            return OK;
        }
    }
    return unknown("reason", detail);
}

static enum err read_run(struct answer *out, struct arena *arena, const json_t *root,
                         json_t *result, enum status_word word, struct bytes reason,
                         struct err_detail *detail)
{
    static const char *const keys[] = {"status",      "reason", "gasUsed",
                                       "gasRefunded", "logs",   "output"};
    struct transfer_result *run = &out->result;
    TRY(json_only_keys(result, keys, COUNT_OF(keys), detail));
    TRY(json_get_u64(&run->gas_used, result, "gasUsed", detail));
    TRY(json_get_u64(&run->gas_refunded, result, "gasRefunded", detail));
    TRY(read_nothing(result, "logs", true, detail));
    TRY(json_get_data(&run->output, arena, result, LIMIT_ANSWER_BYTES, "output", detail));
    run->halt = word == WORD_REVERT ? EVM_REVERT : EVM_SUCCESS;
    if (word == WORD_HALT) {
        TRY(read_halt(&run->halt, reason, detail));
    } else if (!is_word(reason, reason_of(out))) {
        return unknown("reason", detail);
    }
    return read_state(run, root, detail);
}

static enum err read_rejection(struct answer *out, const json_t *root, json_t *result,
                               struct bytes reason, struct err_detail *detail)
{
    static const char *const keys[] = {"status", "reason", "needs", "has"};
    if (json_object_size(root) != 1) {
        return err_explain(detail, ERR_MALFORMED, "a rejected transaction has a \"state\"");
    }
    out->kind = ANSWER_REJECTED;
    for (unsigned i = TX_OK + 1; i < TX_STATUS_COUNT; i++) {
        if (is_word(reason, tx_status_text((enum tx_status)i))) {
            out->result.status = (enum tx_status)i;
        }
    }
    if (out->result.status == TX_OK) {
        return unknown("reason", detail);
    }
    if (out->result.status != TX_INSUFFICIENT_ACCOUNT_FUNDS) {
        return json_only_keys(result, keys, 2, detail);
    }
    TRY(json_only_keys(result, keys, COUNT_OF(keys), detail));
    TRY(json_get_u256(&out->needs, result, "needs", detail));
    return json_get_u256(&out->has, result, "has", detail);
}

static enum err read_result(struct answer *out, struct arena *arena, const json_t *root,
                            struct err_detail *detail)
{
    json_t *result;
    struct bytes status;
    struct bytes reason;
    TRY(json_get_object(&result, root, "result", detail));
    TRY(json_get_string(&status, result, "status", detail));
    TRY(json_get_string(&reason, result, "reason", detail));
    for (unsigned word = 0; word < WORD_COUNT; word++) {
        if (!is_word(status, status_words[word])) {
            continue;
        }
        return word == WORD_REJECTED
                   ? read_rejection(out, root, result, reason, detail)
                   : read_run(out, arena, root, result, (enum status_word)word, reason, detail);
    }
    return unknown("status", detail);
}

/* read_error reads an error; its text is for a person's terminal, which must not obey it. */
static enum err read_error(struct answer *out, json_t *error, struct err_detail *detail)
{
    static const char *const keys[] = {"name", "message"};
    struct bytes name;
    struct bytes message;
    TRY(json_as_object(&error, error, "error", detail));
    TRY(json_only_keys(error, keys, COUNT_OF(keys), detail));
    TRY(json_get_string(&name, error, "name", detail));
    TRY(json_get_string(&message, error, "message", detail));
    for (unsigned i = OK + 1; i < ERR_COUNT; i++) {
        if (is_word(name, err_name((enum err)i))) {
            out->err = (enum err)i;
        }
    }
    if (out->err == OK) {
        return unknown("name", detail);
    }
    out->kind = ANSWER_ERROR;
    for (size_t i = 0; i < message.len && i < ERR_DETAIL_MAX - 1; i++) {
        bool printable = message.ptr[i] >= 0x20 && message.ptr[i] < 0x7f;
        out->message.text[i] = printable ? (char)message.ptr[i] : '?';
    }
    return OK;
}

static enum err read_answer(struct answer *out, struct arena *arena, json_t *root,
                            struct err_detail *detail)
{
    static const char *const result_keys[] = {"result", "state"};
    static const char *const error_keys[] = {"error"};
    TRY(json_as_object(&root, root, "answer", detail));
    json_t *error = json_find(root, "error");
    if (error != NULL) {
        TRY(json_only_keys(root, error_keys, COUNT_OF(error_keys), detail));
        return read_error(out, error, detail);
    }
    TRY(json_only_keys(root, result_keys, COUNT_OF(result_keys), detail));
    return read_result(out, arena, root, detail);
}

enum err answer_parse(struct answer *out, struct arena *arena, struct bytes text,
                      struct err_detail *detail)
{
    const struct json_limits limits = {LIMIT_ANSWER_BYTES, ANSWER_VALUES_MAX, LIMIT_JSON_DEPTH};
    json_t *root;
    TRY(json_parse(&root, text, &limits, detail));
    struct answer answer = {0};
    enum err err = read_answer(&answer, arena, root, detail);
    json_free(root);
    if (err == OK) {
        *out = answer;
    }
    return err;
}
