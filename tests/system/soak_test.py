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

from harness import (BAD_PAYLOADS, CLIENT_HELLO, DEFAULT, SENDER, Server, bare_answer,
                     check_transfer, error_of, framed, length_answer, main, payload, read_all,
                     sanitized)

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
             hello, truncated, gone]
    kept = []
    with Server("--deadline-ms", "500", listen=["unix", "tcp:127.0.0.1:0"]) as server:
        def connect():
            return server.connect(rng.randrange(2))
        done = 0
        while done < COUNT:
            if done % 20000 == 2000:
                crowd(connect)
                done += CROWD
            if rng.random() < 0.001:
                idle(connect, rng, kept)
            else:
                rng.choice(kinds)(connect, rng)
            done += 1
        for s in kept:
            s.close()
        check_transfer(server.ask(DEFAULT), 42)
        print("%d KiB resident at most" % server.memory_kib())
        assert sanitized() or server.memory_kib() < MEMORY_KIB_MAX, server.memory_kib()
        assert SENDER[2:] not in server.errors()


if __name__ == "__main__":
    main(sys.modules[__name__])
