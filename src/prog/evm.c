/* evm: the offline tool: runs bytecode, official state tests and benchmark workloads. Reads from
 * the bottom. */

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec/hex.h"
#include "codec/json.h"
#include "spec/eip3155.h"
#include "spec/fixture.h"
#include "spec/runcode.h"
#include "spec/statetest.h"
#include "spec/workload.h"
#include "sys/args.h"
#include "sys/entropy.h"
#include "sys/files.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "sys/version.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_NEGATIVE = 1, /* the code or a test failed */
    EXIT_USAGE = 2,    /* wrong usage, or input that cannot be used */
};

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static enum exit_status unusable(const struct err_detail *detail)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "evm: %s\n", detail->text);
    return EXIT_USAGE;
}

/* ---- machines ----------------------------------------------------------------------------------
 */

/* Official tests buy memory with gas limits far over EIP-7825's: address space for them. */
#define MEMORY_BYTES ((size_t)1 << 30)
#define ARENA_BYTES  ((size_t)4 << 30)
#define REGION_BYTES (EVM_REGION_BYTES_FOR(MEMORY_BYTES) + ARENA_BYTES)

/* struct machine: what running anything needs; one per thread. */
struct machine {
    void *region;
    struct evm evm;
    struct arena arena;
    struct map_key key;
};

static enum err machine_open(struct machine *machine, struct err_detail *detail)
{
    uint8_t seed[32];
    TRY(entropy_bytes(seed, sizeof(seed), detail));
    TRY(memory_reserve(&machine->region, REGION_BYTES, EVM_STACK_SLOT, detail));
    if (evm_open(&machine->evm, machine->region, MEMORY_BYTES) != OK) {
        memory_release(machine->region, REGION_BYTES);
        return err_explain(detail, ERR_MEMORY, "out of memory");
    }
    arena_init(&machine->arena, (uint8_t *)machine->region + EVM_REGION_BYTES_FOR(MEMORY_BYTES),
               ARENA_BYTES);
    machine->key = map_key_from(seed);
    return OK;
}

static void machine_close(struct machine *machine)
{
    evm_close(&machine->evm);
    memory_release(machine->region, REGION_BYTES);
}

/* parse_dispatch finds a dispatcher of this build by its name. */
static enum err parse_dispatch(evm_dispatch_fn **out, const char *name, struct err_detail *detail)
{
    if (strcmp(name, "switch") == 0) {
        *out = evm_dispatch_switch;
        return OK;
    }
#if HAVE_TAIL_CALLS
    if (strcmp(name, "tail") == 0) {
        *out = evm_dispatch_tail;
        return OK;
    }
#endif
    return err_explain(detail, ERR_MALFORMED, "--dispatch %.20s: this build has %sswitch", name,
                       HAVE_TAIL_CALLS ? "tail and " : "");
}

/* ---- evm statetest -----------------------------------------------------------------------------
 */

/* struct progress: how far a file is. */
struct progress {
    atomic_size_t next_case;
    atomic_bool is_done;
};

/* struct tests: what the workers share. */
struct tests {
    struct file_list files;
    struct progress *progress; /* of each file */
    const char *only_fork;
    evm_dispatch_fn *dispatch; /* NULL: the default */
    bool is_json;
    bool is_traced;
    bool shows_progress;
    uint64_t jobs;
    atomic_size_t next;
    pthread_mutex_t lock; /* of the output and the counts */
    size_t passed;
    size_t failed;
    size_t unusable;
};

struct worker {
    struct tests *tests;
    struct machine *machine;
    size_t file; /* the one in hand */
    pthread_t thread;
};

static void print_json_case(const char *path, const struct statetest_case *c)
{
    char root[67] = {0};
    (void)hex_encode_data(root, c->state_root.b, sizeof(c->state_root.b));
    json_t *line = json_pack("{s:s, s:s, s:s, s:I, s:b, s:s, s:I}", "file", path, "name", c->test,
                             "fork", c->fork, "index", (json_int_t)c->index, "pass", c->passed,
                             "stateRoot", root, "gasUsed", (json_int_t)c->gas_used);
    if (line != NULL && !c->passed) {
        (void)json_object_set_new(line, "error", json_string(c->reason));
        (void)json_object_set_new(line, "expected", json_string(c->expected));
        (void)json_object_set_new(line, "got", json_string(c->got));
    }
    (void)json_dumpf(line, stdout, JSON_COMPACT);
    (void)printf("\n");
    json_decref(line);
}

