#ifndef SPEC_WORKLOAD_H
#define SPEC_WORKLOAD_H

/* workload.h: benchmark programs. A workload file is an object with `name`, `code`, `calldata`,
 * `gas_limit`, `fork`, `env` (`sender`, `to`, `value`, `block_number`, `timestamp`, `chain_id`,
 * `prevrandao`, `base_fee`, `coinbase`), and what must come out: `expected_output` and `gas_used`.
 */

#include "spec/runcode.h"

struct workload {
    const char *name; /* valid as long as the arena */
    struct code_call call;
    struct bytes expected_output;
    int64_t gas_used;
};

/* workload_read reads a file's text; everything in *out lives in the arena. Errors: ERR_MALFORMED
 * and the like, with *detail saying what. */
enum err workload_read(struct workload *out, struct arena *arena, struct bytes text,
                       struct err_detail *detail);

/* struct workload_times: nanoseconds of each sample's runs, per run. */
struct workload_times {
    double median;
    double best;
    double worst;
    size_t samples;
    size_t runs_per_sample;
};

/* workload_measure checks output and gas once and then times `samples` samples of at least
 * `min_ns` each. A run is everything from an empty state: making it, analysing the code, running.
 * Errors: ERR_MALFORMED when output or gas are not as they must be (*detail says which); those of
 * runcode. */
enum err workload_measure(struct workload_times *out, struct evm *evm, struct arena *arena,
                          const struct map_key *key, const struct workload *workload,
                          size_t samples, uint64_t min_ns, struct err_detail *detail);

#endif
