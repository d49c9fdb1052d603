/* evm statetest: runs official state tests. */

#include "cli/suite.h"
#include "spec/statetest.h"

static void on_case(void *context, const struct statetest_case *c)
{
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

static enum err run_file(struct suite_worker *worker, void *context, struct bytes text,
                         struct err_detail *detail)
{
    (void)context;
    struct statetest runner = {
        .evm = &worker->machine->evm,
        .arena = &worker->machine->arena,
        .key = worker->machine->key,
        .only_fork = suite_only_fork(worker),
        .report = on_case,
        .claim = on_claim,
        .context = worker,
    };
    return statetest_run(&runner, text, detail);
}

enum exit_status cmd_statetest(int argc, char **argv)
{
    static const struct suite_kind kind = {
        .name = "statetest",
        .help = "Runs official state tests.\n",
        .run = run_file,
        .shares = true,
    };
    return suite_run(&kind, NULL, argc, argv);
}
