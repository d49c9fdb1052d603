/* Blocks, in small chains that are made here (tests/toy_chain.h): valid ones of every fork; then each
 * thing that a header commits to changed in turn, each transaction that is not valid, and what a
 * block does to the state without a transaction, in numbers worked out from the EIPs. */

#include "exec/block.h"

#include "tests/evm_fixture.h"
#include "tests/toy_chain.h"

#define ETHER UINT64_C(1000000000000000000)
#define GWEI  UINT64_C(1000000000)

static struct toy_chain c;

/* ---- helpers --------------------------------------------------------------------------------- */

static struct block_verdict verdict_of(size_t parent, const struct block *block)
{
    struct block_verdict verdict = toy_try(&c, parent, block, NULL);
    arena_reset(&c.scratch);
    return verdict;
}

/* check_verdict: a block gets this verdict, which is about no transaction. */
static void check_verdict(int line, size_t parent, const struct block *block,
                          enum block_status wanted)
{
    const struct block_verdict got = verdict_of(parent, block);
    if (got.status != wanted || got.tx_index != BLOCK_NO_TX || got.tx_status != TX_OK) {
        test_fail(__FILE__, line, "%s, transaction %zu %s; wanted %s",
                  block_status_name(got.status), got.tx_index, tx_status_name(got.tx_status),
                  block_status_name(wanted));
    }
}

#define VERDICT(parent, block, wanted) check_verdict(__LINE__, (parent), (block), (wanted))

/* check_refused: a block is not valid, because of its transaction `index`. */
static void check_refused(int line, size_t parent, const struct block *block, size_t index,
                          enum tx_status wanted)
{
    const struct block_verdict got = verdict_of(parent, block);
    if (got.status != BLOCK_INVALID_TRANSACTION || got.tx_index != index ||
        got.tx_status != wanted) {
        test_fail(__FILE__, line, "%s, transaction %zu %s; wanted %zu %s",
                  block_status_name(got.status), got.tx_index, tx_status_name(got.tx_status), index,
                  tx_status_name(wanted));
    }
}

#define REFUSED(parent, block, index, wanted) \
    check_refused(__LINE__, (parent), (block), (index), (wanted))

/* with_txs gives a sealed block with other transactions, and a header that knows. */
static struct block with_txs(size_t sealed, const struct bytes *txs, size_t count)
{
    struct block block = c.blocks[sealed].block;
    block.txs = txs;
    block.tx_count = count;
    toy_relist(&c, &block);
    return block;
}

/* After toy_try, until the scratch arena is reset: what the state has. */
static const struct account *account_at(const struct address *address)
{
    struct account *account;
    enum err e = state_account(c.evm.state, &account, address);
    ASSERT(e == OK);
    return account;
}

static uint64_t wei_at(const struct address *address)
{
    const struct account *account = account_at(address);
    ASSERT(u256_fits_u64(&account->balance));
    return account->balance.w[0];
}

static struct hash32 slot_at(const struct address *address, uint64_t key)
{
    const struct u256 wide_key = u256_from_u64(key);
    struct account *account;
    struct slot *slot;
    struct hash32 out;
    enum err e = state_account(c.evm.state, &account, address);
    ASSERT(e == OK);
    e = state_slot(c.evm.state, &slot, account, &wide_key);
    ASSERT(e == OK);
    e = state_slot_load(c.evm.state, slot);
    ASSERT(e == OK);
    u256_store_be(out.b, &slot->value);
    return out;
}

static struct address contract(uint64_t number)
{
    return toy_address(number);
}

/* ---- valid blocks ---------------------------------------------------------------------------- */

/* seal_busy makes a block in which much happens: a transfer, a store, a log, a failure, and what
 * else the fork has; `round` counts such blocks from 0. */
static size_t seal_busy(size_t parent, uint64_t round)
{
    const struct chain_rules rules =
        toy_rules(&c, parent, round + 1, TOY_TIMESTAMP + TOY_SECONDS * (round + 1));
    const struct fork_rules *fork = fork_rules(rules.fork);
    const struct address payee = contract(TOY_PAYEE);
    struct bytes txs[7];
    size_t count = 0;
    txs[count++] = toy_transfer(&c, 1, 2 * round, &payee, 3 + round);
    txs[count++] = toy_call(&c, 2, 2 * round, contract(TOY_STORE), toy_words(&c, round, 7 + round));
    txs[count++] = toy_call(&c, 1, 2 * round + 1, contract(TOY_LOGGER), toy_words(&c, 1, 2));
    txs[count++] = toy_call(&c, 2, 2 * round + 1, contract(TOY_BAD), toy_words(&c, 1, 2));
    struct tx tx = toy_tx(round * (fork->eip1559 ? 2 : 1), contract(TOY_LOGGER), 0);
    if (fork->eip2930) {
        tx.type = TX_ACCESS_LIST;
        txs[count++] = toy_sign(&c, 3, &tx);
    }
    if (fork->eip1559) {
        tx.type = TX_FEE_MARKET;
        tx.nonce++;
        txs[count++] = toy_sign(&c, 3, &tx);
    }
    if (fork->eip4844) {
        txs[count++] = toy_blob_tx(&c, 4, round, 2);
    }
    const struct withdrawal withdrawals[] = {{0, 1, payee, 5}, {1, 2, contract(TOY_BAD), 0}};
    return toy_seal(&c, parent,
                    &(struct toy_draft){
                        .txs = txs,
                        .tx_count = count,
                        .withdrawals = withdrawals,
                        .withdrawal_count = fork->eip4895 ? 2 : 0,
                        .beneficiary = contract(TOY_BENEFICIARY),
                        .extra_data = bytes_from("toy", 3),
                    });
}

/* Three blocks on every upgrade: nothing is found wrong, and the result says what is in the header. */
static void valid_blocks_of_every_upgrade(void)
{
    for (int upgrade = 0; upgrade <= (int)CHAIN_BPO1 && !test_failed(); upgrade++) {
        toy_open(&c, (enum chain_upgrade)upgrade);
        toy_genesis(&c);
        size_t at = 0;
        for (uint64_t round = 0; round < 3; round++) {
            struct block_result result;
            const size_t sealed = seal_busy(at, round);
            const struct block *block = &c.blocks[sealed].block;
            const struct block_verdict verdict = toy_try(&c, at, block, &result);
            CHECK_STR(block_status_name(verdict.status), "OK");
            CHECK_EQ(verdict.tx_index, BLOCK_NO_TX);
            CHECK_EQ(verdict.tx_status, TX_OK);
            CHECK_EQ(result.gas_used, block->header.gas_used);
            CHECK_EQ(result.receipt_count, block->tx_count);
            CHECK_BYTES(result.receipts_root.b, block->header.receipts_root.b, 32);
            CHECK_BYTES(result.state_root.b, block->header.state_root.b, 32);
            CHECK(c.evm.block == NULL && c.evm.tx == NULL);
            arena_reset(&c.scratch);
            at = sealed;
        }
        toy_close(&c);
    }
}

/* What a receipt says, in numbers: a transfer is 21,000; the logger's call as much and 62 zeros and 2
 * other bytes of input (EIP-2028), which is more than EIP-7623's floor, and its instructions; a
 * failure takes the whole limit. */