static void on_case(void *context, const struct statetest_case *c)
{
    const struct worker *worker = context;
    struct tests *tests = worker->tests;
    const char *path = tests->files.paths[worker->file];
    (void)pthread_mutex_lock(&tests->lock);
    tests->passed += c->passed;
    tests->failed += !c->passed;
    if (tests->is_json) {
        print_json_case(path, c);
    } else if (!c->passed) {
        (void)printf("FAIL %s %s %s %zu: %s, expected %s, got %s\n", path, c->test, c->fork,
                     c->index, c->reason, c->expected, c->got);
    }
    (void)pthread_mutex_unlock(&tests->lock);
}

static void on_unusable(struct tests *tests, const char *path, const char *why)
{
    (void)pthread_mutex_lock(&tests->lock);
    tests->unusable++;
    (void)fflush(stdout);
    (void)fprintf(stderr, "evm: %s: %s\n", path, why);
    (void)pthread_mutex_unlock(&tests->lock);
}

static void show_progress(struct tests *tests, size_t done)
{
    if (tests->shows_progress && done % 16 == 0) {
        (void)pthread_mutex_lock(&tests->lock);
        (void)fprintf(stderr, "\r%zu of %zu files, %zu passed, %zu failed ", done,
                      tests->files.count, tests->passed, tests->failed);
        (void)pthread_mutex_unlock(&tests->lock);
    }
}

static size_t on_claim(void *context)
{
    const struct worker *worker = context;
    return atomic_fetch_add(&worker->tests->progress[worker->file].next_case, 1);
}

/* run_file runs a file's cases, as far as no other worker has claimed them. Only the worker that
 * begins a file says when it is unusable. */
static void run_file(struct worker *worker, struct statetest *runner, size_t file, bool begins)
{
    struct tests *tests = worker->tests;
    const char *path = tests->files.paths[file];
    struct err_detail detail = {"out of memory"};
    struct bytes text;
    worker->file = file;
    if (file_map(&text, path, &detail) != OK) {
        if (begins) {
            on_unusable(tests, "statetest", detail.text);
        }
    } else {
        if (statetest_run(runner, text, &detail) != OK && begins) {
            on_unusable(tests, path, detail.text);
        }
        file_unmap(text);
    }
    atomic_store(&tests->progress[file].is_done, true);
    /* The region has been wiped; a few tests use hundreds of megabytes, which no worker is to keep.
     */
    memory_drop(worker->machine->region, REGION_BYTES);
}

