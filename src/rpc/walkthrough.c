/* The debug form of payloads and results. */

#include "rpc/walkthrough.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "codec/hex.h"

#define INDENT 4

/* An output being written, and how deep in it we are. */
struct debug {
    struct writer *to;
    unsigned depth;
};

/* The longest line without an output: four levels, a name, 66 characters and "_U256,". */
#define LINE_MAX_BYTES 160

/* line writes one line, indented. */
PRINTF_FORMAT(2, 3)
static void line(struct debug *d, const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    ASSERT(len >= 0 && (size_t)len < sizeof(text));
    for (unsigned i = 0; i < d->depth * INDENT; i++) {
        writer_byte(d->to, ' ');
    }
    writer_put(d->to, text, (size_t)len);
    writer_byte(d->to, '\n');
}

/* open and close write the lines around what is nested: "name: Kind {" and "},". */
static void open(struct debug *d, const char *text)
{
    line(d, "%s", text);
    d->depth++;
}

static void close(struct debug *d, const char *text)
{
    d->depth--;
    line(d, "%s", text);
}

struct hex_text {
    char s[2 + 2 * 32 + 1];
};

static struct hex_text hex(const void *data, size_t len)
{
    struct hex_text out = {""};
    ASSERT(len <= 32);
    (void)hex_encode_data(out.s, data, len);
    return out;
}

/* number writes a 256-bit number; zero has a form of its own. */
static void number(struct debug *d, const char *name, const struct u256 *value)
{
    uint8_t bytes[32];
    u256_store_be(bytes, value);
    line(d, "%s: %s_U256,", name, u256_is_zero(value) ? "0x0" : hex(bytes, sizeof(bytes)).s);
}

/* byte_string writes bytes as text with escapes, b"a\n\xff", and what goes before and after. */
static void byte_string(struct debug *d, const char *before, struct bytes bytes)
{
    static const char special[] = "\0\t\n\r\"\\";
    static const char escape[] = "0tnr\"\\";
    for (unsigned i = 0; i < d->depth * INDENT; i++) {
        writer_byte(d->to, ' ');
    }
    writer_put(d->to, before, strlen(before));
    writer_put(d->to, "b\"", 2);
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = bytes.ptr[i];
        const char *found = memchr(special, byte, sizeof(special) - 1);
        if (found != NULL) {
            writer_byte(d->to, '\\');
            writer_byte(d->to, (uint8_t)escape[found - special]);
        } else if (byte >= 0x20 && byte < 0x7f) {
            writer_byte(d->to, byte);
        } else {
            char digits[2];
            hex_encode(digits, &byte, 1);
            writer_put(d->to, "\\x", 2);
            writer_put(d->to, digits, 2);
        }
    }
    writer_put(d->to, "\",\n", 3);
}

static void payload(struct debug *d, const char *before, const struct transfer *transfer)
{
    line(d, "%sPayload {", before);
    d->depth++;
    line(d, "sender: %s,", hex(transfer->sender.b, sizeof(transfer->sender.b)).s);
    number(d, "amount", &transfer->amount);
    close(d, "}");
}

/* halt_name writes a status in the form of a Rust name: OUT_OF_GAS as OutOfGas. */
static void halt_name(char *out, size_t cap, enum evm_status status)
{
    size_t len = 0;
    bool upper = true;
    for (const char *at = evm_status_name(status); *at != '\0' && len + 1 < cap; at++) {
        if (*at == '_') {
            upper = true;
        } else {
            bool lower = !upper && *at >= 'A' && *at <= 'Z';
            out[len++] = (char)(lower ? *at - 'A' + 'a' : *at);
            upper = false;
        }
    }
    out[len] = '\0';
}

