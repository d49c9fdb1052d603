/* vsock (vsock(7)): between a virtual machine, such as an enclave, and its host. */

#include <errno.h>
#include <linux/vm_sockets.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "net/transport.h"

/* Larger writes have met a bug of the kernel's virtio transport in production. */
#define VSOCK_WRITE_MAX ((size_t)28 * 1024)

static_assert(ENDPOINT_CID_ANY == VMADDR_CID_ANY && ENDPOINT_CID_LOCAL == VMADDR_CID_LOCAL,
              "the kernel's numbers");

union vsock_address {
    struct sockaddr any;
    struct sockaddr_vm vm;
};

static union vsock_address address_of(const struct endpoint *endpoint)
{
    union vsock_address out = {0};
    out.vm.svm_family = AF_VSOCK;
    out.vm.svm_cid = endpoint->cid;
    out.vm.svm_port = endpoint->port != 0 ? endpoint->port : VMADDR_PORT_ANY;
    return out;
}

static enum err vsock_listen(int *fd, struct endpoint *listener, struct err_detail *detail)
{
    union vsock_address address = address_of(listener);
    socklen_t len = sizeof(address.vm);
    TRY(listener_open(fd, AF_VSOCK, detail));
    TRY(listener_bind(*fd, &address.any, len, detail));
    ASSERT(getsockname(*fd, &address.any, &len) == 0);
    listener->port = address.vm.svm_port;
    return OK;
}

static enum err vsock_connect(struct stream *stream, const struct endpoint *to, uint64_t timeout_ms,
                              struct err_detail *detail)
{
    union vsock_address address = address_of(to);
    TRY(stream_open(stream, AF_VSOCK, VSOCK_WRITE_MAX, timeout_ms, detail));
    /* This family does not take its time to connect from SO_SNDTIMEO. */
    struct timeval timeout = {.tv_sec = (time_t)(timeout_ms / 1000),
                              .tv_usec = (suseconds_t)(timeout_ms % 1000 * 1000)};
    (void)setsockopt(stream->fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &timeout,
                     sizeof(timeout));
    enum err err = stream_connect(stream, &address.any, sizeof(address.vm), detail);
    if (err != OK) {
        stream_close(stream);
    }
    return err;
}

const struct transport_ops transport_vsock = {
    .name = "vsock",
    .write_max = VSOCK_WRITE_MAX,
    .listen = vsock_listen,
    .connect = vsock_connect,
};
