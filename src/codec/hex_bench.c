/* Speed of hexadecimal data, in MB of hex text per second. */

#include "codec/hex.h"

#include <string.h>

#include "tests/bench.h"

#define DATA_MAX ((size_t)1 << 20)

static uint8_t data[DATA_MAX];
static uint8_t text[2 + 2 * DATA_MAX];
static char encoded[2 + 2 * DATA_MAX];

static void decode(void *context, size_t count)
{
    const size_t *len = context;
    for (size_t i = 0; i < count; i++) {
        enum err e = hex_decode_exact(data, *len, bytes_from(text, 2 + 2 * *len));
        bench_keep(&e);
        bench_keep(data);
    }
}

static void encode(void *context, size_t count)
{
    const size_t *len = context;
    for (size_t i = 0; i < count; i++) {
        bench_keep(data);
        hex_encode(encoded, data, *len);
        bench_keep(encoded);
    }
}

static void quantity(void *context, size_t count)
{
    (void)context;
    static const uint8_t digits[] = "0xde0b6b3a7640000";
    for (size_t i = 0; i < count; i++) {
        struct u256 out;
        bench_keep(digits);
        enum err e = hex_decode_quantity_u256(&out, bytes_from(digits, sizeof(digits) - 1));
        bench_keep(&e);
        bench_keep(&out);
    }
}

int main(int argc, char **argv)
{
    static size_t lens[] = {20, 32, 532, DATA_MAX};
    static const struct bench_case cases[] = {
        {"hex_decode 20 bytes", decode, &lens[0], 40},
        {"hex_decode 32 bytes", decode, &lens[1], 64},
        {"hex_decode 532 bytes (a full node)", decode, &lens[2], 1064},
        {"hex_decode 1 MiB", decode, &lens[3], 2 * DATA_MAX},
        {"hex_encode 32 bytes", encode, &lens[1], 64},
        {"hex_encode 1 MiB", encode, &lens[3], 2 * DATA_MAX},
        {"hex_decode_quantity_u256, 15 digits", quantity, NULL, 0},
    };
    text[0] = '0';
    text[1] = 'x';
    for (size_t i = 0; i < 2 * DATA_MAX; i++) {
        text[2 + i] = (uint8_t)"0123456789abcdefABCDEF"[i * 7 % 22];
    }
    return bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
