/* The hash of a transaction's logs, their bloom, receipts of every form and the root of a block's:
 * lists of logs by formula, against values from an independent RLP, Keccak and trie, with data of
 * every size at which its encoding changes. Then receipts that are none, and what memory does. */

#include "exec/receipt.h"

#include "crypto/keccak.h"
#include "tests/rlp_items.h"
#include "tests/test.h"

#define CAP ((size_t)1 << 20)

/* Data lengths where RLP changes: nothing, one byte that is its own encoding or not, up to 55 bytes
 * with a one-byte header, from 56 with two, from 256 with three, from 65,536 with four. */
static const size_t lens[] = {0, 1, 1, 2, 55, 56, 255, 256, 70000};

#define LOGS_MAX (sizeof(lens) / sizeof(lens[0]))

/* make_logs makes log i: address (i + 1, 0, ..., 0, 0xaa); i % 5 topics, topic t is t + i * 2^192,
 * so that the first one of the first log is zero; data byte j is 0x7e + i + j, modulo 256. */
static void make_logs(struct log_entry logs[static LOGS_MAX], uint8_t data[static LOGS_MAX][70000])
{
    for (unsigned i = 0; i < LOGS_MAX; i++) {
        logs[i] = (struct log_entry){
            .address = {{[0] = (uint8_t)(i + 1), [19] = 0xaa}},
            .topic_count = i % 5,
            .data = {data[i], lens[i]},
        };
        for (unsigned t = 0; t < 4; t++) {
            logs[i].topics[t] = (struct u256){{t, 0, 0, i}};
        }
        for (size_t j = 0; j < lens[i]; j++) {
            data[i][j] = (uint8_t)(0x7e + i + j);
        }
    }
}

/* What the first n logs hash to. The first is keccak256(0xc0), which most transactions have. */
static const char *const hashes[LOGS_MAX + 1] = {
    "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "5ee5a1de2a9989c3e4a1646df6bd4b383493dcedc3b6d5c9ef4f8a4c139619dd",
    "acceeab28d018b9b966977abf48ef2a2a712b86539578f1b798045df499826f1",
    "9dca408d0d6f77e1e91b06a1613533a840951e42e2832f0a3a927aeaf1e41a2a",
    "ef8e2c4b023012c3be2a8b895191d0cfd6ab93eed36d1cbfd41e36fe50332c8f",
    "38fce512e20fe25bfefd870dced5693df9a5a8a416704e43211f699f60edf651",
    "ded3434296553121863857540f9b61abfa17cb34309224e61f46e8b7c79fa275",
    "6ca3bf68091263078cd8e4390bf804cc911632d66f942ad2a02458f431b38890",
    "6cc8c143dde085843a12361e67cb22611886e6c4efc98dfb0b143c80b970c4fa",
    "a6e24110a2689f6c4530a160f5e3eb3dbd122dc2fdb426f63ae253e19d11390b",
};

static void hashes_of_logs(void)
{
    static struct log_entry logs[LOGS_MAX];
    static uint8_t data[LOGS_MAX][70000];
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    make_logs(logs, data);
    for (size_t count = 0; count <= LOGS_MAX; count++) {
        struct hash32 got;
        uint8_t wanted[32];
        (void)test_hex(wanted, sizeof(wanted), hashes[count]);
        CHECK_EQ(receipt_logs_hash(&got, &arena, count == 0 ? NULL : logs, count), OK);
        CHECK_BYTES(got.b, wanted, 32);
        CHECK_EQ(arena.used, 0); /* the encoding's memory was given back */
    }
    test_region_free(region, CAP);
}

/* The order of the logs, and every field of them, is in the hash. */
static void everything_counts(void)
{
    static const uint8_t data[2] = {1, 2};
    const struct log_entry log = {
        .address = {{1}}, .topic_count = 2, .topics = {U256_ONE, U256_ZERO}, .data = {data, 2}};
    struct log_entry lists[6][2];
    struct hash32 got[6];
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    for (unsigned i = 0; i < 6; i++) {
        lists[i][0] = lists[i][1] = log;
    }
    lists[1][0].address.b[19] = 1;
    lists[2][1].address.b[19] = 1;
    lists[3][0].topic_count = 1;
    lists[4][0].topics[1].w[3] = 1;
    lists[5][0].data.len = 1;
    for (unsigned i = 0; i < 6; i++) {
        CHECK_EQ(receipt_logs_hash(&got[i], &arena, lists[i], 2), OK);
        for (unsigned other = 0; other < i; other++) {
            CHECK(!hash32_equal(&got[i], &got[other]));
        }
    }
    test_region_free(region, CAP);
}

