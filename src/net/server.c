/* The event loop and its connections; what they ask is answered by workers behind a queue.
 *
 * A connection is in one state at a time, and in that state's list:
 *
 *    FREE -- accept_one --> RECEIVING -- judge: a whole request --> WORKING
 *      ^                     ^  ^ |                                    |
 *      |         a byte came |  | | refuse: too late, too long,        | on_done: answered
 *      |                     |  | | not a request, queue full          |
 *      |                  IDLE  | v                                    |
 *      |                     ^  SENDING <------------------------------+
 *      |                     |  | |
 *      |                     +--+ | send_step: all is written; HTTP may go on with the next request,
 *      |                          | or else our half is closed
 *      |                          v
 *      +-- close_connection -- LINGERING: until the client closes too, or has had its time
 *
 * Any state but WORKING may go to FREE directly, when the client is gone or its time is up.
 * LINGERING is there because closing a socket with unread bytes resets the connection, and the
 * answer could be lost on its way.
 *
 * Invariants:
 *   1. Only the loop's thread touches a connection, except that its job belongs to the workers
 *      from workers_submit to workers_collect, which is while it is WORKING.
 *   2. An event is armed for one wake at a time: for reading in RECEIVING, IDLE and LINGERING, for
 *      writing in SENDING, never in WORKING. A client wakes the loop only when we want to hear it.
 *      (A request that came along with the one before waits for writing, see next_request.)
 *   3. Within a list deadlines never decrease, since a state always adds the same time to the
 *      clock. The first of a list is the next to expire, and has been there longest.
 *   4. A budget's `used` is the sum of what its connections have charged, at most its `max`.
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
#include "net/http.h"
#include "net/transport.h"

/* Most requests fit here; longer ones move to a block. */
#define INPUT_SMALL ((size_t)1024)

/* Up to here a block doubles; a long one has room for the longest at once, as address space, and is
 * charged for what it uses, in steps. A step is also the most that one client may make us read
 * before others have a turn. */
#define INPUT_HEAP ((size_t)LIMIT_REQUEST_BYTES + LIMIT_HTTP_HEAD_BYTES)
#define INPUT_STEP ((size_t)256 * 1024)

/* Connections accepted in a row before others have a turn. */
#define ACCEPT_BATCH 64

/* What a lingering client may still send, and for how long, before it is cut off: one that sends
 * too long a request may read our answer only when it has sent all. */
#define LINGER_BYTES ((size_t)64 * 1024 * 1024)
#define LINGER_MS    UINT64_C(1000)

/* So long nobody is judged by their pace: a burst says little, nor does a pause. */
#define GRACE_MS UINT64_C(250)

/* How long accepting rests when the kernel has no file, or we no connection, for another client. */
#define ACCEPT_PAUSE_MS UINT64_C(50)

#define LOG_RECORDS 1024u
#define NS_PER_MS   UINT64_C(1000000)
#define NEVER       UINT64_MAX

enum state {
    STATE_FREE,
    STATE_IDLE,
    STATE_RECEIVING,
    STATE_WORKING,
    STATE_SENDING,
    STATE_LINGERING,
    STATE_COUNT
};

/* Requests and answers are charged to budgets; long and short ones apart, so that the former do not
 * displace the latter. */
enum budget_kind {
    BUDGET_NONE,
    BUDGET_SHORT_INPUT,
    BUDGET_LONG_INPUT,
    BUDGET_SHORT_OUTPUT,
    BUDGET_LONG_OUTPUT,
    BUDGET_COUNT
};

struct budget {
    size_t used;
    size_t max;
};

/* struct charge is what a connection has taken from a budget. */
struct charge {
    enum budget_kind kind;
    size_t bytes;
};

