#!/bin/sh
# What the command does with a query: a mistake is marked in strict mode, a
# tree goes out as JSON and comes in again, and --now says what day it is.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

cat >articles.jsonl <<'END'
{"id":"a","title":"Speed","body":"The speed of qwen.","date":"2025-02-11"}
{"id":"b","title":"Price","body":"The price of qwen max.","date":"2025-02-03"}
{"id":"c","title":"Ads","body":"Buy qwen.","tags":["ads"],"date":"2024-12-24"}
END
status 'articles' 0 "$LEDE" add --quiet articles.jsonl

# found ARGUMENT...: the ids of what is found, in order of the alphabet.
found() {
    "$LEDE" search --json "$@" | grep -o '"id":"[^"]*"' | sort | tr -d '\n'
}

# ---- mistakes ----

# told QUERY: what is told of it in strict mode.
told() {
    "$LEDE" search --strict -- "$1" 2>&1 >out
}

is 'a mistake is marked' "$(told 'qwen (max model')" \
"lede: the bracket is not closed; it goes to the end of the query \
(line 1, column 6)
  qwen (max model
       ^"
is 'columns are those of characters, marks those of the terminal' \
    "$(told 'größe 模型 date:yesteday')" \
"lede: \"yesteday\" is no date: did you mean yesterday; searched as words \
(line 1, column 10)
  größe 模型 date:yesteday
             ^^^^^^^^^^^^^"
is 'the line is told of a query that has several' \
    "$(told 'qwen
max) model' | tail -n 2)" \
"  max) model
     ^"
status 'a query without a mistake is searched' 0 \
    "$LEDE" search --strict 'qwen NEAR/5 speed'

# ---- trees ----

"$LEDE" search --explain-query --json 'qwen NEAR/5 speed -tag:ads' >answer
sed 's/.*"tree":\(.*\)},"total".*/\1/' answer >tree.json
ok 'the tree of a query is in its answer' \
    grep -q '^{"type":"list","of":\[{"type":"near","within":5,' tree.json
is 'the tree is a query' \
    "$("$LEDE" search --explain-query --query-json tree.json)" \
    'qwen NEAR/5 speed -tag:ads'
is 'it finds the same' "$(found --query-json tree.json)" \
    "$(found -- qwen NEAR/5 speed -tag:ads)"
is 'from standard input, too' \
    "$("$LEDE" search --explain-query --query-json - <tree.json)" \
    'qwen NEAR/5 speed -tag:ads'
is 'signs in its words are none' \
    "$(echo '{"type":"word","text":"title:qwen*"}' |
        "$LEDE" search --explain-query --query-json -)" 'title\:qwen\*'
is 'what is wrong is told with its path' \
    "$(echo '{"type":"or","of":[{"type":"word","text":"a","boost":"2"}]}' |
        "$LEDE" search --query-json - 2>&1)" \
    'lede: /of/0/boost: this has to be a number, or null'
status 'what is no JSON is refused' 2 "$LEDE" search --query-json articles.jsonl
status 'so is a file that there is not' 2 "$LEDE" search --query-json none
status 'and a tree and words at once' 2 \
    "$LEDE" search --query-json tree.json qwen

# ---- what day it is ----

is 'yesterday' "$(found --now 2025-02-12 date:yesterday)" '"id":"a"'
is 'last week' "$(found --now 2025-02-12T15:10:00Z qwen date:last-week)" \
    '"id":"b"'
is 'the time of the query is shown as fixed dates' \
    "$("$LEDE" search --now @1739373000 --explain-query date:7d)" \
    'date:2025-02-06..2025-02-12'
is 'the zone of the reader says which day it is' \
    "$(TZ=XXX-9 "$LEDE" search --now 2025-02-12T20:00:00Z --explain-query \
        date:today)" date:2025-02-13
status '--now takes a date' 2 "$LEDE" search --now soon qwen

# ---- what is gone ----

# A native segment keeps the words of what was replaced until it is merged.
cat >addresses.jsonl <<'END'
{"id":"d","body":"http://example.org/a?b=c"}
{"id":"e","body":"jo@example.org"}
END
"$LEDE" add --quiet addresses.jsonl
echo '{"id":"e","title":"Nothing"}' | "$LEDE" add --quiet
is 'a whole that only a replaced article had is searched as its words' \
    "$(found jo@example.org)" '"id":"d"'
done_testing
