#ifndef SIM_SIMULATE_H
#define SIM_SIMULATE_H

/* simulate.h: a list of transactions, executed one after another on one state. */

#include "sim/request.h"
#include "sim/result.h"
#include "sim/sim.h"

/* sim_simulate does what a request asks for, in this order:
 *   1. opens the state and checks what binds it (opened_state.h);
 *   2. chooses the block and its rules (chosen_block.h);
 *   3. overrides accounts (overrides.h), then makes the block's system calls, if asked to;
 *   4. runs each transaction on what the one before it left;
 *   5. compares the state with that after step 3's overrides, and computes its root.
 * A transaction that is not valid changes nothing, is an answer, and the next one runs. So does one
 * that fails. The result is a function of the request and nothing else.
 * Out: *out, valid until sim_reset; *failure after an error. Errors stop everything:
 *   ERR_STATE_MISSING (the given state does not show what a transaction needs), ERR_LIMIT (over the
 *   gas cap), ERR_MEMORY, those of opened_state_open and chosen_block_make. */
enum err sim_simulate(struct sim *sim, struct sim_result *out, struct sim_failure *failure,
                      const struct sim_request *request);

#endif
