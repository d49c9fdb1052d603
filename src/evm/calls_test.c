/* Calls, creations and SELFDESTRUCT: context, gas, addresses and conditions, fork by fork. Gas is
 * compared to the unit. */

#include "evm/calls.h"

#include "crypto/keccak.h"
#include "evm/access.h"
#include "tests/evm_fixture.h"

static struct world w;

/* ---- calls: context -------------------------------------------------------------------------- */

static void each_kind_of_call_has_its_context(void)
{
    static const struct {
        const char *call;
        uint64_t address;
        uint64_t caller;
        uint64_t value;
    } rows[] = {
        {"96 0 0 0 5 0x2000 GAS CALL", 0x2000, CONTRACT, 5},
        {"96 0 0 0 5 0x2000 GAS CALLCODE", CONTRACT, CONTRACT, 5},
        {"96 0 0 0 0x2000 GAS DELEGATECALL", CONTRACT, CALLER, 23},
        {"96 0 0 0 0x2000 GAS STATICCALL", 0x2000, CONTRACT, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0,
                       "ADDRESS 0 MSTORE CALLER 32 MSTORE CALLVALUE 64 MSTORE 96 0 RETURN");
        world_contract(&w, CONTRACT, 100, "%s POP 96 0 RETURN", rows[i].call);
        CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = WORLD_GAS, .value = 23}), OK);
        CHECK_EQ(world_word_at(&w, 0).w[0], rows[i].address);
        CHECK_EQ(world_word_at(&w, 1).w[0], rows[i].caller);
        CHECK_EQ(world_word_at(&w, 2).w[0], rows[i].value);
        /* Only CALL moves the value. */
        CHECK_EQ(world_account(&w, 0x2000)->balance.w[0], i == 0 ? 5 : 0);
        CHECK_EQ(world_account(&w, CONTRACT)->balance.w[0], i == 0 ? 118 : 123);
        CHECK_EQ(world_account(&w, CALLER)->balance.w[0], CALLER_WEI - 23);
    }
}

static void storage_is_that_of_the_context(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0, "CALLDATASIZE CALLDATASIZE SSTORE STOP");
    world_contract(&w, CONTRACT, 0,
                   "0 0 1 0 0 0x2000 GAS CALL 0 0 2 0 0 0x2000 GAS CALLCODE"
                   " 0 0 3 0 0x2000 GAS DELEGATECALL STOP");
    RUN(&w);
    CHECK_EQ(world_slot(&w, 0x2000, 1).w[0], 1);
    CHECK_EQ(world_slot(&w, 0x2000, 2).w[0], 0);
    CHECK_EQ(world_slot(&w, CONTRACT, 1).w[0], 0);
    CHECK_EQ(world_slot(&w, CONTRACT, 2).w[0], 2);
    CHECK_EQ(world_slot(&w, CONTRACT, 3).w[0], 3);
}

/* A caller's input is a view of its memory, which the callee cannot change. */
static void input_is_the_callers_memory(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0,
                   ONES " 0 MSTORE 0 CALLDATALOAD 0 MSTORE 3 CALLDATALOAD 32 MSTORE"
                        " CALLDATASIZE 64 MSTORE 96 0 RETURN");
    world_contract(&w, CONTRACT, 0,
                   "0x010203040506 0 MSTORE 96 64 6 26 0 0x2000 GAS CALL POP"
                   " 160 0 RETURN");
    RUN(&w);
    CHECK_EQ(w.outcome.output.len, 160);
    CHECK_EQ(world_word_at(&w, 0).w[0], 0x010203040506);
    CHECK_EQ(world_word_at(&w, 2).w[3], UINT64_C(0x0102030405060000));
    CHECK_EQ(world_word_at(&w, 3).w[3], UINT64_C(0x0405060000000000));
    CHECK_EQ(world_word_at(&w, 4).w[0], 6);
}

/* ---- calls: gas ------------------------------------------------------------------------------ */

