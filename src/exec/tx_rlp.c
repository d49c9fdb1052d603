/* Transactions in RLP, and who signed them.
 *
 * Decoding stops at the first mistake of structure and names it. A number that is encoded well but
 * is over what its field holds is noted, and decoding goes on: official tests name the mistakes of
 * structure first. */

#include "exec/tx_rlp.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"
#include "exec/signature.h"

/* A fixed string of 32 bytes and one of 20 with their headers. */
#define HASH_RLP    33u
#define ADDRESS_RLP 21u

/* The shortest entry of an access list, an address and no keys, and the shortest authorization, an
 * address and five empty numbers. A list cannot have more items than these fit into it. */
#define ENTRY_RLP_MIN         (1 + ADDRESS_RLP + 1)
#define AUTHORIZATION_RLP_MIN (1 + ADDRESS_RLP + 5)

/* Types are below 0x80, the first byte of a list is 0xc0 or more (EIP-2718). */
#define TYPE_END   0x80u
#define LIST_START 0xc0u

/* EIP-155. */
#define V_UNPROTECTED 27u
#define V_PROTECTED   35u

/* struct faults: what a field's mistakes are called. */
struct faults {
    enum tx_status kind;  /* a list where a string should be */
    enum tx_status size;  /* its length is not in the shortest form */
    enum tx_status zeros; /* leading zeros */
    enum tx_status range; /* too great */
};

/* What the mistakes of each field are called. Where no official test distinguishes one, it is
 * RLP_WRONG_VALUE, or that of a length. */
#define WRONG TX_RLP_WRONG_VALUE
#define SIZE  TX_RLP_ERROR_SIZE_LEADING_ZEROS
static const struct faults any_field = {WRONG, SIZE, WRONG, WRONG};
static const struct faults chain_id_field = {WRONG, SIZE, WRONG, TX_INVALID_CHAINID};
static const struct faults nonce_field = {TX_RLP_INVALID_NONCE, TX_RLP_LEADING_ZEROS_NONCE_SIZE,
                                          TX_RLP_LEADING_ZEROS_NONCE, TX_NONCE_OVERFLOW};
static const struct faults gas_price_field = {WRONG, SIZE, TX_RLP_LEADING_ZEROS_GASPRICE,
                                              TX_GASPRICE_OVERFLOW};
static const struct faults max_fee_field = {WRONG, SIZE, TX_RLP_LEADING_ZEROS_BASEFEE,
                                            TX_GASPRICE_OVERFLOW};
static const struct faults priority_fee_field = {WRONG, SIZE, TX_RLP_LEADING_ZEROS_PRIORITY_FEE,
                                                 TX_PRIORITY_OVERFLOW};
static const struct faults gas_limit_field = {TX_RLP_INVALID_GASLIMIT, SIZE,
                                              TX_RLP_LEADING_ZEROS_GASLIMIT, TX_GASLIMIT_OVERFLOW};
static const struct faults to_field = {TX_RLP_INVALID_TO, SIZE, WRONG, WRONG};
static const struct faults value_field = {TX_RLP_INVALID_VALUE, SIZE, TX_RLP_LEADING_ZEROS_VALUE,
                                          TX_VALUE_OVERFLOW};
static const struct faults data_field = {TX_RLP_INVALID_DATA, TX_RLP_LEADING_ZEROS_DATA_SIZE, WRONG,
                                         WRONG};
static const struct faults v_field = {WRONG, SIZE, TX_RLP_LEADING_ZEROS_V, TX_INVALID_CHAINID};
static const struct faults y_parity_field = {WRONG, SIZE, TX_RLP_LEADING_ZEROS_V,
                                             TX_INVALID_SIGNATURE_VRS};
static const struct faults r_field = {TX_RLP_INVALID_SIGNATURE_R, SIZE, TX_RLP_LEADING_ZEROS_R,
                                      TX_INVALID_SIGNATURE_VRS};
static const struct faults s_field = {TX_RLP_INVALID_SIGNATURE_S, SIZE, TX_RLP_LEADING_ZEROS_S,
                                      TX_INVALID_SIGNATURE_VRS};
#undef WRONG
#undef SIZE

/* ---- reading fields -------------------------------------------------------------------------- */

