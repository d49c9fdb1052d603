/* Views, loads and stores: byte order at every alignment, and comparing every byte. */

#include "base/bytes.h"

#include "tests/test.h"

static void loads_and_stores_in_the_order_named(void)
{
    static const uint8_t in[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    for (size_t align = 0; align < 8; align++) {
        /* The word ends at an unreadable page, or one byte to seven before it. */
        uint8_t *at = test_guarded(NULL, 8 + align);
        memcpy(at, in, 8);
        CHECK_EQ(load_be64(at), UINT64_C(0x0123456789abcdef));
        CHECK_EQ(load_le64(at), UINT64_C(0xefcdab8967452301));
        CHECK_EQ(load_be32(at), UINT32_C(0x01234567));
        CHECK_EQ(load_le32(at), UINT32_C(0x67452301));
        memset(at, 0, 8);
        store_be64(at, UINT64_C(0x0123456789abcdef));
        CHECK_BYTES(at, in, 8);
        memset(at, 0, 8);
        store_le64(at, UINT64_C(0xefcdab8967452301));
        CHECK_BYTES(at, in, 8);
        memset(at, 0, 8);
        store_be32(at, UINT32_C(0x01234567));
        CHECK_BYTES(at, "\x01\x23\x45\x67\0\0\0\0", 8);
    }
}

static void compares_every_byte(void)
{
    struct address a;
    struct hash32 h;
    memset(&a, 0x11, sizeof(a));
    memset(&h, 0x11, sizeof(h));
    struct address b = a;
    struct hash32 g = h;
    CHECK(address_equal(&a, &b));
    CHECK(hash32_equal(&h, &g));
    CHECK_EQ(sizeof(a), 20);
    CHECK_EQ(sizeof(h), 32);
    for (size_t i = 0; i < sizeof(a.b); i++) {
        b.b[i] ^= 0x80;
        CHECK(!address_equal(&a, &b));
        b.b[i] ^= 0x80;
    }
    for (size_t i = 0; i < sizeof(h.b); i++) {
        g.b[i] ^= 0x01;
        CHECK(!hash32_equal(&h, &g));
        g.b[i] ^= 0x01;
    }
}

static void copies_and_wipes_exactly(void)
{
    for (size_t len = 0; len <= 70; len++) {
        uint8_t from[72];
        uint8_t to[72];
        memset(from, 0xaa, sizeof(from));
        memset(to, 0xbb, sizeof(to));
        bytes_copy(to + 1, from + 1, len);
        secure_zero(from + 1, len);
        for (size_t i = 0; i < sizeof(to); i++) {
            bool inside = i >= 1 && i < 1 + len;
            CHECK_EQ(to[i], inside ? 0xaa : 0xbb);
            CHECK_EQ(from[i], inside ? 0 : 0xaa);
        }
    }
    bytes_copy(NULL, NULL, 0);
    secure_zero(NULL, 0);
    struct bytes view = bytes_from("abc", 3);
    CHECK_EQ(view.len, 3);
    CHECK_BYTES(view.ptr, "abc", 3);
}

static const struct test_case cases[] = {
    CASE(loads_and_stores_in_the_order_named),
    CASE(compares_every_byte),
    CASE(copies_and_wipes_exactly),
};

TEST_MAIN(cases)
