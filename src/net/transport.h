#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

/* transport.h: how bytes get from a client to the server. A transport is a file that exports one
 * struct transport_ops; after listen and connect all of them are stream sockets. */

#include "base/err.h"
#include "net/endpoint.h"
#include "net/stream.h"

struct transport_ops {
    const char *name;
    size_t write_max; /* bytes in one write, at most */

    /* listen opens a listening socket, non-blocking and closed on exec. In/out: *listener, whose
     * port 0 becomes the port that the kernel chose. Out: *fd, the caller's. NULL: this transport
     * has no listeners. Errors: ERR_IO, ERR_REFUSED (something else is there). */
    enum err (*listen)(int *fd, struct endpoint *listener, struct err_detail *detail);

    /* unlisten removes what a listener leaves behind; before its socket is closed. NULL: nothing.
     */
    void (*unlisten)(const struct endpoint *listener);

    /* connect opens a stream to `to` whose deadline is `timeout_ms` from now. Out: *stream, the
     * caller's. Errors: ERR_CONNECT, and nothing is left open. */
    enum err (*connect)(struct stream *stream, const struct endpoint *to, uint64_t timeout_ms,
                        struct err_detail *detail);
};

extern const struct transport_ops transport_vsock; /* the enclave's only way out */
extern const struct transport_ops transport_tcp;   /* development */
extern const struct transport_ops transport_unix;  /* development, and other programs on the host */
extern const struct transport_ops transport_uds; /* client only: a virtual machine's host socket */

/* transport_for returns the transport of a kind of endpoint. */
const struct transport_ops *transport_for(enum endpoint_kind kind);

/* transport_connect connects to `to` by its transport; errors name the endpoint. */
enum err transport_connect(struct stream *stream, const struct endpoint *to, uint64_t timeout_ms,
                           struct err_detail *detail);

/* transport_listen opens a listener by its transport; errors name it. */
enum err transport_listen(int *fd, struct endpoint *listener, struct err_detail *detail);

/* ---- for the transports ---------------------------------------------------------------------- */

/* listener_open makes a socket as `listen` above wants it, not yet bound. Errors: ERR_IO. */
enum err listener_open(int *fd, int family, struct err_detail *detail);

/* listener_bind binds it to `address`, `len` bytes, and listens. Closes `fd` on an error. Errors:
 * ERR_IO. */
enum err listener_bind(int fd, const struct sockaddr *address, socklen_t len,
                       struct err_detail *detail);

#endif
