/* State overrides, and the state before the first transaction. */

#include "sim/overrides.h"

/* struct before_slot: a slot that an override set. */
struct before_slot {
    const struct slot *slot;
    struct u256 value;
};

static bool slot_is(const void *item, const void *key)
{
    const struct before_slot *before = item;
    return before->slot == key;
}

static uint64_t slot_hash(const struct before *before, const struct slot *slot)
{
    return map_hash_words(&before->state->key, slot->key.w, slot->account->number);
}

static enum err set_slot(struct before *before, struct account *account,
                         const struct storage_value *entry, struct err_detail *detail)
{
    struct state *state = before->state;
    struct slot *slot;
    TRY(state_slot(state, &slot, account, &entry->slot));
    if (slot->is_changed) {
        return err_explain(detail, ERR_MALFORMED, "stateOverrides: the same slot twice");
    }
    TRY(state_slot_load(state, slot));
    TRY(state_slot_set(state, slot, &entry->value));
    struct before_slot *item = ARENA_NEW(state->arena, struct before_slot, 1);
    if (item == NULL) {
        return ERR_MEMORY;
    }
    *item = (struct before_slot){slot, entry->value};
    return map_insert(&before->slots, state->arena, slot_hash(before, slot), item);
}

static enum err apply(struct before *before, const struct account_override *override,
                      struct err_detail *detail)
{
    struct state *state = before->state;
    struct account *account;
    uint64_t count = state->account_count;
    TRY(state_account(state, &account, &override->address));
    if (state->account_count == count) { /* its record was there already */
        return err_explain(detail, ERR_MALFORMED, "stateOverrides: the same address twice");
    }
    TRY(state_touch(state, account, false)); /* makes it exist */
    if (override->has_balance) {
        TRY(state_set_balance(state, account, &override->balance));
    }
    if (override->has_nonce) {
        TRY(state_set_nonce(state, account, override->nonce));
    }
    if (override->has_code) {
        TRY(state_set_code(state, account, override->code));
    }
    if (override->replaces_storage) {
        TRY(state_create(state, account)); /* its storage is empty from here on */
    }
    for (size_t i = 0; i < override->storage_count; i++) {
        TRY(set_slot(before, account, &override->storage[i], detail));
    }
    return OK;
}

enum err overrides_apply(struct before *out, struct state *state,
                         const struct account_override *overrides, size_t count,
                         struct err_detail *detail)
{
    *out = (struct before){.state = state};
    TRY(map_init(&out->slots, state->arena, 16));
    ASSERT(state->account_count == 0);
    for (size_t i = 0; i < count; i++) {
        TRY(apply(out, &overrides[i], detail));
    }
    state_end_tx(state, false); /* nothing of it vanishes for being empty */
    out->account_count = state->account_count;
    out->accounts = ARENA_NEW(state->arena, struct before_account, out->account_count);
    if (out->accounts == NULL) {
        return ERR_MEMORY;
    }
    for (const struct account *a = state->first; a != NULL; a = a->next) {
        out->accounts[a->number] = (struct before_account){
            .exists = a->exists,
            .has_replaced_storage = a->is_storage_new,
            .nonce = a->nonce,
            .balance = a->balance,
            .code_hash = a->code_hash,
            .code = a->code,
        };
    }
    return OK;
}

enum err before_find_account(const struct before *before, struct before_account *out,
                             const struct account *account)
{
    if (account->number < before->account_count) {
        *out = before->accounts[account->number];
        return OK;
    }
    const struct state_db *db = &before->state->db;
    bool found;
    struct db_account info;
    *out = (struct before_account){.code_hash = EMPTY_CODE_HASH};
    TRY(db->ops->account(db->db, &found, &info, &account->address));
    if (found) {
        *out = (struct before_account){
            .exists = true,
            .nonce = info.nonce,
            .balance = info.balance,
            .code_hash = info.code_hash,
        };
    }
    return OK;
}

enum err before_find_code(const struct before *before, struct bytes *out,
                          const struct before_account *account)
{
    const struct state_db *db = &before->state->db;
    *out = bytes_from(NULL, 0);
    if (account->code != NULL) {
        *out = bytes_from(account->code->bytes, account->code->len);
        return OK;
    }
    return hash32_equal(&account->code_hash, &EMPTY_CODE_HASH)
               ? OK
               : db->ops->code(db->db, out, &account->code_hash);
}

enum err before_find_slot(const struct before *before, bool *known, struct u256 *out,
                          const struct slot *slot)
{
    const struct before_slot *set =
        map_find(&before->slots, slot_hash(before, slot), slot_is, slot);
    *known = true;
    *out = u256_from_u64(0);
    if (set != NULL) {
        *out = set->value;
        return OK;
    }
    struct before_account account;
    TRY(before_find_account(before, &account, slot->account));
    if (account.has_replaced_storage) {
        return OK;
    }
    const struct state_db *db = &before->state->db;
    enum err e = db->ops->storage(db->db, out, &slot->account->address, &slot->key);
    *known = e != ERR_STATE_MISSING;
    return *known ? e : OK;
}
