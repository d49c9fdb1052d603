/* Roots over lists: counts around every change in the shape of their keys (an index is its own key
 * below 128, but 0 is the empty string's byte 80; from 128 it takes two bytes, from 256 three),
 * against roots that an independent program computed. */

#include "exec/index_root.h"

#include "tests/test.h"

#define CAP ((size_t)4 << 20)

/* Item i has i % 70 + 1 bytes; byte j of it is 7 i + j, modulo 256. */
static void short_item(struct writer *w, const void *items, size_t index)
{
    (void)items;
    for (size_t j = 0; j < index % 70 + 1; j++) {
        writer_byte(w, (uint8_t)(7 * index + j));
    }
}

/* The same of 2000 bytes. */
static void long_item(struct writer *w, const void *items, size_t index)
{
    (void)items;
    for (size_t j = 0; j < 2000; j++) {
        writer_byte(w, (uint8_t)(7 * index + j));
    }
}

static const struct {
    size_t count;
    index_root_item *item;
    const char *root;
} rows[] = {
    {0, short_item, "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"},
    {1, short_item, "7da536f7df63a0dfb481590e53be0e3063d9b798925cc3d479a3eb3155d0b394"},
    {2, short_item, "b64a71d67b89e99d946418a44815f5dd1dd279cc04fb00d1a1ff3b1da576086f"},
    {16, short_item, "da7ff4ffbf0f8f6c869f92a18611100be27dedfbcc18cd5fbc1251a7044e1c46"},
    {17, short_item, "d0f5de21ac747c09ccac620c90c21f9d23b4bafc1ce3985a043ff66dbb82ae52"},
    {127, short_item, "363d2fc017a18f6e7311360d2ff3f9629d1e075d03840f6f8120cc2c55e03ec9"},
    {128, short_item, "e96e7e5d3fe8a49d76f9833be4d952239c36a9fae791ded7ff532cb069eefe4a"},
    {129, short_item, "ce326fa8cb23474d03880da9de7e3907b21eacc23c76096e77e972624102c2fa"},
    {130, short_item, "6233433d84078c3896c10a12405e6a6dacb3833839ef5bea10e31122fb9d1120"},
    {255, short_item, "1b85623a8c686d5fb0089dfc6170170b831e95ccad89d14b1bb95f8ef45914a7"},
    {256, short_item, "96e14111506e440017ff0958b3a3a923a21f29731d2be111051f8c5061dd90e6"},
    {257, short_item, "33caf3d02e2ea6d3b091e616d9eef6f46fd4a0ca264b72cca26b0866a2cd409e"},
    {400, short_item, "176e212a923ec75cb3f6290c66e11063038b7dfaeb78def64d81260d307ffe26"},
    {3, long_item, "7fe607a7109c73f67668d5ff2feeed8eeb64d80be32e0a6d119cae0320d640a4"},
};

static void roots(void)
{
    void *region = test_region(CAP);
    struct arena arena;
    arena_init(&arena, region, CAP);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hash32 got;
        uint8_t wanted[32];
        (void)test_hex(wanted, sizeof(wanted), rows[i].root);
        CHECK_EQ(index_root(&got, &arena, NULL, rows[i].count, rows[i].item), OK);
        CHECK_BYTES(got.b, wanted, sizeof(wanted));
        CHECK_EQ(arena.used, 0);
    }
    test_region_free(region, CAP);
}

/* Too little memory, wherever it ends, is an error that gives back what was taken. */
static void no_memory(void)
{
    void *region = test_region(CAP);
    struct arena arena;
    struct hash32 got;
    size_t cap = 0;
    for (;; cap += 64) {
        arena_init(&arena, region, cap);
        enum err e = index_root(&got, &arena, NULL, 20, short_item);
        CHECK_EQ(arena.used, 0);
        if (e == OK) {
            break;
        }
        CHECK_EQ(e, ERR_MEMORY);
        CHECK(cap < CAP);
    }
    CHECK(cap > 20 * 64);
    test_region_free(region, CAP);
}

static const struct test_case cases[] = {CASE(roots), CASE(no_memory)};

TEST_MAIN(cases)
