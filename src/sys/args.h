#ifndef SYS_ARGS_H
#define SYS_ARGS_H

/* args.h: a program's options, from one table that also makes its help. An option is --name, or
 * --name VALUE, or --name=VALUE; one whose name is a letter has a single dash, and its value may
 * follow at once (-j2). Every one is known or an error. What is not an option is an operand,
 * allowed where the table has a row for it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct arg {
    const char *name;  /* without the dashes; "" is the row for operands */
    const char *value; /* what the help calls its value; NULL: it takes none */
    const char *help;
};

/* args_next reads the option at argv[*at] and moves *at past it. Out: *index, its row in the table,
 * or `count` when argv has no more; *value, a view into argv, NULL for an option without one.
 * Errors: ERR_MALFORMED (unknown, or its value missing or too much); the detail says which. */
enum err args_next(size_t *index, const char **value, int *at, int argc, char *const *argv,
                   const struct arg *table, size_t count, struct err_detail *detail);

/* args_number reads the value of option `name` as a decimal number from `min` to `max`. Errors:
 * ERR_RANGE. */
enum err args_number(uint64_t *out, const char *name, const char *value, uint64_t min, uint64_t max,
                     struct err_detail *detail);

/* args_help prints a line for each row to stdout. */
void args_help(const struct arg *table, size_t count);

#endif
