/* The database over tries: that it is a database (tests/db_conformance.h), whole and from a witness;
 * that a witness less any node of it is an error which says what is missing, never a zero; and that
 * changes carried into the tries give the root of a state that was built from nothing. */

#include "state/db_trie.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "state/root.h"
#include "tests/db_conformance.h"
#include "tests/test.h"

#define CAP ((size_t)16 << 20)

static const struct map_key map_key = {{0x1234567, 0x89abcdef, 0xfedcba9, 0x87654321}};

/* A database in an arena of its own. */
struct home {
    void *region;
    struct arena arena;
    struct db_trie db;
};

static enum err open_home(struct home *home, size_t cap)
{
    home->region = test_region(cap);
    arena_init(&home->arena, home->region, cap);
    return db_trie_init(&home->db, &home->arena, &map_key);
}

static void close_home(struct home *home)
{
    size_t cap = home->arena.cap;
    arena_reset(&home->arena);
    test_region_free(home->region, cap);
}

static enum err put_sample(struct db_memory *db)
{
    for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
        const struct db_sample_account *sample = db_sample(i);
        struct db_memory_account *account;
        TRY(db_memory_put_account(db, &account, &sample->address, &sample->balance, sample->nonce,
                                  db_sample_code(sample)));
        for (size_t s = 0; s < sample->slot_count; s++) {
            TRY(db_memory_put_storage(db, account, &sample->slots[s].key, &sample->slots[s].value));
        }
    }
    return OK;
}

/* load_sample fills an open home with the sample. */
static enum err load_sample(struct home *home)
{
    struct db_memory *memory = ARENA_NEW(&home->arena, struct db_memory, 1);
    ASSERT(memory != NULL);
    TRY(db_memory_init(memory, &home->arena, &map_key));
    TRY(put_sample(memory));
    return db_trie_load(&home->db, memory);
}

static void a_whole_state_is_a_database(void)
{
    struct home home;
    CHECK_EQ(open_home(&home, CAP), OK);
    CHECK_EQ(load_sample(&home), OK);
    db_conformance_check(db_trie_db(&home.db));
    close_home(&home);
}

static void nodes_behind_hashes_are_a_database(void)
{
    struct home home;
    CHECK_EQ(open_home(&home, CAP), OK);
    CHECK_EQ(load_sample(&home), OK);
    CHECK_EQ(db_trie_forget(&home.db), OK);
    db_conformance_check(db_trie_db(&home.db));
    close_home(&home);
}

/* ---- witnesses ------------------------------------------------------------------------------- */

/* struct parts: what goes into a witness, and which part of it to leave out. */
struct parts {
    struct db_trie *to;
    size_t skip; /* SIZE_MAX: none */
    size_t seen;
};

static enum err take_node(void *context, const struct hash32 *hash, struct bytes node)
{
    struct parts *parts = context;
    (void)hash;
    return parts->seen++ == parts->skip ? OK : db_trie_add_nodes(parts->to, &node, 1);
}

static enum err take_code(void *context, const struct hash32 *hash, struct bytes code)
{
    struct parts *parts = context;
    (void)hash;
    return parts->seen++ == parts->skip ? OK : db_trie_add_codes(parts->to, &code, 1);
}

/* take_witness makes `to` a database of what was used of `from`, less part `skip`; returns how many
 * parts there are. */
static size_t take_witness(struct home *to, const struct home *from, const struct hash32 *root,
                           size_t skip)
{
    struct parts parts = {&to->db, skip, 0};
    enum err e = open_home(to, CAP);
    e = e == OK ? preimages_each_used(&from->db.nodes, take_node, &parts) : e;
    e = e == OK ? preimages_each_used(&from->db.codes, take_code, &parts) : e;
    ASSERT(e == OK);
    db_trie_set_root(&to->db, root);
    return parts.seen;
}

