/* Benchmark programs: reading a file, every way in which it can be wrong, and that nothing is timed
 * whose output or gas is not what the file says. */

#include "spec/workload.h"

#include "codec/json.h"
#include "tests/evm_fixture.h"

static struct world w;

#define TEXT_MAX 4096

/* A program that returns 42: PUSH1 42 PUSH0 MSTORE PUSH1 32 PUSH0 RETURN, 16 gas. With ' for ". */
#define CODE   "0x602a5f5260205ff3"
#define OUTPUT "0x000000000000000000000000000000000000000000000000000000000000002a"
static const char good[] =
    "{'name': 'answer', 'fork': 'Osaka', 'code': '" CODE "', 'calldata': '0x0102',"
    " 'expected_output': '" OUTPUT "', 'gas_limit': 1000, 'gas_used': 16,"
    " 'env': {'sender': '0x00000000000000000000000000000000000000aa',"
    " 'to': '0x00000000000000000000000000000000000000bb', 'value': '0x7', 'block_number': 8,"
    " 'timestamp': 9, 'chain_id': 3, 'prevrandao': '0xa', 'base_fee': '0xb',"
    " 'coinbase': '0x00000000000000000000000000000000000000cc'}}";

static struct bytes quoted(char buffer[static TEXT_MAX], const char *text)
{
    size_t len = strlen(text);
    ASSERT(len < TEXT_MAX);
    for (size_t i = 0; i <= len; i++) {
        buffer[i] = text[i] == '\'' ? '"' : text[i];
    }
    return bytes_from(buffer, len);
}

