/* A block and its witness, changed in any way. Nothing crashes; an error says what is wrong; and of
 * whoever knows the block's hash nobody makes a fool: what has that hash and is found valid is the
 * block that was there at first, to the byte, with the same results.
 *
 * The input is a list of changes to a small valid block, its nodes, its codes and its headers:
 *
 *   [flags, then edits of 5 bytes: what, which, where (2 bytes), by what]
 *
 * Flags: 1 runs a second, quite different block instead; 2 names the state root before it; 4 makes
 * the header agree with the changed lists again, so that more of the block runs. */

#include "exec/stateless.h"

#include "tests/fuzz.h"
#include "tests/toy_chain.h"

#define EDITS_MAX 16
#define EDIT_LEN  5u
#define PARTS_MAX 64
#define ROOM      ((size_t)64 << 10) /* for edited parts */

enum edit_kind {
    EDIT_FLIP,   /* xor of a byte */
    EDIT_SET,    /* a byte's value */
    EDIT_INSERT, /* a byte before it */
    EDIT_DROP,   /* a byte is gone */
    EDIT_CUT,    /* all from here is gone */
    EDIT_REMOVE, /* the part is gone */
    EDIT_DOUBLE, /* the part is there twice */
    EDIT_SWAP,   /* the part changes places */
    EDIT_KINDS
};

/* struct part_list: nodes, codes or headers, or the block as a list of one. */
struct part_list {
    struct bytes items[PARTS_MAX];
    size_t count;
};

enum { LIST_BLOCK, LIST_NODES, LIST_CODES, LIST_HEADERS, LISTS };

/* struct sample: a valid block, its witness and what comes of it. */
struct sample {
    struct part_list lists[LISTS];
    struct hash32 hash;
    struct hash32 state_root;
    struct hash32 pre_state_root;
    uint64_t gas_used;
};

/* struct room: memory for edited parts. */
struct room {
    uint8_t bytes[ROOM];
    size_t used;
};

/* ---- the samples ----------------------------------------------------------------------------- */

static void copy_list(struct part_list *out, const struct bytes *items, size_t count)
{
    FUZZ_CHECK(count < PARTS_MAX);
    out->count = count;
    bytes_copy(out->items, items, count * sizeof(items[0]));
}

static void record(struct sample *out, struct toy_chain *c, size_t sealed)
{
    const struct toy_witness w = toy_witness(c, sealed);
    const struct toy_block *block = &c->blocks[sealed];
    copy_list(&out->lists[LIST_BLOCK], &block->encoded, 1);
    copy_list(&out->lists[LIST_NODES], w.nodes, w.node_count);
    copy_list(&out->lists[LIST_CODES], w.codes, w.code_count);
    copy_list(&out->lists[LIST_HEADERS], w.headers, w.header_count);
    out->hash = block->hash;
    out->state_root = block->block.header.state_root;
    out->pre_state_root = c->blocks[block->parent].block.header.state_root;
    out->gas_used = block->block.header.gas_used;
}

/* make_samples makes a block of Prague with most of what a block can have, and one of London with an
 * ommer. */
