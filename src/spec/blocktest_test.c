/* The runner of official block tests, on chains made here (tests/toy_chain.h) and written as such
 * files: chains that pass, whole, from witnesses and from witnesses less a node; each way to fail,
 * with its words; blocks beside the chain and how a node chooses between chains; files that are no
 * tests. A file that is bad is an error that says where; a test that is wrong is a failure that says
 * why. */

#include "spec/blocktest.h"

#include "codec/json.h"
#include "exec/block_status.h"
#include "tests/test.h"
#include "tests/toy_json.h"

static struct toy_chain c;

/* ---- running --------------------------------------------------------------------------------- */

/* struct seen: what the callback was told, of the last case and of all. */
struct seen {
    unsigned passed;
    unsigned failed;
    char test[64];
    char network[64];
    size_t block;
    char reason[64];
    char expected[128];
    char got[256];
    struct hash32 state_root;
    uint64_t gas_used;
    uint64_t steps; /* instructions of all runs */
    struct err_detail detail;
};

/* struct how: how to run. */
struct how {
    bool stateless;
    bool minimal;
    const char *only_network;
    struct arena *arena;   /* NULL: an arena of the usual size */
    struct arena *scratch; /* the same */
};

static void copy_text(char *out, size_t cap, const char *text)
{
    (void)snprintf(out, cap, "%s", text == NULL ? "(null)" : text);
}

static void on_case(void *context, const struct blocktest_case *result)
{
    struct seen *seen = context;
    seen->passed += result->passed;
    seen->failed += !result->passed;
    seen->block = result->block;
    seen->state_root = result->state_root;
    seen->gas_used = result->gas_used;
    copy_text(seen->test, sizeof(seen->test), result->test);
    copy_text(seen->network, sizeof(seen->network), result->network);
    if (!result->passed) {
        copy_text(seen->reason, sizeof(seen->reason), result->reason);
        copy_text(seen->expected, sizeof(seen->expected), result->expected);
        copy_text(seen->got, sizeof(seen->got), result->got);
    }
}

static void count_step(void *context, const struct trace_step *step)
{
    (void)step;
    (*(uint64_t *)context)++;
}

static void ignore_charge(void *context, unsigned depth, int64_t gas_left)
{
    (void)context;
    (void)depth;
    (void)gas_left;
}

/* run_text runs a file's text. Whatever becomes of it, nothing is left behind. */
static enum err run_text(struct seen *seen, struct bytes text, const struct how *how)
{
    static struct arena chain_arena;
    static struct arena scratch_arena;
    static void *regions[2];
    if (regions[0] == NULL) {
        regions[0] = test_region(TOY_ARENA_BYTES);
        regions[1] = test_region(TOY_ARENA_BYTES);
        arena_init(&chain_arena, regions[0], TOY_ARENA_BYTES);
        arena_init(&scratch_arena, regions[1], TOY_ARENA_BYTES);
    }
    *seen = (struct seen){.passed = 0};
    const struct tracer tracer = {
        .context = &seen->steps, .step = count_step, .charged = ignore_charge};
    struct blocktest runner = {
        .evm = &c.evm,
        .arena = how->arena != NULL ? how->arena : &chain_arena,
        .scratch = how->scratch != NULL ? how->scratch : &scratch_arena,
        .key = c.key,
        .only_network = how->only_network,
        .stateless = how->stateless || how->minimal,
        .minimal = how->minimal,
        .report = on_case,
        .context = seen,
    };
    evm_wipe(&c.evm); /* of what sealing left */
    c.evm.tracer = &tracer;
    enum err e = blocktest_run(&runner, text, &seen->detail);
    c.evm.tracer = NULL;
    if (runner.arena->used != 0 || runner.scratch->used != 0 || c.evm.frames_high != 0 ||
        c.evm.state != NULL || c.evm.block != NULL) {
        test_fail(__FILE__, __LINE__, "something is left");
    }
    return e;
}

/* run_test runs one test, named "toy", and keeps it. */
static enum err run_test(struct seen *seen, json_t *test, const struct how *how)
{
    json_t *file = json_pack("{s:O}", "toy", test);
    char *text = json_dumps(file, JSON_COMPACT);
    ASSERT(text != NULL);
    enum err e = run_text(seen, bytes_from(text, strlen(text)), how);
    free(text);
    json_decref(file);
    return e;
}

static const struct how plain = {.stateless = false};
static const struct how stateless = {.stateless = true};
static const struct how minimal = {.minimal = true};

