/* Storage and accounts as instructions see them, and what that costs, fork by fork. */

#include "evm/access.h"

#include "crypto/keccak.h"
#include "tests/evm_fixture.h"

static struct world w;

/* ---- storage --------------------------------------------------------------------------------- */

/* struct metering: gas and refund of a row, under one set of rules. */
struct metering {
    int64_t gas;
    int64_t refund;
};

/* struct store_row: SSTOREs to a slot one after the other, all with PUSH1s. The tables of EIP-1283,
 * EIP-2200 and EIP-3529 ("Test Cases"); between the latter two, EIP-2929 in Berlin, whose prices
 * are London's and whose refunds for clearing are EIP-2200's. The slot is warm. */
struct store_row {
    unsigned original;
    unsigned count;
    unsigned values[3];
    struct metering eip1283;
    struct metering eip2200;
    struct metering eip2929;
    struct metering eip3529;
};

static const struct store_row store_rows[] = {
    {0, 2, {0, 0}, {412, 0}, {1612, 0}, {212, 0}, {212, 0}},
    {0, 2, {0, 1}, {20212, 0}, {20812, 0}, {20112, 0}, {20112, 0}},
    {0, 2, {1, 0}, {20212, 19800}, {20812, 19200}, {20112, 19900}, {20112, 19900}},
    {0, 2, {1, 2}, {20212, 0}, {20812, 0}, {20112, 0}, {20112, 0}},
    {0, 2, {1, 1}, {20212, 0}, {20812, 0}, {20112, 0}, {20112, 0}},
    {1, 2, {0, 0}, {5212, 15000}, {5812, 15000}, {3012, 15000}, {3012, 4800}},
    {1, 2, {0, 1}, {5212, 4800}, {5812, 4200}, {3012, 2800}, {3012, 2800}},
    {1, 2, {0, 2}, {5212, 0}, {5812, 0}, {3012, 0}, {3012, 0}},
    {1, 2, {2, 0}, {5212, 15000}, {5812, 15000}, {3012, 15000}, {3012, 4800}},
    {1, 2, {2, 3}, {5212, 0}, {5812, 0}, {3012, 0}, {3012, 0}},
    {1, 2, {2, 1}, {5212, 4800}, {5812, 4200}, {3012, 2800}, {3012, 2800}},
    {1, 2, {2, 2}, {5212, 0}, {5812, 0}, {3012, 0}, {3012, 0}},
    {1, 2, {1, 0}, {5212, 15000}, {5812, 15000}, {3012, 15000}, {3012, 4800}},
    {1, 2, {1, 2}, {5212, 0}, {5812, 0}, {3012, 0}, {3012, 0}},
    {1, 2, {1, 1}, {412, 0}, {1612, 0}, {212, 0}, {212, 0}},
    {0, 3, {1, 0, 1}, {40218, 19800}, {40818, 19200}, {40118, 19900}, {40118, 19900}},
    {1, 3, {0, 1, 0}, {10218, 19800}, {10818, 19200}, {5918, 17800}, {5918, 7600}},
};

/* plain_metering: SSTORE before EIP-1283 and in Petersburg (Yellow Paper, appendix G). */
static struct metering plain_metering(const struct store_row *row)
{
    struct metering m = {0, 0};
    unsigned now = row->original;
    for (unsigned i = 0; i < row->count; i++) {
        m.gas += 6 + (now == 0 && row->values[i] != 0 ? 20000 : 5000);
        m.refund += now != 0 && row->values[i] == 0 ? 15000 : 0;
        now = row->values[i];
    }
    return m;
}

static struct metering metering_in(enum fork fork, const struct store_row *row)
{
    if (fork == FORK_CONSTANTINOPLE) {
        return row->eip1283;
    }
    return fork < FORK_ISTANBUL  ? plain_metering(row)
           : fork < FORK_BERLIN  ? row->eip2200
           : fork == FORK_BERLIN ? row->eip2929
                                 : row->eip3529;
}

static void check_stores(enum fork fork, const struct store_row *row)
{
    world_reset(&w, fork);
    /* A first look warms the slot; it is not counted. */
    struct db_memory_account *account = world_contract(
        &w, CONTRACT, 0, "0 SLOAD POP %u 0 SSTORE %u 0 SSTORE %s", row->values[0], row->values[1],
        row->count < 3        ? ""
        : row->values[2] == 0 ? "0 0 SSTORE"
                              : "1 0 SSTORE");
    world_put_slot(&w, account, 0, row->original);
    RUN(&w);
    struct metering want = metering_in(fork, row);
    int64_t look = 3 + rules_cost(w.evm.rules, OP_SLOAD) + (fork >= FORK_BERLIN ? 2000 : 0) + 2;
    if (world_used(&w) - look != want.gas || w.state.refund != want.refund) {
        test_fail(__FILE__, __LINE__, "%s, row %zu: gas %lld, refund %lld", fork_name(fork),
                  (size_t)(row - store_rows), (long long)(world_used(&w) - look),
                  (long long)w.state.refund);
    }
    CHECK_EQ(world_slot(&w, CONTRACT, 0).w[0], row->values[row->count - 1]);
}

