#!/bin/sh
# What of the style a program can see.

. "${TOP_SRCDIR:-.}/tests/tap.sh"
cd "$TOP_SRCDIR" || exit 1

code=$(find shared corpus indexer query cli bench tests docs \
    -path corpus/samples -prune -o \
    \( -name '*.[ch]' -o -name '*.cc' \) -print | sort)
scripts=$(find autogen.sh quickstart .ci tests -name '*.sh' -o \
    -name quickstart -o -path '.ci/*' | sort)
texts=$(find . -maxdepth 1 \( -name '*.md' -o -name '*.a[cm]' -o \
    -name '*.pc.in' \); find docs m4/lede.m4 -type f; find . -name Makefile.mk)

# found PATTERN FILE...: where it is, for is.
found() {
    grep -nE "$@" /dev/null
}

is 'lines of at most 80 columns' "$(found '^.{81}' $code $scripts)" ''
is 'no tabs' "$(found "$(printf '\t')" $code $scripts)" ''
is 'no space at the end of a line' \
    "$(found '[[:space:]]$' $code $scripts $texts)" ''
is 'every file ends with a line end' \
    "$(for file in $code $scripts $texts; do
        [ -z "$(tail -c 1 "$file")" ] || echo "$file"
    done)" ''
is 'every source begins with a comment that says what it is' \
    "$(for file in $code; do
        head -n 1 "$file" | grep -qE "^/\* $(basename "$file") - " ||
            echo "$file"
    done)" ''
is 'no file over 800 lines' \
    "$(for file in $code; do
        [ "$(wc -l <"$file")" -le 800 ] || echo "$file"
    done)" ''

# Each has a safer companion: bounded copies, strtol, strtok_r, gmtime_r.
banned='strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok'
banned="$banned|atoi|atol|atoll|atof|gmtime|localtime|asctime|ctime"
banned="$banned|tmpnam|mktemp|alloca"
is 'no unsafe function' "$(found "\\<($banned) *\\(" $code)" ''
is 'nothing left for later' \
    "$(found '\<(TODO|FIXME|XXX|HACK)\>' $code $texts)" ''
is 'braces always' \
    "$(found '^ *(if|while) .*\) *[^{}&|]*;$' $code
        found '^ *for \([^;]*;[^;]*;[^;]*\)[^{}]*;$' $code)" ''
is 'a function is defined in column 0' \
    "$(found '^(static |extern )?[a-z][a-z_0-9 ]*[ *]+[a-z_0-9]+\([^;]*$' \
        $code | grep -E '\.c:' )" ''
is 'scripts are POSIX sh' \
    "$(for file in $scripts; do
        sh -n "$file" || echo "$file"
    done 2>&1)" ''
done_testing
