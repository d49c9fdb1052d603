/* Reads and runs official RLP tests. */

#include "spec/rlptest.h"

#include <stdio.h>

#include "codec/hex.h"
#include "codec/json.h"
#include "codec/rlp.h"

/* Lists in lists. The tests nest four; the fuzzer-made ones of old, a few dozen. */
#define DEPTH_MAX 64

/* The longest number: the tests go to 2^256, which takes 33 bytes. */
#define NUMBER_BYTES 64

/* Characters of a failure's texts, with the NUL. */
#define TEXT_MAX 200

/* ---- values ---------------------------------------------------------------------------------- */

/* decimal_read makes the bytes of a decimal number, without leading zeros, at the end of `digits`. */
static enum err decimal_read(struct bytes *out, uint8_t digits[static NUMBER_BYTES],
                             const char *text, struct err_detail *detail)
{
    size_t len = 0;
    memset(digits, 0, NUMBER_BYTES);
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return err_explain(detail, ERR_MALFORMED, "in: not a decimal number");
        }
        unsigned carry = (unsigned)(*text - '0');
        for (size_t i = 0; i < len; i++) {
            uint8_t *digit = &digits[NUMBER_BYTES - 1 - i];
            carry += *digit * 10u;
            *digit = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry != 0) {
            if (len == NUMBER_BYTES) {
                return err_explain(detail, ERR_LIMIT, "in: a number over %d bytes", NUMBER_BYTES);
            }
            len++;
            digits[NUMBER_BYTES - len] = (uint8_t)carry;
        }
    }
    *out = bytes_from(digits + NUMBER_BYTES - len, len);
    return OK;
}

/* string_of gives the bytes that a value which is no list stands for; `digits` is room for them. */
static enum err string_of(struct bytes *out, uint8_t digits[static NUMBER_BYTES],
                          const json_t *value, struct err_detail *detail)
{
    if (json_is_integer(value) && json_integer_value(value) >= 0) {
        char text[24];
        (void)snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return decimal_read(out, digits, text, detail);
    }
    if (!json_is_string(value)) {
        return err_explain(detail, ERR_MALFORMED, "in: neither string, number nor list");
    }
    const char *text = json_string_value(value);
    if (text[0] == '#') {
        return decimal_read(out, digits, text + 1, detail);
    }
    return json_as_string(out, value, "in", detail);
}

/* ---- encoding --------------------------------------------------------------------------------
 * From back to front, so that a list's length is known when its header is due. */

/* struct back: bytes written so far are those from `at` to the end of the buffer. */
struct back {
    uint8_t *buffer;
    size_t at;
};

static enum err back_put(struct back *back, struct bytes bytes)
{
    if (bytes.len > back->at) {
        return ERR_MEMORY;
    }
    back->at -= bytes.len;
    bytes_copy(back->buffer + back->at, bytes.ptr, bytes.len);
    return OK;
}

static enum err back_string(struct back *back, struct bytes string)
{
    uint8_t header[9]; /* the bytes before the string's own */
    struct writer w = writer_to(header, sizeof(header));
    size_t size = rlp_string_size(string);
    TRY(back_put(back, string));
    rlp_string_write(&w, string); /* fits or not, its header has been written */
    return back_put(back, bytes_from(header, size - string.len));
}

static enum err back_list(struct back *back, size_t payload_len)
{
    uint8_t header[9];
    struct writer w = writer_to(header, sizeof(header));
    rlp_list_write(&w, payload_len);
    return back_put(back, writer_view(&w));
}

/* struct level: a list under way, its items before `left` still to come. */
struct level {
    json_t *list;
    size_t left;
    size_t end; /* where its last item ends: back->at when it began */
};

/* encode_value encodes a value, or opens it on the stack when it is a list. */
static enum err encode_value(struct back *back, struct level *stack, size_t *depth, json_t *value,
                             struct err_detail *detail)
{
    uint8_t digits[NUMBER_BYTES];
    struct bytes string = {NULL, 0};
    if (!json_is_array(value)) {
        TRY(string_of(&string, digits, value, detail));
        return back_string(back, string);
    }
    if (*depth == DEPTH_MAX) {
        return err_explain(detail, ERR_LIMIT, "in: lists nested deeper than %d", DEPTH_MAX);
    }
    stack[(*depth)++] = (struct level){value, json_array_size(value), back->at};
    return OK;
}

