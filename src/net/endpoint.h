#ifndef NET_ENDPOINT_H
#define NET_ENDPOINT_H

/* endpoint.h: where to connect to and where to listen, as text and as a value.
 *
 *   endpoint   vsock:CID:PORT   tcp:HOST:PORT   unix:PATH   uds:PATH:PORT
 *   listener   vsock:PORT       tcp:HOST:PORT   unix:PATH
 *
 * uds is a host socket in Firecracker's style: a unix socket at PATH behind which a virtual
 * machine's vsock port PORT is asked for with a line of text. CID and PORT are decimal numbers.
 * HOST is an IPv4 address (10.0.0.1), an IPv6 address in brackets ([::1]), or `localhost`, which is
 * 127.0.0.1: names are not looked up, so that no resolver is linked in. PATH is the rest of the
 * text (of uds: up to the last colon), at most ENDPOINT_PATH_MAX bytes. A port is not 0, except
 * that a tcp listener may ask for port 0: the kernel then chooses one. */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* ENDPOINT_PATH_MAX: what fits into struct sockaddr_un with its NUL. */
#define ENDPOINT_PATH_MAX 107

/* ENDPOINT_TEXT_MAX: room for the longest text, with its NUL ("uds:", PATH, ":", ten digits). */
#define ENDPOINT_TEXT_MAX (4 + ENDPOINT_PATH_MAX + 1 + 10 + 1)

/* ENDPOINT_CID_ANY, ENDPOINT_CID_LOCAL: vsock's wildcard for listeners and its loopback (vsock(7)).
 */
#define ENDPOINT_CID_ANY   0xffffffffu
#define ENDPOINT_CID_LOCAL 1u

enum endpoint_kind { ENDPOINT_VSOCK, ENDPOINT_TCP, ENDPOINT_UNIX, ENDPOINT_UDS, ENDPOINT_KINDS };

struct endpoint {
    enum endpoint_kind kind;
    uint32_t cid;                     /* vsock */
    uint32_t port;                    /* vsock, tcp, uds */
    bool ipv6;                        /* tcp */
    uint8_t ip[16];                   /* tcp: 4 or 16 bytes, in network order */
    char path[ENDPOINT_PATH_MAX + 1]; /* unix, uds */
};

/* endpoint_parse reads the text of an endpoint, listener_parse that of a listener (a vsock listener
 * gets ENDPOINT_CID_ANY). Errors: ERR_MALFORMED, ERR_RANGE; the detail quotes the text and says
 * what is expected. */
enum err endpoint_parse(struct endpoint *out, const char *text, struct err_detail *detail);
enum err listener_parse(struct endpoint *out, const char *text, struct err_detail *detail);

/* endpoint_print writes the text that endpoint_parse reads, or listener_parse where a vsock CID is
 * ENDPOINT_CID_ANY. */
void endpoint_print(char out[static ENDPOINT_TEXT_MAX], const struct endpoint *endpoint);

/* endpoint_is_local tells whether bytes sent there stay on this machine: a loopback address or a
 * unix socket. */
bool endpoint_is_local(const struct endpoint *endpoint);

#endif
