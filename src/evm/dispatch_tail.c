/* The tail-call dispatcher: a function per opcode, each ending in a jump to the next one's. The
 * machine's registers are the arguments, kept in machine registers by the calling convention, and
 * every opcode has its own indirect jump. Only for compilers with guaranteed tail calls.
 *
 * Each fork has a table of functions, so that an opcode it lacks costs nothing to the others; a
 * traced run uses a table that is op_traced everywhere. */

#include "evm/ops.h"

#if HAVE_TAIL_CALLS

struct table;

#define PARAMS \
    struct frame *f, const uint8_t *pc, struct u256 *sp, int64_t gas_left, const struct table *table
#define ARGS f, pc, sp, gas_left, table

/* The result is always 0: standard C lets only a function with a value `return` another's. */
typedef int handler(PARAMS) PRESERVE_NONE;

struct table {
    handler *of[256];
};

/* reload goes on with the frame that runs now, or leaves when there is none. */
static PRESERVE_NONE int reload(PARAMS)
{
    struct evm *evm = f->evm;
    f = evm->frame;
    if (f == NULL) {
        return 0;
    }
    pc = f->pc;
    sp = f->sp;
    gas_left = f->gas_left;
    MUSTTAIL return table->of[*pc](ARGS);
}

/* The three checks that fail end in a function each, to keep the handlers short. */
#define HALT(name, status)                        \
    static COLD PRESERVE_NONE int name(PARAMS)    \
    {                                             \
        const struct regs r = {pc, sp, gas_left}; \
        (void)step_halt(f, &r, status);           \
        MUSTTAIL return reload(ARGS);             \
    }

HALT(halt_undefined, EVM_INVALID_OPCODE)
HALT(halt_underflow, EVM_STACK_UNDERFLOW)
HALT(halt_overflow, EVM_STACK_OVERFLOW)
HALT(halt_out_of_gas, EVM_OUT_OF_GAS)

#define HANDLER(F, code, NAME, fn, in, out, since, price)                                \
    static PRESERVE_NONE int run_##fn(PARAMS)                                            \
    {                                                                                    \
        size_t height = stack_bytes(sp);                                                 \
        if ((in) > 0 && UNLIKELY(height < (in) * sizeof(struct u256))) {                 \
            MUSTTAIL return halt_underflow(ARGS);                                        \
        }                                                                                \
        if ((out) > (in) &&                                                              \
            UNLIKELY(height > (EVM_STACK_MAX - ((out) - (in))) * sizeof(struct u256))) { \
            MUSTTAIL return halt_overflow(ARGS);                                         \
        }                                                                                \
        gas_left -= OP_COST(f, code, fn);                                                \
        if (UNLIKELY(gas_left < 0)) {                                                    \
            MUSTTAIL return halt_out_of_gas(ARGS);                                       \
        }                                                                                \
        struct regs r = {pc + 1, sp + ((out) - (in)), gas_left};                         \
        if (LIKELY(op_##fn(f, &r) == STEP_NEXT)) {                                       \
            MUSTTAIL return table->of[*r.pc](f, r.pc, r.sp, r.gas_left, table);          \
        }                                                                                \
        MUSTTAIL return reload(ARGS);                                                    \
    }
OPCODES(HANDLER, 0)
#undef HANDLER

/* A range of designators and rows that override it say "undefined unless there is a row"; standard
 * C would need the 107 gaps spelled out. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wgnu-designator"
#pragma clang diagnostic ignored "-Winitializer-overrides"

#define ENTRY(F, code, NAME, fn, in, out, since, price) \
    [code] = (F) >= (since) ? run_##fn : halt_undefined,
#define TABLE(name, fixture_name, other_name) \
    [FORK_##name] = {{[0 ... 255] = halt_undefined, OPCODES(ENTRY, FORK_##name)}},

static const struct table tables[FORK_COUNT] = {FORKS(TABLE)};

/* op_traced reports and goes on to the real handler; its table holds nothing else. */
static PRESERVE_NONE int op_traced(PARAMS)
{
    trace_step(f, pc, sp, gas_left);
    MUSTTAIL return tables[f->evm->rules->fork].of[*pc](ARGS);
}

static const struct table traced = {{[0 ... 255] = op_traced}};

#pragma clang diagnostic pop

void evm_dispatch_tail(struct evm *evm)
{
    struct frame *f = evm->frame;
    const struct table *table = evm->tracer != NULL ? &traced : &tables[evm->rules->fork];
    (void)reload(f, NULL, NULL, 0, table);
}

#else

/* The switch dispatcher is the only one. */
extern int dispatch_tail_is_absent;

#endif
