#!/bin/sh
# Installs the generators that the benchmark stands beside into .venv-peers, from requirements/peers.txt. Where that
# cannot be done it says so, and the benchmark leaves them out.
set -eu
cd "$(dirname "$0")/.."

state=$(cksum <requirements/peers.txt)
[ -f .venv-peers/state ] && [ "$(cat .venv-peers/state)" = "$state" ] && exit 0
python=$(sh tools/python.sh)
"$python" -m venv --clear .venv-peers
bin=.venv-peers/bin
[ -d "$bin" ] || bin=.venv-peers/Scripts
if "$bin/python" -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all: -r requirements/peers.txt; then
    echo "$state" >.venv-peers/state
else
    echo "The other generators could not be installed; the benchmark leaves them out." >&2
fi
