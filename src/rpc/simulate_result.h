#ifndef RPC_SIMULATE_RESULT_H
#define RPC_SIMULATE_RESULT_H

/* simulate_result.h: what nitro_simulate and nitro_executeBlock answer, as JSON; docs/api.md lists
 * the members. Numbers are quantities (codec/hex.h). */

#include "rpc/json_writer.h"
#include "sim/block_execution.h"
#include "sim/simulate.h"

/* simulate_result_print adds the result of a simulation as the value of `key`; `digest` is that of
 * the result (sim/digest.h). */
void simulate_result_print(struct json_writer *json, const char *key,
                           const struct sim_request *request, const struct sim_result *result,
                           const struct hash32 *digest);

/* block_result_print does the same for a block that was executed. */
void block_result_print(struct json_writer *json, const char *key,
                        const struct block_execution *request,
                        const struct block_execution_result *result);

/* sim_failure_print adds what a program can use of a failure, as the value of `key`: the error's
 * name and, where there are such, the index of the transaction and what was missing. */
void sim_failure_print(struct json_writer *json, const char *key, enum err e,
                       const struct sim_failure *failure);

#endif
