/* Accounts and slots as values of tries. */

#include "state/leaf.h"

#include "codec/rlp.h"
#include "crypto/keccak.h"

struct hash32 leaf_account_key(const struct address *address)
{
    struct hash32 key;
    keccak256(&key, address->b, sizeof(address->b));
    return key;
}

struct hash32 leaf_slot_key(const struct u256 *slot)
{
    struct hash32 key;
    uint8_t bytes[32];
    u256_store_be(bytes, slot);
    keccak256(&key, bytes, sizeof(bytes));
    return key;
}

static enum err account_next(struct leaf_account *out, struct cursor *c)
{
    struct cursor fields;
    TRY(rlp_list_next(c, &fields));
    TRY(rlp_u64_next(&fields, &out->nonce));
    TRY(rlp_u256_next(&fields, &out->balance));
    TRY(rlp_hash32_next(&fields, &out->storage_root));
    TRY(rlp_hash32_next(&fields, &out->code_hash));
    return rlp_end(&fields);
}

enum err leaf_account_decode(struct leaf_account *out, struct bytes value)
{
    struct cursor c = cursor_from(value);
    struct leaf_account account;
    if (account_next(&account, &c) != OK || rlp_end(&c) != OK) {
        return ERR_MALFORMED;
    }
    *out = account;
    return OK;
}

enum err leaf_slot_decode(struct u256 *out, struct bytes value)
{
    struct cursor c = cursor_from(value);
    struct u256 number;
    if (rlp_u256_next(&c, &number) != OK || rlp_end(&c) != OK || u256_is_zero(&number)) {
        return ERR_MALFORMED;
    }
    *out = number;
    return OK;
}

struct bytes leaf_account_encode(uint8_t buffer[static LEAF_ACCOUNT_MAX],
                                 const struct leaf_account *account)
{
    struct writer w = writer_to(buffer, LEAF_ACCOUNT_MAX);
    rlp_list_write(&w, rlp_u64_size(account->nonce) + rlp_u256_size(&account->balance) + 2 * 33);
    rlp_u64_write(&w, account->nonce);
    rlp_u256_write(&w, &account->balance);
    rlp_hash32_write(&w, &account->storage_root);
    rlp_hash32_write(&w, &account->code_hash);
    return writer_view(&w);
}

struct bytes leaf_slot_encode(uint8_t buffer[static LEAF_SLOT_MAX], const struct u256 *value)
{
    struct writer w = writer_to(buffer, LEAF_SLOT_MAX);
    if (!u256_is_zero(value)) {
        rlp_u256_write(&w, value);
    }
    return writer_view(&w);
}
