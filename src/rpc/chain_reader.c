/* The chain in requests. */

#include "rpc/chain_reader.h"

#include "rpc/chain_config.h"

static const char known[] = "\"mainnet\" (1), \"sepolia\" (11155111), \"hoodi\" (560048), or a "
                            "genesis object";

static enum err unknown(struct err_detail *detail)
{
    return err_explain(detail, ERR_MALFORMED, "\"chain\" must be one of %s", known);
}

enum err chain_reader_read(const struct chain_config **out, struct arena *arena, json_t *value,
                           struct err_detail *detail)
{
    if (value == NULL) {
        *out = chain_by_id(1);
        return OK;
    }
    if (json_is_object(value)) {
        struct chain_config *chain = ARENA_NEW(arena, struct chain_config, 1);
        if (chain == NULL) {
            return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
        }
        *out = chain;
        return chain_config_read(chain, arena, value, detail);
    }
    const char *name = json_string_value(value); /* NULL: not a string */
    uint64_t id;
    if (name != NULL && strncmp(name, "0x", 2) != 0) {
        *out = chain_by_name(name);
    } else {
        TRY(json_as_u64(&id, value, "chain", detail));
        *out = chain_by_id(id);
    }
    return *out != NULL ? OK : unknown(detail);
}
