#!/usr/bin/env python3
"""The largest real block through the server: executed from its witness by nitro_executeBlock, and
its transactions simulated by nitro_simulate, in the memory that we promise. FIXTURES names the
folder that holds the archives (default ../shared/fixtures); they are unpacked into .cache/fixtures
once. Ends with "N passed, N failed"."""

import contextlib
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join("tests", "system"))
import harness  # noqa: E402  pylint: disable=wrong-import-position

ARCHIVE = os.path.join(os.environ.get("FIXTURES", "../shared/fixtures"), "real-blocks.tar.zst")
FOLDER = os.path.join(".cache", "fixtures", "real-blocks")
BLOCK = os.path.join(FOLDER, "real-blocks", "mainnet-25229957-bpo2.json")

# Resident memory of the whole server: what an enclave of the walkthrough has.
MEMORY_KIB = 256 * 1024


def block():
    """The block's file; None when there is no archive."""
    if not os.path.exists(FOLDER + ".done"):
        if not os.path.exists(ARCHIVE):
            return None
        os.makedirs(FOLDER, exist_ok=True)
        with subprocess.Popen(["zstd", "-dc", ARCHIVE], stdout=subprocess.PIPE) as unpacking:
            subprocess.run(["tar", "x", "-C", FOLDER], stdin=unpacking.stdout, check=True)
        with open(FOLDER + ".done", "wb"):
            pass
    with open(BLOCK, encoding="ascii") as text:
        return json.load(text)


def item(data, at):
    """The RLP item at a place: its payload, its encoding, and where it ends."""
    first = data[at]
    if first < 0x80:
        return data[at:at + 1], data[at:at + 1], at + 1
    base = 0x80 if first < 0xc0 else 0xc0
    start, length = at + 1, first - base
    if length > 55:
        width, start = length - 55, at + 1 + length - 55
        length = int.from_bytes(data[at + 1:at + 1 + width], "big")
    return data[start:start + length], data[at:start + length], start + length


def items(payload):
    at, found = 0, []
    while at < len(payload):
        inner, whole, at = item(payload, at)
        found.append((inner, whole))
    return found


def quantity(data):
    return hex(int.from_bytes(data, "big"))


def call(method, param):
    return json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": [param]})


def simulation(real):
    """A request to simulate the block's transactions in the block's environment."""
    parts = items(item(bytes.fromhex(real["block"][2:]), 0)[0])
    header = [payload for payload, _ in items(parts[0][0])]
    transactions = ["0x" + (whole if whole[0] >= 0xc0 else payload).hex()
                    for payload, whole in items(parts[1][0])]
    environment = {"number": quantity(header[8]), "time": quantity(header[11]),
                   "gasLimit": quantity(header[9]), "feeRecipient": "0x" + header[2].hex(),
                   "prevRandao": "0x" + header[13].hex(), "baseFeePerGas": quantity(header[15]),
                   "excessBlobGas": quantity(header[18]),
                   "parentBeaconBlockRoot": "0x" + header[19].hex()}
    return call("nitro_simulate", {
        "witness": real["witness"], "block": environment, "transactions": transactions,
        "options": {"systemCalls": True, "stateDiff": True, "postStateRoot": True,
                    "accessList": True}})


def post(server, text):
    with contextlib.closing(harness.Http(server.endpoints[0])) as http:
        status, _, answer = http.post(text.encode())
    assert status == 200, status
    return answer["result"]


def test_the_largest_block():
    real = block()
    if real is None:
        print("skipped: the largest real block: no %s (set FIXTURES to its folder)" % ARCHIVE)
        return
    execution = call("nitro_executeBlock", {"block": real["block"], "witness": real["witness"],
                                            "blockHash": real["hash"]})
    with harness.Server() as server:
        for _ in range(2):
            result = post(server, execution)
            assert result["valid"] and result["hash"] == real["hash"], result
            assert result["stateRoot"] == real["stateRoot"], result
            assert result["receiptsRoot"] == real["receiptsRoot"], result
            assert int(result["gasUsed"], 16) == real["gasUsed"], result
            result = post(server, simulation(real))
            assert len(result["transactions"]) == real["txCount"]
            assert all(tx["status"] != "rejected" for tx in result["transactions"])
            assert int(result["gasUsed"], 16) == real["gasUsed"], result["gasUsed"]
        if not harness.sanitized():
            assert server.memory_kib() < MEMORY_KIB, server.memory_kib()


if __name__ == "__main__":
    harness.main(sys.modules[__name__])
