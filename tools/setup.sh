#!/bin/sh
# Installs what the build, the tests and the checks need on Debian 12 and is not there yet. Quick
# and silent when nothing is missing. What each package is for: docs/dependencies.md.
set -eu

packages='make clang-19 lld-19 llvm-19 libclang-rt-19-dev clang-format-19 clang-tidy-19
    gcc-12 libc6-dev binutils python3 zstd
    libevent-dev libjansson-dev libssl-dev libgmp-dev libsecp256k1-dev'

# blst comes from the npm registry (tools/build-blst); any npm will do.
command -v npm > /dev/null || packages="$packages nodejs npm"

missing=
for package in $packages; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true) in
        installed) ;;
        *) missing="$missing $package" ;;
    esac
done

if [ -n "$missing" ]; then
    echo "setup: installing$missing"
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo > /dev/null; then
            echo "setup: not root and no sudo; run as root: apt-get install$missing" >&2
            exit 1
        fi
        sudo=sudo
    fi
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update -q
    # shellcheck disable=SC2086 # the list is meant to be split
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
fi
