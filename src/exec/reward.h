#ifndef EXEC_REWARD_H
#define EXEC_REWARD_H

/* reward.h: what a block of proof of work creates out of nothing (Yellow Paper 11.3; EIP-649,
 * EIP-1234: 5 ether, 3 from Byzantium, 2 from Constantinople; nothing from Paris on, EIP-3675). */

#include <stddef.h>

#include "base/u256.h"
#include "evm/rules.h"

/* reward_block: wei for the beneficiary of a block that has so many ommers, at most 2: a 32nd more
 * for each. */
struct u256 reward_block(const struct fork_rules *rules, size_t ommer_count);

/* reward_ommer: wei for the beneficiary of the ommer with number `ommer_number` in the block with
 * number `number`, 1 to 6 above it: an eighth less for each generation. */
struct u256 reward_ommer(const struct fork_rules *rules, uint64_t number, uint64_t ommer_number);

#endif
