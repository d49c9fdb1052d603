/* The undo log: append, and the inverse of every kind of change. */

#include "state/journal.h"

const struct address RIPEMD160_ADDRESS = {{[19] = 3}};

enum err journal_append(struct state *state, const struct journal_entry *entry)
{
    if (state->journal_count == state->journal_cap) {
        size_t cap = state->journal_cap == 0 ? 64 : 2 * state->journal_cap;
        struct journal_entry *bigger = ARENA_NEW(state->arena, struct journal_entry, cap);
        if (bigger == NULL) {
            return ERR_MEMORY;
        }
        bytes_copy(bigger, state->journal, state->journal_count * sizeof(*bigger));
        state->journal = bigger;
        state->journal_cap = cap;
    }
    state->journal[state->journal_count++] = *entry;
    return OK;
}

void journal_undo(struct state *state)
{
    const struct journal_entry *e = &state->journal[--state->journal_count];
    struct account *account = e->of.account;
    struct slot *slot = e->of.slot;
    switch (e->kind) {
    case JOURNAL_BALANCE:
        account->balance = e->before.word;
        break;
    case JOURNAL_NONCE:
        account->nonce = e->before.number;
        break;
    case JOURNAL_CODE:
        account->code = e->before.code;
        account->code_hash = account->code->hash;
        break;
    case JOURNAL_EXISTS:
        account->exists = false;
        break;
    case JOURNAL_TOUCHED:
        if (!address_equal(&account->address, &RIPEMD160_ADDRESS)) {
            account->touched_in = e->before.number;
        }
        break;
    case JOURNAL_WARMED:
        account->warm_in = 0;
        break;
    case JOURNAL_CREATED:
        account->created_in = e->before.number;
        account->is_storage_new = e->flag;
        break;
    case JOURNAL_DESTROYED:
        account->destroyed_in = e->before.number;
        break;
    case JOURNAL_SLOT_WARMED:
        slot->warm_in = 0;
        break;
    case JOURNAL_SLOT_VALUE:
        slot->value = e->before.word;
        break;
    case JOURNAL_TRANSIENT:
        slot->transient = e->before.word;
        break;
    }
}
