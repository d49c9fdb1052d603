/* The trie of the Yellow Paper, appendix D, as linked nodes in an arena.
 *
 *   kind        path               holds                      RLP (the function c)
 *   leaf        rest of the key    a value                    [HP(path, 1), value]
 *   extension   1 nibble or more   a child, a branch          [HP(path, 0), ref(child)]
 *   branch      none               children 0 to 15, one for  [ref(child 0), ... ref(child 15),
 *                                  each nibble; child 16 for   value of child 16]
 *                                  the key that ends here
 *
 * where ref(node) is the RLP itself when it is shorter than 32 bytes, else its hash as a string
 * (the function n), and a child that is not there counts as the empty string.
 *
 * A node does not hold its path as nibbles of its own but as a range of a whole key, the nibbles
 * [from, to) counted from the root:
 *
 *   key     a 7 1 1 3 5 5        a leaf that hangs in the branch behind a711
 *   nibble  0 1 2 3 4 5 6 7            from = 5 (nibble 4 chose its slot), to = 8
 *
 * So splitting a path and joining two moves `from` or `to` and copies nothing; and two keys known
 * to agree up to `from` are compared by bytes.
 *
 * Of a child that a source has and no walk has needed yet, the parent holds the reference, as it
 * stands in the parent's RLP: such a child is behind. Loading it makes a node of it. Most children
 * of the branches that a walk passes stay behind, so this costs nothing for each of them; and what
 * is loaded copies paths, which become part of whole keys, but no values.
 *
 * Invariants:
 *   1. The first `to` nibbles of a node's `key` lead from the root to the end of its path. Leaves
 *      and loaded nodes own their key; other extensions and branches borrow that of some node,
 *      which may be gone from the trie since, but not from the arena.
 *   2. A branch has from == to and at least two children. Child n < 16 has from == branch's to + 1;
 *      child 16 is a leaf with from == to == branch's to, so that a value in a branch is no special
 *      case but in the branch's RLP.
 *   3. An extension has from < to; its child is a branch with from == extension's to, or behind.
 *   4. ref_len != 0 only if the same holds for all nodes below (but for children 16, which have no
 *      ref), and `ref` is then ref(node); of a root that was loaded, its hash.
 *   5. Depth: `from` grows by at least 1 from a node to its child unless the child is child 16. A
 *      branch has to < 64, as two keys of 64 nibbles that agree in all are the same. So a path has
 *      at most PATH_MAX_NODES nodes, leaf included. node_read lets nothing in that would break
 *      this, whatever a source gives. */

#include "trie/mpt.h"

#include "codec/rlp.h"
#include "crypto/keccak_batch.h"
#include "trie/node.h"

#define VALUE_SLOT      16u
#define SLOTS           17u
#define NIBBLE_SLOTS    0xffffu /* of a branch's children, those with a ref */
#define PATH_MAX_NODES  (2 * MPT_KEY_MAX + 1)
#define SMALL_NODE_SIZE 1024u /* a branch without a value has at most 532 bytes */

/* Nodes are hashed together in batches, where a level has MANY of them: enough to fill most lanes.
 * BATCH_BYTES holds 16 full branches, or more smaller nodes than BATCH_MAX. */
#define MANY        4u
#define BATCH_MAX   64u
#define BATCH_BYTES 8704u

/* What all kinds have. A struct mpt_node is always the first member of the struct of its kind. */
struct mpt_node {
    uint8_t kind; /* enum node_kind */
    uint8_t from;
    uint8_t to;
    uint8_t ref_len; /* 0: to be computed */
    uint8_t ref[NODE_HASH_REF_LEN];
    uint16_t behind; /* bit n: child n < 16 is behind; an extension's child is child 0 */
    const uint8_t *key;
};

/* A place for a child in its parent: a node, or what `behind` marks. */
union child {
    struct mpt_node *node;
    const uint8_t *ref;
};

struct leaf {
    struct mpt_node node;
    union {
        const uint8_t *value;
        uint8_t *room; /* the same place, if value_cap != 0: else the bytes are the source's */
    };
    uint32_t value_len; /* not 0 */
    uint32_t value_cap;
};

struct extension {
    struct mpt_node node;
    union child child;
};

/* Full of NULLs in a big trie of random keys, whose lowest branches have two or three children.
 * Arrays of just the children would save about 15 % of such a trie's memory, most of which is keys
 * and values, and cost a move at each insertion. */
struct branch {
    struct mpt_node node;
    uint32_t children; /* bit n: child n is there */
    union child child[SLOTS];
};

/* A removal turns a branch into an extension where it stands. */
static_assert(sizeof(struct branch) >= sizeof(struct extension),
              "a branch can become an extension");
static_assert(2 * MPT_KEY_MAX <= UINT8_MAX, "from and to hold any nibble count");

const struct hash32 MPT_EMPTY_ROOT = {{
    0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45, 0xe6, 0x92, 0xc0, 0xf8, 0x6e,
    0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c, 0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21,
}};

/* What stands for children that are not there: the RLP of the empty string, repeated. */
static const uint8_t empty_strings[VALUE_SLOT] = {
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
};

/* ---- nodes and nibbles ----------------------------------------------------------------------- */

static struct leaf *as_leaf(struct mpt_node *node)
{
    ASSERT(node->kind == NODE_LEAF);
    return (struct leaf *)node;
}

