/* Transactions as bytes: EIP-155's example; a transaction of each type made here, signed and hashed
 * by an independent program; every field wrong in every way, each with the name of its mistake;
 * every v; signatures and chains by forks; truncations, bytes changed, too little memory. */

#include "exec/tx_rlp.h"

#include "tests/rlp_items.h"
#include "tests/test.h"

#define CAP     ((size_t)1 << 20)
#define RAW_MAX 2048

static _Alignas(64) uint8_t region[CAP];
static struct arena arena;

/* The account of the key 4646...46, which signs everything here, as EIP-155 has it. */
static const char sender_hex[] = "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f";

/* ---- transactions ----------------------------------------------------------------------------
 * What stands in them, by formula: data is 00 01 02 ... 3b where it is 60 bytes; the access list has
 * the address 11...11 with the keys 1 and 2^256 - 1, and 22...22 without keys. */

struct vector {
    const char *raw;
    const char *signing_hash;
    const char *hash;
    bool has_chain_id;
    uint64_t chain_id;
    bool y_parity;
    struct tx tx;
};

#define TO_35                                                     \
    {{0x35, 0x35, 0x35, 0x35, 0x35, 0x35, 0x35, 0x35, 0x35, 0x35, \
      0x35, 0x35, 0x35, 0x35, 0x35, 0x35, 0x35, 0x35, 0x35, 0x35}}

static const struct u256 keys[2] = {U256_ONE, U256_MAX};
static const struct access_list_entry access_list[2] = {
    {{{0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
       0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11}},
     keys,
     2},
    {{{0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22,
       0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22}},
     NULL,
     0},
};
static const struct hash32 blob_hashes[2] = {
    {{0x01, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
      0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
      0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa}},
    {{0x01, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb,
      0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb,
      0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb}},
};
static const struct authorization authorizations[2] = {
    {.chain_id = U256_ONE,
     .address = {{0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44,
                  0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44}},
     .nonce = 7,
     .y_parity = U256_ONE,
     .r = U256_WORDS(5, 0, 0, UINT64_C(1) << 63),
     .s = U256_WORDS(3, 0, 0, 0)},
    {.chain_id = U256_ZERO,
     .address = {{0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
                  0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55}},
     .nonce = UINT64_MAX,
     .y_parity = U256_WORDS(255, 0, 0, 0),
     .r = U256_MAX,
     .s = U256_ZERO},
};
static const uint8_t data_60[60] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                                    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
                                    30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,
                                    45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59};
static const uint8_t byte_7f = 0x7f;
static const uint8_t byte_80 = 0x80;

/* What the types from 2 share. */
#define FEES                                                                                   \
    .nonce = 2, .max_priority_fee_per_gas = {{3, 0, 0, 0}}, .max_fee_per_gas = {{4, 0, 0, 0}}, \
    .gas_limit = 100000, .value = {{5, 0, 0, 0}}

#define EIP155_TX                                             \
    {                                                         \
        .type = TX_LEGACY,                                    \
        .to = TO_35,                                          \
        .nonce = 9,                                           \
        .gas_limit = 21000,                                   \
        .max_fee_per_gas = {{20000000000, 0, 0, 0}},          \
        .max_priority_fee_per_gas = {{20000000000, 0, 0, 0}}, \
        .value = {{1000000000000000000, 0, 0, 0}},            \
    }

