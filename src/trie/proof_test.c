/* Proofs that mpt_prove makes of random tries, against what the set of pairs says of each key: its
 * value, or in which of the ways it is absent. Then everything that must be refused: a list with
 * any byte changed, with a node too few or too many, in another order, for another root, and nodes
 * that are not as they should be under hashes that are. */

#include "trie/proof.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "tests/test.h"
#include "trie/mpt.h"

#define ARENA_CAP ((size_t)1 << 20)
#define PAIRS_MAX 64u
#define NODES_MAX 70u

/* ---- the set of pairs ------------------------------------------------------------------------ */

struct pair {
    uint8_t key[MPT_KEY_MAX];
    size_t key_len;
    uint8_t value[64];
    size_t value_len;
};

struct model {
    struct pair pair[PAIRS_MAX];
    size_t count;
};

static struct model model;

static size_t nibble_count(const struct pair *p)
{
    return 2 * p->key_len;
}

static unsigned nibble(const struct pair *p, size_t i)
{
    return i % 2 == 0 ? p->key[i / 2] >> 4 : p->key[i / 2] & 15u;
}

/* agree tells whether two keys have `count` nibbles at least and agree in them. */
static bool agree(const struct pair *a, const struct pair *b, size_t count)
{
    bool same = nibble_count(a) >= count && nibble_count(b) >= count;
    for (size_t i = 0; same && i < count; i++) {
        same = nibble(a, i) == nibble(b, i);
    }
    return same;
}

/* count_with counts the pairs that agree with `p` in `count` nibbles; *one is one of them. */
static size_t count_with(const struct pair **one, const struct pair *p, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < model.count; i++) {
        if (agree(&model.pair[i], p, count)) {
            *one = &model.pair[i];
            found++;
        }
    }
    return found;
}

/* expect finds where the path of a key ends, and its value, from the definition: the node at
 * `depth` stands for all pairs that begin with the key's first `depth` nibbles. */
static enum proof_end expect(const struct pair *key, const struct pair **value)
{
    *value = NULL;
    if (model.count == 0) {
        return PROOF_EMPTY_TRIE;
    }
    for (size_t depth = 0;; depth++) {
        const struct pair *one = NULL;
        size_t count = count_with(&one, key, depth);
        if (count == 0) {
            return PROOF_EMPTY_SLOT;
        }
        const struct pair *same = NULL;
        bool is_there = one->key_len == key->key_len && agree(one, key, 2 * key->key_len);
        if (count == 1) {
            *value = is_there ? one : NULL;
            return is_there ? PROOF_VALUE : PROOF_OTHER_LEAF;
        }
        size_t end = depth; /* of an extension: as far as all of them agree */
        while (nibble_count(one) > end && count_with(&same, one, end + 1) == count) {
            end++;
        }
        if (!agree(one, key, end)) {
            return PROOF_OTHER_EXTENSION;
        }
        depth = end;
        if (nibble_count(key) == depth) {
            for (size_t i = 0; i < model.count; i++) {
                if (model.pair[i].key_len == key->key_len && agree(&model.pair[i], key, depth)) {
                    *value = &model.pair[i];
                }
            }
            return *value != NULL ? PROOF_VALUE : PROOF_EMPTY_SLOT;
        }
    }
}

/* ---- lists of nodes -------------------------------------------------------------------------- */

static struct arena arena;
static struct mpt trie;

static void start(void)
{
    static uint8_t *region;
    if (region != NULL) {
        test_region_free(region, ARENA_CAP); /* not reset when the case before has failed */
    }
    region = test_region(ARENA_CAP);
    arena_init(&arena, region, ARENA_CAP);
    mpt_init(&trie, &arena);
    model.count = 0;
}

struct list {
    struct bytes node[NODES_MAX];
    size_t count;
};

static struct bytes copy_of(struct bytes bytes)
{
    uint8_t *copy = ARENA_NEW(&arena, uint8_t, bytes.len);
    if (copy == NULL) {
        abort();
    }
    bytes_copy(copy, bytes.ptr, bytes.len);
    return bytes_from(copy, bytes.len);
}

