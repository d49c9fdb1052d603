/* Receipts, their logs and blooms, in RLP. */

#include "exec/receipt.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "exec/index_root.h"

/* A topic in RLP: its header byte and 32 bytes; an address: 1 and 20; a bloom: 3 and 256. */
#define TOPIC_RLP   33
#define ADDRESS_RLP 21
#define BLOOM_RLP   259

/* The shortest log: its list's header, an address, no topics, no data. */
#define LOG_RLP_MIN (1 + ADDRESS_RLP + 1 + 1)

#define TOPICS_MAX (sizeof(((struct log_entry *)NULL)->topics) / sizeof(struct u256))

/* ---- logs ------------------------------------------------------------------------------------ */

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

static size_t logs_payload(const struct log_entry *logs, size_t count)
{
    size_t payload = 0;
    for (size_t i = 0; i < count; i++) {
        payload += rlp_list_size(log_payload(&logs[i]));
    }
    return payload;
}

static void logs_write(struct writer *w, const struct log_entry *logs, size_t count)
{
    rlp_list_write(w, logs_payload(logs, count));
    for (size_t i = 0; i < count; i++) {
        log_write(w, &logs[i]);
    }
}

enum err receipt_logs_hash(struct hash32 *out, struct arena *arena, const struct log_entry *logs,
                           size_t count)
{
    size_t mark = arena_mark(arena);
    size_t size = rlp_list_size(logs_payload(logs, count));
    uint8_t *buffer = ARENA_NEW(arena, uint8_t, size);
    if (buffer == NULL) {
        return ERR_MEMORY;
    }
    struct writer w = writer_to(buffer, size);
    logs_write(&w, logs, count);
    struct bytes encoded = writer_view(&w);
    keccak256(out, encoded.ptr, encoded.len);
    arena_rewind(arena, mark);
    return OK;
}

static enum err log_next(struct cursor *items, struct log_entry *out)
{
    struct cursor fields;
    struct cursor topics;
    TRY(rlp_list_next(items, &fields));
    TRY(rlp_address_next(&fields, &out->address));
    TRY(rlp_list_next(&fields, &topics));
    for (out->topic_count = 0; cursor_left(&topics) != 0; out->topic_count++) {
        struct hash32 bytes;
        struct u256 topic;
        if (out->topic_count == TOPICS_MAX) {
            return ERR_MALFORMED;
        }
        TRY(rlp_hash32_next(&topics, &bytes));
        u256_load_be(&topic, bytes.b);
        out->topics[out->topic_count] = topic;
    }
    TRY(rlp_string_next(&fields, &out->data));
    return rlp_end(&fields);
}

/* ---- blooms ---------------------------------------------------------------------------------- */

/* bloom_add sets the bits of one item. Yellow Paper 4.3.1: "the low-order 11 bits" of each of the
 * first three pairs of bytes of its hash, bit 0 being the last one of the filter. */
static void bloom_add(uint8_t bloom[static BLOOM_BYTES], const void *item, size_t len)
{
    struct hash32 hash;
    keccak256(&hash, item, len);
    for (unsigned i = 0; i < 6; i += 2) {
        unsigned bit = ((unsigned)hash.b[i] << 8 | hash.b[i + 1]) % (BLOOM_BYTES * 8);
        bloom[BLOOM_BYTES - 1 - bit / 8] |= (uint8_t)(1u << bit % 8);
    }
}

void receipt_bloom(uint8_t bloom[static BLOOM_BYTES], const struct log_entry *logs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bloom_add(bloom, logs[i].address.b, sizeof(logs[i].address.b));
        for (unsigned t = 0; t < logs[i].topic_count; t++) {
            uint8_t topic[32];
            u256_store_be(topic, &logs[i].topics[t]);
            bloom_add(bloom, topic, sizeof(topic));
        }
    }
}

/* ---- receipts -------------------------------------------------------------------------------- */

static size_t receipt_payload(const struct receipt *receipt)
{
    return (receipt->has_status ? 1 : 1 + sizeof(receipt->state_root)) +
           rlp_u64_size(receipt->cumulative_gas_used) + BLOOM_RLP +
           rlp_list_size(logs_payload(receipt->logs, receipt->log_count));
}

/* receipt_write writes a receipt whose bloom is known. */
static void receipt_write(struct writer *w, const struct receipt *receipt,
                          const uint8_t bloom[static BLOOM_BYTES])
{
    if (receipt->type != TX_LEGACY) {
        writer_byte(w, (uint8_t)receipt->type);
    }
    rlp_list_write(w, receipt_payload(receipt));
    if (receipt->has_status) {
        rlp_u64_write(w, receipt->is_success ? 1 : 0);
    } else {
        rlp_hash32_write(w, &receipt->state_root);
    }
    rlp_u64_write(w, receipt->cumulative_gas_used);
    rlp_string_write(w, bytes_from(bloom, BLOOM_BYTES));
    logs_write(w, receipt->logs, receipt->log_count);
}

