#ifndef TESTS_EVM_FIXTURE_H
#define TESTS_EVM_FIXTURE_H

/* evm_fixture.h: a small world for tests of the EVM: an EVM, accounts in a memory database, a state
 * over them, and an assembler for the code that runs there. For test programs, which are linked
 * with tests/test.o.
 *
 *   static struct world w;
 *   world_reset(&w, FORK_OSAKA);
 *   world_contract(&w, CONTRACT, 0, "2 3 ADD 0 MSTORE 32 0 RETURN");
 *   CHECK_EQ(world_run(&w, &(struct call){.to = CONTRACT, .gas = 100}), OK);
 *   CHECK_EQ(world_word(&w).w[0], 5);
 *
 * Accounts are named by small numbers: the address with that number in its last bytes. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "evm/interp.h"
#include "state/db_memory.h"
#include "state/root.h"
#include "tests/test.h"

/* The accounts every world begins with: who sends the messages (an account with CALLER_WEI and
 * nonce 1), and who gets the fees. CONTRACT is where tests put the code in question; nothing is
 * there by itself. */
#define CALLER      0xca11u
#define CALLER_WEI  UINT64_C(1000000000000000000)
#define BENEFICIARY 0xbe4eu
#define CONTRACT    0x1000u

#define WORLD_MEMORY_BYTES ((size_t)8 << 20)
#define WORLD_ARENA_BYTES  ((size_t)64 << 20)

struct world {
    uint8_t *mapping;
    size_t mapping_len;
    size_t memory_cap;
    struct evm evm;
    struct arena arena;
    struct map_key key;
    struct db_memory db;
    struct state state;
    struct block_env block;
    struct tx_env tx;
    struct outcome outcome; /* of the last run that gave OK */
};

/* ---- the dispatchers ------------------------------------------------------------------------- */

static evm_dispatch_fn *const DISPATCHERS[] = {
    evm_dispatch_switch,
#if HAVE_TAIL_CALLS
    evm_dispatch_tail,
#endif
};

#define DISPATCHER_COUNT (sizeof(DISPATCHERS) / sizeof(DISPATCHERS[0]))

/* ---- the assembler --------------------------------------------------------------------------- */

#define ASSEMBLE_TEXT_MAX  8192
#define ASSEMBLE_MARKS_MAX 32

/* A label's place, or a place that wants its address. */
struct assemble_mark {
    const char *name;
    size_t name_len;
    size_t at;
};

struct assembler {
    uint8_t code[ASSEMBLE_TEXT_MAX];
    size_t len;
    struct assemble_mark labels[ASSEMBLE_MARKS_MAX];
    size_t label_count;
    struct assemble_mark uses[ASSEMBLE_MARKS_MAX];
    size_t use_count;
};

_Noreturn static inline void assemble_failed(const char *what, const char *token, size_t len)
{
    (void)fprintf(stderr, "assemble: %s: %.*s\n", what, (int)len, token);
    abort();
}

static inline void assemble_byte(struct assembler *a, uint8_t byte)
{
    ASSERT(a->len < sizeof(a->code));
    a->code[a->len++] = byte;
}

static inline void assemble_mark(struct assemble_mark *marks, size_t *count, const char *name,
                                 size_t len, size_t at)
{
    ASSERT(*count < ASSEMBLE_MARKS_MAX);
    marks[(*count)++] = (struct assemble_mark){name, len, at};
}

/* assemble_hex appends the bytes that hex digits stand for; an odd digit in front counts alone. */
static inline size_t assemble_hex(struct assembler *a, const char *digits, size_t count)
{
    char pair[3] = "0";
    size_t start = a->len;
    for (size_t i = 0; i < count;) {
        size_t width = i == 0 && count % 2 == 1 ? 1 : 2;
        pair[0] = '0';
        pair[2] = '\0';
        memcpy(pair + 2 - width, digits + i, width);
        uint8_t byte;
        (void)test_hex(&byte, 1, pair);
        assemble_byte(a, byte);
        i += width;
    }
    return a->len - start;
}

