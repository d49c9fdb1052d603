/* A strict reader of HTTP/1.1 messages, and the few heads that we write.
 *
 * Why not a library: docs/dependencies.md. The grammar in use is a first line, fields, and a length;
 * a line is looked at once, when its LF is there, so that the time is proportional to the bytes
 * however they arrive. */

#include "net/http.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"

/* Content-Length has at most so many digits: no sum of them overflows. */
#define LENGTH_DIGITS_MAX 18u

/* What there is to ask for, and how. */
struct resource {
    const char *path;
    bool posts;
    const char *allow;
};

static const struct resource resources[] = {
    {"/", true, "GET, HEAD, POST"},
    {"/health", false, "GET, HEAD"},
};

#define RESOURCE_COUNT (sizeof(resources) / sizeof(resources[0]))

/* ---- bytes ----------------------------------------------------------------------------------- */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* is_word compares without regard to case; `word` is in lower case. */
static bool is_word(struct bytes text, const char *word)
{
    if (text.len != strlen(word)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (lower(text.ptr[i]) != (uint8_t)word[i]) {
            return false;
        }
    }
    return true;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* RFC 9110, 5.6.2: tchar. */
static bool is_token(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.ptr[i];
        const bool alphanumeric = is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
        if (!alphanumeric && (c == 0 || strchr("!#$%&'*+-.^_`|~", c) == NULL)) {
            return false;
        }
    }
    return text.len != 0;
}

/* RFC 9110, 5.5: the bytes of a field's value. */
static bool is_value(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

/* is_visible: no spaces, no controls, ASCII; at least one byte. */
static bool is_visible(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= 0x20 || text.ptr[i] >= 0x7f) {
            return false;
        }
    }
    return text.len != 0;
}

static struct bytes from(struct bytes text, size_t start)
{
    return bytes_from(text.ptr + start, text.len - start);
}

/* trim takes spaces and tabs off both ends (RFC 9110, 5.6.3: OWS). */
static struct bytes trim(struct bytes text)
{
    while (text.len != 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) {
        text = from(text, 1);
    }
    while (text.len != 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t')) {
        text.len--;
    }
    return text;
}

/* cut splits *rest at the first `at`: what is before goes to *before, *rest is what is behind. False
 * when there is none, and then all of it is in *before. */
static bool cut(struct bytes *before, struct bytes *rest, char at)
{
    const uint8_t *found = rest->len != 0 ? memchr(rest->ptr, at, rest->len) : NULL;
    const size_t len = found != NULL ? (size_t)(found - rest->ptr) : rest->len;
    *before = bytes_from(rest->ptr, len);
    *rest = from(*rest, found != NULL ? len + 1 : len);
    return found != NULL;
}

/* ---- errors ---------------------------------------------------------------------------------- */

/* refuse ends a message: what to answer, and why. */
static enum err refuse(struct http *http, enum http_status status, enum err e,
                       struct err_detail *detail, const char *why)
{
    if (!http->is_answer) {
        http->status = status;
    }
    http->keep = false;
    return err_explain(detail, e, "HTTP: %s", why);
}

static enum err malformed(struct http *http, struct err_detail *detail, const char *why)
{
    return refuse(http, HTTP_BAD_REQUEST, ERR_MALFORMED, detail, why);
}

/* ---- the first line -------------------------------------------------------------------------- */

/* read_version reads "HTTP/1.x". RFC 9110, 2.5: what is of a higher minor version than ours is read
 * as if it were of ours. */
static enum err read_version(struct http *http, struct bytes version, struct err_detail *detail)
{
    if (version.len != 8 || memcmp(version.ptr, "HTTP/", 5) != 0 || !is_digit(version.ptr[5]) ||
        version.ptr[6] != '.' || !is_digit(version.ptr[7])) {
        return malformed(http, detail, "the first line has no version");
    }
    if (version.ptr[5] != '1') {
        return refuse(http, HTTP_VERSION_UNKNOWN, ERR_REFUSED, detail,
                      "only versions 1.0 and 1.1 are served");
    }
    http->minor = version.ptr[7] == '0' ? 0 : 1;
    return OK;
}