/* check_passes: the test passes, plain and from witnesses. check_fails: it fails, with these words;
 * the test is given up. */
static void check_passes(int line, json_t *test)
{
    const struct how hows[] = {plain, stateless, minimal};
    for (size_t i = 0; i < 3; i++) {
        struct seen seen;
        enum err e = run_test(&seen, test, &hows[i]);
        if (e != OK || seen.passed != 1 || seen.failed != 0) {
            test_fail(__FILE__, line, "%s %s, block %zu: %s, expected %s, got %s", err_name(e),
                      seen.detail.text, seen.block, seen.reason, seen.expected, seen.got);
        }
    }
    json_decref(test);
}

static void check_fails(int line, json_t *test, size_t block, const char *reason,
                        const char *expected, const char *got)
{
    const struct how hows[] = {plain, stateless};
    for (size_t i = 0; i < 2; i++) {
        struct seen seen;
        enum err e = run_test(&seen, test, &hows[i]);
        if (e != OK || seen.failed != 1 || seen.passed != 0 || seen.block != block ||
            strcmp(seen.test, "toy") != 0 || strcmp(seen.reason, reason) != 0 ||
            strcmp(seen.expected, expected) != 0 || strcmp(seen.got, got) != 0) {
            test_fail(__FILE__, line, "%s %s, block %zu: %s, expected %s, got %s", err_name(e),
                      seen.detail.text, seen.block, seen.reason, seen.expected, seen.got);
        }
    }
    json_decref(test);
}

#define PASSES(test) check_passes(__LINE__, (test))
#define FAILS(test, block, reason, expected, got) \
    check_fails(__LINE__, (test), (block), (reason), (expected), (got))

/* add puts a block behind those that a test has. */
static void add(json_t *test, struct bytes encoded, const char *exception)
{
    (void)json_array_append_new(json_object_get(test, "blocks"),
                                toy_test_block(encoded, exception));
}

/* expect gives a block of a test a reason not to be valid. */
static void expect(json_t *test, size_t block, const char *key, const char *exception)
{
    (void)json_object_set_new(json_array_get(json_object_get(test, "blocks"), block), key,
                              json_string(exception));
}

static void hash_text(char out[static 67], const struct hash32 *hash)
{
    out[hex_encode_data(out, hash->b, sizeof(hash->b))] = '\0';
}

/* ---- chains that pass ------------------------------------------------------------------------ */

/* seal_some makes a block with a transfer, a call that changes storage and one that asks for a hash;
 * `nonce` is that of keys 1 and 2. */
static size_t seal_some(size_t parent, uint64_t nonce, const char *extra)
{
    const struct address payee = toy_address(TOY_PAYEE);
    const struct bytes txs[] = {
        toy_transfer(&c, 1, nonce, &payee, 1),
        toy_call(&c, 2, 2 * nonce, toy_address(TOY_STORE), toy_words(&c, nonce % 2, nonce / 2)),
        toy_call(&c, 2, 2 * nonce + 1, toy_address(TOY_HASHES), toy_words(&c, nonce, 0)),
    };
    return toy_seal(&c, parent,
                    &(struct toy_draft){.txs = txs,
                                        .tx_count = 3,
                                        .extra_data = bytes_from(extra, strlen(extra)),
                                        .beneficiary = toy_address(TOY_BENEFICIARY)});
}

static size_t seal_chain(enum chain_upgrade upgrade, uint64_t length)
{
    size_t at = 0;
    toy_open(&c, upgrade);
    toy_genesis(&c);
    for (uint64_t n = 0; n < length; n++) {
        at = seal_some(at, n, "");
    }
    return at;
}

static void a_chain_of_every_upgrade(void)
{
    for (int upgrade = 0; upgrade <= (int)CHAIN_BPO1 && !test_failed(); upgrade++) {
        const char *network = chain_upgrade_name((enum chain_upgrade)upgrade);
        const size_t last = seal_chain((enum chain_upgrade)upgrade, 3);
        struct seen seen;
        uint64_t gas = 0;
        for (size_t i = 1; i < c.count; i++) {
            gas += c.blocks[i].block.header.gas_used;
        }
        json_t *test = toy_test(&c, network, last);
        CHECK_EQ(run_test(&seen, test, &plain), OK);
        CHECK_EQ(seen.passed, 1);
        CHECK_STR(seen.test, "toy");
        CHECK_STR(seen.network, network);
        CHECK_EQ(seen.gas_used, gas);
        CHECK_BYTES(seen.state_root.b, c.blocks[last].block.header.state_root.b, 32);
        PASSES(test);
        toy_close(&c);
    }
}

