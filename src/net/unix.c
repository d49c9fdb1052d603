/* Unix sockets, and host sockets in Firecracker's style: a unix socket on which a client first asks
 * for a port of the virtual machine behind it.
 *
 *   client: CONNECT 7878\n
 *   host:   OK 1073741824\n      then the stream; anything else or the end: no such port */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/transport.h"

/* "OK ", ten digits and a newline; a longer answer is not one. */
#define UDS_ANSWER_MAX 32

union unix_address {
    struct sockaddr any;
    struct sockaddr_un un;
};

static union unix_address address_of(const struct endpoint *endpoint)
{
    union unix_address out = {0};
    static_assert(sizeof(out.un.sun_path) == sizeof(endpoint->path), "paths fit");
    out.un.sun_family = AF_UNIX;
    memcpy(out.un.sun_path, endpoint->path, sizeof(endpoint->path));
    return out;
}

/* remove_stale removes a socket file that no server answers on any more, as a server that was
 * killed leaves it behind; it touches nothing else. */
static enum err remove_stale(const union unix_address *address, struct err_detail *detail)
{
    struct stat file;
    if (lstat(address->un.sun_path, &file) != 0) {
        return OK; /* there is none, or bind will say what is wrong */
    }
    if (!S_ISSOCK(file.st_mode)) {
        return err_explain(detail, ERR_REFUSED, "the file exists and is not a socket");
    }
    int fd;
    TRY(listener_open(&fd, AF_UNIX, detail)); /* non-blocking: a full queue is an answer too */
    bool stale = connect(fd, &address->any, sizeof(address->un)) != 0 && errno == ECONNREFUSED;
    (void)close(fd);
    if (!stale) {
        return err_explain(detail, ERR_REFUSED, "another server listens there");
    }
    if (unlink(address->un.sun_path) != 0) {
        return err_explain(detail, ERR_IO, "cannot remove the old socket: %s", strerror(errno));
    }
    return OK;
}

static enum err unix_listen(int *fd, struct endpoint *listener, struct err_detail *detail)
{
    const union unix_address address = address_of(listener);
    TRY(remove_stale(&address, detail));
    TRY(listener_open(fd, AF_UNIX, detail));
    return listener_bind(*fd, &address.any, sizeof(address.un), detail);
}

static void unix_unlisten(const struct endpoint *listener)
{
    (void)unlink(listener->path);
}

static enum err unix_connect(struct stream *stream, const struct endpoint *to, uint64_t timeout_ms,
                             struct err_detail *detail)
{
    const union unix_address address = address_of(to);
    TRY(stream_open(stream, AF_UNIX, SIZE_MAX, timeout_ms, detail));
    enum err err = stream_connect(stream, &address.any, sizeof(address.un), detail);
    if (err != OK) {
        stream_close(stream);
    }
    return err;
}

/* ask_for_port does the exchange above. It reads byte by byte: what follows the newline is the
 * stream's. */
static enum err ask_for_port(struct stream *stream, uint32_t port, struct err_detail *detail)
{
    char line[UDS_ANSWER_MAX];
    int len = snprintf(line, sizeof(line), "CONNECT %" PRIu32 "\n", port);
    TRY(stream_write(stream, bytes_from(line, (size_t)len), detail));
    for (size_t have = 0; have < sizeof(line); have++) {
        size_t got;
        TRY(stream_read(stream, &got, &line[have], 1, detail));
        if (got == 0) {
            break;
        }
        if (line[have] == '\n' && have >= 3 && memcmp(line, "OK ", 3) == 0) {
            return OK;
        }
        if (line[have] == '\n') {
            break;
        }
    }
    return err_explain(detail, ERR_CONNECT, "nothing listens on port %" PRIu32 " behind the socket",
                       port);
}

static enum err uds_connect(struct stream *stream, const struct endpoint *to, uint64_t timeout_ms,
                            struct err_detail *detail)
{
    TRY(unix_connect(stream, to, timeout_ms, detail));
    if (ask_for_port(stream, to->port, detail) != OK) {
        stream_close(stream);
        return ERR_CONNECT;
    }
    return OK;
}

const struct transport_ops transport_unix = {
    .name = "unix",
    .write_max = SIZE_MAX,
    .listen = unix_listen,
    .unlisten = unix_unlisten,
    .connect = unix_connect,
};

const struct transport_ops transport_uds = {
    .name = "uds",
    .write_max = SIZE_MAX,
    .connect = uds_connect,
};
