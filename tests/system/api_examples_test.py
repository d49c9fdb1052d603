#!/usr/bin/env python3
"""Runs the examples of docs/api.md, offline and through the server, and compares every answer with
the documented one to the letter. The digests of results are computed here once more, from their
text alone, as a client would. Ends with "N passed, N failed"."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile

import harness

EVM = os.path.join(harness.BUILD, "evm")
DOCUMENT = os.path.join("docs", "api.md")


def examples():
    """The document's examples: (request text, kind of answer, its text)."""
    with open(DOCUMENT, encoding="utf-8") as document:
        text = document.read()
    fence = re.compile(r"^```json request\n(.*?)^```\n+```(json result|text error)\n(.*?)^```",
                       re.MULTILINE | re.DOTALL)
    found = [match.groups() for match in fence.finditer(text)]
    assert len(found) == text.count("```json request"), "a request without its answer"
    return found


def normal(text):
    """JSON text without its layout: members keep their order, and none may stand twice."""
    def members(pairs):
        assert len(pairs) == len(dict(pairs)), pairs
        return dict(pairs)
    return json.dumps(json.loads(text, object_pairs_hook=members))


# ---- digests --------------------------------------------------------------------------------------

ROUNDS = 24
MASK = (1 << 64) - 1


def round_constants():
    """FIPS 202, 3.2.5."""
    register, constants = 1, []
    for _ in range(ROUNDS):
        constant = 0
        for j in range(7):
            constant |= (register & 1) << ((1 << j) - 1)
            register = register << 1 ^ (register >> 7) * 0x171
        constants.append(constant)
    return constants


CONSTANTS = round_constants()


def rotated(lane, count):
    count %= 64
    return (lane << count | lane >> (64 - count)) & MASK


