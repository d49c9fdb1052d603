/* A block from its witness. */

#include "exec/stateless.h"

#include "crypto/keccak.h"

/* struct candidate: a header that was given, and its hash. */
struct candidate {
    struct header header;
    struct hash32 hash;
};

/* find_candidate finds a header by its hash, NULL when it was not given. Cost: at most 256
 * comparisons, for each of at most 256 ancestors. */
static const struct candidate *find_candidate(const struct candidate *candidates, size_t count,
                                              const struct hash32 *hash)
{
    for (size_t i = 0; i < count; i++) {
        if (hash32_equal(&candidates[i].hash, hash)) {
            return &candidates[i];
        }
    }
    return NULL;
}

/* read_headers decodes the headers. Errors: as header_decode's, naming the header; ERR_MEMORY. */
static enum err read_headers(struct candidate **out, struct arena *arena,
                             const struct bytes *headers, size_t count, struct err_detail *detail)
{
    struct candidate *candidates = ARENA_NEW(arena, struct candidate, count);
    if (candidates == NULL) {
        (void)err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
        return ERR_MEMORY;
    }
    *out = candidates;
    for (size_t i = 0; i < count; i++) {
        enum err e = header_decode(&candidates[i].header, headers[i]);
        if (e != OK) {
            return err_explain(detail, e, "headers[%zu]: not a header: %s", i, err_text(e));
        }
        keccak256(&candidates[i].hash, headers[i].ptr, headers[i].len);
    }
    return OK;
}

/* link_ancestors follows the parent hashes from the block, as far as the headers reach. Each hash
 * on the way, the last one's parent included, is what BLOCKHASH gives. The block's own parent is taken
 * with any number, since header_check says what is wrong with the block then; further up a wrong one
 * ends the chain. */
static enum err link_ancestors(struct stateless *s, const struct candidate *candidates,
                               size_t count)
{
    const struct header *child = &s->block.header;
    s->ancestors = ARENA_NEW(s->arena, struct header, count);
    if (s->ancestors == NULL) {
        return ERR_MEMORY;
    }
    for (;;) {
        if (child->number != 0) {
            db_trie_set_block_hash(&s->db, child->number - 1, &child->parent_hash);
        }
        const struct candidate *parent = find_candidate(candidates, count, &child->parent_hash);
        if (parent == NULL || s->ancestor_count == count ||
            (s->ancestor_count != 0 && parent->header.number + 1 != child->number)) {
            return OK;
        }
        s->ancestors[s->ancestor_count] = parent->header;
        child = &s->ancestors[s->ancestor_count++];
    }
}

enum err stateless_open(struct stateless *s, struct bytes block, const struct bytes *headers,
                        size_t header_count, const struct hash32 *pre_state_root,
                        struct err_detail *detail)
{
    struct candidate *candidates;
    s->ancestor_count = 0;
    if (header_count > STATELESS_HEADERS_MAX) {
        return err_explain(detail, ERR_LIMIT, "headers: more than %u", STATELESS_HEADERS_MAX);
    }
    enum err e = block_decode(&s->block, s->arena, block);
    if (e != OK) {
        return err_explain(detail, e, "block: not a block: %s", err_text(e));
    }
    keccak256(&s->hash, s->block.header_encoded.ptr, s->block.header_encoded.len);
    chain_rules_of(&s->rules, s->chain, &s->block.header);
    TRY(read_headers(&candidates, s->arena, headers, header_count, detail));
    e = db_trie_init(&s->db, s->arena, &s->key);
    if (e == OK) {
        e = link_ancestors(s, candidates, header_count);
    }
    if (e != OK) {
        return err_explain(detail, e, "%s", err_text(e));
    }
    if (s->ancestor_count == 0 && pre_state_root == NULL) {
        return err_explain(detail, ERR_STATE_MISSING, "headers: the block's parent is not there");
    }
    s->view = db_trie_db(&s->db);
    db_trie_set_root(&s->db, s->ancestor_count != 0 ? &s->ancestors[0].state_root : pre_state_root);
    return OK;
}

enum err stateless_witness(struct stateless *s, const struct bytes *nodes, size_t node_count,
                           const struct bytes *codes, size_t code_count)
{
    TRY(db_trie_add_nodes(&s->db, nodes, node_count));
    return db_trie_add_codes(&s->db, codes, code_count);
}

/* explained gives an error its text. */
static enum err explained(const struct stateless *s, enum err e, struct err_detail *detail)
{
    if (e == ERR_STATE_MISSING) {
        return db_trie_explain(&s->db, detail);
    }
    return e == OK ? OK : err_explain(detail, e, "%s", err_text(e));
}

static enum err execute(struct stateless *s, struct block_verdict *verdict,
                        struct block_result *result)
{
    const struct block_context context = {s->chain, s->rules, s->evm, &s->db, s->arena};
    const struct ommers_past past = {s->ancestors, s->ancestor_count, NULL, 0};
    TRY(block_check(verdict, s->arena, s->chain, &s->rules, &s->block, &past));
    if (verdict->status != BLOCK_OK) {
        return OK;
    }
    TRY(state_init(&s->state, s->arena, &s->key, s->view));
    s->evm->state = &s->state;
    return block_execute(verdict, result, &context, &s->block);
}

enum err stateless_execute(struct stateless *s, struct block_verdict *verdict,
                           struct block_result *result, struct err_detail *detail)
{
    return explained(s, execute(s, verdict, result), detail);
}

enum err stateless_finish(struct stateless *s, struct block_verdict *verdict,
                          struct block_result *result, struct err_detail *detail)
{
    const struct block_context context = {s->chain, s->rules, s->evm, &s->db, s->arena};
    return explained(s, block_finish(verdict, result, &context, &s->block), detail);
}
