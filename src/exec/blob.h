#ifndef EXEC_BLOB_H
#define EXEC_BLOB_H

/* blob.h: blob gas (EIP-4844, 7691, 7840, 7892, 7918). */

#include "base/u256.h"
#include "evm/rules.h"
#include "exec/blob_schedule.def"

/* struct blob_schedule: what a fork, or a fork that changes blob parameters alone, allows. All 0
 * before Cancun. */
struct blob_schedule {
    uint64_t target; /* blobs in a block at which the price stays; at most max */
    uint64_t max;    /* blobs in a block */
    uint64_t base_fee_update_fraction;
};

/* blob_schedule_is_valid tells whether a schedule from outside keeps these promises: the target is
 * at most max, and the fraction, which prices are divided by, not 0. */
bool blob_schedule_is_valid(const struct blob_schedule *schedule);

/* The schedules of mainnet, constants. */
enum blob_schedule_id {
#define X(name, text, fork, target, max, fraction) BLOB_##name,
    BLOB_SCHEDULES(X)
#undef X
        BLOB_SCHEDULE_COUNT
};

extern const struct blob_schedule blob_schedules[BLOB_SCHEDULE_COUNT];

/* blob_fork_from_name finds the fork and mainnet's blob schedule that a name stands for: a fork's
 * name, or that of a blob parameter fork ("BPO1"), whose other rules are Osaka's. False when
 * unknown. */
bool blob_fork_from_name(enum fork *fork, struct blob_schedule *schedule, const char *name);

/* blob_base_fee: wei per blob gas at an excess (EIP-4844, fake_exponential); 2^256 - 1 when it
 * would be more. The fraction is not 0. */
struct u256 blob_base_fee(uint64_t excess_blob_gas, uint64_t base_fee_update_fraction);

/* blob_excess_gas computes a block's excess blob gas from what its parent's header says (all 0
 * where the parent is from before Cancun), under the block's own schedule (EIP-7892: "the functions
 * use the *current* block's blob schedule"), with EIP-7918's bound or without. False when the
 * number is 2^64 or more, so that no header can hold it; *out is not set then. */
bool blob_excess_gas(uint64_t *out, const struct blob_schedule *schedule, bool has_eip7918,
                     uint64_t parent_excess_blob_gas, uint64_t parent_blob_gas_used,
                     const struct u256 *parent_base_fee_per_gas);

#endif
