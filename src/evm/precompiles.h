#ifndef EVM_PRECOMPILES_H
#define EVM_PRECOMPILES_H

/* precompiles.h: the contracts that are part of the protocol: by address, with the fork that
 * brought them (precompiles.def). */

#include "base/arena.h"
#include "base/bytes.h"
#include "crypto/p256.h"
#include "evm/precompiles.def"
#include "evm/rules.h"

/* struct precompile_call: one run. The body reads `input`, calls precompile_charge before it works,
 * writes at most output_cap bytes to `output` (which does not overlap the input) and sets
 * output_len. */
struct precompile_call {
    const struct fork_rules *rules;
    struct arena *scratch; /* for the body to mark and rewind */
    struct p256 *p256;     /* libcrypto's things for P256VERIFY */
    struct bytes input;
    int64_t gas_left;
    uint8_t *output;
    size_t output_cap;
    size_t output_len;
};

/* A body's answer; a failure takes all of the gas. PRECOMPILE_ERROR means that the machine, not the
 * input, is at fault (the arena is full), and stops the simulation. */
enum precompile_result {
    PRECOMPILE_OK,
    PRECOMPILE_OUT_OF_GAS,
    PRECOMPILE_FAILED,
    PRECOMPILE_ERROR
};

typedef enum precompile_result precompile_fn(struct precompile_call *call);

#define X(at, NAME, function, since) precompile_fn pre_##function;
PRECOMPILES(X)
#undef X

/* precompile_find returns the precompile at an address in a fork; NULL when there is none. */
precompile_fn *precompile_find(const struct fork_rules *rules, const struct address *address);

/* precompile_charge takes a price; false when the gas does not cover it. */
static inline bool precompile_charge(struct precompile_call *call, uint64_t price)
{
    if (price > (uint64_t)call->gas_left) {
        return false;
    }
    call->gas_left -= (int64_t)price;
    return true;
}

/* precompile_padded copies the first `len` bytes of the input to `out`, zeros past the input's end:
 * the precompiles with a fixed layout read any input that way. */
void precompile_padded(uint8_t *out, size_t len, const struct precompile_call *call);

/* precompile_words: number of 32-byte words that hold `len` bytes. */
static inline uint64_t precompile_words(size_t len)
{
    return len / 32 + (len % 32 != 0);
}

#endif
