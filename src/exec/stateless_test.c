/* Blocks from nothing but a witness: with all of it a block runs as over its whole state; each part
 * of it that is gone or changed is an error that says what is missing; headers count only where the
 * hashes lead to them; and a block that breaks a rule is told so, by its name. */

#include "exec/stateless.h"

#include <stdio.h>

#include "tests/test.h"
#include "tests/toy_chain.h"

static struct toy_chain c;

/* ---- a run ----------------------------------------------------------------------------------- */

/* struct run: a block from its witness, and what came of it. */
struct run {
    struct bytes block;
    struct toy_witness witness;
    const struct hash32 *pre_state_root;
    struct arena *arena; /* NULL: the chain's scratch arena, which is reset afterwards */
    struct stateless s;
    struct block_verdict verdict;
    struct block_result result;
    struct err_detail detail;
    struct db_missing missing;
};

static struct run run_for(size_t sealed)
{
    return (struct run){.block = c.blocks[sealed].encoded, .witness = toy_witness(&c, sealed)};
}

static enum err go(struct run *run)
{
    const struct toy_witness *w = &run->witness;
    run->s = (struct stateless){.chain = &c.config,
                                .evm = &c.evm,
                                .arena = run->arena != NULL ? run->arena : &c.scratch,
                                .key = c.key,
                                .ancestor_count = 99}; /* what is there before does not matter */
    run->detail = (struct err_detail){""};
    run->verdict = (struct block_verdict){BLOCK_STATUS_COUNT, TX_OK, 0};
    TRY(stateless_open(&run->s, run->block, w->headers, w->header_count, run->pre_state_root,
                       &run->detail));
    TRY(stateless_witness(&run->s, w->nodes, w->node_count, w->codes, w->code_count));
    TRY(stateless_execute(&run->s, &run->verdict, &run->result, &run->detail));
    if (run->verdict.status != BLOCK_OK) {
        return OK;
    }
    return stateless_finish(&run->s, &run->verdict, &run->result, &run->detail);
}

/* attempt runs, keeps what is worth looking at, and cleans up. */
static enum err attempt(struct run *run)
{
    enum err e = go(run);
    run->missing = run->s.db.missing;
    c.evm.state = NULL;
    arena_reset(&c.scratch);
    return e;
}

/* check_ok: the block is valid. check_missing: ERR_STATE_MISSING, whose text has `word` in it. */
static void check_ok(int line, struct run *run)
{
    enum err e = attempt(run);
    if (e != OK || run->verdict.status != BLOCK_OK) {
        test_fail(__FILE__, line, "%s %s: %s", err_name(e),
                  e == OK ? block_status_name(run->verdict.status) : "", run->detail.text);
    }
}

static void check_missing(int line, struct run *run, const char *word)
{
    enum err e = attempt(run);
    if (e != ERR_STATE_MISSING || strstr(run->detail.text, word) == NULL) {
        test_fail(__FILE__, line, "%s %s, no \"%s\" in \"%s\"", err_name(e),
                  e == OK ? block_status_name(run->verdict.status) : "", word, run->detail.text);
    }
}

static void check_verdict(int line, struct run *run, enum block_status wanted)
{
    enum err e = attempt(run);
    if (e != OK || run->verdict.status != wanted) {
        test_fail(__FILE__, line, "%s %s: %s", err_name(e),
                  e == OK ? block_status_name(run->verdict.status) : "", run->detail.text);
    }
}

#define VALID(run)           check_ok(__LINE__, (run))
#define MISSING(run, word)   check_missing(__LINE__, (run), (word))
#define VERDICT(run, wanted) check_verdict(__LINE__, (run), (wanted))

/* seal_rich makes a chain of four blocks; the last reads and writes storage, removes slots, calls
 * contracts, creates accounts and asks for old hashes. Returns its number. */
