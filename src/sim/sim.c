/* Simulations over the interpreter: the walkthrough's transfer. */

#include "sim/sim.h"

#include "state/db_memory.h"

const struct address TRANSFER_CALLER = {{0x48, 0x38, 0xb1, 0x06, 0xfc, 0xe9, 0x64,
                                         0x7b, 0xdf, 0x1e, 0x78, 0x77, 0xbf, 0x73,
                                         0xce, 0x8b, 0x0b, 0xad, 0x5f, 0x97}};

enum err sim_open(struct sim *sim, void *region, const uint8_t seed[static 32])
{
    uint8_t *base = region;
    sim->key = map_key_from(seed);
    arena_init(&sim->arena, base + EVM_REGION_BYTES, SIM_ARENA_BYTES);
    return evm_open(&sim->evm, base, EVM_MEMORY_BYTES);
}

void sim_close(struct sim *sim)
{
    evm_close(&sim->evm);
}

void sim_reset(struct sim *sim)
{
    evm_wipe(&sim->evm);
    sim->evm.state = NULL;
    arena_reset(&sim->arena);
}

/* report lists the accounts that the transfer looked at. */
static void report(struct transfer_result *out, const struct state *state)
{
    for (const struct account *a = state->first; a != NULL; a = a->next) {
        ASSERT(out->account_count < TRANSFER_ACCOUNTS_MAX);
        out->accounts[out->account_count++] = (struct transfer_account){
            .address = a->address,
            .balance = a->balance,
            .nonce = a->nonce,
            .code_hash = a->code_hash,
            .touched = a->touched_in == state->tx,
            .loaded_as_not_existing = !a->existed_in_db,
        };
    }
}

enum err sim_transfer(struct sim *sim, struct transfer_result *out, const struct transfer *transfer)
{
    struct evm *evm = &sim->evm;
    const struct u256 wealth = u256_from_u64(TRANSFER_CALLER_WEI);
    struct db_memory db;
    struct db_memory_account *caller;
    struct state state;
    TRY(db_memory_init(&db, &sim->arena, &sim->key));
    TRY(db_memory_put_account(&db, &caller, &TRANSFER_CALLER, &wealth, 0, bytes_from(NULL, 0)));
    TRY(state_init(&state, &sim->arena, &sim->key, db_memory_db(&db)));

    /* All fields zero; what the transaction may use of the block's gas is given apart. */
    static const struct block_env block;
    evm->rules = fork_rules(FORK_NEWEST);
    evm->state = &state;
    evm->block = &block;
    evm->tracer = NULL;
    const struct tx tx = {
        .type = TX_LEGACY,
        .sender = TRANSFER_CALLER,
        .to = transfer->sender,
        .gas_limit = evm->rules->tx_gas_cap,
        .value = transfer->amount,
    };
    struct tx_result result;
    TRY(tx_execute(evm, &result, &tx, tx.gas_limit));
    *out = (struct transfer_result){
        .status = result.status,
        .halt = result.halt,
        .gas_used = result.gas_used,
        .gas_refunded = result.gas_refunded,
        .output = result.output,
    };
    report(out, &state);
    evm->state = NULL;
    return OK;
}
