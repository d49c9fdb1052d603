/* The trie's roots: against known ones; against a naive trie, which is the Yellow Paper's appendix
 * D written down as it stands, over random small tries in which every shape of node occurs; and
 * against each other, where orders and detours must not matter. The same for partial tries, which
 * must be as the whole ones, or say exactly which node is missing, and take nothing from a source
 * that is no node. Then what happens when the arena is full, at every size of it. */

#include "trie/mpt.h"

#include <stdlib.h>

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "tests/test.h"
#include "trie/preimages.h"

#define ARENA_CAP ((size_t)8 << 20)
#define PAIRS_MAX 600u

static uint8_t *region;

/* ---- the naive trie -------------------------------------------------------------------------- */

struct pair {
    uint8_t key[MPT_KEY_MAX];
    size_t key_len;
    const uint8_t *value;
    size_t value_len;
};

/* struct model is a map as an array of pairs sorted by key. */
struct model {
    struct pair pair[PAIRS_MAX];
    size_t count;
};

/* What the naive trie met, to see that the tests leave out nothing. */
struct shapes {
    size_t leaf, extension, branch, branch_value, embedded, embedded_branch, hashed, odd, even;
};

static struct shapes shapes;

/* An RLP in the making: naive, so its items are moved to make room for a list's header. */
struct naive_rlp {
    uint8_t b[4096];
    size_t len;
};

static void naive_put(struct naive_rlp *r, const uint8_t *data, size_t len)
{
    if (len > sizeof(r->b) - r->len) {
        abort();
    }
    bytes_copy(r->b + r->len, data, len);
    r->len += len;
}

static size_t naive_header(uint8_t header[static 3], size_t len, uint8_t offset)
{
    if (len <= 55) {
        header[0] = (uint8_t)(offset + len);
        return 1;
    }
    if (len <= 255) {
        header[0] = (uint8_t)(offset + 56);
        header[1] = (uint8_t)len;
        return 2;
    }
    header[0] = (uint8_t)(offset + 57);
    header[1] = (uint8_t)(len >> 8);
    header[2] = (uint8_t)len;
    return 3;
}

static void naive_string(struct naive_rlp *r, const uint8_t *data, size_t len)
{
    uint8_t header[3];
    if (len != 1 || data[0] >= 0x80) {
        naive_put(r, header, naive_header(header, len, 0x80));
    }
    naive_put(r, data, len);
}

static void naive_list(struct naive_rlp *out, const struct naive_rlp *items)
{
    uint8_t header[3];
    out->len = 0;
    naive_put(out, header, naive_header(header, items->len, 0xc0));
    naive_put(out, items->b, items->len);
}

static unsigned naive_nibble(const struct pair *p, size_t i)
{
    return i % 2 == 0 ? p->key[i / 2] >> 4 : p->key[i / 2] & 15;
}

/* HP of appendix C, over the nibbles [from, to). */
static void naive_path(struct naive_rlp *r, const struct pair *p, size_t from, size_t to, bool leaf)
{
    uint8_t out[33];
    size_t len = 1;
    bool odd = (to - from) % 2 == 1;
    shapes.odd += odd;
    shapes.even += !odd;
    out[0] = (uint8_t)(leaf ? 0x20 : 0x00);
    if (odd) {
        out[0] = (uint8_t)(out[0] + 0x10 + naive_nibble(p, from));
        from++;
    }
    for (; from < to; from += 2) {
        out[len++] = (uint8_t)(16 * naive_nibble(p, from) + naive_nibble(p, from + 1));
    }
    naive_string(r, out, len);
}

/* c(J, i) of appendix D: the RLP of the node for pairs that agree in their first `depth` nibbles.
 */
static void naive_node(struct naive_rlp *out, const struct pair *pairs, size_t count, size_t depth);

/* The hashed nodes that the naive trie has met since naive_root began, and where. */
struct naive_node_at {
    struct hash32 hash;
    const uint8_t *key;
    size_t depth;
};

#define HASHED_MAX 4096u

static struct naive_node_at hashed[HASHED_MAX];
static size_t hashed_count;

static void naive_note(const struct hash32 *hash, const struct pair *p, size_t depth)
{
    if (hashed_count == HASHED_MAX) {
        abort();
    }
    hashed[hashed_count++] = (struct naive_node_at){*hash, p->key, depth};
}

/* n(J, i): nothing, the node itself, or its hash. */
static void naive_ref(struct naive_rlp *r, const struct pair *pairs, size_t count, size_t depth)
{
    if (count == 0) {
        naive_string(r, NULL, 0);
        return;
    }
    struct naive_rlp node;
    naive_node(&node, pairs, count, depth);
    if (node.len < 32) {
        shapes.embedded++;
        shapes.embedded_branch += node.len >= 18 && count > 1;
        naive_put(r, node.b, node.len);
        return;
    }
    struct hash32 hash;
    shapes.hashed++;
    keccak256(&hash, node.b, node.len);
    naive_note(&hash, pairs, depth);
    naive_string(r, hash.b, sizeof(hash.b));
}

static void naive_branch(struct naive_rlp *items, const struct pair *pairs, size_t count,
                         size_t depth)
{
    const struct pair *ends_here = 2 * pairs[0].key_len == depth ? &pairs[0] : NULL;
    size_t at = ends_here != NULL ? 1 : 0;
    for (unsigned nibble = 0; nibble < 16; nibble++) {
        size_t first = at;
        while (at < count && naive_nibble(&pairs[at], depth) == nibble) {
            at++;
        }
        naive_ref(items, pairs + first, at - first, depth + 1);
    }
    if (ends_here != NULL) {
        shapes.branch_value++;
        naive_string(items, ends_here->value, ends_here->value_len);
    } else {
        naive_string(items, NULL, 0);
    }
    shapes.branch++;
}

static void naive_node(struct naive_rlp *out, const struct pair *pairs, size_t count, size_t depth)
{
    const struct pair *first = &pairs[0];
    const struct pair *last = &pairs[count - 1];
    struct naive_rlp items;
    items.len = 0;
    size_t common = depth; /* sorted: what the first and the last agree in, all agree in */
    while (common < 2 * first->key_len && common < 2 * last->key_len &&
           naive_nibble(first, common) == naive_nibble(last, common)) {
        common++;
    }
    if (count == 1) {
        shapes.leaf++;
        naive_path(&items, first, depth, 2 * first->key_len, true);
        naive_string(&items, first->value, first->value_len);
    } else if (common > depth) {
        shapes.extension++;
        naive_path(&items, first, depth, common, false);
        naive_ref(&items, pairs, count, common);
    } else {
        naive_branch(&items, pairs, count, depth);
    }
    naive_list(out, &items);
}

static struct hash32 naive_root(const struct model *m)
{
    struct naive_rlp node;
    struct hash32 root;
    node.len = 0;
    hashed_count = 0;
    if (m->count == 0) {
        naive_string(&node, NULL, 0);
    } else {
        naive_node(&node, m->pair, m->count, 0);
    }
    keccak256(&root, node.b, node.len);
    if (m->count != 0) {
        naive_note(&root, m->pair, 0);
    }
    return root;
}

static int key_compare(const struct pair *p, struct bytes key)
{
    size_t shorter = p->key_len < key.len ? p->key_len : key.len;
    int order = shorter == 0 ? 0 : memcmp(p->key, key.ptr, shorter);
    return order != 0 ? order : (p->key_len > key.len) - (p->key_len < key.len);
}

/* model_put is mpt_put on the model, which keeps no copy of the value. */
static void model_put(struct model *m, struct bytes key, struct bytes value)
{
    size_t i = 0;
    while (i < m->count && key_compare(&m->pair[i], key) < 0) {
        i++;
    }
    bool found = i < m->count && key_compare(&m->pair[i], key) == 0;
    size_t after = (m->count - i - found) * sizeof(m->pair[0]);
    if (value.len == 0) {
        if (found) {
            memmove(&m->pair[i], &m->pair[i + 1], after);
            m->count--;
        }
        return;
    }
    if (!found) {
        if (m->count == PAIRS_MAX) {
            abort();
        }
        memmove(&m->pair[i + 1], &m->pair[i], after);
        m->count++;
    }
    bytes_copy(m->pair[i].key, key.ptr, key.len);
    m->pair[i].key_len = key.len;
    m->pair[i].value = value.ptr;
    m->pair[i].value_len = value.len;
}

