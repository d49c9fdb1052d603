/* Transactions: every reason to refuse one, each at its edge (the last transaction that is valid,
 * the first that is not); what they cost, who pays whom; what creations leave; and errors, which
 * are no outcomes. Expected numbers are worked out in comments, from the EIPs and the Yellow
 * Paper. */

#include "exec/tx.h"

#include "tests/evm_fixture.h"

#define ETHER UINT64_C(1000000000000000000)

/* A second account, without code; what the world's block asks for gas (EIP-1559, EIP-4844). */
#define OTHER         0x07e4u
#define BASE_FEE      7u
#define BLOB_BASE_FEE 5u

static struct world w;

/* ---- helpers --------------------------------------------------------------------------------- */

/* transfer is a transaction that is valid in every fork: it sends 3 wei to an account that is not
 * there, at 10 wei per gas. */
static struct tx transfer(void)
{
    return (struct tx){
        .type = TX_LEGACY,
        .sender = test_address(CALLER),
        .to = test_address(OTHER),
        .nonce = 1,
        .gas_limit = 100000,
        .max_fee_per_gas = {{10, 0, 0, 0}},
        .max_priority_fee_per_gas = {{10, 0, 0, 0}},
        .value = {{3, 0, 0, 0}},
    };
}

static struct tx call_contract(void)
{
    struct tx tx = transfer();
    tx.to = test_address(CONTRACT);
    tx.value = u256_from_u64(0);
    return tx;
}

static struct tx create(struct bytes initcode)
{
    struct tx tx = call_contract();
    tx.is_create = true;
    tx.data = initcode;
    tx.gas_limit = 1000000;
    return tx;
}

static struct tx_result run(const struct tx *tx)
{
    struct tx_result result;
    enum err e = tx_execute(&w.evm, &result, tx, w.block.gas_limit);
    ASSERT(e == OK);
    return result;
}

static struct hash32 root_now(void)
{
    struct hash32 root;
    enum err e = state_root(&root, &w.state, &w.db);
    ASSERT(e == OK);
    return root;
}

static uint64_t wei_of(uint64_t number)
{
    const struct account *account = world_account(&w, number);
    ASSERT(u256_fits_u64(&account->balance));
    return account->balance.w[0];
}

static struct bytes filled(size_t len, uint8_t byte)
{
    uint8_t *out = ARENA_NEW(&w.arena, uint8_t, len);
    ASSERT(out != NULL);
    memset(out, byte, len);
    return bytes_from(out, len);
}

/* check_refused: the transaction is refused for this reason, and that is all that happens. */
static void check_refused(const struct tx *tx, enum tx_status status)
{
    struct hash32 before = root_now();
    struct tx_result result;
    CHECK_EQ(tx_execute(&w.evm, &result, tx, w.block.gas_limit), OK);
    CHECK_STR(tx_status_name(result.status), tx_status_name(status));
    CHECK_EQ(result.gas_used, 0);
    CHECK_EQ(result.output.len, 0);
    CHECK(!result.is_created);
    struct hash32 after = root_now();
    CHECK_BYTES(after.b, before.b, 32);
    CHECK_EQ(w.state.log_count, 0);
}

/* ---- is it valid ----------------------------------------------------------------------------- */

/* struct rule: how to make a transaction that is just within a rule, or just beyond. `apply` gets a
 * transfer in a world of the fork. */
struct rule {
    enum tx_status status;
    enum fork fork;
    void (*apply)(struct tx *tx, bool breaks);
};

static void rule_type(struct tx *tx, bool breaks)
{
    tx->type = breaks ? TX_TYPE_COUNT : TX_LEGACY;
}

static void rule_type_1(struct tx *tx, bool breaks)
{
    tx->type = breaks ? TX_ACCESS_LIST : TX_LEGACY;
}

static void rule_type_2(struct tx *tx, bool breaks)
{
    tx->type = breaks ? TX_FEE_MARKET : TX_ACCESS_LIST;
}

static void make_blob(struct tx *tx, size_t count)
{
    struct hash32 *hashes = ARENA_NEW(&w.arena, struct hash32, count);
    ASSERT(hashes != NULL);
    for (size_t i = 0; i < count; i++) {
        hashes[i].b[0] = 1;
        hashes[i].b[31] = (uint8_t)i;
    }
    tx->type = TX_BLOB;
    tx->blob_versioned_hashes = hashes;
    tx->blob_count = count;
    tx->max_fee_per_blob_gas = u256_from_u64(BLOB_BASE_FEE);
}

static void rule_type_3(struct tx *tx, bool breaks)
{
    if (breaks) {
        make_blob(tx, 1);
    } else {
        tx->type = TX_FEE_MARKET;
    }
}

/* make_set_code gives a transaction an authorization that is skipped (its signature is none). */
static void make_set_code(struct tx *tx)
{
    static const struct authorization none;
    tx->type = TX_SET_CODE;
    tx->authorizations = &none;
    tx->authorization_count = 1;
}

static void rule_type_4(struct tx *tx, bool breaks)
{
    if (breaks) {
        make_set_code(tx);
    } else {
        make_blob(tx, 1);
    }
}

/* What only a later type of transaction has room for (EIP-2930, EIP-4844, EIP-7702). */
static void rule_list_of_another_type(struct tx *tx, bool breaks)
{
    static const struct access_list_entry entry;
    tx->type = breaks ? TX_LEGACY : TX_ACCESS_LIST;
    tx->access_list = &entry;
    tx->access_list_count = 1;
}

static void rule_blobs_of_another_type(struct tx *tx, bool breaks)
{
    make_blob(tx, 1);
    tx->type = breaks ? TX_FEE_MARKET : TX_BLOB;
}

static void rule_authorizations_of_another_type(struct tx *tx, bool breaks)
{
    make_set_code(tx);
    if (breaks) {
        make_blob(tx, 1);
    }
}

static void rule_intrinsic_gas(struct tx *tx, bool breaks)
{
    tx->gas_limit = breaks ? 20999 : 21000;
}

/* EIP-7623: 100 bytes that are not zero are 400 tokens of 10 gas: 25,000, against 22,600. */
static void rule_floor(struct tx *tx, bool breaks)
{
    tx->data = filled(100, 1);
    tx->gas_limit = breaks ? 24999 : 25000;
}

/* EIP-7825: "a protocol-level maximum of 16,777,216 gas (2^24) for any single transaction". */
static void rule_gas_cap(struct tx *tx, bool breaks)
{
    tx->gas_limit = breaks ? 16777217 : 16777216;
}

static void rule_block_gas(struct tx *tx, bool breaks)
{
    tx->gas_limit = w.block.gas_limit + breaks;
}

/* EIP-3860: MAX_INITCODE_SIZE is "2 * MAX_CODE_SIZE". The initcode is of STOPs. */
static void rule_initcode(struct tx *tx, bool breaks)
{
    *tx = create(filled(49152 + breaks, 0));
}

/* EIP-2681: "Consider any transaction invalid, where the nonce exceeds or equals to 2^64-1." */
static void rule_nonce_max(struct tx *tx, bool breaks)
{
    tx->sender = test_address(OTHER);
    tx->nonce = UINT64_MAX - !breaks;
    (void)world_put(&w, &tx->sender, ETHER, tx->nonce, bytes_from(NULL, 0));
}

/* EIP-3860 is about creations: a call may bring more data. */
static void rule_long_data(struct tx *tx, bool breaks)
{
    tx->data = filled(49152 + breaks, 0);
    tx->gas_limit = 1000000;
}

static void rule_nonce_low(struct tx *tx, bool breaks)
{
    tx->nonce -= breaks;
}