static struct extension *as_extension(struct mpt_node *node)
{
    ASSERT(node->kind == NODE_EXTENSION);
    return (struct extension *)node;
}

static struct branch *as_branch(struct mpt_node *node)
{
    ASSERT(node->kind == NODE_BRANCH);
    return (struct branch *)node;
}

/* value_of returns a leaf's value, the empty string when there is no leaf. */
static struct bytes value_of(struct mpt_node *node)
{
    if (node == NULL) {
        return bytes_from(NULL, 0);
    }
    const struct leaf *leaf = as_leaf(node);
    return bytes_from(leaf->value, leaf->value_len);
}

static bool leaf_has_value(const struct leaf *leaf, struct bytes value)
{
    return leaf->value_len == value.len && memcmp(leaf->value, value.ptr, value.len) == 0;
}

/* branch_set hangs a node into slot s, where nothing is behind; NULL takes away what hangs there.
 * */
static void branch_set(struct branch *branch, unsigned s, struct mpt_node *child)
{
    uint32_t bit = 1u << s;
    branch->child[s].node = child;
    branch->children = child != NULL ? branch->children | bit : branch->children & ~bit;
}

static bool is_behind(const struct mpt_node *node, unsigned s)
{
    return (node->behind >> s & 1u) != 0;
}

/* child_at returns the place of child s of a branch, or of an extension's child, which is 0. */
static union child *child_at(struct mpt_node *node, unsigned s)
{
    return node->kind == NODE_BRANCH ? &as_branch(node)->child[s] : &as_extension(node)->child;
}

/* child_ref returns the ref of a child that is there and, if it is a node, has one. */
static struct bytes child_ref(const struct mpt_node *parent, const union child *child, unsigned s)
{
    if (is_behind(parent, s)) {
        return bytes_from(child->ref, node_ref_len(child->ref));
    }
    return bytes_from(child->node->ref, child->node->ref_len);
}

/* lowest_bit returns the number of the lowest bit set. In: set, not 0. */
static unsigned lowest_bit(uint32_t set)
{
    return (unsigned)__builtin_ctz(set);
}

static unsigned nibble_count(struct bytes key)
{
    return 2 * (unsigned)key.len;
}

/* slot_at tells in which slot of a branch at nibble `index` a key of `count` nibbles goes on. */
static unsigned slot_at(const uint8_t *key, unsigned count, unsigned index)
{
    return index == count ? VALUE_SLOT : node_nibble(key, index);
}

/* nibbles_agree returns where keys a and b, known to agree up to nibble `from`, first differ; at
 * most `end`, which neither key is shorter than. */
static unsigned nibbles_agree(const uint8_t *a, const uint8_t *b, unsigned from, unsigned end)
{
    for (unsigned i = from / 2; 2 * i < end; i++) {
        if (a[i] != b[i]) {
            return 2 * i + ((a[i] >> 4) == (b[i] >> 4) ? 1 : 0); /* <= end, as 2 * i < end */
        }
    }
    return end;
}

/* common_end returns where `key` leaves the path of `node`, node->to when it does not. */
static unsigned common_end(const struct mpt_node *node, struct bytes key)
{
    unsigned count = nibble_count(key);
    return nibbles_agree(node->key, key.ptr, node->from, node->to < count ? node->to : count);
}

/* ---- loading --------------------------------------------------------------------------------- */

static size_t round_up_8(size_t len)
{
    return (len + 7) & ~(size_t)7;
}

/* copy_nibbles copies the first `count` nibbles of a key, and leaves 0 in the half byte after
 * them. */
static void copy_nibbles(uint8_t *to, const uint8_t *from, unsigned count)
{
    bytes_copy(to, from, (count + 1) / 2);
    if (count % 2 == 1) {
        to[count / 2] &= 0xf0;
    }
}

/* put_nibble sets nibble `index` of a key that has 0 there. */
static void put_nibble(uint8_t *key, unsigned index, unsigned nibble)
{
    key[index / 2] |= (uint8_t)(index % 2 == 0 ? nibble << 4 : nibble);
}

/* put_path writes the path of a node that stands at nibble `from` into its key. A leaf's ends with
 * a byte, so its bytes are those of the key. */
static void put_path(uint8_t *key, const struct node *node, unsigned from)
{
    unsigned i = 0;
    if (node->kind == NODE_LEAF && node->path_count != 0) {
        if (from % 2 == 1) {
            put_nibble(key, from, node_path_nibble(node, i++));
        }
        bytes_copy(key + (from + i) / 2, node->path + 1, (node->path_count - i) / 2);
        return;
    }
    for (; i < node->path_count; i++) {
        put_nibble(key, from + i, node_path_nibble(node, i));
    }
}

/* node_new makes a node of the kind and path of `node`, to which the first `depth` nibbles of
 * `path` lead, with a key of its own: the struct, then the key in one piece. NULL when the arena is
 * full. */
static struct mpt_node *node_new(struct arena *arena, const struct node *node, const uint8_t *path,
                                 unsigned depth)
{
    static const size_t sizes[] = {[NODE_LEAF] = sizeof(struct leaf),
                                   [NODE_EXTENSION] = sizeof(struct extension),
                                   [NODE_BRANCH] = sizeof(struct branch)};
    unsigned to = depth + node->path_count;
    size_t size = sizes[node->kind];
    struct mpt_node *out =
        arena_alloc(arena, 1, size + round_up_8((to + 1) / 2), _Alignof(struct branch));
    if (out == NULL) {
        return NULL;
    }
    uint8_t *key = (uint8_t *)out + size;
    copy_nibbles(key, path, depth);
    put_path(key, node, depth);
    out->kind = (uint8_t)node->kind;
    out->from = (uint8_t)depth;
    out->to = (uint8_t)to;
    out->behind = (uint16_t)node->children;
    out->key = key;
    return out;
}

