/* Names and texts of operating errors, from err.def. */

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct err_row {
    const char *name;
    const char *text;
};

static const struct err_row rows[ERR_COUNT] = {
    [OK] = {"OK", "no error"},
#define X(name, text) [name] = {#name, text},
#include "base/err.def"
#undef X
};

static const struct err_row *row_of(enum err e)
{
    ASSERT((unsigned)e < ERR_COUNT);
    return &rows[e];
}

const char *err_name(enum err e)
{
    return row_of(e)->name;
}

const char *err_text(enum err e)
{
    return row_of(e)->text;
}

enum err err_explain(struct err_detail *detail, enum err e, const char *format, ...)
{
    if (detail != NULL) {
        va_list args;
        va_start(args, format);
        (void)vsnprintf(detail->text, sizeof(detail->text), format, args);
        va_end(args);
    }
    return e;
}

_Noreturn void assert_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    abort();
}
