#!/bin/sh
# Builds the site, and says where it is, how it went and how to look at it. Ends as `runbooks build` did.
set -eu
cd "$(dirname "$0")/.."

status=0
sh tools/env.sh site runbooks build || status=$?

echo
if [ "$status" -ne 0 ]; then
    echo "runbooks build ended with $status: see the findings above."
fi
if [ -e site/index.html ]; then
    python=.venv/bin/python
    [ -x "$python" ] || python=.venv/Scripts/python
    echo "The site is in site/. To look at it (search needs a web server):"
    echo "    $python -m http.server --bind 127.0.0.1 --directory site 8000"
    echo "and open http://127.0.0.1:8000/ in a browser. \`make serve\` shows changes as they are made."
else
    echo "There is no site in site/."
fi
exit "$status"
