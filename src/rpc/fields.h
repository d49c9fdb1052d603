#ifndef RPC_FIELDS_H
#define RPC_FIELDS_H

/* fields.h: members of requests, beyond what codec/json.h reads: those that may be missing, lists
 * of bytes, storage, access lists; and errors that say where in a request they are. */

#include "codec/json.h"
#include "sim/request.h"

/* within puts a place before what *detail says, "transactions[3]: ..." (if detail is not NULL), and
 * returns `e`; OK leaves it alone. */
enum err within(struct err_detail *detail, enum err e, const char *format, ...) PRINTF_FORMAT(3, 4);

/* Each of these reads a member that may be missing or null: *has says whether it is there, and if
 * it is not, *out is left alone. Errors: those of the json_as_* of that name. */
enum err field_bool(bool *out, const json_t *object, const char *key, struct err_detail *detail);
enum err field_u64(bool *has, uint64_t *out, const json_t *object, const char *key,
                   struct err_detail *detail);
enum err field_u256(bool *has, struct u256 *out, const json_t *object, const char *key,
                    struct err_detail *detail);
enum err field_padded_u256(bool *has, struct u256 *out, const json_t *object, const char *key,
                           struct err_detail *detail);
enum err field_address(bool *has, struct address *out, const json_t *object, const char *key,
                       struct err_detail *detail);
enum err field_hash32(bool *has, struct hash32 *out, const json_t *object, const char *key,
                      struct err_detail *detail);
enum err field_data(bool *has, struct bytes *out, struct arena *arena, const json_t *object,
                    const char *key, struct err_detail *detail);

/* field_list reads an array of data into the arena; empty when it is missing.
 * Errors: ERR_MALFORMED, ERR_MEMORY. */
enum err field_list(struct bytes_list *out, struct arena *arena, const json_t *object,
                    const char *key, struct err_detail *detail);

/* fields_storage reads {slot: value, ...}, numbers with leading zeros or without, into the arena.
 * Errors: ERR_MALFORMED, ERR_RANGE, ERR_MEMORY. */
enum err fields_storage(const struct storage_value **out, size_t *count, struct arena *arena,
                        json_t *object, const char *name, struct err_detail *detail);

/* fields_access_list reads [{address, storageKeys}, ...] into the arena. Errors: ERR_MALFORMED,
 * ERR_MEMORY. */
enum err fields_access_list(struct tx *tx, struct arena *arena, json_t *list,
                            struct err_detail *detail);

#endif
