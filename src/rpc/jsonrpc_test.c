/* The envelope: texts and exactly what is answered to them, batches, ids, limits, and what becomes of
 * results that fail, that do not fit, or that are longer than all the room. The methods are those of
 * the program and some of the test's. */

#include "rpc/jsonrpc.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "rpc/methods.h"
#include "tests/test.h"

#define ROOM ((size_t)1 << 20)

static struct sim sim;
static uint8_t room[ROOM + 4096]; /* what is behind the room, and a NUL, is watched */

/* ---- methods of the test --------------------------------------------------------------------- */

/* echo gives its params back. */
static enum err echo(struct rpc_call *call, struct json_writer *result)
{
    char text[256];
    size_t len = json_dumpb(call->params, text, sizeof(text), JSON_COMPACT);
    json_put_raw(result, NULL, call->params != NULL ? bytes_from(text, len) : bytes_from("0", 1));
    return OK;
}

/* error_with_data writes half a result, and then fails. */
static enum err error_with_data(struct rpc_call *call, struct json_writer *result)
{
    static const char data[] = "{\"account\":\"0x01\"}";
    json_open(result, NULL, '[');
    json_put_text(result, NULL, "half a secret");
    uint8_t *copy = ARENA_NEW(&call->sim->arena, uint8_t, sizeof(data) - 1);
    memcpy(copy, data, sizeof(data) - 1);
    call->data = bytes_from(copy, sizeof(data) - 1);
    return err_explain(&call->detail, ERR_STATE_MISSING, "no \"proof\"");
}

static enum err error_without_words(struct rpc_call *call, struct json_writer *result)
{
    (void)call;
    (void)result;
    return ERR_MEMORY;
}

/* much_data fails with as much data as its first param says. */
static enum err much_data(struct rpc_call *call, struct json_writer *result)
{
    (void)result;
    const size_t len = (size_t)json_integer_value(json_array_get(call->params, 0));
    uint8_t *text = ARENA_NEW(&call->sim->arena, uint8_t, len);
    memset(text, '1', len);
    call->data = bytes_from(text, len);
    return ERR_SIGNATURE;
}

/* long_result gives a string of as many x as its first param says. */
static enum err long_result(struct rpc_call *call, struct json_writer *result)
{
    (void)call;
    static char text[2 * ROOM];
    const size_t len = (size_t)json_integer_value(json_array_get(call->params, 0));
    memset(text, 'x', len);
    text[len] = '\0';
    json_put_text(result, NULL, text);
    return OK;
}

/* dropped gives its params back before it answers. */
static enum err dropped(struct rpc_call *call, struct json_writer *result)
{
    rpc_drop_params(call);
    rpc_drop_params(call);
    json_put_number(result, NULL, call->params == NULL);
    return OK;
}

/* untidy leaves something in the arena, and tells what was there. */
static enum err untidy(struct rpc_call *call, struct json_writer *result)
{
    json_put_number(result, NULL, arena_mark(&call->sim->arena));
    return arena_alloc(&call->sim->arena, 100, 1, 1) != NULL ? OK : ERR_MEMORY;
}

/* as_sent gives its param back as it was sent, in a string, after it has given back the params. */
static enum err as_sent(struct rpc_call *call, struct json_writer *result)
{
    json_t *param;
    struct bytes text;
    TRY(rpc_only_param(&param, call));
    TRY(rpc_param_text(&text, call));
    rpc_drop_params(call);
    json_put_string(result, NULL, text);
    return OK;
}

static const struct rpc_entry methods[] = {
    {"as_sent", as_sent},
    {"echo", echo},
    {"error_with_data", error_with_data},
    {"error_without_words", error_without_words},
    {"much_data", much_data},
    {"long_result", long_result},
    {"dropped", dropped},
    {"untidy", untidy},
};

static const struct rpc_server test_server = {
    .methods = methods,
    .method_count = sizeof(methods) / sizeof(methods[0]),
    .version = "1.2.3",
    .request_max = 1000,
    .answer_max = 2000,
    .json_max = LIMIT_RPC_JSON_BYTES,
    .batch_ms = LIMIT_RPC_BATCH_MS,
};

static const struct rpc_server real_server = {
    .methods = rpc_methods,
    .method_count = RPC_METHOD_COUNT,
    .version = "1.2.3",
    .request_max = 1000,
    .answer_max = 2000,
    .json_max = LIMIT_RPC_JSON_BYTES,
    .batch_ms = LIMIT_RPC_BATCH_MS,
};