/* look_at reads one account with all it has, and one neighbour that is not there. */
static enum err look_at(struct state_db db, size_t index)
{
    const struct db_sample_account *sample = db_sample(index);
    struct address neighbour = sample->address;
    struct db_account info;
    struct bytes code;
    struct u256 value;
    bool found;
    neighbour.b[5] ^= 0x5a;
    TRY(db.ops->account(db.db, &found, &info, &sample->address));
    ASSERT(found && info.nonce == sample->nonce);
    for (size_t s = 0; s < sample->slot_count; s++) {
        TRY(db.ops->storage(db.db, &value, &sample->address, &sample->slots[s].key));
        ASSERT(u256_eq(&value, &sample->slots[s].value));
    }
    if (sample->code != NULL) {
        TRY(db.ops->code(db.db, &code, &info.code_hash));
        ASSERT(code.len == strlen(sample->code));
    }
    TRY(db.ops->account(db.db, &found, &info, &neighbour));
    ASSERT(!found);
    return OK;
}

/* What a look used is enough to look again, and no part of it is too much. */
static void a_witness_is_what_was_used_and_all_of_it(void)
{
    for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
        struct home whole;
        struct hash32 root;
        CHECK_EQ(open_home(&whole, CAP), OK);
        CHECK_EQ(load_sample(&whole), OK);
        CHECK_EQ(db_trie_root(&whole.db, &root), OK);
        CHECK_EQ(db_trie_forget(&whole.db), OK);
        CHECK_EQ(look_at(db_trie_db(&whole.db), i), OK);

        struct home witness;
        size_t count = take_witness(&witness, &whole, &root, SIZE_MAX);
        CHECK_EQ(look_at(db_trie_db(&witness.db), i), OK);
        close_home(&witness);
        CHECK(count > 1);
        for (size_t skip = 0; skip < count; skip++) {
            (void)take_witness(&witness, &whole, &root, skip);
            CHECK_EQ(look_at(db_trie_db(&witness.db), i), ERR_STATE_MISSING);
            CHECK(witness.db.missing.kind != DB_MISSING_NOTHING);
            close_home(&witness);
        }
        close_home(&whole);
    }
}

/* A node that is not what its parent names is not found: a bit of any node. */
static void a_changed_node_is_a_missing_one(void)
{
    struct home whole;
    struct hash32 root;
    CHECK_EQ(open_home(&whole, CAP), OK);
    CHECK_EQ(load_sample(&whole), OK);
    CHECK_EQ(db_trie_root(&whole.db, &root), OK);
    CHECK_EQ(db_trie_forget(&whole.db), OK);
    CHECK_EQ(look_at(db_trie_db(&whole.db), 3), OK);
    for (struct preimage *p = whole.db.nodes.first; p != NULL; p = p->next) {
        if (!p->used) {
            continue;
        }
        struct home witness;
        uint8_t changed[1024];
        CHECK(p->bytes.len <= sizeof(changed));
        memcpy(changed, p->bytes.ptr, p->bytes.len);
        changed[p->bytes.len / 2] ^= 1;
        CHECK_EQ(open_home(&witness, CAP), OK);
        for (struct preimage *q = whole.db.nodes.first; q != NULL; q = q->next) {
            struct bytes node = q == p ? bytes_from(changed, p->bytes.len) : q->bytes;
            CHECK_EQ(db_trie_add_nodes(&witness.db, &node, 1), OK);
        }
        db_trie_set_root(&witness.db, &root);
        CHECK_EQ(look_at(db_trie_db(&witness.db), 3), ERR_STATE_MISSING);
        close_home(&witness);
    }
    close_home(&whole);
}

