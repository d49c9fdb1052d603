/* The answers of tests/vectors/get_proof.jsonl, which our own trie made: an account with a slot
 * that has a value and two that are absent, and an absent account. They verify as they are; with
 * any digit of any proof, hash, key or number changed they do not. Then files that cannot be read.
 * */

#include "spec/prooffile.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/test.h"

#define VECTOR    "tests/vectors/get_proof.jsonl"
#define ARENA_CAP ((size_t)1 << 20)

/* struct seen: what was reported. */
struct seen {
    size_t passed;
    size_t failed;
    size_t line; /* of the last report */
    enum proof_end end;
    enum proof_end slot_ends[3];
    char reason[ERR_DETAIL_MAX];
};

static struct arena arena;
static struct seen seen;
static struct err_detail detail;
static char vector[16384];
static size_t vector_len;

static void on_case(void *context, const struct prooffile_case *c)
{
    (void)context;
    seen.passed += c->passed;
    seen.failed += !c->passed;
    seen.line = c->line;
    seen.end = c->end;
    for (size_t i = 0; c->passed && i < c->proof->slot_count; i++) {
        seen.slot_ends[i] = c->slot_ends[i];
    }
    (void)snprintf(seen.reason, sizeof(seen.reason), "%s", c->reason);
}

/* run_bytes runs a text that ends at an unreadable page. */
static enum err run_bytes(const char *text, size_t len, bool by_line, const struct hash32 *root)
{
    static uint8_t *region;
    if (region == NULL) {
        region = test_region(ARENA_CAP);
        arena_init(&arena, region, ARENA_CAP);
    }
    const struct prooffile runner = {.arena = &arena, .root = root, .report = on_case};
    seen = (struct seen){.passed = 0};
    enum err e = prooffile_run(&runner, bytes_from(text, len), by_line, &detail);
    if (arena.used != 0) {
        abort();
    }
    return e;
}

static enum err run(const char *text, bool by_line)
{
    return run_bytes(text, strlen(text), by_line, NULL);
}

static void read_vector(void)
{
    FILE *file = fopen(VECTOR, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "%s: cannot be opened\n", VECTOR);
        exit(1);
    }
    vector_len = fread(vector, 1, sizeof(vector) - 1, file);
    vector[vector_len] = 0;
    (void)fclose(file);
}

/* one_line cuts the vector to its line number `n`, from 0. */
static void one_line(unsigned n)
{
    read_vector();
    char *start = vector;
    while (n-- > 0) {
        start = strchr(start, '\n') + 1;
    }
    vector_len = (size_t)(strchr(start, '\n') - start);
    memmove(vector, start, vector_len);
    vector[vector_len] = 0;
}

static void the_vector(void)
{
    read_vector();
    CHECK_EQ(run(vector, true), OK);
    CHECK_EQ(seen.passed, 2);
    CHECK_EQ(seen.failed, 0);
    CHECK_EQ(seen.line, 2);
    CHECK_EQ(seen.end, PROOF_OTHER_LEAF);
    CHECK_EQ(seen.slot_ends[0], PROOF_EMPTY_TRIE);
    one_line(0);
    CHECK_EQ(run_bytes((const char *)test_guarded(vector, vector_len), vector_len, false, NULL),
             OK);
    CHECK_EQ(seen.passed, 1);
    CHECK_EQ(seen.line, 0);
    CHECK_EQ(seen.end, PROOF_VALUE);
    CHECK_EQ(seen.slot_ends[0], PROOF_VALUE);
    CHECK_EQ(seen.slot_ends[1], PROOF_EMPTY_SLOT);
    CHECK_EQ(seen.slot_ends[2], PROOF_OTHER_LEAF);
}

/* is_said_of_another tells whether the string at `p` names what is absent: what a changed name says
 * may be just as true. */