/* struct reader: a decoding under way. */
struct reader {
    struct arena *arena;
    enum tx_status mistake;      /* of structure, when a function below has failed */
    enum tx_status out_of_range; /* the first number that was; TX_OK: none */
};

static enum err fail(struct reader *r, enum err e, enum tx_status mistake)
{
    r->mistake = mistake;
    return e;
}

static void note_range(struct reader *r, enum tx_status status)
{
    if (r->out_of_range == TX_OK) {
        r->out_of_range = status;
    }
}

/* item_next reads an item of either kind. */
static enum err item_next(struct reader *r, struct cursor *c, struct rlp_item *item,
                          const struct faults *faults)
{
    if (cursor_left(c) == 0) {
        return fail(r, ERR_TRUNCATED, TX_RLP_TOO_FEW_ELEMENTS);
    }
    enum err e = rlp_next(c, item);
    return e == OK ? OK : fail(r, e, e == ERR_TRUNCATED ? TX_RLP_ERROR_EOF : faults->size);
}

static enum err string_next(struct reader *r, struct cursor *c, struct bytes *out,
                            const struct faults *faults)
{
    struct rlp_item item;
    TRY(item_next(r, c, &item, faults));
    if (item.kind != RLP_STRING) {
        return fail(r, ERR_MALFORMED, faults->kind);
    }
    *out = item.payload;
    return OK;
}

static enum err list_next(struct reader *r, struct cursor *c, struct cursor *items)
{
    struct rlp_item item;
    TRY(item_next(r, c, &item, &any_field));
    if (item.kind != RLP_LIST) {
        return fail(r, ERR_MALFORMED, any_field.kind);
    }
    *items = cursor_from(item.payload);
    return OK;
}

static enum err end(struct reader *r, const struct cursor *c)
{
    return cursor_left(c) == 0 ? OK : fail(r, ERR_TRAILING, TX_RLP_TOO_MANY_ELEMENTS);
}

/* number_next reads a number of at most `len_max` bytes; one of more is noted, and *out is 0. */
static enum err number_next(struct reader *r, struct cursor *c, struct u256 *out, size_t len_max,
                            const struct faults *faults)
{
    struct bytes digits;
    TRY(string_next(r, c, &digits, faults));
    if (digits.len != 0 && digits.ptr[0] == 0) {
        return fail(r, ERR_MALFORMED, faults->zeros);
    }
    if (digits.len > len_max) {
        note_range(r, faults->range);
        digits.len = 0;
    }
    u256_load_be_short(out, digits.ptr, digits.len);
    return OK;
}

static enum err u256_next(struct reader *r, struct cursor *c, struct u256 *out,
                          const struct faults *faults)
{
    return number_next(r, c, out, 32, faults);
}

static enum err u64_next(struct reader *r, struct cursor *c, uint64_t *out,
                         const struct faults *faults)
{
    struct u256 number;
    TRY(number_next(r, c, &number, 8, faults));
    *out = number.w[0];
    return OK;
}

/* fixed_next reads a string of exactly `len` bytes. */
static enum err fixed_next(struct reader *r, struct cursor *c, uint8_t *out, size_t len,
                           enum tx_status too_short, enum tx_status too_long)
{
    struct bytes string;
    TRY(string_next(r, c, &string, &any_field));
    if (string.len != len) {
        return fail(r, ERR_MALFORMED, string.len < len ? too_short : too_long);
    }
    memcpy(out, string.ptr, len);
    return OK;
}

static enum err to_next(struct reader *r, struct cursor *c, struct tx *tx)
{
    struct bytes to;
    TRY(string_next(r, c, &to, &to_field));
    tx->is_create = to.len == 0;
    if (!tx->is_create && to.len != sizeof(tx->to.b)) {
        return fail(r, ERR_MALFORMED,
                    to.len < sizeof(tx->to.b) ? TX_ADDRESS_TOO_SHORT : TX_ADDRESS_TOO_LONG);
    }
    bytes_copy(tx->to.b, to.ptr, to.len);
    return OK;
}

