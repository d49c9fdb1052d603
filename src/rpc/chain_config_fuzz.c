/* Any bytes as a chain's configuration: refused with an explanation, or a chain that keeps what
 * struct chain_config promises and has rules at every block. The last 17 bytes of the input choose
 * a block. */

#include "rpc/chain_config.h"

#include "tests/fuzz.h"

#define ARENA_BYTES ((size_t)1 << 20)
#define PLACE_BYTES 17

static void check_order(const struct chain_config *chain)
{
    FUZZ_CHECK(chain->fork_count >= 1 && chain->fork_count <= CHAIN_FORKS_MAX);
    FUZZ_CHECK(chain->forks[0].upgrade == CHAIN_FRONTIER);
    for (size_t i = 0; i < chain->fork_count; i++) {
        const struct chain_fork *fork = &chain->forks[i];
        FUZZ_CHECK(fork->blobs == NULL || blob_schedule_is_valid(fork->blobs));
        FUZZ_CHECK((fork->upgrade >= CHAIN_CANCUN) == (fork->blobs != NULL));
        if (i > 0) {
            const struct chain_fork *before = fork - 1;
            FUZZ_CHECK(before->upgrade < fork->upgrade);
            FUZZ_CHECK(before->by <= fork->by);
            FUZZ_CHECK(before->by != fork->by || before->at <= fork->at);
        }
    }
}

/* Rules only grow with the block. */
static void check_rules(const struct chain_config *chain, const uint8_t place[PLACE_BYTES])
{
    const uint64_t number = load_be64(place);
    const uint64_t timestamp = load_be64(place + 8);
    const bool is_merged = (place[16] & 1) != 0;
    struct chain_rules first;
    struct chain_rules here;
    struct chain_rules last;
    chain_rules_at(&first, chain, 0, 0, false);
    chain_rules_at(&here, chain, number, timestamp, is_merged);
    chain_rules_at(&last, chain, UINT64_MAX, UINT64_MAX, true);
    FUZZ_CHECK(first.upgrade <= here.upgrade && here.upgrade <= last.upgrade);
    FUZZ_CHECK(first.fork <= here.fork && here.fork <= last.fork);
    FUZZ_CHECK(last.upgrade == chain->forks[chain->fork_count - 1].upgrade);
    FUZZ_CHECK((here.fork >= FORK_CANCUN) == (here.blobs.base_fee_update_fraction != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static _Alignas(64) uint8_t region[ARENA_BYTES];
    struct arena arena;
    struct chain_config chain;
    struct err_detail detail = {""};
    uint8_t place[PLACE_BYTES] = {0};
    const size_t text_len = len > PLACE_BYTES ? len - PLACE_BYTES : len;
    bytes_copy(place, data + text_len, len - text_len);
    arena_init(&arena, region, sizeof(region));
    if (chain_config_parse(&chain, &arena, bytes_from(data, text_len), &detail) == OK) {
        check_order(&chain);
        check_rules(&chain, place);
    } else {
        FUZZ_CHECK(detail.text[0] != '\0');
    }
    arena_reset(&arena);
    return 0;
}
