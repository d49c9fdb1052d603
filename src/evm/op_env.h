#ifndef EVM_OP_ENV_H
#define EVM_OP_ENV_H

/* op_env.h: the message, other accounts and the block (Yellow Paper, appendix H.2, 30s and 40s). */

#include "evm/op_step.h"

#define PUSH_WORD(name, word)          \
    OP(name)                           \
    {                                  \
        u256_copy(&r->sp[-1], (word)); \
        return STEP_NEXT;              \
    }

#define PUSH_NUMBER(name, number)           \
    OP(name)                                \
    {                                       \
        u256_set_u64(&r->sp[-1], (number)); \
        return STEP_NEXT;                   \
    }

#define PUSH_ADDRESS(name, address)             \
    OP(name)                                    \
    {                                           \
        word_of_address(&r->sp[-1], (address)); \
        return STEP_NEXT;                       \
    }

PUSH_ADDRESS(address, &f->target->address)
PUSH_ADDRESS(origin, &f->evm->tx->origin)
PUSH_ADDRESS(caller, &f->caller)
PUSH_WORD(callvalue, &f->value)
PUSH_NUMBER(calldatasize, f->data.len)
PUSH_NUMBER(codesize, f->code_len)
PUSH_WORD(gasprice, &f->evm->tx->gas_price)
PUSH_NUMBER(returndatasize, f->evm->return_data.len)
PUSH_ADDRESS(coinbase, &f->evm->block->beneficiary)
PUSH_NUMBER(timestamp, f->evm->block->timestamp)
PUSH_NUMBER(number, f->evm->block->number)
PUSH_WORD(prevrandao, &f->evm->block->prev_randao)
PUSH_NUMBER(gaslimit, f->evm->block->gas_limit)
PUSH_NUMBER(chainid, f->evm->block->chain_id)
PUSH_WORD(selfbalance, &f->target->balance)
PUSH_WORD(basefee, &f->evm->block->base_fee_per_gas)
PUSH_WORD(blobbasefee, &f->evm->block->blob_base_fee)

#undef PUSH_WORD
#undef PUSH_NUMBER
#undef PUSH_ADDRESS

OP(calldataload)
{
    const struct u256 *offset = &r->sp[-1];
    size_t len = f->data.len;
    if (!u256_fits_u64(offset) || offset->w[0] >= len) {
        u256_set_u64(&r->sp[-1], 0);
    } else if (len - offset->w[0] >= 32) {
        u256_load_be(&r->sp[-1], f->data.ptr + offset->w[0]);
    } else {
        uint8_t word[32] = {0};
        memcpy(word, f->data.ptr + offset->w[0], len - offset->w[0]);
        u256_load_be(&r->sp[-1], word);
    }
    return STEP_NEXT;
}

OP(calldatacopy)
{
    return step_paid(f, r, memory_copy(f, r->gas_left, &r->sp[2], &r->sp[1], &r->sp[0], f->data));
}

OP(codecopy)
{
    return step_paid(f, r,
                     memory_copy(f, r->gas_left, &r->sp[2], &r->sp[1], &r->sp[0],
                                 bytes_from(f->code, f->code_len)));
}

OP(returndatacopy)
{
    /* EIP-211: reading past the end is an exceptional halt, even of no bytes. */
    const struct u256 *from = &r->sp[1];
    const struct u256 *len = &r->sp[0];
    size_t have = f->evm->return_data.len;
    if (!u256_fits_u64(from) || !u256_fits_u64(len) || from->w[0] > have ||
        len->w[0] > have - from->w[0]) {
        return step_halt(f, r, EVM_OUT_OF_BOUNDS_READ);
    }
    return step_paid(f, r, memory_copy(f, r->gas_left, &r->sp[2], from, len, f->evm->return_data));
}

OP(balance)
{
    struct account *account = NULL;
    int64_t gas_left = account_access(f, r->gas_left, &account, &r->sp[-1]);
    if (LIKELY(gas_left >= 0)) {
        u256_copy(&r->sp[-1], &account->balance);
    }
    return step_paid(f, r, gas_left);
}

OP(extcodesize)
{
    struct account *account = NULL;
    struct bytes code = {NULL, 0};
    int64_t gas_left = account_access(f, r->gas_left, &account, &r->sp[-1]);
    if (LIKELY(gas_left >= 0)) {
        gas_left = code_of(f, gas_left, &code, account);
    }
    u256_set_u64(&r->sp[-1], code.len);
    return step_paid(f, r, gas_left);
}

OP(extcodecopy)
{
    struct account *account = NULL;
    struct bytes code = {NULL, 0};
    int64_t gas_left = account_access(f, r->gas_left, &account, &r->sp[3]);
    if (LIKELY(gas_left >= 0)) {
        gas_left = code_of(f, gas_left, &code, account);
    }
    if (LIKELY(gas_left >= 0)) {
        gas_left = memory_copy(f, gas_left, &r->sp[2], &r->sp[1], &r->sp[0], code);
    }
    return step_paid(f, r, gas_left);
}

OP(extcodehash)
{
    /* EIP-1052: zero for an account that does not exist or, since EIP-161, is empty. */
    struct account *account = NULL;
    int64_t gas_left = account_access(f, r->gas_left, &account, &r->sp[-1]);
    if (LIKELY(gas_left >= 0)) {
        if (state_is_empty(account)) {
            u256_set_u64(&r->sp[-1], 0);
        } else {
            u256_load_be(&r->sp[-1], account->code_hash.b);
        }
    }
    return step_paid(f, r, gas_left);
}

OP(blockhash)
{
    return step_paid(f, r, block_hash_load(f, r->gas_left, &r->sp[-1]));
}

OP(blobhash)
{
    /* EIP-4844: zero past the end. */
    const struct u256 *index = &r->sp[-1];
    const struct tx_env *tx = f->evm->tx;
    if (u256_fits_u64(index) && index->w[0] < tx->blob_count) {
        u256_load_be(&r->sp[-1], tx->blob_versioned_hashes[index->w[0]].b);
    } else {
        u256_set_u64(&r->sp[-1], 0);
    }
    return STEP_NEXT;
}

#endif
