/* JSON: what is refused and with which words, each limit at its edge, memory within what the limits
 * promise, and every conversion on values of every kind. */

#include "codec/json.h"

#include <malloc.h>
#include <stdio.h>

#include "base/cursor.h"
#include "tests/test.h"

/* SAYS checks the error of a call, and the text it left in `detail`. */
#define SAYS(e, call, want)             \
    do {                                \
        CHECK_EQ((call), (e));          \
        CHECK_STR(detail.text, (want)); \
    } while (0)

static const struct json_limits roomy = {1u << 20, 1u << 20, 64};

/* parse gives the value of a text that ends at an unreadable page; NULL on an error. */
static json_t *parse(const char *text)
{
    struct bytes view = bytes_from(test_guarded(text, strlen(text)), strlen(text));
    json_t *value = NULL;
    return json_parse(&value, view, &roomy, NULL) == OK ? value : NULL;
}

static void parses_what_it_should(void)
{
    static const char *const good[] = {
        "{}",
        "[]",
        " \t\r\n[ \n] ",
        "[1,-1,0,-0,1.5,1e3,true,false,null,\"\",{},[]]",
        "{\"a\":{\"b\":[{\"c\":\"d\"}]},\"\":1}",
        "[9223372036854775807,-9223372036854775808]",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"]",
        "[\"\xc3\xa9 \xf0\x9f\x98\x80\"]",
        "[\"]]]]\\\"]}}}{{{[[[\"]",
        "[\"\\\\\",\"[\"]",
        "[1e308,123456789012345678901234567890.0,0.1234567890123456789012345]",
        "[\"123456789012345678901234567890\"]",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        json_t *value = parse(good[i]);
        if (value == NULL) {
            test_fail(__FILE__, __LINE__, "refused: %s", good[i]);
        }
        json_free(value);
    }
}