static void receipts_in_numbers(void)
{
    struct block_result result;
    toy_open(&c, CHAIN_OSAKA);
    toy_genesis(&c);
    const size_t sealed = seal_busy(0, 0);
    CHECK_EQ(toy_try(&c, 0, &c.blocks[sealed].block, &result).status, BLOCK_OK);
    const struct receipt *r = result.receipts;
    CHECK_EQ(r[0].cumulative_gas_used, 21000);
    CHECK_EQ(r[0].log_count, 0);
    /* CALLDATASIZE 2, PUSH1 3, DUP1 3, CALLDATACOPY 3 + 2 words * 3 + 2 words of memory * 3,
     * PUSH1 3, CALLDATASIZE 2, PUSH1 3, LOG1 375 + 375 + 64 * 8 */
    const uint64_t logger = 2 + 3 + 3 + 3 + 6 + 6 + 3 + 2 + 3 + 375 + 375 + 512;
    CHECK_EQ(r[2].cumulative_gas_used - r[1].cumulative_gas_used, 21000 + 62 * 4 + 2 * 16 + logger);
    CHECK_EQ(r[2].log_count, 1);
    CHECK_EQ(r[2].logs[0].topics[0].w[0], TOY_TOPIC);
    CHECK_EQ(r[2].logs[0].data.len, 64);
    CHECK_EQ(r[3].cumulative_gas_used - r[2].cumulative_gas_used, 200000);
    for (size_t i = 0; i < result.receipt_count; i++) {
        CHECK(r[i].has_status);
        CHECK_EQ(r[i].is_success, i != 3);
        CHECK_EQ(r[i].type, i < 4 ? TX_LEGACY : TX_ACCESS_LIST + (int)i - 4);
    }
    CHECK_EQ(r[result.receipt_count - 1].cumulative_gas_used, result.gas_used);
    arena_reset(&c.scratch);
    toy_close(&c);
}

/* The environment, field by field. */
static void environments(void)
{
    const struct header header = {
        .number = 7,
        .timestamp = 8,
        .gas_limit = 9,
        .beneficiary = {{1, [19] = 2}},
        .difficulty = {{3, 0, 0, 4}},
        .prev_randao = {{5, [31] = 6}},
        .has_base_fee = true,
        .base_fee_per_gas = {{10, 0, 0, 0}},
        .has_blob_gas = true,
        .excess_blob_gas = UINT64_C(50) * 131072,
    };
    const struct chain_config chain = {.chain_id = 77};
    for (int upgrade = 0; upgrade <= (int)CHAIN_BPO2; upgrade++) {
        const struct blob_schedule *blobs = chain_upgrade_blobs((enum chain_upgrade)upgrade);
        struct chain_rules rules = {.fork = chain_upgrade_fork((enum chain_upgrade)upgrade)};
        const struct u256 randao = {{6, 0, 0, UINT64_C(5) << 56}};
        struct block_env env;
        if (blobs != NULL) {
            rules.blobs = *blobs;
        } else {
            rules.blobs.base_fee_update_fraction = 1;
        }
        block_env(&env, &header, &chain, &rules);
        CHECK_EQ(env.number, 7);
        CHECK_EQ(env.timestamp, 8);
        CHECK_EQ(env.gas_limit, 9);
        CHECK_EQ(env.chain_id, 77);
        CHECK_BYTES(env.beneficiary.b, header.beneficiary.b, 20);
        CHECK_EQ(env.base_fee_per_gas.w[0], 10);
        CHECK_EQ(env.max_blobs, rules.blobs.max);
        /* EIP-4399: PREVRANDAO takes the place of DIFFICULTY. */
        CHECK(u256_eq(&env.prev_randao, rules.fork >= FORK_PARIS ? &randao : &header.difficulty));
        if (blobs != NULL) {
            /* e^(6553600 / 3338477) = 7.1; / 5007716: 3.7; / 8346193: 2.19; / 11684671: 1.75 */
            static const struct {
                uint64_t max;
                uint64_t price;
            } prices[] = {{6, 7}, {9, 3}, {15, 2}, {21, 1}};
            for (size_t i = 0; i < sizeof(prices) / sizeof(prices[0]); i++) {
                CHECK(blobs->max != prices[i].max || env.blob_base_fee.w[0] == prices[i].price);
            }
        }
    }
    struct block_env env;
    const struct header old = {.number = 1, .base_fee_per_gas = {{10, 0, 0, 0}}};
    const struct chain_rules rules = {.fork = FORK_BERLIN};
    block_env(&env, &old, &chain, &rules);
    CHECK(u256_is_zero(&env.base_fee_per_gas));
    CHECK(u256_is_zero(&env.blob_base_fee));
}

/* ---- what a header commits to ---------------------------------------------------------------- */