static size_t seal_rich(enum chain_upgrade upgrade)
{
    toy_open(&c, upgrade);
    const struct address store = toy_address(0x5708);
    static const uint8_t code[] = {0x60, 32, 0x35, 0x60, 0, 0x35, 0x55}; /* as TOY_STORE */
    struct db_memory_account *full = toy_put(&c, &store, 1, 1, bytes_from(code, sizeof(code)));
    for (uint64_t slot = 0; slot < 20; slot++) {
        toy_put_slot(&c, full, slot, 100 + slot);
    }
    for (uint64_t n = 0; n < 40; n++) {
        const struct address other = toy_address(0xf111 + n);
        (void)toy_put(&c, &other, n + 1, 0, bytes_from(NULL, 0));
    }
    toy_genesis(&c);
    const struct fork_rules *rules = fork_rules(chain_upgrade_fork(upgrade));
    const struct address payee = toy_address(TOY_PAYEE);
    struct bytes tx = toy_transfer(&c, 1, 0, &payee, 1);
    size_t at = 0;
    at = toy_seal(&c, at, &(struct toy_draft){.txs = &tx, .tx_count = 1});
    at = toy_seal(&c, at, &(struct toy_draft){.tx_count = 0});
    at = toy_seal(&c, at, &(struct toy_draft){.tx_count = 0});
    struct header ommers[1] = {c.blocks[2].block.header};
    ommers[0].extra_data = bytes_from("ommer", 5);
    const struct address nobody = toy_address(0xabcdef);
    struct bytes txs[] = {
        toy_transfer(&c, 1, 1, &payee, 1),
        toy_call(&c, 1, 2, store, toy_words(&c, 3, 0)),  /* removes a slot */
        toy_call(&c, 1, 3, store, toy_words(&c, 99, 5)), /* adds one */
        toy_call(&c, 2, 0, toy_address(TOY_HASHES), toy_words(&c, 1, 0)),
        toy_call(&c, 2, 1, toy_address(TOY_LOGGER), toy_words(&c, 1, 0)),
        toy_transfer(&c, 2, 2, &nobody, 1),
        rules->eip7685 ? toy_call(&c, 3, 0, WITHDRAWAL_REQUEST_ADDRESS, toy_words(&c, 40, 0))
                       : toy_transfer(&c, 3, 0, &nobody, 2),
    };
    const struct withdrawal withdrawals[] = {{0, 1, toy_address(0xf115), 5}};
    return toy_seal(&c, at,
                    &(struct toy_draft){.txs = txs,
                                        .tx_count = sizeof(txs) / sizeof(txs[0]),
                                        .withdrawals = withdrawals,
                                        .withdrawal_count = rules->eip4895 ? 1 : 0,
                                        .ommers = ommers,
                                        .ommer_count = rules->eip3675 ? 0 : 1});
}

/* ---- with everything ------------------------------------------------------------------------- */

static void a_block_of_every_upgrade(void)
{
    for (int upgrade = 0; upgrade <= (int)CHAIN_BPO1 && !test_failed(); upgrade++) {
        const size_t last = seal_rich((enum chain_upgrade)upgrade);
        const struct header *header = &c.blocks[last].block.header;
        struct run run = run_for(last);
        CHECK_EQ(go(&run), OK);
        CHECK_STR(block_status_name(run.verdict.status), "OK");
        CHECK_BYTES(run.s.hash.b, c.blocks[last].hash.b, 32);
        CHECK_BYTES(run.result.state_root.b, header->state_root.b, 32);
        CHECK_BYTES(run.result.receipts_root.b, header->receipts_root.b, 32);
        CHECK_EQ(run.result.gas_used, header->gas_used);
        CHECK_EQ(run.s.rules.upgrade, (enum chain_upgrade)upgrade);
        CHECK_EQ(run.s.ancestor_count, run.witness.header_count);
        CHECK_EQ(run.s.ancestors[0].number, header->number - 1);
        c.evm.state = NULL;
        arena_reset(&c.scratch);
        toy_close(&c);
    }
}

