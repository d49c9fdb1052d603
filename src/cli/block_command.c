/* evm block: executes real blocks from their witness. */

#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "rpc/chain_config.h"
#include "spec/blockfile.h"
#include "sys/files.h"

/* struct block_args: what the command line asks for. */
struct block_args {
    struct file_list files;
    uint64_t repeat;
    const char *genesis;       /* NULL: the files say which public chain they are of */
    evm_dispatch_fn *dispatch; /* NULL: the default */
    bool is_json;
    bool wants_help;
};

static const struct arg options[] = {
    {"", "FILE...", "blocks with their witness, or folders of them"},
    {"repeat", "N", "run each N times and print the times of the median run (default: 1)"},
    {"genesis", "FILE", "the chain's rules, a genesis.json (default: by the chain id in FILE)"},
    {"dispatch", "NAME", "tail or switch: how instructions follow each other"},
    {"json", NULL, "a JSON object for each block"},
    {"help", NULL, "this text"},
};

static enum err read_args(struct block_args *args, int argc, char **argv, struct err_detail *detail)
{
    enum { FILES, REPEAT, GENESIS, DISPATCH, JSON, HELP };
    size_t option;
    const char *value;
    int at = 0;
    for (;;) {
        TRY(args_next(&option, &value, &at, argc, argv, options, ROWS(options), detail));
        switch (option) {
        case FILES:
            TRY(file_list_add(&args->files, value, detail));
            break;
        case REPEAT:
            TRY(args_number(&args->repeat, "repeat", value, 1, BLOCKFILE_REPEAT_MAX, detail));
            break;
        case GENESIS:
            args->genesis = value;
            break;
        case DISPATCH:
            TRY(command_dispatch(&args->dispatch, value, detail));
            break;
        case JSON:
            args->is_json = true;
            break;
        case HELP:
            args->wants_help = true;
            return OK;
        default:
            return args->files.count != 0 ? OK
                                          : err_explain(detail, ERR_MALFORMED,
                                                        "block: no files; see evm block --help");
        }
    }
}

static double ms(uint64_t ns)
{
    return (double)ns / 1e6;
}

/* verdict_text writes "OK", or what is wrong. */
static const char *verdict_text(char *buffer, size_t cap, const struct blockfile_result *r)
{
    if (r->verdict.status == BLOCK_INVALID_TRANSACTION) {
        (void)snprintf(buffer, cap, "transaction %zu: %s: %s", r->verdict.tx_index,
                       tx_status_name(r->verdict.tx_status), tx_status_text(r->verdict.tx_status));
    } else if (r->verdict.status != BLOCK_OK) {
        (void)snprintf(buffer, cap, "%s: %s", block_status_name(r->verdict.status),
                       block_status_text(r->verdict.status));
    } else if (r->differs != NULL) {
        (void)snprintf(buffer, cap, "valid, but \"%s\" in the file is another", r->differs);
    } else if (r->assumed_absent != 0) {
        (void)snprintf(buffer, cap, "OK, with %zu accounts absent that the witness says nothing of",
                       r->assumed_absent);
    } else {
        (void)snprintf(buffer, cap, "OK");
    }
    return buffer;
}

/* print_string writes a JSON string: paths and verdicts may have quotes in them. null where a path is
 * not UTF-8. */
static void print_string(const char *text)
{
    json_t *string = json_string(text);
    (void)json_dumpf(string != NULL ? string : json_null(), stdout, JSON_ENCODE_ANY);
    json_decref(string);
}

