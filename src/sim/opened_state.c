/* Pre-states: headers, roots, proofs, witnesses, plain accounts. */

#include "sim/opened_state.h"

#include <stdio.h>

#include "base/limits.h"
#include "codec/hex.h"
#include "crypto/keccak.h"

/* ---- headers --------------------------------------------------------------------------------- */

/* struct candidate: a header that was sent along. */
struct candidate {
    struct header header;
    struct hash32 hash;
    bool is_linked;
};

/* read_header decodes a header; `name` and `index` say which, an index of SIZE_MAX none. */
static enum err read_header(struct header *out, struct hash32 *hash, struct bytes encoded,
                            const char *name, struct err_detail *detail)
{
    enum err e = header_decode(out, encoded);
    if (e != OK) {
        return err_explain(detail, e, "%s: not a block header: %s", name, err_text(e));
    }
    keccak256(hash, encoded.ptr, encoded.len);
    return OK;
}

static enum err read_candidates(struct candidate **out, struct arena *arena,
                                const struct bytes_list *headers, struct err_detail *detail)
{
    char name[32];
    if (headers->count > LIMIT_HEADERS) {
        (void)err_explain(detail, ERR_LIMIT, "headers: more than %u", LIMIT_HEADERS);
        return ERR_LIMIT;
    }
    struct candidate *candidates = ARENA_NEW(arena, struct candidate, headers->count);
    if (candidates == NULL) {
        (void)err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < headers->count; i++) {
        (void)snprintf(name, sizeof(name), "headers[%zu]", i);
        TRY(read_header(&candidates[i].header, &candidates[i].hash, headers->items[i], name,
                        detail));
    }
    *out = candidates;
    return OK;
}

/* link_ancestors follows the parent hashes from the header down. Each hash on the way is what
 * BLOCKHASH gives. Cost: at most LIMIT_HEADERS comparisons for each of as many headers. */
