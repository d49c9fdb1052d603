/* Cursor and writer: every length around what is left, NULL views, and counting past the end. */

#include "base/cursor.h"

#include "tests/test.h"

static void reads_up_to_the_end(void)
{
    for (size_t len = 0; len <= 5; len++) {
        uint8_t *data = test_guarded("abcde", len);
        for (uint64_t wanted = 0; wanted <= 7; wanted++) {
            struct cursor c = cursor_from(bytes_from(data, len));
            CHECK_EQ(cursor_left(&c), len);
            struct bytes out = {NULL, 77};
            enum err e = cursor_take(&c, &out, wanted);
            if (wanted <= len) {
                CHECK_EQ(e, OK);
                CHECK(out.ptr == data && out.len == wanted);
                CHECK(c.pos == data + wanted);
            } else {
                CHECK_EQ(e, ERR_TRUNCATED);
                CHECK_EQ(out.len, 77);
                CHECK(c.pos == data);
            }
        }
    }
}

static void refuses_lengths_that_would_wrap(void)
{
    uint8_t data[4] = {0};
    struct cursor c = cursor_from(bytes_from(data, sizeof(data)));
    struct bytes out;
    static const uint64_t lens[] = {5, UINT32_MAX, UINT64_MAX / 2, UINT64_MAX - 3, UINT64_MAX};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        CHECK_EQ(cursor_take(&c, &out, lens[i]), ERR_TRUNCATED);
    }
    CHECK_EQ(cursor_left(&c), 4);
}

static void reads_bytes_one_by_one(void)
{
    uint8_t *data = test_guarded("xyz", 3);
    struct cursor c = cursor_from(bytes_from(data, 3));
    uint8_t byte = 0;
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ(cursor_byte(&c, &byte), OK);
        CHECK_EQ(byte, "xyz"[i]);
    }
    CHECK_EQ(cursor_byte(&c, &byte), ERR_TRUNCATED);
    CHECK_EQ(byte, 'z');
    CHECK_EQ(cursor_left(&c), 0);
}

static void takes_an_empty_view(void)
{
    struct cursor c = cursor_from((struct bytes){NULL, 0});
    struct bytes out = {NULL, 77};
    uint8_t byte = 7;
    CHECK_EQ(cursor_left(&c), 0);
    CHECK_EQ(cursor_take(&c, &out, 0), OK);
    CHECK_EQ(out.len, 0);
    CHECK_EQ(cursor_take(&c, &out, 1), ERR_TRUNCATED);
    CHECK_EQ(cursor_byte(&c, &byte), ERR_TRUNCATED);
    CHECK_EQ(byte, 7);
}

static void writes_up_to_the_capacity(void)
{
    for (size_t cap = 0; cap <= 6; cap++) {
        uint8_t *buf = test_guarded(NULL, cap);
        struct writer w = writer_to(buf, cap);
        writer_put(&w, "ab", 2);
        writer_byte(&w, 'c');
        writer_put(&w, "", 0);
        writer_put(&w, NULL, 0);
        writer_put(&w, "de", 2);
        CHECK_EQ(w.len, 5);
        CHECK_EQ(writer_fits(&w), cap >= 5);
        /* Whole pieces are written while they fit, and nothing after the first that does not. */
        static const size_t written[] = {0, 0, 2, 3, 3, 5, 5};
        for (size_t i = 0; i < cap; i++) {
            CHECK_EQ(buf[i], i < written[cap] ? "abcde"[i] : 0);
        }
        if (cap >= 5) {
            struct bytes view = writer_view(&w);
            CHECK(view.ptr == buf && view.len == 5);
        }
    }
}

static void writes_nothing_after_a_piece_that_did_not_fit(void)
{
    uint8_t buf[4] = {0};
    struct writer w = writer_to(buf, 4);
    writer_put(&w, "abcde", 5);
    writer_byte(&w, 'f'); /* would fit by its own length */
    CHECK_EQ(w.len, 6);
    CHECK(!writer_fits(&w));
    CHECK_BYTES(buf, "\0\0\0\0", 4);
}

static void counts_without_a_buffer_and_saturates(void)
{
    struct writer w = writer_to(NULL, 0);
    CHECK(writer_fits(&w));
    writer_put(&w, "abc", 3);
    CHECK_EQ(w.len, 3);
    w.len = SIZE_MAX - 1;
    writer_put(&w, "abc", 3);
    CHECK_EQ(w.len, SIZE_MAX);
    writer_byte(&w, 'd');
    CHECK_EQ(w.len, SIZE_MAX);
    CHECK(!writer_fits(&w));
}

static const struct test_case cases[] = {
    CASE(reads_up_to_the_end),
    CASE(refuses_lengths_that_would_wrap),
    CASE(reads_bytes_one_by_one),
    CASE(takes_an_empty_view),
    CASE(writes_up_to_the_capacity),
    CASE(writes_nothing_after_a_piece_that_did_not_fit),
    CASE(counts_without_a_buffer_and_saturates),
};

TEST_MAIN(cases)
