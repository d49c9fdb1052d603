/* Requests of nitro_simulate: what each member becomes, and what each mistake is called. */

#include "rpc/simulate_request.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "rpc/simulations.h"
#include "tests/test.h"

#define ARENA_BYTES ((size_t)16 << 20)

#define A1 "0x1111111111111111111111111111111111111111"
#define A2 "0x2222222222222222222222222222222222222222"
#define H1 "0x1111111111111111111111111111111111111111111111111111111111111111"
#define H2 "0x2222222222222222222222222222222222222222222222222222222222222222"

static struct arena arena;
static struct sim_request request;
static struct err_detail detail;

static enum err parse(const char *text)
{
    static void *region;
    if (region == NULL) {
        region = test_region(ARENA_BYTES);
        arena_init(&arena, region, ARENA_BYTES);
    }
    arena_reset(&arena);
    detail.text[0] = '\0';
    struct simulation simulation;
    enum err e = simulation_parse(&simulation, SIMULATION_SIMULATE, &arena,
                                  bytes_from(text, strlen(text)), &detail);
    request = simulation.simulate;
    return e;
}

/* WITH makes a request of nothing but one member. */
#define WITH(members) "{\"accounts\":{},\"transactions\":[]," members "}"

/* CALL makes one of a single transaction. */
#define CALL(transaction) "{\"accounts\":{},\"transactions\":[" transaction "]}"

static bool is_address(const struct address *address, uint8_t byte)
{
    for (size_t i = 0; i < sizeof(address->b); i++) {
        if (address->b[i] != byte) {
            return false;
        }
    }
    return true;
}

static bool is_hash(const struct hash32 *hash, uint8_t byte)
{
    for (size_t i = 0; i < sizeof(hash->b); i++) {
        if (hash->b[i] != byte) {
            return false;
        }
    }
    return true;
}

/* ---- what is read ---------------------------------------------------------------------------- */

static void reads_the_least(void)
{
    CHECK_EQ(parse("{\"accounts\":{},\"transactions\":[]}"), OK);
    CHECK_EQ(request.chain->chain_id, 1);
    CHECK(!request.has_upgrade);
    CHECK(request.pre.is_plain && request.pre.account_count == 0);
    CHECK_EQ(request.tx_count, 0);
    CHECK_EQ(request.override_count, 0);
    CHECK_EQ(request.options.validation, SIM_VALIDATE_SIGNED);
    CHECK_EQ(request.options.gas_cap, LIMIT_GAS);
    CHECK(request.options.wants_logs);
    CHECK(!request.options.wants_state_diff && !request.options.wants_access_lists &&
          !request.options.wants_post_root && !request.options.calls_system &&
          !request.options.stops_on_failure);
    CHECK_EQ(request.options.trace_steps_max, 0);
    CHECK(!request.block.has_number && !request.block.has_time && !request.block.has_gas_limit);
    /* null is the same as nothing */
    CHECK_EQ(parse("{\"accounts\":{},\"transactions\":[],\"chain\":null,\"fork\":null,"
                   "\"block\":null,\"options\":null,\"stateOverrides\":null,\"header\":null,"
                   "\"headers\":null,\"blockHash\":null,\"stateRoot\":null,\"proofs\":null,"
                   "\"codes\":null,\"witness\":null}"),
             OK);
    CHECK_EQ(request.chain->chain_id, 1);
}

static void reads_chains_and_forks(void)
{
    static const struct {
        const char *text;
        uint64_t chain_id;
    } chains[] = {
        {WITH("\"chain\":\"mainnet\""), 1},
        {WITH("\"chain\":\"Sepolia\""), 11155111},
        {WITH("\"chain\":\"hoodi\""), 560048},
        {WITH("\"chain\":1"), 1},
        {WITH("\"chain\":\"0x1\""), 1},
        {WITH("\"chain\":\"0xaa36a7\""), 11155111},
        {WITH("\"chain\":{\"chainId\":77,\"homesteadBlock\":0}"), 77},
        {WITH("\"chain\":{\"config\":{\"chainId\":78,\"homesteadBlock\":0}}"), 78},
    };
    for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
        CHECK_EQ(parse(chains[i].text), OK);
        CHECK_EQ(request.chain->chain_id, chains[i].chain_id);
    }
    CHECK_EQ(parse(WITH("\"fork\":\"Prague\"")), OK);
    CHECK(request.has_upgrade && request.upgrade == CHAIN_PRAGUE);
    CHECK_EQ(parse(WITH("\"fork\":\"bpo1\"")), OK);
    CHECK_EQ(request.upgrade, CHAIN_BPO1);
}

