/* Members of requests. */

#include "rpc/fields.h"

#include <stdarg.h>
#include <stdio.h>

#include "codec/hex.h"

enum err within(struct err_detail *detail, enum err e, const char *format, ...)
{
    if (e == OK || detail == NULL) {
        return e;
    }
    struct err_detail inner = *detail;
    char place[ERR_DETAIL_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(place, sizeof(place), format, args);
    va_end(args);
    return err_explain(detail, e, "%s: %s", place, inner.text);
}

/* ---- members that may be missing ------------------------------------------------------------- */

#define FIELD(NAME, TYPE)                                                              \
    enum err field_##NAME(bool *has, TYPE *out, const json_t *object, const char *key, \
                          struct err_detail *detail)                                   \
    {                                                                                  \
        json_t *value = json_find(object, key);                                        \
        *has = value != NULL;                                                          \
        return *has ? json_as_##NAME(out, value, key, detail) : OK;                    \
    }

FIELD(u64, uint64_t)
FIELD(u256, struct u256)
FIELD(padded_u256, struct u256)
FIELD(address, struct address)
FIELD(hash32, struct hash32)

#undef FIELD

enum err field_bool(bool *out, const json_t *object, const char *key, struct err_detail *detail)
{
    json_t *value = json_find(object, key);
    return value == NULL ? OK : json_as_bool(out, value, key, detail);
}

enum err field_data(bool *has, struct bytes *out, struct arena *arena, const json_t *object,
                    const char *key, struct err_detail *detail)
{
    json_t *value = json_find(object, key);
    *has = value != NULL;
    return *has ? json_as_data(out, arena, value, SIZE_MAX, key, detail) : OK;
}

/* ---- lists ----------------------------------------------------------------------------------- */

static enum err no_memory(struct err_detail *detail)
{
    return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
}

enum err field_list(struct bytes_list *out, struct arena *arena, const json_t *object,
                    const char *key, struct err_detail *detail)
{
    json_t *list = json_find(object, key);
    *out = (struct bytes_list){NULL, 0};
    if (list == NULL) {
        return OK;
    }
    TRY(json_as_array(&list, list, key, detail));
    size_t count = json_array_size(list);
    struct bytes *items = ARENA_NEW(arena, struct bytes, count);
    if (items == NULL) {
        return no_memory(detail);
    }
    char name[40];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(name, sizeof(name), "%.12s[%zu]", key, i);
        TRY(json_as_data(&items[i], arena, json_array_get(list, i), SIZE_MAX, name, detail));
    }
    *out = (struct bytes_list){items, count};
    return OK;
}

enum err fields_storage(const struct storage_value **out, size_t *count, struct arena *arena,
                        json_t *object, const char *name, struct err_detail *detail)
{
    const char *key;
    json_t *value;
    size_t i = 0;
    TRY(json_as_object(&object, object, name, detail));
    struct storage_value *storage =
        ARENA_NEW(arena, struct storage_value, json_object_size(object));
    if (storage == NULL) {
        return no_memory(detail);
    }
    json_object_foreach(object, key, value)
    {
        if (hex_decode_padded_u256(&storage[i].slot, bytes_from(key, strlen(key))) != OK) {
            return err_explain(detail, ERR_MALFORMED,
                               "\"%s\": a key is not a slot: \"0x\" and 1 to 64 hex digits", name);
        }
        TRY(json_as_padded_u256(&storage[i].value, value, name, detail));
        i++;
    }
    *out = storage;
    *count = i;
    return OK;
}

static enum err read_entry(struct access_list_entry *out, struct arena *arena, json_t *entry,
                           struct err_detail *detail)
{
    static const char *const keys[] = {"address", "storageKeys"};
    json_t *list;
    TRY(json_as_object(&entry, entry, "accessList", detail));
    TRY(json_only_keys(entry, keys, 2, detail));
    TRY(json_get_address(&out->address, entry, "address", detail));
    TRY(json_get_array(&list, entry, "storageKeys", detail));
    size_t count = json_array_size(list);
    struct u256 *slots = ARENA_NEW(arena, struct u256, count);
    if (slots == NULL) {
        return no_memory(detail);
    }
    for (size_t i = 0; i < count; i++) {
        struct hash32 slot;
        TRY(json_as_hash32(&slot, json_array_get(list, i), "storageKeys", detail));
        u256_load_be(&slots[i], slot.b);
    }
    out->keys = slots;
    out->key_count = count;
    return OK;
}

enum err fields_access_list(struct tx *tx, struct arena *arena, json_t *list,
                            struct err_detail *detail)
{
    TRY(json_as_array(&list, list, "accessList", detail));
    size_t count = json_array_size(list);
    struct access_list_entry *entries = ARENA_NEW(arena, struct access_list_entry, count);
    if (entries == NULL) {
        return no_memory(detail);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(within(detail, read_entry(&entries[i], arena, json_array_get(list, i), detail),
                   "accessList[%zu]", i));
    }
    tx->access_list = entries;
    tx->access_list_count = count;
    return OK;
}
