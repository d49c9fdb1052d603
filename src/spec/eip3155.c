/* EIP-3155 traces. */

#include "spec/eip3155.h"

#include <inttypes.h>

#include "codec/hex.h"

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

/* cost_of is what a step asked for, given what is left of the gas after it. */
static uint64_t cost_of(const struct eip3155_step *step, int64_t gas_left)
{
    int64_t asked = gas_left == GAS_NONE ? 0 : step->gas - gas_left;
    return (uint64_t)(asked < step->price ? step->price : asked);
}

/* flush prints a step that is pending, with what came of it. */
static void flush(struct eip3155 *trace, unsigned depth, int64_t gas_left, int64_t refund,
                  const char *error)
{
    struct eip3155_step *step = &trace->pending[depth];
    if (!step->is_pending) {
        return;
    }
    step->is_pending = false;
    const char *name = opcode_name(step->opcode);
    (void)fprintf(trace->out,
                  "{\"pc\":%" PRIu64 ",\"op\":%u,\"gas\":\"0x%" PRIx64 "\",\"gasCost\":\"0x%" PRIx64
                  "\",\"memSize\":%zu,\"stack\":[",
                  step->pc, step->opcode, (uint64_t)step->gas, cost_of(step, gas_left),
                  step->memory_len);
    for (size_t i = 0; i < step->stack_count; i++) {
        if (i > 0) {
            (void)fputc(',', trace->out);
        }
        print_word(trace->out, &step->stack[i]);
    }
    (void)fprintf(trace->out, "],\"depth\":%u,\"refund\":%" PRId64 ",\"opName\":\"%s\"", depth,
                  refund, name == NULL ? "INVALID" : name);
    if (error != NULL) {
        (void)fprintf(trace->out, ",\"error\":\"%s\"", error);
    }
    (void)fputs("}\n", trace->out);
}

static void on_step(void *context, const struct trace_step *now)
{
    struct eip3155 *trace = context;
    flush(trace, now->depth, now->gas_left, now->refund, NULL);
    struct eip3155_step *step = &trace->pending[now->depth];
    step->is_pending = true;
    step->pc = now->pc;
    step->opcode = now->opcode;
    step->price = now->price;
    step->gas = now->gas_left;
    step->memory_len = now->memory.len;
    step->refund = now->refund;
    step->stack_count = now->stack_count;
    bytes_copy(step->stack, now->stack, now->stack_count * sizeof(*now->stack));
}

static void on_charged(void *context, unsigned depth, int64_t gas_left)
{
    struct eip3155 *trace = context;
    flush(trace, depth, gas_left, trace->pending[depth].refund, NULL);
}

static void on_ending(void *context, const struct trace_end *end)
{
    struct eip3155 *trace = context;
    const char *error =
        end->status == EVM_SUCCESS ? NULL : evm_status_text((enum evm_status)end->status);
    flush(trace, end->depth, end->gas_left, end->refund, error);
}

void eip3155_init(struct eip3155 *trace, FILE *out, struct eip3155_step *pending)
{
    *trace = (struct eip3155){
        .out = out,
        .tracer = {.step = on_step, .charged = on_charged, .ending = on_ending},
        .pending = pending,
    };
    trace->tracer.context = trace;
}

void eip3155_forget(struct eip3155 *trace)
{
    for (unsigned depth = 0; depth < EIP3155_STEPS; depth++) {
        trace->pending[depth].is_pending = false;
    }
}

void eip3155_summary(struct eip3155 *trace, const struct eip3155_summary *summary)
{
    char root[67];
    root[hex_encode_data(root, summary->state_root->b, sizeof(summary->state_root->b))] = '\0';
    (void)fprintf(trace->out, "{\"stateRoot\":\"%s\",\"output\":\"", root);
    for (size_t i = 0; i < summary->output.len; i++) {
        (void)fprintf(trace->out, "%02x", summary->output.ptr[i]);
    }
    (void)fprintf(trace->out, "\",\"gasUsed\":\"0x%" PRIx64 "\",\"pass\":%s,\"fork\":\"%s\"",
                  summary->gas_used, summary->error == NULL ? "true" : "false", summary->fork);
    if (summary->error != NULL) {
        (void)fprintf(trace->out, ",\"error\":\"%s\"", summary->error);
    }
    (void)fputs("}\n", trace->out);
}