static void reads_the_block(void)
{
    CHECK_EQ(parse(WITH("\"block\":{\"number\":\"0x10\",\"time\":17,\"gasLimit\":\"0x12\","
                        "\"feeRecipient\":\"" A1 "\",\"prevRandao\":\"" H1 "\","
                        "\"difficulty\":\"0x14\",\"baseFeePerGas\":\"0x15\","
                        "\"blobBaseFee\":\"0x16\",\"parentBeaconBlockRoot\":\"" H2 "\"}")),
             OK);
    const struct block_overrides *b = &request.block;
    CHECK(b->has_number && b->number == 16);
    CHECK(b->has_time && b->time == 17);
    CHECK(b->has_gas_limit && b->gas_limit == 18);
    CHECK(b->has_beneficiary && is_address(&b->beneficiary, 0x11));
    CHECK(b->has_prev_randao && b->prev_randao.w[3] == UINT64_C(0x1111111111111111));
    CHECK(b->has_difficulty && b->difficulty.w[0] == 20);
    CHECK(b->has_base_fee && b->base_fee.w[0] == 21);
    CHECK(b->has_blob_base_fee && b->blob_base_fee.w[0] == 22);
    CHECK(b->has_beacon_root && is_hash(&b->beacon_root, 0x22));
    CHECK(!b->has_excess_blob_gas);
    CHECK_EQ(parse(WITH("\"block\":{\"excessBlobGas\":\"0x17\",\"prevRandao\":\"0x5\"}")), OK);
    CHECK(request.block.has_excess_blob_gas && request.block.excess_blob_gas == 23);
    CHECK_EQ(request.block.prev_randao.w[0], 5);
}

static void reads_options(void)
{
    CHECK_EQ(parse(WITH("\"options\":{\"validate\":true,\"gasCap\":1000,\"stopOnFailure\":true,"
                        "\"systemCalls\":true,\"logs\":false,\"stateDiff\":true,"
                        "\"accessList\":true,\"postStateRoot\":true,\"trace\":true,"
                        "\"traceSteps\":5}")),
             OK);
    const struct sim_options *o = &request.options;
    CHECK_EQ(o->validation, SIM_VALIDATE_ALL);
    CHECK_EQ(o->gas_cap, 1000);
    CHECK(o->stops_on_failure && o->calls_system && !o->wants_logs && o->wants_state_diff &&
          o->wants_access_lists && o->wants_post_root);
    CHECK_EQ(o->trace_steps_max, 5);
    CHECK_EQ(parse(WITH("\"options\":{\"validate\":false,\"trace\":true}")), OK);
    CHECK_EQ(o->validation, SIM_VALIDATE_NONE);
    CHECK_EQ(o->trace_steps_max, LIMIT_TRACE_STEPS);
    CHECK_EQ(parse(WITH("\"options\":{\"traceSteps\":7}")), OK);
    CHECK_EQ(o->trace_steps_max, 0);
}

static void reads_plain_accounts(void)
{
    CHECK_EQ(parse("{\"transactions\":[],\"accounts\":{\"" A1 "\":{\"balance\":\"0x5\","
                   "\"nonce\":\"0x6\",\"code\":\"0x6001\",\"storage\":{\"0x1\":\"0x2\",\"" H1
                   "\":\"0x00\"}},\"" A2 "\":{}}}"),
             OK);
    const struct plain_account *a = request.pre.accounts;
    CHECK_EQ(request.pre.account_count, 2);
    CHECK(is_address(&a[0].address, 0x11) && is_address(&a[1].address, 0x22));
    CHECK_EQ(a[0].balance.w[0], 5);
    CHECK_EQ(a[0].nonce, 6);
    CHECK_EQ(a[0].code.len, 2);
    CHECK_BYTES(a[0].code.ptr, "\x60\x01", 2);
    CHECK_EQ(a[0].storage_count, 2);
    CHECK_EQ(a[0].storage[0].slot.w[0], 1);
    CHECK_EQ(a[0].storage[0].value.w[0], 2);
    CHECK_EQ(a[0].storage[1].slot.w[3], UINT64_C(0x1111111111111111));
    CHECK(u256_is_zero(&a[1].balance) && a[1].nonce == 0 && a[1].code.len == 0 &&
          a[1].storage_count == 0);
}

static void reads_proved_states(void)
{
    CHECK_EQ(parse("{\"transactions\":[],\"stateRoot\":\"" H1 "\",\"blockHash\":\"" H2 "\","
                   "\"header\":\"0xc0\",\"headers\":[\"0xc1\",\"0xc2\"],\"codes\":[\"0x01\"],"
                   "\"witness\":{\"state\":[\"0x02\",\"0x03\"],\"codes\":[\"0x04\"],"
                   "\"headers\":[\"0x05\"],\"keys\":[\"0x06\"]}}"),
             OK);
    const struct pre_state *pre = &request.pre;
    CHECK(!pre->is_plain);
    CHECK(pre->has_root && is_hash(&pre->root, 0x11));
    CHECK(pre->has_block_hash && is_hash(&pre->block_hash, 0x22));
    CHECK(pre->header.len == 1 && pre->header.ptr[0] == 0xc0);
    CHECK_EQ(pre->headers.count, 3);
    CHECK(pre->headers.items[1].ptr[0] == 0xc2 && pre->headers.items[2].ptr[0] == 5);
    CHECK_EQ(pre->nodes.count, 2);
    CHECK_EQ(pre->nodes.items[1].ptr[0], 3);
    CHECK_EQ(pre->codes.count, 2);
    CHECK(pre->codes.items[0].ptr[0] == 1 && pre->codes.items[1].ptr[0] == 4);

    CHECK_EQ(parse("{\"transactions\":[],\"proofs\":[{\"address\":\"" A1 "\",\"accountProof\":"
                   "[\"0x01\",\"0x\"],\"balance\":\"0x2\",\"codeHash\":\"" H1
                   "\",\"nonce\":\"0x3\",\"storageHash\":\"" H2
                   "\",\"storageProof\":[{\"key\":\"0x4\",\"value\":\"0x5\",\"proof\":[\"0x06\"]},"
                   "{\"key\":\"" H1 "\",\"value\":\"0x0\",\"proof\":[]}]}]}"),
             OK);
    CHECK_EQ(pre->proof_count, 1);
    const struct account_proof *p = &pre->proofs[0];
    CHECK(is_address(&p->address, 0x11) && is_hash(&p->code_hash, 0x11) &&
          is_hash(&p->storage_root, 0x22));
    CHECK(p->balance.w[0] == 2 && p->nonce == 3);
    CHECK(p->node_count == 2 && p->nodes[0].ptr[0] == 1 && p->nodes[1].len == 0);
    CHECK_EQ(p->slot_count, 2);
    CHECK(p->slots[0].slot.w[0] == 4 && p->slots[0].value.w[0] == 5);
    CHECK(p->slots[0].node_count == 1 && p->slots[0].nodes[0].ptr[0] == 6);
    CHECK_EQ(p->slots[1].slot.w[0], UINT64_C(0x1111111111111111));
}

