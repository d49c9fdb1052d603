/* Set-code authorizations: each condition of EIP-7702's "Behavior" alone, with signatures made here
 * by libsecp256k1 over messages encoded by hand, and then what they cost and do in transactions. */

#include "exec/authorization.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include "crypto/keccak.h"
#include "tests/evm_fixture.h"

/* Where delegations point to; nothing is there by itself. */
#define DELEGATE 0xde1eu

static struct world w;

/* The private key 1, and its account as every wallet computes it. */
static const uint8_t key_one[32] = {[31] = 1};
static const struct address signer = {{0x7e, 0x5f, 0x45, 0x52, 0x09, 0x1a, 0x69, 0x12, 0x5d, 0x5d,
                                       0xfc, 0xb7, 0xb8, 0xc2, 0x65, 0x90, 0x29, 0x39, 0x5b, 0xdf}};

/* The order of secp256k1 (SEC 2, 2.4.1), and the greatest s that EIP-2 allows. */
static const struct u256 ORDER = {{UINT64_C(0xbfd25e8cd0364141), UINT64_C(0xbaaedce6af48a03b),
                                   UINT64_C(0xfffffffffffffffe), UINT64_MAX}};
static const struct u256 HALF = {
    {UINT64_C(0xdfe92f46681b20a0), UINT64_C(0x5d576e7357a4501d), UINT64_MAX, UINT64_MAX >> 1}};

/* ---- making authorizations ------------------------------------------------------------------- */

/* put_number writes the RLP of a number and returns its length. */
static size_t put_number(uint8_t *out, const struct u256 *number)
{
    uint8_t bytes[32];
    u256_store_be(bytes, number);
    size_t zeros = 0;
    while (zeros < sizeof(bytes) && bytes[zeros] == 0) {
        zeros++;
    }
    size_t len = sizeof(bytes) - zeros;
    if (len == 1 && bytes[31] < 0x80) {
        out[0] = bytes[31];
        return 1;
    }
    out[0] = (uint8_t)(0x80 + len);
    memcpy(out + 1, bytes + zeros, len);
    return 1 + len;
}

/* sign fills in the signature of keccak256(0x05 || rlp([chain_id, address, nonce])). The list is
 * longer than 55 bytes when the chain id is huge. */
static void sign(struct authorization *a, const uint8_t key[static 32])
{
    uint8_t items[80];
    uint8_t message[84] = {0x05};
    const struct u256 nonce = u256_from_u64(a->nonce);
    size_t len = put_number(items, &a->chain_id);
    items[len++] = 0x80 + 20;
    memcpy(items + len, a->address.b, 20);
    len += 20;
    len += put_number(items + len, &nonce);
    size_t at = 1;
    if (len > 55) {
        message[at++] = 0xf8;
        message[at++] = (uint8_t)len;
    } else {
        message[at++] = (uint8_t)(0xc0 + len);
    }
    memcpy(message + at, items, len);
    struct hash32 hash;
    keccak256(&hash, message, at + len);

    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
    secp256k1_ecdsa_recoverable_signature signature;
    uint8_t compact[64];
    int parity;
    int signed_ok = secp256k1_ecdsa_sign_recoverable(context, &signature, hash.b, key, NULL, NULL);
    ASSERT(signed_ok == 1);
    (void)secp256k1_ecdsa_recoverable_signature_serialize_compact(context, compact, &parity,
                                                                  &signature);
    secp256k1_context_destroy(context);
    u256_load_be(&a->r, compact);
    u256_load_be(&a->s, compact + 32);
    a->y_parity = u256_from_u64((uint64_t)parity);
}

/* signed_for gives the signer's authorization of an address, at a nonce, for chain 1. */
static struct authorization signed_for(uint64_t address, uint64_t nonce)
{
    struct authorization a = {
        .chain_id = u256_from_u64(1), .address = test_address(address), .nonce = nonce};
    sign(&a, key_one);
    return a;
}

/* ---- what became of them --------------------------------------------------------------------- */

static const struct account *signer_account(void)
{
    struct account *account;
    enum err e = state_account(&w.state, &account, &signer);
    ASSERT(e == OK);
    return account;
}

/* points_to tells whether the signer's code is the indicator for an address. */
static bool points_to(uint64_t number)
{
    uint8_t wanted[23] = {0xef, 0x01, 0x00};
    const struct address address = test_address(number);
    memcpy(wanted + 3, address.b, sizeof(address.b));
    struct account *account;
    struct code *code;
    enum err e = state_account(&w.state, &account, &signer);
    ASSERT(e == OK);
    e = state_code(&w.state, &code, account);
    ASSERT(e == OK);
    return code->len == sizeof(wanted) && memcmp(code->bytes, wanted, sizeof(wanted)) == 0;
}

