#ifndef TRIE_PROOF_H
#define TRIE_PROOF_H

/* proof.h: checks the proof of one key: the nodes on its path, as EIP-1186 (eth_getProof) lists
 * them. Absence is proven as firmly as presence. */

#include "base/bytes.h"
#include "base/err.h"

/* Where a proof's path ends. Only at PROOF_VALUE is the key present. */
enum proof_end {
    PROOF_VALUE,           /* at the key's value */
    PROOF_EMPTY_TRIE,      /* the root is that of the empty trie */
    PROOF_EMPTY_SLOT,      /* at a branch that has nothing where the key goes on, or ends */
    PROOF_OTHER_LEAF,      /* at a leaf of another key */
    PROOF_OTHER_EXTENSION, /* at an extension that leaves the key */
};

/* struct proof: what a list of nodes proves. */
struct proof {
    enum proof_end end;
    struct bytes value; /* a view of the last node; empty exactly when the key is absent */
};

/* proof_verify finds what the nodes prove of `key` in the trie with root hash `root`. In: `count`
 * nodes, each with its RLP: first the root, then on the key's path each that its parent names by
 * hash; nodes that stand inside their parents are not listed. Of the empty trie no nodes, or the
 * empty string's RLP, whose hash its root is. Servers have listed all of these, and also elements
 * without a byte, which carry nothing and are skipped.
 * Errors: ERR_MALFORMED (a node's hash is not the one named before it, it is not the one form that
 *   a node has, or cannot stand there; or a node is left over), ERR_STATE_MISSING (the list ends
 *   before the path), ERR_LIMIT (a key longer than MPT_KEY_MAX); *detail says which node, counted
 *   from 0.
 * Cost: a keccak256 for each node on the path, at most 65. Takes no memory. */
enum err proof_verify(struct proof *out, const struct hash32 *root, struct bytes key,
                      const struct bytes *nodes, size_t count, struct err_detail *detail);

/* proof_end_name returns the end's name as a static string: "value", "empty-trie", "empty-slot",
 * "other-leaf", "other-extension". */
const char *proof_end_name(enum proof_end end);

#endif