/* From witnesses every block runs twice, and for --minimal once more for each node: instructions
 * that were counted say so. The call removes a slot, so it gets to its end without the node of the
 * other slot, which is missed only when the trie is put together. */
static void how_often_blocks_run(void)
{
    struct seen once;
    struct seen seen;
    static const uint8_t code[] = {0x60, 32, 0x35, 0x60, 0, 0x35, 0x55}; /* as TOY_STORE */
    const struct address store = toy_address(0x5708);
    toy_open(&c, CHAIN_SHANGHAI);
    struct db_memory_account *account = toy_put(&c, &store, 0, 1, bytes_from(code, sizeof(code)));
    toy_put_slot(&c, account, 1, 1);
    toy_put_slot(&c, account, 2, 1);
    toy_genesis(&c);
    const struct bytes tx = toy_call(&c, 1, 0, store, toy_words(&c, 1, 0));
    const size_t one = toy_seal(&c, 0, &(struct toy_draft){.txs = &tx, .tx_count = 1});
    json_t *test = toy_test(&c, "Shanghai", one);
    CHECK_EQ(run_test(&once, test, &plain), OK);
    CHECK_EQ(once.steps, 6); /* and the STOP at its end */
    CHECK_EQ(run_test(&seen, test, &stateless), OK);
    CHECK_EQ(seen.steps, 2 * once.steps);
    CHECK_EQ(run_test(&seen, test, &minimal), OK);
    CHECK_EQ(seen.passed, 1);
    CHECK(seen.steps >= 3 * once.steps);
    json_decref(test);
    toy_close(&c);
}

/* ---- tests that fail ------------------------------------------------------------------------- */

static void another_last_block(void)
{
    const size_t last = seal_chain(CHAIN_CANCUN, 2);
    char wanted[67];
    char got[67];
    hash_text(wanted, &c.blocks[1].hash);
    hash_text(got, &c.blocks[last].hash);
    FAILS(toy_test(&c, "Cancun", 1), 1, "last block", wanted, got);
    toy_close(&c);
}

static void another_genesis_state(void)
{
    const size_t last = seal_chain(CHAIN_CANCUN, 1);
    struct seen seen;
    char wanted[67];
    json_t *test = toy_test(&c, "Cancun", last);
    json_t *account = json_object_iter_value(json_object_iter(json_object_get(test, "pre")));
    (void)json_object_set_new(account, "nonce", json_string("0x07"));
    CHECK_EQ(run_test(&seen, test, &plain), OK);
    CHECK_EQ(seen.failed, 1);
    CHECK_STR(seen.reason, "genesis state");
    hash_text(wanted, &c.blocks[0].block.header.state_root);
    CHECK_STR(seen.expected, wanted);
    CHECK(strcmp(seen.got, wanted) != 0);
    json_decref(test);
    toy_close(&c);
}

static void another_network(void)
{
    const size_t last = seal_chain(CHAIN_CANCUN, 1);
    FAILS(toy_test(&c, "Nowhere", last), 0, "network", "one we know", "Nowhere");
    /* Paris has no beacon root in its headers. */
    FAILS(toy_test(&c, "Paris", last), 0, "exception", "none", "IMPORT_IMPOSSIBLE_SHANGHAI");
    /* A network that is long hex is set aside by the JSON reader, and is none we know either. */
    struct seen seen;
    json_t *test = toy_test(&c, "Cancun", last);
    uint8_t zeros[200] = {0};
    (void)json_object_set_new(test, "network", toy_hex(zeros, sizeof(zeros)));
    CHECK_EQ(run_test(&seen, test, &plain), OK);
    CHECK_STR(seen.reason, "network");
    json_decref(test);
    toy_close(&c);
}

/* A file has a test of each network; only one may be wanted. */
static void only_one_network(void)
{
    static const struct {
        const char *only;
        unsigned passed;
    } rows[] = {{NULL, 2}, {"Cancun", 1}, {"cancun", 1}, {"Prague", 0}, {"Shanghai", 1}};
    size_t last = seal_chain(CHAIN_CANCUN, 1);
    json_t *first = toy_test(&c, "Cancun", last);
    toy_close(&c);
    last = seal_chain(CHAIN_SHANGHAI, 1);
    json_t *second = toy_test(&c, "Shanghai", last);
    json_t *file = json_pack("{s:o, s:o}", "a", first, "b", second);
    char *text = json_dumps(file, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct seen seen;
        const struct how how = {.only_network = rows[i].only};
        CHECK_EQ(run_text(&seen, bytes_from(text, strlen(text)), &how), OK);
        CHECK_EQ(seen.passed, rows[i].passed);
        CHECK_EQ(seen.failed, 0);
    }
    free(text);
    json_decref(file);
    toy_close(&c);
}

