/* Reads and runs official trie tests. */

#include "spec/trietest.h"

#include "codec/hex.h"
#include "codec/json.h"
#include "crypto/keccak.h"
#include "trie/preimages.h"
#include "trie/proof.h"

#define NODES_MAX 66u

static const struct json_limits limits = {(size_t)1 << 28, (size_t)1 << 24, 64};

/* struct puts: what a test puts, in its order. */
struct puts {
    struct mpt_change *change; /* an empty value removes */
    size_t count;
    bool any_order;
};

/* struct order: where in the list to begin, and in which direction to go around. */
struct order {
    size_t first;
    bool is_backward;
};

/* struct test: the test in hand. */
struct test {
    const struct trietest *runner;
    struct trietest_case result;
    struct puts puts;
    struct hash32 root;
    char expected[67];
    char got[67];
};

/* ---- reading --------------------------------------------------------------------------------- */

/* read_bytes reads a key or a value into the arena. */
static enum err read_bytes(struct bytes *out, struct arena *arena, struct bytes text)
{
    uint8_t *bytes = ARENA_NEW(arena, uint8_t, text.len);
    if (bytes == NULL) {
        return ERR_MEMORY;
    }
    if (text.len >= 2 && memcmp(text.ptr, "0x", 2) == 0) {
        out->ptr = bytes;
        return hex_decode(bytes, text.len, &out->len, text);
    }
    bytes_copy(bytes, text.ptr, text.len);
    *out = bytes_from(bytes, text.len);
    return OK;
}

/* read_put reads a key and its value; NULL or null: none. */
static enum err read_put(struct mpt_change *out, struct arena *arena, struct bytes key,
                         const json_t *value, bool is_secure, struct err_detail *detail)
{
    struct bytes text = bytes_from(NULL, 0);
    if (value != NULL && !json_is_null(value)) {
        TRY(json_as_string(&text, value, "value", detail));
    }
    if (read_bytes(&out->key, arena, key) != OK || read_bytes(&out->value, arena, text) != OK) {
        return err_explain(detail, ERR_MALFORMED, "a key or value is not hex bytes");
    }
    if (is_secure) {
        struct hash32 *hash = ARENA_NEW(arena, struct hash32, 1);
        if (hash == NULL) {
            return ERR_MEMORY;
        }
        keccak256(hash, out->key.ptr, out->key.len);
        out->key = bytes_from(hash->b, sizeof(hash->b));
    }
    return OK;
}

static enum err read_list(struct puts *out, struct arena *arena, const json_t *list, bool is_secure,
                          struct err_detail *detail)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *pair = json_array_get(list, i);
        struct bytes key;
        TRY(json_as_array(&pair, pair, "in", detail));
        TRY(json_as_string(&key, json_array_get(pair, 0), "key", detail));
        TRY(read_put(&out->change[out->count++], arena, key, json_array_get(pair, 1), is_secure,
                     detail));
    }
    return OK;
}

static enum err read_object(struct puts *out, struct arena *arena, json_t *object, bool is_secure,
                            struct err_detail *detail)
{
    const char *key;
    json_t *value;
    out->any_order = true;
    json_object_foreach(object, key, value)
    {
        TRY(read_put(&out->change[out->count++], arena, bytes_from(key, strlen(key)), value,
                     is_secure, detail));
    }
    return OK;
}

static enum err read_puts(struct puts *out, struct arena *arena, json_t *in, bool is_secure,
                          struct err_detail *detail)
{
    size_t count = json_is_object(in) ? json_object_size(in) : json_array_size(in);
    *out = (struct puts){.change = ARENA_NEW(arena, struct mpt_change, count)};
    if (out->change == NULL) {
        return ERR_MEMORY;
    }
    if (json_is_object(in)) {
        return read_object(out, arena, in, is_secure, detail);
    }
    TRY(json_as_array(&in, in, "in", detail));
    return read_list(out, arena, in, is_secure, detail);
}

/* ---- running --------------------------------------------------------------------------------- */

static bool fail(struct test *test, const char *reason)
{
    test->result.passed = false;
    test->result.reason = reason;
    return false;
}

/* has_root compares a trie's root with the test's. */
static bool has_root(struct test *test, struct mpt *trie)
{
    struct hash32 root = {{0}};
    enum err e = mpt_root(trie, &root);
    (void)hex_encode_data(test->expected, test->root.b, sizeof(test->root.b));
    (void)hex_encode_data(test->got, root.b, sizeof(root.b));
    return e == OK && hash32_equal(&root, &test->root);
}

/* put_all puts what the test says into an empty trie, in one order. */
static bool put_all(struct test *test, struct mpt *trie, struct order order)
{
    const struct puts *puts = &test->puts;
    mpt_init(trie, test->runner->arena);
    for (size_t i = 0; i < puts->count; i++) {
        size_t at = (order.first + i) % puts->count;
        const struct mpt_change *change =
            &puts->change[order.is_backward ? puts->count - 1 - at : at];
        if (mpt_put(trie, change->key, change->value) != OK) {
            return fail(test, "put");
        }
    }
    return has_root(test, trie) || fail(test, "root");
}

