#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* limits.h: every named maximum that is ours to choose, with its reason. Maxima that the protocol
 * sets (stack depth, code size) stand with the rules, in evm/. */

#include <stddef.h>
#include <stdint.h>

/* A JSON text that is nested deeper is not a request of ours; jansson recurses once per level. */
#define LIMIT_JSON_DEPTH 32u

/* The proof of concept's payload is about 100 bytes. Room for growth, but small enough that a
 * thousand clients cannot fill the enclave's memory. */
#define LIMIT_REQUEST_BYTES (64u * 1024u)

/* All requests on their way in together, beyond the first KiB of each: 256 of the longest. */
#define LIMIT_INPUT_BYTES ((size_t)16 * 1024 * 1024)

/* A transfer's answer is about 1.2 KB. */
#define LIMIT_ANSWER_BYTES ((size_t)64 * 1024)

/* Clients connected at once: more than a host's proxy opens, at 1.3 KB each. */
#define LIMIT_CONNECTIONS 4096u

/* Whole requests that wait for a worker: a burst of a thousand clients, and at 20,000 a second
 * answered before they lose patience. */
#define LIMIT_QUEUE 1024u

/* A request arrives, and its answer is taken, within milliseconds; a human typing has the rest. */
#define LIMIT_DEADLINE_MS 10000u

/* Workers beyond the processors only wait, and each reserves a simulator's address space. */
#define LIMIT_WORKERS 256u

/* The EVM does not recurse, JSON at most LIMIT_JSON_DEPTH levels of a few hundred bytes; libraries
 * of big numbers take some tens of KiB. */
#define LIMIT_WORKER_STACK_BYTES ((size_t)512 * 1024)

/* ---- simulations ----------------------------------------------------------------------------- */

/* Values of a request's JSON, keys included, at 160 bytes each: 32 MB. The largest execution
 * witness of a mainnet block that we have seen has 12,000. */
#define LIMIT_JSON_VALUES 200000u

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
