#!/bin/sh
# Bytes of an index that are not what they were: lede check says so, always
# with the native engine; with xapian, or what the index answers is what it was.
# lede itself neither crashes nor hangs. (Searching a xapian index that lede
# check refuses is another matter: docs/architecture.md.)

. "${TOP_SRCDIR:-.}/tests/tap.sh"
. "$TOP_SRCDIR/tests/index.sh"

samples=40
if long_tests; then
    samples=3000
fi
seed 3

# Texts that no compression makes small, so that most bytes are of articles.
awk 'BEGIN {
    srand(3)
    for (i = 0; i < 60; i++) {
        printf "{\"id\":\"a%d\",\"title\":\"t%d\",\"body\":\"", i, i
        for (j = 0; j < 150; j++) {
            printf "%c%c%d ", 97 + rand() * 26, 97 + rand() * 26, \
                rand() * 1000000
        }
        print "common words\"}"
    }
}' >articles.jsonl
"$LEDE" add --index whole articles.jsonl >out 2>&1
"$LEDE" add --index whole articles.jsonl >out 2>&1

# answers INDEX: what it says to some questions.
answers() {
    for query in common '"common words"' -nosuchword; do
        timeout 60 "$LEDE" search --index "$1" --json --limit 100 \
            -- "$query" 2>&1 | sed 's/"took_us":[0-9]*//; s/"index":"[^"]*"//g'
    done
    for id in a1 a30 a59; do
        timeout 60 "$LEDE" show --index "$1" "$id" 2>&1
    done
}
answers whole >before

# change FILE OFFSET VALUE: set a byte; false where it was that already.
change() {
    old=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    [ "$old" != "$3" ] || return 1
    printf "\\$(printf %03o "$3")" |
        dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# files INDEX: those that hold it.
files() {
    if [ "$(engine)" = xapian ]; then
        ls "$1"/xapian.*/*glass
    else
        ls "$1"/native/*
    fi
}
number=$(files whole | wc -l)

crashed=0
unseen=0
harmful=0
refused=0
same=0
n=0
while [ "$n" -lt "$samples" ]; do
    n=$((n + 1))
    rm -rf index
    cp -a whole index
    below "$number"
    file=$(files index | sed -n "$((below + 1))p")
    name=${file##*/}
    size=$(wc -c <"$file")
    below 10
    case $below in
    0)
        # Cut short.
        below "$size"
        what="$name cut to $below bytes"
        head -c "$below" "$file" >cut
        mv cut "$file"
        ;;
    1)
        what="$name is missing"
        rm "$file"
        ;;
    *)
        below "$size"
        at=$below
        below 256
        what="$name: byte $at is $below"
        change "$file" "$at" "$below" || {
            same=$((same + 1))
            continue
        }
        ;;
    esac
    timeout 60 "$LEDE" check --index index >out 2>&1
    got=$?
    case $got in
    0)
        answers index >after
        if ! cmp -s before after; then
            unseen=$((unseen + 1))
            echo "# $what: not seen, and the answers are others"
        fi
        ;;
    2)
        refused=$((refused + 1))
        if [ "$(engine)" = native ]; then
            # It may be searched all the same: an answer or an error.
            for query in common '"common words"' -nosuchword; do
                timeout 60 "$LEDE" search --index index -- "$query" >out 2>&1
                [ $? -le 2 ] || {
                    harmful=$((harmful + 1))
                    echo "# $what: search ended badly: $(tail -n 1 out)"
                }
            done
        fi
        ;;
    *)
        crashed=$((crashed + 1))
        echo "# $what: lede check ended with $got: $(tail -n 1 out)"
        ;;
    esac
done
echo "# $refused of $((samples - same)) damages were reported"
is "$samples damages: no crash, no hang" "$crashed" 0
is 'what is not reported changes no answer' "$unseen" 0
if [ "$(engine)" = native ]; then
    is 'every one is reported' "$refused" $((samples - same))
    is 'searching a damaged index does no harm' "$harmful" 0
else
    ok 'most are reported' test "$refused" -gt $((samples / 8))
fi

rm -rf index
mkdir index
status 'no index' 2 "$LEDE" check --index index
cp -a whole index2
if [ "$(engine)" = xapian ]; then
    rm index2/xapian
    ln -s xapian.99 index2/xapian
else
    rm index2/native/*.segment
fi
status 'what is named is missing' 2 "$LEDE" check --index index2
status 'cannot be searched' 2 "$LEDE" search --index index2 common
status 'nor written to' 2 "$LEDE" add --index index2 articles.jsonl
cp -a whole index3
if [ "$(engine)" = xapian ]; then
    printf 'no database' >"$(echo index3/xapian.*/iamglass)"
else
    printf 'no manifest' >index3/native/manifest
fi
status 'no database' 2 "$LEDE" check --index index3
status 'cannot be searched' 2 "$LEDE" search --index index3 common
mkdir tree
put_article tree/a.md new
status 'but made anew, in part' 3 "$LEDE" index --index index3 --rebuild tree
is_sound 'soundly' index3
if [ "$(engine)" = native ]; then
    articles=61             # the segments say enough without the manifest
else
    articles=1
fi
is 'with what can be read' "$(state index3 | wc -l)" "$articles"
cp -a whole index4
if [ "$(engine)" = xapian ]; then
    rm index4/xapian
else
    rm index4/native/manifest
fi
ls -R index4 >before
status 'what names the parts is gone' 2 "$LEDE" check --index index4
status 'no search' 2 "$LEDE" search --index index4 common
status 'no run' 2 "$LEDE" index --index index4 tree
ok 'which says why' grep -q missing err
ls -R index4 >after
ok 'and touches nothing' cmp before after
done_testing
