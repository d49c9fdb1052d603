/* The database over tries: that it is a database (tests/db_conformance.h), whole and from a witness;
 * that a witness less any node of it is an error which says what is missing, never a zero; and that
 * changes carried into the tries give the root of a state that was built from nothing. */

#include "state/db_trie.h"

#include <stdio.h>

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

/* Where the node is that is missing: the way to it is as much of the account's path, or the slot's,
 * as the nodes above it have used up. */
static void what_is_missing_has_a_place(void)
{
    struct home whole;
    struct hash32 root;
    const struct db_sample_account *rich = db_sample(3);
    CHECK_EQ(open_home(&whole, CAP), OK);
    CHECK_EQ(load_sample(&whole), OK);
    CHECK_EQ(db_trie_root(&whole.db, &root), OK);
    CHECK_EQ(db_trie_forget(&whole.db), OK);
    CHECK_EQ(look_at(db_trie_db(&whole.db), 3), OK);
    unsigned seen = 0;
    size_t count = 0;
    for (size_t skip = 0; skip == 0 || skip < count; skip++) {
        struct home witness;
        struct err_detail detail;
        struct hash32 path;
        uint8_t key[32];
        char digits[65] = {0};
        char wanted[160];
        count = take_witness(&witness, &whole, &root, skip);
        CHECK_EQ(look_at(db_trie_db(&witness.db), 3), ERR_STATE_MISSING);
        const struct db_missing *missing = &witness.db.missing;
        if (missing->kind == DB_MISSING_CODE || !address_equal(&missing->address, &rich->address)) {
            close_home(&witness);
            continue;
        }
        if (missing->kind == DB_MISSING_ACCOUNT) {
            keccak256(&path, rich->address.b, sizeof(rich->address.b));
        } else {
            u256_store_be(key, &missing->slot);
            keccak256(&path, key, sizeof(key));
        }
        for (unsigned i = 0; i < missing->nibble_count; i++) {
            digits[i] = "0123456789abcdef"[path.b[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
        }
        seen |= 1u << missing->nibble_count;
        (void)snprintf(wanted, sizeof(wanted), "no node at path %s%s", digits,
                       missing->kind == DB_MISSING_ACCOUNT ? ": 0x" : "");
        CHECK_EQ(db_trie_explain(&witness.db, &detail), ERR_STATE_MISSING);
        const char *at = strstr(detail.text, wanted);
        if (at == NULL || (missing->kind == DB_MISSING_SLOT && strlen(at) != strlen(wanted))) {
            test_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", wanted, detail.text);
        }
        close_home(&witness);
    }
    CHECK((seen & 1) != 0 && seen > 1); /* a root, and something below */
    close_home(&whole);
}

/* Bytes that have the right hash and are no node are malformed, and nothing is missing. */
static void nonsense_is_not_missing(void)
{
    static const char nonsense[] = "nonsense";
    struct home home;
    struct hash32 root;
    struct db_account info;
    struct err_detail detail;
    bool found;
    const struct bytes node = bytes_from(nonsense, sizeof(nonsense));
    CHECK_EQ(open_home(&home, CAP), OK);
    keccak256(&root, nonsense, sizeof(nonsense));
    CHECK_EQ(db_trie_add_nodes(&home.db, &node, 1), OK);
    db_trie_set_root(&home.db, &root);
    struct state_db db = db_trie_db(&home.db);
    CHECK_EQ(db.ops->account(db.db, &found, &info, &db_sample(0)->address), ERR_MALFORMED);
    CHECK_EQ(home.db.missing.kind, DB_MISSING_NOTHING);
    CHECK_EQ(db_trie_explain(&home.db, &detail), ERR_STATE_MISSING);
    CHECK_STR(detail.text, err_text(ERR_STATE_MISSING));
    close_home(&home);
}

/* What was used before db_trie_forget is no part of the next witness. */
static void uses_are_forgotten(void)
{
    struct home whole;
    struct home witness;
    struct hash32 root;
    size_t counts[2];
    CHECK_EQ(open_home(&whole, CAP), OK);
    CHECK_EQ(load_sample(&whole), OK);
    CHECK_EQ(db_trie_root(&whole.db, &root), OK);
    struct state_db db = db_trie_db(&whole.db);
    for (unsigned round = 0; round < 2; round++) {
        struct hash32 hash = {{1}};
        CHECK_EQ(db_trie_forget(&whole.db), OK);
        CHECK(!whole.db.block_was_asked);
        CHECK_EQ(look_at(db, 1), OK);
        counts[round] = take_witness(&witness, &whole, &root, SIZE_MAX);
        close_home(&witness);
        CHECK_EQ(look_at(db, 3), OK); /* more nodes, a code */
        CHECK(take_witness(&witness, &whole, &root, SIZE_MAX) > counts[round] + 2);
        close_home(&witness);
        CHECK_EQ(db.ops->block_hash(db.db, &hash, 5), ERR_STATE_MISSING);
        CHECK(whole.db.block_was_asked);
    }
    CHECK_EQ(counts[0], counts[1]);
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
    CHECK_EQ(db.ops->block_hash(db.db, &got, 0), ERR_STATE_MISSING);
    home.db.block_was_asked = false;
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

/* struct small: a state of one account over a database of its own. */
struct small {
    struct home home;
    struct arena scratch;
    void *region;
    struct state state;
    struct account *account;
};

static enum err open_small(struct small *small, const struct model *model)
{
    uint8_t buffer[64];
    const struct address address = address_of(1);
    const struct u256 balance = u256_from_u64(model->balance);
    struct db_memory *memory;
    struct db_memory_account *put;
    TRY(open_home(&small->home, CAP));
    small->region = test_region(CAP);
    arena_init(&small->scratch, small->region, CAP);
    memory = ARENA_NEW(&small->home.arena, struct db_memory, 1);
    ASSERT(memory != NULL);
    TRY(db_memory_init(memory, &small->home.arena, &map_key));
    if (model->exists) {
        TRY(db_memory_put_account(memory, &put, &address, &balance, model->nonce,
                                  code_of(model->code, buffer)));
        for (size_t s = 0; s < SLOTS; s++) {
            const struct u256 key = u256_from_u64(s);
            const struct u256 value = u256_from_u64(model->slots[s]);
            TRY(db_memory_put_storage(memory, put, &key, &value));
        }
    }
    TRY(db_trie_load(&small->home.db, memory));
    TRY(state_init(&small->state, &small->scratch, &map_key, db_trie_db(&small->home.db)));
    return state_account(&small->state, &small->account, &address);
}

/* close_small carries what happened into the database, and checks that it is `model`. */
static void close_small(struct small *small, const struct model *model)
{
    struct model models[ACCOUNTS] = {{.exists = false}};
    struct hash32 got;
    models[1] = *model;
    struct hash32 wanted = root_of_models(models);
    enum err e = db_trie_apply(&small->home.db, &small->state);
    e = e == OK ? db_trie_root(&small->home.db, &got) : e;
    arena_reset(&small->scratch);
    close_home(&small->home);
    test_region_free(small->region, CAP);
    CHECK_EQ(e, OK);
    CHECK_BYTES(got.b, wanted.b, 32);
}

/* Each thing that a leaf says, changed alone. */
static void one_thing_at_a_time(void)
{
    const struct model start = {
        .exists = true, .nonce = 3, .balance = 4, .code = 5, .slots = {0, 6, 0, 7}};
    struct small small;
    struct model model = start;
    uint8_t buffer[64];
    struct slot *slot;
    const struct u256 two = u256_from_u64(2);
    const struct u256 three = u256_from_u64(3);

    CHECK_EQ(open_small(&small, &start), OK);
    close_small(&small, &start);

    CHECK_EQ(open_small(&small, &start), OK);
    CHECK_EQ(state_set_balance(&small.state, small.account, &two), OK);
    model.balance = 2;
    close_small(&small, &model);

    CHECK_EQ(open_small(&small, &start), OK);
    CHECK_EQ(state_set_nonce(&small.state, small.account, 9), OK);
    model = start;
    model.nonce = 9;
    close_small(&small, &model);

    CHECK_EQ(open_small(&small, &start), OK);
    CHECK_EQ(state_set_code(&small.state, small.account, code_of(7, buffer)), OK);
    model = start;
    model.code = 7;
    close_small(&small, &model);

    CHECK_EQ(open_small(&small, &start), OK);
    CHECK_EQ(state_slot(&small.state, &slot, small.account, &three), OK);
    CHECK_EQ(state_slot_load(&small.state, slot), OK);
    CHECK_EQ(state_slot_set(&small.state, slot, &two), OK);
    model = start;
    model.slots[3] = 2;
    close_small(&small, &model);
}

/* A slot that an access list names, or that was only looked at, stays; so does an account. */
static void what_was_not_changed_stays(void)
{
    const struct model start = {.exists = true, .nonce = 3, .balance = 4, .slots = {0, 6, 0, 7}};
    struct small small;
    struct slot *slot;
    const struct u256 one = U256_ONE;
    const struct u256 three = u256_from_u64(3);
    CHECK_EQ(open_small(&small, &start), OK);
    CHECK_EQ(state_slot(&small.state, &slot, small.account, &one), OK);
    CHECK_EQ(state_slot_warm(&small.state, slot), OK);
    CHECK_EQ(state_slot(&small.state, &slot, small.account, &three), OK);
    CHECK_EQ(state_slot_load(&small.state, slot), OK);
    close_small(&small, &start);

    /* An account of which the database knows, and the state only that it is warm. */
    CHECK_EQ(open_small(&small, &start), OK);
    arena_reset(&small.scratch);
    CHECK_EQ(state_init(&small.state, &small.scratch, &map_key, db_trie_db(&small.home.db)), OK);
    const struct address address = address_of(1);
    bool was_cold;
    CHECK_EQ(state_account_record(&small.state, &small.account, &address), OK);
    CHECK_EQ(state_warm(&small.state, small.account, &was_cold), OK);
    close_small(&small, &start);
}

/* An account with nothing in it is there or not, which EIP-161 changed: before, a touch made it. */
static void empty_accounts_come_and_go(void)
{
    const struct model nobody = {.exists = false};
    const struct model empty = {.exists = true};
    struct small small;
    CHECK_EQ(open_small(&small, &empty), OK);
    CHECK_EQ(state_touch(&small.state, small.account, true), OK);
    state_end_tx(&small.state, true);
    close_small(&small, &nobody);

    CHECK_EQ(open_small(&small, &nobody), OK);
    CHECK_EQ(state_touch(&small.state, small.account, false), OK);
    state_end_tx(&small.state, false);
    close_small(&small, &empty);

    CHECK_EQ(open_small(&small, &nobody), OK);
    CHECK_EQ(state_touch(&small.state, small.account, true), OK);
    state_end_tx(&small.state, true);
    close_small(&small, &nobody);
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
            char wanted[128] = "no post-state root: a removal in the storage of 0x";
            for (size_t i = 0; i < sizeof(two->address.b); i++) {
                (void)snprintf(wanted + strlen(wanted), 3, "%02x", two->address.b[i]);
            }
            CHECK(strstr(detail.text, wanted) == detail.text);
            CHECK(strstr(detail.text, " needs the node at path ") != NULL);
        }
        arena_reset(&scratch);
        close_home(&witness);
    }
    close_home(&whole);
    test_region_free(region, CAP);
}

/* The same of accounts: each of the sample is removed, with nothing known but the way to it. Some
 * have a branch of three or more above them, and need nothing; two have only each other. */
static void an_account_needs_its_sibling(void)
{
    unsigned needed = 0;
    void *region = test_region(CAP);
    for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
        struct home whole;
        struct home witness;
        struct hash32 root;
        struct db_account info;
        struct arena scratch;
        struct state state;
        struct account *account;
        struct err_detail detail;
        bool found;
        CHECK_EQ(open_home(&whole, CAP), OK);
        CHECK_EQ(load_sample(&whole), OK);
        CHECK_EQ(db_trie_root(&whole.db, &root), OK);
        CHECK_EQ(db_trie_forget(&whole.db), OK);
        struct state_db db = db_trie_db(&whole.db);
        CHECK_EQ(db.ops->account(db.db, &found, &info, &db_sample(i)->address), OK);
        (void)take_witness(&witness, &whole, &root, SIZE_MAX);
        arena_init(&scratch, region, CAP);
        CHECK_EQ(state_init(&state, &scratch, &map_key, db_trie_db(&witness.db)), OK);
        CHECK_EQ(state_account(&state, &account, &db_sample(i)->address), OK);
        CHECK_EQ(state_destroy(&state, account), OK);
        state_end_tx(&state, true);
        enum err e = db_trie_apply(&witness.db, &state);
        if (e != OK) {
            needed++;
            CHECK_EQ(e, ERR_STATE_MISSING);
            CHECK_EQ(witness.db.missing.kind, DB_MISSING_SIBLING);
            CHECK(!witness.db.missing.in_storage);
            CHECK_EQ(db_trie_explain(&witness.db, &detail), ERR_STATE_MISSING);
            CHECK(strstr(detail.text, "no post-state root: a removal of an account needs the node"
                                      " at path ") == detail.text);
        }
        arena_reset(&scratch);
        close_home(&witness);
        close_home(&whole);
    }
    CHECK(needed >= 2 && needed < DB_SAMPLE_COUNT);
    test_region_free(region, CAP);
}