/* What a call costs beside the pushes, with no gas passed on, to an account without code. */
static void calls_cost(void)
{
    static const struct {
        uint64_t to; /* 0x3000 absent, 0x3001 empty, 0x3002 neither */
        unsigned value;
        bool creates_before; /* EIP-161 */
        bool creates_after;
    } rows[] = {
        {0x3000, 0, true, false}, {0x3000, 5, true, true},   {0x3001, 0, false, false},
        {0x3001, 5, false, true}, {0x3002, 0, false, false}, {0x3002, 5, false, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
            for (unsigned is_callcode = 0; is_callcode < 2; is_callcode++) {
                world_reset(&w, fork);
                struct address address = test_address(0x3001);
                (void)world_put(&w, &address, 0, 0, bytes_from(NULL, 0));
                address = test_address(0x3002);
                (void)world_put(&w, &address, 1, 0, bytes_from(NULL, 0));
                world_contract(&w, CONTRACT, 100, "0 0 0 0 %u 0x%llx 0 %s STOP", rows[i].value,
                               (unsigned long long)rows[i].to, is_callcode ? "CALLCODE" : "CALL");
                RUN(&w);
                int64_t want = fork >= FORK_BERLIN              ? 2600
                               : fork >= FORK_TANGERINE_WHISTLE ? 700
                                                                : 40;
                bool creates =
                    fork >= FORK_SPURIOUS_DRAGON ? rows[i].creates_after : rows[i].creates_before;
                want += creates && !is_callcode ? 25000 : 0;
                /* The stipend is not used. */
                want += rows[i].value != 0 ? 9000 - 2300 : 0;
                CHECK_EQ(world_used(&w), 21 + want);
                CHECK_EQ(world_account(&w, rows[i].to)->exists,
                         rows[i].to != 0x3000 ||
                             (!is_callcode && (rows[i].value != 0 || fork < FORK_SPURIOUS_DRAGON)));
            }
        }
    }
}

/* EIP-150: "all but one 64th" at most, and no failure for asking more; before it, exactly what was
 * asked for, or none. The callee reports its gas, 2 less for GAS itself. */
static void calls_pass_gas_on(void)
{
    const int64_t gas = 100000;
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        int64_t price = fork >= FORK_BERLIN ? 2600 : fork >= FORK_TANGERINE_WHISTLE ? 700 : 40;
        int64_t there = gas - 21 - price;
        bool has_eip150 = fork >= FORK_TANGERINE_WHISTLE;
        int64_t most = has_eip150 ? there - there / 64 : there;
        const int64_t asked[] = {5000, most - 1, most, most + 1, INT64_MAX};
        for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
            world_reset(&w, fork);
            world_contract(&w, 0x2000, 0, "GAS 0 0 LOG1 STOP");
            world_contract(&w, CONTRACT, 0, "0 0 0 0 0 0x2000 %lld CALL STOP", (long long)asked[i]);
            CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = gas}), OK);
            if (asked[i] > most && !has_eip150) {
                CHECK_EQ(w.outcome.status, EVM_OUT_OF_GAS);
                continue;
            }
            CHECK_EQ(w.outcome.status, EVM_SUCCESS);
            CHECK_EQ(world_topic(&w, 0), (asked[i] < most ? asked[i] : most) - 2);
            CHECK_EQ(w.outcome.gas_left, there - (2 + 6 + 750));
        }
    }
}

/* A word of more than 64 bits asks for more than there is. */
static void calls_ask_for_gas_in_256_bits(void)
{
    static const char *const asked[] = {"0x010000000000000000", "0x010000000000000001", ONES,
                                        "0x8000000000000000", "0xffffffffffffffff"};
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0, "GAS 0 0 LOG1 STOP");
        world_contract(&w, CONTRACT, 0, "0 0 0 0 0 0x2000 %s CALL STOP", asked[i]);
        RUN(&w);
        int64_t there = WORLD_GAS - 21 - 2600;
        CHECK_EQ(world_topic(&w, 0), there - there / 64 - 2);
        RUN_CODE(&w, FORK_FRONTIER, "0 0 0 0 0 0x2000 %s CALL STOP", asked[i]);
        CHECK_EQ(w.outcome.status, EVM_OUT_OF_GAS);
    }
}

