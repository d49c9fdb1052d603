/* The world state, in three ways: by example, what each promise in the header means; against a
 * naive model that copies everything at each checkpoint, over random changes and transactions; and
 * with a database or an arena that fails, which must come out as that error and as nothing else. */

#include "state/state.h"

#include "crypto/keccak.h"
#include "state/db_memory.h"
#include "tests/test.h"

#define CAP ((size_t)8 << 20)

static const struct map_key map_key = {{0x1234567, 0x89abcdef, 0xfedcba9, 0x87654321}};
static const struct u256 zero = U256_ZERO;
static const struct address alice = {{[0] = 0xa1, [19] = 1}};
static const struct address bob = {{[0] = 0xb0, [19] = 2}};
static const struct address nobody = {{[0] = 0x99, [19] = 3}};
static const struct address ripemd160 = {{[19] = 3}};
static const uint8_t alice_code[] = {0x60, 0x01, 0x60, 0x02, 0x01};

/* ---- a database that counts, and fails when told to ------------------------------------------ */

/* struct watched_db stands before another database. A function whose error is not OK gives that
 * error, and writes to its outputs what nobody must believe. */
struct watched_db {
    struct state_db inner;
    unsigned account_count;
    unsigned storage_count;
    unsigned code_count;
    enum err account_err;
    enum err storage_err;
    enum err code_err;
    enum err block_hash_err;
};

static enum err watched_account(void *db, bool *found, struct db_account *out,
                                const struct address *address)
{
    struct watched_db *watched = db;
    watched->account_count++;
    if (watched->account_err != OK) {
        *found = true;
        memset(out, 0xa5, sizeof(*out));
        return watched->account_err;
    }
    return watched->inner.ops->account(watched->inner.db, found, out, address);
}

static enum err watched_storage(void *db, struct u256 *out, const struct address *address,
                                const struct u256 *key)
{
    struct watched_db *watched = db;
    watched->storage_count++;
    if (watched->storage_err != OK) {
        memset(out, 0xa5, sizeof(*out));
        return watched->storage_err;
    }
    return watched->inner.ops->storage(watched->inner.db, out, address, key);
}

static enum err watched_code(void *db, struct bytes *out, const struct hash32 *code_hash)
{
    struct watched_db *watched = db;
    watched->code_count++;
    if (watched->code_err != OK) {
        *out = bytes_from("?", 1);
        return watched->code_err;
    }
    return watched->inner.ops->code(watched->inner.db, out, code_hash);
}

static enum err watched_block_hash(void *db, struct hash32 *out, uint64_t number)
{
    struct watched_db *watched = db;
    if (watched->block_hash_err != OK) {
        memset(out, 0xa5, sizeof(*out));
        return watched->block_hash_err;
    }
    return watched->inner.ops->block_hash(watched->inner.db, out, number);
}

static const struct state_db_ops watched_ops = {watched_account, watched_storage, watched_code,
                                                watched_block_hash};

static unsigned look_ups(const struct watched_db *db)
{
    return db->account_count + db->storage_count + db->code_count;
}

/* ---- the world of the examples ------------------------------------------------------------------
 * alice: nonce 5, 100 wei, code, slot 1 holds 11. bob: 7 wei. 0x03 and the account "empty" are in
 * the database and empty. nobody is not. */

static const struct address empty = {{[0] = 0xe0, [19] = 4}};

struct world {
    void *region;
    struct arena db_arena;
    struct arena arena;
    struct db_memory db;
    struct watched_db watched;
    struct state state;
};

static enum err fill(struct db_memory *db)
{
    const struct u256 alice_wei = u256_from_u64(100);
    const struct u256 bob_wei = u256_from_u64(7);
    const struct u256 key = u256_from_u64(1);
    const struct u256 value = u256_from_u64(11);
    const struct bytes none = bytes_from(NULL, 0);
    struct db_memory_account *account;
    TRY(db_memory_put_account(db, &account, &alice, &alice_wei, 5,
                              bytes_from(alice_code, sizeof(alice_code))));
    TRY(db_memory_put_storage(db, account, &key, &value));
    TRY(db_memory_put_account(db, &account, &bob, &bob_wei, 0, none));
    TRY(db_memory_put_account(db, &account, &ripemd160, &zero, 0, none));
    return db_memory_put_account(db, &account, &empty, &zero, 0, none);
}

/* open_world makes the world, with an arena of `cap` bytes for the state. */
static enum err open_world(struct world *w, size_t cap)
{
    w->region = test_region(2 * CAP);
    arena_init(&w->db_arena, w->region, CAP);
    arena_init(&w->arena, (uint8_t *)w->region + CAP, cap);
    enum err e = db_memory_init(&w->db, &w->db_arena, &map_key);
    ASSERT(e == OK);
    e = fill(&w->db);
    ASSERT(e == OK);
    w->watched = (struct watched_db){.inner = db_memory_db(&w->db)};
    return state_init(&w->state, &w->arena, &map_key, (struct state_db){&watched_ops, &w->watched});
}

static void close_world(struct world *w)
{
    arena_reset(&w->db_arena);
    arena_reset(&w->arena);
    test_region_free(w->region, 2 * CAP);
}

/* The functions of state.h with numbers in the place of u256. In a world with enough memory and a
 * database that answers they cannot fail. */
static struct account *account_at(struct world *w, const struct address *address)
{
    struct account *account;
    enum err e = state_account(&w->state, &account, address);
    ASSERT(e == OK);
    return account;
}

static struct slot *slot_at(struct world *w, const struct address *address, uint64_t key)
{
    const struct u256 wide = u256_from_u64(key);
    struct slot *slot;
    enum err e = state_slot(&w->state, &slot, account_at(w, address), &wide);
    ASSERT(e == OK);
    return slot;
}

/* slot_value is SLOAD without warmth. */
static uint64_t slot_value(struct world *w, const struct address *address, uint64_t key)
{
    struct slot *slot = slot_at(w, address, key);
    enum err e = state_slot_load(&w->state, slot);
    ASSERT(e == OK && u256_fits_u64(&slot->value));
    return slot->value.w[0];
}

