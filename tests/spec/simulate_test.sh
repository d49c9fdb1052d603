#!/bin/sh
# Official state tests through nitro_simulate: each case as a JSON request on a witness, and on
# witnesses that lack a node. A fixed sample, every 20th file (the variants that check as they go:
# every 200th). FIXTURES and .cache/fixtures are as in state_tests_test.sh.
# Ends with "N passed, N failed".
set -u
: "${BUILD:=build}" "${CONFIG:=release}" "${FIXTURES:=../shared/fixtures}"
cache=.cache/fixtures
sets='eest-v5.4.0-state_tests legacy-state_tests'

found=
for set in $sets; do
    archive=$FIXTURES/$set.tar.zst
    if [ ! -f "$archive" ]; then
        echo "skipped: simulated state tests $set: no $archive"
        continue
    fi
    if [ ! -f "$cache/$set.done" ]; then
        rm -rf "${cache:?}/$set"
        mkdir -p "$cache/$set"
        zstd -dc "$archive" | tar x -C "$cache/$set" || exit 2
        : > "$cache/$set.done"
    fi
    found="$found $cache/$set"
done
if [ -z "$found" ]; then
    echo "0 passed, 0 failed"
    exit 0
fi

every=20
case $CONFIG in
    release | gcc) ;;
    *) every=200 ;;
esac
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2086 # the list is meant to be split
find $found -name '*.json' | sort | grep -v -F /stTimeConsuming/ |
    awk -v every="$every" 'NR % every == 1' > "$work/files"
xargs "$BUILD/evm" statetest --simulate < "$work/files" > "$work/log" 2>&1
status=$?
line=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed.*/\1 \2/p' "$work/log" |
    awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
passed=${line% *} failed=${line#* }
if [ "$status" -ne 0 ]; then
    [ "$failed" -ne 0 ] || failed=1
    grep -v ' passed, ' "$work/log" | head -n 40
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
