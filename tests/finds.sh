#!/bin/sh
# The query language finds what docs/query-language.md says: each row of
# tests/data/finds.tsv, judged as lenient.sh judges.

LENIENT_ROWS=$(cd "${TOP_SRCDIR:-.}" && pwd)/tests/data/finds.tsv
. "${TOP_SRCDIR:-.}/tests/lenient.sh"
