/* revm_driver: the user's side. `revm_driver client` asks a server to simulate a transfer and prints
 * the result; `revm_driver rpc` calls any method of its JSON-RPC. Reads from the bottom. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "net/client.h"
#include "net/framing.h"
#include "net/http.h"
#include "rpc/json_writer.h"
#include "rpc/payload.h"
#include "rpc/walkthrough.h"
#include "sys/args.h"
#include "sys/entropy.h"
#include "sys/memory.h"
#include "sys/version.h"

/* Exit statuses, of every subcommand. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_NEGATIVE = 1,     /* the transaction was rejected, reverted or halted */
    EXIT_USAGE = 2,        /* wrong usage */
    EXIT_UNREACHABLE = 3,  /* could not connect, or no answer came */
    EXIT_UNATTESTED = 4,   /* no proof of the code that would see the request */
    EXIT_SERVER_ERROR = 5, /* the server answered with an error, or with what is no answer */
};

#define DEFAULT_PORT       7878
#define DEFAULT_TIMEOUT_MS 30000u

/* The walkthrough's transfer: 42 wei to this account. */
static const struct transfer default_transfer = {
    .sender = {{0xda, 0xfe, 0xa4, 0x92, 0xd9, 0xc6, 0x73, 0x3a, 0xe3, 0xd5,
                0x6b, 0x7e, 0xd1, 0xad, 0xb6, 0x06, 0x92, 0xc9, 0x8b, 0xc5}},
    .amount = {{42, 0, 0, 0}},
};

/* All that one exchange needs: a request, its answer, and the result in its longest form, where a
 * byte of output takes four characters. */
#define REQUEST_BYTES (FRAMING_HEAD_BYTES + LIMIT_REQUEST_BYTES + 1)
#define REPLY_BYTES   (LIMIT_ANSWER_BYTES + FRAMING_EXTRA_BYTES)
#define OUTPUT_BYTES  ((size_t)4 * LIMIT_ANSWER_BYTES)
#define ARENA_BYTES   ((size_t)1024 * 1024)

static_assert(REQUEST_BYTES + REPLY_BYTES + OUTPUT_BYTES + LIMIT_ANSWER_BYTES < ARENA_BYTES,
              "an arena for all of it");

/* This place in the source, for the console. */
#define TEXT_OF(x)  #x
#define TEXT_OF_(x) TEXT_OF(x)
#define HERE        __FILE__ ":" TEXT_OF_(__LINE__)

/* The same for a call: its text, with what stands around the params, and the answer. Address space,
 * touched on demand. */
#define CALL_BYTES       (HTTP_HEAD_ROOM + LIMIT_RPC_REQUEST_BYTES)
#define CALL_REPLY_BYTES (LIMIT_HTTP_HEAD_BYTES + LIMIT_RPC_ANSWER_BYTES)
#define CALL_ARENA_BYTES ((size_t)64 * 1024 * 1024)

static_assert(CALL_BYTES + CALL_REPLY_BYTES < CALL_ARENA_BYTES, "an arena for both of it");

/* Values of a JSON text that a call sends or prints. */
#define CALL_VALUES_MAX ((size_t)4 * 1024 * 1024)

/* The server that a command line names, and how to ask it. */
struct target {
    const char *endpoint_text;
    uint64_t cid;
    bool cid_given;
    uint64_t port;
    bool port_given;
    struct endpoint endpoint;
    bool plaintext;
    uint64_t timeout_ms;
};

/* What the command line asks of the client. */
struct client {
    struct target target;
    struct transfer transfer;
    bool transfer_given; /* --sender or --amount */
    const char *payload_file;
    bool debug;
    bool compact;
    bool help;
};

/* What the command line asks of rpc. */
struct call {
    struct target target;
    const char *method;
    const char *params; /* NULL: none */
    bool compact;
    bool help;
};

/* ---- options --------------------------------------------------------------------------------- */

/* The options of both commands, and then those of each. */
enum option {
    OPTION_CID,
    OPTION_PORT,
    OPTION_ENDPOINT,
    OPTION_PLAINTEXT,
    OPTION_TIMEOUT_MS,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_SHARED_COUNT,

