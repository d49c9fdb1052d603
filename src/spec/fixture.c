/* Pre-states, environments, access lists and exceptions of official test files. */

#include "spec/fixture.h"

#include "spec/exception.def"

/* A code in a pre-state: legacy tests have some over the limit of EIP-170. */
#define CODE_BYTES_MAX ((size_t)16 << 20)

static enum err put_storage(struct db_memory *db, struct db_memory_account *account,
                            json_t *storage, struct err_detail *detail)
{
    const char *key_text;
    json_t *value_json;
    json_object_foreach(storage, key_text, value_json)
    {
        struct u256 key;
        struct u256 value;
        if (hex_decode_padded_u256(&key, bytes_from(key_text, strlen(key_text))) != OK) {
            return err_explain(detail, ERR_MALFORMED, "storage: a key is not a number");
        }
        TRY(json_as_padded_u256(&value, value_json, "storage", detail));
        enum err e = db_memory_put_storage(db, account, &key, &value);
        if (e != OK) {
            return err_explain(detail, e, "storage: %s",
                               e == ERR_MALFORMED ? "the same slot twice" : err_text(e));
        }
    }
    return OK;
}

enum err fixture_pre(struct db_memory *db, json_t *pre, struct err_detail *detail)
{
    const char *address_text;
    json_t *fields;
    json_object_foreach(pre, address_text, fields)
    {
        struct address address;
        struct u256 balance;
        uint64_t nonce;
        struct bytes code;
        json_t *storage;
        struct db_memory_account *account;
        if (hex_decode_address(&address, bytes_from(address_text, strlen(address_text))) != OK) {
            return err_explain(detail, ERR_MALFORMED, "pre: a key is not an address");
        }
        TRY(json_get_padded_u256(&balance, fields, "balance", detail));
        TRY(json_get_padded_u64(&nonce, fields, "nonce", detail));
        TRY(json_get_data(&code, db->arena, fields, CODE_BYTES_MAX, "code", detail));
        TRY(json_get_object(&storage, fields, "storage", detail));
        enum err e = db_memory_put_account(db, &account, &address, &balance, nonce, code);
        if (e != OK) {
            return err_explain(detail, e, "pre: %s",
                               e == ERR_MALFORMED ? "the same account twice" : err_text(e));
        }
        TRY(put_storage(db, account, storage, detail));
    }
    return OK;
}

/* optional_u256 and optional_u64 leave *out alone when the member is missing. */
static enum err optional_u256(struct u256 *out, json_t *object, const char *key,
                              struct err_detail *detail)
{
    json_t *value = json_find(object, key);
    return value == NULL ? OK : json_as_padded_u256(out, value, key, detail);
}

static enum err optional_u64(uint64_t *out, json_t *object, const char *key,
                             struct err_detail *detail)
{
    json_t *value = json_find(object, key);
    return value == NULL ? OK : json_as_padded_u64(out, value, key, detail);
}

enum err fixture_env(struct block_env *out, json_t *env, enum fork fork,
                     const struct blob_schedule *schedule, struct err_detail *detail)
{
    uint64_t excess_blob_gas = 0;
    *out = (struct block_env){.chain_id = 1, .max_blobs = schedule->max};
    TRY(json_get_address(&out->beneficiary, env, "currentCoinbase", detail));
    TRY(json_get_padded_u64(&out->gas_limit, env, "currentGasLimit", detail));
    TRY(json_get_padded_u64(&out->number, env, "currentNumber", detail));
    TRY(json_get_padded_u64(&out->timestamp, env, "currentTimestamp", detail));
    TRY(optional_u256(&out->prev_randao, env, "currentDifficulty", detail));
    if (fork_rules(fork)->eip4399) {
        TRY(optional_u256(&out->prev_randao, env, "currentRandom", detail));
    }
    if (fork_rules(fork)->eip1559) {
        TRY(optional_u256(&out->base_fee_per_gas, env, "currentBaseFee", detail));
    }
    if (fork_rules(fork)->eip4844) {
        TRY(optional_u64(&excess_blob_gas, env, "currentExcessBlobGas", detail));
        out->blob_base_fee = blob_base_fee(excess_blob_gas, schedule->base_fee_update_fraction);
    }
    return OK;
}

enum err fixture_access_list(struct tx *tx, struct arena *arena, json_t *list,
                             struct err_detail *detail)
{
    TRY(json_as_array(&list, list, "accessList", detail));
    size_t count = json_array_size(list);
    struct access_list_entry *entries = ARENA_NEW(arena, struct access_list_entry, count);
    if (entries == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        json_t *entry = json_array_get(list, i);
        json_t *keys;
        TRY(json_get_address(&entries[i].address, entry, "address", detail));
        TRY(json_get_array(&keys, entry, "storageKeys", detail));
        size_t key_count = json_array_size(keys);
        struct u256 *words = ARENA_NEW(arena, struct u256, key_count);
        if (words == NULL) {
            return ERR_MEMORY;
        }
        for (size_t k = 0; k < key_count; k++) {
            TRY(json_as_padded_u256(&words[k], json_array_get(keys, k), "storageKeys", detail));
        }
        entries[i].keys = words;
        entries[i].key_count = key_count;
    }
    tx->access_list = entries;
    tx->access_list_count = count;
    return OK;
}

/* name_allows tells whether a name in a file, with its class or without, is that of the status. */
static bool name_allows(const char *name, size_t len, enum tx_status status)
{
    static const char prefix[] = "TransactionException.";
    if (len > sizeof(prefix) - 1 && memcmp(name, prefix, sizeof(prefix) - 1) == 0) {
        name += sizeof(prefix) - 1;
        len -= sizeof(prefix) - 1;
    }
    const char *own = tx_status_name(status);
    if (strlen(own) == len && memcmp(own, name, len) == 0) {
        return true;
    }
#define X(other, ...)                                                       \
    if (sizeof(other) - 1 == len && memcmp(other, name, len) == 0) {        \
        static const enum tx_status allowed[] = {__VA_ARGS__};              \
        for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) { \
            if (allowed[i] == status) {                                     \
                return true;                                                \
            }                                                               \
        }                                                                   \
    }
    EXCEPTIONS(X)
#undef X
    return false;
}

bool fixture_exception_allows(const char *names, enum tx_status status)
{
    for (;;) {
        const char *bar = strchr(names, '|');
        size_t len = bar == NULL ? strlen(names) : (size_t)(bar - names);
        if (name_allows(names, len, status)) {
            return true;
        }
        if (bar == NULL) {
            return false;
        }
        names = bar + 1;
    }
}
