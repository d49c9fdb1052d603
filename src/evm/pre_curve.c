/* Precompiles 0x01, 0x06 to 0x08 and 0x100: signatures and bn254 (Yellow Paper, appendix E;
 * EIP-196, EIP-197, EIP-1108, EIP-7951). */

#include "base/u256.h"
#include "crypto/bn254.h"
#include "crypto/keccak.h"
#include "crypto/secp256k1.h"
#include "evm/precompiles.h"

enum precompile_result pre_ecrecover(struct precompile_call *call)
{
    if (!precompile_charge(call, 3000)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    /* hash, v, r, s, 32 bytes each; no output when there is no such key. */
    uint8_t in[128];
    precompile_padded(in, sizeof(in), call);
    struct hash32 message_hash;
    struct u256 v;
    memcpy(message_hash.b, in, sizeof(message_hash.b));
    u256_load_be(&v, in + 32);
    if (!u256_fits_u64(&v) || (v.w[0] != 27 && v.w[0] != 28)) {
        return PRECOMPILE_OK;
    }
    uint8_t public_key[64];
    if (ecdsa_recover(public_key, &message_hash, in + 64, in + 96, (unsigned)v.w[0] - 27) != OK) {
        return PRECOMPILE_OK;
    }
    struct hash32 hash;
    keccak256(&hash, public_key, sizeof(public_key));
    memset(call->output, 0, 12);
    memcpy(call->output + 12, hash.b + 12, 20);
    call->output_len = 32;
    return PRECOMPILE_OK;
}

enum precompile_result pre_bn254_add(struct precompile_call *call)
{
    if (!precompile_charge(call, call->rules->bn254_add)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    uint8_t in[128];
    precompile_padded(in, sizeof(in), call);
    if (bn254_add(call->output, in, in + 64) != OK) {
        return PRECOMPILE_FAILED;
    }
    call->output_len = 64;
    return PRECOMPILE_OK;
}

enum precompile_result pre_bn254_mul(struct precompile_call *call)
{
    if (!precompile_charge(call, call->rules->bn254_mul)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    uint8_t in[96];
    precompile_padded(in, sizeof(in), call);
    if (bn254_mul(call->output, in, in + 64) != OK) {
        return PRECOMPILE_FAILED;
    }
    call->output_len = 64;
    return PRECOMPILE_OK;
}

/* put_bool writes a truth value as a 32-byte number. */
static void put_bool(struct precompile_call *call, bool value)
{
    memset(call->output, 0, 32);
    call->output[31] = value;
    call->output_len = 32;
}

enum precompile_result pre_bn254_pairing(struct precompile_call *call)
{
    size_t count = call->input.len / 192;
    if (!precompile_charge(call, call->rules->bn254_pairing_base +
                                     (uint64_t)count * call->rules->bn254_pairing_pair)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    bool is_one;
    if (call->input.len % 192 != 0 || bn254_pairing_check(&is_one, call->input.ptr, count) != OK) {
        return PRECOMPILE_FAILED;
    }
    put_bool(call, is_one);
    return PRECOMPILE_OK;
}

enum precompile_result pre_p256verify(struct precompile_call *call)
{
    if (!precompile_charge(call, 6900)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    /* EIP-7951: hash, r, s, x, y; no output unless the length and the signature are right. */
    const uint8_t *in = call->input.ptr;
    if (call->input.len != 160) {
        return PRECOMPILE_OK;
    }
    struct hash32 message_hash;
    memcpy(message_hash.b, in, sizeof(message_hash.b));
    enum err e = p256_verify(call->p256, &message_hash, in + 32, in + 64, in + 96, in + 128);
    if (e == OK) {
        put_bool(call, true);
    }
    return e == ERR_MEMORY ? PRECOMPILE_ERROR : PRECOMPILE_OK;
}
