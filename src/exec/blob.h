#ifndef EXEC_BLOB_H
#define EXEC_BLOB_H

/* blob.h: blob gas (EIP-4844, 7840, 7892). */

#include "base/u256.h"
#include "evm/rules.h"

/* struct blob_schedule: what a fork, or a fork that changes blob parameters alone, allows. */
struct blob_schedule {
    uint64_t max; /* blobs in a block; 0 before Cancun */
    uint64_t base_fee_update_fraction;
};

/* blob_fork_from_name finds the fork and the blob schedule that a name stands for: a fork's name,
 * or that of a blob parameter fork ("BPO1"), whose other rules are Osaka's. False when unknown. */
bool blob_fork_from_name(enum fork *fork, struct blob_schedule *schedule, const char *name);

/* blob_base_fee: wei per blob gas at an excess (EIP-4844, fake_exponential); 2^256 - 1 when it
 * would be more. The fraction is not 0. */
struct u256 blob_base_fee(uint64_t excess_blob_gas, uint64_t base_fee_update_fraction);

#endif
