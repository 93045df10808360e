#!/bin/sh
# Indexing takes at most 64 MiB of anonymous memory over --memory, whatever
# the articles: common ones, one as large as is allowed, one of nothing but
# different words.

. "${TOP_SRCDIR:-.}/tests/tap.sh"
. "$TOP_SRCDIR/tests/index.sh"

sanitized && skip_all 'a sanitizer takes memory of its own'
[ -r /proc/self/status ] || skip_all 'no /proc/PID/status to read'
grep -q RssAnon /proc/self/status || skip_all 'no RssAnon in /proc'

# articles COUNT BYTES KIND: JSON Lines.  The words are as frequent as in a
# text (Zipf), or each but once.
articles() {
    awk -v count="$1" -v bytes="$2" -v kind="$3" '
    function word(i, w) {
        w = ""
        do {
            w = substr("etaoinshrdlucmfwypvbgkjqxz", i % 26 + 1, 1) w
            i = int(i / 26)
        } while (i > 0)
        return w
    }
    BEGIN {
        srand(5)
        for (i = 0; i < count; i++) {
            printf "{\"id\":\"a%d\",\"lang\":\"en\",\"body\":\"", i
            for (n = 0; n < bytes; n += length(w) + 1) {
                if (kind == "text") {
                    w = word(int(exp(rand() * rand() * 14)))
                } else {
                    w = word(500 + once++)
                }
                printf "%s ", w
            }
            print "\"}"
        }
    }'
}

# peak COMMAND...: run it; $peak is the most anonymous memory it had, in KiB,
# $got its status.
peak() {
    "$@" >out 2>err &
    pid=$!
    peak=0
    while kill -0 "$pid" 2>/dev/null; do
        now=$(sed -n 's/^RssAnon:[^0-9]*\([0-9]*\).*/\1/p' \
            "/proc/$pid/status" 2>/dev/null)
        [ "${now:-0}" -le "$peak" ] || peak=$now
        sleep 0.02
    done
    wait "$pid"
    got=$?
}

# keeps NAME MEMORY STATUS FILE: indexing the file keeps the promise.
keeps() {
    rm -rf index
    peak "$LEDE" add --index index --memory "$2M" "$4"
    echo "# $1, --memory ${2}M: $((peak / 1024)) MiB, status $got"
    is "$1: done" "$got $(sed -n 's/ added.*//p' out)" "$3"
    ok "$1: at most 64 MiB over ${2}M" test "$peak" -le $((($2 + 64) * 1024))
    is_sound "$1: sound" index
}

count=1500
long_tests && count=20000
articles $count 2000 text >common.jsonl
articles 20 60000 words >various.jsonl
articles 1 1000000 text >large.jsonl
articles 1 1000000 words >hostile.jsonl
articles 400 20 words >small.jsonl
total=$(echo $count | sed 's/\(...\)$/,\1/')
keeps 'common articles' 32 "0 $total" common.jsonl
keeps 'common articles' 64 "0 $total" common.jsonl
keeps 'articles of many words' 32 '0 20' various.jsonl
keeps 'a large article' 32 '0 1' large.jsonl
keeps 'small articles' 32 '0 400' small.jsonl

# What cannot be kept within the memory is a failure that says what to do, and
# the others are indexed.
{
    cat small.jsonl
    sed 's/"id":"a/"id":"b/' hostile.jsonl
    sed 's/"id":"a/"id":"a200/' hostile.jsonl
} >mixed.jsonl
keeps 'nothing but different words' 32 '3 400' mixed.jsonl
ok 'what to do is said' grep -q -e --memory err
if long_tests; then
    articles 1 15000000 text >huge.jsonl
    keeps 'an article near the limit' 512 '0 1' huge.jsonl
fi
done_testing
