/* Trace lines, against text typed from EIP-3155's definition: "pc" and "op" as numbers, "gas" and
 * "gasCost" in hex, "memSize" before the instruction, "stack" with its top last, "depth" from 1,
 * "refund", "opName", and "error" where a message halts; in the order geth prints them. */

#include "spec/eip3155.h"

#include "tests/evm_fixture.h"

static struct world w;

/* struct printed: what a tracer wrote. */
struct printed {
    char *text;
    size_t len;
};

/* trace runs what is at CONTRACT under a dispatcher. The text is to be freed. */
static struct printed trace(evm_dispatch_fn *dispatch, int64_t gas)
{
    struct printed out = {NULL, 0};
    struct eip3155 tracer;
    struct eip3155_step *pending = calloc(EIP3155_STEPS, sizeof(*pending));
    FILE *file = open_memstream(&out.text, &out.len);
    ASSERT(pending != NULL && file != NULL);
    eip3155_init(&tracer, file, pending);
    world_begin(&w);
    w.evm.dispatch = dispatch;
    w.evm.tracer = &tracer.tracer;
    enum err e = world_send(&w, &(struct call){.to = CONTRACT, .gas = gas});
    ASSERT(e == OK);
    w.evm.tracer = NULL;
    eip3155_summary(&tracer, &w.outcome, gas);
    (void)fclose(file);
    free(pending);
    return out;
}

/* struct line: one instruction of a trace; the stack's words in hex, with spaces between. */
struct line {
    unsigned depth;
    unsigned pc;
    unsigned op;
    unsigned gas;
    unsigned cost;
    unsigned memory;
    unsigned refund;
    const char *name;
    const char *stack;
    const char *error;
};

static void print_line(FILE *out, const struct line *l)
{
    (void)fprintf(out,
                  "{\"pc\":%u,\"op\":%u,\"gas\":\"0x%x\",\"gasCost\":\"0x%x\",\"memSize\":%u,"
                  "\"stack\":[",
                  l->pc, l->op, l->gas, l->cost, l->memory);
    const char *gap = "";
    for (const char *pos = l->stack; *pos != '\0';) {
        size_t len = strcspn(pos, " ");
        (void)fprintf(out, "%s\"%.*s\"", gap, (int)len, pos);
        pos += len + (pos[len] == ' ');
        gap = ",";
    }
    (void)fprintf(out, "],\"depth\":%u,\"refund\":%u,\"opName\":\"%s\"", l->depth, l->refund,
                  l->name);
    if (l->error != NULL) {
        (void)fprintf(out, ",\"error\":\"%s\"", l->error);
    }
    (void)fputs("}\n", out);
}

/* check_text compares the trace of what is at CONTRACT, under each dispatcher. */
static void check_text(int64_t gas, const char *want)
{
    for (size_t d = 0; d < DISPATCHER_COUNT; d++) {
        struct printed out = trace(DISPATCHERS[d], gas);
        if (strcmp(out.text, want) != 0) {
            test_fail(__FILE__, __LINE__, "\n%s\nis not\n%s", out.text, want);
        }
        free(out.text);
    }
}

static void check_trace(int64_t gas, const struct line *lines, size_t count, const char *summary)
{
    struct printed want = {NULL, 0};
    FILE *file = open_memstream(&want.text, &want.len);
    ASSERT(file != NULL);
    for (size_t i = 0; i < count; i++) {
        print_line(file, &lines[i]);
    }
    (void)fprintf(file, "%s\n", summary);
    (void)fclose(file);
    check_text(gas, want.text);
    free(want.text);
}

#define CHECK_TRACE(gas, lines, summary) \
    check_trace((gas), (lines), sizeof(lines) / sizeof((lines)[0]), (summary))