/* run_files begins files while there are any, then joins in those that others are still at. */
static void run_files(struct worker *worker, struct statetest *runner)
{
    struct tests *tests = worker->tests;
    for (;;) {
        size_t file = atomic_fetch_add(&tests->next, 1);
        if (file >= tests->files.count) {
            break;
        }
        show_progress(tests, file);
        run_file(worker, runner, file, true);
    }
    for (size_t file = 0; file < tests->files.count; file++) {
        if (!atomic_load(&tests->progress[file].is_done)) {
            run_file(worker, runner, file, false);
        }
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct tests *tests = worker->tests;
    struct err_detail detail;
    struct machine machine;
    struct eip3155 trace;
    if (machine_open(&machine, &detail) != OK) {
        on_unusable(tests, "statetest", detail.text);
        return NULL;
    }
    worker->machine = &machine;
    struct eip3155_step *steps = NULL;
    if (tests->is_traced) {
        steps = calloc(EIP3155_STEPS, sizeof(*steps));
        if (steps == NULL) {
            on_unusable(tests, "statetest", "out of memory");
            machine_close(&machine);
            return NULL;
        }
        eip3155_init(&trace, stderr, steps);
        machine.evm.tracer = &trace.tracer;
    }
    if (tests->dispatch != NULL) {
        machine.evm.dispatch = tests->dispatch;
    }
    struct statetest runner = {
        .evm = &machine.evm,
        .arena = &machine.arena,
        .key = machine.key,
        .only_fork = tests->only_fork,
        .report = on_case,
        .claim = on_claim,
        .context = worker,
    };
    run_files(worker, &runner);
    free(steps);
    machine_close(&machine);
    return NULL;
}

/* run_workers runs the files on tests->jobs threads. */
static enum err run_workers(struct tests *tests, struct err_detail *detail)
{
    ASSERT(tests->jobs > 0 && tests->files.count > 0);
    struct worker *workers = calloc(tests->jobs, sizeof(*workers));
    tests->progress = calloc(tests->files.count, sizeof(*tests->progress));
    if (workers == NULL || tests->progress == NULL) {
        free(workers);
        free(tests->progress);
        return err_explain(detail, ERR_MEMORY, "out of memory");
    }
    size_t started = 0;
    for (; started < tests->jobs; started++) {
        workers[started].tests = tests;
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0) {
            break;
        }
    }
    for (size_t i = 0; i < started; i++) {
        (void)pthread_join(workers[i].thread, NULL);
    }
    free(workers);
    free(tests->progress);
    return started > 0 ? OK : err_explain(detail, ERR_LIMIT, "cannot start a thread");
}

static const struct arg statetest_args[] = {
    {"", "PATH...", "files, or folders whose .json files are run"},
    {"j", "N", "threads (default: one per processor)"},
    {"fork", "NAME", "only this fork's cases, by the name in the files"},
    {"dispatch", "NAME", "tail or switch: how instructions follow each other"},
    {"trace", NULL, "EIP-3155 lines on stderr (one file at a time)"},
    {"json", NULL, "a JSON object for each case on stdout"},
    {"help", NULL, "this text"},
};

static enum err statetest_read_args(struct tests *tests, bool *wants_help, int argc, char **argv,
                                    struct err_detail *detail)
{
    enum { PATH, JOBS, FORK, DISPATCH, TRACE, JSON, HELP, END };
    size_t option;
    const char *value;
    int at = 0;
    for (;;) {
        TRY(args_next(&option, &value, &at, argc, argv, statetest_args, ROWS(statetest_args),
                      detail));
        switch (option) {
        case PATH:
            TRY(file_list_add(&tests->files, value, detail));
            break;
        case JOBS:
            TRY(args_number(&tests->jobs, "j", value, 1, 1024, detail));
            break;
        case FORK:
            tests->only_fork = value;
            break;
        case DISPATCH:
            TRY(parse_dispatch(&tests->dispatch, value, detail));
            break;
        case TRACE:
            tests->is_traced = true;
            break;
        case JSON:
            tests->is_json = true;
            break;
        case HELP:
            *wants_help = true;
            return OK;
        default:
            return OK;
        }
    }
}

static enum exit_status statetest(int argc, char **argv)
{
    struct tests tests = {.lock = PTHREAD_MUTEX_INITIALIZER, .jobs = process_cpus()};
    struct err_detail detail;
    bool wants_help = false;
    enum err e = statetest_read_args(&tests, &wants_help, argc, argv, &detail);
    if (e == OK && wants_help) {
        (void)puts(
            "usage: evm statetest [OPTION...] PATH...\n\n"
            "Runs official state tests. Each failure is a line `FAIL file name fork index:\n"
            "reason, expected, got`; the last line is `N passed, N failed, N skipped`. Exit\n"
            "status: 0 all passed, 1 some failed, 2 unusable input.\n");
        args_help(statetest_args, ROWS(statetest_args));
        return EXIT_DONE;
    }
    if (e == OK && tests.files.count == 0) {
        e = err_explain(&detail, ERR_MALFORMED, "statetest: no files; see evm statetest --help");
    }
    tests.shows_progress = isatty(STDERR_FILENO) != 0 && !tests.is_traced;
    tests.jobs = tests.is_traced ? 1 : tests.jobs;
    if (e == OK) {
        e = run_workers(&tests, &detail);
    }
    file_list_free(&tests.files);
    if (e != OK) {
        return unusable(&detail);
    }
    if (tests.shows_progress) {
        (void)fprintf(stderr, "\r\033[K");
    }
    if (!tests.is_json) {
        (void)printf("%zu passed, %zu failed, 0 skipped\n", tests.passed, tests.failed);
    }
    return tests.unusable != 0 ? EXIT_USAGE : tests.failed != 0 ? EXIT_NEGATIVE : EXIT_DONE;
}

