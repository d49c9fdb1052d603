/* RLP, Yellow Paper appendix B: a strict decoder and an encoder. */

#include "codec/rlp.h"

/* The first bytes that open each form, and the longest payload of a short form. */
#define STRING_BASE 0x80u
#define LIST_BASE   0xc0u
#define SHORT_MAX   55u

/* struct header is what the first bytes of an item say. */
struct header {
    enum rlp_kind kind;
    size_t len;           /* of the header itself; 0 for a byte that stands for itself */
    uint64_t payload_len; /* as claimed: not yet compared with what is there */
};

/* header_read reads the header at `in`, of which `left` bytes are there, at least one. */
static enum err header_read(struct header *out, const uint8_t *in, size_t left)
{
    uint8_t first = in[0];
    if (first < STRING_BASE) {
        *out = (struct header){RLP_STRING, 0, 1};
        return OK;
    }
    enum rlp_kind kind = first < LIST_BASE ? RLP_STRING : RLP_LIST;
    unsigned over = first - (kind == RLP_STRING ? STRING_BASE : LIST_BASE); /* 0 .. 63 */
    if (over <= SHORT_MAX) {
        *out = (struct header){kind, 1, over};
        return OK;
    }
    size_t len_len = over - SHORT_MAX; /* 1 .. 8 */
    if (len_len > left - 1) {
        return ERR_TRUNCATED;
    }
    if (in[1] == 0) {
        return ERR_MALFORMED; /* a leading zero */
    }
    uint64_t payload_len = 0;
    for (size_t i = 1; i <= len_len; i++) {
        payload_len = payload_len << 8 | in[i];
    }
    if (payload_len <= SHORT_MAX) {
        return ERR_MALFORMED; /* the short form exists */
    }
    *out = (struct header){kind, 1 + len_len, payload_len};
    return OK;
}

enum err rlp_next(struct cursor *c, struct rlp_item *item)
{
    const uint8_t *in = c->pos;
    size_t left = cursor_left(c);
    if (left == 0) {
        return ERR_TRUNCATED;
    }
    struct header h;
    TRY(header_read(&h, in, left));
    if (h.payload_len > left - h.len) {
        return ERR_TRUNCATED;
    }
    if (h.kind == RLP_STRING && h.len == 1 && h.payload_len == 1 && in[1] < STRING_BASE) {
        return ERR_MALFORMED; /* this byte stands for itself */
    }
    size_t payload_len = (size_t)h.payload_len;
    *item = (struct rlp_item){h.kind, bytes_from(in + h.len, payload_len),
                              bytes_from(in, h.len + payload_len)};
    c->pos = in + h.len + payload_len;
    return OK;
}

enum err rlp_decode(struct rlp_item *item, struct bytes input)
{
    struct cursor c = cursor_from(input);
    struct rlp_item only;
    TRY(rlp_next(&c, &only));
    TRY(rlp_end(&c));
    *item = only;
    return OK;
}

/* payload_next reads an item of the wanted kind from *ahead, a copy of the caller's cursor. */
static enum err payload_next(struct cursor *ahead, struct bytes *out, enum rlp_kind kind)
{
    struct rlp_item item;
    TRY(rlp_next(ahead, &item));
    if (item.kind != kind) {
        return ERR_MALFORMED;
    }
    *out = item.payload;
    return OK;
}

enum err rlp_string_next(struct cursor *c, struct bytes *out)
{
    struct cursor ahead = *c;
    TRY(payload_next(&ahead, out, RLP_STRING));
    *c = ahead;
    return OK;
}

enum err rlp_fixed_next(struct cursor *c, uint8_t *out, size_t len)
{
    struct cursor ahead = *c;
    struct bytes string;
    TRY(payload_next(&ahead, &string, RLP_STRING));
    if (string.len != len) {
        return ERR_MALFORMED;
    }
    bytes_copy(out, string.ptr, len);
    *c = ahead;
    return OK;
}

enum err rlp_address_next(struct cursor *c, struct address *out)
{
    return rlp_fixed_next(c, out->b, sizeof(out->b));
}

enum err rlp_hash32_next(struct cursor *c, struct hash32 *out)
{
    return rlp_fixed_next(c, out->b, sizeof(out->b));
}