    OPTION_SENDER = OPTION_SHARED_COUNT,
    OPTION_AMOUNT,
    OPTION_PAYLOAD,
    OPTION_DEBUG,
    CLIENT_OPTION_COUNT,

    OPTION_OPERAND = OPTION_SHARED_COUNT,
    CALL_OPTION_COUNT
};

#define SHARED_OPTIONS                                                                            \
    [OPTION_CID] = {"cid", "N", "the enclave's CID: with --port short for --endpoint vsock:N:P"}, \
    [OPTION_PORT] = {"port", "P", "its port (7878)"},                                             \
    [OPTION_ENDPOINT] = {"endpoint", "E",                                                         \
                         "vsock:CID:PORT, tcp:HOST:PORT, unix:PATH or uds:PATH:PORT"},            \
    [OPTION_PLAINTEXT] = {"plaintext", NULL,                                                      \
                          "send the request unencrypted and unattested; only within this "        \
                          "machine"},                                                             \
    [OPTION_TIMEOUT_MS] = {"timeout-ms", "N", "for the whole exchange (30000)"},                  \
    [OPTION_JSON] = {"json", NULL, "print the result as JSON on one line, not indented"},         \
    [OPTION_HELP] = {"help", NULL, "print this"}

static const struct arg client_options[CLIENT_OPTION_COUNT] = {
    SHARED_OPTIONS,
    [OPTION_SENDER] = {"sender", "ADDRESS", "who receives (0xdafe...8bc5)"},
    [OPTION_AMOUNT] = {"amount", "WEI", "how much, decimal or 0x and hex digits (42)"},
    [OPTION_PAYLOAD] = {"payload", "FILE", "send this JSON text instead (-: the standard input)"},
    [OPTION_DEBUG] = {"debug", NULL, "print the result as the server's console shows it"},
};

static const struct arg call_options[CALL_OPTION_COUNT] = {
    SHARED_OPTIONS,
    [OPTION_OPERAND] = {"", "METHOD [PARAMS]",
                        "what to call, and with what: a JSON array or object, or @FILE"},
};

static const char exit_help[] =
    "\nExit status: 0 done, 1 the transaction failed, 2 wrong usage, 3 could not connect,\n"
    "4 attestation refused, 5 the server answered with an error.\n";

static void print_client_help(void)
{
    (void)printf("revm_driver client: simulate a transfer\n\nusage: revm_driver client --cid N "
                 "[--port P] [OPTION...]\n       revm_driver client --endpoint E [OPTION...]\n");
    args_help(client_options, CLIENT_OPTION_COUNT);
    (void)printf("%s", exit_help);
}

static void print_call_help(void)
{
    (void)printf("revm_driver rpc: call a method of the server's JSON-RPC\n\n"
                 "usage: revm_driver rpc --cid N [--port P] [OPTION...] METHOD [PARAMS]\n"
                 "       revm_driver rpc --endpoint E [OPTION...] METHOD [PARAMS]\n");
    args_help(call_options, CALL_OPTION_COUNT);
    (void)printf("\nPrints the result. The method nitro_version lists the others.\n%s", exit_help);
}

/* parse_decimal reads a decimal number below 2^256. */
static bool parse_decimal(struct u256 *out, const char *text)
{
    *out = (struct u256)U256_ZERO;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9') {
            return false;
        }
        u128 carry = (u128)(*c - '0');
        for (size_t i = 0; i < 4; i++) {
            carry += (u128)out->w[i] * 10; /* at most 10 (2^64 - 1) + 9: fits */
            out->w[i] = (uint64_t)carry;
            carry >>= 64;
        }
        if (carry != 0) {
            return false;
        }
    }
    return text[0] != '\0';
}

static enum err set_amount(struct client *client, const char *value, struct err_detail *detail)
{
    bool good = strncmp(value, "0x", 2) == 0
                    ? hex_decode_quantity_u256(&client->transfer.amount,
                                               bytes_from(value, strlen(value))) == OK
                    : parse_decimal(&client->transfer.amount, value);
    client->transfer_given = true;
    return good ? OK
                : err_explain(detail, ERR_RANGE,
                              "--amount \"%.80s\" is neither a decimal number nor 0x and hex "
                              "digits, from 0 to below 2^256",
                              value);
}

