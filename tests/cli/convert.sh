#!/bin/sh
# Both engines give the same answers: an index is converted there and back, and
# answers as before; what it knows of files is kept. lede optimize changes no
# answer either.

. "${TOP_SRCDIR:-.}/tests/tap.sh"
. "$TOP_SRCDIR/tests/index.sh"

# answers INDEX: what it says to many questions.
answers() {
    while read -r query; do
        "$LEDE" search --index "$1" --json --limit 30 -- "$query"
        "$LEDE" search --index "$1" --json --limit 7 --sort=-date -- "$query"
    done <<'END' | sed -e 's/"took_us":[0-9]*//; s/"index":"[^"]*"//g' \
        -e 's/"cursor":"[^"]*"//'
Qwen model benchmarks
"open source"
+qwen -phone
tag:ai
model*
lang:ko 모델
date:2025-01..2025-03 chip
title:qwen OR body:arm
gpt4o
llama 3.1
qwen NEAR/p model
model NEAR/h benchmark
words:>100 chip
-nosuchword
END
    "$LEDE" show --index "$1" --json articles/notes/m4-or-a18.md
    # Without what depends on the engine and the time.
    "$LEDE" info --index "$1" --json |
        sed 's/"index":.*"analyzer"//; s/"bytes".*"last_commit":"[^"]*"//
            s/"segments".*//'
}

# engine_is NAME INDEX ENGINE
engine_is() {
    is "$1" "$("$LEDE" info --index "$2" --json |
        sed 's/.*"engine":"\([a-z]*\)".*/\1/')" "$3"
}

# has NAME PATTERN: the output has it.
has() {
    ok "$1" grep -q -e "$2" out err
}

cp -R "$SAMPLES" articles
chmod -R u+w articles
"$LEDE" index --quiet --engine native --index index articles >out 2>&1
printf '{"id":"b1","title":"In a batch","body":"A model more."}\n' |
    "$LEDE" add --quiet --index index
engine_is 'native is what was asked for' index native
answers index >native
ok 'there are answers' test "$(wc -l <native)" -gt 20

status 'another engine than it has' 2 \
    "$LEDE" index --engine xapian --index index articles
has 'is told what to do' 'lede convert'
status 'the engine that it has' 0 \
    "$LEDE" index --engine native --index index articles
status 'to convert to that' 2 "$LEDE" convert --engine native --index index
has 'there is nothing to convert' already

status 'convert to xapian' 0 "$LEDE" convert index
has 'the report' '^native to xapian: 88 articles, '
engine_is 'the engine is another' index xapian
is 'nothing is left of the other' "$(left_over index)" ''
is_sound 'it is sound' index
answers index >xapian
ok 'the answers are the same' cmp native xapian
status 'and the next run' 0 "$LEDE" index --index index
has 'has nothing to read' '^0 added, 0 updated, 87 unchanged, 0 removed'
status 'optimize' 0 "$LEDE" optimize index
has 'finds nothing to do' '^nothing to do: '

status 'convert back' 0 "$LEDE" convert --engine native --json --index index
has 'the answer' '"from":"xapian","engine":"native","articles":88,"failed":0'
ok 'the answer is valid' sh -c '"$0" "$1" <out' \
    "$TOP_BUILDDIR/tests/json-check" \
    "$TOP_SRCDIR/docs/json-schema/convert.json"
engine_is 'the engine is the first' index native
is 'nothing is left over' "$(left_over index)" ''
is_sound 'it is sound again' index
answers index >back
ok 'the answers are the same again' cmp native back

# Several segments, deleted articles.
for i in 1 2 3; do
    printf '{"id":"b%d","title":"Batch","body":"Word%d of a model."}\n' \
        1 $i $((i + 1)) $i | "$LEDE" add --quiet --index index
done
"$LEDE" remove --quiet --index index articles/news
"$LEDE" info --index index --json >before.info
answers index | grep -v '"score"' >before
status 'optimize' 0 "$LEDE" optimize --json index
has 'one segment is left' '"segments":1,'
ok 'the answer is valid' sh -c '"$0" "$1" <out' \
    "$TOP_BUILDDIR/tests/json-check" \
    "$TOP_SRCDIR/docs/json-schema/optimize.json"
is 'nothing deleted is left' \
    "$("$LEDE" info --index index --json | grep -c '"deleted":0,')" 1
is_sound 'an optimized index is sound' index
is 'nothing is left over' "$(left_over index)" ''
answers index >optimized
cp -a index ordered
status 'optimize again' 0 "$LEDE" optimize index
has 'there is nothing to do' '^nothing to do: one segment already'
# A line ends behind a size, whatever the width.
for columns in 40 50 60 70 80 90; do
    COLUMNS=$columns "$LEDE" info index | sed -n '/^Sections/,/^Analyzer/p' |
        sed '$d' | sed '$d' | grep -v ',$'
