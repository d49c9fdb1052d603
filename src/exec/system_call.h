#ifndef EXEC_SYSTEM_CALL_H
#define EXEC_SYSTEM_CALL_H

/* system_call.h: the calls that a block makes by itself, to contracts that the protocol names
 * (EIP-2935, 4788, 7002, 7251). The caller is SYSTEM_ADDRESS with SYSTEM_CALL_GAS of gas that counts
 * for nothing; no value moves, nobody pays, and the caller's account does not change. */

#include "evm/interp.h"

#define SYSTEM_CALL_GAS 30'000'000

/* 0xff..fe */
extern const struct address SYSTEM_ADDRESS;

/* The contracts: EIP-4788's beacon roots, EIP-2935's history, EIP-7002's withdrawal requests,
 * EIP-7251's consolidation requests. */
extern const struct address BEACON_ROOTS_ADDRESS;
extern const struct address HISTORY_STORAGE_ADDRESS;
extern const struct address WITHDRAWAL_REQUEST_ADDRESS;
extern const struct address CONSOLIDATION_REQUEST_ADDRESS;

/* system_call calls a system contract in a state transaction of its own, under evm->rules and in
 * evm->block. A failure leaves the state as it was and is an answer, in *out.
 * Out: *has_code, false when nothing is deployed there: then nothing was called, and *out is not
 *   set. out->output is valid until the next message. Errors: those of the state. */
enum err system_call(struct evm *evm, bool *has_code, struct outcome *out,
                     const struct address *contract, struct bytes data);

#endif