static inline void assemble_number(struct assembler *a, const char *token, size_t len)
{
    size_t at = a->len;
    assemble_byte(a, OP_PUSH1);
    size_t size;
    if (len > 2 && token[1] == 'x') {
        size = assemble_hex(a, token + 2, len - 2);
    } else {
        uint64_t value = strtoull(token, NULL, 10);
        size = 1;
        while (size < 8 && value >> (8 * size) != 0) {
            size++;
        }
        for (size_t i = size; i-- > 0;) {
            assemble_byte(a, (uint8_t)(value >> (8 * i)));
        }
    }
    if (size == 0 || size > 32) {
        assemble_failed("not a number of 32 bytes", token, len);
    }
    a->code[at] = (uint8_t)(OP_PUSH1 + size - 1);
}

static inline void assemble_name(struct assembler *a, const char *token, size_t len)
{
    for (unsigned op = 0; op < 256; op++) {
        const char *name = opcode_name((uint8_t)op);
        if (name != NULL && strlen(name) == len && memcmp(name, token, len) == 0) {
            assemble_byte(a, (uint8_t)op);
            return;
        }
    }
    assemble_failed("no such opcode", token, len);
}

static inline void assemble_token(struct assembler *a, const char *token, size_t len)
{
    if (token[len - 1] == ':') {
        assemble_mark(a->labels, &a->label_count, token, len - 1, a->len);
        assemble_byte(a, OP_JUMPDEST);
    } else if (token[0] == '@') {
        assemble_mark(a->uses, &a->use_count, token + 1, len - 1, a->len + 1);
        assemble_byte(a, OP_PUSH2);
        assemble_byte(a, 0);
        assemble_byte(a, 0);
    } else if (token[0] == '#') {
        (void)assemble_hex(a, token + 1, len - 1);
    } else if (token[0] >= '0' && token[0] <= '9') {
        assemble_number(a, token, len);
    } else {
        assemble_name(a, token, len);
    }
}

static inline void assemble_link(struct assembler *a)
{
    for (size_t u = 0; u < a->use_count; u++) {
        const struct assemble_mark *use = &a->uses[u];
        size_t l = 0;
        while (l < a->label_count && (a->labels[l].name_len != use->name_len ||
                                      memcmp(a->labels[l].name, use->name, use->name_len) != 0)) {
            l++;
        }
        if (l == a->label_count) {
            assemble_failed("no such label", use->name, use->name_len);
        }
        a->code[use->at] = (uint8_t)(a->labels[l].at >> 8);
        a->code[use->at + 1] = (uint8_t)a->labels[l].at;
    }
}

/* assemble makes bytecode, in the arena, of a text (a printf format) of tokens between spaces:
 *   ADD      an opcode by its name; what follows a PUSH is not its data
 *   7, 0x07  the shortest PUSH that holds a decimal number; a PUSH of just the hex bytes written
 *   #6007    bytes as they are
 *   here:    a JUMPDEST, named; @here pushes where it is, in two bytes
 * Aborts on anything else: the text is a constant of the test. */
PRINTF_FORMAT(2, 3)
static inline struct bytes assemble(struct arena *arena, const char *format, ...)
{
    char text[ASSEMBLE_TEXT_MAX];
    struct assembler a;
    a.len = a.label_count = a.use_count = 0;
    va_list args;
    va_start(args, format);
    int text_len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    ASSERT(text_len >= 0 && (size_t)text_len < sizeof(text));
    for (const char *pos = text; *pos != '\0';) {
        size_t len = strcspn(pos, " ");
        if (len != 0) {
            assemble_token(&a, pos, len);
        }
        pos += len + (pos[len] == ' ');
    }
    assemble_link(&a);
    uint8_t *code = ARENA_NEW(arena, uint8_t, a.len);
    ASSERT(code != NULL);
    bytes_copy(code, a.code, a.len);
    return bytes_from(code, a.len);
}

/* ---- the world ------------------------------------------------------------------------------- */

static inline struct address test_address(uint64_t number)
{
    struct address address = {{0}};
    store_be64(address.b + 12, number);
    return address;
}

