#ifndef EXEC_TX_H
#define EXEC_TX_H

/* tx.h: transactions: are they valid, what do they cost, and what do they do to the state (Yellow
 * Paper 6; EIP-1559, 2930, 4844, 7623, 7702, 7825). */

#include "evm/interp.h"
#include "exec/tx_status.def"

enum tx_type { TX_LEGACY, TX_ACCESS_LIST, TX_FEE_MARKET, TX_BLOB, TX_SET_CODE, TX_TYPE_COUNT };

/* TX_OK, or the rule that a transaction breaks. */
enum tx_status {
    TX_OK,
#define X(name, text) TX_##name,
    TX_STATUSES(X)
#undef X
        TX_STATUS_COUNT
};

/* tx_status_name returns the name of the official fixtures ("INSUFFICIENT_ACCOUNT_FUNDS"; "OK" for
 * TX_OK), tx_status_text a few words in lower case. */
const char *tx_status_name(enum tx_status status);
const char *tx_status_text(enum tx_status status);

/* struct access_list_entry: EIP-2930. */
struct access_list_entry {
    struct address address;
    const struct u256 *keys;
    size_t key_count;
};

/* struct authorization: EIP-7702. What is out of range stays representable, since a bad one is
 * skipped, not refused. */
struct authorization {
    struct u256 chain_id;
    struct address address;
    uint64_t nonce;
    struct u256 y_parity;
    struct u256 r;
    struct u256 s;
};

/* struct tx: a transaction whose sender is known. Views are the caller's and outlive tx_execute. */
struct tx {
    enum tx_type type;
    bool is_create; /* no `to` */
    bool is_call;   /* to be run as eth_call does; see tx_execute */
    struct address sender;
    struct address to;
    uint64_t nonce;
    uint64_t gas_limit;
    struct u256 max_fee_per_gas;          /* types 0 and 1: the gas price */
    struct u256 max_priority_fee_per_gas; /* types 0 and 1: the gas price */
    struct u256 value;                    /* wei */
    struct bytes data;
    const struct access_list_entry *access_list;
    size_t access_list_count;
    struct u256 max_fee_per_blob_gas;
    const struct hash32 *blob_versioned_hashes;
    size_t blob_count;
    const struct authorization *authorizations;
    size_t authorization_count;
};

/* struct tx_result: what came of it. */
struct tx_result {
    enum tx_status status; /* TX_OK: it was executed, and the rest is set */
    enum evm_status halt;  /* how its message ended */
    uint64_t gas_used;     /* after refunds and the calldata floor */
    uint64_t gas_refunded; /* what the refund counter gave back, within its cap */
    struct bytes output;   /* valid until the next message of this EVM */
    bool is_created;       /* a contract was created, at `created` */
    struct address created;
};

/* struct tx_gas: what a transaction costs before its first instruction, and what it costs at least
 * (EIP-7623; 0 before Prague). */
struct tx_gas {
    uint64_t intrinsic;
    uint64_t floor;
};

/* tx_gas computes it. Cost: a look at each byte of the data. */
struct tx_gas tx_gas(const struct tx *tx, const struct fork_rules *rules);

/* tx_check validates what needs neither a block nor a state: the type, what the type demands, the
 * gas limit against `gas` (that of tx_gas) and the rules, nonce and fees in themselves. */
enum tx_status tx_check(const struct tx *tx, const struct tx_gas *gas,
                        const struct fork_rules *rules);

/* tx_check_type validates the type alone. */
enum tx_status tx_check_type(enum tx_type type, const struct fork_rules *rules);

/* tx_execute validates a transaction and, when it is valid, executes it on evm->state, under
 * evm->rules and in evm->block, which the caller has set; it begins and ends the state's
 * transaction. `gas_available` is what the block has left. Effects on the state, in order:
 *   1. the sender pays gas_limit * price and the blob fee, and its nonce rises;
 *   2. authorizations are applied (EIP-7702), each that is valid;
 *   3. the message runs; a failure undoes this step alone;
 *   4. unused gas is paid back to the sender, the priority fee to the beneficiary;
 *   5. destroyed and touched empty accounts vanish.
 * An invalid transaction changes nothing and is an answer (out->status), not an error. Logs are in
 * evm->state until its next transaction.
 * A call (tx->is_call) is run as if its sender could send it: its nonce counts as right, the sender
 * may have code, the cap of EIP-7825 and the block's prices do not hold, and nobody pays or earns
 * anything for gas: the price shows in GASPRICE alone. The value must be there.
 * Errors: those of the database; ERR_MEMORY. The state is then of no use. */
enum err tx_execute(struct evm *evm, struct tx_result *out, const struct tx *tx,
                    uint64_t gas_available);

#endif
