/* Any bytes as a request of nitro_simulate: refused with an explanation, or simulated; then a second
 * simulation gives the same text, which is JSON. */

#include "rpc/simulate_result.h"
#include "rpc/simulations.h"

#include <sys/mman.h>

#include "tests/fuzz.h"

/* The gas that one input may use: a second simulation and sanitizers take their time. */
#define GAS_MAX 300000u

#define TEXT_BYTES ((size_t)64 << 20)

static struct sim sim;
static char *texts[2];

static void prepare(void)
{
    static const uint8_t seed[32] = "a simulator for fuzzing";
    size_t len = SIM_REGION_BYTES + EVM_STACK_SLOT + 2 * TEXT_BYTES;
    uint8_t *mapping =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    FUZZ_CHECK(mapping != MAP_FAILED);
    uint8_t *region = mapping + ((0 - (uintptr_t)mapping) & (EVM_STACK_SLOT - 1));
    FUZZ_CHECK(sim_open(&sim, region, seed) == OK);
    texts[0] = (char *)region + SIM_REGION_BYTES;
    texts[1] = texts[0] + TEXT_BYTES;
}

/* simulate answers a request into a buffer; false when it is refused, which it says why. */
static bool simulate(struct writer *to, struct bytes text)
{
    struct simulation request;
    struct sim_failure failure = {.tx_index = SIM_NO_TX};
    struct json_writer json = json_writer_to(to, false);
    enum err e = simulation_parse(&request, SIMULATION_SIMULATE, &sim.arena, text, &failure.detail);
    if (e == OK) {
        struct sim_options *options = &request.simulate.options;
        options->gas_cap = options->gas_cap < GAS_MAX ? options->gas_cap : GAS_MAX;
        e = simulation_run(&json, NULL, &sim, &request, &failure);
    }
    if (e != OK) {
        FUZZ_CHECK(failure.detail.text[0] != '\0' && to->len == 0);
        sim_failure_print(&json, NULL, e, &failure);
    }
    sim_reset(&sim);
    return e == OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (texts[0] == NULL) {
        prepare();
    }
    struct writer first = writer_to(texts[0], TEXT_BYTES);
    struct writer second = writer_to(texts[1], TEXT_BYTES);
    if (!simulate(&first, bytes_from(data, len))) {
        return 0;
    }
    FUZZ_CHECK(simulate(&second, bytes_from(data, len)));
    FUZZ_CHECK(writer_fits(&first) && first.len == second.len);
    FUZZ_CHECK(memcmp(texts[0], texts[1], first.len) == 0);

    const struct json_limits limits = {TEXT_BYTES, SIZE_MAX, JSON_DEPTH_CEILING};
    json_t *parsed;
    FUZZ_CHECK(json_parse(&parsed, writer_view(&first), &limits, NULL) == OK);
    json_free(parsed);
    return 0;
}
