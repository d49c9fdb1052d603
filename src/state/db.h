#ifndef STATE_DB_H
#define STATE_DB_H

/* db.h: where state comes from. A small vtable over whatever holds the state before the simulation:
 * memory (tests, the transfer), later a proved witness. Read only, and allowed to fail: "absent" is
 * an answer (found = false, value 0), "could not look" is an error that stops the simulation. */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/u256.h"

/* What a database knows of an account (Yellow Paper 4.1), without its storage. */
struct db_account {
    struct u256 balance; /* wei */
    uint64_t nonce;
    struct hash32 code_hash;
    bool has_storage; /* the storage root is not the empty trie's (EIP-7610) */
};

/* Every function takes the `db` pointer of its struct state_db first. Errors of all four:
 * ERR_STATE_MISSING when the database cannot tell, ERR_MEMORY, ERR_MALFORMED. */
struct state_db_ops {
    /* account looks an account up; *out is set when *found. */
    enum err (*account)(void *db, bool *found, struct db_account *out,
                        const struct address *address);
    /* storage reads a slot; zero when it is absent. */
    enum err (*storage)(void *db, struct u256 *out, const struct address *address,
                        const struct u256 *slot);
    /* code gives the code with this hash, as a view that holds as long as the database. Never
     * called for the hash of empty code. */
    enum err (*code)(void *db, struct bytes *out, const struct hash32 *code_hash);
    /* block_hash gives the hash of an ancestor block, one of the last 256 (BLOCKHASH). */
    enum err (*block_hash)(void *db, struct hash32 *out, uint64_t number);
};

struct state_db {
    const struct state_db_ops *ops;
    void *db;
};

/* keccak256 of no bytes: the code hash of an account without code (Yellow Paper 4.1). */
extern const struct hash32 EMPTY_CODE_HASH;

#endif
