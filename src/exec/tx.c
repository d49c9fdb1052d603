/* Validation and execution of a transaction. */

#include "exec/tx.h"

#include "base/checked.h"
#include "exec/authorization.h"

struct status_row {
    const char *name;
    const char *text;
};

static const struct status_row statuses[TX_STATUS_COUNT] = {[TX_OK] = {"OK", "valid"},
#define X(name, text) [TX_##name] = {#name, text},
                                                            TX_STATUSES(X)
#undef X
};

const char *tx_status_name(enum tx_status status)
{
    ASSERT((unsigned)status < TX_STATUS_COUNT);
    return statuses[status].name;
}

const char *tx_status_text(enum tx_status status)
{
    ASSERT((unsigned)status < TX_STATUS_COUNT);
    return statuses[status].text;
}

/* ---- what it costs --------------------------------------------------------------------------- */

/* Sums of at most a few terms per byte, entry or key in memory: no overflow in 64 bits. */
struct tx_gas tx_gas(const struct tx *tx, const struct fork_rules *rules)
{
    uint64_t zeros = 0;
    for (size_t i = 0; i < tx->data.len; i++) {
        zeros += tx->data.ptr[i] == 0;
    }
    uint64_t nonzeros = tx->data.len - zeros;
    uint64_t intrinsic = GAS_TX + zeros * GAS_CALLDATA_ZERO + nonzeros * rules->calldata_nonzero;
    if (tx->is_create) {
        intrinsic += rules->tx_create + (tx->data.len + 31) / 32 * rules->initcode_word;
    }
    for (size_t i = 0; i < tx->access_list_count; i++) {
        intrinsic += GAS_ACCESS_LIST_ADDRESS + tx->access_list[i].key_count * GAS_ACCESS_LIST_KEY;
    }
    intrinsic += tx->authorization_count * GAS_AUTH_EMPTY_ACCOUNT;
    /* EIP-7623: "tokens_in_calldata = zero_bytes_in_calldata + nonzero_bytes_in_calldata * 4". */
    uint64_t tokens = zeros + nonzeros * 4;
    uint64_t token_price = rules->calldata_floor_token;
    return (struct tx_gas){intrinsic, token_price == 0 ? 0 : GAS_TX + tokens * token_price};
}

/* effective_price: what a unit of gas costs the sender (EIP-1559). The fee rules have been checked,
 * but for a call, which may offer less than the base fee. */
static struct u256 effective_price(const struct fork_rules *rules, const struct block_env *block,
                                   const struct tx *tx)
{
    struct u256 price = tx->max_fee_per_gas;
    if (rules->eip1559 && !u256_lt(&tx->max_fee_per_gas, &block->base_fee_per_gas)) {
        u256_sub(&price, &tx->max_fee_per_gas, &block->base_fee_per_gas);
        if (u256_lt(&tx->max_priority_fee_per_gas, &price)) {
            price = tx->max_priority_fee_per_gas;
        }
        u256_add(&price, &price, &block->base_fee_per_gas);
    }
    return price;
}

/* total_cost computes gas * price + value + blob gas * blob price; false when it is over 2^256. */
static bool total_cost(struct u256 *out, const struct tx *tx, const struct u256 *price,
                       const struct u256 *blob_price, const struct u256 *value)
{
    struct u256 gas = u256_from_u64(tx->gas_limit);
    struct u256 blob_gas = u256_from_u64(tx->blob_count * GAS_BLOB);
    struct u256 blob_cost;
    return !u256_mul_overflow(out, &gas, price) && !u256_add_overflow(out, out, value) &&
           !u256_mul_overflow(&blob_cost, &blob_gas, blob_price) &&
           !u256_add_overflow(out, out, &blob_cost);
}

/* ---- is it valid ----------------------------------------------------------------------------- */

enum tx_status tx_check_type(enum tx_type type, const struct fork_rules *rules)
{
    switch (type) {
    case TX_LEGACY:
        return TX_OK;
    case TX_ACCESS_LIST:
        return rules->eip2930 ? TX_OK : TX_TYPE_1_TX_PRE_FORK;
    case TX_FEE_MARKET:
        return rules->eip1559 ? TX_OK : TX_TYPE_2_TX_PRE_FORK;
    case TX_BLOB:
        return rules->eip4844 ? TX_OK : TX_TYPE_3_TX_PRE_FORK;
    case TX_SET_CODE:
        return rules->eip7702 ? TX_OK : TX_TYPE_4_TX_PRE_FORK;
    case TX_TYPE_COUNT:
        break;
    }
    return TX_TYPE_NOT_SUPPORTED;
}

