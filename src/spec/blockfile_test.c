/* Files of a block with its witness, made here (tests/toy_json.h): what comes of a good one, what of
 * each claim in it that is wrong, of witnesses that say nothing of an account, of files that name a
 * root and hashes instead of headers, and of files that are none. */

#include "spec/blockfile.h"

#include "codec/json.h"
#include "tests/test.h"
#include "tests/toy_json.h"

static struct toy_chain c;

/* ---- running --------------------------------------------------------------------------------- */

struct seen {
    enum err err;
    struct blockfile_result result;
    struct err_detail detail;
};

static struct seen run_text(struct bytes text, const struct chain_config *chain, size_t repeat)
{
    static struct arena arena;
    if (arena.base == NULL) {
        arena_init(&arena, test_region(TOY_ARENA_BYTES), TOY_ARENA_BYTES);
    }
    struct seen seen = {.err = OK};
    struct blockfile runner = {.evm = &c.evm, .arena = &arena, .key = c.key, .chain = chain};
    seen.err = blockfile_run(&runner, &seen.result, text, repeat, &seen.detail);
    if (arena.used != 0 || c.evm.state != NULL || c.evm.block != NULL) {
        test_fail(__FILE__, __LINE__, "something is left");
    }
    return seen;
}

/* run runs a file on the toy chain. */
static struct seen run(const json_t *file)
{
    char *text = json_dumps(file, JSON_COMPACT);
    ASSERT(text != NULL);
    const struct seen seen = run_text(bytes_from(text, strlen(text)), &c.config, 1);
    free(text);
    return seen;
}

/* check_ok: valid, as the file says. The other checks: valid but not as it says; not valid; an error
 * whose text has `word` in it. */
static void check_ok(int line, const json_t *file, size_t assumed)
{
    const struct seen seen = run(file);
    if (seen.err != OK || seen.result.verdict.status != BLOCK_OK || seen.result.differs != NULL ||
        seen.result.assumed_absent != assumed) {
        test_fail(__FILE__, line, "%s %s, assumed %zu", err_name(seen.err), seen.detail.text,
                  seen.err == OK ? seen.result.assumed_absent : 0);
    }
}

static void check_differs(int line, const json_t *file, const char *key)
{
    const struct seen seen = run(file);
    if (seen.err != OK || seen.result.verdict.status != BLOCK_OK || seen.result.differs == NULL ||
        strcmp(seen.result.differs, key) != 0) {
        test_fail(__FILE__, line, "%s %s: not %s", err_name(seen.err), seen.detail.text, key);
    }
}

static void check_error(int line, const json_t *file, enum err wanted, const char *word)
{
    const struct seen seen = run(file);
    if (seen.err != wanted || strstr(seen.detail.text, word) == NULL) {
        test_fail(__FILE__, line, "%s, no \"%s\" in \"%s\"", err_name(seen.err), word,
                  seen.detail.text);
    }
}

#define VALID(file)               check_ok(__LINE__, (file), 0)
#define ASSUMED(file, count)      check_ok(__LINE__, (file), (count))
#define DIFFERS(file, key)        check_differs(__LINE__, (file), (key))
#define ERROR(file, wanted, word) check_error(__LINE__, (file), (wanted), (word))

/* with gives a copy of a file with another member, without the member where it is NULL. */
static json_t *with(const json_t *file, const char *key, json_t *value)
{
    json_t *copy = json_deep_copy(file);
    if (value == NULL) {
        (void)json_object_del(copy, key);
    } else {
        (void)json_object_set_new(copy, key, value);
    }
    return copy;
}

/* ---- good files ------------------------------------------------------------------------------ */

static size_t seal_sample(enum chain_upgrade upgrade)
{
    toy_open(&c, upgrade);
    toy_genesis(&c);
    const struct address payee = toy_address(TOY_PAYEE);
    const struct bytes txs[] = {
        toy_transfer(&c, 1, 0, &payee, 1),
        toy_call(&c, 1, 1, toy_address(TOY_STORE), toy_words(&c, 1, 2)),
    };
    const size_t one = toy_seal(&c, 0, &(struct toy_draft){.tx_count = 0});
    return toy_seal(&c, one, &(struct toy_draft){.txs = txs, .tx_count = 2});
}