size_t receipt_size(const struct receipt *receipt)
{
    return (receipt->type == TX_LEGACY ? 0 : 1) + rlp_list_size(receipt_payload(receipt));
}

void receipt_encode(struct writer *w, const struct receipt *receipt)
{
    uint8_t bloom[BLOOM_BYTES] = {0};
    receipt_bloom(bloom, receipt->logs, receipt->log_count);
    receipt_write(w, receipt, bloom);
}

/* post_next reads the first field. Only legacy receipts can be older than Byzantium. */
static enum err post_next(struct cursor *fields, struct receipt *out)
{
    struct bytes post;
    TRY(rlp_string_next(fields, &post));
    out->has_status = post.len != sizeof(out->state_root);
    if (!out->has_status) {
        memcpy(out->state_root.b, post.ptr, sizeof(out->state_root.b));
        return out->type == TX_LEGACY ? OK : ERR_MALFORMED;
    }
    out->is_success = post.len == 1 && post.ptr[0] == 1;
    return out->is_success || post.len == 0 ? OK : ERR_MALFORMED;
}

static enum err logs_next(struct cursor *fields, struct receipt *out, struct arena *arena)
{
    struct cursor items;
    TRY(rlp_list_next(fields, &items));
    TRY(rlp_count(items, &out->log_count));
    if (out->log_count > cursor_left(&items) / LOG_RLP_MIN) {
        return ERR_MALFORMED;
    }
    struct log_entry *logs = ARENA_NEW(arena, struct log_entry, out->log_count);
    if (logs == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < out->log_count; i++) {
        TRY(log_next(&items, &logs[i]));
    }
    out->logs = logs;
    return OK;
}

static enum err decode(struct receipt *out, struct arena *arena, struct bytes encoded)
{
    struct cursor input = cursor_from(encoded);
    struct cursor fields;
    uint8_t claimed[BLOOM_BYTES];
    uint8_t bloom[BLOOM_BYTES] = {0};
    if (encoded.len != 0 && encoded.ptr[0] < TX_TYPE_COUNT) {
        if (encoded.ptr[0] == TX_LEGACY) {
            return ERR_MALFORMED; /* a legacy receipt has no type's byte */
        }
        out->type = (enum tx_type)encoded.ptr[0];
        input.pos++;
    }
    TRY(rlp_list_next(&input, &fields));
    TRY(rlp_end(&input));
    TRY(post_next(&fields, out));
    TRY(rlp_u64_next(&fields, &out->cumulative_gas_used));
    TRY(rlp_fixed_next(&fields, claimed, sizeof(claimed)));
    TRY(logs_next(&fields, out, arena));
    TRY(rlp_end(&fields));
    receipt_bloom(bloom, out->logs, out->log_count);
    return memcmp(bloom, claimed, sizeof(bloom)) == 0 ? OK : ERR_MALFORMED;
}

enum err receipt_decode(struct receipt *out, struct arena *arena, struct bytes encoded)
{
    size_t mark = arena_mark(arena);
    struct receipt receipt = {.type = TX_LEGACY};
    enum err e = decode(&receipt, arena, encoded);
    if (e != OK) {
        arena_rewind(arena, mark);
        return e;
    }
    *out = receipt;
    return OK;
}

/* ---- the root -------------------------------------------------------------------------------- */

/* struct bloomed: receipts and the bloom of each. */
struct bloomed {
    const struct receipt *receipts;
    const uint8_t (*blooms)[BLOOM_BYTES];
};

static void bloomed_item(struct writer *w, const void *items, size_t index)
{
    const struct bloomed *bloomed = items;
    receipt_write(w, &bloomed->receipts[index], bloomed->blooms[index]);
}

enum err receipts_root(struct hash32 *out, uint8_t logs_bloom[static BLOOM_BYTES],
                       struct arena *arena, const struct receipt *receipts, size_t count)
{
    size_t mark = arena_mark(arena);
    uint8_t(*blooms)[BLOOM_BYTES] = arena_alloc(arena, count, sizeof(*blooms), 1);
    if (blooms == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        receipt_bloom(blooms[i], receipts[i].logs, receipts[i].log_count);
    }
    const struct bloomed bloomed = {receipts, blooms};
    enum err e = index_root(out, arena, &bloomed, count, bloomed_item);
    for (size_t i = 0; e == OK && i < count; i++) {
        for (size_t at = 0; at < BLOOM_BYTES; at++) {
            logs_bloom[at] |= blooms[i][at];
        }
    }
    arena_rewind(arena, mark);
    return e;
}
