/* Chain configurations of geth's form. */

#include "rpc/chain_config.h"

#include "base/cursor.h"
#include "base/limits.h"

/* A genesis file of mainnet has 9,000 accounts in 700 KB. */
static const struct json_limits limits = {(size_t)16 << 20, (size_t)1 << 18, LIMIT_JSON_DEPTH};

/* The digits of an integer that fits into 63 bits whatever they are. */
#define SAFE_DIGITS 18

/* struct activation: a key that says when an upgrade comes, in the order in which they came. */
struct activation {
    const char *key;
    enum chain_upgrade upgrade;
    enum chain_trigger by;
    bool may_be_missing; /* even when a later one is there */
};

static const struct activation activations[] = {
    {"homesteadBlock", CHAIN_HOMESTEAD, CHAIN_BY_NUMBER, false},
    {"eip150Block", CHAIN_TANGERINE_WHISTLE, CHAIN_BY_NUMBER, false},
    {"eip158Block", CHAIN_SPURIOUS_DRAGON, CHAIN_BY_NUMBER, false},
    {"byzantiumBlock", CHAIN_BYZANTIUM, CHAIN_BY_NUMBER, false},
    {"constantinopleBlock", CHAIN_CONSTANTINOPLE, CHAIN_BY_NUMBER, false},
    {"petersburgBlock", CHAIN_PETERSBURG, CHAIN_BY_NUMBER, true},
    {"istanbulBlock", CHAIN_ISTANBUL, CHAIN_BY_NUMBER, false},
    {"muirGlacierBlock", CHAIN_MUIR_GLACIER, CHAIN_BY_NUMBER, true},
    {"berlinBlock", CHAIN_BERLIN, CHAIN_BY_NUMBER, false},
    {"londonBlock", CHAIN_LONDON, CHAIN_BY_NUMBER, false},
    {"arrowGlacierBlock", CHAIN_ARROW_GLACIER, CHAIN_BY_NUMBER, true},
    {"grayGlacierBlock", CHAIN_GRAY_GLACIER, CHAIN_BY_NUMBER, true},
    {"terminalTotalDifficulty", CHAIN_PARIS, CHAIN_BY_DIFFICULTY, false},
    {"shanghaiTime", CHAIN_SHANGHAI, CHAIN_BY_TIME, false},
    {"cancunTime", CHAIN_CANCUN, CHAIN_BY_TIME, false},
    {"pragueTime", CHAIN_PRAGUE, CHAIN_BY_TIME, false},
    {"osakaTime", CHAIN_OSAKA, CHAIN_BY_TIME, false},
    {"bpo1Time", CHAIN_BPO1, CHAIN_BY_TIME, true},
    {"bpo2Time", CHAIN_BPO2, CHAIN_BY_TIME, true},
    {"bpo3Time", CHAIN_BPO3, CHAIN_BY_TIME, true},
    {"bpo4Time", CHAIN_BPO4, CHAIN_BY_TIME, true},
    {"bpo5Time", CHAIN_BPO5, CHAIN_BY_TIME, true},
};

#define ACTIVATIONS (sizeof(activations) / sizeof(activations[0]))

/* The other keys that are known. */
static const char *const other_keys[] = {
    "chainId",
    "daoForkBlock",
    "daoForkSupport",
    "eip155Block",
    "blobSchedule",
    "ethash",
    "mergeNetsplitBlock",
    "terminalTotalDifficultyPassed",
    "eip150Hash",
    "depositContractAddress",
};

#define OTHER_KEYS (sizeof(other_keys) / sizeof(other_keys[0]))

/* ---- parts of the configuration -------------------------------------------------------------- */

/* The name of an upgrade's entry in "blobSchedule"; NULL where there is none. */
static const char *schedule_key(enum chain_upgrade upgrade)
{
    static const char *const keys[CHAIN_UPGRADE_COUNT] = {
        [CHAIN_CANCUN] = "cancun", [CHAIN_PRAGUE] = "prague", [CHAIN_OSAKA] = "osaka",
        [CHAIN_BPO1] = "bpo1",     [CHAIN_BPO2] = "bpo2",     [CHAIN_BPO3] = "bpo3",
        [CHAIN_BPO4] = "bpo4",     [CHAIN_BPO5] = "bpo5",
    };
    return keys[upgrade];
}

