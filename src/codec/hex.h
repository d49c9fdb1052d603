#ifndef CODEC_HEX_H
#define CODEC_HEX_H

/* hex.h: the two hexadecimal forms of Ethereum's JSON-RPC (execution-apis, src/schemas/base-types):
 *   data      "0x" and an even number of digits, one byte for every two: "0x", "0x00ff"
 *   quantity  "0x" and the fewest digits that hold the number, most significant first: "0x0", "0x1f"
 * Digits of either case are read, lower case is written; the prefix is "0x", never "0X".
 *
 * Texts are views of characters, without a NUL. An output is written on success only, except that a
 * byte buffer holds nothing of use after an error. Time depends on lengths, and in quantities on
 * the number, but not on the bytes that data stands for. */

#include "base/bytes.h"
#include "base/err.h"
#include "base/u256.h"

/* HEX_QUANTITY_MAX: the longest quantity, "0x" and 64 digits, without a NUL. */
#define HEX_QUANTITY_MAX 66

/* ---- data ------------------------------------------------------------------------------------ */

/* hex_decoded_len gives the number of bytes that the data `text` stands for, so that a caller can
 * make room first. Looks at prefix and length only, not at the digits.
 * Errors: ERR_MALFORMED (no "0x", or an odd number of digits). */
enum err hex_decoded_len(size_t *len, struct bytes text);

/* hex_is_data tells whether `text` is data: "0x" and an even number of digits. */
bool hex_is_data(struct bytes text);

/* hex_decode decodes data into at most `cap` bytes at `out`, which does not overlap `text`; *len is
 * the number written.
 * Errors: ERR_MALFORMED (no "0x", an odd number of digits, or a character that is no digit);
 *   ERR_LIMIT (more than `cap` bytes). */
enum err hex_decode(uint8_t *out, size_t cap, size_t *len, struct bytes text);

/* hex_decode_exact decodes data of exactly `len` bytes, no fewer and no more. `out` does not
 * overlap `text`. Errors: ERR_MALFORMED. */
enum err hex_decode_exact(uint8_t *out, size_t len, struct bytes text);

/* hex_decode_address and hex_decode_hash32 decode data of exactly 20 and 32 bytes. The checksum in
 * the case of an address's letters (EIP-55) is not looked at. Errors: ERR_MALFORMED. */
enum err hex_decode_address(struct address *out, struct bytes text);
enum err hex_decode_hash32(struct hash32 *out, struct bytes text);

/* hex_encode writes 2 * `len` digits at `out`: no prefix, no NUL. `out` does not overlap `data`. */
void hex_encode(char *out, const void *data, size_t len);

/* hex_encode_data writes "0x" and 2 * `len` digits at `out`, no NUL; returns the number of
 * characters, 2 + 2 * `len`. `out` does not overlap `data`. */
size_t hex_encode_data(char *out, const void *data, size_t len);

/* ---- numbers --------------------------------------------------------------------------------- */

/* hex_decode_quantity_* decode a quantity: at least one digit, and no leading zero but in "0x0".
 * Errors: ERR_MALFORMED (no "0x", no digits, a leading zero, a character that is no digit);
 *   ERR_RANGE (more than 64 digits, or a number too great for *out). */
enum err hex_decode_quantity_u64(uint64_t *out, struct bytes text);
enum err hex_decode_quantity_u256(struct u256 *out, struct bytes text);

/* hex_decode_padded_* decode a number that may have leading zeros ("0x00", "0x0a"), as the official
 * test files write them: one to 64 digits. Not for requests, where the same number written in two
 * ways is a caller's mistake. Errors as above, but for the leading zero. */
enum err hex_decode_padded_u64(uint64_t *out, struct bytes text);
enum err hex_decode_padded_u256(struct u256 *out, struct bytes text);

/* hex_encode_quantity_* write a quantity without a NUL and return its length. `out` has room for
 * HEX_QUANTITY_MAX characters (18 are enough for 64 bits). */
size_t hex_encode_quantity_u64(char out[static 18], uint64_t value);
size_t hex_encode_quantity_u256(char out[static HEX_QUANTITY_MAX], const struct u256 *value);

#endif
