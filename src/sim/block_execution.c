/* Execution of a whole block. */

#include "sim/block_execution.h"

#include "exec/stateless.h"

/* struct run: a block on its way. */
struct run {
    const struct block_execution *request;
    struct sim_failure *failure;
    struct stateless block;
};

/* check_trust holds the block and its parent against the hash and the root that the user trusts. */
static enum err check_trust(const struct run *run)
{
    const struct block_execution *request = run->request;
    struct err_detail *detail = &run->failure->detail;
    if (request->has_block_hash && !hash32_equal(&request->block_hash, &run->block.hash)) {
        return err_explain(detail, ERR_MALFORMED, "\"blockHash\" is not the hash of \"block\"");
    }
    if (request->has_root && run->block.ancestor_count != 0 &&
        !hash32_equal(&request->root, &run->block.ancestors[0].state_root)) {
        return err_explain(detail, ERR_MALFORMED,
                           "\"stateRoot\" is not the state root of the block's parent");
    }
    return OK;
}

static enum err execute(struct block_execution_result *out, struct run *run)
{
    const struct block_execution *request = run->request;
    struct stateless *block = &run->block;
    struct err_detail *detail = &run->failure->detail;
    struct block_result result;
    TRY(stateless_open(block, request->block, request->headers.items, request->headers.count,
                       request->has_root ? &request->root : NULL, detail));
    TRY(check_trust(run));
    *out = (struct block_execution_result){
        .chain_id = request->chain->chain_id,
        .fork_name = chain_upgrade_name(block->rules.upgrade),
        .number = block->block.header.number,
        .hash = block->hash,
        .pre_root = block->ancestor_count != 0 ? block->ancestors[0].state_root : request->root,
        .is_parent_checked = block->ancestor_count != 0,
        .tx_count = block->block.tx_count,
    };
    TRY(stateless_witness(block, request->nodes.items, request->nodes.count, request->codes.items,
                          request->codes.count));
    TRY(stateless_execute(block, &out->verdict, &result, detail));
    if (out->verdict.status == BLOCK_OK) {
        TRY(stateless_finish(block, &out->verdict, &result, detail));
    }
    if (out->verdict.status == BLOCK_OK) {
        out->gas_used = result.gas_used;
        out->state_root = result.state_root;
        out->receipts_root = result.receipts_root;
    }
    return OK;
}

enum err sim_execute_block(struct sim *sim, struct block_execution_result *out,
                           struct sim_failure *failure, const struct block_execution *request)
{
    struct evm *evm = &sim->evm;
    *failure = (struct sim_failure){.tx_index = SIM_NO_TX};
    struct run *run = ARENA_NEW(&sim->arena, struct run, 1); /* 30 KB: not for a small stack */
    if (run == NULL) {
        return err_explain(&failure->detail, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    }
    run->request = request;
    run->failure = failure;
    run->block = (struct stateless){
        .chain = request->chain,
        .evm = evm,
        .arena = &sim->arena,
        .key = sim->key,
    };
    evm->tracer = NULL;
    enum err e = execute(out, run);
    evm->state = NULL;
    evm->block = NULL;
    if (e == ERR_STATE_MISSING) {
        failure->missing = run->block.db.missing;
    }
    if (e != OK && failure->detail.text[0] == '\0') {
        (void)err_explain(&failure->detail, e, "%s", err_text(e));
    }
    return e;
}
