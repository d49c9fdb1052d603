#ifndef EXEC_RECEIPT_H
#define EXEC_RECEIPT_H

/* receipt.h: what a transaction leaves behind beside the state (Yellow Paper 4.3.1). */

#include "base/arena.h"
#include "state/state.h"

/* receipt_logs_hash computes keccak256(rlp(logs)), which the official state tests commit to. Each
 * log is [address, [topic, ...], data]. Memory for the encoding is taken from the arena and given
 * back. Errors: ERR_MEMORY. */
enum err receipt_logs_hash(struct hash32 *out, struct arena *arena, const struct log_entry *logs,
                           size_t count);

#endif
