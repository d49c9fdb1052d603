#!/usr/bin/env python3
"""The programs from outside: what the server prints, answers and refuses, how it behaves under
clients that are slow, many, rude or gone, how it starts and stops, and what the client makes of
servers that are good, bad or absent. An argument runs only the tests whose name contains it."""

import json
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading

sys.dont_write_bytecode = True  # the test runner takes what it finds here for tests

from harness import (BAD_PAYLOADS, CLIENT_HELLO, DEFAULT, NITRO_REVM, PATIENCE_S, SENDER, Server,
                     bare_answer, check_transfer, client, driver, error_of, framed, length_answer,
                     main, payload, read_all, sanitized)

HERE = os.path.dirname(os.path.abspath(__file__))


# ---- the walkthrough ------------------------------------------------------------------------------


def walkthrough():
    with open(os.path.join(HERE, "../vectors/walkthrough.txt"), encoding="ascii") as text:
        return text.read()


def without_places(text, program):
    return re.sub(r"(?m)^\[src/prog/%s\.c:\d+\]" % program, "[FILE:LINE]", text)


def test_console_shows_the_walkthrough():
    with Server("--verbose") as server:
        status, out, _ = client("--endpoint", server.endpoints[0], "--plaintext")
        assert status == 0
        check_transfer(json.loads(out), 42)
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        console = without_places(server.console.decode(), "nitro_revm")
        assert console == walkthrough(), console


def test_console_shows_what_fails():
    with Server("--verbose") as server:
        server.ask(payload("112"))
        server.ask("{}")
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        console = server.console.decode()
        assert "&result = Err(\n    Transaction {\n        reason: " in console, console
        assert console.splitlines()[-1].startswith("refused: ERR_MALFORMED: "), console


def test_client_debug_shows_the_result():
    with Server() as server:
        status, out, _ = client("--endpoint", server.endpoints[0], "--plaintext", "--debug")
        assert status == 0
        expected = walkthrough()
        expected = expected[expected.index("[FILE:LINE] &result"):]
        assert without_places(out, "revm_driver") == expected, out


def test_console_shows_nothing_unless_asked():
    with Server() as server:
        for text in DEFAULT, payload("112"), payload("-1"), "{}", "rubbish":
            server.ask(text)
        with server.connect() as s:
            s.sendall(CLIENT_HELLO)
            read_all(s)
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        assert server.console == b"", server.console


# ---- requests and their forms ---------------------------------------------------------------------


def test_both_forms_on_every_transport():
    listen = ["unix", "tcp:127.0.0.1:0", "tcp:localhost:0"]
    if ipv6_works():
        listen.append("tcp:[::1]:0")
    with Server(listen=listen) as server:
        for index in range(len(listen)):
            check_transfer(server.ask(DEFAULT, index), 42)
            with server.connect(index) as s:
                s.sendall(payload("40").encode() + b"\n")
                check_transfer(bare_answer(s), 40)


def ipv6_works():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


def test_amounts_that_can_be_paid():
    with Server() as server:
        for wei in 0, 1, 110, 111:
            check_transfer(server.ask(payload(str(wei))), wei)
            check_transfer(server.ask(payload('"%#x"' % wei)), wei)


def test_amount_over_the_balance_is_rejected():
    with Server() as server:
        for wei in 112, 2**63 - 1, 2**256 - 1:
            answer = server.ask(payload('"%#x"' % wei))
            assert list(answer) == ["result"], answer
            result = answer["result"]
            assert result["status"] == "rejected", answer
            assert "insufficient funds" in result["reason"], answer
            assert int(result["needs"], 16) == wei and int(result["has"], 16) == 111, answer


def test_bare_form_ends_at_newline_or_end_of_stream():
    with Server() as server:
        for data in DEFAULT + "\n", DEFAULT + "\r\n", DEFAULT + "\n" + DEFAULT + "\n":
            with server.connect() as s:
                s.sendall(data.encode())
                check_transfer(bare_answer(s), 42)
        with server.connect() as s:
            s.sendall(DEFAULT.encode())
            s.shutdown(socket.SHUT_WR)
            check_transfer(bare_answer(s), 42)


