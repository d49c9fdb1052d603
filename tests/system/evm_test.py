#!/usr/bin/env python3
"""The offline tool from outside: every case of a file runs once however many workers share it, a
file that cannot be used is named once, traces end with a summary. Ends with "N passed, N failed".
"""

import json
import os
import subprocess
import sys
import tempfile

EVM = os.path.join(os.environ.get("BUILD", "build"), "evm")
ZERO = "0x" + "00" * 32
CONTRACT = "0x" + "00" * 18 + "1000"
SENDER = "0x" + "00" * 18 + "2000"
CASES = 24


def test_file(posts, code="0x60016000f3"):
    """A file of state tests with one test, which calls `code`."""
    return {
        "t": {
            "env": {
                "currentCoinbase": "0x" + "00" * 20, "currentGasLimit": "0x1000000",
                "currentNumber": "0x1", "currentTimestamp": "0x1", "currentRandom": ZERO,
                "currentBaseFee": "0x7", "currentExcessBlobGas": "0x0",
            },
            "pre": {
                SENDER: {"balance": "0xffffffffffff", "nonce": "0x0", "code": "0x", "storage": {}},
                CONTRACT: {"balance": "0x0", "nonce": "0x1", "code": code, "storage": {}},
            },
            "transaction": {
                "sender": SENDER, "to": CONTRACT, "nonce": "0x0", "gasPrice": "0x7",
                "gasLimit": ["0x10000"], "value": ["0x0"], "data": ["0x"],
            },
            "post": {"Prague": posts},
        }
    }


def post(**changes):
    return {"hash": ZERO, "logs": ZERO, "indexes": {"data": 0, "gas": 0, "value": 0}, **changes}


def run(*args):
    return subprocess.run([EVM, *args], capture_output=True, text=True, check=False)


def write(folder, name, value):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f)
    return path


def cases_run_once(folder):
    """No post-state is right, so every case is a line of its own."""
    write(folder, "a.json", test_file([post()] * CASES))
    write(folder, "b.json", test_file([post()] * CASES))
    for jobs in ("1", "2", "7"):
        out = run("statetest", "-j", jobs, "--json", folder)
        lines = [json.loads(line) for line in out.stdout.splitlines()]
        seen = sorted((os.path.basename(line["file"]), line["index"]) for line in lines)
        assert seen == [(f, i) for f in ("a.json", "b.json") for i in range(CASES)], seen
        assert out.returncode == 1, out.returncode


def unusable_file_is_named_once(folder):
    """Whichever worker meets what is wrong says so, and no other one does."""
    for bad in (1, CASES):
        posts = [post()] * CASES
        posts[5 : 5 + bad] = [post(hash="0x12")] * bad
        path = write(folder, "a.json", test_file(posts))
        for jobs in ("1", "2") + ("7",) * 20:
            out = run("statetest", "-j", jobs, folder)
            assert out.stderr.count(path) == 1, (jobs, out.stderr)
            assert out.returncode == 2, out.returncode


def traces_end_with_a_summary(folder):
    """A line for each instruction, then EIP-3155's summary, for each transaction."""
    path = write(folder, "a.json", test_file([post(), post(expectException="X")]))
    out = run("statetest", "--trace", path)
    lines = [json.loads(line) for line in out.stderr.splitlines()]
    assert [line.get("opName") for line in lines] == ["PUSH1", "PUSH1", "RETURN", None] * 2, lines
    end = lines[3]
    assert len(end.pop("stateRoot")) == 66
    assert end == {"output": "00", "gasUsed": "0x5211", "pass": True, "fork": "Prague"}, end

    out = run("run", "--code", "0x60006000fd", "--gas", "100", "--trace", "--json")
    lines = [json.loads(line) for line in out.stderr.splitlines()]
    assert [line.get("opName") for line in lines] == ["PUSH1", "PUSH1", "REVERT", None], lines
    assert lines[2]["error"] == lines[3]["error"] == "reverted", lines
    assert not lines[3]["pass"] and lines[3]["gasUsed"] == "0x6", lines
    assert json.loads(out.stdout)["status"] == "REVERT", out.stdout


def main():
    passed = failed = 0
    for test in (cases_run_once, unusable_file_is_named_once, traces_end_with_a_summary):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(folder)
                passed += 1
            except (AssertionError, KeyError, ValueError) as e:
                failed += 1
                print(f"FAIL {test.__name__}: {e!r}")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