/* count_next reads a list and counts its items, each of which takes at least `item_min` bytes. */
static enum err count_next(struct reader *r, struct cursor *c, struct cursor *items, size_t *count,
                           size_t item_min)
{
    TRY(list_next(r, c, items));
    enum err e = rlp_count(*items, count);
    if (e == OK && *count > cursor_left(items) / item_min) {
        e = ERR_MALFORMED;
    }
    return e == OK ? OK : fail(r, e, any_field.kind);
}

static enum err keys_next(struct reader *r, struct cursor *c, struct access_list_entry *entry)
{
    struct cursor items;
    TRY(list_next(r, c, &items));
    /* Exact: keys that are not of 33 bytes each fail below before they are too many. */
    size_t count = cursor_left(&items) / HASH_RLP;
    struct u256 *keys = ARENA_NEW(r->arena, struct u256, count);
    if (keys == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; cursor_left(&items) != 0; i++) {
        uint8_t key[32];
        TRY(fixed_next(r, &items, key, sizeof(key), TX_RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT,
                       TX_RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG));
        u256_load_be(&keys[i], key);
    }
    entry->keys = keys;
    entry->key_count = count;
    return OK;
}

static enum err access_list_next(struct reader *r, struct cursor *c, struct tx *tx)
{
    struct cursor items;
    TRY(count_next(r, c, &items, &tx->access_list_count, ENTRY_RLP_MIN));
    struct access_list_entry *entries =
        ARENA_NEW(r->arena, struct access_list_entry, tx->access_list_count);
    if (entries == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < tx->access_list_count; i++) {
        struct cursor fields;
        TRY(list_next(r, &items, &fields));
        TRY(fixed_next(r, &fields, entries[i].address.b, sizeof(entries[i].address.b),
                       TX_RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_SHORT,
                       TX_RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG));
        TRY(keys_next(r, &fields, &entries[i]));
        TRY(end(r, &fields));
    }
    tx->access_list = entries;
    return OK;
}

static enum err blob_hashes_next(struct reader *r, struct cursor *c, struct tx *tx)
{
    struct cursor items;
    TRY(list_next(r, c, &items));
    size_t count = cursor_left(&items) / HASH_RLP; /* exact, as in keys_next */
    struct hash32 *hashes = ARENA_NEW(r->arena, struct hash32, count);
    if (hashes == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; cursor_left(&items) != 0; i++) {
        TRY(fixed_next(r, &items, hashes[i].b, sizeof(hashes[i].b),
                       TX_TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH,
                       TX_TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH));
    }
    tx->blob_versioned_hashes = hashes;
    tx->blob_count = count;
    return OK;
}

/* authorization_next: EIP-7702 bounds the fields ("auth.y_parity < 2**8"), and a transaction with
 * one that is out of them is invalid as a whole; within them a bad one is skipped later. */
static enum err authorization_next(struct cursor *items, struct authorization *out)
{
    static const struct u256 y_parity_end = U256_WORDS(256, 0, 0, 0);
    struct cursor fields;
    TRY(rlp_list_next(items, &fields));
    TRY(rlp_u256_next(&fields, &out->chain_id));
    TRY(rlp_address_next(&fields, &out->address));
    TRY(rlp_u64_next(&fields, &out->nonce));
    TRY(rlp_u256_next(&fields, &out->y_parity));
    TRY(rlp_u256_next(&fields, &out->r));
    TRY(rlp_u256_next(&fields, &out->s));
    TRY(rlp_end(&fields));
    return u256_lt(&out->y_parity, &y_parity_end) ? OK : ERR_RANGE;
}

static enum err authorizations_next(struct reader *r, struct cursor *c, struct tx *tx)
{
    struct cursor items;
    TRY(count_next(r, c, &items, &tx->authorization_count, AUTHORIZATION_RLP_MIN));
    struct authorization *authorizations =
        ARENA_NEW(r->arena, struct authorization, tx->authorization_count);
    if (authorizations == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < tx->authorization_count; i++) {
        enum err e = authorization_next(&items, &authorizations[i]);
        if (e != OK) {
            return fail(r, e, TX_TYPE_4_INVALID_AUTHORIZATION_FORMAT);
        }
    }
    tx->authorizations = authorizations;
    return OK;
}

/* ---- decoding -------------------------------------------------------------------------------- */