static enum err collect(void *context, const struct hash32 *hash, struct bytes node)
{
    struct list *list = context;
    (void)hash;
    if (list->count == NODES_MAX) {
        return ERR_LIMIT;
    }
    list->node[list->count++] = copy_of(node);
    return OK;
}

static void random_pair(struct pair *p, size_t key_len_max, size_t value_len_max)
{
    memset(p, 0, sizeof(*p));
    p->key_len = key_len_max == MPT_KEY_MAX ? key_len_max : test_random() % (key_len_max + 1);
    for (size_t i = 0; i < p->key_len; i++) {
        uint64_t random = test_random();
        p->key[i] = (uint8_t)((random & 1 ? 0xf0 : 0) | (random & 2 ? 0x0f : 0));
        if ((random >> 8) % 8 == 0) {
            p->key[i] = (uint8_t)(random >> 16);
        }
    }
    p->value_len = 1 + test_random() % value_len_max;
    test_random_bytes(p->value, p->value_len);
}

static struct bytes key_of(const struct pair *p)
{
    return bytes_from(p->key, p->key_len);
}

static void random_trie(size_t count, size_t key_len_max, size_t value_len_max)
{
    start();
    while (model.count < count) {
        struct pair p;
        random_pair(&p, key_len_max, value_len_max);
        CHECK_EQ(mpt_put(&trie, key_of(&p), bytes_from(p.value, p.value_len)), OK);
        const struct pair *old = NULL;
        if (expect(&p, &old) == PROOF_VALUE) {
            count--;
            model.pair[old - model.pair] = p;
        } else {
            model.pair[model.count++] = p;
        }
    }
}

/* is_as_expected checks a proof against the pairs. */
static bool is_as_expected(const struct proof *proof, const struct pair *key)
{
    const struct pair *value;
    if (proof->end != expect(key, &value)) {
        return false;
    }
    return value == NULL ? proof->value.len == 0
                         : proof->value.len == value->value_len &&
                               memcmp(proof->value.ptr, value->value, value->value_len) == 0;
}

/* ---- what is accepted ------------------------------------------------------------------------ */

static size_t ends[PROOF_OTHER_EXTENSION + 1];
static size_t embedded; /* proofs that end in a node inside another */

static void prove_one(size_t key_len_max)
{
    struct pair key;
    struct list list = {.count = 0};
    struct proof proof;
    struct hash32 root;
    struct err_detail detail = {"untouched"};
    random_pair(&key, key_len_max, 1);
    if (test_random() % 2 == 0 && model.count != 0) {
        key = model.pair[test_random() % model.count];
    }
    CHECK_EQ(mpt_prove(&trie, key_of(&key), collect, &list), OK);
    CHECK_EQ(mpt_root(&trie, &root), OK);
    CHECK_EQ(proof_verify(&proof, &root, key_of(&key), list.node, list.count, &detail), OK);
    CHECK(is_as_expected(&proof, &key));
    CHECK_STR(detail.text, "untouched");
    ends[proof.end]++;
    if (proof.end == PROOF_VALUE && list.count != 0) {
        struct bytes last = list.node[list.count - 1];
        embedded += proof.value.ptr + proof.value.len != last.ptr + last.len;
    }

    /* Empty elements make no difference, wherever they are. */
    struct list padded = {.count = 0};
    for (size_t i = 0; i <= list.count; i++) {
        for (uint64_t n = test_random() % 3; n != 0 && padded.count < NODES_MAX - 1; n--) {
            padded.node[padded.count++] = bytes_from(NULL, 0);
        }
        if (i < list.count && padded.count < NODES_MAX) {
            padded.node[padded.count++] = list.node[i];
        }
    }
    if (padded.count < NODES_MAX - 1) {
        CHECK_EQ(proof_verify(&proof, &root, key_of(&key), padded.node, padded.count, NULL), OK);
        CHECK(is_as_expected(&proof, &key));
    }
}

