/* Requests to the consensus layer: EIP-6110's event, whose layout is changed word by word, and
 * EIP-7685's commitment, put together here once more from SHA-256 alone. */

#include "exec/requests.h"

#include "crypto/keccak.h"
#include "crypto/sha2.h"
#include "tests/test.h"

#define CAP ((size_t)1 << 20)

static const struct address contract = {{0xde, 0x90, [19] = 0x51}};

/* ---- the deposit event --------------------------------------------------------------------------
 * The data of EIP-6110's DepositEvent, as the ABI lays it out:
 *
 *     0  offset of pubkey, 160                    160  length, 48, and 48 bytes + 16 of padding
 *    32  offset of withdrawal_credentials, 256    256  length, 32, and 32 bytes
 *    64  offset of amount, 320                    320  length, 8, and 8 bytes + 24 of padding
 *    96  offset of signature, 384                 384  length, 96, and 96 bytes
 *   128  offset of index, 512                     512  length, 8, and 8 bytes + 24 of padding */

#define EVENT 576

static const struct {
    size_t at; /* of the word */
    uint64_t number;
} words[] = {{0, 160},  {32, 256}, {64, 320}, {96, 384}, {128, 512},
             {160, 48}, {256, 32}, {320, 8},  {384, 96}, {512, 8}};

static const struct {
    size_t at;
    size_t len;
} fields[] = {{192, 48}, {288, 32}, {352, 8}, {416, 96}, {544, 8}};

#define WORDS  (sizeof(words) / sizeof(words[0]))
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* make_event writes the data of a deposit whose fields are random bytes. */
static void make_event(uint8_t data[static EVENT])
{
    memset(data, 0, EVENT);
    for (size_t i = 0; i < WORDS; i++) {
        store_be64(data + words[i].at + 24, words[i].number);
    }
    for (size_t i = 0; i < FIELDS; i++) {
        test_random_bytes(data + fields[i].at, fields[i].len);
    }
}

/* The event's signature, from which its topic comes (the Solidity ABI, "Events"). */
static struct u256 deposit_topic(void)
{
    static const char signature[] = "DepositEvent(bytes,bytes,bytes,bytes,bytes)";
    struct hash32 hash;
    struct u256 topic;
    keccak256(&hash, signature, sizeof(signature) - 1);
    u256_load_be(&topic, hash.b);
    return topic;
}

static struct log_entry log_of(const uint8_t *data, size_t len)
{
    return (struct log_entry){
        .address = contract, .topic_count = 1, .topics = {deposit_topic()}, .data = {data, len}};
}

/* collect reads the deposits of one receipt with one log; returns whether it is valid. */
static bool collect(struct bytes *out, struct arena *arena, const struct log_entry *log)
{
    const struct receipt receipt = {.logs = log, .log_count = 1};
    bool valid;
    enum err e = requests_deposits(out, &valid, arena, &contract, &receipt, 1);
    ASSERT(e == OK);
    return valid;
}

static void a_deposit_is_the_events_fields(void)
{
    uint8_t data[EVENT];
    uint8_t wanted[DEPOSIT_REQUEST_BYTES];
    struct bytes got;
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    make_event(data);
    size_t len = 0;
    for (size_t i = 0; i < FIELDS; i++) {
        memcpy(wanted + len, data + fields[i].at, fields[i].len);
        len += fields[i].len;
    }
    CHECK_EQ(len, DEPOSIT_REQUEST_BYTES);
    const struct log_entry log = log_of(test_guarded(data, EVENT), EVENT);
    CHECK(collect(&got, &arena, &log));
    CHECK_EQ(got.len, sizeof(wanted));
    CHECK_BYTES(got.ptr, wanted, sizeof(wanted));
    test_region_free(region, CAP);
}

/* Every offset and every length: each of its bytes, one more, one less, and what only a number cut
 * to fewer bits would take for it. */
static void another_layout_is_refused(void)
{
    void *region = test_region(CAP);
    struct arena arena;
    struct bytes got;
    uint8_t data[EVENT];
    make_event(data);
    const struct log_entry log = log_of(data, EVENT);
    arena_init(&arena, region, CAP);
    for (size_t i = 0; i < WORDS; i++) {
        for (size_t byte = 0; byte < 32; byte++) {
            data[words[i].at + byte] ^= 1;
            CHECK(!collect(&got, &arena, &log));
            data[words[i].at + byte] ^= 0x81;
            CHECK(!collect(&got, &arena, &log));
            data[words[i].at + byte] ^= 0x80;
        }
        static const int steps[] = {-32, -1, 1, 32};
        for (size_t step = 0; step < sizeof(steps) / sizeof(steps[0]); step++) {
            const uint64_t number = words[i].number + (uint64_t)(int64_t)steps[step];
            store_be64(data + words[i].at + 24, number);
            CHECK(!collect(&got, &arena, &log));
        }
        store_be64(data + words[i].at + 24, words[i].number);
        CHECK(collect(&got, &arena, &log));
        arena_reset(&arena);
    }
    test_region_free(region, CAP);
}

