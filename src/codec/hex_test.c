/* Hexadecimal: every character at every place of the eight-digit words, every length, the limits of
 * both forms, and both directions against a table-free reference. */

#include "codec/hex.h"

#include "tests/test.h"

static struct bytes text_of(const char *s)
{
    return bytes_from(s, strlen(s));
}

/* guarded_text gives a copy of a text that ends at an unreadable page. */
static struct bytes guarded_text(const char *s)
{
    return bytes_from(test_guarded(s, strlen(s)), strlen(s));
}

/* digit_of is the reference: the value of a digit, or -1. */
static int digit_of(int c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c == 0 ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits) % 16;
}

static void decodes_every_pair_of_characters(void)
{
    uint8_t text[4] = {'0', 'x'};
    for (int high = 0; high < 256; high++) {
        for (int low = 0; low < 256; low++) {
            text[2] = (uint8_t)high;
            text[3] = (uint8_t)low;
            uint8_t out = 0xee;
            size_t len = 77;
            enum err e = hex_decode(&out, 1, &len, bytes_from(text, 4));
            if (digit_of(high) < 0 || digit_of(low) < 0) {
                CHECK_EQ(e, ERR_MALFORMED);
                CHECK_EQ(len, 77);
            } else {
                CHECK_EQ(e, OK);
                CHECK_EQ(len, 1);
                CHECK_EQ(out, digit_of(high) * 16 + digit_of(low));
            }
        }
    }
}

/* 19 bytes are two words of eight digits twice over and a rest of three bytes; every character at
 * every place, among neighbours of all kinds. */
static void decodes_every_character_at_every_place(void)
{
    static const char *const around[] = {"0", "9", "a", "f", "A", "F"};
    for (size_t n = 0; n < sizeof(around) / sizeof(around[0]); n++) {
        uint8_t text[2 + 38] = {'0', 'x'};
        memset(text + 2, around[n][0], 38);
        for (size_t place = 2; place < sizeof(text); place++) {
            for (int c = 0; c < 256; c++) {
                text[place] = (uint8_t)c;
                uint8_t out[19];
                size_t len = 0;
                enum err e = hex_decode(out, sizeof(out), &len, bytes_from(text, sizeof(text)));
                CHECK_EQ(e, digit_of(c) < 0 ? ERR_MALFORMED : OK);
                for (size_t i = 0; e == OK && i < 19; i++) {
                    CHECK_EQ(out[i], digit_of(text[2 + 2 * i]) * 16 + digit_of(text[3 + 2 * i]));
                }
            }
            text[place] = (uint8_t)around[n][0];
        }
    }
}

static void round_trips_every_length(void)
{
    for (size_t len = 0; len <= 80; len++) {
        uint8_t data[80];
        test_random_bytes(data, len);
        const uint8_t *in = test_guarded(data, len);
        char *text = (char *)test_guarded(NULL, 2 + 2 * len);
        CHECK_EQ(hex_encode_data(text, in, len), 2 + 2 * len);
        for (size_t i = 0; i < len; i++) {
            CHECK_EQ(text[2 + 2 * i], "0123456789abcdef"[data[i] >> 4]);
            CHECK_EQ(text[3 + 2 * i], "0123456789abcdef"[data[i] & 15]);
        }
        uint8_t *out = test_guarded(NULL, len);
        struct bytes view = bytes_from(text, 2 + 2 * len);
        size_t decoded = 99;
        CHECK_EQ(hex_decoded_len(&decoded, view), OK);
        CHECK_EQ(decoded, len);
        CHECK_EQ(hex_decode(out, len, &decoded, view), OK);
        CHECK_EQ(decoded, len);
        CHECK_BYTES(out, data, len);
        memset(out, 0, len);
        CHECK_EQ(hex_decode_exact(out, len, view), OK);
        CHECK_BYTES(out, data, len);
    }
}

static void encodes_every_byte(void)
{
    for (size_t place = 0; place < 7; place++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            uint8_t data[7] = {0};
            data[place] = (uint8_t)byte;
            char text[14];
            hex_encode(text, data, sizeof(data));
            for (size_t i = 0; i < sizeof(data); i++) {
                CHECK_EQ(text[2 * i], "0123456789abcdef"[data[i] >> 4]);
                CHECK_EQ(text[2 * i + 1], "0123456789abcdef"[data[i] & 15]);
            }
        }
    }
}

static void refuses_data_of_another_form(void)
{
    static const char *const bad[] = {"",      "0",     "x",   "00",     "0X",
                                      "0X00",  "x00",   "0x0", "0x1",    "0x123",
                                      " 0x00", "0x00 ", "0x ", "0x0x00", "1x00"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint8_t out[8];
        size_t len = 77;
        CHECK_EQ(hex_decode(out, sizeof(out), &len, guarded_text(bad[i])), ERR_MALFORMED);
        CHECK_EQ(len, 77);
    }
    uint8_t out[8];
    size_t len;
    CHECK_EQ(hex_decode(out, sizeof(out), &len, (struct bytes){NULL, 0}), ERR_MALFORMED);
    CHECK_EQ(hex_decoded_len(&len, (struct bytes){NULL, 0}), ERR_MALFORMED);
}