/* leaf_from, extension_from and branch_from make a node of what node_read gave; see node_new. */
static struct mpt_node *leaf_from(struct arena *arena, const struct node *node, const uint8_t *path,
                                  unsigned depth)
{
    struct mpt_node *out = node_new(arena, node, path, depth);
    if (out != NULL) {
        as_leaf(out)->value = node->value.ptr;
        as_leaf(out)->value_len = (uint32_t)node->value.len;
    }
    return out;
}

static struct mpt_node *extension_from(struct arena *arena, const struct node *node,
                                       const uint8_t *path, unsigned depth)
{
    struct mpt_node *out = node_new(arena, node, path, depth);
    if (out != NULL) {
        as_extension(out)->child.ref = node->ref[0];
    }
    return out;
}

static struct mpt_node *branch_from(struct arena *arena, const struct node *node,
                                    const uint8_t *path, unsigned depth)
{
    struct mpt_node *out = node_new(arena, node, path, depth);
    if (out == NULL) {
        return NULL;
    }
    struct branch *branch = as_branch(out);
    branch->children = node->children;
    for (unsigned s = 0; s < VALUE_SLOT; s++) {
        branch->child[s].ref = node->ref[s];
    }
    if (node->value.len != 0) {
        struct node ends_here = {.kind = NODE_LEAF, .value = node->value};
        branch_set(branch, VALUE_SLOT, leaf_from(arena, &ends_here, path, depth));
        return branch->child[VALUE_SLOT].node != NULL ? out : NULL;
    }
    return out;
}

/* explain notes in trie->missing that `e` is about the node behind `ref`; returns `e`. */
static enum err explain(struct mpt *trie, enum err e, const uint8_t *ref, const uint8_t *path,
                        unsigned depth)
{
    struct mpt_missing *missing = &trie->missing;
    *missing = (struct mpt_missing){.nibble_count = depth};
    copy_nibbles(missing->path, path, depth);
    if (ref[0] == NODE_HASH_FIRST) {
        memcpy(missing->hash.b, ref + 1, sizeof(missing->hash.b));
    } else {
        keccak256(&missing->hash, ref, node_ref_len(ref));
    }
    return e;
}

/* fetch finds the RLP of the node behind `ref`: the ref itself, or what the source has. */
static enum err fetch(struct mpt *trie, struct bytes *out, const uint8_t *ref)
{
    if (ref[0] != NODE_HASH_FIRST) {
        *out = bytes_from(ref, node_ref_len(ref));
        return OK;
    }
    struct hash32 hash;
    memcpy(hash.b, ref + 1, sizeof(hash.b));
    return trie->source == NULL ? ERR_STATE_MISSING
                                : trie->source->node(trie->source->context, out, &hash);
}

/* load makes *out of the node behind `ref`, to which the first place.depth nibbles of `path` lead.
 * Errors: those of mpt_open. */
static enum err load(struct mpt *trie, struct mpt_node **out, const uint8_t *ref,
                     const uint8_t *path, struct node_place place)
{
    static struct mpt_node *(*const from[])(struct arena *, const struct node *, const uint8_t *,
                                            unsigned) = {
        [NODE_LEAF] = leaf_from, [NODE_EXTENSION] = extension_from, [NODE_BRANCH] = branch_from};
    struct bytes encoded;
    struct node node;
    enum err e = fetch(trie, &encoded, ref);
    if (e == OK) {
        e = node_read(&node, encoded, place);
    }
    if (e == ERR_STATE_MISSING || e == ERR_MALFORMED) {
        return explain(trie, e, ref, path, place.depth);
    }
    TRY(e);
    if (node.value.len > MPT_VALUE_MAX) {
        return ERR_LIMIT;
    }
    struct mpt_node *loaded = from[node.kind](trie->arena, &node, path, place.depth);
    if (loaded == NULL) {
        return ERR_MEMORY;
    }
    loaded->ref_len = (uint8_t)node_ref_len(ref);
    memcpy(loaded->ref, ref, loaded->ref_len);
    *out = loaded;
    return OK;
}

static enum err load_root(struct mpt *trie)
{
    uint8_t ref[NODE_HASH_REF_LEN] = {NODE_HASH_FIRST};
    memcpy(ref + 1, trie->root_hash.b, sizeof(trie->root_hash.b));
    TRY(load(trie, &trie->root, ref, NULL, (struct node_place){.depth = 0}));
    trie->is_root_behind = false;
    return OK;
}