static void no_memory_is_an_error(void)
{
    static const uint8_t data[100];
    const struct log_entry log = {.data = {data, sizeof(data)}};
    /* [[address, [], data]]: 2 bytes + 2 + 21 + 1 + 102. */
    const size_t size = 128;
    void *region = test_region(CAP);
    struct arena arena;
    struct hash32 got;
    arena_init(&arena, region, size - 8);
    CHECK_EQ(receipt_logs_hash(&got, &arena, &log, 1), ERR_MEMORY);
    CHECK_EQ(arena.used, 0);
    arena_init(&arena, region, size);
    CHECK_EQ(receipt_logs_hash(&got, &arena, &log, 1), OK);
    test_region_free(region, CAP);
}

/* ---- blooms ---------------------------------------------------------------------------------- */

/* The bloom of the first n logs, as its hash. */
static void blooms(void)
{
    static const struct {
        size_t count;
        const char *hash;
    } rows[] = {
        {0, "d397b3b043d87fcd6fad1291ff0bfd16401c274896d8c63a923727f077b8e0b5"},
        {1, "c73c89d9440fb775a741fbc944011382ffbc8ed78c506a7bca16f35f2696fb0b"},
        {2, "ad9f7e38da940c1d82901d0020759b4f54f78da062fa4c4df78f9866c49ed64c"},
        {5, "fc44ba4ef4691ea8bde21d3d8ef5c367c9b3024a9606a38f78c70fa470ac9b83"},
        {9, "532a8e638ed802353c42e08c725eabc02d405e5ab12e968977fddf7b5c53814a"},
    };
    static struct log_entry logs[LOGS_MAX];
    static uint8_t data[LOGS_MAX][70000];
    make_logs(logs, data);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bloom[BLOOM_BYTES] = {0};
        uint8_t in_parts[BLOOM_BYTES] = {0};
        struct hash32 got;
        uint8_t wanted[32];
        (void)test_hex(wanted, sizeof(wanted), rows[i].hash);
        receipt_bloom(bloom, logs, rows[i].count);
        keccak256(&got, bloom, sizeof(bloom));
        CHECK_BYTES(got.b, wanted, sizeof(wanted));
        for (size_t log = rows[i].count; log-- > 0;) {
            receipt_bloom(in_parts, &logs[log], 1); /* it adds, in any order */
        }
        CHECK_BYTES(in_parts, bloom, sizeof(bloom));
    }
}

/* The address 01 00...00 aa hashes to bits 1733, 1501 and 1556. */
static void bits_of_one_address(void)
{
    static const unsigned bits[] = {1733, 1501, 1556};
    const struct log_entry log = {.address = {{[0] = 1, [19] = 0xaa}}};
    uint8_t bloom[BLOOM_BYTES] = {0};
    uint8_t wanted[BLOOM_BYTES] = {0};
    for (unsigned i = 0; i < 3; i++) {
        wanted[255 - bits[i] / 8] |= (uint8_t)(1u << bits[i] % 8);
    }
    receipt_bloom(bloom, &log, 1);
    CHECK_BYTES(bloom, wanted, sizeof(bloom));
}

/* ---- receipts -------------------------------------------------------------------------------- */

static bool same_log(const struct log_entry *a, const struct log_entry *b)
{
    bool same = address_equal(&a->address, &b->address) && a->topic_count == b->topic_count &&
                a->data.len == b->data.len &&
                (a->data.len == 0 || memcmp(a->data.ptr, b->data.ptr, a->data.len) == 0);
    for (unsigned i = 0; same && i < a->topic_count; i++) {
        same = u256_eq(&a->topics[i], &b->topics[i]);
    }
    return same;
}

