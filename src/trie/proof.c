/* A walk through the nodes of a list, from hash to hash. */

#include "trie/proof.h"

#include "crypto/keccak.h"
#include "trie/mpt.h"
#include "trie/node.h"

/* struct list: the nodes that have not been read yet, of which the next is number `next`. */
struct list {
    const struct bytes *nodes;
    size_t count;
    size_t next;
    struct err_detail *detail;
};

static void skip_empty(struct list *list)
{
    while (list->next < list->count && list->nodes[list->next].len == 0) {
        list->next++;
    }
}

/* hashed_next reads the node that has this hash. */
static enum err hashed_next(struct bytes *encoded, struct list *list, const uint8_t hash[static 32])
{
    struct hash32 got;
    skip_empty(list);
    if (list->next == list->count) {
        return err_explain(list->detail, ERR_STATE_MISSING,
                           "the proof ends before the path: node %zu is missing", list->next);
    }
    *encoded = list->nodes[list->next];
    keccak256(&got, encoded->ptr, encoded->len);
    if (memcmp(got.b, hash, sizeof(got.b)) != 0) {
        return err_explain(list->detail, ERR_MALFORMED,
                           "node %zu is not the one whose hash is in %s", list->next,
                           list->next == 0 ? "the root" : "the node before it");
    }
    list->next++;
    return OK;
}

/* leaves tells whether a key, from nibble `depth` on, is not that of the node's path, or shorter.
 * */
static bool leaves(const struct node *node, struct bytes key, unsigned depth)
{
    unsigned count = 2 * (unsigned)key.len;
    for (unsigned i = 0; i < node->path_count; i++) {
        unsigned at = depth + i;
        if (at == count || node_path_nibble(node, i) != node_nibble(key.ptr, at)) {
            return true;
        }
    }
    return node->kind == NODE_LEAF && depth + node->path_count != count;
}

/* step looks what a node that stands at nibble *depth says of the key. Either the path ends there,
 * which fills *out, or goes on: *ref is then the child's, and *depth where it stands. */
static void step(struct proof *out, const uint8_t **ref, unsigned *depth, const struct node *node,
                 struct bytes key)
{
    *ref = NULL;
    if (node->kind != NODE_BRANCH && leaves(node, key, *depth)) {
        out->end = node->kind == NODE_LEAF ? PROOF_OTHER_LEAF : PROOF_OTHER_EXTENSION;
    } else if (node->kind == NODE_EXTENSION) {
        *ref = node->ref[0];
        *depth += node->path_count;
    } else if (node->kind == NODE_BRANCH && *depth < 2 * key.len) {
        *ref = node->ref[node_nibble(key.ptr, *depth)];
        *depth += 1;
        out->end = PROOF_EMPTY_SLOT; /* unless there is a ref */
    } else {
        out->end = node->value.len == 0 ? PROOF_EMPTY_SLOT : PROOF_VALUE;
        out->value = node->value;
    }
}

/* walk follows the path from the root to its end. */
static enum err walk(struct proof *out, struct list *list, const struct hash32 *root,
                     struct bytes key)
{
    struct bytes encoded = bytes_from(NULL, 0);
    struct node node;
    struct node_place place = {.depth = 0};
    TRY(hashed_next(&encoded, list, root->b));
    for (;;) { /* each node stands deeper than the one before, and node_read bounds that */
        const uint8_t *ref;
        if (node_read(&node, encoded, place) != OK) {
            bool is_embedded = place.depth != 0 && !place.is_behind_hash;
            return err_explain(list->detail, ERR_MALFORMED, "%snode %zu is malformed",
                               is_embedded ? "what is in " : "", list->next - 1);
        }
        step(out, &ref, &place.depth, &node, key);
        if (ref == NULL) {
            return OK;
        }
        place.below_extension = node.kind == NODE_EXTENSION;
        place.is_behind_hash = ref[0] == NODE_HASH_FIRST;
        if (place.is_behind_hash) {
            TRY(hashed_next(&encoded, list, ref + 1));
        } else {
            encoded = bytes_from(ref, node_ref_len(ref));
        }
    }
}

enum err proof_verify(struct proof *out, const struct hash32 *root, struct bytes key,
                      const struct bytes *nodes, size_t count, struct err_detail *detail)
{
    static const uint8_t empty_string[] = {0x80};
    struct list list = {nodes, count, 0, detail};
    struct proof proof = {.end = PROOF_EMPTY_TRIE};
    if (key.len > MPT_KEY_MAX) {
        return err_explain(detail, ERR_LIMIT, "the key is too long");
    }
    skip_empty(&list);
    if (!hash32_equal(root, &MPT_EMPTY_ROOT)) {
        TRY(walk(&proof, &list, root, key));
    } else if (list.next < count && nodes[list.next].len == sizeof(empty_string) &&
               nodes[list.next].ptr[0] == empty_string[0]) {
        list.next++;
    }
    skip_empty(&list);
    if (list.next != count) {
        return err_explain(detail, ERR_MALFORMED, "node %zu is not on the path", list.next);
    }
    *out = proof;
    return OK;
}

const char *proof_end_name(enum proof_end end)
{
    static const char *const names[] = {
        [PROOF_VALUE] = "value",
        [PROOF_EMPTY_TRIE] = "empty-trie",
        [PROOF_EMPTY_SLOT] = "empty-slot",
        [PROOF_OTHER_LEAF] = "other-leaf",
        [PROOF_OTHER_EXTENSION] = "other-extension",
    };
    return names[end];
}
