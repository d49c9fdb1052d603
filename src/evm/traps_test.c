/* Where implementations of the EVM have gone wrong, some of them on mainnet: a test for each trap,
 * as far as it needs no transaction. Those that do, and the rest of these, are in
 * exec/traps_test.c. */

#include "evm/interp.h"
#include "tests/evm_fixture.h"

static struct world w;

/* geth, CVE-2021-39137 and CVE-2020-26241: the return data of IDENTITY was the caller's memory
 * itself, and changed with it when output overlapped input, or when the caller wrote there later.
 */
static void trap_01_return_data_after_identity_overlap(void)
{
    uint8_t data[64];
    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i + 1);
    }
    for (unsigned shift = 0; shift <= 40; shift++) {
        world_reset(&w, FORK_OSAKA);
        /* Memory 0 to 31 to itself, `shift` bytes up; then wiped; then the return data behind. */
        world_contract(&w, CONTRACT, 0,
                       "64 0 0 CALLDATACOPY 32 %u 32 0 4 GAS STATICCALL POP"
                       " 96 0 96 MCOPY %s 0 MSTORE %s 32 MSTORE RETURNDATASIZE 0 192 RETURNDATACOPY"
                       " 224 0 RETURN",
                       shift, ONES, ONES);
        CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT,
                                              .gas = WORLD_GAS,
                                              .data = bytes_from(data, sizeof(data))}),
                 OK);
        CHECK_EQ(w.outcome.output.len, 224);
        uint8_t want[96] = {0};
        memcpy(want, data, sizeof(data));
        memcpy(want + shift, data, 32);
        CHECK_BYTES(w.outcome.output.ptr + 96, want, 96);
        CHECK_BYTES(w.outcome.output.ptr + 192, data, 32);
    }
}

/* The same of a contract: its memory is where the caller's next growth, or next callee, writes. */
static void trap_01_return_data_after_memory_is_reused(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0, "0x1234 0 MSTORE 32 0 RETURN");
    world_contract(&w, CONTRACT, 0,
                   CALL_ALL(0x2000) "%s 0 MSTORE %s 64 MSTORE 32 0 0 RETURNDATACOPY 32 0 RETURN",
                   ONES, ONES);
    RUN(&w);
    CHECK_EQ(world_number(&w), 0x1234);
}

/* OpenEthereum in Berlin: the addresses of precompiles that were yet to come counted as warm.
 * EIP-2929: accessed_addresses begins with "the set of all precompiles", of the fork. */
static void trap_02_inactive_precompiles_are_cold(void)
{
    for (unsigned fork = FORK_BERLIN; fork < FORK_COUNT; fork++) {
        unsigned last = fork >= FORK_PRAGUE ? 0x11 : fork >= FORK_CANCUN ? 0x0a : 0x09;
        for (unsigned at = 0; at <= 0x102; at++) {
            bool is_active = (at >= 1 && at <= last) || (at == 0x100 && fork >= FORK_OSAKA);
            RUN_CODE(&w, fork, "%u BALANCE STOP", at);
            CHECK_EQ(world_used(&w), 3 + (is_active ? 100 : 2600));
        }
        RUN_CODE(&w, fork, "0x0100000000 BALANCE STOP"); /* 1, read at the wrong end */
        CHECK_EQ(world_used(&w), 3 + 2600);
    }
}

/* Besu, and others before the tests of EIP-3860 were complete: initcode over the limit is an
 * exceptional halt before anyone looks at balance, nonce or depth, whose failures are soft. */
static void trap_04_initcode_is_checked_before_balance_and_nonce(void)
{
    for (unsigned i = 0; i < 8; i++) {
        unsigned value = i / 2 % 2; /* there is none */
        uint64_t nonce = i / 4 == 0 ? 1 : UINT64_MAX;
        world_reset(&w, FORK_SHANGHAI);
        struct address address = test_address(CONTRACT);
        struct bytes code = assemble(&w.arena, "%s 49153 0 %u %s" RETURN_TOP, i % 2 ? "0" : "",
                                     value, i % 2 ? "CREATE2" : "CREATE");
        (void)world_put(&w, &address, 0, nonce, code);
        RUN(&w);
        CHECK_EQ(w.outcome.status, EVM_OUT_OF_GAS);
        CHECK_EQ(w.outcome.gas_left, 0);
        CHECK_EQ(world_account(&w, CONTRACT)->nonce, nonce);
    }
    /* Within the limit, what fails softly has paid for the initcode's words and memory. */
    RUN_CODE(&w, FORK_SHANGHAI, "49152 0 1 CREATE" RETURN_TOP);
    CHECK_EQ(w.outcome.status, EVM_SUCCESS);
    CHECK_EQ(world_number(&w), 0);
    const int64_t memory = 3 * 1536 + 1536 * 1536 / 512;
    CHECK_EQ(world_used(&w), 9 + 32000 + 2 * 1536 + memory + 12);
}

/* Besu: the gas of a STATICCALL is an unsigned 256-bit number; 0 is none at all, and what would be
 * negative if it had a sign is more than there is. */
