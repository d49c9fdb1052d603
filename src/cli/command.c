/* What commands share. */

#include "cli/command.h"

#include <stdio.h>

#include "sys/entropy.h"
#include "sys/memory.h"

/* Official tests buy memory with gas limits far over EIP-7825's: address space for them. */
#define MEMORY_BYTES ((size_t)1 << 30)
#define ARENA_BYTES  ((size_t)4 << 30)
#define REGION_BYTES (EVM_REGION_BYTES_FOR(MEMORY_BYTES) + 2 * ARENA_BYTES)

enum exit_status command_unusable(const struct err_detail *detail)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "evm: %s\n", detail->text);
    return EXIT_USAGE;
}

enum err machine_open(struct machine *machine, struct err_detail *detail)
{
    uint8_t seed[32];
    TRY(entropy_bytes(seed, sizeof(seed), detail));
    TRY(memory_reserve(&machine->region, REGION_BYTES, EVM_STACK_SLOT, detail));
    if (evm_open(&machine->evm, machine->region, MEMORY_BYTES) != OK) {
        memory_release(machine->region, REGION_BYTES);
        return err_explain(detail, ERR_MEMORY, "out of memory");
    }
    uint8_t *arenas = (uint8_t *)machine->region + EVM_REGION_BYTES_FOR(MEMORY_BYTES);
    arena_init(&machine->arena, arenas, ARENA_BYTES);
    arena_init(&machine->scratch, arenas + ARENA_BYTES, ARENA_BYTES);
    machine->key = map_key_from(seed);
    return OK;
}

void machine_close(struct machine *machine)
{
    evm_close(&machine->evm);
    memory_release(machine->region, REGION_BYTES);
}

void machine_drop(struct machine *machine)
{
    memory_drop(machine->region, REGION_BYTES);
}

enum err command_dispatch(evm_dispatch_fn **out, const char *name, struct err_detail *detail)
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
