#ifndef CRYPTO_KZG_LINES_H
#define CRYPTO_KZG_LINES_H

/* kzg_lines.h: the trusted setup that verification needs, one point, and the lines of the Miller
 * loops of that point and of the generator of G2. Both points never change, so kzg_lines.c holds
 * the lines as constants, made by tools/gen-kzg-lines and computed again by kzg_test.c; working
 * them out each time would add 15 % to a verification, and a context that keeps them would have to
 * be handed through every layer down to the precompile. */

#include "crypto/bls12_381_pairing.h"

/* KZG_TAU_G2: [tau]G2 of Ethereum's KZG ceremony of 2023, compressed: the second of the g2_monomial
 * points in consensus-specs, presets/mainnet/trusted_setups/trusted_setup_4096.json. */
#define KZG_TAU_G2                                                                             \
    "b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24" \
    "f3499f72185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000ed" \
    "c98edada20c1def2"

extern const struct bls12_381_line kzg_g2_lines[BLS12_381_LINES];
extern const struct bls12_381_line kzg_tau_g2_lines[BLS12_381_LINES];

#endif