def permuted(lanes):
    for constant in CONSTANTS:
        parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]
                  for x in range(5)]
        lanes = [lanes[i] ^ parity[(i + 4) % 5] ^ rotated(parity[(i + 1) % 5], 1)
                 for i in range(25)]
        moved, x, y, lane = lanes[:], 1, 0, lanes[1]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            moved[x + 5 * y], lane = rotated(lane, (t + 1) * (t + 2) // 2), lanes[x + 5 * y]
        lanes = [moved[i] ^ ~moved[i - i % 5 + (i + 1) % 5] & moved[i - i % 5 + (i + 2) % 5]
                 for i in range(25)]
        lanes[0] ^= constant
    return lanes


def keccak256(data):
    data = bytearray(data + b"\x01")
    data += bytes(-len(data) % 136)
    data[-1] |= 0x80
    lanes = [0] * 25
    for block in range(0, len(data), 136):
        for i in range(17):
            lanes[i] ^= int.from_bytes(data[block + 8 * i:block + 8 * i + 8], "little")
        lanes = permuted(lanes)
    return "0x" + b"".join(lane.to_bytes(8, "little") for lane in lanes[:4]).hex()


def uint(text):
    return int(text, 16).to_bytes(8, "big") if isinstance(text, str) else text.to_bytes(8, "big")


def word(text):
    return int(text, 16).to_bytes(32, "big")


def flag(value):
    return bytes([bool(value)])


def fixed(text):
    return bytes.fromhex(text[2:])


def data_of(text):
    return uint(len(fixed(text))) + fixed(text)


def text_of(text):
    return uint(len(text)) + text.encode()


def listed(items, encode):
    return uint(len(items)) + b"".join(encode(item) for item in items)


def optional(value, encode):
    return flag(value is not None) + (b"" if value is None else encode(value))


def change(encode):
    return lambda pair: encode(pair["pre"]) + encode(pair["post"])


def encoded_log(log):
    return fixed(log["address"]) + listed(log["topics"], word) + data_of(log["data"])


def encoded_access(entry):
    return fixed(entry["address"]) + listed(entry["storageKeys"], word)


def encoded_transaction(tx):
    error = tx["error"]["name"] if tx["status"] in ("halt", "rejected") else ""
    return (text_of(tx["status"]) + text_of(error) + optional(tx.get("from"), fixed) +
            uint(tx.get("gasUsed", "0x0")) + uint(tx.get("gasRefunded", "0x0")) +
            data_of(tx.get("output", "0x")) + optional(tx.get("contractAddress"), fixed) +
            listed(tx.get("logs", []), encoded_log) +
            listed(tx.get("accessList", []), encoded_access))


def encoded_slot(item):
    slot, values = item
    return word(slot) + optional(values["pre"], word) + word(values["post"])


def encoded_account(item):
    address, account = item
    return (fixed(address) + optional(account.get("exists"), change(flag)) +
            optional(account.get("balance"), change(word)) +
            optional(account.get("nonce"), change(uint)) +
            optional(account.get("code"), change(data_of)) +
            flag(account.get("storageCleared", False)) +
            listed(list(account.get("storage", {}).items()), encoded_slot))


def encoded_simulation(result):
    block = result["block"]
    diff = result.get("stateDiff")
    return (text_of("nitro_simulate result 1") + uint(result["chainId"]) + text_of(result["fork"]) +
            fixed(result["preStateRoot"]) + optional(result["blockHash"], fixed) +
            uint(block["number"]) + uint(block["time"]) + uint(block["gasLimit"]) +
            fixed(block["feeRecipient"]) + word(block["prevRandao"]) +
            word(block["baseFeePerGas"]) + word(block["blobBaseFee"]) + uint(result["gasUsed"]) +
            listed(result["transactions"], encoded_transaction) +
            optional(diff, lambda d: listed(list(d.items()), encoded_account)) +
            optional(result.get("postStateRoot"), fixed))


def encoded_block(result):
    about = result.get("transaction")
    text = (text_of("nitro_executeBlock result 1") + uint(result["chainId"]) +
            text_of(result["fork"]) + uint(result["number"]) + fixed(result["hash"]) +
            fixed(result["preStateRoot"]) + flag(result["parentChecked"]) + flag(result["valid"]) +
            text_of(result["status"]) + optional(about and about["index"], uint) +
            text_of(about["error"]["name"] if about else ""))
    if result["valid"]:
        text += (uint(result["gasUsed"]) + uint(result["transactions"]) +
                 fixed(result["stateRoot"]) + fixed(result["receiptsRoot"]))
    return text


def check_digests(request, result):
    """A request's text holds one parameter, which is its only member in brackets of this kind."""
    start = request.index("[", request.index('"params"')) + 1
    parameter = request[start:request.rindex("]")].strip()
    assert result["digest"]["request"] == keccak256(parameter.encode()), "request's digest"
    encode = encoded_block if "valid" in result else encoded_simulation
    assert result["digest"]["result"] == keccak256(encode(result)), "result's digest"


# ---- tests ----------------------------------------------------------------------------------------


def simulate(text, *options):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as request:
        request.write(text)
        request.flush()
        done = subprocess.run([EVM, "simulate", *options, request.name], capture_output=True,
                              timeout=harness.PATIENCE_S, check=False, text=True)
        return done.returncode, done.stdout, done.stderr.replace(request.name, "FILE")


def test_the_document_has_examples():
    kinds = [json.loads(request)["method"] for request, _, _ in examples()]
    assert kinds.count("nitro_simulate") >= 4 and "nitro_executeBlock" in kinds, kinds
    assert any(kind == "text error" for _, kind, _ in examples())


def test_examples_offline():
    for request, kind, answer in examples():
        status, out, errors = simulate(request)
        if kind == "text error":
            assert (status, out) == (1, ""), (status, out)
            assert errors == "evm: FILE: " + answer, errors
        else:
            assert (status, errors) == (0, ""), (status, errors)
            assert out.count("\n") == 1, "more than a line"
            assert normal(out) == normal(answer), out


def test_digests_can_be_computed_by_clients():
    assert keccak256(b"").startswith("0xc5d2460186f7233c")
    for request, kind, answer in examples():
        if kind == "json result":
            check_digests(request, json.loads(answer))


def test_a_parameter_alone_is_taken_too():
    for request, kind, answer in examples():
        call = json.loads(request)
        if kind == "json result" and call["method"] == "nitro_simulate":
            status, out, _ = simulate(json.dumps(call["params"][0]))
            got, expected = json.loads(out), json.loads(answer)
            assert status == 0 and got["digest"]["result"] == expected["digest"]["result"], out


def test_what_cannot_be_asked():
    request = examples()[0][0]
    for bad, says in ((request.replace("nitro_simulate", "nitro_stimulate"), "nitro_executeBlock"),
                      (request.replace('"method"', '"methods"'), "jsonrpc"),
                      (request.replace('"params": [', '"params": [1,'), "params"),
                      ('{"method": "nitro_simulate", "params": []}', "params"),
                      ("{", "JSON"), ("", "JSON")):
        status, out, errors = simulate(bad)
        assert (status, out) == (1, ""), (bad, status, out)
        assert errors.startswith("evm: FILE: ") and errors.count("\n") == 1, errors
        assert says in errors, errors
    for options, expected in (([], 2), (["--nothing", "x"], 2), (["/nonexistent"], 2)):
        done = subprocess.run([EVM, "simulate", *options], capture_output=True, check=False)
        assert done.returncode == expected, (options, done)
        assert done.stderr.count(b"\n") == 1 and done.stdout == b"", done


def test_examples_through_the_server():
    with harness.Server() as server:
        for request, kind, answer in examples():
            with contextlib.closing(harness.Http(server.endpoints[0])) as http:
                status, _, reply = http.post(request.encode())
            call = json.loads(request)
            assert status == 200, status
            assert reply["jsonrpc"] == "2.0" and reply["id"] == call["id"], reply
            if kind == "text error":
                assert reply["error"]["message"] == answer.strip(), reply
                assert reply["error"]["data"]["name"].startswith("ERR_"), reply
            else:
                assert json.dumps(reply["result"]) == normal(answer), reply


if __name__ == "__main__":
    harness.main(sys.modules[__name__])
