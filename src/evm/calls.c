/* CALL and its kin, CREATE, CREATE2, SELFDESTRUCT: their prices, their conditions, their messages.
 */

#include "evm/calls.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "evm/access.h"
#include "evm/memory.h"

/* EIP-7702: "0xef0100 || address". */
#define DELEGATION_LEN 23

/* ---- calls ----------------------------------------------------------------------------------- */

bool evm_is_delegation(const struct code *code)
{
    return code->len == DELEGATION_LEN && code->bytes[0] == 0xef && code->bytes[1] == 0x01 &&
           code->bytes[2] == 0x00;
}

enum err evm_resolve_code(struct evm *evm, struct code **code, struct account **delegate,
                          struct account *account)
{
    *delegate = NULL;
    TRY(state_code(evm->state, code, account));
    if (evm->rules->eip7702 && evm_is_delegation(*code)) {
        struct address address;
        memcpy(address.b, (*code)->bytes + 3, sizeof(address.b));
        TRY(state_account(evm->state, delegate, &address));
        TRY(state_code(evm->state, code, *delegate));
    }
    return OK;
}

/* pay_delegation charges for the delegate's code: EIP-7702: "if the account is cold: 2600, else
 * 100". */
static int64_t pay_delegation(struct frame *f, int64_t gas_left, struct account *delegate)
{
    return account_pay(f, gas_left - GAS_WARM_ACCESS, delegate, GAS_COLD_ACCOUNT - GAS_WARM_ACCESS);
}

/* may_send tells whether the running frame may begin another message that takes `value` along. */
static bool may_send(const struct frame *f, const struct u256 *value)
{
    return f - f->evm->frames < EVM_DEPTH_MAX && !u256_lt(&f->target->balance, value);
}

static void trace_charged(const struct frame *f, int64_t gas_left)
{
    const struct tracer *tracer = f->evm->tracer;
    if (UNLIKELY(tracer != NULL)) {
        tracer->charged(tracer->context, (unsigned)(f - f->evm->frames) + 1, gas_left);
    }
}

/* forward takes the gas for a callee out of *gas_left: EIP-150: "all but one 64th" at most; before
 * it, exactly what was asked for or nothing. Negative when that is too much. */
static int64_t forward(const struct fork_rules *rules, int64_t *gas_left, const struct u256 *wanted)
{
    int64_t limit = rules->eip150 ? *gas_left - *gas_left / 64 : *gas_left;
    bool more = !u256_fits_u64(wanted) || wanted->w[0] > (uint64_t)limit;
    if (more && !rules->eip150) {
        return -1;
    }
    int64_t gas = more ? limit : (int64_t)wanted->w[0];
    *gas_left -= gas;
    return gas;
}

/* short_of is what a call that cannot be paid leaves, for a trace: its own price and the gas that it
 * asks for, as execution-specs charges them, in one. */
static int64_t short_of(int64_t gas_left, const struct u256 *wanted)
{
    bool is_known = u256_fits_u64(wanted) && wanted->w[0] < (uint64_t)1 << 62;
    return is_known ? gas_left - (int64_t)wanted->w[0] : GAS_NONE;
}

