/* Simulations: what transactions leave each other, what is refused, overrides, diffs, access lists,
 * traces, and states that are proved: that they give what plain ones give, and what is said when
 * they lack something. Most cases run on accounts that are named by small numbers. */

#include "sim/simulate.h"

#include "crypto/keccak.h"
#include "exec/system_call.h"
#include "sim/digest.h"
#include "state/leaf.h"
#include "tests/evm_fixture.h"

/* ---- a simulator and what it is asked -------------------------------------------------------- */

#define ACCOUNTS_MAX  8
#define TXS_MAX       8
#define OVERRIDES_MAX 4
#define NODES_MAX     256

/* Where requests live: the simulator's arena is for what it makes itself. */
#define REQUEST_BYTES ((size_t)4 << 20)

#define ALICE 0xa11ceu
#define BOB   0xb0bu
#define ETHER UINT64_C(1000000000000000000)

static struct sim sim;
static void *sim_region;
static struct arena arena; /* of the request */

/* The request in hand and what came of it. */
static struct sim_request request;
static struct plain_account accounts[ACCOUNTS_MAX];
static struct sim_tx txs[TXS_MAX];
static struct account_override overrides[OVERRIDES_MAX];
static struct sim_result result;
static struct sim_failure failure;

/* begin makes a request of no accounts and no transactions, on the newest fork of mainnet. */
static void begin(void)
{
    static _Alignas(64) uint8_t region[REQUEST_BYTES];
    static const uint8_t seed[32] = "a simulator for tests";
    if (sim_region == NULL) {
        uint8_t *mapping = test_region(SIM_REGION_BYTES + EVM_STACK_SLOT);
        sim_region = mapping + ((0 - (uintptr_t)mapping) & (EVM_STACK_SLOT - 1));
        enum err e = sim_open(&sim, sim_region, seed);
        ASSERT(e == OK);
        arena_init(&arena, region, sizeof(region));
    }
    sim_reset(&sim);
    arena_reset(&arena);
    memset(accounts, 0, sizeof(accounts));
    memset(txs, 0, sizeof(txs));
    memset(overrides, 0, sizeof(overrides));
    request = (struct sim_request){
        .chain = chain_by_id(1),
        .pre = {.is_plain = true, .accounts = accounts},
        .overrides = overrides,
        .txs = txs,
        .options = {.gas_cap = 100000000, .wants_logs = true, .wants_state_diff = true},
    };
}

static void set_fork(const char *name)
{
    request.has_upgrade = chain_upgrade_from_name(&request.upgrade, name);
    ASSERT(request.has_upgrade);
}

static struct plain_account *add_account(uint64_t number, uint64_t wei, struct bytes code)
{
    struct plain_account *account = &accounts[request.pre.account_count++];
    ASSERT(request.pre.account_count <= ACCOUNTS_MAX);
    *account = (struct plain_account){
        .address = test_address(number),
        .balance = u256_from_u64(wei),
        .code = code,
        .nonce = code.len != 0,
    };
    return account;
}

/* add_contract adds an account with code that is assembled (tests/evm_fixture.h). */
#define add_contract(number, ...) add_account((number), 0, assemble(&arena, __VA_ARGS__))

static const struct storage_value *storage_of(size_t count, const uint64_t (*pairs)[2])
{
    struct storage_value *storage = ARENA_NEW(&arena, struct storage_value, count);
    for (size_t i = 0; i < count; i++) {
        storage[i] = (struct storage_value){u256_from_u64(pairs[i][0]), u256_from_u64(pairs[i][1])};
    }
    return storage;
}

#define SLOTS(...)                                                               \
    storage_of(sizeof((const uint64_t[][2]){__VA_ARGS__}) / sizeof(uint64_t[2]), \
               (const uint64_t[][2]){__VA_ARGS__})

static struct sim_tx *add_call(uint64_t from, uint64_t to, uint64_t wei)
{
    struct sim_tx *tx = &txs[request.tx_count++];
    ASSERT(request.tx_count <= TXS_MAX);
    tx->call = (struct tx){
        .sender = test_address(from),
        .to = test_address(to),
        .value = u256_from_u64(wei),
    };
    return tx;
}

static struct sim_tx *add_creation(uint64_t from, struct bytes initcode)
{
    struct sim_tx *tx = add_call(from, 0, 0);
    tx->call.is_create = true;
    tx->call.data = initcode;
    return tx;
}

static struct account_override *add_override(uint64_t number)
{
    struct account_override *override = &overrides[request.override_count++];
    ASSERT(request.override_count <= OVERRIDES_MAX);
    override->address = test_address(number);
    return override;
}

static enum err run(void)
{
    return sim_simulate(&sim, &result, &failure, &request);
}

/* diff_of finds an account in the state diff, NULL when it is unchanged. */
static const struct account_diff *diff_of(uint64_t number)
{
    struct address address = test_address(number);
    for (size_t i = 0; i < result.diff.count; i++) {
        if (address_equal(&result.diff.accounts[i].address, &address)) {
            return &result.diff.accounts[i];
        }
    }
    return NULL;
}

static uint64_t word_of(struct bytes output)
{
    struct u256 word = u256_from_u64(UINT64_MAX);
    if (output.len == 32) {
        u256_load_be(&word, output.ptr);
    }
    return u256_fits_u64(&word) ? word.w[0] : UINT64_MAX;
}

/* says checks that the failure's text has a word in it. */
static bool says(const char *word)
{
    return strstr(failure.detail.text, word) != NULL;
}

/* Code that counts its calls in slot 0, logs the count and returns it. */
#define COUNTER "0 SLOAD 1 ADD DUP1 0 SSTORE 0 MSTORE 0xc0 32 0 LOG1 32 0 RETURN"

/* ---- transactions in a row ------------------------------------------------------------------- */

static void transfers_value(void)
{
    begin();
    (void)add_account(ALICE, 1000, bytes_from(NULL, 0));
    (void)add_call(ALICE, BOB, 300);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.tx_count, 1);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    CHECK_EQ(result.txs[0].gas_used, 21000);
    CHECK_EQ(result.gas_used, 21000);
    CHECK_EQ(result.block.chain_id, 1);
    CHECK_STR(result.fork_name, "BPO2");
    CHECK(result.txs[0].has_sender && !result.txs[0].is_created);

    CHECK_EQ(result.diff.count, 2);
    const struct account_diff *alice = diff_of(ALICE);
    const struct account_diff *bob = diff_of(BOB);
    CHECK(alice != NULL && bob != NULL && bob < alice); /* by address */
    CHECK(alice->pre_exists && alice->post_exists);
    CHECK_EQ(alice->pre_balance.w[0], 1000);
    CHECK_EQ(alice->post_balance.w[0], 700);
    CHECK_EQ(alice->pre_nonce, 0);
    CHECK_EQ(alice->post_nonce, 1);
    CHECK(!bob->pre_exists && bob->post_exists && !bob->is_code_changed);
    CHECK_EQ(bob->post_balance.w[0], 300);
}

static void shares_state_between_transactions(void)
{
    begin();
    (void)add_contract(CONTRACT, COUNTER);
    for (int i = 0; i < 3; i++) {
        (void)add_call(ALICE + (uint64_t)i, CONTRACT, 0);
    }
    CHECK_EQ(run(), OK);
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ(result.txs[i].status, SIM_SUCCESS);
        CHECK_EQ(word_of(result.txs[i].output), i + 1);
        CHECK_EQ(result.txs[i].log_count, 1);
        CHECK_EQ(result.txs[i].logs[0].topic_count, 1);
        CHECK_EQ(result.txs[i].logs[0].topics[0].w[0], 0xc0);
        CHECK_EQ(word_of(result.txs[i].logs[0].data), i + 1);
    }
    /* The third finds the slot cold again, but set. */
    CHECK(result.txs[1].gas_used == result.txs[2].gas_used);
    CHECK(result.txs[0].gas_used > result.txs[1].gas_used);
    CHECK_EQ(result.gas_used, result.txs[0].gas_used + 2 * result.txs[1].gas_used);
    const struct account_diff *diff = diff_of(CONTRACT);
    CHECK(diff != NULL);
    CHECK_EQ(diff->slot_count, 1);
    CHECK(diff->slots[0].knows_pre && u256_is_zero(&diff->slots[0].pre));
    CHECK_EQ(diff->slots[0].post.w[0], 3);
}

static void failures_leave_the_state(void)
{
    begin();
    (void)add_account(ALICE, 1000, bytes_from(NULL, 0));
    (void)add_contract(CONTRACT, "1 0 SSTORE 0 0 0 LOG1 0xbad 0 MSTORE 2 30 REVERT");
    (void)add_contract(CONTRACT + 1, "1 0 SSTORE INVALID");
    (void)add_contract(CONTRACT + 2, COUNTER);
    (void)add_call(ALICE, CONTRACT, 10);
    add_call(ALICE, CONTRACT + 1, 10)->has_gas = true;
    txs[1].call.gas_limit = 100000;
    (void)add_call(ALICE, CONTRACT + 2, 0);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_REVERT);
    CHECK_EQ(result.txs[0].output.len, 2);
    CHECK_BYTES(result.txs[0].output.ptr, "\x0b\xad", 2);
    CHECK_EQ(result.txs[0].log_count, 0);
    CHECK_EQ(result.txs[1].status, SIM_HALT);
    CHECK_EQ(result.txs[1].halt, EVM_INVALID_OPCODE);
    CHECK_EQ(result.txs[1].gas_used, 100000);
    CHECK_EQ(result.txs[1].output.len, 0);
    CHECK_EQ(result.txs[2].status, SIM_SUCCESS);
    CHECK(diff_of(CONTRACT) == NULL && diff_of(CONTRACT + 1) == NULL);
    CHECK_EQ(diff_of(ALICE)->post_balance.w[0], 1000);
    CHECK_EQ(diff_of(ALICE)->post_nonce, 3);
}

