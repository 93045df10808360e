#!/bin/sh
# Make configure and what it needs out of configure.ac and Makefile.am.
# Needed once after a clone; later make does it by itself.
set -eu
cd "$(dirname "$0")"

missing=
for pair in autoreconf:autoconf automake:automake \
    libtoolize:libtool pkg-config:pkg-config; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
if [ -n "$missing" ]; then
    echo "autogen.sh: missing: apt-get install$missing" >&2
    exit 1
fi
exec autoreconf --install
