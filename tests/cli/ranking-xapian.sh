#!/bin/sh
# ranking.sh with the xapian engine.

LEDE_ENGINE=xapian
export LEDE_ENGINE
. "${TOP_SRCDIR:-.}/tests/cli/ranking.sh"