/* ---- helpers --------------------------------------------------------------------------------- */

/* A trie in an arena of its own over the shared region. */
struct fixture {
    struct arena arena;
    struct mpt trie;
};

static void fixture_start(struct fixture *f, size_t cap)
{
    if (region == NULL) {
        region = test_region(ARENA_CAP);
    }
    arena_init(&f->arena, region, cap);
    mpt_init(&f->trie, &f->arena);
}

static void fixture_end(struct fixture *f)
{
    arena_reset(&f->arena);
}

static struct bytes text(const char *s)
{
    return bytes_from(s, strlen(s));
}

static bool root_is(struct mpt *trie, const struct hash32 *want)
{
    struct hash32 got;
    if (mpt_root(trie, &got) != OK) {
        test_fail(__FILE__, __LINE__, "mpt_root");
        return false;
    }
    return test_bytes_equal(__FILE__, __LINE__, got.b, want->b, sizeof(want->b));
}

static bool root_is_hex(struct mpt *trie, const char *hex)
{
    struct hash32 want;
    test_hex(want.b, sizeof(want.b), hex);
    return root_is(trie, &want);
}

/* Values of the random tests are views of these bytes. */
static uint8_t value_bytes[4096];

static struct bytes random_value(size_t len_max)
{
    if (value_bytes[0] == 0) {
        test_random_bytes(value_bytes, sizeof(value_bytes));
        value_bytes[0] = 1;
    }
    size_t len = 1 + test_random() % len_max;
    return bytes_from(value_bytes + test_random() % (sizeof(value_bytes) - len), len);
}

/* random_key makes a key of at most `len_max` bytes whose nibbles are all 0 or 15, with now and
 * then another: keys that share much. */
static struct bytes random_key(uint8_t out[static MPT_KEY_MAX], size_t len_min, size_t len_max)
{
    size_t len = len_min + test_random() % (len_max - len_min + 1);
    for (size_t i = 0; i < len; i++) {
        uint64_t random = test_random();
        out[i] = (uint8_t)((random & 1 ? 0xf0 : 0) | (random & 2 ? 0x0f : 0));
        if ((random >> 8) % 8 == 0) {
            out[i] = (uint8_t)(random >> 16);
        }
    }
    return bytes_from(out, len);
}

/* put puts into both; false when it failed. The trie sees copies that are overwritten at once, so
 * that a view it kept would show. */
static bool put(struct mpt *trie, struct model *m, struct bytes key, struct bytes value)
{
    uint8_t key_copy[MPT_KEY_MAX];
    uint8_t value_copy[sizeof(value_bytes)];
    bytes_copy(key_copy, key.ptr, key.len);
    bytes_copy(value_copy, value.ptr, value.len);
    enum err e = mpt_put(trie, bytes_from(key_copy, key.len), bytes_from(value_copy, value.len));
    memset(key_copy, 0xa5, sizeof(key_copy));
    memset(value_copy, 0x5a, value.len);
    if (e == OK) {
        model_put(m, key, value);
    }
    return e == OK;
}

/* ---- known roots ----------------------------------------------------------------------------- */

#define EMPTY_ROOT "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"

static void the_empty_trie(void)
{
    struct fixture f;
    fixture_start(&f, 0);
    CHECK(root_is_hex(&f.trie, EMPTY_ROOT));
    CHECK_EQ(mpt_put(&f.trie, text("dog"), text("")), OK);
    CHECK_EQ(mpt_put(&f.trie, text(""), text("")), OK);
    CHECK(root_is_hex(&f.trie, EMPTY_ROOT));
    fixture_end(&f);
}

/* Facts from github.com/ethereum/tests, TrieTests (trietest.json and trieanyorder.json), and the
 * empty key. "key=value" in order; a key without a value is removed. */
static const struct {
    const char *puts[8];
    const char *root;
} known[] = {
    {{"A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
     "d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab"},
    {{"doe=reindeer", "dog=puppy", "dogglesworth=cat"},
     "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3"},
    {{"do=verb", "horse=stallion", "doge=coin", "dog=puppy"},
     "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"},
    {{"foo=bar", "food=bass"}, "17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3"},
    {{"be=e", "dog=puppy", "bed=d"},
     "3f67c7a47520f79faa29255d2d3c084a7a6df0453116ed7232ff10277a8be68b"},
    {{"test=test", "te=testy"}, "8452568af70d8d140f58d941338542f645fcca50094b20f3c3d8c3df49337928"},
    {{"do=verb", "ether=wookiedoo", "horse=stallion", "shaman=horse", "doge=coin", "ether",
      "dog=puppy", "shaman"},
     "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"},
    {{"key1aa=0123456789012345678901234567890123456789xxx",
      "key1=0123456789012345678901234567890123456789Very_Long", "key2bb=aval3", "key2=short",
      "key3cc=aval3", "key3=1234567890123456789012345678901"},
     "cb65032e2f76c48b82b5c24b3db8f670ce73982869d38cd39a624f23d62a9e89"},
    {{"abc=123", "abcd=abcd", "abc=abc"},
     "7a320748f780ad9ad5b0837302075ce0eeba6c26e3d8562c67ccc0f1b273298a"},
    {{"dog=puppy", "doge=coin", "doge", "dog"}, EMPTY_ROOT},
};

static void known_roots(void)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        /* With a root in between, there are refs to forget. */
        for (unsigned between = 0; between < 2; between++) {
            struct fixture f;
            fixture_start(&f, ARENA_CAP);
            for (size_t j = 0; j < 8 && known[i].puts[j] != NULL; j++) {
                const char *key = known[i].puts[j];
                size_t key_len = strcspn(key, "=");
                const char *value = key[key_len] == '=' ? key + key_len + 1 : "";
                struct hash32 ignored;
                CHECK_EQ(mpt_put(&f.trie, bytes_from(key, key_len), text(value)), OK);
                CHECK(between == 0 || mpt_root(&f.trie, &ignored) == OK);
            }
            CHECK(root_is_hex(&f.trie, known[i].root));
            fixture_end(&f);
        }
    }
}

static void known_root_of_bytes(void)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    CHECK_EQ(mpt_put(&f.trie, bytes_from("\x00\x45", 2), bytes_from("\x01\x23\x45\x67\x89", 5)),
             OK);
    CHECK_EQ(mpt_put(&f.trie, bytes_from("\x45\x00", 2), bytes_from("\x98\x76\x54\x32\x10", 5)),
             OK);
    CHECK(root_is_hex(&f.trie, "285505fcabe84badc8aa310e2aae17eddc7d120aabec8a476902c8184b3a3503"));
    fixture_end(&f);
}

/* ---- against the naive trie ------------------------------------------------------------------ */

static struct model model;

/* run_random does `steps` puts and removals of keys of the given sizes, and compares now and then.
 */
static void run_random(size_t steps, size_t key_len_min, size_t key_len_max, size_t value_len_max)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    model.count = 0;
    for (size_t step = 0; step < steps; step++) {
        uint8_t buf[MPT_KEY_MAX];
        struct bytes key = random_key(buf, key_len_min, key_len_max);
        uint64_t dice = test_random() % 8;
        if (dice < 3 && model.count != 0) {
            /* A key that is there: removed, or changed. */
            const struct pair *p = &model.pair[test_random() % model.count];
            memcpy(buf, p->key, sizeof(buf));
            key = bytes_from(buf, p->key_len);
        }
        struct bytes value = dice < 2 ? text("") : random_value(value_len_max);
        CHECK(put(&f.trie, &model, key, value));
        if (step + 1 == steps || test_random() % 4 == 0) {
            struct hash32 want = naive_root(&model);
            CHECK(root_is(&f.trie, &want));
        }
    }
    /* Down to nothing, in random order. */
    while (model.count != 0) {
        struct pair p = model.pair[test_random() % model.count];
        size_t used = f.arena.used;
        CHECK(put(&f.trie, &model, bytes_from(p.key, p.key_len), text("")));
        CHECK_EQ(f.arena.used, used);
        struct hash32 want = naive_root(&model);
        CHECK(root_is(&f.trie, &want));
    }
    fixture_end(&f);
}

