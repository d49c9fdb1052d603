/* The state root: roots of worlds computed by an independent program (Keccak, RLP and trie written
 * anew, in another language), and that a root depends on what the state is, not on how it came to
 * be so: from the database, by changes, or by changes that were taken back, in any order. */

#include "state/root.h"

#include "tests/test.h"

#define CAP ((size_t)8 << 20)

static const struct map_key map_key = {{0x1234567, 0x89abcdef, 0xfedcba9, 0x87654321}};

/* ---- a world by formula -------------------------------------------------------------------------
 * Account i, from 1: address i * 7 in the first byte, i in the last; nonce i; balance i^2 * 10^18;
 * every third has code, i bytes of value i; slots s < i % 4: key s * 2^128 + i, value
 * (s + 1) * 2^(8 * i). Account 0 is there and empty. */

#define COUNT     20u
#define SLOTS_MAX 3u
#define CODE_MAX  32u

static struct address address_of(unsigned i)
{
    return (struct address){{[0] = (uint8_t)(i * 7), [19] = (uint8_t)i}};
}

static struct u256 balance_of(unsigned i)
{
    const struct u256 ether = u256_from_u64(UINT64_C(1000000000000000000));
    struct u256 balance = u256_from_u64((uint64_t)i * i);
    u256_mul(&balance, &balance, &ether);
    return balance;
}

static struct bytes code_of(unsigned i, uint8_t buffer[static CODE_MAX])
{
    memset(buffer, (int)i, CODE_MAX);
    return bytes_from(buffer, i % 3 == 0 ? i : 0);
}

static unsigned slots_of(unsigned i)
{
    return i % 4;
}

static struct u256 key_of(unsigned i, unsigned s)
{
    return (struct u256){{i, 0, s, 0}};
}

static struct u256 value_of(unsigned i, unsigned s)
{
    const struct u256 shift = u256_from_u64(8 * i);
    struct u256 value = u256_from_u64(s + 1);
    u256_shl(&value, &value, &shift);
    return value;
}

#define WORLD_ROOT "a52404a8d64d45b2b2902745e914a6bdf08b015b5e16bcf47443ea90cb587c12"

/* ---- helpers --------------------------------------------------------------------------------- */

struct world {
    void *region;
    struct arena arena;
    struct db_memory db;
    struct state state;
};

static void open_world(struct world *w)
{
    w->region = test_region(CAP);
    arena_init(&w->arena, w->region, CAP);
    enum err e = db_memory_init(&w->db, &w->arena, &map_key);
    ASSERT(e == OK);
}

static void close_world(struct world *w)
{
    arena_reset(&w->arena);
    test_region_free(w->region, CAP);
}

static void begin(struct world *w)
{
    enum err e = state_init(&w->state, &w->arena, &map_key, db_memory_db(&w->db));
    ASSERT(e == OK);
}

static struct hash32 root_now(struct world *w)
{
    struct hash32 root;
    enum err e = state_root(&root, &w->state, &w->db);
    ASSERT(e == OK);
    return root;
}

static bool root_is(struct world *w, const char *hex)
{
    struct hash32 wanted;
    struct hash32 got = root_now(w);
    (void)test_hex(wanted.b, sizeof(wanted.b), hex);
    return hash32_equal(&got, &wanted);
}

static enum err put_in_db(struct db_memory *db, unsigned i)
{
    uint8_t buffer[CODE_MAX];
    const struct address address = address_of(i);
    const struct u256 balance = balance_of(i);
    struct db_memory_account *account;
    TRY(db_memory_put_account(db, &account, &address, &balance, i, code_of(i, buffer)));
    for (unsigned s = 0; s < slots_of(i); s++) {
        const struct u256 key = key_of(i, s);
        const struct u256 value = value_of(i, s);
        TRY(db_memory_put_storage(db, account, &key, &value));
    }
    return OK;
}

static enum err set_slot(struct state *state, struct account *account, const struct u256 *key,
                         const struct u256 *value)
{
    struct slot *slot;
    TRY(state_slot(state, &slot, account, key));
    TRY(state_slot_load(state, slot));
    return state_slot_set(state, slot, value);
}

