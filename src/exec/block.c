/* Execution of blocks. */

#include "exec/block.h"

#include "crypto/keccak.h"
#include "exec/dao.h"
#include "exec/requests.h"
#include "exec/reward.h"
#include "exec/system_call.h"
#include "exec/tx_rlp.h"

/* struct run: a block on its way. */
struct run {
    const struct block_context *context;
    const struct block *block;
    struct evm *evm;
    struct receipt *receipts;
    uint64_t gas_used;
    uint64_t blob_count;
};

static void condemn(struct block_verdict *out, enum block_status status)
{
    *out = (struct block_verdict){status, TX_OK, BLOCK_NO_TX};
}

/* ---- before execution ------------------------------------------------------------------------ */

/* check_body compares the lists with what the header says of them. */
static enum err check_body(struct block_verdict *out, struct arena *arena,
                           const struct block *block)
{
    const struct header *header = &block->header;
    struct hash32 got;
    TRY(block_transactions_root(&got, arena, block));
    if (!hash32_equal(&got, &header->transactions_root)) {
        condemn(out, BLOCK_INVALID_TRANSACTIONS_ROOT);
        return OK;
    }
    got = block_ommers_hash(block);
    if (!hash32_equal(&got, &header->ommers_hash)) {
        condemn(out, BLOCK_INVALID_UNCLES_HASH);
        return OK;
    }
    if (block->has_withdrawals != header->has_withdrawals_root) {
        condemn(out, BLOCK_INCORRECT_BLOCK_FORMAT);
        return OK;
    }
    if (block->has_withdrawals) {
        TRY(block_withdrawals_root(&got, arena, block));
        if (!hash32_equal(&got, &header->withdrawals_root)) {
            condemn(out, BLOCK_INVALID_WITHDRAWALS_ROOT);
        }
    }
    return OK;
}

enum err block_check(struct block_verdict *out, struct arena *arena,
                     const struct chain_config *chain, const struct chain_rules *rules,
                     const struct block *block, const struct ommers_past *past)
{
    const struct header *header = &block->header;
    condemn(out, BLOCK_OK);
    if (past->ancestor_count != 0) {
        /* The caller found the parent by this hash. */
        condemn(out, header_check(chain, rules, header, &past->ancestors[0], &header->parent_hash));
    }
    if (out->status == BLOCK_OK && fork_rules(rules->fork)->eip7934 &&
        block->encoded_len > BLOCK_BYTES_MAX) {
        condemn(out, BLOCK_RLP_BLOCK_LIMIT_EXCEEDED);
    }
    if (out->status == BLOCK_OK) {
        TRY(check_body(out, arena, block));
    }
    if (out->status == BLOCK_OK) {
        condemn(out, ommers_check(chain, rules, header, block->ommers, block->ommer_count, past));
    }
    return OK;
}

/* ---- before the transactions ----------------------------------------------------------------- */

void block_env(struct block_env *out, const struct header *header, const struct chain_config *chain,
               const struct chain_rules *rules)
{
    *out = (struct block_env){
        .number = header->number,
        .timestamp = header->timestamp,
        .gas_limit = header->gas_limit,
        .chain_id = chain->chain_id,
        .beneficiary = header->beneficiary,
        .prev_randao = header->difficulty,
        .max_blobs = rules->blobs.max,
    };
    if (fork_rules(rules->fork)->eip4399) {
        u256_load_be(&out->prev_randao, header->prev_randao.b);
    }
    if (header->has_base_fee) {
        out->base_fee_per_gas = header->base_fee_per_gas;
    }
    if (header->has_blob_gas) {
        out->blob_base_fee =
            blob_base_fee(header->excess_blob_gas, rules->blobs.base_fee_update_fraction);
    }
}

enum err block_open(struct evm *evm, const struct chain_config *chain,
                    const struct hash32 *parent_hash, const struct hash32 *parent_beacon_block_root)
{
    bool has_code;
    struct outcome outcome;
    if (chain->has_dao_fork && evm->block->number == chain->dao_fork_number) {
        TRY(dao_fork_apply(evm->state));
    }
    /* Neither call can make a block invalid: EIP-4788 and EIP-2935, "if no code exists at the
     * address, the call must fail silently"; a call that fails has changed nothing. */
    if (evm->rules->eip4788 && parent_beacon_block_root != NULL) {
        TRY(system_call(evm, &has_code, &outcome, &BEACON_ROOTS_ADDRESS,
                        bytes_from(parent_beacon_block_root->b, 32)));
    }
    if (evm->rules->eip2935) {
        TRY(system_call(evm, &has_code, &outcome, &HISTORY_STORAGE_ADDRESS,
                        bytes_from(parent_hash->b, 32)));
    }
    return OK;
}

