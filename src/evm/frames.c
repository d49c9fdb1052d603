/* Messages: how one begins, what it changes, how it ends and what its caller gets. */

#include "evm/frames.h"

#include "evm/access.h"
#include "evm/analysis.h"
#include "evm/memory.h"
#include "evm/precompiles.h"

void frame_stop(struct evm *evm, enum err e)
{
    evm->err = e;
    evm->frame = NULL;
}

/* ---- the end of a message -------------------------------------------------------------------- */

/* keep_output copies output to where return data lives, out of the reach of the callee's memory:
 * a caller that grows its memory writes there. */
static struct bytes keep_output(struct evm *evm, struct bytes output)
{
    if (output.len != 0 && output.ptr != evm->return_base) {
        memcpy(evm->return_base, output.ptr, output.len);
    }
    if (output.len > evm->return_high) {
        evm->return_high = output.len;
    }
    return bytes_from(evm->return_base, output.len);
}

/* deposit makes the output of a creation the contract's code. */
static enum err deposit(struct frame *f, enum evm_status *status, struct bytes code)
{
    const struct fork_rules *rules = f->evm->rules;
    if (code.len > rules->max_code_size) {
        *status = EVM_CODE_TOO_LARGE;
        return OK;
    }
    if (rules->eip3541 && code.len != 0 && code.ptr[0] == 0xef) {
        *status = EVM_INVALID_CONTRACT_PREFIX;
        return OK;
    }
    uint64_t price = (uint64_t)code.len * GAS_CODE_DEPOSIT_BYTE;
    if (price > (uint64_t)f->gas_left) {
        /* Frontier keeps the contract, without code; EIP-2 made it a failure. */
        if (rules->eip2) {
            *status = EVM_OUT_OF_GAS;
        }
        return OK;
    }
    f->gas_left -= (int64_t)price;
    return state_set_code(f->evm->state, f->target, code);
}

/* deliver hands an outcome to the frame that called. */
static void deliver(struct frame *caller, const struct frame *ended, const struct outcome *outcome)
{
    struct evm *evm = caller->evm;
    bool success = outcome->status == EVM_SUCCESS;
    struct u256 *result = &caller->sp[-1];
    caller->gas_left += outcome->gas_left;
    if (ended->is_create) {
        /* EIP-211: return data only of a creation that reverted. */
        evm->return_data = success ? bytes_from(evm->return_base, 0) : outcome->output;
        if (success) {
            word_of_address(result, &ended->target->address);
        } else {
            u256_set_u64(result, 0);
        }
        return;
    }
    evm->return_data = outcome->output;
    size_t len = outcome->output.len < ended->output_len ? outcome->output.len : ended->output_len;
    bytes_copy(caller->memory + ended->output_offset, outcome->output.ptr, len);
    u256_set_u64(result, success);
}

static void trace_ending(const struct frame *f, enum evm_status status)
{
    const struct evm *evm = f->evm;
    if (evm->tracer->ending != NULL) {
        const struct trace_end end = {
            .depth = (unsigned)(f - evm->frames) + 1,
            .status = (int)status,
            .gas_left = f->gas_left,
            .refund = evm->state->refund,
        };
        evm->tracer->ending(evm->tracer->context, &end);
    }
}

void frame_end(struct frame *f, enum evm_status status, struct bytes output)
{
    struct evm *evm = f->evm;
    if (UNLIKELY(evm->tracer != NULL)) {
        trace_ending(f, status);
    }
    if (status == EVM_SUCCESS && f->is_create) {
        enum err e = deposit(f, &status, output);
        if (e != OK) {
            frame_stop(evm, e);
            return;
        }
    }
    if (status != EVM_SUCCESS) {
        state_revert(evm->state, f->checkpoint);
        if (status != EVM_REVERT) {
            f->gas_left = 0;
            output.len = 0;
        }
    }
    if (UNLIKELY(evm->tracer != NULL && evm->tracer->frame_end != NULL)) {
        evm->tracer->frame_end(evm->tracer->context, (unsigned)(f - evm->frames) + 1, (int)status,
                               f->gas_left);
    }
    evm->outcome = (struct outcome){status, f->gas_left, keep_output(evm, output)};
    if (f == evm->frames) {
        evm->frame = NULL;
    } else {
        evm->frame = f - 1;
        deliver(f - 1, f, &evm->outcome);
    }
}

void frame_halt(struct frame *f, enum evm_status status)
{
    if (f->evm->err != OK) {
        f->evm->frame = NULL;
        return;
    }
    frame_end(f, status, bytes_from(NULL, 0));
}

void frame_return(struct frame *f, enum evm_status status, const struct u256 *offset,
                  const struct u256 *len)
{
    size_t at;
    size_t count;
    f->gas_left = memory_range(f, f->gas_left, &at, &count, offset, len);
    if (f->gas_left < 0) {
        frame_halt(f, EVM_OUT_OF_GAS);
        return;
    }
    frame_end(f, status, bytes_from(f->memory + at, count));
}

/* ---- the beginning of a message -------------------------------------------------------------- */

bool evm_is_precompile(const struct fork_rules *rules, const struct address *address)
{
    return precompile_find(rules, address) != NULL;
}

