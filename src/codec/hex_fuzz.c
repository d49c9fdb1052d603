/* Any bytes as hex text: what decodes encodes to the same digits in lower case, and all ways to
 * decode it agree. */

#include "codec/hex.h"

#include "tests/fuzz.h"

static bool same_in_lower_case(struct bytes text, const char *lower)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if ((c >= 'A' && c <= 'F' ? c + 32 : c) != lower[i]) {
            return false;
        }
    }
    return true;
}

static void check_data(struct bytes text)
{
    static uint8_t out[4096];
    static uint8_t exact[4096];
    static char back[2 + 2 * sizeof(out)];
    size_t len;
    enum err e = hex_decode(out, sizeof(out), &len, text);
    FUZZ_CHECK(e == OK || e == ERR_MALFORMED || e == ERR_LIMIT);
    if (e != OK) {
        FUZZ_CHECK(e == ERR_LIMIT || hex_decode_exact(exact, text.len / 2 - 1, text) != OK);
        return;
    }
    FUZZ_CHECK(text.len == 2 + 2 * len && hex_encode_data(back, out, len) == text.len);
    FUZZ_CHECK(same_in_lower_case(text, back));
    FUZZ_CHECK(hex_decode_exact(exact, len, text) == OK && memcmp(exact, out, len) == 0);
    FUZZ_CHECK(hex_decode_exact(exact, len + 1, text) == ERR_MALFORMED);
    struct address a;
    struct hash32 h;
    FUZZ_CHECK((hex_decode_address(&a, text) == OK) == (len == sizeof(a.b)));
    FUZZ_CHECK((hex_decode_hash32(&h, text) == OK) == (len == sizeof(h.b)));
}

static void check_number(struct bytes text)
{
    struct u256 strict;
    struct u256 padded;
    uint64_t narrow;
    enum err e = hex_decode_padded_u256(&padded, text);
    enum err strict_e = hex_decode_quantity_u256(&strict, text);
    enum err narrow_e = hex_decode_padded_u64(&narrow, text);
    FUZZ_CHECK((e == OK && u256_fits_u64(&padded)) == (narrow_e == OK));
    FUZZ_CHECK(narrow_e != OK || narrow == padded.w[0]);
    if (e != OK) {
        FUZZ_CHECK(strict_e != OK);
        return;
    }
    char back[HEX_QUANTITY_MAX];
    size_t len = hex_encode_quantity_u256(back, &padded);
    FUZZ_CHECK(len <= text.len);
    FUZZ_CHECK((strict_e == OK) == (len == text.len));
    FUZZ_CHECK(strict_e != OK || (u256_eq(&strict, &padded) && same_in_lower_case(text, back)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct bytes text = bytes_from(data, len);
    check_data(text);
    check_number(text);
    /* The same again behind a prefix, which random bytes seldom have. */
    static uint8_t prefixed[2 + 8192] = {'0', 'x'};
    if (len <= 8192) {
        bytes_copy(prefixed + 2, data, len);
        check_data(bytes_from(prefixed, 2 + len));
        check_number(bytes_from(prefixed, 2 + len));
    }
    return 0;
}
