/* Tries as the state has them: 32-byte random keys, as hashes are, and values of the size of an
 * account. Beside each case its floor: keccak256 of as many inputs of the same sizes as the trie
 * must hash, from one buffer, in batches of any order. What a case takes above its floor is the
 * trie's own cost. Builds include wiping the arena.
 *
 * Partial tries are opened over the nodes that prove their keys, as a block's witness holds them,
 * found by hash; the floor of reading is the finding alone. */

#include "trie/mpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "crypto/keccak_batch.h"
#include "tests/bench.h"
#include "trie/preimages.h"

#define KEYS_MAX    100000u
#define VALUE_SIZE  78u
#define UPDATED     100u
#define ARENA_CAP   ((size_t)128 << 20)
#define NODES_MAX   (2 * KEYS_MAX)
#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

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

static void arena_start(struct arena *arena)
{
    void *region =
        mmap(NULL, ARENA_CAP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED) {
        abort();
    }
    arena_init(arena, region, ARENA_CAP);
}

static void workload_start(struct workload *w, size_t count, size_t changed)
{
    w->count = count;
    w->changed = changed;
    w->keys_sorted = malloc(32 * count);
    w->node_size = malloc(NODES_MAX * sizeof(w->node_size[0]));
    if (w->keys_sorted == NULL || w->node_size == NULL) {
        abort();
    }
    arena_start(&w->arena);
    mpt_init(&w->trie, &w->arena);
    memcpy(w->keys_sorted, keys, 32 * count);
    qsort(w->keys_sorted, count, 32, key_compare);
    measure_nodes(w, w->keys_sorted, count, 0);
    put_first(w, count);
    root(w);
}

/* struct partial is the trie of all keys behind the nodes that it takes to read the first `count`,
 * and then to change the first `changed`, which each run does. */
struct partial {
    size_t count;
    size_t changed;
    struct hash32 root;
    struct arena kept; /* the nodes */
    struct preimages nodes;
    struct mpt_source source;
    struct arena arena;
    struct mpt trie;
};

/* keep adds a copy of a node to the set in `context`. */
static enum err keep(void *context, const struct hash32 *hash, struct bytes node)
{
    struct preimages *to = context;
    uint8_t *copy = ARENA_NEW(to->arena, uint8_t, node.len);
    if (copy == NULL) {
        return ERR_MEMORY;
    }
    memcpy(copy, node.ptr, node.len);
    return preimages_add_hashed(to, hash, bytes_from(copy, node.len));
}

static void read_keys(struct partial *p)
{
    arena_reset(&p->arena);
    mpt_open(&p->trie, &p->arena, &p->root, &p->source);
    for (size_t i = 0; i < p->count; i++) {
        struct bytes value;
        if (mpt_get(&p->trie, &value, bytes_from(keys[i], 32)) != OK || value.len == 0) {
            abort();
        }
    }
}

/* change_keys sets a new value for most keys and removes every tenth. */
static void change_keys(struct partial *p)
{
    static struct mpt_change changes[KEYS_MAX];
    struct hash32 out;
    for (size_t i = 0; i < p->changed; i++) {
        values[i][0] ^= 1;
        changes[i] = (struct mpt_change){bytes_from(keys[i], 32),
                                         bytes_from(values[i], i % 10 == 0 ? 0 : VALUE_SIZE)};
    }
    if (mpt_update(&p->trie, changes, p->changed) != OK || mpt_root(&p->trie, &out) != OK) {
        abort();
    }
    bench_keep(&out);
}

/* partial_start finds out on the whole trie which nodes are needed. */
static void partial_start(struct partial *p, struct mpt *whole, size_t count, size_t changed)
{
    static const uint8_t seed[32] = {1};
    struct map_key key = map_key_from(seed);
    struct arena scratch;
    struct preimages all;
    p->count = count;
    p->changed = changed;
    arena_start(&p->kept);
    arena_start(&p->arena);
    arena_start(&scratch);
    if (preimages_init(&all, &scratch, &key, NODES_MAX) != OK ||
        preimages_init(&p->nodes, &p->kept, &key, 4 * count) != OK ||
        mpt_root(whole, &p->root) != OK || mpt_nodes(whole, keep, &all) != OK) {
        abort();
    }
    p->source = preimages_source(&all);
    read_keys(p);
    change_keys(p);
    if (preimages_each_used(&all, keep, &p->nodes) != OK) {
        abort();
    }
    p->source = preimages_source(&p->nodes);
    (void)munmap(scratch.base, ARENA_CAP);
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
    struct hash32 hashes[64];
    struct bytes inputs[64];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < w->node_count; j += ROWS(inputs)) {
            size_t batch = w->node_count - j < ROWS(inputs) ? w->node_count - j : ROWS(inputs);
            for (size_t k = 0; k < batch; k++) {
                inputs[k] = bytes_from(input, w->node_size[j + k]);
            }
            keccak256_batch(hashes, inputs, batch);
            bench_keep(&hashes);
        }
    }
}

static void run_reads(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        read_keys(context);
    }
}

static void run_finds(void *context, size_t count)
{
    struct partial *p = context;
    for (size_t i = 0; i < count; i++) {
        for (const struct preimage *node = p->nodes.first; node != NULL; node = node->next) {
            struct bytes rlp;
            if (preimages_get(&p->nodes, &rlp, &node->hash) != OK) {
                abort();
            }
            bench_keep(&rlp);
        }
    }
}

static void run_changes(void *context, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        read_keys(context);
        change_keys(context);
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
    static struct partial p[2];
    static char names[2][80];
    partial_start(&p[0], &w[4].trie, 1000, 0);
    partial_start(&p[1], &w[4].trie, 2300, 2000);
    (void)snprintf(names[0], sizeof(names[0]), "open, get 1,000 of 100,000 keys: %zu nodes",
                   (size_t)p[0].nodes.map.count);
    (void)snprintf(names[1], sizeof(names[1]), "open, get 2,300 of 100,000 keys: %zu nodes",
                   (size_t)p[1].nodes.map.count);
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
        {names[0], run_reads, &p[0], 0},
        {"  floor: finding the nodes", run_finds, &p[0], 0},
        {names[1], run_reads, &p[1], 0},
        {"  floor: finding the nodes", run_finds, &p[1], 0},
        {"  the same, change 2,000, root", run_changes, &p[1], 0},
    };
    return bench_main(argc, argv, cases, ROWS(cases));
}