static void set_up(void)
{
    static const uint8_t seed[32] = {1};
    static uint8_t *region;
    if (region == NULL) {
        uint8_t *reserved = test_region(SIM_REGION_BYTES + 65536);
        region = reserved + ((0 - (uintptr_t)reserved) & 65535);
        json_setup(1);
        CHECK_EQ(sim_open(&sim, region, seed), OK);
    }
}

/* ask gives the answer to a text, with a NUL, in a room of `cap` bytes. */
static struct writer ask_in(size_t cap, const struct rpc_server *server, const char *text)
{
    set_up();
    struct writer to = writer_to(room, cap);
    memset(room, 0, cap + 1);
    memset(room + cap + 1, 0xa5, sizeof(room) - cap - 1);
    rpc_answer(&to, server, &sim, bytes_from(test_guarded(text, strlen(text)), strlen(text)));
    for (size_t i = cap; i < sizeof(room); i++) {
        if (room[i] != (i == cap ? 0 : 0xa5)) {
            test_fail(__FILE__, __LINE__, "%s: written behind the room", text);
            break;
        }
    }
    return to;
}

static const char *ask(const char *text)
{
    struct writer to = ask_in(ROOM - 1, &test_server, text);
    return writer_fits(&to) ? (const char *)room : "does not fit";
}

/* ---- requests -------------------------------------------------------------------------------- */

struct row {
    const char *text;
    const char *answer;
};

#define CALL(id, method)   "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"" method "\"}"
#define RESULT(id, result) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":" result "}"
#define ERROR(id, code, message)                                                                   \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":" code ",\"message\":\"" message "\"}" \
    "}"
#define ECHO(params)  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":" params "}"
#define NOTE          "{\"jsonrpc\":\"2.0\",\"method\":\"echo\"}"
#define NO_OBJECT     ERROR("null", "-32600", "a request must be an object")
#define NO_ID         ERROR("null", "-32600", ID_WORDS)
#define ID_WORDS      "\\u0022id\\u0022 must be a string, a number or null, and short"
#define VERSION_WORDS "\\u0022jsonrpc\\u0022 must be \\u00222.0\\u0022"
#define METHOD_WORDS  "\\u0022method\\u0022 must be a string"
#define PARAMS_WORDS  "\\u0022params\\u0022 must be an array or an object"
#define UNKNOWN_WORDS "there is no such method; see nitro_version"
#define PARSE(words)  ERROR("null", "-32700", "JSON, line 1, column " words)

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *answer = ask(rows[i].text);
        if (strcmp(answer, rows[i].answer) != 0) {
            test_fail(__FILE__, __LINE__, "%s: %s", rows[i].text, answer);
        }
    }
}

