#!/bin/sh
# What lede search counts besides the hits (facets, a histogram), in which order
# it lists them, and page after page by cursor.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

check=$TOP_BUILDDIR/tests/json-check
schema=$TOP_SRCDIR/docs/json-schema/search.json

mkdir articles
# article NAME TITLE DATE TAGS SOURCE RATING
article() {
    {
        printf -- '---\ntitle: "%s"\ntags: [%s]\nlang: en\n' "$2" "$4"
        [ -z "$3" ] || printf 'date: %s\n' "$3"
        [ -z "$5" ] || printf 'source: %s\n' "$5"
        [ -z "$6" ] || printf 'rating: %s\n' "$6"
        printf -- '---\nA gnu in the zoo. %s\n' "${7:-}"
    } >"articles/$1.md"
}
article a 'Beta' 2024-01-15 'AI, chips' Ledger 10
article b 'alpha' 2024-01-20 'ai, Open Source' Ledger 9 'One more word.'
article c 'Gamma' 2024-12-01 'AI, AI' Wire high
article d 'Äther' 2025 'chips' '' -1
article e 'delta' '' '' Wire ''
article f 'Epsilon' 2024-02-01 '통의천문, ai' '' 9.5
"$LEDE" index --quiet articles
"$LEDE" remove --quiet articles/f.md

# plain: without what changes from run to run.
plain() {
    sed 's/ ([0-9.]* ms)/ (TIME)/'
}
# cursor: what the JSON in out has for it.
cursor() {
    sed 's/.*"cursor":"\([^"]*\)".*/\1/; t; d' out
}
titles() {
    "$LEDE" search --format tsv --fields title "$@" | sed 1d | tr '\n' ' '
}

# ---- facets

"$LEDE" search -n 0 --facet tag --facet source --histogram month gnu |
    plain >out
is 'as text' "$(cat out)" 'tag
    AI           3 █████████████████████████████████████████████████████████████
    chips        2 ████████████████████████████████████████▋
    Open Source  1 ████████████████████▍
    1 of 5 articles has none

source
    Ledger  2 ██████████████████████████████████████████████████████████████████
    Wire    2 ██████████████████████████████████████████████████████████████████
    1 of 5 articles has none

date, by month
    2024-01     2 ██████████████████████████████████████████████████████████████
    10 months without articles
    2024-12     1 ███████████████████████████████
    1 article with a date less exact; 1 article without a date

5 articles (TIME)'
"$LEDE" search -n 0 --facet tag --facet-limit 1 gnu tag:chips >out
is 'what is selected is marked, and the others are counted beside it' \
    "$(sed -n 2,4p out | sed 's/ █.*//')" '    AI     3
  * chips  2
    1 value more; 1 of 5 articles has none'
"$LEDE" search -n 0 --facet tag gnu +tag:chips +tag:ai >out
is 'several that must hold together narrow' \
    "$(sed -n 2,4p out | sed 's/ █.*//')" '  * AI     1
  * chips  1'
"$LEDE" search --json --facet tag --facet source gnu tag:chips source:ledger \
    >out
ok 'the answer is valid' "$check" "$schema" <out
has() {
    ok "$1" grep -qF -e "$2" out
}
has 'each facet without its own filter, and with the others' \
    '"count":2,"selected":false},{"value":"chips","count":1,"selected":true}'
has 'and the other' '"name":"source","articles":2,"without":1,"distinct":1'
"$LEDE" search --json --facet meta.rating --histogram year --approximate \
    -n 1 gnu >out
ok 'with a histogram it is valid' "$check" "$schema" <out
has 'metadata' '"name":"meta.rating","articles":5,"without":1,"distinct":4'
has 'a histogram' '"histogram":{"unit":"year","without":1,"vague":0,"buckets":['
has 'the years' '[{"begin":"2024","count":3},{"begin":"2025","count":1}]'
"$LEDE" search --facet tag --color always -n 0 gnu >out
ok 'in colour' grep -q "$(printf '\033')\\[" out
is 'in narrow windows too' \
    "$(COLUMNS=40 "$LEDE" search -n 0 --facet tag gnu | wc -L)" 40
status 'nothing has no facets to print' 1 "$LEDE" search --facet tag quagga
status 'lines have none' 2 "$LEDE" search --format csv --facet tag gnu
status 'no such facet' 2 "$LEDE" search --facet colour gnu
status 'no such histogram' 2 "$LEDE" search --histogram hour gnu

# ---- orders

