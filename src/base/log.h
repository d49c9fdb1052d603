#ifndef BASE_LOG_H
#define BASE_LOG_H

/* log.h: the last events of a server, in a ring of records that can hold no secrets: an event is a
 * row of log.def and two integers, and there is no way to log a text.
 *
 * Rule: one thread writes and reads a ring, the one that runs the event loop. Others send it their
 * numbers with the results they send anyway. */

#include <stddef.h>
#include <stdint.h>

enum log_event {
#define X(name, text, a, b) name,
#include "base/log.def"
#undef X
    LOG_EVENT_COUNT
};

struct log_record {
    uint64_t time_ns; /* of the clock that the caller reads */
    enum log_event event;
    uint64_t a; /* what they are, log.def says for each event */
    uint64_t b;
};

/* struct log_ring does not own its records. */
struct log_ring {
    struct log_record *records;
    size_t cap;     /* a power of two */
    uint64_t count; /* of all records ever appended: 64 bits do not overflow */
};

/* LOG_TEXT_MAX: room for the text of a record, with its NUL. */
#define LOG_TEXT_MAX 160

/* log_init prepares an empty ring over `cap` records, a power of two, that the caller keeps for as
 * long as the ring is used. */
void log_init(struct log_ring *ring, struct log_record *records, size_t cap);

/* log_append adds a record, in place of the oldest when the ring is full. */
void log_append(struct log_ring *ring, uint64_t time_ns, enum log_event event, uint64_t a,
                uint64_t b);

/* log_len gives the number of records that the ring holds, at most its capacity. log_at gives the
 * one at `index`, from 0, the oldest, to log_len - 1; valid until the next log_append. */
size_t log_len(const struct log_ring *ring);
const struct log_record *log_at(const struct log_ring *ring, size_t index);

/* log_format writes a record as a line of text without a line feed, with a NUL, such as
 * "12.000345678 request complete: bytes 512, microseconds 90"; returns its length without the NUL.
 * The time is in seconds. */
size_t log_format(char out[static LOG_TEXT_MAX], const struct log_record *record);

#endif
