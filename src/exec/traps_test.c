/* Where implementations have gone wrong with transactions, some of them on mainnet: a test for each
 * trap. Those within a message are in evm/traps_test.c. */

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "crypto/secp256k1.h"
#include "exec/tx.h"
#include "tests/evm_fixture.h"

static struct world w;

/* What came of the last transaction. */
static struct tx_result result;

/* simple gives a transaction of CALLER without value, data or tip. */
static struct tx simple(uint64_t to, uint64_t gas_limit)
{
    return (struct tx){
        .sender = test_address(CALLER),
        .to = test_address(to),
        .nonce = world_account(&w, CALLER)->nonce,
        .gas_limit = gas_limit,
        .max_fee_per_gas = w.block.base_fee_per_gas,
        .max_priority_fee_per_gas = w.block.base_fee_per_gas,
    };
}

#define EXECUTE(tx) CHECK_EQ(tx_execute(&w.evm, &result, (tx), w.block.gas_limit), OK)

/* EXECUTED is EXECUTE of one that is to be valid and to end so. */
#define EXECUTED(tx, how)                 \
    do {                                  \
        EXECUTE(tx);                      \
        CHECK_EQ(result.status, TX_OK);   \
        CHECK_EQ(result.halt, EVM_##how); \
    } while (0)

/* check_root compares the state root with that of a database which holds just what the state shows:
 * every account that exists, its slots as they are now. */
static void check_root(void)
{
    static struct world other;
    struct hash32 root;
    struct hash32 want;
    world_reset(&other, FORK_OSAKA);
    CHECK_EQ(db_memory_init(&other.db, &other.arena, &other.key), OK);
    for (struct account *a = w.state.first; a != NULL; a = a->next) {
        struct code *code;
        struct db_memory_account *copy;
        CHECK_EQ(state_load(&w.state, a), OK);
        if (!a->exists) {
            continue;
        }
        CHECK_EQ(state_code(&w.state, &code, a), OK);
        CHECK_EQ(db_memory_put_account(&other.db, &copy, &a->address, &a->balance, a->nonce,
                                       bytes_from(code->bytes, code->len)),
                 OK);
        for (struct slot *slot = a->slots; slot != NULL; slot = slot->next) {
            CHECK_EQ(state_slot_load(&w.state, slot), OK);
            CHECK_EQ(db_memory_put_storage(&other.db, copy, &slot->key, &slot->value), OK);
        }
    }
    world_begin(&other);
    CHECK_EQ(state_root(&want, &other.state, &other.db), OK);
    CHECK_EQ(state_root(&root, &w.state, &w.db), OK);
    CHECK_BYTES(root.b, want.b, 32);
}

/* ---- trap 3 ---------------------------------------------------------------------------------- */

#define FACTORY 0xfacu

/* The factory CREATE2s a contract that, called with calldata, destroys itself, and without gives
 * its slot 1. Its initcode puts 7 there when it comes with value. */
static const char RUNTIME[] =
    "CALLDATASIZE @die JUMPI 1 SLOAD" RETURN_TOP "die: CALLER SELFDESTRUCT";

static struct bytes runtime_code(void)
{
    return assemble(&w.arena, "%s", RUNTIME);
}

static struct bytes initcode(void)
{
    struct bytes runtime = runtime_code();
    char hex[128] = "";
    ASSERT(2 * runtime.len < sizeof(hex));
    for (size_t i = 0; i < runtime.len; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", runtime.ptr[i]);
    }
    struct bytes head = assemble(&w.arena,
                                 "CALLVALUE ISZERO @bare JUMPI 7 1 SSTORE bare:"
                                 " 100 50 0 CODECOPY %zu 0 RETURN",
                                 runtime.len);
    ASSERT(head.len <= 50);
    return assemble(&w.arena,
                    "CALLVALUE ISZERO @bare JUMPI 7 1 SSTORE bare:"
                    " 100 %zu 0 CODECOPY %zu 0 RETURN #%s",
                    head.len, runtime.len, hex);
}

static struct address twin_address(void)
{
    struct address factory = test_address(FACTORY);
    struct u256 salt = u256_from_u64(0);
    struct hash32 hash;
    struct bytes code = initcode();
    keccak256(&hash, code.ptr, code.len);
    return evm_create2_address(&factory, &salt, &hash);
}

static struct account *twin(void)
{
    struct address address = twin_address();
    struct account *account;
    enum err e = state_account(&w.state, &account, &address);
    ASSERT(e == OK);
    return account;
}

static void put_factory(void)
{
    world_contract(&w, FACTORY, 0,
                   "CALLDATASIZE 0 0 CALLDATACOPY 0 CALLDATASIZE 0 CALLVALUE CREATE2" RETURN_TOP);
}

/* create has the factory make the twin, and tells whether it could. */
static bool create(uint64_t value)
{
    struct tx tx = simple(FACTORY, 1000000);
    tx.data = initcode();
    tx.value = u256_from_u64(value);
    enum err e = tx_execute(&w.evm, &result, &tx, w.block.gas_limit);
    ASSERT(e == OK && result.status == TX_OK && result.output.len == 32);
    struct u256 word;
    u256_load_be(&word, result.output.ptr);
    return !u256_is_zero(&word);
}

/* call_twin calls it, with `len` bytes of data; gives the word it returns, 99 when there is none.
 */
static uint64_t call_twin(size_t len)
{
    struct tx tx = simple(0, 100000);
    tx.to = twin_address();
    tx.data = bytes_from("x", len);
    enum err e = tx_execute(&w.evm, &result, &tx, w.block.gas_limit);
    ASSERT(e == OK && result.status == TX_OK);
    return result.output.len == 32 ? load_be64(result.output.ptr + 24) : 99;
}

/* Besu at mainnet's block 18947893: a contract that was destroyed and made again in one block came
 * back with its old storage. The second life begins with none. */
static void trap_03_selfdestruct_then_create2_in_one_block(void)
{
    for (unsigned fork = FORK_PETERSBURG; fork < FORK_CANCUN; fork++) {
        world_reset(&w, fork);
        put_factory();
        CHECK(create(1));
        CHECK_EQ(call_twin(0), 7);
        CHECK(!create(0)); /* it is there */
        CHECK_EQ(call_twin(1), 99);
        CHECK(!twin()->exists);
        check_root();
        CHECK(create(0));
        CHECK(twin()->exists);
        CHECK_EQ(twin()->nonce, 1);
        CHECK_EQ(call_twin(0), 0);
        check_root();
    }
}

/* The same of a contract that the database holds, with slots that nobody has looked at yet. */
static void trap_03_storage_of_the_database_dies_too(void)
{
    for (unsigned fork = FORK_PETERSBURG; fork < FORK_COUNT; fork++) {
        world_reset(&w, fork);
        put_factory();
        struct address address = twin_address();
        struct db_memory_account *there = world_put(&w, &address, 3, 1, runtime_code());
        world_put_slot(&w, there, 1, 9);
        world_put_slot(&w, there, 2, 9);
        CHECK_EQ(call_twin(1), 99);
        bool dies = fork < FORK_CANCUN; /* EIP-6780 */
        CHECK_EQ(twin()->exists, !dies);
        CHECK_EQ(create(0), dies);
        CHECK_EQ(call_twin(0), dies ? 0 : 9);
        struct u256 two = u256_from_u64(2);
        struct slot *slot;
        CHECK_EQ(state_slot(&w.state, &slot, twin(), &two), OK);
        CHECK_EQ(state_slot_load(&w.state, slot), OK);
        CHECK_EQ(slot->value.w[0], dies ? 0 : 9);
        if (dies) {
            check_root();
        }
    }
}

/* geth, CVE-2020-26265: ether sent to an account that was destroyed earlier in the block. It makes
 * a new account, with nothing of the old one's. */
static void trap_03_transfer_to_a_destroyed_account(void)
{
    for (unsigned fork = FORK_HOMESTEAD; fork < FORK_CANCUN; fork++) {
        world_reset(&w, fork);
        struct address address = twin_address();
        struct db_memory_account *there = world_put(&w, &address, 3, 1, runtime_code());
        world_put_slot(&w, there, 1, 9);
        CHECK_EQ(call_twin(1), 99);
        CHECK(!twin()->exists);
        struct tx tx = simple(0, 100000);
        tx.to = address;
        tx.value = u256_from_u64(5);
        EXECUTED(&tx, SUCCESS);
        CHECK_EQ(result.gas_used, 21000);
        CHECK(twin()->exists);
        CHECK_EQ(twin()->balance.w[0], 5);
        CHECK_EQ(twin()->nonce, 0);
        CHECK(!state_has_code(twin()));
        check_root();
    }
}

/* In the transaction that destroyed it, the account is still there; what is sent to it is lost when
 * the transaction ends, and it cannot be made again before. */
static void trap_03_in_the_same_transaction(void)
{
    world_reset(&w, FORK_SHANGHAI);
    world_contract(&w, 0x2000, 10, "CALLVALUE @keep JUMPI CALLER SELFDESTRUCT keep: STOP");
    world_contract(&w, CONTRACT, 100,
                   CALL_ALL(0x2000) "0 0 0 0 5 0x2000 GAS CALL 0x2000 EXTCODESIZE"
                                    " 0 MSTORE 0x2000 BALANCE 32 MSTORE 64 0 RETURN");
    struct tx tx = simple(CONTRACT, 1000000);
    EXECUTED(&tx, SUCCESS);
    CHECK(load_be64(result.output.ptr + 24) != 0);
    CHECK_EQ(load_be64(result.output.ptr + 56), 5);
    CHECK(!world_account(&w, 0x2000)->exists);
    CHECK_EQ(world_account(&w, CONTRACT)->balance.w[0], 105);
    check_root();

    for (unsigned fork = FORK_SHANGHAI; fork < FORK_COUNT; fork++) {
        world_reset(&w, fork);
        put_factory();
        struct bytes code = initcode();
        (void)world_put_code(&w, 0x2000, 0, code);
        /* Has the factory make the twin, has that destroy itself, tries again. */
        struct address address = twin_address();
        char hex[41];
        for (unsigned i = 0; i < 20; i++) {
            (void)snprintf(hex + 2 * (size_t)i, 3, "%02x", address.b[i]);
        }
        world_contract(&w, CONTRACT, 0,
                       "%zu 0 0 0x2000 EXTCODECOPY 32 200 %zu 0 0 0xfac GAS CALL POP"
                       " 0 0 1 0 0 0x%s GAS CALL POP 32 232 %zu 0 0 0xfac GAS CALL POP"
                       " 64 200 RETURN",
                       code.len, code.len, hex, code.len);
        tx = simple(CONTRACT, 10000000);
        EXECUTED(&tx, SUCCESS);
        CHECK_BYTES(result.output.ptr + 12, address.b, 20);
        CHECK_EQ(load_be64(result.output.ptr + 56), 0);
        CHECK(!twin()->exists); /* EIP-6780: made in this transaction, so it dies */
        check_root();
    }
}

/* ---- trap 4 ---------------------------------------------------------------------------------- */

/* EIP-3860: "a create transaction with initcode over the limit is invalid", whoever sends it. */
static void trap_04_initcode_of_a_transaction(void)
{
    static const uint8_t zeros[49153];
    for (unsigned fork = FORK_PARIS; fork < FORK_COUNT; fork++) {
        for (size_t len = 49152; len <= 49153; len++) {
            world_reset(&w, fork);
            struct tx tx = simple(0, 10000000);
            tx.is_create = true;
            tx.data = bytes_from(zeros, len);
            EXECUTE(&tx);
            bool fails = fork >= FORK_SHANGHAI && len == 49153;
            CHECK_EQ(result.status, fails ? TX_INITCODE_SIZE_EXCEEDED : TX_OK);
            CHECK_EQ(world_account(&w, CALLER)->nonce, fails ? 1 : 2);
            uint64_t words = (len + 31) / 32;
            uint64_t used = 21000 + 32000 + 4 * len + (fork >= FORK_SHANGHAI ? 2 * words : 0);
            uint64_t floor = fork >= FORK_PRAGUE ? 21000 + 10 * len : 0;
            CHECK_EQ(result.gas_used, fails ? 0 : used > floor ? used : floor);
        }
    }
}

/* ---- trap 7 ---------------------------------------------------------------------------------- */

/* revm #3780, #3813: gas that ran below zero in refunds. What is refunded is a part of what was
 * used, half of it before EIP-3529 and a fifth since, however much was earned; and never negative.
 */
static void trap_07_refunds_are_capped(void)
{
    for (unsigned fork = FORK_BERLIN; fork < FORK_COUNT; fork++) {
        for (unsigned count = 0; count <= 10; count++) {
            world_reset(&w, fork);
            char text[200] = "";
            for (unsigned i = 0; i < count; i++) {
                (void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "0 %u SSTORE ", i);
            }
            struct db_memory_account *account = world_contract(&w, CONTRACT, 0, "%sSTOP", text);
            for (unsigned i = 0; i < count; i++) {
                world_put_slot(&w, account, i, 1);
            }
            uint64_t used = 21000 + (uint64_t)count * (6 + 2100 + 2900);
            uint64_t earned = count * (fork >= FORK_LONDON ? 4800u : 15000u);
            uint64_t cap = used / (fork >= FORK_LONDON ? 5 : 2);
            uint64_t refund = earned < cap ? earned : cap;
            /* No gas is left: the refund is all that comes back. */
            struct tx tx = simple(CONTRACT, used);
            EXECUTED(&tx, SUCCESS);
            CHECK_EQ(result.gas_refunded, refund);
            CHECK_EQ(result.gas_used, used - refund);
            CHECK_EQ(world_account(&w, CALLER)->balance.w[0], CALLER_WEI - 7 * (used - refund));
            /* One unit less: nothing is cleared, nothing earned, everything used. */
            if (count > 0) {
                world_begin(&w);
                tx = simple(CONTRACT, used - 1);
                EXECUTED(&tx, OUT_OF_GAS);
                CHECK_EQ(result.gas_refunded, 0);
                CHECK_EQ(result.gas_used, used - 1);
            }
        }
    }
}

/* reth: a trie that was updated instead of rebuilt gave a wrong root. Slots set, changed, cleared
 * and made in turn over several transactions leave the root of what is there. */
static void trap_07_root_after_many_changes(void)
{
    world_reset(&w, FORK_OSAKA);
    struct db_memory_account *account =
        world_contract(&w, CONTRACT, 0, "32 CALLDATALOAD 0 CALLDATALOAD SSTORE STOP");
    for (unsigned i = 0; i < 8; i++) {
        world_put_slot(&w, account, i, i + 1);
    }
    uint64_t want[16] = {1, 2, 3, 4, 5, 6, 7, 8};
    for (unsigned round = 0; round < 60 && !test_failed(); round++) {
        uint64_t key = test_random() % 16;
        uint64_t value = test_random() % 3;
        uint8_t data[64] = {0};
        store_be64(data + 24, key);
        store_be64(data + 56, value);
        struct tx tx = simple(CONTRACT, 100000);
        tx.data = bytes_from(data, sizeof(data));
        EXECUTED(&tx, SUCCESS);
        want[key] = value;
        for (unsigned i = 0; i < 16; i++) {
            CHECK_EQ(world_slot(&w, CONTRACT, i).w[0], want[i]);
        }
        check_root();
    }
}

/* ---- trap 9 ---------------------------------------------------------------------------------- */

/* Parity and geth at mainnet's block 2675119: a touch of the RIPEMD-160 precompile stays although
 * the call that touched it ran out of gas, so that the empty account there is deleted (EIP-161). Of
 * no other account, and that is how it has to be. */
static void trap_09_touch_of_ripemd160_survives(void)
{
    for (unsigned fork = FORK_HOMESTEAD; fork < FORK_COUNT; fork++) {
        for (unsigned i = 0; i < 8; i++) {
            unsigned at = i % 4 + 1;
            bool outer_fails = i >= 4;
            world_reset(&w, fork);
            struct address precompile = test_address(at);
            (void)world_put(&w, &precompile, 0, 0, bytes_from(NULL, 0));
            world_contract(&w, CONTRACT, 0, "0 0 0 0 0 %u 0 CALL %s", at,
                           outer_fails ? "INVALID" : "STOP");
            struct tx tx = simple(CONTRACT, 100000);
            EXECUTE(&tx);
            CHECK_EQ(result.status, TX_OK);
            CHECK_EQ(world_account(&w, at)->exists, at != 3 || fork < FORK_SPURIOUS_DRAGON);
            check_root();
        }
    }
    /* When it is not empty it stays, touched or not. */
    world_reset(&w, FORK_SPURIOUS_DRAGON);
    struct address precompile = test_address(3);
    (void)world_put(&w, &precompile, 1, 0, bytes_from(NULL, 0));
    world_contract(&w, CONTRACT, 0, "0 0 0 0 0 3 0 CALL STOP");
    struct tx tx = simple(CONTRACT, 100000);
    EXECUTED(&tx, SUCCESS);
    CHECK(world_account(&w, 3)->exists);
}

/* ---- trap 12 --------------------------------------------------------------------------------- */

/* The refund counter begins at zero in each transaction, and so does what a slot held originally.
 */
static void trap_12_metering_begins_anew(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, CONTRACT, 0, "CALLDATASIZE 0 SSTORE STOP");
    static const struct {
        size_t len; /* what is stored */
        uint64_t gas;
        uint64_t refund;
    } rows[] = {
        {1, 22100, 0},                  /* 0 to 1 */
        {0, 5000, 4800}, {2, 22100, 0}, /* 1 to 0, 0 to 2 */
        {2, 2200, 0},    {3, 5000, 0},  /* 2 to 2, 2 to 3 */
        {0, 5000, 4800}, {0, 2200, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tx tx = simple(CONTRACT, 100000);
        tx.data = bytes_from("abc", rows[i].len);
        EXECUTED(&tx, SUCCESS);
        CHECK_EQ(result.gas_refunded, rows[i].refund);
        CHECK_EQ(result.gas_used, 21000 + 16 * rows[i].len + 2 + 3 + rows[i].gas - rows[i].refund);
        check_root();
    }
}

/* ---- trap 13 --------------------------------------------------------------------------------- */

/* An authorization nobody had to sign: r is the x coordinate of the curve's base point and s is 1,
 * and whoever that signature belongs to is the authority. */
static struct authorization authorization_to(uint64_t address, uint64_t nonce)
{
    uint8_t r[32];
    struct authorization a = {
        .chain_id = U256_ONE, .address = test_address(address), .nonce = nonce, .s = U256_ONE};
    (void)test_hex(r, sizeof(r),
                   "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    u256_load_be(&a.r, r);
    return a;
}

/* recover finds the signer (EIP-7702: keccak(MAGIC || rlp([chain_id, address, nonce]))); false when
 * there is none. */
static bool recover(struct address *out, const struct authorization *a)
{
    uint8_t buffer[80] = {0x05};
    struct writer writer = writer_to(buffer + 1, sizeof(buffer) - 1);
    rlp_list_write(&writer, rlp_u256_size(&a->chain_id) + 21 + rlp_u64_size(a->nonce));
    rlp_u256_write(&writer, &a->chain_id);
    rlp_address_write(&writer, &a->address);
    rlp_u64_write(&writer, a->nonce);
    struct hash32 hash;
    keccak256(&hash, buffer, 1 + writer.len);
    uint8_t r[32];
    uint8_t s[32];
    uint8_t public_key[64];
    u256_store_be(r, &a->r);
    u256_store_be(s, &a->s);
    if (ecdsa_recover(public_key, &hash, r, s, (unsigned)a->y_parity.w[0]) != OK) {
        return false;
    }
    keccak256(&hash, public_key, sizeof(public_key));
    memcpy(out->b, hash.b + 12, 20);
    return true;
}

static struct address authority_of(const struct authorization *a)
{
    struct address address;
    bool is_found = recover(&address, a);
    ASSERT(is_found);
    return address;
}

static struct account *account_at(const struct address *address)
{
    struct account *account;
    enum err e = state_account(&w.state, &account, address);
    ASSERT(e == OK);
    return account;
}

static bool delegates_to(const struct address *address, uint64_t target)
{
    static const uint8_t indicator[3] = {0xef, 0x01, 0x00};
    struct account *account = account_at(address);
    struct address to = test_address(target);
    struct code *code;
    enum err e = state_code(&w.state, &code, account);
    ASSERT(e == OK);
    return code->len == 23 && memcmp(code->bytes, indicator, 3) == 0 &&
           memcmp(code->bytes + 3, to.b, 20) == 0;
}

static struct tx set_code(uint64_t to, const struct authorization *list, size_t count)
{
    struct tx tx = simple(to, 1000000);
    tx.type = TX_SET_CODE;
    tx.authorizations = list;
    tx.authorization_count = count;
    return tx;
}

/* EIP-7702: each authorization costs 25,000 in advance; of an account that exists 12,500 come back.
 */
static void trap_13_authorization_sets_code(void)
{
    for (unsigned exists = 0; exists < 2; exists++) {
        for (uint64_t chain_id = 0; chain_id < 2; chain_id++) {
            world_reset(&w, FORK_PRAGUE);
            struct authorization a = authorization_to(0x2000, 0);
            a.chain_id = u256_from_u64(chain_id);
            struct address authority = authority_of(&a);
            if (exists) {
                (void)world_put(&w, &authority, 1, 0, bytes_from(NULL, 0));
            }
            struct tx tx = set_code(0x3000, &a, 1);
            EXECUTED(&tx, SUCCESS);
            CHECK(delegates_to(&authority, 0x2000));
            CHECK_EQ(account_at(&authority)->nonce, 1);
            CHECK_EQ(result.gas_refunded, exists ? 46000 / 5 : 0);
            CHECK_EQ(result.gas_used, 46000 - result.gas_refunded);
            check_root();
        }
    }
}

/* EIP-7702: "If any of the above steps fail, immediately stop processing the tuple and continue to
 * the next": the authority is as before, and the cost stays. */
static void trap_13_bad_authorizations_are_skipped(void)
{
    for (unsigned i = 0; i < 10; i++) {
        world_reset(&w, FORK_PRAGUE);
        struct authorization list[2] = {authorization_to(0x2000, 0), authorization_to(0x4000, 0)};
        struct authorization *bad = &list[0];
        uint64_t nonce = 0;
        struct bytes code = {NULL, 0};
        switch (i) {
        case 0:
            bad->chain_id = u256_from_u64(2);
            break;
        case 1:
            bad->chain_id = (struct u256){{1, 1, 0, 0}}; /* 1, if only 64 bits counted */
            break;
        case 2:
            bad->nonce = UINT64_MAX;
            nonce = UINT64_MAX;
            break;
        case 3:
            nonce = 1;
            break;
        case 4:
            bad->nonce = 1;
            break;
        case 5:
            bad->y_parity = u256_from_u64(2);
            break;
        case 6:
            bad->y_parity = (struct u256){{0, 1, 0, 0}};
            break;
        case 7: /* n - 1: EIP-2 */
            bad->s = (struct u256){{UINT64_C(0xbfd25e8cd0364140), UINT64_C(0xbaaedce6af48a03b),
                                    UINT64_C(0xfffffffffffffffe), UINT64_MAX}};
            break;
        case 8:
            code = assemble(&w.arena, "STOP");
            break;
        case 9:
            bad->s = (struct u256)U256_ZERO;
            break;
        }
        struct address authority = {{0}};
        struct authorization mended = *bad; /* whoever would sign it if nothing were wrong */
        mended.y_parity.w[0] &= 1;
        (void)recover(&authority, &mended);
        (void)world_put(&w, &authority, 1, nonce, code);
        struct tx tx = set_code(0x3000, list, 2);
        EXECUTED(&tx, SUCCESS);
        CHECK(!delegates_to(&authority, 0x2000));
        CHECK_EQ(account_at(&authority)->nonce, nonce);
        /* The other one is not affected. */
        authority = authority_of(&list[1]);
        CHECK(delegates_to(&authority, 0x4000));
        CHECK_EQ(result.gas_refunded, 0);
        CHECK_EQ(result.gas_used, 21000 + 2 * 25000);
    }
}

/* A y_parity of 2 would be the recovery id of an r over the order, which ECDSA knows and EIP-7702
 * does not. Such an r is small: the first one that is good for something is looked for. */
static void trap_13_y_parity_is_no_recovery_id(void)
{
    world_reset(&w, FORK_PRAGUE);
    struct authorization a = authorization_to(0x2000, 0);
    a.y_parity = u256_from_u64(2);
    struct address authority;
    uint64_t r = 1;
    do {
        a.r = u256_from_u64(r++);
    } while (!recover(&authority, &a));
    struct tx tx = set_code(0x3000, &a, 1);
    EXECUTED(&tx, SUCCESS);
    CHECK(!delegates_to(&authority, 0x2000));
    CHECK_EQ(account_at(&authority)->nonce, 0);
}

/* Half the order itself is the greatest s there may be (EIP-2). */
static void trap_13_s_up_to_half_the_order(void)
{
    for (unsigned more = 0; more < 2; more++) {
        world_reset(&w, FORK_PRAGUE);
        struct authorization a = authorization_to(0x2000, 0);
        a.s = (struct u256){{UINT64_C(0xdfe92f46681b20a0) + more, UINT64_C(0x5d576e7357a4501d),
                             UINT64_MAX, UINT64_C(0x7fffffffffffffff)}};
        struct address authority = authority_of(&a);
        struct tx tx = set_code(0x3000, &a, 1);
        EXECUTED(&tx, SUCCESS);
        CHECK_EQ(delegates_to(&authority, 0x2000), more == 0);
    }
}

/* EIP-7702: "If multiple tuples from the same authority are present, set the code using the address
 * in the last valid occurrence"; 0 for the address clears the code. Signatures over other messages
 * belong to others, so here the list is applied twice, in two transactions. */
static void trap_13_delegations_change_and_end(void)
{
    world_reset(&w, FORK_PRAGUE);
    struct authorization a = authorization_to(0x2000, 5);
    struct address authority = authority_of(&a);
    static const uint8_t indicator[23] = {0xef, 0x01, 0x00, [22] = 0x77};
    (void)world_put(&w, &authority, 1, 5, bytes_from(indicator, sizeof(indicator)));
    CHECK(delegates_to(&authority, 0x77));
    const struct authorization twice[2] = {a, a}; /* the second one's nonce is too low by then */
    struct tx tx = set_code(0x3000, twice, 2);
    EXECUTED(&tx, SUCCESS);
    CHECK(delegates_to(&authority, 0x2000));
    CHECK_EQ(account_at(&authority)->nonce, 6);
    CHECK_EQ(result.gas_refunded, 12500);

    world_reset(&w, FORK_PRAGUE);
    a = authorization_to(0, 5);
    authority = authority_of(&a);
    (void)world_put(&w, &authority, 1, 5, bytes_from(indicator, sizeof(indicator)));
    tx = set_code(0x3000, &a, 1);
    EXECUTED(&tx, SUCCESS);
    CHECK(!state_has_code(account_at(&authority)));
    CHECK_EQ(account_at(&authority)->nonce, 6);
    check_root();
}

/* A sender that authorizes itself: its nonce has risen for the transaction already. */
static void trap_13_self_sponsored_nonce(void)
{
    for (uint64_t nonce = 3; nonce <= 5; nonce++) {
        world_reset(&w, FORK_PRAGUE);
        struct authorization a = authorization_to(0x2000, nonce);
        struct address authority = authority_of(&a);
        (void)world_put(&w, &authority, CALLER_WEI, 4 - 1, bytes_from(NULL, 0));
        struct tx tx = set_code(0x3000, &a, 1);
        tx.sender = authority;
        tx.nonce = 3;
        EXECUTED(&tx, SUCCESS);
        CHECK_EQ(delegates_to(&authority, 0x2000), nonce == 4);
        CHECK_EQ(account_at(&authority)->nonce, nonce == 4 ? 5 : 4);
        /* A delegated account may send (EIP-3607 as EIP-7702 changes it). */
        tx = simple(0x3000, 21000);
        tx.sender = authority;
        tx.nonce = nonce == 4 ? 5 : 4;
        EXECUTED(&tx, SUCCESS);
    }
    /* One with other code may not. */
    world_reset(&w, FORK_PRAGUE);
    world_contract(&w, 0x5000, CALLER_WEI, "STOP");
    struct tx tx = simple(0x3000, 21000);
    tx.sender = test_address(0x5000);
    EXECUTE(&tx);
    CHECK_EQ(result.status, TX_SENDER_NOT_EOA);
}

/* EIP-7702: "Add authority to accessed_addresses", before its code and nonce are looked at; and the
 * delegate of the transaction's target is warm when its code begins. */
static void trap_13_authorities_and_delegates_are_warm(void)
{
    for (unsigned is_bad = 0; is_bad < 2; is_bad++) {
        world_reset(&w, FORK_PRAGUE);
        struct authorization a = authorization_to(0x2000, 0);
        struct address authority = authority_of(&a);
        (void)world_put(&w, &authority, 1, is_bad, bytes_from(NULL, 0));
        world_contract(&w, CONTRACT, 0, "GAS 0 CALLDATALOAD BALANCE POP GAS SWAP1 SUB" RETURN_TOP);
        uint8_t data[32] = {0};
        memcpy(data + 12, authority.b, 20);
        struct tx tx = set_code(CONTRACT, &a, 1);
        tx.data = bytes_from(data, sizeof(data));
        EXECUTED(&tx, SUCCESS);
        CHECK_EQ(load_be64(result.output.ptr + 24), 3 + 3 + 100 + 2 + 2);
    }
    /* An authorization for another chain is dropped before that: cold. */
    world_reset(&w, FORK_PRAGUE);
    struct authorization a = authorization_to(0x2000, 0);
    a.chain_id = u256_from_u64(2);
    struct address authority = authority_of(&a);
    world_contract(&w, CONTRACT, 0, "GAS 0 CALLDATALOAD BALANCE POP GAS SWAP1 SUB" RETURN_TOP);
    uint8_t data[32] = {0};
    memcpy(data + 12, authority.b, 20);
    struct tx tx = set_code(CONTRACT, &a, 1);
    tx.data = bytes_from(data, sizeof(data));
    EXECUTED(&tx, SUCCESS);
    CHECK_EQ(load_be64(result.output.ptr + 24), 3 + 3 + 2600 + 2 + 2);

    world_reset(&w, FORK_PRAGUE);
    world_contract(&w, 0x2000, 0, "GAS 0x2000 BALANCE POP GAS SWAP1 SUB" RETURN_TOP);
    world_contract(&w, 0x3000, 0, "#ef01000000000000000000000000000000000000002000");
    tx = simple(0x3000, 100000);
    EXECUTED(&tx, SUCCESS);
    CHECK_EQ(load_be64(result.output.ptr + 24), 3 + 100 + 2 + 2);
}

/* A transaction's target is followed once, as a call's is; its failure does not undo delegations.
 */
static void trap_13_target_of_a_transaction(void)
{
    world_reset(&w, FORK_PRAGUE);
    world_contract(&w, 0x2000, 0, "ADDRESS" RETURN_TOP);
    world_contract(&w, 0x3000, 0, "#ef01000000000000000000000000000000000000002000");
    world_contract(&w, 0x4000, 0, "#ef01000000000000000000000000000000000000003000");
    struct tx tx = simple(0x3000, 100000);
    EXECUTED(&tx, SUCCESS);
    CHECK_EQ(load_be64(result.output.ptr + 24), 0x3000);
    tx = simple(0x4000, 100000);
    EXECUTED(&tx, INVALID_OPCODE);

    struct authorization a = authorization_to(0x2000, 0);
    struct address authority = authority_of(&a);
    world_contract(&w, 0x5000, 0, "INVALID");
    tx = set_code(0x5000, &a, 1);
    EXECUTED(&tx, INVALID_OPCODE);
    CHECK(delegates_to(&authority, 0x2000));
    CHECK_EQ(account_at(&authority)->nonce, 1);
    check_root();
}

/* ---- trap 14 --------------------------------------------------------------------------------- */

/* EIP-7623: the gas used is that of execution after refunds, or 21,000 and 10 a token when that is
 * more; a zero byte is one token, another four. */
static void trap_14_calldata_has_a_floor(void)
{
    uint8_t data[300];
    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = i % 3 == 0 ? 0 : 1;
    }
    for (unsigned fork = FORK_CANCUN; fork < FORK_COUNT; fork++) {
        for (size_t len = 0; len <= sizeof(data); len += 30) {
            uint64_t intrinsic = 21000 + 4 * (len / 3) + 16 * (len - len / 3);
            uint64_t floor = 21000 + 10 * (len / 3) + 40 * (len - len / 3);
            bool has_floor = fork >= FORK_PRAGUE;
            world_reset(&w, fork);
            struct tx tx = simple(0x3000, 100000);
            tx.data = bytes_from(data, len);
            EXECUTED(&tx, SUCCESS);
            CHECK_EQ(result.gas_used, has_floor ? floor : intrinsic);
            CHECK_EQ(world_account(&w, CALLER)->balance.w[0], CALLER_WEI - 7 * result.gas_used);
            /* The limit has to cover both. */
            tx = simple(0x3000, has_floor ? floor : intrinsic);
            tx.data = bytes_from(data, len);
            EXECUTED(&tx, SUCCESS);
            tx = simple(0x3000, (has_floor ? floor : intrinsic) - 1);
            tx.data = bytes_from(data, len);
            EXECUTE(&tx);
            CHECK_EQ(result.status, has_floor && len != 0 ? TX_INTRINSIC_GAS_BELOW_FLOOR_GAS_COST
                                                          : TX_INTRINSIC_GAS_TOO_LOW);
        }
    }
}

/* What is compared with the floor is what execution used after refunds, and refunds are capped by
 * what it used before. */
static void trap_14_refunds_come_before_the_floor(void)
{
    uint8_t data[256];
    memset(data, 1, sizeof(data));
    for (size_t len = 0; len <= sizeof(data); len += 16) {
        world_reset(&w, FORK_PRAGUE);
        struct db_memory_account *account = world_contract(&w, CONTRACT, 0, "0 0 SSTORE STOP");
        world_put_slot(&w, account, 0, 1);
        struct tx tx = simple(CONTRACT, 100000);
        tx.data = bytes_from(data, len);
        EXECUTED(&tx, SUCCESS);
        uint64_t used = 21000 + 16 * len + 5006;
        uint64_t floor = 21000 + 40 * len;
        CHECK_EQ(result.gas_refunded, 4800); /* less than a fifth in all of these */
        CHECK_EQ(result.gas_used, used - 4800 > floor ? used - 4800 : floor);
        CHECK_EQ(world_account(&w, CALLER)->balance.w[0], CALLER_WEI - 7 * result.gas_used);
    }
}

/* ---- trap 15 --------------------------------------------------------------------------------- */

/* EIP-161: a transaction without value or fee touches its target and the beneficiary. Before, both
 * are accounts afterwards, empty ones; since, neither is, and one that was empty before is gone. */
static void trap_15_touched_by_a_transaction(void)
{
    for (unsigned fork = FORK_FRONTIER; fork < FORK_LONDON; fork++) {
        bool has_eip161 = fork >= FORK_SPURIOUS_DRAGON;
        for (unsigned was_there = 0; was_there < 2; was_there++) {
            world_reset(&w, fork);
            struct address target = test_address(0x3000);
            if (was_there) {
                (void)world_put(&w, &target, 0, 0, bytes_from(NULL, 0));
            }
            struct tx tx = simple(0x3000, 21000);
            tx.max_fee_per_gas = (struct u256)U256_ZERO;
            EXECUTED(&tx, SUCCESS);
            CHECK_EQ(world_account(&w, 0x3000)->exists, !has_eip161);
            CHECK_EQ(world_account(&w, BENEFICIARY)->exists, !has_eip161);
            check_root();
            /* A transfer makes it an account in all forks. */
            tx.nonce++;
            tx.value = u256_from_u64(1);
            EXECUTED(&tx, SUCCESS);
            CHECK(world_account(&w, 0x3000)->exists);
            check_root();
        }
    }
}

/* A touch that was reverted is none: the account stays as it was, empty. */
static void trap_15_reverted_touch_is_none(void)
{
    for (unsigned fails = 0; fails < 2; fails++) {
        world_reset(&w, FORK_SPURIOUS_DRAGON);
        struct address target = test_address(0x3000);
        (void)world_put(&w, &target, 0, 0, bytes_from(NULL, 0));
        world_contract(&w, CONTRACT, 0, "0 0 0 0 0 0x3000 0 CALL %s", fails ? "INVALID" : "STOP");
        struct tx tx = simple(CONTRACT, 100000);
        EXECUTE(&tx);
        CHECK_EQ(world_account(&w, 0x3000)->exists, fails);
        check_root();
    }
}

static const struct test_case cases[] = {
    CASE(trap_03_selfdestruct_then_create2_in_one_block),
    CASE(trap_03_storage_of_the_database_dies_too),
    CASE(trap_03_transfer_to_a_destroyed_account),
    CASE(trap_03_in_the_same_transaction),
    CASE(trap_04_initcode_of_a_transaction),
    CASE(trap_07_refunds_are_capped),
    CASE(trap_07_root_after_many_changes),
    CASE(trap_09_touch_of_ripemd160_survives),
    CASE(trap_12_metering_begins_anew),
    CASE(trap_13_authorization_sets_code),
    CASE(trap_13_bad_authorizations_are_skipped),
    CASE(trap_13_y_parity_is_no_recovery_id),
    CASE(trap_13_s_up_to_half_the_order),
    CASE(trap_13_delegations_change_and_end),
    CASE(trap_13_self_sponsored_nonce),
    CASE(trap_13_authorities_and_delegates_are_warm),
    CASE(trap_13_target_of_a_transaction),
    CASE(trap_14_calldata_has_a_floor),
    CASE(trap_14_refunds_come_before_the_floor),
    CASE(trap_15_touched_by_a_transaction),
    CASE(trap_15_reverted_touch_is_none),
};

TEST_MAIN(cases)
