/* The forms of a request on a stream. */

#include "net/framing.h"

#include <inttypes.h>

#define TLS_HANDSHAKE    0x16
#define TLS_MAJOR        0x03
#define TLS_CLIENT_HELLO 0x01
#define TLS_PREFIX_BYTES 6u

static bool is_text(uint8_t byte)
{
    return (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\n' || byte == '\r';
}

/* bare_or_length decides about a stream that starts with '{'. */
static enum framing_form bare_or_length(struct bytes got, bool ended)
{
    for (size_t i = 1; i < got.len && i < FRAMING_HEAD_BYTES; i++) {
        if (got.ptr[i] == 0) {
            return FRAMING_LENGTH;
        }
        if (got.ptr[i] == '\n' && i > 1) {
            return FRAMING_BARE;
        }
    }
    return got.len >= FRAMING_HEAD_BYTES || ended ? FRAMING_BARE : FRAMING_UNKNOWN;
}

/* is_http decides about FRAMING_HEAD_BYTES bytes: "POST / H", "SUBSCRIB". */
static bool is_http(const uint8_t head[static FRAMING_HEAD_BYTES])
{
    size_t method = 0;
    while (method < FRAMING_HEAD_BYTES &&
           ((head[method] >= 'A' && head[method] <= 'Z') || head[method] == '-')) {
        method++;
    }
    bool http = method != 0 && (method == FRAMING_HEAD_BYTES || head[method] == ' ');
    for (size_t i = 0; i < FRAMING_HEAD_BYTES; i++) {
        http = http && is_text(head[i]);
    }
    return http;
}

static enum framing_form form_of(struct bytes got, bool ended)
{
    if (got.len == 0) {
        return FRAMING_UNKNOWN;
    }
    if (got.ptr[0] == '{') {
        return bare_or_length(got, ended);
    }
    if (got.len >= TLS_PREFIX_BYTES && got.ptr[0] == TLS_HANDSHAKE && got.ptr[1] == TLS_MAJOR &&
        got.ptr[5] == TLS_CLIENT_HELLO) {
        return FRAMING_TLS;
    }
    if (got.len >= FRAMING_HEAD_BYTES) {
        return is_http(got.ptr) ? FRAMING_HTTP : FRAMING_LENGTH;
    }
    return ended ? FRAMING_LENGTH : FRAMING_UNKNOWN;
}

static enum err read_bare(struct framing *framing, bool *whole, struct bytes *text,
                          struct bytes got, bool ended, size_t text_max, struct err_detail *detail)
{
    const uint8_t *newline = memchr(got.ptr + framing->scanned, '\n', got.len - framing->scanned);
    framing->scanned = got.len;
    size_t len = newline != NULL ? (size_t)(newline - got.ptr) : got.len;
    if (len > text_max) {
        return err_explain(detail, ERR_LIMIT, "the request is longer than %zu bytes", text_max);
    }
    *whole = newline != NULL || ended;
    *text = bytes_from(got.ptr, len);
    return OK;
}

/* read_head reads the length and says what is wrong with it. */
static enum err read_head(struct framing *framing, struct bytes got, size_t text_max,
                          struct err_detail *detail)
{
    uint64_t len = load_le64(got.ptr);
    if (len <= text_max) {
        framing->text_len = (size_t)len;
        return OK;
    }
    bool text = true;
    for (size_t i = 0; i < FRAMING_HEAD_BYTES; i++) {
        text = text && is_text(got.ptr[i]);
    }
    if (text) {
        framing->form = FRAMING_BARE;
        return err_explain(detail, ERR_MALFORMED,
                           "the first bytes are neither a JSON object nor a length of 8 bytes nor "
                           "HTTP");
    }
    return err_explain(detail, ERR_LIMIT,
                       "the request says that it has %" PRIu64 " bytes; %zu are the most", len,
                       text_max);
}

static enum err read_length(struct framing *framing, bool *whole, struct bytes *text,
                            struct bytes got, bool ended, size_t text_max,
                            struct err_detail *detail)
{
    if (got.len < FRAMING_HEAD_BYTES && !ended) {
        return OK;
    }
    if (got.len < FRAMING_HEAD_BYTES) {
        return err_explain(detail, ERR_TRUNCATED,
                           "the stream ended after %zu of the 8 bytes of a length", got.len);
    }
    TRY(read_head(framing, got, text_max, detail));
    size_t have = got.len - FRAMING_HEAD_BYTES;
    if (have < framing->text_len && ended) {
        return err_explain(detail, ERR_TRUNCATED, "the stream ended after %zu of %zu bytes", have,
                           framing->text_len);
    }
    *whole = have >= framing->text_len;
    *text = bytes_from(got.ptr + FRAMING_HEAD_BYTES, framing->text_len);
    return OK;
}

enum err framing_read(struct framing *framing, bool *whole, struct bytes *text, struct bytes got,
                      bool ended, size_t text_max, struct err_detail *detail)
{
    ASSERT(text_max <= FRAMING_LEN_MAX);
    *whole = false;
    *text = bytes_from(NULL, 0);
    if (framing->form == FRAMING_UNKNOWN) {
        framing->form = form_of(got, ended);
    }
    switch (framing->form) {
    case FRAMING_BARE:
        return read_bare(framing, whole, text, got, ended, text_max, detail);
    case FRAMING_LENGTH:
        return read_length(framing, whole, text, got, ended, text_max, detail);
    case FRAMING_UNKNOWN:
        if (ended) {
            return err_explain(detail, ERR_TRUNCATED, "the stream ended without a request");
        }
        return OK;
    case FRAMING_HTTP:
    case FRAMING_TLS:
        return OK;
    }
    UNREACHABLE();
}

struct bytes framing_wrap(enum framing_form form, uint8_t *text, size_t len)
{
    ASSERT(form != FRAMING_HTTP && form != FRAMING_TLS);
    if (form == FRAMING_LENGTH) {
        uint8_t *head = text - FRAMING_HEAD_BYTES;
        store_le64(head, len);
        return bytes_from(head, FRAMING_HEAD_BYTES + len);
    }
    text[len] = '\n';
    return bytes_from(text, len + 1);
}
