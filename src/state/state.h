#ifndef STATE_STATE_H
#define STATE_STATE_H

/* state.h: the world state during a simulation: what was changed or looked at, laid over a database
 * that is only read.
 *
 * Everything the EVM asks about an account or a slot sits in one record, found by one look-up: the
 * present value, the value at the start of the transaction (EIP-2200), whether it is warm
 * (EIP-2929), the transient value (EIP-1153). What lasts only for a transaction carries the number
 * of that transaction and counts as unset under another one, so nothing is cleared in between.
 *
 * Each change is journaled with what undoes it (journal.h). A frame takes a checkpoint when it
 * begins and goes back to it when it fails; nothing is copied per call.
 *
 * Invariants:
 *   1. Records never move and are never freed before the arena is reset: pointers stay good.
 *   2. A field changes only through a function here, which journals it.
 *   3. `is_loaded` means that the database was asked; before that only warmth is known, so that
 *      an access list costs no look-ups.
 *
 * Errors of all functions that return one: what the database gives, and ERR_MEMORY. */

#include "base/arena.h"
#include "base/map.h"
#include "state/db.h"

/* Zero bytes after every code, so that a PUSH32 at its end and running off it need no test. */
#define CODE_PADDING 33

/* struct code is a contract's code, shared by all accounts that have it. */
struct code {
    struct hash32 hash;
    const uint8_t *bytes; /* `len` bytes and CODE_PADDING zeros */
    size_t len;
    const uint64_t *jumpdests; /* one bit a byte; made at first use by evm/analysis, else NULL */
};

/* struct account is one account's record. */
struct account {
    struct address address;
    bool is_loaded;      /* the database was asked about this account */
    bool exists;         /* in the state, maybe empty (before EIP-161 the two differ) */
    bool existed_in_db;  /* what the database said; for reports and the state root */
    bool is_storage_new; /* slots not seen yet are zero, whatever the database holds */
    bool has_db_storage; /* the database holds storage for it (EIP-7610) */
    uint64_t number;     /* in order of first look, from 0 */
    uint64_t nonce;
    struct u256 balance;
    struct hash32 code_hash;
    struct code *code; /* NULL until asked for */
    /* Numbers of the transaction in which the account was last ... */
    uint64_t warm_in;
    uint64_t touched_in;   /* EIP-161 */
    uint64_t created_in;   /* EIP-6780 */
    uint64_t destroyed_in; /* SELFDESTRUCT, to be carried out when the transaction ends */
    struct slot *slots;    /* the account's slots, newest first */
    struct account *next;  /* in order of first look */
};

/* struct slot is one storage slot's record. */
struct slot {
    struct account *account;
    struct u256 key;
    struct u256 value;
    struct u256 original;  /* value when transaction `seen_in` began */
    struct u256 transient; /* EIP-1153 */
    uint64_t seen_in;      /* `original` belongs to this transaction */
    uint64_t warm_in;
    uint64_t transient_in;
    bool is_loaded;
    bool is_changed;   /* was set at some time, perhaps back to what it was */
    struct slot *next; /* of the same account */
};

/* struct log_entry: a LOG of the transaction (Yellow Paper 4.3.1). Lives in the arena. */
struct log_entry {
    struct address address;
    unsigned topic_count; /* 0 to 4 */
    struct u256 topics[4];
    struct bytes data;
};

struct checkpoint {
    size_t journal_count;
    size_t log_count;
    int64_t refund;
};

struct journal_entry;

/* struct state: everything in it lives in the arena it was made with. */
struct state {
    struct arena *arena;
    struct state_db db;
    struct map_key key;
    struct map accounts;
    struct map slots;
    struct map codes;
    struct account *first;
    struct account **last;
    uint64_t account_count;
    uint64_t tx; /* number of the transaction, from 1 */
    struct journal_entry *journal;
    size_t journal_count;
    size_t journal_cap;
    struct log_entry *logs;
    size_t log_count;
    size_t log_cap;
    int64_t refund; /* the refund counter; may be negative on the way (EIP-2200) */
};

/* state_init makes a state over a database, ready for transaction 1. */
enum err state_init(struct state *state, struct arena *arena, const struct map_key *key,
                    struct state_db db);

/* ---- transactions ---------------------------------------------------------------------------- */

/* state_begin_tx starts the next transaction: warmth, transient storage, logs, the refund counter
 * and the journal begin anew. */
