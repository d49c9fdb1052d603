/* Headers after their parents, and ommers. */

#include "exec/header_check.h"

#include "exec/difficulty.h"

/* Yellow Paper 4.3.4 and EIP-1985. */
#define GAS_LIMIT_MIN      5000u
#define GAS_LIMIT_MAX      ((uint64_t)INT64_MAX)
#define GAS_LIMIT_QUOTIENT 1024u
#define EXTRA_DATA_MAX     32u

/* EIP-1559. */
#define ELASTICITY_MULTIPLIER    2u
#define BASE_FEE_CHANGE_QUOTIENT 8u

/* The hard fork specification that EIP-779 refers to: the first ten blocks of the DAO fork carry
 * this, so that its chain and the other can be told apart by headers alone. */
#define DAO_EXTRA_DATA   "dao-hard-fork"
#define DAO_EXTRA_BLOCKS 10u

/* ---- which fields there are ------------------------------------------------------------------ */

static enum block_status check_fields(const struct fork_rules *rules, const struct header *header)
{
    if (header->has_base_fee != rules->eip1559) {
        return rules->eip1559 ? BLOCK_IMPORT_IMPOSSIBLE_LEGACY
                              : BLOCK_IMPORT_IMPOSSIBLE_LONDON_WRONG_PARENT;
    }
    if (header->has_withdrawals_root != rules->eip4895) {
        return rules->eip4895 ? BLOCK_IMPORT_IMPOSSIBLE_PARIS_OVER_SHANGHAI
                              : BLOCK_IMPORT_IMPOSSIBLE_SHANGHAI;
    }
    if (header->has_blob_gas != rules->eip4844 || header->has_beacon_root != rules->eip4788 ||
        header->has_requests_hash != rules->eip7685) {
        return BLOCK_INCORRECT_BLOCK_FORMAT;
    }
    return BLOCK_OK;
}

/* ---- gas ------------------------------------------------------------------------------------- */

static enum block_status check_gas_limit(const struct header *header, const struct header *parent)
{
    /* EIP-1559: at the fork block the parent's limit counts twice, so that its old limit is the new
     * target. */
    const bool is_first = header->has_base_fee && !parent->has_base_fee;
    const u128 before = (u128)parent->gas_limit * (is_first ? ELASTICITY_MULTIPLIER : 1);
    const u128 now = header->gas_limit;
    const u128 change = now > before ? now - before : before - now;
    if (header->gas_limit > GAS_LIMIT_MAX) {
        return BLOCK_GASLIMIT_TOO_BIG;
    }
    if (change >= before / GAS_LIMIT_QUOTIENT || header->gas_limit < GAS_LIMIT_MIN) {
        return BLOCK_INVALID_GASLIMIT;
    }
    return header->gas_used > header->gas_limit ? BLOCK_INVALID_GAS_USED_ABOVE_LIMIT : BLOCK_OK;
}

/* multiply_divide: *out = a b / c rounded down, of the exact product; false when it does not fit. c
 * is not 0. With a = q c + r that is q b + r b / c, and r b is below 2^128. */
static bool multiply_divide(struct u256 *out, const struct u256 *a, uint64_t b, uint64_t c)
{
    const struct u256 factor = u256_from_u64(b);
    const struct u256 divisor = u256_from_u64(c);
    struct u256 quotient;
    struct u256 rest;
    struct u256 product;
    u256_divmod(&quotient, &rest, a, &divisor);
    u256_mul(&rest, &rest, &factor);
    u256_div(&rest, &rest, &divisor);
    return !u256_mul_overflow(&product, &quotient, &factor) &&
           !u256_add_overflow(out, &product, &rest);
}

