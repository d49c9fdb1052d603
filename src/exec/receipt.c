/* Logs in RLP. */

#include "exec/receipt.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"

/* A topic in RLP: its header byte and 32 bytes; an address: 1 and 20. */
#define TOPIC_RLP   33
#define ADDRESS_RLP 21

static size_t log_payload(const struct log_entry *log)
{
    return ADDRESS_RLP + rlp_list_size(log->topic_count * TOPIC_RLP) + rlp_string_size(log->data);
}

static void log_write(struct writer *w, const struct log_entry *log)
{
    rlp_list_write(w, log_payload(log));
    rlp_address_write(w, &log->address);
    rlp_list_write(w, log->topic_count * TOPIC_RLP);
    for (unsigned i = 0; i < log->topic_count; i++) {
        struct hash32 topic;
        u256_store_be(topic.b, &log->topics[i]);
        rlp_hash32_write(w, &topic);
    }
    rlp_string_write(w, log->data);
}

enum err receipt_logs_hash(struct hash32 *out, struct arena *arena, const struct log_entry *logs,
                           size_t count)
{
    size_t payload = 0;
    for (size_t i = 0; i < count; i++) {
        payload += rlp_list_size(log_payload(&logs[i]));
    }
    size_t mark = arena_mark(arena);
    size_t size = rlp_list_size(payload);
    uint8_t *buffer = ARENA_NEW(arena, uint8_t, size);
    if (buffer == NULL) {
        return ERR_MEMORY;
    }
    struct writer w = writer_to(buffer, size);
    rlp_list_write(&w, payload);
    for (size_t i = 0; i < count; i++) {
        log_write(&w, &logs[i]);
    }
    struct bytes encoded = writer_view(&w);
    keccak256(out, encoded.ptr, encoded.len);
    arena_rewind(arena, mark);
    return OK;
}
