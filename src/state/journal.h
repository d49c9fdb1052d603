#ifndef STATE_JOURNAL_H
#define STATE_JOURNAL_H

/* journal.h: the undo log of a transaction. Each entry holds one change and what undoes it. Private
 * to state.c. */

#include "state/state.h"

/* The account whose touch survives a revert: 0x03; see state_revert. */
extern const struct address RIPEMD160_ADDRESS;

enum journal_kind {
    JOURNAL_BALANCE,     /* balance changed; undone by setting `word` */
    JOURNAL_NONCE,       /* nonce changed; undone by setting `number` */
    JOURNAL_CODE,        /* code changed; undone by setting `code` */
    JOURNAL_EXISTS,      /* account came into being; undone by exists = false */
    JOURNAL_TOUCHED,     /* touched_in changed; undone by setting `number` */
    JOURNAL_WARMED,      /* account became warm; undone by making it cold */
    JOURNAL_CREATED,     /* contract creation began; undone by setting `number`, `flag` */
    JOURNAL_DESTROYED,   /* marked for deletion; undone by unmarking */
    JOURNAL_SLOT_WARMED, /* slot became warm; undone by making it cold */
    JOURNAL_SLOT_VALUE,  /* value changed; undone by setting `word` */
    JOURNAL_TRANSIENT,   /* transient value changed; undone by setting `word` */
};

struct journal_entry {
    enum journal_kind kind;
    bool flag;
    union {
        struct account *account;
        struct slot *slot;
    } of;
    union {
        struct u256 word;
        uint64_t number;
        struct code *code;
    } before;
};

/* journal_append adds an entry. Errors: ERR_MEMORY. */
enum err journal_append(struct state *state, const struct journal_entry *entry);

/* journal_undo takes the newest entry back and drops it. */
void journal_undo(struct state *state);

#endif