static enum err read_schedule(const struct blob_schedule **out, struct arena *arena,
                              enum chain_upgrade upgrade, const json_t *schedules,
                              struct err_detail *detail)
{
    const char *key = schedule_key(upgrade);
    *out = NULL;
    if (key == NULL) {
        return OK;
    }
    json_t *json = json_find(schedules, key);
    if (json == NULL && upgrade <= CHAIN_OSAKA) {
        *out = chain_upgrade_blobs(upgrade);
        return OK;
    }
    struct blob_schedule *own = ARENA_NEW(arena, struct blob_schedule, 1);
    if (own == NULL) {
        return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    TRY(json_as_object(&json, json, key, detail));
    TRY(json_get_u64(&own->target, json, "target", detail));
    TRY(json_get_u64(&own->max, json, "max", detail));
    TRY(json_get_u64(&own->base_fee_update_fraction, json, "baseFeeUpdateFraction", detail));
    if (!blob_schedule_is_valid(own)) {
        return err_explain(detail, ERR_RANGE,
                           "\"%s\": the target is over the maximum, or the fraction is 0", key);
    }
    *out = own;
    return OK;
}

/* read_difficulty also takes a string of decimal digits, which chain_config_parse makes of an
 * integer that is too long. */
static enum err read_difficulty(struct u256 *out, json_t *value, const char *key,
                                struct err_detail *detail)
{
    const char *text = json_string_value(value);
    if (text == NULL || text[0] < '1' || text[0] > '9') {
        return json_as_u256(out, value, key, detail);
    }
    const struct u256 ten = U256_WORDS(10, 0, 0, 0);
    struct u256 sum = U256_ZERO;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return err_explain(detail, ERR_MALFORMED, "\"%s\" must be a number", key);
        }
        const struct u256 digit = u256_from_u64((uint64_t)(*text - '0'));
        if (u256_mul_overflow(&sum, &sum, &ten) || u256_add_overflow(&sum, &sum, &digit)) {
            return err_explain(detail, ERR_RANGE, "\"%s\" is out of range", key);
        }
    }
    *out = sum;
    return OK;
}

static enum err check_keys(json_t *config, struct err_detail *detail)
{
    const char *keys[ACTIVATIONS + OTHER_KEYS];
    for (size_t i = 0; i < ACTIVATIONS; i++) {
        keys[i] = activations[i].key;
    }
    for (size_t i = 0; i < OTHER_KEYS; i++) {
        keys[ACTIVATIONS + i] = other_keys[i];
    }
    if (json_find(config, "clique") != NULL) {
        return err_explain(detail, ERR_MALFORMED,
                           "\"clique\": proof of authority is not supported");
    }
    return json_only_keys(config, keys, ACTIVATIONS + OTHER_KEYS, detail);
}

/* check_eip155: EIP-155 and EIP-158's state clearing are one fork here. */
static enum err check_eip155(const json_t *config, struct err_detail *detail)
{
    json_t *eip155 = json_find(config, "eip155Block");
    json_t *eip158 = json_find(config, "eip158Block");
    uint64_t first = 0;
    uint64_t second = 0;
    if (eip155 != NULL) {
        TRY(json_as_u64(&first, eip155, "eip155Block", detail));
    }
    if (eip158 != NULL) {
        TRY(json_as_u64(&second, eip158, "eip158Block", detail));
    }
    if ((eip155 == NULL) != (eip158 == NULL) || first != second) {
        return err_explain(detail, ERR_MALFORMED,
                           "\"eip155Block\" and \"eip158Block\" must be the same");
    }
    return OK;
}

static enum err read_dao_fork(struct chain_config *chain, const json_t *config,
                              struct err_detail *detail)
{
    json_t *number = json_find(config, "daoForkBlock");
    json_t *support = json_find(config, "daoForkSupport");
    if (support != NULL) {
        TRY(json_as_bool(&chain->has_dao_fork, support, "daoForkSupport", detail));
    }
    if (number != NULL) {
        TRY(json_as_u64(&chain->dao_fork_number, number, "daoForkBlock", detail));
    }
    if (number == NULL || !chain->has_dao_fork) {
        chain->has_dao_fork = false;
        chain->dao_fork_number = 0;
    }
    return OK;
}

/* ---- the forks ------------------------------------------------------------------------------- */

/* struct reading: how far the list has been read. */
struct reading {
    struct chain_config *chain;
    struct chain_fork *forks;
    const char *last;    /* key of the last upgrade that comes */
    const char *missing; /* key of the first that has to be there if a later one is, and is not */
};

/* read_fork reads one activation that is there. */
static enum err read_fork(struct reading *r, const struct activation *row, json_t *value,
                          struct err_detail *detail)
{
    const struct chain_fork *before = &r->forks[r->chain->fork_count - 1];
    struct chain_fork *fork = &r->forks[r->chain->fork_count];
    fork->upgrade = row->upgrade;
    fork->by = row->by;
    if (r->missing != NULL) {
        return err_explain(detail, ERR_MALFORMED, "\"%s\" is there, but not \"%s\" before it",
                           row->key, r->missing);
    }
    if (row->by == CHAIN_BY_DIFFICULTY) {
        TRY(read_difficulty(&r->chain->terminal_total_difficulty, value, row->key, detail));
        if (u256_is_zero(&r->chain->terminal_total_difficulty)) {
            fork->by = CHAIN_BY_NUMBER; /* reached by every block, the genesis block too */
            fork->at = before->at;
        }
    } else {
        TRY(json_as_u64(&fork->at, value, row->key, detail));
        if (fork->by == before->by && fork->at < before->at) {
            return err_explain(detail, ERR_MALFORMED, "\"%s\" comes before \"%s\"", row->key,
                               r->last);
        }
    }
    r->chain->fork_count++;
    r->last = row->key;
    return OK;
}