/* WRONG makes `out` the encoding of block `sealed`, changed by a statement on `b`. */
#define WRONG(out, sealed, statement)            \
    struct bytes out;                            \
    do {                                         \
        struct block b = c.blocks[sealed].block; \
        statement;                               \
        (out) = toy_encode(&c, &b);              \
    } while (0)

/* Invalid blocks: with the right reason the chain goes on as if they had not been; with none, or
 * another, the test fails at that block. */
static void invalid_blocks(void)
{
    const size_t last = seal_chain(CHAIN_CANCUN, 2);
    WRONG(gas, 2, b.header.gas_used++);
    WRONG(root, 2, b.header.state_root.b[0] ^= 1);
    WRONG(fee, 2, b.header.base_fee_per_gas.w[0]++);
    const struct {
        struct bytes encoded;
        const char *name;
        const char *full_name;
    } rows[] = {
        {gas, "INVALID_GAS_USED", "BlockException.INVALID_GAS_USED"},
        {root, "INVALID_STATE_ROOT", "BlockException.INVALID_STATE_ROOT"},
        {fee, "INVALID_BASEFEE_PER_GAS", "BlockException.INVALID_BASEFEE_PER_GAS"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        /* Between 1 and 2: what it did to the state, if anything, is undone. */
        json_t *test = toy_test(&c, "Cancun", last);
        json_t *wrong = toy_test_block(rows[i].encoded, rows[i].full_name);
        (void)json_array_insert_new(json_object_get(test, "blocks"), 1, wrong);
        PASSES(json_deep_copy(test));
        expect(test, 1, "expectException", "BlockException.INVALID_DIFFICULTY");
        FAILS(json_deep_copy(test), 1, "exception", "BlockException.INVALID_DIFFICULTY",
              rows[i].name);
        (void)json_object_del(wrong, "expectException");
        FAILS(test, 1, "exception", "none", rows[i].name);
    }
    /* A valid block that should not be. */
    json_t *test = toy_test(&c, "Cancun", last);
    expect(test, 0, "expectException", "BlockException.INVALID_GAS_USED");
    FAILS(test, 0, "exception", "BlockException.INVALID_GAS_USED", "OK");
    /* Bytes that are no block, and another reason that files give for it. */
    test = toy_test(&c, "Cancun", last);
    add(test, bytes_from("\xc0", 1), "BlockException.RLP_STRUCTURES_ENCODING");
    add(test, bytes_from(c.blocks[2].encoded.ptr, 100), "BlockException.INCORRECT_BLOCK_FORMAT");
    add(test, bytes_from(NULL, 0), "RLP_STRUCTURES_ENCODING");
    PASSES(test);
    test = toy_test(&c, "Cancun", last);
    add(test, bytes_from("\xc0", 1), NULL);
    FAILS(test, 2, "exception", "none", "RLP_STRUCTURES_ENCODING");
    toy_close(&c);
}

/* What a reason may look like. */
static void names_of_exceptions(void)
{
    static const char *const good[] = {
        "BlockException.INVALID_GAS_USED",
        "INVALID_GAS_USED",
        "BlockException.INVALID_GAS_USED|BlockException.INVALID_STATE_ROOT",
        "BlockException.INVALID_STATE_ROOT|BlockException.INVALID_GAS_USED",
        "BlockException.INVALID_STATE_ROOT|INVALID_GAS_USED|A.B",
        "|INVALID_GAS_USED",
    };
    static const char *const bad[] = {
        "",
        "|",
        "BlockException",
        "BlockException.",
        "INVALID_GAS_USE",
        "INVALID_GAS_USED_",
        "BlockException.INVALID_GAS_USED_ABOVE_LIMIT",
        "INVALID_GAS_USED.BlockException",
        "OK",
    };
    const size_t last = seal_chain(CHAIN_CANCUN, 1);
    WRONG(gas, last, b.header.gas_used++);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        json_t *test = toy_test(&c, "Cancun", last);
        add(test, gas, good[i]);
        PASSES(test);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        json_t *test = toy_test(&c, "Cancun", last);
        add(test, gas, bad[i]);
        FAILS(test, 1, "exception", bad[i], "INVALID_GAS_USED");
    }
    /* The older fillings: for all networks, or for one. */
    static const char *const keys[] = {"expectException", "expectExceptionALL",
                                       "expectExceptionCancun"};
    for (size_t i = 0; i < 3; i++) {
        json_t *test = toy_test(&c, "Cancun", last);
        add(test, gas, NULL);
        expect(test, 1, keys[i], "INVALID_GAS_USED");
        PASSES(test);
    }
    json_t *test = toy_test(&c, "Cancun", last);
    add(test, gas, NULL);
    expect(test, 1, "expectExceptionPrague", "INVALID_GAS_USED");
    FAILS(test, 1, "exception", "none", "INVALID_GAS_USED");
    toy_close(&c);
}

