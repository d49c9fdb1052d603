/* evm: the offline tool. Its commands are in cli/, one file each. */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "codec/json.h"
#include "sys/entropy.h"
#include "sys/version.h"

struct command {
    const char *name;
    command_fn *run;
    const char *help;
};

static const struct command commands[] = {
    {"run", cmd_run, "run bytecode"},
    {"statetest", cmd_statetest, "run official state tests"},
    {"transactiontest", cmd_transactiontest, "run official transaction tests"},
    {"rlptest", cmd_rlptest, "run official RLP tests"},
    {"trietest", cmd_trietest, "run official trie tests"},
    {"blocktest", cmd_blocktest, "run official block tests"},
    {"block", cmd_block, "execute real blocks from their witness"},
    {"simulate", cmd_simulate, "run requests of nitro_simulate"},
    {"proof", cmd_proof, "verify answers of eth_getProof"},
    {"bench", cmd_bench, "time workloads"},
};

static void print_usage(FILE *to)
{
    (void)fprintf(to, "usage: evm COMMAND [OPTION...]\n\n");
    for (size_t i = 0; i < ROWS(commands); i++) {
        (void)fprintf(to, "  %-16s %s\n", commands[i].name, commands[i].help);
    }
    (void)fprintf(to, "\n`evm COMMAND --help` tells more; `evm --version` prints the version.\n");
}

int main(int argc, char **argv)
{
    struct err_detail detail;
    size_t seed;
    if (entropy_bytes(&seed, sizeof(seed), &detail) != OK) {
        return (int)command_unusable(&detail);
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