static const struct vector vectors[] = {
    /* EIP-155, "Example": signed by the EIP's author. */
    {.raw = "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080"
            "25a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761a"
            "ecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
     .signing_hash = "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53",
     .hash = "33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788",
     .has_chain_id = true,
     .chain_id = 1,
     .tx = EIP155_TX},
    {.raw = "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080"
            "1ba09377c312145a5afb911bf9e8c067bcf6094c533603687850df502b61290bbf5ea06a38461fe1953a87"
            "ed5f08be2d35d5f1f0110320e82416f348e440127174919c",
     .signing_hash = "f9e36c28c8cb35adba138005c02ab7aa7fbcd891f3139cb2eeed052a51cd2713",
     .hash = "8592b5201e1543d2f9bcd6170b4b537f52ae58a4813b649a2d8036be7020e413",
     .tx = EIP155_TX},
    {.raw = "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080"
            "26a09f9b8c65858bce69076b5540a732e9ce13ece487324125df1f130ee9638d2432a00f462ddcba0b528f"
            "c6d00fb0559e83645d6d3287aac45d93f70c9150bead5437",
     .signing_hash = "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53",
     .hash = "a8383b032295c66b0c8d9c01f0d543ffddef1bb48a224dec6f6f17856882718e",
     .has_chain_id = true,
     .chain_id = 1,
     .y_parity = true,
     .tx = EIP155_TX},
    {.raw = "f8b7800188ffffffffffffffff80a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "ffffffffb83c000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324"
            "25262728292a2b2c2d2e2f303132333435363738393a3b89020000000000000022a0353fb610b011ae349d"
            "ed90c0854ab8853ad7df4f5ff43be31214e65a52edf6faa06c769ac3f3befec27c57ed6c6d07eb6be9b1d4"
            "1dc60a60ba9cf8681b88284043",
     .signing_hash = "515ba2637e117ce4132c2e2b17080f9ac8409f939bbed111b0a32af4c6bd6a13",
     .hash = "7c20418675d3e1e8ffdd4d93bd5ff6471e6a8a8161126c144b33c3797c9c8e07",
     .has_chain_id = true,
     .chain_id = UINT64_MAX,
     .y_parity = true,
     .tx = {.type = TX_LEGACY,
            .is_create = true,
            .gas_limit = UINT64_MAX,
            .max_fee_per_gas = U256_ONE,
            .max_priority_fee_per_gas = U256_ONE,
            .value = U256_MAX,
            .data = {data_60, 60}}},
    {.raw = "01f90112010203830186a094353535353535353535353535353535353535353504b83c0001020304050607"
            "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132"
            "333435363738393a3bf872f859941111111111111111111111111111111111111111f842a0000000000000"
            "0000000000000000000000000000000000000000000000000001a0ffffffffffffffffffffffffffffffff"
            "ffffffffffffffffffffffffffffffffd6942222222222222222222222222222222222222222c001a09f9b"
            "8c65858bce69076b5540a732e9ce13ece487324125df1f130ee9638d2432a076ecf36fc5963a0bfd7c92b4"
            "e9daa342b2d58046998f8409e8c4b667f4672d55",
     .signing_hash = "3205ea24f2fea7cd79fadf2df8115b008d6867e3841ff48ddbcdc5fa3c4a57a9",
     .hash = "c438906906570fa9379bbd6a52a6d25b39479b0e4a99783c533088886bdde3a5",
     .has_chain_id = true,
     .chain_id = 1,
     .y_parity = true,
     .tx = {.type = TX_ACCESS_LIST,
            .to = TO_35,
            .nonce = 2,
            .max_fee_per_gas = {{3, 0, 0, 0}},
            .max_priority_fee_per_gas = {{3, 0, 0, 0}},
            .gas_limit = 100000,
            .value = {{4, 0, 0, 0}},
            .data = {data_60, 60},
            .access_list = access_list,
            .access_list_count = 2}},
    {.raw = "02f84f01020304830186a080057fc080a0d2f39ed37606942d96119c68d8cb83b0184a97e5b9985ce04ee8"
            "c08f8573c345a05e81145b727b07f9e87417c2ea4b41b0e03f7cc8eeed57bbe2755342dc8ed42a",
     .signing_hash = "85147234bfd3e8a943251a045c3876411dbd665c16f7df67729482e4a849fdbd",
     .hash = "eafcf4246f455ef36b1882ebd22007d687931aeb8f787d3da024f0dee0484975",
     .has_chain_id = true,
     .chain_id = 1,
     .tx = {.type = TX_FEE_MARKET, .is_create = true, FEES, .data = {&byte_7f, 1}}},
    {.raw = "03f9011b01020304830186a09435353535353535353535353535353535353535350580f872f85994111111"
            "1111111111111111111111111111111111f842a00000000000000000000000000000000000000000000000"
            "000000000000000001a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd6"
            "942222222222222222222222222222222222222222c006f842a001aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa001bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
            "bbbbbbbbbb80a0517e5cb0a71159d22a7174e6ad2b6045dabbaf756b775ea91be94eba8c3ab22fa033b105"
            "663c60df049b31bbccc742957d8274b31c0ff4dcbc2f4ecce7d5ddf846",
     .signing_hash = "0dc0287344b632d5b0b1ec0085b698271830e9a83e5e52daea988f72780d7b87",
     .hash = "86205839695d1bcbcca9065fa0c7279799b6a43a5944e02f547e5a6fa7abcc85",
     .has_chain_id = true,
     .chain_id = 1,
     .tx = {.type = TX_BLOB,
            .to = TO_35,
            FEES,
            .access_list = access_list,
            .access_list_count = 2,
            .max_fee_per_blob_gas = {{6, 0, 0, 0}},
            .blob_versioned_hashes = blob_hashes,
            .blob_count = 2}},
    {.raw = "04f9015a01020304830186a0943535353535353535353535353535353535353535058180f872f859941111"
            "111111111111111111111111111111111111f842a000000000000000000000000000000000000000000000"
            "00000000000000000001a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "d6942222222222222222222222222222222222222222c0f881f83a01944444444444444444444444444444"
            "4444444444440701a0800000000000000000000000000000000000000000000000000000000000000503f8"
            "438094555555555555555555555555555555555555555588ffffffffffffffff81ffa0ffffffffffffffff"
            "ffffffffffffffffffffffffffffffffffffffffffffffff8080a0da9ff7277e0b5372dea7aca577c330a3"
            "6375f27d154f861c0fc3fd923fb71829a038f00a34de8efb60348de47b9ce576e5b2cbe84eda054e7851da"
            "5e524206da89",
     .signing_hash = "5be3a0de34542bb63f8ba38a78d4da5a6c9eabcf71df7538896a33ba25d61727",
     .hash = "1d582fed0425da0dc3808a8391261889e50e1ed7c97836cd0b59bdffbb87a961",
     .has_chain_id = true,
     .chain_id = 1,
     .tx = {.type = TX_SET_CODE,
            .to = TO_35,
            FEES,
            .data = {&byte_80, 1},
            .access_list = access_list,
            .access_list_count = 2,
            .authorizations = authorizations,
            .authorization_count = 2}},
};
#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static struct bytes raw_of(uint8_t buffer[static RAW_MAX], const struct vector *vector)
{
    return bytes_from(buffer, test_hex(buffer, RAW_MAX, vector->raw));
}

static bool is_hash(const struct hash32 *got, const char *hex)
{
    uint8_t wanted[32];
    (void)test_hex(wanted, sizeof(wanted), hex);
    return test_bytes_equal(__FILE__, __LINE__, got->b, wanted, sizeof(wanted));
}

static bool same_lists(const struct tx *a, const struct tx *b)
{
    bool same = a->access_list_count == b->access_list_count && a->blob_count == b->blob_count &&
                a->authorization_count == b->authorization_count;
    for (size_t i = 0; same && i < a->access_list_count; i++) {
        const struct access_list_entry *x = &a->access_list[i];
        const struct access_list_entry *y = &b->access_list[i];
        same = address_equal(&x->address, &y->address) && x->key_count == y->key_count;
        for (size_t k = 0; same && k < x->key_count; k++) {
            same = u256_eq(&x->keys[k], &y->keys[k]);
        }
    }
    for (size_t i = 0; same && i < a->blob_count; i++) {
        same = hash32_equal(&a->blob_versioned_hashes[i], &b->blob_versioned_hashes[i]);
    }
    for (size_t i = 0; same && i < a->authorization_count; i++) {
        const struct authorization *x = &a->authorizations[i];
        const struct authorization *y = &b->authorizations[i];
        same = u256_eq(&x->chain_id, &y->chain_id) && address_equal(&x->address, &y->address) &&
               x->nonce == y->nonce && u256_eq(&x->y_parity, &y->y_parity) &&
               u256_eq(&x->r, &y->r) && u256_eq(&x->s, &y->s);
    }
    return same;
}

static bool same(const struct tx *a, const struct tx *b)
{
    return a->type == b->type && a->is_create == b->is_create && address_equal(&a->to, &b->to) &&
           a->nonce == b->nonce && a->gas_limit == b->gas_limit &&
           u256_eq(&a->max_fee_per_gas, &b->max_fee_per_gas) &&
           u256_eq(&a->max_priority_fee_per_gas, &b->max_priority_fee_per_gas) &&
           u256_eq(&a->value, &b->value) && a->data.len == b->data.len &&
           (a->data.len == 0 || memcmp(a->data.ptr, b->data.ptr, a->data.len) == 0) &&
           u256_eq(&a->max_fee_per_blob_gas, &b->max_fee_per_blob_gas) && same_lists(a, b);
}

/* struct decoded: what tx_decode said. */
struct decoded {
    enum err e;
    enum tx_status status;
    struct tx tx;
    struct tx_signature signature;
};

/* decode decodes; an error must leave the arena and the outputs as they were. */
static struct decoded decode(struct bytes raw)
{
    struct decoded out = {.status = TX_STATUS_COUNT, .tx = {.nonce = 77}};
    size_t used = arena.used;
    out.e = tx_decode(&out.tx, &out.signature, &out.status, &arena, raw);
    if (out.e == OK ? out.status != TX_OK
                    : arena.used != used || out.tx.nonce != 77 || out.status == TX_OK) {
        test_fail(__FILE__, __LINE__, "an error left something, or has no name");
    }
    return out;
}

/* ---- transactions that are right ------------------------------------------------------------- */

