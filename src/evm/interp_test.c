/* The machine: every opcode in every fork at the edges of the stack and of its price, under each
 * dispatcher; what opcodes compute; depth, memory and arena at their limits; errors of the
 * database; what is left behind. What calls, creations, memory and storage mean is in
 * frames_test.c. */

#include "evm/interp.h"

#include <pthread.h>

#include "tests/evm_fixture.h"

static struct world w;

/* ---- every opcode, every fork ---------------------------------------------------------------- */

/* Where the jumps of the following tests go; and zeros, so that nothing follows an instruction. */
#define LANDING 40

/* struct start: how the frame looks when the dispatcher gets it. */
struct start {
    evm_dispatch_fn *dispatch;
    size_t height;
    uint64_t fill; /* the word in every item */
};

static struct start start;

static void dispatch_from_start(struct evm *evm)
{
    struct u256 *sp = evm->frame->sp;
    for (size_t i = 0; i < start.height; i++) {
        sp[i] = u256_from_u64(start.fill);
    }
    evm->frame->sp += start.height;
    start.dispatch(evm);
}

/* run_opcode runs one instruction on a stack of zeros (a jump's are LANDING) and takes everything
 * back but w.outcome. */
static void run_opcode(uint8_t opcode, evm_dispatch_fn *dispatch, size_t height, int64_t gas)
{
    static uint8_t bytes[LANDING + 1 + CODE_PADDING];
    static const uint64_t jumpdests[1] = {UINT64_C(1) << LANDING};
    bytes[0] = opcode;
    bytes[LANDING] = OP_JUMPDEST;
    struct code code = {.bytes = bytes, .len = LANDING + 1, .jumpdests = jumpdests};
    const struct message message = {
        .target = world_account(&w, CONTRACT),
        .code_address = test_address(CONTRACT),
        .code = &code,
        .gas = gas,
    };
    bool jumps = opcode == OP_JUMP || opcode == OP_JUMPI;
    start = (struct start){dispatch, height, jumps ? LANDING : 0};
    w.evm.dispatch = dispatch_from_start;
    struct checkpoint before = state_checkpoint(&w.state);
    CHECK_EQ(evm_run(&w.evm, &w.outcome, &message), OK);
    state_revert(&w.state, before);
}

/* height_left: the height of the stack when the message ended. */
static size_t height_left(void)
{
    return ((uintptr_t)w.evm.frames[0].sp & (EVM_STACK_SLOT - 1)) / sizeof(struct u256);
}

/* check_height runs an opcode at a height and checks how it ends, from its row. */
static void check_height(enum fork fork, uint8_t opcode, evm_dispatch_fn *dispatch, size_t height)
{
    unsigned in;
    unsigned out;
    enum evm_status want = EVM_SUCCESS;
    if (!opcode_stack(opcode, &in, &out) || rules_cost(fork_rules(fork), opcode) < 0) {
        want = EVM_INVALID_OPCODE;
    } else if (height < in) {
        want = EVM_STACK_UNDERFLOW;
    } else if (height - in + out > 1024) {
        want = EVM_STACK_OVERFLOW;
    } else if (opcode == OP_INVALID) {
        want = EVM_INVALID_OPCODE;
    } else if (opcode == OP_REVERT) {
        want = EVM_REVERT;
    }
    run_opcode(opcode, dispatch, height, 100000);
    bool took_all = w.outcome.gas_left == 0;
    bool is_halt = want != EVM_SUCCESS && want != EVM_REVERT;
    bool height_fits = is_halt || height_left() == height - in + out;
    if (w.outcome.status != want || took_all != is_halt || !height_fits) {
        test_fail(__FILE__, __LINE__, "%s, opcode 0x%02x at height %zu: %s, gas %lld, height %zu",
                  fork_name(fork), opcode, height, evm_status_name(w.outcome.status),
                  (long long)w.outcome.gas_left, height_left());
    }
}

static void every_opcode_at_the_ends_of_the_stack(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        world_reset(&w, fork);
        for (unsigned i = 0; i < 256 * DISPATCHER_COUNT && !test_failed(); i++) {
            evm_dispatch_fn *dispatch = DISPATCHERS[i / 256];
            unsigned in;
            unsigned out;
            (void)opcode_stack((uint8_t)i, &in, &out);
            for (size_t height = 0; height <= in + 1; height++) {
                check_height((enum fork)fork, (uint8_t)i, dispatch, height);
            }
            for (size_t height = 1015; height <= 1024; height++) {
                check_height((enum fork)fork, (uint8_t)i, dispatch, height);
            }
        }
    }
}

/* extra_price: what an opcode costs beside its static price when all of its operands are zero and
 * nothing was touched before. */
static int64_t extra_price(enum fork fork, uint8_t opcode)
{
    bool has_cold = fork >= FORK_BERLIN;
    switch (opcode) {
    case OP_MLOAD:
    case OP_MSTORE:
    case OP_MSTORE8:
        return 3; /* one word of memory */
    case OP_JUMP:
    case OP_JUMPI:
        return 1; /* the JUMPDEST */
    case OP_BALANCE:
    case OP_EXTCODESIZE:
    case OP_EXTCODECOPY:
    case OP_EXTCODEHASH:
    case OP_CALLCODE:
    case OP_DELEGATECALL:
    case OP_STATICCALL:
        return has_cold ? 2500 : 0;
    case OP_CALL:
        return has_cold ? 2500 : fork < FORK_SPURIOUS_DRAGON ? 25000 : 0; /* EIP-161 */
    case OP_SLOAD:
        return has_cold ? 2000 : 0;
    case OP_SSTORE:
        return has_cold                      ? 2200
               : fork >= FORK_ISTANBUL       ? 800
               : fork == FORK_CONSTANTINOPLE ? 200
                                             : 5000;
    case OP_SELFDESTRUCT:
        return has_cold ? 2600 : fork == FORK_TANGERINE_WHISTLE ? 25000 : 0;
    default:
        return 0;
    }
}

