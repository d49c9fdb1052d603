/* Short blocks by malloc, long ones by mmap. */

#include "net/block.h"

#include <stdlib.h>

#include "base/limits.h"
#include "sys/memory.h"

#define PAGE_BYTES ((size_t)4096)

/* The longest short request or answer with all that may stand around it. */
#define HEAP_MAX (LIMIT_REQUEST_BYTES + LIMIT_HTTP_HEAD_BYTES)

bool block_take(struct block *block, size_t cap)
{
    ASSERT(block->ptr == NULL && cap != 0);
    void *ptr = NULL;
    const bool is_mapping = cap > HEAP_MAX;
    if (is_mapping) {
        cap = (cap + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
        if (memory_reserve(&ptr, cap, PAGE_BYTES, NULL) != OK) {
            ptr = NULL;
        }
    } else {
        ptr = malloc(cap);
    }
    if (ptr == NULL) {
        return false;
    }
    *block = (struct block){ptr, cap, is_mapping};
    return true;
}

void block_release(struct block *block, size_t used)
{
    ASSERT(used <= block->cap);
    secure_zero(block->ptr, used);
    if (block->is_mapping) {
        memory_release(block->ptr, block->cap);
    } else {
        free(block->ptr);
    }
    *block = (struct block){0};
}