static void what_is_proven_is_so(void)
{
    for (size_t i = 0; i < 3000 && !test_failed(); i++) {
        size_t key_len_max = i % 7 == 6 ? MPT_KEY_MAX : i % 7;
        random_trie(i % 40, key_len_max, i % 3 == 0 ? 2 : 60);
        for (size_t j = 0; j < 6 && !test_failed(); j++) {
            prove_one(key_len_max);
        }
    }
    for (size_t end = 0; end <= PROOF_OTHER_EXTENSION; end++) {
        CHECK(ends[end] > 100);
    }
    CHECK(embedded > 100);
}

static void the_empty_trie(void)
{
    struct proof proof;
    struct err_detail detail;
    const struct bytes nothing = bytes_from(NULL, 0);
    const struct bytes lists[][3] = {
        {nothing, nothing, nothing},
        {bytes_from("\x80", 1), nothing, nothing},
        {nothing, bytes_from("\x80", 1), nothing},
    };
    for (size_t i = 0; i < 3; i++) {
        proof.end = PROOF_VALUE;
        CHECK_EQ(proof_verify(&proof, &MPT_EMPTY_ROOT, bytes_from("dog", 3), lists[i], 3, NULL),
                 OK);
        CHECK_EQ(proof.end, PROOF_EMPTY_TRIE);
        CHECK_EQ(proof.value.len, 0);
    }
    CHECK_EQ(proof_verify(&proof, &MPT_EMPTY_ROOT, nothing, NULL, 0, NULL), OK);
    const struct bytes wrong[][3] = {
        {bytes_from("\x81", 1), nothing, nothing},
        {bytes_from("\x80", 1), bytes_from("\x80", 1), nothing},
        {bytes_from("\x80\x80", 2), nothing, nothing},
        {nothing, nothing, bytes_from("\xc2\x20\x61", 3)},
    };
    for (size_t i = 0; i < 4; i++) {
        CHECK_EQ(proof_verify(&proof, &MPT_EMPTY_ROOT, bytes_from("dog", 3), wrong[i], 3, &detail),
                 ERR_MALFORMED);
    }
    CHECK_STR(detail.text, "node 2 is not on the path");
}

/* ---- what is refused ------------------------------------------------------------------------- */

/* A fixed proof: of the value of `key` in a trie with an extension, branches and a leaf. */
struct fixed {
    struct pair key;
    struct hash32 root;
    struct list list;
};

static void fixed_proof(struct fixed *f)
{
    start();
    memset(f, 0, sizeof(*f));
    for (uint8_t i = 0; i < 40; i++) {
        struct pair p = {.key_len = MPT_KEY_MAX, .value_len = 40};
        struct hash32 hash;
        keccak256(&hash, &i, 1);
        memcpy(p.key, hash.b, sizeof(hash.b));
        p.key[0] = 0x12; /* all begin so */
        memset(p.value, i + 1, p.value_len);
        CHECK_EQ(mpt_put(&trie, key_of(&p), bytes_from(p.value, p.value_len)), OK);
        model.pair[model.count++] = p;
    }
    f->key = model.pair[7];
    CHECK_EQ(mpt_root(&trie, &f->root), OK);
    CHECK_EQ(mpt_prove(&trie, key_of(&f->key), collect, &f->list), OK);
    CHECK(f->list.count >= 4);
}

static enum err verify(struct proof *out, const struct fixed *f, struct err_detail *detail)
{
    return proof_verify(out, &f->root, key_of(&f->key), f->list.node, f->list.count, detail);
}

