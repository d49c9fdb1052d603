/* Calls that a block makes by itself (EIP-2935, 4788, 7002, 7251): who calls with how much gas, what
 * a contract sees of it, that nobody pays, that nothing of a transaction before is left, and that a
 * call that fails leaves no trace. */

#include "exec/system_call.h"

#include "tests/evm_fixture.h"

static struct world w;

/* begin makes a world with code at EIP-4788's address. */
static struct db_memory_account *begin(unsigned fork, const char *code)
{
    world_reset(&w, fork);
    w.evm.tx = NULL; /* as it is between transactions */
    return world_put(&w, &BEACON_ROOTS_ADDRESS, 5, 1, assemble(&w.arena, "%s", code));
}

/* call makes a system call, whose outcome is then w.outcome. */
static enum err call(bool *has_code, struct bytes data)
{
    enum err e = system_call(&w.evm, has_code, &w.outcome, &BEACON_ROOTS_ADDRESS, data);
    if (w.evm.tx != NULL) {
        test_fail(__FILE__, __LINE__, "the transaction's environment is left behind");
    }
    return e;
}

static struct account *account_at(const struct address *address)
{
    struct account *account;
    enum err e = state_account(&w.state, &account, address);
    ASSERT(e == OK);
    return account;
}

/* slot_at gives a slot of the contract. */
static struct u256 slot_at(uint64_t key)
{
    const struct u256 wide_key = u256_from_u64(key);
    struct slot *slot;
    enum err e = state_slot(&w.state, &slot, account_at(&BEACON_ROOTS_ADDRESS), &wide_key);
    ASSERT(e == OK);
    e = state_slot_load(&w.state, slot);
    ASSERT(e == OK);
    return slot->value;
}

static struct hash32 root_now(void)
{
    struct hash32 root;
    enum err e = state_root(&root, &w.state, &w.db);
    ASSERT(e == OK);
    return root;
}

static struct bytes word(uint8_t fill)
{
    uint8_t *bytes = ARENA_NEW(&w.arena, uint8_t, 32);
    ASSERT(bytes != NULL);
    memset(bytes, fill, 32);
    return bytes_from(bytes, 32);
}

/* is_address tells whether a word is an address. */
static bool is_address(const struct u256 *number, const struct address *address)
{
    uint8_t bytes[32];
    static const uint8_t zeros[12];
    u256_store_be(bytes, number);
    return memcmp(bytes, zeros, 12) == 0 && memcmp(bytes + 12, address->b, 20) == 0;
}

