#ifndef SIM_REVERT_REASON_H
#define SIM_REVERT_REASON_H

/* revert_reason.h: what a contract says when it reverts, in the two forms that compilers write:
 *
 *   Error(string)    08c379a0 | 32 bytes: 0x20 | 32 bytes: length | the text, padded to 32 bytes
 *   Panic(uint256)   4e487b71 | 32 bytes: code
 *
 * (Solidity documentation, "Contract ABI Specification" and "Panic via assert and Error via
 * require".) */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/u256.h"

enum revert_kind { REVERT_OTHER, REVERT_ERROR, REVERT_PANIC };

struct revert_reason {
    enum revert_kind kind;
    struct bytes text; /* ERROR: a view of the output, any bytes */
    struct u256 code;  /* PANIC */
};

/* revert_reason_decode reads the output of a revert. What is not exactly one of the forms, but for
 * bytes after it, is REVERT_OTHER. */
struct revert_reason revert_reason_decode(struct bytes output);

/* revert_panic_text says what a panic's code means ("arithmetic overflow or underflow"); NULL for
 * one that is not known. */
const char *revert_panic_text(const struct u256 *code);

#endif
