/* Endpoints as text: every form, both ways, and what each mistake is called. */

#include "net/endpoint.h"

#include "tests/test.h"

static void reads_every_form(void)
{
    struct endpoint e;
    CHECK_EQ(endpoint_parse(&e, "vsock:16:7878", NULL), OK);
    CHECK_EQ(e.kind, ENDPOINT_VSOCK);
    CHECK_EQ(e.cid, 16);
    CHECK_EQ(e.port, 7878);
    CHECK_EQ(endpoint_parse(&e, "tcp:10.0.0.1:65535", NULL), OK);
    CHECK_EQ(e.kind, ENDPOINT_TCP);
    CHECK(!e.ipv6);
    CHECK_BYTES(e.ip, "\x0a\0\0\x01", 4);
    CHECK_EQ(e.port, 65535);
    CHECK_EQ(endpoint_parse(&e, "tcp:[::1]:1", NULL), OK);
    CHECK(e.ipv6);
    CHECK_EQ(e.ip[15], 1);
    CHECK_EQ(endpoint_parse(&e, "tcp:localhost:80", NULL), OK);
    CHECK_BYTES(e.ip, "\x7f\0\0\x01", 4);
    CHECK_EQ(endpoint_parse(&e, "unix:a:b", NULL), OK);
    CHECK_EQ(e.kind, ENDPOINT_UNIX);
    CHECK_STR(e.path, "a:b");
    CHECK_EQ(endpoint_parse(&e, "uds:/tmp/a:b:7878", NULL), OK);
    CHECK_EQ(e.kind, ENDPOINT_UDS);
    CHECK_STR(e.path, "/tmp/a:b");
    CHECK_EQ(e.port, 7878);
    CHECK_EQ(listener_parse(&e, "vsock:4294967294", NULL), OK);
    CHECK_EQ(e.cid, ENDPOINT_CID_ANY);
    CHECK_EQ(e.port, 4294967294u);
    CHECK_EQ(listener_parse(&e, "vsock:0", NULL), OK);
    CHECK_EQ(listener_parse(&e, "tcp:[::]:0", NULL), OK);
    CHECK_EQ(e.port, 0);
}

static void prints_what_it_reads(void)
{
    static const char *const endpoints[] = {"vsock:3:9000",  "vsock:4294967294:1",
                                            "tcp:1.2.3.4:5", "tcp:[::1]:7878",
                                            "unix:x",        "uds:/a/b:1"};
    static const char *const listeners[] = {"vsock:7878", "tcp:0.0.0.0:0", "tcp:[2001:db8::1]:9",
                                            "unix:/run/x"};
    struct endpoint e;
    char text[ENDPOINT_TEXT_MAX];
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
        CHECK_EQ(endpoint_parse(&e, endpoints[i], NULL), OK);
        endpoint_print(text, &e);
        CHECK_STR(text, endpoints[i]);
    }
    for (size_t i = 0; i < sizeof(listeners) / sizeof(listeners[0]); i++) {
        CHECK_EQ(listener_parse(&e, listeners[i], NULL), OK);
        endpoint_print(text, &e);
        CHECK_STR(text, listeners[i]);
    }
}

/* Paths are as long as a socket's address takes, and the longest text fits. */
static void bounds_paths(void)
{
    char text[4 + ENDPOINT_PATH_MAX + 1 + 10 + 1] = "uds:";
    memset(text + 4, 'p', ENDPOINT_PATH_MAX);
    bytes_copy(text + 4 + ENDPOINT_PATH_MAX, ":4294967294", 12);
    struct endpoint e;
    CHECK_EQ(endpoint_parse(&e, text, NULL), OK);
    CHECK_EQ(strlen(e.path), ENDPOINT_PATH_MAX);
    char printed[ENDPOINT_TEXT_MAX];
    endpoint_print(printed, &e);
    CHECK_STR(printed, text);
    char longer[5 + ENDPOINT_PATH_MAX + 2] = "unix:";
    memset(longer + 5, 'p', ENDPOINT_PATH_MAX + 1);
    struct err_detail detail;
    CHECK_EQ(endpoint_parse(&e, longer, &detail), ERR_RANGE);
    CHECK(strstr(detail.text, "too long") != NULL);
}

struct mistake {
    const char *text;
    const char *says;
    enum err err;
    bool listener;
};