static void vectors_decode(void)
{
    uint8_t buffer[RAW_MAX];
    uint8_t again[RAW_MAX];
    for (size_t i = 0; i < VECTORS; i++) {
        const struct vector *v = &vectors[i];
        struct bytes raw = raw_of(buffer, v);
        arena_init(&arena, region, CAP);
        struct decoded got = decode(raw);
        CHECK_EQ(got.e, OK);
        CHECK_EQ(got.signature.has_chain_id, v->has_chain_id);
        CHECK_EQ(got.signature.chain_id, v->chain_id);
        CHECK_EQ(got.signature.y_parity, v->y_parity);
        CHECK(same(&got.tx, &v->tx));
        CHECK(got.tx.data.len == 0 ||
              (got.tx.data.ptr > raw.ptr && got.tx.data.ptr < raw.ptr + raw.len));

        struct writer w = writer_to(again, sizeof(again));
        tx_encode(&w, &got.tx, &got.signature);
        CHECK_EQ(tx_size(&got.tx, &got.signature), raw.len);
        CHECK_EQ(w.len, raw.len);
        CHECK_BYTES(again, raw.ptr, raw.len);

        struct hash32 hash = tx_hash(raw);
        CHECK(is_hash(&hash, v->hash));
        size_t used = arena.used;
        CHECK_EQ(tx_signing_hash(&hash, &arena, &got.tx, &got.signature), OK);
        CHECK(is_hash(&hash, v->signing_hash));
        CHECK_EQ(arena.used, used);
        struct address sender;
        uint8_t wanted[20];
        (void)test_hex(wanted, sizeof(wanted), sender_hex);
        CHECK_EQ(tx_recover(&sender, &arena, &got.tx, &got.signature, fork_rules(FORK_NEWEST)), OK);
        CHECK_BYTES(sender.b, wanted, sizeof(wanted));
        CHECK_EQ(arena.used, used);
        arena_reset(&arena);
    }
}

/* All numbers that are encoded by lengths at the edges of their lengths: there and back. */
static void there_and_back(void)
{
    static uint8_t data[300];
    uint8_t buffer[RAW_MAX];
    arena_init(&arena, region, CAP);
    for (unsigned round = 0; round < 3000; round++) {
        struct tx tx = vectors[round % VECTORS].tx;
        struct tx_signature signature = {.has_chain_id = tx.type != TX_LEGACY || round % 2 == 0,
                                         .y_parity = round % 3 == 0};
        struct u256 *wide[] = {&tx.max_fee_per_gas,
                               &tx.value,
                               &signature.r,
                               &signature.s,
                               &tx.max_priority_fee_per_gas,
                               &tx.max_fee_per_blob_gas};
        for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
            const struct u256 shift = u256_from_u64(test_random() % 257);
            test_random_bytes(wide[i], sizeof(*wide[i]));
            u256_shr(wide[i], wide[i], &shift);
        }
        if (tx.type == TX_LEGACY || tx.type == TX_ACCESS_LIST) {
            tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
        }
        if (tx.type != TX_BLOB) {
            tx.max_fee_per_blob_gas = (struct u256)U256_ZERO;
        }
        tx.nonce = test_random() >> test_random() % 64;
        tx.gas_limit = test_random() >> test_random() % 64;
        if (signature.has_chain_id) {
            signature.chain_id = test_random() >> test_random() % 64;
        }
        tx.is_create = test_random() % 4 == 0;
        if (tx.is_create) {
            tx.to = (struct address){{0}};
        }
        test_random_bytes(data, sizeof(data));
        tx.data = bytes_from(data, test_random() % sizeof(data));
        struct writer w = writer_to(buffer, sizeof(buffer));
        tx_encode(&w, &tx, &signature);
        CHECK_EQ(w.len, tx_size(&tx, &signature));
        struct decoded got = decode(writer_view(&w));
        CHECK_EQ(got.e, OK);
        CHECK(same(&got.tx, &tx));
        CHECK_EQ(got.signature.has_chain_id, signature.has_chain_id);
        CHECK_EQ(got.signature.chain_id, signature.chain_id);
        CHECK_EQ(got.signature.y_parity, signature.y_parity);
        CHECK(u256_eq(&got.signature.r, &signature.r) && u256_eq(&got.signature.s, &signature.s));
        arena_reset(&arena);
    }
}

/* ---- transactions that are wrong ------------------------------------------------------------- */

/* good gives the vector of a type: the last one of those that has it. */
static const struct vector *good(enum tx_type type)
{
    for (size_t i = VECTORS; i-- > 0;) {
        if (vectors[i].tx.type == type) {
            return &vectors[i];
        }
    }
    ASSERT(false);
    return NULL;
}

/* items_of splits the list of a vector. */
static struct rlp_items items_of(uint8_t buffer[static RAW_MAX], enum tx_type type)
{
    struct bytes raw = raw_of(buffer, good(type));
    size_t skip = type == TX_LEGACY ? 0 : 1;
    return rlp_items_of(bytes_from(raw.ptr + skip, raw.len - skip));
}

static struct bytes join(uint8_t buffer[static RAW_MAX], enum tx_type type,
                         const struct rlp_items *items)
{
    buffer[0] = (uint8_t)type;
    struct bytes list = rlp_items_join(buffer + 1, RAW_MAX - 1, items);
    return type == TX_LEGACY ? list : bytes_from(buffer, list.len + 1);
}

/* with_item decodes the transaction of a type with one item replaced. */
static struct decoded with_item(enum tx_type type, size_t at, struct bytes item)
{
    uint8_t buffer[RAW_MAX];
    uint8_t joined[RAW_MAX];
    struct rlp_items items = items_of(buffer, type);
    ASSERT(at < items.count);
    items.item[at] = item;
    struct decoded got = decode(join(joined, type, &items));
    arena_reset(&arena);
    return got;
}

/* The kinds of fields, what their mistakes are called, and which item they are in each type. */
enum kind {
    CHAIN,
    NONCE,
    PRICE,
    PRIORITY,
    MAX_FEE,
    GAS,
    TO,
    VALUE,
    DATA,
    ACCESS,
    BLOB_FEE,
    BLOBS,
    AUTHS,
    V,
    PARITY,
    R,
    S
};

static const struct {
    unsigned char kinds[14];
    size_t count;
} shapes[TX_TYPE_COUNT] = {
    [TX_LEGACY] = {{NONCE, PRICE, GAS, TO, VALUE, DATA, V, R, S}, 9},
    [TX_ACCESS_LIST] = {{CHAIN, NONCE, PRICE, GAS, TO, VALUE, DATA, ACCESS, PARITY, R, S}, 11},
    [TX_FEE_MARKET] = {{CHAIN, NONCE, PRIORITY, MAX_FEE, GAS, TO, VALUE, DATA, ACCESS, PARITY, R,
                        S},
                       12},
    [TX_BLOB] = {{CHAIN, NONCE, PRIORITY, MAX_FEE, GAS, TO, VALUE, DATA, ACCESS, BLOB_FEE, BLOBS,
                  PARITY, R, S},
                 14},
    [TX_SET_CODE] = {{CHAIN, NONCE, PRIORITY, MAX_FEE, GAS, TO, VALUE, DATA, ACCESS, AUTHS, PARITY,
                      R, S},
                     13},
};

