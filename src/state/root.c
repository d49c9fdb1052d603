/* The state root of a memory database with changes on top: the tries of the database, then the
 * changes carried into them, as a block's are. */

#include "state/root.h"

#include "state/db_trie.h"

enum err state_root(struct hash32 *out, const struct state *state, const struct db_memory *db)
{
    struct db_trie tries;
    TRY(db_trie_init(&tries, state->arena, &state->key));
    TRY(db_trie_load(&tries, db));
    TRY(db_trie_apply(&tries, state));
    return db_trie_root(&tries, out);
}
