#ifndef RPC_PAYLOAD_H
#define RPC_PAYLOAD_H

/* payload.h: the walkthrough's request and its answer as JSON texts.
 *
 *   request   {"sender": ADDRESS, "amount": NUMBER}
 *   answer    {"result": {...}, "state": {ADDRESS: {...}, ...}}     the transaction ran
 *             {"result": {"status": "rejected", ...}}               it is not valid
 *             {"error": {"name": "ERR_RANGE", "message": "..."}}    it was not simulated
 *
 * ADDRESS is "0x" and 40 hex digits, NUMBER an integer that is not negative or a quantity of hex
 * digits, below 2^256. Exactly these keys. A result has
 *
 *   status "success", reason "stop" or, with output, "return"
 *   status "revert",  reason "reverted"
 *   status "halt",    reason a text of evm/status.def
 *     and gasUsed, gasRefunded (numbers), logs (none: []), output (data)
 *   status "rejected", reason a text of exec/tx.h; with too little money also needs and has, in wei
 *     (quantities): what the transaction costs at most, and what the caller owns
 *
 * and an account balance (quantity), nonce (number), codeHash, code (none: "0x"), storage (none:
 * {}) and status, some of "touched" and "loadedAsNotExisting". */

#include "base/arena.h"
#include "base/cursor.h"
#include "codec/json.h"
#include "rpc/json_writer.h"
#include "sim/sim.h"

/* ---- the request ----------------------------------------------------------------------------- */

/* payload_parse reads a request. Errors: ERR_MALFORMED, ERR_RANGE, ERR_TRUNCATED, ERR_TRAILING,
 * ERR_LIMIT, ERR_MEMORY; the detail names the key, or the place in the text, and the reason. */
enum err payload_parse(struct transfer *out, struct bytes text, struct err_detail *detail);

/* payload_from_json reads a request that has been parsed already. Errors: ERR_MALFORMED, ERR_RANGE.
 */
enum err payload_from_json(struct transfer *out, json_t *object, struct err_detail *detail);

/* payload_print writes a request that payload_parse reads to the same transfer. */
void payload_print(struct writer *to, const struct transfer *transfer);

/* ---- the answer ------------------------------------------------------------------------------ */

/* struct answer is what came of a request. */
enum answer_kind { ANSWER_RESULT, ANSWER_REJECTED, ANSWER_ERROR };

struct answer {
    enum answer_kind kind;
    struct transfer_result result; /* RESULT, and REJECTED: of which only the status */
    struct u256 needs;             /* REJECTED for TX_INSUFFICIENT_ACCOUNT_FUNDS: wei */
    struct u256 has;
    enum err err; /* ERROR */
    struct err_detail message;
};

/* answer_from makes the answer to a transfer that was simulated. */
void answer_from(struct answer *out, const struct transfer *transfer,
                 const struct transfer_result *result);

/* answer_put adds an answer to a JSON text, as one value. */
void answer_put(struct json_writer *json, const char *key, const struct answer *answer);

/* answer_print writes an answer, on one line or indented. */
void answer_print(struct writer *to, const struct answer *answer, bool indented);

/* answer_parse reads an answer, trusting the text in nothing: any other shape, status or reason is
 * an error, and a message is cut to what fits, with a '?' for all but printable ASCII. Out: *out,
 * whose output is in `arena`. Errors as payload_parse. */
enum err answer_parse(struct answer *out, struct arena *arena, struct bytes text,
                      struct err_detail *detail);

#endif
