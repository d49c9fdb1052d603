/* Blob schedules and the price of blob gas. */

#include "exec/blob.h"

#include <strings.h>

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

struct u256 blob_base_fee(uint64_t excess_blob_gas, uint64_t base_fee_update_fraction)
{
    /* EIP-4844: the Taylor series of factor * e ** (numerator / denominator), in integers. Each
     * term is below 2^256 or the sum is over the range, in which case the largest value stands for
     * it. */
    const struct u256 most = U256_MAX;
    struct u256 numerator = u256_from_u64(excess_blob_gas);
    struct u256 denominator = u256_from_u64(base_fee_update_fraction);
    struct u256 sum = U256_ZERO;
    struct u256 term = denominator; /* MIN_BASE_FEE_PER_BLOB_GAS of EIP-4844, which is 1, scaled */
    for (uint64_t i = 1; !u256_is_zero(&term); i++) {
        struct u256 divisor = u256_from_u64(i);
        u256_mul(&divisor, &divisor, &denominator);
        if (u256_add_overflow(&sum, &sum, &term) || u256_mul_overflow(&term, &term, &numerator)) {
            return most;
        }
        u256_div(&term, &term, &divisor);
    }
    u256_div(&sum, &sum, &denominator);
    return sum;
}