static bool is_said_of_another(const char *p, unsigned line)
{
    static const char key[] = "\"key\": ";
    static const char address[] = "\"address\": ";
    bool is_key = memcmp(p - (sizeof(key) - 1), key, sizeof(key) - 1) == 0;
    bool is_address = memcmp(p - (sizeof(address) - 1), address, sizeof(address) - 1) == 0;
    return (is_key && (line != 0 || strncmp(p, "\"0x3\"", 5) != 0)) || (is_address && line != 0);
}

/* Every hex digit of the file. */
static void every_changed_digit_is_refused(void)
{
    size_t changed = 0;
    for (unsigned line = 0; line < 2; line++) {
        one_line(line);
        for (char *p = vector; (p = strstr(p, "\"0x")) != NULL;) {
            bool may_be_true = is_said_of_another(p, line);
            for (p += 3; *p != '"' && !test_failed(); p++) {
                char was = *p;
                *p = was == '0' ? '1' : was == 'f' ? '0' : was == '9' ? 'a' : (char)(was + 1);
                enum err e = run(vector, false);
                if (e == OK ? seen.passed != 0 && !may_be_true : e != ERR_MALFORMED) {
                    test_fail(__FILE__, __LINE__, "line %u: %.100s", line, p);
                }
                *p = was;
                changed++;
            }
        }
        CHECK_EQ(run(vector, false), OK);
        CHECK_EQ(seen.passed, 1);
    }
    CHECK(changed > 3000);
}

/* replace puts `to` in the place of the only `from` in the vector. */
static bool replace(const char *from, const char *to)
{
    char *at = strstr(vector, from);
    if (at == NULL || strstr(at + 1, from) != NULL || vector_len + strlen(to) >= sizeof(vector)) {
        test_fail(__FILE__, __LINE__, "%s", from);
        return false;
    }
    memmove(at + strlen(to), at + strlen(from), strlen(at + strlen(from)) + 1);
    memcpy(at, to, strlen(to));
    vector_len = strlen(vector);
    return true;
}

