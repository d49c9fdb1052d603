/* Strict JSON over jansson 2.14.
 *
 * A text is read twice. The first pass looks at brackets, strings and numbers only, in one loop,
 * and refuses what must not reach jansson: too deep a nesting (it recurses), too many values (it
 * allocates for each), and integers that it cannot hold (it would say so, but not where). The
 * second pass is jansson. Both see the same strings: a string starts at a '"' outside of one and
 * ends at the next '"' that no '\' precedes, up to the place where jansson finds its first mistake;
 * what the first pass makes of the rest does not matter, since the text is refused.
 *
 * Long strings of hex digits are most of a witness, and jansson takes 8 ns for each character: 43 of
 * the 59 ms of checking a block of 7 Mgas. So the first pass sets them aside: jansson gets a copy
 * of the text in which each stands as a reference, a short string that begins with U+0001 and tells
 * where in the text the digits are. No other string may begin so: text_scan refuses the one way in
 * which JSON can write it. When jansson refuses the copy, it is shown the text itself, for an error
 * at the right place. */

#include "codec/json.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/hex.h"

/* ---- memory ---------------------------------------------------------------------------------- */

/* When the buffer of the string at hand cannot grow, jansson 2.14 drops the character and goes on:
 * one failed allocation, and the caller gets another string than was sent. So no allocation may
 * fail; json_limits keep requests from getting that far. */
static void *allocate(size_t size)
{
    void *ptr = malloc(size);
    ASSERT(ptr != NULL || size == 0);
    return ptr;
}

static void wipe_and_free(void *ptr)
{
    secure_zero(ptr, malloc_usable_size(ptr)); /* 0 for NULL */
    free(ptr);
}

void json_setup(size_t seed)
{
    json_object_seed(seed);
    json_set_alloc_funcs(allocate, wipe_and_free);
}

/* ---- texts for people ------------------------------------------------------------------------ */

/* NAME_TEXT_MAX: room for a name cut to JSON_NAME_MAX characters, "..." and a NUL. */
#define NAME_TEXT_MAX (JSON_NAME_MAX + 4)

/* name_format writes a name for an error text: what is not printable ASCII becomes \xNN, and what
 * does not fit "...". */
static const char *name_format(char out[static NAME_TEXT_MAX], struct bytes name)
{
    static const char digits[] = "0123456789abcdef";
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        bool plain = c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
        if (len + (plain ? 1 : 4) > JSON_NAME_MAX) {
            memcpy(out + len, "...", 3);
            len += 3;
            break;
        }
        if (plain) {
            out[len++] = (char)c;
        } else {
            out[len++] = '\\';
            out[len++] = 'x';
            out[len++] = digits[c >> 4];
            out[len++] = digits[c & 15];
        }
    }
    out[len] = '\0';
    return out;
}

/* struct place is where in a text something is: lines and columns from 1, columns in characters. */
struct place {
    size_t line;
    size_t column;
};

static struct place place_of(struct bytes text, size_t offset)
{
    struct place place = {1, 1};
    for (size_t i = 0; i < offset && i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if ((text.ptr[i] & 0xc0) != 0x80) { /* not inside a UTF-8 sequence */
            place.column++;
        }
    }
    return place;
}

/* fail_at explains an error at an offset of the text; `near` is a key to name, or empty. */
static enum err fail_at(struct err_detail *detail, enum err e, struct bytes text, size_t offset,
                        const char *reason, struct bytes near)
{
    if (detail == NULL) {
        return e;
    }
    struct place place = place_of(text, offset);
    if (near.ptr == NULL) {
        return err_explain(detail, e, "JSON, line %zu, column %zu: %s", place.line, place.column,
                           reason);
    }
    char name[NAME_TEXT_MAX];
    return err_explain(detail, e, "JSON, line %zu, column %zu: \"%s\": %s", place.line,
                       place.column, name_format(name, near), reason);
}

static const struct bytes no_key = {NULL, 0};

/* ---- strings set aside ----------------------------------------------------------------------- */

/* A reference: U+0001, then the bytes of a struct bytes as hex digits (NULs would end a string). */
#define REFERENCE_MARK '\x01'
#define REFERENCE_LEN  (1 + 2 * sizeof(struct bytes))

