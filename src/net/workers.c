/* Threads behind a ring of pointers, one mutex for all they share. What is answered is a list
 * beside it, and an eventfd that is written when the list stops being empty: while the collector is
 * busy, any number of answers cost it one wake. */

#include "net/workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/framing.h"

/* The longest refusal: a detail with every character escaped to six, and what stands around it. */
#define REFUSAL_BYTES (6 * ERR_DETAIL_MAX + 128)

struct worker {
    struct workers *workers;
    void *state; /* the service's */
    pthread_t thread;
    uint8_t *room; /* where an answer is written, LIMIT_ANSWER_BYTES */
};

/* job_answer copies an answer's text to the heap. */
static void job_answer(struct job *job, struct bytes text)
{
    job->answer = malloc(FRAMING_HEAD_BYTES + text.len + 1);
    if (job->answer != NULL) {
        bytes_copy(job->answer + FRAMING_HEAD_BYTES, text.ptr, text.len);
        job->answer_len = text.len;
    }
}

void job_refuse(struct job *job, const struct service *service, enum err e, const char *why)
{
    uint8_t text[REFUSAL_BYTES];
    struct writer answer = writer_to(text, sizeof(text));
    service->refuse(&answer, e, why);
    job_answer(job, writer_view(&answer));
}

void job_release(struct job *job)
{
    if (job->answer != NULL) {
        secure_zero(job->answer, FRAMING_HEAD_BYTES + job->answer_len);
        free(job->answer);
    }
    *job = (struct job){0};
}

/* take waits for a job; NULL when the queue is closed and empty. */
static struct job *take(struct workers *workers)
{
    struct job *job = NULL;
    pthread_mutex_lock(&workers->mutex);
    while (workers->queued == 0 && !workers->closed) {
        pthread_cond_wait(&workers->not_empty, &workers->mutex);
    }
    if (workers->queued != 0) {
        job = workers->ring[workers->head];
        workers->head = (workers->head + 1) % workers->queue_max;
        workers->queued--;
    }
    pthread_mutex_unlock(&workers->mutex);
    return job;
}

static void give_back(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->mutex);
    bool wake = workers->done == NULL;
    job->next = workers->done;
    workers->done = job;
    pthread_mutex_unlock(&workers->mutex);
    if (wake) {
        ASSERT(eventfd_write(workers->done_fd, 1) == 0);
    }
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct workers *workers = w->workers;
    for (struct job *job = take(workers); job != NULL; job = take(workers)) {
        struct writer answer = writer_to(w->room, LIMIT_ANSWER_BYTES);
        workers->service->handle(w->state, &answer, job->request);
        if (writer_fits(&answer)) {
            job_answer(job, writer_view(&answer));
        } else {
            job_refuse(job, workers->service, ERR_LIMIT,
                       "the answer is longer than this server sends");
        }
        secure_zero(w->room, writer_fits(&answer) ? answer.len : LIMIT_ANSWER_BYTES);
        give_back(workers, job);
    }
    return NULL;
}

static enum err open_workers(struct workers *workers, size_t count, struct err_detail *detail)
{
    for (size_t i = 0; i < count; i++) {
        struct worker *w = &workers->worker[i];
        w->workers = workers;
        w->room = malloc(LIMIT_ANSWER_BYTES);
        if (w->room == NULL) {
            return err_explain(detail, ERR_MEMORY, "no memory for %zu workers", count);
        }
        workers->opened++;
        TRY(workers->service->open(&w->state, workers->service->context, detail));
    }
    return OK;
}

enum err workers_init(struct workers *workers, const struct service *service, size_t count,
                      size_t queue_max, struct err_detail *detail)
{
    ASSERT(count != 0 && queue_max != 0);
    *workers = (struct workers){
        .service = service,
        .done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
        .worker = calloc(count, sizeof(struct worker)),
        .ring = calloc(queue_max, sizeof(struct job *)),
        .queue_max = queue_max,
    };
    /* Neither can fail without attributes (pthread_mutex_init(3), pthread_cond_init(3)). */
    ASSERT(pthread_mutex_init(&workers->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&workers->not_empty, NULL) == 0);
    if (workers->done_fd < 0) {
        return err_explain(detail, ERR_IO, "no eventfd: %s", strerror(errno));
    }
    if (workers->worker == NULL || workers->ring == NULL) {
        return err_explain(detail, ERR_MEMORY, "no memory for %zu workers and a queue of %zu",
                           count, queue_max);
    }
    return open_workers(workers, count, detail);
}

enum err workers_start(struct workers *workers, struct err_detail *detail)
{
    pthread_attr_t attributes;
    int failure = pthread_attr_init(&attributes);
    if (failure == 0) {
        failure = pthread_attr_setstacksize(&attributes, LIMIT_WORKER_STACK_BYTES);
        while (failure == 0 && workers->running < workers->opened) {
            struct worker *w = &workers->worker[workers->running];
            failure = pthread_create(&w->thread, &attributes, worker_main, w);
            workers->running += failure == 0;
        }
        (void)pthread_attr_destroy(&attributes);
    }
    if (failure != 0) {
        return err_explain(detail, ERR_IO, "cannot start the workers: %s", strerror(failure));
    }
    return OK;
}

bool workers_submit(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->mutex);
    bool fits = workers->queued < workers->queue_max;
    if (fits) {
        workers->ring[(workers->head + workers->queued) % workers->queue_max] = job;
        workers->queued++;
    }
    pthread_mutex_unlock(&workers->mutex);
    if (fits) {
        pthread_cond_signal(&workers->not_empty);
    }
    return fits;
}

struct job *workers_collect(struct workers *workers)
{
    eventfd_t wakes;
    /* Reset before the list is taken: what is added later makes it readable again. */
    (void)eventfd_read(workers->done_fd, &wakes);
    pthread_mutex_lock(&workers->mutex);
    struct job *done = workers->done;
    workers->done = NULL;
    pthread_mutex_unlock(&workers->mutex);
    return done;
}

void workers_stop(struct workers *workers)
{
    if (workers->running == 0) {
        return;
    }
    pthread_mutex_lock(&workers->mutex);
    workers->closed = true;
    pthread_mutex_unlock(&workers->mutex);
    pthread_cond_broadcast(&workers->not_empty);
    for (size_t i = 0; i < workers->running; i++) {
        ASSERT(pthread_join(workers->worker[i].thread, NULL) == 0);
    }
    workers->running = 0;
}

void workers_destroy(struct workers *workers)
{
    if (workers->service == NULL) {
        return;
    }
    workers_stop(workers);
    for (size_t i = 0; i < workers->opened; i++) {
        workers->service->close(workers->worker[i].state);
        free(workers->worker[i].room);
    }
    if (workers->done_fd >= 0) {
        (void)close(workers->done_fd);
    }
    (void)pthread_cond_destroy(&workers->not_empty);
    (void)pthread_mutex_destroy(&workers->mutex);
    free(workers->ring);
    free(workers->worker);
}
