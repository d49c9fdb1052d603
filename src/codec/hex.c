/* Hexadecimal data and quantities of execution-apis. Digits are decoded and encoded eight at a time
 * in a general register, since witnesses are megabytes of hex: 4 GB/s of text with either compiler.
 * A table of 256 values measured 2.8 (GCC 12) to 6 GB/s (clang 19), and its cache lines tell what
 * was looked up; the plain loop over bytes 1.1 (GCC 12) to 20 GB/s (clang 19, where it becomes
 * vectors). */

#include "codec/hex.h"

/* A word of eight equal bytes. */
#define EVERY(byte) (UINT64_C(0x0101010101010101) * (uint64_t)(byte))

/* digits_valid has the top bit of each byte set where `word` has a digit. The sums below cannot
 * carry into the next byte: `low` and `lower` are below 0x80 in each byte, and so is every addend.
 * low + 0x80 - x has the top bit set exactly where low >= x. */
static inline uint64_t digits_valid(uint64_t word)
{
    uint64_t low = word & EVERY(0x7f);
    uint64_t lower = low | EVERY(0x20); /* the letters A to F, and nothing else, become a to f */
    uint64_t decimal = (low + EVERY(0x80 - '0')) & ~(low + EVERY(0x80 - ('9' + 1)));
    uint64_t letter = (lower + EVERY(0x80 - 'a')) & ~(lower + EVERY(0x80 - ('f' + 1)));
    return (decimal | letter) & ~word & EVERY(0x80);
}

/* digit_values gives the value of the digit in each byte: its low four bits, and 9 more for
 * letters, the only digits with bit 6 set. */
static inline uint64_t digit_values(uint64_t word)
{
    return (word & EVERY(0x0f)) + 9 * ((word >> 6) & EVERY(0x01));
}

/* pairs_joined makes one byte of two values below 16, first the high one: 01 02 .. -> 12 .. */
static inline uint32_t pairs_joined(uint64_t values)
{
    uint64_t out = (values << 4 | values >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    out = (out | out >> 8) & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)(out | out >> 16);
}

/* word_decode decodes eight digits; the result has the top bit of each byte set if all are. */
static inline uint64_t word_decode(uint8_t out[static 4], uint64_t word)
{
    uint32_t bytes = pairs_joined(digit_values(word));
    memcpy(out, &bytes, sizeof(bytes));
    return digits_valid(word);
}

/* digits_decode decodes 2 * `len` digits; true when all were digits. The last word may overlap the
 * one before. `restrict`: hex.h asks callers for it. */
static bool digits_decode(uint8_t *restrict out, const uint8_t *restrict digits, size_t len)
{
    uint64_t valid = EVERY(0x80);
    if (len < 4) {
        for (size_t i = 0; i < len; i++) {
            uint8_t rest[4];
            uint64_t two = (uint64_t)digits[2 * i] | (uint64_t)digits[2 * i + 1] << 8;
            valid &= word_decode(rest, two | (EVERY('0') & ~UINT64_C(0xffff)));
            out[i] = rest[0];
        }
    } else {
        for (size_t i = 0; i < len - 4; i += 4) {
            valid &= word_decode(out + i, load_le64(digits + 2 * i));
        }
        valid &= word_decode(out + len - 4, load_le64(digits + 2 * len - 8));
    }
    return valid == EVERY(0x80);
}

/* bytes_spread makes eight digits of four bytes, the inverse of pairs_joined and digit_values. */
static inline uint64_t bytes_spread(uint32_t bytes)
{
    uint64_t word = ((uint64_t)bytes | (uint64_t)bytes << 16) & UINT64_C(0x0000ffff0000ffff);
    word = (word | word << 8) & UINT64_C(0x00ff00ff00ff00ff);
    word = (word >> 4 | word << 8) & EVERY(0x0f);
    uint64_t letters = ((word + EVERY(6)) >> 4) & EVERY(0x01); /* values of 10 and above */
    return word + EVERY('0') + ('a' - '0' - 10) * letters;
}

/* prefix_taken gives what follows "0x". */
static enum err prefix_taken(struct bytes *digits, struct bytes text)
{
    if (text.len < 2 || text.ptr[0] != '0' || text.ptr[1] != 'x') {
        return ERR_MALFORMED;
    }
    *digits = bytes_from(text.ptr + 2, text.len - 2);
    return OK;
}

enum err hex_decoded_len(size_t *len, struct bytes text)
{
    struct bytes digits;
    TRY(prefix_taken(&digits, text));
    if (digits.len % 2 != 0) {
        return ERR_MALFORMED;
    }
    *len = digits.len / 2;
    return OK;
}