static bool signer_is_warm(void)
{
    const struct account *account = state_find(&w.state, &signer);
    return account != NULL && account->warm_in == w.state.tx;
}

static void reset(void)
{
    world_reset(&w, FORK_PRAGUE);
}

/* put_signer puts the signer's account into the database. */
static void put_signer(uint64_t wei, uint64_t nonce, struct bytes code)
{
    (void)world_put(&w, &signer, wei, nonce, code);
}

static const struct bytes no_code = {NULL, 0};

/* check_applied and check_skipped apply an authorization of DELEGATE in the present world. */
static void check_applied(const struct authorization *a)
{
    const uint64_t nonce = signer_account()->nonce;
    CHECK_EQ(authorization_apply(&w.evm, a), OK);
    CHECK(points_to(DELEGATE));
    CHECK_EQ(signer_account()->nonce, nonce + 1);
    CHECK(signer_account()->exists);
    CHECK(signer_is_warm());
}

/* A skipped one leaves the state as it was, whoever the recovered authority may be. */
static void check_skipped(const struct authorization *a)
{
    struct hash32 before;
    struct hash32 after;
    CHECK_EQ(state_root(&before, &w.state, &w.db), OK);
    CHECK_EQ(authorization_apply(&w.evm, a), OK);
    CHECK_EQ(state_root(&after, &w.state, &w.db), OK);
    CHECK_BYTES(after.b, before.b, 32);
    CHECK_EQ(w.state.refund, 0);
}

/* ---- the conditions one by one --------------------------------------------------------------- */

/* EIP-7702: "Verify the chain ID is 0 or the ID of the current chain." */
static void chain_id(void)
{
    static const struct {
        struct u256 chain_id;
        bool applies;
    } rows[] = {
        {U256_ZERO, true},       {U256_ONE, true},        {{{2, 0, 0, 0}}, false},
        {{{1, 1, 0, 0}}, false}, {{{1, 0, 0, 1}}, false}, {{{0, 1, 0, 0}}, false},
        {U256_MAX, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct authorization a = {.chain_id = rows[i].chain_id, .address = test_address(DELEGATE)};
        sign(&a, key_one);
        reset();
        if (rows[i].applies) {
            check_applied(&a);
        } else {
            check_skipped(&a);
            CHECK(!signer_is_warm()); /* nobody was recovered */
        }
    }
    reset(); /* and on another chain */
    w.block.chain_id = 0x539;
    struct authorization a = {.chain_id = u256_from_u64(0x539), .address = test_address(DELEGATE)};
    sign(&a, key_one);
    check_applied(&a);
    a = signed_for(DELEGATE, 1);
    check_skipped(&a);
}

/* EIP-7702: "Verify the nonce is less than 2**64 - 1", "Verify the nonce of authority is equal to
 * nonce." */
static void nonce(void)
{
    struct authorization a = signed_for(DELEGATE, 5);
    reset();
    put_signer(0, 5, no_code);
    check_applied(&a);
    reset();
    put_signer(0, 4, no_code);
    check_skipped(&a);
    reset();
    put_signer(0, 6, no_code);
    check_skipped(&a);
    reset(); /* an account that is not there has nonce 0 */
    check_skipped(&a);
    a = signed_for(DELEGATE, 0);
    check_applied(&a);

    a = signed_for(DELEGATE, UINT64_MAX - 1);
    reset();
    put_signer(0, UINT64_MAX - 1, no_code);
    check_applied(&a);
    a = signed_for(DELEGATE, UINT64_MAX);
    reset();
    put_signer(0, UINT64_MAX, no_code);
    check_skipped(&a);
    CHECK(!signer_is_warm());
}

/* EIP-7702: "Verify s is less than or equal to secp256k1n/2, as specified in EIP-2." The other
 * signature of the same key, (r, n - s) with the other parity, is skipped. */
static void high_s(void)
{
    struct authorization a = signed_for(DELEGATE, 0);
    struct authorization high = a;
    u256_sub(&high.s, &ORDER, &a.s);
    high.y_parity.w[0] ^= 1;
    reset();
    check_skipped(&high);
    CHECK(!signer_is_warm());
    check_applied(&a);

    /* At the edge: n/2 makes somebody an authority, n/2 + 1 nobody. */
    reset();
    struct authorization edge = a;
    const struct u256 one = U256_ONE;
    const uint64_t count = w.state.account_count;
    u256_add(&edge.s, &HALF, &one);
    check_skipped(&edge);
    CHECK_EQ(w.state.account_count, count);
    edge.s = HALF;
    CHECK_EQ(authorization_apply(&w.evm, &edge), OK);
    CHECK_EQ(w.state.account_count, count + 1);
}

/* The parity is 0 or 1, in all of its 256 bits; the wrong one is another account's signature. */
static void y_parity(void)
{
    static const struct u256 wrong[] = {
        {{2, 0, 0, 0}}, {{3, 0, 0, 0}}, {{27, 0, 0, 0}}, {{28, 0, 0, 0}},
        {{0, 1, 0, 0}}, {{1, 1, 0, 0}}, {{0, 0, 0, 1}},  {{1, 0, 0, UINT64_C(1) << 63}},
        U256_MAX,
    };
    struct authorization a = signed_for(DELEGATE, 0);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct authorization bad = a;
        bad.y_parity = wrong[i];
        reset();
        const uint64_t count = w.state.account_count;
        check_skipped(&bad);
        CHECK_EQ(w.state.account_count, count);
    }
    /* 2 and 3 are recovery ids of signatures whose r is small; they are no parities. */
    for (uint64_t r = 1; r < 10; r++) {
        struct authorization bad = a;
        bad.r = u256_from_u64(r);
        reset();
        const uint64_t count = w.state.account_count;
        for (uint64_t id = 2; id < 4; id++) {
            bad.y_parity = u256_from_u64(id);
            check_skipped(&bad);
        }
        CHECK_EQ(w.state.account_count, count);
    }
    reset();
    struct authorization other = a;
    other.y_parity.w[0] ^= 1;
    CHECK_EQ(authorization_apply(&w.evm, &other), OK);
    CHECK(state_find(&w.state, &signer) == NULL);
    check_applied(&a);
}

