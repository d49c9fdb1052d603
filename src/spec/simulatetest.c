/* State tests through nitro_simulate. */

#include "spec/simulatetest.h"

#include "rpc/json_writer.h"
#include "rpc/simulations.h"

/* How many nodes, beside the root's, are left out in turn. */
#define DROPS 4

/* KEEP_ALL: leave out no node. */
#define KEEP_ALL SIZE_MAX

/* ---- the witness ----------------------------------------------------------------------------- */

/* struct witness: a pre-state as nodes and codes, in an arena. */
struct witness {
    struct db_trie db;
    struct hash32 root;
    size_t node_count;
    size_t root_index; /* of the root's node */
};

static enum err make_witness(struct witness *out, struct arena *arena, const struct map_key *key,
                             const struct db_memory *pre)
{
    TRY(db_trie_init(&out->db, arena, key));
    TRY(db_trie_load(&out->db, pre));
    TRY(db_trie_root(&out->db, &out->root));
    TRY(db_trie_forget(&out->db));
    out->node_count = 0;
    out->root_index = KEEP_ALL;
    for (const struct preimage *p = out->db.nodes.first; p != NULL; p = p->next) {
        if (hash32_equal(&p->hash, &out->root)) {
            out->root_index = out->node_count;
        }
        out->node_count++;
    }
    return OK;
}

/* ---- the request ----------------------------------------------------------------------------- */

static void put_list(struct json_writer *json, const char *key, const struct preimages *set,
                     size_t left_out)
{
    size_t i = 0;
    json_open(json, key, '[');
    for (const struct preimage *p = set->first; p != NULL; p = p->next) {
        if (i++ != left_out) {
            json_put_data(json, NULL, p->bytes.ptr, p->bytes.len);
        }
    }
    json_close(json, ']');
}

static void put_word(struct json_writer *json, const char *key, const struct u256 *word)
{
    uint8_t bytes[32];
    u256_store_be(bytes, word);
    json_put_data(json, key, bytes, sizeof(bytes));
}

static void put_block(struct json_writer *json, const struct block_env *block,
                      const struct fork_rules *rules)
{
    json_open(json, "block", '{');
    json_put_quantity_u64(json, "number", block->number);
    json_put_quantity_u64(json, "time", block->timestamp);
    json_put_quantity_u64(json, "gasLimit", block->gas_limit);
    json_put_data(json, "feeRecipient", block->beneficiary.b, sizeof(block->beneficiary.b));
    json_put_quantity(json, rules->eip4399 ? "prevRandao" : "difficulty", &block->prev_randao);
    if (rules->eip1559) {
        json_put_quantity(json, "baseFeePerGas", &block->base_fee_per_gas);
    }
    if (rules->eip4844) {
        json_put_quantity(json, "blobBaseFee", &block->blob_base_fee);
    }
    json_close(json, '}');
}

