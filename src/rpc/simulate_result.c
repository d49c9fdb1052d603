/* Results of simulations as JSON. */

#include "rpc/simulate_result.h"

#include "codec/hex.h"
#include "sim/digest.h"
#include "sim/revert_reason.h"

/* "0x", 40 or 64 digits and a NUL. */
#define ADDRESS_TEXT_BYTES 43
#define WORD_TEXT_BYTES    67

static void put_address(struct json_writer *json, const char *key, const struct address *address)
{
    json_put_data(json, key, address->b, sizeof(address->b));
}

static void put_hash(struct json_writer *json, const char *key, const struct hash32 *hash)
{
    json_put_data(json, key, hash->b, sizeof(hash->b));
}

/* put_word writes a number in all its 32 bytes, as topics and slots are written. */
static void put_word(struct json_writer *json, const char *key, const struct u256 *word)
{
    uint8_t bytes[32];
    u256_store_be(bytes, word);
    json_put_data(json, key, bytes, sizeof(bytes));
}

static void put_bytes(struct json_writer *json, const char *key, struct bytes bytes)
{
    json_put_data(json, key, bytes.ptr, bytes.len);
}

/* put_name writes a name of the program and its text. */
static void put_error(struct json_writer *json, const char *name, const char *text)
{
    json_open(json, "error", '{');
    json_put_text(json, "name", name);
    json_put_text(json, "message", text);
    json_close(json, '}');
}

/* ---- a transaction --------------------------------------------------------------------------- */

static void put_revert_reason(struct json_writer *json, struct bytes output)
{
    struct revert_reason reason = revert_reason_decode(output);
    if (reason.kind == REVERT_OTHER) {
        return;
    }
    json_open(json, "revertReason", '{');
    if (reason.kind == REVERT_ERROR) {
        json_put_text(json, "kind", "Error");
        json_put_string(json, "message", reason.text);
    } else {
        const char *text = revert_panic_text(&reason.code);
        json_put_text(json, "kind", "Panic");
        json_put_quantity(json, "code", &reason.code);
        json_put_text(json, "message", text == NULL ? "a panic of unknown kind" : text);
    }
    json_close(json, '}');
}

