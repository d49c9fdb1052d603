#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

/* fuzz.h: what a fuzz target is. It takes any bytes, never crashes, and aborts (FUZZ_CHECK) when a
 * property it states does not hold. Run by libFuzzer (`make fuzz`) and by tests/replay.c. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* libFuzzer's entry point; its name is fixed there. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define FUZZ_CHECK(condition) \
    do {                      \
        if (!(condition)) {   \
            abort();          \
        }                     \
    } while (0)

#endif
