#ifndef TRIE_NODE_H
#define TRIE_NODE_H

/* node.h: reads one node of a trie from its RLP (Yellow Paper, appendix D), for those who get nodes
 * from outside. A node has one form for each content and place, and no other is taken. */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/* A reference to a child is the child's RLP where that is shorter than a hash, and else the RLP of
 * its hash, which begins with NODE_HASH_FIRST. */
#define NODE_HASH_REF_LEN 33u
#define NODE_HASH_FIRST   0xa0u
#define NODE_EMBEDDED_MAX 31u

enum node_kind { NODE_LEAF, NODE_EXTENSION, NODE_BRANCH };

/* struct node: what a node holds, as views of its RLP. */
struct node {
    enum node_kind kind;
    const uint8_t *path;    /* of a leaf or extension: the hex prefix encoding (appendix C) */
    unsigned path_count;    /* nibbles of the path; 0 in a branch */
    struct bytes value;     /* of a leaf, and of a branch where a key ends; else empty */
    uint32_t children;      /* of a branch: bit n for child n; of an extension: bit 0 */
    const uint8_t *ref[16]; /* of the children that there are: a reference, node_ref_len bytes */
};

/* struct node_place: where a node stands. */
struct node_place {
    unsigned depth;       /* nibbles that lead there from the root, at most 64 */
    bool is_behind_hash;  /* a parent names it by its hash; not so the root, nor what is embedded */
    bool below_extension; /* the parent is an extension */
};

/* node_read reads the node that is all of `encoded` and stands at `place`. Checks, beside RLP: two
 * items or 17; a path with known flags and a padding of 0; an extension has a path and a child, a
 * leaf a value, a branch two children at least, of which one may be the value; a child is a hash,
 * or a list that is shorter (what is in the list is checked when it is read as a node); what is
 * behind a hash is too long to be embedded; below an extension is a branch; keys have whole bytes,
 * and at most MPT_KEY_MAX of them. Not checked: that the bytes have the hash.
 * Errors: ERR_MALFORMED. Cost: a look at each item; copies nothing. */
enum err node_read(struct node *out, struct bytes encoded, struct node_place place);

/* node_nibble returns nibble `index` of a key, high nibble of each byte first. */
static inline unsigned node_nibble(const uint8_t *key, unsigned index)
{
    uint8_t byte = key[index / 2];
    return index % 2 == 0 ? byte >> 4 : byte & 15u;
}

/* node_path_nibble returns nibble `i` of the path, i < path_count: the path begins after the flags,
 * and after the padding when it is even. */
static inline unsigned node_path_nibble(const struct node *node, unsigned i)
{
    return node_nibble(node->path, i + 2 - node->path_count % 2);
}

/* node_ref_len returns the length of a reference to a child, one that node_read found. */
static inline unsigned node_ref_len(const uint8_t *ref)
{
    return ref[0] == NODE_HASH_FIRST ? NODE_HASH_REF_LEN : ref[0] - 0xc0u + 1;
}

#endif
