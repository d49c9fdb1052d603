/* One set-code authorization, step by step as EIP-7702 lists them. */

#include "exec/authorization.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "exec/signature.h"

/* recover gives the authority: the signer of keccak(0x05 || rlp([chain_id, address, nonce])). */
static bool recover(struct address *authority, const struct authorization *a)
{
    if (!u256_fits_u64(&a->y_parity) || a->y_parity.w[0] > 1 ||
        !signature_is_in_range(&a->r, &a->s, true)) {
        return false;
    }
    uint8_t buffer[80]; /* 0x05, list header, 33 + 21 + 9 bytes */
    struct writer w = writer_to(buffer, sizeof(buffer));
    writer_byte(&w, 0x05);
    rlp_list_write(&w, rlp_u256_size(&a->chain_id) +
                           rlp_string_size(bytes_from(a->address.b, sizeof(a->address.b))) +
                           rlp_u64_size(a->nonce));
    rlp_u256_write(&w, &a->chain_id);
    rlp_address_write(&w, &a->address);
    rlp_u64_write(&w, a->nonce);
    struct bytes message = writer_view(&w);
    struct hash32 hash;
    keccak256(&hash, message.ptr, message.len);

    return signature_recover(authority, &hash, &a->r, &a->s, a->y_parity.w[0] == 1) == OK;
}

enum err authorization_apply(struct evm *evm, const struct authorization *a)
{
    struct state *state = evm->state;
    struct u256 chain_id = u256_from_u64(evm->block->chain_id);
    struct address address;
    if ((!u256_is_zero(&a->chain_id) && !u256_eq(&a->chain_id, &chain_id)) ||
        a->nonce == UINT64_MAX || !recover(&address, a)) {
        return OK;
    }
    struct account *authority;
    struct code *code;
    bool was_cold;
    TRY(state_account(state, &authority, &address));
    TRY(state_warm(state, authority, &was_cold));
    TRY(state_code(state, &code, authority));
    if ((code->len != 0 && !evm_is_delegation(code)) || authority->nonce != a->nonce) {
        return OK;
    }
    if (authority->exists) {
        state->refund += GAS_AUTH_EMPTY_ACCOUNT - GAS_AUTH_BASE;
    }
    static const struct address zero;
    uint8_t indicator[23] = {0xef, 0x01, 0x00};
    memcpy(indicator + 3, a->address.b, sizeof(a->address.b));
    /* EIP-7702, "Behavior": the zero address takes the code away instead of pointing there. */
    size_t len = address_equal(&a->address, &zero) ? 0 : sizeof(indicator);
    TRY(state_set_code(state, authority, bytes_from(indicator, len)));
    return state_set_nonce(state, authority, authority->nonce + 1);
}
