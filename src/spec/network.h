#ifndef SPEC_NETWORK_H
#define SPEC_NETWORK_H

/* network.h: the chains that official blockchain tests run on. A test's "network" names one:
 *
 *   UPGRADE                                    all upgrades up to this from the genesis block on
 *   UPGRADE "To" UPGRADE "At" NUMBER           the second, and all between, from this block on
 *   UPGRADE "To" UPGRADE "AtTime" SECONDS      ... from this timestamp on
 *   UPGRADE "To" UPGRADE "AtDiff" HEX          ... once this total difficulty is reached
 *   UPGRADE "ToDaoAt" NUMBER                   the first, and the DAO fork at this block
 *
 * UPGRADE is a name of exec/chain.h; NUMBER and SECONDS are decimal, with "k" for thousands. */

#include "codec/json.h"
#include "exec/chain.h"

/* network_chain makes the chain that `name` stands for. `config` is the test's "config" or NULL:
 * its "chainid" (1 without) and "blobSchedule" ({"BPO1": {target, max, baseFeeUpdateFraction},
 * ...}), which replaces mainnet's schedules for the upgrades it names, are used. The deposit
 * contract is mainnet's.
 * Out: *found, whether the name is one; if so, *out, whose forks and blob schedules are in `arena`;
 *   out->name is `name`.
 * Errors: ERR_MALFORMED, ERR_RANGE (the config; an upgrade that needs a blob schedule and has
 *   none); ERR_MEMORY. */
enum err network_chain(struct chain_config *out, bool *found, struct arena *arena, const char *name,
                       json_t *config, struct err_detail *detail);

#endif