static void trap_04_static_call_with_no_gas_or_a_sign_bit(void)
{
    static const struct {
        const char *gas;
        uint64_t calls_identity;
        uint64_t calls_nobody;
    } rows[] = {
        {"0", 0, 1},
        {"14", 0, 1},
        {"15", 1, 1},
        {"0x8000000000000000", 1, 1},
        {"0xffffffffffffffff", 1, 1},
        {"0x8000000000000000000000000000000000000000000000000000000000000000", 1, 1},
        {ONES, 1, 1},
        {"0x010000000000000000", 1, 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        RUN_CODE(&w, FORK_OSAKA,
                 "0 0 0 0 4 %s STATICCALL 0 MSTORE 0 0 0 0 0x2000 %s STATICCALL 32 MSTORE"
                 " 64 0 RETURN",
                 rows[i].gas, rows[i].gas);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        CHECK_EQ(world_number(&w), rows[i].calls_identity);
        CHECK_EQ(world_word_at(&w, 1).w[0], rows[i].calls_nobody);
        int64_t failed = rows[i].calls_identity ? 15 : (int64_t)strtoull(rows[i].gas, NULL, 10);
        CHECK_EQ(world_used(&w), 18 + 100 + failed + 6 + 3 + 18 + 2600 + 6 + 3 + 6);
    }
}

/* Nimbus: operands over 2^64 were cut off before they were compared. All words here are as harmless
 * as they can be in their low 64 bits. */
static void trap_05_operands_over_64_bits(void)
{
    static const struct {
        const char *code; /* leaves a word, which is to be `result` */
        const char *result;
    } sums[] = {
        {"0x1234 0x01000000000000001f BYTE", "0"},
        {"0x1234 0x8000000000000000000000000000000000000000000000000000000000000000 BYTE", "0"},
        {"1 0x010000000000000001 SHL", "0"},
        {"4 0x010000000000000001 SHR", "0"},
        {ONES " 0x0100000000000000000000000000000001 SAR", ONES},
        {"4 0x010000000000000001 SAR", "0"},
        {"0xff 0x010000000000000000 SIGNEXTEND", "0xff"},
        {"0xff 0x0100000000000000000000000000000000000000000000000000000000000000 SIGNEXTEND",
         "0xff"},
        {"0x010000000000000000 CALLDATALOAD", "0"},
        {"0x0100000000000003e7 BLOCKHASH", "0"},
        {"0x010000000000000000 BLOBHASH", "0"},
        {"32 0x010000000000000000 0 CALLDATACOPY 0 MLOAD", "0"},
        {"32 0x010000000000000000 0 CODECOPY 0 MLOAD", "0"},
        {"32 0x010000000000000000 0 ADDRESS EXTCODECOPY 0 MLOAD", "0"},
        {"0x010000000000000000 ISZERO", "0"},
        {"0x0100000000000000000000000000000000000000000000000000000000000000 ISZERO", "0"},
        {"2 0x010000000000000002 LT", "0"},
        {"2 0x010000000000000002 EQ", "0"},
    };
    uint8_t data[32];
    memset(data, 0xff, sizeof(data));
    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, CONTRACT, 0, "%s %s EQ" RETURN_TOP, sums[i].code, sums[i].result);
        CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT,
                                              .gas = WORLD_GAS,
                                              .data = bytes_from(data, sizeof(data))}),
                 OK);
        if (world_number(&w) != 1) {
            test_fail(__FILE__, __LINE__, "%s", sums[i].code);
        }
    }
    static const struct {
        const char *code;
        enum evm_status status;
    } halts[] = {
        {"0x01000000000000000c JUMP #00 there: STOP", EVM_INVALID_JUMP_DEST},
        {"0x000000000000000b JUMP #00 there: STOP", EVM_SUCCESS},
        {"1 0x01000000000000000e JUMPI #00 there: STOP", EVM_INVALID_JUMP_DEST},
        {"1 0x000000000000000d JUMPI #fe there: STOP", EVM_SUCCESS},
        {"0x010000000000000000 0x000000000000000016 JUMPI #fe there: INVALID", EVM_INVALID_OPCODE},
        {"0x010000000000000000 MLOAD", EVM_OUT_OF_GAS},
        {"1 0x010000000000000000 MSTORE8", EVM_OUT_OF_GAS},
        {"0x010000000000000000 0 RETURN", EVM_OUT_OF_GAS},
        {"1 0x010000000000000000 RETURN", EVM_OUT_OF_GAS},
        {"0x010000000000000000 0 LOG0", EVM_OUT_OF_GAS},
        {"0x010000000000000000 0 0 CREATE", EVM_OUT_OF_GAS},
        {"0x010000000000000000 0 0 RETURNDATACOPY", EVM_OUT_OF_BOUNDS_READ},
        {"0 0x010000000000000000 0 RETURNDATACOPY", EVM_OUT_OF_BOUNDS_READ},
    };
    for (size_t i = 0; i < sizeof(halts) / sizeof(halts[0]); i++) {
        RUN_CODE(&w, FORK_SHANGHAI, "%s", halts[i].code);
        if (w.outcome.status != halts[i].status) {
            test_fail(__FILE__, __LINE__, "%s: %s", halts[i].code,
                      evm_status_name(w.outcome.status));
        }
    }
}

/* The same of MODEXP's lengths: cut off to 64 bits, each of these would be 1 and the call cheap.
 * With all the gas in the world it must still fail, not run and not return. */
