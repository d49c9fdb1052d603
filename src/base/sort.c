/* Heapsort: in place, and as quick for the worst input as for any. */

#include "base/sort.h"

/* sift moves items[at] down in the heap of the first `count` items to where it is no smaller than
 * both below it. */
static void sift(void **items, size_t at, size_t count, int (*compare)(const void *, const void *))
{
    void *moving = items[at];
    while (at < count / 2) { /* it has items below it: 2 * at + 1 < count */
        size_t below = 2 * at + 1;
        if (below + 1 < count && compare(items[below], items[below + 1]) < 0) {
            below++;
        }
        if (compare(moving, items[below]) >= 0) {
            break;
        }
        items[at] = items[below];
        at = below;
    }
    items[at] = moving;
}

void sort_pointers(void **items, size_t count, int (*compare)(const void *a, const void *b))
{
    for (size_t at = count / 2; at-- > 0;) {
        sift(items, at, count, compare);
    }
    for (size_t left = count; left > 1; left--) {
        void *greatest = items[0];
        items[0] = items[left - 1];
        items[left - 1] = greatest;
        sift(items, 0, left - 1, compare);
    }
}
