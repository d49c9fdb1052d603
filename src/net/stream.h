#ifndef NET_STREAM_H
#define NET_STREAM_H

/* stream.h: a connected socket on the client's side: blocking, with one deadline for everything
 * that happens on it, so that a peer that sends a byte now and then cannot hold us. */

#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/err.h"

/* struct stream owns its file descriptor until stream_close. */
struct stream {
    int fd;
    size_t write_max; /* bytes in one write, at most */
    uint64_t deadline_ns;
};

/* stream_open makes a socket of an address family whose deadline is `timeout_ms` from now.
 * Errors: ERR_CONNECT. */
enum err stream_open(struct stream *stream, int family, size_t write_max, uint64_t timeout_ms,
                     struct err_detail *detail);

/* stream_connect connects it to `address`, `len` bytes. Errors: ERR_CONNECT (also when the deadline
 * passes). */
enum err stream_connect(struct stream *stream, const struct sockaddr *address, socklen_t len,
                        struct err_detail *detail);

/* stream_write sends all of `data`. Errors: ERR_IO, ERR_TIMEOUT. */
enum err stream_write(struct stream *stream, struct bytes data, struct err_detail *detail);

/* stream_read waits for bytes and puts at most `cap` (not 0) into `buf`. Out: *len, 0 at the end of
 * the stream. Errors: ERR_IO, ERR_TIMEOUT. */
enum err stream_read(struct stream *stream, size_t *len, void *buf, size_t cap,
                     struct err_detail *detail);

/* stream_close closes the socket; once. */
void stream_close(struct stream *stream);

/* clock_ns returns the time of the monotonic clock. */
uint64_t clock_ns(void);

#endif