/* No other length will do, whatever is in it; what comes after the fields, to the next word, is not
 * looked at (EIP-6110's is_valid_deposit_event_data reads offsets and lengths). */
static void sizes_and_padding(void)
{
    void *region = test_region(CAP);
    struct arena arena;
    struct bytes got;
    uint8_t data[EVENT + 32];
    memset(data, 0, sizeof(data));
    make_event(data);
    arena_init(&arena, region, CAP);
    for (size_t len = 0; len <= sizeof(data); len++) {
        const struct log_entry log = log_of(test_guarded(data, len), len);
        if (collect(&got, &arena, &log) != (len == EVENT)) {
            test_fail(__FILE__, __LINE__, "%zu bytes", len);
        }
        arena_reset(&arena);
    }
    const struct log_entry log = log_of(data, EVENT);
    data[192 + 48] = data[352 + 8] = data[EVENT - 1] = 1;
    CHECK(collect(&got, &arena, &log));
    test_region_free(region, CAP);
}

/* What is no deposit: another contract's log, another event, no topic at all. */
static void other_logs_are_passed_over(void)
{
    void *region = test_region(CAP);
    struct arena arena;
    struct bytes got;
    uint8_t data[EVENT];
    arena_init(&arena, region, CAP);
    make_event(data);
    for (unsigned byte = 0; byte < 20; byte++) {
        struct log_entry log = log_of(data, EVENT);
        log.address.b[byte] ^= 1;
        CHECK(collect(&got, &arena, &log));
        CHECK_EQ(got.len, 0);
    }
    for (unsigned bit = 0; bit < 256; bit++) {
        struct log_entry log = log_of(data, 3); /* a layout that no deposit has */
        log.topics[0].w[bit / 64] ^= UINT64_C(1) << bit % 64;
        CHECK(collect(&got, &arena, &log));
        CHECK_EQ(got.len, 0);
    }
    struct log_entry log = log_of(data, EVENT);
    log.topic_count = 0;
    CHECK(collect(&got, &arena, &log));
    CHECK_EQ(got.len, 0);
    log.topic_count = 2; /* EIP-6110 looks at the first topic only */
    CHECK(collect(&got, &arena, &log));
    CHECK_EQ(got.len, DEPOSIT_REQUEST_BYTES);
    test_region_free(region, CAP);
}

/* counts: of three receipts the second has no logs, and every third log is of another contract. */
static bool counts(size_t receipt, size_t log)
{
    return receipt != 1 && (receipt + log) % 3 != 1;
}

/* Deposits of all receipts come one after another, with nothing between; one that is bad makes the
 * whole bad, wherever it is. */
static void deposits_of_a_block(void)
{
    enum { RECEIPTS = 3, LOGS = 4 };
    static uint8_t data[RECEIPTS][LOGS][EVENT];
    struct log_entry logs[RECEIPTS][LOGS];
    struct receipt receipts[RECEIPTS];
    uint8_t wanted[RECEIPTS * LOGS * DEPOSIT_REQUEST_BYTES];
    size_t len = 0;
    bool valid;
    struct bytes got;
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    for (size_t r = 0; r < RECEIPTS; r++) {
        for (size_t l = 0; l < LOGS; l++) {
            make_event(data[r][l]);
            logs[r][l] = log_of(data[r][l], EVENT);
            if ((r + l) % 3 == 1) {
                logs[r][l].address.b[7] ^= 1;
            }
            for (size_t i = 0; counts(r, l) && i < FIELDS; i++) {
                memcpy(wanted + len, data[r][l] + fields[i].at, fields[i].len);
                len += fields[i].len;
            }
        }
        receipts[r] = (struct receipt){.logs = logs[r], .log_count = r == 1 ? 0 : LOGS};
    }
    CHECK_EQ(requests_deposits(&got, &valid, &arena, &contract, receipts, RECEIPTS), OK);
    CHECK(valid);
    CHECK_EQ(got.len, len);
    CHECK_BYTES(got.ptr, wanted, len);
    for (size_t r = 0; r < RECEIPTS; r++) {
        for (size_t l = 0; l < LOGS; l++) {
            data[r][l][31] ^= 1;
            CHECK_EQ(requests_deposits(&got, &valid, &arena, &contract, receipts, RECEIPTS), OK);
            CHECK_EQ(valid, !counts(r, l));
            data[r][l][31] ^= 1;
        }
    }
    CHECK_EQ(requests_deposits(&got, &valid, &arena, &contract, NULL, 0), OK);
    CHECK(valid);
    CHECK_EQ(got.len, 0);
    test_region_free(region, CAP);
}

/* ---- the commitment -----------------------------------------------------------------------------
 * EIP-7685: sha256 of the concatenation of sha256(request_type ++ request_data), in ascending order
 * of type, for each type whose data is not empty. */

