/* Block and ommer rewards. */

#include "exec/reward.h"

#include "base/err.h"

/* Wei in an ether. Of 5 ether and two 32nds, 5.3e18, to 2^64 there is room. */
#define ETHER UINT64_C(1000000000000000000)

struct u256 reward_block(const struct fork_rules *rules, size_t ommer_count)
{
    ASSERT(ommer_count <= 2);
    const uint64_t reward = rules->block_reward_ether * ETHER;
    return u256_from_u64(reward + ommer_count * (reward / 32));
}

struct u256 reward_ommer(const struct fork_rules *rules, uint64_t number, uint64_t ommer_number)
{
    const uint64_t age = number - ommer_number;
    ASSERT(ommer_number < number && age <= 6);
    const uint64_t reward = rules->block_reward_ether * ETHER;
    return u256_from_u64(reward / 8 * (8 - age));
}
