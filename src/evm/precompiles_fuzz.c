/* Every precompile on any input: it ends, gives the same when asked again, keeps within its room
 * and its gas, leaves the scratch arena as it was, and its price is one number: with just that it
 * does the same, with less it runs out of gas.
 *
 * Input:
 *   fork   of FORK_COUNT; & 0x80: the input is laid over a good one
 *   which  precompile
 *   gas    3 bytes, big-endian, at most GAS_MAX: a few pairings
 *   at     of a good input where the rest of these bytes goes, 2 bytes, big-endian
 *   input
 */

#include "base/cursor.h"
#include "evm/precompiles.h"
#include "tests/fuzz.h"

#define GAS_MAX     400000
#define INPUT_MAX   2048u
#define OUTPUT_MAX  1024u
#define SCRATCH_MAX ((size_t)1 << 20)

static const struct {
    uint16_t at;
    const char *input; /* one that succeeds, in hex; NULL: zeros do, in this length */
    size_t len;
} rows[] = {
    {0x01,
     "456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3"
     "000000000000000000000000000000000000000000000000000000000000001c"
     "9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608"
     "4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada",
     0},
    {0x02, NULL, 33},
    {0x03, NULL, 33},
    {0x04, NULL, 33},
    {0x05,
     "0000000000000000000000000000000000000000000000000000000000000003"
     "0000000000000000000000000000000000000000000000000000000000000004"
     "0000000000000000000000000000000000000000000000000000000000000005"
     "010203040506070809101113",
     0},
    {0x06,
     "0000000000000000000000000000000000000000000000000000000000000001"
     "0000000000000000000000000000000000000000000000000000000000000002"
     "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
     "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4",
     0},
    {0x07,
     "0000000000000000000000000000000000000000000000000000000000000001"
     "0000000000000000000000000000000000000000000000000000000000000002"
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     0},
    {0x08,
     "0000000000000000000000000000000000000000000000000000000000000001"
     "0000000000000000000000000000000000000000000000000000000000000002"
     "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
     "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
     "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
     "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
     0},
    {0x09, NULL, 213},
    {0x0a,
     "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014"
     "0000000000000000000000000000000000000000000000000000000000000005"
     "0000000000000000000000000000000000000000000000000000000000000000"
     "c00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000"
     "c00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000",
     0},
    {0x0b, NULL, 256},
    {0x0c,
     "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0f"
     "c3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
     "0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4"
     "fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1"
     "0000000000000000000000000000000000000000000000000000000000000007",
     0},
    {0x0d, NULL, 512},
    {0x0e, NULL, 288},
    {0x0f, NULL, 384},
    {0x10, NULL, 64},
    {0x11, NULL, 128},
    {0x100,
     "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"
     "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
     "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
     "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
     "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
     0},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* struct trial: one input for one precompile. */
struct trial {
    precompile_fn *run;
    const struct fork_rules *rules;
    struct bytes input;
    struct arena *scratch;
    struct p256 *p256;
};

/* struct answer: what a run gave. */
struct answer {
    enum precompile_result result;
    int64_t gas_left;
    size_t output_len;
    uint8_t output[OUTPUT_MAX];
};

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* make_good writes a row's good input; returns its length. */
static size_t make_good(uint8_t out[static INPUT_MAX], size_t row)
{
    if (rows[row].input == NULL) {
        memset(out, 0, rows[row].len);
        return rows[row].len;
    }
    size_t len = strlen(rows[row].input) / 2;
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(digit(rows[row].input[2 * i]) * 16 + digit(rows[row].input[2 * i + 1]));
    }
    return len;
}

static void run(struct answer *out, const struct trial *t, int64_t gas)
{
    struct precompile_call call = {
        .rules = t->rules,
        .scratch = t->scratch,
        .p256 = t->p256,
        .input = t->input,
        .gas_left = gas,
        .output = out->output,
        .output_cap = sizeof(out->output),
    };
    size_t used = t->scratch->used;
    out->result = t->run(&call);
    out->gas_left = call.gas_left;
    out->output_len = call.output_len;
    FUZZ_CHECK(t->scratch->used == used);
    FUZZ_CHECK(call.gas_left >= 0 && call.gas_left <= gas);
    FUZZ_CHECK(call.output_len <= sizeof(out->output));
    FUZZ_CHECK(out->result == PRECOMPILE_OK || call.output_len == 0);
    FUZZ_CHECK(out->result != PRECOMPILE_OUT_OF_GAS || call.gas_left == gas);
}

/* check_again runs once more, with other gas: the same result and output. */
static void check_again(const struct trial *t, const struct answer *first, int64_t gas)
{
    struct answer again;
    run(&again, t, gas);
    FUZZ_CHECK(again.result == first->result && again.output_len == first->output_len);
    FUZZ_CHECK(memcmp(again.output, first->output, first->output_len) == 0);
}

static void check(const struct trial *t, int64_t gas)
{
    struct answer first;
    struct answer less;
    run(&first, t, gas);
    check_again(t, &first, gas);
    /* An ERROR is that the output, or the scratch, has no room: not for these. */
    if (first.result == PRECOMPILE_ERROR) {
        FUZZ_CHECK(t->run == pre_identity || t->run == pre_modexp);
        return;
    }
    int64_t price = gas - first.gas_left;
    if (first.result == PRECOMPILE_OUT_OF_GAS || price == 0) {
        return;
    }
    check_again(t, &first, price);
    run(&less, t, price - 1);
    FUZZ_CHECK(less.result == PRECOMPILE_OUT_OF_GAS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t scratch[SCRATCH_MAX] __attribute__((aligned(64)));
    static struct p256 *p256; /* once for all inputs: it is slow to make */
    static uint8_t good[INPUT_MAX];
    if (len < 7 || len > INPUT_MAX / 2) {
        return 0;
    }
    if (p256 == NULL) {
        p256 = p256_new();
        FUZZ_CHECK(p256 != NULL);
    }
    size_t row = data[1] % ROWS;
    int64_t gas = (data[2] * 65536 + data[3] * 256 + data[4]) % GAS_MAX;
    size_t at = (size_t)data[5] * 256 + data[6];
    struct arena arena;
    arena_init(&arena, scratch, sizeof(scratch));
    struct trial t = {
        .rules = fork_rules((enum fork)(data[0] % 0x80 % FORK_COUNT)),
        .input = bytes_from(data + 7, len - 7),
        .scratch = &arena,
        .p256 = p256,
    };
    struct address address = {{0}};
    store_be32(address.b + 16, rows[row].at);
    t.run = precompile_find(t.rules, &address);
    if (t.run == NULL) {
        return 0;
    }
    uint8_t *exact = NULL; /* just as long as the input, for the sanitizer */
    if (data[0] >= 0x80) {
        size_t good_len = make_good(good, row);
        at %= good_len + 1;
        memcpy(good + at, t.input.ptr, t.input.len);
        t.input.len = at + t.input.len > good_len ? at + t.input.len : good_len;
        exact = malloc(t.input.len);
        FUZZ_CHECK(exact != NULL);
        memcpy(exact, good, t.input.len);
        t.input.ptr = exact;
    }
    check(&t, gas);
    free(exact);
    arena_reset(&arena);
    return 0;
}