static const struct {
    size_t len_max;        /* of a number; 0: it is none */
    enum tx_status kind;   /* a list for a string, or a string for a list */
    enum tx_status length; /* a length that is not in its shortest form */
    enum tx_status zeros;
    enum tx_status range;
} names[] = {
#define WRONG TX_RLP_WRONG_VALUE
#define SIZE  TX_RLP_ERROR_SIZE_LEADING_ZEROS
    [CHAIN] = {8, WRONG, SIZE, WRONG, TX_INVALID_CHAINID},
    [NONCE] = {8, TX_RLP_INVALID_NONCE, TX_RLP_LEADING_ZEROS_NONCE_SIZE, TX_RLP_LEADING_ZEROS_NONCE,
               TX_NONCE_OVERFLOW},
    [PRICE] = {32, WRONG, SIZE, TX_RLP_LEADING_ZEROS_GASPRICE, TX_GASPRICE_OVERFLOW},
    [PRIORITY] = {32, WRONG, SIZE, TX_RLP_LEADING_ZEROS_PRIORITY_FEE, TX_PRIORITY_OVERFLOW},
    [MAX_FEE] = {32, WRONG, SIZE, TX_RLP_LEADING_ZEROS_BASEFEE, TX_GASPRICE_OVERFLOW},
    [GAS] = {8, TX_RLP_INVALID_GASLIMIT, SIZE, TX_RLP_LEADING_ZEROS_GASLIMIT, TX_GASLIMIT_OVERFLOW},
    [TO] = {0, TX_RLP_INVALID_TO, SIZE, TX_OK, TX_OK},
    [VALUE] = {32, TX_RLP_INVALID_VALUE, SIZE, TX_RLP_LEADING_ZEROS_VALUE, TX_VALUE_OVERFLOW},
    [DATA] = {0, TX_RLP_INVALID_DATA, TX_RLP_LEADING_ZEROS_DATA_SIZE, TX_OK, TX_OK},
    [ACCESS] = {0, WRONG, SIZE, TX_OK, TX_OK},
    [BLOB_FEE] = {32, WRONG, SIZE, WRONG, WRONG},
    [BLOBS] = {0, WRONG, SIZE, TX_OK, TX_OK},
    [AUTHS] = {0, WRONG, SIZE, TX_OK, TX_OK},
    [V] = {32, WRONG, SIZE, TX_RLP_LEADING_ZEROS_V, TX_INVALID_CHAINID},
    [PARITY] = {32, WRONG, SIZE, TX_RLP_LEADING_ZEROS_V, TX_INVALID_SIGNATURE_VRS},
    [R] = {32, TX_RLP_INVALID_SIGNATURE_R, SIZE, TX_RLP_LEADING_ZEROS_R, TX_INVALID_SIGNATURE_VRS},
    [S] = {32, TX_RLP_INVALID_SIGNATURE_S, SIZE, TX_RLP_LEADING_ZEROS_S, TX_INVALID_SIGNATURE_VRS},
#undef WRONG
#undef SIZE
};

static void check_fault(enum tx_type type, size_t at, struct bytes item, enum err e,
                        enum tx_status status)
{
    struct decoded got = with_item(type, at, item);
    if (got.e != e || got.status != status) {
        test_fail(__FILE__, __LINE__, "type %u, item %zu: %s %s, wanted %s %s", (unsigned)type, at,
                  err_name(got.e), tx_status_name(got.status), err_name(e), tx_status_name(status));
    }
}

static void wrong_fields(void)
{
    static uint8_t number[34];
    arena_init(&arena, region, CAP);
    for (unsigned type = 0; type < TX_TYPE_COUNT; type++) {
        for (size_t at = 0; at < shapes[type].count; at++) {
            enum kind kind = shapes[type].kinds[at];
            enum tx_type t = (enum tx_type)type;
            bool is_list = kind == ACCESS || kind == BLOBS || kind == AUTHS;
            struct bytes other = is_list ? bytes_from("\x80", 1) : bytes_from("\xc0", 1);
            if (type == TX_BLOB && at == 0) {
                check_fault(t, at, other, ERR_MALFORMED, TX_TYPE_3_TX_WITH_FULL_BLOBS);
            } else {
                check_fault(t, at, other, ERR_MALFORMED, names[kind].kind);
            }
            check_fault(t, at, is_list ? bytes_from("\xf8\x00", 2) : bytes_from("\x81\x01", 2),
                        ERR_MALFORMED, names[kind].length);
            check_fault(t, at, is_list ? bytes_from("\xf8\x01\x80", 3) : bytes_from("\xb8\x00", 2),
                        ERR_MALFORMED, names[kind].length);
            if (names[kind].len_max == 0) {
                continue;
            }
            check_fault(t, at, bytes_from("\x00", 1), ERR_MALFORMED, names[kind].zeros);
            check_fault(t, at, bytes_from("\x82\x00\x11", 3), ERR_MALFORMED, names[kind].zeros);
            number[0] = (uint8_t)(0x81 + names[kind].len_max); /* 1, 0, ..., 0 */
            number[1] = 1;
            check_fault(t, at, bytes_from(number, names[kind].len_max + 2), ERR_RANGE,
                        names[kind].range);
        }
    }
}

static void wrong_receivers(void)
{
    static const uint8_t long_to[22] = {0x95};
    static const uint8_t short_to[20] = {0x93};
    arena_init(&arena, region, CAP);
    for (unsigned type = 0; type < TX_TYPE_COUNT; type++) {
        enum tx_type t = (enum tx_type)type;
        size_t at = type == TX_LEGACY ? 3 : type == TX_ACCESS_LIST ? 4 : 5;
        check_fault(t, at, bytes_from(long_to, 22), ERR_MALFORMED, TX_ADDRESS_TOO_LONG);
        check_fault(t, at, bytes_from(short_to, 20), ERR_MALFORMED, TX_ADDRESS_TOO_SHORT);
        check_fault(t, at, bytes_from("\x01", 1), ERR_MALFORMED, TX_ADDRESS_TOO_SHORT);
        struct decoded got = with_item(t, at, bytes_from("\x80", 1));
        CHECK_EQ(got.e, OK); /* a creation, whether the type may or not */
        CHECK(got.tx.is_create);
    }
}

