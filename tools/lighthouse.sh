#!/bin/sh
# Builds the site beside the published one and measures it with Lighthouse: a table with a line for each kind of page and
# each device. Ends with 1 where a figure is below 95. It takes some minutes, and is no part of the tests.
#   tools/lighthouse.sh [--kind KIND]… [--device mobile|desktop]…
set -eu
cd "$(dirname "$0")/.."

CHROME_PATH=$(sh tools/chromium.sh) || {
    echo "Lighthouse cannot run: $CHROME_PATH" >&2
    exit 1
}
export CHROME_PATH
modules=$(sh tools/checkers.sh tests/web/lighthouse) || {
    echo "Lighthouse cannot run: $modules" >&2
    exit 1
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
sh tools/env.sh site runbooks build --format concise --site-dir "$scratch/site" >"$scratch/findings" ||
    { cat "$scratch/findings" >&2; [ -e "$scratch/site/index.html" ]; }
sh tools/env.sh site python tools/lighthouse.py "$scratch/site" "$modules" "$@"