/* check_price finds out what an opcode costs and runs it with just that, and with less. */
static void check_price(enum fork fork, uint8_t opcode, evm_dispatch_fn *dispatch)
{
    const int64_t gas = 100000;
    int64_t price = rules_cost(fork_rules(fork), opcode);
    int64_t whole = price + extra_price(fork, opcode);
    run_opcode(opcode, dispatch, 20, gas);
    bool is_right = gas - w.outcome.gas_left == whole;
    /* EIP-2200: SSTORE wants more than 2,300 gas, whatever it costs. */
    bool has_sentry = opcode == OP_SSTORE && fork >= FORK_ISTANBUL;
    if (is_right && whole > 0 && !has_sentry) {
        run_opcode(opcode, dispatch, 20, whole);
        is_right = w.outcome.status == EVM_SUCCESS && w.outcome.gas_left == 0;
    }
    for (unsigned i = 0; i < 3 && is_right; i++) {
        int64_t too_little = i == 0 ? price - 1 : i == 1 ? whole - 1 : 0;
        if (too_little >= 0 && too_little < whole) {
            run_opcode(opcode, dispatch, 20, too_little);
            is_right = w.outcome.status == EVM_OUT_OF_GAS && w.outcome.gas_left == 0;
        }
    }
    if (!is_right) {
        test_fail(__FILE__, __LINE__, "%s, opcode 0x%02x, price %lld: %s, gas left %lld",
                  fork_name(fork), opcode, (long long)whole, evm_status_name(w.outcome.status),
                  (long long)w.outcome.gas_left);
    }
}

static void every_opcode_at_its_price_and_below(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        world_reset(&w, fork);
        for (unsigned i = 0; i < 256 * DISPATCHER_COUNT && !test_failed(); i++) {
            if (rules_cost(w.evm.rules, (uint8_t)i) >= 0 && (uint8_t)i != OP_INVALID) {
                check_price((enum fork)fork, (uint8_t)i, DISPATCHERS[i / 256]);
            }
        }
    }
}

static void statuses_have_names(void)
{
    CHECK_STR(evm_status_name(EVM_SUCCESS), "SUCCESS");
    CHECK_STR(evm_status_text(EVM_OUT_OF_GAS), "out of gas");
    for (unsigned i = 0; i < EVM_STATUS_COUNT; i++) {
        CHECK(evm_status_name((enum evm_status)i)[0] != '\0');
        CHECK(evm_status_text((enum evm_status)i)[0] != '\0');
        for (unsigned j = 0; j < i; j++) {
            CHECK(strcmp(evm_status_name((enum evm_status)i),
                         evm_status_name((enum evm_status)j)) != 0);
        }
    }
}

/* ---- what opcodes compute -------------------------------------------------------------------- */

/* struct sum: operands, the top one first, and the result, in hex. The arithmetic itself is tested
 * in base/; here, that each opcode is wired to the right function in the right order. */
struct sum {
    const char *opcode;
    const char *operands[3];
    const char *result;
};

#define M2  "0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
#define MIN "0x8000000000000000000000000000000000000000000000000000000000000000"

static const struct sum sums[] = {
    {"ADD", {ONES, "0x03"}, "0x02"},
    {"MUL", {ONES, "0x02"}, M2},
    {"SUB", {"0x03", "0x05"}, M2},
    {"DIV", {"0x11", "0x05"}, "0x03"},
    {"DIV", {"0x11", "0x00"}, "0x00"},
    {"SDIV", {M2, "0x02"}, ONES},
    {"SDIV", {MIN, ONES}, MIN},
    {"MOD", {"0x11", "0x05"}, "0x02"},
    {"SMOD", {"0x05", M2}, "0x01"},
    {"SMOD", {M2, "0x05"}, M2},
    {"ADDMOD", {ONES, "0x02", "0x07"}, "0x03"},
    {"MULMOD", {ONES, ONES, "0x0c"}, "0x09"},
    {"MULMOD", {"0x03", "0x05", "0x00"}, "0x00"},
    {"EXP", {"0x03", "0x04"}, "0x51"},
    {"EXP", {"0x00", "0x00"}, "0x01"},
    {"SIGNEXTEND", {"0x00", "0xff"}, ONES},
    {"SIGNEXTEND", {"0x01", "0xff"}, "0xff"},
    {"LT", {"0x01", ONES}, "0x01"},
    {"LT", {"0x02", "0x01"}, "0x00"},
    {"GT", {"0x02", "0x01"}, "0x01"},
    {"GT", {"0x01", "0x02"}, "0x00"},
    {"SLT", {ONES, "0x01"}, "0x01"},
    {"SLT", {"0x01", ONES}, "0x00"},
    {"SGT", {"0x01", ONES}, "0x01"},
    {"SGT", {ONES, "0x01"}, "0x00"},
    {"EQ", {"0x05", "0x05"}, "0x01"},
    {"EQ", {"0x05", "0x06"}, "0x00"},
    {"ISZERO", {"0x00"}, "0x01"},
    {"ISZERO", {MIN}, "0x00"},
    {"AND", {"0x0c", "0x0a"}, "0x08"},
    {"OR", {"0x0c", "0x0a"}, "0x0e"},
    {"XOR", {"0x0c", "0x0a"}, "0x06"},
    {"NOT", {"0x01"}, M2},
    {"BYTE", {"0x1f", "0x1234"}, "0x34"},
    {"BYTE", {"0x1e", "0x1234"}, "0x12"},
    {"SHL", {"0x01", "0x05"}, "0x0a"},
    {"SHR", {"0x01", "0x05"}, "0x02"},
    {"SAR", {"0x01", M2}, ONES},
    {"CLZ", {"0x01"}, "0xff"},
    {"CLZ", {"0x00"}, "0x0100"},
    {"CLZ", {MIN}, "0x00"},
};

