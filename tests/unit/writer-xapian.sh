#!/bin/sh
# The unit test `writer' with the xapian engine.

LEDE_TEST_ENGINE=xapian
export LEDE_TEST_ENGINE
exec "${TOP_BUILDDIR:-.}/tests/unit/writer"