static void check_hash(const struct hash32 *got, const char *wanted)
{
    uint8_t bytes[32];
    (void)test_hex(bytes, sizeof(bytes), wanted);
    CHECK_BYTES(got->b, bytes, sizeof(bytes));
}

/* No requests: sha256 of nothing. */
static void the_hash_of_nothing(void)
{
    const struct bytes none[REQUEST_TYPES] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    struct arena arena;
    struct hash32 got;
    void *region = test_region(CAP);
    arena_init(&arena, region, CAP);
    CHECK_EQ(requests_hash(&got, &arena, none), OK);
    check_hash(&got, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    test_region_free(region, CAP);
}

/* EIP-7685's types: 0 deposits (EIP-6110), 1 withdrawals (EIP-7002), 2 consolidations (EIP-7251). */
static void hashes_of_every_combination(void)
{
    uint8_t bytes[REQUEST_TYPES][200];
    struct arena arena;
    void *region = test_region(CAP);
    CHECK_EQ(REQUEST_DEPOSIT, 0);
    CHECK_EQ(REQUEST_WITHDRAWAL, 1);
    CHECK_EQ(REQUEST_CONSOLIDATION, 2);
    arena_init(&arena, region, CAP);
    for (unsigned which = 0; which < 8; which++) {
        struct bytes data[REQUEST_TYPES];
        uint8_t hashes[REQUEST_TYPES * 32];
        size_t len = 0;
        for (unsigned type = 0; type < REQUEST_TYPES; type++) {
            uint8_t item[1 + sizeof(bytes[0])];
            test_random_bytes(bytes[type], sizeof(bytes[type]));
            data[type] = bytes_from(bytes[type], (which >> type & 1) != 0 ? 76 + 60 * type : 0);
            if (data[type].len != 0) {
                struct hash32 hash;
                item[0] = (uint8_t)type;
                memcpy(item + 1, bytes[type], data[type].len);
                sha256(&hash, item, 1 + data[type].len);
                memcpy(hashes + len, hash.b, 32);
                len += 32;
            }
        }
        struct hash32 wanted;
        struct hash32 got;
        sha256(&wanted, hashes, len);
        CHECK_EQ(requests_hash(&got, &arena, data), OK);
        CHECK_BYTES(got.b, wanted.b, 32);
        CHECK_EQ(arena.used, 0);
    }
    test_region_free(region, CAP);
}

/* One withdrawal request of 76 bytes and one consolidation request of 116, as numbers from an
 * independent SHA-256: bytes 0, 1, 2, ... of each. */
static void a_hash_from_elsewhere(void)
{
    uint8_t bytes[192];
    struct arena arena;
    struct hash32 got;
    void *region = test_region(CAP);
    arena_init(&arena, region, CAP);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)i;
    }
    const struct bytes data[REQUEST_TYPES] = {bytes_from(bytes, 192), bytes_from(bytes, 76),
                                              bytes_from(bytes, 116)};
    CHECK_EQ(requests_hash(&got, &arena, data), OK);
    check_hash(&got, "f3a3673db4d58101cc96a17ce0918ffdee7e2df702fb1e22df3e58b17f0f263e");
    const struct bytes last[REQUEST_TYPES] = {{NULL, 0}, {NULL, 0}, bytes_from(bytes, 116)};
    CHECK_EQ(requests_hash(&got, &arena, last), OK);
    check_hash(&got, "8c4ad7cdd67cbdac4d42fe4995d6f52aebd3639ad58bb04e8d35543f105a2f32");
    test_region_free(region, CAP);
}

static void no_memory_is_an_error(void)
{
    uint8_t event[EVENT];
    uint8_t bytes[500];
    struct arena arena;
    struct hash32 hash;
    struct bytes got;
    bool valid;
    void *region = test_region(CAP);
    make_event(event);
    const struct log_entry log = log_of(event, EVENT);
    const struct receipt receipt = {.logs = &log, .log_count = 1};
    memset(bytes, 7, sizeof(bytes));
    const struct bytes data[REQUEST_TYPES] = {{NULL, 0}, bytes_from(bytes, 500), {NULL, 0}};
    arena_init(&arena, region, DEPOSIT_REQUEST_BYTES - 1);
    CHECK_EQ(requests_deposits(&got, &valid, &arena, &contract, &receipt, 1), ERR_MEMORY);
    CHECK_EQ(requests_hash(&hash, &arena, data), ERR_MEMORY);
    CHECK_EQ(arena.used, 0);
    test_region_free(region, CAP);
}

static const struct test_case cases[] = {
    CASE(a_deposit_is_the_events_fields),
    CASE(another_layout_is_refused),
    CASE(sizes_and_padding),
    CASE(other_logs_are_passed_over),
    CASE(deposits_of_a_block),
    CASE(the_hash_of_nothing),
    CASE(hashes_of_every_combination),
    CASE(a_hash_from_elsewhere),
    CASE(no_memory_is_an_error),
};

TEST_MAIN(cases)
