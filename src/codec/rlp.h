#ifndef CODEC_RLP_H
#define CODEC_RLP_H

/* rlp.h: recursive length prefix, the serialisation of transactions, headers, receipts and trie
 * nodes (Yellow Paper, appendix B). An item is a string of bytes or a list of items:
 *
 *   first byte   item                                                    payload
 *   00 .. 7f     a string of one byte, which is its own encoding         that byte
 *   80 .. b7     a string of 0 .. 55 bytes                               the next (first - 80) bytes
 *   b8 .. bf     a string of more; 1 .. 8 bytes of length follow         after the length
 *   c0 .. f7     a list whose items take 0 .. 55 bytes                   the next (first - c0) bytes
 *   f8 .. ff     a list of more; 1 .. 8 bytes of length follow           after the length
 *
 * Every item has exactly one encoding, and the decoder takes no other: a length has no leading
 * zeros and is in the short form when it fits there, a single byte below 80 stands for itself, and
 * a number is big-endian without leading zeros, zero being the empty string.
 *
 * Decoding hands out views of the input, copies nothing and does not recurse: the items of a list
 * are read when the caller enters it, so a list that nobody entered has been checked for its length
 * only. A function that fails leaves its cursor and its output as they were. */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/u256.h"

enum rlp_kind { RLP_STRING, RLP_LIST };

/* struct rlp_item is one item, as views of the input. */
struct rlp_item {
    enum rlp_kind kind;
    struct bytes payload; /* the string, or the encodings of a list's items one after another */
    struct bytes encoded; /* the whole item with its header */
};

/* ---- decoding -------------------------------------------------------------------------------- */

/* rlp_next reads the next item, string or list.
 * Errors: ERR_TRUNCATED (nothing is left, or the item is longer than what is left);
 *   ERR_MALFORMED (an encoding that is not the only one). */
enum err rlp_next(struct cursor *c, struct rlp_item *item);

/* rlp_decode reads an item that is all of `input`. Errors: those of rlp_next, and ERR_TRAILING. */
enum err rlp_decode(struct rlp_item *item, struct bytes input);

/* rlp_string_next reads a string of any size; rlp_fixed_next one of exactly `len` bytes, which it
 * copies to `out`. Errors: those of rlp_next, and ERR_MALFORMED (a list, or another size). */
enum err rlp_string_next(struct cursor *c, struct bytes *out);
enum err rlp_fixed_next(struct cursor *c, uint8_t *out, size_t len);
enum err rlp_address_next(struct cursor *c, struct address *out);
enum err rlp_hash32_next(struct cursor *c, struct hash32 *out);

/* rlp_u64_next and rlp_u256_next read a number.
 * Errors: those of rlp_next, ERR_MALFORMED (a list, or a leading zero), ERR_RANGE (more than 8, or
 *   32, bytes). */
enum err rlp_u64_next(struct cursor *c, uint64_t *out);
enum err rlp_u256_next(struct cursor *c, struct u256 *out);

/* rlp_list_next reads a list and makes `items` a cursor over its items. When they are read, end
 * with rlp_end. Errors: those of rlp_next, and ERR_MALFORMED (a string). */
enum err rlp_list_next(struct cursor *c, struct cursor *items);

/* rlp_end checks that nothing is left. Errors: ERR_TRAILING. */
enum err rlp_end(const struct cursor *c);

/* rlp_count counts the items that `c` still has, without reading them: *c is a copy. Cost: one
 * header per item. Errors: those of rlp_next, for any of them. */
enum err rlp_count(struct cursor c, size_t *count);

/* ---- encoding -------------------------------------------------------------------------------- */

/* The *_size functions give the bytes that the function beside them writes. A list is written as
 * its header and then its items, so the size of its payload must be known first: add up the sizes,
 * or let the code that writes the items run once on a writer of capacity 0, which only counts.
 *
 * Sizes are of data in memory, whose sum fits in size_t. Writers past their capacity behave as
 * base/cursor.h says. */
size_t rlp_string_size(struct bytes string);
size_t rlp_u64_size(uint64_t value);
size_t rlp_u256_size(const struct u256 *value);
size_t rlp_list_size(size_t payload_len);

void rlp_string_write(struct writer *w, struct bytes string);
void rlp_u64_write(struct writer *w, uint64_t value);
void rlp_u256_write(struct writer *w, const struct u256 *value);

/* rlp_list_write writes the header of a list whose items take `payload_len` bytes. The caller
 * writes the items next. */
void rlp_list_write(struct writer *w, size_t payload_len);

static inline void rlp_address_write(struct writer *w, const struct address *a)
{
    rlp_string_write(w, bytes_from(a->b, sizeof(a->b)));
}

static inline void rlp_hash32_write(struct writer *w, const struct hash32 *h)
{
    rlp_string_write(w, bytes_from(h->b, sizeof(h->b)));
}

#endif
