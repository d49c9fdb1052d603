/* The database in memory: that it is a database at all (tests/db_conformance.h), and what filling
 * it promises: copies, refused duplicates, no zeros, no memory. */

#include "state/db_memory.h"

#include "tests/db_conformance.h"
#include "tests/test.h"

#define CAP ((size_t)4 << 20)

/* A database in an arena of its own. */
struct home {
    void *region;
    struct arena arena;
    struct db_memory db;
};

static const struct map_key map_key = {{0x1234567, 0x89abcdef, 0xfedcba9, 0x87654321}};
static const struct u256 zero = U256_ZERO;
static const struct u256 one = U256_ONE;

static enum err open_home(struct home *home, size_t cap)
{
    home->region = test_region(cap);
    arena_init(&home->arena, home->region, cap);
    return db_memory_init(&home->db, &home->arena, &map_key);
}

static void close_home(struct home *home)
{
    size_t cap = home->arena.cap;
    arena_reset(&home->arena);
    test_region_free(home->region, cap);
}

static struct address address_of(uint64_t number)
{
    struct address address = {{0}};
    store_be64(address.b + 12, number);
    return address;
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

static void is_a_database(void)
{
    struct home home;
    CHECK_EQ(open_home(&home, CAP), OK);
    CHECK_EQ(put_sample(&home.db), OK);
    db_conformance_check(db_memory_db(&home.db));
    close_home(&home);
}

/* keccak256 of the number's decimal digits, by an independent Keccak. */
static void hashes_of_blocks_are_those_of_their_digits(void)
{
    static const struct {
        uint64_t number;
        const char *hash;
    } rows[] = {
        {0, "044852b2a670ade5407e78fb2863c51de9fcb96542a07186fe3aeda6bb8a116d"},
        {10, "1a192fabce13988b84994d4296e6cdc418d55e2f1d7f942188d4040b94fc57ac"},
        {UINT64_MAX, "2f36be02f5c29e723ce25ef1eed227d5ce0d6470fe29044e77ade9e1def49e90"},
    };
    struct home home;
    CHECK_EQ(open_home(&home, CAP), OK);
    struct state_db db = db_memory_db(&home.db);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hash32 got;
        uint8_t wanted[32];
        (void)test_hex(wanted, sizeof(wanted), rows[i].hash);
        CHECK_EQ(db.ops->block_hash(db.db, &got, rows[i].number), OK);
        CHECK_BYTES(got.b, wanted, 32);
    }
    close_home(&home);
}

static void refuses_what_is_there_already(void)
{
    struct home home;
    CHECK_EQ(open_home(&home, CAP), OK);
    const struct address address = address_of(7);
    struct db_memory_account *account;
    struct db_memory_account *again = NULL;
    CHECK_EQ(db_memory_put_account(&home.db, &account, &address, &one, 1, bytes_from(NULL, 0)), OK);
    CHECK_EQ(db_memory_put_account(&home.db, &again, &address, &zero, 2, bytes_from("x", 1)),
             ERR_MALFORMED);
    CHECK(again == NULL);
    CHECK_EQ(db_memory_put_storage(&home.db, account, &one, &one), OK);
    CHECK_EQ(db_memory_put_storage(&home.db, account, &one, &zero), ERR_MALFORMED);
    /* What is there is as it was. */
    const struct db_memory_account *found = db_memory_find(&home.db, &address);
    CHECK(found == account);
    CHECK_EQ(found->info.nonce, 1);
    CHECK_EQ(found->code.len, 0);
    CHECK(u256_eq(&found->slots->value, &one));
    CHECK_EQ(home.db.count, 1);
    close_home(&home);
}

/* A slot of zero is an absent slot: it does not make the account one with storage (EIP-7610). */
static void stores_no_zeros(void)
{
    struct home home;
    CHECK_EQ(open_home(&home, CAP), OK);
    const struct address address = address_of(7);
    struct db_memory_account *account;
    CHECK_EQ(db_memory_put_account(&home.db, &account, &address, &one, 1, bytes_from(NULL, 0)), OK);
    CHECK_EQ(db_memory_put_storage(&home.db, account, &one, &zero), OK);
    CHECK(account->slots == NULL);
    CHECK(!account->info.has_storage);
    CHECK_EQ(home.db.slots.count, 0);
    close_home(&home);
}

