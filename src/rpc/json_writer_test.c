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

static const struct test_case cases[] = {
    CASE(writes_both_layouts),
    CASE(escapes_text),
};

TEST_MAIN(cases)