/* Value brings 2,300 gas that the caller does not pay for. */
static void value_brings_a_stipend(void)
{
    static const char *const kinds[] = {"CALL", "CALLCODE"};
    for (unsigned i = 0; i < 4; i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0, "GAS 0 0 LOG1 STOP");
        world_contract(&w, CONTRACT, 100, "0 0 0 0 5 0x2000 %u %s STOP", i % 2 * 1000,
                       kinds[i / 2]);
        RUN(&w);
        CHECK_EQ(world_topic(&w, 0), 2300 + i % 2 * 1000 - 2);
        CHECK_EQ(world_used(&w), 21 + 2600 + 9000 - 2300 + 758);
        /* Without value there is none: LOG1 fails. */
        RUN_CODE(&w, FORK_OSAKA, "0 0 0 0 0 ADDRESS 0 %s STOP", kinds[i / 2]);
        CHECK_EQ(w.state.log_count, 0);
    }
}

/* A call that cannot be paid out of the balance gives back what it took along, stipend and all; its
 * return data is empty. It is no exceptional halt. */
static void call_over_the_balance_fails_softly(void)
{
    static const char *const kinds[] = {"CALL", "CALLCODE"};
    for (unsigned i = 0; i < 4; i++) {
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, 0x2000, 0, "1 0 SSTORE STOP");
        world_contract(&w, CONTRACT, 4 + i % 2,
                       "0 0 32 0 4 GAS STATICCALL POP 0 0 0 0 5 0x2000 50000 %s"
                       " 0 MSTORE RETURNDATASIZE 32 MSTORE 64 0 RETURN",
                       kinds[i / 2]);
        RUN(&w);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        CHECK_EQ(world_number(&w), i % 2);
        CHECK_EQ(world_word_at(&w, 1).w[0], 0);
        if (i % 2 == 0) {
            CHECK_EQ(world_used(&w),
                     17 + 100 + 3 + 15 + 3 + 2 + 21 + 2600 + 9000 - 2300 + 6 + 2 + 6 + 6 + 3);
            CHECK_EQ(world_account(&w, 0x2000)->balance.w[0], 0);
        }
    }
}

/* ---- calls: static --------------------------------------------------------------------------- */

struct write_row {
    const char *code;
    enum evm_status status;
};

static const struct write_row writes[] = {
    {"1 0 SSTORE STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"0 0 SSTORE STOP", EVM_WRITE_IN_STATIC_CONTEXT}, /* even of what is there */
    {"1 0 TSTORE STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"0 0 LOG0 STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"1 0 0 LOG1 STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"1 2 0 0 LOG2 STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"1 2 3 0 0 LOG3 STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"1 2 3 4 0 0 LOG4 STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"0 0 0 CREATE STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"0 0 0 0 CREATE2 STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"0 SELFDESTRUCT", EVM_WRITE_IN_STATIC_CONTEXT},
    {"0 0 0 0 1 0x2000 GAS CALL STOP", EVM_WRITE_IN_STATIC_CONTEXT},
    {"0 0 0 0 99 0x2000 GAS CALL STOP", EVM_WRITE_IN_STATIC_CONTEXT}, /* before the balance */
    {"0 0 0 0 0 0x2000 GAS CALL STOP", EVM_SUCCESS},
    {"0 0 0 0 1 0x2000 GAS CALLCODE STOP", EVM_SUCCESS}, /* EIP-214 does not name it */
    {"0 0 0 0 0x2000 GAS DELEGATECALL STOP", EVM_SUCCESS},
    {"0 SLOAD 0 TLOAD CALLVALUE BALANCE STOP", EVM_SUCCESS},
};

static void nothing_writes_in_a_static_context(void)
{
    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        world_reset(&w, FORK_CANCUN);
        world_contract(&w, CONTRACT, 10, "%s", writes[i].code);
        const struct call call = {.to = CONTRACT, .gas = WORLD_GAS, .is_static = true};
        CHECK_EQ(world_run(&w, &call), OK);
        if (w.outcome.status != writes[i].status) {
            test_fail(__FILE__, __LINE__, "%s: %s", writes[i].code,
                      evm_status_name(w.outcome.status));
        }
        CHECK(w.outcome.status == EVM_SUCCESS || w.outcome.gas_left == 0);
        /* Outside of one, all of it works. */
        RUN(&w);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
    }
}

