#ifndef TRIE_MPT_H
#define TRIE_MPT_H

/* mpt.h: the modified Merkle Patricia trie (Yellow Paper, appendix D), the map from keys to values
 * whose root hash commits to all of them. Keys are byte strings; the caller hashes them where the
 * protocol wants that (accounts, storage) and passes them as they are where it does not
 * (transactions, receipts).
 *
 * A trie begins empty (mpt_init), or as the hash of a root whose nodes a source gives one by one
 * (mpt_open): a partial trie. A node behind a hash is fetched when a walk first needs it, checked
 * for being the one form that a node with its content has, and kept. So a proof or a witness that
 * holds the nodes on the way to some keys is enough to read and to change those keys, and to
 * compute the root after it. What a source cannot give is an error and never an empty answer.
 *
 * The trie is changed by mpt_put in any order, and its root does not depend on the order. Each node
 * keeps its hash until something below it changes, so a root after a few changes costs a few
 * hashes, not the whole trie. */

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* The longest key, in bytes: a hash. The other keys of the protocol, RLP of a list index, have at
 * most 9 bytes. It bounds the depth of a trie: 64 nibbles, so 65 nodes from the root to a value. */
#define MPT_KEY_MAX 32u

/* The longest value, in bytes: more than any block holds, and 32 bits hold its size. */
#define MPT_VALUE_MAX (1u << 30)

/* keccak256(rlp("")): the root hash of the empty trie (Yellow Paper, appendix D). */
extern const struct hash32 MPT_EMPTY_ROOT;

struct mpt_node;

/* struct mpt_source gives nodes by their hash: *out is set to the bytes whose keccak256 is `hash`,
 * which the source has checked; they hold as long as the trie does. Errors: ERR_STATE_MISSING when
 * it has none; others stop the call that asked. */
struct mpt_source {
    enum err (*node)(void *context, struct bytes *out, const struct hash32 *hash);
    void *context;
};

/* struct mpt_missing names a node by its hash and its place: the nibbles that lead there from the
 * root, high nibble of each byte first. */
struct mpt_missing {
    struct hash32 hash;
    unsigned nibble_count;
    uint8_t path[MPT_KEY_MAX];
};

/* struct mpt is one trie, or the empty trie when it has no root. Its nodes, keys and values live in
 * the arena and are given back with it: do not use the trie after the arena is reset, or rewound to
 * before the last call that took the trie. Copying the struct does not copy the trie. */
struct mpt {
    struct arena *arena;
    struct mpt_node *root;
    const struct mpt_source *source; /* NULL: what is not in memory cannot be had */
    struct mpt_missing missing;      /* the node that the last ERR_STATE_MISSING, or ERR_MALFORMED,
                                        was about */
    struct hash32 root_hash;         /* of the root, while only that is known of it */
    bool is_root_behind;             /* root_hash is set, and root is not */
};

/* mpt_init makes *trie the empty trie, which takes its memory from `arena`. Many tries may share an
 * arena. Takes no memory itself. */
void mpt_init(struct mpt *trie, struct arena *arena);

/* mpt_open makes *trie the trie with this root hash, of which nothing is known yet; the empty trie
 * when it is that one's. `source` stays the caller's and must hold as long as the trie. Takes no
 * memory itself.
 *
 * Errors that every function below may then give: ERR_STATE_MISSING (the source lacks a node on the
 *   way), ERR_MALFORMED (it gave bytes that are no node, or not one that can stand there); both
 *   name the node in trie->missing. ERR_MEMORY (no room to keep a node), and those of the source.
 *   What the trie holds is unchanged. */
void mpt_open(struct mpt *trie, struct arena *arena, const struct hash32 *root,
              const struct mpt_source *source);

/* mpt_get finds the value of `key`: *value is a view that holds until the trie changes, empty when
 * the key is proven absent. Errors: those of mpt_open, and none without a source.
 * Cost: a walk along the key. Memory: that of the nodes fetched, about 200 bytes for a branch, 100
 *   for a leaf or an extension; values stay where the source has them. */
enum err mpt_get(struct mpt *trie, struct bytes *value, struct bytes key);

/* mpt_put sets the value of `key`, or removes the key when `value` is empty (the trie holds no
 * empty values). Putting the value that is there already, or removing a key that is not, changes
 * nothing and costs no hashing later. In: key and value, copied; neither may lie in the trie's own
 * nodes. Errors: those of mpt_open; ERR_LIMIT (the key is longer than MPT_KEY_MAX, or the value
 *   than MPT_VALUE_MAX); ERR_MEMORY (the arena is full; removing needs memory only for nodes that
 *   it fetches). What the trie holds is then unchanged.
 * A removal that leaves a branch with one child fetches that child, which joins what is above it.
 * Cost: a walk along the key. Memory, beside the nodes fetched: for a new key 64 bytes, the key and
 *   the value, and in most cases 192 for a branch, rarely 56 more for an extension; for a new value
 *   only when it is longer than the one it replaces, or replaces one of the source's. What a
 *   removed key took is given back only with the arena. */
enum err mpt_put(struct mpt *trie, struct bytes key, struct bytes value);

/* struct mpt_change: what a key is to have; an empty value removes it. */
struct mpt_change {
    struct bytes key;
    struct bytes value;
};

/* mpt_update makes many changes to different keys: all that set a value first, in the order given,
 * then all removals. In this order no branch collapses that a later change would fill again, so a
 * witness must hold only those siblings that the final trie needs, which is how witnesses are made.
 * Errors: those of mpt_put; what came before the change that failed has then been done. */
enum err mpt_update(struct mpt *trie, const struct mpt_change *changes, size_t count);

/* mpt_root computes the root hash: that of the empty trie is keccak256(rlp("")). Fetches nothing.
 * Errors: ERR_MEMORY (a changed node with a value of more than about 500 bytes is put together in
 *   the arena for a moment, and the arena is full). The trie is unchanged, *out too.
 * Cost: one keccak256 of each node changed since the last call, computed together where they stand
 *   at the same depth. */
enum err mpt_root(struct mpt *trie, struct hash32 *out);

/* mpt_hash does the work of mpt_root for several tries at once, so that each mpt_root after it
 * costs nothing: hashes that do not depend on each other are computed together, which is several
 * times as fast. mpt_root does so within its trie; this is for many tries with few changes each.
 * In: different tries that share an arena.
 * Errors: ERR_MEMORY, as for mpt_root; some hashes have then been computed. */
enum err mpt_hash(struct mpt *const *tries, size_t count);

/* mpt_visit takes a node: its hash and its RLP, a view that holds during the call. An error ends
 * the visits and is handed on. It may take memory from the trie's arena, but not use the trie. */
typedef enum err mpt_visit(void *context, const struct hash32 *hash, struct bytes node);

/* mpt_prove visits the nodes that prove what `key` holds, or that it is absent: from the root down
 * the key's path, those that have a hash (the root always has); nodes that stand inside their
 * parents are part of it. This is the list of EIP-1186; none for the empty trie.
 * Errors: those of mpt_open and mpt_root, and those of `visit`. Cost: that of mpt_root first. */
enum err mpt_prove(struct mpt *trie, struct bytes key, mpt_visit *visit, void *context);

/* mpt_nodes visits every node that has a hash and is in memory, not those still behind a source:
 * all that it takes to open this trie again, from its root and the same source. Nodes come in no
 * order, equal ones at several places as often. Errors: those of mpt_root and those of `visit`. */
enum err mpt_nodes(struct mpt *trie, mpt_visit *visit, void *context);

#endif
