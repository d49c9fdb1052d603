/* A database over the state trie and the storage tries. */

#include "state/db_trie.h"

#include "codec/hex.h"
#include "state/leaf.h"

/* struct db_trie_account: an account that was looked at, as the tries have it now. */
struct db_trie_account {
    struct address address;
    struct hash32 path; /* keccak256 of the address: its key in the state trie */
    bool found;
    bool is_due;              /* put_accounts: the state trie does not know yet */
    struct leaf_account leaf; /* if found; else of an empty account */
    struct mpt storage;
    struct db_trie_account *next;
};

static bool account_is(const void *item, const void *key)
{
    const struct db_trie_account *account = item;
    return address_equal(&account->address, key);
}

enum err db_trie_init(struct db_trie *db, struct arena *arena, const struct map_key *key)
{
    *db = (struct db_trie){.arena = arena, .key = *key};
    TRY(preimages_init(&db->nodes, arena, key, 64));
    TRY(preimages_init(&db->codes, arena, key, 16));
    db->source = preimages_source(&db->nodes);
    mpt_open(&db->accounts, arena, &MPT_EMPTY_ROOT, &db->source);
    return map_init(&db->opened, arena, 32);
}

static struct bytes path_view(const struct hash32 *path)
{
    return bytes_from(path->b, sizeof(path->b));
}

/* put_slot sets a slot; zero removes it. */
static enum err put_slot(struct mpt *storage, const struct u256 *slot, const struct u256 *value)
{
    uint8_t buffer[LEAF_SLOT_MAX];
    struct hash32 path = leaf_slot_key(slot);
    return mpt_put(storage, path_view(&path), leaf_slot_encode(buffer, value));
}

/* ---- what is missing ------------------------------------------------------------------------- */

/* node_missing notes why a walk through `trie` failed, if that is why; returns `e`. */
static enum err node_missing(struct db_trie *db, enum err e, const struct mpt *trie,
                             const struct db_missing *what)
{
    if (e == ERR_STATE_MISSING) {
        db->missing = *what;
        db->missing.hash = trie->missing.hash;
        db->missing.nibble_count = trie->missing.nibble_count;
        memcpy(db->missing.path, trie->missing.path, sizeof(db->missing.path));
    }
    return e;
}

/* PATH_TEXT: a path in hex digits, one for each nibble. */
#define PATH_TEXT (2 * MPT_KEY_MAX + 1)

enum err db_trie_explain(const struct db_trie *db, struct err_detail *detail)
{
    const struct db_missing *m = &db->missing;
    char address[2 * sizeof(m->address) + 1] = {0};
    char hash[2 * sizeof(m->hash) + 1] = {0};
    char path[PATH_TEXT] = {0};
    char slot[HEX_QUANTITY_MAX + 1] = {0};
    hex_encode(address, m->address.b, sizeof(m->address.b));
    hex_encode(hash, m->hash.b, sizeof(m->hash.b));
    hex_encode(path, m->path, sizeof(m->path));
    path[m->nibble_count < PATH_TEXT ? m->nibble_count : PATH_TEXT - 1] = '\0';
    slot[hex_encode_quantity_u256(slot, &m->slot)] = '\0';
    switch (m->kind) {
    case DB_MISSING_ACCOUNT:
        return err_explain(detail, ERR_STATE_MISSING, "account 0x%s: no node at path %s: 0x%s",
                           address, path, hash);
    case DB_MISSING_SLOT:
        return err_explain(detail, ERR_STATE_MISSING, "account 0x%s, slot %s: no node at path %s",
                           address, slot, path);
    case DB_MISSING_CODE:
        return err_explain(detail, ERR_STATE_MISSING, "no code with hash 0x%s", hash);
    case DB_MISSING_BLOCK:
        return err_explain(detail, ERR_STATE_MISSING, "no hash of block %llu",
                           (unsigned long long)m->number);
    case DB_MISSING_SIBLING:
        return err_explain(detail, ERR_STATE_MISSING,
                           "no post-state root: a removal %s%s needs the node at path %s",
                           m->in_storage ? "in the storage of 0x" : "of an account",
                           m->in_storage ? address : "", path);
    case DB_MISSING_NOTHING:
        break;
    }
    return err_explain(detail, ERR_STATE_MISSING, "%s", err_text(ERR_STATE_MISSING));
}

/* ---- filling it ------------------------------------------------------------------------------ */

/* account_new makes the record of an account that was not looked at yet; `path` is the hash of its
 * address. */