/* ---- evm run -----------------------------------------------------------------------------------
 */

/* The account that runs the code and the one that calls it, unless the command line says. */
#define DEFAULT_ADDRESS {{[18] = 0x10, 0x00}}
#define DEFAULT_CALLER  {{[18] = 0x20, 0x00}}
#define DEFAULT_GAS     10000000

/* struct run: what the command line of `evm run` asks for. */
struct run {
    struct code_call call;
    const char *code;
    const char *input;
    const char *prestate;
    bool is_traced;
    bool is_json;
};

static const struct arg run_args[] = {
    {"code", "HEX|@FILE", "the code (default: what the prestate has at the address)"},
    {"input", "HEX|@FILE", "the call data (default: none)"},
    {"gas", "N", "gas for the call (default: 10000000)"},
    {"fork", "NAME", "the rules, Frontier to Osaka (default: Osaka)"},
    {"value", "WEI", "value sent along, decimal or 0x..."},
    {"caller", "ADDRESS", "who calls (default: 0x...2000)"},
    {"address", "ADDRESS", "where the code runs (default: 0x...1000)"},
    {"prestate", "FILE", "accounts: {\"0x...\": {balance, nonce, code, storage}}"},
    {"dispatch", "NAME", "tail or switch: how instructions follow each other"},
    {"trace", NULL, "EIP-3155 lines on stderr"},
    {"json", NULL, "the result as a JSON object"},
    {"help", NULL, "this text"},
};

static enum err parse_address(struct address *out, const char *name, const char *value,
                              struct err_detail *detail)
{
    if (hex_decode_address(out, bytes_from(value, strlen(value))) != OK) {
        return err_explain(detail, ERR_MALFORMED, "--%s: not an address (0x and 40 hex digits)",
                           name);
    }
    return OK;
}

static enum err parse_wei(struct u256 *out, const char *value, struct err_detail *detail)
{
    uint64_t number;
    if (strncmp(value, "0x", 2) != 0) {
        TRY(args_number(&number, "value", value, 0, INT64_MAX, detail));
        *out = u256_from_u64(number);
        return OK;
    }
    if (hex_decode_padded_u256(out, bytes_from(value, strlen(value))) != OK) {
        return err_explain(detail, ERR_RANGE, "--value: not a number below 2^256");
    }
    return OK;
}

static enum err run_read_args(struct run *run, struct evm *evm, bool *wants_help, int argc,
                              char **argv, struct err_detail *detail)
{
    enum { CODE, INPUT, GAS, FORK, VALUE, CALLER, ADDRESS, PRESTATE, DISPATCH, TRACE, JSON, HELP };
    size_t option;
    const char *value;
    uint64_t number;
    int at = 0;
    for (;;) {
        TRY(args_next(&option, &value, &at, argc, argv, run_args, ROWS(run_args), detail));
        switch (option) {
        case CODE:
            run->code = value;
            break;
        case INPUT:
            run->input = value;
            break;
        case GAS:
            TRY(args_number(&number, "gas", value, 0, INT64_MAX, detail));
            run->call.gas = (int64_t)number;
            break;
        case FORK:
            if (!fork_from_name(&run->call.fork, value)) {
                return err_explain(detail, ERR_MALFORMED, "--fork %.40s: not a fork we know",
                                   value);
            }
            break;
        case VALUE:
            TRY(parse_wei(&run->call.value, value, detail));
            break;
        case CALLER:
            TRY(parse_address(&run->call.caller, "caller", value, detail));
            break;
        case ADDRESS:
            TRY(parse_address(&run->call.to, "address", value, detail));
            break;
        case PRESTATE:
            run->prestate = value;
            break;
        case DISPATCH:
            TRY(parse_dispatch(&evm->dispatch, value, detail));
            break;
        case TRACE:
            run->is_traced = true;
            break;
        case JSON:
            run->is_json = true;
            break;
        case HELP:
            *wants_help = true;
            return OK;
        default:
            return OK;
        }
    }
}