static void refused_transactions_change_nothing(void)
{
    begin();
    request.options.validation = SIM_VALIDATE_ALL;
    (void)add_account(ALICE, ETHER, bytes_from(NULL, 0));
    (void)add_account(BOB, 1, bytes_from(NULL, 0));
    (void)add_contract(CONTRACT, COUNTER);
    add_call(ALICE, CONTRACT, 0)->has_nonce = true;
    txs[0].call.nonce = 7;
    (void)add_call(BOB, CONTRACT, 2);
    (void)add_call(CONTRACT, BOB, 0);
    (void)add_call(ALICE, CONTRACT, 0);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.tx_count, 4);
    CHECK_EQ(result.txs[0].status, SIM_REJECTED);
    CHECK_EQ(result.txs[0].rejection, TX_NONCE_MISMATCH_TOO_HIGH);
    CHECK_EQ(result.txs[1].rejection, TX_INSUFFICIENT_ACCOUNT_FUNDS);
    CHECK_EQ(result.txs[2].rejection, TX_SENDER_NOT_EOA);
    CHECK_EQ(result.txs[3].status, SIM_SUCCESS);
    CHECK_EQ(word_of(result.txs[3].output), 1);
    CHECK_EQ(result.gas_used, result.txs[3].gas_used);
    CHECK(diff_of(BOB) == NULL);
    CHECK_EQ(diff_of(ALICE)->post_nonce, 1);

    request.options.stops_on_failure = true;
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.tx_count, 1);
    CHECK(diff_of(ALICE) == NULL);
}

/* A call is as eth_call's: who sends it need not be able to. */
static void calls_are_not_validated(void)
{
    begin();
    request.block = (struct block_overrides){.has_base_fee = true, .base_fee = {{50, 0, 0, 0}}};
    (void)add_contract(CONTRACT, "GASPRICE 0 MSTORE BASEFEE 32 MSTORE 64 0 RETURN");
    (void)add_contract(BOB, "STOP");
    (void)add_call(BOB, CONTRACT, 0); /* has code, offers no price, and owns nothing */
    txs[0].has_nonce = true;
    txs[0].call.nonce = 77;
    (void)add_call(ALICE, CONTRACT, 0);
    txs[1].call.max_fee_per_gas = u256_from_u64(20); /* below the base fee */
    txs[1].call.max_priority_fee_per_gas = u256_from_u64(20);
    (void)add_call(ALICE, CONTRACT, 0);
    txs[2].call.type = TX_FEE_MARKET;
    txs[2].call.max_fee_per_gas = u256_from_u64(90);
    txs[2].call.max_priority_fee_per_gas = u256_from_u64(3);
    txs[2].has_gas = true; /* over EIP-7825's cap */
    txs[2].call.gas_limit = 20000000;
    (void)add_call(ALICE, CONTRACT, 1); /* the value is not there */
    CHECK_EQ(run(), OK);
    static const uint64_t prices[] = {0, 20, 53};
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ(result.txs[i].status, SIM_SUCCESS);
        CHECK_EQ(word_of(bytes_from(result.txs[i].output.ptr, 32)), prices[i]);
        CHECK_EQ(word_of(bytes_from(result.txs[i].output.ptr + 32, 32)), 50);
    }
    CHECK_EQ(result.txs[3].rejection, TX_INSUFFICIENT_ACCOUNT_FUNDS);
    CHECK_EQ(diff_of(BOB)->post_nonce, 78);
    CHECK(diff_of(0) == NULL); /* the beneficiary got nothing */
    CHECK(u256_is_zero(&diff_of(ALICE)->post_balance));
    CHECK_EQ(result.diff.count, 2);

    request.options.validation = SIM_VALIDATE_ALL;
    txs[0].has_nonce = false;
    txs[1].call.max_fee_per_gas = u256_from_u64(0);
    txs[1].call.max_priority_fee_per_gas = u256_from_u64(0);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].rejection, TX_INSUFFICIENT_MAX_FEE_PER_GAS);
    CHECK_EQ(result.txs[1].rejection, TX_INSUFFICIENT_MAX_FEE_PER_GAS);
    CHECK_EQ(result.txs[2].rejection, TX_GAS_LIMIT_EXCEEDS_MAXIMUM);
}

/* The example of EIP-155: sender 0x9d8a...5a4f, nonce 9, 20 Gwei, 1 ether to 0x3535...35. */
#define EIP155_TX                                                                                \
    "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0" \
    "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb70330" \
    "4b3800ccf555c9f3dc64214b297fb1966a3b6d83"

static void runs_signed_transactions(void)
{
    static uint8_t raw[128];
    begin();
    size_t len = test_hex(raw, sizeof(raw), EIP155_TX);
    struct plain_account *sender = add_account(0, 2 * ETHER, bytes_from(NULL, 0));
    (void)test_hex(sender->address.b, 20, "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
    sender->nonce = 9;
    txs[0] = (struct sim_tx){.is_raw = true, .raw = bytes_from(raw, len)};
    txs[1] = txs[0];
    txs[2] = (struct sim_tx){.is_raw = true, .raw = bytes_from(raw, len - 1)};
    request.tx_count = 3;
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    CHECK(address_equal(&result.txs[0].sender, &sender->address));
    CHECK_EQ(result.txs[1].rejection, TX_NONCE_MISMATCH_TOO_LOW);
    CHECK(result.txs[1].has_sender);
    CHECK_EQ(result.txs[2].status, SIM_REJECTED);
    CHECK(!result.txs[2].has_sender);
    /* It pays 21,000 gas at 20 Gwei. */
    CHECK_EQ(result.diff.count, 3); /* sender, receiver, beneficiary */
    CHECK_EQ(result.diff.accounts[0].post_balance.w[0], 420000000000000);

    /* Signed for mainnet. */
    request.chain = chain_by_id(11155111);
    request.tx_count = 1;
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].rejection, TX_INVALID_CHAINID);

    /* Without validation it runs whatever its sender has, as long as the value is there. */
    request.chain = chain_by_id(1);
    request.options.validation = SIM_VALIDATE_NONE;
    sender->nonce = 3;
    sender->balance = u256_from_u64(ETHER);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    CHECK_EQ(result.diff.count, 2);
    CHECK_EQ(result.diff.accounts[1].post_nonce, 10);
}

static void checks_chain_ids_of_calls(void)
{
    begin();
    add_call(ALICE, BOB, 0)->has_chain_id = true;
    txs[0].chain_id = u256_from_u64(1);
    add_call(ALICE, BOB, 0)->has_chain_id = true;
    txs[1].chain_id = (struct u256){{1, 1, 0, 0}};
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    CHECK_EQ(result.txs[1].rejection, TX_INVALID_CHAINID);
}

static void creates_contracts(void)
{
    begin();
    add_account(ALICE, 0, bytes_from(NULL, 0))->nonce = 5;
    /* Returns the one byte 0xfe as code, after setting slot 1. */
    struct bytes initcode = assemble(&arena, "9 1 SSTORE 0xfe 0 MSTORE8 1 0 RETURN");
    (void)add_creation(ALICE, initcode);
    (void)add_creation(ALICE, initcode);
    CHECK_EQ(run(), OK);
    struct address alice = test_address(ALICE);
    for (size_t i = 0; i < 2; i++) {
        struct address expected = evm_create_address(&alice, 5 + i);
        CHECK_EQ(result.txs[i].status, SIM_SUCCESS);
        CHECK(result.txs[i].is_created);
        CHECK(address_equal(&result.txs[i].created, &expected));
    }
    CHECK_EQ(result.diff.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct account_diff *diff = &result.diff.accounts[i];
        CHECK(i == 0 || memcmp(result.diff.accounts[i - 1].address.b, diff->address.b, 20) < 0);
        if (diff->pre_exists) {
            continue;
        }
        CHECK(diff->is_code_changed && diff->pre_code.len == 0);
        CHECK_EQ(diff->post_code.len, 1);
        CHECK_EQ(diff->post_code.ptr[0], 0xfe);
        CHECK_EQ(diff->post_nonce, 1);
        CHECK_EQ(diff->slot_count, 1);
        CHECK_EQ(diff->slots[0].post.w[0], 9);
    }
}

/* ---- gas ------------------------------------------------------------------------------------- */

static void shares_gas(void)
{
    begin();
    (void)add_contract(CONTRACT, "GAS 0 MSTORE 32 0 RETURN");
    request.block = (struct block_overrides){.has_gas_limit = true, .gas_limit = 200000};
    (void)add_call(ALICE, CONTRACT, 0);
    (void)add_call(ALICE, CONTRACT, 0);
    CHECK_EQ(run(), OK);
    CHECK_EQ(word_of(result.txs[0].output), 200000 - 21000 - 2);
    CHECK_EQ(word_of(result.txs[1].output), 200000 - 21000 - 2 - result.txs[0].gas_used);

    /* The cap is below the block's limit: what it leaves is the default. */
    request.options.gas_cap = 100000;
    CHECK_EQ(run(), OK);
    CHECK_EQ(word_of(result.txs[0].output), 100000 - 21000 - 2);
    CHECK_EQ(word_of(result.txs[1].output), 100000 - 21000 - 2 - result.txs[0].gas_used);

    /* More than the cap leaves is an error of the request, */
    txs[1].has_gas = true;
    txs[1].call.gas_limit = 100000;
    CHECK_EQ(run(), ERR_LIMIT);
    CHECK_EQ(failure.tx_index, 1);
    CHECK(says("transactions[1]") && says("gas cap"));

    /* more than the block leaves a transaction that is refused, whatever the cap. */
    txs[1].call.gas_limit = 200000;
    for (uint64_t cap = 100000; cap <= 1000000; cap += 900000) {
        request.options.gas_cap = cap;
        CHECK_EQ(run(), OK);
        CHECK_EQ(result.txs[1].rejection, TX_GAS_ALLOWANCE_EXCEEDED);
    }

    /* A validated transaction that names no gas gets no more than EIP-7825 allows. */
    request.options.validation = SIM_VALIDATE_ALL;
    request.block.gas_limit = 60000000;
    request.options.gas_cap = 60000000;
    request.tx_count = 1;
    CHECK_EQ(run(), OK);
    CHECK_EQ(word_of(result.txs[0].output), 16777216 - 21000 - 2);
}

static void shares_blobs(void)
{
    static const struct hash32 hashes[6] = {{{1}}, {{1}}, {{1}}, {{1}}, {{1}}, {{1}}};
    begin();
    set_fork("Cancun"); /* 6 blobs in a block */
    for (int i = 0; i < 3; i++) {
        struct sim_tx *tx = add_call(ALICE, BOB, 0);
        tx->call.type = TX_BLOB;
        tx->call.blob_versioned_hashes = hashes;
        tx->call.blob_count = i == 0 ? 4 : 3;
    }
    txs[2].call.blob_count = 2;
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    CHECK_EQ(result.txs[1].rejection, TX_TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED);
    CHECK_EQ(result.txs[2].status, SIM_SUCCESS);
}

/* ---- the block ------------------------------------------------------------------------------- */