/* Everything below a STATICCALL is static, and what is beside it is not. */
static void static_context_is_inherited(void)
{
    static const char *const kinds[] = {"0 CALL", "0 CALLCODE", "DELEGATECALL", "STATICCALL"};
    for (size_t i = 0; i < 4; i++) {
        world_reset(&w, FORK_CANCUN);
        const char *kind = i < 2 ? kinds[i] + 2 : kinds[i];
        world_contract(&w, 0x2000, 0, "1 0 SSTORE STOP");
        world_contract(&w, 0x3000, 0, "0 0 0 0 %s 0x2000 100000 %s" RETURN_TOP, i < 2 ? "0" : "",
                       kind);
        world_contract(&w, CONTRACT, 0,
                       "32 0 0 0 0x3000 1000000 STATICCALL 32 MSTORE 1 0 SSTORE"
                       " 0 0 0 0 0 0x3000 1000000 CALL 64 MSTORE 96 0 RETURN");
        RUN(&w);
        CHECK_EQ(world_word_at(&w, 0).w[0], 0);
        CHECK_EQ(world_word_at(&w, 1).w[0], 1);
        CHECK_EQ(world_slot(&w, CONTRACT, 0).w[0], 1);
        CHECK_EQ(world_slot(&w, 0x2000, 0).w[0], i == 0);
        CHECK_EQ(world_slot(&w, 0x3000, 0).w[0], i == 1 || i == 2);
    }
}

/* ---- creations: addresses -------------------------------------------------------------------- */

static struct address address_of_hex(const char *hex)
{
    struct address address;
    ASSERT(test_hex(address.b, sizeof(address.b), hex) == sizeof(address.b));
    return address;
}

/* check_create_address compares with keccak256 of an RLP list typed by hand. */
static void check_create_address(uint64_t nonce, const char *head, const char *tail)
{
    static const char creator_hex[] = "6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0";
    uint8_t rlp[40];
    size_t len = test_hex(rlp, sizeof(rlp), head);
    len += test_hex(rlp + len, sizeof(rlp) - len, creator_hex);
    len += test_hex(rlp + len, sizeof(rlp) - len, tail);
    struct hash32 hash;
    keccak256(&hash, rlp, len);
    struct address creator = address_of_hex(creator_hex);
    struct address created = evm_create_address(&creator, nonce);
    CHECK_BYTES(created.b, hash.b + 12, 20);
}

static void create_addresses(void)
{
    /* Contracts on mainnet. */
    static const char *const known[] = {
        "cd234a471b72ba2f1ccf0a70fcaba648a5eecd8d", "343c43a37d37dff08ae8c4a11544c718abb4fcf8",
        "f778b86fa74e846c4f0a1fbd1335fe81c00a0c91", "fffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c"};
    struct address creator = address_of_hex("6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0");
    for (uint64_t nonce = 0; nonce < 4; nonce++) {
        struct address created = evm_create_address(&creator, nonce);
        struct address want = address_of_hex(known[nonce]);
        CHECK_BYTES(created.b, want.b, 20);
    }
    check_create_address(0, "d694", "80");
    check_create_address(1, "d694", "01");
    check_create_address(0x7f, "d694", "7f");
    check_create_address(0x80, "d794", "8180");
    check_create_address(0xff, "d794", "81ff");
    check_create_address(0x100, "d894", "820100");
    check_create_address(UINT64_MAX, "de94", "88ffffffffffffffff");
}

/* EIP-1014, "Examples": all seven. The gas is that of the opcode alone. */
static const struct {
    const char *creator;
    const char *salt;
    const char *initcode;
    int64_t gas;
    const char *created;
} eip1014_examples[] = {
    {"0000000000000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000", "00", 32006,
     "4d1a2e2bb4f88f0250f26ffff098b0b30b26bf38"},
    {"deadbeef00000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000", "00", 32006,
     "b928f69bb1d91cd65274e3c79d8986362984fda3"},
    {"deadbeef00000000000000000000000000000000",
     "000000000000000000000000feed000000000000000000000000000000000000", "00", 32006,
     "d04116cdd17bebe565eb2422f2497e06cc1c9833"},
    {"0000000000000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000", "deadbeef", 32006,
     "70f2b2914a2a4b783faefb75f459a580616fcb5e"},
    {"00000000000000000000000000000000deadbeef",
     "00000000000000000000000000000000000000000000000000000000cafebabe", "deadbeef", 32006,
     "60f3f640a8508fc6a86d45df051962668e1e8ac7"},
    {"00000000000000000000000000000000deadbeef",
     "00000000000000000000000000000000000000000000000000000000cafebabe",
     "deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
     32012, "1d8bfdc5d46dc4f61d6b6115972536ebe6a8854c"},
    {"0000000000000000000000000000000000000000",
     "0000000000000000000000000000000000000000000000000000000000000000", "", 32000,
     "e33c0c7f7df4809055c3eba6c09cfe4baf1bd9e0"},
};

