/* Reserved address space: one anonymous mapping, longer than asked for by the alignment, of which
 * both ends are then given back. */

#include "sys/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/checked.h"

#define PAGE_BYTES ((size_t)4096)

static void unmap(void *at, size_t len)
{
    if (len != 0) {
        /* It fails only for a range that is not one of ours. */
        ASSERT(munmap(at, len) == 0);
    }
}

enum err memory_reserve(void **out, size_t len, size_t align, struct err_detail *detail)
{
    ASSERT(len % PAGE_BYTES == 0 && align >= PAGE_BYTES && (align & (align - 1)) == 0);
    size_t total;
    if (len == 0 || ckd_add_size(&total, len, align)) {
        return err_explain(detail, ERR_MEMORY, "cannot reserve %zu bytes", len);
    }
    uint8_t *start = mmap(NULL, total, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) {
        return err_explain(detail, ERR_MEMORY, "cannot reserve %zu bytes: %s", len,
                           strerror(errno));
    }
    size_t before = (0 - (uintptr_t)start) & (align - 1);
    uint8_t *region = start + before;
    unmap(start, before);
    unmap(region + len, align - before);
    /* Advice: a kernel without huge pages refuses the first, which is as well. */
    (void)madvise(region, len, MADV_NOHUGEPAGE);
    (void)madvise(region, len, MADV_DONTDUMP);
    *out = region;
    return OK;
}

void memory_drop(void *start, size_t len)
{
    int result = madvise(start, len, MADV_DONTNEED);
    ASSERT(result == 0); /* fails only for what is no region of ours */
}

void memory_release(void *region, size_t len)
{
    if (region != NULL) {
        unmap(region, len);
    }
}
