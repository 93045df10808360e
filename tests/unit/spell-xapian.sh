#!/bin/sh
# The unit test `spell' with the xapian engine.

LEDE_TEST_ENGINE=xapian
export LEDE_TEST_ENGINE
exec "${TOP_BUILDDIR:-.}/tests/unit/spell"