/* An account that never was and is not need not be proven absent to give a root: whoever put
 * something between the state and the database says so. */
static enum err nobody_is_there(void *db, bool *found, struct db_account *out,
                                const struct address *address)
{
    (void)db;
    (void)out;
    (void)address;
    *found = false;
    return OK;
}

static void absence_need_not_be_proven(void)
{
    const struct hash32 root = {{0xab}};
    const struct address address = address_of(1);
    struct home home;
    struct hash32 got;
    struct arena scratch;
    struct state state;
    struct account *account;
    void *region = test_region(CAP);
    CHECK_EQ(open_home(&home, CAP), OK);
    db_trie_set_root(&home.db, &root); /* of which no node is known */
    arena_init(&scratch, region, CAP);
    struct state_db db = db_trie_db(&home.db);
    struct state_db_ops ops = *db.ops;
    ops.account = nobody_is_there;
    db.ops = &ops;
    CHECK_EQ(state_init(&state, &scratch, &map_key, db), OK);
    CHECK_EQ(state_account(&state, &account, &address), OK);
    CHECK_EQ(db_trie_apply(&home.db, &state), OK);
    CHECK_EQ(db_trie_root(&home.db, &got), OK);
    CHECK_BYTES(got.b, root.b, 32);
    /* One that is there now has to be put somewhere. */
    CHECK_EQ(state_set_nonce(&state, account, 1), OK);
    CHECK_EQ(db_trie_apply(&home.db, &state), ERR_STATE_MISSING);
    arena_reset(&scratch);
    close_home(&home);
    test_region_free(region, CAP);
}