static void create2_addresses(void)
{
    for (size_t i = 0; i < sizeof(eip1014_examples) / sizeof(eip1014_examples[0]); i++) {
        uint8_t initcode[64];
        uint8_t salt_bytes[32];
        struct u256 salt;
        struct hash32 hash;
        size_t len = test_hex(initcode, sizeof(initcode), eip1014_examples[i].initcode);
        (void)test_hex(salt_bytes, 32, eip1014_examples[i].salt);
        u256_load_be(&salt, salt_bytes);
        keccak256(&hash, initcode, len);
        struct address creator = address_of_hex(eip1014_examples[i].creator);
        struct address want = address_of_hex(eip1014_examples[i].created);
        struct address created = evm_create2_address(&creator, &salt, &hash);
        CHECK_BYTES(created.b, want.b, 20);

        /* The opcode, in a contract of that address. 0xdeadbeef is no code: all its gas is gone. */
        world_reset(&w, FORK_CONSTANTINOPLE);
        struct bytes code =
            assemble(&w.arena, "CALLDATASIZE 0 0 CALLDATACOPY 0x%s CALLDATASIZE 0 0 CREATE2 STOP",
                     eip1014_examples[i].salt);
        (void)world_put(&w, &creator, 0, 1, code);
        const struct call call = {
            .address = &creator, .gas = WORLD_GAS, .data = bytes_from(initcode, len)};
        CHECK_EQ(world_run(&w, &call), OK);
        const struct account *account = state_find(&w.state, &want);
        CHECK(account != NULL && account->is_loaded);
        bool is_created = len < 4;
        CHECK_EQ(account->exists, is_created);
        CHECK_EQ(account->nonce, is_created);
        if (is_created) {
            int64_t rest = 2 + 6 + 3 + (len == 0 ? 0 : 3 + 3) + 3 + 2 + 6;
            CHECK_EQ(world_used(&w), rest + eip1014_examples[i].gas);
        }
    }
}

/* ---- creations: what they do ----------------------------------------------------------------- */

/* Yellow Paper, appendix H.1: "C_mem(a) = G_memory a + floor(a^2 / 512)". */
static int64_t memory_price_of(int64_t words)
{
    return 3 * words + words * words / 512;
}

/* The account that the first creation of CONTRACT makes. */
static const struct account *first_created(void)
{
    struct address creator = test_address(CONTRACT);
    struct address created = evm_create_address(&creator, 1);
    return state_find(&w.state, &created);
}

