#!/bin/sh
# Colour and pager: only on a terminal, and as the environment wants them.
# Needs no index: help is as long as a screen.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

command -v script >/dev/null || skip_all 'no script(1)'

# terminal COMMAND: what the shell command writes to a terminal of 24 lines.
terminal() {
    TERM=${term-xterm} script -qec "stty rows 24 cols 80; $1" /dev/null \
        </dev/null 2>&1 | tr -d '\r'
}

escape=$(printf '\033')
unset LESS LV
LEDE_PAGER="sed 's/^/paged: /'"
export LEDE LEDE_PAGER

ok 'a terminal is made' sh -c '[ "$1" = yes ]' sh \
    "$(terminal 'test -t 1 && echo yes')"
is 'colour on a terminal' \
    "$(terminal '"$LEDE" search --help' | grep -c "$escape\[1mResults")" 1
is 'NO_COLOR' \
    "$(NO_COLOR=1 terminal '"$LEDE" search --help' | grep -c "$escape")" 0
is 'an empty NO_COLOR is none' \
    "$(NO_COLOR='' terminal '"$LEDE" search --help' |
        grep -c "$escape\[1mResults")" 1
is 'a dumb terminal: no colour, no pager' \
    "$(term=dumb terminal '"$LEDE" search --help' |
        grep -c -e "$escape" -e paged)" 0
is 'no terminal: no colour, no pager' \
    "$("$LEDE" search --help | grep -c -e "$escape" -e paged)" 0

is 'a pager for what is longer than the screen' \
    "$(terminal '"$LEDE" search --help' | grep -c '^paged: .*NO_COLOR')" 1
is 'no pager for what fits' \
    "$(terminal '"$LEDE" remove -h' | grep -c paged)" 0
is 'PAGER' "$(unset LEDE_PAGER; PAGER="sed 's/^/pager: /'" \
    terminal '"$LEDE" search --help' | grep -c '^pager: .*NO_COLOR')" 1
is 'LEDE_PAGER goes before PAGER' "$(PAGER=false \
    terminal '"$LEDE" search --help' | grep -c '^paged: .*NO_COLOR')" 1
for none in '' cat; do
    is "LEDE_PAGER='$none': no pager" "$(LEDE_PAGER=$none \
        terminal '"$LEDE" search --help' | grep -c 'NO_COLOR')" 1
done
is 'a pager that is not there' "$(LEDE_PAGER=/none/pager \
    terminal '"$LEDE" search --help' | grep -c 'unless NO_COLOR')" 1
is 'LESS is set for it' \
    "$(LEDE_PAGER='cat >/dev/null; echo "LESS=$LESS"' \
        terminal '"$LEDE" search --help' | grep -o 'LESS=.*')" 'LESS=FRX'
is 'LESS is left alone' "$(LESS=i LEDE_PAGER='cat >/dev/null; echo "($LESS)"' \
    terminal '"$LEDE" search --help' | grep -o '(i)')" '(i)'
is 'a pager that is left early is no error' \
    "$(LEDE_PAGER='true' terminal '"$LEDE" search --help; echo "status $?"')" \
    'status 0'
done_testing
