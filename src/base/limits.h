#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* limits.h: every named maximum that is ours to choose, with its reason. Maxima that the protocol
 * sets (stack depth, code size) stand with the rules, in evm/. */

#include <stddef.h>
#include <stdint.h>

/* A JSON text that is nested deeper is not a request of ours; jansson recurses once per level. */
#define LIMIT_JSON_DEPTH 32u

/* The proof of concept's payload is about 100 bytes. Room for growth, but small enough that a
 * thousand clients cannot fill the enclave's memory. Also where requests stop being short: longer
 * ones have memory, workers and a queue apart, so that they cannot keep short ones waiting. */
#define LIMIT_REQUEST_BYTES (64u * 1024u)

/* A JSON-RPC request. The largest of mainnet's blocks with its witness is 6 MB of JSON today; this
 * is room for five times the state that it touches. */
#define LIMIT_RPC_REQUEST_BYTES ((size_t)32 << 20)

/* A JSON-RPC answer: the state that a block changes and its logs, several times over. */
#define LIMIT_RPC_ANSWER_BYTES ((size_t)16 << 20)

/* Memory that the JSON of one request may take, as codec/json.h computes it beforehand. A block
 * takes a bit more than its own length; what fills this is a text made to. The 256 MiB that we
 * promise hold one such text beside all that is on its way in and out. */
#define LIMIT_RPC_JSON_BYTES ((size_t)112 << 20)

/* Requests in one batch: far more than tools send, and no reason to wait long for others' turn. */
#define LIMIT_RPC_BATCH 100u

/* Once a batch has run for so long, the rest of it is refused: gas bounds each simulation, but a
 * hundred of the longest would keep a worker for minutes. */
#define LIMIT_RPC_BATCH_MS 10000u

/* An id is a number or a short text; it comes back with the answer, and with each of a batch. */
#define LIMIT_RPC_ID_BYTES 256u

/* The head of an HTTP message, and its fields: what common servers take. */
#define LIMIT_HTTP_HEAD_BYTES (16u * 1024u)
#define LIMIT_HTTP_FIELDS     100u

/* All short requests together, beyond the first KiB of each: 256 of the longest. */
#define LIMIT_SHORT_INPUT_BYTES ((size_t)16 << 20)

/* All long requests together, on their way in, waiting or in work: one of the longest and some of
 * the usual size, or six large blocks. */
#define LIMIT_LONG_INPUT_BYTES ((size_t)40 << 20)

/* All answers that wait to be taken, short ones (at most LIMIT_REQUEST_BYTES) and long ones. */
#define LIMIT_SHORT_OUTPUT_BYTES ((size_t)8 << 20)
#define LIMIT_LONG_OUTPUT_BYTES  ((size_t)32 << 20)

/* An answer to a payload: a transfer's is about 1.2 KB. */
#define LIMIT_ANSWER_BYTES ((size_t)64 * 1024)

/* Clients connected at once: more than a host's proxy opens, at 1.3 KB each. */
#define LIMIT_CONNECTIONS 4096u

/* Whole requests that wait for a worker: a burst of a thousand clients, and at 20,000 a second
 * answered before they lose patience. */
#define LIMIT_QUEUE 1024u

/* A request arrives, and its answer is taken, within milliseconds; a human typing has the rest. */
#define LIMIT_DEADLINE_MS 10000u

/* A long request or answer that moves at least this fast (bytes a second, 1 Mbit/s) over a whole
 * deadline gets another one. As each takes its share of bytes that are bounded, so are deadlines:
 * 32 MiB take at most four and a half minutes. */
#define LIMIT_SLOWEST_RATE ((size_t)128 * 1024)

/* Between two requests of a connection that is kept: what clients' pools count on, and cheap, since
 * a connection at rest gives way to a new one. */
#define LIMIT_IDLE_MS 60000u

/* Workers beyond the processors only wait, and each reserves a simulator's address space. */
#define LIMIT_WORKERS 256u

/* The EVM does not recurse, JSON at most LIMIT_JSON_DEPTH levels of a few hundred bytes; libraries
 * of big numbers take some tens of KiB. */
#define LIMIT_WORKER_STACK_BYTES ((size_t)512 * 1024)

/* ---- simulations ----------------------------------------------------------------------------- */

/* Transactions in a request: more than a block of 60 million gas has room for. */
#define LIMIT_TRANSACTIONS 4096u

/* Accounts that a request gives or overrides. Each is hashed, and takes about a kilobyte. */
#define LIMIT_ACCOUNTS 65536u

/* Headers: BLOCKHASH sees no further. */
#define LIMIT_HEADERS 256u

/* Gas of all transactions of a request together: two and a half mainnet blocks of 60 million. At 20
 * million a second, which only contrived code is slow enough for, that is eight seconds. */
#define LIMIT_GAS UINT64_C(150000000)

/* Instructions that a trace keeps, and items of their stacks in all: 40 MB of JSON at worst. */
#define LIMIT_TRACE_STEPS 10000u
#define LIMIT_TRACE_WORDS 200000u

#endif