/* The text itself, once; the other tests have it from tables. */
static void lines_are_written_so(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, CONTRACT, 0, "0xab 31 MSTORE8 32 0 RETURN");
    check_text(100,
               "{\"pc\":0,\"op\":96,\"gas\":\"0x64\",\"gasCost\":\"0x3\",\"memSize\":0,"
               "\"stack\":[],\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}\n"
               "{\"pc\":2,\"op\":96,\"gas\":\"0x61\",\"gasCost\":\"0x3\",\"memSize\":0,"
               "\"stack\":[\"0xab\"],\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}\n"
               "{\"pc\":4,\"op\":83,\"gas\":\"0x5e\",\"gasCost\":\"0x6\",\"memSize\":0,"
               "\"stack\":[\"0xab\",\"0x1f\"],\"depth\":1,\"refund\":0,\"opName\":\"MSTORE8\"}\n"
               "{\"pc\":5,\"op\":96,\"gas\":\"0x58\",\"gasCost\":\"0x3\",\"memSize\":32,"
               "\"stack\":[],\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}\n"
               "{\"pc\":7,\"op\":96,\"gas\":\"0x55\",\"gasCost\":\"0x3\",\"memSize\":32,"
               "\"stack\":[\"0x20\"],\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}\n"
               "{\"pc\":9,\"op\":243,\"gas\":\"0x52\",\"gasCost\":\"0x0\",\"memSize\":32,"
               "\"stack\":[\"0x20\",\"0x0\"],\"depth\":1,\"refund\":0,\"opName\":\"RETURN\"}\n"
               "{\"output\":\"0x00000000000000000000000000000000000000000000000000000000000000ab\","
               "\"gasUsed\":\"0x12\",\"pass\":true}\n");
}

/* A call that returns a word, a call that halts, a creation. What a call costs has the gas it
 * passes on in it, as in geth; what a creation costs does not. */
static void call_failing_call_and_creation(void)
{
    static const struct line lines[] = {
        {1, 0, 96, 100000, 3, 0, 0, "PUSH1", "", NULL},
        {1, 2, 96, 99997, 3, 0, 0, "PUSH1", "0x20", NULL},
        {1, 4, 96, 99994, 3, 0, 0, "PUSH1", "0x20 0x0", NULL},
        {1, 6, 96, 99991, 3, 0, 0, "PUSH1", "0x20 0x0 0x0", NULL},
        {1, 8, 96, 99988, 3, 0, 0, "PUSH1", "0x20 0x0 0x0 0x0", NULL},
        {1, 10, 97, 99985, 3, 0, 0, "PUSH2", "0x20 0x0 0x0 0x0 0x0", NULL},
        {1, 13, 97, 99982, 3, 0, 0, "PUSH2", "0x20 0x0 0x0 0x0 0x0 0x2000", NULL},
        {1, 16, 241, 99979, 3603, 0, 0, "CALL", "0x20 0x0 0x0 0x0 0x0 0x2000 0x3e8", NULL},
        {2, 0, 96, 1000, 3, 0, 0, "PUSH1", "", NULL},
        {2, 2, 96, 997, 3, 0, 0, "PUSH1", "0x7", NULL},
        {2, 4, 82, 994, 6, 0, 0, "MSTORE", "0x7 0x0", NULL},
        {2, 5, 96, 988, 3, 32, 0, "PUSH1", "", NULL},
        {2, 7, 96, 985, 3, 32, 0, "PUSH1", "0x20", NULL},
        {2, 9, 243, 982, 0, 32, 0, "RETURN", "0x20 0x0", NULL},
        {1, 17, 80, 97358, 2, 32, 0, "POP", "0x1", NULL},
        {1, 18, 96, 97356, 3, 32, 0, "PUSH1", "", NULL},
        {1, 20, 96, 97353, 3, 32, 0, "PUSH1", "0x0", NULL},
        {1, 22, 96, 97350, 3, 32, 0, "PUSH1", "0x0 0x0", NULL},
        {1, 24, 96, 97347, 3, 32, 0, "PUSH1", "0x0 0x0 0x0", NULL},
        {1, 26, 96, 97344, 3, 32, 0, "PUSH1", "0x0 0x0 0x0 0x0", NULL},
        {1, 28, 97, 97341, 3, 32, 0, "PUSH2", "0x0 0x0 0x0 0x0 0x0", NULL},
        {1, 31, 96, 97338, 3, 32, 0, "PUSH1", "0x0 0x0 0x0 0x0 0x0 0x3000", NULL},
        {1, 33, 241, 97335, 2700, 32, 0, "CALL", "0x0 0x0 0x0 0x0 0x0 0x3000 0x64", NULL},
        {2, 0, 96, 100, 3, 0, 0, "PUSH1", "", NULL},
        {2, 2, 254, 97, 97, 0, 0, "INVALID", "0x1", "invalid opcode"},
        {1, 34, 80, 94635, 2, 32, 0, "POP", "0x0", NULL},
        {1, 35, 96, 94633, 3, 32, 0, "PUSH1", "", NULL},
        {1, 37, 96, 94630, 3, 32, 0, "PUSH1", "0x1", NULL},
        {1, 39, 96, 94627, 3, 32, 0, "PUSH1", "0x1 0x0", NULL},
        {1, 41, 240, 94624, 32002, 32, 0, "CREATE", "0x1 0x0 0x0", NULL},
        {2, 0, 0, 61644, 0, 0, 0, "STOP", "", NULL},
        {1, 42, 0, 62622, 0, 32, 0, "STOP", "0x5bafcc0c93ecd8022925d7fd89da1c6250850e19", NULL},
    };
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, 0x2000, 0, "7 0 MSTORE 32 0 RETURN");
    world_contract(&w, 0x3000, 0, "1 INVALID");
    world_contract(&w, CONTRACT, 0,
                   "32 0 0 0 0 0x2000 1000 CALL POP 0 0 0 0 0 0x3000 100 CALL POP"
                   " 1 0 0 CREATE STOP");
    CHECK_TRACE(100000, lines, "{\"output\":\"0x\",\"gasUsed\":\"0x9202\",\"pass\":true}");
}