static void what_is_missing_has_a_name(void)
{
    struct home home;
    struct err_detail detail;
    struct db_account info;
    struct bytes code;
    struct u256 value;
    struct hash32 hash = {{0xab, 0xcd}};
    bool found;
    const struct u256 slot = u256_from_u64(0x1f);
    const struct db_sample_account *rich = db_sample(3);
    CHECK_EQ(open_home(&home, CAP), OK);
    struct state_db db = db_trie_db(&home.db);
    db_trie_set_root(&home.db, &hash);
    CHECK_EQ(db.ops->account(db.db, &found, &info, &rich->address), ERR_STATE_MISSING);
    CHECK_EQ(home.db.missing.kind, DB_MISSING_ACCOUNT);
    CHECK_EQ(db_trie_explain(&home.db, &detail), ERR_STATE_MISSING);
    CHECK(strstr(detail.text, "account 0xff000000000000000000000000000000000000ff") != NULL);
    CHECK(strstr(detail.text, "0xabcd0000") != NULL);
    CHECK_EQ(db.ops->code(db.db, &code, &hash), ERR_STATE_MISSING);
    CHECK_EQ(db_trie_explain(&home.db, &detail), ERR_STATE_MISSING);
    CHECK(strstr(detail.text, "no code with hash 0xabcd") != NULL);
    CHECK_EQ(db.ops->block_hash(db.db, &hash, 77), ERR_STATE_MISSING);
    CHECK_EQ(db_trie_explain(&home.db, &detail), ERR_STATE_MISSING);
    CHECK_STR(detail.text, "no hash of block 77");
    close_home(&home);

    /* The account, but not its storage. */
    struct home whole;
    struct hash32 root;
    CHECK_EQ(open_home(&whole, CAP), OK);
    CHECK_EQ(load_sample(&whole), OK);
    CHECK_EQ(db_trie_root(&whole.db, &root), OK);
    CHECK_EQ(db_trie_forget(&whole.db), OK);
    db = db_trie_db(&whole.db);
    CHECK_EQ(db.ops->account(db.db, &found, &info, &rich->address), OK);
    (void)take_witness(&home, &whole, &root, SIZE_MAX);
    db = db_trie_db(&home.db);
    CHECK_EQ(db.ops->account(db.db, &found, &info, &rich->address), OK);
    CHECK_EQ(db.ops->storage(db.db, &value, &rich->address, &slot), ERR_STATE_MISSING);
    CHECK_EQ(home.db.missing.kind, DB_MISSING_SLOT);
    CHECK_EQ(db_trie_explain(&home.db, &detail), ERR_STATE_MISSING);
    CHECK(strstr(detail.text, "slot 0x1f") != NULL);
    close_home(&home);
    close_home(&whole);
}

/* A leaf that is no account is an error, not an absent account. */
static void a_leaf_must_be_an_account(void)
{
    static const char *const leaves[] = {
        "01",       /* not a list */
        "c0",       /* too few fields */
        "c2808001", /* two lists of bytes */
        "f8440180", /* cut off */
        "f8460180a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d2460186f7"
        "233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a4708001", /* more fields */
        "f84682000180a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d24601"
        "86f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    };
    const struct address address = {{1, 2, 3}};
    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        struct home home;
        uint8_t leaf[128];
        struct hash32 path;
        struct db_account info;
        bool found;
        CHECK_EQ(open_home(&home, CAP), OK);
        struct bytes value = bytes_from(leaf, test_hex(leaf, sizeof(leaf), leaves[i]));
        keccak256(&path, address.b, sizeof(address.b));
        CHECK_EQ(mpt_put(&home.db.accounts, bytes_from(path.b, 32), value), OK);
        struct state_db db = db_trie_db(&home.db);
        enum err e = db.ops->account(db.db, &found, &info, &address);
        CHECK(e == ERR_MALFORMED || e == ERR_TRUNCATED || e == ERR_TRAILING);
        close_home(&home);
    }
}

