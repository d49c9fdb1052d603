/* The forms of a request: which it is, where it ends, and that neither depends on how the bytes
 * arrive. */

#include "net/framing.h"

#include "tests/test.h"

#define TEXT_MAX 65536u

/* A stream and what is to be made of it. */
struct stream {
    const char *bytes;
    size_t len;
    bool ended;
    enum framing_form form;
    enum err err;
    bool whole;
    const char *text; /* of a whole request */
};

/* STREAM's bytes are a string literal, without its NUL. */
#define STREAM(literal) (literal), sizeof(literal) - 1

static const struct stream streams[] = {
    /* nothing, and too little to tell */
    {STREAM(""), false, FRAMING_UNKNOWN, OK, false, NULL},
    {STREAM(""), true, FRAMING_UNKNOWN, ERR_TRUNCATED, false, NULL},
    {STREAM("{"), false, FRAMING_UNKNOWN, OK, false, NULL},
    {STREAM("{\"a\":1}"), false, FRAMING_UNKNOWN, OK, false, NULL},
    {STREAM("{\n"), false, FRAMING_UNKNOWN, OK, false, NULL},
    {STREAM("\x05\0\0\0\0\0\0"), false, FRAMING_UNKNOWN, OK, false, NULL},
    {STREAM("\x16\x03\x01\x02\x00"), false, FRAMING_UNKNOWN, OK, false, NULL},
    /* bare */
    {STREAM("{}\n"), false, FRAMING_BARE, OK, true, "{}"},
    {STREAM("{}\r\n"), false, FRAMING_BARE, OK, true, "{}\r"},
    {STREAM("{}"), true, FRAMING_BARE, OK, true, "{}"},
    {STREAM("{"), true, FRAMING_BARE, OK, true, "{"},
    {STREAM("{\n"), true, FRAMING_BARE, OK, true, "{"},
    {STREAM("{\"amount\":1}"), false, FRAMING_BARE, OK, false, NULL},
    {STREAM("{\"amount\":1}\n"), false, FRAMING_BARE, OK, true, "{\"amount\":1}"},
    {STREAM("{\"amount\":1}\nmore\n"), false, FRAMING_BARE, OK, true, "{\"amount\":1}"},
    {STREAM("{\n  \"amount\":1\n}\n"), false, FRAMING_BARE, OK, true, "{"},
    /* a length */
    {STREAM("\x02\0\0\0\0\0\0\0{}"), false, FRAMING_LENGTH, OK, true, "{}"},
    {STREAM("\x02\0\0\0\0\0\0\0{} more"), false, FRAMING_LENGTH, OK, true, "{}"},
    {STREAM("\x02\0\0\0\0\0\0\0{"), false, FRAMING_LENGTH, OK, false, NULL},
    {STREAM("\x02\0\0\0\0\0\0\0{"), true, FRAMING_LENGTH, ERR_TRUNCATED, false, NULL},
    {STREAM("\0\0\0\0\0\0\0\0"), false, FRAMING_LENGTH, OK, true, ""},
    {STREAM("\x02\0\0"), true, FRAMING_LENGTH, ERR_TRUNCATED, false, NULL},
    {STREAM("\0\0\x01\0\0\0\0\0"), false, FRAMING_LENGTH, OK, false, NULL},
    {STREAM("\x01\0\x01\0\0\0\0\0"), false, FRAMING_LENGTH, ERR_LIMIT, false, NULL},
    {STREAM("\0\0\0\0\0\0\0\x80"), false, FRAMING_LENGTH, ERR_LIMIT, false, NULL},
    {STREAM("\xff\xff\xff\xff\xff\xff\xff\xff"), false, FRAMING_LENGTH, ERR_LIMIT, false, NULL},
    /* lengths that start as a JSON object or a ClientHello do */
    {STREAM("{\0\0\0\0\0\0\0"), false, FRAMING_LENGTH, OK, false, NULL},
    {STREAM("{\"\0\0\0\0\0\0"), false, FRAMING_LENGTH, OK, false, NULL},
    {STREAM("{\n\0\0\0\0\0\0"), false, FRAMING_LENGTH, OK, false, NULL},
    {STREAM("\x16\x03\0\0\0\0\0\0"), false, FRAMING_LENGTH, OK, false, NULL},
    /* TLS: the record's version may be 3.1 to 3.4 */
    {STREAM("\x16\x03\x01\x02\x00\x01"), false, FRAMING_TLS, OK, false, NULL},
    {STREAM("\x16\x03\x03\x00\xff\x01\x00\x00\xfb\x03\x03"), false, FRAMING_TLS, OK, false, NULL},
    /* HTTP: a method and a space, or eight letters of a long one */
    {STREAM("GET / HT"), false, FRAMING_HTTP, OK, false, NULL},
    {STREAM("GET / HTTP/1.1\r\n\r\n"), false, FRAMING_HTTP, OK, false, NULL},
    {STREAM("POST / H"), true, FRAMING_HTTP, OK, false, NULL},
    {STREAM("M-SEARCH * HTTP/1.1"), false, FRAMING_HTTP, OK, false, NULL},
    {STREAM("SUBSCRIBE /"), false, FRAMING_HTTP, OK, false, NULL},
    {STREAM("PRI * HTTP/2.0"), false, FRAMING_HTTP, OK, false, NULL},
    {STREAM("GET / H"), false, FRAMING_UNKNOWN, OK, false, NULL},
    {STREAM("GET / H"), true, FRAMING_LENGTH, ERR_TRUNCATED, false, NULL},
    {STREAM("A \0\0\0\0\0\0"), false, FRAMING_LENGTH, OK, false, NULL},
    {STREAM("A \1\1\1\1\1\1"), false, FRAMING_LENGTH, ERR_LIMIT, false, NULL},
    /* neither: for a person to read */
    {STREAM("get / HTTP/1.1\r\n"), false, FRAMING_BARE, ERR_MALFORMED, false, NULL},
    {STREAM("GETx/ HTTP/1.1\r\n"), false, FRAMING_BARE, ERR_MALFORMED, false, NULL},
    {STREAM("HTTP/1.1 200 OK\r\n"), false, FRAMING_BARE, ERR_MALFORMED, false, NULL},
    {STREAM(" GET / HTTP/1.1\r\n"), false, FRAMING_BARE, ERR_MALFORMED, false, NULL},
    {STREAM("\n\n\n\n\n\n\n\n"), false, FRAMING_BARE, ERR_MALFORMED, false, NULL},
    {STREAM("[{\"amount\":1}]\n"), false, FRAMING_BARE, ERR_MALFORMED, false, NULL},
};

