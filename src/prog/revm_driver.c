/* revm_driver: the user's side. `revm_driver client` asks a server to simulate a transfer and
 * prints the result. Reads from the bottom. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "net/client.h"
#include "net/framing.h"
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

/* What the command line asks of the client. */
struct client {
    struct transfer transfer;
    bool transfer_given; /* --sender or --amount */
    const char *payload_file;
    const char *endpoint_text;
    uint64_t cid;
    bool cid_given;
    uint64_t port;
    bool port_given;
    struct endpoint endpoint;
    bool debug;
    bool compact;
    bool plaintext;
    bool help;
    uint64_t timeout_ms;
};

/* ---- options --------------------------------------------------------------------------------- */

enum option {
    OPTION_CID,
    OPTION_PORT,
    OPTION_ENDPOINT,
    OPTION_SENDER,
    OPTION_AMOUNT,
    OPTION_PAYLOAD,
    OPTION_DEBUG,
    OPTION_JSON,
    OPTION_PLAINTEXT,
    OPTION_TIMEOUT_MS,
    OPTION_HELP,
    OPTION_COUNT
};

static const struct arg options[OPTION_COUNT] = {
    [OPTION_CID] = {"cid", "N", "the enclave's CID: with --port short for --endpoint vsock:N:P"},
    [OPTION_PORT] = {"port", "P", "its port (7878)"},
    [OPTION_ENDPOINT] = {"endpoint", "E",
                         "vsock:CID:PORT, tcp:HOST:PORT, unix:PATH or uds:PATH:PORT"},
    [OPTION_SENDER] = {"sender", "ADDRESS", "who receives (0xdafe...8bc5)"},
    [OPTION_AMOUNT] = {"amount", "WEI", "how much, decimal or 0x and hex digits (42)"},
    [OPTION_PAYLOAD] = {"payload", "FILE", "send this JSON text instead (-: the standard input)"},
    [OPTION_DEBUG] = {"debug", NULL, "print the result as the server's console shows it"},
    [OPTION_JSON] = {"json", NULL, "print the result as JSON on one line, not indented"},
    [OPTION_PLAINTEXT] = {"plaintext", NULL,
                          "send the request unencrypted and unattested; only within this machine"},
    [OPTION_TIMEOUT_MS] = {"timeout-ms", "N", "for the whole exchange (30000)"},
    [OPTION_HELP] = {"help", NULL, "print this"},
};