static void put_access_list(struct json_writer *json, const struct tx *tx)
{
    json_open(json, "accessList", '[');
    for (size_t i = 0; i < tx->access_list_count; i++) {
        const struct access_list_entry *entry = &tx->access_list[i];
        json_open(json, NULL, '{');
        json_put_data(json, "address", entry->address.b, sizeof(entry->address.b));
        json_open(json, "storageKeys", '[');
        for (size_t k = 0; k < entry->key_count; k++) {
            put_word(json, NULL, &entry->keys[k]);
        }
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_authorizations(struct json_writer *json, const struct tx *tx)
{
    json_open(json, "authorizationList", '[');
    for (size_t i = 0; i < tx->authorization_count; i++) {
        const struct authorization *a = &tx->authorizations[i];
        json_open(json, NULL, '{');
        json_put_quantity(json, "chainId", &a->chain_id);
        json_put_data(json, "address", a->address.b, sizeof(a->address.b));
        json_put_quantity_u64(json, "nonce", a->nonce);
        json_put_quantity(json, "yParity", &a->y_parity);
        json_put_quantity(json, "r", &a->r);
        json_put_quantity(json, "s", &a->s);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_fees(struct json_writer *json, const struct tx *tx)
{
    if (tx->type < TX_FEE_MARKET) {
        json_put_quantity(json, "gasPrice", &tx->max_fee_per_gas);
        return;
    }
    json_put_quantity(json, "maxFeePerGas", &tx->max_fee_per_gas);
    json_put_quantity(json, "maxPriorityFeePerGas", &tx->max_priority_fee_per_gas);
}

static void put_blobs(struct json_writer *json, const struct tx *tx)
{
    json_put_quantity(json, "maxFeePerBlobGas", &tx->max_fee_per_blob_gas);
    json_open(json, "blobVersionedHashes", '[');
    for (size_t i = 0; i < tx->blob_count; i++) {
        json_put_data(json, NULL, tx->blob_versioned_hashes[i].b, 32);
    }
    json_close(json, ']');
}

static void put_tx(struct json_writer *json, const struct tx *tx)
{
    json_open(json, NULL, '{');
    json_put_quantity_u64(json, "type", tx->type);
    json_put_data(json, "from", tx->sender.b, sizeof(tx->sender.b));
    if (!tx->is_create) {
        json_put_data(json, "to", tx->to.b, sizeof(tx->to.b));
    }
    json_put_quantity_u64(json, "gas", tx->gas_limit);
    json_put_quantity(json, "value", &tx->value);
    json_put_quantity_u64(json, "nonce", tx->nonce);
    json_put_data(json, "input", tx->data.ptr, tx->data.len);
    put_fees(json, tx);
    if (tx->type >= TX_ACCESS_LIST) {
        put_access_list(json, tx);
    }
    if (tx->type == TX_BLOB) {
        put_blobs(json, tx);
    }
    if (tx->type == TX_SET_CODE) {
        put_authorizations(json, tx);
    }
    json_close(json, '}');
}

/* write_request writes the request, without the node of one index. */
static void write_request(struct writer *to, const struct simulatetest_case *c,
                          const struct fork_rules *rules, const struct witness *witness,
                          size_t left_out)
{
    struct json_writer json = json_writer_to(to, false);
    json_open(&json, NULL, '{');
    json_put_text(&json, "fork", c->fork);
    json_put_data(&json, "stateRoot", witness->root.b, sizeof(witness->root.b));
    json_open(&json, "witness", '{');
    put_list(&json, "state", &witness->db.nodes, left_out);
    put_list(&json, "codes", &witness->db.codes, KEEP_ALL);
    json_close(&json, '}');
    put_block(&json, c->block, rules);
    json_open(&json, "transactions", '[');
    put_tx(&json, c->tx);
    json_close(&json, ']');
    json_open(&json, "options", '{');
    json_put_bool(&json, "validate", true);
    json_put_bool(&json, "postStateRoot", true);
    json_close(&json, '}');
    json_close(&json, '}');
}

/* ---- a run ----------------------------------------------------------------------------------- */

/* struct attempt: one simulation. */
struct attempt {
    enum err err; /* of the simulation */
    struct sim_result result;
    struct sim_failure failure;
    bool is_refused; /* the request could not be read */
};

static enum err attempt(struct attempt *out, const struct simulatetest *runner,
                        const struct simulatetest_case *c, const struct fork_rules *rules,
                        const struct witness *witness, size_t left_out)
{
    struct simulation request;
    size_t mark = arena_mark(runner->arena);
    struct writer w = writer_to(NULL, 0);
    write_request(&w, c, rules, witness, left_out);
    uint8_t *text = ARENA_NEW(runner->arena, uint8_t, w.len);
    if (text == NULL) {
        return ERR_MEMORY;
    }
    w = writer_to(text, w.len);
    write_request(&w, c, rules, witness, left_out);
    sim_reset(runner->sim);
    *out = (struct attempt){.err = OK};
    out->err = simulation_parse(&request, SIMULATION_SIMULATE, &runner->sim->arena, writer_view(&w),
                                &out->failure.detail);
    out->is_refused = out->err != OK;
    if (out->err == OK) {
        request.simulate.options.gas_cap = UINT64_MAX; /* tests know no cap */
        out->err = sim_simulate(runner->sim, &out->result, &out->failure, &request.simulate);
    }
    arena_rewind(runner->arena, mark);
    return OK;
}

/* judge_without says what is wrong with an answer that a node was left out for, NULL if nothing. */
static const char *judge_without(const struct attempt *a, const struct simulatetest_result *full,
                                 bool is_root)
{
    if (a->err == ERR_STATE_MISSING) {
        return a->failure.missing.kind != DB_MISSING_NOTHING ? NULL
                                                             : "does not say what is missing";
    }
    if (a->err != OK) {
        return "an error other than ERR_STATE_MISSING without a node";
    }
    const struct sim_tx_result *tx = &a->result.txs[0];
    if (is_root && tx->status != SIM_REJECTED) {
        return "executed without the root's node";
    }
    if (tx->rejection != full->tx.status || tx->gas_used != full->tx.gas_used) {
        return "another outcome without a node";
    }
    if (!a->result.has_post_root) {
        return a->result.post_root_missing.text[0] != '\0' ? NULL : "a root is missing silently";
    }
    return hash32_equal(&a->result.post_root, &full->state_root) ? NULL
                                                                 : "another root without a node";
}

/* try_without leaves out the root's node, and some others spread over the witness. */
static enum err try_without(const struct simulatetest *runner, struct simulatetest_result *full,
                            const struct simulatetest_case *c, const struct fork_rules *rules,
                            const struct witness *witness)
{
    for (size_t i = 0; i <= DROPS && full->problem == NULL; i++) {
        size_t left_out = i == DROPS ? witness->root_index : witness->node_count * i / DROPS;
        struct attempt a;
        if (left_out >= witness->node_count) {
            continue;
        }
        TRY(attempt(&a, runner, c, rules, witness, left_out));
        full->problem = judge_without(&a, full, left_out == witness->root_index);
    }
    return OK;
}

/* keep_logs copies what the next attempt overwrites. */
static enum err keep_logs(struct simulatetest_result *out, struct arena *arena,
                          const struct sim_tx_result *tx)
{
    struct log_entry *logs = ARENA_NEW(arena, struct log_entry, tx->log_count);
    if (logs == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < tx->log_count; i++) {
        uint8_t *data = ARENA_NEW(arena, uint8_t, tx->logs[i].data.len);
        if (data == NULL) {
            return ERR_MEMORY;
        }
        bytes_copy(data, tx->logs[i].data.ptr, tx->logs[i].data.len);
        logs[i] = tx->logs[i];
        logs[i].data = bytes_from(data, tx->logs[i].data.len);
    }
    out->logs = logs;
    out->log_count = tx->log_count;
    return OK;
}

/* reason_to_skip tells why a simulation that failed is no test; NULL if it is one. */
static const char *reason_to_skip(const struct attempt *a)
{
    if (a->err == ERR_STATE_MISSING && a->failure.missing.kind == DB_MISSING_BLOCK) {
        return "asks for block hashes, which no headers can have";
    }
    return a->err == ERR_MEMORY ? "takes more memory than a simulator has" : NULL;
}

enum err simulatetest_run(const struct simulatetest *runner, struct simulatetest_result *out,
                          const struct simulatetest_case *c)
{
    struct witness witness;
    struct attempt a;
    enum chain_upgrade upgrade;
    *out = (struct simulatetest_result){.skipped = NULL};
    if (!chain_upgrade_from_name(&upgrade, c->fork)) {
        out->skipped = "a fork that requests cannot name";
        return OK;
    }
    const struct fork_rules *rules = fork_rules(chain_upgrade_fork(upgrade));
    TRY(make_witness(&witness, runner->arena, &runner->sim->key, c->pre));
    TRY(attempt(&a, runner, c, rules, &witness, KEEP_ALL));
    if (a.err != OK) {
        out->skipped = reason_to_skip(&a);
        out->problem = a.is_refused ? "the request was refused" : err_text(a.err);
        return OK;
    }
    const struct sim_tx_result *tx = &a.result.txs[0];
    out->tx = (struct tx_result){
        .status = tx->rejection,
        .halt = tx->halt,
        .gas_used = tx->gas_used,
        .gas_refunded = tx->gas_refunded,
    };
    out->state_root = a.result.post_root;
    out->problem = a.result.has_post_root ? NULL : "no root from a whole witness";
    TRY(keep_logs(out, runner->arena, tx));
    return try_without(runner, out, c, rules, &witness);
}
