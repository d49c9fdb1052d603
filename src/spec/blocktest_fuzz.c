/* Any bytes as a file of block tests. Nothing crashes; an error says what is wrong, a failed case
 * why; the arenas are empty afterwards; both dispatchers report the same, and so do runs with and
 * without witnesses, which may only use more memory. Changed bytes seldom make a chain that runs:
 * what runs then are the blocks that the corpus brings, so nothing here takes long. */

#include "spec/blocktest.h"

#include <string.h>

#include "tests/fuzz.h"

#define ARENA_BYTES  ((size_t)4 << 20)
#define MEMORY_BYTES ((size_t)1 << 20)
#define REGION_BYTES (EVM_STACK_SLOT + EVM_REGION_BYTES_FOR(MEMORY_BYTES))

/* struct tally: what a run reported, as a number that depends on all of it. */
struct tally {
    uint64_t count;
    uint64_t mix;
    bool was_full; /* an arena was */
};

static void mix_in(struct tally *tally, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++) { /* FNV-1a */
        tally->mix = (tally->mix ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
}

static void on_case(void *context, const struct blocktest_case *c)
{
    struct tally *tally = context;
    FUZZ_CHECK(c->test != NULL && c->network != NULL);
    FUZZ_CHECK(c->passed || (c->reason != NULL && c->expected != NULL && c->got != NULL));
    FUZZ_CHECK(c->passed || strcmp(c->reason, "witness") != 0);
    tally->count++;
    mix_in(tally, &c->block, sizeof(c->block));
    mix_in(tally, &c->passed, sizeof(c->passed));
    mix_in(tally, c->state_root.b, sizeof(c->state_root.b));
    mix_in(tally, &c->gas_used, sizeof(c->gas_used));
    if (!c->passed) {
        tally->was_full = tally->was_full || strcmp(c->got, err_text(ERR_MEMORY)) == 0;
        mix_in(tally, c->reason, strlen(c->reason));
        mix_in(tally, c->got, strlen(c->got));
    }
}

static struct tally run(struct evm *evm, struct arena arenas[static 2], evm_dispatch_fn *dispatch,
                        bool stateless, struct bytes text)
{
    struct tally tally = {0, 0, false};
    struct err_detail detail = {""};
    struct blocktest runner = {
        .evm = evm,
        .arena = &arenas[0],
        .scratch = &arenas[1],
        .key = {{1, 3, 5, 7}},
        .stateless = stateless,
        .report = on_case,
        .context = &tally,
    };
    evm->dispatch = dispatch;
    enum err e = blocktest_run(&runner, text, &detail);
    FUZZ_CHECK(e == OK || e == ERR_MEMORY || detail.text[0] != '\0');
    FUZZ_CHECK(arenas[0].used == 0 && arenas[1].used == 0);
    FUZZ_CHECK(evm->state == NULL && evm->block == NULL && evm->tx == NULL);
    tally.was_full = tally.was_full || e == ERR_MEMORY;
    mix_in(&tally, &e, sizeof(e));
    return tally;
}

static bool same(const struct tally *a, const struct tally *b)
{
    return a->was_full || b->was_full || (a->count == b->count && a->mix == b->mix);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t region[REGION_BYTES];
    static _Alignas(64) uint8_t arena_regions[2][ARENA_BYTES];
    static struct evm evm;
    if (evm.stacks == NULL) {
        uint8_t *base = region + ((0 - (uintptr_t)region) & (EVM_STACK_SLOT - 1));
        enum err e = evm_open(&evm, base, MEMORY_BYTES);
        FUZZ_CHECK(e == OK);
    }
    struct arena arenas[2];
    arena_init(&arenas[0], arena_regions[0], ARENA_BYTES);
    arena_init(&arenas[1], arena_regions[1], ARENA_BYTES);
    const struct bytes text = bytes_from(data, len);
    const struct tally plain = run(&evm, arenas, evm_dispatch_switch, false, text);
    const struct tally stateless = run(&evm, arenas, evm_dispatch_switch, true, text);
    FUZZ_CHECK(same(&plain, &stateless));
#if HAVE_TAIL_CALLS
    const struct tally other = run(&evm, arenas, evm_dispatch_tail, false, text);
    FUZZ_CHECK(same(&plain, &other));
#endif
    return 0;
}