static void every_changed_byte_is_refused(void)
{
    struct fixed f;
    struct proof proof;
    fixed_proof(&f);
    CHECK_EQ(verify(&proof, &f, NULL), OK);
    for (size_t i = 0; i < f.list.count; i++) {
        struct bytes node = f.list.node[i];
        for (size_t at = 0; at < node.len; at++) {
            uint8_t changed[1024];
            memcpy(changed, node.ptr, node.len);
            f.list.node[i].ptr = changed;
            for (unsigned bit = 0; bit < 8; bit++) {
                changed[at] ^= (uint8_t)(1u << bit);
                CHECK_EQ(verify(&proof, &f, NULL), ERR_MALFORMED);
                changed[at] ^= (uint8_t)(1u << bit);
            }
            changed[at] = (uint8_t)~changed[at];
            CHECK_EQ(verify(&proof, &f, NULL), ERR_MALFORMED);
        }
        for (size_t cut = 1; cut < node.len; cut++) {
            f.list.node[i] = bytes_from(node.ptr, cut);
            CHECK_EQ(verify(&proof, &f, NULL), ERR_MALFORMED);
        }
        f.list.node[i] = node;
    }
    for (size_t at = 0; at < sizeof(f.root.b); at++) {
        f.root.b[at] ^= 1;
        CHECK_EQ(verify(&proof, &f, NULL), ERR_MALFORMED);
        f.root.b[at] ^= 1;
    }
}

static void lists_of_other_nodes_are_refused(void)
{
    struct fixed f;
    struct proof proof = {.end = PROOF_OTHER_LEAF};
    struct err_detail detail;
    fixed_proof(&f);
    struct list list = f.list;
    for (size_t i = 0; i < list.count; i++) {
        /* One too few: the next does not have the hash, or the list ends. */
        f.list = list;
        memmove(&f.list.node[i], &f.list.node[i + 1], (list.count - i - 1) * sizeof(struct bytes));
        f.list.count--;
        bool was_last = i == f.list.count;
        CHECK_EQ(verify(&proof, &f, &detail), was_last ? ERR_STATE_MISSING : ERR_MALFORMED);
        char want[ERR_DETAIL_MAX];
        (void)snprintf(want, sizeof(want),
                       was_last ? "the proof ends before the path: node %zu is missing"
                       : i == 0 ? "node %zu is not the one whose hash is in the root"
                                : "node %zu is not the one whose hash is in the node before it",
                       i);
        CHECK_STR(detail.text, want);
        /* An empty element in its place is the same. */
        f.list = list;
        f.list.node[i].len = 0;
        CHECK_EQ(verify(&proof, &f, NULL), was_last ? ERR_STATE_MISSING : ERR_MALFORMED);
        /* One twice. */
        f.list = list;
        memmove(&f.list.node[i + 1], &f.list.node[i], (list.count - i) * sizeof(struct bytes));
        f.list.count++;
        CHECK_EQ(verify(&proof, &f, NULL), ERR_MALFORMED);
        /* In another order. */
        for (size_t j = 0; j < i; j++) {
            f.list = list;
            f.list.node[i] = list.node[j];
            f.list.node[j] = list.node[i];
            CHECK_EQ(verify(&proof, &f, NULL), ERR_MALFORMED);
        }
    }
    f.list = list;
    f.list.node[f.list.count++] = bytes_from("\xc2\x20\x61", 3);
    CHECK_EQ(verify(&proof, &f, &detail), ERR_MALFORMED);
    (void)snprintf(detail.text + 64, 64, "node %zu is not on the path", list.count);
    CHECK_STR(detail.text, detail.text + 64);
    f.list.count = 0;
    CHECK_EQ(verify(&proof, &f, NULL), ERR_STATE_MISSING);
    CHECK_EQ(proof.end, PROOF_OTHER_LEAF); /* not written */
}