static void rule_nonce_high(struct tx *tx, bool breaks)
{
    tx->nonce += breaks;
}

/* EIP-3607: "Any transaction where tx.sender has a CODESIZE != 0 MUST be rejected as invalid", but
 * for delegations (EIP-7702). A byte less, or another third byte, is no delegation. */
static const uint8_t indicator[23] = {0xef, 0x01, 0x00, [22] = 0x77};

static void rule_sender_code(struct tx *tx, bool breaks)
{
    tx->sender = test_address(OTHER);
    (void)world_put(&w, &tx->sender, ETHER, 1, bytes_from(indicator, sizeof(indicator) - breaks));
}

static void rule_sender_code_prefix(struct tx *tx, bool breaks)
{
    uint8_t code[23];
    memcpy(code, indicator, sizeof(code));
    code[2] = breaks;
    tx->sender = test_address(OTHER);
    (void)world_put(&w, &tx->sender, ETHER, 1, bytes_from(code, sizeof(code)));
}

/* 100,000 gas at 10 wei and 3 wei of value. */
static void rule_funds(struct tx *tx, bool breaks)
{
    tx->sender = test_address(OTHER);
    (void)world_put(&w, &tx->sender, 1000003 - breaks, 1, bytes_from(NULL, 0));
}

/* EIP-4844: the sender must be able to pay max_fee_per_blob_gas, whatever the block asks for. */
static void rule_funds_blob(struct tx *tx, bool breaks)
{
    make_blob(tx, 2);
    tx->max_fee_per_blob_gas = u256_from_u64(BLOB_BASE_FEE + 1);
    tx->sender = test_address(OTHER);
    (void)world_put(&w, &tx->sender, 1000003 + UINT64_C(2) * 131072 * 6 - breaks, 1,
                    bytes_from(NULL, 0));
}

static void rule_base_fee(struct tx *tx, bool breaks)
{
    tx->max_fee_per_gas = u256_from_u64(BASE_FEE - breaks);
    tx->max_priority_fee_per_gas = tx->max_fee_per_gas;
}

static void rule_priority_fee(struct tx *tx, bool breaks)
{
    tx->type = TX_FEE_MARKET;
    tx->max_priority_fee_per_gas = u256_from_u64(10 + breaks);
}

static void rule_blob_fee(struct tx *tx, bool breaks)
{
    make_blob(tx, 1);
    tx->max_fee_per_blob_gas = u256_from_u64(BLOB_BASE_FEE - breaks);
}

static void rule_some_blobs(struct tx *tx, bool breaks)
{
    make_blob(tx, 1 - breaks);
}

static void rule_blobs_of_the_block(struct tx *tx, bool breaks)
{
    w.block.max_blobs = 6;
    make_blob(tx, 6 + breaks);
}

/* EIP-7594: "a limit of 6 blobs per transaction is introduced", below the block's 9. */
static void rule_blobs_of_the_tx(struct tx *tx, bool breaks)
{
    make_blob(tx, 6 + breaks);
}

static void rule_blob_creates(struct tx *tx, bool breaks)
{
    make_blob(tx, 1);
    tx->is_create = breaks;
}

/* EIP-4844: "assert h[0] == VERSIONED_HASH_VERSION_KZG", of each: here the last. */
static void rule_blob_version(struct tx *tx, bool breaks)
{
    make_blob(tx, 3);
    struct hash32 *hashes = ARENA_NEW(&w.arena, struct hash32, 3);
    memcpy(hashes, tx->blob_versioned_hashes, 3 * sizeof(*hashes));
    hashes[2].b[0] = (uint8_t)(1 + breaks);
    tx->blob_versioned_hashes = hashes;
}

static void rule_blob_version_zero(struct tx *tx, bool breaks)
{
    make_blob(tx, 1);
    static const struct hash32 zeros;
    if (breaks) {
        tx->blob_versioned_hashes = &zeros;
    }
}

static void rule_some_authorizations(struct tx *tx, bool breaks)
{
    make_set_code(tx);
    tx->authorization_count -= breaks;
}

static void rule_set_code_creates(struct tx *tx, bool breaks)
{
    make_set_code(tx);
    tx->is_create = breaks;
}

static const struct rule rules[] = {
    {TX_TYPE_NOT_SUPPORTED, FORK_FRONTIER, rule_type},
    {TX_TYPE_NOT_SUPPORTED, FORK_OSAKA, rule_type},
    {TX_TYPE_NOT_SUPPORTED, FORK_OSAKA, rule_list_of_another_type},
    {TX_TYPE_NOT_SUPPORTED, FORK_OSAKA, rule_blobs_of_another_type},
    {TX_TYPE_NOT_SUPPORTED, FORK_OSAKA, rule_authorizations_of_another_type},
    {TX_TYPE_1_TX_PRE_FORK, FORK_ISTANBUL, rule_type_1},
    {TX_TYPE_2_TX_PRE_FORK, FORK_BERLIN, rule_type_2},
    {TX_TYPE_3_TX_PRE_FORK, FORK_SHANGHAI, rule_type_3},
    {TX_TYPE_4_TX_PRE_FORK, FORK_CANCUN, rule_type_4},
    {TX_INTRINSIC_GAS_TOO_LOW, FORK_FRONTIER, rule_intrinsic_gas},
    {TX_INTRINSIC_GAS_TOO_LOW, FORK_OSAKA, rule_intrinsic_gas},
    {TX_INTRINSIC_GAS_BELOW_FLOOR_GAS_COST, FORK_PRAGUE, rule_floor},
    {TX_INTRINSIC_GAS_BELOW_FLOOR_GAS_COST, FORK_OSAKA, rule_floor},
    {TX_GAS_LIMIT_EXCEEDS_MAXIMUM, FORK_OSAKA, rule_gas_cap},
    {TX_GAS_ALLOWANCE_EXCEEDED, FORK_FRONTIER, rule_block_gas},
    {TX_GAS_ALLOWANCE_EXCEEDED, FORK_PRAGUE, rule_block_gas},
    {TX_INITCODE_SIZE_EXCEEDED, FORK_SHANGHAI, rule_initcode},
    {TX_INITCODE_SIZE_EXCEEDED, FORK_OSAKA, rule_initcode},
    {TX_NONCE_IS_MAX, FORK_FRONTIER, rule_nonce_max},
    {TX_NONCE_IS_MAX, FORK_OSAKA, rule_nonce_max},
    {TX_NONCE_MISMATCH_TOO_LOW, FORK_FRONTIER, rule_nonce_low},
    {TX_NONCE_MISMATCH_TOO_HIGH, FORK_FRONTIER, rule_nonce_high},
    {TX_NONCE_MISMATCH_TOO_LOW, FORK_OSAKA, rule_nonce_low},
    {TX_NONCE_MISMATCH_TOO_HIGH, FORK_OSAKA, rule_nonce_high},
    {TX_SENDER_NOT_EOA, FORK_PRAGUE, rule_sender_code},
    {TX_SENDER_NOT_EOA, FORK_OSAKA, rule_sender_code_prefix},
    {TX_INSUFFICIENT_ACCOUNT_FUNDS, FORK_FRONTIER, rule_funds},
    {TX_INSUFFICIENT_ACCOUNT_FUNDS, FORK_OSAKA, rule_funds},
    {TX_INSUFFICIENT_ACCOUNT_FUNDS, FORK_CANCUN, rule_funds_blob},
    {TX_INSUFFICIENT_MAX_FEE_PER_GAS, FORK_LONDON, rule_base_fee},
    {TX_INSUFFICIENT_MAX_FEE_PER_GAS, FORK_OSAKA, rule_base_fee},
    {TX_PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS, FORK_LONDON, rule_priority_fee},
    {TX_PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS, FORK_OSAKA, rule_priority_fee},
    {TX_INSUFFICIENT_MAX_FEE_PER_BLOB_GAS, FORK_CANCUN, rule_blob_fee},
    {TX_TYPE_3_TX_ZERO_BLOBS, FORK_CANCUN, rule_some_blobs},
    {TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED, FORK_CANCUN, rule_blobs_of_the_block},
    {TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED, FORK_OSAKA, rule_blobs_of_the_block},
    {TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED, FORK_OSAKA, rule_blobs_of_the_tx},
    {TX_TYPE_3_TX_CONTRACT_CREATION, FORK_CANCUN, rule_blob_creates},
    {TX_TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH, FORK_CANCUN, rule_blob_version},
    {TX_TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH, FORK_OSAKA, rule_blob_version_zero},
    {TX_TYPE_4_EMPTY_AUTHORIZATION_LIST, FORK_PRAGUE, rule_some_authorizations},
    {TX_TYPE_4_TX_CONTRACT_CREATION, FORK_PRAGUE, rule_set_code_creates},
};