static void reads_overrides(void)
{
    CHECK_EQ(parse(WITH("\"stateOverrides\":{\"" A1 "\":{\"balance\":\"0x1\",\"nonce\":2,"
                        "\"code\":\"0x03\",\"state\":{\"0x4\":\"0x5\"}},"
                        "\"" A2 "\":{\"stateDiff\":{\"0x6\":\"0x7\"}},"
                        "\"0x3333333333333333333333333333333333333333\":{\"state\":{}}}")),
             OK);
    const struct account_override *o = request.overrides;
    CHECK_EQ(request.override_count, 3);
    CHECK(o[0].has_balance && o[0].has_nonce && o[0].has_code && o[0].replaces_storage);
    CHECK(o[0].balance.w[0] == 1 && o[0].nonce == 2 && o[0].code.len == 1);
    CHECK(o[0].storage_count == 1 && o[0].storage[0].slot.w[0] == 4 &&
          o[0].storage[0].value.w[0] == 5);
    CHECK(!o[1].has_balance && !o[1].has_nonce && !o[1].has_code && !o[1].replaces_storage);
    CHECK(o[1].storage_count == 1 && o[1].storage[0].value.w[0] == 7);
    CHECK(is_address(&o[1].address, 0x22));
    CHECK(o[2].replaces_storage && o[2].storage_count == 0);
}

static void reads_signed_transactions(void)
{
    CHECK_EQ(parse(CALL("\"0x02f8\",{\"raw\":\"0xf8\"}")), OK);
    CHECK_EQ(request.tx_count, 2);
    CHECK(request.txs[0].is_raw && request.txs[0].raw.len == 2 && request.txs[0].raw.ptr[0] == 2);
    CHECK(request.txs[1].is_raw && request.txs[1].raw.len == 1);
}

static void reads_call_objects(void)
{
    CHECK_EQ(parse(CALL("{}")), OK);
    const struct sim_tx *tx = request.txs;
    CHECK(!tx->is_raw && !tx->has_nonce && !tx->has_gas && !tx->has_chain_id);
    CHECK(tx->call.is_create && is_address(&tx->call.sender, 0));
    CHECK_EQ(tx->call.type, TX_LEGACY);

    CHECK_EQ(parse(CALL("{\"type\":\"0x0\",\"from\":\"" A1 "\",\"to\":\"" A2
                        "\",\"gas\":\"0x5208\",\"gasPrice\":\"0x7\",\"value\":\"0x8\","
                        "\"nonce\":\"0x9\",\"input\":\"0xabcd\",\"data\":\"0xabcd\","
                        "\"chainId\":\"0x1\"}")),
             OK);
    tx = request.txs;
    CHECK(is_address(&tx->call.sender, 0x11) && is_address(&tx->call.to, 0x22));
    CHECK(!tx->call.is_create);
    CHECK(tx->has_gas && tx->call.gas_limit == 21000);
    CHECK(tx->has_nonce && tx->call.nonce == 9);
    CHECK(tx->has_chain_id && tx->chain_id.w[0] == 1);
    CHECK(tx->call.max_fee_per_gas.w[0] == 7 && tx->call.max_priority_fee_per_gas.w[0] == 7);
    CHECK_EQ(tx->call.value.w[0], 8);
    CHECK(tx->call.data.len == 2 && tx->call.data.ptr[1] == 0xcd);
    CHECK_EQ(parse(CALL("{\"to\":null,\"data\":\"0x01\"}")), OK);
    CHECK(request.txs[0].call.is_create && request.txs[0].call.data.len == 1);

    CHECK_EQ(parse(CALL("{\"accessList\":[{\"address\":\"" A1 "\",\"storageKeys\":[\"" H1 "\",\"" H2
                        "\"]},{\"address\":\"" A2 "\",\"storageKeys\":[]}]}")),
             OK);
    tx = request.txs;
    CHECK_EQ(tx->call.type, TX_ACCESS_LIST);
    CHECK_EQ(tx->call.access_list_count, 2);
    CHECK(is_address(&tx->call.access_list[0].address, 0x11));
    CHECK(tx->call.access_list[0].key_count == 2 && tx->call.access_list[1].key_count == 0);
    CHECK_EQ(tx->call.access_list[0].keys[1].w[0], UINT64_C(0x2222222222222222));

    CHECK_EQ(parse(CALL("{\"maxFeePerGas\":\"0x5\",\"maxPriorityFeePerGas\":\"0x6\"}")), OK);
    CHECK_EQ(request.txs[0].call.type, TX_FEE_MARKET);
    CHECK(request.txs[0].call.max_fee_per_gas.w[0] == 5 &&
          request.txs[0].call.max_priority_fee_per_gas.w[0] == 6);

    CHECK_EQ(parse(CALL("{\"maxFeePerBlobGas\":\"0x5\",\"blobVersionedHashes\":[\"" H1 "\"]}")),
             OK);
    CHECK_EQ(request.txs[0].call.type, TX_BLOB);
    CHECK(request.txs[0].call.blob_count == 1 &&
          request.txs[0].call.max_fee_per_blob_gas.w[0] == 5);
    CHECK(is_hash(&request.txs[0].call.blob_versioned_hashes[0], 0x11));

    CHECK_EQ(
        parse(CALL("{\"authorizationList\":[{\"chainId\":\"0x1\",\"address\":\"" A1
                   "\",\"nonce\":\"0x2\",\"yParity\":\"0x1\",\"r\":\"0x3\",\"s\":\"0x04\"}]}")),
        OK);
    tx = request.txs;
    CHECK_EQ(tx->call.type, TX_SET_CODE);
    CHECK_EQ(tx->call.authorization_count, 1);
    const struct authorization *auth = tx->call.authorizations;
    CHECK(auth->chain_id.w[0] == 1 && is_address(&auth->address, 0x11) && auth->nonce == 2 &&
          auth->y_parity.w[0] == 1 && auth->r.w[0] == 3 && auth->s.w[0] == 4);
}