/* load_child loads child s of `parent` if it is behind. In: `path`, nibbles that lead to it. */
static enum err load_child(struct mpt *trie, struct mpt_node *parent, unsigned s,
                           const uint8_t *path)
{
    if (LIKELY(!is_behind(parent, s))) {
        return OK;
    }
    union child *child = child_at(parent, s);
    const uint8_t *ref = child->ref;
    bool is_extension = parent->kind == NODE_EXTENSION;
    struct node_place place = {.depth = parent->to + (is_extension ? 0u : 1u),
                               .is_behind_hash = ref[0] == NODE_HASH_FIRST,
                               .below_extension = is_extension};
    TRY(load(trie, &child->node, ref, path, place));
    parent->behind &= (uint16_t)~(1u << s);
    return OK;
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* A walk from the root along a key: the slots passed, each holding a node but perhaps the last,
 * which holds
 *   NULL          where the key would hang;
 *   a leaf        of the key, or one that leaves it;
 *   an extension  that leaves the key. */
struct walk {
    struct mpt_node **slot[PATH_MAX_NODES];
    unsigned count;
    unsigned depth;     /* nibbles of the key that lead to the last slot */
    unsigned slot_last; /* the number of the last slot in its branch, if it is in one */
};

/* walk_along loads what is behind on its way. Errors: those of mpt_open. */
static enum err walk_along(struct walk *w, struct mpt *trie, struct bytes key)
{
    if (trie->is_root_behind) {
        TRY(load_root(trie));
    }
    struct mpt_node **slot = &trie->root;
    w->count = 0;
    w->depth = 0;
    w->slot_last = 0;
    for (;;) {
        ASSERT(w->count < PATH_MAX_NODES);
        w->slot[w->count++] = slot;
        struct mpt_node *node = *slot;
        if (node == NULL || node->kind == NODE_LEAF) {
            return OK;
        }
        if (node->kind == NODE_EXTENSION) {
            if (common_end(node, key) < node->to) {
                return OK;
            }
            TRY(load_child(trie, node, 0, key.ptr));
            slot = &as_extension(node)->child.node;
            w->depth = node->to;
        } else {
            unsigned s = slot_at(key.ptr, nibble_count(key), w->depth);
            TRY(load_child(trie, node, s, key.ptr));
            slot = &as_branch(node)->child[s].node;
            w->slot_last = s;
            w->depth += s == VALUE_SLOT ? 0 : 1;
        }
    }
}

/* forget_refs marks the first `count` nodes of the walk as changed. */
static void forget_refs(const struct walk *w, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        (*w->slot[i])->ref_len = 0;
    }
}

static bool leaf_has_key(const struct mpt_node *node, struct bytes key)
{
    return node->kind == NODE_LEAF && node->to == nibble_count(key) &&
           common_end(node, key) == node->to;
}

/* ---- put ------------------------------------------------------------------------------------- */

/* leaf_new makes a leaf that hangs at nibble `from` of its key: the struct, then the key, then the
 * value in one piece. NULL when the arena is full. */
static struct mpt_node *leaf_new(struct arena *arena, struct bytes key, struct bytes value,
                                 unsigned from)
{
    /* No overflow: value.len <= MPT_VALUE_MAX, key.len <= MPT_KEY_MAX. */
    size_t value_cap = round_up_8(value.len);
    size_t size = sizeof(struct leaf) + round_up_8(key.len) + value_cap;
    struct leaf *leaf = arena_alloc(arena, 1, size, _Alignof(struct leaf));
    if (leaf == NULL) {
        return NULL;
    }
    uint8_t *key_copy = (uint8_t *)(leaf + 1);
    uint8_t *value_copy = key_copy + round_up_8(key.len);
    bytes_copy(key_copy, key.ptr, key.len);
    bytes_copy(value_copy, value.ptr, value.len);
    leaf->node.kind = NODE_LEAF;
    leaf->node.from = (uint8_t)from;
    leaf->node.to = (uint8_t)nibble_count(key);
    leaf->node.key = key_copy;
    leaf->room = value_copy;
    leaf->value_len = (uint32_t)value.len;
    leaf->value_cap = (uint32_t)value_cap;
    return &leaf->node;
}

/* leaf_update replaces a leaf's value, in place where the new one fits.
 * Errors: ERR_MEMORY, and nothing has changed. */
static enum err leaf_update(struct arena *arena, struct leaf *leaf, struct bytes value)
{
    if (value.len > leaf->value_cap) {
        uint8_t *longer = ARENA_NEW(arena, uint8_t, value.len);
        if (longer == NULL) {
            return ERR_MEMORY;
        }
        leaf->room = longer;
        leaf->value_cap = (uint32_t)value.len;
    }
    memcpy(leaf->room, value.ptr, value.len);
    leaf->value_len = (uint32_t)value.len;
    leaf->node.ref_len = 0;
    return OK;
}

/* branch_adopt hangs into a branch at nibble branch->node.to what is left of `node`, a leaf or an
 * extension whose path goes through there. An extension with nothing left is dropped. */
static void branch_adopt(struct branch *branch, struct mpt_node *node)
{
    unsigned at = branch->node.to;
    unsigned s = slot_at(node->key, node->to, at);
    if (node->kind == NODE_EXTENSION && at + 1 == node->to) {
        branch->children |= 1u << s;
        branch->node.behind |= (uint16_t)((node->behind & 1u) << s);
        branch->child[s] = as_extension(node)->child;
        return;
    }
    node->from = (uint8_t)(s == VALUE_SLOT ? at : at + 1);
    node->ref_len = 0;
    branch_set(branch, s, node);
}

/* split hangs a new leaf beside the node in *slot, a leaf or an extension whose path the key leaves
 * at nibble `at`:
 *
 *   *slot -> node      becomes      *slot -> [extension ->] branch -> rest of node
 *                                            if from < at          -> leaf
 *
 * Errors: ERR_MEMORY, and nothing has changed. */
