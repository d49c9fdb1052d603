/* Places of values in JSON texts. */

#include "rpc/json_span.h"

#include "base/cursor.h"

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes json_span_trim(struct bytes text)
{
    while (text.len != 0 && is_space(text.ptr[0])) {
        text = bytes_from(text.ptr + 1, text.len - 1);
    }
    while (text.len != 0 && is_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

static void skip_spaces(struct cursor *c)
{
    while (c->pos != c->end && is_space(*c->pos)) {
        c->pos++;
    }
}

/* skip_string moves past a string, whose '"' is next. Strings are most of a witness, and memchr
 * looks at 32 bytes at a time: byte by byte, this was 43 % of executing a block. */
static void skip_string(struct cursor *c)
{
    const uint8_t *quote = c->pos;
    c->pos++;
    while (c->pos != c->end) {
        if (quote < c->pos) {
            quote = memchr(c->pos, '"', cursor_left(c));
        }
        if (quote == NULL) {
            c->pos = c->end;
            return;
        }
        const uint8_t *escape = memchr(c->pos, '\\', (size_t)(quote - c->pos));
        if (escape == NULL) {
            c->pos = quote + 1;
            return;
        }
        c->pos = escape + 2; /* what is escaped is at most the quote, and that is before the end */
    }
}

/* skip_value moves past a value: up to the comma or bracket that ends it on its own level. */
static void skip_value(struct cursor *c)
{
    size_t depth = 0;
    while (c->pos != c->end) {
        uint8_t next = *c->pos;
        if (next == '"') {
            skip_string(c);
            continue;
        }
        if (depth == 0 && (next == ',' || next == ']' || next == '}')) {
            return;
        }
        depth += next == '[' || next == '{';
        depth -= next == ']' || next == '}';
        c->pos++;
    }
}

/* enter begins an array or object; false when the text is none. */
static bool enter(struct cursor *c, struct bytes text, uint8_t bracket)
{
    *c = cursor_from(json_span_trim(text));
    if (c->pos == c->end || *c->pos != bracket) {
        return false;
    }
    c->pos++;
    return true;
}

/* take gives the value that is next. */
static struct bytes take(struct cursor *c)
{
    const uint8_t *start = c->pos;
    skip_value(c);
    return json_span_trim(bytes_from(start, (size_t)(c->pos - start)));
}

bool json_span_member(struct bytes *out, struct bytes object, const char *key)
{
    struct cursor c;
    bool more = enter(&c, object, '{');
    while (more) {
        skip_spaces(&c);
        if (c.pos == c.end || *c.pos != '"') {
            return false;
        }
        const uint8_t *name = c.pos + 1;
        skip_string(&c);
        size_t name_len = c.pos > name ? (size_t)(c.pos - name) - 1 : 0;
        skip_spaces(&c);
        if (c.pos == c.end || *c.pos != ':') {
            return false;
        }
        c.pos++;
        struct bytes value = take(&c);
        if (name_len == strlen(key) && memcmp(name, key, name_len) == 0) {
            *out = value;
            return true;
        }
        more = c.pos != c.end && *c.pos == ',';
        c.pos += more;
    }
    return false;
}

bool json_span_item(struct bytes *out, struct bytes array, size_t index)
{
    struct cursor c;
    bool more = enter(&c, array, '[');
    for (size_t i = 0; more; i++) {
        struct bytes value = take(&c);
        if (i == index) {
            *out = value;
            return value.len != 0; /* an empty array has no item 0 */
        }
        more = c.pos != c.end && *c.pos == ',';
        c.pos += more;
    }
    return false;
}
