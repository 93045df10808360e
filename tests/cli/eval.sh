#!/bin/sh
# lede eval and lede fuse: topics in both forms, runs that are written, judged,
# compared and fused, and the exit status for a build to fail by.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

# value MEASURE: what the last answer has of it.
value() {
    awk -v name="$1" '$1 == name { print $2 }' out
}

mkdir articles
i=0
for word in apple apple pear pear plum cherry; do
    i=$((i + 1))
    printf '{"id":"d%d","title":"Fruit %d","body":"%s and sugar%s"}\n' \
        "$i" "$i" "$word" "$(yes " $word" | head -n $i | tr -d '\n')"
done >batch.jsonl
"$LEDE" add batch.jsonl >/dev/null 2>&1
printf '1\tapple\n2\tpear -d9\n3\tplum\n7\tcherry\n' >topics.tsv
cat >topics.trec <<'EOF'
<top>
<num> Number: 1
<title> apple
<desc> Description:
Which apple?
</top>
<top>
<num> Number: 2
<title> pear -d9
</top>
<top><num>3</num><title>plum</title></top>
<top><num>7</num><title>cherry</title></top>
EOF
printf '%s\n' '1 0 d1 1' '1 0 d2 2' '2 0 d3 1' '3 0 d1 1' '4 0 d1 1' >qrels

status 'an evaluation' 0 "$LEDE" eval --topics topics.tsv --qrels qrels \
    --run lede.run
is 'topics' "$(value topics)" 4
# 1 finds both, 2 its one at rank 1 or 2, 3 and 4 nothing
ok 'map' sh -c 'case $1 in 0.5000|0.3750) ;; *) exit 1 ;; esac' sh \
    "$(value map)"
ok 'what is not judged is said' grep -q '1 topic without judgments' err
cp out table
status 'TREC topics' 0 "$LEDE" eval --topics topics.trec --qrels qrels
ok 'the same' cmp -s out table
status 'by the description' 2 "$LEDE" eval --topics topics.trec \
    --topic-field title,desc --qrels qrels
ok 'a topic has none' grep -q 'topics.trec:7: topic 2 has no <desc>' err
status 'its run' 0 "$LEDE" eval --qrels qrels --run lede.run
ok 'the run is judged alike' cmp -s out table
is 'lines of the run' "$(awk 'NF != 6 { print }' lede.run)" ''
is 'the measures that are asked for' \
    "$("$LEDE" eval --qrels qrels --run lede.run --measures p@1,rprec,bpref \
        2>/dev/null | awk '{ print $1 }' | tr '\n' ' ')" \
    'topics p@1 rprec bpref '
printf '1\t"no such"\n' >syntax.tsv
printf '1 0 d1 1\n' >one
status 'plain words' 0 "$LEDE" eval --topics syntax.tsv --qrels one
printf '1\tapple -fruit\n' >syntax.tsv
status 'without the query language' 0 "$LEDE" eval --topics syntax.tsv \
    --qrels one
is 'a sign is nothing' "$(value recall@100)" 1.0000
status 'in the query language' 0 "$LEDE" eval --topics syntax.tsv --qrels one \
    --syntax
is 'a sign excludes' "$(value recall@100)" 0.0000

status 'each topic' 0 "$LEDE" eval --qrels qrels --run lede.run --per-query
is 'its rows' "$(awk 'NF == 7 { print $1 }' out | tr '\n' ' ')" \
    'topic 1 2 3 4 all '
is 'the row of all is the mean' \
    "$(awk '$1 == "all" { print $3 }' out)" "$(value map)"

status 'reached' 0 "$LEDE" eval --qrels qrels --run lede.run \
    --fail-under map=0.01 --fail-under ndcg@3=0
is 'a measure that something depends on is shown' \
    "$(awk '{ print $1 }' out | tail -n 1)" ndcg@3
status 'missed' 1 "$LEDE" eval --qrels qrels --run lede.run \
    --fail-under map=0.9 --fail-under p@10=0.8 --fail-under mrr=0
is 'which, is said' "$(grep -c ' under 0' err)" 2
is 'the table is there' "$(value topics)" 4
status 'no such measure' 2 "$LEDE" eval --qrels qrels --run lede.run \
    --fail-under speed=1
ok 'is said' grep -q "'speed' is not one of ndcg" err

printf '%s\n' '1 Q0 d3 1 2 x' '1 Q0 d1 2 1 x' '3 Q0 d1 1 1 x' >other.run
status 'a comparison' 0 "$LEDE" eval --qrels qrels --compare other.run lede.run
ok 'both are named' grep -qx 'A: other.run' out
is 'its measures' "$(awk 'NF == 8 { print $1 }' out | tr '\n' ' ')" \
    'ndcg@10 map p@10 mrr recall@100 recall@1000 '
is 'how many topics' \
    "$(awk '$1 == "recall@100" { print $5, $6, $7 }' out)" '2 1 1'
cp out first
status 'again' 0 "$LEDE" eval --qrels qrels --compare other.run lede.run
ok 'the same p' cmp -s out first
status 'with the index' 0 "$LEDE" eval --qrels qrels --topics topics.tsv \
    --compare other.run