/* CHANGED breaks the sealed block by a statement on `b` and wants a verdict. */
#define CHANGED(sealed, statement, wanted)                    \
    do {                                                      \
        struct block b = c.blocks[sealed].block;              \
        statement;                                            \
        VERDICT(c.blocks[sealed].parent, &b, BLOCK_##wanted); \
    } while (0)

static void every_commitment(void)
{
    toy_open(&c, CHAIN_OSAKA);
    toy_genesis(&c);
    const size_t one = seal_busy(0, 0);
    const size_t two = seal_busy(one, 1);
    for (unsigned bit = 0; bit < 256; bit += 51) {
        const uint8_t mask = (uint8_t)(1 << bit % 8);
        CHANGED(two, b.header.transactions_root.b[bit / 8] ^= mask, INVALID_TRANSACTIONS_ROOT);
        CHANGED(two, b.header.withdrawals_root.b[bit / 8] ^= mask, INVALID_WITHDRAWALS_ROOT);
        CHANGED(two, b.header.receipts_root.b[bit / 8] ^= mask, INVALID_RECEIPTS_ROOT);
        CHANGED(two, b.header.requests_hash.b[bit / 8] ^= mask, INVALID_REQUESTS);
        CHANGED(two, b.header.state_root.b[bit / 8] ^= mask, INVALID_STATE_ROOT);
        CHANGED(two, b.header.logs_bloom[bit] ^= mask, INVALID_LOG_BLOOM);
        CHANGED(two, b.header.parent_beacon_block_root.b[bit / 8] ^= mask, INVALID_STATE_ROOT);
        CHANGED(two, b.header.prev_randao.b[bit / 8] ^= mask, OK); /* nobody has asked for it */
    }
    CHANGED(two, b.header.gas_used++, INVALID_GAS_USED);
    CHANGED(two, b.header.gas_used--, INVALID_GAS_USED);
    CHANGED(two, b.header.blob_gas_used += GAS_BLOB, INCORRECT_BLOB_GAS_USED);
    CHANGED(two, b.header.blob_gas_used -= GAS_BLOB, INCORRECT_BLOB_GAS_USED);
    CHANGED(two, b.header.blob_gas_used = 0, INCORRECT_BLOB_GAS_USED);
    CHANGED(two, b.header.beneficiary.b[0] ^= 1, INVALID_STATE_ROOT);

    /* The lists themselves. */
    CHANGED(two, b.tx_count--, INVALID_TRANSACTIONS_ROOT);
    CHANGED(two, b.withdrawal_count--, INVALID_WITHDRAWALS_ROOT);
    CHANGED(two, b.has_withdrawals = false, INCORRECT_BLOCK_FORMAT);

    /* The rules of headers apply, after the parent. */
    CHANGED(two, b.header.number++, INVALID_BLOCK_NUMBER);
    CHANGED(two, b.header.base_fee_per_gas.w[0]++, INVALID_BASEFEE_PER_GAS);
    CHANGED(two, b.header.excess_blob_gas += GAS_BLOB, INCORRECT_EXCESS_BLOB_GAS);
    CHANGED(two, b.header.ommers_hash.b[0] ^= 1, IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS);
    CHANGED(two, b.header.has_withdrawals_root = false, IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI);
    CHANGED(two, b.header.timestamp = c.blocks[one].block.header.timestamp,
            INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT);
    CHANGED(two, b.header.timestamp++, OK);
    toy_close(&c);
}

/* With proof of work the ommers' hash is what it is for, and no list of withdrawals may be there. */
static void commitments_of_proof_of_work(void)
{
    toy_open(&c, CHAIN_LONDON);
    toy_genesis(&c);
    const size_t one = seal_busy(0, 0);
    CHANGED(one, b.header.ommers_hash.b[31] ^= 1, INVALID_UNCLES_HASH);
    CHANGED(one, b.has_withdrawals = true, INCORRECT_BLOCK_FORMAT);
    CHANGED(one, b.header.receipts_root.b[31] ^= 1, INVALID_RECEIPTS_ROOT);
    CHANGED(one, b.header.state_root.b[31] ^= 1, INVALID_STATE_ROOT);
    CHANGED(one, b.header.difficulty.w[0]++, INVALID_DIFFICULTY);
    CHANGED(one, b.header.prev_randao.b[0] ^= 1, OK); /* the seal is not checked */
    CHANGED(one, b.header.nonce[0] ^= 1, OK);
    toy_close(&c);
}

/* EIP-7934, from Osaka on: the limit itself is still a block. */
static void size_of_the_block(void)
{
    toy_open(&c, CHAIN_OSAKA);
    toy_genesis(&c);
    size_t one = seal_busy(0, 0);
    CHANGED(one, b.encoded_len = BLOCK_BYTES_MAX, OK);
    CHANGED(one, b.encoded_len = BLOCK_BYTES_MAX + 1, RLP_BLOCK_LIMIT_EXCEEDED);
    toy_close(&c);
    toy_open(&c, CHAIN_PRAGUE);
    toy_genesis(&c);
    one = seal_busy(0, 0);
    CHANGED(one, b.encoded_len = BLOCK_BYTES_MAX + 1, OK);
    toy_close(&c);
}

/* Without a parent, what needs one is not checked, and the rest is. */
static void a_block_without_a_known_parent(void)
{
    const struct ommers_past none = {NULL, 0, NULL, 0};
    struct block_verdict verdict;
    toy_open(&c, CHAIN_OSAKA);
    toy_genesis(&c);
    const size_t one = seal_busy(0, 0);
    struct block block = c.blocks[one].block;
    const struct chain_rules rules = toy_rules(&c, 0, block.header.number, block.header.timestamp);
    block.header.base_fee_per_gas.w[0]++;
    CHECK_EQ(block_check(&verdict, &c.scratch, &c.config, &rules, &block, &none), OK);
    CHECK_EQ(verdict.status, BLOCK_OK);
    block.tx_count--;
    CHECK_EQ(block_check(&verdict, &c.scratch, &c.config, &rules, &block, &none), OK);
    CHECK_EQ(verdict.status, BLOCK_INVALID_TRANSACTIONS_ROOT);
    CHECK_EQ(verdict.tx_index, BLOCK_NO_TX);
    CHECK_EQ(c.scratch.used, 0); /* memory was given back */
    toy_close(&c);
}

/* ---- transactions ---------------------------------------------------------------------------- */

/* The transaction that is not valid is named, wherever it is, and those before it are not. */
static void transactions_that_are_not_valid(void)
{
    toy_open(&c, CHAIN_PRAGUE);
    toy_genesis(&c);
    const struct address payee = contract(TOY_PAYEE);
    struct tx tx = toy_tx(0, payee, 0);
    struct bytes good[3];
    for (unsigned i = 0; i < 3; i++) {
        good[i] = toy_transfer(&c, i + 1, 0, &payee, 1);
    }
    const size_t one = toy_seal(&c, 0, &(struct toy_draft){.txs = good, .tx_count = 3});
    struct {
        struct bytes raw;
        enum tx_status status;
    } bad[8];
    size_t count = 0;
    bad[count].raw = toy_transfer(&c, 4, 1, &payee, 1);
    bad[count++].status = TX_NONCE_MISMATCH_TOO_HIGH;
    bad[count].raw = toy_transfer(&c, 4, 0, &payee, TOY_WEI);
    bad[count++].status = TX_INSUFFICIENT_ACCOUNT_FUNDS;
    tx.gas_limit = 20999;
    bad[count].raw = toy_sign(&c, 4, &tx);
    bad[count++].status = TX_INTRINSIC_GAS_TOO_LOW;
    tx.gas_limit = 200000;
    tx.max_fee_per_gas = u256_from_u64(1);
    bad[count].raw = toy_sign(&c, 4, &tx);
    bad[count++].status = TX_INSUFFICIENT_MAX_FEE_PER_GAS;
    c.config.chain_id++;
    tx = toy_tx(0, payee, 0);
    tx.type = TX_FEE_MARKET;
    bad[count].raw = toy_sign(&c, 4, &tx);
    bad[count++].status = TX_INVALID_CHAINID;
    c.config.chain_id--;
    bad[count].raw = toy_bytes(&c, "\x05\xc0", 2); /* a type that no fork has */
    bad[count++].status = TX_TYPE_NOT_SUPPORTED;
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < 3; at++) {
            struct bytes txs[3] = {good[0], good[1], good[2]};
            txs[at] = bad[i].raw;
            const struct block block = with_txs(one, txs, 3);
            REFUSED(0, &block, at, bad[i].status);
        }
    }
    /* The same one twice: the second time its nonce is past. */
    const struct bytes twice[] = {good[0], good[1], good[0]};
    struct block block = with_txs(one, twice, 3);
    REFUSED(0, &block, 2, TX_NONCE_MISMATCH_TOO_LOW);
    /* Of several the first, whatever else is wrong further on. */
    const struct bytes both[] = {good[0], bad[2].raw, bad[0].raw};
    block = with_txs(one, both, 3);
    block.header.requests_hash.b[0] ^= 1;
    REFUSED(0, &block, 1, bad[2].status);
    toy_close(&c);
}

/* What a transaction may take is what those before it have left, to the last unit of gas. */
static void gas_that_is_left(void)
{
    toy_open(&c, CHAIN_PRAGUE);
    toy_genesis(&c);
    const struct address payee = contract(TOY_PAYEE);
    struct tx tx = toy_tx(0, payee, 1);
    struct bytes txs[2] = {toy_transfer(&c, 1, 0, &payee, 1)};
    tx.gas_limit = TOY_GAS_LIMIT - 21000;
    txs[1] = toy_sign(&c, 2, &tx);
    const size_t one = toy_seal(&c, 0, &(struct toy_draft){.txs = txs, .tx_count = 2});
    VERDICT(0, &c.blocks[one].block, BLOCK_OK);
    tx.gas_limit++;
    txs[1] = toy_sign(&c, 2, &tx);
    const struct block block = with_txs(one, txs, 2);
    REFUSED(0, &block, 1, TX_GAS_ALLOWANCE_EXCEEDED);
    toy_close(&c);
}

/* EIP-4844, EIP-7691: so many blobs in a block; EIP-7594: so many in a transaction. One that has too
 * many by itself is told from one that only comes too late. */
