#!/bin/sh
# Answers of eth_getProof: those of tests/vectors, real ones of the main network, and real ones with
# one byte of one node changed, which must all be refused; and the command's exit status. FIXTURES
# names the folder that holds the archives (default ../shared/fixtures); they are unpacked into
# .cache/fixtures once. The variants that check as they go change every 25th byte only.
# Ends with "N passed, N failed".
set -u
: "${BUILD:=build}" "${CONFIG:=release}" "${FIXTURES:=../shared/fixtures}"
cache=.cache/fixtures
set=proofs
evm=$BUILD/evm
vector=tests/vectors/get_proof.jsonl
every=1
case $CONFIG in
    release | gcc) ;;
    *) every=25 ;;
esac
passed=0 failed=0
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
log=$work/log

# check NAME: counts whether the last command succeeded.
check() {
    if [ "$?" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
        head -n 20 "$log"
    fi
}

# add_counts adds what the log ends with, if it is "N passed, N failed".
add_counts() {
    line=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$log")
    [ -n "$line" ] || line="0 1"
    passed=$((passed + ${line% *}))
    failed=$((failed + ${line#* }))
    grep '^FAIL' "$log" | head -n 20
}

"$evm" proof "$vector" > "$log" 2>&1
add_counts

# What the command says of answers that hold, that do not, and of files that it cannot use.
sed 's/"nonce": "0x7"/"nonce": "0x8"/' "$vector" > "$work/wrong.jsonl"
echo '{"stateRoot": 1}' > "$work/bad.json"
[ "$(grep -c '^0xac00' "$log")" -eq 6 ]
check 'a line for each account and slot'
"$evm" proof "$work/wrong.jsonl" "$vector" > "$log" 2>&1
[ "$?" -eq 1 ] && grep -q 'wrong.jsonl line 1: account 0xac.*: the nonce' "$log" &&
    grep -q '^3 passed, 1 failed$' "$log"
check 'an answer that does not hold'
"$evm" proof "$work/bad.json" "$work/none.json" "$vector" > "$log" 2>&1
[ "$?" -eq 2 ] && [ "$(grep -c '^evm: ' "$log")" -eq 2 ] && grep -q 'bad.json: "stateRoot"' "$log" &&
    grep -q 'none.json' "$log" && grep -q '^2 passed, 0 failed$' "$log"
check 'files that cannot be used, and one that can'
"$evm" proof > "$log" 2>&1
[ "$?" -eq 2 ]
check 'no files'
"$evm" proof --root 0x00 "$vector" > "$log" 2>&1
[ "$?" -eq 2 ]
check 'a root that is no hash'
"$evm" proof --root "0x$(printf '%064d' 0)" "$vector" > "$log" 2>&1
[ "$?" -eq 1 ] && grep -q '^0 passed, 2 failed$' "$log"
check 'another root'
"$evm" proof --json "$vector" "$work/wrong.jsonl" > "$log" 2>&1
[ "$?" -eq 1 ] && python3 - "$log" << 'EOF'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert [line["pass"] for line in lines] == [True, True, False, True]
assert lines[0]["nonce"] == "0x7" and lines[0]["end"] == "value" and lines[0]["line"] == 1
assert [s["end"] for s in lines[0]["slots"]] == ["value", "empty-slot", "other-leaf"]
assert lines[0]["slots"][0] == {"slot": "0x3", "value": "0x34", "end": "value"}
assert lines[1]["end"] == "other-leaf" and "nonce" not in lines[1]
assert "nonce" in lines[2]["error"] and "end" not in lines[2]
EOF
check 'JSON lines'

archive=$FIXTURES/$set.tar.zst
if [ ! -f "$archive" ]; then
    echo "skipped: real proofs: no $archive (answers of eth_getProof from the main network; set" \
        "FIXTURES to the archive's folder)"
else
    if [ ! -f "$cache/$set.done" ]; then
        rm -rf "${cache:?}/$set"
        mkdir -p "$cache/$set"
        zstd -dc "$archive" | tar x -C "$cache/$set" || exit 2
        : > "$cache/$set.done"
    fi
    folder=$cache/$set/proofs
    "$evm" proof "$folder"/*.json "$folder"/*.jsonl > "$log" 2>&1
    add_counts
    # A line for each byte, with one of its bits changed: by turns the first, second, ...
    for file in "$folder"/05-* "$folder"/20-* "$folder"/23-*; do
        python3 - "$file" "$every" > "$work/changed.jsonl" << 'EOF'
import json, sys
case = json.load(open(sys.argv[1]))
answer = case["result"]
count = 0
for nodes in [answer["accountProof"]] + [slot["proof"] for slot in answer["storageProof"]]:
    for i, node in enumerate(nodes):
        raw = bytearray.fromhex(node[2:])
        for at in range(len(raw)):
            count += 1
            if count % int(sys.argv[2]) == 0:
                raw[at] ^= 1 << count % 8
                nodes[i] = "0x" + raw.hex()
                print(json.dumps({"stateRoot": case["stateRoot"], "r": answer}))
                raw[at] ^= 1 << count % 8
        nodes[i] = node
EOF
        lines=$(wc -l < "$work/changed.jsonl")
        "$evm" proof "$work/changed.jsonl" > "$log" 2>&1
        [ "$lines" -gt 100 ] && grep -q "^0 passed, $lines failed\$" "$log"
        check "every changed byte of $file is refused"
    done
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
