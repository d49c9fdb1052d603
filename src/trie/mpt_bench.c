/* Tries as the state has them: 32-byte random keys, as hashes are, and values of the size of an
 * account. Beside each case its floor: keccak256 of as many inputs of the same sizes as the trie
 * must hash, from one buffer. What a case takes above its floor is the trie's own cost. Builds
 * include wiping the arena. */

#include "trie/mpt.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "crypto/keccak.h"
#include "tests/bench.h"

#define KEYS_MAX   100000u
#define VALUE_SIZE 78u
#define UPDATED    100u
#define ARENA_CAP  ((size_t)64 << 20)
#define NODES_MAX  (2 * KEYS_MAX)

static uint8_t keys[KEYS_MAX][32];
static uint8_t values[KEYS_MAX][VALUE_SIZE];

/* struct workload is the trie of the first `count` keys, of which the first `changed` are put in
 * each run: all of them into an empty trie, or some into the trie that was. */
struct workload {
    size_t count;
    size_t changed;
    struct arena arena;
    struct mpt trie;
    uint8_t *keys_sorted; /* count keys, to see the trie's shape */
    uint16_t *node_size;  /* of each node to hash */
    size_t node_count;
    uint8_t stamp; /* to make each run's values new */
};

static void random_bytes(void *out, size_t len)
{
    uint64_t state = 1;
    uint8_t *bytes = out;
    for (size_t i = 0; i < len; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bytes[i] = (uint8_t)(state >> 56);
    }
}

static unsigned nibble_at(const uint8_t *key, unsigned index)
{
    return index % 2 == 0 ? key[index / 2] >> 4 : key[index / 2] & 15u;
}

static int key_compare(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static bool is_changed(const struct workload *w, const uint8_t *sorted, size_t count)
{
    bool found = w->changed == w->count;
    for (size_t i = 0; i < w->changed && !found; i++) {
        found = key_compare(keys[i], sorted) >= 0 &&
                key_compare(keys[i], sorted + 32 * (count - 1)) <= 0;
    }
    return found;
}

static size_t list_size(size_t payload_len)
{
    return payload_len + (payload_len <= 55 ? 1 : payload_len <= 255 ? 2 : 3);
}

/* string_size is for strings of 2 to 255 bytes. */
static size_t string_size(size_t len)
{
    return len + (len <= 55 ? 1 : 2);
}

/* measure_nodes notes the sizes of the changed nodes over `count` sorted keys that agree in `depth`
 * nibbles. All are of 32 bytes and more. */
static void measure_nodes(struct workload *w, const uint8_t *sorted, size_t count, unsigned depth)
{
    if (count == 0 || !is_changed(w, sorted, count)) {
        return;
    }
    unsigned common = depth;
    while (common < 64 &&
           nibble_at(sorted, common) == nibble_at(sorted + 32 * (count - 1), common)) {
        common++;
    }
    size_t path_size = 1 + (common - depth) / 2;
    path_size = path_size == 1 ? 1 : string_size(path_size);
    if (count == 1) {
        w->node_size[w->node_count++] = (uint16_t)list_size(path_size + string_size(VALUE_SIZE));
        return;
    }
    if (common > depth) {
        w->node_size[w->node_count++] = (uint16_t)list_size(path_size + 33);
    }
    size_t payload_len = 17;
    size_t at = 0;
    for (unsigned nibble = 0; nibble < 16; nibble++) {
        size_t first = at;
        while (at < count && nibble_at(sorted + 32 * at, common) == nibble) {
            at++;
        }
        payload_len += at > first ? 32 : 0;
        measure_nodes(w, sorted + 32 * first, at - first, common + 1);
    }
    w->node_size[w->node_count++] = (uint16_t)list_size(payload_len);
}

static void put_first(struct workload *w, size_t count)
{
    w->stamp++;
    for (size_t i = 0; i < count; i++) {
        values[i][0] = w->stamp;
        if (mpt_put(&w->trie, bytes_from(keys[i], 32), bytes_from(values[i], VALUE_SIZE)) != OK) {
            abort();
        }
    }
}

static void root(struct workload *w)
{
    struct hash32 out;
    if (mpt_root(&w->trie, &out) != OK) {
        abort();
    }
    bench_keep(&out);
}

static void workload_start(struct workload *w, size_t count, size_t changed)
{
    w->count = count;
    w->changed = changed;
    void *region =
        mmap(NULL, ARENA_CAP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    w->keys_sorted = malloc(32 * count);
    w->node_size = malloc(NODES_MAX * sizeof(w->node_size[0]));
    if (region == MAP_FAILED || w->keys_sorted == NULL || w->node_size == NULL) {
        abort();
    }
    arena_init(&w->arena, region, ARENA_CAP);
    mpt_init(&w->trie, &w->arena);
    memcpy(w->keys_sorted, keys, 32 * count);
    qsort(w->keys_sorted, count, 32, key_compare);
    measure_nodes(w, w->keys_sorted, count, 0);
    put_first(w, count);
    root(w);
}

/* ---- what is timed --------------------------------------------------------------------------- */

static void run_build(void *context, size_t count)
{
    struct workload *w = context;
    for (size_t i = 0; i < count; i++) {
        arena_reset(&w->arena);
        mpt_init(&w->trie, &w->arena);
        put_first(w, w->count);
        root(w);
    }
}

static void run_puts(void *context, size_t count)
{
    struct workload *w = context;
    for (size_t i = 0; i < count; i++) {
        arena_reset(&w->arena);
        mpt_init(&w->trie, &w->arena);
        put_first(w, w->count);
    }
}

static void run_update(void *context, size_t count)
{
    struct workload *w = context;
    for (size_t i = 0; i < count; i++) {
        put_first(w, w->changed);
        root(w);
    }
}

static void run_floor(void *context, size_t count)
{
    static const uint8_t input[1024];
    const struct workload *w = context;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < w->node_count; j++) {
            struct hash32 hash;
            keccak256(&hash, input, w->node_size[j]);
            bench_keep(&hash);
        }
    }
}

int main(int argc, char **argv)
{
    static struct workload w[6];
    random_bytes(keys, sizeof(keys));
    random_bytes(values, sizeof(values));
    workload_start(&w[0], 5, 5);
    workload_start(&w[1], 300, 300);
    workload_start(&w[2], 1000, 1000);
    workload_start(&w[3], 10000, 10000);
    workload_start(&w[4], 100000, 100000);
    workload_start(&w[5], 10000, UPDATED);
    const struct bench_case cases[] = {
        {"build 5 keys, root", run_build, &w[0], 0},
        {"  floor: keccak256 of its nodes", run_floor, &w[0], 0},
        {"build 300 keys, root", run_build, &w[1], 0},
        {"  without the root", run_puts, &w[1], 0},
        {"  floor: keccak256 of its nodes", run_floor, &w[1], 0},
        {"build 1,000 keys, root", run_build, &w[2], 0},
        {"  without the root", run_puts, &w[2], 0},
        {"  floor: keccak256 of its nodes", run_floor, &w[2], 0},
        {"build 10,000 keys, root", run_build, &w[3], 0},
        {"  without the root", run_puts, &w[3], 0},
        {"  floor: keccak256 of its nodes", run_floor, &w[3], 0},
        {"build 100,000 keys, root", run_build, &w[4], 0},
        {"  without the root", run_puts, &w[4], 0},
        {"  floor: keccak256 of its nodes", run_floor, &w[4], 0},
        {"update 100 of 10,000 keys, root", run_update, &w[5], 0},
        {"  floor: keccak256 of its nodes", run_floor, &w[5], 0},
    };
    return bench_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
