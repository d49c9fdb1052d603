/* One call on a state, without a transaction around it. */

#include "spec/runcode.h"

static enum err prepare(struct evm *evm, struct message *message, const struct code_call *call)
{
    struct state *state = evm->state;
    struct account *caller;
    bool was_cold;
    TRY(state_account(state, &caller, &call->caller));
    TRY(state_warm(state, caller, &was_cold));
    if (u256_lt(&caller->balance, &call->value)) {
        TRY(state_set_balance(state, caller, &call->value));
    }
    TRY(state_account(state, &message->target, &call->to));
    TRY(state_warm(state, message->target, &was_cold));
    if (call->code.len != 0) {
        TRY(state_set_code(state, message->target, call->code));
    }
    struct account *delegate;
    TRY(evm_resolve_code(evm, &message->code, &delegate, message->target));
    message->is_delegated = delegate != NULL;
    return OK;
}

enum err runcode(struct evm *evm, struct state *state, struct outcome *out, struct arena *arena,
                 const struct map_key *key, struct db_memory *db, const struct code_call *call)
{
    TRY(state_init(state, arena, key, db_memory_db(db)));
    const struct tx_env env = {.origin = call->caller};
    evm->rules = fork_rules(call->fork);
    evm->state = state;
    evm->block = &call->block;
    evm->tx = &env;
    struct message message = {
        .caller = call->caller,
        .code_address = call->to,
        .data = call->input,
        .value = call->value,
        .gas = call->gas,
        .moves_value = true,
    };
    enum err e = prepare(evm, &message, call);
    if (e == OK) {
        e = evm_run(evm, out, &message);
    }
    evm->tx = NULL;
    evm->block = NULL;
    return e;
}
