/* RIPEMD-160 of any bytes against libcrypto's. */

#include "crypto/ripemd160.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/ripemd.h>
#include <string.h>

#include "tests/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t out[RIPEMD160_LEN];
    uint8_t wanted[RIPEMD160_LEN];
    ripemd160(out, data, len);
    FUZZ_CHECK(RIPEMD160(data, len, wanted) != NULL);
    FUZZ_CHECK(memcmp(out, wanted, sizeof(out)) == 0);
    return 0;
}