static enum err gas_price_next(struct reader *r, struct cursor *c, struct tx *tx)
{
    TRY(u256_next(r, c, &tx->max_fee_per_gas, &gas_price_field));
    tx->max_priority_fee_per_gas = tx->max_fee_per_gas;
    return OK;
}

/* common_next reads gas_limit to data, which stand together in every type. */
static enum err common_next(struct reader *r, struct cursor *c, struct tx *tx)
{
    TRY(u64_next(r, c, &tx->gas_limit, &gas_limit_field));
    TRY(to_next(r, c, tx));
    TRY(u256_next(r, c, &tx->value, &value_field));
    return string_next(r, c, &tx->data, &data_field);
}

static enum err r_s_next(struct reader *r, struct cursor *c, struct tx_signature *signature)
{
    TRY(u256_next(r, c, &signature->r, &r_field));
    return u256_next(r, c, &signature->s, &s_field);
}

/* read_v takes apart a legacy v. EIP-155: "v = {0,1} + CHAIN_ID * 2 + 35", or 27 and 28 as before.
 * The official tests take 0 and 1 for a parity without a chain, and all else for a claim of one. */
static void read_v(struct reader *r, struct tx_signature *signature, const struct u256 *v)
{
    static const struct u256 protected = U256_WORDS(V_PROTECTED, 0, 0, 0);
    static const struct u256 one = U256_ONE;
    struct u256 chain_id;
    u256_sub(&chain_id, v, &protected);
    signature->has_chain_id = !u256_lt(v, &protected);
    if (signature->has_chain_id) {
        signature->y_parity = chain_id.w[0] % 2 == 1;
        u256_shr(&chain_id, &chain_id, &one);
        signature->chain_id = chain_id.w[0];
        if (!u256_fits_u64(&chain_id)) {
            note_range(r, TX_INVALID_CHAINID);
        }
        return;
    }
    signature->y_parity = v->w[0] == V_UNPROTECTED + 1;
    if (v->w[0] != V_UNPROTECTED && v->w[0] != V_UNPROTECTED + 1) {
        note_range(r, v->w[0] <= 1 ? TX_INVALID_SIGNATURE_VRS : TX_INVALID_CHAINID);
    }
}

static enum err legacy_fields(struct reader *r, struct cursor *c, struct tx *tx,
                              struct tx_signature *signature)
{
    struct u256 v;
    TRY(u64_next(r, c, &tx->nonce, &nonce_field));
    TRY(gas_price_next(r, c, tx));
    TRY(common_next(r, c, tx));
    TRY(u256_next(r, c, &v, &v_field));
    read_v(r, signature, &v);
    return r_s_next(r, c, signature);
}

/* typed_fields reads the list of a typed transaction, whose fields differ in the middle. */
static enum err typed_fields(struct reader *r, struct cursor *c, struct tx *tx,
                             struct tx_signature *signature)
{
    struct u256 y_parity;
    signature->has_chain_id = true;
    /* EIP-4844: the form that nodes send each other begins with the list of what stands in blocks. */
    if (tx->type == TX_BLOB && cursor_left(c) != 0 && *c->pos >= LIST_START) {
        return fail(r, ERR_MALFORMED, TX_TYPE_3_TX_WITH_FULL_BLOBS);
    }
    TRY(u64_next(r, c, &signature->chain_id, &chain_id_field));
    TRY(u64_next(r, c, &tx->nonce, &nonce_field));
    if (tx->type == TX_ACCESS_LIST) {
        TRY(gas_price_next(r, c, tx));
    } else {
        TRY(u256_next(r, c, &tx->max_priority_fee_per_gas, &priority_fee_field));
        TRY(u256_next(r, c, &tx->max_fee_per_gas, &max_fee_field));
    }
    TRY(common_next(r, c, tx));
    TRY(access_list_next(r, c, tx));
    if (tx->type == TX_BLOB) {
        TRY(u256_next(r, c, &tx->max_fee_per_blob_gas, &any_field));
        TRY(blob_hashes_next(r, c, tx));
    } else if (tx->type == TX_SET_CODE) {
        TRY(authorizations_next(r, c, tx));
    }
    TRY(u256_next(r, c, &y_parity, &y_parity_field));
    signature->y_parity = y_parity.w[0] == 1;
    if (!u256_fits_u64(&y_parity) || y_parity.w[0] > 1) {
        note_range(r, TX_INVALID_SIGNATURE_VRS);
    }
    return r_s_next(r, c, signature);
}

