/* The tables of every fork, against one typed here from the sources: the Yellow Paper's appendices
 * G and H for Frontier, and for each change the EIP that made it. The tables under test are made of
 * expressions over the fork; these are lists of changes. */

#include "evm/rules.h"

#include <stdio.h>

#include "tests/test.h"

#define CHANGES_MAX 5

/* struct change: a value from a fork on. The first one of a list is where the thing begins. */
struct change {
    enum fork since;
    uint64_t value;
};

/* value_in gives the value in a fork; false before the first change. */
static bool value_in(uint64_t *out, const struct change changes[static CHANGES_MAX], enum fork fork)
{
    bool found = false;
    for (size_t i = 0; i < CHANGES_MAX; i++) {
        if (i > 0 && changes[i].since == FORK_FRONTIER) {
            break;
        }
        if (changes[i].since <= fork) {
            *out = changes[i].value;
            found = true;
        }
    }
    return found;
}

/* ---- forks ----------------------------------------------------------------------------------- */

struct fork_row {
    enum fork fork;
    const char *name;
    const char *other;
};

static const struct fork_row fork_rows[] = {
    {FORK_FRONTIER, "Frontier", "frontier"},
    {FORK_HOMESTEAD, "Homestead", "HOMESTEAD"},
    {FORK_TANGERINE_WHISTLE, "EIP150", "TangerineWhistle"},
    {FORK_SPURIOUS_DRAGON, "EIP158", "SpuriousDragon"},
    {FORK_BYZANTIUM, "Byzantium", "byzantium"},
    {FORK_CONSTANTINOPLE, "Constantinople", "constantinople"},
    {FORK_PETERSBURG, "ConstantinopleFix", "Petersburg"},
    {FORK_ISTANBUL, "Istanbul", "istanbul"},
    {FORK_BERLIN, "Berlin", "berlin"},
    {FORK_LONDON, "London", "london"},
    {FORK_PARIS, "Paris", "Merge"},
    {FORK_SHANGHAI, "Shanghai", "shanghai"},
    {FORK_CANCUN, "Cancun", "cancun"},
    {FORK_PRAGUE, "Prague", "prague"},
    {FORK_OSAKA, "Osaka", "osaka"},
};

#define FORK_ROWS (sizeof(fork_rows) / sizeof(fork_rows[0]))

static void forks_are_in_order_and_have_their_names(void)
{
    CHECK_EQ(FORK_ROWS, FORK_COUNT);
    CHECK_EQ(FORK_NEWEST, FORK_OSAKA);
    for (size_t i = 0; i < FORK_ROWS; i++) {
        const struct fork_row *row = &fork_rows[i];
        enum fork fork = FORK_COUNT;
        CHECK_EQ(row->fork, i);
        CHECK_EQ(fork_rules(row->fork)->fork, i);
        CHECK_STR(fork_name(row->fork), row->name);
        CHECK(fork_from_name(&fork, row->name));
        CHECK_EQ(fork, i);
        fork = FORK_COUNT;
        CHECK(fork_from_name(&fork, row->other));
        CHECK_EQ(fork, i);
    }
}

static void other_names_are_no_forks(void)
{
    static const char *const names[] = {"",     " ",       "Osak",    "Osaka ",
                                        "EIP",  "EIP1559", "Berlinn", "FrontierHomestead",
                                        "FORK", "0",       "BPO1",    "ConstantinopleFixed"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        enum fork fork = FORK_COUNT;
        CHECK(!fork_from_name(&fork, names[i]));
        CHECK_EQ(fork, FORK_COUNT);
    }
    enum fork fork = FORK_COUNT;
    CHECK(fork_from_name(&fork, "eip150") && fork == FORK_TANGERINE_WHISTLE);
    CHECK(fork_from_name(&fork, "MERGE") && fork == FORK_PARIS);
}

/* ---- opcodes --------------------------------------------------------------------------------- */