static void refuses_with_a_place_and_a_reason(void)
{
    static const struct {
        const char *text;
        enum err e;
        const char *detail;
    } bad[] = {
        {"", ERR_TRUNCATED, "JSON, line 1, column 1: the text ends too early"},
        {"  ", ERR_TRUNCATED, "JSON, line 1, column 2: the text ends too early"},
        {"{", ERR_TRUNCATED, "JSON, line 1, column 1: the text ends too early"},
        {"[1,", ERR_TRUNCATED, "JSON, line 1, column 3: the text ends too early"},
        {"[\"abc", ERR_TRUNCATED, "JSON, line 1, column 5: the text ends too early"},
        {"[\"abc\\", ERR_MALFORMED, "JSON, line 1, column 6: a syntax error"},
        {"[\"abc\\\"", ERR_TRUNCATED, "JSON, line 1, column 7: the text ends too early"},
        {"{\"a\":", ERR_TRUNCATED, "JSON, line 1, column 5: the text ends too early"},
        {"[1] 2", ERR_TRAILING, "JSON, line 1, column 5: more text after the end"},
        {"{}{}", ERR_TRAILING, "JSON, line 1, column 3: more text after the end"},
        {"[1,\n 2,\n x]", ERR_MALFORMED, "JSON, line 3, column 2: a syntax error"},
        {"[}", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"[1}", ERR_MALFORMED, "JSON, line 1, column 3: a syntax error"},
        {"]", ERR_MALFORMED, "JSON, line 1, column 1: a syntax error"},
        {"1", ERR_MALFORMED, "JSON, line 1, column 1: a syntax error"},
        {"\"a\"", ERR_MALFORMED, "JSON, line 1, column 3: a syntax error"},
        {"null", ERR_MALFORMED, "JSON, line 1, column 4: a syntax error"},
        {"[1,]", ERR_MALFORMED, "JSON, line 1, column 4: a syntax error"},
        {"[01]", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"[00000000000000000000001]", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"[0099999999999999999999]", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"[+1]", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"[-]", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"[.5]", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"[0x10]", ERR_MALFORMED, "JSON, line 1, column 3: a syntax error"},
        {"[NaN]", ERR_MALFORMED, "JSON, line 1, column 4: a syntax error"},
        {"{a:1}", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"{'a':1}", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"{\"a\" 1}", ERR_MALFORMED, "JSON, line 1, column 6: a syntax error"},
        {"[1]//", ERR_TRAILING, "JSON, line 1, column 4: more text after the end"},
        {"[\"\t\"]", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"[\"\\x\"]", ERR_MALFORMED, "JSON, line 1, column 4: a syntax error"},
        {"[\"\\ud800\"]", ERR_MALFORMED, "JSON, line 1, column 9: a syntax error"},
        {"[\"\xff\"]", ERR_MALFORMED, "JSON, line 1, column 3: the text is not UTF-8"},
        {"[\"\xc0\x80\"]", ERR_MALFORMED, "JSON, line 1, column 3: the text is not UTF-8"},
        {"[\"\xed\xa0\x80\"]", ERR_MALFORMED, "JSON, line 1, column 3: the text is not UTF-8"},
        {"\xef\xbb\xbf[]", ERR_MALFORMED, "JSON, line 1, column 2: a syntax error"},
        {"[\"\\u0000\"]", ERR_MALFORMED, "JSON, line 1, column 9: a character that is 0"},
        {"{\"a\\u0000b\":1}", ERR_MALFORMED, "JSON, line 1, column 11: a character that is 0"},
        {"{\"a\":1,\n\"a\":2}", ERR_MALFORMED,
         "JSON, line 2, column 3: the object has this key already"},
        {"{\"a\":1,\"\\u0061\":2}", ERR_MALFORMED,
         "JSON, line 1, column 15: the object has this key already"},
        {"[9223372036854775808]", ERR_RANGE, "JSON, line 1, column 2: the number is out of range"},
        {"[-9223372036854775809]", ERR_RANGE, "JSON, line 1, column 2: the number is out of range"},
        {"[1e400]", ERR_RANGE, "JSON, line 1, column 6: the number is out of range"},
        {"{\"amount\":\n  "
         "115792089237316195423570985008687907853269984665640564039457584007913129639936}",
         ERR_RANGE, "JSON, line 2, column 3: \"amount\": the number is out of range"},
        {"{\"a\\\"\\u00e9\xc3\xa9\n\":99999999999999999999}", ERR_RANGE,
         "JSON, line 2, column 3: \"a\\x5c\\x22\\x5cu00e9\\xc3\\xa9\\x0a\": the number is out of "
         "range"},
        {"{\"a\":1,\"b\":[99999999999999999999]}", ERR_RANGE,
         "JSON, line 1, column 13: the number is out of range"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct bytes view =
            bytes_from(test_guarded(bad[i].text, strlen(bad[i].text)), strlen(bad[i].text));
        json_t *const untouched = NULL;
        json_t *value = untouched;
        struct err_detail detail;
        enum err e = json_parse(&value, view, &roomy, &detail);
        if (e != bad[i].e || (e != OK && strcmp(detail.text, bad[i].detail) != 0)) {
            test_fail(__FILE__, __LINE__, "%s: %s: %s", bad[i].text, err_name(e),
                      e == OK ? "" : detail.text);
        }
        CHECK(value == untouched);
        json_t *without = NULL;
        CHECK_EQ(json_parse(&without, view, &roomy, NULL), bad[i].e);
    }
}

static void refuses_bytes_that_are_zero(void)
{
    static const char text[] = "[\"abcdef\", 1]";
    for (size_t place = 0; place < sizeof(text); place++) {
        char copy[sizeof(text)];
        memcpy(copy, text, sizeof(text));
        copy[place] = '\0'; /* the last one is a NUL after the value */
        json_t *value = NULL;
        struct err_detail detail;
        CHECK_EQ(json_parse(&value, bytes_from(copy, sizeof(copy)), &roomy, &detail),
                 ERR_MALFORMED);
        CHECK(value == NULL);
    }
}

static void refuses_every_cut(void)
{
    static const char text[] =
        "{\"id\":1,\"params\":[{\"to\":\"0x\\u0031\\n\",\"v\":-12.5e-3},true,null]}";
    for (size_t cut = 0; cut < sizeof(text) - 1; cut++) {
        json_t *value = NULL;
        CHECK_EQ(json_parse(&value, bytes_from(test_guarded(text, cut), cut), &roomy, NULL) == OK,
                 false);
        CHECK(value == NULL);
    }
    json_t *value = parse(text);
    CHECK(value != NULL);
    json_free(value);
}

/* Changing one byte may give another good text, but never a crash or more than one value. */
static void survives_every_changed_byte(void)
{
    static const char text[] = "{\"a\":[1,-2,{\"b\\\"\":null}],\"c\":true}";
    char *copy = (char *)test_guarded(text, sizeof(text) - 1);
    size_t refused = 0;
    for (size_t place = 0; place < sizeof(text) - 1; place++) {
        for (int c = 0; c < 256; c++) {
            copy[place] = (char)c;
            json_t *value = NULL;
            refused += json_parse(&value, bytes_from(copy, sizeof(text) - 1), &roomy, NULL) != OK;
            json_free(value);
        }
        copy[place] = text[place];
    }
    CHECK(refused > 20 * 256);
}

/* ---- long data ------------------------------------------------------------------------------- */

/* long_text makes {"k" : "0x" and `digits` digits , ...}, so that data stand before, between and
 * behind other things; the digits at `digits` - 1 and 2 are `last`. */
static size_t long_text(char *out, size_t digits, const char *last)
{
    size_t len = 0;
    char data[1024];
    ASSERT(digits + 3 < sizeof(data));
    memset(data, 'a', digits);
    memcpy(data + digits - strlen(last), last, strlen(last));
    data[digits] = '\0';
    len += (size_t)sprintf(out + len, "{\"a\":\"0x%s\" ,\"b\":[1,\"0x%s\",\"x\"],", data, data);
    len += (size_t)sprintf(out + len, "\"0x%s\" : 5,\"c\":\"0x%s\"}", data, data);
    return len;
}

/* check_long reads such a text and finds every part of it, whatever its length. */
static void check_long(size_t digits, const char *last, bool is_data)
{
    char text[8192];
    size_t len = long_text(text, digits, last);
    struct bytes view;
    struct bytes string;
    json_t *value = NULL;
    view = bytes_from(test_guarded(text, len), len);
    CHECK_EQ(json_parse(&value, view, &roomy, NULL), OK);
    json_t *members[] = {json_find(value, "a"), json_array_get(json_find(value, "b"), 1),
                         json_find(value, "c")};
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ(json_as_string(&string, members[i], "x", NULL), OK);
        CHECK_EQ(string.len, digits + 2);
        CHECK_BYTES(string.ptr, text + 6, digits + 2);
        struct arena arena;
        struct bytes data;
        void *region = test_region(8192);
        arena_init(&arena, region, 8192);
        CHECK_EQ(json_as_data(&data, &arena, members[i], 8192, "x", NULL),
                 is_data ? OK : ERR_MALFORMED);
        CHECK(!is_data || (data.len == digits / 2 && data.ptr[0] == 0xaa));
        arena_reset(&arena);
        test_region_free(region, 8192);
    }
    char key[1024];
    (void)snprintf(key, sizeof(key), "%.*s", (int)digits + 2, text + 6);
    CHECK_EQ(json_integer_value(json_find(value, key)), 5);
    CHECK_STR(json_string_value(json_array_get(json_find(value, "b"), 2)), "x");
    json_free(value);
}

