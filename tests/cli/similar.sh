#!/bin/sh
# lede similar and lede background: what they find, of an article in the index
# and of a file that is in none; lede search --feedback.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

export LEDE
mkdir -p news other

# news NAME DATE TITLE BODY
news() {
    printf -- '---\ntitle: %s\ndate: %s\nlang: en\n---\n%s\n' "$3" "$2" "$4" \
        >"news/$1.md"
}
story='The harbour bridge of Calder was closed on Monday after divers found
cracks in two of its piers. The mayor, Ines Falk, said that lorries had been
too heavy for years. Repairs of the piers take until autumn, and ferries carry
passengers across the harbour meanwhile.'
news closed 2024-05-06 'Calder harbour bridge closed' "$story"
news copy 2024-05-05 'Bridge in Calder is closed' "$story"
news lorries 2024-03-01 'Lorries too heavy for the Calder bridge' \
    'A count at the harbour bridge of Calder found lorries above the limit.
The mayor, Ines Falk, wants scales before the bridge.'
news divers 2023-11-20 'Divers look at piers in Calder harbour' \
    'Divers looked at the piers of the harbour bridge and took samples.'
news after 2024-09-30 'Calder bridge opens again' \
    'The harbour bridge of Calder is open again; its piers were repaired, and
the ferries stop. Mayor Ines Falk drove the first lorry.'
printf 'Piers of the harbour bridge\n\nThe Calder bridge has eight piers, said
a guide to the harbour that gives no year.\n' >news/undated.txt
for month in 01 02 03 04; do
    for day in 02 04 06 08 10 12 14 16; do
        news "bread$month$day" "2024-$month-$day" "Bread, recipe $month/$day" \
            'Flour, water, salt and time; knead it, wait, and bake it hot.'
    done
done
printf '{"id":"w1","title":"Ferries of Calder","date":"2022-04-01",%s' \
    '"body":"Ferries carried passengers across the harbour of Calder."}
' >news/wire.jsonl
"$LEDE" index --quiet news

# ids COMMAND...: what it finds, on one line.
ids() {
    "$LEDE" "$@" --format tsv --fields id | sed 1d | tr '\n' ' ' |
        sed 's,news/,,g; s,\.md,,g; s, $,,'
}

# sorted COMMAND...: the same in one order.
sorted() {
    ids "$@" | tr ' ' '\n' | sed 's,.*/,,' | sort | tr '\n' ' '
}

is 'similar: the copy first' "$(ids similar news/closed.md | cut -d' ' -f1)" \
    copy
is 'similar: not the article itself' \
    "$(ids similar news/closed.md | grep -cw closed)" 0
is 'similar: nothing about bread' \
    "$(ids similar -n 100 news/closed.md | grep -c bread)" 0
is 'similar: by the path that is seen from here' \
    "$(cd other && ids similar ../news/closed.md)" \
    "$(ids similar news/closed.md)"
is "similar: by the article's own id" \
    "$(ids similar w1)" "$(ids similar news/wire.jsonl#w1)"
is 'similar: the first page and the second' \
    "$(ids similar -n 2 news/closed.md) $(ids similar -n 2 --offset 2 \
        news/closed.md)" "$(ids similar -n 4 news/closed.md)"
is 'similar: how many, the article itself not among them' \
    "$("$LEDE" similar --json -n 0 news/closed.md |
        sed 's/.*"total":\([0-9]*\).*/\1/')" \
    "$(ids similar -n 100 news/closed.md | wc -w | tr -d ' ')"
is 'similar: among what a query finds' \
    "$(ids similar --in 'date:2024.. divers' news/closed.md)" copy
is 'similar: the query counts nothing' \
    "$("$LEDE" similar --in bridge news/closed.md --format tsv \
        --fields id,score | sed -n 2,3p)" \
    "$("$LEDE" similar news/closed.md --format tsv --fields id,score |
        sed -n 2,3p)"
status 'similar: a query that finds nothing' 1 \
    "$LEDE" similar --in tag:none news/closed.md
status 'similar: a query that is empty' 2 \
    "$LEDE" similar --in '' news/closed.md
status 'similar: no such article or file' 1 "$LEDE" similar nowhere
ok 'which is said' grep -q 'nowhere: there is no such article' err
status 'similar: no operand' 2 "$LEDE" similar
status 'similar: two operands' 2 "$LEDE" similar a b