/* Nodes, codes and headers in another order, and twice; and others that nobody needs. */
static void order_and_more_than_enough_do_not_matter(void)
{
    const size_t last = seal_rich(CHAIN_OSAKA);
    struct run run = run_for(last);
    const struct toy_witness w = run.witness;
    struct bytes nodes[2 * TOY_PARTS_MAX];
    struct bytes codes[2 * TOY_PARTS_MAX];
    struct bytes headers[2 * TOY_BLOCKS_MAX + 1];
    CHECK(w.node_count > 10 && w.code_count >= 5 && w.header_count == 2);
    for (size_t i = 0; i < w.node_count; i++) {
        nodes[i] = nodes[2 * w.node_count - 1 - i] = w.nodes[w.node_count - 1 - i];
    }
    for (size_t i = 0; i < w.code_count; i++) {
        codes[i] = codes[2 * w.code_count - 1 - i] = w.codes[w.code_count - 1 - i];
    }
    for (size_t i = 0; i < w.header_count; i++) {
        headers[i] = headers[2 * w.header_count - 1 - i] = w.headers[w.header_count - 1 - i];
    }
    headers[2 * w.header_count] = c.blocks[last].block.header_encoded; /* the block's own */
    nodes[2 * w.node_count] = bytes_from("no node", 7);
    nodes[2 * w.node_count + 1] = bytes_from(NULL, 0);
    run.witness = (struct toy_witness){nodes,   2 * w.node_count + 2,  codes, 2 * w.code_count,
                                       headers, 2 * w.header_count + 1};
    VALID(&run);
    /* In parts, as they come. */
    run.witness = w;
    run.witness.node_count = run.witness.code_count = 0;
    run.s =
        (struct stateless){.chain = &c.config, .evm = &c.evm, .arena = &c.scratch, .key = c.key};
    CHECK_EQ(stateless_open(&run.s, run.block, w.headers, w.header_count, NULL, &run.detail), OK);
    for (size_t i = 0; i < w.node_count; i++) {
        CHECK_EQ(stateless_witness(&run.s, w.nodes + i, 1, w.codes, i == 0 ? w.code_count : 0), OK);
    }
    CHECK_EQ(stateless_execute(&run.s, &run.verdict, &run.result, &run.detail), OK);
    CHECK_EQ(run.verdict.status, BLOCK_OK);
    CHECK_EQ(stateless_finish(&run.s, &run.verdict, &run.result, &run.detail), OK);
    CHECK_EQ(run.verdict.status, BLOCK_OK);
    toy_close(&c);
}

/* ---- less than everything -------------------------------------------------------------------- */

/* Each node gone, or with a byte changed, is the same: nothing else has its hash. Each is missed, and
 * all kinds of what a node can be on the way to are among them. */
static void every_node_is_needed(void)
{
    static const enum chain_upgrade upgrades[] = {CHAIN_FRONTIER, CHAIN_LONDON, CHAIN_OSAKA};
    for (size_t u = 0; u < sizeof(upgrades) / sizeof(upgrades[0]) && !test_failed(); u++) {
        struct run run = run_for(seal_rich(upgrades[u]));
        unsigned kinds = 0;
        for (size_t i = 0; i < run.witness.node_count; i++) {
            const struct bytes node = run.witness.nodes[i];
            run.witness.nodes[i] = bytes_from(NULL, 0);
            MISSING(&run, "no ");
            CHECK(run.missing.kind != DB_MISSING_NOTHING);
            struct hash32 hash;
            keccak256(&hash, node.ptr, node.len);
            CHECK_BYTES(run.missing.hash.b, hash.b, 32);
            kinds |= 1u << run.missing.kind;
            uint8_t changed[1024];
            CHECK(node.len <= sizeof(changed));
            memcpy(changed, node.ptr, node.len);
            changed[test_random() % node.len] ^= (uint8_t)(1 << test_random() % 8);
            run.witness.nodes[i] = bytes_from(changed, node.len);
            MISSING(&run, "no ");
            run.witness.nodes[i] = node;
        }
        CHECK_EQ(kinds,
                 1u << DB_MISSING_ACCOUNT | 1u << DB_MISSING_SLOT | 1u << DB_MISSING_SIBLING);
        VALID(&run);
        toy_close(&c);
    }
}

