/* Memory: what it costs, and what the instructions on ranges of it do. Gas is compared to the unit.
 */

#include "evm/memory.h"

#include "tests/evm_fixture.h"

static struct world w;

/* Yellow Paper, appendix H.1: "C_mem(a) = G_memory a + floor(a^2 / 512)". */
static int64_t memory_price_of(int64_t words)
{
    return 3 * words + words * words / 512;
}

static void memory_costs_by_the_square(void)
{
    static const uint32_t offsets[] = {0,     1,     31,    32,    33,     64,     700,   701,
                                       736,   737,   1023,  1024,  4096,   9999,   16352, 16353,
                                       22560, 22561, 31337, 65535, 130000, 262112, 262113};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        int64_t words = ((int64_t)offsets[i] + 63) / 32;
        RUN_CODE(&w, FORK_FRONTIER, "0 %u MSTORE MSIZE" RETURN_TOP, offsets[i]);
        CHECK_EQ(world_used(&w), 6 + 3 + memory_price_of(words) + 2 + 12);
        CHECK_EQ(world_number(&w), words * 32);
        /* In steps it costs the same. */
        RUN_CODE(&w, FORK_FRONTIER, "%u MLOAD %u MLOAD 0 MLOAD STOP", offsets[i] / 2, offsets[i]);
        CHECK_EQ(world_used(&w), 9 + 9 + memory_price_of(words));
        words = (int64_t)offsets[i] / 32 + 1;
        RUN_CODE(&w, FORK_FRONTIER, "0 %u MSTORE8 MSIZE" RETURN_TOP, offsets[i]);
        CHECK_EQ(world_used(&w), 6 + 3 + memory_price_of(words) + 2 + 12);
        CHECK_EQ(world_number(&w), words * 32);
    }
}

static void memory_is_bytes(void)
{
    RUN_CODE(&w, FORK_OSAKA,
             "0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
             " 5 MSTORE 0xaabb 3 MSTORE8 1 MLOAD 64 MSTORE 96 0 RETURN");
    uint8_t want[96] = {0, 0, 0, 0xbb};
    for (unsigned i = 0; i < 32; i++) {
        want[5 + i] = (uint8_t)(i + 1);
    }
    memcpy(want + 64, want + 1, 32);
    CHECK_EQ(w.outcome.output.len, 96);
    CHECK_BYTES(w.outcome.output.ptr, want, 96);
}

/* What each word, or byte, costs on top, in memory that is there. */
static void words_and_bytes_cost(void)
{
    static const uint32_t lens[] = {0, 1, 31, 32, 33, 64, 65, 1000, 1024};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        int64_t words = (lens[i] + 31) / 32;
        const int64_t grown = 9 + memory_price_of(32);
        RUN_CODE(&w, FORK_FRONTIER, "0 992 MSTORE %u 0 KECCAK256 STOP", lens[i]);
        CHECK_EQ(world_used(&w), grown + 6 + 30 + 6 * words);
        RUN_CODE(&w, FORK_FRONTIER, "0 992 MSTORE %u 0 0 CALLDATACOPY STOP", lens[i]);
        CHECK_EQ(world_used(&w), grown + 9 + 3 + 3 * words);
        RUN_CODE(&w, FORK_FRONTIER, "0 992 MSTORE %u 0 0 CODECOPY STOP", lens[i]);
        CHECK_EQ(world_used(&w), grown + 9 + 3 + 3 * words);
        RUN_CODE(&w, FORK_FRONTIER, "0 992 MSTORE %u 0 0 ADDRESS EXTCODECOPY STOP", lens[i]);
        CHECK_EQ(world_used(&w), grown + 11 + 20 + 3 * words);
        RUN_CODE(&w, FORK_CANCUN, "0 992 MSTORE %u 0 0 MCOPY STOP", lens[i]);
        CHECK_EQ(world_used(&w), grown + 9 + 3 + 3 * words);
        RUN_CODE(&w, FORK_FRONTIER, "0 992 MSTORE %u 0 LOG0 STOP", lens[i]);
        CHECK_EQ(world_used(&w), grown + 6 + 375 + 8 * (int64_t)lens[i]);
        /* IDENTITY gives 1,024 bytes of return data. */
        RUN_CODE(&w, FORK_BYZANTIUM,
                 "1024 0 1024 0 4 50000 STATICCALL POP %u 0 0 RETURNDATACOPY STOP", lens[i]);
        CHECK_EQ(world_used(&w),
                 18 + 700 + memory_price_of(32) + 15 + 3 * 32 + 2 + 9 + 3 + 3 * words);
    }
}

