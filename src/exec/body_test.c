/* Blocks: some made here, whose bytes, hashes and roots an independent program computed; every part
 * wrong in every way; counts that claim more than is there; truncations; too little memory. */

#include "exec/body.h"

#include "crypto/keccak.h"
#include "tests/rlp_items.h"
#include "tests/test.h"

#define CAP       ((size_t)1 << 20)
#define BLOCK_MAX 4096

/* A legacy transaction and one of type 2, of tx_rlp_test.c. */
static const char legacy_hex[] =
    "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000801ba09377"
    "c312145a5afb911bf9e8c067bcf6094c533603687850df502b61290bbf5ea06a38461fe1953a87ed5f08be2d35d5f1"
    "f0110320e82416f348e440127174919c";
static const char typed_hex[] =
    "02f84f01020304830186a080057fc080a0d2f39ed37606942d96119c68d8cb83b0184a97e5b9985ce04ee8c08f8573"
    "c345a05e81145b727b07f9e87417c2ea4b41b0e03f7cc8eeed57bbe2755342dc8ed42a";

static _Alignas(64) uint8_t region[CAP];
static struct arena arena;

/* struct made: a block with three transactions, two ommers and two withdrawals, and its parts. All
 * headers are zero but for their number; the ommers' have the fields of Frontier. */
struct made {
    uint8_t legacy[200];
    uint8_t typed[200];
    struct bytes txs[3];
    struct header ommers[2];
    struct withdrawal withdrawals[2];
    struct block block;
    uint8_t buffer[BLOCK_MAX];
    struct bytes bytes;
};

static void make(struct made *m, bool is_new)
{
    static const struct withdrawal withdrawals[2] = {
        {0,
         1,
         {{0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
           0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11}},
         2},
        {UINT64_MAX,
         200,
         {{0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22,
           0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22}},
         UINT64_C(1) << 40},
    };
    *m = (struct made){.ommers = {{.number = 3}, {.number = 4}}};
    memcpy(m->withdrawals, withdrawals, sizeof(withdrawals));
    m->txs[0] = bytes_from(m->legacy, test_hex(m->legacy, sizeof(m->legacy), legacy_hex));
    m->txs[1] = bytes_from(m->typed, test_hex(m->typed, sizeof(m->typed), typed_hex));
    m->txs[2] = m->txs[0];
    m->block = (struct block){
        .header = {.number = 5,
                   .has_base_fee = is_new,
                   .has_withdrawals_root = is_new,
                   .has_blob_gas = is_new,
                   .has_beacon_root = is_new,
                   .has_requests_hash = is_new},
        .txs = m->txs,
        .tx_count = 3,
        .ommers = m->ommers,
        .ommer_count = 2,
        .has_withdrawals = is_new,
        .withdrawals = m->withdrawals,
        .withdrawal_count = is_new ? 2 : 0,
    };
    struct writer w = writer_to(m->buffer, sizeof(m->buffer));
    block_encode(&w, &m->block);
    m->bytes = writer_view(&w);
}

static bool is_hash(const struct hash32 *got, const char *hex)
{
    uint8_t wanted[32];
    (void)test_hex(wanted, sizeof(wanted), hex);
    return test_bytes_equal(__FILE__, __LINE__, got->b, wanted, sizeof(wanted));
}