static void blobs_of_a_block(void)
{
    static const struct {
        enum chain_upgrade upgrade;
        size_t fills[3]; /* transactions that together have as many as there may be */
        size_t one_too_many;
        enum tx_status alone;
    } rows[] = {
        {CHAIN_CANCUN, {4, 1, 1}, 7, TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED},
        {CHAIN_PRAGUE, {7, 1, 1}, 10, TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED},
        {CHAIN_OSAKA, {6, 2, 1}, 7, TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED},
        {CHAIN_BPO1, {6, 6, 3}, 7, TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        toy_open(&c, rows[i].upgrade);
        toy_genesis(&c);
        struct bytes txs[4];
        for (unsigned k = 0; k < 3; k++) {
            txs[k] = toy_blob_tx(&c, k + 1, 0, rows[i].fills[k]);
        }
        const size_t one = toy_seal(&c, 0, &(struct toy_draft){.txs = txs, .tx_count = 3});
        const struct chain_rules rules = toy_rules(&c, 0, 1, TOY_TIMESTAMP + TOY_SECONDS);
        CHECK_EQ(c.blocks[one].block.header.blob_gas_used, rules.blobs.max * 131072);
        VERDICT(0, &c.blocks[one].block, BLOCK_OK);

        txs[3] = toy_blob_tx(&c, 4, 0, 1);
        struct block block = with_txs(one, txs, 4);
        REFUSED(0, &block, 3, TX_TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED);
        txs[2] = toy_blob_tx(&c, 3, 0, rows[i].fills[2] + 1);
        block = with_txs(one, txs, 3);
        REFUSED(0, &block, 2, TX_TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED);
        txs[0] = toy_blob_tx(&c, 1, 0, rows[i].one_too_many);
        block = with_txs(one, txs, 1);
        REFUSED(0, &block, 0, rows[i].alone);
        /* Also where it is not the first: more than any block may have comes before too late. */
        txs[1] = toy_blob_tx(&c, 2, 0, rules.blobs.max + 1);
        txs[0] = toy_blob_tx(&c, 1, 0, 1);
        block = with_txs(one, txs, 2);
        REFUSED(0, &block, 1, TX_TYPE_3_TX_BLOB_COUNT_EXCEEDED);
        toy_close(&c);
    }
}

/* ---- receipts before Byzantium --------------------------------------------------------------- */

/* root_of_transfers gives the state's root after some transfers of 1 wei from key 1, from a table of
 * balances alone. */
static struct hash32 root_of_transfers(uint64_t count)
{
    struct db_memory memory;
    struct db_trie db;
    struct hash32 root;
    const struct address payer = toy_sender(&c, 1);
    const uint64_t fees = count * 21000 * TOY_GAS_PRICE;
    enum err e = db_memory_init(&memory, &c.scratch, &c.key);
    ASSERT(e == OK);
    for (const struct db_memory_account *a = c.state.first; a != NULL; a = a->next) {
        struct db_memory_account *copy;
        struct u256 balance = a->info.balance;
        const bool pays = address_equal(&a->address, &payer);
        balance.w[0] -= pays ? fees + count : 0;
        e = db_memory_put_account(&memory, &copy, &a->address, &balance,
                                  a->info.nonce + (pays ? count : 0), a->code);
        ASSERT(e == OK);
    }
    const struct address others[] = {contract(TOY_PAYEE), contract(TOY_BENEFICIARY)};
    for (size_t i = 0; count != 0 && i < 2; i++) {
        struct db_memory_account *added;
        const struct u256 balance = u256_from_u64(i == 0 ? count : fees);
        e = db_memory_put_account(&memory, &added, &others[i], &balance, 0, bytes_from(NULL, 0));
        ASSERT(e == OK);
    }
    e = db_trie_init(&db, &c.scratch, &c.key);
    ASSERT(e == OK);
    e = db_trie_load(&db, &memory);
    ASSERT(e == OK);
    e = db_trie_root(&db, &root);
    ASSERT(e == OK);
    arena_reset(&c.scratch);
    return root;
}

/* EIP-658: until Byzantium a receipt holds the state's root after its transaction, before the block
 * pays anybody; from then on whether it succeeded. */
static void receipts_with_state_roots(void)
{
    static const enum chain_upgrade upgrades[] = {CHAIN_FRONTIER, CHAIN_HOMESTEAD,
                                                  CHAIN_TANGERINE_WHISTLE, CHAIN_SPURIOUS_DRAGON,
                                                  CHAIN_BYZANTIUM};
    for (size_t i = 0; i < sizeof(upgrades) / sizeof(upgrades[0]); i++) {
        const bool has_root = upgrades[i] != CHAIN_BYZANTIUM;
        struct hash32 roots[4];
        struct bytes txs[3];
        struct block_result result;
        toy_open(&c, upgrades[i]);
        toy_genesis(&c);
        const struct address payee = contract(TOY_PAYEE);
        for (uint64_t k = 0; k < 4; k++) {
            roots[k] = root_of_transfers(k);
        }
        CHECK_BYTES(roots[0].b, c.blocks[0].block.header.state_root.b, 32);
        for (unsigned k = 0; k < 3; k++) {
            txs[k] = toy_transfer(&c, 1, k, &payee, 1);
        }
        const size_t one =
            toy_seal(&c, 0,
                     &(struct toy_draft){
                         .txs = txs, .tx_count = 3, .beneficiary = contract(TOY_BENEFICIARY)});
        CHECK_EQ(toy_try(&c, 0, &c.blocks[one].block, &result).status, BLOCK_OK);
        for (size_t k = 0; k < 3; k++) {
            CHECK_EQ(result.receipts[k].has_status, !has_root);
            if (has_root) {
                CHECK_BYTES(result.receipts[k].state_root.b, roots[k + 1].b, 32);
            }
            CHECK(result.receipts[k].is_success);
        }
        /* And the block's root is not the last of them: it has paid. */
        CHECK(!hash32_equal(&result.state_root, &roots[3]));
        arena_reset(&c.scratch);
        toy_close(&c);
    }
}

/* ---- what a block gives ---------------------------------------------------------------------- */

/* ommer_of makes a header that could have been block `at` and is not. */
static struct header ommer_of(size_t at, uint64_t beneficiary)
{
    struct header header = c.blocks[at].block.header;
    header.extra_data = bytes_from("ommer", 5);
    header.beneficiary = contract(beneficiary);
    return header;
}

/* Yellow Paper 11.3, EIP-649, EIP-1234, EIP-3675: 5, 3, 2, no ether; an ommer of age n gets (8 - n)
 * / 8 of it, and who names it 1 / 32. */
static void rewards(void)
{
    static const struct {
        enum chain_upgrade upgrade;
        uint64_t reward;
    } rows[] = {
        {CHAIN_FRONTIER, 5 * ETHER},     {CHAIN_SPURIOUS_DRAGON, 5 * ETHER},
        {CHAIN_BYZANTIUM, 3 * ETHER},    {CHAIN_CONSTANTINOPLE, 2 * ETHER},
        {CHAIN_GRAY_GLACIER, 2 * ETHER}, {CHAIN_PARIS, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const uint64_t reward = rows[i].reward;
        struct header ommers[2];
        size_t at = 0;
        toy_open(&c, rows[i].upgrade);
        toy_genesis(&c);
        for (unsigned n = 1; n < 5; n++) {
            at = toy_seal(&c, at, &(struct toy_draft){.tx_count = 0});
        }
        ommers[0] = ommer_of(4, 0x0a); /* of age 1 and 3 */
        ommers[1] = ommer_of(2, 0x0b);
        for (size_t count = 0; count <= (reward != 0 ? 2 : 0); count++) {
            const size_t five =
                toy_seal(&c, at,
                         &(struct toy_draft){.ommers = ommers,
                                             .ommer_count = count,
                                             .beneficiary = contract(TOY_BENEFICIARY)});
            const struct address paid[] = {contract(TOY_BENEFICIARY), contract(0x0a),
                                           contract(0x0b)};
            CHECK_STR(block_status_name(toy_try(&c, at, &c.blocks[five].block, NULL).status), "OK");
            CHECK_EQ(wei_at(&paid[0]), reward + count * (reward / 32));
            CHECK_EQ(wei_at(&paid[1]), count > 0 ? reward / 8 * 7 : 0);
            CHECK_EQ(wei_at(&paid[2]), count > 1 ? reward / 8 * 5 : 0);
            /* Where nothing is given, nobody is made. */
            CHECK_EQ(account_at(&paid[0])->exists, reward != 0);
            arena_reset(&c.scratch);
        }
        toy_close(&c);
    }
}

/* From Paris on nobody is paid, and nobody is touched: who is there and empty stays (EIP-161). */
static void no_reward_touches_nobody(void)
{
    const struct address beneficiary = contract(TOY_BENEFICIARY);
    toy_open(&c, CHAIN_PARIS);
    (void)toy_put(&c, &beneficiary, 0, 0, bytes_from(NULL, 0));
    toy_genesis(&c);
    const size_t one = toy_seal(&c, 0, &(struct toy_draft){.beneficiary = beneficiary});
    CHECK_EQ(toy_try(&c, 0, &c.blocks[one].block, NULL).status, BLOCK_OK);
    CHECK(account_at(&beneficiary)->exists);
    arena_reset(&c.scratch);
    toy_close(&c);
}

/* The rules of ommers apply, with the block's past. */
static void ommers(void)
{
    toy_open(&c, CHAIN_LONDON);
    toy_genesis(&c);
    size_t at = 0;
    for (unsigned n = 1; n < 5; n++) {
        at = toy_seal(&c, at, &(struct toy_draft){.tx_count = 0});
    }
    struct header named[3] = {ommer_of(4, 0x0a), ommer_of(3, 0x0b), ommer_of(2, 0x0c)};
    const size_t five = toy_seal(&c, at, &(struct toy_draft){.ommers = named, .ommer_count = 1});
    const size_t six =
        toy_seal(&c, five, &(struct toy_draft){.ommers = named + 1, .ommer_count = 1});
    VERDICT(five, &c.blocks[six].block, BLOCK_OK);

    struct block block = toy_draw(&c, five, &(struct toy_draft){.ommers = named, .ommer_count = 1});
    VERDICT(five, &block, BLOCK_UNCLE_IN_CHAIN);
    block = toy_draw(&c, five, &(struct toy_draft){.ommers = named, .ommer_count = 3});
    VERDICT(five, &block, BLOCK_TOO_MANY_UNCLES);
    const struct header twice[2] = {named[1], named[1]};
    block = toy_draw(&c, five, &(struct toy_draft){.ommers = twice, .ommer_count = 2});
    VERDICT(five, &block, BLOCK_UNCLE_IS_BROTHER);
    named[0] = c.blocks[4].block.header;
    block = toy_draw(&c, five, &(struct toy_draft){.ommers = named, .ommer_count = 1});
    VERDICT(five, &block, BLOCK_UNCLE_IS_ANCESTOR);
    toy_close(&c);
    toy_open(&c, CHAIN_PARIS);
    toy_genesis(&c);
    block = toy_draw(&c, 0, &(struct toy_draft){.ommers = twice, .ommer_count = 1});
    block.header.ommers_hash = EMPTY_OMMERS_HASH;
    VERDICT(0, &block, BLOCK_INVALID_UNCLES_HASH);
    toy_close(&c);
}

/* EIP-4895: amounts are in gwei; what a withdrawal makes or touches and is empty is no account. */
static void withdrawals(void)
{
    static const struct withdrawal list[] = {
        {0, 0, {{[19] = 0x01}}, 0},          /* nothing, to nobody */
        {1, 1, {{[19] = 0x02}}, 1},          /* to nobody */
        {2, 2, {{[19] = 0x03}}, 2},          /* to somebody */
        {3, 3, {{[19] = 0x03}}, 3},          /* again */
        {4, 4, {{[19] = 0x04}}, 0},          /* nothing, to somebody */
        {5, 5, {{[19] = 0x05}}, UINT64_MAX}, /* more than there is */
        {6, 6, {{[19] = 0x06}}, 0},          /* nothing, to an account that is there and empty */
    };
    const struct address to[] = {contract(1), contract(2), contract(3),
                                 contract(4), contract(5), contract(6)};
    toy_open(&c, CHAIN_SHANGHAI);
    (void)toy_put(&c, &to[2], 10, 0, bytes_from(NULL, 0));
    (void)toy_put(&c, &to[3], 10, 0, bytes_from(NULL, 0));
    (void)toy_put(&c, &to[5], 0, 0, bytes_from(NULL, 0));
    toy_genesis(&c);
    const size_t one =
        toy_seal(&c, 0, &(struct toy_draft){.withdrawals = list, .withdrawal_count = 7});
    CHECK_EQ(toy_try(&c, 0, &c.blocks[one].block, NULL).status, BLOCK_OK);
    CHECK(!account_at(&to[0])->exists);
    CHECK_EQ(wei_at(&to[1]), GWEI);
    CHECK_EQ(wei_at(&to[2]), 10 + 5 * GWEI);
    CHECK_EQ(wei_at(&to[3]), 10);
    const struct u256 *most = &account_at(&to[4])->balance;
    const u128 wanted = (u128)UINT64_MAX * GWEI;
    CHECK_EQ(most->w[0], (uint64_t)wanted);
    CHECK_EQ(most->w[1], (uint64_t)(wanted >> 64));
    CHECK(!account_at(&to[5])->exists);
    arena_reset(&c.scratch);

    /* Each part of a withdrawal is in the root; who gets how much is in the state too. */
    struct withdrawal changed[7];
    memcpy(changed, list, sizeof(list));
    for (unsigned part = 0; part < 4; part++) {
        struct block block = c.blocks[one].block;
        changed[2] = list[2];
        changed[2].index += part == 0;
        changed[2].validator_index += part == 1;
        changed[2].amount_gwei += part == 2;
        changed[2].address.b[0] ^= part == 3;
        block.withdrawals = changed;
        VERDICT(0, &block, BLOCK_INVALID_WITHDRAWALS_ROOT);
        toy_relist(&c, &block);
        VERDICT(0, &block, part < 2 ? BLOCK_OK : BLOCK_INVALID_STATE_ROOT);
    }
    toy_close(&c);
}

/* A contract that destroyed itself in the last transaction is gone when the withdrawals come, and is
 * there anew with what it is given. */
static void a_withdrawal_to_what_has_destroyed_itself(void)
{
    static const uint8_t code[] = {0x30, 0xff}; /* ADDRESS SELFDESTRUCT */
    const struct address destroyed = contract(0xdead);
    const struct withdrawal list[] = {{0, 0, destroyed, 3}};
    toy_open(&c, CHAIN_SHANGHAI);
    (void)toy_put(&c, &destroyed, 9, 1, bytes_from(code, sizeof(code)));
    toy_genesis(&c);
    const struct bytes tx = toy_call(&c, 1, 0, destroyed, bytes_from(NULL, 0));
    const size_t one = toy_seal(
        &c, 0,
        &(struct toy_draft){.txs = &tx, .tx_count = 1, .withdrawals = list, .withdrawal_count = 1});
    CHECK_STR(block_status_name(toy_try(&c, 0, &c.blocks[one].block, NULL).status), "OK");
    CHECK_EQ(wei_at(&destroyed), 3 * GWEI);
    CHECK_EQ(account_at(&destroyed)->nonce, 0);
    CHECK(!state_has_code(account_at(&destroyed)));
    arena_reset(&c.scratch);
    toy_close(&c);
}

/* ---- system contracts ------------------------------------------------------------------------ */

/* EIP-4788 and EIP-2935: before the transactions, each contract is called with 32 bytes. The toy
 * contracts store them at the block's number; so a transaction that calls one in the same block has
 * the last word. */
static void contracts_called_before_the_transactions(void)
{
    for (int upgrade = CHAIN_SHANGHAI; upgrade <= (int)CHAIN_OSAKA; upgrade++) {
        const bool has_root = upgrade >= (int)CHAIN_CANCUN;
        const bool has_history = upgrade >= (int)CHAIN_PRAGUE;
        static const uint8_t keeper[] = {0x60, 0, 0x35, 0x43, 0x55};
        static const struct hash32 nothing;
        toy_open(&c, (enum chain_upgrade)upgrade);
        /* The contracts are there even where nobody calls them yet. */
        (void)toy_put(&c, &BEACON_ROOTS_ADDRESS, 0, 1, bytes_from(keeper, sizeof(keeper)));
        (void)toy_put(&c, &HISTORY_STORAGE_ADDRESS, 0, 1, bytes_from(keeper, sizeof(keeper)));
        toy_genesis(&c);
        const size_t one = toy_seal(&c, 0, &(struct toy_draft){.tx_count = 0});
        const struct bytes txs[] = {
            toy_call(&c, 1, 0, BEACON_ROOTS_ADDRESS, toy_words(&c, 77, 0)),
            toy_call(&c, 1, 1, HISTORY_STORAGE_ADDRESS, toy_words(&c, 78, 0)),
        };
        const size_t two = toy_seal(&c, one, &(struct toy_draft){.txs = txs, .tx_count = 2});
        CHECK_EQ(toy_try(&c, one, &c.blocks[two].block, NULL).status, BLOCK_OK);
        struct hash32 got = slot_at(&BEACON_ROOTS_ADDRESS, 1);
        const struct header *header = &c.blocks[one].block.header;
        CHECK_BYTES(got.b, has_root ? header->parent_beacon_block_root.b : nothing.b, 32);
        got = slot_at(&HISTORY_STORAGE_ADDRESS, 1);
        CHECK_BYTES(got.b, has_history ? header->parent_hash.b : nothing.b, 32);
        CHECK_EQ(slot_at(&BEACON_ROOTS_ADDRESS, 2).b[31], 77);
        CHECK_EQ(slot_at(&HISTORY_STORAGE_ADDRESS, 2).b[31], 78);
        arena_reset(&c.scratch);
        toy_close(&c);
    }
}

/* For a simulation block_open may be told no root, or a root before there are any: then nothing is
 * called (EIP-4788). */
static void opening_without_a_root(void)
{
    const struct hash32 parent_hash = {{0x9a, [31] = 0x54}};
    const struct hash32 root = {{0xbe, [31] = 0xac}};
    static const struct hash32 nothing;
    static const struct {
        enum fork fork;
        bool with_root;
        bool has_root;
        bool has_history;
    } rows[] = {{FORK_PRAGUE, false, false, true},
                {FORK_PRAGUE, true, true, true},
                {FORK_CANCUN, true, true, false},
                {FORK_SHANGHAI, true, false, false}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct db_trie db;
        struct state state;
        const struct block_env env = {.number = 5};
        toy_open(&c, CHAIN_PRAGUE);
        toy_genesis(&c);
        toy_load(&c, &db, &c.scratch);
        CHECK_EQ(state_init(&state, &c.scratch, &c.key, db_trie_db(&db)), OK);
        c.evm.state = &state;
        c.evm.block = &env;
        c.evm.rules = fork_rules(rows[i].fork);
        CHECK_EQ(block_open(&c.evm, &c.config, &parent_hash, rows[i].with_root ? &root : NULL), OK);
        struct hash32 got = slot_at(&HISTORY_STORAGE_ADDRESS, 5);
        CHECK_BYTES(got.b, rows[i].has_history ? parent_hash.b : nothing.b, 32);
        got = slot_at(&BEACON_ROOTS_ADDRESS, 5);
        CHECK_BYTES(got.b, rows[i].has_root ? root.b : nothing.b, 32);
        toy_close(&c);
    }
}

/* EIP-7002 and EIP-7251: after the transactions, so that what they ask for is in the block; a queue
 * that is empty then has been told so. The toy queues give their own address as a word. */
static void requests_of_a_block(void)
{
    uint8_t words[2][33] = {{0}, {0}};
    memcpy(words[0] + 12, WITHDRAWAL_REQUEST_ADDRESS.b, 20);
    memcpy(words[1] + 12, CONSOLIDATION_REQUEST_ADDRESS.b, 20);
    toy_open(&c, CHAIN_PRAGUE);
    toy_genesis(&c);
    const struct bytes txs[] = {
        toy_call(&c, 1, 0, WITHDRAWAL_REQUEST_ADDRESS, toy_words(&c, 33, 0)),
        toy_call(&c, 1, 1, CONSOLIDATION_REQUEST_ADDRESS, toy_words(&c, 20, 0)),
    };
    const size_t one = toy_seal(&c, 0, &(struct toy_draft){.txs = txs, .tx_count = 2});
    const size_t two = toy_seal(&c, one, &(struct toy_draft){.tx_count = 0});
    const struct bytes full[REQUEST_TYPES] = {{NULL, 0}, {words[0], 33}, {words[1], 20}};
    const struct bytes none[REQUEST_TYPES] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    struct hash32 wanted;
    CHECK_EQ(requests_hash(&wanted, &c.arena, full), OK);
    CHECK_BYTES(c.blocks[one].block.header.requests_hash.b, wanted.b, 32);
    VERDICT(0, &c.blocks[one].block, BLOCK_OK);
    CHECK_EQ(requests_hash(&wanted, &c.arena, none), OK);
    CHECK_BYTES(c.blocks[two].block.header.requests_hash.b, wanted.b, 32);
    VERDICT(one, &c.blocks[two].block, BLOCK_OK);
    toy_close(&c);
}

/* Withdrawals come before the requests: a contract that gives as many bytes as it has gwei shows it.
 * PUSH4 1000000000 SELFBALANCE DIV PUSH1 0 RETURN */
static void requests_come_after_withdrawals(void)
{
    static const uint8_t teller[] = {0x63, 0x3b, 0x9a, 0xca, 0x00, 0x47, 0x04, 0x60, 0, 0xf3};
    static const uint8_t zeros[7];
    const struct bytes seven[REQUEST_TYPES] = {{NULL, 0}, {zeros, 7}, {NULL, 0}};
    const struct withdrawal list[] = {{0, 0, WITHDRAWAL_REQUEST_ADDRESS, 7}};
    struct hash32 wanted;
    toy_open(&c, CHAIN_PRAGUE);
    (void)toy_put(&c, &WITHDRAWAL_REQUEST_ADDRESS, 0, 1, bytes_from(teller, sizeof(teller)));
    toy_genesis(&c);
    CHECK_EQ(requests_hash(&wanted, &c.arena, seven), OK);
    const size_t one =
        toy_seal(&c, 0, &(struct toy_draft){.withdrawals = list, .withdrawal_count = 1});
    CHECK_BYTES(c.blocks[one].block.header.requests_hash.b, wanted.b, 32);
    VERDICT(0, &c.blocks[one].block, BLOCK_OK);
    toy_close(&c);
}

/* What each of the four contracts may be: gone, or failing. EIP-7002 and EIP-7251: then the block is
 * not valid; EIP-4788 and EIP-2935: then nothing happens. */
static void contracts_missing_or_failing(void)
{
    static const uint8_t stop[] = {0x00};
    static const uint8_t invalid[] = {0xfe};
    static const uint8_t revert[] = {0x60, 0, 0x60, 0, 0xfd};
    static const uint8_t loop[] = {0x5b, 0x60, 0, 0x56};
    static const struct {
        struct bytes code;
        enum block_status status;
    } codes[] = {
        {{stop, sizeof(stop)}, BLOCK_OK},
        {{invalid, sizeof(invalid)}, BLOCK_SYSTEM_CONTRACT_CALL_FAILED},
        {{revert, sizeof(revert)}, BLOCK_SYSTEM_CONTRACT_CALL_FAILED},
        {{loop, sizeof(loop)}, BLOCK_SYSTEM_CONTRACT_CALL_FAILED},
        {{NULL, 0}, BLOCK_SYSTEM_CONTRACT_EMPTY},
    };
    const struct address contracts[] = {WITHDRAWAL_REQUEST_ADDRESS, CONSOLIDATION_REQUEST_ADDRESS,
                                        BEACON_ROOTS_ADDRESS, HISTORY_STORAGE_ADDRESS};
    for (size_t which = 0; which < 4; which++) {
        for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
            toy_open(&c, CHAIN_PRAGUE);
            c.is_bare = true;
            for (size_t k = 0; k < 4; k++) {
                const struct bytes code = k == which ? codes[i].code : bytes_from(stop, 1);
                if (code.len != 0) {
                    (void)toy_put(&c, &contracts[k], 0, 1, code);
                }
            }
            toy_genesis(&c);
            const size_t one = toy_seal(&c, 0, &(struct toy_draft){.tx_count = 0});
            VERDICT(0, &c.blocks[one].block, which < 2 ? codes[i].status : BLOCK_OK);
            if (which < 2 && codes[i].status != BLOCK_OK) { /* whatever the header says of them */
                struct block block = c.blocks[one].block;
                block.header.requests_hash.b[0] ^= 1;
                VERDICT(0, &block, codes[i].status);
            }
            toy_close(&c);
        }
    }
}

/* The first of two that fail is the one that is named. */
static void two_contracts_fail(void)
{
    static const uint8_t invalid[] = {0xfe};
    const struct address contracts[] = {WITHDRAWAL_REQUEST_ADDRESS, CONSOLIDATION_REQUEST_ADDRESS};
    for (size_t failing = 0; failing < 2; failing++) {
        toy_open(&c, CHAIN_PRAGUE);
        c.is_bare = true;
        (void)toy_put(&c, &contracts[failing], 0, 1, bytes_from(invalid, 1));
        toy_genesis(&c);
        const size_t one = toy_seal(&c, 0, &(struct toy_draft){.tx_count = 0});
        VERDICT(0, &c.blocks[one].block,
                failing == 0 ? BLOCK_SYSTEM_CONTRACT_CALL_FAILED : BLOCK_SYSTEM_CONTRACT_EMPTY);
        toy_close(&c);
    }
}

/* EIP-6110: the deposit contract's logs are requests; one of another layout makes the block invalid.
 * The toy deposit contract logs its input under the event's topic. */
static void deposits_of_a_block(void)
{
    static const char signature[] = "DepositEvent(bytes,bytes,bytes,bytes,bytes)";
    static const uint16_t words[][2] = {{0, 160},  {32, 256}, {64, 320}, {96, 384}, {128, 512},
                                        {160, 48}, {256, 32}, {320, 8},  {384, 96}, {512, 8}};
    /* CALLDATASIZE PUSH1 0 DUP1 CALLDATACOPY PUSH32 topic CALLDATASIZE PUSH1 0 LOG1, then, for 577
     * bytes of input, an instruction that is none:
     * CALLDATASIZE PUSH2 577 EQ ISZERO PUSH1 there JUMPI INVALID there: JUMPDEST */
    uint8_t code[54] = {0x36, 0x60, 0, 0x80, 0x37, 0x7f};
    static const uint8_t tail[] = {0x36, 0x60, 0,    0xa1, 0x36, 0x61, 0x02, 0x41,
                                   0x14, 0x15, 0x60, 52,   0x57, 0xfe, 0x5b, 0};
    struct hash32 topic;
    uint8_t event[577] = {0};
    keccak256(&topic, signature, sizeof(signature) - 1);
    memcpy(code + 6, topic.b, 32);
    memcpy(code + 38, tail, sizeof(tail));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        event[words[i][0] + 30] = (uint8_t)(words[i][1] >> 8);
        event[words[i][0] + 31] = (uint8_t)words[i][1];
    }
    toy_open(&c, CHAIN_PRAGUE);
    const struct address deposits = c.config.deposit_contract;
    (void)toy_put(&c, &deposits, 0, 1, bytes_from(code, sizeof(code)));
    toy_genesis(&c);
    static const uint8_t empty[2 * DEPOSIT_REQUEST_BYTES];
    const struct bytes two[REQUEST_TYPES] = {{empty, sizeof(empty)}, {NULL, 0}, {NULL, 0}};
    struct hash32 wanted;
    CHECK_EQ(requests_hash(&wanted, &c.arena, two), OK);
    struct bytes txs[] = {
        toy_call(&c, 1, 0, deposits, toy_bytes(&c, event, 576)),
        toy_call(&c, 2, 0, deposits, toy_bytes(&c, event, 577)), /* fails, with its log */
        toy_call(&c, 3, 0, deposits, toy_bytes(&c, event, 576)),
    };
    const size_t one = toy_seal(&c, 0, &(struct toy_draft){.txs = txs, .tx_count = 3});
    CHECK_BYTES(c.blocks[one].block.header.requests_hash.b, wanted.b, 32);
    VERDICT(0, &c.blocks[one].block, BLOCK_OK);
    event[31]++;
    txs[2] = toy_call(&c, 3, 0, deposits, toy_bytes(&c, event, 576));
    struct block block = with_txs(one, txs, 3);
    VERDICT(0, &block, BLOCK_INVALID_DEPOSIT_EVENT_LAYOUT);
    toy_close(&c);
}