/* A proof of one key shows for another nothing, or what is so. */
static void proofs_of_another_key(void)
{
    size_t shown = 0;
    size_t refused = 0;
    for (size_t i = 0; i < 1000 && !test_failed(); i++) {
        size_t key_len_max = 1 + i % 4;
        random_trie(i % 40, key_len_max, i % 3 == 0 ? 2 : 60);
        for (size_t j = 0; j < 20 && !test_failed(); j++) {
            struct pair key;
            struct pair other;
            struct list list = {.count = 0};
            struct proof proof;
            struct hash32 root;
            random_pair(&key, key_len_max, 1);
            random_pair(&other, key_len_max, 1);
            CHECK_EQ(mpt_prove(&trie, key_of(&key), collect, &list), OK);
            CHECK_EQ(mpt_root(&trie, &root), OK);
            enum err e = proof_verify(&proof, &root, key_of(&other), list.node, list.count, NULL);
            CHECK(e == OK || e == ERR_MALFORMED || e == ERR_STATE_MISSING);
            CHECK(e != OK || is_as_expected(&proof, &other));
            shown += e == OK;
            refused += e != OK;
        }
    }
    CHECK(shown > 100);
    CHECK(refused > 100);
}

static void keys_that_are_too_long(void)
{
    static const uint8_t key[MPT_KEY_MAX + 1];
    struct proof proof;
    CHECK_EQ(proof_verify(&proof, &MPT_EMPTY_ROOT, bytes_from(key, sizeof(key)), NULL, 0, NULL),
             ERR_LIMIT);
    CHECK_EQ(proof_verify(&proof, &MPT_EMPTY_ROOT, bytes_from(key, MPT_KEY_MAX), NULL, 0, NULL),
             OK);
}

/* ---- malformed nodes under the right hashes -------------------------------------------------- */

/* list_add appends a node [path, second] to a list that is being made from its end. */
static void list_add(struct list *list, const char *path_hex, struct bytes second_rlp)
{
    uint8_t path[MPT_KEY_MAX + 1];
    uint8_t buf[128];
    size_t path_len = test_hex(path, sizeof(path), path_hex);
    struct writer w = writer_to(buf, sizeof(buf));
    rlp_list_write(&w, rlp_string_size(bytes_from(path, path_len)) + second_rlp.len);
    rlp_string_write(&w, bytes_from(path, path_len));
    writer_put(&w, second_rlp.ptr, second_rlp.len);
    memmove(&list->node[1], &list->node[0], list->count * sizeof(list->node[0]));
    list->node[0] = copy_of(writer_view(&w));
    list->count++;
}

/* first_ref gives the reference to the list's first node by its hash, however long it is. */
static struct bytes first_ref(const struct list *list)
{
    uint8_t ref[33] = {0xa0};
    struct hash32 hash;
    keccak256(&hash, list->node[0].ptr, list->node[0].len);
    memcpy(ref + 1, hash.b, sizeof(hash.b));
    return copy_of(bytes_from(ref, sizeof(ref)));
}

static enum err verify_list(struct proof *out, const struct list *list, const char *key_hex,
                            struct err_detail *detail)
{
    uint8_t key[MPT_KEY_MAX];
    struct hash32 root;
    size_t key_len = test_hex(key, sizeof(key), key_hex);
    keccak256(&root, list->node[0].ptr, list->node[0].len);
    return proof_verify(out, &root, bytes_from(key, key_len), list->node, list->count, detail);
}

static struct bytes hex_bytes(const char *hex)
{
    uint8_t buf[128];
    return copy_of(bytes_from(buf, test_hex(buf, sizeof(buf), hex)));
}

/* The empty rest of a branch with two children. */
#define EMPTY_15 "808080808080808080808080808080"

#define LONG_VALUE \
    "a0"           \
    "2222222222222222222222222222222222222222222222222222222222222222"

