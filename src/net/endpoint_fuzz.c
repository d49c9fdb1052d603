/* Any text is either refused with an explanation, or read, printed and read again to the same
 * value. */

#include "net/endpoint.h"

#include <string.h>

#include "base/bytes.h"
#include "tests/fuzz.h"

#define TEXT_MAX 512

typedef enum err parser(struct endpoint *out, const char *text, struct err_detail *detail);

static void check(parser *parse, const char *text)
{
    struct endpoint first;
    struct endpoint second;
    struct err_detail detail = {""};
    if (parse(&first, text, &detail) != OK) {
        FUZZ_CHECK(detail.text[0] != '\0');
        return;
    }
    char printed[ENDPOINT_TEXT_MAX];
    endpoint_print(printed, &first);
    FUZZ_CHECK(parse(&second, printed, NULL) == OK);
    FUZZ_CHECK(first.kind == second.kind && first.cid == second.cid && first.port == second.port);
    FUZZ_CHECK(first.ipv6 == second.ipv6 && memcmp(first.ip, second.ip, sizeof(first.ip)) == 0);
    FUZZ_CHECK(strcmp(first.path, second.path) == 0);
    (void)endpoint_is_local(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char text[TEXT_MAX + 1] = "";
    bytes_copy(text, data, len < TEXT_MAX ? len : TEXT_MAX);
    check(endpoint_parse, text);
    check(listener_parse, text);
    return 0;
}