/* encode writes a value at the end of the buffer. Errors: ERR_MEMORY, it does not fit; those of
 * string_of; ERR_LIMIT. */
static enum err encode(struct back *back, json_t *value, struct err_detail *detail)
{
    struct level stack[DEPTH_MAX];
    size_t depth = 0;
    TRY(encode_value(back, stack, &depth, value, detail));
    while (depth != 0) {
        struct level *level = &stack[depth - 1];
        if (level->left == 0) {
            TRY(back_list(back, level->end - back->at));
            depth--;
        } else {
            level->left--;
            TRY(encode_value(back, stack, &depth, json_array_get(level->list, level->left),
                             detail));
        }
    }
    return OK;
}

/* ---- decoding -------------------------------------------------------------------------------- */

/* walk reads every item, in lists too. Errors: those of rlp_next; ERR_LIMIT. */
static enum err walk(struct bytes encoded)
{
    struct cursor stack[1 + DEPTH_MAX]; /* the input, and the lists in it */
    struct rlp_item item;
    size_t depth = 1;
    TRY(rlp_decode(&item, encoded));
    stack[0] = cursor_from(encoded);
    while (depth != 0) {
        struct cursor *c = &stack[depth - 1];
        if (cursor_left(c) == 0) {
            depth--;
            continue;
        }
        TRY(rlp_next(c, &item));
        if (item.kind == RLP_LIST) {
            if (depth == 1 + DEPTH_MAX) {
                return ERR_LIMIT;
            }
            stack[depth++] = cursor_from(item.payload);
        }
    }
    return OK;
}

/* struct pair: a list in both forms, as far as it is not compared yet. */
struct pair {
    struct cursor items;
    json_t *list;
    size_t next;
};

/* compare_item reads an item and compares it with a value; a list is put on the stack. */
static enum err compare_item(bool *same, struct cursor *c, struct pair *stack, size_t *depth,
                             json_t *value, struct err_detail *detail)
{
    struct rlp_item item;
    uint8_t digits[NUMBER_BYTES];
    struct bytes string = {NULL, 0};
    TRY(rlp_next(c, &item));
    *same = (item.kind == RLP_LIST) == json_is_array(value);
    if (*same && item.kind == RLP_STRING) {
        TRY(string_of(&string, digits, value, detail));
        *same = string.len == item.payload.len &&
                (string.len == 0 || memcmp(string.ptr, item.payload.ptr, string.len) == 0);
    } else if (*same) {
        ASSERT(*depth < DEPTH_MAX); /* encode has been as deep */
        stack[(*depth)++] = (struct pair){cursor_from(item.payload), value, 0};
    }
    return OK;
}