def test_requests_in_pieces():
    with Server() as server:
        for data, answer in ((framed(DEFAULT), length_answer),
                             (DEFAULT.encode() + b"\n", bare_answer)):
            with server.connect() as s:
                for i in range(len(data)):
                    s.sendall(data[i:i + 1])
                check_transfer(answer(s), 42)
        # A request that outgrows the first buffer, several times.
        long_text = DEFAULT + " " * (65536 - len(DEFAULT))
        with server.connect() as s:
            data = framed(long_text)
            for i in range(0, len(data), 1000):
                s.sendall(data[i:i + 1000])
            check_transfer(length_answer(s), 42)


def test_same_request_same_bytes():
    with Server("--workers", "4") as server:
        answers = set()
        for _ in range(50):
            with server.connect() as s:
                s.sendall(framed(DEFAULT))
                answers.add(read_all(s))
        assert len(answers) == 1, answers


# ---- refusals -------------------------------------------------------------------------------------

def test_bad_payloads_are_refused():
    with Server() as server:
        for text, name, word in BAD_PAYLOADS:
            got, message = error_of(server.ask(text))
            assert got == name and word in message, (text[:100], got, message)
            with server.connect() as s:
                s.sendall(text.encode() + b"\n")
                assert error_of(bare_answer(s)) == (got, message), text[:100]
            check_transfer(server.ask(DEFAULT), 42)


def test_lengths_that_are_too_great():
    with Server("--max-request-bytes", "1000") as server:
        for length in 1001, 65536, 2**32, 2**63, 2**64 - 1:
            with server.connect() as s:
                s.sendall(struct.pack("<Q", length))
                name, message = error_of(length_answer(s))
                assert name == "ERR_LIMIT" and str(length) in message, message
        with server.connect() as s:
            s.sendall(b"{" + b" " * 1001)
            assert error_of(bare_answer(s))[0] == "ERR_LIMIT"
        check_transfer(server.ask(DEFAULT + " " * (1000 - len(DEFAULT))), 42)


def test_refusal_reaches_a_client_that_goes_on_sending():
    with Server(listen=["tcp:127.0.0.1:0"]) as server:
        with server.connect() as s:
            s.sendall(struct.pack("<Q", 500000) + bytes(500000))
            assert error_of(length_answer(s))[0] == "ERR_LIMIT"


def test_garbage_is_refused():
    with Server() as server:
        for data in b"get / HTTP/1.1\r\n\r\n", b"[1,2,3,4,5,6]\n", b"0x0000000000":
            with server.connect() as s:
                s.sendall(data)
                name, message = error_of(bare_answer(s))
                assert name == "ERR_MALFORMED" and "neither" in message, message


def test_tls_hello_is_closed():
    with Server() as server:
        with server.connect() as s:
            s.sendall(CLIENT_HELLO)
            assert read_all(s) == b""
        check_transfer(server.ask(DEFAULT), 42)


def test_streams_that_end_too_early():
    with Server() as server:
        for data in b"\x05", framed(DEFAULT)[:7], framed(DEFAULT)[:-1], framed(DEFAULT)[:8]:
            with server.connect() as s:
                s.sendall(data)
                s.shutdown(socket.SHUT_WR)
                assert error_of(length_answer(s))[0] == "ERR_TRUNCATED", data
        with server.connect() as s:
            s.shutdown(socket.SHUT_WR)
            assert read_all(s) == b""


def test_plaintext_is_refused_unless_allowed():
    with Server(plaintext=False) as server:
        name, message = error_of(server.ask(DEFAULT))
        assert name == "ERR_REFUSED" and "--allow-plaintext" in message, message
        with server.connect() as s:
            s.sendall(DEFAULT.encode() + b"\n")
            assert error_of(bare_answer(s))[0] == "ERR_REFUSED"
        # At once, not only when a whole request is there.
        with server.connect() as s:
            s.sendall(struct.pack("<Q", 100))
            assert error_of(length_answer(s))[0] == "ERR_REFUSED"


