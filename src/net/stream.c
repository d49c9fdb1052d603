/* A blocking socket under one deadline: before each call the kernel is told how much time is left
 * (SO_RCVTIMEO and SO_SNDTIMEO, socket(7); the latter bounds connect as well). */

#include "net/stream.h"

#include <errno.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

/* A timeout beyond a year is one that nobody waits for; bounded, so that sums do not overflow. */
#define TIMEOUT_MS_MAX (UINT64_C(366) * 24 * 3600 * 1000)

uint64_t clock_ns(void)
{
    struct timespec now;
    ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* set_timeout gives the next call what is left until the deadline; false when nothing is. */
static bool set_timeout(const struct stream *stream, int option)
{
    uint64_t now = clock_ns();
    if (now >= stream->deadline_ns) {
        return false;
    }
    /* Rounded up: 0 would mean to wait for ever. */
    uint64_t left_us = (stream->deadline_ns - now) / 1000 + 1;
    struct timeval left = {.tv_sec = (time_t)(left_us / 1000000),
                           .tv_usec = (suseconds_t)(left_us % 1000000)};
    return setsockopt(stream->fd, SOL_SOCKET, option, &left, sizeof(left)) == 0;
}

static bool timed_out(void)
{
    /* What connect, read and write give when SO_*TIMEO passes. */
    return errno == EAGAIN || errno == EINPROGRESS || errno == ETIMEDOUT;
}

enum err stream_open(struct stream *stream, int family, size_t write_max, uint64_t timeout_ms,
                     struct err_detail *detail)
{
    if (timeout_ms > TIMEOUT_MS_MAX) {
        timeout_ms = TIMEOUT_MS_MAX;
    }
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return err_explain(detail, ERR_CONNECT, "cannot open a socket: %s", strerror(errno));
    }
    *stream = (struct stream){fd, write_max, clock_ns() + timeout_ms * NS_PER_MS};
    return OK;
}

enum err stream_connect(struct stream *stream, const struct sockaddr *address, socklen_t len,
                        struct err_detail *detail)
{
    if (!set_timeout(stream, SO_SNDTIMEO)) {
        return err_explain(detail, ERR_CONNECT, "no time left to connect");
    }
    if (connect(stream->fd, address, len) == 0) {
        return OK;
    }
    return err_explain(detail, ERR_CONNECT, "%s",
                       timed_out() ? "no answer in time" : strerror(errno));
}

enum err stream_write(struct stream *stream, struct bytes data, struct err_detail *detail)
{
    while (data.len != 0) {
        if (!set_timeout(stream, SO_SNDTIMEO)) {
            return err_explain(detail, ERR_TIMEOUT, "the peer does not take what is sent");
        }
        size_t want = data.len < stream->write_max ? data.len : stream->write_max;
        ssize_t sent = send(stream->fd, data.ptr, want, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR && !timed_out()) {
            return err_explain(detail, ERR_IO, "cannot send: %s", strerror(errno));
        }
        if (sent > 0) {
            data = bytes_from(data.ptr + sent, data.len - (size_t)sent);
        }
    }
    return OK;
}

enum err stream_read(struct stream *stream, size_t *len, void *buf, size_t cap,
                     struct err_detail *detail)
{
    for (;;) {
        if (!set_timeout(stream, SO_RCVTIMEO)) {
            return err_explain(detail, ERR_TIMEOUT, "no answer in time");
        }
        ssize_t got = recv(stream->fd, buf, cap, 0);
        if (got >= 0) {
            *len = (size_t)got;
            return OK;
        }
        if (errno != EINTR && !timed_out()) {
            return err_explain(detail, ERR_IO, "cannot receive: %s", strerror(errno));
        }
    }
}

void stream_close(struct stream *stream)
{
    (void)close(stream->fd);
    stream->fd = -1;
}