/* path_of takes the scheme and authority off a target that is a whole URI, and the query. */
static struct bytes path_of(struct bytes target)
{
    static const char *const schemes[] = {"http://", "https://"};
    struct bytes path;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        const size_t len = strlen(schemes[i]);
        if (target.len > len && is_word(bytes_from(target.ptr, len), schemes[i])) {
            target = from(target, len);
            while (target.len != 0 && target.ptr[0] != '/' && target.ptr[0] != '?') {
                target = from(target, 1);
            }
            if (target.len == 0 || target.ptr[0] == '?') {
                return bytes_from("/", 1);
            }
        }
    }
    (void)cut(&path, &target, '?');
    return path;
}

static size_t resource_of(struct bytes target)
{
    const struct bytes path = path_of(target);
    size_t i = 0;
    while (i < RESOURCE_COUNT && (path.len != strlen(resources[i].path) ||
                                  memcmp(path.ptr, resources[i].path, path.len) != 0)) {
        i++;
    }
    return i;
}

/* set_method: methods are compared with regard to case (RFC 9110, 9.1). */
static void set_method(struct http *http, struct bytes method)
{
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = {
        {"GET", HTTP_GET},       {"HEAD", HTTP_HEAD},    {"POST", HTTP_POST},
        {"PUT", HTTP_OTHER},     {"DELETE", HTTP_OTHER}, {"CONNECT", HTTP_OTHER},
        {"OPTIONS", HTTP_OTHER}, {"TRACE", HTTP_OTHER},  {"PATCH", HTTP_OTHER},
    };
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (method.len == strlen(methods[i].name) &&
            memcmp(method.ptr, methods[i].name, method.len) == 0) {
            http->method = methods[i].method;
            http->known_method = true;
        }
    }
}

static enum err read_request_line(struct http *http, struct bytes line, struct err_detail *detail)
{
    struct bytes method;
    struct bytes target;
    if (!cut(&method, &line, ' ') || !cut(&target, &line, ' ') || !is_token(method) ||
        !is_visible(target)) {
        return malformed(http, detail, "the first line is no method, target and version");
    }
    TRY(read_version(http, line, detail));
    set_method(http, method);
    http->resource = resource_of(target);
    return OK;
}

