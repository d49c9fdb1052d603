/* Reads and verifies answers of eth_getProof. */

#include "spec/prooffile.h"

#include "rpc/fields.h"
#include "rpc/proof_reader.h"

static const struct json_limits limits = {(size_t)1 << 30, (size_t)1 << 28, 64};

/* check_end compares how a proof ended with a word of "checked", if there is one. */
static bool check_end(enum proof_end end, const json_t *word, const char *what,
                      struct err_detail *reason)
{
    static const char *const words[] = {
        [PROOF_VALUE] = "incl-leaf",
        [PROOF_EMPTY_TRIE] = "empty-trie",
        [PROOF_EMPTY_SLOT] = "excl-branch-empty-slot",
        [PROOF_OTHER_LEAF] = "excl-divergent-leaf",
        [PROOF_OTHER_EXTENSION] = "excl-divergent-extension",
    };
    const char *want = json_string_value(word);
    if (word == NULL || (want != NULL && strcmp(words[end], want) == 0)) {
        return true;
    }
    (void)err_explain(reason, ERR_MALFORMED, "%s: the proof ends in %s, not as \"checked\" says",
                      what, words[end]);
    return false;
}

/* check compares what was found with the file's "checked". */
static bool check(const struct prooffile_case *c, const json_t *checked, struct err_detail *reason)
{
    const json_t *storage = json_find(checked, "storage");
    if (!check_end(c->end, json_find(checked, "account"), "account", reason)) {
        return false;
    }
    if (storage != NULL && json_array_size(storage) != c->proof->slot_count) {
        (void)err_explain(reason, ERR_MALFORMED, "not as many slots as \"checked\" says");
        return false;
    }
    for (size_t i = 0; i < c->proof->slot_count; i++) {
        char what[32];
        (void)snprintf(what, sizeof(what), "slot %zu", i);
        if (!check_end(c->slot_ends[i], json_array_get(storage, i), what, reason)) {
            return false;
        }
    }
    return true;
}

/* run_object verifies the answer in an object of a file and reports it. */
static enum err run_object(const struct prooffile *runner, json_t *object, size_t line,
                           struct err_detail *detail)
{
    struct hash32 root;
    struct account_proof proof;
    struct err_detail reason;
    json_t *answer;
    const char *key = json_find(object, "r") != NULL ? "r" : "result";
    if (runner->root != NULL) {
        root = *runner->root;
    } else {
        TRY(json_get_hash32(&root, object, "stateRoot", detail));
    }
    TRY(json_get_object(&answer, object, key, detail));
    TRY(within(detail, proof_reader_read(&proof, runner->arena, answer, detail), "%s", key));
    enum proof_end *slot_ends = ARENA_NEW(runner->arena, enum proof_end, proof.slot_count);
    if (slot_ends == NULL) {
        return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    struct prooffile_case c = {.line = line, .proof = &proof, .slot_ends = slot_ends};
    c.passed = account_proof_verify(&c.end, slot_ends, &root, &proof, &reason) == OK &&
               check(&c, json_find(object, "checked"), &reason);
    c.reason = c.passed ? "" : reason.text;
    runner->report(runner->context, &c);
    return OK;
}

static enum err run_text(const struct prooffile *runner, struct bytes text, size_t line,
                         struct err_detail *detail)
{
    json_t *object;
    TRY(json_parse(&object, text, &limits, detail));
    size_t mark = arena_mark(runner->arena);
    enum err e = run_object(runner, object, line, detail);
    arena_rewind(runner->arena, mark);
    json_free(object);
    return e;
}

enum err prooffile_run(const struct prooffile *runner, struct bytes text, bool by_line,
                       struct err_detail *detail)
{
    if (!by_line) {
        return run_text(runner, text, 0, detail);
    }
    struct cursor c = cursor_from(text);
    for (size_t number = 1; cursor_left(&c) != 0; number++) {
        const uint8_t *end = memchr(c.pos, '\n', cursor_left(&c));
        size_t len = end == NULL ? cursor_left(&c) : (size_t)(end - c.pos);
        struct bytes line;
        TRY(cursor_take(&c, &line, len));
        TRY(cursor_take(&c, &(struct bytes){NULL, 0}, end == NULL ? 0 : 1));
        if (line.len != 0) {
            TRY(within(detail, run_text(runner, line, number, detail), "line %zu", number));
        }
    }
    return OK;
}