/* read_in_steps reads a stream as it arrives, `step` bytes more each time. */
static enum err read_in_steps(struct framing *framing, bool *whole, struct bytes *text,
                              const struct stream *s, size_t step)
{
    *framing = (struct framing){0};
    for (size_t have = 0;; have = s->len - have < step ? s->len : have + step) {
        bool last = have == s->len;
        TRY(framing_read(framing, whole, text, bytes_from(s->bytes, have), last && s->ended,
                         TEXT_MAX, NULL));
        if (last || *whole) {
            return OK;
        }
    }
}

static void tells_the_forms_apart(void)
{
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        const struct stream *s = &streams[i];
        for (size_t step = 1; step <= s->len + 1; step++) {
            struct framing framing;
            bool whole = false;
            struct bytes text = {0};
            enum err err = read_in_steps(&framing, &whole, &text, s, step);
            if (err != s->err || framing.form != s->form || whole != s->whole) {
                test_fail(__FILE__, __LINE__, "stream %zu in steps of %zu: %s, form %d, whole %d",
                          i, step, err_name(err), (int)framing.form, (int)whole);
                return;
            }
            if (whole) {
                CHECK_EQ(text.len, strlen(s->text));
                CHECK_BYTES(text.ptr, s->text, text.len);
            }
        }
    }
}