static void make_samples(struct toy_chain chains[static 2], struct sample samples[static 2])
{
    static const enum chain_upgrade upgrades[2] = {CHAIN_PRAGUE, CHAIN_LONDON};
    for (size_t i = 0; i < 2; i++) {
        struct toy_chain *c = &chains[i];
        toy_open(c, upgrades[i]);
        const struct address full = toy_address(0x5708);
        static const uint8_t code[] = {0x60, 32, 0x35, 0x60, 0, 0x35, 0x55}; /* as TOY_STORE */
        struct db_memory_account *account = toy_put(c, &full, 1, 1, bytes_from(code, sizeof(code)));
        for (uint64_t slot = 0; slot < 4; slot++) {
            toy_put_slot(c, account, slot, 100 + slot);
        }
        toy_genesis(c);
        const struct address payee = toy_address(TOY_PAYEE);
        const size_t one = toy_seal(c, 0, &(struct toy_draft){.tx_count = 0});
        const size_t two = toy_seal(c, one, &(struct toy_draft){.tx_count = 0});
        struct header ommer = c->blocks[two].block.header;
        ommer.extra_data = bytes_from("ommer", 5);
        const struct bytes txs[] = {
            toy_transfer(c, 1, 0, &payee, 1),
            toy_call(c, 1, 1, full, toy_words(c, 3, 0)),
            toy_call(c, 2, 0, toy_address(TOY_HASHES), toy_words(c, 1, 0)),
            i == 0 ? toy_blob_tx(c, 3, 0, 1)
                   : toy_call(c, 3, 0, toy_address(TOY_LOGGER), toy_words(c, 3, 0)),
        };
        const struct withdrawal withdrawals[] = {{0, 1, toy_address(0xf115), 5}};
        record(&samples[i], c,
               toy_seal(c, two,
                        &(struct toy_draft){
                            .txs = txs,
                            .tx_count = 4,
                            .withdrawals = withdrawals,
                            .withdrawal_count = i == 0 ? 1 : 0,
                            .ommers = &ommer,
                            .ommer_count = i == 0 ? 0 : 1,
                            .beneficiary = toy_address(TOY_BENEFICIARY),
                        }));
    }
}

/* ---- changes --------------------------------------------------------------------------------- */

/* edit_bytes changes one part. Without room nothing changes. */
static void edit_bytes(struct room *room, struct bytes *part, enum edit_kind kind, size_t at,
                       uint8_t by)
{
    const size_t len = part->len;
    if (len == 0 || room->used + len + 1 > ROOM) {
        return;
    }
    uint8_t *out = room->bytes + room->used;
    at %= len;
    memcpy(out, part->ptr, len);
    part->ptr = out;
    switch (kind) {
    case EDIT_FLIP:
        out[at] ^= by;
        break;
    case EDIT_SET:
        out[at] = by;
        break;
    case EDIT_INSERT:
        memmove(out + at + 1, out + at, len - at);
        out[at] = by;
        part->len++;
        break;
    case EDIT_DROP:
        memmove(out + at, out + at + 1, len - at - 1);
        part->len--;
        break;
    default:
        part->len = at;
        break;
    }
    room->used += part->len;
}

static void edit(struct room *room, struct part_list lists[static LISTS], const uint8_t *data)
{
    const enum edit_kind kind = (enum edit_kind)(data[0] / LISTS % EDIT_KINDS);
    struct part_list *list = &lists[data[0] % LISTS];
    const size_t at = (size_t)data[2] << 8 | data[3];
    if (list->count == 0) {
        return;
    }
    struct bytes *part = &list->items[data[1] % list->count];
    const struct bytes taken = *part;
    struct bytes *other = &list->items[at % list->count];
    switch (kind) {
    case EDIT_REMOVE:
        *part = list->items[--list->count];
        break;
    case EDIT_DOUBLE:
        if (list->count < PARTS_MAX) {
            list->items[list->count++] = *part;
        }
        break;
    case EDIT_SWAP:
        *part = *other;
        *other = taken;
        break;
    default:
        edit_bytes(room, part, kind, at, data[4]);
        break;
    }
}

/* reconcile makes a block's header agree with its lists, and its parent hash with the first header
 * that there is. Bytes that are no block stay. */
static void reconcile(struct toy_chain *c, struct part_list lists[static LISTS])
{
    struct block block;
    if (lists[LIST_BLOCK].count == 0 ||
        block_decode(&block, &c->arena, lists[LIST_BLOCK].items[0]) != OK) {
        return;
    }
    toy_relist(c, &block);
    if (lists[LIST_HEADERS].count != 0) {
        keccak256(&block.header.parent_hash, lists[LIST_HEADERS].items[0].ptr,
                  lists[LIST_HEADERS].items[0].len);
    }
    lists[LIST_BLOCK].items[0] = toy_encode(c, &block);
}