static void a_good_file(void)
{
    const size_t last = seal_sample(CHAIN_OSAKA);
    json_t *file = toy_file(&c, last);
    const struct seen seen = run(file);
    const json_t *witness = json_object_get(file, "witness");
    CHECK_STR(seen.detail.text, "");
    CHECK_EQ(seen.err, OK);
    CHECK_EQ(seen.result.verdict.status, BLOCK_OK);
    CHECK(seen.result.differs == NULL);
    CHECK_EQ(seen.result.number, 2);
    CHECK_BYTES(seen.result.hash.b, c.blocks[last].hash.b, 32);
    CHECK_STR(seen.result.fork, "Osaka");
    CHECK_EQ(seen.result.tx_count, 2);
    CHECK_EQ(seen.result.gas_used, c.blocks[last].block.header.gas_used);
    CHECK_EQ(seen.result.node_count, json_array_size(json_object_get(witness, "state")));
    CHECK_EQ(seen.result.code_count, json_array_size(json_object_get(witness, "codes")));
    CHECK_EQ(seen.result.assumed_absent, 0);
    /* What it says of itself may be left out. */
    static const char *const claims[] = {"number",       "hash",    "stateRoot",
                                         "receiptsRoot", "gasUsed", "chainId"};
    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        json_t *less = with(file, claims[i], NULL);
        VALID(less);
        json_decref(less);
    }
    json_decref(file);
    toy_close(&c);
}

/* Often is as once; the times are those of one of the runs. */
static void many_runs(void)
{
    json_t *file = toy_file(&c, seal_sample(CHAIN_OSAKA));
    char *text = json_dumps(file, JSON_COMPACT);
    static const size_t repeats[] = {1, 2, 3, 10, 25};
    for (size_t i = 0; i < sizeof(repeats) / sizeof(repeats[0]); i++) {
        const struct seen seen = run_text(bytes_from(text, strlen(text)), &c.config, repeats[i]);
        CHECK_EQ(seen.err, OK);
        CHECK_EQ(seen.result.verdict.status, BLOCK_OK);
        CHECK_EQ(seen.result.tx_count, 2);
        CHECK(seen.result.times.decode > 0 && seen.result.times.execute > 0);
    }
    free(text);
    json_decref(file);
    toy_close(&c);
}

/* Without a chain the file's chain id names one: mainnet's first blocks are Frontier's. */
static void chains_by_id(void)
{
    static const struct {
        enum chain_upgrade upgrade;
        uint64_t id;
        const char *fork;
    } rows[] = {{CHAIN_FRONTIER, 1, "Frontier"}, {CHAIN_CANCUN, 560048, "Cancun"}};
    for (size_t i = 0; i < 2; i++) {
        toy_open(&c, rows[i].upgrade);
        c.config.chain_id = rows[i].id;
        toy_genesis(&c);
        json_t *file = toy_file(&c, toy_seal(&c, 0, &(struct toy_draft){.tx_count = 0}));
        char *text = json_dumps(file, JSON_COMPACT);
        const struct seen seen = run_text(bytes_from(text, strlen(text)), NULL, 1);
        CHECK_STR(seen.detail.text, "");
        CHECK_EQ(seen.err, OK);
        CHECK_EQ(seen.result.verdict.status, BLOCK_OK);
        CHECK_STR(seen.result.fork, rows[i].fork);
        free(text);
        static const struct {
            const char *json;
            enum err err;
            const char *word;
        } ids[] = {
            {"77", ERR_MALFORMED, "chainId: 77 is not a chain we know"},
            {"\"77\"", ERR_MALFORMED, "chainId: 77 is not a chain we know"},
            {"\"0x4d\"", ERR_MALFORMED, "chainId: 77 is not a chain we know"},
            {"-1", ERR_RANGE, "chainId"},
            {"true", ERR_MALFORMED, "chainId"},
            {"\"\"", ERR_MALFORMED, "chainId"},
            {"\"1 \"", ERR_MALFORMED, "chainId"},
            {"\"99999999999999999999\"", ERR_MALFORMED, "chainId"},
            {"\"18446744073709551617\"", ERR_MALFORMED, "chainId"}, /* 2^64 + 1 */
            {"\"18446744073710111664\"", ERR_MALFORMED, "chainId"}, /* 2^64 + 560048 */
            {"null", ERR_MALFORMED, "chainId"},
        };
        for (size_t k = 0; k < sizeof(ids) / sizeof(ids[0]); k++) {
            json_t *other = with(file, "chainId", json_loads(ids[k].json, JSON_DECODE_ANY, NULL));
            text = json_dumps(other, JSON_COMPACT);
            const struct seen bad = run_text(bytes_from(text, strlen(text)), NULL, 1);
            CHECK_STR(err_name(bad.err), err_name(ids[k].err));
            CHECK(strstr(bad.detail.text, ids[k].word) != NULL);
            free(text);
            json_decref(other);
        }
        json_decref(file);
        toy_close(&c);
    }
}

