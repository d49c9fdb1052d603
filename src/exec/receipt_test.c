/* The hash of a transaction's logs: lists of logs by formula, against hashes from an independent
 * RLP and Keccak, with data of every size at which its encoding changes. */

#include "exec/receipt.h"

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

static const struct test_case cases[] = {
    CASE(hashes_of_logs),
    CASE(everything_counts),
    CASE(no_memory_is_an_error),
};

TEST_MAIN(cases)