static bool same_bytes(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* check_decodes decodes a made block and compares it with what it was made of. */
static void check_decodes(const struct made *m)
{
    struct block got;
    uint8_t again[BLOCK_MAX];
    arena_init(&arena, region, CAP);
    CHECK_EQ(block_decode(&got, &arena, m->bytes), OK);
    CHECK_EQ(got.encoded_len, m->bytes.len);
    CHECK_EQ(got.header.number, 5);
    CHECK_EQ(got.header_encoded.len, header_size(&m->block.header));
    CHECK_EQ(got.header.has_requests_hash, m->block.has_withdrawals);
    CHECK_EQ(got.tx_count, m->block.tx_count);
    for (size_t i = 0; i < got.tx_count; i++) {
        CHECK(same_bytes(got.txs[i], m->txs[i]));
        CHECK(got.txs[i].ptr > m->bytes.ptr && got.txs[i].ptr < m->bytes.ptr + m->bytes.len);
    }
    CHECK_EQ(got.ommer_count, m->block.ommer_count);
    for (size_t i = 0; i < got.ommer_count; i++) {
        CHECK_EQ(got.ommers[i].number, m->ommers[i].number);
        CHECK_EQ(got.ommer_encodings[i].len, header_size(&m->ommers[i]));
    }
    CHECK_EQ(got.has_withdrawals, m->block.has_withdrawals);
    CHECK_EQ(got.withdrawal_count, m->block.withdrawal_count);
    for (size_t i = 0; i < got.withdrawal_count; i++) {
        const struct withdrawal *a = &got.withdrawals[i];
        const struct withdrawal *b = &m->withdrawals[i];
        CHECK_EQ(a->index, b->index);
        CHECK_EQ(a->validator_index, b->validator_index);
        CHECK(address_equal(&a->address, &b->address));
        CHECK_EQ(a->amount_gwei, b->amount_gwei);
    }
    struct writer w = writer_to(again, sizeof(again));
    block_encode(&w, &got);
    CHECK_EQ(block_size(&got), m->bytes.len);
    CHECK(same_bytes(writer_view(&w), m->bytes));
    arena_reset(&arena);
}

/* ---- blocks that are right ------------------------------------------------------------------- */

static void vectors(void)
{
    struct made m;
    struct hash32 hash;
    make(&m, true);
    CHECK_EQ(m.bytes.len, 1970);
    keccak256(&hash, m.bytes.ptr, m.bytes.len);
    CHECK(is_hash(&hash, "5444027701c24625205c385e28300a11777f45099484d92eb6fea8c996f01a34"));
    check_decodes(&m);
    make(&m, false);
    CHECK_EQ(m.bytes.len, 1801);
    keccak256(&hash, m.bytes.ptr, m.bytes.len);
    CHECK(is_hash(&hash, "a2c1351b2aa11ed4bd5381d96bf439cba5beab5d244683df007dc73d70dfef47"));
    check_decodes(&m);
}

static void an_empty_block(void)
{
    struct made m;
    struct hash32 hash;
    make(&m, true);
    m.block.tx_count = m.block.ommer_count = m.block.withdrawal_count = 0;
    struct writer w = writer_to(m.buffer, sizeof(m.buffer));
    block_encode(&w, &m.block);
    m.bytes = writer_view(&w);
    keccak256(&hash, m.bytes.ptr, m.bytes.len);
    CHECK(is_hash(&hash, "b7f3f000c762841b66f3ac86b02ccd08421711881964a4e9a6d8305e22f0dfe7"));
    check_decodes(&m);
}

static void commitments(void)
{
    struct made m;
    struct block got;
    struct hash32 root;
    arena_init(&arena, region, CAP);
    make(&m, true);
    CHECK_EQ(block_decode(&got, &arena, m.bytes), OK);
    size_t used = arena.used;
    CHECK_EQ(block_transactions_root(&root, &arena, &got), OK);
    CHECK(is_hash(&root, "e32c4d48564151a95305d98e7b94f6ed08b3886ad8a37044b389c13e9e30860c"));
    CHECK_EQ(block_withdrawals_root(&root, &arena, &got), OK);
    CHECK(is_hash(&root, "b2ebe2a4a0cdd7560a7e484974dd1dfae0d9aebccad246644ec5533eb7404f2a"));
    CHECK_EQ(arena.used, used);
    root = block_ommers_hash(&got);
    CHECK(is_hash(&root, "303412a214ddd02b1147dcd64719ba18ce9b0d6f718abb8eb552e259b8d602c7"));
    arena_reset(&arena);
}

static void sizes_of_withdrawals(void)
{
    struct made m;
    make(&m, true);
    CHECK_EQ(withdrawal_size(&m.withdrawals[0]), 25);
    CHECK_EQ(withdrawal_size(&m.withdrawals[1]), 40);
}

/* ---- blocks that are wrong ------------------------------------------------------------------- */

/* decode_error decodes bytes that are no block: nothing is left in the arena or written. */
static enum err decode_error(struct bytes bytes)
{
    struct block out = {.tx_count = 77};
    enum err e = block_decode(&out, &arena, bytes);
    if (e != OK && (arena.used != 0 || out.tx_count != 77)) {
        test_fail(__FILE__, __LINE__, "an error left something");
    }
    arena_reset(&arena);
    return e;
}

/* with_part gives the made block with one of its four parts replaced. */
static enum err decode_with_part(const struct made *m, size_t part, struct bytes bytes)
{
    uint8_t joined[2 * BLOCK_MAX];
    struct rlp_items items = rlp_items_of(m->bytes);
    items.item[part] = bytes;
    return decode_error(rlp_items_join(joined, sizeof(joined), &items));
}

static void wrong_parts(void)
{
    struct made m;
    uint8_t joined[BLOCK_MAX];
    arena_init(&arena, region, CAP);
    make(&m, true);
    const struct rlp_items good = rlp_items_of(m.bytes);
    CHECK_EQ(good.count, 4);
    CHECK_EQ(decode_with_part(&m, 0, good.item[0]), OK);
    for (size_t part = 0; part < 4; part++) {
        CHECK_EQ(decode_with_part(&m, part, bytes_from("\x80", 1)), ERR_MALFORMED);
    }
    CHECK_EQ(decode_with_part(&m, 0, bytes_from("\xc0", 1)), ERR_TRUNCATED);
    for (size_t count = 0; count <= 5; count++) {
        static const enum err wanted[] = {ERR_TRUNCATED, ERR_TRUNCATED, ERR_TRUNCATED, OK, OK,
                                          ERR_TRAILING};
        struct rlp_items items = good;
        items.item[4] = bytes_from("\xc0", 1);
        items.count = count;
        CHECK_EQ(decode_error(rlp_items_join(joined, sizeof(joined), &items)), wanted[count]);
    }
    CHECK_EQ(decode_error(bytes_from("\x82\x11\x22", 3)), ERR_MALFORMED);
}

/* Transactions are lists, or strings that begin with a type. */
static void wrong_transactions(void)
{
    static const struct {
        const char *tx;
        size_t len;
        enum err wanted;
    } rows[] = {
        {"\xca\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", 11,
         OK}, /* whether it is one is not asked */
        {"\x8a\x01\x22\x22\x22\x22\x22\x22\x22\x22\x22", 11, OK},
        {"\x8a\x7f\x22\x22\x22\x22\x22\x22\x22\x22\x22", 11, OK},
        {"\x8a\x80\x22\x22\x22\x22\x22\x22\x22\x22\x22", 11, ERR_MALFORMED},
        {"\x8a\xc9\x80\x80\x80\x80\x80\x80\x80\x80\x80", 11,
         ERR_MALFORMED}, /* a list in a string */
        {"\x80\xd3\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", 21,
         ERR_MALFORMED}, /* nothing, and a list */
        {"\x81\x22\xc9\x80\x80\x80\x80\x80\x80\x80\x80", 11, ERR_MALFORMED}, /* not the shortest */
    };
    struct made m;
    arena_init(&arena, region, CAP);
    make(&m, true);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t joined[64];
        const struct rlp_items items = {.item = {bytes_from(rows[i].tx, rows[i].len)}, .count = 1};
        CHECK_EQ(decode_with_part(&m, 1, rlp_items_join(joined, sizeof(joined), &items)),
                 rows[i].wanted);
    }
}