static void long_data_are_read_like_short_ones(void)
{
    for (size_t digits = 96; digits < 288 && !test_failed(); digits++) {
        check_long(digits, "", digits % 2 == 0);
        check_long(digits, "g", false);
        check_long(digits, "\xc3\xa9", false);
    }
}

/* A mistake behind long data is told at its place in the text, not in some copy. */
static void errors_behind_long_data_are_where_they_are(void)
{
    struct err_detail detail;
    char text[1024];
    json_t *value;
    int len = snprintf(text, sizeof(text), "[\"0x%0400d\",\n?]", 0);
    SAYS(ERR_MALFORMED, json_parse(&value, bytes_from(text, (size_t)len), &roomy, &detail),
         "JSON, line 2, column 1: a syntax error");
    len = snprintf(text, sizeof(text), "[\"0x%0400d", 0);
    CHECK_EQ(json_parse(&value, bytes_from(text, (size_t)len), &roomy, &detail), ERR_TRUNCATED);
}

/* No string of a text can pass for a reference to one that was set aside. */
static void no_text_can_forge_a_reference(void)
{
    static const char *const bad[] = {
        "[\"\\u00014141414141414141\"]",
        "[\"\\u0001\"]",
        "{\"\\u0001\":1}",
        "[\"\\u000141414141414141411000000000000000\"]",
    };
    struct err_detail detail;
    json_t *value;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_EQ(json_parse(&value, bytes_from(bad[i], strlen(bad[i])), &roomy, &detail),
                 ERR_MALFORMED);
        CHECK(strstr(detail.text, "a character that is 1") != NULL);
    }
    value = parse("[\"x\\u0001\"]"); /* in the middle it is a character like others */
    CHECK(value != NULL);
    json_free(value);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void limits_bytes(void)
{
    static const char text[] = "[1234567]";
    struct json_limits limits = roomy;
    json_t *value = NULL;
    struct err_detail detail;
    limits.bytes_max = 9;
    CHECK_EQ(json_parse(&value, bytes_from(text, 9), &limits, &detail), OK);
    json_free(value);
    limits.bytes_max = 8;
    CHECK_EQ(json_parse(&value, bytes_from(text, 9), &limits, &detail), ERR_LIMIT);
    CHECK_STR(detail.text, "JSON: 9 bytes, at most 8 are allowed");
}

