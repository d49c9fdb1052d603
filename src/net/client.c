/* A request, length first or in HTTP, and its answer. */

#include "net/client.h"

#include "base/limits.h"
#include "net/framing.h"
#include "net/http.h"
#include "net/transport.h"

static enum err read_answer(struct bytes *answer, struct stream *stream, uint8_t *buf, size_t cap,
                            struct err_detail *detail)
{
    struct framing framing = {0};
    const size_t text_max = cap - FRAMING_EXTRA_BYTES;
    size_t have = 0;
    bool whole = false;
    while (!whole) {
        size_t got = 0;
        /* Room is left: a text of text_max bytes with its frame is whole, a longer one an error. */
        TRY(stream_read(stream, &got, buf + have, cap - have, detail));
        have += got;
        TRY(framing_read(&framing, &whole, answer, bytes_from(buf, have), got == 0, text_max,
                         detail));
        if (framing.form == FRAMING_TLS) {
            return err_explain(detail, ERR_MALFORMED, "the answer is TLS");
        }
    }
    return OK;
}

enum err client_ask(struct bytes *answer, uint8_t *buf, size_t cap, const struct endpoint *to,
                    uint8_t *room, size_t len, uint64_t timeout_ms, struct err_detail *detail)
{
    ASSERT(cap > FRAMING_EXTRA_BYTES && cap - FRAMING_EXTRA_BYTES <= FRAMING_LEN_MAX);
    struct stream stream;
    struct err_detail unsent;
    TRY(transport_connect(&stream, to, timeout_ms, detail));
    /* A server that refuses may close before it has read everything: its answer counts. */
    enum err sent = stream_write(
        &stream, framing_wrap(FRAMING_LENGTH, room + FRAMING_HEAD_BYTES, len), &unsent);
    enum err err = read_answer(answer, &stream, buf, cap, detail);
    if (err != OK && sent != OK) {
        err = err_explain(detail, sent, "%s", unsent.text);
    }
    stream_close(&stream);
    return err;
}

static enum err read_http(struct bytes *answer, unsigned *status, struct stream *stream,
                          uint8_t *buf, size_t cap, struct err_detail *detail)
{
    struct http http = {.is_answer = true};
    size_t have = 0;
    bool whole = false;
    while (!whole) {
        size_t got = 0;
        /* Room is left: what does not fit is an error before it is full. */
        TRY(stream_read(stream, &got, buf + have, cap - have, detail));
        have += got;
        TRY(http_read(&http, &whole, answer, bytes_from(buf, have), got == 0,
                      cap - LIMIT_HTTP_HEAD_BYTES, detail));
    }
    if (have != http.head_len + http.body_len) {
        return err_explain(detail, ERR_MALFORMED, "HTTP: there is more behind the answer");
    }
    *status = http.status;
    return OK;
}

enum err client_post(struct bytes *answer, unsigned *status, uint8_t *buf, size_t cap,
                     const struct endpoint *to, uint8_t *text, size_t len, uint64_t timeout_ms,
                     struct err_detail *detail)
{
    ASSERT(cap > LIMIT_HTTP_HEAD_BYTES);
    struct stream stream;
    struct err_detail unsent;
    char address[ENDPOINT_TEXT_MAX];
    endpoint_print(address, to);
    const char *host = to->kind == ENDPOINT_TCP ? strchr(address, ':') + 1 : "localhost";
    TRY(transport_connect(&stream, to, timeout_ms, detail));
    /* As in client_ask: an answer counts even where the request was not taken whole. */
    enum err sent = stream_write(&stream, http_wrap_request(host, text, len), &unsent);
    enum err err = read_http(answer, status, &stream, buf, cap, detail);
    if (err != OK && sent != OK) {
        err = err_explain(detail, sent, "%s", unsent.text);
    }
    stream_close(&stream);
    return err;
}
