/* evm rlptest: runs official RLP tests. */

#include "cli/suite.h"
#include "spec/rlptest.h"

static void on_case(void *context, const struct rlptest_case *c)
{
    suite_report(context, &(struct suite_case){
                              .test = c->test,
                              .fork = "",
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
    const struct rlptest runner = {
        .arena = &worker->machine->arena,
        .report = on_case,
        .context = worker,
    };
    return rlptest_run(&runner, text, detail);
}

enum exit_status cmd_rlptest(int argc, char **argv)
{
    static const struct suite_kind kind = {
        .name = "rlptest",
        .help = "Runs official RLP tests.\n",
        .run = run_file,
    };
    return suite_run(&kind, NULL, argc, argv);
}
