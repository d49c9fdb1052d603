#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* command.h: what the commands of the offline tool `evm` share. Each command is a function of its
 * own file, NAME_command.c, and a row in prog/evm.c. */

#include "evm/interp.h"
#include "sys/args.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_NEGATIVE = 1, /* the code, a test or a proof failed */
    EXIT_USAGE = 2,    /* wrong usage, or input that cannot be used */
};

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* A command gets what follows its name. */
typedef enum exit_status command_fn(int argc, char **argv);

command_fn cmd_bench;
command_fn cmd_block;
command_fn cmd_blocktest;
command_fn cmd_proof;
command_fn cmd_rlptest;
command_fn cmd_run;
command_fn cmd_simulate;
command_fn cmd_statetest;
command_fn cmd_transactiontest;
command_fn cmd_trietest;

/* command_unusable prints a detail as an error line; returns EXIT_USAGE. */
enum exit_status command_unusable(const struct err_detail *detail);

/* ---- machines -------------------------------------------------------------------------------- */

/* struct machine: what running anything needs; one per thread. Owns its region. */
struct machine {
    void *region;
    struct evm evm;
    struct arena arena;
    struct arena scratch; /* for a part of what the other holds the whole of */
    struct map_key key;
};

/* machine_open reserves address space, touched on demand, and opens the EVM; machine_close releases
 * both. Errors: ERR_MEMORY, ERR_IO (no randomness). */
enum err machine_open(struct machine *machine, struct err_detail *detail);
void machine_close(struct machine *machine);

/* machine_drop gives back to the system the memory that was touched, whatever it holds. */
void machine_drop(struct machine *machine);

/* command_dispatch finds a dispatcher of this build by its name, for --dispatch. Errors:
 * ERR_MALFORMED. */
enum err command_dispatch(evm_dispatch_fn **out, const char *name, struct err_detail *detail);

#endif
