/* Headers: mainnet's genesis block, whose hash everybody knows; a header made here, whose hashes at
 * each fork's number of fields an independent program computed; every field wrong in every way;
 * every truncation; and random headers there and back. */

#include "exec/header.h"

#include "tests/rlp_items.h"
#include "tests/test.h"

#define FIELDS 21

/* The numbers of fields that headers have had: to Berlin, London, Shanghai, with blob gas, with the
 * beacon root, Prague. Cancun brought two of these at once. */
static const size_t field_counts[] = {15, 16, 17, 19, 20, 21};
#define FIELD_COUNTS (sizeof(field_counts) / sizeof(field_counts[0]))

static struct hash32 hash_of(const char *hex)
{
    struct hash32 hash;
    (void)test_hex(hash.b, sizeof(hash.b), hex);
    return hash;
}

static struct hash32 repeated(uint8_t byte)
{
    struct hash32 hash;
    memset(hash.b, byte, sizeof(hash.b));
    return hash;
}

/* made is a header whose fields are told apart: hashes and such repeat the field's place from 1,
 * numbers are the place or something at an edge. The optional ones are those up to `count`. */
static struct header made(size_t count)
{
    struct header h = {
        .parent_hash = repeated(1),
        .ommers_hash = repeated(2),
        .state_root = repeated(4),
        .transactions_root = repeated(5),
        .receipts_root = repeated(6),
        .difficulty = {{7, 0, 0, UINT64_C(1) << 63}},
        .number = 8,
        .gas_limit = 9,
        .gas_used = UINT64_MAX,
        .timestamp = 11,
        .extra_data = bytes_from("twelve", 6),
        .prev_randao = repeated(13),
        .has_base_fee = count >= 16,
        .has_withdrawals_root = count >= 17,
        .has_blob_gas = count >= 19,
        .has_beacon_root = count >= 20,
        .has_requests_hash = count >= 21,
    };
    memset(h.beneficiary.b, 3, sizeof(h.beneficiary.b));
    memset(h.nonce, 14, sizeof(h.nonce));
    for (size_t i = 0; i < sizeof(h.logs_bloom); i++) {
        h.logs_bloom[i] = (uint8_t)i;
    }
    if (h.has_base_fee) {
        h.base_fee_per_gas = (struct u256)U256_MAX;
    }
    if (h.has_withdrawals_root) {
        h.withdrawals_root = repeated(16);
    }
    if (h.has_blob_gas) {
        h.blob_gas_used = 17;
        h.excess_blob_gas = 0;
    }
    if (h.has_beacon_root) {
        h.parent_beacon_block_root = repeated(19);
    }
    if (h.has_requests_hash) {
        h.requests_hash = repeated(20);
    }
    return h;
}

static struct bytes encoded(uint8_t buffer[static HEADER_RLP_MAX], const struct header *header)
{
    struct writer w = writer_to(buffer, HEADER_RLP_MAX);
    header_encode(&w, header);
    return writer_view(&w);
}

/* same compares all fields, extra_data by its bytes. */
static bool same(const struct header *a, const struct header *b)
{
    return hash32_equal(&a->parent_hash, &b->parent_hash) &&
           hash32_equal(&a->ommers_hash, &b->ommers_hash) &&
           address_equal(&a->beneficiary, &b->beneficiary) &&
           hash32_equal(&a->state_root, &b->state_root) &&
           hash32_equal(&a->transactions_root, &b->transactions_root) &&
           hash32_equal(&a->receipts_root, &b->receipts_root) &&
           memcmp(a->logs_bloom, b->logs_bloom, sizeof(a->logs_bloom)) == 0 &&
           u256_eq(&a->difficulty, &b->difficulty) && a->number == b->number &&
           a->gas_limit == b->gas_limit && a->gas_used == b->gas_used &&
           a->timestamp == b->timestamp && a->extra_data.len == b->extra_data.len &&
           (a->extra_data.len == 0 ||
            memcmp(a->extra_data.ptr, b->extra_data.ptr, a->extra_data.len) == 0) &&
           hash32_equal(&a->prev_randao, &b->prev_randao) &&
           memcmp(a->nonce, b->nonce, sizeof(a->nonce)) == 0 &&
           a->has_base_fee == b->has_base_fee &&
           u256_eq(&a->base_fee_per_gas, &b->base_fee_per_gas) &&
           a->has_withdrawals_root == b->has_withdrawals_root &&
           hash32_equal(&a->withdrawals_root, &b->withdrawals_root) &&
           a->has_blob_gas == b->has_blob_gas && a->blob_gas_used == b->blob_gas_used &&
           a->excess_blob_gas == b->excess_blob_gas && a->has_beacon_root == b->has_beacon_root &&
           hash32_equal(&a->parent_beacon_block_root, &b->parent_beacon_block_root) &&
           a->has_requests_hash == b->has_requests_hash &&
           hash32_equal(&a->requests_hash, &b->requests_hash);
}

