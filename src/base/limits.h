#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* limits.h: every named maximum that is ours to choose, with its reason. Maxima that the protocol
 * sets (stack depth, code size) stand with the rules, in evm/. */

/* A JSON text that is nested deeper is not a request of ours; jansson recurses once per level. */
#define LIMIT_JSON_DEPTH 32u

/* The proof of concept's payload is about 100 bytes. Room for growth, but small enough that a
 * thousand clients cannot fill the enclave's memory. */
#define LIMIT_REQUEST_BYTES (64u * 1024u)

#endif
