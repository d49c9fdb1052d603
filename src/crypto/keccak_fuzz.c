/* Any bytes: keccak256 against a sponge over the portable permutation that takes them one by one,
 * and the forms of the permutation against each other on the state that comes out. */

#include "crypto/keccak.h"

#include "tests/fuzz.h"

#define RATE 136u

static void check_form(void (*permute)(uint64_t lanes[static 25]), const uint64_t state[static 25])
{
    uint64_t expected[25];
    uint64_t lanes[25];
    memcpy(expected, state, sizeof(expected));
    memcpy(lanes, state, sizeof(lanes));
    keccak_f1600_portable(expected);
    permute(lanes);
    FUZZ_CHECK(memcmp(lanes, expected, sizeof(lanes)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint64_t lanes[25] = {0};
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        lanes[at / 8] ^= (uint64_t)data[i] << (8 * (at % 8));
        at++;
        if (at == RATE) {
            keccak_f1600_portable(lanes);
            at = 0;
        }
    }
    lanes[at / 8] ^= UINT64_C(0x01) << (8 * (at % 8));
    lanes[16] ^= UINT64_C(0x80) << 56;
    keccak_f1600_portable(lanes);

    struct hash32 hash;
    keccak256(&hash, data, len);
    for (size_t i = 0; i < sizeof(hash.b); i++) {
        FUZZ_CHECK(hash.b[i] == (uint8_t)(lanes[i / 8] >> (8 * (i % 8))));
    }

    /* A state of the fuzzer's own choice too, as far as the input goes. */
    for (unsigned raw = 0; raw < 2; raw++) {
        check_form(keccak_f1600_scalar, lanes);
        if (keccak_has_avx512()) {
            check_form(keccak_f1600_avx512, lanes);
        }
        bytes_copy(lanes, data, len < sizeof(lanes) ? len : sizeof(lanes));
    }
    return 0;
}