/* ---- claims ---------------------------------------------------------------------------------- */

static void claims_that_are_wrong(void)
{
    const size_t last = seal_sample(CHAIN_OSAKA);
    json_t *file = toy_file(&c, last);
    static const char *const hashes[] = {"hash", "stateRoot", "receiptsRoot"};
    for (size_t i = 0; i < 3; i++) {
        struct hash32 wrong = c.blocks[last].hash;
        wrong.b[31] ^= 1;
        json_t *bad = with(file, hashes[i], toy_hex(wrong.b, 32));
        DIFFERS(bad, hashes[i]);
        (void)json_object_set_new(bad, hashes[i], json_string("0x12"));
        DIFFERS(bad, hashes[i]);
        (void)json_object_set_new(bad, hashes[i], json_integer(2));
        DIFFERS(bad, hashes[i]);
        json_decref(bad);
    }
    const uint64_t gas = c.blocks[last].block.header.gas_used;
    char decimal[24];
    char hex[24];
    (void)snprintf(decimal, sizeof(decimal), "%llu", (unsigned long long)gas);
    (void)snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)gas);
    json_t *other = with(file, "gasUsed", json_string(decimal));
    VALID(other);
    (void)json_object_set_new(other, "gasUsed", json_string(hex));
    VALID(other);
    (void)json_object_set_new(other, "gasUsed", json_integer((json_int_t)gas + 1));
    DIFFERS(other, "gasUsed");
    (void)json_object_set_new(other, "gasUsed", json_string("x"));
    DIFFERS(other, "gasUsed");
    json_decref(other);
    other = with(file, "number", json_string("2"));
    VALID(other);
    (void)json_object_set_new(other, "number", json_integer(3));
    DIFFERS(other, "number");
    json_decref(other);
    json_decref(file);
    toy_close(&c);
}

/* A block that breaks a rule is told so; the claims are then not looked at. */
static void blocks_that_are_not_valid(void)
{
    const size_t last = seal_sample(CHAIN_OSAKA);
    json_t *file = toy_file(&c, last);
    struct block block = c.blocks[last].block;
    block.header.state_root.b[0] ^= 1;
    struct bytes encoded = toy_encode(&c, &block);
    (void)json_object_set_new(file, "block", toy_hex(encoded.ptr, encoded.len));
    struct seen seen = run(file);
    CHECK_EQ(seen.err, OK);
    CHECK_EQ(seen.result.verdict.status, BLOCK_INVALID_STATE_ROOT);
    CHECK(seen.result.differs == NULL);
    block = c.blocks[last].block;
    const struct bytes twice[] = {block.txs[0], block.txs[0]};
    block.txs = twice;
    toy_relist(&c, &block);
    encoded = toy_encode(&c, &block);
    (void)json_object_set_new(file, "block", toy_hex(encoded.ptr, encoded.len));
    seen = run(file);
    CHECK_EQ(seen.err, OK);
    CHECK_EQ(seen.result.verdict.status, BLOCK_INVALID_TRANSACTION);
    CHECK_EQ(seen.result.verdict.tx_index, 1);
    CHECK_EQ(seen.result.verdict.tx_status, TX_NONCE_MISMATCH_TOO_LOW);
    CHECK_EQ(seen.result.number, 2);
    json_decref(file);
    toy_close(&c);
}