static void random_tries_are_as_the_naive_one(void)
{
    shapes = (struct shapes){0};
    for (size_t i = 0; i < 4000 && !test_failed(); i++) {
        size_t key_len_max = i % 5;
        size_t value_len_max = i % 3 == 0 ? 1 : i % 3 == 1 ? 8 : 200;
        run_random(1 + i % 40, 0, key_len_max, value_len_max);
    }
    for (size_t i = 0; i < 60 && !test_failed(); i++) {
        run_random(60, i % 2 == 0 ? 32 : 0, 32, 100);
    }
    CHECK(shapes.leaf > 1000);
    CHECK(shapes.extension > 1000);
    CHECK(shapes.branch > 1000);
    CHECK(shapes.branch_value > 1000);
    CHECK(shapes.embedded > 1000);
    CHECK(shapes.embedded_branch > 1000);
    CHECK(shapes.hashed > 1000);
    CHECK(shapes.odd > 1000);
    CHECK(shapes.even > 1000);
}

/* The deepest trie there can be: for each nibble of a key of 32 bytes another key that leaves it
 * there; and the same with all the key's prefixes. */
static void the_deepest_paths(void)
{
    for (unsigned prefixes = 0; prefixes < 2; prefixes++) {
        struct fixture f;
        fixture_start(&f, ARENA_CAP);
        model.count = 0;
        uint8_t deep[MPT_KEY_MAX];
        test_random_bytes(deep, sizeof(deep));
        for (size_t nibble = 0; nibble < 2 * sizeof(deep); nibble++) {
            uint8_t key[MPT_KEY_MAX];
            memcpy(key, deep, sizeof(key));
            key[nibble / 2] ^= nibble % 2 == 0 ? 0x10 : 0x01;
            size_t len = prefixes == 0 ? sizeof(key) : nibble / 2 + 1;
            CHECK(put(&f.trie, &model, bytes_from(key, len), random_value(60)));
            if (prefixes == 1) {
                CHECK(put(&f.trie, &model, bytes_from(deep, nibble / 2), random_value(60)));
            }
        }
        CHECK(put(&f.trie, &model, bytes_from(deep, sizeof(deep)), random_value(60)));
        struct hash32 want = naive_root(&model);
        CHECK(root_is(&f.trie, &want));
        CHECK(put(&f.trie, &model, bytes_from(deep, sizeof(deep)), text("")));
        want = naive_root(&model);
        CHECK(root_is(&f.trie, &want));
        fixture_end(&f);
    }
}

/* A leaf and a branch whose RLP does not fit where small nodes are put together. */
static void long_values(void)
{
    static const size_t lens[] = {55, 56, 255, 256, 480, 1000, 1024, 3000};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        struct fixture f;
        fixture_start(&f, ARENA_CAP);
        model.count = 0;
        random_value(1);
        CHECK(put(&f.trie, &model, text("dog"), bytes_from(value_bytes, lens[i])));
        struct hash32 want = naive_root(&model);
        CHECK(root_is(&f.trie, &want));
        for (unsigned nibble = 0; nibble < 16; nibble++) {
            uint8_t key[4] = {'d', 'o', 'g', (uint8_t)(16 * nibble)};
            CHECK(put(&f.trie, &model, bytes_from(key, sizeof(key)), random_value(60)));
        }
        size_t used = f.arena.used;
        want = naive_root(&model);
        CHECK(root_is(&f.trie, &want));
        CHECK_EQ(f.arena.used, used);
        fixture_end(&f);
    }
}

/* ---- against each other ---------------------------------------------------------------------- */

#define MANY 500u

static struct pair many[MANY];

static void make_many(void)
{
    for (size_t i = 0; i < MANY; i++) {
        many[i].key_len = sizeof(many[i].key);
        /* Two hash-like keys of three, and one that shares 30 bytes with the key before. */
        test_random_bytes(many[i].key, sizeof(many[i].key));
        if (i % 3 == 2) {
            memcpy(many[i].key, many[i - 1].key, 30);
        }
        struct bytes value = random_value(110);
        many[i].value = value.ptr;
        many[i].value_len = value.len;
    }
}

static bool put_many(struct mpt *trie, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (mpt_put(trie, bytes_from(many[i].key, many[i].key_len),
                    bytes_from(many[i].value, many[i].value_len)) != OK) {
            return false;
        }
    }
    return true;
}

static void shuffle_many(void)
{
    for (size_t i = MANY - 1; i > 0; i--) {
        size_t j = test_random() % (i + 1);
        struct pair swap = many[i];
        many[i] = many[j];
        many[j] = swap;
    }
}

static void the_order_does_not_matter(void)
{
    struct hash32 want;
    make_many();
    for (size_t round = 0; round < 20; round++) {
        struct fixture f;
        fixture_start(&f, ARENA_CAP);
        shuffle_many();
        CHECK(put_many(&f.trie, 0, MANY));
        if (round == 0) {
            CHECK_EQ(mpt_root(&f.trie, &want), OK);
        }
        CHECK(root_is(&f.trie, &want));
        fixture_end(&f);
    }
}

/* Adding keys and removing them again, in another order, leads back through the same roots. */
static void what_is_removed_leaves_no_trace(void)
{
    static struct hash32 roots[MANY + 1];
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    make_many();
    for (size_t i = 0; i < MANY; i++) {
        CHECK_EQ(mpt_root(&f.trie, &roots[i]), OK);
        CHECK(put_many(&f.trie, i, i + 1));
    }
    for (size_t i = MANY; i-- > 0;) {
        CHECK_EQ(mpt_put(&f.trie, bytes_from(many[i].key, many[i].key_len), text("")), OK);
        CHECK(root_is(&f.trie, &roots[i]));
    }
    CHECK(put_many(&f.trie, 0, MANY / 2));
    for (size_t round = 0; round < 20; round++) {
        CHECK(put_many(&f.trie, MANY / 2, MANY));
        for (size_t i = MANY / 2; i < MANY; i++) {
            size_t removed = MANY / 2 + (i * 7 + round) % (MANY / 2);
            CHECK_EQ(
                mpt_put(&f.trie, bytes_from(many[removed].key, many[removed].key_len), text("")),
                OK);
        }
        CHECK(root_is(&f.trie, &roots[MANY / 2]));
    }
    fixture_end(&f);
}

static void puts_that_change_nothing(void)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    make_many();
    CHECK(put_many(&f.trie, 0, MANY / 2));
    struct hash32 want;
    CHECK_EQ(mpt_root(&f.trie, &want), OK);
    size_t used = f.arena.used;
    CHECK(put_many(&f.trie, 0, MANY / 2));
    for (size_t i = MANY / 2; i < MANY; i++) {
        CHECK_EQ(mpt_put(&f.trie, bytes_from(many[i].key, many[i].key_len), text("")), OK);
        CHECK_EQ(mpt_put(&f.trie, bytes_from(many[i].key, i % 32), text("")), OK);
    }
    CHECK_EQ(f.arena.used, used);
    CHECK(root_is(&f.trie, &want));
    fixture_end(&f);
}

/* What has not changed is not hashed again. Hashing a long value takes memory for a moment, so with
 * the arena full the root can be had only as long as the long value's hash is kept. */
static void hashes_only_what_changed(void)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    model.count = 0;
    random_value(1);
    struct bytes long_value = bytes_from(value_bytes, 3000);
    CHECK(put(&f.trie, &model, text("dog"), long_value));
    CHECK(put(&f.trie, &model, text("do"), text("verb")));
    CHECK(put(&f.trie, &model, text("doge"), text("coin")));
    CHECK(put(&f.trie, &model, text("horse"), text("stallion")));
    CHECK(put(&f.trie, &model, text("cat"), long_value));
    struct hash32 want = naive_root(&model);
    CHECK(root_is(&f.trie, &want));
    struct mpt single;
    struct hash32 root_of_single;
    mpt_init(&single, &f.arena);
    CHECK_EQ(mpt_put(&single, text("dog"), long_value), OK);
    CHECK_EQ(mpt_root(&single, &root_of_single), OK);
    CHECK(arena_alloc(&f.arena, f.arena.cap - f.arena.used, 1, 1) != NULL);
    CHECK(root_is(&single, &root_of_single));
    CHECK(root_is(&f.trie, &want));
    CHECK(put(&f.trie, &model, text("cat"), long_value));
    CHECK(put(&f.trie, &model, text("cats"), text("")));
    CHECK(root_is(&f.trie, &want));
    CHECK(put(&f.trie, &model, text("horse"), text("mare")));
    want = naive_root(&model);
    CHECK(root_is(&f.trie, &want));
    CHECK(put(&f.trie, &model, text("horse"), text("")));
    want = naive_root(&model);
    CHECK(root_is(&f.trie, &want));
    CHECK(put(&f.trie, &model, text("cat"), bytes_from(value_bytes, 2999)));
    CHECK_EQ(mpt_root(&f.trie, &want), ERR_MEMORY);
    fixture_end(&f);
}

