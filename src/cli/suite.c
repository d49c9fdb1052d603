/* Files of official tests on several threads. */

#include "cli/suite.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "codec/hex.h"
#include "sys/files.h"
#include "sys/process.h"

/* A few files take most of the time, and nothing about a file says so beforehand. A worker that has
 * no file in hand therefore joins the one that another has been at for so long before it begins a
 * new one: the long cases start early, side by side, and what is left for the end is short. */
#define JOIN_AFTER_MS 250

/* struct progress: how far a file is. */
struct progress {
    atomic_size_t next_case;
    atomic_bool is_done;     /* no case is left to claim */
    atomic_bool is_unusable; /* and that has been reported */
    atomic_llong begun_ms;   /* when a worker began it */
};

/* struct suite: what the workers share. */
struct suite {
    const struct suite_kind *kind;
    void *context;
    struct file_list files;
    struct progress *progress; /* of each file */
    struct thread *threads;    /* of which there are `jobs` */
    const char *only_fork;
    evm_dispatch_fn *dispatch; /* NULL: the default */
    bool is_json;
    bool is_traced;
    bool wants_help;
    bool shows_progress;
    uint64_t jobs;
    atomic_size_t next;
    pthread_mutex_t lock; /* of the output and the counts */
    size_t passed;
    size_t failed;
    size_t skipped;
    size_t unusable;
};

struct thread {
    struct suite_worker worker;
    atomic_size_t file; /* the one in hand; the count of files: none yet */
    pthread_t id;
};

/* ---- reports --------------------------------------------------------------------------------- */

static void print_json(const char *path, const struct suite_case *c)
{
    json_t *line = json_pack("{s:s, s:s, s:s, s:I, s:b}", "file", path, "name", c->test, "fork",
                             c->fork, "index", (json_int_t)c->index, "pass", c->passed);
    if (line != NULL && c->state_root != NULL) {
        char root[67] = {0};
        (void)hex_encode_data(root, c->state_root->b, sizeof(c->state_root->b));
        (void)json_object_set_new(line, "stateRoot", json_string(root));
        (void)json_object_set_new(line, "gasUsed", json_integer((json_int_t)c->gas_used));
    }
    if (line != NULL && !c->passed) {
        (void)json_object_set_new(line, "error", json_string(c->reason));
        (void)json_object_set_new(line, "expected", json_string(c->expected));
        (void)json_object_set_new(line, "got", json_string(c->got));
    }
    (void)json_dumpf(line, stdout, JSON_COMPACT);
    (void)printf("\n");
    json_decref(line);
}

void suite_report(struct suite_worker *worker, const struct suite_case *c)
{
    struct suite *suite = worker->suite;
    (void)pthread_mutex_lock(&suite->lock);
    suite->passed += c->passed;
    suite->failed += !c->passed;
    if (suite->is_json) {
        print_json(worker->path, c);
    } else if (!c->passed) {
        (void)printf("FAIL %s %s %s %zu: %s, expected %s, got %s\n", worker->path, c->test, c->fork,
                     c->index, c->reason, c->expected, c->got);
    }
    (void)pthread_mutex_unlock(&suite->lock);
}

void suite_skip(struct suite_worker *worker, const char *test, const char *why)
{
    struct suite *suite = worker->suite;
    (void)pthread_mutex_lock(&suite->lock);
    suite->skipped++;
    (void)fprintf(suite->is_json ? stderr : stdout, "skipped %s %s: %s\n", worker->path, test, why);
    (void)pthread_mutex_unlock(&suite->lock);
}

static void report_unusable(struct suite *suite, const char *path, const char *why)
{
    (void)pthread_mutex_lock(&suite->lock);
    suite->unusable++;
    (void)fflush(stdout);
    (void)fprintf(stderr, "evm: %s: %s\n", path, why);
    (void)pthread_mutex_unlock(&suite->lock);
}

static void show_progress(struct suite *suite, size_t done)
{
    if (suite->shows_progress && done % 16 == 0) {
        (void)pthread_mutex_lock(&suite->lock);
        (void)fprintf(stderr, "\r%zu of %zu files, %zu passed, %zu failed ", done,
                      suite->files.count, suite->passed, suite->failed);
        (void)pthread_mutex_unlock(&suite->lock);
    }
}

const char *suite_only_fork(const struct suite_worker *worker)
{
    return worker->suite->only_fork;
}

