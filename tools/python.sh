#!/bin/sh
# Prints the command of a Python >= 3.11 that can make an environment: $PYTHON where it is set, else the first found.
set -eu

able='import sys; sys.exit(sys.version_info < (3, 11))'
whole='import ensurepip, venv'
newest=""

for candidate in ${PYTHON:-python3 python python3.14 python3.13 python3.12 python3.11 py}; do
    "$candidate" -c "$able" >/dev/null 2>&1 || continue
    newest=$candidate
    "$candidate" -c "$whole" >/dev/null 2>&1 || continue
    echo "$candidate"
    exit 0
done

if [ -z "$newest" ]; then
    echo "${PYTHON:-python3} is not a Python of version 3.11 or later: install one, or name it (make … PYTHON=python3.12)." >&2
    exit 1
fi

# Debian and its kin leave out of python3 what makes environments.
if sh "$(dirname "$0")/debian.sh" python3-venv >&2 && "$newest" -c "$whole" >/dev/null 2>&1; then
    echo "$newest"
    exit 0
fi
echo "$newest cannot make an environment: install its venv module (on Debian: apt-get install python3-venv)." >&2
exit 1