static void malformed_nodes(void)
{
    struct list list;
    struct proof proof;
    struct err_detail detail;
    start();
    /* A leaf as the root is right at any length, but not if its key has half a byte more. */
    list.count = 0;
    list_add(&list, "2012", hex_bytes("61"));
    CHECK_EQ(verify_list(&proof, &list, "12", NULL), OK);
    CHECK_EQ(proof.end, PROOF_VALUE);
    list.count = 0;
    list_add(&list, "31", hex_bytes("61"));
    CHECK_EQ(verify_list(&proof, &list, "12", &detail), ERR_MALFORMED);
    CHECK_STR(detail.text, "node 0 is malformed");
    /* An extension to a leaf, and to an extension. */
    list.count = 0;
    list_add(&list, "32", hex_bytes(LONG_VALUE));
    list_add(&list, "11", first_ref(&list));
    CHECK_EQ(verify_list(&proof, &list, "12", &detail), ERR_MALFORMED);
    CHECK_STR(detail.text, "node 1 is malformed");
    list.count = 0;
    list_add(&list, "32", hex_bytes(LONG_VALUE));
    list_add(&list, "001111", first_ref(&list));
    list_add(&list, "11", first_ref(&list));
    CHECK_EQ(verify_list(&proof, &list, "111112", &detail), ERR_MALFORMED);
    CHECK_STR(detail.text, "node 1 is malformed");
    /* A branch with a leaf inside; a branch whose leaf is short enough for that, but hashed. */
    list.count = 1;
    list.node[0] = hex_bytes("d5c23161c23162" EMPTY_15);
    CHECK_EQ(verify_list(&proof, &list, "01", NULL), OK);
    CHECK_EQ(proof.value.len, 1);
    CHECK_EQ(proof.value.ptr[0], 0x61);
    CHECK_EQ(verify_list(&proof, &list, "02", NULL), OK);
    CHECK_EQ(proof.end, PROOF_OTHER_LEAF);
    CHECK_EQ(verify_list(&proof, &list, "21", NULL), OK);
    CHECK_EQ(proof.end, PROOF_EMPTY_SLOT);
    list.node[0] = hex_bytes("d5c22061c23162" EMPTY_15);
    CHECK_EQ(verify_list(&proof, &list, "01", &detail), ERR_MALFORMED);
    CHECK_STR(detail.text, "what is in node 0 is malformed");
    CHECK_EQ(verify_list(&proof, &list, "11", NULL), OK);
    list.count = 0;
    list_add(&list, "31", hex_bytes("61"));
    struct bytes hashed = first_ref(&list);
    uint8_t branch[64];
    struct writer w = writer_to(branch, sizeof(branch));
    rlp_list_write(&w, 33 + 3 + 15);
    writer_put(&w, hashed.ptr, hashed.len);
    writer_put(&w, "\xc2\x31\x62\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", 18);
    list.node[1] = list.node[0];
    list.node[0] = copy_of(writer_view(&w));
    list.count = 2;
    CHECK_EQ(verify_list(&proof, &list, "01", &detail), ERR_MALFORMED);
    CHECK_STR(detail.text, "node 1 is malformed");
    list.count = 1;
    CHECK_EQ(verify_list(&proof, &list, "11", NULL), OK);
}

/* What stands inside a node must not be listed. */
static void embedded_nodes_are_not_listed(void)
{
    struct list list = {.count = 0};
    struct proof proof;
    start();
    list.node[list.count++] = hex_bytes("d5c23161c23162" EMPTY_15);
    list.node[list.count++] = hex_bytes("c23161");
    CHECK_EQ(verify_list(&proof, &list, "01", NULL), ERR_MALFORMED);
}

static void names(void)
{
    static const char *const want[] = {"value", "empty-trie", "empty-slot", "other-leaf",
                                       "other-extension"};
    for (unsigned end = PROOF_VALUE; end <= PROOF_OTHER_EXTENSION; end++) {
        CHECK_STR(proof_end_name((enum proof_end)end), want[end]);
    }
}

static const struct test_case cases[] = {
    CASE(what_is_proven_is_so),
    CASE(the_empty_trie),
    CASE(every_changed_byte_is_refused),
    CASE(lists_of_other_nodes_are_refused),
    CASE(proofs_of_another_key),
    CASE(keys_that_are_too_long),
    CASE(malformed_nodes),
    CASE(embedded_nodes_are_not_listed),
    CASE(names),
};

TEST_MAIN(cases)