static void block_hashes_are_those_that_were_set(void)
{
    struct home home;
    struct hash32 hash = {{1}};
    struct hash32 got;
    CHECK_EQ(open_home(&home, CAP), OK);
    struct state_db db = db_trie_db(&home.db);
    for (uint64_t n = 1000; n < 1000 + DB_TRIE_BLOCK_HASHES; n++) {
        hash.b[1] = (uint8_t)n;
        db_trie_set_block_hash(&home.db, n, &hash);
    }
    for (uint64_t n = 1000; n < 1000 + DB_TRIE_BLOCK_HASHES; n++) {
        hash.b[1] = (uint8_t)n;
        CHECK_EQ(db.ops->block_hash(db.db, &got, n), OK);
        CHECK_BYTES(got.b, hash.b, 32);
    }
    CHECK_EQ(home.db.block_lowest, 1000);
    CHECK_EQ(db.ops->block_hash(db.db, &got, 999), ERR_STATE_MISSING);
    CHECK_EQ(db.ops->block_hash(db.db, &got, 1000 + DB_TRIE_BLOCK_HASHES), ERR_STATE_MISSING);
    CHECK_EQ(home.db.block_lowest, 999);
    close_home(&home);
}

/* ---- changes ---------------------------------------------------------------------------------
 * A small world of accounts and slots is changed at random, block after block, and kept beside as a
 * plain table, from which each block's root is computed anew. */

#define ACCOUNTS 12u
#define SLOTS    6u
#define BLOCKS   40u

struct model {
    bool exists;
    uint64_t nonce;
    uint64_t balance;
    uint8_t code; /* 0: none; else that byte, so often */
    uint64_t slots[SLOTS];
};

static struct address address_of(size_t i)
{
    return (struct address){{[0] = (uint8_t)(i * 41), [19] = (uint8_t)i}};
}

static struct bytes code_of(uint8_t code, uint8_t buffer[static 64])
{
    memset(buffer, code, 64);
    return bytes_from(buffer, code % 64);
}

static struct hash32 root_of_models(const struct model models[static ACCOUNTS])
{
    struct home home;
    struct hash32 root;
    uint8_t buffer[64];
    enum err e = open_home(&home, CAP);
    struct db_memory *memory = ARENA_NEW(&home.arena, struct db_memory, 1);
    ASSERT(e == OK && memory != NULL);
    e = db_memory_init(memory, &home.arena, &map_key);
    for (size_t i = 0; e == OK && i < ACCOUNTS; i++) {
        const struct model *m = &models[i];
        struct db_memory_account *account;
        const struct address address = address_of(i);
        const struct u256 balance = u256_from_u64(m->balance);
        if (!m->exists) {
            continue;
        }
        e = db_memory_put_account(memory, &account, &address, &balance, m->nonce,
                                  code_of(m->code, buffer));
        for (size_t s = 0; e == OK && s < SLOTS; s++) {
            const struct u256 key = u256_from_u64(s);
            const struct u256 value = u256_from_u64(m->slots[s]);
            e = db_memory_put_storage(memory, account, &key, &value);
        }
    }
    e = e == OK ? db_trie_load(&home.db, memory) : e;
    e = e == OK ? db_trie_root(&home.db, &root) : e;
    ASSERT(e == OK);
    close_home(&home);
    return root;
}

/* change makes one random change to an account, in the state and in the table. */
static enum err change(struct state *state, struct model *m, size_t i)
{
    uint8_t buffer[64];
    const struct address address = address_of(i);
    const struct u256 key = u256_from_u64(test_random() % SLOTS);
    struct account *account;
    struct slot *slot;
    TRY(state_account(state, &account, &address));
    switch (test_random() % 8) {
    case 0: /* gone, with all it has */
        if (m->exists) {
            TRY(state_destroy(state, account));
            state_end_tx(state, true);
            state_begin_tx(state);
            *m = (struct model){.exists = false};
        }
        return OK;
    case 1:
        m->code = (uint8_t)(test_random() % 4);
        TRY(state_set_code(state, account, code_of(m->code, buffer)));
        break;
    case 2:
        TRY(state_slot(state, &slot, account, &key));
        return state_slot_load(state, slot); /* only looked at */
    case 3:
        m->balance = test_random() % 3;
        TRY(state_set_balance(state, account, &(struct u256){{m->balance, 0, 0, 0}}));
        break;
    default:
        m->slots[key.w[0]] = test_random() % 3;
        TRY(state_slot(state, &slot, account, &key));
        TRY(state_slot_load(state, slot));
        TRY(state_slot_set(state, slot, &(struct u256){{m->slots[key.w[0]], 0, 0, 0}}));
        break;
    }
    m->nonce++;
    m->exists = true;
    return state_set_nonce(state, account, m->nonce);
}

