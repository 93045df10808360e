#!/bin/sh
# Readers while a writer commits, again and again: every search succeeds and
# sees one commit, whole.

. "${TOP_SRCDIR:-.}/tests/tap.sh"
. "$TOP_SRCDIR/tests/index.sh"

commits=12
if long_tests; then
    commits=300
fi

# 40 articles, always; a commit changes all of them from one colour to another.
batch() {
    awk -v colour="$1" 'BEGIN {
        for (i = 0; i < 40; i++) {
            printf "{\"id\":\"a%d\",\"title\":\"%s\",\"body\":\"%s", \
                i, colour, colour
            for (j = 0; j < 200; j++) {
                printf " common word%d", (i * j) % 500
            }
            print "\"}"
        }
    }'
}
batch red >red.jsonl
batch blue >blue.jsonl
"$LEDE" add --index index red.jsonl >out 2>&1

# reader NAME QUERY: search until told to stop; each search finds all of them.
reader() {
    while [ ! -e stop ]; do
        "$LEDE" search --index index --json --limit 40 -- "$2" \
            >"$1.json" 2>"$1.err"
        got=$?
        total=$(sed -n 's/.*"total":\([0-9]*\).*/\1/p' "$1.json")
        colours=$(tr '{' '\n' <"$1.json" |
            sed -n 's/.*"title":"\([a-z]*\)".*/\1/p' | sort -u | wc -l)
        if [ "$got" -ne 0 ] || [ "$total" != 40 ] || [ "$colours" -ne 1 ]
        then
            echo "# $2: status $got, $total articles, $colours colours:" \
                "$(cat "$1.err")" >>"$1.wrong"
        fi
        echo >>"$1.searches"
    done
}
reader one 'common' &
one=$!
reader two '"common word7" red blue' &
two=$!

failed=0
n=0
while [ "$n" -lt "$commits" ]; do
    n=$((n + 1))
    [ $((n % 2)) -eq 0 ] && colour=red || colour=blue
    if [ $((n % 5)) -eq 0 ]; then
        "$LEDE" add --index index "$colour.jsonl" >out 2>&1 ||
            failed=$((failed + 1))
        mkdir -p empty
        "$LEDE" index --index index --rebuild --prune empty >out 2>&1 ||
            failed=$((failed + 1))
    else
        "$LEDE" add --index index "$colour.jsonl" >out 2>&1 ||
            failed=$((failed + 1))
    fi
done
: >stop
wait "$one" "$two"
cat ./*.wrong 2>/dev/null
searches=$(cat one.searches two.searches | wc -l | tr -d ' ')
is "$commits commits succeed" "$failed" 0
is "$searches searches meanwhile succeed" "$(cat ./*.wrong 2>/dev/null)" ''
ok 'there were some' test "$searches" -ge 4
is_sound 'and the index is sound' index
done_testing
