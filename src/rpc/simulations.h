#ifndef RPC_SIMULATIONS_H
#define RPC_SIMULATIONS_H

/* simulations.h: the methods that simulate, from the text of their one parameter to the text of
 * their result; docs/api.md describes both. */

#include "rpc/json_writer.h"
#include "sim/result.h"
#include "sim/sim.h"

/* simulation_fn runs a method: adds its result as the value of `key`. Takes memory from the
 * simulator, which the caller resets when the result is no longer needed. Errors: why it could not
 * be simulated, with *failure saying what, where and why; nothing is written then. */
typedef enum err simulation_fn(struct json_writer *json, const char *key, struct sim *sim,
                               struct bytes text, struct sim_failure *failure);

simulation_fn simulation_nitro_simulate;
simulation_fn simulation_nitro_execute_block;

/* simulation_find gives a method by its name ("nitro_simulate", "nitro_executeBlock"); NULL when
 * there is none. */
simulation_fn *simulation_find(const char *name);

#endif