/* read_hex decodes HEX or @FILE, white space around it and a missing 0x allowed. */
static enum err read_hex(struct bytes *out, struct arena *arena, const char *name, const char *text,
                         struct err_detail *detail)
{
    struct bytes file = bytes_from(NULL, 0);
    struct bytes hex = bytes_from(text, strlen(text));
    if (text[0] == '@') {
        TRY(file_map(&file, text + 1, detail));
        hex = file;
    }
    while (hex.len > 0 && (hex.ptr[hex.len - 1] == '\n' || hex.ptr[hex.len - 1] == ' ')) {
        hex.len--;
    }
    bool has_prefix = hex.len >= 2 && hex.ptr[0] == '0' && (hex.ptr[1] | 0x20) == 'x';
    char *prefixed = ARENA_NEW(arena, char, hex.len + 2);
    uint8_t *data = ARENA_NEW(arena, uint8_t, hex.len / 2 + 1);
    enum err e = prefixed == NULL || data == NULL ? ERR_MEMORY : OK;
    if (e == OK) {
        size_t skip = has_prefix ? 2 : 0;
        prefixed[0] = '0';
        prefixed[1] = 'x';
        bytes_copy(prefixed + 2, hex.ptr + skip, hex.len - skip);
        e = hex_decode(data, hex.len / 2 + 1, &out->len, bytes_from(prefixed, hex.len - skip + 2));
        out->ptr = data;
    }
    file_unmap(file);
    return e == OK ? OK : err_explain(detail, e, "--%s: not hex bytes", name);
}

static enum err read_prestate(struct db_memory *db, const char *path, struct err_detail *detail)
{
    static const struct json_limits limits = {(size_t)1 << 30, (size_t)1 << 28, 64};
    struct bytes text;
    json_t *file;
    TRY(file_map(&text, path, detail));
    enum err e = json_parse(&file, text, &limits, detail);
    if (e == OK) {
        e = fixture_pre(db, file, detail);
        json_free(file);
    }
    file_unmap(text);
    return e;
}

static void print_outcome(const struct run *run, const struct outcome *outcome,
                          const struct state *state)
{
    int64_t used = run->call.gas - outcome->gas_left;
    if (run->is_json) {
        (void)printf("{\"status\":\"%s\",\"gasUsed\":%" PRId64 ",\"gasRefunded\":%" PRId64
                     ",\"logs\":%zu,\"output\":\"0x",
                     evm_status_name(outcome->status), used, state->refund, state->log_count);
    } else {
        (void)printf("status    %s\ngas used  %" PRId64 "\noutput    0x",
                     evm_status_text(outcome->status), used);
    }
    for (size_t i = 0; i < outcome->output.len; i++) {
        (void)printf("%02x", outcome->output.ptr[i]);
    }
    (void)puts(run->is_json ? "\"}" : "");
}

static enum err run_code(struct outcome *outcome, struct run *run, struct machine *machine,
                         struct err_detail *detail)
{
    struct db_memory db;
    struct state state;
    struct eip3155 trace;
    struct eip3155_step *steps = NULL;
    TRY(db_memory_init(&db, &machine->arena, &machine->key));
    if (run->prestate != NULL) {
        TRY(read_prestate(&db, run->prestate, detail));
    }
    if (run->code != NULL) {
        TRY(read_hex(&run->call.code, &machine->arena, "code", run->code, detail));
    }
    if (run->input != NULL) {
        TRY(read_hex(&run->call.input, &machine->arena, "input", run->input, detail));
    }
    if (run->is_traced) {
        steps = calloc(EIP3155_STEPS, sizeof(*steps));
        if (steps == NULL) {
            return ERR_MEMORY;
        }
        eip3155_init(&trace, stderr, steps);
        machine->evm.tracer = &trace.tracer;
    }
    enum err e =
        runcode(&machine->evm, &state, outcome, &machine->arena, &machine->key, &db, &run->call);
    if (e == OK) {
        if (run->is_traced) {
            eip3155_summary(&trace, outcome, run->call.gas);
        }
        print_outcome(run, outcome, &state);
    }
    machine->evm.tracer = NULL;
    free(steps);
    return e;
}

