/* Endpoints and listeners as text. */

#include "net/endpoint.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

#define FORMS_ENDPOINT "vsock:CID:PORT, tcp:HOST:PORT, unix:PATH or uds:PATH:PORT"
#define FORMS_LISTENER "vsock:PORT, tcp:HOST:PORT or unix:PATH"

/* The most of a user's text that an error quotes. */
#define QUOTE_MAX 50

/* A text being parsed, with what its errors need. */
struct text {
    const char *whole;
    bool listener;
    struct err_detail *detail;
};

static enum err bad(const struct text *t, enum err e, const char *why)
{
    return err_explain(t->detail, e, "%s \"%.*s\": %s; expected %s",
                       t->listener ? "listener" : "endpoint", QUOTE_MAX, t->whole, why,
                       t->listener ? FORMS_LISTENER : FORMS_ENDPOINT);
}

/* number reads all of `text` as a decimal number from `min` to `max`. */
static bool number(uint32_t *out, struct bytes text, uint32_t min, uint32_t max)
{
    uint64_t value = 0;
    if (text.len == 0 || text.len > 10) {
        return false; /* ten digits cannot overflow 64 bits */
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *out = (uint32_t)value;
    return value >= min && value <= max;
}

static enum err port(const struct text *t, uint32_t *out, struct bytes text)
{
    /* vsock ports have 32 bits, of which the highest value is the wildcard. */
    return number(out, text, t->listener ? 0 : 1, 0xfffffffeu)
               ? OK
               : bad(t, ERR_RANGE, "the port is not a port");
}

/* split cuts `text` at its last colon. */
static bool split(struct bytes *before, struct bytes *after, struct bytes text)
{
    for (size_t i = text.len; i > 0; i--) {
        if (text.ptr[i - 1] == ':') {
            *before = bytes_from(text.ptr, i - 1);
            *after = bytes_from(text.ptr + i, text.len - i);
            return true;
        }
    }
    return false;
}

static enum err parse_vsock(const struct text *t, struct endpoint *out, struct bytes rest)
{
    if (t->listener) {
        out->cid = ENDPOINT_CID_ANY;
        return port(t, &out->port, rest);
    }
    struct bytes cid;
    struct bytes digits;
    if (!split(&cid, &digits, rest)) {
        return bad(t, ERR_MALFORMED, "the port is missing");
    }
    if (!number(&out->cid, cid, 0, ENDPOINT_CID_ANY - 1)) {
        return bad(t, ERR_RANGE, "the CID is not a CID");
    }
    return port(t, &out->port, digits);
}

static enum err parse_tcp(const struct text *t, struct endpoint *out, struct bytes rest)
{
    struct bytes host;
    struct bytes digits;
    if (!split(&host, &digits, rest)) {
        return bad(t, ERR_MALFORMED, "the port is missing");
    }
    if (!number(&out->port, digits, t->listener ? 0 : 1, 65535)) {
        return bad(t, ERR_RANGE, "the port is not a port");
    }
    out->ipv6 = host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (out->ipv6) {
        host = bytes_from(host.ptr + 1, host.len - 2);
    }
    char address[INET6_ADDRSTRLEN] = {0};
    if (host.len < sizeof(address)) {
        bytes_copy(address, host.ptr, host.len);
    }
    if (!out->ipv6 && strcmp(address, "localhost") == 0) {
        bytes_copy(address, "127.0.0.1", sizeof("127.0.0.1"));
    }
    if (inet_pton(out->ipv6 ? AF_INET6 : AF_INET, address, out->ip) != 1) {
        return bad(t, ERR_MALFORMED, "the host is not an address (names are not looked up)");
    }
    return OK;
}

static enum err path(const struct text *t, struct endpoint *out, struct bytes text)
{
    if (text.len == 0) {
        return bad(t, ERR_MALFORMED, "the path is empty");
    }
    if (text.len > ENDPOINT_PATH_MAX) {
        return bad(t, ERR_RANGE, "the path is too long for a socket (107 bytes)");
    }
    bytes_copy(out->path, text.ptr, text.len);
    return OK;
}

static enum err parse_uds(const struct text *t, struct endpoint *out, struct bytes rest)
{
    struct bytes file;
    struct bytes digits;
    if (!split(&file, &digits, rest)) {
        return bad(t, ERR_MALFORMED, "the port is missing");
    }
    TRY(port(t, &out->port, digits));
    return path(t, out, file);
}

/* after gives what follows `prefix` in the text, if it starts so. */
static bool after(struct bytes *rest, const struct text *t, const char *prefix)
{
    size_t len = strlen(prefix);
    if (strncmp(t->whole, prefix, len) != 0) {
        return false;
    }
    *rest = bytes_from(t->whole + len, strlen(t->whole + len));
    return true;
}

static enum err parse(const struct text *t, struct endpoint *out)
{
    *out = (struct endpoint){0};
    struct bytes rest;
    if (after(&rest, t, "vsock:")) {
        out->kind = ENDPOINT_VSOCK;
        return parse_vsock(t, out, rest);
    }
    if (after(&rest, t, "tcp:")) {
        out->kind = ENDPOINT_TCP;
        return parse_tcp(t, out, rest);
    }
    if (after(&rest, t, "unix:")) {
        out->kind = ENDPOINT_UNIX;
        return path(t, out, rest);
    }
    if (!t->listener && after(&rest, t, "uds:")) {
        out->kind = ENDPOINT_UDS;
        return parse_uds(t, out, rest);
    }
    return bad(t, ERR_MALFORMED, "the kind is not known");
}

enum err endpoint_parse(struct endpoint *out, const char *text, struct err_detail *detail)
{
    return parse(&(struct text){text, false, detail}, out);
}

enum err listener_parse(struct endpoint *out, const char *text, struct err_detail *detail)
{
    return parse(&(struct text){text, true, detail}, out);
}

void endpoint_print(char out[static ENDPOINT_TEXT_MAX], const struct endpoint *endpoint)
{
    char host[INET6_ADDRSTRLEN] = "";
    const uint32_t port_number = endpoint->port;
    switch (endpoint->kind) {
    case ENDPOINT_VSOCK:
        if (endpoint->cid == ENDPOINT_CID_ANY) {
            (void)snprintf(out, ENDPOINT_TEXT_MAX, "vsock:%" PRIu32, port_number);
        } else {
            (void)snprintf(out, ENDPOINT_TEXT_MAX, "vsock:%" PRIu32 ":%" PRIu32, endpoint->cid,
                           port_number);
        }
        return;
    case ENDPOINT_TCP:
        (void)inet_ntop(endpoint->ipv6 ? AF_INET6 : AF_INET, endpoint->ip, host, sizeof(host));
        (void)snprintf(out, ENDPOINT_TEXT_MAX,
                       endpoint->ipv6 ? "tcp:[%s]:%" PRIu32 : "tcp:%s:%" PRIu32, host, port_number);
        return;
    case ENDPOINT_UNIX:
        (void)snprintf(out, ENDPOINT_TEXT_MAX, "unix:%s", endpoint->path);
        return;
    case ENDPOINT_UDS:
        (void)snprintf(out, ENDPOINT_TEXT_MAX, "uds:%s:%" PRIu32, endpoint->path, port_number);
        return;
    case ENDPOINT_KINDS:
        break;
    }
    UNREACHABLE();
}

bool endpoint_is_local(const struct endpoint *endpoint)
{
    static const uint8_t ipv6_loopback[16] = {[15] = 1};
    switch (endpoint->kind) {
    case ENDPOINT_VSOCK:
        return endpoint->cid == ENDPOINT_CID_LOCAL;
    case ENDPOINT_TCP:
        return endpoint->ipv6 ? memcmp(endpoint->ip, ipv6_loopback, sizeof(ipv6_loopback)) == 0
                              : endpoint->ip[0] == 127;
    case ENDPOINT_UNIX:
    case ENDPOINT_UDS:
        return true;
    case ENDPOINT_KINDS:
        break;
    }
    UNREACHABLE();
}
