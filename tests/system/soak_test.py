#!/usr/bin/env python3
"""Requests of all kinds in a random order (TEST_SEED), SOAK of them (5,000), against one server: every
one is answered as it should be, memory stays below what we promise, and at the end, in a build with
AddressSanitizer, nothing has leaked."""

import os
import random
import socket
import struct
import sys

sys.dont_write_bytecode = True  # the test runner takes what it finds here for tests

from harness import (BAD_PAYLOADS, CLIENT_HELLO, DEFAULT, SENDER, Server, bare_answer, call,
                     check_transfer, error_of, framed, http_answers, length_answer, main, payload,
                     post_bytes, read_all, rpc_error, sanitized, transfer)

COUNT = int(os.environ.get("SOAK", "5000"))
SEED = int(os.environ.get("TEST_SEED", "1"))
MEMORY_KIB_MAX = 64 * 1024
CROWD = 1000


def good(connect, rng):
    wei = rng.randrange(112)
    with connect() as s:
        s.sendall(framed(payload(str(wei))))
        check_transfer(length_answer(s), wei)


def good_bare(connect, rng):
    wei = rng.randrange(112)
    with connect() as s:
        s.sendall(payload('"%#x"' % wei).encode() + b"\n")
        check_transfer(bare_answer(s), wei)


def half_closed(connect, _):
    with connect() as s:
        s.sendall(DEFAULT.encode())
        s.shutdown(socket.SHUT_WR)
        check_transfer(bare_answer(s), 42)


def too_much(connect, rng):
    with connect() as s:
        s.sendall(framed(payload('"%#x"' % rng.randrange(112, 2**256))))
        assert length_answer(s)["result"]["status"] == "rejected"


def bad_payload(connect, rng):
    text, name, _ = rng.choice(BAD_PAYLOADS)
    with connect() as s:
        s.sendall(framed(text))
        assert error_of(length_answer(s))[0] == name


def long_request(connect, rng):
    with connect() as s:
        s.sendall(framed(DEFAULT + " " * rng.randrange(65000)))
        check_transfer(length_answer(s), 42)


def too_long(connect, rng):
    with connect() as s:
        s.sendall(struct.pack("<Q", rng.choice([65537, 2**63, 2**64 - 1])))
        assert error_of(length_answer(s))[0] == "ERR_LIMIT"


def noise(connect, rng):
    with connect() as s:
        s.sendall(rng.randbytes(rng.randrange(8, 200)))
        s.shutdown(socket.SHUT_WR)
        read_all(s)


def hello(connect, _):
    with connect() as s:
        s.sendall(CLIENT_HELLO)
        assert read_all(s) == b""


def truncated(connect, rng):
    data = framed(DEFAULT)
    with connect() as s:
        s.sendall(data[:rng.randrange(1, len(data))])
        s.shutdown(socket.SHUT_WR)
        assert error_of(length_answer(s))[0] == "ERR_TRUNCATED"


def gone(connect, rng):
    """Leaves at any point, with and without a reset."""
    data = framed(DEFAULT)
    with connect() as s:
        s.sendall(data[:rng.randrange(len(data) + 1)])
        if rng.random() < 0.5:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def idle(connect, rng, kept):
    """Says nothing or too little, and is kept until it meets the deadline."""
    s = connect()
    s.sendall(framed(DEFAULT)[:rng.randrange(8)])
    kept.append(s)
    if len(kept) > 20:
        with kept.pop(0) as oldest:
            assert b"ERR_TIMEOUT" in read_all(oldest)


def http(connect, rng):
    wei = rng.randrange(112)
    with connect() as s:
        s.sendall(post_bytes(transfer(wei)))
        (status, answer, _), = http_answers(s, 1)
        assert status == 200
        check_transfer(answer["result"], wei)


def http_pipelined(connect, rng):
    count = rng.randrange(1, 20)
    requests = b"".join(post_bytes(transfer(i, i)) for i in range(count))
    with connect() as s:
        s.sendall(requests)
        for i, (status, answer, _) in enumerate(http_answers(s, count)):
            assert status == 200 and answer["id"] == i
            check_transfer(answer["result"], i)