/* ---- the DAO fork ---------------------------------------------------------------------------- */

/* EIP-779: in one block, before its transactions; ether that one of them sends to a listed account
 * stays there. */
static void the_dao_fork(void)
{
    toy_open(&c, CHAIN_HOMESTEAD);
    c.config.has_dao_fork = true;
    c.config.dao_fork_number = 2;
    const struct address listed[] = {dao_account(0), dao_account(DAO_ACCOUNTS - 1)};
    (void)toy_put(&c, &listed[0], 100, 0, bytes_from(NULL, 0));
    (void)toy_put(&c, &listed[1], 23, 0, bytes_from(NULL, 0));
    toy_genesis(&c);
    size_t at = 0;
    static const uint64_t moved[] = {0, 0, 130, 130};
    static const uint64_t left[] = {100, 107, 7, 14};
    for (uint64_t n = 1; n < 4; n++) {
        const struct bytes tx = toy_transfer(&c, 1, n - 1, &listed[0], 7);
        struct toy_draft draft = {.txs = &tx, .tx_count = 1};
        if (n >= 2) {
            const struct block plain = toy_draw(&c, at, &draft);
            VERDICT(at, &plain, BLOCK_EXTRA_DATA_INVALID_DAO);
            draft.extra_data = bytes_from("dao-hard-fork", 13);
        }
        const size_t next = toy_seal(&c, at, &draft);
        CHECK_EQ(toy_try(&c, at, &c.blocks[next].block, NULL).status, BLOCK_OK);
        CHECK_EQ(wei_at(&DAO_REFUND_ADDRESS), moved[n]);
        CHECK_EQ(wei_at(&listed[0]), left[n]);
        CHECK_EQ(wei_at(&listed[1]), n >= 2 ? 0 : 23);
        arena_reset(&c.scratch);
        at = next;
    }
    toy_close(&c);
}