static void signatures_that_are_none(void)
{
    struct authorization a = signed_for(DELEGATE, 0);
    for (unsigned way = 0; way < 5; way++) {
        struct authorization bad = a;
        switch (way) {
        case 0:
            bad.r = u256_from_u64(0);
            break;
        case 1:
            bad.s = u256_from_u64(0);
            break;
        case 2:
            bad.r = ORDER;
            break;
        case 3:
            bad.r = (struct u256)U256_MAX;
            break;
        default:
            bad.s = (struct u256)U256_MAX;
            break;
        }
        reset();
        const uint64_t count = w.state.account_count;
        check_skipped(&bad);
        CHECK_EQ(w.state.account_count, count);
    }
}

/* The signature covers chain id, address and nonce: with another one it is another account's. */
static void the_signature_covers_all_fields(void)
{
    for (unsigned field = 0; field < 3; field++) {
        struct authorization a = signed_for(DELEGATE, 0);
        switch (field) {
        case 0:
            a.chain_id = u256_from_u64(0);
            break;
        case 1:
            a.address.b[0] ^= 1;
            break;
        default:
            a.nonce = 1;
            break;
        }
        reset();
        CHECK_EQ(authorization_apply(&w.evm, &a), OK);
        CHECK(!signer_is_warm());
        CHECK(!signer_account()->exists);
    }
}

/* EIP-7702: "Verify the code of authority is empty or already delegated." By then it is warm. */
static void code_of_the_authority(void)
{
    uint8_t delegation[24] = {0xef, 0x01, 0x00, [22] = 0x77};
    struct authorization a = signed_for(DELEGATE, 1);
    reset();
    put_signer(0, 1, bytes_from("\x60", 1));
    check_skipped(&a);
    CHECK(signer_is_warm());
    reset();
    put_signer(0, 1, bytes_from(delegation, 24)); /* a byte more than a delegation */
    check_skipped(&a);
    reset();
    put_signer(0, 1, bytes_from(delegation, 22));
    check_skipped(&a);
    reset(); /* a delegation is replaced */
    put_signer(0, 1, bytes_from(delegation, 23));
    check_applied(&a);
    a = signed_for(DELEGATE, 2); /* by the same one, too */
    check_applied(&a);
}

/* EIP-7702: for the address 0, "do not write the delegation indicator. Clear the account's code by
 * reseting the account's code hash to the empty code hash". The nonce rises all the same. */
static void the_zero_address_clears(void)
{
    uint8_t delegation[23] = {0xef, 0x01, 0x00, [22] = 0x77};
    struct authorization a = signed_for(0, 1);
    reset();
    put_signer(0, 1, bytes_from(delegation, 23));
    CHECK_EQ(authorization_apply(&w.evm, &a), OK);
    CHECK(!state_has_code(signer_account()));
    CHECK_EQ(signer_account()->nonce, 2);
    CHECK_EQ(w.state.refund, 12500);
    /* Where there was nothing, too; another address, one bit from zero, is a delegation. */
    reset();
    a = signed_for(0, 0);
    CHECK_EQ(authorization_apply(&w.evm, &a), OK);
    CHECK(!state_has_code(signer_account()));
    CHECK_EQ(signer_account()->nonce, 1);
    a = signed_for(1, 1);
    CHECK_EQ(authorization_apply(&w.evm, &a), OK);
    CHECK(points_to(1));
}

