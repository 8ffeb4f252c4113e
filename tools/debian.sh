#!/bin/sh
# Installs packages of Debian where this machine lets us. Otherwise says why not on stdout, and ends with 1.
set -eu

if ! command -v apt-get >/dev/null 2>&1; then
    echo "this system has no apt-get"
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true >/dev/null 2>&1; then
    as_root="sudo -n"
else
    echo "apt-get needs root, or sudo without a password"
    exit 1
fi

echo "Installing from Debian's packages: $*" >&2
options="-qq -o DPkg::Lock::Timeout=300"
# shellcheck disable=SC2086  # several words each, or none
{
    $as_root apt-get $options update || true # offline, what was fetched before may do
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get $options --yes --no-install-recommends install "$@"
} >&2 || {
    echo "apt-get could not install $*"
    exit 1
}