static uint64_t slot_original(struct world *w, const struct address *address, uint64_t key)
{
    struct slot *slot = slot_at(w, address, key);
    enum err e = state_slot_load(&w->state, slot);
    ASSERT(e == OK && u256_fits_u64(&slot->original));
    return slot->original.w[0];
}

static void set_slot(struct world *w, const struct address *address, uint64_t key, uint64_t value)
{
    const struct u256 wide = u256_from_u64(value);
    (void)slot_value(w, address, key);
    enum err e = state_slot_set(&w->state, slot_at(w, address, key), &wide);
    ASSERT(e == OK);
}

static uint64_t transient(struct world *w, const struct address *address, uint64_t key)
{
    return state_transient(&w->state, slot_at(w, address, key)).w[0];
}

static void set_transient(struct world *w, const struct address *address, uint64_t key,
                          uint64_t value)
{
    const struct u256 wide = u256_from_u64(value);
    enum err e = state_transient_set(&w->state, slot_at(w, address, key), &wide);
    ASSERT(e == OK);
}

static void set_balance(struct world *w, const struct address *address, uint64_t wei)
{
    const struct u256 wide = u256_from_u64(wei);
    enum err e = state_set_balance(&w->state, account_at(w, address), &wide);
    ASSERT(e == OK);
}

static void set_code(struct world *w, const struct address *address, const char *code)
{
    enum err e = state_set_code(&w->state, account_at(w, address), bytes_from(code, strlen(code)));
    ASSERT(e == OK);
}

static bool code_is(struct world *w, const struct address *address, const void *bytes, size_t len)
{
    struct account *account = account_at(w, address);
    struct code *code;
    struct hash32 hash;
    enum err e = state_code(&w->state, &code, account);
    ASSERT(e == OK);
    keccak256(&hash, bytes, len);
    return code->len == len && (len == 0 || memcmp(code->bytes, bytes, len) == 0) &&
           hash32_equal(&code->hash, &hash) && hash32_equal(&account->code_hash, &hash) &&
           state_has_code(account) == (len != 0);
}

static void touch(struct world *w, const struct address *address, bool has_eip161)
{
    enum err e = state_touch(&w->state, account_at(w, address), has_eip161);
    ASSERT(e == OK);
}

static void destroy(struct world *w, const struct address *address)
{
    enum err e = state_destroy(&w->state, account_at(w, address));
    ASSERT(e == OK);
}