/* The number of fields, and what stands around the list. */
static void wrong_frames(void)
{
    uint8_t buffer[RAW_MAX];
    uint8_t joined[RAW_MAX + 1];
    arena_init(&arena, region, CAP);
    for (unsigned type = 0; type < TX_TYPE_COUNT; type++) {
        enum tx_type t = (enum tx_type)type;
        struct rlp_items items = items_of(buffer, t);
        CHECK_EQ(items.count, shapes[type].count);
        for (size_t count = 0; count < shapes[type].count; count++) {
            items.count = count;
            struct decoded got = decode(join(joined, t, &items));
            CHECK_EQ(got.e, ERR_TRUNCATED);
            CHECK_EQ(got.status, TX_RLP_TOO_FEW_ELEMENTS);
        }
        items.count = shapes[type].count + 1;
        items.item[items.count - 1] = bytes_from("\x80", 1);
        struct decoded got = decode(join(joined, t, &items));
        CHECK_EQ(got.e, ERR_TRAILING);
        CHECK_EQ(got.status, TX_RLP_TOO_MANY_ELEMENTS);
        items.count--;
        struct bytes raw = join(joined, t, &items);
        uint8_t *after = raw.ptr == joined ? joined + raw.len : joined + 1 + raw.len;
        *after = 0x80;
        got = decode(bytes_from(raw.ptr, raw.len + 1));
        CHECK_EQ(got.e, ERR_TRAILING);
        CHECK_EQ(got.status, TX_RLP_ERROR_SIZE);
        arena_reset(&arena);
    }
    static const struct {
        const char *raw;
        size_t len;
        enum err e;
        enum tx_status status;
    } rows[] = {
        {"", 0, ERR_TRUNCATED, TX_RLP_ERROR_EOF},
        {"\x01", 1, ERR_TRUNCATED, TX_RLP_ERROR_EOF},
        {"\xb8", 1, ERR_TRUNCATED, TX_RLP_ERROR_EOF},
        {"\x82\x01", 2, ERR_TRUNCATED, TX_RLP_ERROR_EOF},
        {"\xc1", 1, ERR_TRUNCATED, TX_RLP_ERROR_EOF},
        {"\xf8\x38", 2, ERR_TRUNCATED, TX_RLP_ERROR_EOF},
        {"\xf8\x00", 2, ERR_MALFORMED, TX_RLP_ERROR_SIZE_LEADING_ZEROS},
        {"\xf8\x01\x80", 3, ERR_MALFORMED, TX_RLP_ERROR_SIZE_LEADING_ZEROS},
        {"\x81\x01", 2, ERR_MALFORMED, TX_RLP_ERROR_SIZE_LEADING_ZEROS},
        {"\x80", 1, ERR_MALFORMED, TX_TYPE_NOT_SUPPORTED},
        {"\x82\x02\xc0", 3, ERR_MALFORMED, TX_TYPE_NOT_SUPPORTED}, /* a string round it */
        {"\x00\xc0", 2, ERR_MALFORMED, TX_TYPE_NOT_SUPPORTED},
        {"\x05\xc0", 2, ERR_MALFORMED, TX_TYPE_NOT_SUPPORTED},
        {"\x7f\xc0", 2, ERR_MALFORMED, TX_TYPE_NOT_SUPPORTED},
        {"\x01\x80", 2, ERR_MALFORMED, TX_RLP_WRONG_VALUE},
        {"\x01\x01", 2, ERR_MALFORMED, TX_RLP_WRONG_VALUE},
        {"\xc2\x81", 2, ERR_TRUNCATED, TX_RLP_ERROR_EOF},
        {"\xc2\x82\x01", 3, ERR_TRUNCATED, TX_RLP_ERROR_EOF}, /* a field past its list's end */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct decoded got = decode(bytes_from(rows[i].raw, rows[i].len));
        CHECK_EQ(got.e, rows[i].e);
        CHECK_STR(tx_status_name(got.status), tx_status_name(rows[i].status));
    }
}

/* The form in which nodes send blob transactions: [[chain_id, ...], blobs, ...]. */
static void a_blob_transaction_with_blobs(void)
{
    uint8_t buffer[RAW_MAX];
    uint8_t joined[RAW_MAX];
    arena_init(&arena, region, CAP);
    struct bytes raw = raw_of(buffer, good(TX_BLOB));
    const struct rlp_items items = {.item = {bytes_from(raw.ptr + 1, raw.len - 1),
                                             {(const uint8_t *)"\xc0", 1},
                                             {(const uint8_t *)"\xc0", 1},
                                             {(const uint8_t *)"\xc0", 1}},
                                    .count = 4};
    struct decoded got = decode(join(joined, TX_BLOB, &items));
    CHECK_EQ(got.e, ERR_MALFORMED);
    CHECK_EQ(got.status, TX_TYPE_3_TX_WITH_FULL_BLOBS);
    /* Another type has no such form. */
    got = decode(join(joined, TX_FEE_MARKET, &items));
    CHECK_EQ(got.status, TX_RLP_WRONG_VALUE);
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* list_of encodes a list of one item, a list itself of up to three. */
static struct bytes list_of(uint8_t buffer[static RAW_MAX], struct bytes a, struct bytes b,
                            struct bytes c)
{
    uint8_t inner[RAW_MAX];
    const struct rlp_items items = {.item = {a, b, c},
                                    .count = c.len != 0   ? 3
                                             : b.len != 0 ? 2
                                                          : 1};
    const struct rlp_items one = {.item = {rlp_items_join(inner, sizeof(inner), &items)},
                                  .count = 1};
    return rlp_items_join(buffer, RAW_MAX, &one);
}

static void wrong_access_lists(void)
{
    static const uint8_t address[22] = {0x94};
    static const uint8_t long_address[22] = {0x95};
    static const uint8_t short_address[20] = {0x93};
    static const uint8_t keys_1[34] = {0xe1, 0xa0};
    static const uint8_t long_key[35] = {0xe2, 0xa1};
    static const uint8_t short_key[33] = {0xe0, 0x9f};
    static const uint8_t key_and_bit[35] = {0xe2, 0xa0, [34] = 0x80};
    static const uint8_t key_and_cut[36] = {0xe3, 0xa0, [34] = 0x85};
    static const uint8_t long_lists[67] = {0xf8, 0x41, 0xc0};
    const struct bytes none = {NULL, 0};
    const struct bytes a = bytes_from(address, 21);
    const struct bytes empty = bytes_from("\xc0", 1);
    const struct {
        struct bytes address;
        struct bytes keys;
        struct bytes more;
        enum err e;
        enum tx_status status;
    } rows[] = {
        {a, empty, none, OK, TX_OK},
        {a, bytes_from(keys_1, 34), none, OK, TX_OK},
        {bytes_from(long_address, 22), empty, none, ERR_MALFORMED,
         TX_RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG},
        {bytes_from(short_address, 20), empty, bytes_from("\x80\x80", 2), ERR_MALFORMED,
         TX_RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_SHORT},
        {a, bytes_from(long_key, 35), none, ERR_MALFORMED,
         TX_RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG},
        {a, bytes_from(short_key, 33), none, ERR_MALFORMED,
         TX_RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT},
        {a, bytes_from("\xc1\x01", 2), none, ERR_MALFORMED,
         TX_RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT},
        {a, bytes_from(key_and_bit, 35), none, ERR_MALFORMED,
         TX_RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT},
        {a, bytes_from(key_and_cut, 36), none, ERR_TRUNCATED, TX_RLP_ERROR_EOF},
        {a, bytes_from("\xc1\xc0", 2), none, ERR_MALFORMED, TX_RLP_WRONG_VALUE},
        {a, bytes_from("\x80", 1), none, ERR_MALFORMED, TX_RLP_WRONG_VALUE},
        {a, bytes_from(long_lists, 67), none, ERR_MALFORMED, TX_RLP_WRONG_VALUE},
        {a, empty, empty, ERR_TRAILING, TX_RLP_TOO_MANY_ELEMENTS},
        {bytes_from(long_lists, 67), none, none, ERR_MALFORMED, TX_RLP_WRONG_VALUE},
    };
    arena_init(&arena, region, CAP);
    for (unsigned type = TX_ACCESS_LIST; type < TX_TYPE_COUNT; type++) {
        size_t at = type == TX_ACCESS_LIST ? 7 : 8;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            uint8_t list[RAW_MAX];
            check_fault((enum tx_type)type, at,
                        list_of(list, rows[i].address, rows[i].keys, rows[i].more), rows[i].e,
                        rows[i].status);
        }
        /* Too short to be entries, and an entry that is no list. */
        check_fault((enum tx_type)type, at, bytes_from("\xc2\xc0\xc0", 3), ERR_MALFORMED,
                    TX_RLP_WRONG_VALUE);
        uint8_t entry[40] = {0xc0 + 24, 0x80 + 23};
        check_fault((enum tx_type)type, at, bytes_from(entry, 25), ERR_MALFORMED,
                    TX_RLP_WRONG_VALUE);
    }
}

