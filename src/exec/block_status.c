/* Names and texts of what may be wrong with a block. */

#include "exec/block_status.h"

#include <string.h>

#include "base/err.h"

struct status_row {
    const char *name;
    const char *text;
};

/* clang-format off */
static const struct status_row statuses[BLOCK_STATUS_COUNT] = {
    [BLOCK_OK] = {"OK", "valid"},
#define X(name, text) [BLOCK_##name] = {#name, text},
    BLOCK_STATUSES(X)
#undef X
};
/* clang-format on */

const char *block_status_name(enum block_status status)
{
    ASSERT((unsigned)status < BLOCK_STATUS_COUNT);
    return statuses[status].name;
}

const char *block_status_text(enum block_status status)
{
    ASSERT((unsigned)status < BLOCK_STATUS_COUNT);
    return statuses[status].text;
}

bool block_status_from_name(enum block_status *out, const char *name)
{
    for (int status = 0; status < BLOCK_STATUS_COUNT; status++) {
        if (strcmp(statuses[status].name, name) == 0) {
            *out = (enum block_status)status;
            return true;
        }
    }
    return false;
}