static enum err link_ancestors(struct opened_state *s, struct candidate *candidates, size_t count,
                               struct err_detail *detail)
{
    const struct header *child = &s->header;
    uint64_t newest = s->header.number;
    db_trie_set_block_hash(&s->db, newest, &s->header_hash);
    while (child != NULL && child->number != 0 &&
           newest - (child->number - 1) < DB_TRIE_BLOCK_HASHES) {
        const struct hash32 *wanted = &child->parent_hash;
        uint64_t number = child->number - 1;
        db_trie_set_block_hash(&s->db, number, wanted);
        child = NULL;
        for (size_t i = 0; i < count; i++) {
            if (hash32_equal(&candidates[i].hash, wanted) &&
                candidates[i].header.number == number) {
                candidates[i].is_linked = true;
                child = &candidates[i].header;
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!candidates[i].is_linked && !hash32_equal(&candidates[i].hash, &s->header_hash)) {
            return err_explain(detail, ERR_MALFORMED,
                               "headers[%zu]: block %llu is not joined to block %llu by parent "
                               "hashes",
                               i, (unsigned long long)candidates[i].header.number,
                               (unsigned long long)newest);
        }
    }
    return OK;
}

/* open_headers finds the header that the rest hangs on, if there is one, and its ancestors. */
static enum err open_headers(struct opened_state *s, struct arena *arena,
                             const struct pre_state *pre, struct err_detail *detail)
{
    struct candidate *candidates;
    TRY(read_candidates(&candidates, arena, &pre->headers, detail));
    s->has_header = pre->header.len != 0 || pre->headers.count != 0;
    if (pre->header.len != 0) {
        TRY(read_header(&s->header, &s->header_hash, pre->header, "header", detail));
    }
    for (size_t i = 0; pre->header.len == 0 && i < pre->headers.count; i++) {
        if (i == 0 || candidates[i].header.number > s->header.number) {
            s->header = candidates[i].header;
            s->header_hash = candidates[i].hash;
        }
    }
    return s->has_header ? link_ancestors(s, candidates, pre->headers.count, detail) : OK;
}

/* ---- what is trusted ------------------------------------------------------------------------- */

/* mismatch says that what was named is not what there is. */
static enum err mismatch(struct err_detail *detail, const char *name, const char *what,
                         const struct hash32 *got)
{
    char text[2 + 2 * sizeof(got->b) + 1] = {0};
    (void)hex_encode_data(text, got->b, sizeof(got->b));
    return err_explain(detail, ERR_MALFORMED, "\"%s\" is not %s: that is %s", name, what, text);
}

/* check_block_hash holds the header against the hash that the user trusts. */
static enum err check_block_hash(const struct opened_state *s, const struct pre_state *pre,
                                 struct err_detail *detail)
{
    if (!pre->has_block_hash) {
        return OK;
    }
    if (pre->is_plain) {
        return err_explain(detail, ERR_MALFORMED,
                           "\"blockHash\" binds a proved state; \"accounts\" are bound by nothing");
    }
    if (!s->has_header) {
        return err_explain(detail, ERR_MALFORMED, "\"blockHash\" without a header");
    }
    return hash32_equal(&pre->block_hash, &s->header_hash)
               ? OK
               : mismatch(detail, "blockHash", "the hash of the header", &s->header_hash);
}

/* ---- plain accounts -------------------------------------------------------------------------- */

static enum err put_account(struct db_memory *memory, const struct plain_account *from)
{
    struct db_memory_account *account;
    TRY(db_memory_put_account(memory, &account, &from->address, &from->balance, from->nonce,
                              from->code));
    for (size_t i = 0; i < from->storage_count; i++) {
        const struct storage_value *entry = &from->storage[i];
        TRY(db_memory_put_storage(memory, account, &entry->slot, &entry->value));
    }
    return OK;
}

static enum err open_plain(struct opened_state *s, struct arena *arena, const struct map_key *key,
                           const struct pre_state *pre, struct err_detail *detail)
{
    struct db_memory memory;
    enum err e = db_memory_init(&memory, arena, key);
    for (size_t i = 0; e == OK && i < pre->account_count; i++) {
        e = put_account(&memory, &pre->accounts[i]);
    }
    if (e == OK) {
        e = db_trie_load(&s->db, &memory);
    }
    if (e == OK) {
        e = db_trie_root(&s->db, &s->root);
    }
    if (e != OK) {
        return err_explain(detail, e, "accounts: %s",
                           e == ERR_MALFORMED ? "an address or a slot twice" : err_text(e));
    }
    return !pre->has_root || hash32_equal(&pre->root, &s->root)
               ? OK
               : mismatch(detail, "stateRoot", "the root of \"accounts\"", &s->root);
}

/* ---- proved states --------------------------------------------------------------------------- */

static enum err find_root(struct opened_state *s, const struct pre_state *pre,
                          struct err_detail *detail)
{
    if (!s->has_header && !pre->has_root) {
        return err_explain(detail, ERR_STATE_MISSING,
                           "no state root: give \"header\", \"headers\" or \"stateRoot\"");
    }
    s->root = s->has_header ? s->header.state_root : pre->root;
    return !pre->has_root || hash32_equal(&pre->root, &s->root)
               ? OK
               : mismatch(detail, "stateRoot", "the header's state root", &s->root);
}

/* add_proof checks all that a proof claims, and then takes its nodes. */
static enum err add_proof(struct opened_state *s, const struct account_proof *proof, size_t index,
                          struct err_detail *detail)
{
    enum proof_end end;
    struct err_detail why = {""};
    enum err e = account_proof_verify(&end, NULL, &s->root, proof, &why);
    if (e != OK) {
        return err_explain(detail, ERR_MALFORMED, "proofs[%zu]: %s", index, why.text);
    }
    e = db_trie_add_nodes(&s->db, proof->nodes, proof->node_count);
    for (size_t i = 0; e == OK && i < proof->slot_count; i++) {
        e = db_trie_add_nodes(&s->db, proof->slots[i].nodes, proof->slots[i].node_count);
    }
    return e == OK ? OK : err_explain(detail, e, "%s", err_text(e));
}

static enum err open_proved(struct opened_state *s, const struct pre_state *pre,
                            struct err_detail *detail)
{
    TRY(find_root(s, pre, detail));
    db_trie_set_root(&s->db, &s->root);
    for (size_t i = 0; i < pre->proof_count; i++) {
        TRY(add_proof(s, &pre->proofs[i], i, detail));
    }
    enum err e = db_trie_add_nodes(&s->db, pre->nodes.items, pre->nodes.count);
    if (e == OK) {
        e = db_trie_add_codes(&s->db, pre->codes.items, pre->codes.count);
    }
    return e == OK ? OK : err_explain(detail, e, "%s", err_text(e));
}

enum err opened_state_open(struct opened_state *out, struct arena *arena, const struct map_key *key,
                           const struct pre_state *pre, struct err_detail *detail)
{
    *out = (struct opened_state){.has_header = false};
    if (db_trie_init(&out->db, arena, key) != OK) {
        return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    TRY(open_headers(out, arena, pre, detail));
    TRY(check_block_hash(out, pre, detail));
    return pre->is_plain ? open_plain(out, arena, key, pre, detail) : open_proved(out, pre, detail);
}
