#ifndef EXEC_RECEIPT_H
#define EXEC_RECEIPT_H

/* receipt.h: what a transaction leaves behind beside the state (Yellow Paper 4.3.1; EIP-658, 2718).
 *
 *   receipt: [post, cumulative_gas_used, logs_bloom, [log, ...]], after its type's byte unless
 * legacy post:    the state root after the transaction (32 bytes), from Byzantium its status (1 or
 * empty) log:     [address, [topic, ...], data] */

#include "base/arena.h"
#include "base/cursor.h"
#include "exec/tx.h"
#include "state/state.h"

#define BLOOM_BYTES 256

/* struct receipt: its logs are the caller's. Its bloom is computed from them. */
struct receipt {
    enum tx_type type;
    bool has_status;              /* from Byzantium (EIP-658) */
    bool is_success;              /* where it has one */
    struct hash32 state_root;     /* where it has not */
    uint64_t cumulative_gas_used; /* of the block's transactions to here, this one included */
    const struct log_entry *logs;
    size_t log_count;
};

/* receipt_bloom adds logs to a bloom filter: for the address and each topic of a log three bits,
 * picked by its hash (Yellow Paper 4.3.1, M). A block's bloom is that of all its logs. */
void receipt_bloom(uint8_t bloom[static BLOOM_BYTES], const struct log_entry *logs, size_t count);

/* receipt_encode writes the receipt as it is in the trie, receipt_size gives the bytes it takes. */
size_t receipt_size(const struct receipt *receipt);
void receipt_encode(struct writer *w, const struct receipt *receipt);

/* receipt_decode reads a receipt that is all of `encoded`. Logs are in the arena, their data views
 * of `encoded`; an error gives the memory back, at most eight times the length of `encoded`.
 * Errors: ERR_MALFORMED (also for a bloom that is not that of the logs), ERR_TRUNCATED,
 * ERR_TRAILING, ERR_RANGE (cumulative_gas_used over 2^64 - 1), ERR_MEMORY. */
enum err receipt_decode(struct receipt *out, struct arena *arena, struct bytes encoded);

/* receipts_root computes a block's receipts_root, and adds all their logs to *logs_bloom, which the
 * caller has set to zeros: in one call, since either needs the bloom of each. Memory is taken from
 * the arena and given back. Errors: ERR_MEMORY. */
enum err receipts_root(struct hash32 *out, uint8_t logs_bloom[static BLOOM_BYTES],
                       struct arena *arena, const struct receipt *receipts, size_t count);

/* receipt_logs_hash computes keccak256(rlp(logs)), which the official state tests commit to. Each
 * log is [address, [topic, ...], data]. Memory for the encoding is taken from the arena and given
 * back. Errors: ERR_MEMORY. */
enum err receipt_logs_hash(struct hash32 *out, struct arena *arena, const struct log_entry *logs,
                           size_t count);

#endif