static void genesis(void)
{
    static const uint8_t extra[] = {0x11, 0xbb, 0xe8, 0xdb, 0x4e, 0x34, 0x7b, 0x4e,
                                    0x8c, 0x93, 0x7c, 0x1c, 0x83, 0x70, 0xe4, 0xb5,
                                    0xed, 0x33, 0xad, 0xb3, 0xdb, 0x69, 0xcb, 0xdb,
                                    0x7a, 0x38, 0xe1, 0xe5, 0x0b, 0x1b, 0x82, 0xfa};
    const struct hash32 empty_root =
        hash_of("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    const struct header h = {
        .ommers_hash = hash_of("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"),
        .state_root = hash_of("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"),
        .transactions_root = empty_root,
        .receipts_root = empty_root,
        .difficulty = {{0x400000000, 0, 0, 0}},
        .gas_limit = 5000,
        .extra_data = bytes_from(extra, sizeof(extra)),
        .nonce = {0, 0, 0, 0, 0, 0, 0, 0x42},
    };
    const struct hash32 got = header_hash(&h);
    const struct hash32 wanted =
        hash_of("d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3");
    CHECK_BYTES(got.b, wanted.b, sizeof(got.b));
}

/* At each number of fields: the size and the hash of the header made above. */
static void forks(void)
{
    static const struct {
        size_t size;
        const char *hash;
    } rows[FIELD_COUNTS] = {
        {542, "c532c2fd02bff892559c4d729b028cae493fd502a4aadb34114331e88d9163ba"},
        {575, "37a0e1f035f00bf641fe38424d193abd780a3f35f46defecf1dfd94ad6d2c857"},
        {608, "27a816e08306c49454ae4441f8e320077f7d240be4f6e821674debfca175abb1"},
        {610, "380bc8f63912dd1881c9743dd5dfe8366e5cdd420d402753da07e8b03ebb3028"},
        {643, "124517834d0b968ab41abc635f490a17e5b7e3f4aa92dee818994a6de2a913f3"},
        {676, "ca446ffb6d77a65477e5111bad97f1fe95b8707357e83922b6cae1692684b711"},
    };
    uint8_t buffer[HEADER_RLP_MAX];
    for (size_t i = 0; i < FIELD_COUNTS; i++) {
        const struct header h = made(field_counts[i]);
        const struct bytes bytes = encoded(buffer, &h);
        const struct hash32 hash = header_hash(&h);
        const struct hash32 wanted = hash_of(rows[i].hash);
        struct header back;
        CHECK_EQ(bytes.len, rows[i].size);
        CHECK_EQ(header_size(&h), rows[i].size);
        CHECK_BYTES(hash.b, wanted.b, sizeof(hash.b));
        CHECK_EQ(header_decode(&back, bytes), OK);
        CHECK(same(&back, &h));
    }
}