static void sums_take_their_operands_in_order(void)
{
    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
        const struct sum *s = &sums[i];
        world_reset(&w, FORK_OSAKA);
        CHECK_EQ(world_run_code(&w, 100000, "%s %s %s %s %s EQ" RETURN_TOP, s->result,
                                s->operands[2] == NULL ? "" : s->operands[2],
                                s->operands[1] == NULL ? "" : s->operands[1], s->operands[0],
                                s->opcode),
                 OK);
        if (world_number(&w) != 1) {
            test_fail(__FILE__, __LINE__, "%s %s", s->opcode, s->operands[0]);
        }
    }
}

static void exponents_cost_by_the_byte(void)
{
    static const struct {
        const char *exponent;
        int64_t bytes;
    } rows[] = {
        {"0x00", 0},
        {"0x01", 1},
        {"0xff", 1},
        {"0x0100", 2},
        {"0xffff", 2},
        {"0x010000", 3},
        {"0x01000000000000000000", 10},
        {ONES, 32},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
            RUN_CODE(&w, fork, "%s 2 EXP STOP", rows[i].exponent);
            int64_t price = 6 + 10 + rows[i].bytes * (fork >= FORK_SPURIOUS_DRAGON ? 50 : 10);
            CHECK_EQ(world_used(&w), price);
            CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = price}), OK);
            CHECK_EQ(w.outcome.status, EVM_SUCCESS);
            CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = price - 1}), OK);
            CHECK_EQ(w.outcome.status, EVM_OUT_OF_GAS);
        }
    }
}

static void keccak_of_memory(void)
{
    /* keccak256 of "abc", and of nothing (Yellow Paper 4.1). */
    static const char abc[] = "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45";
    uint8_t hash[32];
    (void)test_hex(hash, sizeof(hash), abc);
    world_reset(&w, FORK_OSAKA);
    CHECK_EQ(world_run_code(&w, 1000, "0x616263 0 MSTORE 3 29 KECCAK256" RETURN_TOP), OK);
    CHECK_EQ(w.outcome.output.len, 32);
    CHECK_BYTES(w.outcome.output.ptr, hash, 32);
    /* 36 gas for the one word: 30, 6; nothing grows. */
    world_reset(&w, FORK_OSAKA);
    CHECK_EQ(world_run_code(&w, 1000, "0 0 MSTORE 32 0 KECCAK256 STOP"), OK);
    CHECK_EQ(1000 - w.outcome.gas_left, 12 + 6 + 36);
    world_reset(&w, FORK_OSAKA);
    CHECK_EQ(world_run_code(&w, 1000, "0 0 KECCAK256" RETURN_TOP), OK);
    CHECK_BYTES(w.outcome.output.ptr, EMPTY_CODE_HASH.b, 32);
}

/* check_env runs an opcode without operands and compares what it pushes. */
static void check_env(const char *opcode, const struct u256 *want)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, CONTRACT, 77, "%s" RETURN_TOP, opcode);
    CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT,
                                          .gas = 1000,
                                          .value = 23,
                                          .data = bytes_from("abcde", 5)}),
             OK);
    struct u256 got = world_word(&w);
    if (!u256_eq(&got, want)) {
        test_fail(__FILE__, __LINE__, "%s: %llx", opcode, (unsigned long long)got.w[0]);
    }
}

static void check_env_number(const char *opcode, uint64_t want)
{
    struct u256 wide = u256_from_u64(want);
    check_env(opcode, &wide);
}

static void environment(void)
{
    check_env_number("ADDRESS", CONTRACT);
    check_env_number("ORIGIN", CALLER);
    check_env_number("CALLER", CALLER);
    check_env_number("CALLVALUE", 23);
    check_env_number("CALLDATASIZE", 5);
    check_env_number("CODESIZE", 9);
    check_env_number("GASPRICE", 10);
    check_env_number("RETURNDATASIZE", 0);
    check_env_number("COINBASE", BENEFICIARY);
    check_env_number("TIMESTAMP", 1700000000);
    check_env_number("NUMBER", 1000);
    check_env_number("GASLIMIT", 36000000);
    check_env_number("CHAINID", 1);
    check_env_number("SELFBALANCE", 77 + 23);
    check_env_number("BASEFEE", 7);
    check_env_number("BLOBBASEFEE", 5);
    check_env_number("PC", 0);
    check_env_number("MSIZE", 0);
    check_env_number("GAS", 998);
    check_env_number("PUSH0", 0);
    check_env("PREVRANDAO", &(struct u256){{1, 2, 3, 4}});
}

/* An address fills the low 160 bits of a word, and a word's other bits are not part of one. */
static void addresses_are_160_bits(void)
{
    world_reset(&w, FORK_OSAKA);
    struct address rich;
    test_random_bytes(rich.b, sizeof(rich.b));
    (void)world_put(&w, &rich, 5, 0, bytes_from(NULL, 0));
    w.tx.origin = rich;
    CHECK_EQ(world_run_code(&w, 10000,
                            "ORIGIN 0 MSTORE 0x01%040u NOT ORIGIN OR BALANCE"
                            " 32 MSTORE 64 0 RETURN",
                            0),
             OK);
    struct u256 origin = world_word(&w);
    CHECK_EQ(world_word_at(&w, 1).w[0], 0);
    uint8_t bytes[32];
    u256_store_be(bytes, &origin);
    for (unsigned i = 0; i < 12; i++) {
        CHECK_EQ(bytes[i], 0);
    }
    CHECK_BYTES(bytes + 12, rich.b, 20);
    world_reset(&w, FORK_OSAKA);
    w.tx.origin = rich;
    (void)world_put(&w, &rich, 5, 0, bytes_from(NULL, 0));
    CHECK_EQ(world_run_code(&w, 10000, "ORIGIN 0x01%040u MUL ORIGIN ADD BALANCE" RETURN_TOP, 0),
             OK);
    CHECK_EQ(world_number(&w), 5);
}

static void blob_hashes(void)
{
    static const struct hash32 hashes[2] = {{{1, 2}}, {{1, 3}}};
    static const char *const indices[] = {"0x00", "0x01", "0x02", "0x010000000000000000", ONES};
    for (size_t i = 0; i < sizeof(indices) / sizeof(indices[0]); i++) {
        world_reset(&w, FORK_CANCUN);
        w.tx.blob_versioned_hashes = hashes;
        w.tx.blob_count = 2;
        CHECK_EQ(world_run_code(&w, 1000, "%s BLOBHASH" RETURN_TOP, indices[i]), OK);
        static const struct hash32 none;
        CHECK_EQ(w.outcome.output.len, 32);
        CHECK_BYTES(w.outcome.output.ptr, i < 2 ? hashes[i].b : none.b, 32);
    }
}