/* A chain that did not go along: the same block, nothing moves. */
static void without_the_dao_fork(void)
{
    toy_open(&c, CHAIN_HOMESTEAD);
    c.config.dao_fork_number = 1;
    const struct address listed = dao_account(0);
    (void)toy_put(&c, &listed, 100, 0, bytes_from(NULL, 0));
    toy_genesis(&c);
    const size_t one = toy_seal(&c, 0, &(struct toy_draft){.tx_count = 0});
    CHECK_EQ(toy_try(&c, 0, &c.blocks[one].block, NULL).status, BLOCK_OK);
    CHECK_EQ(wei_at(&listed), 100);
    arena_reset(&c.scratch);
    toy_close(&c);
}

/* ---- chains ---------------------------------------------------------------------------------- */

/* BLOCKHASH over several blocks: the ancestors', and nothing for the block itself or later ones. */
static void hashes_of_ancestors(void)
{
    toy_open(&c, CHAIN_CANCUN);
    toy_genesis(&c);
    size_t at = 0;
    for (unsigned n = 1; n < 5; n++) {
        at = toy_seal(&c, at, &(struct toy_draft){.tx_count = 0});
    }
    struct bytes txs[7];
    for (uint64_t n = 0; n < 7; n++) {
        txs[n] = toy_call(&c, 1, n, contract(TOY_HASHES), toy_words(&c, n, 0));
    }
    const size_t five = toy_seal(&c, at, &(struct toy_draft){.txs = txs, .tx_count = 7});
    CHECK_EQ(toy_try(&c, at, &c.blocks[five].block, NULL).status, BLOCK_OK);
    const struct address hashes = contract(TOY_HASHES);
    static const struct hash32 nothing;
    for (uint64_t n = 0; n < 7; n++) {
        const struct hash32 got = slot_at(&hashes, n);
        CHECK_BYTES(got.b, n < 5 ? c.blocks[n].hash.b : nothing.b, 32);
    }
    arena_reset(&c.scratch);
    toy_close(&c);
}