/* Other numbers of fields are no headers: none, 14, blob gas without its second half, 22. */
static void wrong_numbers_of_fields(void)
{
    uint8_t buffer[HEADER_RLP_MAX];
    uint8_t joined[HEADER_RLP_MAX + 8];
    static const uint8_t zero = 0x80;
    const struct header h = made(FIELDS);
    struct rlp_items items = rlp_items_of(encoded(buffer, &h));
    CHECK_EQ(items.count, FIELDS);
    for (size_t count = 0; count <= FIELDS + 1; count++) {
        struct header out;
        enum err wanted = count < 15 || count == 18 ? ERR_TRUNCATED
                          : count > FIELDS          ? ERR_TRAILING
                                                    : OK;
        items.item[FIELDS] = bytes_from(&zero, 1);
        items.count = count;
        CHECK_EQ(header_decode(&out, rlp_items_join(joined, sizeof(joined), &items)), wanted);
    }
}

/* Each field as what it must not be. */
static void wrong_fields(void)
{
    enum kind { HASH, ADDRESS, BLOOM, NONCE, U256, U64, DATA };
    static const enum kind kinds[FIELDS] = {HASH,  HASH, ADDRESS, HASH, HASH, HASH, BLOOM,
                                            U256,  U64,  U64,     U64,  U64,  DATA, HASH,
                                            NONCE, U256, HASH,    U64,  U64,  HASH, HASH};
    static const size_t sizes[] = {[HASH] = 32, [ADDRESS] = 20, [BLOOM] = 256, [NONCE] = 8};
    uint8_t buffer[HEADER_RLP_MAX];
    uint8_t joined[2 * HEADER_RLP_MAX];
    uint8_t string[300];
    const struct header h = made(FIELDS);
    const struct rlp_items good = rlp_items_of(encoded(buffer, &h));
    memset(string, 0x99, sizeof(string));
    for (size_t i = 0; i < FIELDS; i++) {
        struct {
            const void *ptr;
            size_t len; /* of the string; 0: `item` is an encoding by itself */
            struct bytes item;
            enum err wanted;
        } rows[4] = {{.item = bytes_from("\xc0", 1), .wanted = ERR_MALFORMED},
                     {.item = bytes_from("\x81\x01", 2), .wanted = ERR_MALFORMED}};
        size_t count = 2;
        if (kinds[i] <= NONCE) {
            rows[2].len = sizes[kinds[i]] - 1;
            rows[3].len = sizes[kinds[i]] + 1;
            rows[2].ptr = rows[3].ptr = string;
            rows[2].wanted = rows[3].wanted = ERR_MALFORMED;
            count = 4;
        } else if (kinds[i] != DATA) {
            rows[2].item = bytes_from("\x00", 1);
            rows[2].wanted = ERR_MALFORMED;
            rows[3].ptr = string;
            rows[3].len = kinds[i] == U256 ? 33 : 9;
            rows[3].wanted = ERR_RANGE;
            count = 4;
        }
        for (size_t row = 0; row < count; row++) {
            struct rlp_items items = good;
            struct header out = {.number = 77};
            uint8_t item[310];
            struct writer w = writer_to(item, sizeof(item));
            rlp_string_write(&w, bytes_from(rows[row].ptr, rows[row].len));
            items.item[i] = rows[row].len == 0 ? rows[row].item : writer_view(&w);
            CHECK_EQ(header_decode(&out, rlp_items_join(joined, sizeof(joined), &items)),
                     rows[row].wanted);
            CHECK_EQ(out.number, 77);
        }
    }
}

static void extra_data(void)
{
    static uint8_t data[HEADER_EXTRA_DATA_MAX + 1];
    uint8_t buffer[HEADER_RLP_MAX + 8];
    for (size_t len = HEADER_EXTRA_DATA_MAX; len <= HEADER_EXTRA_DATA_MAX + 1; len++) {
        struct header h = made(FIELDS);
        struct header back;
        struct writer w = writer_to(buffer, sizeof(buffer));
        h.extra_data = bytes_from(data, len);
        header_encode(&w, &h);
        CHECK_EQ(header_decode(&back, writer_view(&w)),
                 len > HEADER_EXTRA_DATA_MAX ? ERR_LIMIT : OK);
    }
}