#define FULL_CAP ((size_t)1 << 19)

/* Whatever grab of memory fails, the answer is that error. */
static void a_full_arena_is_an_error(void)
{
    bool succeeded = false;
    for (size_t cap = 4096; cap < FULL_CAP && !succeeded; cap += 128) {
        struct home home;
        home.region = test_region(FULL_CAP);
        arena_init(&home.arena, home.region, cap);
        struct db_memory memory;
        enum err e = db_trie_init(&home.db, &home.arena, &map_key);
        e = e == OK ? db_memory_init(&memory, &home.arena, &map_key) : e;
        e = e == OK ? put_sample(&memory) : e;
        e = e == OK ? db_trie_load(&home.db, &memory) : e;
        e = e == OK ? db_trie_forget(&home.db) : e;
        for (size_t i = 0; e == OK && i < DB_SAMPLE_COUNT; i++) {
            e = look_at(db_trie_db(&home.db), i);
        }
        CHECK(e == OK || e == ERR_MEMORY);
        succeeded = e == OK;
        arena_reset(&home.arena);
        test_region_free(home.region, FULL_CAP);
    }
    CHECK(succeeded);
}

/* change_much changes accounts and slots, of the first account no slot. */
static enum err change_much(struct state *state)
{
    const struct u256 balance = u256_from_u64(77);
    for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
        struct account *account;
        TRY(state_account(state, &account, &db_sample(i)->address));
        TRY(state_set_balance(state, account, &balance));
        for (uint64_t k = 0; k < (i == 0 ? 0 : 8); k++) {
            const struct u256 key = u256_from_u64(k);
            const struct u256 value = u256_from_u64(k + i);
            struct slot *slot;
            TRY(state_slot(state, &slot, account, &key));
            TRY(state_slot_load(state, slot));
            TRY(state_slot_set(state, slot, &value));
        }
    }
    state_end_tx(state, true);
    return OK;
}

