#ifndef NET_SERVER_H
#define NET_SERVER_H

/* server.h: connections in, requests to worker threads, answers out. Knows bytes, not what they
 * mean: a service says that.
 *
 * One thread, the caller of server_run, owns every connection in an event loop; workers only ever
 * see one whole request at a time. A connection carries one request, or in HTTP any number of them,
 * one after another. Everything is bounded (struct server_options, base/limits.h), and one client's
 * excess costs that client:
 *   - a request has `deadline_ms` from the moment its connection is accepted, or from its first byte
 *     on a connection that was kept, and its answer as long again to be taken, however slowly the
 *     bytes trickle; a long one gets the same time again as often as it moved LIMIT_SLOWEST_RATE;
 *   - a connection that is kept may rest for `idle_ms`;
 *   - when all connections are in use, the one that has rested longest gives way to a new one, then
 *     the one that has waited longest for its request;
 *   - when the memory for requests, or for answers, is used up, the one whose request comes, or whose
 *     answer is taken, most slowly gives way; where it is the one that asks for more, or all have
 *     just begun, that one is answered ERR_BUSY;
 *   - when the queue is full, a new request is answered ERR_BUSY. */

#include "base/log.h"
#include "net/endpoint.h"
#include "net/workers.h"

/* SERVER_LISTENERS_MAX: far more than there are transports. */
#define SERVER_LISTENERS_MAX 16u

/* SERVER_FILES_EXTRA: files that a server has open besides its connections: the standard ones, the
 * loop's own, listeners; the rest is reserve. */
#define SERVER_FILES_EXTRA 64u

struct server_options {
    struct workers_options workers;
    size_t connections_max; /* open at once */
    size_t request_max;     /* bytes of a request's text, at most FRAMING_LEN_MAX */
    size_t body_max;        /* bytes of an HTTP request's body */
    uint64_t deadline_ms;
    uint64_t idle_ms;
    bool allow_plaintext; /* take requests that are not inside TLS */
};

struct server;

typedef void server_report(const struct log_ring *log);

/* server_create makes a server, with its workers opened but not started. `report` is called on
 * SIGUSR1, with the server's log. Out: *out, released by server_destroy. *service must outlive it.
 * Errors: ERR_MEMORY, ERR_IO, and those of service->open. */
enum err server_create(struct server **out, const struct server_options *options,
                       const struct service *service, server_report *report,
                       struct err_detail *detail);

/* server_listen adds a listener; a port 0 in *listener is replaced by the port that was chosen.
 * Clients may connect from now on; they are served from server_run on. Errors: ERR_IO, ERR_REFUSED,
 * ERR_LIMIT (more than SERVER_LISTENERS_MAX). */
enum err server_listen(struct server *server, struct endpoint *listener, struct err_detail *detail);

/* server_run serves until SIGTERM or SIGINT. On the first such signal:
 *   1. what clients have already connected and sent is read, and nothing more accepted; the
 *      listeners are closed and their files removed;
 *   2. every whole request, queued or running, is answered, the last one of its connection; the
 *      others are told to come back;
 *   3. when the last connection is closed (each within its deadline), the workers are stopped and
 *      server_run returns OK.
 * A second signal ends the process at once, with status 1. Errors: ERR_IO, when threads or events
 * cannot be set up. */
enum err server_run(struct server *server, struct err_detail *detail);

/* server_destroy closes whatever is open and releases the server; NULL is allowed. */
void server_destroy(struct server *server);

#endif
