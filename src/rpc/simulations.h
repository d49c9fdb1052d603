#ifndef RPC_SIMULATIONS_H
#define RPC_SIMULATIONS_H

/* simulations.h: the methods that simulate, in two steps, from their one parameter to their result;
 * docs/api.md describes both. What was parsed may be given back between the steps: a request holds
 * nothing of it. */

#include "codec/json.h"
#include "rpc/json_writer.h"
#include "sim/block_execution.h"
#include "sim/simulate.h"

enum simulation_method { SIMULATION_SIMULATE, SIMULATION_EXECUTE_BLOCK, SIMULATION_METHODS };

/* struct simulation: a request of one of them. What it points to is in the arena it was read into. */
struct simulation {
    enum simulation_method method;
    struct sim_request simulate;
    struct block_execution block;
};

/* simulation_find finds a method by its name, "nitro_simulate" or "nitro_executeBlock"; false when
 * there is none. */
bool simulation_find(enum simulation_method *out, const char *name);

/* simulation_read reads a request from its parameter; `text` is that parameter as it was sent, for
 * the digest. Errors: ERR_MALFORMED, ERR_RANGE, ERR_LIMIT, ERR_MEMORY; *detail names the member. */
enum err simulation_read(struct simulation *out, enum simulation_method method, struct arena *arena,
                         json_t *param, struct bytes text, struct err_detail *detail);

/* simulation_parse reads a request from the text of its parameter alone. Errors: the same, and those
 * of json_parse. */
enum err simulation_parse(struct simulation *out, enum simulation_method method,
                          struct arena *arena, struct bytes text, struct err_detail *detail);

/* simulation_run does what a request asks for and adds the result as the value of `key`. The caller
 * resets the simulator, in whose arena the request is, afterwards. Errors: why it could not be
 * simulated, with *failure saying what, where and why; nothing is written then. */
enum err simulation_run(struct json_writer *json, const char *key, struct sim *sim,
                        const struct simulation *request, struct sim_failure *failure);

#endif