void state_begin_tx(struct state *state);

/* state_end_tx carries out what was put off: accounts that SELFDESTRUCT marked vanish with their
 * storage, and, where `has_eip161`, touched accounts that are empty. Logs stay until the next
 * state_begin_tx. */
void state_end_tx(struct state *state, bool has_eip161);

struct checkpoint state_checkpoint(const struct state *state);

/* state_revert undoes everything since the checkpoint, logs and refunds with it. One exception,
 * kept from a bug that mainnet's block 2675119 made part of the rules: a touch of the RIPEMD-160
 * precompile stays. */
void state_revert(struct state *state, struct checkpoint to);

/* ---- accounts -------------------------------------------------------------------------------- */

/* state_find returns an account's record if there is one, else NULL. */
const struct account *state_find(const struct state *state, const struct address *address);

/* state_account_record finds or makes an account's record, without asking the database;
 * state_account makes sure that it is loaded. */
enum err state_account_record(struct state *state, struct account **out,
                              const struct address *address);
enum err state_account(struct state *state, struct account **out, const struct address *address);
enum err state_load(struct state *state, struct account *account);

/* state_warm marks an account as warm for this transaction. Returns in *was_cold whether it was not
 * (precompiles are the caller's matter). */
enum err state_warm(struct state *state, struct account *account, bool *was_cold);

/* state_is_empty: no nonce, no balance, no code (EIP-161). Needs a loaded account; an account that
 * does not exist is empty too. */
static inline bool state_is_empty(const struct account *account)
{
    return account->nonce == 0 && u256_is_zero(&account->balance) &&
           hash32_equal(&account->code_hash, &EMPTY_CODE_HASH);
}

/* state_has_code tells whether a loaded account has code. */
static inline bool state_has_code(const struct account *account)
{
    return !hash32_equal(&account->code_hash, &EMPTY_CODE_HASH);
}

/* state_code gives a loaded account's code; the empty code when it has none. Valid as long as the
 * state. */
enum err state_code(struct state *state, struct code **out, struct account *account);

/* Each of the following changes one thing of a loaded account. All but state_touch make the account
 * exist and mark it as touched. */
enum err state_set_balance(struct state *state, struct account *account,
                           const struct u256 *balance);
enum err state_set_nonce(struct state *state, struct account *account, uint64_t nonce);
/* state_set_code stores a copy of `code`; no bytes take the code away (EIP-7702). */
enum err state_set_code(struct state *state, struct account *account, struct bytes code);
/* state_touch marks an account as touched; where !has_eip161 that makes it exist. */
enum err state_touch(struct state *state, struct account *account, bool has_eip161);

/* state_create begins a contract at this account: its storage is empty from here on and it counts
 * as created in this transaction. The caller has checked for a collision. */
enum err state_create(struct state *state, struct account *account);

/* state_destroy marks an account for deletion at the end of the transaction and takes its balance.
 */
enum err state_destroy(struct state *state, struct account *account);

/* ---- storage --------------------------------------------------------------------------------- */

/* state_slot finds or makes a slot's record, without asking the database. Its warmth is in
 * state_slot_is_warm; state_slot_load makes `value` and `original` right. */
enum err state_slot(struct state *state, struct slot **out, struct account *account,
                    const struct u256 *key);
enum err state_slot_load(struct state *state, struct slot *slot);

static inline bool state_slot_is_warm(const struct state *state, const struct slot *slot)
{
    return slot->warm_in == state->tx;
}

/* state_slot_warm marks a slot that is cold as warm. state_slot_set changes a loaded slot's value.
 * state_transient_set and state_transient are TSTORE and TLOAD. */
enum err state_slot_warm(struct state *state, struct slot *slot);
enum err state_slot_set(struct state *state, struct slot *slot, const struct u256 *value);
enum err state_transient_set(struct state *state, struct slot *slot, const struct u256 *value);
struct u256 state_transient(const struct state *state, const struct slot *slot);

/* ---- logs and block hashes ------------------------------------------------------------------- */

/* state_log appends a log; `data` is copied. */
enum err state_log(struct state *state, const struct address *address, const struct u256 *topics,
                   unsigned topic_count, struct bytes data);

/* state_block_hash asks the database for an ancestor's hash. */
enum err state_block_hash(struct state *state, struct hash32 *out, uint64_t number);

#endif
