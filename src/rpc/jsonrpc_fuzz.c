/* Any text: the answer is nothing or JSON; each answer of it is an object of JSON-RPC 2.0 with an id
 * and either a result or an error; what was a request gets the id back that it had; and a smaller
 * room changes nothing but what does not fit. The first byte chooses the room and how much memory the
 * JSON may take. */

#include "rpc/jsonrpc.h"

#include <sys/mman.h>

#include "base/limits.h"
#include "tests/fuzz.h"

#define ROOM ((size_t)512 * 1024)

static struct sim *open_sim(void)
{
    static struct sim sim;
    static const uint8_t seed[32] = {1};
    static bool opened;
    if (!opened) {
        uint8_t *region = mmap(NULL, SIM_REGION_BYTES + 65536, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        FUZZ_CHECK(region != MAP_FAILED);
        region += (0 - (uintptr_t)region) & 65535;
        json_setup(1);
        FUZZ_CHECK(sim_open(&sim, region, seed) == OK);
        opened = true;
    }
    return &sim;
}

/* check_one looks at one answer. */
static void check_one(const json_t *answer)
{
    const json_t *version = json_object_get(answer, "jsonrpc");
    const json_t *id = json_object_get(answer, "id");
    const json_t *error = json_object_get(answer, "error");
    FUZZ_CHECK(json_object_size(answer) == 3);
    FUZZ_CHECK(json_is_string(version) && strcmp(json_string_value(version), "2.0") == 0);
    FUZZ_CHECK(json_is_string(id) || json_is_number(id) || json_is_null(id));
    FUZZ_CHECK((error != NULL) != (json_object_get(answer, "result") != NULL));
    if (error != NULL) {
        const json_int_t code = json_integer_value(json_object_get(error, "code"));
        const bool has_data = json_object_get(error, "data") != NULL;
        FUZZ_CHECK(json_object_size(error) == (has_data ? 3 : 2));
        FUZZ_CHECK(json_is_string(json_object_get(error, "message")));
        FUZZ_CHECK((code >= -32603 && code <= -32600) || code == -32700 ||
                   (code >= -32099 && code <= -32000));
    }
}

/* check_answer looks at all that was answered to a text, `request` if it is JSON. */
static void check_answer(struct bytes text, const json_t *request, size_t cap)
{
    if (text.len == 0) {
        FUZZ_CHECK(request != NULL); /* it was notifications */
        return;
    }
    json_error_t error;
    json_t *answer = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    FUZZ_CHECK(answer != NULL);
    if (json_is_array(answer)) {
        FUZZ_CHECK(json_array_size(answer) != 0 && json_is_array(request));
        FUZZ_CHECK(json_array_size(answer) <= json_array_size(request));
        for (size_t i = 0; i < json_array_size(answer); i++) {
            check_one(json_array_get(answer, i));
        }
    } else {
        check_one(answer);
        const json_t *id = json_object_get(request, "id");
        const json_t *got = json_object_get(answer, "id");
        FUZZ_CHECK(!json_is_integer(id) || cap != ROOM || json_equal(id, got) || json_is_null(got));
    }
    json_decref(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t room[ROOM + 1];
    if (len == 0) {
        return 0;
    }
    struct sim *sim = open_sim();
    const size_t cap = (data[0] & 15) == 15 ? ROOM : (size_t)(data[0] & 15) * 300;
    const struct rpc_server server = {
        .methods = rpc_methods,
        .method_count = RPC_METHOD_COUNT,
        .version = "0",
        .json_max = data[0] >= 128 ? LIMIT_RPC_JSON_BYTES : 8192,
        .batch_ms = LIMIT_RPC_BATCH_MS,
    };
    const struct bytes text = bytes_from(data + 1, len - 1);
    struct writer to = writer_to(room, cap);
    room[cap] = 0xa5;
    rpc_answer(&to, &server, sim, text);
    FUZZ_CHECK(room[cap] == 0xa5);
    FUZZ_CHECK(sim->arena.used == 0);
    if (writer_fits(&to)) {
        json_error_t error;
        json_t *request =
            json_loadb(text.len != 0 ? (const char *)text.ptr : "", text.len, 0, &error);
        check_answer(writer_view(&to), request, cap);
        json_decref(request);
    } else {
        FUZZ_CHECK(cap < 1600); /* less than an error may take */
    }
    return 0;
}
