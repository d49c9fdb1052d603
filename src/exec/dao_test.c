/* The DAO fork (EIP-779): the list of accounts, and what becomes of their ether. */

#include "exec/dao.h"

#include "crypto/keccak.h"
#include "state/db_memory.h"
#include "tests/test.h"

#define CAP ((size_t)8 << 20)

static const struct map_key map_key = {{0x1234567, 0x89abcdef, 0xfedcba9, 0x87654321}};

/* The list's hash, so that no digit changes unnoticed. Each of its addresses leads, by its
 * keccak256, to an account in mainnet's state before block 1920000. */
static void list(void)
{
    static const char expected[] =
        "493420ef6d94c124d6bb03a4ea18eb5bab5cedd6a573b36b089a14c03500c3e5";
    uint8_t all[DAO_ACCOUNTS * 20];
    uint8_t wanted[32];
    struct hash32 hash;
    for (size_t i = 0; i < DAO_ACCOUNTS; i++) {
        const struct address address = dao_account(i);
        memcpy(all + 20 * i, address.b, 20);
        CHECK(!address_equal(&address, &DAO_REFUND_ADDRESS));
        for (size_t k = 0; k < i; k++) {
            CHECK(memcmp(all + 20 * k, address.b, 20) != 0);
        }
    }
    keccak256(&hash, all, sizeof(all));
    (void)test_hex(wanted, sizeof(wanted), expected);
    CHECK_BYTES(hash.b, wanted, 32);
}

/* The accounts that EIP-779 names itself: the DAO, its extra balance, and the contract. */
static void named_accounts(void)
{
    uint8_t address[20];
    struct address last = dao_account(DAO_ACCOUNTS - 2);
    (void)test_hex(address, 20, "bb9bc244d798123fde783fcc1c72d3bb8c189413");
    CHECK_BYTES(last.b, address, 20);
    last = dao_account(DAO_ACCOUNTS - 1);
    (void)test_hex(address, 20, "807640a13483f8ac783c557fcdf27be11ea4ac7a");
    CHECK_BYTES(last.b, address, 20);
    (void)test_hex(address, 20, "bf4ed7b27f1d666546e30d74d50d173d20bca754");
    CHECK_BYTES(DAO_REFUND_ADDRESS.b, address, 20);
}

/* put adds an account to the database; its nonce is its balance too. */
static enum err put(struct db_memory *db, const struct address *address, uint64_t balance)
{
    struct db_memory_account *account;
    const struct u256 wei = u256_from_u64(balance);
    return db_memory_put_account(db, &account, address, &wei, balance, bytes_from(NULL, 0));
}

static void check_account(const struct state *state, const struct address *address,
                          uint64_t balance, uint64_t nonce)
{
    const struct account *account = state_find(state, address);
    CHECK(account != NULL && account->exists);
    CHECK(u256_fits_u64(&account->balance));
    CHECK_EQ(account->balance.w[0], balance);
    CHECK_EQ(account->nonce, nonce);
}

static void ether_moves(void)
{
    struct arena arena;
    struct db_memory db;
    struct state state;
    void *region = test_region(CAP);
    const struct address other = {{1}};
    uint64_t sum = 1000;
    arena_init(&arena, region, CAP);
    CHECK_EQ(db_memory_init(&db, &arena, &map_key), OK);
    for (size_t i = 1; i < DAO_ACCOUNTS; i++) { /* the first does not exist */
        const struct address address = dao_account(i);
        CHECK_EQ(put(&db, &address, i), OK);
        sum += i;
    }
    CHECK_EQ(put(&db, &DAO_REFUND_ADDRESS, 1000), OK);
    CHECK_EQ(put(&db, &other, 7), OK);
    CHECK_EQ(state_init(&state, &arena, &map_key, db_memory_db(&db)), OK);
    CHECK_EQ(dao_fork_apply(&state), OK);
    for (size_t i = 0; i < DAO_ACCOUNTS; i++) {
        const struct address address = dao_account(i);
        check_account(&state, &address, 0, i);
    }
    check_account(&state, &DAO_REFUND_ADDRESS, sum, 1000);
    CHECK(state_find(&state, &other) == NULL);
    CHECK_EQ(state.account_count, DAO_ACCOUNTS + 1);
    CHECK_EQ(state.journal_count, 0);
    CHECK_EQ(state.tx, 2);
    test_region_free(region, CAP);
}

/* Where nothing exists, as on a chain of another's making, all of them do afterwards. */
static void on_an_empty_state(void)
{
    struct arena arena;
    struct db_memory db;
    struct state state;
    void *region = test_region(CAP);
    const struct address first = dao_account(0);
    arena_init(&arena, region, CAP);
    CHECK_EQ(db_memory_init(&db, &arena, &map_key), OK);
    CHECK_EQ(state_init(&state, &arena, &map_key, db_memory_db(&db)), OK);
    CHECK_EQ(dao_fork_apply(&state), OK);
    check_account(&state, &first, 0, 0);
    check_account(&state, &DAO_REFUND_ADDRESS, 0, 0);
    test_region_free(region, CAP);
}

/* struct missing_db knows no account from the `left`-th on. */
struct missing_db {
    unsigned left;
};

static enum err missing_account(void *db, bool *found, struct db_account *out,
                                const struct address *address)
{
    struct missing_db *missing = db;
    (void)address;
    if (missing->left-- == 0) {
        return ERR_STATE_MISSING;
    }
    *found = false;
    *out = (struct db_account){.nonce = 0};
    return OK;
}

static const struct state_db_ops missing_ops = {.account = missing_account};

static void errors_of_the_database_come_out(void)
{
    void *region = test_region(CAP);
    for (unsigned left = 0; left <= DAO_ACCOUNTS + 1; left++) {
        struct arena arena;
        struct state state;
        struct missing_db missing = {left};
        arena_init(&arena, region, CAP);
        CHECK_EQ(state_init(&state, &arena, &map_key, (struct state_db){&missing_ops, &missing}),
                 OK);
        CHECK_EQ(dao_fork_apply(&state), left <= DAO_ACCOUNTS ? ERR_STATE_MISSING : OK);
        arena_reset(&arena);
    }
    test_region_free(region, CAP);
}

static void memory_runs_out(void)
{
    void *region = test_region(CAP);
    bool was_enough = false;
    unsigned failures = 0;
    for (size_t cap = 4096; !was_enough && cap <= CAP; cap += 4096) {
        struct arena arena;
        struct state state;
        struct missing_db none = {UINT32_MAX};
        arena_init(&arena, region, cap);
        enum err e = state_init(&state, &arena, &map_key, (struct state_db){&missing_ops, &none});
        if (e == OK) {
            e = dao_fork_apply(&state);
        }
        CHECK(e == OK || e == ERR_MEMORY);
        was_enough = e == OK;
        failures += e != OK;
        arena_reset(&arena);
    }
    CHECK(was_enough && failures > 3);
    test_region_free(region, CAP);
}

static const struct test_case cases[] = {
    CASE(list),
    CASE(named_accounts),
    CASE(ether_moves),
    CASE(on_an_empty_state),
    CASE(errors_of_the_database_come_out),
    CASE(memory_runs_out),
};

TEST_MAIN(cases)