static bool same(const struct receipt *a, const struct receipt *b)
{
    bool same = a->type == b->type && a->has_status == b->has_status &&
                a->is_success == b->is_success && hash32_equal(&a->state_root, &b->state_root) &&
                a->cumulative_gas_used == b->cumulative_gas_used && a->log_count == b->log_count;
    for (size_t i = 0; same && i < a->log_count; i++) {
        same = same_log(&a->logs[i], &b->logs[i]);
    }
    return same;
}

/* Room for a receipt with all logs. */
#define RECEIPT_MAX 72000

static struct bytes encoded(uint8_t buffer[static RECEIPT_MAX], const struct receipt *receipt)
{
    struct writer w = writer_to(buffer, RECEIPT_MAX);
    receipt_encode(&w, receipt);
    return writer_view(&w);
}

/* Receipts with the first n logs: their size and hash, and back to the same. */
static void receipts(void)
{
    static const struct {
        struct receipt receipt;
        size_t size;
        const char *hash;
    } rows[] = {
        {{.cumulative_gas_used = 21000, .log_count = 0},
         299,
         "00100cc405ec3a56b09198a787d3653fc1d744a26ac68b0fdc3b903b1abf932d"},
        {{.has_status = true, .cumulative_gas_used = 21000, .log_count = 1},
         291,
         "65de233d11fb9c68427fd75b8d6d8910fdab1df2b62ddf71b3e01b1a4a9bfd17"},
        {{.has_status = true, .is_success = true, .cumulative_gas_used = 0, .log_count = 5},
         782,
         "02ca2e0d4d129edc3426bf18edeb8285f28a85e91dcbc657ab0deffaa7a3a448"},
        {{.type = TX_ACCESS_LIST,
          .has_status = true,
          .is_success = true,
          .cumulative_gas_used = 127,
          .log_count = 2},
         349,
         "abad4d6e8b050ec94c873bfb354d3d6e16892167eb82276bbbe0fed36e716d2a"},
        {{.type = TX_FEE_MARKET, .has_status = true, .cumulative_gas_used = 128, .log_count = 9},
         71664,
         "50501d454e5b82783b6c389df24eea74a6ff9e5e8df6bdaf6c2ca1f5aa6c26da"},
        {{.type = TX_BLOB,
          .has_status = true,
          .is_success = true,
          .cumulative_gas_used = UINT64_MAX,
          .log_count = 3},
         450,
         "2c631e804fc24a1dd6c29da932ab841516762658d00057f9011d3d4773c91808"},
        {{.type = TX_SET_CODE,
          .has_status = true,
          .is_success = true,
          .cumulative_gas_used = 1,
          .log_count = 4},
         570,
         "6c9c028e0056e1386e3ae901cb61b26cdf34301b049d5286a5dfb5aa9e210053"},
    };
    static struct log_entry logs[LOGS_MAX];
    static uint8_t data[LOGS_MAX][70000];
    static uint8_t buffer[RECEIPT_MAX];
    static uint8_t again[RECEIPT_MAX];
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    make_logs(logs, data);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct receipt receipt = rows[i].receipt;
        struct receipt back;
        struct hash32 got;
        uint8_t wanted[32];
        receipt.logs = logs;
        if (!receipt.has_status) {
            memset(receipt.state_root.b, 0x77, sizeof(receipt.state_root.b));
        }
        struct bytes bytes = encoded(buffer, &receipt);
        (void)test_hex(wanted, sizeof(wanted), rows[i].hash);
        keccak256(&got, bytes.ptr, bytes.len);
        CHECK_EQ(bytes.len, rows[i].size);
        CHECK_EQ(receipt_size(&receipt), rows[i].size);
        CHECK_BYTES(got.b, wanted, sizeof(wanted));
        CHECK_EQ(receipt_decode(&back, &arena, bytes), OK);
        CHECK(same(&back, &receipt));
        struct bytes second = encoded(again, &back);
        CHECK_EQ(second.len, bytes.len);
        CHECK_BYTES(second.ptr, bytes.ptr, bytes.len);
        arena_reset(&arena);
    }
    test_region_free(region, CAP);
}

