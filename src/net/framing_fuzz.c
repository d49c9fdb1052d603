/* Any stream: never read outside it, and the same request is found in it whether it arrives at once
 * or in two pieces or byte by byte. The first byte chooses the limit and the cut. */

#include "net/framing.h"

#include "tests/fuzz.h"

struct outcome {
    struct framing framing;
    enum err err;
    bool whole;
    struct bytes text;
};

/* feed reads the stream up to `have`, of `stream.len` bytes. Returns true when there is no more to
 * find out. */
static bool feed(struct outcome *o, struct bytes stream, size_t have, size_t text_max)
{
    o->err = framing_read(&o->framing, &o->whole, &o->text, bytes_from(stream.ptr, have),
                          have == stream.len, text_max, NULL);
    return o->err != OK || o->whole || o->framing.form == FRAMING_HTTP ||
           o->framing.form == FRAMING_TLS;
}

static void check_same(const struct outcome *a, const struct outcome *b)
{
    FUZZ_CHECK(a->err == b->err && a->whole == b->whole && a->framing.form == b->framing.form);
    FUZZ_CHECK(a->text.len == b->text.len);
    FUZZ_CHECK(!a->whole || a->text.ptr == b->text.ptr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) {
        return 0;
    }
    const size_t text_max = (size_t)data[0] * 4;
    struct bytes stream = bytes_from(data + 1, len - 1);
    const size_t cut = data[0] % (stream.len + 1);
    struct outcome at_once = {0};
    struct outcome halves = {0};
    struct outcome steps = {0};
    /* The end of the stream settles everything. */
    FUZZ_CHECK(feed(&at_once, stream, stream.len, text_max));
    if (cut == stream.len || !feed(&halves, stream, cut, text_max)) {
        (void)feed(&halves, stream, stream.len, text_max);
    }
    for (size_t have = 0; !feed(&steps, stream, have, text_max); have++) {
    }
    check_same(&at_once, &halves);
    check_same(&at_once, &steps);
    if (at_once.whole) {
        FUZZ_CHECK(at_once.text.len <= text_max);
        FUZZ_CHECK(at_once.text.ptr >= stream.ptr &&
                   at_once.text.ptr + at_once.text.len <= stream.ptr + stream.len);
    }
    return 0;
}