/* EIP-7702: "Add PER_EMPTY_ACCOUNT_COST - PER_AUTH_BASE_COST gas to the global refund counter if
 * authority is not empty": an account that is there costs less. */
static void the_refund_is_for_accounts_that_exist(void)
{
    reset();
    struct authorization a = signed_for(DELEGATE, 0);
    check_applied(&a);
    CHECK_EQ(w.state.refund, 0);
    a = signed_for(DELEGATE, 1); /* now it is there */
    check_applied(&a);
    CHECK_EQ(w.state.refund, 12500);
    reset();
    put_signer(1, 0, no_code);
    a = signed_for(DELEGATE, 0);
    check_applied(&a);
    CHECK_EQ(w.state.refund, 12500);
}

/* ---- in transactions ------------------------------------------------------------------------- */

static struct tx_result run(const struct authorization *list, size_t count,
                            const struct address *to)
{
    const struct tx tx = {
        .type = TX_SET_CODE,
        .sender = test_address(CALLER),
        .to = *to,
        .nonce = world_account(&w, CALLER)->nonce,
        .gas_limit = 500000,
        .max_fee_per_gas = u256_from_u64(10),
        .max_priority_fee_per_gas = u256_from_u64(10),
        .authorizations = list,
        .authorization_count = count,
    };
    struct tx_result result;
    enum err e = tx_execute(&w.evm, &result, &tx, w.block.gas_limit);
    ASSERT(e == OK && result.status == TX_OK);
    return result;
}

/* 25,000 for each; 12,500 back for an account that exists, within the fifth of EIP-3529. One that
 * is skipped costs as much. */
static void they_cost_as_much_when_skipped(void)
{
    const struct address nobody = test_address(0x9999);
    const struct authorization good = signed_for(DELEGATE, 0);
    const struct authorization skipped = signed_for(DELEGATE, 7);
    const struct authorization list[3] = {good, skipped, skipped};
    reset();
    CHECK_EQ(run(list, 1, &nobody).gas_used, 21000 + 25000);
    reset();
    CHECK_EQ(run(list, 3, &nobody).gas_used, 21000 + 3 * 25000);
    CHECK(points_to(DELEGATE));
    CHECK_EQ(signer_account()->nonce, 1);
    reset();
    put_signer(1, 0, no_code);
    struct tx_result result = run(list, 1, &nobody);
    CHECK_EQ(result.gas_refunded, 46000 / 5);
    reset();
    put_signer(1, 0, no_code);
    result = run(list, 3, &nobody);
    CHECK_EQ(result.gas_refunded, 12500);
    CHECK_EQ(result.gas_used, 21000 + 3 * 25000 - 12500);
}

/* They apply in order, each seeing the nonce the one before has left. */
static void they_apply_in_order(void)
{
    const struct address nobody = test_address(0x9999);
    const struct authorization list[4] = {
        signed_for(1, 0), signed_for(2, 2),        /* not yet */
        signed_for(DELEGATE, 1), signed_for(3, 1), /* not any more */
    };
    reset();
    (void)run(list, 4, &nobody);
    CHECK(points_to(DELEGATE));
    CHECK_EQ(signer_account()->nonce, 2);
}

/* The sender's nonce has risen before its own authorization is looked at. */
static void the_sender_may_be_the_authority(void)
{
    const struct authorization early = signed_for(DELEGATE, 0);
    const struct authorization right = signed_for(DELEGATE, 1);
    for (unsigned i = 0; i < 2; i++) {
        reset();
        put_signer(CALLER_WEI, 0, no_code);
        const struct tx tx = {
            .type = TX_SET_CODE,
            .sender = signer,
            .to = signer,
            .gas_limit = 100000,
            .max_fee_per_gas = u256_from_u64(10),
            .authorizations = i == 0 ? &early : &right,
            .authorization_count = 1,
        };
        struct tx_result result;
        CHECK_EQ(tx_execute(&w.evm, &result, &tx, w.block.gas_limit), OK);
        CHECK_STR(tx_status_name(result.status), "OK");
        CHECK_EQ(points_to(DELEGATE), i == 1);
        CHECK_EQ(signer_account()->nonce, i == 0 ? 1 : 2);
    }
}