struct connection {
    struct job job; /* first: on_done finds the connection of a job by its address */
    struct server *server;
    struct connection *before; /* in the list of its state */
    struct connection *after;
    enum state state;
    int fd;
    bool ended;      /* the client has closed its half */
    bool unjudged;   /* RECEIVING: what is in the buffer came with the request before */
    bool keep;       /* SENDING: another request may follow the answer */
    unsigned status; /* SENDING, HTTP: of the answer */
    size_t write_max;
    uint64_t started_ns; /* the request's first byte came, or its connection */
    uint64_t sending_ns; /* the answer */
    size_t sending_len;  /* of all of it */
    uint64_t deadline_ns;
    size_t mark; /* input_len or unsent.len when the deadline was last set */
    struct event event;
    struct framing framing;
    struct http http;
    uint8_t *input;   /* small, or the block's */
    size_t input_end; /* how far it may be filled */
    size_t input_len;
    struct block block;
    struct charge input_charge;
    struct charge output_charge;
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
    struct budget budgets[BUDGET_COUNT];
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
    size_t count = 0;
    for (int state = STATE_FREE + 1; state < STATE_COUNT; state++) {
        count += server->lists[state].count;
    }
    return count;
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

/* wait_for arms a connection's event for one wake, in place of what it was armed for. */
static void wait_for(struct connection *c, short what, event_callback_fn callback)
{
    (void)event_del(&c->event);
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

/* ---- budgets --------------------------------------------------------------------------------- */

static bool budget_fits(const struct server *server, enum budget_kind kind, size_t bytes)
{
    return bytes <= server->budgets[kind].max - server->budgets[kind].used;
}

/* set_charge replaces what a connection has charged. */
static void set_charge(struct server *server, struct charge *charge, enum budget_kind kind,
                       size_t bytes)
{
    server->budgets[charge->kind].used -= charge->bytes;
    *charge = (struct charge){kind, bytes};
    server->budgets[kind].used += bytes;
}

/* ---- the bytes of a connection --------------------------------------------------------------- */

/* input_release wipes what a client sent, and gives back a block. */
static void input_release(struct connection *c)
{
    if (c->block.ptr != NULL) {
        block_release(&c->block, c->input_len);
    } else {
        secure_zero(c->small, c->input_len);
    }
    set_charge(c->server, &c->input_charge, BUDGET_NONE, 0);
    c->input = c->small;
    c->input_end = sizeof(c->small);
    c->input_len = 0;
}

/* input_drop takes the first `len` bytes away, which have been dealt with. */
static void input_drop(struct connection *c, size_t len)
{
    const size_t rest = c->input_len - len;
    if (rest == 0 || (rest <= sizeof(c->small) && c->block.ptr != NULL)) {
        bytes_copy(c->small, c->input + len, rest);
        input_release(c);
    } else {
        memmove(c->input, c->input + len, rest);
        secure_zero(c->input + rest, len);
    }
    c->input_len = rest;
}

/* output_release wipes and gives back an answer. */
static void output_release(struct connection *c)
{
    job_release(&c->job);
    set_charge(c->server, &c->output_charge, BUDGET_NONE, 0);
    c->unsent = bytes_from(NULL, 0);
}

static void close_connection(struct connection *c)
{
    struct server *server = c->server;
    (void)event_del(&c->event);
    (void)close(c->fd);
    c->fd = -1;
    input_release(c);
    output_release(c);
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

static void on_readable(evutil_socket_t fd, short what, void *arg);

/* await_request arms what a connection that is RECEIVING or IDLE waits for. */
static void await_request(struct connection *c)
{
    wait_for(c, c->unjudged ? EV_WRITE : EV_READ, on_readable);
}

/* next_request turns a connection to the next of its requests, which may be in the buffer already.
 * That one is looked at in a later turn of the loop, when the socket takes more answers: others
 * have theirs first, and a client that asks much and takes nothing has to wait for itself. */
static void next_request(struct connection *c)
{
    struct server *server = c->server;
    c->http = (struct http){0};
    if (c->input_len != 0) {
        c->unjudged = true;
        c->started_ns = clock_ns();
        c->mark = 0;
        enter_state(c, STATE_RECEIVING, server->options.deadline_ms);
        await_request(c);
    } else if (c->ended) {
        close_connection(c);
    } else {
        enter_state(c, STATE_IDLE, server->options.idle_ms);
        await_request(c);
    }
}

/* send_ended goes on when the whole answer is written. */
static void send_ended(struct connection *c)
{
    output_release(c);
    if (c->keep) {
        next_request(c);
    } else if (c->ended || shutdown(c->fd, SHUT_WR) != 0) {
        close_connection(c);
    } else {
        c->drained = 0;
        enter_state(c, STATE_LINGERING, LINGER_MS);
        wait_for(c, EV_READ, on_lingering);
    }
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
    send_ended(c);
}

static void on_sendable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    send_step(arg);
}

/* wrapped puts an answer into the form in which its request came. */
static struct bytes wrapped(const struct connection *c)
{
    const struct job *job = &c->job;
    return c->framing.form == FRAMING_HTTP
               ? http_wrap_answer(&c->http, (enum http_status)c->status, c->keep, job_text(job),
                                  job->answer_len)
               : framing_wrap(c->framing.form, job_text(job), job->answer_len);
}

/* struct pace is how much moved in how long. */
struct pace {
    size_t bytes;
    uint64_t ns;
};

/* is_slower tells whether a pace that may be judged is below another. */
static bool is_slower(struct pace a, struct pace b)
{
    return a.ns >= GRACE_MS * NS_PER_MS && (u128)a.bytes * b.ns < (u128)b.bytes * a.ns;
}

/* The pace that everybody is below. */
static const struct pace fastest = {SIZE_MAX, 1};

/* slowest_taker finds the connection that takes its answer, one that is charged to `kind`, most
 * slowly; NULL when all of them have just begun. */
static struct connection *slowest_taker(struct server *server, enum budget_kind kind)
{
    const uint64_t now = clock_ns();
    struct connection *slowest = NULL;
    struct pace pace = fastest;
    for (struct connection *c = server->lists[STATE_SENDING].first; c != NULL; c = c->after) {
        const struct pace own = {c->sending_len - c->unsent.len, now - c->sending_ns};
        if (c->output_charge.kind == kind && is_slower(own, pace)) {
            slowest = c;
            pace = own;
        }
    }
    return slowest;
}

/* charge_answer charges an answer, if need be by closing connections that are slow to take theirs;
 * where there is no room for it even so, a refusal takes its place. */
static void charge_answer(struct connection *c)
{
    struct server *server = c->server;
    const enum budget_kind kind =
        c->job.answer.is_mapping ? BUDGET_LONG_OUTPUT : BUDGET_SHORT_OUTPUT;
    const size_t bytes = JOB_HEAD_BYTES + c->job.answer_len + JOB_TAIL_BYTES;
    while (!budget_fits(server, kind, bytes)) {
        struct connection *slowest = slowest_taker(server, kind);
        if (slowest == NULL) {
            break;
        }
        log_event(server, LOG_CONNECTION_REFUSED, open_count(server),
                  server->options.connections_max);
        close_connection(slowest);
    }
    if (budget_fits(server, kind, bytes)) {
        set_charge(server, &c->output_charge, kind, bytes);
        return;
    }
    const enum framing_form form = c->job.form;
    log_event(server, LOG_REQUEST_REJECTED, ERR_BUSY, bytes);
    job_release(&c->job);
    c->job.form = form;
    job_refuse(&c->job, server->service, ERR_BUSY,
               "the server is busy: too many answers wait to be taken; try again");
    c->status = HTTP_BUSY;
}

/* send_answer starts to send the answer of a connection's job. */
static void send_answer(struct connection *c)
{
    struct server *server = c->server;
    c->keep = c->keep && !server->stopping;
    if (c->keep) {
        input_drop(c, c->http.head_len + c->http.body_len);
    } else {
        input_release(c);
    }
    if (c->job.answer.ptr != NULL) {
        charge_answer(c);
    }
    if (c->job.answer.ptr == NULL) {
        close_connection(c); /* no memory for an answer */
        return;
    }
    c->unsent = wrapped(c);
    c->mark = c->unsent.len;
    c->sending_len = c->unsent.len;
    c->sending_ns = clock_ns();
    enter_state(c, STATE_SENDING, server->options.deadline_ms);
    send_step(c);
}

/* refuse answers a request that goes no further, and what may follow it neither. */
static void refuse(struct connection *c, enum err e, const char *why)
{
    log_event(c->server, LOG_REQUEST_REJECTED, e, c->input_len);
    c->keep = false;
    c->status = c->http.status != 0 ? c->http.status : http_status_of(e);
    c->job.form = c->framing.form;
    job_refuse(&c->job, c->server->service, e, why);
    send_answer(c);
}

/* dismiss answers and closes at once, where the connection is needed for another: the answer is
 * sent if the socket takes it whole, and lost if the client is still sending. */
static void dismiss(struct connection *c)
{
    log_event(c->server, LOG_CONNECTION_REFUSED, open_count(c->server),
              c->server->options.connections_max);
    c->keep = false;
    c->status = HTTP_BUSY;
    c->job.form = c->framing.form;
    job_refuse(&c->job, c->server->service, ERR_BUSY,
               "the server is busy: it has no room for a client that is this slow");
    if (c->job.answer.ptr != NULL) {
        struct bytes out = wrapped(c);
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
        log_event(server, LOG_REQUEST_COMPLETE, job->request.len,
                  (clock_ns() - c->started_ns) / 1000);
        c->keep = c->framing.form == FRAMING_HTTP && c->http.keep;
        c->status = HTTP_OK;
        if (job->refused != OK) {
            c->status = HTTP_INTERNAL_ERROR;
        } else if (job->answer_len == 0) {
            c->status = HTTP_NO_CONTENT; /* only notifications: JSON-RPC has no answer to them */
        }
        send_answer(c);
    }
}

/* ---- the way in ------------------------------------------------------------------------------ */

/* request_ready hands a whole request on. */
static void request_ready(struct connection *c, struct bytes text)
{
    struct server *server = c->server;
    c->job.form = c->framing.form;
    c->job.request = text;
    enter_state(c, STATE_WORKING, 0);
    if (!workers_submit(&server->workers, &c->job)) {
        log_event(server, LOG_QUEUE_FULL, server->options.workers.queue_max,
                  server->options.workers.queue_max);
        refuse(c, ERR_BUSY, "the server is busy: its queue is full; try again");
    }
}

/* answer_health answers GET: that we do is what a load balancer wants to know. */
static void answer_health(struct connection *c)
{
    static const char text[] = "{\"status\":\"ok\"}\n";
    c->status = HTTP_OK;
    c->keep = c->http.keep;
    job_answer(&c->job, bytes_from(text, sizeof(text) - 1));
    send_answer(c);
}

/* send_interim tells a client to go on with its body. That is a favour: one that gets no word sends
 * it after a while, and so a socket that takes none of it does not hold us up. */
static void send_interim(struct connection *c)
{
    const struct bytes interim = http_interim();
    c->http.expects_continue = false;
    const ssize_t sent = send(c->fd, interim.ptr, interim.len, MSG_NOSIGNAL);
    if (sent >= 0 && (size_t)sent != interim.len) {
        close_connection(c); /* what would follow makes no sense to the client */
    }
}

static void judge_http(struct connection *c)
{
    bool whole;
    struct bytes body;
    struct err_detail why;
    enum err err = http_read(&c->http, &whole, &body, bytes_from(c->input, c->input_len), c->ended,
                             c->server->options.body_max, &why);
    if (err != OK) {
        refuse(c, err, why.text);
    } else if (whole && c->http.method == HTTP_POST) {
        request_ready(c, body);
    } else if (whole) {
        answer_health(c);
    } else if (c->http.expects_continue) {
        send_interim(c);
    }
}

/* judge looks at what has been received: a request, not yet one, or none. */
static void judge(struct connection *c)
{
    struct server *server = c->server;
    bool whole = false;
    struct bytes text;
    struct err_detail why;
    enum err err = framing_read(&c->framing, &whole, &text, bytes_from(c->input, c->input_len),
                                c->ended, server->options.request_max, &why);
    if (c->framing.form == FRAMING_TLS) {
        /* The attested channel is not part of this build: no alert could say so in its words. */
        log_event(server, LOG_REQUEST_REJECTED, ERR_REFUSED, c->input_len);
        close_connection(c);
    } else if (c->framing.form != FRAMING_UNKNOWN && !server->options.allow_plaintext) {
        refuse(c, ERR_REFUSED,
               "this server takes no plaintext (for tests, start it with --allow-plaintext)");
    } else if (c->ended && c->input_len == 0) {
        close_connection(c); /* a client that only looked whether we are there, or has done */
    } else if (c->framing.form == FRAMING_HTTP) {
        judge_http(c);
    } else if (err != OK) {
        refuse(c, err, why.text);
    } else if (whole) {
        request_ready(c, text);
    }
}

/* input_wanted gives how many bytes may be read now: not more than the buffer holds, nor, where the
 * length of a request is known, than are left of it, so that what follows it stays where it is. */
static size_t input_wanted(const struct connection *c)
{
    const size_t room = c->input_end - c->input_len;
    if (c->http.head_len == 0) {
        return room;
    }
    const size_t left = c->http.head_len + c->http.body_len - c->input_len;
    return left < room ? left : room;
}

/* receive reads once, into the room that is left, and judges. The connection may be in any state
 * afterwards. */
static void receive(struct connection *c)
{
    const size_t wanted = input_wanted(c);
    ASSERT(wanted != 0);
    ssize_t got = recv(c->fd, c->input + c->input_len, wanted, 0);
    if (got < 0 && would_block()) {
        return;
    }
    if (got < 0) {
        log_event(c->server, LOG_PEER_CLOSED_EARLY, c->input_len, 0);
        close_connection(c);
        return;
    }
    if (c->input_len == 0 && got != 0) {
        c->started_ns = clock_ns();
    }
    if (c->state == STATE_IDLE) {
        c->mark = 0;
        enter_state(c, STATE_RECEIVING, c->server->options.deadline_ms);
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
    if (c->unjudged) {
        c->unjudged = false;
        judge(c);
    } else if (c->input_len < c->input_end) {
        receive(c);
    }
}

/* give_way ends the connection that has rested longest, or else the one that has waited longest for
 * its request; false when there is none. Those whose request has come by now are not ended but
 * served. */
static bool give_way(struct server *server)
{
    static const enum state waiting[] = {STATE_IDLE, STATE_RECEIVING};
    for (size_t i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++) {
        struct list *list = &server->lists[waiting[i]];
        for (struct connection *c = list->first; c != NULL; c = list->first) {
            last_look(c);
            if (c->state == STATE_IDLE) {
                close_connection(c);
            } else if (c->state == STATE_RECEIVING && i == 1) {
                dismiss(c);
            } else if (c->state == STATE_RECEIVING) {
                await_request(c);
            }
            if (c->state == STATE_FREE) {
                return true;
            }
        }
    }
    return false;
}

/* slowest_sender finds, among the connections that are charged to `kind` and `c`, the one whose
 * request has come most slowly so far; NULL when all of them have just begun. */
static struct connection *slowest_sender(struct connection *c, enum budget_kind kind)
{
    const uint64_t now = clock_ns();
    struct connection *slowest = NULL;
    struct pace pace = fastest;
    for (struct connection *other = c->server->lists[STATE_RECEIVING].first; other != NULL;
         other = other->after) {
        const struct pace own = {other->input_len, now - other->started_ns};
        if ((other == c || other->input_charge.kind == kind) && !other->unjudged &&
            is_slower(own, pace)) {
            slowest = other;
            pace = own;
        }
    }
    return slowest;
}

/* make_room makes a budget for requests fit `bytes` more for `c`, if need be by ending connections;
 * false when that is not enough, or it is `c` that should go. Room goes to those who need it for the
 * shortest time: whoever holds it back pays first, and of two that are in each other's way one gets
 * through. */
static bool make_room(struct connection *c, enum budget_kind kind, size_t bytes)
{
    while (!budget_fits(c->server, kind, bytes)) {
        struct connection *slowest = slowest_sender(c, kind);
        if (slowest == NULL || slowest == c) {
            return false;
        }
        refuse(slowest, ERR_BUSY,
               "the server is busy: no memory for a request this slow; try again");
    }
    return true;
}

/* input_move puts what was received into a new block. */
static bool input_move(struct connection *c, enum budget_kind kind, size_t cap, size_t end)
{
    struct block block = {0};
    const size_t len = c->input_len;
    if (!make_room(c, kind, end) || !block_take(&block, cap)) {
        return false;
    }
    bytes_copy(block.ptr, c->input, len);
    input_release(c);
    c->block = block;
    c->input = block.ptr;
    c->input_end = end;
    c->input_len = len;
    set_charge(c->server, &c->input_charge, kind, end);
    return true;
}

/* input_grow makes more room for what a client sends; false when there is no memory for that. */
static bool input_grow(struct connection *c)
{
    const struct server_options *options = &c->server->options;
    const size_t cap_max = c->framing.form == FRAMING_HTTP
                               ? LIMIT_HTTP_HEAD_BYTES + options->body_max
                               : FRAMING_EXTRA_BYTES + options->request_max;
    /* A full buffer of cap_max holds a whole request, or more than is one: judge has spoken. */
    ASSERT(c->input_end < cap_max);
    if (c->input_end < INPUT_HEAP) {
        size_t end = 2 * c->input_end < INPUT_HEAP ? 2 * c->input_end : INPUT_HEAP;
        end = end < cap_max ? end : cap_max;
        return input_move(c, BUDGET_SHORT_INPUT, end, end);
    }
    const size_t end = cap_max - c->input_end > INPUT_STEP ? c->input_end + INPUT_STEP : cap_max;
    if (c->input_charge.kind != BUDGET_LONG_INPUT) {
        return input_move(c, BUDGET_LONG_INPUT, cap_max, end);
    }
    if (!make_room(c, BUDGET_LONG_INPUT, end - c->input_end)) {
        return false;
    }
    set_charge(c->server, &c->input_charge, BUDGET_LONG_INPUT, end);
    c->input_end = end;
    return true;
}

/* input_step looks at what is there, or else receives more. The connection may be in any state
 * afterwards. */
static void input_step(struct connection *c)
{
    if (c->unjudged) {
        c->unjudged = false;
        judge(c);
    } else if (c->input_len < c->input_end || input_grow(c)) {
        receive(c);
    } else {
        refuse(c, ERR_BUSY, "the server is busy: no memory for a request this long; try again");
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct connection *c = arg;
    input_step(c);
    if (c->state == STATE_RECEIVING || c->state == STATE_IDLE) {
        await_request(c);
    }
}

static struct connection *free_slot(struct server *server)
{
    struct connection *c = server->lists[STATE_FREE].last; /* the warmest */
    if (c == NULL && server->connections_fresh < server->options.connections_max) {
        c = &server->connections[server->connections_fresh++];
        c->server = server;
        c->input = c->small;
        c->input_end = sizeof(c->small);
        ASSERT(event_assign(&c->event, server->base, -1, EV_READ, on_readable, c) == 0);
        list_append(&server->lists[STATE_FREE], c);
    }
    return c;
}

/* make_slot gives a free connection, if need be by closing one that was answered already or by
 * letting one give way; NULL when all have a request in work or an answer on its way. */
static struct connection *make_slot(struct server *server)
{
    struct connection *c = free_slot(server);
    if (c == NULL && server->lists[STATE_LINGERING].first != NULL) {
        close_connection(server->lists[STATE_LINGERING].first);
        c = free_slot(server);
    }
    if (c == NULL && give_way(server)) {
        c = free_slot(server);
    }
    return c;
}

static bool can_make_slot(struct server *server)
{
    return free_slot(server) != NULL || server->lists[STATE_LINGERING].first != NULL ||
           server->lists[STATE_IDLE].first != NULL || server->lists[STATE_RECEIVING].first != NULL;
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
    c->unjudged = false;
    c->keep = false;
    c->write_max = listener->transport->write_max;
    c->framing = (struct framing){0};
    c->http = (struct http){0};
    c->mark = 0;
    c->started_ns = clock_ns();
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

/* moves_on tells whether a connection has moved as many bytes since its deadline was set as the
 * slowest that is allowed moves in that time. */
static bool moves_on(const struct connection *c, size_t moved)
{
    return moved >= c->server->options.deadline_ms * LIMIT_SLOWEST_RATE / 1000;
}

static void expire(struct connection *c)
{
    struct server *server = c->server;
    const enum state state = c->state;
    const uint64_t deadline_ns = c->deadline_ns;
    if (state == STATE_RECEIVING || state == STATE_IDLE) {
        last_look(c);
        if (c->state != state || c->deadline_ns != deadline_ns) { /* a request has come */
            if (c->state == STATE_RECEIVING) {
                await_request(c);
            }
            return;
        }
    }
    if (state == STATE_RECEIVING && moves_on(c, c->input_len - c->mark)) {
        c->mark = c->input_len;
        enter_state(c, STATE_RECEIVING, server->options.deadline_ms);
        await_request(c);
    } else if (state == STATE_RECEIVING) {
        log_event(server, LOG_DEADLINE_PASSED, c->input_len, (clock_ns() - c->started_ns) / 1000);
        refuse(c, ERR_TIMEOUT, "the request was not complete in time");
    } else if (state == STATE_SENDING && moves_on(c, c->mark - c->unsent.len)) {
        c->mark = c->unsent.len;
        enter_state(c, STATE_SENDING, server->options.deadline_ms);
    } else {
        close_connection(c);
    }
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct server *server = arg;
    static const enum state timed[] = {STATE_IDLE, STATE_RECEIVING, STATE_SENDING, STATE_LINGERING};
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
    /* Every turn takes the first from these lists, and may take others. */
    struct list *idle = &server->lists[STATE_IDLE];
    for (struct connection *c = idle->first; c != NULL; c = idle->first) {
        last_look(c);
        if (c->state == STATE_IDLE) {
            close_connection(c);
        }
    }
    struct list *receiving = &server->lists[STATE_RECEIVING];
    for (struct connection *c = receiving->first; c != NULL; c = receiving->first) {
        size_t before;
        bool more;
        (void)event_del(&c->event);
        do {
            before = c->input_len;
            more = c->unjudged;
            input_step(c);
            more = more || c->input_len != before;
        } while (c->state == STATE_RECEIVING && more);
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

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
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
    const size_t body_max = LIMIT_HTTP_HEAD_BYTES + options->body_max;
    const size_t answer_max = JOB_HEAD_BYTES + options->workers.answer_max + JOB_TAIL_BYTES;
    server->budgets[BUDGET_SHORT_INPUT].max = LIMIT_SHORT_INPUT_BYTES;
    server->budgets[BUDGET_LONG_INPUT].max = larger(LIMIT_LONG_INPUT_BYTES, body_max);
    server->budgets[BUDGET_SHORT_OUTPUT].max = LIMIT_SHORT_OUTPUT_BYTES;
    server->budgets[BUDGET_LONG_OUTPUT].max = larger(LIMIT_LONG_OUTPUT_BYTES, answer_max);
    TRY(workers_init(&server->workers, server->service, &options->workers, detail));
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