/* header_bytes encodes a header into the request's arena. */
static struct bytes header_bytes(const struct header *header)
{
    size_t len = header_size(header);
    uint8_t *buffer = ARENA_NEW(&arena, uint8_t, len);
    ASSERT(buffer != NULL);
    struct writer w = writer_to(buffer, len);
    header_encode(&w, header);
    return writer_view(&w);
}

static struct header prague_header(uint64_t number)
{
    return (struct header){
        .number = number,
        .timestamp = 1750000000,
        .gas_limit = 36000000,
        .gas_used = 36000000,
        .has_base_fee = true,
        .base_fee_per_gas = {{8000, 0, 0, 0}},
        .has_withdrawals_root = true,
        .has_blob_gas = true,
        .blob_gas_used = 9 * 131072,
        .excess_blob_gas = 50000000,
        .has_beacon_root = true,
        .has_requests_hash = true,
    };
}

/* BLOCK returns number, timestamp, gas limit, base fee, blob base fee, PREVRANDAO, COINBASE. */
#define BLOCK_CODE                                                              \
    "NUMBER 0 MSTORE TIMESTAMP 32 MSTORE GASLIMIT 64 MSTORE BASEFEE 96 MSTORE " \
    "BLOBBASEFEE 128 MSTORE DIFFICULTY 160 MSTORE COINBASE 192 MSTORE 224 0 RETURN"

static uint64_t block_word(size_t index)
{
    return word_of(bytes_from(result.txs[0].output.ptr + 32 * index, 32));
}

static void defaults_follow_the_header(void)
{
    begin();
    struct header header = prague_header(22700000);
    request.pre.header = header_bytes(&header);
    (void)add_contract(CONTRACT, "%s",
                       "NUMBER 0 MSTORE TIMESTAMP 32 MSTORE GASLIMIT 64 MSTORE BASEFEE 96 MSTORE "
                       "BLOBBASEFEE 128 MSTORE PREVRANDAO 160 MSTORE COINBASE 192 MSTORE "
                       "224 0 RETURN");
    (void)add_call(ALICE, CONTRACT, 0);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    CHECK_STR(result.fork_name, "Prague");
    CHECK(!result.has_block_hash); /* plain accounts are not the header's state */
    CHECK_EQ(block_word(0), 22700001);
    CHECK_EQ(block_word(1), 1750000012);
    CHECK_EQ(block_word(2), 36000000);
    CHECK_EQ(block_word(3), 9000); /* a full block: an eighth more (EIP-1559) */
    /* EIP-4844 with Prague's target of 6: an excess of 50,000,000 + 3 blobs. */
    struct u256 fee = blob_base_fee(50000000 + 3 * 131072, 5007716);
    CHECK_EQ(block_word(4), fee.w[0]);
    CHECK_EQ(block_word(5), 0);
    CHECK_EQ(block_word(6), 0);

    request.block = (struct block_overrides){
        .has_number = true,
        .has_time = true,
        .has_gas_limit = true,
        .has_beneficiary = true,
        .has_prev_randao = true,
        .has_base_fee = true,
        .has_excess_blob_gas = true,
        .number = 30000000,
        .time = 1800000000,
        .gas_limit = 5000000,
        .beneficiary = test_address(6),
        .prev_randao = {{5, 0, 0, 0}},
        .base_fee = {{3, 0, 0, 0}},
        .excess_blob_gas = 60000000,
    };
    CHECK_EQ(run(), OK);
    CHECK_STR(result.fork_name, "BPO2"); /* by the time */
    static const uint64_t expected[] = {30000000, 1800000000, 5000000, 3};
    for (size_t i = 0; i < 4; i++) {
        CHECK_EQ(block_word(i), expected[i]);
    }
    fee = blob_base_fee(60000000, 11684671);
    CHECK_EQ(block_word(4), fee.w[0]);
    CHECK_EQ(block_word(5), 5);
    CHECK_EQ(block_word(6), 6);

    request.block.has_excess_blob_gas = false;
    request.block.has_blob_base_fee = true;
    request.block.blob_base_fee = u256_from_u64(77);
    set_fork("Cancun"); /* and by its name, whatever the time */
    CHECK_EQ(run(), OK);
    CHECK_STR(result.fork_name, "Cancun");
    CHECK_EQ(block_word(4), 77);
}

static void chooses_rules_without_a_header(void)
{
    begin();
    (void)add_call(ALICE, BOB, 0);
    request.block.has_number = true;
    request.block.number = 12244000;
    CHECK_EQ(run(), OK);
    CHECK_STR(result.fork_name, "BPO2"); /* a number alone does not say when */
    request.block.has_time = true;
    request.block.time = 1618481223;
    request.block.has_difficulty = true;
    request.block.difficulty = u256_from_u64(1000000);
    CHECK_EQ(run(), OK);
    CHECK_STR(result.fork_name, "Berlin");
    CHECK_EQ(result.block.prev_randao.w[0], 1000000);
}

/* A chain of one's own: Paris by total difficulty, and other numbers of blobs. */
static void chooses_rules_of_other_chains(void)
{
    static const struct blob_schedule blobs = {1, 2, 5007716};
    static const struct chain_fork forks[] = {
        {CHAIN_LONDON, CHAIN_BY_NUMBER, 0, NULL},
        {CHAIN_PARIS, CHAIN_BY_DIFFICULTY, 0, NULL},
        {CHAIN_SHANGHAI, CHAIN_BY_TIME, 5000, NULL},
        {CHAIN_CANCUN, CHAIN_BY_TIME, 6000, &blobs},
    };
    static const struct chain_config chain = {
        .name = "other", .chain_id = 77, .forks = forks, .fork_count = 4};
    begin();
    request.chain = &chain;
    (void)add_call(ALICE, BOB, 0);
    request.block = (struct block_overrides){.has_number = true, .has_time = true, .number = 5};
    CHECK_EQ(run(), OK);
    CHECK_STR(result.fork_name, "Paris");
    request.block.has_difficulty = true;
    CHECK_EQ(run(), OK);
    CHECK_STR(result.fork_name, "London");

    struct header header = {.number = 9, .timestamp = 100, .gas_limit = 5000000};
    request.block = (struct block_overrides){.has_number = false};
    request.pre.header = header_bytes(&header);
    CHECK_EQ(run(), OK);
    CHECK_STR(result.fork_name, "Paris");
    header.difficulty = u256_from_u64(777);
    request.pre.header = header_bytes(&header);
    CHECK_EQ(run(), OK);
    CHECK_STR(result.fork_name, "London");
    CHECK_EQ(result.block.prev_randao.w[0], 777);
    CHECK_EQ(result.block.base_fee_per_gas.w[0], 1000000000); /* the first that there is */

    set_fork("Cancun");
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.block.max_blobs, 2);
    set_fork("Prague"); /* which that chain does not have: mainnet's */
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.block.max_blobs, 9);
    set_fork("Berlin"); /* no base fee, whatever the header has */
    CHECK_EQ(run(), OK);
    CHECK(u256_is_zero(&result.block.base_fee_per_gas));
    CHECK_EQ(result.block.max_blobs, 0);
}

static void refuses_fields_that_the_fork_lacks(void)
{
    static const char *const words[] = {"difficulty",  "prevRandao",    "baseFeePerGas",
                                        "blobBaseFee", "excessBlobGas", "parentBeaconBlockRoot"};
    for (size_t i = 0; i < 6; i++) {
        begin();
        (void)add_call(ALICE, BOB, 0);
        set_fork(i == 0 ? "Paris" : "Berlin");
        bool *const flags[] = {&request.block.has_difficulty,      &request.block.has_prev_randao,
                               &request.block.has_base_fee,        &request.block.has_blob_base_fee,
                               &request.block.has_excess_blob_gas, &request.block.has_beacon_root};
        CHECK_EQ(run(), OK);
        *flags[i] = true;
        CHECK_EQ(run(), ERR_MALFORMED);
        CHECK(says(words[i]) && says("no such field"));
    }
    begin();
    (void)add_call(ALICE, BOB, 0);
    set_fork("BPO4");
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("blob schedule"));
}

static void refuses_a_header_at_the_end_of_time(void)
{
    begin();
    struct header header = prague_header(UINT64_MAX);
    request.pre.header = header_bytes(&header);
    CHECK_EQ(run(), ERR_RANGE);
    header = prague_header(1);
    header.timestamp = UINT64_MAX - 5;
    request.pre.header = header_bytes(&header);
    CHECK_EQ(run(), ERR_RANGE);
}

/* EIP-2935's history contract, or code that does the same for the system: stores its input. */
static void makes_system_calls(void)
{
    begin();
    struct header header = prague_header(22700000);
    request.pre.header = header_bytes(&header);
    add_contract(0, "0 CALLDATALOAD 1 SSTORE")->address = HISTORY_STORAGE_ADDRESS;
    add_contract(0, "0 CALLDATALOAD 2 SSTORE")->address = BEACON_ROOTS_ADDRESS;
    request.block.has_beacon_root = true;
    request.block.beacon_root.b[31] = 9;
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.diff.count, 0);

    request.options.calls_system = true;
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.diff.count, 2);
    struct hash32 hash = header_hash(&header);
    struct u256 expected;
    u256_load_be(&expected, hash.b);
    CHECK(address_equal(&result.diff.accounts[0].address, &HISTORY_STORAGE_ADDRESS));
    CHECK_EQ(result.diff.accounts[0].slot_count, 1);
    CHECK(u256_eq(&result.diff.accounts[0].slots[0].post, &expected));
    CHECK_EQ(result.diff.accounts[1].slots[0].post.w[0], 9);

    request.pre.header = bytes_from(NULL, 0);
    request.block.has_beacon_root = false;
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("systemCalls"));
}

/* ---- headers --------------------------------------------------------------------------------- */

#define HASHES_CODE "0 CALLDATALOAD BLOCKHASH 0 MSTORE 32 0 RETURN"

static struct bytes number_bytes(uint64_t number)
{
    uint8_t *bytes = ARENA_NEW(&arena, uint8_t, 32);
    struct u256 word = u256_from_u64(number);
    u256_store_be(bytes, &word);
    return bytes_from(bytes, 32);
}

/* add_chain makes `count` headers that end with number `newest`, the newest last. */
static struct header *add_chain(struct bytes *encoded, uint64_t newest, size_t count)
{
    struct header *headers = ARENA_NEW(&arena, struct header, count);
    for (size_t i = 0; i < count; i++) {
        headers[i] = prague_header(newest - count + 1 + i);
        if (i > 0) {
            headers[i].parent_hash = header_hash(&headers[i - 1]);
        } else {
            headers[i].parent_hash.b[0] = 0x42;
        }
        encoded[i] = header_bytes(&headers[i]);
    }
    return headers;
}

