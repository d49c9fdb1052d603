#ifndef BASE_SORT_H
#define BASE_SORT_H

/* sort.h: sorting without allocating, as qsort of the C library may. */

#include <stddef.h>

/* sort_pointers sorts `count` pointers in place, so that compare(items[i], items[i + 1]) <= 0;
 * `compare` is as for qsort, but of the pointers themselves. Equal items come in any order.
 * Cost: count * log2(count) comparisons, at most twice that, whatever the input. No recursion. */
void sort_pointers(void **items, size_t count, int (*compare)(const void *a, const void *b));

#endif