/* Yellow Paper, appendix H: the last 256 blocks, not the present one. */
static void block_hashes(void)
{
    static const struct {
        const char *number;
        bool is_known;
    } rows[] = {{"1000", false}, {"999", true},   {"744", true}, {"743", false},
                {"0", false},    {"1001", false}, {ONES, false}, {"0x0100000000000003e7", false}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        CHECK_EQ(world_run_code(&w, 1000, "%s BLOCKHASH" RETURN_TOP, rows[i].number), OK);
        struct hash32 want = {{0}};
        if (rows[i].is_known) {
            CHECK_EQ(state_block_hash(&w.state, &want, strtoull(rows[i].number, NULL, 10)), OK);
        }
        CHECK_EQ(w.outcome.output.len, 32);
        CHECK_BYTES(w.outcome.output.ptr, want.b, 32);
    }
    /* The first blocks have fewer ancestors. */
    world_reset(&w, FORK_OSAKA);
    w.block.number = 0;
    CHECK_EQ(world_run_code(&w, 1000, "0 BLOCKHASH" RETURN_TOP), OK);
    CHECK_EQ(world_number(&w), 0);
}

static void pushes_dups_and_swaps(void)
{
    /* PUSHn pushes its n bytes: 1, 2, ... n. */
    for (unsigned n = 1; n <= 32; n++) {
        world_reset(&w, FORK_OSAKA);
        uint8_t code[33 + 8] = {(uint8_t)(OP_PUSH1 + n - 1)};
        uint8_t want[32] = {0};
        for (unsigned i = 0; i < n; i++) {
            code[1 + i] = (uint8_t)(i + 1);
            want[32 - n + i] = (uint8_t)(i + 1);
        }
        (void)test_hex(code + 1 + n, 8, "60005260206000f3");
        (void)world_put_code(&w, CONTRACT, 0, bytes_from(code, 1 + n + 8));
        CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = 1000}), OK);
        CHECK_EQ(w.outcome.output.len, 32);
        CHECK_BYTES(w.outcome.output.ptr, want, 32);
    }
    /* The stack is 17, 16, ... 1, the top one. DUPn gives n; SWAPn gives n + 1, and 1 takes its
     * place. */
    static const char stack[] = "17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1";
    for (unsigned n = 1; n <= 16; n++) {
        world_reset(&w, FORK_OSAKA);
        CHECK_EQ(world_run_code(&w, 1000, "%s DUP%u" RETURN_TOP, stack, n), OK);
        CHECK_EQ(world_number(&w), n);
        world_reset(&w, FORK_OSAKA);
        CHECK_EQ(world_run_code(&w, 1000, "%s SWAP%u" RETURN_TOP, stack, n), OK);
        CHECK_EQ(world_number(&w), n + 1);
        world_reset(&w, FORK_OSAKA);
        CHECK_EQ(world_run_code(&w, 1000, "%s SWAP%u 100 MSTORE DUP%u" RETURN_TOP, stack, n, n),
                 OK);
        CHECK_EQ(world_number(&w), 1);
    }
}

static void calldata_reads_zeros_past_its_end(void)
{
    static const struct {
        const char *offset;
        const char *word;
    } rows[] = {
        {"0x00", "0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"},
        {"0x01", "0x02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021"},
        {"0x02", "0x030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202100"},
        {"0x20", "0x2100000000000000000000000000000000000000000000000000000000000000"},
        {"0x21", "0x00"},
        {"0xffffffffffffffff", "0x00"},
        {"0x010000000000000000", "0x00"},
        {ONES, "0x00"},
    };
    uint8_t data[33];
    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i + 1);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, CONTRACT, 0, "%s %s CALLDATALOAD EQ" RETURN_TOP, rows[i].word,
                       rows[i].offset);
        const struct call call = {
            .to = CONTRACT, .gas = 1000, .data = bytes_from(test_guarded(data, 33), 33)};
        CHECK_EQ(world_run(&w, &call), OK);
        CHECK_EQ(world_number(&w), 1);
    }
}

static void jumps(void)
{
    static const struct {
        const char *code;
        enum evm_status status;
    } rows[] = {
        {"@there JUMP INVALID there: STOP", EVM_SUCCESS},
        {"1 @there JUMPI INVALID there: STOP", EVM_SUCCESS},
        {ONES " @there JUMPI INVALID there: STOP", EVM_SUCCESS},
        {MIN " @there JUMPI INVALID there: STOP", EVM_SUCCESS},
        {"0 @there JUMPI STOP there: INVALID", EVM_SUCCESS},
        {"0 " ONES " JUMPI STOP", EVM_SUCCESS}, /* not taken: no destination needed */
        {"3 JUMP STOP", EVM_INVALID_JUMP_DEST},
        {"1 3 JUMPI STOP", EVM_INVALID_JUMP_DEST},
        {"3 JUMP", EVM_INVALID_JUMP_DEST},            /* the first byte past the end */
        {"5 JUMP #00 there:", EVM_INVALID_JUMP_DEST}, /* past the end, by one */
        {"4 JUMP #00 there:", EVM_SUCCESS},           /* the last byte */
        {"64 JUMP", EVM_INVALID_JUMP_DEST},
        {ONES " JUMP", EVM_INVALID_JUMP_DEST},
        {"1 JUMP #5b", EVM_INVALID_JUMP_DEST}, /* into a PUSH */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        CHECK_EQ(world_run_code(&w, 1000, "%s", rows[i].code), OK);
        if (w.outcome.status != rows[i].status) {
            test_fail(__FILE__, __LINE__, "%s: %s", rows[i].code,
                      evm_status_name(w.outcome.status));
        }
    }
}