static void values_that_fit_take_no_memory(void)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    model.count = 0;
    random_value(1);
    size_t longest = 0;
    for (size_t i = 0; i < 200; i++) {
        size_t len = 1 + test_random() % 100;
        size_t used = f.arena.used;
        CHECK(put(&f.trie, &model, text("dog"), bytes_from(value_bytes + i, len)));
        CHECK(len > longest || f.arena.used == used);
        longest = len > longest ? len : longest;
        struct hash32 want = naive_root(&model);
        CHECK(root_is(&f.trie, &want));
    }
    fixture_end(&f);
}

static void tries_share_an_arena(void)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    struct mpt other;
    mpt_init(&other, &f.arena);
    make_many();
    for (size_t i = 0; i < MANY; i++) {
        CHECK(put_many(i % 2 == 0 ? &f.trie : &other, i, i + 1));
    }
    struct hash32 root;
    CHECK_EQ(mpt_root(&f.trie, &root), OK);
    CHECK_EQ(mpt_put(&other, text("dog"), text("puppy")), OK);
    CHECK(root_is(&f.trie, &root));
    struct mpt again;
    mpt_init(&again, &f.arena);
    for (size_t i = 0; i < MANY; i += 2) {
        CHECK(put_many(&again, i, i + 1));
    }
    CHECK(root_is(&again, &root));
    fixture_end(&f);
}

/* ---- partial tries --------------------------------------------------------------------------- */

/* struct store keeps nodes in an arena of its own, and gives them to partial tries. */
struct store {
    struct arena arena;
    struct preimages nodes;
    struct mpt_source source;
};

static uint8_t *store_region;

static void store_start(struct store *store)
{
    static const uint8_t seed[32] = {1};
    struct map_key key = map_key_from(seed);
    if (store_region == NULL) {
        store_region = test_region(ARENA_CAP);
    }
    arena_init(&store->arena, store_region, ARENA_CAP);
    if (preimages_init(&store->nodes, &store->arena, &key, 64) != OK) {
        abort();
    }
    store->source = preimages_source(&store->nodes);
}

static void store_end(struct store *store)
{
    arena_reset(&store->arena);
}

/* store_node keeps a copy of a node, whose hash it checks. */
static enum err store_node(void *context, const struct hash32 *hash, struct bytes node)
{
    struct store *store = context;
    struct hash32 want;
    keccak256(&want, node.ptr, node.len);
    if (!hash32_equal(hash, &want)) {
        return ERR_MALFORMED;
    }
    uint8_t *copy = ARENA_NEW(&store->arena, uint8_t, node.len);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    memcpy(copy, node.ptr, node.len);
    return preimages_add(&store->nodes, bytes_from(copy, node.len));
}

/* reopen stores the trie's nodes and opens it again, in the same arena. */
static bool reopen(struct mpt *trie, struct store *store)
{
    struct hash32 root;
    if (mpt_nodes(trie, store_node, store) != OK || mpt_root(trie, &root) != OK) {
        return false;
    }
    mpt_open(trie, trie->arena, &root, &store->source);
    return true;
}

/* gets_are_right asks for some of the keys, and for others. */
static bool gets_are_right(struct mpt *trie, const struct model *m, size_t key_len_max)
{
    for (unsigned i = 0; i < 6; i++) {
        uint8_t buf[MPT_KEY_MAX];
        struct bytes key = random_key(buf, 0, key_len_max);
        if (i % 2 == 0 && m->count != 0) {
            const struct pair *p = &m->pair[test_random() % m->count];
            memcpy(buf, p->key, sizeof(buf));
            key = bytes_from(buf, p->key_len);
        }
        struct bytes want = text("");
        for (size_t j = 0; j < m->count; j++) {
            if (key_compare(&m->pair[j], key) == 0) {
                want = bytes_from(m->pair[j].value, m->pair[j].value_len);
            }
        }
        struct bytes got = text("?");
        if (mpt_get(trie, &got, key) != OK || got.len != want.len ||
            (want.len != 0 && memcmp(got.ptr, want.ptr, want.len) != 0)) {
            return false;
        }
    }
    return true;
}

/* run_partial is run_random over a trie that is stored and opened again all the time. */
static void run_partial(size_t steps, size_t key_len_min, size_t key_len_max, size_t value_len_max)
{
    struct fixture f;
    struct store store;
    fixture_start(&f, ARENA_CAP);
    store_start(&store);
    model.count = 0;
    for (size_t step = 0; step < 2 * steps; step++) {
        uint8_t buf[MPT_KEY_MAX];
        struct bytes key = random_key(buf, key_len_min, key_len_max);
        uint64_t dice = test_random() % 8;
        bool is_known = dice < 3 || step > steps; /* growing first, then shrinking */
        if (is_known && model.count != 0) {
            const struct pair *p = &model.pair[test_random() % model.count];
            memcpy(buf, p->key, sizeof(buf));
            key = bytes_from(buf, p->key_len);
        }
        bool removes = dice < 2 || (step > steps && dice < 6);
        CHECK(put(&f.trie, &model, key, removes ? text("") : random_value(value_len_max)));
        CHECK(gets_are_right(&f.trie, &model, key_len_max));
        uint64_t then = test_random() % 4;
        if (then == 0) {
            struct hash32 want = naive_root(&model);
            CHECK(root_is(&f.trie, &want));
        } else if (then == 1) {
            CHECK(reopen(&f.trie, &store));
            CHECK(f.trie.root == NULL);
            CHECK(test_random() % 2 == 0 || gets_are_right(&f.trie, &model, key_len_max));
        }
    }
    struct hash32 want = naive_root(&model);
    CHECK(root_is(&f.trie, &want));
    fixture_end(&f);
    store_end(&store);
}

static void partial_tries_are_as_whole_ones(void)
{
    for (size_t i = 0; i < 1500 && !test_failed(); i++) {
        size_t key_len_max = i % 5;
        size_t value_len_max = i % 3 == 0 ? 1 : i % 3 == 1 ? 8 : 200;
        run_partial(1 + i % 40, 0, key_len_max, value_len_max);
    }
    for (size_t i = 0; i < 40 && !test_failed(); i++) {
        run_partial(60, i % 2 == 0 ? 32 : 0, 32, 100);
    }
}

/* random_trie fills the trie and the model with `count` random keys at most. */
static void random_trie(struct mpt *trie, size_t count, size_t key_len_max, size_t value_len_max)
{
    model.count = 0;
    while (count-- != 0) {
        uint8_t buf[MPT_KEY_MAX];
        struct bytes key =
            random_key(buf, key_len_max == MPT_KEY_MAX ? key_len_max : 0, key_len_max);
        CHECK(put(trie, &model, key, random_value(value_len_max)));
    }
}

/* The nodes that mpt_nodes shows are the hashed ones of the naive trie, at each of their places. */
static void nodes_are_those_of_the_naive_trie(void)
{
    for (size_t i = 0; i < 300 && !test_failed(); i++) {
        struct fixture f;
        struct store store;
        fixture_start(&f, ARENA_CAP);
        store_start(&store);
        random_trie(&f.trie, i % 40, i % 7 == 6 ? 32 : i % 7, i % 2 == 0 ? 3 : 60);
        struct hash32 want = naive_root(&model);
        CHECK_EQ(mpt_nodes(&f.trie, store_node, &store), OK);
        CHECK(root_is(&f.trie, &want));
        size_t distinct = 0;
        for (size_t j = 0; j < hashed_count; j++) {
            bool is_new = true;
            for (size_t k = 0; k < j; k++) {
                is_new = is_new && !hash32_equal(&hashed[k].hash, &hashed[j].hash);
            }
            distinct += is_new;
            CHECK(preimages_has(&store.nodes, &hashed[j].hash));
        }
        CHECK_EQ(store.nodes.map.count, distinct);
        fixture_end(&f);
        store_end(&store);
    }
}

