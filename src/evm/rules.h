#ifndef EVM_RULES_H
#define EVM_RULES_H

/* rules.h: the rules of each fork as constant tables, expanded at compile time from forks.def,
 * rules.def, opcodes.def and precompiles.def. Code asks a field, never "which fork?". */

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "evm/forks.def"
#include "evm/opcodes.def"
#include "evm/rules.def"

enum fork {
#define X(name, fixture_name, other_name) FORK_##name,
    FORKS(X)
#undef X
        FORK_COUNT,
    FORK_NEWEST = FORK_COUNT - 1
};

enum opcode {
#define X(F, code, NAME, fn, in, out, since, cost) OP_##NAME = code,
    OPCODES(X, 0)
#undef X
};

struct fork_rules {
    enum fork fork;
#define X(F, type, name, value) type name;
    RULES(X, 0)
#undef X
    uint16_t cost_plus_one[256]; /* static price of each opcode, plus 1; 0: undefined */
};

/* rules_cost returns an opcode's static price, negative when the fork does not define it. */
static inline int64_t rules_cost(const struct fork_rules *rules, uint8_t opcode)
{
    return (int64_t)rules->cost_plus_one[opcode] - 1;
}

/* fork_rules returns a fork's rules; a constant. */
const struct fork_rules *fork_rules(enum fork fork);

/* fork_name returns the name that official fixtures use ("Osaka", "EIP150"). fork_from_name finds a
 * fork by either of its names, without regard to case; false when there is none. */
const char *fork_name(enum fork fork);
bool fork_from_name(enum fork *out, const char *name);

/* opcode_name returns the mnemonic ("ADD") of an opcode in its newest meaning; NULL when no fork
 * defines it. */
const char *opcode_name(uint8_t opcode);

/* opcode_stack gives how many stack items an opcode takes and gives; false when it is undefined. */
bool opcode_stack(uint8_t opcode, unsigned *in, unsigned *out);

#endif