/* A loop: the sum of 1 to 100, and what it costs. */
static void loop_sums_up(void)
{
    world_reset(&w, FORK_OSAKA);
    CHECK_EQ(world_run_code(&w, 100000,
                            "0 100 again: DUP1 SWAP2 ADD SWAP1 1 SWAP1 SUB DUP1 @again JUMPI"
                            " POP" RETURN_TOP),
             OK);
    CHECK_EQ(world_number(&w), 5050);
    /* JUMPDEST, nine times 3, JUMPI: 38 a round; two PUSHes before; POP, then 12 and a word. */
    CHECK_EQ(100000 - w.outcome.gas_left, 6 + 100 * (1 + 27 + 10) + 2 + 12 + 3);
}

/* ---- tracing --------------------------------------------------------------------------------- */

/* struct steps: the steps of a traced run, as a running hash, and their number. */
struct steps {
    uint64_t hash;
    size_t count;
    size_t ends;
    unsigned depth_max;
};

static void mix(struct steps *steps, uint64_t word)
{
    steps->hash = map_fold(steps->hash ^ word, UINT64_C(0x9e3779b97f4a7c15)) + word;
}

static void on_step(void *context, const struct trace_step *step)
{
    struct steps *steps = context;
    steps->count++;
    mix(steps, step->pc);
    mix(steps, step->opcode);
    mix(steps, (uint64_t)step->gas_left);
    mix(steps, step->memory.len);
    mix(steps, (uint64_t)step->refund);
    for (size_t i = 0; i < step->stack_count; i++) {
        mix(steps, step->stack[i].w[0] ^ step->stack[i].w[3]);
    }
    if (step->depth > steps->depth_max) {
        steps->depth_max = step->depth;
    }
}

static void on_charged(void *context, unsigned depth, int64_t gas_left)
{
    mix(context, depth);
    mix(context, (uint64_t)gas_left);
}

static void on_ending(void *context, const struct trace_end *end)
{
    mix(context, end->depth);
    mix(context, (uint64_t)end->status);
    mix(context, (uint64_t)end->gas_left);
    mix(context, (uint64_t)end->refund);
}

static void on_frame_end(void *context, unsigned depth, int status, int64_t gas_left)
{
    struct steps *steps = context;
    steps->ends++;
    mix(steps, depth);
    mix(steps, (uint64_t)status);
    mix(steps, (uint64_t)gas_left);
}

/* A traced run gives what a run without tracer gives, and both dispatchers report the same steps.
 */
static void tracing_changes_nothing(void)
{
    struct steps steps[DISPATCHER_COUNT] = {{0}};
    struct run_result plain;
    for (size_t d = 0; d < DISPATCHER_COUNT; d++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0, "1 0 SSTORE 0 0 SSTORE 0 0 LOG0 INVALID");
        world_contract(&w, 0x3000, 0, "1 0 SSTORE 0 0 SSTORE 7" RETURN_TOP);
        world_contract(&w, CONTRACT, 0,
                       CALL_ALL(0x2000) CALL_ALL(0x3000) "0 0 0 CREATE" RETURN_TOP);
        const struct call call = {.to = CONTRACT, .gas = 100000000};
        CHECK_EQ(world_run(&w, &call), OK);
        plain = world_result(&w, OK);
        const struct tracer tracer = {&steps[d], on_step, on_charged, on_ending, on_frame_end};
        w.evm.tracer = &tracer;
        w.evm.dispatch = DISPATCHERS[d];
        world_begin(&w);
        CHECK_EQ(world_send(&w, &call), OK);
        w.evm.tracer = NULL;
        struct run_result traced = world_result(&w, OK);
        CHECK(run_equal(&plain, &traced));
        /* The two callees' steps, then the caller's; three messages end, and a creation. */
        CHECK_EQ(steps[d].count, 10 + (7 + 5) + (8 + 8 + 4 + 5));
        CHECK_EQ(steps[d].ends, 4);
        CHECK_EQ(steps[d].depth_max, 2);
        CHECK_EQ(steps[d].hash, steps[0].hash);
    }
}

/* ---- depth ----------------------------------------------------------------------------------- */

#if HAVE_ASAN
#define SMALL_STACK ((size_t)512 * 1024) /* its frames are larger */
#else
#define SMALL_STACK ((size_t)64 * 1024)
#endif

static enum err deep_err;

static void *send_deep(void *argument)
{
    deep_err = world_send(&w, argument);
    return NULL;
}

/* send_on_small_stack runs a message on a thread with a small stack. */
static void send_on_small_stack(const struct call *call)
{
    pthread_attr_t attributes;
    pthread_t thread;
    struct call copy = *call;
    CHECK_EQ(pthread_attr_init(&attributes), 0);
    CHECK_EQ(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
    CHECK_EQ(pthread_create(&thread, &attributes, send_deep, &copy), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(pthread_attr_destroy(&attributes), 0);
    CHECK_EQ(deep_err, OK);
}

/* check_depth runs code that goes down as deep as it can; 1,024 messages below the first one run.
 */
static void check_depth(enum fork fork, const char *code)
{
    for (size_t d = 0; d < DISPATCHER_COUNT; d++) {
        world_reset(&w, fork);
        world_contract(&w, CONTRACT, 0, "%s", code);
        w.evm.dispatch = DISPATCHERS[d];
        send_on_small_stack(&(struct call){.to = CONTRACT, .gas = INT64_C(1) << 56});
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        CHECK_EQ(w.evm.frames_high, 1025);
    }
}

static void calls_and_creations_go_1024_deep_on_a_small_stack(void)
{
    check_depth(FORK_OSAKA, "0 0 0 0 0 ADDRESS GAS CALL POP STOP");
    check_depth(FORK_OSAKA, "0 0 0 0 0 ADDRESS GAS CALLCODE POP STOP");
    check_depth(FORK_OSAKA, "0 0 0 0 ADDRESS GAS DELEGATECALL POP STOP");
    check_depth(FORK_OSAKA, "0 0 0 0 ADDRESS GAS STATICCALL POP STOP");
    check_depth(FORK_OSAKA, "CODESIZE 0 0 CODECOPY CODESIZE 0 0 CREATE POP STOP");
    check_depth(FORK_OSAKA, "CODESIZE 0 0 CODECOPY 0 CODESIZE 0 0 CREATE2 POP STOP");
    check_depth(FORK_FRONTIER, "0 0 0 0 0 ADDRESS 60000 GAS SUB CALL POP STOP");
}

/* Each frame counts itself; the call at the bottom fails and gives its gas back. */
static void deepest_call_fails_softly(void)
{
    world_reset(&w, FORK_HOMESTEAD);
    world_contract(&w, CONTRACT, 0,
                   "0 SLOAD 1 ADD 0 SSTORE 0 0 0 0 0 ADDRESS 30000 GAS SUB CALL 1 SSTORE STOP");
    CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = INT64_C(1) << 40}), OK);
    CHECK_EQ(w.outcome.status, EVM_SUCCESS);
    CHECK_EQ(world_slot(&w, CONTRACT, 0).w[0], 1025);
    CHECK_EQ(world_slot(&w, CONTRACT, 1).w[0], 1);
    CHECK(w.outcome.gas_left > (INT64_C(1) << 40) - 1025 * 60000);
}

