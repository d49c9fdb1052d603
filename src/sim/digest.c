/* Canonical encodings and their hashes. */

#include "sim/digest.h"

#include "crypto/keccak.h"

/* ---- values ---------------------------------------------------------------------------------- */

static void put_uint(struct writer *w, uint64_t value)
{
    uint8_t bytes[8];
    store_be64(bytes, value);
    writer_put(w, bytes, sizeof(bytes));
}

static void put_word(struct writer *w, const struct u256 *value)
{
    uint8_t bytes[32];
    u256_store_be(bytes, value);
    writer_put(w, bytes, sizeof(bytes));
}

static void put_flag(struct writer *w, bool flag)
{
    writer_byte(w, flag);
}

static void put_address(struct writer *w, const struct address *address)
{
    writer_put(w, address->b, sizeof(address->b));
}

static void put_hash(struct writer *w, const struct hash32 *hash)
{
    writer_put(w, hash->b, sizeof(hash->b));
}

static void put_bytes(struct writer *w, struct bytes bytes)
{
    put_uint(w, bytes.len);
    writer_put(w, bytes.ptr, bytes.len);
}

static void put_text(struct writer *w, const char *text)
{
    put_bytes(w, bytes_from(text, strlen(text)));
}

static void put_optional_hash(struct writer *w, bool has, const struct hash32 *hash)
{
    put_flag(w, has);
    if (has) {
        put_hash(w, hash);
    }
}

static void put_optional_address(struct writer *w, bool has, const struct address *address)
{
    put_flag(w, has);
    if (has) {
        put_address(w, address);
    }
}

/* ---- a result -------------------------------------------------------------------------------- */

static void put_block(struct writer *w, const struct block_env *block)
{
    put_uint(w, block->number);
    put_uint(w, block->timestamp);
    put_uint(w, block->gas_limit);
    put_address(w, &block->beneficiary);
    put_word(w, &block->prev_randao);
    put_word(w, &block->base_fee_per_gas);
    put_word(w, &block->blob_base_fee);
}

static void put_log(struct writer *w, const struct log_entry *log)
{
    put_address(w, &log->address);
    put_uint(w, log->topic_count);
    for (unsigned i = 0; i < log->topic_count; i++) {
        put_word(w, &log->topics[i]);
    }
    put_bytes(w, log->data);
}

static void put_access(struct writer *w, const struct access_list_entry *entry)
{
    put_address(w, &entry->address);
    put_uint(w, entry->key_count);
    for (size_t i = 0; i < entry->key_count; i++) {
        put_word(w, &entry->keys[i]);
    }
}

static void put_tx(struct writer *w, const struct sim_tx_result *tx)
{
    put_text(w, sim_status_name(tx->status));
    put_text(w, tx->status == SIM_REJECTED ? tx_status_name(tx->rejection)
                : tx->status == SIM_HALT   ? evm_status_name(tx->halt)
                                           : "");
    put_optional_address(w, tx->has_sender, &tx->sender);
    put_uint(w, tx->gas_used);
    put_uint(w, tx->gas_refunded);
    put_bytes(w, tx->output);
    put_optional_address(w, tx->is_created, &tx->created);
    put_uint(w, tx->log_count);
    for (size_t i = 0; i < tx->log_count; i++) {
        put_log(w, &tx->logs[i]);
    }
    put_uint(w, tx->access_list_count);
    for (size_t i = 0; i < tx->access_list_count; i++) {
        put_access(w, &tx->access_list[i]);
    }
}

static void put_account_diff(struct writer *w, const struct account_diff *account)
{
    put_address(w, &account->address);
    put_flag(w, account->pre_exists != account->post_exists);
    if (account->pre_exists != account->post_exists) {
        put_flag(w, account->pre_exists);
        put_flag(w, account->post_exists);
    }
    bool is_balance_changed = !u256_eq(&account->pre_balance, &account->post_balance);
    put_flag(w, is_balance_changed);
    if (is_balance_changed) {
        put_word(w, &account->pre_balance);
        put_word(w, &account->post_balance);
    }
    put_flag(w, account->pre_nonce != account->post_nonce);
    if (account->pre_nonce != account->post_nonce) {
        put_uint(w, account->pre_nonce);
        put_uint(w, account->post_nonce);
    }
    put_flag(w, account->is_code_changed);
    if (account->is_code_changed) {
        put_bytes(w, account->pre_code);
        put_bytes(w, account->post_code);
    }
    put_flag(w, account->is_storage_cleared);
    put_uint(w, account->slot_count);
    for (size_t i = 0; i < account->slot_count; i++) {
        const struct slot_diff *slot = &account->slots[i];
        put_word(w, &slot->key);
        put_flag(w, slot->knows_pre);
        if (slot->knows_pre) {
            put_word(w, &slot->pre);
        }
        put_word(w, &slot->post);
    }
}

