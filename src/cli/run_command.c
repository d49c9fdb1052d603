/* evm run: runs bytecode as one call. Reads from the bottom. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "spec/eip3155.h"
#include "spec/fixture.h"
#include "spec/runcode.h"
#include "state/root.h"
#include "sys/files.h"

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
            TRY(command_dispatch(&evm->dispatch, value, detail));
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

/* print_summary ends the trace; the state it names is that after a transaction of this call. */
static enum err print_summary(struct eip3155 *trace, const struct run *run,
                              const struct outcome *outcome, struct state *state,
                              const struct db_memory *db)
{
    struct hash32 root;
    state_end_tx(state, fork_rules(run->call.fork)->eip161);
    TRY(state_root(&root, state, db));
    const struct eip3155_summary summary = {
        .state_root = &root,
        .output = outcome->output,
        .gas_used = (uint64_t)(run->call.gas - outcome->gas_left),
        .fork = fork_name(run->call.fork),
        .error = outcome->status == EVM_SUCCESS ? NULL : evm_status_text(outcome->status),
    };
    eip3155_summary(trace, &summary);
    return OK;
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
        print_outcome(run, outcome, &state);
    }
    if (e == OK && run->is_traced) {
        e = print_summary(&trace, run, outcome, &state, &db);
    }
    machine->evm.tracer = NULL;
    free(steps);
    return e;
}

enum exit_status cmd_run(int argc, char **argv)
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
        return command_unusable(&detail);
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
        return command_unusable(&detail);
    }
    return wants_help || outcome.status == EVM_SUCCESS ? EXIT_DONE : EXIT_NEGATIVE;
}
