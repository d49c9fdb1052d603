/* Small files of trie tests: right and wrong roots, in any order and in one, text and hex, hashed
 * keys by the file's name; what is skipped; and files that cannot be read. */

#include "spec/trietest.h"

#include <stdio.h>

#include "tests/test.h"

#define ARENA_CAP ((size_t)8 << 20)

/* Facts from github.com/ethereum/tests, TrieTests. */
#define DOGS_ROOT        "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3"
#define DOGS_SECURE_ROOT "0xd4cd937e4a4368d7931a9cf51686b7e10abb3dce38a39000fd7902a092b64585"
#define HEX_ROOT         "0x285505fcabe84badc8aa310e2aae17eddc7d120aabec8a476902c8184b3a3503"
#define ETHER_ROOT       "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"
#define EMPTY_ROOT       "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"

/* What our own trie gives for {"j": "1"}. */
#define ONE_ROOT "0xf888a037feeff5dd7b30dcbd2271e3134848a37e3ac1a9d390db933ac53a6cde"

struct seen {
    size_t passed;
    size_t failed;
    size_t skipped;
    char reason[64];
    char expected[80];
    char got[80];
};

static struct seen seen;
static struct err_detail detail;

static void on_case(void *context, const struct trietest_case *c)
{
    (void)context;
    seen.passed += c->passed && !c->skipped;
    seen.failed += !c->passed && !c->skipped;
    seen.skipped += c->skipped;
    (void)snprintf(seen.reason, sizeof(seen.reason), "%s", c->reason);
    (void)snprintf(seen.expected, sizeof(seen.expected), "%s", c->expected);
    (void)snprintf(seen.got, sizeof(seen.got), "%s", c->got);
}