/* changed gives `good` with the first occurrence of `from` replaced. */
static const char *changed(char buffer[static TEXT_MAX], const char *from, const char *to)
{
    const char *at = strstr(good, from);
    ASSERT(at != NULL);
    int len = snprintf(buffer, TEXT_MAX, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    ASSERT(len > 0 && len < TEXT_MAX);
    return buffer;
}

static enum err read_text(struct workload *out, const char *text, struct err_detail *detail)
{
    char buffer[TEXT_MAX];
    arena_reset(&w.arena);
    *detail = (struct err_detail){""};
    enum err e = workload_read(out, &w.arena, quoted(buffer, text), detail);
    memset(buffer, 0xff, sizeof(buffer)); /* nothing in *out is a view of the text */
    return e;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void a_good_file(void)
{
    struct workload workload;
    struct err_detail detail;
    CHECK_EQ(read_text(&workload, good, &detail), OK);
    const struct code_call *call = &workload.call;
    CHECK_STR(workload.name, "answer");
    CHECK_EQ(call->fork, FORK_OSAKA);
    CHECK_EQ(call->code.len, 8);
    CHECK_EQ(call->code.ptr[0], 0x60);
    CHECK_EQ(call->input.len, 2);
    CHECK_EQ(call->input.ptr[1], 2);
    CHECK_EQ(workload.expected_output.len, 32);
    CHECK_EQ(workload.expected_output.ptr[31], 0x2a);
    CHECK_EQ(call->gas, 1000);
    CHECK_EQ(workload.gas_used, 16);
    CHECK_EQ(call->caller.b[19], 0xaa);
    CHECK_EQ(call->to.b[19], 0xbb);
    CHECK_EQ(call->value.w[0], 7);
    CHECK_EQ(call->block.number, 8);
    CHECK_EQ(call->block.timestamp, 9);
    CHECK_EQ(call->block.gas_limit, 1000);
    CHECK_EQ(call->block.chain_id, 3);
    CHECK_EQ(call->block.prev_randao.w[0], 10);
    CHECK_EQ(call->block.base_fee_per_gas.w[0], 11);
    CHECK_EQ(call->block.beneficiary.b[19], 0xcc);
}

/* Gas is counted in int64_t. */
static void gas_beyond_63_bits(void)
{
    char buffer[TEXT_MAX];
    struct workload workload;
    struct err_detail detail;
    CHECK_EQ(read_text(&workload,
                       changed(buffer, "'gas_limit': 1000", "'gas_limit': '0xffffffffffffffff'"),
                       &detail),
             OK);
    CHECK_EQ(workload.call.gas, INT64_MAX);
    CHECK_EQ(read_text(&workload,
                       changed(buffer, "'gas_used': 16", "'gas_used': '0x8000000000000000'"),
                       &detail),
             OK);
    CHECK_EQ(workload.gas_used, INT64_MAX);
}

/* Every member in turn: missing, or not what it should be; the message names it. */
static void bad_members(void)
{
    static const struct {
        const char *from;
        const char *to;
        const char *word;
        enum err err;
    } rows[] = {
        {"'name'", "'x'", "name", ERR_MALFORMED},
        {"'name': 'answer'", "'name': 5", "name", ERR_MALFORMED},
        {"'fork'", "'x'", "fork", ERR_MALFORMED},
        {"'Osaka'", "'Osak'", "fork", ERR_MALFORMED},
        {"'Osaka'", "'BPO1'", "fork", ERR_MALFORMED},
        {"'code'", "'x'", "code", ERR_MALFORMED},
        {"'" CODE "'", "'0x6'", "code", ERR_MALFORMED},
        {"'" CODE "'", "'60'", "code", ERR_MALFORMED},
        {"'calldata'", "'x'", "calldata", ERR_MALFORMED},
        {"'0x0102'", "'0x0g'", "calldata", ERR_MALFORMED},
        {"'expected_output'", "'x'", "expected_output", ERR_MALFORMED},
        {"'" OUTPUT "'", "[]", "expected_output", ERR_MALFORMED},
        {"'gas_limit'", "'x'", "gas_limit", ERR_MALFORMED},
        {"'gas_limit': 1000", "'gas_limit': -1", "gas_limit", ERR_RANGE},
        {"'gas_limit': 1000", "'gas_limit': '0x10000000000000000'", "gas_limit", ERR_RANGE},
        {"'gas_used'", "'x'", "gas_used", ERR_MALFORMED},
        {"'gas_used': 16", "'gas_used': 16.5", "gas_used", ERR_MALFORMED},
        {"'env'", "'x'", "env", ERR_MALFORMED},
        {"'sender'", "'x'", "sender", ERR_MALFORMED},
        {"00aa'", "00a'", "sender", ERR_MALFORMED},
        {"'to'", "'x'", "to", ERR_MALFORMED},
        {"'value'", "'x'", "value", ERR_MALFORMED},
        {"'0x7'", "'7'", "value", ERR_MALFORMED},
        {"'block_number': 8", "'number': 8", "block_number", ERR_MALFORMED},
        {"'block_number': 8", "'block_number': {}", "block_number", ERR_MALFORMED},
        {"'timestamp': 9", "'timestamp': true", "timestamp", ERR_MALFORMED},
        {"'chain_id': 3", "'chain_id': '0x03'", "chain_id", ERR_MALFORMED},
        {"'prevrandao'", "'prevRandao'", "prevrandao", ERR_MALFORMED},
        {"'base_fee': '0xb'", "'base_fee': null", "base_fee", ERR_MALFORMED},
        {"'coinbase'", "'beneficiary'", "coinbase", ERR_MALFORMED},
    };
    char buffer[TEXT_MAX];
    struct workload workload;
    struct err_detail detail;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum err e = read_text(&workload, changed(buffer, rows[i].from, rows[i].to), &detail);
        CHECK_STR(err_name(e), err_name(rows[i].err));
        if (strstr(detail.text, rows[i].word) == NULL) {
            test_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", rows[i].word, detail.text);
        }
    }
}

static void texts_that_are_no_workloads(void)
{
    char buffer[TEXT_MAX];
    struct workload workload;
    struct err_detail detail;
    CHECK_EQ(read_text(&workload, "", &detail), ERR_TRUNCATED);
    CHECK_EQ(read_text(&workload, "[]", &detail), ERR_MALFORMED);
    CHECK_EQ(read_text(&workload, "{}", &detail), ERR_MALFORMED);
    CHECK_EQ(read_text(&workload, "hello", &detail), ERR_MALFORMED);
    struct bytes text = quoted(buffer, good);
    for (size_t len = 0; len < text.len; len++) {
        arena_reset(&w.arena);
        detail.text[0] = '\0';
        CHECK(workload_read(&workload, &w.arena, bytes_from(test_guarded(text.ptr, len), len),
                            &detail) != OK);
        CHECK(detail.text[0] != '\0');
    }
}

static void no_memory_is_an_error(void)
{
    char buffer[TEXT_MAX];
    struct bytes text = quoted(buffer, good);
    const size_t cap = w.arena.cap;
    enum err e = ERR_MEMORY;
    size_t size = 0;
    for (; e != OK; size++) {
        struct workload workload;
        arena_reset(&w.arena);
        w.arena.cap = size;
        e = workload_read(&workload, &w.arena, text, NULL);
        CHECK(e == OK || e == ERR_MEMORY);
    }
    w.arena.cap = cap;
    CHECK(size > 7 + 8 + 2 + 32); /* name, code, data, output */
}

/* ---- measuring ------------------------------------------------------------------------------- */

static enum err measure(struct workload_times *times, const char *text, size_t samples,
                        struct err_detail *detail)
{
    struct workload workload;
    enum err e = read_text(&workload, text, detail);
    ASSERT(e == OK);
    return workload_measure(times, &w.evm, &w.arena, &w.key, &workload, samples, 0, detail);
}

static void measures_what_is_right(void)
{
    struct workload_times times;
    struct err_detail detail;
    static const size_t counts[] = {1, 2, 5, 1000};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        CHECK_EQ(measure(&times, good, counts[i], &detail), OK);
        CHECK_EQ(times.samples, counts[i]);
        CHECK(times.runs_per_sample >= 1);
        CHECK(times.best >= 0 && times.best <= times.median && times.median <= times.worst);
    }
    /* A minimum of time makes more runs. */
    struct workload workload;
    CHECK_EQ(read_text(&workload, good, &detail), OK);
    const size_t used = w.arena.used;
    CHECK_EQ(workload_measure(&times, &w.evm, &w.arena, &w.key, &workload, 3, 1000000, &detail),
             OK);
    CHECK(times.runs_per_sample > 1);
    CHECK_EQ(w.arena.used, used); /* every run gave its memory back */
    CHECK(w.evm.state == NULL);
}

