#ifndef BASE_ERR_H
#define BASE_ERR_H

/* err.h: operating errors. Three kinds of failure are never mixed:
 *   - an EVM outcome (revert, out of gas) is a result: enum evm_status;
 *   - an operating error (malformed bytes, a limit, I/O) is an `enum err`, which every function
 *     that can fail returns and the compiler does not let a caller drop;
 *   - a programmer's mistake stops the program: ASSERT, on in release builds too. */

#include "base/assume.h"
#include "base/compiler.h"

enum [[nodiscard]] err {
    OK = 0,
#define X(name, text) name,
#include "base/err.def"
#undef X
    ERR_COUNT
};

/* ERR_DETAIL_MAX: bytes of text in a struct err_detail, with its NUL. */
#define ERR_DETAIL_MAX 192

/* struct err_detail says to a person what went wrong: a caller-owned text, never a global. A
 * function that takes a `struct err_detail *` fills it when it returns an error and leaves it
 * alone otherwise; NULL means that nobody wants to know. The text never quotes request bytes
 * beyond a name the caller sent, at most ERR_DETAIL_MAX - 1 bytes in all. */
struct err_detail {
    char text[ERR_DETAIL_MAX];
};

/* err_name returns the enumerator's name ("ERR_LIMIT"), err_text a sentence part in lower case
 * ("a limit was reached"). Static strings; "OK" and "no error" for OK. */
const char *err_name(enum err e);
const char *err_text(enum err e);

/* err_explain formats a text into *detail (if not NULL; cut to fit) and returns `e`, so that a
 * failing function can end in `return err_explain(detail, ERR_RANGE, "...", ...)`. */
enum err err_explain(struct err_detail *detail, enum err e, const char *format, ...)
    PRINTF_FORMAT(3, 4);

/* assert_failed prints the place and the condition to stderr and aborts. Called by ASSERT. */
_Noreturn void assert_failed(const char *condition, const char *file, int line);

#define ASSERT(condition) ((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))

/* TRY returns the error of `call` to the caller; the only control-flow macro. */
#define TRY(call)                      \
    do {                               \
        enum err try_err = (call);     \
        if (UNLIKELY(try_err != OK)) { \
            return try_err;            \
        }                              \
    } while (0)

#endif