is 'the same numbers' "$(tail -n +3 out)" "$(tail -n +3 first)"
status 'by topic' 0 "$LEDE" eval --qrels qrels --per-query \
    --compare other.run lede.run
is 'the differences' "$(awk '$1 == "3" { print $7 }' out)" -1.0000

status 'fusing' 0 "$LEDE" fuse lede.run other.run
is 'every line has six columns' "$(awk 'NF != 6' out)" ''
is 'all topics' "$(awk '{ print $1 }' out | uniq | tr '\n' ' ')" '1 2 3 7 '
is 'by reciprocal rank, equal ones by name' \
    "$(awk '$1 == 3 { print $3, $4, $5 }' out | tr '\n' ' ')" \
    'd5 1 0.016393441706896 d1 2 0.016393441706896 '
is 'its name' "$(awk '{ print $6 }' out | sort -u)" lede-fuse
cp out fused.run
status 'the run is judged' 0 "$LEDE" eval --qrels qrels --run fused.run
status 'of one run, its order' 0 "$LEDE" fuse lede.run
is 'is kept, as trec_eval has it' \
    "$(awk '{ print $1, $3 }' out)" \
    "$(sort -k1,1n -k5,5rn -k3,3r lede.run | awk '{ print $1, $3 }')"
status 'weights and depth' 0 "$LEDE" fuse --weights 0,1 --depth 1 --k 0 \
    --run-name mine lede.run other.run
is 'the first of the second' \
    "$(awk '$1 == 1 { print $3, $5, $6 }' out)" 'd3 1.000000 mine'
printf '1 Q0 d1 1\n' >bad.run
status 'a line that is none' 2 "$LEDE" fuse lede.run bad.run
ok 'is named' grep -q 'bad.run:1: not "topic Q0 name rank score run"' err
is 'nothing is written' "$(cat out)" ''
status 'a pipe' 2 sh -c 'cat lede.run | "$1" eval --qrels qrels --run -' \
    sh "$LEDE"
ok 'why not' grep -q 'read twice' err
status 'a pipe is fused' 0 sh -c 'cat lede.run | "$1" fuse - other.run' sh \
    "$LEDE"
ok 'as a file is' sh -c 'sed "s/[^ ]*$//" fused.run >a &&
    sed "s/[^ ]*$//" out >b && cmp a b'
status 'from the beginning' 0 sh -c '"$1" eval --qrels qrels --run - \
    <lede.run' sh "$LEDE"

# A search as a run, and fused with one.
status 'a run of a search' 0 "$LEDE" search apple --trec --topic 1
is 'as lede eval writes it' "$(cat out)" "$(grep '^1 ' lede.run)"
status 'named' 0 "$LEDE" search plum --trec --run-name mine
is 'by what is said' "$(sed 's/ [0-9.]* mine$//' out)" '1 Q0 d5 1'
status 'found nothing' 1 "$LEDE" search zebra --trec
is 'no line' "$(cat out)" ''
cat >vectors.run <<'EOF'
1 Q0 d6 1 0.9 v
1 Q0 nosuch 2 0.8 v
1 Q0 d1 3 0.7 v
2 Q0 d3 1 0.9 v
EOF
first=$("$LEDE" search apple --trec | awk 'NR == 1 { print $3 }')
status 'fused with a run' 0 "$LEDE" search apple --trec \
    --with-run vectors.run --topic 1
# d1 has 61/63 of the run, and 1 or 61/62 of the search; the search's first is
# before the run's where both have 1
case $first in
d1) want='d1 d6 d2 ' ;;
*) want='d1 d2 d6 ' ;;
esac
is 'by reciprocal rank' "$(awk '{ print $3 }' out | tr '\n' ' ')" "$want"
is 'the ranks are new' "$(awk '{ print $4 }' out | tr '\n' ' ')" '1 2 3 '
ok 'what is not there is said' \
    grep -q '1 of the 3 articles in the run is not in the index' err
cp out whole
"$LEDE" search apple --trec --with-run vectors.run --topic 1 --limit 2 \
    >page 2>/dev/null
"$LEDE" search apple --trec --with-run vectors.run --topic 1 --offset 2 \
    >>page 2>/dev/null
ok 'pages neither repeat nor skip' cmp -s whole page
status 'what the search has not' 0 "$LEDE" search zebra --trec \
    --with-run vectors.run --topic 2
is 'the run has' "$(awk '{ print $3, $5 }' out)" 'd3 1.000000'
status 'which topic' 2 "$LEDE" search apple --with-run vectors.run
ok 'there are two' grep -q '2 topics; say which' err
status 'no such topic' 2 "$LEDE" search apple --with-run vectors.run --topic 9
status 'no such run' 2 "$LEDE" search apple --with-run none.run
ok 'is said' grep -q 'none.run' err
status 'by date' 2 "$LEDE" search apple --with-run vectors.run --topic 1 \
    --sort date
status 'more than are fused' 2 "$LEDE" search apple --with-run vectors.run \
    --topic 1 --limit 1001
status 'as many' 0 "$LEDE" search apple --with-run vectors.run --topic 1 \
    --limit 1000
status 'two forms at once' 2 "$LEDE" search apple --trec --json
done_testing