static enum err account_new(struct db_trie *db, struct db_trie_account **out,
                            const struct address *address, const struct hash32 *path)
{
    struct db_trie_account *account = ARENA_NEW(db->arena, struct db_trie_account, 1);
    if (account == NULL) {
        return ERR_MEMORY;
    }
    account->address = *address;
    account->path = *path;
    account->leaf =
        (struct leaf_account){.code_hash = EMPTY_CODE_HASH, .storage_root = MPT_EMPTY_ROOT};
    TRY(map_insert(&db->opened, db->arena, map_hash_20(&db->key, address->b), account));
    account->next = db->first;
    db->first = account;
    *out = account;
    return OK;
}

static void open_storage(struct db_trie *db, struct db_trie_account *account)
{
    mpt_open(&account->storage, db->arena, &account->leaf.storage_root, &db->source);
}

enum err db_trie_load(struct db_trie *db, const struct db_memory *memory)
{
    for (const struct db_memory_account *a = memory->first; a != NULL; a = a->next) {
        struct db_trie_account *account;
        struct hash32 path = leaf_account_key(&a->address);
        TRY(account_new(db, &account, &a->address, &path));
        account->found = true;
        account->leaf.nonce = a->info.nonce;
        account->leaf.balance = a->info.balance;
        account->leaf.code_hash = a->info.code_hash;
        open_storage(db, account);
        for (const struct db_memory_slot *s = a->slots; s != NULL; s = s->next) {
            TRY(put_slot(&account->storage, &s->key, &s->value));
        }
        TRY(mpt_root(&account->storage, &account->leaf.storage_root));
        uint8_t buffer[LEAF_ACCOUNT_MAX];
        TRY(mpt_put(&db->accounts, path_view(&path), leaf_account_encode(buffer, &account->leaf)));
        if (a->code.len != 0) {
            TRY(preimages_add_hashed(&db->codes, &a->info.code_hash, a->code));
        }
    }
    return OK;
}

enum err db_trie_add_nodes(struct db_trie *db, const struct bytes *nodes, size_t count)
{
    return preimages_add_all(&db->nodes, nodes, count);
}

enum err db_trie_add_codes(struct db_trie *db, const struct bytes *codes, size_t count)
{
    return preimages_add_all(&db->codes, codes, count);
}

void db_trie_set_root(struct db_trie *db, const struct hash32 *root)
{
    mpt_open(&db->accounts, db->arena, root, &db->source);
}

void db_trie_set_block_hash(struct db_trie *db, uint64_t number, const struct hash32 *hash)
{
    db->blocks[number % DB_TRIE_BLOCK_HASHES].number = number;
    db->blocks[number % DB_TRIE_BLOCK_HASHES].hash = *hash;
    db->blocks[number % DB_TRIE_BLOCK_HASHES].is_known = true;
}

/* ---- looking things up ----------------------------------------------------------------------- */

/* find_opened gives the record of an account that was looked at, NULL for another. */
static struct db_trie_account *find_opened(const struct db_trie *db, const struct address *address)
{
    return map_find(&db->opened, map_hash_20(&db->key, address->b), account_is, address);
}

/* find_account gives an account's record, whether the state has the account or not. */
static enum err find_account(struct db_trie *db, struct db_trie_account **out,
                             const struct address *address)
{
    struct db_trie_account *account = find_opened(db, address);
    if (account == NULL) {
        struct hash32 path = leaf_account_key(address);
        struct leaf_account leaf;
        struct bytes value;
        TRY(node_missing(db, mpt_get(&db->accounts, &value, path_view(&path)), &db->accounts,
                         &(struct db_missing){.kind = DB_MISSING_ACCOUNT, .address = *address}));
        if (value.len != 0) {
            TRY(leaf_account_decode(&leaf, value));
        }
        TRY(account_new(db, &account, address, &path));
        if (value.len != 0) {
            account->found = true;
            account->leaf = leaf;
        }
        open_storage(db, account);
    }
    *out = account;
    return OK;
}

static enum err trie_account(void *context, bool *found, struct db_account *out,
                             const struct address *address)
{
    struct db_trie_account *account;
    TRY(find_account(context, &account, address));
    *found = account->found;
    if (account->found) {
        const struct leaf_account *leaf = &account->leaf;
        *out = (struct db_account){leaf->balance, leaf->nonce, leaf->code_hash,
                                   !hash32_equal(&leaf->storage_root, &MPT_EMPTY_ROOT)};
    }
    return OK;
}

static enum err trie_storage(void *context, struct u256 *out, const struct address *address,
                             const struct u256 *slot)
{
    struct db_trie *db = context;
    struct db_trie_account *account;
    struct bytes leaf;
    TRY(find_account(db, &account, address));
    struct hash32 path = leaf_slot_key(slot);
    TRY(node_missing(
        db, mpt_get(&account->storage, &leaf, path_view(&path)), &account->storage,
        &(struct db_missing){.kind = DB_MISSING_SLOT, .address = *address, .slot = *slot}));
    if (leaf.len != 0) {
        return leaf_slot_decode(out, leaf);
    }
    *out = u256_from_u64(0);
    return OK;
}

