#!/bin/sh
# Resolves pyproject.toml and requirements/*.in into requirements/*.txt: for every system and every Python the project
# supports, with the hashes of all files, and without the address of an index. UPGRADE=1 takes newer releases.
set -eu
cd "$(dirname "$0")/.."

python=$(sh tools/python.sh)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -m venv "$scratch"
bin=$scratch/bin
[ -d "$bin" ] || bin=$scratch/Scripts
"$bin/python" -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all: -r requirements/lock.txt

lock() {
    # fewest: one version for every Python, or the same records would make different pages.
    "$bin/python" -m uv pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --only-binary :all: --no-emit-index-url --annotation-style line \
        --custom-compile-command "make lock" ${UPGRADE:+--upgrade} "$@"
}

lock pyproject.toml requirements/site.in --output-file requirements/site.txt
lock requirements/dev.in --constraints requirements/site.txt --output-file requirements/dev.txt
lock requirements/lock.in --output-file requirements/lock.txt
lock requirements/peers.in --output-file requirements/peers.txt
