/* The event loop and its connections; what they ask is answered by workers behind a queue.
 *
 * A connection is in one state at a time, and in that state's list:
 *
 *    FREE -- accept_one --> RECEIVING -- judge: a whole request --> WORKING
 *      ^                        |                                      |
 *      |                        | refuse: too late, too long,          | on_done: answered
 *      |                        | not a request, queue full            |
 *      |                        v                                      |
 *      |                     SENDING <---------------------------------+
 *      |                        |
 *      |                        | send_step: all is written, our half is closed
 *      |                        v
 *      +-- close_connection -- LINGERING: until the client closes too, or has had its time
 *
 * Any state but WORKING may go to FREE directly, when the client is gone or its time is up.
 * LINGERING is there because closing a socket with unread bytes resets the connection, and the
 * answer could be lost on its way.
 *
 * Invariants:
 *   1. Only the loop's thread touches a connection, except that its job belongs to the workers
 *      from workers_submit to workers_collect, which is while it is WORKING.
 *   2. An event is armed for one wake at a time: for reading in RECEIVING and LINGERING, for
 *      writing in SENDING, never in WORKING. A client wakes the loop only when we want to hear it.
 *   3. Within a list deadlines never decrease, since a state always adds the same time to the
 *      clock. The first of a list is the next to expire, and has been there longest.
 *   4. input_bytes is the sum of the heap buffers of all connections, at most LIMIT_INPUT_BYTES.
 *
 * Plain events rather than bufferevents: these copy what a client sent into chains of heap buffers
 * and free them unwiped, and need several allocations for each short connection. TLS would read
 * and write at the same two places, receive and send_step. */

#include "net/server.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/framing.h"
#include "net/transport.h"

/* Most requests fit here; longer ones move to the heap. */
#define INPUT_SMALL ((size_t)1024)

/* Connections accepted in a row before others have a turn. */
#define ACCEPT_BATCH 64

/* What a lingering client may still send, and for how long, before it is cut off. */
#define LINGER_BYTES ((size_t)1024 * 1024)
#define LINGER_MS    UINT64_C(1000)

/* How long accepting rests when the kernel has no file, or we no connection, for another client. */
#define ACCEPT_PAUSE_MS UINT64_C(50)

#define LOG_RECORDS 1024u
#define NS_PER_MS   UINT64_C(1000000)
#define NEVER       UINT64_MAX

enum state {
    STATE_FREE,
    STATE_RECEIVING,
    STATE_WORKING,
    STATE_SENDING,
    STATE_LINGERING,
    STATE_COUNT
};

struct connection {
    struct job job; /* first: on_done finds the connection of a job by its address */
    struct server *server;
    struct connection *before; /* in the list of its state */
    struct connection *after;
    enum state state;
    int fd;
    bool ended; /* the client has closed its half */
    size_t write_max;
    uint64_t accepted_ns;
    uint64_t deadline_ns;
    struct event event;
    struct framing framing;
    uint8_t *input; /* small, or on the heap */
    size_t input_cap;
    size_t input_len;
    struct bytes unsent; /* SENDING: the rest of the answer */
    size_t drained;      /* LINGERING: bytes thrown away */
    uint8_t small[INPUT_SMALL];
};

struct list {
    struct connection *first;
    struct connection *last;
    size_t count;
};

struct listener {
    struct server *server;
    const struct transport_ops *transport;
    struct endpoint endpoint;
    int fd;
    struct event event;
};

struct server {
    struct server_options options;
    const struct service *service;
    server_report *report;
    struct workers workers;
    struct event_base *base;
    struct event signal_term;
    struct event signal_int;
    struct event signal_report;
    struct event timer;
    struct event done_event;
    uint64_t timer_ns;        /* when the timer is due; NEVER: not armed */
    uint64_t accept_again_ns; /* when accepting goes on after a pause; NEVER: no pause */
    bool stopping;
    struct connection *connections;
    size_t connections_fresh; /* slots from here on were never used */
    struct list lists[STATE_COUNT];
    size_t input_bytes;
    struct listener listeners[SERVER_LISTENERS_MAX];
    size_t listener_count;
    struct log_ring log;
    struct log_record log_records[LOG_RECORDS];
    uint8_t waste[16 * 1024]; /* what lingering clients send */
};

/* ---- small things ---------------------------------------------------------------------------- */

static void log_event(struct server *server, enum log_event event, uint64_t a, uint64_t b)
{
    log_append(&server->log, clock_ns(), event, a, b);
}