static void wrong_ommers(void)
{
    struct made m;
    uint8_t joined[BLOCK_MAX];
    uint8_t header[HEADER_RLP_MAX];
    arena_init(&arena, region, CAP);
    make(&m, true);
    struct writer w = writer_to(header, sizeof(header));
    header_encode(&w, &m.ommers[0]);
    struct rlp_items fields = rlp_items_of(writer_view(&w));
    for (size_t count = 14; count <= 15; count++) {
        uint8_t ommer[HEADER_RLP_MAX];
        fields.count = count;
        /* Fourteen fields are less than a header, and are seen to be before they are read. */
        const struct rlp_items ommers = {.item = {rlp_items_join(ommer, sizeof(ommer), &fields)},
                                         .count = 1};
        CHECK_EQ(decode_with_part(&m, 2, rlp_items_join(joined, sizeof(joined), &ommers)),
                 count == 15 ? OK : ERR_MALFORMED);
    }
    memset(header, 0x11, sizeof(header));
    const struct rlp_items strings = {.item = {bytes_from(header, HEADER_RLP_MIN)}, .count = 1};
    CHECK_EQ(decode_with_part(&m, 2, rlp_items_join(joined, sizeof(joined), &strings)),
             ERR_MALFORMED);
}

static void wrong_withdrawals(void)
{
    static const struct {
        size_t field;
        const char *bytes;
        size_t len;
        enum err wanted;
    } rows[] = {
        {0, "\x7f", 1, OK},
        {0, "\x00", 1, ERR_MALFORMED},
        {0, "\xc0", 1, ERR_MALFORMED},
        {0, "\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00", 10, ERR_RANGE},
        {1, "\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00", 10, ERR_RANGE},
        {2, "\x93\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13", 20,
         ERR_MALFORMED},
        {3, "\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00", 10, ERR_RANGE},
        {3, "\x00", 1, ERR_MALFORMED},
    };
    struct made m;
    uint8_t joined[256];
    uint8_t encoded[64];
    uint8_t changed[64];
    arena_init(&arena, region, CAP);
    make(&m, true);
    struct writer w = writer_to(encoded, sizeof(encoded));
    withdrawal_encode(&w, &m.withdrawals[1]);
    const struct rlp_items good = rlp_items_of(writer_view(&w));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rlp_items fields = good;
        fields.item[rows[i].field] = bytes_from(rows[i].bytes, rows[i].len);
        const struct rlp_items list = {.item = {rlp_items_join(changed, sizeof(changed), &fields)},
                                       .count = 1};
        CHECK_EQ(decode_with_part(&m, 3, rlp_items_join(joined, sizeof(joined), &list)),
                 rows[i].wanted);
    }
    for (size_t count = 3; count <= 5; count++) {
        struct rlp_items fields = good;
        fields.item[4] = good.item[0];
        fields.count = count;
        const struct rlp_items list = {.item = {rlp_items_join(changed, sizeof(changed), &fields)},
                                       .count = 1};
        CHECK_EQ(decode_with_part(&m, 3, rlp_items_join(joined, sizeof(joined), &list)),
                 count == 3   ? ERR_TRUNCATED
                 : count == 4 ? OK
                              : ERR_TRAILING);
    }
}

