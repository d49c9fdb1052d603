/* evm simulate: runs requests of nitro_simulate and nitro_executeBlock from files. */

#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/command.h"
#include "codec/json.h"
#include "rpc/json_span.h"
#include "rpc/simulations.h"
#include "sys/entropy.h"
#include "sys/files.h"
#include "sys/memory.h"

/* Address space for a result; what memory a simulator has makes no longer one. */
#define RESULT_BYTES_MAX ((size_t)1 << 30)

/* Values in the JSON of a whole JSON-RPC request; its parameter has a limit of its own. */
#define CALL_VALUES_MAX ((size_t)1 << 20)

/* struct simulate_args: what the command line asks for. */
struct simulate_args {
    struct file_list files;
    bool is_json;
    bool wants_help;
};

static const struct arg options[] = {
    {"", "FILE...", "requests, or folders of them"},
    {"json", NULL, "the result on one line, also on a terminal"},
    {"help", NULL, "this text"},
};

static enum err read_args(struct simulate_args *args, int argc, char **argv,
                          struct err_detail *detail)
{
    enum { FILES, JSON, HELP };
    size_t option;
    const char *value;
    int at = 0;
    for (;;) {
        TRY(args_next(&option, &value, &at, argc, argv, options, ROWS(options), detail));
        switch (option) {
        case FILES:
            TRY(file_list_add(&args->files, value, detail));
            break;
        case JSON:
            args->is_json = true;
            break;
        case HELP:
            args->wants_help = true;
            return OK;
        default:
            return args->files.count != 0
                       ? OK
                       : err_explain(detail, ERR_MALFORMED,
                                     "simulate: no files; see evm simulate --help");
        }
    }
}

/* struct question: what a file asks. */
struct question {
    enum simulation_method method;
    struct bytes text; /* of its parameter */
};

/* read_call reads a JSON-RPC request, of which the method and its one parameter count. */
static enum err read_call(struct question *out, json_t *call, struct bytes text,
                          struct err_detail *detail)
{
    static const char *const keys[] = {"jsonrpc", "id", "method", "params"};
    struct bytes ignored;
    struct bytes params;
    json_t *list;
    TRY(json_only_keys(call, keys, ROWS(keys), detail));
    TRY(json_get_string(&ignored, call, "method", detail));
    if (!simulation_find(&out->method, json_string_value(json_find(call, "method")))) {
        return err_explain(detail, ERR_MALFORMED,
                           "\"method\" must be nitro_simulate or nitro_executeBlock");
    }
    TRY(json_get_array(&list, call, "params", detail));
    if (json_array_size(list) != 1 || !json_span_member(&params, text, "params") ||
        !json_span_item(&out->text, params, 0)) {
        return err_explain(detail, ERR_MALFORMED, "\"params\" must have one item");
    }
    return OK;
}

/* read_question finds out whether a file holds a JSON-RPC request, or the parameter of
 * nitro_simulate alone. */
static enum err read_question(struct question *out, struct bytes text, struct err_detail *detail)
{
    struct bytes ignored;
    *out = (struct question){SIMULATION_SIMULATE, text};
    if (!json_span_member(&ignored, text, "method")) {
        return OK;
    }
    const struct json_limits limits = {LIMIT_RPC_JSON_BYTES / 3, CALL_VALUES_MAX, LIMIT_JSON_DEPTH};
    json_t *call;
    TRY(json_parse(&call, text, &limits, detail));
    enum err e = read_call(out, call, text, detail);
    json_free(call);
    return e;
}

/* ask runs a question and writes its result to the standard output. */
static enum err ask(const struct simulate_args *args, struct sim *sim, char *buffer,
                    struct bytes text, struct err_detail *detail)
{
    struct question question;
    struct simulation request;
    struct sim_failure failure;
    struct writer to = writer_to(buffer, RESULT_BYTES_MAX);
    struct json_writer json = json_writer_to(&to, !args->is_json && isatty(STDOUT_FILENO) != 0);
    TRY(read_question(&question, text, detail));
    TRY(simulation_parse(&request, question.method, &sim->arena, question.text, detail));
    enum err e = simulation_run(&json, NULL, sim, &request, &failure);
    if (e != OK) {
        *detail = failure.detail;
        return e;
    }
    writer_byte(&to, '\n');
    if (!writer_fits(&to)) {
        return err_explain(detail, ERR_LIMIT, "a result of %zu bytes", to.len);
    }
    return fwrite(buffer, 1, to.len, stdout) == to.len && fflush(stdout) == 0
               ? OK
               : err_explain(detail, ERR_IO, "cannot write the result");
}

static enum exit_status run_files(const struct simulate_args *args, struct sim *sim, char *buffer)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; i < args->files.count; i++) {
        const char *path = args->files.paths[i];
        struct err_detail detail = {"out of memory"};
        struct bytes text;
        if (file_map(&text, path, &detail) != OK) {
            (void)fprintf(stderr, "evm: %s\n", detail.text);
            status = EXIT_NEGATIVE;
            continue;
        }
        if (ask(args, sim, buffer, text, &detail) != OK) {
            (void)fprintf(stderr, "evm: %s: %s\n", path, detail.text);
            status = EXIT_NEGATIVE;
        }
        file_unmap(text);
        sim_reset(sim);
    }
    return status;
}

/* run opens a simulator, the same as the server's, for the files. */
static enum err run(enum exit_status *status, const struct simulate_args *args,
                    struct err_detail *detail)
{
    uint8_t seed[32];
    void *region;
    void *buffer;
    struct sim sim;
    TRY(entropy_bytes(seed, sizeof(seed), detail));
    TRY(memory_reserve(&region, SIM_REGION_BYTES, EVM_STACK_SLOT, detail));
    enum err e = memory_reserve(&buffer, RESULT_BYTES_MAX, 4096, detail);
    if (e != OK) {
        memory_release(region, SIM_REGION_BYTES);
        return e;
    }
    e = sim_open(&sim, region, seed);
    if (e == OK) {
        *status = run_files(args, &sim, buffer);
        sim_close(&sim);
    } else {
        (void)err_explain(detail, e, "%s", err_text(e));
    }
    memory_release(buffer, RESULT_BYTES_MAX);
    memory_release(region, SIM_REGION_BYTES);
    return e;
}

enum exit_status cmd_simulate(int argc, char **argv)
{
    struct simulate_args args = {.is_json = false};
    struct err_detail detail;
    enum exit_status status = EXIT_DONE;
    enum err e = read_args(&args, argc, argv, &detail);
    if (e == OK && args.wants_help) {
        (void)puts("usage: evm simulate [OPTION...] FILE...\n\n"
                   "Runs requests of nitro_simulate and nitro_executeBlock (docs/api.md) and\n"
                   "prints their results as JSON, indented on a terminal. A file holds a JSON-RPC\n"
                   "request, or the parameter of nitro_simulate alone. Exit status: 0 all were\n"
                   "simulated, whatever came of it, 1 one could not be (a line on the standard\n"
                   "error says why), 2 wrong usage.\n");
        args_help(options, ROWS(options));
    } else if (e == OK) {
        e = run(&status, &args, &detail);
    }
    file_list_free(&args.files);
    return e == OK ? status : command_unusable(&detail);
}