static void stores_are_metered_as_the_eips_say(void)
{
    for (size_t i = 0; i < sizeof(store_rows) / sizeof(store_rows[0]); i++) {
        for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
            check_stores((enum fork)fork, &store_rows[i]);
        }
    }
}

/* EIP-2200: "If gasleft is less than or equal to gas stipend, fail the current call frame with 'out
 * of gas' exception". The slot is warm and holds what is stored: 800, 100 gas. */
static void store_wants_more_than_the_stipend(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        for (int64_t more = 0; more < 2; more++) {
            world_reset(&w, fork);
            world_contract(&w, CONTRACT, 0, "0 SLOAD POP 0 0 SSTORE STOP");
            int64_t look = 5 + rules_cost(w.evm.rules, OP_SLOAD) + w.evm.rules->storage_cold;
            CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = look + 6 + 2300 + more}),
                     OK);
            bool is_dear = fork < FORK_ISTANBUL && fork != FORK_CONSTANTINOPLE; /* 5,000 gas */
            bool has_sentry = fork >= FORK_ISTANBUL;
            CHECK_EQ(w.outcome.status,
                     is_dear || (has_sentry && more == 0) ? EVM_OUT_OF_GAS : EVM_SUCCESS);
        }
    }
}

/* EIP-2929: the first touch of a slot, by SLOAD or SSTORE, pays for the second. */
static void slots_are_cold_once(void)
{
    static const struct {
        const char *code;
        int64_t gas;
    } rows[] = {
        {"0 SLOAD STOP", 3 + 2100},
        {"0 SLOAD 0 SLOAD STOP", 6 + 2100 + 100},
        {"0 SLOAD 1 SLOAD STOP", 6 + 2100 + 2100},
        {"0 0 SSTORE STOP", 6 + 2100 + 100},
        {"1 0 SSTORE STOP", 6 + 2100 + 20000},
        {"0 SLOAD 1 0 SSTORE STOP", 9 + 2100 + 20000},
        {"0 0 SSTORE 0 SLOAD STOP", 9 + 2100 + 100 + 100},
        {"2 7 SSTORE STOP", 6 + 2100 + 2900},
        {"0 7 SSTORE STOP", 6 + 2100 + 2900},
        {"9 7 SSTORE STOP", 6 + 2100 + 100},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_BERLIN);
        struct db_memory_account *account = world_contract(&w, CONTRACT, 0, "%s", rows[i].code);
        world_put_slot(&w, account, 7, 9);
        RUN(&w);
        CHECK_EQ(world_used(&w), rows[i].gas);
    }
}

/* EIP-1153: transient storage belongs to the account, is undone with its frame and, unlike storage,
 * gone with the transaction. */
static void transient_storage(void)
{
    /* 0x2000 stores 7 under 1 and reports what it found; with calldata it reverts. */
    static const char callee[] = "1 TLOAD 0 0 LOG1 7 1 TSTORE CALLDATASIZE @fail JUMPI STOP"
                                 " fail: 0 0 REVERT";
    world_reset(&w, FORK_CANCUN);
    world_contract(&w, 0x2000, 0, "%s", callee);
    world_contract(
        &w, CONTRACT, 0,
        "0 0 1 0 0 0x2000 GAS CALL POP" /* reverts, and its log with it */
        CALL_ALL(0x2000) "POP" CALL_ALL(
            0x2000) "POP"
                    " 0 0 0 0 0x2000 GAS DELEGATECALL POP 1 TLOAD 0 0 LOG1 1 SLOAD" RETURN_TOP);
    RUN(&w);
    CHECK_EQ(w.state.log_count, 4);
    CHECK_EQ(world_topic(&w, 0), 0); /* the revert has undone the first store */
    CHECK_EQ(world_topic(&w, 1), 7); /* the same transaction */
    CHECK_EQ(world_topic(&w, 2), 0); /* CONTRACT's own */
    CHECK_EQ(world_topic(&w, 3), 7); /* which DELEGATECALL wrote */
    CHECK_EQ(world_number(&w), 0);
    state_end_tx(&w.state, true);
    state_begin_tx(&w.state);
    CHECK_EQ(world_send(&w, &(struct call){.to = 0x2000, .gas = WORLD_GAS}), OK);
    CHECK_EQ(world_topic(&w, 0), 0);
}

/* ---- other accounts -------------------------------------------------------------------------- */

/* EIP-2929: "COLD_ACCOUNT_ACCESS_COST 2600", "WARM_STORAGE_READ_COST 100", for every opcode that
 * looks at an account, whichever looked first. */
