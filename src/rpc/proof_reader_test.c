/* An answer with every member, and what an error says of each that is not as it should be. */

#include "rpc/proof_reader.h"

#include <stdio.h>

#include "tests/test.h"

#define ARENA_CAP ((size_t)1 << 16)

/* An answer with single quotes for double ones. */
#define HASH_1 "0x1111111111111111111111111111111111111111111111111111111111111111"
#define HASH_2 "0x2222222222222222222222222222222222222222222222222222222222222222"
#define ANSWER                                                                         \
    "{'address': '0xac00000000000000000000000000000000000001', 'nonce': '0x07', "      \
    "'balance': '0x00ff', 'storageHash': '" HASH_1 "', 'codeHash': '" HASH_2 "', "     \
    "'accountProof': ['0x0102', '0x', '0x03'], 'extra': [], 'storageProof': [{'key': " \
    "'0x000a', 'value': '0x0b', 'proof': ['0x04']}, {'key': '0x0', 'value': '0x0', "   \
    "'proof': []}]}"

static struct arena arena;
static struct account_proof proof;
static struct err_detail detail;

/* read_with reads ANSWER with the first `from` replaced by `to`. */
static enum err read_with(const char *from, const char *to, size_t cap)
{
    static const struct json_limits limits = {1 << 16, 1000, 16};
    static uint8_t *region;
    static char text[2048];
    const char *at = strstr(ANSWER, from);
    json_t *answer;
    if (region == NULL) {
        region = test_region(ARENA_CAP);
    } else {
        arena_reset(&arena);
    }
    arena_init(&arena, region, cap);
    (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - ANSWER), ANSWER, to,
                   at + strlen(from));
    for (char *p = text; *p != 0; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    TRY(json_parse(&answer, bytes_from(text, strlen(text)), &limits, &detail));
    enum err e = proof_reader_read(&proof, &arena, answer, &detail);
    json_free(answer);
    return e;
}

static void a_whole_answer(void)
{
    CHECK_EQ(read_with("", "", ARENA_CAP), OK);
    CHECK_EQ(proof.address.b[19], 1);
    CHECK_EQ(proof.nonce, 7);
    CHECK_EQ(proof.balance.w[0], 255);
    CHECK_EQ(proof.storage_root.b[0], 0x11);
    CHECK_EQ(proof.code_hash.b[0], 0x22);
    CHECK_EQ(proof.node_count, 3);
    CHECK_EQ(proof.nodes[0].len, 2);
    CHECK_EQ(proof.nodes[0].ptr[1], 2);
    CHECK_EQ(proof.nodes[1].len, 0);
    CHECK_EQ(proof.nodes[2].ptr[0], 3);
    CHECK_EQ(proof.slot_count, 2);
    CHECK_EQ(proof.slots[0].slot.w[0], 10);
    CHECK_EQ(proof.slots[0].value.w[0], 11);
    CHECK_EQ(proof.slots[0].node_count, 1);
    CHECK_EQ(proof.slots[0].nodes[0].ptr[0], 4);
    CHECK_EQ(proof.slots[1].node_count, 0);
}

static void answers_without_slots(void)
{
    CHECK_EQ(read_with("'storageProof'", "'storageproof'", ARENA_CAP), OK);
    CHECK_EQ(proof.slot_count, 0);
    CHECK_EQ(
        read_with("'extra': [], 'storageProof': [", "'storageProof': null, 'extra': [", ARENA_CAP),
        OK);
    CHECK_EQ(proof.slot_count, 0);
}

static void what_is_not_as_it_should_be(void)
{
    static const struct {
        const char *from;
        const char *to;
        const char *text; /* how the error begins */
        enum err err;
    } rows[] = {
        {"'address'", "'adress'", "\"address\" is missing", ERR_MALFORMED},
        {"01', 'nonce'", "', 'nonce'", "\"address\"", ERR_MALFORMED},
        {"'nonce'", "'none'", "\"nonce\" is missing", ERR_MALFORMED},
        {"'0x07'", "'7'", "\"nonce\"", ERR_MALFORMED},
        {"'0x07'", "'0x10000000000000000'", "\"nonce\"", ERR_RANGE},
        {"'balance'", "'ballance'", "\"balance\" is missing", ERR_MALFORMED},
        {"'storageHash'", "'storageRoot'", "\"storageHash\" is missing", ERR_MALFORMED},
        {"'codeHash'", "'codehash'", "\"codeHash\" is missing", ERR_MALFORMED},
        {"'accountProof'", "'proof'", "\"accountProof\" is missing", ERR_MALFORMED},
        {"['0x0102'", "['0x010'", "\"accountProof[0]\"", ERR_MALFORMED},
        {"'0x03'", "3", "\"accountProof[2]\"", ERR_MALFORMED},
        {"'extra': [], 'storageProof': [", "'storageProof': {}, 'extra': [", "\"storageProof\"",
         ERR_MALFORMED},
        {"'storageProof': [", "'storageProof': [[], ", "storageProof[0]: ", ERR_MALFORMED},
        {"{'key': '0x0'", "{'ke': '0x0'", "storageProof[1]: \"key\" is missing", ERR_MALFORMED},
        {"'0x0b'", "'0x'", "storageProof[0]: \"value\"", ERR_MALFORMED},
        {"'0x04'", "'04'", "storageProof[0]: \"proof[0]\"", ERR_MALFORMED},
        {"'proof': []", "'proof': {}", "storageProof[1]: \"proof\"", ERR_MALFORMED},
        {"'proof': []", "'proofs': []", "storageProof[1]: \"proof\" is missing", ERR_MALFORMED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        proof.nonce = 99;
        detail.text[0] = 0;
        enum err e = read_with(rows[i].from, rows[i].to, ARENA_CAP);
        if (e != rows[i].err || strncmp(detail.text, rows[i].text, strlen(rows[i].text)) != 0) {
            test_fail(__FILE__, __LINE__, "row %zu: %s: %s", i, err_name(e), detail.text);
        }
        CHECK_EQ(proof.nonce, 99);
    }
}

static void the_arena_is_full(void)
{
    size_t cap = 0;
    while (read_with("", "", cap) == ERR_MEMORY && cap < ARENA_CAP) {
        cap++;
    }
    CHECK(cap > 100 && cap < 2000);
    CHECK_EQ(read_with("", "", cap), OK);
}

static const struct test_case cases[] = {
    CASE(a_whole_answer),
    CASE(answers_without_slots),
    CASE(what_is_not_as_it_should_be),
    CASE(the_arena_is_full),
};

TEST_MAIN(cases)
