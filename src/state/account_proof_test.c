/* Answers made from small states, true ones and ones in which one thing is not as it should be,
 * each with what the error must say. */

#include "state/account_proof.h"

#include <stdlib.h>

#include "codec/rlp.h"
#include "state/db.h"
#include "state/leaf.h"
#include "tests/test.h"
#include "trie/mpt.h"

#define ARENA_CAP ((size_t)1 << 20)
#define SLOTS     40u
#define ACCOUNTS  40u
#define NODES_MAX 16u

/* ---- a state --------------------------------------------------------------------------------- */

struct list {
    struct bytes node[NODES_MAX];
    size_t count;
};

/* struct fixture: a state of ACCOUNTS accounts, of which the first has slots 0 .. SLOTS - 1, and an
 * answer about it with three slots: one that has a value and two that are absent. */
struct fixture {
    struct arena arena;
    struct hash32 root;
    struct mpt accounts;
    struct mpt storage;
    struct leaf_account account;
    struct list account_nodes;
    struct list slot_nodes[3];
    struct slot_proof slots[3];
    struct account_proof proof;
    enum proof_end end;
    enum proof_end slot_ends[3];
    struct err_detail detail;
};

static struct address address_of(uint8_t i)
{
    return (struct address){{[0] = 0xac, [19] = i}};
}

static enum err collect(void *context, const struct hash32 *hash, struct bytes node)
{
    struct list *list = context;
    (void)hash;
    if (list->count == NODES_MAX) {
        return ERR_LIMIT;
    }
    list->node[list->count++] = bytes_from(test_guarded(node.ptr, node.len), node.len);
    return OK;
}

static void put(struct mpt *trie, const struct hash32 *key, struct bytes value)
{
    if (mpt_put(trie, bytes_from(key->b, sizeof(key->b)), value) != OK) {
        abort();
    }
}

static void prove(struct list *list, struct mpt *trie, const struct hash32 *key)
{
    list->count = 0;
    if (mpt_prove(trie, bytes_from(key->b, sizeof(key->b)), collect, list) != OK) {
        abort();
    }
}

static void put_account(struct fixture *f, uint8_t i, const struct leaf_account *account)
{
    uint8_t buffer[LEAF_ACCOUNT_MAX];
    struct address address = address_of(i);
    struct hash32 key = leaf_account_key(&address);
    put(&f->accounts, &key, leaf_account_encode(buffer, account));
}

/* claim_slot makes claim `i` about a slot. */
static void claim_slot(struct fixture *f, size_t i, uint64_t slot, uint64_t value)
{
    f->slots[i] = (struct slot_proof){.slot = u256_from_u64(slot), .value = u256_from_u64(value)};
    struct hash32 key = leaf_slot_key(&f->slots[i].slot);
    prove(&f->slot_nodes[i], &f->storage, &key);
    f->slots[i].nodes = f->slot_nodes[i].node;
    f->slots[i].node_count = f->slot_nodes[i].count;
}

/* claim_account claims what `account` says about the account numbered `i`. */
static void claim_account(struct fixture *f, uint8_t i, const struct leaf_account *account)
{
    f->proof = (struct account_proof){
        .address = address_of(i),
        .nonce = account->nonce,
        .balance = account->balance,
        .storage_root = account->storage_root,
        .code_hash = account->code_hash,
        .slots = f->slots,
        .slot_count = 3,
    };
    struct hash32 key = leaf_account_key(&f->proof.address);
    prove(&f->account_nodes, &f->accounts, &key);
    f->proof.nodes = f->account_nodes.node;
    f->proof.node_count = f->account_nodes.count;
}

