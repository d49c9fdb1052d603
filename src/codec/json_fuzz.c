/* Any bytes as JSON: nothing crashes, what is accepted keeps to the limits and is what plain
 * jansson reads, and within the limits whatever plain jansson accepts is accepted, so that the
 * first pass refuses nothing by mistake. The first three bytes choose the limits. */

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
    FUZZ_CHECK((plain != NULL) == (e == OK));
    if (plain == NULL) {
        return;
    }
    FUZZ_CHECK(json_equal(value, plain));
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
