/* The runner of official RLP tests, on files made here. */

#include "spec/rlptest.h"

#include <stdio.h>

#include "tests/test.h"

#define CAP      ((size_t)1 << 20)
#define TEXT_MAX 4096

static _Alignas(64) uint8_t region[CAP];
static struct arena arena;

struct seen {
    unsigned passed;
    unsigned failed;
    char reason[64];
    char expected[256];
    char got[256];
};

static void on_case(void *context, const struct rlptest_case *c)
{
    struct seen *seen = context;
    seen->passed += c->passed;
    seen->failed += !c->passed;
    if (!c->passed) {
        (void)snprintf(seen->reason, sizeof(seen->reason), "%s", c->reason);
        (void)snprintf(seen->expected, sizeof(seen->expected), "%s", c->expected);
        (void)snprintf(seen->got, sizeof(seen->got), "%s", c->got);
    }
}

/* run runs a file, given with ' for "; nothing is left in the arena. */
static enum err run(struct seen *seen, struct err_detail *detail, const char *text)
{
    char quoted[TEXT_MAX];
    size_t len = strlen(text);
    ASSERT(len < sizeof(quoted));
    for (size_t i = 0; i <= len; i++) {
        quoted[i] = text[i] == '\'' ? '"' : text[i];
    }
    *seen = (struct seen){.passed = 0};
    *detail = (struct err_detail){""};
    arena_init(&arena, region, CAP);
    const struct rlptest runner = {.arena = &arena, .report = on_case, .context = seen};
    enum err e = rlptest_run(&runner, bytes_from(quoted, len), detail);
    if (arena.used != 0) {
        test_fail(__FILE__, __LINE__, "something is left");
    }
    return e;
}

/* check_one runs a file of one test. reason: why it fails; NULL: it passes. */
static void check_one(const char *in, const char *out, const char *reason)
{
    char text[TEXT_MAX];
    struct seen seen;
    struct err_detail detail;
    (void)snprintf(text, sizeof(text), "{'a': {'in': %s, 'out': '%s'}}", in, out);
    CHECK_EQ(run(&seen, &detail, text), OK);
    CHECK_EQ(seen.passed + seen.failed, 1);
    if (reason != NULL) {
        CHECK_STR(seen.reason, reason);
    }
    if ((seen.failed != 0) != (reason != NULL)) {
        test_fail(__FILE__, __LINE__, "%s, %s: %s, expected %s, got %s", in, out, seen.reason,
                  seen.expected, seen.got);
    }
}

static void check_unusable(const char *text, enum err wanted, const char *word)
{
    struct seen seen;
    struct err_detail detail;
    CHECK_STR(err_name(run(&seen, &detail, text)), err_name(wanted));
    if (strstr(detail.text, word) == NULL) {
        test_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", word, detail.text);
    }
}