/* From one fork to the next: London's first block doubles the gas limit (EIP-1559), Paris comes by
 * total difficulty (EIP-3675), Cancun by time, without an excess to begin with (EIP-4844). */
static void a_chain_through_forks(void)
{
    toy_open(&c, CHAIN_BERLIN);
    c.forks[1] = (struct chain_fork){CHAIN_LONDON, CHAIN_BY_NUMBER, 2, NULL};
    c.forks[2] = (struct chain_fork){CHAIN_PARIS, CHAIN_BY_DIFFICULTY, 0, NULL};
    c.forks[3] = (struct chain_fork){CHAIN_CANCUN, CHAIN_BY_TIME, TOY_TIMESTAMP + 6 * TOY_SECONDS,
                                     &blob_schedules[BLOB_CANCUN]};
    c.config.fork_count = 4;
    /* Blocks 0 to 3 have a difficulty of 131,072 or a little more; 4 is the first of Paris. */
    c.config.terminal_total_difficulty = u256_from_u64(4 * UINT64_C(131072));
    toy_genesis(&c);
    static const enum fork forks[] = {FORK_BERLIN, FORK_BERLIN, FORK_LONDON, FORK_LONDON,
                                      FORK_PARIS,  FORK_PARIS,  FORK_CANCUN};
    const struct address payee = contract(TOY_PAYEE);
    size_t at = 0;
    for (uint64_t n = 1; n < 7; n++) {
        const struct bytes tx = toy_transfer(&c, 1, n - 1, &payee, 1);
        const struct chain_rules rules = toy_rules(&c, at, n, TOY_TIMESTAMP + n * TOY_SECONDS);
        CHECK_EQ(rules.fork, forks[n]);
        const size_t next =
            toy_seal(&c, at,
                     &(struct toy_draft){
                         .txs = &tx, .tx_count = 1, .gas_limit = n == 2 ? 2 * TOY_GAS_LIMIT : 0});
        VERDICT(at, &c.blocks[next].block, BLOCK_OK);
        CHANGED(next, b.header.state_root.b[0] ^= 1, INVALID_STATE_ROOT);
        at = next;
    }
    toy_close(&c);
}

