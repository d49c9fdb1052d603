/* Bytecode as one call: what runs, what it sees, what is warm, and that neither fees nor the
 * database come into it. */

#include "spec/runcode.h"

#include "tests/evm_fixture.h"

static struct world w;

static struct code_call call_of(struct bytes code)
{
    return (struct code_call){
        .fork = FORK_OSAKA,
        .block = {.chain_id = 1},
        .caller = test_address(CALLER),
        .to = test_address(CONTRACT),
        .code = code,
        .gas = 100000,
    };
}

/* run runs a call on w.db, with its results in w.state and w.outcome. */
static void run(const struct code_call *call)
{
    enum err e = runcode(&w.evm, &w.state, &w.outcome, &w.arena, &w.key, &w.db, call);
    ASSERT(e == OK);
}

static void runs_code(void)
{
    world_reset(&w, FORK_OSAKA);
    struct code_call call = call_of(assemble(&w.arena, "2 3 ADD" RETURN_TOP));
    run(&call);
    CHECK_STR(evm_status_name(w.outcome.status), "SUCCESS");
    CHECK_EQ(world_number(&w), 5);
    /* No intrinsic gas: five PUSHes, ADD, MSTORE and its word of memory. */
    CHECK_EQ(call.gas - w.outcome.gas_left, 5 * 3 + 3 + 3 + 3);
    CHECK(w.evm.tx == NULL && w.evm.block == NULL);
}

static void sees_its_environment(void)
{
    static const struct {
        const char *code;
        uint64_t wanted;
    } rows[] = {
        {"CALLER", CALLER},
        {"ORIGIN", CALLER},
        {"ADDRESS", CONTRACT},
        {"CALLVALUE", 9},
        {"SELFBALANCE", 9},
        {"GASPRICE", 0},
        {"0 CALLDATALOAD", 0x1234},
        {"NUMBER", 77},
        {"TIMESTAMP", 88},
        {"CODESIZE", 9},
        {"CHAINID", 5},
    };
    uint8_t input[32] = {[30] = 0x12, [31] = 0x34};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        struct code_call call = call_of(assemble(&w.arena, "%s" RETURN_TOP, rows[i].code));
        call.block.number = 77;
        call.block.timestamp = 88;
        call.block.chain_id = 5;
        call.value = u256_from_u64(9);
        call.input = bytes_from(input, sizeof(input));
        run(&call);
        CHECK_EQ(world_number(&w), rows[i].wanted);
    }
}

/* The caller has what it sends: more is given to one who has too little, nothing to one who has. */
static void the_caller_can_pay(void)
{
    world_reset(&w, FORK_OSAKA);
    struct code_call call = call_of(assemble(&w.arena, "STOP"));
    call.caller = test_address(0x9999);
    call.value = (struct u256)U256_MAX;
    run(&call);
    CHECK_STR(evm_status_name(w.outcome.status), "SUCCESS");
    CHECK(u256_eq(&world_account(&w, CONTRACT)->balance, &call.value));
    CHECK(u256_is_zero(&world_account(&w, 0x9999)->balance));
    call.caller = test_address(CALLER);
    call.value = u256_from_u64(1);
    run(&call);
    CHECK_EQ(world_account(&w, CALLER)->balance.w[0], CALLER_WEI - 1);
    CHECK_EQ(world_account(&w, CALLER)->nonce, 1); /* no transaction */
}

/* The code given replaces the database's; without any the database's runs; a precompile is one. */
static void what_runs(void)
{
    world_reset(&w, FORK_OSAKA);
    (void)world_contract(&w, CONTRACT, 0, "1" RETURN_TOP);
    struct code_call call = call_of(assemble(&w.arena, "2" RETURN_TOP));
    run(&call);
    CHECK_EQ(world_number(&w), 2);
    call.code.len = 0;
    run(&call); /* the database was not changed */
    CHECK_EQ(world_number(&w), 1);
    uint8_t delegation[23] = {0xef, 0x01, 0x00};
    memcpy(delegation + 3, call.to.b, sizeof(call.to.b));
    call.to = test_address(0x2000);
    call.code = bytes_from(delegation, sizeof(delegation));
    run(&call); /* a delegation is followed (EIP-7702) */
    CHECK_EQ(world_number(&w), 1);
    call.to = test_address(4); /* even where a precompile would be */
    run(&call);
    CHECK_EQ(world_number(&w), 1);
    call.code.len = 0;
    call.input = bytes_from("identity", 8);
    run(&call);
    CHECK_EQ(w.outcome.output.len, 8);
    CHECK_BYTES(w.outcome.output.ptr, "identity", 8);
}

/* Caller and target are warm (EIP-2929), others are not: 100 or 2,600, PUSH and POP 5. */
static void what_is_warm(void)
{
    static const struct {
        const char *code;
        int64_t gas;
    } rows[] = {
        {"0xca11 BALANCE POP", 105},
        {"0x1000 BALANCE POP", 105},
        {"0x9999 BALANCE POP", 2605},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        struct code_call call = call_of(assemble(&w.arena, "%s", rows[i].code));
        run(&call);
        CHECK_EQ(call.gas - w.outcome.gas_left, rows[i].gas);
    }
}

/* The rules are the fork's; a failure undoes what the code did. */
static void forks_and_failures(void)
{
    world_reset(&w, FORK_OSAKA);
    struct code_call call = call_of(assemble(&w.arena, "PUSH0 POP"));
    run(&call);
    CHECK_STR(evm_status_name(w.outcome.status), "SUCCESS");
    call.fork = FORK_PARIS;
    run(&call);
    CHECK_STR(evm_status_name(w.outcome.status), "INVALID_OPCODE");
    CHECK_EQ(w.outcome.gas_left, 0);
    call = call_of(assemble(&w.arena, "1 1 SSTORE 0 0 LOG0 0 0 REVERT"));
    call.value = u256_from_u64(9);
    run(&call);
    CHECK_STR(evm_status_name(w.outcome.status), "REVERT");
    CHECK_EQ(w.state.log_count, 0);
    CHECK_EQ(world_slot(&w, CONTRACT, 1).w[0], 0);
    CHECK_EQ(world_account(&w, CONTRACT)->balance.w[0], 0);
    CHECK_EQ(world_account(&w, CALLER)->balance.w[0], CALLER_WEI);
}

static void no_memory_is_an_error(void)
{
    world_reset(&w, FORK_OSAKA);
    const struct code_call call = call_of(assemble(&w.arena, "1 1 SSTORE 0 0 LOG0"));
    const size_t mark = arena_mark(&w.arena);
    const size_t cap = w.arena.cap;
    enum err e = ERR_MEMORY;
    size_t spare = 0;
    w.evm.tx = NULL;
    for (; e != OK; spare += 16) {
        w.arena.cap = mark + spare;
        e = runcode(&w.evm, &w.state, &w.outcome, &w.arena, &w.key, &w.db, &call);
        CHECK(e == OK || e == ERR_MEMORY);
        CHECK(w.evm.tx == NULL);
        w.arena.cap = cap;
        arena_rewind(&w.arena, mark);
    }
    CHECK(spare > 4096);
}

static const struct test_case cases[] = {
    CASE(runs_code),    CASE(sees_its_environment), CASE(the_caller_can_pay),    CASE(what_runs),
    CASE(what_is_warm), CASE(forks_and_failures),   CASE(no_memory_is_an_error),
};

int main(int argc, char **argv)
{
    world_open(&w, (size_t)1 << 20, (size_t)4 << 20);
    int status = test_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
    world_close(&w);
    return status;
}