/* Transactions that are not valid have names of their own. */
static void invalid_transactions(void)
{
    const size_t last = seal_chain(CHAIN_CANCUN, 1);
    const struct address payee = toy_address(TOY_PAYEE);
    struct block block = c.blocks[last].block;
    const struct bytes tx = toy_transfer(&c, 1, 5, &payee, 1);
    block.txs = &tx;
    block.tx_count = 1;
    toy_relist(&c, &block);
    const struct bytes encoded = toy_encode(&c, &block);
    static const char *const good[] = {
        "TransactionException.NONCE_MISMATCH_TOO_HIGH",
        "TransactionException.NONCE_MISMATCH_TOO_LOW|TransactionException.NONCE_MISMATCH_TOO_HIGH",
    };
    for (size_t i = 0; i < 2; i++) {
        json_t *test = toy_test(&c, "Cancun", last);
        add(test, encoded, good[i]);
        PASSES(test);
    }
    static const char *const bad[] = {"TransactionException.NONCE_MISMATCH_TOO_LOW",
                                      "BlockException.INVALID_TRANSACTION", ""};
    for (size_t i = 0; i < 3; i++) {
        json_t *test = toy_test(&c, "Cancun", last);
        add(test, encoded, bad[i]);
        FAILS(test, 1, "exception", bad[i], "NONCE_MISMATCH_TOO_HIGH");
    }
    json_t *test = toy_test(&c, "Cancun", last);
    add(test, encoded, NULL);
    FAILS(test, 1, "exception", "none", "NONCE_MISMATCH_TOO_HIGH");
    /* Too many blobs, which the header sums up: the files name the transaction. */
    block = c.blocks[last].block;
    block.header.blob_gas_used = 7 * 131072;
    test = toy_test(&c, "Cancun", last);
    add(test, toy_encode(&c, &block),
        "TransactionException.TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED");
    PASSES(test);
    toy_close(&c);
}

/* ---- several chains -------------------------------------------------------------------------- */

/* With proof of work the chain with more of it is followed, of two with as much the one that came
 * first. Blocks that come quickly have more. */
static void the_chain_with_more_work(void)
{
    toy_open(&c, CHAIN_LONDON);
    toy_genesis(&c);
    /*    0 - 1 - 2
     *     \- 3 - 4 - 5     slow, and heavier from 5 on
     *     \- 6             one block that came quickly */
    const struct address payee = toy_address(TOY_PAYEE);
    size_t at = 0;
    for (unsigned i = 0; i < 5; i++) {
        const uint64_t nonce = i < 2 ? i : i - 2;
        const struct bytes tx = toy_transfer(&c, 1, nonce, &payee, 1 + i);
        at = toy_seal(&c, i == 2 ? 0 : at, &(struct toy_draft){.txs = &tx, .tx_count = 1});
    }
    const size_t quick = toy_seal(&c, 0, &(struct toy_draft){.seconds = 1});
    CHECK_EQ(quick, 6);
    CHECK(u256_lt(&c.blocks[1].total_difficulty, &c.blocks[quick].total_difficulty));
    CHECK(u256_eq(&c.blocks[2].total_difficulty, &c.blocks[4].total_difficulty));
    static const struct {
        size_t order[6];
        size_t count;
        size_t last;
    } rows[] = {
        {{1, 2, 3, 4, 5, 6}, 6, 5},
        {{1, 3}, 2, 1}, /* as much: the first stays */
        {{3, 1}, 2, 3},
        {{1, 2, 3, 4}, 4, 2},
        {{3, 4, 1, 2}, 4, 4},
        {{3, 1, 4, 2}, 4, 4},
        {{1, 3, 6}, 3, 6},
        {{6, 1, 2, 3, 4, 5}, 6, 5},
        {{1, 3, 2, 4, 6, 5}, 6, 5}, /* to and fro */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *test = toy_test(&c, "London", rows[i].last);
        (void)json_object_set_new(test, "blocks", json_array());
        for (size_t k = 0; k < rows[i].count; k++) {
            add(test, c.blocks[rows[i].order[k]].encoded, NULL);
        }
        struct seen seen;
        CHECK_EQ(run_test(&seen, test, &plain), OK);
        CHECK_BYTES(seen.state_root.b, c.blocks[rows[i].last].block.header.state_root.b, 32);
        PASSES(test);
    }
    toy_close(&c);
}

