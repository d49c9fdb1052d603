/* The parameter of nitro_executeBlock. */

#include "rpc/block_execution_request.h"

#include "rpc/chain_reader.h"
#include "rpc/fields.h"
#include "rpc/state_reader.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum err block_execution_read(struct block_execution *out, struct arena *arena, json_t *object,
                              struct err_detail *detail)
{
    static const char *const keys[] = {"chain", "block", "witness", "stateRoot", "blockHash"};
    struct witness witness;
    json_t *member;
    *out = (struct block_execution){.chain = NULL};
    TRY(json_as_object(&object, object, "request", detail));
    TRY(json_only_keys(object, keys, COUNT_OF(keys), detail));
    TRY(chain_reader_read(&out->chain, arena, json_find(object, "chain"), detail));
    TRY(json_get_data(&out->block, arena, object, SIZE_MAX, "block", detail));
    TRY(field_hash32(&out->has_root, &out->root, object, "stateRoot", detail));
    TRY(field_hash32(&out->has_block_hash, &out->block_hash, object, "blockHash", detail));
    TRY(json_get_object(&member, object, "witness", detail));
    TRY(state_reader_witness(&witness, arena, member, detail));
    out->nodes = witness.nodes;
    out->codes = witness.codes;
    out->headers = witness.headers;
    return OK;
}