static enum err split(struct arena *arena, struct mpt_node **slot, unsigned at, struct bytes key,
                      struct bytes value)
{
    struct mpt_node *node = *slot;
    bool extended = node->from < at;
    size_t mark = arena_mark(arena);
    struct mpt_node *leaf = leaf_new(arena, key, value, at);
    struct branch *branch = ARENA_NEW(arena, struct branch, 1);
    struct extension *extension = extended ? ARENA_NEW(arena, struct extension, 1) : NULL;
    if (leaf == NULL || branch == NULL || (extended && extension == NULL)) {
        arena_rewind(arena, mark);
        return ERR_MEMORY;
    }
    branch->node.kind = NODE_BRANCH;
    branch->node.from = (uint8_t)at;
    branch->node.to = (uint8_t)at;
    branch->node.key = node->key;
    *slot = &branch->node;
    if (extended) {
        extension->node.kind = NODE_EXTENSION;
        extension->node.from = node->from;
        extension->node.to = (uint8_t)at;
        extension->node.key = node->key;
        extension->child.node = &branch->node;
        *slot = &extension->node;
    }
    branch_adopt(branch, node);
    branch_adopt(branch, leaf);
    return OK;
}

static enum err set_value(struct mpt *trie, struct bytes key, struct bytes value)
{
    struct walk w;
    TRY(walk_along(&w, trie, key));
    struct mpt_node **slot = w.slot[w.count - 1];
    if (*slot == NULL) {
        struct mpt_node *leaf = leaf_new(trie->arena, key, value, w.depth);
        if (leaf == NULL) {
            return ERR_MEMORY;
        }
        if (w.count == 1) {
            trie->root = leaf;
        } else {
            branch_set(as_branch(*w.slot[w.count - 2]), w.slot_last, leaf);
        }
    } else if (leaf_has_key(*slot, key)) {
        if (leaf_has_value(as_leaf(*slot), value)) {
            return OK;
        }
        TRY(leaf_update(trie->arena, as_leaf(*slot), value));
    } else {
        TRY(split(trie->arena, slot, common_end(*slot, key), key, value));
    }
    forget_refs(&w, w.count - 1);
    return OK;
}

/* ---- removal --------------------------------------------------------------------------------- */

/* load_sibling finds out whether a branch without its child s has one child only: *only is that
 * child, loaded, or NULL when there are more. */
static enum err load_sibling(struct mpt *trie, struct mpt_node **only, struct branch *branch,
                             unsigned s)
{
    uint32_t others = branch->children & ~(1u << s);
    *only = NULL;
    if ((others & (others - 1)) != 0) {
        return OK;
    }
    unsigned sibling = lowest_bit(others);
    if (sibling != VALUE_SLOT) {
        uint8_t path[MPT_KEY_MAX] = {0};
        copy_nibbles(path, branch->node.key, branch->node.to);
        put_nibble(path, branch->node.to, sibling);
        TRY(load_child(trie, &branch->node, sibling, path));
    }
    *only = branch->child[sibling].node;
    return OK;
}

/* join puts a branch's only child in the branch's place. `top` holds the branch, or the extension
 * that leads to it, whose path then joins too:
 *
 *   child       becomes, from the top's `from` on
 *   leaf        the leaf
 *   extension   the extension
 *   branch      an extension to it, made of the top node, behind which nothing is anymore: the
 *               walk and load_sibling have loaded what there was */
static void join(struct mpt_node **top, struct mpt_node *child)
{
    if (child->kind != NODE_BRANCH) {
        child->from = (*top)->from;
        *top = child;
        return;
    }
    (*top)->kind = NODE_EXTENSION;
    (*top)->to = child->from;
    (*top)->key = child->key;
    as_extension(*top)->child.node = child;
}

static enum err remove_key(struct mpt *trie, struct bytes key)
{
    struct walk w;
    TRY(walk_along(&w, trie, key));
    unsigned top = w.count - 1; /* the lowest slot of the walk whose node changes and stays */
    const struct mpt_node *leaf = *w.slot[top];
    if (leaf == NULL || !leaf_has_key(leaf, key)) {
        return OK;
    }
    if (top == 0) {
        trie->root = NULL;
        return OK;
    }
    top--;
    struct branch *branch = as_branch(*w.slot[top]);
    struct mpt_node *only;
    TRY(load_sibling(trie, &only, branch, w.slot_last));
    branch_set(branch, w.slot_last, NULL);
    if (only != NULL) {
        if (top > 0 && (*w.slot[top - 1])->kind == NODE_EXTENSION) {
            top--;
        }
        join(w.slot[top], only);
    }
    forget_refs(&w, top + 1);
    return OK;
}

/* ---- hashing --------------------------------------------------------------------------------- */

/* The path of a leaf or extension in the hex prefix encoding (Yellow Paper, appendix C). */
struct hex_prefix {
    uint8_t b[1 + MPT_KEY_MAX];
    size_t len;
};

