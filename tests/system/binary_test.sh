#!/bin/sh
# What the release programs are: static, position independent, hardened, without paths of the machine
# that built them, and installable. Ends with "N passed, N failed".
set -u
: "${BUILD:=build}" "${CONFIG:=release}"
passed=0 failed=0
check() {
    what=$1
    shift
    if "$@" > /dev/null 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $what"
    fi
}
no() {
    ! "$@"
}
case $CONFIG in
    release | gcc) ;;
    *)
        echo "skipped: the form of the programs: only release and gcc are for use"
        echo "0 passed, 0 failed"
        exit 0
        ;;
esac
here=$(pwd)
for program in nitro_revm revm_driver evm; do
    file=$BUILD/$program
    headers=$(readelf -lW "$file")
    check "$program: position independent" sh -c "readelf -hW '$file' | grep -q 'Type:.*DYN'"
    check "$program: static" no sh -c "printf '%s' '$headers' | grep -q INTERP"
    check "$program: stack not executable" sh -c "printf '%s' '$headers' | grep -q 'GNU_STACK.* RW '"
    check "$program: read-only relocations" sh -c "printf '%s' '$headers' | grep -q GNU_RELRO"
    check "$program: no writable code" no sh -c "printf '%s' '$headers' | grep -q 'LOAD.* RWE '"
    check "$program: no symbols" no sh -c "readelf -SW '$file' | grep -q '\.symtab'"
    check "$program: no path of this checkout" no grep -qF "$here" "$file"
    check "$program: has a version" sh -c "'$file' --version | grep -q '[0-9]\.[0-9]'"
    check "$program: has a help" sh -c "'$file' --help | grep -q usage"
done
stage=$(mktemp -d)
check 'install' make --no-print-directory CONFIG="$CONFIG" install DESTDIR="$stage" PREFIX=/usr
for program in nitro_revm revm_driver evm; do
    check "$program: installed" test -x "$stage/usr/bin/$program"
done
rm -rf "$stage"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