# ---- difficult clients ----------------------------------------------------------------------------


def test_slow_clients_run_into_the_deadline():
    with Server("--deadline-ms", "200") as server:
        with server.connect() as silent, server.connect() as started, server.connect() as slow:
            started.sendall(framed(DEFAULT)[:20])
            # A byte now and then does not buy time.
            stop = threading.Event()
            slow.sendall(framed(DEFAULT)[:8])
            feeder = threading.Thread(target=feed, args=(slow, stop))
            feeder.start()
            try:
                assert error_of(bare_answer(silent))[0] == "ERR_TIMEOUT"
                assert error_of(length_answer(started))[0] == "ERR_TIMEOUT"
                assert error_of(length_answer(slow))[0] == "ERR_TIMEOUT"
            finally:
                stop.set()
                feeder.join()
        check_transfer(server.ask(DEFAULT), 42)


def test_deadline_spares_requests_that_have_come():
    """A server that did not run for a while is not what a client has to pay for."""
    with Server("--deadline-ms", "100") as server:
        with server.connect() as s, server.connect() as other:
            s.sendall(framed(DEFAULT)[:20])
            check_transfer(server.ask(DEFAULT), 42)
            server.signal(signal.SIGSTOP)
            s.sendall(framed(DEFAULT)[20:])
            threading.Event().wait(0.2)
            server.signal(signal.SIGCONT)
            check_transfer(length_answer(s), 42)
            assert error_of(bare_answer(other))[0] == "ERR_TIMEOUT"


def feed(s, stop):
    while not stop.wait(0.03):
        try:
            s.sendall(b" ")
        except OSError:
            return


def test_clients_that_go_away():
    with Server(listen=["unix", "tcp:127.0.0.1:0"]) as server:
        for index in 0, 1:
            for data in b"", b"{", framed(DEFAULT)[:30], framed(DEFAULT), DEFAULT.encode():
                for reset in False, True:
                    s = server.connect(index)
                    s.sendall(data)
                    if reset and index == 1:
                        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    s.close()
        for _ in range(5):
            check_transfer(server.ask(DEFAULT), 42)


def test_a_thousand_clients_at_once():
    with Server(listen=["unix", "tcp:127.0.0.1:0"]) as server:
        clients = [server.connect(i % 2) for i in range(1000)]
        for s in clients:
            s.sendall(framed(DEFAULT)[:50])
        check_transfer(server.ask(DEFAULT), 42)
        for s in clients:
            s.sendall(framed(DEFAULT)[50:])
        for s in clients:
            check_transfer(length_answer(s), 42)
            s.close()
        check_transfer(server.ask(DEFAULT), 42)


def test_slow_clients_give_way_to_new_ones():
    with Server("--max-connections", "8") as server:
        waiting = [server.connect() for _ in range(8)]
        for s in waiting:
            s.sendall(framed(DEFAULT)[:20])
        for _ in range(3):
            check_transfer(server.ask(DEFAULT), 42)
        # The one that has waited longest was told why, and those that came last are still welcome.
        name, message = error_of(length_answer(waiting[0]))
        assert name == "ERR_BUSY" and "slow" in message, message
        waiting[7].sendall(framed(DEFAULT)[20:])
        check_transfer(length_answer(waiting[7]), 42)
        for s in waiting:
            s.close()


def test_answered_clients_that_do_not_close_give_way():
    with Server("--max-connections", "4") as server:
        kept = []
        for _ in range(20):
            s = server.connect()
            s.sendall(framed(DEFAULT))
            check_transfer(length_answer(s), 42)
            kept.append(s)
        for s in kept:
            s.close()


def test_memory_for_long_requests_is_bounded():
    with Server("--max-request-bytes", "500000") as server:
        waiting = []
        for _ in range(200):
            s = server.connect()
            s.setblocking(False)
            try:
                s.sendall(struct.pack("<Q", 500000) + b" " * 400000)
            except BlockingIOError:
                pass
            waiting.append(s)
        threading.Event().wait(0.3)  # so long nobody is judged by their pace
        for _ in range(5):
            check_transfer(server.ask(DEFAULT + " " * 300000), 42)
        if not sanitized():
            assert server.memory_kib() < 64 * 1024, server.memory_kib()
        for s in waiting:
            s.close()