/* ---- transactions ---------------------------------------------------------------------------- */

/* write_receipt notes what a transaction left. Before Byzantium that includes the state root. */
static enum err write_receipt(struct run *run, struct receipt *out, const struct tx *tx,
                              const struct tx_result *result)
{
    const struct block_context *context = run->context;
    const struct state *state = run->evm->state;
    struct log_entry *logs = ARENA_NEW(context->arena, struct log_entry, state->log_count);
    if (logs == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(logs, state->logs, state->log_count * sizeof(*logs));
    *out = (struct receipt){
        .type = tx->type,
        .has_status = run->evm->rules->eip658,
        .is_success = result->halt == EVM_SUCCESS,
        .cumulative_gas_used = run->gas_used,
        .logs = logs,
        .log_count = state->log_count,
    };
    if (!out->has_status) {
        TRY(db_trie_apply(context->db, state));
        TRY(db_trie_root(context->db, &out->state_root));
    }
    return OK;
}

static enum err transact(struct block_verdict *verdict, struct run *run, size_t index)
{
    const struct block_context *context = run->context;
    struct tx tx;
    struct tx_result result;
    enum tx_status status;
    TRY(tx_read(&tx, &status, context->arena, run->block->txs[index], context->chain->chain_id,
                run->evm->rules));
    if (status == TX_OK && tx.blob_count > context->rules.blobs.max - run->blob_count) {
        status = tx.blob_count > context->rules.blobs.max
                     ? TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED
                     : TX_TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED;
    }
    if (status == TX_OK) {
        TRY(tx_execute(run->evm, &result, &tx, run->block->header.gas_limit - run->gas_used));
        status = result.status;
    }
    if (status != TX_OK) {
        *verdict = (struct block_verdict){BLOCK_INVALID_TRANSACTION, status, index};
        return OK;
    }
    run->gas_used += result.gas_used;
    run->blob_count += tx.blob_count;
    return write_receipt(run, &run->receipts[index], &tx, &result);
}

/* ---- after the transactions ------------------------------------------------------------------ */

static enum err add_balance(struct state *state, const struct address *to,
                            const struct u256 *amount)
{
    struct account *account;
    struct u256 balance;
    TRY(state_account(state, &account, to));
    u256_add(&balance, &account->balance, amount); /* ether is too scarce to wrap */
    return state_set_balance(state, account, &balance);
}

/* pay_withdrawals: EIP-4895, amounts in Gwei. */
static enum err pay_withdrawals(struct state *state, const struct block *block)
{
    static const struct u256 wei_per_gwei = {{1'000'000'000, 0, 0, 0}};
    for (size_t i = 0; i < block->withdrawal_count; i++) {
        struct u256 amount = u256_from_u64(block->withdrawals[i].amount_gwei);
        u256_mul(&amount, &amount, &wei_per_gwei);
        TRY(add_balance(state, &block->withdrawals[i].address, &amount));
    }
    return OK;
}

/* pay_rewards: Yellow Paper 11.3. */
static enum err pay_rewards(struct state *state, const struct fork_rules *rules,
                            const struct block *block)
{
    struct u256 reward = reward_block(rules, block->ommer_count);
    TRY(add_balance(state, &block->header.beneficiary, &reward));
    for (size_t i = 0; i < block->ommer_count; i++) {
        const struct header *ommer = &block->ommers[i];
        reward = reward_ommer(rules, block->header.number, ommer->number);
        TRY(add_balance(state, &ommer->beneficiary, &reward));
    }
    return OK;
}

/* pay gives out what a block gives without a transaction. */
static enum err pay(struct run *run)
{
    struct state *state = run->evm->state;
    state_begin_tx(state);
    TRY(pay_withdrawals(state, run->block));
    if (!run->evm->rules->eip3675) {
        TRY(pay_rewards(state, run->evm->rules, run->block));
    }
    state_end_tx(state, run->evm->rules->eip161);
    return OK;
}

/* call_for_requests asks a system contract for its requests; such a call must succeed (EIP-7002,
 * EIP-7251). */
static enum err call_for_requests(struct block_verdict *verdict, struct bytes *out, struct run *run,
                                  const struct address *contract)
{
    bool has_code;
    struct outcome outcome;
    *out = bytes_from(NULL, 0);
    TRY(system_call(run->evm, &has_code, &outcome, contract, bytes_from(NULL, 0)));
    if (!has_code) {
        condemn(verdict, BLOCK_SYSTEM_CONTRACT_EMPTY);
        return OK;
    }
    if (outcome.status != EVM_SUCCESS) {
        condemn(verdict, BLOCK_SYSTEM_CONTRACT_CALL_FAILED);
        return OK;
    }
    uint8_t *copy = ARENA_NEW(run->context->arena, uint8_t, outcome.output.len);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(copy, outcome.output.ptr, outcome.output.len);
    *out = bytes_from(copy, outcome.output.len);
    return OK;
}

/* collect_requests compares the block's requests with the header's commitment (EIP-7685). */
static enum err collect_requests(struct block_verdict *verdict, struct run *run)
{
    const struct block_context *context = run->context;
    struct bytes requests[REQUEST_TYPES];
    bool valid;
    TRY(requests_deposits(&requests[REQUEST_DEPOSIT], &valid, context->arena,
                          &context->chain->deposit_contract, run->receipts, run->block->tx_count));
    if (!valid) {
        condemn(verdict, BLOCK_INVALID_DEPOSIT_EVENT_LAYOUT);
        return OK;
    }
    TRY(call_for_requests(verdict, &requests[REQUEST_WITHDRAWAL], run,
                          &WITHDRAWAL_REQUEST_ADDRESS));
    if (verdict->status == BLOCK_OK) {
        TRY(call_for_requests(verdict, &requests[REQUEST_CONSOLIDATION], run,
                              &CONSOLIDATION_REQUEST_ADDRESS));
    }
    if (verdict->status == BLOCK_OK) {
        struct hash32 hash;
        TRY(requests_hash(&hash, context->arena, requests));
        if (!hash32_equal(&hash, &run->block->header.requests_hash)) {
            condemn(verdict, BLOCK_INVALID_REQUESTS);
        }
    }
    return OK;
}

/* compare holds what execution gave against the header. */
static enum err compare(struct block_verdict *verdict, struct block_result *out,
                        const struct run *run)
{
    const struct header *header = &run->block->header;
    uint8_t bloom[BLOOM_BYTES] = {0};
    out->gas_used = run->gas_used;
    out->receipts = run->receipts;
    out->receipt_count = run->block->tx_count;
    TRY(receipts_root(&out->receipts_root, bloom, run->context->arena, run->receipts,
                      run->block->tx_count));
    if (run->gas_used != header->gas_used) {
        condemn(verdict, BLOCK_INVALID_GAS_USED);
    } else if (header->has_blob_gas && run->blob_count * GAS_BLOB != header->blob_gas_used) {
        condemn(verdict, BLOCK_INCORRECT_BLOB_GAS_USED);
    } else if (memcmp(bloom, header->logs_bloom, sizeof(bloom)) != 0) {
        condemn(verdict, BLOCK_INVALID_LOG_BLOOM);
    } else if (!hash32_equal(&out->receipts_root, &header->receipts_root)) {
        condemn(verdict, BLOCK_INVALID_RECEIPTS_ROOT);
    }
    return OK;
}

static enum err execute(struct block_verdict *verdict, struct block_result *out, struct run *run)
{
    const struct header *header = &run->block->header;
    TRY(block_open(run->evm, run->context->chain, &header->parent_hash,
                   header->has_beacon_root ? &header->parent_beacon_block_root : NULL));
    for (size_t i = 0; i < run->block->tx_count; i++) {
        TRY(transact(verdict, run, i));
        if (verdict->status != BLOCK_OK) {
            return OK;
        }
    }
    TRY(pay(run));
    if (run->evm->rules->eip7685) {
        TRY(collect_requests(verdict, run));
    }
    return verdict->status == BLOCK_OK ? compare(verdict, out, run) : OK;
}

enum err block_execute(struct block_verdict *verdict, struct block_result *out,
                       const struct block_context *context, const struct block *block)
{
    struct evm *evm = context->evm;
    struct block_env env;
    struct run run = {.context = context, .block = block, .evm = evm};
    condemn(verdict, BLOCK_OK);
    run.receipts = ARENA_NEW(context->arena, struct receipt, block->tx_count);
    if (run.receipts == NULL) {
        return ERR_MEMORY;
    }
    block_env(&env, &block->header, context->chain, &context->rules);
    evm->rules = fork_rules(context->rules.fork);
    evm->block = &env;
    enum err e = execute(verdict, out, &run);
    evm->block = NULL;
    return e;
}

enum err block_finish(struct block_verdict *verdict, struct block_result *out,
                      const struct block_context *context, const struct block *block)
{
    condemn(verdict, BLOCK_OK);
    TRY(db_trie_apply(context->db, context->evm->state));
    TRY(db_trie_root(context->db, &out->state_root));
    if (!hash32_equal(&out->state_root, &block->header.state_root)) {
        condemn(verdict, BLOCK_INVALID_STATE_ROOT);
    }
    return OK;
}