/* ASIDE_MIN: the shortest string that is set aside. */
#define ASIDE_MIN 128u
static_assert(ASIDE_MIN > REFERENCE_LEN, "a copy with references is shorter than the text");

/* struct aside: the copy of a text with references, which begins with the first of them. */
struct aside {
    char *copy; /* NULL: none yet */
    size_t len;
    size_t copied; /* bytes of the text that the copy stands for */
};

/* aside_copy copies what lies between the last reference and `end`. */
static void aside_copy(struct aside *aside, struct bytes text, size_t end)
{
    memcpy(aside->copy + aside->len, text.ptr + aside->copied, end - aside->copied);
    aside->len += end - aside->copied;
    aside->copied = end;
}

/* aside_put puts a reference to `string`, a part of `text`, into the copy. */
static void aside_put(struct aside *aside, struct bytes text, struct bytes string)
{
    if (aside->copy == NULL) {
        aside->copy = allocate(text.len); /* touched only as far as it is used */
    }
    aside_copy(aside, text, (size_t)(string.ptr - text.ptr));
    /* JSON has control characters as escapes only. */
    memcpy(aside->copy + aside->len, "\\u0001", 6);
    hex_encode(aside->copy + aside->len + 6, &string, sizeof(string));
    aside->len += 6 + 2 * sizeof(string);
    aside->copied += string.len;
}

/* string_view gives what a string of jansson's stands for. */
static struct bytes string_view(const json_t *string)
{
    struct bytes view = bytes_from(json_string_value(string), json_string_length(string));
    if (view.len == REFERENCE_LEN && view.ptr[0] == REFERENCE_MARK) {
        char prefixed[2 + 2 * sizeof(struct bytes)] = "0x";
        struct bytes aside;
        memcpy(prefixed + 2, view.ptr + 1, 2 * sizeof(struct bytes));
        enum err e = hex_decode_exact((uint8_t *)&aside, sizeof(aside),
                                      bytes_from(prefixed, sizeof(prefixed)));
        ASSERT(e == OK); /* aside_put wrote it */
        return aside;
    }
    return view;
}

/* ---- the first pass -------------------------------------------------------------------------- */

/* EVERY is a word of eight equal bytes; marked has the top bit set in the lowest byte of `word`
 * that is `byte`, and perhaps in higher ones. */
#define EVERY(byte) (UINT64_C(0x0101010101010101) * (uint64_t)(byte))

static inline uint64_t marked(uint64_t word, uint8_t byte)
{
    uint64_t zero_there = word ^ EVERY(byte);
    return (zero_there - EVERY(1)) & ~zero_there & EVERY(0x80);
}

/* string_end gives the offset of the '"' that ends the string whose content starts at `start`, or
 * the length of the text when none does. Strings are most of a text, so it takes eight bytes at a
 * time where it can: one by one, the first pass was 18 % of the time of parsing a test file. */
static size_t string_end(struct bytes text, size_t start)
{
    size_t i = start;
    while (i < text.len && text.ptr[i] != '"') {
        if (text.ptr[i] == '\\' && text.len - i > 1) {
            i += 2;
            continue;
        }
        i++;
        while (text.len - i >= 8) {
            uint64_t word = load_le64(text.ptr + i);
            uint64_t found = marked(word, '"') | marked(word, '\\');
            if (found != 0) {
                i += (size_t)__builtin_ctzll(found) / 8;
                break;
            }
            i += 8;
        }
    }
    return i;
}

