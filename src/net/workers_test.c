/* Workers with a service that shouts back: every job is answered once, queues have their bounds, long
 * requests leave workers to short ones, and what was queued is answered before the end. */

#include "net/workers.h"

#include <poll.h>
#include <stdatomic.h>

#include "base/limits.h"
#include "tests/test.h"

#define JOBS       500
#define ANSWER_MAX ((size_t)300 * 1024)
#define LONG_BYTES ((size_t)LIMIT_REQUEST_BYTES + 1)

/* What the service counts, and gates that it waits at while they are held: one for all requests, one
 * for long ones. */
struct counts {
    atomic_int opened;
    atomic_int closed;
    atomic_int long_now;
    atomic_int long_high;
    pthread_mutex_t gate;
    pthread_mutex_t long_gate;
    char order[JOBS]; /* the first byte of each request, by one worker only */
    size_t handled;
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

static void put_zeros(struct writer *to, size_t len)
{
    static const uint8_t zeros[4096];
    for (size_t have = 0; have < len; have += sizeof(zeros)) {
        writer_put(to, zeros, sizeof(zeros));
    }
}

/* shout answers with the first three bytes in upper case, and in HTTP with a mark behind; to "+" with
 * as much as there is room for, to "" with more. */
static void shout(void *worker, struct writer *answer, enum framing_form form, struct bytes request)
{
    struct counts *counts = worker;
    pthread_mutex_lock(&counts->gate);
    counts->order[counts->handled++ % JOBS] = request.len != 0 ? (char)request.ptr[0] : '0';
    pthread_mutex_unlock(&counts->gate);
    if (request.len >= LONG_BYTES) {
        int now = atomic_fetch_add(&counts->long_now, 1) + 1;
        int high = atomic_load(&counts->long_high);
        while (now > high && !atomic_compare_exchange_weak(&counts->long_high, &high, now)) {
        }
        pthread_mutex_lock(&counts->long_gate);
        pthread_mutex_unlock(&counts->long_gate);
        atomic_fetch_sub(&counts->long_now, 1);
    }
    if (request.len == 0) {
        put_zeros(answer, ANSWER_MAX + 1);
    } else if (request.ptr[0] == '+') {
        put_zeros(answer, ANSWER_MAX);
    } else {
        for (size_t i = 0; i < request.len && i < 3; i++) {
            writer_byte(answer, (uint8_t)(request.ptr[i] - 'a' + 'A'));
        }
    }
    if (form == FRAMING_HTTP) {
        writer_byte(answer, '!');
    }
}

static void shout_refuse(struct writer *answer, enum framing_form form, enum err e, const char *why)
{
    const char *name = err_name(e);
    writer_put(answer, name, strlen(name));
    writer_put(answer, form == FRAMING_HTTP ? "!" : ":", 1);
    writer_put(answer, why, strlen(why));
}

static struct service service_of(struct counts *counts)
{
    *counts =
        (struct counts){.gate = PTHREAD_MUTEX_INITIALIZER, .long_gate = PTHREAD_MUTEX_INITIALIZER};
    return (struct service){shout_open, shout_close, counts, shout, shout_refuse};
}

static enum err init(struct workers *workers, const struct service *service, size_t count,
                     size_t long_max, size_t queue_max)
{
    const struct workers_options options = {count, long_max, queue_max, ANSWER_MAX};
    *workers = (struct workers){0};
    return workers_init(workers, service, &options, NULL);
}

static struct job job_of(const char *text)
{
    return (struct job){.form = FRAMING_LENGTH, .request = bytes_from(text, strlen(text))};
}

/* long_job_of makes a job whose request is long, all of one character. */
static struct job long_job_of(char c)
{
    static uint8_t texts[128][LONG_BYTES];
    uint8_t *text = texts[(unsigned)c % 128];
    memset(text, c, LONG_BYTES);
    return (struct job){.form = FRAMING_LENGTH, .request = bytes_from(text, LONG_BYTES)};
}

/* collect waits for `count` jobs and checks their answers; NULL: any. */
static void collect(struct workers *workers, size_t count, const char *answer)
{
    for (size_t have = 0; have < count;) {
        struct pollfd readable = {workers->done_fd, POLLIN, 0};
        CHECK_EQ(poll(&readable, 1, -1), 1);
        struct job *next;
        for (struct job *job = workers_collect(workers); job != NULL; job = next) {
            next = job->next;
            have++;
            CHECK(job->answer.ptr != NULL);
            if (answer != NULL) {
                CHECK_EQ(job->answer_len, strlen(answer));
                CHECK_BYTES(job_text(job), answer, job->answer_len);
            }
            job_release(job);
            CHECK(job->answer.ptr == NULL);
        }
    }
    CHECK(workers_collect(workers) == NULL);
}

static void answers_every_job(void)
{
    static struct job jobs[JOBS];
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers;
    CHECK_EQ(init(&workers, &service, 3, 2, JOBS), OK);
    CHECK_EQ(workers_start(&workers, NULL), OK);
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = job_of("abc");
        CHECK(workers_submit(&workers, &jobs[i]));
    }
    collect(&workers, JOBS, "ABC");
    struct job http = job_of("abc");
    http.form = FRAMING_HTTP;
    CHECK(workers_submit(&workers, &http));
    collect(&workers, 1, "ABC!");
    workers_destroy(&workers);
    CHECK_EQ(counts.opened, 3);
    CHECK_EQ(counts.closed, 3);
}