bool header_base_fee(struct u256 *out, const struct header *parent)
{
    const uint64_t target = parent->gas_limit / ELASTICITY_MULTIPLIER;
    const uint64_t used = parent->gas_used;
    const uint64_t distance = used > target ? used - target : target - used;
    const struct u256 *before = &parent->base_fee_per_gas;
    const struct u256 quotient = u256_from_u64(BASE_FEE_CHANGE_QUOTIENT);
    struct u256 change;
    if (!parent->has_base_fee) {
        *out = u256_from_u64(INITIAL_BASE_FEE);
        return true;
    }
    if (target == 0 || distance == 0) { /* no header after a target of 0 passes its gas limit */
        *out = *before;
        return true;
    }
    if (!multiply_divide(&change, before, distance, target)) {
        return false;
    }
    u256_div(&change, &change, &quotient);
    if (used < target) {
        u256_sub(out, before, &change); /* distance <= target: the change is at most an eighth */
        return true;
    }
    /* EIP-1559: "base_fee_per_gas_delta = max(... // BASE_FEE_MAX_CHANGE_DENOMINATOR, 1)". */
    if (u256_is_zero(&change)) {
        change = u256_from_u64(1);
    }
    struct u256 sum;
    if (u256_add_overflow(&sum, before, &change)) {
        return false;
    }
    *out = sum;
    return true;
}

static enum block_status check_base_fee(const struct header *header, const struct header *parent)
{
    struct u256 base_fee;
    return !header->has_base_fee || (header_base_fee(&base_fee, parent) &&
                                     u256_eq(&base_fee, &header->base_fee_per_gas))
               ? BLOCK_OK
               : BLOCK_INVALID_BASEFEE_PER_GAS;
}