static enum err set_sender(struct client *client, const char *value, struct err_detail *detail)
{
    client->transfer_given = true;
    if (hex_decode_address(&client->transfer.sender, bytes_from(value, strlen(value))) != OK) {
        return err_explain(detail, ERR_MALFORMED,
                           "--sender \"%.60s\" is not an address: 0x and 40 hex digits", value);
    }
    return OK;
}

/* set_target_option sets one of the options that say which server. */
static enum err set_target_option(struct target *target, enum option option, const char *value,
                                  struct err_detail *detail)
{
    const char *name = client_options[option].name;
    switch (option) {
    case OPTION_CID:
        target->cid_given = true;
        return args_number(&target->cid, name, value, 0, ENDPOINT_CID_ANY - 1, detail);
    case OPTION_PORT:
        target->port_given = true;
        return args_number(&target->port, name, value, 1, UINT32_MAX - 1, detail);
    case OPTION_ENDPOINT:
        target->endpoint_text = value;
        return endpoint_parse(&target->endpoint, value, detail);
    case OPTION_PLAINTEXT:
        target->plaintext = true;
        return OK;
    case OPTION_TIMEOUT_MS:
        return args_number(&target->timeout_ms, name, value, 1, 24u * 3600 * 1000, detail);
    default:
        UNREACHABLE();
    }
}

static enum err set_client_option(struct client *client, enum option option, const char *value,
                                  struct err_detail *detail)
{
    switch (option) {
    case OPTION_SENDER:
        return set_sender(client, value, detail);
    case OPTION_AMOUNT:
        return set_amount(client, value, detail);
    case OPTION_PAYLOAD:
        client->payload_file = value;
        return OK;
    case OPTION_DEBUG:
        client->debug = true;
        return OK;
    case OPTION_JSON:
        client->compact = true;
        return OK;
    case OPTION_HELP:
        client->help = true;
        return OK;
    default:
        return set_target_option(&client->target, option, value, detail);
    }
}

static enum err set_call_option(struct call *call, enum option option, const char *value,
                                struct err_detail *detail)
{
    switch (option) {
    case OPTION_OPERAND:
        if (call->params != NULL) {
            return err_explain(detail, ERR_MALFORMED, "\"%.60s\" is one operand too many", value);
        }
        *(call->method == NULL ? &call->method : &call->params) = value;
        return OK;
    case OPTION_JSON:
        call->compact = true;
        return OK;
    case OPTION_HELP:
        call->help = true;
        return OK;
    default:
        return set_target_option(&call->target, option, value, detail);
    }
}

/* check_target finds options that do not go together, and the endpoint they name. */
static enum err check_target(struct target *target, struct err_detail *detail)
{
    if (target->endpoint_text != NULL && (target->cid_given || target->port_given)) {
        return err_explain(detail, ERR_MALFORMED, "--endpoint does not go with --cid and --port");
    }
    if (target->endpoint_text == NULL && !target->cid_given) {
        return err_explain(detail, ERR_MALFORMED, "no server given: add --cid N or --endpoint E");
    }
    if (target->cid_given) {
        target->endpoint = (struct endpoint){
            .kind = ENDPOINT_VSOCK, .cid = (uint32_t)target->cid, .port = (uint32_t)target->port};
    }
    return OK;
}

static enum err check_client(struct client *client, struct err_detail *detail)
{
    if (client->payload_file != NULL && client->transfer_given) {
        return err_explain(detail, ERR_MALFORMED,
                           "--payload does not go with --sender and --amount");
    }
    if (client->debug && client->compact) {
        return err_explain(detail, ERR_MALFORMED, "--debug does not go with --json");
    }
    return check_target(&client->target, detail);
}

static enum err check_call(struct call *call, struct err_detail *detail)
{
    if (call->method == NULL) {
        return err_explain(detail, ERR_MALFORMED, "no method given");
    }
    return check_target(&call->target, detail);
}

static const struct target default_target = {.port = DEFAULT_PORT,
                                             .timeout_ms = DEFAULT_TIMEOUT_MS};