def test_full_queue_answers_busy():
    busy = served = 0
    with Server("--workers", "1", "--queue", "1") as server:
        for _ in range(50):
            # Stopped, so that all are there when it goes on.
            server.signal(signal.SIGSTOP)
            clients = [server.connect() for _ in range(200)]
            for s in clients:
                s.sendall(framed(DEFAULT))
            server.signal(signal.SIGCONT)
            for s in clients:
                answer = length_answer(s)
                s.close()
                if "error" in answer:
                    name, message = error_of(answer)
                    assert name == "ERR_BUSY" and "queue" in message, message
                    busy += 1
                else:
                    check_transfer(answer, 42)
                    served += 1
            if busy and served:
                break
        check_transfer(server.ask(DEFAULT), 42)
    assert busy and served, (busy, served)


def limit_files(count):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


def test_few_files():
    with Server("--deadline-ms", "1000000", preexec=limit_files(80)) as server:
        clients = [server.connect() for _ in range(100)]
        check_transfer(server.ask(DEFAULT), 42)
        for s in clients:
            s.close()


# ---- starting and stopping ------------------------------------------------------------------------


def test_stop_answers_what_is_in_flight():
    for number in signal.SIGTERM, signal.SIGINT:
        with Server("--workers", "1", listen=["unix", "tcp:127.0.0.1:0"]) as server:
            partial = [server.connect(i % 2) for i in range(6)]
            for s in partial:
                s.sendall(framed(DEFAULT)[:30])
            check_transfer(server.ask(DEFAULT), 42)
            server.signal(signal.SIGSTOP)
            # More than the server accepts in one turn of its loop, some of them long.
            whole = [server.connect(i % 2) for i in range(300)]
            for i, s in enumerate(whole):
                s.sendall(framed(DEFAULT + " " * (1000 * (i % 60))))
            partial[0].sendall(framed(DEFAULT)[30:])
            server.signal(number)
            server.signal(signal.SIGCONT)
            for s in whole + partial[:1]:
                check_transfer(length_answer(s), 42)
                s.close()
            for s in partial[1:]:
                name, message = error_of(length_answer(s))
                assert name == "ERR_BUSY" and "shutting down" in message, message
                s.close()
            assert server.wait() == 0
            assert not os.path.exists(server.socket_path)


def test_second_signal_ends_at_once():
    with Server(status=1) as server:
        with server.connect() as s:
            s.sendall(b"{")
            check_transfer(server.ask(DEFAULT), 42)
            server.signal(signal.SIGTERM)
            assert error_of(bare_answer(s))[0] == "ERR_BUSY"
            # We do not close, so that it still waits for us.
            server.signal(signal.SIGTERM)
            assert server.wait() == 1


def test_old_socket_is_replaced():
    with Server(status=-signal.SIGKILL) as server:
        server.process.kill()
        server.process.wait()
        assert os.path.exists(server.socket_path)
        with subprocess.Popen([NITRO_REVM, "--allow-plaintext", "--listen",
                               "unix:" + server.socket_path], stdout=subprocess.PIPE) as again:
            again.stdout.readline()
            check_transfer(server.ask(DEFAULT), 42)
            again.terminate()


def fails_to_start(*options):
    done = subprocess.run([NITRO_REVM, *options], capture_output=True, timeout=PATIENCE_S,
                          check=False)
    assert done.stdout == b"", done.stdout
    error = done.stderr.decode()
    assert error.startswith("nitro_revm: ") and error.count("\n") == 1, error
    return done.returncode, error