static void creation_makes_a_contract(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        world_reset(&w, fork);
        /* initcode: 0xabcd as code, 1 in slot 2, and a report of its context */
        struct bytes initcode = assemble(
            &w.arena, "1 2 SSTORE ADDRESS 0 0 LOG1 CALLER 0 0 LOG1 CALLVALUE 0 0 LOG1"
                      " CODESIZE 0 0 LOG1 CALLDATASIZE 0 0 LOG1 0xabcd 0 MSTORE 2 30 RETURN");
        (void)world_put_code(&w, 0x2000, 0, initcode);
        world_contract(
            &w, CONTRACT, 50,
            "0x2000 EXTCODESIZE 0 0 0x2000 EXTCODECOPY 0x2000 EXTCODESIZE 0 7 CREATE" RETURN_TOP);
        RUN(&w);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        const struct account *created = first_created();
        CHECK(created != NULL);
        struct u256 word = world_word(&w);
        struct address pushed = address_of(&word);
        CHECK_BYTES(pushed.b, created->address.b, 20);
        CHECK_EQ(word.w[3] | word.w[2] >> 32, 0);
        CHECK_EQ(created->balance.w[0], 7);
        CHECK_EQ(created->nonce, fork >= FORK_SPURIOUS_DRAGON); /* EIP-161 */
        CHECK_EQ(created->code->len, 2);
        CHECK_EQ(created->code->bytes[0], 0xab);
        CHECK_EQ(world_account(&w, CONTRACT)->balance.w[0], 43);
        CHECK_EQ(world_account(&w, CONTRACT)->nonce, 2);
        uint8_t last[8];
        memcpy(last, created->address.b + 12, 8);
        CHECK_EQ(world_topic(&w, 0), load_be64(last));
        CHECK_EQ(world_topic(&w, 1), CONTRACT);
        CHECK_EQ(world_topic(&w, 2), 7);
        CHECK_EQ(world_topic(&w, 3), initcode.len);
        CHECK_EQ(world_topic(&w, 4), 0);
    }
}

/* EIP-3860: 0xc000 bytes of initcode at most, else an exceptional halt; 2 gas for each word.
 * CREATE2 hashes it, at 6 gas a word (EIP-1014). */
static void initcode_has_a_limit_and_a_price(void)
{
    static const uint32_t lens[] = {0, 1, 32, 33, 49152, 49153};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
            bool has_eip3860 = fork >= FORK_SHANGHAI;
            bool fails = has_eip3860 && lens[i] == 49153;
            int64_t words = ((int64_t)lens[i] + 31) / 32;
            int64_t price = 32000 + memory_price_of(words) + (has_eip3860 ? 2 * words : 0);
            RUN_CODE(&w, fork, "%u 0 0 CREATE STOP", lens[i]);
            CHECK_EQ(w.outcome.status, fails ? EVM_OUT_OF_GAS : EVM_SUCCESS);
            CHECK_EQ(world_used(&w), fails ? WORLD_GAS : 9 + price);
            if (fork >= FORK_CONSTANTINOPLE) {
                RUN_CODE(&w, fork, "0 %u 0 0 CREATE2 STOP", lens[i]);
                CHECK_EQ(w.outcome.status, fails ? EVM_OUT_OF_GAS : EVM_SUCCESS);
                CHECK_EQ(world_used(&w), fails ? WORLD_GAS : 12 + price + 6 * words);
            }
        }
    }
}

/* EIP-150: a creation gets all but one 64th as well; before it, everything. */
static void creations_pass_gas_on(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        /* initcode: GAS 0 0 LOG1 STOP */
        RUN_CODE(&w, fork, "0x5a60006000a100 0 MSTORE 7 25 0 CREATE STOP");
        int64_t there = WORLD_GAS - 6 - 3 - 3 - 9 - 32000 - (fork >= FORK_SHANGHAI ? 2 : 0);
        int64_t passed = fork >= FORK_TANGERINE_WHISTLE ? there - there / 64 : there;
        CHECK_EQ(world_topic(&w, 0), passed - 2);
        CHECK_EQ(w.outcome.gas_left, there - (2 + 6 + 750));
    }
}

/* What a failed creation leaves: the creator's nonce has risen, the gas passed on is gone unless it
 * reverted, and there is no account. */
static void failed_creation_leaves_the_nonce(void)
{
    static const struct {
        const char *initcode;
        bool returns_gas;
    } rows[] = {{"60006000fd", true}, {"fe", false}, {"60016000556000600056", false}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t len = strlen(rows[i].initcode) / 2;
        world_reset(&w, FORK_OSAKA);
        world_contract(&w, CONTRACT, 10, "0x%s 0 MSTORE %zu %zu 3 CREATE" RETURN_TOP,
                       rows[i].initcode, len, 32 - len);
        RUN(&w);
        CHECK_EQ(w.outcome.status, EVM_SUCCESS);
        CHECK_EQ(world_number(&w), 0);
        CHECK_EQ(world_account(&w, CONTRACT)->nonce, 2);
        CHECK_EQ(world_account(&w, CONTRACT)->balance.w[0], 10);
        CHECK(!first_created()->exists);
        CHECK_EQ(world_used(&w) > WORLD_GAS / 64 * 62, !rows[i].returns_gas);
    }
}

