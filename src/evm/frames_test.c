/* Memory, storage, accounts, calls and creations: what they cost and what they do, fork by fork,
 * each run under every dispatcher. Gas is compared to the unit. */

#include "evm/frames.h"

#include "crypto/keccak.h"
#include "tests/evm_fixture.h"

static struct world w;

#define GAS_LIMIT 10000000

#define EACH_FORK_FROM(fork, first) for (unsigned fork = (first); fork < FORK_COUNT; fork++)

/* run_code runs code at CONTRACT in a world of its own; used gives the gas it took. */
#define run_code(fork, ...)                                  \
    do {                                                     \
        world_reset(&w, (enum fork)(fork));                  \
        CHECK_EQ(world_run_code(&w, GAS_LIMIT, __VA_ARGS__), OK); \
    } while (0)

#define run_contract() CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = GAS_LIMIT}), OK)

static int64_t used(void)
{
    return GAS_LIMIT - w.outcome.gas_left;
}

/* ---- memory ------------------------------------------------------------------------------------ */

/* Yellow Paper, appendix H.1: C_mem(a) = G_memory a + floor(a^2 / 512). */
static int64_t memory_price_of(int64_t words)
{
    return 3 * words + words * words / 512;
}

static void memory_costs_by_the_square(void)
{
    static const uint32_t offsets[] = {0,    1,    31,   32,    33,    64,     700,    701,
                                       736,  737,  1023, 1024,  16352, 16353,  22560,  22561,
                                       4096, 9999, 7777, 31337, 65535, 130000, 262112, 262113};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        int64_t at = offsets[i];
        run_code(FORK_FRONTIER, "0 %u MSTORE MSIZE" RETURN_TOP, offsets[i]);
        CHECK_EQ(used(), 6 + 3 + memory_price_of((at + 63) / 32) + 2 + 12);
        CHECK_EQ(world_number(&w), (at + 63) / 32 * 32);
        run_code(FORK_FRONTIER, "0 %u MSTORE8 MSIZE" RETURN_TOP, offsets[i]);
        int64_t words = at / 32 + 1;
        CHECK_EQ(used(), 6 + 3 + memory_price_of(words) + 2 + 12);
        CHECK_EQ(world_number(&w), words * 32);
        /* In steps it costs the same. */
        run_code(FORK_FRONTIER, "0 MLOAD %u MLOAD %u MLOAD STOP", offsets[i] / 2, offsets[i]);
        CHECK_EQ(used(), 9 + 9 + memory_price_of((at + 63) / 32));
    }
}

static void memory_is_bytes(void)
{
    run_code(FORK_OSAKA, "0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
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
    static const int64_t lens[] = {0, 1, 31, 32, 33, 64, 65, 1000, 1024};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        unsigned len = (unsigned)lens[i];
        int64_t words = (lens[i] + 31) / 32;
        const int64_t grown = 9 + memory_price_of(32);
        run_code(FORK_FRONTIER, "0 992 MSTORE %u 0 KECCAK256 STOP", len);
        CHECK_EQ(used(), grown + 6 + 30 + 6 * words);
        run_code(FORK_FRONTIER, "0 992 MSTORE %u 0 0 CALLDATACOPY STOP", len);
        CHECK_EQ(used(), grown + 9 + 3 + 3 * words);
        run_code(FORK_FRONTIER, "0 992 MSTORE %u 0 0 CODECOPY STOP", len);
        CHECK_EQ(used(), grown + 9 + 3 + 3 * words);
        run_code(FORK_FRONTIER, "0 992 MSTORE %u 0 0 ADDRESS EXTCODECOPY STOP", len);
        CHECK_EQ(used(), grown + 11 + 20 + 3 * words);
        run_code(FORK_CANCUN, "0 992 MSTORE %u 0 0 MCOPY STOP", len);
        CHECK_EQ(used(), grown + 9 + 3 + 3 * words);
        run_code(FORK_FRONTIER, "0 992 MSTORE %u 0 LOG0 STOP", len);
        CHECK_EQ(used(), grown + 6 + 375 + 8 * lens[i]);
        run_code(FORK_BYZANTIUM,
                 "1024 0 1024 0 4 50000 STATICCALL POP %u 0 0 RETURNDATACOPY STOP", len);
        CHECK_EQ(used(), 18 + 700 + memory_price_of(32) + 15 + 3 * 32 + 2 + 9 + 3 + 3 * words);
    }
}

