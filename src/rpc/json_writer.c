/* JSON text (RFC 8259), written value by value. */

#include "rpc/json_writer.h"

#include <inttypes.h>
#include <stdio.h>

#include "codec/hex.h"

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

void json_put_data(struct json_writer *json, const char *key, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    begin(json, key);
    put(json, "\"0x");
    for (size_t i = 0; i < len; i++) {
        char digits[2];
        hex_encode(digits, &bytes[i], 1);
        writer_put(json->to, digits, sizeof(digits));
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