/* run_block makes some changes over a database and carries them into it, once or after each. */
static enum err run_block(struct db_trie *db, struct arena *arena, struct model *models,
                          bool after_each)
{
    struct state state;
    TRY(state_init(&state, arena, &map_key, db_trie_db(db)));
    for (unsigned n = 0; n < 10; n++) {
        size_t i = test_random() % ACCOUNTS;
        TRY(change(&state, &models[i], i));
        if (after_each) {
            state_end_tx(&state, true);
            TRY(db_trie_apply(db, &state));
            state_begin_tx(&state);
        }
    }
    state_end_tx(&state, true);
    return db_trie_apply(db, &state);
}

static void changes_give_the_root_of_the_changed_state(void)
{
    for (unsigned mode = 0; mode < 4 && !test_failed(); mode++) {
        struct home home;
        struct model models[ACCOUNTS] = {{.exists = false}};
        bool after_each = (mode & 1) != 0;
        bool forgets = (mode & 2) != 0;
        void *region = test_region(CAP);
        CHECK_EQ(open_home(&home, CAP), OK);
        for (unsigned block = 0; block < BLOCKS; block++) {
            struct arena scratch;
            struct hash32 got;
            arena_init(&scratch, region, CAP);
            if (forgets) {
                CHECK_EQ(db_trie_forget(&home.db), OK);
            }
            CHECK_EQ(run_block(&home.db, &scratch, models, after_each), OK);
            arena_reset(&scratch);
            CHECK_EQ(db_trie_root(&home.db, &got), OK);
            struct hash32 wanted = root_of_models(models);
            CHECK_BYTES(got.b, wanted.b, 32);
        }
        close_home(&home);
        test_region_free(region, CAP);
    }
}

/* An account that comes back as it was, but without its storage, is another one. */
static void storage_that_vanished_is_a_change(void)
{
    struct home home;
    struct hash32 got;
    void *region = test_region(CAP);
    struct arena scratch;
    struct state state;
    struct account *account;
    struct model models[ACCOUNTS] = {{.exists = false}};
    models[1] = (struct model){.exists = true, .nonce = 3, .balance = 2};
    CHECK_EQ(open_home(&home, CAP), OK);
    arena_init(&scratch, region, CAP);
    struct db_memory memory;
    struct db_memory_account *put;
    const struct address address = address_of(1);
    const struct u256 balance = u256_from_u64(2);
    const struct u256 one = U256_ONE;
    CHECK_EQ(db_memory_init(&memory, &home.arena, &map_key), OK);
    CHECK_EQ(db_memory_put_account(&memory, &put, &address, &balance, 3, bytes_from(NULL, 0)), OK);
    CHECK_EQ(db_memory_put_storage(&memory, put, &one, &one), OK);
    CHECK_EQ(db_trie_load(&home.db, &memory), OK);
    CHECK_EQ(state_init(&state, &scratch, &map_key, db_trie_db(&home.db)), OK);
    CHECK_EQ(state_account(&state, &account, &address), OK);
    CHECK_EQ(state_destroy(&state, account), OK);
    state_end_tx(&state, true);
    state_begin_tx(&state);
    CHECK_EQ(state_set_balance(&state, account, &balance), OK);
    CHECK_EQ(state_set_nonce(&state, account, 3), OK);
    state_end_tx(&state, true);
    CHECK_EQ(db_trie_apply(&home.db, &state), OK);
    CHECK_EQ(db_trie_root(&home.db, &got), OK);
    struct hash32 wanted = root_of_models(models);
    CHECK_BYTES(got.b, wanted.b, 32);
    arena_reset(&scratch);
    close_home(&home);
    test_region_free(region, CAP);
}

/* ---- siblings and memory --------------------------------------------------------------------- */

/* Two slots share a branch. Removing one joins the other to what is above, so it must be known,
 * though nothing reads it. */