# files that are in no index
printf '# Piers of a bridge\n\nCracks in piers of the harbour bridge.\n' \
    >other/draft.md
printf '{"title":"Bread","body":"Flour and salt, kneaded and baked."}\n' \
    >other/one.jsonl
printf '\0\1\2' >other/noise.txt
: >other/empty.md
printf 'Elsewhere\n\nQuotients of modules.\n' >other/else.txt
is 'a file: Markdown' "$(ids similar -n 1 other/draft.md)" undated.txt
is 'a file: JSON Lines' \
    "$(ids similar -n 1 other/one.jsonl | sed 's/[0-9]*//g')" bread
is 'standard input' "$(ids similar - <other/draft.md)" \
    "$(ids similar other/draft.md)"
is 'standard input: JSON' "$(ids similar - <other/one.jsonl)" \
    "$(ids similar other/one.jsonl)"
status 'a file that is like nothing' 1 "$LEDE" similar other/else.txt
status 'a file that is no article' 2 "$LEDE" similar other/noise.txt
status 'an empty file' 2 "$LEDE" similar other/empty.md
status 'no standard input' 2 sh -c '"$LEDE" similar - </dev/null'
cp news/closed.md other/same.md
is 'a copy of an article that is indexed finds it' \
    "$(sorted similar -n 2 other/same.md)" 'closed copy '

# background
is 'background: what is earlier' "$(sorted background news/closed.md)" \
    'copy divers lorries wire.jsonl#w1 '
"$LEDE" background --explain --json news/closed.md >out
ok 'background: what it loses for that is told' grep -q '"kind":"copy"' out
is 'background: its copy last' \
    "$(ids background news/closed.md | sed 's/.* //')" copy
is 'similar: the copy is no worse for that' \
    "$(ids similar -n 1 --in date:..2024-05-05 news/closed.md)" copy
is 'background: what has no date is not found' \
    "$(ids background -n 100 news/closed.md | grep -c undated)" 0
is 'background: nor what is later' \
    "$(ids background -n 100 news/closed.md | grep -cw after)" 0
is 'background: of the later one' \
    "$(ids background -n 1 --in 'title:closed' news/after.md)" closed
is 'background: among what a query finds' \
    "$(sorted background --in date:..2023 news/closed.md)" \
    'divers wire.jsonl#w1 '
is 'background: of a file' "$(ids background other/same.md)" \
    "$(ids background news/closed.md)"
is 'background: of standard input' "$(ids background - <other/same.md)" \
    "$(ids background news/closed.md)"
status 'background: of what has no date' 2 \
    "$LEDE" background news/undated.txt
ok 'which is said' grep -q 'no date' err
status 'background: of the oldest' 1 "$LEDE" background w1

# the same bytes, and as an answer of a search
"$LEDE" similar news/closed.md --format csv >one
"$LEDE" similar news/closed.md --format csv >two
ok 'the same twice' cmp one two
check=$TOP_BUILDDIR/tests/json-check
for command in similar background; do
    "$LEDE" $command --json news/closed.md >out
    ok "$command: the answer is valid" \
        "$check" "$TOP_SRCDIR/docs/json-schema/search.json" <out
done

# several indexes are one
mkdir second
"$LEDE" index --quiet --index second/.lede other 2>/dev/null
is 'similar: over two indexes' \
    "$(sorted similar -n 2 --index .lede --index second/.lede \
        news/closed.md)" 'copy same '

# feedback
is 'feedback: finds what the words are not in' \
    "$(ids search -n 100 --feedback rm3 piers | tr ' ' '\n' |
        grep -cx -e lorries)" 1
is 'without: does not' "$(ids search -n 100 piers | grep -cw lorries)" 0
for model in rm3 bo1; do
    is "feedback $model: what is required stays so" \
        "$(sorted search -n 100 --feedback $model +piers)" \
        "$(sorted search -n 100 +piers)"
    is "feedback $model: a page and the next" \
        "$(ids search -n 3 --feedback $model harbour) $(ids search -n 3 \
            --offset 3 --feedback $model harbour)" \
        "$(ids search -n 6 --feedback $model harbour)"
done
is 'feedback: nothing for another order' \
    "$(ids search --sort date --feedback rm3 piers)" \
    "$(ids search --sort date piers)"
status 'feedback: an unknown model' 2 "$LEDE" search --feedback best piers
done_testing
