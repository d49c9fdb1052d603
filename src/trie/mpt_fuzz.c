/* A sequence of puts, removals and roots, in an arena of a size from the input. Each root is that
 * of the definition (Yellow Paper, appendix D), taken literally: a node is found from the unordered
 * set of the pairs below it, for each root anew. The test program has another such oracle, which
 * works on sorted pairs.
 *
 * In between the trie is stored and opened again as a partial trie, sometimes over nodes of which
 * one is missing, or has been changed. A missing node must be named, and the operation have no
 * effect. After a change the set of pairs is of no use, but still every failing operation must
 * leave the root as it was.
 *
 * Input: a byte for the arena's size, then operations:
 *   op      & 7: class of the key's length; & 0x10: root after it; & 0x20: open again before it;
 *           & 0x40: a node is missing or changed during it; & 0x80: get the key, do not put
 *   at      where in the key, otherwise zeros, the next bytes stand
 *   1 or 2  bytes of the key
 *   len     of the value; 0 removes, 255 is LONG_VALUE; with 0x40 also which node
 *   fill    what the value consists of; with 0x40: 0 takes the node away, others are put into it */

#include "trie/mpt.h"

#include "base/cursor.h"
#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "tests/fuzz.h"
#include "trie/preimages.h"

#define PAIRS_MAX   48u
#define LONG_VALUE  1500u
#define NODE_MAX    (LONG_VALUE + 600u)
#define SMALL_ARENA 64u /* in units of 64 bytes */

struct pair {
    uint8_t key[MPT_KEY_MAX];
    size_t key_len;
    uint8_t fill;
    size_t value_len;
};

struct model {
    struct pair pair[PAIRS_MAX];
    size_t count;
};

/* The pairs below a node, by their index in the model. */
struct set {
    uint8_t index[PAIRS_MAX];
    size_t count;
};

static const uint8_t key_lens[8] = {0, 1, 2, 3, 4, 9, 32, 33};
static uint8_t arena_region[1 << 18] __attribute__((aligned(64)));
static uint8_t store_region[1 << 20] __attribute__((aligned(64)));

static unsigned nibble_at(const struct pair *p, size_t i)
{
    return i % 2 == 0 ? p->key[i / 2] >> 4 : p->key[i / 2] & 15;
}

static void write_value(struct writer *w, const struct pair *p)
{
    uint8_t value[LONG_VALUE];
    memset(value, p->fill, sizeof(value));
    rlp_string_write(w, bytes_from(value, p->value_len));
}

static void write_path(struct writer *w, const struct pair *p, size_t from, size_t to, bool leaf)
{
    /* The nibbles, led by one with the flags and one more to make them even. */
    uint8_t nibbles[2 + 2 * MPT_KEY_MAX];
    uint8_t path[1 + MPT_KEY_MAX];
    size_t count = 0;
    bool odd = (to - from) % 2 == 1;
    nibbles[count++] = (uint8_t)((leaf ? 2 : 0) + (odd ? 1 : 0));
    if (!odd) {
        nibbles[count++] = 0;
    }
    for (size_t i = from; i < to; i++) {
        nibbles[count++] = (uint8_t)nibble_at(p, i);
    }
    for (size_t i = 0; i < count; i += 2) {
        path[i / 2] = (uint8_t)(16 * nibbles[i] + nibbles[i + 1]);
    }
    rlp_string_write(w, bytes_from(path, count / 2));
}

static bool all_agree(const struct model *m, const struct set *set, size_t nibble)
{
    const struct pair *first = &m->pair[set->index[0]];
    for (size_t i = 0; i < set->count; i++) {
        const struct pair *p = &m->pair[set->index[i]];
        if (2 * p->key_len <= nibble || nibble_at(p, nibble) != nibble_at(first, nibble)) {
            return false;
        }
    }
    return true;
}

static void node_write(struct writer *w, const struct model *m, const struct set *set,
                       size_t depth);

static void ref_write(struct writer *w, const struct model *m, const struct set *set, size_t depth)
{
    uint8_t buf[NODE_MAX];
    struct writer node = writer_to(buf, sizeof(buf));
    if (set->count == 0) {
        rlp_string_write(w, bytes_from(NULL, 0));
        return;
    }
    node_write(&node, m, set, depth);
    if (node.len < 32) {
        writer_put(w, buf, node.len);
        return;
    }
    struct hash32 hash;
    keccak256(&hash, buf, node.len);
    rlp_hash32_write(w, &hash);
}

static void branch_write(struct writer *w, const struct model *m, const struct set *set,
                         size_t depth)
{
    const struct pair *ends_here = NULL;
    struct set child[16];
    memset(child, 0, sizeof(child));
    for (size_t i = 0; i < set->count; i++) {
        const struct pair *p = &m->pair[set->index[i]];
        if (2 * p->key_len == depth) {
            ends_here = p;
        } else {
            struct set *c = &child[nibble_at(p, depth)];
            c->index[c->count++] = set->index[i];
        }
    }
    for (unsigned nibble = 0; nibble < 16; nibble++) {
        ref_write(w, m, &child[nibble], depth + 1);
    }
    if (ends_here != NULL) {
        write_value(w, ends_here);
    } else {
        rlp_string_write(w, bytes_from(NULL, 0));
    }
}