static void named_types_have_room(void)
{
    static const struct {
        const char *text;
        enum tx_type type;
    } goods[] = {
        {CALL("{\"type\":0}"), TX_LEGACY},
        {CALL("{\"type\":\"0x1\",\"gasPrice\":\"0x1\"}"), TX_ACCESS_LIST},
        {CALL("{\"type\":2,\"accessList\":[]}"), TX_FEE_MARKET},
        {CALL("{\"type\":3,\"maxFeePerGas\":\"0x1\"}"), TX_BLOB},
        {CALL("{\"type\":4,\"authorizationList\":[],\"accessList\":[]}"), TX_SET_CODE},
    };
    for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
        CHECK_EQ(parse(goods[i].text), OK);
        CHECK_EQ(request.txs[0].call.type, goods[i].type);
    }
}

/* The digest is of the text between the braces, and nothing around it. */
static void digests_the_text(void)
{
    CHECK_EQ(parse("{\"accounts\":{},\"transactions\":[]}"), OK);
    struct hash32 digest = request.digest;
    CHECK_EQ(parse(" \r\n\t{\"accounts\":{},\"transactions\":[]}\n "), OK);
    CHECK_BYTES(request.digest.b, digest.b, 32);
    CHECK_EQ(parse("{\"accounts\":{}, \"transactions\":[]}"), OK);
    CHECK(!hash32_equal(&request.digest, &digest));
}

/* ---- what is refused ------------------------------------------------------------------------- */

struct bad {
    const char *text;
    enum err err;
    const char *says; /* both words are in the detail */
    const char *says_too;
};

static void check_bads(const struct bad *bads, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum err e = parse(bads[i].text);
        if (e != bads[i].err || strstr(detail.text, bads[i].says) == NULL ||
            strstr(detail.text, bads[i].says_too) == NULL) {
            test_fail(__FILE__, __LINE__, "%s: %s: %s", bads[i].text, err_name(e), detail.text);
        }
    }
}

#define CHECK_BADS(bads) check_bads((bads), sizeof(bads) / sizeof((bads)[0]))

static void refuses_what_is_no_request(void)
{
    static const struct bad bads[] = {
        {"", ERR_TRUNCATED, "JSON", "early"},
        {"[]", ERR_MALFORMED, "request", "an object"},
        {"{}", ERR_MALFORMED, "transactions", "missing"},
        {"{\"transactions\":[]}", ERR_MALFORMED, "no state", "accounts"},
        {"{\"transactions\":{},\"accounts\":{}}", ERR_MALFORMED, "transactions", "an array"},
        {WITH("\"gas\":1"), ERR_MALFORMED, "\"gas\"", "not a key"},
        {WITH("\"accounts\":{}"), ERR_MALFORMED, "JSON", "already"},
        {"{\"accounts\":{},\"transactions\":[]}{}", ERR_TRAILING, "JSON", "end"},
    };
    CHECK_BADS(bads);
}

static void refuses_chains_and_forks(void)
{
    static const struct bad bads[] = {
        {WITH("\"chain\":\"ropsten\""), ERR_MALFORMED, "chain", "sepolia"},
        {WITH("\"chain\":3"), ERR_MALFORMED, "chain", "hoodi"},
        {WITH("\"chain\":\"0x\""), ERR_MALFORMED, "chain", "must be"},
        {WITH("\"chain\":true"), ERR_MALFORMED, "chain", "must be"},
        {WITH("\"chain\":-1"), ERR_RANGE, "chain", "negative"},
        {WITH("\"chain\":{}"), ERR_MALFORMED, "chainId", "missing"},
        {WITH("\"fork\":\"Petersham\""), ERR_MALFORMED, "fork", "not a fork"},
        {WITH("\"fork\":7"), ERR_MALFORMED, "fork", "a string"},
    };
    CHECK_BADS(bads);
}