/* The same of the changes, in the state's arena. */
static void a_full_scratch_arena_is_an_error(void)
{
    enum err e = ERR_MEMORY;
    size_t failures = 0; /* of db_trie_apply */
    for (size_t cap = 4096; e != OK && cap < FULL_CAP; cap += 32) {
        struct home home;
        struct arena scratch;
        struct state state;
        void *region = test_region(FULL_CAP);
        CHECK_EQ(open_home(&home, FULL_CAP), OK);
        CHECK_EQ(load_sample(&home), OK);
        arena_init(&scratch, region, cap);
        e = state_init(&state, &scratch, &map_key, db_trie_db(&home.db));
        e = e == OK ? change_much(&state) : e;
        if (e == OK) {
            e = db_trie_apply(&home.db, &state);
            failures += e != OK;
        }
        CHECK(e == OK || e == ERR_MEMORY);
        arena_reset(&scratch);
        close_home(&home);
        test_region_free(region, FULL_CAP);
    }
    CHECK_EQ(e, OK);
    CHECK(failures > 10);
}

static const struct test_case cases[] = {
    CASE(a_whole_state_is_a_database),
    CASE(nodes_behind_hashes_are_a_database),
    CASE(a_witness_is_what_was_used_and_all_of_it),
    CASE(a_changed_node_is_a_missing_one),
    CASE(what_is_missing_has_a_name),
    CASE(what_is_missing_has_a_place),
    CASE(nonsense_is_not_missing),
    CASE(uses_are_forgotten),
    CASE(a_leaf_must_be_an_account),
    CASE(block_hashes_are_those_that_were_set),
    CASE(changes_give_the_root_of_the_changed_state),
    CASE(storage_that_vanished_is_a_change),
    CASE(one_thing_at_a_time),
    CASE(what_was_not_changed_stays),
    CASE(empty_accounts_come_and_go),
    CASE(a_removal_needs_the_sibling_and_says_so),
    CASE(an_account_needs_its_sibling),
    CASE(absence_need_not_be_proven),
    CASE(a_full_arena_is_an_error),
    CASE(a_full_scratch_arena_is_an_error),
};

TEST_MAIN(cases)
