/* The root over a list, by index. */

#include "exec/index_root.h"

#include "codec/rlp.h"
#include "trie/mpt.h"

/* put_item puts the item into the trie, by way of a buffer that holds any of them. */
static enum err put_item(struct mpt *trie, uint8_t *buffer, size_t cap, const void *items,
                         size_t index, index_root_item *item)
{
    uint8_t key_buffer[9];
    struct writer key = writer_to(key_buffer, sizeof(key_buffer));
    struct writer value = writer_to(buffer, cap);
    rlp_u64_write(&key, index);
    item(&value, items, index);
    return mpt_put(trie, writer_view(&key), writer_view(&value));
}

static enum err root(struct hash32 *out, struct arena *arena, const void *items, size_t count,
                     index_root_item *item)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        struct writer counter = writer_to(NULL, 0);
        item(&counter, items, i);
        longest = counter.len > longest ? counter.len : longest;
    }
    uint8_t *buffer = ARENA_NEW(arena, uint8_t, longest);
    if (buffer == NULL) {
        return ERR_MEMORY;
    }
    struct mpt trie;
    mpt_init(&trie, arena);
    for (size_t i = 0; i < count; i++) {
        TRY(put_item(&trie, buffer, longest, items, i, item));
    }
    return mpt_root(&trie, out);
}

enum err index_root(struct hash32 *out, struct arena *arena, const void *items, size_t count,
                    index_root_item *item)
{
    size_t mark = arena_mark(arena);
    enum err e = root(out, arena, items, count, item);
    arena_rewind(arena, mark);
    return e;
}
