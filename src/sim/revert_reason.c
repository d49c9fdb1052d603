/* Revert reasons. */

#include "sim/revert_reason.h"

static const uint8_t error_selector[4] = {0x08, 0xc3, 0x79, 0xa0};
static const uint8_t panic_selector[4] = {0x4e, 0x48, 0x7b, 0x71};

static bool begins_with(struct bytes output, const uint8_t selector[static 4])
{
    return output.len >= 4 && memcmp(output.ptr, selector, 4) == 0;
}

struct revert_reason revert_reason_decode(struct bytes output)
{
    struct revert_reason reason = {.kind = REVERT_OTHER};
    struct u256 offset;
    struct u256 len;
    if (begins_with(output, panic_selector) && output.len >= 4 + 32) {
        reason.kind = REVERT_PANIC;
        u256_load_be(&reason.code, output.ptr + 4);
    } else if (begins_with(output, error_selector) && output.len >= 4 + 64) {
        u256_load_be(&offset, output.ptr + 4);
        u256_load_be(&len, output.ptr + 4 + 32);
        if (u256_fits_u64(&offset) && offset.w[0] == 32 && u256_fits_u64(&len) &&
            len.w[0] <= output.len - (4 + 64)) {
            reason.kind = REVERT_ERROR;
            reason.text = bytes_from(output.ptr + 4 + 64, (size_t)len.w[0]);
        }
    }
    return reason;
}

const char *revert_panic_text(const struct u256 *code)
{
    if (!u256_fits_u64(code)) {
        return NULL;
    }
    switch (code->w[0]) {
    case 0x00:
        return "a panic of the compiler";
    case 0x01:
        return "an assertion that does not hold";
    case 0x11:
        return "arithmetic overflow or underflow";
    case 0x12:
        return "division or modulo by zero";
    case 0x21:
        return "a value that its enum does not have";
    case 0x22:
        return "a storage byte array that is encoded wrongly";
    case 0x31:
        return "pop on an empty array";
    case 0x32:
        return "an index out of bounds";
    case 0x41:
        return "too much memory allocated";
    case 0x51:
        return "a call of a function variable that is not set";
    default:
        return NULL;
    }
}
