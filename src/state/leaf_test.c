/* A known account and slot, in both directions; then what decodes must be what encodes, for random
 * ones and for every way to change a byte of them. */

#include "state/leaf.h"

#include "tests/test.h"

/* keccak256 of address 1 and of slot 0, as any block explorer or client shows them. */
static void known_keys(void)
{
    uint8_t want[32];
    const struct address one = {{[19] = 1}};
    const struct u256 zero = u256_from_u64(0);
    struct hash32 key = leaf_account_key(&one);
    test_hex(want, 32, "1468288056310c82aa4c01a7e12a10f8111a0560e72b700555479031b86c357d");
    CHECK_BYTES(key.b, want, 32);
    key = leaf_slot_key(&zero);
    test_hex(want, 32, "290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563");
    CHECK_BYTES(key.b, want, 32);
    const struct u256 top = {{0, 0, 0, UINT64_C(1) << 63}};
    struct hash32 other = leaf_slot_key(&top);
    CHECK(!hash32_equal(&key, &other));
}

#define HASH_1 "1111111111111111111111111111111111111111111111111111111111111111"
#define HASH_2 "2222222222222222222222222222222222222222222222222222222222222222"

static void a_known_account(void)
{
    uint8_t value[LEAF_ACCOUNT_MAX];
    uint8_t again[LEAF_ACCOUNT_MAX];
    struct leaf_account account;
    size_t len = test_hex(value, sizeof(value), "f84605820100a0" HASH_1 "a0" HASH_2);
    CHECK_EQ(leaf_account_decode(&account, bytes_from(value, len)), OK);
    CHECK_EQ(account.nonce, 5);
    CHECK_EQ(account.balance.w[0], 256);
    CHECK_EQ(account.storage_root.b[31], 0x11);
    CHECK_EQ(account.code_hash.b[0], 0x22);
    struct bytes encoded = leaf_account_encode(again, &account);
    CHECK_EQ(encoded.len, len);
    CHECK_BYTES(encoded.ptr, value, len);
}

static void random_u256(struct u256 *out)
{
    uint8_t bytes[32] = {0};
    size_t len = test_random() % 33;
    test_random_bytes(bytes + 32 - len, len);
    u256_load_be_short(out, bytes, 32);
}

static void accounts_in_both_directions(void)
{
    size_t longest = 0;
    for (size_t i = 0; i < 2000; i++) {
        struct leaf_account account;
        struct leaf_account got = {0};
        uint8_t buffer[LEAF_ACCOUNT_MAX];
        account.nonce = i == 0 ? UINT64_MAX : test_random() >> test_random() % 64;
        random_u256(&account.balance);
        if (i == 0) {
            account.balance = (struct u256){{0, 0, 0, UINT64_MAX}};
        }
        test_random_bytes(account.storage_root.b, 32);
        test_random_bytes(account.code_hash.b, 32);
        struct bytes value = leaf_account_encode(buffer, &account);
        longest = value.len > longest ? value.len : longest;
        uint8_t *copy = test_guarded(value.ptr, value.len);
        if (i < 10) {
            for (size_t cut = 0; cut < value.len; cut++) {
                CHECK_EQ(leaf_account_decode(&got, bytes_from(copy, cut)), ERR_MALFORMED);
            }
            CHECK_EQ(got.nonce, 0);
        }
        CHECK_EQ(leaf_account_decode(&got, bytes_from(copy, value.len)), OK);
        CHECK_EQ(got.nonce, account.nonce);
        CHECK(u256_eq(&got.balance, &account.balance));
        CHECK(hash32_equal(&got.storage_root, &account.storage_root));
        CHECK(hash32_equal(&got.code_hash, &account.code_hash));
    }
    CHECK_EQ(longest, LEAF_ACCOUNT_MAX);
}

static void slots_in_both_directions(void)
{
    for (size_t i = 0; i < 2000; i++) {
        struct u256 slot;
        struct u256 got;
        uint8_t buffer[LEAF_SLOT_MAX + 1];
        random_u256(&slot);
        struct bytes value = leaf_slot_encode(buffer, &slot);
        bool is_zero = u256_is_zero(&slot);
        CHECK_EQ(value.len == 0, is_zero);
        CHECK_EQ(leaf_slot_decode(&got, value), is_zero ? ERR_MALFORMED : OK);
        CHECK(is_zero || u256_eq(&got, &slot));
        buffer[value.len] = 0x01;
        CHECK(is_zero ||
              leaf_slot_decode(&got, bytes_from(buffer, value.len + 1)) == ERR_MALFORMED);
    }
}

static void malformed_accounts(void)
{
    static const char *const rows[] = {
        "f8468005820100a0" HASH_1 "a0" HASH_2, /* the header cuts it */
        "f84605820100a0" HASH_1 "a0" HASH_2 "80",
        "f84605820000a0" HASH_1 "a0" HASH_2,
        "f84600820100a0" HASH_1 "a0" HASH_2,
        "f84505820100a0" HASH_1 "9f" HASH_2,
        "f84705820100a0" HASH_1 "a0" HASH_2 "80",
        "f8250582"
        "0100a0" HASH_1,
        "b84605820100a0" HASH_1 "a0" HASH_2,
        "f84d"
        "89010000000000000000"
        "80a0" HASH_1 "a0" HASH_2,
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t value[256];
        struct leaf_account account;
        size_t len = test_hex(value, sizeof(value), rows[i]);
        CHECK_EQ(leaf_account_decode(&account, bytes_from(value, len)), ERR_MALFORMED);
    }
}

static void malformed_slots(void)
{
    static const char *const rows[] = {
        "",
        "80",
        "00",
        "8100",
        "8101",
        "820001",
        "c101",
        "8180"
        "80",
        "a1"
        "01" HASH_1,
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t value[64];
        struct u256 slot;
        size_t len = test_hex(value, sizeof(value), rows[i]);
        CHECK_EQ(leaf_slot_decode(&slot, bytes_from(value, len)), ERR_MALFORMED);
    }
}

static const struct test_case cases[] = {
    CASE(known_keys),
    CASE(a_known_account),
    CASE(accounts_in_both_directions),
    CASE(slots_in_both_directions),
    CASE(malformed_accounts),
    CASE(malformed_slots),
};

TEST_MAIN(cases)