static void fixture_start(struct fixture *f)
{
    static uint8_t *region;
    if (region != NULL) {
        test_region_free(region, ARENA_CAP); /* not reset when the case before has failed */
    }
    region = test_region(ARENA_CAP);
    memset(f, 0, sizeof(*f));
    arena_init(&f->arena, region, ARENA_CAP);
    mpt_init(&f->accounts, &f->arena);
    mpt_init(&f->storage, &f->arena);
    for (uint64_t i = 0; i < SLOTS; i++) {
        uint8_t buffer[LEAF_SLOT_MAX];
        struct u256 slot = u256_from_u64(i);
        struct u256 value = u256_from_u64(1000 + i);
        struct hash32 key = leaf_slot_key(&slot);
        put(&f->storage, &key, leaf_slot_encode(buffer, &value));
    }
    f->account = (struct leaf_account){.nonce = 7, .code_hash = {{1, 2, 3}}};
    f->account.balance = (struct u256){{1, 2, 3, 4}};
    if (mpt_root(&f->storage, &f->account.storage_root) != OK) {
        abort();
    }
    for (uint8_t i = 1; i < ACCOUNTS; i++) {
        struct leaf_account other = {
            .nonce = i, .storage_root = MPT_EMPTY_ROOT, .code_hash = EMPTY_CODE_HASH};
        put_account(f, i, &other);
    }
    put_account(f, 0, &f->account);
    if (mpt_root(&f->accounts, &f->root) != OK) {
        abort();
    }
    claim_slot(f, 0, 5, 1005);
    claim_slot(f, 1, SLOTS, 0);
    claim_slot(f, 2, SLOTS + 1, 0);
    claim_account(f, 0, &f->account);
}

static enum err verify(struct fixture *f)
{
    return account_proof_verify(&f->end, f->slot_ends, &f->root, &f->proof, &f->detail);
}

/* refused verifies and checks what the error says after the account's address. */
static bool refused(struct fixture *f, enum err want, const char *text)
{
    static const char account[] = "account 0xac000000000000000000000000000000000000";
    f->detail.text[0] = 0;
    enum err e = verify(f);
    if (e != want || strncmp(f->detail.text, account, sizeof(account) - 1) != 0 ||
        strcmp(f->detail.text + sizeof(account) + 1, text) != 0) {
        test_fail(__FILE__, __LINE__, "%s: %s", err_name(e), f->detail.text);
        return false;
    }
    return true;
}

/* ---- true answers ---------------------------------------------------------------------------- */

static void an_account_and_its_slots(void)
{
    struct fixture f;
    fixture_start(&f);
    CHECK_EQ(verify(&f), OK);
    CHECK_EQ(f.end, PROOF_VALUE);
    CHECK_EQ(f.slot_ends[0], PROOF_VALUE);
    CHECK(f.slot_ends[1] != PROOF_VALUE && f.slot_ends[1] != PROOF_EMPTY_TRIE);
    CHECK(f.slot_ends[2] != PROOF_VALUE && f.slot_ends[2] != PROOF_EMPTY_TRIE);
    CHECK_EQ(account_proof_verify(&f.end, NULL, &f.root, &f.proof, NULL), OK);
    f.proof.slot_count = 0;
    CHECK_EQ(verify(&f), OK);
}

/* Every way in which servers give an account that is absent, and its slots. */
static void an_absent_account(void)
{
    struct fixture f;
    const struct bytes empty_string = bytes_from("\x80", 1);
    const struct bytes no_bytes = bytes_from(NULL, 0);
    fixture_start(&f);
    for (unsigned i = 0; i < 12; i++) {
        struct leaf_account nothing = {.nonce = 0};
        if (i % 2 == 0) {
            nothing.storage_root = MPT_EMPTY_ROOT;
        }
        if (i / 2 % 2 == 0) {
            nothing.code_hash = EMPTY_CODE_HASH;
        }
        claim_account(&f, (uint8_t)(ACCOUNTS + i), &nothing);
        for (unsigned s = 0; s < 3; s++) {
            f.slots[s].value = u256_from_u64(0);
            f.slots[s].nodes = i / 4 == 0 ? &empty_string : &no_bytes;
            f.slots[s].node_count = i / 4 == 1 ? 0 : 1;
        }
        CHECK_EQ(verify(&f), OK);
        CHECK(f.end != PROOF_VALUE && f.end != PROOF_EMPTY_TRIE);
        CHECK_EQ(f.slot_ends[0], PROOF_EMPTY_TRIE);
    }
    f.root = MPT_EMPTY_ROOT;
    f.proof.node_count = 0;
    CHECK_EQ(verify(&f), OK);
    CHECK_EQ(f.end, PROOF_EMPTY_TRIE);
}