/* nested writes `depth` arrays (or objects) one in the other. */
static struct bytes nested(char *out, size_t cap, size_t depth, bool objects)
{
    struct writer w = writer_to(out, cap);
    for (size_t i = 0; i < depth; i++) {
        if (objects) {
            writer_put(&w, "{\"a\":", i + 1 < depth ? 5 : 1);
        } else {
            writer_byte(&w, '[');
        }
    }
    for (size_t i = 0; i < depth; i++) {
        writer_byte(&w, objects ? '}' : ']');
    }
    return writer_view(&w);
}

static void limits_depth(void)
{
    static char text[1u << 20];
    for (int objects = 0; objects < 2; objects++) {
        static const unsigned depths[] = {1, 2, 32, JSON_DEPTH_CEILING};
        for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
            struct json_limits limits = {sizeof(text), sizeof(text), depths[i]};
            struct err_detail detail;
            json_t *value = NULL;
            struct bytes view = nested(text, sizeof(text), depths[i], objects != 0);
            CHECK_EQ(json_parse(&value, view, &limits, &detail), OK);
            json_free(value);
            view = nested(text, sizeof(text), depths[i] + 1, objects != 0);
            CHECK_EQ(json_parse(&value, view, &limits, &detail), ERR_LIMIT);
            CHECK(strstr(detail.text, "nested too deep") != NULL);
        }
    }
    /* Half a million levels: jansson must not see them. */
    memset(text, '[', sizeof(text));
    json_t *value = NULL;
    CHECK_EQ(json_parse(&value, bytes_from(text, sizeof(text)), &roomy, NULL), ERR_LIMIT);
    /* Brackets in strings do not count, behind escaped quotes either; closed ones do not add up. */
    struct json_limits shallow = {100, 100, 2};
    static const char *const flat[] = {"[\"[[[[\",\"\\\"[[[[\",\"\\\\\"]", "[[],[],{},[]]"};
    for (size_t i = 0; i < 2; i++) {
        CHECK_EQ(json_parse(&value, bytes_from(flat[i], strlen(flat[i])), &shallow, NULL), OK);
        json_free(value);
    }
}

/* Strings of every length, with a quote or a backslash in them at every place, are seen to end
 * where they do: what follows is another bracket, one too many exactly when the string ended too
 * early or too late. */
static void finds_the_end_of_every_string(void)
{
    static const char *const pieces[] = {"", "\\\"", "\\\\", "\\u0041", "\xc3\xa9"};
    for (size_t n = 0; n < sizeof(pieces) / sizeof(pieces[0]); n++) {
        for (size_t len = 0; len <= 26; len++) {
            for (size_t place = 0; place <= len; place++) {
                char text[80];
                struct writer w = writer_to(text, sizeof(text));
                writer_put(&w, "[\"", 2);
                for (size_t i = 0; i < len; i++) {
                    if (i == place) {
                        writer_put(&w, pieces[n], strlen(pieces[n]));
                    }
                    writer_byte(&w, '[');
                }
                writer_put(&w, "\",[\"]]\"]]", 9);
                struct bytes view = writer_view(&w);
                struct json_limits limits = {sizeof(text), 4, 2};
                json_t *value = NULL;
                CHECK_EQ(json_parse(&value, view, &limits, NULL), OK);
                json_free(value);
                limits.depth_max = 1;
                CHECK_EQ(json_parse(&value, view, &limits, NULL), ERR_LIMIT);
                limits = (struct json_limits){sizeof(text), 3, 2};
                CHECK_EQ(json_parse(&value, view, &limits, NULL), ERR_LIMIT);
            }
        }
    }
}

