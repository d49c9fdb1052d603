#ifndef NET_CLIENT_H
#define NET_CLIENT_H

/* client.h: one request and its answer, in plaintext, each on a connection of its own. */

#include "base/bytes.h"
#include "base/err.h"
#include "net/endpoint.h"

/* client_ask connects to `to`, sends a request in the length form and reads the answer, in either
 * form (framing.h), all within `timeout_ms`.
 * In: `room`, laid out as framing_wrap wants it, with a request of `len` bytes. Out: *answer, a
 * view into `buf`, which has `cap` bytes; at most cap - FRAMING_EXTRA_BYTES of them can be text.
 * Errors: ERR_CONNECT; ERR_IO, ERR_TIMEOUT, ERR_TRUNCATED, ERR_LIMIT, ERR_MALFORMED (no whole
 * answer came). */
enum err client_ask(struct bytes *answer, uint8_t *buf, size_t cap, const struct endpoint *to,
                    uint8_t *room, size_t len, uint64_t timeout_ms, struct err_detail *detail);

/* client_post does the same over HTTP: the text is the body of a POST, and *answer, a view into
 * `buf`, that of the answer, whatever its status; at most cap - LIMIT_HTTP_HEAD_BYTES bytes.
 * In: `text`, with HTTP_HEAD_ROOM bytes in front of it that may be written. Out: *status, the number
 * of the answer's status. Errors: those of client_ask. */
enum err client_post(struct bytes *answer, unsigned *status, uint8_t *buf, size_t cap,
                     const struct endpoint *to, uint8_t *text, size_t len, uint64_t timeout_ms,
                     struct err_detail *detail);

#endif