static void a_removal_needs_the_sibling_and_says_so(void)
{
    const struct db_sample_account *two = db_sample(4);
    struct home whole;
    struct home witness;
    struct hash32 root;
    struct u256 value;
    struct db_account info;
    bool found;
    void *region = test_region(CAP);
    CHECK_EQ(open_home(&whole, CAP), OK);
    CHECK_EQ(load_sample(&whole), OK);
    CHECK_EQ(db_trie_root(&whole.db, &root), OK);
    CHECK_EQ(db_trie_forget(&whole.db), OK);
    struct state_db db = db_trie_db(&whole.db);
    CHECK_EQ(db.ops->account(db.db, &found, &info, &two->address), OK);
    CHECK_EQ(db.ops->storage(db.db, &value, &two->address, &two->slots[0].key), OK);
    for (unsigned removes = 0; removes < 2; removes++) {
        struct arena scratch;
        struct state state;
        struct account *account;
        struct slot *slot;
        const struct u256 to = u256_from_u64(removes != 0 ? 0 : 9);
        (void)take_witness(&witness, &whole, &root, SIZE_MAX);
        arena_init(&scratch, region, CAP);
        CHECK_EQ(state_init(&state, &scratch, &map_key, db_trie_db(&witness.db)), OK);
        CHECK_EQ(state_account(&state, &account, &two->address), OK);
        CHECK_EQ(state_slot(&state, &slot, account, &two->slots[0].key), OK);
        CHECK_EQ(state_slot_load(&state, slot), OK);
        CHECK_EQ(state_slot_set(&state, slot, &to), OK);
        state_end_tx(&state, true);
        CHECK_EQ(db_trie_apply(&witness.db, &state), removes != 0 ? ERR_STATE_MISSING : OK);
        if (removes != 0) {
            struct err_detail detail;
            CHECK_EQ(witness.db.missing.kind, DB_MISSING_SIBLING);
            CHECK(witness.db.missing.in_storage);
            CHECK(address_equal(&witness.db.missing.address, &two->address));
            CHECK_EQ(db_trie_explain(&witness.db, &detail), ERR_STATE_MISSING);
            CHECK(strstr(detail.text, "no post-state root") != NULL);
        }
        arena_reset(&scratch);
        close_home(&witness);
    }
    close_home(&whole);
    test_region_free(region, CAP);
}

/* Whatever grab of memory fails, the answer is that error. */
static void a_full_arena_is_an_error(void)
{
    bool succeeded = false;
    for (size_t cap = 4096; cap < ((size_t)1 << 20) && !succeeded; cap += 1024) {
        struct home home;
        home.region = test_region(CAP);
        arena_init(&home.arena, home.region, cap);
        struct db_memory memory;
        enum err e = db_trie_init(&home.db, &home.arena, &map_key);
        e = e == OK ? db_memory_init(&memory, &home.arena, &map_key) : e;
        e = e == OK ? put_sample(&memory) : e;
        e = e == OK ? db_trie_load(&home.db, &memory) : e;
        e = e == OK ? db_trie_forget(&home.db) : e;
        CHECK(e == OK || e == ERR_MEMORY);
        succeeded = e == OK;
        arena_reset(&home.arena);
        test_region_free(home.region, CAP);
    }
    CHECK(succeeded);
}

static const struct test_case cases[] = {
    CASE(a_whole_state_is_a_database),
    CASE(nodes_behind_hashes_are_a_database),
    CASE(a_witness_is_what_was_used_and_all_of_it),
    CASE(a_changed_node_is_a_missing_one),
    CASE(what_is_missing_has_a_name),
    CASE(a_leaf_must_be_an_account),
    CASE(block_hashes_are_those_that_were_set),
    CASE(changes_give_the_root_of_the_changed_state),
    CASE(storage_that_vanished_is_a_change),
    CASE(a_removal_needs_the_sibling_and_says_so),
    CASE(a_full_arena_is_an_error),
};

TEST_MAIN(cases)
