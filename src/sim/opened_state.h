#ifndef SIM_OPENED_STATE_H
#define SIM_OPENED_STATE_H

/* opened_state.h: a pre-state as a database: what was sent, tied to what the user trusts. */

#include "exec/header.h"
#include "sim/request.h"
#include "state/db_trie.h"

/* struct opened_state: lives in the arena it was opened in. */
struct opened_state {
    struct db_trie db;
    struct hash32 root;
    bool has_header; /* the state is that after this block, or with plain accounts: the block that
                        is simulated comes after it */
    struct header header;
    struct hash32 header_hash;
};

/* opened_state_open reads the headers, checks that they are a chain and the hash and root that were
 * named, checks every proof, and fills the database. Views in *pre must outlive it.
 * Errors: ERR_MALFORMED and the like (a header cannot be read), ERR_REFUSED (they are not a chain;
 *   a hash or root is not the one that was named; a proof does not hold), ERR_STATE_MISSING (no
 *   root), ERR_LIMIT (too many headers), ERR_MEMORY. *detail says which of them and why. */
enum err opened_state_open(struct opened_state *out, struct arena *arena, const struct map_key *key,
                           const struct pre_state *pre, struct err_detail *detail);

#endif
