#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

/* bench.h: timing of short functions. Each case runs in samples of at least a few milliseconds; the
 * median and the spread of the samples are printed, since the machines are noisy. Samples of all
 * cases are interleaved (A B C A B C ...), so that a slow moment hurts all alike and the ratios
 * between the rows of one run can be trusted. */

#include <stddef.h>

struct bench_case {
    const char *name;
    void (*run)(void *context, size_t count); /* does the work `count` times */
    void *context;
    size_t bytes; /* bytes of input per call, for a rate; 0: none printed */
};

/* bench_main runs the cases and prints a line for each: name, median ns per call, the lower and
 * upper quartile, and MB/s where `bytes` is set. An argument runs only the cases whose name
 * contains it. Returns main's exit status. */
int bench_main(int argc, char **argv, const struct bench_case *cases, size_t count);

/* bench_keep makes the compiler believe that *ptr is read, so that work on it is not left out. */
static inline void bench_keep(const void *ptr)
{
    __asm__ volatile("" : : "r"(ptr) : "memory");
}

#endif