/* Lists of a thousand items that are too short for what they should be are refused before anything
 * is reserved for them: the arena has no room at all. */
static void counts_are_bounded(void)
{
    static uint8_t list[1003] = {0xf9, 0x03, 0xe8};
    struct made m;
    make(&m, true);
    memset(list + 3, 0xc0, 1000);
    for (size_t part = 1; part < 4; part++) {
        arena_init(&arena, region, part == 1 ? 0 : part == 2 ? 48 : 48 + 2048);
        CHECK_EQ(decode_with_part(&m, part, bytes_from(list, sizeof(list))), ERR_MALFORMED);
    }
    /* And what is taken is at most twice what is there. */
    arena_init(&arena, region, 2 * m.bytes.len);
    CHECK_EQ(decode_error(m.bytes), OK);
}

static void truncations(void)
{
    struct made m;
    arena_init(&arena, region, CAP);
    for (int is_new = 0; is_new < 2; is_new++) {
        make(&m, is_new != 0);
        uint8_t *end = test_guarded(NULL, BLOCK_MAX) + BLOCK_MAX;
        for (size_t len = 0; len < m.bytes.len; len++) {
            memcpy(end - len, m.bytes.ptr, len);
            CHECK_EQ(decode_error(bytes_from(end - len, len)), ERR_TRUNCATED);
        }
        m.buffer[m.bytes.len] = 0xc0;
        CHECK_EQ(decode_error(bytes_from(m.buffer, m.bytes.len + 1)), ERR_TRAILING);
    }
}

/* A byte changed anywhere: no block, or another that is encoded as it was. */
static void changes(void)
{
    struct made m;
    uint8_t again[2 * BLOCK_MAX];
    make(&m, true);
    arena_init(&arena, region, CAP);
    for (size_t at = 0; at < m.bytes.len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct block got;
            m.buffer[at] ^= (uint8_t)(1u << bit);
            if (block_decode(&got, &arena, m.bytes) == OK) {
                struct writer w = writer_to(again, sizeof(again));
                block_encode(&w, &got);
                CHECK(same_bytes(writer_view(&w), m.bytes));
            }
            arena_reset(&arena);
            m.buffer[at] ^= (uint8_t)(1u << bit);
        }
    }
}

static void no_memory(void)
{
    struct made m;
    make(&m, true);
    for (size_t cap = 0;; cap += 8) {
        arena_init(&arena, region, cap);
        enum err e = decode_error(m.bytes);
        if (e == OK) {
            break;
        }
        CHECK_EQ(e, ERR_MEMORY);
        CHECK(cap < CAP);
    }
}

static const struct test_case cases[] = {
    CASE(vectors),
    CASE(an_empty_block),
    CASE(commitments),
    CASE(sizes_of_withdrawals),
    CASE(wrong_parts),
    CASE(wrong_transactions),
    CASE(wrong_ommers),
    CASE(wrong_withdrawals),
    CASE(counts_are_bounded),
    CASE(truncations),
    CASE(changes),
    CASE(no_memory),
};

TEST_MAIN(cases)