static void trap_05_modexp_with_huge_lengths(void)
{
    static const char *const huge[] = {
        "0x010000000000000001", "0x0100000000000000000000000000000001",
        "0x8000000000000000000000000000000000000000000000000000000000000001", ONES};
    for (unsigned fork = FORK_BYZANTIUM; fork < FORK_COUNT; fork++) {
        for (unsigned i = 0; i < 12; i++) {
            RUN_CODE(&w, fork,
                     "%s 0 MSTORE %s 32 MSTORE %s 64 MSTORE 0x020305 96 MSTORE"
                     " 0 0 128 0 5 5000000 STATICCALL" RETURN_TOP,
                     i % 3 == 0 ? huge[i / 3] : "1", i % 3 == 1 ? huge[i / 3] : "1",
                     i % 3 == 2 ? huge[i / 3] : "1");
            CHECK_EQ(world_number(&w), 0);
            CHECK(world_used(&w) > 5000000);
        }
    }
}

/* Nimbus: a CREATE that succeeded left the code as return data. EIP-211: "the return data buffer"
 * is empty then; after one that reverted it holds what REVERT gave, after any other failure
 * nothing. */
static void trap_06_create_leaves_no_return_data(void)
{
    static const struct {
        const char *initcode; /* returns, reverts with, halts before 3 bytes */
        uint64_t size;
        bool is_created;
    } rows[] = {
        {"0x62aabbcc60005260036000f3", 0, true},
        {"0x62aabbcc600052600360fdfd", 3, false}, /* memory from 0xfd: three zeros */
        {"0x62aabbcc6000526003601dfd", 3, false},
        {"0x62aabbcc60005260036000fe", 0, false},
        {"0x62ef00006000526003601df3", 0, false}, /* EIP-3541: fails on its deposit */
    };
    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        size_t row = i / 2;
        size_t len = (strlen(rows[row].initcode) - 2) / 2;
        RUN_CODE(&w, FORK_OSAKA,
                 "%s 0 MSTORE %s %zu %zu 0 %s ISZERO 0 MSTORE RETURNDATASIZE 32 MSTORE"
                 " RETURNDATASIZE 0 64 RETURNDATACOPY RETURNDATASIZE 64 ADD 0 RETURN",
                 rows[row].initcode, i % 2 ? "7" : "", len, 32 - len, i % 2 ? "CREATE2" : "CREATE");
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        CHECK_EQ(world_number(&w), !rows[row].is_created);
        CHECK_EQ(world_word_at(&w, 1).w[0], rows[row].size);
        CHECK_EQ(w.outcome.output.len, 64 + rows[row].size);
        if (row == 2) {
            CHECK_BYTES(w.outcome.output.ptr + 64, "\xaa\xbb\xcc", 3);
        }
    }
}

/* reth: the gas of SLOAD in a deep call. Whoever loads a slot first pays for it, in any frame. */
static void trap_07_sload_in_a_deep_call(void)
{
    world_reset(&w, FORK_OSAKA);
    /* Calls itself until calldata is 5 bytes long, then each frame on the way back reports what the
     * same slot cost it: the deepest one comes first. */
    world_contract(&w, CONTRACT, 0,
                   "5 CALLDATASIZE LT ISZERO @bottom JUMPI"
                   " 0 0 1 CALLDATASIZE ADD 0 0 ADDRESS GAS CALL POP"
                   " bottom: GAS 7 SLOAD POP GAS SWAP1 SUB 0 0 LOG1 STOP");
    RUN(&w);
    CHECK_EQ(w.state.log_count, 6);
    for (size_t i = 0; i < 6; i++) {
        CHECK_EQ(world_topic(&w, i), (i == 0 ? 2100 : 100) + 3 + 2 + 2);
    }
}

/* revm #3780, #3813: what a failed frame has warmed was warm afterwards. EIP-2929: "When a context
 * is reverted, access warming effects are reverted to their state before that context." */
static void trap_07_warmth_does_not_survive_an_error(void)
{
    static const char *const ends[] = {"STOP", "0 0 REVERT", "INVALID", "POP", "9 JUMP"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0, "0x3000 BALANCE POP 7 SLOAD POP 1 8 SSTORE %s", ends[i]);
        world_contract(&w, CONTRACT, 0,
                       "0 0 0 0 0x2000 100000 DELEGATECALL POP"
                       " GAS 0x3000 BALANCE POP GAS SWAP1 SUB 0 0 LOG1"
                       " GAS 7 SLOAD POP GAS SWAP1 SUB 0 0 LOG1"
                       " GAS 8 SLOAD POP GAS SWAP1 SUB 0 0 LOG1"
                       " GAS 0x2000 BALANCE POP GAS SWAP1 SUB 0 0 LOG1 STOP");
        RUN(&w);
        bool stays = i == 0;
        CHECK_EQ(world_topic(&w, 0), (stays ? 100 : 2600) + 7);
        CHECK_EQ(world_topic(&w, 1), (stays ? 100 : 2100) + 7);
        CHECK_EQ(world_topic(&w, 2), (stays ? 100 : 2100) + 7);
        CHECK_EQ(world_topic(&w, 3), 100 + 7); /* the caller's own access stays */
    }
    /* What was warm before the frame that failed stays warm. */
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0, "0x3000 BALANCE POP 7 SLOAD POP INVALID");
    world_contract(&w, CONTRACT, 0,
                   "7 SLOAD POP 0x3000 BALANCE POP 0 0 0 0 0x2000 100000 DELEGATECALL POP"
                   " GAS 0x3000 BALANCE POP 7 SLOAD POP GAS SWAP1 SUB" RETURN_TOP);
    RUN(&w);
    CHECK_EQ(world_number(&w), 2 * (100 + 3 + 2) + 2);
}

