/* Reads and runs official block tests. */

#include "spec/blocktest.h"

#include <strings.h>

#include "crypto/keccak.h"
#include "exec/block.h"
#include "spec/fixture.h"
#include "spec/network.h"

/* A block in a test: one over EIP-7934's 8 MiB must still be readable. */
#define ENCODED_BYTES_MAX ((size_t)64 << 20)

static const struct json_limits limits = {(size_t)1 << 30, (size_t)1 << 28, 64};

/* struct chain_block: a valid block, in the test's arena. */
struct chain_block {
    struct block block;
    struct hash32 hash;
    struct u256 total_difficulty;
    struct chain_block *parent; /* NULL: the genesis block */
    struct chain_block *next;   /* in the order of arrival */
};

/* struct chain: a test's chain, as a node that runs the test would know it. */
struct chain {
    struct blocktest *runner;
    struct blocktest_case *result;
    struct chain_config config;
    struct db_memory genesis_state;
    struct chain_block *first; /* the genesis block */
    struct chain_block *last;
    struct chain_block *head; /* of the chain that the node follows */
    struct db_trie db;
    const struct chain_block
        *db_at; /* the block after which `db` is the state; NULL: it is spoilt */
};

/* ---- failures -------------------------------------------------------------------------------- */

static void hash_text(char out[static 67], const struct hash32 *hash)
{
    out[hex_encode_data(out, hash->b, sizeof(hash->b))] = '\0';
}

static void fail(struct chain *chain, const char *reason, const char *expected, const char *got)
{
    struct blocktest_case *result = chain->result;
    result->passed = false;
    result->reason = reason;
    result->expected = expected;
    result->got = got;
    chain->runner->report(chain->runner->context, result);
}

static void fail_hash(struct chain *chain, const char *reason, const struct hash32 *expected,
                      const struct hash32 *got)
{
    char expected_text[67];
    char got_text[67];
    hash_text(expected_text, expected);
    hash_text(got_text, got);
    fail(chain, reason, expected_text, got_text);
}

/* ---- running a block ------------------------------------------------------------------------- */

/* struct attempt: a block, run once on a database. */
struct attempt {
    struct block_verdict verdict;
    struct block_result result;
};

/* rules_of gives the rules of a block with this header after `parent`. */
static struct chain_rules rules_of(const struct chain *chain, const struct header *header,
                                   const struct chain_block *parent)
{
    struct chain_rules rules;
    bool is_merged = !u256_lt(&parent->total_difficulty, &chain->config.terminal_total_difficulty);
    chain_rules_at(&rules, &chain->config, header->number, header->timestamp, is_merged);
    return rules;
}

/* run_block runs a block that passed block_check over `db`; the state is in `arena`. */
static enum err run_block(struct attempt *out, const struct chain *chain, const struct block *block,
                          const struct chain_rules *rules, struct db_trie *db, struct arena *arena)
{
    struct evm *evm = chain->runner->evm;
    struct state state;
    struct block_context context = {
        .chain = &chain->config, .rules = *rules, .evm = evm, .db = db, .arena = arena};
    TRY(state_init(&state, arena, &chain->runner->key, db_trie_db(db)));
    evm->state = &state;
    enum err e = block_execute(&out->verdict, &out->result, &context, block);
    if (e == OK && out->verdict.status == BLOCK_OK) {
        e = block_finish(&out->verdict, &out->result, &context, block);
    }
    evm->state = NULL;
    return e;
}

/* ---- the witness ----------------------------------------------------------------------------- */

/* struct recorded: where a witness goes, and which of its nodes to leave out. */
struct recorded {
    struct db_trie *to;
    size_t skip; /* SIZE_MAX: none */
    size_t seen;
};

static enum err take_node(void *context, const struct hash32 *hash, struct bytes node)
{
    struct recorded *recorded = context;
    (void)hash; /* db_trie_add_nodes computes it: nothing is taken on trust */
    return recorded->seen++ == recorded->skip ? OK : db_trie_add_nodes(recorded->to, &node, 1);
}

static enum err take_code(void *context, const struct hash32 *hash, struct bytes code)
{
    (void)hash;
    return db_trie_add_codes(context, &code, 1);
}