done >broken
is 'sizes stand on one line with their names' "$(cat broken)" ''
status 'the operand of info' 0 "$LEDE" info index
status 'the operand of check' 0 "$LEDE" check index

status 'optimize, reordered' 0 "$LEDE" optimize --reorder --index ordered
ls -l ordered/native >files
status 'once more' 0 "$LEDE" optimize --reorder --index ordered
has 'that is done already' '^nothing to do: one segment, reordered already'
is 'and not done again' "$(ls -l ordered/native)" "$(cat files)"
is_sound 'a reordered index is sound' ordered
answers ordered >reordered
ok 'its answers are the same' cmp optimized reordered
status 'convert it' 0 "$LEDE" convert --quiet ordered
answers ordered >converted
ok 'its answers are the same with xapian' cmp optimized converted
status 'convert it back' 0 "$LEDE" convert --quiet ordered
answers ordered >converted
ok 'its answers are the same with native' cmp optimized converted

# Another engine by a rebuild.
status 'rebuild with xapian' 0 \
    "$LEDE" index --quiet --rebuild --engine xapian --index index
engine_is 'the engine is another' index xapian
is 'nothing is left of the other' "$(left_over index)" ''
status 'rebuild' 0 "$LEDE" index --quiet --rebuild --index index
engine_is 'the engine stays' index xapian

# $LEDE_ENGINE is for new indexes.
LEDE_ENGINE=native
export LEDE_ENGINE
status 'LEDE_ENGINE does not change an index' 0 \
    "$LEDE" index --quiet --index index
engine_is 'which keeps its engine' index xapian
LEDE_ENGINE=xapian
status 'LEDE_ENGINE makes a new one' 0 \
    "$LEDE" index --quiet --index new articles
engine_is 'of its engine' new xapian
unset LEDE_ENGINE
status 'without' 0 "$LEDE" index --quiet --index new2 articles
engine_is 'it is native' new2 native

# What works on a whole index makes none.
mkdir empty
for command in optimize convert 'remove a --index'; do
    status "$command where no index is" 2 "$LEDE" $command empty
    has 'says so' '^lede: empty: no index here'
done
ok 'and leaves the folder as it was' test "$(ls -A empty | wc -l)" -eq 0

# A part that is missing is damage, and not an index that is yet to be made.
"$LEDE" index --quiet --index lacking --engine native articles >out 2>&1
printf '{"id":"b1","title":"In a batch","body":"A model more."}\n' |
    "$LEDE" add --quiet --index lacking
rm "$(ls -S lacking/native/*.segment | head -n 1)"
status 'to add where a segment is missing' 2 \
    "$LEDE" add --index lacking /dev/null
has 'says what to do' 'segment: .*build it anew with lede index --rebuild$'
status 'to optimize there' 2 "$LEDE" optimize lacking
status 'to make it anew' 3 \
    "$LEDE" index --quiet --rebuild --index lacking articles
has 'says what could not be carried over' '/[0-9]*\.segment: .* lost'

# What only batch jobs have filled has no paths, and is made anew all the same.
printf '{"id":"b%d","title":"In a batch","body":"A model more."}\n' 1 2 3 |
    "$LEDE" add --quiet --index batches
status 'an index without paths' 0 \
    "$LEDE" index --quiet --rebuild --index batches
"$LEDE" search --index batches --json batch >out
has 'keeps what it has' '"total":3,'
if [ "$(id -u)" -ne 0 ]; then
    chmod 0 batches/native/*.segment
    status 'what may not be read' 2 \
        "$LEDE" index --quiet --rebuild --index batches
    chmod u+rw batches/native/*.segment
    is_sound 'is not lost' batches
fi

# A limit to the size of files is an error like a full disk.
status 'where a file may not grow' 2 sh -c \
    'ulimit -f 20; exec "$0" optimize --reorder ordered' "$LEDE"
has 'says so' '^lede: .*File too large'
is_sound 'and harms nothing' ordered

# Killed while it is converted, and searched meanwhile.
answers index >before
wrong=0
n=0
while [ $n -lt 5 ]; do
    n=$((n + 1))
    "$LEDE" convert --quiet index >out 2>&1 &
    pid=$!
    sleep "0.0$((n * 7 % 10))"
    "$LEDE" search --index index --json model >found 2>&1 || wrong="search $n"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    answers index | cmp -s - before || wrong="answers $n"
    "$LEDE" check --index index >out 2>&1 || wrong="check $n"
done
is 'killed at any moment, it answers as before' "$wrong" 0
status 'the next writer' 0 "$LEDE" index --quiet --index index
is 'leaves nothing over' "$(left_over index)" ''
done_testing