static size_t open_count(const struct server *server)
{
    return server->lists[STATE_RECEIVING].count + server->lists[STATE_WORKING].count +
           server->lists[STATE_SENDING].count + server->lists[STATE_LINGERING].count;
}

static void list_remove(struct list *list, struct connection *c)
{
    *(c->before != NULL ? &c->before->after : &list->first) = c->after;
    *(c->after != NULL ? &c->after->before : &list->last) = c->before;
    list->count--;
}

static void list_append(struct list *list, struct connection *c)
{
    c->before = list->last;
    c->after = NULL;
    *(list->last != NULL ? &list->last->after : &list->first) = c;
    list->last = c;
    list->count++;
}

static struct timeval timeval_of(uint64_t ns)
{
    return (struct timeval){.tv_sec = (time_t)(ns / 1000000000),
                            .tv_usec = (suseconds_t)(ns % 1000000000 / 1000)};
}

/* timer_arm makes sure that the timer fires at `when` or before. */
static void timer_arm(struct server *server, uint64_t when)
{
    if (when >= server->timer_ns) {
        return;
    }
    server->timer_ns = when;
    uint64_t now = clock_ns();
    /* Rounded up to the clock of the loop, so that it does not fire just before. */
    struct timeval left = timeval_of(when > now ? when - now + NS_PER_MS : NS_PER_MS);
    ASSERT(event_add(&server->timer, &left) == 0);
}

/* wait_for arms a connection's event for one wake. */
static void wait_for(struct connection *c, short what, event_callback_fn callback)
{
    ASSERT(event_assign(&c->event, c->server->base, c->fd, what, callback, c) == 0);
    ASSERT(event_add(&c->event, NULL) == 0);
}

/* enter_state moves a connection to the list of a state, where it may stay for `ms` (0: any time).
 */
static void enter_state(struct connection *c, enum state state, uint64_t ms)
{
    struct server *server = c->server;
    list_remove(&server->lists[c->state], c);
    c->state = state;
    list_append(&server->lists[state], c);
    if (ms != 0) {
        c->deadline_ns = clock_ns() + ms * NS_PER_MS;
        timer_arm(server, c->deadline_ns);
    }
}

/* would_block tells whether a call on a non-blocking socket has failed only for now. */
static bool would_block(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* ---- the bytes of a connection --------------------------------------------------------------- */

/* input_release wipes what a client sent, and gives back a long buffer. */
static void input_release(struct connection *c)
{
    secure_zero(c->input, c->input_len);
    if (c->input != c->small) {
        c->server->input_bytes -= c->input_cap;
        free(c->input);
    }
    c->input = c->small;
    c->input_cap = sizeof(c->small);
    c->input_len = 0;
}

static void close_connection(struct connection *c)
{
    struct server *server = c->server;
    (void)event_del(&c->event);
    (void)close(c->fd);
    c->fd = -1;
    input_release(c);
    job_release(&c->job);
    enter_state(c, STATE_FREE, 0);
    if (server->stopping && open_count(server) == 0) {
        (void)event_base_loopbreak(server->base);
    }
}

/* ---- the way out ----------------------------------------------------------------------------- */

static void on_lingering(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct connection *c = arg;
    struct server *server = c->server;
    ssize_t got = recv(fd, server->waste, sizeof(server->waste), 0);
    if (got > 0) {
        c->drained += (size_t)got;
        secure_zero(server->waste, (size_t)got);
    }
    if (got == 0 || (got < 0 && !would_block()) || c->drained > LINGER_BYTES) {
        close_connection(c);
        return;
    }
    wait_for(c, EV_READ, on_lingering);
}

static void on_sendable(evutil_socket_t fd, short what, void *arg);

/* send_step writes what the socket takes. */
static void send_step(struct connection *c)
{
    while (c->unsent.len != 0) {
        size_t want = c->unsent.len < c->write_max ? c->unsent.len : c->write_max;
        ssize_t sent = send(c->fd, c->unsent.ptr, want, MSG_NOSIGNAL);
        if (sent < 0 && would_block()) {
            wait_for(c, EV_WRITE, on_sendable);
            return;
        }
        if (sent < 0) {
            log_event(c->server, LOG_PEER_CLOSED_EARLY, 0, 0);
            close_connection(c);
            return;
        }
        c->unsent = bytes_from(c->unsent.ptr + sent, c->unsent.len - (size_t)sent);
    }
    if (c->ended || shutdown(c->fd, SHUT_WR) != 0) {
        close_connection(c);
        return;
    }
    job_release(&c->job);
    enter_state(c, STATE_LINGERING, LINGER_MS);
    wait_for(c, EV_READ, on_lingering);
}

static void on_sendable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    send_step(arg);
}

