/* nitro_revm: the server. It takes the walkthrough's payload, and JSON-RPC over HTTP, on any number
 * of listeners, simulates and answers. Reads from the bottom: main is the table of contents. */

#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "codec/json.h"
#include "net/framing.h"
#include "net/server.h"
#include "rpc/jsonrpc.h"
#include "rpc/payload.h"
#include "rpc/walkthrough.h"
#include "sim/sim.h"
#include "sys/args.h"
#include "sys/entropy.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "sys/version.h"

#define DEFAULT_LISTENER "vsock:7878"

/* Exit statuses. */
enum { EXIT_STOPPED = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* This place in the source, for the console. */
#define TEXT_OF(x)     #x
#define TEXT_OF_(x)    TEXT_OF(x)
#define HERE           __FILE__ ":" TEXT_OF_(__LINE__)
#define COUNT_OF(rows) (sizeof(rows) / sizeof((rows)[0]))

/* How much of a simulator's arena stays backed by pages from one request to the next. */
#define ARENA_KEPT ((size_t)1 << 20)

/* Blocks of the heap from here on are mappings of their own, and this much may be free at its end
 * before it shrinks. */
#define HEAP_MMAP_BYTES (256 * 1024)
#define HEAP_TRIM_BYTES (1024 * 1024)

/* How much of a JSON-RPC text --verbose shows. */
#define SHOWN_BYTES ((size_t)4096)

/* What the command line asks for. */
struct config {
    struct server_options server;
    struct rpc_server rpc;
    struct endpoint listeners[SERVER_LISTENERS_MAX];
    size_t listener_count;
    bool verbose;
    bool done; /* help or version was printed */
};

/* What one worker owns. */
struct worker {
    const struct rpc_server *rpc;
    struct sim sim;
    bool is_open; /* the simulator is */
    void *region; /* of the simulator */
    bool verbose;
};

/* ---- options --------------------------------------------------------------------------------- */

enum option {
    OPTION_LISTEN,
    OPTION_ALLOW_PLAINTEXT,
    OPTION_VERBOSE,
    OPTION_WORKERS,
    OPTION_LONG_WORKERS,
    OPTION_QUEUE,
    OPTION_MAX_CONNECTIONS,
    OPTION_MAX_REQUEST_BYTES,
    OPTION_MAX_BODY_BYTES,
    OPTION_MAX_JSON_BYTES,
    OPTION_MAX_ANSWER_BYTES,
    OPTION_BATCH_MS,
    OPTION_DEADLINE_MS,
    OPTION_IDLE_MS,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
};

static const struct arg options[OPTION_COUNT] = {
    [OPTION_LISTEN] = {"listen", "LISTENER",
                       "vsock:PORT, tcp:HOST:PORT or unix:PATH; may be repeated (vsock:7878)"},
    [OPTION_ALLOW_PLAINTEXT] =
        {"allow-plaintext", NULL,
         "take requests outside TLS: for tests, whoever sees the bytes sees all"},
    [OPTION_VERBOSE] = {"verbose", NULL, "show every request and result on the console"},
    [OPTION_WORKERS] = {"workers", "N", "requests simulated at once (one for each processor)"},
    [OPTION_LONG_WORKERS] = {"long-workers", "N",
                             "of them at requests over 64 KiB at once (all but one)"},
    [OPTION_QUEUE] = {"queue", "N", "requests waiting for a worker (1024)"},
    [OPTION_MAX_CONNECTIONS] = {"max-connections", "N",
                                "open at once (4096; fewer if the limit of open files is lower)"},
    [OPTION_MAX_REQUEST_BYTES] = {"max-request-bytes", "N", "the longest payload (65536)"},
    [OPTION_MAX_BODY_BYTES] = {"max-body-bytes", "N", "the longest JSON-RPC request (33554432)"},
    [OPTION_MAX_JSON_BYTES] = {"max-json-bytes", "N",
                               "memory that the JSON of one request may take (117440512)"},
    [OPTION_MAX_ANSWER_BYTES] = {"max-answer-bytes", "N", "the longest answer (16777216)"},
    [OPTION_BATCH_MS] = {"batch-ms", "N",
                         "for the requests of a JSON-RPC batch to be begun (10000)"},
    [OPTION_DEADLINE_MS] = {"deadline-ms", "N",
                            "for a request to arrive, and for its answer to be taken (10000);\n"
                            "                               again for each N ms at 1 Mbit/s"},
    [OPTION_IDLE_MS] = {"idle-ms", "N", "for an HTTP connection between requests (60000)"},
    [OPTION_HELP] = {"help", NULL, "print this"},
    [OPTION_VERSION] = {"version", NULL, "print the version"},
};

static void print_help(void)
{
    (void)printf("nitro_revm: simulates Ethereum transactions\n\nusage: nitro_revm [OPTION...]\n");
    args_help(options, OPTION_COUNT);
    (void)printf(
        "\nEvery listener takes the walkthrough's payload, and JSON-RPC 2.0 over HTTP: POST / "
        "with\nContent-Length. GET /health says whether it answers.\n"
        "\nSIGTERM and SIGINT stop it once what it was asked is answered, a second one at "
        "once.\nSIGUSR1 prints its log, which holds numbers only, to the standard error.\n"
        "Exit status: 0 stopped by a signal, 1 could not start, 2 wrong usage.\n");
}

static enum err add_listener(struct config *config, const char *text, struct err_detail *detail)
{
    if (config->listener_count == SERVER_LISTENERS_MAX) {
        return err_explain(detail, ERR_LIMIT, "more than %u listeners", SERVER_LISTENERS_MAX);
    }
    return listener_parse(&config->listeners[config->listener_count++], text, detail);
}

static enum err set_number(size_t *out, enum option option, const char *value, uint64_t max,
                           struct err_detail *detail)
{
    uint64_t number;
    TRY(args_number(&number, options[option].name, value, 1, max, detail));
    *out = (size_t)number;
    return OK;
}

static enum err set_option(struct config *config, enum option option, const char *value,
                           struct err_detail *detail)
{
    struct server_options *server = &config->server;
    switch (option) {
    case OPTION_LISTEN:
        return add_listener(config, value, detail);
    case OPTION_ALLOW_PLAINTEXT:
        server->allow_plaintext = true;
        return OK;
    case OPTION_VERBOSE:
        config->verbose = true;
        return OK;
    case OPTION_WORKERS:
        return set_number(&server->workers.count, option, value, LIMIT_WORKERS, detail);
    case OPTION_LONG_WORKERS:
        return set_number(&server->workers.long_max, option, value, LIMIT_WORKERS, detail);
    case OPTION_QUEUE:
        return set_number(&server->workers.queue_max, option, value, 1u << 20, detail);
    case OPTION_MAX_CONNECTIONS:
        return set_number(&server->connections_max, option, value, 1u << 20, detail);
    case OPTION_MAX_REQUEST_BYTES:
        return set_number(&server->request_max, option, value, FRAMING_LEN_MAX, detail);
    case OPTION_MAX_BODY_BYTES:
        return set_number(&server->body_max, option, value, 1u << 30, detail);
    case OPTION_MAX_JSON_BYTES:
        return set_number(&config->rpc.json_max, option, value, UINT64_C(1) << 36, detail);
    case OPTION_MAX_ANSWER_BYTES:
        return set_number(&server->workers.answer_max, option, value, 1u << 30, detail);
    case OPTION_BATCH_MS:
        return set_number(&config->rpc.batch_ms, option, value, 24u * 3600 * 1000, detail);
    case OPTION_DEADLINE_MS:
        return set_number(&server->deadline_ms, option, value, 24u * 3600 * 1000, detail);
    case OPTION_IDLE_MS:
        return set_number(&server->idle_ms, option, value, 24u * 3600 * 1000, detail);
    case OPTION_HELP:
        print_help();
        config->done = true;
        return OK;
    case OPTION_VERSION:
        (void)printf("nitro_revm " NITRO_REVM_VERSION "\n");
        config->done = true;
        return OK;
    case OPTION_COUNT:
        break;
    }
    UNREACHABLE();
}

/* complete fills in what follows from other options. */
static enum err complete(struct config *config, struct err_detail *detail)
{
    struct workers_options *workers = &config->server.workers;
    if (workers->long_max == 0) {
        workers->long_max = workers->count > 1 ? workers->count - 1 : 1;
    }
    config->rpc.request_max = config->server.body_max;
    config->rpc.answer_max = workers->answer_max;
    return config->listener_count != 0 ? OK : add_listener(config, DEFAULT_LISTENER, detail);
}

static enum err read_options(struct config *config, int argc, char **argv,
                             struct err_detail *detail)
{
    *config = (struct config){
        .server = {.workers = {.count = process_cpus(),
                               .queue_max = LIMIT_QUEUE,
                               .answer_max = LIMIT_RPC_ANSWER_BYTES},
                   .connections_max = LIMIT_CONNECTIONS,
                   .request_max = LIMIT_REQUEST_BYTES,
                   .body_max = LIMIT_RPC_REQUEST_BYTES,
                   .deadline_ms = LIMIT_DEADLINE_MS,
                   .idle_ms = LIMIT_IDLE_MS},
        .rpc = {.methods = rpc_methods,
                .method_count = RPC_METHOD_COUNT,
                .version = NITRO_REVM_VERSION,
                .json_max = LIMIT_RPC_JSON_BYTES,
                .batch_ms = LIMIT_RPC_BATCH_MS},
    };
    int at = 1;
    while (!config->done) {
        size_t option;
        const char *value;
        TRY(args_next(&option, &value, &at, argc, argv, options, OPTION_COUNT, detail));
        if (option == OPTION_COUNT) {
            break;
        }
        TRY(set_option(config, (enum option)option, value, detail));
    }
    return complete(config, detail);
}

/* ---- the service ----------------------------------------------------------------------------- */

static enum err worker_open(void **out, void *context, struct err_detail *detail)
{
    const struct config *config = context;
    uint8_t seed[32];
    struct worker *w = calloc(1, sizeof(*w));
    if (w == NULL) {
        return err_explain(detail, ERR_MEMORY, "no memory for a worker");
    }
    *out = w;
    w->rpc = &config->rpc;
    w->verbose = config->verbose;
    TRY(memory_reserve(&w->region, SIM_REGION_BYTES, 65536, detail));
    TRY(entropy_bytes(seed, sizeof(seed), detail));
    enum err err = sim_open(&w->sim, w->region, seed);
    secure_zero(seed, sizeof(seed));
    w->is_open = err == OK;
    return err == OK ? OK : err_explain(detail, err, "no memory for a simulator");
}

static void worker_close(void *worker)
{
    struct worker *w = worker;
    if (w != NULL && w->is_open) {
        sim_close(&w->sim);
    }
    if (w != NULL) {
        memory_release(w->region, SIM_REGION_BYTES);
        free(w);
    }
}

/* show_transfer writes a payload and what came of it to the console, in one piece: workers share
 * it. */
static void show_transfer(const struct transfer *transfer, const struct answer *answer)
{
    static const size_t console_bytes = (size_t)4 * LIMIT_ANSWER_BYTES;
    uint8_t *text = malloc(console_bytes);
    if (text == NULL) {
        return;
    }
    struct writer console = writer_to(text, console_bytes);
    if (answer->kind != ANSWER_ERROR) {
        walkthrough_received(&console, transfer);
        walkthrough_payload(&console, HERE, transfer);
    }
    walkthrough_answer(&console, HERE, answer);
    if (writer_fits(&console)) {
        (void)fwrite(text, 1, console.len, stdout);
        (void)fflush(stdout);
    }
    secure_zero(text, console_bytes);
    free(text);
}

/* put_shown writes the start of a text that came from outside, on one line, for a terminal that must
 * not obey it. */
static void put_shown(struct writer *to, const char *what, const uint8_t *text, size_t len)
{
    char rest[48];
    writer_put(to, what, strlen(what));
    for (size_t i = 0; i < len && i < SHOWN_BYTES; i++) {
        writer_byte(to, text[i] >= 0x20 && text[i] < 0x7f ? text[i] : ' ');
    }
    const int rest_len = len > SHOWN_BYTES ? snprintf(rest, sizeof(rest), "... (%zu bytes)\n", len)
                                           : snprintf(rest, sizeof(rest), "\n");
    writer_put(to, rest, (size_t)rest_len);
}

/* show_rpc writes a JSON-RPC request and its answer to the console, in one piece. */
static void show_rpc(struct bytes request, const struct writer *answer)
{
    uint8_t text[2 * (SHOWN_BYTES + 64)];
    struct writer console = writer_to(text, sizeof(text));
    put_shown(&console, "request: ", request.ptr, request.len);
    put_shown(&console, "answer: ", answer->buf, writer_fits(answer) ? answer->len : 0);
    const struct bytes shown = writer_view(&console);
    (void)fwrite(shown.ptr, 1, shown.len, stdout);
    (void)fflush(stdout);
    secure_zero(text, sizeof(text));
}

/* handle_payload answers the walkthrough's payload. */
static void handle_payload(struct worker *w, struct writer *to, struct bytes request)
{
    struct transfer transfer;
    struct transfer_result result;
    struct answer answer = {.kind = ANSWER_ERROR};
    answer.err = payload_parse(&transfer, request, &answer.message);
    if (answer.err == OK) {
        answer.err = sim_transfer(&w->sim, &result, &transfer);
        (void)err_explain(&answer.message, answer.err, "%s", err_text(answer.err));
    }
    if (answer.err == OK) {
        answer_from(&answer, &transfer, &result);
    }
    answer_print(to, &answer, false);
    if (w->verbose) {
        show_transfer(&transfer, &answer);
    }
    sim_reset(&w->sim);
}

static void handle(void *worker, struct writer *to, enum framing_form form, struct bytes request)
{
    struct worker *w = worker;
    if (form != FRAMING_HTTP) {
        handle_payload(w, to, request);
    } else {
        rpc_answer(to, w->rpc, &w->sim, request);
        if (w->verbose) {
            show_rpc(request, to);
        }
    }
    /* The region has been wiped. What a great request has touched of it is not kept for small ones. */
    if (request.len > LIMIT_REQUEST_BYTES || w->sim.arena.high_water > ARENA_KEPT) {
        memory_drop(w->region, SIM_REGION_BYTES);
        w->sim.arena.high_water = 0;
    }
}

static void refuse(struct writer *to, enum framing_form form, enum err e, const char *why)
{
    if (form == FRAMING_HTTP) {
        rpc_refuse(to, e, why);
        return;
    }
    struct answer answer = {.kind = ANSWER_ERROR, .err = e};
    (void)err_explain(&answer.message, e, "%s", why);
    answer_print(to, &answer, false);
}

static void report(const struct log_ring *log)
{
    for (size_t i = 0; i < log_len(log); i++) {
        char text[LOG_TEXT_MAX];
        (void)log_format(text, log_at(log, i));
        (void)fprintf(stderr, "%s\n", text);
    }
}

/* ---- from start to end ----------------------------------------------------------------------- */

static enum err prepare_process(struct config *config, struct err_detail *detail)
{
    /* Whoever reads our console may go away. */
    ASSERT(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    /* One heap for all threads: a heap for each keeps what the others could use. And sizes that stay
     * as they are: by itself the heap learns from long requests to keep more. */
    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_MMAP_THRESHOLD, HEAP_MMAP_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, HEAP_TRIM_BYTES);
    size_t files;
    TRY(process_raise_files(&files, detail));
    if (files <= SERVER_FILES_EXTRA) {
        return err_explain(detail, ERR_LIMIT, "only %zu files may be open at once", files);
    }
    if (config->server.connections_max > files - SERVER_FILES_EXTRA) {
        config->server.connections_max = files - SERVER_FILES_EXTRA;
    }
    size_t seed = 0;
    while (seed == 0) {
        TRY(entropy_bytes(&seed, sizeof(seed), detail));
    }
    json_setup(seed);
    return OK;
}

static enum err open_listeners(struct config *config, struct server *server,
                               struct err_detail *detail)
{
    for (size_t i = 0; i < config->listener_count; i++) {
        TRY(server_listen(server, &config->listeners[i], detail));
        char text[ENDPOINT_TEXT_MAX];
        endpoint_print(text, &config->listeners[i]);
        (void)printf("listening on %s\n", text);
    }
    (void)fflush(stdout);
    return OK;
}

static enum err serve(struct config *config, struct err_detail *detail)
{
    const struct service service = {worker_open, worker_close, config, handle, refuse};
    struct server *server;
    TRY(prepare_process(config, detail));
    TRY(server_create(&server, &config->server, &service, report, detail));
    enum err err = open_listeners(config, server, detail);
    if (err == OK) {
        err = server_run(server, detail);
    }
    server_destroy(server);
    return err;
}

int main(int argc, char **argv)
{
    struct config config;
    struct err_detail why;
    if (read_options(&config, argc, argv, &why) != OK) {
        (void)fprintf(stderr, "nitro_revm: %s; see nitro_revm --help\n", why.text);
        return EXIT_USAGE;
    }
    if (config.done) {
        return EXIT_STOPPED;
    }
    if (serve(&config, &why) != OK) {
        (void)fprintf(stderr, "nitro_revm: %s\n", why.text);
        return EXIT_FAILED;
    }
    return EXIT_STOPPED;
}
