#ifndef TESTS_TOY_CHAIN_H
#define TESTS_TOY_CHAIN_H

/* toy_chain.h: small chains made by the test itself: a genesis state with keys that can sign, blocks
 * on top of any block before them, and what a stateless client needs of each. For test programs and
 * fuzz targets; what cannot happen aborts.
 *
 *   static struct toy_chain c;
 *   toy_open(&c, CHAIN_OSAKA);
 *   ... toy_put, toy_put_slot, more of c.config ...
 *   toy_genesis(&c);
 *   struct bytes tx = toy_transfer(&c, 1, 0, &to, 3);
 *   size_t one = toy_seal(&c, 0, &(struct toy_draft){.txs = &tx, .tx_count = 1});
 *   struct block_verdict verdict = toy_try(&c, 0, &c.blocks[one].block, NULL);
 *   toy_close(&c);
 *
 * toy_seal fills a header from a run of its own, transaction by transaction, which shares no code
 * with block_execute above the level of tx_execute and system_call: the two check each other. */

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <sys/mman.h>

#include "crypto/keccak.h"
#include "exec/block.h"
#include "exec/dao.h"
#include "exec/difficulty.h"
#include "exec/requests.h"
#include "exec/reward.h"
#include "exec/system_call.h"
#include "exec/tx_rlp.h"

#define TOY_MEMORY_BYTES ((size_t)1 << 20)
#define TOY_ARENA_BYTES  ((size_t)16 << 20)
#define TOY_BLOCKS_MAX   320
#define TOY_FORKS_MAX    4
#define TOY_KEYS         4u /* keys 1 to TOY_KEYS */
#define TOY_WEI          UINT64_C(1000000000000000000)
#define TOY_GAS_PRICE    UINT64_C(10000000000)
#define TOY_BASE_FEE     UINT64_C(1000) /* of the genesis block, where it has one */
#define TOY_GAS_LIMIT    UINT64_C(30000000)
#define TOY_SECONDS      UINT64_C(12)
#define TOY_TIMESTAMP    UINT64_C(10000) /* of the genesis block */
#define TOY_CHAIN_ID     UINT64_C(77)

/* struct toy_block: a sealed block. */
struct toy_block {
    struct block block;
    struct bytes encoded;
    struct hash32 hash;
    size_t parent; /* its number in `blocks`; the genesis block's is 0 */
    struct u256 total_difficulty;
};

struct toy_chain {
    uint8_t *mapping;
    size_t mapping_len;
    secp256k1_context *signing;
    struct evm evm;
    struct arena arena;   /* of the chain */
    struct arena scratch; /* of one run */
    struct arena tip_arena;
    struct db_trie tip; /* the state after block `tip_at`, in tip_arena, if has_tip */
    size_t tip_at;
    bool has_tip;
    struct map_key key;
    struct chain_config config;
    struct chain_fork forks[TOY_FORKS_MAX];
    struct db_memory state; /* of the genesis block */
    bool is_bare;           /* no contracts that blocks call, but the test's own */
    struct toy_block blocks[TOY_BLOCKS_MAX];
    size_t count;
};

/* struct toy_draft: what a block is to have; everything else follows. Zeros are the usual. */
struct toy_draft {
    const struct bytes *txs;
    size_t tx_count;
    const struct withdrawal *withdrawals;
    size_t withdrawal_count;
    const struct header *ommers;
    size_t ommer_count;
    struct bytes extra_data;
    struct address beneficiary;
    uint64_t seconds;   /* after the parent; 0: TOY_SECONDS */
    uint64_t gas_limit; /* 0: the parent's */
};

/* struct toy_witness: what it takes to run a block without its chain; nothing in it is too much. */
struct toy_witness {
    struct bytes *nodes;
    size_t node_count;
    struct bytes *codes;
    size_t code_count;
    struct bytes *headers; /* the parent's first */
    size_t header_count;
};

/* ---- accounts -------------------------------------------------------------------------------- */

static inline struct address toy_address(uint64_t number)
{
    struct address address = {{0}};
    store_be64(address.b + 12, number);
    return address;
}

/* The contracts that every toy chain has; TOY_PAYEE and what follows it is nobody yet. */
#define TOY_STORE       0x5705u /* stores the second word of its input at the first */
#define TOY_HASHES      0x4a54u /* stores BLOCKHASH of the first word at it */
#define TOY_LOGGER      0x1099u /* LOG1 of its input, with TOY_TOPIC */
#define TOY_BAD         0x0badu /* an instruction that is none */
#define TOY_PAYEE       0x9a9eeu
#define TOY_BENEFICIARY 0xbe4eu

/* toy_bytes copies constant bytes into the chain's arena. */
static inline struct bytes toy_bytes(struct toy_chain *c, const void *data, size_t len)
{
    uint8_t *copy = ARENA_NEW(&c->arena, uint8_t, len);
    ASSERT(copy != NULL);
    bytes_copy(copy, data, len);
    return bytes_from(copy, len);
}

