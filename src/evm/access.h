#ifndef EVM_ACCESS_H
#define EVM_ACCESS_H

/* access.h: accounts, storage and block hashes as instructions see them, and what a first access
 * costs (EIP-2929). gas_left as frames.h says. */

#include "evm/frames.h"

/* account_pay charges `cold_price` when an account was not accessed in this transaction before, and
 * marks it as accessed. Nothing when the price is 0: the fork knows no cold accounts. */
int64_t account_pay(struct frame *f, int64_t gas_left, struct account *account,
                    uint32_t cold_price);

/* account_access finds the account whose address is on the stack, loaded, and charges for it. */
int64_t account_access(struct frame *f, int64_t gas_left, struct account **out,
                       const struct u256 *address);

/* code_of gives the code of a loaded account. */
int64_t code_of(struct frame *f, int64_t gas_left, struct bytes *out, struct account *account);

/* storage_load, transient_load and block_hash_load replace a key in *word by what is there: SLOAD,
 * TLOAD, BLOCKHASH. */
int64_t storage_load(struct frame *f, int64_t gas_left, struct u256 *word);
int64_t transient_load(struct frame *f, int64_t gas_left, struct u256 *word);
int64_t block_hash_load(struct frame *f, int64_t gas_left, struct u256 *word);

/* storage_store and transient_store: SSTORE, TSTORE. The caller has checked for a static context.
 */
int64_t storage_store(struct frame *f, int64_t gas_left, const struct u256 *key,
                      const struct u256 *value);
int64_t transient_store(struct frame *f, int64_t gas_left, const struct u256 *key,
                        const struct u256 *value);

/* address_of takes the low 20 bytes of a word; word_of_address the reverse. */
static inline struct address address_of(const struct u256 *word)
{
    struct address address;
    store_be32(address.b, (uint32_t)word->w[2]);
    store_be64(address.b + 4, word->w[1]);
    store_be64(address.b + 12, word->w[0]);
    return address;
}

static ALWAYS_INLINE void word_of_address(struct u256 *out, const struct address *address)
{
    u256_set_words(out, load_be64(address->b + 12), load_be64(address->b + 4),
                   load_be32(address->b), 0);
}

#endif
