#!/bin/sh
# Runs a command in .venv, which is made first where it is missing or older than the locks.
#   tools/env.sh site COMMAND …   what building the site needs
#   tools/env.sh dev COMMAND …    the checks and the tests too
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"

kind=$1
shift
venv=.venv

# --only-binary: a source archive would be built with packages that no lock names.
# --no-compile: tests and builds import a tenth of it; Python compiles that when it is first used.
pip="-m pip --disable-pip-version-check --no-input --quiet"
locked="--require-hashes --only-binary :all: --no-compile"

bin() {
    if [ -d "$venv/Scripts" ]; then echo "$top/$venv/Scripts"; else echo "$top/$venv/bin"; fi
}

state() { # of the files named; an environment that was moved does not work either
    echo "$top $(cat "$@" | cksum)"
}

holds() {
    [ -f "$venv/$1.state" ] && [ "$(cat "$venv/$1.state")" = "$2" ]
}

version='import sys; print(sys.version, sys.base_prefix)'
same_python() {
    now=$("$(bin)/python" -c "$version" 2>/dev/null) || return 1
    [ -z "${PYTHON:-}" ] || [ "$now" = "$("$PYTHON" -c "$version" 2>/dev/null)" ]
}

site=$(state requirements/site.txt)
dev=$(state requirements/site.txt requirements/dev.txt)
project=$(state pyproject.toml generator/runbooks/__init__.py)

if ! holds site "$site" || ! same_python || { [ -f "$venv/dev.state" ] && ! holds dev "$dev"; }; then
    python=$(sh tools/python.sh)
    echo "Making $venv ($("$python" -V 2>&1)) from requirements/site.txt" >&2
    "$python" -m venv --clear "$venv"
    # shellcheck disable=SC2086  # lists of options
    "$(bin)/python" $pip install $locked -r requirements/site.txt >&2
    echo "$site" >"$venv/site.state"
fi

if [ "$kind" = dev ] && ! holds dev "$dev"; then
    echo "Adding requirements/dev.txt to $venv" >&2
    # shellcheck disable=SC2086
    "$(bin)/python" $pip install $locked -r requirements/dev.txt >&2
    echo "$dev" >"$venv/dev.state"
fi

if ! holds project "$project"; then
    # shellcheck disable=SC2086
    "$(bin)/python" $pip install --no-index --no-deps --no-build-isolation --editable . >&2
    echo "$project" >"$venv/project.state"
fi

# Without it every start of the command would compile its modules, and what it imports, anew: twice the time.
unset PYTHONDONTWRITEBYTECODE

PATH="$(bin):$PATH"
VIRTUAL_ENV="$top/$venv"
export PATH VIRTUAL_ENV
exec "$@"