static bool in_number(uint8_t c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* number_fits is false for an integer that int64_t does not hold. Whatever is not an integer as
 * JSON writes it (a fraction, a word, a leading zero), it leaves to jansson. */
static bool number_fits(struct bytes number)
{
    size_t i = number.ptr[0] == '-' ? 1 : 0;
    uint64_t max = (uint64_t)INT64_MAX + i;
    uint64_t value = 0;
    bool fits = true;
    if (i == number.len || number.ptr[i] == '0') {
        return true;
    }
    for (; i < number.len; i++) {
        uint64_t digit = (uint64_t)number.ptr[i] - '0';
        if (digit > 9) {
            return true;
        }
        fits = fits && value <= (max - digit) / 10;
        value = value * 10 + digit;
    }
    return fits;
}

/* is_member_name tells whether the string that ends before `i` is a key: a ':' follows. */
static bool is_member_name(struct bytes text, size_t i)
{
    while (i < text.len && (text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\r' ||
                            text.ptr[i] == '\n')) {
        i++;
    }
    return i < text.len && text.ptr[i] == ':';
}

/* begins_as_reference tells whether a string, as it is in a text, would be taken for one. */
static bool begins_as_reference(struct bytes string)
{
    return string.len >= 6 && memcmp(string.ptr, "\\u0001", 6) == 0;
}

static enum err text_scan(struct aside *aside, struct bytes text, const struct json_limits *limits,
                          struct err_detail *detail)
{
    struct bytes string = no_key; /* the last one, as it is in the text */
    struct bytes key = no_key;    /* the same, when a ':' follows it */
    size_t values = 1;
    size_t depth = 0;
    size_t i = 0;
    while (i < text.len) {
        size_t start = i++;
        struct bytes key_here = key;
        key = no_key;
        switch (text.ptr[start]) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
            key = key_here;
            break;
        case '"':
            i = string_end(text, start + 1);
            string = bytes_from(text.ptr + start + 1, i - start - 1);
            if (begins_as_reference(string)) {
                return fail_at(detail, ERR_MALFORMED, text, start, "a character that is 1", no_key);
            }
            if (i < text.len && string.len >= ASIDE_MIN && hex_is_data(string) &&
                !is_member_name(text, i + 1)) {
                aside_put(aside, text, string);
            }
            i += i < text.len;
            break;
        case ':':
            key = string;
            values++;
            break;
        case ',':
            values++;
            break;
        case '[':
        case '{':
            values++;
            if (++depth > limits->depth_max) {
                return fail_at(detail, ERR_LIMIT, text, start, "nested too deep", no_key);
            }
            break;
        case ']':
        case '}':
            depth -= depth > 0;
            break;
        case '\0':
            return fail_at(detail, ERR_MALFORMED, text, start, "a byte that is 0", no_key);
        default:
            while (i < text.len && in_number(text.ptr[i])) {
                i++;
            }
            if (!number_fits(bytes_from(text.ptr + start, i - start))) {
                return fail_at(detail, ERR_RANGE, text, start, "the number is out of range",
                               key_here);
            }
            break;
        }
        if (values > limits->values_max) {
            return fail_at(detail, ERR_LIMIT, text, start, "too many values", no_key);
        }
    }
    return OK;
}

/* ---- the second pass ------------------------------------------------------------------------- */

/* explained turns jansson's error into ours. Its own text quotes the input, so it is not used. */
static enum err explained(const json_error_t *error, struct bytes text, struct err_detail *detail)
{
    enum err e = ERR_MALFORMED;
    const char *reason = "a syntax error";
    switch (json_error_code(error)) {
    case json_error_unknown: /* jansson sets no error where an allocation fails */
    case json_error_out_of_memory:
        return err_explain(detail, ERR_MEMORY, "JSON: no memory left");
    case json_error_stack_overflow:
        e = ERR_LIMIT;
        reason = "nested too deep";
        break;
    case json_error_numeric_overflow:
        e = ERR_RANGE;
        reason = "the number is out of range";
        break;
    case json_error_premature_end_of_input:
        e = ERR_TRUNCATED;
        reason = "the text ends too early";
        break;
    case json_error_end_of_input_expected:
        e = ERR_TRAILING;
        reason = "more text after the end";
        break;
    case json_error_invalid_utf8:
        reason = "the text is not UTF-8";
        break;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        reason = "a character that is 0";
        break;
    case json_error_duplicate_key:
        reason = "the object has this key already";
        break;
    default:
        break;
    }
    /* `position` counts the bytes read, the last of which is where jansson gave up; of a byte that
     * is not UTF-8, it counts those before. */
    size_t offset = error->position > 0 ? (size_t)error->position : 0;
    offset -= offset > 0 && json_error_code(error) != json_error_invalid_utf8;
    return fail_at(detail, e, text, offset, reason, no_key);
}