/* change_to makes account i what it is in the world, whatever it was. */
static enum err change_to(struct state *state, unsigned i)
{
    uint8_t buffer[CODE_MAX];
    const struct address address = address_of(i);
    const struct u256 balance = balance_of(i);
    struct account *account;
    TRY(state_account(state, &account, &address));
    TRY(state_set_balance(state, account, &balance));
    TRY(state_set_nonce(state, account, i));
    TRY(state_set_code(state, account, code_of(i, buffer)));
    for (unsigned s = 0; s < SLOTS_MAX; s++) {
        const struct u256 key = key_of(i, s);
        const struct u256 value = s < slots_of(i) ? value_of(i, s) : u256_from_u64(0);
        TRY(set_slot(state, account, &key, &value));
    }
    return OK;
}

/* shuffled fills `order` with 0 .. COUNT - 1 at random. */
static void shuffled(unsigned order[static COUNT])
{
    for (unsigned i = 0; i < COUNT; i++) {
        order[i] = i;
    }
    for (unsigned i = COUNT - 1; i > 0; i--) {
        unsigned j = (unsigned)(test_random() % (i + 1));
        unsigned moved = order[i];
        order[i] = order[j];
        order[j] = moved;
    }
}

/* ---- known roots ----------------------------------------------------------------------------- */

