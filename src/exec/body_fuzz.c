/* Any bytes as a block, as a header and as a receipt: refused with nothing taken, or decoded within
 * the memory promised to what encodes to the same bytes. */

#include "exec/body.h"
#include "exec/receipt.h"

#include "crypto/keccak.h"
#include "tests/fuzz.h"

#define ARENA_BYTES ((size_t)16 << 20)
#define INPUT_MAX   ((size_t)1 << 18)

static struct arena arena;

static void check_same(const struct writer *w, struct bytes bytes)
{
    FUZZ_CHECK(w->len == bytes.len && memcmp(w->buf, bytes.ptr, bytes.len) == 0);
}

static void check_block(struct bytes bytes, uint8_t *again)
{
    struct block block;
    if (block_decode(&block, &arena, bytes) != OK) {
        FUZZ_CHECK(arena.used == 0);
        return;
    }
    FUZZ_CHECK(arena.used <= 2 * bytes.len && block.encoded_len == bytes.len);
    struct writer w = writer_to(again, INPUT_MAX);
    block_encode(&w, &block);
    FUZZ_CHECK(block_size(&block) == bytes.len);
    check_same(&w, bytes);

    struct hash32 wanted;
    struct hash32 got = header_hash(&block.header);
    keccak256(&wanted, block.header_encoded.ptr, block.header_encoded.len);
    FUZZ_CHECK(hash32_equal(&got, &wanted));
    for (size_t i = 0; i < block.tx_count; i++) {
        FUZZ_CHECK(block.txs[i].len != 0);
        FUZZ_CHECK(block.txs[i].ptr[0] <= 0x7f || block.txs[i].ptr[0] >= 0xc0);
    }
    size_t used = arena.used;
    FUZZ_CHECK(block_transactions_root(&got, &arena, &block) == OK);
    FUZZ_CHECK(block_withdrawals_root(&got, &arena, &block) == OK);
    FUZZ_CHECK(arena.used == used);
    arena_reset(&arena);
}

static void check_header(struct bytes bytes, uint8_t *again)
{
    struct header header;
    if (header_decode(&header, bytes) != OK) {
        return;
    }
    FUZZ_CHECK(bytes.len >= HEADER_RLP_MIN && bytes.len <= HEADER_RLP_MAX);
    struct writer w = writer_to(again, INPUT_MAX);
    header_encode(&w, &header);
    FUZZ_CHECK(header_size(&header) == bytes.len);
    check_same(&w, bytes);
}

static void check_receipt(struct bytes bytes, uint8_t *again)
{
    struct receipt receipt;
    if (receipt_decode(&receipt, &arena, bytes) != OK) {
        FUZZ_CHECK(arena.used == 0);
        return;
    }
    FUZZ_CHECK(arena.used <= 8 * bytes.len);
    struct writer w = writer_to(again, INPUT_MAX);
    receipt_encode(&w, &receipt);
    FUZZ_CHECK(receipt_size(&receipt) == bytes.len);
    check_same(&w, bytes);
    arena_reset(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static _Alignas(64) uint8_t region[ARENA_BYTES];
    static uint8_t again[INPUT_MAX];
    if (len > INPUT_MAX) {
        return 0;
    }
    arena_init(&arena, region, sizeof(region));
    check_block(bytes_from(data, len), again);
    check_header(bytes_from(data, len), again);
    check_receipt(bytes_from(data, len), again);
    return 0;
}
