/* The switch dispatcher: a loop around a switch over the rows of opcodes.def. The form for
 * compilers without guaranteed tail calls, and what the fast form is checked against. */

#include "evm/ops.h"

void trace_step(const struct frame *f, const uint8_t *pc, const struct u256 *sp, int64_t gas_left)
{
    const struct evm *evm = f->evm;
    size_t height = stack_bytes(sp);
    int64_t price = rules_cost(evm->rules, *pc);
    const struct trace_step step = {
        .pc = (uint64_t)(pc - f->code),
        .opcode = *pc,
        .price = price < 0 ? 0 : price,
        .gas_left = gas_left,
        .depth = (unsigned)(f - evm->frames) + 1,
        .stack = sp - height / sizeof(*sp),
        .stack_count = height / sizeof(*sp),
        .memory = bytes_from(f->memory, f->memory_len),
        .refund = evm->state->refund,
    };
    evm->tracer->step(evm->tracer->context, &step);
}

/* checked tells whether an instruction may run: defined, stack, static price. */
static ALWAYS_INLINE bool checked(struct frame *f, struct regs *r, uint8_t opcode, unsigned in,
                                  unsigned out, int64_t price)
{
    enum evm_status status;
    size_t height = stack_bytes(r->sp);
    if (UNLIKELY(f->evm->rules->cost_plus_one[opcode] == 0)) {
        status = EVM_INVALID_OPCODE;
    } else if (in > 0 && UNLIKELY(height < in * sizeof(struct u256))) {
        status = EVM_STACK_UNDERFLOW;
    } else if (out > in && UNLIKELY(height > (EVM_STACK_MAX - (out - in)) * sizeof(struct u256))) {
        status = EVM_STACK_OVERFLOW;
    } else if (r->gas_left -= price, UNLIKELY(r->gas_left < 0)) {
        status = EVM_OUT_OF_GAS;
    } else {
        r->pc++;
        r->sp += (int)out - (int)in;
        return true;
    }
    (void)step_halt(f, r, status);
    return false;
}

void evm_dispatch_switch(struct evm *evm)
{
    while (evm->frame != NULL) {
        struct frame *f = evm->frame;
        struct regs r = {f->pc, f->sp, f->gas_left};
        enum step step = STEP_NEXT;
        while (step == STEP_NEXT) {
            if (UNLIKELY(evm->tracer != NULL)) {
                trace_step(f, r.pc, r.sp, r.gas_left);
            }
            switch (*r.pc) {
#define CASE_OF(F, code, NAME, fn, in, out, since, price)                                          \
    case code:                                                                                     \
        step = checked(f, &r, code, in, out, OP_COST(f, code, fn)) ? op_##fn(f, &r) : STEP_RELOAD; \
        break;
                OPCODES(CASE_OF, 0)
#undef CASE_OF
            default:
                step = step_halt(f, &r, EVM_INVALID_OPCODE);
                break;
            }
        }
    }
}
