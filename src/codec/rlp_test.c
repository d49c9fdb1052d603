/* RLP: the vectors of the Ethereum wiki, every one- and two-byte input against a rule of its own,
 * lengths around every change of form, and valid input cut short, changed and lengthened. Whatever
 * decodes must encode to the same bytes: an item has one encoding. */

#include "codec/rlp.h"

#include "tests/test.h"

#define DEPTH_MAX 64

/* reencode walks through everything in `input` and writes it again; false when it does not decode.
 * On return *w has what was decoded so far. */
static bool reencode(struct writer *w, struct bytes input)
{
    struct cursor stack[DEPTH_MAX];
    size_t depth = 1;
    stack[0] = cursor_from(input);
    while (depth != 0) {
        struct cursor *c = &stack[depth - 1];
        if (rlp_end(c) == OK) {
            depth--;
            continue;
        }
        struct rlp_item item;
        if (rlp_next(c, &item) != OK) {
            return false;
        }
        if (item.kind == RLP_STRING) {
            rlp_string_write(w, item.payload);
        } else if (depth == DEPTH_MAX) {
            return false;
        } else {
            rlp_list_write(w, item.payload.len);
            stack[depth++] = cursor_from(item.payload);
        }
    }
    return true;
}

/* reencodes tells whether all of `input` decodes, and checks that it then encodes to itself. */
static bool reencodes(struct bytes input)
{
    static uint8_t buf[1 << 17];
    struct writer w = writer_to(buf, sizeof(buf));
    if (!reencode(&w, input)) {
        return false;
    }
    if (!writer_fits(&w) || w.len != input.len || memcmp(buf, input.ptr, input.len) != 0) {
        test_fail(__FILE__, __LINE__, "other bytes after decoding and encoding");
    }
    return true;
}

static struct bytes guarded(const void *data, size_t len)
{
    return bytes_from(test_guarded(data, len), len);
}

/* ---- vectors --------------------------------------------------------------------------------- */

static void encodes_the_wiki_examples(void)
{
    static const struct {
        const char *text;
        const char *hex;
    } strings[] = {
        {"dog", "83646f67"},
        {"", "80"},
        {"\x0f", "0f"},
        {"\x04\x00", "820400"},
        {"\x7f", "7f"},
        {"\x80", "8180"},
        {"Lorem ipsum dolor sit amet, consectetur adipisicing elit",
         "b8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164"
         "6970697369"
         "63696e6720656c6974"},
    };
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        /* "\x04\x00" is the one with a NUL. */
        size_t len = strings[i].text[0] == 4 ? 2 : strlen(strings[i].text);
        uint8_t want[80];
        size_t want_len = test_hex(want, sizeof(want), strings[i].hex);
        uint8_t got[80];
        struct writer w = writer_to(got, sizeof(got));
        struct bytes string = bytes_from(strings[i].text, len);
        rlp_string_write(&w, string);
        CHECK_EQ(w.len, want_len);
        CHECK_BYTES(got, want, want_len);
        CHECK_EQ(rlp_string_size(string), want_len);
        struct rlp_item item;
        CHECK_EQ(rlp_decode(&item, guarded(want, want_len)), OK);
        CHECK_EQ(item.kind, RLP_STRING);
        CHECK_EQ(item.payload.len, len);
        CHECK_BYTES(item.payload.ptr, strings[i].text, len);
    }
    /* A string of one byte 0 is that byte, not the empty string and not the number 0. */
    uint8_t zero = 0;
    uint8_t got[2];
    struct writer w = writer_to(got, sizeof(got));
    rlp_string_write(&w, bytes_from(&zero, 1));
    CHECK_EQ(w.len, 1);
    CHECK_EQ(got[0], 0);
}