/* An account that could not be paid for is as cold as before; so is a slot. */
static void trap_07_warmth_needs_payment(void)
{
    static const char *const looks[] = {"0x3000 BALANCE", "0x3000 EXTCODESIZE", "7 SLOAD",
                                        "1 7 SSTORE", "0x3000 SELFDESTRUCT"};
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0, "%s STOP", looks[i]);
        world_contract(&w, CONTRACT, 0,
                       "0 0 0 0 0x2000 2000 DELEGATECALL POP"
                       " GAS 0x3000 BALANCE POP 7 SLOAD POP GAS SWAP1 SUB" RETURN_TOP);
        RUN(&w);
        CHECK_EQ(world_number(&w), 2600 + 3 + 2 + 2100 + 3 + 2 + 2);
    }
}

/* evmone: a log was there although its frame had no gas for it. */
static void trap_08_no_log_after_out_of_gas(void)
{
    /* 32 bytes, two topics: 375 * 3 + 8 * 32, after 12 for the word and 12 for the operands. */
    const int64_t price = 12 + 12 + 375 * 3 + 8 * 32;
    for (int64_t missing = 0; missing < 300; missing++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, CONTRACT, 0, "7 0 MSTORE 2 1 32 0 LOG2 STOP");
        CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = price - missing}), OK);
        CHECK_EQ(w.outcome.status, missing == 0 ? EVM_SUCCESS : EVM_OUT_OF_GAS);
        CHECK_EQ(w.state.log_count, missing == 0);
    }
    CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = price}), OK);
    const struct log_entry *log = &w.state.logs[0];
    CHECK_EQ(log->topic_count, 2);
    CHECK_EQ(log->topics[0].w[0], 1);
    CHECK_EQ(log->topics[1].w[0], 2);
    CHECK_EQ(log->data.len, 32);
    CHECK_EQ(log->data.ptr[31], 7);
    struct address address = test_address(CONTRACT);
    CHECK(address_equal(&log->address, &address));
    /* A callee's log is gone when its caller has no gas left after it. */
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0, "0 0 LOG0 STOP");
    world_contract(&w, CONTRACT, 0, "0 0 LOG0 0 0 0 0 0 0x2000 10000 CALL 0 0 LOG0 INVALID");
    RUN(&w);
    CHECK_EQ(w.state.log_count, 0);
}

/* evmone: the pairing check gave another size than 32 bytes; room beyond them stays as it is. */
static void trap_08_pairing_gives_32_bytes(void)
{
    RUN_CODE(&w, FORK_OSAKA,
             "%s 32 MSTORE 64 0 0 64 8 GAS STATICCALL 0x40 MSTORE"
             " RETURNDATASIZE 96 MSTORE 128 0 RETURN",
             ONES);
    CHECK_EQ(world_number(&w), 1); /* no pairs: the product is one */
    CHECK_EQ(world_word_at(&w, 1).w[0], UINT64_MAX);
    CHECK_EQ(world_word_at(&w, 2).w[0], 1);
    CHECK_EQ(world_word_at(&w, 3).w[0], 32);
}

/* evmone: the reason of a halt after an invalid jump. The jump has failed, not what would follow.
 */
static void trap_08_reason_after_an_invalid_jump(void)
{
    static const char *const codes[] = {
        "5 JUMP INVALID",          "5 JUMP #0c",   "2 JUMP",        "1 5 JUMPI INVALID",
        "0xffffffff JUMP INVALID", "1 JUMP #5b00", "1 4 JUMPI #01",
    };
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        RUN_CODE(&w, FORK_OSAKA, "%s", codes[i]);
        CHECK_EQ(w.outcome.status, EVM_INVALID_JUMP_DEST);
        CHECK_EQ(w.outcome.gas_left, 0);
    }
}