void frame_call(struct frame *f, enum call_kind kind)
{
    static const struct u256 zero = U256_ZERO;
    struct evm *evm = f->evm;
    const struct fork_rules *rules = evm->rules;
    struct u256 *sp = f->sp;
    bool has_value = kind == CALL_CALL || kind == CALL_CALLCODE;
    const struct u256 *value = has_value ? &sp[3] : &zero;
    const struct u256 *to = &sp[has_value ? 4 : 3];
    const struct u256 *wanted_gas = &sp[has_value ? 5 : 4];
    bool sends = !u256_is_zero(value);
    if (kind == CALL_CALL && sends && f->is_static) {
        frame_halt(f, EVM_WRITE_IN_STATIC_CONTEXT);
        return;
    }

    /* What the call costs: memory, the access, a delegation, the value, a new account. */
    size_t data_at;
    size_t data_len;
    size_t output_at;
    size_t output_len;
    struct account *account;
    struct account *delegate;
    struct code *code;
    int64_t gas_left = memory_range(f, f->gas_left, &data_at, &data_len, &sp[2], &sp[1]);
    if (gas_left < 0 ||
        (gas_left = memory_range(f, gas_left, &output_at, &output_len, &sp[0], &sp[-1])) < 0 ||
        (gas_left = account_access(f, gas_left, &account, to)) < 0 ||
        frame_fails(f, evm_resolve_code(evm, &code, &delegate, account)) ||
        (delegate != NULL && (gas_left = pay_delegation(f, gas_left, delegate)) < 0)) {
        f->gas_left = gas_left;
        frame_halt(f, EVM_OUT_OF_GAS);
        return;
    }
    if (sends) {
        gas_left -= GAS_CALL_VALUE;
    }
    if (kind == CALL_CALL &&
        (rules->eip161 ? sends && state_is_empty(account) : !account->exists)) {
        gas_left -= GAS_NEW_ACCOUNT;
    }
    int64_t gas = gas_left < 0 ? -1 : forward(rules, &gas_left, wanted_gas);
    if (gas < 0) {
        f->gas_left = short_of(gas_left, wanted_gas);
        frame_halt(f, EVM_OUT_OF_GAS);
        return;
    }
    trace_charged(f, gas_left);
    if (sends) {
        gas += GAS_CALL_STIPEND;
    }

    if (!may_send(f, value)) {
        f->gas_left = gas_left + gas;
        evm->return_data = bytes_from(evm->return_base, 0);
        u256_set_u64(&sp[-1], 0);
        return;
    }
    f->gas_left = gas_left;
    bool own_context = kind == CALL_CALLCODE || kind == CALL_DELEGATECALL;
    const struct message message = {
        .caller = kind == CALL_DELEGATECALL ? f->caller : f->target->address,
        .target = own_context ? f->target : account,
        .code_address = account->address,
        .code = code,
        .data = bytes_from(f->memory + data_at, data_len),
        .value = kind == CALL_DELEGATECALL ? f->value : *value,
        .gas = gas,
        .is_static = f->is_static || kind == CALL_STATICCALL,
        .is_delegated = delegate != NULL,
        .moves_value = kind == CALL_CALL,
    };
    frame_begin(evm, &message, output_at, output_len);
}

/* ---- creations ------------------------------------------------------------------------------- */