/* What is done with a partial trie that lacks a node: reading, proving, putting, removing. */
enum operation { GET, PROVE, PUT, REMOVE, OPERATIONS };

static enum err ignore_node(void *context, const struct hash32 *hash, struct bytes node)
{
    (void)context;
    (void)hash;
    return node.len == 0 ? ERR_MALFORMED : OK;
}

static enum err operate(struct mpt *trie, enum operation op, struct bytes key)
{
    struct bytes value;
    switch (op) {
    case GET:
        return mpt_get(trie, &value, key);
    case PROVE:
        return mpt_prove(trie, key, ignore_node, NULL);
    case PUT:
        return mpt_put(trie, key, text("another value"));
    default:
        return mpt_put(trie, key, text(""));
    }
}

/* struct lack is a source that gives the nodes of a store but one. */
struct lack {
    struct store *store;
    struct hash32 hash;
    enum err err; /* what it answers for that one */
};

static enum err lack_node(void *context, struct bytes *out, const struct hash32 *hash)
{
    struct lack *lack = context;
    return hash32_equal(hash, &lack->hash) ? lack->err
                                           : preimages_get(&lack->store->nodes, out, hash);
}

/* missing_is_right checks the place of the missing node by the naive trie's nodes. */
static bool missing_is_right(const struct mpt_missing *missing, const struct hash32 *hash)
{
    if (!hash32_equal(&missing->hash, hash)) {
        return false;
    }
    for (size_t i = 0; i < hashed_count; i++) {
        const struct naive_node_at *at = &hashed[i];
        uint8_t path[MPT_KEY_MAX] = {0};
        if (!hash32_equal(&at->hash, hash) || at->depth != missing->nibble_count) {
            continue;
        }
        memcpy(path, at->key, (at->depth + 1) / 2);
        if (at->depth % 2 == 1) {
            path[at->depth / 2] &= 0xf0;
        }
        if (memcmp(path, missing->path, sizeof(path)) == 0) {
            return true;
        }
    }
    return false;
}

/* without_one does an operation on a partial trie that lacks one node of those it needs. */
static void without_one(struct store *store, const struct hash32 *root, enum operation op,
                        struct bytes key, const struct hash32 *hash, const struct hash32 *want)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    struct lack lack = {store, *hash, ERR_STATE_MISSING};
    struct mpt_source source = {lack_node, &lack};
    mpt_open(&f.trie, &f.arena, root, &source);
    CHECK_EQ(operate(&f.trie, op, key), ERR_STATE_MISSING);
    CHECK(missing_is_right(&f.trie.missing, hash));
    CHECK(root_is(&f.trie, root));
    lack.err = ERR_IO;
    CHECK_EQ(operate(&f.trie, op, key), ERR_IO);
    CHECK(root_is(&f.trie, root));
    lack.hash.b[0] ^= 1;
    CHECK_EQ(operate(&f.trie, op, key), OK);
    CHECK(root_is(&f.trie, want));
    fixture_end(&f);
}

static void each_missing_node_is_named(void)
{
    size_t tried[OPERATIONS] = {0};
    size_t siblings = 0;
    for (size_t i = 0; i < 400 && !test_failed(); i++) {
        struct fixture f;
        struct store store;
        uint8_t buf[MPT_KEY_MAX];
        size_t key_len_max = i % 7 == 6 ? 32 : 1 + i % 7;
        enum operation op = (enum operation)(i % OPERATIONS);
        fixture_start(&f, ARENA_CAP);
        store_start(&store);
        random_trie(&f.trie, 2 + i % 30, key_len_max, 60);
        struct bytes key = random_key(buf, 0, key_len_max);
        if (i % 8 < 6) {
            const struct pair *p = &model.pair[test_random() % model.count];
            memcpy(buf, p->key, sizeof(buf));
            key = bytes_from(buf, p->key_len);
        }
        struct hash32 root = naive_root(&model);
        struct hash32 want;
        CHECK(reopen(&f.trie, &store));
        preimages_forget_uses(&store.nodes);
        CHECK_EQ(operate(&f.trie, GET, key), OK);
        size_t on_path = 0;
        for (const struct preimage *p = store.nodes.first; p != NULL; p = p->next) {
            on_path += p->used;
        }
        CHECK_EQ(operate(&f.trie, op, key), OK);
        CHECK_EQ(mpt_root(&f.trie, &want), OK);
        static struct hash32 used[HASHED_MAX];
        size_t used_count = 0;
        for (const struct preimage *p = store.nodes.first; p != NULL; p = p->next) {
            if (p->used) {
                used[used_count++] = p->hash;
            }
        }
        fixture_end(&f);
        siblings += used_count - on_path;
        for (size_t j = 0; j < used_count && !test_failed(); j++) {
            without_one(&store, &root, op, key, &used[j], &want);
            tried[op]++;
        }
        store_end(&store);
    }
    for (size_t op = 0; op < OPERATIONS; op++) {
        CHECK(tried[op] > 100);
    }
    CHECK(siblings > 10);
}

static void a_trie_of_which_only_the_root_is_known(void)
{
    struct fixture f;
    struct bytes value;
    struct hash32 root = {{1, 2, 3}};
    fixture_start(&f, 0);
    mpt_open(&f.trie, &f.arena, &root, NULL);
    CHECK(root_is(&f.trie, &root));
    CHECK_EQ(mpt_nodes(&f.trie, ignore_node, NULL), OK);
    for (unsigned op = 0; op < OPERATIONS; op++) {
        memset(&f.trie.missing, 0xff, sizeof(f.trie.missing));
        CHECK_EQ(operate(&f.trie, (enum operation)op, text("dog")), ERR_STATE_MISSING);
        CHECK(hash32_equal(&f.trie.missing.hash, &root));
        CHECK_EQ(f.trie.missing.nibble_count, 0);
        CHECK_EQ(f.trie.missing.path[0], 0);
    }
    CHECK(root_is(&f.trie, &root));
    CHECK_BYTES(MPT_EMPTY_ROOT.b, "\x56\xe8\x1f\x17\x1b\xcc\x55\xa6", 8);
    mpt_open(&f.trie, &f.arena, &MPT_EMPTY_ROOT, NULL);
    CHECK_EQ(mpt_get(&f.trie, &value, text("dog")), OK);
    CHECK_EQ(value.len, 0);
    CHECK_EQ(mpt_prove(&f.trie, text("dog"), ignore_node, NULL), OK);
    CHECK(root_is_hex(&f.trie, EMPTY_ROOT));
    fixture_end(&f);
}

/* Keys longer than any in the trie are absent, and take no walk past the end of a path. */
static void keys_that_are_too_long_are_absent(void)
{
    struct fixture f;
    static const uint8_t zeros[MPT_KEY_MAX + 8];
    struct bytes value;
    fixture_start(&f, ARENA_CAP);
    CHECK_EQ(mpt_put(&f.trie, bytes_from(zeros, MPT_KEY_MAX), text("value")), OK);
    CHECK_EQ(mpt_put(&f.trie, bytes_from(zeros, MPT_KEY_MAX - 1), text("value")), OK);
    for (size_t len = MPT_KEY_MAX; len <= sizeof(zeros); len++) {
        CHECK_EQ(mpt_get(&f.trie, &value, bytes_from(zeros, len)), OK);
        CHECK_EQ(value.len, len == MPT_KEY_MAX ? 5 : 0);
    }
    fixture_end(&f);
}

/* A branch [leaf, leaf] of which a witness has one leaf: putting a third child and removing that
 * leaf needs no sibling when it is done in this order, whatever the order in the list. */