bool hex_is_data(struct bytes text)
{
    size_t len;
    if (hex_decoded_len(&len, text) != OK) {
        return false;
    }
    const uint8_t *digits = text.ptr + 2;
    size_t count = 2 * len;
    uint64_t valid = EVERY(0x80);
    if (count < 8) {
        uint8_t padded[8] = {'0', '0', '0', '0', '0', '0', '0', '0'};
        memcpy(padded, digits, count);
        return digits_valid(load_le64(padded)) == valid;
    }
    for (size_t i = 0; i < count - 8; i += 8) {
        valid &= digits_valid(load_le64(digits + i));
    }
    return (valid & digits_valid(load_le64(digits + count - 8))) == EVERY(0x80);
}

enum err hex_decode(uint8_t *out, size_t cap, size_t *len, struct bytes text)
{
    size_t needed;
    TRY(hex_decoded_len(&needed, text));
    if (needed > cap) {
        return ERR_LIMIT;
    }
    if (!digits_decode(out, text.ptr + 2, needed)) {
        return ERR_MALFORMED;
    }
    *len = needed;
    return OK;
}

enum err hex_decode_exact(uint8_t *out, size_t len, struct bytes text)
{
    size_t decoded;
    TRY(hex_decoded_len(&decoded, text));
    if (decoded != len || !digits_decode(out, text.ptr + 2, len)) {
        return ERR_MALFORMED;
    }
    return OK;
}

enum err hex_decode_address(struct address *out, struct bytes text)
{
    struct address decoded;
    TRY(hex_decode_exact(decoded.b, sizeof(decoded.b), text));
    *out = decoded;
    return OK;
}

enum err hex_decode_hash32(struct hash32 *out, struct bytes text)
{
    struct hash32 decoded;
    TRY(hex_decode_exact(decoded.b, sizeof(decoded.b), text));
    *out = decoded;
    return OK;
}

void hex_encode(char *out, const void *data, size_t len)
{
    const uint8_t *restrict in = data;
    char *restrict to = out;
    if (len < 4) {
        for (size_t i = 0; i < len; i++) {
            uint64_t digits = bytes_spread(in[i]);
            memcpy(to + 2 * i, &digits, 2);
        }
        return;
    }
    for (size_t i = 0; i < len - 4; i += 4) {
        uint64_t digits = bytes_spread(load_le32(in + i));
        memcpy(to + 2 * i, &digits, 8);
    }
    uint64_t digits = bytes_spread(load_le32(in + len - 4));
    memcpy(to + 2 * len - 8, &digits, 8);
}

size_t hex_encode_data(char *out, const void *data, size_t len)
{
    out[0] = '0';
    out[1] = 'x';
    hex_encode(out + 2, data, len);
    return 2 + 2 * len;
}

static enum err number_decode(struct u256 *out, struct bytes text, bool padded)
{
    struct bytes digits;
    TRY(prefix_taken(&digits, text));
    if (digits.len == 0) {
        return ERR_MALFORMED;
    }
    if (digits.len > 64) {
        return ERR_RANGE;
    }
    if (!padded && digits.len > 1 && digits.ptr[0] == '0') {
        return ERR_MALFORMED;
    }
    uint8_t all[64];
    memset(all, '0', sizeof(all));
    memcpy(all + sizeof(all) - digits.len, digits.ptr, digits.len);
    uint8_t word[32];
    if (!digits_decode(word, all, sizeof(word))) {
        return ERR_MALFORMED;
    }
    u256_load_be(out, word);
    return OK;
}

static enum err number_decode_u64(uint64_t *out, struct bytes text, bool padded)
{
    struct u256 number;
    TRY(number_decode(&number, text, padded));
    if (!u256_fits_u64(&number)) {
        return ERR_RANGE;
    }
    *out = number.w[0];
    return OK;
}

enum err hex_decode_quantity_u64(uint64_t *out, struct bytes text)
{
    return number_decode_u64(out, text, false);
}

enum err hex_decode_quantity_u256(struct u256 *out, struct bytes text)
{
    return number_decode(out, text, false);
}

enum err hex_decode_padded_u64(uint64_t *out, struct bytes text)
{
    return number_decode_u64(out, text, true);
}

enum err hex_decode_padded_u256(struct u256 *out, struct bytes text)
{
    return number_decode(out, text, true);
}

/* quantity_encode writes the digits of a big-endian number of `len` bytes, at most 32, without its
 * leading zeros. */
static size_t quantity_encode(char *out, const uint8_t *number, size_t len)
{
    char digits[64];
    hex_encode(digits, number, len);
    size_t first = 0;
    while (first < 2 * len - 1 && digits[first] == '0') {
        first++;
    }
    out[0] = '0';
    out[1] = 'x';
    memcpy(out + 2, digits + first, 2 * len - first);
    return 2 + 2 * len - first;
}

size_t hex_encode_quantity_u64(char out[static 18], uint64_t value)
{
    uint8_t number[8];
    store_be64(number, value);
    return quantity_encode(out, number, sizeof(number));
}

size_t hex_encode_quantity_u256(char out[static HEX_QUANTITY_MAX], const struct u256 *value)
{
    uint8_t number[32];
    u256_store_be(number, value);
    return quantity_encode(out, number, sizeof(number));
}