struct opcode_row {
    uint8_t opcode;
    uint8_t in;
    uint8_t out;
    const char *name;
    struct change prices[CHANGES_MAX];
};

#define AT(fork, price) {FORK_##fork, price}

/* EIP-150 and EIP-2929 priced all calls, and all looks at another account's code, alike. */
#define CALLS(fork, price) {AT(fork, price), AT(TANGERINE_WHISTLE, 700), AT(BERLIN, 100)}

/* EIP-150, EIP-1884 and EIP-2929: a look at a balance, a code hash, a slot. */
#define READS(eip150, eip1884) AT(TANGERINE_WHISTLE, eip150), AT(ISTANBUL, eip1884), AT(BERLIN, 100)

#define HASH_PRICES {AT(CONSTANTINOPLE, 400), AT(ISTANBUL, 700), AT(BERLIN, 100)} /* EIP-1052 */

static const struct opcode_row opcode_rows[] = {
    {0x00, 0, 0, "STOP", {AT(FRONTIER, 0)}},
    {0x01, 2, 1, "ADD", {AT(FRONTIER, 3)}},
    {0x02, 2, 1, "MUL", {AT(FRONTIER, 5)}},
    {0x03, 2, 1, "SUB", {AT(FRONTIER, 3)}},
    {0x04, 2, 1, "DIV", {AT(FRONTIER, 5)}},
    {0x05, 2, 1, "SDIV", {AT(FRONTIER, 5)}},
    {0x06, 2, 1, "MOD", {AT(FRONTIER, 5)}},
    {0x07, 2, 1, "SMOD", {AT(FRONTIER, 5)}},
    {0x08, 3, 1, "ADDMOD", {AT(FRONTIER, 8)}},
    {0x09, 3, 1, "MULMOD", {AT(FRONTIER, 8)}},
    {0x0a, 2, 1, "EXP", {AT(FRONTIER, 10)}},
    {0x0b, 2, 1, "SIGNEXTEND", {AT(FRONTIER, 5)}},
    {0x10, 2, 1, "LT", {AT(FRONTIER, 3)}},
    {0x11, 2, 1, "GT", {AT(FRONTIER, 3)}},
    {0x12, 2, 1, "SLT", {AT(FRONTIER, 3)}},
    {0x13, 2, 1, "SGT", {AT(FRONTIER, 3)}},
    {0x14, 2, 1, "EQ", {AT(FRONTIER, 3)}},
    {0x15, 1, 1, "ISZERO", {AT(FRONTIER, 3)}},
    {0x16, 2, 1, "AND", {AT(FRONTIER, 3)}},
    {0x17, 2, 1, "OR", {AT(FRONTIER, 3)}},
    {0x18, 2, 1, "XOR", {AT(FRONTIER, 3)}},
    {0x19, 1, 1, "NOT", {AT(FRONTIER, 3)}},
    {0x1a, 2, 1, "BYTE", {AT(FRONTIER, 3)}},
    {0x1b, 2, 1, "SHL", {AT(CONSTANTINOPLE, 3)}}, /* EIP-145 */
    {0x1c, 2, 1, "SHR", {AT(CONSTANTINOPLE, 3)}},
    {0x1d, 2, 1, "SAR", {AT(CONSTANTINOPLE, 3)}},
    {0x1e, 1, 1, "CLZ", {AT(OSAKA, 5)}}, /* EIP-7939 */
    {0x20, 2, 1, "KECCAK256", {AT(FRONTIER, 30)}},
    {0x30, 0, 1, "ADDRESS", {AT(FRONTIER, 2)}},
    {0x31, 1, 1, "BALANCE", {AT(FRONTIER, 20), READS(400, 700)}},
    {0x32, 0, 1, "ORIGIN", {AT(FRONTIER, 2)}},
    {0x33, 0, 1, "CALLER", {AT(FRONTIER, 2)}},
    {0x34, 0, 1, "CALLVALUE", {AT(FRONTIER, 2)}},
    {0x35, 1, 1, "CALLDATALOAD", {AT(FRONTIER, 3)}},
    {0x36, 0, 1, "CALLDATASIZE", {AT(FRONTIER, 2)}},
    {0x37, 3, 0, "CALLDATACOPY", {AT(FRONTIER, 3)}},
    {0x38, 0, 1, "CODESIZE", {AT(FRONTIER, 2)}},
    {0x39, 3, 0, "CODECOPY", {AT(FRONTIER, 3)}},
    {0x3a, 0, 1, "GASPRICE", {AT(FRONTIER, 2)}},
    {0x3b, 1, 1, "EXTCODESIZE", CALLS(FRONTIER, 20)},
    {0x3c, 4, 0, "EXTCODECOPY", CALLS(FRONTIER, 20)},
    {0x3d, 0, 1, "RETURNDATASIZE", {AT(BYZANTIUM, 2)}}, /* EIP-211 */
    {0x3e, 3, 0, "RETURNDATACOPY", {AT(BYZANTIUM, 3)}},
    {0x3f, 1, 1, "EXTCODEHASH", HASH_PRICES},
    {0x40, 1, 1, "BLOCKHASH", {AT(FRONTIER, 20)}},
    {0x41, 0, 1, "COINBASE", {AT(FRONTIER, 2)}},
    {0x42, 0, 1, "TIMESTAMP", {AT(FRONTIER, 2)}},
    {0x43, 0, 1, "NUMBER", {AT(FRONTIER, 2)}},
    {0x44, 0, 1, "PREVRANDAO", {AT(FRONTIER, 2)}}, /* DIFFICULTY before EIP-4399 */
    {0x45, 0, 1, "GASLIMIT", {AT(FRONTIER, 2)}},
    {0x46, 0, 1, "CHAINID", {AT(ISTANBUL, 2)}},     /* EIP-1344 */
    {0x47, 0, 1, "SELFBALANCE", {AT(ISTANBUL, 5)}}, /* EIP-1884 */
    {0x48, 0, 1, "BASEFEE", {AT(LONDON, 2)}},       /* EIP-3198 */
    {0x49, 1, 1, "BLOBHASH", {AT(CANCUN, 3)}},      /* EIP-4844 */
    {0x4a, 0, 1, "BLOBBASEFEE", {AT(CANCUN, 2)}},   /* EIP-7516 */
    {0x50, 1, 0, "POP", {AT(FRONTIER, 2)}},
    {0x51, 1, 1, "MLOAD", {AT(FRONTIER, 3)}},
    {0x52, 2, 0, "MSTORE", {AT(FRONTIER, 3)}},
    {0x53, 2, 0, "MSTORE8", {AT(FRONTIER, 3)}},
    {0x54, 1, 1, "SLOAD", {AT(FRONTIER, 50), READS(200, 800)}},
    {0x55, 2, 0, "SSTORE", {AT(FRONTIER, 0)}}, /* all of it depends on the slot */
    {0x56, 1, 0, "JUMP", {AT(FRONTIER, 8)}},
    {0x57, 2, 0, "JUMPI", {AT(FRONTIER, 10)}},
    {0x58, 0, 1, "PC", {AT(FRONTIER, 2)}},
    {0x59, 0, 1, "MSIZE", {AT(FRONTIER, 2)}},
    {0x5a, 0, 1, "GAS", {AT(FRONTIER, 2)}},
    {0x5b, 0, 0, "JUMPDEST", {AT(FRONTIER, 1)}},
    {0x5c, 1, 1, "TLOAD", {AT(CANCUN, 100)}}, /* EIP-1153 */
    {0x5d, 2, 0, "TSTORE", {AT(CANCUN, 100)}},
    {0x5e, 3, 0, "MCOPY", {AT(CANCUN, 3)}},   /* EIP-5656 */
    {0x5f, 0, 1, "PUSH0", {AT(SHANGHAI, 2)}}, /* EIP-3855 */
    {0xf0, 3, 1, "CREATE", {AT(FRONTIER, 32000)}},
    {0xf1, 7, 1, "CALL", CALLS(FRONTIER, 40)},
    {0xf2, 7, 1, "CALLCODE", CALLS(FRONTIER, 40)},
    {0xf3, 2, 0, "RETURN", {AT(FRONTIER, 0)}},
    {0xf4, 6, 1, "DELEGATECALL", CALLS(HOMESTEAD, 40)},                /* EIP-7 */
    {0xf5, 4, 1, "CREATE2", {AT(CONSTANTINOPLE, 32000)}},              /* EIP-1014 */
    {0xfa, 6, 1, "STATICCALL", {AT(BYZANTIUM, 700), AT(BERLIN, 100)}}, /* EIP-214 */
    {0xfd, 2, 0, "REVERT", {AT(BYZANTIUM, 0)}},                        /* EIP-140 */
    {0xfe, 0, 0, "INVALID", {AT(FRONTIER, 0)}},                        /* EIP-141 */
    {0xff, 1, 0, "SELFDESTRUCT", {AT(FRONTIER, 0), AT(TANGERINE_WHISTLE, 5000)}},
};