static void an_update_removes_last(void)
{
    struct fixture f;
    struct store store;
    struct hash32 root;
    struct hash32 want;
    fixture_start(&f, ARENA_CAP);
    store_start(&store);
    random_value(1);
    struct bytes long_value = bytes_from(value_bytes, 40);
    CHECK_EQ(mpt_put(&f.trie, text("a"), long_value), OK);
    CHECK_EQ(mpt_put(&f.trie, text("q"), bytes_from(value_bytes, 41)), OK);
    CHECK_EQ(mpt_root(&f.trie, &root), OK);
    CHECK_EQ(mpt_prove(&f.trie, text("a"), store_node, &store), OK);
    CHECK_EQ(mpt_put(&f.trie, text("1"), long_value), OK);
    CHECK_EQ(mpt_put(&f.trie, text("a"), text("")), OK);
    CHECK_EQ(mpt_root(&f.trie, &want), OK);
    const struct mpt_change changes[] = {
        {text("a"), text("")}, {text("1"), text("1")}, {text("1"), long_value}};
    mpt_open(&f.trie, &f.arena, &root, &store.source);
    CHECK_EQ(mpt_update(&f.trie, changes, 3), OK);
    CHECK(root_is(&f.trie, &want));
    mpt_open(&f.trie, &f.arena, &root, &store.source);
    CHECK_EQ(mpt_update(&f.trie, changes, 1), ERR_STATE_MISSING);
    CHECK(root_is(&f.trie, &root));
    mpt_open(&f.trie, &f.arena, &root, &store.source);
    CHECK_EQ(mpt_put(&f.trie, text("1"), bytes_from(value_bytes, (size_t)MPT_VALUE_MAX + 1)),
             ERR_LIMIT);
    CHECK_EQ(mpt_update(&f.trie, changes, 0), OK);
    CHECK(root_is(&f.trie, &root));
    fixture_end(&f);
    store_end(&store);
}

/* A loaded node keeps its hash: with the arena full, the root can be had only if the long value,
 * whose hashing takes memory, is not hashed again. A loaded value is not written to. */
static void loaded_nodes_keep_their_hash(void)
{
    struct fixture f;
    struct store store;
    struct bytes value;
    fixture_start(&f, ARENA_CAP);
    store_start(&store);
    model.count = 0;
    random_value(1);
    CHECK(put(&f.trie, &model, text("dog"), bytes_from(value_bytes, 3000)));
    CHECK(put(&f.trie, &model, text("cat"), bytes_from(value_bytes, 40)));
    CHECK(put(&f.trie, &model, text("horse"), bytes_from(value_bytes, 40)));
    CHECK(reopen(&f.trie, &store));
    CHECK_EQ(mpt_get(&f.trie, &value, text("dog")), OK);
    CHECK(value.ptr >= store.arena.base && value.ptr < store.arena.base + store.arena.used);
    CHECK(put(&f.trie, &model, text("cat"), text("shorter")));
    CHECK(arena_alloc(&f.arena, f.arena.cap - f.arena.used, 1, 1) != NULL);
    struct hash32 want = naive_root(&model);
    CHECK(root_is(&f.trie, &want));
    for (const struct preimage *p = store.nodes.first; p != NULL; p = p->next) {
        struct hash32 hash;
        keccak256(&hash, p->bytes.ptr, p->bytes.len);
        CHECK(hash32_equal(&hash, &p->hash));
    }
    fixture_end(&f);
    store_end(&store);
}

/* A visit may keep what it is shown in the trie's own arena, also when the node was put together
 * there. */
struct keeper {
    struct arena *arena;
    size_t seen;
    const uint8_t *copy[8];
    struct hash32 hash[8];
    size_t len[8];
};

static enum err keep_node(void *context, const struct hash32 *hash, struct bytes node)
{
    struct keeper *k = context;
    uint8_t *copy = ARENA_NEW(k->arena, uint8_t, node.len);
    if (copy == NULL || k->seen == 8) {
        return ERR_MEMORY;
    }
    memcpy(copy, node.ptr, node.len);
    k->copy[k->seen] = copy;
    k->hash[k->seen] = *hash;
    k->len[k->seen] = node.len;
    k->seen++;
    return OK;
}

static enum err stop_at_second(void *context, const struct hash32 *hash, struct bytes node)
{
    size_t *seen = context;
    (void)hash;
    (void)node;
    return ++*seen == 2 ? ERR_REFUSED : OK;
}

static void visits_may_take_memory_and_stop(void)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    random_value(1);
    CHECK_EQ(mpt_put(&f.trie, text("dog"), bytes_from(value_bytes, 3000)), OK);
    CHECK_EQ(mpt_put(&f.trie, text("cat"), bytes_from(value_bytes, 2000)), OK);
    struct keeper k = {.arena = &f.arena};
    CHECK_EQ(mpt_nodes(&f.trie, keep_node, &k), OK);
    CHECK_EQ(k.seen, 4); /* extension, branch, two leaves */
    CHECK_EQ(mpt_prove(&f.trie, text("dog"), keep_node, &k), OK);
    CHECK_EQ(k.seen, 7);
    for (size_t i = 0; i < k.seen; i++) {
        struct hash32 hash;
        keccak256(&hash, k.copy[i], k.len[i]);
        CHECK(hash32_equal(&hash, &k.hash[i]));
    }
    size_t used = f.arena.used;
    CHECK_EQ(mpt_nodes(&f.trie, ignore_node, NULL), OK);
    CHECK_EQ(f.arena.used, used);
    size_t seen = 0;
    CHECK_EQ(mpt_nodes(&f.trie, stop_at_second, &seen), ERR_REFUSED);
    CHECK_EQ(seen, 2);
    seen = 0;
    CHECK_EQ(mpt_prove(&f.trie, text("cat"), stop_at_second, &seen), ERR_REFUSED);
    CHECK_EQ(seen, 2);
    fixture_end(&f);
}

/* ---- sources that lie ------------------------------------------------------------------------ */

/* struct liar gives nodes that its test made up, by number: the hash's first byte. */
struct liar {
    struct bytes node[4];
};

static enum err liar_node(void *context, struct bytes *out, const struct hash32 *hash)
{
    const struct liar *liar = context;
    *out = liar->node[hash->b[0] % 4];
    return OK;
}

static struct hash32 numbered(uint8_t n)
{
    struct hash32 hash = {{n}};
    return hash;
}

/* lie writes [path, ref of numbered(n)], or with `value` [path, value]. */
static struct bytes lie(uint8_t *buf, size_t cap, struct bytes path, uint8_t n, struct bytes value)
{
    struct hash32 hash = numbered(n);
    struct bytes second = value.len != 0 ? value : bytes_from(hash.b, sizeof(hash.b));
    struct writer w = writer_to(buf, cap);
    rlp_list_write(&w, rlp_string_size(path) + rlp_string_size(second));
    rlp_string_write(&w, path);
    rlp_string_write(&w, second);
    return writer_view(&w);
}

/* What the trie itself must see, since it depends on the parent: the child of an extension, what is
 * behind a hash and should be embedded, and the depth. */