static void encodes_lists(void)
{
    uint8_t buf[64];
    struct writer w = writer_to(buf, sizeof(buf));
    /* ["cat", "dog"], by the sizes of its items. */
    struct bytes cat = bytes_from("cat", 3);
    struct bytes dog = bytes_from("dog", 3);
    rlp_list_write(&w, rlp_string_size(cat) + rlp_string_size(dog));
    rlp_string_write(&w, cat);
    rlp_string_write(&w, dog);
    CHECK_EQ(w.len, 9);
    CHECK_BYTES(buf,
                "\xc8\x83"
                "cat\x83"
                "dog",
                9);
    CHECK_EQ(rlp_list_size(8), 9);

    /* The set theoretical representation of three: [ [], [[]], [ [], [[]] ] ]. */
    static const uint8_t three[] = {0xc7, 0xc0, 0xc1, 0xc0, 0xc3, 0xc0, 0xc1, 0xc0};
    CHECK(reencodes(guarded(three, sizeof(three))));
    struct cursor c = cursor_from(guarded(three, sizeof(three)));
    struct cursor numbers;
    struct cursor number;
    size_t count = 77;
    CHECK_EQ(rlp_list_next(&c, &numbers), OK);
    CHECK_EQ(rlp_end(&c), OK);
    CHECK_EQ(rlp_count(numbers, &count), OK);
    CHECK_EQ(count, 3);
    for (size_t i = 0; i < 3; i++) {
        CHECK_EQ(rlp_end(&numbers), ERR_TRAILING);
        CHECK_EQ(rlp_list_next(&numbers, &number), OK);
        CHECK_EQ(rlp_count(number, &count), OK);
        CHECK_EQ(count, i);
    }
    CHECK_EQ(rlp_end(&numbers), OK);

    /* [address, 0], whose hash gives the address of a created contract. */
    struct address creator;
    memset(creator.b, 0xaa, sizeof(creator.b));
    w = writer_to(buf, sizeof(buf));
    rlp_list_write(&w, 21 + rlp_u64_size(0));
    rlp_address_write(&w, &creator);
    rlp_u64_write(&w, 0);
    CHECK_EQ(w.len, 23);
    CHECK_EQ(buf[0], 0xd6);
    CHECK_EQ(buf[1], 0x94);
    CHECK_BYTES(buf + 2, creator.b, 20);
    CHECK_EQ(buf[22], 0x80);
    c = cursor_from(writer_view(&w));
    struct address back;
    uint64_t nonce = 77;
    CHECK_EQ(rlp_list_next(&c, &c), OK); /* the cursor of the list may replace its own */
    CHECK_EQ(rlp_address_next(&c, &back), OK);
    CHECK(address_equal(&creator, &back));
    CHECK_EQ(rlp_u64_next(&c, &nonce), OK);
    CHECK_EQ(nonce, 0);
    CHECK_EQ(rlp_end(&c), OK);
}

/* ---- exhaustive ------------------------------------------------------------------------------ */

static void decodes_every_single_byte(void)
{
    for (unsigned first = 0; first < 256; first++) {
        uint8_t byte = (uint8_t)first;
        const uint8_t *in = test_guarded(&byte, 1);
        struct rlp_item item = {RLP_LIST, {NULL, 77}, {NULL, 77}};
        struct cursor c = cursor_from(bytes_from(in, 1));
        enum err e = rlp_next(&c, &item);
        bool complete = first <= 0x80 || first == 0xc0;
        CHECK_EQ(e, complete ? OK : ERR_TRUNCATED);
        CHECK(c.pos == (complete ? in + 1 : in));
        if (!complete) {
            CHECK_EQ(item.payload.len, 77);
            continue;
        }
        CHECK_EQ(item.kind, first == 0xc0 ? RLP_LIST : RLP_STRING);
        CHECK_EQ(item.payload.len, first < 0x80 ? 1 : 0);
        CHECK(item.encoded.ptr == in && item.encoded.len == 1);
        CHECK(reencodes(bytes_from(in, 1)));
    }
}

/* two_bytes_expected is the rule, said in another way than the code does. */
static enum err two_bytes_expected(unsigned first, unsigned second)
{
    if (first <= 0x80 || first == 0xc0) {
        return second <= 0x80 || second == 0xc0 ? OK : ERR_TRUNCATED; /* two items */
    }
    if (first == 0x81) {
        return second >= 0x80 ? OK : ERR_MALFORMED;
    }
    if (first == 0xc1) {
        return OK; /* whatever is in the list, the list is complete */
    }
    if (first == 0xb8 || first == 0xf8) {
        return second < 56 ? ERR_MALFORMED : ERR_TRUNCATED;
    }
    return ERR_TRUNCATED;
}