static void what_was_checked_is_compared(void)
{
    static const struct {
        const char *from;
        const char *to;
        const char *reason; /* NULL: passes */
    } rows[] = {
        {"\"checked\"", "\"unchecked\"", NULL},
        {"{\"account\": \"incl-leaf\", ", "{", NULL},
        {"\"account\": \"incl-leaf\"", "\"account\": \"excl-divergent-leaf\"",
         "account: the proof ends in incl-leaf, not as \"checked\" says"},
        {"\"account\": \"incl-leaf\"", "\"account\": 1",
         "account: the proof ends in incl-leaf, not as \"checked\" says"},
        {"\"excl-branch-empty-slot\", ", "", "not as many slots as \"checked\" says"},
        {"\"excl-branch-empty-slot\"", "\"incl-leaf\"",
         "slot 1: the proof ends in excl-branch-empty-slot, not as \"checked\" says"},
        {"\"excl-divergent-leaf\"", "\"excl-divergent-extension\"",
         "slot 2: the proof ends in excl-divergent-leaf, not as \"checked\" says"},
        {"\"nonce\": \"0x7\"", "\"nonce\": \"0x8\"",
         "account 0xac00000000000000000000000000000000000000: the nonce is not the one that is "
         "proven"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        one_line(0);
        CHECK(replace(rows[i].from, rows[i].to));
        CHECK_EQ(run(vector, false), OK);
        CHECK_EQ(seen.passed, rows[i].reason == NULL);
        CHECK_EQ(seen.failed, rows[i].reason != NULL);
        CHECK_STR(seen.reason, rows[i].reason == NULL ? "" : rows[i].reason);
    }
}

/* A root from the user takes the place of the file's, which may then be missing. */
static void a_root_of_the_users(void)
{
    struct hash32 root;
    one_line(0);
    char *hex = strstr(vector, "\"0x") + 3;
    hex[64] = 0;
    test_hex(root.b, sizeof(root.b), hex);
    hex[64] = '"';
    hex[0] = hex[0] == '0' ? '1' : '0';
    CHECK_EQ(run_bytes(vector, vector_len, false, &root), OK);
    CHECK_EQ(seen.passed, 1);
    CHECK(replace("\"stateRoot\"", "\"unused\""));
    CHECK(replace("\"r\":", "\"result\":"));
    CHECK_EQ(run_bytes(vector, vector_len, false, &root), OK);
    CHECK_EQ(seen.passed, 1);
    root.b[0] ^= 1;
    CHECK_EQ(run_bytes(vector, vector_len, false, &root), OK);
    CHECK_EQ(seen.failed, 1);
    CHECK_EQ(run(vector, false), ERR_MALFORMED);
    CHECK_STR(detail.text, "\"stateRoot\" is missing");
}

static void files_that_cannot_be_used(void)
{
    static const struct {
        const char *from;
        const char *to;
        enum err err;
    } rows[] = {
        {"\"r\": {", "\"s\": {", ERR_MALFORMED},
        {"\"accountProof\"", "\"accountproof\"", ERR_MALFORMED},
        {"\"nonce\": \"0x7\"", "\"nonce\": \"0x10000000000000000\"", ERR_RANGE},
        {"\"key\": \"0x3\"", "\"key\": 3.5", ERR_MALFORMED},
        {"\"value\": \"0x34\"", "\"value\": \"34\"", ERR_MALFORMED},
        {"\"codeHash\": \"0x", "\"codeHash\": \"0x0", ERR_MALFORMED},
        {"\"accountProof\": [\"0x", "\"accountProof\": [\"0x0", ERR_MALFORMED},
        {"\"accountProof\": [", "\"accountProof\": [null, ", ERR_MALFORMED},
        {"\"storageProof\": [", "\"storageProof\": [1, ", ERR_MALFORMED},
        {"{\"stateRoot\"", "[{\"stateRoot\"", ERR_MALFORMED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        one_line(0);
        CHECK(replace(rows[i].from, rows[i].to));
        detail.text[0] = 0;
        enum err e = run(vector, false);
        CHECK(e == rows[i].err || (i == 9 && e == ERR_TRUNCATED));
        CHECK(detail.text[0] != 0);
        CHECK_EQ(seen.passed + seen.failed, 0);
    }
    CHECK_EQ(run("[]", false), ERR_MALFORMED);
    CHECK_EQ(run("", false), ERR_TRUNCATED);
    CHECK_EQ(run("", true), OK);
    CHECK_EQ(run("\n\n", true), OK);
    /* A bad line ends the file; the lines before it count. */
    read_vector();
    CHECK(replace("0066\", \"nonce\"", "0066\", \"none\""));
    CHECK_EQ(run(vector, true), ERR_MALFORMED);
    CHECK_EQ(seen.passed, 1);
    CHECK_STR(detail.text, "line 2: r: \"nonce\" is missing");
    /* An answer without slots: an empty list, none, null. */
    one_line(1);
    char *slots = strstr(vector, "\"storageProof\"");
    char *end = strstr(slots, "]}]");
    CHECK(slots != NULL && end != NULL);
    CHECK(replace(", \"storage\": [\"empty-trie\"]", ""));
    static const char *const ways[] = {"\"storageProof\": []", "\"storageProof\": null",
                                       "\"other\": 0"};
    char tail[1024];
    (void)snprintf(tail, sizeof(tail), "%s", end + 3);
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(slots, sizeof(vector) - (size_t)(slots - vector), "%s%s", ways[i], tail);
        CHECK_EQ(run(vector, false), OK);
        CHECK_EQ(seen.passed, 1);
    }
}

static const struct test_case cases[] = {
    CASE(the_vector),
    CASE(every_changed_digit_is_refused),
    CASE(what_was_checked_is_compared),
    CASE(a_root_of_the_users),
    CASE(files_that_cannot_be_used),
};

TEST_MAIN(cases)