static enum err read_client_options(struct client *client, int argc, char **argv,
                                    struct err_detail *detail)
{
    *client = (struct client){.target = default_target, .transfer = default_transfer};
    int at = 0;
    while (!client->help) {
        size_t option;
        const char *value;
        TRY(args_next(&option, &value, &at, argc, argv, client_options, CLIENT_OPTION_COUNT,
                      detail));
        if (option == CLIENT_OPTION_COUNT) {
            return check_client(client, detail);
        }
        TRY(set_client_option(client, (enum option)option, value, detail));
    }
    return OK;
}

static enum err read_call_options(struct call *call, int argc, char **argv,
                                  struct err_detail *detail)
{
    *call = (struct call){.target = default_target};
    int at = 0;
    while (!call->help) {
        size_t option;
        const char *value;
        TRY(args_next(&option, &value, &at, argc, argv, call_options, CALL_OPTION_COUNT, detail));
        if (option == CALL_OPTION_COUNT) {
            return check_call(call, detail);
        }
        TRY(set_call_option(call, (enum option)option, value, detail));
    }
    return OK;
}

/* ---- both commands --------------------------------------------------------------------------- */

/* fail prints the one line of an error: what and why, and what to do. */
static enum exit_status fail(enum exit_status status, const char *what, const char *advice)
{
    (void)fprintf(stderr, "revm_driver: %s; %s\n", what, advice);
    return status;
}

/* may_send decides whether anything may be sent to the endpoint at all. */
static bool may_send(const struct target *target, struct err_detail *why)
{
    char text[ENDPOINT_TEXT_MAX];
    endpoint_print(text, &target->endpoint);
    if (!target->plaintext) {
        (void)err_explain(why, ERR_REFUSED,
                          "refused to send to %.80s: this version has no attested channel yet, so "
                          "nothing proves what runs there",
                          text);
        return false;
    }
    if (!endpoint_is_local(&target->endpoint)) {
        (void)err_explain(why, ERR_REFUSED,
                          "refused to send plaintext to %.80s: it is not on this machine", text);
        return false;
    }
    return true;
}

/* refuse_to_send says that nothing was sent, and why. */
static enum exit_status refuse_to_send(const struct target *target, const struct err_detail *why)
{
    return fail(EXIT_UNATTESTED, why->text,
                target->plaintext ? "only unix sockets and loopback addresses take plaintext"
                                  : "to test within this machine, add --plaintext");
}

/* open_arena reserves what an exchange needs. */
static enum err open_arena(struct arena *arena, size_t len, struct err_detail *detail)
{
    size_t seed;
    void *region;
    TRY(entropy_bytes(&seed, sizeof(seed), detail));
    TRY(memory_reserve(&region, len, 4096, detail));
    json_setup(seed | 1);
    arena_init(arena, region, len);
    return OK;
}

static void close_arena(struct arena *arena)
{
    arena_reset(arena);
    memory_release(arena->base, arena->cap);
}

/* fail_to_ask says why no answer came. */
static enum exit_status fail_to_ask(enum err err, const struct err_detail *why)
{
    if (err == ERR_CONNECT) {
        return fail(EXIT_UNREACHABLE, why->text, "is the server running, and listening there?");
    }
    if (err != ERR_LIMIT && err != ERR_MALFORMED) {
        return fail(EXIT_UNREACHABLE, why->text, "the server did not answer; try again");
    }
    return fail(EXIT_SERVER_ERROR, why->text, "what answers there is not this program's server");
}

static enum err read_stream(struct writer *request, FILE *file, const char *path,
                            struct err_detail *detail)
{
    request->len = fread(request->buf, 1, request->cap, file);
    bool more = request->len == request->cap && fgetc(file) != EOF;
    if (ferror(file) != 0) {
        return err_explain(detail, ERR_IO, "cannot read \"%.100s\"", path);
    }
    if (more) {
        return err_explain(detail, ERR_LIMIT, "\"%.100s\" is longer than %zu bytes", path,
                           request->cap);
    }
    return OK;
}