static enum block_status check_blob_gas(const struct chain_rules *rules,
                                        const struct header *header, const struct header *parent)
{
    uint64_t excess;
    if (!header->has_blob_gas) {
        return BLOCK_OK;
    }
    if (header->blob_gas_used > (u128)rules->blobs.max * GAS_BLOB) {
        return BLOCK_BLOB_GAS_USED_ABOVE_LIMIT;
    }
    if (header->blob_gas_used % GAS_BLOB != 0) {
        return BLOCK_INCORRECT_BLOB_GAS_USED;
    }
    /* EIP-4844: "For the first post-fork block, both parent.blob_gas_used and
     * parent.excess_blob_gas are evaluated as 0." A header without the fields has 0 in them. */
    if (!blob_excess_gas(&excess, &rules->blobs, fork_rules(rules->fork)->eip7918,
                         parent->excess_blob_gas, parent->blob_gas_used,
                         &parent->base_fee_per_gas) ||
        excess != header->excess_blob_gas) {
        return BLOCK_INCORRECT_EXCESS_BLOB_GAS;
    }
    return BLOCK_OK;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static enum block_status check_place(const struct header *header, const struct header *parent,
                                     const struct hash32 *parent_hash)
{
    static const struct hash32 zero;
    if (!hash32_equal(&header->parent_hash, parent_hash)) {
        return hash32_equal(&header->parent_hash, &zero) ? BLOCK_UNKNOWN_PARENT_ZERO
                                                         : BLOCK_UNKNOWN_PARENT;
    }
    if (header->number == 0 || header->number - 1 != parent->number) {
        return BLOCK_INVALID_BLOCK_NUMBER;
    }
    if (header->timestamp <= parent->timestamp) {
        return BLOCK_INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT;
    }
    return BLOCK_OK;
}

static enum block_status check_extra_data(const struct chain_config *chain,
                                          const struct header *header)
{
    const struct bytes extra = header->extra_data;
    if (extra.len > EXTRA_DATA_MAX) {
        return BLOCK_EXTRA_DATA_TOO_BIG;
    }
    if (chain->has_dao_fork && header->number >= chain->dao_fork_number &&
        header->number - chain->dao_fork_number < DAO_EXTRA_BLOCKS &&
        (extra.len != sizeof(DAO_EXTRA_DATA) - 1 ||
         memcmp(extra.ptr, DAO_EXTRA_DATA, sizeof(DAO_EXTRA_DATA) - 1) != 0)) {
        return BLOCK_EXTRA_DATA_INVALID_DAO;
    }
    return BLOCK_OK;
}

static enum block_status check_consensus(const struct chain_rules *rules,
                                         const struct header *header, const struct header *parent)
{
    static const uint8_t zero[sizeof(header->nonce)];
    struct u256 difficulty;
    if (!fork_rules(rules->fork)->eip3675) {
        if (u256_is_zero(&header->difficulty)) {
            return BLOCK_IMPORT_IMPOSSIBLE_PARIS_WRONG_POS;
        }
        return difficulty_after(&difficulty, rules, parent, header->timestamp) &&
                       u256_eq(&difficulty, &header->difficulty)
                   ? BLOCK_OK
                   : BLOCK_INVALID_DIFFICULTY;
    }
    if (!u256_is_zero(&header->difficulty)) {
        return BLOCK_IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS;
    }
    if (!hash32_equal(&header->ommers_hash, &EMPTY_OMMERS_HASH)) {
        return BLOCK_IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS;
    }
    if (memcmp(header->nonce, zero, sizeof(zero)) != 0) {
        return BLOCK_INCORRECT_BLOCK_FORMAT;
    }
    return BLOCK_OK;
}

enum block_status header_check(const struct chain_config *chain, const struct chain_rules *rules,
                               const struct header *header, const struct header *parent,
                               const struct hash32 *parent_hash)
{
    enum block_status status = check_fields(fork_rules(rules->fork), header);
    if (status == BLOCK_OK) {
        status = check_place(header, parent, parent_hash);
    }
    if (status == BLOCK_OK) {
        status = check_extra_data(chain, header);
    }
    if (status == BLOCK_OK) {
        status = check_gas_limit(header, parent);
    }
    if (status == BLOCK_OK) {
        status = check_base_fee(header, parent);
    }
    if (status == BLOCK_OK) {
        status = check_consensus(rules, header, parent);
    }
    if (status == BLOCK_OK) {
        status = check_blob_gas(rules, header, parent);
    }
    return status;
}

/* ---- ommers ---------------------------------------------------------------------------------- */

/* ancestor_hash gives the hash of ancestor `index` (0: the parent), which the header after it
 * names; index is at most past->ancestor_count. */
static const struct hash32 *ancestor_hash(const struct header *header,
                                          const struct ommers_past *past, size_t index)
{
    return index == 0 ? &header->parent_hash : &past->ancestors[index - 1].parent_hash;
}

static enum block_status check_ommer(const struct chain_config *chain, const struct header *header,
                                     const struct header *ommer, const struct hash32 *hash,
                                     const struct ommers_past *past)
{
    for (size_t i = 0; i <= past->ancestor_count && i <= OMMER_AGE_MAX; i++) {
        if (hash32_equal(hash, ancestor_hash(header, past, i))) {
            return BLOCK_UNCLE_IS_ANCESTOR;
        }
    }
    for (size_t i = 0; i < past->included_count; i++) {
        if (hash32_equal(hash, &past->included[i])) {
            return BLOCK_UNCLE_IN_CHAIN;
        }
    }
    if (ommer->number == 0 || ommer->number >= header->number ||
        header->number - ommer->number > OMMER_AGE_MAX) {
        return BLOCK_UNCLE_PARENT_INCORRECT;
    }
    /* An ommer of age 1 is a sibling of the parent, a child of ancestor 1; and so on. */
    const size_t age = (size_t)(header->number - ommer->number);
    if (age > past->ancestor_count) {
        return BLOCK_OK;
    }
    const struct hash32 *parent_hash = ancestor_hash(header, past, age);
    if (!hash32_equal(&ommer->parent_hash, parent_hash)) {
        return BLOCK_UNCLE_UNKNOWN_PARENT;
    }
    if (age == past->ancestor_count) {
        return BLOCK_OK;
    }
    struct chain_rules rules;
    chain_rules_at(&rules, chain, ommer->number, ommer->timestamp, false);
    return header_check(chain, &rules, ommer, &past->ancestors[age], parent_hash);
}

enum block_status ommers_check(const struct chain_config *chain, const struct chain_rules *rules,
                               const struct header *header, const struct header *ommers,
                               size_t count, const struct ommers_past *past)
{
    struct hash32 hashes[2];
    if (count != 0 && fork_rules(rules->fork)->eip3675) {
        return BLOCK_IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS;
    }
    if (count > sizeof(hashes) / sizeof(hashes[0])) {
        return BLOCK_TOO_MANY_UNCLES;
    }
    for (size_t i = 0; i < count; i++) {
        hashes[i] = header_hash(&ommers[i]);
    }
    if (count == 2 && hash32_equal(&hashes[0], &hashes[1])) {
        return BLOCK_UNCLE_IS_BROTHER;
    }
    enum block_status status = BLOCK_OK;
    for (size_t i = 0; i < count && status == BLOCK_OK; i++) {
        status = check_ommer(chain, header, &ommers[i], &hashes[i], past);
    }
    return status;
}