/* ---- memory and arena at their limits -------------------------------------------------------- */

/* outcome_is_untouched: an error leaves *out alone. */
static const struct outcome untouched = {.status = EVM_STATUS_COUNT, .gas_left = -7};

static bool outcome_is_untouched(void)
{
    return w.outcome.status == untouched.status && w.outcome.gas_left == untouched.gas_left;
}

/* run_for_err runs CONTRACT with all the gas there can be. */
static enum err run_for_err(void)
{
    w.outcome = untouched;
    return world_run(&w, &(struct call){.to = CONTRACT, .gas = INT64_MAX / 2});
}

static void memory_over_the_cap_is_an_error(void)
{
    static const struct {
        const char *code;
        enum err want;
    } rows[] = {
        {"0 %zu MSTORE STOP", OK},
        {"0 1 %zu ADD MSTORE STOP", ERR_MEMORY},
        {"%zu 32 ADD 0 RETURN", OK},
        {"%zu 33 ADD 0 RETURN", ERR_MEMORY},
        {"%zu 33 ADD 0 REVERT", ERR_MEMORY},
        {"%zu 33 ADD 0 KECCAK256 STOP", ERR_MEMORY},
        {"%zu 33 ADD 0 0 CODECOPY STOP", ERR_MEMORY},
        {"%zu 33 ADD 0 0 MCOPY STOP", ERR_MEMORY},
        {"%zu 33 ADD 0 LOG0 STOP", ERR_MEMORY},
        {"%zu 33 ADD 0 0 0 0 0 0 CALL STOP", ERR_MEMORY},
        {"0 0 %zu 33 ADD 0 0 0 0 CALL STOP", ERR_MEMORY},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        char code[128];
        const char *number = strstr(rows[i].code, "%zu");
        (void)snprintf(code, sizeof(code), "%.*s%zu%s", (int)(number - rows[i].code), rows[i].code,
                       w.memory_cap - 32, number + 3);
        world_contract(&w, CONTRACT, 0, "%s", code);
        CHECK_EQ(run_for_err(), rows[i].want);
        CHECK_EQ(outcome_is_untouched(), rows[i].want != OK);
        if (test_failed()) {
            test_fail(__FILE__, __LINE__, "%s", code);
            return;
        }
    }
}

/* All frames share the memory: half of it in the caller leaves half to the callee. */
static void memory_of_all_frames_counts(void)
{
    for (unsigned too_much = 0; too_much < 2; too_much++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0, "0 %zu MSTORE STOP", w.memory_cap / 2 - 32);
        world_contract(&w, CONTRACT, 0, "0 %zu MSTORE" CALL_ALL(0x2000) "STOP",
                       w.memory_cap / 2 - 32 + 32 * too_much);
        CHECK_EQ(run_for_err(), too_much ? ERR_MEMORY : OK);
        CHECK_EQ(outcome_is_untouched(), too_much);
    }
}

/* A precompile's output has no more room than a frame's: MODEXP with no base, no exponent and a
 * modulus that is longer. */
static void precompile_over_the_cap_is_an_error(void)
{
    for (unsigned too_much = 0; too_much < 2; too_much++) {
        world_reset(&w, FORK_CANCUN);
        world_contract(&w, CONTRACT, 0,
                       "%zu 64 MSTORE 0 0 96 0 5 GAS STATICCALL 0 SSTORE RETURNDATASIZE" RETURN_TOP,
                       w.memory_cap + too_much);
        CHECK_EQ(run_for_err(), too_much ? ERR_MEMORY : OK);
        CHECK_EQ(outcome_is_untouched(), too_much);
        CHECK(too_much || world_number(&w) == w.memory_cap);
    }
}

/* A program that takes from the arena in every way there is, after `count` entries in the journal,
 * which grows at any of its steps then. */
static void put_hungry_contract(unsigned count)
{
    world_contract(&w, 0x2000, 0, "1 0 TSTORE 32 0 LOG0 1 1 SSTORE 0 0 REVERT");
    world_contract(
        &w, CONTRACT, 1000,
        "%u again: 1 0 TSTORE 1 SWAP1 SUB DUP1 @again JUMPI"
        " 1 0 SSTORE 2 1 SSTORE 7 SLOAD POP 1 0 TSTORE 8 TLOAD POP 0x6000 BALANCE POP"
        " 1 2 3 4 64 0 LOG4 0x602a60005260206000f3 0 MSTORE 10 22 5 CREATE"
        " POP" CALL_ALL(
            0x2000) " 32 64 MSTORE 1 96 MSTORE 32 128 MSTORE"
                    " 32 0 96 64 0 5 GAS CALL POP 32 0 32 0 0 4 GAS CALL POP 0x7000 SELFDESTRUCT",
        count);
}

