/* Trace lines, against text typed from EIP-3155's definition: "pc" and "op" as numbers, "gas" and
 * "gasCost" in hex, "memSize" before the instruction, "stack" with its top last, "depth" from 1,
 * "refund", "opName", and "error" where a message fails; in the order geth prints them.
 * tools/compare-traces compares whole tests with another client. */

#include "spec/eip3155.h"

#include "tests/evm_fixture.h"

static struct world w;

/* Stands for a state root, and how a summary begins. */
static const struct hash32 root = {{0x0a, [31] = 0xbc}};
#define ROOT \
    "{\"stateRoot\":\"0x0a000000000000000000000000000000000000000000000000000000000000bc\","

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
    const char *error = evm_status_text(w.outcome.status);
    eip3155_summary(&tracer, &(struct eip3155_summary){
                                 .state_root = &root,
                                 .output = w.outcome.output,
                                 .gas_used = (uint64_t)(gas - w.outcome.gas_left),
                                 .fork = "Osaka",
                                 .error = w.outcome.status == EVM_SUCCESS ? NULL : error,
                             });
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
               "\"stack\":[\"0x20\",\"0x0\"],\"depth\":1,\"refund\":0,\"opName\":\"RETURN\"}\n" ROOT
               "\"output\":\"00000000000000000000000000000000000000000000000000000000000000ab\","
               "\"gasUsed\":\"0x12\",\"pass\":true,\"fork\":\"Osaka\"}\n");
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
        {2, 2, 254, 97, 0, 0, 0, "INVALID", "0x1", "invalid opcode"},
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
    CHECK_TRACE(100000, lines,
                ROOT "\"output\":\"\",\"gasUsed\":\"0x9202\",\"pass\":true,\"fork\":\"Osaka\"}");
}

/* Storage, its refund from the instruction on that earns it, words of every width, a revert. */
static void refunds_and_wide_words(void)
{
    static const struct line lines[] = {
        {1, 0, 96, 100000, 3, 0, 0, "PUSH1", "", NULL},
        {1, 2, 96, 99997, 3, 0, 0, "PUSH1", "0x0", NULL},
        {1, 4, 85, 99994, 5000, 0, 4800, "SSTORE", "0x0 0x0", NULL},
        {1, 5, 127, 94994, 3, 0, 4800, "PUSH32", "", NULL},
        {1, 38, 104, 94991, 3, 0, 4800, "PUSH9", ONES, NULL},
        {1, 48, 96, 94988, 3, 0, 4800, "PUSH1", ONES " 0x10000000000000000", NULL},
        {1, 50, 96, 94985, 3, 0, 4800, "PUSH1", ONES " 0x10000000000000000 0x2", NULL},
        {1, 52, 253, 94982, 3, 0, 4800, "REVERT", ONES " 0x10000000000000000 0x2 0x0", "reverted"},
    };
    world_reset(&w, FORK_OSAKA);
    struct db_memory_account *account =
        world_contract(&w, CONTRACT, 0, "0 0 SSTORE " ONES " 0x010000000000000000 2 0 REVERT");
    world_put_slot(&w, account, 0, 1);
    CHECK_TRACE(100000, lines,
                ROOT "\"output\":\"0000\",\"gasUsed\":\"0x139d\",\"pass\":false,"
                     "\"fork\":\"Osaka\",\"error\":\"reverted\"}");
}

/* SELFDESTRUCT earns its refund before London, and ends the message. */
static void a_last_instruction_earns_a_refund(void)
{
    static const struct line lines[] = {
        {1, 0, 48, 10000, 2, 0, 0, "ADDRESS", "", NULL},
        {1, 1, 255, 9998, 5000, 0, 24000, "SELFDESTRUCT", "0x1000", NULL},
    };
    world_reset(&w, FORK_BERLIN);
    world_contract(&w, CONTRACT, 0, "ADDRESS SELFDESTRUCT");
    CHECK_TRACE(10000, lines,
                ROOT "\"output\":\"\",\"gasUsed\":\"0x138a\",\"pass\":true,\"fork\":\"Osaka\"}");
}

/* Every way to halt is named in the line of the instruction that did, with the price it asked for:
 * the static one where it did not come to more. */
