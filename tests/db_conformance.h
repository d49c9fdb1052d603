#ifndef TESTS_DB_CONFORMANCE_H
#define TESTS_DB_CONFORMANCE_H

/* db_conformance.h: what every database behind struct state_db must do, whatever it is made of. The
 * test of a database fills one with the accounts of db_sample, and nothing else, and calls
 * db_conformance_check (block hashes, which come from elsewhere, it checks itself):
 *
 *     for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
 *         ... put db_sample(i) and its slots ...
 *     }
 *     db_conformance_check(my_db(&db));
 *
 * The sample has the accounts that are easily confused: present and empty, present with storage or
 * code alone, two with one code, and absent neighbours of all of them. */

#include "crypto/keccak.h"
#include "state/db.h"
#include "tests/test.h"

struct db_sample_slot {
    struct u256 key;
    struct u256 value; /* not zero */
};

#define DB_SAMPLE_COUNT     6
#define DB_SAMPLE_SLOTS_MAX 3

struct db_sample_account {
    struct address address;
    struct u256 balance;
    uint64_t nonce;
    const char *code; /* its bytes, all below 0x80 and none 0; NULL: none */
    size_t slot_count;
    struct db_sample_slot slots[DB_SAMPLE_SLOTS_MAX];
};

/* db_sample gives the account `index` of the sample, below DB_SAMPLE_COUNT. */
static inline const struct db_sample_account *db_sample(size_t index)
{
    static const struct db_sample_account accounts[DB_SAMPLE_COUNT] = {
        /* In the state and empty: before EIP-161 that is not the same as absent. */
        {.address = {{0}}},
        {.address = {{[19] = 1}}, .balance = {{1, 0, 0, 0}}},
        /* The greatest numbers. */
        {.address = {{[0] = 0x80, [19] = 1}}, .balance = U256_MAX, .nonce = UINT64_MAX},
        /* The same code twice, and the same slots with other values. */
        {.address = {{[0] = 0xff, [19] = 0xff}},
         .nonce = 1,
         .code = "\x60\x01\x60\x02\x01",
         .slot_count = 3,
         .slots = {{U256_ZERO, U256_MAX}, {U256_ONE, U256_ONE}, {U256_MAX, {{0, 0, 0, 1}}}}},
        {.address = {{[0] = 0xff, [19] = 0xfe}},
         .nonce = 1,
         .code = "\x60\x01\x60\x02\x01",
         .slot_count = 2,
         .slots = {{U256_ZERO, {{2, 0, 0, 0}}}, {{{0, 0, 0, 1}}, {{3, 0, 0, 0}}}}},
        /* Storage, but neither nonce, balance nor code (EIP-7610). */
        {.address = {{[10] = 0x10}}, .slot_count = 1, .slots = {{U256_ONE, U256_ONE}}},
    };
    return &accounts[index];
}

static inline struct bytes db_sample_code(const struct db_sample_account *account)
{
    return account->code == NULL ? bytes_from(NULL, 0)
                                 : bytes_from(account->code, strlen(account->code));
}

/* db_sample_holds tells whether an address is in the sample. */
static inline bool db_sample_holds(const struct address *address)
{
    for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
        if (address_equal(&db_sample(i)->address, address)) {
            return true;
        }
    }
    return false;
}

/* db_sample_value gives what a slot of a sample account holds. */
static inline struct u256 db_sample_value(const struct db_sample_account *account,
                                          const struct u256 *key)
{
    for (size_t i = 0; i < account->slot_count; i++) {
        if (u256_eq(&account->slots[i].key, key)) {
            return account->slots[i].value;
        }
    }
    return u256_from_u64(0);
}

static inline void db_conformance_accounts(struct state_db db)
{
    for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
        const struct db_sample_account *account = db_sample(i);
        struct hash32 code_hash = EMPTY_CODE_HASH;
        if (account->code != NULL) {
            keccak256(&code_hash, account->code, strlen(account->code));
        }
        struct db_account got;
        bool found = false;
        memset(&got, 0xa5, sizeof(got));
        CHECK_EQ(db.ops->account(db.db, &found, &got, &account->address), OK);
        CHECK(found);
        CHECK(u256_eq(&got.balance, &account->balance));
        CHECK_EQ(got.nonce, account->nonce);
        CHECK_BYTES(got.code_hash.b, code_hash.b, 32);
        CHECK_EQ(got.has_storage, account->slot_count != 0);
    }
}

/* Absent is an answer: no error, `found` false, whatever it was before. */
static inline void db_conformance_absent_accounts(struct state_db db)
{
    for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
        for (unsigned bit = 0; bit < 160; bit++) {
            struct address neighbour = db_sample(i)->address;
            neighbour.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct db_account got;
            bool found = !db_sample_holds(&neighbour);
            CHECK_EQ(db.ops->account(db.db, &found, &got, &neighbour), OK);
            CHECK_EQ(found, db_sample_holds(&neighbour));
        }
    }
}

static inline void db_conformance_storage(struct state_db db)
{
    static const struct u256 keys[] = {
        U256_ZERO,      U256_ONE,       U256_MAX,       {{2, 0, 0, 0}},
        {{0, 1, 0, 0}}, {{0, 0, 1, 0}}, {{0, 0, 0, 1}}, {{UINT64_MAX, 0, 0, 0}},
    };
    for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
        struct u256 got;
        struct u256 wanted;
        for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
            const struct db_sample_account *account = db_sample(i);
            wanted = db_sample_value(account, &keys[k]);
            memset(&got, 0xa5, sizeof(got));
            CHECK_EQ(db.ops->storage(db.db, &got, &account->address, &keys[k]), OK);
            CHECK_BYTES(&got, &wanted, sizeof(got));
        }
        const struct address nobody = {{[0] = 0xff, [19] = 0xfd}};
        memset(&got, 0xa5, sizeof(got));
        CHECK_EQ(db.ops->storage(db.db, &got, &nobody, &keys[k]), OK);
        CHECK(u256_is_zero(&got));
    }
}

/* A code is a view that stays as it is while other things are asked for; a hash that the database
 * has no code for is an error, never the empty code. */
static inline void db_conformance_code(struct state_db db)
{
    for (size_t i = 0; i < DB_SAMPLE_COUNT; i++) {
        struct bytes code = db_sample_code(db_sample(i));
        if (code.len == 0) {
            continue;
        }
        struct hash32 hash;
        struct bytes first = bytes_from(NULL, 0);
        struct bytes second = bytes_from(NULL, 0);
        keccak256(&hash, code.ptr, code.len);
        CHECK_EQ(db.ops->code(db.db, &first, &hash), OK);
        db_conformance_accounts(db);
        CHECK_EQ(db.ops->code(db.db, &second, &hash), OK);
        CHECK_EQ(first.len, code.len);
        CHECK_EQ(second.len, code.len);
        CHECK_BYTES(first.ptr, code.ptr, code.len);
        CHECK_BYTES(second.ptr, code.ptr, code.len);
        for (unsigned bit = 0; bit < 256; bit++) {
            hash.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
            CHECK_EQ(db.ops->code(db.db, &first, &hash), ERR_STATE_MISSING);
            hash.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
}

/* db_conformance_check fails the current test where a database that holds the sample does not
 * answer as state/db.h says. It asks everything twice: an answer does not depend on others. */
static inline void db_conformance_check(struct state_db db)
{
    for (unsigned round = 0; round < 2 && !test_failed(); round++) {
        db_conformance_accounts(db);
        db_conformance_absent_accounts(db);
        db_conformance_storage(db);
        db_conformance_code(db);
    }
}

#endif
