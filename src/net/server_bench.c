/* The time of a whole request against the real server: the program nitro_revm of this build, on a
 * unix socket and on loopback TCP. One client asks in sequence, and then several at once, all on the
 * same machine as the server. The payload has a connection for each request, and its time is from
 * connect to the whole answer; JSON-RPC over HTTP has one connection for each client.
 *
 * Usage: server_bench [NITRO_REVM]; by default the program in the folder that BUILD names (build).
 */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/client.h"
#include "net/framing.h"
#include "net/http.h"
#include "net/transport.h"

extern char **environ;

#define CLIENTS      8
#define WARM_UP      2000
#define SEQUENTIAL   20000
#define PARALLEL     60000
#define TIMEOUT_MS   10000u
#define PATH_MAX_LEN 256

static const char request[] =
    "{\"sender\":\"0xdafea492d9c6733ae3d56b7ed1adb60692c98bc5\",\"amount\":\"0x2a\"}";

static const char call[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nitro_transfer\",\"params\":[{\"sender\":"
    "\"0xdafea492d9c6733ae3d56b7ed1adb60692c98bc5\",\"amount\":\"0x2a\"}]}";

/* A server that runs. */
struct server {
    pid_t pid;
    FILE *console;
    char folder[PATH_MAX_LEN];
    struct endpoint unix_socket;
    struct endpoint tcp;
};

/* One client thread's part. */
struct client {
    pthread_t thread;
    const struct endpoint *to;
    bool http;
    size_t count;
    uint64_t *ns; /* of each request; NULL: not wanted */
};

_Noreturn static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "server_bench: %s: %s\n", what, why);
    exit(1);
}

/* ask makes one request and checks that its answer is a result. */
static void ask(const struct endpoint *to)
{
    static const char good[] = "{\"result\":{\"status\":\"success\"";
    uint8_t room[FRAMING_HEAD_BYTES + sizeof(request)];
    uint8_t buf[4096];
    struct bytes answer;
    struct err_detail why;
    memcpy(room + FRAMING_HEAD_BYTES, request, sizeof(request));
    if (client_ask(&answer, buf, sizeof(buf), to, room, sizeof(request) - 1, TIMEOUT_MS, &why) !=
        OK) {
        die("request", why.text);
    }
    if (answer.len < sizeof(good) || memcmp(answer.ptr, good, sizeof(good) - 1) != 0) {
        die("answer", "not a result");
    }
}

/* ask_kept makes one call on a connection that is kept, and checks that its answer is a result. */
static void ask_kept(struct stream *stream)
{
    static const char good[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"result\":{\"status\":"
                               "\"success\"";
    char head[128];
    uint8_t buf[4096];
    uint8_t out[sizeof(head) + sizeof(call)];
    struct http http = {.is_answer = true};
    struct bytes answer;
    struct err_detail why;
    size_t have = 0;
    bool whole = false;
    int len =
        snprintf(head, sizeof(head), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
                 sizeof(call) - 1);
    memcpy(out, head, (size_t)len);
    memcpy(out + len, call, sizeof(call) - 1);
    if (stream_write(stream, bytes_from(out, (size_t)len + sizeof(call) - 1), &why) != OK) {
        die("request", why.text);
    }
    while (!whole) {
        size_t got;
        if (stream_read(stream, &got, buf + have, sizeof(buf) - have, &why) != OK ||
            http_read(&http, &whole, &answer, bytes_from(buf, have + got), got == 0, sizeof(buf),
                      &why) != OK) {
            die("answer", why.text);
        }
        have += got;
    }
    if (http.status != 200 || !http.keep || answer.len < sizeof(good) ||
        memcmp(answer.ptr, good, sizeof(good) - 1) != 0) {
        die("answer", "not a result");
    }
}

static void *client_main(void *arg)
{
    struct client *client = arg;
    struct stream stream = {0};
    struct err_detail why;
    if (client->http && transport_connect(&stream, client->to, (uint64_t)3600 * 1000, &why) != OK) {
        die("connect", why.text);
    }
    for (size_t i = 0; i < client->count; i++) {
        uint64_t start = clock_ns();
        if (client->http) {
            ask_kept(&stream);
        } else {
            ask(client->to);
        }
        if (client->ns != NULL) {
            client->ns[i] = clock_ns() - start;
        }
    }
    if (client->http) {
        stream_close(&stream);
    }
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a;
    const uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* quantile_us gives the time in microseconds that `permille` of the sorted samples are below. */
static double quantile_us(const uint64_t *ns, size_t permille)
{
    const size_t index = SEQUENTIAL * permille / 1000;
    return (double)ns[index] / 1e3;
}

static void measure(const char *name, const struct endpoint *to, bool http)
{
    static uint64_t ns[SEQUENTIAL];
    struct client one = {.to = to, .http = http, .count = WARM_UP};
    (void)client_main(&one);
    one.count = SEQUENTIAL;
    one.ns = ns;
    (void)client_main(&one);
    qsort(ns, SEQUENTIAL, sizeof(ns[0]), compare);

    struct client clients[CLIENTS];
    uint64_t start = clock_ns();
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.to = to, .http = http, .count = PARALLEL / CLIENTS};
        if (pthread_create(&clients[i].thread, NULL, client_main, &clients[i]) != 0) {
            die("threads", strerror(errno));
        }
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        (void)pthread_join(clients[i].thread, NULL);
    }
    double seconds = (double)(clock_ns() - start) / 1e9;
    (void)printf("%-14s %10.1f %10.1f %10.1f %14.0f\n", name, quantile_us(ns, 500),
                 quantile_us(ns, 990), quantile_us(ns, 999), PARALLEL / seconds);
    (void)fflush(stdout);
}

