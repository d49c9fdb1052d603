#ifndef CODEC_JSON_H
#define CODEC_JSON_H

/* json.h: strict JSON (RFC 8259), a thin layer over jansson. It bounds what jansson may be asked to
 * do, refuses what jansson is lax about, and turns values into the program's types with errors that
 * a person can act on. Values are jansson's json_t; walk arrays and objects with its own functions
 * (json_array_get, json_object_foreach).
 *
 * Error texts name a key or a position (line and column, from 1), never a value. Keys that a
 * request chose are escaped where they are not printable ASCII and cut to JSON_NAME_MAX. */

#include <jansson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/u256.h"

/* JSON_DEPTH_CEILING: the greatest depth_max. jansson recurses once per level, a few hundred bytes
 * of stack each; 512 is far from both its own limit of 2048 and a small thread's stack. */
#define JSON_DEPTH_CEILING 512u

/* JSON_BYTES_CEILING: the greatest bytes_max. jansson counts positions in an int. */
#define JSON_BYTES_CEILING ((size_t)INT32_MAX)

/* JSON_NAME_MAX: characters of a key that an error text may quote, after escaping. */
#define JSON_NAME_MAX 64u

/* struct json_limits: what one text may cost. Values are counted from the text, outside of strings:
 * one for the whole, one for each bracket that opens, comma and colon. That is every value and
 * every key once, and an empty array or object twice. Parsing a text of `n` bytes takes at most 3 *
 * n + values_max * JSON_VALUE_BYTES bytes of memory. */
struct json_limits {
    size_t bytes_max;   /* length of the text, at most JSON_BYTES_CEILING */
    size_t values_max;  /* values and keys */
    unsigned depth_max; /* nested arrays and objects, 1 .. JSON_DEPTH_CEILING */
};

/* JSON_VALUE_BYTES: the most memory that jansson 2.14 takes for each value so counted, malloc's own
 * included; measured 142, in {"a":{}}. */
#define JSON_VALUE_BYTES 160u

/* json_setup prepares jansson, once, when the program starts and before any thread does:
 *   1. keys its hash tables with `seed`, random and not 0, so that nobody can choose keys that all
 *      fall into one bucket;
 *   2. makes it wipe memory that it gives back, so that no request outlives its answer;
 *   3. makes running out of memory end the program, since jansson does not always notice and would
 *      go on with other values than were sent. */
void json_setup(size_t seed);

/* json_parse parses a text whose outermost value is an object or an array. On success the caller
 * owns *out and releases it with json_free; `text` must outlive it, since long strings of hex digits
 * stay there. Read strings by json_as_*, which know that: json_string_value gives those of fewer
 * than 128 bytes, and all that are no data.
 * Refused: a byte 0 or a "\u0000" anywhere, a string that begins with "\u0001", bytes that are not
 *   UTF-8, two equal keys in an object, anything but white space after the value.
 * Numbers: integers are those of int64_t, others are an error and not rounded. Numbers with a
 *   fraction or an exponent are doubles, which no function below takes.
 * Errors: ERR_LIMIT (over `limits`), ERR_RANGE (a number too great), ERR_TRUNCATED, ERR_TRAILING,
 *   ERR_MALFORMED (any other mistake), ERR_MEMORY (only where json_setup was not called). */
enum err json_parse(json_t **out, struct bytes text, const struct json_limits *limits,
                    struct err_detail *detail);

/* json_free releases what json_parse gave. NULL is allowed. */
void json_free(json_t *value);

/* ---- values -----------------------------------------------------------------------------------
 * json_as_* convert `value`, or say why not, calling it `name`. A value of NULL is one that is
 * missing. `name` is a word of the program's ("params[0]"), and `detail` may be NULL.
 * Errors: ERR_MALFORMED (missing, of another kind, or not in the form it should be in), and where
 *   it says so ERR_RANGE, ERR_LIMIT, ERR_MEMORY. */

/* json_as_object and json_as_array check the kind only. */
enum err json_as_object(json_t **out, json_t *value, const char *name, struct err_detail *detail);
enum err json_as_array(json_t **out, json_t *value, const char *name, struct err_detail *detail);

/* json_as_string gives a view of a string's UTF-8 bytes, valid as long as `value` and the text it is
 * from; no byte is 0, nor is there one behind it. */
enum err json_as_string(struct bytes *out, const json_t *value, const char *name,
                        struct err_detail *detail);
