#!/bin/sh
# formats.sh with the xapian engine.

LEDE_ENGINE=xapian
export LEDE_ENGINE
. "${TOP_SRCDIR:-.}/tests/cli/formats.sh"