/* What stops a creation before it begins: the nonce stays and the gas comes back. */
static void impossible_creation_changes_nothing(void)
{
    static const struct {
        uint64_t nonce;
        unsigned value;
        bool works;
    } rows[] = {
        {1, 10, true},
        {1, 11, false},
        {UINT64_MAX, 0, false}, /* EIP-2681: no nonce of 2^64 - 1 may rise */
        {UINT64_MAX - 1, 0, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned is_create2 = 0; is_create2 < 2; is_create2++) {
            world_reset(&w, FORK_OSAKA);
            struct address address = test_address(CONTRACT);
            struct bytes code = assemble(&w.arena, "%s 0 0 %u %s" RETURN_TOP, is_create2 ? "0" : "",
                                         rows[i].value, is_create2 ? "CREATE2" : "CREATE");
            (void)world_put(&w, &address, 10, rows[i].nonce, code);
            RUN(&w);
            struct u256 word = world_word(&w);
            CHECK_EQ(u256_is_zero(&word), !rows[i].works);
            CHECK_EQ(world_account(&w, CONTRACT)->nonce, rows[i].nonce + rows[i].works);
            CHECK_EQ(world_used(&w), 9 + 3 * is_create2 + 32000 + 12 + 3);
        }
    }
}

/* EIP-684, EIP-7610: no creation over a nonce, code or storage. It takes the gas passed on, like an
 * exceptional halt; a balance is no obstacle. */
static void creation_does_not_overwrite(void)
{
    struct address creator = test_address(CONTRACT);
    struct address created = evm_create_address(&creator, 1);
    static const uint8_t stop[1] = {0};
    for (unsigned i = 0; i < 5; i++) {
        world_reset(&w, FORK_OSAKA);
        bool has_code = i == 1;
        struct db_memory_account *there =
            world_put(&w, &created, i == 3 ? 6 : 0, i == 0, bytes_from(stop, has_code));
        if (i == 2) {
            world_put_slot(&w, there, 5, 5);
        }
        bool works = i >= 3; /* a balance, or nothing at all */
        world_contract(&w, CONTRACT, 10, "0 0 2 CREATE" RETURN_TOP);
        RUN(&w);
        struct u256 word = world_word(&w);
        CHECK_EQ(u256_is_zero(&word), !works);
        CHECK_EQ(world_account(&w, CONTRACT)->nonce, 2);
        int64_t there_was = WORLD_GAS - 9 - 32000;
        CHECK_EQ(w.outcome.gas_left, (works ? there_was : there_was / 64) - 15);
        CHECK_EQ(evm_has_collision(first_created()), true); /* by now */
        CHECK_EQ(first_created()->balance.w[0], i == 3 ? 8 : i == 4 ? 2 : 0);
    }
}

/* Slots that an earlier creation, reverted, has left in the database do not show. */
static void created_contract_has_no_storage(void)
{
    /* initcode: SLOAD(5) as a log */
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, CONTRACT, 0, "0x60055460006000a1 0 MSTORE 8 24 0 CREATE STOP");
    RUN(&w);
    CHECK_EQ(world_topic(&w, 0), 0);
    CHECK(first_created()->is_storage_new);
}

/* ---- SELFDESTRUCT ---------------------------------------------------------------------------- */

