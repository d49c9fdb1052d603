/* Answers of eth_getProof. */

#include "rpc/proof_reader.h"

#include "rpc/fields.h"

/* required_list is field_list for a list that must be there. */
static enum err required_list(const struct bytes **out, size_t *count, struct arena *arena,
                              const json_t *object, const char *key, struct err_detail *detail)
{
    json_t *ignored;
    struct bytes_list list;
    TRY(json_get_array(&ignored, object, key, detail));
    TRY(field_list(&list, arena, object, key, detail));
    *out = list.items;
    *count = list.count;
    return OK;
}

static enum err read_slot(struct slot_proof *out, struct arena *arena, json_t *object,
                          struct err_detail *detail)
{
    TRY(json_as_object(&object, object, "slot", detail));
    TRY(json_get_padded_u256(&out->slot, object, "key", detail));
    TRY(json_get_padded_u256(&out->value, object, "value", detail));
    return required_list(&out->nodes, &out->node_count, arena, object, "proof", detail);
}

static enum err read_slots(struct account_proof *out, struct arena *arena, json_t *list,
                           struct err_detail *detail)
{
    TRY(json_as_array(&list, list, "storageProof", detail));
    size_t count = json_array_size(list);
    struct slot_proof *slots = ARENA_NEW(arena, struct slot_proof, count);
    if (slots == NULL) {
        return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    for (size_t i = 0; i < count; i++) {
        TRY(within(detail, read_slot(&slots[i], arena, json_array_get(list, i), detail),
                   "storageProof[%zu]", i));
    }
    out->slots = slots;
    out->slot_count = count;
    return OK;
}

enum err proof_reader_read(struct account_proof *out, struct arena *arena, json_t *answer,
                           struct err_detail *detail)
{
    struct account_proof proof = {.slot_count = 0};
    TRY(json_as_object(&answer, answer, "proof", detail));
    TRY(json_get_address(&proof.address, answer, "address", detail));
    TRY(json_get_padded_u64(&proof.nonce, answer, "nonce", detail));
    TRY(json_get_padded_u256(&proof.balance, answer, "balance", detail));
    TRY(json_get_hash32(&proof.storage_root, answer, "storageHash", detail));
    TRY(json_get_hash32(&proof.code_hash, answer, "codeHash", detail));
    TRY(required_list(&proof.nodes, &proof.node_count, arena, answer, "accountProof", detail));
    json_t *slots = json_find(answer, "storageProof");
    if (slots != NULL) {
        TRY(read_slots(&proof, arena, slots, detail));
    }
    *out = proof;
    return OK;
}
