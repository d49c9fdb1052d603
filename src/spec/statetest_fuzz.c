/* Any bytes as a file of state tests. Nothing crashes; an error says what is wrong, a failed case
 * why; the arena is empty afterwards; and both dispatchers report the same. Gas limits of blocks
 * are cut to what is run in a millisecond, so that the fuzzer looks for more than long loops. */

#include "spec/statetest.h"

#include <string.h>

#include "codec/json.h"
#include "tests/fuzz.h"

#define ARENA_BYTES  ((size_t)1 << 20)
#define MEMORY_BYTES ((size_t)1 << 20)
#define REGION_BYTES (EVM_STACK_SLOT + EVM_REGION_BYTES_FOR(MEMORY_BYTES))

#define GAS_LIMIT_TEXT "0x030d40" /* 200,000 */

/* struct tally: what a run reported, as a number that depends on all of it. */
struct tally {
    uint64_t count;
    uint64_t mix;
};

static void mix_in(struct tally *tally, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++) { /* FNV-1a */
        tally->mix = (tally->mix ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
}

static void on_case(void *context, const struct statetest_case *c)
{
    struct tally *tally = context;
    FUZZ_CHECK(c->test != NULL && c->fork != NULL);
    FUZZ_CHECK(c->passed || (c->reason != NULL && c->expected != NULL && c->got != NULL));
    tally->count++;
    mix_in(tally, &c->index, sizeof(c->index));
    mix_in(tally, &c->passed, sizeof(c->passed));
    mix_in(tally, c->state_root.b, sizeof(c->state_root.b));
    mix_in(tally, &c->gas_used, sizeof(c->gas_used));
    if (!c->passed) {
        mix_in(tally, c->reason, strlen(c->reason));
        mix_in(tally, c->got, strlen(c->got));
    }
}

static struct tally run(struct evm *evm, struct arena *arena, evm_dispatch_fn *dispatch,
                        struct bytes text)
{
    struct tally tally = {0, 0};
    struct err_detail detail = {""};
    struct statetest runner = {
        .evm = evm,
        .arena = arena,
        .key = {{1, 3, 5, 7}},
        .report = on_case,
        .context = &tally,
    };
    evm->dispatch = dispatch;
    enum err e = statetest_run(&runner, text, &detail);
    FUZZ_CHECK(e == OK || e == ERR_MEMORY || detail.text[0] != '\0');
    FUZZ_CHECK(arena->used == 0);
    mix_in(&tally, &e, sizeof(e));
    return tally;
}

/* cut_gas sets the gas limit of every test's block, where there is one. */
static void cut_gas(json_t *file)
{
    const char *name;
    json_t *test;
    json_object_foreach(file, name, test)
    {
        json_t *env = json_object_get(test, "env");
        if (json_object_get(env, "currentGasLimit") != NULL) {
            (void)json_object_set_new(env, "currentGasLimit", json_string(GAS_LIMIT_TEXT));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t region[REGION_BYTES];
    static _Alignas(64) uint8_t arena_region[ARENA_BYTES];
    static struct evm evm;
    const struct json_limits limits = {(size_t)1 << 20, (size_t)1 << 16, 64};
    if (evm.stacks == NULL) {
        uint8_t *base = region + ((0 - (uintptr_t)region) & (EVM_STACK_SLOT - 1));
        enum err e = evm_open(&evm, base, MEMORY_BYTES);
        FUZZ_CHECK(e == OK);
    }
    struct arena arena;
    arena_init(&arena, arena_region, sizeof(arena_region));
    json_t *file;
    char *cut = NULL;
    struct bytes text = bytes_from(data, len);
    if (json_parse(&file, text, &limits, NULL) == OK) {
        cut_gas(file);
        cut = json_dumps(file, JSON_COMPACT);
        FUZZ_CHECK(cut != NULL);
        text = bytes_from(cut, strlen(cut));
        json_free(file);
    }
    struct tally tally = run(&evm, &arena, evm_dispatch_switch, text);
#if HAVE_TAIL_CALLS
    struct tally other = run(&evm, &arena, evm_dispatch_tail, text);
    FUZZ_CHECK(tally.count == other.count && tally.mix == other.mix);
#else
    (void)tally;
#endif
    free(cut);
    return 0;
}
