#!/bin/sh
# The official trie tests. FIXTURES names the folder that holds the archives (default
# ../shared/fixtures); they are unpacked into .cache/fixtures once. Ends with "N passed, N failed".
set -u
: "${BUILD:=build}" "${FIXTURES:=../shared/fixtures}"
cache=.cache/fixtures
set=ethereum-tests-misc
archive=$FIXTURES/$set.tar.zst
if [ ! -f "$archive" ]; then
    echo "skipped: official trie tests: no $archive (TrieTests of ethereum/tests; set FIXTURES to" \
        "the archive's folder)"
    echo "0 passed, 0 failed"
    exit 0
fi
if [ ! -f "$cache/$set.done" ]; then
    rm -rf "${cache:?}/$set"
    mkdir -p "$cache/$set"
    zstd -dc "$archive" | tar x -C "$cache/$set" || exit 2
    : > "$cache/$set.done"
fi
"$BUILD/evm" trietest "$cache/$set/ethtests-dev/TrieTests"