/* opcode_row_of finds the row of an opcode, or makes it for those that come in numbers. */
static bool opcode_row_of(struct opcode_row *out, char name[static 16], uint8_t opcode)
{
    *out = (struct opcode_row){.opcode = opcode, .name = name, .prices = {AT(FRONTIER, 3)}};
    if (opcode >= 0x60 && opcode <= 0x7f) {
        (void)snprintf(name, 16, "PUSH%d", opcode - 0x60 + 1);
        out->out = 1;
        return true;
    }
    if (opcode >= 0x80 && opcode <= 0x8f) {
        (void)snprintf(name, 16, "DUP%d", opcode - 0x80 + 1);
        out->in = (uint8_t)(opcode - 0x80 + 1);
        out->out = (uint8_t)(out->in + 1);
        return true;
    }
    if (opcode >= 0x90 && opcode <= 0x9f) {
        (void)snprintf(name, 16, "SWAP%d", opcode - 0x90 + 1);
        out->in = out->out = (uint8_t)(opcode - 0x90 + 2);
        return true;
    }
    if (opcode >= 0xa0 && opcode <= 0xa4) {
        (void)snprintf(name, 16, "LOG%d", opcode - 0xa0);
        out->in = (uint8_t)(opcode - 0xa0 + 2);
        out->prices[0].value = 375 * (1 + (uint64_t)opcode - 0xa0);
        return true;
    }
    for (size_t i = 0; i < sizeof(opcode_rows) / sizeof(opcode_rows[0]); i++) {
        if (opcode_rows[i].opcode == opcode) {
            *out = opcode_rows[i];
            return true;
        }
    }
    return false;
}

