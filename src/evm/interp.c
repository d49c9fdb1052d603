/* The machine's region and names; frames.c and calls.c run messages, dispatch_*.c instructions. */

#include "evm/interp.h"

static_assert(EVM_FRAMES * sizeof(struct frame) <= EVM_FRAMES_BYTES, "the frames fit their part");
static_assert(EVM_STACK_MAX * sizeof(struct u256) * 2 == EVM_STACK_SLOT, "a stack is half a slot");

struct status_row {
    const char *name;
    const char *text;
};

static const struct status_row statuses[EVM_STATUS_COUNT] = {
#define X(name, text) [EVM_##name] = {#name, text},
    EVM_STATUSES(X)
#undef X
};

const char *evm_status_name(enum evm_status status)
{
    ASSERT((unsigned)status < EVM_STATUS_COUNT);
    return statuses[status].name;
}

const char *evm_status_text(enum evm_status status)
{
    ASSERT((unsigned)status < EVM_STATUS_COUNT);
    return statuses[status].text;
}

enum err evm_open(struct evm *evm, void *region, size_t memory_cap)
{
    ASSERT(((uintptr_t)region & (EVM_STACK_SLOT - 1)) == 0 && memory_cap % 4096 == 0);
    uint8_t *base = region;
    *evm = (struct evm){.stacks = base, .memory_cap = memory_cap, .p256 = p256_new()};
    /* NOLINTNEXTLINE(bugprone-casting-through-void): a page boundary is aligned for anything */
    evm->frames = (struct frame *)(void *)(base + EVM_STACKS_BYTES);
    evm->memory_base = base + EVM_STACKS_BYTES + EVM_FRAMES_BYTES;
    evm->return_base = evm->memory_base + memory_cap;
#if HAVE_TAIL_CALLS
    evm->dispatch = evm_dispatch_tail;
#else
    evm->dispatch = evm_dispatch_switch;
#endif
    return evm->p256 == NULL ? ERR_MEMORY : OK;
}

void evm_close(struct evm *evm)
{
    p256_free(evm->p256);
    evm->p256 = NULL;
}

void evm_wipe(struct evm *evm)
{
    for (unsigned i = 0; i < evm->frames_high; i++) {
        secure_zero(evm->stacks + i * EVM_STACK_SLOT, EVM_STACK_SLOT / 2);
    }
    secure_zero(evm->frames, evm->frames_high * sizeof(*evm->frames));
    secure_zero(evm->memory_base, evm->memory_high);
    secure_zero(evm->return_base, evm->return_high);
    evm->frames_high = 0;
    evm->memory_high = 0;
    evm->return_high = 0;
    secure_zero(&evm->modulus, sizeof(evm->modulus));
    evm->return_data = bytes_from(NULL, 0);
    evm->outcome = (struct outcome){.status = EVM_SUCCESS};
}
