/* The difficulty formulas of proof of work. */

#include "exec/difficulty.h"

/* Yellow Paper 4.3.4: an adjustment is a number of 2048ths of the parent's difficulty, at least
 * -99; a block within 13 seconds counted as fast on Frontier, each 10 seconds (EIP-2), later 9
 * (EIP-100), make a step of one 2048th. The bomb doubles every 100,000 blocks. */
#define BOUND_DIVISOR_BITS    11
#define STEPS_DOWN_MAX        99
#define FRONTIER_FAST_SECONDS 13
#define EIP2_STEP_SECONDS     10
#define EIP100_STEP_SECONDS   9
#define BOMB_PERIOD_BLOCKS    100000

const struct hash32 EMPTY_OMMERS_HASH = {{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a,
                                          0xab, 0x85, 0xb5, 0x67, 0xb6, 0xcc, 0xd4, 0x1a,
                                          0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a, 0x74, 0x13,
                                          0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47}};

/* steps gives the adjustment in 2048ths, -99 to 2. */
static int steps(const struct fork_rules *rules, bool parent_has_ommers, uint64_t seconds)
{
    if (!rules->eip2) {
        return seconds < FRONTIER_FAST_SECONDS ? 1 : -1;
    }
    /* EIP-2: "max(1 - (block_timestamp - parent_timestamp) // 10, -99)"; EIP-100: "max((2 if
     * len(parent.uncles) else 1) - ((timestamp - parent.timestamp) // 9), -99)". */
    const uint64_t most = rules->eip100 && parent_has_ommers ? 2 : 1;
    const uint64_t slow = seconds / (rules->eip100 ? EIP100_STEP_SECONDS : EIP2_STEP_SECONDS);
    return slow >= most + STEPS_DOWN_MAX ? -STEPS_DOWN_MAX : (int)most - (int)slow;
}

/* bomb gives the bomb's term, false when it is 2^256 or more. */
static bool bomb(struct u256 *out, uint64_t number, uint64_t delay)
{
    /* EIP-649: "fake_block_number = max(0, block.number - 3_000_000)", and so the later ones. */
    const uint64_t periods = (number > delay ? number - delay : 0) / BOMB_PERIOD_BLOCKS;
    const struct u256 one = U256_ONE;
    *out = u256_from_u64(0);
    if (periods >= 2) {
        const struct u256 bits = u256_from_u64(periods - 2);
        u256_shl(out, &one, &bits);
        return periods - 2 < 256;
    }
    return true;
}

bool difficulty_after(struct u256 *out, const struct chain_rules *rules,
                      const struct header *parent, uint64_t timestamp)
{
    const bool parent_has_ommers = !hash32_equal(&parent->ommers_hash, &EMPTY_OMMERS_HASH);
    const int adjustment =
        steps(fork_rules(rules->fork), parent_has_ommers, timestamp - parent->timestamp);
    const struct u256 bits = u256_from_u64(BOUND_DIVISOR_BITS);
    const struct u256 least = u256_from_u64(DIFFICULTY_MIN);
    struct u256 step;
    struct u256 change = u256_from_u64((uint64_t)(adjustment < 0 ? -adjustment : adjustment));
    struct u256 difficulty;
    struct u256 bomb_term;
    u256_shr(&step, &parent->difficulty, &bits);
    u256_mul(&change, &change, &step); /* at most 99/2048 of the parent's: no overflow */
    if (adjustment < 0) {
        u256_sub(&difficulty, &parent->difficulty, &change);
    } else if (u256_add_overflow(&difficulty, &parent->difficulty, &change)) {
        return false;
    }
    /* The Yellow Paper's formula has the least difficulty outermost, after the bomb. */
    if (!bomb(&bomb_term, parent->number + 1, rules->difficulty_bomb_delay) ||
        u256_add_overflow(&difficulty, &difficulty, &bomb_term)) {
        return false;
    }
    *out = u256_lt(&difficulty, &least) ? least : difficulty;
    return true;
}