static enum exit_status run(int argc, char **argv)
{
    struct run run = {
        .call = {.fork = FORK_NEWEST,
                 .block = {.chain_id = 1, .gas_limit = DEFAULT_GAS},
                 .to = DEFAULT_ADDRESS,
                 .caller = DEFAULT_CALLER,
                 .gas = DEFAULT_GAS},
    };
    struct machine machine;
    struct outcome outcome = {.status = EVM_SUCCESS};
    struct err_detail detail = {"run: out of memory"};
    bool wants_help = false;
    if (machine_open(&machine, &detail) != OK) {
        return unusable(&detail);
    }
    enum err e = run_read_args(&run, &machine.evm, &wants_help, argc, argv, &detail);
    if (e == OK && wants_help) {
        (void)puts("usage: evm run [OPTION...]\n\n"
                   "Runs code as one call. Exit status: 0 success, 1 the code reverted or halted,\n"
                   "2 unusable input.\n");
        args_help(run_args, ROWS(run_args));
    } else if (e == OK && run.code == NULL && run.prestate == NULL) {
        e = err_explain(&detail, ERR_MALFORMED, "run: no code; see evm run --help");
    } else if (e == OK) {
        e = run_code(&outcome, &run, &machine, &detail);
    }
    machine_close(&machine);
    if (e != OK) {
        return unusable(&detail);
    }
    return wants_help || outcome.status == EVM_SUCCESS ? EXIT_DONE : EXIT_NEGATIVE;
}

/* ---- evm bench ---------------------------------------------------------------------------------
 */

static const struct arg bench_args[] = {
    {"", "PATH...", "workload files, or folders of them"},
    {"repeat", "N", "samples, of which the median counts (default: 5)"},
    {"min-ms", "N", "least milliseconds of a sample (default: 20)"},
    {"dispatch", "NAME", "tail or switch: how instructions follow each other"},
    {"json", NULL, "a JSON object for each workload"},
    {"help", NULL, "this text"},
};

/* struct bench: what the command line of `evm bench` asks for. */
struct bench {
    struct file_list files;
    uint64_t samples;
    uint64_t min_ms;
    bool is_json;
};

static enum err bench_read_args(struct bench *bench, struct evm *evm, bool *wants_help, int argc,
                                char **argv, struct err_detail *detail)
{
    enum { PATH, REPEAT, MIN_MS, DISPATCH, JSON, HELP };
    size_t option;
    const char *value;
    int at = 0;
    for (;;) {
        TRY(args_next(&option, &value, &at, argc, argv, bench_args, ROWS(bench_args), detail));
        switch (option) {
        case PATH:
            TRY(file_list_add(&bench->files, value, detail));
            break;
        case REPEAT:
            TRY(args_number(&bench->samples, "repeat", value, 1, 1000, detail));
            break;
        case MIN_MS:
            TRY(args_number(&bench->min_ms, "min-ms", value, 0, 100000, detail));
            break;
        case DISPATCH:
            TRY(parse_dispatch(&evm->dispatch, value, detail));
            break;
        case JSON:
            bench->is_json = true;
            break;
        case HELP:
            *wants_help = true;
            return OK;
        default:
            return OK;
        }
    }
}

static void print_times(const struct bench *bench, const struct workload *workload,
                        const struct workload_times *times)
{
    double mgas_per_s = (double)workload->gas_used * 1000.0 / times->median;
    if (bench->is_json) {
        (void)printf("{\"name\":\"%s\",\"gas\":%" PRId64 ",\"medianNs\":%.0f,\"bestNs\":%.0f,"
                     "\"worstNs\":%.0f,\"mgasPerS\":%.1f}\n",
                     workload->name, workload->gas_used, times->median, times->best, times->worst,
                     mgas_per_s);
    } else {
        (void)printf("%-44s %12" PRId64 " %12.1f %10.1f %10.1f %9.0f\n", workload->name,
                     workload->gas_used, times->median / 1000, times->best / 1000,
                     times->worst / 1000, mgas_per_s);
    }
    (void)fflush(stdout);
}