static inline struct db_memory_account *toy_put(struct toy_chain *c, const struct address *address,
                                                uint64_t wei, uint64_t nonce, struct bytes code)
{
    struct db_memory_account *account;
    const struct u256 balance = u256_from_u64(wei);
    enum err e = db_memory_put_account(&c->state, &account, address, &balance, nonce, code);
    ASSERT(e == OK);
    return account;
}

static inline void toy_put_slot(struct toy_chain *c, struct db_memory_account *account,
                                uint64_t slot, uint64_t value)
{
    const struct u256 wide_slot = u256_from_u64(slot);
    const struct u256 wide_value = u256_from_u64(value);
    enum err e = db_memory_put_storage(&c->state, account, &wide_slot, &wide_value);
    ASSERT(e == OK);
}

static inline void toy_secret(uint8_t out[static 32], unsigned key)
{
    memset(out, 0, 32);
    out[0] = 0x42;
    out[31] = (uint8_t)key;
}

/* toy_sender gives the address of a key. */
static inline struct address toy_sender(const struct toy_chain *c, unsigned key)
{
    uint8_t secret[32];
    uint8_t public_key[65];
    size_t len = sizeof(public_key);
    secp256k1_pubkey point;
    struct hash32 hash;
    struct address address;
    toy_secret(secret, key);
    int done = secp256k1_ec_pubkey_create(c->signing, &point, secret);
    ASSERT(done == 1);
    done = secp256k1_ec_pubkey_serialize(c->signing, public_key, &len, &point,
                                         SECP256K1_EC_UNCOMPRESSED);
    ASSERT(done == 1 && len == sizeof(public_key));
    keccak256(&hash, public_key + 1, 64);
    memcpy(address.b, hash.b + 12, sizeof(address.b));
    return address;
}

/* ---- transactions ---------------------------------------------------------------------------- */

/* toy_sign signs a transaction by a key and gives its bytes. A legacy one names no chain. */
static inline struct bytes toy_sign(struct toy_chain *c, unsigned key, const struct tx *tx)
{
    struct tx_signature signature = {.has_chain_id = tx->type != TX_LEGACY,
                                     .chain_id = c->config.chain_id};
    uint8_t secret[32];
    uint8_t compact[64];
    int id;
    struct hash32 hash;
    secp256k1_ecdsa_recoverable_signature made;
    enum err e = tx_signing_hash(&hash, &c->arena, tx, &signature);
    ASSERT(e == OK);
    toy_secret(secret, key);
    int done = secp256k1_ecdsa_sign_recoverable(c->signing, &made, hash.b, secret, NULL, NULL);
    ASSERT(done == 1);
    (void)secp256k1_ecdsa_recoverable_signature_serialize_compact(c->signing, compact, &id, &made);
    u256_load_be(&signature.r, compact);
    u256_load_be(&signature.s, compact + 32);
    signature.y_parity = (id & 1) != 0;
    const size_t size = tx_size(tx, &signature);
    uint8_t *buffer = ARENA_NEW(&c->arena, uint8_t, size);
    ASSERT(buffer != NULL);
    struct writer w = writer_to(buffer, size);
    tx_encode(&w, tx, &signature);
    return writer_view(&w);
}

/* toy_tx is a legacy transaction with a word or two of input, to be changed and signed. */
static inline struct tx toy_tx(uint64_t nonce, struct address to, uint64_t wei)
{
    return (struct tx){
        .type = TX_LEGACY,
        .to = to,
        .nonce = nonce,
        .gas_limit = 200000,
        .max_fee_per_gas = {{TOY_GAS_PRICE, 0, 0, 0}},
        .max_priority_fee_per_gas = {{TOY_GAS_PRICE, 0, 0, 0}},
        .value = {{wei, 0, 0, 0}},
    };
}

static inline struct bytes toy_transfer(struct toy_chain *c, unsigned key, uint64_t nonce,
                                        const struct address *to, uint64_t wei)
{
    struct tx tx = toy_tx(nonce, *to, wei);
    return toy_sign(c, key, &tx);
}

/* toy_words gives two words of input, big-endian. */
static inline struct bytes toy_words(struct toy_chain *c, uint64_t first, uint64_t second)
{
    uint8_t words[64] = {0};
    store_be64(words + 24, first);
    store_be64(words + 56, second);
    return toy_bytes(c, words, sizeof(words));
}

static inline struct bytes toy_call(struct toy_chain *c, unsigned key, uint64_t nonce,
                                    struct address to, struct bytes data)
{
    struct tx tx = toy_tx(nonce, to, 0);
    tx.data = data;
    return toy_sign(c, key, &tx);
}

