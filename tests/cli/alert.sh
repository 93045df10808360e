#!/bin/sh
# Alerts: what is new for a saved search is told once, whatever happens to the
# index in between, and told again where a run did not come to its end.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

engine=${LEDE_ENGINE:-native}
other=xapian
[ "$engine" = xapian ] && other=native

# told [ARGUMENT...]: ids of what is new, each below the name of its alert.
told() {
    "$LEDE" alert run --format jsonl "$@" |
        sed 's/.*"id":"\([^"]*\)".*"alert":"\([^"]*\)".*/\2:\1/' |
        sort | tr '\n' ' '
}

# add ID TEXT: an article.
add() {
    printf '{"id":"%s","title":"%s","body":"%s"}\n' "$1" "$1" "$2" |
        "$LEDE" add --quiet
}

# ---- saving ----

status 'there has to be an index' 2 "$LEDE" alert add qwen qwen
add a 'The speed of qwen.'
add b 'The price of gpt.'
status 'there is no alert' 1 "$LEDE" alert list
status 'nothing to run' 1 "$LEDE" alert run
status 'one is saved' 0 "$LEDE" alert add qwen qwen
is 'and says what it finds now' "$(cat out)" \
    'qwen: 1 article now; lede alert run tells of new ones'
status 'a name may be any text' 0 "$LEDE" alert add 'No qwen' -- -qwen
status 'of what is there already' 0 "$LEDE" alert add --all gpt gpt
status 'a mistake is refused' 2 "$LEDE" alert add bad 'speed (max'
is 'and marked' "$(tail -n 1 err)" '        ^'
status 'a name without a query' 2 "$LEDE" alert add bad
status 'an empty query' 2 "$LEDE" alert add bad ' '
status 'a name of two lines' 2 "$LEDE" alert add 'a
b' word
status 'the longest name' 0 "$LEDE" alert add --quiet \
    "$(printf '%0128d' 0)" word
status 'one longer' 2 "$LEDE" alert add "$(printf '%0129d' 0)" word
status 'one is removed' 0 "$LEDE" alert remove "$(printf '%0128d' 0)"
status 'one that is not there' 1 "$LEDE" alert remove bad
status 'what it is asked for is none of these' 2 "$LEDE" alert ad x y
status 'they are listed' 0 "$LEDE" alert list
is 'by name' "$(sed -n 's/  .*//p' out | grep . | tr '\n' ' ')" \
    'No qwen gpt qwen '

# ---- what is new ----

is 'of all that there is' "$(told)" 'gpt:b '
status 'nothing is new' 1 "$LEDE" alert run
is 'which is not said' "$(cat out err)" ''
add c 'More qwen.'
add b 'The price of gpt and of qwen.'
is 'to look leaves it new' "$(told --peek)" 'gpt:b qwen:b qwen:c '
is 'only one of them' "$(told gpt)" 'gpt:b '
is 'one that is not there' "$(told --peek gtp; echo $?)" '0'
is 'the others, what was added and what was replaced' "$(told)" \
    'qwen:b qwen:c '
is 'all of it was told' "$(told)" ''
status 'it is a text, too' 1 "$LEDE" alert run
add d 'Qwen again.'
status 'something is new' 0 "$LEDE" alert run
is 'below the name of its alert' "$(head -n 3 out)" 'qwen: 1 new

 1  d'
"$LEDE" remove --quiet d
add e 'Qwen to be gone.'
"$LEDE" remove --quiet e
status 'what was removed meanwhile is not told' 1 "$LEDE" alert run

# A query that is changed.
add f 'Of qwen and llama.'
"$LEDE" alert add --quiet qwen llama
is 'what is new stays so where the query is changed' "$(told)" 'qwen:f '
"$LEDE" alert add --quiet qwen qwen
is 'what was told stays told' "$(told)" ''

# A few at a time.
for i in 5 4 3 2 1; do
    add "g$i" 'A row of qwen.'
done
is 'those that were added first' "$(told --limit 2)" 'qwen:g4 qwen:g5 '
is 'then the others' "$(told --limit 2)" 'qwen:g2 qwen:g3 '
is 'none' "$(told --limit 0)" ''
is 'and the last' "$(told --limit 2)" 'qwen:g1 '
is 'no more' "$(told --limit 2)" ''

# ---- by lede index and lede add ----

status 'with the batch' 0 sh -c \
    'echo "{\"id\":\"h\",\"body\":\"qwen\"}" | "$0" add --quiet --alerts' \
    "$LEDE"
is 'what is new by it' "$(sed -n 1p out)" 'qwen: 1 new'
status 'a batch without news' 0 sh -c \
    'echo "{\"id\":\"h\",\"body\":\"qwen\"}" | "$0" add --quiet --alerts' \
    "$LEDE"
is 'tells nothing' "$(cat out)" ''
echo '{"id":"i","body":"qwen"}' | "$LEDE" add --json --alerts >answer
ok 'as JSON, in the one answer' \
    grep -q '"total":1,"hits":\[{"rank":1,"id":"i"' answer
