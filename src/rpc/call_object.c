/* Transactions in requests. */

#include "rpc/call_object.h"

#include "rpc/fields.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static enum err no_memory(struct err_detail *detail)
{
    return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

/* read_input reads the data under either of its names. */
static enum err read_input(struct tx *tx, struct arena *arena, json_t *object,
                           struct err_detail *detail)
{
    bool has_input;
    bool has_data;
    struct bytes data;
    TRY(field_data(&has_input, &tx->data, arena, object, "input", detail));
    TRY(field_data(&has_data, &data, arena, object, "data", detail));
    if (has_data && has_input &&
        (data.len != tx->data.len || memcmp(data.ptr, tx->data.ptr, data.len) != 0)) {
        return err_explain(detail, ERR_MALFORMED, "\"input\" and \"data\" differ");
    }
    if (has_data) {
        tx->data = data;
    }
    return OK;
}

/* read_fees reads what a unit of gas may cost. Out: *has_fee_market, whether in the form of
 * EIP-1559. */
static enum err read_fees(struct tx *tx, bool *has_fee_market, json_t *object,
                          struct err_detail *detail)
{
    bool has_price;
    bool has_max;
    bool has_priority;
    struct u256 price;
    TRY(field_u256(&has_price, &price, object, "gasPrice", detail));
    TRY(field_u256(&has_max, &tx->max_fee_per_gas, object, "maxFeePerGas", detail));
    TRY(field_u256(&has_priority, &tx->max_priority_fee_per_gas, object, "maxPriorityFeePerGas",
                   detail));
    *has_fee_market = has_max || has_priority;
    if (has_price && *has_fee_market) {
        return err_explain(detail, ERR_MALFORMED,
                           "\"gasPrice\" together with \"maxFeePerGas\" or "
                           "\"maxPriorityFeePerGas\"");
    }
    if (has_price) {
        tx->max_fee_per_gas = price;
        tx->max_priority_fee_per_gas = price;
    }
    return OK;
}

/* read_blobs reads what EIP-4844 adds. Out: *has_blobs, whether any of it is there. */
static enum err read_blobs(struct tx *tx, bool *has_blobs, struct arena *arena, json_t *object,
                           struct err_detail *detail)
{
    json_t *list = json_find(object, "blobVersionedHashes");
    TRY(field_u256(has_blobs, &tx->max_fee_per_blob_gas, object, "maxFeePerBlobGas", detail));
    if (list == NULL) {
        return OK;
    }
    *has_blobs = true;
    TRY(json_as_array(&list, list, "blobVersionedHashes", detail));
    size_t count = json_array_size(list);
    struct hash32 *hashes = ARENA_NEW(arena, struct hash32, count);
    if (hashes == NULL) {
        return no_memory(detail);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(json_as_hash32(&hashes[i], json_array_get(list, i), "blobVersionedHashes", detail));
    }
    tx->blob_versioned_hashes = hashes;
    tx->blob_count = count;
    return OK;
}

static enum err read_authorization(struct authorization *out, json_t *item,
                                   struct err_detail *detail)
{
    static const char *const keys[] = {"chainId", "address", "nonce", "yParity", "r", "s"};
    TRY(json_as_object(&item, item, "authorizationList", detail));
    TRY(json_only_keys(item, keys, COUNT_OF(keys), detail));
    TRY(json_get_u256(&out->chain_id, item, "chainId", detail));
    TRY(json_get_address(&out->address, item, "address", detail));
    TRY(json_get_u64(&out->nonce, item, "nonce", detail));
    TRY(json_get_padded_u256(&out->y_parity, item, "yParity", detail));
    TRY(json_get_padded_u256(&out->r, item, "r", detail));
    return json_get_padded_u256(&out->s, item, "s", detail);
}

/* read_authorizations reads what EIP-7702 adds. */
static enum err read_authorizations(struct tx *tx, bool *has_list, struct arena *arena,
                                    json_t *object, struct err_detail *detail)
{
    json_t *list = json_find(object, "authorizationList");
    *has_list = list != NULL;
    if (list == NULL) {
        return OK;
    }
    TRY(json_as_array(&list, list, "authorizationList", detail));
    size_t count = json_array_size(list);
    struct authorization *items = ARENA_NEW(arena, struct authorization, count);
    if (items == NULL) {
        return no_memory(detail);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(within(detail, read_authorization(&items[i], json_array_get(list, i), detail),
                   "authorizationList[%zu]", i));
    }
    tx->authorizations = items;
    tx->authorization_count = count;
    return OK;
}

/* read_type sets the type: the one that is named, which must have room for what is there, or the
 * lowest that has. */
static enum err read_type(struct tx *tx, json_t *object, bool has_fee_market, bool has_blobs,
                          bool has_authorizations, struct err_detail *detail)
{
    bool has_access_list = json_find(object, "accessList") != NULL;
    bool has_price = json_find(object, "gasPrice") != NULL;
    bool has_type;
    uint64_t type;
    if (has_blobs && has_authorizations) {
        return err_explain(detail, ERR_MALFORMED,
                           "no type has both blobs and an \"authorizationList\"");
    }
    enum tx_type lowest = has_authorizations ? TX_SET_CODE
                          : has_blobs        ? TX_BLOB
                          : has_fee_market   ? TX_FEE_MARKET
                          : has_access_list  ? TX_ACCESS_LIST
                                             : TX_LEGACY;
    tx->type = lowest;
    TRY(field_u64(&has_type, &type, object, "type", detail));
    if (!has_type) {
        return OK;
    }
    if (type >= TX_TYPE_COUNT) {
        return err_explain(detail, ERR_RANGE, "\"type\" is out of range: 0x0 to 0x%x",
                           TX_TYPE_COUNT - 1);
    }
    tx->type = (enum tx_type)type;
    bool fits = has_authorizations ? type == TX_SET_CODE
                : has_blobs        ? type == TX_BLOB
                : has_fee_market   ? type >= TX_FEE_MARKET
                : has_price        ? type <= TX_ACCESS_LIST
                                   : true;
    fits = fits && (!has_access_list || type >= TX_ACCESS_LIST);
    return fits ? OK
                : err_explain(detail, ERR_MALFORMED,
                              "\"type\": a transaction of type 0x%x has not all of these members",
                              (unsigned)type);
}

static enum err read_call(struct sim_tx *out, struct arena *arena, json_t *object,
                          struct err_detail *detail)
{
    static const char *const keys[] = {
        "type",
        "from",
        "to",
        "gas",
        "gasPrice",
        "value",
        "nonce",
        "maxFeePerGas",
        "input",
        "data",
        "chainId",
        "maxPriorityFeePerGas",
        "accessList",
        "maxFeePerBlobGas",
        "blobVersionedHashes",
        "authorizationList",
    };
    struct tx *tx = &out->call;
    bool ignored;
    bool has_to;
    bool has_fee_market;
    bool has_blobs;
    bool has_authorizations;
    TRY(json_only_keys(object, keys, COUNT_OF(keys), detail));
    TRY(field_address(&ignored, &tx->sender, object, "from", detail));
    TRY(field_address(&has_to, &tx->to, object, "to", detail));
    tx->is_create = !has_to;
    TRY(field_u64(&out->has_gas, &tx->gas_limit, object, "gas", detail));
    TRY(field_u256(&ignored, &tx->value, object, "value", detail));
    TRY(field_u64(&out->has_nonce, &tx->nonce, object, "nonce", detail));
    TRY(field_u256(&out->has_chain_id, &out->chain_id, object, "chainId", detail));
    TRY(read_input(tx, arena, object, detail));
    TRY(read_fees(tx, &has_fee_market, object, detail));
    TRY(read_blobs(tx, &has_blobs, arena, object, detail));
    TRY(read_authorizations(tx, &has_authorizations, arena, object, detail));
    json_t *access_list = json_find(object, "accessList");
    if (access_list != NULL) {
        TRY(fields_access_list(tx, arena, access_list, detail));
    }
    return read_type(tx, object, has_fee_market, has_blobs, has_authorizations, detail);
}

enum err call_object_read(struct sim_tx *out, struct arena *arena, json_t *value,
                          struct err_detail *detail)
{
    static const char *const raw_keys[] = {"raw"};
    *out = (struct sim_tx){.is_raw = json_is_string(value)};
    if (out->is_raw) {
        return json_as_data(&out->raw, arena, value, SIZE_MAX, "transaction", detail);
    }
    if (!json_is_object(value)) {
        return err_explain(detail, ERR_MALFORMED,
                           "a transaction must be signed bytes (\"0x...\") or an object");
    }
    json_t *raw = json_find(value, "raw");
    if (raw != NULL) {
        out->is_raw = true;
        TRY(json_only_keys(value, raw_keys, COUNT_OF(raw_keys), detail));
        return json_as_data(&out->raw, arena, raw, SIZE_MAX, "raw", detail);
    }
    return read_call(out, arena, value, detail);
}
