/* Blocks with their witness, from files. */

#include "spec/blockfile.h"

#include <stdio.h>
#include <time.h>

#include "codec/json.h"

/* Of one item, and of the file: real witnesses have a few megabytes. */
#define ITEM_BYTES_MAX ((size_t)16 << 20)

static const struct json_limits limits = {(size_t)256 << 20, (size_t)1 << 24, 16};

static uint64_t now_ns(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1'000'000'000 + (uint64_t)ts.tv_nsec;
}

/* struct bytes_list: a list of byte strings, in the arena. */
struct bytes_list {
    struct bytes *items;
    size_t count;
};

/* struct file: what a file holds. */
struct file {
    const struct chain_config *chain;
    struct bytes block;
    struct bytes_list nodes;
    struct bytes_list codes;
    struct bytes_list headers;
    bool has_pre_state_root;
    struct hash32 pre_state_root;
};

static enum err read_list(struct bytes_list *out, struct arena *arena, json_t *object,
                          const char *key, struct err_detail *detail)
{
    json_t *list;
    json_t *item;
    size_t i;
    TRY(json_get_array(&list, object, key, detail));
    out->count = json_array_size(list);
    out->items = ARENA_NEW(arena, struct bytes, out->count);
    if (out->items == NULL) {
        return err_explain(detail, ERR_MEMORY, "%s: %s", key, err_text(ERR_MEMORY));
    }
    json_array_foreach(list, i, item)
    {
        TRY(json_as_data(&out->items[i], arena, item, ITEM_BYTES_MAX, key, detail));
    }
    return OK;
}

/* decimal reads a number that may also be a string of decimal digits. */
static enum err decimal(uint64_t *out, json_t *value, const char *name, struct err_detail *detail)
{
    const char *text = json_string_value(value);
    size_t len = text == NULL ? 0 : strlen(text);
    if (len == 0 || len > 19 || strspn(text, "0123456789") != len) {
        return json_as_u64(out, value, name, detail);
    }
    uint64_t number = 0; /* below 10^19, which 64 bits hold */
    for (size_t i = 0; i < len; i++) {
        number = 10 * number + (uint64_t)(text[i] - '0');
    }
    *out = number;
    return OK;
}

static enum err read_file(struct file *out, const struct blockfile *runner, json_t *json,
                          struct err_detail *detail)
{
    json_t *witness;
    uint64_t chain_id;
    *out = (struct file){.chain = runner->chain};
    if (out->chain == NULL) {
        TRY(decimal(&chain_id, json_find(json, "chainId"), "chainId", detail));
        out->chain = chain_by_id(chain_id);
        if (out->chain == NULL) {
            return err_explain(detail, ERR_MALFORMED,
                               "chainId: %llu is not a chain we know; use --genesis",
                               (unsigned long long)chain_id);
        }
    }
    TRY(json_get_data(&out->block, runner->arena, json, ITEM_BYTES_MAX, "block", detail));
    TRY(json_get_object(&witness, json, "witness", detail));
    TRY(read_list(&out->nodes, runner->arena, witness, "state", detail));
    TRY(read_list(&out->codes, runner->arena, witness, "codes", detail));
    TRY(read_list(&out->headers, runner->arena, witness, "headers", detail));
    json_t *root = json_find(json, "preStateRoot");
    out->has_pre_state_root = root != NULL;
    return root == NULL ? OK : json_as_hash32(&out->pre_state_root, root, "preStateRoot", detail);
}

/* read_block_hashes gives the database the hashes that a file without headers names. Those that the
 * block and the headers prove, of the parent down to that of the last header's, stay. */
static enum err read_block_hashes(struct stateless *s, json_t *json, struct err_detail *detail)
{
    json_t *list = json_find(json, "blockHashes");
    json_t *item;
    size_t i;
    if (list != NULL) {
        TRY(json_as_array(&list, list, "blockHashes", detail));
    }
    json_array_foreach(list, i, item)
    {
        struct hash32 hash;
        TRY(json_as_hash32(&hash, item, "blockHashes", detail));
        if (i > s->ancestor_count && i < DB_TRIE_BLOCK_HASHES && i < s->block.header.number) {
            db_trie_set_block_hash(&s->db, s->block.header.number - 1 - i, &hash);
        }
    }
    return OK;
}

/* ---- accounts that the witness says nothing of ----------------------------------------------- */

/* struct lenient: a view over a witness in which they are absent. */
struct lenient {
    struct db_trie *db;
    size_t assumed;
};

static enum err lenient_account(void *context, bool *found, struct db_account *out,
                                const struct address *address)
{
    struct lenient *lenient = context;
    struct state_db db = db_trie_db(lenient->db);
    enum err e = db.ops->account(db.db, found, out, address);
    if (e == ERR_STATE_MISSING) {
        lenient->assumed++;
        *found = false;
        return OK;
    }
    return e;
}

static enum err lenient_storage(void *context, struct u256 *out, const struct address *address,
                                const struct u256 *slot)
{
    struct state_db db = db_trie_db(((struct lenient *)context)->db);
    return db.ops->storage(db.db, out, address, slot);
}

static enum err lenient_code(void *context, struct bytes *out, const struct hash32 *code_hash)
{
    struct state_db db = db_trie_db(((struct lenient *)context)->db);
    return db.ops->code(db.db, out, code_hash);
}