static void outcome(struct debug *d, const struct transfer_result *result)
{
    char name[64];
    switch (result->halt) {
    case EVM_SUCCESS:
        open(d, "result: Success {");
        line(d, "reason: %s,", result->output.len == 0 ? "Stop" : "Return");
        line(d, "gas_used: %" PRIu64 ",", result->gas_used);
        line(d, "gas_refunded: %" PRIu64 ",", result->gas_refunded);
        line(d, "logs: [],");
        open(d, "output: Call(");
        byte_string(d, "", result->output);
        close(d, "),");
        break;
    case EVM_REVERT:
        open(d, "result: Revert {");
        line(d, "gas_used: %" PRIu64 ",", result->gas_used);
        byte_string(d, "output: ", result->output);
        break;
    default:
        halt_name(name, sizeof(name), result->halt);
        open(d, "result: Halt {");
        line(d, "reason: %s,", name);
        line(d, "gas_used: %" PRIu64 ",", result->gas_used);
        break;
    }
    close(d, "},");
}

/* no_code writes the code of an account that has none: one STOP, as it was analysed. */
static void no_code(struct debug *d)
{
    open(d, "code: Some(");
    open(d, "Bytecode {");
    line(d, "bytecode: \"00\",");
    open(d, "state: Analysed {");
    line(d, "len: 0,");
    open(d, "jump_map: JumpMap {");
    line(d, "map: \"00\",");
    close(d, "},");
    close(d, "},");
    close(d, "},");
    close(d, "),");
}

static void account(struct debug *d, const struct transfer_account *a)
{
    static const char *const flags[2][2] = {{"0x0", "LoadedAsNotExisting"},
                                            {"Touched", "Touched | LoadedAsNotExisting"}};
    line(d, "%s: Account {", hex(a->address.b, sizeof(a->address.b)).s);
    d->depth++;
    open(d, "info: AccountInfo {");
    number(d, "balance", &a->balance);
    line(d, "nonce: %" PRIu64 ",", a->nonce);
    line(d, "code_hash: %s,", hex(a->code_hash.b, sizeof(a->code_hash.b)).s);
    no_code(d);
    close(d, "},");
    line(d, "storage: {},");
    open(d, "status: AccountStatus(");
    line(d, "%s,", flags[a->touched][a->loaded_as_not_existing]);
    close(d, "),");
    close(d, "},");
}

static void ran(struct debug *d, const char *place, const struct transfer_result *result)
{
    line(d, "[%s] &result = ResultAndState {", place);
    d->depth++;
    outcome(d, result);
    open(d, "state: {");
    for (size_t i = 0; i < result->account_count; i++) {
        account(d, &result->accounts[i]);
    }
    close(d, "},");
    close(d, "}");
}

static void rejected(struct debug *d, const char *place, const struct answer *answer)
{
    line(d, "[%s] &result = Err(", place);
    d->depth++;
    open(d, "Transaction {");
    line(d, "reason: \"%s\",", tx_status_text(answer->result.status));
    if (answer->result.status == TX_INSUFFICIENT_ACCOUNT_FUNDS) {
        number(d, "needs", &answer->needs);
        number(d, "has", &answer->has);
    }
    close(d, "},");
    close(d, ")");
}

void walkthrough_received(struct writer *to, const struct transfer *transfer)
{
    payload(&(struct debug){to, 0}, "recieved: ", transfer);
}

void walkthrough_payload(struct writer *to, const char *place, const struct transfer *transfer)
{
    char before[LINE_MAX_BYTES / 2];
    (void)snprintf(before, sizeof(before), "[%s] &payload = ", place);
    payload(&(struct debug){to, 0}, before, transfer);
}

void walkthrough_answer(struct writer *to, const char *place, const struct answer *answer)
{
    struct debug d = {to, 0};
    switch (answer->kind) {
    case ANSWER_RESULT:
        ran(&d, place, &answer->result);
        return;
    case ANSWER_REJECTED:
        rejected(&d, place, answer);
        return;
    case ANSWER_ERROR:
        break;
    }
    const char *name = err_name(answer->err);
    writer_put(to, "refused: ", 9);
    writer_put(to, name, strlen(name));
    writer_put(to, ": ", 2);
    writer_put(to, answer->message.text, strlen(answer->message.text));
    writer_byte(to, '\n');
}