/* last_value gives what a key has in the end. */
static struct bytes last_value(const struct puts *puts, struct bytes key)
{
    struct bytes value = bytes_from(NULL, 0);
    for (size_t i = 0; i < puts->count; i++) {
        const struct mpt_change *change = &puts->change[i];
        if (change->key.len == key.len && memcmp(change->key.ptr, key.ptr, key.len) == 0) {
            value = change->value;
        }
    }
    return value;
}

static bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* struct shown: the nodes of a trie, or of a proof, copied to the arena. */
struct shown {
    struct arena *arena;
    struct preimages *nodes; /* where they go; NULL: into the list */
    struct bytes list[NODES_MAX];
    size_t count;
};

static enum err keep(void *context, const struct hash32 *hash, struct bytes node)
{
    struct shown *shown = context;
    uint8_t *copy = ARENA_NEW(shown->arena, uint8_t, node.len);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(copy, node.ptr, node.len);
    if (shown->nodes != NULL) {
        return preimages_add_hashed(shown->nodes, hash, bytes_from(copy, node.len));
    }
    if (shown->count == NODES_MAX) {
        return ERR_LIMIT;
    }
    shown->list[shown->count++] = bytes_from(copy, node.len);
    return OK;
}

/* finds tells whether a trie gives and proves what a key has. */
static bool finds(struct test *test, struct mpt *trie, struct bytes key)
{
    struct shown shown = {.arena = test->runner->arena};
    struct proof proof;
    struct bytes got;
    struct bytes want = last_value(&test->puts, key);
    if (mpt_get(trie, &got, key) != OK || !bytes_equal(got, want)) {
        return fail(test, "opened trie");
    }
    if (mpt_prove(trie, key, keep, &shown) != OK ||
        proof_verify(&proof, &test->root, key, shown.list, shown.count, NULL) != OK ||
        !bytes_equal(proof.value, want)) {
        return fail(test, "proof");
    }
    return true;
}

/* opens stores a trie and opens it again. */
static bool opens(struct test *test, struct mpt *trie)
{
    const struct trietest *runner = test->runner;
    struct preimages nodes;
    struct shown shown = {.arena = runner->arena, .nodes = &nodes};
    struct mpt opened;
    if (preimages_init(&nodes, runner->arena, &runner->key, 2 * test->puts.count) != OK ||
        mpt_nodes(trie, keep, &shown) != OK) {
        return fail(test, "opened trie");
    }
    struct mpt_source source = preimages_source(&nodes);
    mpt_open(&opened, runner->arena, &test->root, &source);
    for (size_t i = 0; i < test->puts.count; i++) {
        if (!finds(test, &opened, test->puts.change[i].key)) {
            return false;
        }
    }
    return has_root(test, &opened) || fail(test, "opened trie");
}

static void run_orders(struct test *test)
{
    size_t rotations = test->puts.any_order ? test->puts.count : 1;
    for (size_t i = 0; i < rotations; i++) {
        struct mpt trie;
        if (!put_all(test, &trie, (struct order){i, false}) || (i == 0 && !opens(test, &trie)) ||
            (test->puts.any_order && !put_all(test, &trie, (struct order){i, true}))) {
            return;
        }
    }
}

static enum err run_test(const struct trietest *runner, const char *name, json_t *json,
                         bool is_secure, struct err_detail *detail)
{
    struct test test = {.runner = runner, .result = {.test = name, .passed = true}};
    test.result.reason = "";
    test.result.expected = test.expected;
    test.result.got = test.got;
    if (json_find(json, "tests") != NULL) {
        test.result.skipped = true;
        test.result.reason = "the trie has no ordered walk";
    } else {
        TRY(json_get_hash32(&test.root, json, "root", detail));
        TRY(read_puts(&test.puts, runner->arena, json_find(json, "in"), is_secure, detail));
        run_orders(&test);
    }
    runner->report(runner->context, &test.result);
    return OK;
}

static enum err run_tests(const struct trietest *runner, json_t *file, bool is_secure,
                          struct err_detail *detail)
{
    const char *name;
    json_t *json;
    TRY(json_as_object(&file, file, "file", detail));
    json_object_foreach(file, name, json)
    {
        size_t mark = arena_mark(runner->arena);
        struct err_detail why = {"out of memory"};
        enum err e = run_test(runner, name, json, is_secure, &why);
        arena_rewind(runner->arena, mark);
        if (e != OK) {
            return err_explain(detail, e, "%.64s: %s", name, why.text);
        }
    }
    return OK;
}

enum err trietest_run(const struct trietest *runner, const char *name, struct bytes text,
                      struct err_detail *detail)
{
    const char *slash = strrchr(name, '/');
    bool is_secure = strstr(slash == NULL ? name : slash, "secure") != NULL;
    json_t *file;
    TRY(json_parse(&file, text, &limits, detail));
    enum err e = run_tests(runner, file, is_secure, detail);
    json_free(file);
    return e;
}