static enum err bench_file(const struct bench *bench, struct machine *machine, const char *path,
                           struct err_detail *detail)
{
    struct bytes text;
    struct workload workload;
    struct workload_times times;
    TRY(file_map(&text, path, detail));
    enum err e = workload_read(&workload, &machine->arena, text, detail);
    file_unmap(text);
    if (e == OK) {
        e = workload_measure(&times, &machine->evm, &machine->arena, &machine->key, &workload,
                             bench->samples, bench->min_ms * 1000000, detail);
    }
    if (e == OK) {
        print_times(bench, &workload, &times);
    }
    arena_reset(&machine->arena);
    return e;
}

static enum exit_status bench(int argc, char **argv)
{
    struct bench bench = {.samples = 5, .min_ms = 20};
    struct machine machine;
    struct err_detail detail;
    bool wants_help = false;
    if (machine_open(&machine, &detail) != OK) {
        return unusable(&detail);
    }
    enum err e = bench_read_args(&bench, &machine.evm, &wants_help, argc, argv, &detail);
    enum exit_status status = EXIT_DONE;
    if (e == OK && wants_help) {
        (void)puts(
            "usage: evm bench [OPTION...] PATH...\n\n"
            "Runs workloads: checks output and gas of each, then prints the gas, and the\n"
            "median, best and worst microseconds of CPU time of a run from an empty state.\n");
        args_help(bench_args, ROWS(bench_args));
    } else if (e == OK && bench.files.count == 0) {
        e = err_explain(&detail, ERR_MALFORMED, "bench: no files; see evm bench --help");
    } else if (e == OK && !bench.is_json) {
        (void)printf("%-44s %12s %12s %10s %10s %9s\n", "workload", "gas", "median us", "best",
                     "worst", "Mgas/s");
    }
    for (size_t i = 0; e == OK && !wants_help && i < bench.files.count; i++) {
        struct err_detail why = {"out of memory"};
        if (bench_file(&bench, &machine, bench.files.paths[i], &why) != OK) {
            (void)fprintf(stderr, "evm: %s: %s\n", bench.files.paths[i], why.text);
            status = EXIT_NEGATIVE;
        }
    }
    file_list_free(&bench.files);
    machine_close(&machine);
    return e == OK ? status : unusable(&detail);
}

/* ---- evm ---------------------------------------------------------------------------------------
 */

struct command {
    const char *name;
    enum exit_status (*run)(int argc, char **argv);
    const char *help;
};

static const struct command commands[] = {
    {"run", run, "run bytecode"},
    {"statetest", statetest, "run official state tests"},
    {"bench", bench, "time workloads"},
};

static void print_usage(FILE *to)
{
    (void)fprintf(to, "usage: evm COMMAND [OPTION...]\n\n");
    for (size_t i = 0; i < ROWS(commands); i++) {
        (void)fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].help);
    }
    (void)fprintf(to, "\n`evm COMMAND --help` tells more; `evm --version` prints the version.\n");
}

int main(int argc, char **argv)
{
    struct err_detail detail;
    size_t seed;
    if (entropy_bytes(&seed, sizeof(seed), &detail) != OK) {
        return (int)unusable(&detail);
    }
    json_setup(seed | 1);
    const char *name = argc >= 2 ? argv[1] : "";
    for (size_t i = 0; i < ROWS(commands); i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return (int)commands[i].run(argc - 2, argv + 2);
        }
    }
    if (strcmp(name, "--version") == 0) {
        (void)puts("evm (nitro-revm) " NITRO_REVM_VERSION);
        return EXIT_DONE;
    }
    if (strcmp(name, "--help") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    print_usage(stderr);
    return EXIT_USAGE;
}