#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

/* Each rule at its edge: the transaction that keeps it is executed, the one that breaks it alone is
 * refused for that reason, with no trace, and the next one is executed as if nothing had been. */
static void each_rule_is_enforced(void)
{
    for (size_t i = 0; i < RULE_COUNT && !test_failed(); i++) {
        for (unsigned breaks = 0; breaks < 2; breaks++) {
            world_reset(&w, rules[i].fork);
            struct tx tx = transfer();
            rules[i].apply(&tx, breaks != 0);
            if (breaks != 0) {
                check_refused(&tx, rules[i].status);
                tx = transfer();
                tx.to = test_address(CONTRACT);
            }
            struct tx_result result = run(&tx);
            if (result.status != TX_OK || result.halt != EVM_SUCCESS) {
                test_fail(__FILE__, __LINE__, "row %zu, %s: %s, %s", i,
                          tx_status_name(rules[i].status), tx_status_name(result.status),
                          evm_status_name(result.halt));
            }
        }
    }
}

/* The table has every reason but those that only a decoder or a block can find, and one that needs
 * a richer sender (gas_times_price_stays_below_2_to_the_256). */
static void each_reason_has_a_rule(void)
{
    for (unsigned status = TX_OK + 1; status < TX_STATUS_COUNT; status++) {
        bool found = (status >= TX_RLP_ERROR_EOF && status <= TX_EC_RECOVERY_FAIL) ||
                     status == TX_TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED ||
                     status == TX_GASLIMIT_PRICE_PRODUCT_OVERFLOW;
        for (size_t i = 0; i < RULE_COUNT; i++) {
            found = found || rules[i].status == (enum tx_status)status;
        }
        if (!found) {
            test_fail(__FILE__, __LINE__, "no rule for %s", tx_status_name((enum tx_status)status));
        }
    }
}

/* The same transactions one fork earlier, where the rule is not there yet, and one that no fork has
 * a rule against. */
static void rules_begin_with_their_forks(void)
{
    static const struct rule earlier[] = {
        {TX_OK, FORK_CANCUN, rule_floor},           {TX_OK, FORK_PRAGUE, rule_gas_cap},
        {TX_OK, FORK_PARIS, rule_initcode},         {TX_OK, FORK_BERLIN, rule_base_fee},
        {TX_OK, FORK_PRAGUE, rule_blobs_of_the_tx}, {TX_OK, FORK_OSAKA, rule_long_data},
    };
    for (size_t i = 0; i < sizeof(earlier) / sizeof(earlier[0]); i++) {
        world_reset(&w, earlier[i].fork);
        struct tx tx = transfer();
        earlier[i].apply(&tx, true);
        CHECK_STR(tx_status_name(run(&tx).status), "OK");
    }
}

static void types_begin_with_their_forks(void)
{
    static const struct {
        enum fork since;
        enum tx_status before;
    } types[TX_TYPE_COUNT] = {
        [TX_LEGACY] = {FORK_FRONTIER, TX_OK},
        [TX_ACCESS_LIST] = {FORK_BERLIN, TX_TYPE_1_TX_PRE_FORK},
        [TX_FEE_MARKET] = {FORK_LONDON, TX_TYPE_2_TX_PRE_FORK},
        [TX_BLOB] = {FORK_CANCUN, TX_TYPE_3_TX_PRE_FORK},
        [TX_SET_CODE] = {FORK_PRAGUE, TX_TYPE_4_TX_PRE_FORK},
    };
    for (unsigned fork = 0; fork < FORK_COUNT; fork++) {
        for (unsigned type = 0; type < TX_TYPE_COUNT; type++) {
            world_reset(&w, (enum fork)fork);
            struct tx tx = transfer();
            if (type == TX_BLOB) {
                make_blob(&tx, 1);
            } else if (type == TX_SET_CODE) {
                make_set_code(&tx);
            }
            tx.type = (enum tx_type)type;
            enum tx_status wanted =
                fork >= (unsigned)types[type].since ? TX_OK : types[type].before;
            CHECK_STR(tx_status_name(run(&tx).status), tx_status_name(wanted));
        }
    }
}

/* What the sender must have is computed without wrapping around at 2^256. Each transaction asks for
 * a sum or a product that is small after wrapping; the sender has all there can be. */
static void costs_do_not_wrap_around(void)
{
    static const struct u256 most = U256_MAX;
    static const struct u256 half = {{0, 0, 0, UINT64_C(1) << 63}};
    world_reset(&w, FORK_OSAKA);
    struct tx tx = transfer();
    tx.sender = test_address(OTHER);
    tx.to = test_address(CONTRACT);
    struct db_memory_account *account;
    CHECK_EQ(db_memory_put_account(&w.db, &account, &tx.sender, &most, 1, bytes_from(NULL, 0)), OK);

    struct tx bad = tx; /* gas + value */
    bad.value = most;
    check_refused(&bad, TX_INSUFFICIENT_ACCOUNT_FUNDS);
    bad = tx; /* blob gas * price: 2^(17 + 255) */
    make_blob(&bad, 1);
    bad.max_fee_per_blob_gas = half;
    check_refused(&bad, TX_INSUFFICIENT_ACCOUNT_FUNDS);
    bad = tx; /* (gas + value) + blobs: the first sum is 2^256 - 1 */
    make_blob(&bad, 1);
    struct u256 gas = u256_from_u64(1000000);
    u256_sub(&bad.value, &most, &gas);
    check_refused(&bad, TX_INSUFFICIENT_ACCOUNT_FUNDS);
    /* And 2^256 - 1 itself can be had: the whole world's wei but the gas. */
    u256_sub(&tx.value, &most, &gas);
    CHECK_STR(tx_status_name(run(&tx).status), "OK");
    CHECK(u256_eq(&world_account(&w, CONTRACT)->balance, &tx.value));
}

/* gas limit * price at the edge: for 100,000 gas, floor((2^256 - 1) / 100,000) wei are the last price,
 * and a sender with 2^256 - 1 wei has it. */