static void refuses_to_measure_what_is_wrong(void)
{
    static const struct {
        const char *from;
        const char *to;
        const char *words;
    } rows[] = {
        {"'gas_used': 16", "'gas_used': 17", "gas used: expected 17, got 16"},
        {"002a", "002b", "the output is not as expected"},
        {"'" OUTPUT "'", "'0x'", "the output is not as expected"},
        {"'gas_limit': 1000", "'gas_limit': 15", "ended with: out of gas"},
        {"'" CODE "'", "'0x5f5ffd'", "ended with: reverted"},
        {"'Osaka'", "'Paris'", "ended with: invalid opcode"}, /* no PUSH0 */
    };
    char buffer[TEXT_MAX];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct workload_times times;
        struct err_detail detail;
        CHECK_EQ(measure(&times, changed(buffer, rows[i].from, rows[i].to), 1, &detail),
                 ERR_MALFORMED);
        CHECK_STR(detail.text, rows[i].words);
        CHECK(w.evm.state == NULL);
    }
}

static void measuring_without_memory_is_an_error(void)
{
    struct workload workload;
    struct workload_times times;
    struct err_detail detail;
    CHECK_EQ(read_text(&workload, good, &detail), OK);
    const size_t cap = w.arena.cap;
    const size_t mark = w.arena.used;
    enum err e = ERR_MEMORY;
    for (size_t spare = 0; e != OK; spare += 64) {
        CHECK(spare < cap);
        w.arena.cap = mark + spare;
        e = workload_measure(&times, &w.evm, &w.arena, &w.key, &workload, 1, 0, NULL);
        CHECK(e == OK || e == ERR_MEMORY);
        CHECK_EQ(w.arena.used, mark);
    }
    w.arena.cap = cap;
}

static const struct test_case cases[] = {
    CASE(a_good_file),
    CASE(gas_beyond_63_bits),
    CASE(bad_members),
    CASE(texts_that_are_no_workloads),
    CASE(no_memory_is_an_error),
    CASE(measures_what_is_right),
    CASE(refuses_to_measure_what_is_wrong),
    CASE(measuring_without_memory_is_an_error),
};

int main(int argc, char **argv)
{
    world_open(&w, (size_t)1 << 20, (size_t)4 << 20);
    int status = test_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
    world_close(&w);
    return status;
}