/* Every length up to the greatest limit is a length, whatever JSON it looks like. */
static void takes_every_length(void)
{
    for (size_t len = 0; len <= FRAMING_LEN_MAX; len++) {
        uint8_t head[FRAMING_HEAD_BYTES];
        store_le64(head, len);
        struct framing framing = {0};
        for (size_t have = 0; have <= sizeof(head); have++) {
            bool whole;
            struct bytes text;
            CHECK_EQ(framing_read(&framing, &whole, &text, bytes_from(head, have), false,
                                  FRAMING_LEN_MAX, NULL),
                     OK);
        }
        CHECK_EQ(framing.form, FRAMING_LENGTH);
        CHECK_EQ(framing.text_len, len);
    }
}

static void bounds_the_bare_form(void)
{
    static uint8_t long_text[TEXT_MAX + 2];
    memset(long_text, 'x', sizeof(long_text));
    long_text[0] = '{';
    for (size_t len = TEXT_MAX - 1; len <= TEXT_MAX + 1; len++) {
        long_text[len] = '\n';
        struct framing framing = {0};
        bool whole;
        struct bytes text;
        enum err err = framing_read(&framing, &whole, &text, bytes_from(long_text, len + 1), false,
                                    TEXT_MAX, NULL);
        CHECK_EQ(err, len <= TEXT_MAX ? OK : ERR_LIMIT);
        CHECK_EQ(whole, len <= TEXT_MAX);
        CHECK_EQ(text.len, len <= TEXT_MAX ? len : 0);
        long_text[len] = 'x';
    }
    struct framing framing = {0};
    bool whole;
    struct bytes text;
    CHECK_EQ(framing_read(&framing, &whole, &text, bytes_from(long_text, TEXT_MAX), false, TEXT_MAX,
                          NULL),
             OK);
    CHECK_EQ(framing_read(&framing, &whole, &text, bytes_from(long_text, TEXT_MAX + 1), false,
                          TEXT_MAX, NULL),
             ERR_LIMIT);
}

static void says_what_is_wrong(void)
{
    struct err_detail detail;
    struct framing framing = {0};
    bool whole;
    struct bytes text;
    CHECK_EQ(framing_read(&framing, &whole, &text, bytes_from("\0\0\0\0\0\0\0\x80", 8), false, 100,
                          &detail),
             ERR_LIMIT);
    CHECK_STR(detail.text, "the request says that it has 9223372036854775808 bytes; 100 are the "
                           "most");
    framing = (struct framing){0};
    CHECK_EQ(framing_read(&framing, &whole, &text, bytes_from("\x63\0\0\0\0\0\0\0{}", 10), true,
                          100, &detail),
             ERR_TRUNCATED);
    CHECK_STR(detail.text, "the stream ended after 2 of 99 bytes");
}

static void wraps_an_answer(void)
{
    uint8_t room[FRAMING_HEAD_BYTES + 3] = "--------{}-";
    uint8_t *text = room + FRAMING_HEAD_BYTES;
    struct bytes out = framing_wrap(FRAMING_BARE, text, 2);
    CHECK_EQ(out.len, 3);
    CHECK_BYTES(out.ptr, "{}\n", 3);
    out = framing_wrap(FRAMING_UNKNOWN, text, 2);
    CHECK_BYTES(out.ptr, "{}\n", 3);
    out = framing_wrap(FRAMING_LENGTH, text, 2);
    CHECK_EQ(out.len, 10);
    CHECK_BYTES(out.ptr, "\x02\0\0\0\0\0\0\0{}", 10);
}

static const struct test_case cases[] = {
    CASE(tells_the_forms_apart), CASE(takes_every_length), CASE(bounds_the_bare_form),
    CASE(says_what_is_wrong),    CASE(wraps_an_answer),
};

TEST_MAIN(cases)
