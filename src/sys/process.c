/* Limits and processors of this process. */

#include "sys/process.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

enum err process_raise_files(size_t *files, struct err_detail *detail)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return err_explain(detail, ERR_IO, "cannot read the limit of open files: %s",
                           strerror(errno));
    }
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            return err_explain(detail, ERR_IO, "cannot raise the limit of open files: %s",
                               strerror(errno));
        }
    }
    *files = limit.rlim_cur; /* RLIM_INFINITY is the largest number */
    return OK;
}

size_t process_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0) {
        return 1;
    }
    int count = CPU_COUNT(&set);
    return count > 0 ? (size_t)count : 1;
}