/* From Paris on the node is told which chain to follow: what comes last. */
static void the_chain_that_came_last(void)
{
    toy_open(&c, CHAIN_CANCUN);
    toy_genesis(&c);
    const size_t one = seal_some(0, 0, "a");
    const size_t two = seal_some(one, 1, "a");
    const size_t side = seal_some(0, 0, "b");
    PASSES(toy_test(&c, "Cancun", side));
    const size_t three = seal_some(two, 2, "a");
    PASSES(toy_test(&c, "Cancun", three));
    toy_close(&c);
}

/* The hashes that BLOCKHASH gives are those of the block's own chain, whatever ran in between. */
static void hashes_of_the_own_chain(void)
{
    toy_open(&c, CHAIN_CANCUN);
    toy_genesis(&c);
    size_t ends[2] = {0, 0};
    static const char *const names[2] = {"a", "b"};
    for (uint64_t n = 0; n < 3; n++) {
        for (unsigned side = 0; side < 2; side++) {
            struct bytes txs[3];
            for (uint64_t k = 0; k < 3; k++) { /* the hashes of 0, 1 and 2 */
                txs[k] = toy_call(&c, 1, 3 * n + k, toy_address(TOY_HASHES), toy_words(&c, k, 0));
            }
            ends[side] =
                toy_seal(&c, ends[side],
                         &(struct toy_draft){
                             .txs = txs, .tx_count = 3, .extra_data = bytes_from(names[side], 1)});
        }
    }
    PASSES(toy_test(&c, "Cancun", ends[1]));
    toy_close(&c);
}

/* The merge comes by total difficulty, on each chain by its own. */
static void through_the_merge(void)
{
    toy_open(&c, CHAIN_GRAY_GLACIER);
    c.forks[1] = (struct chain_fork){CHAIN_PARIS, CHAIN_BY_DIFFICULTY, 0, NULL};
    c.config.fork_count = 2;
    c.config.terminal_total_difficulty = u256_from_u64(0x60000); /* three blocks */
    toy_genesis(&c);
    size_t at = 0;
    for (uint64_t n = 0; n < 4; n++) {
        at = seal_some(at, n, "");
        CHECK_EQ(u256_is_zero(&c.blocks[at].block.header.difficulty), n >= 2);
    }
    PASSES(toy_test(&c, "GrayGlacierToParisAtDiff060000", at));
    /* A name that is longer than any "expectException" in the older fillings. */
    PASSES(toy_test(&c, "GrayGlacierToParisAtDiff000000000000000000000000000000000000060000", at));
    toy_close(&c);
}

static void blocks_of_unknown_parents(void)
{
    const size_t last = seal_chain(CHAIN_CANCUN, 3);
    json_t *test = toy_test(&c, "Cancun", 1);
    json_t *blocks = json_object_get(test, "blocks");
    (void)json_array_remove(blocks, 1); /* 1 and 3 */
    expect(test, 1, "expectException", "BlockException.UNKNOWN_PARENT");
    PASSES(json_deep_copy(test));
    (void)json_object_del(json_array_get(blocks, 1), "expectException");
    FAILS(test, 1, "exception", "none", "UNKNOWN_PARENT");
    /* An invalid block is nobody's parent. */
    struct block child = c.blocks[2].block;
    WRONG(root, 1, b.header.state_root.b[0] ^= 1);
    struct block parent;
    CHECK_EQ(block_decode(&parent, &c.arena, root), OK);
    keccak256(&child.header.parent_hash, parent.header_encoded.ptr, parent.header_encoded.len);
    test = toy_test(&c, "Cancun", last);
    add(test, root, "BlockException.INVALID_STATE_ROOT");
    add(test, toy_encode(&c, &child), "BlockException.UNKNOWN_PARENT");
    PASSES(test);
    toy_close(&c);
}