/* What it costs: by the heir, the balance, the fork. */
static void selfdestruct_costs(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        for (unsigned i = 0; i < 4; i++) {
            bool has_balance = i % 2 != 0;
            bool heir_exists = i / 2 != 0;
            world_reset(&w, fork);
            struct address heir = test_address(0x2000);
            if (heir_exists) {
                (void)world_put(&w, &heir, 1, 0, bytes_from(NULL, 0));
            }
            world_contract(&w, CONTRACT, has_balance ? 9 : 0, "0x2000 SELFDESTRUCT");
            RUN(&w);
            bool pays = !heir_exists && fork >= FORK_TANGERINE_WHISTLE &&
                        (fork < FORK_SPURIOUS_DRAGON || has_balance); /* EIP-150, EIP-161 */
            int64_t price = (fork >= FORK_TANGERINE_WHISTLE ? 5000 : 0) + (pays ? 25000 : 0) +
                            (fork >= FORK_BERLIN ? 2600 : 0);
            CHECK_EQ(world_used(&w), 3 + price);
            CHECK_EQ(w.state.refund, fork < FORK_LONDON ? 24000 : 0); /* EIP-3529 */
            CHECK_EQ(world_account(&w, 0x2000)->balance.w[0], heir_exists + (has_balance ? 9 : 0));
            CHECK_EQ(world_account(&w, CONTRACT)->balance.w[0], 0);
            state_end_tx(&w.state, w.evm.rules->eip161);
            CHECK_EQ(world_account(&w, CONTRACT)->exists, fork >= FORK_CANCUN); /* EIP-6780 */
        }
    }
}

/* The heir is the account itself: the ether is burned, unless nothing is deleted (EIP-6780). */
static void selfdestruct_to_oneself(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        world_reset(&w, fork);
        world_contract(&w, CONTRACT, 9, "ADDRESS SELFDESTRUCT");
        RUN(&w);
        bool stays = fork >= FORK_CANCUN;
        CHECK_EQ(world_account(&w, CONTRACT)->balance.w[0], stays ? 9 : 0);
        state_end_tx(&w.state, w.evm.rules->eip161);
        CHECK_EQ(world_account(&w, CONTRACT)->exists, stays);
        /* In the transaction that made it, it is deleted in all forks. The initcode is ADDRESS
         * SELFDESTRUCT. */
        RUN_CODE(&w, fork, "0x30ff 0 MSTORE 2 30 0 CREATE STOP");
        CHECK(first_created()->exists);
        state_end_tx(&w.state, w.evm.rules->eip161);
        CHECK(!first_created()->exists);
    }
}

/* The refund is paid once for an account, however often it dies. */
static void selfdestruct_refunds_once(void)
{
    world_reset(&w, FORK_BERLIN);
    world_contract(&w, 0x2000, 0, "0x3000 SELFDESTRUCT");
    world_contract(&w, CONTRACT, 0, CALL_ALL(0x2000) CALL_ALL(0x2000) "STOP");
    RUN(&w);
    CHECK_EQ(w.state.refund, 24000);
}

/* ---- delegations ----------------------------------------------------------------------------- */

static void delegations_are_told_from_code(void)
{
    static const struct {
        const char *code;
        bool is_delegation;
    } rows[] = {
        {"ef01000000000000000000000000000000000000002000", true},
        {"ef010000000000000000000000000000000000000020", false},
        {"ef0100000000000000000000000000000000000000200000", false},
        {"ee01000000000000000000000000000000000000002000", false},
        {"ef00000000000000000000000000000000000000002000", false},
        {"ef01010000000000000000000000000000000000002000", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bytes[32];
        struct code code = {.bytes = bytes};
        code.len = test_hex(bytes, sizeof(bytes), rows[i].code);
        CHECK_EQ(evm_is_delegation(&code), rows[i].is_delegation);
    }
}

static const struct test_case cases[] = {
    CASE(each_kind_of_call_has_its_context),
    CASE(storage_is_that_of_the_context),
    CASE(input_is_the_callers_memory),
    CASE(calls_cost),
    CASE(calls_pass_gas_on),
    CASE(calls_ask_for_gas_in_256_bits),
    CASE(value_brings_a_stipend),
    CASE(call_over_the_balance_fails_softly),
    CASE(nothing_writes_in_a_static_context),
    CASE(static_context_is_inherited),
    CASE(create_addresses),
    CASE(create2_addresses),
    CASE(creation_makes_a_contract),
    CASE(initcode_has_a_limit_and_a_price),
    CASE(creations_pass_gas_on),
    CASE(failed_creation_leaves_the_nonce),
    CASE(impossible_creation_changes_nothing),
    CASE(creation_does_not_overwrite),
    CASE(created_contract_has_no_storage),
    CASE(selfdestruct_costs),
    CASE(selfdestruct_to_oneself),
    CASE(selfdestruct_refunds_once),
    CASE(delegations_are_told_from_code),
};

TEST_MAIN(cases)