/* build_witness makes `to` a database of what was used of chain->db since db_trie_forget, less the
 * node `skip`. Out: *count, the nodes there are. */
static enum err build_witness(struct db_trie *to, size_t *count, struct chain *chain,
                              const struct chain_block *parent, size_t skip)
{
    struct recorded recorded = {to, skip, 0};
    const struct db_trie *from = &chain->db;
    TRY(db_trie_init(to, chain->runner->scratch, &chain->runner->key));
    db_trie_set_root(to, &parent->block.header.state_root);
    TRY(preimages_each_used(&from->nodes, take_node, &recorded));
    TRY(preimages_each_used(&from->codes, take_code, to));
    for (const struct chain_block *b = parent; b != NULL && from->block_was_asked; b = b->parent) {
        if (b->block.header.number >= from->block_lowest) {
            db_trie_set_block_hash(to, b->block.header.number, &b->hash);
        }
    }
    *count = recorded.seen;
    return OK;
}

/* rerun runs a block again from its witness less one node. Out: *failed, having reported why. */
static enum err rerun(bool *failed, size_t *node_count, struct chain *chain,
                      const struct block *block, const struct chain_rules *rules,
                      const struct chain_block *parent, size_t skip)
{
    struct arena *scratch = chain->runner->scratch;
    struct db_trie db;
    struct attempt again;
    struct err_detail detail;
    arena_reset(scratch);
    enum err e = build_witness(&db, node_count, chain, parent, skip);
    if (e == OK) {
        e = run_block(&again, chain, block, rules, &db, scratch);
    }
    *failed = true;
    if (skip != SIZE_MAX) {
        if (e == ERR_STATE_MISSING && db.missing.kind != DB_MISSING_NOTHING) {
            *failed = false;
            return OK;
        }
        fail(chain, "witness less a node", "a missing node",
             e != OK ? err_name(e) : block_status_name(again.verdict.status));
        return OK;
    }
    if (e == ERR_STATE_MISSING) {
        (void)db_trie_explain(&db, &detail);
        fail(chain, "witness", "everything that is needed", detail.text);
        return OK;
    }
    TRY(e);
    if (again.verdict.status != BLOCK_OK) {
        fail(chain, "witness", "OK", block_status_name(again.verdict.status));
        return OK;
    }
    *failed = false;
    return OK;
}

/* check_stateless runs a block, which has just passed, from its witness. */
static enum err check_stateless(bool *failed, struct chain *chain, const struct block *block,
                                const struct chain_rules *rules, const struct chain_block *parent)
{
    size_t count;
    TRY(rerun(failed, &count, chain, block, rules, parent, SIZE_MAX));
    for (size_t i = 0; chain->runner->minimal && !*failed && i < count; i++) {
        TRY(rerun(failed, &count, chain, block, rules, parent, i));
    }
    return OK;
}

/* ---- the chain ------------------------------------------------------------------------------- */

/* reset_db makes the database that of the genesis block. */
static enum err reset_db(struct chain *chain)
{
    TRY(db_trie_init(&chain->db, chain->runner->arena, &chain->runner->key));
    TRY(db_trie_load(&chain->db, &chain->genesis_state));
    db_trie_set_block_hash(&chain->db, chain->first->block.header.number, &chain->first->hash);
    chain->db_at = chain->first;
    return OK;
}

/* block_at gives the ancestor of `block` whose parent is `below`. */
static const struct chain_block *block_after(const struct chain_block *block,
                                             const struct chain_block *below)
{
    while (block->parent != below) {
        block = block->parent;
        ASSERT(block != NULL);
    }
    return block;
}

/* is_ancestor tells whether `block` is `of` or one of its ancestors. */
static bool is_ancestor(const struct chain_block *block, const struct chain_block *of)
{
    while (of != NULL && of != block) {
        of = of->parent;
    }
    return of != NULL;
}