static void bounds_each_queue(void)
{
    struct job jobs[3] = {job_of("x"), job_of("x"), job_of("x")};
    struct job longs[3] = {long_job_of('l'), long_job_of('l'), long_job_of('l')};
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers;
    CHECK_EQ(init(&workers, &service, 1, 1, 2), OK);
    /* Nobody takes from the queues yet. */
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ(workers_submit(&workers, &longs[i]), i < 2);
    }
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ(workers_submit(&workers, &jobs[i]), i < 2);
    }
    CHECK_EQ(workers_start(&workers, NULL), OK);
    collect(&workers, 4, NULL);
    CHECK(workers_submit(&workers, &jobs[2]));
    collect(&workers, 1, "X");
    workers_destroy(&workers);
}

static void serves_in_the_order_of_coming(void)
{
    struct job jobs[] = {long_job_of('a'), job_of("b"), long_job_of('c'), job_of("d"),
                         job_of("e"),      job_of("f"), long_job_of('g')};
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers;
    CHECK_EQ(init(&workers, &service, 1, 1, 10), OK);
    for (size_t i = 0; i < 7; i++) {
        CHECK(workers_submit(&workers, &jobs[i]));
    }
    CHECK_EQ(workers_start(&workers, NULL), OK);
    collect(&workers, 7, NULL);
    CHECK_STR(counts.order, "abcdefg");
    workers_destroy(&workers);
}

/* While long requests are at work, as many as may be, short ones are answered. */
static void keeps_a_worker_for_short_requests(void)
{
    static struct job jobs[JOBS];
    struct job longs[6];
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers;
    CHECK_EQ(init(&workers, &service, 3, 2, JOBS), OK);
    pthread_mutex_lock(&counts.long_gate);
    for (size_t i = 0; i < 5; i++) {
        longs[i] = long_job_of('l');
        CHECK(workers_submit(&workers, &longs[i]));
    }
    CHECK_EQ(workers_start(&workers, NULL), OK);
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = job_of("s");
        CHECK(workers_submit(&workers, &jobs[i]));
    }
    collect(&workers, JOBS, "S");
    /* The one that is left, woken for what it may not take, goes on waiting. */
    longs[5] = long_job_of('l');
    CHECK(workers_submit(&workers, &longs[5]));
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = job_of("s");
        CHECK(workers_submit(&workers, &jobs[i]));
    }
    collect(&workers, JOBS, "S");
    pthread_mutex_unlock(&counts.long_gate);
    collect(&workers, 6, "LLL");
    CHECK(counts.long_high <= 2);
    workers_destroy(&workers);
}