static void put_logs(struct json_writer *json, const struct log_entry *logs, size_t count)
{
    json_open(json, "logs", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(json, NULL, '{');
        put_address(json, "address", &logs[i].address);
        json_open(json, "topics", '[');
        for (unsigned t = 0; t < logs[i].topic_count; t++) {
            put_word(json, NULL, &logs[i].topics[t]);
        }
        json_close(json, ']');
        put_bytes(json, "data", logs[i].data);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_access_list(struct json_writer *json, const struct access_list_entry *entries,
                            size_t count)
{
    json_open(json, "accessList", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(json, NULL, '{');
        put_address(json, "address", &entries[i].address);
        json_open(json, "storageKeys", '[');
        for (size_t k = 0; k < entries[i].key_count; k++) {
            put_word(json, NULL, &entries[i].keys[k]);
        }
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* put_step writes an instruction with the members of EIP-3155. */
static void put_step(struct json_writer *json, const struct trace_record *step)
{
    const char *name = opcode_name(step->opcode);
    json_open(json, NULL, '{');
    json_put_number(json, "pc", step->pc);
    json_put_number(json, "op", step->opcode);
    json_put_quantity_u64(json, "gas", (uint64_t)step->gas);
    json_put_quantity_u64(json, "gasCost", (uint64_t)step->gas_cost);
    json_put_number(json, "memSize", step->memory_len);
    json_open(json, "stack", '[');
    for (size_t i = 0; i < step->stack_count; i++) {
        json_put_quantity(json, NULL, &step->stack[i]);
    }
    json_close(json, ']');
    json_put_number(json, "depth", step->depth);
    json_put_integer(json, "refund", step->refund);
    json_put_text(json, "opName", name == NULL ? "INVALID" : name);
    if (step->error != EVM_SUCCESS) {
        json_put_text(json, "error", evm_status_text(step->error));
    }
    json_close(json, '}');
}

static void put_trace(struct json_writer *json, const struct sim_tx_result *tx)
{
    json_open(json, "trace", '[');
    for (const struct trace_record *step = tx->trace; step != NULL; step = step->next) {
        put_step(json, step);
    }
    json_close(json, ']');
    json_put_bool(json, "traceCut", tx->is_trace_cut);
}

static void put_tx(struct json_writer *json, const struct sim_options *options,
                   const struct sim_tx_result *tx)
{
    json_open(json, NULL, '{');
    json_put_text(json, "status", sim_status_name(tx->status));
    if (tx->has_sender) {
        put_address(json, "from", &tx->sender);
    }
    if (tx->status == SIM_REJECTED) {
        put_error(json, tx_status_name(tx->rejection), tx_status_text(tx->rejection));
        json_close(json, '}');
        return;
    }
    json_put_quantity_u64(json, "gasUsed", tx->gas_used);
    json_put_quantity_u64(json, "gasRefunded", tx->gas_refunded);
    put_bytes(json, "output", tx->output);
    if (tx->is_created) {
        put_address(json, "contractAddress", &tx->created);
    }
    if (tx->status != SIM_SUCCESS) {
        put_error(json, evm_status_name(tx->halt), evm_status_text(tx->halt));
    }
    if (tx->status == SIM_REVERT) {
        put_revert_reason(json, tx->output);
    }
    if (options->wants_logs) {
        put_logs(json, tx->logs, tx->log_count);
    }
    if (options->wants_access_lists) {
        put_access_list(json, tx->access_list, tx->access_list_count);
    }
    if (options->trace_steps_max != 0) {
        put_trace(json, tx);
    }
    json_close(json, '}');
}

/* ---- the state diff -------------------------------------------------------------------------- */

static void put_quantities(struct json_writer *json, const char *key, const struct u256 *pre,
                           const struct u256 *post)
{
    if (!u256_eq(pre, post)) {
        json_open(json, key, '{');
        json_put_quantity(json, "pre", pre);
        json_put_quantity(json, "post", post);
        json_close(json, '}');
    }
}

static void put_code_diff(struct json_writer *json, const struct account_diff *account)
{
    if (!account->is_code_changed) {
        return;
    }
    json_open(json, "code", '{');
    put_bytes(json, "pre", account->pre_code);
    put_bytes(json, "post", account->post_code);
    json_close(json, '}');
}

static void put_slot_diffs(struct json_writer *json, const struct account_diff *account)
{
    if (account->slot_count == 0) {
        return;
    }
    json_open(json, "storage", '{');
    for (size_t i = 0; i < account->slot_count; i++) {
        const struct slot_diff *slot = &account->slots[i];
        uint8_t bytes[32];
        char key[WORD_TEXT_BYTES] = "";
        u256_store_be(bytes, &slot->key);
        (void)hex_encode_data(key, bytes, sizeof(bytes));
        json_open(json, key, '{');
        if (slot->knows_pre) {
            json_put_quantity(json, "pre", &slot->pre);
        } else {
            json_put_null(json, "pre");
        }
        json_put_quantity(json, "post", &slot->post);
        json_close(json, '}');
    }
    json_close(json, '}');
}

static void put_account_diff(struct json_writer *json, const struct account_diff *account)
{
    char key[ADDRESS_TEXT_BYTES] = "";
    struct u256 pre_nonce = u256_from_u64(account->pre_nonce);
    struct u256 post_nonce = u256_from_u64(account->post_nonce);
    (void)hex_encode_data(key, account->address.b, sizeof(account->address.b));
    json_open(json, key, '{');
    if (account->pre_exists != account->post_exists) {
        json_open(json, "exists", '{');
        json_put_bool(json, "pre", account->pre_exists);
        json_put_bool(json, "post", account->post_exists);
        json_close(json, '}');
    }
    put_quantities(json, "balance", &account->pre_balance, &account->post_balance);
    put_quantities(json, "nonce", &pre_nonce, &post_nonce);
    put_code_diff(json, account);
    if (account->is_storage_cleared) {
        json_put_bool(json, "storageCleared", true);
    }
    put_slot_diffs(json, account);
    json_close(json, '}');
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void put_block(struct json_writer *json, const struct block_env *block)
{
    json_open(json, "block", '{');
    json_put_quantity_u64(json, "number", block->number);
    json_put_quantity_u64(json, "time", block->timestamp);
    json_put_quantity_u64(json, "gasLimit", block->gas_limit);
    put_address(json, "feeRecipient", &block->beneficiary);
    put_word(json, "prevRandao", &block->prev_randao);
    json_put_quantity(json, "baseFeePerGas", &block->base_fee_per_gas);
    json_put_quantity(json, "blobBaseFee", &block->blob_base_fee);
    json_close(json, '}');
}

static void put_digest(struct json_writer *json, const struct hash32 *request,
                       const struct hash32 *result)
{
    json_open(json, "digest", '{');
    put_hash(json, "request", request);
    put_hash(json, "result", result);
    json_close(json, '}');
}

static void put_post_root(struct json_writer *json, const struct sim_result *result)
{
    if (result->has_post_root) {
        put_hash(json, "postStateRoot", &result->post_root);
    } else {
        json_put_null(json, "postStateRoot");
        json_put_text(json, "postStateRootMissing", result->post_root_missing.text);
    }
}

void simulate_result_print(struct json_writer *json, const char *key,
                           const struct sim_request *request, const struct sim_result *result,
                           const struct hash32 *digest)
{
    const struct sim_options *options = &request->options;
    json_open(json, key, '{');
    json_put_quantity_u64(json, "chainId", result->block.chain_id);
    json_put_text(json, "fork", result->fork_name);
    put_block(json, &result->block);
    put_hash(json, "preStateRoot", &result->pre_root);
    if (result->has_block_hash) {
        put_hash(json, "blockHash", &result->block_hash);
    } else {
        json_put_null(json, "blockHash");
    }
    json_put_quantity_u64(json, "gasUsed", result->gas_used);
    json_open(json, "transactions", '[');
    for (size_t i = 0; i < result->tx_count; i++) {
        put_tx(json, options, &result->txs[i]);
    }
    json_close(json, ']');
    if (options->wants_state_diff) {
        json_open(json, "stateDiff", '{');
        for (size_t i = 0; i < result->diff.count; i++) {
            put_account_diff(json, &result->diff.accounts[i]);
        }
        json_close(json, '}');
    }
    if (options->wants_post_root) {
        put_post_root(json, result);
    }
    put_digest(json, &request->digest, digest);
    json_close(json, '}');
}

void block_result_print(struct json_writer *json, const char *key,
                        const struct block_execution *request,
                        const struct block_execution_result *result)
{
    const struct block_verdict *verdict = &result->verdict;
    bool is_valid = verdict->status == BLOCK_OK;
    struct hash32 digest = digest_block_result(result);
    json_open(json, key, '{');
    json_put_bool(json, "valid", is_valid);
    json_put_text(json, "status", block_status_name(verdict->status));
    if (!is_valid) {
        put_error(json, block_status_name(verdict->status), block_status_text(verdict->status));
    }
    if (verdict->tx_index != BLOCK_NO_TX) {
        json_open(json, "transaction", '{');
        json_put_quantity_u64(json, "index", verdict->tx_index);
        put_error(json, tx_status_name(verdict->tx_status), tx_status_text(verdict->tx_status));
        json_close(json, '}');
    }
    json_put_quantity_u64(json, "chainId", result->chain_id);
    json_put_quantity_u64(json, "number", result->number);
    put_hash(json, "hash", &result->hash);
    json_put_text(json, "fork", result->fork_name);
    put_hash(json, "preStateRoot", &result->pre_root);
    json_put_bool(json, "parentChecked", result->is_parent_checked);
    if (is_valid) {
        json_put_quantity_u64(json, "gasUsed", result->gas_used);
        json_put_quantity_u64(json, "transactions", result->tx_count);
        put_hash(json, "stateRoot", &result->state_root);
        put_hash(json, "receiptsRoot", &result->receipts_root);
    }
    put_digest(json, &request->digest, &digest);
    json_close(json, '}');
}

/* ---- failures -------------------------------------------------------------------------------- */

static void put_missing(struct json_writer *json, const struct db_missing *missing)
{
    json_open(json, "missing", '{');
    switch (missing->kind) {
    case DB_MISSING_SLOT:
        put_address(json, "account", &missing->address);
        put_word(json, "slot", &missing->slot);
        break;
    case DB_MISSING_ACCOUNT:
    case DB_MISSING_SIBLING:
        put_address(json, "account", &missing->address);
        break;
    case DB_MISSING_CODE:
        put_hash(json, "codeHash", &missing->hash);
        break;
    case DB_MISSING_BLOCK:
        json_put_quantity_u64(json, "blockNumber", missing->number);
        break;
    case DB_MISSING_NOTHING:
        break;
    }
    json_close(json, '}');
}

void sim_failure_print(struct json_writer *json, const char *key, enum err e,
                       const struct sim_failure *failure)
{
    bool has_missing = e == ERR_STATE_MISSING && failure->missing.kind != DB_MISSING_NOTHING;
    json_open(json, key, '{');
    json_put_text(json, "name", err_name(e));
    if (failure->tx_index != SIM_NO_TX) {
        json_put_quantity_u64(json, "transaction", failure->tx_index);
    }
    if (has_missing) {
        put_missing(json, &failure->missing);
    }
    json_close(json, '}');
}