static void gas_times_price_stays_below_2_to_the_256(void)
{
    static const struct u256 most = U256_MAX;
    const struct u256 one = U256_ONE;
    const struct u256 gas = u256_from_u64(100000);
    for (unsigned fork = FORK_FRONTIER; fork < FORK_COUNT; fork++) {
        world_reset(&w, fork);
        struct db_memory_account *account;
        struct tx tx = transfer();
        tx.sender = test_address(OTHER);
        CHECK_EQ(db_memory_put_account(&w.db, &account, &tx.sender, &most, 1, bytes_from(NULL, 0)),
                 OK);
        u256_div(&tx.max_fee_per_gas, &most, &gas);
        struct tx bad = tx;
        u256_add(&bad.max_fee_per_gas, &bad.max_fee_per_gas, &one);
        check_refused(&bad, TX_GASLIMIT_PRICE_PRODUCT_OVERFLOW);
        CHECK_STR(tx_status_name(run(&tx).status), "OK");
    }
}

/* What needs no state is the same without one. */
static void checks_without_a_state(void)
{
    static const uint8_t data[3] = {0, 1, 2};
    struct tx tx = transfer();
    tx.type = TX_FEE_MARKET;
    tx.data = bytes_from(data, sizeof(data));
    const struct fork_rules *prague = fork_rules(FORK_PRAGUE);
    struct tx_gas gas = tx_gas(&tx, prague);
    CHECK_EQ(gas.intrinsic, 21000 + 4 + 2 * 16);
    CHECK_EQ(gas.floor, 21000 + 10 * (1 + 2 * 4));
    CHECK_EQ(tx_gas(&tx, fork_rules(FORK_CANCUN)).floor, 0);
    CHECK_EQ(tx_check(&tx, &gas, prague), TX_OK);
    CHECK_EQ(tx_check(&tx, &gas, fork_rules(FORK_BERLIN)), TX_TYPE_2_TX_PRE_FORK);
    tx.gas_limit = gas.floor - 1;
    CHECK_EQ(tx_check(&tx, &gas, prague), TX_INTRINSIC_GAS_BELOW_FLOOR_GAS_COST);
    tx.gas_limit = gas.intrinsic - 1;
    CHECK_EQ(tx_check(&tx, &gas, prague), TX_INTRINSIC_GAS_TOO_LOW);
}

/* Gas is counted in int64_t; a block that has more does not make a transaction overflow it. */
static void gas_limits_beyond_63_bits_are_refused(void)
{
    world_reset(&w, FORK_PRAGUE);
    w.block.gas_limit = UINT64_MAX;
    struct tx tx = transfer();
    tx.max_fee_per_gas = u256_from_u64(BASE_FEE);
    tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    tx.gas_limit = (uint64_t)INT64_MAX + 1;
    check_refused(&tx, TX_GAS_ALLOWANCE_EXCEEDED);
    tx.gas_limit = UINT64_MAX;
    check_refused(&tx, TX_GAS_ALLOWANCE_EXCEEDED);
}

static void reasons_have_names(void)
{
    for (unsigned status = 0; status < TX_STATUS_COUNT; status++) {
        const char *name = tx_status_name((enum tx_status)status);
        CHECK(name[0] != '\0' && tx_status_text((enum tx_status)status)[0] != '\0');
        for (unsigned other = 0; other < status; other++) {
            CHECK(strcmp(name, tx_status_name((enum tx_status)other)) != 0);
        }
    }
    CHECK_STR(tx_status_name(TX_OK), "OK");
    CHECK_STR(tx_status_name(TX_NONCE_IS_MAX), "NONCE_IS_MAX");
    CHECK_STR(tx_status_text(TX_NONCE_IS_MAX), "nonce at its maximum");
}

/* ---- what it costs --------------------------------------------------------------------------- */

/* check_intrinsic: a transaction that runs nothing costs `gas`, and a limit one less is too low. */
static void check_intrinsic(enum fork fork, struct tx tx, uint64_t gas)
{
    world_reset(&w, fork);
    tx.gas_limit = gas;
    struct tx_result result = run(&tx);
    CHECK_STR(tx_status_name(result.status), "OK");
    CHECK_EQ(result.gas_used, gas);
    tx.nonce++;
    tx.gas_limit = gas - 1;
    check_refused(&tx, TX_INTRINSIC_GAS_TOO_LOW);
}

static void intrinsic_gas(void)
{
    static const uint8_t data[8] = {0, 1, 2, 0, 3, 0xff, 0, 4}; /* three zeros, five others */
    static const uint8_t stops[33];
    static const struct u256 keys[3];
    const struct access_list_entry list[2] = {
        {.address = test_address(1), .keys = keys, .key_count = 3},
        {.address = test_address(1)},
    };
    /* Yellow Paper, appendix G; EIP-2028 made bytes that are not zero cheaper. */
    check_intrinsic(FORK_FRONTIER, transfer(), 21000);
    check_intrinsic(FORK_OSAKA, transfer(), 21000);
    struct tx tx = transfer();
    tx.data = bytes_from(data, sizeof(data));
    check_intrinsic(FORK_PETERSBURG, tx, 21000 + 3 * 4 + 5 * 68);
    check_intrinsic(FORK_ISTANBUL, tx, 21000 + 3 * 4 + 5 * 16);
    check_intrinsic(FORK_CANCUN, tx, 21000 + 3 * 4 + 5 * 16);
    /* Creations: EIP-2; EIP-3860: 2 for each word of initcode. */
    tx = create(bytes_from(stops, sizeof(stops)));
    check_intrinsic(FORK_FRONTIER, tx, 21000 + 33 * 4);
    check_intrinsic(FORK_HOMESTEAD, tx, 53000 + 33 * 4);
    check_intrinsic(FORK_PARIS, tx, 53000 + 33 * 4);
    check_intrinsic(FORK_SHANGHAI, tx, 53000 + 33 * 4 + 2 * 2);
    tx.data.len = 32;
    check_intrinsic(FORK_SHANGHAI, tx, 53000 + 32 * 4 + 2);
    tx.data.len = 0;
    check_intrinsic(FORK_OSAKA, tx, 53000);
    /* EIP-2930: 2,400 an address, 1,900 a key, however often they are named. */
    tx = transfer();
    tx.type = TX_ACCESS_LIST;
    tx.access_list = list;
    tx.access_list_count = 2;
    check_intrinsic(FORK_BERLIN, tx, 21000 + 2 * 2400 + 3 * 1900);
    check_intrinsic(FORK_OSAKA, tx, 21000 + 2 * 2400 + 3 * 1900);
    /* EIP-7702: 25,000 for each authorization, valid or not. */
    tx = transfer();
    make_set_code(&tx);
    check_intrinsic(FORK_PRAGUE, tx, 21000 + 25000);
}

/* What the intrinsic gas leaves is what the code starts with. */
static void the_code_gets_the_rest(void)
{
    world_reset(&w, FORK_OSAKA);
    (void)world_contract(&w, CONTRACT, 0, "GAS" RETURN_TOP);
    struct tx tx = call_contract();
    struct tx_result result = run(&tx);
    w.outcome.output = result.output;
    CHECK_EQ(world_number(&w), 100000 - 21000 - 2); /* GAS shows what is left after its own 2 */
}

/* EIP-7623: gas used is the greater of what execution took after refunds and the floor, 10 for each
 * token of calldata; the floor knows nothing of creations. */
