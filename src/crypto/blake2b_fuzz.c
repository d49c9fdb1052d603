/* F of BLAKE2b: both forms on any state, block, counter, flag and up to 255 rounds. The input is
 * one byte of rounds, one of the flag, then the words of h, m and t; what is missing is zero. */

#include "crypto/blake2b.h"

#include <string.h>

#include "tests/fuzz.h"

struct arguments {
    uint64_t h[8];
    uint64_t m[16];
    uint64_t t[2];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 2) {
        return 0;
    }
    uint32_t rounds = data[0];
    bool is_final = (data[1] & 1) != 0;
    struct arguments a = {0};
    size_t words_len = len - 2 < sizeof(a) ? len - 2 : sizeof(a);
    memcpy(&a, data + 2, words_len);
    struct arguments b = a;
    blake2b_compress_portable(a.h, a.m, a.t, is_final, rounds);
    blake2b_compress(b.h, b.m, b.t, is_final, rounds);
    FUZZ_CHECK(memcmp(&a, &b, sizeof(a)) == 0);
    return 0;
}