static enum err read_status_line(struct http *http, struct bytes line, struct err_detail *detail)
{
    struct bytes version;
    struct bytes number;
    if (!cut(&version, &line, ' ')) {
        return malformed(http, detail, "the first line is no version and status");
    }
    TRY(read_version(http, version, detail));
    /* The reason may be missing, with its space (RFC 9112, 4: it should not, but has been seen). */
    (void)cut(&number, &line, ' ');
    if (number.len != 3 || number.ptr[0] < '1' || number.ptr[0] > '5' || !is_digit(number.ptr[1]) ||
        !is_digit(number.ptr[2]) || !is_value(line)) {
        return malformed(http, detail, "the first line has no status");
    }
    http->status = (unsigned)(number.ptr[0] - '0') * 100 + (unsigned)(number.ptr[1] - '0') * 10 +
                   (unsigned)(number.ptr[2] - '0');
    return OK;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static enum err read_content_length(struct http *http, struct bytes value,
                                    struct err_detail *detail)
{
    uint64_t len = 0;
    bool good = value.len != 0;
    for (size_t i = 0; i < value.len; i++) {
        good = good && is_digit(value.ptr[i]);
        if (i < LENGTH_DIGITS_MAX) {
            len = len * 10 + (uint64_t)(value.ptr[i] - '0');
        }
    }
    if (!good || http->has_length) {
        return malformed(http, detail, "Content-Length is not one number");
    }
    http->has_length = true;
    http->body_len = value.len <= LENGTH_DIGITS_MAX ? len : SIZE_MAX;
    return OK;
}

/* read_host: RFC 9112, 3.2: "A server MUST respond with a 400 ... to any request message that
 * contains more than one Host header field line or a Host header field with an invalid field
 * value". What it says is not looked at: there is one host here. */
static enum err read_host(struct http *http, struct bytes value, struct err_detail *detail)
{
    const bool good =
        value.len == 0 ||
        (is_visible(value) && memchr(value.ptr, ',', value.len) == NULL &&
         memchr(value.ptr, '/', value.len) == NULL && memchr(value.ptr, '@', value.len) == NULL);
    if (!good || http->has_host) {
        return malformed(http, detail, "Host is not one host");
    }
    http->has_host = true;
    return OK;
}

static void read_connection(struct http *http, struct bytes value)
{
    struct bytes option;
    bool more = true;
    while (more) {
        more = cut(&option, &value, ',');
        http->says_close = http->says_close || is_word(trim(option), "close");
        http->says_keep_alive = http->says_keep_alive || is_word(trim(option), "keep-alive");
    }
}

static enum err read_field(struct http *http, struct bytes line, struct err_detail *detail)
{
    struct bytes name;
    if (++http->fields > LIMIT_HTTP_FIELDS) {
        return refuse(http, HTTP_HEAD_TOO_LARGE, ERR_LIMIT, detail, "too many fields");
    }
    if (!cut(&name, &line, ':') || !is_token(name) || !is_value(line)) {
        return malformed(http, detail, "a line of the head is no name and value");
    }
    const struct bytes value = trim(line);
    if (is_word(name, "content-length")) {
        return read_content_length(http, value, detail);
    }
    if (is_word(name, "host")) {
        return read_host(http, value, detail);
    }
    if (is_word(name, "connection")) {
        read_connection(http, value);
    } else if (is_word(name, "transfer-encoding")) {
        http->has_coding = true;
    } else if (is_word(name, "content-encoding")) {
        http->has_content_coding = http->has_content_coding || !is_word(value, "identity");
    } else if (is_word(name, "expect")) {
        const bool is_known = is_word(value, "100-continue");
        http->says_continue = http->says_continue || is_known;
        http->says_other_expectation = http->says_other_expectation || !is_known;
    }
    return OK;
}

/* ---- the whole head -------------------------------------------------------------------------- */

/* check_framing looks at what decides where the body ends. */
static enum err check_framing(struct http *http, struct err_detail *detail)
{
    if (http->has_coding && (http->has_length || http->minor == 0)) {
        return malformed(http, detail, "Transfer-Encoding beside Content-Length, or in HTTP/1.0");
    }
    if (http->has_coding) {
        return refuse(http, HTTP_NOT_IMPLEMENTED, ERR_REFUSED, detail,
                      "Transfer-Encoding is not served: send a body with Content-Length");
    }
    return OK;
}

static enum err check_body(struct http *http, size_t body_max, struct err_detail *detail)
{
    if (http->body_len > body_max) {
        (void)refuse(http, HTTP_CONTENT_TOO_LARGE, ERR_LIMIT, detail, "");
        return err_explain(detail, ERR_LIMIT, "HTTP: the body is longer than %zu bytes", body_max);
    }
    return OK;
}

static enum err check_answer(struct http *http, size_t body_max, struct err_detail *detail)
{
    TRY(check_framing(http, detail));
    const bool has_body = http->status != HTTP_NO_CONTENT && http->status != 304;
    if (has_body && !http->has_length) {
        return malformed(http, detail, "the answer does not say how long it is");
    }
    if (!has_body) {
        http->body_len = 0;
    }
    return check_body(http, body_max, detail);
}

static enum err check_request(struct http *http, size_t body_max, struct err_detail *detail)
{
    if (http->minor == 1 && !http->has_host) {
        return malformed(http, detail, "Host is missing");
    }
    TRY(check_framing(http, detail));
    if (!http->known_method) {
        return refuse(http, HTTP_NOT_IMPLEMENTED, ERR_REFUSED, detail, "the method is not known");
    }
    if (http->resource == RESOURCE_COUNT) {
        return refuse(http, HTTP_NOT_FOUND, ERR_REFUSED, detail,
                      "there is nothing here but / and /health");
    }
    const struct resource *resource = &resources[http->resource];
    if (http->method == HTTP_OTHER || (http->method == HTTP_POST && !resource->posts)) {
        http->allow = resource->allow;
        return refuse(http, HTTP_METHOD_NOT_ALLOWED, ERR_REFUSED, detail,
                      "requests are sent with POST to /");
    }
    if (http->says_other_expectation && http->minor == 1) {
        return refuse(http, HTTP_EXPECTATION_FAILED, ERR_REFUSED, detail,
                      "nothing can be expected but 100-continue");
    }
    if (http->method == HTTP_POST && !http->has_length) {
        return refuse(http, HTTP_LENGTH_REQUIRED, ERR_REFUSED, detail, "Content-Length is missing");
    }
    if (http->method != HTTP_POST && http->body_len != 0) {
        return malformed(http, detail, "only POST has a body here");
    }
    if (http->has_content_coding) {
        return refuse(http, HTTP_UNSUPPORTED_CODING, ERR_REFUSED, detail,
                      "Content-Encoding is not served");
    }
    return check_body(http, body_max, detail);
}

/* end_head reads the empty line. */
static enum err end_head(struct http *http, size_t body_max, struct err_detail *detail)
{
    if (http->is_answer && http->status < 200) {
        /* An interim answer: the next head is of the same message. */
        *http = (struct http){.is_answer = true, .line = http->line, .scanned = http->scanned};
        return OK;
    }
    TRY(http->is_answer ? check_answer(http, body_max, detail)
                        : check_request(http, body_max, detail));
    /* RFC 9112, 9.3. RFC 9110, 10.1.1: from HTTP/1.0, the expectation counts for nothing. */
    http->keep = !http->says_close && (http->minor == 1 || http->says_keep_alive);
    http->expects_continue = http->says_continue && http->minor == 1 && http->body_len != 0;
    http->head_len = http->line;
    return OK;
}

static enum err read_line(struct http *http, struct bytes line, size_t body_max,
                          struct err_detail *detail)
{
    if (!http->started && line.len == 0 && !http->skipped && !http->is_answer) {
        /* RFC 9112, 2.2: "a server ... SHOULD ignore at least one empty line (CRLF) received prior
         * to the request-line". */
        http->skipped = true;
        return OK;
    }
    if (!http->started) {
        http->started = true;
        return http->is_answer ? read_status_line(http, line, detail)
                               : read_request_line(http, line, detail);
    }
    return line.len != 0 ? read_field(http, line, detail) : end_head(http, body_max, detail);
}

/* next_line takes the next line, without its CRLF, if it is there. */
static enum err next_line(struct http *http, bool *found, struct bytes *line, struct bytes got,
                          struct err_detail *detail)
{
    const size_t left = got.len - http->scanned;
    const uint8_t *lf = left != 0 ? memchr(got.ptr + http->scanned, '\n', left) : NULL;
    const size_t end = lf != NULL ? (size_t)(lf - got.ptr) : got.len;
    if (end >= LIMIT_HTTP_HEAD_BYTES) {
        return refuse(http, http->started ? HTTP_HEAD_TOO_LARGE : HTTP_URI_TOO_LONG, ERR_LIMIT,
                      detail, "the head is too long");
    }
    *found = lf != NULL;
    http->scanned = lf != NULL ? end + 1 : end;
    if (lf == NULL) {
        return OK;
    }
    const size_t len = end - http->line;
    /* A CR anywhere else is a control character like others. */
    if (len == 0 || got.ptr[end - 1] != '\r') {
        return malformed(http, detail, "a line of the head does not end in CR LF");
    }
    *line = bytes_from(got.ptr + http->line, len - 1);
    http->line = end + 1;
    return OK;
}

enum err http_read(struct http *http, bool *whole, struct bytes *body, struct bytes got, bool ended,
                   size_t body_max, struct err_detail *detail)
{
    *whole = false;
    *body = bytes_from(NULL, 0);
    bool found = true;
    while (http->head_len == 0 && found) {
        struct bytes line = bytes_from(NULL, 0);
        TRY(next_line(http, &found, &line, got, detail));
        if (found) {
            TRY(read_line(http, line, body_max, detail));
        }
    }
    *whole = http->head_len != 0 && got.len - http->head_len >= http->body_len;
    if (*whole) {
        *body = bytes_from(got.ptr + http->head_len, http->body_len);
    } else if (ended) {
        return refuse(http, HTTP_BAD_REQUEST, ERR_TRUNCATED, detail,
                      http->head_len == 0 ? "the stream ended within the head"
                                          : "the stream ended within the body");
    }
    return OK;
}

/* ---- heads that we write --------------------------------------------------------------------- */

/* struct head is a head under way, with room for its NUL. */
struct head {
    char text[HTTP_HEAD_ROOM + 1];
    size_t len;
};

static void put(struct head *head, const char *format, ...) PRINTF_FORMAT(2, 3);

static void put(struct head *head, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(head->text + head->len, sizeof(head->text) - head->len, format, args);
    va_end(args);
    /* The longest of each part is known, and a test writes all of them. */
    ASSERT(len >= 0 && (size_t)len < sizeof(head->text) - head->len);
    head->len += (size_t)len;
}

/* place writes a head in front of a text. */
static struct bytes place(const struct head *head, uint8_t *text, size_t len)
{
    memcpy(text - head->len, head->text, head->len);
    return bytes_from(text - head->len, head->len + len);
}

const char *http_reason(unsigned status)
{
    switch (status) {
#define X(name, number, reason) \
    case (number):              \
        return (reason);
#include "net/http_status.def"
#undef X
    default:
        return "";
    }
}

struct bytes http_wrap_answer(const struct http *request, enum http_status status, bool keep,
                              uint8_t *text, size_t len)
{
    struct head head = {.len = 0};
    put(&head, "HTTP/1.1 %d %s\r\n", (int)status, http_reason(status));
    if (status != HTTP_NO_CONTENT) {
        put(&head, "Content-Type: application/json\r\nContent-Length: %zu\r\n", len);
    }
    if (status == HTTP_METHOD_NOT_ALLOWED) {
        put(&head, "Allow: %s\r\n", request->allow);
    }
    if (status == HTTP_BUSY) {
        put(&head, "Retry-After: 1\r\n");
    }
    if (!keep) {
        put(&head, "Connection: close\r\n");
    } else if (request->minor == 0) {
        put(&head, "Connection: keep-alive\r\n");
    }
    put(&head, "\r\n");
    const bool has_text = status != HTTP_NO_CONTENT && request->method != HTTP_HEAD;
    return place(&head, text, has_text ? len : 0);
}

struct bytes http_wrap_request(const char *host, uint8_t *text, size_t len)
{
    struct head head = {.len = 0};
    put(&head,
        "POST / HTTP/1.1\r\nHost: %.*s\r\nContent-Type: application/json\r\n"
        "Content-Length: %zu\r\nConnection: close\r\n\r\n",
        (int)HTTP_HOST_MAX, host, len);
    return place(&head, text, len);
}

struct bytes http_interim(void)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    return bytes_from(interim, sizeof(interim) - 1);
}

enum http_status http_status_of(enum err e)
{
    switch (e) {
    case ERR_TIMEOUT:
        return HTTP_TIMEOUT;
    case ERR_BUSY:
    case ERR_MEMORY:
        return HTTP_BUSY;
    case ERR_REFUSED:
        return HTTP_FORBIDDEN;
    case ERR_LIMIT:
        return HTTP_CONTENT_TOO_LARGE;
    default:
        return HTTP_BAD_REQUEST;
    }
}