static void headers_give_block_hashes(void)
{
    struct bytes encoded[4];
    begin();
    struct header *headers = add_chain(encoded, 1003, 4);
    request.pre.headers = (struct bytes_list){encoded, 4};
    (void)add_contract(CONTRACT, HASHES_CODE);
    for (uint64_t number = 999; number <= 1005; number++) {
        struct sim_tx *tx = add_call(ALICE, CONTRACT, 0);
        tx->call.data = number_bytes(number);
    }
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.block.number, 1004);
    for (size_t i = 0; i < 7; i++) {
        struct hash32 expected = {{0}};
        if (i == 0) {
            expected = headers[0].parent_hash; /* its number is known, too */
        } else if (i <= 4) {
            expected = header_hash(&headers[i - 1]);
        }
        CHECK_BYTES(result.txs[i].output.ptr, expected.b, 32);
    }

    /* What the headers do not reach is missing, not zero. */
    txs[1].call.data = number_bytes(998);
    CHECK_EQ(run(), ERR_STATE_MISSING);
    CHECK_EQ(failure.tx_index, 1);
    CHECK_EQ(failure.missing.kind, DB_MISSING_BLOCK);
    CHECK_EQ(failure.missing.number, 998);
    CHECK(says("transactions[1]") && says("998"));
}

static void headers_must_be_a_chain(void)
{
    struct bytes encoded[4];
    begin();
    struct header *headers = add_chain(encoded, 1003, 4);
    request.pre.headers = (struct bytes_list){encoded, 4};
    CHECK_EQ(run(), OK);
    /* In any order, repeated, and with the newest apart. */
    static struct bytes shuffled[5];
    for (size_t i = 0; i < 5; i++) {
        shuffled[i] = encoded[(i + 2) % 4];
    }
    request.pre.headers = (struct bytes_list){shuffled, 5};
    CHECK_EQ(run(), OK);
    request.pre.header = encoded[3];
    CHECK_EQ(run(), OK);
    /* A gap, another one's header, the newest given as an ancestor's ancestor, no header. */
    shuffled[3] = encoded[2];
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("headers[2]") && says("1000") && says("1003"));
    headers[1].timestamp++;
    shuffled[3] = header_bytes(&headers[1]);
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("headers["));
    request.pre.headers = (struct bytes_list){encoded, 4};
    request.pre.header = encoded[1];
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("headers[2]"));
    shuffled[0] = bytes_from("\xc0", 1);
    request.pre.header = bytes_from(NULL, 0);
    request.pre.headers = (struct bytes_list){shuffled, 1};
    CHECK(run() != OK);
    CHECK(says("headers[0]: not a block header"));
    request.pre.headers.count = 257;
    CHECK_EQ(run(), ERR_LIMIT);
    request.pre.headers = (struct bytes_list){NULL, 0};
    request.pre.header = shuffled[0];
    CHECK(run() != OK);
    CHECK(says("header: not a block header"));
    begin();
}

/* A whole window: the oldest of 256 must not take the place of the newest. */
static void the_window_of_block_hashes_does_not_wrap(void)
{
    struct bytes encoded[256];
    begin();
    struct header *headers = add_chain(encoded, 1000, 256);
    request.pre.headers = (struct bytes_list){encoded, 256};
    (void)add_contract(CONTRACT, HASHES_CODE);
    add_call(ALICE, CONTRACT, 0)->call.data = number_bytes(1000);
    add_call(ALICE, CONTRACT, 0)->call.data = number_bytes(745);
    CHECK_EQ(run(), OK);
    struct hash32 newest = header_hash(&headers[255]);
    struct hash32 oldest = header_hash(&headers[0]);
    CHECK_BYTES(result.txs[0].output.ptr, newest.b, 32);
    CHECK_BYTES(result.txs[1].output.ptr, oldest.b, 32);
}

/* ---- overrides ------------------------------------------------------------------------------- */

#define READ_SLOTS "0 SLOAD 0 MSTORE 1 SLOAD 32 MSTORE 64 0 RETURN"

static void overrides_accounts(void)
{
    begin();
    struct plain_account *contract = add_contract(CONTRACT, "STOP");
    contract->storage = SLOTS({0, 5}, {1, 6});
    contract->storage_count = 2;
    struct account_override *override = add_override(CONTRACT);
    override->has_code = true;
    override->code = assemble(&arena, READ_SLOTS);
    override->storage = SLOTS({1, 7});
    override->storage_count = 1;
    override = add_override(ALICE);
    override->has_balance = true;
    override->balance = u256_from_u64(100);
    override->has_nonce = true;
    override->nonce = 8;
    (void)add_call(ALICE, CONTRACT, 60);
    (void)add_call(ALICE, CONTRACT, 60);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    CHECK_EQ(word_of(bytes_from(result.txs[0].output.ptr, 32)), 5);
    CHECK_EQ(word_of(bytes_from(result.txs[0].output.ptr + 32, 32)), 7);
    CHECK_EQ(result.txs[1].rejection, TX_INSUFFICIENT_ACCOUNT_FUNDS);
    /* The diff is against what the overrides made. */
    CHECK_EQ(result.diff.count, 2);
    CHECK_EQ(diff_of(ALICE)->pre_balance.w[0], 100);
    CHECK_EQ(diff_of(ALICE)->pre_nonce, 8);
    CHECK(diff_of(ALICE)->pre_exists);
    CHECK_EQ(diff_of(CONTRACT)->slot_count, 0);
    CHECK(!diff_of(CONTRACT)->is_code_changed);

    overrides[0].replaces_storage = true;
    CHECK_EQ(run(), OK);
    CHECK_EQ(word_of(bytes_from(result.txs[0].output.ptr, 32)), 0);
    CHECK_EQ(word_of(bytes_from(result.txs[0].output.ptr + 32, 32)), 7);
    CHECK(!diff_of(CONTRACT)->is_storage_cleared);
}

static void diffs_slots_that_were_overridden(void)
{
    begin();
    struct plain_account *contract = add_contract(CONTRACT, "9 0 SSTORE 8 1 SSTORE 7 2 SSTORE");
    contract->storage = SLOTS({0, 5}, {2, 4});
    contract->storage_count = 2;
    struct account_override *override = add_override(CONTRACT);
    override->storage = SLOTS({1, 6}, {3, 1});
    override->storage_count = 2;
    (void)add_call(ALICE, CONTRACT, 0);
    for (int replaces = 0; replaces <= 1; replaces++) {
        override->replaces_storage = replaces != 0;
        CHECK_EQ(run(), OK);
        const struct account_diff *diff = diff_of(CONTRACT);
        CHECK(diff != NULL);
        CHECK_EQ(diff->slot_count, 3);
        static const uint64_t pre[2][3] = {{5, 6, 4}, {0, 6, 0}};
        static const uint64_t post[3] = {9, 8, 7};
        for (size_t i = 0; i < 3; i++) {
            CHECK_EQ(diff->slots[i].key.w[0], i);
            CHECK(diff->slots[i].knows_pre);
            CHECK_EQ(diff->slots[i].pre.w[0], pre[replaces][i]);
            CHECK_EQ(diff->slots[i].post.w[0], post[i]);
        }
    }
}

/* What is overridden exists from then on, and may come to an end. */
static void overridden_accounts_live_and_die(void)
{
    begin();
    set_fork("Shanghai");
    struct account_override *override = add_override(BOB);
    override->storage = SLOTS({1, 6});
    override->storage_count = 1;
    override = add_override(CONTRACT);
    override->has_code = true;
    override->code = assemble(&arena, "CALLER SELFDESTRUCT");
    (void)add_account(ALICE, 9, bytes_from(NULL, 0));
    (void)add_call(ALICE, BOB, 5);
    (void)add_call(ALICE, CONTRACT, 1);
    CHECK_EQ(run(), OK);
    CHECK(diff_of(BOB)->pre_exists && diff_of(BOB)->post_exists);
    const struct account_diff *diff = diff_of(CONTRACT);
    CHECK(diff->pre_exists && !diff->post_exists);
    CHECK(diff->is_code_changed && diff->post_code.len == 0);
    CHECK_EQ(diff->pre_code.len, override->code.len);
    CHECK_BYTES(diff->pre_code.ptr, override->code.ptr, override->code.len);
}

static void refuses_overriding_twice(void)
{
    begin();
    (void)add_override(ALICE);
    (void)add_override(ALICE);
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("the same address twice"));
    begin();
    struct account_override *override = add_override(ALICE);
    override->storage = SLOTS({1, 6}, {1, 6});
    override->storage_count = 2;
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("the same slot twice"));
}

/* ---- the state diff -------------------------------------------------------------------------- */

/* Before Cancun a contract that destroys itself is gone, and may come back with another life. */
static void diffs_destroyed_accounts(void)
{
    begin();
    set_fork("Shanghai");
    request.options.wants_post_root = true;
    struct plain_account *contract =
        add_account(CONTRACT, 50, assemble(&arena, "0xb0b SELFDESTRUCT"));
    contract->storage = SLOTS({3, 4});
    contract->storage_count = 1;
    (void)add_call(ALICE, CONTRACT, 0);
    CHECK_EQ(run(), OK);
    const struct account_diff *diff = diff_of(CONTRACT);
    CHECK(diff != NULL);
    CHECK(diff->pre_exists && !diff->post_exists);
    CHECK(diff->is_storage_cleared && diff->slot_count == 0);
    CHECK(diff->is_code_changed && diff->post_code.len == 0);
    CHECK_EQ(diff->pre_code.len, contract->code.len);
    CHECK_EQ(diff->pre_balance.w[0], 50);
    CHECK(u256_is_zero(&diff->post_balance));
    CHECK_EQ(diff_of(BOB)->post_balance.w[0], 50);
    contract->storage_count = 0;
    CHECK_EQ(run(), OK);
    CHECK(!diff_of(CONTRACT)->is_storage_cleared);
    contract->storage_count = 1;

    (void)add_account(ALICE, 10, bytes_from(NULL, 0));
    (void)add_call(ALICE, CONTRACT, 10);
    CHECK_EQ(run(), OK);
    diff = diff_of(CONTRACT);
    CHECK(diff->pre_exists && diff->post_exists && diff->is_storage_cleared);
    CHECK_EQ(diff->post_balance.w[0], 10);
    CHECK_EQ(diff->post_nonce, 0);
}