static void calldata_floor(void)
{
    /* 1,000 bytes: 21,000 + 16,000 for execution, 21,000 + 40,000 at least. */
    world_reset(&w, FORK_PRAGUE);
    struct tx tx = transfer();
    tx.data = filled(1000, 1);
    CHECK_EQ(run(&tx).gas_used, 61000);
    world_reset(&w, FORK_CANCUN);
    tx.data = filled(1000, 1);
    CHECK_EQ(run(&tx).gas_used, 37000);
    /* Zero bytes are a token each: 21,000 + 10,000, against 21,000 + 4,000. */
    world_reset(&w, FORK_PRAGUE);
    tx.data = filled(1000, 0);
    CHECK_EQ(run(&tx).gas_used, 31000);

    /* Execution that costs more than the floor pays what it costs: 22,600, and 22,106 for SSTORE.
     */
    world_reset(&w, FORK_PRAGUE);
    tx = call_contract();
    tx.data = filled(100, 1);
    (void)world_contract(&w, CONTRACT, 0, "1 1 SSTORE");
    CHECK_EQ(run(&tx).gas_used, 22600 + 22106);

    /* The floor comes after the refund: 22,600 + 5,006 - 4,800 = 22,806 is below 25,000. */
    world_reset(&w, FORK_PRAGUE);
    tx.data = filled(100, 1);
    world_put_slot(&w, world_contract(&w, CONTRACT, 0, "0 1 SSTORE"), 1, 1);
    struct tx_result result = run(&tx);
    CHECK_EQ(result.gas_used, 25000);
    CHECK_EQ(result.gas_refunded, 4800);
    /* And the sender pays that much: 10 wei for each. */
    CHECK_EQ(wei_of(CALLER), CALLER_WEI - 250000);

    /* A creation with 2,000 STOPs: 53,000 + 8,000 + 126 is above its floor of 41,000. */
    world_reset(&w, FORK_PRAGUE);
    tx = create(filled(2000, 0));
    CHECK_EQ(run(&tx).gas_used, 61126);
}

/* Clears `count` slots: 5,006 gas each. */
static struct tx_result clear_slots(enum fork fork, unsigned count, const char *end)
{
    char text[2048];
    size_t len = 0;
    for (unsigned i = 0; i < count; i++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len, "0 %u SSTORE ", i);
    }
    (void)snprintf(text + len, sizeof(text) - len, "%s", end);
    world_reset(&w, fork);
    struct db_memory_account *contract = world_contract(&w, CONTRACT, 0, "%s", text);
    for (unsigned i = 0; i < count; i++) {
        world_put_slot(&w, contract, i, 1);
    }
    struct tx tx = call_contract();
    return run(&tx);
}

/* Yellow Paper 6: at most half of the gas used is given back; EIP-3529: at most a fifth, and 4,800
 * for a slot instead of 15,000. */
static void refunds_are_capped(void)
{
    struct tx_result result = clear_slots(FORK_ISTANBUL, 1, "");
    CHECK_EQ(result.gas_refunded, 26006 / 2); /* of 15,000 */
    CHECK_EQ(result.gas_used, 26006 - 26006 / 2);
    result = clear_slots(FORK_BERLIN, 10, "");
    CHECK_EQ(result.gas_refunded, 71060 / 2);
    CHECK_EQ(result.gas_used, 71060 / 2);
    CHECK_EQ(wei_of(CALLER), CALLER_WEI - 10 * (71060 / 2));
    result = clear_slots(FORK_LONDON, 10, "");
    CHECK_EQ(result.gas_refunded, 71060 / 5); /* of 48,000 */
    CHECK_EQ(result.gas_used, 71060 - 71060 / 5);
    result = clear_slots(FORK_LONDON, 1, "");
    CHECK_EQ(result.gas_refunded, 4800); /* below the fifth, 5,201 */
    CHECK_EQ(result.gas_used, 26006 - 4800);
    result = clear_slots(FORK_OSAKA, 3, "");
    CHECK_EQ(result.gas_refunded, (21000 + 3 * 5006) / 5);
    /* A message that fails takes its refunds with it. */
    result = clear_slots(FORK_LONDON, 3, "0 0 REVERT");
    CHECK_EQ(result.gas_refunded, 0);
    CHECK_EQ(result.gas_used, 21000 + 3 * 5006 + 6);
    result = clear_slots(FORK_LONDON, 3, "INVALID");
    CHECK_EQ(result.gas_refunded, 0);
    CHECK_EQ(result.gas_used, 100000);
}

/* EIP-1559: "effective_gas_price = priority_fee_per_gas + block.base_fee_per_gas"; the beneficiary
 * gets the priority fee, the rest burns. GASPRICE shows the effective price. */
static void fees_are_split(void)
{
    static const struct {
        enum fork fork;
        enum tx_type type;
        uint64_t max_fee;
        uint64_t max_priority_fee;
        uint64_t price;
        uint64_t reward;
    } rows[] = {
        {FORK_BERLIN, TX_LEGACY, 10, 10, 10, 10}, /* all of it to the beneficiary */
        {FORK_LONDON, TX_LEGACY, 10, 10, 10, 3},        {FORK_LONDON, TX_ACCESS_LIST, 9, 9, 9, 2},
        {FORK_LONDON, TX_FEE_MARKET, 20, 4, 11, 4}, /* the priority fee, in full */
        {FORK_LONDON, TX_FEE_MARKET, 10, 4, 10, 3}, /* what the maximum leaves of it */
        {FORK_LONDON, TX_FEE_MARKET, 7, 7, 7, 0},       {FORK_OSAKA, TX_FEE_MARKET, 100, 0, 7, 0},
        {FORK_OSAKA, TX_FEE_MARKET, 100, 100, 100, 93},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, rows[i].fork);
        (void)world_contract(&w, CONTRACT, 0, "GASPRICE" RETURN_TOP);
        struct tx tx = call_contract();
        tx.type = rows[i].type;
        tx.max_fee_per_gas = u256_from_u64(rows[i].max_fee);
        tx.max_priority_fee_per_gas = u256_from_u64(rows[i].max_priority_fee);
        tx.value = u256_from_u64(3);
        struct tx_result result = run(&tx);
        CHECK_STR(tx_status_name(result.status), "OK");
        w.outcome.output = result.output;
        CHECK_EQ(world_number(&w), rows[i].price);
        CHECK_EQ(wei_of(CALLER), CALLER_WEI - 3 - result.gas_used * rows[i].price);
        CHECK_EQ(wei_of(BENEFICIARY), result.gas_used * rows[i].reward);
        CHECK_EQ(wei_of(CONTRACT), 3);
    }
}

/* EIP-4844: the blob fee is "burned", at the block's price and not the sender's maximum, and is not
 * given back when the message fails. */
static void blob_fees_burn(void)
{
    for (unsigned fails = 0; fails < 2; fails++) {
        world_reset(&w, FORK_CANCUN);
        (void)world_contract(&w, CONTRACT, 0, fails != 0 ? "INVALID" : "2 BLOBHASH" RETURN_TOP);
        struct tx tx = call_contract();
        make_blob(&tx, 3);
        tx.max_fee_per_blob_gas = u256_from_u64(1000);
        struct tx_result result = run(&tx);
        CHECK_STR(tx_status_name(result.status), "OK");
        CHECK_EQ(wei_of(CALLER),
                 CALLER_WEI - result.gas_used * 10 - UINT64_C(3) * 131072 * BLOB_BASE_FEE);
        CHECK_EQ(wei_of(BENEFICIARY), result.gas_used * 3);
        if (fails == 0) { /* the code sees the hashes */
            CHECK_EQ(result.output.len, 32);
            CHECK_BYTES(result.output.ptr, tx.blob_versioned_hashes[2].b, 32);
        } else {
            CHECK_EQ(result.gas_used, 100000);
        }
    }
}