/* send_answer starts to send the answer of a connection's job. */
static void send_answer(struct connection *c)
{
    input_release(c);
    if (c->job.answer == NULL) {
        close_connection(c);
        return;
    }
    c->unsent = framing_wrap(c->framing.form, c->job.answer, c->job.answer_len);
    enter_state(c, STATE_SENDING, c->server->options.deadline_ms);
    send_step(c);
}

static void refuse(struct connection *c, enum err e, const char *why)
{
    log_event(c->server, LOG_REQUEST_REJECTED, e, c->input_len);
    job_refuse(&c->job, c->server->service, e, why);
    send_answer(c);
}

/* dismiss answers and closes at once, where the connection is needed for another: the answer is
 * sent if the socket takes it whole, and lost if the client is still sending. */
static void dismiss(struct connection *c)
{
    log_event(c->server, LOG_CONNECTION_REFUSED, open_count(c->server),
              c->server->options.connections_max);
    job_refuse(&c->job, c->server->service, ERR_BUSY,
               "the server is busy: it has no room for a client that is this slow");
    if (c->job.answer != NULL) {
        struct bytes out = framing_wrap(c->framing.form, c->job.answer, c->job.answer_len);
        (void)send(c->fd, out.ptr, out.len, MSG_NOSIGNAL);
        (void)recv(c->fd, c->server->waste, sizeof(c->server->waste), 0);
        secure_zero(c->server->waste, sizeof(c->server->waste));
    }
    close_connection(c);
}

static void on_done(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct server *server = arg;
    struct job *next;
    for (struct job *job = workers_collect(&server->workers); job != NULL; job = next) {
        static_assert(offsetof(struct connection, job) == 0,
                      "a job is a connection's first member");
        struct connection *c = (struct connection *)job;
        next = job->next;
        log_event(server, LOG_REQUEST_COMPLETE, c->input_len, (clock_ns() - c->accepted_ns) / 1000);
        send_answer(c);
    }
}

/* ---- the way in ------------------------------------------------------------------------------ */

/* request_ready hands a whole request on. */
static void request_ready(struct connection *c)
{
    struct server *server = c->server;
    enter_state(c, STATE_WORKING, 0);
    if (!workers_submit(&server->workers, &c->job)) {
        log_event(server, LOG_QUEUE_FULL, server->options.queue_max, server->options.queue_max);
        refuse(c, ERR_BUSY, "the server is busy: its queue is full; try again");
    }
}

/* judge looks at what has been received: a request, not yet one, or none. */
static void judge(struct connection *c)
{
    struct server *server = c->server;
    bool whole;
    struct err_detail why;
    enum err err =
        framing_read(&c->framing, &whole, &c->job.request, bytes_from(c->input, c->input_len),
                     c->ended, server->options.request_max, &why);
    if (c->framing.form == FRAMING_TLS) {
        /* The attested channel is not part of this build: no alert could say so in its words. */
        log_event(server, LOG_REQUEST_REJECTED, ERR_REFUSED, c->input_len);
        close_connection(c);
    } else if (c->framing.form != FRAMING_UNKNOWN && !server->options.allow_plaintext) {
        refuse(c, ERR_REFUSED,
               "this server takes no plaintext (for tests, start it with --allow-plaintext)");
    } else if (c->ended && c->input_len == 0) {
        close_connection(c); /* a client that only looked whether we are there */
    } else if (err != OK) {
        refuse(c, err, why.text);
    } else if (whole) {
        request_ready(c);
    }
}

/* receive reads once, into the room that is left, and judges. The connection may be in any state
 * afterwards. */
static void receive(struct connection *c)
{
    ssize_t got = recv(c->fd, c->input + c->input_len, c->input_cap - c->input_len, 0);
    if (got < 0 && would_block()) {
        return;
    }
    if (got < 0) {
        log_event(c->server, LOG_PEER_CLOSED_EARLY, c->input_len, 0);
        close_connection(c);
        return;
    }
    c->input_len += (size_t)got;
    c->ended = got == 0;
    judge(c);
}

/* last_look takes what a client has sent by now, before it is sent away: if it was we who were
 * slow, its request may be there. */