static void put_result(struct writer *w, const struct sim_request *request,
                       const struct sim_result *result)
{
    put_text(w, "nitro_simulate result 1");
    put_uint(w, result->block.chain_id);
    put_text(w, result->fork_name);
    put_hash(w, &result->pre_root);
    put_optional_hash(w, result->has_block_hash, &result->block_hash);
    put_block(w, &result->block);
    put_uint(w, result->gas_used);
    put_uint(w, result->tx_count);
    for (size_t i = 0; i < result->tx_count; i++) {
        put_tx(w, &result->txs[i]);
    }
    put_flag(w, request->options.wants_state_diff);
    if (request->options.wants_state_diff) {
        put_uint(w, result->diff.count);
        for (size_t i = 0; i < result->diff.count; i++) {
            put_account_diff(w, &result->diff.accounts[i]);
        }
    }
    put_optional_hash(w, result->has_post_root, &result->post_root);
}

struct hash32 digest_request(struct bytes text)
{
    struct hash32 hash;
    keccak256(&hash, text.ptr, text.len);
    return hash;
}

enum err digest_result(struct hash32 *out, struct arena *arena, const struct sim_request *request,
                       const struct sim_result *result)
{
    size_t mark = arena_mark(arena);
    struct writer w = writer_to(NULL, 0); /* counts */
    put_result(&w, request, result);
    uint8_t *buffer = ARENA_NEW(arena, uint8_t, w.len);
    if (buffer == NULL) {
        return ERR_MEMORY;
    }
    w = writer_to(buffer, w.len);
    put_result(&w, request, result);
    struct bytes encoding = writer_view(&w);
    keccak256(out, encoding.ptr, encoding.len);
    arena_rewind(arena, mark);
    return OK;
}

/* ---- a block's result, a statement ----------------------------------------------------------- */

/* BLOCK_RESULT_MAX: more than the numbers, hashes and names of a block's result take. */
#define BLOCK_RESULT_MAX 1024

struct hash32 digest_block_result(const struct block_execution_result *result)
{
    uint8_t buffer[BLOCK_RESULT_MAX];
    struct writer w = writer_to(buffer, sizeof(buffer));
    const struct block_verdict *verdict = &result->verdict;
    put_text(&w, "nitro_executeBlock result 1");
    put_uint(&w, result->chain_id);
    put_text(&w, result->fork_name);
    put_uint(&w, result->number);
    put_hash(&w, &result->hash);
    put_hash(&w, &result->pre_root);
    put_flag(&w, result->is_parent_checked);
    put_flag(&w, verdict->status == BLOCK_OK);
    put_text(&w, block_status_name(verdict->status));
    put_flag(&w, verdict->tx_index != BLOCK_NO_TX);
    if (verdict->tx_index != BLOCK_NO_TX) {
        put_uint(&w, verdict->tx_index);
    }
    put_text(&w, verdict->tx_status == TX_OK ? "" : tx_status_name(verdict->tx_status));
    if (verdict->status == BLOCK_OK) {
        put_uint(&w, result->gas_used);
        put_uint(&w, result->tx_count);
        put_hash(&w, &result->state_root);
        put_hash(&w, &result->receipts_root);
    }
    return digest_request(writer_view(&w));
}

struct hash32 digest_statement_hash(const struct digest_statement *statement)
{
    uint8_t buffer[8 + 32 + 8 + 4 * 32 + DIGEST_PCR0_BYTES];
    struct writer w = writer_to(buffer, sizeof(buffer));
    put_text(&w, "nitro-revm statement 1");
    put_uint(&w, statement->chain_id);
    put_hash(&w, &statement->request);
    put_hash(&w, &statement->pre_root);
    put_hash(&w, &statement->block_hash);
    put_hash(&w, &statement->result);
    writer_put(&w, statement->pcr0, sizeof(statement->pcr0));
    return digest_request(writer_view(&w));
}
