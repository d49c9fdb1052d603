#ifndef EXEC_DIFFICULTY_H
#define EXEC_DIFFICULTY_H

/* difficulty.h: the difficulty that proof of work has to reach (Yellow Paper 4.3.4; EIP-2 and
 * EIP-100 change how it follows the time between blocks, EIP-649, 1234, 2384, 3554, 4345 and 5133
 * put off the bomb). */

#include "exec/chain.h"

/* DIFFICULTY_MIN: no block has less. */
#define DIFFICULTY_MIN 131072u

/* EMPTY_OMMERS_HASH: keccak256 of an empty list, the ommers_hash of a block without ommers. */
extern const struct hash32 EMPTY_OMMERS_HASH;

/* difficulty_after computes the difficulty of the block after `parent` that has this timestamp, not
 * before the parent's, under the block's own rules, of before Paris. Of the parent it reads number,
 * timestamp, difficulty and, from Byzantium on, ommers_hash. False when the number is 2^256 or
 * more, so that no header can hold it; *out is not set then. */
bool difficulty_after(struct u256 *out, const struct chain_rules *rules,
                      const struct header *parent, uint64_t timestamp);

#endif
