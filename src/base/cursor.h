#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

/* cursor.h: checked reading from a view, and checked writing into a buffer of fixed capacity, so
 * that a parser or encoder reads like its grammar. */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/* struct cursor reads forward through a view; what is read stays valid as long as the view. */
struct cursor {
    const uint8_t *pos;
    const uint8_t *end;
};

static inline struct cursor cursor_from(struct bytes view)
{
    return (struct cursor){view.ptr, view.len == 0 ? view.ptr : view.ptr + view.len};
}

static inline size_t cursor_left(const struct cursor *c)
{
    return (size_t)(c->end - c->pos);
}

/* cursor_take hands out the next `len` bytes as a view. Errors: ERR_TRUNCATED, and nothing is
 * consumed. */
static inline enum err cursor_take(struct cursor *c, struct bytes *out, uint64_t len)
{
    if (len > cursor_left(c)) {
        return ERR_TRUNCATED;
    }
    *out = bytes_from(c->pos, (size_t)len);
    if (len != 0) {
        c->pos += len;
    }
    return OK;
}

/* cursor_byte reads one byte. Errors: ERR_TRUNCATED. */
static inline enum err cursor_byte(struct cursor *c, uint8_t *out)
{
    if (c->pos == c->end) {
        return ERR_TRUNCATED;
    }
    *out = *c->pos++;
    return OK;
}

/* struct writer appends to a caller-owned buffer. Writing past `cap` writes nothing more, but goes
 * on counting in `len`: check `writer_fits` once, at the end; `len` is then the size needed. */
struct writer {
    uint8_t *buf;
    size_t cap;
    size_t len;
};

static inline struct writer writer_to(void *buf, size_t cap)
{
    return (struct writer){buf, cap, 0};
}

static inline bool writer_fits(const struct writer *w)
{
    return w->len <= w->cap;
}

static inline void writer_put(struct writer *w, const void *data, size_t len)
{
    if (w->len <= w->cap && len <= w->cap - w->len) {
        bytes_copy(w->buf + w->len, data, len);
        w->len += len;
    } else {
        w->len = len > SIZE_MAX - w->len ? SIZE_MAX : w->len + len;
    }
}

static inline void writer_byte(struct writer *w, uint8_t byte)
{
    writer_put(w, &byte, 1);
}

static inline struct bytes writer_view(const struct writer *w)
{
    ASSERT(writer_fits(w));
    return bytes_from(w->buf, w->len);
}

#endif
