#!/bin/sh
# full-disk.sh with the xapian engine.

LEDE_ENGINE=xapian
export LEDE_ENGINE
. "${TOP_SRCDIR:-.}/tests/cli/full-disk.sh"
