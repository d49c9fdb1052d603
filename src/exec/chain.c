/* The public chains, and the search for the rules of a block. */

#include "exec/chain.h"

#include <strings.h>

struct upgrade_row {
    const char *name;
    enum fork fork;
    uint64_t bomb_delay;
};

static const struct upgrade_row upgrades[CHAIN_UPGRADE_COUNT] = {
#define X(name, text, fork, bomb_delay) [CHAIN_##name] = {text, fork, bomb_delay},
    CHAIN_UPGRADES(X)
#undef X
};

static const struct blob_schedule *const schedules[CHAIN_UPGRADE_COUNT] = {
#define X(name, text, fork, target, max, fraction) [CHAIN_##name] = &blob_schedules[BLOB_##name],
    BLOB_SCHEDULES(X)
#undef X
};

#define X(upgrade, by, at, blobs) {CHAIN_##upgrade, CHAIN_BY_##by, at, blobs},
static const struct chain_fork mainnet_forks[] = {CHAIN_MAINNET(X)};
static const struct chain_fork sepolia_forks[] = {CHAIN_SEPOLIA(X)};
static const struct chain_fork hoodi_forks[] = {CHAIN_HOODI(X)};
#undef X

#define FORKS_OF(table) .forks = (table), .fork_count = sizeof(table) / sizeof((table)[0])

/* Mainnet's and Hoodi's deposit contracts have the same address. */
#define DEPOSIT_CONTRACT                                          \
    {{0x00, 0x00, 0x00, 0x00, 0x21, 0x9a, 0xb5, 0x40, 0x35, 0x6c, \
      0xbb, 0x83, 0x9c, 0xbe, 0x05, 0x30, 0x3d, 0x77, 0x05, 0xfa}}

static const struct chain_config chains[] = {
    {
        .name = "mainnet",
        .chain_id = 1,
        FORKS_OF(mainnet_forks),
        .has_dao_fork = true,
        .dao_fork_number = 1920000,
        .deposit_contract = DEPOSIT_CONTRACT,
    },
    {
        .name = "sepolia",
        .chain_id = 11155111,
        FORKS_OF(sepolia_forks),
        .deposit_contract = {{0x7f, 0x02, 0xc3, 0xe3, 0xc9, 0x8b, 0x13, 0x30, 0x55, 0xb8,
                              0xb3, 0x48, 0xb2, 0xac, 0x62, 0x56, 0x69, 0xed, 0x29, 0x5d}},
    },
    {
        .name = "hoodi",
        .chain_id = 560048,
        FORKS_OF(hoodi_forks),
        .deposit_contract = DEPOSIT_CONTRACT,
    },
};

const char *chain_upgrade_name(enum chain_upgrade upgrade)
{
    ASSERT((unsigned)upgrade < CHAIN_UPGRADE_COUNT);
    return upgrades[upgrade].name;
}

enum fork chain_upgrade_fork(enum chain_upgrade upgrade)
{
    ASSERT((unsigned)upgrade < CHAIN_UPGRADE_COUNT);
    return upgrades[upgrade].fork;
}

const struct blob_schedule *chain_upgrade_blobs(enum chain_upgrade upgrade)
{
    ASSERT((unsigned)upgrade < CHAIN_UPGRADE_COUNT);
    return schedules[upgrade];
}

bool chain_upgrade_from_name(enum chain_upgrade *out, const char *name)
{
    enum fork fork;
    const char *text = fork_from_name(&fork, name) ? fork_name(fork) : name;
    for (int upgrade = 0; upgrade < CHAIN_UPGRADE_COUNT; upgrade++) {
        if (strcasecmp(text, upgrades[upgrade].name) == 0) {
            *out = (enum chain_upgrade)upgrade;
            return true;
        }
    }
    return false;
}

static bool is_active(const struct chain_fork *fork, uint64_t number, uint64_t timestamp,
                      bool is_merged)
{
    switch (fork->by) {
    case CHAIN_BY_NUMBER:
        return number >= fork->at;
    case CHAIN_BY_DIFFICULTY:
        return is_merged;
    case CHAIN_BY_TIME:
        return timestamp >= fork->at;
    }
    UNREACHABLE();
}

void chain_rules_at(struct chain_rules *out, const struct chain_config *chain, uint64_t number,
                    uint64_t timestamp, bool is_merged)
{
    *out = (struct chain_rules){.upgrade = CHAIN_FRONTIER, .fork = FORK_FRONTIER};
    for (size_t i = 0; i < chain->fork_count; i++) {
        const struct chain_fork *fork = &chain->forks[i];
        if (i > 0 && !is_active(fork, number, timestamp, is_merged)) {
            return;
        }
        const struct upgrade_row *row = &upgrades[fork->upgrade];
        out->upgrade = fork->upgrade;
        out->fork = row->fork;
        if (row->bomb_delay != 0) {
            out->difficulty_bomb_delay = row->bomb_delay;
        }
        if (fork->blobs != NULL) {
            out->blobs = *fork->blobs;
        }
    }
}

void chain_rules_of(struct chain_rules *out, const struct chain_config *chain,
                    const struct header *header)
{
    chain_rules_at(out, chain, header->number, header->timestamp,
                   u256_is_zero(&header->difficulty));
}

const struct chain_config *chain_by_id(uint64_t chain_id)
{
    for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
        if (chains[i].chain_id == chain_id) {
            return &chains[i];
        }
    }
    return NULL;
}

const struct chain_config *chain_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
        if (strcasecmp(chains[i].name, name) == 0) {
            return &chains[i];
        }
    }
    return NULL;
}
