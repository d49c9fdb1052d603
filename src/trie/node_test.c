/* Nodes written by hand: each rule of what a node is, kept and broken, at the places where it
 * matters; and every node cut short, lengthened, and with each of its bytes changed. */

#include "trie/node.h"

#include "codec/rlp.h"
#include "tests/test.h"

#define NODE_MAX 1024u

static const struct node_place root = {.depth = 0};

/* What stands for a hash: 32 bytes. */
#define HASH       "a0" HASH_BYTES
#define HASH_BYTES "0101010101010101010101010101010101010101010101010101010101010101"
/* 31 bytes that an embedded node may have, and 32 that it may not. */
#define LIST_31 \
    "de"        \
    "9d"        \
    "0202020202020202020202020202020202020202020202020202020202"
#define LIST_32 \
    "df"        \
    "9e"        \
    "020202020202020202020202020202020202020202020202020202020202"

/* read_hex reads a node that ends at an unreadable page. */
static enum err read_hex(struct node *out, const char *hex, struct node_place place)
{
    uint8_t bytes[NODE_MAX];
    size_t len = test_hex(bytes, sizeof(bytes), hex);
    return node_read(out, bytes_from(test_guarded(bytes, len), len), place);
}

/* ---- leaves and extensions ------------------------------------------------------------------- */

static const struct {
    const char *what;
    const char *hex;
    unsigned depth;
    bool is_node;
} short_nodes[] = {
    {"a leaf whose key has ended", "c22061", 0, true},
    {"at the greatest depth", "c22061", 64, true},
    {"too deep", "c22061", 66, false},
    {"after half a byte", "c22061", 1, false},
    {"a leaf with one nibble", "c23761", 1, true},
    {"after a whole byte", "c23761", 2, false},
    {"a leaf with two nibbles", "c482207f61", 62, true},
    {"too deep by two", "c482207f61", 64, false},
    {"a leaf with 64 nibbles", "e3a120" HASH_BYTES "61", 0, true},
    {"too deep by one byte", "e3a120" HASH_BYTES "61", 2, false},
    {"a path longer than any key", "e4a220" HASH_BYTES "0161", 0, false},
    {"a leaf without a value", "c22080", 0, false},
    {"a leaf with a list for a value", "c320c161", 0, false},
    {"a leaf with a value not in its only form", "c3208161", 0, false},
    {"a leaf with a longer value",
     "c7208533343536"
     "37",
     0, true},
    {"a path not in its only form", "c3812061", 0, false},
    {"a list for a path", "c3c12061", 0, false},
    {"no path", "c28061", 0, false},
    {"no path, before what could be one", "c28020", 2, false},
    {"an extension with one nibble", "e217" HASH, 0, true},
    {"and a nibble is left for its branch", "e217" HASH, 62, true},
    {"and none is left", "e217" HASH, 63, false},
    {"an extension with two nibbles", "e482007f" HASH, 61, true},
    {"and none is left", "e482007f" HASH, 62, false},
    {"an extension without a path", "e200" HASH, 0, false},
    {"an extension without a child", "c21780", 0, false},
    {"a child of one byte", "c21705", 0, false},
    {"a child of 31 bytes", "e1179f01010101010101010101010101010101010101010101010101010101010101",
     0, false},
    {"a child of 33 bytes", "e317a1" HASH_BYTES "01", 0, false},
    {"an embedded child", "c217c0", 0, true},
    {"the longest embedded child", "e017" LIST_31, 0, true},
    {"a longer one", "e117" LIST_32, 0, false},
    {"a long list for a child",
     "f83b17f838" HASH_BYTES "010101010101010101010101010101010101010101010101", 0, false},
    {"a padding in a leaf", "c22161", 0, false},
    {"a padding in an extension", "e4820f7f" HASH, 0, false},
    {"flags 4", "c24061", 0, false},
    {"flags 5", "c25761", 1, false},
    {"flags 8", "c3818061", 0, false},
    {"flags 15", "c381ff61", 1, false},
    {"one item", "c120", 0, false},
    {"no item", "c0", 0, false},
    {"three items", "c3206161", 0, false},
    {"a third item that is cut short", "c98080a0010101010101", 0, false},
    {"a third list that is cut short", "c58080c50101", 0, false},
    {"a string", "822061", 0, false},
    {"the empty string", "80", 0, false},
    {"nothing", "", 0, false},
    {"a list header not in its only form", "f8022061", 0, false},
};

static void leaves_and_extensions(void)
{
    for (size_t i = 0; i < sizeof(short_nodes) / sizeof(short_nodes[0]); i++) {
        struct node node;
        struct node_place place = {.depth = short_nodes[i].depth};
        enum err want = short_nodes[i].is_node ? OK : ERR_MALFORMED;
        if (read_hex(&node, short_nodes[i].hex, place) != want) {
            test_fail(__FILE__, __LINE__, "%s", short_nodes[i].what);
        }
        place.below_extension = true;
        CHECK_EQ(read_hex(&node, short_nodes[i].hex, place), ERR_MALFORMED);
    }
}