static void keeps_to_the_room_it_has(void)
{
    uint8_t *out = test_guarded(NULL, 4);
    size_t len = 77;
    CHECK_EQ(hex_decode(out, 4, &len, text_of("0x0102030405")), ERR_LIMIT);
    CHECK_EQ(len, 77);
    CHECK_EQ(hex_decode(out, 4, &len, text_of("0x01020304")), OK);
    CHECK_EQ(len, 4);
    CHECK_EQ(hex_decode(NULL, 0, &len, text_of("0x")), OK);
    CHECK_EQ(len, 0);
    CHECK_EQ(hex_decode_exact(out, 4, text_of("0x01020304")), OK);
    CHECK_EQ(hex_decode_exact(out, 4, text_of("0x010203")), ERR_MALFORMED);
    CHECK_EQ(hex_decode_exact(out, 4, text_of("0x0102030405")), ERR_MALFORMED);
    CHECK_EQ(hex_decode_exact(out, 4, text_of("0x0102030g")), ERR_MALFORMED);
}

static void decodes_addresses_and_hashes(void)
{
    struct address a = {{0}};
    const struct address before = a;
    CHECK_EQ(hex_decode_address(&a, text_of("0x4838b106fce9647bdf1e7877bf73ce8b0bad5f9")),
             ERR_MALFORMED);
    CHECK_EQ(hex_decode_address(&a, text_of("0x4838b106fce9647bdf1e7877bf73ce8b0bad5f")),
             ERR_MALFORMED);
    CHECK_EQ(hex_decode_address(&a, text_of("0x4838b106fce9647bdf1e7877bf73ce8b0bad5f9700")),
             ERR_MALFORMED);
    CHECK_EQ(hex_decode_address(&a, text_of("0x4838b106fce9647bdf1e7877bf73ce8b0bad5f9g")),
             ERR_MALFORMED);
    CHECK(address_equal(&a, &before));
    CHECK_EQ(hex_decode_address(&a, text_of("0x4838B106FCE9647bdf1e7877bf73ce8b0bad5f97")), OK);
    CHECK_EQ(a.b[0], 0x48);
    CHECK_EQ(a.b[4], 0xfc);
    CHECK_EQ(a.b[19], 0x97);
    struct hash32 h = {{0}};
    char text[66] = "0x";
    memset(text + 2, '0', 64);
    text[65] = '7';
    CHECK_EQ(hex_decode_hash32(&h, bytes_from(text, 66)), OK);
    CHECK_EQ(h.b[31], 7);
    text[65] = 'z';
    CHECK_EQ(hex_decode_hash32(&h, bytes_from(text, 66)), ERR_MALFORMED);
    CHECK_EQ(h.b[31], 7);
    CHECK_EQ(hex_decode_hash32(&h, bytes_from(text, 64)), ERR_MALFORMED);
}

struct number_case {
    const char *text;
    enum err strict64, strict256, padded64, padded256;
    uint64_t value; /* where it is not an error */
};

#define ZEROS_16 "0000000000000000"
#define ZEROS_48 ZEROS_16 ZEROS_16 ZEROS_16
#define BAD      ERR_MALFORMED
#define BIG      ERR_RANGE