/* ---- less than a whole witness --------------------------------------------------------------- */

/* without gives a copy of a file that lacks an item of its witness. */
static json_t *without(const json_t *file, const char *list, size_t index)
{
    json_t *copy = json_deep_copy(file);
    (void)json_array_remove(json_object_get(json_object_get(copy, "witness"), list), index);
    return copy;
}

/* Each node of an ordinary block is missed, and the error names what for. */
static void nodes_that_are_missing(void)
{
    const size_t last = seal_sample(CHAIN_OSAKA);
    json_t *file = toy_file(&c, last);
    const json_t *witness = json_object_get(file, "witness");
    for (size_t i = 0; i < json_array_size(json_object_get(witness, "state")); i++) {
        json_t *less = without(file, "state", i);
        ERROR(less, ERR_STATE_MISSING, "no ");
        json_decref(less);
    }
    for (size_t i = 0; i < json_array_size(json_object_get(witness, "codes")); i++) {
        json_t *less = without(file, "codes", i);
        ERROR(less, ERR_STATE_MISSING, "no code with hash 0x");
        json_decref(less);
    }
    json_t *less = without(file, "headers", 0);
    ERROR(less, ERR_STATE_MISSING, "headers: the block's parent is not there");
    json_decref(less);
    json_decref(file);
    toy_close(&c);
}

/* The first of the accounts that seal_looks makes, and a contract that stores the balance of the
 * account that its input names: PUSH1 0 CALLDATALOAD BALANCE PUSH1 0 CALLDATALOAD SSTORE. */
#define CROWD    UINT64_C(0xf0000)
#define CROWD_OF 200u
#define TELLER   0x7e11u

/* seal_looks makes a block that looks at the balance of `count` accounts, `first` and after, in a
 * state with many others, and then calls TOY_STORE. */
static size_t seal_looks(uint64_t first, size_t count)
{
    static const uint8_t code[] = {0x60, 0, 0x35, 0x31, 0x60, 0, 0x35, 0x55};
    const struct address teller = toy_address(TELLER);
    struct bytes txs[8];
    toy_open(&c, CHAIN_SHANGHAI);
    (void)toy_put(&c, &teller, 0, 1, bytes_from(code, sizeof(code)));
    for (uint64_t n = 0; n < CROWD_OF; n++) {
        const struct address other = toy_address(CROWD + n);
        (void)toy_put(&c, &other, n + 1, 0, bytes_from(NULL, 0));
    }
    toy_genesis(&c);
    for (size_t i = 0; i < count; i++) {
        txs[i] = toy_call(&c, 1, i, teller, toy_words(&c, first + i, 0));
    }
    txs[count] = toy_call(&c, 1, count, toy_address(TOY_STORE), toy_words(&c, 1, 2));
    return toy_seal(&c, 0, &(struct toy_draft){.txs = txs, .tx_count = count + 1});
}

/* strip removes each node of the witness without which the block still runs. */
static void strip(json_t *file)
{
    json_t *nodes = json_object_get(json_object_get(file, "witness"), "state");
    for (size_t i = json_array_size(nodes); i-- > 0;) {
        json_t *less = without(file, "state", i);
        const struct seen seen = run(less);
        json_decref(less);
        if (seen.err == OK && seen.result.verdict.status == BLOCK_OK) {
            (void)json_array_remove(nodes, i);
        }
    }
}

/* check_first_error: where it is not enough that accounts are absent, the error is that of the first
 * run. Without the code of TOY_STORE, which is called last, it names an account; without the other
 * code that. */
static void check_first_error(const json_t *file)
{
    unsigned accounts = 0;
    for (size_t i = 0; i < 2; i++) {
        json_t *less = without(file, "codes", i);
        const struct seen seen = run(less);
        CHECK_EQ(seen.err, ERR_STATE_MISSING);
        accounts += strstr(seen.detail.text, "account 0x") != NULL;
        json_decref(less);
    }
    CHECK_EQ(accounts, 1);
}

/* Where a witness proves no absence of accounts that were only looked at, the block runs with them
 * taken as absent, and the result says how many. */
