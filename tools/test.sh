#!/bin/sh
# Runs all tests, those in a browser too. Where there is no browser, says at the end what was not run and why;
# with RUNBOOKS_REQUIRE_ALL=1 that is a failure, and so is any test that skips.
set -eu
cd "$(dirname "$0")/.."

pytest="sh tools/env.sh dev python -m pytest -n auto --dist loadgroup"

if browser=$(sh tools/chromium.sh); then
    export RUNBOOKS_CHROMIUM="$browser"
    if [ "${RUNBOOKS_REQUIRE_ALL:-}" = 1 ]; then
        exec $pytest -p tests.nothing_skipped
    fi
    exec $pytest
fi

if [ "${RUNBOOKS_REQUIRE_ALL:-}" = 1 ]; then
    echo "The tests in a browser cannot run ($browser), and nothing may be left out." >&2
    exit 1
fi
status=0
$pytest -m "not browser" || status=$?
echo "NOT RUN: the tests in a browser ($browser)."
exit "$status"