/* Ommers are compared with the chain's last seven generations. */
static void ommers_of_a_chain(void)
{
    toy_open(&c, CHAIN_LONDON);
    toy_genesis(&c);
    size_t at = 0;
    for (unsigned n = 0; n < 3; n++) {
        at = toy_seal(&c, at, &(struct toy_draft){.tx_count = 0});
    }
    struct header ommer = c.blocks[2].block.header;
    ommer.extra_data = bytes_from("ommer", 5);
    const struct toy_draft draft = {.ommers = &ommer, .ommer_count = 1};
    const size_t four = toy_seal(&c, at, &draft);
    json_t *test = toy_test(&c, "London", four);
    struct block again = toy_draw(&c, four, &draft);
    add(test, toy_encode(&c, &again), "BlockException.UNCLE_IN_CHAIN");
    const struct toy_draft ancestor = {.ommers = &c.blocks[1].block.header, .ommer_count = 1};
    again = toy_draw(&c, four, &ancestor);
    add(test, toy_encode(&c, &again), "BlockException.UNCLE_IS_ANCESTOR");
    PASSES(test);
    toy_close(&c);
}

/* ---- bad files ------------------------------------------------------------------------------- */

static void check_unusable(int line, json_t *test, enum err wanted, const char *word)
{
    struct seen seen;
    enum err e = run_test(&seen, test, &plain);
    if (e != wanted || strstr(seen.detail.text, word) == NULL || seen.passed + seen.failed != 0) {
        test_fail(__FILE__, line, "%s %s, %u passed, %u failed: no \"%s\"", err_name(e),
                  seen.detail.text, seen.passed, seen.failed, word);
    }
    json_decref(test);
}

#define UNUSABLE(test, wanted, word) check_unusable(__LINE__, (test), (wanted), (word))

static void members_of_a_test(void)
{
    static const char *const members[] = {"network", "pre", "genesisRLP", "blocks",
                                          "lastblockhash"};
    const size_t last = seal_chain(CHAIN_CANCUN, 1);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        json_t *test = toy_test(&c, "Cancun", last);
        (void)json_object_del(test, members[i]);
        UNUSABLE(json_deep_copy(test), ERR_MALFORMED, members[i]);
        (void)json_object_set_new(test, members[i], json_integer(5));
        UNUSABLE(json_deep_copy(test), ERR_MALFORMED, members[i]);
        (void)json_object_set_new(test, members[i], json_null());
        UNUSABLE(test, ERR_MALFORMED, members[i]);
    }
    json_t *test = toy_test(&c, "Cancun", last);
    (void)json_object_set_new(test, "genesisRLP", json_string("0xc0"));
    UNUSABLE(test, ERR_TRUNCATED, "genesisRLP: not a block");
    static json_t *(*const others[])(void) = {json_null, json_true, json_array};
    for (size_t i = 0; i < 3; i++) {
        test = toy_test(&c, "Cancun", last);
        (void)json_array_set_new(json_object_get(test, "blocks"), 0, others[i]());
        UNUSABLE(test, ERR_MALFORMED, "rlp");
    }
    static const char *const keys[] = {"rlp", "expectException", "expectExceptionALL",
                                       "expectExceptionCancun"};
    for (size_t i = 0; i < 4; i++) {
        test = toy_test(&c, "Cancun", last);
        (void)json_object_set_new(json_array_get(json_object_get(test, "blocks"), 0), keys[i],
                                  json_integer(1));
        UNUSABLE(test, ERR_MALFORMED, keys[i]);
    }
    test = toy_test(&c, "Cancun", last);
    (void)json_object_set_new(json_array_get(json_object_get(test, "blocks"), 0), "rlp",
                              json_string("0x123"));
    UNUSABLE(test, ERR_MALFORMED, "rlp");
    test = toy_test(&c, "Cancun", last);
    (void)json_object_set_new(json_object_get(test, "config"), "chainid", json_true());
    UNUSABLE(test, ERR_MALFORMED, "chainid");
    test = toy_test(&c, "BPO3", last); /* mainnet has no schedule for it */
    UNUSABLE(test, ERR_MALFORMED, "BPO3");
    UNUSABLE(json_array(), ERR_MALFORMED, "network");
    toy_close(&c);
}

