/* Block headers in RLP. */

#include "exec/header.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"

/* is_more tells whether another field follows: an optional one is there then. */
static bool is_more(const struct cursor *fields)
{
    return cursor_left(fields) != 0;
}

/* fields_next reads the fields of every fork. */
static enum err fields_next(struct cursor *fields, struct header *out)
{
    TRY(rlp_hash32_next(fields, &out->parent_hash));
    TRY(rlp_hash32_next(fields, &out->ommers_hash));
    TRY(rlp_address_next(fields, &out->beneficiary));
    TRY(rlp_hash32_next(fields, &out->state_root));
    TRY(rlp_hash32_next(fields, &out->transactions_root));
    TRY(rlp_hash32_next(fields, &out->receipts_root));
    TRY(rlp_fixed_next(fields, out->logs_bloom, sizeof(out->logs_bloom)));
    TRY(rlp_u256_next(fields, &out->difficulty));
    TRY(rlp_u64_next(fields, &out->number));
    TRY(rlp_u64_next(fields, &out->gas_limit));
    TRY(rlp_u64_next(fields, &out->gas_used));
    TRY(rlp_u64_next(fields, &out->timestamp));
    TRY(rlp_string_next(fields, &out->extra_data));
    TRY(rlp_hash32_next(fields, &out->prev_randao));
    return rlp_fixed_next(fields, out->nonce, sizeof(out->nonce));
}

/* optional_next reads those that forks added. */
static enum err optional_next(struct cursor *fields, struct header *out)
{
    out->has_base_fee = is_more(fields);
    if (out->has_base_fee) {
        TRY(rlp_u256_next(fields, &out->base_fee_per_gas));
    }
    out->has_withdrawals_root = is_more(fields);
    if (out->has_withdrawals_root) {
        TRY(rlp_hash32_next(fields, &out->withdrawals_root));
    }
    out->has_blob_gas = is_more(fields);
    if (out->has_blob_gas) {
        TRY(rlp_u64_next(fields, &out->blob_gas_used));
        TRY(rlp_u64_next(fields, &out->excess_blob_gas));
    }
    out->has_beacon_root = is_more(fields);
    if (out->has_beacon_root) {
        TRY(rlp_hash32_next(fields, &out->parent_beacon_block_root));
    }
    out->has_requests_hash = is_more(fields);
    if (out->has_requests_hash) {
        TRY(rlp_hash32_next(fields, &out->requests_hash));
    }
    return OK;
}

enum err header_decode(struct header *out, struct bytes encoded)
{
    struct cursor input = cursor_from(encoded);
    struct cursor fields;
    struct header header = {.number = 0};
    TRY(rlp_list_next(&input, &fields));
    TRY(rlp_end(&input));
    TRY(fields_next(&fields, &header));
    if (header.extra_data.len > HEADER_EXTRA_DATA_MAX) {
        return ERR_LIMIT;
    }
    TRY(optional_next(&fields, &header));
    TRY(rlp_end(&fields));
    *out = header;
    return OK;
}

/* fields_write writes the items of the list. */
static void fields_write(struct writer *w, const struct header *h)
{
    rlp_hash32_write(w, &h->parent_hash);
    rlp_hash32_write(w, &h->ommers_hash);
    rlp_address_write(w, &h->beneficiary);
    rlp_hash32_write(w, &h->state_root);
    rlp_hash32_write(w, &h->transactions_root);
    rlp_hash32_write(w, &h->receipts_root);
    rlp_string_write(w, bytes_from(h->logs_bloom, sizeof(h->logs_bloom)));
    rlp_u256_write(w, &h->difficulty);
    rlp_u64_write(w, h->number);
    rlp_u64_write(w, h->gas_limit);
    rlp_u64_write(w, h->gas_used);
    rlp_u64_write(w, h->timestamp);
    rlp_string_write(w, h->extra_data);
    rlp_hash32_write(w, &h->prev_randao);
    rlp_string_write(w, bytes_from(h->nonce, sizeof(h->nonce)));
    if (h->has_base_fee) {
        rlp_u256_write(w, &h->base_fee_per_gas);
    }
    if (h->has_withdrawals_root) {
        rlp_hash32_write(w, &h->withdrawals_root);
    }
    if (h->has_blob_gas) {
        rlp_u64_write(w, h->blob_gas_used);
        rlp_u64_write(w, h->excess_blob_gas);
    }
    if (h->has_beacon_root) {
        rlp_hash32_write(w, &h->parent_beacon_block_root);
    }
    if (h->has_requests_hash) {
        rlp_hash32_write(w, &h->requests_hash);
    }
}

static size_t fields_size(const struct header *header)
{
    struct writer counter = writer_to(NULL, 0);
    fields_write(&counter, header);
    return counter.len;
}

size_t header_size(const struct header *header)
{
    return rlp_list_size(fields_size(header));
}

void header_encode(struct writer *w, const struct header *header)
{
    rlp_list_write(w, fields_size(header));
    fields_write(w, header);
}

struct hash32 header_hash(const struct header *header)
{
    uint8_t buffer[HEADER_RLP_MAX];
    struct writer w = writer_to(buffer, sizeof(buffer));
    struct hash32 hash;
    header_encode(&w, header);
    struct bytes encoded = writer_view(&w);
    keccak256(&hash, encoded.ptr, encoded.len);
    return hash;
}
