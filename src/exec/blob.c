/* Blob schedules and the price of blob gas. */

#include "exec/blob.h"

#include <strings.h>

#include "base/err.h"

/* EIP-7918: what a blob costs a block at least, in gas. */
#define BLOB_BASE_COST 8192u

const struct blob_schedule blob_schedules[BLOB_SCHEDULE_COUNT] = {
#define X(name, text, fork, target, max, fraction) [BLOB_##name] = {target, max, fraction},
    BLOB_SCHEDULES(X)
#undef X
};

struct row {
    const char *name;
    enum fork fork;
};

static const struct row rows[BLOB_SCHEDULE_COUNT] = {
#define X(name, text, fork, target, max, fraction) [BLOB_##name] = {text, fork},
    BLOB_SCHEDULES(X)
#undef X
};

bool blob_schedule_is_valid(const struct blob_schedule *schedule)
{
    return schedule->target <= schedule->max && schedule->base_fee_update_fraction != 0;
}

bool blob_fork_from_name(enum fork *fork, struct blob_schedule *schedule, const char *name)
{
    bool is_fork = fork_from_name(fork, name);
    *schedule = (struct blob_schedule){0};
    for (size_t i = 0; i < BLOB_SCHEDULE_COUNT; i++) {
        if (is_fork
                ? rows[i].fork <= *fork && strcasecmp(rows[i].name, fork_name(rows[i].fork)) == 0
                : strcasecmp(rows[i].name, name) == 0) {
            *fork = is_fork ? *fork : rows[i].fork;
            *schedule = blob_schedules[i];
            if (!is_fork) {
                return true;
            }
        }
    }
    return is_fork;
}

/* struct wide holds the series' sums: a price below 2^256 times a fraction below 2^64, and one more
 * word for a product before it is divided. */
#define WIDE_WORDS 6

struct wide {
    uint64_t w[WIDE_WORDS]; /* little-endian */
};

static void wide_add(struct wide *x, const struct wide *y)
{
    u128 carry = 0;
    for (size_t i = 0; i < WIDE_WORDS; i++) {
        carry += (u128)x->w[i] + y->w[i];
        x->w[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

static void wide_multiply(struct wide *x, uint64_t by)
{
    u128 carry = 0;
    for (size_t i = 0; i < WIDE_WORDS; i++) {
        carry += (u128)x->w[i] * by;
        x->w[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

static void wide_divide(struct wide *x, uint64_t by)
{
    u128 rest = 0;
    for (size_t i = WIDE_WORDS; i-- > 0;) {
        rest = (rest << 64) | x->w[i];
        x->w[i] = (uint64_t)(rest / by);
        rest %= by;
    }
}

static bool wide_is_zero(const struct wide *x)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < WIDE_WORDS; i++) {
        bits |= x->w[i];
    }
    return bits == 0;
}

struct u256 blob_base_fee(uint64_t excess_blob_gas, uint64_t base_fee_update_fraction)
{
    /* EIP-4844, fake_exponential: the Taylor series of factor * e ** (numerator / denominator) in
     * integers, scaled by the denominator; the factor, MIN_BASE_FEE_PER_BLOB_GAS, is 1. A term is
     * never above the sum, which stays below 2^320, so no product passes six words. */
    ASSERT(base_fee_update_fraction != 0);
    const struct u256 most = U256_MAX;
    struct wide sum = {{0}};
    struct wide term = {{base_fee_update_fraction}};
    for (uint64_t i = 1; !wide_is_zero(&term); i++) {
        wide_add(&sum, &term);
        if (sum.w[5] != 0) {
            return most;
        }
        wide_multiply(&term, excess_blob_gas);
        wide_divide(&term, i);
        wide_divide(&term, base_fee_update_fraction);
    }
    wide_divide(&sum, base_fee_update_fraction);
    return sum.w[4] != 0 ? most : (struct u256){{sum.w[0], sum.w[1], sum.w[2], sum.w[3]}};
}

/* is_below_reserve: EIP-7918, "BLOB_BASE_COST * parent.base_fee_per_gas > GAS_PER_BLOB *
 * get_base_fee_per_blob_gas(parent)". GAS_PER_BLOB is 16 BLOB_BASE_COST, so that is the same as
 * base_fee / 16 > blob_fee, exactly, which no product overflows. */
static bool is_below_reserve(const struct u256 *base_fee, const struct u256 *blob_fee)
{
    static_assert(GAS_BLOB == 16 * BLOB_BASE_COST, "the shift below");
    struct u256 quotient;
    const struct u256 bits = u256_from_u64(4);
    u256_shr(&quotient, base_fee, &bits);
    bool has_rest = (base_fee->w[0] & 15) != 0;
    return u256_lt(blob_fee, &quotient) || (has_rest && u256_eq(blob_fee, &quotient));
}

bool blob_excess_gas(uint64_t *out, const struct blob_schedule *schedule, bool has_eip7918,
                     uint64_t parent_excess_blob_gas, uint64_t parent_blob_gas_used,
                     const struct u256 *parent_base_fee_per_gas)
{
    /* The target comes from a chain's configuration: at most 2^64 - 1 blobs of 2^17. */
    const u128 target = (u128)schedule->target * GAS_BLOB;
    u128 excess = (u128)parent_excess_blob_gas + parent_blob_gas_used;
    if (excess < target) {
        *out = 0;
        return true;
    }
    excess -= target;
    if (has_eip7918) {
        const struct u256 blob_fee =
            blob_base_fee(parent_excess_blob_gas, schedule->base_fee_update_fraction);
        if (is_below_reserve(parent_base_fee_per_gas, &blob_fee)) {
            /* EIP-7918: "parent.excess_blob_gas + parent.blob_gas_used * (max - target) // max".
             * Where no blobs are allowed there is nothing to add. */
            u128 added = schedule->max == 0
                             ? 0
                             : (u128)parent_blob_gas_used * (schedule->max - schedule->target) /
                                   schedule->max;
            excess = parent_excess_blob_gas + added;
        }
    }
    if (excess > UINT64_MAX) {
        return false;
    }
    *out = (uint64_t)excess;
    return true;
}
