#ifndef EXEC_DAO_H
#define EXEC_DAO_H

/* dao.h: the DAO fork (EIP-779), which changed no rule: at the beginning of one block, before its
 * transactions, it moved the ether of a list of accounts to a contract from which the owners could
 * take it back. */

#include "state/state.h"

/* DAO_ACCOUNTS: the DAO, its children, and the account for extra balance of each. */
#define DAO_ACCOUNTS 116

/* DAO_REFUND_ADDRESS: where the ether went ("WithdrawDAO"). */
extern const struct address DAO_REFUND_ADDRESS;

/* dao_account gives account `index`, below DAO_ACCOUNTS, of the list. */
struct address dao_account(size_t index);

/* dao_fork_apply moves the whole balance of each account of the list to the refund contract, in a
 * transaction of the state's own, which it begins and ends. Accounts that did not exist exist
 * afterwards, empty, as after any transfer of that time.
 * Errors: those of the database; ERR_MEMORY. The state is then of no use. */
enum err dao_fork_apply(struct state *state);

#endif