/* One receipt with two logs, and each part of it as what it must not be. */
static struct receipt small_receipt(struct log_entry logs[static 2], unsigned type)
{
    static const uint8_t data[3] = {1, 2, 3};
    logs[0] = (struct log_entry){.address = {{1}}, .data = {data, 3}};
    logs[1] = (struct log_entry){
        .address = {{2}}, .topic_count = 4, .topics = {U256_ONE, U256_MAX}, .data = {data, 0}};
    return (struct receipt){.type = (enum tx_type)type,
                            .has_status = true,
                            .is_success = true,
                            .cumulative_gas_used = 5,
                            .logs = logs,
                            .log_count = 2};
}

static enum err decode_items(struct arena *arena, unsigned type, const struct rlp_items *items)
{
    uint8_t buffer[1200];
    struct receipt out = {.cumulative_gas_used = 77};
    buffer[0] = (uint8_t)type;
    struct bytes list = rlp_items_join(buffer + 1, sizeof(buffer) - 1, items);
    struct bytes bytes = type == TX_LEGACY ? list : bytes_from(buffer, list.len + 1);
    enum err e = receipt_decode(&out, arena, bytes);
    if (e != OK && (arena->used != 0 || out.cumulative_gas_used != 77)) {
        test_fail(__FILE__, __LINE__, "an error left something");
    }
    arena_reset(arena);
    return e;
}

