#!/bin/sh
# Prints the path of a Chromium that starts: $RUNBOOKS_CHROMIUM, one that is installed, else Debian's, which is
# installed for it. Where there is none, prints the reason and ends with 1.
set -eu

found() {
    for candidate in "${RUNBOOKS_CHROMIUM:-chromium}" chromium chromium-browser google-chrome \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        browser=$(command -v "$candidate" 2>/dev/null) || continue
        "$browser" --version >/dev/null 2>&1 || continue
        echo "$browser"
        return 0
    done
    return 1
}

found && exit 0
reason=$(sh "$(dirname "$0")/debian.sh" chromium fonts-liberation) || {
    echo "no Chromium was found, and $reason"
    exit 1
}
found && exit 0
echo "Chromium was installed and does not start"
exit 1
