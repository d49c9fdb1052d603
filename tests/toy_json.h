#ifndef TESTS_TOY_JSON_H
#define TESTS_TOY_JSON_H

/* toy_json.h: toy chains (tests/toy_chain.h) as files: an official block test, and a block with its
 * witness. What is made is jansson's, to be changed by the test before it becomes a text. */

#include <stdio.h>

#include "codec/hex.h"
#include "codec/json.h"
#include "tests/toy_chain.h"

/* toy_hex gives bytes as a JSON string. */
static inline json_t *toy_hex(const void *data, size_t len)
{
    char *text = malloc(2 * len + 3);
    ASSERT(text != NULL);
    const size_t size = hex_encode_data(text, data, len);
    json_t *string = json_stringn(text, size);
    free(text);
    return string;
}

static inline json_t *toy_number(const struct u256 *number)
{
    uint8_t bytes[32];
    u256_store_be(bytes, number);
    return toy_hex(bytes, sizeof(bytes));
}

static inline json_t *toy_u64(uint64_t number)
{
    const struct u256 wide = u256_from_u64(number);
    return toy_number(&wide);
}

/* toy_pre gives the state of the genesis block. */
static inline json_t *toy_pre(const struct toy_chain *c)
{
    json_t *pre = json_object();
    for (const struct db_memory_account *a = c->state.first; a != NULL; a = a->next) {
        char key[43] = {0};
        json_t *storage = json_object();
        for (const struct db_memory_slot *s = a->slots; s != NULL; s = s->next) {
            char slot[HEX_QUANTITY_MAX + 1] = {0};
            slot[hex_encode_quantity_u256(slot, &s->key)] = '\0';
            (void)json_object_set_new(storage, slot, toy_number(&s->value));
        }
        (void)hex_encode_data(key, a->address.b, sizeof(a->address.b));
        json_t *account = json_pack("{s:o, s:o, s:o, s:o}", "balance", toy_number(&a->info.balance),
                                    "nonce", toy_u64(a->info.nonce), "code",
                                    toy_hex(a->code.ptr, a->code.len), "storage", storage);
        (void)json_object_set_new(pre, key, account);
    }
    return pre;
}

/* toy_test_block gives a block of a test, with a reason why it is not valid, or without (NULL). */
static inline json_t *toy_test_block(struct bytes encoded, const char *exception)
{
    json_t *block = json_pack("{s:o}", "rlp", toy_hex(encoded.ptr, encoded.len));
    if (exception != NULL) {
        (void)json_object_set_new(block, "expectException", json_string(exception));
    }
    return block;
}

/* toy_test gives a test of the chain's blocks, in their order, whose last is `last`. */
static inline json_t *toy_test(const struct toy_chain *c, const char *network, size_t last)
{
    json_t *blocks = json_array();
    for (size_t i = 1; i < c->count; i++) {
        (void)json_array_append_new(blocks, toy_test_block(c->blocks[i].encoded, NULL));
    }
    return json_pack("{s:s, s:{s:o}, s:o, s:o, s:o, s:o}", "network", network, "config", "chainid",
                     toy_u64(c->config.chain_id), "pre", toy_pre(c), "genesisRLP",
                     toy_hex(c->blocks[0].encoded.ptr, c->blocks[0].encoded.len), "blocks", blocks,
                     "lastblockhash", toy_hex(c->blocks[last].hash.b, 32));
}

static inline json_t *toy_hex_list(const struct bytes *items, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(list, toy_hex(items[i].ptr, items[i].len));
    }
    return list;
}

/* toy_file gives a sealed block with its witness and all that a file may say of it. */
static inline json_t *toy_file(struct toy_chain *c, size_t sealed)
{
    const struct toy_block *block = &c->blocks[sealed];
    const struct toy_witness w = toy_witness(c, sealed);
    json_t *witness = json_pack("{s:o, s:o, s:o}", "state", toy_hex_list(w.nodes, w.node_count),
                                "codes", toy_hex_list(w.codes, w.code_count), "headers",
                                toy_hex_list(w.headers, w.header_count));
    return json_pack("{s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:I}", "chainId",
                     (json_int_t)c->config.chain_id, "block",
                     toy_hex(block->encoded.ptr, block->encoded.len), "witness", witness, "number",
                     (json_int_t)block->block.header.number, "hash", toy_hex(block->hash.b, 32),
                     "stateRoot", toy_hex(block->block.header.state_root.b, 32), "receiptsRoot",
                     toy_hex(block->block.header.receipts_root.b, 32), "gasUsed",
                     (json_int_t)block->block.header.gas_used);
}

#endif