static void every_code_is_needed(void)
{
    struct run run = run_for(seal_rich(CHAIN_OSAKA));
    for (size_t i = 0; i < run.witness.code_count; i++) {
        const struct bytes code = run.witness.codes[i];
        struct hash32 hash;
        uint8_t changed[64];
        keccak256(&hash, code.ptr, code.len);
        run.witness.codes[i] = bytes_from(NULL, 0);
        MISSING(&run, "no code with hash 0x");
        CHECK_EQ(run.missing.kind, DB_MISSING_CODE);
        CHECK_BYTES(run.missing.hash.b, hash.b, 32);
        CHECK(code.len <= sizeof(changed));
        memcpy(changed, code.ptr, code.len);
        changed[code.len - 1] ^= 1;
        run.witness.codes[i] = bytes_from(changed, code.len);
        MISSING(&run, "no code with hash 0x");
        run.witness.codes[i] = code;
    }
    VALID(&run);
    toy_close(&c);
}

/* ---- headers --------------------------------------------------------------------------------- */

/* seal_hashes makes a chain of `length` blocks whose last one asks for the hash of block `asked`. */
static size_t seal_hashes(uint64_t length, uint64_t asked)
{
    toy_open(&c, CHAIN_SHANGHAI);
    toy_genesis(&c);
    size_t at = 0;
    for (uint64_t n = 1; n < length; n++) {
        at = toy_seal(&c, at, &(struct toy_draft){.tx_count = 0});
    }
    const struct bytes tx = toy_call(&c, 1, 0, toy_address(TOY_HASHES), toy_words(&c, asked, 0));
    return toy_seal(&c, at, &(struct toy_draft){.txs = &tx, .tx_count = 1});
}

/* Each header gone, or changed, ends the chain of hashes where it was. */
static void every_header_is_needed(void)
{
    struct run run = run_for(seal_hashes(8, 2));
    CHECK_EQ(run.witness.header_count, 5); /* 7, 6, 5, 4 and 3, which names 2 */
    for (size_t i = 0; i < 5; i++) {
        struct toy_witness *w = &run.witness;
        const struct bytes header = w->headers[i];
        char text[32];
        (void)snprintf(text, sizeof(text), "no hash of block 2");
        w->headers[i] = w->headers[(i + 1) % 5]; /* a gap */
        MISSING(&run, i == 0 ? "headers: the block's parent is not there" : text);
        CHECK_EQ(run.missing.kind, i == 0 ? DB_MISSING_NOTHING : DB_MISSING_BLOCK);
        CHECK_EQ(run.missing.number, i == 0 ? 0 : 2);
        uint8_t changed[HEADER_RLP_MAX];
        memcpy(changed, header.ptr, header.len);
        changed[40] ^= 1; /* within a hash, so still a header */
        w->headers[i] = bytes_from(changed, header.len);
        MISSING(&run, i == 0 ? "headers: the block's parent is not there" : text);
        w->headers[i] = header;
    }
    /* Fewer: what is left goes as far as it goes. */
    run.witness.header_count = 4;
    MISSING(&run, "no hash of block 2");
    run.witness.header_count = 0;
    MISSING(&run, "headers: the block's parent is not there");
    run.witness.header_count = 5;
    VALID(&run);
    toy_close(&c);
}

