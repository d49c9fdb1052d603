/* One set-code authorization, step by step as EIP-7702 lists them. */

#include "exec/authorization.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "crypto/secp256k1.h"

/* Half the order of secp256k1 (SEC 2, 2.4.1): EIP-2: "s values greater than secp256k1n/2 are
 * invalid". */
static const struct u256 HALF_ORDER = {{UINT64_C(0xdfe92f46681b20a0), UINT64_C(0x5d576e7357a4501d),
                                        UINT64_C(0xffffffffffffffff),
                                        UINT64_C(0x7fffffffffffffff)}};

/* recover gives the authority: the signer of keccak(0x05 || rlp([chain_id, address, nonce])). */
static bool recover(struct address *authority, const struct authorization *a)
{
    if (!u256_fits_u64(&a->y_parity) || a->y_parity.w[0] > 1 || u256_lt(&HALF_ORDER, &a->s)) {
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

    uint8_t r[32];
    uint8_t s[32];
    uint8_t public_key[64];
    u256_store_be(r, &a->r);
    u256_store_be(s, &a->s);
    if (ecdsa_recover(public_key, &hash, r, s, (unsigned)a->y_parity.w[0]) != OK) {
        return false;
    }
    keccak256(&hash, public_key, sizeof(public_key));
    memcpy(authority->b, hash.b + 12, sizeof(authority->b));
    return true;
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