/* Recursion: at most 64 levels, the nibbles of a key. */
static void node_write(struct writer *w, const struct model *m, const struct set *set, size_t depth)
{
    const struct pair *first = &m->pair[set->index[0]];
    uint8_t buf[NODE_MAX];
    struct writer items = writer_to(buf, sizeof(buf));
    size_t common = depth;
    while (all_agree(m, set, common)) {
        common++;
    }
    if (set->count == 1) {
        write_path(&items, first, depth, 2 * first->key_len, true);
        write_value(&items, first);
    } else if (common > depth) {
        write_path(&items, first, depth, common, false);
        ref_write(&items, m, set, common);
    } else {
        branch_write(&items, m, set, depth);
    }
    rlp_list_write(w, items.len);
    writer_put(w, buf, items.len);
    FUZZ_CHECK(writer_fits(&items) && writer_fits(w));
}

static void model_root(const struct model *m, struct hash32 *out)
{
    uint8_t buf[NODE_MAX];
    struct writer w = writer_to(buf, sizeof(buf));
    struct set all = {.count = m->count};
    for (size_t i = 0; i < m->count; i++) {
        all.index[i] = (uint8_t)i;
    }
    if (m->count == 0) {
        rlp_string_write(&w, bytes_from(NULL, 0));
    } else {
        node_write(&w, m, &all, 0);
    }
    keccak256(out, buf, w.len);
}

static struct pair *model_find(struct model *m, const struct pair *key)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->pair[i].key_len == key->key_len &&
            memcmp(m->pair[i].key, key->key, sizeof(key->key)) == 0) {
            return &m->pair[i];
        }
    }
    return NULL;
}

/* read_pair reads an operation's key and value. Errors: ERR_TRUNCATED. */
static enum err read_pair(struct cursor *c, struct pair *out, unsigned length_class)
{
    uint8_t at;
    uint8_t len;
    struct bytes digits;
    memset(out, 0, sizeof(*out));
    out->key_len = key_lens[length_class];
    TRY(cursor_byte(c, &at));
    TRY(cursor_take(c, &digits, length_class == 1 ? 1 : 2));
    for (size_t i = 0; i < digits.len && out->key_len != 0 && out->key_len <= MPT_KEY_MAX; i++) {
        out->key[(at + i) % out->key_len] = digits.ptr[i];
    }
    TRY(cursor_byte(c, &len));
    TRY(cursor_byte(c, &out->fill));
    out->value_len = len == 255 ? LONG_VALUE : len;
    return OK;
}

/* struct run: what an input does things to. */
struct run {
    struct arena arena;
    struct mpt trie;
    struct model model; /* no longer kept when is_damaged */
    bool is_partial;    /* the trie was opened again at some time */
    bool is_damaged;    /* and one of its nodes was changed */
    struct arena store;
    struct preimages nodes;
    struct mpt_source source;
    const struct preimage *missing; /* the source does not give this one */
};

static enum err source_node(void *context, struct bytes *out, const struct hash32 *hash)
{
    struct run *run = context;
    if (run->missing != NULL && hash32_equal(&run->missing->hash, hash)) {
        return ERR_STATE_MISSING;
    }
    return preimages_get(&run->nodes, out, hash);
}

static enum err store_node(void *context, const struct hash32 *hash, struct bytes node)
{
    struct run *run = context;
    struct hash32 got;
    keccak256(&got, node.ptr, node.len);
    FUZZ_CHECK(run->is_damaged || hash32_equal(&got, hash));
    if (preimages_has(&run->nodes, hash)) {
        return OK;
    }
    uint8_t *copy = ARENA_NEW(&run->store, uint8_t, node.len);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(copy, node.ptr, node.len);
    return preimages_add_hashed(&run->nodes, hash, bytes_from(copy, node.len));
}

/* open_again stores the trie and opens it, where there is memory. */
static void open_again(struct run *run)
{
    struct hash32 root;
    if (mpt_nodes(&run->trie, store_node, run) == OK && mpt_root(&run->trie, &root) == OK) {
        mpt_open(&run->trie, &run->arena, &root, &run->source);
        run->is_partial = true;
    }
}

/* damage takes away a stored node for one operation, or changes it for good. */
static void damage(struct run *run, const struct pair *p)
{
    struct preimage *node = run->nodes.first;
    for (size_t i = p->value_len % 32; node != NULL && i > 0; i--) {
        node = node->next;
    }
    if (node == NULL || p->fill == 0) {
        run->missing = node;
        return;
    }
    uint8_t *copy = ARENA_NEW(&run->store, uint8_t, node->bytes.len);
    if (copy != NULL) {
        bytes_copy(copy, node->bytes.ptr, node->bytes.len);
        copy[p->value_len % node->bytes.len] ^= p->fill;
        node->bytes.ptr = copy;
        run->is_damaged = true;
    }
}