/* A sibling of the parent, as good a header as any, is not the parent. */
static void another_parent_is_none(void)
{
    const size_t last = seal_hashes(4, 1);
    const size_t sibling =
        toy_seal(&c, 2, &(struct toy_draft){.extra_data = bytes_from("sibling", 7)});
    struct run run = run_for(last);
    run.witness.headers[0] = c.blocks[sibling].block.header_encoded;
    MISSING(&run, "headers: the block's parent is not there");
    toy_close(&c);
}

/* BLOCKHASH reaches 256 blocks back: no witness needs more headers than that, and none may bring
 * more. */
static void as_far_back_as_blockhash(void)
{
    struct bytes headers[STATELESS_HEADERS_MAX + 1];
    struct run run = run_for(seal_hashes(300, 300 - 256));
    CHECK_EQ(run.witness.header_count, 255); /* 299 to 45, which names 44 */
    VALID(&run);
    CHECK_EQ(run.s.ancestor_count, 255);
    run.witness.header_count--;
    MISSING(&run, "no hash of block 44");
    for (size_t i = 0; i <= STATELESS_HEADERS_MAX; i++) {
        headers[i] = c.blocks[STATELESS_HEADERS_MAX + 43 - i].block.header_encoded;
    }
    run.witness.headers = headers; /* 299, oldest last */
    run.witness.header_count = STATELESS_HEADERS_MAX;
    VALID(&run);
    CHECK_EQ(run.s.ancestor_count, STATELESS_HEADERS_MAX);
    run.witness.header_count++;
    CHECK_EQ(attempt(&run), ERR_LIMIT);
    CHECK(strstr(run.detail.text, "headers: more than 256") != NULL);
    toy_close(&c);

    run = run_for(seal_hashes(300, 300 - 257)); /* too far: nobody is asked */
    CHECK_EQ(run.witness.header_count, 1);
    VALID(&run);
    toy_close(&c);
}

/* A parent of a number that it cannot have is the parent all the same: the block is not valid. */
static void a_parent_of_another_number(void)
{
    static const uint64_t numbers[] = {0, 1, 2, 4, 5, UINT64_MAX};
    const size_t last = seal_hashes(4, 1);
    struct run run = run_for(last);
    uint8_t buffer[HEADER_RLP_MAX];
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct block block = c.blocks[last].block;
        struct header parent = c.blocks[3].block.header;
        parent.number = numbers[i];
        block.header.parent_hash = header_hash(&parent);
        struct writer w = writer_to(buffer, sizeof(buffer));
        header_encode(&w, &parent);
        run.witness.headers[0] = writer_view(&w);
        run.block = toy_encode(&c, &block);
        VERDICT(&run, BLOCK_INVALID_BLOCK_NUMBER);
        run.pre_state_root = &parent.state_root;
        VERDICT(&run, BLOCK_INVALID_BLOCK_NUMBER);
        run.pre_state_root = NULL;
        block.header.number = 0;
        run.block = toy_encode(&c, &block);
        VERDICT(&run, BLOCK_INVALID_BLOCK_NUMBER);
    }
    toy_close(&c);
}

/* Further up, a header of another number is no ancestor: the chain ends below it. */
static void an_ancestor_of_another_number(void)
{
    const size_t last = seal_hashes(5, 4);
    struct run run = run_for(last);
    struct header chain[3] = {c.blocks[2].block.header, c.blocks[3].block.header,
                              c.blocks[4].block.header};
    struct bytes encoded[3];
    struct block block = c.blocks[last].block;
    for (unsigned is_wrong = 0; is_wrong < 2; is_wrong++) {
        chain[0].number += 4 * is_wrong;
        chain[1].parent_hash = header_hash(&chain[0]);
        chain[2].parent_hash = header_hash(&chain[1]);
        block.header.parent_hash = header_hash(&chain[2]);
        for (size_t i = 0; i < 3; i++) {
            uint8_t buffer[HEADER_RLP_MAX];
            struct writer w = writer_to(buffer, sizeof(buffer));
            header_encode(&w, &chain[i]);
            encoded[i] = toy_bytes(&c, buffer, w.len);
        }
        run.witness.headers = encoded;
        run.witness.header_count = 3;
        run.block = toy_encode(&c, &block);
        VERDICT(&run, is_wrong != 0 ? BLOCK_INVALID_STATE_ROOT : BLOCK_OK); /* it stores a hash */
        CHECK_EQ(run.s.ancestor_count, is_wrong != 0 ? 2 : 3);
    }
    toy_close(&c);
}