static void refuses_blocks_and_options(void)
{
    static const struct bad bads[] = {
        {WITH("\"block\":[]"), ERR_MALFORMED, "block", "an object"},
        {WITH("\"block\":{\"coinbase\":\"" A1 "\"}"), ERR_MALFORMED, "block", "coinbase"},
        {WITH("\"block\":{\"number\":\"0x01\"}"), ERR_MALFORMED, "block", "number"},
        {WITH("\"block\":{\"number\":\"0x10000000000000000\"}"), ERR_RANGE, "block", "number"},
        {WITH("\"block\":{\"time\":\"now\"}"), ERR_MALFORMED, "block", "time"},
        {WITH("\"block\":{\"gasLimit\":1.5}"), ERR_MALFORMED, "block", "gasLimit"},
        {WITH("\"block\":{\"feeRecipient\":\"0x11\"}"), ERR_MALFORMED, "block", "feeRecipient"},
        {WITH("\"block\":{\"prevRandao\":\"0x\"}"), ERR_MALFORMED, "block", "prevRandao"},
        {WITH("\"block\":{\"difficulty\":\"0x00\"}"), ERR_MALFORMED, "block", "difficulty"},
        {WITH("\"block\":{\"baseFeePerGas\":[]}"), ERR_MALFORMED, "block", "baseFeePerGas"},
        {WITH("\"block\":{\"blobBaseFee\":\"1\"}"), ERR_MALFORMED, "block", "blobBaseFee"},
        {WITH("\"block\":{\"excessBlobGas\":-1}"), ERR_RANGE, "block", "excessBlobGas"},
        {WITH("\"block\":{\"parentBeaconBlockRoot\":\"0x1\"}"), ERR_MALFORMED, "block",
         "parentBeaconBlockRoot"},
        {WITH("\"block\":{\"blobBaseFee\":1,\"excessBlobGas\":1}"), ERR_MALFORMED, "blobBaseFee",
         "excessBlobGas"},
        {WITH("\"options\":7"), ERR_MALFORMED, "options", "an object"},
        {WITH("\"options\":{\"stateDif\":true}"), ERR_MALFORMED, "options", "stateDif"},
        {WITH("\"options\":{\"validate\":1}"), ERR_MALFORMED, "options", "validate"},
        {WITH("\"options\":{\"gasCap\":\"x\"}"), ERR_MALFORMED, "options", "gasCap"},
        {WITH("\"options\":{\"gasCap\":150000001}"), ERR_LIMIT, "options", "gasCap"},
        {WITH("\"options\":{\"stopOnFailure\":\"yes\"}"), ERR_MALFORMED, "options",
         "stopOnFailure"},
        {WITH("\"options\":{\"systemCalls\":0}"), ERR_MALFORMED, "options", "systemCalls"},
        {WITH("\"options\":{\"logs\":0}"), ERR_MALFORMED, "options", "logs"},
        {WITH("\"options\":{\"stateDiff\":{}}"), ERR_MALFORMED, "options", "stateDiff"},
        {WITH("\"options\":{\"accessList\":[]}"), ERR_MALFORMED, "options", "accessList"},
        {WITH("\"options\":{\"postStateRoot\":\"\"}"), ERR_MALFORMED, "options", "postStateRoot"},
        {WITH("\"options\":{\"trace\":5}"), ERR_MALFORMED, "options", "trace"},
        {WITH("\"options\":{\"traceSteps\":10001}"), ERR_LIMIT, "options", "traceSteps"},
    };
    CHECK_BADS(bads);
}

#define ACCOUNTS(account) "{\"transactions\":[],\"accounts\":" account "}"
#define ONE(members)      ACCOUNTS("{\"" A1 "\":{" members "}}")
#define OVERRIDE(members) WITH("\"stateOverrides\":{\"" A1 "\":{" members "}}")

