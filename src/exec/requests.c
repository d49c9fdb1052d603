/* Requests of a block to the consensus layer. */

#include "exec/requests.h"

#include "crypto/sha2.h"

/* EIP-6110, DEPOSIT_EVENT_SIGNATURE_HASH: keccak256("DepositEvent(bytes,bytes,bytes,bytes,bytes)").
 */
static const struct u256 deposit_event = {
    {0xa790803be39038c5, 0xe7e1ee912fc0889a, 0xafea4e5cd82d4049, 0x649bbc62d0e31342}};

/* The event's data: five offsets, and at each a length and that many bytes, padded to words. */
#define EVENT_BYTES 576u
#define WORD        32u

static const struct {
    uint16_t offset; /* of the length */
    uint8_t len;
} fields[] = {{160, 48}, {256, 32}, {320, 8}, {384, 96}, {512, 8}};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

/* word_is tells whether the word at `at` is a number. */
static bool word_is(struct bytes data, size_t at, uint64_t number)
{
    struct u256 word;
    u256_load_be(&word, data.ptr + at);
    struct u256 wanted = u256_from_u64(number);
    return u256_eq(&word, &wanted);
}

/* deposit_read copies the fields of an event; false when the layout is another. */
static bool deposit_read(uint8_t out[static DEPOSIT_REQUEST_BYTES], struct bytes data)
{
    if (data.len != EVENT_BYTES) {
        return false;
    }
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!word_is(data, WORD * i, fields[i].offset) ||
            !word_is(data, fields[i].offset, fields[i].len)) {
            return false;
        }
        memcpy(out, data.ptr + fields[i].offset + WORD, fields[i].len);
        out += fields[i].len;
    }
    return true;
}

static bool is_deposit(const struct log_entry *log, const struct address *contract)
{
    return address_equal(&log->address, contract) && log->topic_count != 0 &&
           u256_eq(&log->topics[0], &deposit_event);
}

enum err requests_deposits(struct bytes *out, bool *valid, struct arena *arena,
                           const struct address *contract, const struct receipt *receipts,
                           size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < receipts[i].log_count; j++) {
            found += is_deposit(&receipts[i].logs[j], contract) ? 1 : 0;
        }
    }
    uint8_t *requests = ARENA_NEW(arena, uint8_t, found *DEPOSIT_REQUEST_BYTES);
    if (requests == NULL) {
        return ERR_MEMORY;
    }
    *out = bytes_from(requests, found * DEPOSIT_REQUEST_BYTES);
    *valid = true;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < receipts[i].log_count; j++) {
            if (is_deposit(&receipts[i].logs[j], contract)) {
                *valid = *valid && deposit_read(requests, receipts[i].logs[j].data);
                requests += DEPOSIT_REQUEST_BYTES;
            }
        }
    }
    return OK;
}

enum err requests_hash(struct hash32 *out, struct arena *arena,
                       const struct bytes data[static REQUEST_TYPES])
{
    struct hash32 hashes[REQUEST_TYPES];
    size_t count = 0;
    for (size_t type = 0; type < REQUEST_TYPES; type++) {
        if (data[type].len == 0) { /* EIP-7685: "items with empty request_data are excluded" */
            continue;
        }
        size_t mark = arena_mark(arena);
        uint8_t *request = ARENA_NEW(arena, uint8_t, data[type].len + 1);
        if (request == NULL) {
            return ERR_MEMORY;
        }
        request[0] = (uint8_t)type;
        memcpy(request + 1, data[type].ptr, data[type].len);
        sha256(&hashes[count], request, data[type].len + 1);
        arena_rewind(arena, mark);
        count++;
    }
    sha256(out, hashes, count * sizeof(hashes[0]));
    return OK;
}