static void an_account_without_storage(void)
{
    struct fixture f;
    fixture_start(&f);
    const struct leaf_account other = {
        .nonce = 3, .storage_root = MPT_EMPTY_ROOT, .code_hash = EMPTY_CODE_HASH};
    claim_account(&f, 3, &other);
    f.slots[0].value = u256_from_u64(0);
    for (unsigned s = 0; s < 3; s++) {
        f.slots[s].node_count = 0;
    }
    CHECK_EQ(verify(&f), OK);
    CHECK_EQ(f.end, PROOF_VALUE);
    CHECK_EQ(f.slot_ends[0], PROOF_EMPTY_TRIE);
}

/* ---- false ones ------------------------------------------------------------------------------ */

static void claims_that_are_not_proven(void)
{
    struct fixture f;
    fixture_start(&f);
    f.proof.nonce++;
    CHECK(refused(&f, ERR_MALFORMED, ": the nonce is not the one that is proven"));
    f.proof.nonce--;
    f.proof.balance.w[3]++;
    CHECK(refused(&f, ERR_MALFORMED, ": the balance is not the one that is proven"));
    f.proof.balance.w[3]--;
    f.proof.storage_root.b[31]++;
    CHECK(refused(&f, ERR_MALFORMED, ": the storage hash is not the one that is proven"));
    f.proof.storage_root = (struct hash32){{0}};
    CHECK(refused(&f, ERR_MALFORMED, ": the storage hash is not the one that is proven"));
    f.proof.storage_root = f.account.storage_root;
    f.proof.code_hash = EMPTY_CODE_HASH;
    CHECK(refused(&f, ERR_MALFORMED, ": the code hash is not the one that is proven"));
    f.proof.code_hash = f.account.code_hash;
    f.slots[0].value.w[0]++;
    CHECK(refused(&f, ERR_MALFORMED, ", slot 0x5: the value is not the one that is proven"));
    f.slots[0].value = u256_from_u64(0);
    CHECK(refused(&f, ERR_MALFORMED, ", slot 0x5: the value is not the one that is proven"));
    f.slots[0].value = u256_from_u64(1005);
    f.slots[2].value.w[3] = 1;
    CHECK(refused(&f, ERR_MALFORMED, ", slot 0x29: the value is not the one that is proven"));
    f.slots[2].value.w[3] = 0;
    CHECK_EQ(verify(&f), OK);
}

static void claims_about_an_absent_account(void)
{
    struct fixture f;
    const struct leaf_account nothing = {.nonce = 0};
    fixture_start(&f);
    claim_account(&f, ACCOUNTS + 1, &nothing);
    f.proof.slot_count = 0;
    CHECK_EQ(verify(&f), OK);
#define ABSENT " is not the one that is proven: the account is absent"
    f.proof.nonce = 1;
    CHECK(refused(&f, ERR_MALFORMED, ": the nonce" ABSENT));
    f.proof.nonce = 0;
    f.proof.balance.w[3] = 1;
    CHECK(refused(&f, ERR_MALFORMED, ": the balance" ABSENT));
    f.proof.balance.w[3] = 0;
    f.proof.storage_root = f.account.storage_root;
    CHECK(refused(&f, ERR_MALFORMED, ": the storage hash" ABSENT));
    f.proof.storage_root = EMPTY_CODE_HASH;
    CHECK(refused(&f, ERR_MALFORMED, ": the storage hash" ABSENT));
    f.proof.storage_root = MPT_EMPTY_ROOT;
    f.proof.code_hash = MPT_EMPTY_ROOT;
    CHECK(refused(&f, ERR_MALFORMED, ": the code hash" ABSENT));
    f.proof.code_hash = EMPTY_CODE_HASH;
    /* Its slots are those of no storage, whatever storage root is claimed. */
    f.proof.slot_count = 1;
    CHECK(refused(&f, ERR_MALFORMED, ", slot 0x5: node 0 is not on the path"));
    f.slots[0].node_count = 0;
    CHECK(refused(&f, ERR_MALFORMED, ", slot 0x5: the value is not the one that is proven"));
}

