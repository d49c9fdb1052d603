/* The ring of log records, and their texts from log.def. */

#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"

struct log_row {
    const char *text;
    const char *field[2]; /* what a and b are */
};

/* The name of a field that holds an `enum err`; compared by its address. */
static const char FIELD_ERROR[] = "error";

static const struct log_row rows[LOG_EVENT_COUNT] = {
#define X(name, text, a, b) [name] = {text, {a, b}},
#include "base/log.def"
#undef X
};

void log_init(struct log_ring *ring, struct log_record *records, size_t cap)
{
    ASSERT(cap != 0 && (cap & (cap - 1)) == 0);
    *ring = (struct log_ring){records, cap, 0};
}

void log_append(struct log_ring *ring, uint64_t time_ns, enum log_event event, uint64_t a,
                uint64_t b)
{
    ASSERT((unsigned)event < LOG_EVENT_COUNT);
    ring->records[ring->count & (ring->cap - 1)] = (struct log_record){time_ns, event, a, b};
    ring->count++;
}

size_t log_len(const struct log_ring *ring)
{
    return ring->count < ring->cap ? (size_t)ring->count : ring->cap;
}

const struct log_record *log_at(const struct log_ring *ring, size_t index)
{
    ASSERT(index < log_len(ring));
    uint64_t oldest = ring->count - log_len(ring);
    return &ring->records[(oldest + index) & (ring->cap - 1)];
}

/* appended adds a formatted text to `out`, which holds `len` characters; returns the new length.
 * Never cuts: the longest row and three numbers of 20 digits are below LOG_TEXT_MAX, which a test
 * checks for every row. */
PRINTF_FORMAT(3, 4)
static size_t appended(char *out, size_t len, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int added = vsnprintf(out + len, LOG_TEXT_MAX - len, format, args);
    va_end(args);
    ASSERT(added >= 0 && (size_t)added < LOG_TEXT_MAX - len);
    return len + (size_t)added;
}

size_t log_format(char out[static LOG_TEXT_MAX], const struct log_record *record)
{
    ASSERT((unsigned)record->event < LOG_EVENT_COUNT);
    const struct log_row *row = &rows[record->event];
    const uint64_t value[2] = {record->a, record->b};
    const char *separator = ": ";
    size_t len = appended(out, 0, "%" PRIu64 ".%09" PRIu64 " %s", record->time_ns / 1000000000,
                          record->time_ns % 1000000000, row->text);
    for (size_t i = 0; i < 2; i++) {
        if (row->field[i][0] == '\0') {
            continue;
        }
        len = appended(out, len, "%s%s ", separator, row->field[i]);
        if (row->field[i] == FIELD_ERROR && value[i] < ERR_COUNT) {
            len = appended(out, len, "%s", err_name((enum err)value[i]));
        } else {
            len = appended(out, len, "%" PRIu64, value[i]);
        }
        separator = ", ";
    }
    return len;
}