static void accounts_assumed_to_be_absent(void)
{
    for (size_t count = 1; count <= 3 && !test_failed(); count++) {
        bool found = false;
        /* Until their absence is in nodes that nothing else needs. */
        for (uint64_t first = 0x10000; !found && first < 0x10400; first += 8) {
            json_t *file = toy_file(&c, seal_looks(first, count));
            VALID(file);
            strip(file);
            const struct seen seen = run(file);
            found = seen.result.assumed_absent == count;
            if (found) {
                ASSUMED(file, count);
                char *text = json_dumps(file, JSON_COMPACT);
                const struct seen often = run_text(bytes_from(text, strlen(text)), &c.config, 3);
                free(text);
                CHECK_EQ(often.err, OK);
                CHECK_EQ(often.result.assumed_absent, count);
                check_first_error(file);
                (void)json_object_set_new(file, "gasUsed", json_integer(1));
                DIFFERS(file, "gasUsed");
            }
            json_decref(file);
            toy_close(&c);
        }
        CHECK(found);
    }
}

/* An account that is there cannot be taken as absent where that makes a difference: the answer is
 * what was missing at first, and that it was the account. */
static void an_account_that_is_there(void)
{
    bool found = false;
    for (uint64_t n = 0; !found && n < CROWD_OF; n++) {
        const struct address there = toy_address(CROWD + n);
        char name[2 + 2 * sizeof(there.b) + 1] = {0};
        (void)hex_encode_data(name, there.b, sizeof(there.b));
        json_t *file = toy_file(&c, seal_looks(CROWD + n, 1));
        const size_t count =
            json_array_size(json_object_get(json_object_get(file, "witness"), "state"));
        for (size_t i = 0; i < count; i++) {
            json_t *less = without(file, "state", i);
            ERROR(less, ERR_STATE_MISSING, "no ");
            const struct seen seen = run(less);
            found = found || (strstr(seen.detail.text, name) != NULL &&
                              strstr(seen.detail.text, "no node at path ") != NULL);
            json_decref(less);
        }
        json_decref(file);
        toy_close(&c);
    }
    CHECK(found);
}

/* ---- a root and hashes instead of headers ---------------------------------------------------- */

/* hashes_of lists the hashes of a block's ancestors, the parent's first. */
static json_t *hashes_of(size_t sealed)
{
    json_t *list = json_array();
    while (sealed != 0) {
        sealed = c.blocks[sealed].parent;
        (void)json_array_append_new(list, toy_hex(c.blocks[sealed].hash.b, 32));
    }
    return list;
}

