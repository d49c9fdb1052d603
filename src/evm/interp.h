#ifndef EVM_INTERP_H
#define EVM_INTERP_H

/* interp.h: runs one top-level message with everything it calls.
 *
 * Calls between contracts do not recurse in C: a frame is an entry in an array, CALL and CREATE
 * push one, the end of a message pops it. The registers of the running frame (program counter,
 * stack pointer, gas) live in the dispatcher's arguments; they are in its struct frame while a
 * frame above it runs, and during the slow instructions that change frames.
 *
 * Memory map of the region an EVM works in; all of it is address space that is touched on demand:
 *
 *   | stacks: EVM_FRAMES x 64 KiB, the lower half of each used, aligned to 64 KiB so that the
 *   |   height of a stack is in the low bits of its pointer
 *   | frames: EVM_FRAMES x struct frame
 *   | memory: of all frames, each beginning where its caller's ends, so that input needs no copy
 *   | return data: what the last call returned; a copy, never a view of the callee's memory */

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/u256.h"
#include "crypto/p256.h"
#include "evm/rules.h"
#include "evm/status.def"
#include "evm/trace.h"
#include "state/state.h"

/* Yellow Paper 9.1, 9.4.2: 1,024 stack items, 1,024 nested calls. */
#define EVM_STACK_MAX 1024
#define EVM_DEPTH_MAX 1024
#define EVM_FRAMES    (EVM_DEPTH_MAX + 1)

/* One frame's stack: 1,024 items of 32 bytes, in a slot of twice that. */
#define EVM_STACK_SLOT   ((size_t)64 * 1024)
#define EVM_STACKS_BYTES (EVM_FRAMES * EVM_STACK_SLOT)
#define EVM_FRAMES_BYTES ((size_t)1024 * 1024)

/* Memory of all frames together: what gas can buy at EIP-7825's 2^24 is about 70 MiB. */
#define EVM_MEMORY_BYTES ((size_t)128 << 20)

/* evm_region_bytes: the region an EVM with `memory_cap` bytes of EVM memory needs. */
#define EVM_REGION_BYTES_FOR(memory_cap) (EVM_STACKS_BYTES + EVM_FRAMES_BYTES + 2 * (memory_cap))
#define EVM_REGION_BYTES                 EVM_REGION_BYTES_FOR(EVM_MEMORY_BYTES)

enum evm_status {
#define X(name, text) EVM_##name,
    EVM_STATUSES(X)
#undef X
        EVM_STATUS_COUNT
};

/* evm_status_name returns "SUCCESS", "OUT_OF_GAS"; evm_status_text a few words in lower case. */
const char *evm_status_name(enum evm_status status);
const char *evm_status_text(enum evm_status status);

/* struct block_env: the block a message runs in (Yellow Paper 4.4). */
struct block_env {
    uint64_t number;
    uint64_t timestamp; /* seconds */
    uint64_t gas_limit;
    uint64_t chain_id;
    struct address beneficiary;
    struct u256 prev_randao; /* before Paris: the difficulty */
    struct u256 base_fee_per_gas;
    struct u256 blob_base_fee; /* wei per blob gas (EIP-7516) */
    uint64_t max_blobs;        /* in a block (EIP-7840) */
};

/* struct tx_env: the transaction a message belongs to. */
struct tx_env {
    struct address origin;
    struct u256 gas_price; /* the effective one */
    const struct hash32 *blob_versioned_hashes;
    size_t blob_count;
};

/* struct message: a call or a creation (execution-specs, Message). */
struct message {
    struct address caller;
    struct account *target;      /* whose storage and balance; the new contract of a creation */
    struct address code_address; /* where the code is from; decides about precompiles */
    struct code *code;           /* what runs; of a creation the initcode (evm_initcode) */
    struct bytes data;           /* valid until the message ends */
    struct u256 value;           /* what CALLVALUE shows, wei */
    int64_t gas;
    bool is_create;
    bool is_static;
    bool is_delegated; /* `code` comes through a delegation (EIP-7702): never a precompile */
    bool moves_value;  /* `value` goes from the caller to the target */
};

/* struct outcome: how a message ended. */
struct outcome {
    enum evm_status status;
    int64_t gas_left;    /* 0 after an exceptional halt */
    struct bytes output; /* of SUCCESS and REVERT; valid until the next message begins */
};

struct evm;

