#ifndef RPC_CHAIN_CONFIG_H
#define RPC_CHAIN_CONFIG_H

/* chain_config.h: a chain's configuration from the JSON that geth and others begin a chain with
 * (EIP-7840, EIP-7892 name its newer keys):
 *
 *   {"config": {CONFIG}, "alloc": ...}, or CONFIG alone:
 *   {"chainId": 1,
 *    "homesteadBlock": 0, "daoForkBlock": 0, "daoForkSupport": true, "eip150Block": 0,
 *    "eip155Block": 0, "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0,
 *    "petersburgBlock": 0, "istanbulBlock": 0, "muirGlacierBlock": 0, "berlinBlock": 0,
 *    "londonBlock": 0, "arrowGlacierBlock": 0, "grayGlacierBlock": 0,
 *    "terminalTotalDifficulty": 0, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0,
 *    "osakaTime": 0, "bpo1Time": 0, ... "bpo5Time": 0,
 *    "blobSchedule": {"cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3338477}, ...},
 *    "depositContractAddress": "0x..."}
 *
 * Numbers are integers or quantities; terminalTotalDifficulty also a string of decimal digits. All
 * but chainId may be missing; an upgrade whose key is missing does not come, except that
 * petersburgBlock then is constantinopleBlock.
 *
 * Refused, since they would be other rules than those here: an order in which mainnet's upgrades
 * did not come, or one of them left out before a later one (but the DAO fork, glaciers and BPOs);
 * two different numbers for eip155Block and eip158Block, which are one fork here; times without
 * terminalTotalDifficulty; "clique" (proof of authority); keys that are not known, such as that of
 * an upgrade to come. Ignored: "ethash", "eip150Hash", "mergeNetsplitBlock",
 * "terminalTotalDifficultyPassed", which change no rule, and the DAO fork without daoForkSupport.
 *
 * Where blobSchedule says nothing of Cancun, Prague or Osaka, mainnet's schedules hold; of a BPO it
 * has to. Without depositContractAddress there are no deposits. */

#include "codec/json.h"
#include "exec/chain.h"

/* chain_config_read reads a configuration. Out: *out; its forks and schedules are in `arena`, its
 * name is "custom". Errors: ERR_MALFORMED (a key missing, of another kind, or refused as above);
 * ERR_RANGE (a number too great, a blob schedule that contradicts itself); ERR_MEMORY. The detail
 * names the keys. */
enum err chain_config_read(struct chain_config *out, struct arena *arena, json_t *value,
                           struct err_detail *detail);

/* chain_config_parse reads one from a text, and there takes integers of any size for
 * terminalTotalDifficulty, of which mainnet's is greater than codec/json.h allows. A copy of the
 * text stays in the arena. Errors: as chain_config_read; those of json_parse. */
enum err chain_config_parse(struct chain_config *out, struct arena *arena, struct bytes text,
                            struct err_detail *detail);

#endif