/* bring_to makes the database that of `block`, by running the blocks that lead there. */
static enum err bring_to(struct chain *chain, const struct chain_block *block)
{
    if (chain->db_at == NULL || !is_ancestor(chain->db_at, block)) {
        TRY(reset_db(chain));
    }
    while (chain->db_at != block) {
        const struct chain_block *next = block_after(block, chain->db_at);
        struct chain_rules rules = rules_of(chain, &next->block.header, next->parent);
        struct attempt attempt;
        arena_reset(chain->runner->scratch);
        TRY(run_block(&attempt, chain, &next->block, &rules, &chain->db, chain->runner->scratch));
        ASSERT(attempt.verdict.status == BLOCK_OK); /* it was, the first time */
        db_trie_set_block_hash(&chain->db, next->block.header.number, &next->hash);
        chain->db_at = next;
    }
    return OK;
}

static struct chain_block *find_block(const struct chain *chain, const struct hash32 *hash)
{
    struct chain_block *block = chain->first;
    while (block != NULL && !hash32_equal(&block->hash, hash)) {
        block = block->next;
    }
    return block;
}

/* append adds a valid block, and follows it where its chain has more work, or none is done any
 * more. */
static enum err append(struct chain *chain, const struct block *block, struct chain_block *parent,
                       const struct chain_rules *rules)
{
    struct chain_block *added = ARENA_NEW(chain->runner->arena, struct chain_block, 1);
    if (added == NULL) {
        return ERR_MEMORY;
    }
    added->block = *block;
    keccak256(&added->hash, block->header_encoded.ptr, block->header_encoded.len);
    added->parent = parent;
    added->total_difficulty = parent->total_difficulty;
    u256_add(&added->total_difficulty, &added->total_difficulty, &block->header.difficulty);
    chain->last->next = added;
    chain->last = added;
    if (fork_rules(rules->fork)->eip3675 ||
        u256_lt(&chain->head->total_difficulty, &added->total_difficulty)) {
        chain->head = added;
    }
    db_trie_set_block_hash(&chain->db, block->header.number, &added->hash);
    chain->db_at = added;
    return OK;
}

/* struct past: what ommers are compared with, OMMER_AGE_MAX + 1 generations. */
struct past {
    struct header ancestors[OMMER_AGE_MAX + 1];
    struct hash32 included[2 * (OMMER_AGE_MAX + 1)];
    struct ommers_past view;
};

static void past_of(struct past *past, const struct chain_block *parent)
{
    past->view = (struct ommers_past){past->ancestors, 0, past->included, 0};
    for (const struct chain_block *b = parent;
         b != NULL && past->view.ancestor_count <= OMMER_AGE_MAX; b = b->parent) {
        past->ancestors[past->view.ancestor_count++] = b->block.header;
        for (size_t i = 0; i < b->block.ommer_count && i < 2; i++) {
            struct bytes ommer = b->block.ommer_encodings[i];
            keccak256(&past->included[past->view.included_count++], ommer.ptr, ommer.len);
        }
    }
}

static enum err check_block(struct block_verdict *verdict, struct chain *chain,
                            const struct block *block, const struct chain_rules *rules,
                            const struct chain_block *parent)
{
    struct past past;
    past_of(&past, parent);
    return block_check(verdict, chain->runner->scratch, &chain->config, rules, block, &past.view);
}

/* verify decides about a block and, when it is valid, makes it part of the chain. Out: *verdict;
 * *failed when the test has failed, which has been reported. */
static enum err verify(struct block_verdict *verdict, bool *failed, struct chain *chain,
                       struct bytes encoded)
{
    struct blocktest *runner = chain->runner;
    struct block block;
    *verdict = (struct block_verdict){BLOCK_RLP_STRUCTURES_ENCODING, TX_OK, BLOCK_NO_TX};
    enum err e = block_decode(&block, runner->arena, encoded);
    if (e != OK) {
        return e == ERR_MEMORY ? e : OK;
    }
    struct chain_block *parent = find_block(chain, &block.header.parent_hash);
    if (parent == NULL) {
        verdict->status = BLOCK_UNKNOWN_PARENT;
        return OK;
    }
    struct chain_rules rules = rules_of(chain, &block.header, parent);
    TRY(check_block(verdict, chain, &block, &rules, parent));
    if (verdict->status != BLOCK_OK) {
        return OK;
    }
    TRY(bring_to(chain, parent));
    if (runner->stateless) {
        TRY(db_trie_forget(&chain->db));
    }
    struct attempt attempt;
    arena_reset(runner->scratch);
    chain->db_at = NULL; /* until it is valid */
    TRY(run_block(&attempt, chain, &block, &rules, &chain->db, runner->scratch));
    *verdict = attempt.verdict;
    if (verdict->status != BLOCK_OK) {
        return OK;
    }
    chain->result->gas_used += attempt.result.gas_used;
    if (runner->stateless) {
        TRY(check_stateless(failed, chain, &block, &rules, parent));
        if (*failed) {
            return OK;
        }
    }
    return append(chain, &block, parent, &rules);
}