/* read_file reads a file; "-" is the standard input. */
static enum err read_file(struct writer *request, const char *path, struct err_detail *detail)
{
    if (strcmp(path, "-") == 0) {
        return read_stream(request, stdin, path, detail);
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return err_explain(detail, ERR_IO, "cannot open \"%.100s\": %s", path, strerror(errno));
    }
    enum err err = read_stream(request, file, path, detail);
    (void)fclose(file);
    return err;
}

/* ---- client ---------------------------------------------------------------------------------- */

/* print_answer prints a result in the form that was asked for. */
static void print_answer(const struct client *client, struct arena *arena,
                         const struct answer *answer)
{
    uint8_t *text = ARENA_NEW(arena, uint8_t, OUTPUT_BYTES);
    ASSERT(text != NULL);
    struct writer to = writer_to(text, OUTPUT_BYTES);
    if (client->debug) {
        walkthrough_answer(&to, HERE, answer);
    } else {
        answer_print(&to, answer, !client->compact);
        writer_byte(&to, '\n');
    }
    struct bytes printed = writer_view(&to);
    (void)fwrite(printed.ptr, 1, printed.len, stdout);
}

/* conclude turns an answer into an exit status, and says what was negative about it. */
static enum exit_status conclude(const struct answer *answer)
{
    char text[ERR_DETAIL_MAX + 64];
    char needs[HEX_QUANTITY_MAX + 1] = "";
    char has[HEX_QUANTITY_MAX + 1] = "";
    switch (answer->kind) {
    case ANSWER_ERROR:
        (void)snprintf(text, sizeof(text), "the server refused the request: %s: %s",
                       err_name(answer->err), answer->message.text);
        return fail(EXIT_SERVER_ERROR, text,
                    answer->err == ERR_BUSY || answer->err == ERR_TIMEOUT ? "try again"
                                                                          : "correct the request");
    case ANSWER_REJECTED:
        (void)hex_encode_quantity_u256(needs, &answer->needs);
        (void)hex_encode_quantity_u256(has, &answer->has);
        if (answer->result.status == TX_INSUFFICIENT_ACCOUNT_FUNDS) {
            (void)fprintf(stderr,
                          "revm_driver: the transaction was rejected: %s: it needs %s wei, its "
                          "caller has %s; send less\n",
                          tx_status_text(answer->result.status), needs, has);
        } else {
            (void)fprintf(stderr, "revm_driver: the transaction was rejected: %s\n",
                          tx_status_text(answer->result.status));
        }
        return EXIT_NEGATIVE;
    case ANSWER_RESULT:
        if (answer->result.halt == EVM_SUCCESS) {
            return EXIT_DONE;
        }
        (void)fprintf(stderr, "revm_driver: the transaction failed: %s\n",
                      evm_status_text(answer->result.halt));
        return EXIT_NEGATIVE;
    }
    UNREACHABLE();
}

static enum exit_status exchange(const struct client *client, struct arena *arena)
{
    struct err_detail why;
    struct answer answer;
    struct bytes text;
    uint8_t *room = ARENA_NEW(arena, uint8_t, REQUEST_BYTES);
    uint8_t *reply = ARENA_NEW(arena, uint8_t, REPLY_BYTES);
    ASSERT(room != NULL && reply != NULL);
    struct writer request = writer_to(room + FRAMING_HEAD_BYTES, LIMIT_REQUEST_BYTES);
    if (client->payload_file == NULL) {
        payload_print(&request, &client->transfer);
    } else if (read_file(&request, client->payload_file, &why) != OK) {
        return fail(EXIT_USAGE, why.text, "give --payload a file with a JSON object");
    }
    enum err err = client_ask(&text, reply, REPLY_BYTES, &client->target.endpoint, room,
                              request.len, client->target.timeout_ms, &why);
    if (err != OK) {
        return fail_to_ask(err, &why);
    }
    if (answer_parse(&answer, arena, text, &why) != OK) {
        return fail_to_ask(ERR_MALFORMED, &why);
    }
    if (answer.kind != ANSWER_ERROR) {
        print_answer(client, arena, &answer);
    }
    return conclude(&answer);
}