/* The root of nothing: keccak256 of the empty string's RLP (Yellow Paper, appendix D). */
static void root_of_no_accounts(void)
{
    struct world w;
    open_world(&w);
    begin(&w);
    CHECK(root_is(&w, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"));
    close_world(&w);
}

/* One account of mainnet's genesis block, 0x000d8362...3280 with its 200 ether, alone. */
static void root_of_one_account(void)
{
    struct world w;
    open_world(&w);
    struct address address;
    (void)test_hex(address.b, sizeof(address.b), "000d836201318ec6899a67540690382780743280");
    const struct u256 hundredth = u256_from_u64(UINT64_C(2000000000000000000));
    struct u256 balance = u256_from_u64(100);
    u256_mul(&balance, &balance, &hundredth);
    struct db_memory_account *account;
    CHECK_EQ(db_memory_put_account(&w.db, &account, &address, &balance, 0, bytes_from(NULL, 0)),
             OK);
    begin(&w);
    CHECK(root_is(&w, "30e440104122b55bd6aeacf30dbf64a53cc7db74eb72d65d18fdc25ecda71bcd"));
    close_world(&w);
}

/* One contract: code, and slots whose values take from one to 32 bytes. */
static void root_of_one_contract(void)
{
    static const struct u256 keys[] = {U256_ZERO, U256_ONE, U256_MAX, {{0, 0, 0, 1}}};
    static const struct u256 values[] = {U256_ONE, U256_MAX, {{0x80, 0, 0, 0}}, {{0, 1, 0, 0}}};
    const struct address address = {{[0] = 0xc0, [19] = 0xde}};
    const struct u256 balance = u256_from_u64(0x7f);
    struct world w;
    open_world(&w);
    struct db_memory_account *account;
    CHECK_EQ(db_memory_put_account(&w.db, &account, &address, &balance, UINT64_MAX,
                                   bytes_from("\x60\x01\x60\x02\x01", 5)),
             OK);
    for (unsigned s = 0; s < 4; s++) {
        CHECK_EQ(db_memory_put_storage(&w.db, account, &keys[s], &values[s]), OK);
    }
    begin(&w);
    CHECK(root_is(&w, "8064c75856627554ad2072a44108350f34ddbe603c58b00bb0afa0192ba62c7c"));
    close_world(&w);
}

static void root_of_the_world(void)
{
    struct world w;
    open_world(&w);
    for (unsigned i = 0; i < COUNT; i++) {
        CHECK_EQ(put_in_db(&w.db, i), OK);
    }
    begin(&w);
    CHECK(root_is(&w, WORLD_ROOT));
    close_world(&w);
}

/* ---- the same world by other ways ------------------------------------------------------------ */

static void order_does_not_matter(void)
{
    for (unsigned round = 0; round < 8; round++) {
        unsigned order[COUNT];
        struct world w;
        open_world(&w);
        shuffled(order);
        for (unsigned i = 0; i < COUNT; i++) {
            CHECK_EQ(put_in_db(&w.db, order[i]), OK);
        }
        begin(&w);
        CHECK(root_is(&w, WORLD_ROOT));
        close_world(&w);
    }
}

static void all_of_it_by_changes(void)
{
    unsigned order[COUNT];
    struct world w;
    open_world(&w);
    begin(&w);
    shuffled(order);
    for (unsigned i = 0; i < COUNT; i++) {
        CHECK_EQ(change_to(&w.state, order[i]), OK);
    }
    state_end_tx(&w.state, false); /* before EIP-161: account 0 stays */
    CHECK(root_is(&w, WORLD_ROOT));
    close_world(&w);
}

/* Part of the accounts in the database as they are, part with other numbers, code and slots, part
 * not at all; changes make up the difference, over several transactions. */
static void part_of_it_by_changes(void)
{
    static const struct u256 junk = {{1, 2, 3, 4}};
    for (unsigned round = 0; round < 8; round++) {
        bool is_wrong[COUNT];
        unsigned order[COUNT];
        struct world w;
        open_world(&w);
        for (unsigned i = 0; i < COUNT; i++) {
            unsigned way = (unsigned)(test_random() % 3);
            const struct address address = address_of(i);
            is_wrong[i] = way != 0;
            if (way == 0) {
                CHECK_EQ(put_in_db(&w.db, i), OK);
            } else if (way == 1) {
                struct db_memory_account *account;
                CHECK_EQ(db_memory_put_account(&w.db, &account, &address, &junk, 1000 + i,
                                               bytes_from("junk", 4)),
                         OK);
                for (unsigned s = 0; s < SLOTS_MAX; s++) {
                    const struct u256 key = key_of(i, s);
                    CHECK_EQ(db_memory_put_storage(&w.db, account, &key, &junk), OK);
                }
            }
        }
        begin(&w);
        shuffled(order);
        for (unsigned i = 0; i < COUNT; i++) {
            if (is_wrong[order[i]]) {
                CHECK_EQ(change_to(&w.state, order[i]), OK);
            }
            if (test_random() % 4 == 0) {
                state_end_tx(&w.state, false);
                state_begin_tx(&w.state);
            }
        }
        state_end_tx(&w.state, false);
        CHECK(root_is(&w, WORLD_ROOT));
        CHECK(root_is(&w, WORLD_ROOT)); /* asking changes nothing */
        close_world(&w);
    }
}

/* Looking, warming, and changes that were taken back leave no trace. */
static void what_is_undone_does_not_count(void)
{
    struct world w;
    open_world(&w);
    for (unsigned i = 0; i < COUNT; i++) {
        CHECK_EQ(put_in_db(&w.db, i), OK);
    }
    begin(&w);
    struct checkpoint start = state_checkpoint(&w.state);
    for (unsigned i = 0; i < COUNT + 5; i++) { /* five that do not exist */
        const struct address address = address_of(i);
        const struct u256 key = key_of(i, 0); /* most of them hold something */
        struct account *account;
        struct slot *slot;
        bool was_cold;
        CHECK_EQ(state_account_record(&w.state, &account, &address), OK);
        CHECK_EQ(state_warm(&w.state, account, &was_cold), OK);
        CHECK_EQ(state_slot(&w.state, &slot, account, &key), OK);
        CHECK_EQ(state_slot_warm(&w.state, slot), OK);
    }
    CHECK(root_is(&w, WORLD_ROOT));
    for (unsigned i = 0; i < COUNT + 5; i++) { /* loaded, but with slots that are not */
        const struct address address = address_of(i);
        struct account *account;
        CHECK_EQ(state_account(&w.state, &account, &address), OK);
    }
    CHECK(root_is(&w, WORLD_ROOT));
    for (unsigned i = 0; i < COUNT + 5; i++) {
        CHECK_EQ(change_to(&w.state, (i + 1) % COUNT), OK);
        const struct address address = address_of(i);
        const struct u256 key = key_of(i, 0);
        const struct u256 value = u256_from_u64(77);
        struct account *account;
        CHECK_EQ(state_account(&w.state, &account, &address), OK);
        CHECK_EQ(set_slot(&w.state, account, &key, &value), OK);
        CHECK_EQ(state_set_balance(&w.state, account, &value), OK);
        CHECK_EQ(state_destroy(&w.state, account), OK);
    }
    CHECK(!root_is(&w, WORLD_ROOT));
    state_revert(&w.state, start);
    state_end_tx(&w.state, false);
    CHECK(root_is(&w, WORLD_ROOT));
    close_world(&w);
}

/* Accounts that vanish leave the trie with their storage; one that comes back has none of it. */
static void destroyed_accounts_are_gone(void)
{
    struct world w;
    open_world(&w);
    begin(&w);
    for (unsigned i = 0; i < COUNT; i += 2) {
        CHECK_EQ(change_to(&w.state, i), OK);
    }
    state_end_tx(&w.state, false);
    const struct hash32 half = root_now(&w);
    close_world(&w);

    open_world(&w);
    for (unsigned i = 0; i < COUNT; i++) {
        CHECK_EQ(put_in_db(&w.db, i), OK);
    }
    begin(&w);
    for (unsigned i = 1; i < COUNT; i += 2) {
        const struct address address = address_of(i);
        struct account *account;
        CHECK_EQ(state_account(&w.state, &account, &address), OK);
        CHECK_EQ(state_destroy(&w.state, account), OK);
    }
    state_end_tx(&w.state, true);
    struct hash32 got = root_now(&w);
    CHECK_BYTES(got.b, half.b, 32);

    /* Account 3 had slots 0, 1 and 2; with slot 0 alone it is what a fresh one would be. */
    const struct address address = address_of(3);
    const struct u256 key = key_of(3, 0);
    const struct u256 value = value_of(3, 0);
    struct hash32 roots[2];
    for (unsigned way = 0; way < 2; way++) {
        if (way == 1) {
            close_world(&w);
            open_world(&w);
            for (unsigned i = 0; i < COUNT; i += 2) {
                CHECK_EQ(put_in_db(&w.db, i), OK);
            }
            begin(&w);
        }
        state_begin_tx(&w.state);
        struct account *account;
        CHECK_EQ(state_account(&w.state, &account, &address), OK);
        CHECK_EQ(state_set_nonce(&w.state, account, 1), OK);
        CHECK_EQ(set_slot(&w.state, account, &key, &value), OK);
        state_end_tx(&w.state, true);
        roots[way] = root_now(&w);
    }
    CHECK_BYTES(roots[0].b, roots[1].b, 32);
    CHECK(!hash32_equal(&roots[0], &half));
    close_world(&w);
}

/* Every field of an account is in its root. */
static void every_field_counts(void)
{
    struct hash32 roots[5];
    for (unsigned field = 0; field < 5; field++) {
        struct world w;
        open_world(&w);
        CHECK_EQ(put_in_db(&w.db, 4), OK);
        begin(&w);
        const struct address address = address_of(4);
        const struct u256 one = U256_ONE;
        struct account *account;
        CHECK_EQ(state_account(&w.state, &account, &address), OK);
        switch (field) {
        case 1:
            CHECK_EQ(state_set_nonce(&w.state, account, 5), OK);
            break;
        case 2:
            CHECK_EQ(state_set_balance(&w.state, account, &one), OK);
            break;
        case 3:
            CHECK_EQ(state_set_code(&w.state, account, bytes_from("x", 1)), OK);
            break;
        case 4:
            CHECK_EQ(set_slot(&w.state, account, &one, &one), OK);
            break;
        default:
            break;
        }
        roots[field] = root_now(&w);
        for (unsigned other = 0; other < field; other++) {
            CHECK(!hash32_equal(&roots[field], &roots[other]));
        }
        close_world(&w);
    }
}

/* An arena that is full at any point: ERR_MEMORY. */
static void no_memory_is_an_error(void)
{
    struct world w;
    open_world(&w);
    for (unsigned i = 0; i < COUNT; i++) {
        CHECK_EQ(put_in_db(&w.db, i), OK);
    }
    begin(&w);
    CHECK_EQ(change_to(&w.state, COUNT + 1), OK);
    const struct hash32 wanted = root_now(&w);
    const size_t mark = arena_mark(&w.arena);
    enum err e = ERR_MEMORY;
    for (size_t spare = 0; e != OK; spare += 64) {
        struct hash32 got;
        w.arena.cap = mark + spare;
        e = state_root(&got, &w.state, &w.db);
        CHECK(e == ERR_MEMORY || (e == OK && hash32_equal(&got, &wanted) && spare > 4096));
        w.arena.cap = CAP;
        arena_rewind(&w.arena, mark);
    }
    close_world(&w);
}

static const struct test_case cases[] = {
    CASE(root_of_no_accounts),         CASE(root_of_one_account),
    CASE(root_of_one_contract),        CASE(root_of_the_world),
    CASE(order_does_not_matter),       CASE(all_of_it_by_changes),
    CASE(part_of_it_by_changes),       CASE(what_is_undone_does_not_count),
    CASE(destroyed_accounts_are_gone), CASE(every_field_counts),
    CASE(no_memory_is_an_error),
};

TEST_MAIN(cases)