def test_places_where_it_cannot_listen():
    with Server(listen=["unix", "tcp:127.0.0.1:0"]) as server:
        status, error = fails_to_start("--listen", "unix:" + server.socket_path)
        assert status == 1 and "another server" in error, error
        status, error = fails_to_start("--listen", server.endpoints[1])
        assert status == 1 and "in use" in error, error
        file = os.path.join(server.folder, "file")
        with open(file, "w", encoding="ascii") as f:
            f.write("precious")
        status, error = fails_to_start("--listen", "unix:" + file)
        assert status == 1 and "not a socket" in error, error
        with open(file, encoding="ascii") as f:
            assert f.read() == "precious"
        status, error = fails_to_start("--listen", "unix:%s/none/socket" % server.folder)
        assert status == 1 and "No such file" in error, error
        check_transfer(server.ask(DEFAULT), 42)


def test_wrong_usage_of_the_server():
    for options in (["--unknown"], ["file"], ["--workers"], ["--workers", "0"],
                    ["--workers", "many"], ["--listen", "tcp:example.org:1"], ["--verbose=1"],
                    ["--max-request-bytes", "1000000"], ["--long-workers", "0"],
                    ["--max-body-bytes", "x"], ["--listen", "unix:x"] * 17):
        status, error = fails_to_start(*options)
        assert status == 2 and "--help" in error, (options, error)


def test_help_and_version_of_the_server():
    flags = ["listen", "allow-plaintext", "verbose", "workers", "long-workers", "queue",
             "max-connections", "max-request-bytes", "max-body-bytes", "max-json-bytes",
             "max-answer-bytes", "batch-ms", "deadline-ms", "idle-ms", "help", "version"]
    done = subprocess.run([NITRO_REVM, "--help"], capture_output=True, check=True)
    for flag in flags:
        assert b"  --" + flag.encode() in done.stdout, flag
    assert done.stderr == b""
    done = subprocess.run([NITRO_REVM, "--version"], capture_output=True, check=True)
    assert re.fullmatch(rb"nitro_revm \d+\.\d+\.\d+\n", done.stdout), done.stdout


def test_log_holds_numbers_only():
    with Server() as server:
        check_transfer(server.ask(DEFAULT), 42)
        error_of(server.ask(payload("-77777")))
        server.signal(signal.SIGUSR1)
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        log = server.errors()
        lines = log.splitlines()
        assert len(lines) >= 4 and "request complete" in log, log
        for line in lines:
            assert re.fullmatch(r"\d+\.\d{9} [a-zA-Z ]+(: [a-zA-Z_ ]+ ?[0-9A-Z_]*(, [a-z ]+ \d+)?)?",
                                line), line
        assert "77777" not in log and SENDER[2:] not in log, log
        with open(server.errors_path, "w", encoding="ascii"):
            pass


def test_vsock():
    why = vsock_is_missing()
    if why:
        print("skipped vsock: %s" % why)
        return
    with Server(listen=["vsock:0"]) as server:
        check_transfer(server.ask(DEFAULT), 42)
        port = server.endpoints[0].split(":")[1]
        status, out, _ = client("--cid", "1", "--port", port, "--plaintext", "--json")
        assert status == 0
        check_transfer(json.loads(out), 42)


def vsock_is_missing():
    """Why loopback vsock does not work here, or None."""
    try:
        with socket.socket(socket.AF_VSOCK) as listener, socket.socket(socket.AF_VSOCK) as s:
            listener.bind((socket.VMADDR_CID_ANY, socket.VMADDR_PORT_ANY))
            listener.listen()
            s.settimeout(1)
            s.connect((1, listener.getsockname()[1]))
        return None
    except OSError as error:
        return "no loopback here (%s)" % error


# ---- the client -----------------------------------------------------------------------------------


def one_line(status_out_error, status, *words):
    """Checks a failing client: its status, nothing printed, and one line with some words."""
    got, out, error = status_out_error
    assert got == status, (got, error)
    assert out == "", out
    assert error.startswith("revm_driver: ") and error.count("\n") == 1, error
    for word in words:
        assert word in error, (word, error)


