/* Batches of Keccak-256: every form, for every number of messages and every mix of lengths, gives
 * what keccak256 gives for each. */

#include "crypto/keccak_batch.h"

#include "crypto/keccak_round.h"
#include "tests/test.h"

#define COUNT_MAX 40u
#define LEN_MAX   700u

typedef void batch_fn(struct hash32 *out, const struct bytes *in, size_t count);

/* check compares a form with keccak256 on messages that end at unreadable pages. */
static void check(batch_fn *form, const struct bytes *in, size_t count)
{
    struct hash32 out[COUNT_MAX + 1];
    memset(out, 0xa5, sizeof(out));
    form(out, in, count);
    for (size_t i = 0; i < count; i++) {
        struct hash32 wanted;
        keccak256(&wanted, in[i].ptr, in[i].len);
        CHECK_BYTES(out[i].b, wanted.b, 32);
    }
    CHECK_EQ(out[count].b[0], 0xa5); /* not one more */
}

static void check_all(const struct bytes *in, size_t count)
{
    check(keccak256_batch, in, count);
    check(keccak256_batch_avx2, in, count);
    if (keccak_has_avx512()) {
        check(keccak256_batch_avx512, in, count);
    }
}

/* Around the ends of blocks, each length beside itself and beside the others. */
static void every_length_near_a_block(void)
{
    uint8_t data[LEN_MAX];
    test_random_bytes(data, sizeof(data));
    for (size_t len = 0; len <= 2 * KECCAK_RATE + 2 && !test_failed(); len++) {
        struct bytes in[COUNT_MAX];
        for (size_t i = 0; i < COUNT_MAX; i++) {
            size_t l = i % 3 == 0 ? len : (len * (i + 7) + i) % LEN_MAX;
            in[i] = bytes_from(data + (LEN_MAX - l), l);
        }
        in[3] = bytes_from(len == 0 ? NULL : test_guarded(data, len), len);
        check_all(in, COUNT_MAX);
    }
}

static void every_count(void)
{
    uint8_t data[LEN_MAX];
    test_random_bytes(data, sizeof(data));
    for (size_t count = 0; count <= COUNT_MAX && !test_failed(); count++) {
        struct bytes in[COUNT_MAX + 1];
        for (size_t i = 0; i < count; i++) {
            in[i] = bytes_from(data, test_random() % LEN_MAX);
        }
        check_all(in, count);
    }
}

/* Messages of very different lengths: lanes that finish early take others. */
static void a_long_message_among_short_ones(void)
{
    static uint8_t data[50000];
    test_random_bytes(data, sizeof(data));
    for (size_t at = 0; at < 12; at++) {
        struct bytes in[COUNT_MAX];
        for (size_t i = 0; i < COUNT_MAX; i++) {
            in[i] = bytes_from(data, i == at ? sizeof(data) : i);
        }
        check_all(in, COUNT_MAX);
    }
}

static const struct test_case cases[] = {
    CASE(every_length_near_a_block),
    CASE(every_count),
    CASE(a_long_message_among_short_ones),
};

TEST_MAIN(cases)