/* world_open makes a world with so much EVM memory and arena. */
static inline void world_open(struct world *w, size_t memory_cap, size_t arena_cap)
{
    size_t evm_len = EVM_REGION_BYTES_FOR(memory_cap);
    w->mapping_len = EVM_STACK_SLOT + evm_len + arena_cap;
    w->mapping =
        mmap(NULL, w->mapping_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT(w->mapping != MAP_FAILED);
    w->memory_cap = memory_cap;
    uint8_t *region = w->mapping + ((0 - (uintptr_t)w->mapping) & (EVM_STACK_SLOT - 1));
    static const uint8_t seed[32] = "a world for tests";
    w->key = map_key_from(seed);
    arena_init(&w->arena, region + evm_len, arena_cap);
    enum err e = evm_open(&w->evm, region, memory_cap);
    ASSERT(e == OK);
}

static inline void world_close(struct world *w)
{
    evm_close(&w->evm);
    arena_reset(&w->arena);
    int failed = munmap(w->mapping, w->mapping_len);
    ASSERT(!failed);
    w->mapping = NULL;
}

/* world_put adds an account to the database: before the first run, or at least before the EVM has
 * looked at it. */
static inline struct db_memory_account *world_put(struct world *w, const struct address *address,
                                                  uint64_t wei, uint64_t nonce, struct bytes code)
{
    struct db_memory_account *account;
    struct u256 balance = u256_from_u64(wei);
    enum err e = db_memory_put_account(&w->db, &account, address, &balance, nonce, code);
    ASSERT(e == OK);
    return account;
}

static inline struct db_memory_account *world_put_code(struct world *w, uint64_t number,
                                                       uint64_t wei, struct bytes code)
{
    struct address address = test_address(number);
    return world_put(w, &address, wei, 1, code);
}

/* world_contract is world_put_code of code to be assembled. */
#define world_contract(w, number, wei, ...) \
    world_put_code((w), (number), (wei), assemble(&(w)->arena, __VA_ARGS__))

static inline void world_put_slot(struct world *w, struct db_memory_account *account, uint64_t key,
                                  uint64_t value)
{
    struct u256 wide_key = u256_from_u64(key);
    struct u256 wide_value = u256_from_u64(value);
    enum err e = db_memory_put_storage(&w->db, account, &wide_key, &wide_value);
    ASSERT(e == OK);
}

/* world_begin makes a state over the database as it was before any run. */
static inline void world_begin(struct world *w)
{
    enum err e = state_init(&w->state, &w->arena, &w->key, db_memory_db(&w->db));
    ASSERT(e == OK);
    w->evm.state = &w->state;
}

/* world_reset empties a world, one of the usual size if it was not opened: block and transaction
 * have a value of their own in each field that opcodes can read. */
static inline void world_reset(struct world *w, unsigned fork)
{
    if (w->mapping == NULL) {
        world_open(w, WORLD_MEMORY_BYTES, WORLD_ARENA_BYTES);
    }
    arena_reset(&w->arena);
    evm_wipe(&w->evm);
    enum err e = db_memory_init(&w->db, &w->arena, &w->key);
    ASSERT(e == OK);
    w->block = (struct block_env){
        .number = 1000,
        .timestamp = 1700000000,
        .gas_limit = 36000000,
        .chain_id = 1,
        .beneficiary = test_address(BENEFICIARY),
        .prev_randao = {{1, 2, 3, 4}},
        .base_fee_per_gas = {{7, 0, 0, 0}},
        .blob_base_fee = {{5, 0, 0, 0}},
        .max_blobs = 9,
    };
    w->tx = (struct tx_env){.origin = test_address(CALLER), .gas_price = {{10, 0, 0, 0}}};
    w->evm.rules = fork_rules((enum fork)fork);
    w->evm.block = &w->block;
    w->evm.tx = &w->tx;
    w->evm.tracer = NULL;
    w->evm.dispatch = DISPATCHERS[DISPATCHER_COUNT - 1];
    struct address caller = test_address(CALLER);
    (void)world_put(w, &caller, CALLER_WEI, 1, bytes_from(NULL, 0));
    world_begin(w);
}

/* ---- running --------------------------------------------------------------------------------- */

/* struct call: a message from CALLER to an account, or a creation at an address. */
struct call {
    uint64_t to;
    const struct address *address; /* in the place of `to` when it is not NULL */
    int64_t gas;
    uint64_t value;    /* wei, sent along */
    struct bytes data; /* the initcode of a creation */
    bool is_static;
    bool is_create;
};

/* world_send runs a message on the present state, with the dispatcher in w->evm. Caller and target
 * are warm, as in a transaction. */
static inline enum err world_send(struct world *w, const struct call *call)
{
    struct evm *evm = &w->evm;
    struct message message = {
        .caller = test_address(CALLER),
        .code_address = call->address != NULL ? *call->address : test_address(call->to),
        .data = call->data,
        .value = u256_from_u64(call->value),
        .gas = call->gas,
        .is_create = call->is_create,
        .is_static = call->is_static,
        .moves_value = true,
    };
    struct account *caller;
    struct account *delegate;
    bool was_cold;
    TRY(state_account(evm->state, &caller, &message.caller));
    TRY(state_warm(evm->state, caller, &was_cold));
    TRY(state_account(evm->state, &message.target, &message.code_address));
    TRY(state_warm(evm->state, message.target, &was_cold));
    if (call->is_create) {
        TRY(evm_initcode(evm, &message.code, call->data));
        message.data.len = 0;
    } else {
        TRY(evm_resolve_code(evm, &message.code, &delegate, message.target));
        message.is_delegated = delegate != NULL;
    }
    return evm_run(evm, &w->outcome, &message);
}

/* struct run_result: what a run leaves, kept in the arena. */
struct run_result {
    enum err err;
    struct outcome outcome;
    int64_t refund;
    struct hash32 root;
    const struct log_entry *logs;
    size_t log_count;
};

static inline bool log_equal(const struct log_entry *a, const struct log_entry *b)
{
    return address_equal(&a->address, &b->address) && a->topic_count == b->topic_count &&
           memcmp(a->topics, b->topics, a->topic_count * sizeof(a->topics[0])) == 0 &&
           a->data.len == b->data.len &&
           (a->data.len == 0 || memcmp(a->data.ptr, b->data.ptr, a->data.len) == 0);
}

static inline bool run_equal(const struct run_result *a, const struct run_result *b)
{
    if (a->err != OK || b->err != OK) {
        return a->err == b->err;
    }
    if (a->outcome.status != b->outcome.status || a->outcome.gas_left != b->outcome.gas_left ||
        a->outcome.output.len != b->outcome.output.len || a->refund != b->refund ||
        !hash32_equal(&a->root, &b->root) || a->log_count != b->log_count) {
        return false;
    }
    for (size_t i = 0; i < a->log_count; i++) {
        if (!log_equal(&a->logs[i], &b->logs[i])) {
            return false;
        }
    }
    return a->outcome.output.len == 0 ||
           memcmp(a->outcome.output.ptr, b->outcome.output.ptr, a->outcome.output.len) == 0;
}

/* world_result takes down what a run left. */
static inline struct run_result world_result(struct world *w, enum err e)
{
    struct run_result r = {.err = e};
    if (e != OK) {
        return r;
    }
    r.outcome = w->outcome;
    uint8_t *output = ARENA_NEW(&w->arena, uint8_t, r.outcome.output.len);
    ASSERT(output != NULL);
    bytes_copy(output, r.outcome.output.ptr, r.outcome.output.len);
    r.outcome.output.ptr = output;
    r.refund = w->state.refund;
    r.logs = w->state.logs;
    r.log_count = w->state.log_count;
    e = state_root(&r.root, &w->state, &w->db);
    ASSERT(e == OK);
    return r;
}

/* world_run runs a message from the database's accounts under each dispatcher and fails the test
 * when what they leave differs in anything. The last run stays in w->state and w->outcome. */
static inline enum err world_run(struct world *w, const struct call *call)
{
    struct run_result first = {.err = OK};
    enum err e = OK;
    for (size_t d = 0; d < DISPATCHER_COUNT; d++) {
        world_begin(w);
        w->evm.dispatch = DISPATCHERS[d];
        e = world_send(w, call);
        struct run_result r = world_result(w, e);
        if (d == 0) {
            first = r;
        } else if (!run_equal(&first, &r)) {
            test_fail(__FILE__, __LINE__, "dispatchers differ: %s %lld and %s %lld",
                      evm_status_name(first.outcome.status), (long long)first.outcome.gas_left,
                      evm_status_name(r.outcome.status), (long long)r.outcome.gas_left);
        }
    }
    return e;
}

/* world_run_code runs code as the contract at CONTRACT, which must not be there yet. */
#define world_run_code(w, gas_limit, ...)           \
    (world_contract((w), CONTRACT, 0, __VA_ARGS__), \
     world_run((w), &(struct call){.to = CONTRACT, .gas = (gas_limit)}))

/* The runs most tests are made of, with WORLD_GAS: RUN of what is at CONTRACT, RUN_CODE of code
 * there in a new world of a fork. Both end the test when that gives an error. */
#define WORLD_GAS 10000000

#define RUN(w) CHECK_EQ(world_run((w), &(struct call){.to = CONTRACT, .gas = WORLD_GAS}), OK)

#define RUN_CODE(w, fork, ...)                                     \
    do {                                                           \
        world_reset((w), (fork));                                  \
        CHECK_EQ(world_run_code((w), WORLD_GAS, __VA_ARGS__), OK); \
    } while (0)

/* ---- looking at what a run left -------------------------------------------------------------- */

/* world_used gives the gas of a run that began with WORLD_GAS. */
static inline int64_t world_used(const struct world *w)
{
    return WORLD_GAS - w->outcome.gas_left;
}

/* world_topic gives the first topic of log number `index`: what code reports of itself. Fails the
 * test when there is none. */
static inline uint64_t world_topic(const struct world *w, size_t index)
{
    if (index >= w->state.log_count || w->state.logs[index].topic_count == 0) {
        test_fail(__FILE__, __LINE__, "no log %zu with a topic", index);
        return 0;
    }
    return w->state.logs[index].topics[0].w[0];
}

/* world_word gives the output's word `index`; fails the test when there is none. */
static inline struct u256 world_word_at(const struct world *w, size_t index)
{
    struct u256 word = U256_ZERO;
    if (w->outcome.output.len < 32 * (index + 1)) {
        test_fail(__FILE__, __LINE__, "output of %zu bytes has no word %zu (%s)",
                  w->outcome.output.len, index, evm_status_name(w->outcome.status));
    } else {
        u256_load_be(&word, w->outcome.output.ptr + 32 * index);
    }
    return word;
}

static inline struct u256 world_word(const struct world *w)
{
    return world_word_at(w, 0);
}

/* world_number is world_word for numbers below 2^64; fails the test on others. */
static inline uint64_t world_number(const struct world *w)
{
    struct u256 word = world_word(w);
    if (!u256_fits_u64(&word)) {
        test_fail(__FILE__, __LINE__, "output is not below 2^64");
    }
    return word.w[0];
}

static inline struct account *world_account(struct world *w, uint64_t number)
{
    struct address address = test_address(number);
    struct account *account;
    enum err e = state_account(&w->state, &account, &address);
    ASSERT(e == OK);
    return account;
}

static inline struct u256 world_slot(struct world *w, uint64_t number, uint64_t key)
{
    struct u256 wide_key = u256_from_u64(key);
    struct slot *slot;
    enum err e = state_slot(&w->state, &slot, world_account(w, number), &wide_key);
    ASSERT(e == OK);
    e = state_slot_load(&w->state, slot);
    ASSERT(e == OK);
    return slot->value;
}

/* The greatest word, in hex. */
#define ONES "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

/* Snippets. A call's result is left on the stack. */
#define RETURN_TOP     " 0 MSTORE 32 0 RETURN "
#define CALL_ALL(to)   " 0 0 0 0 0 " #to " GAS CALL "
#define STATIC_ALL(to) " 0 0 0 0 " #to " GAS STATICCALL "

#endif
