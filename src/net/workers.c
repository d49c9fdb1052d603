/* Threads behind two rings of pointers, one mutex for all they share. What is answered is a list
 * beside them, and an eventfd that is written when the list stops being empty: while the collector is
 * busy, any number of answers cost it one wake. */

#include "net/workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/limits.h"

static_assert(JOB_HEAD_BYTES >= FRAMING_HEAD_BYTES, "an answer in any form has room for its head");

struct worker {
    struct workers *workers;
    void *state; /* the service's */
    pthread_t thread;
    struct block room; /* where an answer is written, laid out as in a job */
};

/* ---- answers --------------------------------------------------------------------------------- */

void job_answer(struct job *job, struct bytes text)
{
    if (block_take(&job->answer, JOB_HEAD_BYTES + text.len + JOB_TAIL_BYTES)) {
        bytes_copy(job_text(job), text.ptr, text.len);
        job->answer_len = text.len;
    }
}

void job_refuse(struct job *job, const struct service *service, enum err e, const char *why)
{
    uint8_t text[SERVICE_REFUSAL_MAX];
    struct writer answer = writer_to(text, sizeof(text));
    service->refuse(&answer, job->form, e, why);
    job_answer(job, writer_view(&answer));
    job->refused = e;
}

void job_release(struct job *job)
{
    if (job->answer.ptr != NULL) {
        block_release(&job->answer, JOB_HEAD_BYTES + job->answer_len + JOB_TAIL_BYTES);
    }
    *job = (struct job){0};
}

static bool take_room(struct block *room, const struct workers_options *options)
{
    return block_take(room, JOB_HEAD_BYTES + options->answer_max + JOB_TAIL_BYTES);
}

/* renew_room puts an empty room in place of a worker's, which goes to *old. */
static bool renew_room(struct worker *w, struct block *old)
{
    struct block room = {0};
    if (!take_room(&room, &w->workers->options)) {
        return false;
    }
    *old = w->room;
    w->room = room;
    return true;
}

/* deliver gives a job what a worker has written: a copy, or, where that would be long, the room. */
static void deliver(struct worker *w, struct job *job, const struct writer *answer)
{
    const struct service *service = w->workers->service;
    struct block old = {0};
    if (!writer_fits(answer)) {
        job_refuse(job, service, ERR_LIMIT, "the answer is longer than this server sends");
        if (renew_room(w, &old)) {
            block_release(&old, old.cap);
        } else {
            secure_zero(w->room.ptr, w->room.cap);
        }
    } else if (answer->len <= LIMIT_REQUEST_BYTES) {
        job_answer(job, writer_view(answer));
        secure_zero(answer->buf, answer->len);
    } else if (renew_room(w, &old)) {
        job->answer = old;
        job->answer_len = answer->len;
    } else {
        job_refuse(job, service, ERR_MEMORY, "no memory for another answer");
        secure_zero(answer->buf, answer->len);
    }
}

/* ---- queues ---------------------------------------------------------------------------------- */

static bool lane_put(struct lane *lane, struct job *job, size_t max)
{
    if (lane->count == max) {
        return false;
    }
    lane->ring[(lane->head + lane->count) % max] = job;
    lane->count++;
    return true;
}

static struct job *lane_take(struct lane *lane, size_t max)
{
    struct job *job = lane->ring[lane->head];
    lane->head = (lane->head + 1) % max;
    lane->count--;
    return job;
}

/* ready_lane finds the queue whose oldest job a worker may take now, of two the one whose job came
 * first; NULL when there is none. */
static struct lane *ready_lane(struct workers *workers)
{
    struct lane *brief = workers->short_lane.count != 0 ? &workers->short_lane : NULL;
    struct lane *lengthy =
        workers->long_lane.count != 0 && workers->long_running < workers->options.long_max
            ? &workers->long_lane
            : NULL;
    if (brief == NULL || lengthy == NULL) {
        return brief != NULL ? brief : lengthy;
    }
    return brief->ring[brief->head]->number < lengthy->ring[lengthy->head]->number ? brief
                                                                                   : lengthy;
}

/* take waits for a job; NULL when the queues are closed and there is none for this worker: a long
 * one that is left waits for those that are at long ones, and they take it. */
static struct job *take(struct workers *workers)
{
    struct job *job = NULL;
    pthread_mutex_lock(&workers->mutex);
    struct lane *lane = ready_lane(workers);
    while (lane == NULL && !workers->closed) {
        pthread_cond_wait(&workers->not_empty, &workers->mutex);
        lane = ready_lane(workers);
    }
    if (lane != NULL) {
        job = lane_take(lane, workers->options.queue_max);
        workers->long_running += job->is_long;
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
    /* Another long job may be taken now. Nobody need be woken for it: this worker looks next, and if
     * it takes a short one that came before, the one who was woken for that finds the long one. */
    workers->long_running -= job->is_long;
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
        struct writer answer = writer_to(w->room.ptr + JOB_HEAD_BYTES, workers->options.answer_max);
        workers->service->handle(w->state, &answer, job->form, job->request);
        deliver(w, job, &answer);
        give_back(workers, job);
    }
    return NULL;
}

static enum err open_workers(struct workers *workers, struct err_detail *detail)
{
    for (size_t i = 0; i < workers->options.count; i++) {
        struct worker *w = &workers->worker[i];
        w->workers = workers;
        if (!take_room(&w->room, &workers->options)) {
            return err_explain(detail, ERR_MEMORY, "no memory for %zu workers",
                               workers->options.count);
        }
        workers->opened++;
        TRY(workers->service->open(&w->state, workers->service->context, detail));
    }
    return OK;
}

enum err workers_init(struct workers *workers, const struct service *service,
                      const struct workers_options *options, struct err_detail *detail)
{
    ASSERT(options->count != 0 && options->long_max != 0 && options->queue_max != 0);
    *workers = (struct workers){
        .options = *options,
        .service = service,
        .done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
        .worker = calloc(options->count, sizeof(struct worker)),
        .short_lane = {.ring = calloc(options->queue_max, sizeof(struct job *))},
        .long_lane = {.ring = calloc(options->queue_max, sizeof(struct job *))},
    };
    /* Neither can fail without attributes (pthread_mutex_init(3), pthread_cond_init(3)). */
    ASSERT(pthread_mutex_init(&workers->mutex, NULL) == 0);
    ASSERT(pthread_cond_init(&workers->not_empty, NULL) == 0);
    if (workers->done_fd < 0) {
        return err_explain(detail, ERR_IO, "no eventfd: %s", strerror(errno));
    }
    if (workers->worker == NULL || workers->short_lane.ring == NULL ||
        workers->long_lane.ring == NULL) {
        return err_explain(detail, ERR_MEMORY, "no memory for %zu workers and queues of %zu",
                           options->count, options->queue_max);
    }
    return open_workers(workers, detail);
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
    job->is_long = job->request.len > LIMIT_REQUEST_BYTES;
    job->number = workers->submitted++;
    bool fits = lane_put(job->is_long ? &workers->long_lane : &workers->short_lane, job,
                         workers->options.queue_max);
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
        block_release(&workers->worker[i].room, 0); /* wiped after each answer */
    }
    if (workers->done_fd >= 0) {
        (void)close(workers->done_fd);
    }
    (void)pthread_cond_destroy(&workers->not_empty);
    (void)pthread_mutex_destroy(&workers->mutex);
    free(workers->short_lane.ring);
    free(workers->long_lane.ring);
    free(workers->worker);
}