static void hex_prefix_encode(struct hex_prefix *out, const struct mpt_node *node)
{
    const uint8_t *key = node->key;
    unsigned from = node->from;
    unsigned count = node->to - from;
    uint8_t flag = node->kind == NODE_LEAF ? 0x20 : 0;
    out->len = 1 + count / 2;
    if (count % 2 == 1) {
        out->b[0] = (uint8_t)(flag | 0x10u | node_nibble(key, from));
        from++;
    } else {
        out->b[0] = flag;
    }
    if (from % 2 == 0) {
        bytes_copy(out->b + 1, key + from / 2, count / 2);
        return;
    }
    for (unsigned i = 0; i < count / 2; i++) {
        out->b[1 + i] =
            (uint8_t)(node_nibble(key, from + 2 * i) << 4 | node_nibble(key, from + 2 * i + 1));
    }
}

/* payload_size gives the size of the items of the node's RLP. */
static size_t payload_size(struct mpt_node *node, const struct hex_prefix *path)
{
    if (node->kind == NODE_BRANCH) {
        const struct branch *branch = as_branch(node);
        size_t size = VALUE_SLOT + rlp_string_size(value_of(branch->child[VALUE_SLOT].node));
        for (uint32_t left = branch->children & NIBBLE_SLOTS; left != 0; left &= left - 1) {
            unsigned s = lowest_bit(left);
            size += child_ref(node, &branch->child[s], s).len - 1u;
        }
        return size;
    }
    size_t size = rlp_string_size(bytes_from(path->b, path->len));
    return size + (node->kind == NODE_LEAF ? rlp_string_size(value_of(node))
                                           : child_ref(node, &as_extension(node)->child, 0).len);
}

/* branch_write writes the items of a branch. It goes from child to child by the bit set: most
 * branches over hashes have two or three children in places that no branch predictor knows, and
 * looking at all 16 slots took 5 % of building a trie. */
static void branch_write(struct writer *w, const struct branch *branch)
{
    unsigned next = 0;
    for (uint32_t left = branch->children & NIBBLE_SLOTS; left != 0; left &= left - 1) {
        unsigned s = lowest_bit(left);
        struct bytes ref = child_ref(&branch->node, &branch->child[s], s);
        writer_put(w, empty_strings, s - next);
        writer_put(w, ref.ptr, ref.len);
        next = s + 1;
    }
    writer_put(w, empty_strings, VALUE_SLOT - next);
    rlp_string_write(w, value_of(branch->child[VALUE_SLOT].node));
}

static void payload_write(struct writer *w, struct mpt_node *node, const struct hex_prefix *path)
{
    if (node->kind == NODE_BRANCH) {
        branch_write(w, as_branch(node));
        return;
    }
    rlp_string_write(w, bytes_from(path->b, path->len));
    if (node->kind == NODE_LEAF) {
        rlp_string_write(w, value_of(node));
    } else {
        struct bytes ref = child_ref(node, &as_extension(node)->child, 0);
        writer_put(w, ref.ptr, ref.len);
    }
}

/* struct form: what is known of a node's RLP before it is written. */
struct form {
    struct hex_prefix path;
    size_t payload_len;
    size_t len;
};

/* form_of measures a node whose children's refs are set. */
static struct form form_of(struct mpt_node *node)
{
    struct form form = {.path = {.len = 0}};
    if (node->kind != NODE_BRANCH) {
        hex_prefix_encode(&form.path, node);
    }
    form.payload_len = payload_size(node, &form.path);
    form.len = rlp_list_size(form.payload_len);
    return form;
}

/* form_write writes the node's RLP, form->len bytes of it. */
static struct bytes form_write(uint8_t *buf, const struct form *form, struct mpt_node *node)
{
    struct writer w = writer_to(buf, form->len);
    rlp_list_write(&w, form->payload_len);
    payload_write(&w, node, &form->path);
    ASSERT(w.len == form->len);
    return writer_view(&w);
}

/* encode puts together the RLP of a node whose children's refs are set: in `small`, a buffer of
 * SMALL_NODE_SIZE bytes, or in the arena where that is too small. Errors: ERR_MEMORY. */
static enum err encode(struct bytes *out, struct arena *arena, struct mpt_node *node,
                       uint8_t *small)
{
    struct form form = form_of(node);
    uint8_t *buf = form.len <= SMALL_NODE_SIZE ? small : ARENA_NEW(arena, uint8_t, form.len);
    if (buf == NULL) {
        return ERR_MEMORY;
    }
    *out = form_write(buf, &form, node);
    return OK;
}

static void set_ref_embedded(struct mpt_node *node, struct bytes rlp)
{
    memcpy(node->ref, rlp.ptr, rlp.len);
    node->ref_len = (uint8_t)rlp.len;
}

static void set_ref_hash(struct mpt_node *node, const struct hash32 *hash)
{
    node->ref[0] = NODE_HASH_FIRST;
    memcpy(node->ref + 1, hash->b, sizeof(hash->b));
    node->ref_len = NODE_HASH_REF_LEN;
}

/* compute_ref sets node->ref, where those of its children are set. `small` is as for encode. */
static enum err compute_ref(struct arena *arena, struct mpt_node *node, uint8_t *small)
{
    struct bytes rlp;
    size_t mark = arena_mark(arena);
    TRY(encode(&rlp, arena, node, small));
    if (rlp.len <= NODE_EMBEDDED_MAX) {
        set_ref_embedded(node, rlp);
    } else {
        struct hash32 hash;
        keccak256(&hash, rlp.ptr, rlp.len);
        set_ref_hash(node, &hash);
    }
    arena_rewind(arena, mark);
    return OK;
}

