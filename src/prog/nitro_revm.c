/* nitro_revm: the server. It takes the walkthrough's request on any number of listeners, simulates
 * the transfer and answers with the result. Reads from the bottom: main is the table of contents.
 */

#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "codec/json.h"
#include "net/framing.h"
#include "net/server.h"
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

/* What the command line asks for. */
struct config {
    struct server_options server;
    struct endpoint listeners[SERVER_LISTENERS_MAX];
    size_t listener_count;
    bool verbose;
    bool done; /* help or version was printed */
};

/* What one worker owns. */
struct worker {
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
    OPTION_QUEUE,
    OPTION_MAX_CONNECTIONS,
    OPTION_MAX_REQUEST_BYTES,
    OPTION_DEADLINE_MS,
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
    [OPTION_QUEUE] = {"queue", "N", "requests waiting for a worker (1024)"},
    [OPTION_MAX_CONNECTIONS] = {"max-connections", "N",
                                "open at once (4096; fewer if the limit of open files is lower)"},
    [OPTION_MAX_REQUEST_BYTES] = {"max-request-bytes", "N", "the longest request (65536)"},
    [OPTION_DEADLINE_MS] = {"deadline-ms", "N",
                            "for a request to arrive, and for its answer to be taken (10000)"},
    [OPTION_HELP] = {"help", NULL, "print this"},
    [OPTION_VERSION] = {"version", NULL, "print the version"},
};

static void print_help(void)
{
    (void)printf("nitro_revm: simulates Ethereum transactions\n\nusage: nitro_revm [OPTION...]\n");
    args_help(options, OPTION_COUNT);
    (void)printf("\nSIGTERM and SIGINT stop it once what it was asked is answered, a second one at "
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
        return set_number(&server->workers, option, value, LIMIT_WORKERS, detail);
    case OPTION_QUEUE:
        return set_number(&server->queue_max, option, value, 1u << 20, detail);
    case OPTION_MAX_CONNECTIONS:
        return set_number(&server->connections_max, option, value, 1u << 20, detail);
    case OPTION_MAX_REQUEST_BYTES:
        return set_number(&server->request_max, option, value, FRAMING_LEN_MAX, detail);
    case OPTION_DEADLINE_MS:
        return set_number(&server->deadline_ms, option, value, 24u * 3600 * 1000, detail);
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

static enum err read_options(struct config *config, int argc, char **argv,
                             struct err_detail *detail)
{
    *config = (struct config){.server = {
                                  .workers = process_cpus(),
                                  .queue_max = LIMIT_QUEUE,
                                  .connections_max = LIMIT_CONNECTIONS,
                                  .request_max = LIMIT_REQUEST_BYTES,
                                  .deadline_ms = LIMIT_DEADLINE_MS,
                              }};
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
    return config->listener_count != 0 ? OK : add_listener(config, DEFAULT_LISTENER, detail);
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

/* show writes a request and what came of it to the console, in one piece: workers share it. */
static void show(const struct transfer *transfer, const struct answer *answer)
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

static void handle(void *worker, struct writer *to, struct bytes request)
{
    struct worker *w = worker;
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
        show(&transfer, &answer);
    }
    sim_reset(&w->sim);
}

static void refuse(struct writer *to, enum err e, const char *why)
{
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
    /* One heap for all threads: a heap for each keeps what the others could use. */
    (void)mallopt(M_ARENA_MAX, 1);
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