/* toy_blob_tx is a transaction with blobs, for 1 wei per blob gas at most. */
static inline struct bytes toy_blob_tx(struct toy_chain *c, unsigned key, uint64_t nonce,
                                       size_t blob_count)
{
    struct tx tx = toy_tx(nonce, toy_address(TOY_PAYEE), 1);
    struct hash32 *hashes = ARENA_NEW(&c->arena, struct hash32, blob_count);
    ASSERT(hashes != NULL);
    for (size_t i = 0; i < blob_count; i++) {
        hashes[i].b[0] = 1; /* EIP-4844: VERSIONED_HASH_VERSION_KZG */
        hashes[i].b[31] = (uint8_t)i;
    }
    tx.type = TX_BLOB;
    tx.max_fee_per_blob_gas = u256_from_u64(1);
    tx.blob_versioned_hashes = hashes;
    tx.blob_count = blob_count;
    return toy_sign(c, key, &tx);
}

/* ---- the world ------------------------------------------------------------------------------- */

#define TOY_TOPIC 0x77u

/* The contracts' code. What is called by the block itself stores its input at the block's number
 * (EIP-2935, EIP-4788), or is a queue: anybody else's first word becomes a number of bytes, which the
 * block then gets and which is 0 again (EIP-7002, EIP-7251). */
static inline void toy_put_contracts(struct toy_chain *c, const struct fork_rules *rules)
{
    /* PUSH1 32 CALLDATALOAD PUSH1 0 CALLDATALOAD SSTORE */
    static const uint8_t store[] = {0x60, 32, 0x35, 0x60, 0, 0x35, 0x55};
    /* PUSH1 0 CALLDATALOAD BLOCKHASH PUSH1 0 CALLDATALOAD SSTORE */
    static const uint8_t hashes[] = {0x60, 0, 0x35, 0x40, 0x60, 0, 0x35, 0x55};
    /* CALLDATASIZE PUSH1 0 DUP1 CALLDATACOPY PUSH1 topic CALLDATASIZE PUSH1 0 LOG1 */
    static const uint8_t logger[] = {0x36,      0x60, 0,    0x80, 0x37, 0x60,
                                     TOY_TOPIC, 0x36, 0x60, 0,    0xa1};
    static const uint8_t bad[] = {0xfe};
    /* PUSH1 0 CALLDATALOAD NUMBER SSTORE */
    static const uint8_t keeper[] = {0x60, 0, 0x35, 0x43, 0x55};
    /*     CALLER PUSH20 ff..fe EQ PUSH1 there JUMPI
     *     PUSH1 0 CALLDATALOAD PUSH1 0 SSTORE STOP
     *   there: JUMPDEST
     *     PUSH1 0 SLOAD PUSH1 0 DUP1 SSTORE ADDRESS PUSH1 0 MSTORE PUSH1 0 RETURN */
    static const uint8_t queue[] = {0x33, 0x73, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xfe, 0x14, 0x60, 33,   0x57, 0x60, 0,    0x35, 0x60,
                                    0,    0x55, 0,    0x5b, 0x60, 0,    0x54, 0x60, 0,    0x80,
                                    0x55, 0x30, 0x60, 0,    0x52, 0x60, 0,    0xf3};
    const struct {
        struct address address;
        bool is_there;
        struct bytes code;
    } contracts[] = {
        {toy_address(TOY_STORE), true, bytes_from(store, sizeof(store))},
        {toy_address(TOY_HASHES), true, bytes_from(hashes, sizeof(hashes))},
        {toy_address(TOY_LOGGER), true, bytes_from(logger, sizeof(logger))},
        {toy_address(TOY_BAD), true, bytes_from(bad, sizeof(bad))},
        {BEACON_ROOTS_ADDRESS, rules->eip4788 && !c->is_bare, bytes_from(keeper, sizeof(keeper))},
        {HISTORY_STORAGE_ADDRESS, rules->eip2935 && !c->is_bare,
         bytes_from(keeper, sizeof(keeper))},
        {WITHDRAWAL_REQUEST_ADDRESS, rules->eip7685 && !c->is_bare,
         bytes_from(queue, sizeof(queue))},
        {CONSOLIDATION_REQUEST_ADDRESS, rules->eip7685 && !c->is_bare,
         bytes_from(queue, sizeof(queue))},
    };
    for (size_t i = 0; i < sizeof(contracts) / sizeof(contracts[0]); i++) {
        if (contracts[i].is_there && db_memory_find(&c->state, &contracts[i].address) == NULL) {
            (void)toy_put(c, &contracts[i].address, 0, 1, contracts[i].code);
        }
    }
}

/* toy_open makes a chain on which an upgrade and all before it hold from the genesis block on, whose
 * state has the keys. The deposit contract is mainnet's, and is not there. */
