#!/usr/bin/env python3
"""`evm block` and `evm blocktest` from outside, on the small files of tests/corpus: what they say
of files that hold, that do not, and that they cannot use; their exit status; JSON lines that are
JSON. Ends with "N passed, N failed".
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

EVM = os.path.join(os.environ.get("BUILD", "build"), "evm")
FILES = os.path.join("tests", "corpus", "blockfile")
TESTS = os.path.join("tests", "corpus", "blocktest")


def run(*args):
    return subprocess.run([EVM, *args], capture_output=True, text=True, check=False)


def block_file(name):
    return os.path.join(FILES, name)


def test_file(name):
    return os.path.join(TESTS, name)


def check_error(out, *words):
    """One line of error with these words, and nothing else."""
    assert out.returncode == 2, out.returncode
    lines = out.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("evm: "), out.stderr
    for word in words:
        assert word in lines[0], (word, lines[0])


def help_of_both(_):
    for command in ("block", "blocktest"):
        out = run(command, "--help")
        assert out.returncode == 0 and out.stderr == "", out.stderr
        assert out.stdout.startswith(f"usage: evm {command} "), out.stdout
        for option in ("--json", "--dispatch", "--help"):
            assert option in out.stdout, option
        assert max(len(line) for line in out.stdout.splitlines()) <= 100
    assert "--stateless" in run("blocktest", "--help").stdout
    assert "--genesis" in run("block", "--help").stdout
    top = run("--help").stdout
    assert "  block " in top and "  blocktest " in top


def wrong_usage(_):
    good = block_file("hoodi")
    for args in (("block",), ("blocktest",)):
        check_error(run(*args), "no files", f"evm {args[0]} --help")
    check_error(run("block", "--nothing", good), "nothing")
    check_error(run("blocktest", "--nothing", good), "nothing")
    check_error(run("block", "--dispatch", "none", good), "dispatch")
    for number in ("0", "1001", "x", "-1", ""):
        check_error(run("block", "--repeat", number, good), "repeat")
    check_error(run("block", "--genesis", "/nowhere", good), "/nowhere")
    check_error(run("block", "--genesis", good, good), good)


def files_that_are_none(folder):
    """A missing file, one that is no JSON, one of another kind: each is named, with the reason; the
    others still run."""
    text = os.path.join(folder, "text.json")
    with open(text, "w", encoding="utf-8") as f:
        f.write("{not JSON")
    missing = os.path.join(folder, "none")
    for command, good, other in (
        ("block", block_file("hoodi"), test_file("prague")),
        ("blocktest", test_file("prague"), block_file("hoodi")),
    ):
        check_error(run(command, missing), missing)
        check_error(run(command, text), text, "JSON")
        check_error(run(command, other), other)
        out = run(command, text, good, other)
        assert out.returncode == 2, out.returncode
        assert len(out.stderr.splitlines()) == 2, out.stderr
        assert ("OK" if command == "block" else "1 passed, 0 failed") in out.stdout, out.stdout
    check_error(run("block", block_file("bad-block")), "block: not a block")
    check_error(run("block", block_file("bad-witness")), '"state"')
    check_error(run("block", block_file("chain-id")), '"chainId"')
    check_error(run("blocktest", test_file("array")), "not a file of block tests")
    check_error(run("blocktest", test_file("bad-genesis")), "genesisRLP")
    # An empty folder holds no files.
    empty = os.path.join(folder, "empty")
    os.mkdir(empty)
    for command in ("block", "blocktest"):
        check_error(run(command, empty), "no files")


def blocks(_):
    """A line for each block; 1 when one is not valid, not as the file says, or lacks something."""
    for name, status, words in (
        ("frontier", 0, "OK"),
        ("hoodi", 0, "OK"),
        ("hoodi-root", 0, "OK"),
        ("hoodi-claim", 1, 'valid, but "gasUsed" in the file is another'),
        ("hoodi-wrong", 1, "INVALID_RECEIPTS_ROOT: wrong receipts root"),
    ):
        for options in ((), ("--dispatch", "switch"), ("--repeat", "3")):
            out = run("block", *options, block_file(name))
            assert out.returncode == status and out.stderr == "", (name, out.returncode, out.stderr)
            lines = out.stdout.splitlines()
            assert len(lines) == 1 and lines[0].endswith("ms  " + words), lines
    out = run("block", block_file("hoodi-less"))
    assert out.returncode == 1 and out.stdout == "", (out.returncode, out.stdout)
    assert "hoodi-less: account 0x" in out.stderr, out.stderr
    out = run("block", block_file("hoodi-less"), block_file("hoodi"), block_file("hoodi-wrong"))
    assert out.returncode == 1 and len(out.stdout.splitlines()) == 2, out.stdout
    # What cannot be used weighs more, in either order.
    for order in (("hoodi-less", "empty"), ("empty", "hoodi-less"), ("hoodi-wrong", "empty")):
        assert run("block", *map(block_file, order)).returncode == 2, order


def rules_from_a_genesis(folder):
    """--genesis says which rules hold, whatever chain id the file names."""
    genesis = os.path.join(folder, "genesis.json")
    for config, wanted in (
        ({"chainId": 1}, (0, "OK")),
        # Homestead is yet to come.
        ({"chainId": 1, "homesteadBlock": 1000}, (0, "OK")),
        # EIP-100: the difficulty would be another.
        ({"chainId": 1, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0, "eip158Block": 0,
          "byzantiumBlock": 0}, (1, "INVALID_DIFFICULTY")),
    ):
        with open(genesis, "w", encoding="utf-8") as f:
            json.dump({"config": config, "alloc": {}}, f)
        out = run("block", "--genesis", genesis, block_file("frontier"))
        assert out.returncode == wanted[0] and wanted[1] in out.stdout, (out.stdout, out.stderr)


def json_of_blocks(folder):
    """Whatever is in a path or a verdict, a line is a JSON object."""
    names = ["plain", 'quote"d', "back\\slash", "new\nline", "\u00fcml\u00e4ut"]
    for name in names:
        shutil.copy(block_file("hoodi-claim"), os.path.join(folder, name + ".json"))
    shutil.copy(block_file("hoodi"), os.path.join(folder, "valid.json"))
    shutil.copy(block_file("hoodi-wrong"), os.path.join(folder, "wrong.json"))
    out = run("block", "--json", folder)
    assert out.returncode == 1 and out.stderr == "", out.stderr
    lines = [json.loads(line) for line in out.stdout.splitlines()]
    assert sorted(line["file"] for line in lines) == sorted(
        os.path.join(folder, name + ".json") for name in names + ["valid", "wrong"]
    ), lines
    for line in lines:
        name = os.path.basename(line["file"])
        assert set(line) == {
            "file", "number", "hash", "fork", "transactions", "gasUsed", "nodes", "codes", "ms",
            "assumedAbsent", "valid", "verdict",
        }, line
        assert set(line["ms"]) == {"decode", "witness", "execute", "root", "total"}, line
        assert line["number"] == 3 and line["fork"] == "Cancun" and line["transactions"] == 3, line
        assert len(line["hash"]) == 66 and line["assumedAbsent"] == 0, line
        assert line["valid"] == (name != "wrong.json"), line
        if name == "valid.json":
            assert line["verdict"] == "OK", line
        elif name != "wrong.json":
            assert line["verdict"] == 'valid, but "gasUsed" in the file is another', line


def suites(_):
    """Counts, failures with their words, and every way to run."""
    good = [test_file(name) for name in ("frontier", "byzantium", "shanghai", "prague", "ommer",
                                         "merge")]
    for options in ((), ("--stateless",), ("--minimal",), ("--dispatch", "switch"), ("-j", "1"),
                    ("-j", "7")):
        out = run("blocktest", *options, *good)
        assert out.returncode == 0 and out.stderr == "", (options, out.stdout, out.stderr)
        assert out.stdout == f"{len(good)} passed, 0 failed, 0 skipped\n", out.stdout
    out = run("blocktest", "--fork", "prague", *good)
    assert out.stdout == "1 passed, 0 failed, 0 skipped\n", out.stdout
    for name, words in (
        ("wrong-last", "last block, expected 0x"),
        ("no-network", "network, expected one we know, got Nowhere"),
        ("no-state", "genesis state, expected 0x"),
    ):
        out = run("blocktest", test_file(name))
        assert out.returncode == 1 and out.stderr == "", (out.returncode, out.stderr)
        lines = out.stdout.splitlines()
        assert len(lines) == 2 and lines[1] == "0 passed, 1 failed, 0 skipped", lines
        assert lines[0].startswith(f"FAIL {test_file(name)} {name} ") and words in lines[0], lines


def json_of_suites(_):
    names = ("frontier", "prague", "wrong-last", "no-network")
    out = run("blocktest", "--json", "-j", "1", *map(test_file, names))
    assert out.returncode == 1 and out.stderr == "", out.stderr
    lines = [json.loads(line) for line in out.stdout.splitlines()]
    assert [os.path.basename(line["file"]) for line in lines] == list(names), lines
    assert [line["pass"] for line in lines] == [True, True, False, False], lines
    assert [line["fork"] for line in lines] == ["Frontier", "Prague", "Prague", "Nowhere"], lines
    for line in lines:
        assert len(line["stateRoot"]) == 66 and line["gasUsed"] >= 0, line
        assert ("error" in line) == (not line["pass"]), line
    assert lines[0]["gasUsed"] > 2 * 3 * 21000, lines[0]
    assert lines[2]["error"] == "last block" and len(lines[2]["got"]) == 66, lines[2]


def main():
    passed = failed = 0
    for test in (help_of_both, wrong_usage, files_that_are_none, blocks, rules_from_a_genesis,
                 json_of_blocks, suites, json_of_suites):
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
