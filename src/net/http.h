#ifndef NET_HTTP_H
#define NET_HTTP_H

/* http.h: messages of HTTP/1.1 and 1.0 (RFC 9110, RFC 9112), as much as a JSON-RPC server and its
 * client need, and nothing that two readers could understand differently.
 *
 *   request    METHOD SP TARGET SP HTTP/1.1 CRLF   fields   CRLF   body
 *   answer     HTTP/1.1 SP 200 SP OK CRLF          fields   CRLF   body
 *   field      name ":" value CRLF
 *
 * A body has the length that Content-Length says; a request may have none. What is there to ask for:
 *
 *   POST /             a JSON-RPC request
 *   GET / or /health   whether the server answers; HEAD the same, without the body
 *
 * A target may have a query, which is not looked at, or be a whole URI (RFC 9112, 3.2.2). Nor is
 * Content-Type looked at: the body is JSON or is refused, and no authority that a browser could lend
 * to a page (cookies, passwords) means anything here.
 *
 * Where RFC 9112 lets a reader be lenient, this one is not; it refuses
 *   - a line that does not end in CRLF, a CR anywhere else, control characters (2.2, 5.5);
 *   - folded lines, white space before a colon, names that are not tokens (5.1, 5.2);
 *   - two Content-Length, even if equal, or one that is not all digits (6.3);
 *   - Transfer-Encoding in every form (501, and 400 beside Content-Length or in HTTP/1.0; 6.1): the
 *     requests of this protocol are texts whose length is known before they are sent;
 *   - a request of HTTP/1.1 without Host, or with two (3.2);
 *   - more fields or longer heads than base/limits.h allows. */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

enum http_status {
#define X(name, number, reason) name = (number),
#include "net/http_status.def"
#undef X
};

enum http_method { HTTP_OTHER, HTTP_GET, HTTP_HEAD, HTTP_POST };

/* struct http is what is known of one message. Starts as { 0 }, or for an answer as
 * { .is_answer = true }; the next message of a stream starts with another one. */
struct http {
    bool is_answer;
    /* Known once head_len is not 0, and after an error. */
    size_t head_len;         /* with the empty line; 0 as long as that has not come */
    size_t body_len;         /* what Content-Length says */
    enum http_method method; /* of a request */
    bool keep;               /* more messages may follow on the connection */
    bool expects_continue;   /* the sender waits for 100 Continue (RFC 9110, 10.1.1) */
    unsigned status;         /* of an answer; of a request that is an error, what to answer */
    const char *allow;       /* with status 405: the methods that there are */
    /* Of http_read. */
    size_t line;    /* where the first line starts that has not been read */
    size_t scanned; /* no LF from there to here */
    unsigned fields;
    unsigned minor; /* of HTTP/1.minor */
    bool started;   /* the first line has been read */
    bool skipped;   /* an empty line before it as well */
    bool known_method;
    bool has_length;
    bool has_coding; /* Transfer-Encoding */
    bool has_host;
    bool has_content_coding;
    bool says_close;
    bool says_keep_alive;
    bool says_continue; /* Expect */
    bool says_other_expectation;
    size_t resource;
};

/* http_read looks at all bytes of a stream from the start of a message on, `got`; `ended` says that
 * no more will come. Call it again, with the same *http, each time there are more: what was read is
 * not read again. `body_max` is the longest body that is accepted.
 * Out: *whole, whether the message is complete; then *body is a view of its body within `got`, and
 *   the message is the first head_len + body_len bytes. Interim answers (1xx) are passed over.
 * Errors, after which the stream cannot be read on; of a request, http->status is the answer:
 *   ERR_MALFORMED (not HTTP), ERR_LIMIT (head or body too long), ERR_REFUSED (nothing that there is
 *   here, or a part of HTTP that is not served), ERR_TRUNCATED (ended within a message; a stream
 *   without any as well). */
enum err http_read(struct http *http, bool *whole, struct bytes *body, struct bytes got, bool ended,
                   size_t body_max, struct err_detail *detail);

/* HTTP_HEAD_ROOM: bytes in front of a text for the longest head that the next two write. */
#define HTTP_HEAD_ROOM 256u

/* http_wrap_answer puts a text of `len` bytes into an answer to *request by writing its head into
 * the HTTP_HEAD_ROOM bytes in front of it; with `keep`, more requests may follow. The text is left
 * out where the answer has none: to HEAD, and with HTTP_NO_CONTENT. Returns the view to send.
 * There is no Date: what the parent instance says is no clock (RFC 9110, 6.6.1). */
struct bytes http_wrap_answer(const struct http *request, enum http_status status, bool keep,
                              uint8_t *text, size_t len);

/* http_wrap_request does the same for a request: POST / with the text as its body, on a connection
 * that is not kept. `host` is the value of Host, at most HTTP_HOST_MAX characters. */
#define HTTP_HOST_MAX 64u
struct bytes http_wrap_request(const char *host, uint8_t *text, size_t len);

/* http_interim is what a client that expects it waits for: 100 Continue. A constant. */
struct bytes http_interim(void);

/* http_status_of gives the status of an answer that is an error for `e`, where http_read has not
 * said more. */
enum http_status http_status_of(enum err e);

/* http_reason gives the text that stands after a number; "" for one that we do not answer with. */
const char *http_reason(unsigned status);

#endif