/* type_next reads the type. A string is no transaction, whatever it holds. */
static enum err type_next(struct reader *r, struct cursor *input, struct tx *tx)
{
    struct rlp_item item;
    uint8_t first;
    if (cursor_left(input) == 0) {
        return fail(r, ERR_TRUNCATED, TX_RLP_ERROR_EOF);
    }
    first = *input->pos;
    if (first >= LIST_START) {
        tx->type = TX_LEGACY;
        return OK;
    }
    if (first >= TYPE_END) {
        TRY(item_next(r, input, &item, &any_field));
        return fail(r, ERR_MALFORMED, TX_TYPE_NOT_SUPPORTED);
    }
    if (first == TX_LEGACY || first >= TX_TYPE_COUNT) {
        return fail(r, ERR_MALFORMED, TX_TYPE_NOT_SUPPORTED);
    }
    tx->type = (enum tx_type)first;
    input->pos++;
    return OK;
}

static enum err decode(struct reader *r, struct tx *tx, struct tx_signature *signature,
                       struct bytes raw)
{
    struct cursor input = cursor_from(raw);
    struct cursor fields;
    TRY(type_next(r, &input, tx));
    if (cursor_left(&input) == 0) {
        return fail(r, ERR_TRUNCATED, TX_RLP_ERROR_EOF);
    }
    TRY(list_next(r, &input, &fields));
    if (cursor_left(&input) != 0) {
        return fail(r, ERR_TRAILING, TX_RLP_ERROR_SIZE);
    }
    TRY(tx->type == TX_LEGACY ? legacy_fields(r, &fields, tx, signature)
                              : typed_fields(r, &fields, tx, signature));
    TRY(end(r, &fields));
    return r->out_of_range == TX_OK ? OK : fail(r, ERR_RANGE, r->out_of_range);
}

enum err tx_decode(struct tx *out, struct tx_signature *signature, enum tx_status *status,
                   struct arena *arena, struct bytes raw)
{
    size_t mark = arena_mark(arena);
    struct reader r = {arena, TX_OK, TX_OK};
    struct tx tx = {.type = TX_LEGACY};
    struct tx_signature decoded = {.has_chain_id = false};
    enum err e = decode(&r, &tx, &decoded, raw);
    if (e != OK) {
        arena_rewind(arena, mark);
        *status = e == ERR_MEMORY ? *status : r.mistake;
        return e;
    }
    *out = tx;
    *signature = decoded;
    *status = TX_OK;
    return OK;
}

/* ---- encoding -------------------------------------------------------------------------------- */

/* list_write writes the items that `items` writes as a list. */
typedef void items_write(struct writer *w, const struct tx *tx);

static void list_write(struct writer *w, const struct tx *tx, items_write *items)
{
    struct writer counter = writer_to(NULL, 0);
    items(&counter, tx);
    rlp_list_write(w, counter.len);
    items(w, tx);
}

static void access_list_write(struct writer *w, const struct tx *tx)
{
    for (size_t i = 0; i < tx->access_list_count; i++) {
        const struct access_list_entry *entry = &tx->access_list[i];
        size_t keys_len = entry->key_count * HASH_RLP;
        rlp_list_write(w, ADDRESS_RLP + rlp_list_size(keys_len));
        rlp_address_write(w, &entry->address);
        rlp_list_write(w, keys_len);
        for (size_t k = 0; k < entry->key_count; k++) {
            struct hash32 key;
            u256_store_be(key.b, &entry->keys[k]);
            rlp_hash32_write(w, &key);
        }
    }
}

static void blob_hashes_write(struct writer *w, const struct tx *tx)
{
    for (size_t i = 0; i < tx->blob_count; i++) {
        rlp_hash32_write(w, &tx->blob_versioned_hashes[i]);
    }
}