static void names_every_mistake(void)
{
    static const struct mistake mistakes[] = {
        {"", "the kind is not known", ERR_MALFORMED, false},
        {"7878", "the kind is not known", ERR_MALFORMED, false},
        {"http://localhost", "the kind is not known", ERR_MALFORMED, false},
        {"VSOCK:1:1", "the kind is not known", ERR_MALFORMED, false},
        {"vsock:7878", "the port is missing", ERR_MALFORMED, false},
        {"vsock::7878", "the CID is not a CID", ERR_RANGE, false},
        {"vsock:4294967295:1", "the CID is not a CID", ERR_RANGE, false},
        {"vsock:99999999999:1", "the CID is not a CID", ERR_RANGE, false},
        {"vsock:-1:1", "the CID is not a CID", ERR_RANGE, false},
        {"vsock:1:0", "the port is not a port", ERR_RANGE, false},
        {"vsock:1:4294967295", "the port is not a port", ERR_RANGE, false},
        {"vsock:1:", "the port is not a port", ERR_RANGE, false},
        {"vsock:1:78 ", "the port is not a port", ERR_RANGE, false},
        {"tcp:", "the port is missing", ERR_MALFORMED, false},
        {"tcp:localhost", "the port is missing", ERR_MALFORMED, false},
        {"tcp:localhost:0", "the port is not a port", ERR_RANGE, false},
        {"tcp:localhost:65536", "the port is not a port", ERR_RANGE, false},
        {"tcp:example.org:80", "the host is not an address", ERR_MALFORMED, false},
        {"tcp:1.2.3:80", "the host is not an address", ERR_MALFORMED, false},
        {"tcp::80", "the host is not an address", ERR_MALFORMED, false},
        {"tcp:[1.2.3.4]:80", "the host is not an address", ERR_MALFORMED, false},
        {"tcp:::1:80", "the host is not an address", ERR_MALFORMED, false},
        {"tcp:[::1:80", "the host is not an address", ERR_MALFORMED, false},
        {"tcp:[]:80", "the host is not an address", ERR_MALFORMED, false},
        {"tcp:000000000000000000000000000000000000000000000000127.0.0.1:80",
         "the host is not an address", ERR_MALFORMED, false},
        {"unix:", "the path is empty", ERR_MALFORMED, false},
        {"uds:/a", "the port is missing", ERR_MALFORMED, false},
        {"uds::1", "the path is empty", ERR_MALFORMED, false},
        {"uds:/a:b", "the port is not a port", ERR_RANGE, false},
        {"uds:/a:1", "the kind is not known", ERR_MALFORMED, true},
        {"vsock:1:1", "the port is not a port", ERR_RANGE, true},
        {"vsock:4294967295", "the port is not a port", ERR_RANGE, true},
    };
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        const struct mistake *m = &mistakes[i];
        struct endpoint e;
        struct err_detail detail = {""};
        enum err err = m->listener ? listener_parse(&e, m->text, &detail)
                                   : endpoint_parse(&e, m->text, &detail);
        if (err != m->err || strstr(detail.text, m->says) == NULL) {
            test_fail(__FILE__, __LINE__, "\"%s\": %s: %s", m->text, err_name(err), detail.text);
        }
    }
}

static void knows_what_is_local(void)
{
    static const char *const local[] = {"vsock:1:7878", "tcp:127.0.0.1:1", "tcp:127.9.9.9:1",
                                        "tcp:[::1]:1",  "unix:x",          "uds:x:1"};
    static const char *const remote[] = {"vsock:2:7878",  "vsock:3:1",  "tcp:128.0.0.1:1",
                                         "tcp:0.0.0.0:1", "tcp:[::]:1", "tcp:[1::1]:1"};
    struct endpoint e;
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
        CHECK_EQ(endpoint_parse(&e, local[i], NULL), OK);
        CHECK(endpoint_is_local(&e));
    }
    for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
        CHECK_EQ(endpoint_parse(&e, remote[i], NULL), OK);
        CHECK(!endpoint_is_local(&e));
    }
}

static const struct test_case cases[] = {
    CASE(reads_every_form),    CASE(prints_what_it_reads), CASE(bounds_paths),
    CASE(names_every_mistake), CASE(knows_what_is_local),
};

TEST_MAIN(cases)