static enum err trie_code(void *context, struct bytes *out, const struct hash32 *code_hash)
{
    struct db_trie *db = context;
    enum err e = preimages_get(&db->codes, out, code_hash);
    if (e == ERR_STATE_MISSING) {
        db->missing = (struct db_missing){.kind = DB_MISSING_CODE, .hash = *code_hash};
    }
    return e;
}

static enum err trie_block_hash(void *context, struct hash32 *out, uint64_t number)
{
    struct db_trie *db = context;
    size_t at = number % DB_TRIE_BLOCK_HASHES;
    if (!db->block_was_asked || number < db->block_lowest) {
        db->block_was_asked = true;
        db->block_lowest = number;
    }
    if (!db->blocks[at].is_known || db->blocks[at].number != number) {
        db->missing = (struct db_missing){.kind = DB_MISSING_BLOCK, .number = number};
        return ERR_STATE_MISSING;
    }
    *out = db->blocks[at].hash;
    return OK;
}

struct state_db db_trie_db(struct db_trie *db)
{
    static const struct state_db_ops ops = {trie_account, trie_storage, trie_code, trie_block_hash};
    return (struct state_db){&ops, db};
}

/* ---- carrying changes into the tries --------------------------------------------------------- */

/* struct batch: changes of one trie, collected, with room for their keys and values. */
struct batch {
    struct mpt_change *changes;
    struct hash32 *paths;
    uint8_t *values; /* value_max bytes for each */
    size_t value_max;
    size_t count;
};

/* batch_init makes room for `cap` changes with values of at most `value_max` bytes. */
static enum err batch_init(struct batch *batch, struct arena *arena, size_t cap, size_t value_max)
{
    *batch = (struct batch){ARENA_NEW(arena, struct mpt_change, cap),
                            ARENA_NEW(arena, struct hash32, cap),
                            arena_alloc(arena, cap, value_max, 1), value_max, 0};
    return batch->changes == NULL || batch->paths == NULL || batch->values == NULL ? ERR_MEMORY
                                                                                   : OK;
}

/* batch_add adds a change with no value yet, which removes the key; returns it. Its value's room is
 * at batch_room. */
static struct mpt_change *batch_add(struct batch *batch, const struct hash32 *path)
{
    size_t i = batch->count++;
    batch->paths[i] = *path;
    batch->changes[i] = (struct mpt_change){.key = path_view(&batch->paths[i])};
    return &batch->changes[i];
}

/* batch_room gives the room for the value of the change that was added last. */
static uint8_t *batch_room(const struct batch *batch)
{
    return batch->values + (batch->count - 1) * batch->value_max;
}

/* slot_is_due tells whether a slot may be another than in the trie. Of new storage, whose trie is
 * made anew, that is every slot with a value. */
static bool slot_is_due(const struct slot *slot)
{
    return slot->account->is_storage_new ? slot->is_loaded && !u256_is_zero(&slot->value)
                                         : slot->is_changed;
}

/* apply_storage makes an account's storage trie what `changed` says; its root is left for later. */
static enum err apply_storage(struct db_trie *db, struct db_trie_account *account,
                              const struct account *changed, struct arena *scratch)
{
    struct batch batch;
    size_t due = 0;
    for (const struct slot *s = changed->slots; s != NULL; s = s->next) {
        due += slot_is_due(s) ? 1 : 0;
    }
    if (changed->is_storage_new) {
        mpt_open(&account->storage, db->arena, &MPT_EMPTY_ROOT, &db->source);
    }
    if (due == 0) {
        return OK;
    }
    TRY(batch_init(&batch, scratch, due, LEAF_SLOT_MAX));
    for (const struct slot *s = changed->slots; s != NULL; s = s->next) {
        if (slot_is_due(s)) {
            struct hash32 path = leaf_slot_key(&s->key);
            struct mpt_change *change = batch_add(&batch, &path);
            change->value = leaf_slot_encode(batch_room(&batch), &s->value);
        }
    }
    struct db_missing what = {
        .kind = DB_MISSING_SIBLING, .in_storage = true, .address = account->address};
    return node_missing(db, mpt_update(&account->storage, batch.changes, batch.count),
                        &account->storage, &what);
}

/* copy_bytes keeps a copy of what dies before the database, if it is new. */
static enum err copy_bytes(struct db_trie *db, struct preimages *to, const struct hash32 *hash,
                           struct bytes bytes)
{
    if (preimages_has(to, hash)) {
        return OK;
    }
    uint8_t *copy = ARENA_NEW(db->arena, uint8_t, bytes.len);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    bytes_copy(copy, bytes.ptr, bytes.len);
    return preimages_add_hashed(to, hash, bytes_from(copy, bytes.len));
}

