/* Any bytes as a workload. Nothing crashes and an error says what is wrong; what is read runs, with
 * little gas, and measuring it accepts the output and the gas that came out, not a unit more. */

#include "spec/workload.h"

#include "tests/fuzz.h"

#define ARENA_BYTES  ((size_t)4 << 20)
#define MEMORY_BYTES ((size_t)1 << 20)
#define REGION_BYTES (EVM_STACK_SLOT + EVM_REGION_BYTES_FOR(MEMORY_BYTES))
#define GAS_MAX      50000

static const struct map_key map_key = {{1, 3, 5, 7}};

/* run_once gives what a workload does; its output is copied to `output`. */
static enum err run_once(struct outcome *outcome, uint8_t output[static MEMORY_BYTES],
                         struct evm *evm, struct arena *arena, const struct workload *workload)
{
    struct db_memory db;
    struct state state;
    size_t mark = arena_mark(arena);
    enum err e = db_memory_init(&db, arena, &map_key);
    if (e == OK) {
        e = runcode(evm, &state, outcome, arena, &map_key, &db, &workload->call);
    }
    if (e == OK) {
        FUZZ_CHECK(outcome->output.len <= MEMORY_BYTES);
        bytes_copy(output, outcome->output.ptr, outcome->output.len);
        outcome->output.ptr = output;
        FUZZ_CHECK(outcome->gas_left >= 0 && outcome->gas_left <= workload->call.gas);
    }
    arena_rewind(arena, mark);
    return e;
}

static void check_measuring(struct evm *evm, struct arena *arena, struct workload *workload)
{
    static uint8_t output[MEMORY_BYTES];
    struct outcome outcome;
    struct workload_times times;
    struct err_detail detail = {""};
    if (workload->call.gas > GAS_MAX) {
        workload->call.gas = GAS_MAX;
    }
    if (run_once(&outcome, output, evm, arena, workload) != OK) {
        return; /* ERR_MEMORY */
    }
    bool success = outcome.status == EVM_SUCCESS;
    workload->expected_output = outcome.output;
    workload->gas_used = workload->call.gas - outcome.gas_left;
    enum err e = workload_measure(&times, evm, arena, &map_key, workload, 1, 0, &detail);
    FUZZ_CHECK((e == OK) == success);
    FUZZ_CHECK(success || detail.text[0] != '\0');
    workload->gas_used++;
    e = workload_measure(&times, evm, arena, &map_key, workload, 1, 0, &detail);
    FUZZ_CHECK(e == ERR_MALFORMED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t region[REGION_BYTES];
    static _Alignas(64) uint8_t arena_region[ARENA_BYTES];
    static struct evm evm;
    if (evm.stacks == NULL) {
        uint8_t *base = region + ((0 - (uintptr_t)region) & (EVM_STACK_SLOT - 1));
        enum err e = evm_open(&evm, base, MEMORY_BYTES);
        FUZZ_CHECK(e == OK);
    }
    struct arena arena;
    struct workload workload;
    struct err_detail detail = {""};
    arena_init(&arena, arena_region, sizeof(arena_region));
    enum err e = workload_read(&workload, &arena, bytes_from(data, len), &detail);
    if (e == OK) {
        FUZZ_CHECK(workload.name != NULL && workload.call.gas >= 0 && workload.gas_used >= 0);
        FUZZ_CHECK(workload.call.fork < FORK_COUNT);
        check_measuring(&evm, &arena, &workload);
        evm_wipe(&evm);
    } else {
        FUZZ_CHECK(e == ERR_MEMORY || detail.text[0] != '\0');
    }
    arena_reset(&arena);
    return 0;
}