is 'which is told then' "$(told)" ''
status 'a dry run' 0 sh -c \
    'echo "{\"id\":\"j\",\"body\":\"qwen\"}" | "$0" add --dry-run --alerts' \
    "$LEDE"
is 'has no news' "$(told)" ''

# ---- an index that is made anew ----

mkdir news
for name in one two three; do
    printf '# %s\n\nqwen\n' "$name" >"news/$name.md"
done
"$LEDE" index --quiet news
is 'files' "$(told)" 'qwen:news/one.md qwen:news/three.md qwen:news/two.md '
status 'a rebuild' 0 "$LEDE" index --quiet --rebuild
is 'makes nothing new' "$(told)" ''
add k 'Not told of qwen.'
printf '# two\n\nAnother qwen\n' >news/two.md
printf '# four\n\nqwen\n' >news/four.md
status 'a rebuild' 0 "$LEDE" index --quiet --rebuild
add l 'After it, qwen.'
is 'what was new, what has changed, what is new' "$(told --limit 3)$(told)" \
    'qwen:k qwen:news/four.md qwen:news/two.md qwen:l '
add m 'Not told of qwen.'
status 'a conversion' 0 "$LEDE" convert --quiet --engine "$other"
is 'leaves new what was new' "$(told)" 'qwen:m '
add n 'Not told of qwen.'
status 'and back' 0 "$LEDE" convert --quiet --engine "$engine"
status 'twice' 0 "$LEDE" index --quiet --rebuild
status 'with all the rest' 0 "$LEDE" optimize --quiet --reorder
add o 'The last of qwen.'
status 'the index is sound' 0 "$LEDE" check
is 'all is told' "$(told)" 'qwen:n qwen:o '
is 'once' "$(told)" ''
is 'the alerts are those that they were' \
    "$("$LEDE" alert list --json | grep -o '"name":"[^"]*"' | tr '\n' ' ')" \
    '"name":"No qwen" "name":"gpt" "name":"qwen" '

# ---- a run that does not come to its end ----

i=0
while [ "$i" -lt 400 ]; do
    i=$((i + 1))
    printf '{"id":"z%s","title":"%0300d","body":"qwen"}\n' "$i" "$i"
done | "$LEDE" add --quiet
mkfifo pipe
"$LEDE" alert run --json --limit 400 qwen >pipe &
run=$!
exec 3<pipe
head -c 100 <&3 >/dev/null
kill -9 "$run"
wait "$run" 2>/dev/null
exec 3<&-
is 'what was begun to be told is told again' \
    "$(told --limit 400 qwen | wc -w)" 400
is 'and then not any more' "$(told)" ''
add p 'Qwen for who cannot write.'
if [ "$(id -u)" -ne 0 ]; then
    chmod -R a-w .lede
    status 'an index that is only read' 0 "$LEDE" alert run --peek
    chmod -R u+w .lede
else
    skip 'an index that is only read' 'root may write everywhere'
fi
status 'no room for what is told' 2 sh -c '"$0" alert run >/dev/full' "$LEDE"
is 'then it stays new' "$(told)" 'qwen:p '

# ---- what a query means when it is run ----

echo '{"id":"q","title":"day","body":"word","date":"2025-02-11"}' |
    "$LEDE" add --quiet
"$LEDE" alert add --quiet --all day date:yesterday
is 'yesterday of the run' "$(told --now 2025-02-12 day)" 'day:q '
status 'alerts are those of one index' 2 \
    "$LEDE" alert run --peek --index .lede --index .lede

# An article counts for an alert what it counts in a search.
for word in speed price llama news; do
    echo "{\"id\":\"r$word\",\"title\":\"$word\",\"body\":\"qwen $word\"}"
done | "$LEDE" add --quiet
"$LEDE" alert add --quiet union 'qwen speed OR price'
echo '{"id":"s","title":"Speed","body":"The speed of qwen at a price."}
{"id":"t","title":"Qwen","body":"All of it."}' | "$LEDE" add --quiet
scores() {
    sed 's/.*"id":"\([^"]*\)".*"score":\([^,]*\),.*/\1 \2/' | sort
}
is 'the scores are those of a search' \
    "$("$LEDE" alert run --peek --format jsonl union | scores)" \
    "$("$LEDE" search -n 1000 --format jsonl 'qwen speed OR price' |
        scores | grep '^[st] ')"
check=$TOP_BUILDDIR/tests/json-check
schema=$TOP_SRCDIR/docs/json-schema/alert.json
for what in 'add json qwen' list 'run --peek' 'run json'; do
    "$LEDE" alert $what --json >answer
    ok "alert $what: the answer is as it is written" \
        "$check" "$schema" <answer
done
echo '{"id":"u","body":"qwen"}' | "$LEDE" add --json --alerts >answer
ok 'that of a batch, too' \
    "$check" "$TOP_SRCDIR/docs/json-schema/index.json" <answer
status 'each answer is JSON' 0 sh -c '"$0" alert run --json --peek ||
    [ $? -eq 1 ]' "$LEDE"
done_testing