/* ---- a root instead of a parent -------------------------------------------------------------- */

static void a_state_root_for_a_parent(void)
{
    const size_t last = seal_hashes(3, 2); /* the hash of its parent, which its header names */
    const struct hash32 *root = &c.blocks[2].block.header.state_root;
    struct hash32 other = *root;
    struct run run = run_for(last);
    CHECK_EQ(run.witness.header_count, 1);
    other.b[31] ^= 1;
    run.pre_state_root = &other; /* a parent's header goes before it */
    VALID(&run);
    run.witness.header_count = 0;
    MISSING(&run, "no node at path ");
    run.pre_state_root = root;
    VALID(&run);
    CHECK_EQ(run.s.ancestor_count, 0);

    /* What ties a header to its parent is then not checked, and the rest is. */
    struct block block = c.blocks[last].block;
    block.header.gas_limit *= 2;
    run.block = toy_encode(&c, &block);
    VALID(&run);
    run.witness.header_count = 1;
    VERDICT(&run, BLOCK_INVALID_GASLIMIT);
    run.witness.header_count = 0;
    block.header.transactions_root.b[0] ^= 1;
    run.block = toy_encode(&c, &block);
    VERDICT(&run, BLOCK_INVALID_TRANSACTIONS_ROOT);
    toy_close(&c);
}

/* The genesis block has no parent. With the root before it, it runs as any other. */
static void a_block_of_number_0(void)
{
    static const struct hash32 nothing;
    toy_open(&c, CHAIN_SHANGHAI);
    toy_genesis(&c);
    struct run run = {.block = c.blocks[0].encoded};
    MISSING(&run, "headers: the block's parent is not there");
    run.pre_state_root = &c.blocks[0].block.header.state_root;
    VALID(&run);
    run.pre_state_root = &nothing; /* nothing was asked of it */
    VERDICT(&run, BLOCK_INVALID_STATE_ROOT);
    toy_close(&c);
}

/* ---- what is wrong with the block ------------------------------------------------------------ */

static void verdicts(void)
{
    const size_t last = seal_rich(CHAIN_OSAKA);
    struct run run = run_for(last);
    struct block block = c.blocks[last].block;
    block.header.state_root.b[0] ^= 1;
    run.block = toy_encode(&c, &block);
    VERDICT(&run, BLOCK_INVALID_STATE_ROOT);
    block = c.blocks[last].block;
    block.header.gas_used++;
    run.block = toy_encode(&c, &block);
    VERDICT(&run, BLOCK_INVALID_GAS_USED);
    block = c.blocks[last].block;
    block.header.base_fee_per_gas.w[0]++;
    run.block = toy_encode(&c, &block);
    VERDICT(&run, BLOCK_INVALID_BASEFEE_PER_GAS);
    block = c.blocks[last].block;
    block.tx_count--;
    run.block = toy_encode(&c, &block);
    VERDICT(&run, BLOCK_INVALID_TRANSACTIONS_ROOT);
    block = c.blocks[last].block;
    struct bytes txs[7];
    memcpy(txs, block.txs, sizeof(txs));
    txs[1] = txs[2];
    block.txs = txs;
    toy_relist(&c, &block);
    run.block = toy_encode(&c, &block);
    VERDICT(&run, BLOCK_INVALID_TRANSACTION);
    CHECK_EQ(run.verdict.tx_index, 1);
    CHECK_EQ(run.verdict.tx_status, TX_NONCE_MISMATCH_TOO_HIGH);
    toy_close(&c);
    /* An ommer that an ancestor is. */
    const size_t work = seal_rich(CHAIN_LONDON);
    run = run_for(work);
    const struct block named =
        toy_draw(&c, 3, &(struct toy_draft){.ommers = &c.blocks[2].block.header, .ommer_count = 1});
    run.block = toy_encode(&c, &named);
    VERDICT(&run, BLOCK_UNCLE_IS_ANCESTOR);
    toy_close(&c);
}

