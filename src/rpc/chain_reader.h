#ifndef RPC_CHAIN_READER_H
#define RPC_CHAIN_READER_H

/* chain_reader.h: the chain in requests: the name or the id of a public chain, or a genesis object
 * of geth's form, of which `config` is read. */

#include "codec/json.h"
#include "exec/chain.h"

/* chain_reader_read gives the chain that `value` names, mainnet if it is NULL; one from a genesis
 * object is in the arena. Errors: ERR_MALFORMED (also a name or id that is not known), those of
 * chain_config_read; ERR_MEMORY. */
enum err chain_reader_read(const struct chain_config **out, struct arena *arena, json_t *value,
                           struct err_detail *detail);

#endif
