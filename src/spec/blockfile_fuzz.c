/* Any bytes as a file of a block with its witness. Nothing crashes; an error says what is wrong; the
 * arena is empty afterwards; both dispatchers give the same; and a file that is valid in all it says
 * names what came out. */

#include "spec/blockfile.h"

#include <string.h>

#include "codec/json.h"
#include "tests/fuzz.h"

#define ARENA_BYTES  ((size_t)4 << 20)
#define MEMORY_BYTES ((size_t)1 << 20)
#define REGION_BYTES (EVM_STACK_SLOT + EVM_REGION_BYTES_FOR(MEMORY_BYTES))

static enum err run(struct blockfile_result *out, struct evm *evm, struct arena *arena,
                    evm_dispatch_fn *dispatch, size_t repeat, struct bytes text)
{
    struct err_detail detail = {""};
    struct blockfile runner = {.evm = evm, .arena = arena, .key = {{1, 3, 5, 7}}};
    evm->dispatch = dispatch;
    *out = (struct blockfile_result){.number = 0};
    enum err e = blockfile_run(&runner, out, text, repeat, &detail);
    FUZZ_CHECK(e == OK || e == ERR_MEMORY || detail.text[0] != '\0');
    FUZZ_CHECK(arena->used == 0);
    FUZZ_CHECK(evm->state == NULL && evm->block == NULL && evm->tx == NULL);
    FUZZ_CHECK(e != OK || out->verdict.status < BLOCK_STATUS_COUNT);
    return e;
}

static bool same(const struct blockfile_result *a, const struct blockfile_result *b)
{
    return a->number == b->number && hash32_equal(&a->hash, &b->hash) && a->fork == b->fork &&
           a->gas_used == b->gas_used && a->assumed_absent == b->assumed_absent &&
           a->verdict.status == b->verdict.status && a->verdict.tx_status == b->verdict.tx_status &&
           a->verdict.tx_index == b->verdict.tx_index &&
           (a->differs == NULL) == (b->differs == NULL);
}

/* check_hash compares what a valid file says its block's hash is, if it says so. */
static void check_hash(struct bytes text, const struct blockfile_result *result)
{
    const struct json_limits limits = {(size_t)4 << 20, (size_t)1 << 16, 64};
    struct hash32 hash;
    json_t *file;
    enum err e = json_parse(&file, text, &limits, NULL);
    FUZZ_CHECK(e == OK);
    const json_t *claim = json_find(file, "hash");
    FUZZ_CHECK(claim == NULL || (json_as_hash32(&hash, claim, "hash", NULL) == OK &&
                                 hash32_equal(&hash, &result->hash)));
    json_free(file);
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
    struct blockfile_result result;
    struct blockfile_result other;
    arena_init(&arena, arena_region, sizeof(arena_region));
    const struct bytes text = bytes_from(data, len);
    enum err e = run(&result, &evm, &arena, evm_dispatch_switch, 1, text);
    if (e == OK && result.verdict.status == BLOCK_OK && result.differs == NULL) {
        check_hash(text, &result);
    }
#if HAVE_TAIL_CALLS
    enum err again = run(&other, &evm, &arena, evm_dispatch_tail, 2, text);
#else
    enum err again = run(&other, &evm, &arena, evm_dispatch_switch, 2, text);
#endif
    FUZZ_CHECK(again == e && (e != OK || same(&result, &other)));
    return 0;
}