def test_client_sends_what_it_is_told():
    with Server(listen=["unix", "tcp:127.0.0.1:0"]) as server:
        at = ["--endpoint", server.endpoints[0], "--plaintext"]
        for amount, wei in (("0x1", 1), ("99", 99), ("0", 0), ("0000111", 111)):
            status, out, error = client(*at, "--amount", amount)
            assert status == 0 and error == "", error
            check_transfer(json.loads(out), wei)
        status, out, _ = client(*at, "--sender", "0x" + "12" * 20, "--json")
        assert status == 0 and out.count("\n") == 1 and "0x" + "12" * 20 in json.loads(out)["state"]
        status, out, _ = client(*at, "--payload", "-", stdin=payload("7").encode())
        assert status == 0
        check_transfer(json.loads(out), 7)
        file = os.path.join(server.folder, "payload")
        with open(file, "w", encoding="ascii") as f:
            f.write(payload('"0x8"') + "\n")
        status, out, _ = client("--endpoint=" + server.endpoints[1], "--plaintext", "--payload",
                                file)
        assert status == 0
        check_transfer(json.loads(out), 8)
        # The compact form is the server's own.
        with server.connect() as s:
            s.sendall(DEFAULT.encode() + b"\n")
            assert client(*at, "--json")[1].encode() == read_all(s)


def test_client_negative_answers():
    with Server() as server:
        at = ["--endpoint", server.endpoints[0], "--plaintext"]
        for amount in "112", str(2**256 - 1), hex(2**256 - 1):
            status, out, error = client(*at, "--amount", amount)
            assert status == 1, error
            assert json.loads(out)["result"]["status"] == "rejected", out
            assert error.count("\n") == 1 and "insufficient funds" in error, error
        status, out, _ = client(*at, "--amount", "112", "--debug")
        assert status == 1 and "&result = Err(" in out, out


def test_client_wrong_usage():
    at = ["--endpoint", "unix:/nowhere", "--plaintext"]
    for options, word in (([], "--cid"), (["--unknown"], "--unknown"), (["--cid"], "--cid"),
                          (["--cid", "x"], "--cid"), (["--cid", "1", "--port", "0"], "--port"),
                          (["--endpoint", "nowhere"], "nowhere"),
                          (at + ["--cid", "1"], "--cid"),
                          (at + ["--amount", "1.5"], "--amount"),
                          (at + ["--amount", "-1"], "--amount"),
                          (at + ["--amount", ""], "--amount"),
                          (at + ["--amount", "0x"], "--amount"),
                          (at + ["--amount", str(2**256)], "--amount"),
                          (at + ["--amount", hex(2**256)], "--amount"),
                          (at + ["--sender", SENDER[:-2]], "--sender"),
                          (at + ["--payload", "x", "--amount", "1"], "--payload"),
                          (at + ["--payload", "/nowhere/x"], "/nowhere/x"),
                          (at + ["--payload", "/"], "/"),
                          (at + ["--payload", "/dev/zero"], "longer"),
                          (at + ["--debug", "--json"], "--debug"),
                          (at + ["--timeout-ms", "0"], "--timeout-ms")):
        one_line(client(*options), 2, word)


def test_client_without_a_server():
    one_line(client("--endpoint", "unix:/nowhere/socket", "--plaintext"), 3, "unix:/nowhere/socket",
             "No such file")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = "tcp:127.0.0.1:%d" % unused.getsockname()[1]
        one_line(client("--endpoint", endpoint, "--plaintext"), 3, endpoint, "refused")


def test_client_sends_nothing_unattested():
    with Server() as server:
        one_line(client("--endpoint", server.endpoints[0]), 4, "attested", "--plaintext")
        one_line(client("--cid", "16"), 4, "vsock:16:7878")
        for endpoint in "vsock:16:7878", "vsock:3:1", "tcp:192.0.2.1:7878", "tcp:0.0.0.0:7878":
            one_line(client("--endpoint", endpoint, "--plaintext"), 4, endpoint, "plaintext")
        # The log of the server, which __exit__ wants empty, knows of no connection.
        server.signal(signal.SIGUSR1)