/* One account in several roles is paid and pays in the right order. */
static void roles_may_coincide(void)
{
    world_reset(&w, FORK_OSAKA); /* sender is beneficiary: only the base fee is lost */
    w.block.beneficiary = test_address(CALLER);
    struct tx tx = transfer();
    CHECK_EQ(run(&tx).gas_used, 21000);
    CHECK_EQ(wei_of(CALLER), CALLER_WEI - 3 - 21000 * BASE_FEE);

    world_reset(&w, FORK_BERLIN); /* before EIP-1559 nothing is */
    w.block.beneficiary = test_address(CALLER);
    CHECK_EQ(run(&tx).gas_used, 21000);
    CHECK_EQ(wei_of(CALLER), CALLER_WEI - 3);

    world_reset(&w, FORK_OSAKA); /* sender is receiver */
    tx.to = tx.sender;
    tx.value = u256_from_u64(CALLER_WEI - 1000000); /* all but the gas bought in advance */
    CHECK_EQ(run(&tx).gas_used, 21000);
    CHECK_EQ(wei_of(CALLER), CALLER_WEI - 210000);
    CHECK_EQ(wei_of(BENEFICIARY), 63000);

    world_reset(&w, FORK_OSAKA); /* all three */
    w.block.beneficiary = test_address(CALLER);
    CHECK_EQ(run(&tx).gas_used, 21000);
    CHECK_EQ(wei_of(CALLER), CALLER_WEI - 21000 * BASE_FEE);
    CHECK_EQ(world_account(&w, CALLER)->nonce, 2);

    world_reset(&w, FORK_OSAKA); /* receiver is beneficiary */
    tx.to = test_address(BENEFICIARY);
    tx.value = u256_from_u64(3);
    CHECK_EQ(run(&tx).gas_used, 21000);
    CHECK_EQ(wei_of(BENEFICIARY), 63003);
}

/* ---- what it does ---------------------------------------------------------------------------- */

/* A message that fails undoes what it did, no more: the nonce has risen, the gas is paid. */
static void a_failure_undoes_the_message_alone(void)
{
    static const struct {
        const char *end;
        enum evm_status halt;
        uint64_t gas_used;
        size_t output_len;
    } rows[] = {
        {"STOP", EVM_SUCCESS, 21000 + 22106 + 381, 0},
        {"7 0 MSTORE 32 0 REVERT", EVM_REVERT, 21000 + 22106 + 381 + 6 + 6 + 6, 32},
        {"INVALID", EVM_INVALID_OPCODE, 100000, 0},
        {"@loop JUMP loop: @loop JUMP", EVM_OUT_OF_GAS, 100000, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        /* SSTORE of a new cold slot 22,100, LOG0 375, and three PUSHes more. */
        (void)world_contract(&w, CONTRACT, 0, "1 1 SSTORE 0 0 LOG0 %s", rows[i].end);
        struct tx tx = call_contract();
        tx.value = u256_from_u64(3);
        struct tx_result result = run(&tx);
        bool success = rows[i].halt == EVM_SUCCESS;
        CHECK_STR(tx_status_name(result.status), "OK");
        CHECK_STR(evm_status_name(result.halt), evm_status_name(rows[i].halt));
        CHECK_EQ(result.gas_used, rows[i].gas_used);
        CHECK_EQ(result.output.len, rows[i].output_len);
        CHECK_EQ(w.state.log_count, success ? 1 : 0);
        CHECK_EQ(world_slot(&w, CONTRACT, 1).w[0], success ? 1 : 0);
        CHECK_EQ(wei_of(CONTRACT), success ? 3 : 0);
        CHECK_EQ(world_account(&w, CALLER)->nonce, 2);
        CHECK_EQ(wei_of(CALLER), CALLER_WEI - 10 * result.gas_used - (success ? 3 : 0));
        CHECK_EQ(wei_of(BENEFICIARY), 3 * result.gas_used);
    }
}

/* EIP-161: no account comes of a transfer of nothing, or of a fee of nothing; before, it did. */
static void nothing_given_makes_nobody(void)
{
    static const enum fork forks[] = {FORK_TANGERINE_WHISTLE, FORK_SPURIOUS_DRAGON, FORK_OSAKA};
    for (size_t i = 0; i < sizeof(forks) / sizeof(forks[0]); i++) {
        world_reset(&w, forks[i]);
        w.block.base_fee_per_gas = u256_from_u64(0);
        struct tx tx = transfer();
        tx.value = u256_from_u64(0);
        tx.max_fee_per_gas = tx.max_priority_fee_per_gas = u256_from_u64(0);
        CHECK_EQ(run(&tx).gas_used, 21000);
        CHECK_EQ(world_account(&w, OTHER)->exists, forks[i] == FORK_TANGERINE_WHISTLE);
        CHECK_EQ(world_account(&w, BENEFICIARY)->exists, forks[i] == FORK_TANGERINE_WHISTLE);
    }
}

/* gas_of measures an access in the contract's code: what `code` takes beyond 21,000. */
static uint64_t gas_of(enum fork fork, struct tx *tx, const char *code)
{
    world_reset(&w, fork);
    (void)world_contract(&w, CONTRACT, 0, "%s", code);
    struct tx_result result = run(tx);
    ASSERT(result.status == TX_OK && result.halt == EVM_SUCCESS);
    return result.gas_used - 21000;
}

/* EIP-2929: sender, receiver and the access list are warm from the start (100 instead of 2,600 and
 * 2,100), EIP-3651 added the beneficiary. PUSH and POP are 5 more. */
static void what_is_warm_from_the_start(void)
{
    struct tx tx = call_contract();
    CHECK_EQ(gas_of(FORK_BERLIN, &tx, "0xca11 BALANCE POP"), 105);
    CHECK_EQ(gas_of(FORK_BERLIN, &tx, "0x1000 BALANCE POP"), 105);
    CHECK_EQ(gas_of(FORK_BERLIN, &tx, "0x0001 BALANCE POP"), 105); /* precompiles */
    CHECK_EQ(gas_of(FORK_BERLIN, &tx, "0x07e4 BALANCE POP"), 2605);
    CHECK_EQ(gas_of(FORK_PARIS, &tx, "0xbe4e BALANCE POP"), 2605);
    CHECK_EQ(gas_of(FORK_SHANGHAI, &tx, "0xbe4e BALANCE POP"), 105);
    CHECK_EQ(gas_of(FORK_OSAKA, &tx, "7 SLOAD POP"), 2105);

    const struct u256 key = u256_from_u64(7);
    const struct access_list_entry list[2] = {
        {.address = test_address(OTHER), .keys = &key, .key_count = 1},
        {.address = test_address(CONTRACT), .keys = &key, .key_count = 1},
    };
    const uint64_t list_gas = 2 * 2400 + 2 * 1900;
    tx.type = TX_ACCESS_LIST;
    tx.access_list = list;
    tx.access_list_count = 2;
    CHECK_EQ(gas_of(FORK_OSAKA, &tx, "0x07e4 BALANCE POP"), list_gas + 105);
    CHECK_EQ(gas_of(FORK_OSAKA, &tx, "7 SLOAD POP"), list_gas + 105);
    CHECK_EQ(gas_of(FORK_OSAKA, &tx, "8 SLOAD POP"), list_gas + 2105);
    /* Nothing of the list is loaded for it. */
    const struct address other = test_address(OTHER);
    const struct account *account = state_find(&w.state, &other);
    CHECK(account != NULL && !account->is_loaded);
    /* The same key of another account is not warm, and nothing is in the next transaction. */
    tx.access_list_count = 1;
    CHECK_EQ(gas_of(FORK_OSAKA, &tx, "7 SLOAD POP"), 2400 + 1900 + 2105);
    tx.access_list_count = 0;
    tx.nonce++;
    CHECK_EQ(run(&tx).gas_used, 21000 + 2105);
}

/* The address of a creation is warm in its initcode; and so is, when a delegated account is called,
 * the account its code is from (EIP-7702). 105 gas each, as above. */
static void what_the_transaction_warms(void)
{
    world_reset(&w, FORK_OSAKA);
    struct tx tx = create(assemble(&w.arena, "ADDRESS BALANCE POP"));
    CHECK_EQ(run(&tx).gas_used, 53000 + 3 * 16 + 2 + 2 + 100 + 2);

    uint8_t delegation[23] = {0xef, 0x01, 0x00};
    const struct address delegate = test_address(0x2000);
    memcpy(delegation + 3, delegate.b, sizeof(delegate.b));
    world_reset(&w, FORK_OSAKA);
    (void)world_put_code(&w, CONTRACT, 0, bytes_from(delegation, sizeof(delegation)));
    (void)world_contract(&w, 0x2000, 0, "0x2000 BALANCE POP");
    tx = call_contract();
    CHECK_EQ(run(&tx).gas_used, 21000 + 105);
}

/* The code sees the transaction's sender as caller and origin, its value and its data. */
static void what_the_message_sees(void)
{
    static const struct {
        const char *code;
        uint64_t wanted;
    } rows[] = {
        {"CALLER", CALLER},   {"ORIGIN", CALLER},         {"ADDRESS", CONTRACT},  {"CALLVALUE", 3},
        {"CALLDATASIZE", 32}, {"0 CALLDATALOAD", 0x1234}, {"SELFBALANCE", 3 + 4},
    };
    uint8_t data[32] = {[30] = 0x12, [31] = 0x34};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        (void)world_contract(&w, CONTRACT, 4, "%s" RETURN_TOP, rows[i].code);
        struct tx tx = call_contract();
        tx.value = u256_from_u64(3);
        tx.data = bytes_from(data, sizeof(data));
        w.outcome.output = run(&tx).output;
        CHECK_EQ(world_number(&w), rows[i].wanted);
    }
    /* A precompile can be called outright: 4 gives back what it gets, for 15 and 3 a word. */
    world_reset(&w, FORK_CANCUN);
    struct tx tx = call_contract();
    tx.to = test_address(4);
    tx.data = bytes_from(data, sizeof(data));
    struct tx_result result = run(&tx);
    CHECK_EQ(result.output.len, sizeof(data));
    CHECK_BYTES(result.output.ptr, data, sizeof(data));
    CHECK_EQ(result.gas_used, 21000 + 30 * 4 + 2 * 16 + 18);
}