static void refuses_accounts(void)
{
    static const struct bad bads[] = {
        {ACCOUNTS("[]"), ERR_MALFORMED, "accounts", "an object"},
        {ACCOUNTS("{\"0x1\":{}}"), ERR_MALFORMED, "accounts", "not an address"},
        {ACCOUNTS("{\"" A1 "\":5}"), ERR_MALFORMED, "accounts[" A1 "]", "an object"},
        {ONE("\"balance\":\"5\""), ERR_MALFORMED, "accounts[" A1 "]", "balance"},
        {ONE("\"nonce\":\"0x10000000000000000\""), ERR_RANGE, "accounts[" A1 "]", "nonce"},
        {ONE("\"code\":\"0x1\""), ERR_MALFORMED, "accounts[" A1 "]", "code"},
        {ONE("\"storage\":[]"), ERR_MALFORMED, "accounts[" A1 "]", "storage"},
        {ONE("\"storage\":{\"1\":\"0x1\"}"), ERR_MALFORMED, "storage", "not a slot"},
        {ONE("\"storage\":{\"0x1\":\"1\"}"), ERR_MALFORMED, "accounts[" A1 "]", "storage"},
        {ONE("\"state\":{}"), ERR_MALFORMED, "accounts[" A1 "]", "state"},
        {WITH("\"stateOverrides\":[]"), ERR_MALFORMED, "stateOverrides", "an object"},
        {WITH("\"stateOverrides\":{\"x\":{}}"), ERR_MALFORMED, "stateOverrides", "not an address"},
        {OVERRIDE("\"balance\":true"), ERR_MALFORMED, "stateOverrides[" A1 "]", "balance"},
        {OVERRIDE("\"nonce\":\"\""), ERR_MALFORMED, "stateOverrides[" A1 "]", "nonce"},
        {OVERRIDE("\"code\":5"), ERR_MALFORMED, "stateOverrides[" A1 "]", "code"},
        {OVERRIDE("\"state\":[]"), ERR_MALFORMED, "stateOverrides[" A1 "]", "state"},
        {OVERRIDE("\"stateDiff\":{\"z\":\"0x\"}"), ERR_MALFORMED, "stateDiff", "slot"},
        {OVERRIDE("\"state\":{},\"stateDiff\":{}"), ERR_MALFORMED, "\"state\"", "\"stateDiff\""},
        {OVERRIDE("\"storage\":{}"), ERR_MALFORMED, "stateOverrides[" A1 "]", "storage"},
        {OVERRIDE("\"movePrecompileToAddress\":\"" A2 "\""), ERR_MALFORMED,
         "movePrecompileToAddress", "cannot be moved"},
    };
    CHECK_BADS(bads);
}

#define PROVED(members) "{\"transactions\":[]," members "}"
#define PROOF(members)  PROVED("\"proofs\":[{" members "}]")
#define GOOD_PROOF                                                                          \
    "\"address\":\"" A1 "\",\"balance\":\"0x2\",\"codeHash\":\"" H1 "\",\"nonce\":\"0x3\"," \
    "\"storageHash\":\"" H2 "\""

static void refuses_proved_states(void)
{
    static const struct bad bads[] = {
        {WITH("\"proofs\":[]"), ERR_MALFORMED, "accounts", "proofs"},
        {WITH("\"witness\":{}"), ERR_MALFORMED, "accounts", "witness"},
        {WITH("\"codes\":[]"), ERR_MALFORMED, "accounts", "codes"},
        {WITH("\"header\":\"0x1\""), ERR_MALFORMED, "header", "bytes"},
        {WITH("\"headers\":\"0x11\""), ERR_MALFORMED, "headers", "an array"},
        {WITH("\"headers\":[\"0x11\",5]"), ERR_MALFORMED, "headers[1]", "bytes"},
        {WITH("\"blockHash\":\"0x11\""), ERR_MALFORMED, "blockHash", "64"},
        {WITH("\"stateRoot\":5"), ERR_MALFORMED, "stateRoot", "64"},
        {PROVED("\"witness\":[]"), ERR_MALFORMED, "witness", "an object"},
        {PROVED("\"witness\":{\"nodes\":[]}"), ERR_MALFORMED, "witness", "nodes"},
        {PROVED("\"witness\":{\"state\":[\"f\"]}"), ERR_MALFORMED, "witness", "state[0]"},
        {PROVED("\"witness\":{\"codes\":{}}"), ERR_MALFORMED, "witness", "codes"},
        {PROVED("\"witness\":{\"headers\":[null]}"), ERR_MALFORMED, "witness", "headers[0]"},
        {PROVED("\"proofs\":{}"), ERR_MALFORMED, "proofs", "an array"},
        {PROVED("\"proofs\":[5]"), ERR_MALFORMED, "proofs[0]", "an object"},
        {PROOF(GOOD_PROOF ",\"storageProof\":[]"), ERR_MALFORMED, "proofs[0]", "accountProof"},
        {PROOF(GOOD_PROOF ",\"accountProof\":[],\"storageProof\":5"), ERR_MALFORMED, "proofs[0]",
         "storageProof"},
        {PROOF(GOOD_PROOF ",\"accountProof\":[\"0x1\"],\"storageProof\":[]"), ERR_MALFORMED,
         "proofs[0]", "accountProof[0]"},
        {PROOF(GOOD_PROOF ",\"accountProof\":[],\"storageProof\":[{}]"), ERR_MALFORMED, "proofs[0]",
         "storageProof[0]: \"key\""},
        {PROOF(GOOD_PROOF ",\"accountProof\":[],\"storageProof\":[{\"key\":\"0x1\"}]"),
         ERR_MALFORMED, "storageProof[0]", "value"},
        {PROOF(GOOD_PROOF ",\"accountProof\":[],\"storageProof\":[{\"key\":\"0x1\",\"value\":"
                          "\"0x1\"}]"),
         ERR_MALFORMED, "storageProof[0]", "proof"},
        {PROOF("\"address\":5"), ERR_MALFORMED, "proofs[0]", "address"},
        {PROOF("\"address\":\"" A1 "\",\"nonce\":5,\"balance\":[]"), ERR_MALFORMED, "proofs[0]",
         "balance"},
    };
    CHECK_BADS(bads);
}