/* run_with_arena runs it with so much arena left. */
static enum err run_with_arena(size_t left)
{
    size_t cap = w.arena.cap;
    size_t mark = arena_mark(&w.arena);
    world_begin(&w);
    w.arena.cap = w.arena.used + left;
    w.outcome = untouched;
    enum err e = world_send(&w, &(struct call){.to = CONTRACT, .gas = 1000000});
    w.arena.cap = cap;
    arena_rewind(&w.arena, mark);
    return e;
}

/* Failure injection: with every size of arena the same run gives ERR_MEMORY until it gives OK, and
 * nothing between. */
static void full_arena_is_an_error_wherever_it_strikes(void)
{
    for (unsigned count = 1; count <= 64; count++) {
        world_reset(&w, FORK_CANCUN);
        put_hungry_contract(count);
        w.evm.dispatch = DISPATCHERS[count % DISPATCHER_COUNT];
        size_t step = count <= 2 ? 16 : 256;
        size_t left = 0;
        enum err e = ERR_MEMORY;
        while (e != OK) {
            e = run_with_arena(left);
            CHECK(e == OK || e == ERR_MEMORY);
            CHECK_EQ(outcome_is_untouched(), e != OK);
            left += step;
        }
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        CHECK(left > 8192);
    }
}

/* ---- errors of the database ------------------------------------------------------------------ */

/* struct faulty: a database whose read number `at` fails. */
struct faulty {
    struct state_db inner;
    size_t reads;
    size_t at;
    enum err error;
};

static bool strikes(struct faulty *db)
{
    return db->reads++ == db->at;
}

static enum err faulty_account(void *db, bool *found, struct db_account *out,
                               const struct address *address)
{
    struct faulty *f = db;
    return strikes(f) ? f->error : f->inner.ops->account(f->inner.db, found, out, address);
}

static enum err faulty_storage(void *db, struct u256 *out, const struct address *address,
                               const struct u256 *slot)
{
    struct faulty *f = db;
    return strikes(f) ? f->error : f->inner.ops->storage(f->inner.db, out, address, slot);
}

static enum err faulty_code(void *db, struct bytes *out, const struct hash32 *code_hash)
{
    struct faulty *f = db;
    return strikes(f) ? f->error : f->inner.ops->code(f->inner.db, out, code_hash);
}

static enum err faulty_block_hash(void *db, struct hash32 *out, uint64_t number)
{
    struct faulty *f = db;
    return strikes(f) ? f->error : f->inner.ops->block_hash(f->inner.db, out, number);
}

/* struct reader: code, and how many reads it needs beside those of CALLER, of CONTRACT and of
 * CONTRACT's code. */
struct reader {
    const char *code;
    size_t reads;
};

/* 0x2000 has code, 0x3000 a delegation to it. */
static const struct reader readers[] = {
    {"0 SLOAD STOP", 1},
    {"1 0 SSTORE STOP", 1},
    {"0x2000 BALANCE STOP", 1},
    {"0x2000 EXTCODEHASH STOP", 1},
    {"0x2000 EXTCODESIZE STOP", 2},
    {"8 0 0 0x2000 EXTCODECOPY STOP", 2},
    {"999 BLOCKHASH STOP", 1},
    {CALL_ALL(0x2000) "STOP", 2},
    {STATIC_ALL(0x2000) "STOP", 2},
    {"0 0 0 0 0 0x2000 GAS CALLCODE STOP", 2},
    {"0 0 0 0 0x2000 GAS DELEGATECALL STOP", 2},
    {CALL_ALL(0x3000) "STOP", 4},
    {"0 0 0 CREATE STOP", 1},
    {"0 0 0 0 CREATE2 STOP", 1},
    {"0x2000 SELFDESTRUCT", 1},
    {CALL_ALL(0x4000) "1 SLOAD STOP", 6}, /* calls 0x5000, which reads a slot too */
};

static void check_reader(const struct reader *reader, enum err error)
{
    static const struct state_db_ops ops = {faulty_account, faulty_storage, faulty_code,
                                            faulty_block_hash};
    for (size_t run = 0; run < DISPATCHER_COUNT * (reader->reads + 4); run++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0, "STOP");
        world_contract(&w, 0x3000, 0, "#ef01000000000000000000000000000000000000002000");
        world_contract(&w, 0x5000, 0, "1 SLOAD STOP");
        world_contract(&w, 0x4000, 0, CALL_ALL(0x5000) "STOP");
        world_contract(&w, CONTRACT, 0, "%s", reader->code);
        struct faulty db = {
            .inner = db_memory_db(&w.db), .at = run / DISPATCHER_COUNT, .error = error};
        w.evm.dispatch = DISPATCHERS[run % DISPATCHER_COUNT];
        CHECK_EQ(state_init(&w.state, &w.arena, &w.key, (struct state_db){&ops, &db}), OK);
        w.outcome = untouched;
        bool is_read = db.at < reader->reads + 3;
        enum err e = world_send(&w, &(struct call){.to = CONTRACT, .gas = 1000000});
        /* Nothing runs after the error, and so nothing is read. */
        if (e != (is_read ? error : OK) || outcome_is_untouched() != is_read ||
            db.reads != (is_read ? db.at + 1 : reader->reads + 3)) {
            test_fail(__FILE__, __LINE__, "%s, read %zu: %s", reader->code, db.at, err_name(e));
            return;
        }
    }
    CHECK_EQ(w.outcome.status, EVM_SUCCESS);
}

static void database_errors_stop_the_simulation(void)
{
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        check_reader(&readers[i], ERR_STATE_MISSING);
        check_reader(&readers[i], ERR_MALFORMED);
    }
}

