/* TCP, for development on one machine. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "net/transport.h"

union tcp_address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

static socklen_t address_of(union tcp_address *out, const struct endpoint *endpoint)
{
    *out = (union tcp_address){0};
    if (endpoint->ipv6) {
        out->ipv6.sin6_family = AF_INET6;
        out->ipv6.sin6_port = htons((uint16_t)endpoint->port);
        memcpy(&out->ipv6.sin6_addr, endpoint->ip, 16);
        return sizeof(out->ipv6);
    }
    out->ipv4.sin_family = AF_INET;
    out->ipv4.sin_port = htons((uint16_t)endpoint->port);
    memcpy(&out->ipv4.sin_addr, endpoint->ip, 4);
    return sizeof(out->ipv4);
}

static void set_option(int fd, int level, int option)
{
    const int on = 1;
    ASSERT(setsockopt(fd, level, option, &on, sizeof(on)) == 0);
}

static enum err tcp_listen(int *fd, struct endpoint *listener, struct err_detail *detail)
{
    union tcp_address address;
    socklen_t len = address_of(&address, listener);
    TRY(listener_open(fd, address.any.sa_family, detail));
    /* A server that is started again may have its port back at once. */
    set_option(*fd, SOL_SOCKET, SO_REUSEADDR);
    /* Accepted sockets inherit it: an answer in two writes must not wait for an acknowledgement. */
    set_option(*fd, IPPROTO_TCP, TCP_NODELAY);
    if (listener->ipv6) {
        set_option(*fd, IPPROTO_IPV6, IPV6_V6ONLY);
    }
    TRY(listener_bind(*fd, &address.any, len, detail));
    ASSERT(getsockname(*fd, &address.any, &len) == 0);
    listener->port = ntohs(listener->ipv6 ? address.ipv6.sin6_port : address.ipv4.sin_port);
    return OK;
}

static enum err tcp_connect(struct stream *stream, const struct endpoint *to, uint64_t timeout_ms,
                            struct err_detail *detail)
{
    union tcp_address address;
    socklen_t len = address_of(&address, to);
    TRY(stream_open(stream, address.any.sa_family, SIZE_MAX, timeout_ms, detail));
    set_option(stream->fd, IPPROTO_TCP, TCP_NODELAY);
    enum err err = stream_connect(stream, &address.any, len, detail);
    if (err != OK) {
        stream_close(stream);
    }
    return err;
}

const struct transport_ops transport_tcp = {
    .name = "tcp",
    .write_max = SIZE_MAX,
    .listen = tcp_listen,
    .connect = tcp_connect,
};
