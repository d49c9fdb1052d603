#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

/* checked.h: arithmetic on outside data that tells when it overflows. Each function returns true
 * when the exact result does not fit; *out then holds the wrapped result, as ckd_* of C23's
 * <stdckdint.h> (which GCC 12 lacks). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

static inline bool ckd_add_u64(uint64_t *out, uint64_t a, uint64_t b)
{
    return __builtin_add_overflow(a, b, out);
}

static inline bool ckd_mul_u64(uint64_t *out, uint64_t a, uint64_t b)
{
    return __builtin_mul_overflow(a, b, out);
}

static inline bool ckd_mul_u128(u128 *out, u128 a, u128 b)
{
    return __builtin_mul_overflow(a, b, out);
}

static inline bool ckd_add_size(size_t *out, size_t a, size_t b)
{
    return __builtin_add_overflow(a, b, out);
}

static inline bool ckd_mul_size(size_t *out, size_t a, size_t b)
{
    return __builtin_mul_overflow(a, b, out);
}

#endif
