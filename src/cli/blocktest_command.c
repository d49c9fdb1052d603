/* evm blocktest: runs official block tests. */

#include "cli/suite.h"
#include "spec/blocktest.h"

/* struct choices: the options of this kind. */
struct choices {
    bool stateless;
    bool minimal;
};

static const struct arg options[] = {
    {"stateless", NULL, "run each block again from nothing but its witness"},
    {"minimal", NULL, "and again without each node of it, which must fail (slow)"},
    {NULL, NULL, NULL},
};

static enum err set_option(void *context, size_t option, const char *value,
                           struct err_detail *detail)
{
    struct choices *choices = context;
    (void)value;
    (void)detail;
    choices->stateless = true;
    choices->minimal = choices->minimal || option == 1;
    return OK;
}

static void on_case(void *context, const struct blocktest_case *c)
{
    suite_report(context, &(struct suite_case){
                              .test = c->test,
                              .fork = c->network,
                              .index = c->block,
                              .passed = c->passed,
                              .reason = c->reason,
                              .expected = c->expected,
                              .got = c->got,
                              .state_root = &c->state_root,
                              .gas_used = c->gas_used,
                          });
}

static enum err run_file(struct suite_worker *worker, void *context, struct bytes text,
                         struct err_detail *detail)
{
    const struct choices *choices = context;
    struct blocktest runner = {
        .evm = &worker->machine->evm,
        .arena = &worker->machine->arena,
        .scratch = &worker->machine->scratch,
        .key = worker->machine->key,
        .only_network = suite_only_fork(worker),
        .stateless = choices->stateless,
        .minimal = choices->minimal,
        .report = on_case,
        .context = worker,
    };
    return blocktest_run(&runner, text, detail);
}

enum exit_status cmd_blocktest(int argc, char **argv)
{
    static const struct suite_kind kind = {
        .name = "blocktest",
        .help = "Runs official block tests. The index of a failure is the block's in the test.\n",
        .options = options,
        .set = set_option,
        .run = run_file,
    };
    struct choices choices = {false, false};
    return suite_run(&kind, &choices, argc, argv);
}
