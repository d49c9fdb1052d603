/* A database in memory: accounts, slots and codes in three hash maps. */

#include "state/db_memory.h"

#include "crypto/keccak.h"

/* keccak256(""), Yellow Paper 4.1. */
const struct hash32 EMPTY_CODE_HASH = {{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c,
                                        0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
                                        0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b,
                                        0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}};

struct slot_key {
    uint64_t account;
    const struct u256 *key;
};

static bool account_is(const void *item, const void *key)
{
    const struct db_memory_account *account = item;
    return address_equal(&account->address, key);
}

static bool slot_is(const void *item, const void *key)
{
    const struct db_memory_slot *slot = item;
    const struct slot_key *wanted = key;
    return slot->account == wanted->account && u256_eq(&slot->key, wanted->key);
}

static bool code_is(const void *item, const void *key)
{
    const struct db_memory_account *account = item;
    return hash32_equal(&account->info.code_hash, key);
}

static uint64_t hash_of_code(const struct db_memory *db, const struct hash32 *code_hash)
{
    return map_hash_20(&db->key, code_hash->b); /* 20 bytes of a hash are as good as 32 */
}

enum err db_memory_init(struct db_memory *db, struct arena *arena, const struct map_key *key)
{
    *db = (struct db_memory){.arena = arena, .key = *key};
    db->last = &db->first;
    TRY(map_init(&db->accounts, arena, 32));
    TRY(map_init(&db->slots, arena, 32));
    return map_init(&db->codes, arena, 16);
}

const struct db_memory_account *db_memory_find(const struct db_memory *db,
                                               const struct address *address)
{
    return map_find(&db->accounts, map_hash_20(&db->key, address->b), account_is, address);
}

static struct db_memory_slot *find_slot(const struct db_memory *db,
                                        const struct db_memory_account *account,
                                        const struct u256 *key)
{
    struct slot_key wanted = {account->number, key};
    uint64_t hash = map_hash_words(&db->key, key->w, account->number);
    return map_find(&db->slots, hash, slot_is, &wanted);
}

enum err db_memory_put_account(struct db_memory *db, struct db_memory_account **out,
                               const struct address *address, const struct u256 *balance,
                               uint64_t nonce, struct bytes code)
{
    if (db_memory_find(db, address) != NULL) {
        return ERR_MALFORMED;
    }
    struct db_memory_account *account = ARENA_NEW(db->arena, struct db_memory_account, 1);
    if (account == NULL) {
        return ERR_MEMORY;
    }
    account->address = *address;
    account->info = (struct db_account){*balance, nonce, EMPTY_CODE_HASH, false};
    account->number = db->count;
    if (code.len != 0) {
        uint8_t *copy = ARENA_NEW(db->arena, uint8_t, code.len);
        if (copy == NULL) {
            return ERR_MEMORY;
        }
        memcpy(copy, code.ptr, code.len);
        account->code = bytes_from(copy, code.len);
        keccak256(&account->info.code_hash, copy, code.len);
        uint64_t hash = hash_of_code(db, &account->info.code_hash);
        if (map_find(&db->codes, hash, code_is, &account->info.code_hash) == NULL) {
            TRY(map_insert(&db->codes, db->arena, hash, account));
        }
    }
    TRY(map_insert(&db->accounts, db->arena, map_hash_20(&db->key, address->b), account));
    db->count++;
    *db->last = account;
    db->last = &account->next;
    *out = account;
    return OK;
}

enum err db_memory_put_storage(struct db_memory *db, struct db_memory_account *account,
                               const struct u256 *key, const struct u256 *value)
{
    if (find_slot(db, account, key) != NULL) {
        return ERR_MALFORMED;
    }
    if (u256_is_zero(value)) {
        return OK;
    }
    struct db_memory_slot *slot = ARENA_NEW(db->arena, struct db_memory_slot, 1);
    if (slot == NULL) {
        return ERR_MEMORY;
    }
    *slot = (struct db_memory_slot){*key, *value, account->number, account->slots};
    TRY(map_insert(&db->slots, db->arena, map_hash_words(&db->key, key->w, account->number), slot));
    account->slots = slot;
    account->info.has_storage = true;
    return OK;
}

static enum err memory_account(void *db, bool *found, struct db_account *out,
                               const struct address *address)
{
    const struct db_memory_account *account = db_memory_find(db, address);
    *found = account != NULL;
    if (account != NULL) {
        *out = account->info;
    }
    return OK;
}

static enum err memory_storage(void *db, struct u256 *out, const struct address *address,
                               const struct u256 *key)
{
    const struct db_memory_account *account = db_memory_find(db, address);
    const struct db_memory_slot *slot = account == NULL ? NULL : find_slot(db, account, key);
    *out = slot == NULL ? u256_from_u64(0) : slot->value;
    return OK;
}

static enum err memory_code(void *db, struct bytes *out, const struct hash32 *code_hash)
{
    const struct db_memory *memory = db;
    const struct db_memory_account *account =
        map_find(&memory->codes, hash_of_code(memory, code_hash), code_is, code_hash);
    if (account == NULL) {
        return ERR_STATE_MISSING;
    }
    *out = account->code;
    return OK;
}

static enum err memory_block_hash(void *db, struct hash32 *out, uint64_t number)
{
    (void)db;
    char digits[20];
    size_t start = sizeof(digits);
    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    keccak256(out, digits + start, sizeof(digits) - start);
    return OK;
}

struct state_db db_memory_db(struct db_memory *db)
{
    static const struct state_db_ops ops = {memory_account, memory_storage, memory_code,
                                            memory_block_hash};
    return (struct state_db){&ops, db};
}