static void nodes_that_cannot_stand_where_they_are(void)
{
    static uint8_t buf[4][128];
    static const uint8_t zeros[MPT_KEY_MAX];
    struct bytes long_value = bytes_from("a value of more than thirty-two bytes", 37);
    struct bytes key = bytes_from(zeros, MPT_KEY_MAX);
    struct fixture f;
    struct liar liar;
    struct mpt_source source = {liar_node, &liar};
    struct bytes value;
    struct hash32 first = numbered(0);
    struct hash32 second = numbered(1);

    /* Extensions that follow each other without end; an extension before a leaf. */
    liar.node[0] = lie(buf[0], 128, bytes_from("\x10", 1), 1, text(""));
    liar.node[1] = lie(buf[1], 128, bytes_from("\x10", 1), 0, text(""));
    for (unsigned round = 0; round < 2; round++) {
        fixture_start(&f, ARENA_CAP);
        mpt_open(&f.trie, &f.arena, &first, &source);
        CHECK_EQ(mpt_get(&f.trie, &value, key), ERR_MALFORMED);
        CHECK(hash32_equal(&f.trie.missing.hash, &second));
        CHECK_EQ(f.trie.missing.nibble_count, 1);
        CHECK_EQ(mpt_put(&f.trie, key, text("x")), ERR_MALFORMED);
        CHECK(root_is(&f.trie, &first));
        fixture_end(&f);
        liar.node[1] = lie(buf[1], 128, bytes_from("\x30", 1), 0, long_value);
    }

    /* A leaf of two bytes at the root is right; behind a hash it is not. */
    static const uint8_t branch[] =
        "\xf8\x51\xa0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "\xa0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80";
    liar.node[0] = bytes_from(branch, sizeof(branch) - 1);
    liar.node[1] = lie(buf[1], 128, bytes_from("\x30", 1), 0, text("x"));
    liar.node[2] = lie(buf[2], 128, bytes_from("\x20", 1), 0, long_value);
    fixture_start(&f, ARENA_CAP);
    mpt_open(&f.trie, &f.arena, &first, &source);
    CHECK_EQ(mpt_get(&f.trie, &value, bytes_from("\x00", 1)), ERR_MALFORMED);
    CHECK(hash32_equal(&f.trie.missing.hash, &second));
    CHECK_EQ(f.trie.missing.nibble_count, 1);
    CHECK_EQ(f.trie.missing.path[0], 0x00);
    /* And a leaf whose key has half a byte more. */
    CHECK_EQ(mpt_get(&f.trie, &value, bytes_from("\x10", 1)), ERR_MALFORMED);
    CHECK_EQ(f.trie.missing.path[0], 0x10);
    liar.node[2] = lie(buf[2], 128, bytes_from("\x37", 1), 0, long_value);
    CHECK_EQ(mpt_get(&f.trie, &value, bytes_from("\x17", 1)), OK);
    CHECK_EQ(value.len, 37);
    fixture_end(&f);

    /* A branch that is its own child goes on only as long as a key can be. */
    static uint8_t endless[sizeof(branch)];
    memcpy(endless, branch, sizeof(branch));
    endless[3] = 0;
    liar.node[0] = bytes_from(endless, sizeof(branch) - 1);
    fixture_start(&f, ARENA_CAP);
    mpt_open(&f.trie, &f.arena, &first, &source);
    CHECK_EQ(mpt_get(&f.trie, &value, key), ERR_MALFORMED);
    CHECK(hash32_equal(&f.trie.missing.hash, &first));
    CHECK_EQ(f.trie.missing.nibble_count, 2 * MPT_KEY_MAX);
    CHECK(root_is(&f.trie, &first));
    fixture_end(&f);
}

/* An embedded node has no hash that its parent names; its own is given. */
static void an_embedded_node_that_is_malformed(void)
{
    static const uint8_t node[] = "\xd3\xc2\x40\x61\xc0\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"
                                  "\x80\x80\x80\x80";
    struct fixture f;
    struct liar liar = {.node = {bytes_from(node, sizeof(node) - 1)}};
    struct mpt_source source = {liar_node, &liar};
    struct hash32 root = numbered(0);
    struct hash32 want;
    struct bytes value;
    fixture_start(&f, ARENA_CAP);
    mpt_open(&f.trie, &f.arena, &root, &source);
    CHECK_EQ(mpt_get(&f.trie, &value, bytes_from("\x00", 1)), ERR_MALFORMED);
    keccak256(&want, "\xc2\x40\x61", 3);
    CHECK(hash32_equal(&f.trie.missing.hash, &want));
    CHECK_EQ(f.trie.missing.nibble_count, 1);
    CHECK_EQ(mpt_get(&f.trie, &value, bytes_from("\x20", 1)), OK);
    CHECK_EQ(mpt_get(&f.trie, &value, bytes_from("\x10", 1)), ERR_MALFORMED);
    CHECK_EQ(f.trie.missing.path[0], 0x10);
    fixture_end(&f);
}

/* A value of more than MPT_VALUE_MAX bytes, of which only the first are looked at. */
static void a_value_that_is_too_long(void)
{
    uint8_t buf[16] = {0xfb, 0x40, 0x00, 0x00, 0x07, 0x20, 0xbb, 0x40, 0x00, 0x00, 0x01};
    struct fixture f;
    struct liar liar = {.node = {bytes_from(buf, (size_t)MPT_VALUE_MAX + 12)}};
    struct mpt_source source = {liar_node, &liar};
    struct hash32 root = numbered(0);
    struct bytes value;
    fixture_start(&f, ARENA_CAP);
    mpt_open(&f.trie, &f.arena, &root, &source);
    CHECK_EQ(mpt_get(&f.trie, &value, text("")), ERR_LIMIT);
    buf[4] = 0x06;
    buf[10] = 0x00;
    liar.node[0].len--;
    CHECK_EQ(mpt_get(&f.trie, &value, text("")), OK);
    CHECK_EQ(value.len, MPT_VALUE_MAX);
    fixture_end(&f);
}

/* A stored trie in which bytes were changed: every answer is an error, or the walk's end; and the
 * root is as before when an operation fails. */
static void changed_nodes_do_no_harm(void)
{
    size_t refused = 0;
    for (size_t i = 0; i < 3000 && !test_failed(); i++) {
        struct fixture f;
        struct store store;
        uint8_t buf[MPT_KEY_MAX];
        fixture_start(&f, ARENA_CAP);
        store_start(&store);
        random_trie(&f.trie, 2 + i % 20, i % 5, i % 2 == 0 ? 4 : 60);
        CHECK(reopen(&f.trie, &store));
        for (struct preimage *p = store.nodes.first; p != NULL; p = p->next) {
            uint8_t *changed =
                test_random() % 2 == 0 ? ARENA_NEW(&store.arena, uint8_t, p->bytes.len) : NULL;
            if (changed != NULL) {
                memcpy(changed, p->bytes.ptr, p->bytes.len);
                changed[test_random() % p->bytes.len] = (uint8_t)test_random();
                p->bytes.ptr = changed;
            }
        }
        for (unsigned j = 0; j < 12; j++) {
            struct hash32 before;
            struct hash32 after;
            enum operation op = (enum operation)(test_random() % OPERATIONS);
            CHECK_EQ(mpt_root(&f.trie, &before), OK);
            enum err e = operate(&f.trie, op, random_key(buf, 0, i % 5));
            CHECK(e == OK || e == ERR_MALFORMED || e == ERR_STATE_MISSING);
            CHECK_EQ(mpt_root(&f.trie, &after), OK);
            CHECK(e == OK || hash32_equal(&before, &after));
            refused += e != OK;
        }
        CHECK_EQ(mpt_nodes(&f.trie, ignore_node, NULL), OK);
        fixture_end(&f);
        store_end(&store);
    }
    CHECK(refused > 100);
}

/* ---- hashing together ------------------------------------------------------------------------ */

/* Levels of many nodes: more than a batch holds by their number and by their bytes, with long
 * values among them that are hashed alone. */
static void many_nodes_at_one_depth(void)
{
    for (size_t i = 0; i < 8 && !test_failed(); i++) {
        struct fixture f;
        fixture_start(&f, ARENA_CAP);
        model.count = 0;
        random_value(1);
        for (size_t j = 0; j < 400; j++) {
            uint8_t key[3] = {(uint8_t)(j >> 4), (uint8_t)(j << 4), (uint8_t)i};
            size_t len = j % 40 == 0 && i % 2 == 1 ? 2000 : 1 + test_random() % (1 + 12 * i);
            CHECK(put(&f.trie, &model, bytes_from(key, sizeof(key)),
                      bytes_from(value_bytes + j, len)));
        }
        struct hash32 want = naive_root(&model);
        CHECK(root_is(&f.trie, &want));
        fixture_end(&f);
    }
}

/* Tries hashed at once have the roots that they have alone, and nothing is left to hash: with the
 * arena full, the hash of a long value could not be had. */
static void tries_hashed_at_once(void)
{
    struct fixture f;
    struct mpt tries[6];
    struct mpt *pointers[6];
    struct hash32 want[6];
    fixture_start(&f, ARENA_CAP);
    for (size_t i = 0; i < 6; i++) {
        pointers[i] = &tries[i];
        mpt_init(&tries[i], &f.arena);
        random_trie(&tries[i], 12 * i, 4, i % 2 == 0 ? 2 : 60); /* the first is empty */
        if (i == 4) {
            CHECK(put(&tries[i], &model, text("long"), bytes_from(value_bytes, 3000)));
        }
        want[i] = naive_root(&model);
    }
    CHECK(root_is(&tries[2], &want[2])); /* one has been hashed */
    CHECK_EQ(mpt_hash(NULL, 0), OK);
    size_t used = f.arena.used;
    struct arena full = f.arena;
    full.cap = full.used;
    tries[0].arena = &full;
    CHECK_EQ(mpt_hash(pointers, 6), ERR_MEMORY); /* of the first one's arena */
    tries[0].arena = &f.arena;
    CHECK_EQ(mpt_hash(pointers, 6), OK);
    CHECK_EQ(f.arena.used, used);
    CHECK(arena_alloc(&f.arena, f.arena.cap - f.arena.used, 1, 1) != NULL);
    for (size_t i = 0; i < 6; i++) {
        CHECK(root_is(&tries[i], &want[i]));
    }
    fixture_end(&f);
}