/* next_listener reads one line of the server's console: "listening on ENDPOINT". */
static void next_listener(struct endpoint *out, FILE *console)
{
    char line[64 + ENDPOINT_TEXT_MAX] = "";
    static const char start[] = "listening on ";
    if (fgets(line, sizeof(line), console) == NULL || strncmp(line, start, strlen(start)) != 0) {
        die("server", "it did not start");
    }
    line[strcspn(line, "\n")] = '\0';
    struct err_detail why;
    if (endpoint_parse(out, line + strlen(start), &why) != OK) {
        die("server", why.text);
    }
}

static void start_server(struct server *server, char *program)
{
    char socket_text[PATH_MAX_LEN + 32];
    char listen[] = "--listen";
    char tcp[] = "tcp:127.0.0.1:0";
    char plaintext[] = "--allow-plaintext";
    (void)snprintf(server->folder, sizeof(server->folder), "/tmp/server_bench.XXXXXX");
    if (mkdtemp(server->folder) == NULL) {
        die(server->folder, strerror(errno));
    }
    (void)snprintf(socket_text, sizeof(socket_text), "unix:%s/socket", server->folder);
    char *argv[] = {program, listen, socket_text, listen, tcp, plaintext, NULL};
    int ends[2];
    posix_spawn_file_actions_t actions;
    if (pipe(ends) != 0 || posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) != 0 ||
        posix_spawn_file_actions_addclose(&actions, ends[0]) != 0 ||
        posix_spawn(&server->pid, program, &actions, NULL, argv, environ) != 0) {
        die(program, "cannot be started");
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(ends[1]);
    server->console = fdopen(ends[0], "r");
    if (server->console == NULL) {
        die("console", strerror(errno));
    }
    next_listener(&server->unix_socket, server->console);
    next_listener(&server->tcp, server->console);
}

static void stop_server(struct server *server)
{
    int status;
    struct rusage usage;
    if (kill(server->pid, SIGTERM) != 0 || wait4(server->pid, &status, 0, &usage) != server->pid ||
        status != 0) {
        die("server", "it did not stop cleanly");
    }
    (void)fclose(server->console);
    (void)rmdir(server->folder);
    (void)printf("server: %.1f MiB resident at most, %ld.%03ld s user, %ld.%03ld s system\n",
                 (double)usage.ru_maxrss / 1024, usage.ru_utime.tv_sec,
                 usage.ru_utime.tv_usec / 1000, usage.ru_stime.tv_sec,
                 usage.ru_stime.tv_usec / 1000);
}

int main(int argc, char **argv)
{
    char program[PATH_MAX_LEN];
    const char *build = getenv("BUILD");
    (void)snprintf(program, sizeof(program), "%s/nitro_revm", build != NULL ? build : "build");
    struct server server;
    start_server(&server, argc > 1 ? argv[1] : program);
    (void)printf("a transfer, %d requests in sequence, then %d by %d clients at once\n", SEQUENTIAL,
                 PARALLEL, CLIENTS);
    (void)printf("%-14s %10s %10s %10s %14s\n", "", "p50 us", "p99 us", "p99.9 us", "requests/s");
    measure("payload, unix", &server.unix_socket, false);
    measure("payload, tcp", &server.tcp, false);
    measure("HTTP, unix", &server.unix_socket, true);
    measure("HTTP, tcp", &server.tcp, true);
    stop_server(&server);
    return 0;
}
