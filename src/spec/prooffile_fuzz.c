/* Any bytes as a file of proofs. Nothing crashes, an error says what is wrong, and so does a
 * failure. What passes fails for another root.
 *
 * Input: a byte, of which bit 0 says whether the file is read by line; then the file. */

#include "spec/prooffile.h"

#include "tests/fuzz.h"

static _Alignas(64) uint8_t arena_region[(size_t)4 << 20];

struct counts {
    size_t passed;
    size_t failed;
    size_t line;
};

static void on_case(void *context, const struct prooffile_case *c)
{
    struct counts *counts = context;
    counts->passed += c->passed;
    counts->failed += !c->passed;
    FUZZ_CHECK(c->passed == (c->reason[0] == '\0'));
    FUZZ_CHECK(c->line >= counts->line);
    counts->line = c->line;
    if (!c->passed) {
        return;
    }
    FUZZ_CHECK(c->end <= PROOF_OTHER_EXTENSION);
    for (size_t i = 0; i < c->proof->slot_count; i++) {
        FUZZ_CHECK((c->slot_ends[i] == PROOF_VALUE) == !u256_is_zero(&c->proof->slots[i].value));
        FUZZ_CHECK(c->end == PROOF_VALUE || c->slot_ends[i] == PROOF_EMPTY_TRIE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct hash32 other_root = {{1}};
    struct arena arena;
    struct counts counts = {.passed = 0};
    struct counts again = {.passed = 0};
    struct err_detail detail = {""};
    if (len == 0) {
        return 0;
    }
    bool by_line = (data[0] & 1) != 0;
    struct bytes text = bytes_from(data + 1, len - 1);
    arena_init(&arena, arena_region, sizeof(arena_region));
    struct prooffile runner = {.arena = &arena, .report = on_case, .context = &counts};
    enum err e = prooffile_run(&runner, text, by_line, &detail);
    FUZZ_CHECK(e == OK || detail.text[0] != '\0');
    runner.root = &other_root;
    runner.context = &again;
    enum err second = prooffile_run(&runner, text, by_line, &detail);
    FUZZ_CHECK(e != OK || second == OK);
    FUZZ_CHECK(again.passed == 0);
    FUZZ_CHECK(arena.used == 0);
    arena_reset(&arena);
    return 0;
}