def test_client_errors_of_the_server():
    with Server() as server:
        at = ["--endpoint", server.endpoints[0], "--plaintext", "--payload", "-"]
        for text, name, word in BAD_PAYLOADS:
            one_line(client(*at, stdin=text.encode()), 5, name, word)
    with Server(plaintext=False) as server:
        one_line(client("--endpoint", server.endpoints[0], "--plaintext"), 5, "ERR_REFUSED")


class Host:
    """A server of ours, in the test: accepts one client and does what it is told."""

    def __init__(self, serve):
        self.listener = socket.socket(socket.AF_UNIX)
        self.path = "/tmp/nitro_revm_host_%d" % os.getpid()
        self.listener.bind(self.path)
        self.listener.listen()
        self.thread = threading.Thread(target=self._run, args=(serve,))
        self.thread.start()

    def _run(self, serve):
        try:
            peer, _ = self.listener.accept()
        except OSError:
            return  # nobody came
        with peer:
            peer.settimeout(PATIENCE_S)
            try:
                serve(peer)
            except OSError:
                pass  # the client has seen enough

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        os.unlink(self.path)


def says(data):
    def serve(peer):
        peer.recv(65536)
        peer.sendall(data)
    return serve


def test_client_hostile_servers():
    error = b'{"error":{"name":"ERR_IO","message":"\\u001b[31mred\\nline"}}'
    for data, status, word in (
            (b"", 3, "without a request"), (b"\x10\0\0", 3, "ended"), (framed(b"{}")[:-1], 3, "ended"),
            (struct.pack("<Q", 2**63), 5, "bytes"), (b"HTTP/1.1 400 Bad Request\r\n", 5, "neither"),
            (CLIENT_HELLO, 5, "TLS"), (framed(b"{}"), 5, "result"), (framed(b"rubbish"), 5, "JSON"),
            (framed(b'{"result":{"status":"success","reason":"stop"}}'), 5, "gasUsed"),
            (framed(error), 5, "?[31mred?line"), (error + b"\n", 5, "?[31mred?line")):
        with Host(says(data)) as host:
            one_line(client("--endpoint", "unix:" + host.path, "--plaintext"), status, word)


def test_client_gives_up_in_time():
    def drip(peer):
        peer.recv(65536)
        peer.sendall(struct.pack("<Q", 1000))
        while True:
            peer.sendall(b" ")
            threading.Event().wait(0.02)
    with Host(drip) as host:
        one_line(client("--endpoint", "unix:" + host.path, "--plaintext", "--timeout-ms", "300"), 3,
                 "in time")


def test_client_through_a_host_socket():
    def forward(server, reply):
        def serve(peer):
            line = b""
            while not line.endswith(b"\n"):
                line += peer.recv(1)
            assert line == b"CONNECT 7878\n", line
            peer.sendall(reply)
            if reply.startswith(b"OK "):
                request = peer.recv(65536)
                with server.connect() as s:
                    s.sendall(request)
                    peer.sendall(read_all(s))
        return serve
    with Server() as server:
        with Host(forward(server, b"OK 1073741824\n")) as host:
            status, out, _ = client("--endpoint", "uds:%s:7878" % host.path, "--plaintext")
            assert status == 0
            check_transfer(json.loads(out), 42)
        for reply in b"", b"NO\n", b"OK\n", b"OK " + b"9" * 100:
            with Host(forward(server, reply)) as host:
                one_line(client("--endpoint", "uds:%s:7878" % host.path, "--plaintext"), 3, "7878")


def test_help_and_subcommands_of_the_driver():
    status, out, error = driver("--help")
    assert status == 0 and "client" in out and "rpc" in out and error == ""
    status, out, error = client("--help")
    assert status == 0 and error == ""
    for flag in ("cid", "port", "endpoint", "sender", "amount", "payload", "debug", "json",
                 "plaintext", "timeout-ms", "help"):
        assert "  --" + flag in out, flag
    status, out, error = driver("--version")
    assert status == 0 and re.fullmatch(r"revm_driver \d+\.\d+\.\d+\n", out), out
    status, out, error = driver()
    assert status == 2 and out == "" and "usage" in error
    one_line(driver("serve"), 2, "serve")


if __name__ == "__main__":
    main(sys.modules[__name__])