/* check_copy does one copy into memory of 0x77 and compares it with a loop over bytes. `opcode` may
 * push what it takes from the top; its source is calldata, code at 0x2000 and return data alike. */
static void check_copy(const char *opcode, struct bytes source, size_t to, size_t from, size_t len)
{
    static const char sevens[] =
        "0x7777777777777777777777777777777777777777777777777777777777777777";
    uint8_t want[128];
    memset(want, 0x77, sizeof(want));
    for (size_t i = 0; i < len; i++) {
        want[to + i] = from + i < source.len ? source.ptr[from + i] : 0;
    }
    world_reset(&w, FORK_OSAKA);
    (void)world_put_code(&w, 0x2000, 0, source);
    world_contract(&w, CONTRACT, 0,
                   "%zu 0 0 0x2000 EXTCODECOPY 0 0 %zu 0 4 GAS STATICCALL POP"
                   " %s DUP1 0 MSTORE DUP1 32 MSTORE DUP1 64 MSTORE 96 MSTORE"
                   " %zu %zu %zu %s 128 0 RETURN",
                   source.len, source.len, sevens, len, from, to, opcode);
    CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = WORLD_GAS, .data = source}), OK);
    CHECK_EQ(w.outcome.output.len, sizeof(want));
    CHECK_BYTES(w.outcome.output.ptr, want, sizeof(want));
}

static void copies_agree_with_a_loop(void)
{
    static const char *const opcodes[] = {"CALLDATACOPY", "0x2000 EXTCODECOPY", "RETURNDATACOPY"};
    uint8_t bytes[50];
    test_random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < 300 && !test_failed(); i++) {
        const struct bytes source = bytes_from(bytes, sizeof(bytes));
        size_t len = test_random() % 65;
        size_t from = test_random() % 65;
        size_t to = test_random() % 64;
        if (i % 3 == 2) { /* inside of the return data */
            len %= source.len + 1;
            from %= source.len - len + 1;
        }
        check_copy(opcodes[i % 3], source, to, from, len);
    }
}

static void codecopy_copies_the_running_code(void)
{
    RUN_CODE(&w, FORK_OSAKA, "CODESIZE 2 0 CODECOPY CODESIZE 0 RETURN #aabbcc");
    struct address address = test_address(CONTRACT);
    struct bytes code = db_memory_find(&w.db, &address)->code;
    uint8_t want[32] = {0};
    memcpy(want, code.ptr + 2, code.len - 2);
    CHECK_EQ(w.outcome.output.len, code.len);
    CHECK_BYTES(w.outcome.output.ptr, want, code.len);
}

/* Where the square of the words passes 64 bits the price is still the true one: 2^32 words and more
 * cost over 2^55 gas, and running out of it is an outcome, never a lack of memory. */
static void great_memory_has_its_price(void)
{
    static const char *const offsets[] = {"0x2000000000", "0x2000000020",  "0x3fffffffff",
                                          "0xffffffffff", "0x10000000000", "0xffffffffffffffff"};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        CHECK_EQ(world_run_code(&w, (int64_t)1 << 54, "%s MLOAD STOP", offsets[i]), OK);
        CHECK_EQ(w.outcome.status, EVM_OUT_OF_GAS);
    }
}

static const struct test_case cases[] = {
    CASE(memory_costs_by_the_square),
    CASE(memory_is_bytes),
    CASE(words_and_bytes_cost),
    CASE(copies_agree_with_a_loop),
    CASE(codecopy_copies_the_running_code),
    CASE(great_memory_has_its_price),
};

TEST_MAIN(cases)
