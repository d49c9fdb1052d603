/* What a block costs before its first transaction runs: decoding transactions, finding their
 * senders, and the roots of a block of 200. */

#include "exec/tx_rlp.h"

#include "exec/body.h"
#include "exec/receipt.h"
#include "tests/bench.h"
#include "tests/test.h"

#define CAP ((size_t)16 << 20)
#define TXS 200

/* Of tx_rlp_test.c: EIP-155's example; a blob transaction with an access list. */
static const char legacy_hex[] =
    "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef"
    "61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800cc"
    "f555c9f3dc64214b297fb1966a3b6d83";
static const char blob_hex[] =
    "03f9011b01020304830186a09435353535353535353535353535353535353535350580f872f8599411111111111111"
    "11111111111111111111111111f842a000000000000000000000000000000000000000000000000000000000000000"
    "01a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd6942222222222222222222222"
    "222222222222222222c006f842a001aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0"
    "01bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb80a0517e5cb0a71159d22a7174e6ad"
    "2b6045dabbaf756b775ea91be94eba8c3ab22fa033b105663c60df049b31bbccc742957d8274b31c0ff4dcbc2f4ecc"
    "e7d5ddf846";

/* struct work: a transaction's bytes, and what it is. */
struct work {
    struct arena *arena;
    struct bytes raw;
    struct tx tx;
    struct tx_signature signature;
};

static void decode(void *context, size_t count)
{
    struct work *work = context;
    for (size_t i = 0; i < count; i++) {
        struct tx tx;
        struct tx_signature signature;
        enum tx_status status;
        size_t mark = arena_mark(work->arena);
        enum err e = tx_decode(&tx, &signature, &status, work->arena, work->raw);
        ASSERT(e == OK);
        bench_keep(&tx);
        arena_rewind(work->arena, mark);
    }
}

static void signing_hash(void *context, size_t count)
{
    struct work *work = context;
    struct hash32 hash;
    for (size_t i = 0; i < count; i++) {
        enum err e = tx_signing_hash(&hash, work->arena, &work->tx, &work->signature);
        ASSERT(e == OK);
        bench_keep(&hash);
    }
}

static void read(void *context, size_t count)
{
    struct work *work = context;
    for (size_t i = 0; i < count; i++) {
        struct tx tx;
        enum tx_status status;
        size_t mark = arena_mark(work->arena);
        enum err e = tx_read(&tx, &status, work->arena, work->raw, 1, fork_rules(FORK_NEWEST));
        ASSERT(e == OK && status == TX_OK);
        bench_keep(&tx);
        arena_rewind(work->arena, mark);
    }
}

/* struct list: a block's transactions and receipts. */
struct list {
    struct arena *arena;
    struct block block;
    struct receipt receipts[TXS];
};

static void transactions_root(void *context, size_t count)
{
    struct list *list = context;
    struct hash32 root;
    for (size_t i = 0; i < count; i++) {
        enum err e = block_transactions_root(&root, list->arena, &list->block);
        ASSERT(e == OK);
        bench_keep(&root);
    }
}

static void root_of_receipts(void *context, size_t count)
{
    struct list *list = context;
    struct hash32 root;
    uint8_t bloom[BLOOM_BYTES] = {0};
    for (size_t i = 0; i < count; i++) {
        enum err e = receipts_root(&root, bloom, list->arena, list->receipts, TXS);
        ASSERT(e == OK);
        bench_keep(&root);
    }
}

static void decode_block(void *context, size_t count)
{
    const struct work *work = context;
    for (size_t i = 0; i < count; i++) {
        struct block block;
        size_t mark = arena_mark(work->arena);
        enum err e = block_decode(&block, work->arena, work->raw);
        ASSERT(e == OK);
        bench_keep(&block);
        arena_rewind(work->arena, mark);
    }
}

int main(int argc, char **argv)
{
    static uint8_t legacy_raw[sizeof(legacy_hex) / 2];
    static uint8_t blob_raw[sizeof(blob_hex) / 2];
    static uint8_t block_raw[TXS * sizeof(blob_raw) + 4096];
    static struct bytes txs[TXS];
    static const uint8_t data[32];
    /* A transfer of a token: three topics, 32 bytes of data. */
    const struct log_entry logs[2] = {
        {.address = {{1}}, .topic_count = 3, .topics = {U256_ONE, U256_MAX}, .data = {data, 32}},
        {.address = {{2}}, .topic_count = 3, .topics = {U256_ONE, U256_MAX}, .data = {data, 32}},
    };
    static struct list list;
    struct arena arena;
    arena_init(&arena, test_region(CAP), CAP);
    struct work legacy = {.arena = &arena};
    struct work blob = {.arena = &arena};
    struct work block = {.arena = &arena};
    legacy.raw = bytes_from(legacy_raw, test_hex(legacy_raw, sizeof(legacy_raw), legacy_hex));
    blob.raw = bytes_from(blob_raw, test_hex(blob_raw, sizeof(blob_raw), blob_hex));
    list.arena = &arena;
    for (size_t i = 0; i < TXS; i++) {
        txs[i] = i % 4 == 0 ? blob.raw : legacy.raw;
        list.receipts[i] = (struct receipt){.type = TX_FEE_MARKET,
                                            .has_status = true,
                                            .is_success = true,
                                            .cumulative_gas_used = 21000 * i,
                                            .logs = logs,
                                            .log_count = 2};
    }
    list.block = (struct block){.txs = txs, .tx_count = TXS};
    struct writer w = writer_to(block_raw, sizeof(block_raw));
    block_encode(&w, &list.block);
    block.raw = writer_view(&w);
    /* What the other cases use is decoded here once and for all. */
    enum tx_status status;
    enum err e = tx_decode(&legacy.tx, &legacy.signature, &status, &arena, legacy.raw);
    ASSERT(e == OK);
    e = tx_decode(&blob.tx, &blob.signature, &status, &arena, blob.raw);
    ASSERT(e == OK);
    const struct bench_case cases[] = {
        {"decode legacy", decode, &legacy, legacy.raw.len},
        {"decode blob, 2 addresses, 2 keys", decode, &blob, blob.raw.len},
        {"signing hash legacy", signing_hash, &legacy, legacy.raw.len},
        {"signing hash blob", signing_hash, &blob, blob.raw.len},
        {"read legacy (decode, recover)", read, &legacy, legacy.raw.len},
        {"read blob (decode, recover)", read, &blob, blob.raw.len},
        {"decode block of 200", decode_block, &block, block.raw.len},
        {"transactions root of 200", transactions_root, &list, 0},
        {"receipts root of 200, 2 logs each", root_of_receipts, &list, 0},
    };
    return bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