static void last_look(struct connection *c)
{
    (void)event_del(&c->event);
    if (c->input_len < c->input_cap) {
        receive(c);
    }
}

/* give_way ends the connection that has waited longest for its request, among those with a long
 * buffer if `with_buffer`; false when there is none. Those whose request has come by now are not
 * ended but served. */
static bool give_way(struct server *server, bool with_buffer)
{
    for (;;) {
        struct connection *c = server->lists[STATE_RECEIVING].first;
        while (with_buffer && c != NULL && c->input == c->small) {
            c = c->after;
        }
        if (c == NULL) {
            return false;
        }
        last_look(c);
        if (c->state == STATE_RECEIVING) {
            dismiss(c);
        }
        if (c->state == STATE_FREE) {
            return true;
        }
    }
}

/* input_grow doubles a connection's buffer; false when there is no memory for that. Others may have
 * to give way, and `c` itself if it is the oldest of those with a long buffer: then it is free, and
 * the result false. */
static bool input_grow(struct connection *c)
{
    struct server *server = c->server;
    const size_t cap_max = server->options.request_max + FRAMING_EXTRA_BYTES;
    size_t cap = c->input_cap > cap_max / 2 ? cap_max : 2 * c->input_cap;
    /* A buffer of cap_max holds a whole request, so that framing_read has spoken. */
    ASSERT(cap > c->input_cap);
    while (server->input_bytes + cap > LIMIT_INPUT_BYTES && c->state != STATE_FREE) {
        if (!give_way(server, true)) {
            return false;
        }
    }
    uint8_t *input = c->state == STATE_FREE ? NULL : malloc(cap);
    if (input == NULL) {
        return false;
    }
    const size_t len = c->input_len;
    bytes_copy(input, c->input, len);
    input_release(c);
    c->input = input;
    c->input_cap = cap;
    c->input_len = len;
    server->input_bytes += cap;
    return true;
}

/* input_step makes room and receives. The connection may be in any state afterwards. */
static void input_step(struct connection *c)
{
    if (c->input_len < c->input_cap || input_grow(c)) {
        receive(c);
    } else if (c->state == STATE_RECEIVING) {
        refuse(c, ERR_BUSY, "the server is busy: no memory for a request this long; try again");
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct connection *c = arg;
    input_step(c);
    if (c->state == STATE_RECEIVING) {
        wait_for(c, EV_READ, on_readable);
    }
}

static struct connection *free_slot(struct server *server)
{
    struct connection *c = server->lists[STATE_FREE].last; /* the warmest */
    if (c == NULL && server->connections_fresh < server->options.connections_max) {
        c = &server->connections[server->connections_fresh++];
        c->server = server;
        c->input = c->small;
        c->input_cap = sizeof(c->small);
        ASSERT(event_assign(&c->event, server->base, -1, EV_READ, on_readable, c) == 0);
        list_append(&server->lists[STATE_FREE], c);
    }
    return c;
}

/* make_slot gives a free connection, if need be by closing one that was answered already or has
 * waited longest; NULL when all have a request in work or an answer on its way. */
static struct connection *make_slot(struct server *server)
{
    struct connection *c = free_slot(server);
    if (c == NULL && server->lists[STATE_LINGERING].first != NULL) {
        close_connection(server->lists[STATE_LINGERING].first);
        c = free_slot(server);
    }
    if (c == NULL && give_way(server, false)) {
        c = free_slot(server);
    }
    return c;
}

static bool can_make_slot(struct server *server)
{
    return free_slot(server) != NULL || server->lists[STATE_LINGERING].first != NULL ||
           server->lists[STATE_RECEIVING].first != NULL;
}

static void pause_accepting(struct server *server)
{
    log_event(server, LOG_CONNECTION_REFUSED, open_count(server), server->options.connections_max);
    for (size_t i = 0; i < server->listener_count; i++) {
        (void)event_del(&server->listeners[i].event);
    }
    server->accept_again_ns = clock_ns() + ACCEPT_PAUSE_MS * NS_PER_MS;
    timer_arm(server, server->accept_again_ns);
}

static void resume_accepting(struct server *server)
{
    server->accept_again_ns = NEVER;
    for (size_t i = 0; i < server->listener_count; i++) {
        ASSERT(event_add(&server->listeners[i].event, NULL) == 0);
    }
}

/* accept_one accepts one client and reads what it has sent. False when there is none, or no room.
 */
static bool accept_one(struct listener *listener)
{
    struct server *server = listener->server;
    if (!can_make_slot(server)) {
        pause_accepting(server);
        return false;
    }
    int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == ECONNABORTED || errno == EINTR || errno == EPERM || errno == EPROTO) {
            return true; /* one client's failure, which is out of the kernel's queue by now */
        }
        if (errno != EAGAIN) {
            pause_accepting(server); /* no file or no memory: to try at once would only burn time */
        }
        return false;
    }
    struct connection *c = make_slot(server);
    if (c == NULL) {
        /* Those that could have given way have just sent their requests. */
        (void)close(fd);
        pause_accepting(server);
        return false;
    }
    c->fd = fd;
    c->ended = false;
    c->write_max = listener->transport->write_max;
    c->framing = (struct framing){0};
    c->drained = 0;
    c->accepted_ns = clock_ns();
    enter_state(c, STATE_RECEIVING, server->options.deadline_ms);
    log_event(server, LOG_CONNECTION_ACCEPTED, open_count(server), 0);
    /* Most clients have sent their request by now, which saves them a turn of the loop. */
    on_readable(fd, EV_READ, c);
    return true;
}

