#!/bin/sh
# Prints the folder of the checkers of pages (axe-core, the Nu HTML checker), which npm installs there from the lock of
# tests/web/checkers. Where that cannot be, prints the reason and ends with 1.
#   tools/checkers.sh [FOLDER]    another folder with a lock
set -eu
cd "$(dirname "$0")/.."

folder=${1:-tests/web/checkers}
state=$(cksum <"$folder/package-lock.json")

if [ "$(cat "$folder/node_modules/.state" 2>/dev/null)" != "$state" ]; then
    if ! command -v npm >/dev/null 2>&1; then
        if [ "${RUNBOOKS_REQUIRE_ALL:-}" != 1 ]; then
            echo "npm was not found"
            exit 1
        fi
        reason=$(sh tools/debian.sh npm) || {
            echo "npm was not found, and $reason"
            exit 1
        }
    fi
    echo "Installing $folder from its lock" >&2
    (cd "$folder" && npm ci --silent --no-audit --no-fund) >&2 || {
        echo "npm could not install $folder"
        exit 1
    }
    echo "$state" >"$folder/node_modules/.state"
fi
echo "$PWD/$folder/node_modules"
