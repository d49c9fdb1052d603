/* Any code, in a small world: the dispatchers agree on everything a run leaves, traced or not; a
 * message that fails leaves the state as it was; and forks that differ only in opcodes the run has
 * not executed agree as well. Without tail calls the one dispatcher is compared with itself.
 *
 * Input:
 *   fork    & 15, of FORK_COUNT; & 16: the code as it is, & 32: a creation, & 64: static
 *   gas     2 bytes, big-endian, times 3
 *   value   wei sent along
 *   size    of the calldata; bytes 1, 2, ...
 *   code    of the account called, of 0x2000 and of 0x3000, as tokens (put_token) or as it is; a
 * zero where a token would begin ends each, so that STOP is only at the end. One of 23 bytes makes
 *           0x3000 a delegation to 0x2000. */

#include "evm/interp.h"

#include "base/cursor.h"
#include "tests/evm_fixture.h"
#include "tests/fuzz.h"

/* Room for the largest code: tokens stop when it may be too little. */
#define CODE_MAX  1024u
#define TOKEN_MAX (1 + 7 * 33 + 16)

/* So little that the gas can buy more: ERR_MEMORY is an answer all runs must give alike. */
#define MEMORY_BYTES ((size_t)128 << 10)

#define CALLDATA_MAX 64u

/* Eight bytes of initcode, for memory from 24: ADDRESS to slot 0; zeros from 32 as code; 0xef. */
#define STORES_INITCODE  UINT64_C(0x3060005500000000)
#define RETURNS_INITCODE UINT64_C(0x60206020f3000000)
#define EF_INITCODE      UINT64_C(0x60ef5f5360015ff3)

static struct world w;

/* ---- the world ------------------------------------------------------------------------------- */

struct scenario {
    unsigned fork;
    bool is_raw;
    struct call call;
    uint8_t calldata[CALLDATA_MAX];
    uint8_t code[3][CODE_MAX];
    size_t code_len[3];
};

static uint8_t next(struct cursor *c)
{
    uint8_t byte = 0;
    return cursor_byte(c, &byte) == OK ? byte : 0;
}

static void put_byte(struct scenario *s, unsigned i, uint8_t byte)
{
    s->code[i][s->code_len[i]++] = byte;
}

/* put_word appends a PUSH of one of the words that make things happen: accounts, precompiles, the
 * edges of memory, storage and numbers, and small pieces of initcode. */
static void put_word(struct scenario *s, unsigned i, uint8_t choice)
{
    /* clang-format off */
    static const uint64_t words[] = {
        0, 24, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31, 32, 33, 64, 65, 96, 255, 0x100,
        999, 1000, 2300, 2301, 5000, 30000, 100000, 0xffff,
        0x1000, 0x2000, 0x3000, 0x4000, 0x5000, BENEFICIARY, CALLER,
        49152, 0x7fffffff, UINT64_MAX, STORES_INITCODE, RETURNS_INITCODE, EF_INITCODE,
    };
    /* clang-format on */
    enum { WORDS = sizeof(words) / sizeof(words[0]) };
    if (choice < WORDS) {
        uint8_t bytes[8];
        store_be64(bytes, words[choice]);
        unsigned size = words[choice] < 256 ? 1 : words[choice] < 65536 ? 2 : 8;
        put_byte(s, i, (uint8_t)(OP_PUSH1 + size - 1));
        for (unsigned b = 8 - size; b < 8; b++) {
            put_byte(s, i, bytes[b]);
        }
        return;
    }
    /* A byte in one place of the word, or everywhere. */
    put_byte(s, i, OP_PUSH32);
    for (unsigned b = 0; b < 32; b++) {
        bool is_there = choice >= 224 || choice % 32 == b;
        put_byte(s, i, is_there ? (uint8_t)(choice < 128 ? 1 : 0xff) : 0);
    }
}

/* put_jump appends a JUMP or JUMPI over a few bytes to a JUMPDEST, or back to the last one. */
static void put_jump(struct scenario *s, unsigned i, uint8_t opcode, uint8_t how, size_t *last)
{
    if (opcode == OP_JUMPI) {
        put_word(s, i, how % 4);
    }
    bool is_back = (how & 0x40) != 0;
    size_t skipped = how / 4 % 8;
    size_t to = is_back ? *last : s->code_len[i] + 4 + skipped;
    put_byte(s, i, OP_PUSH2);
    put_byte(s, i, (uint8_t)(to >> 8));
    put_byte(s, i, (uint8_t)to);
    put_byte(s, i, opcode);
    if (!is_back) {
        for (size_t k = 0; k < skipped; k++) {
            put_byte(s, i, OP_INVALID);
        }
        *last = s->code_len[i];
        put_byte(s, i, OP_JUMPDEST);
    }
}