static void on_acceptable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    for (int i = 0; i < ACCEPT_BATCH && accept_one(arg); i++) {
    }
}

/* ---- time and signals ------------------------------------------------------------------------ */

static void expire(struct connection *c)
{
    struct server *server = c->server;
    if (c->state != STATE_RECEIVING) {
        close_connection(c);
        return;
    }
    last_look(c);
    if (c->state == STATE_RECEIVING) {
        log_event(server, LOG_DEADLINE_PASSED, c->input_len, (clock_ns() - c->accepted_ns) / 1000);
        refuse(c, ERR_TIMEOUT, "the request was not complete in time");
    }
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct server *server = arg;
    static const enum state timed[] = {STATE_RECEIVING, STATE_SENDING, STATE_LINGERING};
    const uint64_t now = clock_ns();
    server->timer_ns = NEVER;
    if (now >= server->accept_again_ns) {
        resume_accepting(server);
    }
    uint64_t next = server->accept_again_ns;
    for (size_t i = 0; i < sizeof(timed) / sizeof(timed[0]); i++) {
        struct list *list = &server->lists[timed[i]];
        while (list->first != NULL && list->first->deadline_ns <= now) {
            expire(list->first);
        }
        if (list->first != NULL && list->first->deadline_ns < next) {
            next = list->first->deadline_ns;
        }
    }
    timer_arm(server, next);
}

static void close_listeners(struct server *server)
{
    for (size_t i = 0; i < server->listener_count; i++) {
        struct listener *listener = &server->listeners[i];
        (void)event_del(&listener->event);
        if (listener->transport->unlisten != NULL) {
            listener->transport->unlisten(&listener->endpoint);
        }
        (void)close(listener->fd);
    }
    server->listener_count = 0;
}

/* stop is step 1 and the start of step 2 of server_run's contract. */
static void stop(struct server *server)
{
    log_event(server, LOG_SHUTDOWN_BEGUN, open_count(server), server->lists[STATE_WORKING].count);
    for (size_t i = 0; i < server->listener_count; i++) {
        /* Each turn takes a client from a queue of at most SOMAXCONN; new ones may keep coming. */
        for (size_t n = 0; n < SOMAXCONN && accept_one(&server->listeners[i]); n++) {
        }
    }
    close_listeners(server);
    server->accept_again_ns = NEVER;
    server->stopping = true;
    /* Every turn takes the first from this list, and may take others. */
    struct list *receiving = &server->lists[STATE_RECEIVING];
    for (struct connection *c = receiving->first; c != NULL; c = receiving->first) {
        size_t before;
        (void)event_del(&c->event);
        do {
            before = c->input_len;
            input_step(c);
        } while (c->state == STATE_RECEIVING && c->input_len != before);
        if (c->state == STATE_RECEIVING) {
            refuse(c, ERR_BUSY, "the server is shutting down");
        }
    }
    if (open_count(server) == 0) {
        (void)event_base_loopbreak(server->base);
    }
}

static void on_stop(evutil_socket_t number, short what, void *arg)
{
    (void)number;
    (void)what;
    struct server *server = arg;
    if (server->stopping) {
        _exit(1);
    }
    stop(server);
}

static void on_report(evutil_socket_t number, short what, void *arg)
{
    (void)number;
    (void)what;
    struct server *server = arg;
    server->report(&server->log);
}

/* ---- from start to end ----------------------------------------------------------------------- */

