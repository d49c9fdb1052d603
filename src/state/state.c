/* Accounts, slots, logs and transactions over a read-only database. */

#include "state/state.h"

#include "crypto/keccak.h"
#include "state/journal.h"

/* What an account without code runs. */
static const uint8_t no_bytes[CODE_PADDING];
static const uint64_t no_jumpdests[1];

struct slot_key {
    const struct account *account;
    const struct u256 *key;
};

static bool account_is(const void *item, const void *key)
{
    const struct account *account = item;
    return address_equal(&account->address, key);
}

static bool slot_is(const void *item, const void *key)
{
    const struct slot *slot = item;
    const struct slot_key *wanted = key;
    return slot->account == wanted->account && u256_eq(&slot->key, wanted->key);
}

static bool code_is(const void *item, const void *key)
{
    const struct code *code = item;
    return hash32_equal(&code->hash, key);
}

/* code_add makes the record of a code that is not there yet, with a padded copy. */
static enum err code_add(struct state *state, struct code **out, const struct hash32 *hash,
                         uint64_t map_hash, struct bytes bytes)
{
    struct code *code = ARENA_NEW(state->arena, struct code, 1);
    uint8_t *copy = ARENA_NEW(state->arena, uint8_t, bytes.len + CODE_PADDING);
    if (code == NULL || copy == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(copy, bytes.ptr, bytes.len);
    *code = (struct code){.hash = *hash, .bytes = copy, .len = bytes.len};
    TRY(map_insert(&state->codes, state->arena, map_hash, code));
    *out = code;
    return OK;
}

static uint64_t hash_of_code(const struct state *state, const struct hash32 *hash)
{
    return map_hash_20(&state->key, hash->b); /* 20 bytes of a hash are as good as 32 */
}

enum err state_init(struct state *state, struct arena *arena, const struct map_key *key,
                    struct state_db db)
{
    *state = (struct state){.arena = arena, .db = db, .key = *key, .tx = 0};
    state->last = &state->first;
    TRY(map_init(&state->accounts, arena, 32));
    TRY(map_init(&state->slots, arena, 64));
    TRY(map_init(&state->codes, arena, 16));
    struct code *empty = ARENA_NEW(arena, struct code, 1);
    if (empty == NULL) {
        return ERR_MEMORY;
    }
    *empty = (struct code){EMPTY_CODE_HASH, no_bytes, 0, no_jumpdests};
    TRY(map_insert(&state->codes, arena, hash_of_code(state, &EMPTY_CODE_HASH), empty));
    state_begin_tx(state);
    return OK;
}

/* ---- transactions ---------------------------------------------------------------------------- */

void state_begin_tx(struct state *state)
{
    state->tx++;
    state->journal_count = 0;
    state->log_count = 0;
    state->refund = 0;
}

/* vanish takes an account out of the state; its slots are zero from here on. */
static void vanish(struct state *state, struct account *account)
{
    account->exists = false;
    account->nonce = 0;
    account->balance = u256_from_u64(0);
    account->code_hash = EMPTY_CODE_HASH;
    account->code = NULL;
    account->is_storage_new = true;
    account->created_in = 0;
    for (struct slot *slot = account->slots; slot != NULL; slot = slot->next) {
        slot->value = u256_from_u64(0);
        slot->is_changed = true;
        slot->original = slot->value;
        slot->seen_in = state->tx;
        slot->is_loaded = true;
    }
}

void state_end_tx(struct state *state, bool has_eip161)
{
    /* Whatever was touched or destroyed and not reverted has an entry in the journal, but for the
     * one touch that survives a revert. */
    for (size_t i = 0; i < state->journal_count; i++) {
        const struct journal_entry *e = &state->journal[i];
        struct account *account = e->of.account;
        if (e->kind == JOURNAL_DESTROYED && account->destroyed_in == state->tx) {
            vanish(state, account);
        } else if (has_eip161 && e->kind == JOURNAL_TOUCHED && account->exists &&
                   state_is_empty(account)) {
            vanish(state, account);
        }
    }
    if (has_eip161) {
        struct account *account =
            map_find(&state->accounts, map_hash_20(&state->key, RIPEMD160_ADDRESS.b), account_is,
                     &RIPEMD160_ADDRESS);
        if (account != NULL && account->touched_in == state->tx && account->exists &&
            state_is_empty(account)) {
            vanish(state, account);
        }
    }
    state->journal_count = 0;
}

struct checkpoint state_checkpoint(const struct state *state)
{
    return (struct checkpoint){state->journal_count, state->log_count, state->refund};
}

void state_revert(struct state *state, struct checkpoint to)
{
    ASSERT(to.journal_count <= state->journal_count && to.log_count <= state->log_count);
    while (state->journal_count > to.journal_count) {
        journal_undo(state);
    }
    state->log_count = to.log_count;
    state->refund = to.refund;
}

/* ---- accounts -------------------------------------------------------------------------------- */

const struct account *state_find(const struct state *state, const struct address *address)
{
    return map_find(&state->accounts, map_hash_20(&state->key, address->b), account_is, address);
}

enum err state_account_record(struct state *state, struct account **out,
                              const struct address *address)
{
    uint64_t hash = map_hash_20(&state->key, address->b);
    struct account *account = map_find(&state->accounts, hash, account_is, address);
    if (account == NULL) {
        account = ARENA_NEW(state->arena, struct account, 1);
        if (account == NULL) {
            return ERR_MEMORY;
        }
        account->address = *address;
        account->number = state->account_count;
        account->code_hash = EMPTY_CODE_HASH;
        TRY(map_insert(&state->accounts, state->arena, hash, account));
        state->account_count++;
        *state->last = account;
        state->last = &account->next;
    }
    *out = account;
    return OK;
}

enum err state_load(struct state *state, struct account *account)
{
    if (account->is_loaded) {
        return OK;
    }
    bool found;
    struct db_account info;
    TRY(state->db.ops->account(state->db.db, &found, &info, &account->address));
    if (found) {
        account->exists = true;
        account->existed_in_db = true;
        account->nonce = info.nonce;
        account->balance = info.balance;
        account->code_hash = info.code_hash;
        account->has_db_storage = info.has_storage;
    } else {
        account->is_storage_new = true;
    }
    account->is_loaded = true;
    return OK;
}

enum err state_account(struct state *state, struct account **out, const struct address *address)
{
    TRY(state_account_record(state, out, address));
    return state_load(state, *out);
}

enum err state_warm(struct state *state, struct account *account, bool *was_cold)
{
    *was_cold = account->warm_in != state->tx;
    if (*was_cold) {
        TRY(journal_append(state,
                           &(struct journal_entry){.kind = JOURNAL_WARMED, .of.account = account}));
        account->warm_in = state->tx;
    }
    return OK;
}

enum err state_code(struct state *state, struct code **out, struct account *account)
{
    ASSERT(account->is_loaded);
    if (account->code == NULL) {
        uint64_t map_hash = hash_of_code(state, &account->code_hash);
        account->code = map_find(&state->codes, map_hash, code_is, &account->code_hash);
        if (account->code == NULL) {
            struct bytes bytes;
            TRY(state->db.ops->code(state->db.db, &bytes, &account->code_hash));
            TRY(code_add(state, &account->code, &account->code_hash, map_hash, bytes));
        }
    }
    *out = account->code;
    return OK;
}

enum err state_touch(struct state *state, struct account *account, bool has_eip161)
{
    ASSERT(account->is_loaded);
    if (account->touched_in != state->tx) {
        TRY(journal_append(state, &(struct journal_entry){.kind = JOURNAL_TOUCHED,
                                                          .of.account = account,
                                                          .before.number = account->touched_in}));
        account->touched_in = state->tx;
    }
    if (!has_eip161 && !account->exists) {
        TRY(journal_append(state,
                           &(struct journal_entry){.kind = JOURNAL_EXISTS, .of.account = account}));
        account->exists = true;
    }
    return OK;
}

enum err state_set_balance(struct state *state, struct account *account, const struct u256 *balance)
{
    TRY(state_touch(state, account, false));
    TRY(journal_append(state, &(struct journal_entry){.kind = JOURNAL_BALANCE,
                                                      .of.account = account,
                                                      .before.word = account->balance}));
    account->balance = *balance;
    return OK;
}

enum err state_set_nonce(struct state *state, struct account *account, uint64_t nonce)
{
    TRY(state_touch(state, account, false));
    TRY(journal_append(state, &(struct journal_entry){.kind = JOURNAL_NONCE,
                                                      .of.account = account,
                                                      .before.number = account->nonce}));
    account->nonce = nonce;
    return OK;
}

enum err state_set_code(struct state *state, struct account *account, struct bytes bytes)
{
    struct code *before; /* loaded first, so that undoing it cannot fail */
    TRY(state_code(state, &before, account));
    TRY(state_touch(state, account, false));
    struct hash32 hash;
    keccak256(&hash, bytes.ptr, bytes.len);
    uint64_t map_hash = hash_of_code(state, &hash);
    struct code *code = map_find(&state->codes, map_hash, code_is, &hash);
    if (code == NULL) {
        TRY(code_add(state, &code, &hash, map_hash, bytes));
    }
    TRY(journal_append(state, &(struct journal_entry){.kind = JOURNAL_CODE,
                                                      .of.account = account,
                                                      .before.code = account->code}));
    account->code = code;
    account->code_hash = hash;
    return OK;
}

enum err state_create(struct state *state, struct account *account)
{
    TRY(state_touch(state, account, false));
    TRY(journal_append(state, &(struct journal_entry){.kind = JOURNAL_CREATED,
                                                      .flag = account->is_storage_new,
                                                      .of.account = account,
                                                      .before.number = account->created_in}));
    account->created_in = state->tx;
    account->is_storage_new = true;
    return OK;
}

enum err state_destroy(struct state *state, struct account *account)
{
    struct u256 zero = u256_from_u64(0);
    TRY(state_set_balance(state, account, &zero));
    if (account->destroyed_in != state->tx) {
        TRY(journal_append(state, &(struct journal_entry){.kind = JOURNAL_DESTROYED,
                                                          .of.account = account,
                                                          .before.number = account->destroyed_in}));
        account->destroyed_in = state->tx;
    }
    return OK;
}

/* ---- storage --------------------------------------------------------------------------------- */

enum err state_slot(struct state *state, struct slot **out, struct account *account,
                    const struct u256 *key)
{
    struct slot_key wanted = {account, key};
    uint64_t hash = map_hash_words(&state->key, key->w, account->number);
    struct slot *slot = map_find(&state->slots, hash, slot_is, &wanted);
    if (slot == NULL) {
        slot = ARENA_NEW(state->arena, struct slot, 1);
        if (slot == NULL) {
            return ERR_MEMORY;
        }
        slot->account = account;
        slot->key = *key;
        TRY(map_insert(&state->slots, state->arena, hash, slot));
        slot->next = account->slots;
        account->slots = slot;
    }
    *out = slot;
    return OK;
}

enum err state_slot_load(struct state *state, struct slot *slot)
{
    if (LIKELY(slot->is_loaded && slot->seen_in == state->tx)) {
        return OK;
    }
    if (!slot->is_loaded) {
        if (!slot->account->is_storage_new) {
            TRY(state->db.ops->storage(state->db.db, &slot->value, &slot->account->address,
                                       &slot->key));
        }
        slot->is_loaded = true;
    }
    slot->original = slot->value;
    slot->seen_in = state->tx;
    return OK;
}

enum err state_slot_warm(struct state *state, struct slot *slot)
{
    ASSERT(slot->warm_in != state->tx);
    TRY(journal_append(state,
                       &(struct journal_entry){.kind = JOURNAL_SLOT_WARMED, .of.slot = slot}));
    slot->warm_in = state->tx;
    return OK;
}

enum err state_slot_set(struct state *state, struct slot *slot, const struct u256 *value)
{
    ASSERT(slot->is_loaded && slot->seen_in == state->tx);
    TRY(journal_append(state, &(struct journal_entry){.kind = JOURNAL_SLOT_VALUE,
                                                      .of.slot = slot,
                                                      .before.word = slot->value}));
    slot->value = *value;
    slot->is_changed = true;
    return OK;
}

struct u256 state_transient(const struct state *state, const struct slot *slot)
{
    return slot->transient_in == state->tx ? slot->transient : u256_from_u64(0);
}

enum err state_transient_set(struct state *state, struct slot *slot, const struct u256 *value)
{
    slot->transient = state_transient(state, slot);
    slot->transient_in = state->tx;
    TRY(journal_append(state, &(struct journal_entry){.kind = JOURNAL_TRANSIENT,
                                                      .of.slot = slot,
                                                      .before.word = slot->transient}));
    slot->transient = *value;
    return OK;
}

/* ---- logs and block hashes ------------------------------------------------------------------- */

enum err state_log(struct state *state, const struct address *address, const struct u256 *topics,
                   unsigned topic_count, struct bytes data)
{
    ASSERT(topic_count <= 4);
    if (state->log_count == state->log_cap) {
        size_t cap = state->log_cap == 0 ? 16 : 2 * state->log_cap;
        struct log_entry *bigger = ARENA_NEW(state->arena, struct log_entry, cap);
        if (bigger == NULL) {
            return ERR_MEMORY;
        }
        bytes_copy(bigger, state->logs, state->log_count * sizeof(*bigger));
        state->logs = bigger;
        state->log_cap = cap;
    }
    uint8_t *copy = ARENA_NEW(state->arena, uint8_t, data.len);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(copy, data.ptr, data.len);
    struct log_entry *entry = &state->logs[state->log_count++];
    *entry = (struct log_entry){.address = *address, .topic_count = topic_count};
    bytes_copy(entry->topics, topics, topic_count * sizeof(*topics));
    entry->data = bytes_from(copy, data.len);
    return OK;
}

enum err state_block_hash(struct state *state, struct hash32 *out, uint64_t number)
{
    return state->db.ops->block_hash(state->db.db, out, number);
}