/* Bytes that are no block, or no header, are errors that say which. */
static void bytes_that_are_nothing(void)
{
    struct run run = run_for(seal_hashes(4, 1));
    const struct bytes block = run.block;
    for (size_t len = 0; len < block.len; len++) {
        run.block = bytes_from(test_guarded(block.ptr, len), len);
        enum err e = attempt(&run);
        CHECK(e != OK && e != ERR_STATE_MISSING && e != ERR_MEMORY);
        CHECK(strstr(run.detail.text, "block: not a block: ") == run.detail.text);
    }
    run.block = block;
    const struct bytes header = run.witness.headers[1];
    for (size_t len = 0; len < header.len; len++) {
        run.witness.headers[1] = bytes_from(test_guarded(header.ptr, len), len);
        enum err e = attempt(&run);
        CHECK(e != OK && e != ERR_STATE_MISSING && e != ERR_MEMORY);
        CHECK(strstr(run.detail.text, "headers[1]: not a header: ") == run.detail.text);
    }
    toy_close(&c);
}

/* Bytes that have the hash that is looked for and are no node: whoever chose the root lies. */
static void a_root_of_nonsense(void)
{
    const size_t last = seal_hashes(3, 2);
    struct bytes nonsense = bytes_from("nonsense", 8);
    struct hash32 root;
    struct run run = run_for(last);
    keccak256(&root, nonsense.ptr, nonsense.len);
    run.witness.header_count = 0;
    run.witness.nodes = &nonsense;
    run.witness.node_count = 1;
    run.pre_state_root = &root;
    CHECK_EQ(attempt(&run), ERR_MALFORMED);
    CHECK_STR(run.detail.text, err_text(ERR_MALFORMED));
    toy_close(&c);
}

/* Whatever grab of memory fails, the answer is that error, with a text, and never a verdict. */
static void a_full_arena_is_an_error(void)
{
    const size_t region_len = (size_t)1 << 20;
    struct run run = run_for(seal_rich(CHAIN_OSAKA));
    enum err e = ERR_MEMORY;
    unsigned failures = 0;
    for (size_t cap = 512; e == ERR_MEMORY && cap < region_len; cap += 512) {
        struct arena arena;
        void *region = test_region(region_len);
        arena_init(&arena, region, cap);
        run.arena = &arena;
        e = attempt(&run);
        failures += e == ERR_MEMORY;
        arena_reset(&arena);
        test_region_free(region, region_len);
    }
    CHECK_EQ(e, OK);
    CHECK_EQ(run.verdict.status, BLOCK_OK);
    CHECK(failures > 20);
    toy_close(&c);
}

static const struct test_case cases[] = {
    CASE(a_block_of_every_upgrade),      CASE(order_and_more_than_enough_do_not_matter),
    CASE(every_node_is_needed),          CASE(every_code_is_needed),
    CASE(every_header_is_needed),        CASE(another_parent_is_none),
    CASE(as_far_back_as_blockhash),      CASE(a_parent_of_another_number),
    CASE(an_ancestor_of_another_number), CASE(a_state_root_for_a_parent),
    CASE(a_block_of_number_0),           CASE(verdicts),
    CASE(bytes_that_are_nothing),        CASE(a_root_of_nonsense),
    CASE(a_full_arena_is_an_error),
};

TEST_MAIN(cases)