static enum err loop_init(struct server *server, struct err_detail *detail)
{
    struct event_config *config = event_config_new();
    if (config != NULL) {
        /* Changes of what a socket waits for within one turn of the loop cost one system call. */
        (void)event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV |
                                                EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
        server->base = event_base_new_with_config(config);
        event_config_free(config);
    }
    if (server->base == NULL) {
        return err_explain(detail, ERR_IO, "cannot set up the event loop: %s", strerror(errno));
    }
    ASSERT(event_assign(&server->timer, server->base, -1, 0, on_timer, server) == 0);
    ASSERT(event_assign(&server->done_event, server->base, server->workers.done_fd,
                        EV_READ | EV_PERSIST, on_done, server) == 0);
    ASSERT(evsignal_assign(&server->signal_term, server->base, SIGTERM, on_stop, server) == 0);
    ASSERT(evsignal_assign(&server->signal_int, server->base, SIGINT, on_stop, server) == 0);
    ASSERT(evsignal_assign(&server->signal_report, server->base, SIGUSR1, on_report, server) == 0);
    return OK;
}

static enum err server_init(struct server *server, struct err_detail *detail)
{
    const struct server_options *options = &server->options;
    log_init(&server->log, server->log_records, LOG_RECORDS);
    /* Never touched until used: what is not needed costs no memory. */
    server->connections = calloc(options->connections_max, sizeof(struct connection));
    if (server->connections == NULL) {
        return err_explain(detail, ERR_MEMORY, "no memory for %zu connections",
                           options->connections_max);
    }
    TRY(workers_init(&server->workers, server->service, options->workers, options->queue_max,
                     detail));
    return loop_init(server, detail);
}

enum err server_create(struct server **out, const struct server_options *options,
                       const struct service *service, server_report *report,
                       struct err_detail *detail)
{
    ASSERT(options->connections_max != 0);
    ASSERT(options->request_max <= FRAMING_LEN_MAX && options->deadline_ms != 0);
    struct server *server = calloc(1, sizeof(*server));
    if (server == NULL) {
        return err_explain(detail, ERR_MEMORY, "no memory for a server");
    }
    server->options = *options;
    server->service = service;
    server->report = report;
    server->timer_ns = NEVER;
    server->accept_again_ns = NEVER;
    enum err err = server_init(server, detail);
    if (err != OK) {
        server_destroy(server);
        return err;
    }
    *out = server;
    return OK;
}

enum err server_listen(struct server *server, struct endpoint *listener, struct err_detail *detail)
{
    if (server->listener_count == SERVER_LISTENERS_MAX) {
        return err_explain(detail, ERR_LIMIT, "more than %u listeners", SERVER_LISTENERS_MAX);
    }
    struct listener *l = &server->listeners[server->listener_count];
    TRY(transport_listen(&l->fd, listener, detail));
    l->server = server;
    l->transport = transport_for(listener->kind);
    l->endpoint = *listener;
    ASSERT(event_assign(&l->event, server->base, l->fd, EV_READ | EV_PERSIST, on_acceptable, l) ==
           0);
    server->listener_count++;
    return OK;
}

enum err server_run(struct server *server, struct err_detail *detail)
{
    TRY(workers_start(&server->workers, detail));
    resume_accepting(server);
    if (event_add(&server->done_event, NULL) != 0 || event_add(&server->signal_term, NULL) != 0 ||
        event_add(&server->signal_int, NULL) != 0 || event_add(&server->signal_report, NULL) != 0 ||
        event_base_dispatch(server->base) < 0) {
        return err_explain(detail, ERR_IO, "cannot run the event loop: %s", strerror(errno));
    }
    workers_stop(&server->workers);
    log_event(server, LOG_SHUTDOWN_COMPLETE, 0, 0);
    return OK;
}

void server_destroy(struct server *server)
{
    if (server == NULL) {
        return;
    }
    workers_stop(&server->workers); /* before the connections whose jobs they have */
    close_listeners(server);
    for (size_t i = 0; i < server->connections_fresh; i++) {
        if (server->connections[i].state != STATE_FREE) {
            close_connection(&server->connections[i]);
        }
    }
    if (server->base != NULL) {
        /* The signals' handlers go back to what they were. */
        (void)event_del(&server->signal_term);
        (void)event_del(&server->signal_int);
        (void)event_del(&server->signal_report);
        event_base_free(server->base);
    }
    workers_destroy(&server->workers);
    free(server->connections);
    free(server);
}
