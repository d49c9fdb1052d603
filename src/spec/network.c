/* The networks of official blockchain tests. */

#include "spec/network.h"

#include <strings.h>

#include "codec/hex.h"

/* NAME_MAX_LEN: longer than any upgrade's name. */
#define NAME_MAX_LEN 24

/* struct network: a name taken apart. */
struct network {
    enum chain_upgrade from;
    enum chain_upgrade to; /* the same, without a transition */
    bool is_dao;           /* the transition is the DAO fork */
    enum chain_trigger by;
    uint64_t at;
    struct u256 difficulty;
};

/* upgrade_named finds the upgrade whose name is all of `text`. */
static bool upgrade_named(enum chain_upgrade *out, struct bytes text)
{
    char name[NAME_MAX_LEN + 1];
    if (text.len > NAME_MAX_LEN) {
        return false;
    }
    bytes_copy(name, text.ptr, text.len);
    name[text.len] = '\0';
    return chain_upgrade_from_name(out, name);
}

/* cut splits `text` before and after the first `word`; false when it is not there. */
static bool cut(struct bytes *before, struct bytes *after, struct bytes text, const char *word)
{
    const size_t len = strlen(word);
    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.ptr + i, word, len) == 0) {
            *before = bytes_from(text.ptr, i);
            *after = bytes_from(text.ptr + i + len, text.len - i - len);
            return true;
        }
    }
    return false;
}

static bool starts_with(struct bytes text, const char *word)
{
    return text.len >= strlen(word) && memcmp(text.ptr, word, strlen(word)) == 0;
}

static struct bytes without(struct bytes text, size_t len)
{
    return bytes_from(text.ptr + len, text.len - len);
}

/* parse_number reads decimal digits, at most 15 of them, and perhaps a "k". */
static bool parse_number(uint64_t *out, struct bytes text)
{
    const bool has_k = text.len > 0 && text.ptr[text.len - 1] == 'k';
    const size_t digits = text.len - has_k;
    uint64_t value = 0;
    if (digits == 0 || digits > 15) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *out = has_k ? value * 1000 : value;
    return true;
}

static bool parse_difficulty(struct u256 *out, struct bytes text)
{
    uint8_t prefixed[HEX_QUANTITY_MAX] = {'0', 'x'};
    if (text.len > sizeof(prefixed) - 2) {
        return false;
    }
    bytes_copy(prefixed + 2, text.ptr, text.len);
    return hex_decode_padded_u256(out, bytes_from(prefixed, text.len + 2)) == OK;
}

static bool parse_trigger(struct network *out, struct bytes text)
{
    if (starts_with(text, "Time")) {
        out->by = CHAIN_BY_TIME;
        return parse_number(&out->at, without(text, 4));
    }
    if (starts_with(text, "Diff")) {
        out->by = CHAIN_BY_DIFFICULTY;
        return parse_difficulty(&out->difficulty, without(text, 4));
    }
    out->by = CHAIN_BY_NUMBER;
    return parse_number(&out->at, text);
}

static bool parse(struct network *out, struct bytes name)
{
    struct bytes from;
    struct bytes rest;
    struct bytes to;
    struct bytes trigger;
    *out = (struct network){.is_dao = false};
    if (upgrade_named(&out->from, name)) {
        out->to = out->from;
        return true;
    }
    if (!cut(&from, &rest, name, "To") || !cut(&to, &trigger, rest, "At") ||
        !upgrade_named(&out->from, from) || !parse_trigger(out, trigger)) {
        return false;
    }
    out->is_dao = to.len == 3 && strncasecmp((const char *)to.ptr, "DAO", 3) == 0;
    if (out->is_dao) {
        out->to = out->from;
        return out->by == CHAIN_BY_NUMBER;
    }
    return upgrade_named(&out->to, to) && out->from < out->to;
}

/* schedule_of finds the blob schedule that comes with an upgrade: the test's own, mainnet's, or
 * none. */
static enum err schedule_of(const struct blob_schedule **out, struct arena *arena,
                            enum chain_upgrade upgrade, const json_t *schedules,
                            struct err_detail *detail)
{
    const char *name = chain_upgrade_name(upgrade);
    json_t *json = json_find(schedules, name);
    *out = chain_upgrade_blobs(upgrade);
    if (json == NULL) {
        return *out == NULL && upgrade >= CHAIN_BPO1
                   ? err_explain(detail, ERR_MALFORMED, "\"blobSchedule\" has no \"%s\"", name)
                   : OK;
    }
    struct blob_schedule *own = ARENA_NEW(arena, struct blob_schedule, 1);
    if (own == NULL) {
        return ERR_MEMORY;
    }
    TRY(json_as_object(&json, json, name, detail));
    TRY(json_get_padded_u64(&own->target, json, "target", detail));
    TRY(json_get_padded_u64(&own->max, json, "max", detail));
    TRY(json_get_padded_u64(&own->base_fee_update_fraction, json, "baseFeeUpdateFraction", detail));
    if (!blob_schedule_is_valid(own)) {
        return err_explain(detail, ERR_RANGE,
                           "\"%s\": the target is over the maximum, or the fraction is 0", name);
    }
    *out = own;
    return OK;
}

enum err network_chain(struct chain_config *out, bool *found, struct arena *arena, const char *name,
                       json_t *config, struct err_detail *detail)
{
    struct network network;
    *found = parse(&network, bytes_from(name, strlen(name)));
    if (!*found) {
        return OK;
    }
    const struct chain_config *mainnet = chain_by_id(1);
    struct chain_config chain = {
        .name = name,
        .chain_id = mainnet->chain_id,
        .fork_count = (size_t)network.to + 1,
        .terminal_total_difficulty = network.difficulty,
        .has_dao_fork = network.is_dao,
        .dao_fork_number = network.is_dao ? network.at : 0,
        .deposit_contract = mainnet->deposit_contract,
    };
    const json_t *schedules = NULL;
    if (config != NULL) {
        json_t *chain_id = json_find(config, "chainid");
        if (chain_id != NULL) {
            TRY(json_as_padded_u64(&chain.chain_id, chain_id, "chainid", detail));
        }
        schedules = json_find(config, "blobSchedule");
    }
    struct chain_fork *forks = ARENA_NEW(arena, struct chain_fork, chain.fork_count);
    if (forks == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < chain.fork_count; i++) {
        forks[i].upgrade = (enum chain_upgrade)i;
        if (forks[i].upgrade > network.from) {
            forks[i].by = network.by;
            forks[i].at = network.at;
        }
        TRY(schedule_of(&forks[i].blobs, arena, forks[i].upgrade, schedules, detail));
    }
    chain.forks = forks;
    *out = chain;
    return OK;
}
