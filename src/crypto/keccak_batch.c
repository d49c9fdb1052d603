/* Keccak-256 of many messages, one to a lane of vector registers: four with AVX2, which every
 * machine that this program runs on has, eight with AVX-512. Each lane takes the next message when
 * it has finished its own, so messages of different lengths do not wait for each other. */

#include "crypto/keccak_batch.h"

#include <immintrin.h>

#include "base/compiler.h"
#include "crypto/keccak_round.h"

/* ---- AVX2: four ------------------------------------------------------------------------------ */

#define LANES  4
#define VECTOR __m256i
#define TARGET
#define XOR(a, b)           _mm256_xor_si256(a, b)
#define XOR5(a, b, c, d, e) XOR(XOR(XOR(a, b), XOR(c, d)), e)
#define CHI(a, b, c)        _mm256_xor_si256(a, _mm256_andnot_si256(b, c))
#define ROL(a, n)           _mm256_or_si256(_mm256_slli_epi64(a, n), _mm256_srli_epi64(a, 64 - (n)))
#define SET(word)           _mm256_set1_epi64x((long long)(word))
#define NAME(x)             x##_avx2
#include "crypto/keccak_lanes.def"

/* ---- AVX-512: eight -------------------------------------------------------------------------- */

#define LANES               8
#define VECTOR              __m512i
#define TARGET              __attribute__((target("avx512f,avx512vl")))
#define XOR(a, b)           _mm512_xor_si512(a, b)
#define XOR3(a, b, c)       _mm512_ternarylogic_epi64(a, b, c, 0x96)
#define XOR5(a, b, c, d, e) XOR3(XOR3(a, b, c), d, e)
#define CHI(a, b, c)        _mm512_ternarylogic_epi64(a, b, c, 0xd2)
#define ROL(a, n)           _mm512_rol_epi64(a, n)
#define SET(word)           _mm512_set1_epi64((long long)(word))
#define NAME(x)             x##_avx512
#include "crypto/keccak_lanes.def"

/* ---- the choice ------------------------------------------------------------------------------ */

/* BATCH_MIN: fewer messages are hashed faster one by one. */
#define BATCH_MIN 3

void keccak256_batch(struct hash32 *out, const struct bytes *in, size_t count)
{
    if (count < BATCH_MIN) {
        for (size_t i = 0; i < count; i++) {
            keccak256(&out[i], in[i].ptr, in[i].len);
        }
    } else if (keccak_has_avx512()) {
        keccak256_batch_avx512(out, in, count);
    } else {
        keccak256_batch_avx2(out, in, count);
    }
}