static void wrong_blob_hashes(void)
{
    static const uint8_t one[34] = {0xe1, 0xa0, 0x01};
    static const uint8_t long_hash[35] = {0xe2, 0xa1, 0x01};
    static const uint8_t short_hash[33] = {0xe0, 0x9f, 0x01};
    static const struct {
        struct bytes list;
        enum err e;
        enum tx_status status;
    } rows[] = {
        {{one, 34}, OK, TX_OK},
        {{(const uint8_t *)"\xc0", 1}, OK, TX_OK}, /* no blobs: for tx_check to refuse */
        {{long_hash, 35}, ERR_MALFORMED, TX_TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH},
        {{short_hash, 33}, ERR_MALFORMED, TX_TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH},
        {{(const uint8_t *)"\xc1\xc0", 2}, ERR_MALFORMED, TX_RLP_WRONG_VALUE},
    };
    arena_init(&arena, region, CAP);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_fault(TX_BLOB, 10, rows[i].list, rows[i].e, rows[i].status);
    }
}

/* Each field of an authorization: at the edge of what EIP-7702 allows, and past it. */
static void wrong_authorizations(void)
{
    static uint8_t wide[34] = {0xa1, 1};
    static const struct {
        size_t field;
        size_t len;
        const char *bytes; /* NULL: 2^256 */
        enum err e;
    } rows[] = {
        {0, 34, NULL, ERR_RANGE},
        {0, 1, "\x00", ERR_MALFORMED},
        {1, 2, "\x81\x80", ERR_MALFORMED},
        {2, 9, "\x88\xff\xff\xff\xff\xff\xff\xff\xff", OK},
        {2, 10, "\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00", ERR_RANGE},
        {3, 2, "\x81\xff", OK},
        {3, 3, "\x82\x01\x00", ERR_RANGE},
        {4, 34, NULL, ERR_RANGE},
        {5, 34, NULL, ERR_RANGE},
        {5, 1, "\xc0", ERR_MALFORMED},
    };
    uint8_t buffer[RAW_MAX];
    arena_init(&arena, region, CAP);
    const struct rlp_items items = items_of(buffer, TX_SET_CODE);
    const struct rlp_items list = rlp_items_of(items.item[9]);
    const struct rlp_items first = rlp_items_of(list.item[0]);
    uint8_t inner[RAW_MAX];
    uint8_t outer[RAW_MAX];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rlp_items fields = first;
        fields.item[rows[i].field] =
            rows[i].bytes == NULL ? bytes_from(wide, 34) : bytes_from(rows[i].bytes, rows[i].len);
        struct rlp_items changed = list;
        changed.item[0] = rlp_items_join(inner, sizeof(inner), &fields);
        check_fault(TX_SET_CODE, 9, rlp_items_join(outer, sizeof(outer), &changed), rows[i].e,
                    rows[i].e == OK ? TX_OK : TX_TYPE_4_INVALID_AUTHORIZATION_FORMAT);
    }
    for (size_t count = 5; count <= 7; count++) {
        struct rlp_items fields = first;
        struct rlp_items changed = list;
        fields.item[6] = first.item[0];
        fields.count = count;
        changed.item[0] = rlp_items_join(inner, sizeof(inner), &fields);
        check_fault(TX_SET_CODE, 9, rlp_items_join(outer, sizeof(outer), &changed),
                    count == 5   ? ERR_TRUNCATED
                    : count == 6 ? OK
                                 : ERR_TRAILING,
                    count == 6 ? TX_OK : TX_TYPE_4_INVALID_AUTHORIZATION_FORMAT);
    }
    check_fault(TX_SET_CODE, 9, bytes_from("\xc0", 1), OK, TX_OK); /* for tx_check to refuse */
    check_fault(TX_SET_CODE, 9, bytes_from("\xc1\xc0", 2), ERR_MALFORMED, TX_RLP_WRONG_VALUE);
}

/* ---- v --------------------------------------------------------------------------------------- */