/* ---- a test ---------------------------------------------------------------------------------- */

/* struct alias: a reason that test files give where ours is another, which says the same or is found
 * first: what cannot be decoded because a field is missing or too much; blobs that the header sums
 * up. */
static const struct {
    enum block_status status;
    const char *name;
} aliases[] = {
    {BLOCK_RLP_STRUCTURES_ENCODING, "INCORRECT_BLOCK_FORMAT"},
    {BLOCK_BLOB_GAS_USED_ABOVE_LIMIT, "TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED"},
};

/* name_is tells whether a name of `len` characters, without its class, is `own`. */
static bool name_is(const char *name, size_t len, const char *own)
{
    const char *dot = memchr(name, '.', len);
    if (dot != NULL) {
        len -= (size_t)(dot + 1 - name);
        name = dot + 1;
    }
    return strlen(own) == len && memcmp(name, own, len) == 0;
}

/* names_block_status tells whether a block's status is one of the reasons in "A|B". */
static bool names_block_status(const char *names, enum block_status status)
{
    while (*names != '\0') {
        const char *name = names;
        size_t len = strcspn(names, "|");
        names += len + (names[len] == '|' ? 1 : 0);
        if (name_is(name, len, block_status_name(status))) {
            return true;
        }
        for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
            if (aliases[i].status == status && name_is(name, len, aliases[i].name)) {
                return true;
            }
        }
    }
    return false;
}

static bool exception_allows(const char *names, const struct block_verdict *verdict)
{
    return verdict->status == BLOCK_INVALID_TRANSACTION
               ? fixture_exception_allows(names, verdict->tx_status)
               : names_block_status(names, verdict->status);
}

/* read_genesis reads the genesis block and its state, and checks that they belong together. Out:
 * *failed when they do not, which has been reported. */
static enum err read_genesis(bool *failed, struct chain *chain, json_t *test,
                             struct err_detail *detail)
{
    struct arena *arena = chain->runner->arena;
    struct bytes encoded;
    struct hash32 root;
    json_t *pre;
    TRY(json_get_object(&pre, test, "pre", detail));
    TRY(db_memory_init(&chain->genesis_state, arena, &chain->runner->key));
    TRY(fixture_pre(&chain->genesis_state, pre, detail));
    TRY(json_get_data(&encoded, arena, test, ENCODED_BYTES_MAX, "genesisRLP", detail));
    struct chain_block *genesis = ARENA_NEW(arena, struct chain_block, 1);
    if (genesis == NULL) {
        return ERR_MEMORY;
    }
    enum err e = block_decode(&genesis->block, arena, encoded);
    if (e != OK) {
        return err_explain(detail, e, "genesisRLP: not a block");
    }
    keccak256(&genesis->hash, genesis->block.header_encoded.ptr, genesis->block.header_encoded.len);
    genesis->total_difficulty = genesis->block.header.difficulty;
    chain->first = genesis;
    chain->last = genesis;
    chain->head = genesis;
    TRY(reset_db(chain));
    TRY(db_trie_root(&chain->db, &root));
    *failed = !hash32_equal(&root, &genesis->block.header.state_root);
    if (*failed) {
        fail_hash(chain, "genesis state", &genesis->block.header.state_root, &root);
    }
    return OK;
}

/* expected_exception gives the reason why a block of a test must be refused; NULL: it is valid. The
 * older fillings have a member for each network, "expectExceptionALL" for all. */
