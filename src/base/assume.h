#ifndef BASE_ASSUME_H
#define BASE_ASSUME_H

/* assume.h asserts what the code relies on and ISO C does not promise. Included by err.h, and so
 * by everything. */

#include <assert.h> /* static_assert, which GCC 12 does not know without it */
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

static_assert(CHAR_BIT == 8, "bytes have eight bits");
static_assert(sizeof(size_t) == 8 && sizeof(void *) == 8, "a 64-bit machine");
static_assert(sizeof(int) == 4, "int has 32 bits");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian words");
static_assert((-1 >> 1) == -1, "right shift of negative numbers keeps the sign");
static_assert((-1 & 3) == 3, "two's complement");

#endif
