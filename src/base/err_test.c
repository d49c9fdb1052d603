/* Errors: a name and a text for each row, details cut to fit, and the two macros. */

#include "base/err.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"

static void names_every_error(void)
{
    CHECK_EQ(OK, 0);
    CHECK_STR(err_name(OK), "OK");
    CHECK_STR(err_text(OK), "no error");
    CHECK_STR(err_name(ERR_LIMIT), "ERR_LIMIT");
    CHECK_STR(err_name(ERR_CONNECT), "ERR_CONNECT");
    for (unsigned e = 1; e < ERR_COUNT; e++) {
        const char *name = err_name((enum err)e);
        const char *text = err_text((enum err)e);
        CHECK(strncmp(name, "ERR_", 4) == 0);
        /* A part of a sentence: lower case, no full stop. */
        CHECK(text[0] >= 'a' && text[0] <= 'z');
        CHECK(text[strlen(text) - 1] != '.');
        for (unsigned other = 0; other < e; other++) {
            CHECK(strcmp(name, err_name((enum err)other)) != 0);
            CHECK(strcmp(text, err_text((enum err)other)) != 0);
        }
    }
}

static void explains_within_its_room(void)
{
    struct err_detail *detail = (struct err_detail *)test_guarded(NULL, sizeof(*detail));
    CHECK_EQ(err_explain(detail, ERR_RANGE, "%s: %d is over %d", "gas", 8, 7), ERR_RANGE);
    CHECK_STR(detail->text, "gas: 8 is over 7");
    CHECK_EQ(err_explain(NULL, ERR_IO, "%s", "nobody wants to know"), ERR_IO);

    /* One character below, at and above what fits. */
    char text[ERR_DETAIL_MAX + 1];
    memset(text, 'x', sizeof(text));
    for (size_t len = ERR_DETAIL_MAX - 2; len <= ERR_DETAIL_MAX; len++) {
        CHECK_EQ(err_explain(detail, ERR_LIMIT, "%.*s", (int)len, text), ERR_LIMIT);
        CHECK_EQ(strlen(detail->text), len < ERR_DETAIL_MAX ? len : ERR_DETAIL_MAX - 1);
    }
}

static enum err counted(unsigned *calls, enum err e)
{
    (*calls)++;
    return e;
}

static enum err tries(unsigned *calls, enum err first, enum err second)
{
    TRY(counted(calls, first));
    TRY(counted(calls, second));
    return OK;
}

static void try_returns_the_first_error(void)
{
    unsigned calls = 0;
    CHECK_EQ(tries(&calls, OK, OK), OK);
    CHECK_EQ(calls, 2); /* each argument is evaluated once */
    CHECK_EQ(tries(&calls, OK, ERR_BUSY), ERR_BUSY);
    CHECK_EQ(calls, 4);
    CHECK_EQ(tries(&calls, ERR_TIMEOUT, ERR_BUSY), ERR_TIMEOUT);
    CHECK_EQ(calls, 5);
}

/* asserts runs ASSERT in a child, with its message thrown away; true when the child aborted. */
static bool asserts(bool condition)
{
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO);
        ASSERT(condition);
        _exit(0);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGABRT;
}

static void assert_stops_the_program(void)
{
    CHECK(asserts(false));
    CHECK(!asserts(true));
}

static const struct test_case cases[] = {
    CASE(names_every_error),
    CASE(explains_within_its_room),
    CASE(try_returns_the_first_error),
    CASE(assert_stops_the_program),
};

TEST_MAIN(cases)
