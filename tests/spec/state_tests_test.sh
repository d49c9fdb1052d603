#!/bin/sh
# The official state tests, with both dispatchers. FIXTURES names the folder that holds the archives
# (default ../shared/fixtures); they are unpacked into .cache/fixtures once. The release and gcc
# variants run all files but those of tests/spec/slow.list, which SLOW=1 adds; the variants that
# check as they go run a fixed sample, every 25th file.
# Ends with "N passed, N failed".
set -u
: "${BUILD:=build}" "${CONFIG:=release}" "${FIXTURES:=../shared/fixtures}"
cache=.cache/fixtures
sets='eest-v5.4.0-state_tests legacy-state_tests'

found=
for set in $sets; do
    archive=$FIXTURES/$set.tar.zst
    if [ ! -f "$archive" ]; then
        echo "skipped: official state tests $set: no $archive (published as releases of" \
            "ethereum/execution-spec-tests, and in ethereum/tests; set FIXTURES to their folder)"
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

passed=0 failed=0
work=$(mktemp -d) || exit 2
log=$work/log files=$work/files
trap 'rm -rf "$work"' EXIT
dispatchers=switch
[ "$CONFIG" = gcc ] || dispatchers='tail switch'
every=1
case $CONFIG in
    release | gcc) ;;
    *) every=25 ;;
esac
# shellcheck disable=SC2086 # the list is meant to be split
find $found -name '*.json' | sort > "$log"
if [ "${SLOW:-0}" != 1 ]; then
    sed 's/#.*//; /^[[:space:]]*$/d' tests/spec/slow.list > "$files"
    grep -v -F -f "$files" "$log" > "$log.quick"
    mv "$log.quick" "$log"
fi
awk -v every="$every" 'NR % every == 1 || every == 1' "$log" > "$files"
for dispatcher in $dispatchers; do
    xargs "$BUILD/evm" statetest --dispatch "$dispatcher" < "$files" > "$log" 2>&1
    status=$?
    line=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed.*/\1 \2/p' "$log" | awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
    passed=$((passed + ${line% *}))
    failed=$((failed + ${line#* }))
    if [ "$status" -ne 0 ]; then
        [ "${line#* }" -ne 0 ] || failed=$((failed + 1))
        grep -v ' passed, ' "$log" | head -n 40
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
