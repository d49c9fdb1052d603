/* The state trie and the storage tries, built whole from a database in memory and the changes. */

#include "state/root.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "trie/mpt.h"

/* [nonce, balance, storage root, code hash]: 9 + 33 + 33 + 33 bytes and the list's header. */
#define ACCOUNT_RLP_MAX 112

static enum err put_slot(struct mpt *trie, const struct u256 *key, const struct u256 *value)
{
    uint8_t key_bytes[32];
    uint8_t value_bytes[33];
    struct hash32 path;
    u256_store_be(key_bytes, key);
    keccak256(&path, key_bytes, sizeof(key_bytes));
    struct writer w = writer_to(value_bytes, sizeof(value_bytes));
    if (!u256_is_zero(value)) {
        rlp_u256_write(&w, value);
    }
    return mpt_put(trie, bytes_from(path.b, sizeof(path.b)), writer_view(&w));
}

static enum err put_account(struct mpt *trie, const struct address *address, uint64_t nonce,
                            const struct u256 *balance, const struct hash32 *code_hash,
                            struct mpt *storage)
{
    struct hash32 storage_root;
    struct hash32 path;
    uint8_t buffer[ACCOUNT_RLP_MAX];
    TRY(mpt_root(storage, &storage_root));
    struct writer w = writer_to(buffer, sizeof(buffer));
    rlp_list_write(&w, rlp_u64_size(nonce) + rlp_u256_size(balance) + 33 + 33);
    rlp_u64_write(&w, nonce);
    rlp_u256_write(&w, balance);
    rlp_hash32_write(&w, &storage_root);
    rlp_hash32_write(&w, code_hash);
    keccak256(&path, address->b, sizeof(address->b));
    return mpt_put(trie, bytes_from(path.b, sizeof(path.b)), writer_view(&w));
}

/* put_slots adds an account's slots as the database has them, then as the state changed them. */
static enum err put_slots(struct mpt *storage, const struct db_memory_account *in_db,
                          const struct account *changed)
{
    if (in_db != NULL && (changed == NULL || !changed->is_storage_new)) {
        for (const struct db_memory_slot *s = in_db->slots; s != NULL; s = s->next) {
            TRY(put_slot(storage, &s->key, &s->value));
        }
    }
    if (changed != NULL) {
        for (const struct slot *s = changed->slots; s != NULL; s = s->next) {
            if (s->is_loaded) {
                TRY(put_slot(storage, &s->key, &s->value));
            }
        }
    }
    return OK;
}

enum err state_root(struct hash32 *out, const struct state *state, const struct db_memory *db)
{
    struct mpt accounts;
    struct mpt storage;
    mpt_init(&accounts, state->arena);
    for (const struct db_memory_account *a = db->first; a != NULL; a = a->next) {
        const struct account *changed = state_find(state, &a->address);
        if (changed != NULL && changed->is_loaded) {
            continue;
        }
        mpt_init(&storage, state->arena);
        TRY(put_slots(&storage, a, NULL));
        TRY(put_account(&accounts, &a->address, a->info.nonce, &a->info.balance, &a->info.code_hash,
                        &storage));
    }
    for (const struct account *a = state->first; a != NULL; a = a->next) {
        if (!a->is_loaded || !a->exists) {
            continue;
        }
        mpt_init(&storage, state->arena);
        TRY(put_slots(&storage, db_memory_find(db, &a->address), a));
        TRY(put_account(&accounts, &a->address, a->nonce, &a->balance, &a->code_hash, &storage));
    }
    return mpt_root(&accounts, out);
}