static enum exit_status client_main(int argc, char **argv)
{
    struct client client;
    struct err_detail why;
    struct arena arena;
    if (read_client_options(&client, argc, argv, &why) != OK) {
        return fail(EXIT_USAGE, why.text, "see revm_driver client --help");
    }
    if (client.help) {
        print_client_help();
        return EXIT_DONE;
    }
    if (!may_send(&client.target, &why)) {
        return refuse_to_send(&client.target, &why);
    }
    if (open_arena(&arena, ARENA_BYTES, &why) != OK) {
        return fail(EXIT_UNREACHABLE, why.text, "nothing was sent");
    }
    enum exit_status status = exchange(&client, &arena);
    close_arena(&arena);
    return status;
}

/* ---- rpc ------------------------------------------------------------------------------------- */

static const struct json_limits call_limits = {LIMIT_RPC_REQUEST_BYTES, CALL_VALUES_MAX,
                                               LIMIT_JSON_DEPTH};

/* put_params writes the params of the command line, a JSON array or object, as they are. */
static enum err put_params(struct writer *to, const char *params, struct err_detail *detail)
{
    struct writer text = writer_to(to->buf + to->len, to->cap - to->len);
    if (params[0] == '@') {
        TRY(read_file(&text, params + 1, detail));
    } else {
        writer_put(&text, params, strlen(params));
    }
    if (!writer_fits(&text)) {
        return err_explain(detail, ERR_LIMIT, "the params are too long");
    }
    json_t *root;
    TRY(json_parse(&root, writer_view(&text), &call_limits, detail));
    json_free(root);
    to->len += text.len;
    return OK;
}

/* put_call writes a request. */
static enum err put_call(struct writer *to, const struct call *call, struct err_detail *detail)
{
    struct json_writer json = json_writer_to(to, false);
    json_open(&json, NULL, '{');
    json_put_text(&json, "jsonrpc", "2.0");
    json_put_number(&json, "id", 1);
    json_put_text(&json, "method", call->method);
    if (call->params != NULL) {
        json_put_raw(&json, "params", bytes_from(NULL, 0));
        TRY(put_params(to, call->params, detail));
    }
    json_close(&json, '}');
    return writer_fits(to) ? OK : err_explain(detail, ERR_LIMIT, "the request is too long");
}