enum err evm_initcode(struct evm *evm, struct code **out, struct bytes initcode)
{
    struct code *code = ARENA_NEW(evm->state->arena, struct code, 1);
    uint8_t *copy = ARENA_NEW(evm->state->arena, uint8_t, initcode.len + CODE_PADDING);
    if (code == NULL || copy == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(copy, initcode.ptr, initcode.len);
    code->bytes = copy;
    code->len = initcode.len;
    *out = code;
    return OK;
}

static struct address address_of_hash(const struct hash32 *hash)
{
    struct address address;
    memcpy(address.b, hash->b + 12, sizeof(address.b));
    return address;
}

struct address evm_create_address(const struct address *creator, uint64_t nonce)
{
    uint8_t buffer[40]; /* [address, nonce] takes at most 1 + 21 + 9 bytes */
    struct writer w = writer_to(buffer, sizeof(buffer));
    rlp_list_write(&w, rlp_string_size(bytes_from(creator->b, 20)) + rlp_u64_size(nonce));
    rlp_address_write(&w, creator);
    rlp_u64_write(&w, nonce);
    struct bytes encoded = writer_view(&w);
    struct hash32 hash;
    keccak256(&hash, encoded.ptr, encoded.len);
    return address_of_hash(&hash);
}

struct address evm_create2_address(const struct address *creator, const struct u256 *salt,
                                   const struct hash32 *initcode_hash)
{
    /* EIP-1014: keccak256(0xff ++ address ++ salt ++ keccak256(init_code))[12:] */
    uint8_t preimage[1 + 20 + 32 + 32];
    preimage[0] = 0xff;
    memcpy(preimage + 1, creator->b, 20);
    u256_store_be(preimage + 21, salt);
    memcpy(preimage + 53, initcode_hash->b, 32);
    struct hash32 hash;
    keccak256(&hash, preimage, sizeof(preimage));
    return address_of_hash(&hash);
}

/* pay_initcode charges for the initcode of a creation: EIP-3860's words, and hashing it for
 * CREATE2; negative when it is too large or too much. */
static int64_t pay_initcode(const struct frame *f, int64_t gas_left, const struct u256 *len,
                            bool is_hashed)
{
    const struct fork_rules *rules = f->evm->rules;
    if (!u256_fits_u64(len) || len->w[0] > rules->max_initcode_size) {
        return GAS_NONE;
    }
    return memory_pay_words(gas_left, len,
                            rules->initcode_word + (is_hashed ? GAS_KECCAK_WORD : 0));
}

void frame_create(struct frame *f, const struct u256 *value, const struct u256 *offset,
                  const struct u256 *len, const struct u256 *salt)
{
    struct evm *evm = f->evm;
    struct state *state = evm->state;
    struct account *creator = f->target;
    if (f->is_static) {
        frame_halt(f, EVM_WRITE_IN_STATIC_CONTEXT);
        return;
    }
    size_t at;
    size_t count;
    int64_t gas_left = pay_initcode(f, f->gas_left, len, salt != NULL);
    if (gas_left < 0 || (gas_left = memory_range(f, gas_left, &at, &count, offset, len)) < 0) {
        f->gas_left = gas_left;
        frame_halt(f, EVM_OUT_OF_GAS);
        return;
    }
    struct bytes initcode = bytes_from(f->memory + at, count);
    f->gas_left = gas_left;
    evm->return_data = bytes_from(evm->return_base, 0);
    if (!may_send(f, value) || creator->nonce == UINT64_MAX) {
        u256_set_u64(&f->sp[-1], 0);
        return;
    }

    struct address address;
    if (salt == NULL) {
        address = evm_create_address(&creator->address, creator->nonce);
    } else {
        struct hash32 hash;
        keccak256(&hash, initcode.ptr, initcode.len);
        address = evm_create2_address(&creator->address, salt, &hash);
    }
    struct message message = {
        .caller = creator->address,
        .value = *value,
        .is_create = true,
        .moves_value = true,
    };
    /* The nonce and the warm address stay even when the creation fails (EIP-2929). */
    bool was_cold;
    if (frame_fails(f, state_account(state, &message.target, &address)) ||
        frame_fails(f, state_warm(state, message.target, &was_cold)) ||
        frame_fails(f, state_set_nonce(state, creator, creator->nonce + 1)) ||
        frame_fails(f, evm_initcode(evm, &message.code, initcode))) {
        frame_stop(evm, evm->err);
        return;
    }
    trace_charged(f, gas_left);
    message.gas = evm->rules->eip150 ? gas_left - gas_left / 64 : gas_left;
    f->gas_left -= message.gas;
    frame_begin(evm, &message, 0, 0);
}

/* ---- SELFDESTRUCT ---------------------------------------------------------------------------- */

/* destroy moves the balance and marks the account, as far as the fork still does (EIP-6780: only a
 * contract created in the same transaction is deleted). */
static enum err destroy(struct evm *evm, struct account *account, struct account *heir)
{
    struct state *state = evm->state;
    bool deletes = !evm->rules->eip6780 || account->created_in == state->tx;
    if (evm->rules->selfdestruct_refund != 0 && account->destroyed_in != state->tx) {
        state->refund += evm->rules->selfdestruct_refund;
    }
    TRY(state_touch(state, heir, evm->rules->eip161));
    if (heir != account && !u256_is_zero(&account->balance)) {
        struct u256 balance;
        struct u256 zero = U256_ZERO;
        u256_add(&balance, &heir->balance, &account->balance);
        TRY(state_set_balance(state, heir, &balance));
        TRY(state_set_balance(state, account, &zero));
    }
    return deletes ? state_destroy(state, account) : OK;
}

void frame_selfdestruct(struct frame *f, const struct u256 *beneficiary)
{
    struct evm *evm = f->evm;
    const struct fork_rules *rules = evm->rules;
    if (f->is_static) {
        frame_halt(f, EVM_WRITE_IN_STATIC_CONTEXT);
        return;
    }
    struct address address = address_of(beneficiary);
    struct account *heir;
    if (frame_fails(f, state_account_record(evm->state, &heir, &address)) ||
        (f->gas_left = account_pay(f, f->gas_left, heir, rules->selfdestruct_cold)) < 0 ||
        frame_fails(f, state_load(evm->state, heir))) {
        frame_halt(f, EVM_OUT_OF_GAS);
        return;
    }
    if (rules->eip161 ? state_is_empty(heir) && !u256_is_zero(&f->target->balance)
                      : !heir->exists) {
        f->gas_left -= rules->selfdestruct_new_account;
    }
    if (f->gas_left < 0 || frame_fails(f, destroy(evm, f->target, heir))) {
        frame_halt(f, EVM_OUT_OF_GAS);
        return;
    }
    frame_end(f, EVM_SUCCESS, bytes_from(NULL, 0));
}
