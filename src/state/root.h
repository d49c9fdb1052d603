#ifndef STATE_ROOT_H
#define STATE_ROOT_H

/* root.h: the state root (Yellow Paper 4.1) of a state whose database is in memory. */

#include "state/db_memory.h"
#include "state/state.h"

/* state_root computes the root of `db` with what `state` changed on top, between transactions.
 * Takes memory from the state's arena. Errors: ERR_MEMORY.
 * Cost: every account and slot is hashed; meant for tests and small states. */
enum err state_root(struct hash32 *out, const struct state *state, const struct db_memory *db);

#endif