/* A node whose children are being visited, and which of them are still to come. */
struct visit {
    struct mpt_node *node;
    uint32_t left; /* of a branch: bit n for child n; of an extension: bit 0 */
};

static struct visit visit_start(struct mpt_node *node)
{
    uint32_t left = node->kind == NODE_EXTENSION ? 1 : 0;
    if (node->kind == NODE_BRANCH) {
        left = as_branch(node)->children & NIBBLE_SLOTS;
    }
    return (struct visit){node, left & ~(uint32_t)node->behind};
}

/* prefetch_node fetches a node that will be looked at after the next one, and the key and value
 * behind a leaf: nodes lie far apart in memory. It takes 9 % off building a trie of 10,000 keys and
 * its root, 21 % at 100,000. */
static void prefetch_node(const struct mpt_node *node)
{
    const uint8_t *line = (const uint8_t *)node;
    __builtin_prefetch(line);
    __builtin_prefetch(line + 64);
    __builtin_prefetch(line + 128);
}

/* next_child returns the next child of the visited node, NULL after the last. */
static struct mpt_node *next_child(struct visit *v)
{
    if (v->left == 0) {
        return NULL;
    }
    unsigned s = lowest_bit(v->left);
    v->left &= v->left - 1;
    if (v->left != 0) {
        prefetch_node(as_branch(v->node)->child[lowest_bit(v->left)].node);
    }
    return child_at(v->node, s)->node;
}

/* next_changed returns the next child that has no ref, NULL after the last. */
static struct mpt_node *next_changed(struct visit *v)
{
    struct mpt_node *child;
    do {
        child = next_child(v);
    } while (child != NULL && child->ref_len != 0);
    return child;
}

/* Changed nodes by their distance from the root, so that when those further away have their refs,
 * all nodes of a level can be hashed together. A changed node has no ref, so the bytes of its `ref`
 * hold the link to the next of its level. */
struct levels {
    struct mpt_node *first[PATH_MAX_NODES];
    uint32_t count[PATH_MAX_NODES];
    unsigned end; /* there are none from here on */
};

static struct mpt_node *next_of_level(const struct mpt_node *node)
{
    struct mpt_node *next;
    memcpy(&next, node->ref, sizeof(struct mpt_node *));
    return next;
}

static void levels_add(struct levels *levels, unsigned depth, struct mpt_node *node)
{
    ASSERT(depth < PATH_MAX_NODES);
    memcpy(node->ref, &levels->first[depth], sizeof(struct mpt_node *));
    levels->first[depth] = node;
    levels->count[depth]++;
    levels->end = depth < levels->end ? levels->end : depth + 1;
}

/* levels_add_all adds `root`, a changed node, and all changed nodes below it. */
static void levels_add_all(struct levels *levels, struct mpt_node *root)
{
    struct visit stack[PATH_MAX_NODES];
    unsigned depth = 0;
    levels_add(levels, 0, root);
    stack[0] = visit_start(root);
    for (;;) {
        struct mpt_node *child = next_changed(&stack[depth]);
        if (child != NULL) {
            depth++;
            levels_add(levels, depth, child);
            stack[depth] = visit_start(child);
        } else if (depth == 0) {
            return;
        } else {
            depth--;
        }
    }
}

/* struct batch: nodes whose RLP waits to be hashed. */
struct batch {
    struct mpt_node *node[BATCH_MAX];
    struct bytes rlp[BATCH_MAX];
    size_t count;
    size_t used;
    uint8_t buf[BATCH_BYTES];
};

static void batch_hash(struct batch *batch)
{
    struct hash32 hash[BATCH_MAX];
    keccak256_batch(hash, batch->rlp, batch->count);
    for (size_t i = 0; i < batch->count; i++) {
        set_ref_hash(batch->node[i], &hash[i]);
    }
    batch->count = 0;
    batch->used = 0;
}

/* batch_add writes a node's RLP and lets it wait, unless it is to be embedded. */
static void batch_add(struct batch *batch, struct mpt_node *node, const struct form *form)
{
    if (batch->count == BATCH_MAX || form->len > BATCH_BYTES - batch->used) {
        batch_hash(batch);
    }
    struct bytes rlp = form_write(batch->buf + batch->used, form, node);
    if (rlp.len <= NODE_EMBEDDED_MAX) {
        set_ref_embedded(node, rlp);
        return;
    }
    batch->node[batch->count] = node;
    batch->rlp[batch->count] = rlp;
    batch->count++;
    batch->used += rlp.len;
}

/* hash_many sets the refs of a level's nodes together. Not inlined: its frame is large. */
static NOINLINE enum err hash_many(struct arena *arena, struct mpt_node *node)
{
    struct batch batch;
    batch.count = 0;
    batch.used = 0;
    while (node != NULL) {
        struct mpt_node *next = next_of_level(node);
        if (next != NULL) {
            prefetch_node(next);
        }
        struct form form = form_of(node);
        if (form.len <= SMALL_NODE_SIZE) {
            batch_add(&batch, node, &form);
        } else {
            TRY(compute_ref(arena, node, NULL)); /* in the arena */
        }
        node = next;
    }
    batch_hash(&batch);
    return OK;
}

/* hash_few sets them one after the other. */
static enum err hash_few(struct arena *arena, struct mpt_node *node)
{
    uint8_t small[SMALL_NODE_SIZE];
    while (node != NULL) {
        struct mpt_node *next = next_of_level(node);
        TRY(compute_ref(arena, node, small));
        node = next;
    }
    return OK;
}