/* check_shape checks that the transaction has nothing that its type has no place for. */
static enum tx_status check_shape(const struct tx *tx)
{
    bool fits = (tx->type != TX_LEGACY || tx->access_list_count == 0) &&
                (tx->type == TX_BLOB || tx->blob_count == 0) &&
                (tx->type == TX_SET_CODE || tx->authorization_count == 0);
    return fits ? TX_OK : TX_TYPE_NOT_SUPPORTED;
}

static enum tx_status check_blobs(const struct tx *tx, const struct fork_rules *rules)
{
    if (tx->is_create) {
        return TX_TYPE_3_TX_CONTRACT_CREATION;
    }
    if (tx->blob_count == 0) {
        return TX_TYPE_3_TX_ZERO_BLOBS;
    }
    if (tx->blob_count > rules->max_blobs_per_tx) {
        return TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED;
    }
    for (size_t i = 0; i < tx->blob_count; i++) {
        if (tx->blob_versioned_hashes[i].b[0] != 1) { /* VERSIONED_HASH_VERSION_KZG */
            return TX_TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH;
        }
    }
    return TX_OK;
}

static enum tx_status check_set_code(const struct tx *tx)
{
    if (tx->is_create) {
        return TX_TYPE_4_TX_CONTRACT_CREATION;
    }
    return tx->authorization_count == 0 ? TX_TYPE_4_EMPTY_AUTHORIZATION_LIST : TX_OK;
}

static enum tx_status check_gas(const struct tx *tx, const struct tx_gas *gas,
                                const struct fork_rules *rules)
{
    if (tx->gas_limit < gas->intrinsic) {
        return TX_INTRINSIC_GAS_TOO_LOW;
    }
    if (tx->gas_limit < gas->floor) {
        return TX_INTRINSIC_GAS_BELOW_FLOOR_GAS_COST;
    }
    if (tx->is_create && tx->data.len > rules->max_initcode_size) {
        return TX_INITCODE_SIZE_EXCEEDED;
    }
    return tx->gas_limit > rules->tx_gas_cap && !tx->is_call ? TX_GAS_LIMIT_EXCEEDS_MAXIMUM : TX_OK;
}

static enum tx_status check_fees(const struct tx *tx, const struct fork_rules *rules)
{
    struct u256 gas = u256_from_u64(tx->gas_limit);
    struct u256 product;
    if (rules->eip1559 && u256_lt(&tx->max_fee_per_gas, &tx->max_priority_fee_per_gas)) {
        return TX_PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS;
    }
    return u256_mul_overflow(&product, &gas, &tx->max_fee_per_gas)
               ? TX_GASLIMIT_PRICE_PRODUCT_OVERFLOW
               : TX_OK;
}

enum tx_status tx_check(const struct tx *tx, const struct tx_gas *gas,
                        const struct fork_rules *rules)
{
    enum tx_status status = tx_check_type(tx->type, rules);
    if (status == TX_OK) {
        status = check_shape(tx);
    }
    if (status == TX_OK && tx->type == TX_BLOB) {
        status = check_blobs(tx, rules);
    }
    if (status == TX_OK && tx->type == TX_SET_CODE) {
        status = check_set_code(tx);
    }
    if (status == TX_OK) {
        status = check_gas(tx, gas, rules);
    }
    if (status == TX_OK && tx->nonce == UINT64_MAX) { /* EIP-2681 */
        status = TX_NONCE_IS_MAX;
    }
    return status == TX_OK ? check_fees(tx, rules) : status;
}

/* check_in_block checks what depends on the block. */
static enum tx_status check_in_block(const struct evm *evm, const struct tx *tx,
                                     uint64_t gas_available)
{
    const struct block_env *block = evm->block;
    if (tx->blob_count > block->max_blobs) {
        return TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED;
    }
    if (tx->type == TX_BLOB && !tx->is_call &&
        u256_lt(&tx->max_fee_per_blob_gas, &block->blob_base_fee)) {
        return TX_INSUFFICIENT_MAX_FEE_PER_BLOB_GAS;
    }
    if (tx->gas_limit > gas_available || tx->gas_limit > INT64_MAX) {
        return TX_GAS_ALLOWANCE_EXCEEDED;
    }
    if (evm->rules->eip1559 && !tx->is_call &&
        u256_lt(&tx->max_fee_per_gas, &block->base_fee_per_gas)) {
        return TX_INSUFFICIENT_MAX_FEE_PER_GAS;
    }
    return TX_OK;
}

