/* Listeners and streams over tcp and unix sockets: ports that the kernel chooses, socket files that
 * are old, in use or something else, deadlines, and what errors say. */

#include "net/transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/test.h"

#define TIMEOUT_MS 60000u

/* folder_new makes a folder for socket files; folder_remove removes it with its file "s". */
static void folder_new(char out[static 64], struct endpoint *socket_file)
{
    (void)snprintf(out, 64, "/tmp/transport_test.XXXXXX");
    if (mkdtemp(out) == NULL) {
        abort();
    }
    char text[80];
    (void)snprintf(text, sizeof(text), "unix:%s/s", out);
    if (listener_parse(socket_file, text, NULL) != OK) {
        abort();
    }
}

static void folder_remove(const char *folder, const struct endpoint *socket_file)
{
    (void)unlink(socket_file->path);
    (void)rmdir(folder);
}

/* check_stream sends bytes through a listener, both ways. */
static void check_stream(int listener, const struct endpoint *to)
{
    struct stream stream;
    char got[8];
    size_t len;
    CHECK_EQ(transport_connect(&stream, to, TIMEOUT_MS, NULL), OK);
    int peer = accept(listener, NULL, NULL);
    CHECK(peer >= 0);
    CHECK_EQ(stream_write(&stream, bytes_from("ping", 4), NULL), OK);
    CHECK_EQ(recv(peer, got, sizeof(got), MSG_WAITALL | MSG_DONTWAIT), 4);
    CHECK_BYTES(got, "ping", 4);
    CHECK_EQ(send(peer, "pong", 4, 0), 4);
    CHECK_EQ(close(peer), 0);
    CHECK_EQ(stream_read(&stream, &len, got, sizeof(got), NULL), OK);
    CHECK_EQ(len, 4);
    CHECK_BYTES(got, "pong", 4);
    CHECK_EQ(stream_read(&stream, &len, got, sizeof(got), NULL), OK);
    CHECK_EQ(len, 0);
    stream_close(&stream);
}

static void reports_the_port_it_got(void)
{
    struct endpoint a;
    struct endpoint b;
    int fd_a;
    int fd_b;
    struct err_detail detail;
    CHECK_EQ(listener_parse(&a, "tcp:127.0.0.1:0", NULL), OK);
    b = a;
    CHECK_EQ(transport_listen(&fd_a, &a, NULL), OK);
    CHECK_EQ(transport_listen(&fd_b, &b, NULL), OK);
    CHECK(a.port != 0 && b.port != 0 && a.port != b.port);
    check_stream(fd_a, &a);
    check_stream(fd_b, &b);
    int again;
    CHECK_EQ(transport_listen(&again, &a, &detail), ERR_IO);
    CHECK(strstr(detail.text, "cannot listen on tcp:127.0.0.1:") != NULL);
    (void)close(fd_a);
    (void)close(fd_b);
    struct stream stream;
    CHECK_EQ(transport_connect(&stream, &a, TIMEOUT_MS, &detail), ERR_CONNECT);
    CHECK(strstr(detail.text, "cannot connect to tcp:127.0.0.1:") != NULL);
    CHECK(strstr(detail.text, "refused") != NULL);
}

static void replaces_only_old_sockets(void)
{
    char folder[64];
    struct endpoint at;
    int fd;
    int other;
    struct stat file;
    struct err_detail detail;
    folder_new(folder, &at);
    CHECK_EQ(transport_listen(&fd, &at, NULL), OK);
    CHECK_EQ(transport_listen(&other, &at, &detail), ERR_REFUSED);
    CHECK(strstr(detail.text, "another server") != NULL);
    (void)close(accept(fd, NULL, NULL)); /* the one that only looked who is there */
    check_stream(fd, &at);
    /* Whoever listened is gone without a word. */
    (void)close(fd);
    CHECK_EQ(transport_listen(&fd, &at, NULL), OK);
    check_stream(fd, &at);
    transport_unix.unlisten(&at);
    CHECK(lstat(at.path, &file) != 0);
    (void)close(fd);
    /* A file of another kind is not ours to remove. */
    FILE *other_file = fopen(at.path, "w");
    CHECK(other_file != NULL);
    (void)fclose(other_file);
    CHECK_EQ(transport_listen(&fd, &at, &detail), ERR_REFUSED);
    CHECK(strstr(detail.text, "not a socket") != NULL);
    CHECK(lstat(at.path, &file) == 0 && S_ISREG(file.st_mode));
    folder_remove(folder, &at);
}

static void gives_up_at_the_deadline(void)
{
    char folder[64];
    struct endpoint at;
    int fd;
    struct stream stream;
    uint8_t buf[4096] = {0};
    size_t len;
    struct err_detail detail;
    folder_new(folder, &at);
    CHECK_EQ(transport_listen(&fd, &at, NULL), OK);
    CHECK_EQ(transport_connect(&stream, &at, 30, NULL), OK);
    CHECK_EQ(stream_read(&stream, &len, buf, sizeof(buf), &detail), ERR_TIMEOUT);
    CHECK_STR(detail.text, "no answer in time");
    CHECK_EQ(stream_read(&stream, &len, buf, sizeof(buf), &detail), ERR_TIMEOUT);
    CHECK_EQ(stream_write(&stream, bytes_from(buf, 1), NULL), ERR_TIMEOUT);
    stream_close(&stream);
    /* Nobody reads: the socket is full some time. */
    CHECK_EQ(transport_connect(&stream, &at, 30, NULL), OK);
    enum err err = OK;
    while (err == OK) {
        err = stream_write(&stream, bytes_from(buf, sizeof(buf)), &detail);
    }
    CHECK_EQ(err, ERR_TIMEOUT);
    stream_close(&stream);
    (void)close(fd);
    folder_remove(folder, &at);
}

static void knows_what_cannot_listen(void)
{
    struct endpoint at;
    int fd;
    struct err_detail detail;
    CHECK_EQ(endpoint_parse(&at, "uds:/tmp/x:1", NULL), OK);
    CHECK_EQ(transport_listen(&fd, &at, &detail), ERR_REFUSED);
    CHECK_STR(detail.text, "cannot listen on uds:/tmp/x:1: clients only");
    CHECK_EQ(transport_vsock.write_max, 28 * 1024);
}

static const struct test_case cases[] = {
    CASE(reports_the_port_it_got),
    CASE(replaces_only_old_sockets),
    CASE(gives_up_at_the_deadline),
    CASE(knows_what_cannot_listen),
};

TEST_MAIN(cases)
