"""What the system tests share: a server under test, raw clients, and the counting of cases."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import traceback

BUILD = os.environ.get("BUILD", "build")
NITRO_REVM = os.path.join(BUILD, "nitro_revm")
REVM_DRIVER = os.path.join(BUILD, "revm_driver")

# Nobody waits this long unless something hangs.
PATIENCE_S = 60

SENDER = "0xdafea492d9c6733ae3d56b7ed1adb60692c98bc5"
CALLER = "0x4838b106fce9647bdf1e7877bf73ce8b0bad5f97"
BENEFICIARY = "0x" + "0" * 40


def payload(amount, sender=SENDER):
    """A request's text; `amount` is JSON text."""
    return '{"sender":"%s","amount":%s}' % (sender, amount)


DEFAULT = payload('"0x2a"')

# Payloads that are refused: text, name of the error, and a word of its message.
BAD_PAYLOADS = [
    (payload('"ten"'), "ERR_MALFORMED", "amount"),
    (payload("1.5"), "ERR_MALFORMED", "amount"),
    (payload("true"), "ERR_MALFORMED", "amount"),
    (payload("-1"), "ERR_RANGE", "negative"),
    (payload('"0x1%s"' % ("0" * 64)), "ERR_RANGE", "amount"),
    (payload(str(2**256)), "ERR_RANGE", "JSON"),
    (payload("1", SENDER[:-2]), "ERR_MALFORMED", "sender"),
    (payload("1", SENDER + "00"), "ERR_MALFORMED", "sender"),
    ('{"sender":"%s","amount":1,"gas":2}' % SENDER, "ERR_MALFORMED", "gas"),
    ('{"sender":"%s","amount":1,"amount":2}' % SENDER, "ERR_MALFORMED", "already"),
    ('{"amount":1}', "ERR_MALFORMED", "sender"),
    (DEFAULT[:-1], "ERR_TRUNCATED", "JSON"),
    (DEFAULT[:40], "ERR_TRUNCATED", "JSON"),
    ("{" * 60000, "ERR_LIMIT", "JSON"),
    ('{"a":' * 10000, "ERR_LIMIT", "JSON"),
]

# The start of a TLS connection, as far as anyone looks.
CLIENT_HELLO = bytes.fromhex("16030100300100002c0303") + bytes(37)


def sanitized():
    """Whether the server is a build with a sanitizer, whose memory is not what we promise."""
    with open(NITRO_REVM, "rb") as program:
        image = program.read()
    return any(mark in image for mark in (b"__asan_", b"__msan_", b"__tsan_"))


class Server:
    """nitro_revm, running until the end of a `with`, which checks that it ends cleanly."""

    def __init__(self, *options, listen=("unix",), plaintext=True, status=0, preexec=None):
        self.folder = tempfile.mkdtemp(prefix="nitro_revm_")
        self.socket_path = os.path.join(self.folder, "socket")
        self.expected_status = status
        command = [NITRO_REVM]
        for listener in listen:
            command += ["--listen", "unix:" + self.socket_path if listener == "unix" else listener]
        if plaintext:
            command.append("--allow-plaintext")
        self.errors_path = os.path.join(self.folder, "stderr")
        with open(self.errors_path, "wb") as errors:
            self.process = subprocess.Popen(command + list(options), stdout=subprocess.PIPE,
                                            stderr=errors, preexec_fn=preexec)
        self.endpoints = []
        for _ in listen:
            line = self.process.stdout.readline().decode()
            assert line.startswith("listening on "), (line, self.errors())
            self.endpoints.append(line[len("listening on "):].strip())
        self.console = b""
        self.reader = threading.Thread(target=self._read_console)
        self.reader.start()

    def _read_console(self):
        for line in self.process.stdout:
            self.console += line

    def errors(self):
        with open(self.errors_path, encoding="utf-8", errors="replace") as errors:
            return errors.read()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.wait()
        errors = self.errors()
        shutil.rmtree(self.folder)
        if kind is None:
            assert status == self.expected_status, (status, errors)
            assert errors == "", errors

    def wait(self):
        status = self.process.wait(PATIENCE_S)
        self.reader.join()
        self.process.stdout.close()
        return status

    def signal(self, number):
        self.process.send_signal(number)

    def memory_kib(self):
        """The most memory that was ever resident."""
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1))

    def connect(self, index=0):
        return connect(self.endpoints[index])

    def ask(self, text, index=0):
        """The answer to a request in the length form, parsed."""
        with self.connect(index) as s:
            s.sendall(framed(text))
            return length_answer(s)