/* ---- errors ---------------------------------------------------------------------------------- */

/* run_in runs block 1 with a context's arena of so many bytes, with block_check or without. */
static enum err run_in(size_t cap, bool checks, const struct block *block,
                       struct block_verdict *verdict)
{
    struct arena arena;
    struct block_result result;
    struct db_trie db;
    struct state state;
    struct toy_past past;
    const struct chain_rules rules =
        toy_rules(&c, 0, block->header.number, block->header.timestamp);
    const struct block_context context = {&c.config, rules, &c.evm, &db, &arena};
    void *region = test_region(cap);
    arena_init(&arena, region, cap);
    toy_load(&c, &db, &c.scratch);
    enum err e = state_init(&state, &c.scratch, &c.key, db_trie_db(&db));
    ASSERT(e == OK);
    c.evm.state = &state;
    toy_past(&c, &past, 0);
    if (checks) {
        e = block_check(verdict, &arena, &c.config, &rules, block, &past.view);
    }
    if (e == OK) {
        e = block_execute(verdict, &result, &context, block);
    }
    c.evm.state = NULL;
    arena_reset(&arena);
    arena_reset(&c.scratch);
    test_region_free(region, cap);
    return e;
}

/* Whatever grab of memory fails, the answer is that error, and never a verdict. */
static void a_full_arena_is_an_error(void)
{
    struct block_verdict verdict = {.status = BLOCK_OK};
    unsigned failures = 0;
    toy_open(&c, CHAIN_OSAKA);
    toy_genesis(&c);
    /* Receipts of many transactions take more than one of them. */
    struct bytes txs[18];
    const struct address payee = contract(TOY_PAYEE);
    for (unsigned n = 0; n < 16; n++) {
        txs[n] = toy_transfer(&c, 1, n, &payee, 1);
    }
    txs[16] = toy_call(&c, 2, 0, WITHDRAWAL_REQUEST_ADDRESS, toy_words(&c, 1000, 0));
    txs[17] = toy_call(&c, 2, 1, contract(TOY_LOGGER), toy_words(&c, 1, 2));
    const size_t one = toy_seal(&c, 0, &(struct toy_draft){.txs = txs, .tx_count = 18});
    for (unsigned checks = 0; checks < 2; checks++) {
        enum err e = ERR_MEMORY;
        for (size_t cap = 64; e == ERR_MEMORY && cap < TOY_ARENA_BYTES; cap += 128) {
            e = run_in(cap, checks != 0, &c.blocks[one].block, &verdict);
            CHECK(c.evm.block == NULL && c.evm.tx == NULL);
            failures += e == ERR_MEMORY;
        }
        CHECK_EQ(e, OK);
        CHECK_EQ(verdict.status, BLOCK_OK);
    }
    CHECK(failures > 40);
    toy_close(&c);
}

static const struct test_case cases[] = {
    CASE(valid_blocks_of_every_upgrade),
    CASE(receipts_in_numbers),
    CASE(environments),
    CASE(every_commitment),
    CASE(commitments_of_proof_of_work),
    CASE(size_of_the_block),
    CASE(a_block_without_a_known_parent),
    CASE(transactions_that_are_not_valid),
    CASE(gas_that_is_left),
    CASE(blobs_of_a_block),
    CASE(receipts_with_state_roots),
    CASE(rewards),
    CASE(no_reward_touches_nobody),
    CASE(ommers),
    CASE(withdrawals),
    CASE(a_withdrawal_to_what_has_destroyed_itself),
    CASE(contracts_called_before_the_transactions),
    CASE(opening_without_a_root),
    CASE(requests_of_a_block),
    CASE(requests_come_after_withdrawals),
    CASE(contracts_missing_or_failing),
    CASE(two_contracts_fail),
    CASE(deposits_of_a_block),
    CASE(the_dao_fork),
    CASE(without_the_dao_fork),
    CASE(hashes_of_ancestors),
    CASE(a_chain_through_forks),
    CASE(a_full_arena_is_an_error),
};

TEST_MAIN(cases)
