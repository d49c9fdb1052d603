/* Any bytes as a transaction: refused with a name and nothing taken, or decoded to what encodes to
 * the same bytes; and tx_read says what decoding, type, chain and signature say one by one. */

#include "exec/tx_rlp.h"

#include "tests/fuzz.h"

#define ARENA_BYTES ((size_t)4 << 20)

static struct arena arena;

static void check_encodes(struct bytes raw, const struct tx *tx,
                          const struct tx_signature *signature)
{
    size_t mark = arena_mark(&arena);
    uint8_t *buffer = ARENA_NEW(&arena, uint8_t, raw.len);
    FUZZ_CHECK(buffer != NULL);
    struct writer w = writer_to(buffer, raw.len);
    tx_encode(&w, tx, signature);
    FUZZ_CHECK(w.len == raw.len && tx_size(tx, signature) == raw.len);
    FUZZ_CHECK(memcmp(buffer, raw.ptr, raw.len) == 0);
    arena_rewind(&arena, mark);
}

/* check_read compares tx_read with its parts. */
static void check_read(struct bytes raw, const struct tx *tx, const struct tx_signature *signature,
                       enum err decoded, enum fork fork)
{
    const struct fork_rules *rules = fork_rules(fork);
    const uint64_t chain_id = 1;
    struct tx read;
    enum tx_status status = TX_STATUS_COUNT;
    FUZZ_CHECK(tx_read(&read, &status, &arena, raw, chain_id, rules) == OK);
    FUZZ_CHECK(status < TX_STATUS_COUNT);
    if (decoded != OK) {
        FUZZ_CHECK(status != TX_OK);
        return;
    }
    struct address sender;
    bool is_ours = !signature->has_chain_id || signature->chain_id == chain_id;
    bool is_right = tx_check_type(tx->type, rules) == TX_OK && is_ours &&
                    tx_recover(&sender, &arena, tx, signature, rules) == OK;
    FUZZ_CHECK((status == TX_OK) == is_right);
    FUZZ_CHECK(!is_right || address_equal(&read.sender, &sender));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static _Alignas(64) uint8_t region[ARENA_BYTES];
    if (len > ARENA_BYTES / 32) {
        return 0;
    }
    struct bytes raw = bytes_from(data, len);
    struct tx tx;
    struct tx_signature signature;
    enum tx_status status = TX_STATUS_COUNT;
    arena_init(&arena, region, sizeof(region));
    enum err e = tx_decode(&tx, &signature, &status, &arena, raw);
    FUZZ_CHECK(e != ERR_MEMORY && status < TX_STATUS_COUNT && (e == OK) == (status == TX_OK));
    FUZZ_CHECK(e == OK ? arena.used <= 6 * len : arena.used == 0);
    if (e == OK) {
        check_encodes(raw, &tx, &signature);
    }
    check_read(raw, &tx, &signature, e, FORK_FRONTIER);
    check_read(raw, &tx, &signature, e, FORK_NEWEST);
    arena_reset(&arena);
    return 0;
}