static enum err lenient_block_hash(void *context, struct hash32 *out, uint64_t number)
{
    struct state_db db = db_trie_db(((struct lenient *)context)->db);
    return db.ops->block_hash(db.db, out, number);
}

static const struct state_db_ops lenient_ops = {lenient_account, lenient_storage, lenient_code,
                                                lenient_block_hash};

/* ---- a run ----------------------------------------------------------------------------------- */

/* hash_differs and number_differs compare a member of the file, if it is there. Numbers are JSON's, or
 * decimal in a string. */
static bool hash_differs(const json_t *json, const char *key, const struct hash32 *got)
{
    struct hash32 claimed;
    json_t *value = json_find(json, key);
    return value != NULL &&
           (json_as_hash32(&claimed, value, key, NULL) != OK || !hash32_equal(&claimed, got));
}

static bool number_differs(const json_t *json, const char *key, uint64_t got)
{
    uint64_t claimed;
    json_t *value = json_find(json, key);
    return value != NULL && (decimal(&claimed, value, key, NULL) != OK || claimed != got);
}

static const char *compare(const json_t *json, const struct blockfile_result *result,
                           const struct block_result *got)
{
    return hash_differs(json, "hash", &result->hash)                 ? "hash"
           : number_differs(json, "number", result->number)          ? "number"
           : hash_differs(json, "stateRoot", &got->state_root)       ? "stateRoot"
           : hash_differs(json, "receiptsRoot", &got->receipts_root) ? "receiptsRoot"
           : number_differs(json, "gasUsed", got->gas_used)          ? "gasUsed"
                                                                     : NULL;
}

/* run_json runs what a file holds, once it is parsed. `started` is when that began. */
static enum err run_json(struct blockfile *runner, struct blockfile_result *out, json_t *json,
                         bool is_lenient, uint64_t started, struct err_detail *detail)
{
    struct file file;
    struct block_result result;
    TRY(read_file(&file, runner, json, detail));
    struct stateless s = {
        .chain = file.chain, .evm = runner->evm, .arena = runner->arena, .key = runner->key};
    TRY(stateless_open(&s, file.block, file.headers.items, file.headers.count,
                       file.has_pre_state_root ? &file.pre_state_root : NULL, detail));
    TRY(read_block_hashes(&s, json, detail));
    struct lenient lenient = {&s.db, 0};
    if (is_lenient) {
        s.view = (struct state_db){&lenient_ops, &lenient};
    }
    uint64_t decoded = now_ns();
    TRY(stateless_witness(&s, file.nodes.items, file.nodes.count, file.codes.items,
                          file.codes.count));
    uint64_t indexed = now_ns();
    TRY(stateless_execute(&s, &out->verdict, &result, detail));
    uint64_t executed = now_ns();
    if (out->verdict.status == BLOCK_OK) {
        TRY(stateless_finish(&s, &out->verdict, &result, detail));
    }
    uint64_t finished = now_ns();
    out->times = (struct blockfile_times){decoded - started, indexed - decoded, executed - indexed,
                                          finished - executed};
    out->number = s.block.header.number;
    out->hash = s.hash;
    out->fork = chain_upgrade_name(s.rules.upgrade);
    out->tx_count = s.block.tx_count;
    out->gas_used = s.block.header.gas_used;
    out->node_count = file.nodes.count;
    out->code_count = file.codes.count;
    out->assumed_absent = lenient.assumed;
    out->differs = out->verdict.status == BLOCK_OK ? compare(json, out, &result) : NULL;
    return OK;
}

static enum err run_once(struct blockfile *runner, struct blockfile_result *out, struct bytes text,
                         bool is_lenient, struct err_detail *detail)
{
    uint64_t started = now_ns();
    json_t *json;
    TRY(json_parse(&json, text, &limits, detail));
    enum err e = run_json(runner, out, json, is_lenient, started, detail);
    json_free(json);
    runner->evm->state = NULL;
    evm_wipe(runner->evm);
    arena_reset(runner->arena);
    return e;
}

static uint64_t total(const struct blockfile_times *t)
{
    return t->decode + t->witness + t->execute + t->root;
}

/* put_in_order inserts times into a list that is in order. */
static void put_in_order(struct blockfile_times *list, size_t count,
                         const struct blockfile_times *times)
{
    size_t at = count;
    for (; at > 0 && total(&list[at - 1]) > total(times); at--) {
        list[at] = list[at - 1];
    }
    list[at] = *times;
}

enum err blockfile_run(struct blockfile *runner, struct blockfile_result *out, struct bytes text,
                       size_t repeat, struct err_detail *detail)
{
    struct blockfile_times list[BLOCKFILE_REPEAT_MAX];
    ASSERT(repeat > 0 && repeat <= BLOCKFILE_REPEAT_MAX);
    bool is_lenient = false;
    for (size_t i = 0; i < repeat; i++) {
        struct err_detail why;
        enum err e = run_once(runner, out, text, is_lenient, detail);
        if (e == ERR_STATE_MISSING && !is_lenient) {
            is_lenient = true;
            e = run_once(runner, out, text, is_lenient, &why);
            if (e != OK || out->verdict.status != BLOCK_OK) {
                return ERR_STATE_MISSING; /* as *detail says: what the witness lacks matters */
            }
        }
        TRY(e);
        put_in_order(list, i, &out->times);
    }
    out->times = list[repeat / 2];
    return OK;
}
