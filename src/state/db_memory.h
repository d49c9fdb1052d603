#ifndef STATE_DB_MEMORY_H
#define STATE_DB_MEMORY_H

/* db_memory.h: a database in memory, filled account by account before the simulation. */

#include "base/arena.h"
#include "base/map.h"
#include "state/db.h"

struct db_memory_slot {
    struct u256 key;
    struct u256 value;
    uint64_t account;            /* number of its account: part of the map's key */
    struct db_memory_slot *next; /* of the same account */
};

struct db_memory_account {
    struct address address;
    struct db_account info;
    struct bytes code;
    uint64_t number; /* in order of insertion, from 0 */
    struct db_memory_slot *slots;
    struct db_memory_account *next; /* in order of insertion */
};

/* struct db_memory: everything in it lives in the arena it was made with; copies of codes too. */
struct db_memory {
    struct arena *arena;
    struct map_key key;
    struct map accounts;
    struct map slots;
    struct map codes; /* accounts with code, by code hash */
    struct db_memory_account *first;
    struct db_memory_account **last;
    uint64_t count;
};

/* db_memory_init makes an empty database. Errors: ERR_MEMORY. */
enum err db_memory_init(struct db_memory *db, struct arena *arena, const struct map_key *key);

/* db_memory_put_account adds an account that is not there yet, with a copy of `code`. *out is valid
 * as long as the arena. Errors: ERR_MEMORY; ERR_MALFORMED when the address is there already. */
enum err db_memory_put_account(struct db_memory *db, struct db_memory_account **out,
                               const struct address *address, const struct u256 *balance,
                               uint64_t nonce, struct bytes code);

/* db_memory_find returns an account, or NULL. Valid as long as the arena. */
const struct db_memory_account *db_memory_find(const struct db_memory *db,
                                               const struct address *address);

/* db_memory_put_storage sets a slot that is not there yet; a zero value is not stored. Errors:
 * ERR_MEMORY; ERR_MALFORMED when the slot is there already. */
enum err db_memory_put_storage(struct db_memory *db, struct db_memory_account *account,
                               const struct u256 *slot, const struct u256 *value);

/* db_memory_db gives the vtable over a memory database. Its block hashes are those that official
 * state tests presume: keccak256 of the number in decimal digits. */
struct state_db db_memory_db(struct db_memory *db);

#endif
