#ifndef NET_BLOCK_H
#define NET_BLOCK_H

/* block.h: memory for what clients send and what they are sent. Short blocks are cut from the heap;
 * a long one is a mapping of its own, whose pages cost memory only once touched and go back to the
 * kernel when it is released, so that a few long requests do not leave a heap full of holes. */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

/* struct block owns its memory. Starts as { 0 }, which holds none. */
struct block {
    uint8_t *ptr;
    size_t cap;
    bool is_mapping;
};

/* block_take gets `cap` bytes (not 0) for an empty block; as a mapping if they are more than
 * LIMIT_REQUEST_BYTES and a head's. False when there is no memory, and the block stays empty. */
bool block_take(struct block *block, size_t cap);

/* block_release wipes the first `used` bytes, which must be all that were ever written, and gives
 * the block back; it is empty then. An empty one is allowed. */
void block_release(struct block *block, size_t used);

#endif