enum err json_parse(json_t **out, struct bytes text, const struct json_limits *limits,
                    struct err_detail *detail)
{
    ASSERT(limits->depth_max >= 1 && limits->depth_max <= JSON_DEPTH_CEILING);
    ASSERT(limits->bytes_max <= JSON_BYTES_CEILING);
    if (text.len > limits->bytes_max) {
        return err_explain(detail, ERR_LIMIT, "JSON: %zu bytes, at most %zu are allowed", text.len,
                           limits->bytes_max);
    }
    struct aside aside = {NULL, 0, 0};
    json_t *value = NULL;
    json_error_t error;
    enum err e = text_scan(&aside, text, limits, detail);
    if (e == OK && aside.copy != NULL) {
        aside_copy(&aside, text, text.len);
        value = json_loadb(aside.copy, aside.len, JSON_REJECT_DUPLICATES, &error);
    }
    if (aside.copy != NULL) {
        wipe_and_free(aside.copy);
    }
    TRY(e);
    if (value == NULL) {
        const char *start = text.len != 0 ? (const char *)text.ptr : "";
        value = json_loadb(start, text.len, JSON_REJECT_DUPLICATES, &error);
    }
    if (value == NULL) {
        return explained(&error, text, detail);
    }
    *out = value;
    return OK;
}

