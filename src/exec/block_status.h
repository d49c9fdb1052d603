#ifndef EXEC_BLOCK_STATUS_H
#define EXEC_BLOCK_STATUS_H

/* block_status.h: what may be wrong with a block. */

#include <stdbool.h>

#include "exec/block_status.def"

/* BLOCK_OK, or the rule that a block breaks. */
enum block_status {
    BLOCK_OK,
#define X(name, text) BLOCK_##name,
    BLOCK_STATUSES(X)
#undef X
        BLOCK_STATUS_COUNT
};

/* block_status_name returns the name of the official fixtures ("INVALID_GASLIMIT"; "OK" for
 * BLOCK_OK), block_status_text a few words in lower case. block_status_from_name finds a status by
 * its name; false when there is none. */
const char *block_status_name(enum block_status status);
const char *block_status_text(enum block_status status);
bool block_status_from_name(enum block_status *out, const char *name);

#endif
