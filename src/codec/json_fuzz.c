/* Any bytes as JSON: nothing crashes, what is accepted keeps to the limits and is what plain
 * jansson reads, and within the limits whatever plain jansson accepts is accepted, so that the
 * first pass refuses nothing by mistake; but for strings that begin with U+0001, which none that is
 * accepted has. The first three bytes choose the limits. */

#include "codec/json.h"

#include "tests/fuzz.h"

/* struct size is what a value holds, counted on the parsed tree. */
struct size {
    size_t values; /* and keys */
    size_t depth;
};

/* measured adds up `value`. Recursion is bounded: what was parsed is not deeper than
 * JSON_DEPTH_CEILING. */
static struct size measured(json_t *value) /* NOLINT(misc-no-recursion) */
{
    struct size size = {1, 0};
    for (size_t i = 0; i < json_array_size(value); i++) {
        struct size inner = measured(json_array_get(value, i));
        size.values += inner.values;
        size.depth = inner.depth > size.depth ? inner.depth : size.depth;
    }
    const char *key;
    json_t *member;
    json_object_foreach(value, key, member)
    {
        struct size inner = measured(member);
        size.values += 1 + inner.values;
        size.depth = inner.depth > size.depth ? inner.depth : size.depth;
    }
    size.depth += json_is_array(value) || json_is_object(value);
    return size;
}

/* is_same compares a value with what plain jansson read, strings as json_as_string gives them. */
static bool is_same(json_t *value, json_t *plain) /* NOLINT(misc-no-recursion): as measured */
{
    struct bytes view;
    if (json_is_string(value) && json_is_string(plain)) {
        return json_as_string(&view, value, "", NULL) == OK &&
               view.len == json_string_length(plain) &&
               memcmp(view.ptr, json_string_value(plain), view.len) == 0;
    }
    if (json_is_array(value) && json_is_array(plain)) {
        bool same = json_array_size(value) == json_array_size(plain);
        for (size_t i = 0; same && i < json_array_size(value); i++) {
            same = is_same(json_array_get(value, i), json_array_get(plain, i));
        }
        return same;
    }
    if (json_is_object(value) && json_is_object(plain)) {
        bool same = json_object_size(value) == json_object_size(plain);
        const char *key;
        json_t *member;
        json_object_foreach(value, key, member)
        {
            same = same && is_same(member, json_object_get(plain, key));
        }
        return same;
    }
    return json_equal(value, plain) == 1;
}

/* has_mark tells whether a string somewhere in a value begins with U+0001. */
static bool has_mark(json_t *value) /* NOLINT(misc-no-recursion): as measured */
{
    const char *text = json_string_value(value);
    bool found = text != NULL && text[0] == 1;
    for (size_t i = 0; i < json_array_size(value); i++) {
        found = found || has_mark(json_array_get(value, i));
    }
    const char *key;
    json_t *member;
    json_object_foreach(value, key, member)
    {
        found = found || key[0] == 1 || has_mark(member);
    }
    return found;
}

/* check_conversions reads one value in every way; `name` is from outside, to test how it is quoted.
 */
static void check_conversions(json_t *value, const char *name)
{
    static uint8_t region[4096] __attribute__((aligned(64)));
    struct arena arena;
    struct err_detail detail;
    struct bytes view;
    struct u256 strict;
    struct u256 padded;
    uint64_t narrow;
    bool flag;
    struct address address;
    struct hash32 hash;
    json_t *same;
    FUZZ_CHECK((json_as_object(&same, value, name, &detail) == OK) == json_is_object(value));
    FUZZ_CHECK((json_as_array(&same, value, name, &detail) == OK) == json_is_array(value));
    FUZZ_CHECK((json_as_bool(&flag, value, name, &detail) == OK) == json_is_boolean(value));
    bool string = json_as_string(&view, value, name, &detail) == OK;
    FUZZ_CHECK(string == json_is_string(value));
    FUZZ_CHECK(!string || view.len == 0 || memchr(view.ptr, 0, view.len) == NULL);
    bool is_strict = json_as_u256(&strict, value, name, &detail) == OK;
    bool is_padded = json_as_padded_u256(&padded, value, name, &detail) == OK;
    FUZZ_CHECK(!is_strict || (is_padded && u256_eq(&strict, &padded)));
    bool is_narrow = json_as_u64(&narrow, value, name, &detail) == OK;
    FUZZ_CHECK(is_narrow == (is_strict && u256_fits_u64(&strict)));
    FUZZ_CHECK(!is_narrow || narrow == strict.w[0]);
    bool is_address = json_as_address(&address, value, name, &detail) == OK;
    bool is_hash = json_as_hash32(&hash, value, name, &detail) == OK;
    arena_init(&arena, region, sizeof(region));
    bool is_data = json_as_data(&view, &arena, value, 64, name, &detail) == OK;
    FUZZ_CHECK((is_address || is_hash) <= is_data);
    FUZZ_CHECK(!is_data || view.len <= 64);
    arena_reset(&arena);
}

static void check_members(json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        check_conversions(json_array_get(value, i), "params");
    }
    static const char *const allowed[] = {"a", "id", "params"};
    struct err_detail detail;
    bool known = true;
    const char *key;
    json_t *member;
    json_object_foreach(value, key, member)
    {
        check_conversions(member, key);
        FUZZ_CHECK(json_find(value, key) == (json_is_null(member) ? NULL : member));
        known = known && (strcmp(key, allowed[0]) == 0 || strcmp(key, allowed[1]) == 0 ||
                          strcmp(key, allowed[2]) == 0);
    }
    FUZZ_CHECK((json_only_keys(value, allowed, 3, &detail) == OK) ==
               (known && json_is_object(value)));
}

static void check_text(struct bytes text, const struct json_limits *limits)
{
    struct err_detail detail = {""};
    json_t *value = NULL;
    enum err e = json_parse(&value, text, limits, &detail);
    FUZZ_CHECK((e == OK) == (value != NULL));
    FUZZ_CHECK((e == OK) == (detail.text[0] == '\0'));
    bool has_zero = text.len != 0 && memchr(text.ptr, 0, text.len) != NULL;
    FUZZ_CHECK(!has_zero || e != OK);
    if (e == ERR_LIMIT || has_zero) {
        return; /* possibly too deep for what follows; jansson may take a byte 0 */
    }
    json_error_t error;
    json_t *plain = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    if (plain == NULL) {
        FUZZ_CHECK(e != OK);
        return;
    }
    if (e != OK) {
        FUZZ_CHECK(has_mark(plain));
        json_free(plain);
        return;
    }
    FUZZ_CHECK(!has_mark(plain) && is_same(value, plain));
    struct size size = measured(value);
    FUZZ_CHECK(size.values <= limits->values_max && size.depth <= limits->depth_max);
    check_members(value);
    json_free(plain);
    json_free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 3) {
        return 0;
    }
    struct json_limits limits = {(size_t)data[0] * 64, (size_t)data[1] * 16, 1 + data[2] % 64u};
    struct bytes text = bytes_from(data + 3, len - 3);
    check_text(text, &limits);
    limits = (struct json_limits){JSON_BYTES_CEILING, SIZE_MAX, JSON_DEPTH_CEILING};
    check_text(text, &limits);
    return 0;
}
