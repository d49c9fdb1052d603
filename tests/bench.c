/* The timer of the benchmark programs. */

#include "tests/bench.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SAMPLES   15
#define SAMPLE_NS 4000000
#define CASES_MAX 256

static uint64_t now_ns(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static uint64_t time_calls(const struct bench_case *c, size_t count)
{
    uint64_t start = now_ns();
    c->run(c->context, count);
    return now_ns() - start;
}

/* calls_per_sample finds how many calls take about SAMPLE_NS. */
static size_t calls_per_sample(const struct bench_case *c)
{
    size_t count = 1;
    for (;;) {
        uint64_t ns = time_calls(c, count);
        if (ns >= SAMPLE_NS || count >= ((size_t)1 << 40)) {
            return count;
        }
        count *= ns < SAMPLE_NS / 8 ? 4 : 2;
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

int bench_main(int argc, char **argv, const struct bench_case *cases, size_t count)
{
    static double ns[CASES_MAX][SAMPLES];
    static size_t calls[CASES_MAX];
    const char *only = argc > 1 ? argv[1] : "";
    if (count > CASES_MAX) {
        (void)fprintf(stderr, "bench: more than %d cases\n", CASES_MAX);
        return 2;
    }
    for (int sample = -1; sample < SAMPLES; sample++) {
        for (size_t i = 0; i < count; i++) {
            if (strstr(cases[i].name, only) == NULL) {
                continue;
            }
            if (sample < 0) {
                calls[i] = calls_per_sample(&cases[i]);
            } else {
                ns[i][sample] = (double)time_calls(&cases[i], calls[i]) / (double)calls[i];
            }
        }
    }
    (void)printf("%-36s %12s %12s %12s %10s\n", "case", "median ns", "quartile 1", "quartile 3",
                 "MB/s");
    for (size_t i = 0; i < count; i++) {
        if (calls[i] == 0) {
            continue;
        }
        qsort(ns[i], SAMPLES, sizeof(ns[i][0]), compare);
        double median = ns[i][SAMPLES / 2];
        (void)printf("%-36s %12.2f %12.2f %12.2f", cases[i].name, median, ns[i][SAMPLES / 4],
                     ns[i][SAMPLES - 1 - SAMPLES / 4]);
        if (cases[i].bytes != 0) {
            (void)printf(" %10.0f", (double)cases[i].bytes * 1000.0 / median);
        }
        (void)printf("\n");
    }
    return 0;
}