static void print_client_help(void)
{
    (void)printf("revm_driver client: simulate a transfer\n\nusage: revm_driver client --cid N "
                 "[--port P] [OPTION...]\n       revm_driver client --endpoint E [OPTION...]\n");
    args_help(options, OPTION_COUNT);
    (void)printf("\nExit status: 0 done, 1 the transaction failed, 2 wrong usage, 3 could not "
                 "connect,\n4 attestation refused, 5 the server answered with an error.\n");
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

static enum err set_option(struct client *client, enum option option, const char *value,
                           struct err_detail *detail)
{
    const char *name = options[option].name;
    switch (option) {
    case OPTION_CID:
        client->cid_given = true;
        return args_number(&client->cid, name, value, 0, ENDPOINT_CID_ANY - 1, detail);
    case OPTION_PORT:
        client->port_given = true;
        return args_number(&client->port, name, value, 1, UINT32_MAX - 1, detail);
    case OPTION_ENDPOINT:
        client->endpoint_text = value;
        return endpoint_parse(&client->endpoint, value, detail);
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
    case OPTION_PLAINTEXT:
        client->plaintext = true;
        return OK;
    case OPTION_TIMEOUT_MS:
        return args_number(&client->timeout_ms, name, value, 1, 24u * 3600 * 1000, detail);
    case OPTION_HELP:
        client->help = true;
        return OK;
    case OPTION_COUNT:
        break;
    }
    UNREACHABLE();
}

/* check_options finds options that do not go together, and the endpoint they name. */
static enum err check_options(struct client *client, struct err_detail *detail)
{
    if (client->endpoint_text != NULL && (client->cid_given || client->port_given)) {
        return err_explain(detail, ERR_MALFORMED, "--endpoint does not go with --cid and --port");
    }
    if (client->endpoint_text == NULL && !client->cid_given) {
        return err_explain(detail, ERR_MALFORMED, "no server given: add --cid N or --endpoint E");
    }
    if (client->payload_file != NULL && client->transfer_given) {
        return err_explain(detail, ERR_MALFORMED,
                           "--payload does not go with --sender and --amount");
    }
    if (client->debug && client->compact) {
        return err_explain(detail, ERR_MALFORMED, "--debug does not go with --json");
    }
    if (client->cid_given) {
        client->endpoint = (struct endpoint){
            .kind = ENDPOINT_VSOCK, .cid = (uint32_t)client->cid, .port = (uint32_t)client->port};
    }
    return OK;
}

static enum err read_options(struct client *client, int argc, char **argv,
                             struct err_detail *detail)
{
    *client = (struct client){
        .transfer = default_transfer, .port = DEFAULT_PORT, .timeout_ms = DEFAULT_TIMEOUT_MS};
    int at = 0;
    for (;;) {
        size_t option;
        const char *value;
        TRY(args_next(&option, &value, &at, argc, argv, options, OPTION_COUNT, detail));
        if (option == OPTION_COUNT) {
            return check_options(client, detail);
        }
        TRY(set_option(client, (enum option)option, value, detail));
        if (client->help) {
            return OK;
        }
    }
}

/* ---- the exchange ---------------------------------------------------------------------------- */

/* fail prints the one line of an error: what and why, and what to do. */
static enum exit_status fail(enum exit_status status, const char *what, const char *advice)
{
    (void)fprintf(stderr, "revm_driver: %s; %s\n", what, advice);
    return status;
}

/* may_send decides whether anything may be sent to the endpoint at all. */
static bool may_send(const struct client *client, struct err_detail *why)
{
    char text[ENDPOINT_TEXT_MAX];
    endpoint_print(text, &client->endpoint);
    if (!client->plaintext) {
        (void)err_explain(why, ERR_REFUSED,
                          "refused to send to %.80s: this version has no attested channel yet, so "
                          "nothing proves what runs there",
                          text);
        return false;
    }
    if (!endpoint_is_local(&client->endpoint)) {
        (void)err_explain(why, ERR_REFUSED,
                          "refused to send plaintext to %.80s: it is not on this machine", text);
        return false;
    }
    return true;
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

/* read_payload reads the file of --payload. */
static enum err read_payload(struct writer *request, const char *path, struct err_detail *detail)
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
    } else if (read_payload(&request, client->payload_file, &why) != OK) {
        return fail(EXIT_USAGE, why.text, "give --payload a file with a JSON object");
    }
    enum err err = client_ask(&text, reply, REPLY_BYTES, &client->endpoint, room, request.len,
                              client->timeout_ms, &why);
    if (err == ERR_CONNECT) {
        return fail(EXIT_UNREACHABLE, why.text, "is the server running, and listening there?");
    }
    if (err != OK && err != ERR_LIMIT && err != ERR_MALFORMED) {
        return fail(EXIT_UNREACHABLE, why.text, "the server did not answer; try again");
    }
    if (err == OK) {
        err = answer_parse(&answer, arena, text, &why);
    }
    if (err != OK) {
        return fail(EXIT_SERVER_ERROR, why.text, "what answers there is not this program's server");
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
    size_t seed;
    void *region;
    if (read_options(&client, argc, argv, &why) != OK) {
        return fail(EXIT_USAGE, why.text, "see revm_driver client --help");
    }
    if (client.help) {
        print_client_help();
        return EXIT_DONE;
    }
    if (!may_send(&client, &why)) {
        return fail(EXIT_UNATTESTED, why.text,
                    client.plaintext ? "only unix sockets and loopback addresses take plaintext"
                                     : "to test within this machine, add --plaintext");
    }
    if (entropy_bytes(&seed, sizeof(seed), &why) != OK ||
        memory_reserve(&region, ARENA_BYTES, 4096, &why) != OK) {
        return fail(EXIT_UNREACHABLE, why.text, "nothing was sent");
    }
    json_setup(seed | 1);
    struct arena arena;
    arena_init(&arena, region, ARENA_BYTES);
    enum exit_status status = exchange(&client, &arena);
    arena_reset(&arena);
    memory_release(region, ARENA_BYTES);
    return status;
}

/* ---- subcommands ----------------------------------------------------------------------------- */

static void print_help(FILE *to)
{
    (void)fprintf(to, "revm_driver: the user's side of nitro_revm\n\n"
                      "usage: revm_driver client [OPTION...]   simulate a transfer\n"
                      "       revm_driver client --help        its options\n"
                      "       revm_driver --help | --version\n");
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "client") == 0) {
        return (int)client_main(argc - 2, argv + 2);
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
