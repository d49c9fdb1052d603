/* How messages end: what their caller gets, what is taken back, and what a creation must still pay
 * when its code has run. */

#include "evm/frames.h"

#include "tests/evm_fixture.h"

static struct world w;

/* ---- return data ----------------------------------------------------------------------------- */

/* After each call, whether it succeeded, and how much return data there is. */
static void return_data_is_that_of_the_last_call(void)
{
    static const struct {
        const char *call;
        uint64_t succeeds;
        uint64_t size;
    } rows[] = {
        {CALL_ALL(0x2000), 1, 5},                  /* RETURN */
        {CALL_ALL(0x2001), 0, 7},                  /* REVERT */
        {CALL_ALL(0x2002), 0, 0},                  /* INVALID */
        {CALL_ALL(0x2003), 1, 0},                  /* STOP */
        {CALL_ALL(0x2fff), 1, 0},                  /* nobody there */
        {"0 0 9 0 0 4 GAS CALL", 1, 9},            /* IDENTITY */
        {"0 0 9 0 0 4 0 CALL", 0, 0},              /* out of gas */
        {"0 0 0 0 9 0x2000 GAS CALL", 0, 0},       /* over the balance */
        {"0 0 0 0 0x2000 GAS DELEGATECALL", 1, 5}, /* all kinds alike */
        {"0 0 0 0 0x2001 GAS DELEGATECALL", 0, 7},
        {"0 0 0 0 0x2001 GAS STATICCALL", 0, 7},
        {"0 0 0 0 0 0x2001 GAS CALLCODE", 0, 7},
        {CALL_ALL(0x2004), 1, 0}, /* whose callee returned something */
        {"0 0 0 CREATE ISZERO ISZERO", 1, 0},
        {"0x600b6000fd 0 MSTORE 5 27 0 CREATE", 0, 11},              /* REVERT */
        {"0x600b6000f3 0 MSTORE 5 27 0 CREATE ISZERO ISZERO", 1, 0}, /* RETURN */
        {"0xfe 0 MSTORE 1 31 0 CREATE", 0, 0},                       /* INVALID */
        {"0 0 9 CREATE", 0, 0},                                      /* over the balance */
        {"7 0x600b6000fd 0 MSTORE 5 27 0 CREATE2", 0, 11},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0, "5 0 RETURN");
        world_contract(&w, 0x2001, 0, "7 0 REVERT");
        world_contract(&w, 0x2002, 0, "INVALID");
        world_contract(&w, 0x2003, 0, "STOP");
        world_contract(&w, 0x2004, 0, CALL_ALL(0x2000) "STOP");
        /* Something else is there before. */
        world_contract(&w, CONTRACT, 0,
                       "0 0 32 0 4 GAS STATICCALL POP RETURNDATASIZE 0 0 LOG1 %s"
                       " 0 MSTORE RETURNDATASIZE 32 MSTORE 64 0 RETURN",
                       rows[i].call);
        CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = INT64_C(1) << 40}), OK);
        if (w.outcome.status != EVM_SUCCESS || world_number(&w) != rows[i].succeeds ||
            world_word_at(&w, 1).w[0] != rows[i].size) {
            test_fail(__FILE__, __LINE__, "%s: %llu, %llu", rows[i].call,
                      (unsigned long long)world_number(&w),
                      (unsigned long long)world_word_at(&w, 1).w[0]);
        }
        CHECK_EQ(world_topic(&w, 0), 32);
    }
}

/* A new message begins without return data, and its caller's does not come back with it. */
static void return_data_begins_empty(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0, "RETURNDATASIZE 0 0 LOG1 STOP");
    world_contract(&w, CONTRACT, 0,
                   "0 0 32 0 4 GAS STATICCALL POP" CALL_ALL(0x2000) "RETURNDATASIZE 0 0 LOG1 STOP");
    RUN(&w);
    CHECK_EQ(world_topic(&w, 0), 0);
    CHECK_EQ(world_topic(&w, 1), 0);
}

/* The output goes to the caller's memory as far as both it and the room reach. */
static void output_fills_the_room_it_is_given(void)
{
    for (unsigned room = 0; room <= 12; room++) {
        for (unsigned reverts = 0; reverts < 2; reverts++) {
            world_reset(&w, FORK_OSAKA);
            world_contract(&w, 0x2000, 0, "%s 0 MSTORE 8 0 %s", ONES,
                           reverts ? "REVERT" : "RETURN");
            world_contract(&w, CONTRACT, 0, "%u 3 0 0 0 0x2000 GAS CALL POP 32 0 RETURN", room);
            RUN(&w);
            CHECK_EQ(w.outcome.output.len, 32);
            for (unsigned i = 0; i < 32; i++) {
                bool is_written = i >= 3 && i < 3 + (room < 8 ? room : 8);
                CHECK_EQ(w.outcome.output.ptr[i], is_written ? 0xff : 0);
            }
        }
    }
}

/* ---- failure --------------------------------------------------------------------------------- */

