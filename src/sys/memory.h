#ifndef SYS_MEMORY_H
#define SYS_MEMORY_H

/* memory.h: address space for the arenas, reserved once and backed by pages as they are touched. */

#include <stddef.h>

#include "base/err.h"

/* memory_reserve reserves `len` zeroed bytes (a multiple of 4096) aligned to `align` (a power of
 * two, at least 4096). Pages cost memory only once touched, are small ones (a huge page behind each
 * touched byte would pass the memory we promise), and are left out of core dumps: they hold what
 * clients sent. Out: *out, the caller's until memory_release. Errors: ERR_MEMORY. */
enum err memory_reserve(void **out, size_t len, size_t align, struct err_detail *detail);

/* memory_drop gives the pages of a part of such a region back to the kernel; what is read there
 * later is zero. `start` and `len` are multiples of 4096. */
void memory_drop(void *start, size_t len);

/* memory_release gives back what memory_reserve gave, with the same `len`; NULL is allowed. */
void memory_release(void *region, size_t len);

#endif