static void wrong_receipts(void)
{
    static const uint8_t root[33] = {[0] = 0xa0};
    static const struct {
        size_t item;
        const char *bytes;
        size_t len;
        enum err wanted;
    } rows[] = {
        {0, "\x80", 1, OK}, /* the status of a failure */
        {0, "\x02", 1, ERR_MALFORMED},
        {0, "\x00", 1, ERR_MALFORMED},
        {0, "\xc0", 1, ERR_MALFORMED},
        {0, "\x82\x01\x01", 3, ERR_MALFORMED},
        {1, "\x00", 1, ERR_MALFORMED},
        {1, "\xc0", 1, ERR_MALFORMED},
        {1, "\x88\xff\xff\xff\xff\xff\xff\xff\xff", 9, OK},
        {1, "\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00", 10, ERR_RANGE},
        {2, "\x80", 1, ERR_MALFORMED},
        {3, "\x80", 1, ERR_MALFORMED},
        {3, "\xc0", 1, ERR_MALFORMED},     /* no logs, but their bloom */
        {3, "\xc1\xc0", 2, ERR_MALFORMED}, /* more items than room */
        {3, "\xc2\xc1\x01", 3, ERR_MALFORMED},
    };
    uint8_t buffer[1200];
    uint8_t joined[1200];
    struct log_entry logs[2];
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    for (unsigned type = TX_LEGACY; type < TX_TYPE_COUNT; type++) {
        const struct receipt receipt = small_receipt(logs, type);
        struct writer w = writer_to(buffer, sizeof(buffer));
        receipt_encode(&w, &receipt);
        struct bytes list = writer_view(&w);
        if (type != TX_LEGACY) {
            list = bytes_from(list.ptr + 1, list.len - 1);
        }
        const struct rlp_items good = rlp_items_of(list);
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct rlp_items items = good;
            items.item[rows[i].item] = bytes_from(rows[i].bytes, rows[i].len);
            CHECK_EQ(decode_items(&arena, type, &items), rows[i].wanted);
        }
        struct rlp_items items = good;
        CHECK_EQ(decode_items(&arena, type, &items), OK);
        items.item[0] = bytes_from(root, sizeof(root)); /* older than types */
        CHECK_EQ(decode_items(&arena, type, &items), type == TX_LEGACY ? OK : ERR_MALFORMED);
        items = good;
        items.count = 3;
        CHECK_EQ(decode_items(&arena, type, &items), ERR_TRUNCATED);
        items.item[4] = items.item[0];
        items.count = 5;
        CHECK_EQ(decode_items(&arena, type, &items), ERR_TRAILING);

        /* A bit more in the bloom. */
        items = good;
        memcpy(joined, good.item[2].ptr, good.item[2].len);
        joined[3 + 100] ^= 0x10;
        items.item[2] = bytes_from(joined, good.item[2].len);
        CHECK_EQ(decode_items(&arena, type, &items), ERR_MALFORMED);
    }

    /* A log with four topics, with five; with a topic of 31 bytes; with something after its data. */
    static const struct {
        size_t topic_count;
        size_t topic_len;
        size_t item_count;
        enum err wanted;
    } log_rows[] = {
        {4, 32, 3, OK},
        {5, 32, 3, ERR_MALFORMED},
        {1, 31, 3, ERR_MALFORMED},
        {1, 32, 2, ERR_TRUNCATED},
        {1, 32, 4, ERR_TRAILING},
    };
    for (size_t i = 0; i < sizeof(log_rows) / sizeof(log_rows[0]); i++) {
        static const uint8_t zeros[32];
        static const uint8_t empty = 0x80;
        uint8_t pieces[3][256];
        uint8_t topic[33];
        struct log_entry log = {.topic_count = (unsigned)log_rows[i].topic_count % 5};
        struct rlp_items topics = {.count = log_rows[i].topic_count};
        struct writer w = writer_to(topic, sizeof(topic));
        rlp_string_write(&w, bytes_from(zeros, log_rows[i].topic_len));
        for (size_t t = 0; t < topics.count; t++) {
            topics.item[t] = writer_view(&w);
        }
        struct writer address = writer_to(pieces[0], sizeof(pieces[0]));
        rlp_address_write(&address, &log.address);
        const struct rlp_items log_items = {
            .item = {writer_view(&address),
                     rlp_items_join(pieces[1], sizeof(pieces[1]), &topics),
                     {&empty, 1},
                     {&empty, 1}},
            .count = log_rows[i].item_count};
        const struct rlp_items one_log = {
            .item = {rlp_items_join(pieces[2], sizeof(pieces[2]), &log_items)}, .count = 1};
        const struct receipt receipt = {
            .has_status = true, .logs = &log, .log_count = 1}; /* for the bloom */
        struct writer whole = writer_to(buffer, sizeof(buffer));
        receipt_encode(&whole, &receipt);
        struct rlp_items items = rlp_items_of(writer_view(&whole));
        items.item[3] = rlp_items_join(joined, sizeof(joined), &one_log);
        CHECK_EQ(decode_items(&arena, TX_LEGACY, &items), log_rows[i].wanted);
    }

    /* No transaction has the type 0, or one that is not there yet. */
    struct receipt out;
    CHECK_EQ(receipt_decode(&out, &arena, bytes_from("\x00\xc0", 2)), ERR_MALFORMED);
    CHECK_EQ(receipt_decode(&out, &arena, bytes_from("\x05\xc0", 2)), ERR_MALFORMED);
    CHECK_EQ(receipt_decode(&out, &arena, bytes_from("\x04", 1)), ERR_TRUNCATED);
    CHECK_EQ(receipt_decode(&out, &arena, bytes_from(NULL, 0)), ERR_TRUNCATED);
    test_region_free(region, CAP);
}

static void truncated_receipts(void)
{
    uint8_t buffer[1200];
    struct log_entry logs[2];
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    for (unsigned type = TX_LEGACY; type < TX_TYPE_COUNT; type++) {
        const struct receipt receipt = small_receipt(logs, type);
        struct writer w = writer_to(buffer, sizeof(buffer));
        receipt_encode(&w, &receipt);
        uint8_t *end = test_guarded(NULL, sizeof(buffer)) + sizeof(buffer);
        for (size_t len = 0; len < w.len; len++) {
            struct receipt out;
            memcpy(end - len, buffer, len);
            CHECK_EQ(receipt_decode(&out, &arena, bytes_from(end - len, len)), ERR_TRUNCATED);
            CHECK_EQ(arena.used, 0);
        }
        struct receipt out;
        buffer[w.len] = 0x80;
        CHECK_EQ(receipt_decode(&out, &arena, bytes_from(buffer, w.len + 1)), ERR_TRAILING);
    }
    test_region_free(region, CAP);
}

/* ---- the root -------------------------------------------------------------------------------- */

/* Receipt i has type i % 5, success unless i % 3 is 0, gas 21000 (i + 1) and the first i % 9 logs.
 * The root of n, and the hash of the bloom of all. */