static void refuses_transactions(void)
{
    static const struct bad bads[] = {
        {CALL("5"), ERR_MALFORMED, "transactions[0]", "signed bytes"},
        {CALL("{},null"), ERR_MALFORMED, "transactions[1]", "signed bytes"},
        {CALL("\"0x1\""), ERR_MALFORMED, "transactions[0]", "even number"},
        {CALL("{\"raw\":5}"), ERR_MALFORMED, "transactions[0]", "raw"},
        {CALL("{\"raw\":\"0x\",\"gas\":1}"), ERR_MALFORMED, "transactions[0]", "gas"},
        {CALL("{\"gasLimit\":\"0x1\"}"), ERR_MALFORMED, "transactions[0]", "gasLimit"},
        {CALL("{\"blobs\":[]}"), ERR_MALFORMED, "transactions[0]", "blobs"},
        {CALL("{\"from\":\"0x\"}"), ERR_MALFORMED, "transactions[0]", "from"},
        {CALL("{\"to\":\"\"}"), ERR_MALFORMED, "transactions[0]", "to"},
        {CALL("{\"gas\":\"0x10000000000000000\"}"), ERR_RANGE, "transactions[0]", "gas"},
        {CALL("{\"gasPrice\":\"1\"}"), ERR_MALFORMED, "transactions[0]", "gasPrice"},
        {CALL("{\"maxFeePerGas\":\"1\"}"), ERR_MALFORMED, "transactions[0]", "maxFeePerGas"},
        {CALL("{\"maxPriorityFeePerGas\":[]}"), ERR_MALFORMED, "[0]", "maxPriorityFeePerGas"},
        {CALL("{\"gasPrice\":1,\"maxFeePerGas\":1}"), ERR_MALFORMED, "gasPrice", "maxFeePerGas"},
        {CALL("{\"value\":\"0x00\"}"), ERR_MALFORMED, "transactions[0]", "value"},
        {CALL("{\"nonce\":-1}"), ERR_RANGE, "transactions[0]", "nonce"},
        {CALL("{\"input\":\"0xz0\"}"), ERR_MALFORMED, "transactions[0]", "input"},
        {CALL("{\"data\":5}"), ERR_MALFORMED, "transactions[0]", "data"},
        {CALL("{\"data\":\"0x00\",\"input\":\"0x01\"}"), ERR_MALFORMED, "input", "differ"},
        {CALL("{\"chainId\":\"one\"}"), ERR_MALFORMED, "transactions[0]", "chainId"},
        {CALL("{\"type\":5}"), ERR_RANGE, "transactions[0]", "type"},
        {CALL("{\"type\":\"two\"}"), ERR_MALFORMED, "transactions[0]", "type"},
        {CALL("{\"type\":0,\"accessList\":[]}"), ERR_MALFORMED, "type", "0x0"},
        {CALL("{\"type\":1,\"maxFeePerGas\":1}"), ERR_MALFORMED, "type", "0x1"},
        {CALL("{\"type\":2,\"gasPrice\":1}"), ERR_MALFORMED, "type", "0x2"},
        {CALL("{\"type\":2,\"blobVersionedHashes\":[]}"), ERR_MALFORMED, "type", "0x2"},
        {CALL("{\"type\":3,\"authorizationList\":[]}"), ERR_MALFORMED, "type", "0x3"},
        {CALL("{\"type\":4,\"maxFeePerBlobGas\":1}"), ERR_MALFORMED, "type", "0x4"},
        {CALL("{\"maxFeePerBlobGas\":1,\"authorizationList\":[]}"), ERR_MALFORMED, "blobs",
         "authorizationList"},
        {CALL("{\"maxFeePerBlobGas\":\"\"}"), ERR_MALFORMED, "[0]", "maxFeePerBlobGas"},
        {CALL("{\"blobVersionedHashes\":5}"), ERR_MALFORMED, "[0]", "blobVersionedHashes"},
        {CALL("{\"blobVersionedHashes\":[\"0x01\"]}"), ERR_MALFORMED, "[0]", "blobVersionedHashes"},
        {CALL("{\"accessList\":{}}"), ERR_MALFORMED, "[0]", "accessList"},
        {CALL("{\"accessList\":[5]}"), ERR_MALFORMED, "accessList[0]", "an object"},
        {CALL("{\"accessList\":[{\"address\":\"" A1 "\"}]}"), ERR_MALFORMED, "accessList[0]",
         "storageKeys"},
        {CALL("{\"accessList\":[{\"address\":5,\"storageKeys\":[]}]}"), ERR_MALFORMED,
         "accessList[0]", "address"},
        {CALL("{\"accessList\":[{\"address\":\"" A1 "\",\"storageKeys\":[\"0x1\"]}]}"),
         ERR_MALFORMED, "accessList[0]", "storageKeys"},
        {CALL("{\"accessList\":[{\"address\":\"" A1 "\",\"storageKeys\":[],\"x\":1}]}"),
         ERR_MALFORMED, "accessList[0]", "\"x\""},
        {CALL("{\"authorizationList\":{}}"), ERR_MALFORMED, "[0]", "authorizationList"},
        {CALL("{\"authorizationList\":[5]}"), ERR_MALFORMED, "authorizationList[0]", "an object"},
        {CALL("{\"authorizationList\":[{}]}"), ERR_MALFORMED, "authorizationList[0]", "chainId"},
        {CALL("{\"authorizationList\":[{\"v\":1}]}"), ERR_MALFORMED, "authorizationList[0]",
         "\"v\""},
        {CALL("{\"authorizationList\":[{\"chainId\":1,\"address\":\"" A1 "\",\"nonce\":1,"
              "\"yParity\":1,\"r\":1}]}"),
         ERR_MALFORMED, "authorizationList[0]", "\"s\""},
    };
    CHECK_BADS(bads);
}

