#!/bin/sh
# The shared library exports what lede.h declares, and nothing else.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

library=$TOP_BUILDDIR/.libs/liblede.so
[ -e "$library" ] || skip_all "no shared library was built"

${LEDE_TEST_NM:-nm} -D --defined-only "$library" | awk '{ print $3 }' |
    sed 's/@.*//' | sort >exported

# The functions of the headers: a name before a bracket, comments and macros
# left out.
sed 's,//.*,,' "$TOP_SRCDIR"/shared/lede*.h |
    awk '{ text = text $0 "\n" }
        END { while ((i = index(text, "/*")) > 0) {
                  rest = substr(text, i + 2)
                  text = substr(text, 1, i - 1) \
                      substr(rest, index(rest, "*/") + 2)
              }
              printf "%s", text }' |
    grep -v '^#' | grep -o '\<lede_[a-z0-9_]*[[:space:]]*(' |
    tr -d ' (' | sort -u >declared

is 'nothing but lede_* is exported' "$(grep -v '^lede_[a-z]' exported)" ''
is 'nothing that is declared is not exported' \
    "$(comm -13 exported declared)" ''
is 'nothing that is not declared is exported' \
    "$(comm -23 exported declared)" ''
ok 'something is exported' test -s exported
done_testing