/* number_next reads the digits of a number that has at most `len_max`. */
static enum err number_next(struct cursor *ahead, struct bytes *out, size_t len_max)
{
    TRY(payload_next(ahead, out, RLP_STRING));
    if (out->len != 0 && out->ptr[0] == 0) {
        return ERR_MALFORMED;
    }
    return out->len <= len_max ? OK : ERR_RANGE;
}

enum err rlp_u64_next(struct cursor *c, uint64_t *out)
{
    struct cursor ahead = *c;
    struct bytes digits;
    TRY(number_next(&ahead, &digits, sizeof(*out)));
    uint64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        number = number << 8 | digits.ptr[i];
    }
    *out = number;
    *c = ahead;
    return OK;
}

enum err rlp_u256_next(struct cursor *c, struct u256 *out)
{
    struct cursor ahead = *c;
    struct bytes digits;
    TRY(number_next(&ahead, &digits, 32));
    u256_load_be_short(out, digits.ptr, digits.len);
    *c = ahead;
    return OK;
}

enum err rlp_list_next(struct cursor *c, struct cursor *items)
{
    struct cursor ahead = *c;
    struct bytes payload;
    TRY(payload_next(&ahead, &payload, RLP_LIST));
    *c = ahead;
    *items = cursor_from(payload);
    return OK;
}

enum err rlp_end(const struct cursor *c)
{
    return cursor_left(c) == 0 ? OK : ERR_TRAILING;
}

enum err rlp_count(struct cursor c, size_t *count)
{
    size_t found = 0;
    while (cursor_left(&c) != 0) {
        struct rlp_item item;
        TRY(rlp_next(&c, &item));
        found++;
    }
    *count = found;
    return OK;
}

/* byte_len gives the bytes of a number without its leading zeros. */
static size_t byte_len(uint64_t value)
{
    return value == 0 ? 0 : (71 - (size_t)__builtin_clzll(value)) / 8;
}

/* header_size gives the bytes of the header of a list, or of a string that needs one. */
static size_t header_size(size_t payload_len)
{
    return payload_len <= SHORT_MAX ? 1 : 1 + byte_len(payload_len);
}

static void header_write(struct writer *w, unsigned base, size_t payload_len)
{
    if (payload_len <= SHORT_MAX) {
        writer_byte(w, (uint8_t)(base + payload_len));
        return;
    }
    uint8_t header[9];
    store_be64(header + 1, payload_len);
    size_t len = byte_len(payload_len);
    header[8 - len] = (uint8_t)(base + SHORT_MAX + len);
    writer_put(w, header + 8 - len, 1 + len);
}

/* stands_for_itself tells whether a string is its own encoding. */
static bool stands_for_itself(struct bytes string)
{
    return string.len == 1 && string.ptr[0] < STRING_BASE;
}

size_t rlp_string_size(struct bytes string)
{
    return stands_for_itself(string) ? 1 : header_size(string.len) + string.len;
}

size_t rlp_u64_size(uint64_t value)
{
    return value < STRING_BASE ? 1 : 1 + byte_len(value);
}

size_t rlp_u256_size(const struct u256 *value)
{
    return u256_fits_u64(value) ? rlp_u64_size(value->w[0]) : 1 + u256_byte_len(value);
}

size_t rlp_list_size(size_t payload_len)
{
    return header_size(payload_len) + payload_len;
}

void rlp_string_write(struct writer *w, struct bytes string)
{
    if (!stands_for_itself(string)) {
        header_write(w, STRING_BASE, string.len);
    }
    writer_put(w, string.ptr, string.len);
}

void rlp_u64_write(struct writer *w, uint64_t value)
{
    uint8_t digits[8];
    store_be64(digits, value);
    size_t len = byte_len(value);
    rlp_string_write(w, bytes_from(digits + sizeof(digits) - len, len));
}

void rlp_u256_write(struct writer *w, const struct u256 *value)
{
    uint8_t digits[32];
    u256_store_be(digits, value);
    size_t len = u256_byte_len(value);
    rlp_string_write(w, bytes_from(digits + sizeof(digits) - len, len));
}

void rlp_list_write(struct writer *w, size_t payload_len)
{
    header_write(w, LIST_BASE, payload_len);
}
