/* The compression function of BLAKE2b: RFC 7693, sections 2.7, 3.1 and 3.2. EIP-152 lets the caller
 * choose the number of rounds; round r then takes the row of SIGMA for r modulo 10, as rounds 10
 * and 11 of BLAKE2b do. */

#include "crypto/blake2b.h"

#include <string.h>

#include "base/compiler.h"

/* Section 2.6: the fractional parts of the square roots of the first eight primes. */
static const uint64_t iv[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* Section 2.7: the words of the block in the order in which a round takes them. */
#define SCHEDULES 10u
static const uint8_t sigma[SCHEDULES][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static ALWAYS_INLINE uint64_t rotr(uint64_t word, unsigned count)
{
    return word >> count | word << (64 - count);
}

/* ---- the portable form ----------------------------------------------------------------------- */

/* mix is G, section 3.1. */
static ALWAYS_INLINE void mix(uint64_t v[static 16], unsigned a, unsigned b, unsigned c, unsigned d,
                              uint64_t x, uint64_t y)
{
    v[a] = v[a] + v[b] + x;
    v[d] = rotr(v[d] ^ v[a], 32);
    v[c] = v[c] + v[d];
    v[b] = rotr(v[b] ^ v[c], 24);
    v[a] = v[a] + v[b] + y;
    v[d] = rotr(v[d] ^ v[a], 16);
    v[c] = v[c] + v[d];
    v[b] = rotr(v[b] ^ v[c], 63);
}

/* mix_round is one round of F: the columns of the work vector, then its diagonals. */
static ALWAYS_INLINE void mix_round(uint64_t v[static 16], const uint64_t m[static 16],
                                    const uint8_t s[static 16])
{
    mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
    mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
    mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
    mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
    mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
    mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
    mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
    mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
}

static ALWAYS_INLINE void work_vector_start(uint64_t v[static 16], const uint64_t h[static 8],
                                            const uint64_t t[static 2], bool is_final)
{
    memcpy(v, h, 8 * sizeof(v[0]));
    memcpy(v + 8, iv, sizeof(iv));
    v[12] ^= t[0];
    v[13] ^= t[1];
    if (is_final) {
        v[14] = ~v[14];
    }
}

static ALWAYS_INLINE void work_vector_fold(uint64_t h[static 8], const uint64_t v[static 16])
{
    for (unsigned i = 0; i < 8; i++) {
        h[i] ^= v[i] ^ v[i + 8];
    }
}

void blake2b_compress_portable(uint64_t h[static 8], const uint64_t m[static 16],
                               const uint64_t t[static 2], bool is_final, uint32_t rounds)
{
    uint64_t v[16];
    work_vector_start(v, h, t, is_final);
    for (uint32_t r = 0; r < rounds; r++) {
        mix_round(v, m, sigma[r % SCHEDULES]);
    }
    work_vector_fold(h, v);
}

/* ---- the fast form --------------------------------------------------------------------------- */

/* mix_da and mix_bc are a quarter of G each: of the G number `i` of a round's columns (shift 0) or
 * diagonals (shift 1), whose words are a row of the work vector apart and in the diagonals one
 * column further each. */
static ALWAYS_INLINE void mix_da(uint64_t v[static 16], unsigned i, unsigned shift, uint64_t word,
                                 unsigned count)
{
    unsigned b = 4 + (i + shift) % 4;
    unsigned d = 12 + (i + 3 * shift) % 4;
    v[i] = v[i] + v[b] + word;
    v[d] = rotr(v[d] ^ v[i], count);
}

static ALWAYS_INLINE void mix_bc(uint64_t v[static 16], unsigned i, unsigned shift, unsigned count)
{
    unsigned b = 4 + (i + shift) % 4;
    unsigned c = 8 + (i + 2 * shift) % 4;
    unsigned d = 12 + (i + 3 * shift) % 4;
    v[c] = v[c] + v[d];
    v[b] = rotr(v[b] ^ v[c], count);
}

/* mix_half is the columns or the diagonals of a round. The four are independent of each other, a
 * chain of twelve instructions each, and a core can run them all at once; but it takes them in the
 * order of the program and meets 32 rotations a round with fewer units than additions. One G ahead
 * of three that advance together lets it find work in most cycles: 26.6 cycles a round on a Zen 5
 * core, where four one after the other took 29.0, two by two 27.5, four together 28.3, and the
 * chains alone would take 24. (GCC 12: 27.1 after 28.4.) */
static ALWAYS_INLINE void mix_half(uint64_t v[static 16], unsigned shift,
                                   const uint64_t m[static 16], const uint8_t s[static 8])
{
    mix_da(v, 0, shift, m[s[0]], 32);
    mix_bc(v, 0, shift, 24);
    mix_da(v, 0, shift, m[s[1]], 16);
    mix_bc(v, 0, shift, 63);

    mix_da(v, 1, shift, m[s[2]], 32);
    mix_da(v, 2, shift, m[s[4]], 32);
    mix_da(v, 3, shift, m[s[6]], 32);
    mix_bc(v, 1, shift, 24);
    mix_bc(v, 2, shift, 24);
    mix_bc(v, 3, shift, 24);
    mix_da(v, 1, shift, m[s[3]], 16);
    mix_da(v, 2, shift, m[s[5]], 16);
    mix_da(v, 3, shift, m[s[7]], 16);
    mix_bc(v, 1, shift, 63);
    mix_bc(v, 2, shift, 63);
    mix_bc(v, 3, shift, 63);
}

/* mix_next is the round with row `r` of SIGMA; false: none is left. */
static ALWAYS_INLINE bool mix_next(uint64_t v[static 16], uint32_t *left,
                                   const uint64_t m[static 16], unsigned r)
{
    if (*left == 0) {
        return false;
    }
    (*left)--;
    mix_half(v, 0, m, sigma[r]);
    mix_half(v, 1, m, sigma[r] + 8);
    return true;
}

/* The ten schedules stand one after the other, so that the compiler knows every word's place. A
 * second copy for what is left after the tens would save 0.7 cycles a round and cost 6 KiB.
 *
 * Vectors do not help on Zen 5: there each vector instruction makes one that needs its result wait
 * for two cycles, so that the chains alone take 47 cycles a round, with AVX-512's rotations. */
void blake2b_compress(uint64_t h[static 8], const uint64_t m[static 16], const uint64_t t[static 2],
                      bool is_final, uint32_t rounds)
{
    uint64_t v[16];
    work_vector_start(v, h, t, is_final);
    while (mix_next(v, &rounds, m, 0) && mix_next(v, &rounds, m, 1) && mix_next(v, &rounds, m, 2) &&
           mix_next(v, &rounds, m, 3) && mix_next(v, &rounds, m, 4) && mix_next(v, &rounds, m, 5) &&
           mix_next(v, &rounds, m, 6) && mix_next(v, &rounds, m, 7) && mix_next(v, &rounds, m, 8) &&
           mix_next(v, &rounds, m, 9)) {
    }
    work_vector_fold(h, v);
}