/* The new code runs in the same transaction, in the authority's place; when it fails, what it did
 * is undone and the delegation stays. */
static void the_delegate_runs_for_the_authority(void)
{
    const struct authorization a = signed_for(DELEGATE, 0);
    const struct authorization again = signed_for(CONTRACT, 1);
    reset();
    (void)world_contract(&w, DELEGATE, 0, "1 1 SSTORE ADDRESS" RETURN_TOP);
    (void)world_contract(&w, CONTRACT, 0, "1 2 SSTORE INVALID");
    struct tx_result result = run(&a, 1, &signer);
    CHECK_STR(evm_status_name(result.halt), "SUCCESS");
    CHECK_EQ(result.output.len, 32);
    CHECK_BYTES(result.output.ptr + 12, signer.b, 20);
    CHECK(signer_account()->slots != NULL);
    CHECK_EQ(signer_account()->slots->value.w[0], 1);
    CHECK_EQ(world_slot(&w, DELEGATE, 1).w[0], 0);
    result = run(&again, 1, &signer);
    CHECK_STR(evm_status_name(result.halt), "INVALID_OPCODE");
    CHECK(points_to(CONTRACT));
    CHECK_EQ(signer_account()->nonce, 2);
}

/* EIP-7702: "In case a delegation indicator points to another delegation, clients must retrieve
 * only the first code and then stop following the delegation chain": that code begins with 0xef.
 * And "when a precompile address is the target of a delegation, the retrieved code is considered
 * empty". */
static void delegations_are_followed_once(void)
{
    uint8_t delegation[23] = {0xef, 0x01, 0x00, [22] = 0x77};
    struct authorization a = signed_for(DELEGATE, 0);
    reset();
    (void)world_put_code(&w, DELEGATE, 0, bytes_from(delegation, sizeof(delegation)));
    (void)world_contract(&w, 0x77, 0, "STOP");
    struct tx_result result = run(&a, 1, &signer);
    CHECK_STR(evm_status_name(result.halt), "INVALID_OPCODE");
    a = signed_for(4, 1);
    result = run(&a, 1, &signer);
    CHECK_STR(evm_status_name(result.halt), "SUCCESS");
    CHECK_EQ(result.output.len, 0);
}

/* ---- errors ---------------------------------------------------------------------------------- */

static enum err cannot_look(void *db, bool *found, struct db_account *out,
                            const struct address *address)
{
    (void)db;
    (void)out;
    (void)address;
    *found = false;
    return ERR_STATE_MISSING;
}

/* An authority that cannot be looked at is an error, not one to skip. */
static void could_not_look_is_an_error(void)
{
    static const struct state_db_ops ops = {.account = cannot_look};
    const struct authorization a = signed_for(DELEGATE, 0);
    reset();
    w.state.db = (struct state_db){&ops, NULL};
    CHECK_EQ(authorization_apply(&w.evm, &a), ERR_STATE_MISSING);
}

static void an_arena_that_is_full(void)
{
    const struct authorization a = signed_for(DELEGATE, 0);
    reset();
    const size_t mark = arena_mark(&w.arena);
    const size_t cap = w.arena.cap;
    enum err e = ERR_MEMORY;
    unsigned failures = 0;
    for (size_t spare = 0; e != OK; spare += 16) {
        w.arena.cap = mark + spare;
        e = state_init(&w.state, &w.arena, &w.key, db_memory_db(&w.db));
        if (e == OK) {
            e = authorization_apply(&w.evm, &a);
            failures += e == ERR_MEMORY;
        }
        CHECK(e == OK || e == ERR_MEMORY);
        w.arena.cap = cap;
        arena_rewind(&w.arena, mark);
    }
    CHECK(failures > 10);
}

static const struct test_case cases[] = {
    CASE(chain_id),
    CASE(nonce),
    CASE(high_s),
    CASE(y_parity),
    CASE(signatures_that_are_none),
    CASE(the_signature_covers_all_fields),
    CASE(code_of_the_authority),
    CASE(the_zero_address_clears),
    CASE(the_refund_is_for_accounts_that_exist),
    CASE(they_cost_as_much_when_skipped),
    CASE(they_apply_in_order),
    CASE(the_sender_may_be_the_authority),
    CASE(the_delegate_runs_for_the_authority),
    CASE(delegations_are_followed_once),
    CASE(could_not_look_is_an_error),
    CASE(an_arena_that_is_full),
};

int main(int argc, char **argv)
{
    world_open(&w, (size_t)1 << 20, (size_t)8 << 20);
    int status = test_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
    world_close(&w);
    return status;
}