static void copies_codes(void)
{
    struct home home;
    CHECK_EQ(open_home(&home, CAP), OK);
    const struct address address = address_of(7);
    uint8_t code[3] = {1, 2, 3};
    struct hash32 hash;
    keccak256(&hash, code, sizeof(code));
    struct db_memory_account *account;
    CHECK_EQ(db_memory_put_account(&home.db, &account, &address, &one, 1,
                                   bytes_from(code, sizeof(code))),
             OK);
    memset(code, 0xff, sizeof(code));
    struct state_db db = db_memory_db(&home.db);
    struct bytes got;
    CHECK_EQ(db.ops->code(db.db, &got, &hash), OK);
    CHECK_EQ(got.len, 3);
    CHECK_EQ(got.ptr[0], 1);
    CHECK_EQ(got.ptr[2], 3);
    close_home(&home);
}

/* Enough accounts and slots to grow every map several times; the list keeps the order. */
static void holds_many(void)
{
    enum { COUNT = 500, SLOTS = 4 };
    struct home home;
    CHECK_EQ(open_home(&home, CAP), OK);
    for (uint64_t i = 0; i < COUNT; i++) {
        const struct address address = address_of(i * i);
        const struct u256 balance = u256_from_u64(i);
        uint8_t code[8];
        store_be64(code, i / 2); /* every code twice */
        struct db_memory_account *account;
        CHECK_EQ(db_memory_put_account(&home.db, &account, &address, &balance, i,
                                       bytes_from(code, sizeof(code))),
                 OK);
        CHECK_EQ(account->number, i);
        for (uint64_t s = 0; s < SLOTS; s++) {
            const struct u256 key = u256_from_u64(s);
            const struct u256 value = u256_from_u64(i * SLOTS + s + 1);
            CHECK_EQ(db_memory_put_storage(&home.db, account, &key, &value), OK);
        }
    }
    struct state_db db = db_memory_db(&home.db);
    uint64_t next = 0;
    for (const struct db_memory_account *a = home.db.first; a != NULL; a = a->next) {
        const struct address address = address_of(next * next);
        CHECK_BYTES(a->address.b, address.b, 20);
        CHECK(db_memory_find(&home.db, &address) == a);
        uint8_t code[8];
        store_be64(code, next / 2);
        struct bytes got_code;
        CHECK_EQ(db.ops->code(db.db, &got_code, &a->info.code_hash), OK);
        CHECK_EQ(got_code.len, sizeof(code));
        CHECK_BYTES(got_code.ptr, code, sizeof(code));
        for (uint64_t s = 0; s < SLOTS; s++) {
            const struct u256 key = u256_from_u64(s);
            struct u256 value;
            CHECK_EQ(db.ops->storage(db.db, &value, &address, &key), OK);
            CHECK_EQ(value.w[0], next * SLOTS + s + 1);
        }
        next++;
    }
    CHECK_EQ(next, COUNT);
    close_home(&home);
}

/* An arena of every size: ERR_MEMORY, up to the one that is enough. */
static void no_memory_is_an_error(void)
{
    enum err e = ERR_MEMORY;
    size_t cap = 0;
    for (; e != OK; cap += 8) {
        CHECK(cap < 65536);
        struct home home;
        e = open_home(&home, cap == 0 ? 8 : cap);
        if (e == OK) {
            e = put_sample(&home.db);
        }
        CHECK(e == OK || e == ERR_MEMORY);
        close_home(&home);
    }
    CHECK(cap > 2048); /* it failed often, and not in db_memory_init alone */
}

static const struct test_case cases[] = {
    CASE(is_a_database),
    CASE(hashes_of_blocks_are_those_of_their_digits),
    CASE(refuses_what_is_there_already),
    CASE(stores_no_zeros),
    CASE(copies_codes),
    CASE(holds_many),
    CASE(no_memory_is_an_error),
};

TEST_MAIN(cases)