def http_batch(connect, rng):
    requests = [transfer(i, i) for i in range(rng.randrange(1, 101))]
    with connect() as s:
        s.sendall(post_bytes(requests, "Connection: close"))
        (status, answer, keep), = http_answers(s)
        assert status == 200 and len(answer) == len(requests) and not keep


def http_errors(connect, rng):
    body, code = rng.choice([(b"{", -32700), (b"[]", -32600), (call("x"), -32601),
                             (call("nitro_transfer"), -32602), (b"[" * 50, -32005)])
    with connect() as s:
        s.sendall(post_bytes(body) + b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        (status, answer, _), (health, _, _) = http_answers(s, 2)
        assert status == 200 and health == 200 and rpc_error(answer)[0] == code


def http_refused(connect, rng):
    data, status = rng.choice([(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n", 404),
                               (b"PUT / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
                               (b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", 411),
                               (b"GET / HTTP/1.1\n\n", 400), (b"PRI * HTTP/2.0\r\n\r\n", 505)])
    with connect() as s:
        s.sendall(data)
        assert http_answers(s)[0][0] == status


def http_long(connect, rng):
    with connect() as s:
        body = post_bytes(transfer(42)).partition(b"\r\n\r\n")[2]
        s.sendall(post_bytes(body + b" " * rng.randrange(500000)))
        (status, answer, _), = http_answers(s, 1)
        assert status == 200
        check_transfer(answer["result"], 42)


def http_gone(connect, rng):
    data = post_bytes(transfer(42)) * 2
    with connect() as s:
        s.sendall(data[:rng.randrange(len(data) + 1)])
        if rng.random() < 0.5:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def http_kept(connect, rng, pool):
    """One of some connections that are kept, for a while or until they have rested too long."""
    index = rng.randrange(20)
    wei = rng.randrange(112)
    for _ in range(2):
        if pool[index] is None:
            pool[index] = connect()
        s = pool[index]
        try:
            s.sendall(post_bytes(transfer(wei)))
            (status, answer, _), = http_answers(s, 1)
        except (BrokenPipeError, ConnectionResetError, AssertionError):
            s.close()
            pool[index] = None
            continue
        assert status == 200
        check_transfer(answer["result"], wei)
        return
    raise AssertionError("a new connection was closed at once")


def crowd(connect):
    """A thousand clients at once."""
    clients = [connect() for _ in range(CROWD)]
    for s in clients:
        s.sendall(framed(DEFAULT))
    for s in clients:
        check_transfer(length_answer(s), 42)
        s.close()


def test_soak():
    print("%d requests, TEST_SEED=%d" % (COUNT, SEED))
    rng = random.Random(SEED)
    kinds = [good, good_bare, half_closed, too_much, bad_payload, long_request, too_long, noise,
             hello, truncated, gone, http, http_pipelined, http_batch, http_errors, http_refused,
             http_long, http_gone]
    kept = []
    pool = [None] * 20
    with Server("--deadline-ms", "500", "--idle-ms", "100", listen=["unix", "tcp:127.0.0.1:0"]) as server:
        def connect():
            return server.connect(rng.randrange(2))
        done = 0
        while done < COUNT:
            if done % 20000 == 2000:
                crowd(connect)
                done += CROWD
            if rng.random() < 0.001:
                idle(connect, rng, kept)
            elif rng.random() < 0.1:
                http_kept(connect, rng, pool)
            else:
                rng.choice(kinds)(connect, rng)
            done += 1
        for s in kept + [s for s in pool if s is not None]:
            s.close()
        check_transfer(server.ask(DEFAULT), 42)
        print("%d KiB resident at most" % server.memory_kib())
        assert sanitized() or server.memory_kib() < MEMORY_KIB_MAX, server.memory_kib()
        assert SENDER[2:] not in server.errors()


if __name__ == "__main__":
    main(sys.modules[__name__])
