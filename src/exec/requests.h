#ifndef EXEC_REQUESTS_H
#define EXEC_REQUESTS_H

/* requests.h: what a block asks of the consensus layer (EIP-7685): deposits, which the deposit
 * contract logs (EIP-6110), withdrawals (EIP-7002) and consolidations (EIP-7251), which system
 * contracts hand out. */

#include "exec/receipt.h"

/* The types of requests, in the order in which the hash takes them. */
enum request_type { REQUEST_DEPOSIT, REQUEST_WITHDRAWAL, REQUEST_CONSOLIDATION, REQUEST_TYPES };

/* DEPOSIT_REQUEST_BYTES: pubkey 48, withdrawal credentials 32, amount 8, signature 96, index 8. */
#define DEPOSIT_REQUEST_BYTES 192u

/* requests_deposits collects the deposits that `contract` logged, one after another.
 * Out: *valid, whether each log has the one layout that the contract's event has (if not, the block
 *   is invalid); *out, in the arena. Errors: ERR_MEMORY. */
enum err requests_deposits(struct bytes *out, bool *valid, struct arena *arena,
                           const struct address *contract, const struct receipt *receipts,
                           size_t count);

/* requests_hash computes the commitment to a block's requests: SHA-256 of the SHA-256 of each type
 * and its data, where there is any. Memory is taken from the arena and given back. Errors:
 * ERR_MEMORY. */
enum err requests_hash(struct hash32 *out, struct arena *arena,
                       const struct bytes data[static REQUEST_TYPES]);

#endif