/* Transactions on one state follow each other. */
static void transactions_follow_each_other(void)
{
    world_reset(&w, FORK_SHANGHAI);
    (void)world_contract(&w, CONTRACT, 5, "CALLER SELFDESTRUCT");
    struct tx tx = call_contract();
    CHECK_EQ(run(&tx).gas_used, 21000 + 2 + 5000);
    CHECK(!world_account(&w, CONTRACT)->exists);
    tx.nonce++; /* nothing there any more: a plain transfer */
    tx.value = u256_from_u64(9);
    CHECK_EQ(run(&tx).gas_used, 21000);
    CHECK_EQ(wei_of(CONTRACT), 9);
    check_refused(&tx, TX_NONCE_MISMATCH_TOO_LOW);
    CHECK_EQ(world_account(&w, CALLER)->nonce, 3);
}

/* ---- creations ------------------------------------------------------------------------------- */

/* Initcode that returns `len` bytes at 0: the first is `first`, the others zero. */
static struct bytes returns_code(unsigned first, unsigned len)
{
    return assemble(&w.arena, "%u 0 MSTORE8 %u 0 RETURN", first, len);
}

/* Yellow Paper 7: the address is the end of keccak256(rlp([sender, nonce])). The first two are
 * known contracts' (go-ethereum's tests have them too), the others from an independent Keccak and
 * RLP. */
