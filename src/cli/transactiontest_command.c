/* evm transactiontest: runs official transaction tests. */

#include "cli/suite.h"
#include "spec/txtest.h"

static void on_case(void *context, const struct txtest_case *c)
{
    suite_report(context, &(struct suite_case){
                              .test = c->test,
                              .fork = c->fork,
                              .passed = c->passed,
                              .reason = c->reason,
                              .expected = c->expected,
                              .got = c->got,
                          });
}

static enum err run_file(struct suite_worker *worker, void *context, struct bytes text,
                         struct err_detail *detail)
{
    (void)context;
    const struct txtest runner = {
        .arena = &worker->machine->arena,
        .only_fork = suite_only_fork(worker),
        .report = on_case,
        .context = worker,
    };
    return txtest_run(&runner, text, detail);
}

enum exit_status cmd_transactiontest(int argc, char **argv)
{
    static const struct suite_kind kind = {
        .name = "transactiontest",
        .help = "Runs official transaction tests.\n",
        .run = run_file,
    };
    return suite_run(&kind, NULL, argc, argv);
}
