/* The bitmap of jump destinations. */

#include "evm/analysis.h"

#include "evm/rules.h"

const uint64_t *analysis_jumpdests(struct arena *arena, const uint8_t *code, size_t len)
{
    uint64_t *jumpdests = ARENA_NEW(arena, uint64_t, len / 64 + 1);
    if (jumpdests == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < len; i++) {
        uint8_t op = code[i];
        if (op == OP_JUMPDEST) {
            jumpdests[i / 64] |= (uint64_t)1 << (i % 64);
        } else if (op >= OP_PUSH1 && op <= OP_PUSH32) {
            i += (size_t)op - OP_PUSH1 + 1;
        }
    }
    return jumpdests;
}
