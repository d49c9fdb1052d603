/* One verification of a KZG opening, valid and not (the work is the same). */

#include "crypto/kzg.h"

#include <stdlib.h>

#include <blst.h>

#include "base/bytes.h"
#include "tests/bench.h"

static uint8_t commitment[KZG_POINT_SIZE];
static uint8_t proof[KZG_POINT_SIZE];
static uint8_t z[KZG_SCALAR_SIZE];
static uint8_t y[KZG_SCALAR_SIZE];

static void run(void *context, size_t count)
{
    (void)context;
    for (size_t i = 0; i < count; i++) {
        bool is_valid;
        if (kzg_verify_point(&is_valid, commitment, z, y, proof) != OK) {
            abort();
        }
        bench_keep(&is_valid);
    }
}

int main(int argc, char **argv)
{
    blst_sha256(z, z, sizeof(z));
    blst_sha256(y, z, sizeof(z));
    z[0] &= 0x3f;
    y[0] &= 0x3f;
    blst_p1 p;
    blst_p1_mult(&p, blst_p1_generator(), z, 254);
    blst_p1_compress(commitment, &p);
    blst_p1_mult(&p, blst_p1_generator(), y, 254);
    blst_p1_compress(proof, &p);
    const struct bench_case cases[] = {{"kzg verify point", run, NULL, 0}};
    return bench_main(argc, argv, cases, 1);
}