static void values(void)
{
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        {"''", "0x80"},
        {"'\\u0000'", "0x00"},
        {"'dog'", "83646f67"},
        {"'dog'", "0x83646F67"},
        {"0", "0x80"},
        {"127", "0x7f"},
        {"128", "0x8180"},
        {"65536", "0x83010000"},
        {"'#0'", "0x80"},
        {"'#256'", "0x820100"},
        /* 2^64, and 2^256 - 1. */
        {"'#18446744073709551616'", "0x89010000000000000000"},
        {"'#115792089237316195423570985008687907853269984665640564039457584007913129639935'",
         "0xa0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
        {"[]", "0xc0"},
        {"['a', ['b', []], 'c']", "0xc561c262c063"},
        {"['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1]",
         "0xf838b661616161616161616161616161616161616161616161616161616161616161616161616161"
         "616161616161616161616161616161616101"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_one(rows[i].in, rows[i].out, NULL);
    }
}

/* What decodes to another value is encoded differently too, so that the decoder's own comparison is
 * reached by an encoder at fault only; both sides of it are seen in `verdicts`. */
static void wrong_values(void)
{
    check_one("'dog'", "0x83646f68", "encoding");
    check_one("'dog'", "0x83646f", "encoding");
    check_one("'dog'", "0x83646f6700", "encoding");
    check_one("'dog'", "0x", "encoding");
    check_one("1", "0x8101", "encoding");
    check_one("[]", "0x80", "encoding");
    check_one("['a']", "0xc26161", "encoding");
    /* Longer than what is compared with by far. */
    char in[1000];
    memset(in, 'a', sizeof(in));
    in[0] = in[sizeof(in) - 2] = '\'';
    in[sizeof(in) - 1] = '\0';
    check_one(in, "0x61", "encoding");
}

static void verdicts(void)
{
    check_one("'INVALID'", "0x8100", NULL);
    check_one("'INVALID'", "", NULL);
    check_one("'INVALID'", "0xc28100", NULL); /* inside a list */
    check_one("'INVALID'", "0x8000", NULL);
    check_one("'INVALID'", "0xc3c28100", NULL);
    check_one("'INVALID'", "0x80", "decoding");
    check_one("'VALID'", "0xc7c0c1c0c3c0c1c0", NULL);
    check_one("'VALID'", "0x8100", "decoding");
    check_one("'VALID'", "0xc28100", "decoding");
}

static void unusable_files(void)
{
    check_unusable("[]", ERR_MALFORMED, "not a file of RLP tests");
    check_unusable("{'a': ", ERR_MALFORMED, "JSON");
    check_unusable("{'a': {'in': 1}}", ERR_MALFORMED, "out");
    check_unusable("{'a': {'out': '0x01'}}", ERR_MALFORMED, "in: missing");
    check_unusable("{'a': {'in': 1, 'out': '0x0'}}", ERR_MALFORMED, "out: not hex");
    check_unusable("{'a': {'in': 1, 'out': '0xzz'}}", ERR_MALFORMED, "out: not hex");
    check_unusable("{'a': {'in': -1, 'out': '0x01'}}", ERR_MALFORMED, "in: neither");
    check_unusable("{'a': {'in': {}, 'out': '0x01'}}", ERR_MALFORMED, "in: neither");
    check_unusable("{'a': {'in': '#1x', 'out': '0x01'}}", ERR_MALFORMED, "in: not a decimal");
    check_unusable("{'a': {'in': '#1!', 'out': '0x01'}}", ERR_MALFORMED, "in: not a decimal");
    char text[TEXT_MAX];
    char digits[200];
    memset(digits, '9', sizeof(digits));
    digits[sizeof(digits) - 1] = '\0';
    (void)snprintf(text, sizeof(text), "{'a': {'in': '#%s', 'out': '0x01'}}", digits);
    check_unusable(text, ERR_LIMIT, "in: a number over 64 bytes");
}

/* Lists of 64 levels, and of 65. */
static void depth(void)
{
    for (unsigned levels = 64; levels <= 65; levels++) {
        char text[TEXT_MAX];
        char in[200] = "";
        char out[400] = "";
        size_t at = 0;
        for (unsigned i = levels; i-- > 0;) {
            /* i levels inside: their bytes are i, two more headers' worth past 56. */
            unsigned inner = i <= 56 ? i : 56 + 2 * (i - 56);
            at += (size_t)snprintf(out + at, sizeof(out) - at, inner < 56 ? "%02x" : "f8%02x",
                                   inner < 56 ? 0xc0 + inner : inner);
        }
        memset(in, '[', levels);
        memset(in + levels, ']', levels);
        (void)snprintf(text, sizeof(text), "{'a': {'in': %s, 'out': '%s'}}", in, out);
        if (levels == 64) {
            check_one(in, out, NULL);
            check_one("'VALID'", out, NULL);
        } else {
            check_unusable(text, ERR_LIMIT, "in: lists nested");
            (void)snprintf(text, sizeof(text), "{'a': {'in': 'VALID', 'out': '%s'}}", out);
            check_unusable(text, ERR_LIMIT, "out: lists nested");
        }
    }
}

static const struct test_case cases[] = {
    CASE(values), CASE(wrong_values), CASE(verdicts), CASE(unusable_files), CASE(depth),
};

TEST_MAIN(cases)