/* struct frame: a message that runs or waits for one it called. */
struct frame {
    struct evm *evm;
    const uint8_t *pc; /* next instruction */
    struct u256 *sp;   /* first free item */
    int64_t gas_left;
    uint8_t *memory;
    size_t memory_len; /* a multiple of 32 */
    const uint8_t *code;
    size_t code_len;
    const uint64_t *jumpdests;
    struct account *target;
    struct address caller;
    struct u256 value;
    struct bytes data;
    struct checkpoint checkpoint;
    size_t output_offset; /* where in the caller's memory the output goes, and at most how much */
    size_t output_len;
    bool is_create;
    bool is_static;
};

/* A dispatcher runs the current frame, and those it calls, until evm->frame is NULL. */
typedef void evm_dispatch_fn(struct evm *evm);

/* struct evm: one per worker. The first part is set up by evm_open, the second by evm_run's caller,
 * the third is the machine's. */
struct evm {
    /* the region */
    uint8_t *stacks;
    struct frame *frames;
    uint8_t *memory_base;
    uint8_t *return_base;
    size_t memory_cap;
    struct p256 *p256;         /* owned; for the precompile */
    evm_dispatch_fn *dispatch; /* evm_open chooses the fastest one built in */

    /* the context of a message */
    const struct fork_rules *rules;
    struct state *state;
    const struct block_env *block;
    const struct tx_env *tx;
    const struct tracer *tracer; /* NULL: no tracing */

    /* the machine */
    struct frame *frame; /* the running frame; NULL when the top-level message has ended */
    struct bytes return_data;
    struct outcome outcome;
    enum err err;
    struct u256_modulus modulus; /* of the last MULMOD */
    unsigned frames_high;        /* how much of the region was used since evm_wipe */
    size_t memory_high;
    size_t return_high;
};

/* evm_open prepares an EVM over a zeroed region of EVM_REGION_BYTES_FOR(memory_cap) bytes, aligned
 * to 64 KiB, which the caller keeps; `memory_cap` is a multiple of 4096. evm_close releases what it
 * took beside the region. Errors: ERR_MEMORY. */
enum err evm_open(struct evm *evm, void *region, size_t memory_cap);
void evm_close(struct evm *evm);

/* evm_run runs a message to its end. The state keeps what it changed when the status is SUCCESS and
 * is as before otherwise (but for the nonce of a creation's caller, which is the caller's matter).
 * Errors: those of the database; ERR_MEMORY when the arena or the EVM memory is used up. They stop
 * the simulation and never look like an outcome; *out is not set. */
enum err evm_run(struct evm *evm, struct outcome *out, const struct message *message);

/* evm_wipe overwrites what messages left in the region. Views in outcomes are dead after it. */
void evm_wipe(struct evm *evm);

/* evm_dispatch_switch: a loop around a switch. evm_dispatch_tail: a function per opcode that tail
 * calls the next; only where the compiler has guaranteed tail calls (HAVE_TAIL_CALLS). Both run the
 * same bodies and give the same results. */
void evm_dispatch_switch(struct evm *evm);
#if HAVE_TAIL_CALLS
void evm_dispatch_tail(struct evm *evm);
#endif

/* evm_create_address: where CREATE puts a contract (Yellow Paper 7); evm_create2_address: CREATE2
 * (EIP-1014). */
struct address evm_create_address(const struct address *creator, uint64_t nonce);
struct address evm_create2_address(const struct address *creator, const struct u256 *salt,
                                   const struct hash32 *initcode_hash);

/* evm_initcode makes the code of a creation from its bytes, which it copies into the arena. */
enum err evm_initcode(struct evm *evm, struct code **out, struct bytes initcode);

/* evm_has_collision tells whether a contract cannot be created at a loaded account: it has a nonce,
 * code or storage (EIP-684, EIP-7610). */
bool evm_has_collision(const struct account *account);

/* evm_is_delegation tells whether code is a delegation indicator (EIP-7702). */
bool evm_is_delegation(const struct code *code);

/* evm_resolve_code gives the code that runs when `account` (loaded) is called: its own, or, with
 * EIP-7702, that of the account its delegation indicator names, in which case *delegate is that
 * account, loaded; NULL otherwise. Delegations of delegates are not followed. */
enum err evm_resolve_code(struct evm *evm, struct code **code, struct account **delegate,
                          struct account *account);

/* evm_is_precompile tells whether the fork in evm->rules has a precompile at an address. */
bool evm_is_precompile(const struct fork_rules *rules, const struct address *address);

#endif