static void authorizations_write(struct writer *w, const struct tx *tx)
{
    for (size_t i = 0; i < tx->authorization_count; i++) {
        const struct authorization *a = &tx->authorizations[i];
        rlp_list_write(w, rlp_u256_size(&a->chain_id) + ADDRESS_RLP + rlp_u64_size(a->nonce) +
                              rlp_u256_size(&a->y_parity) + rlp_u256_size(&a->r) +
                              rlp_u256_size(&a->s));
        rlp_u256_write(w, &a->chain_id);
        rlp_address_write(w, &a->address);
        rlp_u64_write(w, a->nonce);
        rlp_u256_write(w, &a->y_parity);
        rlp_u256_write(w, &a->r);
        rlp_u256_write(w, &a->s);
    }
}

/* signed_fields_write writes the fields before the signature. */
static void signed_fields_write(struct writer *w, const struct tx *tx,
                                const struct tx_signature *signature)
{
    if (tx->type != TX_LEGACY) {
        rlp_u64_write(w, signature->chain_id);
    }
    rlp_u64_write(w, tx->nonce);
    if (tx->type != TX_LEGACY && tx->type != TX_ACCESS_LIST) {
        rlp_u256_write(w, &tx->max_priority_fee_per_gas);
    }
    rlp_u256_write(w, &tx->max_fee_per_gas);
    rlp_u64_write(w, tx->gas_limit);
    rlp_string_write(w, bytes_from(tx->to.b, tx->is_create ? 0 : sizeof(tx->to.b)));
    rlp_u256_write(w, &tx->value);
    rlp_string_write(w, tx->data);
    if (tx->type != TX_LEGACY) {
        list_write(w, tx, access_list_write);
    }
    if (tx->type == TX_BLOB) {
        rlp_u256_write(w, &tx->max_fee_per_blob_gas);
        list_write(w, tx, blob_hashes_write);
    } else if (tx->type == TX_SET_CODE) {
        list_write(w, tx, authorizations_write);
    }
}

/* signature_write writes what follows in the transaction itself. */
static void signature_write(struct writer *w, const struct tx *tx,
                            const struct tx_signature *signature)
{
    struct u256 v = u256_from_u64(signature->y_parity ? 1 : 0);
    struct u256 base = u256_from_u64(V_UNPROTECTED);
    if (tx->type == TX_LEGACY) {
        if (signature->has_chain_id) {
            struct u256 chain_id = u256_from_u64(signature->chain_id);
            base = u256_from_u64(V_PROTECTED);
            u256_add(&v, &v, &chain_id);
            u256_add(&v, &v, &chain_id);
        }
        u256_add(&v, &v, &base);
    }
    rlp_u256_write(w, &v);
    rlp_u256_write(w, &signature->r);
    rlp_u256_write(w, &signature->s);
}

/* fields_write writes the items of the list: of the transaction itself, or of what is signed. */
static void fields_write(struct writer *w, const struct tx *tx,
                         const struct tx_signature *signature, bool is_to_sign)
{
    signed_fields_write(w, tx, signature);
    if (!is_to_sign) {
        signature_write(w, tx, signature);
    } else if (tx->type == TX_LEGACY && signature->has_chain_id) {
        /* EIP-155: "nine rlp encoded elements (nonce, ..., data, chainid, 0, 0)". */
        rlp_u64_write(w, signature->chain_id);
        rlp_u64_write(w, 0);
        rlp_u64_write(w, 0);
    }
}

static size_t fields_size(const struct tx *tx, const struct tx_signature *signature,
                          bool is_to_sign)
{
    struct writer counter = writer_to(NULL, 0);
    fields_write(&counter, tx, signature, is_to_sign);
    return counter.len;
}

static size_t size(const struct tx *tx, const struct tx_signature *signature, bool is_to_sign)
{
    return (tx->type == TX_LEGACY ? 0 : 1) + rlp_list_size(fields_size(tx, signature, is_to_sign));
}

static void encode(struct writer *w, const struct tx *tx, const struct tx_signature *signature,
                   bool is_to_sign)
{
    if (tx->type != TX_LEGACY) {
        writer_byte(w, (uint8_t)tx->type);
    }
    rlp_list_write(w, fields_size(tx, signature, is_to_sign));
    fields_write(w, tx, signature, is_to_sign);
}