/* The tests before the bad place have been reported; the file's others have not. */
static void texts(void)
{
    static const struct {
        const char *text;
        enum err err;
        const char *word;
    } rows[] = {
        {"", ERR_TRUNCATED, "JSON"},
        {"{", ERR_TRUNCATED, "JSON"},
        {"[]", ERR_MALFORMED, "not a file of block tests"},
        {"{}{}", ERR_TRAILING, "JSON"},
        {"{\"a\": 5}", ERR_MALFORMED, "network"},
        {"{\"a\": {}}", ERR_MALFORMED, "network"},
        {"{\"a\": {\"network\": \"Cancun\"}}", ERR_MALFORMED, "blocks"},
    };
    struct seen seen;
    const size_t last = seal_chain(CHAIN_CANCUN, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct bytes text = bytes_from(rows[i].text, strlen(rows[i].text));
        CHECK_STR(err_name(run_text(&seen, text, &plain)), err_name(rows[i].err));
        CHECK(strstr(seen.detail.text, rows[i].word) != NULL);
        CHECK_EQ(seen.passed + seen.failed, 0);
    }
    CHECK_EQ(run_text(&seen, bytes_from("{}", 2), &plain), OK);
    json_t *file = json_pack("{s:o, s:{}, s:o}", "a", toy_test(&c, "Cancun", last), "b", "c",
                             toy_test(&c, "Cancun", last));
    char *text = json_dumps(file, JSON_SORT_KEYS);
    CHECK_EQ(run_text(&seen, bytes_from(text, strlen(text)), &plain), ERR_MALFORMED);
    CHECK_EQ(seen.passed, 1);
    CHECK_STR(seen.test, "a");
    free(text);
    json_decref(file);
    toy_close(&c);
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* In arenas that are too small a test fails, or the file is an error, and nothing is left; in one
 * of them it passes. */
static void full_arenas(void)
{
    /* A list of many withdrawals takes more memory decoded than encoded. */
    struct withdrawal list[100];
    for (uint64_t i = 0; i < 100; i++) {
        list[i] = (struct withdrawal){i, i, toy_address(TOY_PAYEE), 1};
    }
    const size_t one = seal_chain(CHAIN_CANCUN, 1);
    const size_t last =
        toy_seal(&c, one, &(struct toy_draft){.withdrawals = list, .withdrawal_count = 100});
    json_t *test = toy_test(&c, "Cancun", last);
    for (unsigned which = 0; which < 2; which++) {
        bool passed = false;
        bool failed = false;
        bool failed_later = false; /* where a run without witnesses passes */
        for (size_t cap = 1024; !passed && cap < TOY_ARENA_BYTES; cap += 512) {
            struct arena arena;
            struct seen seen;
            void *region = test_region(TOY_ARENA_BYTES);
            arena_init(&arena, region, cap);
            const struct how how = {.minimal = true,
                                    .arena = which == 0 ? &arena : NULL,
                                    .scratch = which == 0 ? NULL : &arena};
            enum err e = run_test(&seen, test, &how);
            CHECK(e == OK || e == ERR_MEMORY);
            CHECK_EQ(seen.passed + seen.failed, e == OK ? 1 : 0);
            if (seen.failed != 0) {
                CHECK(strcmp(seen.reason, "error") == 0 ||
                      strcmp(seen.reason, "witness less a node") == 0);
                CHECK_STR(seen.expected,
                          strcmp(seen.reason, "error") == 0 ? "none" : "a missing node");
                failed = true;
            }
            passed = seen.passed != 0;
            if (!passed) {
                const bool has_error = strcmp(seen.reason, "error") == 0;
                const struct how less = {.arena = how.arena, .scratch = how.scratch};
                e = run_test(&seen, test, &less);
                CHECK(e == OK || e == ERR_MEMORY);
                failed_later = failed_later || (seen.passed != 0 && has_error);
            }
            test_region_free(region, TOY_ARENA_BYTES);
        }
        CHECK(passed && failed && failed_later);
    }
    json_decref(test);
    toy_close(&c);
}

static const struct test_case cases[] = {
    CASE(a_chain_of_every_upgrade),
    CASE(how_often_blocks_run),
    CASE(another_last_block),
    CASE(another_genesis_state),
    CASE(another_network),
    CASE(only_one_network),
    CASE(invalid_blocks),
    CASE(names_of_exceptions),
    CASE(invalid_transactions),
    CASE(the_chain_with_more_work),
    CASE(the_chain_that_came_last),
    CASE(hashes_of_the_own_chain),
    CASE(through_the_merge),
    CASE(blocks_of_unknown_parents),
    CASE(ommers_of_a_chain),
    CASE(members_of_a_test),
    CASE(texts),
    CASE(full_arenas),
};

TEST_MAIN(cases)
