/* Calls of system contracts. */

#include "exec/system_call.h"

/* EIP-4788: "Call BEACON_ROOTS_ADDRESS as SYSTEM_ADDRESS"; the same in the EIPs after it. */
const struct address SYSTEM_ADDRESS = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                        0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}};
const struct address BEACON_ROOTS_ADDRESS = {{0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80,
                                              0x7e, 0xf1, 0x31, 0x9f, 0xb7, 0xb8, 0xbb,
                                              0x85, 0x22, 0xd0, 0xbe, 0xac, 0x02}};
const struct address HISTORY_STORAGE_ADDRESS = {{0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5,
                                                 0x3a, 0x10, 0xcb, 0x7a, 0x02, 0x33, 0x5b,
                                                 0x17, 0x53, 0x20, 0x00, 0x29, 0x35}};
const struct address WITHDRAWAL_REQUEST_ADDRESS = {{0x00, 0x00, 0x09, 0x61, 0xef, 0x48, 0x0e,
                                                    0xb5, 0x5e, 0x80, 0xd1, 0x9a, 0xd8, 0x35,
                                                    0x79, 0xa6, 0x4c, 0x00, 0x70, 0x02}};
const struct address CONSOLIDATION_REQUEST_ADDRESS = {{0x00, 0x00, 0xbb, 0xdd, 0xc7, 0xce, 0x48,
                                                       0x86, 0x42, 0xfb, 0x57, 0x9f, 0x8b, 0x00,
                                                       0xf3, 0xa5, 0x90, 0x00, 0x72, 0x51}};

static enum err run(struct evm *evm, bool *has_code, struct outcome *out,
                    const struct address *contract, struct bytes data)
{
    struct message message = {
        .caller = SYSTEM_ADDRESS, .code_address = *contract, .data = data, .gas = SYSTEM_CALL_GAS};
    struct account *delegate;
    TRY(state_account(evm->state, &message.target, contract));
    TRY(evm_resolve_code(evm, &message.code, &delegate, message.target));
    message.is_delegated = delegate != NULL;
    *has_code = message.code->len != 0;
    return *has_code ? evm_run(evm, out, &message) : OK;
}

enum err system_call(struct evm *evm, bool *has_code, struct outcome *out,
                     const struct address *contract, struct bytes data)
{
    const struct tx_env env = {.origin = SYSTEM_ADDRESS};
    evm->tx = &env;
    state_begin_tx(evm->state);
    enum err e = run(evm, has_code, out, contract, data);
    if (e == OK) {
        state_end_tx(evm->state, evm->rules->eip161);
    }
    evm->tx = NULL;
    return e;
}
