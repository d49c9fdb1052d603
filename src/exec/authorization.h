#ifndef EXEC_AUTHORIZATION_H
#define EXEC_AUTHORIZATION_H

/* authorization.h: set-code authorizations (EIP-7702). */

#include "exec/tx.h"

/* authorization_apply does what EIP-7702's "Behavior" section lists for one authorization: checks
 * it, and when all holds points the authority's code at the address, raises its nonce and adds to
 * the refund counter. One that does not hold is skipped. Errors: those of the state. */
enum err authorization_apply(struct evm *evm, const struct authorization *authorization);

#endif
