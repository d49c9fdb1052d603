#!/bin/sh
# The official transaction tests and RLP tests, every file. FIXTURES names the folder that holds the
# archive (default ../shared/fixtures); it is unpacked into .cache/fixtures once.
# Ends with "N passed, N failed".
set -u
: "${BUILD:=build}" "${FIXTURES:=../shared/fixtures}"
cache=.cache/fixtures
set=ethereum-tests-misc
archive=$FIXTURES/$set.tar.zst

if [ ! -f "$archive" ]; then
    echo "skipped: official transaction and RLP tests: no $archive (TransactionTests and RLPTests of" \
        "ethereum/tests; set FIXTURES to the folder of the archive)"
    echo "0 passed, 0 failed"
    exit 0
fi
if [ ! -f "$cache/$set.done" ]; then
    rm -rf "${cache:?}/$set"
    mkdir -p "$cache/$set"
    zstd -dc "$archive" | tar x -C "$cache/$set" || exit 2
    : > "$cache/$set.done"
fi

passed=0 failed=0
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT

# run COMMAND FOLDER: all files of a folder. One that cannot be used is a failure, and so is a folder
# without cases.
run() {
    "$BUILD/evm" "$1" "$cache/$set/ethtests-dev/$2" > "$log" 2>&1
    status=$?
    line=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed.*/\1 \2/p' "$log" | tail -n 1)
    line=${line:-0 1}
    passed=$((passed + ${line% *}))
    failed=$((failed + ${line#* }))
    if [ "$status" -ne 0 ] || [ "${line% *}" -eq 0 ]; then
        [ "${line#* }" -ne 0 ] || failed=$((failed + 1))
        grep -v ' passed, ' "$log" | head -n 40
    fi
}

run transactiontest TransactionTests
run rlptest RLPTests
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