/* A frame that fails takes back its storage, logs, value and those of its callees. */
static void failure_takes_everything_back(void)
{
    static const char *const ends[] = {"0 0 REVERT", "INVALID", "0 JUMP", "POP", "STOP"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        world_reset(&w, FORK_CANCUN);
        world_contract(&w, 0x2000, 0, "1 1 SSTORE 1 1 TSTORE 0 0 LOG0 STOP");
        world_contract(&w, 0x3000, 0,
                       "1 0 SSTORE 1 0 0 LOG1 0 0 0 0 2 0x2000 100000 CALL POP"
                       " 0 0 0 CREATE POP %s",
                       ends[i]);
        world_contract(&w, CONTRACT, 10, "0 0 0 0 5 0x3000 1000000 CALL 1 0 SSTORE" RETURN_TOP);
        RUN(&w);
        bool stays = i == 4;
        CHECK_EQ(world_number(&w), stays);
        CHECK_EQ(w.state.log_count, stays ? 2 : 0);
        CHECK_EQ(world_slot(&w, CONTRACT, 0).w[0], 1);
        CHECK_EQ(world_slot(&w, 0x3000, 0).w[0], stays);
        CHECK_EQ(world_slot(&w, 0x2000, 1).w[0], stays);
        CHECK_EQ(world_account(&w, CONTRACT)->balance.w[0], stays ? 5 : 10);
        CHECK_EQ(world_account(&w, 0x3000)->balance.w[0], stays ? 3 : 0);
        CHECK_EQ(world_account(&w, 0x3000)->nonce, stays ? 2 : 1);
        CHECK_EQ(world_account(&w, 0x2000)->balance.w[0], stays ? 2 : 0);
    }
}

/* ---- deposits -------------------------------------------------------------------------------- */

/* A message that creates: its output is the code, and how it ends depends on the deposit. */
static void run_creation(unsigned fork, const char *initcode, int64_t gas)
{
    world_reset(&w, fork);
    const struct call call = {
        .to = 0x9000, .gas = gas, .data = assemble(&w.arena, "%s", initcode), .is_create = true};
    CHECK_EQ(world_run(&w, &call), OK);
}

static void deposit_costs_200_a_byte(void)
{
    const int64_t price = 6 + 3 + 10 * 200; /* two PUSHes, a word of memory, 10 bytes */
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        run_creation(fork, "10 0 RETURN", price);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        CHECK_EQ(w.outcome.gas_left, 0);
        CHECK_EQ(w.outcome.output.len, 10);
        CHECK_EQ(world_account(&w, 0x9000)->code->len, 10);
        /* EIP-2: "If contract creation does not have enough gas to pay for the final gas fee for
         * adding the contract code to the state, the contract creation fails (ie. goes out-of-gas)
         * rather than leaving an empty contract." */
        run_creation(fork, "10 0 RETURN", price - 1);
        bool fails = fork >= FORK_HOMESTEAD;
        CHECK_EQ(w.outcome.status, fails ? EVM_OUT_OF_GAS : EVM_SUCCESS);
        CHECK_EQ(w.outcome.gas_left, fails ? 0 : price - 1 - 9);
        CHECK_EQ(world_account(&w, 0x9000)->exists, !fails);
        CHECK(!state_has_code(world_account(&w, 0x9000)));
    }
}

static void code_has_a_limit(void)
{
    /* EIP-170: 0x6000 bytes. */
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        run_creation(fork, "0x6000 0 RETURN", WORLD_GAS);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        CHECK_EQ(world_used(&w), 6 + 3 * 768 + 768 * 768 / 512 + 24576 * 200);
        run_creation(fork, "0x6001 0 RETURN", WORLD_GAS);
        bool fails = fork >= FORK_SPURIOUS_DRAGON;
        CHECK_EQ(w.outcome.status, fails ? EVM_CODE_TOO_LARGE : EVM_SUCCESS);
        CHECK_EQ(w.outcome.gas_left == 0, fails);
        CHECK_EQ(world_account(&w, 0x9000)->exists, !fails);
    }
}

static void code_does_not_begin_with_ef(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        run_creation(fork, "0xef 0 MSTORE8 1 0 RETURN", WORLD_GAS);
        bool fails = fork >= FORK_LONDON; /* EIP-3541 */
        CHECK_EQ(w.outcome.status, fails ? EVM_INVALID_CONTRACT_PREFIX : EVM_SUCCESS);
        CHECK_EQ(w.outcome.gas_left == 0, fails);
        run_creation(fork, "0xef 1 MSTORE8 2 0 RETURN", WORLD_GAS);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        run_creation(fork, "0xee 0 MSTORE8 1 0 RETURN", WORLD_GAS);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        run_creation(fork, "0xef 0 MSTORE8 0 0 RETURN", WORLD_GAS); /* no code at all */
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
    }
}

static const struct test_case cases[] = {
    CASE(return_data_is_that_of_the_last_call),
    CASE(return_data_begins_empty),
    CASE(output_fills_the_room_it_is_given),
    CASE(failure_takes_everything_back),
    CASE(deposit_costs_200_a_byte),
    CASE(code_has_a_limit),
    CASE(code_does_not_begin_with_ef),
};

TEST_MAIN(cases)
