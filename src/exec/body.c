/* Blocks in RLP. */

#include "exec/body.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "exec/index_root.h"

/* The shortest encodings. A list cannot have more items than these fit into it, so what is reserved
 * for them is never much more than what is really there. */
#define WITHDRAWAL_RLP_MIN 25u /* header of the list, three numbers, 21 bytes of address */
#define TX_RLP_MIN         10u /* the same for nine empty fields; typed ones have more */

/* count_next reads a list and counts its items, each of which takes at least `item_min` bytes. */
static enum err count_next(struct cursor *fields, struct cursor *items, size_t *count,
                           size_t item_min)
{
    TRY(rlp_list_next(fields, items));
    TRY(rlp_count(*items, count));
    return *count <= cursor_left(items) / item_min ? OK : ERR_MALFORMED;
}

/* tx_next cuts out a transaction. Of a string, EIP-2718: the first byte is the type, and 0x00 to
 * 0x7f is what types may be; more would be a legacy list wrapped into a string. */
static enum err tx_next(struct cursor *items, struct bytes *out)
{
    struct rlp_item item;
    TRY(rlp_next(items, &item));
    if (item.kind == RLP_LIST) {
        *out = item.encoded;
        return OK;
    }
    if (item.payload.len == 0 || item.payload.ptr[0] > 0x7f) {
        return ERR_MALFORMED;
    }
    *out = item.payload;
    return OK;
}

static enum err txs_next(struct cursor *fields, struct block *out, struct arena *arena)
{
    struct cursor items;
    TRY(count_next(fields, &items, &out->tx_count, TX_RLP_MIN));
    struct bytes *txs = ARENA_NEW(arena, struct bytes, out->tx_count);
    if (txs == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < out->tx_count; i++) {
        TRY(tx_next(&items, &txs[i]));
    }
    out->txs = txs;
    return OK;
}

static enum err ommers_next(struct cursor *fields, struct block *out, struct arena *arena)
{
    struct cursor items;
    const uint8_t *start = fields->pos;
    TRY(count_next(fields, &items, &out->ommer_count, HEADER_RLP_MIN));
    out->ommers_encoded = bytes_from(start, (size_t)(fields->pos - start));
    struct header *ommers = ARENA_NEW(arena, struct header, out->ommer_count);
    struct bytes *encodings = ARENA_NEW(arena, struct bytes, out->ommer_count);
    if (ommers == NULL || encodings == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < out->ommer_count; i++) {
        struct rlp_item item;
        TRY(rlp_next(&items, &item));
        encodings[i] = item.encoded;
        TRY(header_decode(&ommers[i], item.encoded));
    }
    out->ommers = ommers;
    out->ommer_encodings = encodings;
    return OK;
}

static enum err withdrawal_next(struct cursor *items, struct withdrawal *out)
{
    struct cursor fields;
    TRY(rlp_list_next(items, &fields));
    TRY(rlp_u64_next(&fields, &out->index));
    TRY(rlp_u64_next(&fields, &out->validator_index));
    TRY(rlp_address_next(&fields, &out->address));
    TRY(rlp_u64_next(&fields, &out->amount_gwei));
    return rlp_end(&fields);
}

static enum err withdrawals_next(struct cursor *fields, struct block *out, struct arena *arena)
{
    struct cursor items;
    TRY(count_next(fields, &items, &out->withdrawal_count, WITHDRAWAL_RLP_MIN));
    struct withdrawal *withdrawals = ARENA_NEW(arena, struct withdrawal, out->withdrawal_count);
    if (withdrawals == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < out->withdrawal_count; i++) {
        TRY(withdrawal_next(&items, &withdrawals[i]));
    }
    out->withdrawals = withdrawals;
    return OK;
}

static enum err decode(struct block *out, struct arena *arena, struct bytes encoded)
{
    struct cursor input = cursor_from(encoded);
    struct cursor fields;
    struct rlp_item header;
    TRY(rlp_list_next(&input, &fields));
    TRY(rlp_end(&input));
    TRY(rlp_next(&fields, &header));
    TRY(header_decode(&out->header, header.encoded));
    out->header_encoded = header.encoded;
    TRY(txs_next(&fields, out, arena));
    TRY(ommers_next(&fields, out, arena));
    out->has_withdrawals = cursor_left(&fields) != 0;
    if (out->has_withdrawals) {
        TRY(withdrawals_next(&fields, out, arena));
    }
    out->encoded_len = encoded.len;
    return rlp_end(&fields);
}