static void limits_values(void)
{
    static const struct {
        const char *text;
        size_t values;
    } texts[] = {{"[1]", 2}, {"[1,2]", 3},  {"{\"a\":1}", 3}, {"{\"a\":1,\"b\":\"::,,[[\"}", 5},
                 {"[]", 2},  {"[[],[]]", 5}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct bytes view = bytes_from(texts[i].text, strlen(texts[i].text));
        struct json_limits limits = roomy;
        struct err_detail detail;
        json_t *value = NULL;
        limits.values_max = texts[i].values;
        CHECK_EQ(json_parse(&value, view, &limits, &detail), OK);
        json_free(value);
        limits.values_max--;
        CHECK_EQ(json_parse(&value, view, &limits, &detail), ERR_LIMIT);
        CHECK(strstr(detail.text, "too many values") != NULL);
    }
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* What jansson holds now, and the most it held; the size malloc gave, and its own header. */
static size_t held;
static size_t held_max;

static void *counting_malloc(size_t size)
{
    void *ptr = malloc(size);
    held += malloc_usable_size(ptr) + sizeof(size_t);
    held_max = held > held_max ? held : held_max;
    return ptr;
}

static void counting_free(void *ptr)
{
    if (ptr != NULL) {
        held -= malloc_usable_size(ptr) + sizeof(size_t);
        free(ptr);
    }
}

/* repeated writes shape[0], then `count` times shape[1] with a number for each '#' and a comma
 * between them, then shape[2]. */
static struct bytes repeated(char *out, size_t cap, const char *const shape[3], unsigned count)
{
    struct writer w = writer_to(out, cap);
    writer_put(&w, shape[0], strlen(shape[0]));
    for (unsigned i = 0; i < count; i++) {
        if (i != 0) {
            writer_byte(&w, ',');
        }
        for (const char *at = shape[1]; *at != '\0'; at++) {
            char number[16] = {*at, '\0'};
            if (*at == '#') {
                (void)snprintf(number, sizeof(number), "%u", i);
            }
            writer_put(&w, number, strlen(number));
        }
    }
    writer_put(&w, shape[2], strlen(shape[2]));
    return writer_view(&w);
}

/* The greatest memory that a text can cost is what its limits say: shapes that are mostly values.
 */
static void keeps_to_the_memory_of_its_limits(void)
{
    static char text[1u << 20];
    static const char *const shapes[][3] = {{"[", "{}", "]"},
                                            {"[", "[]", "]"},
                                            {"[", "0", "]"},
                                            {"[", "\"\"", "]"},
                                            {"[", "0.5", "]"},
                                            {"[", "{\"\":0}", "]"},
                                            {"[", "[0]", "]"},
                                            {"{", "\"#\":0", "}"},
                                            {"{", "\"#\":{}", "}"},
                                            {"[", "[[[[[0]]]]]", "]"},
                                            {"[", "[{\"\":{}}]", "]"},
                                            {"[\"", "aaaaaaaaaaaaaaa", "\"]"},
                                            {"[", "\"aaaaaaaaaaaaaaa\"", "]"}};
    json_malloc_t old_malloc;
    json_free_t old_free;
    json_get_alloc_funcs(&old_malloc, &old_free);
    json_set_alloc_funcs(counting_malloc, counting_free);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        for (unsigned count = 0; count <= 4000; count = count < 70 ? count + 1 : count * 7 / 4) {
            struct bytes view = repeated(text, sizeof(text), shapes[i], count);
            /* The fewest values that let it pass. */
            struct json_limits limits = {sizeof(text), 0, 64};
            size_t low = 0;
            size_t high = 1u << 20;
            while (low < high) {
                limits.values_max = (low + high) / 2;
                json_t *value = NULL;
                held_max = 0;
                if (json_parse(&value, view, &limits, NULL) == OK) {
                    json_free(value);
                    high = limits.values_max;
                } else {
                    low = limits.values_max + 1;
                }
            }
            limits.values_max = low;
            held_max = 0;
            json_t *value = NULL;
            enum err e = json_parse(&value, view, &limits, NULL);
            json_free(value);
            size_t most = 3 * view.len + low * JSON_VALUE_BYTES;
            if (e != OK || held != 0 || held_max > most) {
                json_set_alloc_funcs(old_malloc, old_free);
                test_fail(__FILE__, __LINE__, "%s %s, %u times: %zu values, %zu bytes, at most %zu",
                          err_name(e), shapes[i][1], count, low, held_max, most);
                return;
            }
        }
    }
    json_set_alloc_funcs(old_malloc, old_free);
}

