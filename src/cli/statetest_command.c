/* evm statetest: runs official state tests. */

#include "cli/suite.h"
#include "spec/statetest.h"
#include "sys/entropy.h"
#include "sys/memory.h"

/* struct choices: the options of this kind. */
struct choices {
    bool simulates;
};

static const struct arg options[] = {
    {"simulate", NULL, "as requests of nitro_simulate, on witnesses, also ones that lack a node"},
    {NULL, NULL, NULL},
};

static enum err set_option(void *context, size_t option, const char *value,
                           struct err_detail *detail)
{
    struct choices *choices = context;
    (void)option;
    (void)value;
    (void)detail;
    choices->simulates = true;
    return OK;
}

static void on_case(void *context, const struct statetest_case *c)
{
    struct suite_worker *worker = context;
    if (c->skipped != NULL) {
        suite_skip(worker, c->test, c->skipped);
        return;
    }
    if (worker->trace != NULL && !c->was_run) {
        eip3155_forget(worker->trace);
    } else if (worker->trace != NULL) {
        eip3155_summary(worker->trace, &(struct eip3155_summary){
                                           .state_root = &c->state_root,
                                           .output = c->output,
                                           .gas_used = c->gas_used,
                                           .fork = c->fork,
                                           .error = c->trouble,
                                       });
    }
    suite_report(context, &(struct suite_case){
                              .test = c->test,
                              .fork = c->fork,
                              .index = c->index,
                              .passed = c->passed,
                              .reason = c->reason,
                              .expected = c->expected,
                              .got = c->got,
                              .state_root = &c->state_root,
                              .gas_used = c->gas_used,
                          });
}

static size_t on_claim(void *context)
{
    return suite_claim(context);
}

static enum err run_tests(struct suite_worker *worker, const struct simulatetest *simulate,
                          struct bytes text, struct err_detail *detail)
{
    struct statetest runner = {
        .evm = &worker->machine->evm,
        .arena = &worker->machine->arena,
        .key = worker->machine->key,
        .only_fork = suite_only_fork(worker),
        .simulate = simulate,
        .report = on_case,
        .claim = on_claim,
        .context = worker,
    };
    return statetest_run(&runner, text, detail);
}

/* run_simulated runs them with a simulator of the server's size. */
static enum err run_simulated(struct suite_worker *worker, struct bytes text,
                              struct err_detail *detail)
{
    uint8_t seed[32];
    void *region;
    struct sim sim;
    TRY(entropy_bytes(seed, sizeof(seed), detail));
    TRY(memory_reserve(&region, SIM_REGION_BYTES, EVM_STACK_SLOT, detail));
    enum err e = sim_open(&sim, region, seed);
    if (e == OK) {
        const struct simulatetest simulate = {&sim, &worker->machine->arena};
        e = run_tests(worker, &simulate, text, detail);
        sim_close(&sim);
    } else {
        (void)err_explain(detail, e, "%s", err_text(e));
    }
    memory_release(region, SIM_REGION_BYTES);
    return e;
}

static enum err run_file(struct suite_worker *worker, void *context, struct bytes text,
                         struct err_detail *detail)
{
    const struct choices *choices = context;
    return choices->simulates ? run_simulated(worker, text, detail)
                              : run_tests(worker, NULL, text, detail);
}

enum exit_status cmd_statetest(int argc, char **argv)
{
    static const struct suite_kind kind = {
        .name = "statetest",
        .help = "Runs official state tests.\n",
        .options = options,
        .set = set_option,
        .run = run_file,
        .shares = true,
    };
    struct choices choices = {false};
    return suite_run(&kind, &choices, argc, argv);
}
