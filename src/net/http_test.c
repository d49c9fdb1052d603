/* The reader of HTTP against tables of messages, good and bad, each in all the pieces it can arrive
 * in; its limits; every one-byte change of a request; and the heads that we write, read back. */

#include "net/http.h"

#include <stdio.h>

#include "base/limits.h"
#include "tests/test.h"

#define BODY_MAX 1000u

/* A message and what is to be made of it. */
struct stream {
    const char *bytes;
    enum err err;
    unsigned status;  /* with an error: what to answer */
    const char *body; /* of a whole message; NULL: it is not whole */
};

#define HOST   "Host: a\r\n"
#define POST   "POST / HTTP/1.1\r\n" HOST
#define LENGTH "Content-Length: 2\r\n"
#define END    "\r\n{}"

static const struct stream requests[] = {
    /* whole ones */
    {POST LENGTH END, OK, 0, "{}"},
    {POST LENGTH END "POST", OK, 0, "{}"},
    {POST "Content-Length: 0\r\n\r\n", OK, 0, ""},
    {POST "content-LENGTH:2\r\n" END, OK, 0, "{}"},
    {POST "Content-Length: \t 002 \t\r\n" END, OK, 0, "{}"},
    {POST "X-Empty:\r\nX-Text: \xc3\xa9\t\"\r\n" LENGTH END, OK, 0, "{}"},
    {POST "!#$%&'*+-.^_`|~09azAZ: token\r\n" LENGTH END, OK, 0, "{}"},
    {POST "Content-Encoding: identity\r\n" LENGTH END, OK, 0, "{}"},
    {POST "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n" LENGTH END, OK, 0, "{}"},
    {"\r\n" POST LENGTH END, OK, 0, "{}"},
    {"POST / HTTP/1.0\r\n" LENGTH END, OK, 0, "{}"},
    {"POST / HTTP/1.7\r\n" HOST LENGTH END, OK, 0, "{}"},
    {"POST / HTTP/1.1\r\nHost:\r\n" LENGTH END, OK, 0, "{}"},
    {"POST / HTTP/1.1\r\nHost: [::1]:7878\r\n" LENGTH END, OK, 0, "{}"},
    {"POST /?key=1&b HTTP/1.1\r\n" HOST LENGTH END, OK, 0, "{}"},
    {"POST http://a/ HTTP/1.1\r\n" HOST LENGTH END, OK, 0, "{}"},
    {"POST HTTPS://a:1?x/y HTTP/1.1\r\n" HOST LENGTH END, OK, 0, "{}"},
    {"POST http://a HTTP/1.1\r\n" HOST LENGTH END, OK, 0, "{}"},
    {"GET / HTTP/1.1\r\n" HOST "\r\n", OK, 0, ""},
    {"GET /health HTTP/1.1\r\n" HOST "\r\n", OK, 0, ""},
    {"HEAD http://a/health?now HTTP/1.1\r\n" HOST "\r\n", OK, 0, ""},
    {"GET / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", OK, 0, ""},
    {"POST / HTTP/1.0\r\nExpect: rain\r\n" LENGTH END, OK, 0, "{}"},
    /* parts of one */
    {"", OK, 0, NULL},
    {"POST / HTTP/1.1", OK, 0, NULL},
    {POST LENGTH, OK, 0, NULL},
    {POST LENGTH "\r", OK, 0, NULL},
    {POST LENGTH "\r\n{", OK, 0, NULL},
    /* lines */
    {"POST / HTTP/1.1\nHost: a\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.1\r\nHost: a\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST LENGTH "\n{}", ERR_MALFORMED, 400, NULL},
    {POST "X: a\rContent-Length: 2\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "X:\rContent-Length: 2\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "X: a\r\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {"\n" POST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"\r\n\r\n" POST LENGTH END, ERR_MALFORMED, 400, NULL},
    /* the first line */
    {"GET /\r\n", ERR_MALFORMED, 400, NULL},
    {"GET\r\n", ERR_MALFORMED, 400, NULL},
    {"POST  / HTTP/1.1\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST /  HTTP/1.1\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.1 \r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {" POST / HTTP/1.1\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST\t/ HTTP/1.1\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"PO(ST / HTTP/1.1\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST /\x01 HTTP/1.1\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST /\x80 HTTP/1.1\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / http/1.1\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/11\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.10\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.x\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ERR_REFUSED, 505, NULL},
    {"POST / HTTP/0.9\r\n" HOST LENGTH END, ERR_REFUSED, 505, NULL},
    /* fields */
    {POST "X: a\r\n b\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST "X: a\r\n\tb\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.1\r\n Host: a\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST "Content-Length : 2\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "Content Length: 2\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "X\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST ": x\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST "X: a\x01\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST "X: a\x7f\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST "X\xc3\xa9: a\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    /* Host */
    {"POST / HTTP/1.1\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.1\r\nHost: a, b\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.1\r\nHost: a,b\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.1\r\nHost: a b\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.1\r\nHost: a/b\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.1\r\nHost: b@a\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    /* how long it is */
    {POST END, ERR_REFUSED, 411, NULL},
    {POST LENGTH LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST LENGTH "Content-Length: 3\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "Content-Length: 2, 2\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "Content-Length: +2\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "Content-Length: -2\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "Content-Length: 0x2\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "Content-Length: 2.0\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "Content-Length: 2 2\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "Content-Length:\r\n" END, ERR_MALFORMED, 400, NULL},
    {POST "Content-Length: 1001\r\n\r\n", ERR_LIMIT, 413, NULL},
    {POST "Content-Length: 0000000000000000002\r\n" END, ERR_LIMIT, 413, NULL},
    {POST "Content-Length: 999999999999999999\r\n\r\n", ERR_LIMIT, 413, NULL},
    {POST "Content-Length: 18446744073709551618\r\n\r\n", ERR_LIMIT, 413, NULL},
    {POST "Content-Length: 340282366920938463463374607431768211458\r\n\r\n", ERR_LIMIT, 413, NULL},
    {POST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ERR_REFUSED, 501, NULL},
    {POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", ERR_REFUSED, 501, NULL},
    {POST "Transfer-Encoding:\r\n\r\n0\r\n\r\n", ERR_REFUSED, 501, NULL},
    {POST "Transfer-Encoding: chunked\r\n" LENGTH END, ERR_MALFORMED, 400, NULL},
    {POST LENGTH "transfer-encoding: identity\r\n" END, ERR_MALFORMED, 400, NULL},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" END, ERR_MALFORMED, 400, NULL},
    {"GET / HTTP/1.1\r\n" HOST LENGTH END, ERR_MALFORMED, 400, NULL},
    {"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ERR_REFUSED, 501,
     NULL},
    /* what is asked for */
    {"POST /x HTTP/1.1\r\n" HOST LENGTH END, ERR_REFUSED, 404, NULL},
    {"POST // HTTP/1.1\r\n" HOST LENGTH END, ERR_REFUSED, 404, NULL},
    {"GET /health/ HTTP/1.1\r\n" HOST "\r\n", ERR_REFUSED, 404, NULL},
    {"GET /HEALTH HTTP/1.1\r\n" HOST "\r\n", ERR_REFUSED, 404, NULL},
    {"GET http:/ HTTP/1.1\r\n" HOST "\r\n", ERR_REFUSED, 404, NULL},
    {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", ERR_REFUSED, 404, NULL},
    {"CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n", ERR_REFUSED, 404, NULL},
    {"POST /health HTTP/1.1\r\n" HOST LENGTH END, ERR_REFUSED, 405, NULL},
    {"PUT / HTTP/1.1\r\n" HOST LENGTH END, ERR_REFUSED, 405, NULL},
    {"OPTIONS / HTTP/1.1\r\n" HOST "\r\n", ERR_REFUSED, 405, NULL},
    {"BREW / HTTP/1.1\r\n" HOST LENGTH END, ERR_REFUSED, 501, NULL},
    {"post / HTTP/1.1\r\n" HOST LENGTH END, ERR_REFUSED, 501, NULL},
    {POST "Expect: 200-ok\r\n" LENGTH END, ERR_REFUSED, 417, NULL},
    {POST "Expect: 100-continue, x\r\n" LENGTH END, ERR_REFUSED, 417, NULL},
    {POST "Content-Encoding: gzip\r\n" LENGTH END, ERR_REFUSED, 415, NULL},
    {POST "Content-Encoding: br\r\nContent-Encoding: identity\r\n" LENGTH END, ERR_REFUSED, 415,
     NULL},
};

#define ANSWER "HTTP/1.1 200 OK\r\n"

static const struct stream answers[] = {
    {ANSWER LENGTH END, OK, 200, "{}"},
    {"HTTP/1.1 200 \r\n" LENGTH END, OK, 200, "{}"},
    {"HTTP/1.1 200\r\n" LENGTH END, OK, 200, "{}"},
    {"HTTP/1.0 503 Service Unavailable\r\n" LENGTH END, OK, 503, "{}"},
    {"HTTP/1.1 204 No Content\r\n\r\n", OK, 204, ""},
    {"HTTP/1.1 304 Not Modified\r\n" LENGTH "\r\n", OK, 304, ""},
    {"HTTP/1.1 100 Continue\r\n\r\n" ANSWER LENGTH END, OK, 200, "{}"},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n" LENGTH "\r\n" ANSWER LENGTH END,
     OK, 200, "{}"},
    {"HTTP/1.1 100 Continue\r\n\r\n", OK, 0, NULL},
    {"HTTP/1.1 100 Continue\r\n\r\n\r\n", ERR_MALFORMED, 0, NULL},
    {"\r\n" ANSWER LENGTH END, ERR_MALFORMED, 0, NULL},
    {"HTTP/2 200\r\n" LENGTH END, ERR_MALFORMED, 0, NULL},
    {"HTTP/2.0 200\r\n" LENGTH END, ERR_REFUSED, 0, NULL},
    {"HTTP/1.1  200 OK\r\n" LENGTH END, ERR_MALFORMED, 0, NULL},
    {"HTTP/1.1 20 OK\r\n" LENGTH END, ERR_MALFORMED, 0, NULL},
    {"HTTP/1.1 600 OK\r\n" LENGTH END, ERR_MALFORMED, 0, NULL},
    {"HTTP/1.1 000 OK\r\n" LENGTH END, ERR_MALFORMED, 0, NULL},
    {"HTTP/1.1 200 \x1b[31m\r\n" LENGTH END, ERR_MALFORMED, 0, NULL},
    {"HTTP/1.1\r\n" LENGTH END, ERR_MALFORMED, 0, NULL},
    {"{\"error\":{}}\n", ERR_MALFORMED, 0, NULL},
    {ANSWER END, ERR_MALFORMED, 200, NULL},
    {ANSWER LENGTH LENGTH END, ERR_MALFORMED, 200, NULL},
    {ANSWER "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ERR_REFUSED, 200, NULL},
    {ANSWER "Content-Length: 1001\r\n\r\n", ERR_LIMIT, 200, NULL},
    {ANSWER "Content-Length 2\r\n" END, ERR_MALFORMED, 200, NULL},
};

/* read_in_steps reads a stream as it arrives, `step` bytes more each time. The bytes end at a page
 * that cannot be read. */
static enum err read_in_steps(struct http *http, bool *whole, struct bytes *body,
                              const uint8_t *bytes, size_t len, size_t step)
{
    for (size_t have = 0;; have = len - have < step ? len : have + step) {
        TRY(http_read(http, whole, body, bytes_from(bytes, have), false, BODY_MAX, NULL));
        if (have == len || *whole) {
            return OK;
        }
    }
}

static void check_stream(const struct stream *s, bool is_answer)
{
    const size_t len = strlen(s->bytes);
    const uint8_t *bytes = test_guarded(s->bytes, len);
    for (size_t step = 1; step <= len + 1; step++) {
        struct http http = {.is_answer = is_answer};
        bool whole = false;
        struct bytes body = {0};
        enum err err = read_in_steps(&http, &whole, &body, bytes, len, step);
        bool good = err == s->err && whole == (s->body != NULL) &&
                    (http.status == s->status || (err == OK && !whole));
        if (whole && good) {
            good = body.len == strlen(s->body) && memcmp(body.ptr, s->body, body.len) == 0 &&
                   body.ptr == bytes + http.head_len && body.len == http.body_len;
        }
        if (!good) {
            test_fail(__FILE__, __LINE__, "\"%s\" in steps of %zu: %s, status %u, whole %d",
                      s->bytes, step, err_name(err), http.status, (int)whole);
            return;
        }
    }
}

static void reads_requests(void)
{
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        check_stream(&requests[i], false);
    }
}

static void reads_answers(void)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        check_stream(&answers[i], true);
    }
}

/* read_at_once reads a text that is there as a whole. */
static enum err read_at_once(struct http *http, bool *whole, const char *text, bool ended)
{
    struct bytes body;
    *http = (struct http){0};
    return http_read(http, whole, &body, bytes_from(text, strlen(text)), ended, BODY_MAX, NULL);
}

/* The end of the stream ends what is not whole, and nothing else. */
static void minds_the_end_of_the_stream(void)
{
    static const char text[] = POST LENGTH END;
    char part[sizeof(text)] = "";
    for (size_t len = 0; len < sizeof(text); len++) {
        struct http http;
        bool whole;
        memcpy(part, text, len);
        enum err err = read_at_once(&http, &whole, part, true);
        CHECK_EQ(err, len < sizeof(text) - 1 ? ERR_TRUNCATED : OK);
        CHECK_EQ(whole, len == sizeof(text) - 1);
        CHECK_EQ(http.status, whole ? 0 : 400);
    }
}

/* RFC 9112, 9.3: whether a connection is kept. */
static void knows_whether_to_go_on(void)
{
    static const struct {
        const char *text;
        bool keep;
    } rows[] = {
        {POST LENGTH END, true},
        {POST "Connection: keep-alive\r\n" LENGTH END, true},
        {POST "Connection: close\r\n" LENGTH END, false},
        {POST "Connection: x, Close ,keep-alive\r\n" LENGTH END, false},
        {POST "Connection: x\r\nConnection: close\r\n" LENGTH END, false},
        {POST "Connection: closed\r\n" LENGTH END, true},
        {POST "Connection:\r\n" LENGTH END, true},
        {"POST / HTTP/1.0\r\n" LENGTH END, false},
        {"POST / HTTP/1.0\r\nConnection: Keep-Alive\r\n" LENGTH END, true},
        {"POST / HTTP/1.0\r\nConnection: keep-alive, close\r\n" LENGTH END, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct http http;
        bool whole;
        CHECK_EQ(read_at_once(&http, &whole, rows[i].text, false), OK);
        CHECK(whole);
        if (http.keep != rows[i].keep) {
            test_fail(__FILE__, __LINE__, "\"%s\": keep %d", rows[i].text, (int)http.keep);
        }
    }
}

/* RFC 9110, 10.1.1: who waits for 100 Continue. */
static void knows_who_waits(void)
{
    static const struct {
        const char *text;
        bool waits;
    } rows[] = {
        {POST LENGTH "\r\n", false},
        {POST "Expect: 100-continue\r\n" LENGTH "\r\n", true},
        {POST "expect: 100-Continue \r\n" LENGTH "\r\n", true},
        {POST "Expect: 100-continue\r\n" LENGTH, false},
        {POST "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n", false},
        {POST "Expect: 100-continue\r\nContent-Length: 2000\r\n\r\n", false},
        {"POST / HTTP/1.0\r\nExpect: 100-continue\r\n" LENGTH "\r\n", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct http http;
        bool whole;
        (void)(read_at_once(&http, &whole, rows[i].text, false) == OK);
        if (http.expects_continue != rows[i].waits) {
            test_fail(__FILE__, __LINE__, "\"%s\": %d", rows[i].text, (int)http.expects_continue);
        }
    }
}

static void names_the_methods_there_are(void)
{
    struct http http;
    bool whole;
    CHECK_EQ(read_at_once(&http, &whole, "PUT / HTTP/1.1\r\n" HOST "\r\n", false), ERR_REFUSED);
    CHECK_STR(http.allow, "GET, HEAD, POST");
    CHECK_EQ(read_at_once(&http, &whole, "POST /health HTTP/1.1\r\n" HOST "\r\n", false),
             ERR_REFUSED);
    CHECK_STR(http.allow, "GET, HEAD");
    CHECK_EQ(read_at_once(&http, &whole, "GET /health HTTP/1.1\r\n" HOST "\r\n", false), OK);
    CHECK_EQ(http.method, HTTP_GET);
    CHECK_EQ(read_at_once(&http, &whole, "HEAD / HTTP/1.1\r\n" HOST "\r\n", false), OK);
    CHECK_EQ(http.method, HTTP_HEAD);
}

/* A head of exactly the limit is taken, one byte more is not, wherever that byte is. */
static void bounds_the_head(void)
{
    static char text[LIMIT_HTTP_HEAD_BYTES + 3];
    static const char start[] = POST "Content-Length: 0\r\nX: ";
    for (size_t over = 0; over < 2; over++) {
        const size_t len = LIMIT_HTTP_HEAD_BYTES + over;
        memset(text, 'x', sizeof(text));
        memcpy(text, start, sizeof(start) - 1);
        memcpy(text + len - 4, "\r\n\r\n", 5);
        for (size_t step = 1; step <= len; step = step * 7 + 1) {
            struct http http = {0};
            bool whole = false;
            struct bytes body;
            enum err err = read_in_steps(&http, &whole, &body, (const uint8_t *)text, len, step);
            CHECK_EQ(err, over == 0 ? OK : ERR_LIMIT);
            CHECK_EQ(whole, over == 0);
            CHECK_EQ(http.status, over == 0 ? 0 : 431);
        }
    }
    memset(text, 'x', sizeof(text));
    bytes_copy(text, "GET /", 5);
    struct http http = {0};
    bool whole;
    struct bytes body;
    CHECK_EQ(http_read(&http, &whole, &body, bytes_from(text, LIMIT_HTTP_HEAD_BYTES - 1), false,
                       BODY_MAX, NULL),
             OK);
    CHECK_EQ(http_read(&http, &whole, &body, bytes_from(text, LIMIT_HTTP_HEAD_BYTES), false,
                       BODY_MAX, NULL),
             ERR_LIMIT);
    CHECK_EQ(http.status, 414);
}

static void bounds_the_fields(void)
{
    for (size_t over = 0; over < 2; over++) {
        static char text[8192];
        size_t len = (size_t)snprintf(text, sizeof(text), "POST / HTTP/1.1\r\n" HOST LENGTH);
        for (size_t i = 2; i < LIMIT_HTTP_FIELDS + over; i++) {
            len += (size_t)snprintf(text + len, sizeof(text) - len, "X: %zu\r\n", i);
        }
        (void)snprintf(text + len, sizeof(text) - len, "\r\n{}");
        struct http http;
        bool whole;
        CHECK_EQ(read_at_once(&http, &whole, text, false), over == 0 ? OK : ERR_LIMIT);
        CHECK_EQ(whole, over == 0);
        CHECK_EQ(http.status, over == 0 ? 0 : 431);
    }
}

static void bounds_the_body(void)
{
    char text[2 * BODY_MAX];
    struct http http;
    bool whole;
    (void)snprintf(text, sizeof(text), POST "Content-Length: %u\r\n\r\n%*s", BODY_MAX,
                   (int)BODY_MAX, "x");
    CHECK_EQ(read_at_once(&http, &whole, text, false), OK);
    CHECK(whole);
    (void)snprintf(text, sizeof(text), POST "Content-Length: %u\r\n\r\n", BODY_MAX + 1);
    struct err_detail detail;
    struct bytes body;
    http = (struct http){0};
    CHECK_EQ(
        http_read(&http, &whole, &body, bytes_from(text, strlen(text)), false, BODY_MAX, &detail),
        ERR_LIMIT);
    CHECK_STR(detail.text, "HTTP: the body is longer than 1000 bytes");
}

/* Every change of one byte of a request's head: never read outside, the same in one piece and byte
 * by byte, and what is taken has the body that its one Content-Length says. */
static void survives_every_changed_byte(void)
{
    static const char text[] = "POST / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n"
                               "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n{\"a\":[1,2]} ";
    const size_t len = sizeof(text) - 1;
    const size_t digits = (size_t)(strstr(text, "12") - text);
    const size_t head_len = (size_t)(strstr(text, "\r\n\r\n") - text) + 4;
    uint8_t *bytes = test_guarded(text, len);
    size_t taken = 0;
    for (size_t i = 0; i < len; i++) {
        const uint8_t was = bytes[i];
        for (unsigned value = 0; value < 256; value++) {
            struct http at_once = {0};
            struct http steps = {0};
            bool whole[2] = {false, false};
            struct bytes body[2];
            bytes[i] = (uint8_t)value;
            enum err a = read_in_steps(&at_once, &whole[0], &body[0], bytes, len, len);
            enum err b = read_in_steps(&steps, &whole[1], &body[1], bytes, len, 1);
            CHECK_EQ(a, b);
            CHECK_EQ(whole[0], whole[1]);
            CHECK_EQ(at_once.status, steps.status);
            taken += whole[0];
            /* No control character is part of a head. */
            CHECK(!whole[0] || i >= head_len || value >= 0x20 || value == '\t' || value == was);
            if (whole[0]) {
                CHECK(body[0].len == 12 || (i >= digits && i < digits + 2));
                CHECK_EQ(body[0].len, body[1].len);
            }
        }
        bytes[i] = was;
    }
    CHECK(taken > 2000);
}

/* Requests one behind the other are told apart, and do not change each other. */
static void reads_one_after_the_other(void)
{
    static const char text[] = POST LENGTH END "GET /health HTTP/1.1\r\n" HOST "\r\n"
                                               "\r\n" POST "Content-Length: 4\r\n\r\n[{}]";
    static const size_t lens[] = {2, 0, 4};
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        struct http http = {0};
        bool whole;
        struct bytes body;
        CHECK_EQ(http_read(&http, &whole, &body, bytes_from(text + at, sizeof(text) - 1 - at),
                           false, BODY_MAX, NULL),
                 OK);
        CHECK(whole);
        CHECK_EQ(body.len, lens[i]);
        at += http.head_len + http.body_len;
    }
    CHECK_EQ(at, sizeof(text) - 1);
}

static const enum http_status statuses[] = {
#define X(name, number, reason) name,
#include "net/http_status.def"
#undef X
};

/* Every head that we write fits and is an answer to our own reader. */
static void writes_answers(void)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        const enum http_status status = statuses[i];
        for (unsigned variant = 0; variant < 8 && status >= HTTP_OK; variant++) {
            uint8_t room[HTTP_HEAD_ROOM + 2];
            const bool keep = (variant & 1) != 0;
            const struct http request = {.minor = (variant >> 1) & 1,
                                         .method = (variant & 4) != 0 ? HTTP_HEAD : HTTP_POST,
                                         .allow = "GET, HEAD, POST"};
            bytes_copy(room + HTTP_HEAD_ROOM, "{}", 2);
            struct bytes out = http_wrap_answer(&request, status, keep, room + HTTP_HEAD_ROOM, 2);
            CHECK(out.ptr >= room);
            struct http http = {.is_answer = true};
            bool whole;
            struct bytes body;
            CHECK_EQ(http_read(&http, &whole, &body, out, false, BODY_MAX, NULL), OK);
            CHECK_EQ(http.status, (unsigned)status);
            CHECK_EQ(http.keep, keep);
            CHECK_EQ(http.body_len, status == HTTP_NO_CONTENT ? 0 : 2);
            CHECK_EQ(out.len, http.head_len + (request.method == HTTP_HEAD ? 0 : http.body_len));
            CHECK_EQ(whole, status == HTTP_NO_CONTENT || request.method != HTTP_HEAD);
        }
    }
}

static void writes_these_heads(void)
{
    uint8_t room[HTTP_HEAD_ROOM + 2] = {0};
    uint8_t *text = room + HTTP_HEAD_ROOM;
    bytes_copy(text, "{}", 2);
    const struct http old = {.minor = 0, .method = HTTP_POST};
    const struct http now = {.minor = 1, .method = HTTP_POST, .allow = "GET, HEAD"};
    struct bytes out = http_wrap_answer(&now, HTTP_OK, true, text, 2);
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                             "Content-Length: 2\r\n\r\n{}";
    CHECK_EQ(out.len, sizeof(ok) - 1);
    CHECK_BYTES(out.ptr, ok, out.len);
    out = http_wrap_answer(&old, HTTP_OK, true, text, 2);
    static const char kept[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               "Content-Length: 2\r\nConnection: keep-alive\r\n\r\n{}";
    CHECK_EQ(out.len, sizeof(kept) - 1);
    CHECK_BYTES(out.ptr, kept, out.len);
    out = http_wrap_answer(&now, HTTP_METHOD_NOT_ALLOWED, false, text, 2);
    static const char not_allowed[] =
        "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\nAllow: GET, HEAD\r\nConnection: close\r\n\r\n{}";
    CHECK_EQ(out.len, sizeof(not_allowed) - 1);
    CHECK_BYTES(out.ptr, not_allowed, out.len);
    out = http_wrap_answer(&now, HTTP_BUSY, true, text, 2);
    static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json"
                               "\r\nContent-Length: 2\r\nRetry-After: 1\r\n\r\n{}";
    CHECK_EQ(out.len, sizeof(busy) - 1);
    CHECK_BYTES(out.ptr, busy, out.len);
    out = http_wrap_answer(&now, HTTP_NO_CONTENT, true, text, 0);
    CHECK_EQ(out.len, strlen("HTTP/1.1 204 No Content\r\n\r\n"));
    CHECK_BYTES(out.ptr, "HTTP/1.1 204 No Content\r\n\r\n", out.len);
    CHECK_BYTES(http_interim().ptr, "HTTP/1.1 100 Continue\r\n\r\n", http_interim().len);
}

static void writes_requests(void)
{
    char host[2 * HTTP_HOST_MAX];
    memset(host, 'h', sizeof(host));
    uint8_t room[HTTP_HEAD_ROOM + 2];
    bytes_copy(room + HTTP_HEAD_ROOM, "{}", 2);
    struct bytes out = http_wrap_request(host, room + HTTP_HEAD_ROOM, 2);
    CHECK(out.ptr >= room);
    struct http http = {0};
    bool whole;
    struct bytes body;
    CHECK_EQ(http_read(&http, &whole, &body, out, false, BODY_MAX, NULL), OK);
    CHECK(whole && !http.keep && http.method == HTTP_POST);
    CHECK_BYTES(body.ptr, "{}", 2);
    CHECK_EQ(out.len, http.head_len + 2);
}

static void gives_each_error_a_status(void)
{
    for (unsigned e = OK + 1; e < ERR_COUNT; e++) {
        CHECK(http_reason(http_status_of((enum err)e))[0] != '\0');
        CHECK((unsigned)http_status_of((enum err)e) >= 400);
    }
    CHECK_EQ(http_status_of(ERR_TIMEOUT), 408);
    CHECK_EQ(http_status_of(ERR_BUSY), 503);
    CHECK_EQ(http_status_of(ERR_REFUSED), 403);
    CHECK_EQ(http_status_of(ERR_LIMIT), 413);
    CHECK_STR(http_reason(299), "");
}

static const struct test_case cases[] = {
    CASE(reads_requests),
    CASE(reads_answers),
    CASE(minds_the_end_of_the_stream),
    CASE(knows_whether_to_go_on),
    CASE(knows_who_waits),
    CASE(names_the_methods_there_are),
    CASE(bounds_the_head),
    CASE(bounds_the_fields),
    CASE(bounds_the_body),
    CASE(survives_every_changed_byte),
    CASE(reads_one_after_the_other),
    CASE(writes_answers),
    CASE(writes_these_heads),
    CASE(writes_requests),
    CASE(gives_each_error_a_status),
};

TEST_MAIN(cases)
