#ifndef SYS_PROCESS_H
#define SYS_PROCESS_H

/* process.h: what the program asks of the kernel about itself. */

#include <stddef.h>

#include "base/err.h"

/* process_raise_files raises the limit of open files to what the kernel allows us. Out: *files, how
 * many may be open now. Errors: ERR_IO. */
enum err process_raise_files(size_t *files, struct err_detail *detail);

/* process_cpus returns how many processors this process may run on; at least 1. */
size_t process_cpus(void);

#endif