static void what_a_short_node_holds(void)
{
    struct node node;
    CHECK_EQ(read_hex(&node,
                      "cb86201234567890"
                      "83010203",
                      root),
             OK);
    CHECK_EQ(node.kind, NODE_LEAF);
    CHECK_EQ(node.path_count, 10);
    CHECK_EQ(node.children, 0);
    CHECK_EQ(node.value.len, 3);
    CHECK_BYTES(node.value.ptr, "\x01\x02\x03", 3);
    for (unsigned i = 0; i < 10; i++) {
        CHECK_EQ(node_path_nibble(&node, i), (i + 1) % 10);
    }
    CHECK_EQ(read_hex(&node, "e68413579bdf" HASH, root), OK);
    CHECK_EQ(node.kind, NODE_EXTENSION);
    CHECK_EQ(node.path_count, 7);
    CHECK_EQ(node.children, 1);
    CHECK_EQ(node.value.len, 0);
    for (unsigned i = 0; i < 7; i++) {
        CHECK_EQ(node_path_nibble(&node, i), 2 * i + 3);
    }
    CHECK_EQ(node_ref_len(node.ref[0]), 33);
    CHECK_EQ(node.ref[0][0], 0xa0);
    CHECK_EQ(node.ref[0][32], 0x01);
    CHECK_EQ(read_hex(&node, "e017" LIST_31, root), OK);
    CHECK_EQ(node_ref_len(node.ref[0]), 31);
    CHECK_EQ(node.ref[0][1], 0x9d);
    CHECK_EQ(read_hex(&node, "c217c0", root), OK);
    CHECK_EQ(node_ref_len(node.ref[0]), 1);
}

/* ---- branches -------------------------------------------------------------------------------- */

/* branch_write makes a branch of `items` items, child n the n-th of `children` in turn, and then
 * the value. */
static struct bytes branch_write(uint8_t buf[static NODE_MAX], size_t items, uint32_t children,
                                 const char *const *child, const char *value)
{
    uint8_t payload[NODE_MAX];
    struct writer w = writer_to(payload, sizeof(payload));
    for (size_t i = 0; i < items; i++) {
        uint8_t item[64];
        const char *hex = (children >> i & 1) != 0 ? *child++ : i == 16 ? value : "80";
        writer_put(&w, item, test_hex(item, sizeof(item), hex));
    }
    struct writer out = writer_to(buf, NODE_MAX);
    rlp_list_write(&out, w.len);
    writer_put(&out, payload, w.len);
    return writer_view(&out);
}

#define MANY_HASHES \
    {HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH, HASH}

static enum err read_branch(struct node *out, size_t items, uint32_t children, const char *value,
                            struct node_place place)
{
    static const char *const hashes[] = MANY_HASHES;
    uint8_t buf[NODE_MAX];
    struct bytes branch = branch_write(buf, items, children, hashes, value);
    return node_read(out, bytes_from(test_guarded(branch.ptr, branch.len), branch.len), place);
}

static void branches(void)
{
    struct node node;
    const struct node_place odd = {.depth = 1};
    CHECK_EQ(read_branch(&node, 17, 0x0003, "80", root), OK);
    CHECK_EQ(read_branch(&node, 17, 0xffff, "80", root), OK);
    CHECK_EQ(read_branch(&node, 17, 0xffff, "8568656c6c6f", root), OK);
    CHECK_EQ(node.value.len, 5);
    for (size_t items = 0; items < 17; items++) {
        CHECK_EQ(read_branch(&node, items, 0xffff, "80", root), ERR_MALFORMED);
    }
    CHECK_EQ(read_branch(&node, 18, 0xffff, "80", root), ERR_MALFORMED);
    CHECK_EQ(read_branch(&node, 17, 0x8000, "80", root), ERR_MALFORMED);
    CHECK_EQ(read_branch(&node, 17, 0x0000, "80", root), ERR_MALFORMED);
    CHECK_EQ(read_branch(&node, 17, 0x0000, "61", root), ERR_MALFORMED);
    CHECK_EQ(read_branch(&node, 17, 0x0100, "61", root), OK);
    CHECK_EQ(read_branch(&node, 17, 0x0100, "61", odd), ERR_MALFORMED);
    CHECK_EQ(read_branch(&node, 17, 0x0101, "80", odd), OK);
    CHECK_EQ(read_branch(&node, 17, 0x0101, "c161", root), ERR_MALFORMED);
    CHECK_EQ(read_branch(&node, 17, 0x0101, "8161", root), ERR_MALFORMED);
    CHECK_EQ(read_branch(&node, 17, 3, "80", (struct node_place){.depth = 63}), OK);
    CHECK_EQ(read_branch(&node, 17, 3, "80", (struct node_place){.depth = 64}), ERR_MALFORMED);
    CHECK_EQ(read_branch(&node, 17, 3, "61", (struct node_place){.depth = 62}), OK);
    CHECK_EQ(
        read_branch(&node, 17, 3, "80", (struct node_place){.depth = 5, .below_extension = true}),
        OK);
}

