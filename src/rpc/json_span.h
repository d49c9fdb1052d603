#ifndef RPC_JSON_SPAN_H
#define RPC_JSON_SPAN_H

/* json_span.h: where in a JSON text a value stands, byte for byte: what a digest is of, once the
 * text is parsed. The text has passed json_parse; of another the answers mean nothing, but no byte
 * outside it is read. */

#include <stdbool.h>

#include "base/bytes.h"

/* json_span_trim gives a text without the white space around it. */
struct bytes json_span_trim(struct bytes text);

/* json_span_member finds the value of a member of the object that is all of `object`; `key` as it
 * is written there, without escapes. json_span_item finds an item of an array. *out is a view, from
 * the first to the last byte of the value. False: there is none. Cost: a look at each byte up to
 * it. */
bool json_span_member(struct bytes *out, struct bytes object, const char *key);
bool json_span_item(struct bytes *out, struct bytes array, size_t index);

#endif