void json_free(json_t *value)
{
    json_decref(value);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* refused says that the value called `name` is missing, or is not what it must be. */
static enum err refused(struct err_detail *detail, enum err e, const json_t *value,
                        const char *name, const char *must)
{
    if (detail == NULL) {
        return e;
    }
    char text[NAME_TEXT_MAX];
    (void)name_format(text, bytes_from(name, strlen(name)));
    if (value == NULL) {
        return err_explain(detail, e, "\"%s\" is missing", text);
    }
    return err_explain(detail, e, "\"%s\" must be %s", text, must);
}

/* out_of_range says that the value called `name` is not too strange but too large. */
static enum err out_of_range(struct err_detail *detail, const char *name, const char *range)
{
    char text[NAME_TEXT_MAX];
    return err_explain(detail, ERR_RANGE, "\"%s\" is out of range: %s",
                       name_format(text, bytes_from(name, strlen(name))), range);
}

enum err json_as_object(json_t **out, json_t *value, const char *name, struct err_detail *detail)
{
    if (!json_is_object(value)) {
        return refused(detail, ERR_MALFORMED, value, name, "an object");
    }
    *out = value;
    return OK;
}

enum err json_as_array(json_t **out, json_t *value, const char *name, struct err_detail *detail)
{
    if (!json_is_array(value)) {
        return refused(detail, ERR_MALFORMED, value, name, "an array");
    }
    *out = value;
    return OK;
}

enum err json_as_string(struct bytes *out, const json_t *value, const char *name,
                        struct err_detail *detail)
{
    if (!json_is_string(value)) {
        return refused(detail, ERR_MALFORMED, value, name, "a string");
    }
    *out = string_view(value);
    return OK;
}

enum err json_as_bool(bool *out, const json_t *value, const char *name, struct err_detail *detail)
{
    if (!json_is_boolean(value)) {
        return refused(detail, ERR_MALFORMED, value, name, "true or false");
    }
    *out = json_is_true(value);
    return OK;
}

/* number_as reads an integer, or a string of hex digits through `decode`. */
static enum err number_as(struct u256 *out, const json_t *value, const char *name, const char *must,
                          enum err (*decode)(struct u256 *, struct bytes),
                          struct err_detail *detail)
{
    if (json_is_integer(value)) {
        json_int_t integer = json_integer_value(value);
        if (integer < 0) {
            return out_of_range(detail, name, "it must not be negative");
        }
        *out = u256_from_u64((uint64_t)integer);
        return OK;
    }
    enum err e = json_is_string(value) ? decode(out, string_view(value)) : ERR_MALFORMED;
    if (e == ERR_RANGE) {
        return out_of_range(detail, name, "at most 64 hex digits");
    }
    return e == OK ? OK : refused(detail, e, value, name, must);
}

static const char quantity_form[] = "a number or \"0x\" and hex digits without leading zeros";
static const char padded_form[] = "a number or \"0x\" and hex digits";

/* narrowed gives a number that must fit in 64 bits. */
static enum err narrowed(uint64_t *out, const struct u256 *number, const char *name,
                         struct err_detail *detail)
{
    if (!u256_fits_u64(number)) {
        return out_of_range(detail, name, "it must be below 2^64");
    }
    *out = number->w[0];
    return OK;
}

enum err json_as_u64(uint64_t *out, const json_t *value, const char *name,
                     struct err_detail *detail)
{
    struct u256 number = U256_ZERO;
    TRY(json_as_u256(&number, value, name, detail));
    return narrowed(out, &number, name, detail);
}

enum err json_as_u256(struct u256 *out, const json_t *value, const char *name,
                      struct err_detail *detail)
{
    return number_as(out, value, name, quantity_form, hex_decode_quantity_u256, detail);
}

enum err json_as_padded_u64(uint64_t *out, const json_t *value, const char *name,
                            struct err_detail *detail)
{
    struct u256 number = U256_ZERO;
    TRY(json_as_padded_u256(&number, value, name, detail));
    return narrowed(out, &number, name, detail);
}

enum err json_as_padded_u256(struct u256 *out, const json_t *value, const char *name,
                             struct err_detail *detail)
{
    return number_as(out, value, name, padded_form, hex_decode_padded_u256, detail);
}

enum err json_as_address(struct address *out, const json_t *value, const char *name,
                         struct err_detail *detail)
{
    if (!json_is_string(value) || hex_decode_address(out, string_view(value)) != OK) {
        return refused(detail, ERR_MALFORMED, value, name, "an address: \"0x\" and 40 hex digits");
    }
    return OK;
}

enum err json_as_hash32(struct hash32 *out, const json_t *value, const char *name,
                        struct err_detail *detail)
{
    if (!json_is_string(value) || hex_decode_hash32(out, string_view(value)) != OK) {
        return refused(detail, ERR_MALFORMED, value, name, "32 bytes: \"0x\" and 64 hex digits");
    }
    return OK;
}

enum err json_as_data(struct bytes *out, struct arena *arena, const json_t *value, size_t len_max,
                      const char *name, struct err_detail *detail)
{
    static const char form[] = "bytes: \"0x\" and an even number of hex digits";
    size_t len;
    if (!json_is_string(value) || hex_decoded_len(&len, string_view(value)) != OK) {
        return refused(detail, ERR_MALFORMED, value, name, form);
    }
    char text[NAME_TEXT_MAX];
    if (len > len_max) {
        return err_explain(detail, ERR_LIMIT, "\"%s\" has %zu bytes, at most %zu are allowed",
                           name_format(text, bytes_from(name, strlen(name))), len, len_max);
    }
    size_t mark = arena_mark(arena);
    uint8_t *to = ARENA_NEW(arena, uint8_t, len);
    if (to == NULL) {
        return err_explain(detail, ERR_MEMORY, "\"%s\" has %zu bytes, more than memory is left",
                           name_format(text, bytes_from(name, strlen(name))), len);
    }
    if (hex_decode_exact(to, len, string_view(value)) != OK) {
        arena_rewind(arena, mark);
        return refused(detail, ERR_MALFORMED, value, name, form);
    }
    *out = bytes_from(to, len);
    return OK;
}

/* ---- members of objects ---------------------------------------------------------------------- */

json_t *json_find(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

static bool is_among(const char *key, const char *const *allowed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(key, allowed[i]) == 0) {
            return true;
        }
    }
    return false;
}

enum err json_only_keys(json_t *object, const char *const *allowed, size_t count,
                        struct err_detail *detail)
{
    if (!json_is_object(object)) {
        return err_explain(detail, ERR_MALFORMED, "an object is needed here");
    }
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        if (!is_among(json_object_iter_key(at), allowed, count)) {
            struct bytes key = bytes_from(json_object_iter_key(at), json_object_iter_key_len(at));
            char text[NAME_TEXT_MAX];
            return err_explain(detail, ERR_MALFORMED, "\"%s\" is not a key known here",
                               name_format(text, key));
        }
    }
    return OK;
}
