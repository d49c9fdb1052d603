/* Any stream: never read outside it, the same message is found in it whether it arrives at once or in
 * two pieces or byte by byte, and a message that is taken is one that every reader of RFC 9112 would
 * cut at the same place: an oracle that is written differently looks at its head. The first byte
 * chooses the limit, the cut, and whether it is an answer. */

#include "net/http.h"

#include "base/limits.h"
#include "tests/fuzz.h"

struct outcome {
    struct http http;
    enum err err;
    bool whole;
    struct bytes body;
};

/* feed reads the stream up to `have`. Returns true when there is no more to find out. */
static bool feed(struct outcome *o, struct bytes stream, size_t have, size_t body_max)
{
    o->err = http_read(&o->http, &o->whole, &o->body, bytes_from(stream.ptr, have),
                       have == stream.len, body_max, NULL);
    return o->err != OK || o->whole;
}

static void check_same(const struct outcome *a, const struct outcome *b)
{
    FUZZ_CHECK(a->err == b->err && a->whole == b->whole && a->http.status == b->http.status);
    FUZZ_CHECK(a->http.keep == b->http.keep && a->http.head_len == b->http.head_len);
    FUZZ_CHECK(a->body.len == b->body.len && (!a->whole || a->body.ptr == b->body.ptr));
}

/* starts tells whether a line starts with a field's name, in lower case with its colon. */
static bool starts(const uint8_t *line, size_t len, const char *name)
{
    size_t i = 0;
    while (name[i] != '\0' && i < len &&
           (line[i] | (line[i] >= 'A' && line[i] <= 'Z' ? 32 : 0)) == (uint8_t)name[i]) {
        i++;
    }
    return name[i] == '\0';
}

/* check_head looks at the head of a request that was taken. */
static void check_head(const struct outcome *o, struct bytes stream)
{
    const size_t len = o->http.head_len;
    unsigned lengths = 0;
    unsigned codings = 0;
    FUZZ_CHECK(len >= 4 && len <= stream.len && len <= LIMIT_HTTP_HEAD_BYTES);
    FUZZ_CHECK(memcmp(stream.ptr + len - 4, "\r\n\r\n", 4) == 0);
    for (size_t i = 0; i < len; i++) {
        const uint8_t c = stream.ptr[i];
        FUZZ_CHECK(c != 0);
        FUZZ_CHECK((c == '\r') == (i + 1 < len && stream.ptr[i + 1] == '\n'));
        if (c == '\n' && i + 1 < len) {
            FUZZ_CHECK(stream.ptr[i + 1] != ' ' && stream.ptr[i + 1] != '\t');
            lengths += starts(stream.ptr + i + 1, len - i - 1, "content-length:");
            codings += starts(stream.ptr + i + 1, len - i - 1, "transfer-encoding:");
        }
    }
    FUZZ_CHECK(codings == 0 && lengths <= 1);
    FUZZ_CHECK(lengths == 1 || o->http.body_len == 0);
    FUZZ_CHECK(lengths == 1 || o->http.method != HTTP_POST);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) {
        return 0;
    }
    const size_t body_max = (size_t)(data[0] >> 1) * 4;
    const bool is_answer = (data[0] & 1) != 0;
    struct bytes stream = bytes_from(data + 1, len - 1);
    const size_t cut = data[0] % (stream.len + 1);
    struct outcome at_once = {.http.is_answer = is_answer};
    struct outcome halves = at_once;
    struct outcome steps = at_once;
    /* The end of the stream settles everything. */
    FUZZ_CHECK(feed(&at_once, stream, stream.len, body_max));
    if (cut == stream.len || !feed(&halves, stream, cut, body_max)) {
        (void)feed(&halves, stream, stream.len, body_max);
    }
    for (size_t have = 0; !feed(&steps, stream, have, body_max); have++) {
    }
    check_same(&at_once, &halves);
    check_same(&at_once, &steps);
    if (at_once.err != OK && !is_answer) {
        FUZZ_CHECK(at_once.http.status >= 400 && http_reason(at_once.http.status)[0] != '\0');
    }
    if (at_once.whole) {
        FUZZ_CHECK(at_once.body.len <= body_max && at_once.body.len == at_once.http.body_len);
        FUZZ_CHECK(at_once.body.ptr == stream.ptr + at_once.http.head_len);
        FUZZ_CHECK(at_once.http.head_len + at_once.body.len <= stream.len);
    }
    if (at_once.whole && !is_answer) {
        check_head(&at_once, stream);
    }
    return 0;
}
