#ifndef SIM_OVERRIDES_H
#define SIM_OVERRIDES_H

/* overrides.h: changes to the state before the first transaction, and what the state was after
 * them: to a simulation that is the state before. */

#include "sim/request.h"
#include "state/state.h"

/* struct before: the state before the first transaction, as far as overrides made it another than
 * the database's. It holds as long as the state. */
struct before {
    struct state *state;
    struct before_account *accounts; /* of the state's first account_count accounts, by number */
    uint64_t account_count;
    struct map slots;
};

/* struct before_account: an account before the first transaction. */
struct before_account {
    bool exists;
    bool has_replaced_storage; /* its slots are none of the database's */
    uint64_t nonce;
    struct u256 balance;
    struct hash32 code_hash;
    const struct code *code; /* of an override; NULL: the database has it, or there is none */
};

/* overrides_apply changes the accounts in a state that nobody has looked at yet. An account that is
 * named exists from here on, however empty it is.
 * Errors: ERR_MALFORMED (an address, or a slot of an account, is named twice; *detail says so);
 *   those of the state. */
enum err overrides_apply(struct before *out, struct state *state,
                         const struct account_override *overrides, size_t count,
                         struct err_detail *detail);

/* before_find_account gives what an account, loaded in the state, was before, before_find_code the
 * code that it had, valid as long as the state. before_find_slot gives what a slot was; *known is
 * false where nobody can tell: it was never read and the database does not show it. Errors: those
 * of the database; of before_find_slot not ERR_STATE_MISSING. */
enum err before_find_account(const struct before *before, struct before_account *out,
                             const struct account *account);
enum err before_find_code(const struct before *before, struct bytes *out,
                          const struct before_account *account);
enum err before_find_slot(const struct before *before, bool *known, struct u256 *out,
                          const struct slot *slot);

#endif
