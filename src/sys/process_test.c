/* What the process asks about itself. */

#include "sys/process.h"

#include <sched.h>
#include <sys/resource.h>

#include "tests/test.h"

static void raises_the_limit_of_files(void)
{
    struct rlimit limit;
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t hard = limit.rlim_max;
    limit.rlim_cur = hard / 2;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    size_t files = 0;
    CHECK_EQ(process_raise_files(&files, NULL), OK);
    CHECK_EQ(files, hard);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_EQ(limit.rlim_cur, hard);
}

static void counts_the_processors_it_may_use(void)
{
    cpu_set_t all;
    CHECK_EQ(sched_getaffinity(0, sizeof(all), &all), 0);
    CHECK_EQ(process_cpus(), CPU_COUNT(&all));
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t cpu = 0; CPU_COUNT(&one) == 0; cpu++) {
        if (CPU_ISSET(cpu, &all)) {
            CPU_SET(cpu, &one);
        }
    }
    CHECK_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
    CHECK_EQ(process_cpus(), 1);
    CHECK_EQ(sched_setaffinity(0, sizeof(all), &all), 0);
}

static const struct test_case cases[] = {
    CASE(raises_the_limit_of_files),
    CASE(counts_the_processors_it_may_use),
};

TEST_MAIN(cases)
