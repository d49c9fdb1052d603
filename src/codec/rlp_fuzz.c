/* Any bytes as RLP: the walk through all items stays inside the input, whatever decodes encodes to
 * the same bytes, and the typed readers agree with the items they read. */

#include "codec/rlp.h"

#include "tests/fuzz.h"

#define DEPTH_MAX 256

/* check_readers reads one item in every way. */
static void check_readers(struct cursor c, const struct rlp_item *item)
{
    bool string = item->kind == RLP_STRING;
    struct cursor at = c;
    struct bytes view;
    FUZZ_CHECK((rlp_string_next(&at, &view) == OK) == string);
    FUZZ_CHECK(at.pos == (string ? c.pos + item->encoded.len : c.pos));
    at = c;
    struct cursor items;
    FUZZ_CHECK((rlp_list_next(&at, &items) == OK) == !string);
    struct address a;
    struct hash32 h;
    at = c;
    FUZZ_CHECK((rlp_address_next(&at, &a) == OK) == (string && item->payload.len == sizeof(a.b)));
    at = c;
    FUZZ_CHECK((rlp_hash32_next(&at, &h) == OK) == (string && item->payload.len == sizeof(h.b)));

    bool number = string && (item->payload.len == 0 || item->payload.ptr[0] != 0);
    struct u256 wide;
    uint64_t narrow;
    at = c;
    FUZZ_CHECK((rlp_u256_next(&at, &wide) == OK) == (number && item->payload.len <= 32));
    at = c;
    FUZZ_CHECK((rlp_u64_next(&at, &narrow) == OK) == (number && item->payload.len <= 8));
    if (number && item->payload.len <= 32) {
        uint8_t buf[33];
        struct writer w = writer_to(buf, sizeof(buf));
        rlp_u256_write(&w, &wide);
        FUZZ_CHECK(w.len == item->encoded.len && w.len == rlp_u256_size(&wide));
        FUZZ_CHECK(memcmp(buf, item->encoded.ptr, w.len) == 0);
        FUZZ_CHECK(item->payload.len > 8 || narrow == wide.w[0]);
    }
}

/* walk goes through all items, lists inside lists too, and writes them again; false at the first
 * mistake, or when it would have to go too deep. */
static bool walk(struct writer *w, struct bytes input)
{
    struct cursor stack[DEPTH_MAX];
    size_t depth = 1;
    stack[0] = cursor_from(input);
    while (depth != 0) {
        struct cursor *c = &stack[depth - 1];
        if (rlp_end(c) == OK) {
            depth--;
            continue;
        }
        struct cursor before = *c;
        struct rlp_item item;
        enum err e = rlp_next(c, &item);
        if (e != OK) {
            FUZZ_CHECK(e == ERR_MALFORMED || e == ERR_TRUNCATED);
            FUZZ_CHECK(c->pos == before.pos);
            return false;
        }
        FUZZ_CHECK(item.encoded.ptr == before.pos && item.encoded.len <= cursor_left(&before));
        FUZZ_CHECK(item.payload.ptr + item.payload.len == c->pos);
        check_readers(before, &item);
        if (item.kind == RLP_STRING) {
            FUZZ_CHECK(rlp_string_size(item.payload) == item.encoded.len);
            rlp_string_write(w, item.payload);
        } else if (depth == DEPTH_MAX) {
            return false;
        } else {
            FUZZ_CHECK(rlp_list_size(item.payload.len) == item.encoded.len);
            rlp_list_write(w, item.payload.len);
            stack[depth++] = cursor_from(item.payload);
        }
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t out[1 << 16];
    struct bytes input = bytes_from(data, len);
    struct writer w = writer_to(out, sizeof(out));
    bool all = walk(&w, input);
    FUZZ_CHECK(!all || w.len == len);
    FUZZ_CHECK(w.len > sizeof(out) || len > sizeof(out) || memcmp(out, data, w.len) == 0);
    struct rlp_item item;
    size_t count = 0;
    bool counted = rlp_count(cursor_from(input), &count) == OK;
    FUZZ_CHECK(!all || counted);
    FUZZ_CHECK((rlp_decode(&item, input) == OK) == (counted && count == 1));
    return 0;
}