/* The bounds that the header file states are those of real headers. */
static void sizes(void)
{
    static uint8_t data[HEADER_EXTRA_DATA_MAX];
    const struct header smallest = {.number = 0};
    CHECK_EQ(header_size(&smallest), HEADER_RLP_MIN);
    struct header greatest = made(FIELDS);
    greatest.number = greatest.gas_limit = greatest.timestamp = UINT64_MAX;
    greatest.blob_gas_used = greatest.excess_blob_gas = UINT64_MAX;
    greatest.extra_data = bytes_from(data, sizeof(data));
    CHECK_EQ(header_size(&greatest), HEADER_RLP_MAX);
    (void)header_hash(&greatest);
}

static void truncations(void)
{
    uint8_t buffer[HEADER_RLP_MAX];
    for (size_t i = 0; i < FIELD_COUNTS; i++) {
        const struct header h = made(field_counts[i]);
        const struct bytes bytes = encoded(buffer, &h);
        uint8_t *end = test_guarded(NULL, HEADER_RLP_MAX) + HEADER_RLP_MAX;
        for (size_t len = 0; len < bytes.len; len++) {
            struct header out;
            memcpy(end - len, bytes.ptr, len);
            CHECK_EQ(header_decode(&out, bytes_from(end - len, len)), ERR_TRUNCATED);
        }
    }
}

/* One byte more, outside of the list; and another kind of item. */
static void not_alone(void)
{
    uint8_t buffer[HEADER_RLP_MAX + 1];
    const struct header h = made(FIELDS);
    const struct bytes bytes = encoded(buffer, &h);
    struct header out;
    buffer[bytes.len] = 0x80;
    CHECK_EQ(header_decode(&out, bytes_from(bytes.ptr, bytes.len + 1)), ERR_TRAILING);
    CHECK_EQ(header_decode(&out, bytes_from("\x82\x11\x22", 3)), ERR_MALFORMED);
}

/* Random headers there and back; a byte changed gives another header, or none. */
static void there_and_back(void)
{
    uint8_t buffer[HEADER_RLP_MAX];
    uint8_t again[HEADER_RLP_MAX];
    uint8_t third[HEADER_RLP_MAX];
    uint8_t extra[40];
    for (unsigned round = 0; round < 3000; round++) {
        struct header h;
        struct header back;
        struct header other;
        size_t count = field_counts[test_random() % FIELD_COUNTS];
        const struct header frame = made(count);
        test_random_bytes(&h, sizeof(h));
        h.extra_data = bytes_from(extra, test_random() % sizeof(extra));
        test_random_bytes(extra, sizeof(extra));
        h.number >>= test_random() % 64;
        h.gas_used >>= test_random() % 64;
        h.has_base_fee = frame.has_base_fee;
        h.has_withdrawals_root = frame.has_withdrawals_root;
        h.has_blob_gas = frame.has_blob_gas;
        h.has_beacon_root = frame.has_beacon_root;
        h.has_requests_hash = frame.has_requests_hash;
        struct bytes bytes = encoded(buffer, &h);
        CHECK_EQ(header_decode(&back, bytes), OK);
        struct bytes second = encoded(again, &back);
        CHECK_EQ(second.len, bytes.len);
        CHECK_BYTES(second.ptr, bytes.ptr, bytes.len);
        CHECK_EQ(header_decode(&back, second), OK);
        buffer[test_random() % bytes.len] ^= (uint8_t)(1u << test_random() % 8);
        if (header_decode(&other, bytes) == OK) {
            CHECK(!same(&other, &back));
            second = encoded(third, &other);
            CHECK_EQ(second.len, bytes.len);
            CHECK_BYTES(second.ptr, bytes.ptr, bytes.len);
        }
    }
}

static const struct test_case cases[] = {
    CASE(genesis),      CASE(forks),      CASE(wrong_numbers_of_fields),
    CASE(wrong_fields), CASE(extra_data), CASE(sizes),
    CASE(truncations),  CASE(not_alone),  CASE(there_and_back),
};

TEST_MAIN(cases)
