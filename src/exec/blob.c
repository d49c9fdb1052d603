/* Blob schedules and the price of blob gas. */

#include "exec/blob.h"

#include <strings.h>

#include "base/err.h"
#include "exec/blob_schedule.def"

struct row {
    const char *name;
    enum fork fork;
    struct blob_schedule schedule;
};

static const struct row rows[] = {
#define X(name, fork, max, fraction) {name, fork, {max, fraction}},
    BLOB_SCHEDULES(X)
#undef X
};

bool blob_fork_from_name(enum fork *fork, struct blob_schedule *schedule, const char *name)
{
    bool is_fork = fork_from_name(fork, name);
    *schedule = (struct blob_schedule){0, 0};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (is_fork
                ? rows[i].fork <= *fork && strcasecmp(rows[i].name, fork_name(rows[i].fork)) == 0
                : strcasecmp(rows[i].name, name) == 0) {
            *fork = is_fork ? *fork : rows[i].fork;
            *schedule = rows[i].schedule;
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
