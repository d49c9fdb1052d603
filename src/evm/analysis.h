#ifndef EVM_ANALYSIS_H
#define EVM_ANALYSIS_H

/* analysis.h: which bytes of a code are jump destinations. */

#include "base/arena.h"
#include "state/state.h"

/* analysis_jumpdests makes the bitmap of valid jump destinations of a code: bit i is set when byte
 * i is a JUMPDEST and not part of a PUSH's data (Yellow Paper 9.4.3). `code` has CODE_PADDING bytes
 * after its `len`. Returns NULL when the arena is full.
 * Cost: one pass over the code; len / 8 bytes of memory. */
const uint64_t *analysis_jumpdests(struct arena *arena, const uint8_t *code, size_t len);

/* analysis_is_jumpdest tells whether `at`, below the code's length, is a jump destination. */
static inline bool analysis_is_jumpdest(const uint64_t *jumpdests, uint64_t at)
{
    return (jumpdests[at / 64] >> (at % 64)) & 1;
}

#endif