static void opcodes_have_their_names_and_operands(void)
{
    for (unsigned op = 0; op < 256; op++) {
        char name[16];
        struct opcode_row row;
        unsigned in = 99;
        unsigned out = 99;
        bool is_defined = opcode_row_of(&row, name, (uint8_t)op);
        CHECK_EQ(opcode_stack((uint8_t)op, &in, &out), is_defined);
        if (!is_defined) {
            CHECK(opcode_name((uint8_t)op) == NULL);
            continue;
        }
        CHECK(opcode_name((uint8_t)op) != NULL);
        CHECK_STR(opcode_name((uint8_t)op), row.name);
        CHECK_EQ(in, row.in);
        CHECK_EQ(out, row.out);
    }
}

static void opcodes_have_their_price_in_every_fork(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        const struct fork_rules *rules = fork_rules((enum fork)fork);
        for (unsigned op = 0; op < 256; op++) {
            char name[16];
            struct opcode_row row;
            uint64_t want;
            bool is_defined = opcode_row_of(&row, name, (uint8_t)op) &&
                              value_in(&want, row.prices, (enum fork)fork);
            int64_t got = rules_cost(rules, (uint8_t)op);
            if (got != (is_defined ? (int64_t)want : -1)) {
                test_fail(__FILE__, __LINE__, "%s, opcode 0x%02x: price %lld",
                          fork_name((enum fork)fork), op, (long long)got);
                return;
            }
        }
    }
}

