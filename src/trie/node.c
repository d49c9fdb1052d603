/* Reads trie nodes. Hex prefix flags (Yellow Paper, appendix C): the high nibble of a path's first
 * byte is 2 in a leaf, 0 in an extension, and 1 more when the number of nibbles is odd; the low
 * nibble is then the first of them, and else a padding of 0. */

#include "trie/node.h"

#include "codec/rlp.h"
#include "trie/mpt.h"

#define NIBBLES_MAX  (2 * MPT_KEY_MAX)
#define NIBBLE_SLOTS 16u
#define FLAG_LEAF    2u
#define FLAG_ODD     1u
#define EMPTY_STRING 0x80u
#define LIST_FIRST   0xc0u

/* ref_next reads what a branch or an extension says of a child: *ref is where the reference begins,
 * NULL for the empty string. Written out, for it reads most of a trie's bytes: over rlp_next it
 * halves the time of a branch. */
static enum err ref_next(struct cursor *c, const uint8_t **ref)
{
    size_t left = cursor_left(c);
    if (left == 0) {
        return ERR_MALFORMED;
    }
    uint8_t first = *c->pos;
    if (first == EMPTY_STRING) {
        *ref = NULL;
        c->pos++;
        return OK;
    }
    bool is_embedded = first >= LIST_FIRST && first - LIST_FIRST + 1 <= NODE_EMBEDDED_MAX;
    if ((first != NODE_HASH_FIRST && !is_embedded) || node_ref_len(c->pos) > left) {
        return ERR_MALFORMED;
    }
    *ref = c->pos;
    c->pos += node_ref_len(c->pos);
    return OK;
}

static enum err read_branch(struct node *out, struct cursor items)
{
    out->kind = NODE_BRANCH;
    for (unsigned s = 0; s < NIBBLE_SLOTS; s++) {
        TRY(ref_next(&items, &out->ref[s]));
        out->children |= out->ref[s] != NULL ? 1u << s : 0;
    }
    TRY(rlp_string_next(&items, &out->value));
    TRY(rlp_end(&items));
    bool more = (out->children & (out->children - 1)) != 0;
    return more || (out->children != 0 && out->value.len != 0) ? OK : ERR_MALFORMED;
}

/* read_path reads the path and whether it is a leaf's. */
static enum err read_path(struct node *out, struct bytes path)
{
    if (path.len == 0 || path.len > 1 + MPT_KEY_MAX) { /* path_count cannot wrap */
        return ERR_MALFORMED;
    }
    unsigned flags = path.ptr[0] >> 4;
    bool is_odd = (flags & FLAG_ODD) != 0;
    if (flags > (FLAG_LEAF | FLAG_ODD) || (!is_odd && path.ptr[0] % 16 != 0)) {
        return ERR_MALFORMED;
    }
    out->kind = (flags & FLAG_LEAF) != 0 ? NODE_LEAF : NODE_EXTENSION;
    out->path = path.ptr;
    out->path_count = 2 * ((unsigned)path.len - 1) + is_odd;
    return OK;
}

/* read_short reads a leaf or an extension, of which `path` is the first item and `second` begins at
 * the other. */
static enum err read_short(struct node *out, struct bytes path, struct cursor second)
{
    TRY(read_path(out, path));
    if (out->kind == NODE_LEAF) {
        TRY(rlp_string_next(&second, &out->value));
        return out->value.len != 0 ? OK : ERR_MALFORMED;
    }
    TRY(ref_next(&second, &out->ref[0]));
    out->children = 1;
    return out->ref[0] != NULL && out->path_count != 0 ? rlp_end(&second) : ERR_MALFORMED;
}

/* read_items reads the node by the number of its items. */
static enum err read_items(struct node *out, struct cursor items)
{
    struct cursor second = items;
    struct rlp_item item;
    TRY(rlp_next(&second, &item));
    struct cursor third = second;
    struct rlp_item ignored;
    TRY(rlp_next(&third, &ignored));
    if (cursor_left(&third) != 0) {
        return read_branch(out, items);
    }
    return item.kind == RLP_STRING ? read_short(out, item.payload, second) : ERR_MALFORMED;
}

/* can_stand tells whether keys that go through such a node there have whole bytes and are not too
 * long: a branch needs room for one more nibble, and so does an extension, for its branch. */
static bool can_stand(const struct node *node, struct node_place place)
{
    unsigned end = place.depth + node->path_count;
    bool key_ends = node->value.len != 0;
    if (key_ends && end % 2 != 0) {
        return false;
    }
    return node->kind == NODE_LEAF ? end <= NIBBLES_MAX : end < NIBBLES_MAX;
}

enum err node_read(struct node *out, struct bytes encoded, struct node_place place)
{
    struct node node = {.kind = NODE_LEAF};
    struct cursor c = cursor_from(encoded);
    struct cursor items;
    if (place.is_behind_hash && encoded.len <= NODE_EMBEDDED_MAX) {
        return ERR_MALFORMED;
    }
    if (rlp_list_next(&c, &items) != OK || rlp_end(&c) != OK || read_items(&node, items) != OK ||
        !can_stand(&node, place) || (place.below_extension && node.kind != NODE_BRANCH)) {
        return ERR_MALFORMED;
    }
    *out = node;
    return OK;
}