/* put_token appends one token: an opcode, and bytes that say how its operands come about. */
static void put_token(struct scenario *s, unsigned i, struct cursor *c, size_t *last)
{
    uint8_t opcode = next(c);
    unsigned in;
    unsigned out;
    (void)opcode_stack(opcode, &in, &out);
    if (opcode == OP_JUMP || opcode == OP_JUMPI) {
        put_jump(s, i, opcode, next(c), last);
        return;
    }
    if (opcode == OP_JUMPDEST) {
        *last = s->code_len[i];
    }
    bool has_operands = in != 0 && in <= 7 && !(opcode >= OP_DUP1 && opcode <= OP_SWAP16);
    if (has_operands && (next(c) & 0x80) == 0) {
        for (unsigned k = 0; k < in; k++) {
            put_word(s, i, next(c));
        }
    }
    put_byte(s, i, opcode);
    if (opcode >= OP_PUSH1 && opcode <= OP_PUSH32) {
        for (unsigned k = 0; k <= (unsigned)opcode - OP_PUSH1; k++) {
            put_byte(s, i, next(c));
        }
    }
}

static void put_code(struct scenario *s, unsigned i, struct cursor *c)
{
    size_t last = 0;
    while (cursor_left(c) != 0 && s->code_len[i] + TOKEN_MAX < CODE_MAX) {
        if (*c->pos == OP_STOP) {
            (void)next(c);
            return;
        }
        if (s->is_raw) {
            put_byte(s, i, next(c));
        } else {
            put_token(s, i, c, &last);
        }
    }
}

static void read_scenario(struct scenario *s, struct cursor *c)
{
    memset(s, 0, sizeof(*s));
    uint8_t flags = next(c);
    s->fork = (flags & 15) % FORK_COUNT;
    s->is_raw = (flags & 16) != 0;
    uint8_t high = next(c);
    uint8_t low = next(c);
    s->call = (struct call){
        .to = CONTRACT,
        .gas = (int64_t)(high * 256 + low) * 3,
        .value = next(c),
        .is_create = (flags & 32) != 0,
        .is_static = (flags & 64) != 0 && (flags & 32) == 0,
    };
    for (size_t i = 0; i < CALLDATA_MAX; i++) {
        s->calldata[i] = (uint8_t)(i + 1);
    }
    s->call.data = bytes_from(s->calldata, next(c) % CALLDATA_MAX);
    for (unsigned i = 0; i < 3; i++) {
        put_code(s, i, c);
    }
}

/* prepare makes the world anew. */
static void prepare(struct scenario *s)
{
    if (w.mapping == NULL) {
        world_open(&w, MEMORY_BYTES, WORLD_ARENA_BYTES);
    }
    world_reset(&w, s->fork);
    struct address address = test_address(0x4000);
    (void)world_put(&w, &address, 0, 0, bytes_from(NULL, 0)); /* empty */
    address = test_address(3);
    (void)world_put(&w, &address, 0, 0, bytes_from(NULL, 0));
    address = test_address(CONTRACT);
    struct bytes code = bytes_from(s->code[0], s->code_len[0]);
    if (s->call.is_create) {
        s->call.data = code;
        s->call.to = 0x9000;
        code.len = 0;
    }
    struct db_memory_account *account = world_put(&w, &address, 1000, 1, code);
    for (unsigned key = 0; key < 4; key++) {
        world_put_slot(&w, account, key, key * key);
    }
    account = world_put_code(&w, 0x2000, 7, bytes_from(s->code[1], s->code_len[1]));
    world_put_slot(&w, account, 1, UINT64_MAX);
    static const uint8_t delegation[23] = {0xef, 0x01, 0x00, [21] = 0x20};
    bool is_delegated = s->code_len[2] == sizeof(delegation);
    (void)world_put_code(&w, 0x3000, 0,
                         is_delegated ? bytes_from(delegation, sizeof(delegation))
                                      : bytes_from(s->code[2], s->code_len[2]));
}

/* ---- what was executed ----------------------------------------------------------------------- */

struct executed {
    bool opcode[256];
    size_t steps;
};

static void on_step(void *context, const struct trace_step *step)
{
    struct executed *executed = context;
    executed->opcode[step->opcode] = true;
    executed->steps++;
    FUZZ_CHECK(step->gas_left >= 0 && step->stack_count <= EVM_STACK_MAX);
    FUZZ_CHECK(step->depth >= 1 && step->depth <= EVM_FRAMES && step->memory.len % 32 == 0);
}

static void on_charged(void *context, unsigned depth, int64_t gas_left)
{
    (void)context;
    FUZZ_CHECK(depth >= 1 && gas_left >= 0);
}

