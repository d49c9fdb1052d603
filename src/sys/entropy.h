#ifndef SYS_ENTROPY_H
#define SYS_ENTROPY_H

/* entropy.h: random bytes of the kernel. */

#include <stddef.h>

#include "base/err.h"

/* entropy_bytes fills `out` with `len` bytes that nobody can guess; waits until the kernel has
 * gathered enough. Errors: ERR_IO, and then none of `out` may be used: the caller stops. */
enum err entropy_bytes(void *out, size_t len, struct err_detail *detail);

#endif