static void exponents_cost_by_the_byte(void)
{
    static const char *const exponents[] = {"0x00", "0x01", "0xff", "0x0100", "0xffff",
                                            "0x01000000000000000000",
                                            "0x80000000000000000000000000000000"
                                            "00000000000000000000000000000000"};
    static const int64_t bytes[] = {0, 1, 1, 2, 2, 10, 32};
    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        EACH_FORK_FROM(fork, FORK_FRONTIER)
        {
            run_code(fork, "%s 2 EXP STOP", exponents[i]);
            CHECK_EQ(used(), 6 + 10 + bytes[i] * (fork >= FORK_SPURIOUS_DRAGON ? 50 : 10));
        }
    }
}

/* struct copy: an instruction that copies, and where from: zeros follow the source, or the end of
 * the world (RETURNDATACOPY). */
struct copy {
    const char *opcode; /* after size, offset and destination are pushed */
    const uint8_t *source;
    size_t source_len;
};

/* check_copy does one copy into memory of 0x77 and compares it with a loop over bytes. */
static void check_copy(const struct copy *copy, size_t to, size_t from, size_t len)
{
    uint8_t want[128];
    memset(want, 0x77, sizeof(want));
    for (size_t i = 0; i < len; i++) {
        want[to + i] = from + i < copy->source_len ? copy->source[from + i] : 0;
    }
    static const char seven[] =
        "0x7777777777777777777777777777777777777777777777777777777777777777";
    world_reset(&w, FORK_OSAKA);
    (void)world_put_code(&w, 0x2000, 0, bytes_from(copy->source, copy->source_len));
    struct bytes body = assemble(
        &w.arena, "50 0 0 0x2000 EXTCODECOPY 0 0 50 0 4 GAS STATICCALL POP"
                  " %s DUP1 0 MSTORE DUP1 32 MSTORE DUP1 64 MSTORE 96 MSTORE"
                  " %zu %zu %zu %s 128 0 RETURN",
        seven, len, from, to, copy->opcode);
    (void)world_put_code(&w, CONTRACT, 0, body);
    CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT,
                                          .gas = GAS_LIMIT,
                                          .data = bytes_from(copy->source, copy->source_len)}),
             OK);
    CHECK_EQ(w.outcome.output.len, sizeof(want));
    CHECK_BYTES(w.outcome.output.ptr, want, sizeof(want));
}

static void copies_agree_with_a_loop(void)
{
    uint8_t source[50];
    test_random_bytes(source, sizeof(source));
    source[0] = 0x11; /* no delegation */
    static const char *const opcodes[] = {"CALLDATACOPY", "0x2000 EXTCODECOPY", "RETURNDATACOPY"};
    for (size_t i = 0; i < 300 && !test_failed(); i++) {
        const struct copy copy = {opcodes[i % 3], source, sizeof(source)};
        size_t len = test_random() % 65;
        size_t from = test_random() % 65;
        size_t to = test_random() % 64;
        if (i % 3 == 2) { /* inside of the return data */
            len %= sizeof(source) + 1;
            from %= sizeof(source) - len + 1;
        }
        check_copy(&copy, to, from, len);
    }
}

static void codecopy_copies_the_running_code(void)
{
    run_code(FORK_OSAKA, "CODESIZE 2 0 CODECOPY CODESIZE 0 RETURN #aabbcc");
    uint8_t want[14];
    size_t len = test_hex(want, sizeof(want), "3960022000f3aabbcc0000");
    (void)len;
    struct bytes code = db_memory_find(&w.db, &(struct address){test_address(CONTRACT)})->code;
    CHECK_EQ(w.outcome.output.len, code.len);
    CHECK_BYTES(w.outcome.output.ptr, code.ptr + 2, code.len - 2);
    CHECK_EQ(w.outcome.output.ptr[code.len - 1], 0);
    CHECK_EQ(w.outcome.output.ptr[code.len - 2], 0);
}