/* A contract that lives for one transaction leaves nothing, but what it gave away. */
static void diffs_nothing_of_what_came_and_went(void)
{
    begin();
    (void)add_account(ALICE, 10, bytes_from(NULL, 0));
    (void)add_creation(ALICE, assemble(&arena, "1 1 SSTORE 0xb0b SELFDESTRUCT"));
    txs[0].call.value = u256_from_u64(10);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    CHECK_EQ(result.diff.count, 2);
    CHECK(diff_of(ALICE) != NULL && diff_of(BOB) != NULL);
}

static void diffs_nothing_that_was_put_back(void)
{
    begin();
    struct plain_account *contract =
        add_contract(CONTRACT, "CALLVALUE 0 SSTORE 1 0 0 0 0 CALLER GAS CALL");
    contract->storage = SLOTS({0, 7});
    contract->storage_count = 1;
    (void)add_account(ALICE, 100, bytes_from(NULL, 0));
    (void)add_call(ALICE, CONTRACT, 1);
    (void)add_call(ALICE, CONTRACT, 7);
    CHECK_EQ(run(), OK);
    CHECK_EQ(diff_of(CONTRACT)->slot_count, 0);
    request.tx_count = 1;
    CHECK_EQ(run(), OK);
    CHECK_EQ(diff_of(CONTRACT)->slot_count, 1);
}

/* Before EIP-161 a call made its target exist, though there was nothing to it. */
static void diffs_mere_existence(void)
{
    begin();
    set_fork("Homestead");
    (void)add_call(ALICE, BOB, 0);
    CHECK_EQ(run(), OK);
    const struct account_diff *diff = diff_of(BOB);
    CHECK(diff != NULL);
    CHECK(!diff->pre_exists && diff->post_exists);
    CHECK(u256_is_zero(&diff->post_balance) && diff->post_nonce == 0);
}

/* ---- access lists and traces ----------------------------------------------------------------- */

static void lists_what_was_accessed(void)
{
    begin();
    request.options.wants_access_lists = true;
    request.block =
        (struct block_overrides){.has_beneficiary = true, .beneficiary = test_address(BENEFICIARY)};
    /* Own slots 1 and 2 (twice), balances of sender, beneficiary, a precompile and BOB, a call of
     * a contract that reads its slot 5 and fails. */
    (void)add_contract(CONTRACT, "1 SLOAD 2 SLOAD 2 SLOAD CALLER BALANCE 0xbe4e BALANCE 4 BALANCE "
                                 "0xb0b EXTCODESIZE 0 0 0 0 0 0x1001 GAS CALL");
    (void)add_contract(CONTRACT + 1, "5 SLOAD 0 0 REVERT");
    (void)add_call(ALICE, CONTRACT, 0);
    (void)add_call(ALICE, BOB, 0);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    CHECK_EQ(result.txs[0].access_list_count, 3);
    const struct access_list_entry *list = result.txs[0].access_list;
    static const uint64_t numbers[] = {CONTRACT, BOB, CONTRACT + 1};
    static const size_t key_counts[] = {2, 0, 1};
    for (size_t i = 0; i < 3; i++) {
        struct address expected = test_address(numbers[i]);
        CHECK(address_equal(&list[i].address, &expected));
        CHECK_EQ(list[i].key_count, key_counts[i]);
    }
    CHECK_EQ(list[0].keys[0].w[0], 1);
    CHECK_EQ(list[0].keys[1].w[0], 2);
    CHECK_EQ(list[2].keys[0].w[0], 5);
    CHECK_EQ(result.txs[1].access_list_count, 0);

    /* The target, and a contract that is created, are warm by themselves. */
    txs[1] = (struct sim_tx){.is_raw = false};
    request.tx_count = 1;
    (void)add_contract(CONTRACT + 2, "ADDRESS BALANCE");
    (void)add_call(ALICE, CONTRACT + 2, 0);
    (void)add_creation(ALICE, assemble(&arena, "ADDRESS BALANCE"));
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[1].status, SIM_SUCCESS);
    CHECK_EQ(result.txs[1].access_list_count, 0);
    CHECK_EQ(result.txs[2].status, SIM_SUCCESS);
    CHECK_EQ(result.txs[2].access_list_count, 0);
    list = result.txs[0].access_list;

    /* With that list, what it names is warm. */
    uint64_t without = result.txs[0].gas_used;
    struct access_list_entry copy[3];
    struct u256 keys[3] = {list[0].keys[0], list[0].keys[1], list[2].keys[0]};
    memcpy(copy, list, sizeof(copy));
    copy[0].keys = &keys[0];
    copy[2].keys = &keys[2];
    txs[0].call.type = TX_ACCESS_LIST;
    txs[0].call.access_list = copy;
    txs[0].call.access_list_count = 3;
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].gas_used,
             without + 3 * GAS_ACCESS_LIST_ADDRESS + 3 * GAS_ACCESS_LIST_KEY - 3 * 2000 - 2 * 2500);
}

/* Every instruction that names an account or a slot. */
static void lists_what_each_instruction_accesses(void)
{
    static const struct {
        const char *code;
        bool is_slot;
    } rows[] = {
        {"5 SLOAD", true},
        {"1 5 SSTORE", true},
        {"0xb0b BALANCE", false},
        {"0xb0b EXTCODESIZE", false},
        {"0 0 0 0xb0b EXTCODECOPY", false},
        {"0xb0b EXTCODEHASH", false},
        {"0xb0b SELFDESTRUCT", false},
        {"0 0 0 0 0 0xb0b 0 CALL", false},
        {"0 0 0 0 0 0xb0b 0 CALLCODE", false},
        {"0 0 0 0 0xb0b 0 DELEGATECALL", false},
        {"0 0 0 0 0xb0b 0 STATICCALL", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        request.options.wants_access_lists = true;
        (void)add_contract(CONTRACT, "%s", rows[i].code);
        (void)add_call(ALICE, CONTRACT, 0);
        CHECK_EQ(run(), OK);
        CHECK_EQ(result.txs[0].access_list_count, 1);
        const struct access_list_entry *entry = result.txs[0].access_list;
        struct address expected = test_address(rows[i].is_slot ? CONTRACT : BOB);
        CHECK(address_equal(&entry->address, &expected));
        CHECK_EQ(entry->key_count, rows[i].is_slot);
        CHECK(!rows[i].is_slot || entry->keys[0].w[0] == 5);
    }
}

/* Operands that are not there are not looked at. */
static void lists_nothing_for_an_empty_stack(void)
{
    static const char *const codes[] = {"SLOAD",  "SSTORE",     "BALANCE",     "EXTCODECOPY",
                                        "1 CALL", "STATICCALL", "SELFDESTRUCT"};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        begin();
        request.options.wants_access_lists = true;
        (void)add_contract(CONTRACT, "%s", codes[i]);
        (void)add_call(ALICE, CONTRACT, 0);
        CHECK_EQ(run(), OK);
        CHECK_EQ(result.txs[0].halt, EVM_STACK_UNDERFLOW);
        CHECK_EQ(result.txs[0].access_list_count, 0);
    }
}

static void traces_instructions(void)
{
    begin();
    request.options.trace_steps_max = 100;
    (void)add_contract(CONTRACT, "0 0 0 0 0x1001 10000 DELEGATECALL POP 7 0 MSTORE8");
    (void)add_contract(CONTRACT + 1, "1 2 JUMP");
    (void)add_call(ALICE, CONTRACT, 0);
    (void)add_call(ALICE, BOB, 0);
    CHECK_EQ(run(), OK);
    const struct trace_record *step = result.txs[0].trace;
    static const struct {
        uint64_t pc;
        uint8_t opcode;
        unsigned depth;
        size_t stack_count;
    } expected[] = {
        {0, OP_PUSH1, 1, 0},         {2, OP_PUSH1, 1, 1},    {4, OP_PUSH1, 1, 2},
        {6, OP_PUSH1, 1, 3},         {8, OP_PUSH2, 1, 4},    {11, OP_PUSH2, 1, 5},
        {14, OP_DELEGATECALL, 1, 6}, {0, OP_PUSH1, 2, 0},    {2, OP_PUSH1, 2, 1},
        {4, OP_JUMP, 2, 2},          {15, OP_POP, 1, 1},     {16, OP_PUSH1, 1, 0},
        {18, OP_PUSH1, 1, 1},        {20, OP_MSTORE8, 1, 2}, {21, OP_STOP, 1, 0},
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        CHECK(step != NULL);
        CHECK_EQ(step->pc, expected[i].pc);
        CHECK_EQ(step->opcode, expected[i].opcode);
        CHECK_EQ(step->depth, expected[i].depth);
        CHECK_EQ(step->stack_count, expected[i].stack_count);
        CHECK_EQ(step->error, expected[i].opcode == OP_JUMP ? EVM_INVALID_JUMP_DEST : EVM_SUCCESS);
        if (step->opcode == OP_PUSH1 || step->opcode == OP_PUSH2) {
            CHECK_EQ(step->gas_cost, 3);
        } else if (step->opcode == OP_DELEGATECALL) {
            CHECK_EQ(step->gas_cost, 2600 + 10000);
            CHECK_EQ(step->stack[5].w[0], 10000);
        } else if (step->opcode == OP_MSTORE8) {
            CHECK_EQ(step->gas_cost, 6);
            CHECK_EQ(step->memory_len, 0);
        } else if (step->opcode == OP_STOP) {
            CHECK_EQ(step->memory_len, 32);
        }
        step = step->next;
    }
    CHECK(step == NULL && !result.txs[0].is_trace_cut);
    CHECK(result.txs[1].trace == NULL);

    /* A trace that is cut changes nothing else. */
    uint64_t gas_used = result.txs[0].gas_used;
    request.options.trace_steps_max = 8;
    CHECK_EQ(run(), OK);
    CHECK(result.txs[0].is_trace_cut);
    CHECK_EQ(result.txs[0].gas_used, gas_used);
    size_t count = 0;
    for (step = result.txs[0].trace; step != NULL; step = step->next) {
        count++;
        CHECK(step->opcode != OP_PUSH1 || step->gas_cost == 3);
    }
    CHECK_EQ(count, 8);
}

/* last_step gives the last step of a transaction's trace. */
static const struct trace_record *last_step(size_t index)
{
    const struct trace_record *step = result.txs[index].trace;
    while (step != NULL && step->next != NULL) {
        step = step->next;
    }
    return step;
}