static void every_v(void)
{
    static const struct {
        const char *v;
        size_t len;
        enum tx_status status;
        bool has_chain_id;
        bool y_parity;
        uint64_t chain_id;
    } rows[] = {
        {"\x80", 1, TX_INVALID_SIGNATURE_VRS, false, false, 0},
        {"\x01", 1, TX_INVALID_SIGNATURE_VRS, false, false, 0},
        {"\x02", 1, TX_INVALID_CHAINID, false, false, 0},
        {"\x1a", 1, TX_INVALID_CHAINID, false, false, 0},
        {"\x1b", 1, TX_OK, false, false, 0},
        {"\x1c", 1, TX_OK, false, true, 0},
        {"\x1d", 1, TX_INVALID_CHAINID, false, false, 0},
        {"\x22", 1, TX_INVALID_CHAINID, false, false, 0},
        {"\x23", 1, TX_OK, true, false, 0},
        {"\x24", 1, TX_OK, true, true, 0},
        {"\x25", 1, TX_OK, true, false, 1},
        {"\x26", 1, TX_OK, true, true, 1},
        /* 2 (2^64 - 1) + 35 and + 36 are the last. */
        {"\x89\x02\x00\x00\x00\x00\x00\x00\x00\x21", 10, TX_OK, true, false, UINT64_MAX},
        {"\x89\x02\x00\x00\x00\x00\x00\x00\x00\x22", 10, TX_OK, true, true, UINT64_MAX},
        {"\x89\x02\x00\x00\x00\x00\x00\x00\x00\x23", 10, TX_INVALID_CHAINID, false, false, 0},
        /* 27 and 28 more than 2^64 are no 27 and 28. */
        {"\x89\x01\x00\x00\x00\x00\x00\x00\x00\x1b", 10, TX_OK, true, false,
         UINT64_C(0x7ffffffffffffffc)},
        {"\xa0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
         "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
         33, TX_INVALID_CHAINID, false, false, 0},
        {"\xa0\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
         "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1b",
         33, TX_INVALID_CHAINID, false, false, 0},
    };
    arena_init(&arena, region, CAP);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct decoded got = with_item(TX_LEGACY, 6, bytes_from(rows[i].v, rows[i].len));
        CHECK_EQ(got.e, rows[i].status == TX_OK ? OK : ERR_RANGE);
        CHECK_STR(tx_status_name(got.status), tx_status_name(rows[i].status));
        if (got.e == OK) {
            CHECK_EQ(got.signature.has_chain_id, rows[i].has_chain_id);
            CHECK_EQ(got.signature.y_parity, rows[i].y_parity);
            CHECK_EQ(got.signature.chain_id, rows[i].chain_id);
        }
    }
    for (unsigned type = TX_ACCESS_LIST; type < TX_TYPE_COUNT; type++) {
        size_t at = shapes[type].count - 3;
        enum tx_type t = (enum tx_type)type;
        CHECK_EQ(with_item(t, at, bytes_from("\x80", 1)).signature.y_parity, false);
        CHECK_EQ(with_item(t, at, bytes_from("\x01", 1)).signature.y_parity, true);
        check_fault(t, at, bytes_from("\x02", 1), ERR_RANGE, TX_INVALID_SIGNATURE_VRS);
        check_fault(t, at, bytes_from("\x1b", 1), ERR_RANGE, TX_INVALID_SIGNATURE_VRS);
        check_fault(t, at, bytes_from("\x89\x01\x00\x00\x00\x00\x00\x00\x00\x01", 10), ERR_RANGE,
                    TX_INVALID_SIGNATURE_VRS);
    }
}

/* Structure comes before ranges: a v out of range and a field too few. */
static void structure_comes_first(void)
{
    uint8_t buffer[RAW_MAX];
    uint8_t joined[RAW_MAX];
    arena_init(&arena, region, CAP);
    struct rlp_items items = items_of(buffer, TX_LEGACY);
    items.item[0] = bytes_from("\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00", 10);
    items.item[6] = bytes_from("\x02", 1);
    struct decoded got = decode(join(joined, TX_LEGACY, &items));
    CHECK_EQ(got.e, ERR_RANGE);
    CHECK_EQ(got.status, TX_NONCE_OVERFLOW); /* the first of them */
    items.count = 8;
    got = decode(join(joined, TX_LEGACY, &items));
    CHECK_EQ(got.e, ERR_TRUNCATED);
    CHECK_EQ(got.status, TX_RLP_TOO_FEW_ELEMENTS);
}

/* ---- senders --------------------------------------------------------------------------------- */

static void recovering(void)
{
    uint8_t buffer[RAW_MAX];
    struct address sender;
    static const struct u256 order = {{UINT64_C(0xbfd25e8cd0364141), UINT64_C(0xbaaedce6af48a03b),
                                       UINT64_C(0xfffffffffffffffe), UINT64_MAX}};
    arena_init(&arena, region, CAP);
    struct decoded old = decode(raw_of(buffer, &vectors[1])); /* without a chain id */
    const struct fork_rules *frontier = fork_rules(FORK_FRONTIER);
    const struct fork_rules *homestead = fork_rules(FORK_HOMESTEAD);
    CHECK_EQ(tx_recover(&sender, &arena, &old.tx, &old.signature, frontier), OK);

    /* EIP-2: the other half of the values of s, from Homestead on. */
    struct tx_signature high = old.signature;
    struct address from_high;
    u256_sub(&high.s, &order, &high.s);
    high.y_parity = !high.y_parity;
    CHECK_EQ(tx_recover(&from_high, &arena, &old.tx, &high, frontier), OK);
    CHECK(address_equal(&sender, &from_high));
    CHECK_EQ(tx_recover(&from_high, &arena, &old.tx, &high, homestead), ERR_SIGNATURE);

    /* EIP-155: chain ids, from Spurious Dragon on. */
    struct decoded new = decode(raw_of(buffer, &vectors[0]));
    CHECK_EQ(
        tx_recover(&sender, &arena, &new.tx, &new.signature, fork_rules(FORK_TANGERINE_WHISTLE)),
        ERR_SIGNATURE);
    CHECK_EQ(tx_recover(&sender, &arena, &new.tx, &new.signature, fork_rules(FORK_SPURIOUS_DRAGON)),
             OK);
    struct tx_signature other = new.signature;
    struct address from_other;
    other.chain_id = 2;
    CHECK_EQ(tx_recover(&from_other, &arena, &new.tx, &other, fork_rules(FORK_NEWEST)), OK);
    CHECK(!address_equal(&sender, &from_other)); /* the chain id is signed */

    /* r and s out of range. */
    struct tx_signature bad = new.signature;
    bad.r = (struct u256)U256_ZERO;
    CHECK_EQ(tx_recover(&sender, &arena, &new.tx, &bad, frontier), ERR_SIGNATURE);
    bad = new.signature;
    bad.s = order;
    CHECK_EQ(tx_recover(&sender, &arena, &new.tx, &bad, frontier), ERR_SIGNATURE);
}

/* read gives tx_read's status for the transaction of a type with one item replaced. */
static enum tx_status read(enum tx_type type, size_t at, struct bytes item, uint64_t chain_id,
                           enum fork fork)
{
    uint8_t buffer[RAW_MAX];
    uint8_t joined[RAW_MAX];
    struct tx tx = {.nonce = 77};
    enum tx_status status = TX_STATUS_COUNT;
    struct rlp_items items = items_of(buffer, type);
    if (at < items.count) {
        items.item[at] = item;
    }
    enum err e =
        tx_read(&tx, &status, &arena, join(joined, type, &items), chain_id, fork_rules(fork));
    uint8_t wanted[20];
    (void)test_hex(wanted, sizeof(wanted), sender_hex);
    if (e != OK || (status == TX_OK && memcmp(tx.sender.b, wanted, sizeof(wanted)) != 0) ||
        (status != TX_OK && (tx.nonce != 77 || arena.used != 0))) {
        test_fail(__FILE__, __LINE__, "tx_read: %s", err_name(e));
    }
    arena_reset(&arena);
    return status;
}

#define ALL SIZE_MAX /* no item is replaced */

