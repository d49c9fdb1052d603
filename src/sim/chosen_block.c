/* The block that is simulated. */

#include "sim/chosen_block.h"

#include "base/checked.h"
#include "exec/header_check.h"

/* choose_place sets number and time. */
static enum err choose_place(struct block_env *env, const struct block_overrides *overrides,
                             const struct header *parent, struct err_detail *detail)
{
    if (parent != NULL && (ckd_add_u64(&env->number, parent->number, 1) ||
                           ckd_add_u64(&env->timestamp, parent->timestamp, SIM_BLOCK_TIME))) {
        return err_explain(detail, ERR_RANGE, "\"header\": no block can come after it");
    }
    env->number = overrides->has_number ? overrides->number : env->number;
    env->timestamp = overrides->has_time ? overrides->time : env->timestamp;
    return OK;
}

/* rules_of makes the rules of one upgrade, whether the chain has it or not. The blob schedule is the
 * one that the chain has for it, else mainnet's. */
static enum err rules_of(struct chain_rules *out, const struct chain_config *chain,
                         enum chain_upgrade upgrade, struct err_detail *detail)
{
    const char *name = chain_upgrade_name(upgrade);
    enum fork fork = chain_upgrade_fork(upgrade);
    *out = (struct chain_rules){.upgrade = upgrade, .fork = fork};
    if (!fork_rules(fork)->eip4844) {
        return OK;
    }
    bool is_known = blob_fork_from_name(&fork, &out->blobs, name);
    for (size_t i = 0; i < chain->fork_count; i++) {
        const struct chain_fork *at = &chain->forks[i];
        if (at->upgrade == upgrade && at->blobs != NULL) {
            out->blobs = *at->blobs;
            is_known = true;
        }
    }
    return is_known ? OK
                    : err_explain(detail, ERR_MALFORMED,
                                  "\"fork\": no blob schedule is known for %s on this chain", name);
}

static enum err choose_rules(struct chain_rules *out, const struct sim_request *request,
                             const struct block_env *env, const struct header *parent,
                             struct err_detail *detail)
{
    const struct block_overrides *overrides = &request->block;
    if (request->has_upgrade) {
        return rules_of(out, request->chain, request->upgrade, detail);
    }
    if (parent != NULL) {
        chain_rules_at(out, request->chain, env->number, env->timestamp,
                       u256_is_zero(&parent->difficulty));
    } else if (overrides->has_number && overrides->has_time) {
        chain_rules_at(out, request->chain, env->number, env->timestamp,
                       !overrides->has_difficulty);
    } else {
        chain_rules_at(out, request->chain, UINT64_MAX, UINT64_MAX, true);
    }
    return OK;
}

/* check_fields checks that the rules have every field that is overridden. */
static enum err check_fields(const struct block_overrides *overrides,
                             const struct chain_rules *rules, struct err_detail *detail)
{
    const struct fork_rules *fork = fork_rules(rules->fork);
    const char *wrong = NULL;
    if (overrides->has_difficulty && fork->eip3675) {
        wrong = "difficulty";
    } else if (overrides->has_prev_randao && !fork->eip4399) {
        wrong = "prevRandao";
    } else if (overrides->has_base_fee && !fork->eip1559) {
        wrong = "baseFeePerGas";
    } else if (overrides->has_blob_base_fee && !fork->eip4844) {
        wrong = "blobBaseFee";
    } else if (overrides->has_excess_blob_gas && !fork->eip4844) {
        wrong = "excessBlobGas";
    } else if (overrides->has_beacon_root && !fork->eip4788) {
        wrong = "parentBeaconBlockRoot";
    }
    return wrong == NULL ? OK
                         : err_explain(detail, ERR_MALFORMED, "block: \"%s\": %s has no such field",
                                       wrong, chain_upgrade_name(rules->upgrade));
}

static enum err choose_base_fee(struct block_env *env, const struct block_overrides *overrides,
                                const struct fork_rules *rules, const struct header *parent,
                                struct err_detail *detail)
{
    if (overrides->has_base_fee) {
        env->base_fee_per_gas = overrides->base_fee;
    } else if (rules->eip1559 && parent != NULL &&
               !header_base_fee(&env->base_fee_per_gas, parent)) {
        return err_explain(detail, ERR_RANGE, "\"header\": the base fee after it is over 2^256");
    }
    return OK;
}

static enum err choose_blob_fee(struct block_env *env, const struct block_overrides *overrides,
                                const struct chain_rules *rules, const struct header *parent,
                                struct err_detail *detail)
{
    const struct fork_rules *fork = fork_rules(rules->fork);
    uint64_t excess = 0;
    if (!fork->eip4844) {
        return OK;
    }
    env->max_blobs = rules->blobs.max;
    if (overrides->has_blob_base_fee) {
        env->blob_base_fee = overrides->blob_base_fee;
        return OK;
    }
    if (overrides->has_excess_blob_gas) {
        excess = overrides->excess_blob_gas;
    } else if (parent != NULL && /* all 0 in one from before Cancun */
               !blob_excess_gas(&excess, &rules->blobs, fork->eip7918, parent->excess_blob_gas,
                                parent->blob_gas_used, &parent->base_fee_per_gas)) {
        return err_explain(detail, ERR_RANGE, "\"header\": the blob gas after it is over 2^64");
    }
    env->blob_base_fee = blob_base_fee(excess, rules->blobs.base_fee_update_fraction);
    return OK;
}

enum err chosen_block_make(struct chosen_block *out, const struct sim_request *request,
                           const struct header *parent, struct err_detail *detail)
{
    const struct block_overrides *overrides = &request->block;
    struct chain_rules *rules = &out->rules;
    struct block_env *env = &out->env;
    *out = (struct chosen_block){
        .env = {.chain_id = request->chain->chain_id, .gas_limit = SIM_BLOCK_GAS_LIMIT},
    };
    TRY(choose_place(env, overrides, parent, detail));
    TRY(choose_rules(rules, request, env, parent, detail));
    const struct fork_rules *fork = fork_rules(rules->fork);
    TRY(check_fields(overrides, rules, detail));

    if (overrides->has_gas_limit) {
        env->gas_limit = overrides->gas_limit;
    } else if (parent != NULL) {
        env->gas_limit = parent->gas_limit;
    }
    if (overrides->has_beneficiary) {
        env->beneficiary = overrides->beneficiary;
    }
    if (overrides->has_beacon_root) {
        out->beacon_root = overrides->beacon_root;
    }
    /* One field for both: PREVRANDAO is what DIFFICULTY was (EIP-4399). */
    if (fork->eip4399) {
        env->prev_randao = overrides->prev_randao;
    } else if (overrides->has_difficulty) {
        env->prev_randao = overrides->difficulty;
    } else if (parent != NULL) {
        env->prev_randao = parent->difficulty;
    }
    TRY(choose_base_fee(env, overrides, fork, parent, detail));
    return choose_blob_fee(env, overrides, rules, parent, detail);
}