static void decodes_every_two_bytes(void)
{
    uint8_t *in = test_guarded(NULL, 2);
    for (unsigned i = 0; i < 65536; i++) {
        in[0] = (uint8_t)(i >> 8);
        in[1] = (uint8_t)i;
        struct cursor c = cursor_from(bytes_from(in, 2));
        struct rlp_item item;
        enum err e = rlp_next(&c, &item);
        bool one = e == OK && rlp_end(&c) == OK;
        if (e == OK && !one) {
            e = rlp_next(&c, &item);
        }
        CHECK_EQ(e, two_bytes_expected(in[0], in[1]));
        struct rlp_item only;
        CHECK_EQ(rlp_decode(&only, bytes_from(in, 2)) == OK, one);
        bool all = reencodes(bytes_from(in, 2));
        bool list_inside = in[0] == 0xc1 && in[1] > 0x80 && in[1] != 0xc0;
        CHECK_EQ(all, e == OK && !list_inside);
    }
}

/* ---- lengths --------------------------------------------------------------------------------- */

static const size_t lens[] = {0,   1,   2,   3,   54,    55,    56,       57,      127,
                              128, 255, 256, 257, 65535, 65536, 16777215, 16777216};

static void writes_the_shortest_header(void)
{
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        size_t len = lens[i];
        uint8_t *payload = test_region(len + 1);
        memset(payload, 0xff, len); /* a byte of ff does not stand for itself */
        uint8_t *out = test_region(len + 9);
        for (unsigned base = 0x80; base <= 0xc0; base += 0x40) {
            struct writer w = writer_to(out, len + 9);
            if (base == 0x80) {
                rlp_string_write(&w, bytes_from(payload, len));
                CHECK_EQ(w.len, rlp_string_size(bytes_from(payload, len)));
            } else {
                rlp_list_write(&w, len);
                writer_put(&w, payload, len);
                CHECK_EQ(w.len, rlp_list_size(len));
            }
            size_t len_len = len < 56 ? 0 : len < 256 ? 1 : len < 65536 ? 2 : len >> 24 ? 4 : 3;
            CHECK_EQ(w.len, 1 + len_len + len);
            CHECK_EQ(out[0], base + (len_len == 0 ? len : 55 + len_len));
            size_t claimed = 0;
            for (size_t j = 1; j <= len_len; j++) {
                claimed = claimed << 8 | out[j];
            }
            CHECK_EQ(claimed, len_len == 0 ? 0 : len);
            struct rlp_item item;
            CHECK_EQ(rlp_decode(&item, writer_view(&w)), OK);
            CHECK_EQ(item.kind, base == 0x80 ? RLP_STRING : RLP_LIST);
            CHECK(item.payload.ptr == out + 1 + len_len);
            CHECK_EQ(item.payload.len, len);
            CHECK_EQ(item.encoded.len, w.len);
        }
        test_region_free(payload, len + 1);
        test_region_free(out, len + 9);
    }
}

static void refuses_an_item_cut_short_anywhere(void)
{
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]) && lens[i] <= 257; i++) {
        static uint8_t buf[300];
        static uint8_t payload[257];
        memset(payload, 0xff, sizeof(payload));
        for (int list = 0; list < 2; list++) {
            struct writer w = writer_to(buf, sizeof(buf));
            if (list != 0) {
                rlp_list_write(&w, lens[i]);
                writer_put(&w, payload, lens[i]);
            } else {
                rlp_string_write(&w, bytes_from(payload, lens[i]));
            }
            for (size_t cut = 0; cut < w.len; cut++) {
                struct bytes input = guarded(buf, cut);
                struct cursor c = cursor_from(input);
                struct rlp_item item;
                CHECK_EQ(rlp_next(&c, &item), ERR_TRUNCATED);
                CHECK(c.pos == input.ptr);
                CHECK_EQ(rlp_decode(&item, input), ERR_TRUNCATED);
            }
            buf[w.len] = 0;
            struct rlp_item item;
            CHECK_EQ(rlp_decode(&item, bytes_from(buf, w.len + 1)), ERR_TRAILING);
        }
    }
    struct cursor nothing = cursor_from((struct bytes){NULL, 0});
    struct rlp_item item;
    CHECK_EQ(rlp_next(&nothing, &item), ERR_TRUNCATED);
}