static void print_result(const struct block_args *args, const char *path,
                         const struct blockfile_result *r)
{
    const struct blockfile_times *t = &r->times;
    double total = ms(t->decode + t->witness + t->execute + t->root);
    char verdict[160];
    (void)verdict_text(verdict, sizeof(verdict), r);
    if (args->is_json) {
        char hash[67] = {0};
        (void)hex_encode_data(hash, r->hash.b, sizeof(r->hash.b));
        (void)printf("{\"file\":");
        print_string(path);
        (void)printf(",\"number\":%" PRIu64 ",\"hash\":\"%s\",\"fork\":\"%s\","
                     "\"transactions\":%zu,\"gasUsed\":%" PRIu64 ",\"nodes\":%zu,\"codes\":%zu,"
                     "\"ms\":{\"decode\":%.3f,\"witness\":%.3f,\"execute\":%.3f,\"root\":%.3f,"
                     "\"total\":%.3f},\"assumedAbsent\":%zu,\"valid\":%s,\"verdict\":",
                     r->number, hash, r->fork, r->tx_count, r->gas_used, r->node_count,
                     r->code_count, ms(t->decode), ms(t->witness), ms(t->execute), ms(t->root),
                     total, r->assumed_absent, r->verdict.status == BLOCK_OK ? "true" : "false");
        print_string(verdict);
        (void)printf("}\n");
    } else {
        (void)printf("%10" PRIu64 " %-14s %4zu txs %10" PRIu64 " gas  decode %6.2f  witness %6.2f  "
                     "execute %7.2f  root %6.2f  total %7.2f ms  %s\n",
                     r->number, r->fork, r->tx_count, r->gas_used, ms(t->decode), ms(t->witness),
                     ms(t->execute), ms(t->root), total, verdict);
    }
    (void)fflush(stdout);
}

/* read_genesis reads the file that --genesis names; what it holds is in `arena`. */
static enum err read_genesis(struct chain_config *out, struct arena *arena, const char *path,
                             struct err_detail *detail)
{
    struct bytes text;
    struct err_detail why;
    TRY(file_map(&text, path, detail));
    enum err e = chain_config_parse(out, arena, text, &why);
    file_unmap(text);
    return e == OK ? OK : err_explain(detail, e, "%.80s: %.100s", path, why.text);
}

static enum exit_status run_files(const struct block_args *args, struct machine *machine)
{
    enum exit_status status = EXIT_DONE;
    struct blockfile runner = {.evm = &machine->evm, .arena = &machine->arena, .key = machine->key};
    struct chain_config chain;
    if (args->genesis != NULL) {
        struct err_detail detail;
        if (read_genesis(&chain, &machine->scratch, args->genesis, &detail) != OK) {
            return command_unusable(&detail);
        }
        runner.chain = &chain;
    }
    for (size_t i = 0; i < args->files.count; i++) {
        const char *path = args->files.paths[i];
        struct err_detail detail = {"out of memory"};
        struct blockfile_result result;
        struct bytes text;
        enum err e = file_map(&text, path, &detail);
        if (e != OK) {
            (void)fprintf(stderr, "evm: %s\n", detail.text);
            status = EXIT_USAGE;
            continue;
        }
        e = blockfile_run(&runner, &result, text, args->repeat, &detail);
        file_unmap(text);
        if (e != OK) {
            (void)fprintf(stderr, "evm: %s: %s\n", path, detail.text);
            status = e == ERR_STATE_MISSING && status != EXIT_USAGE ? EXIT_NEGATIVE : EXIT_USAGE;
            continue;
        }
        print_result(args, path, &result);
        if ((result.verdict.status != BLOCK_OK || result.differs != NULL) && status == EXIT_DONE) {
            status = EXIT_NEGATIVE;
        }
    }
    return status;
}

enum exit_status cmd_block(int argc, char **argv)
{
    struct block_args args = {.repeat = 1};
    struct machine machine;
    struct err_detail detail;
    enum exit_status status = EXIT_DONE;
    enum err e = read_args(&args, argc, argv, &detail);
    if (e == OK && args.wants_help) {
        (void)puts("usage: evm block [OPTION...] FILE...\n\n"
                   "Executes blocks from their witness and checks everything that their headers\n"
                   "commit to. Prints for each the milliseconds of CPU time that it took. Where\n"
                   "the witness says nothing of an account that the block only looks at (geth\n"
                   "leaves out proofs of absence) it counts as absent, and the line says so. Exit\n"
                   "status: 0 all are valid, 1 one is not, or its witness lacks something,\n"
                   "2 unusable input.\n");
        args_help(options, ROWS(options));
    } else if (e == OK) {
        e = machine_open(&machine, &detail);
        if (e == OK) {
            if (args.dispatch != NULL) {
                machine.evm.dispatch = args.dispatch;
            }
            status = run_files(&args, &machine);
            machine_close(&machine);
        }
    }
    file_list_free(&args.files);
    return e == OK ? status : command_unusable(&detail);
}