static void halts_are_named(void)
{
    static const struct {
        const char *code; /* the instruction, after one that pushes 1 */
        unsigned op;
        unsigned cost;
        const char *name;
        const char *error;
    } rows[] = {
        {"ADD", 0x01, 3, "ADD", "stack underflow"},
        {"#0c", 0x0c, 0, "INVALID", "invalid opcode"},
        {"INVALID", 0xfe, 0, "INVALID", "invalid opcode"},
        {"TLOAD", 0x5c, 0, "TLOAD", "invalid opcode"},
        {"JUMP", 0x56, 8, "JUMP", "invalid jump destination"},
        {"BALANCE", 0x31, 400, "BALANCE", "out of gas"},
        {"SLOAD", 0x54, 200, "SLOAD", "out of gas"},
        {"DUP1", 0x80, 3, "DUP1", "out of gas"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned gas = rows[i].op == OP_DUP1 ? 5 : 50;
        const struct line lines[] = {
            {1, 0, 96, gas, 3, 0, 0, "PUSH1", "", NULL},
            {1, 2, rows[i].op, gas - 3, rows[i].cost, 0, 0, rows[i].name, "0x1", rows[i].error},
        };
        char summary[256];
        (void)snprintf(summary, sizeof(summary),
                       ROOT "\"output\":\"\",\"gasUsed\":\"0x%x\",\"pass\":false,"
                            "\"fork\":\"Osaka\",\"error\":\"%s\"}",
                       gas, rows[i].error);
        world_reset(&w, FORK_BYZANTIUM);
        world_contract(&w, CONTRACT, 0, "1 %s", rows[i].code);
        CHECK_TRACE(gas, lines, summary);
    }
}

/* last_cost returns what the last instruction of a trace asked for. */
static uint64_t last_cost(enum fork fork, int64_t gas, const char *code)
{
    world_reset(&w, fork);
    world_contract(&w, CONTRACT, 0, "%s", code);
    struct printed out = trace(DISPATCHERS[0], gas);
    uint64_t cost = UINT64_MAX;
    for (const char *pos = out.text; (pos = strstr(pos, "\"gasCost\":\"")) != NULL; pos++) {
        cost = strtoull(pos + 11, NULL, 16);
    }
    free(out.text);
    return w.outcome.status == EVM_OUT_OF_GAS ? cost : UINT64_MAX;
}

/* An instruction that cannot be paid asks for its whole price, as far as that can be known: one
 * that no gas could pay, or that fails before its price, for the static one. */
static void what_cannot_be_paid_has_its_price(void)
{
    const uint64_t memory = 3 * 0x8000 + 0x200000; /* 2^15 words: 3 each, and 2^30 / 512 */
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, "0 0x0fffe0 MSTORE"), 3 + memory);
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, "0x0fffe0 MLOAD"), 3 + memory);
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, "0 " ONES " MSTORE"), 3);
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, "0 0x10000000000000 MSTORE"), 3);
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, ONES " 0 KECCAK256"), 30);
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, "0x6000 0 KECCAK256"), 30 + 6 * 0x300);
    CHECK_EQ(last_cost(FORK_OSAKA, 7000, "0x6000 0 KECCAK256"), 30 + 6 * 0x300 + 3 * 0x300 + 1152);
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, "0x6000 0 RETURN"), 3 * 0x300 + 1152);
    CHECK_EQ(last_cost(FORK_OSAKA, 100, "0xffff 2 EXP"), 10 + 2 * 50);
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, "1 SLOAD"), 2100);
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, "0x1234 BALANCE"), 2600);
    CHECK_EQ(last_cost(FORK_OSAKA, 3000, "1 0 SSTORE"), 22100);
    CHECK_EQ(last_cost(FORK_OSAKA, 2306, "1 0 SSTORE"), 0); /* EIP-2200: no price yet */
    CHECK_EQ(last_cost(FORK_OSAKA, 500, "0x20 0 LOG0"), 375 + 8 * 32);
    /* The gas that a call asks for is in what it asks for. */
    CHECK_EQ(last_cost(FORK_OSAKA, 1000, "0 0 0 0 0 0x1234 300 CALL"), 2600);
    CHECK_EQ(last_cost(FORK_OSAKA, 9000, "0 0 0 0 1 0x1234 300 CALL"), 2600 + 9000 + 25000 + 300);
    CHECK_EQ(last_cost(FORK_HOMESTEAD, 1000, "0 0 0 0 0 ADDRESS 3000 CALL"), 40 + 3000);
    CHECK_EQ(last_cost(FORK_HOMESTEAD, 1000, "0 0 0 0 0 ADDRESS " ONES " CALL"), 40);
    CHECK_EQ(last_cost(FORK_OSAKA, 33000, "0x6000 0 0 CREATE"), 32000 + 2 * 0x300);
    CHECK_EQ(last_cost(FORK_OSAKA, 33000, "0xc001 0 0 CREATE"), 32000); /* EIP-3860: too long */
}