enum err block_decode(struct block *out, struct arena *arena, struct bytes encoded)
{
    size_t mark = arena_mark(arena);
    struct block block = {.tx_count = 0};
    enum err e = decode(&block, arena, encoded);
    if (e != OK) {
        arena_rewind(arena, mark);
        return e;
    }
    *out = block;
    return OK;
}

/* ---- encoding -------------------------------------------------------------------------------- */

static void withdrawal_fields_write(struct writer *w, const struct withdrawal *withdrawal)
{
    rlp_u64_write(w, withdrawal->index);
    rlp_u64_write(w, withdrawal->validator_index);
    rlp_address_write(w, &withdrawal->address);
    rlp_u64_write(w, withdrawal->amount_gwei);
}

static size_t withdrawal_fields_size(const struct withdrawal *withdrawal)
{
    struct writer counter = writer_to(NULL, 0);
    withdrawal_fields_write(&counter, withdrawal);
    return counter.len;
}

size_t withdrawal_size(const struct withdrawal *withdrawal)
{
    return rlp_list_size(withdrawal_fields_size(withdrawal));
}

void withdrawal_encode(struct writer *w, const struct withdrawal *withdrawal)
{
    rlp_list_write(w, withdrawal_fields_size(withdrawal));
    withdrawal_fields_write(w, withdrawal);
}

/* txs_write, ommers_write and withdrawals_write write the items of the lists. */
static void txs_write(struct writer *w, const struct block *block)
{
    for (size_t i = 0; i < block->tx_count; i++) {
        struct bytes tx = block->txs[i];
        if (tx.ptr[0] > 0x7f) {
            writer_put(w, tx.ptr, tx.len);
        } else {
            rlp_string_write(w, tx);
        }
    }
}

static void ommers_write(struct writer *w, const struct block *block)
{
    for (size_t i = 0; i < block->ommer_count; i++) {
        header_encode(w, &block->ommers[i]);
    }
}

static void withdrawals_write(struct writer *w, const struct block *block)
{
    for (size_t i = 0; i < block->withdrawal_count; i++) {
        withdrawal_encode(w, &block->withdrawals[i]);
    }
}

/* list_write writes the items that `items` writes as a list. */
static void list_write(struct writer *w, const struct block *block,
                       void (*items)(struct writer *w, const struct block *block))
{
    struct writer counter = writer_to(NULL, 0);
    items(&counter, block);
    rlp_list_write(w, counter.len);
    items(w, block);
}

static void fields_write(struct writer *w, const struct block *block)
{
    header_encode(w, &block->header);
    list_write(w, block, txs_write);
    list_write(w, block, ommers_write);
    if (block->has_withdrawals) {
        list_write(w, block, withdrawals_write);
    }
}

size_t block_size(const struct block *block)
{
    struct writer counter = writer_to(NULL, 0);
    fields_write(&counter, block);
    return rlp_list_size(counter.len);
}

void block_encode(struct writer *w, const struct block *block)
{
    list_write(w, block, fields_write);
}

/* ---- commitments ----------------------------------------------------------------------------- */

static void tx_item(struct writer *w, const void *items, size_t index)
{
    const struct bytes *txs = items;
    writer_put(w, txs[index].ptr, txs[index].len);
}

static void withdrawal_item(struct writer *w, const void *items, size_t index)
{
    const struct withdrawal *withdrawals = items;
    withdrawal_encode(w, &withdrawals[index]);
}

enum err block_transactions_root(struct hash32 *out, struct arena *arena, const struct block *block)
{
    return index_root(out, arena, block->txs, block->tx_count, tx_item);
}

enum err block_withdrawals_root(struct hash32 *out, struct arena *arena, const struct block *block)
{
    return index_root(out, arena, block->withdrawals, block->withdrawal_count, withdrawal_item);
}

struct hash32 block_ommers_hash(const struct block *block)
{
    struct hash32 hash;
    keccak256(&hash, block->ommers_encoded.ptr, block->ommers_encoded.len);
    return hash;
}
