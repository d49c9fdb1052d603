#ifndef SIM_CHOSEN_BLOCK_H
#define SIM_CHOSEN_BLOCK_H

/* chosen_block.h: the block that transactions are simulated in, and its rules. */

#include "exec/header.h"
#include "sim/request.h"

/* SIM_BLOCK_TIME: seconds from one block to the next (a slot of the beacon chain). */
#define SIM_BLOCK_TIME 12u

/* SIM_BLOCK_GAS_LIMIT: of a block that no header comes before: mainnet's at the end of 2025. */
#define SIM_BLOCK_GAS_LIMIT UINT64_C(60000000)

struct chosen_block {
    struct chain_rules rules;
    struct block_env env;
    struct hash32 beacon_root; /* zeros, unless overridden */
};

/* chosen_block_make finds rules and environment. A field that is not overridden is
 *
 *                      after a header                        without one
 *   number             the header's + 1                      0
 *   time               the header's + SIM_BLOCK_TIME         0
 *   gas limit          the header's                          SIM_BLOCK_GAS_LIMIT
 *   base fee           by EIP-1559                           0
 *   excess blob gas    by EIP-4844                           0
 *   difficulty         the header's                          0
 *   beneficiary, prev_randao, beacon root: zeros
 *
 * and the blob base fee follows from the excess. The rules are those of the upgrade asked for, else
 * the chain's at that number and time, else, where there is neither a header nor both of these, the
 * chain's newest.
 * Errors: ERR_MALFORMED (a field that the rules do not have), ERR_RANGE (a default that does not
 * fit in its field). */
enum err chosen_block_make(struct chosen_block *out, const struct sim_request *request,
                           const struct header *parent, struct err_detail *detail);

#endif
