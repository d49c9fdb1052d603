/* JSON as it is written: nesting, separators, both layouts, escapes. */

#include "rpc/json_writer.h"

#include "tests/test.h"

static void write_example(struct json_writer *json)
{
    static const struct u256 large = U256_MAX;
    json_open(json, NULL, '{');
    json_put_number(json, "number", UINT64_MAX);
    json_open(json, "list", '[');
    json_put_text(json, NULL, "a");
    json_open(json, NULL, '{');
    json_close(json, '}');
    json_put_data(json, NULL, "\x00\xff", 2);
    json_close(json, ']');
    json_open(json, "none", '[');
    json_close(json, ']');
    json_put_quantity(json, "quantity", &large);
    json_close(json, '}');
}

static void writes_both_layouts(void)
{
    static const char compact[] =
        "{\"number\":18446744073709551615,\"list\":[\"a\",{},\"0x00ff\"],\"none\":[],"
        "\"quantity\":\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"}";
    static const char indented[] =
        "{\n  \"number\": 18446744073709551615,\n  \"list\": [\n    \"a\",\n    {},\n"
        "    \"0x00ff\"\n  ],\n  \"none\": [],\n"
        "  \"quantity\": \"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"\n}";
    char text[400];
    struct writer to = writer_to(text, sizeof(text));
    struct json_writer json = json_writer_to(&to, false);
    write_example(&json);
    CHECK_EQ(to.len, sizeof(compact) - 1);
    CHECK_BYTES(text, compact, to.len);
    to = writer_to(text, sizeof(text));
    json = json_writer_to(&to, true);
    write_example(&json);
    CHECK_EQ(to.len, sizeof(indented) - 1);
    CHECK_BYTES(text, indented, to.len);
}

static void escapes_text(void)
{
    char text[100];
    struct writer to = writer_to(text, sizeof(text));
    struct json_writer json = json_writer_to(&to, false);
    json_put_text(&json, NULL, "a\"b\\c\n\x01\x7f\xff ~");
    static const char expected[] = "\"a\\u0022b\\u005cc\\u000a\\u0001\\u007f\\u00ff ~\"";
    CHECK_EQ(to.len, sizeof(expected) - 1);
    CHECK_BYTES(text, expected, to.len);
}

static void check_string(struct bytes bytes, const char *expected)
{
    char text[100];
    struct writer to = writer_to(text, sizeof(text));
    struct json_writer json = json_writer_to(&to, false);
    json_put_string(&json, NULL, bytes);
    CHECK_EQ(to.len, strlen(expected));
    CHECK_BYTES(text, expected, to.len);
}

static void keeps_text_and_replaces_what_is_none(void)
{
    static const struct {
        const char *bytes;
        const char *expected;
    } rows[] = {
        {"", "\"\""},
        {"a\"b\\\n\x7f", "\"a\\u0022b\\u005c\\u000a\\u007f\""},
        {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""},
        {"\x80\xff", "\"\\ufffd\\ufffd\""},            /* no first bytes */
        {"\xc0\x80", "\"\\ufffd\\ufffd\""},            /* 0 in two bytes */
        {"\xe0\x9f\xbf", "\"\\ufffd\\ufffd\\ufffd\""}, /* too long a form */
        {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""}, /* a surrogate */
        {"\xf0\x8f\xbf\xbf", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
        {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""}, /* over U+10FFFF */
        {"\xf5", "\"\\ufffd\""},
        {"\xe2\x82", "\"\\ufffd\\ufffd\""}, /* cut */
        {"\xc3x", "\"\\ufffdx\""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_string(bytes_from(rows[i].bytes, strlen(rows[i].bytes)), rows[i].expected);
    }
    check_string(bytes_from("\0", 1), "\"\\ufffd\"");
    check_string(bytes_from(test_guarded("\xe2\x82", 2), 2), "\"\\ufffd\\ufffd\"");
}

static void writes_the_other_kinds(void)
{
    static const char expected[] =
        "{\"a\":true,\"b\":false,\"c\":null,\"d\":-9223372036854775808,\"e\":\"0x0\","
        "\"f\":\"0xffffffffffffffff\"}";
    char text[200];
    struct writer to = writer_to(text, sizeof(text));
    struct json_writer json = json_writer_to(&to, false);
    json_open(&json, NULL, '{');
    json_put_bool(&json, "a", true);
    json_put_bool(&json, "b", false);
    json_put_null(&json, "c");
    json_put_integer(&json, "d", INT64_MIN);
    json_put_quantity_u64(&json, "e", 0);
    json_put_quantity_u64(&json, "f", UINT64_MAX);
    json_close(&json, '}');
    CHECK_EQ(to.len, sizeof(expected) - 1);
    CHECK_BYTES(text, expected, to.len);
}

/* Data is encoded in pieces. */
static void writes_long_data(void)
{
    static uint8_t data[1000];
    static char text[2010];
    test_random_bytes(data, sizeof(data));
    for (size_t len = 0; len <= sizeof(data) && !test_failed(); len += 1 + len / 7) {
        struct writer to = writer_to(text, sizeof(text));
        struct json_writer json = json_writer_to(&to, false);
        json_put_data(&json, NULL, data, len);
        CHECK_EQ(to.len, 2 * len + 4);
        uint8_t back[1000];
        char digits[2001];
        memcpy(digits, text + 3, 2 * len);
        digits[2 * len] = '\0';
        CHECK_EQ(test_hex(back, sizeof(back), digits), len);
        CHECK_BYTES(back, data, len);
    }
}

static const struct test_case cases[] = {
    CASE(writes_both_layouts),
    CASE(escapes_text),
    CASE(keeps_text_and_replaces_what_is_none),
    CASE(writes_the_other_kinds),
    CASE(writes_long_data),
};

TEST_MAIN(cases)
