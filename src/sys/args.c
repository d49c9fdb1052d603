/* Options by table. */

#include "sys/args.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The most of a user's text that an error quotes. */
#define QUOTE_MAX 60

/* The width of the help's left column. */
#define HELP_COLUMN 28

/* dashes_of: how many dashes an option is written with; an operand has none. */
static const char *dashes_of(const struct arg *arg)
{
    const char *dashes = "--";
    const size_t len = strlen(arg->name);
    return len > 1 ? dashes : dashes + 2 - len;
}

/* How an argument is written: --name, --name=VALUE, -n, -nVALUE, or an operand, whose value is all
 * of it. A lone "-" is an operand. */
struct written {
    size_t dashes;
    const char *name;
    size_t name_len;
    const char *value; /* NULL: not in this argument */
};

static struct written written_as(const char *text)
{
    if (text[0] != '-' || text[1] == '\0') {
        return (struct written){0, "", 0, text};
    }
    if (text[1] != '-') {
        return (struct written){1, text + 1, 1, text[2] != '\0' ? text + 2 : NULL};
    }
    const char *name = text + 2;
    const size_t len = strcspn(name, "=");
    return (struct written){2, name, len, name[len] == '=' ? name + len + 1 : NULL};
}

enum err args_next(size_t *index, const char **value, int *at, int argc, char *const *argv,
                   const struct arg *table, size_t count, struct err_detail *detail)
{
    *index = count;
    *value = NULL;
    if (*at >= argc) {
        return OK;
    }
    const char *text = argv[(*at)++];
    const struct written w = written_as(text);
    size_t row = 0;
    while (row < count && (strlen(table[row].name) != w.name_len ||
                           memcmp(table[row].name, w.name, w.name_len) != 0 ||
                           strlen(dashes_of(&table[row])) != w.dashes)) {
        row++;
    }
    if (row == count) {
        return err_explain(detail, ERR_MALFORMED, "\"%.*s\" is not an option", QUOTE_MAX, text);
    }
    const struct arg *arg = &table[row];
    if (arg->value == NULL && w.value != NULL) {
        return err_explain(detail, ERR_MALFORMED, "%s%s takes no value", dashes_of(arg), arg->name);
    }
    if (arg->value != NULL && w.value == NULL && *at >= argc) {
        return err_explain(detail, ERR_MALFORMED, "%s%s needs a value: %s", dashes_of(arg),
                           arg->name, arg->value);
    }
    if (arg->value != NULL) {
        *value = w.value != NULL ? w.value : argv[(*at)++];
    }
    *index = row;
    return OK;
}

enum err args_number(uint64_t *out, const char *name, const char *value, uint64_t min, uint64_t max,
                     struct err_detail *detail)
{
    uint64_t number = 0;
    bool good = value[0] != '\0' && strlen(value) <= 19; /* 19 digits cannot overflow */
    for (const char *c = value; good && *c != '\0'; c++) {
        good = *c >= '0' && *c <= '9';
        number = number * 10 + (uint64_t)(*c - '0');
    }
    if (!good || number < min || number > max) {
        return err_explain(detail, ERR_RANGE,
                           "%s%s \"%.*s\" is not a number from %" PRIu64 " to %" PRIu64,
                           strlen(name) > 1 ? "--" : "-", name, QUOTE_MAX, value, min, max);
    }
    *out = number;
    return OK;
}

void args_help(const struct arg *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char left[HELP_COLUMN * 2];
        (void)snprintf(left, sizeof(left), "%s%s%s%s", dashes_of(&table[i]), table[i].name,
                       table[i].name[0] != '\0' ? " " : "",
                       table[i].value != NULL ? table[i].value : "");
        (void)printf("  %-*s %s\n", HELP_COLUMN, left, table[i].help);
    }
}