size_t tx_size(const struct tx *tx, const struct tx_signature *signature)
{
    return size(tx, signature, false);
}

void tx_encode(struct writer *w, const struct tx *tx, const struct tx_signature *signature)
{
    encode(w, tx, signature, false);
}

/* ---- hashes and senders ---------------------------------------------------------------------- */

struct hash32 tx_hash(struct bytes raw)
{
    struct hash32 hash;
    keccak256(&hash, raw.ptr, raw.len);
    return hash;
}

enum err tx_signing_hash(struct hash32 *out, struct arena *arena, const struct tx *tx,
                         const struct tx_signature *signature)
{
    size_t mark = arena_mark(arena);
    size_t len = size(tx, signature, true);
    uint8_t *buffer = ARENA_NEW(arena, uint8_t, len);
    if (buffer == NULL) {
        return ERR_MEMORY;
    }
    struct writer w = writer_to(buffer, len);
    encode(&w, tx, signature, true);
    *out = tx_hash(writer_view(&w));
    arena_rewind(arena, mark);
    return OK;
}

/* check_signature checks the numbers of a signature. */
static bool check_signature(const struct tx_signature *signature, const struct fork_rules *rules)
{
    return (!signature->has_chain_id || rules->eip155) &&
           signature_is_in_range(&signature->r, &signature->s, rules->eip2);
}

enum err tx_recover(struct address *sender, struct arena *arena, const struct tx *tx,
                    const struct tx_signature *signature, const struct fork_rules *rules)
{
    struct hash32 hash;
    if (!check_signature(signature, rules)) {
        return ERR_SIGNATURE;
    }
    TRY(tx_signing_hash(&hash, arena, tx, signature));
    return signature_recover(sender, &hash, &signature->r, &signature->s, signature->y_parity);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* read_sender checks chain id and signature and finds the sender. */
static enum err read_sender(struct tx *tx, enum tx_status *status, struct arena *arena,
                            const struct tx_signature *signature, uint64_t chain_id,
                            const struct fork_rules *rules)
{
    if (rules->eip155 && signature->has_chain_id && signature->chain_id != chain_id) {
        *status = TX_INVALID_CHAINID;
        return OK;
    }
    if (!check_signature(signature, rules)) {
        *status = TX_INVALID_SIGNATURE_VRS;
        return OK;
    }
    enum err e = tx_recover(&tx->sender, arena, tx, signature, rules);
    if (e == ERR_SIGNATURE) {
        *status = TX_EC_RECOVERY_FAIL;
        return OK;
    }
    *status = TX_OK;
    return e;
}

/* read_decoded is tx_read for a transaction whose type, if it has one, the fork knows. */
static enum err read_decoded(struct tx *out, enum tx_status *status, struct arena *arena,
                             struct bytes raw, uint64_t chain_id, const struct fork_rules *rules)
{
    struct tx tx;
    struct tx_signature signature;
    enum err e = tx_decode(&tx, &signature, status, arena, raw);
    if (e == ERR_MEMORY) {
        return e;
    }
    if (e != OK) {
        /* Before EIP-155 a v says nothing of chains. */
        bool is_v = *status == TX_INVALID_CHAINID && !rules->eip155;
        *status = is_v ? TX_INVALID_SIGNATURE_VRS : *status;
        return OK;
    }
    TRY(read_sender(&tx, status, arena, &signature, chain_id, rules));
    if (*status == TX_OK) {
        *out = tx;
    }
    return OK;
}

enum err tx_read(struct tx *out, enum tx_status *status, struct arena *arena, struct bytes raw,
                 uint64_t chain_id, const struct fork_rules *rules)
{
    size_t mark = arena_mark(arena);
    uint8_t first = raw.len == 0 ? LIST_START : raw.ptr[0];
    /* A fork that does not know a type can say nothing of what follows it. */
    *status = first < TX_TYPE_COUNT ? tx_check_type((enum tx_type)first, rules) : TX_OK;
    enum err e = *status == TX_OK ? read_decoded(out, status, arena, raw, chain_id, rules) : OK;
    if (e != OK || *status != TX_OK) {
        arena_rewind(arena, mark);
    }
    return e;
}
