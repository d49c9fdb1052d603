#ifndef STATE_DB_TRIE_H
#define STATE_DB_TRIE_H

/* db_trie.h: a database over the state trie and the storage tries (Yellow Paper 4.1), whole ones in
 * memory or partial ones made of a witness: trie nodes, codes and block hashes that somebody sent.
 *
 *   state root --> state trie --> account [nonce, balance, storage root, code hash]
 *                                                             |          |
 *                                  storage trie <-------------+          +--> code
 *
 * Nothing of a witness is believed: nodes and codes are found by their keccak256 alone, starting
 * from the root that the caller trusts, so a wrong one is never found. What is absent from a trie is
 * proven absent; what the witness does not show is ERR_STATE_MISSING, and `missing` says what it
 * was. It never reads as zero.
 *
 * After a block or a bundle, db_trie_apply carries the changes of a struct state into the tries and
 * gives the new root; the database then holds the state after it. */

#include "state/db.h"
#include "state/db_memory.h"
#include "state/state.h"
#include "trie/mpt.h"
#include "trie/preimages.h"

/* DB_TRIE_BLOCK_HASHES: how far back BLOCKHASH reaches (Yellow Paper 9.4, H). */
#define DB_TRIE_BLOCK_HASHES 256u

/* struct db_missing: what a call that returned ERR_STATE_MISSING had looked for. */
enum db_missing_kind {
    DB_MISSING_NOTHING,
    DB_MISSING_ACCOUNT, /* a node on the way to `address` */
    DB_MISSING_SLOT,    /* a node on the way to `slot` of `address` */
    DB_MISSING_CODE,    /* the code with hash `hash` */
    DB_MISSING_BLOCK,   /* the hash of block `number` */
    DB_MISSING_SIBLING, /* db_trie_apply: a node beside a removed account or slot */
};

struct db_missing {
    enum db_missing_kind kind;
    bool in_storage; /* SIBLING: of a slot of `address`, else of an account */
    struct address address;
    struct u256 slot;
    uint64_t number;
    struct hash32 hash; /* of the node or code */
    unsigned nibble_count;
    uint8_t path[32]; /* of the node: its first nibble_count nibbles */
};

/* struct db_trie: everything in it lives in the arena it was made with. Copying does not copy. */
struct db_trie {
    struct arena *arena;
    struct map_key key;
    struct preimages nodes;
    struct preimages codes;
    struct mpt_source source;
    struct mpt accounts;
    struct map opened; /* accounts that were looked at */
    struct db_trie_account *first;
    struct {
        uint64_t number;
        struct hash32 hash;
        bool is_known;
    } blocks[DB_TRIE_BLOCK_HASHES]; /* at number % DB_TRIE_BLOCK_HASHES */
    bool block_was_asked;
    uint64_t block_lowest; /* the lowest number asked for, if block_was_asked */
    struct db_missing missing;
};

/* db_trie_init makes a database of the empty state, in `arena`, which must not be reset before the
 * database is given up. Errors: ERR_MEMORY. */
enum err db_trie_init(struct db_trie *db, struct arena *arena, const struct map_key *key);

/* ---- filling it ------------------------------------------------------------------------------ */

/* db_trie_load puts the accounts of a memory database into an empty state. Codes are views of
 * `memory`, which must outlive the database. Errors: ERR_MEMORY. */
enum err db_trie_load(struct db_trie *db, const struct db_memory *memory);

/* db_trie_add_nodes and db_trie_add_codes add parts of a witness, as views that outlive the
 * database. What is added twice, or is of no use, does no harm. Errors: ERR_MEMORY.
 * Cost: one keccak256 of each. */
enum err db_trie_add_nodes(struct db_trie *db, const struct bytes *nodes, size_t count);
enum err db_trie_add_codes(struct db_trie *db, const struct bytes *codes, size_t count);

/* db_trie_set_root makes the state with this root the one that is read, before anything is looked at;
 * its nodes may be added before or after. */
void db_trie_set_root(struct db_trie *db, const struct hash32 *root);

/* db_trie_set_block_hash says what BLOCKHASH gives for a number. Of numbers that differ by a
 * multiple of DB_TRIE_BLOCK_HASHES the last one set stays. */
void db_trie_set_block_hash(struct db_trie *db, uint64_t number, const struct hash32 *hash);

/* ---- using it ---------------------------------------------------------------------------------- */

/* db_trie_db gives the vtable over a trie database. */
struct state_db db_trie_db(struct db_trie *db);

/* db_trie_apply carries what `state`, a state over this database between two transactions, changed
 * into the tries. In each trie new values are put before old ones are removed, so that the nodes
 * that a witness needs are the same for everybody. May be called again when the state has changed
 * further. Errors: ERR_STATE_MISSING (a removal leaves a branch with one child that the witness
 * does not show, so no root can be given; db->missing names it), ERR_MEMORY, ERR_MALFORMED; the
 * database is then of no use. Cost: one keccak256 and a walk for each changed account and slot. */
enum err db_trie_apply(struct db_trie *db, const struct state *state);

/* db_trie_root computes the root of the state as it is in the tries: after db_trie_apply that of
 * the changed state. Cost: one keccak256 of each changed node. Errors: ERR_MEMORY. */
enum err db_trie_root(struct db_trie *db, struct hash32 *out);

/* db_trie_explain writes what is missing: "account 0x12..: no node at path 0a1: 0x34..", "no code with
 * hash 0x56..", "no hash of block 7"; returns ERR_STATE_MISSING. */
enum err db_trie_explain(const struct db_trie *db, struct err_detail *detail);

/* ---- recording a witness -----------------------------------------------------------------------
 * A database whose tries are whole becomes the source of a witness for what runs next:
 *
 *   db_trie_forget(db);        the tries go into `nodes`, and nothing counts as used
 *   ... run, db_trie_apply ...
 *   preimages_each_used(&db->nodes, ...), (&db->codes, ...), db->block_lowest
 */

/* db_trie_forget stores every node that is in memory in db->nodes, drops the tries but for the root
 * and forgets which nodes, codes and blocks were used. Errors: ERR_MEMORY. */
enum err db_trie_forget(struct db_trie *db);

#endif
