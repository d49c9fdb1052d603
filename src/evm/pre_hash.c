/* Precompiles 0x02 to 0x04 and 0x09: hashes and the identity (Yellow Paper, appendix E; EIP-152).
 */

#include "crypto/blake2b.h"
#include "crypto/ripemd160.h"
#include "crypto/sha2.h"
#include "evm/precompiles.h"

enum precompile_result pre_sha256(struct precompile_call *call)
{
    if (!precompile_charge(call, 60 + 12 * precompile_words(call->input.len))) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    struct hash32 hash;
    sha256(&hash, call->input.ptr, call->input.len);
    memcpy(call->output, hash.b, sizeof(hash.b));
    call->output_len = sizeof(hash.b);
    return PRECOMPILE_OK;
}

enum precompile_result pre_ripemd160(struct precompile_call *call)
{
    if (!precompile_charge(call, 600 + 120 * precompile_words(call->input.len))) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    memset(call->output, 0, 12);
    ripemd160(call->output + 12, call->input.ptr, call->input.len);
    call->output_len = 32;
    return PRECOMPILE_OK;
}

enum precompile_result pre_identity(struct precompile_call *call)
{
    if (!precompile_charge(call, 15 + 3 * precompile_words(call->input.len))) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    if (call->input.len > call->output_cap) {
        return PRECOMPILE_ERROR;
    }
    bytes_copy(call->output, call->input.ptr, call->input.len);
    call->output_len = call->input.len;
    return PRECOMPILE_OK;
}

enum precompile_result pre_blake2f(struct precompile_call *call)
{
    /* EIP-152: [4 bytes rounds, big-endian][64 h][128 m][8 t_0][8 t_1][1 f], the words
     * little-endian. */
    const uint8_t *in = call->input.ptr;
    if (call->input.len != 213) {
        return PRECOMPILE_FAILED;
    }
    uint32_t rounds = load_be32(in);
    if (!precompile_charge(call, rounds)) {
        return PRECOMPILE_OUT_OF_GAS;
    }
    if (in[212] > 1) {
        return PRECOMPILE_FAILED;
    }
    uint64_t h[8];
    uint64_t m[16];
    for (size_t i = 0; i < 8; i++) {
        h[i] = load_le64(in + 4 + 8 * i);
    }
    for (size_t i = 0; i < 16; i++) {
        m[i] = load_le64(in + 68 + 8 * i);
    }
    const uint64_t t[2] = {load_le64(in + 196), load_le64(in + 204)};
    blake2b_compress(h, m, t, in[212] == 1, rounds);
    for (size_t i = 0; i < 8; i++) {
        store_le64(call->output + 8 * i, h[i]);
    }
    call->output_len = 64;
    return PRECOMPILE_OK;
}
