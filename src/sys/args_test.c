/* Options: both ways to give a value, and every mistake. */

#include "sys/args.h"

#include "tests/test.h"

static const struct arg table[] = {
    {"port", "PORT", ""},
    {"verbose", NULL, ""},
    {"por", "X", ""},
};

#define COUNT 3

static void reads_options(void)
{
    char words[8][12] = {"program",  "--verbose", "--port", "1",
                         "--port=2", "--por=",    "--port", "--verbose"};
    char *argv[8];
    for (size_t i = 0; i < 8; i++) {
        argv[i] = words[i];
    }
    static const size_t rows[] = {1, 0, 0, 2, 0, COUNT, COUNT};
    static const char *const values[] = {NULL, "1", "2", "", "--verbose", NULL, NULL};
    int at = 1;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t index;
        const char *value;
        CHECK_EQ(args_next(&index, &value, &at, 8, argv, table, COUNT, NULL), OK);
        CHECK_EQ(index, rows[i]);
        CHECK_EQ(value == NULL, values[i] == NULL);
        CHECK_STR(value == NULL ? "" : value, values[i] == NULL ? "" : values[i]);
    }
}

/* Options of one letter, and operands, where the table has rows for them. */
static void reads_letters_and_operands(void)
{
    static const struct arg letters[] = {{"j", "N", ""}, {"", "PATH", ""}, {"v", NULL, ""}};
    char words[8][8] = {"-j2", "a", "-j", "-v", "-v", "-", "b=c", "--j"};
    char *argv[8];
    for (size_t i = 0; i < 8; i++) {
        argv[i] = words[i];
    }
    static const size_t rows[] = {0, 1, 0, 2, 1, 1};
    static const char *const values[] = {"2", "a", "-v", NULL, "-", "b=c"};
    int at = 0;
    size_t index;
    const char *value;
    struct err_detail detail;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_EQ(args_next(&index, &value, &at, 8, argv, letters, 3, NULL), OK);
        CHECK_EQ(index, rows[i]);
        CHECK_EQ(value == NULL, values[i] == NULL);
        CHECK_STR(value == NULL ? "" : value, values[i] == NULL ? "" : values[i]);
    }
    CHECK_EQ(args_next(&index, &value, &at, 8, argv, letters, 3, &detail), ERR_MALFORMED);
    CHECK_STR(detail.text, "\"--j\" is not an option");
    char last[] = "-j";
    char *const lone[] = {last};
    at = 0;
    CHECK_EQ(args_next(&index, &value, &at, 1, lone, letters, 3, &detail), ERR_MALFORMED);
    CHECK_STR(detail.text, "-j needs a value: N");
    CHECK_EQ(args_number(&(uint64_t){0}, "j", "x", 1, 9, &detail), ERR_RANGE);
    CHECK_STR(detail.text, "-j \"x\" is not a number from 1 to 9");
}

struct mistake {
    const char *text;
    const char *says;
};

static void names_mistakes(void)
{
    static const struct mistake mistakes[] = {
        {"--unknown", "\"--unknown\" is not an option"},
        {"--po", "\"--po\" is not an option"},
        {"--ports", "\"--ports\" is not an option"},
        {"--", "\"--\" is not an option"},
        {"-port", "\"-port\" is not an option"},
        {"", "\"\" is not an option"},
        {"x", "\"x\" is not an option"},
        {"--verbose=1", "--verbose takes no value"},
        {"--verbose=", "--verbose takes no value"},
        {"--port", "--port needs a value: PORT"},
    };
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        char text[40];
        bytes_copy(text, mistakes[i].text, strlen(mistakes[i].text) + 1);
        char *const argv[] = {text};
        int at = 0;
        size_t index;
        const char *value;
        struct err_detail detail;
        CHECK_EQ(args_next(&index, &value, &at, 1, argv, table, COUNT, &detail), ERR_MALFORMED);
        CHECK_STR(detail.text, mistakes[i].says);
    }
}

static void reads_numbers(void)
{
    uint64_t number;
    CHECK_EQ(args_number(&number, "n", "0", 0, 5, NULL), OK);
    CHECK_EQ(number, 0);
    CHECK_EQ(args_number(&number, "n", "1234567890123456789", 1, INT64_MAX, NULL), OK);
    CHECK_EQ(number, 1234567890123456789u);
    static const char *const bad[] = {"", "-1", "1x", " 1", "0x1", "6", "99999999999999999999"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err_detail detail;
        CHECK_EQ(args_number(&number, "n", bad[i], 0, 5, &detail), ERR_RANGE);
        CHECK(strstr(detail.text, "is not a number from 0 to 5") != NULL);
    }
}

static const struct test_case cases[] = {
    CASE(reads_options),
    CASE(reads_letters_and_operands),
    CASE(names_mistakes),
    CASE(reads_numbers),
};

TEST_MAIN(cases)