static void roots_and_hashes(void)
{
    toy_open(&c, CHAIN_SHANGHAI);
    toy_genesis(&c);
    size_t at = 0;
    for (unsigned n = 1; n < 5; n++) {
        at = toy_seal(&c, at, &(struct toy_draft){.tx_count = 0});
    }
    const struct address hashes = toy_address(TOY_HASHES);
    const struct bytes txs[] = {
        toy_call(&c, 1, 0, hashes, toy_words(&c, 4, 0)),
        toy_call(&c, 1, 1, hashes, toy_words(&c, 2, 0)),
    };
    const size_t last = toy_seal(&c, at, &(struct toy_draft){.txs = txs, .tx_count = 2});
    const struct hash32 *root = &c.blocks[at].block.header.state_root;
    json_t *file = toy_file(&c, last);
    json_t *witness = json_object_get(file, "witness");
    json_t *headers = json_incref(json_object_get(witness, "headers"));
    (void)json_object_set_new(witness, "headers", json_array());
    ERROR(file, ERR_STATE_MISSING, "headers: the block's parent is not there");
    (void)json_object_set_new(file, "preStateRoot", toy_hex(root->b, 32));
    ERROR(file, ERR_STATE_MISSING, "no hash of block 2");
    (void)json_object_set_new(file, "blockHashes", hashes_of(last));
    VALID(file);

    /* In another order they are other hashes; the parent's is in the block, and stays. */
    json_t *list = json_object_get(file, "blockHashes");
    (void)json_array_set(list, 0, json_array_get(list, 4));
    VALID(file);
    (void)json_array_set(list, 2, json_array_get(list, 4));
    struct seen seen = run(file);
    CHECK_EQ(seen.err, OK);
    CHECK_EQ(seen.result.verdict.status, BLOCK_INVALID_STATE_ROOT);
    /* So do those that headers prove. */
    (void)json_object_set(witness, "headers", headers);
    CHECK_EQ(json_array_size(headers), 2);
    VALID(file);
    json_t *copy = json_deep_copy(file);
    (void)json_array_remove(json_object_get(json_object_get(copy, "witness"), "headers"), 1);
    seen = run(copy);
    CHECK_EQ(seen.result.verdict.status, BLOCK_INVALID_STATE_ROOT);
    json_decref(copy);
    (void)json_object_set_new(witness, "headers", json_array());

    /* More of them than there are blocks, or than count. */
    (void)json_object_set_new(file, "blockHashes", hashes_of(last));
    list = json_object_get(file, "blockHashes");
    for (unsigned i = 0; i < 600; i++) {
        (void)json_array_append(list, json_array_get(list, 0));
    }
    VALID(file);

    /* Of another kind. */
    (void)json_array_set_new(list, 1, json_string("0x00"));
    ERROR(file, ERR_MALFORMED, "blockHashes");
    (void)json_array_set_new(list, 1, json_integer(1));
    ERROR(file, ERR_MALFORMED, "blockHashes");
    (void)json_object_set_new(file, "blockHashes", json_integer(1));
    ERROR(file, ERR_MALFORMED, "blockHashes");
    (void)json_object_set_new(file, "blockHashes", json_string("0x00"));
    ERROR(file, ERR_MALFORMED, "blockHashes");
    (void)json_object_set_new(file, "blockHashes", hashes_of(last));
    (void)json_object_set_new(file, "preStateRoot", json_string("0x00"));
    ERROR(file, ERR_MALFORMED, "preStateRoot");
    /* Another root leads nowhere. */
    (void)json_object_set_new(file, "preStateRoot", toy_hex(c.blocks[last].hash.b, 32));
    ERROR(file, ERR_STATE_MISSING, "no node at path ");
    json_decref(headers);
    json_decref(file);
    toy_close(&c);
}

/* Of more than BLOCKHASH can ask for, the last 256 count. */
static void more_hashes_than_count(void)
{
    toy_open(&c, CHAIN_SHANGHAI);
    toy_genesis(&c);
    size_t at = 0;
    for (unsigned n = 1; n < 300; n++) {
        at = toy_seal(&c, at, &(struct toy_draft){.tx_count = 0});
    }
    const struct address hashes = toy_address(TOY_HASHES);
    const struct bytes txs[] = {
        toy_call(&c, 1, 0, hashes, toy_words(&c, 297, 0)),
        toy_call(&c, 1, 1, hashes, toy_words(&c, 300 - 256, 0)),
    };
    const size_t last = toy_seal(&c, at, &(struct toy_draft){.txs = txs, .tx_count = 2});
    json_t *file = toy_file(&c, last);
    json_t *witness = json_object_get(file, "witness");
    VALID(file);
    (void)json_object_set_new(witness, "headers", json_array());
    (void)json_object_set_new(file, "preStateRoot",
                              toy_hex(c.blocks[at].block.header.state_root.b, 32));
    (void)json_object_set_new(file, "blockHashes", hashes_of(last));
    CHECK_EQ(json_array_size(json_object_get(file, "blockHashes")), 300);
    VALID(file);
    json_decref(file);
    toy_close(&c);
}

/* ---- bad files ------------------------------------------------------------------------------- */