enum err json_as_bool(bool *out, const json_t *value, const char *name, struct err_detail *detail);

/* json_as_u64 and json_as_u256 take an integer that is not negative, or a string that is a quantity
 * (codec/hex.h). ERR_RANGE: negative, or too great. */
enum err json_as_u64(uint64_t *out, const json_t *value, const char *name,
                     struct err_detail *detail);
enum err json_as_u256(struct u256 *out, const json_t *value, const char *name,
                      struct err_detail *detail);

/* json_as_padded_u64 and json_as_padded_u256 take strings with leading zeros too, as the official
 * test files have them. */
enum err json_as_padded_u64(uint64_t *out, const json_t *value, const char *name,
                            struct err_detail *detail);
enum err json_as_padded_u256(struct u256 *out, const json_t *value, const char *name,
                             struct err_detail *detail);

enum err json_as_address(struct address *out, const json_t *value, const char *name,
                         struct err_detail *detail);
enum err json_as_hash32(struct hash32 *out, const json_t *value, const char *name,
                        struct err_detail *detail);

/* json_as_data decodes a string of data (codec/hex.h), at most `len_max` bytes of it, into the
 * arena. ERR_LIMIT: longer; ERR_MEMORY: the arena is full. */
enum err json_as_data(struct bytes *out, struct arena *arena, const json_t *value, size_t len_max,
                      const char *name, struct err_detail *detail);

/* ---- members of objects -----------------------------------------------------------------------
 * An optional member is found first and converted if it is there:
 *
 *     json_t *nonce = json_find(call, "nonce");
 *     if (nonce != NULL) {
 *         TRY(json_as_u64(&out->nonce, nonce, "nonce", detail));
 *     }
 *
 * and a required one is json_get_*, which is both in one. */

/* json_find gives a member of an object, NULL when there is none or it is null (JSON-RPC clients
 * write null for what they leave out), or when `object` is not an object. */
json_t *json_find(const json_t *object, const char *key);

/* json_only_keys checks that an object has no other keys than the `count` names in `allowed`, so
 * that a misspelt key is an error and not silently without effect. Errors: ERR_MALFORMED. */
enum err json_only_keys(json_t *object, const char *const *allowed, size_t count,
                        struct err_detail *detail);

static inline enum err json_get_object(json_t **out, const json_t *object, const char *key,
                                       struct err_detail *detail)
{
    return json_as_object(out, json_find(object, key), key, detail);
}

static inline enum err json_get_array(json_t **out, const json_t *object, const char *key,
                                      struct err_detail *detail)
{
    return json_as_array(out, json_find(object, key), key, detail);
}

static inline enum err json_get_string(struct bytes *out, const json_t *object, const char *key,
                                       struct err_detail *detail)
{
    return json_as_string(out, json_find(object, key), key, detail);
}

static inline enum err json_get_bool(bool *out, const json_t *object, const char *key,
                                     struct err_detail *detail)
{
    return json_as_bool(out, json_find(object, key), key, detail);
}

static inline enum err json_get_u64(uint64_t *out, const json_t *object, const char *key,
                                    struct err_detail *detail)
{
    return json_as_u64(out, json_find(object, key), key, detail);
}

static inline enum err json_get_u256(struct u256 *out, const json_t *object, const char *key,
                                     struct err_detail *detail)
{
    return json_as_u256(out, json_find(object, key), key, detail);
}

static inline enum err json_get_padded_u64(uint64_t *out, const json_t *object, const char *key,
                                           struct err_detail *detail)
{
    return json_as_padded_u64(out, json_find(object, key), key, detail);
}

static inline enum err json_get_padded_u256(struct u256 *out, const json_t *object, const char *key,
                                            struct err_detail *detail)
{
    return json_as_padded_u256(out, json_find(object, key), key, detail);
}

static inline enum err json_get_address(struct address *out, const json_t *object, const char *key,
                                        struct err_detail *detail)
{
    return json_as_address(out, json_find(object, key), key, detail);
}

static inline enum err json_get_hash32(struct hash32 *out, const json_t *object, const char *key,
                                       struct err_detail *detail)
{
    return json_as_hash32(out, json_find(object, key), key, detail);
}

static inline enum err json_get_data(struct bytes *out, struct arena *arena, const json_t *object,
                                     size_t len_max, const char *key, struct err_detail *detail)
{
    return json_as_data(out, arena, json_find(object, key), len_max, key, detail);
}

#endif