static void refuses_lengths_in_another_form(void)
{
    static uint8_t buf[80];
    memset(buf, 0xff, sizeof(buf));
    for (unsigned base = 0x80; base <= 0xc0; base += 0x40) {
        /* Every length that has a short form, in the long one. */
        buf[0] = (uint8_t)(base + 56);
        for (uint8_t len = 0; len < 56; len++) {
            buf[1] = len;
            struct rlp_item item;
            CHECK_EQ(rlp_decode(&item, bytes_from(buf, 2u + len)), ERR_MALFORMED);
        }
        buf[1] = 56;
        struct rlp_item item;
        CHECK_EQ(rlp_decode(&item, bytes_from(buf, 58)), OK);
        /* A length of 56 behind one to seven zeros. */
        for (unsigned zeros = 1; zeros < 8; zeros++) {
            buf[0] = (uint8_t)(base + 56 + zeros);
            memset(buf + 1, 0, zeros);
            buf[1 + zeros] = 56;
            CHECK_EQ(rlp_decode(&item, bytes_from(buf, 58 + zeros)), ERR_MALFORMED);
            memset(buf + 1, 0xff, 8);
        }
    }
    /* A byte that stands for itself, as a string of one byte. */
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t in[2] = {0x81, (uint8_t)byte};
        struct rlp_item item;
        CHECK_EQ(rlp_decode(&item, bytes_from(in, 2)), byte < 0x80 ? ERR_MALFORMED : OK);
    }
}

