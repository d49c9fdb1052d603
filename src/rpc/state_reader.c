/* The state in requests. */

#include "rpc/state_reader.h"

#include "base/limits.h"
#include "codec/hex.h"
#include "rpc/fields.h"
#include "rpc/proof_reader.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static enum err no_memory(struct err_detail *detail)
{
    return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

/* read_key reads the key of an object of accounts. */
static enum err read_key(struct address *out, const char *key, const char *name,
                         struct err_detail *detail)
{
    return hex_decode_address(out, bytes_from(key, strlen(key))) == OK
               ? OK
               : err_explain(detail, ERR_MALFORMED,
                             "\"%s\": a key is not an address: \"0x\" and 40 hex digits", name);
}

/* check_count bounds an object of accounts. */
static enum err check_count(size_t count, const char *name, struct err_detail *detail)
{
    return count <= LIMIT_ACCOUNTS
               ? OK
               : err_explain(detail, ERR_LIMIT, "\"%s\" has %zu accounts, at most %u are allowed",
                             name, count, LIMIT_ACCOUNTS);
}

/* ---- plain accounts -------------------------------------------------------------------------- */

static enum err read_account(struct plain_account *out, struct arena *arena, json_t *object,
                             struct err_detail *detail)
{
    static const char *const keys[] = {"balance", "nonce", "code", "storage"};
    bool ignored;
    TRY(json_as_object(&object, object, "account", detail));
    TRY(json_only_keys(object, keys, COUNT_OF(keys), detail));
    TRY(field_u256(&ignored, &out->balance, object, "balance", detail));
    TRY(field_u64(&ignored, &out->nonce, object, "nonce", detail));
    TRY(field_data(&ignored, &out->code, arena, object, "code", detail));
    json_t *storage = json_find(object, "storage");
    return storage == NULL ? OK
                           : fields_storage(&out->storage, &out->storage_count, arena, storage,
                                            "storage", detail);
}

static enum err read_accounts(struct pre_state *out, struct arena *arena, json_t *accounts,
                              struct err_detail *detail)
{
    const char *key;
    json_t *value;
    size_t i = 0;
    TRY(json_as_object(&accounts, accounts, "accounts", detail));
    TRY(check_count(json_object_size(accounts), "accounts", detail));
    struct plain_account *list = ARENA_NEW(arena, struct plain_account, json_object_size(accounts));
    if (list == NULL) {
        return no_memory(detail);
    }
    json_object_foreach(accounts, key, value)
    {
        TRY(read_key(&list[i].address, key, "accounts", detail));
        TRY(within(detail, read_account(&list[i], arena, value, detail), "accounts[%s]", key));
        i++;
    }
    out->is_plain = true;
    out->accounts = list;
    out->account_count = i;
    return OK;
}

/* ---- proved states --------------------------------------------------------------------------- */

enum err state_reader_witness(struct witness *out, struct arena *arena, json_t *witness,
                              struct err_detail *detail)
{
    static const char *const keys[] = {"state", "codes", "headers", "keys"};
    TRY(json_as_object(&witness, witness, "witness", detail));
    TRY(within(detail, json_only_keys(witness, keys, COUNT_OF(keys), detail), "witness"));
    TRY(within(detail, field_list(&out->nodes, arena, witness, "state", detail), "witness"));
    TRY(within(detail, field_list(&out->codes, arena, witness, "codes", detail), "witness"));
    return within(detail, field_list(&out->headers, arena, witness, "headers", detail), "witness");
}

/* join puts two lists into one. */
static enum err join(struct bytes_list *out, struct arena *arena, const struct bytes_list *more,
                     struct err_detail *detail)
{
    if (more->count == 0) {
        return OK;
    }
    struct bytes *items = ARENA_NEW(arena, struct bytes, out->count + more->count);
    if (items == NULL) {
        return no_memory(detail);
    }
    bytes_copy(items, out->items, out->count * sizeof(*items));
    bytes_copy(items + out->count, more->items, more->count * sizeof(*items));
    *out = (struct bytes_list){items, out->count + more->count};
    return OK;
}

static enum err read_proofs(struct pre_state *out, struct arena *arena, json_t *proofs,
                            struct err_detail *detail)
{
    TRY(json_as_array(&proofs, proofs, "proofs", detail));
    size_t count = json_array_size(proofs);
    struct account_proof *list = ARENA_NEW(arena, struct account_proof, count);
    if (list == NULL) {
        return no_memory(detail);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(within(detail, proof_reader_read(&list[i], arena, json_array_get(proofs, i), detail),
                   "proofs[%zu]", i));
    }
    out->proofs = list;
    out->proof_count = count;
    return OK;
}

static enum err read_proved(struct pre_state *out, struct arena *arena, const json_t *object,
                            json_t *proofs, json_t *witness, struct err_detail *detail)
{
    struct witness parts = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    if (witness != NULL) {
        TRY(state_reader_witness(&parts, arena, witness, detail));
    }
    if (proofs != NULL) {
        TRY(read_proofs(out, arena, proofs, detail));
    }
    TRY(field_list(&out->codes, arena, object, "codes", detail));
    out->nodes = parts.nodes;
    TRY(join(&out->codes, arena, &parts.codes, detail));
    return join(&out->headers, arena, &parts.headers, detail);
}

enum err state_reader_pre_state(struct pre_state *out, struct arena *arena, json_t *object,
                                struct err_detail *detail)
{
    json_t *accounts = json_find(object, "accounts");
    json_t *proofs = json_find(object, "proofs");
    json_t *witness = json_find(object, "witness");
    bool ignored;
    *out = (struct pre_state){.is_plain = false};
    TRY(field_hash32(&out->has_block_hash, &out->block_hash, object, "blockHash", detail));
    TRY(field_hash32(&out->has_root, &out->root, object, "stateRoot", detail));
    TRY(field_data(&ignored, &out->header, arena, object, "header", detail));
    TRY(field_list(&out->headers, arena, object, "headers", detail));
    if (accounts == NULL) {
        return proofs == NULL && witness == NULL
                   ? err_explain(detail, ERR_MALFORMED,
                                 "no state: give \"accounts\", \"proofs\" or \"witness\"")
                   : read_proved(out, arena, object, proofs, witness, detail);
    }
    if (proofs != NULL || witness != NULL || json_find(object, "codes") != NULL) {
        return err_explain(detail, ERR_MALFORMED,
                           "\"accounts\" together with \"proofs\", \"codes\" or \"witness\"");
    }
    return read_accounts(out, arena, accounts, detail);
}

/* ---- overrides ------------------------------------------------------------------------------- */

static enum err read_override(struct account_override *out, struct arena *arena, json_t *object,
                              struct err_detail *detail)
{
    static const char *const keys[] = {"balance", "nonce",     "code",
                                       "state",   "stateDiff", "movePrecompileToAddress"};
    TRY(json_as_object(&object, object, "override", detail));
    TRY(json_only_keys(object, keys, COUNT_OF(keys), detail));
    if (json_find(object, "movePrecompileToAddress") != NULL) {
        return err_explain(detail, ERR_MALFORMED,
                           "\"movePrecompileToAddress\": precompiles cannot be moved here");
    }
    TRY(field_u256(&out->has_balance, &out->balance, object, "balance", detail));
    TRY(field_u64(&out->has_nonce, &out->nonce, object, "nonce", detail));
    TRY(field_data(&out->has_code, &out->code, arena, object, "code", detail));
    json_t *whole = json_find(object, "state");
    json_t *diff = json_find(object, "stateDiff");
    if (whole != NULL && diff != NULL) {
        return err_explain(detail, ERR_MALFORMED, "\"state\" together with \"stateDiff\"");
    }
    out->replaces_storage = whole != NULL;
    if (whole == NULL && diff == NULL) {
        return OK;
    }
    return fields_storage(&out->storage, &out->storage_count, arena, whole != NULL ? whole : diff,
                          whole != NULL ? "state" : "stateDiff", detail);
}

enum err state_reader_overrides(const struct account_override **out, size_t *count,
                                struct arena *arena, json_t *object, struct err_detail *detail)
{
    json_t *overrides = json_find(object, "stateOverrides");
    const char *key;
    json_t *value;
    size_t i = 0;
    if (overrides == NULL) {
        return OK;
    }
    TRY(json_as_object(&overrides, overrides, "stateOverrides", detail));
    TRY(check_count(json_object_size(overrides), "stateOverrides", detail));
    struct account_override *list =
        ARENA_NEW(arena, struct account_override, json_object_size(overrides));
    if (list == NULL) {
        return no_memory(detail);
    }
    json_object_foreach(overrides, key, value)
    {
        TRY(read_key(&list[i].address, key, "stateOverrides", detail));
        TRY(within(detail, read_override(&list[i], arena, value, detail), "stateOverrides[%s]",
                   key));
        i++;
    }
    *out = list;
    *count = i;
    return OK;
}