static void what_a_branch_holds(void)
{
    static const char *const refs[] = {HASH, "c22061", LIST_31};
    static const unsigned slots[] = {0, 7, 15};
    static const unsigned lens[] = {33, 3, 31};
    struct node node;
    uint8_t buf[NODE_MAX];
    struct bytes branch = branch_write(buf, 17, 0x8081, refs, "820102");
    CHECK_EQ(node_read(&node, branch, root), OK);
    CHECK_EQ(node.kind, NODE_BRANCH);
    CHECK_EQ(node.path_count, 0);
    CHECK_EQ(node.children, 0x8081);
    CHECK_EQ(node.value.len, 2);
    for (unsigned i = 0; i < 3; i++) {
        uint8_t want[64];
        size_t len = test_hex(want, sizeof(want), refs[i]);
        CHECK_EQ(node_ref_len(node.ref[slots[i]]), lens[i]);
        CHECK_EQ(len, lens[i]);
        CHECK_BYTES(node.ref[slots[i]], want, len);
    }
    for (unsigned s = 0; s < 16; s++) {
        CHECK_EQ(node.ref[s] != NULL, (node.children >> s & 1) != 0);
    }
}

static void children_of_a_branch(void)
{
    static const struct {
        const char *child;
        bool is_child;
    } rows[] = {
        {HASH, true},
        {"c0", true},
        {LIST_31, true},
        {LIST_32, false},
        {"61", false},
        {"8161", false},
        {"9f01010101010101010101010101010101010101010101010101010101010101", false},
        {"a1" HASH_BYTES "01", false},
        {"b83801", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned s = 1; s < 16; s++) {
            const char *const refs[] = {HASH, rows[i].child};
            struct node node;
            uint8_t buf[NODE_MAX];
            struct bytes branch = branch_write(buf, 17, 1u | 1u << s, refs, "80");
            CHECK_EQ(node_read(&node, branch, root), rows[i].is_child ? OK : ERR_MALFORMED);
        }
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

/* What is short enough to be embedded must not be behind a hash. */
static void lengths_behind_a_hash(void)
{
    const struct node_place behind = {.depth = 2, .is_behind_hash = true};
    struct node node;
    CHECK_EQ(read_hex(&node,
                      "de20"
                      "9c01010101010101010101010101010101010101010101010101010101",
                      (struct node_place){.depth = 2}),
             OK);
    CHECK_EQ(read_hex(&node,
                      "de20"
                      "9c01010101010101010101010101010101010101010101010101010101",
                      behind),
             ERR_MALFORMED);
    CHECK_EQ(read_hex(&node,
                      "df20"
                      "9d0101010101010101010101010101010101010101010101010101010101",
                      behind),
             OK);
}

/* Whatever one byte is changed to, what is read stays inside the node. */
static void cut_lengthened_and_changed(void)
{
    static const char *const refs[] = {HASH, "c22061", LIST_31};
    uint8_t nodes[3][NODE_MAX];
    struct bytes views[3];
    views[0] = branch_write(nodes[0], 17, 0x8081, refs, "820102");
    views[1] = bytes_from(nodes[1], test_hex(nodes[1], NODE_MAX, "cb8620123456789083010203"));
    views[2] = bytes_from(nodes[2], test_hex(nodes[2], NODE_MAX, "e68413579bdf" HASH));
    for (size_t i = 0; i < 3; i++) {
        struct node node;
        size_t len = views[i].len;
        CHECK_EQ(node_read(&node, views[i], root), OK);
        for (size_t cut = 0; cut < len; cut++) {
            struct bytes part = bytes_from(test_guarded(views[i].ptr, cut), cut);
            CHECK_EQ(node_read(&node, part, root), ERR_MALFORMED);
        }
        nodes[i][len] = 0x80;
        CHECK_EQ(node_read(&node, bytes_from(nodes[i], len + 1), root), ERR_MALFORMED);
        uint8_t *changed = test_guarded(nodes[i], len);
        for (size_t at = 0; at < len; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                changed[at] = (uint8_t)byte;
                if (node_read(&node, bytes_from(changed, len), root) != OK) {
                    continue;
                }
                for (unsigned s = 0; s < 16; s++) {
                    const uint8_t *ref = node.ref[s];
                    CHECK(ref == NULL ||
                          (ref > changed && ref + node_ref_len(ref) <= changed + len));
                }
                CHECK(node.value.len == 0 || node.value.ptr + node.value.len <= changed + len);
                for (unsigned n = 0; n < node.path_count; n++) {
                    CHECK(node_path_nibble(&node, n) < 16);
                }
            }
            changed[at] = nodes[i][at];
        }
    }
}

static const struct test_case cases[] = {
    CASE(leaves_and_extensions),      CASE(what_a_short_node_holds), CASE(branches),
    CASE(what_a_branch_holds),        CASE(children_of_a_branch),    CASE(lengths_behind_a_hash),
    CASE(cut_lengthened_and_changed),
};

TEST_MAIN(cases)
