#ifndef RPC_JSON_WRITER_H
#define RPC_JSON_WRITER_H

/* json_writer.h: JSON into a buffer, value by value, either compact or indented by two spaces. The
 * caller opens and closes what it nests; whether all of it fitted, the writer below tells. */

#include "base/cursor.h"
#include "base/u256.h"

struct json_writer {
    struct writer *to;
    bool indented;
    unsigned depth; /* of open objects and arrays */
    bool has_items; /* in the innermost of them */
};

/* json_writer_to starts a JSON text that is appended to *to. */
static inline struct json_writer json_writer_to(struct writer *to, bool indented)
{
    return (struct json_writer){.to = to, .indented = indented};
}

/* Each of these adds one value; `key` is its name in an object, NULL in an array and outermost.
 * `bracket` is '{' or '[', closed with '}' or ']'. Keys are the program's: they need no escapes. */
void json_open(struct json_writer *json, const char *key, char bracket);
void json_close(struct json_writer *json, char bracket);
void json_put_number(struct json_writer *json, const char *key, uint64_t value);

/* json_put_text adds a string; everything but printable ASCII is escaped, byte by byte (six
 * characters for one at most). */
void json_put_text(struct json_writer *json, const char *key, const char *text);

/* json_put_string adds a string of bytes that are text if they are UTF-8; each byte that is not, and
 * each 0, which many parsers refuse, becomes U+FFFD. */
void json_put_string(struct json_writer *json, const char *key, struct bytes text);

void json_put_integer(struct json_writer *json, const char *key, int64_t value);
void json_put_bool(struct json_writer *json, const char *key, bool value);
void json_put_null(struct json_writer *json, const char *key);

/* json_put_raw adds a value that is a JSON text already. */
void json_put_raw(struct json_writer *json, const char *key, struct bytes text);

/* json_put_data and json_put_quantity add strings in the forms of codec/hex.h. */
void json_put_data(struct json_writer *json, const char *key, const void *data, size_t len);
void json_put_quantity(struct json_writer *json, const char *key, const struct u256 *value);
void json_put_quantity_u64(struct json_writer *json, const char *key, uint64_t value);

#endif