size_t suite_claim(struct suite_worker *worker)
{
    /* A worker is the first member of its thread's struct. */
    const struct thread *thread = (const struct thread *)worker;
    return atomic_fetch_add(&worker->suite->progress[atomic_load(&thread->file)].next_case, 1);
}

/* ---- threads --------------------------------------------------------------------------------- */

static long long now_ms(void)
{
    struct timespec now;
    ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* say_unusable reports a file once, however many workers meet what is wrong with it. */
static void say_unusable(struct suite *suite, size_t file, const char *path, const char *why)
{
    if (!atomic_exchange(&suite->progress[file].is_unusable, true)) {
        report_unusable(suite, path, why);
    }
}

/* run_file runs a file's cases, as far as no other worker has claimed them. */
static void run_file(struct thread *thread, size_t file)
{
    struct suite *suite = thread->worker.suite;
    const char *path = suite->files.paths[file];
    struct err_detail detail = {"out of memory"};
    struct bytes text;
    atomic_store(&thread->file, file);
    thread->worker.path = path;
    if (file_map(&text, path, &detail) != OK) {
        say_unusable(suite, file, suite->kind->name, detail.text);
    } else {
        if (suite->kind->run(&thread->worker, suite->context, text, &detail) != OK) {
            say_unusable(suite, file, path, detail.text);
        }
        file_unmap(text);
    }
    atomic_store(&suite->progress[file].is_done, true);
    /* The region has been wiped; a few tests use hundreds of megabytes, which no worker is to keep.
     */
    machine_drop(thread->worker.machine);
}

/* find_slow finds a file that another worker has been at for `ms` at least, with cases left. */
static bool find_slow(struct suite *suite, size_t *file, long long ms)
{
    for (size_t i = 0; suite->kind->shares && i < suite->jobs; i++) {
        *file = atomic_load(&suite->threads[i].file);
        if (*file < suite->files.count && !atomic_load(&suite->progress[*file].is_done) &&
            now_ms() - atomic_load(&suite->progress[*file].begun_ms) >= ms) {
            return true;
        }
    }
    return false;
}

/* run_files begins files and joins in slow ones while there are any, then in all that others are
 * still at. */
static void run_files(struct thread *thread)
{
    struct suite *suite = thread->worker.suite;
    size_t file;
    for (;;) {
        if (find_slow(suite, &file, JOIN_AFTER_MS)) {
            run_file(thread, file);
            continue;
        }
        file = atomic_fetch_add(&suite->next, 1);
        if (file >= suite->files.count) {
            break;
        }
        show_progress(suite, file);
        atomic_store(&suite->progress[file].begun_ms, now_ms());
        run_file(thread, file);
    }
    while (find_slow(suite, &file, 0)) {
        run_file(thread, file);
    }
}

static void *work(void *argument)
{
    struct thread *thread = argument;
    struct suite *suite = thread->worker.suite;
    struct err_detail detail;
    struct machine machine;
    struct eip3155 trace;
    if (machine_open(&machine, &detail) != OK) {
        report_unusable(suite, suite->kind->name, detail.text);
        return NULL;
    }
    thread->worker.machine = &machine;
    struct eip3155_step *steps = NULL;
    if (suite->is_traced) {
        steps = calloc(EIP3155_STEPS, sizeof(*steps));
        if (steps == NULL) {
            report_unusable(suite, suite->kind->name, "out of memory");
            machine_close(&machine);
            return NULL;
        }
        eip3155_init(&trace, stderr, steps);
        machine.evm.tracer = &trace.tracer;
        thread->worker.trace = &trace;
    }
    if (suite->dispatch != NULL) {
        machine.evm.dispatch = suite->dispatch;
    }
    run_files(thread);
    free(steps);
    machine_close(&machine);
    return NULL;
}

/* run_threads runs the files on suite->jobs threads. */
static enum err run_threads(struct suite *suite, struct err_detail *detail)
{
    ASSERT(suite->jobs > 0 && suite->files.count > 0);
    struct thread *threads = calloc(suite->jobs, sizeof(*threads));
    suite->threads = threads;
    suite->progress = calloc(suite->files.count, sizeof(*suite->progress));
    if (threads == NULL || suite->progress == NULL) {
        free(threads);
        free(suite->progress);
        return err_explain(detail, ERR_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < suite->jobs; i++) {
        atomic_init(&threads[i].file, suite->files.count);
    }
    size_t started = 0;
    for (; started < suite->jobs; started++) {
        threads[started].worker.suite = suite;
        if (pthread_create(&threads[started].id, NULL, work, &threads[started]) != 0) {
            break;
        }
    }
    for (size_t i = 0; i < started; i++) {
        (void)pthread_join(threads[i].id, NULL);
    }
    free(threads);
    free(suite->progress);
    return started > 0 ? OK : err_explain(detail, ERR_LIMIT, "cannot start a thread");
}

/* ---- the command ----------------------------------------------------------------------------- */

/* The options that every kind has, and the place from which its own follow. */
static const struct arg common_options[] = {
    {"", "PATH...", "files, or folders whose .json files are run"},
    {"j", "N", "threads (default: one per processor)"},
    {"fork", "NAME", "only this fork's cases, by the name in the files"},
    {"dispatch", "NAME", "tail or switch: how instructions follow each other"},
    {"trace", NULL, "EIP-3155 lines on stderr (one file at a time)"},
    {"json", NULL, "a JSON object for each case on stdout"},
    {"help", NULL, "this text"},
};

#define OPTIONS_MAX 16

/* options_of joins the common options and those of a kind; returns how many there are. */
static size_t options_of(struct arg table[static OPTIONS_MAX], const struct suite_kind *kind)
{
    size_t count = ROWS(common_options);
    memcpy(table, common_options, sizeof(common_options));
    for (const struct arg *own = kind->options; own != NULL && own->name != NULL; own++) {
        ASSERT(count < OPTIONS_MAX);
        table[count++] = *own;
    }
    return count;
}

static enum err read_args(struct suite *suite, const struct arg *table, size_t count, int argc,
                          char **argv, struct err_detail *detail)
{
    enum { PATH, JOBS, FORK, DISPATCH, TRACE, JSON, HELP, OWN };
    size_t option;
    const char *value;
    int at = 0;
    for (;;) {
        TRY(args_next(&option, &value, &at, argc, argv, table, count, detail));
        if (option == count) {
            return OK;
        }
        switch (option) {
        case PATH:
            TRY(file_list_add(&suite->files, value, detail));
            break;
        case JOBS:
            TRY(args_number(&suite->jobs, "j", value, 1, 1024, detail));
            break;
        case FORK:
            suite->only_fork = value;
            break;
        case DISPATCH:
            TRY(command_dispatch(&suite->dispatch, value, detail));
            break;
        case TRACE:
            suite->is_traced = true;
            break;
        case JSON:
            suite->is_json = true;
            break;
        case HELP:
            suite->wants_help = true;
            return OK;
        default:
            TRY(suite->kind->set(suite->context, option - OWN, value, detail));
        }
    }
}

static enum exit_status print_help(const struct suite_kind *kind, const struct arg *table,
                                   size_t count)
{
    (void)printf("usage: evm %s [OPTION...] PATH...\n\n%s"
                 "Each failure is a line `FAIL file name fork index: reason, expected, got`; the\n"
                 "last line is `N passed, N failed, N skipped`. Exit status: 0 all passed,\n"
                 "1 some failed, 2 unusable input.\n\n",
                 kind->name, kind->help);
    args_help(table, count);
    return EXIT_DONE;
}

enum exit_status suite_run(const struct suite_kind *kind, void *context, int argc, char **argv)
{
    struct suite suite = {.kind = kind,
                          .context = context,
                          .lock = PTHREAD_MUTEX_INITIALIZER,
                          .jobs = process_cpus()};
    struct arg table[OPTIONS_MAX];
    struct err_detail detail;
    size_t count = options_of(table, kind);
    enum err e = read_args(&suite, table, count, argc, argv, &detail);
    if (e == OK && suite.wants_help) {
        file_list_free(&suite.files);
        return print_help(kind, table, count);
    }
    if (e == OK && suite.files.count == 0) {
        e = err_explain(&detail, ERR_MALFORMED, "%s: no files; see evm %s --help", kind->name,
                        kind->name);
    }
    suite.shows_progress = isatty(STDERR_FILENO) != 0 && !suite.is_traced;
    suite.jobs = suite.is_traced ? 1 : suite.jobs;
    if (e == OK) {
        e = run_threads(&suite, &detail);
    }
    file_list_free(&suite.files);
    if (e != OK) {
        return command_unusable(&detail);
    }
    if (suite.shows_progress) {
        (void)fprintf(stderr, "\r\033[K");
    }
    if (!suite.is_json) {
        (void)printf("%zu passed, %zu failed, %zu skipped\n", suite.passed, suite.failed,
                     suite.skipped);
    }
    return suite.unusable != 0 ? EXIT_USAGE : suite.failed != 0 ? EXIT_NEGATIVE : EXIT_DONE;
}