static void creations_have_their_addresses(void)
{
    static const struct {
        uint64_t nonce;
        const char *address;
    } rows[] = {
        {0, "cd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"},
        {1, "343c43a37d37dff08ae8c4a11544c718abb4fcf8"},
        {0x7f, "06d9a77f5e4b311bae8d559db9cdb4df94104aa0"},
        {0x80, "08e190dcb7b73f5fcdabb43e102215c83659a76d"},
        {0x100, "3837c1ae70354f670550c746580199ac6a73cb0a"},
        {UINT64_MAX - 1, "9ab3917bcc9efbcf7de35bced143ed95c3b3cbf5"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        struct tx tx = create(returns_code(0x60, 1));
        struct address wanted;
        (void)test_hex(tx.sender.b, 20, "6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0");
        (void)test_hex(wanted.b, 20, rows[i].address);
        (void)world_put(&w, &tx.sender, ETHER, rows[i].nonce, bytes_from(NULL, 0));
        tx.nonce = rows[i].nonce;
        struct tx_result result = run(&tx);
        CHECK(result.is_created);
        CHECK_BYTES(result.created.b, wanted.b, 20);
        struct account *created;
        CHECK_EQ(state_account(&w.state, &created, &wanted), OK);
        CHECK(created->exists && state_has_code(created));
    }
}

/* What a creation leaves: code, value, nonce 1 since EIP-161; 200 gas for each byte of code. */
static void a_creation_that_succeeds(void)
{
    static const enum fork forks[] = {FORK_HOMESTEAD, FORK_SPURIOUS_DRAGON, FORK_OSAKA};
    for (size_t i = 0; i < sizeof(forks) / sizeof(forks[0]); i++) {
        world_reset(&w, forks[i]);
        struct bytes initcode = returns_code(0x60, 32);
        struct tx tx = create(initcode);
        tx.value = u256_from_u64(3);
        struct tx_result result = run(&tx);
        CHECK_STR(evm_status_name(result.halt), "SUCCESS");
        CHECK(result.is_created);
        struct account *created;
        struct code *code;
        CHECK_EQ(state_account(&w.state, &created, &result.created), OK);
        CHECK_EQ(state_code(&w.state, &code, created), OK);
        CHECK_EQ(code->len, 32);
        CHECK_EQ(code->bytes[0], 0x60);
        CHECK_EQ(created->balance.w[0], 3);
        CHECK_EQ(created->nonce, forks[i] == FORK_HOMESTEAD ? 0 : 1);
        /* Five bytes of initcode more than zeros: PUSH, PUSH (0), MSTORE8, PUSH, PUSH (0), RETURN.
         */
        uint64_t data_gas = 0;
        for (size_t b = 0; b < initcode.len; b++) {
            uint64_t nonzero = forks[i] == FORK_OSAKA ? 16 : 68;
            data_gas += initcode.ptr[b] == 0 ? 4 : nonzero;
        }
        uint64_t word_gas = forks[i] == FORK_OSAKA ? 2 : 0;
        CHECK_EQ(result.gas_used, 53000 + data_gas + word_gas + 18 + 32 * 200);
    }
}

/* A creation that fails leaves no contract and its value with the sender, but the nonce has risen:
 * the next creation goes to another address. */
static void a_creation_that_fails(void)
{
    static const struct {
        const char *initcode;
        enum evm_status halt;
        size_t output_len;
    } rows[] = {
        {"INVALID", EVM_INVALID_OPCODE, 0},
        {"7 0 MSTORE 32 0 REVERT", EVM_REVERT, 32},
        {"0xef 0 MSTORE8 1 0 RETURN", EVM_INVALID_CONTRACT_PREFIX, 0}, /* EIP-3541 */
        {"24577 0 RETURN", EVM_CODE_TOO_LARGE, 0},                     /* EIP-170 */
        {"24576 0 RETURN", EVM_OUT_OF_GAS, 0},                         /* 4,915,200 for the code */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_reset(&w, FORK_OSAKA);
        struct tx tx = create(assemble(&w.arena, "%s", rows[i].initcode));
        tx.value = u256_from_u64(3);
        struct tx_result result = run(&tx);
        CHECK_STR(tx_status_name(result.status), "OK");
        CHECK_STR(evm_status_name(result.halt), evm_status_name(rows[i].halt));
        CHECK(!result.is_created);
        CHECK_EQ(result.output.len, rows[i].output_len);
        CHECK_EQ(result.gas_used == tx.gas_limit, rows[i].halt != EVM_REVERT);
        const struct address address = evm_create_address(&tx.sender, 1);
        struct account *account;
        CHECK_EQ(state_account(&w.state, &account, &address), OK);
        CHECK(!account->exists);
        CHECK_EQ(world_account(&w, CALLER)->nonce, 2);
        CHECK_EQ(wei_of(CALLER), CALLER_WEI - 10 * result.gas_used);
    }
}

/* EIP-684 and EIP-7610: no creation where there is a nonce, code or storage; all gas is lost. Wei
 * alone does not hinder it. */
static void creations_do_not_overwrite(void)
{
    for (unsigned kind = 0; kind < 4; kind++) {
        world_reset(&w, FORK_OSAKA);
        struct tx tx = create(returns_code(0x60, 1));
        const struct address address = evm_create_address(&tx.sender, 1);
        struct db_memory_account *there =
            world_put(&w, &address, 5, kind == 1, bytes_from("\x01", kind == 2 ? 1 : 0));
        if (kind == 3) {
            world_put_slot(&w, there, 1, 1);
        }
        struct tx_result result = run(&tx);
        CHECK_STR(evm_status_name(result.halt), kind == 0 ? "SUCCESS" : "ADDRESS_COLLISION");
        CHECK_EQ(result.is_created, kind == 0);
        CHECK_EQ(result.gas_used == tx.gas_limit, kind != 0);
        CHECK_EQ(world_account(&w, CALLER)->nonce, 2);
        struct account *account;
        CHECK_EQ(state_account(&w.state, &account, &address), OK);
        CHECK_EQ(account->balance.w[0], 5);
        CHECK_EQ(account->nonce, kind <= 1 ? 1 : 0);
    }
}

/* ---- errors ---------------------------------------------------------------------------------- */

/* struct failing_db answers until its patience is over, and then cannot look any more. */
struct failing_db {
    struct state_db inner;
    unsigned left;
};

static bool fails_now(struct failing_db *db)
{
    if (db->left == 0) {
        return true;
    }
    db->left--;
    return false;
}

static enum err failing_account(void *db, bool *found, struct db_account *out,
                                const struct address *address)
{
    struct failing_db *f = db;
    return fails_now(f) ? ERR_STATE_MISSING
                        : f->inner.ops->account(f->inner.db, found, out, address);
}

static enum err failing_storage(void *db, struct u256 *out, const struct address *address,
                                const struct u256 *key)
{
    struct failing_db *f = db;
    return fails_now(f) ? ERR_STATE_MISSING : f->inner.ops->storage(f->inner.db, out, address, key);
}

static enum err failing_code(void *db, struct bytes *out, const struct hash32 *code_hash)
{
    struct failing_db *f = db;
    return fails_now(f) ? ERR_STATE_MISSING : f->inner.ops->code(f->inner.db, out, code_hash);
}

static enum err failing_block_hash(void *db, struct hash32 *out, uint64_t number)
{
    struct failing_db *f = db;
    return fails_now(f) ? ERR_STATE_MISSING : f->inner.ops->block_hash(f->inner.db, out, number);
}

static const struct state_db_ops failing_ops = {failing_account, failing_storage, failing_code,
                                                failing_block_hash};

/* The contract looks at everything a database has. */
static struct tx look_at_everything(void)
{
    world_reset(&w, FORK_OSAKA);
    struct db_memory_account *contract =
        world_contract(&w, CONTRACT, 0,
                       "7 SLOAD POP 0x2000 EXTCODESIZE POP 999 BLOCKHASH POP 0x3000 BALANCE POP "
                       "0 0 0 0 1 0x4000 GAS CALL 0 0 LOG0");
    world_put_slot(&w, contract, 7, 7);
    (void)world_contract(&w, 0x2000, 0, "1");
    struct tx tx = call_contract();
    tx.value = u256_from_u64(3);
    return tx;
}

/* "Could not look", at any of the look-ups of a transaction, is what tx_execute returns. */
static void a_database_that_fails(void)
{
    unsigned look_ups = 0;
    enum err e = ERR_STATE_MISSING;
    for (; e != OK && look_ups < 100; look_ups++) {
        struct tx tx = look_at_everything();
        struct failing_db db = {db_memory_db(&w.db), look_ups};
        struct tx_result result;
        CHECK_EQ(state_init(&w.state, &w.arena, &w.key, (struct state_db){&failing_ops, &db}), OK);
        e = tx_execute(&w.evm, &result, &tx, w.block.gas_limit);
        CHECK(e == ERR_STATE_MISSING || (e == OK && result.halt == EVM_SUCCESS));
    }
    /* Sender, contract, its code and slot, 0x2000 and its code, a block, 0x3000, 0x4000,
     * beneficiary. */
    CHECK_EQ(look_ups, 11);
}

/* An arena of every size: ERR_MEMORY until the transaction fits. */
static void an_arena_that_is_full(void)
{
    struct tx tx = look_at_everything();
    const size_t mark = arena_mark(&w.arena);
    const size_t cap = w.arena.cap;
    enum err e = ERR_MEMORY;
    size_t spare = 0;
    for (; e != OK; spare += 16) {
        struct tx_result result;
        w.arena.cap = mark + spare;
        e = state_init(&w.state, &w.arena, &w.key, db_memory_db(&w.db));
        if (e == OK) {
            e = tx_execute(&w.evm, &result, &tx, w.block.gas_limit);
        }
        CHECK(e == ERR_MEMORY || (e == OK && result.halt == EVM_SUCCESS));
        w.arena.cap = cap;
        arena_rewind(&w.arena, mark);
    }
    CHECK(spare > 4096);
}

static const struct test_case cases[] = {
    CASE(each_rule_is_enforced),
    CASE(each_reason_has_a_rule),
    CASE(rules_begin_with_their_forks),
    CASE(types_begin_with_their_forks),
    CASE(costs_do_not_wrap_around),
    CASE(gas_times_price_stays_below_2_to_the_256),
    CASE(checks_without_a_state),
    CASE(gas_limits_beyond_63_bits_are_refused),
    CASE(reasons_have_names),
    CASE(intrinsic_gas),
    CASE(the_code_gets_the_rest),
    CASE(calldata_floor),
    CASE(refunds_are_capped),
    CASE(fees_are_split),
    CASE(blob_fees_burn),
    CASE(roles_may_coincide),
    CASE(a_failure_undoes_the_message_alone),
    CASE(nothing_given_makes_nobody),
    CASE(what_is_warm_from_the_start),
    CASE(what_the_transaction_warms),
    CASE(what_the_message_sees),
    CASE(transactions_follow_each_other),
    CASE(creations_have_their_addresses),
    CASE(a_creation_that_succeeds),
    CASE(a_creation_that_fails),
    CASE(creations_do_not_overwrite),
    CASE(a_database_that_fails),
    CASE(an_arena_that_is_full),
};

int main(int argc, char **argv)
{
    world_open(&w, (size_t)1 << 20, (size_t)8 << 20);
    int status = test_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
    world_close(&w);
    return status;
}
