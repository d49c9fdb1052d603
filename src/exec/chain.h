#ifndef EXEC_CHAIN_H
#define EXEC_CHAIN_H

/* chain.h: which rules hold at a block of which chain. A chain's configuration is data: its
 * upgrades, each with what makes it active. */

#include "exec/blob.h"
#include "exec/chain.def"
#include "exec/header.h"

/* enum chain_upgrade: what a chain may activate, oldest first. */
enum chain_upgrade {
#define X(name, text, fork, bomb_delay) CHAIN_##name,
    CHAIN_UPGRADES(X)
#undef X
        CHAIN_UPGRADE_COUNT
};

/* chain_upgrade_name returns the name that official fixtures use ("EIP150", "GrayGlacier").
 * chain_upgrade_from_name finds an upgrade by that name, or a fork's other name ("Merge"), without
 * regard to case; false when there is none. chain_upgrade_fork returns the fork that an upgrade is,
 * or comes after; chain_upgrade_blobs the blob schedule that came with it on mainnet, NULL when
 * none did. */
const char *chain_upgrade_name(enum chain_upgrade upgrade);
bool chain_upgrade_from_name(enum chain_upgrade *out, const char *name);
enum fork chain_upgrade_fork(enum chain_upgrade upgrade);
const struct blob_schedule *chain_upgrade_blobs(enum chain_upgrade upgrade);

/* enum chain_trigger: what makes an upgrade active: the block's number, its timestamp, or that the
 * total difficulty of its parent has reached the terminal one (EIP-3675). */
enum chain_trigger { CHAIN_BY_NUMBER, CHAIN_BY_DIFFICULTY, CHAIN_BY_TIME };

/* struct chain_fork: one upgrade and when. */
struct chain_fork {
    enum chain_upgrade upgrade;
    enum chain_trigger by;
    uint64_t at;                       /* number or timestamp; unused by difficulty */
    const struct blob_schedule *blobs; /* from here on; NULL: as before */
};

/* struct chain_config: a chain. Made by chain_by_id, spec/network.h or rpc/chain_config.h; views
 * are the maker's. `forks` is not empty and in the order of enum chain_upgrade; the first holds
 * from the genesis block on, and each of the others when it is active and all before it are. */
struct chain_config {
    const char *name; /* for people */
    uint64_t chain_id;
    const struct chain_fork *forks;
    size_t fork_count;
    struct u256 terminal_total_difficulty; /* where a fork is by difficulty */
    bool has_dao_fork;                     /* EIP-779 */
    uint64_t dao_fork_number;
    struct address deposit_contract; /* EIP-6110 */
};

/* CHAIN_FORKS_MAX: the most forks that a configuration has. */
#define CHAIN_FORKS_MAX CHAIN_UPGRADE_COUNT

/* struct chain_rules: what holds at a block, beside its chain's constants. */
struct chain_rules {
    enum chain_upgrade upgrade; /* the newest: for people, who ask which BPO this is */
    enum fork fork;
    struct blob_schedule blobs;     /* all 0 before Cancun */
    uint64_t difficulty_bomb_delay; /* blocks; of no meaning from Paris on */
};

/* chain_rules_at finds the rules at a block. `is_merged` says whether its parent's total difficulty
 * has reached the terminal one; it is only looked at where Paris has no number. */
void chain_rules_at(struct chain_rules *out, const struct chain_config *chain, uint64_t number,
                    uint64_t timestamp, bool is_merged);

/* chain_rules_of finds the rules of the block that `header` is of, where total difficulties are not
 * known: merged if it claims a difficulty of 0, which no block of proof of work has. */
void chain_rules_of(struct chain_rules *out, const struct chain_config *chain,
                    const struct header *header);

/* chain_by_id and chain_by_name find a public chain: 1 "mainnet", 11155111 "sepolia", 560048
 * "hoodi"; names without regard to case. A constant; NULL when there is none. */
const struct chain_config *chain_by_id(uint64_t chain_id);
const struct chain_config *chain_by_name(const char *name);

#endif
