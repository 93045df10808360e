#!/bin/sh
# The passages of lede search: which ones, where they are from, and what they
# look like in each form.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

mkdir notes
cat >notes/gnu.md <<'END'
---
title: On gnus
---
# On gnus

A first word about the herd, which says nothing of it. It is a long way to
the river, and nobody who has seen it would walk it twice in a single summer.

## Where they live

The gnu lives on grass. It shares that with the zebra, which eats the long
blades. The gnu follows a week later and eats what is short.

### At the river

There, Dr. Meyer counted 1,204 animals of the U.S. Reserve in 2019. The gnu
crossed first; nobody knows why.

```
gnu = herd[0]
quagga = none
```

## What others say

Nothing at all is said here of them, however long one listens to it.
END
cat >many.jsonl <<'END'
{"id":"one","title":"One","text":"Nothing of it."}
{"id":"two","title":"Two","text":"A quokka. And &amp; more of it."}
END
"$LEDE" index --quiet notes many.jsonl

# plain: without what changes from run to run.
plain() {
    sed 's/ ([0-9.]* ms)/ (TIME)/'
}

is 'one passage, with what it is below' \
    "$("$LEDE" search gnu zebra | plain)" ' 1  On gnus
    notes/gnu.md
    line 11 · Where they live
    The gnu lives on grass. It shares that with the zebra, which eats the long
    blades. The gnu follows a week later and eats what is short.

1 of 1 article (TIME)'
is 'three passages' \
    "$("$LEDE" search --passages 3 gnu zebra | plain)" ' 1  On gnus
    notes/gnu.md
    line 11 · Where they live
    The gnu lives on grass. It shares that with the zebra, which eats the long
    blades. The gnu follows a week later and eats what is short.
    line 16 · Where they live › At the river
    There, Dr. Meyer counted 1,204 animals of the U.S. Reserve in 2019. The gnu
    crossed first; nobody knows why. gnu = herd[0] · quagga = none

1 of 1 article (TIME)'
is 'a passage says what another does not: the rare word first' \
    "$("$LEDE" search --passages 2 --format jsonl quagga zebra |
        grep -o '"line":[0-9]*' | tr '\n' ' ')" '"line":11 "line":16 '
is 'no passages' "$("$LEDE" search --passages 0 gnu | plain)" \
    "$("$LEDE" search --no-snippets gnu | plain)"
is 'nothing of the text matched: its beginning, without the title' \
    "$("$LEDE" search --format csv --fields snippet,line title:gnus |
        tr -d '\r' | tail -n 1)" \
    '"A first word about the herd, which says nothing of it. It is a long way '\
'to the river, and nobody who has seen it would walk it twice in a single '\
'summer.",6'
is 'where the best passage is from, in a table' \
    "$("$LEDE" search --format tsv --fields id,line,headings crossed |
        tail -n 1)" \
    "notes/gnu.md$(printf '\t')16$(printf '\t')Where they live; At the river"
is 'the line of an article in a file of many' \
    "$("$LEDE" search --format tsv --fields line quokka | tail -n 1)" 2

# The bytes that a passage is said to be are its text.
"$LEDE" search --format jsonl --passages 1 --fields passages quokka >hit
start=$(sed 's/.*"start":\([0-9]*\).*/\1/' hit)
end=$(sed 's/.*"end":\([0-9]*\).*/\1/' hit)
is 'the range in the body' \
    "$("$LEDE" search --format jsonl --fields body quokka |
        sed 's/^{"body":"//' |
        dd bs=1 skip="$start" count=$((end - start)) 2>/dev/null)" \
    "$(sed 's/.*"text":"\([^"]*\)".*/\1/' hit)"
status 'four are too many' 2 "$LEDE" search --passages 4 gnu
ok 'and it says so' grep -q 'from 0 to 3' err

# What matched is marked, and nothing else.
marked() {
    "$LEDE" search --color always --no-pager "$@" |
        grep -o "$(printf '\033')"'\[1;31m[^'"$(printf '\033')"']*' |
        sed 's/.*m//' | sort -u | tr '\n' ' '
}
is 'marks: a phrase' "$(marked '"gnu lives"')" 'gnu lives '
is 'marks: words near each other, and not apart' \
    "$(marked 'gnu NEAR/3 grass')" 'gnu grass '
is 'marks: a pattern' "$(marked 'zeb*')" 'zebra '
is 'marks: a misspelt word' "$(marked 'zebar~2')" 'zebra '
is 'marks: none of what is excluded' "$(marked -- zebra -quokka)" 'zebra '

# Right to left
cat >rtl.jsonl <<END
{"id":"r","title":"שלום עולם","text":"זהו משפט ראשון על quoll. סוף.",\
"source":"הארץ","date":"2025-02-12"}
END
"$LEDE" add --quiet rtl.jsonl
is 'into a pipe goes nothing but the text' \
    "$("$LEDE" search quoll | sed -n 3p)" '    זהו משפט ראשון על quoll. סוף.'
if command -v script >/dev/null; then
    isolate=$(printf '\342\201\250')
    end=$(printf '\342\201\251')
    is 'on a terminal its direction is its own' \
        "$(TERM=xterm NO_COLOR=1 script -qec \
            "stty rows 50 cols 80; '$LEDE' search --color never quoll" \
            /dev/null </dev/null 2>&1 | tr -d '\r' | head -n 3)" \
        " 1  ${isolate}שלום עולם$end
    2025-02-12 · ${isolate}הארץ$end · r
    ${isolate}זהו משפט ראשון על quoll. סוף.$end"
else
    skip 'on a terminal' 'no script(1)'
fi
done_testing