static void answers_what_is_queued_when_it_stops(void)
{
    static struct job jobs[JOBS];
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers;
    pthread_mutex_lock(&counts.gate);
    CHECK_EQ(init(&workers, &service, 2, 1, JOBS), OK);
    CHECK_EQ(workers_start(&workers, NULL), OK);
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = i % 50 == 0 ? long_job_of('q') : job_of("qqq");
        CHECK(workers_submit(&workers, &jobs[i]));
    }
    pthread_mutex_unlock(&counts.gate);
    workers_stop(&workers);
    collect(&workers, JOBS, "QQQ");
    workers_destroy(&workers);
}

/* A long answer is not copied, and the next one starts from nothing. */
static void hands_over_long_answers(void)
{
    struct job job = job_of("+");
    struct job next = job_of("abc");
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers;
    CHECK_EQ(init(&workers, &service, 1, 1, 2), OK);
    CHECK_EQ(workers_start(&workers, NULL), OK);
    CHECK(workers_submit(&workers, &job));
    CHECK(workers_submit(&workers, &next));
    workers_stop(&workers);
    CHECK(workers_collect(&workers) != NULL);
    CHECK(job.answer.is_mapping && job.refused == OK);
    CHECK_EQ(job.answer_len, ANSWER_MAX);
    CHECK(!next.answer.is_mapping);
    CHECK_EQ(next.answer_len, 3);
    job_release(&job);
    job_release(&next);
    workers_destroy(&workers);
}

static void replaces_an_answer_that_does_not_fit(void)
{
    static const char text[] = "ERR_LIMIT!the answer is longer than this server sends";
    struct job job = job_of("");
    struct counts counts;
    const struct service service = service_of(&counts);
    struct workers workers;
    job.form = FRAMING_HTTP;
    CHECK_EQ(init(&workers, &service, 1, 1, 1), OK);
    CHECK_EQ(workers_start(&workers, NULL), OK);
    CHECK(workers_submit(&workers, &job));
    workers_stop(&workers);
    CHECK(workers_collect(&workers) == &job);
    CHECK_EQ(job.refused, ERR_LIMIT);
    CHECK_EQ(job.answer_len, sizeof(text) - 1);
    CHECK_BYTES(job_text(&job), text, sizeof(text) - 1);
    job_release(&job);
    workers_destroy(&workers);
}

/* The longest refusal has room. */
static void refuses_at_length(void)
{
    char why[ERR_DETAIL_MAX];
    struct counts counts;
    const struct service service = service_of(&counts);
    struct job job = {0};
    memset(why, '"', sizeof(why));
    why[sizeof(why) - 1] = '\0';
    job_refuse(&job, &service, ERR_BUSY, why);
    CHECK_EQ(job.refused, ERR_BUSY);
    CHECK_EQ(job.answer_len, strlen("ERR_BUSY:") + sizeof(why) - 1);
    job_release(&job);
}

static void closes_what_it_opened_when_one_cannot_be(void)
{
    struct counts counts;
    struct err_detail detail;
    const struct service service = service_of(&counts);
    const struct workers_options options = {5, 4, 1, ANSWER_MAX};
    struct workers workers = {0};
    CHECK_EQ(workers_init(&workers, &service, &options, &detail), ERR_MEMORY);
    CHECK_STR(detail.text, "only three workers here");
    workers_destroy(&workers);
    CHECK_EQ(counts.opened, 4);
    CHECK_EQ(counts.closed, 3);
    workers = (struct workers){0};
    workers_destroy(&workers);
}

static const struct test_case cases[] = {
    CASE(answers_every_job),
    CASE(bounds_each_queue),
    CASE(serves_in_the_order_of_coming),
    CASE(keeps_a_worker_for_short_requests),
    CASE(answers_what_is_queued_when_it_stops),
    CASE(hands_over_long_answers),
    CASE(replaces_an_answer_that_does_not_fit),
    CASE(refuses_at_length),
    CASE(closes_what_it_opened_when_one_cannot_be),
};

TEST_MAIN(cases)
