#ifndef EXEC_INDEX_ROOT_H
#define EXEC_INDEX_ROOT_H

/* index_root.h: the trie in which a header commits to a list: transactions, receipts, withdrawals
 * (Yellow Paper 4.4; EIP-4895). The key of an item is the RLP of its index. */

#include "base/arena.h"
#include "base/cursor.h"

/* index_root_item writes the bytes of item `index` of `items`, at least one. */
typedef void index_root_item(struct writer *w, const void *items, size_t index);

/* index_root computes the root for `count` items. `item` is called twice for each, first on a
 * writer that only counts. Memory is taken from the arena and given back. Errors: ERR_MEMORY;
 * ERR_LIMIT (an item longer than MPT_VALUE_MAX). */
enum err index_root(struct hash32 *out, struct arena *arena, const void *items, size_t count,
                    index_root_item *item);

#endif
