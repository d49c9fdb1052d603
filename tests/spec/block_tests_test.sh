#!/bin/sh
# The official block tests, the benchmarks among the official tests, and real blocks with their
# witness. FIXTURES names the folder that holds the archives (default ../shared/fixtures); they are
# unpacked into .cache/fixtures once. The release and gcc variants run every chain, and again from
# nothing but witnesses, and of every 20th file also from each witness less each of its nodes, which
# must fail. The variants that check as they go run a fixed sample: every 25th file, of the
# benchmarks two.
# Ends with "N passed, N failed".
set -u
: "${BUILD:=build}" "${CONFIG:=release}" "${FIXTURES:=../shared/fixtures}"
cache=.cache/fixtures
chains=eest-v5.4.0-blockchain_tests
benchmarks=eest-benchmark-blockchain_tests
blocks=real-blocks

passed=0 failed=0
work=$(mktemp -d) || exit 2
log=$work/log files=$work/files
trap 'rm -rf "$work"' EXIT
is_sample=1
case $CONFIG in
    release | gcc) is_sample= ;;
esac
plain='tail'
[ "$CONFIG" = gcc ] && plain='switch'

# unpack SET WHAT: makes sure that a set is there; false where its archive is not.
unpack() {
    archive=$FIXTURES/$1.tar.zst
    if [ ! -f "$archive" ]; then
        echo "skipped: $2: no $archive (set FIXTURES to the folder of the archive)"
        return 1
    fi
    if [ ! -f "$cache/$1.done" ]; then
        rm -rf "${cache:?}/$1"
        mkdir -p "$cache/$1"
        zstd -dc "$archive" | tar x -C "$cache/$1" || exit 2
        : > "$cache/$1.done"
    fi
}

# list SET EVERY: writes every so manyth file of a set to $files.
list() {
    find "$cache/$1" -name '*.json' | sort |
        awk -v every="$2" 'every == 1 || NR % every == 1' > "$files"
}

# run WANTED OPTION...: block tests of the listed files, of which WANTED must pass (0: any number).
run() {
    wanted=$1
    shift
    xargs "$BUILD/evm" blocktest "$@" < "$files" > "$log" 2>&1
    status=$?
    line=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed.*/\1 \2/p' "$log" |
        awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
    passed=$((passed + ${line% *}))
    failed=$((failed + ${line#* }))
    if [ "$status" -ne 0 ] || [ "${line% *}" -eq 0 ]; then
        [ "${line#* }" -ne 0 ] || failed=$((failed + 1))
        grep -v ' passed, ' "$log" | head -n 40
    elif [ "$wanted" -ne 0 ] && [ "${line% *}" -ne "$wanted" ]; then
        failed=$((failed + 1))
        echo "FAIL blocktest $*: ${line% *} cases, not $wanted"
    fi
}

if unpack $chains "official block tests (releases of ethereum/execution-spec-tests)"; then
    if [ -z "$is_sample" ]; then
        list $chains 1
        run 14037 --dispatch $plain
        run 14037 --dispatch switch --stateless
        list $chains 20
        run 0 --minimal
    else
        list $chains 25
        run 0 --dispatch $plain
        run 0 --dispatch switch --stateless
        list $chains 200
        run 0 --minimal
    fi
fi
if unpack $benchmarks "benchmarks of the official tests (ethereum/execution-spec-tests)"; then
    if [ -z "$is_sample" ]; then
        list $benchmarks 1
        run 287
    else
        list $benchmarks 15
        run 0
    fi
fi

# A real block is valid in all that its header says and its file claims, or its line says what is
# wrong.
ok='  OK(, with [0-9]+ accounts absent that the witness says nothing of)?$'
if unpack $blocks "real blocks with their witness"; then
    count=$(find "$cache/$blocks" -name '*.json' | wc -l)
    for dispatcher in $plain switch; do
        "$BUILD/evm" block --dispatch "$dispatcher" "$cache/$blocks" > "$log" 2>&1
        status=$?
        right=$(grep -c -E "$ok" "$log")
        passed=$((passed + right))
        if [ "$status" -ne 0 ] || [ "$right" -ne "$count" ] || [ "$count" -eq 0 ]; then
            failed=$((failed + count - right))
            [ "$right" -ne "$count" ] || failed=$((failed + 1))
            grep -v -E "$ok" "$log" | head -n 20
        fi
        [ "$plain" = tail ] || break
    done
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