is 'by title' "$(titles --sort title gnu)" 'alpha Beta delta Gamma Äther '
is 'by title, backwards' "$(titles --sort -title gnu)" \
    'Äther Gamma delta Beta alpha '
is 'by numbers, then texts, then nothing' \
    "$(titles --sort meta.rating gnu)" 'Äther alpha Beta Gamma delta '
is 'backwards, and nothing still last' \
    "$(titles --sort -meta.rating gnu)" 'Gamma Beta alpha Äther delta '
is 'by several' "$(titles --sort source,-date gnu)" \
    'alpha Beta Gamma delta Äther '
is 'by the number of words' "$(titles --sort=-words,title -n 2 gnu)" \
    'alpha Beta '
is 'the newest first, without a date last' "$(titles --sort=-date gnu)" \
    'Äther Gamma alpha Beta delta '
is 'relevance' "$(titles --sort relevance gnu)" "$(titles gnu)"
status 'no such order' 2 "$LEDE" search --sort rating gnu

# ---- pages

# pages OPTION...: all hits, two by two.
pages() {
    next=
    while :; do
        "$LEDE" search --json -n 2 ${next:+--after "$next"} "$@" gnu >out
        grep -o '"title":"[^"]*"' out | cut -d '"' -f 4
        next=$(cursor)
        [ -n "$next" ] || break
    done | tr '\n' ' '
}
is 'by relevance' "$(pages)" "$(titles gnu)"
is 'by title' "$(pages --sort title)" "$(titles --sort title gnu)"
is 'by metadata' "$(pages --sort=-meta.rating)" \
    "$(titles --sort=-meta.rating gnu)"
"$LEDE" search --json -n 2 --sort=-date gnu >out
next=$(cursor)
"$LEDE" search -n 2 --sort=-date --after "$next" --no-snippets gnu | plain |
    sed -n '1p; $p' | sed 's/--after .*/--after C/' >out
is 'the second page' "$(cat out)" \
    ' 3  alpha
3 to 4 of 5 articles (TIME); more: --after C'
article g 'New' 2026-01-01 'ai' Wire 1
"$LEDE" index --quiet articles
is 'articles that come before move nothing' \
    "$(titles -n 2 --sort=-date --after "$next" gnu 2>err)" 'alpha Beta '
ok 'and it is told' grep -q 'have changed since' err
"$LEDE" search --json -n 2 --sort=-date --after "$next" gnu >out
has 'to programs, too' '"code":"index-changed"'
"$LEDE" search --json --after "$next" zoo >out
has 'a cursor of another query' '"code":"other-query"'
has 'gives the first page' '"hits":[{"rank":1,'
next=$("$LEDE" search --json -n 2 gnu |
    sed 's/.*"cursor":"\([^"]*\)".*/\1/')
"$LEDE" search --json --after "$next" gnu >out
ok 'a cursor of this very search' \
    sh -c '! grep -q other-query out && grep -q "\"rank\":3," out'
for option in '--model bm25+' '--k1 1' '--b 0' '--length-power 1' '--near 0' \
    '--title-share 0' '--exact 0' '--particles 1' '--feedback rm3' \
    '--diversify 0.5' --collapse; do
    "$LEDE" search --json --after "$next" $option gnu >out
    has "a cursor of another ranking: $option" '"code":"other-query"'
done
status 'no cursor' 2 "$LEDE" search --after abc gnu
status 'a cursor and an offset' 2 \
    "$LEDE" search --after "$next" --offset 1 gnu

# ---- several indexes, and docs in an order of their own

mkdir other
"$LEDE" add --quiet --index other/.lede <<'END'
{"id":"o","title":"omega","body":"A gnu.","tags":["Ai","chips"]}
END
is 'several indexes' "$("$LEDE" search --index .lede --index other/.lede -n 0 \
    --facet tag gnu | sed -n 2,3p | sed 's/ █.*//')" '    AI           5
    chips        3'
is 'pages of several' \
    "$(pages --sort title --index .lede --index other/.lede)" \
    'alpha Beta delta Gamma New omega Äther '
if [ "${LEDE_ENGINE:-native}" = native ]; then
    pages --sort tag,date >before
    "$LEDE" optimize --quiet --reorder .lede
    is 'reordering moves no hit' "$(pages --sort tag,date)" "$(cat before)"
    is 'and no first form' "$("$LEDE" search -n 0 --facet tag gnu |
        sed -n 2p | sed 's/ █.*//')" '    AI           4'
fi
done_testing
