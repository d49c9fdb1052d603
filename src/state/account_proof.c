/* Claims of eth_getProof against their proofs. */

#include "state/account_proof.h"

#include "codec/hex.h"
#include "state/db.h"
#include "state/leaf.h"
#include "trie/mpt.h"

/* explain puts the account's address, and the slot if there is one, before what `why` says. */
static enum err explain(struct err_detail *detail, enum err e, const struct address *address,
                        const struct u256 *slot, const char *why)
{
    char account[42 + 1] = {0};
    char number[HEX_QUANTITY_MAX + 1] = {0};
    (void)hex_encode_data(account, address->b, sizeof(address->b));
    if (slot == NULL) {
        return err_explain(detail, e, "account %s: %s", account, why);
    }
    (void)hex_encode_quantity_u256(number, slot);
    return err_explain(detail, e, "account %s, slot %s: %s", account, number, why);
}

/* is_hash_of_nothing tells whether a hash is one that servers give for what is not there. */
static bool is_hash_of_nothing(const struct hash32 *hash, const struct hash32 *of_empty)
{
    static const struct hash32 zero;
    return hash32_equal(hash, of_empty) || hash32_equal(hash, &zero);
}

/* difference names the first field that is not as proven; NULL: there is none. */
static const char *difference(const struct account_proof *claim, const struct leaf_account *proven)
{
    return claim->nonce != proven->nonce                                ? "the nonce"
           : !u256_eq(&claim->balance, &proven->balance)                ? "the balance"
           : !hash32_equal(&claim->storage_root, &proven->storage_root) ? "the storage hash"
           : !hash32_equal(&claim->code_hash, &proven->code_hash)       ? "the code hash"
                                                                        : NULL;
}

/* difference_from_nothing does so for an account that is proven absent. */
static const char *difference_from_nothing(const struct account_proof *claim)
{
    return claim->nonce != 0                                            ? "the nonce"
           : !u256_is_zero(&claim->balance)                             ? "the balance"
           : !is_hash_of_nothing(&claim->storage_root, &MPT_EMPTY_ROOT) ? "the storage hash"
           : !is_hash_of_nothing(&claim->code_hash, &EMPTY_CODE_HASH)   ? "the code hash"
                                                                        : NULL;
}

static enum err verify_account(enum proof_end *end, const struct hash32 *root,
                               const struct account_proof *claim, struct err_detail *detail)
{
    struct proof proof;
    struct leaf_account proven;
    struct err_detail why;
    struct hash32 key = leaf_account_key(&claim->address);
    enum err e = proof_verify(&proof, root, bytes_from(key.b, sizeof(key.b)), claim->nodes,
                              claim->node_count, &why);
    if (e != OK) {
        return explain(detail, e, &claim->address, NULL, why.text);
    }
    bool is_there = proof.end == PROOF_VALUE;
    if (is_there && leaf_account_decode(&proven, proof.value) != OK) {
        return explain(detail, ERR_MALFORMED, &claim->address, NULL,
                       "what is proven is not an account");
    }
    const char *other = is_there ? difference(claim, &proven) : difference_from_nothing(claim);
    if (other != NULL) {
        (void)err_explain(&why, ERR_MALFORMED, "%s is not the one that is proven%s", other,
                          is_there ? "" : ": the account is absent");
        return explain(detail, ERR_MALFORMED, &claim->address, NULL, why.text);
    }
    *end = proof.end;
    return OK;
}

static enum err verify_slot(enum proof_end *end, const struct hash32 *storage_root,
                            const struct address *address, const struct slot_proof *claim,
                            struct err_detail *detail)
{
    struct proof proof;
    struct err_detail why;
    struct u256 proven = u256_from_u64(0);
    struct hash32 key = leaf_slot_key(&claim->slot);
    enum err e = proof_verify(&proof, storage_root, bytes_from(key.b, sizeof(key.b)), claim->nodes,
                              claim->node_count, &why);
    if (e != OK) {
        return explain(detail, e, address, &claim->slot, why.text);
    }
    if (proof.end == PROOF_VALUE && leaf_slot_decode(&proven, proof.value) != OK) {
        return explain(detail, ERR_MALFORMED, address, &claim->slot,
                       "what is proven is not a value");
    }
    if (!u256_eq(&proven, &claim->value)) {
        return explain(detail, ERR_MALFORMED, address, &claim->slot,
                       "the value is not the one that is proven");
    }
    *end = proof.end;
    return OK;
}

enum err account_proof_verify(enum proof_end *end, enum proof_end *slot_ends,
                              const struct hash32 *root, const struct account_proof *proof,
                              struct err_detail *detail)
{
    TRY(verify_account(end, root, proof, detail));
    const struct hash32 *storage_root =
        *end == PROOF_VALUE ? &proof->storage_root : &MPT_EMPTY_ROOT;
    for (size_t i = 0; i < proof->slot_count; i++) {
        enum proof_end slot_end = PROOF_EMPTY_TRIE;
        TRY(verify_slot(&slot_end, storage_root, &proof->address, &proof->slots[i], detail));
        if (slot_ends != NULL) {
            slot_ends[i] = slot_end;
        }
    }
    return OK;
}