/* Memory that jansson gives back is wiped first. That it can be seen in freed memory, behind the
 * words that malloc keeps there, is true of glibc and not under AddressSanitizer. */
static void wipes_what_it_gives_back(void)
{
    json_malloc_t old_malloc;
    json_free_t old_free;
    json_get_alloc_funcs(&old_malloc, &old_free);
    json_setup(12345);
    json_malloc_t setup_malloc;
    json_free_t setup_free;
    json_get_alloc_funcs(&setup_malloc, &setup_free);
    json_set_alloc_funcs(old_malloc, old_free);
    CHECK(setup_malloc != malloc && setup_free != free);
    setup_free(NULL);
    uint8_t *ptr = setup_malloc(512);
    CHECK(ptr != NULL);
    memset(ptr, 0xa5, 512);
    const volatile uint8_t *freed = ptr;
    setup_free(ptr);
    for (size_t i = 16; i < 512 && !HAVE_ASAN; i++) {
        CHECK_EQ(freed[i], 0);
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

/* One value of every kind. */
static const char kinds[] =
    "{\"object\":{},\"array\":[],\"string\":\"word\",\"integer\":7,\"negative\":-7,\"real\":7.0,"
    "\"true\":true,\"false\":false,\"null\":null,\"quantity\":\"0x7\",\"padded\":\"0x07\","
    "\"wide\":\"0x10000000000000000\",\"wider\":"
    "\"0x10000000000000000000000000000000000000000000000000000000000000000\","
    "\"max\":\"0xffffffffffffffff\","
    "\"address\":\"0x4838b106fce9647bdf1e7877bf73ce8b0bad5f97\","
    "\"hash\":\"0x00000000000000000000000000000000000000000000000000000000000000ff\"}";

static const char *const kind_names[] = {
    "object",   "array",  "string", "integer", "negative", "real",    "true", "false",  "null",
    "quantity", "padded", "wide",   "wider",   "max",      "address", "hash", "missing"};

/* expect tells whether `name` is in the list of names that a conversion takes. */
static bool expect(const char *list, const char *name)
{
    const char *at = strstr(list, name);
    size_t len = strlen(name);
    return at != NULL && (at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0');
}

static void converts_the_right_kinds_only(void)
{
    json_t *all = parse(kinds);
    CHECK(all != NULL);
    static const char texts[] = "string quantity padded wide wider max address hash";
    for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++) {
        const char *key = kind_names[i];
        json_t *object = NULL;
        json_t *array = NULL;
        struct bytes string = {NULL, 77};
        bool flag = false;
        uint64_t n = 77;
        struct u256 w = {{77, 0, 0, 0}};
        struct address a = {{77}};
        struct hash32 h = {{77}};
        CHECK_EQ(json_get_object(&object, all, key, NULL) == OK, expect("object", key));
        CHECK_EQ(json_get_array(&array, all, key, NULL) == OK, expect("array", key));
        CHECK_EQ(json_get_string(&string, all, key, NULL) == OK, expect(texts, key));
        CHECK_EQ(string.len == 77, !expect(texts, key));
        CHECK_EQ(json_get_bool(&flag, all, key, NULL) == OK, expect("true false", key));
        CHECK_EQ(flag, expect("true", key));
        CHECK_EQ(json_get_u64(&n, all, key, NULL) == OK, expect("integer quantity max", key));
        CHECK_EQ(n == 77, !expect("integer quantity max", key));
        CHECK_EQ(json_get_u256(&w, all, key, NULL) == OK,
                 expect("integer quantity max wide address", key));
        CHECK_EQ(w.w[0] == 77, !expect("integer quantity max wide address", key));
        CHECK_EQ(json_get_padded_u64(&n, all, key, NULL) == OK,
                 expect("integer quantity max padded hash", key));
        bool padded = expect("integer quantity max wide padded address hash", key);
        CHECK_EQ(json_get_padded_u256(&w, all, key, NULL) == OK, padded);
        CHECK_EQ(json_get_address(&a, all, key, NULL) == OK, expect("address", key));
        CHECK_EQ(a.b[0] == 77, !expect("address", key));
        CHECK_EQ(json_get_hash32(&h, all, key, NULL) == OK, expect("hash", key));
        CHECK_EQ(h.b[0] == 77, !expect("hash", key));
        CHECK_EQ(json_find(all, key) == NULL, expect("null missing", key));
    }
    uint64_t n = 0;
    struct u256 w = U256_ZERO;
    CHECK_EQ(json_get_u64(&n, all, "integer", NULL), OK);
    CHECK_EQ(n, 7);
    CHECK_EQ(json_get_u64(&n, all, "max", NULL), OK);
    CHECK_EQ(n, UINT64_MAX);
    CHECK_EQ(json_get_padded_u64(&n, all, "padded", NULL), OK);
    CHECK_EQ(n, 7);
    CHECK_EQ(json_get_u64(&n, all, "wide", NULL), ERR_RANGE);
    CHECK_EQ(json_get_u64(&n, all, "negative", NULL), ERR_RANGE);
    CHECK_EQ(json_get_u256(&w, all, "negative", NULL), ERR_RANGE);
    CHECK_EQ(json_get_u256(&w, all, "wider", NULL), ERR_RANGE);
    CHECK_EQ(json_get_u256(&w, all, "wide", NULL), OK);
    CHECK_EQ(w.w[1], 1);
    CHECK_EQ(json_get_u64(&n, NULL, "integer", NULL), ERR_MALFORMED);
    CHECK_EQ(json_get_u64(&n, json_find(all, "string"), "integer", NULL), ERR_MALFORMED);
    json_free(all);
    json_free(NULL);
}

static void names_the_key_and_the_reason(void)
{
    json_t *all = parse(kinds);
    CHECK(all != NULL);
    struct err_detail detail;
    uint64_t n;
    struct u256 w;
    bool flag;
    struct bytes view;
    struct address a;
    struct hash32 h;
    json_t *value;
    SAYS(ERR_MALFORMED, json_get_u64(&n, all, "gas", &detail), "\"gas\" is missing");
    SAYS(ERR_MALFORMED, json_get_u64(&n, all, "null", &detail), "\"null\" is missing");
    SAYS(ERR_MALFORMED, json_get_u64(&n, all, "padded", &detail),
         "\"padded\" must be a number or \"0x\" and hex digits without leading zeros");
    SAYS(ERR_MALFORMED, json_get_padded_u64(&n, all, "real", &detail),
         "\"real\" must be a number or \"0x\" and hex digits");
    SAYS(ERR_RANGE, json_get_u64(&n, all, "wide", &detail),
         "\"wide\" is out of range: it must be below 2^64");
    SAYS(ERR_RANGE, json_get_u256(&w, all, "wider", &detail),
         "\"wider\" is out of range: at most 64 hex digits");
    SAYS(ERR_RANGE, json_get_u256(&w, all, "negative", &detail),
         "\"negative\" is out of range: it must not be negative");
    SAYS(ERR_MALFORMED, json_get_bool(&flag, all, "array", &detail),
         "\"array\" must be true or false");
    SAYS(ERR_MALFORMED, json_get_string(&view, all, "array", &detail),
         "\"array\" must be a string");
    SAYS(ERR_MALFORMED, json_get_object(&value, all, "array", &detail),
         "\"array\" must be an object");
    SAYS(ERR_MALFORMED, json_get_array(&value, all, "object", &detail),
         "\"object\" must be an array");
    SAYS(ERR_MALFORMED, json_get_address(&a, all, "hash", &detail),
         "\"hash\" must be an address: \"0x\" and 40 hex digits");
    SAYS(ERR_MALFORMED, json_get_hash32(&h, all, "address", &detail),
         "\"address\" must be 32 bytes: \"0x\" and 64 hex digits");
    SAYS(ERR_MALFORMED, json_as_u64(&n, NULL, "params[0]\n\"", &detail),
         "\"params[0]\\x0a\\x22\" is missing");
    json_free(all);
}

static void decodes_data_into_an_arena(void)
{
    json_t *all =
        parse("{\"d\":\"0x010203\",\"e\":\"0x\",\"odd\":\"0x1\",\"bad\":\"0x01020g\",\"n\":1}");
    CHECK(all != NULL);
    uint8_t *region = test_region(4096);
    struct arena arena;
    arena_init(&arena, region, 8);
    struct bytes out = {NULL, 77};
    struct err_detail detail;
    SAYS(ERR_LIMIT, json_get_data(&out, &arena, all, 2, "d", &detail),
         "\"d\" has 3 bytes, at most 2 are allowed");
    SAYS(ERR_MALFORMED, json_get_data(&out, &arena, all, 9, "odd", &detail),
         "\"odd\" must be bytes: \"0x\" and an even number of hex digits");
    SAYS(ERR_MALFORMED, json_get_data(&out, &arena, all, 9, "bad", &detail),
         "\"bad\" must be bytes: \"0x\" and an even number of hex digits");
    SAYS(ERR_MALFORMED, json_get_data(&out, &arena, all, 9, "n", &detail),
         "\"n\" must be bytes: \"0x\" and an even number of hex digits");
    SAYS(ERR_MALFORMED, json_get_data(&out, &arena, all, 9, "x", &detail), "\"x\" is missing");
    CHECK_EQ(out.len, 77);
    CHECK_EQ(arena.used, 0);
    CHECK_EQ(json_get_data(&out, &arena, all, 3, "d", &detail), OK);
    CHECK_EQ(out.len, 3);
    CHECK_BYTES(out.ptr, "\x01\x02\x03", 3);
    struct bytes second;
    CHECK_EQ(json_get_data(&second, &arena, all, 3, "d", &detail), OK);
    SAYS(ERR_MEMORY, json_get_data(&second, &arena, all, 3, "d", &detail),
         "\"d\" has 3 bytes, more than memory is left");
    CHECK_EQ(json_get_data(&out, &arena, all, 0, "e", &detail), OK);
    CHECK_EQ(out.len, 0);
    json_free(all);
    arena_reset(&arena);
    test_region_free(region, 4096);
}

static void refuses_unknown_keys(void)
{
    static const char *const allowed[] = {"to", "from"};
    struct err_detail detail;
    json_t *good = parse("{\"from\":1,\"to\":null}");
    CHECK_EQ(json_only_keys(good, allowed, 2, &detail), OK);
    SAYS(ERR_MALFORMED, json_only_keys(good, allowed, 1, &detail),
         "\"from\" is not a key known here");
    json_free(good);
    json_t *array = parse("[]");
    SAYS(ERR_MALFORMED, json_only_keys(array, allowed, 2, &detail), "an object is needed here");
    json_free(array);
    /* A request's key is cut and made printable. */
    json_t *long_key = parse("{\"to\":1,\"t\\no\xc3\xa9\\\"\\\\"
                             "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee\":1}");
    SAYS(ERR_MALFORMED, json_only_keys(long_key, allowed, 2, &detail),
         "\"t\\x0ao\\xc3\\xa9\\x22\\x5caaaaaaaaaabbbbbbbbbbccccccccccddddddddddee...\" "
         "is not a key known here");
    json_free(long_key);
    json_t *other = parse("{\"t\":1}");
    CHECK_EQ(json_only_keys(other, allowed, 2, NULL), ERR_MALFORMED);
    json_free(other);
    json_t *none = parse("{}");
    CHECK_EQ(json_only_keys(none, allowed, 0, NULL), OK);
    json_free(none);
}

static const struct test_case cases[] = {
    CASE(parses_what_it_should),
    CASE(refuses_with_a_place_and_a_reason),
    CASE(refuses_bytes_that_are_zero),
    CASE(refuses_every_cut),
    CASE(survives_every_changed_byte),
    CASE(limits_bytes),
    CASE(limits_depth),
    CASE(finds_the_end_of_every_string),
    CASE(limits_values),
    CASE(keeps_to_the_memory_of_its_limits),
    CASE(wipes_what_it_gives_back),
    CASE(converts_the_right_kinds_only),
    CASE(names_the_key_and_the_reason),
    CASE(decodes_data_into_an_arena),
    CASE(refuses_unknown_keys),
    CASE(long_data_are_read_like_short_ones),
    CASE(errors_behind_long_data_are_where_they_are),
    CASE(no_text_can_forge_a_reference),
};

TEST_MAIN(cases)
