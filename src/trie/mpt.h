#ifndef TRIE_MPT_H
#define TRIE_MPT_H

/* mpt.h: the modified Merkle Patricia trie (Yellow Paper, appendix D), the map from keys to values
 * whose root hash commits to all of them. Keys are byte strings; the caller hashes them where the
 * protocol wants that (accounts, storage) and passes them as they are where it does not
 * (transactions, receipts).
 *
 * The trie is built by mpt_put in any order, and its root does not depend on the order. Each node
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

struct mpt_node;

/* struct mpt is one trie, or the empty trie when it has no root. Its nodes, keys and values live in
 * the arena and are given back with it: do not use the trie after the arena is reset, or rewound to
 * before the last mpt_put. Copying the struct does not copy the trie. */
struct mpt {
    struct arena *arena;
    struct mpt_node *root;
};

/* mpt_init makes *trie the empty trie, which takes its memory from `arena`. Many tries may share an
 * arena. Takes no memory itself. */
void mpt_init(struct mpt *trie, struct arena *arena);

/* mpt_put sets the value of `key`, or removes the key when `value` is empty (the trie holds no
 * empty values). Putting the value that is there already, or removing a key that is not, changes
 * nothing and costs no hashing later. In: key and value, copied; neither may lie in the trie's own
 * nodes. Errors: ERR_LIMIT (the key is longer than MPT_KEY_MAX, or the value than MPT_VALUE_MAX);
 *   ERR_MEMORY (the arena is full; removing never needs memory). The trie is then unchanged.
 * Cost: a walk along the key. Memory for a new key: 64 bytes, the key and the value, and in most
 *   cases 192 for a branch, rarely 56 more for an extension; for a new value only when it is longer
 *   than the one it replaces. What a removed key took is given back only with the arena. */
enum err mpt_put(struct mpt *trie, struct bytes key, struct bytes value);

/* mpt_root computes the root hash: that of the empty trie is keccak256(rlp("")).
 * Errors: ERR_MEMORY (a changed node with a value of more than about 500 bytes is put together in
 *   the arena for a moment, and the arena is full). The trie is unchanged, *out too.
 * Cost: one keccak256 of each node changed since the last call; nothing else of note. */
enum err mpt_root(struct mpt *trie, struct hash32 *out);

#endif
