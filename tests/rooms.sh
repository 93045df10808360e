#!/bin/sh
# The rules of the house (docs/architecture.md) that can be read off the
# sources: who includes whom, and that every file is built and shipped.

. "${TOP_SRCDIR:-.}/tests/tap.sh"
cd "$TOP_SRCDIR" || exit 1

# included FOLDER: "FILE: HEADER" for each header that the folder includes.
included() {
    find "$@" -name '*.[ch]' -o -name '*.cc' | sort | while read -r file; do
        sed -n 's,^ *# *include *["<]\([^">]*\)[">].*,\1,p' "$file" |
            sed "s,^,$file: ,"
    done
}

# bars FOLDER PATTERN [BUT]: no header that the folder includes matches
# PATTERN, unless it matches BUT.
bars() {
    included "$1" | grep -E ": ($2)" | grep -Ev ": (${3:-/none/})"
}

is 'shared/base stands on nothing' \
    "$(bars shared/base '.*/.*' 'shared/base/|shared/lede\.h$|sys/')" ''
is 'shared/analysis stands on shared alone' \
    "$(bars shared/analysis '(corpus|indexer|query|cli)/')" ''
is 'shared includes neither indexer nor query nor cli' \
    "$(bars shared '(indexer|query|cli)/')" ''
is 'corpus knows neither indexer nor query' \
    "$(bars corpus '(indexer|query|cli)/')" ''
is 'indexer does not include query' "$(bars indexer '(query|cli)/')" ''
is 'query does not include indexer' "$(bars query '(indexer|cli)/')" ''
is 'cli uses lede.h alone' \
    "$(bars cli '(shared|corpus|indexer|query|tests)/')" ''
is 'the examples use lede.h alone' \
    "$(bars docs '(shared|corpus|indexer|query|cli|tests)/')" ''

# A C++ library enters through one file.
for header in xapian cld2/; do
    users=$(included shared corpus indexer query cli |
        grep -E ": $header" | sed 's/: .*//' | sort -u)
    is "one C++ file sees $header" \
        "$(printf '%s\n' "$users" | grep -c '\.cc$') of $(printf '%s\n' \
        "$users" | grep -c .)" '1 of 1'
done
is 'C files and headers see C headers' \
    "$(included shared corpus indexer query cli | grep -E '\.[ch]: ' |
        grep -v '\.h$')" ''

is 'a header of the project is named from the top' \
    "$(find shared corpus indexer query cli tests -name '*.[ch]' -o \
        -name '*.cc' | sort | while read -r file; do
        sed -n 's,^ *# *include *"\([^"]*\)".*,\1,p' "$file" |
            while read -r header; do
                # what is installed lies in one folder
                case $file in
                shared/lede*.h) header=shared/$header ;;
                esac
                [ "$header" = config.h ] || [ -f "$header" ] ||
                    echo "$file: $header"
            done
    done)" ''

# The library never prints, exits or aborts, and reads neither environment nor
# locale.
never='printf|fprintf|puts|fputs|putchar|perror|exit|_exit|abort|getenv'
is 'the library keeps quiet and reads no environment' \
    "$(find shared corpus indexer query -name '*.c' -o -name '*.cc' |
        xargs grep -nE "\<($never|setlocale|localtime_r|newlocale) *\(" \
            /dev/null | grep -Ev ':[0-9]+: *(/?\*|//)')" ''

# Every file is named in a Makefile.mk, else it would not be built or shipped.
cat Makefile.am $(find . -name Makefile.mk) |
    tr -s ' \t\\' '\n\n\n' | sort -u >"$tap_scratch/named"
is 'every file is in a Makefile.mk' \
    "$(find shared corpus indexer query cli bench tests docs \
            -path corpus/samples -prune -o -type f \
            ! -name Makefile.mk ! -name '*~' -print | sort |
        while read -r file; do
            folder=$file
            while [ "$folder" != . ]; do
                grep -qxF -e "$folder" -e "${folder%.c}" \
                    "$tap_scratch/named" && break
                folder=$(dirname "$folder")
            done
            [ "$folder" != . ] || echo "$file"
        done)" ''
done_testing