def connect(endpoint):
    kind, _, rest = endpoint.partition(":")
    if kind == "unix":
        s = socket.socket(socket.AF_UNIX)
        address = rest
    elif kind == "tcp":
        host, _, port = rest.rpartition(":")
        s = socket.socket(socket.AF_INET6 if host[0] == "[" else socket.AF_INET)
        address = (host.strip("[]"), int(port))
    else:
        s = socket.socket(socket.AF_VSOCK)
        address = (socket.VMADDR_CID_LOCAL if hasattr(socket, "VMADDR_CID_LOCAL") else 1, int(rest))
    s.settimeout(PATIENCE_S)
    if kind == "tcp":
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.connect(address)
    return s


def framed(text):
    data = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<Q", len(data)) + data


def read_all(s):
    """All bytes to the end of the stream; a reset is an error."""
    parts = []
    while True:
        part = s.recv(65536)
        if not part:
            return b"".join(parts)
        parts.append(part)


def length_answer(s):
    data = read_all(s)
    assert len(data) >= 8, data
    assert struct.unpack("<Q", data[:8])[0] == len(data) - 8, data
    return json.loads(data[8:])


def bare_answer(s):
    data = read_all(s)
    assert data.endswith(b"\n") and data.count(b"\n") == 1, data
    return json.loads(data)


def call(method, params=None, id_=1):
    """A JSON-RPC request."""
    request = {"jsonrpc": "2.0", "id": id_, "method": method}
    if params is not None:
        request["params"] = params
    return request


def transfer(amount, id_=1):
    """A JSON-RPC request for a transfer of `amount`."""
    return call("nitro_transfer", [{"sender": SENDER, "amount": amount}], id_)


def post_bytes(body, *fields, version="1.1"):
    """The bytes of an HTTP request with a body, a JSON value or bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = ["POST / HTTP/" + version, "Host: localhost", "Content-Length: %d" % len(data), *fields]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + data


class Http(http.client.HTTPConnection):
    """A connection of the standard library's HTTP client to any of our endpoints."""

    def __init__(self, endpoint):
        super().__init__("localhost")
        self.endpoint = endpoint

    def connect(self):
        self.sock = connect(self.endpoint)

    def post(self, body, headers=None):
        """Status, headers and parsed body of the answer; None for no body."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.request("POST", "/", data, headers or {})
        return self.answer()

    def answer(self):
        with self.getresponse() as response:
            data = response.read()
            return response.status, response.headers, json.loads(data) if data else None


def http_answers(s, count=None):
    """The next answers on a socket, `count` or to the end of the stream: status, body, and whether the
    connection is kept."""
    answers = []
    file = s.makefile("rb")
    while count is None or len(answers) < count:
        line = file.readline()
        if not line:
            break
        status = int(re.fullmatch(rb"HTTP/1\.1 (\d{3}) [A-Za-z ]+\r\n", line).group(1))
        fields = {}
        while (line := file.readline()) != b"\r\n":
            name, _, value = line.decode().partition(":")
            assert name not in fields, name
            fields[name] = value.strip()
        body = file.read(int(fields.get("Content-Length", "0")))
        answers.append((status, json.loads(body) if body else None,
                        fields.get("Connection") != "close"))
    assert count is None or len(answers) == count, answers
    return answers


def rpc_error(answer):
    """The code and message of a JSON-RPC answer that must be an error."""
    assert "result" not in answer, answer
    return answer["error"]["code"], answer["error"]["message"]


def error_of(answer):
    """The name and message of an answer that must be an error."""
    assert list(answer) == ["error"], answer
    return answer["error"]["name"], answer["error"]["message"]


def check_transfer(answer, wei):
    """Checks that an answer is the result of a transfer of `wei` to SENDER."""
    assert answer["result"]["status"] == "success", answer
    assert answer["result"]["gasUsed"] == 21000, answer
    state = answer["state"]
    assert list(state) == [CALLER, BENEFICIARY, SENDER], answer
    assert int(state[CALLER]["balance"], 16) == 111 - wei, answer
    assert state[CALLER]["nonce"] == 1, answer
    assert int(state[SENDER]["balance"], 16) == wei, answer


def client(*options, stdin=None):
    """Runs `revm_driver client`; gives its status, output and errors."""
    return driver("client", *options, stdin=stdin)


def driver(*arguments, stdin=None):
    done = subprocess.run([REVM_DRIVER, *arguments], input=stdin, capture_output=True,
                          timeout=PATIENCE_S, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def main(module):
    """Runs every function test_* of a module, in the order of its text; prints what failed."""
    names = [name for name in vars(module) if name.startswith("test_")]
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    passed = failed = 0
    for name in names:
        if wanted not in name:
            continue
        try:
            getattr(module, name)()
            passed += 1
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print("FAIL %s: %s" % (name, traceback.format_exc()))
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)
