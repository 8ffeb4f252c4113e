#!/bin/sh
# Runs all tests. What needs a program that is not here (a browser, nginx, Java) is left out, and said at the end with
# the reason; with RUNBOOKS_REQUIRE_ALL=1 that is a failure, and so is any test that skips.
set -eu
cd "$(dirname "$0")/.."

pytest="sh tools/env.sh dev python -m pytest -n auto --dist loadgroup"
marks=""
missing=""

without() { # the mark of the tests, what they are, and why they cannot run
    marks="${marks:+$marks and }not $1"
    missing="$missing$2 ($3)
"
}

if found=$(sh tools/chromium.sh); then export RUNBOOKS_CHROMIUM="$found"; else without browser "the tests in a browser" "$found"; fi
if found=$(sh tools/nginx.sh); then export RUNBOOKS_NGINX="$found"; else without nginx "the tests of nginx" "$found"; fi
if found=$(sh tools/checkers.sh); then export RUNBOOKS_CHECKERS="$found"; else without axe "axe-core" "$found"; fi
if [ -z "${RUNBOOKS_CHECKERS:-}" ]; then
    without nu "the Nu HTML checker" "$found"
elif found=$(sh tools/java.sh); then
    export RUNBOOKS_JAVA="$found"
else
    without nu "the Nu HTML checker" "$found"
fi
if found=$(sh tools/checkers.sh tests/web/editor); then
    export RUNBOOKS_EDITOR="$found"
else
    without editor "the language server of editors" "$found"
fi

if [ -z "$marks" ]; then
    if [ "${RUNBOOKS_REQUIRE_ALL:-}" = 1 ]; then
        exec $pytest -p tests.nothing_skipped
    fi
    exec $pytest
fi

if [ "${RUNBOOKS_REQUIRE_ALL:-}" = 1 ]; then
    printf '%s' "$missing" | sed 's/^/Cannot run, and nothing may be left out: /' >&2
    exit 1
fi
status=0
$pytest -m "$marks" || status=$?
printf '%s' "$missing" | sed 's/^/NOT RUN: /'
exit "$status"
