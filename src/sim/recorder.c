/* What a transaction does: its instructions and what it accesses. */

#include "sim/recorder.h"

#include "base/limits.h"

struct accessed_slot {
    const struct accessed_account *account;
    struct u256 key;
    struct accessed_slot *next; /* of the same account, in order */
};

struct accessed_account {
    struct address address;
    uint64_t number; /* in order of first access, from 0 */
    struct accessed_slot *first;
    struct accessed_slot **last;
    size_t slot_count;
    struct accessed_account *next;
};

struct slot_key {
    const struct accessed_account *account;
    const struct u256 *key;
};

static bool account_is(const void *item, const void *key)
{
    const struct accessed_account *account = item;
    return address_equal(&account->address, key);
}

static bool slot_is(const void *item, const void *key)
{
    const struct accessed_slot *slot = item;
    const struct slot_key *wanted = key;
    return slot->account == wanted->account && u256_eq(&slot->key, wanted->key);
}

/* ---- accesses -------------------------------------------------------------------------------- */

static enum err find_account(struct recorder *r, struct accessed_account **out,
                             const struct address *address)
{
    uint64_t hash = map_hash_20(&r->key, address->b);
    struct accessed_account *account = map_find(&r->accounts, hash, account_is, address);
    if (account == NULL) {
        account = ARENA_NEW(r->arena, struct accessed_account, 1);
        if (account == NULL) {
            return ERR_MEMORY;
        }
        account->address = *address;
        account->number = r->account_count;
        account->last = &account->first;
        TRY(map_insert(&r->accounts, r->arena, hash, account));
        r->account_count++;
        *r->last_account = account;
        r->last_account = &account->next;
    }
    *out = account;
    return OK;
}

static enum err note_account(struct recorder *r, const struct u256 *word)
{
    uint8_t bytes[32];
    struct address address;
    struct accessed_account *account;
    u256_store_be(bytes, word);
    memcpy(address.b, bytes + 12, sizeof(address.b));
    TRY(find_account(r, &account, &address));
    return OK;
}

static enum err note_slot(struct recorder *r, const struct address *address, const struct u256 *key)
{
    struct accessed_account *account;
    TRY(find_account(r, &account, address));
    struct slot_key wanted = {account, key};
    uint64_t hash = map_hash_words(&r->key, key->w, account->number);
    if (map_find(&r->slots, hash, slot_is, &wanted) != NULL) {
        return OK;
    }
    struct accessed_slot *slot = ARENA_NEW(r->arena, struct accessed_slot, 1);
    if (slot == NULL) {
        return ERR_MEMORY;
    }
    slot->account = account;
    slot->key = *key;
    TRY(map_insert(&r->slots, r->arena, hash, slot));
    *account->last = slot;
    account->last = &slot->next;
    account->slot_count++;
    return OK;
}

/* note_access notes what an instruction is about to access. Its operands may be missing: it halts
 * then. */
static enum err note_access(struct recorder *r, const struct trace_step *now)
{
    const struct u256 *top = now->stack + now->stack_count; /* one past the highest item */
    switch (now->opcode) {
    case OP_SLOAD:
    case OP_SSTORE:
        return now->stack_count < 1
                   ? OK
                   : note_slot(r, &r->evm->frames[now->depth - 1].target->address, &top[-1]);
    case OP_BALANCE:
    case OP_EXTCODESIZE:
    case OP_EXTCODECOPY:
    case OP_EXTCODEHASH:
    case OP_SELFDESTRUCT:
        return now->stack_count < 1 ? OK : note_account(r, &top[-1]);
    case OP_CALL:
    case OP_CALLCODE:
    case OP_DELEGATECALL:
    case OP_STATICCALL:
        return now->stack_count < 2 ? OK : note_account(r, &top[-2]);
    default:
        return OK;
    }
}

/* ---- instructions ---------------------------------------------------------------------------- */

/* complete sets what is only known of the step at `depth` when it is over. */
static void complete(struct recorder *r, unsigned depth, int64_t gas_left, int64_t refund,
                     enum evm_status status)
{
    struct trace_record *step = r->pending[depth];
    if (step != NULL) {
        int64_t asked = gas_left == GAS_NONE ? 0 : step->gas - gas_left;
        step->gas_cost = asked < step->price ? step->price : asked;
        step->refund = refund;
        step->error = status;
        r->pending[depth] = NULL;
    }
}

