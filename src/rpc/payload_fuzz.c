/* Any bytes as a request and as an answer: refused with an explanation, or read, printed and read
 * again to the same. */

#include "rpc/payload.h"

#include "tests/fuzz.h"

#define ARENA_BYTES ((size_t)1 << 20)
#define TEXT_BYTES  ((size_t)1 << 20)

static void check_request(struct bytes text)
{
    struct transfer first;
    struct transfer second;
    struct err_detail detail = {""};
    if (payload_parse(&first, text, &detail) != OK) {
        FUZZ_CHECK(detail.text[0] != '\0');
        return;
    }
    uint8_t printed[200];
    struct writer to = writer_to(printed, sizeof(printed));
    payload_print(&to, &first);
    FUZZ_CHECK(payload_parse(&second, writer_view(&to), NULL) == OK);
    FUZZ_CHECK(address_equal(&first.sender, &second.sender));
    FUZZ_CHECK(u256_eq(&first.amount, &second.amount));
}

static void check_answer(struct arena *arena, struct bytes text)
{
    static uint8_t first_text[TEXT_BYTES];
    static uint8_t second_text[TEXT_BYTES];
    struct answer first;
    struct answer second;
    struct err_detail detail = {""};
    if (answer_parse(&first, arena, text, &detail) != OK) {
        FUZZ_CHECK(detail.text[0] != '\0');
        return;
    }
    struct writer to = writer_to(first_text, sizeof(first_text));
    answer_print(&to, &first, false);
    FUZZ_CHECK(answer_parse(&second, arena, writer_view(&to), NULL) == OK);
    struct writer again = writer_to(second_text, sizeof(second_text));
    answer_print(&again, &second, false);
    FUZZ_CHECK(to.len == again.len && memcmp(first_text, second_text, to.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static _Alignas(64) uint8_t region[ARENA_BYTES];
    struct arena arena;
    arena_init(&arena, region, sizeof(region));
    check_request(bytes_from(data, len));
    check_answer(&arena, bytes_from(data, len));
    arena_reset(&arena);
    return 0;
}