static void members_of_a_file(void)
{
    static const char *const lists[] = {"state", "codes", "headers"};
    json_t *file = toy_file(&c, seal_sample(CHAIN_OSAKA));
    static const char *const members[] = {"block", "witness"};
    for (size_t i = 0; i < 2; i++) {
        json_t *bad = with(file, members[i], NULL);
        ERROR(bad, ERR_MALFORMED, members[i]);
        (void)json_object_set_new(bad, members[i], json_integer(1));
        ERROR(bad, ERR_MALFORMED, members[i]);
        json_decref(bad);
    }
    for (size_t i = 0; i < 3; i++) {
        json_t *bad = json_deep_copy(file);
        json_t *witness = json_object_get(bad, "witness");
        (void)json_array_append_new(json_object_get(witness, lists[i]), json_string("0x1"));
        ERROR(bad, ERR_MALFORMED, lists[i]);
        (void)json_array_append_new(json_object_get(witness, lists[i]), json_integer(1));
        ERROR(bad, ERR_MALFORMED, lists[i]);
        (void)json_object_set_new(witness, lists[i], json_string("0x"));
        ERROR(bad, ERR_MALFORMED, lists[i]);
        (void)json_object_del(witness, lists[i]);
        ERROR(bad, ERR_MALFORMED, lists[i]);
        json_decref(bad);
    }
    json_t *bad = with(file, "block", json_string("0xc0"));
    ERROR(bad, ERR_TRUNCATED, "block: not a block");
    json_decref(bad);
    bad = json_deep_copy(file);
    json_t *headers = json_object_get(json_object_get(bad, "witness"), "headers");
    (void)json_array_append_new(headers, json_string("0xc0"));
    ERROR(bad, ERR_TRUNCATED, "headers[1]: not a header");
    for (unsigned i = 0; i < 256; i++) {
        (void)json_array_append(headers, json_array_get(headers, 0));
    }
    ERROR(bad, ERR_LIMIT, "headers: more than 256");
    json_decref(bad);
    json_decref(file);
    toy_close(&c);
}

static void texts(void)
{
    static const struct {
        const char *text;
        enum err err;
        const char *word;
    } rows[] = {
        {"", ERR_TRUNCATED, "JSON"},    {"{", ERR_TRUNCATED, "JSON"},
        {"[]", ERR_MALFORMED, "block"}, {"{}", ERR_MALFORMED, "block"},
        {"{}{}", ERR_TRAILING, "JSON"},
    };
    toy_open(&c, CHAIN_OSAKA);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct bytes text = bytes_from(rows[i].text, strlen(rows[i].text));
        struct seen seen = run_text(text, &c.config, 1);
        CHECK_STR(err_name(seen.err), err_name(rows[i].err));
        CHECK(strstr(seen.detail.text, rows[i].word) != NULL);
        seen = run_text(text, NULL, 1);
        CHECK(seen.err != OK && seen.detail.text[0] != '\0');
    }
    toy_close(&c);
}

/* In an arena that is too small the answer is that error. */
static void a_full_arena_is_an_error(void)
{
    json_t *file = toy_file(&c, seal_sample(CHAIN_OSAKA));
    json_t *codes = json_object_get(json_object_get(file, "witness"), "codes");
    for (unsigned i = 0; i < 1000; i++) { /* so that room for a list may be what there is not */
        (void)json_array_append_new(codes, json_string("0x"));
    }
    char *text = json_dumps(file, JSON_COMPACT);
    const size_t region_len = (size_t)1 << 20;
    enum err e = ERR_MEMORY;
    unsigned failures = 0;
    for (size_t cap = 512; e == ERR_MEMORY && cap < region_len; cap += 512) {
        struct arena arena;
        struct blockfile_result result;
        struct err_detail detail;
        void *region = test_region(region_len);
        arena_init(&arena, region, cap);
        struct blockfile runner = {
            .evm = &c.evm, .arena = &arena, .key = c.key, .chain = &c.config};
        e = blockfile_run(&runner, &result, bytes_from(text, strlen(text)), 1, &detail);
        CHECK(e == OK || e == ERR_MEMORY);
        CHECK_EQ(arena.used, 0);
        failures += e == ERR_MEMORY;
        test_region_free(region, region_len);
    }
    CHECK_EQ(e, OK);
    CHECK(failures > 10);
    free(text);
    json_decref(file);
    toy_close(&c);
}

static const struct test_case cases[] = {
    CASE(a_good_file),
    CASE(many_runs),
    CASE(chains_by_id),
    CASE(claims_that_are_wrong),
    CASE(blocks_that_are_not_valid),
    CASE(nodes_that_are_missing),
    CASE(accounts_assumed_to_be_absent),
    CASE(an_account_that_is_there),
    CASE(roots_and_hashes),
    CASE(more_hashes_than_count),
    CASE(members_of_a_file),
    CASE(texts),
    CASE(a_full_arena_is_an_error),
};

TEST_MAIN(cases)