/* apply_account carries what happened to an account, whose storage trie is as it shall be, into its
 * record, and notes whether its leaf in the state trie is another now. */
static enum err apply_account(struct db_trie *db, struct db_trie_account *account,
                              const struct account *changed)
{
    const struct leaf_account before = account->leaf;
    struct leaf_account *leaf = &account->leaf;
    bool was_found = account->found;
    TRY(mpt_root(&account->storage, &leaf->storage_root));
    account->found = changed->exists;
    leaf->nonce = changed->nonce;
    leaf->balance = changed->balance;
    leaf->code_hash = changed->code_hash;
    bool has_new_code = !hash32_equal(&leaf->code_hash, &before.code_hash);
    if (has_new_code && changed->code != NULL && changed->code->len != 0) {
        TRY(copy_bytes(db, &db->codes, &changed->code_hash,
                       bytes_from(changed->code->bytes, changed->code->len)));
    }
    account->is_due = account->found != was_found || leaf->nonce != before.nonce ||
                      !u256_eq(&leaf->balance, &before.balance) || has_new_code ||
                      !hash32_equal(&leaf->storage_root, &before.storage_root);
    return OK;
}

/* account_of gives the record of an account that the state has looked at; NULL for one that never
 * was and is not: nobody may have proven that it is absent. */
static enum err account_of(struct db_trie *db, struct db_trie_account **out,
                           const struct account *changed)
{
    bool matters =
        changed->is_loaded && (changed->exists || find_opened(db, &changed->address) != NULL);
    *out = NULL;
    return matters ? find_account(db, out, &changed->address) : OK;
}

/* apply_storages makes all storage tries what the state says, and hashes them together: most have
 * few changes, and one by one would leave the lanes of keccak256_batch empty. */
static enum err apply_storages(struct db_trie *db, const struct state *state)
{
    struct mpt **tries = ARENA_NEW(state->arena, struct mpt *, state->account_count);
    size_t count = 0;
    if (tries == NULL) {
        return ERR_MEMORY;
    }
    for (const struct account *changed = state->first; changed != NULL; changed = changed->next) {
        struct db_trie_account *account;
        TRY(account_of(db, &account, changed));
        if (account != NULL) {
            TRY(apply_storage(db, account, changed, state->arena));
            tries[count++] = &account->storage;
        }
    }
    return mpt_hash(tries, count);
}

enum err db_trie_apply(struct db_trie *db, const struct state *state)
{
    size_t due = 0;
    TRY(apply_storages(db, state));
    for (const struct account *changed = state->first; changed != NULL; changed = changed->next) {
        struct db_trie_account *account;
        TRY(account_of(db, &account, changed));
        if (account != NULL) {
            TRY(apply_account(db, account, changed));
            due += account->is_due ? 1 : 0;
        }
    }
    struct batch batch;
    TRY(batch_init(&batch, state->arena, due, LEAF_ACCOUNT_MAX));
    for (struct db_trie_account *a = db->first; a != NULL; a = a->next) {
        if (a->is_due) {
            struct mpt_change *change = batch_add(&batch, &a->path);
            if (a->found) {
                change->value = leaf_account_encode(batch_room(&batch), &a->leaf);
            }
            a->is_due = false;
        }
    }
    struct db_missing what = {.kind = DB_MISSING_SIBLING};
    return node_missing(db, mpt_update(&db->accounts, batch.changes, batch.count), &db->accounts,
                        &what);
}

enum err db_trie_root(struct db_trie *db, struct hash32 *out)
{
    return mpt_root(&db->accounts, out);
}

/* ---- recording a witness --------------------------------------------------------------------- */

static enum err store_node(void *context, const struct hash32 *hash, struct bytes node)
{
    struct db_trie *db = context;
    return copy_bytes(db, &db->nodes, hash, node);
}

enum err db_trie_forget(struct db_trie *db)
{
    struct hash32 root;
    TRY(mpt_root(&db->accounts, &root));
    TRY(mpt_nodes(&db->accounts, store_node, db));
    for (struct db_trie_account *a = db->first; a != NULL; a = a->next) {
        if (a->found) {
            TRY(mpt_nodes(&a->storage, store_node, db));
        }
    }
    db->first = NULL;
    TRY(map_init(&db->opened, db->arena, 32));
    mpt_open(&db->accounts, db->arena, &root, &db->source);
    preimages_forget_uses(&db->nodes);
    preimages_forget_uses(&db->codes);
    db->block_was_asked = false;
    return OK;
}
