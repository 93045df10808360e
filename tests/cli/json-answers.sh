#!/bin/sh
# What each command prints with --json is valid by its schema, and says what
# the text output says.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

check=$TOP_BUILDDIR/tests/json-check

# answer NAME STATUS SCHEMA ARGUMENT...: the command's exit status, and that its
# answer, left in out, is valid.
answer() {
    answer_name=$1
    answer_status=$2
    answer_schema=$3
    shift 3
    status "$answer_name: status $answer_status" "$answer_status" \
        "$LEDE" "$@" --json
    ok "$answer_name: the answer is valid" sh -c '"$1" "$2" <out' sh \
        "$check" "$TOP_SRCDIR/docs/json-schema/$answer_schema.json"
}

# has NAME TEXT: the answer has this text.
has() {
    ok "$1" grep -qF -e "$2" out
}

mkdir articles
cat >articles/qwen.md <<'END'
---
title: Qwen2.5-Max is "out" \o/
date: 2025-01-29
tags: [ai, models]
author: Ada Ng
lang: en
words: 5
---
The new model ranks first of all open models.
END
printf 'A phone without a date.\n\nIt has a chip.\n' >articles/phone.txt
cat >articles/wire.jsonl <<'END'
{"id":"w1","title":"통의천문 모델","text":"새 모델을 공개했다.","date":"2025-02-01T10:00:00Z"}
{"id":"w2","title":"Chips","text":"A chip for models.","tags":["chips"]}
END
printf 'broken {\n' >articles/broken.jsonl
printf -- '---\ntitle: [unclosed\n---\nA body with a model.\n' \
    >articles/header.md
printf '{"id":"b1","title":"From a batch","body":"One more model."}\n' \
    >batch.jsonl
printf '1\tnew model\n2\tchip\n' >topics.tsv
printf '1 0 w1 1\n2 0 w2 1\n' >qrels

answer 'a dry run' 3 index index --dry-run articles
has 'a dry run would add' '"added":["articles/'
has 'a dry run commits nothing' '"committed":false'
ok 'a dry run makes no index' test ! -e .lede
answer 'index' 3 index index articles
has 'index: committed' '"committed":true'
has 'index: the failure is named' '"path":"articles/broken.jsonl'
has 'index: the warning is named' '"path":"articles/header.md"'
rm articles/broken.jsonl
answer 'index again' 0 index index
has 'index again: nothing is added' '"added":0'
mv articles/phone.txt articles/telephone.txt
answer 'index after a rename' 0 index index
has 'index: the rename is named' \
    '"renames":[{"from":"articles/phone.txt","to":"articles/telephone.txt"}]'
answer 'add' 0 index add batch.jsonl
has 'add: one' '"added":1'

answer 'search' 0 search search new model
has 'search: the query is joined' '"text":"new model"'
answer 'search without snippets' 0 search search model --no-snippets
has 'search: no snippet' '"snippet":null'
answer 'search by date' 0 search search model --sort -date
answer 'search in Korean' 0 search search 모델
answer 'search with filters alone' 0 search search tag:ai
answer 'search approximately' 0 search search model --approximate
answer 'search for nothing' 1 search search zebra
has 'search: an empty list' '"hits":[]'
answer 'search for none' 0 search search model --limit 0
answer 'search with a fault' 0 search search '"new model'
has 'search: the fault is named' '"warnings":[{"code":"'
answer 'search, explained' 0 search search model --explain-query
answer 'search twice the index' 0 search \
    search model --index .lede --index .lede
answer 'search with broken UTF-8' 0 search search "model $(printf '\377')"

answer 'show' 0 show show articles/qwen.md
has 'show: the title' '"title":"Qwen2.5-Max is \"out\" \\o/"'
has 'show: the metadata' '"words":["5"]'
answer 'show one of many' 0 show show articles/wire.jsonl#w2
answer 'show by key' 0 show show w2
answer 'show from a batch' 0 show show b1
answer 'show the metadata' 0 show show --meta articles/qwen.md
has 'show: the metadata that became fields, too' \
    '"title":["Qwen2.5-Max is \"out\" \\o/"]'
status 'show nothing' 1 "$LEDE" show nothing --json
ok 'show nothing: no answer' test ! -s out

answer 'info' 0 info info
has 'info: the articles' '"articles":6'
answer 'check' 0 check check
has 'check: sound' '"sound":true'
answer 'optimize' 0 optimize optimize
has 'optimize: the segments' '"segments":'
answer 'convert' 0 convert convert
has 'convert: all articles' '"articles":6,"failed":0'
answer 'info of the other engine' 0 info info
answer 'convert back' 0 convert convert .lede
answer 'analyze' 0 analyze analyze 'The Qwen2.5-VL models, 모델 and C++'
answer 'eval' 0 eval eval --topics topics.tsv --qrels qrels --run lede.run
answer 'eval, each topic' 1 eval eval --run lede.run --qrels qrels \
    --per-query --measures p@3,bpref --fail-under map=1
has 'eval: what is missed' '"missed":["map=1"]'
answer 'eval, two runs' 0 eval-compare eval --qrels qrels --per-query \
    --compare lede.run lede.run
has 'eval: both are the same' '"p":1,"exact":true'
answer 'remove' 1 remove remove b1 nothing
has 'remove: what is unknown' '"removed":1,"unknown":["nothing"]'
done_testing