static void on_ending(void *context, const struct trace_end *end)
{
    (void)context;
    FUZZ_CHECK(end->depth >= 1 && end->depth <= EVM_FRAMES);
    FUZZ_CHECK(end->gas_left >= 0 || end->status == EVM_OUT_OF_GAS);
}

static void on_frame_end(void *context, unsigned depth, int status, int64_t gas_left)
{
    (void)context;
    FUZZ_CHECK(depth >= 1 && gas_left >= 0);
    FUZZ_CHECK(gas_left == 0 || status == EVM_SUCCESS || status == EVM_REVERT);
}

/* ---- the properties -------------------------------------------------------------------------- */

/* struct pair: forks that agree on a message that executes none of `opcodes`: those that are new,
 * cost something else or do something else, and where the set of precompiles changes all that look
 * at an account. */
struct pair {
    enum fork first;
    enum fork second;
    const char *opcodes;
};

#define LOOKS "\x31\x3b\x3c\x3f\xf1\xf2\xf4\xfa\xff"

static const struct pair pairs[] = {
    {FORK_FRONTIER, FORK_HOMESTEAD, "\xf0\xf4"},
    {FORK_BYZANTIUM, FORK_PETERSBURG, "\x1b\x1c\x1d\x3f\xf5"},
    {FORK_CONSTANTINOPLE, FORK_PETERSBURG, "\x55"},
    {FORK_BERLIN, FORK_LONDON, "\x48\x55\xf0\xf5\xff"},
    {FORK_LONDON, FORK_PARIS, ""},
    {FORK_PARIS, FORK_SHANGHAI, "\x5f\xf0\xf5"},
    {FORK_SHANGHAI, FORK_CANCUN, "\x49\x4a\x5c\x5d\x5e" LOOKS},
    {FORK_CANCUN, FORK_PRAGUE, LOOKS},
    {FORK_PRAGUE, FORK_OSAKA, "\x1e" LOOKS},
};

static bool executes_any_of(const struct executed *executed, const char *opcodes)
{
    for (const char *o = opcodes; *o != '\0'; o++) {
        if (executed->opcode[(uint8_t)*o]) {
            return true;
        }
    }
    return false;
}

/* run runs the scenario from the database's accounts. */
static struct run_result run(const struct scenario *s, unsigned fork, evm_dispatch_fn *dispatch,
                             const struct tracer *tracer)
{
    w.evm.rules = fork_rules((enum fork)fork);
    w.evm.dispatch = dispatch;
    w.evm.tracer = tracer;
    world_begin(&w);
    enum err e = world_send(&w, &s->call);
    struct run_result r = world_result(&w, e);
    w.evm.tracer = NULL;
    FUZZ_CHECK(w.evm.frame == NULL);
    FUZZ_CHECK(e == OK || e == ERR_MEMORY);
    if (e == OK) {
        bool is_halt = r.outcome.status != EVM_SUCCESS && r.outcome.status != EVM_REVERT;
        FUZZ_CHECK(r.outcome.gas_left >= 0 && r.outcome.gas_left <= s->call.gas);
        FUZZ_CHECK(!is_halt || (r.outcome.gas_left == 0 && r.outcome.output.len == 0));
        FUZZ_CHECK(r.outcome.status == EVM_SUCCESS || (r.log_count == 0 && r.refund == 0));
        FUZZ_CHECK(r.refund >= 0); /* EIP-2200: what is taken back was given before */
    }
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct scenario s;
    struct cursor c = cursor_from(bytes_from(data, len));
    read_scenario(&s, &c);
    prepare(&s);
    struct hash32 before;
    enum err e = state_root(&before, &w.state, &w.db);
    FUZZ_CHECK(e == OK);

    const struct run_result plain = run(&s, s.fork, DISPATCHERS[0], NULL);
    FUZZ_CHECK(plain.err != OK || plain.outcome.status == EVM_SUCCESS ||
               hash32_equal(&plain.root, &before));
    const struct run_result other = run(&s, s.fork, DISPATCHERS[DISPATCHER_COUNT - 1], NULL);
    FUZZ_CHECK(run_equal(&plain, &other));

    struct executed executed = {.steps = 0};
    const struct tracer tracer = {&executed, on_step, on_charged, on_ending, on_frame_end};
    const struct run_result traced = run(&s, s.fork, DISPATCHERS[len % DISPATCHER_COUNT], &tracer);
    FUZZ_CHECK(run_equal(&plain, &traced));
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        /* A creation ends with the rules for its code, which few neighbours share. */
        if (pairs[i].first == s.fork && (!s.call.is_create || pairs[i].opcodes[0] == '\0') &&
            !executes_any_of(&executed, pairs[i].opcodes)) {
            const struct run_result next_fork = run(&s, pairs[i].second, DISPATCHERS[0], NULL);
            FUZZ_CHECK(run_equal(&plain, &next_fork));
        }
    }
    return 0;
}
