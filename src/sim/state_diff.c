/* What a simulation changed. */

#include "sim/state_diff.h"

#include "base/sort.h"

static int by_address(const void *a, const void *b)
{
    const struct account *x = a;
    const struct account *y = b;
    return memcmp(x->address.b, y->address.b, sizeof(x->address.b));
}

static int by_key(const void *a, const void *b)
{
    const struct slot *x = a;
    const struct slot *y = b;
    return u256_lt(&x->key, &y->key) ? -1 : u256_lt(&y->key, &x->key);
}

/* diff_slots compares an account's slots, in the order of their keys. */
static enum err diff_slots(struct account_diff *out, const struct state *state,
                           const struct before *before, const struct account *account)
{
    size_t count = 0;
    for (const struct slot *s = account->slots; s != NULL; s = s->next) {
        count += s->is_changed;
    }
    if (count == 0) {
        return OK;
    }
    void **sorted = ARENA_NEW(state->arena, void *, count);
    struct slot_diff *slots = ARENA_NEW(state->arena, struct slot_diff, count);
    if (sorted == NULL || slots == NULL) {
        return ERR_MEMORY;
    }
    size_t i = 0;
    for (struct slot *s = account->slots; s != NULL; s = s->next) {
        if (s->is_changed) {
            sorted[i++] = s;
        }
    }
    sort_pointers(sorted, count, by_key);
    for (i = 0; i < count; i++) {
        const struct slot *s = sorted[i];
        struct slot_diff *slot = &slots[out->slot_count];
        slot->key = s->key;
        slot->post = s->value;
        TRY(before_find_slot(before, &slot->knows_pre, &slot->pre, s));
        out->slot_count += !slot->knows_pre || !u256_eq(&slot->pre, &slot->post);
    }
    out->slots = slots;
    return OK;
}

/* diff_account compares an account. Out: *is_changed, whether anything differs. */
static enum err diff_account(struct account_diff *out, bool *is_changed, struct state *state,
                             const struct before *before, struct account *account)
{
    struct before_account pre;
    TRY(before_find_account(before, &pre, account));
    *out = (struct account_diff){
        .address = account->address,
        .pre_exists = pre.exists,
        .post_exists = account->exists,
        .pre_nonce = pre.nonce,
        .post_nonce = account->nonce,
        .pre_balance = pre.balance,
        .post_balance = account->balance,
        .is_storage_cleared =
            account->is_storage_new && !pre.has_replaced_storage && account->has_db_storage,
    };
    if (!hash32_equal(&pre.code_hash, &account->code_hash)) {
        struct code *code;
        TRY(state_code(state, &code, account)); /* there: who set the hash had the code */
        out->is_code_changed = true;
        out->post_code = bytes_from(code->bytes, code->len);
        TRY(before_find_code(before, &out->pre_code, &pre));
    }
    TRY(diff_slots(out, state, before, account));
    *is_changed = pre.exists != account->exists || pre.nonce != account->nonce ||
                  !u256_eq(&pre.balance, &account->balance) || out->is_code_changed ||
                  out->is_storage_cleared || out->slot_count != 0;
    return OK;
}

enum err state_diff_make(struct state_diff *out, struct state *state, const struct before *before)
{
    size_t count = state->account_count;
    void **sorted = ARENA_NEW(state->arena, void *, count);
    struct account_diff *accounts = ARENA_NEW(state->arena, struct account_diff, count);
    if (sorted == NULL || accounts == NULL) {
        return ERR_MEMORY;
    }
    size_t loaded = 0;
    for (struct account *a = state->first; a != NULL; a = a->next) {
        if (a->is_loaded) {
            sorted[loaded++] = a;
        }
    }
    sort_pointers(sorted, loaded, by_address);
    *out = (struct state_diff){.accounts = accounts};
    for (size_t i = 0; i < loaded; i++) {
        bool is_changed;
        TRY(diff_account(&accounts[out->count], &is_changed, state, before, sorted[i]));
        out->count += is_changed;
    }
    return OK;
}