/* cost_of returns what the first instruction `opcode` of a trace cost. */
static uint64_t cost_of(const char *text, unsigned opcode)
{
    char key[32];
    (void)snprintf(key, sizeof(key), "\"op\":%u,", opcode);
    const char *pos = strstr(text, key);
    pos = pos == NULL ? NULL : strstr(pos, "\"gasCost\":\"");
    return pos == NULL ? UINT64_MAX : strtoull(pos + 11, NULL, 16);
}

/* A message that runs no code has no line. What a call costs has the gas in it that it passes on,
 * not the stipend, even where no message begins for want of balance. */
static void calls_that_run_no_code(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, CONTRACT, 0,
                   "0 0 0 0 1 4 256 CALLCODE 0 0 0 0 4 256 STATICCALL"
                   " 0 0 0 0 0x1234 256 DELEGATECALL 0 0 0 CREATE");
    struct printed out = trace(DISPATCHERS[0], 100000);
    CHECK(strstr(out.text, "\"depth\":2") == NULL && strstr(out.text, "error") == NULL);
    CHECK_EQ(cost_of(out.text, OP_CALLCODE), 100 + 9000 + 256);
    CHECK_EQ(cost_of(out.text, OP_STATICCALL), 100 + 256);
    CHECK_EQ(cost_of(out.text, OP_DELEGATECALL), 2600 + 256);
    CHECK_EQ(cost_of(out.text, OP_CREATE), 32000);
    free(out.text);
}

/* What befalls a creation after its code has run is not its last instruction's: this code begins
 * with 0xef (EIP-3541). */
static void deposits_are_nobodys_price(void)
{
    world_reset(&w, FORK_OSAKA);
    world_contract(&w, CONTRACT, 0, "0x60ef60005360016000f3 0 MSTORE 10 22 0 CREATE STOP");
    struct printed out = trace(DISPATCHERS[0], 100000);
    CHECK(strstr(out.text, "\"stack\":[\"0x1\",\"0x0\"],\"depth\":2,\"refund\":0,"
                           "\"opName\":\"RETURN\"}\n") != NULL);
    CHECK(strstr(out.text, "\"stack\":[\"0x0\"],\"depth\":1,\"refund\":0,"
                           "\"opName\":\"STOP\"}\n") != NULL);
    CHECK_EQ(cost_of(out.text, OP_RETURN), 0);
    free(out.text);
}

/* An operating error ends a run without a word to the tracer: the next run's trace begins afresh. */
static void what_an_error_leaves_is_forgotten(void)
{
    struct printed out = {NULL, 0};
    struct eip3155 tracer;
    struct eip3155_step *pending = calloc(EIP3155_STEPS, sizeof(*pending));
    FILE *file = open_memstream(&out.text, &out.len);
    ASSERT(pending != NULL && file != NULL);
    eip3155_init(&tracer, file, pending);
    const struct trace_step step = {.opcode = OP_ADD, .depth = 2, .gas_left = 9};
    const struct trace_end end = {.depth = 2, .gas_left = 3};
    tracer.tracer.step(tracer.tracer.context, &step);
    eip3155_forget(&tracer);
    tracer.tracer.ending(tracer.tracer.context, &end);
    (void)fflush(file);
    CHECK_EQ(out.len, 0);
    tracer.tracer.step(tracer.tracer.context, &step);
    tracer.tracer.ending(tracer.tracer.context, &end);
    (void)fclose(file);
    CHECK_STR(out.text, "{\"pc\":0,\"op\":1,\"gas\":\"0x9\",\"gasCost\":\"0x6\",\"memSize\":0,"
                        "\"stack\":[],\"depth\":2,\"refund\":0,\"opName\":\"ADD\"}\n");
    free(out.text);
    free(pending);
}

static const struct test_case cases[] = {
    CASE(lines_are_written_so),
    CASE(call_failing_call_and_creation),
    CASE(refunds_and_wide_words),
    CASE(a_last_instruction_earns_a_refund),
    CASE(halts_are_named),
    CASE(what_cannot_be_paid_has_its_price),
    CASE(calls_that_run_no_code),
    CASE(deposits_are_nobodys_price),
    CASE(what_an_error_leaves_is_forgotten),
};

TEST_MAIN(cases)