/* ---- a run ----------------------------------------------------------------------------------- */

static bool same_bytes(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static void run(struct toy_chain *c, const struct sample *sample,
                const struct part_list lists[static LISTS], bool has_root)
{
    const struct part_list *headers = &lists[LIST_HEADERS];
    const struct bytes encoded =
        lists[LIST_BLOCK].count != 0 ? lists[LIST_BLOCK].items[0] : bytes_from(NULL, 0);
    struct stateless s = {.chain = &c->config, .evm = &c->evm, .arena = &c->scratch, .key = c->key};
    struct err_detail detail = {""};
    struct block_verdict verdict = {BLOCK_STATUS_COUNT, TX_OK, 0};
    struct block_result result;
    enum err e = stateless_open(&s, encoded, headers->items, headers->count,
                                has_root ? &sample->pre_state_root : NULL, &detail);
    const bool is_open = e == OK;
    if (e == OK) {
        e = stateless_witness(&s, lists[LIST_NODES].items, lists[LIST_NODES].count,
                              lists[LIST_CODES].items, lists[LIST_CODES].count);
    }
    if (e == OK) {
        e = stateless_execute(&s, &verdict, &result, &detail);
    }
    const bool was_executed = e == OK && verdict.status == BLOCK_OK;
    if (was_executed) {
        e = stateless_finish(&s, &verdict, &result, &detail);
    }
    FUZZ_CHECK(e == OK || detail.text[0] != '\0');
    FUZZ_CHECK(e != ERR_MEMORY && c->evm.block == NULL && c->evm.tx == NULL);
    FUZZ_CHECK(e != OK || verdict.status < BLOCK_STATUS_COUNT);
    if (e == OK && verdict.status == BLOCK_OK) {
        /* Whatever it is, it is what its header says. */
        FUZZ_CHECK(hash32_equal(&result.state_root, &s.block.header.state_root));
        FUZZ_CHECK(hash32_equal(&result.receipts_root, &s.block.header.receipts_root));
        FUZZ_CHECK(result.gas_used == s.block.header.gas_used);
    }
    if (is_open && hash32_equal(&s.hash, &sample->hash)) {
        const bool is_whole = same_bytes(encoded, sample->lists[LIST_BLOCK].items[0]);
        const bool is_valid = e == OK && verdict.status == BLOCK_OK;
        FUZZ_CHECK(!is_valid || is_whole);
        FUZZ_CHECK(!is_valid || (hash32_equal(&result.state_root, &sample->state_root) &&
                                 result.gas_used == sample->gas_used));
        /* And the whole block is never found wrong: only its witness may be. */
        FUZZ_CHECK(!is_whole || e != OK || is_valid);
    }
    c->evm.state = NULL;
    evm_wipe(&c->evm);
    arena_reset(&c->scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct toy_chain chains[2];
    static struct sample samples[2];
    static struct room room;
    struct part_list lists[LISTS];
    if (chains[0].mapping == NULL) {
        make_samples(chains, samples);
    }
    const uint8_t flags = len == 0 ? 0 : data[0];
    const size_t which = flags & 1u;
    struct toy_chain *c = &chains[which];
    const size_t mark = arena_mark(&c->arena);
    memcpy(lists, samples[which].lists, sizeof(lists));
    room.used = 0;
    for (size_t i = 0; i < EDITS_MAX && 1 + (i + 1) * EDIT_LEN <= len; i++) {
        edit(&room, lists, data + 1 + i * EDIT_LEN);
    }
    if ((flags & 4u) != 0) {
        reconcile(c, lists);
    }
    run(c, &samples[which], lists, (flags & 2u) != 0);
    arena_rewind(&c->arena, mark);
    return 0;
}