static void traces_costs_and_refunds(void)
{
    begin();
    request.options.trace_steps_max = 100;
    struct plain_account *contract = add_contract(CONTRACT, "0 1 SSTORE");
    contract->storage = SLOTS({1, 5});
    contract->storage_count = 1;
    (void)add_contract(CONTRACT + 1, "ADD");
    (void)add_contract(CONTRACT + 2, "0 0 0 0 0x1003 5000 STATICCALL");
    (void)add_contract(CONTRACT + 3, "1 2 0 0 REVERT");
    for (uint64_t i = 0; i < 3; i++) {
        struct sim_tx *tx = add_call(ALICE, CONTRACT + i, 0);
        tx->has_gas = true;
        tx->call.gas_limit = 100000;
    }
    CHECK_EQ(run(), OK);
    const struct trace_record *step = result.txs[0].trace;
    CHECK_EQ(step->refund, 0);
    CHECK_EQ(step->next->next->opcode, OP_SSTORE);
    CHECK_EQ(step->next->next->refund, 4800); /* after it */
    step = result.txs[1].trace;
    CHECK_EQ(step->error, EVM_STACK_UNDERFLOW);
    CHECK_EQ(step->gas_cost, 3); /* its price, though it was never paid */
    for (step = result.txs[2].trace; step->opcode != OP_STATICCALL; step = step->next) {
    }
    CHECK_EQ(step->gas_cost, 2600 + 5000); /* with what it passed on, and mostly got back */
    CHECK_EQ(last_step(2)->opcode, OP_STOP);
    for (; step->opcode != OP_REVERT; step = step->next) {
    }
    CHECK_EQ(step->error, EVM_REVERT);
    CHECK_EQ(step->depth, 2);
}

/* A stack that is deep at every step uses up the room for items before that for steps. */
static void bounds_the_stacks_of_a_trace(void)
{
    begin();
    request.options.trace_steps_max = 10000;
    (void)add_contract(CONTRACT, "1000 loop: DUP1 1 SWAP1 SUB DUP1 @loop JUMPI");
    (void)add_call(ALICE, CONTRACT, 0);
    CHECK_EQ(run(), OK);
    CHECK(result.txs[0].is_trace_cut);
    size_t words = 0;
    for (const struct trace_record *s = result.txs[0].trace; s != NULL; s = s->next) {
        words += s->stack_count;
    }
    CHECK(words <= 200000 && words > 200000 - 1024);

    /* And then nothing more is kept, however little: a trace has no holes. */
    (void)add_contract(CONTRACT + 1, "STOP");
    (void)add_call(ALICE, CONTRACT + 1, 0);
    CHECK_EQ(run(), OK);
    CHECK(result.txs[1].trace == NULL && result.txs[1].is_trace_cut);
}

/* ---- proved states --------------------------------------------------------------------------- */

static struct bytes nodes[NODES_MAX];
static struct bytes codes[ACCOUNTS_MAX];

/* prove makes the request's plain accounts a witness of all their nodes and codes. */
static void prove(void)
{
    struct db_memory memory;
    struct db_trie db;
    size_t code_count = 0;
    size_t node_count = 0;
    enum err e = db_memory_init(&memory, &arena, &sim.key);
    ASSERT(e == OK);
    for (size_t i = 0; i < request.pre.account_count; i++) {
        const struct plain_account *from = &accounts[i];
        struct db_memory_account *to;
        e = db_memory_put_account(&memory, &to, &from->address, &from->balance, from->nonce,
                                  from->code);
        ASSERT(e == OK);
        for (size_t s = 0; s < from->storage_count; s++) {
            e = db_memory_put_storage(&memory, to, &from->storage[s].slot, &from->storage[s].value);
            ASSERT(e == OK);
        }
        if (from->code.len != 0) {
            codes[code_count++] = from->code;
        }
    }
    e = db_trie_init(&db, &arena, &sim.key);
    ASSERT(e == OK);
    e = db_trie_load(&db, &memory);
    ASSERT(e == OK);
    request.pre = (struct pre_state){.has_root = true};
    e = db_trie_root(&db, &request.pre.root);
    ASSERT(e == OK);
    e = db_trie_forget(&db);
    ASSERT(e == OK);
    for (const struct preimage *p = db.nodes.first; p != NULL; p = p->next) {
        ASSERT(node_count < NODES_MAX);
        nodes[node_count++] = p->bytes;
    }
    request.pre.nodes = (struct bytes_list){nodes, node_count};
    request.pre.codes = (struct bytes_list){codes, code_count};
}

/* ask_for_much makes a request that reads and changes accounts, slots and codes, and removes some.
 */
static void ask_for_much(void)
{
    begin();
    request.options.wants_post_root = true;
    (void)add_account(ALICE, 1000, bytes_from(NULL, 0));
    (void)add_account(BOB, 5, bytes_from(NULL, 0));
    struct plain_account *contract =
        add_contract(CONTRACT, "1 SLOAD 1 ADD 1 SSTORE 0 2 SSTORE 99 SLOAD POP 0xdead BALANCE POP "
                               "0 0 0 0 0 0x1001 GAS CALL POP " COUNTER);
    contract->storage = SLOTS({1, 5}, {2, 6}, {3, 7}, {4, 8}, {5, 9}, {6, 10});
    contract->storage_count = 6;
    contract = add_contract(CONTRACT + 1, "0 1 SSTORE");
    contract->storage = SLOTS({1, 1}, {2, 2});
    contract->storage_count = 2;
    for (uint64_t i = 0; i < 4; i++) {
        (void)add_account(0x5000 + i, 1 + i, bytes_from(NULL, 0));
    }
    (void)add_call(ALICE, CONTRACT, 4);
    (void)add_call(BOB, CONTRACT, 5);
    (void)add_creation(ALICE, assemble(&arena, "1 1 SSTORE 0xfe 0 MSTORE8 1 0 RETURN"));
}

static struct hash32 result_digest(void)
{
    struct hash32 digest;
    enum err e = digest_result(&digest, &sim.arena, &request, &result);
    ASSERT(e == OK);
    return digest;
}

static void proved_states_give_what_plain_ones_give(void)
{
    ask_for_much();
    CHECK_EQ(run(), OK);
    CHECK(result.has_post_root);
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ(result.txs[i].status, SIM_SUCCESS);
    }
    struct hash32 plain = result_digest();
    struct hash32 root = result.pre_root;
    prove();
    CHECK(hash32_equal(&request.pre.root, &root));
    CHECK_EQ(run(), OK);
    struct hash32 proved = result_digest();
    CHECK_BYTES(plain.b, proved.b, 32);
    /* The root of the plain accounts may be named, too. */
    ask_for_much();
    request.pre.has_root = true;
    request.pre.root = root;
    CHECK_EQ(run(), OK);
    request.pre.root.b[0] ^= 1;
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("stateRoot"));
}

/* Each node or code that is left out is either of no use, or missed by name; never does the result
 * change. */
static void what_is_missing_is_never_zero(void)
{
    size_t needed = 0;
    size_t rootless = 0;
    ask_for_much();
    prove();
    size_t node_count = request.pre.nodes.count;
    size_t code_count = request.pre.codes.count;
    CHECK_EQ(run(), OK);
    struct hash32 digest = result_digest();
    for (size_t i = 0; i < node_count + code_count && !test_failed(); i++) {
        struct bytes *left_out = i < node_count ? &nodes[i] : &codes[i - node_count];
        struct bytes kept = *left_out;
        *left_out = bytes_from("\x80", 1);
        sim_reset(&sim);
        enum err e = run();
        if (e == OK && result.has_post_root) {
            struct hash32 got = result_digest();
            CHECK_BYTES(got.b, digest.b, 32);
        } else if (e == OK) {
            rootless++;
            CHECK(strstr(result.post_root_missing.text, "0x") != NULL);
        } else {
            needed++;
            CHECK_EQ(e, ERR_STATE_MISSING);
            CHECK(failure.missing.kind != DB_MISSING_NOTHING);
            CHECK_EQ(failure.missing.kind == DB_MISSING_CODE, i >= node_count);
            CHECK(says("transactions["));
        }
        *left_out = kept;
    }
    CHECK(needed >= 8);
    CHECK(rootless >= 1);
}

/* A contract with storage that nobody shows destroys itself, and comes back with other storage: what
 * its slots were is not known, and not needed but for saying so. */
static void says_where_nobody_knows(void)
{
    begin();
    set_fork("Shanghai");
    struct bytes initcode = assemble(&arena, "7 9 SSTORE 7 10 SSTORE 0 10 SSTORE");
    struct hash32 hash;
    struct u256 salt = u256_from_u64(0);
    struct address factory = test_address(CONTRACT);
    keccak256(&hash, initcode.ptr, initcode.len);
    /* The bytes of initcode at the right end of the first word. */
    CHECK_EQ(initcode.len, 15);
    (void)add_contract(CONTRACT, "0x60076009556007600a556000600a55 0 MSTORE 0 15 17 0 CREATE2");
    struct plain_account *contract = add_contract(0, "CALLER SELFDESTRUCT");
    contract->address = evm_create2_address(&factory, &salt, &hash);
    contract->storage = SLOTS({9, 1}, {10, 2});
    contract->storage_count = 2;
    add_call(ALICE, 0, 0)->call.to = contract->address;
    (void)add_call(ALICE, CONTRACT, 0);
    struct address address = contract->address;
    prove();
    size_t unknown = 0;
    for (size_t i = 0; i < request.pre.nodes.count; i++) {
        struct bytes kept = nodes[i];
        nodes[i] = bytes_from("\x80", 1);
        if (run() == OK) {
            CHECK_EQ(result.txs[1].status, SIM_SUCCESS);
            size_t at = 0;
            while (!address_equal(&result.diff.accounts[at].address, &address)) {
                at++;
            }
            const struct account_diff *diff = &result.diff.accounts[at];
            CHECK(diff->is_storage_cleared);
            CHECK_EQ(diff->slot_count, 2);
            for (size_t s = 0; s < 2; s++) {
                CHECK_EQ(diff->slots[s].post.w[0], s == 0 ? 7 : 0);
                CHECK(!diff->slots[s].knows_pre || diff->slots[s].pre.w[0] == 1 + s);
                unknown += !diff->slots[s].knows_pre;
            }
        }
        nodes[i] = kept;
    }
    CHECK_EQ(unknown, 4); /* both without its storage's root, each without its leaf */
}

