/* Any bytes as a file of trie tests. Nothing crashes, an error says what is wrong, and a trie that
 * has the right root is found again in all ways: the only failures are roots and keys that are too
 * long.
 *
 * Input: a byte, of which bit 0 says whether keys are hashed; then the file. */

#include "spec/trietest.h"

#include <string.h>

#include "tests/fuzz.h"

static _Alignas(64) uint8_t arena_region[(size_t)4 << 20];

static void on_case(void *context, const struct trietest_case *c)
{
    const bool *is_short = context;
    FUZZ_CHECK(c->test != NULL && c->reason != NULL);
    FUZZ_CHECK(c->passed || *is_short || strcmp(c->reason, "root") == 0 ||
               strcmp(c->reason, "put") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct arena arena;
    struct err_detail detail = {""};
    bool is_short = len > 4096; /* the arena may then be full */
    if (len == 0) {
        return 0;
    }
    arena_init(&arena, arena_region, sizeof(arena_region));
    const struct trietest runner = {
        .arena = &arena, .key = {{1, 3, 5, 7}}, .report = on_case, .context = &is_short};
    const char *name = (data[0] & 1) != 0 ? "secure/trie_secureTrie.json" : "secure/trietest.json";
    enum err e = trietest_run(&runner, name, bytes_from(data + 1, len - 1), &detail);
    FUZZ_CHECK(e == OK || detail.text[0] != '\0');
    FUZZ_CHECK(arena.used == 0);
    arena_reset(&arena);
    return 0;
}
