#!/bin/sh
# What lede search and lede show print for people: on a terminal and into a
# pipe, from any folder.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

escape=$(printf '\033')
export LEDE

mkdir -p articles/deep other
cat >articles/qwen.md <<'END'
---
title: The Qwen model
date: 2025-02-12 15:10:00
source: Ledger
summary: In short.
words: 72
---
A model of 72 billion parameters ran the benchmarks, and then once more.
END
cat >articles/many.jsonl <<'END'
{"id":"one","title":"In a file of many","text":"A lonely gnu."}
{"id":"evil","title":"A \u001b[31mred\u0007 zebra","text":"\u001b]0;\u009b."}
END
printf 'A plain quagga\n\nIt lives far below.\n' >articles/deep/quagga.txt
printf '{"id":"batch-1","title":"Without a file","body":"Another gnu."}\n' |
    "$LEDE" add --quiet
"$LEDE" index --quiet articles

# plain: without what changes from run to run, and the cursor.
plain() {
    sed -e 's/ ([0-9.]* ms)/ (TIME)/' -e 's/ or --after [^ ]*//'
}

"$LEDE" search qwen benchmarks >out
is 'a hit' "$(plain <out)" ' 1  The Qwen model
    2025-02-12 15:10 · Ledger · articles/qwen.md
    A model of 72 billion parameters ran the benchmarks, and then once more.

1 of 1 article (TIME)'
is 'a narrow hit' \
    "$(COLUMNS=20 "$LEDE" search qwen benchmarks | plain)" ' 1  The Qwen model
    2025-02-12 15:10 · Ledger
    articles/qwen.md
    A model of 72 billion parameters ran
    the benchmarks, and then once more.

1 of 1 article (TIME)'
is 'only counted' "$("$LEDE" search gnu --limit 0 | plain)" '2 articles (TIME)'
is 'the next page' "$("$LEDE" search gnu --limit 1 | plain | tail -n 1)" \
    '1 of 2 articles (TIME); more: --offset 1'
is 'the last page' \
    "$("$LEDE" search gnu --limit 1 --offset 1 | plain | tail -n 1)" \
    '2 to 2 of 2 articles (TIME)'
is 'no passages' "$("$LEDE" search --no-snippets qwen | grep -c billion)" 0
is 'an article in a file of many' \
    "$("$LEDE" search lonely | sed -n 2p)" '    articles/many.jsonl#one'
is 'an article without a file' \
    "$("$LEDE" search another | sed -n 2p)" '    batch-1'
is 'what steers a terminal is taken out' \
    "$("$LEDE" search zebra | tr -d '\n[:print:]' | wc -c | tr -d ' ')" 0

"$LEDE" search --color always qwen benchmarks >out
ok 'the title is bold' grep -q "$escape\[1mThe " out
ok 'what matched is marked' grep -q "$escape\[1;31mbenchmarks$escape\[22;39m" \
    out
ok 'in the title too' grep -q "$escape\[1;31mQwen$escape\[22;39m" out
is 'no link into a pipe' "$(grep -c "$escape\]8" out)" 0

# From other folders
paths() {
    (cd "$1" && shift && "$LEDE" search --paths "$@") 2>err
}
is 'paths' "$(paths . gnu)" articles/many.jsonl
ok 'what has no file is said' grep -q '1 article not listed' err
is 'paths from below' "$(paths articles/deep quagga)" quagga.txt
is 'paths from beside' "$(paths other quagga)" \
    ../articles/deep/quagga.txt
is 'paths from far away' \
    "$(paths / --index "$tap_scratch/.lede" quagga)" \
    "${tap_scratch#/}/articles/deep/quagga.txt"
is 'a folder, from where the index is' \
    "$(paths . path:articles/deep)" articles/deep/quagga.txt
is 'a folder, from the one that was indexed' \
    "$(paths . path:deep)" articles/deep/quagga.txt
is 'a file, from there' "$(paths . path:deep/quagga.txt)" \
    articles/deep/quagga.txt
is 'paths that end with NUL' "$(paths . -0 qwen | tr '\0' '!')" \
    'articles/qwen.md!'
is 'show by the path from here' \
    "$(cd articles/deep && "$LEDE" show ../qwen.md | head -n 1)" \
    'The Qwen model'
is 'show into a pipe keeps the lines' \
    "$("$LEDE" show articles/qwen.md | sed -n '$p')" \
    'A model of 72 billion parameters ran the benchmarks, and then once more.'
is 'show the metadata' \
    "$("$LEDE" show --meta articles/qwen.md | grep '^words')" 'words: 72'

# Nothing found
status 'nothing found' 1 "$LEDE" search unicorn
ok 'nothing found: nothing on stdout' test ! -s out
ok 'nothing found: what to try' grep -q 'try other words' err
status 'nothing found with operators' 1 "$LEDE" search +unicorn
ok 'nothing found with operators: what to try' grep -q 'plain words' err
status 'a repaired query' 0 "$LEDE" search '"qwen'
ok 'a repaired query: a note' grep -q '^lede: note: ' err
status 'a repaired query is refused if strict' 2 "$LEDE" search --strict '"qwen'
status 'words that begin with a dash' 0 "$LEDE" search gnu -lonely
is 'they leave out' "$(sed -n 2p out)" '    batch-1'
status 'a dash first, after --' 0 "$LEDE" search -- -lonely
is 'the query as understood' "$("$LEDE" search --explain-query gnu)" gnu

if ! command -v script >/dev/null; then
    skip 'on a terminal' 'no script(1)'
    done_testing
fi

# terminal COMMAND: what the shell command writes to a terminal.
terminal() {
    TERM=${term-xterm} script -qec "stty rows 50 cols 80; $1" /dev/null \
        </dev/null 2>&1 | tr -d '\r'
}
link="$escape]8;;file://$(hostname)$(pwd -P)/articles/qwen.md$escape"
is 'a link on a terminal' \
    "$(terminal '"$LEDE" search qwen' | grep -cF "$link")" 1
is 'no link on a terminal that would print it' \
    "$(term=linux terminal '"$LEDE" search qwen' | grep -cF "$escape]8")" 0
is 'no link with --color never' \
    "$(terminal '"$LEDE" search --color never qwen' | grep -cF "$escape")" 0
done_testing
