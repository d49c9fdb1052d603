#ifndef BASE_BYTES_H
#define BASE_BYTES_H

/* bytes.h: views of bytes, the two fixed sizes the protocol is made of, and loads and stores of
 * words in a given byte order. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* struct bytes is a view: it never owns. Whoever hands one out says how long it holds. `ptr` may
 * be NULL only when `len` is 0. */
struct bytes {
    const uint8_t *ptr;
    size_t len;
};

/* An account's address; a 32-byte hash. Distinct types, so that mixing them up does not compile. */
struct address {
    uint8_t b[20];
};

struct hash32 {
    uint8_t b[32];
};

static inline bool address_equal(const struct address *a, const struct address *b)
{
    return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

static inline bool hash32_equal(const struct hash32 *a, const struct hash32 *b)
{
    return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* bytes_from makes a view of `len` bytes at `ptr`. */
static inline struct bytes bytes_from(const void *ptr, size_t len)
{
    return (struct bytes){(const uint8_t *)ptr, len};
}

/* bytes_copy copies `len` bytes between places that do not overlap; unlike memcpy it takes NULL
 * when `len` is 0. */
static inline void bytes_copy(void *to, const void *from, size_t len)
{
    if (len != 0) {
        memcpy(to, from, len);
    }
}

/* secure_zero overwrites `len` bytes with zeros in a way the compiler may not leave out. */
static inline void secure_zero(void *ptr, size_t len)
{
    if (len != 0) {
        memset(ptr, 0, len);
        __asm__ volatile("" : : "r"(ptr) : "memory");
    }
}

/* load_* and store_*: one word at any alignment, big- or little-endian. */
static inline uint64_t load_le64(const uint8_t in[static 8])
{
    uint64_t word;
    memcpy(&word, in, sizeof(word));
    return word;
}

static inline uint32_t load_le32(const uint8_t in[static 4])
{
    uint32_t word;
    memcpy(&word, in, sizeof(word));
    return word;
}

static inline uint64_t load_be64(const uint8_t in[static 8])
{
    return __builtin_bswap64(load_le64(in));
}

static inline uint32_t load_be32(const uint8_t in[static 4])
{
    return __builtin_bswap32(load_le32(in));
}

static inline void store_le64(uint8_t out[static 8], uint64_t word)
{
    memcpy(out, &word, sizeof(word));
}

static inline void store_be64(uint8_t out[static 8], uint64_t word)
{
    store_le64(out, __builtin_bswap64(word));
}

static inline void store_be32(uint8_t out[static 4], uint32_t word)
{
    word = __builtin_bswap32(word);
    memcpy(out, &word, sizeof(word));
}

#endif