/* ---- proofs ---------------------------------------------------------------------------------- */

struct proof_nodes {
    struct bytes *items;
    size_t count;
};

static enum err collect_node(void *context, const struct hash32 *hash, struct bytes node)
{
    struct proof_nodes *list = context;
    (void)hash;
    uint8_t *copy = ARENA_NEW(&arena, uint8_t, node.len);
    ASSERT(list->count < 16 && copy != NULL);
    bytes_copy(copy, node.ptr, node.len);
    list->items[list->count++] = bytes_from(copy, node.len);
    return OK;
}

/* prove_key gives the nodes on the way to a key. */
static struct proof_nodes prove_key(struct mpt *trie, const struct hash32 *key)
{
    struct proof_nodes list = {ARENA_NEW(&arena, struct bytes, 16), 0};
    enum err e = mpt_prove(trie, bytes_from(key->b, 32), collect_node, &list);
    ASSERT(e == OK);
    return list;
}

/* prove_accounts makes the request's plain accounts proofs, as eth_getProof gives them, of every
 * account and slot, and of one account and one slot of each that are not there. */
static void prove_accounts(void)
{
    static struct account_proof proofs[ACCOUNTS_MAX + 1];
    struct mpt state;
    struct mpt storages[ACCOUNTS_MAX];
    size_t count = request.pre.account_count;
    size_t code_count = 0;
    mpt_init(&state, &arena);
    memset(proofs, 0, sizeof(proofs));
    for (size_t i = 0; i < count; i++) {
        const struct plain_account *from = &accounts[i];
        uint8_t buffer[LEAF_ACCOUNT_MAX];
        struct leaf_account leaf = {.nonce = from->nonce, .balance = from->balance};
        mpt_init(&storages[i], &arena);
        for (size_t s = 0; s < from->storage_count; s++) {
            struct hash32 key = leaf_slot_key(&from->storage[s].slot);
            enum err e = mpt_put(&storages[i], bytes_from(key.b, 32),
                                 leaf_slot_encode(buffer, &from->storage[s].value));
            ASSERT(e == OK);
        }
        enum err e = mpt_root(&storages[i], &leaf.storage_root);
        ASSERT(e == OK);
        keccak256(&leaf.code_hash, from->code.ptr, from->code.len);
        struct hash32 key = leaf_account_key(&from->address);
        e = mpt_put(&state, bytes_from(key.b, 32), leaf_account_encode(buffer, &leaf));
        ASSERT(e == OK);
        proofs[i] = (struct account_proof){.address = from->address,
                                           .nonce = leaf.nonce,
                                           .balance = leaf.balance,
                                           .storage_root = leaf.storage_root,
                                           .code_hash = leaf.code_hash};
        if (from->code.len != 0) {
            codes[code_count++] = from->code;
        }
    }
    proofs[count] = (struct account_proof){.address = test_address(0xdead),
                                           .storage_root = MPT_EMPTY_ROOT,
                                           .code_hash = EMPTY_CODE_HASH};
    for (size_t i = 0; i <= count; i++) {
        struct hash32 key = leaf_account_key(&proofs[i].address);
        struct proof_nodes list = prove_key(&state, &key);
        proofs[i].nodes = list.items;
        proofs[i].node_count = list.count;
    }
    for (size_t i = 0; i < count; i++) {
        size_t slot_count = accounts[i].storage_count + 1;
        struct slot_proof *slots = ARENA_NEW(&arena, struct slot_proof, slot_count);
        for (size_t s = 0; s < slot_count; s++) {
            struct storage_value absent = {u256_from_u64(99), u256_from_u64(0)};
            const struct storage_value *from =
                s + 1 < slot_count ? &accounts[i].storage[s] : &absent;
            struct hash32 key = leaf_slot_key(&from->slot);
            struct proof_nodes list = prove_key(&storages[i], &key);
            slots[s] = (struct slot_proof){from->slot, from->value, list.items, list.count};
        }
        proofs[i].slots = slots;
        proofs[i].slot_count = slot_count;
    }
    request.pre = (struct pre_state){
        .has_root = true, .proofs = proofs, .proof_count = count + 1, .codes = {codes, code_count}};
    enum err e = mpt_root(&state, &request.pre.root);
    ASSERT(e == OK);
}

static void proofs_give_what_plain_accounts_give(void)
{
    begin();
    (void)add_account(ALICE, 1000, bytes_from(NULL, 0));
    struct plain_account *contract =
        add_contract(CONTRACT, "1 SLOAD 99 SLOAD ADD 2 SSTORE 0xdead BALANCE 3 SSTORE");
    contract->storage = SLOTS({1, 5}, {2, 6}, {3, 7});
    contract->storage_count = 3;
    (void)add_call(ALICE, CONTRACT, 10);
    CHECK_EQ(run(), OK);
    CHECK_EQ(result.txs[0].status, SIM_SUCCESS);
    struct hash32 plain = result_digest();
    prove_accounts();
    CHECK_EQ(run(), OK);
    struct hash32 proved = result_digest();
    CHECK_BYTES(plain.b, proved.b, 32);

    /* A claim that is not what is proven, and a node that is not what it was. */
    struct account_proof *proofs = ARENA_NEW(&arena, struct account_proof, 3);
    memcpy(proofs, request.pre.proofs, 3 * sizeof(*proofs));
    request.pre.proofs = proofs;
    proofs[1].nonce++;
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("proofs[1]") && says("1000") && says("nonce"));
    proofs[1].nonce--;
    proofs[1].slot_count = 2;
    CHECK_EQ(run(), ERR_STATE_MISSING);
    CHECK_EQ(failure.missing.kind, DB_MISSING_SLOT);
    proofs[1].slot_count = 4;
    struct bytes node = proofs[1].slots[1].nodes[0];
    uint8_t *bytes = ARENA_NEW(&arena, uint8_t, node.len);
    bytes_copy(bytes, node.ptr, node.len);
    bytes[node.len - 2] ^= 1;
    const struct bytes changed[] = {{bytes, node.len}};
    struct slot_proof slots[4];
    memcpy(slots, proofs[1].slots, sizeof(slots));
    slots[1].nodes = changed;
    slots[1].node_count = 1;
    proofs[1].slots = slots;
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("proofs[1]"));
    request.pre.proofs = NULL;
    request.pre.proof_count = 0;
}

static void names_what_is_missing(void)
{
    begin();
    struct plain_account *contract = add_contract(CONTRACT, "77 SLOAD");
    contract->storage = SLOTS({1, 5}, {2, 6}, {3, 7});
    contract->storage_count = 3;
    (void)add_account(ALICE, 1, bytes_from(NULL, 0));
    (void)add_call(ALICE, CONTRACT, 0);
    (void)add_call(ALICE, CONTRACT, 0);
    prove();
    request.pre.codes.count = 0;
    CHECK_EQ(run(), ERR_STATE_MISSING);
    CHECK_EQ(failure.missing.kind, DB_MISSING_CODE);
    struct hash32 hash;
    keccak256(&hash, codes[0].ptr, codes[0].len);
    CHECK(hash32_equal(&failure.missing.hash, &hash));
    CHECK_EQ(failure.tx_index, 0);

    request.pre.codes.count = 1;
    CHECK_EQ(run(), OK);
    /* Without the storage root's node the first SLOAD fails; the root is the longest node. */
    size_t dropped = 0;
    for (size_t i = 0; i < request.pre.nodes.count; i++) {
        struct bytes kept = nodes[i];
        nodes[i] = bytes_from("\x80", 1);
        if (run() == ERR_STATE_MISSING && failure.missing.kind == DB_MISSING_SLOT) {
            struct address address = test_address(CONTRACT);
            CHECK(address_equal(&failure.missing.address, &address));
            CHECK_EQ(failure.missing.slot.w[0], 77);
            CHECK(says("0x4d") && says("1000"));
            dropped++;
        }
        nodes[i] = kept;
    }
    CHECK(dropped > 0);

    request.pre.nodes.count = 0;
    CHECK_EQ(run(), ERR_STATE_MISSING);
    CHECK_EQ(failure.missing.kind, DB_MISSING_ACCOUNT);
    CHECK(says("transactions[0]: account 0x"));

    request.pre.has_root = false;
    CHECK_EQ(run(), ERR_STATE_MISSING);
    CHECK_EQ(failure.tx_index, SIM_NO_TX);
    CHECK(says("no state root"));
}

static void headers_bind_the_state(void)
{
    begin();
    (void)add_account(ALICE, 100, bytes_from(NULL, 0));
    (void)add_call(ALICE, BOB, 1);
    prove();
    struct header header = prague_header(22700000);
    header.state_root = request.pre.root;
    request.pre.has_root = false;
    request.pre.header = header_bytes(&header);
    CHECK_EQ(run(), OK);
    struct hash32 hash = header_hash(&header);
    CHECK(result.has_block_hash && hash32_equal(&result.block_hash, &hash));
    CHECK(hash32_equal(&result.pre_root, &header.state_root));
    request.pre.has_block_hash = true;
    request.pre.block_hash = hash;
    CHECK_EQ(run(), OK);
    request.pre.has_root = true;
    request.pre.root = header.state_root;
    CHECK_EQ(run(), OK);

    request.pre.root.b[5] ^= 1;
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("stateRoot"));
    request.pre.has_root = false;
    request.pre.block_hash.b[5] ^= 1;
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("blockHash"));
    request.pre.header = bytes_from(NULL, 0);
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("without a header"));

    request.pre.is_plain = true;
    request.pre.header = header_bytes(&header);
    request.pre.block_hash = hash;
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("accounts"));
}

static void refuses_accounts_twice(void)
{
    begin();
    (void)add_account(ALICE, 100, bytes_from(NULL, 0));
    (void)add_account(ALICE, 100, bytes_from(NULL, 0));
    CHECK_EQ(run(), ERR_MALFORMED);
    CHECK(says("accounts"));
}

/* ---- digests --------------------------------------------------------------------------------- */

