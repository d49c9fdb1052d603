/* JSON text (RFC 8259), written value by value. */

#include "rpc/json_writer.h"

#include <inttypes.h>
#include <stdio.h>

#include "codec/hex.h"

/* Bytes that are encoded at a time. */
#define DATA_CHUNK ((size_t)256)

static void put(struct json_writer *json, const char *text)
{
    writer_put(json->to, text, strlen(text));
}

static void new_line(struct json_writer *json)
{
    if (json->indented) {
        writer_byte(json->to, '\n');
        for (unsigned i = 0; i < json->depth; i++) {
            put(json, "  ");
        }
    }
}

/* begin writes what stands before a value. */
static void begin(struct json_writer *json, const char *key)
{
    if (json->has_items) {
        writer_byte(json->to, ',');
    }
    if (json->depth != 0) {
        new_line(json);
    }
    json->has_items = true;
    if (key != NULL) {
        writer_byte(json->to, '"');
        put(json, key);
        put(json, json->indented ? "\": " : "\":");
    }
}

void json_open(struct json_writer *json, const char *key, char bracket)
{
    begin(json, key);
    writer_byte(json->to, (uint8_t)bracket);
    json->depth++;
    json->has_items = false;
}

void json_close(struct json_writer *json, char bracket)
{
    ASSERT(json->depth != 0);
    json->depth--;
    if (json->has_items) {
        new_line(json);
    }
    writer_byte(json->to, (uint8_t)bracket);
    json->has_items = true;
}

void json_put_number(struct json_writer *json, const char *key, uint64_t value)
{
    char digits[24];
    begin(json, key);
    (void)snprintf(digits, sizeof(digits), "%" PRIu64, value);
    put(json, digits);
}

void json_put_text(struct json_writer *json, const char *key, const char *text)
{
    begin(json, key);
    writer_byte(json->to, '"');
    for (const char *at = text; *at != '\0'; at++) {
        if (*at >= 0x20 && *at < 0x7f && *at != '"' && *at != '\\') {
            writer_byte(json->to, (uint8_t)*at);
        } else {
            char escape[8];
            (void)snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)(unsigned char)*at);
            put(json, escape);
        }
    }
    writer_byte(json->to, '"');
}

/* utf8_len gives the length of the UTF-8 sequence at the beginning of `text` (RFC 3629: shortest
 * form, no surrogates, up to U+10FFFF), 0 when it is none. */
static size_t utf8_len(struct bytes text)
{
    uint8_t first = text.ptr[0];
    size_t len = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (len == 0 || first > 0xf4 || len > text.len) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((text.ptr[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if (len >= 3) { /* what the second byte may be after some first bytes */
        uint8_t second = text.ptr[1];
        if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
            (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
            return 0;
        }
    }
    return len;
}

void json_put_string(struct json_writer *json, const char *key, struct bytes text)
{
    begin(json, key);
    writer_byte(json->to, '"');
    for (size_t i = 0; i < text.len;) {
        struct bytes rest = bytes_from(text.ptr + i, text.len - i);
        size_t len = utf8_len(rest);
        uint8_t c = rest.ptr[0];
        if (len == 0 || c == 0) {
            put(json, "\\ufffd");
            len = 1;
        } else if (c < 0x20 || c == 0x7f || c == '"' || c == '\\') {
            char escape[8];
            (void)snprintf(escape, sizeof(escape), "\\u%04x", c);
            put(json, escape);
        } else {
            writer_put(json->to, rest.ptr, len);
        }
        i += len;
    }
    writer_byte(json->to, '"');
}

void json_put_integer(struct json_writer *json, const char *key, int64_t value)
{
    char digits[24];
    begin(json, key);
    (void)snprintf(digits, sizeof(digits), "%" PRId64, value);
    put(json, digits);
}

void json_put_bool(struct json_writer *json, const char *key, bool value)
{
    begin(json, key);
    put(json, value ? "true" : "false");
}

void json_put_null(struct json_writer *json, const char *key)
{
    begin(json, key);
    put(json, "null");
}

void json_put_raw(struct json_writer *json, const char *key, struct bytes text)
{
    begin(json, key);
    writer_put(json->to, text.ptr, text.len);
}

void json_put_data(struct json_writer *json, const char *key, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    begin(json, key);
    put(json, "\"0x");
    for (size_t at = 0; at < len; at += DATA_CHUNK) {
        char digits[2 * DATA_CHUNK];
        size_t count = len - at < DATA_CHUNK ? len - at : DATA_CHUNK;
        hex_encode(digits, bytes + at, count);
        writer_put(json->to, digits, 2 * count);
    }
    writer_byte(json->to, '"');
}

void json_put_quantity(struct json_writer *json, const char *key, const struct u256 *value)
{
    char digits[HEX_QUANTITY_MAX];
    begin(json, key);
    writer_byte(json->to, '"');
    writer_put(json->to, digits, hex_encode_quantity_u256(digits, value));
    writer_byte(json->to, '"');
}

void json_put_quantity_u64(struct json_writer *json, const char *key, uint64_t value)
{
    struct u256 wide = u256_from_u64(value);
    json_put_quantity(json, key, &wide);
}