/* The price of memory overflows nothing, wherever the end of the range is. */
static void trap_10_memory_expansion_does_not_overflow(void)
{
    static const char *const offsets[] = {
        "0xffffffff",
        "0xffffffffff",
        "0x01ffffffffff",
        "0x0fffffffffffffff",
        "0x7fffffffffffffe0",
        "0x7fffffffffffffff",
        "0xffffffffffffffe0",
        "0xffffffffffffffff",
        "0x010000000000000000",
        "0x0100000000000000000000000000000000",
        "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0",
        ONES};
    static const char *const codes[] = {
        "0 %s MSTORE",
        "0 %s MSTORE8",
        "%s MLOAD",
        "1 %s RETURN",
        "%s 1 RETURN",
        "1 %s REVERT",
        "%s %s RETURN",
        "1 %s KECCAK256",
        "%s 1 KECCAK256",
        "1 0 %s CODECOPY",
        "%s 0 1 CODECOPY",
        "1 0 %s CALLDATACOPY",
        "1 %s 0 MCOPY",
        "1 0 %s MCOPY",
        "%s 0 1 MCOPY",
        "1 %s LOG0",
        "%s 1 LOG0",
        "1 %s 0 CREATE",
        "0 1 %s 0 CREATE2",
        "0 0 1 %s 0 4 GAS CALL",
        "0 0 %s 1 0 4 GAS CALL",
        "1 %s 0 0 0 4 GAS CALL",
        "%s 1 0 0 0 4 GAS CALL",
        "1 0 %s ADDRESS EXTCODECOPY",
    };
    for (size_t c = 0; c < sizeof(codes) / sizeof(codes[0]); c++) {
        for (size_t o = 0; o < sizeof(offsets) / sizeof(offsets[0]); o++) {
            char text[200] = "";
            size_t len = 0;
            for (const char *pos = codes[c]; *pos != '\0'; pos++) {
                if (*pos == '%') {
                    len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", offsets[o]);
                    pos++;
                } else {
                    text[len++] = *pos;
                    text[len] = '\0';
                }
            }
            RUN_CODE(&w, FORK_CANCUN, "%s STOP", text);
            if (w.outcome.status != EVM_OUT_OF_GAS || w.outcome.gas_left != 0) {
                test_fail(__FILE__, __LINE__, "%s: %s", text, evm_status_name(w.outcome.status));
                return;
            }
        }
    }
}

/* No bytes are read or written anywhere: no memory, and no price for it. */
static void trap_10_zero_length_at_a_huge_offset(void)
{
    static const struct {
        const char *code; /* leaves the stack to itself */
        int64_t gas;
    } rows[] = {
        {"0 " ONES " KECCAK256", 6 + 30},
        {"0 0 " ONES " CALLDATACOPY", 9 + 3},
        {"0 " ONES " " ONES " CODECOPY", 9 + 3},
        {"0 " ONES " " ONES " ADDRESS EXTCODECOPY", 11 + 100},
        {"0 0 " ONES " RETURNDATACOPY", 9 + 3},
        {"0 " ONES " " ONES " MCOPY", 9 + 3},
        {"0 " ONES " LOG0", 6 + 375},
        {"0 " ONES " 0 CREATE", 9 + 32000},
        {"0 0 " ONES " 0 CREATE2", 12 + 32000},
        {"0 " ONES " 0 " ONES " 0 ADDRESS 0 CALL", 20 + 100},
        {"0 " ONES " 0 " ONES " ADDRESS 0 STATICCALL", 17 + 100},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        RUN_CODE(&w, FORK_CANCUN, "%s MSIZE" RETURN_TOP, rows[i].code);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        CHECK_EQ(world_number(&w), 0);
        CHECK_EQ(world_used(&w), rows[i].gas + 2 + 12 + 3);
    }
    static const char *const ends[] = {"0 " ONES " RETURN", "0 " ONES " REVERT"};
    for (size_t i = 0; i < 2; i++) {
        RUN_CODE(&w, FORK_CANCUN, "%s", ends[i]);
        CHECK_EQ(w.outcome.status, i == 0 ? EVM_SUCCESS : EVM_REVERT);
        CHECK_EQ(w.outcome.output.len, 0);
        CHECK_EQ(world_used(&w), 6);
    }
}

/* EIP-5656: "Copying takes place as if an intermediate buffer was used, allowing the destination
 * and source to overlap"; the memory grows for whichever reaches farther. */
static void trap_10_mcopy_overlaps(void)
{
    uint8_t data[96];
    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i + 1);
    }
    for (size_t i = 0; i < 300; i++) {
        size_t to = test_random() % 97;
        size_t from = test_random() % 97;
        size_t len = test_random() % 97;
        world_reset(&w, FORK_CANCUN);
        world_contract(&w, CONTRACT, 0,
                       "96 0 0 CALLDATACOPY %zu %zu %zu MCOPY MSIZE 256 MSTORE 288 0 RETURN", len,
                       from, to);
        CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT,
                                              .gas = WORLD_GAS,
                                              .data = bytes_from(data, sizeof(data))}),
                 OK);
        uint8_t want[192] = {0};
        uint8_t buffer[192] = {0};
        memcpy(want, data, sizeof(data));
        memcpy(buffer, want, sizeof(want));
        for (size_t b = 0; b < len; b++) {
            want[to + b] = from + b < sizeof(buffer) ? buffer[from + b] : 0;
        }
        CHECK_EQ(w.outcome.output.len, 288);
        CHECK_BYTES(w.outcome.output.ptr, want, sizeof(want));
        size_t end = len == 0 ? 0 : (to > from ? to : from) + len;
        CHECK_EQ(world_word_at(&w, 8).w[0], end <= 96 ? 96 : (end + 31) / 32 * 32);
    }
}

/* EIP-211: "if start + size is larger than RETURNDATASIZE, this opcode will halt", even where size
 * is 0, and in more than 256 bits. */