/* ---- everything else that forks change ------------------------------------------------------- */

/* RULE compares a field of a fork's rules with the list of its changes. */
#define RULE(field, ...)                                                                    \
    do {                                                                                    \
        static const struct change changes[CHANGES_MAX] = {__VA_ARGS__};                    \
        uint64_t want = 0;                                                                  \
        CHECK(value_in(&want, changes, rules->fork));                                       \
        if ((uint64_t)rules->field != want) {                                               \
            test_fail(__FILE__, __LINE__, "%s: " #field " is %llu", fork_name(rules->fork), \
                      (unsigned long long)rules->field);                                    \
        }                                                                                   \
    } while (0)

#define FROM(value)  AT(FRONTIER, value)
#define BEGINS(fork) FROM(0), AT(fork, 1)

static void state_rules(const struct fork_rules *rules)
{
    RULE(account_cold, FROM(0), AT(BERLIN, 2600 - 100)); /* EIP-2929 */
    RULE(storage_cold, FROM(0), AT(BERLIN, 2100 - 100)); /* EIP-2929 */
    RULE(selfdestruct_cold, FROM(0), AT(BERLIN, 2600));  /* EIP-2929 */
    RULE(eip3651, BEGINS(SHANGHAI));
    RULE(net_gas_metering, FROM(0), AT(CONSTANTINOPLE, 1), AT(PETERSBURG, 0), AT(ISTANBUL, 1));
    RULE(sstore_sentry, FROM(0), AT(ISTANBUL, 2300));                 /* EIP-2200 */
    RULE(sstore_cold, FROM(0), AT(BERLIN, 2100));                     /* EIP-2929 */
    RULE(sstore_noop, FROM(200), AT(ISTANBUL, 800), AT(BERLIN, 100)); /* EIP-1283, 2200, 2929 */
    RULE(sstore_set, FROM(20000));
    RULE(sstore_reset, FROM(5000), AT(BERLIN, 5000 - 2100));  /* EIP-2929 */
    RULE(sstore_clear_refund, FROM(15000), AT(LONDON, 4800)); /* EIP-3529 */
    RULE(refund_quotient, FROM(2), AT(LONDON, 5));            /* EIP-3529 */
    RULE(eip161, BEGINS(SPURIOUS_DRAGON));
    RULE(eip6780, BEGINS(CANCUN));
    RULE(eip7702, BEGINS(PRAGUE));
    RULE(selfdestruct_new_account, FROM(0), AT(TANGERINE_WHISTLE, 25000)); /* EIP-150 */
    RULE(selfdestruct_refund, FROM(24000), AT(LONDON, 0));                 /* EIP-3529 */
}

static void message_rules(const struct fork_rules *rules)
{
    RULE(exp_byte, FROM(10), AT(SPURIOUS_DRAGON, 50)); /* EIP-160 */
    RULE(eip2, BEGINS(HOMESTEAD));
    RULE(eip150, BEGINS(TANGERINE_WHISTLE));
    RULE(eip3541, BEGINS(LONDON));
    RULE(max_code_size, FROM(UINT32_MAX), AT(SPURIOUS_DRAGON, 0x6000)); /* EIP-170 */
    RULE(max_initcode_size, FROM(UINT32_MAX), AT(SHANGHAI, 0xc000));    /* EIP-3860 */
    RULE(initcode_word, FROM(0), AT(SHANGHAI, 2));                      /* EIP-3860 */
    RULE(eip4399, BEGINS(PARIS));
}

