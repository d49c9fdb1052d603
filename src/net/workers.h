#ifndef NET_WORKERS_H
#define NET_WORKERS_H

/* workers.h: threads that answer requests, behind queues of bounded length. One thread submits jobs
 * and collects them when they are answered; a job belongs to the workers in between.
 *
 * Requests longer than LIMIT_REQUEST_BYTES are long ones. They have a queue of their own, and only
 * some of the workers take them at a time, so that short ones always find one that is free soon, and
 * the memory that long ones need is bounded. Within that, who came first is served first. */

#include <pthread.h>

#include "base/cursor.h"
#include "net/block.h"
#include "net/framing.h"
#include "net/http.h"

/* struct service is what a server serves. */
struct service {
    /* open makes what one worker needs, *worker, before any request; close releases it (NULL too).
     * Both run on the thread that makes the workers. */
    enum err (*open)(void **worker, void *context, struct err_detail *detail);
    void (*close)(void *worker);
    void *context; /* for open */

    /* handle answers one request that came in `form`: it writes the answer's text into *answer,
     * whose room is the option answer_max; nothing where no answer is wanted. Runs on the worker's
     * thread, with a stack of LIMIT_WORKER_STACK_BYTES. An answer that does not fit is replaced by a
     * refusal. */
    void (*handle)(void *worker, struct writer *answer, enum framing_form form,
                   struct bytes request);

    /* refuse writes the answer to a request that was not handled, and why not, a text that
     * ERR_DETAIL_MAX bounds, in at most SERVICE_REFUSAL_MAX bytes. Runs on any thread. */
    void (*refuse)(struct writer *answer, enum framing_form form, enum err e, const char *why);
};

/* SERVICE_REFUSAL_MAX: a detail with every character escaped to six, and what stands around it. */
#define SERVICE_REFUSAL_MAX (6 * ERR_DETAIL_MAX + 128)

/* JOB_HEAD_BYTES, JOB_TAIL_BYTES: room in front of an answer's text and behind it, for its form. */
#define JOB_HEAD_BYTES HTTP_HEAD_ROOM
#define JOB_TAIL_BYTES 1u

/* struct job is one request and its answer. Starts as { 0 }, ends with job_release. */
struct job {
    enum framing_form form;
    struct bytes request; /* the submitter's, valid until the job is collected */
    struct block answer;  /* its text is at JOB_HEAD_BYTES; empty: no memory for an answer */
    size_t answer_len;    /* of the text */
    enum err refused;     /* not OK: the answer is a refusal */
    bool is_long;
    uint64_t number;  /* the workers': in the order of coming */
    struct job *next; /* the workers' */
};

/* job_answer gives a job an answer, a copy of `text`. job_refuse gives it that of service->refuse.
 */
void job_answer(struct job *job, struct bytes text);
void job_refuse(struct job *job, const struct service *service, enum err e, const char *why);

/* job_text returns where the text of an answer starts. */
static inline uint8_t *job_text(const struct job *job)
{
    return job->answer.ptr + JOB_HEAD_BYTES;
}

/* job_release wipes and releases the answer. */
void job_release(struct job *job);

struct workers_options {
    size_t count;      /* threads, not 0 */
    size_t long_max;   /* of them at a long request at once, not 0 */
    size_t queue_max;  /* requests that wait, of each kind, not 0 */
    size_t answer_max; /* bytes of an answer's text */
};

/* struct lane is one of the queues: a ring, the oldest job at `head`. */
struct lane {
    struct job **ring;
    size_t head;
    size_t count;
};

struct worker;

/* struct workers owns its threads, its queues and `done_fd`. Starts as { 0 }, which workers_destroy
 * takes too. */
struct workers {
    struct workers_options options;
    const struct service *service;
    int done_fd; /* readable when answered jobs wait to be collected */
    struct worker *worker;
    size_t opened;
    size_t running;
    pthread_mutex_t mutex;
    pthread_cond_t not_empty;
    struct lane short_lane;
    struct lane long_lane;
    size_t long_running; /* workers that are at a long request */
    uint64_t submitted;
    struct job *done; /* answered and not collected, the latest first */
    bool closed;
};

/* workers_init opens the workers, without starting them. *service must outlive them. Call
 * workers_destroy also after an error. Errors: ERR_MEMORY, ERR_IO, and those of service->open. */
enum err workers_init(struct workers *workers, const struct service *service,
                      const struct workers_options *options, struct err_detail *detail);

/* workers_start starts the threads. Errors: ERR_IO. */
enum err workers_start(struct workers *workers, struct err_detail *detail);

/* workers_submit hands over a job with its form and request; false when the queue is full, and the
 * job stays the caller's. */
bool workers_submit(struct workers *workers, struct job *job);

/* workers_collect gives back the jobs that were answered, a list linked by `next`, NULL for none.
 */
struct job *workers_collect(struct workers *workers);

/* workers_stop lets the workers finish what is queued and waits for them. */
void workers_stop(struct workers *workers);

/* workers_destroy stops and releases everything. */
void workers_destroy(struct workers *workers);

#endif
