#!/bin/sh
# The manual pages against the tables of the command: each command has a page,
# with its line, its options as `lede completion man COMMAND' writes them, its
# examples and its exit statuses.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

manual=$TOP_SRCDIR/docs/man

# section PAGE NAME: the lines of .SH NAME.
section() {
    awk -v heading=".SH $2" '/^\.SH / { on = $0 == heading; next } on' "$1"
}

# plain: roff without its escapes.
plain() {
    sed -e 's/\\(aq/'\''/g' -e 's/\\f[BIR]//g' -e 's/\\-/-/g' -e 's/\\e/\\/g'
}

"$LEDE" help >commands
for command in search similar background show info index add remove alert \
    check optimize convert analyze eval fuse
do
    page=$manual/lede-$command.1
    ok "$command has a page" test -s "$page"
    is "$command: its line" "$(section "$page" NAME | plain)" \
        "lede-$command - $(sed -n "s/^  $command  *//p" commands | head -n 1)"
    is "$command: its options" "$(section "$page" OPTIONS)" \
        "$("$LEDE" completion man "$command")"
    "$LEDE" help "$command" >help
    section "$page" EXAMPLES | plain >examples
    is "$command: the examples of --help are in it" \
        "$(awk '/^Examples/ { on = 1; next } /^$/ { on = 0 }
            on && /^  [^ ]/ { print substr($0, 3) }' help |
            while read -r line; do
                grep -qxF -e "$line" examples || echo "$line"
            done)" ''
    is "$command: its exit statuses" \
        "$(section "$page" 'EXIT STATUS' | sed -n '/^\.TP/{n;p;}')" \
        "$(awk '/^Exit status/ { on = 1; next } /^$/ { on = 0 } on' help |
            sed 's/^  //; s/  .*//')"
    ok "$command is in lede.1" \
        grep -q "^\.BR lede.-$command (1)$" "$manual/lede.1"
done

if command -v man >/dev/null && man -l /dev/null >/dev/null 2>&1; then
    for page in "$manual"/*.1; do
        is "$(basename "$page"): man has no complaint" \
            "$(LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" \
                2>&1 >/dev/null)" ''
    done
fi
done_testing