/* repeated makes a request with `count` times `item` in an array or object. */
static char *repeated(const char *before, const char *item, size_t count, const char *after,
                      bool is_account)
{
    size_t cap = strlen(before) + strlen(after) + count * (strlen(item) + 60) + 1;
    char *text = malloc(cap);
    size_t len = (size_t)snprintf(text, cap, "%s", before);
    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(text + len, cap - len, "%s", i == 0 ? "" : ",");
        if (is_account) {
            len += (size_t)snprintf(text + len, cap - len, "\"0x%040zx\":", i);
        }
        len += (size_t)snprintf(text + len, cap - len, "%s", item);
    }
    (void)snprintf(text + len, cap - len, "%s", after);
    return text;
}

static void check_limit(char *text, enum err err, const char *says)
{
    enum err e = parse(text);
    free(text);
    CHECK_EQ(e, err);
    CHECK(strstr(detail.text, says) != NULL);
}

static void bounds_what_is_sent(void)
{
    static const char txs[] = "{\"accounts\":{},\"transactions\":[";
    static const char accounts[] = "{\"transactions\":[],\"accounts\":{";
    check_limit(repeated(txs, "{}", LIMIT_TRANSACTIONS, "]}", false), OK, "");
    check_limit(repeated(txs, "{}", LIMIT_TRANSACTIONS + 1, "]}", false), ERR_LIMIT,
                "transactions");
    check_limit(repeated(accounts, "{}", LIMIT_ACCOUNTS, "}}", true), OK, "");
    check_limit(repeated(accounts, "{}", LIMIT_ACCOUNTS + 1, "}}", true), ERR_LIMIT, "accounts");
    check_limit(repeated("{\"transactions\":[],\"accounts\":{},\"stateOverrides\":{", "{}",
                         LIMIT_ACCOUNTS + 1, "}}", true),
                ERR_LIMIT, "stateOverrides");
    check_limit(repeated("{\"transactions\":[],\"witness\":{\"state\":[", "\"0x\"",
                         LIMIT_RPC_JSON_BYTES / JSON_VALUE_BYTES, "]}}", false),
                ERR_LIMIT, "JSON");
}

/* Whatever room the arena has, the answer is a request or a clear error. */
static void every_lack_of_memory_is_an_error(void)
{
    static const char text[] =
        "{\"chain\":{\"chainId\":7,\"homesteadBlock\":0},\"headers\":[\"0xc0\"],\"proofs\":["
        "{\"address\":\"" A1 "\",\"accountProof\":[\"0x01\"],\"balance\":\"0x2\",\"codeHash\":\"" H1
        "\",\"nonce\":\"0x3\",\"storageHash\":\"" H2
        "\",\"storageProof\":[{\"key\":\"0x4\",\"value\":\"0x5\",\"proof\":[\"0x06\"]}]}],"
        "\"witness\":{\"state\":[\"0x02\",\"0x03\"],\"codes\":[\"0x04\"],\"headers\":[\"0x05\"]},"
        "\"codes\":[\"0x07\"],\"stateOverrides\":{\"" A1 "\":{\"code\":\"0x03\",\"state\":"
        "{\"0x4\":\"0x5\"}}},\"transactions\":[\"0x02f8\",{\"input\":\"0xabcd\",\"accessList\":"
        "[{\"address\":\"" A1 "\",\"storageKeys\":[\"" H1 "\"]}],\"blobVersionedHashes\":[\"" H1
        "\"]},{\"authorizationList\":[{\"chainId\":\"0x1\",\"address\":\"" A1
        "\",\"nonce\":\"0x2\",\"yParity\":\"0x1\",\"r\":\"0x3\",\"s\":\"0x04\"}]}]}";
    CHECK_EQ(parse(text), OK);
    size_t needed = arena.used;
    size_t cap = arena.cap;
    for (size_t left = 0; left <= needed && !test_failed(); left += 8) {
        arena_reset(&arena);
        arena.cap = left;
        enum err e = parse(text);
        arena.cap = cap;
        if (left < needed - 64) {
            CHECK_EQ(e, ERR_MEMORY);
            CHECK(detail.text[0] != '\0');
        }
    }
}

static const struct test_case cases[] = {
    CASE(reads_the_least),
    CASE(reads_chains_and_forks),
    CASE(reads_the_block),
    CASE(reads_options),
    CASE(reads_plain_accounts),
    CASE(reads_proved_states),
    CASE(reads_overrides),
    CASE(reads_signed_transactions),
    CASE(reads_call_objects),
    CASE(named_types_have_room),
    CASE(digests_the_text),
    CASE(refuses_what_is_no_request),
    CASE(refuses_chains_and_forks),
    CASE(refuses_blocks_and_options),
    CASE(refuses_accounts),
    CASE(refuses_proved_states),
    CASE(refuses_transactions),
    CASE(bounds_what_is_sent),
    CASE(every_lack_of_memory_is_an_error),
};

TEST_MAIN(cases)