static void lists_that_prove_nothing(void)
{
    struct fixture f;
    fixture_start(&f);
    f.proof.node_count--;
    CHECK(refused(&f, ERR_STATE_MISSING, ": the proof ends before the path: node 1 is missing"));
    f.proof.node_count++;
    f.root.b[0] ^= 1;
    CHECK(refused(&f, ERR_MALFORMED, ": node 0 is not the one whose hash is in the root"));
    f.root.b[0] ^= 1;
    f.slots[1].node_count--;
    CHECK(refused(&f, ERR_STATE_MISSING,
                  ", slot 0x28: the proof ends before the path: node 0 is missing"));
    f.slots[1].node_count++;
    f.slots[2].nodes = f.account_nodes.node;
    CHECK(
        refused(&f, ERR_MALFORMED, ", slot 0x29: node 0 is not the one whose hash is in the root"));
}

/* The longest error there can be fits. */
static void the_longest_error(void)
{
    struct fixture f;
    fixture_start(&f);
    f.slots[0].slot = (struct u256){{0, 0, 0, UINT64_MAX}};
    f.slots[0].node_count = 2;
    f.slots[0].nodes = f.slot_nodes[0].node;
    f.slot_nodes[0].node[1] = f.slot_nodes[0].node[0];
    CHECK_EQ(verify(&f), ERR_MALFORMED);
    static const char end[] = "is not the one whose hash is in the node before it";
    CHECK(strlen(f.detail.text) > sizeof(end));
    CHECK_STR(f.detail.text + strlen(f.detail.text) - (sizeof(end) - 1), end);
}

/* Values under the right hashes that are no account, and no number. */
static void values_of_the_wrong_kind(void)
{
    struct fixture f;
    struct address address = address_of(0);
    struct hash32 key = leaf_account_key(&address);
    fixture_start(&f);
    put(&f.accounts, &key, bytes_from("an account", 10));
    CHECK_EQ(mpt_root(&f.accounts, &f.root), OK);
    claim_account(&f, 0, &f.account);
    CHECK(refused(&f, ERR_MALFORMED, ": what is proven is not an account"));
    key = leaf_slot_key(&f.slots[0].slot);
    put(&f.storage, &key, bytes_from("\x00", 1));
    CHECK_EQ(mpt_root(&f.storage, &f.account.storage_root), OK);
    put_account(&f, 0, &f.account);
    CHECK_EQ(mpt_root(&f.accounts, &f.root), OK);
    claim_account(&f, 0, &f.account);
    claim_slot(&f, 0, 5, 0);
    CHECK(refused(&f, ERR_MALFORMED, ", slot 0x5: what is proven is not a value"));
}

static const struct test_case cases[] = {
    CASE(an_account_and_its_slots),
    CASE(an_absent_account),
    CASE(an_account_without_storage),
    CASE(claims_that_are_not_proven),
    CASE(claims_about_an_absent_account),
    CASE(lists_that_prove_nothing),
    CASE(the_longest_error),
    CASE(values_of_the_wrong_kind),
};

TEST_MAIN(cases)
