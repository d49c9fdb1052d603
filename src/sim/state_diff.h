#ifndef SIM_STATE_DIFF_H
#define SIM_STATE_DIFF_H

/* state_diff.h: what a simulation changed: of each account that is another than before, the fields
 * before and after. In one order, whatever the order of the changes: accounts by address, slots by
 * number. */

#include "sim/overrides.h"

struct slot_diff {
    struct u256 key;
    bool knows_pre; /* false: it was never read, and the given state does not show it */
    struct u256 pre;
    struct u256 post;
};

/* struct account_diff: a field is unchanged where its pre and post are equal. */
struct account_diff {
    struct address address;
    bool pre_exists;
    bool post_exists;
    uint64_t pre_nonce;
    uint64_t post_nonce;
    struct u256 pre_balance;
    struct u256 post_balance;
    bool is_code_changed;
    struct bytes pre_code;
    struct bytes post_code;
    bool is_storage_cleared; /* it had storage before, of which only what is listed here is left */
    const struct slot_diff *slots;
    size_t slot_count;
};

struct state_diff {
    const struct account_diff *accounts;
    size_t count;
};

/* state_diff_make compares `state`, between two transactions, with what was before. The diff is in
 * the state's arena. Errors: those of the state. Cost: two look-ups for each account and changed
 * slot, and sorting them. */
enum err state_diff_make(struct state_diff *out, struct state *state, const struct before *before);

#endif