/* The digest depends on every field that the result has. */
static void digests_cover_the_result(void)
{
    ask_for_much();
    request.options.wants_access_lists = true;
    CHECK_EQ(run(), OK);
    struct hash32 digest = result_digest();
    struct sim_result saved = result;
    struct sim_tx_result tx = result.txs[0];
    struct account_diff account = *diff_of(CONTRACT);
    struct slot_diff slot = account.slots[0];
    struct log_entry log = tx.logs[0];
    struct access_list_entry access = tx.access_list[0];
    struct sim_tx_result *txs_copy = ARENA_NEW(&arena, struct sim_tx_result, result.tx_count);
    memcpy(txs_copy, result.txs, result.tx_count * sizeof(*txs_copy));
    struct account_diff *diffs = ARENA_NEW(&arena, struct account_diff, result.diff.count);
    memcpy(diffs, result.diff.accounts, result.diff.count * sizeof(*diffs));
    size_t at = (size_t)(diff_of(CONTRACT) - result.diff.accounts);
    struct slot_diff slots[16];
    CHECK(account.slot_count <= 16);
    memcpy(slots, account.slots, account.slot_count * sizeof(slots[0]));
    struct log_entry logs[1] = {log};
    CHECK_EQ(tx.log_count, 1);
    struct access_list_entry *list =
        ARENA_NEW(&arena, struct access_list_entry, tx.access_list_count);
    memcpy(list, tx.access_list, tx.access_list_count * sizeof(*list));
    txs_copy[0].logs = logs;
    txs_copy[0].access_list = list;
    diffs[at].slots = slots;
    result.txs = txs_copy;
    result.diff.accounts = diffs;
    struct hash32 same = result_digest();
    CHECK_BYTES(same.b, digest.b, 32);

#define DIFFERS(field, change)                                       \
    do {                                                             \
        struct sim_result before = result;                           \
        struct sim_tx_result tx_before = txs_copy[0];                \
        struct account_diff diff_before = diffs[at];                 \
        change;                                                      \
        struct hash32 other = result_digest();                       \
        if (hash32_equal(&other, &digest)) {                         \
            test_fail(__FILE__, __LINE__, "not covered: %s", field); \
            return;                                                  \
        }                                                            \
        result = before;                                             \
        txs_copy[0] = tx_before;                                     \
        diffs[at] = diff_before;                                     \
        slots[0] = slot;                                             \
        logs[0] = log;                                               \
        list[0] = access;                                            \
    } while (0)
    DIFFERS("chain id", result.block.chain_id++);
    DIFFERS("fork", result.fork_name = "Osaka");
    DIFFERS("pre root", result.pre_root.b[31] ^= 1);
    DIFFERS("block hash", result.has_block_hash = true);
    DIFFERS("number", result.block.number++);
    DIFFERS("time", result.block.timestamp++);
    DIFFERS("gas limit", result.block.gas_limit++);
    DIFFERS("beneficiary", result.block.beneficiary.b[0]++);
    DIFFERS("prev_randao", result.block.prev_randao.w[3]++);
    DIFFERS("base fee", result.block.base_fee_per_gas.w[0]++);
    DIFFERS("blob base fee", result.block.blob_base_fee.w[0]++);
    DIFFERS("gas used", result.gas_used++);
    DIFFERS("transactions", result.tx_count--);
    DIFFERS("post root", result.post_root.b[0] ^= 1);
    DIFFERS("no post root", result.has_post_root = false);
    DIFFERS("status", txs_copy[0].status = SIM_REVERT);
    DIFFERS("halt", (txs_copy[0].status = SIM_HALT, txs_copy[0].halt = EVM_OUT_OF_GAS));
    DIFFERS("sender", txs_copy[0].sender.b[19]++);
    DIFFERS("no sender", txs_copy[0].has_sender = false);
    DIFFERS("gas of one", txs_copy[0].gas_used++);
    DIFFERS("refund", txs_copy[0].gas_refunded++);
    DIFFERS("output", txs_copy[0].output.len--);
    DIFFERS("created", txs_copy[0].is_created = true);
    DIFFERS("logs", txs_copy[0].log_count = 0);
    DIFFERS("log address", logs[0].address.b[0]++);
    DIFFERS("log topics", logs[0].topic_count = 0);
    DIFFERS("log topic", logs[0].topics[0].w[2]++);
    DIFFERS("log data", logs[0].data.len--);
    DIFFERS("accesses", txs_copy[0].access_list_count--);
    DIFFERS("access", list[0].address.b[0]++);
    DIFFERS("access keys", list[0].key_count--);
    DIFFERS("diff", result.diff.count--);
    DIFFERS("diff address", diffs[at].address.b[0]++);
    DIFFERS("existed", diffs[at].pre_exists = false);
    DIFFERS("exists", diffs[at].post_exists = false);
    DIFFERS("nonce before", diffs[at].pre_nonce++);
    DIFFERS("nonce", diffs[at].post_nonce++);
    DIFFERS("balance before", diffs[at].pre_balance.w[1]++);
    DIFFERS("balance", diffs[at].post_balance.w[1]++);
    DIFFERS("code", diffs[at].is_code_changed = true);
    DIFFERS("cleared", diffs[at].is_storage_cleared = true);
    DIFFERS("slots", diffs[at].slot_count--);
    DIFFERS("slot", slots[0].key.w[3]++);
    DIFFERS("slot before", slots[0].pre.w[3]++);
    DIFFERS("slot unknown", slots[0].knows_pre = false);
    DIFFERS("slot after", slots[0].post.w[3]++);
#undef DIFFERS
    result = saved;
}

/* Where the maps put things is chosen at random for each process; results must not show it. */
static void results_do_not_depend_on_the_seed(void)
{
    ask_for_much();
    request.options.wants_access_lists = true;
    CHECK_EQ(run(), OK);
    struct hash32 digest = result_digest();
    for (int i = 0; i < 20; i++) {
        uint8_t seed[32];
        test_random_bytes(seed, sizeof(seed));
        sim_reset(&sim);
        struct map_key kept = sim.key;
        sim.key = map_key_from(seed);
        enum err e = run();
        struct hash32 other = result_digest();
        sim.key = kept;
        CHECK_EQ(e, OK);
        CHECK_BYTES(other.b, digest.b, 32);
    }
}

static void statements_cover_their_fields(void)
{
    struct digest_statement statement = {.chain_id = 1};
    struct hash32 hash = digest_statement_hash(&statement);
    uint8_t *const fields[] = {
        (uint8_t *)&statement.chain_id, statement.request.b, statement.pre_root.b,
        statement.block_hash.b,         statement.result.b,  statement.pcr0};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        fields[i][0] ^= 1;
        struct hash32 other = digest_statement_hash(&statement);
        CHECK(!hash32_equal(&other, &hash));
        fields[i][0] ^= 1;
    }
}

/* ---- running out ----------------------------------------------------------------------------- */

/* Whatever is left of the arena when a simulation begins, it ends well or says that memory ran out,
 * and the next one is none the worse. */
static void every_lack_of_memory_is_an_error(void)
{
    size_t failed = 0;
    ask_for_much();
    request.options.wants_access_lists = true;
    request.options.trace_steps_max = 50;
    CHECK_EQ(run(), OK);
    struct hash32 digest = result_digest();
    size_t needed = sim.arena.used;
    sim_reset(&sim);
    size_t cap = sim.arena.cap;
    size_t last_failed_tx = 0;
    for (size_t left = 0; left < needed + 65536 && !test_failed(); left += 97) {
        sim.arena.cap = left;
        enum err e = run();
        sim.arena.cap = cap;
        if (e == OK) {
            struct hash32 got = result_digest();
            CHECK_BYTES(got.b, digest.b, 32);
        } else {
            CHECK_EQ(e, ERR_MEMORY);
            CHECK(failure.detail.text[0] != '\0');
            last_failed_tx = failure.tx_index;
            failed++;
        }
        CHECK(sim.evm.state == NULL && sim.evm.tracer == NULL);
        sim_reset(&sim);
    }
    CHECK(failed > 500);
    CHECK_EQ(last_failed_tx, SIM_NO_TX); /* what is done last is about none */
}

/* A trace that outgrows memory is an error, not a shorter trace. */
static void traces_that_do_not_fit_are_errors(void)
{
    begin();
    request.options.trace_steps_max = 10000;
    (void)add_contract(CONTRACT, "2000 loop: 1 SWAP1 SUB DUP1 @loop JUMPI");
    (void)add_call(ALICE, CONTRACT, 0);
    CHECK_EQ(run(), OK);
    size_t needed = sim.arena.used;
    size_t cap = sim.arena.cap;
    sim_reset(&sim);
    sim.arena.cap = needed / 2;
    enum err e = run();
    sim.arena.cap = cap;
    CHECK_EQ(e, ERR_MEMORY);
    CHECK_EQ(failure.tx_index, 0);
}

static const struct test_case cases[] = {
    CASE(transfers_value),
    CASE(shares_state_between_transactions),
    CASE(failures_leave_the_state),
    CASE(refused_transactions_change_nothing),
    CASE(calls_are_not_validated),
    CASE(runs_signed_transactions),
    CASE(checks_chain_ids_of_calls),
    CASE(creates_contracts),
    CASE(shares_gas),
    CASE(shares_blobs),
    CASE(defaults_follow_the_header),
    CASE(chooses_rules_without_a_header),
    CASE(chooses_rules_of_other_chains),
    CASE(refuses_fields_that_the_fork_lacks),
    CASE(refuses_a_header_at_the_end_of_time),
    CASE(makes_system_calls),
    CASE(headers_give_block_hashes),
    CASE(headers_must_be_a_chain),
    CASE(the_window_of_block_hashes_does_not_wrap),
    CASE(overrides_accounts),
    CASE(diffs_slots_that_were_overridden),
    CASE(overridden_accounts_live_and_die),
    CASE(refuses_overriding_twice),
    CASE(diffs_destroyed_accounts),
    CASE(diffs_nothing_of_what_came_and_went),
    CASE(diffs_nothing_that_was_put_back),
    CASE(diffs_mere_existence),
    CASE(lists_what_was_accessed),
    CASE(lists_what_each_instruction_accesses),
    CASE(lists_nothing_for_an_empty_stack),
    CASE(traces_instructions),
    CASE(traces_costs_and_refunds),
    CASE(bounds_the_stacks_of_a_trace),
    CASE(proved_states_give_what_plain_ones_give),
    CASE(what_is_missing_is_never_zero),
    CASE(says_where_nobody_knows),
    CASE(proofs_give_what_plain_accounts_give),
    CASE(names_what_is_missing),
    CASE(headers_bind_the_state),
    CASE(refuses_accounts_twice),
    CASE(digests_cover_the_result),
    CASE(results_do_not_depend_on_the_seed),
    CASE(statements_cover_their_fields),
    CASE(traces_that_do_not_fit_are_errors),
    CASE(every_lack_of_memory_is_an_error),
};

TEST_MAIN(cases)
