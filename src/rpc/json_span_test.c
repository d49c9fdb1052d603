/* Places of values: every member and item of what jansson reads, and no byte outside of any text. */

#include "rpc/json_span.h"

#include "codec/json.h"
#include "tests/test.h"

static struct bytes text_of(const char *text)
{
    return bytes_from(text, strlen(text));
}

static bool is_text(struct bytes bytes, const char *text)
{
    return bytes.len == strlen(text) && memcmp(bytes.ptr, text, bytes.len) == 0;
}

static void finds_members(void)
{
    struct bytes object = text_of(" { \"a\" : 1 ,\"b\\\"\": [ 1 , {\"a\":2} ] , \"c\":\"},]\\\\\" ,"
                                  "\"d\":{\"e\":null}\n, \"a b\" : true } ");
    struct bytes value;
    CHECK(json_span_member(&value, object, "a") && is_text(value, "1"));
    CHECK(json_span_member(&value, object, "b\\\"") && is_text(value, "[ 1 , {\"a\":2} ]"));
    CHECK(json_span_member(&value, object, "c") && is_text(value, "\"},]\\\\\""));
    CHECK(json_span_member(&value, object, "d") && is_text(value, "{\"e\":null}"));
    CHECK(json_span_member(&value, object, "a b") && is_text(value, "true"));
    CHECK(!json_span_member(&value, object, "e"));
    CHECK(!json_span_member(&value, object, ""));
    CHECK(!json_span_member(&value, text_of("{}"), "a"));
    CHECK(!json_span_member(&value, text_of("[\"a\"]"), "a"));
    CHECK(!json_span_member(&value, text_of(""), "a"));
}

static void finds_items(void)
{
    struct bytes array = text_of("[ {\"a\":[1,2]} , \"x,y\",3 , [] ]");
    static const char *const items[] = {"{\"a\":[1,2]}", "\"x,y\"", "3", "[]"};
    struct bytes value;
    for (size_t i = 0; i < 4; i++) {
        CHECK(json_span_item(&value, array, i) && is_text(value, items[i]));
    }
    CHECK(!json_span_item(&value, array, 4));
    CHECK(!json_span_item(&value, text_of("[ ]"), 0));
    CHECK(!json_span_item(&value, text_of("{}"), 0));
}

/* Random texts of the characters that matter, each ending at a page that faults: where jansson
 * takes it, the members found are those that jansson has. */
static void agrees_with_the_parser(void)
{
    static const char alphabet[] = "{}[]\"\\,: ab1";
    static const struct json_limits limits = {4096, 4096, 64};
    size_t objects = 0;
    for (int round = 0; round < 300000 && !test_failed(); round++) {
        char text[24];
        size_t len = 2 + test_random() % (sizeof(text) - 2);
        for (size_t i = 0; i < len; i++) {
            text[i] = alphabet[test_random() % (sizeof(alphabet) - 1)];
        }
        if (round % 2 == 0) { /* more that begin well */
            memcpy(text, "{\"a\":", len < 5 ? len : 5);
            text[len - 1] = '}';
        }
        struct bytes view = bytes_from(text, len);
        struct bytes value = {NULL, 0};
        bool found = json_span_member(&value, view, "a");
        (void)json_span_item(&value, view, test_random() % 3);
        json_t *parsed;
        if (json_parse(&parsed, view, &limits, NULL) != OK) {
            continue;
        }
        json_t *member = json_object_get(parsed, "a");
        CHECK_EQ(found, member != NULL);
        objects += found;
        json_free(parsed);
    }
    CHECK(objects > 100);
}

static void stays_inside_the_text(void)
{
    static const char whole[] = "{\"a\\\"\":[\"x\\\\\",{\"b\":1}], \"c\" : \"\\\"\"}";
    struct bytes value;
    for (size_t len = 0; len < sizeof(whole); len++) {
        struct bytes cut = bytes_from(test_guarded(whole, len), len);
        (void)json_span_member(&value, cut, "c");
        (void)json_span_item(&value, cut, 1);
    }
}

static const struct test_case cases[] = {
    CASE(finds_members),
    CASE(finds_items),
    CASE(agrees_with_the_parser),
    CASE(stays_inside_the_text),
};

TEST_MAIN(cases)