/* check_sender checks the sender's nonce, code and balance. */
static enum tx_status check_sender(const struct tx *tx, const struct account *sender,
                                   const struct code *code)
{
    if (tx->nonce != sender->nonce) {
        return tx->nonce < sender->nonce ? TX_NONCE_MISMATCH_TOO_LOW : TX_NONCE_MISMATCH_TOO_HIGH;
    }
    /* EIP-3607, which holds for all of history; EIP-7702 lets delegated accounts send. */
    if (code->len != 0 && !evm_is_delegation(code)) {
        return TX_SENDER_NOT_EOA;
    }
    struct u256 cost;
    if (!total_cost(&cost, tx, &tx->max_fee_per_gas, &tx->max_fee_per_blob_gas, &tx->value) ||
        u256_lt(&sender->balance, &cost)) {
        return TX_INSUFFICIENT_ACCOUNT_FUNDS;
    }
    return TX_OK;
}

/* check_caller checks the sender of a call. */
static enum tx_status check_caller(const struct tx *tx, const struct account *sender)
{
    return u256_lt(&sender->balance, &tx->value) ? TX_INSUFFICIENT_ACCOUNT_FUNDS : TX_OK;
}

/* ---- execution ------------------------------------------------------------------------------- */

static enum err warm(struct state *state, struct account **out, const struct address *address)
{
    bool was_cold;
    TRY(state_account_record(state, out, address));
    return state_warm(state, *out, &was_cold);
}

/* warm_up fills accessed_addresses and accessed_storage_keys (EIP-2929, 2930, 3651). Forks without
 * them do not look. Nothing is loaded. */
static enum err warm_up(struct evm *evm, const struct tx *tx)
{
    struct state *state = evm->state;
    struct account *account;
    TRY(warm(state, &account, &tx->sender));
    if (evm->rules->eip3651) {
        TRY(warm(state, &account, &evm->block->beneficiary));
    }
    if (!tx->is_create) {
        TRY(warm(state, &account, &tx->to));
    }
    for (size_t i = 0; i < tx->access_list_count; i++) {
        const struct access_list_entry *entry = &tx->access_list[i];
        TRY(warm(state, &account, &entry->address));
        for (size_t k = 0; k < entry->key_count; k++) {
            struct slot *slot;
            TRY(state_slot(state, &slot, account, &entry->keys[k]));
            if (!state_slot_is_warm(state, slot)) {
                TRY(state_slot_warm(state, slot));
            }
        }
    }
    return OK;
}

/* buy_gas takes what the sender pays in advance and counts its nonce. */
static enum err buy_gas(struct evm *evm, const struct tx *tx, struct account *sender,
                        const struct u256 *price)
{
    static const struct u256 zero = U256_ZERO;
    struct u256 cost;
    struct u256 balance;
    if (tx->is_call) {
        return state_set_nonce(evm->state, sender, tx->nonce + 1);
    }
    bool fits = total_cost(&cost, tx, price, &evm->block->blob_base_fee, &zero);
    ASSERT(fits && !u256_lt(&sender->balance, &cost)); /* check_sender: at higher prices */
    u256_sub(&balance, &sender->balance, &cost);
    TRY(state_set_balance(evm->state, sender, &balance));
    return state_set_nonce(evm->state, sender, tx->nonce + 1);
}

/* run_message runs the call or creation with what is left of the gas. */
static enum err run_message(struct evm *evm, struct outcome *outcome, struct tx_result *out,
                            const struct tx *tx, uint64_t gas)
{
    struct state *state = evm->state;
    struct message message = {
        .caller = tx->sender,
        .value = tx->value,
        .gas = (int64_t)gas,
        .is_create = tx->is_create,
        .moves_value = true,
    };
    struct account *unused;
    if (tx->is_create) {
        struct address address = evm_create_address(&tx->sender, tx->nonce);
        TRY(warm(state, &unused, &address));
        TRY(state_account(state, &message.target, &address));
        TRY(evm_initcode(evm, &message.code, tx->data));
        out->created = address;
    } else {
        struct account *delegate;
        TRY(state_account(state, &message.target, &tx->to));
        TRY(evm_resolve_code(evm, &message.code, &delegate, message.target));
        if (delegate != NULL) {
            TRY(warm(state, &unused, &delegate->address));
        }
        message.is_delegated = delegate != NULL;
        message.code_address = tx->to;
        message.data = tx->data;
    }
    TRY(evm_run(evm, outcome, &message));
    out->halt = outcome->status;
    out->output = outcome->output;
    out->is_created = tx->is_create && outcome->status == EVM_SUCCESS;
    return OK;
}