static void answers_requests(void)
{
    static const struct row rows[] = {
        {CALL("1", "echo"), RESULT("1", "0")},
        {ECHO("[]"), RESULT("1", "[]")},
        {ECHO("{}"), RESULT("1", "{}")},
        {ECHO("null"), RESULT("1", "0")},
        {" \n" ECHO("[1,\"two\",{\"three\":null}]") "\r\n",
         RESULT("1", "[1,\"two\",{\"three\":null}]")},
        {"{\"method\":\"echo\",\"id\":1,\"jsonrpc\":\"2.0\"}", RESULT("1", "0")},
        {CALL("1", "none"), ERROR("1", "-32601", UNKNOWN_WORDS)},
        {CALL("1", "Echo"), ERROR("1", "-32601", UNKNOWN_WORDS)},
        {CALL("1", ""), ERROR("1", "-32601", UNKNOWN_WORDS)},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void echoes_ids(void)
{
    static const struct row rows[] = {
        {CALL("0", "echo"), RESULT("0", "0")},
        {CALL("-7", "echo"), RESULT("-7", "0")},
        {CALL("9223372036854775807", "echo"), RESULT("9223372036854775807", "0")},
        {CALL("0.5", "echo"), RESULT("0.5", "0")},
        {CALL("null", "echo"), RESULT("null", "0")},
        {CALL("\"\"", "echo"), RESULT("\"\"", "0")},
        {CALL("\"a\\u00e9\\n\\\"\\\\\"", "echo"), RESULT("\"a\xc3\xa9\\n\\\"\\\\\"", "0")},
        {CALL("true", "echo"), NO_ID},
        {CALL("[1]", "echo"), NO_ID},
        {CALL("{}", "echo"), NO_ID},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
    char id[LIMIT_RPC_ID_BYTES + 2];
    for (size_t len = LIMIT_RPC_ID_BYTES - 1; len <= LIMIT_RPC_ID_BYTES + 1; len++) {
        char text[2 * LIMIT_RPC_ID_BYTES];
        memset(id, 'i', sizeof(id));
        id[0] = '"';
        id[len - 1] = '"';
        id[len] = '\0';
        (void)snprintf(text, sizeof(text), CALL("%s", "echo"), id);
        const char *answer = ask(text);
        CHECK_EQ(strstr(answer, len <= LIMIT_RPC_ID_BYTES ? id : "and short") != NULL, true);
    }
}

static void refuses_what_is_no_request(void)
{
    static const struct row rows[] = {
        {"{}", ERROR("null", "-32600", VERSION_WORDS)},
        {"{\"id\":5}", ERROR("5", "-32600", VERSION_WORDS)},
        {"{\"jsonrpc\":2.0,\"id\":5,\"method\":\"echo\"}", ERROR("5", "-32600", VERSION_WORDS)},
        {"{\"jsonrpc\":\"2.00\",\"id\":5,\"method\":\"echo\"}",
         ERROR("5", "-32600", VERSION_WORDS)},
        {"{\"jsonrpc\":\"1.0\",\"id\":5,\"method\":\"echo\"}", ERROR("5", "-32600", VERSION_WORDS)},
        {"{\"jsonrpc\":\"2.0\",\"id\":5}", ERROR("5", "-32600", METHOD_WORDS)},
        {"{\"jsonrpc\":\"2.0\",\"method\":1}", ERROR("null", "-32600", METHOD_WORDS)},
        {"{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":[\"echo\"]}",
         ERROR("5", "-32600", METHOD_WORDS)},
        {"{\"jsonrpc\":\"2.0\",\"Id\":5,\"method\":\"echo\"}",
         ERROR("null", "-32600", "\\u0022Id\\u0022 is not a key known here")},
        {"{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"echo\",\"parms\":[]}",
         ERROR("5", "-32600", "\\u0022parms\\u0022 is not a key known here")},
        {ECHO("1"), ERROR("1", "-32600", PARAMS_WORDS)},
        {ECHO("\"\""), ERROR("1", "-32600", PARAMS_WORDS)},
        {ECHO("false"), ERROR("1", "-32600", PARAMS_WORDS)},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void refuses_what_is_no_json(void)
{
    static const struct row rows[] = {
        {"", PARSE("1: the text ends too early")},
        {"1", PARSE("1: a syntax error")},
        {"{", PARSE("1: the text ends too early")},
        {ECHO("["), PARSE("51: a syntax error")},
        {ECHO("[1]") "x", PARSE("54: more text after the end")},
        {"{\"id\":1,\"id\":2}", PARSE("12: the object has this key already")},
        {"[9223372036854775808]", PARSE("2: the number is out of range")},
        {"[\"\xff\"]", PARSE("3: the text is not UTF-8")},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Notifications have no answer and are not run; where they are no requests, they have one. */
static void is_silent_about_notifications(void)
{
    static const struct row rows[] = {
        {NOTE, ""},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"none\"}", ""},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"error_with_data\",\"params\":[]}", ""},
        {"[" NOTE "," NOTE "]", ""},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":1}",
         ERROR("null", "-32600", PARAMS_WORDS)},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void answers_batches(void)
{
    static const struct row rows[] = {
        {"[]", ERROR("null", "-32600", "a batch must not be empty")},
        {"[" CALL("1", "echo") "]", "[" RESULT("1", "0") "]"},
        {"[" CALL("1", "echo") "," CALL("2", "none") "," CALL("3", "echo") "]",
         "[" RESULT("1", "0") "," ERROR("2", "-32601", UNKNOWN_WORDS) "," RESULT("3", "0") "]"},
        {"[" NOTE "," CALL("1", "echo") "," NOTE "," NOTE "," CALL("2", "echo") "," NOTE "]",
         "[" RESULT("1", "0") "," RESULT("2", "0") "]"},
        {"[1,[]," CALL("1", "echo") ",{}]",
         "[" NO_OBJECT "," NO_OBJECT
         "," RESULT("1", "0") "," ERROR("null", "-32600", VERSION_WORDS) "]"},
        {"[" CALL("1", "untidy") "," CALL("2", "untidy") "]",
         "[" RESULT("1", "0") "," RESULT("2", "0") "]"},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
    static char text[LIMIT_RPC_BATCH * 64 + 128];
    for (size_t count = LIMIT_RPC_BATCH; count <= LIMIT_RPC_BATCH + 1; count++) {
        size_t len = 0;
        text[len++] = '[';
        for (size_t i = 0; i < count; i++) {
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%s" CALL("1", "echo"),
                                    i != 0 ? "," : "");
        }
        (void)snprintf(text + len, sizeof(text) - len, "]");
        const char *answer = ask(text);
        CHECK_EQ(answer[0], count <= LIMIT_RPC_BATCH ? '[' : '{');
        CHECK_EQ(strstr(answer, "-32005") != NULL, count > LIMIT_RPC_BATCH);
    }
}

/* ---- what methods give ----------------------------------------------------------------------- */

static void gives_params_as_they_were_sent(void)
{
    static const struct row rows[] = {
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"as_sent\",\"params\":[ {} ]}",
         RESULT("1", "\"{}\"")},
        {" {\"params\" : [\n{ \"params\": [1 ,\t2] } ],\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
         "\"as_sent\"} ",
         RESULT("1", "\"{ \\u0022params\\u0022: [1 ,\\u00092] }\"")},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"as_sent\",\"par\\u0061ms\":[{}]}",
         ERROR("1", "-32602", "\\u0022params\\u0022 must be written without escapes")},
        {"[" CALL("1", "echo") ", {\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"as_sent\",\"params\":"
                               "[{\"a\":2}]} "
                               ",{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"as_sent\",\"params\":[{"
                               "\"a\":3}]}]",
         "[" RESULT("1", "0") "," RESULT("2", "\"{\\u0022a\\u0022:2}\"") "," RESULT(
             "3", "\"{\\u0022a\\u0022:3}\"") "]"},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void tells_what_failed(void)
{
    static const struct row rows[] = {
        {CALL("1", "error_with_data"),
         "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32001,\"message\":\"no "
         "\\u0022proof\\u0022\",\"data\":{\"account\":\"0x01\"}}}"},
        {CALL("1", "error_without_words"),
         ERROR("1", "-32010", "the memory of this simulation is used up")},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"dropped\",\"params\":[2]}", RESULT("1", "1")},
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
    /* And nothing of the half result is left. */
    (void)ask(CALL("1", "error_with_data"));
    for (size_t i = 0; i + 6 < ROOM; i++) {
        CHECK(memcmp(room + i, "secret", 6) != 0);
    }
}

/* An answer that fits exactly is given; one byte less of room, and an error stands in its place, with
 * nothing of it left. */
static void bounds_results(void)
{
    static const char text[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"long_result\",\"params\":[5000]}";
    const size_t len = strlen(RESULT("1", "\"\"")) + 5000;
    struct writer to = ask_in(len, &test_server, text);
    CHECK_EQ(to.len, len);
    to = ask_in(len - 1, &test_server, text);
    CHECK_STR((const char *)room,
              ERROR("1", "-32005", "the answer is longer than this server sends"));
    for (size_t i = to.len; i < len; i++) {
        CHECK_EQ(room[i], 0);
    }
    /* Not even the error: the caller sees it, and nothing is written past the end. */
    to = ask_in(50, &test_server, text);
    CHECK(!writer_fits(&to));
    CHECK_EQ(room[50], 0);
}

static void leaves_out_data_that_does_not_fit(void)
{
    static const char text[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"much_data\",\"params\":[5000]}";
    static const char without[] = ERROR("1", "-32011", "the signature is not valid");
    const size_t len = strlen(without) + strlen(",\"data\":") + 5000;
    struct writer to = ask_in(len, &test_server, text);
    CHECK_EQ(to.len, len);
    (void)ask_in(len - 1, &test_server, text);
    CHECK_STR((const char *)room, without);
}

/* In a batch, one request's long result costs only itself. */
static void bounds_results_of_a_batch(void)
{
    static const char text[] = "[" CALL(
        "1", "echo") ",{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"long_result\",\"params\":"
                     "[900000]}," CALL(
                         "3", "echo") ",{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"long_result\","
                                      "\"params\":[900000]}," CALL("5", "echo") "]";
    struct writer to = ask_in(ROOM, &test_server, text);
    CHECK(writer_fits(&to));
    json_error_t error;
    json_t *root = json_loadb((const char *)room, to.len, 0, &error);
    CHECK_EQ(json_array_size(root), 5);
    for (size_t i = 0; i < 5; i++) {
        const json_t *answer = json_array_get(root, i);
        CHECK_EQ(json_integer_value(json_object_get(answer, "id")), i + 1);
        CHECK_EQ(json_object_get(answer, "error") != NULL, i == 3);
    }
    json_decref(root);
    /* The first leaves room for the second to fail; then a batch that fills the room exactly. */
    static const char two[] =
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"long_result\",\"params\":"
        "[19900]}," CALL("2", "echo") "]";
    to = ask_in(20000, &test_server, two);
    CHECK(writer_fits(&to) && strstr((const char *)room, RESULT("2", "0") "]") != NULL);
    CHECK(strstr((const char *)room, "-32005") != NULL);
    static const char one[] =
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"long_result\",\"params\":[19000]}]";
    const size_t len = strlen("[" RESULT("1", "\"\"") "]") + 19000;
    to = ask_in(len, &test_server, one);
    CHECK_EQ(to.len, len);
    CHECK(room[len - 1] == ']' && strstr((const char *)room, "error") == NULL);
    to = ask_in(len - 1, &test_server, one);
    CHECK(writer_fits(&to) && strstr((const char *)room, "-32005") != NULL);
    /* A room in which not all of them could fail. */
    to = ask_in(3000, &test_server, text);
    CHECK_STR((const char *)room, ERROR("null", "-32005", "the batch has too many requests"));
}

/* When a batch has had its time, what is left of it is told so; its first request is run, and one that
 * is no batch as well. */
static void bounds_the_time_of_a_batch(void)
{
    struct rpc_server server = test_server;
    server.batch_ms = 0;
    struct writer to = ask_in(ROOM - 1, &server, CALL("1", "echo"));
    CHECK_STR((const char *)room, RESULT("1", "0"));
    to = ask_in(ROOM - 1, &server,
                "[" CALL("1", "echo") "," CALL("2", "echo") "," NOTE "," CALL("3", "none") "]");
    CHECK(writer_fits(&to));
    CHECK_STR((const char *)room,
              "[" RESULT("1", "0") "," ERROR(
                  "2", "-32012",
                  "the requests before this one took too long") "," ERROR("3", "-32601",
                                                                          UNKNOWN_WORDS) "]");
}

/* The JSON of a text may take so much memory: the longer the text, the fewer values. */
static void bounds_the_json(void)
{
    struct rpc_server server = test_server;
    static const char text[] = ECHO("[1,2,3]");
    /* 1 for the whole, 1 bracket, 4 keys with 4 colons, 3 commas, the array's bracket, 2 commas. */
    const size_t values = 1 + 1 + 4 + 3 + 1 + 2;
    server.json_max = 3 * strlen(text) + values * JSON_VALUE_BYTES;
    struct writer to = ask_in(ROOM - 1, &server, text);
    CHECK_STR((const char *)room, RESULT("1", "[1,2,3]"));
    server.json_max--;
    to = ask_in(ROOM - 1, &server, text);
    CHECK(strstr((const char *)room, "-32005") != NULL && strstr((const char *)room, "values"));
    server.json_max = 3 * strlen(text) - 1;
    to = ask_in(ROOM - 1, &server, text);
    CHECK(strstr((const char *)room, "-32005") != NULL && strstr((const char *)room, "bytes"));
    CHECK(writer_fits(&to));
    char deep[3 * LIMIT_JSON_DEPTH] = "";
    memset(deep, '[', LIMIT_JSON_DEPTH + 1);
    CHECK(strstr(ask(deep), "-32005") != NULL && strstr(ask(deep), "nested") != NULL);
}

static void refuses(void)
{
    static const struct {
        enum err err;
        const char *answer;
    } rows[] = {
        {ERR_BUSY, ERROR("null", "-32002", "why")},
        {ERR_LIMIT, ERROR("null", "-32005", "why")},
        {ERR_MALFORMED, ERROR("null", "-32600", "why")},
        {ERR_TRUNCATED, ERROR("null", "-32600", "why")},
        {ERR_TIMEOUT, ERROR("null", "-32012", "why")},
        {ERR_REFUSED, ERROR("null", "-32013", "why")},
        {ERR_IO, ERROR("null", "-32603", "why")},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct writer to = writer_to(room, ROOM);
        memset(room, 0, ROOM + 1);
        rpc_refuse(&to, rows[i].err, "why");
        CHECK_STR((const char *)room, rows[i].answer);
    }
}

static void has_a_code_for_each_error(void)
{
    for (unsigned e = OK + 1; e < ERR_COUNT; e++) {
        const int code = rpc_code_of((enum err)e);
        CHECK((code >= -32099 && code <= -32000) || (code >= -32603 && code <= -32600));
    }
}

/* ---- the program's methods ------------------------------------------------------------------- */

static const char *ask_really(const char *text)
{
    struct writer to = ask_in(ROOM - 1, &real_server, text);
    return writer_fits(&to) ? (const char *)room : "does not fit";
}

static void tells_its_version(void)
{
    const char *answer = ask_really(CALL("1", "nitro_version"));
    static const char start[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"version\":\"1.2.3\",\"fork\":"
        "\"Osaka\",\"methods\":[\"nitro_version\",\"nitro_transfer\"";
    static const char end[] =
        "],\"limits\":{\"requestBytes\":1000,\"answerBytes\":2000,\"jsonBytes\":"
        "117440512,\"jsonDepth\":32,\"batch\":100}}}";
    CHECK_BYTES(answer, start, sizeof(start) - 1);
    CHECK_STR(strstr(answer, "],"), end);
    for (size_t i = 0; i < RPC_METHOD_COUNT; i++) {
        CHECK(strstr(answer, rpc_methods[i].name) != NULL);
    }
    CHECK(strstr(ask_really("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nitro_version\",\"params\":"
                            "[]}"),
                 "1.2.3") != NULL);
    CHECK_STR(ask_really("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nitro_version\",\"params\":"
                         "[1]}"),
              ERROR("1", "-32602", "nitro_version takes no params"));
}

#define SENDER "0xdafea492d9c6733ae3d56b7ed1adb60692c98bc5"
#define TRANSFER(params) \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nitro_transfer\",\"params\":" params "}"
#define ONE_OBJECT "\\u0022params\\u0022 must be an array of one object"

static void simulates_the_transfer(void)
{
    const char *answer = ask_really(TRANSFER("[{\"sender\":\"" SENDER "\",\"amount\":\"0x2a\"}]"));
    static const char start[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"result\":{\"status\":"
                                "\"success\",\"reason\":\"stop\",\"gasUsed\":21000,";
    CHECK_BYTES(answer, start, sizeof(start) - 1);
    CHECK(strstr(answer, "\"" SENDER "\":{\"balance\":\"0x2a\"") != NULL);
    answer = ask_really(TRANSFER("[{\"sender\":\"" SENDER "\",\"amount\":112}]"));
    CHECK_STR(answer,
              RESULT("1", "{\"result\":{\"status\":\"rejected\",\"reason\":\"insufficient "
                          "funds for gas and value\",\"needs\":\"0x70\",\"has\":\"0x6f\"}}"));
    static const char *const bads[] = {TRANSFER("[]"), TRANSFER("{}"), TRANSFER("[1]"),
                                       TRANSFER("[{},{}]"), CALL("1", "nitro_transfer")};
    for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
        CHECK_STR(ask_really(bads[i]), ERROR("1", "-32602", ONE_OBJECT));
    }
    CHECK_STR(ask_really(TRANSFER("[{\"amount\":1}]")),
              ERROR("1", "-32602", "\\u0022sender\\u0022 is missing"));
    CHECK_STR(
        ask_really(TRANSFER("[{\"sender\":\"" SENDER "\",\"amount\":-1}]")),
        ERROR("1", "-32602", "\\u0022amount\\u0022 is out of range: it must not be negative"));
}

static const struct test_case cases[] = {
    CASE(answers_requests),
    CASE(echoes_ids),
    CASE(refuses_what_is_no_request),
    CASE(refuses_what_is_no_json),
    CASE(is_silent_about_notifications),
    CASE(answers_batches),
    CASE(gives_params_as_they_were_sent),
    CASE(tells_what_failed),
    CASE(bounds_results),
    CASE(leaves_out_data_that_does_not_fit),
    CASE(bounds_results_of_a_batch),
    CASE(bounds_the_time_of_a_batch),
    CASE(bounds_the_json),
    CASE(refuses),
    CASE(has_a_code_for_each_error),
    CASE(tells_its_version),
    CASE(simulates_the_transfer),
};

TEST_MAIN(cases)
