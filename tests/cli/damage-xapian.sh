#!/bin/sh
# damage.sh with the xapian engine.

LEDE_ENGINE=xapian
export LEDE_ENGINE
. "${TOP_SRCDIR:-.}/tests/cli/damage.sh"
