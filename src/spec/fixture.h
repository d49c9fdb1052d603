#ifndef SPEC_FIXTURE_H
#define SPEC_FIXTURE_H

/* fixture.h: the parts of JSON that several kinds of official test files share. Numbers in them are
 * hex strings that may have leading zeros. */

#include "codec/hex.h"
#include "codec/json.h"
#include "evm/interp.h"
#include "exec/blob.h"
#include "exec/tx.h"
#include "state/db_memory.h"

/* fixture_pre fills an empty database from a "pre" object: address to {balance, nonce, code,
 * storage}. Errors: ERR_MALFORMED, ERR_RANGE, ERR_LIMIT, ERR_MEMORY. */
enum err fixture_pre(struct db_memory *db, json_t *pre, struct err_detail *detail);

/* fixture_env reads a state test's "env" for a fork. Errors as above. */
enum err fixture_env(struct block_env *out, json_t *env, enum fork fork,
                     const struct blob_schedule *schedule, struct err_detail *detail);

/* fixture_access_list reads [{address, storageKeys: [...]}, ...] into the arena. */
enum err fixture_access_list(struct tx *tx, struct arena *arena, json_t *list,
                             struct err_detail *detail);

/* fixture_exception_allows tells whether a transaction's status is one of the reasons in
 * "TransactionException.A|TransactionException.B", by the names of tx_status.def or exception.def.
 */
bool fixture_exception_allows(const char *names, enum tx_status status);

#endif
