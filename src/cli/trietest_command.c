/* evm trietest: runs official trie tests. */

#include "cli/suite.h"
#include "spec/trietest.h"

static void on_case(void *context, const struct trietest_case *c)
{
    if (c->skipped) {
        suite_skip(context, c->test, c->reason);
        return;
    }
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
    const struct trietest runner = {
        .arena = &worker->machine->arena,
        .key = worker->machine->key,
        .report = on_case,
        .context = worker,
    };
    return trietest_run(&runner, worker->path, text, detail);
}

enum exit_status cmd_trietest(int argc, char **argv)
{
    static const struct suite_kind kind = {
        .name = "trietest",
        .help =
            "Runs official trie tests: the roots in all orders that a test allows, and then the\n"
            "values and proofs of the trie stored and opened again.\n",
        .run = run_file,
    };
    return suite_run(&kind, NULL, argc, argv);
}
