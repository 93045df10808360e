#!/bin/sh
# The programs that measure (bench/) count the same and find the same: lede's
# two engines, in whatever way the index was built, and Xapian and SQLite as
# they come. None of it is timed.

. "${TOP_SRCDIR:-.}/tests/tap.sh"

bench=$TOP_BUILDDIR/bench
for program in game normalise stock_xapian; do
    [ -x "$bench/$program" ] || skip_all "bench/$program is not built"
done

# A corpus of 900 articles of words as frequent as in a text, with the escapes,
# signs and members that JSON has.
awk 'BEGIN {
    srand(7)
    for (i = 0; i < 900; i++) {
        printf "{\"title\": [\"a\", {\"text\": 1}], \"id\": \"a%d\", ", i
        printf "\"n\": -1.5e3, \"text\": \"The %c\\u0041b\\n", 65 + i % 26
        n = 5 + int(rand() * 200)
        for (k = 0; k < n; k++) {
            word = ""
            w = int(exp(rand() * rand() * 9)) - 1
            do {
                word = word substr("etaoinshrdlu", w % 12 + 1, 1)
                w = int(w / 12)
            } while (w > 0)
            separator = substr(" .,-9", int(rand() * 5) + 1, 1)
            printf "%s%s", word, k % 17 == 0 ? "\\\"\\\\\\u00e9" : separator
        }
        print "\"}"
    }
}' >corpus.jsonl

for command in COUNT TOP_10 TOP_100_COUNT TOP_1000; do
    for query in 'e' 't a' 'e t a o i n' '+e +t' '+th +e +aa' '"e t"' \
        '"t e a"' '"the e"' '+e ta' '+th -e' '+"e t" +aa' 'ta +e -"t e"' \
        'nowhere' '+nowhere +e' '"e nowhere"' 'nowhere e' 'ab n' 'THE tA'
    do
        printf '%s\t%s\n' "$command" "$query"
    done
done >queries

# answers NAME COMMAND...: what the engine with the index NAME says.
answers() {
    name=$1
    shift
    "$@" build "$name" <corpus.jsonl && "$@" query "$name" <queries >"$name.is"
}

# the_same NAME: the same as the first one said.
the_same() {
    ok "$1 counts as lede native does" cmp native.is "$1.is"
}

ok 'lede native' answers native "$bench/game" --engine native
is 'an answer for each query' "$(wc -l <native.is)" "$(wc -l <queries)"
is 'something is found' "$(head -n 1 native.is | grep -c '^[0-9][0-9]')" 1
is 'a word that is nowhere is not found' "$(sed -n 13p native.is)" 0

for engine in native xapian; do
    for way in '' '--threads 2' '--commit-every 100' '--optimize' \
        '--reorder' '--stored' '--commit-every 100 --optimize'; do
        name=$(echo "$engine$way" | tr -d ' ')
        ok "lede $engine $way" \
            answers "$name" "$bench/game" --engine "$engine" $way
        the_same "$name"
        for how in '' --exhaustive '--kernel plain'; do
            "$bench/game" --dump $how query "$name" <queries >"$name.hits"
            [ -e hits ] || cp "$name.hits" hits
            ok "... and finds the same with the same scores $how" \
                cmp hits "$name.hits"
        done
    done
done
"$bench/game" --threads 3 --commit-every 100 build threads <corpus.jsonl
ok 'the same bytes from any number of threads' \
    diff -r native--commit-every100 threads

for stock in xapian sqlite; do
    if [ -x "$bench/stock_$stock" ]; then
        ok "stock_$stock" answers "stock-$stock" "$bench/stock_$stock"
        the_same "stock-$stock"
    else
        skip "stock_$stock" 'not built'
    fi
done

ok 'a corpus can be normalised' \
    sh -c "'$bench/normalise' <corpus.jsonl >normal.jsonl"
mv normal.jsonl corpus.jsonl
ok '... and read again' answers normalised "$bench/game" --engine native
the_same normalised

is 'what is not a query is unsupported' \
    "$(printf 'COUNT\te/t\nTOP_7\te\ne\nCOUNT\t-e\nCOUNT\t"e\nCOUNT\t\n' |
        "$bench/game" query native | sort -u)" UNSUPPORTED
done_testing