static void trap_10_return_data_ends_where_it_ends(void)
{
    static const struct {
        const char *from;
        const char *len;
        bool halts;
    } rows[] = {
        {"0", "0", false},
        {"0", "32", false},
        {"32", "0", false},
        {"31", "1", false},
        {"33", "0", true},
        {"0", "33", true},
        {"32", "1", true},
        {"31", "2", true},
        {ONES, "0", true},
        {ONES, "1", true},
        {"0", ONES, true},
        {"1", ONES, true},
        {ONES, ONES, true},
        {"0xffffffffffffffff", "1", true},
        {"0xffffffffffffffff", "2", true},
        {"0xfffffffffffffff0", "0x30", true},
        {"0x010000000000000000", "0", true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        RUN_CODE(&w, FORK_BYZANTIUM, "0 0 32 0 4 1000 STATICCALL POP %s %s 0 RETURNDATACOPY STOP",
                 rows[i].len, rows[i].from);
        CHECK_EQ(w.outcome.status, rows[i].halts ? EVM_OUT_OF_BOUNDS_READ : EVM_SUCCESS);
        CHECK_EQ(w.outcome.gas_left == 0, rows[i].halts);
        /* Without any return data: only nothing from 0. */
        RUN_CODE(&w, FORK_BYZANTIUM, "%s %s 0 RETURNDATACOPY STOP", rows[i].len, rows[i].from);
        CHECK_EQ(w.outcome.status, i == 0 ? EVM_SUCCESS : EVM_OUT_OF_BOUNDS_READ);
    }
}

/* Yellow Paper 9.4.3: a byte that is data of a PUSH is no JUMPDEST. */
static void trap_11_jumpdest_inside_push_data(void)
{
    for (unsigned size = 1; size <= 32; size++) {
        for (unsigned at = 0; at <= size + 1; at++) {
            /* PUSH1 target, JUMP, PUSHn of 0x5b's, JUMPDEST, STOP */
            uint8_t code[64] = {OP_PUSH1, (uint8_t)(3 + at), OP_JUMP,
                                (uint8_t)(OP_PUSH1 + size - 1)};
            memset(code + 4, OP_JUMPDEST, size + 1);
            world_reset(&w, FORK_OSAKA);
            (void)world_put_code(&w, CONTRACT, 0, bytes_from(code, 4 + size + 2));
            RUN(&w);
            CHECK_EQ(w.outcome.status, at == size + 1 ? EVM_SUCCESS : EVM_INVALID_JUMP_DEST);
        }
    }
}

/* Yellow Paper 9.4.1: past its end, code is zeros: a PUSH reads them, and then there is STOP. The
 * code ends, with the padding it has, at an unreadable page. */
static void trap_11_push_past_the_end_of_code(void)
{
    for (unsigned size = 0; size <= 32; size++) {
        for (unsigned have = 0; have <= size; have++) {
            for (size_t d = 0; d < DISPATCHER_COUNT; d++) {
                size_t len = 1 + have;
                uint8_t *bytes = test_guarded(NULL, len + CODE_PADDING);
                bytes[0] = size == 0 ? OP_ADDRESS : (uint8_t)(OP_PUSH1 + size - 1);
                memset(bytes + 1, 0x5b, have);
                world_reset(&w, FORK_OSAKA);
                struct code code = {.bytes = bytes, .len = len};
                const struct message message = {.target = world_account(&w, CONTRACT),
                                                .code_address = test_address(CONTRACT),
                                                .code = &code,
                                                .gas = 100};
                w.evm.dispatch = DISPATCHERS[d];
                CHECK_EQ(evm_run(&w.evm, &w.outcome, &message), OK);
                CHECK_EQ(w.outcome.status, EVM_SUCCESS);
                CHECK_EQ(w.outcome.gas_left, 100 - (size == 0 ? 2 : 3));
                /* What was pushed is still where the stack was. */
                const struct u256 *word = w.evm.frames[0].sp - 1;
                uint8_t want[32] = {0};
                uint8_t got[32];
                memset(want + 32 - size, 0x5b, have);
                u256_store_be(got, word);
                if (size != 0) {
                    CHECK_BYTES(got, want, 32);
                }
            }
        }
    }
}

/* EIP-2200, EIP-3529: clearing a slot earns a refund that filling it again takes back, in another
 * frame perhaps, whose own sum is then negative; and a revert restores the counter with the slot.
 */
static void trap_12_refunds_across_frames_and_reverts(void)
{
    /* Slot 0 holds 1. With calldata the contract fills the slot with 1, and ends as it is told;
     * without, it clears the slot, calls itself, and reports nothing. */
    static const struct {
        const char *inner_end;
        const char *outer_end;
        int64_t refund;
        uint64_t value;
    } rows[] = {
        {"STOP", "STOP", 2800, 1}, /* 4800 - 4800 + 5000 - 2100 - 100 */
        {"0 0 REVERT", "STOP", 4800, 0}, {"INVALID", "STOP", 4800, 0},
        {"STOP", "0 0 REVERT", 0, 1},    {"INVALID", "INVALID", 0, 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        struct db_memory_account *account = world_contract(
            &w, CONTRACT, 0,
            "CALLDATASIZE @inner JUMPI 0 0 SSTORE 0 0 1 0 0 ADDRESS 100000 CALL POP %s"
            " inner: 1 0 SSTORE %s",
            rows[i].outer_end, rows[i].inner_end);
        world_put_slot(&w, account, 0, 1);
        RUN(&w);
        CHECK_EQ(w.state.refund, rows[i].refund);
        CHECK_EQ(world_slot(&w, CONTRACT, 0).w[0], rows[i].value);
    }
}

/* EIP-7702: a delegation's target is not followed further; the code that runs is the target's, in
 * the account that was called. */
static void trap_13_delegation_chains_are_not_followed(void)
{
    for (unsigned fork = FORK_CANCUN; fork <= FORK_PRAGUE; fork++) {
        world_reset(&w, fork);
        world_contract(&w, 0x2000, 0, "ADDRESS 0 0 LOG1 STOP");
        world_contract(&w, 0x3000, 0, "#ef01000000000000000000000000000000000000002000");
        world_contract(&w, 0x4000, 0, "#ef01000000000000000000000000000000000000003000");
        world_contract(&w, 0x5000, 0, "#ef01000000000000000000000000000000000000000004");
        world_contract(&w, CONTRACT, 0,
                       "0 0 0 0 0 0x3000 50000 CALL 0 MSTORE 0 0 0 0 0 0x4000 50000 CALL 32 MSTORE"
                       " 0 0 7 0 0 0x5000 50000 CALL 64 MSTORE RETURNDATASIZE 96 MSTORE"
                       " 128 0 RETURN");
        RUN(&w);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        /* 0xef is no opcode: not in Cancun, and not where the second hop begins. */
        bool has_eip7702 = fork == FORK_PRAGUE;
        CHECK_EQ(world_number(&w), has_eip7702);
        CHECK_EQ(world_word_at(&w, 1).w[0], 0);
        CHECK_EQ(w.state.log_count, has_eip7702);
        /* A precompile is not run through a delegation: "the call ... as if executing empty code".
         */
        CHECK_EQ(world_word_at(&w, 2).w[0], has_eip7702);
        CHECK_EQ(world_word_at(&w, 3).w[0], 0);
        if (has_eip7702) {
            CHECK_EQ(world_topic(&w, 0), 0x3000);
        }
    }
}

/* EIP-7702 makes an account's delegation stronger than a precompile at its address
 * (execution-specs: disable_precompiles): if anyone ever had the key to one, the delegate's code
 * would run. */
static void trap_13_delegation_at_the_address_of_a_precompile(void)
{
    for (unsigned fork = FORK_CANCUN; fork <= FORK_PRAGUE; fork++) {
        world_reset(&w, fork);
        world_contract(&w, 0x2000, 0, "7" RETURN_TOP);
        world_contract(&w, 4, 0, "#ef01000000000000000000000000000000000000002000");
        world_contract(&w, CONTRACT, 0, "32 0 3 0 0 4 50000 CALL POP RETURNDATASIZE" RETURN_TOP);
        RUN(&w);
        CHECK_EQ(world_number(&w), fork == FORK_PRAGUE ? 32 : 3);
        CHECK_EQ(world_run(&w, &(struct call){.to = 4, .gas = 1000}), OK);
        CHECK_EQ(w.outcome.output.len, fork == FORK_PRAGUE ? 32 : 0);
    }
}

/* EIP-7702: EXTCODESIZE, EXTCODECOPY and EXTCODEHASH see the indicator; CODESIZE and CODECOPY, of a
 * delegated account that runs, the code. */
static void trap_13_extcode_sees_the_indicator(void)
{
    world_reset(&w, FORK_PRAGUE);
    world_contract(&w, 0x2000, 0, "CODESIZE 0 0 LOG1 1 0 0 CODECOPY 1 0 LOG0 STOP");
    world_contract(&w, 0x3000, 0, "#ef01000000000000000000000000000000000000002000");
    world_contract(&w, CONTRACT, 0,
                   "0x3000 EXTCODEHASH 0 MSTORE 0x3000 EXTCODESIZE 32 MSTORE"
                   " 32 0 64 0x3000 EXTCODECOPY 0 0 0 0 0 0x3000 50000 CALL POP 96 0 RETURN");
    RUN(&w);
    struct address delegated = test_address(0x3000);
    const struct db_memory_account *account = db_memory_find(&w.db, &delegated);
    CHECK_EQ(w.outcome.output.len, 96);
    CHECK_BYTES(w.outcome.output.ptr, account->info.code_hash.b, 32);
    CHECK_EQ(world_word_at(&w, 1).w[0], 23);
    CHECK_BYTES(w.outcome.output.ptr + 64, account->code.ptr, 23);
    CHECK_EQ(w.outcome.output.ptr[64 + 23], 0);
    CHECK_EQ(world_topic(&w, 0), 19);
    CHECK_EQ(w.state.logs[1].data.ptr[0], OP_CODESIZE);
}

/* EIP-7702: a call of a delegated account pays for the access to the delegate too: 2600 when cold,
 * 100 when warm, for all four calls; looking at the account does not. */
static void trap_13_delegates_are_paid_for(void)
{
    static const char *const kinds[] = {"0 0 0 0 0 0x3000 0 CALL", "0 0 0 0 0 0x3000 0 CALLCODE",
                                        "0 0 0 0 0x3000 0 DELEGATECALL",
                                        "0 0 0 0 0x3000 0 STATICCALL"};
    for (size_t i = 0; i < 4; i++) {
        int64_t pushes = i < 2 ? 21 : 18;
        world_reset(&w, FORK_PRAGUE);
        world_contract(&w, 0x2000, 0, "STOP");
        world_contract(&w, 0x3000, 0, "#ef01000000000000000000000000000000000000002000");
        world_contract(&w, CONTRACT, 0,
                       "GAS %s POP GAS SWAP1 SUB 0 0 LOG1 GAS %s POP GAS SWAP1 SUB 0 0 LOG1"
                       " GAS 0x2000 BALANCE POP GAS SWAP1 SUB 0 0 LOG1 STOP",
                       kinds[i], kinds[i]);
        RUN(&w);
        CHECK_EQ(world_topic(&w, 0), pushes + 2600 + 2600 + 4);
        CHECK_EQ(world_topic(&w, 1), pushes + 100 + 100 + 4);
        CHECK_EQ(world_topic(&w, 2), 3 + 100 + 4); /* it is warm now */
        /* EXTCODESIZE leaves the delegate alone. */
        world_reset(&w, FORK_PRAGUE);
        world_contract(&w, 0x3000, 0, "#ef01000000000000000000000000000000000000002000");
        world_contract(&w, CONTRACT, 0, "0x3000 EXTCODESIZE POP 0x2000 BALANCE STOP");
        RUN(&w);
        CHECK_EQ(world_used(&w), 3 + 2600 + 2 + 3 + 2600);
    }
    /* A delegate that is the account itself, or its caller, is warm already. */
    world_reset(&w, FORK_PRAGUE);
    world_contract(&w, 0x3000, 0, "#ef01000000000000000000000000000000000000001000");
    world_contract(&w, CONTRACT, 0,
                   "CALLER 0xca11 EQ @first JUMPI STOP"
                   " first: GAS 0 0 0 0 0 0x3000 100 CALL POP GAS SWAP1 SUB" RETURN_TOP);
    RUN(&w);
    CHECK_EQ(world_number(&w), 21 + 2600 + 100 + (2 + 3 + 3 + 3 + 10) + 4);
}

/* EIP-161: absent, empty and neither are three things; before it, two. What a CALL without value
 * pays, and whether the account is there afterwards. */
static void trap_15_empty_touched_and_absent_accounts(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        bool has_eip161 = fork >= FORK_SPURIOUS_DRAGON;
        for (unsigned to = 0x2000; to <= 0x2001; to++) {
            world_reset(&w, fork);
            struct address empty = test_address(0x2001);
            (void)world_put(&w, &empty, 0, 0, bytes_from(NULL, 0));
            world_contract(&w, CONTRACT, 0, "0 0 0 0 0 %u 0 CALL STOP", to);
            RUN(&w);
            bool was_there = to == 0x2001;
            CHECK_EQ(world_used(&w), 21 +
                                         (fork >= FORK_BERLIN              ? 2600
                                          : fork >= FORK_TANGERINE_WHISTLE ? 700
                                                                           : 40) +
                                         (!was_there && !has_eip161 ? 25000 : 0));
            CHECK_EQ(world_account(&w, to)->exists, was_there || !has_eip161);
            state_end_tx(&w.state, has_eip161);
            CHECK_EQ(world_account(&w, to)->exists, !has_eip161);
        }
        /* One that nobody touches stays, empty as it is; a look at it is no touch. */
        world_reset(&w, fork);
        struct address empty = test_address(0x2001);
        (void)world_put(&w, &empty, 0, 0, bytes_from(NULL, 0));
        world_contract(&w, CONTRACT, 0, "0x2001 BALANCE STOP");
        RUN(&w);
        state_end_tx(&w.state, has_eip161);
        CHECK(world_account(&w, 0x2001)->exists);
    }
}

static const struct test_case cases[] = {
    CASE(trap_01_return_data_after_identity_overlap),
    CASE(trap_01_return_data_after_memory_is_reused),
    CASE(trap_02_inactive_precompiles_are_cold),
    CASE(trap_04_initcode_is_checked_before_balance_and_nonce),
    CASE(trap_04_static_call_with_no_gas_or_a_sign_bit),
    CASE(trap_05_operands_over_64_bits),
    CASE(trap_05_modexp_with_huge_lengths),
    CASE(trap_06_create_leaves_no_return_data),
    CASE(trap_07_sload_in_a_deep_call),
    CASE(trap_07_warmth_does_not_survive_an_error),
    CASE(trap_07_warmth_needs_payment),
    CASE(trap_08_no_log_after_out_of_gas),
    CASE(trap_08_pairing_gives_32_bytes),
    CASE(trap_08_reason_after_an_invalid_jump),
    CASE(trap_10_memory_expansion_does_not_overflow),
    CASE(trap_10_zero_length_at_a_huge_offset),
    CASE(trap_10_mcopy_overlaps),
    CASE(trap_10_return_data_ends_where_it_ends),
    CASE(trap_11_jumpdest_inside_push_data),
    CASE(trap_11_push_past_the_end_of_code),
    CASE(trap_12_refunds_across_frames_and_reverts),
    CASE(trap_13_delegation_chains_are_not_followed),
    CASE(trap_13_delegation_at_the_address_of_a_precompile),
    CASE(trap_13_extcode_sees_the_indicator),
    CASE(trap_13_delegates_are_paid_for),
    CASE(trap_15_empty_touched_and_absent_accounts),
};

TEST_MAIN(cases)
