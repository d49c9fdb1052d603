#ifndef EXEC_SIGNATURE_H
#define EXEC_SIGNATURE_H

/* signature.h: who signed, as an address (Yellow Paper, appendix F; EIP-2): for transactions and for
 * authorizations. */

#include "base/bytes.h"
#include "base/err.h"
#include "base/u256.h"

/* signature_is_in_range tells whether r and s are numbers that a signature may have: from 1 to below
 * the group's order n. With `is_low_s`, EIP-2: "All transaction signatures whose s-value is greater
 * than secp256k1n/2 are now considered invalid." */
bool signature_is_in_range(const struct u256 *r, const struct u256 *s, bool is_low_s);

/* signature_recover finds the address whose key signed `hash`: the last 20 bytes of keccak256 of the
 * public key. Errors: ERR_SIGNATURE, as ecdsa_recover's. Cost: 31 us. */
enum err signature_recover(struct address *signer, const struct hash32 *hash, const struct u256 *r,
                           const struct u256 *s, bool y_parity);

#endif