static inline void toy_open(struct toy_chain *c, enum chain_upgrade upgrade)
{
    static const uint8_t seed[32] = "a toy chain";
    const size_t evm_len = EVM_REGION_BYTES_FOR(TOY_MEMORY_BYTES);
    *c = (struct toy_chain){.count = 0};
    c->mapping_len = EVM_STACK_SLOT + evm_len + 3 * TOY_ARENA_BYTES;
    c->mapping =
        mmap(NULL, c->mapping_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT(c->mapping != MAP_FAILED);
    uint8_t *region = c->mapping + ((0 - (uintptr_t)c->mapping) & (EVM_STACK_SLOT - 1));
    arena_init(&c->arena, region + evm_len, TOY_ARENA_BYTES);
    arena_init(&c->scratch, region + evm_len + TOY_ARENA_BYTES, TOY_ARENA_BYTES);
    arena_init(&c->tip_arena, region + evm_len + 2 * TOY_ARENA_BYTES, TOY_ARENA_BYTES);
    c->key = map_key_from(seed);
    c->signing = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    ASSERT(c->signing != NULL);
    enum err e = evm_open(&c->evm, region, TOY_MEMORY_BYTES);
    ASSERT(e == OK);
    e = db_memory_init(&c->state, &c->arena, &c->key);
    ASSERT(e == OK);
    const enum fork fork = chain_upgrade_fork(upgrade);
    const enum blob_schedule_id blobs = upgrade >= CHAIN_BPO1     ? BLOB_BPO1
                                        : upgrade == CHAIN_OSAKA  ? BLOB_OSAKA
                                        : upgrade == CHAIN_PRAGUE ? BLOB_PRAGUE
                                                                  : BLOB_CANCUN;
    c->forks[0] = (struct chain_fork){upgrade, CHAIN_BY_NUMBER, 0,
                                      fork >= FORK_CANCUN ? &blob_schedules[blobs] : NULL};
    c->config = (struct chain_config){
        .name = "toy",
        .chain_id = TOY_CHAIN_ID,
        .forks = c->forks,
        .fork_count = 1,
        .deposit_contract = chain_by_id(1)->deposit_contract,
    };
    for (unsigned key = 1; key <= TOY_KEYS; key++) {
        const struct address sender = toy_sender(c, key);
        (void)toy_put(c, &sender, TOY_WEI, 0, bytes_from(NULL, 0));
    }
}

static inline void toy_close(struct toy_chain *c)
{
    secp256k1_context_destroy(c->signing);
    evm_close(&c->evm);
    arena_reset(&c->arena);
    arena_reset(&c->scratch);
    arena_reset(&c->tip_arena);
    int failed = munmap(c->mapping, c->mapping_len);
    ASSERT(!failed);
    c->mapping = NULL;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* toy_rules gives the rules of a block with this number and time after a block. */
static inline struct chain_rules toy_rules(const struct toy_chain *c, size_t parent,
                                           uint64_t number, uint64_t timestamp)
{
    struct chain_rules rules;
    chain_rules_at(
        &rules, &c->config, number, timestamp,
        !u256_lt(&c->blocks[parent].total_difficulty, &c->config.terminal_total_difficulty));
    return rules;
}

/* toy_encode writes a block into the arena. */
static inline struct bytes toy_encode(struct toy_chain *c, const struct block *block)
{
    const size_t size = block_size(block);
    uint8_t *buffer = ARENA_NEW(&c->arena, uint8_t, size);
    ASSERT(buffer != NULL);
    struct writer w = writer_to(buffer, size);
    block_encode(&w, block);
    return writer_view(&w);
}

/* toy_append adds a block that is finished; returns its number in `blocks`. */
static inline size_t toy_append(struct toy_chain *c, size_t parent, const struct block *block)
{
    ASSERT(c->count < TOY_BLOCKS_MAX);
    struct toy_block *added = &c->blocks[c->count];
    added->encoded = toy_encode(c, block);
    enum err e = block_decode(&added->block, &c->arena, added->encoded);
    ASSERT(e == OK);
    keccak256(&added->hash, added->block.header_encoded.ptr, added->block.header_encoded.len);
    added->parent = parent;
    added->total_difficulty = block->header.difficulty;
    if (c->count != 0) {
        u256_add(&added->total_difficulty, &added->total_difficulty,
                 &c->blocks[parent].total_difficulty);
    }
    return c->count++;
}

/* toy_relist makes the roots of a block's lists what its header says. */
static inline void toy_relist(struct toy_chain *c, struct block *block)
{
    enum err e = block_transactions_root(&block->header.transactions_root, &c->arena, block);
    ASSERT(e == OK);
    block->header.ommers_hash = block_ommers_hash(block);
    if (block->has_withdrawals) {
        e = block_withdrawals_root(&block->header.withdrawals_root, &c->arena, block);
        ASSERT(e == OK);
    }
}

/* toy_load makes `db` the state of the genesis block, in an arena. */
static inline void toy_load(struct toy_chain *c, struct db_trie *db, struct arena *arena)
{
    enum err e = db_trie_init(db, arena, &c->key);
    ASSERT(e == OK);
    e = db_trie_load(db, &c->state);
    ASSERT(e == OK);
}

/* toy_genesis makes block 0 of the state as it is, with the contracts where the test has put no
 * others. */
static inline void toy_genesis(struct toy_chain *c)
{
    const struct chain_rules rules = toy_rules(c, 0, 0, TOY_TIMESTAMP);
    const struct fork_rules *fork = fork_rules(rules.fork);
    toy_put_contracts(c,
                      fork_rules(chain_upgrade_fork(c->forks[c->config.fork_count - 1].upgrade)));
    struct db_trie db;
    static const uint8_t empty_list = 0xc0;
    struct block block = {.ommers_encoded = {&empty_list, 1}, .has_withdrawals = fork->eip4895};
    block.header = (struct header){
        .gas_limit = TOY_GAS_LIMIT,
        .timestamp = TOY_TIMESTAMP,
        .difficulty = u256_from_u64(fork->eip3675 ? 0 : DIFFICULTY_MIN),
        .has_base_fee = fork->eip1559,
        .base_fee_per_gas = u256_from_u64(fork->eip1559 ? TOY_BASE_FEE : 0),
        .has_withdrawals_root = fork->eip4895,
        .has_blob_gas = fork->eip4844,
        .has_beacon_root = fork->eip4788,
        .has_requests_hash = fork->eip7685,
    };
    toy_relist(c, &block);
    toy_load(c, &db, &c->scratch);
    enum err e = db_trie_root(&db, &block.header.state_root);
    ASSERT(e == OK);
    e = receipts_root(&block.header.receipts_root, block.header.logs_bloom, &c->scratch, NULL, 0);
    ASSERT(e == OK);
    arena_reset(&c->scratch);
    (void)toy_append(c, 0, &block);
}

/* ---- running a block, the long way ----------------------------------------------------------- */

/* struct toy_run: what a block comes to. */
struct toy_run {
    uint64_t gas_used;
    uint64_t blob_gas_used;
    uint8_t bloom[BLOOM_BYTES];
    struct hash32 receipts_root;
    struct hash32 requests_hash;
    struct hash32 state_root;
};

static inline void toy_add_balance(struct state *state, const struct address *to, struct u256 wei)
{
    struct account *account;
    enum err e = state_account(state, &account, to);
    ASSERT(e == OK);
    u256_add(&wei, &wei, &account->balance);
    e = state_set_balance(state, account, &wei);
    ASSERT(e == OK);
}

static inline struct bytes toy_system_call(struct toy_chain *c, const struct address *to,
                                           struct bytes data)
{
    bool has_code;
    struct outcome outcome;
    enum err e = system_call(&c->evm, &has_code, &outcome, to, data);
    ASSERT(e == OK);
    return has_code && outcome.status == EVM_SUCCESS
               ? toy_bytes(c, outcome.output.ptr, outcome.output.len)
               : bytes_from(NULL, 0);
}

static inline struct receipt toy_transact(struct toy_chain *c, struct toy_run *run,
                                          struct db_trie *db, const struct block *block,
                                          struct bytes raw)
{
    struct tx tx;
    struct tx_result result;
    enum tx_status status;
    struct receipt receipt = {.has_status = c->evm.rules->eip658};
    enum err e = tx_read(&tx, &status, &c->scratch, raw, c->config.chain_id, c->evm.rules);
    ASSERT(e == OK && status == TX_OK);
    e = tx_execute(&c->evm, &result, &tx, block->header.gas_limit - run->gas_used);
    ASSERT(e == OK && result.status == TX_OK);
    run->gas_used += result.gas_used;
    run->blob_gas_used += tx.blob_count * GAS_BLOB;
    struct log_entry *logs = ARENA_NEW(&c->scratch, struct log_entry, c->evm.state->log_count);
    ASSERT(logs != NULL);
    bytes_copy(logs, c->evm.state->logs, c->evm.state->log_count * sizeof(*logs));
    receipt.type = tx.type;
    receipt.is_success = result.halt == EVM_SUCCESS;
    receipt.cumulative_gas_used = run->gas_used;
    receipt.logs = logs;
    receipt.log_count = c->evm.state->log_count;
    if (!receipt.has_status) {
        e = db_trie_apply(db, c->evm.state);
        ASSERT(e == OK);
        e = db_trie_root(db, &receipt.state_root);
        ASSERT(e == OK);
    }
    return receipt;
}

static inline void toy_pay(struct state *state, const struct fork_rules *rules,
                           const struct block *block)
{
    const struct u256 gwei = u256_from_u64(1000000000);
    state_begin_tx(state);
    for (size_t i = 0; i < block->withdrawal_count; i++) {
        struct u256 wei = u256_from_u64(block->withdrawals[i].amount_gwei);
        u256_mul(&wei, &wei, &gwei);
        toy_add_balance(state, &block->withdrawals[i].address, wei);
    }
    if (rules->block_reward_ether != 0) {
        toy_add_balance(state, &block->header.beneficiary, reward_block(rules, block->ommer_count));
    }
    for (size_t i = 0; i < block->ommer_count; i++) {
        toy_add_balance(state, &block->ommers[i].beneficiary,
                        reward_ommer(rules, block->header.number, block->ommers[i].number));
    }
    state_end_tx(state, rules->eip161);
}

static inline void toy_requests(struct toy_chain *c, struct toy_run *run,
                                const struct receipt *receipts, size_t count)
{
    struct bytes requests[REQUEST_TYPES];
    bool valid;
    enum err e = requests_deposits(&requests[REQUEST_DEPOSIT], &valid, &c->scratch,
                                   &c->config.deposit_contract, receipts, count);
    ASSERT(e == OK);
    const struct bytes none = bytes_from(NULL, 0);
    requests[REQUEST_WITHDRAWAL] = toy_system_call(c, &WITHDRAWAL_REQUEST_ADDRESS, none);
    requests[REQUEST_CONSOLIDATION] = toy_system_call(c, &CONSOLIDATION_REQUEST_ADDRESS, none);
    e = requests_hash(&run->requests_hash, &c->scratch, requests);
    ASSERT(e == OK);
}

/* toy_run runs a block whose transactions are valid over its parent's state, and makes `db` the
 * state after it. The records are in the scratch arena. */
static inline struct toy_run toy_run(struct toy_chain *c, struct db_trie *db,
                                     const struct block *block, const struct chain_rules *rules)
{
    const struct header *header = &block->header;
    struct state *state = ARENA_NEW(&c->scratch, struct state, 1);
    struct receipt *receipts = ARENA_NEW(&c->scratch, struct receipt, block->tx_count);
    struct toy_run run = {.gas_used = 0};
    struct block_env env = {
        .number = header->number,
        .timestamp = header->timestamp,
        .gas_limit = header->gas_limit,
        .chain_id = c->config.chain_id,
        .beneficiary = header->beneficiary,
        .prev_randao = header->difficulty,
        .base_fee_per_gas = header->base_fee_per_gas,
        .max_blobs = rules->blobs.max,
    };
    ASSERT(state != NULL && receipts != NULL);
    enum err e = state_init(state, &c->scratch, &c->key, db_trie_db(db));
    ASSERT(e == OK);
    c->evm.state = state;
    c->evm.rules = fork_rules(rules->fork);
    c->evm.block = &env;
    if (c->evm.rules->eip3675) {
        u256_load_be(&env.prev_randao, header->prev_randao.b);
    }
    if (c->evm.rules->eip4844) {
        env.blob_base_fee =
            blob_base_fee(header->excess_blob_gas, rules->blobs.base_fee_update_fraction);
    }
    if (c->config.has_dao_fork && header->number == c->config.dao_fork_number) {
        e = dao_fork_apply(state);
        ASSERT(e == OK);
    }
    if (c->evm.rules->eip4788) {
        (void)toy_system_call(c, &BEACON_ROOTS_ADDRESS,
                              bytes_from(header->parent_beacon_block_root.b, 32));
    }
    if (c->evm.rules->eip2935) {
        (void)toy_system_call(c, &HISTORY_STORAGE_ADDRESS, bytes_from(header->parent_hash.b, 32));
    }
    for (size_t i = 0; i < block->tx_count; i++) {
        receipts[i] = toy_transact(c, &run, db, block, block->txs[i]);
    }
    toy_pay(state, c->evm.rules, block);
    if (c->evm.rules->eip7685) {
        toy_requests(c, &run, receipts, block->tx_count);
    }
    e = receipts_root(&run.receipts_root, run.bloom, &c->scratch, receipts, block->tx_count);
    ASSERT(e == OK);
    e = db_trie_apply(db, state);
    ASSERT(e == OK);
    e = db_trie_root(db, &run.state_root);
    ASSERT(e == OK);
    c->evm.state = NULL;
    c->evm.block = NULL;
    return run;
}

/* toy_path lists the blocks from the genesis block to `last`; returns how many there are. */
static inline size_t toy_path(const struct toy_chain *c, size_t path[static TOY_BLOCKS_MAX],
                              size_t last)
{
    size_t count = (size_t)c->blocks[last].block.header.number + 1;
    ASSERT(count <= TOY_BLOCKS_MAX);
    for (size_t i = count; i-- > 0; last = c->blocks[last].parent) {
        path[i] = last;
    }
    return count;
}

/* toy_state makes `db` the state after a sealed block, in an arena. */
static inline void toy_state(struct toy_chain *c, struct db_trie *db, struct arena *arena,
                             size_t at)
{
    size_t path[TOY_BLOCKS_MAX];
    const size_t count = toy_path(c, path, at);
    toy_load(c, db, arena);
    db_trie_set_block_hash(db, 0, &c->blocks[0].hash);
    for (size_t i = 1; i < count; i++) {
        const struct block *block = &c->blocks[path[i]].block;
        const struct chain_rules rules =
            toy_rules(c, path[i - 1], block->header.number, block->header.timestamp);
        const struct toy_run run = toy_run(c, db, block, &rules);
        ASSERT(hash32_equal(&run.state_root, &block->header.state_root));
        db_trie_set_block_hash(db, block->header.number, &c->blocks[path[i]].hash);
    }
}

/* toy_draw makes the header and lists of a block, but for what its execution gives. */
static inline struct block toy_draw(struct toy_chain *c, size_t parent,
                                    const struct toy_draft *draft)
{
    const struct header *before = &c->blocks[parent].block.header;
    const uint64_t timestamp =
        before->timestamp + (draft->seconds != 0 ? draft->seconds : TOY_SECONDS);
    const struct chain_rules rules = toy_rules(c, parent, before->number + 1, timestamp);
    const struct fork_rules *fork = fork_rules(rules.fork);
    struct block block = {
        .txs = draft->txs,
        .tx_count = draft->tx_count,
        .ommers = draft->ommers,
        .ommer_count = draft->ommer_count,
        .has_withdrawals = fork->eip4895,
        .withdrawals = draft->withdrawals,
        .withdrawal_count = draft->withdrawal_count,
    };
    block.header = (struct header){
        .parent_hash = c->blocks[parent].hash,
        .beneficiary = draft->beneficiary,
        .number = before->number + 1,
        .gas_limit = draft->gas_limit != 0 ? draft->gas_limit : before->gas_limit,
        .timestamp = timestamp,
        .extra_data = draft->extra_data,
        .prev_randao = {{0x9a, (uint8_t)(before->number + 1)}},
        .has_base_fee = fork->eip1559,
        .has_withdrawals_root = fork->eip4895,
        .has_blob_gas = fork->eip4844,
        .has_beacon_root = fork->eip4788,
        .parent_beacon_block_root = {{0xbe, (uint8_t)(before->number + 1), [31] = 0xac}},
        .has_requests_hash = fork->eip7685,
    };
    bool fits = true;
    if (!fork->eip3675) {
        fits = difficulty_after(&block.header.difficulty, &rules, before, timestamp);
    }
    if (fork->eip1559) {
        fits = fits && header_base_fee(&block.header.base_fee_per_gas, before);
    }
    if (fork->eip4844) {
        fits = fits && blob_excess_gas(&block.header.excess_blob_gas, &rules.blobs, fork->eip7918,
                                       before->excess_blob_gas, before->blob_gas_used,
                                       &before->base_fee_per_gas);
    }
    ASSERT(fits);
    /* Encoded and decoded once, so that every view is of bytes as they come from outside. */
    struct bytes encoded = toy_encode(c, &block);
    enum err e = block_decode(&block, &c->arena, encoded);
    ASSERT(e == OK);
    toy_relist(c, &block);
    return block;
}

/* toy_seal makes a valid block after `parent` and adds it; returns its number in `blocks`. */
static inline size_t toy_seal(struct toy_chain *c, size_t parent, const struct toy_draft *draft)
{
    struct block block = toy_draw(c, parent, draft);
    const struct chain_rules rules =
        toy_rules(c, parent, block.header.number, block.header.timestamp);
    if (!c->has_tip || c->tip_at != parent) {
        arena_reset(&c->tip_arena);
        toy_state(c, &c->tip, &c->tip_arena, parent);
    }
    const struct toy_run run = toy_run(c, &c->tip, &block, &rules);
    block.header.gas_used = run.gas_used;
    block.header.blob_gas_used = run.blob_gas_used;
    memcpy(block.header.logs_bloom, run.bloom, sizeof(run.bloom));
    block.header.receipts_root = run.receipts_root;
    block.header.requests_hash = run.requests_hash;
    block.header.state_root = run.state_root;
    arena_reset(&c->scratch);
    const size_t sealed = toy_append(c, parent, &block);
    db_trie_set_block_hash(&c->tip, block.header.number, &c->blocks[sealed].hash);
    c->tip_at = sealed;
    c->has_tip = true;
    return sealed;
}

/* ---- what is tested -------------------------------------------------------------------------- */

/* struct toy_past: the ancestors of a block, for block_check. */
struct toy_past {
    struct header ancestors[OMMER_AGE_MAX + 1];
    struct hash32 included[2 * (OMMER_AGE_MAX + 1)];
    struct ommers_past view;
};

static inline void toy_past(const struct toy_chain *c, struct toy_past *out, size_t parent)
{
    out->view = (struct ommers_past){out->ancestors, 0, out->included, 0};
    for (size_t at = parent; out->view.ancestor_count <= OMMER_AGE_MAX; at = c->blocks[at].parent) {
        const struct block *block = &c->blocks[at].block;
        out->ancestors[out->view.ancestor_count++] = block->header;
        for (size_t i = 0; i < block->ommer_count; i++) {
            out->included[out->view.included_count++] = header_hash(&block->ommers[i]);
        }
        if (at == 0) {
            break;
        }
    }
}

/* toy_try runs any block over the state after `parent` by block_check, block_execute and
 * block_finish, and gives the verdict; *result when it is BLOCK_OK, if not NULL. What it refers to
 * holds until the scratch arena is reset, which is the caller's to do. */
static inline struct block_verdict toy_try(struct toy_chain *c, size_t parent,
                                           const struct block *block, struct block_result *result)
{
    const struct chain_rules rules =
        toy_rules(c, parent, block->header.number, block->header.timestamp);
    struct block_context context = {
        .chain = &c->config, .rules = rules, .evm = &c->evm, .arena = &c->scratch};
    struct block_verdict verdict;
    struct block_result unused;
    struct toy_past past;
    struct db_trie *db = ARENA_NEW(&c->scratch, struct db_trie, 1);
    struct state *state = ARENA_NEW(&c->scratch, struct state, 1);
    ASSERT(db != NULL && state != NULL);
    context.db = db;
    toy_past(c, &past, parent);
    enum err e = block_check(&verdict, &c->scratch, &c->config, &rules, block, &past.view);
    ASSERT(e == OK);
    if (verdict.status != BLOCK_OK) {
        return verdict;
    }
    toy_state(c, db, &c->scratch, parent);
    e = state_init(state, &c->scratch, &c->key, db_trie_db(db));
    ASSERT(e == OK);
    c->evm.state = state;
    result = result != NULL ? result : &unused;
    e = block_execute(&verdict, result, &context, block);
    ASSERT(e == OK);
    if (verdict.status == BLOCK_OK) {
        e = block_finish(&verdict, result, &context, block);
        ASSERT(e == OK);
    }
    return verdict;
}

/* ---- witnesses ------------------------------------------------------------------------------- */

#define TOY_PARTS_MAX 512

struct toy_parts {
    struct toy_chain *chain;
    struct bytes *items;
    size_t count;
};

static inline enum err toy_take(void *context, const struct hash32 *hash, struct bytes bytes)
{
    struct toy_parts *parts = context;
    (void)hash;
    ASSERT(parts->count < TOY_PARTS_MAX);
    parts->items[parts->count++] = toy_bytes(parts->chain, bytes.ptr, bytes.len);
    return OK;
}

/* toy_witness records the witness of a sealed block. Everything is in the chain's arena. */
static inline struct toy_witness toy_witness(struct toy_chain *c, size_t at)
{
    const struct block *block = &c->blocks[at].block;
    const size_t parent = c->blocks[at].parent;
    const struct chain_rules rules =
        toy_rules(c, parent, block->header.number, block->header.timestamp);
    struct toy_parts nodes = {c, ARENA_NEW(&c->arena, struct bytes, TOY_PARTS_MAX), 0};
    struct toy_parts codes = {c, ARENA_NEW(&c->arena, struct bytes, TOY_PARTS_MAX), 0};
    struct bytes *headers = ARENA_NEW(&c->arena, struct bytes, TOY_BLOCKS_MAX);
    struct db_trie *db = ARENA_NEW(&c->scratch, struct db_trie, 1);
    ASSERT(nodes.items != NULL && codes.items != NULL && headers != NULL && db != NULL);
    toy_state(c, db, &c->scratch, parent);
    enum err e = db_trie_forget(db);
    ASSERT(e == OK);
    (void)toy_run(c, db, block, &rules);
    e = preimages_each_used(&db->nodes, toy_take, &nodes);
    ASSERT(e == OK);
    e = preimages_each_used(&db->codes, toy_take, &codes);
    ASSERT(e == OK);
    struct toy_witness out = {nodes.items, nodes.count, codes.items, codes.count, headers, 0};
    /* The hash of a block is in the header after it. */
    for (size_t up = parent;; up = c->blocks[up].parent) {
        headers[out.header_count++] = c->blocks[up].block.header_encoded;
        if (!db->block_was_asked || c->blocks[up].block.header.number <= db->block_lowest + 1) {
            break;
        }
    }
    arena_reset(&c->scratch);
    return out;
}

#endif
