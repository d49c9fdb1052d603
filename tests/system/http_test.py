#!/usr/bin/env python3
"""JSON-RPC over HTTP from outside: what is answered, with which status, on connections that are kept,
cut off, slow, many or full; long requests and the memory they may take; and `revm_driver rpc`. An
argument runs only the tests whose name contains it."""

import json
import os
import re
import select
import signal
import socket
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True  # the test runner takes what it finds here for tests

from harness import (DEFAULT, PATIENCE_S, SENDER, Http, Server, call, check_transfer, connect, driver,
                     http_answers, main, post_bytes, read_all, rpc_error, sanitized, transfer)

MIB = 1024 * 1024
TRANSFERS = [transfer(42, i) for i in range(100)]  # a batch whose answer is long: over 64 KiB


def check_result(answer, wei, id_=1):
    assert list(answer) == ["jsonrpc", "id", "result"], answer
    assert answer["jsonrpc"] == "2.0" and answer["id"] == id_, answer
    check_transfer(answer["result"], wei)


def still_works(server):
    status, _, answer = Http(server.endpoints[0]).post(transfer(42))
    assert status == 200, answer
    check_result(answer, 42)


def resident_kib(server):
    with open("/proc/%d/status" % server.process.pid, encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1))


# ---- requests and answers -------------------------------------------------------------------------


def test_every_transport_beside_the_other_forms():
    with Server(listen=["unix", "tcp:127.0.0.1:0"]) as server:
        for index in 0, 1:
            status, headers, answer = Http(server.endpoints[index]).post(transfer("0x2a"))
            assert status == 200 and headers["Content-Type"] == "application/json"
            check_result(answer, 42)
            check_transfer(server.ask(DEFAULT, index), 42)


def test_version():
    with Server("--max-body-bytes", "1000") as server:
        _, _, answer = Http(server.endpoints[0]).post(call("nitro_version"))
        result = answer["result"]
        assert re.fullmatch(r"\d+\.\d+\.\d+", result["version"]), answer
        assert "nitro_transfer" in result["methods"] and result["limits"]["requestBytes"] == 1000


def test_errors_of_json_rpc():
    with Server() as server:
        http = Http(server.endpoints[0])
        for body, code, id_ in ((b"{", -32700, None), (b"", -32700, None), (b"\xff{}", -32700, None),
                                (b"{}", -32600, None), (b"[]", -32600, None),
                                (call("eth_blockNumber", id_="x"), -32601, "x"),
                                (call("nitro_transfer", [], 5), -32602, 5),
                                (call("nitro_transfer", [{"sender": SENDER, "amount": -1}], 5), -32602,
                                 5), (b"[" * 100, -32005, None)):
            status, _, answer = http.post(body)
            assert status == 200, (body, status)
            assert rpc_error(answer)[0] == code and answer["id"] == id_, (body, answer)
        _, _, answer = http.post(transfer(112))
        assert answer["result"]["result"]["status"] == "rejected", answer


def test_batches_and_notifications():
    with Server() as server:
        http = Http(server.endpoints[0])
        note = {"jsonrpc": "2.0", "method": "nitro_version"}
        status, _, answer = http.post([transfer(1, "a"), note, call("none", id_=2), transfer(3, 3)])
        assert status == 200 and [part["id"] for part in answer] == ["a", 2, 3], answer
        check_result(answer[0], 1, "a")
        check_result(answer[2], 3, 3)
        for body in note, [note, note]:
            status, headers, answer = http.post(body)
            assert status == 204 and answer is None and "Content-Length" not in headers
        status, _, answer = http.post([call("nitro_version")] * 101)
        assert rpc_error(answer)[0] == -32005, answer
        _, _, answer = http.post(TRANSFERS)
        assert len(answer) == 100
        for i, part in enumerate(answer):
            check_result(part, 42, i)


def test_health():
    with Server() as server:
        http = Http(server.endpoints[0])
        for path in "/", "/health", "/health?x=1", "http://localhost/health":
            http.request("GET", path)
            status, _, answer = http.answer()
            assert status == 200 and answer == {"status": "ok"}, answer
        http.request("HEAD", "/health")
        status, headers, answer = http.answer()
        assert status == 200 and headers["Content-Length"] == "16" and answer is None
        _, _, answer = http.post(transfer(42))
        check_result(answer, 42)