static void precompile_rules(const struct fork_rules *rules)
{
    RULE(bn254_add, FROM(500), AT(ISTANBUL, 150)); /* EIP-196, EIP-1108 */
    RULE(bn254_mul, FROM(40000), AT(ISTANBUL, 6000));
    RULE(bn254_pairing_base, FROM(100000), AT(ISTANBUL, 45000)); /* EIP-197, EIP-1108 */
    RULE(bn254_pairing_pair, FROM(80000), AT(ISTANBUL, 34000));
    RULE(eip2565, BEGINS(BERLIN));
    RULE(eip7883, BEGINS(OSAKA));
    RULE(modexp_divisor, FROM(20), AT(BERLIN, 3), AT(OSAKA, 1));
    RULE(modexp_minimum, FROM(0), AT(BERLIN, 200), AT(OSAKA, 500));
    RULE(modexp_max_length, FROM(UINT64_MAX), AT(OSAKA, 1024)); /* EIP-7823 */
}

static void transaction_rules(const struct fork_rules *rules)
{
    RULE(tx_create, FROM(0), AT(HOMESTEAD, 32000));     /* EIP-2 */
    RULE(calldata_nonzero, FROM(68), AT(ISTANBUL, 16)); /* EIP-2028 */
    RULE(eip155, BEGINS(SPURIOUS_DRAGON));
    RULE(eip2930, BEGINS(BERLIN));
    RULE(eip1559, BEGINS(LONDON));
    RULE(eip4844, BEGINS(CANCUN));
    RULE(max_blobs_per_tx, FROM(UINT32_MAX), AT(OSAKA, 6));  /* EIP-7594 */
    RULE(calldata_floor_token, FROM(0), AT(PRAGUE, 10));     /* EIP-7623 */
    RULE(tx_gas_cap, FROM(UINT64_MAX), AT(OSAKA, 1u << 24)); /* EIP-7825 */
}

static void rules_have_their_value_in_every_fork(void)
{
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        const struct fork_rules *rules = fork_rules((enum fork)fork);
        state_rules(rules);
        message_rules(rules);
        precompile_rules(rules);
        transaction_rules(rules);
    }
}

static void fixed_prices(void)
{
    /* Yellow Paper, appendix G */
    CHECK_EQ(GAS_MEMORY_WORD, 3);
    CHECK_EQ(GAS_COPY_WORD, 3);
    CHECK_EQ(GAS_KECCAK_WORD, 6);
    CHECK_EQ(GAS_LOG_BYTE, 8);
    CHECK_EQ(GAS_CALL_VALUE, 9000);
    CHECK_EQ(GAS_CALL_STIPEND, 2300);
    CHECK_EQ(GAS_NEW_ACCOUNT, 25000);
    CHECK_EQ(GAS_CODE_DEPOSIT_BYTE, 200);
    CHECK_EQ(GAS_TX, 21000);
    CHECK_EQ(GAS_CALLDATA_ZERO, 4);
    /* EIP-2929, EIP-2930, EIP-7702, EIP-4844 */
    CHECK_EQ(GAS_WARM_ACCESS, 100);
    CHECK_EQ(GAS_COLD_ACCOUNT, 2600);
    CHECK_EQ(GAS_ACCESS_LIST_ADDRESS, 2400);
    CHECK_EQ(GAS_ACCESS_LIST_KEY, 1900);
    CHECK_EQ(GAS_AUTH_EMPTY_ACCOUNT, 25000);
    CHECK_EQ(GAS_AUTH_BASE, 12500);
    CHECK_EQ(GAS_BLOB, 1u << 17);
}

static const struct test_case cases[] = {
    CASE(forks_are_in_order_and_have_their_names), CASE(other_names_are_no_forks),
    CASE(opcodes_have_their_names_and_operands),   CASE(opcodes_have_their_price_in_every_fork),
    CASE(rules_have_their_value_in_every_fork),    CASE(fixed_prices),
};

TEST_MAIN(cases)
