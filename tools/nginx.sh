#!/bin/sh
# Prints the path of an nginx that runs: $RUNBOOKS_NGINX, or one that is installed. With RUNBOOKS_REQUIRE_ALL=1 Debian's
# is installed for it, with openssl; not otherwise, because on some machines it would begin to serve at once.
# Where there is none, prints the reason and ends with 1.
set -eu

found() {
    command -v openssl >/dev/null 2>&1 || return 1
    for candidate in "${RUNBOOKS_NGINX:-nginx}" nginx /usr/sbin/nginx; do
        server=$(command -v "$candidate" 2>/dev/null) || continue
        "$server" -v >/dev/null 2>&1 || continue
        echo "$server"
        return 0
    done
    return 1
}

found && exit 0
if [ "${RUNBOOKS_REQUIRE_ALL:-}" != 1 ]; then
    echo "no nginx was found, or no openssl"
    exit 1
fi
reason=$(sh "$(dirname "$0")/debian.sh" nginx openssl) || {
    echo "no nginx was found, or no openssl, and $reason"
    exit 1
}
found && exit 0
echo "nginx was installed and does not run"
exit 1
