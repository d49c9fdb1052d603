#ifndef TESTS_RLP_ITEMS_H
#define TESTS_RLP_ITEMS_H

/* rlp_items.h: takes an RLP list apart, so that a test can change an item and put it together again.
 */

#include "codec/rlp.h"

#define RLP_ITEMS_MAX 32

/* struct rlp_items: the encodings of a list's items, as views. */
struct rlp_items {
    struct bytes item[RLP_ITEMS_MAX];
    size_t count;
};

/* rlp_items_of splits the list that is all of `list`. The input is a test's own. */
static inline struct rlp_items rlp_items_of(struct bytes list)
{
    struct rlp_items out = {.count = 0};
    struct cursor input = cursor_from(list);
    struct cursor items;
    struct rlp_item item;
    enum err e = rlp_list_next(&input, &items);
    ASSERT(e == OK && rlp_end(&input) == OK);
    while (cursor_left(&items) != 0) {
        e = rlp_next(&items, &item);
        ASSERT(e == OK && out.count < RLP_ITEMS_MAX);
        out.item[out.count++] = item.encoded;
    }
    return out;
}

/* rlp_items_join writes the list of the items, whatever bytes they are, and returns it. */
static inline struct bytes rlp_items_join(uint8_t *buffer, size_t cap,
                                          const struct rlp_items *items)
{
    struct writer w = writer_to(buffer, cap);
    size_t payload_len = 0;
    for (size_t i = 0; i < items->count; i++) {
        payload_len += items->item[i].len;
    }
    rlp_list_write(&w, payload_len);
    for (size_t i = 0; i < items->count; i++) {
        writer_put(&w, items->item[i].ptr, items->item[i].len);
    }
    return writer_view(&w);
}

#endif
