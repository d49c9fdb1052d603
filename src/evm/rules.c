/* The tables of rules.h, all constant. */

#include "evm/rules.h"

#include <strings.h>

#define FIELD(F, type, name, value) .name = (value),
#define COST(F, code, NAME, fn, in, out, since, price) \
    [code] = (uint16_t)((F) >= (since) ? (price) + 1 : 0),
#define TABLE(name, fixture_name, other_name) \
    [FORK_##name] = {.fork = FORK_##name,     \
                     RULES(FIELD, FORK_##name).cost_plus_one = {OPCODES(COST, FORK_##name)}},

static const struct fork_rules tables[FORK_COUNT] = {FORKS(TABLE)};

struct fork_names {
    const char *fixture;
    const char *other;
};

static const struct fork_names names[FORK_COUNT] = {
#define X(name, fixture_name, other_name) [FORK_##name] = {fixture_name, other_name},
    FORKS(X)
#undef X
};

struct opcode_row {
    const char *name;
    uint8_t in;
    uint8_t out;
};

static const struct opcode_row opcodes[256] = {
#define X(F, code, NAME, fn, in, out, since, cost) [code] = {#NAME, in, out},
    OPCODES(X, 0)
#undef X
};

const struct fork_rules *fork_rules(enum fork fork)
{
    return &tables[fork];
}

const char *fork_name(enum fork fork)
{
    return names[fork].fixture;
}

bool fork_from_name(enum fork *out, const char *name)
{
    for (int fork = 0; fork < FORK_COUNT; fork++) {
        if (strcasecmp(name, names[fork].fixture) == 0 ||
            (names[fork].other[0] != '\0' && strcasecmp(name, names[fork].other) == 0)) {
            *out = (enum fork)fork;
            return true;
        }
    }
    return false;
}

const char *opcode_name(uint8_t opcode)
{
    return opcodes[opcode].name;
}

bool opcode_stack(uint8_t opcode, unsigned *in, unsigned *out)
{
    *in = opcodes[opcode].in;
    *out = opcodes[opcode].out;
    return opcodes[opcode].name != NULL;
}
