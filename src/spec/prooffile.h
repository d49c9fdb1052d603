#ifndef SPEC_PROOFFILE_H
#define SPEC_PROOFFILE_H

/* prooffile.h: files with answers of eth_getProof, in three forms:
 *
 *   {"stateRoot": hash, "result": answer, "checked": {"account": how, "storage": [how, ...]}, ...}
 *   {"stateRoot": hash, "r": answer, ...}, one on each line
 *   {"result": answer, ...}: what a server sent, for a root that the user knows
 *
 * `checked` says what the proofs show, and is compared where it is there: "incl-leaf" (a value),
 * "excl-branch-empty-slot", "excl-divergent-leaf", "excl-divergent-extension", "empty-trie". */

#include "base/arena.h"
#include "state/account_proof.h"

/* struct prooffile_case: an answer, and what it proves. Everything holds only during the
 * callback. */
struct prooffile_case {
    size_t line;                       /* of the file; 0: the whole file is one answer */
    const struct account_proof *proof; /* with `passed`, all in it is proven */
    enum proof_end end;
    const enum proof_end *slot_ends; /* of each slot */
    bool passed;
    const char *reason; /* of a failure */
};

/* struct prooffile: a runner. */
struct prooffile {
    struct arena *arena;       /* for one answer at a time */
    const struct hash32 *root; /* the state root; NULL: the one in the file */
    void (*report)(void *context, const struct prooffile_case *result);
    void *context;
};

/* prooffile_run verifies the answers of a file's text, which is read line by line when `by_line`.
 * The arena is wiped after each. Errors: ERR_MALFORMED and the like when the text is not in one of
 * these forms, with *detail saying what and where; answers before the bad place have been
 * reported. */
enum err prooffile_run(const struct prooffile *runner, struct bytes text, bool by_line,
                       struct err_detail *detail);

#endif