static void reading(void)
{
    static const struct {
        enum fork since;
        enum tx_status before;
    } types[TX_TYPE_COUNT] = {
        [TX_LEGACY] = {FORK_SPURIOUS_DRAGON, TX_INVALID_SIGNATURE_VRS},
        [TX_ACCESS_LIST] = {FORK_BERLIN, TX_TYPE_1_TX_PRE_FORK},
        [TX_FEE_MARKET] = {FORK_LONDON, TX_TYPE_2_TX_PRE_FORK},
        [TX_BLOB] = {FORK_CANCUN, TX_TYPE_3_TX_PRE_FORK},
        [TX_SET_CODE] = {FORK_PRAGUE, TX_TYPE_4_TX_PRE_FORK},
    };
    const struct bytes none = {NULL, 0};
    const struct bytes two = bytes_from("\x02", 1);
    static const uint8_t zero = 0x80;
    static const uint8_t order_less_1[33] = {0xa0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                             0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba,
                                             0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2,
                                             0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x40};
    arena_init(&arena, region, CAP);
    for (unsigned type = 0; type < TX_TYPE_COUNT; type++) {
        enum tx_type t = (enum tx_type)type;
        uint64_t chain_id = good(t)->chain_id;
        size_t r = shapes[type].count - 2;
        enum fork since = types[type].since;
        CHECK_EQ(read(t, ALL, none, chain_id, since), TX_OK);
        CHECK_EQ(read(t, ALL, none, chain_id, FORK_NEWEST), TX_OK);
        CHECK_EQ(read(t, ALL, none, chain_id, (enum fork)(since - 1)), types[type].before);
        CHECK_EQ(read(t, ALL, none, chain_id + 1, since), TX_INVALID_CHAINID);
        CHECK_EQ(read(t, r, bytes_from(&zero, 1), chain_id, since), TX_INVALID_SIGNATURE_VRS);
        CHECK_EQ(read(t, r + 1, bytes_from(order_less_1, 33), chain_id, since),
                 TX_INVALID_SIGNATURE_VRS);
        CHECK_EQ(read(t, r, bytes_from(order_less_1, 33), chain_id, since), TX_EC_RECOVERY_FAIL);
        CHECK_EQ(read(t, r, bytes_from("\xc0", 1), chain_id, since), TX_RLP_INVALID_SIGNATURE_R);
        /* A v or y_parity of 2; where v knows no chains, it names none. */
        CHECK_EQ(read(t, r - 1, two, chain_id, since),
                 t == TX_LEGACY ? TX_INVALID_CHAINID : TX_INVALID_SIGNATURE_VRS);
        CHECK_EQ(read(t, r - 1, two, chain_id, FORK_FRONTIER),
                 t == TX_LEGACY ? TX_INVALID_SIGNATURE_VRS : types[type].before);
    }
    /* Another chain's, before there were chains; one for any chain. */
    CHECK_EQ(read(TX_LEGACY, ALL, none, 1, FORK_TANGERINE_WHISTLE), TX_INVALID_SIGNATURE_VRS);
    uint8_t buffer[RAW_MAX];
    struct tx tx;
    enum tx_status status;
    const struct fork_rules *rules = fork_rules(FORK_NEWEST);
    CHECK_EQ(tx_read(&tx, &status, &arena, raw_of(buffer, &vectors[1]), 1, rules), OK);
    CHECK_EQ(status, TX_OK);
    CHECK_EQ(tx_read(&tx, &status, &arena, bytes_from("\x05\xc0", 2), 1, rules), OK);
    CHECK_EQ(status, TX_TYPE_NOT_SUPPORTED);
    CHECK_EQ(tx_read(&tx, &status, &arena, bytes_from("\x00\xc0", 2), 1, rules), OK);
    CHECK_EQ(status, TX_TYPE_NOT_SUPPORTED);
    CHECK_EQ(tx_read(&tx, &status, &arena, bytes_from(NULL, 0), 1, rules), OK);
    CHECK_EQ(status, TX_RLP_ERROR_EOF);
}

/* ---- any bytes ------------------------------------------------------------------------------- */

static void truncations(void)
{
    uint8_t buffer[RAW_MAX];
    arena_init(&arena, region, CAP);
    for (size_t i = 0; i < VECTORS; i++) {
        struct bytes raw = raw_of(buffer, &vectors[i]);
        uint8_t *end = test_guarded(NULL, RAW_MAX) + RAW_MAX;
        for (size_t len = 0; len < raw.len; len++) {
            memcpy(end - len, raw.ptr, len);
            struct decoded got = decode(bytes_from(end - len, len));
            CHECK_EQ(got.e, ERR_TRUNCATED);
            CHECK_EQ(got.status, TX_RLP_ERROR_EOF);
        }
    }
}

/* A bit changed anywhere: an error, or another transaction that is encoded as it was. */
static void changes(void)
{
    uint8_t buffer[RAW_MAX];
    uint8_t again[RAW_MAX];
    arena_init(&arena, region, CAP);
    for (size_t i = 0; i < VECTORS; i++) {
        struct bytes raw = raw_of(buffer, &vectors[i]);
        for (size_t bit = 0; bit < raw.len * 8; bit++) {
            buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
            struct decoded got = decode(raw);
            if (got.e == OK) {
                struct writer w = writer_to(again, sizeof(again));
                tx_encode(&w, &got.tx, &got.signature);
                CHECK_EQ(w.len, raw.len);
                CHECK_BYTES(again, raw.ptr, raw.len);
            }
            buffer[bit / 8] ^= (uint8_t)(1u << bit % 8);
            arena_reset(&arena);
        }
    }
}

/* Too little memory, wherever it ends, is an error; enough is at most six times the length. */
static void no_memory(void)
{
    uint8_t buffer[RAW_MAX];
    for (size_t i = 0; i < VECTORS; i++) {
        struct bytes raw = raw_of(buffer, &vectors[i]);
        for (size_t cap = 0;; cap += 8) {
            struct tx tx;
            struct tx_signature signature;
            enum tx_status status = TX_STATUS_COUNT;
            arena_init(&arena, region, cap);
            enum err e = tx_decode(&tx, &signature, &status, &arena, raw);
            if (e == OK) {
                CHECK(cap <= 6 * raw.len);
                enum err read_error = tx_read(&tx, &status, &arena, raw, vectors[i].chain_id,
                                              fork_rules(FORK_NEWEST));
                CHECK_EQ(read_error, ERR_MEMORY); /* no room to encode what was signed */
                arena_reset(&arena);
                break;
            }
            CHECK_EQ(e, ERR_MEMORY);
            CHECK_EQ(status, TX_STATUS_COUNT);
            CHECK_EQ(arena.used, 0);
        }
    }
}

static const struct test_case cases[] = {
    CASE(vectors_decode),
    CASE(there_and_back),
    CASE(wrong_fields),
    CASE(wrong_receivers),
    CASE(wrong_frames),
    CASE(a_blob_transaction_with_blobs),
    CASE(wrong_access_lists),
    CASE(wrong_blob_hashes),
    CASE(wrong_authorizations),
    CASE(every_v),
    CASE(structure_comes_first),
    CASE(recovering),
    CASE(reading),
    CASE(truncations),
    CASE(changes),
    CASE(no_memory),
};

TEST_MAIN(cases)
