#ifndef NET_WORKERS_H
#define NET_WORKERS_H

/* workers.h: threads that answer requests, behind a queue of bounded length. One thread submits
 * jobs and collects them when they are answered; a job belongs to the workers in between. */

#include <pthread.h>

#include "base/cursor.h"

/* struct service is what a server serves. */
struct service {
    /* open makes what one worker needs, *worker, before any request; close releases it (NULL too).
     * Both run on the thread that makes the workers. */
    enum err (*open)(void **worker, void *context, struct err_detail *detail);
    void (*close)(void *worker);
    void *context; /* for open */

    /* handle answers one request: it writes the answer's text into *answer, which has room for
     * LIMIT_ANSWER_BYTES. Runs on the worker's thread, with a stack of LIMIT_WORKER_STACK_BYTES. An
     * answer that does not fit is replaced by a refusal. */
    void (*handle)(void *worker, struct writer *answer, struct bytes request);

    /* refuse writes the answer to a request that was not handled, and why not, a text that
     * ERR_DETAIL_MAX bounds, into the same room. Runs on any thread. */
    void (*refuse)(struct writer *answer, enum err e, const char *why);
};

/* struct job is one request and its answer. Starts as { 0 }, ends with job_release. */
struct job {
    struct bytes request; /* the submitter's, valid until the job is collected */
    uint8_t *answer;      /* laid out as framing_wrap wants it; NULL: no memory for an answer */
    size_t answer_len;    /* of the text */
    struct job *next;     /* the workers' */
};

/* job_refuse gives a job the answer of service->refuse. */
void job_refuse(struct job *job, const struct service *service, enum err e, const char *why);

/* job_release wipes and releases the answer. */
void job_release(struct job *job);

struct worker;

/* struct workers owns its threads, its queue and `done_fd`. Starts as { 0 }, which workers_destroy
 * takes too. */
struct workers {
    const struct service *service;
    int done_fd; /* readable when answered jobs wait to be collected */
    struct worker *worker;
    size_t opened;
    size_t running;
    pthread_mutex_t mutex;
    pthread_cond_t not_empty;
    struct job **ring; /* what waits for a worker, the oldest at `head` */
    size_t queue_max;
    size_t head;
    size_t queued;
    struct job *done; /* answered and not collected, the latest first */
    bool closed;
};

/* workers_init opens `count` workers, without starting them, and a queue of `queue_max` jobs; both
 * are not 0. *service must outlive them. Call workers_destroy also after an error. Errors:
 * ERR_MEMORY, ERR_IO, and those of service->open. */
enum err workers_init(struct workers *workers, const struct service *service, size_t count,
                      size_t queue_max, struct err_detail *detail);

/* workers_start starts the threads. Errors: ERR_IO. */
enum err workers_start(struct workers *workers, struct err_detail *detail);

/* workers_submit hands a job over; false when the queue is full, and the job stays the caller's. */
bool workers_submit(struct workers *workers, struct job *job);

/* workers_collect gives back the jobs that were answered, a list linked by `next`, NULL for none.
 */
struct job *workers_collect(struct workers *workers);

/* workers_stop lets the workers finish what is queued and waits for them. */
void workers_stop(struct workers *workers);

/* workers_destroy stops and releases everything. */
void workers_destroy(struct workers *workers);

#endif