/* EIP-2935, 4788, 7002, 7251: "SYSTEM_ADDRESS", and where the contracts are. */
static void addresses(void)
{
    static const struct {
        const struct address *address;
        const char *hex;
    } rows[] = {
        {&SYSTEM_ADDRESS, "fffffffffffffffffffffffffffffffffffffffe"},
        {&BEACON_ROOTS_ADDRESS, "000f3df6d732807ef1319fb7b8bb8522d0beac02"},
        {&HISTORY_STORAGE_ADDRESS, "0000f90827f1c53a10cb7a02335b175320002935"},
        {&WITHDRAWAL_REQUEST_ADDRESS, "00000961ef480eb55e80d19ad83579a64c007002"},
        {&CONSOLIDATION_REQUEST_ADDRESS, "0000bbddc7ce488642fb579f8b00f3a590007251"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t wanted[20];
        (void)test_hex(wanted, sizeof(wanted), rows[i].hex);
        CHECK_BYTES(rows[i].address->b, wanted, sizeof(wanted));
    }
}

/* The contract writes down all that it sees of the call. */
static void what_the_contract_sees(void)
{
    bool has_code = false;
    (void)begin(FORK_PRAGUE, "GAS 0 SSTORE CALLER 1 SSTORE ORIGIN 2 SSTORE CALLVALUE 3 SSTORE "
                             "CALLDATASIZE 4 SSTORE 0 CALLDATALOAD 5 SSTORE ADDRESS 6 SSTORE "
                             "SELFBALANCE 7 SSTORE NUMBER 8 SSTORE GASPRICE 9 SSTORE "
                             "0 BLOBHASH 10 SSTORE 3 0 RETURN");
    CHECK_EQ(call(&has_code, word(0xab)), OK);
    CHECK(has_code);
    CHECK_STR(evm_status_name(w.outcome.status), "SUCCESS");
    CHECK_EQ(w.outcome.output.len, 3);
    CHECK_EQ(slot_at(0).w[0], 30000000 - 2); /* all of it, but what GAS costs */
    struct u256 seen = slot_at(1);
    CHECK(is_address(&seen, &SYSTEM_ADDRESS));
    seen = slot_at(2);
    CHECK(is_address(&seen, &SYSTEM_ADDRESS));
    seen = slot_at(3);
    CHECK(u256_is_zero(&seen));
    CHECK_EQ(slot_at(4).w[0], 32);
    CHECK_EQ(slot_at(5).w[3], UINT64_C(0xabababababababab));
    seen = slot_at(6);
    CHECK(is_address(&seen, &BEACON_ROOTS_ADDRESS));
    CHECK_EQ(slot_at(7).w[0], 5);
    CHECK_EQ(slot_at(8).w[0], w.block.number);
    seen = slot_at(9);
    CHECK(u256_is_zero(&seen));
    seen = slot_at(10);
    CHECK(u256_is_zero(&seen));
}

/* Nobody pays and no nonce rises: the caller's account is not even made, nor is the beneficiary's;
 * where the caller has one, it stays as it is. */
static void nobody_pays(void)
{
    bool has_code;
    (void)begin(FORK_PRAGUE, "1 0 SSTORE");
    CHECK_EQ(call(&has_code, word(1)), OK);
    CHECK(!account_at(&SYSTEM_ADDRESS)->exists);
    CHECK(!world_account(&w, BENEFICIARY)->exists);
    CHECK_EQ(account_at(&BEACON_ROOTS_ADDRESS)->balance.w[0], 5);
    CHECK_EQ(account_at(&BEACON_ROOTS_ADDRESS)->nonce, 1);

    (void)begin(FORK_PRAGUE, "1 0 SSTORE");
    (void)world_put(&w, &SYSTEM_ADDRESS, 7, 3, bytes_from(NULL, 0));
    CHECK_EQ(call(&has_code, word(1)), OK);
    const struct account *system = account_at(&SYSTEM_ADDRESS);
    CHECK_EQ(system->balance.w[0], 7);
    CHECK_EQ(system->nonce, 3);
    CHECK_EQ(slot_at(0).w[0], 1);
}

/* The call is a transaction of its own: what was warm before is cold again, what it warmed is cold
 * afterwards, and transient storage, logs and the refund counter begin anew. Gas tells: SLOAD of a
 * cold slot is 2,100, of a warm one 100 (EIP-2929), and the GAS between costs 2. */
static void nothing_stays_warm(void)
{
    static const char code[] = "GAS 7 SLOAD POP GAS SWAP1 SUB 0 SSTORE " /* cold */
                               "GAS 7 SLOAD POP GAS SWAP1 SUB 1 SSTORE " /* warm */
                               "GAS 0x0f00 BALANCE POP GAS SWAP1 SUB 2 SSTORE "
                               "9 TLOAD 3 SSTORE 1 9 TSTORE "
                               "1 2 LOG0";
    bool has_code;
    (void)begin(FORK_PRAGUE, code);
    struct account *other = world_account(&w, 0x0f00);
    const struct u256 seven = u256_from_u64(7);
    struct slot *slot;
    bool was_cold;
    state_begin_tx(&w.state);
    CHECK_EQ(state_warm(&w.state, other, &was_cold), OK);
    CHECK_EQ(state_slot(&w.state, &slot, account_at(&BEACON_ROOTS_ADDRESS), &seven), OK);
    CHECK_EQ(state_slot_warm(&w.state, slot), OK);
    for (unsigned round = 0; round < 2; round++) {
        CHECK_EQ(call(&has_code, word(1)), OK);
        CHECK_STR(evm_status_name(w.outcome.status), "SUCCESS");
        /* PUSH1 3, SLOAD, POP 2, GAS 2 */
        CHECK_EQ(slot_at(0).w[0], 3 + 2100 + 2 + 2);
        CHECK_EQ(slot_at(1).w[0], 3 + 100 + 2 + 2);
        CHECK_EQ(slot_at(2).w[0], 3 + 2600 + 2 + 2);
        const struct u256 transient = slot_at(3);
        CHECK(u256_is_zero(&transient));
        CHECK_EQ(w.state.log_count, 1);
    }
    state_begin_tx(&w.state);
    CHECK(!state_slot_is_warm(&w.state, slot));
    CHECK_EQ(state_warm(&w.state, other, &was_cold), OK);
    CHECK(was_cold);
}

/* It ends as a transaction does: what destroyed itself is gone, what is empty and was touched too
 * (EIP-161, EIP-6780). */
static void it_ends_as_a_transaction(void)
{
    bool has_code;
    /* CREATE of code that destroys itself, SELFDESTRUCT being 0xff; then a call with no value to an
     * account that is there and empty. */
    (void)begin(FORK_PRAGUE, "0x30ff 0 MSTORE 2 30 0 CREATE 0 SSTORE 0 0 0 0 0 0x0e0e GAS CALL");
    (void)world_put_code(&w, 0x0c0c, 0, bytes_from(NULL, 0));
    struct address empty = test_address(0x0e0e);
    (void)world_put(&w, &empty, 0, 0, bytes_from(NULL, 0));
    CHECK_EQ(call(&has_code, word(1)), OK);
    CHECK_STR(evm_status_name(w.outcome.status), "SUCCESS");
    CHECK(!world_account(&w, 0x0e0e)->exists);
    CHECK(world_account(&w, 0x0c0c)->exists);
    uint8_t bytes[32];
    struct address created;
    const struct u256 created_word = slot_at(0);
    CHECK(!u256_is_zero(&created_word));
    u256_store_be(bytes, &created_word);
    memcpy(created.b, bytes + 12, 20);
    CHECK(!account_at(&created)->exists);
}

/* However it fails, the state is as before, and the answer says how. */
static void a_failure_leaves_the_state(void)
{
    static const struct {
        const char *code;
        enum evm_status status;
    } rows[] = {
        {"1 0 SSTORE 2 0 REVERT", EVM_REVERT},
        {"1 0 SSTORE #fe", EVM_INVALID_OPCODE},
        {"1 0 SSTORE POP", EVM_STACK_UNDERFLOW},
        {"1 0 SSTORE here: @here JUMP", EVM_OUT_OF_GAS},
        {"1 0 SSTORE 0xffffffff 0 RETURN", EVM_OUT_OF_GAS},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool has_code = false;
        (void)begin(FORK_PRAGUE, rows[i].code);
        const struct hash32 before = root_now();
        CHECK_EQ(call(&has_code, word(1)), OK);
        CHECK(has_code);
        CHECK_STR(evm_status_name(w.outcome.status), evm_status_name(rows[i].status));
        const struct hash32 after = root_now();
        CHECK_BYTES(after.b, before.b, 32);
        CHECK_EQ(w.outcome.output.len, rows[i].status == EVM_REVERT ? 2 : 0);
    }
}

/* EIP-4788: "If no code exists at the address, the call must fail silently": nothing is called, and
 * an account without code is not touched, so one that is empty stays. */
static void no_code(void)
{
    bool has_code = true;
    world_reset(&w, FORK_PRAGUE);
    CHECK_EQ(call(&has_code, word(1)), OK);
    CHECK(!has_code);
    CHECK(!account_at(&BEACON_ROOTS_ADDRESS)->exists);
    for (uint64_t wei = 0; wei < 2; wei++) {
        has_code = true;
        world_reset(&w, FORK_PRAGUE);
        (void)world_put(&w, &BEACON_ROOTS_ADDRESS, wei, 0, bytes_from(NULL, 0));
        const struct hash32 before = root_now();
        CHECK_EQ(call(&has_code, word(1)), OK);
        CHECK(!has_code);
        CHECK(account_at(&BEACON_ROOTS_ADDRESS)->exists);
        const struct hash32 after = root_now();
        CHECK_BYTES(after.b, before.b, 32);
    }
}

/* What the contract's code needs and the database cannot tell is an error. */
static enum err fail_code(void *db, struct bytes *out, const struct hash32 *code_hash)
{
    (void)db;
    (void)out;
    (void)code_hash;
    return ERR_STATE_MISSING;
}

static void an_error_is_no_outcome(void)
{
    bool has_code;
    (void)begin(FORK_PRAGUE, "1 0 SSTORE");
    struct state_db_ops ops = *w.state.db.ops;
    ops.code = fail_code;
    w.state.db.ops = &ops;
    CHECK_EQ(call(&has_code, word(1)), ERR_STATE_MISSING);
}

static const struct test_case cases[] = {
    CASE(addresses),
    CASE(what_the_contract_sees),
    CASE(nobody_pays),
    CASE(nothing_stays_warm),
    CASE(it_ends_as_a_transaction),
    CASE(a_failure_leaves_the_state),
    CASE(no_code),
    CASE(an_error_is_no_outcome),
};

TEST_MAIN(cases)
