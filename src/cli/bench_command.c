/* evm bench: times workloads. Reads from the bottom. */

#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "spec/workload.h"
#include "sys/files.h"

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
            TRY(command_dispatch(&evm->dispatch, value, detail));
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

enum exit_status cmd_bench(int argc, char **argv)
{
    struct bench bench = {.samples = 5, .min_ms = 20};
    struct machine machine;
    struct err_detail detail;
    bool wants_help = false;
    if (machine_open(&machine, &detail) != OK) {
        return command_unusable(&detail);
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
    return e == OK ? status : command_unusable(&detail);
}