static enum err levels_hash(const struct levels *levels, struct arena *arena)
{
    for (unsigned depth = levels->end; depth-- > 0;) {
        struct mpt_node *first = levels->first[depth];
        TRY(levels->count[depth] < MANY ? hash_few(arena, first) : hash_many(arena, first));
    }
    return OK;
}

/* root_hash_of gives the hash of a root that has a ref: TRIE(J) = KEC(c(J, 0)), also when a parent
 * would embed it. */
static struct hash32 root_hash_of(const struct mpt_node *root)
{
    struct hash32 hash;
    if (root->ref_len < NODE_HASH_REF_LEN) {
        keccak256(&hash, root->ref, root->ref_len);
    } else {
        memcpy(hash.b, root->ref + 1, sizeof(hash.b));
    }
    return hash;
}

/* show shows a node that has a hash to `visit`. */
static enum err show(struct mpt *trie, struct mpt_node *node, mpt_visit *visit, void *context)
{
    bool is_root = node == trie->root;
    if (!is_root && node->ref_len < NODE_HASH_REF_LEN) {
        return OK;
    }
    uint8_t small[SMALL_NODE_SIZE];
    struct bytes rlp;
    size_t mark = arena_mark(trie->arena);
    TRY(encode(&rlp, trie->arena, node, small));
    size_t encoded = arena_mark(trie->arena);
    struct hash32 hash = root_hash_of(node);
    TRY(visit(context, &hash, rlp));
    if (arena_mark(trie->arena) == encoded) {
        arena_rewind(trie->arena, mark); /* unless the visit took memory behind it */
    }
    return OK;
}

/* ---- public ---------------------------------------------------------------------------------- */

void mpt_init(struct mpt *trie, struct arena *arena)
{
    *trie = (struct mpt){.arena = arena};
}

void mpt_open(struct mpt *trie, struct arena *arena, const struct hash32 *root,
              const struct mpt_source *source)
{
    *trie = (struct mpt){.arena = arena, .source = source, .root_hash = *root};
    trie->is_root_behind = !hash32_equal(root, &MPT_EMPTY_ROOT);
}

enum err mpt_get(struct mpt *trie, struct bytes *value, struct bytes key)
{
    struct walk w;
    TRY(walk_along(&w, trie, key));
    struct mpt_node *last = *w.slot[w.count - 1];
    *value = value_of(last != NULL && leaf_has_key(last, key) ? last : NULL);
    return OK;
}

enum err mpt_put(struct mpt *trie, struct bytes key, struct bytes value)
{
    if (key.len > MPT_KEY_MAX || value.len > MPT_VALUE_MAX) {
        return ERR_LIMIT;
    }
    if (value.len == 0) {
        return remove_key(trie, key);
    }
    return set_value(trie, key, value);
}

/* update_some makes those changes that set a value, or those that remove it. */
static enum err update_some(struct mpt *trie, const struct mpt_change *changes, size_t count,
                            bool removals)
{
    for (size_t i = 0; i < count; i++) {
        if ((changes[i].value.len == 0) == removals) {
            TRY(mpt_put(trie, changes[i].key, changes[i].value));
        }
    }
    return OK;
}

enum err mpt_update(struct mpt *trie, const struct mpt_change *changes, size_t count)
{
    TRY(update_some(trie, changes, count, false));
    return update_some(trie, changes, count, true);
}

enum err mpt_hash(struct mpt *const *tries, size_t count)
{
    struct levels levels = {.end = 0};
    for (size_t i = 0; i < count; i++) {
        struct mpt_node *root = tries[i]->root;
        if (root != NULL && root->ref_len == 0) {
            levels_add_all(&levels, root);
        }
    }
    return count == 0 ? OK : levels_hash(&levels, tries[0]->arena);
}

enum err mpt_root(struct mpt *trie, struct hash32 *out)
{
    TRY(mpt_hash(&trie, 1));
    if (trie->is_root_behind) {
        *out = trie->root_hash;
    } else {
        *out = trie->root == NULL ? MPT_EMPTY_ROOT : root_hash_of(trie->root);
    }
    return OK;
}

enum err mpt_prove(struct mpt *trie, struct bytes key, mpt_visit *visit, void *context)
{
    struct walk w;
    TRY(walk_along(&w, trie, key));
    TRY(mpt_hash(&trie, 1));
    for (unsigned i = 0; i < w.count && *w.slot[i] != NULL; i++) {
        TRY(show(trie, *w.slot[i], visit, context));
    }
    return OK;
}

enum err mpt_nodes(struct mpt *trie, mpt_visit *visit, void *context)
{
    struct visit stack[PATH_MAX_NODES];
    unsigned depth = 0;
    TRY(mpt_hash(&trie, 1));
    if (trie->root == NULL) {
        return OK;
    }
    TRY(show(trie, trie->root, visit, context));
    stack[0] = visit_start(trie->root);
    for (;;) {
        struct mpt_node *child = next_child(&stack[depth]);
        if (child != NULL) {
            TRY(show(trie, child, visit, context));
            depth++;
            ASSERT(depth < PATH_MAX_NODES);
            stack[depth] = visit_start(child);
        } else if (depth == 0) {
            return OK;
        } else {
            depth--;
        }
    }
}
