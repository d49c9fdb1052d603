#ifndef NET_FRAMING_H
#define NET_FRAMING_H

/* framing.h: where a request ends, told from its first bytes. Four forms share a port:
 *
 *   length   8 bytes, little-endian: N      N bytes of text
 *   bare     { ... }  of JSON, to the first newline or the end of the stream
 *   HTTP     METHOD SP ...                  requests of HTTP/1.1 (http.h)
 *   TLS      16 03 xx xx xx 01 ...          a ClientHello (RFC 8446, sections 4 and 5.1)
 *
 * In the first two, a connection carries one request, and the answer comes in the same form (bare:
 * one line). What follows the request is not looked at. The other two are only told here.
 *
 * How the forms are told apart. Eight bytes of printable text that start with upper-case letters or
 * hyphens, and have a space behind them if they are fewer than eight, are HTTP; read as a length they
 * would be over 2^56. A TLS record of type 22 (handshake), version 3.x, whose first
 * message has type 1 (client_hello) is TLS; read as a length it would be over 2^40. A text that
 * starts with '{' is bare if its first 8 bytes hold no 0, which no JSON text does and every length
 * below 2^56 does; a newline before the eighth byte ends the wait, except as the second byte, where
 * a length of some 2,600 bytes may have it. Everything else is a length. The answer depends on the
 * bytes alone, not on how they arrive in pieces, for every length up to FRAMING_LEN_MAX (beyond it,
 * 7b xx 0a is a newline in a bare text before it is a length of 0x0axx7b). */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/* FRAMING_LEN_MAX: the greatest limit that a caller may set. */
#define FRAMING_LEN_MAX (512u * 1024u)

/* FRAMING_HEAD_BYTES: the length in front of a text. FRAMING_EXTRA_BYTES: the most that a form adds
 * to a text. */
#define FRAMING_HEAD_BYTES  8u
#define FRAMING_EXTRA_BYTES 8u

enum framing_form {
    FRAMING_UNKNOWN,
    FRAMING_BARE,
    FRAMING_LENGTH,
    FRAMING_HTTP,
    FRAMING_TLS,
};

/* struct framing is what is known of one request. Starts as { 0 }. */
struct framing {
    enum framing_form form;
    size_t text_len; /* length form: what its head says */
    size_t scanned;  /* bare form: no newline before here */
};

/* framing_read looks at all bytes of a stream so far, `got`; `ended` says that no more will come.
 * Call it again, with the same *framing, each time there are more. `text_max` is the longest text
 * that is accepted, at most FRAMING_LEN_MAX.
 * Out: *whole, whether the request is complete; then *text is a view of its text within `got`.
 *   framing->form is set as soon as it is known, also when an error is returned. With FRAMING_HTTP
 *   and FRAMING_TLS nothing is whole: where their requests end is for others to tell.
 * Errors: ERR_LIMIT (longer than text_max), ERR_MALFORMED (none of the forms; the form is then
 * bare, for a person to read), ERR_TRUNCATED (ended within a request; an empty stream as well). */
enum err framing_read(struct framing *framing, bool *whole, struct bytes *text, struct bytes got,
                      bool ended, size_t text_max, struct err_detail *detail);

/* framing_wrap puts a text of `len` bytes into a form (bare or length; unknown counts as bare) by
 * writing before or behind it: there are FRAMING_HEAD_BYTES in front of the text and one byte behind
 * it. Returns the view to send. */
struct bytes framing_wrap(enum framing_form form, uint8_t *text, size_t len);

#endif