/* run runs a file with single quotes for double ones. */
static enum err run(const char *name, const char *quoted)
{
    static const uint8_t seed[32] = {1};
    static uint8_t *region;
    static struct arena arena;
    char text[2048];
    if (region == NULL) {
        region = test_region(ARENA_CAP);
        arena_init(&arena, region, ARENA_CAP);
    }
    (void)snprintf(text, sizeof(text), "%s", quoted);
    for (char *p = text; *p != 0; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    const struct trietest runner = {.arena = &arena, .key = map_key_from(seed), .report = on_case};
    seen = (struct seen){.passed = 0};
    enum err e = trietest_run(&runner, name, bytes_from(text, strlen(text)), &detail);
    if (arena.used != 0) {
        test_fail(__FILE__, __LINE__, "the arena is not wiped");
    }
    return e;
}

#define DOGS "'in': {'doe': 'reindeer', 'dog': 'puppy', 'dogglesworth': 'cat'}"

static void roots(void)
{
    CHECK_EQ(run("a/trieanyorder.json", "{'dogs': {" DOGS ", 'root': '" DOGS_ROOT "'},"
                                        "'hex': {'in': {'0x0045': '0x0123456789', "
                                        "'0x4500': '0x9876543210'}, 'root': '" HEX_ROOT "'},"
                                        "'nothing': {'in': {}, 'root': '" EMPTY_ROOT "'}}"),
             OK);
    CHECK_EQ(seen.passed, 3);
    CHECK_EQ(seen.failed, 0);
    CHECK_EQ(run("trietest.json",
                 "{'emptyValues': {'in': [['do', 'verb'], ['ether', 'wookiedoo'], ['horse', "
                 "'stallion'], ['shaman', 'horse'], ['doge', 'coin'], ['ether', null], ['dog', "
                 "'puppy'], ['shaman', null]], 'root': '" ETHER_ROOT "'}}"),
             OK);
    CHECK_EQ(seen.passed, 1);
    CHECK_EQ(seen.failed, 0);
}

static void hashed_keys(void)
{
    CHECK_EQ(run("a/trie_secureTrie.json", "{'dogs': {" DOGS ", 'root': '" DOGS_SECURE_ROOT "'}}"),
             OK);
    CHECK_EQ(seen.passed, 1);
    CHECK_EQ(run("secure/trie.json", "{'dogs': {" DOGS ", 'root': '" DOGS_ROOT "'}}"), OK);
    CHECK_EQ(seen.passed, 1);
}

static void wrong_roots(void)
{
    CHECK_EQ(run("trietest.json", "{'dogs': {" DOGS ", 'root': '" DOGS_SECURE_ROOT "'}}"), OK);
    CHECK_EQ(seen.failed, 1);
    CHECK_EQ(seen.passed, 0);
    CHECK_STR(seen.reason, "root");
    CHECK_STR(seen.expected, DOGS_SECURE_ROOT);
    CHECK_STR(seen.got, DOGS_ROOT);
    CHECK_EQ(run("trietest.json", "{'long': {'in': {'0123456789012345678901234567890123': '1'}, "
                                  "'root': '" EMPTY_ROOT "'}}"),
             OK);
    CHECK_EQ(seen.failed, 1);
    CHECK_STR(seen.reason, "put");
    /* What is said to be put in any order, and depends on it. */
    CHECK_EQ(
        run("trietest.json", "{'one': {'in': {'0x61': '1', 'a': ''}, 'root': '" EMPTY_ROOT "'}}"),
        OK);
    CHECK_EQ(seen.failed, 1);
    /* The same, where only one of the rotations shows it. */
    CHECK_EQ(run("trietest.json", "{'one': {'in': {'j': '1', '0x6a': '', '0x6A': '1'}, 'root': "
                                  "'" ONE_ROOT "'}}"),
             OK);
    CHECK_EQ(seen.failed, 1);
    CHECK_EQ(run("trietest.json", "{'one': {'in': {'j': '1'}, 'root': '" ONE_ROOT "'}}"), OK);
    CHECK_EQ(seen.passed, 1);
}

static void neighbours_are_skipped(void)
{
    CHECK_EQ(run("trietestnextprev.json", "{'basic': {'in': ['cat'], 'tests': [['', '', 'cat']]}}"),
             OK);
    CHECK_EQ(seen.skipped, 1);
    CHECK_EQ(seen.passed + seen.failed, 0);
    CHECK_STR(seen.reason, "the trie has no ordered walk");
}

static void files_that_cannot_be_used(void)
{
    static const struct {
        const char *text;
        const char *detail;
    } rows[] = {
        {"[]", "\"file\""},
        {"{'dogs': []}", "dogs: \"root\" is missing"},
        {"{'dogs': {" DOGS "}}", "dogs: \"root\" is missing"},
        {"{'dogs': {'root': '" DOGS_ROOT "'}}", "dogs: \"in\" is missing"},
        {"{'dogs': {'root': '" DOGS_ROOT "', 'in': 'text'}}", "dogs: \"in\""},
        {"{'dogs': {'root': '" DOGS_ROOT "', 'in': ['text']}}", "dogs: \"in\""},
        {"{'dogs': {'root': '" DOGS_ROOT "', 'in': [[1, 'text']]}}", "dogs: \"key\""},
        {"{'dogs': {'root': '" DOGS_ROOT "', 'in': [['text', 1]]}}", "dogs: \"value\""},
        {"{'dogs': {'root': '" DOGS_ROOT "', 'in': [['text', '0x1']]}}",
         "dogs: a key or value is not hex bytes"},
        {"{'dogs': {'root': '" DOGS_ROOT "', 'in': {'0xg0': 'text'}}}",
         "dogs: a key or value is not hex bytes"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum err e = run("trietest.json", rows[i].text);
        if (e != ERR_MALFORMED ||
            strncmp(detail.text, rows[i].detail, strlen(rows[i].detail)) != 0) {
            test_fail(__FILE__, __LINE__, "row %zu: %s: %s", i, err_name(e), detail.text);
        }
        CHECK_EQ(seen.passed + seen.failed, 0);
    }
}

static const struct test_case cases[] = {
    CASE(roots),
    CASE(hashed_keys),
    CASE(wrong_roots),
    CASE(neighbours_are_skipped),
    CASE(files_that_cannot_be_used),
};

TEST_MAIN(cases)
