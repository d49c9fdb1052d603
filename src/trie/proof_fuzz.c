/* Lists of nodes that nobody made in good faith. So that they are not refused for their hashes
 * alone, the hash of each node is put into the one before it, and that of the first is the root.
 * Then:
 *   1. what a list proves, a partial trie over the same nodes finds, and proves by the same list
 *   2. what a partial trie over the nodes finds, in any order, it proves by a list that is accepted
 *   3. a list with a node more, or the last one less, is refused
 *
 * Input: a byte for the key's length, the key, then nodes: two bytes of length, most significant
 * first, and as many of the node. Where a node has MARK twice, the hash of the next stands there
 * and in the 30 bytes after it. */

#include "trie/proof.h"

#include "base/cursor.h"
#include "crypto/keccak.h"
#include "tests/fuzz.h"
#include "trie/preimages.h"

#define MARK      0xeeu
#define NODE_MAX  700u
#define NODES_MAX 80u

static uint8_t region[1 << 18] __attribute__((aligned(64)));

struct list {
    uint8_t bytes[NODES_MAX][NODE_MAX];
    struct bytes node[NODES_MAX + 1];
    size_t count;
};

static enum err read_nodes(struct list *list, struct cursor *c)
{
    list->count = 0;
    while (list->count < NODES_MAX && cursor_left(c) != 0) {
        struct bytes len;
        struct bytes node;
        TRY(cursor_take(c, &len, 2));
        TRY(cursor_take(c, &node, (size_t)(len.ptr[0] % 4 * 256u + len.ptr[1])));
        if (node.len > NODE_MAX) {
            return ERR_LIMIT;
        }
        bytes_copy(list->bytes[list->count], node.ptr, node.len);
        list->node[list->count] = bytes_from(list->bytes[list->count], node.len);
        list->count++;
    }
    return OK;
}

/* link puts the hash of each node into the one before it, and gives that of the first. */
static void link(struct list *list, struct hash32 *root)
{
    for (size_t i = list->count; i-- > 0;) {
        uint8_t *bytes = list->bytes[i];
        if (i + 1 < list->count) {
            struct hash32 hash;
            keccak256(&hash, list->node[i + 1].ptr, list->node[i + 1].len);
            for (size_t at = 0; at + 32 <= list->node[i].len; at++) {
                if (bytes[at] == MARK && bytes[at + 1] == MARK) {
                    memcpy(bytes + at, hash.b, sizeof(hash.b));
                    at += 31;
                }
            }
        }
    }
    keccak256(root, list->node[0].ptr, list->count == 0 ? 0 : list->node[0].len);
}

/* struct again: compares, or collects, what mpt_prove shows. */
struct again {
    struct arena *arena;
    struct bytes node[NODES_MAX];
    size_t count;
};

static enum err collect(void *context, const struct hash32 *hash, struct bytes node)
{
    struct again *again = context;
    struct hash32 got;
    keccak256(&got, node.ptr, node.len);
    FUZZ_CHECK(hash32_equal(&got, hash));
    FUZZ_CHECK(again->count < NODES_MAX);
    uint8_t *copy = ARENA_NEW(again->arena, uint8_t, node.len);
    FUZZ_CHECK(copy != NULL);
    bytes_copy(copy, node.ptr, node.len);
    again->node[again->count++] = bytes_from(copy, node.len);
    return OK;
}

static bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* check_partial compares with a partial trie over the nodes. In: `proof`, or NULL when the list was
 * refused. */
static void check_partial(struct arena *arena, const struct list *list, const struct hash32 *root,
                          struct bytes key, const struct proof *proof)
{
    static const uint8_t seed[32] = {1};
    struct map_key map_key = map_key_from(seed);
    struct preimages nodes;
    struct mpt trie;
    struct bytes value;
    FUZZ_CHECK(preimages_init(&nodes, arena, &map_key, NODES_MAX) == OK);
    for (size_t i = 0; i < list->count; i++) {
        FUZZ_CHECK(preimages_add(&nodes, list->node[i]) == OK);
    }
    struct mpt_source source = preimages_source(&nodes);
    mpt_open(&trie, arena, root, &source);
    enum err e = mpt_get(&trie, &value, key);
    FUZZ_CHECK(e == OK || e == ERR_STATE_MISSING || e == ERR_MALFORMED);
    FUZZ_CHECK(e == OK || proof == NULL);
    if (e != OK) {
        return;
    }
    FUZZ_CHECK(proof == NULL || bytes_equal(value, proof->value));
    struct again again = {.arena = arena};
    struct proof second;
    FUZZ_CHECK(mpt_prove(&trie, key, collect, &again) == OK);
    FUZZ_CHECK(proof_verify(&second, root, key, again.node, again.count, NULL) == OK);
    FUZZ_CHECK(bytes_equal(value, second.value));
    FUZZ_CHECK((value.len != 0) == (second.end == PROOF_VALUE));
    size_t at = 0;
    for (size_t i = 0; proof != NULL && second.end != PROOF_EMPTY_TRIE && i < list->count; i++) {
        if (list->node[i].len != 0) {
            FUZZ_CHECK(at < again.count && bytes_equal(again.node[at], list->node[i]));
            at++;
        }
    }
    FUZZ_CHECK(proof == NULL || at == again.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct list list;
    struct cursor c = cursor_from(bytes_from(data, len));
    struct arena arena;
    struct bytes key;
    struct hash32 root;
    struct proof proof;
    uint8_t key_len;
    if (cursor_byte(&c, &key_len) != OK || cursor_take(&c, &key, key_len % 34) != OK ||
        read_nodes(&list, &c) != OK) {
        return 0;
    }
    link(&list, &root);
    bool is_empty = list.count == 1 && bytes_equal(list.node[0], bytes_from("\x80", 1));
    enum err e = proof_verify(&proof, &root, key, list.node, list.count, NULL);
    FUZZ_CHECK((e == ERR_LIMIT) == (key.len > MPT_KEY_MAX));
    FUZZ_CHECK(e == OK || e == ERR_LIMIT || e == ERR_MALFORMED || e == ERR_STATE_MISSING);
    if (e == ERR_LIMIT) {
        return 0;
    }
    FUZZ_CHECK(e != OK || (proof.value.len != 0) == (proof.end == PROOF_VALUE));
    arena_init(&arena, region, sizeof(region));
    check_partial(&arena, &list, &root, key, e == OK ? &proof : NULL);
    arena_reset(&arena);
    if (e == OK) {
        struct proof ignored;
        list.node[list.count] = bytes_from("\xc2\x20\x61", 3);
        FUZZ_CHECK(proof_verify(&ignored, &root, key, list.node, list.count + 1, NULL) ==
                   ERR_MALFORMED);
        if (list.count != 0 && list.node[list.count - 1].len != 0 && !is_empty) {
            FUZZ_CHECK(proof_verify(&ignored, &root, key, list.node, list.count - 1, NULL) ==
                       ERR_STATE_MISSING);
        }
    }
    return 0;
}