static void next_tx(struct world *w, bool has_eip161)
{
    state_end_tx(&w->state, has_eip161);
    state_begin_tx(&w->state);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void reads_through_to_the_database(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    const struct account *account = account_at(&w, &alice);
    CHECK(account->exists && account->existed_in_db && account->has_db_storage);
    CHECK_EQ(account->nonce, 5);
    CHECK_EQ(account->balance.w[0], 100);
    CHECK(!state_is_empty(account));
    CHECK(code_is(&w, &alice, alice_code, sizeof(alice_code)));
    CHECK_EQ(slot_value(&w, &alice, 1), 11);
    CHECK_EQ(slot_value(&w, &alice, 2), 0);
    CHECK(code_is(&w, &bob, "", 0));
    CHECK_EQ(slot_value(&w, &bob, 1), 0); /* alice's slot is not bob's */
    close_world(&w);
}

/* Absent, and there but empty, are two things (before EIP-161 both occur). */
static void tells_absent_from_empty(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    const struct account *absent = account_at(&w, &nobody);
    const struct account *present = account_at(&w, &empty);
    CHECK(!absent->exists && !absent->existed_in_db);
    CHECK(present->exists && present->existed_in_db);
    CHECK(state_is_empty(absent) && state_is_empty(present));
    CHECK(!state_is_empty(account_at(&w, &bob)));
    close_world(&w);
}

/* EIP-161: "An account is considered empty when it has no code and zero nonce and zero balance." */
static void emptiness_is_nonce_balance_and_code(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct checkpoint start = state_checkpoint(&w.state);
    struct account *account = account_at(&w, &nobody);
    CHECK_EQ(state_set_nonce(&w.state, account, 1), OK);
    CHECK(!state_is_empty(account));
    state_revert(&w.state, start);
    CHECK(state_is_empty(account));
    set_balance(&w, &nobody, 1);
    CHECK(!state_is_empty(account));
    state_revert(&w.state, start);
    set_code(&w, &nobody, "x");
    CHECK(!state_is_empty(account));
    close_world(&w);
}

static void asks_the_database_once(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    for (unsigned round = 0; round < 3; round++) {
        (void)account_at(&w, &alice);
        (void)account_at(&w, &nobody);
        CHECK(code_is(&w, &alice, alice_code, sizeof(alice_code)));
        CHECK_EQ(slot_value(&w, &alice, 1), 11);
        CHECK_EQ(slot_value(&w, &alice, 2), 0);
        next_tx(&w, true);
    }
    CHECK_EQ(w.watched.account_count, 2);
    CHECK_EQ(w.watched.code_count, 1);
    CHECK_EQ(w.watched.storage_count, 2);
    close_world(&w);
}

/* What cannot hold anything is not asked for: storage of an account that is not there, and code of
 * one that has none. */
static void does_not_ask_what_it_knows(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    CHECK_EQ(slot_value(&w, &nobody, 1), 0);
    CHECK(code_is(&w, &nobody, "", 0));
    CHECK(code_is(&w, &bob, "", 0));
    CHECK_EQ(w.watched.storage_count, 0);
    CHECK_EQ(w.watched.code_count, 0);
    close_world(&w);
}

/* An access list (EIP-2930) names accounts and slots that the transaction may never look at. */
static void warming_does_not_ask_the_database(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    w.watched.account_err = w.watched.storage_err = w.watched.code_err = ERR_STATE_MISSING;
    const struct u256 key = u256_from_u64(1);
    struct account *account;
    struct slot *slot;
    bool was_cold;
    CHECK_EQ(state_account_record(&w.state, &account, &alice), OK);
    CHECK_EQ(state_warm(&w.state, account, &was_cold), OK);
    CHECK(was_cold);
    CHECK_EQ(state_slot(&w.state, &slot, account, &key), OK);
    CHECK_EQ(state_slot_warm(&w.state, slot), OK);
    CHECK(!account->is_loaded && !slot->is_loaded);
    CHECK_EQ(look_ups(&w.watched), 0);
    /* Warm before it was loaded is warm after, and the values are right. */
    w.watched.account_err = w.watched.storage_err = w.watched.code_err = OK;
    CHECK(account_at(&w, &alice) == account);
    CHECK_EQ(account->nonce, 5);
    CHECK_EQ(state_warm(&w.state, account, &was_cold), OK);
    CHECK(!was_cold);
    CHECK(slot_at(&w, &alice, 1) == slot);
    CHECK(state_slot_is_warm(&w.state, slot));
    CHECK_EQ(slot_value(&w, &alice, 1), 11);
    close_world(&w);
}

/* Pointers that callers keep across other look-ups stay good while the maps grow. */
static void records_do_not_move(void)
{
    enum { COUNT = 300 };
    static struct account *accounts[COUNT];
    static struct slot *slots[COUNT];
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    for (unsigned i = 0; i < COUNT; i++) {
        struct address address = {{0}};
        store_be32(address.b, i);
        accounts[i] = account_at(&w, &address);
        slots[i] = slot_at(&w, &address, i % 7);
        CHECK_EQ(accounts[i]->number, i);
    }
    const struct account *next = w.state.first;
    for (unsigned i = 0; i < COUNT; i++) {
        struct address address = {{0}};
        store_be32(address.b, i);
        CHECK(state_find(&w.state, &address) == accounts[i]);
        CHECK(slot_at(&w, &address, i % 7) == slots[i]);
        CHECK(next == accounts[i]); /* the list is in order of first look */
        next = next->next;
    }
    CHECK(next == NULL);
    CHECK(state_find(&w.state, &nobody) == NULL);
    close_world(&w);
}

/* ---- code ------------------------------------------------------------------------------------ */

/* The interpreter reads past the end instead of testing for it: there must be zeros. */
static void codes_end_in_zeros(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    set_code(&w, &bob, "\x7f"); /* a PUSH32 without data */
    static const struct address *const owners[] = {&alice, &bob, &nobody};
    for (unsigned i = 0; i < 3; i++) {
        struct code *code;
        CHECK_EQ(state_code(&w.state, &code, account_at(&w, owners[i])), OK);
        for (size_t pad = 0; pad < CODE_PADDING; pad++) {
            CHECK_EQ(code->bytes[code->len + pad], 0);
        }
    }
    close_world(&w);
}

static void equal_codes_share_a_record(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct code *first;
    struct code *second;
    char text[] = "code";
    set_code(&w, &bob, text);
    text[0] = 'C'; /* it was copied */
    CHECK(code_is(&w, &bob, "code", 4));
    set_code(&w, &nobody, "code");
    CHECK_EQ(state_code(&w.state, &first, account_at(&w, &bob)), OK);
    CHECK_EQ(state_code(&w.state, &second, account_at(&w, &nobody)), OK);
    CHECK(first == second);
    set_code(&w, &nobody, "edoc");
    CHECK(code_is(&w, &nobody, "edoc", 4));
    CHECK(code_is(&w, &bob, "code", 4));
    close_world(&w);
}

/* EIP-7702: clearing a delegation leaves an account with the hash of empty code. */
static void no_bytes_take_the_code_away(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct checkpoint start = state_checkpoint(&w.state);
    set_code(&w, &alice, "");
    CHECK(code_is(&w, &alice, "", 0));
    state_revert(&w.state, start);
    CHECK(code_is(&w, &alice, alice_code, sizeof(alice_code)));
    close_world(&w);
}

/* ---- what lasts for a transaction ------------------------------------------------------------ */

static void warmth_ends_with_the_transaction(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    bool was_cold;
    CHECK_EQ(state_warm(&w.state, account_at(&w, &alice), &was_cold), OK);
    CHECK(was_cold);
    CHECK_EQ(state_warm(&w.state, account_at(&w, &alice), &was_cold), OK);
    CHECK(!was_cold);
    CHECK_EQ(state_slot_warm(&w.state, slot_at(&w, &alice, 1)), OK);
    CHECK(!state_slot_is_warm(&w.state, slot_at(&w, &alice, 2)));
    CHECK(!state_slot_is_warm(&w.state, slot_at(&w, &bob, 1)));
    next_tx(&w, true);
    CHECK(!state_slot_is_warm(&w.state, slot_at(&w, &alice, 1)));
    CHECK_EQ(state_warm(&w.state, account_at(&w, &alice), &was_cold), OK);
    CHECK(was_cold);
    close_world(&w);
}

/* EIP-2929: "if a scope reverts, the access lists should be in the state they were in before that
 * scope was entered". */
static void warmth_is_undone_with_its_frame(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    bool was_cold;
    CHECK_EQ(state_warm(&w.state, account_at(&w, &bob), &was_cold), OK);
    struct checkpoint frame = state_checkpoint(&w.state);
    CHECK_EQ(state_warm(&w.state, account_at(&w, &alice), &was_cold), OK);
    CHECK_EQ(state_slot_warm(&w.state, slot_at(&w, &alice, 1)), OK);
    state_revert(&w.state, frame);
    CHECK(!state_slot_is_warm(&w.state, slot_at(&w, &alice, 1)));
    CHECK_EQ(state_warm(&w.state, account_at(&w, &alice), &was_cold), OK);
    CHECK(was_cold);
    CHECK_EQ(state_warm(&w.state, account_at(&w, &bob), &was_cold), OK);
    CHECK(!was_cold);
    close_world(&w);
}

/* EIP-1153: transient storage is an account's own, undone with its frame, and gone with the
 * transaction. */
static void transient_storage(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    CHECK_EQ(transient(&w, &alice, 1), 0); /* whatever the storage holds */
    set_transient(&w, &alice, 1, 7);
    CHECK_EQ(transient(&w, &alice, 1), 7);
    CHECK_EQ(transient(&w, &alice, 2), 0);
    CHECK_EQ(transient(&w, &bob, 1), 0);
    CHECK_EQ(slot_value(&w, &alice, 1), 11);
    struct checkpoint frame = state_checkpoint(&w.state);
    set_transient(&w, &alice, 1, 8);
    set_transient(&w, &alice, 2, 9);
    state_revert(&w.state, frame);
    CHECK_EQ(transient(&w, &alice, 1), 7);
    CHECK_EQ(transient(&w, &alice, 2), 0);
    next_tx(&w, true);
    CHECK_EQ(transient(&w, &alice, 1), 0);
    /* Undoing in the next transaction goes back to nothing, not to the last one's value. */
    frame = state_checkpoint(&w.state);
    set_transient(&w, &alice, 1, 5);
    state_revert(&w.state, frame);
    CHECK_EQ(transient(&w, &alice, 1), 0);
    close_world(&w);
}

/* EIP-2200: the original value is "the value when a reversion happens on the current transaction";
 * writes do not move it, the next transaction does. */
static void original_values(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    CHECK_EQ(slot_original(&w, &alice, 1), 11);
    set_slot(&w, &alice, 1, 12);
    CHECK_EQ(slot_value(&w, &alice, 1), 12);
    CHECK_EQ(slot_original(&w, &alice, 1), 11);
    struct checkpoint frame = state_checkpoint(&w.state);
    set_slot(&w, &alice, 1, 13);
    state_revert(&w.state, frame);
    CHECK_EQ(slot_value(&w, &alice, 1), 12);
    CHECK_EQ(slot_original(&w, &alice, 1), 11);
    next_tx(&w, true);
    CHECK_EQ(slot_original(&w, &alice, 1), 12);
    set_slot(&w, &alice, 1, 0);
    CHECK_EQ(slot_original(&w, &alice, 1), 12);
    close_world(&w);
}

static void logs_and_refunds(void)
{
    enum { COUNT = 50 }; /* more than the first array of logs holds */
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct checkpoint start = state_checkpoint(&w.state);
    for (unsigned i = 0; i < COUNT; i++) {
        uint8_t data[4];
        struct u256 topics[4];
        store_be32(data, i);
        for (unsigned t = 0; t < 4; t++) {
            topics[t] = u256_from_u64(100 * t + i);
        }
        CHECK_EQ(state_log(&w.state, &alice, topics, i % 5, bytes_from(data, i % 5)), OK);
        memset(data, 0xff, sizeof(data)); /* it was copied */
        w.state.refund += 10;
    }
    CHECK_EQ(w.state.log_count, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        const struct log_entry *log = &w.state.logs[i];
        uint8_t data[4];
        store_be32(data, i);
        CHECK(address_equal(&log->address, &alice));
        CHECK_EQ(log->topic_count, i % 5);
        CHECK_EQ(log->data.len, i % 5);
        CHECK_BYTES(log->data.ptr, data, i % 5);
        for (unsigned t = 0; t < i % 5; t++) {
            CHECK_EQ(log->topics[t].w[0], 100 * t + i);
        }
    }
    struct checkpoint middle = state_checkpoint(&w.state);
    CHECK_EQ(state_log(&w.state, &bob, NULL, 0, bytes_from(NULL, 0)), OK);
    w.state.refund -= 1000; /* EIP-2200: the counter may be negative on the way */
    CHECK_EQ(w.state.refund + 500, 0);
    state_revert(&w.state, middle);
    CHECK_EQ(w.state.log_count, COUNT);
    CHECK_EQ(w.state.refund, 500);
    state_revert(&w.state, start);
    CHECK_EQ(w.state.log_count, 0);
    CHECK_EQ(w.state.refund, 0);
    /* Logs stay readable after the end, for the receipt, and go with the next transaction. */
    CHECK_EQ(state_log(&w.state, &bob, NULL, 0, bytes_from("x", 1)), OK);
    w.state.refund = 3;
    state_end_tx(&w.state, true);
    CHECK_EQ(w.state.log_count, 1);
    CHECK_EQ(w.state.logs[0].data.ptr[0], 'x');
    state_begin_tx(&w.state);
    CHECK_EQ(w.state.log_count, 0);
    CHECK_EQ(w.state.refund, 0);
    close_world(&w);
}

static void block_hashes_come_from_the_database(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct hash32 got;
    struct hash32 wanted;
    keccak256(&wanted, "123", 3);
    CHECK_EQ(state_block_hash(&w.state, &got, 123), OK);
    CHECK_BYTES(got.b, wanted.b, 32);
    close_world(&w);
}

/* ---- creation, destruction, EIP-161 ---------------------------------------------------------- */

/* A new contract has no storage and need not ask: nobody creates where there is some, EIP-7610. */
static void a_created_contract_has_no_storage(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct account *account = account_at(&w, &bob);
    struct checkpoint frame = state_checkpoint(&w.state);
    CHECK_EQ(state_create(&w.state, account), OK);
    CHECK_EQ(account->created_in, w.state.tx);
    CHECK_EQ(slot_value(&w, &bob, 1), 0);
    CHECK_EQ(w.watched.storage_count, 0);
    state_revert(&w.state, frame);
    CHECK(account->created_in != w.state.tx);
    CHECK(!account->is_storage_new);
    CHECK_EQ(slot_value(&w, &bob, 2), 0);
    CHECK_EQ(w.watched.storage_count, 1);
    /* EIP-6780: "created in the same transaction" is over with the transaction. */
    CHECK_EQ(state_create(&w.state, account), OK);
    next_tx(&w, true);
    CHECK(account->created_in != w.state.tx);
    close_world(&w);
}

static void check_vanished(struct world *w, const struct address *address)
{
    const struct account *account = account_at(w, address);
    CHECK(!account->exists);
    CHECK(state_is_empty(account));
    CHECK(code_is(w, address, "", 0));
    CHECK_EQ(slot_value(w, address, 1), 0);
    CHECK_EQ(slot_value(w, address, 2), 0);
    CHECK_EQ(slot_value(w, address, 3), 0);
}

/* Yellow Paper, 6.2: accounts of the self-destruct set go when the transaction ends, with code and
 * storage; until then everything is there but the balance. */
static void destroyed_accounts_vanish_at_the_end(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    set_slot(&w, &alice, 2, 22); /* slot 1 is not looked at, slot 3 only after */
    destroy(&w, &alice);
    CHECK(u256_is_zero(&account_at(&w, &alice)->balance));
    CHECK(account_at(&w, &alice)->exists);
    CHECK_EQ(account_at(&w, &alice)->nonce, 5);
    CHECK(code_is(&w, &alice, alice_code, sizeof(alice_code)));
    CHECK_EQ(slot_value(&w, &alice, 2), 22);
    set_balance(&w, &alice, 50);   /* sent after its end: gone with it */
    state_end_tx(&w.state, false); /* with or without EIP-161 */
    CHECK(!account_at(&w, &alice)->exists);
    state_begin_tx(&w.state);
    check_vanished(&w, &alice);
    CHECK_EQ(slot_original(&w, &alice, 1), 0);
    CHECK_EQ(slot_original(&w, &alice, 2), 0);
    CHECK_EQ(w.watched.storage_count,
             1); /* slot 2 alone: nothing of the old storage is asked for */
    /* And it stays away: another transaction finds it absent, can make it anew. */
    next_tx(&w, true);
    check_vanished(&w, &alice);
    set_balance(&w, &alice, 1);
    next_tx(&w, true);
    CHECK(account_at(&w, &alice)->exists);
    CHECK_EQ(slot_value(&w, &alice, 1), 0);
    close_world(&w);
}

static void a_destruction_undone_is_none(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct checkpoint frame = state_checkpoint(&w.state);
    destroy(&w, &alice);
    destroy(&w, &alice); /* twice is once */
    state_revert(&w.state, frame);
    next_tx(&w, true);
    CHECK(account_at(&w, &alice)->exists);
    CHECK_EQ(account_at(&w, &alice)->balance.w[0], 100);
    CHECK_EQ(slot_value(&w, &alice, 1), 11);
    /* Undone the second time only, it stands. */
    destroy(&w, &alice);
    frame = state_checkpoint(&w.state);
    destroy(&w, &alice);
    state_revert(&w.state, frame);
    next_tx(&w, true);
    check_vanished(&w, &alice);
    close_world(&w);
}

/* EIP-161 (d): "At the end of the transaction, any account touched by the execution of that
 * transaction which is now empty SHALL instead become non-existent". */
static void touched_empty_accounts_vanish(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    (void)account_at(&w, &empty); /* looked at, not touched */
    next_tx(&w, true);
    CHECK(account_at(&w, &empty)->exists);
    touch(&w, &empty, true);
    touch(&w, &bob, true);
    touch(&w, &nobody, true);
    next_tx(&w, true);
    CHECK(!account_at(&w, &empty)->exists);
    CHECK(account_at(&w, &bob)->exists); /* touched, but not empty */
    CHECK(!account_at(&w, &nobody)->exists);
    /* Every other change is a touch too. */
    set_balance(&w, &bob, 0);
    next_tx(&w, true);
    CHECK(!account_at(&w, &bob)->exists);
    close_world(&w);
}

/* What is touched in a frame that fails is not touched. */
static void a_touch_undone_is_none(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct checkpoint frame = state_checkpoint(&w.state);
    touch(&w, &empty, true);
    set_balance(&w, &bob, 0);
    state_revert(&w.state, frame);
    next_tx(&w, true);
    CHECK(account_at(&w, &empty)->exists);
    CHECK_EQ(account_at(&w, &bob)->balance.w[0], 7);
    close_world(&w);
}

/* Before EIP-161 a touch makes an account, and no account goes for being empty. */
static void before_eip_161_a_touch_creates(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct checkpoint frame = state_checkpoint(&w.state);
    touch(&w, &nobody, false);
    CHECK(account_at(&w, &nobody)->exists);
    state_revert(&w.state, frame);
    CHECK(!account_at(&w, &nobody)->exists);
    touch(&w, &nobody, false);
    touch(&w, &empty, false);
    next_tx(&w, false);
    CHECK(account_at(&w, &nobody)->exists);
    CHECK(state_is_empty(account_at(&w, &nobody)));
    CHECK(account_at(&w, &empty)->exists);
    close_world(&w);
}

/* A touch of 0x03 stays when its frame is undone: mainnet's block 2675119, where the call ran out
 * of gas and two clients deleted the account. */
static void the_touch_of_ripemd160_survives(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct checkpoint frame = state_checkpoint(&w.state);
    touch(&w, &ripemd160, true);
    state_revert(&w.state, frame);
    state_end_tx(&w.state, true);
    CHECK(!account_at(&w, &ripemd160)->exists);
    close_world(&w);

    /* Not before EIP-161, not when it is not empty, and not in a later transaction. */
    CHECK_EQ(open_world(&w, CAP), OK);
    frame = state_checkpoint(&w.state);
    touch(&w, &ripemd160, false);
    state_revert(&w.state, frame);
    next_tx(&w, false);
    CHECK(account_at(&w, &ripemd160)->exists);
    next_tx(&w, true);
    CHECK(account_at(&w, &ripemd160)->exists);
    set_balance(&w, &ripemd160, 1);
    frame = state_checkpoint(&w.state);
    touch(&w, &ripemd160, true);
    state_revert(&w.state, frame);
    next_tx(&w, true);
    CHECK(account_at(&w, &ripemd160)->exists);
    close_world(&w);
}

/* ---- errors ---------------------------------------------------------------------------------- */

/* "Could not look" is an error out of every function that looks, each time it is asked; nothing is
 * remembered of it, neither zero nor what the database left in the outputs. */
static void could_not_look_is_never_an_answer(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct account *account;
    struct slot *slot;
    struct code *code;
    struct hash32 hash;
    const struct u256 key = u256_from_u64(1);

    w.watched.account_err = ERR_STATE_MISSING;
    CHECK_EQ(state_account(&w.state, &account, &alice), ERR_STATE_MISSING);
    CHECK_EQ(state_account(&w.state, &account, &alice), ERR_STATE_MISSING);
    CHECK_EQ(state_account_record(&w.state, &account, &alice), OK);
    CHECK_EQ(state_load(&w.state, account), ERR_STATE_MISSING);
    CHECK(!account->is_loaded && !account->exists && account->nonce == 0);
    w.watched.account_err = OK;
    CHECK_EQ(state_load(&w.state, account), OK);
    CHECK(account->exists && account->nonce == 5);

    w.watched.storage_err = ERR_STATE_MISSING;
    CHECK_EQ(state_slot(&w.state, &slot, account, &key), OK);
    CHECK_EQ(state_slot_load(&w.state, slot), ERR_STATE_MISSING);
    CHECK_EQ(state_slot_load(&w.state, slot), ERR_STATE_MISSING);
    CHECK(!slot->is_loaded);
    w.watched.storage_err = OK;
    CHECK_EQ(slot_value(&w, &alice, 1), 11);
    CHECK_EQ(slot_original(&w, &alice, 1), 11);

    /* Changing a code looks at the old one first, so that undoing the change cannot fail. */
    w.watched.code_err = ERR_STATE_MISSING;
    struct checkpoint frame = state_checkpoint(&w.state);
    CHECK_EQ(state_code(&w.state, &code, account), ERR_STATE_MISSING);
    CHECK_EQ(state_set_code(&w.state, account, bytes_from("x", 1)), ERR_STATE_MISSING);
    CHECK_EQ(state_checkpoint(&w.state).journal_count, frame.journal_count);
    CHECK(account->code == NULL);
    w.watched.code_err = OK;
    CHECK(code_is(&w, &alice, alice_code, sizeof(alice_code)));

    w.watched.block_hash_err = ERR_STATE_MISSING;
    CHECK_EQ(state_block_hash(&w.state, &hash, 1), ERR_STATE_MISSING);
    close_world(&w);
}

/* Other errors of the database come out as they are. */
static void errors_keep_their_names(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    struct account *account;
    struct code *code;
    w.watched.account_err = ERR_MALFORMED;
    CHECK_EQ(state_account(&w.state, &account, &alice), ERR_MALFORMED);
    w.watched.account_err = OK;
    CHECK_EQ(state_account(&w.state, &account, &alice), OK);
    w.watched.code_err = ERR_MEMORY;
    CHECK_EQ(state_code(&w.state, &code, account), ERR_MEMORY);
    w.watched.storage_err = ERR_MALFORMED;
    CHECK_EQ(state_slot_load(&w.state, slot_at(&w, &alice, 1)), ERR_MALFORMED);
    close_world(&w);
}

/* use_everything calls every function that takes memory, often enough to grow what grows. */
static enum err use_everything(struct state *state)
{
    enum { ACCOUNTS = 40, SLOTS = 3 };
    for (unsigned i = 0; i < ACCOUNTS; i++) {
        struct address address = i == 0 ? alice : nobody;
        struct account *account;
        struct code *code;
        bool was_cold;
        uint8_t text[4];
        store_be32(text, i);
        address.b[1] = (uint8_t)i; /* alice at first, then accounts that are not there */
        const struct u256 number = u256_from_u64(i + 1);
        TRY(state_account(state, &account, &address));
        TRY(state_warm(state, account, &was_cold));
        TRY(state_code(state, &code, account));
        TRY(state_create(state, account));
        TRY(state_touch(state, account, false));
        TRY(state_set_balance(state, account, &number));
        TRY(state_set_nonce(state, account, i));
        TRY(state_set_code(state, account, bytes_from(text, sizeof(text))));
        for (unsigned s = 0; s < SLOTS; s++) {
            struct slot *slot;
            const struct u256 key = u256_from_u64(s);
            TRY(state_slot(state, &slot, account, &key));
            TRY(state_slot_warm(state, slot));
            TRY(state_slot_load(state, slot));
            TRY(state_slot_set(state, slot, &number));
            TRY(state_transient_set(state, slot, &number));
        }
        TRY(state_log(state, &address, &number, 1, bytes_from(text, sizeof(text))));
        TRY(state_destroy(state, account));
    }
    return OK;
}

/* An arena of every size from nothing up: ERR_MEMORY until it is enough. Eight bytes at a time
 * meets every allocation just too large and just fitting. */
static void no_memory_is_an_error(void)
{
    struct world w;
    CHECK_EQ(open_world(&w, CAP), OK);
    enum err e = ERR_MEMORY;
    size_t cap = 0;
    for (; e != OK; cap += 8) {
        CHECK(cap < CAP);
        arena_reset(&w.arena);
        arena_init(&w.arena, w.arena.base, cap);
        e = state_init(&w.state, &w.arena, &map_key, (struct state_db){&watched_ops, &w.watched});
        if (e == OK) {
            struct checkpoint start = state_checkpoint(&w.state);
            e = use_everything(&w.state);
            state_revert(&w.state, start); /* what was done can be undone even then */
        }
        CHECK(e == OK || e == ERR_MEMORY);
    }
    CHECK(cap > 60000);
    close_world(&w);
}

/* ---- against a model ------------------------------------------------------------------------- */

#define ACCOUNTS  8
#define SLOTS     3
#define CODES     4
#define LOGS_MAX  64
#define DEPTH_MAX 12
#define RIPEMD    3 /* the account with address 0x03 */

struct model_slot {
    uint64_t value;
    uint64_t original;
    uint64_t transient;
    bool is_warm;
};

struct model_account {
    bool exists;
    bool is_warm;
    bool is_touched;
    bool is_created;
    bool is_destroyed;
    uint64_t nonce;
    uint64_t balance;
    unsigned code; /* 0: none; else the byte of which it has three */
    struct model_slot slots[SLOTS];
};

/* struct model is the state as the specifications tell it: all of it in one place, so that a
 * checkpoint is a copy and going back another. */
struct model {
    struct model_account accounts[ACCOUNTS];
    int64_t refund;
    unsigned log_count;
    uint8_t logs[LOGS_MAX];
};

struct duel {
    struct state state;
    struct arena arena;
    struct db_memory db;
    struct model model;
    bool has_db_storage[ACCOUNTS];
    bool has_eip161;
    unsigned depth;
    struct model copies[DEPTH_MAX];
    struct checkpoint checkpoints[DEPTH_MAX];
};

static struct address model_address(unsigned index)
{
    return (struct address){{[19] = (uint8_t)index}};
}

/* wide spreads a number over all words, so that a forgotten word shows; 0 stays 0. */
static struct u256 wide(uint64_t number)
{
    return (struct u256){{number, number << 8, number << 16, number << 24}};
}

static struct bytes model_code(unsigned code)
{
    static const uint8_t codes[CODES][3] = {{0}, {1, 1, 1}, {2, 2, 2}, {3, 3, 3}};
    return bytes_from(codes[code], code == 0 ? 0 : 3);
}

static bool model_is_empty(const struct model_account *a)
{
    return a->nonce == 0 && a->balance == 0 && a->code == 0;
}

static unsigned random_below(unsigned end)
{
    return (unsigned)(test_random() % end);
}

/* begin makes a random database, the model of it and a state over it. */
static enum err duel_begin(struct duel *d)
{
    memset(&d->model, 0, sizeof(d->model));
    d->depth = 0;
    d->has_eip161 = random_below(2) == 0;
    TRY(db_memory_init(&d->db, &d->arena, &map_key));
    for (unsigned i = 0; i < ACCOUNTS; i++) {
        struct model_account *a = &d->model.accounts[i];
        struct db_memory_account *account;
        d->has_db_storage[i] = false;
        if (random_below(3) == 0) {
            continue;
        }
        *a = (struct model_account){.exists = true,
                                    .nonce = random_below(2),
                                    .balance = random_below(2),
                                    .code = random_below(2) * random_below(CODES)};
        const struct address address = model_address(i);
        const struct u256 balance = wide(a->balance);
        TRY(db_memory_put_account(&d->db, &account, &address, &balance, a->nonce,
                                  model_code(a->code)));
        for (unsigned s = 0; s < SLOTS; s++) {
            const struct u256 key = wide(s);
            a->slots[s].value = a->slots[s].original = random_below(2) * random_below(4);
            const struct u256 value = wide(a->slots[s].value);
            TRY(db_memory_put_storage(&d->db, account, &key, &value));
            d->has_db_storage[i] = d->has_db_storage[i] || a->slots[s].value != 0;
        }
    }
    return state_init(&d->state, &d->arena, &map_key, db_memory_db(&d->db));
}

static void model_touch(struct model_account *a)
{
    a->is_touched = true;
    a->exists = true;
}

/* model_may_create: the caller of state_create has checked for a collision (EIP-684, EIP-7610). */
static bool model_may_create(const struct duel *d, unsigned index)
{
    const struct model_account *a = &d->model.accounts[index];
    bool has_storage = d->has_db_storage[index];
    for (unsigned s = 0; s < SLOTS; s++) {
        has_storage = has_storage || a->slots[s].value != 0;
    }
    return a->nonce == 0 && a->code == 0 && !has_storage;
}

static enum err change_account(struct duel *d, unsigned index, struct account *account)
{
    struct model_account *a = &d->model.accounts[index];
    uint64_t number = random_below(3);
    const struct u256 balance = wide(number);
    bool was_cold;
    switch (random_below(7)) {
    case 0:
        TRY(state_warm(&d->state, account, &was_cold));
        if (was_cold == a->is_warm) {
            test_fail(__FILE__, __LINE__, "warmth of account %u", index);
        }
        a->is_warm = true;
        break;
    case 1:
        TRY(state_touch(&d->state, account, d->has_eip161));
        a->is_touched = true;
        a->exists = a->exists || !d->has_eip161;
        break;
    case 2:
        TRY(state_set_balance(&d->state, account, &balance));
        model_touch(a);
        a->balance = number;
        break;
    case 3:
        TRY(state_set_nonce(&d->state, account, number));
        model_touch(a);
        a->nonce = number;
        break;
    case 4:
        a->code = random_below(CODES);
        model_touch(a);
        TRY(state_set_code(&d->state, account, model_code(a->code)));
        break;
    case 5:
        if (model_may_create(d, index)) {
            TRY(state_create(&d->state, account));
            model_touch(a);
            a->is_created = true;
        }
        break;
    default:
        TRY(state_destroy(&d->state, account));
        model_touch(a);
        a->balance = 0;
        a->is_destroyed = true;
        break;
    }
    return OK;
}

static enum err change_slot(struct duel *d, unsigned index, struct account *account)
{
    unsigned number = random_below(SLOTS);
    struct model_slot *s = &d->model.accounts[index].slots[number];
    struct slot *slot;
    const struct u256 key = wide(number);
    uint64_t value = random_below(2) * random_below(4);
    const struct u256 value_word = wide(value);
    TRY(state_slot(&d->state, &slot, account, &key));
    switch (random_below(4)) {
    case 0:
        if (!s->is_warm) {
            TRY(state_slot_warm(&d->state, slot));
        }
        s->is_warm = true;
        break;
    case 1:
        TRY(state_slot_load(&d->state, slot));
        break;
    case 2:
        TRY(state_slot_load(&d->state, slot));
        TRY(state_slot_set(&d->state, slot, &value_word));
        s->value = value;
        break;
    default:
        TRY(state_transient_set(&d->state, slot, &value_word));
        s->transient = value;
        break;
    }
    return OK;
}

static enum err change_rest(struct duel *d)
{
    struct model *m = &d->model;
    int64_t delta = (int64_t)random_below(5) - 2;
    d->state.refund += delta;
    m->refund += delta;
    if (m->log_count < LOGS_MAX) {
        uint8_t byte = (uint8_t)test_random();
        const struct address address = model_address(0);
        m->logs[m->log_count++] = byte;
        return state_log(&d->state, &address, NULL, 0, bytes_from(&byte, 1));
    }
    return OK;
}

static void go_back(struct duel *d)
{
    /* To any of the checkpoints: a frame that fails takes those it called with it. */
    d->depth = random_below(d->depth);
    bool is_ripemd_touched = d->model.accounts[RIPEMD].is_touched;
    state_revert(&d->state, d->checkpoints[d->depth]);
    d->model = d->copies[d->depth];
    d->model.accounts[RIPEMD].is_touched |= is_ripemd_touched;
}

static void model_next_tx(struct duel *d)
{
    struct model *m = &d->model;
    m->refund = 0;
    m->log_count = 0;
    for (unsigned i = 0; i < ACCOUNTS; i++) {
        struct model_account *a = &m->accounts[i];
        if (a->is_destroyed || (d->has_eip161 && a->is_touched && a->exists && model_is_empty(a))) {
            *a = (struct model_account){.exists = false};
            d->has_db_storage[i] = false;
        }
        a->is_warm = a->is_touched = a->is_created = a->is_destroyed = false;
        for (unsigned s = 0; s < SLOTS; s++) {
            a->slots[s].original = a->slots[s].value;
            a->slots[s].transient = 0;
            a->slots[s].is_warm = false;
        }
    }
}

static void compare_slot(const struct duel *d, const struct slot *slot, const struct model_slot *m)
{
    CHECK_EQ(state_slot_is_warm(&d->state, slot), m->is_warm);
    const struct u256 transient_word = wide(m->transient);
    const struct u256 got = state_transient(&d->state, slot);
    CHECK_BYTES(&got, &transient_word, sizeof(got));
    if (slot->is_loaded) {
        const struct u256 value = wide(m->value);
        CHECK_BYTES(&slot->value, &value, sizeof(value));
    }
    if (slot->seen_in == d->state.tx) {
        const struct u256 original = wide(m->original);
        CHECK_BYTES(&slot->original, &original, sizeof(original));
    }
}

static void compare_account(const struct duel *d, const struct account *a,
                            const struct model_account *m)
{
    struct hash32 code_hash;
    const struct u256 balance = wide(m->balance);
    keccak256(&code_hash, model_code(m->code).ptr, model_code(m->code).len);
    CHECK_EQ(a->exists, m->exists);
    CHECK_EQ(a->nonce, m->nonce);
    CHECK_BYTES(&a->balance, &balance, sizeof(balance));
    CHECK_BYTES(a->code_hash.b, code_hash.b, 32);
    CHECK(a->code == NULL || hash32_equal(&a->code->hash, &code_hash));
    CHECK_EQ(a->warm_in == d->state.tx, m->is_warm);
    CHECK_EQ(a->touched_in == d->state.tx, m->is_touched);
    CHECK_EQ(a->created_in == d->state.tx, m->is_created);
    CHECK_EQ(a->destroyed_in == d->state.tx, m->is_destroyed);
    for (const struct slot *slot = a->slots; slot != NULL; slot = slot->next) {
        CHECK(slot->account == a && slot->key.w[0] < SLOTS);
        compare_slot(d, slot, &m->slots[slot->key.w[0]]);
    }
}

static void compare(const struct duel *d)
{
    const struct model *m = &d->model;
    CHECK(d->state.refund == m->refund);
    CHECK_EQ(d->state.log_count, m->log_count);
    for (unsigned i = 0; i < m->log_count; i++) {
        CHECK_EQ(d->state.logs[i].data.ptr[0], m->logs[i]);
    }
    for (unsigned i = 0; i < ACCOUNTS && !test_failed(); i++) {
        const struct address address = model_address(i);
        const struct account *account = state_find(&d->state, &address);
        if (account != NULL && account->is_loaded) {
            compare_account(d, account, &m->accounts[i]);
        }
    }
}

/* look_at_all loads everything, so that compare misses nothing. */
static enum err look_at_all(struct duel *d)
{
    for (unsigned i = 0; i < ACCOUNTS; i++) {
        const struct address address = model_address(i);
        struct account *account;
        struct code *code;
        TRY(state_account(&d->state, &account, &address));
        TRY(state_code(&d->state, &code, account));
        for (unsigned s = 0; s < SLOTS; s++) {
            struct slot *slot;
            const struct u256 key = wide(s);
            TRY(state_slot(&d->state, &slot, account, &key));
            TRY(state_slot_load(&d->state, slot));
        }
    }
    return OK;
}

static enum err duel_step(struct duel *d)
{
    unsigned index = random_below(ACCOUNTS);
    const struct address address = model_address(index);
    struct account *account;
    switch (random_below(16)) {
    case 0:
        if (d->depth < DEPTH_MAX) {
            d->copies[d->depth] = d->model;
            d->checkpoints[d->depth++] = state_checkpoint(&d->state);
        }
        return OK;
    case 1:
        if (d->depth > 0) {
            go_back(d);
        }
        return OK;
    case 2: /* a frame that succeeds */
        d->depth -= d->depth > 0;
        return OK;
    case 3:
        return change_rest(d);
    case 4:
        if (random_below(4) == 0) {
            d->depth = 0;
            state_end_tx(&d->state, d->has_eip161);
            state_begin_tx(&d->state);
            model_next_tx(d);
        }
        return OK;
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
        TRY(state_account(&d->state, &account, &address));
        return change_slot(d, index, account);
    default:
        TRY(state_account(&d->state, &account, &address));
        return change_account(d, index, account);
    }
}

static void agrees_with_a_model(void)
{
    enum { RUNS = 150, STEPS = 400 };
    static struct duel d;
    void *region = test_region(CAP);
    arena_init(&d.arena, region, CAP);
    for (unsigned run = 0; run < RUNS && !test_failed(); run++) {
        arena_reset(&d.arena);
        CHECK_EQ(duel_begin(&d), OK);
        for (unsigned step = 0; step < STEPS && !test_failed(); step++) {
            CHECK_EQ(duel_step(&d), OK);
            compare(&d);
        }
        CHECK_EQ(look_at_all(&d), OK);
        compare(&d);
    }
    arena_reset(&d.arena);
    test_region_free(region, CAP);
}

static const struct test_case cases[] = {
    CASE(reads_through_to_the_database),
    CASE(tells_absent_from_empty),
    CASE(emptiness_is_nonce_balance_and_code),
    CASE(asks_the_database_once),
    CASE(does_not_ask_what_it_knows),
    CASE(warming_does_not_ask_the_database),
    CASE(records_do_not_move),
    CASE(codes_end_in_zeros),
    CASE(equal_codes_share_a_record),
    CASE(no_bytes_take_the_code_away),
    CASE(warmth_ends_with_the_transaction),
    CASE(warmth_is_undone_with_its_frame),
    CASE(transient_storage),
    CASE(original_values),
    CASE(logs_and_refunds),
    CASE(block_hashes_come_from_the_database),
    CASE(a_created_contract_has_no_storage),
    CASE(destroyed_accounts_vanish_at_the_end),
    CASE(a_destruction_undone_is_none),
    CASE(touched_empty_accounts_vanish),
    CASE(a_touch_undone_is_none),
    CASE(before_eip_161_a_touch_creates),
    CASE(the_touch_of_ripemd160_survives),
    CASE(could_not_look_is_never_an_answer),
    CASE(errors_keep_their_names),
    CASE(no_memory_is_an_error),
    CASE(agrees_with_a_model),
};

TEST_MAIN(cases)