static struct bytes key_of(const struct pair *p)
{
    static const uint8_t too_long[MPT_KEY_MAX + 1];
    return bytes_from(p->key_len > MPT_KEY_MAX ? too_long : p->key, p->key_len);
}

/* check_err checks that an operation on the key may fail like this. */
static void check_err(const struct run *run, enum err e)
{
    if (e == ERR_STATE_MISSING) {
        FUZZ_CHECK(run->is_damaged || (run->missing != NULL &&
                                       hash32_equal(&run->missing->hash, &run->trie.missing.hash)));
    } else if (e == ERR_MALFORMED) {
        FUZZ_CHECK(run->is_damaged);
    } else {
        FUZZ_CHECK(e == OK || e == ERR_LIMIT || e == ERR_MEMORY);
    }
}

/* get looks the key up and compares with the model. */
static void get(struct run *run, const struct pair *p)
{
    struct bytes value;
    enum err e = mpt_get(&run->trie, &value, key_of(p));
    check_err(run, e);
    FUZZ_CHECK(e != ERR_LIMIT && (e == OK || run->is_partial));
    if (e != OK || run->is_damaged) {
        return;
    }
    const struct pair *want = p->key_len > MPT_KEY_MAX ? NULL : model_find(&run->model, p);
    FUZZ_CHECK(value.len == (want == NULL ? 0 : want->value_len));
    for (size_t i = 0; i < value.len; i++) {
        FUZZ_CHECK(value.ptr[i] == want->fill);
    }
}

/* put puts into the trie and then into the model. */
static void put(struct run *run, const struct pair *p)
{
    uint8_t value[LONG_VALUE];
    struct model *m = &run->model;
    memset(value, p->fill, sizeof(value));
    struct pair *old = model_find(m, p);
    if (old == NULL && p->value_len != 0 && m->count == PAIRS_MAX) {
        return;
    }
    struct hash32 before;
    struct hash32 after;
    bool has_root = mpt_root(&run->trie, &before) == OK;
    size_t used = run->arena.used;
    enum err e = mpt_put(&run->trie, key_of(p), bytes_from(value, p->value_len));
    check_err(run, e);
    FUZZ_CHECK((e == ERR_LIMIT) == (p->key_len > MPT_KEY_MAX));
    FUZZ_CHECK(e == OK || run->is_partial || run->arena.used == used);
    FUZZ_CHECK(e != ERR_MEMORY || run->is_partial || p->value_len != 0);
    if (e != OK) {
        FUZZ_CHECK(!has_root ||
                   (mpt_root(&run->trie, &after) == OK && hash32_equal(&before, &after)));
        return;
    }
    if (p->value_len == 0) {
        FUZZ_CHECK(run->is_partial || run->arena.used == used);
        if (old != NULL) {
            *old = m->pair[--m->count];
        }
        return;
    }
    if (old == NULL) {
        old = &m->pair[m->count++];
    }
    *old = *p;
}

static void check_root(struct run *run)
{
    struct hash32 want;
    struct hash32 got;
    size_t used = run->arena.used;
    enum err e = mpt_root(&run->trie, &got);
    FUZZ_CHECK(run->arena.used == used);
    if (e != OK) {
        FUZZ_CHECK(e == ERR_MEMORY);
        return;
    }
    if (!run->is_damaged) {
        model_root(&run->model, &want);
        FUZZ_CHECK(hash32_equal(&got, &want));
    }
}

static void operate(struct run *run, unsigned op, const struct pair *p)
{
    if ((op & 0x20) != 0) {
        open_again(run);
    }
    if ((op & 0x40) != 0) {
        damage(run, p);
    }
    if ((op & 0x80) != 0) {
        get(run, p);
    } else {
        put(run, p);
    }
    run->missing = NULL;
    if ((op & 0x10) != 0) {
        check_root(run);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const uint8_t seed[32] = {1};
    static struct run run;
    struct cursor c = cursor_from(bytes_from(data, len));
    struct map_key key = map_key_from(seed);
    struct pair p;
    uint8_t size;
    uint8_t op;
    if (cursor_byte(&c, &size) != OK) {
        return 0;
    }
    /* Half of the inputs run out of memory some time. */
    memset(&run, 0, sizeof(run));
    arena_init(&run.arena, arena_region, size < 128 ? size * SMALL_ARENA : sizeof(arena_region));
    arena_init(&run.store, store_region, sizeof(store_region));
    mpt_init(&run.trie, &run.arena);
    FUZZ_CHECK(preimages_init(&run.nodes, &run.store, &key, 16) == OK);
    run.source = (struct mpt_source){source_node, &run};
    while (cursor_byte(&c, &op) == OK && read_pair(&c, &p, op & 7) == OK) {
        operate(&run, op, &p);
    }
    check_root(&run);
    arena_reset(&run.arena);
    arena_reset(&run.store);
    return 0;
}
