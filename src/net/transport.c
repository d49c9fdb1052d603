/* The table of transports, and what they share. */

#include "net/transport.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct transport_ops *const transports[ENDPOINT_KINDS] = {
    [ENDPOINT_VSOCK] = &transport_vsock,
    [ENDPOINT_TCP] = &transport_tcp,
    [ENDPOINT_UNIX] = &transport_unix,
    [ENDPOINT_UDS] = &transport_uds,
};

const struct transport_ops *transport_for(enum endpoint_kind kind)
{
    ASSERT((unsigned)kind < ENDPOINT_KINDS);
    return transports[kind];
}

enum err transport_connect(struct stream *stream, const struct endpoint *to, uint64_t timeout_ms,
                           struct err_detail *detail)
{
    struct err_detail why;
    enum err err = transport_for(to->kind)->connect(stream, to, timeout_ms, &why);
    if (err != OK) {
        char text[ENDPOINT_TEXT_MAX];
        endpoint_print(text, to);
        return err_explain(detail, err, "cannot connect to %s: %s", text, why.text);
    }
    return OK;
}

enum err transport_listen(int *fd, struct endpoint *listener, struct err_detail *detail)
{
    char text[ENDPOINT_TEXT_MAX];
    endpoint_print(text, listener);
    const struct transport_ops *transport = transport_for(listener->kind);
    if (transport->listen == NULL) {
        return err_explain(detail, ERR_REFUSED, "cannot listen on %s: clients only", text);
    }
    struct err_detail why;
    enum err err = transport->listen(fd, listener, &why);
    if (err != OK) {
        return err_explain(detail, err, "cannot listen on %s: %s", text, why.text);
    }
    return OK;
}

enum err listener_open(int *fd, int family, struct err_detail *detail)
{
    *fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0) {
        return err_explain(detail, ERR_IO, "%s", strerror(errno));
    }
    return OK;
}

enum err listener_bind(int fd, const struct sockaddr *address, socklen_t len,
                       struct err_detail *detail)
{
    if (bind(fd, address, len) != 0 || listen(fd, SOMAXCONN) != 0) {
        int failure = errno;
        (void)close(fd);
        return err_explain(detail, ERR_IO, "%s", strerror(failure));
    }
    return OK;
}