static void roots(void)
{
    static const struct {
        size_t count;
        const char *root;
        const char *bloom_hash;
    } rows[] = {
        {0, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
         "d397b3b043d87fcd6fad1291ff0bfd16401c274896d8c63a923727f077b8e0b5"},
        {1, "642cd2bcdba228efb3996bf53981250d3608289522b80754c4e3c085c93c806f",
         "d397b3b043d87fcd6fad1291ff0bfd16401c274896d8c63a923727f077b8e0b5"},
        {3, "3d7c7c67cea846a4b4d15630de0f159b2af69f4b4c0a982df8c4b9a598965496",
         "ad9f7e38da940c1d82901d0020759b4f54f78da062fa4c4df78f9866c49ed64c"},
        {150, "678b779daf218fabd012dc38e8ec7debf5bb2abc32cd6ba02456f27fa1ca1e13",
         "af674d1b44407485379ea165542bae2b21393a993074ec5e82bc6954704dc652"},
    };
    static struct log_entry logs[LOGS_MAX];
    static uint8_t data[LOGS_MAX][70000];
    struct receipt receipts[150];
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    make_logs(logs, data);
    for (size_t i = 0; i < 150; i++) {
        receipts[i] = (struct receipt){.type = (enum tx_type)(i % 5),
                                       .has_status = true,
                                       .is_success = i % 3 != 0,
                                       .cumulative_gas_used = 21000 * (i + 1),
                                       .logs = logs,
                                       .log_count = i % 9};
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bloom[BLOOM_BYTES] = {0};
        struct hash32 got;
        uint8_t wanted[32];
        CHECK_EQ(receipts_root(&got, bloom, &arena, receipts, rows[i].count), OK);
        CHECK_EQ(arena.used, 0);
        (void)test_hex(wanted, sizeof(wanted), rows[i].root);
        CHECK_BYTES(got.b, wanted, sizeof(wanted));
        keccak256(&got, bloom, sizeof(bloom));
        (void)test_hex(wanted, sizeof(wanted), rows[i].bloom_hash);
        CHECK_BYTES(got.b, wanted, sizeof(wanted));
    }
    /* Too little memory, wherever it ends: an error, nothing taken, no bloom. */
    for (size_t cap = 0;; cap += 256) {
        uint8_t bloom[BLOOM_BYTES] = {0};
        static const uint8_t none[BLOOM_BYTES];
        struct hash32 got;
        arena_init(&arena, region, cap);
        enum err e = receipts_root(&got, bloom, &arena, receipts, 12);
        CHECK_EQ(arena.used, 0);
        if (e == OK) {
            break;
        }
        CHECK_EQ(e, ERR_MEMORY);
        CHECK_BYTES(bloom, none, sizeof(bloom));
        CHECK(cap < CAP);
    }
    test_region_free(region, CAP);
}

/* What a receipt claims to hold is not reserved for before it is there. */
static void decoding_needs_memory(void)
{
    uint8_t buffer[1200];
    struct log_entry logs[2];
    const struct receipt receipt = small_receipt(logs, TX_BLOB);
    struct writer w = writer_to(buffer, sizeof(buffer));
    void *region = test_region(CAP);
    struct arena arena;
    struct receipt out;
    receipt_encode(&w, &receipt);
    arena_init(&arena, region, 2 * sizeof(struct log_entry) - 1);
    CHECK_EQ(receipt_decode(&out, &arena, writer_view(&w)), ERR_MEMORY);
    CHECK_EQ(arena.used, 0);
    arena_init(&arena, region, 2 * sizeof(struct log_entry));
    CHECK_EQ(receipt_decode(&out, &arena, writer_view(&w)), OK);
    test_region_free(region, CAP);
}

static const struct test_case cases[] = {
    CASE(hashes_of_logs),
    CASE(everything_counts),
    CASE(no_memory_is_an_error),
    CASE(blooms),
    CASE(bits_of_one_address),
    CASE(receipts),
    CASE(wrong_receipts),
    CASE(truncated_receipts),
    CASE(roots),
    CASE(decoding_needs_memory),
};

TEST_MAIN(cases)