bool evm_has_collision(const struct account *account)
{
    return account->nonce != 0 || state_has_code(account) ||
           (account->has_db_storage && !account->is_storage_new);
}

static enum err move_value(struct state *state, const struct address *from, struct account *to,
                           const struct u256 *value)
{
    struct account *payer;
    TRY(state_account(state, &payer, from));
    struct u256 balance;
    bool too_little = u256_sub_borrow(&balance, &payer->balance, value);
    ASSERT(!too_little); /* whoever makes a message has checked */
    TRY(state_set_balance(state, payer, &balance));
    /* Cannot overflow: all ether together is far below 2^256; where a test says otherwise it wraps,
     * as in the Yellow Paper's arithmetic. */
    u256_add(&balance, &to->balance, value);
    return state_set_balance(state, to, &balance);
}

/* precompile_run runs a precompile in the place of code. */
static void precompile_run(struct frame *f, precompile_fn *run)
{
    struct evm *evm = f->evm;
    struct precompile_call call = {
        .rules = evm->rules,
        .scratch = evm->state->arena,
        .p256 = evm->p256,
        .input = f->data,
        .gas_left = f->gas_left,
        .output = evm->return_base,
        .output_cap = evm->memory_cap,
    };
    enum precompile_result result = run(&call);
    if (call.output_len > evm->return_high) {
        evm->return_high = call.output_len;
    }
    f->gas_left = call.gas_left;
    switch (result) {
    case PRECOMPILE_OK:
        frame_end(f, EVM_SUCCESS, bytes_from(call.output, call.output_len));
        break;
    case PRECOMPILE_OUT_OF_GAS:
        frame_end(f, EVM_OUT_OF_GAS, bytes_from(NULL, 0));
        break;
    case PRECOMPILE_FAILED:
        frame_end(f, EVM_PRECOMPILE_FAILURE, bytes_from(NULL, 0));
        break;
    case PRECOMPILE_ERROR:
        frame_stop(evm, ERR_MEMORY);
        break;
    }
}

/* change_state does what a message changes before its code runs. */
static enum err change_state(struct evm *evm, const struct message *m)
{
    struct state *state = evm->state;
    if (m->is_create) {
        TRY(state_create(state, m->target));
        if (evm->rules->eip161) {
            TRY(state_set_nonce(state, m->target, 1));
        }
    } else {
        TRY(state_touch(state, m->target, evm->rules->eip161));
    }
    if (m->moves_value && !u256_is_zero(&m->value)) {
        TRY(move_value(state, &m->caller, m->target, &m->value));
    }
    return OK;
}

void frame_begin(struct evm *evm, const struct message *m, size_t output_offset, size_t output_len)
{
    struct frame *caller = evm->frame;
    struct frame *f = caller == NULL ? evm->frames : caller + 1;
    size_t index = (size_t)(f - evm->frames);
    *f = (struct frame){
        .evm = evm,
        .pc = m->code->bytes,
        /* NOLINTNEXTLINE(bugprone-casting-through-void): the slots are aligned to 64 KiB */
        .sp = (struct u256 *)(void *)(evm->stacks + index * EVM_STACK_SLOT),
        .gas_left = m->gas,
        .memory = caller == NULL ? evm->memory_base : caller->memory + caller->memory_len,
        .code = m->code->bytes,
        .code_len = m->code->len,
        .target = m->target,
        .caller = m->caller,
        .value = m->value,
        .data = m->data,
        .checkpoint = state_checkpoint(evm->state),
        .output_offset = output_offset,
        .output_len = output_len,
        .is_create = m->is_create,
        .is_static = m->is_static,
    };
    evm->frame = f;
    if (index >= evm->frames_high) {
        evm->frames_high = (unsigned)index + 1;
    }
    if (m->is_create && evm_has_collision(m->target)) {
        frame_end(f, EVM_ADDRESS_COLLISION, bytes_from(NULL, 0));
        return;
    }
    enum err e = change_state(evm, m);
    if (e != OK) {
        frame_stop(evm, e);
        return;
    }
    if (!m->is_create) {
        precompile_fn *run = precompile_find(evm->rules, &m->code_address);
        if (run != NULL && !m->is_delegated) {
            precompile_run(f, run);
            return;
        }
    }
    if (m->code->len == 0) {
        frame_end(f, EVM_SUCCESS, bytes_from(NULL, 0));
        return;
    }
    if (m->code->jumpdests == NULL) {
        m->code->jumpdests = analysis_jumpdests(evm->state->arena, m->code->bytes, m->code->len);
        if (m->code->jumpdests == NULL) {
            frame_stop(evm, ERR_MEMORY);
            return;
        }
    }
    f->jumpdests = m->code->jumpdests;
    evm->return_data = bytes_from(evm->return_base, 0);
}

enum err evm_run(struct evm *evm, struct outcome *out, const struct message *message)
{
    evm->err = OK;
    evm->frame = NULL;
    evm->return_data = bytes_from(evm->return_base, 0);
    frame_begin(evm, message, 0, 0);
    if (evm->frame != NULL) {
        evm->dispatch(evm);
    }
    TRY(evm->err);
    *out = evm->outcome;
    return OK;
}