/* print_json prints a value; what is not ASCII is escaped, since a terminal might obey it. */
static void print_json(const json_t *value, bool compact, FILE *to)
{
    const size_t layout = compact ? JSON_COMPACT : JSON_INDENT(2);
    (void)json_dumpf(value, to, layout | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
}

/* conclude_error prints an error of the server's on one line. */
static enum exit_status conclude_error(const json_t *error)
{
    (void)fprintf(stderr, "revm_driver: the server answered with error %lld: ",
                  (long long)json_integer_value(json_object_get(error, "code")));
    print_json(json_object_get(error, "message"), true, stderr);
    if (json_object_get(error, "data") != NULL) {
        (void)fprintf(stderr, ": ");
        print_json(json_object_get(error, "data"), true, stderr);
    }
    (void)fprintf(stderr, "\n");
    return EXIT_SERVER_ERROR;
}

/* check_answer finds out whether a value is an answer to the call, and which: a result or an error.
 * An error may be one about the text as a whole, whose id is null. */
static enum err check_answer(json_t *root, struct err_detail *detail)
{
    static const char *const keys[] = {"jsonrpc", "id", "result", "error"};
    static const char *const error_keys[] = {"code", "message", "data"};
    struct bytes version;
    struct bytes message;
    TRY(json_as_object(&root, root, "answer", detail));
    TRY(json_only_keys(root, keys, sizeof(keys) / sizeof(keys[0]), detail));
    TRY(json_get_string(&version, root, "jsonrpc", detail));
    const json_t *id = json_object_get(root, "id");
    json_t *error = json_object_get(root, "error");
    const bool is_ours = json_is_integer(id) && json_integer_value(id) == 1;
    if (version.len != 3 || memcmp(version.ptr, "2.0", 3) != 0 ||
        (error == NULL) == (json_object_get(root, "result") == NULL) ||
        !(is_ours || (error != NULL && json_is_null(id)))) {
        return err_explain(detail, ERR_MALFORMED, "the answer is not one of JSON-RPC to this call");
    }
    if (error != NULL) {
        TRY(json_as_object(&error, error, "error", detail));
        TRY(json_only_keys(error, error_keys, 3, detail));
        TRY(json_get_string(&message, error, "message", detail));
        if (!json_is_integer(json_object_get(error, "code"))) {
            return err_explain(detail, ERR_MALFORMED, "\"code\" must be a number");
        }
    }
    return OK;
}

static enum exit_status conclude_call(const struct call *call, struct bytes text, unsigned status)
{
    struct err_detail why;
    json_t *root;
    if (json_parse(&root, text, &call_limits, &why) != OK) {
        (void)err_explain(&why, ERR_MALFORMED, "HTTP status %u and no JSON in the answer", status);
        return fail_to_ask(ERR_MALFORMED, &why);
    }
    enum exit_status exit_status;
    if (check_answer(root, &why) != OK) {
        exit_status = fail_to_ask(ERR_MALFORMED, &why);
    } else if (json_object_get(root, "error") != NULL) {
        exit_status = conclude_error(json_object_get(root, "error"));
    } else {
        print_json(json_object_get(root, "result"), call->compact, stdout);
        (void)printf("\n");
        exit_status = EXIT_DONE;
    }
    json_free(root);
    return exit_status;
}

static enum exit_status make_call(const struct call *call, struct arena *arena)
{
    struct err_detail why;
    struct bytes answer;
    unsigned status;
    uint8_t *room = ARENA_NEW(arena, uint8_t, CALL_BYTES);
    uint8_t *reply = ARENA_NEW(arena, uint8_t, CALL_REPLY_BYTES);
    ASSERT(room != NULL && reply != NULL);
    struct writer request = writer_to(room + HTTP_HEAD_ROOM, LIMIT_RPC_REQUEST_BYTES);
    if (put_call(&request, call, &why) != OK) {
        return fail(EXIT_USAGE, why.text, "params are a JSON array or object, or @ and a file");
    }
    enum err err = client_post(&answer, &status, reply, CALL_REPLY_BYTES, &call->target.endpoint,
                               request.buf, request.len, call->target.timeout_ms, &why);
    return err != OK ? fail_to_ask(err, &why) : conclude_call(call, answer, status);
}

static enum exit_status call_main(int argc, char **argv)
{
    struct call call;
    struct err_detail why;
    struct arena arena;
    if (read_call_options(&call, argc, argv, &why) != OK) {
        return fail(EXIT_USAGE, why.text, "see revm_driver rpc --help");
    }
    if (call.help) {
        print_call_help();
        return EXIT_DONE;
    }
    if (!may_send(&call.target, &why)) {
        return refuse_to_send(&call.target, &why);
    }
    if (open_arena(&arena, CALL_ARENA_BYTES, &why) != OK) {
        return fail(EXIT_UNREACHABLE, why.text, "nothing was sent");
    }
    enum exit_status status = make_call(&call, &arena);
    close_arena(&arena);
    return status;
}

/* ---- subcommands ----------------------------------------------------------------------------- */

static void print_help(FILE *to)
{
    (void)fprintf(to, "revm_driver: the user's side of nitro_revm\n\n"
                      "usage: revm_driver client [OPTION...]               simulate a transfer\n"
                      "       revm_driver rpc [OPTION...] METHOD [PARAMS]  call a JSON-RPC method\n"
                      "       revm_driver client --help | rpc --help       their options\n"
                      "       revm_driver --help | --version\n");
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "client") == 0) {
        return (int)client_main(argc - 2, argv + 2);
    }
    if (strcmp(command, "rpc") == 0) {
        return (int)call_main(argc - 2, argv + 2);
    }
    if (strcmp(command, "--help") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(command, "--version") == 0) {
        (void)printf("revm_driver " NITRO_REVM_VERSION "\n");
        return EXIT_DONE;
    }
    if (argc > 1) {
        (void)fprintf(stderr,
                      "revm_driver: \"%.60s\" is not a subcommand; see revm_driver --help\n",
                      command);
    } else {
        print_help(stderr);
    }
    return EXIT_USAGE;
}