static void refuses_lengths_beyond_the_input(void)
{
    /* One more than there is, in each form of the length, up to the greatest that can be written.
     */
    uint8_t buf[9 + 64];
    for (unsigned len_len = 1; len_len <= 8; len_len++) {
        for (unsigned base = 0x80; base <= 0xc0; base += 0x40) {
            memset(buf, 0xff, sizeof(buf));
            buf[0] = (uint8_t)(base + 55 + len_len);
            struct cursor c = cursor_from(guarded(buf, sizeof(buf)));
            struct rlp_item item;
            CHECK_EQ(rlp_next(&c, &item), ERR_TRUNCATED);
        }
    }
    buf[0] = 0xb8;
    buf[1] = 71;
    struct rlp_item item;
    CHECK_EQ(rlp_decode(&item, bytes_from(buf, 73)), OK);
    buf[1] = 72;
    CHECK_EQ(rlp_decode(&item, bytes_from(buf, 73)), ERR_TRUNCATED);
    /* An item may not reach over the end of the list it is in, though the input goes on. */
    static const uint8_t over[] = {0xc2, 0x82, 0xff, 0xff};
    struct cursor c = cursor_from(bytes_from(over, sizeof(over)));
    struct cursor items;
    CHECK_EQ(rlp_list_next(&c, &items), OK);
    CHECK_EQ(rlp_next(&items, &item), ERR_TRUNCATED);
    size_t count = 77;
    CHECK_EQ(rlp_count(items, &count), ERR_TRUNCATED);
    CHECK_EQ(count, 77);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void round_trips_numbers(void)
{
    for (unsigned bits = 0; bits <= 256; bits++) {
        struct u256 number = U256_ZERO;
        if (bits != 0) {
            uint8_t digits[32];
            test_random_bytes(digits, sizeof(digits));
            u256_load_be(&number, digits);
            number.w[3] |= UINT64_C(1) << 63;
            struct u256 shift = u256_from_u64(256 - bits);
            u256_shr(&number, &number, &shift);
        }
        uint8_t buf[33];
        struct writer w = writer_to(buf, sizeof(buf));
        rlp_u256_write(&w, &number);
        CHECK(writer_fits(&w));
        CHECK_EQ(w.len, rlp_u256_size(&number));
        CHECK_EQ(w.len, bits < 8 ? 1 : 1 + (bits + 7) / 8);
        struct cursor c = cursor_from(guarded(buf, w.len));
        struct u256 back = {{1, 2, 3, 4}};
        CHECK_EQ(rlp_u256_next(&c, &back), OK);
        CHECK_EQ(rlp_end(&c), OK);
        CHECK(u256_eq(&number, &back));
        c = cursor_from(writer_view(&w));
        uint64_t narrow = 77;
        CHECK_EQ(rlp_u64_next(&c, &narrow), bits <= 64 ? OK : ERR_RANGE);
        CHECK_EQ(narrow, bits <= 64 ? number.w[0] : 77);
        CHECK_EQ(cursor_left(&c), bits <= 64 ? 0 : w.len);
        if (bits <= 64) {
            uint8_t again[9];
            struct writer w64 = writer_to(again, sizeof(again));
            rlp_u64_write(&w64, number.w[0]);
            CHECK_EQ(w64.len, w.len);
            CHECK_EQ(rlp_u64_size(number.w[0]), w.len);
            CHECK_BYTES(again, buf, w.len);
        }
    }
}

static void writes_small_numbers_as_the_strings_they_are(void)
{
    for (uint64_t number = 0; number <= 65537; number++) {
        uint8_t digits[8];
        store_be64(digits, number);
        size_t len = number == 0 ? 0 : number < 256 ? 1 : number < 65536 ? 2 : 3;
        uint8_t want[9];
        uint8_t got[9];
        struct writer string = writer_to(want, sizeof(want));
        struct writer w = writer_to(got, sizeof(got));
        rlp_string_write(&string, bytes_from(digits + 8 - len, len));
        rlp_u64_write(&w, number);
        CHECK_EQ(w.len, string.len);
        CHECK_EQ(rlp_u64_size(number), string.len);
        CHECK_BYTES(got, want, w.len);
    }
}

static void refuses_numbers_in_another_form(void)
{
    static const struct {
        const char *hex;
        enum err u64, u256;
    } bad[] = {
        {"00", ERR_MALFORMED, ERR_MALFORMED},
        {"8100", ERR_MALFORMED, ERR_MALFORMED},
        {"820001", ERR_MALFORMED, ERR_MALFORMED},
        {"8800ffffffffffffff", ERR_MALFORMED, ERR_MALFORMED},
        {"c0", ERR_MALFORMED, ERR_MALFORMED},
        {"c101", ERR_MALFORMED, ERR_MALFORMED},
        {"", ERR_TRUNCATED, ERR_TRUNCATED},
        {"8201", ERR_TRUNCATED, ERR_TRUNCATED},
        {"89010000000000000000", ERR_RANGE, OK},
        {"a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", ERR_RANGE, OK},
        {"a1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", ERR_RANGE,
         ERR_RANGE},
        {"a100ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", ERR_MALFORMED,
         ERR_MALFORMED},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint8_t in[40];
        struct bytes view = guarded(in, test_hex(in, sizeof(in), bad[i].hex));
        struct cursor c = cursor_from(view);
        uint64_t n = 77;
        CHECK_EQ(rlp_u64_next(&c, &n), bad[i].u64);
        CHECK_EQ(n, 77);
        CHECK(c.pos == view.ptr);
        struct u256 w = {{77, 77, 77, 77}};
        CHECK_EQ(rlp_u256_next(&c, &w), bad[i].u256);
        CHECK_EQ(c.pos == view.ptr, bad[i].u256 != OK);
        CHECK_EQ(w.w[3] == 77, bad[i].u256 != OK);
    }
}

/* ---- kinds and sizes ------------------------------------------------------------------------- */

static void refuses_the_wrong_kind_and_size(void)
{
    static const uint8_t list[] = {0xc1, 0x80};
    static const uint8_t string[] = {0x83, 'd', 'o', 'g'};
    struct cursor c = cursor_from(bytes_from(list, sizeof(list)));
    struct bytes view = {NULL, 77};
    uint8_t three[3] = {7, 7, 7};
    CHECK_EQ(rlp_string_next(&c, &view), ERR_MALFORMED);
    CHECK_EQ(rlp_fixed_next(&c, three, 1), ERR_MALFORMED);
    CHECK_EQ(view.len, 77);
    CHECK(c.pos == list);

    c = cursor_from(bytes_from(string, sizeof(string)));
    struct cursor items = {NULL, NULL};
    CHECK_EQ(rlp_list_next(&c, &items), ERR_MALFORMED);
    CHECK(items.pos == NULL);
    CHECK_EQ(rlp_fixed_next(&c, three, 2), ERR_MALFORMED);
    CHECK_EQ(three[0], 7);
    uint8_t four[4];
    CHECK_EQ(rlp_fixed_next(&c, four, 4), ERR_MALFORMED);
    CHECK(c.pos == string);
    CHECK_EQ(rlp_fixed_next(&c, three, 3), OK);
    CHECK_BYTES(three, "dog", 3);
    CHECK_EQ(rlp_end(&c), OK);

    struct hash32 h;
    struct hash32 back;
    memset(h.b, 0x5a, sizeof(h.b));
    uint8_t buf[33];
    struct writer w = writer_to(buf, sizeof(buf));
    rlp_hash32_write(&w, &h);
    c = cursor_from(writer_view(&w));
    struct address a;
    CHECK_EQ(rlp_address_next(&c, &a), ERR_MALFORMED);
    CHECK_EQ(rlp_hash32_next(&c, &back), OK);
    CHECK(hash32_equal(&h, &back));
}

/* ---- damaged input --------------------------------------------------------------------------- */

/* sample writes a list like a transaction's: numbers, an address, data, and lists in lists. */
static size_t sample(uint8_t *buf, size_t cap)
{
    size_t payload_len = 0;
    struct writer w = writer_to(NULL, 0);
    for (int pass = 0; pass < 2; pass++) {
        struct address to;
        memset(to.b, 0x35, sizeof(to.b));
        static const uint8_t data[70] = {1, 2, 3};
        struct u256 value = {{1, 2, 3, 4}};
        if (pass == 1) {
            payload_len = w.len;
            w = writer_to(buf, cap);
            rlp_list_write(&w, payload_len);
        }
        rlp_u64_write(&w, 9);
        rlp_u64_write(&w, 20000000000);
        rlp_address_write(&w, &to);
        rlp_u256_write(&w, &value);
        rlp_string_write(&w, bytes_from(data, sizeof(data)));
        rlp_list_write(&w, 1 + 2 + 21);
        rlp_list_write(&w, 0);
        rlp_list_write(&w, 1);
        rlp_list_write(&w, 0);
        rlp_address_write(&w, &to);
    }
    return writer_view(&w).len;
}

static void counts_without_room(void)
{
    uint8_t buf[256];
    size_t len = sample(buf, sizeof(buf));
    CHECK(reencodes(guarded(buf, len)));
    /* Room for all but one byte: nothing past it is written, and the size is still told. */
    for (size_t cap = 0; cap < len; cap++) {
        struct writer w = writer_to(test_guarded(NULL, cap), cap);
        CHECK(reencode(&w, bytes_from(buf, len)));
        CHECK(!writer_fits(&w));
        CHECK_EQ(w.len, len);
    }
}

static void survives_every_changed_byte(void)
{
    uint8_t buf[256];
    size_t len = sample(buf, sizeof(buf));
    CHECK_EQ(len, 153);
    uint8_t *in = test_guarded(buf, len);
    size_t refused = 0;
    for (size_t place = 0; place < len; place++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            in[place] = (uint8_t)byte;
            refused += reencodes(bytes_from(in, len)) ? 0 : 1;
        }
        in[place] = buf[place];
    }
    /* Most of the bytes are payload, whose change decodes; most changes of the ten headers do not.
     */
    CHECK(refused > 1000);
    for (size_t cut = 1; cut < len; cut++) {
        CHECK(!reencodes(guarded(buf, cut)));
    }
}

static const struct test_case cases[] = {
    CASE(encodes_the_wiki_examples),
    CASE(encodes_lists),
    CASE(decodes_every_single_byte),
    CASE(decodes_every_two_bytes),
    CASE(writes_the_shortest_header),
    CASE(refuses_an_item_cut_short_anywhere),
    CASE(refuses_lengths_in_another_form),
    CASE(refuses_lengths_beyond_the_input),
    CASE(round_trips_numbers),
    CASE(writes_small_numbers_as_the_strings_they_are),
    CASE(refuses_numbers_in_another_form),
    CASE(refuses_the_wrong_kind_and_size),
    CASE(counts_without_room),
    CASE(survives_every_changed_byte),
};

TEST_MAIN(cases)