/* A level of which some nodes could be hashed and one could not: the rest is done later. */
static void a_level_that_runs_out_of_memory(void)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    model.count = 0;
    random_value(1);
    for (size_t j = 0; j < 40; j++) {
        uint8_t key[2] = {(uint8_t)(j >> 4), (uint8_t)(j << 4)};
        CHECK(put(&f.trie, &model, bytes_from(key, sizeof(key)),
                  bytes_from(value_bytes + j, j % 7 == 3 ? 2000 : 50)));
    }
    struct hash32 want = naive_root(&model);
    struct hash32 got;
    size_t cap = f.arena.cap;
    for (size_t room = 0; room < 2100; room += 300) {
        f.arena.cap = f.arena.used + room;
        CHECK_EQ(mpt_root(&f.trie, &got), room < 2040 ? ERR_MEMORY : OK);
        CHECK(put(&f.trie, &model, bytes_from("\x00\x10", 2), bytes_from(value_bytes + room, 50)));
        want = naive_root(&model);
    }
    f.arena.cap = cap;
    CHECK(root_is(&f.trie, &want));
    fixture_end(&f);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void too_long_keys_and_values(void)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    static const uint8_t key[MPT_KEY_MAX + 1];
    CHECK_EQ(mpt_put(&f.trie, bytes_from(key, sizeof(key)), text("x")), ERR_LIMIT);
    CHECK_EQ(mpt_put(&f.trie, bytes_from(key, sizeof(key)), text("")), ERR_LIMIT);
    CHECK_EQ(mpt_put(&f.trie, text("k"), bytes_from(key, (size_t)MPT_VALUE_MAX + 1)), ERR_LIMIT);
    CHECK_EQ(mpt_put(&f.trie, text("k"), bytes_from(key, MPT_VALUE_MAX)), ERR_MEMORY);
    CHECK(root_is_hex(&f.trie, EMPTY_ROOT));
    fixture_end(&f);
}

/* Keys of all sizes that end at an unreadable page. */
static void reads_no_further_than_the_key(void)
{
    struct fixture f;
    fixture_start(&f, ARENA_CAP);
    model.count = 0;
    static const uint8_t zeros[MPT_KEY_MAX];
    CHECK(put(&f.trie, &model, bytes_from(zeros, sizeof(zeros)), random_value(9)));
    for (size_t len = 0; len <= MPT_KEY_MAX; len++) {
        uint8_t *key = test_guarded(zeros, len);
        const uint8_t *value = test_guarded("value", 5);
        CHECK_EQ(mpt_put(&f.trie, bytes_from(key, len), bytes_from(value, 5)), OK);
        model_put(&model, bytes_from(key, len), bytes_from(value, 5));
    }
    struct hash32 want = naive_root(&model);
    CHECK(root_is(&f.trie, &want));
    fixture_end(&f);
}

/* A full arena at every size: each put either succeeds, or fails with ERR_MEMORY and leaves the
 * trie as it was. The root likewise. */
static void the_arena_fills_up(void)
{
    size_t failed_puts = 0;
    size_t failed_roots = 0;
    for (size_t cap = 0; cap < 8192 && !test_failed(); cap += 8) {
        struct fixture f;
        fixture_start(&f, cap);
        model.count = 0;
        for (size_t step = 0; step < 24; step++) {
            uint8_t buf[MPT_KEY_MAX];
            struct bytes key = random_key(buf, 0, 3);
            bool removal = test_random() % 4 == 0;
            struct bytes value = removal ? text("") : random_value(step % 8 == 0 ? 1500 : 40);
            size_t used = f.arena.used;
            if (!put(&f.trie, &model, key, value)) {
                CHECK(!removal);
                CHECK_EQ(mpt_put(&f.trie, key, value), ERR_MEMORY);
                CHECK_EQ(f.arena.used, used);
                failed_puts++;
            }
            struct hash32 want = naive_root(&model);
            struct hash32 got = {{0}};
            used = f.arena.used;
            enum err e = mpt_root(&f.trie, &got);
            CHECK(e == OK || e == ERR_MEMORY);
            CHECK_EQ(f.arena.used, used);
            if (e == ERR_MEMORY) {
                want = (struct hash32){{0}};
                failed_roots++;
            }
            CHECK_BYTES(got.b, want.b, sizeof(want.b));
        }
        fixture_end(&f);
    }
    CHECK(failed_puts > 100);
    CHECK(failed_roots > 100);
}

/* The same with partial tries, where reading and removing need memory too. */
static void the_arena_fills_up_with_loaded_nodes(void)
{
    size_t failed = 0;
    struct store store;
    struct fixture whole;
    fixture_start(&whole, ARENA_CAP);
    store_start(&store);
    random_trie(&whole.trie, 40, 3, 40);
    struct hash32 root = naive_root(&model);
    CHECK_EQ(mpt_nodes(&whole.trie, store_node, &store), OK);
    fixture_end(&whole);
    static struct model start;
    start = model;
    for (size_t cap = 0; cap < 6000 && !test_failed(); cap += 8) {
        struct fixture f;
        fixture_start(&f, cap);
        mpt_open(&f.trie, &f.arena, &root, &store.source);
        model = start;
        for (size_t step = 0; step < 12; step++) {
            uint8_t buf[MPT_KEY_MAX];
            struct bytes key = random_key(buf, 0, 3);
            if (test_random() % 2 == 0) {
                const struct pair *p = &model.pair[test_random() % model.count];
                memcpy(buf, p->key, sizeof(buf));
                key = bytes_from(buf, p->key_len);
            }
            bool removal = test_random() % 2 == 0;
            struct bytes new_value = removal ? text("") : random_value(40);
            if (!put(&f.trie, &model, key, new_value)) {
                CHECK_EQ(mpt_put(&f.trie, key, new_value), ERR_MEMORY);
                failed++;
            }
            struct hash32 want = naive_root(&model);
            CHECK(root_is(&f.trie, &want));
        }
        fixture_end(&f);
    }
    CHECK(failed > 100);
    store_end(&store);
}

static const struct test_case cases[] = {
    CASE(the_empty_trie),
    CASE(known_roots),
    CASE(known_root_of_bytes),
    CASE(random_tries_are_as_the_naive_one),
    CASE(the_deepest_paths),
    CASE(long_values),
    CASE(the_order_does_not_matter),
    CASE(what_is_removed_leaves_no_trace),
    CASE(puts_that_change_nothing),
    CASE(hashes_only_what_changed),
    CASE(values_that_fit_take_no_memory),
    CASE(tries_share_an_arena),
    CASE(partial_tries_are_as_whole_ones),
    CASE(nodes_are_those_of_the_naive_trie),
    CASE(each_missing_node_is_named),
    CASE(a_trie_of_which_only_the_root_is_known),
    CASE(keys_that_are_too_long_are_absent),
    CASE(an_update_removes_last),
    CASE(loaded_nodes_keep_their_hash),
    CASE(visits_may_take_memory_and_stop),
    CASE(nodes_that_cannot_stand_where_they_are),
    CASE(an_embedded_node_that_is_malformed),
    CASE(a_value_that_is_too_long),
    CASE(changed_nodes_do_no_harm),
    CASE(many_nodes_at_one_depth),
    CASE(tries_hashed_at_once),
    CASE(a_level_that_runs_out_of_memory),
    CASE(too_long_keys_and_values),
    CASE(reads_no_further_than_the_key),
    CASE(the_arena_fills_up),
    CASE(the_arena_fills_up_with_loaded_nodes),
};

TEST_MAIN(cases)
