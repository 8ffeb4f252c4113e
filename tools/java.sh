#!/bin/sh
# Prints the path of a Java that runs. With RUNBOOKS_REQUIRE_ALL=1 Debian's is installed where there is none.
# Otherwise prints the reason and ends with 1.
set -eu

found() {
    java=$(command -v java 2>/dev/null) && "$java" -version >/dev/null 2>&1 && echo "$java"
}

found && exit 0
if [ "${RUNBOOKS_REQUIRE_ALL:-}" != 1 ]; then
    echo "no Java was found"
    exit 1
fi
reason=$(sh "$(dirname "$0")/debian.sh" default-jre-headless) || {
    echo "no Java was found, and $reason"
    exit 1
}
found && exit 0
echo "Java was installed and does not run"
exit 1
