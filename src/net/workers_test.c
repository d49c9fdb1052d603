/* Workers with a service that shouts back: every job is answered once, the queue has its bound, and
 * what was queued is answered before the end. */

#include "net/workers.h"

#include <poll.h>
#include <stdatomic.h>

#include "base/limits.h"
#include "net/framing.h"
#include "tests/test.h"

#define JOBS 500

/* What the service counts, and a gate that it waits at while it is held. */
struct counts {
    atomic_int opened;
    atomic_int closed;
    pthread_mutex_t gate;
};

static enum err shout_open(void **worker, void *context, struct err_detail *detail)
{
    struct counts *counts = context;
    if (atomic_fetch_add(&counts->opened, 1) == 3) {
        return err_explain(detail, ERR_MEMORY, "only three workers here");
    }
    *worker = counts;
    return OK;
}

static void shout_close(void *worker)
{
    if (worker != NULL) {
        struct counts *counts = worker;
        atomic_fetch_add(&counts->closed, 1);
    }
}

static void shout(void *worker, struct writer *answer, struct bytes request)
{
    struct counts *counts = worker;
    pthread_mutex_lock(&counts->gate);
    pthread_mutex_unlock(&counts->gate);
    if (request.len == 0) {
        static const uint8_t zeros[4096];
        for (size_t len = 0; len <= LIMIT_ANSWER_BYTES; len += sizeof(zeros)) {
            writer_put(answer, zeros, sizeof(zeros));
        }
    }
    for (size_t i = 0; i < request.len; i++) {
        writer_byte(answer, (uint8_t)(request.ptr[i] - 'a' + 'A'));
    }
}

static void shout_refuse(struct writer *answer, enum err e, const char *why)
{
    const char *name = err_name(e);
    writer_put(answer, name, strlen(name));
    writer_put(answer, why, strlen(why));
}

static struct service service_of(struct counts *counts)
{
    *counts = (struct counts){.gate = PTHREAD_MUTEX_INITIALIZER};
    return (struct service){shout_open, shout_close, counts, shout, shout_refuse};
}

/* collect waits for `count` jobs and checks their answers. */
static void collect(struct workers *workers, size_t count, const char *answer)
{
    for (size_t have = 0; have < count;) {
        struct pollfd readable = {workers->done_fd, POLLIN, 0};
        CHECK_EQ(poll(&readable, 1, -1), 1);
        struct job *next;
        for (struct job *job = workers_collect(workers); job != NULL; job = next) {
            next = job->next;
            have++;
            CHECK(job->answer != NULL);
            CHECK_EQ(job->answer_len, strlen(answer));
            CHECK_BYTES(job->answer + FRAMING_HEAD_BYTES, answer, job->answer_len);
            job_release(job);
            CHECK(job->answer == NULL);
        }
    }
    CHECK(workers_collect(workers) == NULL);
}

static void answers_every_job(void)
{
    static struct job jobs[JOBS];
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers = {0};
    CHECK_EQ(workers_init(&workers, &service, 3, JOBS, NULL), OK);
    CHECK_EQ(workers_start(&workers, NULL), OK);
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i].request = bytes_from("abc", 3);
        CHECK(workers_submit(&workers, &jobs[i]));
    }
    collect(&workers, JOBS, "ABC");
    workers_destroy(&workers);
    CHECK_EQ(counts.opened, 3);
    CHECK_EQ(counts.closed, 3);
}

static void bounds_the_queue(void)
{
    struct job jobs[4] = {{.request = {(const uint8_t *)"x", 1}},
                          {.request = {(const uint8_t *)"x", 1}},
                          {.request = {(const uint8_t *)"x", 1}}};
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers = {0};
    CHECK_EQ(workers_init(&workers, &service, 1, 2, NULL), OK);
    /* Nobody takes from the queue yet. */
    CHECK(workers_submit(&workers, &jobs[0]));
    CHECK(workers_submit(&workers, &jobs[1]));
    CHECK(!workers_submit(&workers, &jobs[2]));
    CHECK_EQ(workers_start(&workers, NULL), OK);
    collect(&workers, 2, "X");
    CHECK(workers_submit(&workers, &jobs[2]));
    collect(&workers, 1, "X");
    workers_destroy(&workers);
}

static void answers_what_is_queued_when_it_stops(void)
{
    static struct job jobs[JOBS];
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers = {0};
    pthread_mutex_lock(&counts.gate);
    CHECK_EQ(workers_init(&workers, &service, 2, JOBS, NULL), OK);
    CHECK_EQ(workers_start(&workers, NULL), OK);
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i].request = bytes_from("q", 1);
        CHECK(workers_submit(&workers, &jobs[i]));
    }
    pthread_mutex_unlock(&counts.gate);
    workers_stop(&workers);
    collect(&workers, JOBS, "Q");
    workers_destroy(&workers);
}

static void replaces_an_answer_that_does_not_fit(void)
{
    struct job job = {0};
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers = {0};
    CHECK_EQ(workers_init(&workers, &service, 1, 1, NULL), OK);
    CHECK_EQ(workers_start(&workers, NULL), OK);
    CHECK(workers_submit(&workers, &job));
    collect(&workers, 1, "ERR_LIMITthe answer is longer than this server sends");
    workers_destroy(&workers);
}

static void closes_what_it_opened_when_one_cannot_be(void)
{
    struct counts counts;
    struct err_detail detail;
    const struct service service = service_of(&counts);
    struct workers workers = {0};
    CHECK_EQ(workers_init(&workers, &service, 5, 1, &detail), ERR_MEMORY);
    CHECK_STR(detail.text, "only three workers here");
    workers_destroy(&workers);
    CHECK_EQ(counts.opened, 4);
    CHECK_EQ(counts.closed, 3);
    workers = (struct workers){0};
    workers_destroy(&workers);
}

static const struct test_case cases[] = {
    CASE(answers_every_job),
    CASE(bounds_the_queue),
    CASE(answers_what_is_queued_when_it_stops),
    CASE(replaces_an_answer_that_does_not_fit),
    CASE(closes_what_it_opened_when_one_cannot_be),
};

TEST_MAIN(cases)