/* Storage, its refund, words of every width, and a revert. */
static void refunds_and_wide_words(void)
{
    static const struct line lines[] = {
        {1, 0, 96, 100000, 3, 0, 0, "PUSH1", "", NULL},
        {1, 2, 96, 99997, 3, 0, 0, "PUSH1", "0x0", NULL},
        {1, 4, 85, 99994, 5000, 0, 0, "SSTORE", "0x0 0x0", NULL},
        {1, 5, 127, 94994, 3, 0, 4800, "PUSH32", "", NULL},
        {1, 38, 104, 94991, 3, 0, 4800, "PUSH9", ONES, NULL},
        {1, 48, 96, 94988, 3, 0, 4800, "PUSH1", ONES " 0x10000000000000000", NULL},
        {1, 50, 96, 94985, 3, 0, 4800, "PUSH1", ONES " 0x10000000000000000 0x2", NULL},
        {1, 52, 253, 94982, 3, 0, 4800, "REVERT", ONES " 0x10000000000000000 0x2 0x0", NULL},
    };
    world_reset(&w, FORK_OSAKA);
    struct db_memory_account *account =
        world_contract(&w, CONTRACT, 0, "0 0 SSTORE " ONES " 0x010000000000000000 2 0 REVERT");
    world_put_slot(&w, account, 0, 1);
    CHECK_TRACE(100000, lines,
                "{\"output\":\"0x0000\",\"gasUsed\":\"0x139d\",\"pass\":false,"
                "\"error\":\"reverted\"}");
}

/* Every way to halt is named in the line of the instruction that did, which takes all of the gas.
 */
static void halts_are_named(void)
{
    static const struct {
        const char *code; /* the instruction, after one that pushes 1 */
        unsigned op;
        const char *name;
        const char *error;
    } rows[] = {
        {"ADD", 0x01, "ADD", "stack underflow"},
        {"#0c", 0x0c, "INVALID", "invalid opcode"},
        {"INVALID", 0xfe, "INVALID", "invalid opcode"},
        {"JUMP", 0x56, "JUMP", "invalid jump destination"},
        {"BALANCE", 0x31, "BALANCE", "out of gas"},
        {"SLOAD", 0x54, "SLOAD", "out of gas"},
        {"DUP1", 0x80, "DUP1", "out of gas"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned gas = rows[i].op == OP_DUP1 ? 5 : 50;
        const struct line lines[] = {
            {1, 0, 96, gas, 3, 0, 0, "PUSH1", "", NULL},
            {1, 2, rows[i].op, gas - 3, gas - 3, 0, 0, rows[i].name, "0x1", rows[i].error},
        };
        char summary[128];
        (void)snprintf(summary, sizeof(summary),
                       "{\"output\":\"0x\",\"gasUsed\":\"0x%x\",\"pass\":false,\"error\":\"%s\"}",
                       gas, rows[i].error);
        world_reset(&w, FORK_BYZANTIUM);
        world_contract(&w, CONTRACT, 0, "1 %s", rows[i].code);
        CHECK_TRACE(gas, lines, summary);
    }
}

static const struct test_case cases[] = {
    CASE(lines_are_written_so),
    CASE(call_failing_call_and_creation),
    CASE(refunds_and_wide_words),
    CASE(halts_are_named),
};

TEST_MAIN(cases)