def test_statuses():
    good = post_bytes(transfer(42))
    with Server("--max-body-bytes", "1000") as server:
        for data, status in (
                (b"GET / HTTP/1.1\r\n\r\n", 400), (good.replace(b"\r\n", b"\n"), 400),
                (good.replace(b"Host", b" Host"), 400), (good.replace(b"Content-Length", b"X"), 411),
                (good.replace(b"\r\n\r\n", b"\r\nContent-Length: 1\r\n\r\n"), 400),
                (good.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"), 400),
                (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
                (b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n", 404), (good.replace(b"POST", b"PUT"), 405),
                (good.replace(b"POST", b"BREW"), 501), (good.replace(b"1.1", b"2.0"), 505),
                (post_bytes(b" " * 1001), 413), (post_bytes(b"", "Expect: x"), 417),
                (post_bytes(b"x", "Content-Encoding: gzip"), 415),
                (post_bytes(b"x", *["X: y"] * 100), 431), (post_bytes(b"x", "X: " + "y" * 17000), 431),
                (b"GET /" + b"x" * 17000, 414)):
            with server.connect() as s:
                s.sendall(data)
                (got, answer, keep), = http_answers(s)
                assert got == status and not keep, (data[:80], got)
                assert answer["id"] is None and rpc_error(answer)[1].startswith("HTTP"), answer
        http = Http(server.endpoints[0])
        http.request("PUT", "/health", b"{}")
        _, headers, _ = http.answer()
        assert headers["Allow"] == "GET, HEAD", headers
        still_works(server)


def test_plaintext_is_refused_unless_allowed():
    with Server(plaintext=False) as server:
        with server.connect() as s:
            s.sendall(b"POST / H")  # at once, not only when a whole request is there
            (status, answer, keep), = http_answers(s)
            assert status == 403 and not keep and "--allow-plaintext" in rpc_error(answer)[1], answer


# ---- connections ----------------------------------------------------------------------------------


def test_connections_are_kept():
    with Server(listen=["tcp:127.0.0.1:0"]) as server:
        http = Http(server.endpoints[0])
        http.connect()
        port = http.sock.getsockname()[1]
        for i in range(200):
            status, _, answer = http.post(transfer(i % 112, i))
            assert status == 200
            check_result(answer, i % 112, i)
        assert http.sock.getsockname()[1] == port


def test_connections_are_closed_when_asked():
    with Server() as server:
        for data, kept in ((post_bytes(transfer(42)), True),
                           (post_bytes(transfer(42), "Connection: close"), False),
                           (post_bytes(transfer(42), version="1.0"), False),
                           (post_bytes(transfer(42), "Connection: keep-alive", version="1.0"), True)):
            with server.connect() as s:
                s.sendall(data * 2)
                if not kept:
                    s.shutdown(socket.SHUT_WR)
                answers = http_answers(s, 2 if kept else None)
                assert len(answers) == (2 if kept else 1), answers
                assert [keep for _, _, keep in answers] == [kept] * len(answers), answers
                check_result(answers[0][1], 42)


def test_pipelining():
    """Answers come in the order of the requests, however these are cut into pieces."""
    parts = []
    for i in range(100):
        parts.append((post_bytes(transfer(i, i)), 200))
        parts.append((b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n", 200))
        parts.append((post_bytes({"jsonrpc": "2.0", "method": "nitro_version"}), 204))
    data = b"".join(part for part, _ in parts)
    with Server("--deadline-ms", "1000000") as server:
        for step in len(data), 4096, 1000, 97:
            with server.connect() as s:
                sender = threading.Thread(target=send_in_steps, args=(s, data, step))
                sender.start()
                answers = http_answers(s, len(parts))
                sender.join()
            assert [status for status, _, _ in answers] == [status for _, status in parts]
            for i in range(100):
                check_result(answers[3 * i][1], i, i)
        # After an error there is nothing more.
        with server.connect() as s:
            s.sendall(parts[0][0] + b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n" + parts[0][0])
            assert [status for status, _, _ in http_answers(s)] == [200, 404]
        # What is pipelined and then cut off.
        with server.connect() as s:
            s.sendall(parts[0][0] * 2 + parts[0][0][:-1])
            s.shutdown(socket.SHUT_WR)
            assert [status for status, _, _ in http_answers(s)] == [200, 200, 400]


def send_in_steps(s, data, step):
    for i in range(0, len(data), step):
        s.sendall(data[i:i + step])


def test_pipelining_without_reading():
    """A client that asks and asks and takes nothing costs a few buffers, and is served when it does."""
    with Server() as server:
        with server.connect() as s:
            s.setblocking(False)
            sent = 0
            try:
                while sent < 100000:
                    s.sendall(post_bytes(transfer(42)))
                    sent += 1
            except BlockingIOError:
                pass
            still_works(server)
            s.settimeout(PATIENCE_S)
            for status, answer, _ in http_answers(s, min(sent, 1000)):
                assert status == 200
                check_result(answer, 42)
        assert sanitized() or server.memory_kib() < 64 * 1024


def test_requests_byte_by_byte():
    with Server(listen=["unix", "tcp:127.0.0.1:0"]) as server:
        for index in 0, 1:
            with server.connect(index) as s:
                for _ in range(2):
                    send_in_steps(s, post_bytes(transfer(42)), 1)
                    (status, answer, keep), = http_answers(s, 1)
                    assert status == 200 and keep
                    check_result(answer, 42)


def test_expect_continue():
    request = post_bytes(transfer(42), "Expect: 100-continue")
    head, _, body = request.partition(b"\r\n\r\n")
    with Server("--max-body-bytes", "1000") as server:
        with server.connect() as s:
            for _ in range(2):
                s.sendall(head)
                assert not select.select([s], [], [], 0.05)[0]  # not before the head is whole
                s.sendall(b"\r\n\r\n")
                assert s.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
                send_in_steps(s, body, 50)
                (status, answer, _), = http_answers(s, 1)
                assert status == 200
                check_result(answer, 42)
            # Who sends it all at once needs no telling.
            s.sendall(request)
            (status, answer, _), = http_answers(s, 1)
            assert status == 200
        with server.connect() as s:
            s.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                      b"Content-Length: 1001\r\n\r\n")
            assert [status for status, _, _ in http_answers(s)] == [413]


def test_streams_that_end_too_early():
    request = post_bytes(transfer(42))
    with Server() as server:
        for length in 8, 20, request.index(b"\r\n\r\n") + 4, len(request) - 1:
            with server.connect() as s:
                s.sendall(request[:length])
                s.shutdown(socket.SHUT_WR)
                (status, answer, _), = http_answers(s)
                assert status == 400 and "ended" in rpc_error(answer)[1], answer
        # A client that is gone, with and without a reset.
        for length in 8, len(request) - 1, len(request), 2 * len(request) - 1:
            for reset in False, True:
                s = server.connect()
                s.sendall((request * 2)[:length])
                if reset:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.close()
        still_works(server)


def test_idle_connections_end():
    with Server("--idle-ms", "100") as server:
        with server.connect() as s:
            s.sendall(post_bytes(transfer(42)))
            http_answers(s, 1)
            assert s.recv(1) == b""  # without a word
        still_works(server)


def test_idle_connections_give_way():
    with Server("--max-connections", "4") as server:
        kept = [Http(server.endpoints[0]) for _ in range(20)]
        for http in kept:
            check_result(http.post(transfer(42))[2], 42)
        # The last are still there, the first are not.
        check_result(kept[19].post(transfer(41))[2], 41)
        assert kept[0].sock.recv(1) == b""
        for http in kept:
            http.close()


def test_slow_clients_run_into_the_deadline():
    request = post_bytes(transfer(42))
    with Server("--deadline-ms", "200") as server:
        with server.connect() as started, server.connect() as next_one, server.connect() as slow:
            started.sendall(request[:40])
            next_one.sendall(request + request[:40])
            slow.sendall(request[:-50])
            stop = threading.Event()
            feeder = threading.Thread(target=feed, args=(slow, stop))
            feeder.start()
            try:
                for s, statuses in (started, [408]), (next_one, [200, 408]), (slow, [408]):
                    answers = http_answers(s)
                    assert [status for status, _, _ in answers] == statuses, answers
                    assert rpc_error(answers[-1][1])[0] == -32012, answers
            finally:
                stop.set()
                feeder.join()
        still_works(server)


def feed(s, stop):
    while not stop.wait(0.03):
        try:
            s.sendall(b" ")
        except OSError:
            return


def test_long_requests_may_take_longer():
    """A request gets its deadline again as often as it moved 128 KiB a second over it."""
    body = json.dumps(transfer(42)).encode() + b" " * 600000
    request = post_bytes(body)
    with Server("--deadline-ms", "200") as server:
        with server.connect() as s:
            for i in range(0, len(request), 60000):
                s.sendall(request[i:i + 60000])
                time.sleep(0.1)
            (status, answer, _), = http_answers(s, 1)
            assert status == 200, answer
            check_result(answer, 42)
        with server.connect() as s:
            s.sendall(request[:400000])
            (status, answer, _), = http_answers(s)
            assert status == 408, answer


def test_hundreds_of_clients():
    with Server(listen=["unix", "tcp:127.0.0.1:0"]) as server:
        clients = [server.connect(i % 2) for i in range(500)]
        for round_ in range(4):
            for s in clients:
                s.sendall(post_bytes(transfer(round_))[:100])
            for s in clients:
                s.sendall(post_bytes(transfer(round_))[100:])
            for s in clients:
                (status, answer, _), = http_answers(s, 1)
                assert status == 200
                check_result(answer, round_)
        for s in clients:
            s.close()
        still_works(server)


def test_full_queue_answers_busy():
    busy = served = 0
    with Server("--workers", "1", "--queue", "1") as server:
        for _ in range(50):
            server.signal(signal.SIGSTOP)  # so that all are there when it goes on
            clients = [server.connect() for _ in range(100)]
            for s in clients:
                s.sendall(post_bytes(transfer(42)))
            server.signal(signal.SIGCONT)
            for s in clients:
                (status, answer, keep), = http_answers(s, 1)
                s.close()
                if status == 503:
                    code, message = rpc_error(answer)
                    assert code == -32002 and "queue" in message and not keep, answer
                    busy += 1
                else:
                    check_result(answer, 42)
                    served += 1
            if busy and served:
                break
    assert busy and served, (busy, served)


def test_stop_answers_what_is_in_flight():
    with Server("--workers", "1", listen=["unix", "tcp:127.0.0.1:0"]) as server:
        idle = server.connect()
        idle.sendall(post_bytes(transfer(42)))
        http_answers(idle, 1)
        partial = server.connect()
        partial.sendall(post_bytes(transfer(42))[:60])
        still_works(server)
        server.signal(signal.SIGSTOP)
        whole = [server.connect(i % 2) for i in range(100)]
        for s in whole:
            s.sendall(post_bytes(transfer(42)) * 2)  # the second is too late
        server.signal(signal.SIGTERM)
        server.signal(signal.SIGCONT)
        for s in whole:
            (status, answer, keep), = http_answers(s)
            assert status == 200 and not keep
            check_result(answer, 42)
            s.close()
        assert idle.recv(1) == b""
        (status, answer, _), = http_answers(partial)
        assert status == 503 and "shutting down" in rpc_error(answer)[1], answer
        idle.close()
        partial.close()
        assert server.wait() == 0


# ---- long requests and answers --------------------------------------------------------------------


def long_call(length, id_=1):
    """A request of `length` bytes, most of them in one string that is of no use to the method."""
    data = json.dumps(call("nitro_transfer", ["0x"], id_)).encode()
    return data.replace(b'"0x"', b'"0x' + b"f" * (length - len(data)) + b'"')


def test_a_long_body():
    with Server() as server:
        http = Http(server.endpoints[0])
        for length in 65536, 65537, 10 * MIB, 32 * MIB:
            body = json.dumps(transfer(42)).encode()
            status, _, answer = http.post(body + b" " * (length - len(body)))
            assert status == 200, answer
            check_result(answer, 42)
            status, _, answer = http.post(long_call(length))
            assert rpc_error(answer)[0] == -32602, answer
        # Its memory is not kept.
        if not sanitized():
            assert resident_kib(server) < 16 * 1024, resident_kib(server)


def test_a_body_that_is_too_long():
    """The answer reaches a client that first sends everything."""
    with Server(listen=["unix", "tcp:127.0.0.1:0"]) as server:
        for index in 0, 1:
            status, _, answer = Http(server.endpoints[index]).post(b" " * (32 * MIB + 1))
            assert status == 413 and "33554432" in rpc_error(answer)[1], answer
        with server.connect() as s:
            s.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n")
            assert [status for status, _, _ in http_answers(s)] == [413]
        still_works(server)
        if not sanitized():
            assert server.memory_kib() < 32 * 1024, server.memory_kib()


def test_memory_with_many_long_bodies():
    """More long requests at once than there is memory for: each is answered or told to come back."""
    bodies = [post_bytes(long_call(12 * MIB, i)) for i in range(3)]
    served = busy = 0
    with Server("--workers", "2") as server:
        lock = threading.Lock()

        def run(i):
            nonlocal served, busy
            for _ in range(5):
                with server.connect() as s:
                    try:
                        s.sendall(bodies[i % 3])
                    except OSError:
                        pass  # it was told before it had sent all
                    (status, _, _), = http_answers(s, 1)
                    with lock:
                        served += status == 200
                        busy += status == 503
        threads = [threading.Thread(target=run, args=(i,)) for i in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert served + busy == 60 and served > 0, (served, busy)
        still_works(server)
        print("%d long requests served, %d told to come back, %d KiB resident at most, %d after" %
              (served, busy, server.memory_kib(), resident_kib(server)))
        if not sanitized():
            assert server.memory_kib() < 256 * 1024, server.memory_kib()
            assert resident_kib(server) < 32 * 1024, resident_kib(server)


def test_who_holds_memory_back_pays():
    """Uploads that have stopped give way to one that moves, whenever its client connected, and not to
    one that is slower than they were."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 33554432\r\n\r\n"
    with Server("--deadline-ms", "60000") as server:
        http = Http(server.endpoints[0])
        http.connect()
        holders = []
        for _ in range(4):
            s = server.connect()
            s.sendall(head + b" " * (96 * MIB // 10))
            holders.append(s)
        with server.connect() as slow:
            slow.sendall(head + b" " * 400000)
            time.sleep(0.4)
            slow.sendall(b" " * 400000)
            (status, answer, _), = http_answers(slow)
            assert status == 503, answer
        assert not select.select(holders, [], [], 0)[0]
        body = json.dumps(transfer(42)).encode() + b" " * (12 * MIB)
        for _ in range(3):
            status, _, answer = http.post(body)
            assert status == 200, answer
        for s in holders:
            s.close()


def test_json_made_to_fill_memory():
    with Server("--workers", "2") as server:
        for text in b"[]", b"{}", b'{"a":{}}', b'""', b"0", b'{"a":0}':
            body = b"[" + b",".join([text] * (12 * MIB // (len(text) + 1))) + b"]"
            status, _, answer = Http(server.endpoints[0]).post(body)
            assert status == 200 and rpc_error(answer)[0] == -32005, answer
            # Just below the limit of values, where parsing takes the most.
            count = (112 * MIB - 3 * len(body)) // 160 // (text.count(b"{") + text.count(b"[") +
                                                          text.count(b":") + 1) - 1
            body = b"[" + b",".join([text] * count) + b"]" + b" " * (len(body) - count * (len(text) + 1))
            status, _, answer = Http(server.endpoints[0]).post(body)
            assert status == 200, answer
        print("%d KiB resident at most, %d after" % (server.memory_kib(), resident_kib(server)))
        if not sanitized():
            assert server.memory_kib() < 200 * 1024, server.memory_kib()
            assert resident_kib(server) < 32 * 1024, resident_kib(server)


def test_long_requests_leave_room_for_short_ones():
    """While one worker is at long requests, one after the other, the other answers short ones."""
    with Server("--workers", "2") as server:
        longs = []
        for i in range(6):
            s = server.connect()
            s.sendall(post_bytes(long_call(6 * MIB, i)))
            longs.append(s)
        http = Http(server.endpoints[0])
        early = 0
        for i in range(1000):
            check_result(http.post(transfer(i % 112, i))[2], i % 112, i)
            early += len(select.select(longs, [], [], 0)[0]) < len(longs)
            if not early:
                break
        for i, s in enumerate(longs):
            (status, answer, _), = http_answers(s, 1)
            assert status == 200 and answer["id"] == i, answer
            s.close()
        assert early >= 10, early


def test_answers_that_nobody_takes():
    """Long answers wait within their bounds: whoever takes none gives way, others are served."""
    batch = post_bytes(TRANSFERS)
    with Server("--deadline-ms", "60000") as server:
        lazy = []
        for _ in range(600):
            s = server.connect()
            s.setblocking(False)
            try:
                s.sendall(batch * 6)
            except BlockingIOError:
                pass
            lazy.append(s)
        http = Http(server.endpoints[0])
        for _ in range(5):
            status, _, answer = http.post(TRANSFERS)
            assert status in (200, 503), answer
            still_works(server)
            time.sleep(0.1)
        assert status == 200 and len(answer) == 100, answer
        if not sanitized():
            assert server.memory_kib() < 128 * 1024, server.memory_kib()
        for s in lazy:
            s.close()
        still_works(server)


def test_answers_longer_than_the_limit():
    with Server("--max-answer-bytes", "200000") as server:
        http = Http(server.endpoints[0])
        status, _, answer = http.post(TRANSFERS)
        assert status == 200 and len(answer) == 100, answer
    with Server("--max-answer-bytes", "20000") as server:
        http = Http(server.endpoints[0])
        status, _, answer = http.post(TRANSFERS)
        assert status == 200 and rpc_error(answer)[0] == -32005, answer
        status, _, answer = http.post(TRANSFERS[:10])
        assert status == 200 and len(answer) == 10, answer


def test_slow_takers_run_into_the_deadline():
    with Server("--deadline-ms", "200") as server:
        with server.connect() as s:
            s.setblocking(False)
            try:
                s.sendall(post_bytes(TRANSFERS) * 10)
            except BlockingIOError:
                pass
            time.sleep(0.6)
            s.settimeout(PATIENCE_S)
            try:
                assert len(read_all(s)) < 10 * 79000
            except ConnectionResetError:
                pass
        still_works(server)


# ---- what is shown --------------------------------------------------------------------------------


def test_console_shows_requests_only_if_asked():
    body = json.dumps(transfer(42, "\u0001\u009b1m" + "x" * 100)).encode()
    for options in (), ("--verbose",):
        with Server(*options) as server:
            http = Http(server.endpoints[0])
            http.post(body)
            http.post(b"\x1b[31m" + body)
            http.post(long_call(100000))
            server.signal(signal.SIGTERM)
            assert server.wait() == 0
            console = server.console.decode("ascii")
            assert (console == "") == (not options), console
            if options:
                assert console.count("\n") == 6 and console.count("request: ") == 3, console
                assert "... (100000 bytes)" in console and "\x1b" not in console, console


def test_log_holds_numbers_only():
    with Server() as server:
        http = Http(server.endpoints[0])
        http.post(transfer(42))
        http.post(call("nitro_transfer", [{"sender": SENDER, "amount": -77777}]))
        http.request("GET", "/secret")
        http.answer()
        server.signal(signal.SIGUSR1)
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        log = server.errors()
        assert log.count("request complete") == 2 and "request rejected" in log, log
        for word in "77777", SENDER[2:], "secret", "nitro":
            assert word not in log, log
        with open(server.errors_path, "w", encoding="ascii"):
            pass


# ---- revm_driver rpc ------------------------------------------------------------------------------


def rpc(endpoint, *arguments, stdin=None):
    return driver("rpc", "--endpoint", endpoint, "--plaintext", *arguments, stdin=stdin)


def one_line(status_out_error, status, *words):
    got, out, error = status_out_error
    assert got == status and out == "", (got, out, error)
    assert error.startswith("revm_driver: ") and error.count("\n") == 1, error
    for word in words:
        assert word in error, (word, error)


def test_driver_calls_methods():
    params = json.dumps([{"sender": SENDER, "amount": "0x2a"}])
    with Server(listen=["unix", "tcp:127.0.0.1:0"]) as server:
        for endpoint in server.endpoints:
            status, out, error = rpc(endpoint, "nitro_version")
            assert status == 0 and error == "" and out.startswith("{\n  "), (out, error)
            assert "nitro_transfer" in json.loads(out)["methods"]
            status, out, error = rpc(endpoint, "--json", "nitro_transfer", params)
            assert status == 0 and error == "" and out.count("\n") == 1, error
            check_transfer(json.loads(out), 42)
        file = os.path.join(server.folder, "params")
        with open(file, "w", encoding="ascii") as f:
            f.write(params + " " * 20 * MIB + "\n")
        status, out, _ = rpc(server.endpoints[1], "nitro_transfer", "@" + file)
        assert status == 0
        check_transfer(json.loads(out), 42)
        status, out, _ = rpc(server.endpoints[0], "nitro_transfer", "@-", stdin=params.encode())
        assert status == 0
        check_transfer(json.loads(out), 42)
        with open(file, "wb") as f:
            f.truncate(33 * MIB)
        one_line(rpc(server.endpoints[0], "nitro_version", "@" + file), 2, "longer")


def test_driver_tells_errors():
    with Server() as server:
        one_line(rpc(server.endpoints[0], "eth_call"), 5, "-32601", "no such method")
        one_line(rpc(server.endpoints[0], "nitro_transfer", "[]"), 5, "-32602", "params")
        for params in "{", "1", "[1] 2", "", "'x'", "@/nowhere", "[1],\"id\":2":
            one_line(rpc(server.endpoints[0], "nitro_transfer", params), 2, "JSON")
        one_line(driver("rpc", "--endpoint", server.endpoints[0], "x"), 4, "--plaintext")
    with Server("--max-body-bytes", "100000") as server:
        one_line(rpc(server.endpoints[0], "x", json.dumps(["x" * 100000])), 5, "-32005", "100000")
    with Server(plaintext=False) as server:
        one_line(rpc(server.endpoints[0], "nitro_version"), 5, "-32013")
    at = ["--endpoint", "unix:/nowhere", "--plaintext"]
    one_line(driver("rpc", *at, "x"), 3, "/nowhere")
    one_line(driver("rpc", *at), 2, "method")
    one_line(driver("rpc", *at, "x", "[]", "more"), 2, "more")
    one_line(driver("rpc", "x"), 2, "--cid")
    one_line(driver("rpc", *at, "--sender", "x"), 2, "--sender")
    one_line(driver("rpc", "--endpoint", "tcp:192.0.2.1:1", "--plaintext", "x"), 4, "192.0.2.1")
    status, out, error = driver("rpc", "--help")
    assert status == 0 and error == "" and "METHOD" in out
    for flag in "cid", "port", "endpoint", "plaintext", "timeout-ms", "json", "help":
        assert "  --" + flag in out, flag


def http_message(body, status="200 OK"):
    return ("HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(body))).encode() + body


def test_driver_trusts_no_server():
    ok = b'{"jsonrpc":"2.0","id":1,"result":%s}'
    for data, status, word in (
            (b"", 3, "ended"), (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234", 3, "ended"),
            (b"rubbish\r\n", 5, "HTTP"), (b'{"error":{}}\n', 5, "HTTP"),
            (b"HTTP/1.1 200 OK\r\n\r\n" + ok % b"1", 5, "how long"),
            (http_message(ok % b"1") + b"x", 5, "more"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", 5, "longer"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 3, "Transfer"),
            (http_message(b"", "502 Bad Gateway"), 5, "502"), (http_message(b"{}"), 5, "jsonrpc"),
            (http_message(b'{"jsonrpc":"2.0","id":2,"result":1}'), 5, "this call"),
            (http_message(b'{"jsonrpc":"2.0","id":1}'), 5, "this call"),
            (http_message(b'{"jsonrpc":"2.0","id":1,"result":1,"error":{}}'), 5, "this call"),
            (http_message(b'{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}}'), 5, "code"),
            (http_message(b'{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"a\\u001b[31m\\n"}}'),
             5, "a\\u001B[31m\\n")):
        with Host(data) as host:
            one_line(rpc("unix:" + host.path, "x"), status, word)
    for data, result in ((http_message(ok % b"1"), "1"), (http_message(ok % b'"\xc3\xa9\\n"'),
                                                          '"\\u00E9\\n"'),
                         (b"HTTP/1.1 100 Continue\r\n\r\n" + http_message(ok % b"[]"), "[]")):
        with Host(data) as host:
            status, out, error = rpc("unix:" + host.path, "x")
            assert status == 0 and out == result + "\n", (out, error)


class Host:
    """A server of ours, in the test: reads a request from one client, sends some bytes, and closes."""

    def __init__(self, data):
        self.path = "/tmp/nitro_revm_http_host_%d" % os.getpid()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.thread = threading.Thread(target=self._run, args=(data,))
        self.thread.start()

    def _run(self, data):
        peer, _ = self.listener.accept()
        with peer:
            request = b""
            while not request.endswith(b"}"):
                request += peer.recv(65536)
            assert b"POST / HTTP/1.1\r\nHost: localhost\r\n" in request, request
            peer.sendall(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.thread.join()
        self.listener.close()
        os.unlink(self.path)


if __name__ == "__main__":
    main(sys.modules[__name__])