static enum err note_step(struct recorder *r, const struct trace_step *now)
{
    complete(r, now->depth, now->gas_left, now->refund, EVM_SUCCESS);
    if (r->steps_left == 0 || r->words_left < now->stack_count) {
        r->steps_left = 0; /* what follows is not kept either: a trace has no holes */
        r->is_cut = true;
        return OK;
    }
    struct trace_record *step = ARENA_NEW(r->arena, struct trace_record, 1);
    struct u256 *stack = ARENA_NEW(r->arena, struct u256, now->stack_count);
    if (step == NULL || stack == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(stack, now->stack, now->stack_count * sizeof(*stack));
    *step = (struct trace_record){
        .pc = now->pc,
        .opcode = now->opcode,
        .price = now->price,
        .gas = now->gas_left,
        .depth = now->depth,
        .memory_len = now->memory.len,
        .refund = now->refund,
        .stack = stack,
        .stack_count = now->stack_count,
    };
    r->steps_left--;
    r->words_left -= now->stack_count;
    r->pending[now->depth] = step;
    *r->last = step;
    r->last = &step->next;
    return OK;
}

static void on_step(void *context, const struct trace_step *now)
{
    struct recorder *r = context;
    if (r->err == OK && r->wants_accesses) {
        r->err = note_access(r, now);
    }
    if (r->err == OK && r->pending != NULL) {
        r->err = note_step(r, now);
    }
}

static void on_charged(void *context, unsigned depth, int64_t gas_left)
{
    struct recorder *r = context;
    if (r->pending != NULL && r->pending[depth] != NULL) {
        complete(r, depth, gas_left, r->pending[depth]->refund, EVM_SUCCESS);
    }
}

static void on_ending(void *context, const struct trace_end *end)
{
    struct recorder *r = context;
    if (r->pending != NULL) {
        complete(r, end->depth, end->gas_left, end->refund, (enum evm_status)end->status);
    }
}

/* ---- from the beginning to the list ---------------------------------------------------------- */

enum err recorder_init(struct recorder *recorder, const struct evm *evm, struct arena *arena,
                       const struct map_key *key, size_t steps_max, bool wants_accesses)
{
    *recorder = (struct recorder){
        .tracer = {.step = on_step, .charged = on_charged, .ending = on_ending},
        .evm = evm,
        .arena = arena,
        .key = *key,
        .steps_left = steps_max,
        .words_left = LIMIT_TRACE_WORDS,
        .wants_accesses = wants_accesses,
    };
    if (steps_max > 0) {
        recorder->pending = ARENA_NEW(arena, struct trace_record *, EVM_FRAMES + 1);
        if (recorder->pending == NULL) {
            return ERR_MEMORY;
        }
    }
    return OK;
}

enum err recorder_begin(struct recorder *recorder)
{
    recorder->tracer.context = recorder;
    recorder->first = NULL;
    recorder->last = &recorder->first;
    recorder->is_cut = false;
    recorder->first_account = NULL;
    recorder->last_account = &recorder->first_account;
    recorder->account_count = 0;
    if (recorder->wants_accesses) {
        TRY(map_init(&recorder->accounts, recorder->arena, 32));
        TRY(map_init(&recorder->slots, recorder->arena, 64));
    }
    return OK;
}

/* is_warm_anyway tells whether listing an account would save nothing. */
static bool is_warm_anyway(const struct recorder *r, const struct address *address,
                           const struct tx *tx, const struct address *created)
{
    const struct fork_rules *rules = r->evm->rules;
    return address_equal(address, &tx->sender) ||
           address_equal(address, tx->is_create ? created : &tx->to) ||
           (rules->eip3651 && address_equal(address, &r->evm->block->beneficiary)) ||
           evm_is_precompile(rules, address);
}

enum err recorder_access_list(struct recorder *recorder, const struct access_list_entry **out,
                              size_t *count, const struct tx *tx, const struct address *created)
{
    struct access_list_entry *entries =
        ARENA_NEW(recorder->arena, struct access_list_entry, recorder->account_count);
    size_t entry_count = 0;
    if (entries == NULL) {
        return ERR_MEMORY;
    }
    for (struct accessed_account *a = recorder->first_account; a != NULL; a = a->next) {
        if (a->slot_count == 0 && is_warm_anyway(recorder, &a->address, tx, created)) {
            continue;
        }
        struct u256 *keys = ARENA_NEW(recorder->arena, struct u256, a->slot_count);
        if (keys == NULL) {
            return ERR_MEMORY;
        }
        size_t key_count = 0;
        for (const struct accessed_slot *s = a->first; s != NULL; s = s->next) {
            keys[key_count++] = s->key;
        }
        entries[entry_count++] = (struct access_list_entry){a->address, keys, key_count};
    }
    *out = entries;
    *count = entry_count;
    return OK;
}