/* What cannot be paid is not looked at: the database is not asked. */
static void database_is_not_asked_for_what_is_not_paid(void)
{
    static const char *const codes[] = {"0 SLOAD", "0x2000 BALANCE", "0x2000 EXTCODESIZE",
                                        "0x2000 EXTCODEHASH", "0x2000 SELFDESTRUCT"};
    static const struct state_db_ops ops = {faulty_account, faulty_storage, faulty_code,
                                            faulty_block_hash};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, CONTRACT, 0, "%s STOP", codes[i]);
        struct faulty db = {.inner = db_memory_db(&w.db), .at = 3, .error = ERR_STATE_MISSING};
        CHECK_EQ(state_init(&w.state, &w.arena, &w.key, (struct state_db){&ops, &db}), OK);
        CHECK_EQ(world_send(&w, &(struct call){.to = CONTRACT, .gas = 1500}), OK);
        CHECK_EQ(w.outcome.status, EVM_OUT_OF_GAS);
        CHECK_EQ(db.reads, 3);
    }
}

/* ---- what is left behind --------------------------------------------------------------------- */

static bool is_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 8) {
        if (load_le64(bytes + i) != 0) {
            return false;
        }
    }
    return true;
}

/* region_is_zero looks at the whole region, used or not. */
static bool region_is_zero(void)
{
    return is_zero(w.evm.stacks, EVM_REGION_BYTES_FOR(w.memory_cap));
}

/* After runs of each kind, deep ones and those that end in an error with frames alive, the wiped
 * region is as it was given. */
static void wipe_leaves_zeros(void)
{
    static const char *const codes[] = {
        ONES " 0 MSTORE " ONES " 32 MSTORE 64 0 RETURN",
        ONES " 1024 MSTORE 0 0 0 0 0 ADDRESS GAS CALL INVALID",
        ONES " 0 MSTORE 0 0 1024 0 4 GAS STATICCALL " ONES,
        ONES " 4096 MSTORE 4128 0 REVERT",
        ONES " 7777 MSTORE 0 0 0 0 0 ADDRESS GAS CALL 0 0x7fffffff MSTORE", /* ERR_MEMORY */
        "again: " ONES " @again JUMP",
    };
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        for (size_t d = 0; d < DISPATCHER_COUNT; d++) {
            world_reset(&w, FORK_CANCUN);
            CHECK(d != 0 || i % 3 != 0 || region_is_zero());
            world_contract(&w, CONTRACT, 0, "%s", codes[i]);
            w.evm.dispatch = DISPATCHERS[d];
            enum err e = world_send(&w, &(struct call){.to = CONTRACT, .gas = 100000000});
            CHECK(e == OK || i == 4);
            CHECK(!is_zero(w.evm.stacks, EVM_STACK_SLOT));
        }
        evm_wipe(&w.evm);
        CHECK(region_is_zero());
        CHECK_EQ(w.evm.return_data.len, 0);
        CHECK_EQ(w.evm.outcome.output.len, 0);
    }
}

/* Memory that an ended frame has written is zero for the next one that gets it. */
static void memory_begins_as_zeros(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0, ONES " 0 MSTORE " ONES " 32 MSTORE " ONES " 100 MSTORE STOP");
    world_contract(&w, 0x3000, 0, "1 64 MSTORE 160 0 RETURN");
    world_contract(&w, CONTRACT, 0, CALL_ALL(0x2000) "160 0 0 0 0 0x3000 GAS CALL 160 0 RETURN");
    CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = 100000}), OK);
    CHECK_EQ(w.outcome.output.len, 160);
    for (size_t i = 0; i < 160; i++) {
        CHECK_EQ(w.outcome.output.ptr[i], i == 95);
    }
    /* And for the caller itself, when it grows after a call. */
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0, ONES " 0 MSTORE " ONES " 32 MSTORE STOP");
    world_contract(&w, CONTRACT, 0, CALL_ALL(0x2000) "1 0 MSTORE8 64 0 RETURN");
    CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = 100000}), OK);
    CHECK_EQ(w.outcome.output.len, 64);
    for (size_t i = 0; i < 64; i++) {
        CHECK_EQ(w.outcome.output.ptr[i], i == 0);
    }
}

/* A run after an error starts clean. */
static void machine_works_after_an_error(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0, "0 0x7fffffff MSTORE STOP");
    world_contract(&w, CONTRACT, 0,
                   "CALLDATASIZE @fine JUMPI" CALL_ALL(0x2000) " fine: RETURNDATASIZE" RETURN_TOP);
    CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = INT64_MAX / 2}), ERR_MEMORY);
    CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = 1000, .data = bytes_from("a", 1)}),
             OK);
    CHECK_EQ(w.outcome.status, EVM_SUCCESS);
    CHECK_EQ(world_number(&w), 0);
}

/* What evm_open took beside the region, evm_close gives back: the leak checker sees to it. */
static void closing_gives_everything_back(void)
{
    static struct world other;
    for (unsigned i = 0; i < 3; i++) {
        world_open(&other, 4096, 4096);
        CHECK(other.evm.p256 != NULL);
        world_close(&other);
        CHECK(other.evm.p256 == NULL);
    }
}

static const struct test_case cases[] = {
    CASE(every_opcode_at_the_ends_of_the_stack),
    CASE(every_opcode_at_its_price_and_below),
    CASE(statuses_have_names),
    CASE(sums_take_their_operands_in_order),
    CASE(exponents_cost_by_the_byte),
    CASE(keccak_of_memory),
    CASE(environment),
    CASE(addresses_are_160_bits),
    CASE(blob_hashes),
    CASE(block_hashes),
    CASE(pushes_dups_and_swaps),
    CASE(calldata_reads_zeros_past_its_end),
    CASE(jumps),
    CASE(loop_sums_up),
    CASE(tracing_changes_nothing),
    CASE(calls_and_creations_go_1024_deep_on_a_small_stack),
    CASE(deepest_call_fails_softly),
    CASE(memory_over_the_cap_is_an_error),
    CASE(memory_of_all_frames_counts),
    CASE(precompile_over_the_cap_is_an_error),
    CASE(full_arena_is_an_error_wherever_it_strikes),
    CASE(database_errors_stop_the_simulation),
    CASE(database_is_not_asked_for_what_is_not_paid),
    CASE(wipe_leaves_zeros),
    CASE(memory_begins_as_zeros),
    CASE(machine_works_after_an_error),
    CASE(closing_gives_everything_back),
};

TEST_MAIN(cases)