static void accounts_are_cold_once(void)
{
    static const struct {
        const char *code; /* leaves the stack to itself */
        int64_t rest;     /* what it costs beside the access */
    } looks[] = {
        {"0x2000 BALANCE", 3},
        {"0x2000 EXTCODESIZE", 3},
        {"0x2000 EXTCODEHASH", 3},
        {"0 0 0 0x2000 EXTCODECOPY", 12},
        {"0 0 0 0 0 0x2000 0 CALL", 21},
        {"0 0 0 0 0 0x2000 0 CALLCODE", 21},
        {"0 0 0 0 0x2000 0 DELEGATECALL", 18},
        {"0 0 0 0 0x2000 0 STATICCALL", 18},
    };
    enum { LOOKS = sizeof(looks) / sizeof(looks[0]) };
    for (size_t i = 0; i < (size_t)LOOKS * LOOKS; i++) {
        RUN_CODE(&w, FORK_BERLIN, "%s %s STOP", looks[i / LOOKS].code, looks[i % LOOKS].code);
        CHECK_EQ(world_used(&w), looks[i / LOOKS].rest + 2600 + looks[i % LOOKS].rest + 100);
    }
    /* SELFDESTRUCT pays for a cold heir, and nothing for a warm one. */
    RUN_CODE(&w, FORK_BERLIN, "0x2000 SELFDESTRUCT");
    CHECK_EQ(world_used(&w), 3 + 5000 + 2600);
    RUN_CODE(&w, FORK_BERLIN, "0x2000 BALANCE POP 0x2000 SELFDESTRUCT");
    CHECK_EQ(world_used(&w), 3 + 2600 + 2 + 3 + 5000);
    /* The running account, the caller and precompiles are warm. */
    RUN_CODE(&w, FORK_BERLIN, "ADDRESS BALANCE CALLER BALANCE 1 BALANCE 9 EXTCODESIZE STOP");
    CHECK_EQ(world_used(&w), 4 * 100 + 2 + 2 + 3 + 3);
}

/* A created address is warm, also when the creation failed (EIP-2929). */
static void created_addresses_are_warm(void)
{
    struct address creator = test_address(CONTRACT);
    struct address created = evm_create_address(&creator, 1);
    char hex[41];
    for (unsigned i = 0; i < 20; i++) {
        (void)snprintf(hex + 2 * (size_t)i, 3, "%02x", created.b[i]);
    }
    static const char *const initcodes[] = {"00", "fe", "60006000fd"};
    for (size_t i = 0; i < sizeof(initcodes) / sizeof(initcodes[0]); i++) {
        RUN_CODE(&w, FORK_BERLIN,
                 "0x%s 0 MSTORE %zu %zu 0 CREATE POP GAS 0x%s BALANCE POP GAS SWAP1 SUB" RETURN_TOP,
                 initcodes[i], strlen(initcodes[i]) / 2, 32 - strlen(initcodes[i]) / 2, hex);
        CHECK_EQ(world_number(&w), 3 + 100 + 2 + 2);
    }
}

/* EIP-1052: zero when the account does not exist or is empty, else its code's hash. */
static void code_of_other_accounts(void)
{
    world_reset(&w, FORK_OSAKA);
    struct address address = test_address(0x2000);
    (void)world_put(&w, &address, 0, 0, bytes_from(NULL, 0)); /* empty */
    address = test_address(0x2001);
    (void)world_put(&w, &address, 1, 0, bytes_from(NULL, 0)); /* no code */
    world_contract(&w, 0x2002, 0, "1 2 ADD STOP");
    world_contract(&w, CONTRACT, 0,
                   "0x1fff EXTCODEHASH 0 MSTORE 0x2000 EXTCODEHASH 32 MSTORE"
                   " 0x2001 EXTCODEHASH 64 MSTORE 0x2002 EXTCODEHASH 96 MSTORE"
                   " 0x1fff EXTCODESIZE 128 MSTORE 0x2001 EXTCODESIZE 160 MSTORE"
                   " 0x2002 EXTCODESIZE 192 MSTORE 224 0 RETURN");
    RUN(&w);
    struct hash32 hash;
    struct bytes code = assemble(&w.arena, "1 2 ADD STOP");
    keccak256(&hash, code.ptr, code.len);
    struct hash32 zero = {{0}};
    CHECK_EQ(w.outcome.output.len, 224);
    CHECK_BYTES(w.outcome.output.ptr, zero.b, 32);
    CHECK_BYTES(w.outcome.output.ptr + 32, zero.b, 32);
    CHECK_BYTES(w.outcome.output.ptr + 64, EMPTY_CODE_HASH.b, 32);
    CHECK_BYTES(w.outcome.output.ptr + 96, hash.b, 32);
    CHECK_EQ(world_word_at(&w, 4).w[0], 0);
    CHECK_EQ(world_word_at(&w, 5).w[0], 0);
    CHECK_EQ(world_word_at(&w, 6).w[0], 6);
}

static const struct test_case cases[] = {
    CASE(stores_are_metered_as_the_eips_say),
    CASE(store_wants_more_than_the_stipend),
    CASE(slots_are_cold_once),
    CASE(transient_storage),
    CASE(accounts_are_cold_once),
    CASE(created_addresses_are_warm),
    CASE(code_of_other_accounts),
};

TEST_MAIN(cases)
