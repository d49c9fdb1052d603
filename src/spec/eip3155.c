/* EIP-3155 traces. */

#include "spec/eip3155.h"

#include <inttypes.h>

static void print_word(FILE *out, const struct u256 *word)
{
    int i = 3;
    while (i > 0 && word->w[i] == 0) {
        i--;
    }
    (void)fprintf(out, "\"0x%" PRIx64, word->w[i]);
    while (--i >= 0) {
        (void)fprintf(out, "%016" PRIx64, word->w[i]);
    }
    (void)fputc('"', out);
}

/* flush prints a step that is pending; its price is the difference to `gas_left`. */
static void flush(struct eip3155 *trace, unsigned depth, int64_t gas_left, const char *error)
{
    struct eip3155_step *step = &trace->pending[depth];
    if (!step->is_pending) {
        return;
    }
    step->is_pending = false;
    int64_t cost = step->gas - gas_left;
    const char *name = opcode_name(step->opcode);
    (void)fprintf(trace->out,
                  "{\"pc\":%" PRIu64 ",\"op\":%u,\"gas\":\"0x%" PRIx64 "\",\"gasCost\":\"0x%" PRIx64
                  "\",\"memSize\":%zu,\"stack\":[",
                  step->pc, step->opcode, (uint64_t)step->gas, (uint64_t)cost, step->memory_len);
    for (size_t i = 0; i < step->stack_count; i++) {
        if (i > 0) {
            (void)fputc(',', trace->out);
        }
        print_word(trace->out, &step->stack[i]);
    }
    (void)fprintf(trace->out, "],\"depth\":%u,\"refund\":%" PRId64 ",\"opName\":\"%s\"", depth,
                  step->refund, name == NULL ? "INVALID" : name);
    if (error != NULL) {
        (void)fprintf(trace->out, ",\"error\":\"%s\"", error);
    }
    (void)fputs("}\n", trace->out);
}

static void on_step(void *context, const struct trace_step *now)
{
    struct eip3155 *trace = context;
    flush(trace, now->depth, now->gas_left, NULL);
    struct eip3155_step *step = &trace->pending[now->depth];
    step->is_pending = true;
    step->pc = now->pc;
    step->opcode = now->opcode;
    step->gas = now->gas_left;
    step->memory_len = now->memory.len;
    step->refund = now->refund;
    step->stack_count = now->stack_count;
    bytes_copy(step->stack, now->stack, now->stack_count * sizeof(*now->stack));
}

static void on_charged(void *context, unsigned depth, int64_t gas_left)
{
    struct eip3155 *trace = context;
    flush(trace, depth, gas_left, NULL);
}

static void on_frame_end(void *context, unsigned depth, int status, int64_t gas_left)
{
    struct eip3155 *trace = context;
    bool is_halt = status != EVM_SUCCESS && status != EVM_REVERT;
    flush(trace, depth, gas_left, is_halt ? evm_status_text((enum evm_status)status) : NULL);
}

void eip3155_init(struct eip3155 *trace, FILE *out, struct eip3155_step *pending)
{
    *trace = (struct eip3155){
        .out = out,
        .tracer = {.step = on_step, .charged = on_charged, .frame_end = on_frame_end},
        .pending = pending,
    };
    trace->tracer.context = trace;
}

void eip3155_summary(struct eip3155 *trace, const struct outcome *outcome, int64_t gas_limit)
{
    (void)fputs("{\"output\":\"0x", trace->out);
    for (size_t i = 0; i < outcome->output.len; i++) {
        (void)fprintf(trace->out, "%02x", outcome->output.ptr[i]);
    }
    (void)fprintf(trace->out, "\",\"gasUsed\":\"0x%" PRIx64 "\",\"pass\":%s",
                  (uint64_t)(gas_limit - outcome->gas_left),
                  outcome->status == EVM_SUCCESS ? "true" : "false");
    if (outcome->status != EVM_SUCCESS) {
        (void)fprintf(trace->out, ",\"error\":\"%s\"", evm_status_text(outcome->status));
    }
    (void)fputs("}\n", trace->out);
}