/* compare tells whether the encoding decodes to the value. Errors: those of rlp_next. */
static enum err compare(bool *same, struct bytes encoded, json_t *value, struct err_detail *detail)
{
    struct pair stack[DEPTH_MAX];
    size_t depth = 0;
    struct cursor input = cursor_from(encoded);
    TRY(compare_item(same, &input, stack, &depth, value, detail));
    TRY(rlp_end(&input));
    while (*same && depth != 0) {
        struct pair *pair = &stack[depth - 1];
        json_t *item = json_array_get(pair->list, pair->next++);
        if (item != NULL) {
            TRY(compare_item(same, &pair->items, stack, &depth, item, detail));
        } else {
            *same = cursor_left(&pair->items) == 0;
            depth--;
        }
    }
    return OK;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void report(const struct rlptest *runner, const char *test, const char *reason,
                   const char *expected, const char *got)
{
    struct rlptest_case result = {test, reason == NULL, reason, expected, got};
    runner->report(runner->context, &result);
}

/* bytes_text writes bytes in hex, as far as they fit. */
static void bytes_text(char out[static TEXT_MAX], struct bytes bytes)
{
    size_t cap = (TEXT_MAX - 3) / 2;
    out[hex_encode_data(out, bytes.ptr, bytes.len < cap ? bytes.len : cap)] = '\0';
}

/* run_value runs a test whose value is given. */
static enum err run_value(const struct rlptest *runner, const char *test, json_t *value,
                          struct bytes encoded, struct err_detail *detail)
{
    char wanted_text[TEXT_MAX];
    char got_text[TEXT_MAX];
    bool same = false;
    size_t room = encoded.len + TEXT_MAX;
    struct back back = {ARENA_NEW(runner->arena, uint8_t, room), room};
    if (back.buffer == NULL) {
        return ERR_MEMORY;
    }
    enum err e = encode(&back, value, detail);
    if (e != OK && e != ERR_MEMORY) {
        return e;
    }
    struct bytes got = bytes_from(back.buffer + back.at, room - back.at);
    if (e == ERR_MEMORY || got.len != encoded.len ||
        (got.len != 0 && memcmp(got.ptr, encoded.ptr, got.len) != 0)) {
        bytes_text(wanted_text, encoded);
        bytes_text(got_text, got);
        report(runner, test, "encoding", wanted_text, got_text);
        return OK;
    }
    e = compare(&same, encoded, value, detail);
    report(runner, test, e == OK && same ? NULL : "decoding", "the value",
           e == OK ? "another" : err_text(e));
    return OK;
}

/* encoded_of reads the hex of a test, which may be without its prefix. */
static enum err encoded_of(struct bytes *out, struct arena *arena, const json_t *test,
                           struct err_detail *detail)
{
    struct bytes hex;
    TRY(json_get_string(&hex, test, "out", detail));
    if (hex.len >= 2 && hex.ptr[0] == '0' && hex.ptr[1] == 'x') {
        hex = bytes_from(hex.ptr + 2, hex.len - 2);
    }
    char *prefixed = ARENA_NEW(arena, char, hex.len + 2);
    uint8_t *bytes = ARENA_NEW(arena, uint8_t, hex.len / 2);
    if (prefixed == NULL || bytes == NULL) {
        return err_explain(detail, ERR_MEMORY, "out: too long");
    }
    prefixed[0] = '0';
    prefixed[1] = 'x';
    bytes_copy(prefixed + 2, hex.ptr, hex.len);
    enum err e = hex_decode(bytes, hex.len / 2, &out->len, bytes_from(prefixed, hex.len + 2));
    out->ptr = bytes;
    return e == OK ? OK : err_explain(detail, e, "out: not hex bytes");
}

static enum err run_test(const struct rlptest *runner, const char *name, json_t *test,
                         struct err_detail *detail)
{
    struct bytes encoded = {NULL, 0};
    json_t *value = json_find(test, "in");
    TRY(encoded_of(&encoded, runner->arena, test, detail));
    if (value == NULL) {
        return err_explain(detail, ERR_MALFORMED, "in: missing");
    }
    const char *word = json_is_string(value) ? json_string_value(value) : "";
    bool is_invalid = strcmp(word, "INVALID") == 0;
    if (!is_invalid && strcmp(word, "VALID") != 0) {
        return run_value(runner, name, value, encoded, detail);
    }
    enum err e = walk(encoded);
    if (e == ERR_LIMIT) {
        return err_explain(detail, ERR_LIMIT, "out: lists nested deeper than %d", DEPTH_MAX);
    }
    report(runner, name, (e != OK) == is_invalid ? NULL : "decoding",
           is_invalid ? "refused" : "taken", e == OK ? "taken" : err_text(e));
    return OK;
}

/* parse is json_parse for texts with strings that hold a NUL, which it refuses, and some of these
 * tests are about. jansson bounds the depth at 2048 by itself. */
static enum err parse(json_t **out, struct bytes text, struct err_detail *detail)
{
    json_error_t error;
    *out = json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES,
                      &error);
    return *out != NULL ? OK
                        : err_explain(detail, ERR_MALFORMED, "JSON, line %d, column %d: %s",
                                      error.line, error.column, error.text);
}

enum err rlptest_run(const struct rlptest *runner, struct bytes text, struct err_detail *detail)
{
    json_t *file;
    const char *name;
    json_t *test;
    TRY(parse(&file, text, detail));
    enum err e =
        json_is_object(file) ? OK : err_explain(detail, ERR_MALFORMED, "not a file of RLP tests");
    json_object_foreach(file, name, test)
    {
        if (e == OK) {
            e = run_test(runner, name, test, detail);
        }
        arena_reset(runner->arena);
    }
    json_free(file);
    return e;
}