static enum err add_balance(struct state *state, struct account *account, uint64_t gas,
                            const struct u256 *price)
{
    struct u256 amount = u256_from_u64(gas);
    u256_mul(&amount, &amount, price);
    if (u256_is_zero(&amount)) {
        return OK;
    }
    u256_add(&amount, &amount, &account->balance);
    return state_set_balance(state, account, &amount);
}

/* settle computes the gas used and pays the sender back and the beneficiary. */
static enum err settle(struct evm *evm, struct tx_result *out, const struct tx *tx,
                       struct account *sender, const struct u256 *price, uint64_t gas_left,
                       uint64_t floor)
{
    const struct fork_rules *rules = evm->rules;
    uint64_t used = tx->gas_limit - gas_left;
    uint64_t cap = used / rules->refund_quotient;
    ASSERT(evm->state->refund >= 0);
    uint64_t refund = (uint64_t)evm->state->refund;
    out->gas_refunded = refund < cap ? refund : cap;
    used -= out->gas_refunded;
    if (used < floor) {
        used = floor;
    }
    out->gas_used = used;
    if (tx->is_call) {
        return OK; /* nobody has paid */
    }
    TRY(add_balance(evm->state, sender, tx->gas_limit - used, price));

    struct u256 reward = *price;
    if (rules->eip1559) {
        u256_sub(&reward, price, &evm->block->base_fee_per_gas); /* EIP-1559: the base fee burns */
    }
    struct account *beneficiary;
    TRY(state_account(evm->state, &beneficiary, &evm->block->beneficiary));
    TRY(state_touch(evm->state, beneficiary, rules->eip161));
    return add_balance(evm->state, beneficiary, used, &reward);
}

/* execute does what is listed at tx_execute; the transaction is valid. */
static enum err execute(struct evm *evm, struct tx_result *out, const struct tx *tx,
                        struct account *sender, const struct tx_gas *gas)
{
    struct state *state = evm->state;
    const struct u256 *price = &evm->tx->gas_price;
    state_begin_tx(state);
    TRY(warm_up(evm, tx));
    TRY(buy_gas(evm, tx, sender, price));
    for (size_t i = 0; i < tx->authorization_count; i++) {
        TRY(authorization_apply(evm, &tx->authorizations[i]));
    }
    struct outcome outcome;
    TRY(run_message(evm, &outcome, out, tx, tx->gas_limit - gas->intrinsic));
    TRY(settle(evm, out, tx, sender, price, (uint64_t)outcome.gas_left, gas->floor));
    state_end_tx(state, evm->rules->eip161);
    return OK;
}

enum err tx_execute(struct evm *evm, struct tx_result *out, const struct tx *tx,
                    uint64_t gas_available)
{
    struct state *state = evm->state;
    struct tx_gas gas = tx_gas(tx, evm->rules);
    *out = (struct tx_result){.status = tx_check(tx, &gas, evm->rules)};
    if (out->status == TX_OK) {
        out->status = check_in_block(evm, tx, gas_available);
    }
    if (out->status != TX_OK) {
        return OK;
    }
    struct account *sender;
    TRY(state_account(state, &sender, &tx->sender));
    if (tx->is_call) {
        out->status = check_caller(tx, sender);
    } else {
        struct code *code;
        TRY(state_code(state, &code, sender));
        out->status = check_sender(tx, sender, code);
    }
    if (out->status != TX_OK) {
        return OK;
    }

    const struct tx_env env = {
        .origin = tx->sender,
        .gas_price = effective_price(evm->rules, evm->block, tx),
        .blob_versioned_hashes = tx->blob_versioned_hashes,
        .blob_count = tx->blob_count,
    };
    evm->tx = &env;
    enum err e = execute(evm, out, tx, sender, &gas);
    evm->tx = NULL;
    return e;
}
