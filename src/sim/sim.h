#ifndef SIM_SIM_H
#define SIM_SIM_H

/* sim.h: simulations, typed request in, typed result out. One struct sim per worker thread: it owns
 * nothing but what is cut from the region it was given, and runs one simulation at a time. */

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/u256.h"
#include "evm/interp.h"
#include "exec/tx.h"

/* SIM_REGION_BYTES: address space that one simulator needs. Reserved once and touched on demand:
 * EVM stacks (EVM_STACKS_BYTES), EVM memory (EVM_MEMORY_BYTES) and the arena (the rest), which holds
 * what the dearest transaction of 2^24 gas (EIP-7825) makes of records, 80 MB of transient slots. */
#define SIM_ARENA_BYTES  ((size_t)96 << 20)
#define SIM_REGION_BYTES (EVM_REGION_BYTES + SIM_ARENA_BYTES)

struct sim {
    struct arena arena;
    struct evm evm;
    struct map_key key;
};

/* sim_open prepares a simulator over `region`, SIM_REGION_BYTES zeroed bytes aligned to 64 KiB,
 * that the caller keeps for as long as the simulator is used. `seed` is 32 random bytes, the key of
 * the hash maps that hold what a request sends. sim_close releases what it took beside the region.
 * Errors: ERR_MEMORY. */
enum err sim_open(struct sim *sim, void *region, const uint8_t seed[static 32]);

void sim_close(struct sim *sim);

/* sim_reset wipes everything the last simulation left in the region, up to its high-water mark.
 * Views in results are dead after it. Call it when a result has been sent. */
void sim_reset(struct sim *sim);

/* ---- the transfer ------------------------------------------------------------------------------
 * The walkthrough's request: TRANSFER_CALLER, with TRANSFER_CALLER_WEI and nothing else in the
 * state, sends `amount` wei to `sender` in a real transaction of the newest fork, gas price 0, in a
 * block of all-zero fields. */

#define TRANSFER_CALLER_WEI 111u

/* 0x4838b106fce9647bdf1e7877bf73ce8b0bad5f97 */
extern const struct address TRANSFER_CALLER;

struct transfer {
    struct address sender; /* the payload's word: the account that receives */
    struct u256 amount;    /* wei */
};

/* Accounts that a transfer can touch: caller, beneficiary, receiver. */
#define TRANSFER_ACCOUNTS_MAX 3

struct transfer_account {
    struct address address;
    struct u256 balance; /* wei, after the transaction */
    uint64_t nonce;
    struct hash32 code_hash;
    bool touched;                /* EIP-161 */
    bool loaded_as_not_existing; /* the account did not exist before */
};

struct transfer_result {
    enum tx_status status; /* TX_OK, or why the transaction is not valid (exec/tx.h) */
    enum evm_status halt;  /* how the message ended; meaningful when status is TX_OK */
    uint64_t gas_used;
    uint64_t gas_refunded;
    struct bytes output;  /* returned bytes, valid until sim_reset */
    size_t account_count; /* accounts in the order they were first looked at */
    struct transfer_account accounts[TRANSFER_ACCOUNTS_MAX];
};

/* sim_transfer runs a transfer. A transaction that is refused (more than the caller has) or halts
 * is an answer, given in *out, not an error. Errors: ERR_MEMORY. */
enum err sim_transfer(struct sim *sim, struct transfer_result *out,
                      const struct transfer *transfer);

#endif