static enum err expected_exception(const char **out, const json_t *block, const char *network,
                                   struct err_detail *detail)
{
    static const char base[] = "expectException";
    char own[64] = "expectException";
    if (strlen(network) < sizeof(own) - strlen(base)) {
        memcpy(own + strlen(base), network, strlen(network) + 1);
    }
    const char *const keys[] = {base, "expectExceptionALL", own};
    *out = NULL;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && *out == NULL; i++) {
        const json_t *value = json_find(block, keys[i]);
        struct bytes text;
        if (value != NULL) {
            TRY(json_as_string(&text, value, keys[i], detail));
            *out = json_string_value(value);
        }
    }
    return OK;
}

static enum err run_test_block(bool *failed, struct chain *chain, json_t *json,
                               struct err_detail *detail)
{
    struct blocktest_case *result = chain->result;
    struct bytes encoded;
    struct block_verdict verdict;
    const char *exception;
    TRY(expected_exception(&exception, json, result->network, detail));
    TRY(json_get_data(&encoded, chain->runner->arena, json, ENCODED_BYTES_MAX, "rlp", detail));
    enum err e = verify(&verdict, failed, chain, encoded);
    if (e != OK) {
        fail(chain, "error", "none", err_text(e));
        *failed = true;
    }
    if (*failed) {
        return OK;
    }
    const char *got = verdict.status == BLOCK_INVALID_TRANSACTION
                          ? tx_status_name(verdict.tx_status)
                          : block_status_name(verdict.status);
    bool is_valid = verdict.status == BLOCK_OK;
    if (is_valid != (exception == NULL) || (!is_valid && !exception_allows(exception, &verdict))) {
        fail(chain, "exception", exception == NULL ? "none" : exception, got);
        *failed = true;
    }
    return OK;
}

static enum err run_blocks(struct chain *chain, json_t *test, struct err_detail *detail)
{
    json_t *blocks;
    struct hash32 last;
    bool failed = false;
    TRY(json_get_array(&blocks, test, "blocks", detail));
    TRY(json_get_hash32(&last, test, "lastblockhash", detail));
    TRY(read_genesis(&failed, chain, test, detail));
    for (size_t i = 0; !failed && i < json_array_size(blocks); i++) {
        chain->result->block = i;
        TRY(run_test_block(&failed, chain, json_array_get(blocks, i), detail));
    }
    if (failed) {
        return OK;
    }
    chain->result->state_root = chain->head->block.header.state_root;
    if (!hash32_equal(&chain->head->hash, &last)) {
        fail_hash(chain, "last block", &last, &chain->head->hash);
        return OK;
    }
    chain->result->passed = true;
    chain->runner->report(chain->runner->context, chain->result);
    return OK;
}

static enum err run_test(struct blocktest *runner, const char *name, json_t *test,
                         struct err_detail *detail)
{
    struct blocktest_case result = {.test = name};
    struct chain chain = {.runner = runner, .result = &result};
    struct bytes network;
    bool found;
    TRY(json_get_string(&network, test, "network", detail));
    /* Not the view, which has no NUL after it where the string is long hex: no name of anything. */
    result.network = json_string_value(json_find(test, "network"));
    if (runner->only_network != NULL && strcasecmp(result.network, runner->only_network) != 0) {
        return OK;
    }
    TRY(network_chain(&chain.config, &found, runner->arena, result.network,
                      json_find(test, "config"), detail));
    if (!found) {
        fail(&chain, "network", "one we know", result.network);
        return OK;
    }
    return run_blocks(&chain, test, detail);
}

enum err blocktest_run(struct blocktest *runner, struct bytes text, struct err_detail *detail)
{
    json_t *file;
    TRY(json_parse(&file, text, &limits, detail));
    const char *name;
    json_t *test;
    enum err e =
        json_is_object(file) ? OK : err_explain(detail, ERR_MALFORMED, "not a file of block tests");
    json_object_foreach(file, name, test)
    {
        if (e == OK) {
            e = run_test(runner, name, test, detail);
        }
        evm_wipe(runner->evm);
        arena_reset(runner->scratch);
        arena_reset(runner->arena);
    }
    json_free(file);
    return e;
}
