/* What instructions read and write of accounts, storage and the chain, and what an access costs. */

#include "evm/access.h"

int64_t account_pay(struct frame *f, int64_t gas_left, struct account *account, uint32_t cold_price)
{
    struct evm *evm = f->evm;
    if (cold_price == 0) {
        return gas_left;
    }
    bool was_cold;
    if (frame_fails(f, state_warm(evm->state, account, &was_cold))) {
        return GAS_NONE;
    }
    /* EIP-2929: accessed_addresses begins with "all precompiles": the active ones, no others. */
    if (was_cold && !evm_is_precompile(evm->rules, &account->address)) {
        gas_left -= cold_price;
    }
    return gas_left;
}

int64_t account_access(struct frame *f, int64_t gas_left, struct account **out,
                       const struct u256 *word)
{
    struct state *state = f->evm->state;
    struct address address = address_of(word);
    struct account *account;
    if (frame_fails(f, state_account_record(state, &account, &address))) {
        return GAS_NONE;
    }
    gas_left = account_pay(f, gas_left, account, f->evm->rules->account_cold);
    if (gas_left < 0) {
        return gas_left;
    }
    if (frame_fails(f, state_load(state, account))) {
        return GAS_NONE;
    }
    *out = account;
    return gas_left;
}

int64_t code_of(struct frame *f, int64_t gas_left, struct bytes *out, struct account *account)
{
    struct code *code;
    if (frame_fails(f, state_code(f->evm->state, &code, account))) {
        return GAS_NONE;
    }
    *out = bytes_from(code->bytes, code->len);
    return gas_left;
}

int64_t storage_load(struct frame *f, int64_t gas_left, struct u256 *word)
{
    struct state *state = f->evm->state;
    struct slot *slot;
    if (frame_fails(f, state_slot(state, &slot, f->target, word))) {
        return GAS_NONE;
    }
    uint32_t cold_price = f->evm->rules->storage_cold;
    if (cold_price != 0 && !state_slot_is_warm(state, slot)) {
        gas_left -= cold_price;
        if (gas_left < 0) {
            return gas_left;
        }
        if (frame_fails(f, state_slot_warm(state, slot))) {
            return GAS_NONE;
        }
    }
    if (frame_fails(f, state_slot_load(state, slot))) {
        return GAS_NONE;
    }
    u256_copy(word, &slot->value);
    return gas_left;
}

/* net_price: SSTORE as EIP-1283, EIP-2200 and EIP-3529 meter it: by the value before the
 * transaction (original), now (current) and wanted. Changes the refund counter. */
static int64_t net_price(const struct fork_rules *rules, struct state *state,
                         const struct slot *slot, const struct u256 *value)
{
    if (u256_eq(&slot->value, value)) {
        return rules->sstore_noop;
    }
    bool original_is_zero = u256_is_zero(&slot->original);
    if (u256_eq(&slot->original, &slot->value)) {
        if (original_is_zero) {
            return rules->sstore_set;
        }
        if (u256_is_zero(value)) {
            state->refund += rules->sstore_clear_refund;
        }
        return rules->sstore_reset;
    }
    if (!original_is_zero) {
        if (u256_is_zero(&slot->value)) {
            state->refund -= rules->sstore_clear_refund;
        } else if (u256_is_zero(value)) {
            state->refund += rules->sstore_clear_refund;
        }
    }
    if (u256_eq(&slot->original, value)) {
        state->refund += (original_is_zero ? rules->sstore_set : rules->sstore_reset) -
                         (int64_t)rules->sstore_noop;
    }
    return rules->sstore_noop;
}

/* plain_price: SSTORE before net metering and in Petersburg (Yellow Paper, appendix G). */
static int64_t plain_price(const struct fork_rules *rules, struct state *state,
                           const struct slot *slot, const struct u256 *value)
{
    bool is_zero = u256_is_zero(&slot->value);
    if (is_zero && !u256_is_zero(value)) {
        return rules->sstore_set;
    }
    if (!is_zero && u256_is_zero(value)) {
        state->refund += rules->sstore_clear_refund;
    }
    return rules->sstore_reset;
}

int64_t storage_store(struct frame *f, int64_t gas_left, const struct u256 *key,
                      const struct u256 *value)
{
    struct state *state = f->evm->state;
    const struct fork_rules *rules = f->evm->rules;
    /* EIP-2200: "If gasleft is less than or equal to gas stipend, fail the current call frame". */
    if (rules->sstore_sentry != 0 && gas_left <= rules->sstore_sentry) {
        return GAS_NONE;
    }
    struct slot *slot;
    if (frame_fails(f, state_slot(state, &slot, f->target, key))) {
        return GAS_NONE;
    }
    if (rules->sstore_cold != 0 && !state_slot_is_warm(state, slot)) {
        gas_left -= rules->sstore_cold;
        if (frame_fails(f, state_slot_warm(state, slot))) {
            return GAS_NONE;
        }
    }
    if (frame_fails(f, state_slot_load(state, slot))) {
        return GAS_NONE;
    }
    gas_left -= rules->net_gas_metering ? net_price(rules, state, slot, value)
                                        : plain_price(rules, state, slot, value);
    if (gas_left < 0) {
        return gas_left;
    }
    if (!u256_eq(&slot->value, value) && frame_fails(f, state_slot_set(state, slot, value))) {
        return GAS_NONE;
    }
    return gas_left;
}

int64_t transient_load(struct frame *f, int64_t gas_left, struct u256 *word)
{
    struct slot *slot;
    if (frame_fails(f, state_slot(f->evm->state, &slot, f->target, word))) {
        return GAS_NONE;
    }
    struct u256 value = state_transient(f->evm->state, slot);
    u256_copy(word, &value);
    return gas_left;
}

int64_t transient_store(struct frame *f, int64_t gas_left, const struct u256 *key,
                        const struct u256 *value)
{
    struct slot *slot;
    if (frame_fails(f, state_slot(f->evm->state, &slot, f->target, key)) ||
        frame_fails(f, state_transient_set(f->evm->state, slot, value))) {
        return GAS_NONE;
    }
    return gas_left;
}

int64_t block_hash_load(struct frame *f, int64_t gas_left, struct u256 *word)
{
    /* Yellow Paper, appendix H: one of the 256 most recent blocks, not the present one. */
    uint64_t now = f->evm->block->number;
    if (!u256_fits_u64(word) || word->w[0] >= now || now - word->w[0] > 256) {
        u256_set_u64(word, 0);
        return gas_left;
    }
    struct hash32 hash;
    if (frame_fails(f, state_block_hash(f->evm->state, &hash, word->w[0]))) {
        return GAS_NONE;
    }
    u256_load_be(word, hash.b);
    return gas_left;
}