static void decodes_numbers(void)
{
    static const struct number_case cases[] = {
        {"0x0", OK, OK, OK, OK, 0},
        {"0x9", OK, OK, OK, OK, 9},
        {"0xA", OK, OK, OK, OK, 10},
        {"0x400", OK, OK, OK, OK, 1024},
        {"0x00", BAD, BAD, OK, OK, 0},
        {"0x01", BAD, BAD, OK, OK, 1},
        {"0x0a", BAD, BAD, OK, OK, 10},
        {"0x" ZEROS_48 "00000000deadbeef", BAD, BAD, OK, OK, 0xdeadbeef},
        {"0x" ZEROS_48 "000000000deadbeef", BIG, BIG, BIG, BIG, 0},
        {"0xffffffffffffffff", OK, OK, OK, OK, UINT64_MAX},
        {"0x00ffffffffffffffff", BAD, BAD, OK, OK, UINT64_MAX},
        {"0x10000000000000000", BIG, OK, BIG, OK, 0},
        {"", BAD, BAD, BAD, BAD, 0},
        {"0", BAD, BAD, BAD, BAD, 0},
        {"0x", BAD, BAD, BAD, BAD, 0},
        {"0X1", BAD, BAD, BAD, BAD, 0},
        {"1", BAD, BAD, BAD, BAD, 0},
        {"10", BAD, BAD, BAD, BAD, 0},
        {"0x-1", BAD, BAD, BAD, BAD, 0},
        {"-0x1", BAD, BAD, BAD, BAD, 0},
        {"0x+1", BAD, BAD, BAD, BAD, 0},
        {"0x1g", BAD, BAD, BAD, BAD, 0},
        {"0x1 ", BAD, BAD, BAD, BAD, 0},
        {" 0x1", BAD, BAD, BAD, BAD, 0},
        {"0x1.", BAD, BAD, BAD, BAD, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct number_case *c = &cases[i];
        struct bytes text = guarded_text(c->text);
        uint64_t n = 77;
        CHECK_EQ(hex_decode_quantity_u64(&n, text), c->strict64);
        CHECK_EQ(n, c->strict64 == OK ? c->value : 77);
        n = 77;
        CHECK_EQ(hex_decode_padded_u64(&n, text), c->padded64);
        CHECK_EQ(n, c->padded64 == OK ? c->value : 77);
        struct u256 w = {{77, 77, 77, 77}};
        CHECK_EQ(hex_decode_quantity_u256(&w, text), c->strict256);
        CHECK_EQ(w.w[0], c->strict256 == OK ? c->value : 77);
        CHECK_EQ(w.w[3], c->strict256 == OK ? 0 : 77);
        w = (struct u256){{77, 77, 77, 77}};
        CHECK_EQ(hex_decode_padded_u256(&w, text), c->padded256);
        CHECK_EQ(w.w[0], c->padded256 == OK ? c->value : 77);
    }
    struct u256 w;
    char max[67] = "0x";
    memset(max + 2, 'f', 65);
    CHECK_EQ(hex_decode_quantity_u256(&w, bytes_from(max, 66)), OK);
    for (size_t i = 0; i < 4; i++) {
        CHECK_EQ(w.w[i], UINT64_MAX);
    }
    CHECK_EQ(hex_decode_quantity_u256(&w, bytes_from(max, 67)), ERR_RANGE);
    CHECK_EQ(hex_decode_padded_u256(&w, bytes_from(max, 67)), ERR_RANGE);
}

static void round_trips_quantities(void)
{
    char text[HEX_QUANTITY_MAX];
    CHECK_EQ(hex_encode_quantity_u64(text, 0), 3);
    CHECK_BYTES(text, "0x0", 3);
    CHECK_EQ(hex_encode_quantity_u64(text, 0x1f), 4);
    CHECK_BYTES(text, "0x1f", 4);
    for (unsigned bits = 1; bits <= 256; bits++) {
        struct u256 w;
        uint8_t number[32];
        test_random_bytes(number, sizeof(number));
        u256_load_be(&w, number);
        struct u256 shift = u256_from_u64(256 - bits);
        w.w[3] |= UINT64_C(1) << 63;
        u256_shr(&w, &w, &shift); /* a number of exactly `bits` bits */
        size_t len = hex_encode_quantity_u256(text, &w);
        CHECK_EQ(len, 2 + (bits + 3) / 4);
        struct u256 back;
        CHECK_EQ(hex_decode_quantity_u256(&back, bytes_from(text, len)), OK);
        CHECK(u256_eq(&w, &back));
        if (bits <= 64) {
            char *short_text = (char *)test_guarded(NULL, 18);
            CHECK_EQ(hex_encode_quantity_u64(short_text, w.w[0]), len);
            CHECK_BYTES(short_text, text, len);
            uint64_t n;
            CHECK_EQ(hex_decode_quantity_u64(&n, bytes_from(text, len)), OK);
            CHECK_EQ(n, w.w[0]);
        }
    }
}

/* Each length, and a wrong character at each place of it. */
static void data_is_told_from_other_texts(void)
{
    char text[64] = "0x";
    CHECK(!hex_is_data(bytes_from("", 0)));
    CHECK(!hex_is_data(bytes_from("0", 1)));
    CHECK(!hex_is_data(bytes_from("0X00", 4)));
    for (size_t len = 0; len < 40; len++) {
        memset(text + 2, 'F', len);
        CHECK_EQ(hex_is_data(bytes_from(test_guarded(text, 2 + len), 2 + len)), len % 2 == 0);
        for (size_t i = 0; i < len; i++) {
            text[2 + i] = "g/:@`G\x80\xb0"[i % 8];
            CHECK(!hex_is_data(bytes_from(text, 2 + len)));
            text[2 + i] = '0';
        }
    }
}

static const struct test_case cases[] = {
    CASE(decodes_every_pair_of_characters), CASE(decodes_every_character_at_every_place),
    CASE(round_trips_every_length),         CASE(encodes_every_byte),
    CASE(refuses_data_of_another_form),     CASE(keeps_to_the_room_it_has),
    CASE(decodes_addresses_and_hashes),     CASE(decodes_numbers),
    CASE(round_trips_quantities),           CASE(data_is_told_from_other_texts),
};

TEST_MAIN(cases)