static enum err read_forks(struct chain_config *chain, struct arena *arena, json_t *config,
                           struct err_detail *detail)
{
    const json_t *schedules = NULL;
    json_t *json = json_find(config, "blobSchedule");
    struct reading r = {.chain = chain, .last = "the genesis block"};
    if (json != NULL) {
        TRY(json_as_object(&json, json, "blobSchedule", detail));
        schedules = json;
    }
    r.forks = ARENA_NEW(arena, struct chain_fork, CHAIN_FORKS_MAX);
    if (r.forks == NULL) {
        return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    r.forks[0] = (struct chain_fork){CHAIN_FRONTIER, CHAIN_BY_NUMBER, 0, NULL};
    chain->fork_count = 1;
    for (size_t i = 0; i < ACTIVATIONS; i++) {
        const struct activation *row = &activations[i];
        json_t *value = json_find(config, row->key);
        if (value == NULL && row->upgrade == CHAIN_PETERSBURG) {
            value = json_find(config, "constantinopleBlock");
        }
        if (value != NULL) {
            struct chain_fork *fork = &r.forks[chain->fork_count];
            TRY(read_fork(&r, row, value, detail));
            TRY(read_schedule(&fork->blobs, arena, row->upgrade, schedules, detail));
        } else if (!row->may_be_missing && r.missing == NULL) {
            r.missing = row->key;
        }
    }
    chain->forks = r.forks;
    return OK;
}

enum err chain_config_read(struct chain_config *out, struct arena *arena, json_t *value,
                           struct err_detail *detail)
{
    struct chain_config chain = {.name = "custom"};
    json_t *config = json_find(value, "config");
    json_t *deposit_contract;
    TRY(json_as_object(&config, config != NULL ? config : value, "config", detail));
    TRY(check_keys(config, detail));
    TRY(json_get_u64(&chain.chain_id, config, "chainId", detail));
    TRY(check_eip155(config, detail));
    TRY(read_dao_fork(&chain, config, detail));
    TRY(read_forks(&chain, arena, config, detail));
    deposit_contract = json_find(config, "depositContractAddress");
    if (deposit_contract != NULL) {
        TRY(json_as_address(&chain.deposit_contract, deposit_contract, "depositContractAddress",
                            detail));
    }
    *out = chain;
    return OK;
}

/* ---- texts ----------------------------------------------------------------------------------- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_sign(uint8_t c)
{
    return c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/* quote_long_integers copies a JSON text and puts quotes around integers that are too long for
 * codec/json.h, outside of strings. Text that is not JSON stays so. */
static struct bytes quote_long_integers(uint8_t *buf, size_t cap, struct bytes text)
{
    struct writer w = writer_to(buf, cap);
    size_t i = 0;
    while (i < text.len) {
        const size_t start = i;
        const uint8_t first = text.ptr[i++];
        if (first == '"') {
            while (i < text.len && text.ptr[i] != '"') {
                i += text.ptr[i] == '\\' ? 2 : 1;
            }
            i = i < text.len ? i + 1 : text.len;
        }
        while (is_digit(first) && i < text.len && is_digit(text.ptr[i])) {
            i++;
        }
        /* A sign, a fraction or an exponent beside the digits makes it another number, a zero
         * before them none. */
        const uint8_t before = start > 0 ? text.ptr[start - 1] : ' ';
        const uint8_t after = i < text.len ? text.ptr[i] : ' ';
        const bool is_long = is_digit(first) && first != '0' && i - start > SAFE_DIGITS &&
                             !is_sign(before) && !is_sign(after);
        writer_put(&w, "\"", is_long);
        writer_put(&w, text.ptr + start, i - start);
        writer_put(&w, "\"", is_long);
    }
    return writer_view(&w);
}

enum err chain_config_parse(struct chain_config *out, struct arena *arena, struct bytes text,
                            struct err_detail *detail)
{
    if (text.len > limits.bytes_max) {
        return err_explain(detail, ERR_LIMIT, "%zu bytes, at most %zu are allowed", text.len,
                           limits.bytes_max);
    }
    /* Two quotes for every 19 digits or more. */
    const size_t cap = text.len + text.len / SAFE_DIGITS * 2 + 2;
    uint8_t *buf = arena_alloc(arena, cap, 1, 1);
    if (buf == NULL) {
        return err_explain(detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    json_t *json;
    TRY(json_parse(&json, quote_long_integers(buf, cap, text), &limits, detail));
    enum err e = chain_config_read(out, arena, json, detail);
    json_free(json);
    return e;
}
